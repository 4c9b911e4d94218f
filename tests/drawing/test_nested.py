"""Pictures inside pictures: frames contain what is theirs, and nothing else is touched."""

import xml.etree.ElementTree as ET
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import Box, Bubble, CatenaryError, Curry, Diagram, Spider, Sum, Swap, Ty
from catenary.diagrams.drawing import lay_out, picture_of, to_svg, to_text
from catenary.diagrams.drawing.curves import at, braid, curl
from catenary.diagrams.drawing.metrics import FONT, SMALL_FONT, text_width
from catenary.diagrams.drawing.parts import FRAMES, ROUND, UNLABELLED
from tests.drawing import pictures
from tests.drawing.pictures import A, B, random_nested

nested = st.builds(random_nested, st.integers(0, 10**6), st.integers(1, 8), st.integers(0, 2))
f = Box("f", A, A)


def extent(shape):
    half = shape.width / 2, shape.height / 2
    return shape.x - half[0], shape.y - half[1], shape.x + half[0], shape.y + half[1]


def overlap(one, other, slack=2e-3):
    return all(one[k] < other[k + 2] - slack and other[k] < one[k + 2] - slack for k in (0, 1))


def within(one, other, slack=2e-3):
    return all(one[k] >= other[k] - slack and one[k + 2] <= other[k + 2] + slack for k in (0, 1))


@given(nested, st.sampled_from(["down", "right"]))
def test_shapes_overlap_only_by_containment(diagram, orientation):
    found = lay_out(diagram, orientation=orientation)
    for one, other in combinations(found.shapes, 2):
        a, b = extent(one), extent(other)
        if overlap(a, b):
            assert (one.kind in FRAMES and within(b, a)) or (other.kind in FRAMES and within(a, b))
    labels = [label.extent for label in found.labels]
    assert not any(overlap(one, other) for one, other in combinations(labels, 2))
    for shape in found.shapes:
        box = extent(shape)
        for label in labels:
            assert not overlap(label, box) or (shape.kind in FRAMES and within(label, box))
        if shape.kind not in UNLABELLED:
            assert text_width(shape.label, SMALL_FONT if shape.kind in (*ROUND, "H") else FONT) <= shape.width
    for box in (*map(extent, found.shapes), *labels):
        assert within(box, (0, 0, found.width, found.height))
    for curve in found.curves:
        assert all(0 <= x <= found.width and 0 <= y <= found.height for x, y in curve.points)


uncrossed = st.builds(
    lambda seed, size, deep: random_nested(seed, size, deep, crossings=False),
    st.integers(0, 10**6),
    st.integers(1, 6),
    st.integers(0, 2),
)


@given(uncrossed, st.sampled_from(["down", "right"]))
def test_wires_have_no_loose_ends(diagram, orientation):
    """Every end of a curve is at another end, at a shape, or at a boundary, which has labels."""
    found = lay_out(diagram, orientation=orientation)
    bodies = [extent(shape) for shape in found.shapes if shape.kind not in FRAMES]
    frames = [extent(shape) for shape in found.shapes if shape.kind in FRAMES]
    labels = [label.extent for label in found.labels]
    ends = [p for curve in found.curves for p in (curve.points[0], curve.points[-1])]

    def near(point, box, slack):
        return all(box[k] - slack <= point[k] <= box[k + 2] + slack for k in (0, 1))

    for k, (x, y) in enumerate(ends):
        assert (
            any(abs(x - u) < 0.02 and abs(y - v) < 0.02 for j, (u, v) in enumerate(ends) if j != k)
            or any(near((x, y), box, 0.02) for box in bodies)
            or any(abs(y - edge) < 0.02 or abs(x - edge) < 0.02 for box in frames for edge in box)
            or any(near((x, y), box, 0.2) for box in labels)
        )


def joins(found, point):
    x, y = point
    return sum(
        abs(x - u) < 0.02 and abs(y - v) < 0.02
        for curve in found.curves
        for u, v in (curve.points[0], curve.points[-1])
    )


@pytest.mark.parametrize("orientation", ["down", "right"])
@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize("width", [1, 2])
def test_a_trace_is_a_loop(orientation, left, width):
    ty = A @ A @ A
    box = Box("h", ty, ty)
    found = lay_out(pictures.trace(box.diagram, width, left).diagram, orientation=orientation)
    (shape,) = found.shapes
    assert shape.label == "h"
    assert len(found.dom) == len(found.cod) == 3 - width
    # Each wire that is led back has two half turns of two pieces or more.
    turned = [curve for curve in found.curves if len(curve.points) == 4]
    assert len(turned) >= 4 * width
    sides = [x if orientation == "down" else y for curve in turned for x, y in curve.points]
    middle = shape.x if orientation == "down" else shape.y
    assert (min(sides) < middle - 1) == left


def test_a_bubble_of_the_same_boundary_lets_wires_through():
    found = lay_out(Bubble(f >> f, "log").diagram)
    frame = next(shape for shape in found.shapes if shape.kind == "bubble")
    top, bottom = frame.y - frame.height / 2, frame.y + frame.height / 2
    crossing = {
        round(curve.points[0][0], 3) for curve in found.curves if top - 1 < curve.points[0][1] < bottom
    }
    assert len(crossing) == 1  # one straight wire
    assert joins(found, (next(iter(crossing)), top)) == 2
    assert [label.text for label in found.labels] == ["A", "A", "log"]
    other = lay_out(Bubble(f, "F", B, B @ B).diagram)
    assert sorted(label.text for label in other.labels) == ["A", "A", "B", "B", "B", "F"]


