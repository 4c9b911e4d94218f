"""The moves of the annealing: each changes a Pauli sequence to one of the same operator, or is undone."""

from __future__ import annotations

import math
from typing import Any

from catenary.rewriting.circuits.annealing_state import (
    DEPTH,
    FREE,
    LOG,
    LOGGED,
    ONE,
    SETTLED,
    STALE,
    TAIL,
    TWO,
    USED,
    WIDE,
    State,
    cast,
    depth_of,
    insert,
    join,
    odd,
    park,
    push,
    recast,
    release,
    remove,
    save,
    settle,
    shift_frame,
    take,
    undo,
)
from catenary.rewriting.circuits.annealing_windows import Window, rewrite
from catenary.rewriting.circuits.kernels import compiled, draw

RECASTS = 15
"""Moves of a two-qubit gate in a hundred that change its role."""


@compiled
def _near(s: State, mask: int) -> bool:
    """Whether a gate may be on these two wires."""
    low = mask & -mask
    return bool(s.near[math.frexp(low)[1] - 1] & (mask ^ low))


@compiled
def _narrow(s: State, i: int, reach: int) -> bool:
    """Put a wide rotation at the nearest place, on one side or else the other, where its string has weight one."""
    x, z = s.x[i], s.z[i]
    mask = x | z
    if not mask & (mask - 1):
        if not s.joined[i]:
            join(s, i)
        return True
    right = draw(s.random, 2)
    for _ in range(2):
        px, pz = x, z
        j = s.after[i] if right else s.before[i]
        for _ in range(reach):
            if j <= TAIL:
                break
            if odd((px & s.z[j]) ^ (pz & s.x[j])):
                if s.rotation[j] >= 0:
                    break
                px ^= s.x[j]
                pz ^= s.z[j]
                mask = px | pz
                if not mask & (mask - 1):
                    remove(s, i)
                    insert(s, i, px, pz, j if right else s.before[j])
                    return True
            j = s.after[j] if right else s.before[j]
        right = 1 - right
    return False


@compiled
def _teleport(s: State, i: int, reach: int) -> bool:
    """Move a rotation to a random place that it can be carried to and where its string has weight one."""
    right = draw(s.random, 2)
    left = 1 + draw(s.random, reach)
    px, pz = s.x[i], s.z[i]
    j = s.after[i] if right else s.before[i]
    place = -1
    x = z = 0
    while left and j > TAIL:
        if odd((px & s.z[j]) ^ (pz & s.x[j])):
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
    remove(s, i)
    insert(s, i, x, z, place if right else s.before[place])
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
    remove(s, i)
    s.number[TWO] -= 1
    left = 1 + draw(s.random, reach) if draw(s.random, 2) else reach
    wide = 0
    # The last place where the string could be put down, and what had been changed then.
    place, kept, kept_wide, kx, kz = -1, 0, 0, 0, 0
    mask = px | pz
    while left and j > TAIL:
        left -= 1
        qx, qz = s.x[j], s.z[j]
        ahead = s.after[j] if right else s.before[j]
        if mask & (qx | qz):
            if qx == px and qz == pz and s.rotation[j] < 0:
                # Two rotations by π/2 about one string are a Pauli gate.
                remove(s, j)
                s.number[TWO] -= 1
                s.wide[WIDE] = j
                place = -2
                break
            if odd((px & qz) ^ (pz & qx)):
                nx, nz = px ^ qx, pz ^ qz
                new = nx | nz
                less = new & (new - 1)
                if s.number[LOGGED] > LOG - 40:
                    break
                if s.rotation[j] >= 0:
                    if less:
                        if wide == WIDE:
                            break
                        s.wide[wide] = j
                        wide += 1
                        park(s, j, nx, nz)
                    else:
                        park(s, j, nx, nz)
                        join(s, j)
                elif less and not less & (less - 1) and draw(s.random, 2) and _near(s, new):
                    park(s, j, nx, nz)
                    join(s, j)
                else:
                    rest = less & (less - 1)
                    if rest & (rest - 1):
                        break
                    px, pz, mask = nx, nz, new
                    if not less:
                        place = -3
                        break
        rest = mask & (mask - 1)
        if not rest & (rest - 1) and _near(s, mask):
            place, kept, kept_wide, kx, kz = j, s.number[LOGGED], wide, px, pz
        j = ahead
    if place == -1:
        return 0
    if place >= 0:
        # Put down at the last place: what was changed beyond it is taken back.
        undo(s, kept)
        wide = kept_wide
        s.number[TWO] += 1
        insert(s, i, kx, kz, place if right else s.before[place])
    elif place == -3:
        if not right:
            # These are not on their wires now, so the push does not meet them.
            for k in range(wide):
                w = s.wide[k]
                if odd((px & s.z[w]) ^ (pz & s.x[w])):
                    park(s, w, s.x[w] ^ px, s.z[w] ^ pz)
        push(s, math.frexp(px | pz)[1] - 1, (1 if px else 0) | (2 if pz else 0), j if right else s.before[j])
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
    if (n > 2 and draw(s.random, 2)) or a == b:
        if draw(s.random, 2):
            a = b
        b = draw(s.random, n)
        if b == a:
            b = (a + 1) % n
        if not s.near[a] >> b & 1:
            # On the wires of the node.
            a, b = math.frexp(mask & -mask)[1] - 1, math.frexp(mask)[1] - 1
    one, two = 1 + draw(s.random, 3), 1 + draw(s.random, 3)
    x = (one & 1) << a | (two & 1) << b
    z = (one >> 1) << a | (two >> 1) << b
    first = made = -1
    for _ in range(2):
        first = made
        made = take(s)
        insert(s, made, x, z, s.before[i])
        s.number[TWO] += 1
    return made if right else first


