"""Merging of Pauli rotations, each staying at the place of one of the gates it came from.

This is phase teleportation (Kissinger & van de Wetering, arXiv 1903.10477) done on Pauli strings (Zhang &
Chen, arXiv 1903.12456; Vandaele et al., arXiv 2302.07040): no two-qubit gate is moved or added.
"""

from __future__ import annotations

from catenary.diagrams import LimitReached
from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.pauli import Tableau
from catenary.rewriting.circuits.angles import ZERO, add, is_zero, quarter_turns, rotation_angle
from catenary.rewriting.circuits.builder import Diagonal, assemble
from catenary.rewriting.circuits.rotations import RotationSequence


def merge_rotations(circuit: Circuit, *, keep: str = "first", deadline: float | None = None) -> Circuit:
    """Carry every rotation left to an equal one and merge the two.

    Two rotations merge when they are about the same or opposite Pauli strings and every rotation between them
    commutes with that string. One gate takes the sum of the angles, the other disappears; a sum that is
    Clifford becomes s, z or sdg in its place.

    Args:
        circuit: unitary, over the basic set.
        keep: which of the two gates stays, ``"first"`` or ``"last"``.
        deadline: value of ``time.monotonic`` at which to stop and return the circuit as it is.

    >>> t, cx = Gate("t", (1,)), Gate("cx", (0, 1))
    >>> [g.name for g in merge_rotations(Circuit(2, (t, cx, cx, t)))]
    ['s', 'cx', 'cx']
    """
    tableau = Tableau(circuit.n_qubits)
    sequence = RotationSequence(deadline=deadline)
    operations: list[Gate | Diagonal | None] = []
    phase = circuit.global_phase
    merged = False
    try:
        for gate in circuit.gates:
            found = rotation_angle(gate)
            if found is None:
                tableau.apply(gate)
                operations.append(gate)
                continue
            q = gate.qubits[0]
            angle, extra = found
            phase = add(phase, extra)
            quarter = quarter_turns(angle)
            if quarter is not None:
                tableau.phase_gate(q, quarter)
                operations.append((q, angle))
                continue
            x, z, sign = tableau.row_z(q)
            here = len(operations)
            operations.append((q, angle))
            signed = angle if sign > 0 else -angle
            entry = sequence.partner(x, z)
            if entry is None:
                sequence.append(x, z, signed).place = (here, sign)
                continue
            merged = True
            first = entry.place[0]
            total: Phase = add(entry.angle, signed)
            quarter = quarter_turns(total)
            if quarter is not None:
                # The string commutes with every rotation in between, so what is left acts as if it were here.
                tableau.phase_gate(q, quarter if sign > 0 else -quarter)
                sequence.remove(entry)
            entry.angle = total
            if keep == "last":
                operations[first] = None
                entry.place = (here, sign)
            else:
                operations[here] = None
            place, place_sign = entry.place
            operation = operations[place]
            assert isinstance(operation, tuple)
            operations[place] = (operation[0], total if place_sign > 0 else -total)
    except LimitReached:
        return circuit
    if not merged:
        return circuit
    left: list[Gate | Diagonal] = []
    for kept in operations:
        if isinstance(kept, tuple) and is_zero(kept[1]):
            # R(2) is -1.
            phase = add(phase, kept[1] / 2 if kept[1] else ZERO)
        elif kept is not None:
            left.append(kept)
    return assemble(circuit, left, phase)
