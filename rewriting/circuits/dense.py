"""Comparing the matrices of small circuits: exactly over Z[ω, 1/√2] for Clifford+T, in floating point
otherwise.

Entries of a Clifford+T unitary are (a + bω + cω² + dω³)/√2^k with integers and ω = exp(iπ/4). A unitary's
entries and their conjugates under √2 → -√2 are at most 1 in modulus, so |a|, |b|, |c|, |d| ≤ 2^(k/2): 64-bit
integers suffice for k ≤ 120.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams import LimitReached
from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.simulate import unitary
from catenary.rewriting.limits import check_deadline

TOLERANCE = 1e-9
_EIGHTHS = {"t": 1, "s": 2, "z": 4, "sdg": 6, "tdg": 7, "id": 0}


def is_clifford_t(circuit: Circuit) -> bool:
    """Whether all gates are basic with multiples of π/4, and the global phase is a multiple of π/4."""
    return all(gate.name != "rz" or _eighths(gate) is not None for gate in circuit.gates) and isinstance(
        circuit.global_phase, Fraction
    )


def _eighths(gate: Gate) -> int | None:
    angle = gate.params[0]
    if isinstance(angle, Fraction) and (4 * angle).denominator == 1:
        return int(4 * angle) % 16
    return None


def exact_phase(a: Circuit, b: Circuit, *, deadline: float | None = None) -> tuple[bool, Phase]:
    """Whether two Clifford+T circuits over the basic set are equal up to global phase, exactly, and the phase
    of a over b.

    Raises:
        LimitReached: past the deadline, or when the integers would not fit.
    """
    left, k, left_phase = _exact(a, deadline)
    right, j, right_phase = _exact(b, deadline)
    extra = left_phase - right_phase
    while k < j:
        left, k = _times_root(left), k + 1
    while j < k:
        right, j = _times_root(right), j + 1
    for eighth in range(8):
        if np.array_equal(left, right):
            return True, (extra + Fraction(eighth, 4)) % 2
        right = _times_omega(right)
    return False, extra


def _exact(circuit: Circuit, deadline: float | None) -> tuple[NDArray[np.int64], int, Fraction]:
    n = circuit.n_qubits
    state = np.zeros((4, 1 << n, 1 << n), dtype=np.int64)
    state[0] = np.eye(1 << n, dtype=np.int64)
    power = 0
    assert isinstance(circuit.global_phase, Fraction)
    phase = circuit.global_phase
    for gate in circuit.gates:
        check_deadline(deadline, "exact comparison of matrices")
        # Axis 1 split around the qubits; qubit 0 is the most significant bit.
        q = gate.qubits[0]
        view = state.reshape(4, 1 << q, 2, -1)
        if gate.name == "h":
            zero, one = view[:, :, 0].copy(), view[:, :, 1].copy()
            view[:, :, 0] = zero + one
            view[:, :, 1] = zero - one
            power += 1
            if power > 100:
                state, power = _reduced(state, power)
                if power > 116:
                    raise LimitReached("exact comparison of matrices", "64-bit integers")
        elif gate.name == "x":
            view[:] = view[:, :, ::-1].copy()
        elif gate.name == "y":
            view[:] = view[:, :, ::-1].copy()
            view[:, :, 0] *= -1
            phase += Fraction(1, 2)
        elif gate.name in ("cx", "cz", "swap"):
            _two_qubit(state, gate, n)
        else:
            eighth = _EIGHTHS.get(gate.name)
            if eighth is None:
                # rz(θ) = exp(-iπθ/2) diag(1, exp(iπθ)).
                eighth = _eighths(gate)
                assert eighth is not None
                phase -= Fraction(eighth, 8)
            for _ in range(eighth % 8):
                view[:, :, 1] = _times_omega(view[:, :, 1])
    return *_reduced(state, power), phase


def _two_qubit(state: NDArray[np.int64], gate: Gate, n: int) -> None:
    tensor = state.reshape((4,) + (2,) * n + (-1,))
    a, b = (q + 1 for q in gate.qubits)

    def part(i: int, j: int) -> tuple[slice | int, ...]:
        index: list[slice | int] = [slice(None)] * (n + 2)
        index[a], index[b] = i, j
        return tuple(index)

    if gate.name == "cz":
        tensor[part(1, 1)] *= -1
        return
    first, second = ((1, 0), (1, 1)) if gate.name == "cx" else ((0, 1), (1, 0))
    kept = tensor[part(*first)].copy()
    tensor[part(*first)] = tensor[part(*second)]
    tensor[part(*second)] = kept


def _times_omega(v: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack([-v[3], v[0], v[1], v[2]])


def _times_root(v: NDArray[np.int64]) -> NDArray[np.int64]:
    """Times √2 = ω - ω³."""
    return np.stack([v[1] - v[3], v[0] + v[2], v[1] + v[3], v[2] - v[0]])


def _reduced(v: NDArray[np.int64], power: int) -> tuple[NDArray[np.int64], int]:
    """The same matrix with the least power of √2."""
    while power and not ((v[0] ^ v[2]) & 1).any() and not ((v[1] ^ v[3]) & 1).any():
        v, power = _times_root(v) // 2, power - 1
    return v, power


def float_phase(a: Circuit, b: Circuit) -> tuple[bool, float, float]:
    """Whether two unitaries agree up to phase within the tolerance, the phase of a over b in half turns, and
    the distance.
    """
    left, right = unitary(a), unitary(b)
    overlap = complex(np.vdot(right, left))
    if abs(overlap) < 1e-6:
        return False, 0.0, float(np.abs(left - right).max())
    factor = overlap / abs(overlap)
    distance = float(np.abs(left - factor * right).max())
    return distance < TOLERANCE, float(np.angle(factor)) / np.pi, distance
