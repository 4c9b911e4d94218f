"""Flows beside brute force over their definition, and beside pyzx."""

import importlib.util
import itertools
import random
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.functors.bitsets import bits
from catenary.rewriting.zx import ZXGraph, full_reduce, interior_clifford_simp
from catenary.rewriting.zx.flow import Flow, FlowError, causal_flow, check_flow, gflow, pauli_flow
from catenary.rewriting.zx.opengraph import LABELS, OpenGraph

_spec = importlib.util.spec_from_file_location("zx_circuits", Path(__file__).with_name("conftest.py"))
_module = sys.modules.setdefault("zx_circuits", importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(_module)
circuits = _module.circuits


@st.composite
def open_graphs(draw, labels=LABELS, most=5):
    size = draw(st.integers(1, most))
    pairs = list(itertools.combinations(range(size), 2))
    edges = [pair for pair in pairs if draw(st.booleans())]
    outputs = [v for v in range(size) if draw(st.integers(0, 2)) == 0]
    inputs = [v for v in range(size) if draw(st.integers(0, 3)) == 0]
    chosen = {}
    for v in range(size):
        if v not in outputs:
            # a measured input is in the plane XY or along X or Y: others have no flow
            chosen[v] = draw(st.sampled_from(labels))
    rows = [0] * size
    for v, w in edges:
        rows[v] |= 1 << w
        rows[w] |= 1 << v
    return OpenGraph(tuple(rows), sum(1 << v for v in inputs), sum(1 << v for v in outputs), chosen)


def exists(graph, causal=False):
    """Whether there is a flow: every order in layers of one vertex, every correction set."""
    free = graph.vertices & ~graph.inputs
    sets = [s for s in range(graph.vertices + 1) if not s & ~free]
    if causal:
        sets = [s for s in sets if s.bit_count() == 1]
    measured = sorted(graph.labels)
    for order in itertools.permutations(measured):
        layers = dict.fromkeys(bits(graph.outputs), 0) | {v: i + 1 for i, v in enumerate(order)}
        good = True
        for v in measured:
            # conditions for v speak of its own set alone
            if not any(_fits(graph, layers, v, s) for s in sets):
                good = False
                break
        if good:
            return True
    return not measured


def _fits(graph, layers, v, chosen):
    odd = graph.odd(chosen)
    for u in range(len(graph.rows)):
        here, around = chosen >> u & 1, odd >> u & 1
        label = graph.labels.get(u)
        if u != v:
            if layers[u] < layers[v]:
                continue
            if here and label not in ("X", "Y"):
                return False
            if around and label not in ("Y", "Z"):
                return False
            if label == "Y" and here != around:
                return False
        else:
            wanted = {
                "XY": (0, 1),
                "XZ": (1, 1),
                "YZ": (1, 0),
            }.get(label)
            if wanted is not None and (here, around) != wanted:
                return False
            if (
                (label == "X" and not around)
                or (label == "Z" and not here)
                or (label == "Y" and here == around)
            ):
                return False
    return True


@given(open_graphs())
@settings(max_examples=150)
def test_pauli_flow_is_found_exactly_where_it_exists(graph):
    flow = pauli_flow(graph)
    if flow is not None:
        check_flow(graph, flow)
    assert (flow is not None) == exists(graph)


@given(open_graphs(labels=("XY", "XZ", "YZ")))
def test_gflow_is_found_exactly_where_it_exists(graph):
    flow = gflow(graph)
    if flow is not None:
        check_flow(graph, flow)
    assert (flow is not None) == exists(graph)


@given(open_graphs(labels=("XY",)))
def test_causal_flow_is_found_exactly_where_it_exists(graph):
    flow = causal_flow(graph)
    if flow is not None:
        check_flow(graph, flow, causal=True)
        assert gflow(graph).depth <= flow.depth
    assert (flow is not None) == exists(graph, causal=True)


def test_flows_that_are_none_are_refused_by_condition():
    line = OpenGraph.of([(0, 1), (1, 2)], [0], [2], {0: "XY", 1: "XY"})
    good = causal_flow(line)
    check_flow(line, good, causal=True)
    for corrections, layers, message in [
        ({0: 2, 1: 4}, {0: 1, 1: 2, 2: 0}, "P1"),
        ({0: 2, 1: 4}, {0: 1, 1: 1, 2: 0}, "P1"),
        ({0: 6, 1: 4}, {0: 2, 1: 1, 2: 0}, None),
        ({0: 4, 1: 4}, {0: 2, 1: 1, 2: 0}, "P4"),
        ({0: 3, 1: 4}, {0: 2, 1: 1, 2: 0}, "input"),
        ({0: 2, 1: 4}, {0: 2, 1: 1, 2: 1}, "output 2"),
        ({0: 2}, {0: 2, 1: 1, 2: 0}, "each measured"),
    ]:
        flow = Flow(corrections, layers)
        if message is None:
            check_flow(line, flow)
            continue
        with pytest.raises(FlowError, match=message):
            check_flow(line, flow)
    with pytest.raises(FlowError, match="vertex 0"):
        causal_flow(OpenGraph.of([(0, 1)], [], [1], {0: "YZ"}))
    with pytest.raises(FlowError, match="pauli_flow"):
        gflow(OpenGraph.of([(0, 1)], [], [1], {0: "X"}))


def to_pyzx(graph, inputs, outputs):
    import pyzx

    theirs = pyzx.Graph()
    spiders = [
        theirs.add_vertex(pyzx.VertexType.Z, 0, i, phase=Fraction(1, 4)) for i in range(len(graph.rows))
    ]
    for v in range(len(graph.rows)):
        for w in bits(graph.rows[v] >> v + 1):
            theirs.add_edge((spiders[v], spiders[v + 1 + w]), pyzx.EdgeType.HADAMARD)
    ends = []
    for side in (inputs, outputs):
        row = []
        for v in side:
            row.append(theirs.add_vertex(pyzx.VertexType.BOUNDARY, 0, 0))
            theirs.add_edge((row[-1], spiders[v]))
        ends.append(tuple(row))
    theirs.set_inputs(ends[0])
    theirs.set_outputs(ends[1])
    return theirs


def test_gflow_exists_where_pyzx_finds_it_and_is_as_shallow():
    pytest.importorskip("pyzx")
    from pyzx.gflow import gflow as theirs

    rng = random.Random(5)
    found = 0
    for _ in range(150):
        size, width = rng.randint(4, 12), rng.randint(1, 3)
        outputs = list(range(size - width, size))
        inputs = list(range(rng.randint(0, width)))
        edges = [(v, w) for v, w in itertools.combinations(range(size), 2) if rng.random() < 2.2 / size + 0.1]
        measured = {v: "XY" for v in range(size) if v not in outputs}
        graph = OpenGraph.of([*edges], inputs, outputs, measured)
        ours, other = gflow(graph), theirs(to_pyzx(graph, inputs, outputs))
        assert (ours is None) == (other is None)
        if ours is not None:
            found += 1
            check_flow(graph, ours)
            assert ours.depth == max(other[0].values())
    assert found > 10


@given(circuits(max_qubits=4, max_gates=30))
@settings(max_examples=40)
def test_pauli_flow_of_diagrams_beside_pyzx(circuit):
    pyzx = pytest.importorskip("pyzx")
    from pyzx.gflow import pauli_flow as theirs

    from catenary.functors.bridges.pyzx_graph import to_pyzx_graph

    for reduce in (interior_clifford_simp, full_reduce):
        graph = ZXGraph.from_circuit(circuit)
        reduce(graph)
        opened, spiders = OpenGraph.from_zx(graph)
        ours = pauli_flow(opened)
        check_flow(opened, ours)
        assert len(spiders) == graph.n_spiders
        other = to_pyzx_graph(graph.to_exact_diagram())
        pyzx.simplify.to_graph_like(other)
        assert theirs(other) is not None


def test_a_long_line_of_many_wires_is_quick_and_right():
    # 30 wires of 30 spiders with a ladder between neighbours: causal flow, gflow and Pauli flow of depth at most 30
    wide, long = 30, 30
    edges = [(r * long + c, r * long + c + 1) for r in range(wide) for c in range(long - 1)]
    edges += [(r * long + c, (r + 1) * long + c) for r in range(wide - 1) for c in range(0, long, 3)]
    outputs = [r * long + long - 1 for r in range(wide)]
    labels = {v: "XY" for v in range(wide * long) if v not in outputs}
    # half of the wires begin in a state: M has many right inverses
    for inputs in ([r * long for r in range(wide)], [r * long for r in range(0, wide, 2)]):
        graph = OpenGraph.of(edges, inputs, outputs, labels)
        causal, general = causal_flow(graph), gflow(graph)
        check_flow(graph, causal, causal=True)
        check_flow(graph, general)
        assert general.depth <= causal.depth
