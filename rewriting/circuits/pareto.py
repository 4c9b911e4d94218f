"""Circuits that trade one count for another: none of them is beaten by another in every count."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic

from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.counts import Counts, counts
from catenary.rewriting.circuits.costs import COSTS, Cost, CostLike
from catenary.rewriting.circuits.interop import AnyCircuit, adapted
from catenary.rewriting.circuits.optimize import OptimizationResult, check_limits, moves_of, optimize_own

TRADES = (*COSTS, "two_qubit + 0.2*t", "gates + 2*two_qubit", "depth + 0.2*two_qubit")
"""The costs whose results are compared: each count, and sums between them."""


@dataclass(frozen=True, slots=True)
class ParetoPoint(Generic[AnyCircuit]):
    """One circuit of a front. Immutable.

    Attributes:
        cost: what was made small; ``"input"`` for the circuit that was given.
        result: as of :func:`~catenary.rewriting.circuits.optimize.optimize` with that cost.
    """

    cost: str
    result: OptimizationResult[AnyCircuit]


def optimize_pareto(
    circuit: AnyCircuit,
    *,
    costs: Sequence[CostLike] = TRADES,
    budget: float = 60.0,
    effort: str = "normal",
    seed: int = 0,
) -> tuple[ParetoPoint[AnyCircuit], ...]:
    """Circuits equal to the given one (verified), none at least as good as another in each of ``two_qubit``, ``t``,
    ``gates`` and ``depth``; fewest two-qubit gates first.

    Args:
        circuit: as for :func:`~catenary.rewriting.circuits.optimize.optimize`.
        costs: the optimiser runs for each, also from what it found for those before.
        budget: seconds for all of them together, in equal shares; below a second each, searches that numba has yet
            to be loaded for are left out. On Ctrl-C, the front of those that are done.
        effort, seed: of each run.

    Raises:
        TypeError, CircuitError, ValueError: as from :func:`~catenary.rewriting.circuits.optimize.optimize`.

    >>> from catenary.functors.circuits import library
    >>> front = optimize_pareto(library.qft(3), effort="quick")
    >>> all(point.result.verified == "equal" for point in front)
    True
    """
    check_limits(effort, budget)
    each = [Cost.of(cost) for cost in costs]
    own, back = adapted(circuit)
    before = counts(own)
    known: list[Circuit] = []
    points = [ParetoPoint("input", OptimizationResult(circuit, before, before, 0.0, "equal", ()))]
    start = time.monotonic()
    for k, cost in enumerate(each):
        left = max(0.0, start + budget - time.monotonic()) / (len(each) - k)
        # A share of its own: what one run leaves of it does not change the moves of the next.
        share = min(left, budget / len(each)) if effort != "exhaustive" else left
        found = optimize_own(own, cost, share, moves_of(effort, share), seed, known=known)
        best: Any = circuit
        if found.circuit is not own:
            known.append(found.circuit)
            best = back(found.circuit)
        result: OptimizationResult[Any] = replace(found, circuit=best)
        points.append(ParetoPoint(str(cost), result))
        if found.interrupted:
            break
    return front_of(points)


def front_of(points: Sequence[ParetoPoint[AnyCircuit]]) -> tuple[ParetoPoint[AnyCircuit], ...]:
    """The points that no other one is as good as in all four counts, without repetitions, in order of these."""
    values = [_values(point.result.after) for point in points]
    kept = [
        k
        for k, value in enumerate(values)
        if not any(
            all(a <= b for a, b in zip(other, value, strict=True)) and (other != value or j < k)
            for j, other in enumerate(values)
        )
    ]
    return tuple(points[k] for k in sorted(kept, key=values.__getitem__))


def _values(count: Counts) -> tuple[int, ...]:
    return tuple(getattr(count, name) for name in COSTS)
