"""Search where boxes are commutative: their two inputs (or outputs) have no order, so that the law needs no moves.

A diagram is held by a hash that all orders share, which is one state for up to 2^k diagrams. (Two diagrams that colour refinement
does not tell apart may share it; then a route is not followed, and no proof is made of it.) Patterns are looked for in every
order of their own commutative boxes. A proof is put together afterwards: the law is used where a rule or the end of
the proof wants the other order.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from catenary.diagrams import Diagram, Equation, RewriteError
from catenary.rewriting.compact import Encoder, Key, Side, canonical_key, closed_twins
from catenary.rewriting.dpo import replace
from catenary.rewriting.matching import Pattern, Wiring, find
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

# A box of a wiring and whether its outputs (rather than its inputs) change places.
Flip: TypeAlias = tuple[int, bool]
_ROUNDS = 5
_LAST_FLIPS = 14


def laws_of(theory: Theory) -> dict[tuple[int, bool], Rule]:
    """The commutative laws among the rules, by the number that an encoder gives to the box, and whether it is the outputs."""
    return dict(_laws(Encoder(theory), theory))


def _laws(encoder: Encoder, theory: Theory) -> Iterator[tuple[tuple[int, bool], Rule]]:
    for rule in theory.rules:
        if rule.directed or rule.variables:
            continue
        rows = []
        for side in (encoder.encode(graph) for graph in rule.graphs):
            if len(side.labels) != 1 or len(side.obs) != len(side.dom) + len(side.cod):
                break
            inputs = (
                tuple(side.dom.index(v) for v in side.sources[0])
                if set(side.dom) == set(side.sources[0])
                else ()
            )
            outputs = (
                tuple(side.cod.index(v) for v in side.targets[0])
                if set(side.cod) == set(side.targets[0])
                else ()
            )
            rows.append((side.labels[0], inputs, outputs))
        if len(rows) == 2 and rows[0][0] == rows[1][0]:
            (label, *one), (_, *other) = rows
            assert isinstance(label, int)
            for place, outs in ((0, False), (1, True)):
                turned = {tuple(one[place]), tuple(other[place])} == {(0, 1), (1, 0)}
                if turned and one[1 - place] == other[1 - place]:
                    yield (label, outs), rule


@dataclass(frozen=True, eq=False)
class _Variant:
    """A side with some of its boxes turned over."""

    side: Side
    pattern: Pattern
    flips: tuple[Flip, ...]


class CommutingSpace:
    """Diagrams of the symmetric doctrine up to the commutative laws of a theory; as
    :class:`~catenary.rewriting.search.WiringSpace` otherwise.
    """

    exact = False

    def __init__(self, theory: Theory):
        self.encoder = Encoder(theory)
        self.wirings: dict[int, Wiring] = {}
        self.laws = dict(_laws(self.encoder, theory))
        names = {rule.name for rule in self.laws.values()}
        table = [side for side in self.encoder.sides if side.rule.name not in names]
        self.variants = {id(side): self._variants(side) for side in table}
        self.table = table
        backward = {id(side): side for side in self.encoder.backward_sides if side.rule.name not in names}
        self.backward = list(backward.values())
        for side in self.backward:
            self.variants.setdefault(id(side), self._variants(side))

    def _variants(self, side: Side) -> list[_Variant]:
        shape = side.pattern.wiring
        found: dict[Key, _Variant] = {}
        for flips in _subsets(self._turnable(shape)):
            turned = _turned(shape, flips)
            found.setdefault(canonical_key(turned), _Variant(side, Pattern(turned), flips))
        return list(found.values())

    def _turnable(self, wiring: Wiring) -> list[Flip]:
        return [
            (e, outs)
            for e, label in enumerate(wiring.labels)
            for outs in (False, True)
            if (label, outs) in self.laws
        ]

    def class_key(self, wiring: Wiring) -> int:
        """A hash that diagrams equal by the commutative laws share: of colour refinement, in which the inputs (or outputs)
        of a commutative box are alike.
        """
        colour = [0] * len(wiring.obs)
        for i, v in enumerate(wiring.dom):
            colour[v] += (i + 1) * 7919
        for i, v in enumerate(wiring.cod):
            colour[v] += (i + 1) * 104_729
        laws, blank = self.laws, [0] * len(colour)
        rows = [
            (label, ins, outs, (label, False) in laws, (label, True) in laws)
            for label, ins, outs in zip(wiring.labels, wiring.sources, wiring.targets, strict=True)
        ]
        for _ in range(min(len(rows), _ROUNDS)):
            above, below = blank[:], blank[:]
            for label, ins, outs, free, loose in rows:
                one, other = [colour[v] for v in ins], [colour[v] for v in outs]
                if free:
                    one.sort()
                if loose:
                    other.sort()
                whole = hash((label, *one, -1, *other))
                for port, v in enumerate(ins):
                    below[v] = whole if free else whole + port * 31
                for port, v in enumerate(outs):
                    above[v] = whole if loose else whole + port * 37
            colour = list(map(hash, zip(colour, above, below, strict=True)))
        ends = (tuple([colour[v] for v in wiring.dom]), tuple([colour[v] for v in wiring.cod]))
        labels = sorted([label for label in wiring.labels if isinstance(label, int)])
        return hash((ends, tuple(sorted(colour)), tuple(labels)))

    def _hold(self, wiring: Wiring) -> int:
        key = self.class_key(wiring)
        self.wirings.setdefault(key, wiring)
        return key

    # What the search asks

    def key(self, diagram: Diagram) -> int:
        return self._hold(self.encoder.encode_diagram(diagram))

    def size(self, key: int) -> int:
        return len(self.wirings[key].labels)

    def labels(self, key: int) -> Sequence[Hashable]:
        return self.wirings[key].labels

    def sides(self, backward: bool) -> list[tuple[Rule, bool, int, Side]]:
        return [(s.rule, s.forward, s.growth, s) for s in (self.backward if backward else self.table)]

    def moves(self, key: int, side: Side) -> Iterator[tuple[Rule, int]]:
        wiring = self.wirings[key]
        twins = closed_twins(wiring)
        for variant in self.variants[id(side)]:
            for match in find(variant.pattern, wiring, twins=twins):
                result = replace(wiring, variant.pattern.wiring, side.replacement, match)[0]
                yield side.rule, self._hold(result)

    def proof(self, equation: Equation, route: list[tuple[Rule, bool, int]]) -> Proof:
        """The proof of a route, with the commutative laws put in where they are needed.

        Raises:
            RewriteError: if a step of the route is not found again.
        """
        current = self.encoder.encode_diagram(equation.left)
        steps: list[Step] = []
        for rule, forward, goal in route:
            known = next(s for s in self.encoder.sides if s.rule is rule and s.forward == forward)
            current = self._step(current, known, goal, steps)
        current = self._aligned(current, self.encoder.encode_diagram(equation.right), steps)
        return Proof(equation.left, equation.right, tuple(steps), self.encoder.theory)

    def _step(self, current: Wiring, side: Side, goal: int, steps: list[Step]) -> Wiring:
        for variant in self.variants[id(side)]:
            for match in find(variant.pattern, current):
                result = replace(current, variant.pattern.wiring, side.replacement, match)[0]
                if self.class_key(result) != goal:
                    continue
                current = self._turn(current, [(match.edges[e], outs) for e, outs in variant.flips], steps)
                for again in find(side.pattern, current):
                    result = replace(current, side.pattern.wiring, side.replacement, again)[0]
                    if self.class_key(result) == goal:
                        steps.append(Step(side.rule.name, side.forward, again))
                        return result
        raise RewriteError(f"no match of {side.rule.name} leads to the diagram of step {len(steps) + 1}")

    def _turn(self, current: Wiring, flips: Sequence[Flip], steps: list[Step]) -> Wiring:
        """Use the commutative law at each of these boxes."""
        place = list(range(len(current.labels)))
        for e, outs in flips:
            rule = self.laws[current.labels[place[e]], outs]  # type: ignore[index]
            law = next(s for s in self.encoder.sides if s.rule is rule and s.forward)
            match = next(m for m in find(law.pattern, current) if m.edges == (place[e],))
            current, kept, *_ = replace(current, law.pattern.wiring, law.replacement, match)
            steps.append(Step(rule.name, True, match))
            place = [len(kept) - 1 if kept[p] < 0 else kept[p] for p in place]
        return current

    def _aligned(self, current: Wiring, goal: Wiring, steps: list[Step]) -> Wiring:
        """The law used until the diagram is the goal itself."""
        wanted = canonical_key(goal)
        turnable = self._turnable(current)
        if len(turnable) > _LAST_FLIPS:
            turnable = turnable[:_LAST_FLIPS]
        for flips in _subsets(turnable):
            if canonical_key(_turned(current, flips)) == wanted:
                return self._turn(current, flips, steps)
        raise RewriteError("the last diagram of the route is not the end of the proof")


def _turned(wiring: Wiring, flips: Sequence[Flip]) -> Wiring:
    """The wiring with the inputs or outputs of some boxes in the other order."""
    if not flips:
        return wiring
    sources, targets = list(wiring.sources), list(wiring.targets)
    for e, outs in flips:
        row = targets if outs else sources
        row[e] = row[e][::-1]
    return Wiring(wiring.labels, sources, targets, wiring.obs, wiring.dom, wiring.cod)


def _subsets(flips: Sequence[Flip]) -> Iterator[tuple[Flip, ...]]:
    for size in range(len(flips) + 1):
        yield from combinations(flips, size)


def commutes(theory: Theory) -> bool:
    """Whether a theory has commutative laws, and no rules with variables."""
    return bool(laws_of(theory)) and not any(rule.variables for rule in theory.rules)
