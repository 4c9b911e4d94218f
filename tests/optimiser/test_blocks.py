"""Blocks of commuting rotations: exact phases between circuits, and fewer T gates."""

import cmath
import random
import time
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import LimitReached
from catenary.functors.circuits import Circuit, Gate, counts
from catenary.functors.circuits.pauli import anticommute
from catenary.rewriting.circuits import verify
from catenary.rewriting.circuits.blocks import (
    Block,
    commuting_blocks,
    phase_between,
    rotation_circuit,
)
from catenary.rewriting.circuits.fewer_t import Round, fewer_t, prove_rounds
from catenary.rewriting.circuits.rotations import Rotation, normal_form
from tests.optimiser.random_circuits import ALL_KINDS, BOUND, faulty, matrix, random_circuit, rewritten

SEEDS = st.integers(0, 10_000)
KINDS = st.sampled_from(ALL_KINDS)


def number(phase: object) -> complex:
    return cmath.exp(1j * cmath.pi * float(sympy.sympify(phase).subs(BOUND)))


def written(n: int, rotations: list[Rotation]) -> np.ndarray:
    """The operator of rotations in a row, by their definition as exponentials."""
    letters = {
        0: np.eye(2),
        1: np.array([[0, 1], [1, 0]]),
        2: np.diag([1, -1]),
        3: np.array([[0, -1j], [1j, 0]]),
    }
    result = np.eye(1 << n, dtype=complex)
    for r in rotations:
        string = np.eye(1)
        for q in range(n):
            string = np.kron(string, letters[(r.x >> q & 1) | (r.z >> q & 1) << 1])
        half = float(sympy.sympify(r.angle).subs(BOUND)) * np.pi / 2
        result = (np.cos(half) * np.eye(1 << n) - 1j * np.sin(half) * string) @ result
    return result


@given(seed=SEEDS, kinds=KINDS)
def test_blocks_in_a_row_are_the_rotations(seed: int, kinds: tuple[str, ...]) -> None:
    circuit = random_circuit(random.Random(seed), qubits=4, kinds=kinds)
    rotations = list(normal_form(circuit)[0].rotations)
    blocks = commuting_blocks(rotations)
    for block in blocks:
        assert not any(anticommute(a.x, a.z, b.x, b.z) for a in block for b in block)
    n = circuit.n_qubits
    assert np.allclose(written(n, [r for block in blocks for r in block]), written(n, rotations))


@given(seed=SEEDS)
def test_a_rotation_is_its_circuit(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(1, 4)
    x, z = rng.randrange(1 << n), rng.randrange(1 << n)
    if not x | z:
        x = 1
    rotation = Rotation(x, z, rng.choice((Fraction(1, 4), Fraction(-7, 4), Fraction(1, 2), 0.3)))
    gates, phase = rotation_circuit(rotation)
    assert np.allclose(number(phase) * matrix(Circuit(n, gates)), written(n, [rotation]))


@given(seed=SEEDS)
def test_a_block_with_fewer_t_is_the_same_up_to_a_phase(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(1, 4)
    circuit = random_circuit(rng, qubits=n, kinds=("t", "t", "exact", "symbol"))
    for block in commuting_blocks(normal_form(circuit)[0].rotations)[:2]:
        found = Block.of(block, circuit.n_qubits).with_fewer_t(rng, lambda: False)
        product = written(circuit.n_qubits, found).conj().T @ written(circuit.n_qubits, block)
        assert np.allclose(product, product[0, 0] * np.eye(len(product)))


@given(seed=SEEDS, kinds=KINDS)
def test_the_phase_between_equal_circuits_is_exact(seed: int, kinds: tuple[str, ...]) -> None:
    rng = random.Random(seed)
    one = random_circuit(rng, qubits=4, kinds=kinds)
    if one.n_qubits == 0:
        return
    two = rewritten(one, rng)
    phase = phase_between(one, two)
    if phase is None:  # sums of decimals that are zero but for rounding are not taken for zero
        assert "float" in kinds
        return
    assert np.allclose(matrix(one), number(phase) * matrix(two), atol=1e-8)


@given(seed=SEEDS, kinds=KINDS)
def test_no_phase_between_circuits_that_differ(seed: int, kinds: tuple[str, ...]) -> None:
    rng = random.Random(seed)
    one = random_circuit(rng, qubits=4, kinds=kinds)
    two = faulty(one, rng)
    phase = None if two is None else phase_between(one, two)
    if two is not None and phase is not None:  # only a fault that changes nothing but the phase
        assert np.allclose(matrix(one), number(phase) * matrix(two), atol=1e-8)


@given(seed=SEEDS, kinds=KINDS)
def test_fewer_t_keeps_the_unitary(seed: int, kinds: tuple[str, ...]) -> None:
    circuit = random_circuit(random.Random(seed), kinds=(*kinds, "t", "t"))
    result, rounds = fewer_t(circuit, seed=seed)
    assert counts(result).t <= counts(circuit).t
    phase = prove_rounds(circuit, rounds, result)
    if phase is None:  # sums of decimals that are zero but for rounding are not taken for zero
        assert "float" in kinds
        return
    assert np.allclose(number(phase) * matrix(result), matrix(circuit), atol=1e-8)


@given(seed=SEEDS)
def test_a_wrong_round_is_not_proved(seed: int) -> None:
    rng = random.Random(seed)
    circuit = random_circuit(rng, qubits=4, kinds=("t", "tdg", "t"))
    result, rounds = fewer_t(circuit, seed=seed)
    if not rounds:
        return
    wrong = faulty(result, rng)
    if wrong is not None and (phase := prove_rounds(circuit, rounds, wrong)) is not None:
        assert np.allclose(number(phase) * matrix(wrong), matrix(circuit))
    k = rng.randrange(len(rounds))
    block = next(b for b in rounds[k].after if b)
    other = Rotation(block[0].x, block[0].z, block[0].angle + Fraction(1, 4))
    after = tuple((other, *b[1:]) if b is block else b for b in rounds[k].after)
    bad = (*rounds[:k], Round(rounds[k].before, after, rounds[k].gates), *rounds[k + 1 :])
    assert prove_rounds(circuit, bad, result) is None


def test_ten_parities_of_four_bits_are_five() -> None:
    # T gates on all fifteen are a Clifford operator, so T on ten of them is T† on the others up to that.
    rng = random.Random(2)
    gates = []
    for mask in rng.sample(range(1, 16), 10):
        *others, target = (q for q in range(4) if mask >> q & 1)
        around = [Gate("cx", (q, target)) for q in others]
        gates += [*around, Gate("t", (target,)), *around]
    circuit = Circuit(4, gates)
    result, rounds = fewer_t(circuit)
    assert counts(result).t == 5
    assert prove_rounds(circuit, rounds, result) is not None
    phase = phase_between(circuit, result)
    assert phase is not None
    assert phase % 2 == 0
    assert np.allclose(matrix(result), matrix(circuit))
    assert verify(circuit, result).answer == "equal"


def test_a_deadline_is_kept() -> None:
    circuit = random_circuit(random.Random(1), kinds=("t", "t"))
    past = time.monotonic() - 1
    with pytest.raises(LimitReached):
        phase_between(circuit, circuit, deadline=past)
    with pytest.raises(LimitReached):
        fewer_t(circuit, deadline=past)
