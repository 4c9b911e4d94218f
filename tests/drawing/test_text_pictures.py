"""Diagrams as text."""

import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import Box, Copy, Cup, Diagram, Doctrine, Spider, Swap, Ty, free
from catenary.diagrams.drawing import to_text
from catenary.diagrams.drawing.metrics import cells

A, B = Ty("A"), Ty("B")


def show(text):
    return "\n" + text


def test_bialgebra():
    m, d = Box("m", A @ A, A), Box("Δ", A, A @ A)
    assert (
        show(to_text(d @ d >> A @ Swap(A, A) @ A >> m @ m))
        == """
   A       A
   │       │
┌──┴──┐ ┌──┴──┐
│  Δ  │ │  Δ  │
└┬───┬┘ └┬───┬┘
 │   ╰╮ ╭╯   │
 │     ╳     │
 │   ╭╯ ╰╮   │
┌┴───┴┐ ┌┴───┴┐
│  m  │ │  m  │
└──┬──┘ └──┬──┘
   │       │
   A       A
"""
    )


def test_sentence():
    signature = free(Doctrine.RIGID)
    n, s = Ty("n"), Ty("s")
    words = (("Alice", n), ("loves", n.r @ s @ n.l), ("Bob", n))
    sentence = Diagram.id(Ty(), signature)
    for word, ty in words:
        sentence = sentence @ Box(word, Ty(), ty, signature=signature)
    assert (
        show(to_text(sentence >> Cup(n, n.r) @ s @ Cup(n.l, n)))
        == """
╭─────────╮ ╭────────────╮ ╭───────╮
│  Alice  │ │    loves   │ │  Bob  │
└────┬────┘ └┬──────┬───┬┘ └───┬───┘
     │n      │nʳ    │   │nˡ    │n
     ╰───────╯      │   ╰──────╯
                    s
"""
    )


def test_spiders_and_copies():
    assert (
        show(to_text(Spider(2, 1, A) >> Spider(1, 3, A)))
        == """
  A   A
  │   │
  ╰─●─╯
    │
╭───●───╮
│   │   │
A   A   A
"""
    )
    assert "copy" in to_text(Copy(A @ B).diagram)


def test_states_and_effects_have_round_sides():
    text = to_text(Box("u", Ty(), A) >> Box("e", A, Ty()))
    assert (
        show(text)
        == """
╭─────╮
│  u  │
└──┬──┘
   │
┌──┴──┐
│  e  │
╰─────╯
"""
    )


def test_wide_characters_keep_columns():
    text = to_text(Box("日本語", A, A).diagram)
    box = [line for line in text.split("\n") if line[:1] in "┌│└" and len(line) > 5]
    assert len({cells(line) for line in box}) == 1


def test_empty_and_identity():
    assert to_text(Diagram.id()) == ""
    assert to_text(Diagram.id(A @ B)) == "A   B\n│   │\n│   │\nA   B\n"


def test_a_long_diagram_says_what_it_leaves_out():
    f = Box("f", A, A).diagram
    assert "… 700 more boxes …" in to_text(Diagram(A, A, [(f, 0)] * 1000))


sys.path.insert(0, str(Path(__file__).parent))
from test_layout import random_diagram  # noqa: E402

sys.path.pop(0)

UP, RIGHT, DOWN, LEFT = "│├┤┼┴╰╯└┘", "─├┬┼┴╭╰┌└", "│├┤┼┬╭╮┌┐", "─┤┬┼┴╮╯┐┘"


@given(st.integers(0, 10**6), st.integers(0, 20), st.sampled_from(["plain", "frobenius", "zx"]))
def test_no_line_ends_in_the_open(seed, size, kind):
    diagram = random_diagram(seed, size, kind)
    lines = to_text(diagram).split("\n")
    grid = {}
    for y, line in enumerate(lines):
        x = 0
        for c in line:
            grid[x, y] = c
            x += max(cells(c), 1)
    labels = {"A", "B"}
    for (x, y), c in grid.items():
        # A line that points up or sideways meets one that points back, a sign, or a label of the boundary.
        crossed = "╳" in (grid.get((x - 1, y - 1)), grid.get((x + 1, y - 1)))
        if c in UP and kind != "zx" and not crossed:
            above = grid.get((x, y - 1), " ")
            assert above in DOWN or above in labels or above in "●╳", (c, above)
        if c in "╰╭":
            beside = grid.get((x + 1, y), " ")
            assert beside in LEFT or beside == "●" or beside == "(", (c, beside)
