"""Writing a Pauli sequence as a circuit: local frames by shortest paths, signs and phase rebuilt from the
source.

On each wire a Clifford frame says which letters X and Z on the wire stand for; H and S move between the six
frames. A rotation needs its letter on Z; a string of weight two is a CZ (both letters on Z) or a CX (one on
Z, one on X). The result carries its certificate: it is returned only if every rotation is about the source's
string and both circuits' tableaux are equal.
"""

from __future__ import annotations

from fractions import Fraction

from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.pauli import Pauli, Tableau
from catenary.functors.circuits.phase_sums import clifford_phase
from catenary.rewriting.circuits.angles import add, quarter_turns, rotation_angle
from catenary.rewriting.circuits.builder import Diagonal, assemble, inverse
from catenary.rewriting.circuits.frames import wire_words, wires_of
from catenary.rewriting.circuits.rotations import Rotation, normal_form
from catenary.rewriting.circuits.sequence import PauliSequence
from catenary.rewriting.limits import check_deadline

QUARTER = Fraction(1, 2)
"""A quarter turn, in half turns."""


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
    skeleton = write_frames(sequence, deadline)
    return with_signs(_flipped(source, sequence.flipped), skeleton, deadline)


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
            operations.append((gate.qubits[0], add(found[0], -QUARTER)))
            operations.append((gate.qubits[0], QUARTER))
        else:
            operations.append((gate.qubits[0], found[0]))
        count += 1
    return assemble(source, operations, phase)


def write_frames(sequence: PauliSequence, deadline: float | None = None) -> list[Gate | tuple[int, int]]:
    """Gates h, s, cx, cz, swap, and (qubit, number) for each rotation, right up to signs."""
    slots, roles = wires_of(sequence, deadline)
    words = wire_words(sequence, slots, roles)
    # words[w][k] goes before the k-th slot of wire w, the last after all.
    result: list[Gate | tuple[int, int]] = []
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
    return result


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
    source: Circuit, skeleton: list[Gate | tuple[int, int]], deadline: float | None = None
) -> Circuit:
    """Give a skeleton the signs, Pauli gates and global phase that make it equal to the source.

    Raises:
        EmissionError: if no choice of signs does.
        LimitReached: past the deadline.
    """
    form, wanted = normal_form(source, merge=False, deadline=deadline)
    rotations: list[Phase] = []
    got, marks = _trace(source.n_qubits, skeleton, form.rotations, rotations, deadline)
    quarters = _absorb(wanted, got, marks, deadline)
    if quarters:
        skeleton = [
            Gate("sdg", g.qubits) if k in quarters and isinstance(g, Gate) else g
            for k, g in enumerate(skeleton)
        ]
        got, _ = _trace(source.n_qubits, skeleton, form.rotations, rotations, deadline)
    operations: list[Gate | Diagonal] = []
    clifford: list[Gate] = []
    written = iter(rotations)
    for operation in skeleton:
        if isinstance(operation, Gate):
            operations.append(operation)
            clifford.append(operation)
        else:
            operations.append((operation[0], next(written)))
    for q in range(source.n_qubits):
        flip_x, flip_z = wanted.row_x(q)[2] != got.row_x(q)[2], wanted.row_z(q)[2] != got.row_z(q)[2]
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
    return assemble(source, operations, add(form.phase, between))


def _trace(
    n: int,
    skeleton: list[Gate | tuple[int, int]],
    source: tuple[Rotation, ...],
    angles: list[Phase],
    deadline: float | None,
) -> tuple[Tableau, list[tuple[int, int, int]]]:
    """The tableau at the end and for every s gate its place and the string of Z there; fills in the signed
    angles.
    """
    tableau = Tableau(n)
    marks: list[tuple[int, int, int]] = []
    angles.clear()
    for k, operation in enumerate(skeleton):
        if k % 256 == 0:
            check_deadline(deadline, "writing the circuit")
        if isinstance(operation, Gate):
            if operation.name in ("s", "sdg"):
                x, z, _ = tableau.row_z(operation.qubits[0])
                marks.append((k, x, z))
            tableau.apply(operation)
            continue
        q, number = operation
        x, z, sign = tableau.row_z(q)
        rotation = source[number]
        if (x, z) != (rotation.x, rotation.z):
            raise EmissionError(f"rotation {number} is about another string than the source's")
        angles.append(rotation.angle if sign > 0 else -rotation.angle)
    return tableau, marks


def _absorb(
    wanted: Tableau, got: Tableau, marks: list[tuple[int, int, int]], deadline: float | None
) -> set[int]:
    """Places of s gates to be written as sdg so that few Pauli gates are left at the end.

    Raises:
        EmissionError: if the tableaux differ by more than signs.
    """
    n = wanted.n
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
    for index, (_, mx, mz) in enumerate(marks):
        check_deadline(deadline, "writing the circuit")
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
    return {marks[i][0] for i in range(len(marks)) if best >> i & 1}
