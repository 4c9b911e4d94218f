"""Dense simulation: matrices of gates, unitaries and state vectors of small circuits.

Qubit 0 is the first tensor factor, the most significant bit of a basis state's number, as the first wire of
the diagram.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams.errors import ArityError, LimitReached
from catenary.diagrams.phases import radians, unit
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import FAMILIES, GATES, NOT_LINEAR, CircuitError, Gate

Array: TypeAlias = NDArray[np.complex128]

_R = math.sqrt(0.5)
_W = complex(_R, _R)


def _diagonal(*entries: complex) -> Array:
    return np.diag(np.array(entries, dtype=complex))


_X = np.array([[0, 1], [1, 0]], dtype=complex)
_Y = np.array([[0, -1j], [1j, 0]])
_Z = _diagonal(1, -1)
_H = np.array([[_R, _R], [_R, -_R]], dtype=complex)
_SX = np.array([[0.5 + 0.5j, 0.5 - 0.5j], [0.5 - 0.5j, 0.5 + 0.5j]])
_SWAP = np.eye(4, dtype=complex)[[0, 2, 1, 3]]


def _controlled(matrix: Array, controls: int = 1) -> Array:
    size = len(matrix) << controls
    out = np.eye(size, dtype=complex)
    out[size - len(matrix) :, size - len(matrix) :] = matrix
    return out


def _iswap() -> Array:
    out = np.zeros((4, 4), dtype=complex)
    out[0, 0] = out[3, 3] = 1
    out[1, 2] = out[2, 1] = 1j
    return out


def _rccx() -> Array:
    out = np.eye(8, dtype=complex)
    out[5, 5] = -1
    out[6:, 6:] = [[0, -1j], [1j, 0]]
    return out


_FIXED: dict[str, Array] = {
    "id": _diagonal(1, 1),
    "x": _X,
    "y": _Y,
    "z": _Z,
    "h": _H,
    "s": _diagonal(1, 1j),
    "sdg": _diagonal(1, -1j),
    "t": _diagonal(1, _W),
    "tdg": _diagonal(1, _W.conjugate()),
    "sx": _SX,
    "sxdg": _SX.conj().T,
    "cx": _controlled(_X),
    "cy": _controlled(_Y),
    "cz": _controlled(_Z),
    "ch": _controlled(_H),
    "csx": _controlled(_SX),
    "swap": _SWAP,
    "iswap": _iswap(),
    "ccx": _controlled(_X, 2),
    "ccz": _controlled(_Z, 2),
    "cswap": _controlled(_SWAP),
    "rccx": _rccx(),
    "c3x": _controlled(_X, 3),
    "c4x": _controlled(_X, 4),
}


def _rotation(generator: NDArray[Any]) -> Callable[..., Array]:
    """exp(-iθP/2) for a generator P with P² = 1."""

    def of(theta: Any) -> Array:
        half = unit(theta / 2)
        out: Array = half.real * np.eye(len(generator)) - 1j * half.imag * generator
        return out

    return of


def _p(theta: Any) -> Array:
    return _diagonal(1, unit(theta))


def _u(theta: Any, phi: Any, lam: Any) -> Array:
    half = unit(theta / 2)
    c, s = half.real, half.imag
    return np.array([[c, -unit(lam) * s], [unit(phi) * s, unit(phi + lam) * c]], dtype=complex)


def _u2(phi: Any, lam: Any) -> Array:
    return np.array([[_R, -unit(lam) * _R], [unit(phi) * _R, unit(phi + lam) * _R]], dtype=complex)


def _of_controlled(inner: Callable[..., Array]) -> Callable[..., Array]:
    return lambda *params: _controlled(inner(*params))


_RX, _RY, _RZ = _rotation(_X), _rotation(_Y), _rotation(_Z)
_FAMILIES: dict[str, Callable[..., Array]] = {
    "u0": lambda gamma: _diagonal(1, 1),
    "rx": _RX,
    "ry": _RY,
    "rz": _RZ,
    "p": _p,
    "u1": _p,
    "u2": _u2,
    "u3": _u,
    "u": _u,
    "crx": _of_controlled(_RX),
    "cry": _of_controlled(_RY),
    "crz": _of_controlled(_RZ),
    "cp": _of_controlled(_p),
    "cu1": _of_controlled(_p),
    "cu3": _of_controlled(_u),
    "cu": lambda theta, phi, lam, gamma: _controlled(unit(gamma) * _u(theta, phi, lam)),
    "rxx": _rotation(np.kron(_X, _X)),
    "ryy": _rotation(np.kron(_Y, _Y)),
    "rzz": _rotation(np.kron(_Z, _Z)),
    "rzx": _rotation(np.kron(_Z, _X)),
}


def _of_family(name: str, params: tuple[Any, ...], qubits: int, label: str) -> Array:
    if name == "rpauli":
        letters = {"X": _X, "Y": _Y, "Z": _Z}
        return _rotation(reduce(np.kron, [letters[letter] for letter in label]))(*params)
    return _controlled(_X if name == "mcx" else _p(*params), qubits - 1)


@lru_cache(maxsize=4096)
def _matrix(name: str, params: tuple[Any, ...], qubits: int, label: str) -> Array:
    if name in FAMILIES:
        matrix = _of_family(name, params, qubits, label)
    else:
        matrix = _FIXED[name].copy() if name in _FIXED else _FAMILIES[name](*params)
    matrix.flags.writeable = False
    return matrix


def gate_matrix(gate: Gate) -> Array:
    """The unitary of a gate, 2^k by 2^k, its first qubit the most significant; read-only, but for ``defined`` gates.

    Raises:
        CircuitError: if the operation is no unitary gate.
        PhaseError: if an angle has free symbols.

    >>> gate_matrix(Gate("cx", (0, 1))).real.astype(int).tolist()
    [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    """
    if gate.name == "defined":
        alone = Gate("defined", tuple(range(len(gate.qubits))), gate.params, meaning=gate.meaning)
        return unitary(Circuit.unchecked(len(gate.qubits), (alone,)))
    if gate.name not in GATES and gate.name not in FAMILIES:
        raise CircuitError(f"{gate.label or gate.name} has no unitary matrix")
    for param in gate.params:
        radians(param)  # refuses free symbols by name
    return _matrix(gate.name, gate.params, len(gate.qubits), gate.label)


def _apply(circuit: Circuit, state: Array, axes: list[int], limit: int) -> tuple[Array, list[int]]:
    """Apply the gates to a tensor whose axis k is line ``axes[k]``; an axis after those is a batch."""
    circuit = circuit.unfolded()
    batch = state.ndim - len(axes)
    place = {line: k for k, line in enumerate(axes)}
    for index, gate in enumerate(circuit.gates):
        if gate.condition is not None or gate.name in NOT_LINEAR:
            what = "a conditional gate" if gate.condition is not None else f"{gate.label or gate.name}"
            raise CircuitError(
                f"gate {index} is {what}: only the linear map of a circuit of gates can be computed"
            )
        if gate.name == "barrier":
            continue
        if gate.name == "init":
            if len(axes) >= limit:
                raise LimitReached("dense simulation", f"{limit} open lines: pass a larger limit")
            grown = np.zeros((*state.shape[: len(axes)], 2, *state.shape[len(axes) :]), dtype=complex)
            grown[(slice(None),) * len(axes) + (0,)] = state
            state = grown
            place[gate.qubits[0]] = len(axes)
            axes.append(gate.qubits[0])
            continue
        if gate.name == "post":
            at = place.pop(gate.qubits[0])
            state = np.ascontiguousarray(np.take(state, 0, axis=at))
            del axes[at]
            place = {line: k for k, line in enumerate(axes)}
            continue
        k = len(gate.qubits)
        here = [place[q] for q in gate.qubits]
        matrix = gate_matrix(gate).reshape((2,) * (2 * k))
        state = np.tensordot(matrix, state, axes=(list(range(k, 2 * k)), here))
        state = np.moveaxis(state, list(range(k)), here)
    order = [place[q] for q in circuit.outputs]
    state = np.transpose(state, order + list(range(len(axes), len(axes) + batch)))
    return unit(circuit.global_phase) * state, list(circuit.outputs)


def unitary(circuit: Circuit, *, limit: int = 14) -> Array:
    """The matrix of a circuit, 2^outputs by 2^inputs, global phase included.

    A circuit with ``init`` or ``post`` has a matrix that need not be unitary.

    Args:
        limit: the most lines open at a time.

    Raises:
        CircuitError: for measurements, resets, opaque and conditional operations.
        PhaseError: if an angle has free symbols.
        LimitReached: if the circuit has more lines.

    >>> unitary(Circuit(1, [Gate("init", (0,)), Gate("x", (0,))])).real.astype(int).tolist()
    [[0], [1]]
    """
    n = len(circuit.inputs)
    if n > limit:
        raise LimitReached("dense simulation", f"{limit} open lines: pass a larger limit")
    state = np.eye(1 << n, dtype=complex).reshape((2,) * n + (1 << n,))
    state, _ = _apply(circuit, state, list(circuit.inputs), limit)
    return np.ascontiguousarray(state).reshape(1 << len(circuit.outputs), 1 << n)


def state_vector(circuit: Circuit, initial: Array | None = None, *, limit: int = 26) -> Array:
    """The state a circuit makes, 2^outputs amplitudes, from |0…0⟩ or the given amplitudes of its inputs.

    Raises:
        ArityError: if ``initial`` has not 2^inputs entries.
        CircuitError, PhaseError, LimitReached: as for :func:`unitary`.

    >>> state_vector(Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))])).real.round(3).tolist()
    [0.707, 0.0, 0.0, 0.707]
    """
    n = len(circuit.inputs)
    if n > limit:
        raise LimitReached("dense simulation", f"{limit} open lines: pass a larger limit")
    if initial is None:
        state = np.zeros(1 << n, dtype=complex)
        state[0] = 1
    else:
        state = np.asarray(initial, dtype=complex)
        if state.shape != (1 << n,):
            raise ArityError(f"the initial state has shape {state.shape}; {n} inputs need ({1 << n},)")
    out, _ = _apply(circuit, state.reshape((2,) * n), list(circuit.inputs), limit)
    return np.ascontiguousarray(out).reshape(-1)
