"""State vectors for the part of a simulation in which most basis states have an amplitude."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams.phases import radians, unit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.angles import rotation_angle
from catenary.rewriting.limits import check_deadline

_R = math.sqrt(0.5)


def evolve(
    state: NDArray[np.complex128], gates: Sequence[Gate], *, deadline: float | None = None
) -> NDArray[np.complex128]:
    """A state through gates of the basic set, ccx, c3x, c4x, ccz and cswap.

    Args:
        state: 2ⁿ amplitudes; bit q of the index is qubit q. It is overwritten.
        deadline: value of ``time.monotonic`` after which to stop.

    Raises:
        LimitReached: past the deadline.

    >>> evolve(np.array([1, 0], dtype=complex), [Gate("x", (0,))]).real
    array([0., 1.])
    """
    numbers = np.arange(len(state))
    for count, gate in enumerate(gates):
        if count % 16 == 0:
            check_deadline(deadline, "simulation of a state vector")
        name, q = gate.name, gate.qubits[0]
        view = state.reshape(-1, 2, 1 << q)
        found = rotation_angle(gate)
        if found is not None:
            half, factor = radians(found[0]) / 2, unit(found[1])
            view[:, 0] *= factor * complex(math.cos(half), -math.sin(half))
            view[:, 1] *= factor * complex(math.cos(half), math.sin(half))
        elif name == "h":
            zero = view[:, 0] * _R
            view[:, 1] *= _R
            view[:, 0] = zero + view[:, 1]
            np.subtract(zero, view[:, 1], out=view[:, 1])
        elif name in ("x", "y"):
            view[:] = view[:, ::-1].copy()
            if name == "y":
                view[:, 0] *= -1j
                view[:, 1] *= 1j
        elif name in ("cz", "ccz"):
            state[_all_ones(numbers, gate.qubits)] *= -1
        elif name in ("cx", "ccx", "c3x", "c4x"):
            _exchange(state, _all_ones(numbers, gate.qubits), 1 << gate.qubits[-1])
        elif name in ("swap", "cswap"):
            one, other = gate.qubits[-2:]
            on = _all_ones(numbers, (*gate.qubits[:-2], one))
            _exchange(state, on[numbers[on] >> other & 1 == 0], 1 << one | 1 << other)
        elif name != "id":
            raise ValueError(f"{name} is not a gate of the basic set")
    return state


def _all_ones(numbers: NDArray[np.int64], qubits: Sequence[int]) -> NDArray[np.int64]:
    """The basis states in which all these qubits are 1."""
    mask = sum(1 << q for q in qubits)
    return np.flatnonzero(numbers & mask == mask)


def _exchange(state: NDArray[np.complex128], here: NDArray[np.int64], flip: int) -> None:
    """Exchange the amplitudes of some basis states with those of their images."""
    there = here ^ flip
    state[here], state[there] = state[there], state[here]
