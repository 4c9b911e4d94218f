"""ZX diagrams: boxes, the functor from circuits, graphs and pyzx, all with exact scalars."""

import importlib.util
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from catenary.diagrams import CatenaryError, Diagram, Spider
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.functors.zx import QUBIT, ZX, H, X, Z, circuit_to_zx, zx_array
from catenary.rewriting.zx import ZXGraph, full_reduce
from catenary.rewriting.zx.evaluate import matrix

_spec = importlib.util.spec_from_file_location("zx_circuits", Path(__file__).with_name("conftest.py"))
_module = sys.modules.setdefault("zx_circuits", importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(_module)
circuits, diagrams, evaluate, simulate = (
    _module.circuits,
    _module.diagrams,
    _module.evaluate,
    _module.simulate,
)


@given(diagrams())
def test_graph_of_a_diagram_is_the_diagram(diagram):
    wanted = evaluate(diagram)
    graph = ZXGraph.from_diagram(diagram)
    np.testing.assert_allclose(matrix(graph), wanted, atol=1e-9)
    np.testing.assert_allclose(evaluate(graph.to_exact_diagram()), wanted, atol=1e-9)
    full_reduce(graph)
    np.testing.assert_allclose(matrix(graph), wanted, atol=1e-9)


@given(diagrams())
def test_daggers_are_adjoints(diagram):
    np.testing.assert_allclose(
        matrix(ZXGraph.from_diagram(diagram.dagger())), evaluate(diagram).conj().T, atol=1e-9
    )


@given(circuits(max_qubits=3, max_gates=15, open_lines=True))
def test_circuits_map_to_equal_diagrams(circuit):
    diagram = circuit_to_zx(circuit)
    np.testing.assert_allclose(evaluate(diagram), simulate(circuit), atol=1e-9)
    np.testing.assert_allclose(matrix(ZXGraph.from_diagram(diagram)), simulate(circuit), atol=1e-9)


@given(circuits(max_qubits=3, max_gates=15))
def test_graphs_map_to_equal_diagrams(circuit):
    graph = ZXGraph.from_circuit(circuit)
    full_reduce(graph)
    diagram, scalar = graph.to_diagram()
    np.testing.assert_allclose(scalar.to_complex() * evaluate(diagram), simulate(circuit), atol=1e-9)


def test_parallel_edges_and_loops_are_exact():
    cases = [
        Z(1, 2) >> X(2, 1),  # Hopf: disconnects, times 1/2
        Z(1, 2) >> Z(2, 1),
        Z(1, 2) >> H @ H >> Z(2, 1),
        Z(1, 2) >> H @ Diagram.id(QUBIT) >> Z(2, 1),
        X(1, 3) >> H @ Diagram.id(QUBIT) @ H >> Z(3, 1, Fraction(1, 4)),
        Spider(0, 2, QUBIT) >> H @ Diagram.id(QUBIT) >> Spider(2, 0, QUBIT),  # the trace of H: 0
        Spider(0, 2, QUBIT) >> Spider(2, 0, QUBIT),  # a circle: 2
        Diagram.id(QUBIT, ZX),
        H >> H,
    ]
    for case in cases:
        graph = ZXGraph.from_diagram(case.over(ZX))
        np.testing.assert_allclose(matrix(graph), evaluate(case.over(ZX)), atol=1e-12)


@pytest.mark.parametrize("legs", [(0, 0), (0, 1), (1, 0), (1, 2), (2, 2)])
def test_x_spiders_are_z_spiders_between_hadamards(legs):
    ins, outs = legs
    z, x = zx_array(Z(ins, outs, 0.3)), zx_array(X(ins, outs, 0.3))
    hadamard = zx_array(H)
    for axis in range(ins + outs):
        z = np.moveaxis(np.tensordot(hadamard, z, (1, axis)), 0, axis)
    np.testing.assert_allclose(x, z, atol=1e-12)


def test_the_functor_is_linear_and_refuses_measurement():
    gates = [Gate("cx", (k % 20, (k + 1) % 20)) for k in range(5000)]
    diagram = circuit_to_zx(Circuit(20, gates))
    assert len(diagram.to_hypergraph().edges) == 10001
    with pytest.raises(CircuitError, match="measure"):
        circuit_to_zx(Circuit(1, [Gate("measure", (0,), clbits=(0,))], n_clbits=1))


def test_foreign_boxes_are_refused():
    from catenary.diagrams import Box, Doctrine, free

    foreign = Box("f", QUBIT, QUBIT, signature=free(Doctrine.HYPERGRAPH))
    with pytest.raises(CatenaryError, match="not of the ZX signature"):
        ZXGraph.from_diagram(foreign.diagram)
    with pytest.raises(CatenaryError, match="not of the ZX signature"):
        zx_array(foreign)


@pytest.mark.parametrize("backend", [None, "multigraph"])
@given(diagram=diagrams())
@settings(max_examples=60)
def test_pyzx_graphs_have_the_same_tensor_and_come_back(backend, diagram):
    pytest.importorskip("pyzx")
    from catenary.functors.bridges.pyzx_graph import from_pyzx_graph, to_pyzx_graph

    wanted = evaluate(diagram)
    theirs = to_pyzx_graph(diagram, backend=backend)
    np.testing.assert_allclose(np.asarray(theirs.to_matrix()).reshape(wanted.shape), wanted, atol=1e-8)
    np.testing.assert_allclose(matrix(ZXGraph.from_diagram(from_pyzx_graph(theirs))), wanted, atol=1e-8)


@given(circuits(max_qubits=3, max_gates=25))
def test_graphs_reduced_by_pyzx_come_back_with_their_scalar(circuit):
    pyzx = pytest.importorskip("pyzx")
    from catenary.functors.bridges.pyzx_graph import from_pyzx_graph, to_pyzx_graph

    theirs = to_pyzx_graph(ZXGraph.from_circuit(circuit).to_exact_diagram())
    pyzx.full_reduce(theirs)
    back = ZXGraph.from_diagram(from_pyzx_graph(theirs))
    np.testing.assert_allclose(matrix(back), simulate(circuit), atol=1e-8)


def test_pyzx_graphs_that_are_no_zx_diagrams_are_refused():
    pyzx = pytest.importorskip("pyzx")
    from catenary.functors.bridges.pyzx_graph import from_pyzx_graph

    graph = pyzx.Graph()
    graph.add_vertex(pyzx.VertexType.W_INPUT)
    with pytest.raises(CatenaryError, match="vertex 0"):
        from_pyzx_graph(graph)
    graph = pyzx.Graph()
    graph.add_vertex(pyzx.VertexType.BOUNDARY)
    with pytest.raises(CatenaryError, match="boundary vertex 0"):
        from_pyzx_graph(graph)
