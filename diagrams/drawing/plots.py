"""Pictures by matplotlib, and with it PNG and PDF files."""

from __future__ import annotations

import io
import os
from collections.abc import Collection
from typing import Any

from catenary.diagrams.drawing.metrics import text_width
from catenary.diagrams.drawing.parts import FRAMES, Part, palette, parts_of, style_of, text_of
from catenary.diagrams.drawing.shapes import Label, Layout, Point, Shape
from catenary.diagrams.drawing.sheets import Drawable, picture_of
from catenary.diagrams.errors import InputError
from catenary.diagrams.optional import optional
from catenary.diagrams.textfile import file_name

UNIT = 0.5
"""Inches to a unit, where the size of the figure is not given."""
POINTS = 0.66
"""Points to a pixel of a line's width."""
LARGEST = 2.0**15
"""Pixels that a side of a PNG may have."""


def to_matplotlib(
    value: Drawable,
    axes: Any = None,
    *,
    orientation: str = "down",
    highlight: Collection[int] = frozenset(),
    dark: str | bool = "light",
    max_boxes: int | None = 300,
) -> Any:
    """Draw a diagram, sum or equation with matplotlib; returns the ``Axes``.

    No global state is touched: without ``axes`` a new figure is made that ``pyplot`` does not know.

    Args:
        axes: where to draw; units are wire distances, y downwards, one to one. Texts scale with the axes.
        orientation, highlight, max_boxes: as for :func:`to_svg`.
        dark: ``"light"`` or ``"dark"``.

    Raises:
        MissingExtra: without matplotlib.
    """
    found = picture_of(value, orientation=orientation, highlight=highlight, max_boxes=max_boxes)
    table = palette(dark)
    if axes is None:
        figure = optional("matplotlib.figure", "matplotlib").Figure(
            figsize=(found.width * UNIT, found.height * UNIT), facecolor=table["paper"]
        )
        axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, found.width)
    axes.set_ylim(found.height, 0)
    axes.set_aspect("equal")
    axes.set_axis_off()
    painter = _Painter(axes, table)
    painter.paint(found)
    return axes


def to_png(
    value: Drawable,
    path: str | os.PathLike[str] | None = None,
    *,
    dpi: float = 160,
    orientation: str = "down",
    highlight: Collection[int] = frozenset(),
    dark: str | bool = "light",
    max_boxes: int | None = 300,
    form: str = "png",
) -> bytes:
    """A diagram, sum or equation as a PNG file, by matplotlib; returns its bytes, and writes them if there is a
    path.

    Args:
        dpi: dots to an inch; wires are half an inch apart.
        form: ``"png"`` or ``"pdf"``.
        orientation, highlight, dark, max_boxes: as for :func:`to_matplotlib`.

    Raises:
        MissingExtra: without matplotlib.
        InputError: if the picture would be too large, or the file cannot be written.
    """
    found = picture_of(value, orientation=orientation, highlight=highlight, max_boxes=max_boxes)
    name = None if path is None else file_name(path)
    if form == "png" and max(found.width, found.height) * UNIT * dpi > LARGEST:
        raise InputError(
            f"the picture would have more than {LARGEST:.0f} pixels on a side: lower dpi or max_boxes, or take SVG",
            source=name or "picture",
        )
    axes = to_matplotlib(found, dark=dark)
    file = io.BytesIO()
    metadata = {"Software": None} if form == "png" else {"CreationDate": None}
    axes.figure.savefig(file, format=form, dpi=dpi, metadata=metadata, facecolor=axes.figure.get_facecolor())
    content = file.getvalue()
    if name is not None:
        try:
            with open(name, "wb") as out:
                out.write(content)
        except OSError as error:
            raise InputError(f"cannot write: {error.strerror}", source=name) from error
    return content


