"""Noise as an operation of a circuit: a channel on some qubits, or a measurement whose outcome is misread.

Each function gives a gate of the name ``noise`` that keeps its channel:

>>> from catenary.functors.circuits import Circuit, Gate
>>> from catenary.functors.mixed import density_matrix
>>> circuit = Circuit(1, [Gate("x", (0,)), amplitude_damping(0.25, 0)])
>>> density_matrix(circuit).real
array([[0.25, 0.  ],
       [0.  , 0.75]])

Density matrices, distributions, shots, :func:`~catenary.rewriting.circuits.verify`, JSON and Qiskit's circuits know noise.
The optimiser and the router leave it in place, as they do a measurement. What is a linear map only (unitaries, ZX diagrams,
state vectors) or has no word for it (OpenQASM) refuses it by its name and place. Noise that follows every gate of a kind
is a :data:`~catenary.functors.mixed.Noise` of the simulation, not of the circuit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from catenary.functors.circuits import kraus_operators
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.functors.circuits.kraus_operators import PAULIS

MOST_QUBITS = 5
"""Qubits of one channel: it has up to 4ⁿ operators of 4ⁿ entries."""

TOLERANCE = 1e-9

Matrix = tuple[tuple[complex, ...], ...]


@dataclass(frozen=True, slots=True)
class NoiseChannel:
    """A channel ρ ↦ Σ K ρ K†, or a measurement with errors of readout. Immutable.

    Args:
        name: what it is called.
        params: its probabilities, for people and files.
        operators: the Kraus operators, each 2ⁿ rows of 2ⁿ entries, the first qubit the most significant; none for a
            readout.
        readout: for a measurement, the probabilities of reading 1 for 0 and 0 for 1.

    Raises:
        CircuitError: for operators that are no channel on 1 to 5 qubits, or no probabilities.
    """

    name: str
    params: tuple[float, ...]
    operators: tuple[Matrix, ...] = ()
    readout: tuple[float, float] | None = None

    kind: ClassVar[str] = "noise"

    def __post_init__(self) -> None:
        if self.readout is not None:
            if self.operators:
                raise CircuitError(f"{self.name}: a readout has no Kraus operators")
            for value in self.readout:
                _probability(value, "the readout error")
            return
        matrices = self.matrices()
        size = len(matrices[0]) if matrices else 0
        if not 2 <= size <= 1 << MOST_QUBITS or size & (size - 1):
            raise CircuitError(
                f"{self.name}: Kraus operators are on 1 to {MOST_QUBITS} qubits, at least one of them"
            )
        if any(k.shape != (size, size) for k in matrices):
            raise CircuitError(f"{self.name}: Kraus operators are square matrices of one size")
        total = sum(k.conj().T @ k for k in matrices)
        if not np.allclose(total, np.eye(size), atol=TOLERANCE):
            raise CircuitError(
                f"{self.name}: the Kraus operators do not keep the trace: Σ K†K is not the identity"
            )

    @property
    def label(self) -> str:
        """The name and probabilities, as they are drawn."""
        shown = ", ".join(f"{value:.6g}" for value in self.params)
        return f"{self.name}({shown})" if shown else self.name

    @property
    def n_qubits(self) -> int:
        """The qubits that it acts on."""
        return 1 if self.readout is not None else len(self.operators[0]).bit_length() - 1

    def matrices(self) -> list[NDArray[np.complex128]]:
        """The Kraus operators."""
        try:
            return [np.array(k, dtype=complex).reshape(len(k), -1) for k in self.operators]
        except (TypeError, ValueError):
            raise CircuitError(f"{self.name}: Kraus operators are matrices of numbers") from None

    def misfit(self, gate: Gate) -> str:
        """What is wrong with an operation that has this channel; empty if nothing is."""
        if len(gate.qubits) != self.n_qubits:
            return f"it acts on {self.n_qubits} qubits, not {len(gate.qubits)}"
        if gate.params:
            return "its probabilities are those of its channel: it has no parameters"
        wanted = int(self.readout is not None)
        if len(gate.clbits) != wanted:
            return f"it writes {wanted} classical bits, not {len(gate.clbits)}"
        return (
            "" if gate.label == self.label else f"its label is {gate.label!r}, its channel's {self.label!r}"
        )

    def written(self, gate: Gate) -> str:
        """The call of this module that makes an operation with this channel, if there is one."""
        make = _BY_NAME.get(self.name)
        if make is None:
            return ""
        single = self.name != "depolarising"
        ends = (*gate.qubits, *gate.clbits) if single else (gate.qubits,)
        readout = self.name == "noisy_measure"
        arguments = (*ends, *self.params) if readout else (*self.params, *ends)
        try:
            same = make(*arguments) == gate
        except (CircuitError, TypeError):
            same = False
        return f"noise.{self.name}({', '.join(map(repr, arguments))})" if same else ""

    def superoperator(self) -> NDArray[np.complex128]:
        """Σ K ⊗ K̄ as an array with axes (ket out, bra out, ket in, bra in), each 2ⁿ long."""
        stack = np.stack(self.matrices())
        found: NDArray[np.complex128] = np.einsum("kab,kcd->acbd", stack, stack.conj())
        return found


def _probability(value: float, what: str) -> float:
    number = kraus_operators.as_probability(value)
    if number is None:
        raise CircuitError(f"{what} is a probability, not {value!r}")
    return number


def _places(qubits: int | Sequence[int]) -> tuple[int, ...]:
    return (qubits,) if isinstance(qubits, int) else tuple(qubits)


def _gate(name: str, params: Sequence[float], operators: Sequence[Any], qubits: int | Sequence[int]) -> Gate:
    rows = tuple(tuple(tuple(map(complex, row)) for row in np.asarray(k).tolist()) for k in operators)
    where = _places(qubits)
    gate = Gate("noise", where, meaning=NoiseChannel(name, tuple(params), rows))
    problem = gate.meaning.misfit(gate)  # type: ignore[union-attr]
    if problem:
        raise CircuitError(f"{gate.label}: {problem}")
    return gate


def kraus(operators: Sequence[Any], qubits: int | Sequence[int], name: str = "kraus") -> Gate:
    """The channel of some Kraus operators, matrices with output rows and input columns, qubit 0 of the list the most
    significant.

    Raises:
        CircuitError: for what is no channel on these qubits.

    >>> kraus([[[0, 1], [1, 0]]], 0).label
    'kraus'
    """
    try:
        matrices = [np.asarray(k, dtype=complex) for k in operators]
    except (TypeError, ValueError):
        raise CircuitError(f"{name}: Kraus operators are matrices of numbers") from None
    if any(k.ndim != 2 or k.shape[0] != k.shape[1] for k in matrices):
        raise CircuitError(f"{name}: Kraus operators are square matrices of one size")
    return _gate(name, (), matrices, qubits)


def pauli_noise(chances: dict[str, float], qubits: int | Sequence[int], name: str = "pauli") -> Gate:
    """Pauli strings, each with a probability; with the rest nothing happens.

    >>> pauli_noise({"ZZ": 0.1}, (0, 1)).label
    'pauli'
    """
    n = len(_places(qubits))
    found: list[Any] = []
    rest = 1.0
    for letters, chance in chances.items():
        if len(letters) != n or not set(letters) <= set(PAULIS):
            raise CircuitError(f"{name}: {letters!r} is no word of {n} letters I, X, Y and Z")
        p = _probability(chance, f"the chance of {letters}")
        rest -= p
        found.append(math.sqrt(p) * kraus_operators.string(letters))
    if rest < -TOLERANCE:
        raise CircuitError(f"{name}: the chances sum to {1 - rest:.6g}, more than 1")
    return _gate(name, (), [math.sqrt(max(0.0, rest)) * np.eye(1 << n), *found], qubits)


def depolarising(p: float, qubits: int | Sequence[int]) -> Gate:
    """With probability ``p`` the qubits are replaced by the maximally mixed state, as in Qiskit's ``depolarizing_error``.

    >>> depolarising(0.1, (0, 1)).label
    'depolarising(0.1)'
    """
    p = _probability(p, "the depolarising strength")
    n = len(_places(qubits))
    if not 1 <= n <= MOST_QUBITS:
        raise CircuitError(f"depolarising noise is on 1 to {MOST_QUBITS} qubits, not {n}")
    return _gate("depolarising", (p,), kraus_operators.depolarising(p, n), qubits)


def amplitude_damping(gamma: float, qubit: int) -> Gate:
    """A qubit's decay: with probability ``gamma``, |1⟩ becomes |0⟩."""
    gamma = _probability(gamma, "the damping strength")
    return _gate("amplitude_damping", (gamma,), kraus_operators.amplitude_damping(gamma), qubit)


