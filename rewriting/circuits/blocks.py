"""Blocks of commuting rotations in a Pauli-rotation normal form, and what they have in common with Clifford
operators.

Commuting strings are products of independent ones, so a block is a phase polynomial over these (up to a
Clifford change of basis that need not be written). Its T gates can be exchanged for others with the same
signature tensor (``signature_tensor``), and where the tensor is zero the whole block is a Clifford operator.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.bitsets import bits
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.pauli import Pauli, Tableau, anticommute, hermitian
from catenary.functors.circuits.phase_sums import clifford_phase
from catenary.rewriting.circuits.angles import ZERO, add, rotation_gates
from catenary.rewriting.circuits.builder import inverse
from catenary.rewriting.circuits.rotations import Rotation, normal_form
from catenary.rewriting.circuits.signature_tensor import PATIENCE, clifford_difference, fewer_columns
from catenary.rewriting.limits import check_deadline
from catenary.rewriting.zx.networks import CLIFFORD_WORTH, Strings, write_clifford, write_rotations
from catenary.rewriting.zx.scalar import Scalar
from catenary.rewriting.zx.tape import Tape, swaps


def commuting_blocks(rotations: Sequence[Rotation]) -> list[list[Rotation]]:
    """The rotations in an order that is as good, cut into blocks that commute: each goes to the earliest block
    that it can be carried to.

    >>> x, z = Rotation(1, 0, Fraction(1, 4)), Rotation(0, 1, Fraction(1, 4))
    >>> [len(block) for block in commuting_blocks([z, x, z])]
    [1, 1, 1]
    """
    blocks: list[list[Rotation]] = []
    for rotation in rotations:
        place = len(blocks)
        for k in range(len(blocks) - 1, -1, -1):
            if any(anticommute(rotation.x, rotation.z, other.x, other.z) for other in blocks[k]):
                break
            place = k
        if place == len(blocks):
            blocks.append([])
        blocks[place].append(rotation)
    return blocks


@dataclass(frozen=True, slots=True)
class Block:
    """Commuting rotations over independent strings.

    Attributes:
        strings: independent commuting Hermitian strings.
        counts: for products of them, as masks, the rotation angle in multiples of π/4 (any integer).
        others: the rotations whose angle is no such multiple.
    """

    strings: tuple[Pauli, ...]
    counts: dict[int, int]
    others: tuple[Rotation, ...]

    @staticmethod
    def of(rotations: Sequence[Rotation], n: int) -> Block:
        """The block of commuting rotations on n qubits."""
        basis: dict[int, tuple[int, int]] = {}
        strings: list[Pauli] = []
        counts: dict[int, int] = {}
        others: list[Rotation] = []
        total: dict[tuple[int, int], Phase] = {}
        for rotation in rotations:
            key = rotation.x, rotation.z
            total[key] = add(total.get(key, ZERO), rotation.angle)
        for (x, z), angle in total.items():
            if is_symbolic(angle) or not isinstance(angle, Fraction) or 4 % angle.denominator:
                others.append(Rotation(x, z, angle))
                continue
            vector, mask = x | z << n, 0
            while vector and vector.bit_length() in basis:
                row, made = basis[vector.bit_length()]
                vector, mask = vector ^ row, mask ^ made
            if vector:
                own = 1 << len(strings)
                basis[vector.bit_length()] = (vector, mask ^ own)
                strings.append(hermitian(x, z))
                mask = own
            block = Block(tuple(strings), {}, ())
            count = int(4 * angle) * block.product(mask).sign
            counts[mask] = counts.get(mask, 0) + count
        return Block(tuple(strings), counts, tuple(others))

    def product(self, mask: int) -> Pauli:
        """The product of some of the strings."""
        result = Pauli(0, 0)
        for k in bits(mask):
            result = result * self.strings[k]
        return result

    def rotations(self, counts: dict[int, int]) -> list[Rotation]:
        """Rotations about products of the strings by multiples of π/4."""
        found = []
        for mask, count in counts.items():
            string = self.product(mask)
            found.append(Rotation(string.x, string.z, Fraction(count * string.sign, 4)))
        return found

    def with_fewer_t(
        self, rng: random.Random, over: Callable[[], bool], patience: int = PATIENCE
    ) -> list[Rotation]:
        """The same operator up to a phase, with at most as many T gates, Clifford rotations last."""
        odd = [mask for mask, count in self.counts.items() if count & 1]
        after = fewer_columns(odd, len(self.strings), rng, over, patience=patience)
        rest = clifford_difference(self.counts, after)
        return [*self.rotations(dict.fromkeys(after, 1)), *self.others, *self.rotations(rest)]

    def clifford(self) -> dict[int, int] | None:
        """Even counts for the same operator up to a phase; ``None`` if it is no Clifford operator."""
        if self.others:
            return None
        try:
            return clifford_difference(self.counts, [])
        except ValueError:
            return None


def rotation_circuit(rotation: Rotation) -> tuple[list[Gate], Fraction]:
    """Gates for exp(-iπ·angle/2 · P), and the phase φ in half turns with R = exp(iπφ) · gates."""
    before: list[Gate] = []
    wires = bits(rotation.x | rotation.z)
    for q in wires:
        letter = (rotation.x >> q & 1) | (rotation.z >> q & 1) << 1
        if letter == 3:
            before.append(Gate("sdg", (q,)))
        if letter != 2:
            before.append(Gate("h", (q,)))
    before.extend(Gate("cx", pair) for pair in pairwise(wires))
    turned, phase = rotation_gates(wires[-1], rotation.angle)
    return [*before, *turned, *inverse(before)], phase


def phase_between(a: Circuit, b: Circuit, *, deadline: float | None = None) -> Phase | None:
    """φ in half turns with a = exp(iπφ) b, or ``None`` if the two are not seen to be equal.

    From the start of both circuits, and if that fails from their ends, the rotations that can be carried there
    are compared: the quotient of the two blocks has to be a Clifford operator, and that is carried through.

    Args:
        a, b: unitary, over the basic set, on as many qubits.
        deadline: value of ``time.monotonic`` after which the work stops.

    Raises:
        LimitReached: past the deadline.
    """
    found = _from_start(a, b, deadline)
    if found is None:
        found = _from_start(inverted(a), inverted(b), deadline)
        return None if found is None else -found
    return found


def inverted(circuit: Circuit) -> Circuit:
    """The adjoint of a unitary circuit over the basic set."""
    return circuit.with_gates(tuple(inverse(circuit.gates)), -circuit.global_phase)


def _from_start(a: Circuit, b: Circuit, deadline: float | None) -> Phase | None:
    """:func:`phase_between`, from the start alone."""
    n = a.n_qubits
    (form, _), (other, _) = (normal_form(c, deadline=deadline) for c in (a, b))
    phase = add(form.phase, -other.phase)
    left, right = list(form.rotations), list(other.rotations)
    clifford: list[Gate] = list(form.clifford)
    while left or right:
        check_deadline(deadline, "the comparison of commuting blocks")
        first, left = _front(left)
        second, right = _front(right)
        for one, two in _candidates(first, second, n):
            block = Block.of([*one, *(Rotation(r.x, r.z, -r.angle) for r in two)], n)
            found = block.clifford()
            if found is not None and (one or two):
                break
        else:
            return None
        left = [r for r in first if r not in one] + left
        right = [r for r in second if r not in two] + right
        # R(c/4) is exp(-iπc/8) times what it does to phases, and that is the same for both.
        phase = add(phase, Fraction(sum(found.values()) - sum(block.counts.values()), 8))
        gates: list[Gate] = []
        for rotation in block.rotations(found):
            left = [carried(rotation, r) for r in left]
            written, extra = rotation_circuit(rotation)
            gates.extend(written)
            phase = add(phase, extra)
        clifford[:0] = gates
    between = [*inverse(other.clifford), *clifford]
    tableau = Tableau(n)
    for gate in between:
        tableau.apply(gate)
    if not tableau.is_identity():
        return None
    rest = clifford_phase(n, between)
    return None if rest is None else add(phase, rest)


def _candidates(
    first: list[Rotation], second: list[Rotation], n: int
) -> Iterator[tuple[list[Rotation], list[Rotation]]]:
    """The two blocks, and then with one of them cut down to products of the other's strings: what is in front of
    the one circuit may be behind something in the other.
    """
    yield first, second
    yield (
        first,
        [r for r in second if len(Block.of([*first, r], n).strings) == len(Block.of(first, n).strings)],
    )
    yield (
        [r for r in first if len(Block.of([*second, r], n).strings) == len(Block.of(second, n).strings)],
        second,
    )


def _front(rotations: list[Rotation]) -> tuple[list[Rotation], list[Rotation]]:
    """The rotations that commute with all before them, and the others."""
    front: list[Rotation] = []
    rest: list[Rotation] = []
    for k, rotation in enumerate(rotations):
        free = not any(anticommute(rotation.x, rotation.z, r.x, r.z) for r in rotations[:k])
        (front if free else rest).append(rotation)
    return front, rest


def carried(by: Rotation, rotation: Rotation) -> Rotation:
    """K† R K for a Clifford rotation K = exp(-iπθ/2 Q): a string P that anticommutes with Q becomes P·exp(-iπθQ)."""
    if not anticommute(by.x, by.z, rotation.x, rotation.z):
        return rotation
    quarters = int(2 * by.angle) % 4
    string = hermitian(rotation.x, rotation.z)
    if quarters & 1:
        string = Pauli(0, 0, 3 if quarters == 1 else 1) * string * hermitian(by.x, by.z)
    elif quarters:
        string = -string
    return Rotation(string.x, string.z, rotation.angle if string.sign > 0 else -rotation.angle)


def written(
    circuit: Circuit,
    rotations: Sequence[Rotation],
    clifford: Sequence[Gate],
    deadline: float | None,
    worth: float = CLIFFORD_WORTH,
) -> Circuit:
    """Rotations and then Clifford gates as a Pauli network, up to a phase.

    Args:
        worth: as in :func:`~catenary.rewriting.zx.networks.write_rotations`.
    """
    n = circuit.n_qubits
    tableau = Tableau(n)
    for gate in clifford:
        tableau.apply(gate)
    turning = [(tableau.push(hermitian(r.x, r.z)), r.angle) for r in reversed(rotations)]
    images = [tableau.push(hermitian(0, 1 << q)) for q in range(n)]
    images += [tableau.push(hermitian(1 << q, 0)) for q in range(n)]
    tape, scalar = Tape(), Scalar()
    strings = Strings(n, [pauli for pauli, _ in turning] + images, tape)

    def turn(q: int, phase: Phase, minus: bool) -> None:
        tape.phase(q, -phase if minus else phase, scalar)

    write_rotations(strings, [angle for _, angle in turning], turn, deadline, worth)
    lines = write_clifford(strings, len(turning), deadline)
    return circuit.with_gates((*swaps(lines), *tape.in_order()), Fraction(0))
