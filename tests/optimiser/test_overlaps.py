"""Fidelities from the rotations left in a miter, against state vectors."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from benchmarks._faults import KINDS, confirmed, inject
from catenary.diagrams import LimitReached
from catenary.functors.circuits import Circuit, Gate, library, to_basic
from catenary.rewriting.circuits import verify
from catenary.rewriting.circuits.overlaps import Overlaps, distinguishing_input
from catenary.rewriting.circuits.witness import straight
from tests.circuits import independent
from tests.optimiser.random_circuits import random_circuit

STATES = {
    "0": [1, 0],
    "1": [0, 1],
    "+": [0.5**0.5, 0.5**0.5],
    "-": [0.5**0.5, -(0.5**0.5)],
    "r": [0.5**0.5, 1j * 0.5**0.5],
    "l": [0.5**0.5, -1j * 0.5**0.5],
}


def dense_fidelity(a: Circuit, b: Circuit, inputs: str) -> float:
    state = np.ones(1)
    for letter in inputs:
        state = np.kron(state, STATES[letter])
    left, right = (independent.unitary(c) @ state for c in (a, b))
    return float(abs(np.vdot(left, right)) ** 2)


@pytest.mark.parametrize("seed", range(40))
def test_fidelity_is_that_of_state_vectors(seed: int) -> None:
    rng = random.Random(seed)
    a = random_circuit(rng, gates=25, kinds=("t", "tdg", "exact", "float"))
    n = a.n_qubits
    b = Circuit(n, [g for g in a.gates if rng.random() < 0.8])
    overlaps = Overlaps(a, b)
    for _ in range(6):
        inputs = "".join(rng.choice("01+-rl") for _ in range(n))
        assert overlaps.fidelity(inputs) == pytest.approx(dense_fidelity(a, b, inputs), abs=1e-9)


def test_equal_circuits_have_no_distinguishing_input() -> None:
    circuit = straight(to_basic(library.qft(4)))
    assert distinguishing_input(circuit, Overlaps(circuit, circuit)) is None


@pytest.mark.parametrize(
    "gate", [Gate("s", (2,)), Gate("z", (1,)), Gate("x", (3,)), Gate("cz", (0, 3)), Gate("h", (2,))]
)
def test_a_clifford_difference_is_seen(gate: Gate) -> None:
    circuit = straight(to_basic(library.qft(4)))
    other = circuit.with_gates((gate, *circuit.gates))
    found = distinguishing_input(circuit, Overlaps(circuit, other))
    assert found is not None
    inputs, fidelity = found
    assert fidelity == pytest.approx(dense_fidelity(circuit, other, "".join(inputs)), abs=1e-9)
    assert fidelity < 1


def test_faults_in_a_wide_multiplier_are_refuted_and_the_witnesses_hold() -> None:
    """30 qubits: too wide for state vectors; the check is by a simulator on Stim's tableaus."""
    pytest.importorskip("stim")
    circuit = straight(to_basic(library.gf2_multiplier(0x409)))
    rng = random.Random(3)
    for kind in KINDS:
        made = inject(circuit, kind, rng)
        assert made is not None
        verdict = verify(*made)
        assert verdict.answer == "not equal", kind
        assert verdict.witness is not None
        assert confirmed(*made, verdict.witness)


def test_the_limit_is_kept() -> None:
    gates = [g for q in range(8) for g in (Gate("h", (q,)), Gate("t", (q,)), Gate("h", (q,)))]
    overlaps = Overlaps(Circuit(8, gates), Circuit(8))
    with pytest.raises(LimitReached, match="basis states"):
        overlaps.fidelity("0" * 8, limit=100)
    assert overlaps.fidelity("+" * 8, limit=1) == pytest.approx(1)
    assert overlaps.fidelity("0" * 8) == pytest.approx(((2 + 2**0.5) / 4) ** 8)


def test_angles_of_any_size() -> None:
    a = Circuit(1, [Gate("rz", (0,), (Fraction(1, 7),))])
    b = Circuit(1, [Gate("rz", (0,), (0.25,))])
    want = dense_fidelity(a, b, "+")
    assert Overlaps(a, b).fidelity("+") == pytest.approx(want)
