"""Graphs, rewrites and extraction keep the linear map, scalar included."""

import importlib.util
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import ArityError, LimitReached
from catenary.functors.bitsets import bits
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.zx import (
    NotUnitaryError,
    ZXGraph,
    clifford_simp,
    extract,
    full_reduce,
    interior_clifford_simp,
    supplementarity,
    teleport_phases,
)
from catenary.rewriting.zx.decompose import stabiliser_value
from catenary.rewriting.zx.evaluate import matrix
from catenary.rewriting.zx.extract import cost
from catenary.rewriting.zx.scalar import Scalar, join_phase, split_phase

_spec = importlib.util.spec_from_file_location("zx_circuits", Path(__file__).with_name("conftest.py"))
_module = sys.modules.setdefault("zx_circuits", importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(_module)
circuits, simulate = _module.circuits, _module.simulate

REWRITES = {
    "none": lambda g: None,
    "interior": interior_clifford_simp,
    "clifford": clifford_simp,
    "full": full_reduce,
    "supplementarity": supplementarity,
}


def check_rows(graph):
    """The rows are symmetric and mention living spiders only; no two boundary wires share a spider."""
    for v in range(len(graph.rows)):
        if graph.alive >> v & 1:
            around = graph.neighbours(v)
            assert not around & ~graph.alive
            assert all(graph.neighbours(w) >> v & 1 for w in bits(around))
        else:
            assert graph.rows[v] == 0
            assert not (graph.low | graph.high | graph.general) >> v & 1
    ends = graph.inputs + graph.outputs
    assert sum(1 << v for v in set(ends)) == graph.boundary
    assert len(set(ends)) == len(ends)
    assert sorted(graph.rest) == bits(graph.general)


@given(circuits())
def test_graph_of_a_circuit_is_the_circuit(circuit):
    graph = ZXGraph.from_circuit(circuit)
    check_rows(graph)
    np.testing.assert_allclose(matrix(graph), simulate(circuit), atol=1e-9)


@pytest.mark.parametrize("name", [name for name in REWRITES if name != "none"])
@given(circuit=circuits())
def test_rewrites_keep_the_map_and_its_scalar(name, circuit):
    graph = ZXGraph.from_circuit(circuit)
    before = graph.t_count
    REWRITES[name](graph)
    check_rows(graph)
    assert graph.t_count <= before
    np.testing.assert_allclose(matrix(graph), simulate(circuit), atol=1e-9)


@pytest.mark.parametrize("name", list(REWRITES))
@given(circuit=circuits(max_qubits=5, max_gates=50))
def test_extraction_of_unitary_diagrams_is_exact_and_needs_no_line(name, circuit):
    graph = ZXGraph.from_circuit(circuit)
    REWRITES[name](graph)
    before = graph.copy()
    found = extract(graph)
    assert (graph.rows, graph.outputs) == (before.rows, before.outputs), (
        "extract must not change its argument"
    )
    assert found.post_selected == 0
    assert found.scalar.is_one or abs(found.scalar.to_complex() - 1) < 1e-9
    assert found.circuit.is_unitary
    assert found.circuit.inputs == found.circuit.outputs == tuple(range(circuit.n_qubits))
    np.testing.assert_allclose(simulate(found.circuit), simulate(circuit), atol=1e-9)


@pytest.mark.parametrize("name", ["none", "full"])
@given(circuit=circuits(max_qubits=5, max_gates=50))
def test_extraction_by_rotations_is_exact_and_bounded(name, circuit):
    graph = ZXGraph.from_circuit(circuit)
    REWRITES[name](graph)
    found = extract(graph, method="rotations")
    assert found.scalar.is_one or abs(found.scalar.to_complex() - 1) < 1e-9
    np.testing.assert_allclose(simulate(found.circuit), simulate(circuit), atol=1e-9)
    n = circuit.n_qubits
    # n - 1 gates for each rotation, 2(n - 1) for each pair of Pauli images, 3 for each swap
    assert cost(found.circuit)[0] <= (n - 1) * (graph.t_count + 2 * n + 3)
    assert sum(gate.name in ("t", "tdg", "rz") for gate in found.circuit.gates) == graph.t_count


@pytest.mark.parametrize("name", list(REWRITES))
@given(circuit=circuits(max_qubits=4, max_gates=30, open_lines=True))
def test_extraction_of_open_diagrams_is_total(name, circuit):
    graph = ZXGraph.from_circuit(circuit)
    wanted = simulate(circuit)
    np.testing.assert_allclose(matrix(graph), wanted, atol=1e-9)
    REWRITES[name](graph)
    check_rows(graph)
    np.testing.assert_allclose(matrix(graph), wanted, atol=1e-9)
    found = extract(graph)
    Circuit(
        found.circuit.n_qubits,
        found.circuit.gates,
        inputs=found.circuit.inputs,
        outputs=found.circuit.outputs,
    )  # well formed
    np.testing.assert_allclose(found.scalar.to_complex() * simulate(found.circuit), wanted, atol=1e-9)


@st.composite
def graphs(draw):
    """Arbitrary graph-like diagrams, of no circuit."""
    graph = ZXGraph()
    phases = [Fraction(k, 4) for k in range(8)] + [0.3]
    n = draw(st.integers(0, 7))
    for _ in range(n):
        graph.add_spider(draw(st.sampled_from(phases)))
    for v in range(n):
        for w in range(v):
            if draw(st.booleans()):
                graph.toggle(v, w)
    for attach in (graph.attach_input, graph.attach_output):
        for _ in range(draw(st.integers(0, 3))):
            if n:
                attach(draw(st.integers(0, n - 1)), draw(st.booleans()))
    return graph


@pytest.mark.parametrize("name", list(REWRITES))
@given(graph=graphs())
@settings(max_examples=120)
def test_any_diagram_reduces_and_extracts(name, graph):
    graph = graph.copy()  # examples are shared between parameters
    wanted = matrix(graph)
    REWRITES[name](graph)
    check_rows(graph)
    np.testing.assert_allclose(matrix(graph), wanted, atol=1e-8)
    found = extract(graph)
    got = found.scalar.to_complex() * simulate(found.circuit)
    np.testing.assert_allclose(got, wanted, atol=1e-8)


@given(graphs())
def test_sums_of_stabiliser_terms_are_the_number(graph):
    closed = graph.copy()
    closed.inputs, closed.outputs, closed.input_h, closed.output_h, closed.boundary = [], [], [], [], 0
    np.testing.assert_allclose(stabiliser_value(closed), matrix(closed).item(), atol=1e-7)
    if graph.inputs:
        with pytest.raises(ArityError, match="inputs"):
            stabiliser_value(graph)


@given(circuits(max_qubits=3, max_gates=40))
def test_full_reduction_leaves_a_reduced_form(circuit):
    graph = ZXGraph.from_circuit(circuit)
    full_reduce(graph)
    interior = graph.interior
    leaves = {v for v in bits(interior) if graph.degree(v) == 1}
    targets = []
    for v in bits(interior):
        around = graph.neighbours(v)
        assert around, "an isolated spider belongs in the scalar"
        if not graph.general >> v & 1:
            leaf = [w for w in bits(around) if w in leaves]
            assert len(leaf) == 1, "a Clifford spider that is no hub"
            assert graph.quarter(v) == 0
            targets.append(around ^ 1 << leaf[0])
    assert len(set(targets)) == len(targets)
    assert all(t.bit_count() > 1 for t in targets)


@given(circuits(max_qubits=4, max_gates=50))
def test_teleportation_reaches_the_t_count_of_full_reduction_and_moves_nothing(circuit):
    reduced, teleported = ZXGraph.from_circuit(circuit), ZXGraph.from_circuit(circuit)
    rows = list(teleported.rows)
    full_reduce(reduced)
    teleport_phases(teleported)
    assert teleported.t_count <= reduced.t_count
    assert teleported.rows == rows


@pytest.mark.parametrize("adjacent", [False, True])
@pytest.mark.parametrize("change", [1, "opposite"])
def test_supplementarity_removes_pairs(adjacent, change):
    alpha = Fraction(3, 7)
    beta = alpha + 1 if change == 1 else (-alpha if adjacent else 1 - alpha)
    graph = ZXGraph()
    pair = graph.add_spider(alpha), graph.add_spider(beta)
    for phase in (Fraction(1, 4), Fraction(2, 5), None):
        v = graph.add_spider(phase)
        graph.attach_output(v, False)
        for w in pair:
            graph.toggle(v, w)
    if adjacent:
        graph.toggle(*pair)
    wanted = matrix(graph)
    assert supplementarity(graph) == 2
    check_rows(graph)
    np.testing.assert_allclose(matrix(graph), wanted, atol=1e-9)


def test_symbolic_phases_fuse_and_cancel():
    a, b = sympy.symbols("a b")
    gates = [
        Gate("rz", (0,), (a,)),
        Gate("cx", (0, 1)),
        Gate("rz", (1,), (b,)),
        Gate("cx", (0, 1)),
        Gate("rz", (0,), (-a + Fraction(1, 4),)),
        Gate("h", (1,)),
        Gate("rz", (1,), (2 * a,)),
    ]
    circuit = Circuit(2, gates)
    graph = ZXGraph.from_circuit(circuit)
    full_reduce(graph)
    assert graph.t_count == 3
    other = ZXGraph.from_circuit(circuit)
    teleport_phases(other)
    assert other.t_count == 3
    found = extract(graph)
    values = {"a": 0.3, "b": Fraction(1, 5)}
    for result in (found.circuit, extract(other).circuit):
        np.testing.assert_allclose(simulate(result.bind(values)), simulate(circuit.bind(values)), atol=1e-9)


def test_measurement_reset_and_conditions_are_refused_by_name():
    with pytest.raises(NotUnitaryError, match="gate 1, measure"):
        ZXGraph.from_circuit(Circuit(1, [Gate("h", (0,)), Gate("measure", (0,), clbits=(0,))], n_clbits=1))
    with pytest.raises(NotUnitaryError, match="reset"):
        ZXGraph.from_circuit(Circuit(1, [Gate("reset", (0,))]))
    with pytest.raises(NotUnitaryError, match="conditional x"):
        ZXGraph.from_circuit(Circuit(1, [Gate("x", (0,), condition=((0,), 1))], n_clbits=1))


def test_a_zero_diagram_is_zero():
    circuit = Circuit(1, [Gate("init", (0,)), Gate("x", (0,)), Gate("post", (0,))])
    graph = ZXGraph.from_circuit(circuit)
    full_reduce(graph)
    assert graph.scalar.is_zero
    assert extract(graph).scalar.to_complex() == 0


def test_swaps_are_kept():
    circuit = Circuit(3, [Gate("swap", (0, 1)), Gate("swap", (1, 2))])
    graph = ZXGraph.from_circuit(circuit)
    full_reduce(graph)
    np.testing.assert_allclose(simulate(extract(graph).circuit), simulate(circuit), atol=1e-12)


def test_deadlines_leave_equal_diagrams_and_stop_extraction():
    gates = []
    for k in range(40):
        gates += [Gate("h", (k % 4,)), Gate("cx", (k % 4, (k + 1) % 4)), Gate("t", ((k + 1) % 4,))]
    circuit = Circuit(4, gates)
    graph = ZXGraph.from_circuit(circuit)
    full_reduce(graph, deadline=time.monotonic() - 1)
    found = extract(graph).circuit
    np.testing.assert_allclose(simulate(found), simulate(circuit), atol=1e-9)
    with pytest.raises(LimitReached):
        extract(graph, deadline=time.monotonic() - 1)


def test_gates_outside_the_basic_set_are_decomposed(linear_map):
    from catenary.functors.circuits.decompose import to_basic

    circuit = Circuit(3, [Gate("ccx", (0, 1, 2)), Gate("u3", (1,), (0.1, 0.2, 0.3)), Gate("iswap", (0, 2))])
    np.testing.assert_allclose(
        matrix(ZXGraph.from_circuit(circuit)), linear_map(to_basic(circuit)), atol=1e-9
    )


@given(st.one_of(st.fractions(), st.floats(-50, 50)))
def test_phases_split_and_join(phase):
    quarter, rest = split_phase(phase)
    whole = join_phase(quarter, rest)
    assert 0 <= quarter < 4
    assert rest is None or 0 < rest < 0.5
    gap = float((whole - phase) % 2)
    assert min(gap, 2 - gap) < 1e-11


@given(st.lists(st.sampled_from([Fraction(k, 4) for k in range(8)] + [0.3, Fraction(2, 7)]), max_size=5))
def test_scalars_multiply(phases):
    scalar = Scalar()
    value = 1 + 0j
    for phase in phases:
        scalar.multiply_spider(phase)
        scalar.rotate(phase)
        value *= (1 + np.exp(1j * np.pi * float(phase))) * np.exp(1j * np.pi * float(phase))
    assert abs(scalar.to_complex() - value) < 1e-9
    square = scalar.copy()
    square.multiply(scalar)
    assert abs(square.to_complex() - value**2) < 1e-9
    square.normalise()
    assert abs(square.to_complex() - value**2) < 1e-9
