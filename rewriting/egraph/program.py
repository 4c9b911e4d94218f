"""Choosing transitions by a 0/1 program (HiGHS, through ``scipy.optimize.milp``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catenary.rewriting.egraph.goal import Goal, ends
from catenary.rewriting.egraph.parts import Place, Transition


@dataclass
class Program:
    """One variable for each transition; a marking equation for each place.

    Args:
        places, transitions: the net's.
        marking: the places that hold a box at the start.
        place_cost: cost of a box on each place; 0 where not given.
        goal: the diagram that must be reached; without one, the final marking is free.
        step_cost: added for each transition, so that nothing is fired in vain.
    """

    places: Sequence[Place]
    transitions: Sequence[Transition]
    marking: frozenset[int]
    place_cost: Mapping[int, float]
    goal: Goal | None = None
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
        choices = [] if self.goal is None else list(enumerate(self.goal.options))
        places = sorted(
            {*self.makers, *self.takers, *self.marking, *(p for _, option in choices for p in option)}
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
        # M0 + C·x - Σ y = 0, where y[e, p] says that box e of the goal is on place p
        column: dict[tuple[int, int], int] = {}
        if self.goal is not None:
            high = low.copy()
            for e, option in choices:
                for p in option:
                    column[e, p] = count + len(column)
                    rows.append(row_of[p])
                    columns.append(column[e, p])
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
        for e, option in choices:
            rows += [last] * len(option)
            columns += [column[e, p] for p in option]
            values += [1.0] * len(option)
            more_low.append(1.0)
            more_high.append(1.0)
            last += 1
        for (one, out), (other, into) in () if self.goal is None else self.goal.joints:
            at: dict[int, int] = {}
            for e, targets, port, sign in ((one, True, out, 1.0), (other, False, into, -1.0)):
                for p in self.goal.options[e] if self.goal is not None else ():
                    w = ends(self.places[p], targets)[port]
                    if w not in at:
                        at[w] = last
                        more_low.append(0.0)
                        more_high.append(0.0)
                        last += 1
                    rows.append(at[w])
                    columns.append(column[e, p])
                    values.append(sign)
        self.variables = count + len(column)
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
            return ([], True) if self.goal is None else (None, True)
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
