"""Rules with variables: the values for which one side of a rule occurs in a graph.

The boxes are matched by family first (name, boundary, dagger), then their parameters are solved for. A parameter of
the pattern may be any expression; what determines a variable is a parameter linear in it with coefficient 1 or -1,
once the other variables of the parameter have values. Phases of spiders are solved modulo a full turn; a phase at the
pattern's boundary only has to be a summand of what the vertex has, and a variable that nothing else determines takes
all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

from catenary.diagrams import Box, OpenHypergraph, Phase, RewriteError
from catenary.diagrams.boxes import SPIDER
from catenary.diagrams.phases import ZERO, as_phase, bind, is_symbolic, reduce_phase
from catenary.rewriting import contexts
from catenary.rewriting.families import RuleFamily
from catenary.rewriting.matching import Match, Pattern, Wiring, find
from catenary.rewriting.rule import Rule, is_symmetric, require_rewriting

Values: TypeAlias = tuple[tuple[str, Phase], ...]


@dataclass(frozen=True)
class Redex:
    """A place where a rule can be used.

    Attributes:
        rule: the rule, with its variables.
        forward: the direction; the side that is matched is the left one where it is true.
        values: for each variable its value, by name.
        match: of the instance's side in the graph.
    """

    rule: Rule | RuleFamily
    forward: bool
    values: Values
    match: Match

    @property
    def instance(self) -> Rule:
        """The rule without variables that is used."""
        return self.rule.at(dict(self.values))


def redexes(
    rule: Rule | RuleFamily,
    graph: OpenHypergraph,
    forward: bool = True,
    *,
    given: Mapping[str, Any] | None = None,
) -> Iterator[Redex]:
    """All places of a graph where a rule can be used, lazily, with the values of its variables.

    Args:
        rule: the rule; without variables these are the matches of its side. Of a family for all numbers of legs every
            member is looked for; the boxes of the side have to say which.
        graph: where to look.
        forward: the side to look for: left if true.
        given: values of some variables; needed for those that the side does not determine.

    Raises:
        RewriteError: if the rule is directed and ``forward`` is false, or the side does not determine a variable.

    >>> from sympy import symbols
    >>> from catenary.diagrams import Box, Ty
    >>> a, b = symbols("a b")
    >>> rz = lambda angle: Box("rz", Ty("q"), Ty("q"), [angle])
    >>> add = Rule("add", rz(a) >> rz(b), rz(a + b), variables="a b")
    >>> graph = (rz(1) >> rz(2) >> rz(3)).to_hypergraph()
    >>> for redex in redexes(add, graph):
    ...     print(redex.instance)
    add: rz(π) >> rz(2π) = rz(3π)
    add: rz(2π) >> rz(3π) = rz(5π)
    """
    if rule.directed and not forward:
        raise RewriteError(f"rule {rule.name} is directed and cannot be used backwards")
    signature = graph.signature.join(rule.signature)
    require_rewriting(signature)
    if isinstance(rule, RuleFamily):
        return _of_family(rule, graph, forward, dict(given or {}))
    if not rule.variables:
        return _plain(rule, graph, forward)
    fixed = {name: as_phase(value) for name, value in (given or {}).items()}
    free = undetermined(rule, forward, fixed)
    if free:
        side = "left" if forward else "right"
        raise RewriteError(
            f"the {side} side of {rule.name} does not determine {', '.join(free)}: give values, as in "
            f"given={{{free[0]!r}: 0}}"
        )
    if is_symmetric(signature):
        target = Wiring.of(graph)
        found = find_scheme(SchemeSide(rule, forward), target, fixed)
        return (Redex(rule, forward, values, match) for values, match in found)
    return redexes_at(rule, contexts.Site(graph, signature.doctrine, families=True), forward, fixed)


def _of_family(
    family: RuleFamily, graph: OpenHypergraph, forward: bool, given: dict[str, Any]
) -> Iterator[Redex]:
    """The redexes of all members, those with the fewest legs first. The graph is prepared once."""
    fixed = {name: as_phase(value) for name, value in given.items() if name not in family.arities}
    signature = graph.signature.join(family.signature)
    variables = bool(family.family.variables)
    symmetric = is_symmetric(signature)
    target = Wiring.of(graph) if symmetric else None
    site = None if symmetric else contexts.Site(graph, signature.doctrine, variables)
    for numbers in family.numbers(graph, forward, given):
        member = family.member(numbers)
        if free := undetermined(member, forward, fixed):
            raise RewriteError(f"a side of {family.name} does not determine {', '.join(free)}: give values")
        found: Iterator[tuple[Values, Match]]
        if site is not None:
            found = ((redex.values, redex.match) for redex in redexes_at(member, site, forward, fixed))
        else:
            assert target is not None
            found = find_scheme(SchemeSide(member, forward), target, fixed)
        for values, match in found:
            every = {**dict(values), **{name: Fraction(number) for name, number in numbers.items()}}
            yield Redex(family, forward, tuple(sorted(every.items())), match)


def _plain(rule: Rule, graph: OpenHypergraph, forward: bool) -> Iterator[Redex]:
    from catenary.rewriting.matching import matches

    for match in matches(rule.sides(forward)[0], graph):
        yield Redex(rule, forward, (), match)


def redexes_at(
    rule: Rule,
    site: contexts.Site,
    forward: bool,
    given: Mapping[str, Phase] = {},
) -> Iterator[Redex]:
    """The same in a graph that is prepared already (with ``families`` if the rule has variables), in doctrines
    where vertices may have many ends. Nothing is checked.
    """
    if not rule.variables:
        for match in contexts.find(rule.sides(forward)[0], site):
            yield Redex(rule, forward, (), match)
    elif site.doctrine.has("copy") and not site.doctrine.has("spider"):
        yield from _by_values(rule, site, forward, given)
    else:
        yield from _in_contexts(rule, site, forward, given)


def undetermined(rule: Rule, forward: bool, given: Mapping[str, Phase] = {}) -> tuple[str, ...]:
    """The variables of a rule that a match of one of its sides leaves open."""
    known = set(given)
    terms = [_Term(p) for edge in rule.sides(forward)[0].edges for p in edge.box.params]
    while True:
        more = {name for term in terms if (name := term.solvable(known, rule.variables)) is not None}
        if not more:
            return tuple([name for name in rule.variables if name not in known])
        known |= more


class _Term:
    """An expression, as a linear form where it is one."""

    __slots__ = ("constant", "expression", "factors", "names")

    def __init__(self, expression: Phase):
        self.expression = expression
        self.constant: Phase = expression
        self.factors: dict[str, int] | None = {}
        self.names: frozenset[str] = frozenset()
        if is_symbolic(expression):
            self.names = frozenset(symbol.name for symbol in expression.free_symbols)
            self._split(expression)

    def _split(self, expression: Any) -> None:
        """Into a constant and variables with factors 1 and -1."""
        factors: dict[str, int] = {}
        rest = expression
        for symbol in expression.free_symbols:
            factor = expression.coeff(symbol)
            if factor not in (1, -1):
                self.factors = None
                return
            factors[symbol.name] = int(factor)
            rest = rest - factor * symbol
        rest = as_phase(rest)
        self.factors = None if is_symbolic(rest) else factors
        self.constant = rest

    def solvable(self, known: Any, variables: Sequence[str]) -> str | None:
        """The one variable that this determines, the others being known."""
        left = [name for name in self.names if name in variables and name not in known]
        if len(left) != 1 or self.factors is None:
            return None
        return left[0]

    def value(self, values: Mapping[str, Phase]) -> Phase:
        """The value, every variable having one."""
        if self.factors is None or any(name not in values for name in self.factors):
            return bind(self.expression, values)
        total = self.constant
        for name, factor in self.factors.items():
            total = total + values[name] if factor > 0 else total - values[name]
        return as_phase(total)

    def solve(self, name: str, value: Phase, values: Mapping[str, Phase]) -> Phase:
        """What the variable has to be for this to have a value."""
        assert self.factors is not None
        rest = self.constant
        for other, factor in self.factors.items():
            if other != name:
                there = values[other] if other in values else _symbol(other)
                rest = rest + there if factor > 0 else rest - there
        return as_phase(value - rest if self.factors[name] > 0 else rest - value)


def _symbol(name: str) -> Phase:
    import sympy

    symbol: Phase = sympy.Symbol(name)
    return symbol


# (expression of the pattern, value in the graph, whether both are phases, which are equal modulo 2)
_Pair: TypeAlias = tuple[_Term, Phase, bool]


class SchemeSide:
    """A side of a scheme prepared for matching: its boxes without parameters, and their parameters as terms."""

    def __init__(self, rule: Rule, forward: bool):
        self.rule, self.forward = rule, forward
        self.graph = rule.sides(forward)[0]
        self.terms = [[_Term(p) for p in edge.box.params] for edge in self.graph.edges]
        self.spiders = [edge.box.kind == SPIDER for edge in self.graph.edges]

    @cached_property
    def pattern(self) -> Pattern:
        """The side as a pattern of families, in the symmetric doctrine."""
        return Pattern(Wiring.of(self.graph).families)

    def solve(self, pairs: list[_Pair], values: dict[str, Phase]) -> bool:
        """Give variables values so that all pairs agree; whether that is possible."""
        waiting = pairs
        while waiting:
            left: list[_Pair] = []
            for term, value, phases in waiting:
                name = term.solvable(values, self.rule.variables)
                if name is not None:
                    found = term.solve(name, value, values)
                    values[name] = reduce_phase(found) if phases else found
                elif any(name in self.rule.variables and name not in values for name in term.names):
                    left.append((term, value, phases))
                elif not same(term.value(values), value, phases):
                    return False
            if len(left) == len(waiting):
                break
            waiting = left
        self.left = waiting
        return True

    def pairs(self, e: int, box: Box) -> list[_Pair]:
        """What the parameters of a box say about those of the pattern's; a spider without a phase has phase 0."""
        if not self.spiders[e]:
            return [(term, value, False) for term, value in zip(self.terms[e], box.params, strict=True)]
        value = box.params[0] if box.params else ZERO
        return [(self.terms[e][0] if self.terms[e] else _Term(ZERO), value, True)]

    def finish(self, values: dict[str, Phase]) -> Values | None:
        """The values, if every variable has one and the conditions hold."""
        if any(name not in values for name in self.rule.variables):
            return None
        if not all(condition.holds(values) for condition in self.rule.where):
            return None
        return tuple([(name, values[name]) for name in sorted(self.rule.variables)])


