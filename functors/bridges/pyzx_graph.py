"""ZX diagrams to and from pyzx graphs, scalars included.

The exchange format is the diagram over the ZX signature; :mod:`catenary.rewriting.zx` turns it into its own
graph. pyzx keeps phases and scalars by the same conventions: half turns as fractions, unnormalised spiders,
normalised Hadamards.
"""

from __future__ import annotations

import cmath
import math
from fractions import Fraction
from typing import Any

from catenary.diagrams import Box, CatenaryError, Diagram, Edge, Ob, OpenHypergraph, Phase
from catenary.diagrams.optional import optional
from catenary.diagrams.phases import unit
from catenary.functors.zx import ZX, H, X, Z, scalar_box, scalar_parts


def _pyzx() -> Any:
    return optional("pyzx", "pyzx")


def _to_pyzx_phase(phase: Phase) -> Fraction:
    """A pyzx phase: an exact fraction where there is one, else the exact value of the decimal."""
    if isinstance(phase, (Fraction, float)):
        return Fraction(phase) % 2
    names = ", ".join(sorted(map(str, phase.free_symbols)))
    raise CatenaryError(f"pyzx phases are numbers: bind the parameters {names} first")


def to_pyzx_graph(diagram: Diagram) -> Any:
    """The pyzx graph of a diagram over the ZX signature, with its scalar.

    Parallel edges and loops, which pyzx graphs do not hold, get spiders without phase in between. Decimal
    phases become the fraction with their exact value.

    Raises:
        MissingExtra: without pyzx.
        CatenaryError: for boxes outside the signature and for free parameters.

    >>> to_pyzx_graph(Z(1, 2) >> X(2, 1)).num_vertices()
    8
    """
    zx = _pyzx()
    edge_type, vertex_type = zx.EdgeType, zx.VertexType
    source = diagram.to_hypergraph()
    graph = zx.Graph()
    joined: set[tuple[int, int]] = set()

    def spider(kind: Any, phase: Phase, row: int) -> int:
        return int(graph.add_vertex(kind, 0, row, phase=_to_pyzx_phase(phase)))

    def join(v: int, w: int, kind: Any) -> None:
        while v == w or (v, w) in joined:
            middle = spider(vertex_type.Z, Fraction(0), 1)
            graph.add_edge((v, middle), edge_type.SIMPLE)
            joined.update(((v, middle), (middle, v)))
            v = middle
        graph.add_edge((v, w), kind)
        joined.update(((v, w), (w, v)))

    # A vertex of the hypergraph is a Z spider without phase.
    spiders = [spider(vertex_type.Z, Fraction(0), 1) for _ in source.vertices]
    for row, edge in enumerate(source.edges, 1):
        box = edge.box
        ends = [spiders[v] for v in edge.sources + edge.targets]
        if box.name == "scalar":
            power, turns = scalar_parts(box)
            if isinstance(power, int):
                graph.scalar.add_power(power)
            else:
                graph.scalar.add_float(2 ** (float(power) / 2))
            graph.scalar.add_phase(_to_pyzx_phase(turns))
        elif box.name == "H" and len(ends) == 2:
            join(ends[0], ends[1], edge_type.HADAMARD)
        elif box.name in ("Z", "X") and len(box.params) == 1:
            phase = -box.params[0] if box.dagger_flag else box.params[0]
            hub = spider(vertex_type.Z if box.name == "Z" else vertex_type.X, phase, row)
            for v in ends:
                join(hub, v, edge_type.SIMPLE)
        else:
            raise CatenaryError(f"box {box} is not of the ZX signature: its boxes are Z, X, H and scalar")
    boundaries = []
    for row, wires in ((0, source.dom), (len(source.edges) + 1, source.cod)):
        ends = []
        for place, v in enumerate(wires):
            ends.append(int(graph.add_vertex(vertex_type.BOUNDARY, place, row)))
            graph.add_edge((ends[-1], spiders[v]), edge_type.SIMPLE)
        boundaries.append(tuple(ends))
    graph.set_inputs(boundaries[0])
    graph.set_outputs(boundaries[1])
    return graph


