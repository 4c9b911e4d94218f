"""Counting gates: the resources that optimisation reduces."""

from __future__ import annotations

from dataclasses import dataclass

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import NOT_UNITARY

TWO_QUBIT = {"cx": 1, "cz": 1, "swap": 3}
"""What each two-qubit gate of the basic set counts as."""
_CLIFFORD_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Counts:
    """Resources of a circuit over the basic gate set.

    Attributes:
        qubits: number of lines.
        t: rotations that are not Clifford: t, tdg, and rz by no multiple of π/2 (symbolic angles count).
        two_qubit: cx and cz, and 3 for each swap.
        gates: all unitary gates, opaque ones included; id, barriers, measurements, resets, noise, init and post
            count 0.
        depth: length of the longest chain of operations that share a qubit or a classical bit: a swap is
            3 long like the cx it stands for, barriers synchronise and are 0 long, everything else is 1 long.
    """

    qubits: int
    t: int
    two_qubit: int
    gates: int
    depth: int

    def as_dict(self) -> dict[str, int]:
        """The five numbers by name."""
        return {
            "qubits": self.qubits,
            "t": self.t,
            "two_qubit": self.two_qubit,
            "gates": self.gates,
            "depth": self.depth,
        }


def _is_clifford_angle(angle: Phase) -> bool:
    if is_symbolic(angle):
        return False
    if isinstance(angle, float):  # a decimal file cannot say π/2 exactly
        return abs(2 * angle - round(2 * angle)) < _CLIFFORD_TOLERANCE
    return angle.denominator <= 2


def counts(circuit: Circuit) -> Counts:
    """The resources of a circuit; a gate outside the basic set counts as its decomposition.

    >>> from catenary.functors.circuits.gates import Gate
    >>> counts(Circuit(3, [Gate("ccx", (0, 1, 2)), Gate("swap", (0, 1))])).as_dict()
    {'qubits': 3, 't': 7, 'two_qubit': 9, 'gates': 16, 'depth': 14}
    """
    t = two_qubit = gates = 0
    level = [0] * (circuit.n_qubits + circuit.n_clbits)
    first_bit = circuit.n_qubits
    for gate in to_basic(circuit).gates:
        name = gate.name
        two_qubit += TWO_QUBIT.get(name, 0)
        if name in ("t", "tdg") or (name == "rz" and not _is_clifford_angle(gate.params[0])):
            t += 1
        gates += name == "opaque" or name not in NOT_UNITARY
        lines: tuple[int, ...] = gate.qubits
        if gate.clbits or gate.condition is not None:
            bits = gate.clbits + (gate.condition[0] if gate.condition is not None else ())
            lines += tuple(first_bit + bit for bit in bits)
        if len(lines) == 1:
            level[lines[0]] += 1
            continue
        reached = max([level[line] for line in lines]) + (
            0 if name == "barrier" else 3 if name == "swap" else 1
        )
        for line in lines:
            level[line] = reached
    return Counts(circuit.n_qubits, t, two_qubit, gates, max(level, default=0))
