"""Faults put into circuits, and a check of witnesses that shares no code with the verifier."""

from __future__ import annotations

import cmath
import math
import random
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from catenary.functors.circuits import Circuit, Gate
from catenary.rewriting.circuits import Witness

KINDS = ("dropped t", "dropped cx", "moved control", "changed sign", "dropped swap")
_OPPOSITE = {"t": "tdg", "tdg": "t", "s": "sdg", "sdg": "s"}


def inject(circuit: Circuit, kind: str, rng: random.Random) -> tuple[Circuit, Circuit] | None:
    """The circuit and the same with one fault; ``None`` if no gate of it can have this fault.

    For a dropped SWAP one is written into the first: optimised circuits have none.
    """
    gates = list(circuit.gates)

    def places(*names: str) -> list[int]:
        return [k for k, gate in enumerate(gates) if gate.name in names]

    if kind == "dropped swap":
        at = rng.randint(0, len(gates))
        pair = tuple(rng.sample(range(circuit.n_qubits), 2))
        return circuit.with_gates((*gates[:at], Gate("swap", pair), *gates[at:])), circuit
    found = {
        "dropped t": places("t", "tdg"),
        "dropped cx": places("cx"),
        "moved control": places("cx") if circuit.n_qubits > 2 else [],
        "changed sign": places(*_OPPOSITE),
    }[kind]
    if not found:
        return None
    k = rng.choice(found)
    gate = gates[k]
    if kind.startswith("dropped"):
        del gates[k]
    elif kind == "moved control":
        others = [q for q in range(circuit.n_qubits) if q not in gate.qubits]
        gates[k] = Gate("cx", (rng.choice(others), gate.qubits[1]))
    else:
        gates[k] = Gate(_OPPOSITE[gate.name], gate.qubits)
    return circuit, circuit.with_gates(tuple(gates))


State = dict[int, complex]
_LETTERS = {
    "0": (1, 0),
    "1": (0, 1),
    "+": (1, 1),
    "-": (1, -1),
    "r": (1, 1j),
    "l": (1, -1j),
}
_TURNS = {"s": 0.5, "sdg": -0.5, "t": 0.25, "tdg": -0.25, "z": 1.0}


class TooLarge(Exception):  # noqa: N818 the name says it
    """The state has too many amplitudes for the plain simulator."""


def simulate(circuit: Circuit, state: State, limit: int = 1 << 12) -> State:
    """A state through the gates of a circuit over the basic set, amplitude by amplitude, up to phase.

    Raises:
        TooLarge: if it has more amplitudes than the limit.
    """
    for gate in circuit.gates:
        name, q = gate.name, gate.qubits[0]
        bit = 1 << q
        if name in _TURNS or name == "rz":
            angle = math.pi * (_TURNS[name] if name in _TURNS else float(gate.params[0]))
            turn = cmath.exp(1j * angle)
            state = {k: v * turn if k & bit else v for k, v in state.items()}
        elif name == "x":
            state = {k ^ bit: v for k, v in state.items()}
        elif name == "y":
            state = {k ^ bit: -1j * v if k & bit else 1j * v for k, v in state.items()}
        elif name == "h":
            new: State = {}
            for k, v in state.items():
                low = k & ~bit
                half = v * math.sqrt(0.5)
                new[low] = new.get(low, 0) + half
                new[low | bit] = new.get(low | bit, 0) + (-half if k & bit else half)
            state = {k: v for k, v in new.items() if abs(v) > 1e-13}
        elif name in ("cx", "cz", "swap"):
            other = 1 << gate.qubits[1]
            if name == "cx":
                state = {k ^ other if k & bit else k: v for k, v in state.items()}
            elif name == "cz":
                state = {k: -v if k & bit and k & other else v for k, v in state.items()}
            else:
                both = bit | other
                state = {k ^ both if (k & both) in (bit, other) else k: v for k, v in state.items()}
        elif name not in ("id", "barrier"):
            raise ValueError(name)
        if len(state) > limit:
            raise TooLarge(f"{len(state)} amplitudes")
    return state


def product(inputs: Sequence[str]) -> State:
    """A product state from its letters."""
    state: State = {0: 1.0}
    for q, letter in enumerate(inputs):
        zero, one = _LETTERS[letter]
        size = math.sqrt(abs(zero) ** 2 + abs(one) ** 2)
        state = {
            k | b << q: v * amplitude / size
            for k, v in state.items()
            for b, amplitude in ((0, zero), (1, one))
            if amplitude
        }
    return state


def _value(state: State, witness: Witness) -> complex:
    if witness.observable:
        total = 0j
        for k, v in state.items():
            sign: complex = 1
            image = k
            for q, letter in enumerate(witness.observable):
                one = k >> q & 1
                if letter in "XY":
                    image ^= 1 << q
                if letter == "Y":
                    sign *= -1j if one else 1j
                if letter == "Z" and one:
                    sign = -sign
            total += sign * v * complex(state.get(image, 0)).conjugate()
        return total
    row, column = (
        sum(1 << q for q, b in enumerate(bits) if b == "1") for bits in (witness.row, witness.column)
    )
    return state.get(row, 0) * complex(state.get(column, 0)).conjugate()


