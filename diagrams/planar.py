"""Equality of planar diagrams: monoidal, rigid and pivotal (and braided, with braids as boxes).

A diagram is read as a planar map: boxes with their ports in cyclic order, joined by wires; cups and caps
only bend wires, so snakes need not be removed first. Where adjoint orders are told apart the types at a
wire's two ends fix how often it turns, so nothing is lost. What hangs together with the boundary is fixed by
a traversal from it (Joyal and Street; Delpeuch and Vicary, arXiv 1804.07832). What does not, floats in a
region of the rest: regions are tracked, and the components in each are compared as multisets, innermost
first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import TYPE_CHECKING

from catenary.diagrams.boxes import BRAID, CAP, CUP, TWIST
from catenary.diagrams.braids import crossing_ports, single_crossings
from catenary.diagrams.equality import Classes, label_of
from catenary.diagrams.ports import PortGraph
from catenary.diagrams.refinement import Work
from catenary.diagrams.signature import Doctrine

if TYPE_CHECKING:
    from catenary.diagrams.diagram import Diagram

_BEND = -1


def planar_equal(a: Diagram, b: Diagram, *, limit: int, classes: Classes = None) -> bool:
    """Whether two diagrams of one boundary are equal by planar isotopy, with the doctrine of their
    signatures' join.

    Raises:
        LimitReached: when the work limit does not suffice to decide.
    """
    doctrine = a.signature.join(b.signature).doctrine
    table: dict[Hashable, int] = {}
    work = Work("planar equality", limit)
    one, other = (_Map(d, doctrine, table, classes) for d in (a, b))
    if one.code != other.code or len(one.floating) != len(other.floating):
        return False
    return not one.floating or one.form(work) == other.form(work)


class _Map:
    """The planar map of a diagram. Node 0 is the boundary; cups and caps are resolved into wires."""

    def __init__(
        self, diagram: Diagram, doctrine: Doctrine, table: dict[Hashable, int], classes: Classes = None
    ):
        self.diagram, self.doctrine, self.table, self.classes = diagram, doctrine, table, classes
        self.ports = PortGraph()
        self.nodes: list[int] = []  # for each layer its node; of a cup or cap the outermost of its bends
        self.bends: dict[
            int, tuple[bool, str, bool]
        ] = {}  # node: (is a cap, object, the left end is no adjoint)
        self.carrier: dict[int, int] = {}  # for each bend a node of the component that its wire belongs to
        self.circles: set[int] = set()
        self.begin: dict[int, int] = {}  # crossings that are read from another port than the first
        self.layers = list(diagram.layers)
        if any(box.kind in (BRAID, TWIST) for box in diagram.boxes):
            self.layers = list(single_crossings(self.layers))
        self._build()
        self._straighten()
        self.code, reached = self.ports.walk(0)
        labels = self.ports.labels
        self.floating = [c for c in self.ports.components(reached) if labels[c[0]] != _BEND]

    def number(self, form: Hashable) -> int:
        """The number of a value in the table that both sides share."""
        return self.table.setdefault(form, len(self.table))

    def _build(self) -> None:
        diagram, ports, reduce = self.diagram, self.ports, self.doctrine.reduce
        dom, cod = len(diagram.dom), len(diagram.cod)
        # The boundary's ports in cyclic order: domain from left to right, codomain from right to left.
        ports.node(self.number((reduce(diagram.dom), reduce(diagram.cod))), dom + cod)
        wires = list(range(dom))
        numbers: dict[int, int] = {}
        for box, offset in self.layers:
            ins, outs = len(box.dom), len(box.cod)
            self.nodes.append(len(ports.labels))
            if box.kind in (CUP, CAP):
                obs = (box.dom if ins else box.cod).objects
                left: list[int] = []
                for ob in obs[: len(obs) // 2]:
                    self.bends[len(ports.labels)] = (not ins, ob.name, ob.z % 2 == 0)
                    left.append(ports.node(_BEND, 2))
                ends = left + [p + 1 for p in reversed(left)]
                for p, q in zip(wires[offset : offset + ins], ends, strict=False):
                    ports.join(p, q)
                wires[offset : offset + ins] = [] if ins else ends
                continue
            crossing = crossing_ports(box, self.doctrine)
            if crossing is not None:
                label, begin = crossing
                self.begin[len(ports.labels)] = begin
                first, size = ports.node(self.number(label), ins + outs), ins + outs
                clockwise = [first + (port - begin) % size for port in range(size)]
                for i in range(ins):
                    ports.join(wires[offset + i], clockwise[i])
                wires[offset : offset + ins] = clockwise[: ins - 1 : -1]
                continue
            if id(box) not in numbers:
                numbers[id(box)] = self.number(label_of(box, self.doctrine, self.classes))
            first = ports.node(numbers[id(box)], ins + outs)
            # The generator's own ports in cyclic order, inputs first; a box turned by a half turn shows them
            # from below.
            at_ins, at_outs = (first + outs, first) if box.z % 2 else (first, first + ins)
            for i in range(ins):
                ports.join(wires[offset + i], at_ins + i)
            wires[offset : offset + ins] = range(at_outs + outs - 1, at_outs - 1, -1)
        for i, p in enumerate(wires):
            ports.join(p, dom + cod - 1 - i)

    def _straighten(self) -> None:
        """Join what bends join; a closed curve without boxes becomes a node, labelled with its object and
        sense.
        """
        ports, bends = self.ports, self.bends
        owner, mate, start = ports.owner, ports.mate, ports.start
        for p in range(len(mate)) if bends else ():
            q = mate[p]
            if owner[p] in bends or owner[q] not in bends:
                continue
            while owner[q] in bends:
                self.carrier[owner[q]] = owner[p]
                q = mate[2 * start[owner[q]] + 1 - q]
            ports.join(p, q)
        for bend, (is_cap, name, plain) in bends.items():
            p = start[bend]
            if bend in self.carrier:
                continue
            turning, q = 0, p
            while True:
                here = owner[q]
                self.carrier[here] = bend
                # Clockwise: over a cap from left to right, under a cup from right to left.
                turning += 1 if (q == start[here]) == bends[here][0] else -1
                q = mate[2 * start[here] + 1 - q]
                if q == p:
                    break
            # The walk began at the left end, down into a cup or up into a cap; objects run down, adjoints up.
            along = plain != is_cap
            ports.labels[bend] = self.number(("circle", name, (turning > 0) == along))
            self.circles.add(bend)
        for bend in bends:
            p = start[bend]
            mate[p], mate[p + 1] = (p + 1, p) if bend in self.circles else (-1, -1)

    # Regions: only diagrams with floating components need them

    def form(self, work: Work) -> int:
        """The number of the whole diagram's form."""
        ports = self.ports
        orders = [ports.walk(0)[1], *self.floating]
        component = {node: c for c, order in enumerate(orders) for node in order}
        corners, touches = self._regions(component)
        outer, innermost_first = _nesting(touches, len(orders))
        content: list[dict[int, Counter[int]]] = [{} for _ in orders]
        for c in innermost_first[:-1]:
            parent, region = outer[c]
            for node in orders[c]:
                if node in self.circles:  # its label says its sense; only outside and inside remain
                    corners[node].sort(key=lambda r: r != region)
            best: list[int] | None = None
            for root in ports.roots(orders[c]):
                code, walked = ports.walk(root)
                work.spend(len(code))
                code.extend(self._places(walked, corners, content[c], region))
                if best is None or code < best:
                    best = code
            assert best is not None
            content[parent].setdefault(region, Counter())[self.number(("component", tuple(best)))] += 1
        places = self._places(orders[0], corners, content[0], -1)
        return self.number(("diagram", tuple(self.code), tuple(places)))

    def _places(
        self, order: list[int], corners: dict[int, list[int]], content: dict[int, Counter[int]], outside: int
    ) -> list[int]:
        """The first corner of the walk that looks outside, and for each region with content its first corner
        and content.
        """
        found: list[int] = []
        seen: set[int] = set()
        at = 0
        for node in order:
            for region in corners[node]:
                if region not in seen:
                    seen.add(region)
                    if region == outside:
                        found.extend((at, -1))
                    elif region in content:
                        found.extend((at, self.number(tuple(sorted(content[region].items())))))
                at += 1
        return found

    def _regions(self, component: dict[int, int]) -> tuple[dict[int, list[int]], set[tuple[int, int]]]:
        """For each node the region after each port in cyclic order, and all pairs (component, region that it
        touches).
        """
        parent: list[int] = []

        def new() -> int:
            parent.append(len(parent))
            return len(parent) - 1

        def find(r: int) -> int:
            while parent[r] != r:
                parent[r] = parent[parent[r]]
                r = parent[r]
            return r

        def merge(r: int, s: int) -> None:
            parent[find(r)] = find(s)

        diagram = self.diagram
        top = [new() for _ in range(len(diagram.dom) + 1)]
        gaps = list(top)
        raw: dict[int, list[int]] = {}
        pairs: list[tuple[int, int]] = []
        for node, (box, offset) in zip(self.nodes, self.layers, strict=True):
            ins, outs = len(box.dom), len(box.cod)
            left, right = gaps[offset], gaps[offset + ins]
            above = gaps[offset + 1 : offset + ins]
            below = [new() for _ in range(outs - 1)]
            if not outs:
                merge(left, right)  # the two sides meet below
            gaps[offset : offset + ins + 1] = [left, *below, right] if outs else [left]
            if node in self.bends:
                inner = above or below
                for r, s in zip(inner, reversed(inner), strict=True):
                    merge(r, s)
                for bend, outside, inside in zip(
                    range(node, node + len(inner)), [left, *inner], inner, strict=False
                ):
                    if bend in self.bends and bend < node + (len(inner) + 1) // 2:
                        carrier = self.carrier[bend]
                        pairs.extend(((component[carrier], outside), (component[carrier], inside)))
                        if bend in self.circles:
                            raw[bend] = [outside, inside]
                continue
            inner = [*above, right] if ins else []
            back = [*reversed(below), left] if outs else []
            raw[node] = (back + inner if box.z % 2 else inner + back) or [left]
            begin = self.begin.get(node, 0)
            raw[node] = raw[node][begin:] + raw[node][:begin]
            pairs.extend((component[node], r) for r in raw[node])
        raw[0] = [*top[1:], *gaps[-2::-1]] or [gaps[0]]
        pairs.extend((0, r) for r in raw[0])
        corners = {node: [find(r) for r in row] for node, row in raw.items()}
        return corners, {(c, find(r)) for c, r in pairs}


def _nesting(touches: set[tuple[int, int]], count: int) -> tuple[list[tuple[int, int]], list[int]]:
    """For each component the one around it and the region it floats in; and the components, innermost
    first.
    """
    regions: dict[int, list[int]] = {}
    own: list[list[int]] = [[] for _ in range(count)]
    for c, r in touches:
        regions.setdefault(r, []).append(c)
        own[c].append(r)
    outer = [(0, -1)] * count
    done = bytearray(count)
    done[0] = 1
    order = [0]
    for c in order:
        for r in own[c]:
            for inner in regions[r]:
                if not done[inner]:
                    done[inner] = 1
                    outer[inner] = (c, r)
                    order.append(inner)
    return outer, order[::-1]
