"""Bidirectional search for proofs over canonical diagrams.

Diagrams are states, rule applications are moves; two best-first searches, one from each end, meet in the
middle. Every state is held by its canonical key, so equal diagrams are one state. A proof is read off the two
paths and is a sequence of convex double-pushout steps by construction.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from catenary.diagrams import Equation
from catenary.rewriting.compact import Encoder, Key, Side, canonical_key
from catenary.rewriting.dpo import replace
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.matching import find
from catenary.rewriting.proof import Proof
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory


@dataclass(frozen=True)
class SearchReport:
    """How a search ended.

    Attributes:
        proof: the proof, or ``None``.
        states: diagrams seen.
        reason: why it stopped: ``"proved"``, ``"seconds"``, ``"states"``, ``"boxes"`` (every diagram up to
            the size cap was seen), or ``"exhausted"`` (one side has no other diagrams at all: there is no
            proof).
        cap: the size cap in boxes.
    """

    proof: Proof | None
    states: int
    reason: str
    cap: int


@dataclass
class _Half:
    sides: list[Side]
    parents: dict[Key, tuple[Key, Rule, bool] | None]
    depth: dict[Key, int] = field(default_factory=dict)
    heap: list[tuple[float, int, Key]] = field(default_factory=list)
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
    return _search(Encoder(theory), equation, limits, cap, growth)


def _search(
    encoder: Encoder, equation: Equation, limits: Limits, cap: int | None, growth: float
) -> SearchReport:
    deadline = Deadline(limits.seconds)
    ends = [encoder.encode_diagram(side) for side in (equation.left, equation.right)]
    keys = [canonical_key(end) for end in ends]
    dom = equation.left.dom.objects
    largest = max(len(end.labels) for end in ends)
    if cap is None:
        cap = limits.boxes if limits.boxes is not None else largest + 6
    halves = (
        _Half(encoder.sides, {keys[0]: None}, {keys[0]: 0}),
        _Half(encoder.backward_sides, {keys[1]: None}, {keys[1]: 0}),
    )
    counter = 0
    for half, key in zip(halves, keys, strict=True):
        half.heap.append((len(key[0]) * growth, counter, key))

    def report(reason: str, proof: Proof | None = None) -> SearchReport:
        return SearchReport(proof, len(halves[0].parents) + len(halves[1].parents), reason, cap)

    if keys[0] == keys[1]:
        return report("proved", Proof(equation.left, equation.right, (), encoder.theory))
    while True:
        for half in halves:
            if not half.heap:
                return report("boxes" if half.capped else "exhausted")
        if deadline.passed:
            return report("seconds")
        if len(halves[0].parents) + len(halves[1].parents) > limits.states:
            return report("states")
        turn = 0 if len(halves[0].parents) <= len(halves[1].parents) else 1
        half, other = halves[turn], halves[1 - turn]
        key = heapq.heappop(half.heap)[2]
        steps = half.depth[key] + 1
        size = len(key[0])
        wiring = encoder.decode(key, dom)
        for side in half.sides:
            if size + side.growth > cap:
                half.capped = True
                continue
            for match in find(side.pattern, wiring):
                if deadline.left <= 0:
                    return report("seconds")
                after = canonical_key(replace(wiring, side.pattern.wiring, side.replacement, match)[0])
                if after in half.parents:
                    continue
                # The second half walks from results to what they came from.
                half.parents[after] = (key, side.rule, side.forward if turn == 0 else not side.forward)
                half.depth[after] = steps
                if after in other.parents:
                    route = _route(halves[0], halves[1], after)
                    return report("proved", encoder.follow(equation.left, route, equation.right))
                counter += 1
                heapq.heappush(half.heap, (steps + growth * len(after[0]), counter, after))


def _route(first: _Half, second: _Half, middle: Key) -> list[tuple[Rule, bool, Key]]:
    route: list[tuple[Rule, bool, Key]] = []
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
