"""Optimisers: functions of weights and a loss to better weights, with a state that goes into checkpoints.

A step is ``weights, state = optimiser.step(weights, state, objective, rng)``; the state is a mapping of numbers
and lists of numbers, so that it can be written to JSON and training goes on exactly where it stopped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams import CatenaryError

Weights: TypeAlias = NDArray[np.float64]
State: TypeAlias = Mapping[str, Any]


class Objective(Protocol):
    """A loss of weights."""

    def loss(self, weights: Weights) -> float:
        """The loss."""
        ...

    def gradient(self, weights: Weights) -> tuple[float, Weights]:
        """The loss and its exact gradient."""
        ...

    def shifted(self, weights: Weights) -> tuple[float, Weights]:
        """The loss and its gradient from values at shifted angles, from shots where they are asked for."""
        ...


class Optimiser(Protocol):
    """What :func:`~catenary.functors.training.train` steps with."""

    def step(
        self, weights: Weights, state: State, objective: Objective, rng: np.random.Generator
    ) -> tuple[Weights, State, float]:
        """One step: new weights, new state and the loss that was seen before it."""
        ...


@dataclass(frozen=True)
class Adam:
    """Adam with exact gradients (Kingma & Ba, arXiv 1412.6980).

    Args:
        rate: the step, in half turns.
        beta1, beta2, epsilon: as in the paper.
    """

    rate: float = 0.05
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def step(
        self, weights: Weights, state: State, objective: Objective, rng: np.random.Generator
    ) -> tuple[Weights, State, float]:
        """One step along the gradient."""
        loss, gradient = self._gradient(weights, objective)
        count = state.get("count", 0) + 1
        first = self.beta1 * _row(state, "first", weights) + (1 - self.beta1) * gradient
        second = self.beta2 * _row(state, "second", weights) + (1 - self.beta2) * gradient**2
        size = self.rate * math.sqrt(1 - self.beta2**count) / (1 - self.beta1**count)
        weights = weights - size * first / (np.sqrt(second) + self.epsilon)
        return weights, {"count": count, "first": first.tolist(), "second": second.tolist()}, loss

    def _gradient(self, weights: Weights, objective: Objective) -> tuple[float, Weights]:
        return objective.gradient(weights)


@dataclass(frozen=True)
class ParameterShift(Adam):
    """Adam with gradients from circuits at shifted angles (Schuld et al., arXiv 1811.11184; controlled rotations
    and repeated angles by the general rule of Wierichs et al., arXiv 2107.12390), as a machine can measure them.

    At least four circuits for each angle of a sentence and step.
    """

    def _gradient(self, weights: Weights, objective: Objective) -> tuple[float, Weights]:
        return objective.shifted(weights)


@dataclass(frozen=True)
class SPSA:
    """Simultaneous perturbation (Spall, IEEE TAC 37, 1992): two losses a step, whatever the number of weights.

    The gains are a / (A + k + 1)^alpha and c / (k + 1)^gamma at step k.
    """

    a: float = 0.2
    c: float = 0.06
    stability: float = 10.0
    alpha: float = 0.602
    gamma: float = 0.101

    def step(
        self, weights: Weights, state: State, objective: Objective, rng: np.random.Generator
    ) -> tuple[Weights, State, float]:
        """One step along a random direction."""
        count = state.get("count", 0)
        size = self.c / (count + 1) ** self.gamma
        direction = rng.choice([-1.0, 1.0], size=len(weights))
        up, down = objective.loss(weights + size * direction), objective.loss(weights - size * direction)
        gain = self.a / (self.stability + count + 1) ** self.alpha
        weights = weights - gain * (up - down) / (2 * size) * direction
        return weights, {"count": count + 1}, (up + down) / 2


@dataclass(frozen=True)
class Rotosolve:
    """One weight after the other set to the minimum of a sinusoid through three losses (Ostaszewski et al.,
    arXiv 1905.09692).

    Exact for expectation values in which a weight is the angle of one rotation; a weight that occurs often, or
    the logarithm in the loss, makes it an approximation, so a move that raises the loss is not taken.
    """

    def step(
        self, weights: Weights, state: State, objective: Objective, rng: np.random.Generator
    ) -> tuple[Weights, State, float]:
        """One sweep over all weights."""
        weights = weights.copy()
        before = now = objective.loss(weights)
        for k in range(len(weights)):
            start = weights[k]
            weights[k] = start + 0.5
            up = objective.loss(weights)
            weights[k] = start - 0.5
            down = objective.loss(weights)
            weights[k] = start + (-0.5 - math.atan2(2 * now - up - down, up - down) / math.pi)
            weights[k] -= 2 * round(weights[k] / 2)
            found = objective.loss(weights)
            if found <= now:
                now = found
            else:
                weights[k] = start
        return weights, {"count": state.get("count", 0) + 1}, before


@dataclass(frozen=True)
class NelderMead:
    """The simplex method of Nelder and Mead as in SciPy, so many evaluations of the loss a step."""

    evaluations: int = 200

    def step(
        self, weights: Weights, state: State, objective: Objective, rng: np.random.Generator
    ) -> tuple[Weights, State, float]:
        """A run of the simplex method from where the last one ended."""
        from scipy.optimize import minimize

        before = objective.loss(weights)
        options: dict[str, Any] = {"maxfev": self.evaluations}
        simplex = state.get("simplex")
        if simplex is not None:
            options["initial_simplex"] = np.array(simplex)
        found = minimize(objective.loss, weights, method="Nelder-Mead", options=options)
        simplex = np.asarray(found.final_simplex[0]).tolist()
        return np.asarray(found.x), {"count": state.get("count", 0) + 1, "simplex": simplex}, before


def _row(state: State, key: str, weights: Weights) -> Weights:
    return np.asarray(state.get(key, np.zeros(len(weights))), dtype=np.float64)


OPTIMISERS: Mapping[str, Callable[[], Optimiser]] = {
    "adam": Adam,
    "parameter_shift": ParameterShift,
    "spsa": SPSA,
    "rotosolve": Rotosolve,
    "nelder_mead": NelderMead,
}


def optimiser_named(name: str) -> Optimiser:
    """The optimiser of this name, with its usual settings.

    Raises:
        CatenaryError: if there is none.
    """
    if name not in OPTIMISERS:
        raise CatenaryError(f"no optimiser {name!r}: there are {', '.join(OPTIMISERS)}")
    return OPTIMISERS[name]()
