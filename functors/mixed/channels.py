"""Channels by name: discarding, measurement, encoding, and the usual noise.

Probabilities are checked to lie in [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary.diagrams import ContractionError
from catenary.functors.circuits import kraus_operators
from catenary.functors.mixed.doubling import Channel, Wire, classical, quantum
from catenary.functors.tensor.network import TensorNetwork, as_array


def discard(dim: int = 2) -> Channel:
    """The trace: a quantum wire is thrown away.

    >>> discard()
    <Channel: q2 to nothing, 0 tensors>
    """
    return Channel(TensorNetwork((), (), (0, 0), (dim,), 2), (quantum(dim),), ())


def maximally_mixed(dim: int = 2) -> Channel:
    """The state I/dim."""
    if dim < 1:
        raise ContractionError(f"there is no state of dimension {dim}")
    network = TensorNetwork(((),), (np.array(1 / dim),), (0, 0), (dim,))
    return Channel(network, (), (quantum(dim),))


def measure(dim: int = 2, *, destructive: bool = True) -> Channel:
    """The measurement of the basis: a quantum wire to a classical one.

    Args:
        dim: the dimension.
        destructive: whether the quantum wire ends; else it comes first, then the outcome.

    >>> measure(destructive=False)
    <Channel: q2 to q2 c2, 0 tensors>
    """
    count = 3 if destructive else 5
    cod = (classical(dim),) if destructive else (quantum(dim), classical(dim))
    return Channel(TensorNetwork((), (), (0,) * count, (dim,), 2), (quantum(dim),), cod)


def encode(dim: int = 2) -> Channel:
    """The preparation of a basis state: a classical wire to a quantum one."""
    return Channel(TensorNetwork((), (), (0, 0, 0), (dim,), 1), (classical(dim),), (quantum(dim),))


def dephasing(dim: int = 2) -> Channel:
    """Complete decoherence in the basis: measurement, the outcome forgotten."""
    return Channel(TensorNetwork((), (), (0,) * 4, (dim,), 2), (quantum(dim),), (quantum(dim),))


def from_kraus(
    operators: Sequence[Any], dims: Sequence[int] | None = None, *, tolerance: float | None = 1e-9
) -> Channel:
    """The channel ρ ↦ Σ K ρ K† of Kraus operators.

    Args:
        operators: matrices, output rows by input columns (as physicists write them).
        dims: the dimensions of the wires, for inputs and outputs alike; qubits where both sides are a power
            of 2, one wire otherwise.
        tolerance: how far Σ K†K may be from the identity; ``None`` allows any completely positive map.

    Raises:
        ContractionError: for matrices of different shapes, or a channel that does not keep the trace.
    """
    matrices = [as_array(k, "a Kraus operator") for k in operators]
    if not matrices or any(k.ndim != 2 or k.shape != matrices[0].shape for k in matrices):
        raise ContractionError("Kraus operators are matrices of one shape, at least one of them")
    rows, columns = matrices[0].shape
    if tolerance is not None:
        total = sum(k.conj().T @ k for k in matrices)
        if not np.allclose(total, np.eye(columns), atol=tolerance):
            raise ContractionError("the Kraus operators do not keep the trace: Σ K†K is not the identity")
    cod, dom = (_wires(size, dims) for size in (rows, columns))
    stack = np.stack([k.T for k in matrices]).reshape(len(matrices), *dom, *cod)
    n = len(dom) + len(cod)
    kets, bras = range(1, 2 * n, 2), range(2, 2 * n + 1, 2)
    places = [i for pair in zip(kets, bras, strict=True) for i in pair]
    network = TensorNetwork(
        ((0, *kets), (0, *bras)),
        (stack, stack.conj()),
        places,
        inputs=2 * len(dom),
        names=("Kraus operators", "Kraus operators, conjugate"),
    )
    return Channel(network, tuple(map(Wire, dom)), tuple(map(Wire, cod)))


def _wires(size: int, dims: Sequence[int] | None) -> tuple[int, ...]:
    if dims is not None:
        if math.prod(dims) != size:
            raise ContractionError(f"wires of dimensions {tuple(dims)} do not hold matrices of size {size}")
        return tuple(dims)
    width = size.bit_length() - 1
    return (2,) * width if size == 1 << width else (size,)


def stochastic(matrix: Any, *, tolerance: float | None = 1e-9) -> Channel:
    """A channel between classical wires: ``matrix[i, j]`` is the probability of j given i.

    Raises:
        ContractionError: if it is no stochastic matrix.
    """
    table = as_array(matrix, "a stochastic matrix")
    if table.ndim != 2 or not table.size:
        raise ContractionError(f"a stochastic matrix has rows and columns, not the shape {table.shape}")
    if tolerance is not None and not (  # written so that what is no number is refused
        table.dtype.kind != "c" and table.min() >= -tolerance and np.abs(table.sum(1) - 1).max() <= tolerance
    ):
        raise ContractionError("the rows of a stochastic matrix are probabilities that sum to 1")
    a, b = table.shape
    return Channel(TensorNetwork(((0, 1),), (table,), (0, 1), inputs=1), (classical(a),), (classical(b),))


_MOST_QUBITS = 5  # 4^n operators of 4^n entries


def _probability(value: float, what: str) -> float:
    number = kraus_operators.as_probability(value)
    if number is None:
        raise ContractionError(f"{what} is a probability, not {value!r}")
    return number


def depolarising(p: float, qubits: int = 1) -> Channel:
    """With probability ``p`` the qubits are replaced by the maximally mixed state.

    Qiskit's ``depolarizing_error`` has the same parameter.

    >>> rho = Channel.pure(TensorNetwork(((0,),), ([1, 0],), (0,)))
    >>> rho.then(depolarising(0.5)).density_matrix().real
    array([[0.75, 0.  ],
           [0.  , 0.25]])
    """
    p = _probability(p, "the depolarising strength")
    if not 1 <= qubits <= _MOST_QUBITS:
        raise ContractionError(f"depolarising noise is on 1 to {_MOST_QUBITS} qubits, not {qubits}")
    return from_kraus(kraus_operators.depolarising(p, qubits))


def amplitude_damping(gamma: float) -> Channel:
    """A qubit's decay: with probability ``gamma``, |1⟩ becomes |0⟩."""
    gamma = _probability(gamma, "the damping strength")
    return from_kraus(kraus_operators.amplitude_damping(gamma))


def phase_damping(lam: float) -> Channel:
    """A qubit's loss of coherence: off-diagonal entries are multiplied by √(1 - ``lam``)."""
    lam = _probability(lam, "the damping strength")
    return from_kraus(kraus_operators.phase_damping(lam))


def bit_flip(p: float) -> Channel:
    """X with probability ``p``."""
    p = _probability(p, "the flip probability")
    return from_kraus(kraus_operators.flip(p, "X"))


def readout_error(one_given_zero: float, zero_given_one: float | None = None) -> Channel:
    """A classical bit misread: the probabilities of reading 1 for 0, and 0 for 1 (the same unless given)."""
    a = _probability(one_given_zero, "the readout error")
    b = a if zero_given_one is None else _probability(zero_given_one, "the readout error")
    return stochastic([[1 - a, a], [b, 1 - b]])
