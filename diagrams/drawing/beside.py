"""Text beside and inside text: sums, equations, boxes that contain diagrams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from catenary.diagrams.boxes import Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.drawing.metrics import cells
from catenary.diagrams.drawing.nodes import shorten
from catenary.diagrams.drawing.shapes import Inset, Layout
from catenary.diagrams.drawing.sheets import MOST_STEPS, MOST_TERMS, Drawable, scalar_text
from catenary.diagrams.drawing.text import TextNesting, diagram_lines
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import CatenaryError

if TYPE_CHECKING:
    from catenary.diagrams.sums import Sum

DEEPEST = 6
"""Levels of boxes inside one another that are shown."""


def text_block(value: Drawable, nesting: TextNesting) -> list[str]:
    """Anything that can be drawn as lines of text."""
    from catenary.diagrams.hypergraph import OpenHypergraph
    from catenary.diagrams.sums import Sum

    if isinstance(value, Box):
        value = value.diagram
    if isinstance(value, OpenHypergraph):
        value = value.to_diagram()
    if isinstance(value, Diagram):
        return diagram_lines(value, nesting)
    if isinstance(value, Equation):
        sides = [diagram_lines(side, nesting) for side in (value.left, value.right)]
        lines = side_by_side([sides[0], ["⇒" if value.directed else "="], sides[1]])
        return [f"{value.name}:", *lines] if value.name else lines
    if isinstance(value, Sum):
        return _sum(value, nesting)
    if not isinstance(value, Layout) and hasattr(value, "_steps_"):
        lines = []
        for label, diagram, _ in value._steps_(MOST_STEPS):
            lines += [f"= {label}"] if label else []
            lines += [f"  {line}" for line in diagram_lines(diagram, nesting)]
        return lines
    raise CatenaryError(
        f"no text for {type(value).__name__}: a diagram, box, sum, equation or hypergraph has one"
        + (", and a layout is for pictures" if isinstance(value, Layout) else "")
    )


def _sum(value: Sum, nesting: TextNesting) -> list[str]:
    blocks: list[list[str]] = []
    for place, (scalar, diagram) in enumerate(value.terms[:MOST_TERMS]):
        text = scalar_text(scalar, first=place == 0)
        if text:
            blocks.append([text])
        blocks.append(diagram_lines(diagram, nesting))
    if len(value.terms) > MOST_TERMS:
        blocks.append([f"+ … {len(value.terms) - MOST_TERMS} more terms …"])
    return side_by_side(blocks) if blocks else ["0"]


def side_by_side(blocks: Sequence[Sequence[str]]) -> list[str]:
    """Blocks of lines beside each other, each in the middle.

    >>> side_by_side([["a", "b", "c"], ["+"], ["d"]])
    ['a', 'b  +  d', 'c']
    """
    tall = max(map(len, blocks), default=0)
    lines = [""] * tall
    for place, block in enumerate(blocks):
        wide = max(map(cells, block), default=0)
        first = (tall - len(block)) // 2
        for k in range(tall):
            line = block[k - first] if 0 <= k - first < len(block) else ""
            lines[k] += ("  " if place else "") + line + " " * (wide - cells(line))
    return [line.rstrip() for line in lines]


def text_inset(box: Box, nesting: TextNesting) -> Inset | None:
    """What stands inside a box that contains a diagram: a heading and the text of the diagram; ``None`` if it is
    too deep inside others, or these show enough already.
    """
    held = box.data[0]
    size = len(held) if isinstance(held, Diagram) else sum(len(d) for _, d in held.terms)
    if nesting.depth >= DEEPEST or (nesting.max_boxes is not None and nesting.left < size):
        return None
    nesting.depth += 1
    nesting.left -= size
    try:
        lines = text_block(held, nesting)
    finally:
        nesting.depth -= 1
    if box.kind == "bubble":
        heading = "" if box.name == box.kind else box.name
    else:
        n, left = box.data[1], box.data[2]
        ty = held.dom[:n] if left else held.dom[len(held.dom) - n :]
        heading = f"{'Tr' if box.kind == 'trace' else 'λ'} {ty}{' on the left' if left else ''}"
    heading += "†" * box.dagger_flag + ("ʳ" if box.z > 0 else "ˡ") * abs(box.z)
    if heading:
        lines = [shorten(heading), *lines]
    wide = max(map(cells, lines), default=0)
    return Inset(2 * ((wide + 5) // 2) + 1, len(lines) + 2, (), None, tuple(lines))
