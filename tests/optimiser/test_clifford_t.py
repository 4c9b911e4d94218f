"""One-qubit gates with decimals that are Clifford and T gates: read exactly, with the phase, and nothing else read so."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary import verify
from catenary.functors.circuits import Circuit, Gate, unitary
from catenary.rewriting.circuits.clifford_t import MOST_T, clifford_t_word, read_exactly
from catenary.rewriting.circuits.weyl import one_qubit_gates

NAMES = ("h", "t", "s", "x", "y", "z", "sdg", "tdg")


def one_qubit(rng: random.Random) -> list[str]:
    word: list[str] = []
    for _ in range(rng.randint(0, 20)):
        name = rng.choice(NAMES)
        if name[0] != "t" or sum(old[0] == "t" for old in word) < MOST_T:
            word.append(name)
    return word


@given(st.integers(0, 10**6))
def test_products_of_clifford_and_t_gates(seed: int) -> None:
    word = one_qubit(random.Random(seed))
    matrix = unitary(Circuit(1, [Gate(name, (0,)) for name in word]))
    found = clifford_t_word(matrix)
    assert found is not None
    names, phase = found
    again = unitary(Circuit(1, [Gate(name, (0,)) for name in names], global_phase=phase))
    assert np.allclose(again, matrix, atol=1e-9)
    assert names.count("t") <= sum(name[0] == "t" for name in word)


@given(st.integers(0, 10**6), st.sampled_from((1e-9, 1e-6, 0.01)))
def test_other_products_are_not_read(seed: int, by: float) -> None:
    rng = random.Random(seed)
    word = [Gate(name, (0,)) for name in one_qubit(rng)]
    turned = Circuit(1, [*word, Gate("h", (0,)), Gate("rz", (0,), (by + 0.01,)), Gate("h", (0,))])
    assert clifford_t_word(unitary(turned)) is None
    decimals = Circuit(1, [Gate("rz", (0,), (0.3,)), *turned.gates])
    assert read_exactly(decimals) is decimals


def circuits(seed: int, qubits: int) -> tuple[Circuit, Circuit, random.Random]:
    """Layers of words and CX gates, and the same with decimals."""
    rng = random.Random(seed)
    exact: list[Gate] = []
    decimal: list[Gate] = []
    for _ in range(4 * qubits):
        q = rng.randrange(qubits)
        names = [name for _ in range(rng.randint(2, 6)) for name in rng.choice(("th", "ths", "tsh"))]
        word = [Gate(name, (0,)) for name in names]
        exact += [Gate(gate.name, (q,)) for gate in word]
        decimal += one_qubit_gates(unitary(Circuit(1, word)), q)
        pair = q, rng.choice([other for other in range(qubits) if other != q])
        exact.append(Gate("cx", pair))
        decimal.append(Gate("cx", pair))
    return Circuit(qubits, exact), Circuit(qubits, decimal), rng


@pytest.mark.parametrize("seed", range(8))
def test_wide_circuits_with_decimals_are_equal(seed: int) -> None:
    exact, decimal, _ = circuits(seed, 24)
    found = verify(exact, decimal)
    assert found.answer == "equal", found.reason
    assert "Pauli-rotation miter" in found.method


@pytest.mark.parametrize("seed", range(8))
def test_the_phase_is_that_of_the_circuits_given(seed: int) -> None:
    exact, decimal, _ = circuits(seed, 4)
    found = verify(exact, decimal)
    assert found.answer == "equal"
    turn = np.exp(1j * np.pi * float(found.global_phase))
    assert np.allclose(unitary(exact), turn * unitary(decimal), atol=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_wrong_ones_are_refuted(seed: int) -> None:
    exact, decimal, rng = circuits(seed, 12)
    gates = list(decimal.gates)
    places = [k for k, gate in enumerate(gates) if gate.name == "rz" and isinstance(gate.params[0], float)]
    k = rng.choice(places)
    gates[k] = Gate("rz", gates[k].qubits, (gates[k].params[0] + 0.25,))
    found = verify(exact, decimal.with_gates(tuple(gates)), budget=30)
    assert found.answer == "not equal", found.reason
