"""One-qubit gates with decimal angles that are products of Clifford and T gates, written exactly.

A library that multiplies one-qubit gates and takes Euler angles of the product leaves three decimals where there were H
and T gates. Every product with k T gates is L·C with a Clifford operator C and one of 3·2^(k-1) operators
L = (T | 1)(HT | SHT)* (Matsumoto and Amano, arXiv 0806.3834), so that L†U tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.simulate import unitary
from catenary.rewriting.circuits.angles import add

MOST_T = 8
READ_WITHIN = 1e-10
"""How far an entry may be from what it is read as."""
LEAST = 2
"""Decimals in a run: one alone is no product of Clifford and T gates unless its angle says so."""

Matrices = NDArray[np.complex128]
Word = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """Operators and the gates that make them, first gate first: ``left`` by T gates, and the 24 Clifford ones."""

    left: Matrices
    left_words: list[Word]
    clifford: Matrices
    clifford_words: list[Word]
    corners: NDArray[np.float64]
    """All |u₀₁|² of the products, sorted."""


def _matrix(word: Word) -> Matrices:
    return unitary(Circuit.unchecked(1, tuple(Gate(name, (0,)) for name in word)))


@cache
def _words() -> _Words:
    clifford: list[Word] = [()]
    for word in clifford:
        for name in "hs":
            # Equal up to phase: a trace of modulus 2.
            new = _matrix((*word, name))
            if all(abs(np.vdot(_matrix(old), new)) < 2 - 1e-9 for old in clifford):
                clifford.append((*word, name))
    left: list[Word] = [(), ("t",)]
    for count in range(MOST_T):
        left += [
            (*new, *old) for old in left if old.count("t") == count for new in (("t", "h"), ("t", "h", "s"))
        ]
    left = sorted((word for word in left if word.count("t") <= MOST_T), key=lambda word: word.count("t"))
    first, second = (np.array([_matrix(word) for word in words]) for words in (left, clifford))
    corners = np.abs(np.einsum("li,ci->lc", first[:, 0], second[:, :, 1])) ** 2
    return _Words(first, left, second, clifford, np.sort(corners, axis=None))


def clifford_t_word(matrix: Matrices) -> tuple[Word, Phase] | None:
    """Gates whose product is a unitary up to a phase, first gate first, and the phase in half turns; the fewest T gates, at
    most eight, or ``None``.

    >>> clifford_t_word(_matrix(("h", "t", "h", "tdg", "sdg")))[0].count("t")
    2
    """
    words = _words()
    rest = np.einsum("lji,jk->lik", words.left.conj(), matrix)
    overlaps = np.einsum("cij,lij->lc", words.clifford.conj(), rest)
    for row in np.flatnonzero(np.abs(overlaps).max(axis=1) > 2 - 1e-9):
        column = int(np.abs(overlaps[row]).argmax())
        factor = overlaps[row, column] / abs(overlaps[row, column])
        if np.abs(rest[row] - factor * words.clifford[column]).max() < READ_WITHIN:
            turn = float(np.angle(factor)) / np.pi
            near = Fraction(round(8 * turn), 8)
            phase = near if abs(turn - near) < READ_WITHIN else turn
            return (*words.clifford_words[column], *words.left_words[row]), phase
    return None


def read_exactly(circuit: Circuit) -> Circuit:
    """The circuit over the basic set with each run of one-qubit gates that holds decimals, and is a product of Clifford
    gates and at most eight T gates within 1e-10, written as that; the circuit itself if there is none.

    >>> from catenary.rewriting.circuits.weyl import one_qubit_gates
    >>> decimals = Circuit(1, one_qubit_gates(_matrix(("t", "h", "t", "h", "t")), 0))
    >>> [sum(gate.name in names for gate in read_exactly(decimals).gates) for names in (("t", "tdg"), ("rz",))]
    [3, 0]
    """
    runs = [run for run in _runs(circuit) if sum(_is_decimal(circuit.gates[k]) for k in run) >= LEAST]
    changed, phase = False, circuit.global_phase
    gates: list[tuple[Gate, ...]] = [(gate,) for gate in circuit.gates]
    for run in runs:
        matrix = unitary(
            Circuit.unchecked(1, tuple(Gate(g.name, (0,), g.params) for g in (circuit.gates[k] for k in run)))
        )
        corner = abs(matrix[0, 1]) ** 2
        corners = _words().corners
        place = int(np.searchsorted(corners, corner))
        if min(abs(corners[max(0, place - 1) : place + 1] - corner)) > 4 * READ_WITHIN:
            continue  # arbitrary angles: nearly all are told apart by this
        if (found := clifford_t_word(matrix)) is not None:
            changed = True
            for k in run:
                gates[k] = ()
            gates[run[-1]] = tuple(Gate(name, circuit.gates[run[0]].qubits) for name in found[0])
            phase = add(phase, found[1])
    return circuit.with_gates(tuple(gate for some in gates for gate in some), phase) if changed else circuit


def _is_decimal(gate: Gate) -> bool:
    return gate.name == "rz" and isinstance(gate.params[0], float)


def _runs(circuit: Circuit) -> list[list[int]]:
    """The places of one-qubit gates that follow each other on a qubit, without symbols."""
    done: list[list[int]] = []
    open_runs: dict[int, list[int]] = {}
    for k, gate in enumerate(circuit.gates):
        if len(gate.qubits) == 1 and not (gate.params and is_symbolic(gate.params[0])):
            open_runs.setdefault(gate.qubits[0], []).append(k)
        else:
            done += [open_runs.pop(q) for q in gate.qubits if q in open_runs]
    return [*done, *open_runs.values()]
