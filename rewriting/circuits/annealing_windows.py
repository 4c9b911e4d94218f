"""A move of the annealing: a window of a Pauli sequence is taken out and written again.

A window is a few events on a few wires. What has to stay are the strings of its rotations as seen from its beginning,
in an order that changes only where two commute, and the Clifford map at its end up to a one-qubit gate on each wire,
which is pushed to the end of the circuit. It is written again with the rotations by π/2 that bring
those strings nearest to single wires, with some noise: the greedy synthesis of Pauli networks (Goubault de Brugière &
Martiel, arXiv 2404.03280) on windows, as windows of parity networks are in ``parity_moves``.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from catenary.rewriting.circuits.annealing_state import (
    FREE,
    TAIL,
    TWO,
    State,
    cast,
    insert,
    odd,
    push,
    remove,
    settle,
    take,
)
from catenary.rewriting.circuits.kernels import compiled, draw, integers, numbers, weight

NARROW, WIRES = 3, 6
"""Wires of a window, at most: a random number between these."""
GATES = 14
"""Two-qubit gates in a window, at most."""
ROTATIONS = 40
"""Rotations in a window, at most: a set of them is one machine word."""
AHEAD = 100
"""Events that are looked at for a window, at most."""
GENERATORS = 9
"""Strings of weight two on two given wires."""
LINEAR = 0.15
"""What a letter of the Clifford map that is left counts, where a rotation of weight two counts one."""
DECAY = 0.5
"""Each further wire of a rotation counts this part of the one before."""
WAITING = 0.7
"""So much less counts a rotation for each that must come before it."""
NOISE = 0.5
"""Random part of what a gate is worth."""

GAIN = (0.0, 0.0, *((1 - DECAY**k) / (1 - DECAY) for k in range(1, WIRES + 1)))
"""What a rotation of each weight still costs."""


BARRED = 1e30
"""More than any gate's score."""

LISTED = 7
"""Entries for each two letters in the table of the gates that do not commute with them."""


