"""Circuits as tensor networks, against dense simulation and Qiskit."""

from __future__ import annotations

import warnings
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import ArityError, ContractionError, PhaseError
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import GATES, Gate
from catenary.functors.circuits.simulate import unitary
from catenary.functors.tensor import ENGINES, TensorNetwork, plan
from catenary.functors.tensor.circuits import amplitude, circuit_network, compare, overlap_network, tensor_of

PHASES = st.one_of(
    st.builds(Fraction, st.integers(-8, 8), st.sampled_from([1, 2, 4, 8])),
    st.floats(-3, 3, allow_nan=False),
)


@st.composite
def circuits(draw: Any, max_qubits: int = 4, max_gates: int = 12, ends: bool = True) -> Circuit:
    """Random circuits over the whole gate set, with lines that begin and end inside."""
    n = draw(st.integers(0 if ends else 1, max_qubits))
    fresh = draw(st.integers(0, n)) if ends else 0
    gates = [Gate("init", (q,)) for q in range(fresh)]
    fitting = [spec for spec in GATES.values() if spec.n_qubits <= n]
    for _ in range(draw(st.integers(0, max_gates)) if fitting else 0):
        spec = draw(st.sampled_from(fitting))
        qubits = draw(st.permutations(range(n)))[: spec.n_qubits]
        params = tuple(draw(PHASES) for _ in range(spec.n_params))
        gates.append(Gate(spec.name, tuple(qubits), params))
    closed = draw(st.integers(0, n)) if ends else 0
    gates += [Gate("post", (q,)) for q in range(n - closed, n)]
    outputs = draw(st.permutations(range(n - closed)))
    inputs = draw(st.permutations(range(fresh, n)))
    return Circuit(n, gates, inputs=inputs, outputs=outputs, global_phase=draw(PHASES))


@settings(max_examples=250)
@given(circuit=circuits(), engine=st.sampled_from(sorted(ENGINES)))
def test_against_dense_simulation(circuit: Circuit, engine: str) -> None:
    expected = unitary(circuit)
    value = tensor_of(circuit, engine)
    n, m = len(circuit.inputs), len(circuit.outputs)
    assert value.shape == (2,) * (n + m)
    np.testing.assert_allclose(value.reshape(1 << n, 1 << m).T, expected, atol=1e-10)


@pytest.mark.parametrize("name", sorted(GATES))
def test_every_gate_is_split_right(name: str) -> None:
    spec = GATES[name]
    params = tuple(0.3 + 0.1 * k for k in range(spec.n_params))
    circuit = Circuit(spec.n_qubits, [Gate(name, tuple(range(spec.n_qubits)), params)])
    value = tensor_of(circuit).reshape(1 << spec.n_qubits, -1).T
    np.testing.assert_allclose(value, unitary(circuit), atol=1e-12)


def test_controls_and_diagonal_gates_are_hyperedges() -> None:
    gates = [
        Gate("cz", (0, 1)),
        Gate("rz", (0,), (0.3,)),
        Gate("cp", (1, 0), (0.2,)),
        Gate("rzz", (0, 1), (0.1,)),
    ]
    network = circuit_network(Circuit(2, gates))
    assert network.sizes == (2, 2)
    assert network.output == (0, 1, 0, 1)
    toffoli = circuit_network(Circuit(3, [Gate("ccx", (0, 1, 2))]))
    assert [array.shape for array in toffoli.arrays] == [(2, 2, 2, 2)]
    assert len(toffoli.sizes) == 4
    swap = circuit_network(Circuit(2, [Gate("swap", (0, 1))]))
    assert (len(swap), swap.output) == (0, (0, 1, 1, 0))


@settings(max_examples=100)
@given(circuit=circuits(ends=False), data=st.data())
def test_amplitudes(circuit: Circuit, data: Any) -> None:
    n = circuit.n_qubits
    one, other = (data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)) for _ in range(2))
    expected = tensor_of(circuit)[tuple(one + other)]
    assert abs(amplitude(circuit, one, other) - expected) < 1e-10
    half = circuit_network(circuit, [None, *one[1:]], other)
    np.testing.assert_allclose(
        half.contract(), tensor_of(circuit)[(slice(None), *one[1:], *other)], atol=1e-10
    )


