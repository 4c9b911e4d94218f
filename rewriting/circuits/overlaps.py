"""Fidelities of two circuits on a product input, from the rotations that are left in their miter.

Of |⟨ψ|b†a|ψ⟩|² only what does not cancel between a and b has to be simulated: b†a is a Clifford operator D after
rotations about Pauli strings (:mod:`~catenary.rewriting.circuits.rotations`). In the basis that ψ belongs to, the state
is a sparse vector that a rotation doubles only where its string moves ψ, and Clifford gates cost nothing: the amplitude
of ψ in D·v is read off the strings D†·Z·D. So circuits on many qubits are compared on inputs for which most
rotations are diagonal, however many Hadamard gates they have.
"""

from __future__ import annotations

import cmath
import math
import random
from collections import Counter
from collections.abc import Sequence

from catenary.diagrams import LimitReached
from catenary.diagrams.phases import radians
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.pauli import Pauli, Tableau, anticommute, hermitian
from catenary.rewriting.circuits.builder import inverse
from catenary.rewriting.circuits.path_miter import PREPARATIONS
from catenary.rewriting.circuits.rotations import Rotation, normal_form
from catenary.rewriting.limits import check_deadline

WHAT = "simulation by Pauli rotations"
BASES = {"Z": "01", "X": "+-", "Y": "rl"}
"""The two inputs that are eigenstates of each Pauli letter."""

_DROP = 1e-13
_UNITS = (1, 1j, -1, -1j)


class Overlaps:
    """⟨ψ|b†a|ψ⟩ for product states ψ, for unitary, straight circuits over the basic set without symbols.

    Raises:
        LimitReached: past the deadline.

    >>> found = Overlaps(Circuit(1, [Gate("t", (0,))]), Circuit(1))
    >>> round(found.fidelity("0"), 6), round(found.fidelity("+"), 6)
    (1.0, 0.853553)
    """

    def __init__(self, a: Circuit, b: Circuit, *, deadline: float | None = None) -> None:
        self.deadline = deadline
        whole = Circuit.unchecked(a.n_qubits, (*a.gates, *inverse(b.gates)))
        form, self.tableau = normal_form(whole, deadline=deadline)
        self.rotations = form.rotations
        self.n = a.n_qubits

    def fidelity(self, inputs: Sequence[str], *, limit: int = 1 << 12) -> float:
        """|⟨ψ|b†a|ψ⟩|² for the product state of these letters.

        Args:
            limit: the most basis states, in the basis of ψ, with an amplitude.

        Raises:
            LimitReached: if there are more, or past the deadline.
        """
        frame = _frame(inputs)
        state: dict[int, complex] = {0: 1.0}
        for count, rotation in enumerate(self.rotations):
            if count % 16 == 0:
                check_deadline(self.deadline, WHAT)
            state = _rotated(
                state, frame.pull(hermitian(rotation.x, rotation.z)), radians(rotation.angle) / 2
            )
            if len(state) > limit:
                raise LimitReached(WHAT, f"{limit} basis states")
        # the projector on ψ after D is that on the common eigenvectors of these strings before it
        rows = [
            frame.pull(self.tableau.pull(frame.push(Pauli(0, 1 << q)))) if self._moved(q, frame) else None
            for q in range(self.n)
        ]
        return _weight(state, [Pauli(0, 1 << q) if row is None else row for q, row in enumerate(rows)])

    def _moved(self, q: int, frame: Tableau) -> bool:
        """Whether D moves the string that has ψ's qubit q as eigenstate."""
        own = frame.push(Pauli(0, 1 << q))
        return self.tableau.pull(own) != own


def _frame(inputs: Sequence[str]) -> Tableau:
    """The gates that prepare a product state from |0…0⟩."""
    frame = Tableau(len(inputs))
    for q, letter in enumerate(inputs):
        for name in PREPARATIONS[letter].split():
            frame.apply(Gate(name, (q,)))
    return frame


def _applied(key: int, pauli: Pauli) -> complex:
    """The factor of X^x|key⟩ in the string times |key⟩."""
    return _UNITS[(pauli.phase + 2 * (pauli.z & key).bit_count()) & 3]


