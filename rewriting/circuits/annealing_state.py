"""The Pauli sequence that is annealed, on flat arrays, so that numba can compile what changes it.

Rotations are nodes of a doubly linked list in time order (node 0 before all, node 1 after all), and each wire
links the *slots* of the rotations on it (two for each node, and one for each wire that closes its ring). Every
change is logged and undone in reverse if the move is refused, so that a move costs what it touches, however
long the circuit is. What the one-qubit gates of a wire cost is kept slot by slot (``annealing_costs``) and
brought up to date at the slots that changed.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from catenary.rewriting.circuits.annealing_costs import CODES, ENDS
from catenary.rewriting.circuits.kernels import compiled, draw

HEAD, TAIL = 0, 1
LOG = 4_000
"""Changes that one move may make; a move that wants more is refused."""
WIDE = 6
"""Rotations that may become wide on the way of one move."""
HEADER = 4
"""Numbers in front of a saved sequence."""

TWO, ONE, USED, FREE, LOGGED, STALE, SETTLED, DEPTH = range(8)
REMOVED, INSERTED, PARKED, JOINED, PUSHED, REMOVED_PARKED, PARKED_AGAIN, RECAST = range(8)
"""Kinds of changes in the log."""


class State(NamedTuple):
    """The arrays of one annealing (numpy arrays of int64 where compiled, lists where not). Mutable.

    Attributes:
        x, z: masks of the string of each node.
        rotation: the number of the rotation that a node is; -1 for a two-qubit gate, -2 for a free node.
        after, before: the list of nodes.
        joined: whether a node is on its wires (a rotation that became wide is not, for the time of a move).
        wire, letter, later, earlier: of each slot.
        near: for each wire, as a mask, those that a two-qubit gate may be on together with it.
        frame_x, frame_z: letters that X and Z at the end of each wire come from.
        alive, index: the nodes in use, in any order, and the place of each there.
        flips: 1 for each node that is a rotation by its angle less a quarter turn.
        role: of each two-qubit gate, as of an :class:`~catenary.rewriting.circuits.sequence.Event`.
        mark, paid: of each slot, the state of its wire behind it and what is paid there (``annealing_costs``); of
            the wire's own slot, the state at its start and what is paid at its end.
        stale: stack of slots whose mark may have changed.
        after_slot, pay, end: the tables of ``annealing_costs``.
        free: stack of unused nodes.
        log: seven numbers for each change of the present move.
        wide: rotations that became wide in the present move.
        levels: four numbers for each wire, in which the depth is counted.
        random: state of the random numbers.
        number: how many there are: two-qubit gates, H and S gates, nodes in use, free nodes, changes logged, stale
            slots; whether marks were brought up to date in the present move; and the depth, where it was counted.
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
    near: Any
    frame_x: Any
    frame_z: Any
    alive: Any
    index: Any
    flips: Any
    role: Any
    mark: Any
    paid: Any
    stale: Any
    after_slot: Any
    pay: Any
    end: Any
    free: Any
    log: Any
    wide: Any
    levels: Any
    random: Any
    number: Any


def copied(s: State) -> State:
    """A state of its own with the same sequence."""
    shared = ("after_slot", "pay", "end", "near")
    return State(**{name: a if name in shared else a.copy() for name, a in s._asdict().items()})


@compiled
def odd(mask: int) -> int:
    """Parity of the number of bits."""
    odd = 0
    while mask:
        mask &= mask - 1
        odd ^= 1
    return odd


@compiled
def touch(s: State, slot: int) -> None:
    """Note that the mark of a slot is to be looked at."""
    s.stale[s.number[STALE]] = slot
    s.number[STALE] += 1


@compiled
def code_of(s: State, slot: int, role: int) -> int:
    """The kind of a slot of a node, were that the node's role."""
    i = slot >> 1
    kind = 2 if s.rotation[i] >= 0 else 1 if role == 1 + (slot & 1) else 0
    return int(s.letter[slot] - 1 + 3 * kind)


