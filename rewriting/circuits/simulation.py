"""Simulation for comparing circuits: sparse states from product inputs, and Pauli observables carried back.

Only what is needed to refute an equality and to recheck the refutation; every limit raises
:class:`LimitReached`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams import LimitReached
from catenary.diagrams.phases import radians, to_float, unit
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.pauli import Pauli
from catenary.rewriting.circuits.angles import rotation_angle
from catenary.rewriting.circuits.dense_states import evolve
from catenary.rewriting.circuits.rotations import normal_form
from catenary.rewriting.limits import check_deadline

_R = math.sqrt(0.5)
STATES: dict[str, tuple[complex, complex]] = {
    "0": (1, 0),
    "1": (0, 1),
    "+": (_R, _R),
    "-": (_R, -_R),
    "r": (_R, 1j * _R),
    "l": (_R, -1j * _R),
}
"""One-qubit inputs: |0⟩, |1⟩, |+⟩, |-⟩, and the eigenstates |r⟩ (+1) and |l⟩ (-1) of Y."""

EIGENVALUES: dict[str, tuple[str, int]] = {
    "0": ("Z", 1),
    "1": ("Z", -1),
    "+": ("X", 1),
    "-": ("X", -1),
    "r": ("Y", 1),
    "l": ("Y", -1),
}
"""The Pauli letter that each input is an eigenstate of, and its eigenvalue."""

Sparse: TypeAlias = "tuple[NDArray[Any], NDArray[np.complex128]]"
"""Basis states (integers, bit q for qubit q; ascending) and their amplitudes."""

_DROP = 1e-12


class _Inputs:
    """A product state whose superposed qubits are put in only when a gate needs them: |+⟩ into a Hadamard
    costs nothing."""

    def __init__(self, inputs: Sequence[str], limit: int):
        self.limit = limit
        self.waiting = {q: name for q, name in enumerate(inputs) if name not in "01"}
        number = sum(1 << q for q, name in enumerate(inputs) if name == "1")
        self.keys: NDArray[Any] = np.array([number], dtype=np.int64 if len(inputs) <= 62 else object)
        self.amplitudes = np.ones(1, dtype=complex)

    def skip(self, gate: Gate) -> bool:
        """Apply a gate that a waiting qubit makes trivial; otherwise put in the qubits that it acts on."""
        waiting = self.waiting
        if gate.name == "h" and waiting.get(gate.qubits[0], "") in ("+", "-"):
            q = gate.qubits[0]
            if waiting.pop(q) == "-":
                self.keys = self.keys | (1 << q)
            return True
        if gate.name == "cx" and waiting.get(gate.qubits[1]) == "+":
            return True
        for q in gate.qubits:
            if q in waiting:
                self.put_in(q)
        return False

    def put_in(self, q: int) -> None:
        """Make the superposition of a waiting qubit explicit."""
        if 2 * len(self.keys) > self.limit:
            raise LimitReached("sparse simulation", f"{self.limit} basis states")
        zero, one = STATES[self.waiting.pop(q)]
        self.keys = np.concatenate([self.keys, self.keys | (1 << q)])
        self.amplitudes = np.concatenate([self.amplitudes * zero, self.amplitudes * one])


def run(
    circuit: Circuit,
    inputs: Sequence[str],
    *,
    limit: int = 1 << 14,
    deadline: float | None = None,
    start: Sparse | None = None,
) -> Sparse:
    """The state that a unitary circuit makes from a product state; gates of the basic set, ccx, c3x, c4x, ccz and
    cswap.

    Args:
        limit: the most basis states with an amplitude.
        deadline: value of ``time.monotonic`` after which to stop.
        start: a state to start from instead of the product state.

    Raises:
        LimitReached: at either limit.

    >>> from catenary.functors.circuits.gates import Gate
    >>> run(Circuit(2, (Gate("h", (0,)), Gate("cx", (0, 1)))), "00")[0].tolist()
    [0, 3]
    """
    # a state vector is quicker once it is an eighth full, and fits where four times the limit does
    size = 1 << circuit.n_qubits
    may_be_dense = size <= max(4 * limit, 1 << 14)
    product = _Inputs(inputs if start is None else "0" * len(inputs), limit)
    keys, amplitudes = (product.keys, product.amplitudes) if start is None else start
    amplitudes = amplitudes * unit(circuit.global_phase)
    for count, gate in enumerate(circuit.gates):
        if count % 64 == 0:
            check_deadline(deadline, "sparse simulation")
        name, q = gate.name, gate.qubits[0]
        if product.waiting:
            product.keys, product.amplitudes = keys, amplitudes
            skipped = product.skip(gate)
            keys, amplitudes = product.keys, product.amplitudes
            if skipped:
                continue
        found = rotation_angle(gate)
        if found is not None:
            angle = radians(found[0]) / 2
            factor = unit(found[1])
            bits = (keys >> q & 1).astype(bool)
            # exp(-iπθ/2) on 0 and exp(iπθ/2) on 1.
            plus, minus = (
                factor * complex(math.cos(angle), math.sin(angle)),
                factor * complex(math.cos(angle), -math.sin(angle)),
            )
            amplitudes = amplitudes * np.where(bits, plus, minus)
        elif name == "cx":
            keys = keys ^ ((keys >> q & 1) << gate.qubits[1])
        elif name == "cz":
            both = (keys >> q & keys >> gate.qubits[1] & 1).astype(bool)
            amplitudes = np.where(both, -amplitudes, amplitudes)
        elif name == "x":
            keys = keys ^ (1 << q)
        elif name == "y":
            # i|1> from |0>, -i|0> from |1>.
            amplitudes = amplitudes * np.where((keys >> q & 1).astype(bool), -1j, 1j)
            keys = keys ^ (1 << q)
        elif name == "swap":
            other = gate.qubits[1]
            differ = (keys >> q ^ keys >> other) & 1
            keys = keys ^ (differ << q) ^ (differ << other)
        elif name in ("ccx", "c3x", "c4x", "ccz", "cswap"):
            controls = (
                gate.qubits if name == "ccz" else gate.qubits[:1] if name == "cswap" else gate.qubits[:-1]
            )
            on = np.ones(len(keys), dtype=keys.dtype)
            for control in controls:
                on = on & (keys >> control)
            if name == "ccz":
                amplitudes = np.where(on.astype(bool), -amplitudes, amplitudes)
            elif name == "cswap":
                one, other = gate.qubits[1:]
                differ = (keys >> one ^ keys >> other) & on
                keys = keys ^ (differ << one) ^ (differ << other)
            else:
                keys = keys ^ (on << gate.qubits[-1])
        elif name == "h":
            keys, amplitudes = _hadamard(keys, amplitudes, q)
            if may_be_dense and not product.waiting and 8 * len(keys) >= size:
                state = np.zeros(size, dtype=complex)
                state[keys] = amplitudes
                state = evolve(state, circuit.gates[count + 1 :], deadline=deadline)
                keys = np.flatnonzero(np.abs(state) > _DROP)
                return keys, state[keys]
            if len(keys) > limit:
                raise LimitReached("sparse simulation", f"{limit} basis states")
        elif name != "id":
            raise ValueError(f"{name} is not a gate of the basic set")
    for q in list(product.waiting):
        product.keys, product.amplitudes = keys, amplitudes
        product.put_in(q)
        keys, amplitudes = product.keys, product.amplitudes
    order = np.argsort(keys, kind="stable")
    return keys[order], amplitudes[order]


def _hadamard(
    keys: NDArray[Any], amplitudes: NDArray[np.complex128], q: int
) -> tuple[NDArray[Any], NDArray[np.complex128]]:
    bits = (keys >> q & 1).astype(bool)
    low = np.where(bits, keys ^ (1 << q), keys)
    distinct, place = np.unique(low, return_inverse=True)
    place = place.reshape(-1)
    zero = np.zeros(len(distinct), dtype=complex)
    one = np.zeros(len(distinct), dtype=complex)
    zero[place[~bits]] = amplitudes[~bits]
    one[place[bits]] = amplitudes[bits]
    keys = np.concatenate([distinct, distinct | (1 << q)])
    amplitudes = np.concatenate([(zero + one) * _R, (zero - one) * _R])
    kept = np.abs(amplitudes) > _DROP
    return keys[kept], amplitudes[kept]


def expectation(circuit: Circuit, observable: Pauli, inputs: Sequence[str], *, limit: int = 1 << 14) -> float:
    """⟨ψ|U† P U|ψ⟩ for a product state ψ, by carrying the Pauli string back through the circuit.

    Args:
        limit: the most strings carried.

    Raises:
        LimitReached: if there are more.
    """
    form, tableau = normal_form(circuit)
    start = tableau.pull(observable)
    terms: dict[tuple[int, int], float] = {(start.x, start.z): float(start.sign)}
    for rotation in reversed(form.rotations):
        angle = math.pi * to_float(rotation.angle)
        cosine, sine = math.cos(angle), math.sin(angle)
        new: dict[tuple[int, int], float] = {}
        for (x, z), value in terms.items():
            if not ((x & rotation.z).bit_count() + (z & rotation.x).bit_count()) & 1:
                new[x, z] = new.get((x, z), 0.0) + value
                continue
            # R† P R = cos θ P + sin θ (i Q P) for a rotation about Q that anticommutes with P.
            new[x, z] = new.get((x, z), 0.0) + value * cosine
            product = Pauli(rotation.x, rotation.z, (rotation.x & rotation.z).bit_count() & 3) * Pauli(
                x, z, (x & z).bit_count() & 3
            )
            turned = Pauli(product.x, product.z, (product.phase + 1) & 3)
            key = (turned.x, turned.z)
            new[key] = new.get(key, 0.0) + value * sine * turned.sign
        terms = {key: value for key, value in new.items() if abs(value) > _DROP}
        if len(terms) > limit:
            raise LimitReached("Pauli propagation", f"{limit} strings")
    return sum(value * _on_product(x, z, inputs) for (x, z), value in terms.items())


def _on_product(x: int, z: int, inputs: Sequence[str]) -> int:
    value = 1
    mask = x | z
    while mask:
        q = (mask & -mask).bit_length() - 1
        mask &= mask - 1
        letter, sign = EIGENVALUES[inputs[q]]
        if "IXZY"[(x >> q & 1) | (z >> q & 1) << 1] != letter:
            return 0
        value *= sign
    return value
