"""Hadamard gadgets: every branch of the measurements gives the circuit back."""

import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.functors.circuits import (
    Circuit,
    CircuitError,
    Gate,
    Register,
    counts,
    gate_matrix,
    qasm2,
    to_basic,
)
from catenary.functors.circuits.pauli import anticommute
from catenary.rewriting.circuits import Verdict, optimize, with_hadamard_gadgets
from catenary.rewriting.circuits.gadget_proof import prove_gadgets
from catenary.rewriting.circuits.rotations import normal_form
from catenary.rewriting.circuits.witness import straight
from tests.optimiser.random_circuits import BOUND, matrix, random_circuit

SEEDS = st.integers(0, 10_000)


def applied(state: np.ndarray, gate: Gate) -> np.ndarray:
    """A gate on the first axes of a tensor, by numpy alone."""
    k = len(gate.qubits)
    tensor = gate_matrix(gate).reshape((2,) * (2 * k))
    axes = gate.qubits
    moved = np.tensordot(tensor, state, axes=(range(k, 2 * k), axes))
    return np.moveaxis(moved, range(k), axes)


def branch(circuit: Circuit, outcomes: tuple[int, ...], n: int) -> np.ndarray:
    """What the circuit does to n inputs beside ancillas in |0⟩ when the measurements have these outcomes."""
    lines = circuit.n_qubits
    state = np.zeros((1 << n, 1 << lines - n, 1 << n), dtype=complex)
    state[:, 0] = np.eye(1 << n)
    state = state.reshape((2,) * lines + (1 << n,))
    seen: dict[int, int] = {}
    for gate in circuit.gates:
        if gate.name == "measure":
            bit = outcomes[gate.clbits[0]]
            seen[gate.clbits[0]] = bit
            other = [slice(None)] * state.ndim
            other[gate.qubits[0]] = 1 - bit
            state = state.copy()
            state[tuple(other)] = 0
        elif gate.condition is None or seen[gate.condition[0][0]] == gate.condition[1]:
            state = applied(state, Gate(gate.name, gate.qubits, gate.params))
    phase = np.exp(1j * np.pi * float(circuit.global_phase))
    return phase * state.reshape(1 << n, 1 << lines - n, 1 << n)


def check(circuit: Circuit, result: Circuit, ancillas: int) -> None:
    n = circuit.n_qubits
    wanted = matrix(circuit)
    for outcomes in product((0, 1), repeat=ancillas):
        found = branch(result, outcomes, n) * np.sqrt(2) ** ancillas
        assert np.allclose(found[:, 1:], 0)
        overlap = np.trace(wanted.conj().T @ found[:, 0]) / (1 << n)
        assert abs(abs(overlap) - 1) < 1e-8
        if ancillas == 0:
            assert abs(overlap - 1) < 1e-8


@given(seed=SEEDS, kinds=st.sampled_from([("t", "tdg"), ("t", "t", "exact"), ("t", "float", "symbol")]))
def test_every_branch_is_the_circuit(seed: int, kinds: tuple[str, ...]) -> None:
    rng = random.Random(seed)
    circuit = random_circuit(rng, qubits=3, gates=24, kinds=kinds)
    result = with_hadamard_gadgets(circuit, seed=seed, patience=3, budget=0.0)
    if result.ancillas > 5:
        return
    assert result.verdict.answer != "not equal"
    assert result.ancillas == result.measurements == result.circuit.n_qubits - circuit.n_qubits
    assert result.t == counts(result.circuit).t <= result.t_before == counts(circuit).t
    check(circuit, result.circuit.bind(BOUND), result.ancillas)


@given(seed=SEEDS)
def test_there_are_as_few_gadgets_as_there_can_be(seed: int) -> None:
    """The rank of the matrix that says which rotations anticommute with which later ones (arXiv 2302.07040)."""
    circuit = random_circuit(random.Random(seed), qubits=4, gates=60, kinds=("t", "tdg", "t"))
    rotations = normal_form(circuit)[0].rotations
    pivots: dict[int, int] = {}
    for i, one in enumerate(rotations):
        row = sum(anticommute(one.x, one.z, other.x, other.z) << j for j, other in enumerate(rotations[:i]))
        while row and row.bit_length() in pivots:
            row ^= pivots[row.bit_length()]
        if row:
            pivots[row.bit_length()] = row
    assert with_hadamard_gadgets(circuit, patience=1, budget=0.0).ancillas == len(pivots)


def test_the_verdict_is_of_the_channel() -> None:
    toffoli = Gate("ccx", (0, 1, 2))
    result = with_hadamard_gadgets(Circuit(3, [toffoli, Gate("h", (0,)), toffoli]))
    assert (result.t_before, result.t, result.ancillas, result.verdict.answer) == (14, 7, 1, "equal")
    check(Circuit(3, [toffoli, Gate("h", (0,)), toffoli]), result.circuit, 1)


