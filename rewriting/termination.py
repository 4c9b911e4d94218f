"""Termination orders for rewriting: measures of diagrams that every rule decreases.

A measure counts boxes by weights; in the symmetric doctrine it may also let values run along the wires, downwards from
the inputs and upwards from the outputs, each box passing on the sum of what it receives plus a constant, and
count for each box an affine function of the values at it (Guiraud, *Termination orders for 3-dimensional rewriting*,
arXiv math/0612083). A rule decreases a measure if its left side passes on at least what its right side does, and counts more, for
all values of at least 1. Measures are combined lexicographically: a rule has to decrease one measure and may increase only
those after it.

The coefficients are proposed by a linear program (HiGHS) and checked with exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from catenary.diagrams import Box, OpenHypergraph
from catenary.rewriting.matching import family
from catenary.rewriting.rule import Rule, is_symmetric
from catenary.rewriting.theory import Theory

# An affine form in the values at the boundary: the constant first.
Form: TypeAlias = tuple[int, ...]
# What the coefficients of a measure multiply: for each (box, which) a form. ``which`` is 0 for the count of the box,
# then its inputs, then its outputs.
Count: TypeAlias = dict[tuple[Box, int], Form]


@dataclass(frozen=True)
class Measure:
    """One measure.

    Attributes:
        flows: whether values run along wires.
        passes: what a box adds to the values that it passes on: down and up; 1 each where it is not listed.
        weights: for each box the count for itself, for the value at each input, and for the value that comes up at
            each output. Boxes of one family (all parameters) have one entry.
        strict: the rules that it decreases.
    """

    flows: bool
    passes: Mapping[Box, tuple[int, int]]
    weights: Mapping[Box, tuple[int, ...]]
    strict: tuple[str, ...]

    def counts(self, graph: OpenHypergraph) -> tuple[Form, ...]:
        """Of a diagram: what it counts, and what it passes on (downwards, then upwards)."""
        counted, passed = _flow(graph, self.passes) if self.flows else _boxes(graph)
        total: Form = (0,) * (1 + (len(graph.dom) + len(graph.cod) if self.flows else 0))
        for (box, which), form in counted.items():
            weights = self.weights.get(box, ())
            if which < len(weights) and weights[which]:
                total = tuple([t + weights[which] * c for t, c in zip(total, form, strict=True)])
        return (total, *passed)

    def allows(self, rule: Rule) -> bool:
        """Whether the rule does not increase it."""
        return self._difference(rule)[0]

    def decreases(self, rule: Rule) -> bool:
        """Whether every use of the rule, from left to right, decreases it."""
        fine, constant = self._difference(rule)
        return fine and constant > 0

    def _difference(self, rule: Rule) -> tuple[bool, int]:
        """Left minus right, with values of at least 1: whether no coefficient is negative, and the least value."""
        left, right = (self.counts(graph) for graph in rule.graphs)
        fine, least = True, 0
        for place, (one, other) in enumerate(zip(left, right, strict=True)):
            form = [a - b for a, b in zip(one, other, strict=True)]
            fine = fine and all(c >= 0 for c in form[1:]) and sum(form) >= 0
            if not place:
                least = sum(form)
        return fine, least


@dataclass(frozen=True)
class Termination:
    """A proof that using rules from left to right comes to an end: measures, compared lexicographically."""

    measures: tuple[Measure, ...]

    def check(self, rules: Iterable[Rule]) -> bool:
        """Whether each rule decreases a measure and increases none before it."""
        return all(self._decreased(rule) for rule in rules)

    def _decreased(self, rule: Rule) -> bool:
        for measure in self.measures:
            if measure.decreases(rule):
                return True
            if not measure.allows(rule):
                return False
        return False

    def __str__(self) -> str:
        lines = []
        for measure in self.measures:
            shown = "; ".join(
                f"{box} {', '.join(map(str, weights))}"
                for box, weights in measure.weights.items()
                if any(weights)
            )
            kind = "flowing values" if measure.flows else "boxes"
            lines.append(f"{kind} ({', '.join(measure.strict)}): {shown}")
        return "\n".join(lines)


def termination(theory: Theory | Iterable[Rule]) -> Termination | None:
    """A termination order for the rules, all read from left to right; ``None`` if none was found.

    >>> from catenary.rewriting.library import bialgebra, group
    >>> order = termination(bialgebra())
    >>> order is not None and order.check(bialgebra())
    True
    >>> termination(bialgebra(commutative=True)) is None  # a law that can be used for ever
    True
    """
    if isinstance(theory, Theory):
        theory.require_fixed_arity("a termination order")
    left = list(theory)
    rules = list(left)
    if any(rule.left == rule.right for rule in rules):
        return None
    measures: list[Measure] = []
    symmetric = all(is_symmetric(rule.signature) for rule in rules)
    while left:
        for flows, passes in _attempts(left, symmetric):
            measure = _solve(left, flows, passes)
            if measure is not None:
                measures.append(measure)
                left = [rule for rule in left if rule.name not in measure.strict]
                break
        else:
            return None
    found = Termination(tuple(measures))
    return found if found.check(rules) else None


def _families(rules: Sequence[Rule]) -> list[Box]:
    return list(
        dict.fromkeys(
            family(graph.edges[e].box) for rule in rules for graph in rule.graphs for e in graph.solid_edges
        )
    )


def _attempts(rules: Sequence[Rule], symmetric: bool) -> Iterable[tuple[bool, dict[Box, tuple[int, int]]]]:
    """Weights of boxes, then flows with several choices of the constants."""
    yield False, {}
    if not symmetric:
        return
    boxes = _families(rules)
    ones, none = dict.fromkeys(boxes, (1, 1)), dict.fromkeys(boxes, (0, 0))
    # what merges adds on the way down, what splits on the way up: distributive laws keep the sums
    yield True, {box: (int(len(box.dom) > len(box.cod)), int(len(box.cod) > len(box.dom))) for box in boxes}
    yield True, ones
    yield True, none
    for down, up in ((1, 0), (0, 1)):
        yield True, dict.fromkeys(boxes, (down, up))
    for box in boxes:
        yield True, none | {box: (1, 1)}
        yield True, ones | {box: (0, 0)}


def _boxes(graph: OpenHypergraph) -> tuple[Count, tuple[Form, ...]]:
    counted: Count = {}
    for e in graph.solid_edges:
        key = family(graph.edges[e].box), 0
        counted[key] = (counted.get(key, (0,))[0] + 1,)
    return counted, ()


def _flow(graph: OpenHypergraph, passes: Mapping[Box, tuple[int, int]]) -> tuple[Count, tuple[Form, ...]]:
    """What the coefficients multiply, and what is passed on, as forms in what comes in above and below.

    A state passes on 1 at least, so that values are never 0.
    """
    size = 1 + len(graph.dom) + len(graph.cod)
    down: dict[int, Form] = {v: _unit(size, 1 + i) for i, v in enumerate(graph.dom)}
    up: dict[int, Form] = {v: _unit(size, 1 + len(graph.dom) + i) for i, v in enumerate(graph.cod)}
    order = graph.topological_order() or ()
    for rows, values, which in (
        ([(graph.edges[e].sources, graph.edges[e].targets, e) for e in order], down, 0),
        ([(graph.edges[e].targets, graph.edges[e].sources, e) for e in reversed(order)], up, 1),
    ):
        for sources, targets, e in rows:
            constant = passes.get(family(graph.edges[e].box), (1, 1))[which]
            form = _sum([values[v] for v in sources], size)
            form = (max(form[0] + constant, 0 if sources else 1), *form[1:])
            for v in targets:
                values[v] = form
    counted: Count = {}
    for edge in graph.edges:
        box = family(edge.box)
        forms = [_unit(size, 0), *(down[v] for v in edge.sources), *(up[v] for v in edge.targets)]
        for which, form in enumerate(forms):
            counted[box, which] = _sum([counted.get((box, which), (0,) * size), form], size)
    passed = [down[v] for v in graph.cod] + [up[v] for v in graph.dom]
    return counted, tuple(passed)


def _unit(size: int, place: int) -> Form:
    return tuple([int(i == place) for i in range(size)])


def _sum(forms: Iterable[Form], size: int) -> Form:
    total = (0,) * size
    for form in forms:
        total = tuple([a + b for a, b in zip(total, form, strict=True)])
    return total


def _solve(rules: Sequence[Rule], flows: bool, passes: Mapping[Box, tuple[int, int]]) -> Measure | None:
    """Weights that all rules allow and that as many as possible decrease; ``None`` if none is decreased."""
    import numpy as np
    from scipy.optimize import linprog

    columns: dict[tuple[Box, int], int] = {}
    table: list[list[tuple[Count, Form]]] = []
    for rule in rules:
        sides = [_flow(graph, passes) if flows else _boxes(graph) for graph in rule.graphs]
        (left, passed), (right, received) = sides
        for one, other in zip(passed, received, strict=True):
            lost = [a - b for a, b in zip(one, other, strict=True)]
            if any(c < 0 for c in lost[1:]) or sum(lost) < 0:
                return None
        for key in (*left, *right):
            columns.setdefault(key, len(columns))
        table.append([(left, ()), (right, ())])
    count, extra = len(columns), len(rules)
    rows: list[Any] = []
    bounds: list[float] = []
    for number, ((left, _), (right, _)) in enumerate(table):
        size = len(next(iter([*left.values(), *right.values()]), (0,)))
        forms = np.zeros((size, count))
        for sign, side in ((1, left), (-1, right)):
            for key, form in side.items():
                forms[:, columns[key]] += sign * np.array(form)
        # coefficients of the values are not negative, and what is left at values 1 is at least the rule's gain
        for place in range(1, size):
            rows.append(np.concatenate([-forms[place], np.zeros(extra)]))
            bounds.append(0)
        gain = np.zeros(extra)
        gain[number] = 1
        rows.append(np.concatenate([-forms.sum(axis=0), gain]))
        bounds.append(0)
    objective = np.concatenate([np.full(count, 1e-4), np.full(extra, -1.0)])
    limits = [(0, 50)] * count + [(0, 1)] * extra
    result = linprog(objective, A_ub=np.array(rows), b_ub=bounds, bounds=limits, method="highs")
    if not result.success:
        return None
    exact = [Fraction(float(x)).limit_denominator(60) for x in result.x[:count]]
    scale = 1
    for x in exact:
        scale = scale * x.denominator // np.gcd(scale, x.denominator)
    weights: dict[Box, list[int]] = {}
    for (box, which), column in columns.items():
        row = weights.setdefault(box, [0] * (1 + len(box.dom) + len(box.cod)))
        row[which] = int(exact[column] * scale)
    measure = Measure(flows, dict(passes), {box: tuple(row) for box, row in weights.items()}, ())
    if not all(measure.allows(rule) for rule in rules):
        return None
    strict = tuple([rule.name for rule in rules if measure.decreases(rule)])
    return Measure(flows, measure.passes, measure.weights, strict) if strict else None


__all__ = ["Measure", "Termination", "termination"]
