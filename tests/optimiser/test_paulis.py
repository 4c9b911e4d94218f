"""Pauli strings, tableaux and phases of stabiliser states against matrices."""

import random
from fractions import Fraction

import numpy as np
import pytest

from catenary.functors.circuits import Circuit
from catenary.functors.circuits.pauli import Pauli, Tableau, hermitian
from catenary.functors.circuits.phase_sums import clifford_phase
from catenary.functors.circuits.simulate import state_vector, unitary
from catenary.rewriting.circuits.builder import inverse
from catenary.rewriting.circuits.rotations import normal_form
from catenary.rewriting.circuits.simulation import STATES, expectation, run
from tests.optimiser.random_circuits import matrix, random_circuit

MATRICES = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


def dense(pauli: Pauli, n: int) -> np.ndarray:
    result = np.eye(1, dtype=complex)
    for q in range(n):
        result = np.kron(result, MATRICES[pauli.letter(q)])
    return result * 1j ** ((pauli.phase - (pauli.x & pauli.z).bit_count()) % 4)


def random_pauli(rng: random.Random, n: int) -> Pauli:
    return hermitian(rng.getrandbits(n), rng.getrandbits(n), rng.choice((1, -1)))


def test_products_and_commutation() -> None:
    rng = random.Random(1)
    for _ in range(200):
        p, q = random_pauli(rng, 3), random_pauli(rng, 3)
        a, b = dense(p, 3), dense(q, 3)
        assert np.allclose(dense(p * q, 3), a @ b)
        assert p.commutes(q) == np.allclose(a @ b, b @ a)


def test_sign_of_a_product_that_is_not_hermitian() -> None:
    with pytest.raises(ValueError, match="not Hermitian"):
        (Pauli.from_letters("X") * Pauli.from_letters("Z")).sign  # noqa: B018


def test_tableau_conjugates() -> None:
    rng = random.Random(2)
    for _ in range(150):
        circuit = random_circuit(rng, qubits=4)
        tableau = Tableau(circuit.n_qubits)
        for gate in circuit.gates:
            tableau.apply(gate)
        u = unitary(circuit)
        pauli = random_pauli(rng, circuit.n_qubits)
        back = tableau.pull(pauli)
        assert np.allclose(dense(back, circuit.n_qubits), u.conj().T @ dense(pauli, circuit.n_qubits) @ u)
        assert tableau.push(back) == pauli
        assert tableau.copy().pull(pauli) == back


def test_clifford_phase_is_exact() -> None:
    rng = random.Random(3)
    known = 0
    for _ in range(400):
        circuit = random_circuit(rng, qubits=5).with_gates
        plain = circuit(random_circuit(rng, qubits=1).gates, Fraction(0)) if rng.random() < 0.2 else None
        plain = plain or random_circuit(rng, qubits=5)
        amplitude = state_vector(plain.with_gates(plain.gates, Fraction(0)))[0]
        phase = clifford_phase(plain.n_qubits, plain.gates)
        if phase is None:
            assert abs(amplitude) < 1e-9
        else:
            known += 1
            assert np.isclose(amplitude / abs(amplitude), np.exp(1j * np.pi * float(phase)))
    assert known > 100


def test_normal_form_is_the_circuit(kinds: tuple[str, ...]) -> None:
    rng = random.Random(4)
    for _ in range(60):
        circuit = random_circuit(rng, qubits=4, kinds=kinds).bind({"a": 0.371})
        n = circuit.n_qubits
        form, _ = normal_form(circuit, merge=rng.random() < 0.5)
        total = np.eye(1 << n, dtype=complex) * np.exp(1j * np.pi * float(form.phase))
        for rotation in form.rotations:
            half = np.pi * float(rotation.angle) / 2
            pauli = dense(hermitian(rotation.x, rotation.z), n)
            total = (np.cos(half) * np.eye(1 << n) - 1j * np.sin(half) * pauli) @ total
        total = unitary(Circuit(n, form.clifford)) @ total
        assert np.allclose(total, unitary(circuit))


def test_inverse(kinds: tuple[str, ...]) -> None:
    rng = random.Random(5)
    for _ in range(20):
        circuit = random_circuit(rng, qubits=3, kinds=kinds)
        both = Circuit(circuit.n_qubits, (*circuit.gates, *inverse(circuit.gates)))
        assert np.allclose(matrix(both), np.eye(1 << circuit.n_qubits))


def product(inputs: list[str]) -> np.ndarray:
    state = np.ones(1, dtype=complex)
    for name in inputs:
        state = np.kron(state, np.array(STATES[name]))
    return state


@pytest.mark.parametrize("wide", [False, True])
def test_sparse_simulation_and_observables(wide: bool) -> None:
    rng = random.Random(6)
    for _ in range(40):
        circuit = random_circuit(rng, qubits=4, kinds=("t", "exact", "float"))
        n = circuit.n_qubits
        inputs = [rng.choice("01+-rl") for _ in range(n)]
        expected = state_vector(circuit, product(inputs))
        # More than 62 lines take the path with unbounded integers.
        padded = Circuit(n + 70 * wide, circuit.gates, global_phase=circuit.global_phase)
        keys, amplitudes = run(padded, inputs + ["0"] * 70 * wide)
        found = np.zeros(1 << n, dtype=complex)
        for key, amplitude in zip(keys, amplitudes, strict=True):
            found[sum(1 << (n - 1 - q) for q in range(n) if int(key) >> q & 1)] = amplitude
        assert np.allclose(found, expected)
        pauli = random_pauli(rng, n)
        value = np.vdot(expected, dense(pauli, n) @ expected).real
        assert np.isclose(expectation(circuit, pauli, inputs), value)