def _rotated(state: dict[int, complex], pauli: Pauli, half: float) -> dict[int, complex]:
    """exp(-i·half·P) on a sparse vector."""
    if not pauli.x:
        turns = {sign: cmath.exp(-1j * half * sign) for sign in (1, -1)}
        return {key: value * turns[int(_applied(key, pauli).real)] for key, value in state.items()}
    stays, moves = math.cos(half), -1j * math.sin(half)
    new = {key: value * stays for key, value in state.items()}
    for key, value in state.items():
        image = key ^ pauli.x
        new[image] = new.get(image, 0) + value * moves * _applied(key, pauli)
    return {key: value for key, value in new.items() if abs(value) > _DROP}


def _weight(state: dict[int, complex], rows: Sequence[Pauli]) -> float:
    """The squared norm of the projection on the common eigenvectors, of value 1, of n independent commuting
    strings.
    """
    pivots: list[Pauli] = []
    diagonal: list[Pauli] = []
    for row in rows:
        for pivot in pivots:
            if row.x & (pivot.x & -pivot.x):
                row = row * pivot
        (pivots if row.x else diagonal).append(row)
    found: dict[int, complex] = {}
    for key, value in state.items():
        if any(_applied(key, row) != 1 for row in diagonal):
            continue
        # a string of the group moves |key⟩ without changing its projection
        for pivot in pivots:
            if key & (pivot.x & -pivot.x):
                value *= _applied(key, pivot)
                key ^= pivot.x
        found[key] = found.get(key, 0) + value
    return math.ldexp(sum(abs(value) ** 2 for value in found.values()), -len(pivots))


def quietest(rotations: Sequence[Rotation], n: int) -> list[str]:
    """For each qubit the Pauli letter that most rotations have there: its eigenstates keep states small."""
    counts = [Counter[str]({"Z": 1}) for _ in range(n)]
    for rotation in rotations:
        support = rotation.x | rotation.z
        while support:
            q = (support & -support).bit_length() - 1
            support &= support - 1
            counts[q]["IXZY"[(rotation.x >> q & 1) | (rotation.z >> q & 1) << 1]] += 2
    return [count.most_common(1)[0][0] for count in counts]


def distinguishing_input(
    a: Circuit, overlaps: Overlaps, *, tries: int = 24, enough: float = 1e-4, seed: int = 0
) -> tuple[tuple[str, ...], float] | None:
    """A product input on which two circuits differ, and their fidelity there.

    Inputs are eigenstates of what most of a's rotations have on each qubit, but for a few qubits, on which a rotation or
    a string that the miter does not fix is moved.

    Args:
        a: one of the circuits.
        overlaps: of both.
        enough: the least distance of the fidelity from 1.

    Raises:
        LimitReached: past the deadline.
    """
    rng = random.Random(seed)
    n = a.n_qubits
    letters = quietest(normal_form(a, deadline=overlaps.deadline)[0].rotations, n)
    suspects = [(r.x, r.z) for r in overlaps.rotations]
    moved = [
        (q, letter)
        for q in range(n)
        for letter, row in (("X", overlaps.tableau.row_x(q)), ("Z", overlaps.tableau.row_z(q)))
        if row != (*(mask << q for mask in _MASKS[letter]), 1)
    ]
    if not suspects and not moved:
        return None
    for attempt in range(tries):
        check_deadline(overlaps.deadline, WHAT)
        bases = list(letters)
        for _ in range(1 + attempt % 3):
            if suspects:
                _move(bases, rng.choice(suspects), rng)
        if moved and (attempt & 1 or not suspects):
            q, letter = rng.choice(moved)
            bases[q] = letter
        # plain ones first
        inputs = tuple(rng.choice(BASES[letter]) if attempt else BASES[letter][0] for letter in bases)
        try:
            found = overlaps.fidelity(inputs, limit=1 << 10)
        except LimitReached:
            continue
        if found < 1 - enough:
            return inputs, found
    return None


def _move(bases: list[str], suspect: tuple[int, int], rng: random.Random) -> None:
    """Change one qubit's basis so that no state of these bases is an eigenstate of the string."""
    x, z = suspect
    support = [q for q in range(len(bases)) if (x | z) >> q & 1]
    if any(anticommute(x >> q & 1, z >> q & 1, *_MASKS[bases[q]]) for q in support):
        return
    q = rng.choice(support)
    own = "IXZY"[(x >> q & 1) | (z >> q & 1) << 1]
    bases[q] = rng.choice([letter for letter in BASES if letter != own])


_MASKS = {"X": (1, 0), "Y": (1, 1), "Z": (0, 1)}
