"""What the optimiser makes small: one count, or a weighted sum of counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from catenary.functors.circuits.counts import Counts

COSTS = ("two_qubit", "t", "gates", "depth")
_TIES = {
    "two_qubit": ("two_qubit", "t", "gates", "depth"),
    "t": ("t", "two_qubit", "gates", "depth"),
    "gates": ("gates", "two_qubit", "t", "depth"),
    "depth": ("depth", "two_qubit", "t", "gates"),
}
MOST_FOR_DEPTH = 3.0
"""Two-qubit gates that a step of depth costs in annealing, at most: two to five serve alike where only depth counts, one
and ten less well, as the fewest two-qubit gates lead towards little depth.
"""

CostLike: TypeAlias = "str | Mapping[str, float]"


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost: the weight of each count, and in which order other counts break ties. Immutable.

    >>> Cost.of("two_qubit + 0.1*gates").weights
    (('two_qubit', 1.0), ('gates', 0.1))
    >>> str(Cost.of({"t": 2}))
    '2*t'
    """

    weights: tuple[tuple[str, float], ...]

    @staticmethod
    def of(cost: CostLike) -> Cost:
        """The cost of a name, a sum like ``"two_qubit + 0.1*gates"``, or a mapping from names to weights.

        Raises:
            ValueError: for an unknown count, or a weight that is not a positive number.
        """
        weights: dict[str, float] = {}
        if isinstance(cost, str):
            for term in cost.split("+"):
                before, star, name = term.rpartition("*")
                try:
                    weights[name.strip()] = weights.get(name.strip(), 0.0) + (float(before) if star else 1.0)
                except ValueError:
                    raise ValueError(f"{before.strip()!r} in the cost {cost!r} is no number") from None
        else:
            weights = {name: float(weight) for name, weight in cost.items()}
        for name, weight in weights.items():
            if name not in COSTS:
                raise ValueError(
                    f"the cost is one of {', '.join(COSTS)}, or a weighted sum of them, not {cost!r}"
                )
            if not 0 < weight < math.inf:
                raise ValueError(f"the weight of {name} is a positive number, not {weight!r}")
        if not weights:
            raise ValueError("a cost needs at least one of " + ", ".join(COSTS))
        return Cost(tuple(weights.items()))

    def key(self, count: Counts) -> tuple[float, ...]:
        """What is compared: the weighted sum, then the counts that break ties."""
        total = sum(weight * getattr(count, name) for name, weight in self.weights)
        first = max(self.weights, key=lambda pair: pair[1])[0]
        # A single count stays an integer: no rounding in comparisons.
        if len(self.weights) == 1:
            total = getattr(count, first)
        return (total, *(getattr(count, name) for name in _TIES[first]))

    @property
    def one_costs(self) -> tuple[float, float]:
        """What annealing takes an H or S gate to cost, in two-qubit gates, at its beginning and at its end.

        Measured: about 0.1 also serves costs for which only two-qubit gates count, as states with few others are
        easier to improve; and it is better to begin with it where all count alike.
        """
        weights = dict(self.weights)
        gates = weights.get("gates", 0.0)
        both = gates + weights.get("two_qubit", 0.0)
        return 0.1, max(0.1, gates / both if both else 0.0)

    @property
    def depth_cost(self) -> float:
        """What annealing takes a step of depth to cost, in two-qubit gates; 0 if depth only breaks ties.

        Annealing does not change how many T gates there are, so that their weight is not looked at.
        """
        weights = dict(self.weights)
        if "depth" not in weights:
            return 0.0
        others = weights.get("two_qubit", 0.0) + weights.get("gates", 0.0)
        return min(MOST_FOR_DEPTH, weights["depth"] / others) if others else MOST_FOR_DEPTH

    @property
    def counts_t(self) -> bool:
        """Whether T gates are what counts most."""
        return max(self.weights, key=lambda pair: pair[1])[0] == "t"

    def __str__(self) -> str:
        return " + ".join(name if weight == 1 else f"{weight:g}*{name}" for name, weight in self.weights)