def _moving() -> list[int]:
    """For each two letters how many gates about two letters do not commute with them, and which.

    Where both are letters of the string each of those removes one of them; where one is, each adds the other.
    """
    table = []
    for one in range(4):
        for two in range(4):
            found = [
                g for g in range(GENERATORS) if (one not in (0, 1 + g // 3)) != (two not in (0, 1 + g % 3))
            ]
            table += [len(found), *found, *[0] * (LISTED - 1 - len(found))]
    return table


class Window(NamedTuple):
    """Room for one window. Mutable.

    Attributes:
        names, local: the sequence's number of each of its wires, and back.
        nodes: its nodes; then those of the new gates, and those that are left over.
        between: strings of the nodes that are passed over.
        x, z: its rotations' strings, then X, Z and Y of each wire, as they are from where the new gates end.
        node, before: of each rotation the node, and the set of the rotations that must come before it.
        gate_x, gate_z: its two-qubit gates.
        barred: of each two wires, what gates on them score at first: nothing, or too much where there may be none.
        score: of each possible gate.
        out: x, z and number of the rotation (-1 for gates) of each new event.
        moving, gain: tables.
    """

    names: Any
    local: Any
    nodes: Any
    between: Any
    x: Any
    z: Any
    node: Any
    before: Any
    gate_x: Any
    gate_z: Any
    barred: Any
    score: Any
    out: Any
    moving: Any
    gain: Any


def room() -> Window:
    """Room for windows, to be used by one thread at a time."""
    moving, gain = integers(16 * LISTED), numbers(len(GAIN))
    moving[:] = _moving()
    gain[:] = GAIN
    events = GATES + 1 + ROTATIONS
    return Window(
        names=integers(WIRES),
        local=integers(64),
        nodes=integers(events),
        between=integers(2 * AHEAD),
        x=integers(ROTATIONS + 3 * WIRES),
        z=integers(ROTATIONS + 3 * WIRES),
        node=integers(ROTATIONS),
        before=integers(ROTATIONS),
        gate_x=integers(GATES),
        gate_z=integers(GATES),
        barred=numbers(WIRES * (WIRES - 1) // 2),
        score=numbers(WIRES * (WIRES - 1) // 2 * GENERATORS),
        out=integers(3 * events),
        moving=moving,
        gain=gain,
    )


@compiled
def _gather(s: State, v: Window, first: int, gates: int, widest: int) -> tuple[int, int]:
    """Nodes behind ``first`` on few wires that commute with what is between them: how many, and their wires."""
    wires = passed = 0
    count = between = found = 0
    k = first
    for _ in range(AHEAD):
        if k == TAIL:
            break
        x, z = s.x[k], s.z[k]
        mask = x | z
        gate = s.rotation[k] < 0
        fits = not count or (weight(mask | wires) <= widest if gate and mask & wires else not mask & ~wires)
        if fits and mask & passed:
            for j in range(between):
                if odd((x & v.between[2 * j + 1]) ^ (z & v.between[2 * j])):
                    fits = False
                    break
        if fits and not gate and count - found == ROTATIONS:
            fits = False
        if fits:
            if gate:
                if found == gates:
                    break
                found += 1
            v.nodes[count] = k
            count += 1
            wires |= mask
        else:
            v.between[2 * between], v.between[2 * between + 1] = x, z
            between += 1
            passed |= mask
        k = s.after[k]
    return count, wires


@compiled
def _read(s: State, v: Window, size: int, m: int) -> tuple[int, int]:
    """The window's gates, and its strings as seen from its beginning: how many gates and rotations there are."""
    gates = count = 0
    for k in range(size):
        i = v.nodes[k]
        x = z = 0
        mask = s.x[i] | s.z[i]
        while mask:
            low = mask & -mask
            mask ^= low
            bit = 1 << v.local[math.frexp(low)[1] - 1]
            if s.x[i] & low:
                x |= bit
            if s.z[i] & low:
                z |= bit
        if s.rotation[i] < 0:
            v.gate_x[gates], v.gate_z[gates] = x, z
            gates += 1
            continue
        for j in range(gates - 1, -1, -1):
            if odd((x & v.gate_z[j]) ^ (z & v.gate_x[j])):
                x ^= v.gate_x[j]
                z ^= v.gate_z[j]
        v.x[count], v.z[count], v.node[count] = x, z, i
        before = 0
        for r in range(count):
            if odd((x & v.z[r]) ^ (z & v.x[r])):
                before |= 1 << r
        v.before[count] = before
        count += 1
    at = count
    for w in range(m):
        for k in range(2):
            x, z = (1 << w, 0) if k == 0 else (0, 1 << w)
            for j in range(gates - 1, -1, -1):
                if odd((x & v.gate_z[j]) ^ (z & v.gate_x[j])):
                    x ^= v.gate_x[j]
                    z ^= v.gate_z[j]
            v.x[at], v.z[at] = x, z
            at += 1
        v.x[at], v.z[at] = v.x[at - 1] ^ v.x[at - 2], v.z[at - 1] ^ v.z[at - 2]
        at += 1
    return gates, count


@compiled
def _score(v: Window, m: int, count: int, left: int) -> None:
    """What each possible gate changes."""
    for k in range(m * (m - 1) // 2 * GENERATORS):
        v.score[k] = v.barred[k // GENERATORS]
    for r in range(count + 3 * m):
        x, z = v.x[r], v.z[r]
        up, down = LINEAR, -LINEAR
        if r < count:
            if not left >> r & 1:
                continue
            w = weight(x | z)
            worth = 1.0
            waiting = v.before[r] & left
            while waiting:
                waiting &= waiting - 1
                worth *= WAITING
            up = worth * (v.gain[w + 1] - v.gain[w])
            down = worth * (v.gain[w - 1] - v.gain[w])
        k = 0
        for a in range(m):
            one = (x >> a & 1) | (z >> a & 1) << 1
            for b in range(a + 1, m):
                two = (x >> b & 1) | (z >> b & 1) << 1
                at = LISTED * (4 * one + two)
                value = down if one and two else up
                for j in range(at + 1, at + 1 + v.moving[at]):
                    v.score[k + v.moving[j]] += value
                k += GENERATORS


@compiled
def _write(v: Window, m: int, count: int, limit: int, random: Any) -> int:
    """New events, into ``out``: how many, and -1 if there would be more gates than ``limit``."""
    left = (1 << count) - 1
    length = gates = 0
    while True:
        again = True
        while again:
            again = False
            for r in range(count):
                mask = v.x[r] | v.z[r]
                if left >> r & 1 and not v.before[r] & left and not mask & (mask - 1):
                    v.out[3 * length], v.out[3 * length + 1], v.out[3 * length + 2] = v.x[r], v.z[r], r
                    length += 1
                    left &= ~(1 << r)
                    again = True
        done = not left
        for k in range(3 * m):
            if not done:
                break
            done = (v.x[count + k] | v.z[count + k]) == 1 << k // 3
        if done:
            return length
        if gates == limit:
            return -1
        _score(v, m, count, left)
        best = BARRED
        chosen = -1
        for k in range(m * (m - 1) // 2 * GENERATORS):
            if v.score[k] < best:
                value = v.score[k] + NOISE * draw(random, 1024) / 1024
                if value < best:
                    best, chosen = value, k
        pair, g = chosen // GENERATORS, chosen % GENERATORS
        a = 0
        while pair >= m - 1 - a:
            pair -= m - 1 - a
            a += 1
        b = a + 1 + pair
        one, two = 1 + g // 3, 1 + g % 3
        x = (one & 1) << a | (two & 1) << b
        z = (one >> 1) << a | (two >> 1) << b
        for r in range(count + 3 * m):
            if odd((v.x[r] & z) ^ (v.z[r] & x)):
                v.x[r] ^= x
                v.z[r] ^= z
        v.out[3 * length], v.out[3 * length + 1], v.out[3 * length + 2] = x, z, -1
        length += 1
        gates += 1


@compiled
def rewrite(s: State, v: Window, first: int, longer: int) -> tuple[bool, int, int, int]:
    """Write the window that begins with the next gate again, with at most ``longer`` gates more.

    Returns:
        Whether anything was done; how many gates more there are; and between which places of ``nodes`` those are
        that have to be released: where there are fewer gates, if the move is made; where there are more, if it is undone.
    """
    nothing = False, 0, 0, 0
    while first != TAIL and s.rotation[first] >= 0:
        first = s.after[first]
    if first == TAIL:
        return nothing
    widest = NARROW + draw(s.random, WIRES + 1 - NARROW)
    size, mask = _gather(s, v, first, 2 + draw(s.random, GATES - 1), widest)
    m = 0
    while mask:
        low = mask & -mask
        mask ^= low
        w = math.frexp(low)[1] - 1
        v.names[m] = w
        v.local[w] = m
        m += 1
    if m < 2:
        return nothing
    pair = 0
    for a in range(m):
        for b in range(a + 1, m):
            v.barred[pair] = 0.0 if s.near[v.names[a]] >> v.names[b] & 1 else BARRED
            pair += 1
    gates, count = _read(s, v, size, m)
    if gates < 2:
        return nothing
    got = _write(v, m, count, min(gates + longer, GATES + 1), s.random)
    if got < 0 or got - size > s.number[FREE]:
        return nothing
    same = got == size
    for k in range(got):
        # From numbers within the window to those of the sequence.
        x = z = 0
        for w in range(m):
            x |= (v.out[3 * k] >> w & 1) << v.names[w]
            z |= (v.out[3 * k + 1] >> w & 1) << v.names[w]
        v.out[3 * k], v.out[3 * k + 1] = x, z
        same = same and s.x[v.nodes[k]] == x and s.z[v.nodes[k]] == z
    if same:
        return nothing
    behind = s.before[first]
    spare = 0
    for k in range(size):
        i = v.nodes[k]
        remove(s, i)
        if s.rotation[i] < 0:
            v.nodes[spare] = i
            spare += 1
    for _ in range(got - size):
        v.nodes[spare] = take(s)
        spare += 1
    used = 0
    for k in range(got):
        r = v.out[3 * k + 2]
        if r >= 0:
            i = v.node[r]
        else:
            i = v.nodes[used]
            used += 1
        insert(s, i, v.out[3 * k], v.out[3 * k + 1], behind)
        behind = i
    for w in range(m):
        # What comes later sees the letters of this wire through the one-qubit gate that is left; each push keeps
        # one letter and exchanges the others.
        at = count + 3 * w
        x = (v.x[at] >> w & 1) | (v.z[at] >> w & 1) << 1
        z = (v.x[at + 1] >> w & 1) | (v.z[at + 1] >> w & 1) << 1
        now = 2
        if x != 1:
            push(s, v.names[w], x ^ 1, behind)
            now = 2 if x == 3 else 1
        if z != now:
            push(s, v.names[w], x, behind)
    more = got - size
    s.number[TWO] += more
    settle(s)
    for k in range(used):
        cast(s, v.nodes[k])
    if more > 0:
        used = spare - more
    return True, more, used, spare
