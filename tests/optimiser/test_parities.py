"""Phase-polynomial regions: cut, read, written again with no more CX gates, and wrong networks refused."""

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from catenary.functors.circuits import Circuit, Gate, counts
from catenary.rewriting.circuits.builder import assemble
from catenary.rewriting.circuits.parities import (
    LARGEST,
    PhasePolynomial,
    fewer_gates,
    rewrite_parities,
)
from catenary.rewriting.circuits.regions import phase_regions
from tests.optimiser.random_circuits import ALL_KINDS, A, matrix, random_circuit

SEEDS = st.integers(0, 10_000)
KINDS = st.sampled_from(ALL_KINDS)
PHASES = ("t", "tdg", "s", "z", "x", "y")


def phase_circuit(rng: random.Random, n: int, gates: int) -> Circuit:
    """CX gates and phases: one region."""
    found = []
    for _ in range(gates):
        if rng.random() < 0.55:
            found.append(Gate("cx", tuple(rng.sample(range(n), 2))))
        elif rng.random() < 0.2:
            angle = rng.choice((A, -A, 0.3, Fraction(1, 8)))
            found.append(Gate("rz", (rng.randrange(n),), (angle,)))
        else:
            found.append(Gate(rng.choice(PHASES), (rng.randrange(n),)))
    return Circuit(n, found)


@given(seed=SEEDS, kinds=KINDS)
def test_regions_in_a_row_are_the_circuit(seed: int, kinds: tuple[str, ...]) -> None:
    circuit = random_circuit(random.Random(seed), kinds=kinds)
    parts = phase_regions(circuit, LARGEST)
    gates = [gate for part in parts for gate in part]
    # The same gates: on each wire in the same order, which is equality of the circuits gate for gate.
    for q in range(circuit.n_qubits):
        assert [g for g in gates if q in g.qubits] == [g for g in circuit.gates if q in g.qubits]
    assert len(gates) == len(circuit.gates)


def test_a_region_has_no_more_wires_than_a_word() -> None:
    gates = [Gate("cx", (k, k + 1)) for k in range(99)]
    parts = phase_regions(Circuit(100, gates), LARGEST)
    assert [gate for part in parts for gate in part] == gates
    assert all(len({q for gate in part for q in gate.qubits}) <= LARGEST for part in parts)
    assert rewrite_parities(Circuit(100, gates), steps=100, seed=0).gates == tuple(gates)


@given(seed=SEEDS)
def test_a_phase_polynomial_writes_its_circuit(seed: int) -> None:
    rng = random.Random(seed)
    circuit = phase_circuit(rng, rng.randint(2, 5), rng.randint(1, 30))
    polynomial = PhasePolynomial.of(list(circuit.gates))
    again = assemble(circuit, polynomial.with_gates(list(polynomial.gates)), polynomial.phase)
    assert np.allclose(matrix(again), matrix(circuit))


@given(seed=SEEDS)
def test_fewer_gates_is_never_more(seed: int) -> None:
    rng = random.Random(seed)
    circuit = phase_circuit(rng, rng.randint(2, 5), rng.randint(2, 40))
    polynomial = PhasePolynomial.of(list(circuit.gates))
    found = fewer_gates(polynomial, 300, seed)
    assert len(found) <= len(polynomial.gates)
    again = assemble(circuit, polynomial.with_gates(found), polynomial.phase)
    assert np.allclose(matrix(again), matrix(circuit))


@given(seed=SEEDS, kinds=KINDS)
def test_rewriting_keeps_the_unitary(seed: int, kinds: tuple[str, ...]) -> None:
    circuit = random_circuit(random.Random(seed), kinds=kinds)
    result = rewrite_parities(circuit, steps=400, seed=seed)
    assert np.allclose(matrix(result), matrix(circuit), atol=1e-8)
    assert counts(result).two_qubit <= counts(circuit).two_qubit
    assert rewrite_parities(circuit, steps=400, seed=seed) == result


def test_a_detour_is_cut_short() -> None:
    # The parity of four wires, uncomputed in the wrong order: 8 CX gates where 6 do.
    pairs = [(0, 1), (1, 2), (2, 3), (0, 1), (0, 1), (2, 3), (1, 2), (0, 1)]
    gates = [Gate("cx", pair) for pair in pairs]
    gates.insert(3, Gate("rz", (3,), (sympy.Symbol("a"),)))
    result = rewrite_parities(Circuit(4, gates), steps=2000, seed=0)
    assert counts(result).two_qubit == 6
    assert np.allclose(matrix(result), matrix(Circuit(4, gates)))


def test_a_wrong_network_is_refused() -> None:
    polynomial = PhasePolynomial.of([Gate("cx", (0, 1)), Gate("t", (1,)), Gate("cx", (0, 1))])
    with pytest.raises(ValueError, match="not those of the phase polynomial"):
        polynomial.with_gates([])  # the parity is not visited
    with pytest.raises(ValueError, match="not those of the phase polynomial"):
        polynomial.with_gates([(0, 1)])  # another map
    with pytest.raises(ValueError, match="not those of the phase polynomial"):
        polynomial.with_gates([(1, 0), (0, 1), (1, 0)])
    assert len(polynomial.with_gates([(1, 0), (1, 0)])) == 3  # the parity on the other wire
