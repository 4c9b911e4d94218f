"""Bidirectional search for proofs over canonical diagrams.

Diagrams are states, rule applications are moves; two best-first searches, one from each end, meet in the
middle. Every state is held by its canonical key, so equal diagrams are one state. A proof is read off the two
paths and is a sequence of double-pushout steps by construction.

A *guided* search prefers diagrams whose boxes are those of the other end, and makes a diagram's moves one by one: it leaves a
diagram as soon as a move leads to a better one, and comes back to the rest of its moves later. Many independent steps, which
may be done in any order, are then done in one.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from catenary.diagrams import Diagram, Equation, RewriteError, Ty
from catenary.rewriting.commuting import CommutingSpace, commutes
from catenary.rewriting.compact import Encoder, Key, Side, canonical_key, closed_twins
from catenary.rewriting.graph_space import GraphSpace
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.matching import Wiring
from catenary.rewriting.proof import Proof
from catenary.rewriting.rule import Rule, is_symmetric
from catenary.rewriting.schemes import undetermined
from catenary.rewriting.theory import Theory
from catenary.rewriting.turning import TurningSpace, turning_laws
from catenary.rewriting.twins import Twins


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
    def labels(self, key: Any) -> Iterable[Hashable]:
        """What the boxes are: equal boxes have equal labels."""

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
        self.last: tuple[Key, Wiring, Twins | None] | None = None  # looked at

    def key(self, diagram: Diagram) -> Key:
        return canonical_key(self.encoder.encode_diagram(diagram))

    def size(self, key: Key) -> int:
        return len(key[0])

    def labels(self, key: Key) -> Iterator[int]:
        return (box[0] for box in key[0])

    def sides(self, backward: bool) -> list[tuple[Rule, bool, int, Side]]:
        encoder = self.encoder
        found = (
            encoder.backward_sides + encoder.backward_schemes if backward else encoder.sides + encoder.schemes
        )
        return [(side.rule, side.forward, side.growth, side) for side in found]

    def moves(self, key: Key, side: Side) -> Iterator[tuple[Rule, Key]]:
        if self.last is None or self.last[0] != key:
            wiring = self.encoder.decode(key, self.dom)
            self.last = key, wiring, closed_twins(wiring)
        _, wiring, twins = self.last
        for rule, _, result in self.encoder.moves(side, wiring, twins):
            yield rule, canonical_key(result)

    def proof(self, equation: Equation, route: list[tuple[Rule, bool, Key]]) -> Proof:
        return self.encoder.follow(equation.left, route, equation.right)


def space_of(theory: Theory, dom: Ty) -> Space:
    """The space of the theory's doctrine, for diagrams with a domain."""
    if not is_symmetric(theory.signature):
        plain = any(rule.variables for rule in theory.rules) or not turning_laws(theory)
        return GraphSpace(theory) if plain else TurningSpace(theory)
    return CommutingSpace(theory) if commutes(theory) else WiringSpace(theory, dom)


# What a move leads to: the rule, the direction of the walk, the diagram.
_Move: TypeAlias = tuple[Rule, bool, Hashable]


@dataclass
class _Half:
    space: Space
    backward: bool
    cap: int
    goal: Counter[Hashable]
    growth: float
    guide: float
    parents: dict[Hashable, tuple[Hashable, Rule, bool] | None]
    depth: dict[Hashable, int] = field(default_factory=dict)
    heap: list[tuple[float, int, Hashable, Iterator[_Move] | None]] = field(default_factory=list)
    capped: bool = False
    one_way: bool = False  # whether there are steps that only the other half can find

    def __post_init__(self) -> None:
        self.sides = self.space.sides(self.backward)

    def merit(self, key: Hashable) -> float:
        """How early a diagram is looked at: the lowest first."""
        found = self.depth[key] + self.growth * self.space.size(key)
        if self.guide:
            here = Counter(self.space.labels(key))
            found += self.guide * ((here - self.goal).total() + (self.goal - here).total())
        return found

    def moves(self, key: Hashable) -> Iterator[_Move]:
        """All moves from a diagram that stay within the size cap."""
        size = self.space.size(key)
        for _, forward, adds, side in self.sides:
            if size + adds > self.cap:
                self.capped = True
                continue
            for used, after in self.space.moves(key, side):
                # The second half walks from results to what they came from.
                yield used, forward != self.backward, after


