"""Fewer CX gates in a circuit of CX gates and phases: windows are taken out and written again, on flat arrays.

A circuit of CX gates visits parities of its inputs; those that carry a phase must be visited, and the linear
map at the end must stay. A window of the circuit only has to visit those of them that occur nowhere else
(Amy, Azimzadeh & Mosca, arXiv 1712.01859, call this a parity network). It is written again by the CX gates
that bring the parities nearest to single wires, with some noise, and taken if it is not longer.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from catenary.rewriting.circuits.kernels import compiled, draw, weight

AHEAD = 300
"""Gates that are looked at for a window, at most."""
SHUFFLES = 10
"""Pairs of neighbours looked at before each window."""
WIRES = 8
"""Wires of a window, at most."""


@compiled
def find(parities: Any, mask: int) -> int:
    """The place of a parity in the sorted list, -1 if it is not there."""
    low, high = 0, len(parities)
    while low < high:
        middle = (low + high) // 2
        if parities[middle] < mask:
            low = middle + 1
        else:
            high = middle
    return low if low < len(parities) and parities[low] == mask else -1


@compiled
def _write(
    n: int,
    wanted: Any,
    count: int,
    rows: Any,
    columns: Any,
    gain: Any,
    linear: float,
    noise: float,
    seed: Any,
    score: Any,
    out: Any,
    limit: int,
) -> int:
    """CX gates that visit ``wanted[:count]`` and turn the wires into ``rows``; their number, -1 if over limit.

    Args:
        wanted: parities of the wires; used up.
        rows: what each wire is to become, as a parity of the wires; used up.
        columns: the inverse, transposed; used up.
        gain: ``gain[w]`` what a parity of weight w still costs.
        linear: what an entry of the linear map that is to be removed costs.
        noise: random part of the scores.
        score: n·n numbers to work with.
        out: control and target of each gate, one after the other.
    """
    length = 0
    while True:
        for k in range(n * n):
            score[k] = 0.0
        # score[t·n + c]: what CX(c, t) changes. Wire t is replaced by its sum with c, so a parity with t gains
        # or loses c.
        kept = 0
        for k in range(count):
            p = wanted[k]
            if not p & (p - 1):
                continue
            wanted[kept] = p
            kept += 1
            w = weight(p)
            up = gain[w + 1] - gain[w]
            down = gain[w - 1] - gain[w]
            rest = p
            while rest:
                low = rest & -rest
                rest ^= low
                t = math.frexp(low)[1] - 1
                score[t * n + t] += up
                others = p ^ low
                while others:
                    other = others & -others
                    others ^= other
                    score[t * n + math.frexp(other)[1] - 1] += down - up
        count = kept
        done = count == 0
        for w in range(n):
            if rows[w] != 1 << w:
                done = False
            rest = rows[w]
            while rest:
                low = rest & -rest
                rest ^= low
                t = math.frexp(low)[1] - 1
                score[t * n + t] += linear
                others = rows[w] ^ low
                while others:
                    other = others & -others
                    others ^= other
                    score[t * n + math.frexp(other)[1] - 1] -= 2 * linear
            # The inverse has its control gaining the target.
            rest = columns[w]
            while rest:
                low = rest & -rest
                rest ^= low
                c = math.frexp(low)[1] - 1
                others = columns[w]
                for t in range(n):
                    if t != c:
                        score[t * n + c] += linear if not others >> t & 1 else -linear
        if done:
            return length
        if length == limit:
            return -1
        best = 1e30
        control = target = -1
        for t in range(n):
            base = score[t * n + t]
            for c in range(n):
                if c != t:
                    value = base + score[t * n + c]
                    if value < best:
                        value += noise * draw(seed, 1024) / 1024
                        if value < best:
                            best, control, target = value, c, t
        out[2 * length] = control
        out[2 * length + 1] = target
        length += 1
        t_bit, c_bit = 1 << target, 1 << control
        for k in range(count):
            if wanted[k] & t_bit:
                wanted[k] ^= c_bit
        for w in range(n):
            if rows[w] & t_bit:
                rows[w] ^= c_bit
            if columns[w] & c_bit:
                columns[w] ^= t_bit


@compiled
def _gather(gates: Any, number: Any, first: int, length: int, size: int, widest: int, rest: Any) -> int:
    """Bring gates on few wires that commute with what is between them together behind ``first``: how many are there.

    Gates change places only if both still visit the same parities.

    Args:
        size: how many at most.
        widest: on how many wires.
        rest: room for the gates in between: control, target and number of the parity of each.
    """
    wires = controls = targets = 0
    count = between = 0
    for g in range(first, min(length, first + AHEAD)):
        c, t, k = gates[2 * g], gates[2 * g + 1], number[g]
        both = wires | 1 << c | 1 << t
        if not (controls | targets) >> t & 1 and not targets >> c & 1 and weight(both) <= widest:
            wires = both
            at = first + count
            gates[2 * at], gates[2 * at + 1], number[at] = c, t, k
            count += 1
            if count == size:
                break
        else:
            controls |= 1 << c
            targets |= 1 << t
            rest[3 * between], rest[3 * between + 1], rest[3 * between + 2] = c, t, k
            between += 1
    for j in range(between):
        at = first + count + j
        gates[2 * at], gates[2 * at + 1], number[at] = rest[3 * j], rest[3 * j + 1], rest[3 * j + 2]
    return count


@compiled
def rewrite(
    n: int,
    gates: Any,
    length: int,
    parities: Any,
    steps: int,
    longest: int,
    temperature: float,
    gain: Any,
    linear: float,
    noise: float,
    seed: Any,
    best: Any,
    shortest: int,
) -> tuple[int, int]:
    """Take ``steps`` windows of ``gates`` and write each again; the new length, and the least, kept in ``best``.

    Args:
        gates: control and target of each CX in order; changed.
        length: the number of gates; ``gates`` has room for some more.
        parities: sorted masks of the inputs' parities that carry a phase.
        longest: gates in a window, at most.
        temperature: a longer window is taken with the probability exp(-difference/temperature).
        shortest: the length of what is in ``best``.
    """
    room = len(gates)
    wires = np.zeros(n, np.int64)
    local = np.full(n, -1, np.int64)
    names = np.zeros(n, np.int64)
    rest = np.zeros(3 * AHEAD, np.int64)
    rows = np.zeros(n, np.int64)
    columns = np.zeros(n, np.int64)
    wanted = np.zeros(2 * len(parities) + 1, np.int64)
    seen = np.zeros(len(parities) + 1, np.int64)
    inside = np.zeros(len(parities) + 1, np.int64)
    score = np.zeros(n * n)
    out = np.zeros(2 * longest + 8, np.int64)
    number = np.zeros(room, np.int64)
    # How often each parity is visited; by the inputs once and for all.
    for w in range(n):
        k = find(parities, 1 << w)
        if k >= 0:
            seen[k] += 1
        wires[w] = 1 << w
    for g in range(length):
        wires[gates[2 * g + 1]] ^= wires[gates[2 * g]]
        k = find(parities, wires[gates[2 * g + 1]])
        number[g] = k
        if k >= 0:
            seen[k] += 1
    for _ in range(steps):
        size = min(length, 2 + draw(seed, longest - 1))
        if size < 2:
            break
        for _ in range(SHUFFLES):
            # Neighbours that commute and visit the same parities in either order change places.
            g = draw(seed, length - 1)
            c, t, d, u = gates[2 * g], gates[2 * g + 1], gates[2 * g + 2], gates[2 * g + 3]
            if t != u and c != u and t != d:
                gates[2 * g], gates[2 * g + 1], gates[2 * g + 2], gates[2 * g + 3] = d, u, c, t
                number[g], number[g + 1] = number[g + 1], number[g]
        first = draw(seed, length - 1)
        size = _gather(gates, number, first, length, size, 3 + draw(seed, WIRES - 2), rest)
        m = 0
        for g in range(first, first + size):
            for q in range(2):
                w = gates[2 * g + q]
                if local[w] < 0:
                    local[w] = m
                    names[m] = w
                    m += 1
        for w in range(n):
            wires[w] = 1 << w
        for g in range(first):
            wires[gates[2 * g + 1]] ^= wires[gates[2 * g]]
        for k in range(m):
            rows[k] = columns[k] = 1 << k
        count = 0
        for g in range(first, first + size):
            k = number[g]
            if k >= 0:
                inside[k] += 1
        for g in range(first, first + size):
            c, t = local[gates[2 * g]], local[gates[2 * g + 1]]
            rows[t] ^= rows[c]
            columns[c] ^= columns[t]
            k = number[g]
            if k >= 0 and inside[k] == seen[k]:
                inside[k] = -1
                wanted[count] = rows[t]
                count += 1
        for g in range(first, first + size):
            if number[g] >= 0:
                inside[number[g]] = 0
        for k in range(m):
            local[names[k]] = -1
        longer = 0
        if temperature > 0 and draw(seed, 1 << 20) < math.exp(-1 / temperature) * (1 << 20):
            longer = 1
        # columns[w] is column w of the map here; the writer wants the rows of its inverse, transposed.
        got = _write(m, wanted, count, rows, columns, gain, linear, noise, seed, score, out, size + longer)
        if got < 0 or length - size + got > room // 2:
            continue
        for g in range(first, first + size):
            if number[g] >= 0:
                seen[number[g]] -= 1
        shift = got - size
        if shift:
            if shift < 0:
                for g in range(first + size, length):
                    number[g + shift] = number[g]
                    gates[2 * (g + shift)] = gates[2 * g]
                    gates[2 * (g + shift) + 1] = gates[2 * g + 1]
            else:
                for g in range(length - 1, first + size - 1, -1):
                    number[g + shift] = number[g]
                    gates[2 * (g + shift)] = gates[2 * g]
                    gates[2 * (g + shift) + 1] = gates[2 * g + 1]
        length += shift
        for g in range(got):
            c, t = names[out[2 * g]], names[out[2 * g + 1]]
            gates[2 * (first + g)] = c
            gates[2 * (first + g) + 1] = t
            wires[t] ^= wires[c]
            k = find(parities, wires[t])
            number[first + g] = k
            if k >= 0:
                seen[k] += 1
        if length < shortest:
            shortest = length
            for g in range(2 * length):
                best[g] = gates[g]
    return length, shortest
