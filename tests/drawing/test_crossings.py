"""Wires cross where the diagram says so, and nowhere else."""

from itertools import combinations, pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from catenary.diagrams import Box, Diagram, Swap, Ty
from catenary.diagrams.drawing import lay_out
from catenary.diagrams.drawing.curves import at
from tests.drawing.pictures import A, braid
from tests.drawing.test_layout import random_diagram

STEPS = 23  # odd: strands that cross in the middle then cross inside their pieces
Q = Ty("q")


def polyline(curve):
    steps = 1 if len(curve.points) == 2 else STEPS
    # The ends are left out: wires that meet in a dot or at a box do not cross there.
    return [at(curve.points, 0.002 + 0.996 * k / steps) for k in range(steps + 1)]


def turn(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def cross(one, other):
    (a, b), (c, d) = one, other
    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0


def bounds(line):
    xs, ys = zip(*line, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def crossings(found):
    """How many times the curves of a layout cross."""
    lines = [polyline(curve) for curve in found.curves]
    boxes = list(map(bounds, lines))
    count = 0
    for i, j in combinations(range(len(lines)), 2):
        p, q = boxes[i], boxes[j]
        if p[0] > q[2] or q[0] > p[2] or p[1] > q[3] or q[1] > p[3]:
            continue
        pieces = [list(pairwise(line)) for line in (lines[i], lines[j])]
        count += sum(cross(one, other) for one in pieces[0] for other in pieces[1])
    return count


def written(diagram):
    """How many crossings of wires a diagram is written with."""
    return sum(
        box.data[0] * (len(box.dom) - box.data[0]) for box in diagram.boxes if box.kind in ("swap", "braid")
    )


@given(
    st.integers(0, 10**6),
    st.integers(0, 18),
    st.sampled_from(["plain", "wide", "frobenius", "zx"]),
    st.sampled_from(["down", "right"]),
)
def test_a_picture_has_no_more_crossings_than_the_layering(seed, size, kind, orientation):
    diagram = random_diagram(seed, size, kind)
    # The legs of a bundle that meets in several dots cross by themselves.
    assume(not any(box.kind == "spider" and len(box.data[2]) > 1 for box in diagram.boxes))
    assert crossings(lay_out(diagram, orientation=orientation)) <= written(diagram)


@given(st.permutations(range(6)))
def test_a_permutation_has_exactly_its_inversions(order):
    diagram = Diagram.permutation(order, Q**6)
    assert crossings(lay_out(diagram)) == sum(a > b for a, b in combinations(order, 2)) == written(diagram)


def test_an_under_strand_is_cut_at_each_crossing():
    swapped, braided = Swap(A @ A, A).diagram, braid(A @ A, A).diagram
    assert (crossings(lay_out(swapped)), crossings(lay_out(braided))) == (2, 0)
    assert len(lay_out(braided).curves) > len(lay_out(swapped).curves)
    assert crossings(lay_out(Box("f", A @ A, A) @ Box("g", A, A @ A))) == 0