def test_large_amplitudes() -> None:
    n = 60
    ghz = Circuit(n, [Gate("h", (0,)), *(Gate("cx", (q, q + 1)) for q in range(n - 1))])
    assert amplitude(ghz, "0" * n, "1" * n) == pytest.approx(2**-0.5)
    assert amplitude(ghz, "0" * n, "1" * (n - 1) + "0") == 0
    network = circuit_network(ghz, "0" * n, "1" * n)
    assert plan(network).multiply_adds < 10_000
    opened = circuit_network(ghz, "0" * n, "?" + "1" * (n - 1))
    np.testing.assert_allclose(opened.contract(), [0, 2**-0.5])


def test_against_qiskit() -> None:
    pytest.importorskip("qiskit")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from qiskit import QuantumCircuit
        from qiskit.quantum_info import Operator

    rng = np.random.default_rng(5)
    names = [
        "h",
        "x",
        "s",
        "tdg",
        "sx",
        "rx",
        "ry",
        "rz",
        "p",
        "cx",
        "cz",
        "cp",
        "crz",
        "ccx",
        "swap",
        "rzz",
        "cswap",
    ]
    for _ in range(10):
        other = QuantumCircuit(4)
        gates = []
        for name in rng.choice(names, size=25):
            spec = GATES[str(name)]
            qubits = tuple(int(q) for q in rng.permutation(4)[: spec.n_qubits])
            params = tuple(float(x) for x in rng.uniform(-2, 2, spec.n_params))
            gates.append(Gate(str(name), qubits, params))
            getattr(other, str(name))(*(np.pi * x for x in params), *qubits)
        value = tensor_of(Circuit(4, gates))
        # Qiskit counts qubit 0 as the least significant
        little = value.transpose(3, 2, 1, 0, 7, 6, 5, 4).reshape(16, 16).T
        np.testing.assert_allclose(little, Operator(other).data, atol=1e-10)


@settings(max_examples=100)
@given(a=circuits(max_qubits=3), b=circuits(max_qubits=3))
def test_compare_against_dense(a: Circuit, b: Circuit) -> None:
    for one, other in ((a, a), (a, b)):
        if (len(one.inputs), len(one.outputs)) != (len(other.inputs), len(other.outputs)):
            with pytest.raises(ContractionError, match="boundaries differ"):
                compare(one, other)
            continue
        u, v = unitary(one), unitary(other)
        found = compare(one, other)
        assert abs(found.overlap - np.vdot(u, v)) < 1e-9
        np.testing.assert_allclose(found.norms, (np.vdot(u, u).real, np.vdot(v, v).real), atol=1e-9)
        if min(found.norms) > 1e-6:
            assert found.fidelity == pytest.approx(abs(np.vdot(u, v)) ** 2 / np.prod(found.norms), abs=1e-8)


def test_compare_finds_phase_and_scalar() -> None:
    a = Circuit(2, [Gate("rz", (0,), (Fraction(1, 4),)), Gate("cx", (0, 1))])
    b = Circuit(2, [Gate("t", (0,)), Gate("rz", (0,), (Fraction(0),)), Gate("cx", (0, 1))])
    found = compare(a, b)
    assert found.fidelity == pytest.approx(1)
    assert found.global_phase == pytest.approx(1 / 8)
    assert found.ratio == pytest.approx(np.exp(1j * np.pi / 8))
    # post-selection halves the amplitude: the norms are contracted too
    plain = Circuit(1, [Gate("x", (0,))])
    half = Circuit(2, [Gate("init", (1,)), Gate("x", (0,)), Gate("h", (1,)), Gate("post", (1,))])
    scaled = compare(plain, half)
    assert scaled.fidelity == pytest.approx(1)
    assert scaled.ratio == pytest.approx(2**-0.5)
    assert scaled.norms == pytest.approx((2, 1))
    nothing = Circuit(2, [Gate("init", (1,)), Gate("x", (1,)), Gate("x", (0,)), Gate("post", (1,))])
    assert compare(plain, nothing).fidelity == 0
    assert compare(nothing, nothing).fidelity == 1


