"""Fewer T gates without ancillas: signature tensors of blocks of commuting rotations, cut in many ways.

How a sequence of rotations is cut into blocks that commute is a choice: a rotation may wait for any later block up
to the first rotation that it does not commute with. What one cut leaves, another one may reduce; so rounds follow one
another, each with another cut, and each round is a :class:`Round`, which is checked without looking at how it
was found.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.pauli import anticommute
from catenary.rewriting.circuits.angles import ZERO, add, is_zero
from catenary.rewriting.circuits.blocks import (
    Block,
    carried,
    commuting_blocks,
    phase_between,
    rotation_circuit,
    written,
)
from catenary.rewriting.circuits.rotations import Rotation, normal_form
from catenary.rewriting.circuits.unitaries import pauli_miter

STALE = 8
"""Rounds in a row without fewer T gates after which the search starts again."""
PATIENCE = 4
"""Descents in a row without a better set of parities in one block: another cut is worth more than many of them."""


@dataclass(frozen=True, slots=True)
class Round:
    """Blocks of commuting rotations and what each one became, with the same gates after them. Immutable."""

    before: tuple[tuple[Rotation, ...], ...]
    after: tuple[tuple[Rotation, ...], ...]
    gates: tuple[Gate, ...]


def fewer_t(
    circuit: Circuit,
    *,
    rounds: int = 16,
    seed: int = 0,
    over: Callable[[], bool] = lambda: False,
    deadline: float | None = None,
) -> tuple[Circuit, tuple[Round, ...]]:
    """The circuit with fewer T gates where the signature tensors of its blocks allow it, and the rounds to there.

    The result is written as a Pauli network, up to a phase; it may have many more two-qubit gates. Without fewer T
    gates it is the circuit itself.

    Args:
        circuit: unitary, over the basic set.
        rounds: at most.
        seed: of the random choices.
        over: asked now and then whether to stop.
        deadline: value of ``time.monotonic`` after which the work stops.

    Raises:
        LimitReached: past the deadline.
    """
    n = circuit.n_qubits
    rng = random.Random(seed)
    form, _ = normal_form(circuit, deadline=deadline)
    start = list(form.rotations), form.clifford
    given = least = _t_gates(start[0])
    best, chain = start, list[Round]()
    done = 0
    while done < rounds and not over():
        now, links, stale = start, list[Round](), 0
        count = given
        while stale < STALE and done < rounds and not over():
            blocks = _cut(now[0], done if now is start else 2, rng)
            left = [tuple(Block.of(block, n).with_fewer_t(rng, over, PATIENCE)) for block in blocks]
            links.append(Round(tuple(map(tuple, blocks)), tuple(left), now[1]))
            rotations, gates = _settled([rotation for block in left for rotation in block])
            now = rotations, (*gates, *now[1])
            found = _t_gates(rotations)
            stale = 0 if found < count else stale + 1
            count = found
            if found < least:
                least, best, chain = found, now, list(links)
            done += 1
    if least >= given:
        return circuit, ()
    return written(circuit, best[0], best[1], deadline), tuple(chain)


def prove_rounds(
    circuit: Circuit, rounds: Sequence[Round], result: Circuit, *, deadline: float | None = None
) -> Phase | None:
    """φ in half turns with circuit = exp(iπφ) result, or ``None`` if some step is not seen to be equal.

    The circuit is compared with the first round's blocks in a row by their Pauli rotations, each block with what
    became of it by their quotient, that in a row with the next round's blocks, and so on.

    Raises:
        LimitReached: past the deadline.
    """
    n = circuit.n_qubits
    phase: Phase = ZERO
    now = circuit
    for step in rounds:
        before, after = ([_block_circuit(n, b) for b in blocks] for blocks in (step.before, step.after))
        parts = [pauli_miter(now, _row(n, before, step.gates), deadline=deadline)[0]]
        parts += [phase_between(a, b, deadline=deadline) for a, b in zip(before, after, strict=True)]
        for part in parts:
            if part is None:
                return None
            phase = add(phase, part)
        now = _row(n, after, step.gates)
    last = pauli_miter(now, result, deadline=deadline)[0]
    return None if last is None else add(phase, last)


def _block_circuit(n: int, block: Sequence[Rotation]) -> Circuit:
    return Circuit.unchecked(n, tuple(gate for rotation in block for gate in rotation_circuit(rotation)[0]))


def _row(n: int, blocks: Sequence[Circuit], gates: Sequence[Gate]) -> Circuit:
    return Circuit.unchecked(n, (*(gate for block in blocks for gate in block.gates), *gates))


def _cut(rotations: list[Rotation], number: int, rng: random.Random) -> list[list[Rotation]]:
    """Blocks of commuting rotations: as early as they can be (0), as late (1), or in between by chance."""
    if number == 0:
        return commuting_blocks(rotations)
    if number == 1:
        return commuting_blocks(rotations[::-1])[::-1]
    if rng.getrandbits(1):
        return _random_blocks(rotations[::-1], rng)[::-1]
    return _random_blocks(rotations, rng)


def _random_blocks(rotations: list[Rotation], rng: random.Random) -> list[list[Rotation]]:
    """Blocks in a row, each some of the rotations that nothing stands before; a share that is drawn anew for each
    block waits.
    """
    size = len(rotations)
    before = [
        sum(1 << j for j, other in enumerate(rotations[:i]) if anticommute(one.x, one.z, other.x, other.z))
        for i, one in enumerate(rotations)
    ]
    left = (1 << size) - 1
    blocks: list[list[Rotation]] = []
    while left:
        free = [i for i in range(size) if left >> i & 1 and not before[i] & left]
        rng.shuffle(free)
        wait = rng.random() * rng.random()
        taken = [i for i in free if rng.random() >= wait] or free[:1]
        for i in taken:
            left ^= 1 << i
        blocks.append([rotations[i] for i in taken])
    return blocks


def _settled(rotations: Sequence[Rotation]) -> tuple[list[Rotation], list[Gate]]:
    """Equal rotations merged where they meet, Clifford ones carried to the end: the others, and gates after them."""
    done: list[Rotation] = []
    clifford: list[Gate] = []
    todo = list(rotations)
    for k in range(len(todo)):
        rotation = todo[k]
        for j in range(len(done) - 1, -1, -1):
            other = done[j]
            if (other.x, other.z) == (rotation.x, rotation.z):
                del done[j]
                rotation = Rotation(rotation.x, rotation.z, add(other.angle, rotation.angle))
                break
            if anticommute(other.x, other.z, rotation.x, rotation.z):
                break
        if _is_t(rotation.angle):
            done.append(rotation)
        elif not is_zero(rotation.angle):
            todo[k + 1 :] = [carried(rotation, later) for later in todo[k + 1 :]]
            clifford[:0] = rotation_circuit(rotation)[0]
    return done, clifford


def _t_gates(rotations: Sequence[Rotation]) -> int:
    return sum(_is_t(rotation.angle) for rotation in rotations)


def _is_t(angle: Phase) -> bool:
    return is_symbolic(angle) or not isinstance(angle, Fraction) or angle.denominator > 2
