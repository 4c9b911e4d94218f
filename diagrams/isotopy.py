"""Isotopy of braided and ribbon diagrams: yes, no, or unknown within a limit.

``==`` compares such diagrams as planar drawings. Equality in the free braided or ribbon category is isotopy,
in general as hard as recognising the unknot (Delpeuch and Vicary, arXiv 2105.04237). Braids alone, with twists
and boxes of one input and one output, are decided (Garside's normal form, in the version of Thurston; beads
slide along their strand). Of the rest, *no* comes from an invariant (:mod:`catenary.diagrams.bracket`, and the
image in the symmetric doctrine), *yes* from moves found by search.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from catenary.diagrams.boxes import BRAID, CAP, CUP, TWIST, Box, Braid, Twist
from catenary.diagrams.bracket import bracket, strands_of
from catenary.diagrams.braids import expand_braids
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equality import Classes, equal_given, isomorphic, label_of
from catenary.diagrams.errors import ArgumentError, LimitReached, expect
from catenary.diagrams.nesting import classes_of
from catenary.diagrams.normal_forms import interchanger_normal_form, remove_snakes
from catenary.diagrams.refinement import Work
from catenary.diagrams.signature import Doctrine

Layers: TypeAlias = list[tuple[Box, int]]


@dataclass(frozen=True)
class Answer:
    """Whether two diagrams are equal: ``value`` is ``"yes"``, ``"no"`` or ``"unknown"``, ``reason`` says why.

    It is no truth value, so that an unknown is not taken for a no.
    """

    value: str
    reason: str

    def __bool__(self) -> bool:
        raise ArgumentError("an Answer", 'asked as answer.value == "yes"', self.value)

    def __str__(self) -> str:
        return f"{self.value}: {self.reason}"


def equal(a: Diagram | Box, b: Diagram | Box, limit: int = 200_000) -> Answer:
    """Whether two diagrams are equal in the free category of their doctrine; isotopy in braided and ribbon
    ones.

    Args:
        limit: how many elementary steps may be spent, in each of the methods that are tried.

    >>> from catenary.diagrams import Braid, Ty
    >>> a = Ty("a")
    >>> across = Braid(a, a)
    >>> print(equal(across >> across.dagger(), Diagram.id(a @ a)))
    yes: one Garside normal form
    >>> print(equal(across, across.dagger()))
    no: Garside normal forms differ
    """
    a, b = (value.diagram if isinstance(value, Box) else value for value in (a, b))
    for value in (a, b):
        expect(value, Diagram, "what equal compares", "a diagram or a box")
    classes = classes_of([a, b])
    try:
        if equal_given(a, b, limit, classes):
            return Answer("yes", "equal by ==")
    except LimitReached as stop:
        return Answer("unknown", str(stop))
    try:
        doctrine = a.signature.join(b.signature).doctrine
    except Exception:  # no doctrine has both: they are not equal by ==
        return Answer("no", "signatures that cannot be combined")
    reduce = doctrine.reduce
    if reduce(a.dom) != reduce(b.dom) or reduce(a.cod) != reduce(b.cod):
        return Answer("no", "boundaries differ")
    if doctrine not in (Doctrine.BRAIDED, Doctrine.RIBBON):
        return Answer("no", "not equal by ==, which decides")
    try:
        if not isomorphic(a.to_hypergraph(), b.to_hypergraph(), limit=limit, classes=classes):
            return Answer("no", "not even equal in the symmetric doctrine")
        a, b = expand_braids(a), expand_braids(b)
        if all(_is_braid(d) for d in (a, b)):
            same = _beads(a, doctrine, limit, classes) == _beads(b, doctrine, limit, classes)
            return (
                Answer("yes", "one Garside normal form")
                if same
                else Answer("no", "Garside normal forms differ")
            )
    except LimitReached as stop:
        return Answer("unknown", str(stop))
    strands, work = strands_of(a, b), Work("bracket", limit)
    why = ""
    try:
        one, other = (bracket(d, doctrine, strands, work, classes) for d in (a, b))
        if one != other:
            return Answer("no", "Kauffman brackets differ")
        why = "Kauffman brackets agree"
    except LimitReached:
        why = "Kauffman brackets are too wide"
    moves = _joined_by_moves(a, b, limit // 400 + 1)
    if moves is not None:
        return Answer("yes", f"{moves} moves")
    return Answer("unknown", f"{why}; no moves found")


# Braids with beads


def _is_braid(diagram: Diagram) -> bool:
    return all(box.kind not in (CUP, CAP) and len(box.dom) == len(box.cod) == (2 if box.kind == BRAID else 1)
               for box in diagram.boxes)  # fmt: skip


def _beads(diagram: Diagram, doctrine: Doctrine, limit: int, classes: Classes) -> object:
    """What decides braids whose strands carry twists and boxes: the braid, and for each strand its twists and
    its boxes in order.
    """
    word: list[int] = []
    strand = list(range(len(diagram.dom)))
    twists: Counter[int] = Counter()
    boxes: list[list[object]] = [[] for _ in strand]
    for box, offset in diagram.layers:
        if box.kind == BRAID:
            word.append((offset + 1) * box.data[1])
            strand[offset : offset + 2] = [strand[offset + 1], strand[offset]]
        elif box.kind == TWIST:
            twists[strand[offset]] += box.data[0]
        else:
            boxes[strand[offset]].append((label_of(box, doctrine, classes), box.z % 2))
    turns = {s: n for s, n in twists.items() if n}
    return braid_normal_form(word, len(diagram.dom), limit=limit), turns, boxes


def braid_normal_form(
    word: list[int], strands: int, *, limit: int = 5_000_000
) -> tuple[int, tuple[tuple[int, ...], ...]]:
    """Garside's left normal form: a power of the half turn, then permutation braids, each as long as can be.

    Two words are one braid exactly when their normal forms agree. Quadratic in the length of the word.

    Args:
        word: ``i`` for the crossing of strands i and i + 1, counted from 1, ``-i`` for its inverse.
        strands: how many strands there are.

    Raises:
        LimitReached: when the work limit does not suffice.

    >>> braid_normal_form([1, 2, 1], 3) == braid_normal_form([2, 1, 2], 3)
    True
    >>> braid_normal_form([1, -1], 3), braid_normal_form([1, 1], 3) == braid_normal_form([-1, -1], 3)
    ((0, ()), False)
    """
    work = Work("Garside normal form", limit)
    identity, half = tuple(range(strands)), tuple(reversed(range(strands)))
    if any(not 1 <= abs(letter) < strands for letter in word):
        raise ArgumentError(
            "a braid word", f"a list of whole numbers from 1 to {strands - 1}, or minus these", word
        )
    # Each inverse is Δ⁻¹ times a permutation braid; moving Δ⁻¹ to the front reflects what it passes.
    factors: list[tuple[int, ...]] = []
    power, reflected = 0, False
    for letter in reversed(word):
        i = abs(letter) - 1
        row = list(identity if letter > 0 else half)
        if letter > 0:
            row[i], row[i + 1] = row[i + 1], row[i]
        else:
            low, high = row.index(i), row.index(i + 1)
            row[low], row[high] = i + 1, i
        if reflected:
            row = [strands - 1 - v for v in reversed(row)]
        factors.append(tuple(row))
        if letter < 0:
            power -= 1
            reflected = not reflected
    form: list[tuple[int, ...]] = []
    for factor in reversed(factors):
        form.append(factor)
        for at in range(len(form) - 2, -1, -1):
            work.spend(strands)
            first, second = _weighted(form[at], form[at + 1])
            if first == form[at]:
                break
            form[at], form[at + 1] = first, second
        while form and form[-1] == identity:
            form.pop()
    done = 0
    while done < len(form) and form[done] == half and strands > 1:
        done += 1
    return power + done, tuple(form[done:])


def _weighted(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two permutation braids with as much in the first as is a permutation braid."""
    at = [0] * len(first)  # which strand ends where
    for strand, place in enumerate(first):
        at[place] = strand
    rest = list(second)
    i = 0
    while i < len(rest) - 1:
        if rest[i] > rest[i + 1] and at[i] < at[i + 1]:
            rest[i], rest[i + 1] = rest[i + 1], rest[i]
            at[i], at[i + 1] = at[i + 1], at[i]
            i = max(i - 1, 0)
        else:
            i += 1
    found = [0] * len(first)
    for place, strand in enumerate(at):
        found[strand] = place
    return tuple(found), tuple(rest)