def search(
    equation: Equation,
    theory: Theory,
    limits: Limits | None = None,
    *,
    cap: int | None = None,
    growth: float = 1.0,
    guide: float = 0.0,
) -> SearchReport:
    """Look for a proof of ``left = right`` (``left → right`` where rules are directed).

    Args:
        equation: what to prove.
        theory: the rules.
        limits: ``seconds`` and ``states`` are used, and ``boxes`` as the cap if ``cap`` is not given.
        cap: the largest diagram visited, in boxes; six more than the larger side by default.
        growth: how much one box more weighs against one step more in the order of search.
        guide: how much a box that the other end has not weighs, or one that it has and that is missing.
    """
    limits = limits or Limits()
    return _search(space_of(theory, equation.left.dom), theory, equation, limits, cap, growth, guide)


def _search(
    space: Space,
    theory: Theory,
    equation: Equation,
    limits: Limits,
    cap: int | None,
    growth: float,
    guide: float = 0.0,
) -> SearchReport:
    deadline = Deadline(limits.seconds)
    keys = [space.key(side) for side in (equation.left, equation.right)]
    if cap is None:
        cap = limits.boxes if limits.boxes is not None else max(map(space.size, keys)) + 6
    goals = [Counter(space.labels(key)) for key in reversed(keys)]
    halves = (
        _Half(space, False, cap, goals[0], growth, guide, {keys[0]: None}, {keys[0]: 0}),
        _Half(space, True, cap, goals[1], growth, guide, {keys[1]: None}, {keys[1]: 0}),
    )
    for half in halves:  # of rules with variables or phases not every instance and context is looked at
        half.one_way = any(
            undetermined(rule, forward) for rule in theory.rules for forward in rule.directions
        )
        half.capped = any(rule.variables or any(g.phase_edges for g in rule.graphs) for rule in theory.rules)
    counter = 0
    for half, key in zip(halves, keys, strict=True):
        half.heap.append((half.merit(key), counter, key, None))

    def report(reason: str, proof: Proof | None = None) -> SearchReport:
        return SearchReport(proof, len(halves[0].parents) + len(halves[1].parents), reason, cap)

    if keys[0] == keys[1]:
        return report("proved", space.proof(equation, []))
    while True:
        for half, other in (halves, halves[::-1]):
            if not half.heap and (not half.one_way or not other.heap):
                return report("exhausted" if space.exact and not half.capped else "boxes")
        if deadline.passed:
            return report("seconds")
        if len(halves[0].parents) + len(halves[1].parents) > limits.states:
            return report("states")
        turn = 0 if len(halves[0].parents) <= len(halves[1].parents) else 1
        turn = turn if halves[turn].heap else 1 - turn
        half, other = halves[turn], halves[1 - turn]
        merit, place, key, moves = heapq.heappop(half.heap)
        moves = half.moves(key) if moves is None else moves
        for used, forward, after in moves:
            if deadline.left <= 0:
                return report("seconds")
            if after in half.parents:
                continue
            half.parents[after] = (key, used, forward)
            half.depth[after] = half.depth[key] + 1
            if after in other.parents:
                route = _route(halves[0], halves[1], after)
                try:
                    return report("proved", space.proof(equation, route))
                except RewriteError:  # keys of two different diagrams met, or a step is not found again
                    continue
            counter += 1
            heapq.heappush(half.heap, (half.merit(after), counter, after, None))
            if guide:
                heapq.heappush(half.heap, (merit, place, key, moves))
                break


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
