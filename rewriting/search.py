"""Bidirectional search for proofs over canonical diagrams.

Diagrams are states, rule applications are moves; two best-first searches, one from each end, meet in the
middle. Every state is held by its canonical key, so equal diagrams are one state. A proof is read off the two
paths and is a sequence of double-pushout steps by construction.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from catenary.diagrams import Diagram, Equation, OpenHypergraph, RewriteError, Ty
from catenary.diagrams.equality import canonical_form, normalised
from catenary.rewriting import contexts
from catenary.rewriting.commuting import CommutingSpace, commutes
from catenary.rewriting.compact import Encoder, Key, Side, canonical_key
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.proof import Proof
from catenary.rewriting.routes import follow
from catenary.rewriting.rule import Rule, is_symmetric
from catenary.rewriting.schemes import redexes_at, undetermined
from catenary.rewriting.theory import Theory
from catenary.rewriting.turning import TurningSpace, turning_laws


@dataclass(frozen=True)
class SearchReport:
    """How a search ended.

    Attributes:
        proof: the proof, or ``None``.
        states: diagrams seen.
        reason: why it stopped: ``"proved"``, ``"seconds"``, ``"states"``, ``"boxes"`` (every diagram up to
            the size cap was seen, as far as keys tell them apart), or ``"exhausted"`` (one side has no other
            diagrams at all: there is no proof).
        cap: the size cap in boxes.
    """

    proof: Proof | None
    states: int
    reason: str
    cap: int


class Space(Protocol):
    """What is searched: diagrams by keys that equal diagrams share, and the moves between them.

    Attributes:
        exact: whether different diagrams have different keys, so that a search that ran out of diagrams has seen all.
    """

    exact: bool

    def key(self, diagram: Diagram) -> Hashable: ...
    def size(self, key: Any) -> int: ...
    def sides(self, backward: bool) -> Sequence[tuple[Rule, bool, int, Any]]:
        """The ways to use rules, as (rule, direction, boxes that it adds, what ``moves`` needs)."""

    def moves(self, key: Any, side: Any) -> Iterator[tuple[Rule, Hashable]]:
        """What a side leads to, with the rule, of which it may be an instance."""

    def proof(self, equation: Equation, route: list[tuple[Rule, bool, Any]]) -> Proof: ...


class WiringSpace:
    """Diagrams of the symmetric doctrine, as flat canonical keys."""

    exact = True

    def __init__(self, theory: Theory, dom: Ty):
        self.encoder, self.dom = Encoder(theory), dom.objects

    def key(self, diagram: Diagram) -> Key:
        return canonical_key(self.encoder.encode_diagram(diagram))

    def size(self, key: Key) -> int:
        return len(key[0])

    def sides(self, backward: bool) -> list[tuple[Rule, bool, int, Side]]:
        encoder = self.encoder
        found = (
            encoder.backward_sides + encoder.backward_schemes if backward else encoder.sides + encoder.schemes
        )
        return [(side.rule, side.forward, side.growth, side) for side in found]

    def moves(self, key: Key, side: Side) -> Iterator[tuple[Rule, Key]]:
        wiring = self.encoder.decode(key, self.dom)
        for rule, _, result in self.encoder.moves(side, wiring):
            yield rule, canonical_key(result)

    def proof(self, equation: Equation, route: list[tuple[Rule, bool, Key]]) -> Proof:
        return self.encoder.follow(equation.left, route, equation.right)


class GraphSpace:
    """Diagrams of any doctrine that rewrites, as open hypergraphs held by their canonical forms."""

    exact = True

    def __init__(self, theory: Theory):
        self.theory = theory
        self.graphs: dict[Hashable, OpenHypergraph] = {}
        self.sites: dict[tuple[Hashable, bool], contexts.Site] = {}  # of the diagram that was looked at last

    def _hold(self, graph: OpenHypergraph) -> Hashable:
        key = canonical_form(graph)
        self.graphs.setdefault(key, graph)
        return key

    def key(self, diagram: Diagram) -> Hashable:
        return self._hold(normalised(OpenHypergraph.from_diagram(diagram.over(self.theory.signature))))

    def size(self, key: Hashable) -> int:
        return len(self.graphs[key].edges)

    def sides(self, backward: bool) -> list[tuple[Rule, bool, int, tuple[Rule, bool]]]:
        found = []
        for rule in self.theory.rules:
            left, right = (len(side.edges) for side in rule.graphs)
            for forward in (True, False):
                if (not rule.directed or forward != backward) and not (
                    rule.variables and undetermined(rule, forward)
                ):
                    growth = right - left if forward else left - right
                    found.append((rule, forward, growth, (rule, forward)))
        return found

    def moves(self, key: Hashable, side: tuple[Rule, bool]) -> Iterator[tuple[Rule, Hashable]]:
        graph, (rule, forward) = self.graphs[key], side
        families = bool(rule.variables)
        if (key, families) not in self.sites:
            self.sites = {place: site for place, site in self.sites.items() if place[0] == key}
            self.sites[key, families] = contexts.Site(graph, self.theory.signature.doctrine, families)
        for redex in redexes_at(rule, self.sites[key, families], forward):
            left, right = redex.instance.sides(forward)
            context = contexts.context_of(left, graph, redex.match)
            yield redex.instance, self._hold(normalised(contexts.plug(context, right)[0]))

    def proof(self, equation: Equation, route: list[tuple[Rule, bool, Hashable]]) -> Proof:
        steps = [(rule, forward, self.graphs[key]) for rule, forward, key in route]
        return follow(self.theory, equation.left, steps, equation.right)


def space_of(theory: Theory, dom: Ty) -> Space:
    """The space of the theory's doctrine, for diagrams with a domain."""
    if not is_symmetric(theory.signature):
        plain = any(rule.variables for rule in theory.rules) or not turning_laws(theory)
        return GraphSpace(theory) if plain else TurningSpace(theory)
    return CommutingSpace(theory) if commutes(theory) else WiringSpace(theory, dom)


