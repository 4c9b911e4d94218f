"""What the one-qubit Clifford gates of a wire cost, exactly, as a machine with few states.

The least number of H and S gates up to a place on a wire, for each of the six frames that it may end in, is a
vector; without what all its entries share it is one of a few dozen, and a slot leads from one to another. So a
wire's shortest path is found again after a local change by going on from there until the vectors agree with
those of before.
"""

from __future__ import annotations

from typing import Any

from catenary.rewriting.circuits.frames import FRAMES, LENGTH, START, STEPS
from catenary.rewriting.circuits.kernels import integers

CODES = 9
"""Kinds of slots: letter - 1 + 3 · (0: a two-qubit gate on Z, 1: on X, 2: a rotation)."""
ENDS = 16
"""Frames at the end of a wire, as the letter of X + 4 · the letter of Z."""


def _settled(vector: list[int]) -> tuple[tuple[int, ...], int]:
    """The costs when H and S may follow, less their least; and that least one."""
    best = [min(value + LENGTH[k][f] for k, value in enumerate(vector)) for f in range(6)]
    least = min(best)
    return tuple(value - least for value in best), least


def _machine() -> tuple[list[int], list[int], list[int]]:
    far = 1 << 20
    states = {_settled([0 if f == START else far for f in range(6)])[0]: 0}
    queue = list(states)
    after: list[int] = []
    pay: list[int] = []
    ends: list[int] = []
    for state in queue:
        for code in range(CODES):
            vector = [far] * 6
            for before, behind in STEPS[code % 3 + 1][code // 3]:
                vector[behind] = min(vector[behind], state[before])
            new, least = _settled(vector)
            if new not in states:
                states[new] = len(states)
                queue.append(new)
            after.append(states[new])
            pay.append(least)
        row = [far] * ENDS
        for f, (x, z) in enumerate(FRAMES):
            row[x + 4 * z] = state[f]
        ends += row
    return after, pay, ends


AFTER, PAY, END = _machine()
"""``AFTER[CODES·state + code]`` the state behind a slot and ``PAY`` what is paid there; ``END[ENDS·state + frame]`` what
is paid at the end of the wire. State 0 is that of the start.
"""


def tables() -> tuple[Any, Any, Any]:
    """The machine's tables for compiled functions."""
    made = []
    for table in (AFTER, PAY, END):
        array = integers(len(table))
        array[:] = table
        made.append(array)
    return made[0], made[1], made[2]
