"""Circuits cut at their measurements, resets and noise; what is between two cuts, for each value of the bits.

Bits are written by measurements only, so that a condition holds or not all through the part between two cuts: there the
circuit is one unitary for each set of conditions that can hold together.
"""

from __future__ import annotations

from itertools import product

from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import NOT_UNITARY, Gate
from catenary.rewriting.circuits.angles import ZERO

MOST_CASES = 64
"""Sets of conditions that are looked at in one part."""

Condition = tuple[tuple[int, ...], int]


def _cuts(gate: Gate) -> bool:
    return gate.name in NOT_UNITARY and gate.name != "barrier"


def operations(circuit: Circuit) -> list[Gate]:
    """What is not unitary, in order; barriers change nothing."""
    return [gate for gate in circuit.gates if _cuts(gate)]


def _part(circuit: Circuit, gates: list[Gate]) -> Circuit:
    return Circuit.unchecked(circuit.n_qubits, tuple(gates), circuit.n_clbits, global_phase=ZERO)


def parts(circuit: Circuit) -> list[Circuit]:
    """The gates before, between and after the operations, each part on all lines."""
    runs: list[list[Gate]] = [[]]
    for gate in circuit.gates:
        if _cuts(gate):
            runs.append([])
        elif gate.name not in ("barrier", "id"):
            runs[-1].append(gate)
    return [_part(circuit, run) for run in runs]


def early_parts(circuit: Circuit) -> list[Circuit]:
    """The same with every gate in the first part that the operations and gates before it on its qubits allow, and the
    measurements of its condition.

    >>> gates = [Gate("measure", (0,), (), (0,)), Gate("x", (1,)), Gate("z", (1,), (), (), ((0,), 1))]
    >>> [[gate.name for gate in part] for part in early_parts(Circuit(2, gates, 1))]
    [['x'], ['z']]
    """
    runs: list[list[Gate]] = [[]]
    qubits, bits = [0] * circuit.n_qubits, [0] * circuit.n_clbits
    for gate in circuit.gates:
        if _cuts(gate):
            runs.append([])
            for q in gate.qubits:
                qubits[q] = len(runs) - 1
            for c in gate.clbits:
                bits[c] = len(runs) - 1
        elif gate.name not in ("barrier", "id"):
            held = gate.condition[0] if gate.condition is not None else ()
            place = max([qubits[q] for q in gate.qubits] + [bits[c] for c in held])
            for q in gate.qubits:
                qubits[q] = place
            runs[place].append(gate)
    return [_part(circuit, run) for run in runs]


def cases(one: Circuit, other: Circuit) -> list[tuple[Circuit, Circuit]] | None:
    """Two parts as unitaries, for each set of their conditions that can hold together; ``None`` if there are too many.

    Sets that cannot hold may be among them.
    """
    conditions: dict[tuple[int, ...], set[int]] = {}
    for gate in (*one.gates, *other.gates):
        if gate.condition is not None:
            conditions.setdefault(gate.condition[0], set()).add(gate.condition[1])
    choices: list[list[Condition | None]] = []
    count = 1
    for held, values in conditions.items():
        possible: list[Condition | None] = [(held, v) for v in sorted(values) if v < 1 << len(held)]
        if len(possible) < 1 << len(held):
            possible.append(None)
        choices.append(possible)
        count *= len(possible)
        if count > MOST_CASES:
            return None
    found = []
    for choice in product(*choices):
        true = {condition for condition in choice if condition is not None}
        if _together(true):
            found.append((_where(one, true), _where(other, true)))
    return found


def _together(conditions: set[Condition]) -> bool:
    """Whether conditions agree on the bits that they share."""
    bits: dict[int, int] = {}
    return all(
        bits.setdefault(c, value >> k & 1) == value >> k & 1
        for held, value in conditions
        for k, c in enumerate(held)
    )


def _where(part: Circuit, true: set[Condition]) -> Circuit:
    gates = [g for g in part.gates if g.condition is None or g.condition in true]
    plain = tuple(g if g.condition is None else Gate(g.name, g.qubits, g.params) for g in gates)
    return Circuit.unchecked(part.n_qubits, plain)