def _from_pyzx_phase(phase: Any) -> Phase:
    if isinstance(phase, (int, Fraction)):
        return Fraction(phase)
    if isinstance(phase, float):
        return phase
    raise CatenaryError(f"the pyzx phase {phase} has free parameters: substitute numbers first")


def from_pyzx_graph(graph: Any) -> Diagram:
    """The diagram over the ZX signature of a pyzx graph, with its scalar as boxes without wires.

    Raises:
        CatenaryError: for vertices other than Z and X spiders and boundaries, for symbolic phases, for an
            unknown scalar, and for a boundary vertex that is not exactly one input or output on one edge.

    >>> import pyzx
    >>> [str(box) for box in from_pyzx_graph(pyzx.generate.identity(1)).boxes]
    []
    """
    zx = _pyzx()
    edge_type, vertex_type = zx.EdgeType, zx.VertexType
    count = 0
    edges: list[Edge] = []
    legs: dict[int, list[int]] = {v: [] for v in graph.vertices()}
    for edge in graph.edges():
        s, t = graph.edge_st(edge)
        kind = graph.edge_type(edge)
        if kind not in (edge_type.SIMPLE, edge_type.HADAMARD):
            raise CatenaryError(
                f"the edge from vertex {s} to {t} is of type {kind}: expected simple or Hadamard"
            )
        near = far = count
        count += 1
        if kind == edge_type.HADAMARD:
            far = count
            count += 1
            edges.append(Edge(H, (near,), (far,)))
        legs[s].append(near)
        legs[t].append(far)
    spiders = {vertex_type.Z: Z, vertex_type.X: X}
    for v, ends in legs.items():
        kind = graph.type(v)
        if kind == vertex_type.BOUNDARY:
            continue
        if kind not in spiders:
            raise CatenaryError(f"vertex {v} is of type {kind}: expected Z and X spiders and boundaries")
        # All legs are outputs of the spider: in a hypergraph diagram that is no restriction.
        edges.append(Edge(spiders[kind](0, len(ends), _from_pyzx_phase(graph.phase(v))), (), tuple(ends)))
    sides: list[tuple[int, ...]] = []
    seen: set[int] = set()
    for register in (graph.inputs(), graph.outputs()):
        side = []
        for v in register:
            if graph.type(v) != vertex_type.BOUNDARY or len(legs[v]) != 1 or v in seen:
                raise CatenaryError(f"boundary vertex {v} must be one input or output, on one edge")
            seen.add(v)
            side.append(legs[v][0])
        sides.append(tuple(side))
    loose = [v for v in legs if graph.type(v) == vertex_type.BOUNDARY and v not in seen]
    if loose:
        raise CatenaryError(f"boundary vertex {loose[0]} is neither an input nor an output")
    edges.extend(Edge(box, (), ()) for box in _scalar_boxes(graph.scalar))
    return Diagram.from_hypergraph(
        OpenHypergraph((Ob("qubit"),) * count, tuple(edges), sides[0], sides[1], ZX)
    )


def _scalar_boxes(scalar: Any) -> list[Box]:
    if scalar.is_unknown:
        raise CatenaryError("the scalar of the pyzx graph is unknown")
    if scalar.is_zero:
        return [Z(0, 0, 1)]
    boxes = [Z(0, 0, _from_pyzx_phase(phase)) for phase in scalar.phasenodes]
    number = complex(scalar.floatfactor)
    terms = getattr(scalar, "sum_of_phases", {})
    if terms:
        number *= sum(count * unit(_from_pyzx_phase(phase)) for phase, count in terms.items())
    if number == 0:
        return [Z(0, 0, 1)]
    if number != 1:
        boxes.append(scalar_box(2 * math.log2(abs(number)), cmath.phase(number) / math.pi))
    phase = _from_pyzx_phase(scalar.phase)
    if scalar.power2 or phase:
        boxes.append(scalar_box(scalar.power2, phase))
    return boxes