def same(one: Phase, other: Phase, phases: bool) -> bool:
    """Whether two parameters are equal: as phases modulo 2, otherwise as they stand."""
    if one == other:
        return True
    difference = as_phase(one - other)
    if is_symbolic(difference):
        return False
    return (reduce_phase(difference) if phases else difference) == 0


def find_scheme(
    side: SchemeSide, target: Wiring, given: Mapping[str, Phase], must_touch: frozenset[int] | None = None
) -> Iterator[tuple[Values, Match]]:
    """The values and matches of a scheme's side in a wiring whose labels are boxes."""
    for match in find(side.pattern, target.families, must_touch):
        values = dict(given)
        pairs = [
            pair
            for e, image in enumerate(match.edges)
            for pair in side.pairs(e, target.labels[image])  # type: ignore[arg-type]
        ]
        if side.solve(pairs, values) and (found := side.finish(values)) is not None:
            yield found, match


def _in_contexts(
    rule: Rule, site: contexts.Site, forward: bool, given: Mapping[str, Phase]
) -> Iterator[Redex]:
    """Where vertices may have many ends: occurrences by family, then values, then contexts."""
    side = SchemeSide(rule, forward)
    pattern, graph = side.graph, site.graph
    boundary = {*pattern.dom, *pattern.cod}
    for edges, vertices in contexts.occurrences(pattern, site):
        values = dict(given)
        pairs = [
            p
            for e, i in zip(pattern.solid_edges, edges, strict=True)
            for p in side.pairs(e, graph.edges[i].box)
        ]
        at_boundary: list[tuple[int, int]] = []
        for v, w in enumerate(vertices):
            mine, theirs = pattern.phase_edges.get(v), site.phases.get(w)
            if v in boundary:
                if mine is not None:
                    at_boundary.append((mine, w))
                continue
            value = ZERO if theirs is None else graph.edges[theirs].box.params[0]
            term = _Term(ZERO) if mine is None else side.terms[mine][0]
            pairs.append((term, value, True))
        if not side.solve(pairs, values):
            continue
        left: dict[int, Phase] = {}
        for mine, w in at_boundary:
            here = site.phases.get(w)
            left.setdefault(w, ZERO if here is None else graph.edges[here].box.params[0])
            term = side.terms[mine][0]
            name = term.solvable(values, rule.variables)
            if name is not None:
                values[name] = reduce_phase(term.solve(name, left[w], values))
            left[w] = left[w] - bind(term.expression, values)
        if not side.solve(side.left, values):
            continue
        found = side.finish(values)
        if found is None:
            continue
        instance = rule.at(dict(found)).sides(forward)[0]
        for match in contexts.complete(instance, site, edges, vertices):
            yield Redex(rule, forward, found, match)