@compiled
def settle(s: State) -> None:
    """Bring marks and the number of one-qubit gates up to date."""
    ends = len(s.wire) - len(s.frame_x)
    total = 0
    for k in range(s.number[STALE]):
        slot = s.stale[k]
        if slot < ends and not s.joined[slot >> 1]:
            total -= s.paid[slot]
            s.paid[slot] = 0
            s.mark[slot] = -1
            continue
        while True:
            state = s.mark[s.earlier[slot]]
            if state < 0:
                break  # that slot is on the stack, too, and leads here
            if slot >= ends:
                w = slot - ends
                paid = s.end[ENDS * state + s.frame_x[w] + 4 * s.frame_z[w]]
                total += paid - s.paid[slot]
                s.paid[slot] = paid
                break
            at = CODES * state + code_of(s, slot, s.role[slot >> 1])
            new, paid = s.after_slot[at], s.pay[at]
            total += paid - s.paid[slot]
            s.paid[slot] = paid
            if new == s.mark[slot]:
                break
            s.mark[slot] = new
            slot = s.later[slot]
    s.number[ONE] += total
    s.number[STALE] = 0
    s.number[SETTLED] = 1


@compiled
def _slot_in(s: State, slot: int, behind: int) -> None:
    """Put a slot behind another on its wire."""
    ahead = s.later[behind]
    s.later[slot] = ahead
    s.earlier[slot] = behind
    s.later[behind] = slot
    s.earlier[ahead] = slot
    touch(s, slot)
    touch(s, ahead)


@compiled
def _slot_out(s: State, slot: int) -> None:
    behind, ahead = s.earlier[slot], s.later[slot]
    s.later[behind] = ahead
    s.earlier[ahead] = behind
    touch(s, slot)
    touch(s, ahead)


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
    bit = 1 << wire
    while slot < ends:
        old = s.letter[slot]
        if old != letter:
            new = old ^ letter
            s.letter[slot] = new
            i = slot >> 1
            s.x[i] = (s.x[i] & ~bit) | (bit if new & 1 else 0)
            s.z[i] = (s.z[i] & ~bit) | (bit if new & 2 else 0)
        touch(s, slot)
        slot = s.later[slot]
    touch(s, slot)
    if s.frame_x[wire] != letter:
        s.frame_x[wire] ^= letter
    if s.frame_z[wire] != letter:
        s.frame_z[wire] ^= letter


@compiled
def push(s: State, wire: int, letter: int, behind: int) -> None:
    """Carry a rotation by π/2 about a letter from behind a node to the end of its wire."""
    bit = 1 << wire
    p = behind
    slot = len(s.wire) - len(s.frame_x) + wire
    while p != HEAD:
        if s.joined[p] and (s.x[p] | s.z[p]) & bit:
            slot = 2 * p if s.wire[2 * p] == wire else 2 * p + 1
            break
        p = s.before[p]
    slot = s.later[slot]
    shift_frame(s, wire, letter, slot)
    at = 7 * s.number[LOGGED]
    s.log[at] = PUSHED
    s.log[at + 1] = wire
    s.log[at + 2] = letter
    s.log[at + 3] = slot
    s.number[LOGGED] += 1


@compiled
def undo(s: State, keep: int) -> None:
    """Undo the changes of this move down to the first ``keep``."""
    while s.number[LOGGED] > keep:
        s.number[LOGGED] -= 1
        at = 7 * s.number[LOGGED]
        kind, i = s.log[at], s.log[at + 1]
        if kind == PUSHED:
            shift_frame(s, i, s.log[at + 2], s.log[at + 3])
            continue
        if kind == RECAST:
            s.role[i] = s.log[at + 2]
            touch(s, 2 * i)
            touch(s, 2 * i + 1)
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
def recast(s: State, i: int, role: int) -> None:
    """Give a two-qubit gate another role."""
    at = 7 * s.number[LOGGED]
    s.log[at] = RECAST
    s.log[at + 1] = i
    s.log[at + 2] = s.role[i]
    s.number[LOGGED] += 1
    s.role[i] = role
    touch(s, 2 * i)
    touch(s, 2 * i + 1)


