"""Writing a Pauli sequence as a circuit: local frames by shortest paths, signs and phase rebuilt from the
source.

On each wire a Clifford frame says which letters X and Z on the wire stand for; H and S move between the six
frames. A rotation needs its letter on Z; a string of weight two is a CZ (both letters on Z) or a CX (one on
Z, one on X). The result carries its certificate: it is returned only if every rotation is about the source's
string and both circuits' tableaux are equal.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Set
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.pauli import Pauli, Tableau
from catenary.functors.circuits.phase_sums import clifford_phase
from catenary.rewriting.circuits.angles import PHASE_GATES, add, quarter_turns, rotation_angle
from catenary.rewriting.circuits.builder import Diagonal, assemble, inverse
from catenary.rewriting.circuits.frames import wire_words, wires_of
from catenary.rewriting.circuits.rotations import Rotation, normal_form
from catenary.rewriting.circuits.sequence import PauliSequence
from catenary.rewriting.limits import check_deadline

Skeleton: TypeAlias = "Gate | tuple[int, int]"
"""A gate, or the qubit and the number of a rotation."""

WORK = 5_000_000
"""Pairs of s gates looked at for a choice of signs, about."""


class EmissionError(ValueError):
    """A sequence that is not the source circuit's: nothing was written."""


def emit(source: Circuit, sequence: PauliSequence, *, deadline: float | None = None) -> Circuit:
    """A circuit for the sequence, equal to the source with its global phase.

    Args:
        deadline: value of ``time.monotonic`` after which the work stops.

    Raises:
        EmissionError: if the sequence does not stand for the source.
        LimitReached: past the deadline.
    """
    return with_signs(_flipped(source, sequence.flipped), *write_frames(sequence, deadline), deadline)


def _flipped(source: Circuit, numbers: frozenset[int]) -> Circuit:
    """The source with some of its rotations written as a smaller one and a quarter turn."""
    if not numbers:
        return source
    operations: list[Gate | Diagonal] = []
    phase = source.global_phase
    count = 0
    for gate in source.gates:
        found = rotation_angle(gate)
        if found is None or quarter_turns(found[0]) is not None:
            operations.append(gate)
            continue
        phase = add(phase, found[1])
        if count in numbers:
            quarter = _quarter(found[0])
            operations.append((gate.qubits[0], add(found[0], quarter)))
            operations.append((gate.qubits[0], -quarter))
        else:
            operations.append((gate.qubits[0], found[0]))
        count += 1
    return assemble(source, operations, phase)


def _quarter(angle: Phase) -> Fraction:
    """The quarter turn, in half turns, that makes a rotation smaller."""
    positive = not is_symbolic(angle) and angle % 2 < 1
    return Fraction(-1, 2) if positive else Fraction(1, 2)


def write_frames(sequence: PauliSequence, deadline: float | None = None) -> tuple[list[Skeleton], set[int]]:
    """Gates h, s, cx, cz, swap, and (qubit, number) for each rotation, right up to signs; and the places of the s
    gates that are to be part of the rotation before them.
    """
    slots, roles = wires_of(sequence, deadline)
    words, turned = wire_words(sequence, slots, roles)
    # words[w][k] goes before the k-th slot of wire w, the last after all.
    result: list[Skeleton] = []
    joined: set[int] = set()
    seen = [0] * sequence.n_qubits
    for number, event in enumerate(sequence.events):
        wires: list[int] = []
        mask = event.x | event.z
        while mask:
            wires.append((mask & -mask).bit_length() - 1)
            mask &= mask - 1
        for w in wires:
            result.extend(Gate(name, (w,)) for name in words[w][seen[w]])
            seen[w] += 1
        if event.rotation >= 0:
            result.append((wires[0], event.rotation))
            if number in turned:
                joined.add(len(result))
                result.append(Gate("s", (wires[0],)))
        else:
            a, b = wires
            role_a, role_b = roles[number]
            if role_a == role_b:
                result.append(Gate("cz", (a, b)))
            else:
                result.append(Gate("cx", (a, b) if role_b else (b, a)))
    for w in range(sequence.n_qubits):
        result.extend(Gate(name, (w,)) for name in words[w][-1])
    result.extend(_swaps(sequence.wires))
    return result, joined


def _swaps(wires: tuple[int, ...]) -> list[Gate]:
    """SWAP gates that bring the content of wire ``wires[q]`` to qubit q: the fewest, cycle by cycle."""
    at = list(range(len(wires)))
    gates = []
    for q, wanted in enumerate(wires):
        if at[q] != wanted:
            other = at.index(wanted, q)
            gates.append(Gate("swap", (q, other)))
            at[q], at[other] = at[other], at[q]
    return gates


