"""Shapes taken apart into rectangles, circles, polygons and lines, which every kind of output can draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catenary.diagrams.drawing.metrics import FONT, SMALL_FONT
from catenary.diagrams.drawing.shapes import Point, Shape
from catenary.diagrams.drawing.theme import DARK, LIGHT
from catenary.diagrams.errors import CatenaryError

FRAMES = ("bubble", "curry")
"""Kinds that lie behind wires and everything else."""
ROUND = ("Z", "X", "phase")
UNLABELLED = ("spider", "copy", "discard", *FRAMES)
DOT = 0.11


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a shape. ``form`` is ``rect circle polygon lines``.

    Attributes:
        points: for a rectangle its upper left corner and its size; for a circle its middle; corners; or ends of
            lines, two by two.
        radius: of a circle, or of the corners of a rectangle.
        role: "" for a body; ``ring``, ``dot`` and ``ground``.
    """

    form: str
    points: tuple[Point, ...]
    radius: float = 0.0
    role: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The text in a shape: its middle, its size in units, and whether it is a symbol in italics."""

    x: float
    y: float
    text: str
    font: float
    is_symbol: bool


def parts_of(shape: Shape, right: bool) -> Iterator[Part]:
    """The pieces of a shape in a picture that runs down, or right."""
    kind = shape.kind
    x, y, w, h = shape.x, shape.y, shape.width, shape.height
    left, top = x - w / 2, y - h / 2
    if kind in ("spider", "copy"):
        yield Part("circle", ((x, y),), DOT, "dot")
    elif kind == "discard":
        half = (h if right else w) / 2
        ends: list[Point] = []
        for step, part in ((-0.085, 1.0), (0.025, 0.62), (0.135, 0.24)):
            sides = (-half * part, half * part)
            ends += [(x + step, y + side) if right else (x + side, y + step) for side in sides]
        yield Part("lines", tuple(ends), 0.0, "ground")
    elif shape.outline:
        yield Part("polygon", shape.outline)
    else:
        radius = {"H": 0.03, "bubble": 0.22, "curry": 0.22}.get(kind, 0.07)
        if kind in ROUND or kind == "scalar":
            radius = min(w, h) / 2
        yield Part("rect", ((left, top), (w, h)), radius)
        if kind == "X":
            # The second ring tells X from Z without colour.
            yield Part(
                "rect", ((left + 0.07, top + 0.07), (w - 0.14, h - 0.14)), min(w, h) / 2 - 0.07, "ring"
            )


def text_of(shape: Shape, right: bool) -> Text | None:
    """The text in a shape."""
    kind = shape.kind
    if not shape.label or kind in UNLABELLED:
        return None
    short = len(shape.label.rstrip("†ˡʳ′'₀₁₂₃₄₅₆₇₈₉")) <= 1
    shift = 0.0
    if kind in ("state", "word", "effect"):
        shift = 0.16 if len(shape.outline) == 3 else 0.1
        shift = -shift if kind == "effect" else shift
    font = SMALL_FONT if kind in (*ROUND, "H") else FONT
    at = (shape.x + shift, shape.y) if right else (shape.x, shape.y + shift)
    return Text(*at, shape.label, font, short and kind in ("box", "state", "effect", "scalar"))


@dataclass(frozen=True, slots=True)
class Style:
    """How a part is drawn: names of colours in the theme, width in pixels at 40 to a unit, dashes."""

    fill: str | None
    stroke: str | None
    width: float = 1.4
    dashed: bool = False


_FILLS: dict[str, str | None] = {
    "empty": None,
    "word": "word",
    "Z": "green",
    "X": "red",
    "H": "yellow",
    "more": "blue",
    "bubble": "frame",
    "curry": "frame",
}


def style_of(kind: str, part: Part, marked: bool) -> Style:
    """The style of a part of a shape of some kind; that of the SVG style sheet, for outputs without one."""
    edge = "edge" if marked else "ink"
    if part.role == "dot":
        return Style(edge, edge if marked else None, 4.0)
    if part.role == "ground":
        return Style(None, edge, 2.6 if marked else 1.8)
    if part.role == "ring":
        return Style(None, edge, 1.0)
    fill = _FILLS.get(kind, "word" if part.form == "polygon" else "box")
    if marked and kind in ("box", "scalar", "state", "effect", "word"):
        fill = "mark"
    stroke = "soft" if kind in FRAMES and not marked else edge
    return Style(
        fill, stroke, 2.6 if marked else 1.2 if kind in FRAMES else 1.4, kind in ("more", "bubble", "empty")
    )


def palette(dark: str | bool) -> dict[str, str]:
    """The colours of one theme, for outputs that cannot follow the reader's setting.

    >>> palette("light")["paper"]
    '#ffffff'
    """
    if dark not in ("auto", "light", "dark", True, False):
        raise CatenaryError(f"dark is 'auto', 'light' or 'dark', not {dark!r}")
    return DARK if dark in (True, "dark") else LIGHT
