"""Kraus operators of the usual noise, for strengths that are probabilities."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.complex128]

PAULIS: dict[str, Matrix] = {
    "I": np.eye(2, dtype=complex),
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]).astype(complex),
}


def as_probability(value: object) -> float | None:
    """A number from 0 to 1; ``None`` for anything else."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if 0 <= number <= 1 else None


def string(letters: Sequence[str]) -> Matrix:
    """The matrix of a Pauli string, its first letter the most significant."""
    found: Any = np.eye(1, dtype=complex)
    for letter in letters:
        found = np.kron(found, PAULIS[letter])
    matrix: Matrix = found
    return matrix


def depolarising(p: float, qubits: int) -> list[Matrix]:
    """With probability ``p`` the maximally mixed state instead: every Pauli string with p/4ⁿ, the identity with the rest.

    >>> len(depolarising(0.1, 2))
    16
    """
    chances = [p / 4**qubits] * 4**qubits
    chances[0] += 1 - p
    words = itertools.product(PAULIS, repeat=qubits)
    return [math.sqrt(chance) * string(word) for chance, word in zip(chances, words, strict=True)]


def amplitude_damping(gamma: float) -> list[Any]:
    """With probability ``gamma``, |1⟩ becomes |0⟩."""
    return [np.diag([1, math.sqrt(1 - gamma)]), np.array([[0, math.sqrt(gamma)], [0, 0]])]


def phase_damping(lam: float) -> list[Any]:
    """Off-diagonal entries are multiplied by √(1 - ``lam``)."""
    return [np.diag([1, math.sqrt(1 - lam)]), np.diag([0, math.sqrt(lam)])]


def flip(p: float, letter: str) -> list[Matrix]:
    """A Pauli operator with probability ``p``."""
    return [math.sqrt(1 - p) * PAULIS["I"], math.sqrt(p) * PAULIS[letter]]
