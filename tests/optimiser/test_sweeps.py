"""Windows of long and wide circuits: they cover the circuit, and a pass on each keeps the whole."""

import random
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.functors.circuits import Circuit, Gate, counts
from catenary.rewriting.circuits import sweeps, verify
from catenary.rewriting.circuits.passes import Limits, annealed, annealed_windows, cancel
from catenary.rewriting.circuits.regions import join
from catenary.rewriting.circuits.steps import prove_steps
from catenary.rewriting.circuits.windows import windows
from tests.optimiser.random_circuits import ALL_KINDS, matrix, random_circuit

SEEDS = st.integers(0, 10_000)
KINDS = st.sampled_from(ALL_KINDS)


@given(seed=SEEDS, qubits=st.integers(1, 4), gates=st.integers(1, 20), first=st.integers(1, 9))
def test_windows_in_a_row_are_the_circuit(seed: int, qubits: int, gates: int, first: int) -> None:
    circuit = random_circuit(random.Random(seed), qubits=6, kinds=("t",))
    found = list(windows(circuit, qubits, gates, first))
    whole = join(circuit, found)
    for q in range(circuit.n_qubits):
        assert [g for g in whole.gates if q in g.qubits] == [g for g in circuit.gates if q in g.qubits]
    for k, window in enumerate(found):
        assert len(window.circuit.gates) <= (gates if k else first)
        # One gate may be wider than a window.
        assert len(window.qubits) <= max(qubits, 2)


@given(seed=SEEDS, kinds=KINDS)
def test_small_windows_keep_the_unitary(seed: int, kinds: tuple[str, ...]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeps, "WIRES", 3)
        patch.setattr(sweeps, "GATES", 12)
        circuit = random_circuit(random.Random(seed), qubits=5, kinds=kinds)
        steps = sweeps.in_windows(circuit, annealed, Limits(time.monotonic() + 5, seed=seed, steps=2000))
    result = steps[-1].after
    proof = prove_steps(circuit, steps, result)
    assert proof is not None
    assert proof.phase == 0
    assert counts(result).two_qubit <= counts(circuit).two_qubit
    assert np.allclose(matrix(result), matrix(circuit), atol=1e-8)


def test_no_time_is_the_circuit_itself() -> None:
    circuit = Circuit(3, [Gate("cx", (0, 1)), Gate("cx", (1, 2)), Gate("h", (0,)), Gate("cx", (0, 1))])
    past = Limits(time.monotonic() - 1)
    assert sweeps.in_windows(circuit, cancel, past) == []


def test_more_wires_than_a_word() -> None:
    rng = random.Random(4)
    gates = []
    for _ in range(1500):
        a = rng.randrange(98)
        gates.append(Gate("cx", (a, a + 1 + rng.randrange(2))))
        gates.append(Gate("t", (rng.randrange(100),)))
    circuit = Circuit(100, gates)
    result = annealed_windows(circuit, Limits(time.monotonic() + 20, steps=100_000))
    assert counts(result).two_qubit < counts(circuit).two_qubit
    assert verify(circuit, result).answer == "equal"