class StimFrame:
    """A state as a Clifford operator, kept by Stim as its inverse tableau, on a sparse vector: only rotations that are
    not Clifford touch the vector. Up to phase.
    """

    _NAMES: ClassVar = {"s": "S_DAG", "sdg": "S"}  # inverted: gates go in front of the inverse

    def __init__(self, n: int) -> None:
        try:
            import stim
        except ImportError:
            raise TooLarge("a simulator without Stim") from None
        self.n = n
        self.stim = stim
        self.back = stim.Tableau(n)
        self.state: State = {0: 1.0}

    def run(self, gates: Iterable[Gate], limit: int = 1 << 12) -> None:
        """Apply gates of the basic set.

        Raises:
            TooLarge: if the vector has more entries than the limit.
        """
        for gate in gates:
            if gate.name in ("t", "tdg", "rz"):
                turn = _TURNS[gate.name] if gate.name in _TURNS else float(gate.params[0])
                half = math.pi * turn / 2
                string = self.stim.PauliString(self.n)
                string[gate.qubits[0]] = "Z"
                self._combine(string, math.cos(half), -1j * math.sin(half))
                if len(self.state) > limit:
                    raise TooLarge(f"{len(self.state)} basis states of a frame")
            elif gate.name not in ("id", "barrier"):
                name = self._NAMES.get(gate.name, gate.name.upper())
                self.back.prepend(self.stim.Tableau.from_named_gate(name), gate.qubits)

    def _pulled(self, string: Any) -> tuple[int, int, complex]:
        """A string at the end as one on the vector: masks, and the factor of X^x Z^z."""
        image = self.back(string)
        x, z = (int.from_bytes(m.tobytes(), "little") for m in image.to_numpy(bit_packed=True))
        return x, z, complex(image.sign) * 1j ** (x & z).bit_count()

    def _combine(self, string: Any, own: complex, other: complex) -> None:
        """own + other · string."""
        x, z, factor = self._pulled(string)
        new = {k: v * own for k, v in self.state.items()}
        for k, v in self.state.items():
            sign = -1 if (k & z).bit_count() & 1 else 1
            new[k ^ x] = new.get(k ^ x, 0) + v * other * factor * sign
        self.state = {k: v for k, v in new.items() if abs(v) > 1e-13}

    def zeros(self, limit: int = 1 << 14) -> float:
        """The probability that every qubit is 0; the state is projected."""
        strings = []
        for q in range(self.n):
            string = self.stim.PauliString(self.n)
            string[q] = "Z"
            strings.append(string)
        for string in sorted(strings, key=lambda s: self._pulled(s)[0].bit_count()):
            self._combine(string, 0.5, 0.5)
            if len(self.state) > limit:
                raise TooLarge(f"{len(self.state)} basis states of a frame")
        return sum(abs(v) ** 2 for v in self.state.values())

    def expectation(self, letters: str) -> float:
        """Of a Pauli observable."""
        x, z, factor = self._pulled(self.stim.PauliString(letters))
        total = sum(
            complex(self.state.get(k ^ x, 0)).conjugate() * v * (-1) ** (k & z).bit_count()
            for k, v in self.state.items()
        )
        return (factor * total).real


def _backwards(gates: Sequence[Gate]) -> tuple[Gate, ...]:
    adjoint = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t"}
    return tuple(
        Gate("rz", g.qubits, (-g.params[0],))
        if g.name == "rz"
        else Gate(adjoint.get(g.name, g.name), g.qubits)
        for g in reversed(gates)
    )


def _confirmed_by_frames(a: Circuit, b: Circuit, witness: Witness) -> bool:
    """The same with :class:`StimFrame`, for fidelities and observables."""
    names = {"1": "x", "+": "h", "-": "x h", "r": "h s", "l": "h sdg"}
    start = [
        Gate(name, (q,)) for q, letter in enumerate(witness.inputs) for name in names.get(letter, "").split()
    ]
    if witness.kind == "fidelity":
        frame = StimFrame(a.n_qubits)
        frame.run((*start, *a.gates, *_backwards(b.gates), *_backwards(start)))
        found = frame.zeros()
        return found < 1 - 1e-6 and abs(found - witness.values[1]) < 1e-6
    if witness.kind != "observable":
        raise TooLarge(witness.kind)
    values = []
    for circuit in (a, b):
        frame = StimFrame(a.n_qubits)
        frame.run((*start, *circuit.gates))
        values.append(frame.expectation(witness.observable))
    return _close(values, witness)


def _close(values: Sequence[complex], witness: Witness) -> bool:
    close = all(abs(x - y) < 1e-6 for x, y in zip(values, witness.values, strict=True))
    return close and abs(values[0] - values[1]) > 1e-6


def confirmed(a: Circuit, b: Circuit, witness: Witness) -> bool:
    """Whether the plain simulator, or the one that keeps Clifford operators in Stim, finds the values that a witness
    states, and they differ. Circuits are unitary, over the basic set, without crossed lines.

    Raises:
        TooLarge: if it cannot.
    """
    try:
        start = product(witness.inputs)
        if witness.kind == "fidelity":
            # through a and back through b
            end = simulate(a.with_gates((*a.gates, *_backwards(b.gates))), start)
            found = abs(sum(complex(start[k]).conjugate() * end.get(k, 0) for k in start)) ** 2
            return found < 1 - 1e-6 and abs(found - witness.values[1]) < 1e-6
        return _close([_value(simulate(c, start), witness) for c in (a, b)], witness)
    except TooLarge:
        return _confirmed_by_frames(a, b, witness)
