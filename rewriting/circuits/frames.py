"""Clifford frames of the wires of a Pauli sequence, by shortest paths.

A frame is the pair of letters (1 X, 2 Z, 3 Y) that X and Z on the wire stand for. H exchanges them, S turns X
into X·Z.
"""

from __future__ import annotations

from typing import TypeAlias

from catenary.rewriting.circuits.sequence import PauliSequence
from catenary.rewriting.limits import check_deadline

Slot: TypeAlias = tuple[int, int]
"""The number of an event and the letter it has on the wire."""

Roles: TypeAlias = list[tuple[int, int]]
"""For each event of weight two whether its letter is on Z (0) or on X (1) on the lower and the higher of its
wires.
"""

FRAMES = tuple((a, b) for a in (1, 2, 3) for b in (1, 2, 3) if a != b)
INDEX = {frame: k for k, frame in enumerate(FRAMES)}
START = INDEX[1, 2]
"""The frame at the start of a wire."""


def _after(frame: int, name: str) -> int:
    x, z = FRAMES[frame]
    return INDEX[(z, x) if name == "h" else (x ^ z, z)]


def _all_words() -> list[list[tuple[str, ...]]]:
    table = []
    for start in range(6):
        words: dict[int, tuple[str, ...]] = {start: ()}
        queue = [start]
        for frame in queue:
            for name in ("s", "h"):
                reached = _after(frame, name)
                if reached not in words:
                    words[reached] = (*words[frame], name)
                    queue.append(reached)
        table.append([words[end] for end in range(6)])
    return table


WORDS = _all_words()
"""``WORDS[a][b]``: the shortest word in h and s from frame a to frame b."""

LENGTH = [[len(word) for word in row] for row in WORDS]
"""Their lengths."""


def _transition(letter: int, kind: int) -> tuple[tuple[int, int], ...]:
    """(frame before, frame after) for a slot; kind 0: two-qubit on Z, 1: two-qubit on X, 2: rotation."""
    pairs = []
    for k, (x, z) in enumerate(FRAMES):
        if kind == 2 and z == letter:
            # An S next to a rotation is part of its angle.
            pairs += [(k, k), (k, INDEX[x ^ z, z])]
        elif kind == 0 and z == letter:
            pairs.append((k, INDEX[x ^ z, z]))
        elif kind == 1 and x == letter:
            pairs.append((k, INDEX[x, z ^ x]))
    return tuple(pairs)


STEPS = [[_transition(letter, kind) for kind in range(3)] for letter in range(4)]
"""By letter and kind of slot."""


def wires_of(sequence: PauliSequence, deadline: float | None = None) -> tuple[list[list[Slot]], Roles]:
    """The slots of every wire in order, and roles that suit all wires well.

    Roles are improved wire by wire (each an exact shortest path with the other wires' roles fixed) until
    nothing gets shorter.

    Raises:
        LimitReached: past the deadline, a value of ``time.monotonic``.
    """
    n = sequence.n_qubits
    slots: list[list[Slot]] = [[] for _ in range(n)]
    roles: Roles = []
    higher: list[int] = []
    for number, event in enumerate(sequence.events):
        mask = event.x | event.z
        top = -1
        while mask:
            w = (mask & -mask).bit_length() - 1
            mask &= mask - 1
            slots[w].append((number, (event.x >> w & 1) | (event.z >> w & 1) << 1))
            top = w
        higher.append(top)
        roles.append(((0, 0), (1, 0), (0, 1))[event.role])
    costs = [-1] * n
    pending = set(range(n))
    for _ in range(20):
        if not pending:
            break
        todo, pending = sorted(pending), set()
        for w in todo:
            check_deadline(deadline, "the search for Clifford frames")
            cost, path = _shortest(sequence, slots[w], roles, higher, w, free=True)
            if costs[w] >= 0 and cost >= costs[w]:
                continue
            costs[w] = cost
            for (number, _), (role, _, _) in zip(slots[w], path, strict=True):
                if sequence.events[number].rotation < 0:
                    low, high = roles[number]
                    mine = high if higher[number] == w else low
                    if mine != role:
                        roles[number] = (low, role) if higher[number] == w else (role, high)
                        event = sequence.events[number]
                        pending.update(v for v in range(n) if (event.x | event.z) >> v & 1 and v != w)
    return slots, roles


def _shortest(
    sequence: PauliSequence, slots: list[Slot], roles: Roles, higher: list[int], w: int, *, free: bool
) -> tuple[int, list[tuple[int, int, int]]]:
    """A shortest path through the frames of a wire.

    Args:
        free: choose the role of every two-qubit slot (not X on both wires); otherwise roles stay as they are.

    Returns:
        How many H and S are written, and for every slot its kind and the frames before and after it.
    """
    far = 1 << 30
    cost = [far] * 6
    cost[START] = 0
    back: list[list[tuple[int, int, int]]] = []
    for number, letter in slots:
        kinds: tuple[int, ...] = (2,)
        if sequence.events[number].rotation < 0:
            low, high = roles[number]
            mine, other = (high, low) if higher[number] == w else (low, high)
            kinds = (mine,) if not free else (0,) if other else (0, 1)
        new = [far] * 6
        via = [(-1, -1, -1)] * 6
        for kind in kinds:
            for before, after in STEPS[letter][kind]:
                for start in range(6):
                    total = cost[start] + LENGTH[start][before]
                    if total < new[after]:
                        new[after], via[after] = total, (start, before, kind)
        cost = new
        back.append(via)
    end = INDEX[sequence.frames[w]]
    frame = min(range(6), key=lambda f: cost[f] + LENGTH[f][end])
    total = cost[frame] + LENGTH[frame][end]
    path: list[tuple[int, int, int]] = []
    for via in reversed(back):
        start, before, kind = via[frame]
        path.append((kind, before, frame))
        frame = start
    path.reverse()
    return total, path


def wire_words(
    sequence: PauliSequence, slots: list[list[Slot]], roles: Roles
) -> tuple[list[list[tuple[str, ...]]], set[int]]:
    """For every wire the words to be written before each of its slots, and after the last; and the numbers of the
    rotations that an S is to be a part of.
    """
    result = []
    joined: set[int] = set()
    higher = [(e.x | e.z).bit_length() - 1 for e in sequence.events]
    for w in range(sequence.n_qubits):
        words: list[tuple[str, ...]] = []
        _, path = _shortest(sequence, slots[w], roles, higher, w, free=False)
        now = START
        for (number, _), (kind, before, after) in zip(slots[w], path, strict=True):
            words.append(WORDS[now][before])
            now = after
            if kind == 2 and before != after:
                joined.add(number)
        words.append(WORDS[now][INDEX[sequence.frames[w]]])
        result.append(words)
    return result, joined
