"""Several objectives at once, depth among them: the Pareto front of an event net."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from catenary.diagrams import Diagram, RewriteError
from catenary.rewriting.compact import Encoder
from catenary.rewriting.egraph.extraction import Cost, weight_of
from catenary.rewriting.egraph.firing import Run
from catenary.rewriting.egraph.net import Net
from catenary.rewriting.egraph.parts import IDENTITY, Report
from catenary.rewriting.egraph.program import Program
from catenary.rewriting.egraph.proving import cut
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.matching import Wires, Wiring
from catenary.rewriting.proof import Proof


@dataclass(frozen=True)
class Point:
    """One diagram of a Pareto front: its value in each objective, and the proof that it equals the start."""

    values: Mapping[str, float]
    diagram: Diagram
    proof: Proof


@dataclass(frozen=True)
class Front:
    """A Pareto front.

    Attributes:
        points: by the first objective, no one better than another in every objective.
        complete: whether these are all the points of a saturated net: no limit was reached, and no cut
            excluded more than what could not be fired.
        why: what ``complete`` rests on, or why it is not claimed.
        report: how the saturation ended.
    """

    points: tuple[Point, ...]
    complete: bool
    why: str
    report: Report


def depth_of(wiring: Wiring) -> int:
    """Boxes on the longest path."""
    level: dict[int, int] = {}
    rank = wiring.rank
    longest = 0
    for e in sorted(range(len(wiring.labels)), key=rank.__getitem__):
        here = 1 + max((level.get(v, 0) for v in wiring.sources[e]), default=0)
        longest = max(longest, here)
        for v in wiring.targets[e]:
            level[v] = here
    return longest


class _MultiProgram:
    """The 0/1 program of a net, with a level for each wire, and points that must not be dominated."""

    def __init__(self, net: Net, marking: frozenset[int], costs: Mapping[str, Mapping[int, float] | None]):
        self.net, self.marking, self.costs = net, marking, costs
        self.base = Program(net.places, net.transitions, marking, {}, step_cost=0.0)
        self.found: list[dict[str, float]] = []

    def solve(self, seconds: float) -> tuple[list[int] | None, bool]:
        """Transitions that lead to a marking which no found point beats or equals in every objective, and
        whose weighted sum of objectives is least: then nothing else beats it either.
        """
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array, hstack

        net, base = self.net, self.base
        count = len(net.transitions)
        deep = any(cost is None for cost in self.costs.values())
        wires = len(net.obs) if deep else 0
        # columns: transitions, level of each wire, depth, one switch for each objective of each found point
        top = count + wires
        switches = top + 1
        names = list(self.costs)
        total = switches + len(names) * len(self.found)
        rows: list[dict[int, float]] = []
        low: list[float] = []
        high: list[float] = []

        def add(row: dict[int, float], least: float, most: float) -> None:
            rows.append(row)
            low.append(least)
            high.append(most)

        def final(p: int, factor: float, row: dict[int, float]) -> float:
            """Enter factor · (whether p is in the final marking); returns the constant."""
            for t in base.makers.get(p, ()):
                row[t] = row.get(t, 0.0) + factor
            for t in base.takers.get(p, ()):
                row[t] = row.get(t, 0.0) - factor
            return factor * (p in self.marking)

        most = float(sum(1 for place in net.places if place[0] != IDENTITY) + 1)
        if deep:
            for p, (label, sources, targets) in enumerate(net.places):
                if p not in self.marking and p not in base.makers:
                    continue
                step = 0.0 if label == IDENTITY else 1.0
                above: Wires | tuple[None] = sources or (None,)
                below: Sequence[int] = [count + w for w in targets] + [top]
                for v in above:
                    for b in below:
                        # level below - level above - step · there >= -most · (1 - there)
                        row: dict[int, float] = {b: 1.0}
                        if v is not None:
                            row[count + v] = row.get(count + v, 0.0) - 1.0
                        constant = final(p, -(most + step), row)
                        add(row, -most - constant, np.inf)
        objectives: dict[str, tuple[dict[int, float], float]] = {}
        for name in names:
            cost = self.costs[name]
            line: dict[int, float] = {}
            constant = 0.0
            if cost is None:
                line[top] = 1.0
            else:
                for p, value in cost.items():
                    constant += final(p, value, line)
            objectives[name] = line, constant
        for k, point in enumerate(self.found):
            chosen: dict[int, float] = {}
            for i, name in enumerate(names):
                switch = switches + k * len(names) + i
                chosen[switch] = 1.0
                line, constant = objectives[name]
                gap = 1.0 if self._whole(name) else 1e-6 * max(1.0, abs(point[name]))
                slack = self._most(name) + 1.0
                # objective <= value - gap + slack · (1 - switch)
                row = dict(line)
                row[switch] = slack
                add(row, -np.inf, point[name] - gap + slack - constant)
            add(chosen, 1.0, np.inf)
        goal = np.zeros(total)
        for name in names:
            line, _ = objectives[name]
            for c, value in line.items():
                goal[c] += value / max(1.0, self._most(name))
        goal[:count] += 1e-7
        index = [(r, c, v) for r, row in enumerate(rows) for c, v in row.items()]
        constraints: list[Any] = []
        if base.variables:
            padded = hstack([base.matrix, coo_array((base.matrix.shape[0], total - count))]).tocsr()
            constraints.append(LinearConstraint(padded, base.low, base.high))
        if index:
            at_row, at_column, entries = zip(*index, strict=True)
            matrix = coo_array((entries, (at_row, at_column)), shape=(len(rows), total)).tocsr()
            constraints.append(LinearConstraint(matrix, np.array(low), np.array(high)))
        for together, unless, limit in base.cuts:
            line_ = np.zeros((1, total))
            line_[0, together] = 1.0
            line_[0, unless] = -1.0
            constraints.append(LinearConstraint(line_, -np.inf, limit))
        whole = np.ones(total)
        whole[count : top + 1] = 0.0
        upper = np.ones(total)
        upper[count : top + 1] = most
        result = milp(
            goal,
            integrality=whole,
            bounds=Bounds(np.zeros(total), upper),
            constraints=constraints,
            options={"time_limit": max(0.05, seconds), "mip_rel_gap": 0.0},
        )
        if result.x is None:
            return None, result.status == 2
        return [t for t in range(count) if result.x[t] > 0.5], result.status == 0

    def _whole(self, name: str) -> bool:
        cost = self.costs[name]
        return cost is None or all(float(value).is_integer() for value in cost.values())

    def _most(self, name: str) -> float:
        cost = self.costs[name]
        if cost is None:
            return float(len(self.net.places) + 1)
        return float(sum(cost.values()))


def front(
    net: Net,
    encoder: Encoder,
    diagram: Diagram,
    objectives: Mapping[str, Cost | Literal["depth"]],
    limits: Limits,
    most: int,
) -> Front:
    """The Pareto front of an empty net that is saturated from a diagram (Sylva & Crema, EJOR 158 (2004): each
    point found excludes what it dominates).
    """
    if not objectives:
        raise RewriteError("a Pareto front needs an objective")
    deadline = Deadline(limits.seconds)
    wiring = encoder.encode_diagram(diagram)
    loaded = net.add(wiring)
    report = net.saturate(limits, deadline)
    costs: dict[str, dict[int, float] | None] = {}
    for name, cost in objectives.items():
        if isinstance(cost, str):
            if cost != "depth":
                raise RewriteError(f"objective {name!r} is {cost!r}: a word for an objective is 'depth'")
            costs[name] = None
            continue
        weights = [weight_of(box, cost) for box in encoder.boxes]
        if min(weights, default=0.0) < 0:
            raise RewriteError(
                f"objective {name!r} has a negative cost; a Pareto front needs costs from 0 up"
            )
        costs[name] = {p: weights[place[0]] for p, place in enumerate(net.places) if place[0] != IDENTITY}
    program = _MultiProgram(net, loaded.marking, costs)
    points: list[Point] = []
    why = "" if report.saturated else f"the net was not saturated ({report.reason})"
    lossy = "a cut excluded a whole choice of events, perhaps a better order"
    cuts = 0
    while len(points) < most and cuts < 60:
        if deadline.passed:
            why = why or "the time was over"
            break
        chosen, certain = program.solve(deadline.left)
        if chosen is None:
            why = why or ("" if certain else "the program was not solved in its time")
            break
        if not certain:
            why = why or "the program was not solved in its time"
        run = Run(net, wiring, loaded)
        stuck = run.fire_all(chosen)
        if stuck:
            cuts += 1
            if not cut(program.base, run, chosen, stuck):
                why = why or lossy
            continue
        values = {name: _value(encoder, run.wiring, cost) for name, cost in objectives.items()}
        program.found.append(values)
        proof = Proof(
            diagram, encoder.diagram(run.wiring, diagram.signature), tuple(run.steps), encoder.theory
        )
        proof.check()
        points.append(Point(values, proof.end, proof))
    else:
        why = why or "as many points as were asked for were found"
    first = next(iter(objectives))
    kept = [p for p in points if not any(_beats(q, p) for q in points)]
    kept.sort(key=lambda point: point.values[first])
    return Front(tuple(kept), not why, why or "all points of a saturated net", report)


def _value(encoder: Encoder, wiring: Wiring, cost: Cost | Literal["depth"]) -> float:
    if isinstance(cost, str):
        return float(depth_of(wiring))
    return sum(weight_of(encoder.boxes[label], cost) for label in wiring.labels if isinstance(label, int))


def _beats(one: Point, other: Point) -> bool:
    pairs = [(one.values[name], other.values[name]) for name in one.values]
    return all(x <= y for x, y in pairs) and any(x < y for x, y in pairs)
