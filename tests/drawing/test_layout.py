"""What must hold of every picture, whatever the diagram."""

import random
import time
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    Cap,
    CatenaryError,
    Copy,
    Cup,
    Diagram,
    Discard,
    Doctrine,
    Signature,
    Spider,
    Swap,
    Ty,
    free,
)
from catenary.diagrams.drawing import lay_out
from catenary.diagrams.drawing.curves import at
from catenary.diagrams.drawing.metrics import FONT, SMALL_FONT, text_width
from catenary.diagrams.drawing.nodes import scene
from catenary.diagrams.drawing.rows import foliate

A, B = Ty("A"), Ty("B")
ZX = Signature("ZX", Doctrine.HYPERGRAPH, ["qubit"])
NAMES = ("f", "g", "a long label", "日本語", "<script>", "∇²ψ", "m" * 30, "U" * 60)


def random_diagram(seed: int, size: int, kind: str) -> Diagram:
    """Boxes of all shapes, thrown at random on random wires; the doctrine decides what else there is."""
    rnd = random.Random(seed)
    if kind == "zx":
        q = Ty("qubit")
        now = Diagram.id(q ** rnd.randrange(4), ZX)
        pick = lambda: q  # noqa: E731
    else:
        obs = {"wide": ["A", "B", "a longer object"], "frobenius": ["A", "B"]}.get(kind, ["A"])
        pick = lambda: Ty(rnd.choice(obs))  # noqa: E731
        signature = free(Doctrine.HYPERGRAPH if kind == "frobenius" else Doctrine.SYMMETRIC)
        start = Ty()
        for _ in range(rnd.randrange(5)):
            start = start @ pick()
        now = Diagram.id(start, signature)
    for _ in range(size):
        width = len(now.cod)
        n_in = min(rnd.choice([0, 1, 1, 2, 2, 3]), width)
        offset = rnd.randrange(width - n_in + 1)
        ins = now.cod[offset : offset + n_in]
        roll = rnd.random()
        if kind == "zx":
            outs = rnd.choice([0, 1, 2, 3]) if width < 8 else 0
            name = rnd.choice("ZX") if roll < 0.8 or n_in != 1 else "H"
            params = [] if name == "H" else [rnd.choice([0, 1]) / 4]
            outs = 1 if name == "H" else outs
            box = Box(name, ins, Ty("qubit") ** outs, params, signature=ZX)
        elif roll < 0.3 and n_in >= 2:
            split = rnd.randrange(1, n_in)
            box = Swap(ins[:split], ins[split:])
        elif kind == "frobenius" and roll < 0.7:
            if n_in == 2 and ins[0] == ins[1] and roll < 0.45:
                box = rnd.choice([Cup(ins[:1], ins[1:]), Spider(2, rnd.randrange(4), ins[:1])])
            elif n_in == 0:
                ob = pick()
                box = rnd.choice([Cap(ob, ob), Spider(0, 3, ob), Cap(ob @ A, A @ ob)])
            else:
                box = Spider(1, rnd.randrange(4), ins)
        else:
            cod = Ty()
            for _ in range(rnd.choice([0, 1, 1, 2, 3]) if width < 9 else 0):
                cod = cod @ pick()
            box = Box(rnd.choice(NAMES), ins, cod, signature=now.signature)
        now = now >> now.cod[:offset] @ box.diagram @ now.cod[offset + n_in :]
    return now


diagrams = st.builds(
    random_diagram,
    st.integers(0, 10**6),
    st.integers(0, 25),
    st.sampled_from(["plain", "wide", "frobenius", "zx"]),
)


def overlap(one, other, slack=1e-3):
    return (
        one[0] < other[2] - slack
        and other[0] < one[2] - slack
        and one[1] < other[3] - slack
        and other[1] < one[3] - slack
    )


def extent(shape):
    return (
        shape.x - shape.width / 2,
        shape.y - shape.height / 2,
        shape.x + shape.width / 2,
        shape.y + shape.height / 2,
    )


