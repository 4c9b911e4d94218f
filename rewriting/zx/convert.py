"""Graph-like ZX diagrams from circuits and from diagrams over the ZX signature, and back to diagrams."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from fractions import Fraction

from catenary.diagrams import Diagram, Edge, Ob, OpenHypergraph
from catenary.diagrams.phases import is_symbolic
from catenary.functors.bitsets import bits
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import NOT_LINEAR
from catenary.functors.zx import ZX, H, Z, foreign_box, hbox_parts, scalar_box, scalar_parts
from catenary.rewriting.zx.graph import NotUnitaryError, ZXGraph
from catenary.rewriting.zx.hboxes import add_h_box
from catenary.rewriting.zx.scalar import Scalar

_QUARTERS = {"z": 2, "s": 1, "sdg": 3, "id": 0}
_EIGHTHS = {"t": Fraction(1, 4), "tdg": Fraction(7, 4)}
_DIRECT = frozenset(
    {"h", "cx", "cz", "x", "y", "rz", "p", "u1", "swap", "init", "post", "barrier", *_QUARTERS, *_EIGHTHS}
)


def graph_of_circuit(
    circuit: Circuit, *, every: int = 0, reduce: Callable[[ZXGraph, int], object] | None = None
) -> ZXGraph:
    """The graph-like diagram of a circuit, its global phase in the scalar, in one pass over the gates.

    Each line holds its current spider and whether a Hadamard is pending on it; so rotations fuse and
    Hadamards cancel while the diagram is built. Barriers are identities.

    Args:
        circuit: a circuit without measurements; lines may begin with ``init`` and end with ``post``.
        every, reduce: call ``reduce(graph, open spiders)`` after each so many gates, to keep a large diagram
            small; it must not remove the open spiders, a bitset, whose lines go on.

    Raises:
        NotUnitaryError: for a measurement, reset, condition or opaque operation, with its index.

    >>> from catenary.functors.circuits.gates import Gate
    >>> graph_of_circuit(Circuit(1, (Gate("t", (0,)), Gate("t", (0,)), Gate("h", (0,)))))
    <ZXGraph 1→1: 2 spiders, 1 edges, 0 non-Clifford>
    """
    for index, gate in enumerate(circuit.gates):
        if gate.condition is not None or gate.name in NOT_LINEAR:
            what = gate.label or gate.name
            conditional = "conditional " if gate.condition is not None else ""
            raise NotUnitaryError(
                f"gate {index}, {conditional}{what}, is not a linear map of qubits: cut the circuit there"
            )
    if any(gate.name not in _DIRECT for gate in circuit.gates):
        from catenary.functors.circuits.decompose import to_basic

        circuit = to_basic(circuit)
    return _build(circuit, every, reduce)


def _build(circuit: Circuit, every: int, reduce: Callable[[ZXGraph, int], object] | None) -> ZXGraph:
    graph = ZXGraph()
    scalar = graph.scalar
    scalar.rotate(circuit.global_phase)
    current = [-1] * circuit.n_qubits
    pending = [False] * circuit.n_qubits
    for q in circuit.inputs:
        current[q] = graph.add_spider()
        graph.attach_input(current[q], False)
    rows = graph.rows

    def settle(q: int) -> int:
        """The spider at the end of a line, its pending Hadamard made an edge."""
        v = current[q]
        if pending[q]:
            pending[q] = False
            w = current[q] = graph.add_spider()
            scalar.sqrt2 -= 1
            rows[v] |= 1 << w
            rows[w] = 1 << v
            return w
        return v

    for count, gate in enumerate(circuit.gates, 1):
        name = gate.name
        qubits = gate.qubits
        if name == "h":
            pending[qubits[0]] = not pending[qubits[0]]
        elif name == "cx" or name == "cz":
            c, t = qubits
            if name == "cx":
                pending[t] = not pending[t]
            u, v = settle(c), settle(t)
            rows[u] ^= 1 << v
            rows[v] ^= 1 << u
            if name == "cx":
                pending[t] = True
        elif name in _EIGHTHS:
            graph.add_phase(settle(qubits[0]), _EIGHTHS[name])
        elif name in _QUARTERS:
            graph.add_quarters(1 << settle(qubits[0]), _QUARTERS[name])
        elif name == "rz":
            (phase,) = gate.params
            graph.add_phase(settle(qubits[0]), phase)
            scalar.rotate(-phase / 2)
        elif name == "p" or name == "u1":
            graph.add_phase(settle(qubits[0]), gate.params[0])
        elif name == "x" or name == "y":
            (q,) = qubits
            if name == "y":  # Y = i·X·Z
                graph.add_quarters(1 << settle(q), 2)
                scalar.eighths += 2
            pending[q] = not pending[q]
            graph.add_quarters(1 << settle(q), 2)
            pending[q] = True
        elif name == "swap":
            a, b = qubits
            current[a], current[b] = current[b], current[a]
            pending[a], pending[b] = pending[b], pending[a]
        elif name == "init":
            current[qubits[0]] = graph.add_spider()
            pending[qubits[0]] = True
            scalar.sqrt2 -= 1
        elif name == "post":
            (q,) = qubits
            pending[q] = not pending[q]
            settle(q)
            current[q] = -1
            scalar.sqrt2 -= 1
        if every and reduce is not None and not count % every:
            reduce(graph, sum(1 << v for v in set(current) if v >= 0))
    for q in circuit.outputs:
        graph.attach_output(current[q], pending[q])
    return graph


def graph_of_diagram(diagram: Diagram) -> ZXGraph:
    """The graph-like form of a diagram over the ZX signature: spiders fused, loops and parallel edges
    resolved exactly, H-boxes written as phase gadgets.

    Raises:
        CatenaryError: for a box that is not of the ZX signature.
        LimitReached: for an H-box of too many legs.

    >>> graph_of_diagram(Z(1, 2) >> Z(2, 1, 1)).n_spiders
    2
    """
    return graph_of_hypergraph(diagram.to_hypergraph())


def graph_of_hypergraph(source: OpenHypergraph) -> ZXGraph:
    """The same from an open hypergraph: its vertices are the spiders of the Frobenius structure, which are Z
    spiders.
    """
    graph = ZXGraph()
    parent = list(range(len(source.vertices)))

    def find(v: int) -> int:
        while parent[v] != v:
            parent[v] = parent[parent[v]]
            v = parent[v]
        return v

    for edge in source.edges:
        if edge.box.name == "Z":
            ends = edge.sources + edge.targets
            for v in ends[1:]:
                parent[find(v)] = find(ends[0])
    spider = {v: graph.add_spider() for v in range(len(source.vertices)) if find(v) == v}
    for edge in source.edges:
        box = edge.box
        ends = edge.sources + edge.targets
        phase = box.params[0] if box.params else Fraction(0)
        if box.dagger_flag:
            phase = -phase
        if box.name == "Z":
            if ends:
                graph.add_phase(spider[find(ends[0])], phase)
            else:
                graph.scalar.multiply_spider(phase)
        elif box.name == "X":
            hub = graph.add_spider(phase)
            for v in ends:
                graph.hadamard(hub, spider[find(v)])
        elif box.name == "HBox":
            turn, modulus = hbox_parts(box)
            add_h_box(graph, [spider[find(v)] for v in ends], turn, modulus)
        elif box.name == "H":
            graph.hadamard(spider[find(ends[0])], spider[find(ends[1])])
        elif box.name == "scalar":
            power, turns = scalar_parts(box)
            if isinstance(power, int):
                graph.scalar.sqrt2 += power
            else:
                graph.scalar.number *= 2 ** (power / 2)
            graph.scalar.rotate(turns)
        else:
            raise foreign_box(box)
    for v in source.dom:
        graph.attach_input(spider[find(v)], False)
    for v in source.cod:
        graph.attach_output(spider[find(v)], False)
    return graph


def exact_diagram_of_graph(graph: ZXGraph) -> Diagram:
    """The same with the scalar inside, as boxes without wires: the diagram is the map of the graph exactly.

    >>> from catenary.functors.circuits.gates import Gate
    >>> graph = graph_of_circuit(Circuit(1, (Gate("rz", (0,), (Fraction(1, 3),)),)))
    >>> [str(box) for box in exact_diagram_of_graph(graph).boxes if not box.dom]
    ['scalar(0, 11π/6)']
    """
    diagram, scalar = diagram_of_graph(graph)
    boxes = [Z(0, 0, phase) for phase in scalar.spiders]
    if scalar.is_zero:
        boxes.append(Z(0, 0, 1))
    phase = scalar.phase
    if scalar.number != 1:
        modulus = abs(scalar.number)
        turn = cmath.phase(scalar.number) / math.pi
        boxes.append(scalar_box(2 * math.log2(modulus), turn) if modulus else Z(0, 0, 1))
    if scalar.sqrt2 or is_symbolic(phase) or phase:
        boxes.append(scalar_box(scalar.sqrt2, phase))
    graph_form = diagram.to_hypergraph()
    edges = (*graph_form.edges, *(Edge(box, (), ()) for box in boxes))
    return Diagram.from_hypergraph(
        OpenHypergraph(graph_form.vertices, edges, graph_form.dom, graph_form.cod, graph_form.signature)
    )


def diagram_of_graph(graph: ZXGraph) -> tuple[Diagram, Scalar]:
    """A diagram over the ZX signature with a Z box for each spider and an H box for each edge, and the scalar
    beside it.

    The map of the graph is the scalar times that of the diagram.

    >>> from catenary.functors.circuits.gates import Gate
    >>> diagram, scalar = diagram_of_graph(graph_of_circuit(Circuit(1, (Gate("s", (0,)),))))
    >>> [str(box) for box in diagram.boxes if not box.is_structural], scalar
    (['Z(π/2)', 'H', 'Z(0)', 'H'], Scalar(√2^0 · e^(iπ·0)))
    """
    count = 0
    edges: list[Edge] = []
    legs: dict[int, tuple[list[int], list[int]]] = {v: ([], []) for v in bits(graph.alive)}

    def wire() -> int:
        nonlocal count
        count += 1
        return count - 1

    def ends(spiders: list[int], flags: list[bool], side: int) -> tuple[list[int], list[Edge]]:
        wires, boxes = [], []
        for v, hadamard in zip(spiders, flags, strict=True):
            outer = inner = wire()
            if hadamard:
                inner = wire()
                source, target = (outer, inner) if side == 0 else (inner, outer)
                boxes.append(Edge(H, (source,), (target,)))
            wires.append(outer)
            legs[v][side].append(inner)
        return wires, boxes

    dom, first = ends(graph.inputs, graph.input_h, 0)
    inner: list[Edge] = []
    for v in legs:
        for w in bits(graph.neighbours(v) >> v + 1):
            a, b = wire(), wire()
            legs[v][1].append(a)
            legs[v + 1 + w][0].append(b)
            inner.append(Edge(H, (a,), (b,)))
    cod, last = ends(graph.outputs, graph.output_h, 1)
    for v, (sources, targets) in legs.items():
        edges.append(Edge(Z(len(sources), len(targets), graph.phase(v)), tuple(sources), tuple(targets)))
    hypergraph = OpenHypergraph(
        (Ob("qubit"),) * count, (*first, *edges, *inner, *last), tuple(dom), tuple(cod), ZX
    )
    return Diagram.from_hypergraph(hypergraph), graph.hadamard_scalar()
