"""What a picture consists of: shapes, curves and labels with coordinates, as pure data.

Units: wires are one unit apart, fonts are about a third of a unit high; x runs right and y down.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from catenary.diagrams.drawing.metrics import FONT, SMALL_FONT, text_width

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """A box, dot or other body.

    Attributes:
        kind: ``box state word effect scalar spider copy discard Z X H more``.
        x, y: its middle. ``width``, ``height``: its size.
        label: text inside; ``title`` is the same, never shortened.
        outline: corners of its polygon; empty for rectangles and round shapes.
        boxes: places of the boxes of the diagram that it stands for.
        marked: whether it is highlighted.
    """

    kind: str
    x: float
    y: float
    width: float
    height: float
    label: str
    title: str
    outline: tuple[Point, ...]
    boxes: tuple[int, ...]
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """A piece of wire: a cubic Bézier curve of four points, or a straight line of two."""

    points: tuple[Point, ...]
    boxes: tuple[int, ...] = ()
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside the shapes. ``anchor`` is ``start``, ``middle`` or ``end``; ``y`` is the text's middle.

    ``role`` is ``type`` for the type on a wire and for names, ``sign`` for what stands between diagrams.
    """

    x: float
    y: float
    text: str
    anchor: str
    role: str = "type"

    @property
    def font(self) -> float:
        """The size of its font, in units."""
        return FONT * 1.6 if self.role == "sign" else SMALL_FONT

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        wide = text_width(self.text, self.font)
        left = self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * wide
        return left, self.y - self.font * 0.65, left + wide, self.y + self.font * 0.65


@dataclass(frozen=True, slots=True)
class Layout:
    """A laid out diagram: everything lies between (0, 0) and (``width``, ``height``).

    Attributes:
        omitted: how many boxes a long diagram was shortened by.
        dom, cod: where the wires of the boundary begin and end.
    """

    width: float
    height: float
    shapes: tuple[Shape, ...]
    curves: tuple[Curve, ...]
    labels: tuple[Label, ...]
    orientation: str
    omitted: int
    dom: tuple[Point, ...] = ()
    cod: tuple[Point, ...] = ()

    def moved(self, dx: float, dy: float, boxes: tuple[int, ...] | None = None) -> Layout:
        """The layout elsewhere; with ``boxes``, as a part of what stands for those."""

        def move(points: tuple[Point, ...]) -> tuple[Point, ...]:
            return tuple((round(x + dx, 4), round(y + dy, 4)) for x, y in points)

        def own(found: tuple[int, ...]) -> tuple[int, ...]:
            return found if boxes is None else boxes

        shapes = (
            replace(
                s, x=round(s.x + dx, 4), y=round(s.y + dy, 4), outline=move(s.outline), boxes=own(s.boxes)
            )
            for s in self.shapes
        )
        curves = (replace(c, points=move(c.points), boxes=own(c.boxes)) for c in self.curves)
        labels = (replace(t, x=round(t.x + dx, 4), y=round(t.y + dy, 4)) for t in self.labels)
        return replace(
            self,
            shapes=tuple(shapes),
            curves=tuple(curves),
            labels=tuple(labels),
            dom=move(self.dom),
            cod=move(self.cod),
        )

    def highlighted(self, places: Collection[int]) -> Layout:
        """The layout with what stands for the boxes at some places marked."""
        wanted = frozenset(places)
        if not wanted:
            return self

        return replace(
            self,
            shapes=tuple(s if wanted.isdisjoint(s.boxes) else replace(s, marked=True) for s in self.shapes),
            curves=tuple(c if wanted.isdisjoint(c.boxes) else replace(c, marked=True) for c in self.curves),
        )


@dataclass(frozen=True, slots=True)
class Inset:
    """The picture inside a box that contains a diagram.

    Attributes:
        across, along: its size.
        ports: where wires meet it, measured across from its middle: inputs, outputs. Empty if wires end on its
            frame wherever they come from.
        layout: the picture, for drawings; ``lines`` the same for text.
    """

    across: float
    along: float
    ports: tuple[tuple[float, ...], ...]
    layout: Layout | None = None
    lines: tuple[str, ...] = ()
