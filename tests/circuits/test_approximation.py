"""Leaving out small rotations: the bound, what is kept, and what is refused."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from catenary import optimize
from catenary.diagrams.errors import ArgumentError
from catenary.functors.circuits import Circuit, Gate, counts, unitary, without_small_rotations

NAMES = {"rx": 1, "ry": 1, "rz": 1, "p": 1, "cp": 2, "crz": 2, "rzz": 2, "cx": 2, "h": 1}


def small_circuit(seed: int, size: float) -> Circuit:
    rng = random.Random(seed)
    gates = []
    for _ in range(rng.randint(0, 25)):
        name = rng.choice(list(NAMES))
        angle = rng.choice((rng.random() * size, Fraction(1, 4), 4 - size / 3, 2.0, rng.random()))
        params = () if name in ("cx", "h") else (angle * rng.choice((1, -1)),)
        gates.append(Gate(name, tuple(rng.sample(range(3), NAMES[name])), params))
    return Circuit(3, gates, global_phase=Fraction(1, 3))


@given(st.integers(0, 10**6), st.sampled_from((1e-9, 1e-3, 0.05, 0.3)))
def test_the_difference_is_within_the_bound(seed: int, size: float) -> None:
    circuit = small_circuit(seed, size)
    found = without_small_rotations(circuit, size)
    difference = unitary(circuit) - unitary(found.circuit)
    assert np.linalg.norm(difference, 2) <= found.bound * (1 + 1e-9) + 1e-13
    assert found.bound <= found.left_out * size * math.pi / 2
    if not found.left_out:
        assert found.circuit is circuit


def test_rotations_by_the_angle_itself_whole_turns_and_symbols() -> None:
    gates = [Gate("rz", (0,), (angle,)) for angle in (0.25, 0.2, 2 + 0.1, 4 - 0.1, sympy.Symbol("a") / 100)]
    found = without_small_rotations(Circuit(1, gates), 0.25)
    # R(2) = -1 is kept: without it the global phase would be another one.
    assert [gate.params[0] for gate in found.circuit.gates] == [0.25, 2.1, sympy.Symbol("a") / 100]
    assert found.bound == pytest.approx(math.pi / 2 * 0.3)
    assert without_small_rotations(Circuit(1, gates), np.float32(0.25)) == found


def test_conditions_and_measurements_stay() -> None:
    gates = [
        Gate("measure", (0,), clbits=(0,)),
        Gate("rz", (1,), (1e-12,), condition=((0,), 1)),
        Gate("h", (1,)),
    ]
    found = without_small_rotations(Circuit(2, gates, n_clbits=1), 1e-9)
    assert [gate.name for gate in found.circuit.gates] == ["measure", "h"]


def test_optimised_without_them() -> None:
    tiny = [Gate("cx", (0, 1)), Gate("rz", (1,), (1e-10,)), Gate("cx", (0, 1))]
    circuit = Circuit(2, [*tiny, Gate("h", (0,))])
    exact = optimize(circuit, effort="quick")
    assert exact.approximation is None
    assert exact.after.two_qubit == 2
    found = optimize(circuit, effort="quick", leave_out_below=1e-9)
    assert found.circuit.gates == (Gate("h", (0,)),)
    assert found.before == counts(circuit)
    assert (found.verified, found.approximation.left_out) == ("equal", 1)
    assert found.approximation.bound == pytest.approx(math.pi / 2 * 1e-10)
    # Nothing is left out, and nothing is better: the circuit that was given.
    kept = Circuit(1, [Gate("rz", (0,), (0.3,))])
    assert optimize(kept, effort="quick", leave_out_below=1e-9).circuit is kept


@pytest.mark.parametrize("below", [-1e-9, 0.6, math.nan, math.inf])
def test_angles_that_are_not_small(below: float) -> None:
    with pytest.raises(ValueError, match=r"between 0 and 0\.5 half turns"):
        without_small_rotations(Circuit(1, []), below)


def test_what_is_no_angle() -> None:
    with pytest.raises(ArgumentError, match="a number of half turns"):
        without_small_rotations(Circuit(1, []), "1e-9")