class _Painter:
    """Draws a layout on axes whose units are those of the layout."""

    def __init__(self, axes: Any, table: dict[str, str]):
        self.axes, self.table = axes, table
        self.path = optional("matplotlib.path", "matplotlib")
        self.patches = optional("matplotlib.patches", "matplotlib")
        self.text_path = optional("matplotlib.textpath", "matplotlib")
        self.fonts = optional("matplotlib.font_manager", "matplotlib")
        self.transforms = optional("matplotlib.transforms", "matplotlib")
        figure = axes.figure
        position = axes.get_position()
        wide = abs(axes.get_xlim()[1] - axes.get_xlim()[0]) or 1.0
        tall = abs(axes.get_ylim()[1] - axes.get_ylim()[0]) or 1.0
        # Lines keep their proportion to the picture when it is drawn into a small place.
        inches = min(
            position.width * figure.get_figwidth() / wide, position.height * figure.get_figheight() / tall
        )
        self.weight = POINTS * inches / UNIT

    def paint(self, layout: Layout) -> None:
        right = layout.orientation == "right"
        if not layout.shapes and not layout.curves and not layout.labels:
            x, y = layout.width, layout.height
            empty = self.patches.Rectangle(
                (x * 0.15, y * 0.15), x * 0.7, y * 0.7, fill=False, ls="--", ec=self.table["ink"]
            )
            self.axes.add_patch(empty)
        for shape in layout.shapes:
            if shape.kind in FRAMES:
                self.shape(shape, right, 1)
        for marked, width, colour in ((False, 1.5, "ink"), (True, 2.6, "edge")):
            vertices: list[Point] = []
            codes: list[int] = []
            for curve in layout.curves:
                if curve.marked == marked:
                    vertices += curve.points
                    codes += [1] + ([4] * 3 if len(curve.points) == 4 else [2])
            if vertices:
                self.draw(vertices, codes, None, colour, width, 2)
        for shape in layout.shapes:
            if shape.kind not in FRAMES:
                self.shape(shape, right, 3)
        for label in layout.labels:
            self.label(label)

    def draw(
        self,
        vertices: list[Point],
        codes: list[int],
        fill: str | None,
        stroke: str | None,
        width: float,
        order: int,
        dashed: bool = False,
    ) -> None:
        self.axes.add_patch(
            self.patches.PathPatch(
                self.path.Path(vertices, codes),
                facecolor=self.table[fill] if fill else "none",
                edgecolor=self.table[stroke] if stroke else "none",
                linewidth=width * self.weight if stroke else 0,
                linestyle=(0, (4, 3)) if dashed else "solid",
                capstyle="round" if not dashed else "butt",
                joinstyle="round",
                zorder=order,
            )
        )

    def shape(self, shape: Shape, right: bool, order: int) -> None:
        for part in parts_of(shape, right):
            style = style_of(shape.kind, part, shape.marked)
            vertices, codes = _outline(part)
            self.draw(vertices, codes, style.fill, style.stroke, style.width, order, style.dashed)
        inside = text_of(shape, right)
        if inside is not None:
            self.write(inside.x, inside.y, inside.text, inside.font, "ink", "middle", inside.is_symbol)

    def label(self, label: Label) -> None:
        is_sign = label.role == "sign"
        colour = "ink" if is_sign else "soft"
        self.write(label.x, label.y, label.text, label.font, colour, label.anchor, not is_sign)

    def write(
        self, x: float, y: float, text: str, font: float, colour: str, anchor: str, italic: bool
    ) -> None:
        # Texts are outlines in the units of the axes, so that they never outgrow their boxes. Dollars are dollars.
        properties = self.fonts.FontProperties(
            family=["DejaVu Serif"], style="italic" if italic else "normal"
        )
        drawn = self.text_path.TextPath(
            (0, 0), text.replace("$", r"\$") if "$" in text else text, size=100, prop=properties
        )
        if not len(drawn.vertices):
            return
        extent = drawn.get_extents()
        wide = extent.x1
        factor = min(font, 0.98 * text_width(text, font) * 100 / wide if wide > 0 else font) / 100
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * wide * factor
        move = self.transforms.Affine2D().scale(factor, -factor).translate(left, y + 0.35 * font)
        self.axes.add_patch(
            self.patches.PathPatch(
                drawn.transformed(move), facecolor=self.table[colour], edgecolor="none", linewidth=0, zorder=4
            )
        )


def _outline(part: Part) -> tuple[list[Point], list[int]]:
    """The outline of a part as vertices and codes of a matplotlib path."""
    if part.form == "polygon":
        return [*part.points, part.points[0]], [1, *[2] * (len(part.points) - 1), 79]
    if part.form == "lines":
        return list(part.points), [1, 2] * (len(part.points) // 2)
    if part.form == "circle":
        ((x, y),) = part.points
        r = part.radius
        left, top, w, h = x - r, y - r, 2 * r, 2 * r
    else:
        (left, top), (w, h) = part.points
        r = min(part.radius, w / 2, h / 2)
    k = r * 0.4477  # how far control points are from the corner, for quarter circles
    x0, y0, x1, y1 = left, top, left + w, top + h
    vertices = [
        (x0 + r, y0), (x1 - r, y0), (x1 - k, y0), (x1, y0 + k), (x1, y0 + r), (x1, y1 - r), (x1, y1 - k),
        (x1 - k, y1), (x1 - r, y1), (x0 + r, y1), (x0 + k, y1), (x0, y1 - k), (x0, y1 - r), (x0, y0 + r),
        (x0, y0 + k), (x0 + k, y0), (x0 + r, y0), (x0 + r, y0),
    ]  # fmt: skip
    return vertices, [1, 2, 4, 4, 4, 2, 4, 4, 4, 2, 4, 4, 4, 2, 4, 4, 4, 79]
