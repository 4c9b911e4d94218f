"""ZX diagrams to and from pyzx graphs, scalars included.

The exchange format is the diagram over the ZX signature; :mod:`catenary.rewriting.zx` turns it into its own
graph. pyzx keeps phases and scalars by the same conventions: half turns as fractions, unnormalised spiders,
normalised Hadamards.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from catenary.diagrams import Box, CatenaryError, Diagram, Phase
from catenary.diagrams.optional import optional
from catenary.diagrams.phases import unit
from catenary.functors.zx import Z, hbox_of, scalar_parts
from catenary.functors.zx_files import scalar_boxes
from catenary.functors.zx_graphs import Kind, SpiderGraph, Vertex


def _pyzx() -> Any:
    return optional("pyzx", "pyzx")


def _to_pyzx_phase(phase: Phase) -> Fraction:
    """A pyzx phase: an exact fraction where there is one, else the exact value of the decimal."""
    if isinstance(phase, (Fraction, float)):
        return Fraction(phase) % 2
    names = ", ".join(sorted(map(str, phase.free_symbols)))
    raise CatenaryError(f"pyzx phases are numbers: bind the parameters {names} first")


def to_pyzx_graph(diagram: Diagram, *, backend: str | None = None) -> Any:
    """The pyzx graph of a diagram over the ZX signature, H-boxes included, with its scalar.

    Args:
        diagram: over the ZX signature.
        backend: of pyzx. Its ``"multigraph"`` holds parallel edges and loops as they are; in its default, simple
            graphs, they get spiders without phase in between. Decimal phases become the fraction with their
            exact value.

    Raises:
        MissingExtra: without pyzx.
        CatenaryError: for boxes outside the signature and for free parameters.

    >>> from catenary.functors.zx import X
    >>> to_pyzx_graph(Z(1, 2) >> X(2, 1)).num_vertices()
    5
    """
    zx = _pyzx()
    edge_type, vertex_type = zx.EdgeType, zx.VertexType
    source = SpiderGraph.of(diagram)
    graph = zx.Graph(backend)
    if backend == "multigraph":
        graph.set_auto_simplify(False)
    kinds = {"boundary": "BOUNDARY", "Z": "Z", "X": "X", "HBox": "H_BOX"}
    names: list[int] = []
    for vertex, (row, place) in zip(source.vertices, source.positions(), strict=True):
        kind = getattr(vertex_type, kinds[vertex.kind])
        labelled = vertex.kind == "HBox" and vertex.modulus != 1
        phase = Fraction(0) if labelled else _to_pyzx_phase(vertex.phase)
        names.append(int(graph.add_vertex(kind, place, row, phase=phase)))
        if labelled:
            set_label = getattr(zx.utils, "set_h_box_label", None)
            if set_label is None:
                raise CatenaryError("this pyzx has no H-boxes with a label that is no phase: 0.10 has")
            set_label(graph, names[-1], vertex.modulus * unit(vertex.phase))
    joined: set[tuple[int, int]] = set()
    for one, other, hadamard in source.edges:
        v, w = names[one], names[other]
        while backend != "multigraph" and (v == w or (v, w) in joined):
            middle = int(graph.add_vertex(vertex_type.Z, 0, graph.row(v) + 1))
            graph.add_edge((v, middle), edge_type.SIMPLE)
            joined.update(((v, middle), (middle, v)))
            v = middle
        graph.add_edge((v, w), edge_type.HADAMARD if hadamard else edge_type.SIMPLE)
        joined.update(((v, w), (w, v)))
    for box in source.scalars:
        power, turns = scalar_parts(box)
        if isinstance(power, int):
            graph.scalar.add_power(power)
        else:
            graph.scalar.add_float(2 ** (float(power) / 2))
        graph.scalar.add_phase(_to_pyzx_phase(turns))
    graph.set_inputs(tuple([names[v] for v in source.inputs]))
    graph.set_outputs(tuple([names[v] for v in source.outputs]))
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
        CatenaryError: for vertices other than Z and X spiders, H-boxes and boundaries, for symbolic phases, for an
            unknown scalar, and for a boundary vertex that is not exactly one input or output on one edge.

    >>> import pyzx
    >>> [str(box) for box in from_pyzx_graph(pyzx.generate.identity(1)).boxes]
    []
    """
    zx = _pyzx()
    edge_type, vertex_type = zx.EdgeType, zx.VertexType
    kinds: dict[Any, Kind] = {
        vertex_type.BOUNDARY: "boundary",
        vertex_type.Z: "Z",
        vertex_type.X: "X",
        vertex_type.H_BOX: "HBox",
    }
    number: dict[int, int] = {}
    vertices: list[Vertex] = []
    for v in graph.vertices():
        kind = kinds.get(graph.type(v))
        if kind is None:
            raise CatenaryError(
                f"vertex {v} is of type {graph.type(v)}: expected Z and X spiders, H-boxes and boundaries"
            )
        if graph.is_ground(v):
            raise CatenaryError(f"vertex {v} is a ground (discarding): ZX diagrams of linear maps have none")
        number[v] = len(vertices)
        label = graph.vdata(v, "label", None) if kind == "HBox" else None
        if label is not None:
            box = hbox_of(0, 0, complex(label))
            vertices.append(Vertex(kind, box.params[0], abs(complex(label))))
        else:
            vertices.append(
                Vertex(kind, _from_pyzx_phase(graph.phase(v)) if kind != "boundary" else Fraction(0))
            )
    edges: list[tuple[int, int, bool]] = []
    degree = [0] * len(vertices)
    for edge in graph.edges():
        s, t = graph.edge_st(edge)
        of_type = graph.edge_type(edge)
        if of_type not in (edge_type.SIMPLE, edge_type.HADAMARD):
            raise CatenaryError(
                f"the edge from vertex {s} to {t} is of type {of_type}: expected simple or Hadamard"
            )
        edges.append((number[s], number[t], of_type == edge_type.HADAMARD))
        for v in (s, t):
            degree[number[v]] += 1
    seen: set[int] = set()
    for v in (*graph.inputs(), *graph.outputs()):
        if graph.type(v) != vertex_type.BOUNDARY or degree[number[v]] != 1 or v in seen:
            raise CatenaryError(f"boundary vertex {v} must be one input or output, on one edge")
        seen.add(v)
    loose = [v for v in number if graph.type(v) == vertex_type.BOUNDARY and v not in seen]
    if loose:
        raise CatenaryError(f"boundary vertex {loose[0]} is neither an input nor an output")
    return SpiderGraph(
        tuple(vertices),
        tuple(edges),
        tuple([number[v] for v in graph.inputs()]),
        tuple([number[v] for v in graph.outputs()]),
        tuple(_scalar_boxes(graph.scalar)),
    ).to_diagram()


def _scalar_boxes(scalar: Any) -> list[Box]:
    if scalar.is_unknown:
        raise CatenaryError("the scalar of the pyzx graph is unknown")
    if scalar.is_zero:
        return [Z(0, 0, 1)]
    number = complex(scalar.floatfactor)
    terms = getattr(scalar, "sum_of_phases", {})
    if terms:
        number *= sum(count * unit(_from_pyzx_phase(phase)) for phase, count in terms.items())
    nodes = [_from_pyzx_phase(phase) for phase in scalar.phasenodes]
    return scalar_boxes(scalar.power2, _from_pyzx_phase(scalar.phase), nodes, number)