@dataclass
class _Half:
    sides: Sequence[tuple[Rule, bool, int, Any]]
    parents: dict[Hashable, tuple[Hashable, Rule, bool] | None]
    depth: dict[Hashable, int] = field(default_factory=dict)
    heap: list[tuple[float, int, Hashable]] = field(default_factory=list)
    capped: bool = False


def search(
    equation: Equation,
    theory: Theory,
    limits: Limits | None = None,
    *,
    cap: int | None = None,
    growth: float = 1.0,
) -> SearchReport:
    """Look for a proof of ``left = right`` (``left → right`` where rules are directed).

    Args:
        equation: what to prove.
        theory: the rules.
        limits: ``seconds`` and ``states`` are used, and ``boxes`` as the cap if ``cap`` is not given.
        cap: the largest diagram visited, in boxes; six more than the larger side by default.
        growth: how much one box more weighs against one step more in the order of search.
    """
    limits = limits or Limits()
    return _search(space_of(theory, equation.left.dom), theory, equation, limits, cap, growth)


def _search(
    space: Space, theory: Theory, equation: Equation, limits: Limits, cap: int | None, growth: float
) -> SearchReport:
    deadline = Deadline(limits.seconds)
    keys = [space.key(side) for side in (equation.left, equation.right)]
    if cap is None:
        cap = limits.boxes if limits.boxes is not None else max(map(space.size, keys)) + 6
    halves = (
        _Half(space.sides(False), {keys[0]: None}, {keys[0]: 0}),
        _Half(space.sides(True), {keys[1]: None}, {keys[1]: 0}),
    )
    for half in halves:  # of rules with variables or phases not every instance and context is looked at
        half.capped = any(rule.variables or any(g.phase_edges for g in rule.graphs) for rule in theory.rules)
    counter = 0
    for half, key in zip(halves, keys, strict=True):
        half.heap.append((space.size(key) * growth, counter, key))

    def report(reason: str, proof: Proof | None = None) -> SearchReport:
        return SearchReport(proof, len(halves[0].parents) + len(halves[1].parents), reason, cap)

    if keys[0] == keys[1]:
        return report("proved", space.proof(equation, []))
    while True:
        for half in halves:
            if not half.heap:
                return report("exhausted" if space.exact and not half.capped else "boxes")
        if deadline.passed:
            return report("seconds")
        if len(halves[0].parents) + len(halves[1].parents) > limits.states:
            return report("states")
        turn = 0 if len(halves[0].parents) <= len(halves[1].parents) else 1
        half, other = halves[turn], halves[1 - turn]
        key = heapq.heappop(half.heap)[2]
        steps = half.depth[key] + 1
        size = space.size(key)
        for _, forward, adds, side in half.sides:
            if size + adds > cap:
                half.capped = True
                continue
            for used, after in space.moves(key, side):
                if deadline.left <= 0:
                    return report("seconds")
                if after in half.parents:
                    continue
                # The second half walks from results to what they came from.
                half.parents[after] = (key, used, forward if turn == 0 else not forward)
                half.depth[after] = steps
                if after in other.parents:
                    route = _route(halves[0], halves[1], after)
                    try:
                        return report("proved", space.proof(equation, route))
                    except RewriteError:  # keys of two different diagrams met, or a step is not found again
                        continue
                counter += 1
                heapq.heappush(half.heap, (steps + growth * space.size(after), counter, after))


def _route(first: _Half, second: _Half, middle: Hashable) -> list[tuple[Rule, bool, Any]]:
    route: list[tuple[Rule, bool, Any]] = []
    key = middle
    while (step := first.parents[key]) is not None:
        route.append((step[1], step[2], key))
        key = step[0]
    route.reverse()
    key = middle
    while (step := second.parents[key]) is not None:
        route.append((step[1], step[2], step[0]))
        key = step[0]
    return route
