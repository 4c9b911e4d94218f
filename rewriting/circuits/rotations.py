"""The Pauli-rotation normal form: a circuit as rotations exp(-iπθ/2 · P), then a Clifford operator.

Every gate of the basic set is Clifford or a rotation about Z. Carrying the Clifford gates to the end turns
each rotation's Z into a Pauli string (Litinski, arXiv 1808.02892); rotations about the same string merge when
everything between them commutes with it (Zhang & Chen, arXiv 1903.12456; Vandaele et al., arXiv 2302.07040).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catenary.diagrams.phases import Phase
from catenary.functors.bitsets import bits, columns
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.pauli import QUARTERS, Tableau
from catenary.rewriting.circuits.angles import ZERO, add, quarter_turns, rotation_angle
from catenary.rewriting.limits import check_deadline

NEAR = 300
"""Rotations that wait for being put into sets, about as many as that pays for; they are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """exp(-iπ·angle/2 · P) with P the Hermitian string of sign +1 with masks ``x`` and ``z``."""

    x: int
    z: int
    angle: Phase


@dataclass(frozen=True, slots=True)
class NormalForm:
    """exp(iπ·phase) · (Clifford) · R_k … R_1, rotations in the order in which they act.

    Attributes:
        n_qubits: number of qubits.
        rotations: the rotations, first first.
        clifford: gates of the Clifford operator that acts after all of them.
        phase: global phase in half turns.
    """

    n_qubits: int
    rotations: tuple[Rotation, ...]
    clifford: tuple[Gate, ...]
    phase: Phase


@dataclass(slots=True)
class _Entry:
    x: int
    z: int
    angle: Phase
    previous: _Entry | None
    number: int
    same: _Entry | None = None
    next: _Entry | None = None
    alive: bool = True
    place: tuple[int, int] = (-1, 1)


class RotationSequence:
    """Rotations in time order, each merged on arrival with an equal one that it can be carried to.

    The last few rotations are looked at one by one. What is before those is looked at all at once: for each qubit there is
    the set of the rotations with an X on it and of those with a Z, and the sum modulo two of some of these sets is the
    set of the rotations that do not commute with a string.

    Args:
        deadline: value of ``time.monotonic`` after which :meth:`partner` raises :class:`LimitReached`.
    """

    def __init__(self, *, merge: bool = True, deadline: float | None = None):
        self.head = _Entry(0, 0, ZERO, None, -1)
        self.tail = self.head
        self.last: dict[tuple[int, int], _Entry] = {}
        self.merge = merge
        self.deadline = deadline
        self.count = 0
        self.alive = 0
        """The set of the numbers of the entries."""
        self.waiting: list[_Entry] = []
        """Those that are not yet in the sets of their qubits."""
        self.with_x: dict[int, int] = {}
        self.with_z: dict[int, int] = {}

    def partner(self, x: int, z: int) -> _Entry | None:
        """The entry with the same string that everything after commutes with, if there is one.

        Raises:
            LimitReached: past the deadline.
        """
        # Looked at here, since many merges in a row append nothing.
        check_deadline(self.deadline, "the Pauli-rotation normal form")
        wanted = self.last.get((x, z))
        if wanted is None or not self.merge:
            return None
        entry = self.tail
        if len(self.waiting) > NEAR:
            self._fill()
        first = self.waiting[0].number if self.waiting else self.count
        while entry.number >= first:
            if entry is wanted:
                return wanted
            if ((entry.x & z).bit_count() + (entry.z & x).bit_count()) & 1:
                return None
            assert entry.previous is not None
            entry = entry.previous
        between = 0
        for q in bits(x):
            between ^= self.with_z.get(q, 0)
        for q in bits(z):
            between ^= self.with_x.get(q, 0)
        return None if (between & self.alive) >> (wanted.number + 1) else wanted

    def _fill(self) -> None:
        """Put the entries that wait into the sets of their qubits."""
        first = self.waiting[0].number
        for sets, rows in (
            (self.with_x, [entry.x for entry in self.waiting]),
            (self.with_z, [entry.z for entry in self.waiting]),
        ):
            for q, members in enumerate(columns(rows, max(row.bit_length() for row in rows))):
                if members:
                    sets[q] = sets.get(q, 0) | members << first
        self.waiting.clear()

    def append(self, x: int, z: int, angle: Phase) -> _Entry:
        """Add an entry at the end without looking for a partner."""
        entry = _Entry(x, z, angle, self.tail, self.count, self.last.get((x, z)))
        self.alive |= 1 << self.count
        self.count += 1
        self.waiting.append(entry)
        self.tail.next = entry
        self.tail = entry
        self.last[x, z] = entry
        return entry

    def remove(self, entry: _Entry) -> None:
        """Take an entry out."""
        assert entry.previous is not None
        entry.alive = False
        self.alive ^= 1 << entry.number
        entry.previous.next = entry.next
        if entry.next is None:
            self.tail = entry.previous
        else:
            entry.next.previous = entry.previous
        # The string's entry before this one is what a later rotation may now reach.
        key = (entry.x, entry.z)
        newest = self.last.get(key)
        while newest is not None and not newest.alive:
            newest = newest.same
        if newest is None:
            self.last.pop(key, None)
        else:
            self.last[key] = newest

    def entries(self) -> Iterable[_Entry]:
        """The entries that are left, in order."""
        entry = self.head.next
        while entry is not None:
            yield entry
            entry = entry.next


