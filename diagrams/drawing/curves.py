"""The curves of wires, in coordinates (across, along): arcs, crossings with a gap, curls."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from catenary.diagrams.drawing.shapes import Point

Points = tuple[Point, ...]
BEND = 0.5523
"""Where the control points of a cubic quarter circle stand."""
GAP = 0.12
"""Room on either side of a strand that passes over another one."""


def strand(u: float, v: float, to_u: float, to_v: float) -> Points:
    """A wire from (u, v) to (to_u, to_v) that leaves and arrives along the flow."""
    if abs(u - to_u) < 1e-9:
        return (u, v), (to_u, to_v)
    reach = (to_v - v) * 0.52
    return (u, v), (u, v + reach), (to_u, to_v - reach), (to_u, to_v)


def arc(u: float, to_u: float, start: float, depth: float) -> list[Points]:
    """A half turn from (u, start) to (to_u, start) that reaches ``depth`` along the flow (against it if negative):
    two quarter turns, with a straight part between them where the span is wide.
    """
    span, low = to_u - u, start + depth
    sense = 1 if span > 0 else -1
    turn = sense * min(abs(span) / 2, max(abs(depth), 0.9))
    found: list[Points] = [
        ((u, start), (u, start + depth * BEND), (u + turn * (1 - BEND), low), (u + turn, low))
    ]
    if abs(span) > 2 * abs(turn) + 1e-6:
        found.append(((u + turn, low), (to_u - turn, low)))
    found.append(
        ((to_u - turn, low), (to_u - turn * (1 - BEND), low), (to_u, start + depth * BEND), (to_u, start))
    )
    return found


def braid(
    froms: Sequence[float], tos: Sequence[float], split: int, over_left: bool, top: float, bottom: float
) -> list[Points]:
    """The strands of a braiding: the first ``split`` go right, the others left; those below have gaps.

    All strands have one height at each parameter, so that they cross where their parameters agree.
    """
    reach = (bottom - top) * 0.52
    strands: list[Points] = [
        ((u, top), (u, top + reach), (to_u, bottom - reach), (to_u, bottom))
        for u, to_u in zip(froms, tos, strict=True)
    ]
    found: list[Points] = []
    for k, one in enumerate(strands):
        if (k < split) == over_left:
            found.append(one)
            continue
        others = strands[split:] if k < split else strands[:split]
        cuts = [_meeting(one, other) for other in others]
        found += _without(one, cuts)
    return found


def _meeting(one: Points, other: Points) -> float:
    """The parameter at which two strands that change sides have the same place."""
    low, high = 0.0, 1.0
    side = one[0][0] < other[0][0]
    for _ in range(40):
        middle = (low + high) / 2
        if (at(one, middle)[0] < at(other, middle)[0]) == side:
            low = middle
        else:
            high = middle
    return low


def _without(curve: Points, cuts: Sequence[float]) -> list[Points]:
    """The parts of a curve that are further than a gap from where it is cut."""
    pieces: list[Points] = []
    start = 0.0
    for cut in sorted(cuts):
        x, y = at(curve, cut)
        before = after = cut
        step = 0.01
        while before > start and _far(curve, before, x, y) < GAP:
            before -= step
        while after < 1 and _far(curve, after, x, y) < GAP:
            after += step
        if before > start:
            pieces.append(_part(curve, start, before))
        start = min(after, 1.0)
    if start < 1:
        pieces.append(_part(curve, start, 1.0))
    return pieces


def _far(curve: Points, t: float, x: float, y: float) -> float:
    u, v = at(curve, t)
    return float(((u - x) ** 2 + (v - y) ** 2) ** 0.5)


def at(curve: Points, t: float) -> Point:
    """The point of a Bézier curve at a parameter between 0 and 1."""
    points = list(curve)
    while len(points) > 1:
        points = [_between(p, q, t) for p, q in pairwise(points)]
    return points[0]


def _between(p: Point, q: Point, t: float) -> Point:
    return p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t


def _part(curve: Points, start: float, stop: float) -> Points:
    """The part of a Bézier curve between two parameters (de Casteljau)."""
    _, tail = _halves(curve, start)
    head, _ = _halves(tail, (stop - start) / (1 - start) if start < 1 else 1.0)
    return head


def _halves(curve: Points, t: float) -> tuple[Points, Points]:
    left, right = [curve[0]], [curve[-1]]
    points = list(curve)
    while len(points) > 1:
        points = [_between(p, q, t) for p, q in pairwise(points)]
        left.append(points[0])
        right.append(points[-1])
    return tuple(left), tuple(reversed(right))


def curl(u: float, top: float, bottom: float, positive: bool) -> list[Points]:
    """A full twist of a wire: a loop to its right, the part that comes from above passing over if positive."""
    height = bottom - top
    low, high, out = top + 0.8 * height, top + 0.2 * height, u + 0.46
    down: Points = ((u, top), (u, top + 0.28 * height), (u + 0.26, low), (out, low))
    loop: Points = ((out, low), (out + 0.36, low), (out + 0.36, high), (out, high))
    up: Points = ((out, high), (u + 0.26, high), (u, bottom - 0.28 * height), (u, bottom))
    # The two are mirror images, so they cross at half the height.
    find_low, find_high = 0.0, 1.0
    for _ in range(40):
        middle = (find_low + find_high) / 2
        if at(down, middle)[1] < (top + bottom) / 2:
            find_low = middle
        else:
            find_high = middle
    if positive:
        return [down, loop, *_without(up, [1 - find_low])]
    return [*_without(down, [find_low]), loop, up]
