"""The moves of the annealing, on flat arrays, so that numba can compile them; plain Python runs them on lists.

Rotations are nodes of a doubly linked list in time order (node 0 before all, node 1 after all), and each wire
links the *slots* of the rotations on it (two for each node, and one for each wire that closes its ring). Every
change is logged and undone in reverse if the move is refused, so that a move costs what it touches, however
long the circuit is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

HEAD, TAIL = 0, 1
LOG = 4_000
"""Changes that one move may make; a move that wants more is refused."""
WIDE = 6
"""Rotations that may become wide on the way of one move."""

_REMOVE, _INSERT, _PARK, _JOIN, _PUSH = range(5)


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
        number: [two-qubit gates, letter changes, nodes in use, free nodes, changes logged, random 1, random 2].
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
    number: Any


TWO, CHANGES, USED, FREE, LOGGED, RANDOM_1, RANDOM_2 = range(7)

try:
    from numba import njit

    COMPILED = True

    def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
        result: Callable[..., Any] = njit(cache=True, nogil=True)(function)
        return result

except ImportError:  # the same moves, about a hundred times slower
    COMPILED = False

    def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
        return function


@compiled
def draw(s: State, bound: int) -> int:
    """A random integer below ``bound`` (L'Ecuyer 1988: two multiplicative generators combined)."""
    one = s.number[5] * 40014 % 2147483563
    two = s.number[6] * 40692 % 2147483399
    s.number[5] = one
    s.number[6] = two
    return int((one - two) % 2147483562 % bound)


@compiled
def _odd(mask: int) -> int:
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
    s.number[1] += _differ(a, b) + _differ(b, c) - _differ(a, c)


@compiled
def _slot_out(s: State, slot: int) -> None:
    behind, ahead = s.earlier[slot], s.later[slot]
    s.later[behind] = ahead
    s.earlier[ahead] = behind
    a, b, c = s.letter[behind], s.letter[slot], s.letter[ahead]
    s.number[1] -= _differ(a, b) + _differ(b, c) - _differ(a, c)


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
    at = 7 * s.number[4]
    s.log[at] = kind
    s.log[at + 1] = i
    s.log[at + 2] = s.x[i]
    s.log[at + 3] = s.z[i]
    s.log[at + 4] = s.before[i]
    s.log[at + 5] = s.earlier[2 * i]
    s.log[at + 6] = s.earlier[2 * i + 1]
    s.number[4] += 1


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
    while p != 0 and missing:
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
    _insert(s, i, x, z, s.before[1])
    s.number[4] = 0


@compiled
def _remove(s: State, i: int) -> None:
    """Take a node (on its wires, or not) out of the list."""
    _record(s, 0 if s.joined[i] else 5, i)
    if s.joined[i]:
        _leave(s, i)
    behind, ahead = s.before[i], s.after[i]
    s.after[behind] = ahead
    s.before[ahead] = behind


@compiled
def _insert(s: State, i: int, x: int, z: int, behind: int) -> None:
    """Put a node with a string into the list, behind another, and on its wires."""
    s.x[i] = x
    s.z[i] = z
    ahead = s.after[behind]
    s.before[i] = behind
    s.after[i] = ahead
    s.after[behind] = i
    s.before[ahead] = i
    _enter(s, i)
    _record(s, 1, i)


@compiled
def _park(s: State, i: int, x: int, z: int) -> None:
    """Take a node off its wires and change its string; it stays in the list."""
    _record(s, 2 if s.joined[i] else 6, i)
    if s.joined[i]:
        _leave(s, i)
    s.x[i] = x
    s.z[i] = z


@compiled
def _join(s: State, i: int) -> None:
    _enter(s, i)
    _record(s, 3, i)


@compiled
def _shift_frame(s: State, wire: int, letter: int, slot: int) -> None:
    """Carry a rotation by π/2 about a letter from before a slot to the end of the wire: an involution, up to
    a Pauli gate.
    """
    ends = len(s.wire) - len(s.frame_x)
    first = slot
    behind = s.earlier[slot]
    if first < ends:
        s.number[1] -= _differ(s.letter[behind], s.letter[first])
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
        s.number[1] += _differ(s.letter[behind], s.letter[first])
    if s.frame_x[wire] != letter:
        s.frame_x[wire] ^= letter
    if s.frame_z[wire] != letter:
        s.frame_z[wire] ^= letter


@compiled
def _push_out(s: State, x: int, z: int, behind: int) -> None:
    """Push a rotation by π/2 about one letter from behind a node to the end of its wire."""
    mask = x | z
    wire = math.frexp(mask)[1] - 1
    letter = (1 if x else 0) | (2 if z else 0)
    p = behind
    slot = len(s.wire) - len(s.frame_x) + wire
    while p != 0:
        if s.joined[p] and (s.x[p] | s.z[p]) & mask:
            slot = 2 * p if s.wire[2 * p] == wire else 2 * p + 1
            break
        p = s.before[p]
    slot = s.later[slot]
    _shift_frame(s, wire, letter, slot)
    at = 7 * s.number[4]
    s.log[at] = 4
    s.log[at + 1] = wire
    s.log[at + 2] = letter
    s.log[at + 3] = slot
    s.number[4] += 1


@compiled
def _flip(s: State, i: int) -> None:
    """Take a quarter turn out of a rotation on one wire, and push it to the end of the wire."""
    s.flips[i] ^= 1
    wire, slot = s.wire[2 * i], s.later[2 * i]
    letter = s.letter[2 * i]
    _shift_frame(s, wire, letter, slot)
    at = 7 * s.number[4]
    s.log[at] = 7
    s.log[at + 1] = wire
    s.log[at + 2] = letter
    s.log[at + 3] = slot
    s.log[at + 4] = i
    s.number[4] += 1


@compiled
def _undo(s: State, keep: int) -> None:
    """Undo the changes of this move down to the first ``keep``."""
    while s.number[4] > keep:
        s.number[4] -= 1
        at = 7 * s.number[4]
        kind, i = s.log[at], s.log[at + 1]
        if kind == 4 or kind == 7:
            _shift_frame(s, i, s.log[at + 2], s.log[at + 3])
            if kind == 7:
                s.flips[s.log[at + 4]] ^= 1
            continue
        if kind == 1:
            _leave(s, i)
            behind, ahead = s.before[i], s.after[i]
            s.after[behind] = ahead
            s.before[ahead] = behind
            continue
        if kind == 3:
            _leave(s, i)
            continue
        s.x[i] = s.log[at + 2]
        s.z[i] = s.log[at + 3]
        if kind == 0 or kind == 5:
            behind = s.log[at + 4]
            ahead = s.after[behind]
            s.before[i] = behind
            s.after[i] = ahead
            s.after[behind] = i
            s.before[ahead] = i
        if kind == 0 or kind == 2:
            count = _slots(s, i)
            if count == 2:
                _slot_in(s, 2 * i + 1, s.log[at + 6])
            _slot_in(s, 2 * i, s.log[at + 5])
            s.joined[i] = 1


@compiled
def _narrow(s: State, i: int, reach: int) -> bool:
    """Put a wide rotation at the nearest place, on one side or else the other, where its string has weight one."""
    x, z = s.x[i], s.z[i]
    mask = x | z
    if not mask & (mask - 1):
        if not s.joined[i]:
            _join(s, i)
        return True
    right = draw(s, 2)
    for _ in range(2):
        px, pz = x, z
        j = s.after[i] if right else s.before[i]
        for _ in range(reach):
            if j < 2:
                break
            if _odd((px & s.z[j]) ^ (pz & s.x[j])):
                if s.rotation[j] >= 0:
                    break
                px ^= s.x[j]
                pz ^= s.z[j]
                mask = px | pz
                if not mask & (mask - 1):
                    _remove(s, i)
                    _insert(s, i, px, pz, j if right else s.before[j])
                    return True
            j = s.after[j] if right else s.before[j]
        right = 1 - right
    return False


@compiled
def _teleport(s: State, i: int, reach: int) -> bool:
    """Move a rotation to a random place that it can be carried to and where its string has weight one."""
    right = draw(s, 2)
    left = 1 + draw(s, reach)
    px, pz = s.x[i], s.z[i]
    j = s.after[i] if right else s.before[i]
    place = -1
    x = z = 0
    while left and j > 1:
        if _odd((px & s.z[j]) ^ (pz & s.x[j])):
            if s.rotation[j] >= 0:
                break
            px ^= s.x[j]
            pz ^= s.z[j]
        mask = px | pz
        if not mask & (mask - 1):
            place, x, z = j, px, pz
        left -= 1
        j = s.after[j] if right else s.before[j]
    if place < 0:
        return False
    _remove(s, i)
    _insert(s, i, x, z, place if right else s.before[place])
    return True


@compiled
def _carry(s: State, i: int, reach: int, right: int) -> int:
    """Take out a two-qubit rotation and carry its string until it is cheaper, or put it down.

    Returns:
        0 if that was not possible, 1 if it was put down, 2 if it became a one-qubit gate and is gone, 3 if it
        cancelled another, whose number is then the last entry of ``wide``.
    """
    px, pz = s.x[i], s.z[i]
    j = s.after[i] if right else s.before[i]
    _remove(s, i)
    s.number[0] -= 1
    left = 1 + draw(s, reach) if draw(s, 2) else reach
    wide = 0
    # The last place where the string could be put down, and what had been changed then.
    place, kept, kept_wide, kx, kz = -1, 0, 0, 0, 0
    mask = px | pz
    while left and j > 1:
        left -= 1
        qx, qz = s.x[j], s.z[j]
        ahead = s.after[j] if right else s.before[j]
        if mask & (qx | qz):
            if qx == px and qz == pz and s.rotation[j] < 0:
                # Two rotations by π/2 about one string are a Pauli gate.
                _remove(s, j)
                s.number[0] -= 1
                s.wide[WIDE] = j
                place = -2
                break
            if _odd((px & qz) ^ (pz & qx)):
                nx, nz = px ^ qx, pz ^ qz
                new = nx | nz
                less = new & (new - 1)
                if s.number[4] > LOG - 40:
                    break
                if s.rotation[j] >= 0:
                    if less:
                        if wide == WIDE:
                            break
                        s.wide[wide] = j
                        wide += 1
                        _park(s, j, nx, nz)
                    else:
                        _park(s, j, nx, nz)
                        _join(s, j)
                elif less and not less & (less - 1) and draw(s, 2):
                    _park(s, j, nx, nz)
                    _join(s, j)
                else:
                    rest = less & (less - 1)
                    if rest & (rest - 1):
                        break
                    px, pz, mask = nx, nz, new
                    if not less:
                        place = -3
                        break
        rest = mask & (mask - 1)
        if not rest & (rest - 1):
            place, kept, kept_wide, kx, kz = j, s.number[4], wide, px, pz
        j = ahead
    if place == -1:
        return 0
    if place >= 0:
        # Put down at the last place: what was changed beyond it is taken back.
        _undo(s, kept)
        wide = kept_wide
        s.number[0] += 1
        _insert(s, i, kx, kz, place if right else s.before[place])
    elif place == -3:
        if not right:
            # These are not on their wires now, so the push does not meet them.
            for k in range(wide):
                w = s.wide[k]
                if _odd((px & s.z[w]) ^ (pz & s.x[w])):
                    _park(s, w, s.x[w] ^ px, s.z[w] ^ pz)
        _push_out(s, px, pz, j if right else s.before[j])
    for k in range(wide):
        if not _narrow(s, s.wide[k], reach):
            return 0
    return 1 if place >= 0 else 2 if place == -3 else 3


@compiled
def _pair(s: State, i: int, n: int, right: int) -> int:
    """Put in a pair of equal strings before a node: together they are a Pauli gate. The later or the earlier."""
    mask = s.x[i] | s.z[i]
    a = math.frexp(mask & -mask)[1] - 1
    b = math.frexp(mask)[1] - 1
    if (n > 2 and draw(s, 2)) or a == b:
        if draw(s, 2):
            a = b
        b = draw(s, n)
        if b == a:
            b = (a + 1) % n
    one, two = 1 + draw(s, 3), 1 + draw(s, 3)
    x = (one & 1) << a | (two & 1) << b
    z = (one >> 1) << a | (two >> 1) << b
    first = made = -1
    for _ in range(2):
        first = made
        s.number[3] -= 1
        made = s.free[s.number[3]]
        s.rotation[made] = -1
        s.index[made] = s.number[2]
        s.alive[s.number[2]] = made
        s.number[2] += 1
        _insert(s, made, x, z, s.before[i])
        s.number[0] += 1
    return made if right else first


@compiled
def _release(s: State, i: int) -> None:
    """Give a node that is out of the list back."""
    last = s.alive[s.number[2] - 1]
    s.alive[s.index[i]] = last
    s.index[last] = s.index[i]
    s.number[2] -= 1
    s.rotation[i] = -2
    s.free[s.number[3]] = i
    s.number[3] += 1


@compiled
def save(s: State, best: Any) -> None:
    """Write the sequence into ``best``: how many nodes, for each x, z and -1 or twice the rotation plus its flip,
    then the frames.
    """
    at = 1
    p = s.after[0]
    while p != 1:
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


@compiled
def moves(
    s: State,
    best: Any,
    least: float,
    count: int,
    start: float,
    ratio: float,
    change_cost: float,
    reach: int,
    insertions: int,
) -> float:
    """Make ``count`` moves at temperatures ``start``, ``start·ratio`` …; the least cost seen, whose sequence is
    in ``best``.

    Args:
        least: the least cost before.
        change_cost: what a change of letter on a wire costs, in two-qubit gates.
        reach: how many nodes a move may pass.
        insertions: moves in a hundred that first put in a pair.
    """
    n = len(s.frame_x)
    cost = s.number[0] + change_cost * s.number[1]
    unsaved = False
    temperature = start
    for _ in range(count):
        temperature *= ratio
        if not s.number[2]:
            break
        i = s.alive[draw(s, s.number[2])]
        s.number[4] = 0
        two, changes = s.number[0], s.number[1]
        pair = False
        if s.rotation[i] >= 0:
            if draw(s, 2):
                _flip(s, i)
                done = 1
            else:
                done = 1 if _teleport(s, i, reach) else 0
        else:
            right = draw(s, 2)
            if n > 1 and s.number[3] > 2 and draw(s, 100) < insertions:
                pair = True
                i = _pair(s, i, n, right)
            done = _carry(s, i, reach, right)
        new = s.number[0] + change_cost * s.number[1]
        if done and new > cost + 1e-12:
            if draw(s, 1 << 30) >= math.exp((cost - new) / temperature) * (1 << 30):
                done = 0
            elif unsaved:
                # The best so far would be left: it is written down first, at the price of this move.
                done = 0
                _undo(s, 0)
                save(s, best)
                unsaved = False
        if not done:
            _undo(s, 0)
            s.number[0] = two
            s.number[1] = changes
            if pair:
                _release(s, s.alive[s.number[2] - 1])
                _release(s, s.alive[s.number[2] - 1])
            continue
        if done > 1:
            _release(s, i)
        if done > 2:
            _release(s, s.wide[WIDE])
        cost = new
        if cost < least - 1e-9:
            least = cost
            unsaved = True
    if unsaved:
        save(s, best)
    return least
