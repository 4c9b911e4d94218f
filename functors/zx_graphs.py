"""ZX diagrams as graphs of spiders: how pyzx, zxlive and their files see them.

Between the spiders, H-boxes and boundary vertices run plain and Hadamard edges; there may be several between two
vertices, and loops. Wires of the diagram that only pass on are no vertices.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from catenary.diagrams import Box, Diagram, Edge, Ob, OpenHypergraph, Phase
from catenary.functors.zx import ZX, H, X, Z, foreign_box, hbox, hbox_parts

Kind = Literal["boundary", "Z", "X", "HBox"]


@dataclass(frozen=True, slots=True)
class Vertex:
    """A vertex: a boundary, a spider with a phase (half turns), or an H-box with the phase and modulus of its label."""

    kind: Kind
    phase: Phase = Fraction(0)
    modulus: float = 1.0


@dataclass(frozen=True)
class SpiderGraph:
    """A ZX diagram as a multigraph.

    Attributes:
        vertices: numbered from 0.
        edges: (one end, other end, whether it is a Hadamard edge).
        inputs, outputs: boundary vertices; each is on one edge.
        scalars: boxes of the signature without wires.
    """

    vertices: tuple[Vertex, ...]
    edges: tuple[tuple[int, int, bool], ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    scalars: tuple[Box, ...] = ()

    @classmethod
    def of(cls, diagram: Diagram) -> SpiderGraph:
        """The graph of a diagram over the ZX signature.

        Raises:
            CatenaryError: for boxes outside the signature.

        >>> graph = SpiderGraph.of(Z(1, 2) >> X(2, 1))
        >>> graph.edges
        ((0, 2, False), (1, 3, False), (2, 3, False), (2, 3, False))
        """
        source = diagram.to_hypergraph()
        vertices = [Vertex("boundary") for _ in (*source.dom, *source.cod)]
        scalars: list[Box] = []
        ports: list[tuple[int, int]] = [(i, v) for i, v in enumerate((*source.dom, *source.cod))]
        links: list[tuple[int, int]] = []  # the two wires of each Hadamard
        for edge in source.edges:
            box, ends = edge.box, edge.sources + edge.targets
            if box.name == "scalar":
                scalars.append(box)
            elif box.name == "H" and len(ends) == 2:
                links.append((ends[0], ends[1]))
            else:
                ports.extend((len(vertices), v) for v in ends)
                vertices.append(_vertex(box))
        # At each wire: ends at vertices, and Hadamards.
        at: list[list[tuple[str, int]]] = [[] for _ in source.vertices]
        for k, (_, v) in enumerate(ports):
            at[v].append(("port", k))
        for k, pair in enumerate(links):
            for v in pair:
                at[v].append(("link", k))
        spider: dict[int, int] = {}
        for v, here in enumerate(at):
            if len(here) != 2:
                spider[v] = len(vertices)
                vertices.append(Vertex("Z"))
        edges: list[tuple[int, int, bool]] = []
        used: set[tuple[str, int]] = set()

        def walk(v: int, hadamard: bool, came: tuple[str, int]) -> tuple[int, bool]:
            """The vertex at the end of a wire, from one of its ends on."""
            while v not in spider:
                first, second = at[v]
                came = second if first == came else first
                used.add(came)
                kind, k = came
                if kind == "port":
                    return ports[k][0], hadamard
                hadamard = not hadamard
                one, other = links[k]
                v = other if v == one else one
            return spider[v], hadamard

        for k, (vertex, v) in enumerate(ports):
            if ("port", k) not in used:
                used.add(("port", k))
                edges.append((vertex, *walk(v, False, ("port", k))))
        for k, (one, other) in enumerate(links):
            # left are those between two wires that are spiders, and circles
            if ("link", k) in used:
                continue
            used.add(("link", k))
            if other in spider:
                one, other = other, one
            if one not in spider:
                spider[one] = len(vertices)
                vertices.append(Vertex("Z"))
            edges.append((spider[one], *walk(other, True, ("link", k))))
        first, last = len(source.dom), len(source.dom) + len(source.cod)
        for k, (one, other, hadamard) in enumerate(edges):
            # pyzx has no bent wires: one that joins two inputs, or two outputs, gets a spider
            if max(one, other) < last and (one < first) is (other < first):
                edges[k] = (one, len(vertices), hadamard)
                edges.append((len(vertices), other, False))
                vertices.append(Vertex("Z"))
        inputs, outputs = tuple(range(first)), tuple(range(first, last))
        return cls(tuple(vertices), tuple(edges), inputs, outputs, tuple(scalars))

    def to_diagram(self) -> Diagram:
        """The diagram over the ZX signature.

        >>> diagram = Z(1, 2, Fraction(1, 4)) >> X(2, 1)
        >>> SpiderGraph.of(diagram).to_diagram() == SpiderGraph.of(SpiderGraph.of(diagram).to_diagram()).to_diagram()
        True
        """
        count = 0
        boxes: list[Edge] = []
        legs: list[list[int]] = [[] for _ in self.vertices]
        for v, w, hadamard in self.edges:
            near = far = count
            count += 1
            if hadamard:
                far = count
                count += 1
                boxes.append(Edge(H, (near,), (far,)))
            legs[v].append(near)
            legs[w].append(far)
        for vertex, ends in zip(self.vertices, legs, strict=True):
            # All legs are outputs: in a hypergraph diagram that is no restriction.
            if vertex.kind == "HBox":
                boxes.append(Edge(hbox(0, len(ends), vertex.phase, vertex.modulus), (), tuple(ends)))
            elif vertex.kind != "boundary":
                spider = Z if vertex.kind == "Z" else X
                boxes.append(Edge(spider(0, len(ends), vertex.phase), (), tuple(ends)))
        boxes.extend(Edge(box, (), ()) for box in self.scalars)
        dom, cod = (tuple([legs[v][0] for v in side]) for side in (self.inputs, self.outputs))
        return Diagram.from_hypergraph(OpenHypergraph((Ob("qubit"),) * count, tuple(boxes), dom, cod, ZX))

    def positions(self) -> list[tuple[int, int]]:
        """A column and a row for each vertex: columns by the distance from the inputs, outputs last."""
        near: list[list[int]] = [[] for _ in self.vertices]
        for v, w, _ in self.edges:
            near[v].append(w)
            near[w].append(v)
        column = dict.fromkeys(self.inputs, 0)
        queue = deque(self.inputs)
        for start in (*self.outputs, *range(len(self.vertices))):
            while queue:
                v = queue.popleft()
                for w in near[v]:
                    if w not in column:
                        column[w] = column[v] + 1
                        queue.append(w)
            if start not in column and start not in self.outputs:
                column[start] = 1
                queue.append(start)
        last = 1 + max(column.values(), default=0)
        taken: dict[int, int] = {}
        places = []
        for v in range(len(self.vertices)):
            x = last if v in self.outputs else column.get(v, 1)
            places.append((x, taken.get(x, 0)))
            taken[x] = taken.get(x, 0) + 1
        return places


def _vertex(box: Box) -> Vertex:
    if box.name == "HBox" and len(box.params) == 2:
        phase, modulus = hbox_parts(box)
        return Vertex("HBox", phase, modulus)
    if box.name not in ("Z", "X") or len(box.params) != 1:
        raise foreign_box(box)
    return Vertex("Z" if box.name == "Z" else "X", -box.params[0] if box.dagger_flag else box.params[0])
