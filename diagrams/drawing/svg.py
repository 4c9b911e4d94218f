"""SVG from a layout: self-contained, light and dark, the same bytes for the same diagram."""

from __future__ import annotations

from collections.abc import Collection

from catenary.diagrams.diagram import Diagram
from catenary.diagrams.drawing.elements import SCALE, document, escape, num, rect, text
from catenary.diagrams.drawing.layout import Curve, Label, Layout, Point, Shape, lay_out
from catenary.diagrams.drawing.metrics import FONT, SMALL_FONT


def to_svg(
    diagram: Diagram,
    *,
    orientation: str = "down",
    highlight: Collection[int] = frozenset(),
    dark: str | bool = "auto",
    title: str | None = None,
    max_boxes: int | None = 300,
    number: int = 0,
) -> str:
    """A diagram as an SVG picture.

    Args:
        orientation: ``"down"`` or ``"right"``: the direction of ``>>``.
        highlight: places in ``diagram.boxes`` of boxes to emphasise.
        dark: ``"auto"`` follows the reader's setting, ``"light"`` and ``"dark"`` fix it.
        title: the picture's accessible name; a description of the boundary unless given.
        max_boxes: diagrams with more boxes lose their middle, and say so in the picture; ``None`` shows all.
        number: distinguishes the ids of copies of one picture on one page.

    >>> from catenary.diagrams import Box, Ty
    >>> to_svg(Box("f", Ty("a"), Ty("b")).diagram)[:5]
    '<svg '
    """
    found = lay_out(diagram, orientation=orientation, max_boxes=max_boxes)
    name = describe(diagram) if title is None else title
    return document(paint(found, highlight), found.width, found.height, name, dark, number)


def describe(diagram: Diagram) -> str:
    """A line of text for a diagram, for readers who do not see it."""
    count = len(diagram.boxes)
    ends = " → ".join(
        text if len(text) <= 60 else text[:59] + "…" for text in (str(diagram.dom), str(diagram.cod))
    )
    return f"String diagram {ends} with {count} box{'' if count == 1 else 'es'}"


def paint(layout: Layout, highlight: Collection[int] = frozenset(), dx: float = 0.0, dy: float = 0.0) -> str:
    """The elements of a layout, moved by (dx, dy) units, without the file around them."""
    marked = frozenset(highlight)
    plain = [c for c in layout.curves if marked.isdisjoint(c.boxes)]
    special = [c for c in layout.curves if not marked.isdisjoint(c.boxes)]
    parts = []
    if not layout.shapes and not layout.curves:
        # the empty diagram is customarily a dashed square
        side = 0.7 * min(layout.width, layout.height) * SCALE
        x, y = ((full * SCALE - side) / 2 for full in (layout.width, layout.height))
        size = f'x="{num(x)}" y="{num(y)}" width="{num(side)}" height="{num(side)}"'
        parts.append(f'<rect class="wire" stroke-dasharray="3 3" {size}/>')
    for curves, css in ((plain, "wire"), (special, "wire mark")):
        if curves:
            parts.append(f'<path class="{css}" d="{"".join(_path(c) for c in curves)}"/>')
    right = layout.orientation == "right"
    parts += [_shape(s, not marked.isdisjoint(s.boxes), right) for s in layout.shapes]
    parts += [_label(label) for label in layout.labels]
    moved = f' transform="translate({num(dx * SCALE)} {num(dy * SCALE)})"' if dx or dy else ""
    return f"<g{moved}>{''.join(parts)}</g>"


def _xy(point: Point) -> str:
    return f"{num(point[0] * SCALE)} {num(point[1] * SCALE)}"


def _path(curve: Curve) -> str:
    points = [_xy(p) for p in curve.points]
    return (
        f"M{points[0]}L{points[1]}"
        if len(points) == 2
        else f"M{points[0]}C{points[1]} {points[2]} {points[3]}"
    )


def _label(label: Label) -> str:
    css = "type" if label.anchor == "middle" else f"type {label.anchor}"
    return text(label.x, label.y, SMALL_FONT, label.text, css)


def _shape(shape: Shape, marked: bool, right: bool) -> str:
    kind = shape.kind
    css = f"{kind} mark" if marked else kind
    x, y, w, h = shape.x, shape.y, shape.width, shape.height
    left, top = x - w / 2, y - h / 2
    body = []
    if kind in ("spider", "copy"):
        body.append(
            f'<circle class="dot" cx="{num(x * SCALE)}" cy="{num(y * SCALE)}" r="{num(0.11 * SCALE)}"/>'
        )
    elif kind == "discard":
        body.append(_ground(x, y, w if not right else h, right))
    elif shape.outline:
        corners = " ".join(_xy(p) for p in shape.outline)
        body.append(f'<polygon points="{corners}"/>')
    elif kind in ("Z", "X"):
        body.append(rect(left, top, w, h, min(w, h) / 2))
        if kind == "X":
            # The second ring tells X from Z without colour.
            body.append(rect(left + 0.07, top + 0.07, w - 0.14, h - 0.14, min(w, h) / 2 - 0.07, "ring"))
    else:
        body.append(rect(left, top, w, h, {"H": 0.03, "scalar": min(w, h) / 2}.get(kind, 0.07)))
    if shape.label and kind not in ("spider", "copy", "discard"):
        single = len(shape.label.rstrip("†ˡʳ′'₀₁₂₃₄₅₆₇₈₉")) <= 1 and kind in (
            "box",
            "state",
            "effect",
            "scalar",
        )
        style = "name single" if single else "name"
        shift = 0.1 if kind in ("state", "word") else -0.1 if kind == "effect" else 0.0
        size = FONT if kind not in ("Z", "X", "H") else SMALL_FONT
        at = (x + shift, y) if right else (x, y + shift)
        body.append(text(*at, size, shape.label, style))
    return f'<g class="{css}"><title>{escape(shape.title)}</title>{"".join(body)}</g>'


def _ground(x: float, y: float, across: float, right: bool) -> str:
    lines = []
    for step, part in ((-0.085, 1.0), (0.025, 0.62), (0.135, 0.24)):
        half = across / 2 * part
        ends = (
            ((x - half, y + step), (x + half, y + step))
            if not right
            else ((x + step, y - half), (x + step, y + half))
        )
        lines.append(f"M{_xy(ends[0])}L{_xy(ends[1])}")
    return f'<path class="ground" d="{"".join(lines)}"/>'