def test_compare_large_circuits_without_dense_states() -> None:
    n = 50
    ladder = [Gate("cx", (q, q + 1)) for q in range(n - 1)]
    a = Circuit(n, [*ladder, Gate("t", (n - 1,))])
    b = Circuit(n, [*ladder, Gate("rz", (n - 1,), (Fraction(1, 4),))])
    found = compare(a, b)
    assert found.fidelity == pytest.approx(1)
    assert found.global_phase == pytest.approx(-1 / 8)
    assert compare(a, Circuit(n, ladder)).fidelity == pytest.approx(np.cos(np.pi / 8) ** 2)
    a_network = circuit_network(a, "0" * n)
    assert isinstance(a_network, TensorNetwork)
    assert complex(overlap_network(a_network, a_network).contract()) == pytest.approx(1)
    assert compare(a_network, a_network).norms == pytest.approx((1, 1))


def test_what_is_not_a_linear_map_is_refused() -> None:
    measured = Circuit(1, [Gate("h", (0,)), Gate("measure", (0,), (), (0,))], 1)
    with pytest.raises(
        ContractionError, match=r"gate 1 of the circuit \(measure on \[0\]\) is not a linear map"
    ):
        circuit_network(measured)
    conditional = Circuit(1, [Gate("x", (0,), (), (), ((0,), 1))], 1)
    with pytest.raises(ContractionError, match="conditional"):
        circuit_network(conditional)
    with pytest.raises(ContractionError, match="reset"):
        circuit_network(Circuit(1, [Gate("reset", (0,))]))
    sympy = pytest.importorskip("sympy")
    with pytest.raises(PhaseError, match="theta"):
        circuit_network(Circuit(1, [Gate("rz", (0,), (sympy.Symbol("theta"),))]))
    with pytest.raises(PhaseError, match="theta"):
        circuit_network(Circuit(1, global_phase=sympy.Symbol("theta")))


def test_wrong_bits() -> None:
    bell = Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))])
    with pytest.raises(ArityError, match="3 bits for the 2 inputs"):
        circuit_network(bell, "000")
    with pytest.raises(ArityError, match="bit 1 of the outputs is '2'"):
        circuit_network(bell, None, "02")
    with pytest.raises(ArityError, match="a bit, 0 or 1, for each"):
        amplitude(bell, "0?", "00")


def test_barriers_and_idle_gates_leave_no_trace() -> None:
    circuit = Circuit(2, [Gate("barrier", (0, 1)), Gate("id", (0,)), Gate("u0", (1,), (Fraction(1),))])
    assert len(circuit_network(circuit)) == 0


def test_a_whole_file() -> None:
    folder = Path(__file__).resolve().parents[2] / "../shared/circuits"
    if not folder.exists():
        pytest.skip("the shared circuits are not here")
    from catenary.functors.circuits.qasm2 import load

    circuit = load(folder / "tof_4.qasm")
    found = compare(circuit, circuit)
    assert found.fidelity == pytest.approx(1)
    value = tensor_of(circuit).reshape(1 << circuit.n_qubits, -1).T
    np.testing.assert_allclose(value, unitary(circuit), atol=1e-10)


def test_a_wire_that_only_passes_beside_a_long_circuit() -> None:
    circuit = Circuit(2, [Gate("h", (1,))] * 60 + [Gate("t", (0,))])
    for engine in ENGINES:
        value = tensor_of(circuit, engine).reshape(4, 4).T
        np.testing.assert_allclose(value, unitary(circuit), atol=1e-10)


def test_a_map_that_is_zero_but_for_rounding_is_not_compared() -> None:
    zero = [Gate("init", (0,)), Gate("h", (0,)), *[Gate("t", (0,))] * 4, Gate("h", (0,)), Gate("post", (0,))]
    first, second = Circuit(2, [*zero, Gate("t", (1,))]), Circuit(2, [*zero, Gate("h", (1,))])
    for other in (second, Circuit(1, [Gate("h", (0,))])):
        assert np.isnan(compare(first, other).fidelity)
