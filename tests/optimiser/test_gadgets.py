"""Hadamard gadgets: every branch of the measurements gives the circuit back."""

import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.functors.circuits import Circuit, CircuitError, Gate, Register, counts, gate_matrix, qasm2
from catenary.functors.circuits.pauli import anticommute
from catenary.rewriting.circuits import with_hadamard_gadgets
from catenary.rewriting.circuits.rotations import normal_form
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
