"""Several diagrams in one layout: sums, equations, the steps of a proof."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, Union

from catenary.diagrams.boxes import Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.drawing.layout import Nesting, lay_out, lay_out_nested
from catenary.diagrams.drawing.metrics import FONT, SMALL_FONT, text_width
from catenary.diagrams.drawing.nodes import shorten
from catenary.diagrams.drawing.shapes import Label, Layout, Shape
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import CatenaryError

if TYPE_CHECKING:
    from catenary.diagrams.hypergraph import OpenHypergraph
    from catenary.diagrams.sums import Sum


class HasSteps(Protocol):
    """Something shown as a sequence of equal diagrams: (label, diagram, highlight) as for :func:`steps_layout`, not
    more than so many.
    """

    def _steps_(self, most: int) -> Iterable[tuple[str, Diagram, Collection[int]]]: ...


Drawable: TypeAlias = Union[Diagram, Box, "Sum", Equation, "OpenHypergraph", Layout, HasSteps]
"""What has a picture. A layout that was made before is drawn as it is."""
WIDEST = 26.0
"""Width, in units, at which a sequence of steps goes on in a new line."""
MOST_STEPS = 24
"""Diagrams of a proof that are drawn."""
MOST_TERMS = 60
"""Terms of a sum that are drawn."""


def picture_of(
    value: Drawable,
    *,
    orientation: str = "down",
    highlight: Collection[int] = frozenset(),
    max_boxes: int | None = 300,
) -> Layout:
    """The layout of anything that can be drawn.

    Args:
        value: a diagram or box, a sum of diagrams, an equation, an open hypergraph (drawn as a diagram of it), or
            a layout.
        orientation, max_boxes: as for :func:`lay_out`.
        highlight: places in ``diagram.boxes`` of boxes to emphasise; for single diagrams.

    Raises:
        CatenaryError: for anything else.

    >>> from catenary.diagrams import Ty
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> [label.text for label in picture_of(f - 2 * f).labels if label.role == "sign"]
    ['− 2']
    """
    from catenary.diagrams.hypergraph import OpenHypergraph
    from catenary.diagrams.sums import Sum

    if isinstance(value, Layout):
        return value
    if isinstance(value, Box):
        value = value.diagram
    if isinstance(value, OpenHypergraph):
        value = value.to_diagram()
    if isinstance(value, Diagram):
        return lay_out(value, orientation=orientation, max_boxes=max_boxes).highlighted(highlight)
    if highlight:
        raise CatenaryError("boxes are highlighted in a single diagram: use steps for several")
    if isinstance(value, Equation):
        return equation_layout(value, orientation=orientation, max_boxes=max_boxes)
    if isinstance(value, Sum):
        lay_out(Diagram.id(value.dom), orientation=orientation)  # refuses a bad orientation
        return sum_layout(value, Nesting(orientation == "right", max_boxes))
    if hasattr(value, "_steps_"):
        return steps_layout(value._steps_(MOST_STEPS), orientation=orientation, max_boxes=max_boxes)
    raise CatenaryError(
        f"no picture of {type(value).__name__}: a diagram, box, sum, equation or hypergraph has one"
    )


def sign(text: str, above: str = "", least: float = 0.9) -> Layout:
    """A sign between diagrams, with a text above it."""
    wide = max(least, text_width(text, FONT * 1.6) + 0.2 if text else 0.0)
    wide = max(wide, text_width(above, SMALL_FONT) + 0.3)
    labels = [Label(wide / 2, 0.5, text, "middle", "sign")] if text else []
    if above:
        labels.append(Label(wide / 2, 0.0 if text else 0.5, above, "middle", "name"))
    return Layout(wide, 1.0, (), (), tuple(labels), "", 0)


def joined(lines: Sequence[Sequence[Layout]], *, room: float = 0.0) -> Layout:
    """Layouts in lines below each other, each in the middle of its line."""
    pieces: list[Layout] = []
    y, widest, omitted = room, 0.0, 0
    for line in lines:
        height = max((piece.height for piece in line), default=0.0)
        x = room
        for piece in line:
            if not (piece.shapes or piece.curves or piece.labels):
                # the empty diagram is customarily a dashed square
                wide, tall = piece.width, piece.height
                square = Shape(
                    "empty", wide / 2, tall / 2, 0.7 * wide, 0.7 * tall, "", "empty diagram", (), ()
                )
                piece = replace(piece, shapes=(square,))
            pieces.append(piece.moved(x, y + (height - piece.height) / 2, ()))
            x += piece.width
            omitted += piece.omitted
        widest = max(widest, x)
        y += height + 0.3
    return Layout(
        round(widest + room, 4),
        round(max(y - 0.3 + room, 0.4), 4),
        tuple(shape for piece in pieces for shape in piece.shapes),
        tuple(curve for piece in pieces for curve in piece.curves),
        tuple(label for piece in pieces for label in piece.labels),
        next((piece.orientation for piece in pieces if piece.orientation), "down"),
        omitted,
    )


def steps_layout(
    steps: Iterable[tuple[str, Diagram, Collection[int]]],
    *,
    orientation: str = "down",
    relation: str = "=",
    widest: float = WIDEST,
    max_boxes: int | None = 300,
) -> Layout:
    """A sequence of equal diagrams; see :func:`~catenary.diagrams.drawing.steps_svg`."""
    lines: list[list[Layout]] = []
    x = 0.0
    for place, (name, diagram, highlight) in enumerate(steps):
        layout = lay_out(diagram, orientation=orientation, max_boxes=max_boxes).highlighted(highlight)
        between = [sign(relation if place else "", shorten(name))] if place or name else []
        wide = sum(piece.width for piece in between) + layout.width
        if not lines or x + wide > widest:
            lines.append([])
            x = 0.0
        lines[-1] += [*between, layout]
        x += wide
    return joined(lines, room=0.2)


def equation_layout(equation: Equation, *, orientation: str = "down", max_boxes: int | None = 300) -> Layout:
    """The two sides of an equation side by side, with its name above the sign."""
    return steps_layout(
        [("", equation.left, ()), (equation.name, equation.right, ())],
        orientation=orientation,
        relation="⇒" if equation.directed else "=",
        widest=1e9,
        max_boxes=max_boxes,
    )


def sum_layout(value: Sum, nesting: Nesting) -> Layout:
    """The terms of a sum side by side with their scalars; of very many the first."""
    line: list[Layout] = []
    shown = value.terms[:MOST_TERMS]
    for place, (scalar, diagram) in enumerate(shown):
        text = scalar_text(scalar, first=place == 0)
        if text:
            line.append(sign(text, least=0.6))
        line.append(lay_out_nested(diagram, nesting))
    if len(value.terms) > len(shown):
        line.append(sign(f"+ … {len(value.terms) - len(shown)} more terms …"))
    if not line:
        line = [sign("0"), lay_out_nested(Diagram.id(value.dom), nesting)][:1]
    return joined([line])


def scalar_text(scalar: Any, *, first: bool = False) -> str:
    """What stands before a term of a sum: its sign and its scalar, unless that is one.

    >>> scalar_text(Fraction(-1, 2)), scalar_text(1), scalar_text(1, first=True)
    ('− 1/2', '+', '')
    """
    minus = isinstance(scalar, (int, Fraction, float)) and scalar < 0
    size = -scalar if minus else scalar
    head = "−" if minus else "" if first else "+"
    number = "" if isinstance(size, (int, Fraction, float)) and size == 1 else str(size)
    if number and isinstance(size, complex):
        number = number if number.startswith("(") else f"({number})"
    elif number and not isinstance(size, (int, Fraction, float)) and not size.is_Atom:
        number = f"({number})"
    if isinstance(size, float) and number:
        number = f"{size:g}"
    return shorten(f"{head}{number}" if first else f"{head} {number}".strip(), 30)
