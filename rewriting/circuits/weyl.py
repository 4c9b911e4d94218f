"""Unitaries of one and two qubits with the fewest CX gates, in floating point.

Every two-qubit unitary is (L₀ ⊗ L₁) · exp(i(a·XX + b·YY + c·ZZ)) · (R₀ ⊗ R₁) up to phase, with
π/4 ≥ a ≥ b ≥ |c| (Zhang, Vala, Sastry & Whaley, quant-ph/0209120). No CX is needed where all three are 0, one where they are
(π/4, 0, 0), two where c = 0, else three (Vidal & Dawson, quant-ph/0307177; Shende, Bullock & Markov, quant-ph/0308045).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams.phases import Phase
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.angles import rotation_gates

Matrix: TypeAlias = NDArray[np.complex128]

EXACT = 1e-11
"""Coordinates and angles that differ by less are the same."""
FINEST = 256
"""Angles near a multiple of π by one over this are written as that."""

I = np.eye(2, dtype=np.complex128)  # noqa: E741 the name it has
X = np.array([[0, 1], [1, 0]], dtype=np.complex128)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1, -1]).astype(np.complex128)
H = (X + Z) / math.sqrt(2)
S = np.diag([1, 1j])
V = H @ S @ H
PAULIS = X, Y, Z
PAIRED = tuple(np.kron(p, p) for p in PAULIS)
CX = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], dtype=np.complex128)
XC = np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]], dtype=np.complex128)
_MAGIC = np.array(
    [[1, 0, 0, 1j], [0, 1j, 1, 0], [0, 1j, -1, 0], [1, 0, 0, -1j]], dtype=np.complex128
) / math.sqrt(2)
_SIGNS = np.array([np.diag(_MAGIC.conj().T @ p @ _MAGIC).real for p in PAIRED])
_TO_Z = H, H @ S.conj().T, I
_EXCHANGES: dict[tuple[int, int], Matrix] = {(0, 1): S, (0, 2): H, (1, 2): V}


@dataclass(frozen=True, slots=True)
class Weyl:
    """The canonical form of a two-qubit unitary, up to phase.

    Attributes:
        left, right: one-qubit gates on both qubits, after and before.
        at: the coordinates (a, b, c).
    """

    left: tuple[Matrix, Matrix]
    at: tuple[float, float, float]
    right: tuple[Matrix, Matrix]

    @property
    def gates(self) -> int:
        """How many CX gates it needs."""
        a, b, c = self.at
        if abs(c) > EXACT:
            return 3
        if b > EXACT:
            return 2
        return 0 if a < EXACT else 1 if math.pi / 4 - a < EXACT else 2


def weyl(unitary: Matrix) -> Weyl:
    """The canonical form of a two-qubit unitary.

    >>> [abs(round(value, 3)) for value in weyl(CX).at]
    [0.785, 0.0, 0.0]
    """
    u = unitary / np.linalg.det(unitary) ** 0.25
    v = _MAGIC.conj().T @ u @ _MAGIC
    turn = _real_eigenvectors(v.T @ v)
    angles = np.angle(np.diag(turn.T @ (v.T @ v) @ turn)) / 2
    outer: Matrix = v @ turn @ np.diag(np.exp(-1j * angles))
    if np.linalg.det(outer).real < 0:
        angles[0] += math.pi
        outer[:, 0] *= -1
    left = list(_factors(_MAGIC @ outer @ _MAGIC.conj().T))
    right = list(_factors(_MAGIC @ turn.T.astype(np.complex128) @ _MAGIC.conj().T))
    at = [float(value) for value in _SIGNS @ angles / 4]
    for k, pauli in enumerate(PAULIS):
        turns = round(at[k] / (math.pi / 2))
        at[k] -= turns * math.pi / 2
        if turns % 2:
            left = [one @ pauli for one in left]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        if abs(at[i]) < abs(at[j]):
            by = _EXCHANGES[i, j]
            left, right = [one @ by.conj().T for one in left], [by @ one for one in right]
            at[i], at[j] = at[j], at[i]
    for k, others in ((0, (1, 2)), (1, (2,))):
        if at[k] < 0:
            # Conjugation of one qubit by a Pauli gate changes two signs.
            _flip(left, right, at, k, next((o for o in others if at[o] < 0), others[-1]))
    if math.pi / 4 - at[0] < EXACT and at[2] < 0:
        at[0] -= math.pi / 2
        left = [one @ X for one in left]
        _flip(left, right, at, 0, 2)
    return Weyl((left[0], left[1]), (at[0], at[1], at[2]), (right[0], right[1]))


def _flip(left: list[Matrix], right: list[Matrix], at: list[float], i: int, j: int) -> None:
    (k,) = {0, 1, 2} - {i, j}
    left[0], right[0] = left[0] @ PAULIS[k], PAULIS[k] @ right[0]
    at[i], at[j] = -at[i], -at[j]


def _real_eigenvectors(symmetric: Matrix) -> NDArray[np.float64]:
    """A rotation that makes a symmetric unitary diagonal: real and imaginary parts commute, and most sums of the two
    have the eigenvectors of both.
    """
    best: tuple[float, Any] = (math.inf, None)
    for k in range(24):
        angle = 0.3 + 2.399963 * k  # the golden angle: no two are near each other
        _, vectors = np.linalg.eigh(math.cos(angle) * symmetric.real + math.sin(angle) * symmetric.imag)
        rest = vectors.T @ symmetric @ vectors
        error = float(np.abs(rest - np.diag(np.diag(rest))).max())
        if error < best[0]:
            best = error, vectors
        if error < 1e-13:
            break
    vectors = best[1]
    if np.linalg.det(vectors) < 0:
        vectors[:, 0] *= -1
    result: NDArray[np.float64] = vectors
    return result


def _factors(product: Matrix) -> tuple[Matrix, Matrix]:
    """Two one-qubit unitaries with this Kronecker product, up to phase."""
    t = product.reshape(2, 2, 2, 2)
    a, b, c, d = np.unravel_index(np.argmax(np.abs(t)), t.shape)
    one, other = t[:, b, :, d], t[a, :, c, :]
    return one / np.sqrt(np.linalg.det(one)), other / np.sqrt(np.linalg.det(other))


def _pieces(gates: int, a: float, b: float, c: float) -> list[Any]:
    """Gates with those coordinates up to :func:`_frames`: matrices on both qubits, or whether a CX is from the first."""
    if gates == 1:
        return [(H, I), (S.conj().T, V.conj().T), True, (H, I)]
    if gates == 2:
        return [True, (turn(X, -2 * a), turn(Z, -2 * b)), True]
    # Vatan & Williams, quant-ph/0308006, figure 6.
    middle = turn(Z, math.pi / 2 - 2 * c), turn(Y, 2 * a - math.pi / 2)
    return [False, middle, True, (I, turn(Y, math.pi / 2 - 2 * b)), False]


@cache
def _frames(gates: int) -> tuple[tuple[Matrix, Matrix], tuple[Matrix, Matrix]]:
    """The one-qubit Clifford gates after and before the canonical form that make it those gates, at any coordinates."""
    if gates == 1:
        return (I, I), (I, I)
    whole = np.eye(4, dtype=np.complex128)
    for piece in _pieces(gates, 0.5, 0.3, 0.1 if gates == 3 else 0.0):
        whole = (np.kron(*piece) if isinstance(piece, tuple) else CX if piece else XC) @ whole
    found = weyl(whole)
    return found.left, found.right


def turn(pauli: Matrix, angle: float) -> Matrix:
    """exp(-i·angle/2·P)."""
    return math.cos(angle / 2) * I - 1j * math.sin(angle / 2) * pauli


def two_qubit_gates(unitary: Matrix) -> list[Gate]:
    """A two-qubit unitary over the basic set with the fewest CX gates, up to phase; qubit 0 is the first factor.

    >>> swap = np.eye(4)[[0, 2, 1, 3]].astype(complex)
    >>> sum(gate.name == "cx" for gate in two_qubit_gates(swap))
    3
    """
    form = _settled(weyl(unitary))
    if not form.gates:
        return [g for q in range(2) for g in one_qubit_gates(form.left[q] @ form.right[q], q)]
    left, right = _frames(form.gates)
    before = right[0].conj().T @ form.right[0], right[1].conj().T @ form.right[1]
    after = form.left[0] @ left[0].conj().T, form.left[1] @ left[1].conj().T
    result: list[Gate] = []
    waiting = [I, I]
    for piece in (before, *_pieces(form.gates, *form.at), after):
        if isinstance(piece, tuple):
            waiting = [new @ old for new, old in zip(piece, waiting, strict=True)]
        else:
            result += one_qubit_gates(waiting[0], 0) + one_qubit_gates(waiting[1], 1)
            result.append(Gate("cx", (0, 1) if piece else (1, 0)))
            waiting = [I, I]
    return result + one_qubit_gates(waiting[0], 0) + one_qubit_gates(waiting[1], 1)


def _settled(form: Weyl) -> Weyl:
    """The same where coordinates that are equal leave a choice: as few rotations before it as can be.

    With a = b, rotations about Z by the same angle on the two qubits commute with it, with a = b = 0 by any two angles,
    and with a = b = π/4 they come out on the other qubit; and so on.
    """
    left, right = list(form.left), list(form.right)
    for k in (2, 0, 1) * 3:
        i, j = (m for m in range(3) if m != k)
        same, opposite = (abs(form.at[i] - sign * form.at[j]) < EXACT for sign in (1, -1))
        crossed = same and math.pi / 4 - form.at[j] < EXACT
        if not (same or opposite):
            continue
        turns = [_first_angle(_TO_Z[k] @ one @ _TO_Z[k].conj().T) for one in right]
        if same != opposite and not crossed:
            turns[1] = turns[0] if same else -turns[0]
        for q, angle in enumerate(turns):
            right[q] = turn(PAULIS[k], -angle) @ right[q]
            left[q ^ crossed] = left[q ^ crossed] @ turn(PAULIS[k], angle)
    return Weyl((left[0], left[1]), form.at, (right[0], right[1]))


def _first_angle(u: Matrix) -> float:
    """α of a unitary R_z(α) R_x(β) R_z(γ) of determinant 1; the whole angle where it is R_z(α) or R_z(α)·X."""
    plus, minus = float(np.angle(u[1, 1])), float(np.angle(1j * u[1, 0]))
    if abs(u[1, 0]) < EXACT:
        return 2 * plus
    if abs(u[1, 1]) < EXACT:
        return 2 * minus
    return plus + minus


def one_qubit_gates(unitary: Matrix, qubit: int) -> list[Gate]:
    """A one-qubit unitary over the basic set, up to phase: at most three rotations about Z.

    >>> [gate.name for gate in one_qubit_gates(H, 0)]
    ['h']
    """
    u = unitary / np.sqrt(np.linalg.det(unitary))
    # R_z(α) R_x(β) R_z(γ)
    beta = 2 * math.atan2(abs(u[0, 1]), abs(u[0, 0]))
    if beta < EXACT:
        return _about_z(2 * float(np.angle(u[1, 1])), qubit)
    if math.pi - beta < EXACT:
        return [*_about_z(2 * float(np.angle(1j * u[0, 1])), qubit), Gate("x", (qubit,))]
    plus, minus = float(np.angle(u[1, 1])), float(np.angle(1j * u[1, 0]))
    alpha, gamma = plus + minus, plus - minus
    h = Gate("h", (qubit,))
    if abs(beta - math.pi / 2) < EXACT:
        # R_x(π/2) is R_z(-π/2) H R_z(-π/2).
        return [*_about_z(gamma - math.pi / 2, qubit), h, *_about_z(alpha - math.pi / 2, qubit)]
    return [*_about_z(gamma, qubit), h, *_about_z(beta, qubit), h, *_about_z(alpha, qubit)]


def _about_z(angle: float, qubit: int) -> list[Gate]:
    """R_z, angle in radians, up to phase."""
    return list(rotation_gates(qubit, rounded(angle / math.pi))[0])


def rounded(angle: float) -> Phase:
    """An angle in half turns, exact where it is near a simple fraction.

    >>> rounded(0.25 + 1e-14)
    Fraction(1, 4)
    """
    near = round(angle * FINEST)
    return Fraction(near, FINEST) if abs(angle - near / FINEST) < EXACT else angle