@given(diagrams, st.sampled_from(["down", "right"]))
def test_nothing_overlaps_and_nothing_is_clipped(diagram, orientation):
    found = lay_out(diagram, orientation=orientation)
    boxes = [extent(shape) for shape in found.shapes]
    for one, other in combinations(boxes, 2):
        assert not overlap(one, other)
    labels = [label.extent for label in found.labels]
    for one, other in combinations(labels, 2):
        assert not overlap(one, other)
    for one in labels:
        assert all(not overlap(one, box) for box in boxes)
    for left, top, right, bottom in (*boxes, *labels):
        assert left >= 0 and top >= 0 and right <= found.width and bottom <= found.height  # noqa: PT018
    for shape in found.shapes:
        font = SMALL_FONT if shape.kind in ("Z", "X", "H") else FONT
        if shape.kind not in ("spider", "copy", "discard"):
            assert text_width(shape.label, font) <= shape.width
    for curve in found.curves:
        for x, y in curve.points:
            assert 0 <= x <= found.width
            assert 0 <= y <= found.height


@given(diagrams)
def test_wires_do_not_run_through_boxes(diagram):
    found = lay_out(diagram)
    bodies = [extent(s) for s in found.shapes if s.kind not in ("spider", "copy", "discard", "Z", "X")]
    for curve in found.curves:
        if len(curve.points) == 2:
            (x, top), (to_x, bottom) = curve.points
            line = (x - 0.01, top + 0.01, to_x + 0.01, bottom - 0.01)
            assert all(not overlap(line, body) for body in bodies)


@given(diagrams, st.sampled_from(["down", "right"]))
def test_wires_bend_around_boxes(diagram, orientation):
    found = lay_out(diagram, orientation=orientation)
    bodies = [
        (
            s.x - s.width / 2 + 0.02,
            s.y - s.height / 2 + 0.02,
            s.x + s.width / 2 - 0.02,
            s.y + s.height / 2 - 0.02,
        )
        for s in found.shapes
        if s.kind not in ("spider", "copy", "discard", "Z", "X")
    ]
    for curve in found.curves:
        for k in range(1, 20):
            x, y = at(curve.points, k / 20)
            assert not any(left < x < right and top < y < bottom for left, top, right, bottom in bodies)


@given(diagrams)
def test_every_box_is_there(diagram):
    found = lay_out(diagram)
    shown = {box for shape in found.shapes for box in shape.boxes}
    shown |= {box for curve in found.curves for box in curve.boxes}
    missing = set(range(len(diagram.boxes))) - shown
    # Only what has no wires at all leaves no trace.
    assert all(diagram.boxes[i].is_structural and not diagram.boxes[i].dom for i in missing)


@given(diagrams)
def test_rows_respect_the_order_of_boxes(diagram):
    picture = scene(diagram)
    rows = foliate(picture)
    made = dict.fromkeys(picture.dom, -1)
    for number, node in enumerate(picture.nodes):
        for wire in node.inputs:
            assert made[wire] < rows.row[number]
        made.update(dict.fromkeys(node.outputs, rows.row[number]))
    # Wires in any row are in the order of their ranks, without repetition.
    assert sorted(rows.rank) == list(range(len(rows.rank)))
    for side in (picture.dom, picture.cod):
        ranks = [rows.rank[w] for w in side]
        assert ranks == sorted(ranks)


@given(diagrams, st.sampled_from(["down", "right"]))
def test_layout_is_deterministic(diagram, orientation):
    assert lay_out(diagram, orientation=orientation) == lay_out(diagram, orientation=orientation)


def test_parallel_boxes_share_a_row():
    f = Box("f", A, A)
    found = lay_out(f @ A @ A >> A @ f @ A >> A @ A @ f)
    assert len({shape.y for shape in found.shapes}) == 1