def phase_damping(lam: float, qubit: int) -> Gate:
    """A qubit's loss of coherence: off-diagonal entries are multiplied by √(1 - ``lam``)."""
    lam = _probability(lam, "the damping strength")
    return _gate("phase_damping", (lam,), kraus_operators.phase_damping(lam), qubit)


def bit_flip(p: float, qubit: int) -> Gate:
    """X with probability ``p``."""
    p = _probability(p, "the flip probability")
    return _gate("bit_flip", (p,), kraus_operators.flip(p, "X"), qubit)


def phase_flip(p: float, qubit: int) -> Gate:
    """Z with probability ``p``."""
    p = _probability(p, "the flip probability")
    return _gate("phase_flip", (p,), kraus_operators.flip(p, "Z"), qubit)


def noisy_measure(qubit: int, clbit: int, one_given_zero: float, zero_given_one: float | None = None) -> Gate:
    """A measurement whose outcome is misread: the qubit is projected as by ``measure``, the bit is then wrong with these
    probabilities (the same for both outcomes unless given).

    >>> noisy_measure(0, 0, 0.1).label
    'noisy_measure(0.1, 0.1)'
    """
    a = _probability(one_given_zero, "the readout error")
    b = a if zero_given_one is None else _probability(zero_given_one, "the readout error")
    return Gate("noise", (qubit,), (), (clbit,), meaning=NoiseChannel("noisy_measure", (a, b), (), (a, b)))


_BY_NAME: Mapping[str, Callable[..., Gate]] = {
    make.__name__: make
    for make in (depolarising, amplitude_damping, phase_damping, bit_flip, phase_flip, noisy_measure)
}
