"""Circuit to circuit, miters, and T-counts beside pyzx."""

import importlib.util
import random
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given

from catenary.diagrams import ArityError
from catenary.functors.circuits import qasm2
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.counts import counts
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.zx import (
    NotUnitaryError,
    ZXGraph,
    full_reduce,
    miter,
    reduced_graph,
    reduces_to_identity,
    resynthesise,
    simplify_circuit,
)
from catenary.rewriting.zx.whole import absorb_hadamards, clifford_is_identity, identity_phase

_spec = importlib.util.spec_from_file_location("zx_circuits", Path(__file__).with_name("conftest.py"))
_module = sys.modules.setdefault("zx_circuits", importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(_module)
circuits, simulate = _module.circuits, _module.simulate

SHARED = Path(__file__).resolve().parents[3] / "shared" / "circuits"
FAST = [
    "tof_3",
    "tof_4",
    "tof_5",
    "barenco_tof_3",
    "mod5_4",
    "qft_4",
    "vbe_adder_3",
    "rc_adder_6",
    "gf2^4_mult",
]


def random_circuit(
    n, length, seed, names=("h", "h", "s", "sdg", "t", "t", "tdg", "x", "z", "cx", "cx", "cx", "cz")
):
    rng = random.Random(seed)
    gates = []
    for _ in range(length):
        name = rng.choice(names)
        gates.append(Gate(name, tuple(rng.sample(range(n), 2 if name in ("cx", "cz") else 1))))
    return Circuit(n, gates)


def to_pyzx(circuit):
    pyzx = pytest.importorskip("pyzx")
    theirs = pyzx.Circuit(circuit.n_qubits)
    turns = {"z": 4, "s": 2, "sdg": -2, "t": 1, "tdg": -1}
    for gate in circuit.gates:
        if gate.name in turns:
            theirs.add_gate("ZPhase", gate.qubits[0], Fraction(turns[gate.name], 4))
        elif gate.name == "rz":
            theirs.add_gate("ZPhase", gate.qubits[0], gate.params[0])
        else:
            theirs.add_gate(
                {"h": "HAD", "x": "NOT", "cx": "CNOT", "cz": "CZ", "swap": "SWAP"}[gate.name], *gate.qubits
            )
    return theirs


def pyzx_t_count(circuit):
    pyzx = pytest.importorskip("pyzx")
    graph = to_pyzx(circuit).to_graph()
    pyzx.full_reduce(graph)
    return pyzx.tcount(graph)


@given(circuits())
def test_simplified_circuits_are_equal(circuit):
    result = simplify_circuit(circuit)
    np.testing.assert_allclose(simulate(result), simulate(circuit), atol=1e-9)
    assert counts(result).t <= counts(circuit).t


@given(circuits(open_lines=True))
def test_simplified_open_circuits_are_equal(circuit):
    np.testing.assert_allclose(simulate(simplify_circuit(circuit)), simulate(circuit), atol=1e-9)
    wanted = simulate(circuit)
    scaled = simulate(simplify_circuit(circuit, up_to_scale=True))
    size = np.abs(scaled).max(initial=0)
    if size > 1e-9 and np.abs(wanted).max() > 1e-9:
        np.testing.assert_allclose(scaled * (np.abs(wanted).max() / size), wanted, atol=1e-8)


def test_registers_and_bits_are_kept():
    circuit = Circuit(2, [Gate("t", (0,))] * 2, n_clbits=3)
    result = simplify_circuit(circuit)
    assert (result.n_clbits, result.gates) == (3, (Gate("s", (0,)),))


def test_barriers_and_deadlines():
    with pytest.raises(NotUnitaryError, match="gate 0 is a barrier"):
        simplify_circuit(Circuit(1, [Gate("barrier", (0,))]))
    circuit = random_circuit(4, 100, 0)
    assert simplify_circuit(circuit, deadline=time.monotonic() - 1) is circuit


def test_long_circuits_are_simplified_in_windows(monkeypatch):
    monkeypatch.setattr(sys.modules["catenary.rewriting.zx.whole"], "_WINDOW", 50)
    circuit = random_circuit(3, 170, 5).with_gates(random_circuit(3, 170, 5).gates, Fraction(1, 3))
    np.testing.assert_allclose(simulate(simplify_circuit(circuit)), simulate(circuit), atol=1e-9)


def test_hadamards_around_cz_make_cx():
    saved = 0
    for seed in range(10):
        circuit = random_circuit(4, 60, seed, ("h", "h", "h", "cz", "cz", "cx", "t"))
        shorter = circuit.with_gates(tuple(absorb_hadamards(circuit.gates)))
        saved += len(circuit) - len(shorter)
        np.testing.assert_allclose(simulate(shorter), simulate(circuit), atol=1e-9)
    assert saved > 20


@pytest.mark.parametrize("seed", range(4))
def test_simplified_circuits_have_fewer_two_qubit_gates_than_pyzx_extracts(seed):
    pyzx = pytest.importorskip("pyzx")
    circuit = random_circuit(8, 200, seed)
    graph = to_pyzx(circuit).to_graph()
    pyzx.full_reduce(graph)
    theirs = pyzx.extract_circuit(graph).to_basic_gates().twoqubitcount()
    assert counts(simplify_circuit(circuit)).two_qubit < 0.8 * theirs


def test_long_circuits_are_reduced_while_they_are_read():
    circuit = random_circuit(4, 9000, 1)
    graph = reduced_graph(circuit)
    assert len(graph.rows) < 6000
    found = resynthesise(circuit)
    np.testing.assert_allclose(simulate(found.circuit), simulate(circuit), atol=1e-6)


@given(circuits(max_gates=20))
def test_a_circuit_equals_its_simplification_by_the_miter(circuit):
    turned = circuit.with_gates(circuit.gates, circuit.global_phase + Fraction(1, 5))
    found = miter(turned, simplify_circuit(circuit))
    assert found is not None
    assert found.equal
    gap = (float(found.global_phase) - 0.2) % 2
    assert min(gap, 2 - gap) < 1e-9


@given(circuits(max_qubits=3, max_gates=15), circuits(max_qubits=3, max_gates=15))
def test_the_miter_is_never_wrong(a, b):
    if a.n_qubits != b.n_qubits:
        with pytest.raises(ArityError):
            miter(a, b)
        return
    found = miter(a, b)
    overlap = np.trace(simulate(b).conj().T @ simulate(a)) / 2**a.n_qubits
    if found is not None:
        assert found.equal == (abs(abs(overlap) - 1) < 1e-9)
        if found.equal:
            assert abs(np.exp(1j * np.pi * float(found.global_phase)) - overlap) < 1e-6


def test_the_miter_decides_clifford_circuits():
    names = ("h", "s", "sdg", "x", "z", "y", "cx", "cz")
    for seed in range(20):
        circuit = random_circuit(4, 60, seed, names)
        assert miter(circuit, simplify_circuit(circuit)).equal
        other = circuit.with_gates((*circuit.gates[:30], Gate("s", (seed % 4,)), *circuit.gates[30:]))
        assert miter(circuit, other).equal is False
        assert clifford_is_identity(circuit >> circuit.dagger())
    assert reduces_to_identity(circuit, circuit) == (True, 0)


def test_the_miter_sees_a_gate_between_two_outputs():
    crossed = (Gate("h", (1,)), Gate("swap", (1, 0)))
    found = miter(Circuit(4, (*crossed, Gate("cx", (0, 3)))), Circuit(4, crossed))
    assert found is None or not found.equal
    # Wires and a CZ after them.
    graph = ZXGraph.from_circuit(Circuit(2, [Gate("h", (q,)) for q in (0, 1)]))
    graph.output_h = [not h for h in graph.output_h]
    assert identity_phase(graph) is not None
    graph.rows[graph.outputs[0]] |= 1 << graph.outputs[1]
    graph.rows[graph.outputs[1]] |= 1 << graph.outputs[0]
    assert identity_phase(graph) is None


def test_the_miter_sees_symbols():
    a = sympy.Symbol("a")
    left = Circuit(2, [Gate("rz", (0,), (a,)), Gate("cx", (0, 1)), Gate("rz", (0,), (a,))])
    right = Circuit(2, [Gate("cx", (0, 1)), Gate("rz", (0,), (2 * a,))])
    assert miter(left, right).equal
    wrong = Circuit(2, [Gate("cx", (0, 1)), Gate("rz", (1,), (2 * a,))])
    assert miter(left, wrong) is None


def test_the_miter_does_not_decide_open_circuits():
    state = Circuit(1, [Gate("init", (0,))])
    assert miter(state, state) is None
    with pytest.raises(NotUnitaryError, match="measure"):
        miter(*[Circuit(1, [Gate("measure", (0,), clbits=(0,))], n_clbits=1)] * 2)


@pytest.mark.parametrize("n", [2, 3, 5, 7])
def test_t_count_is_at_most_that_of_pyzx_on_random_circuits(n):
    for seed in range(8):
        circuit = random_circuit(n, 80, seed)
        graph = ZXGraph.from_circuit(circuit)
        full_reduce(graph)
        assert graph.t_count <= pyzx_t_count(circuit)


@pytest.mark.parametrize(
    "name",
    [
        *FAST,
        *(
            pytest.param(path.stem, marks=pytest.mark.slow)
            for path in sorted(SHARED.glob("*.qasm"))
            if path.stem not in FAST
        ),
    ],
)
def test_standard_circuits_reduce_to_at_most_the_t_count_of_pyzx_and_verify(name):
    path = SHARED / f"{name}.qasm"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    circuit = to_basic(qasm2.load(path))
    result = simplify_circuit(circuit)
    assert counts(result).t <= pyzx_t_count(circuit)
    found = miter(circuit, result)
    assert found is not None
    assert found.equal
    assert found.global_phase == 0


def test_a_dropped_factor_is_positive_whatever_the_symbols():
    a = sympy.Symbol("a", real=True)
    gates = [
        Gate("init", (0,)),
        Gate("h", (0,)),
        Gate("rz", (0,), (a,)),
        Gate("h", (0,)),
        Gate("post", (0,)),
        Gate("h", (1,)),
    ]
    circuit = Circuit(2, gates)
    result = simplify_circuit(circuit, up_to_scale=True)
    for value in (0.3, 1.2, 1.7, 2.9):
        wanted = simulate(circuit.bind({"a": value}))
        got = simulate(result.bind({"a": value}) if result.free_symbols else result)
        ratio = np.vdot(got, wanted) / np.vdot(got, got)
        np.testing.assert_allclose(ratio * got, wanted, atol=1e-9)
        assert abs(ratio.imag) < 1e-9
        assert ratio.real > 0