# Moves


def _joined_by_moves(a: Diagram, b: Diagram, limit: int) -> int | None:
    """The number of moves between two diagrams, if a search from both sides joins them; fewest crossings
    first.
    """
    starts = [_key(d) for d in (a, b)]
    seen: list[dict[Diagram, int]] = [{}, {}]
    queues: list[list[tuple[int, int, Diagram]]] = [[], []]
    count = 0
    for side, start in enumerate(starts):
        seen[side][start] = 0
        heapq.heappush(queues[side], (len(start), 0, start))
    if starts[0] == starts[1]:
        return 0
    while any(queues) and count < limit:
        for side in (0, 1):
            if not queues[side]:
                continue
            _, _, here = heapq.heappop(queues[side])
            for found in moves(here):
                found = _key(found)
                if found in seen[side]:
                    continue
                steps = seen[side][here] + 1
                if found in seen[1 - side]:
                    return steps + seen[1 - side][found]
                count += 1
                seen[side][found] = steps
                heapq.heappush(queues[side], (len(found), count, found))
    return None


def _key(diagram: Diagram) -> Diagram:
    # == of braided diagrams is planar, so it may serve as the key.
    return interchanger_normal_form(remove_snakes(diagram))


def moves(diagram: Diagram) -> Iterator[Diagram]:
    """Diagrams one move away: a crossing and its inverse removed, a strand slid past a box, crossing, cup or
    cap, a curl made a twist.

    >>> from catenary.diagrams import Braid, Ty
    >>> a = Ty("a")
    >>> [len(d) for d in moves(Braid(a, a) >> Braid(a, a).dagger())]
    [0]
    """
    size = len(diagram)
    base = list(diagram.layers)
    for i in range(size):
        for change in (_cancelled, _slid_up, _slid_down, _uncurled):
            for found in change(list(base), i):
                row = (tuple(box for box, _ in found), tuple(offset for _, offset in found))
                yield Diagram._make(diagram.dom, diagram.cod, diagram.signature, None, row)


