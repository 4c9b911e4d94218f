"""A circuit as a sequence of Pauli strings of weight one and two, its one-qubit Clifford gates pushed to the
end.

Every CX and CZ is a rotation by π/2 about a string of weight two, up to one-qubit Clifford gates; every
rotation that is not Clifford is one about a string of weight one. Signs are dropped: they are rebuilt when a
circuit is written again (``emission``).
"""

from __future__ import annotations

from dataclasses import dataclass

from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.pauli import QUARTERS
from catenary.rewriting.circuits.angles import quarter_turns, rotation_angle


@dataclass(frozen=True, slots=True)
class Event:
    """A rotation about the string with masks ``x`` and ``z``.

    ``rotation`` is the number of the rotation of the source circuit that it is (weight one), or -1 for a
    rotation by π/2 (weight two). That one is a CZ (``role`` 0, both letters on Z) or a CX whose target, with its
    letter on X, is the lower (1) or the higher (2) of the wires.
    """

    x: int
    z: int
    rotation: int = -1
    role: int = 0


@dataclass(frozen=True, slots=True)
class PauliSequence:
    """Events in time order, then on each wire a Clifford gate, then a permutation of the wires.

    Attributes:
        n_qubits: number of wires.
        events: the rotations.
        frames: for each wire the letters (1 X, 2 Z, 3 Y) that X and Z at its end come from.
        wires: ``wires[q]`` is the wire whose content ends on qubit q.
        flipped: numbers of the rotations that are by the source's angle without a quarter turn (π/2 one way or the
            other); that turn is among the gates pushed to the end.
    """

    n_qubits: int
    events: tuple[Event, ...]
    frames: tuple[tuple[int, int], ...]
    wires: tuple[int, ...]
    flipped: frozenset[int] = frozenset()


def pauli_sequence(circuit: Circuit) -> PauliSequence:
    """The sequence of a unitary circuit over the basic set, in linear time.

    >>> from catenary.functors.circuits.gates import Gate
    >>> pauli_sequence(Circuit(2, (Gate("h", (1,)), Gate("cx", (0, 1))))).events
    (Event(x=0, z=3, rotation=-1, role=2),)
    """
    n = circuit.n_qubits
    wire = list(range(n))
    # The letter that X (Z) on a wire now comes from: bit 0 for X, bit 1 for Z.
    x_from, z_from = [1] * n, [2] * n
    events: list[Event] = []
    rotations = 0
    for gate in circuit.gates:
        name = gate.name
        w = wire[gate.qubits[0]]
        if name == "h":
            x_from[w], z_from[w] = z_from[w], x_from[w]
        elif name in ("cx", "cz"):
            v = wire[gate.qubits[1]]
            first, second = z_from[w], x_from[v] if name == "cx" else z_from[v]
            role = 0 if name == "cz" else 1 if v < w else 2
            events.append(
                Event((first & 1) << w | (second & 1) << v, (first >> 1) << w | (second >> 1) << v, -1, role)
            )
            # CZ is R_ZZ times S on both sides; on the target of a CX it is a square root of X.
            x_from[w] ^= z_from[w]
            if name == "cz":
                x_from[v] ^= z_from[v]
            else:
                z_from[v] ^= x_from[v]
        elif name == "swap":
            a, b = gate.qubits
            wire[a], wire[b] = wire[b], wire[a]
        elif name in QUARTERS:
            if QUARTERS[name] & 1:
                x_from[w] ^= z_from[w]
        elif name not in ("x", "y"):
            found = rotation_angle(gate)
            if found is None:
                raise ValueError(f"{name} is not a gate of the basic set")
            quarter = quarter_turns(found[0])
            if quarter is None:
                events.append(Event((z_from[w] & 1) << w, (z_from[w] >> 1) << w, rotations))
                rotations += 1
            elif quarter & 1:
                x_from[w] ^= z_from[w]
    return PauliSequence(n, tuple(events), tuple(zip(x_from, z_from, strict=True)), tuple(wire))
