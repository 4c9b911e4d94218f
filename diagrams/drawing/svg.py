"""SVG from a layout: self-contained, light and dark, the same bytes for the same diagram."""

from __future__ import annotations

from collections.abc import Collection

from catenary.diagrams.boxes import Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.drawing.elements import SCALE, document, escape, num, rect, text
from catenary.diagrams.drawing.parts import FRAMES, Part, parts_of, text_of
from catenary.diagrams.drawing.shapes import Curve, Label, Layout, Point, Shape
from catenary.diagrams.drawing.sheets import Drawable, picture_of
from catenary.diagrams.equation import Equation
from catenary.diagrams.hypergraph import OpenHypergraph
from catenary.diagrams.sums import Sum


def to_svg(
    value: Drawable,
    *,
    orientation: str = "down",
    highlight: Collection[int] = frozenset(),
    dark: str | bool = "auto",
    title: str | None = None,
    max_boxes: int | None = 300,
    number: int = 0,
) -> str:
    """A diagram, sum or equation as an SVG picture.

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
    found = picture_of(value, orientation=orientation, highlight=highlight, max_boxes=max_boxes)
    name = describe(value) if title is None else title
    return document(paint(found), found.width, found.height, name, dark, number)


def describe(value: Drawable) -> str:
    """A line of text for a diagram, for readers who do not see it."""
    if isinstance(value, Equation):
        return f"Equation {value.name}".strip()
    if isinstance(value, Box):
        value = value.diagram
    if isinstance(value, Sum):
        terms = len(value.terms)
        return f"Sum of {terms} string diagram{'' if terms == 1 else 's'}"
    if isinstance(value, OpenHypergraph):
        value = value.to_diagram()
    if not isinstance(value, Diagram):
        return "String diagrams"
    diagram = value
    count = len(diagram.boxes)
    ends = " → ".join(
        text if len(text) <= 60 else text[:59] + "…" for text in (str(diagram.dom), str(diagram.cod))
    )
    return f"String diagram {ends} with {count} box{'' if count == 1 else 'es'}"


def paint(layout: Layout) -> str:
    """The elements of a layout, without the file around them."""
    parts = []
    if not layout.shapes and not layout.curves and not layout.labels:
        # the empty diagram is customarily a dashed square
        side = 0.7 * min(layout.width, layout.height) * SCALE
        x, y = ((full * SCALE - side) / 2 for full in (layout.width, layout.height))
        size = f'x="{num(x)}" y="{num(y)}" width="{num(side)}" height="{num(side)}"'
        parts.append(f'<rect class="wire" stroke-dasharray="3 3" {size}/>')
    right = layout.orientation == "right"
    parts += [_shape(s, right) for s in layout.shapes if s.kind in FRAMES]
    for marked, css in ((False, "wire"), (True, "wire mark")):
        curves = [c for c in layout.curves if c.marked == marked]
        if curves:
            parts.append(f'<path class="{css}" d="{"".join(_path(c) for c in curves)}"/>')
    parts += [_shape(s, right) for s in layout.shapes if s.kind not in FRAMES]
    parts += [_label(label) for label in layout.labels]
    return f"<g>{''.join(parts)}</g>"


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
    css = "sign" if label.role == "sign" else "type"
    return text(
        label.x, label.y, label.font, label.text, css if label.anchor == "middle" else f"{css} {label.anchor}"
    )


def _shape(shape: Shape, right: bool) -> str:
    body = [_part(part) for part in parts_of(shape, right)]
    inside = text_of(shape, right)
    if inside is not None:
        style = "name single" if inside.is_symbol else "name"
        body.append(text(inside.x, inside.y, inside.font, inside.text, style))
    css = f"{shape.kind} mark" if shape.marked else shape.kind
    return f'<g class="{css}"><title>{escape(shape.title)}</title>{"".join(body)}</g>'


def _part(part: Part) -> str:
    css = f' class="{part.role}"' if part.role else ""
    if part.form == "rect":
        (x, y), (w, h) = part.points
        return rect(x, y, w, h, part.radius, part.role)
    if part.form == "circle":
        ((x, y),) = part.points
        return f'<circle{css} cx="{num(x * SCALE)}" cy="{num(y * SCALE)}" r="{num(part.radius * SCALE)}"/>'
    if part.form == "polygon":
        return f'<polygon{css} points="{" ".join(_xy(p) for p in part.points)}"/>'
    ends = part.points
    lines = "".join(f"M{_xy(a)}L{_xy(b)}" for a, b in zip(ends[::2], ends[1::2], strict=True))
    return f'<path{css} d="{lines}"/>'
