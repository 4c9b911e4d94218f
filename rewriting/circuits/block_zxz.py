"""Three-qubit unitaries with at most 19 CX gates, in floating point.

The block-ZXZ decomposition (De Vos & De Baerdemacker, arXiv 1601.04980): with qubit 0 in front,
U = (A₁ ⊕ A₂) · (H ⊗ 1) · (1 ⊕ B) · (H ⊗ 1) · (1 ⊕ C). Each factor is a choice by qubit 0 between two unitaries of the
others: V · (D ⊕ D†) · W, where the middle is a rotation of qubit 0 that the others choose, by four CX gates. One CX of each
outer one goes into the inner factor as a CZ, and all but the last two-qubit unitary are written up to a diagonal,
with two CX each: 3 + 4 + 3 + 2 + 2 + 2 + 3 (Krol & Al-Ars, arXiv 2403.13692).
"""

from __future__ import annotations

import math

import numpy as np
import scipy.linalg

from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.weyl import Matrix, Y, Z, one_qubit_gates, turn, two_qubit_gates

MOST = 19
"""CX gates that suffice."""
_TURNED = np.array([[1, 1, 1, 1], [1, -1, -1, 1], [1, 1, -1, -1], [1, -1, 1, -1]])
"""Signs of the four rotations of a chosen one (columns), where the two others are 00, 01, 10, 11."""


def three_qubit_gates(unitary: Matrix) -> list[Gate]:
    """A three-qubit unitary over the basic set, up to phase; qubit 0 is the first factor.

    >>> from scipy.stats import unitary_group
    >>> gates = three_qubit_gates(unitary_group.rvs(8, random_state=0))
    >>> sum(gate.name == "cx" for gate in gates)
    19
    """
    blocks = unitary.reshape(2, 4, 2, 4).transpose(0, 2, 1, 3)
    (first, polar), (second, other) = _polar(blocks[0, 0]), _polar(blocks[0, 1])
    back = 1j * other.conj().T @ polar
    one = (first + 1j * second) @ polar
    two = blocks[1, 0] + blocks[1, 1] @ back
    inner = 2 * one.conj().T @ blocks[0, 0] - np.eye(4)
    last, last_angles, later = _parted(one, two)
    earlier, first_angles, start = _parted(np.eye(4, dtype=np.complex128), back.conj().T)
    signs = np.kron(Z, np.eye(2))
    left, middle, right = _parted(later @ earlier, signs @ later @ inner @ earlier @ signs)
    h = Gate("h", (0,))
    begin, rest = _up_to_diagonal(start)
    near, rest = _up_to_diagonal(right @ rest)
    far, rest = _up_to_diagonal(left @ rest)
    outer = [*begin, *_chosen(first_angles)[:-1], h]
    center = [*near, *_chosen(middle), *far]
    return [*outer, *center, h, *_chosen(last_angles)[-2::-1], *_on_others(last @ rest)]


def _polar(matrix: Matrix) -> tuple[Matrix, Matrix]:
    """A positive and a unitary factor."""
    w, values, v = np.linalg.svd(matrix)
    return w * values @ w.conj().T, w @ v


def _parted(one: Matrix, two: Matrix) -> tuple[Matrix, list[float], Matrix]:
    """V, angles θ, W with one = V·D·W and two = V·D†·W, where D = diag(exp(-iθ/2))."""
    # The Schur form of a unitary is diagonal, its basis unitary also where values are equal.
    values, v = scipy.linalg.schur(one @ two.conj().T, output="complex")
    angles = -np.angle(np.diag(values))
    w = np.exp(1j * angles / 2)[:, None] * (v.conj().T @ one)
    return v, [float(angle) for angle in angles], w


def _chosen(angles: list[float]) -> list[Gate]:
    """R_z of qubit 0 by the angle that qubits 1 and 2 choose."""
    result: list[Gate] = []
    for k, angle in enumerate(_TURNED.T @ np.array(angles) / 4):
        result += one_qubit_gates(turn(Z, float(angle)), 0)
        result.append(Gate("cx", (2 - k % 2, 0)))
    return result


def _on_others(unitary: Matrix) -> list[Gate]:
    """A unitary of qubits 1 and 2."""
    return [Gate(g.name, tuple(q + 1 for q in g.qubits), g.params) for g in two_qubit_gates(unitary)]


def _up_to_diagonal(unitary: Matrix) -> tuple[list[Gate], Matrix]:
    """Gates on qubits 1 and 2 with at most two CX, and the diagonal that is to come after them.

    A unitary of determinant 1 needs two where the trace of U·YY·Uᵀ·YY is real (Shende, Bullock & Markov), which a turn
    about ZZ makes it.
    """
    u = unitary / np.linalg.det(unitary) ** 0.25
    g = u @ np.kron(Y, Y) @ u.T
    p, q = -(g[3, 0] + g[0, 3]), g[2, 1] + g[1, 2]
    half = math.atan2(-(p + q).imag, (p - q).real) / 2
    turned = np.exp(1j * half * np.array([1, -1, -1, 1]))
    return _on_others(turned[:, None] * u), np.diag(turned.conj())
