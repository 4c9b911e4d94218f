"""The Pauli sequence that is annealed, on flat arrays, so that numba can compile what changes it.

Rotations are nodes of a doubly linked list in time order (node 0 before all, node 1 after all), and each wire
links the *slots* of the rotations on it (two for each node, and one for each wire that closes its ring). Every
change is logged and undone in reverse if the move is refused, so that a move costs what it touches, however
long the circuit is.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from catenary.rewriting.circuits.kernels import compiled

HEAD, TAIL = 0, 1
LOG = 4_000
"""Changes that one move may make; a move that wants more is refused."""
WIDE = 6
"""Rotations that may become wide on the way of one move."""

TWO, CHANGES, USED, FREE, LOGGED = range(5)
REMOVED, INSERTED, PARKED, JOINED, PUSHED, REMOVED_PARKED, PARKED_AGAIN, FLIPPED = range(8)
"""Kinds of changes in the log."""


class State(NamedTuple):
    """The arrays of one annealing (numpy arrays of int64 where compiled, lists where not). Mutable.

    Attributes:
        x, z: masks of the string of each node.
        rotation: the number of the rotation that a node is; -1 for a two-qubit gate, -2 for a free node.
        after, before: the list of nodes.
        joined: whether a node is on its wires (a rotation that became wide is not, for the time of a move).
        wire, letter, later, earlier: of each slot.
        frame_x, frame_z: letters that X and Z at the end of each wire come from.
        alive, index: the nodes in use, in any order, and the place of each there.
        flips: 1 for each node that is a rotation by its angle less a quarter turn.
        free: stack of unused nodes.
        log: seven numbers for each change of the present move.
        wide: rotations that became wide in the present move.
        random: state of the random numbers.
        number: how many there are: two-qubit gates, changes of letter, nodes in use, free nodes, changes logged.
    """

    x: Any
    z: Any
    rotation: Any
    after: Any
    before: Any
    joined: Any
    wire: Any
    letter: Any
    later: Any
    earlier: Any
    frame_x: Any
    frame_z: Any
    alive: Any
    index: Any
    flips: Any
    free: Any
    log: Any
    wide: Any
    random: Any
    number: Any


@compiled
def odd(mask: int) -> int:
    """Parity of the number of bits."""
    odd = 0
    while mask:
        mask &= mask - 1
        odd ^= 1
    return odd


@compiled
def _differ(a: int, b: int) -> int:
    return 1 if a and b and a != b else 0


@compiled
def _slot_in(s: State, slot: int, behind: int) -> None:
    """Put a slot behind another on its wire."""
    ahead = s.later[behind]
    s.later[slot] = ahead
    s.earlier[slot] = behind
    s.later[behind] = slot
    s.earlier[ahead] = slot
    a, b, c = s.letter[behind], s.letter[slot], s.letter[ahead]
    s.number[CHANGES] += _differ(a, b) + _differ(b, c) - _differ(a, c)


@compiled
def _slot_out(s: State, slot: int) -> None:
    behind, ahead = s.earlier[slot], s.later[slot]
    s.later[behind] = ahead
    s.earlier[ahead] = behind
    a, b, c = s.letter[behind], s.letter[slot], s.letter[ahead]
    s.number[CHANGES] -= _differ(a, b) + _differ(b, c) - _differ(a, c)


@compiled
def _slots(s: State, i: int) -> int:
    """Write the letters and wires of a node into its slots; how many there are."""
    mask = s.x[i] | s.z[i]
    count = 0
    while mask:
        low = mask & -mask
        mask ^= low
        slot = 2 * i + count
        s.wire[slot] = math.frexp(low)[1] - 1
        s.letter[slot] = (1 if s.x[i] & low else 0) | (2 if s.z[i] & low else 0)
        count += 1
    return count


@compiled
def _count(s: State, i: int) -> int:
    mask = s.x[i] | s.z[i]
    return 2 if mask & (mask - 1) else 1


@compiled
def _record(s: State, kind: int, i: int) -> None:
    at = 7 * s.number[LOGGED]
    s.log[at] = kind
    s.log[at + 1] = i
    s.log[at + 2] = s.x[i]
    s.log[at + 3] = s.z[i]
    s.log[at + 4] = s.before[i]
    s.log[at + 5] = s.earlier[2 * i]
    s.log[at + 6] = s.earlier[2 * i + 1]
    s.number[LOGGED] += 1


@compiled
def _leave(s: State, i: int) -> None:
    """Take a node off its wires."""
    for k in range(_count(s, i)):
        _slot_out(s, 2 * i + k)
    s.joined[i] = 0


@compiled
def _enter(s: State, i: int) -> None:
    """Put a node of the list on its wires."""
    n = len(s.frame_x)
    ends = len(s.wire) - n
    count = _slots(s, i)
    p = s.before[i]
    found_0 = found_1 = -1
    mask = s.x[i] | s.z[i]
    wire_0 = s.wire[2 * i]
    missing = count
    while p != HEAD and missing:
        if s.joined[p] and (s.x[p] | s.z[p]) & mask:
            for k in range(_count(s, p)):
                slot = 2 * p + k
                if found_0 < 0 and s.wire[slot] == wire_0:
                    found_0 = slot
                    missing -= 1
                elif count == 2 and found_1 < 0 and s.wire[slot] == s.wire[2 * i + 1]:
                    found_1 = slot
                    missing -= 1
        p = s.before[p]
    _slot_in(s, 2 * i, found_0 if found_0 >= 0 else ends + wire_0)
    if count == 2:
        _slot_in(s, 2 * i + 1, found_1 if found_1 >= 0 else ends + s.wire[2 * i + 1])
    s.joined[i] = 1


@compiled
def append(s: State, i: int, x: int, z: int) -> None:
    """Put a node with a string at the end of the list."""
    insert(s, i, x, z, s.before[TAIL])
    s.number[LOGGED] = 0


@compiled
def remove(s: State, i: int) -> None:
    """Take a node (on its wires, or not) out of the list."""
    _record(s, REMOVED if s.joined[i] else REMOVED_PARKED, i)
    if s.joined[i]:
        _leave(s, i)
    behind, ahead = s.before[i], s.after[i]
    s.after[behind] = ahead
    s.before[ahead] = behind


@compiled
def insert(s: State, i: int, x: int, z: int, behind: int) -> None:
    """Put a node with a string into the list, behind another, and on its wires."""
    s.x[i] = x
    s.z[i] = z
    ahead = s.after[behind]
    s.before[i] = behind
    s.after[i] = ahead
    s.after[behind] = i
    s.before[ahead] = i
    _enter(s, i)
    _record(s, INSERTED, i)


@compiled
def park(s: State, i: int, x: int, z: int) -> None:
    """Take a node off its wires and change its string; it stays in the list."""
    _record(s, PARKED if s.joined[i] else PARKED_AGAIN, i)
    if s.joined[i]:
        _leave(s, i)
    s.x[i] = x
    s.z[i] = z


@compiled
def join(s: State, i: int) -> None:
    _enter(s, i)
    _record(s, JOINED, i)


@compiled
def shift_frame(s: State, wire: int, letter: int, slot: int) -> None:
    """Carry a rotation by π/2 about a letter from before a slot to the end of the wire: an involution, up to
    a Pauli gate.
    """
    ends = len(s.wire) - len(s.frame_x)
    first = slot
    behind = s.earlier[slot]
    if first < ends:
        s.number[CHANGES] -= _differ(s.letter[behind], s.letter[first])
    bit = 1 << wire
    while slot < ends:
        old = s.letter[slot]
        if old != letter:
            new = old ^ letter
            s.letter[slot] = new
            i = slot >> 1
            s.x[i] = (s.x[i] & ~bit) | (bit if new & 1 else 0)
            s.z[i] = (s.z[i] & ~bit) | (bit if new & 2 else 0)
        slot = s.later[slot]
    if first < ends:
        s.number[CHANGES] += _differ(s.letter[behind], s.letter[first])
    if s.frame_x[wire] != letter:
        s.frame_x[wire] ^= letter
    if s.frame_z[wire] != letter:
        s.frame_z[wire] ^= letter


@compiled
def undo(s: State, keep: int) -> None:
    """Undo the changes of this move down to the first ``keep``."""
    while s.number[LOGGED] > keep:
        s.number[LOGGED] -= 1
        at = 7 * s.number[LOGGED]
        kind, i = s.log[at], s.log[at + 1]
        if kind in (PUSHED, FLIPPED):
            shift_frame(s, i, s.log[at + 2], s.log[at + 3])
            if kind == FLIPPED:
                s.flips[s.log[at + 4]] ^= 1
            continue
        if kind == INSERTED:
            _leave(s, i)
            behind, ahead = s.before[i], s.after[i]
            s.after[behind] = ahead
            s.before[ahead] = behind
            continue
        if kind == JOINED:
            _leave(s, i)
            continue
        s.x[i] = s.log[at + 2]
        s.z[i] = s.log[at + 3]
        if kind in (REMOVED, REMOVED_PARKED):
            behind = s.log[at + 4]
            ahead = s.after[behind]
            s.before[i] = behind
            s.after[i] = ahead
            s.after[behind] = i
            s.before[ahead] = i
        if kind in (REMOVED, PARKED):
            count = _slots(s, i)
            if count == 2:
                _slot_in(s, 2 * i + 1, s.log[at + 6])
            _slot_in(s, 2 * i, s.log[at + 5])
            s.joined[i] = 1


@compiled
def release(s: State, i: int) -> None:
    """Give a node that is out of the list back."""
    last = s.alive[s.number[USED] - 1]
    s.alive[s.index[i]] = last
    s.index[last] = s.index[i]
    s.number[USED] -= 1
    s.rotation[i] = -2
    s.free[s.number[FREE]] = i
    s.number[FREE] += 1


@compiled
def save(s: State, best: Any) -> None:
    """Write the sequence into ``best``: how many nodes, for each x, z and -1 or twice the rotation plus its flip,
    then the frames.
    """
    at = 1
    p = s.after[HEAD]
    while p != TAIL:
        best[at] = s.x[p]
        best[at + 1] = s.z[p]
        best[at + 2] = 2 * s.rotation[p] + s.flips[p] if s.rotation[p] >= 0 else -1
        at += 3
        p = s.after[p]
    best[0] = (at - 1) // 3
    for w in range(len(s.frame_x)):
        best[at] = s.frame_x[w]
        best[at + 1] = s.frame_z[w]
        at += 2
