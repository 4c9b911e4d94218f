"""Conditions on classical bits: their negation and conjunction as conditions that exclude each other."""

from __future__ import annotations

Condition = tuple[tuple[int, ...], int]
"""Distinct bits and the value that they hold, the first bit the least significant."""


def cases(bits: tuple[int, ...], value: int, holds: bool, outer: Condition | None = None) -> list[Condition]:
    """Conditions of which exactly one is true where ``outer`` is and the bits hold the value (or do not).

    >>> cases((0, 1), 2, False)
    [((1,), 0), ((0, 1), 3)]
    """
    known = {} if outer is None else {bit: outer[1] >> i & 1 for i, bit in enumerate(outer[0])}
    wanted = {bit: value >> i & 1 for i, bit in enumerate(bits)}
    possible = not value >> len(bits) and all(known.get(bit, one) == one for bit, one in wanted.items())
    if holds:
        return [_condition({**known, **wanted})] if possible else []
    if not possible:
        return [_condition(known)]
    found = []
    agreed = dict(known)
    for bit in reversed([bit for bit in bits if bit not in known]):
        found.append(_condition({**agreed, bit: 1 - wanted[bit]}))
        agreed[bit] = wanted[bit]
    return found


def _condition(values: dict[int, int]) -> Condition:
    held = tuple(sorted(values))
    return held, sum(values[bit] << i for i, bit in enumerate(held))
