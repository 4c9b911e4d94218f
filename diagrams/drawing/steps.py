"""Several diagrams in one picture: the steps of a proof, the two sides of an equation."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from catenary.diagrams.diagram import Diagram
from catenary.diagrams.drawing.elements import document
from catenary.diagrams.drawing.metrics import SMALL_FONT, text_width
from catenary.diagrams.drawing.nodes import shorten
from catenary.diagrams.drawing.shapes import Layout
from catenary.diagrams.drawing.sheets import (
    WIDEST,
    Drawable,
    equation_layout,
    joined,
    picture_of,
    sign,
    steps_layout,
)
from catenary.diagrams.drawing.svg import paint
from catenary.diagrams.equation import Equation


def steps_svg(
    steps: Iterable[tuple[str, Diagram, Collection[int]]],
    *,
    orientation: str = "down",
    dark: str | bool = "auto",
    title: str | None = None,
    relation: str = "=",
    widest: float = WIDEST,
    max_boxes: int | None = 300,
    number: int = 0,
) -> str:
    """A sequence of equal diagrams as one SVG picture, with ``=`` between them and rule names above it.

    Args:
        steps: (label, diagram, highlight) triples. The label of a step is the rule that led to it, written
            above the sign before it; that of the first step is written before it if it is not empty.
            ``highlight`` holds
            places of boxes.
        relation: the sign between steps.
        widest: width, in wire distances, after which steps go on in a new line.

    >>> from catenary.diagrams import Box, Ty
    >>> f = Box("f", Ty("a"), Ty("a")).diagram
    >>> steps_svg([("", f >> f, {0, 1}), ("idempotent", f, ())]).count("<title>")
    4
    """
    steps = list(steps)
    found = steps_layout(
        steps, orientation=orientation, relation=relation, widest=widest, max_boxes=max_boxes
    )
    name = f"{len(steps)} diagrams joined by {relation}" if title is None else title
    return document(paint(found), found.width, found.height, name, dark, number)


def sheet_svg(
    items: Iterable[tuple[str, Drawable]],
    *,
    orientation: str = "down",
    dark: str | bool = "auto",
    title: str = "diagrams and equations",
    max_boxes: int | None = 300,
) -> str:
    """Named diagrams and equations as one picture, a line each, with the names on the left.

    >>> from catenary.diagrams import Box, Ty
    >>> f = Box("f", Ty("a"), Ty("a")).diagram
    >>> sheet_svg([("idempotent", Equation("", f >> f, f)), ("twice", f >> f)]).count(">=<")
    1
    """
    found = sheet_layout(items, orientation=orientation, max_boxes=max_boxes)
    return document(paint(found), found.width, found.height, title, dark)


def sheet_layout(
    items: Iterable[tuple[str, Drawable]], *, orientation: str = "down", max_boxes: int | None = 300
) -> Layout:
    """Named diagrams, sums and equations in one layout, a line each, with the names on the left."""
    items = list(items)
    names = [shorten(name) for name, _ in items]
    margin = max((text_width(name, SMALL_FONT) for name in names), default=0.0) + 0.5
    lines = []
    for name, (_, item) in zip(names, items, strict=True):
        if isinstance(item, Equation):
            item = Equation("", item.left, item.right, item.directed)
        found = picture_of(item, orientation=orientation, max_boxes=max_boxes)
        lines.append([sign("", name, margin), found])
    return joined(lines, room=0.2)


def equation_svg(equation: Equation, *, orientation: str = "down", dark: str | bool = "auto") -> str:
    """The two sides of an equation side by side, with its name above the sign.

    >>> from catenary.diagrams import Box, Equation, Ty
    >>> f = Box("f", Ty("a"), Ty("a")).diagram
    >>> "idempotent" in equation_svg(Equation("idempotent", f >> f, f))
    True
    """
    found = equation_layout(equation, orientation=orientation)
    return document(paint(found), found.width, found.height, f"Equation {equation.name}", dark)
