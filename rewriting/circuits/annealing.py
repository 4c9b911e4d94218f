"""Simulated annealing of a Pauli sequence: fewer strings of weight two, so fewer two-qubit gates.

Only the order of the rotations and their strings matter, and moves are local rules for rotations by π/2:
passing a string P past an anticommuting one changes one of the two to their product. Signs are dropped;
``emission`` rebuilds and certifies them.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from catenary.rewriting.circuits.sequence import Event, PauliSequence

CHECK = 256
"""Moves between two looks at the clock."""


@dataclass(slots=True)
class _Strings:
    """The events as parallel lists, and the frame of every wire at the end. Mutable."""

    x: list[int]
    z: list[int]
    rotation: list[int]
    frames: list[tuple[int, int]]

    def copy(self) -> _Strings:
        return _Strings(self.x[:], self.z[:], self.rotation[:], self.frames[:])

    def push_out(self, x: int, z: int, start: int) -> None:
        """Push a rotation by π/2 about a string of weight one from before event ``start`` to the end."""
        xs, zs = self.x, self.z
        support = x | z
        for j in range(start, len(xs)):
            if support & (xs[j] | zs[j]) and ((x & zs[j]).bit_count() + (z & xs[j]).bit_count()) & 1:
                xs[j] ^= x
                zs[j] ^= z
        wire = support.bit_length() - 1
        letter = (x >> wire & 1) | (z >> wire & 1) << 1
        first, second = self.frames[wire]
        self.frames[wire] = (
            first if first == letter else first ^ letter,
            second if second == letter else second ^ letter,
        )


def anneal(
    sequence: PauliSequence,
    *,
    steps: int,
    seed: int,
    hot: float = 0.7,
    cold: float = 0.12,
    reach: int = 400,
    deadline: float | None = None,
) -> PauliSequence:
    """A sequence for the same operator (up to Pauli gates) with at most as many events of weight two.

    Args:
        steps: number of moves.
        seed: of the random choices.
        hot, cold: first and last temperature, in two-qubit gates.
        reach: how many events a move may pass.
        deadline: value of ``time.monotonic`` at which to stop early.
    """
    rng = random.Random(seed)
    now = _Strings(
        [e.x for e in sequence.events],
        [e.z for e in sequence.events],
        [e.rotation for e in sequence.events],
        list(sequence.frames),
    )
    cost = sum(r < 0 for r in now.rotation)
    best, best_cost = now.copy(), cost
    ratio = math.log(cold / hot) / max(steps, 1)
    for step in range(steps):
        if step % CHECK == 0 and deadline is not None and time.monotonic() > deadline:
            break
        length = len(now.x)
        if not length or not cost:
            break
        i = rng.randrange(length)
        if now.rotation[i] >= 0:
            _teleport(now, i, rng, reach)
            continue
        trial = now.copy()
        inserted = rng.random() < 0.3
        if inserted:
            _insert(trial, i, rng, sequence.n_qubits)
        change = _carry(trial, i, rng, reach)
        if change is None:
            continue
        change += 2 * inserted
        if change > 0 and rng.random() >= math.exp(-change / (hot * math.exp(ratio * step))):
            continue
        now = trial
        cost += change
        if cost < best_cost:
            best, best_cost = now.copy(), cost
    events = tuple(map(Event, best.x, best.z, best.rotation))
    return PauliSequence(sequence.n_qubits, events, tuple(best.frames), sequence.wires)


def _insert(strings: _Strings, i: int, rng: random.Random, n: int) -> None:
    """Put in a pair of equal strings before event i: together they are a Pauli gate."""
    support = strings.x[i] | strings.z[i]
    a = (support & -support).bit_length() - 1
    b = support.bit_length() - 1
    if n > 2 and rng.random() < 0.5:
        b = rng.choice([w for w in range(n) if w not in (a, b)])
        if rng.random() < 0.5:
            a = support.bit_length() - 1
    one, two = rng.randint(1, 3), rng.randint(1, 3)
    x = (one & 1) << a | (two & 1) << b
    z = (one >> 1) << a | (two >> 1) << b
    for _ in range(2):
        strings.x.insert(i, x)
        strings.z.insert(i, z)
        strings.rotation.insert(i, -1)


def _carry(strings: _Strings, i: int, rng: random.Random, reach: int) -> int | None:
    """Take out event i and carry its string until it is cheaper or put down; the change of cost, ``None`` if
    refused.
    """
    xs, zs, rotations = strings.x, strings.z, strings.rotation
    px, pz = xs.pop(i), zs.pop(i)
    rotations.pop(i)
    right = rng.random() < 0.5
    step = 1 if right else -1
    j = i if right else i - 1
    support = px | pz
    wide: list[int] = []
    change = 0
    ends = -1
    for _ in range(rng.randint(1, reach) if rng.random() < 0.5 else reach):
        if not 0 <= j < len(xs):
            break
        qx, qz = xs[j], zs[j]
        if support & (qx | qz):
            if qx == px and qz == pz and rotations[j] < 0:
                # Two rotations by π/2 about one string are a Pauli gate.
                del xs[j], zs[j], rotations[j]
                ends = -2
                change = -2
                break
            if ((px & qz).bit_count() + (pz & qx).bit_count()) & 1:
                nx, nz = px ^ qx, pz ^ qz
                weight = (nx | nz).bit_count()
                if rotations[j] >= 0:
                    xs[j], zs[j] = nx, nz
                    if weight > 1:
                        wide.append(rotations[j])
                        if len(wide) > 6:
                            return None
                elif weight == 2 and rng.random() < 0.5:
                    xs[j], zs[j] = nx, nz
                elif weight <= 3:
                    px, pz = nx, nz
                    support = px | pz
                    if weight == 1:
                        ends = j + 1 if right else j
                        change = -1
                        break
                else:
                    return None
        j += step
    if ends >= 0:
        strings.push_out(px, pz, ends)
    elif ends == -1:
        if support.bit_count() != 2:
            return None
        at = j if right else j + 1
        xs.insert(at, px)
        zs.insert(at, pz)
        rotations.insert(at, -1)
    for rotation in wide:
        if not _narrow(strings, rotations.index(rotation), rng, reach):
            return None
    return change


def _narrow(strings: _Strings, i: int, rng: random.Random, reach: int) -> bool:
    """Carry a rotation to the nearest place, on one side or else the other, where its string has weight
    one.
    """
    if (strings.x[i] | strings.z[i]).bit_count() <= 1:
        return True
    first = 1 if rng.random() < 0.5 else -1
    for step in (first, -first):
        place = next(_places(strings, i, step, reach), None)
        if place is not None:
            _move(strings, i, *place)
            return True
    return False


def _places(strings: _Strings, i: int, step: int, reach: int) -> Iterator[tuple[int, int, int]]:
    """Where a rotation can be carried to, to the right (step 1) or left (-1), with a string of weight one.

    Yields the number of the event that it goes past and the string, the nearest first.
    """
    xs, zs, rotations = strings.x, strings.z, strings.rotation
    x, z = xs[i], zs[i]
    j = i + step
    for _ in range(reach):
        if not 0 <= j < len(xs):
            return
        if ((x & zs[j]).bit_count() + (z & xs[j]).bit_count()) & 1:
            if rotations[j] >= 0:
                return
            x ^= xs[j]
            z ^= zs[j]
        if (x | z).bit_count() == 1:
            yield j, x, z
        j += step


def _move(strings: _Strings, i: int, j: int, x: int, z: int) -> None:
    """Take event i out and put it, with a new string, where event j is (past it)."""
    rotation = strings.rotation[i]
    for row, value in ((strings.x, x), (strings.z, z), (strings.rotation, rotation)):
        del row[i]
        row.insert(j, value)


def _teleport(strings: _Strings, i: int, rng: random.Random, reach: int) -> None:
    """Move a rotation to a random place that it can be carried to and where its string has weight one."""
    step = 1 if rng.random() < 0.5 else -1
    places = list(_places(strings, i, step, rng.randint(1, min(reach, 60))))
    if places:
        _move(strings, i, *places[-1])