@compiled
def moves(
    s: State,
    best: Any,
    least: float,
    count: int,
    temperature: float,
    one_cost: float,
    reach: int,
    insertions: int,
    v: Window,
    windows: int,
    cooler: float,
    depth_cost: float,
) -> float:
    """Make ``count`` moves at a temperature; the least cost seen, whose sequence is in ``best``.

    Args:
        least: the least cost before.
        one_cost: what an H or S gate costs, in two-qubit gates.
        reach: how many nodes a move may pass.
        insertions: moves in a hundred that first put in a pair.
        v: room for windows.
        windows: moves in a hundred that write a window again.
        cooler: what part of the temperature is theirs.
        depth_cost: what a step of depth costs; with 0 the depth is not counted.
    """
    n = len(s.frame_x)
    cost = s.number[TWO] + one_cost * s.number[ONE] + depth_cost * s.number[DEPTH]
    unsaved = False
    for _ in range(count):
        if not s.number[USED]:
            break
        i = s.alive[draw(s.random, s.number[USED])]
        s.number[LOGGED] = 0
        s.number[SETTLED] = 0
        two = s.number[TWO]
        pair = False
        more = lower = upper = 0
        heat = temperature
        if draw(s.random, 100) < windows:
            heat *= cooler
            longer = draw(s.random, 1 << 30) < math.exp(-1 / heat) * (1 << 30)
            window, more, lower, upper = rewrite(s, v, i, 1 if longer else 0)
            done = 1 if window else 0
        elif s.rotation[i] >= 0:
            if draw(s.random, 2):
                # The quarter turn taken out of it goes to the end of its wire. What that costs is the same.
                s.flips[i] ^= 1
                shift_frame(s, s.wire[2 * i], s.letter[2 * i], s.later[2 * i])
                done = 1
            else:
                done = 1 if _teleport(s, i, reach) else 0
        elif draw(s.random, 100) < RECASTS:
            recast(s, i, draw(s.random, 3))
            done = 1
        else:
            right = draw(s.random, 2)
            if n > 1 and s.number[FREE] > 2 and draw(s.random, 100) < insertions:
                pair = True
                i = _pair(s, i, n, right)
            done = _carry(s, i, reach, right)
            if done:
                settle(s)
                if done == 1:
                    cast(s, i)
                if pair:
                    other = s.alive[s.number[USED] - (2 if right else 1)]
                    if done < 3 or other != s.wide[WIDE]:
                        cast(s, other)
        if done:
            settle(s)
        new = s.number[TWO] + one_cost * s.number[ONE]
        depth = 0
        if depth_cost and done:
            depth = depth_of(s)
            new += depth_cost * depth
        # That a window may become longer was decided before.
        given = cost + more if more > 0 else cost
        if done and new > given + 1e-12:
            if draw(s.random, 1 << 30) >= math.exp((given - new) / heat) * (1 << 30):
                done = 0
            elif unsaved:
                # The best so far would be left: it is written down first, at the price of this move.
                done = 0
                undo(s, 0)
                save(s, best)
                unsaved = False
        if not done:
            undo(s, 0)
            if s.number[SETTLED]:
                settle(s)
            s.number[STALE] = 0
            s.number[TWO] = two
            if pair:
                release(s, s.alive[s.number[USED] - 1])
                release(s, s.alive[s.number[USED] - 1])
            if more > 0:
                for k in range(lower, upper):
                    release(s, v.nodes[k])
            continue
        if more < 0:
            for k in range(lower, upper):
                release(s, v.nodes[k])
        if done > 1:
            release(s, i)
        if done > 2:
            release(s, s.wide[WIDE])
        cost = new
        s.number[DEPTH] = depth
        if cost < least - 1e-9:
            least = cost
            unsaved = True
    if unsaved:
        save(s, best)
    return least