def _by_values(rule: Rule, site: contexts.Site, forward: bool, given: Mapping[str, Phase]) -> Iterator[Redex]:
    """Where boxes may be shared: values that parameters in the graph suggest, then matches of each instance."""
    side, graph = SchemeSide(rule, forward), site.graph
    boxes: list[list[Box]] = []
    for edge in side.graph.edges:
        if not edge.box.params:
            continue
        number = site.number.get(site.label(edge.box), -1)
        boxes.append(list(dict.fromkeys(graph.edges[e].box for e in site.by_label.get(number, []))))
    places = [e for e, edge in enumerate(side.graph.edges) if edge.box.params]
    seen: set[Values] = set()
    plain = contexts.Site(graph, site.doctrine)
    stack: list[tuple[Box, ...]] = [()]
    while stack:
        chosen = stack.pop()
        values = dict(given)
        pairs = [pair for e, box in zip(places, chosen, strict=False) for pair in side.pairs(e, box)]
        if not side.solve(pairs, values):
            continue
        if len(chosen) < len(places):
            stack += [(*chosen, box) for box in reversed(boxes[len(chosen)])]
            continue
        found = side.finish(values)
        if found is not None and found not in seen:
            seen.add(found)
            for match in contexts.find(rule.at(dict(found)).sides(forward)[0], plain):
                yield Redex(rule, forward, found, match)


__all__ = ["Redex", "SchemeSide", "Values", "find_scheme", "redexes", "same", "undetermined"]
