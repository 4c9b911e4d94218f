"""Choosing transitions by a 0/1 program (HiGHS, through ``scipy.optimize.milp``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catenary.rewriting.egraph.parts import Transition


@dataclass
class Program:
    """One variable for each transition; a marking equation for each place.

    Args:
        transitions: the net's.
        marking: the places that hold a box at the start.
        place_cost: cost of a box on each place; 0 where not given.
        goals: alternative final markings, of which exactly one must be reached; without any, the final
            marking is free.
        step_cost: added for each transition, so that nothing is fired in vain.
    """

    transitions: Sequence[Transition]
    marking: frozenset[int]
    place_cost: Mapping[int, float]
    goals: Sequence[frozenset[int]] = ()
    step_cost: float = 1e-3
    cuts: list[tuple[list[int], list[int], float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        import numpy as np
        from scipy.sparse import coo_array

        self.makers: dict[int, list[int]] = {}
        self.takers: dict[int, list[int]] = {}
        for t, transition in enumerate(self.transitions):
            for p in transition.after:
                self.makers.setdefault(p, []).append(t)
            for p in transition.before:
                self.takers.setdefault(p, []).append(t)
        count = len(self.transitions)
        places = sorted(
            {*self.makers, *self.takers, *self.marking, *(p for goal in self.goals for p in goal)}
        )
        row_of = {p: i for i, p in enumerate(places)}
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        low = np.zeros(len(places))
        high = np.ones(len(places))
        for p in self.marking:
            low[row_of[p]] -= 1
            high[row_of[p]] -= 1
        for table, sign in ((self.makers, 1.0), (self.takers, -1.0)):
            for p, ts in table.items():
                rows += [row_of[p]] * len(ts)
                columns += ts
                values += [sign] * len(ts)
        if self.goals:
            # M0 + C·x - sum of y·goal = 0, sum of y = 1
            high = low.copy()
            for g, goal in enumerate(self.goals):
                for p in goal:
                    rows.append(row_of[p])
                    columns.append(count + g)
                    values.append(-1.0)
        last = len(places)
        more_low, more_high = [], []
        for ts in self.makers.values():
            if len(ts) > 1:
                rows += [last] * len(ts)
                columns += ts
                values += [1.0] * len(ts)
                more_low.append(-np.inf)
                more_high.append(1.0)
                last += 1
        if self.goals:
            rows += [last] * len(self.goals)
            columns += range(count, count + len(self.goals))
            values += [1.0] * len(self.goals)
            more_low.append(1.0)
            more_high.append(1.0)
            last += 1
        self.variables = count + len(self.goals)
        self.matrix = coo_array((values, (rows, columns)), shape=(last, self.variables)).tocsr()
        self.low = np.concatenate([low, more_low])
        self.high = np.concatenate([high, more_high])
        cost = np.zeros(self.variables)
        for t, transition in enumerate(self.transitions):
            change = sum(self.place_cost.get(p, 0.0) for p in transition.after)
            change -= sum(self.place_cost.get(p, 0.0) for p in transition.before)
            cost[t] = change + (self.step_cost if transition.side is not None else self.step_cost / 16)
        self.cost = cost

    def cut(self, together: list[int], unless: list[int]) -> None:
        """Forbid choosing all of ``together`` without any of ``unless``."""
        self.cuts.append((together, unless, len(together) - 1.0))

    def solve(self, seconds: float) -> tuple[list[int] | None, bool]:
        """The chosen transitions, and whether they are a proved optimum; ``None`` if none were found."""
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        if not self.variables:
            return ([], True) if not self.goals else (None, True)
        constraints: list[Any] = [LinearConstraint(self.matrix, self.low, self.high)]
        if self.cuts:
            rows, columns, values, tops = [], [], [], []
            for i, (together, unless, top) in enumerate(self.cuts):
                rows += [i] * (len(together) + len(unless))
                columns += [*together, *unless]
                values += [1.0] * len(together) + [-1.0] * len(unless)
                tops.append(top)
            extra = coo_array((values, (rows, columns)), shape=(len(self.cuts), self.variables)).tocsr()
            constraints.append(LinearConstraint(extra, -np.inf, np.array(tops)))
        result = milp(
            self.cost,
            integrality=np.ones(self.variables),
            bounds=Bounds(0, 1),
            constraints=constraints,
            options={"time_limit": max(0.05, seconds), "mip_rel_gap": 0.0},
        )
        if result.x is None:
            return None, result.status == 2
        chosen = [t for t in range(len(self.transitions)) if result.x[t] > 0.5]
        return chosen, result.status == 0