def normal_form(
    circuit: Circuit,
    *,
    merge: bool = True,
    tolerance: float = 0.0,
    deadline: float | None = None,
) -> tuple[NormalForm, Tableau]:
    """The Pauli-rotation normal form of a unitary circuit over the basic set, and its Clifford part's
    tableau.

    Args:
        merge: whether equal rotations are merged; without it there is one rotation for each rotation gate
            that is not Clifford.
        tolerance: a float angle within this many half turns of a Clifford one counts as Clifford.
        deadline: value of ``time.monotonic`` after which the work stops.

    Raises:
        LimitReached: when the deadline passes.
        ValueError: for a gate outside the basic set.

    >>> from catenary.functors.circuits.gates import Gate
    >>> form, _ = normal_form(Circuit(1, (Gate("h", (0,)), Gate("t", (0,)), Gate("h", (0,)))))
    >>> form.rotations
    (Rotation(x=1, z=0, angle=Fraction(1, 4)),)
    """
    tableau = Tableau(circuit.n_qubits)
    sequence = RotationSequence(merge=merge, deadline=deadline)
    clifford: list[Gate] = []
    phase = circuit.global_phase
    for gate in circuit.gates:
        found = rotation_angle(gate)
        if found is None:
            tableau.apply(gate)
            clifford.append(gate)
            continue
        angle, extra = found
        if gate.name in QUARTERS:
            # S, Z and S† with their own phase: nothing to correct.
            tableau.apply(gate)
            clifford.append(gate)
            continue
        phase = add(phase, extra)
        q = gate.qubits[0]
        entry = None
        total: Phase = angle
        quarter = quarter_turns(angle)
        if quarter is None:
            x, z, sign = tableau.row_z(q)
            entry = sequence.partner(x, z)
            if entry is not None:
                total = add(angle, entry.angle if sign > 0 else -entry.angle)
            quarter = quarter_turns(snapped(total, tolerance))
            if quarter is None:
                signed = total if sign > 0 else -total
                if entry is None:
                    sequence.append(x, z, signed)
                else:
                    entry.angle = signed
                continue
            if entry is not None:
                sequence.remove(entry)
        # R(k/2) is the k-th power of S up to the phase exp(-iπk/4).
        name = ("id", "s", "z", "sdg")[quarter & 3]
        phase = add(phase, -_S_PHASE[quarter])
        if name != "id":
            tableau.phase_gate(q, quarter)
            clifford.append(Gate(name, (q,)))
    rotations = tuple(Rotation(e.x, e.z, e.angle) for e in sequence.entries())
    return NormalForm(circuit.n_qubits, rotations, tuple(clifford), phase), tableau


def snapped(angle: Phase, tolerance: float) -> Phase:
    """A float within ``tolerance`` of a multiple of 1/2 as that multiple."""
    if tolerance and isinstance(angle, float) and abs(2 * angle - round(2 * angle)) <= 2 * tolerance:
        return type(ZERO)(round(2 * angle), 2)
    return angle


# R(k/2) = exp(-iπk/4) S^k for k < 8 where S^k is written as one of 1, S, Z, S†: S† stands for S^3 exactly.
_S_PHASE = tuple(type(ZERO)(k, 4) for k in range(8))