@compiled
def _near(s: State, slot: int, role: int) -> int:
    """What is paid at a slot and the next one, were that the role of its node."""
    at = CODES * s.mark[s.earlier[slot]] + code_of(s, slot, role)
    ahead = s.later[slot]
    w = ahead - (len(s.wire) - len(s.frame_x))
    if w >= 0:
        return int(s.pay[at] + s.end[ENDS * s.after_slot[at] + s.frame_x[w] + 4 * s.frame_z[w]])
    return int(s.pay[at] + s.pay[CODES * s.after_slot[at] + code_of(s, ahead, s.role[ahead >> 1])])


@compiled
def cast(s: State, i: int) -> None:
    """Give a two-qubit gate the role that is cheapest nearby, the present one or any if some are as good."""
    best = s.role[i]
    least = 1 << 20
    first = draw(s.random, 3)
    for k in range(3):
        role = (first + k) % 3
        cost = _near(s, 2 * i, role) + _near(s, 2 * i + 1, role)
        if cost < least:
            best, least = role, cost
    if best != s.role[i]:
        recast(s, i, best)


@compiled
def take(s: State) -> int:
    """A free node as a two-qubit gate of a random role, not yet in the list."""
    s.number[FREE] -= 1
    i = int(s.free[s.number[FREE]])
    s.rotation[i] = -1
    s.role[i] = draw(s.random, 3)
    s.index[i] = s.number[USED]
    s.alive[s.number[USED]] = i
    s.number[USED] += 1
    return i


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
def depth_of(s: State) -> int:
    """An estimate of the depth of the circuit with the one-qubit gates that were paid for, mostly a lower bound.

    On a wire, events with one letter and no gate between them may change places. They begin when what is before
    them has ended, and take as long as all of them together. (Counted in the order of the list, as one schedule, it
    leads no further; measured.)
    """
    n = len(s.frame_x)
    ends = len(s.wire) - n
    for at in range(4 * n):
        s.levels[at] = 0
    p = s.after[HEAD]
    while p != TAIL:
        slots = 1 if s.rotation[p] >= 0 else 2
        begin = 0
        for slot in range(2 * p, 2 * p + slots):
            at = 4 * s.wire[slot]  # the letter of the events at its end, their beginning, length and end
            if s.letter[slot] != s.levels[at] or s.paid[slot]:
                s.levels[at] = s.letter[slot]
                s.levels[at + 1] = s.levels[at + 3] + s.paid[slot]
                s.levels[at + 2] = 0
            begin = max(begin, s.levels[at + 1])
        for slot in range(2 * p, 2 * p + slots):
            at = 4 * s.wire[slot]
            s.levels[at + 2] += 1
            s.levels[at + 3] = max(s.levels[at + 3], begin + 1, s.levels[at + 1] + s.levels[at + 2])
        p = s.after[p]
    depth = 0
    for w in range(n):
        depth = max(depth, s.levels[4 * w + 3] + s.paid[ends + w])
    return depth


@compiled
def save(s: State, best: Any) -> None:
    """Write the sequence into ``best``: how many nodes, two-qubit gates, H and S there are, and the depth; for each node
    x, z and twice the rotation plus its flip, or -1 less the role; then the frames.
    """
    at = HEADER
    p = s.after[HEAD]
    while p != TAIL:
        best[at] = s.x[p]
        best[at + 1] = s.z[p]
        best[at + 2] = 2 * s.rotation[p] + s.flips[p] if s.rotation[p] >= 0 else -1 - s.role[p]
        at += 3
        p = s.after[p]
    best[0] = (at - HEADER) // 3
    best[1] = s.number[TWO]
    best[2] = s.number[ONE]
    best[3] = s.number[DEPTH]
    for w in range(len(s.frame_x)):
        best[at] = s.frame_x[w]
        best[at + 1] = s.frame_z[w]
        at += 2