def _exchange(layers: Layers, i: int) -> bool:
    """Exchange layers i and i + 1 in place, if they share no wire."""
    (f, at), (g, place) = layers[i], layers[i + 1]
    if place + len(g.dom) <= at:
        at += len(g.cod) - len(g.dom)
    elif place >= at + len(f.cod):
        place -= len(f.cod) - len(f.dom)
    else:
        return False
    layers[i : i + 2] = [(g, place), (f, at)]
    return True


def _next_below(layers: Layers, top: int, last: int) -> Iterator[tuple[Layers, int]]:
    """For each layer that can be brought next under layers ``top`` to ``last``: the layers then, and how far
    these have moved down.
    """
    for j in range(last + 1, len(layers)):
        found, shift = list(layers), 0
        for k in range(last + 1, j):  # what does not hang on them goes above
            at = k
            while at > top + shift and _exchange(found, at - 1):
                at -= 1
            if at == top + shift:
                shift += 1
            else:
                found = found[:at] + _lowered(found, at, k) + found[k + 1 :]
        at = j
        while at > last + shift + 1 and _exchange(found, at - 1):
            at -= 1
        if at == last + shift + 1:
            yield found, shift


def _lowered(layers: Layers, at: int, k: int) -> Layers:
    """Layers ``at`` to ``k`` after the first of them went back down to the end."""
    row = layers[at : k + 1]
    for place in range(len(row) - 1):
        _exchange(row, place)
    return row


