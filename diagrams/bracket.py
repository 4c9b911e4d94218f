"""An invariant of braided and ribbon diagrams: the Kauffman bracket at a random point, boxes and all.

The Temperley-Lieb category is ribbon, so every assignment of its morphisms to boxes is a ribbon functor from
the free category: a wire becomes one strand (or two, where a box has an odd number of ports), a crossing
``A·id + A⁻¹·cupcap``, a box a random combination of planar matchings. (Kauffman, *State models and the Jones
polynomial*, Topology 26, 1987; Turaev's coupons.) Values are taken modulo a prime: where two differ the
diagrams are not isotopic; where they agree nothing follows.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeAlias

from catenary.diagrams.boxes import BRAID, CAP, CUP, TWIST, Box
from catenary.diagrams.braids import single_crossings
from catenary.diagrams.equality import Classes, label_of, label_order
from catenary.diagrams.refinement import Work

if TYPE_CHECKING:
    from catenary.diagrams.diagram import Diagram
    from catenary.diagrams.signature import Doctrine

PRIME = (1 << 61) - 1
# Points joined in pairs, coefficients modulo the prime.
State: TypeAlias = dict[tuple[int, ...], int]
_TERMS = 6  # planar matchings in the image of a box


def bracket(
    diagram: Diagram, doctrine: Doctrine, strands: int, work: Work, classes: Classes = None, seed: int = 0
) -> State:
    """The image of a diagram: coefficients of the planar matchings of its boundary.

    Args:
        doctrine: which boxes are the same generator.
        strands: how many strands a wire is; two if a box has an odd number of ports.
        seed: of the random choices.

    Raises:
        LimitReached: when the work limit does not suffice; it is exponential in the width.
    """
    a = random.Random(f"{seed} A").randrange(2, PRIME)
    sweep = _Sweep(len(diagram.dom) * strands, a, work)
    images: dict[int, list[tuple[tuple[int, ...], int]]] = {}
    for box, offset in single_crossings(diagram.layers):
        at = offset * strands
        if box.kind == BRAID:
            for i in reversed(range(strands)):
                for j in range(strands):
                    sweep.cross(at + i + j, box.data[1])
        elif box.kind == TWIST:
            sweep.twist(at, strands, box.data[0])
        elif box.kind in (CUP, CAP):
            half = max(len(box.dom), len(box.cod)) * strands // 2
            for i in range(half) if box.kind == CAP else reversed(range(half)):
                (sweep.cap if box.kind == CAP else sweep.cup)(at + i)
        else:
            if id(box) not in images:
                images[id(box)] = _image(box, doctrine, strands, classes, seed)
            sweep.box(at, len(box.dom) * strands, len(box.cod) * strands, images[id(box)], bool(box.z % 2))
    return sweep.state


def strands_of(*diagrams: Diagram) -> int:
    """One strand for each wire where every box has an even number of ports, otherwise two."""
    odd = any((len(box.dom) + len(box.cod)) % 2 for diagram in diagrams for box in diagram.boxes)
    return 2 if odd else 1


def _image(
    box: Box, doctrine: Doctrine, strands: int, classes: Classes, seed: int
) -> list[tuple[tuple[int, ...], int]]:
    """Random planar matchings of the ports, clockwise from the first input of the upright box."""
    label = label_of(box, doctrine, classes)
    source = random.Random(f"{seed} {label_order(label)}")
    count = (len(box.dom) + len(box.cod)) * strands
    return [(_matching(count, source), source.randrange(1, PRIME)) for _ in range(_TERMS)]


def _matching(count: int, source: random.Random) -> tuple[int, ...]:
    mate = [0] * count
    spans = [(0, count)]
    while spans:
        start, stop = spans.pop()
        if start < stop:
            partner = start + 1 + 2 * source.randrange((stop - start) // 2)
            mate[start], mate[partner] = partner, start
            spans += [(start + 1, partner), (partner + 1, stop)]
    return tuple(mate)


class _Sweep:
    """The matchings of the domain's points and the points at one height, the domain's first."""

    def __init__(self, width: int, a: int, work: Work):
        self.fixed, self.work = width, work
        self.a = {1: a, -1: pow(a, -1, PRIME)}
        self.loop = -(self.a[1] ** 2 + self.a[-1] ** 2) % PRIME
        identity = (*range(width, 2 * width), *range(width))
        self.state: State = {identity: 1}

    def _store(self, found: State) -> None:
        self.state = {key: value for key, value in found.items() if value}
        self.work.spend(sum(map(len, found)) + 1)

    def cross(self, at: int, sign: int) -> None:
        straight, turned = self.a[sign], self.a[-sign]
        found: State = {}
        p = self.fixed + at
        q = p + 1
        for mate, value in self.state.items():
            found[mate] = (found.get(mate, 0) + straight * value) % PRIME
            u, v = mate[p], mate[q]
            if u == q:
                found[mate] = (found[mate] + turned * value % PRIME * self.loop) % PRIME
                continue
            row = list(mate)
            row[u], row[v], row[p], row[q] = v, u, q, p
            key = tuple(row)
            found[key] = (found.get(key, 0) + turned * value) % PRIME
        self._store(found)

    def twist(self, at: int, strands: int, sign: int) -> None:
        """The full twist of a band of one strand, or of two."""
        factor = pow(-pow(self.a[sign], 3, PRIME) % PRIME, strands, PRIME)
        self.state = {mate: value * factor % PRIME for mate, value in self.state.items()}
        for _ in range(2 if strands == 2 else 0):
            self.cross(at, sign)

    def cap(self, at: int) -> None:
        p = self.fixed + at
        self._store(
            {
                (*_lifted(mate[:p], p, 2), p + 1, p, *_lifted(mate[p:], p, 2)): value
                for mate, value in self.state.items()
            }
        )

    def cup(self, at: int) -> None:
        self.box(at, 2, 0, [((1, 0), 1)], False)

    def box(
        self, at: int, ins: int, outs: int, image: list[tuple[tuple[int, ...], int]], turned: bool
    ) -> None:
        found: State = {}
        # The ports of the box clockwise: inputs from left to right, outputs from right to left.
        in_ports = range(outs, outs + ins) if turned else range(ins)
        out_ports = range(outs - 1, -1, -1) if turned else range(ins + outs - 1, ins - 1, -1)
        p = self.fixed + at
        for mate, value in self.state.items():
            for inner, weight in image:
                key, loops = _glued(mate, p, in_ports, out_ports, inner)
                term = value * weight % PRIME * pow(self.loop, loops, PRIME)
                found[key] = (found.get(key, 0) + term) % PRIME
        self._store(found)


def _lifted(row: tuple[int, ...], start: int, by: int) -> list[int]:
    return [v + by if v >= start else v for v in row]


def _glued(
    mate: tuple[int, ...], p: int, in_ports: range, out_ports: range, inner: tuple[int, ...]
) -> tuple[tuple[int, ...], int]:
    """A matching with its points from ``p`` on joined to the input ports of a box; and the loops closed."""
    ins, outs, count = len(in_ports), len(out_ports), len(mate)
    port_at = {p + i: port for i, port in enumerate(in_ports)}
    point_of = {port: point for point, port in port_at.items()}
    place = {port: p + i for i, port in enumerate(out_ports)}  # new points
    seen: set[int] = set()

    def moved(point: int) -> int:
        return point if point < p else point - ins + outs

    def follow(point: int) -> int:
        """From an old point, reached from outside, to the new point at the other end."""
        while point in port_at:
            seen.add(point)
            port = inner[port_at[point]]
            if port in place:
                return place[port]
            seen.add(point_of[port])
            point = mate[point_of[port]]
        return moved(point)

    row = [0] * (count - ins + outs)
    for point in range(count):
        if not p <= point < p + ins:
            row[moved(point)] = follow(mate[point])
    for port, here in place.items():
        other = inner[port]
        if other in place:
            row[here] = place[other]
        else:
            seen.add(point_of[other])
            row[here] = follow(mate[point_of[other]])
    loops = 0
    for point in port_at:
        if point not in seen:
            loops += 1
            while point not in seen:
                seen.add(point)
                other = point_of[inner[port_at[point]]]
                seen.add(other)
                point = mate[other]
    return tuple(row), loops