def test_registers_and_bits_are_kept_and_the_result_is_a_file() -> None:
    gates = [Gate("t", (0,)), Gate("h", (0,)), Gate("t", (0,)), Gate("cx", (0, 1)), Gate("t", (1,))]
    circuit = Circuit(2, gates, 1, qregs=(Register("ancilla", 2),), cregs=(Register("gadget0", 1),))
    result = with_hadamard_gadgets(circuit)
    assert [r.name for r in result.circuit.qregs] == ["ancilla", "ancilla_"]
    assert [r.name for r in result.circuit.cregs] == ["gadget0", "gadget0_"]
    assert qasm2.parse(qasm2.dumps(result.circuit)) == result.circuit


def test_crossed_outputs() -> None:
    gates = (Gate("t", (0,)), Gate("h", (0,)), Gate("t", (0,)))
    circuit = Circuit(2, gates, outputs=(1, 0))
    result = with_hadamard_gadgets(circuit)
    check(Circuit(2, [*gates, Gate("swap", (0, 1))]), result.circuit, result.ancillas)


@pytest.mark.parametrize("n", [0, 2])
def test_nothing_to_do(n: int) -> None:
    result = with_hadamard_gadgets(Circuit(n, [], global_phase=Fraction(1, 3)))
    assert result.circuit == Circuit(n, [], global_phase=Fraction(1, 3))


def test_what_is_not_unitary_is_refused() -> None:
    with pytest.raises(CircuitError, match="give the parts between them"):
        with_hadamard_gadgets(Circuit(1, [Gate("measure", (0,), (), (0,))], 1))
    with pytest.raises(CircuitError, match="barriers"):
        with_hadamard_gadgets(Circuit(1, [Gate("barrier", (0,))]))


def with_a_fault(circuit: Circuit, rng: random.Random) -> Circuit:
    """One gate dropped, turned the other way, made unconditional, or moved to another line."""
    gates = list(circuit.gates)
    k = rng.randrange(len(gates))
    gate = gates[k]
    other = {"t": "tdg", "tdg": "t", "s": "sdg", "sdg": "s", "x": "z", "z": "x"}.get(gate.name)
    kind = rng.randrange(4)
    if kind == 0 and other:
        gates[k] = Gate(other, gate.qubits, condition=gate.condition)
    elif kind == 1 and gate.condition is not None:
        gates[k] = Gate(gate.name, gate.qubits, gate.params)
    elif kind == 2 and len(gate.qubits) == 1 and gate.name != "measure":
        q = rng.randrange(circuit.n_qubits)
        gates[k] = Gate(gate.name, (q,), gate.params, condition=gate.condition)
    else:
        del gates[k]
    return Circuit(circuit.n_qubits, gates, circuit.n_clbits)


@given(seed=SEEDS)
def test_a_fault_is_not_proved(seed: int) -> None:
    rng = random.Random(seed)
    circuit = random_circuit(rng, qubits=3, gates=24, kinds=("t", "tdg", "t"))
    seen: list[tuple[list[Gate], list[int]]] = []

    def prove(
        given: Circuit, result: Circuit, plain: list[Gate], gadgets: list[int], **options: float
    ) -> Verdict:
        seen.append((plain, gadgets))
        return prove_gadgets(given, result, plain, gadgets, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("catenary.rewriting.circuits.gadgets.prove_gadgets", prove)
        result = with_hadamard_gadgets(circuit, seed=seed, patience=2)
    assert result.verdict.answer == "equal"
    if not 0 < result.ancillas <= 4:
        return
    wrong = with_a_fault(result.circuit, rng)
    plain = straight(to_basic(circuit))
    if prove_gadgets(plain, wrong, *seen[0]).answer == "equal":
        check(plain, wrong, result.ancillas)


def test_the_optimiser_gives_both_circuits_and_mixes_nothing() -> None:
    gates = [Gate("ccx", (0, 1, 2)), Gate("h", (0,)), Gate("ccx", (0, 1, 2))]
    circuit = Circuit(3, gates)
    result = optimize(circuit, cost="t", budget=4, moves=1000, hadamard_gadgets=True)
    assert result.circuit.n_qubits == 3
    assert result.circuit.is_unitary
    assert result.after.t == counts(result.circuit).t
    assert result.gadgets is not None
    assert result.gadgets.t <= result.after.t
    assert result.gadgets.verdict.answer == "equal"
    check(circuit, result.gadgets.circuit, result.gadgets.ancillas)
    assert optimize(circuit, cost="t", effort="quick").gadgets is None


def test_the_optimiser_refuses_gadgets_for_other_costs_and_circuits() -> None:
    with pytest.raises(ValueError, match="for the cost t, not two_qubit"):
        optimize(Circuit(1, []), hadamard_gadgets=True)
    measured = Circuit(1, [Gate("measure", (0,), (), (0,))], 1)
    with pytest.raises(CircuitError, match="give the parts between them"):
        optimize(measured, cost="t", hadamard_gadgets=True)


def test_gadgets_of_a_qiskit_circuit_are_a_qiskit_circuit() -> None:
    qiskit = pytest.importorskip("qiskit")
    circuit = qiskit.QuantumCircuit(1)
    for name in "thththt":
        getattr(circuit, name)(0)
    result = optimize(circuit, cost="t", budget=2, moves=1000, hadamard_gadgets=True)
    assert isinstance(result.circuit, qiskit.QuantumCircuit)
    assert result.gadgets is not None
    assert isinstance(result.gadgets.circuit, qiskit.QuantumCircuit)