def _cancelled(layers: Layers, i: int) -> Iterator[Layers]:
    """Reidemeister II, and a twist against its inverse."""
    box = layers[i][0]
    if box.kind not in (BRAID, TWIST):
        return
    for found, shift in _next_below(layers, i, i):
        here = i + shift
        (one, at), (other, place) = found[here], found[here + 1]
        if other.kind == box.kind and place == at and other.data[-1] == -one.data[-1]:
            yield found[:here] + found[here + 2 :]


def _crossing(left: object, right: object, sign: int) -> Box:
    return Braid(left, right) if sign > 0 else Braid(right, left).dagger()  # type: ignore[arg-type]


def _run(layers: Layers, here: int, places: list[int]) -> Iterator[tuple[Layers, int]]:
    """Bring crossings at these offsets, given relative to that of layer ``here`` and of one sign, one after the
    other under it.
    """
    states = [(layers, here)]
    for count, place in enumerate(places):
        following = []
        for found, top in states:
            for moved, shift in _next_below(found, top, top + count):
                at = top + shift
                box, offset = moved[at + count + 1]
                fits = box.kind == BRAID and offset == moved[at][1] + place
                if fits and box.data[1] == moved[at + 1][0].data[1]:
                    following.append((moved, at))
        states = following
    yield from states


def _slid_up(layers: Layers, i: int) -> Iterator[Layers]:
    """A strand that crosses all that comes out of a box crosses what goes in instead."""
    box = layers[i][0]
    ins, outs = len(box.dom), len(box.cod)
    for from_right in (True, False) if outs else ():
        places = [outs - 1 - k if from_right else k - 1 for k in range(outs)]
        for found, here in _run(layers, i, places):
            at = found[here][1]
            first = found[here + 1][0]
            sign = first.data[1]
            if from_right:
                wire = first.dom[1]
                row = [(_crossing(box.dom[k], wire, sign), at + k) for k in reversed(range(ins))]
            else:
                wire = first.dom[0]
                row = [(_crossing(wire, box.dom[k], sign), at - 1 + k) for k in range(ins)]
            row.append((box, at + 1 if from_right else at - 1))
            yield found[:here] + row + found[here + 1 + outs :]


def _slid_down(layers: Layers, i: int) -> Iterator[Layers]:
    """The other way, found in the diagram upside down."""
    width = len(layers)
    flipped = [
        (box.dagger() if box.kind in (BRAID, CUP, CAP) else _upside_down(box), at) for box, at in layers[::-1]
    ]
    for found in _slid_up(flipped, width - 1 - i):
        yield [
            (box.dagger() if box.kind in (BRAID, CUP, CAP) else _upside_down(box), at)
            for box, at in found[::-1]
        ]


def _upside_down(box: Box) -> Box:
    """A box with inputs for outputs, no more: it is turned back afterwards."""
    return box.replace(dom=box.cod, cod=box.dom)


def _uncurled(layers: Layers, i: int) -> Iterator[Layers]:
    """Reidemeister I, framed: a cap, a crossing and a cup on one strand are a twist."""
    if layers[i][0].kind != CAP or len(layers[i][0].cod) != 2:
        return
    for found, shift in _next_below(layers, i, i):
        here = i + shift
        for again, more in _next_below(found, here, here + 1):
            top = here + more
            (_, at), (crossing, place), (cup, below) = again[top : top + 3]
            if crossing.kind != BRAID or cup.kind != CUP or len(cup.dom) != 2:
                continue
            if below != at or place not in (at - 1, at + 1):
                continue
            wire = crossing.dom[0] if place < at else crossing.dom[1]
            twist = Twist(wire) if crossing.data[1] > 0 else Twist(wire).dagger()
            yield [*again[:top], (twist, min(at, place)), *again[top + 3 :]]


__all__ = ["Answer", "braid_normal_form", "equal", "moves"]