def test_highlighting_a_bubble_marks_what_is_inside():
    found = picture_of(f @ A >> Bubble(f.diagram) @ A, highlight={1})
    assert [(shape.kind, shape.marked) for shape in found.shapes] == [
        ("box", False),
        ("bubble", True),
        ("box", True),
    ]
    with pytest.raises(CatenaryError, match="single diagram"):
        picture_of(f - f, highlight={0})
    with pytest.raises(CatenaryError, match="no picture of int"):
        picture_of(3)


@given(nested)
def test_svg_and_text_of_nested_diagrams(diagram):
    svg = to_svg(diagram)
    ET.fromstring(svg)
    assert svg == to_svg(diagram)
    ids = [part for part in svg.split() if part.startswith("id=")]
    assert len(ids) == len(set(ids)) == 1
    text = to_text(diagram)
    assert text == to_text(diagram)
    for box in diagram.boxes:
        if not box.is_structural and len(box.name) < 30:
            assert box.name in text


def test_the_depth_and_size_of_what_is_inside_are_limited():
    deep = f.diagram
    for _ in range(200):
        deep = Bubble(deep, "n").diagram
    found = lay_out(deep)
    assert len(found.shapes) < 20
    assert any("[…]" in shape.label for shape in found.shapes)
    assert "[…]" in to_text(deep)
    wide = f.diagram
    for _ in range(12):
        wide = (Bubble(wide >> wide, "n") >> Bubble(wide, "m")).over(f.signature)
    assert len(lay_out(wide).shapes) < 6000
    assert len(to_svg(wide)) < 2_000_000


def test_sums():
    labels = [label.text for label in picture_of(f - 2 * (f >> f) + 1j * f).labels if label.role == "sign"]
    assert labels == ["− 2", "+ 1j"] or labels == ["− 2", "+ (1j)"]
    many = Sum([(k, f.diagram) for k in range(2, 102)], A, A)
    found = picture_of(many)
    assert any("40 more terms" in label.text for label in found.labels)
    assert "40 more terms" in to_text(many)
    assert [label.text for label in picture_of(Sum([], A, A)).labels] == ["0"]


def test_the_strand_below_has_gaps_and_the_one_above_has_none():
    for over_left in (True, False):
        pieces = braid([0, 1, 2, 3], [2, 3, 0, 1], 2, over_left, 0, 2)
        # Two strands are whole, the other two are cut twice each.
        assert len(pieces) == 2 + 2 * 3
        starts = {points[0][0] for points in pieces if points[0][1] == 0 and points[-1][1] == 2}
        assert starts == ({0, 1} if over_left else {2, 3})
        whole = [p for p in pieces if p[0][1] == 0 and p[-1][1] == 2]
        cut = [p for p in pieces if p not in whole]
        near = min(
            ((x - u) ** 2 + (y - v) ** 2) ** 0.5
            for one in whole
            for x, y in [at(one, k / 200) for k in range(201)]
            for other in cut
            for u, v in [at(other, k / 50) for k in range(51)]
        )
        assert near > 0.04
    assert len(curl(0, 0, 1, True)) == len(curl(0, 0, 1, False)) == 4
    assert curl(0, 0, 1, True) != curl(0, 0, 1, False)


def test_braids_and_their_inverses_look_different():
    over, under = (to_svg(pictures.braid(A, A, sign).diagram) for sign in (1, -1))
    assert over != under
    assert to_text(pictures.braid(A, A).diagram).count("╲") == 1
    assert to_text(pictures.braid(A, A, -1).diagram).count("╱") == 1
    assert to_text(Swap(A, A).diagram).count("╳") == 1


def test_states_with_short_labels_are_triangles():
    found = lay_out(Box("ψ", Ty(), A) >> Box("e", A, Ty()))
    assert [len(shape.outline) for shape in found.shapes] == [3, 3]
    found = lay_out(Box("a long one", Ty(), A).diagram)
    assert [len(shape.outline) for shape in found.shapes] == [5]


def test_spiders_with_a_phase_and_a_structure():
    plain = Spider(2, 1, A)
    assert [s.kind for s in lay_out(plain.diagram).shapes] == ["spider"]
    phased = plain.replace(params=(Fraction(1, 4),))
    assert [(s.kind, s.label) for s in lay_out(phased.diagram).shapes] == [("phase", "π/4")]
    assert "(π/4)" in to_text(phased.diagram)


def test_curry_turns_the_wire_round_inside():
    h = Box("h", A @ B, A)
    for left in (False, True):
        found = lay_out(Curry(h, 1, left).diagram)
        frame = next(shape for shape in found.shapes if shape.kind == "curry")
        assert len(found.dom) == len(found.cod) == 1
        assert any(shape.label == "h" and within(extent(shape), extent(frame)) for shape in found.shapes)
        meeting = [
            c.points[-1] for c in found.curves if abs(c.points[-1][1] - frame.y - frame.height / 2) < 0.01
        ]
        assert len({round(x, 2) for x, _ in meeting}) == 1  # the outputs leave as one wire
    assert len(lay_out(Diagram.id(A)).shapes) == 0
