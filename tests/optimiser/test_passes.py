"""Every pass alone: the same unitary with its global phase, over the basic set."""

import random
import time
from fractions import Fraction

import numpy as np
import pytest
import sympy

from catenary.functors.circuits import BASIC, Circuit, Gate, counts
from catenary.rewriting.circuits.cancellation import cancel_gates
from catenary.rewriting.circuits.emission import EmissionError, emit, with_signs
from catenary.rewriting.circuits.merging import merge_rotations
from catenary.rewriting.circuits.passes import PASSES, Limits
from catenary.rewriting.circuits.sequence import pauli_sequence
from tests.optimiser.random_circuits import matrix, random_circuit


@pytest.mark.parametrize("each", PASSES, ids=[p.name for p in PASSES])
def test_pass_keeps_the_unitary(each, kinds: tuple[str, ...]) -> None:
    rng = random.Random(10)
    for _ in range(40):
        circuit = random_circuit(rng, kinds=kinds)
        result = each.apply(circuit, Limits(time.monotonic() + 1, seed=1, steps=1500))
        assert {gate.name for gate in result.gates} <= BASIC
        assert np.allclose(matrix(result), matrix(circuit), atol=1e-8)


def names(circuit: Circuit) -> list[str]:
    return [gate.name for gate in circuit.gates]


@pytest.mark.parametrize(
    ("gates", "left"),
    [
        ([("h", 0), ("h", 0)], []),
        ([("cx", 0, 1), ("t", 0), ("cx", 0, 1)], ["t"]),
        ([("cz", 0, 1), ("cz", 1, 0)], []),
        ([("swap", 0, 1), ("swap", 1, 0)], []),
        ([("t", 0), ("swap", 0, 1), ("tdg", 1)], ["swap"]),
        ([("t", 0), ("x", 0), ("t", 0)], ["x"]),
        ([("x", 1), ("cx", 0, 1), ("x", 1)], ["cx"]),
        ([("x", 0), ("cx", 0, 1), ("x", 0)], ["x", "cx", "x"]),
        ([("z", 0), ("x", 0)], ["y"]),
        ([("cx", 0, 1), ("cx", 2, 1), ("cx", 0, 3), ("cx", 0, 1)], ["cx", "cx"]),
        ([("cx", 0, 1), ("h", 1), ("cx", 0, 1)], ["cx", "h", "cx"]),
    ],
)
def test_cancellation(gates: list, left: list[str]) -> None:
    circuit = Circuit(4, [Gate(name, tuple(qubits)) for name, *qubits in gates])
    result = cancel_gates(circuit)
    assert names(result) == left
    assert np.allclose(matrix(result), matrix(circuit))


def test_nothing_to_do_is_the_same_object() -> None:
    circuit = Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1)), Gate("t", (1,))])
    assert cancel_gates(circuit) is circuit
    assert merge_rotations(circuit) is circuit


def test_merging_keeps_the_place_asked_for() -> None:
    # T on the parity of both wires, twice, with the wires exchanged in between.
    cx, xc = Gate("cx", (0, 1)), Gate("cx", (1, 0))
    circuit = Circuit(2, [cx, Gate("t", (1,)), cx, xc, Gate("t", (0,)), xc])
    assert names(merge_rotations(circuit)) == ["cx", "s", "cx", "cx", "cx"]
    assert names(merge_rotations(circuit, keep="last")) == ["cx", "cx", "cx", "s", "cx"]


def test_merging_stops_at_an_anticommuting_rotation() -> None:
    t, h = Gate("t", (0,)), Gate("h", (0,))
    circuit = Circuit(1, [t, h, t, h, t])
    assert counts(merge_rotations(circuit)).t == 3


def test_symbols_merge_to_nothing() -> None:
    a = sympy.Symbol("a")
    circuit = Circuit(
        2, [Gate("rz", (1,), (a,)), Gate("cx", (0, 1)), Gate("cx", (0, 1)), Gate("rz", (1,), (-a,))]
    )
    assert counts(merge_rotations(circuit)).t == 0


def test_two_turns_are_the_identity_and_one_turn_minus_one() -> None:
    for angle, phase in ((Fraction(2), 1), (Fraction(4), 0)):
        half = Gate("rz", (0,), (angle / 2,))
        result = cancel_gates(Circuit(1, [half, half]))
        assert result.gates == ()
        assert result.global_phase == phase


def test_frames_find_the_shortest_clifford_runs() -> None:
    circuit = Circuit(
        2, [Gate(n, (0,)) for n in "hshshshsh"] + [Gate("h", (1,)), Gate("cx", (0, 1)), Gate("h", (1,))]
    )
    result = emit(circuit, pauli_sequence(circuit))
    assert "cz" in names(result)
    assert len(result) <= 4
    assert np.allclose(matrix(result), matrix(circuit))


def test_a_wrong_sequence_is_refused() -> None:
    circuit = Circuit(2, [Gate("t", (0,)), Gate("cx", (0, 1))])
    with pytest.raises(EmissionError, match="another string"):
        with_signs(circuit, [(1, 0), Gate("cx", (0, 1))])
    with pytest.raises(EmissionError, match="tableau"):
        with_signs(circuit, [(0, 0)])


def test_merging_is_fast_on_many_rotations() -> None:
    rng = random.Random(3)
    gates = []
    for _ in range(6000):
        if rng.random() < 0.6:
            gates.append(Gate("cx", tuple(rng.sample(range(48), 2))))
        else:
            gates.append(Gate("t", (rng.randrange(48),)))
    start = time.process_time()
    merge_rotations(Circuit(48, gates))
    assert time.process_time() - start < 4
