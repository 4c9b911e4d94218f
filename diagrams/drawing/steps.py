"""Several diagrams in one picture: the steps of a proof, the two sides of an equation."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from catenary.diagrams.diagram import Diagram
from catenary.diagrams.drawing.elements import SCALE, document, escape
from catenary.diagrams.drawing.layout import lay_out
from catenary.diagrams.drawing.metrics import FONT, SMALL_FONT, text_width
from catenary.diagrams.drawing.nodes import shorten
from catenary.diagrams.drawing.svg import paint
from catenary.diagrams.equation import Equation

WIDEST = 26.0
"""Width, in units, at which a sequence of steps goes on in a new line."""


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
    lines: list[list[tuple[float, str, float]]] = []  # per line: (x, painted at y = 0, height)
    widths: list[float] = []
    x, shown = 0.3, 0
    for label, diagram, highlight in steps:
        layout = lay_out(diagram, orientation=orientation, max_boxes=max_boxes)
        label = shorten(label)
        sign = max(0.9, text_width(label, SMALL_FONT) + 0.3) if shown or label else 0.0
        if not lines or (x + sign + layout.width > widest and lines[-1]):
            lines.append([])
            widths.append(0.0)
            x = 0.3
        if sign:
            lines[-1].append((x, _sign(label, relation if shown else "", sign), 0.0))
            x += sign
        lines[-1].append((x, paint(layout, highlight), layout.height))
        x += layout.width
        widths[-1] = x
        shown += 1
    name = f"{shown} diagrams joined by {relation}" if title is None else title
    return _assembled(lines, max(widths, default=0.3), name, dark, number)


def _assembled(
    lines: list[list[tuple[float, str, float]]], width: float, title: str, dark: str | bool, number: int
) -> str:
    """Lines of pieces (x, painted at y = 0, height) below each other, each piece in the middle of its line."""
    y = 0.2
    parts = []
    for line in lines:
        height = max(h for _, _, h in line)
        for at, content, own in line:
            top = y + (height - own) / 2
            parts.append(f'<g transform="translate({at * SCALE:.2f} {top * SCALE:.2f})">{content}</g>')
        y += height + 0.3
    return document("".join(parts), width + 0.3, max(y - 0.1, 0.4), title, dark, number)


def sheet_svg(
    items: Iterable[tuple[str, Diagram | Equation]],
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
    items = list(items)
    names = [shorten(name) for name, _ in items]
    margin = max((text_width(name, SMALL_FONT) for name in names), default=0.0) + 0.8
    lines = []
    widest = margin
    for name, (_, item) in zip(names, items, strict=True):
        line = [(0.3, _sign(name, "", margin - 0.5), 0.0)]
        x = margin
        sides = [item.left, item.right] if isinstance(item, Equation) else [item]
        for place, side in enumerate(sides):
            if place:
                relation = "⇒" if isinstance(item, Equation) and item.directed else "="
                line.append((x, _sign("", relation, 0.9), 0.0))
                x += 0.9
            layout = lay_out(side, orientation=orientation, max_boxes=max_boxes)
            line.append((x, paint(layout), layout.height))
            x += layout.width
        lines.append(line)
        widest = max(widest, x)
    return _assembled(lines, widest, title, dark, 0)


def equation_svg(equation: Equation, *, orientation: str = "down", dark: str | bool = "auto") -> str:
    """The two sides of an equation side by side, with its name above the sign.

    >>> from catenary.diagrams import Box, Equation, Ty
    >>> f = Box("f", Ty("a"), Ty("a")).diagram
    >>> "idempotent" in equation_svg(Equation("idempotent", f >> f, f))
    True
    """
    return steps_svg(
        [("", equation.left, ()), (equation.name, equation.right, ())],
        orientation=orientation,
        dark=dark,
        title=f"Equation {equation.name}",
        relation="⇒" if equation.directed else "=",
        widest=1e9,
    )


def _sign(label: str, relation: str, width: float) -> str:
    middle = width / 2 * SCALE
    parts = []
    if label:
        lift = -0.42 * SCALE if relation else 0.35 * SMALL_FONT * SCALE
        parts.append(f'<text class="type" x="{middle:.2f}" y="{lift:.2f}">{escape(label)}</text>')
    if relation:
        parts.append(
            f'<text class="sign" x="{middle:.2f}" y="{0.56 * FONT * SCALE:.2f}">{escape(relation)}</text>'
        )
    return "".join(parts)