def with_signs(
    source: Circuit, skeleton: list[Skeleton], joined: Set[int] = frozenset(), deadline: float | None = None
) -> Circuit:
    """Give a skeleton the signs, Pauli gates and global phase that make it equal to the source.

    Args:
        joined: the places of the s gates that become part of the rotation before them.

    Raises:
        EmissionError: if no choice of signs does.
        LimitReached: past the deadline.
    """
    form, wanted = normal_form(source, merge=False, deadline=deadline)
    got = _trace(source.n_qubits, skeleton, form.rotations, joined, set(), deadline)
    quarters = _absorb(wanted, got, deadline)
    if quarters:
        got = _trace(source.n_qubits, skeleton, form.rotations, joined, quarters, deadline)
    operations = list(got.written)
    clifford = [operation for operation in operations if isinstance(operation, Gate)]
    for q in range(source.n_qubits):
        flip_x = wanted.row_x(q)[2] != got.tableau.row_x(q)[2]
        flip_z = wanted.row_z(q)[2] != got.tableau.row_z(q)[2]
        if flip_x or flip_z:
            name = "y" if flip_x and flip_z else "z" if flip_x else "x"
            operations.append(Gate(name, (q,)))
            clifford.append(Gate(name, (q,)))
    check_deadline(deadline, "writing the circuit")
    # Same rotations in an order that commutation allows, same tableau: the two differ by a phase, read off
    # the Clifford parts.
    between = clifford_phase(source.n_qubits, [*form.clifford, *inverse(clifford)])
    if between is None:
        raise EmissionError("the Clifford parts differ by more than a phase")
    phase = add(form.phase, between)
    for k in joined:
        turn, quarter = operations[k - 1], operations[k]
        assert isinstance(turn, tuple)
        assert isinstance(quarter, Gate)
        angle, extra = PHASE_GATES[quarter.name], PHASE_GATES[quarter.name] / 2
        operations[k - 1] = (turn[0], add(turn[1], angle))
        phase = add(phase, extra)
    return assemble(source, (o for k, o in enumerate(operations) if k not in joined), phase)


@dataclass(frozen=True, slots=True)
class _Trace:
    """A skeleton with signs: the tableau at its end, the operations, for every s gate its place and the string of Z
    there, and the same for those that are part of a rotation.
    """

    tableau: Tableau
    written: list[Gate | Diagonal]
    marks: list[tuple[int, int, int]]
    bound: list[tuple[int, int, int]]


def _trace(
    n: int,
    skeleton: list[Skeleton],
    source: tuple[Rotation, ...],
    joined: Set[int],
    quarters: Set[int],
    deadline: float | None,
) -> _Trace:
    """The skeleton with the signs of its rotations, S† at some places, and S or S† where that makes a rotation
    smaller.
    """
    found = _Trace(Tableau(n), [], [], [])
    tableau = found.tableau
    for k, operation in enumerate(skeleton):
        if k % 256 == 0:
            check_deadline(deadline, "writing the circuit")
        if isinstance(operation, Gate):
            if operation.name in ("s", "sdg"):
                x, z, _ = tableau.row_z(operation.qubits[0])
                if k in joined:
                    turn = found.written[-1]
                    assert isinstance(turn, tuple)
                    operation = Gate("sdg" if _quarter(turn[1]) < 0 else "s", operation.qubits)
                    found.bound.append((k, x, z))
                else:
                    operation = Gate("sdg", operation.qubits) if k in quarters else operation
                    found.marks.append((k, x, z))
            tableau.apply(operation)
            found.written.append(operation)
            continue
        q, number = operation
        x, z, sign = tableau.row_z(q)
        rotation = source[number]
        if (x, z) != (rotation.x, rotation.z):
            raise EmissionError(f"rotation {number} is about another string than the source's")
        found.written.append((q, rotation.angle if sign > 0 else -rotation.angle))
    return found


def _absorb(wanted: Tableau, trace: _Trace, deadline: float | None) -> set[int]:
    """Places of s gates to be written as sdg so that few Pauli gates are left at the end.

    Raises:
        EmissionError: if the tableaux differ by more than signs.
    """
    n, got = wanted.n, trace.tableau
    if wanted.xx != got.xx or wanted.xz != got.xz or wanted.zx != got.zx or wanted.zz != got.zz:
        raise EmissionError("the tableau is not the source's")
    x = z = 0
    for q in range(n):
        if wanted.row_x(q)[2] != got.row_x(q)[2]:
            z |= 1 << q
        if wanted.row_z(q)[2] != got.row_z(q)[2]:
            x |= 1 << q
    back = got.pull(Pauli(x, z))
    difference = back.x | back.z << n
    if not difference:
        return set()
    # Gaussian elimination over GF(2): each basis vector remembers the s gates whose change makes it.
    basis: dict[int, tuple[int, int]] = {}
    work = 0
    for index in range(len(trace.marks) - 1, -1, -1):
        work += 100
        if len(basis) == 2 * n or work > WORK:
            break
        check_deadline(deadline, "writing the circuit")
        place, mx, mz = trace.marks[index]
        # Beyond it every rotation whose string anticommutes changes its sign, and with it an S that is part of it.
        for _, ox, oz in trace.bound[bisect(trace.bound, (place,)) :]:
            work += 1
            if ((mx & oz).bit_count() ^ (mz & ox).bit_count()) & 1:
                mx, mz = mx ^ ox, mz ^ oz
        vector, made = mx | mz << n, 1 << index
        while vector:
            top = vector.bit_length()
            if top not in basis:
                basis[top] = (vector, made)
                break
            vector, made = vector ^ basis[top][0], made ^ basis[top][1]

    order = sorted(basis, reverse=True)

    def reduced(vector: int) -> tuple[int, int]:
        made = 0
        for top in order:
            if vector >> (top - 1) & 1:
                vector, made = vector ^ basis[top][0], made ^ basis[top][1]
        return vector, made

    rest, best = reduced(difference)
    if rest:
        # One Pauli gate at the end may be enough.
        best = 0
        for q in range(n):
            check_deadline(deadline, "writing the circuit")
            for px, pz in ((1 << q, 0), (0, 1 << q), (1 << q, 1 << q)):
                one = got.pull(Pauli(px, pz))
                rest, made = reduced(difference ^ (one.x | one.z << n))
                if not rest:
                    best = made
                    break
            if best:
                break
    return {trace.marks[i][0] for i in range(len(trace.marks)) if best >> i & 1}