def test_words_of_a_sentence_share_a_row_and_cups_stay_short():
    signature = free(Doctrine.RIGID)
    n, s = Ty("n"), Ty("s")

    def word(name, ty):
        return Box(name, Ty(), ty, signature=signature).diagram

    # The words come one after the other, with the cups in between.
    sentence = word("Alice", n) @ word("loves", n.r @ s @ n.l) >> Cup(n, n.r) @ s @ n.l
    sentence = sentence >> s @ n.l @ word("Bob", n) >> s @ Cup(n.l, n)
    found = lay_out(sentence)
    assert [shape.label for shape in sorted(found.shapes, key=lambda shape: shape.x)] == [
        "Alice",
        "loves",
        "Bob",
    ]
    assert len({shape.y for shape in found.shapes}) == 1


def test_a_box_under_an_effect_spans_only_after_it():
    a, e, m = Box("a", A, A), Box("e", A, Ty()), Box("m", A @ A, A)
    found = lay_out(A @ e @ A >> m)
    heights = {shape.label: shape.y for shape in found.shapes}
    assert heights["e"] < heights["m"]
    # a state that goes where the effect was is not moved above it on the wrong side
    found = lay_out(A @ e @ A >> A @ Box("u", Ty(), A) @ A >> a @ A @ A)
    assert len(found.shapes) == 3


def test_straight_wires_stay_straight():
    f = Box("f", A, A)
    found = lay_out(f @ A >> A @ f >> f @ f)
    assert all(len(curve.points) == 2 for curve in found.curves)
    assert len({curve.points[0][0] for curve in found.curves}) == 2


def test_swaps_become_one_permutation_but_never_hide_a_double_crossing():
    twice = Swap(A, B) >> Swap(B, A)
    assert [node.kind for node in scene(twice).nodes] == ["permutation"] * 2
    cycle = Diagram.permutation([1, 2, 3, 0], Ty("a", "b", "c", "d"))
    assert [node.kind for node in scene(cycle).nodes] == ["permutation"]
    # full reversal: three wires would meet in a point
    reverse = Diagram.permutation([2, 1, 0], Ty("a", "b", "c"))
    assert len(scene(reverse).nodes) > 1


def test_a_long_diagram_says_what_it_leaves_out():
    f = Box("f", A, A).diagram
    long = Diagram.id(A)
    for _ in range(1000):
        long = long >> f
    found = lay_out(long)
    assert found.omitted == 700
    assert [shape.label for shape in found.shapes if shape.kind == "more"] == ["… 700 more boxes …"]
    assert len(found.shapes) == 301
    assert len(lay_out(long, max_boxes=None).shapes) == 1000


def test_labels_are_not_repeated():
    f, g = Box("f", A, B), Box("g", B, B)
    found = lay_out(f >> g >> g >> g >> f.dagger())
    assert [label.text for label in found.labels].count("B") == 1
    assert [label.text for label in lay_out(Box("f", A, A) >> Box("g", A, A)).labels] == ["A", "A"]


def test_bundles_are_drawn_wire_by_wire():
    copied = lay_out(Copy(A @ B).diagram)
    assert len(copied.shapes) == 2
    dropped = lay_out(Discard(A @ B).diagram)
    assert len(dropped.shapes) == 2


def test_unknown_orientation_is_refused():
    with pytest.raises(CatenaryError, match=r"down.*right"):
        lay_out(Diagram.id(A), orientation="up")


@pytest.mark.parametrize("shape", ["wide", "deep", "brick"])
def test_thousands_of_boxes_take_time_in_proportion(shape):
    def build(count: int) -> Diagram:
        f, g = Box("f", A, A), Box("g", A @ A, A @ A)
        if shape == "wide":
            layers = [(f, i) for i in range(count)]
            return Diagram(A**count, A**count, layers)
        if shape == "deep":
            return Diagram(A, A, [(f, 0)] * count)
        return Diagram(A**8, A**8, [(g, i % 7) for i in range(count)])

    def cost(count: int) -> float:
        diagram = build(count)
        start = time.process_time()
        lay_out(diagram, max_boxes=None)
        return time.process_time() - start

    cost(100)
    small, large = min(cost(500), cost(500)), cost(5000)
    assert large < 10 * small * 4 + 0.5
