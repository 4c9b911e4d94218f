"""The layout of a diagram as pure data, which feeds every kind of picture.

It has shapes, curves and labels with coordinates.

Units: wires are one unit apart, fonts are about a third of a unit high; x runs right and y down.
"""

from __future__ import annotations

from dataclasses import dataclass

from catenary.diagrams.diagram import Diagram
from catenary.diagrams.drawing.arrange import Arrangement, arc_depth, arrange, port
from catenary.diagrams.drawing.metrics import SMALL_FONT, Metrics, text_width
from catenary.diagrams.drawing.nodes import Node
from catenary.diagrams.errors import CatenaryError

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


@dataclass(frozen=True, slots=True)
class Curve:
    """A piece of wire: a cubic Bézier curve of four points, or a straight line of two."""

    points: tuple[Point, ...]
    boxes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """The type on a wire. ``anchor`` is ``start``, ``middle`` or ``end``; ``y`` is the text's middle."""

    x: float
    y: float
    text: str
    anchor: str

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        wide = text_width(self.text, SMALL_FONT)
        left = self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * wide
        return left, self.y - SMALL_FONT * 0.65, left + wide, self.y + SMALL_FONT * 0.65


@dataclass(frozen=True, slots=True)
class Layout:
    """A laid out diagram: everything lies between (0, 0) and (``width``, ``height``).

    Attributes:
        omitted: how many boxes a long diagram was shortened by.
    """

    width: float
    height: float
    shapes: tuple[Shape, ...]
    curves: tuple[Curve, ...]
    labels: tuple[Label, ...]
    orientation: str
    omitted: int


def lay_out(diagram: Diagram, *, orientation: str = "down", max_boxes: int | None = 300) -> Layout:
    """Lay a diagram out.

    Args:
        orientation: ``"down"`` or ``"right"``: the direction of ``>>``.
        max_boxes: diagrams with more boxes lose their middle, and say so; ``None`` shows all.

    >>> from catenary.diagrams import Box, Ty
    >>> found = lay_out(Box("f", Ty("a"), Ty("b")).diagram)
    >>> [shape.label for shape in found.shapes], [label.text for label in found.labels]
    (['f'], ['a', 'b'])
    """
    if orientation not in ("down", "right"):
        raise CatenaryError(f"a diagram is drawn 'down' or 'right', not {orientation!r}")
    arranged = arrange(diagram, Metrics("picture", right=orientation == "right"), max_boxes)
    return _Painter(arranged, orientation == "right").layout()


class _Painter:
    """Turns an arrangement into shapes and curves. Works in (across, along) and maps to (x, y) at the end."""

    def __init__(self, arranged: Arrangement, right: bool):
        self.arranged = arranged
        self.is_right = right
        self.shapes: list[Shape] = []
        self.curves: list[Curve] = []
        self.labels: list[Label] = []

    def layout(self) -> Layout:
        a = self.arranged
        picture = a.scene
        # Where each wire leaves and arrives: the column, unless a node's port says otherwise.
        for number, node in enumerate(picture.nodes):
            if node.has_body:
                self.body(number, node)
            elif node.kind == "permutation":
                self.permutation(number, node)
            else:
                self.arc(number, node)
        self.wires()
        self.wire_labels()
        return self.finish()

    def curve(self, *points: Point, boxes: tuple[int, ...] = ()) -> None:
        if points[0] != points[-1]:
            self.curves.append(Curve(points, boxes))

    def flow(self, u: float, v: float, to_u: float, to_v: float, boxes: tuple[int, ...] = ()) -> None:
        """A wire from (u, v) to (to_u, to_v) that leaves and arrives along the flow."""
        if abs(u - to_u) < 1e-9:
            self.curve((u, v), (to_u, to_v), boxes=boxes)
        else:
            reach = (to_v - v) * 0.52
            self.curve((u, v), (u, v + reach), (to_u, to_v - reach), (to_u, to_v), boxes=boxes)

    def permutation(self, number: int, node: Node) -> None:
        a = self.arranged
        r = a.rows.row[number]
        for k, target in enumerate(node.targets):
            u, to_u = a.places.wire[node.inputs[k]], a.places.wire[node.outputs[target]]
            self.flow(u, a.top[r], to_u, a.bottom[r], node.boxes)

    def arc(self, number: int, node: Node) -> None:
        a = self.arranged
        r = a.rows.row[number]
        side = node.inputs or node.outputs
        start = a.top[r] if node.inputs else a.bottom[r]
        sign = 1 if node.inputs else -1
        for k in range(len(side) // 2):
            u, to_u = a.places.wire[side[k]], a.places.wire[side[-1 - k]]
            depth = arc_depth(to_u - u)
            middle, turn = (u + to_u) / 2, min((to_u - u) / 2, max(depth, 0.9))
            low = start + sign * depth
            # Two quarter turns, with a straight part between them where the span is wide.
            bend = 0.5523
            self.curve(
                (u, start),
                (u, start + sign * depth * bend),
                (u + turn * (1 - bend), low),
                (u + turn, low),
                boxes=node.boxes,
            )
            if u + turn < middle - 1e-6:
                self.curve((u + turn, low), (to_u - turn, low), boxes=node.boxes)
            self.curve(
                (to_u - turn, low),
                (to_u - turn * (1 - bend), low),
                (to_u, start + sign * depth * bend),
                (to_u, start),
                boxes=node.boxes,
            )

    def wires(self) -> None:
        a = self.arranged
        rows, scene = a.rows, a.scene
        count = rows.count
        # For each wire: where it meets the nodes at its ends (across, along), and whether that end is a dot.
        start: list[tuple[float, float, bool]] = [(x, 0.0, False) for x in a.places.wire]
        stop: list[tuple[float, float, bool]] = [(x, a.total, False) for x in a.places.wire]
        for number, node in enumerate(scene.nodes):
            r = rows.row[number]
            middle, half = a.middle(number), a.sizes[number][1] / 2
            for side, ends, edge, body in (
                (node.inputs, stop, a.top[r], middle - half),
                (node.outputs, start, a.bottom[r], middle + half),
            ):
                for k, w in enumerate(side):
                    if not node.has_body:
                        ends[w] = (a.places.wire[w], edge, False)
                    elif node.is_dot:
                        ends[w] = (port(node, number, side, k, a.places), middle, True)
                    elif node.kind == "discard":
                        ends[w] = (a.places.wire[w], middle - half * 0.5, False)
                    else:
                        ends[w] = (port(node, number, side, k, a.places), body, False)
        for w, x in enumerate(a.places.wire):
            first = a.top[rows.begin[w] + 1] if rows.begin[w] + 1 < count else a.total
            last = a.bottom[rows.end[w] - 1] if rows.end[w] > 0 else 0.0
            (u, v, from_dot), (to_u, to_v, to_dot) = start[w], stop[w]
            if w in a.inner and u != to_u:
                # Straight beside the label, then it may bend.
                straight = a.bottom[rows.begin[w]] + a.label_length[w]
                self.curve((u, v), (u, straight))
                v = straight
            if rows.begin[w] + 1 == rows.end[w] or (first >= last and u == x == to_u):
                # The wire has one gap for all of its bends.
                self.join(u, v, from_dot, to_u, to_v, to_dot)
            else:
                self.join(u, v, from_dot, x, min(first, to_v), False)
                if last > first:
                    self.curve((x, first), (x, last))
                self.join(x, max(last, first), False, to_u, to_v, to_dot)

    def join(self, u: float, v: float, from_dot: bool, to_u: float, to_v: float, to_dot: bool) -> None:
        """A piece of wire that may fan out of a dot or into one."""
        if abs(u - to_u) < 1e-9 or not (from_dot or to_dot):
            self.flow(u, v, to_u, to_v)
            return
        across, along = to_u - u, to_v - v
        one = (u + 0.62 * across, v + 0.12 * along) if from_dot else (u, v + 0.52 * along)
        two = (to_u - 0.62 * across, to_v - 0.12 * along) if to_dot else (to_u, to_v - 0.52 * along)
        if from_dot and to_dot:
            one, two = (u + 0.3 * across, v + 0.3 * along), (to_u - 0.3 * across, to_v - 0.3 * along)
        self.curve((u, v), one, two, (to_u, to_v))

    def body(self, number: int, node: Node) -> None:
        a = self.arranged
        middle = a.middle(number)
        left, right = a.places.left[number], a.places.right[number]
        along = a.sizes[number][1]
        title = (
            f"{node.kind}: {node.title}"
            if node.title and node.kind in ("Z", "X")
            else node.title or node.kind
        )
        if node.kind in ("spider", "copy") and node.strands > 1:
            for k in range(node.strands):
                u = a.places.node[number] + (k - (node.strands - 1) / 2) * 1.0
                self.shape(node, title, u, middle, 0.3, along, ())
            return
        if node.kind == "discard" and node.inputs:
            for w in node.inputs:
                self.shape(node, title, a.places.wire[w], middle, 0.5, along, ())
            return
        u = (left + right) / 2
        outline: tuple[Point, ...] = ()
        top, bottom = middle - along / 2, middle + along / 2
        if node.kind in ("state", "effect"):
            roof = 0.3 if not self.is_right else min(0.3, along * 0.3)
            if node.kind == "state":
                shoulder = top + roof
                outline = ((left, bottom), (left, shoulder), (u, top), (right, shoulder), (right, bottom))
            else:
                shoulder = bottom - roof
                outline = ((left, top), (left, shoulder), (u, bottom), (right, shoulder), (right, top))
        self.shape(node, title, u, middle, right - left, along, outline)

    def shape(
        self,
        node: Node,
        title: str,
        u: float,
        v: float,
        across: float,
        along: float,
        outline: tuple[Point, ...],
    ) -> None:
        if self.is_right:
            u, v, across, along = v, u, along, across
            outline = tuple((y, x) for x, y in outline)
        kind = "word" if node.kind == "state" and self.arranged.scene.is_grammar else node.kind
        self.shapes.append(Shape(kind, u, v, across, along, node.label, title, outline, node.boxes))

    def wire_labels(self) -> None:
        a = self.arranged
        picture = a.scene
        for w, text in a.inner.items():
            r = a.rows.begin[w]
            after = a.bottom[r]
            u = a.places.wire[w]
            if self.is_right:
                self.labels.append(Label(after + 0.08, u - 0.24, text, "start"))
            else:
                self.labels.append(Label(u + 0.1, after + 0.24, text, "start"))
        for side, texts, v, sign in (
            (picture.dom, a.boundary[0], 0.0, -1),
            (picture.cod, a.boundary[1], a.total, 1),
        ):
            for w, text in zip(side, texts, strict=False):
                u = a.places.wire[w]
                if self.is_right:
                    self.labels.append(Label(v + sign * 0.12, u, text, "end" if sign < 0 else "start"))
                elif picture.dom or picture.nodes:
                    self.labels.append(Label(u, v + sign * 0.26, text, "middle"))

    def finish(self) -> Layout:
        """Move everything to positive coordinates, with room around it."""
        curves = self.curves
        if self.is_right:
            curves = [Curve(tuple((y, x) for x, y in c.points), c.boxes) for c in curves]
        xs = [0.0]
        ys = [0.0]
        for s in self.shapes:
            xs += (s.x - s.width / 2, s.x + s.width / 2)
            ys += (s.y - s.height / 2, s.y + s.height / 2)
        for c in curves:
            for x, y in c.points:
                xs.append(x)
                ys.append(y)
        for label in self.labels:
            left, top, right, bottom = label.extent
            xs += (left, right)
            ys += (top, bottom)
        room = 0.3
        dx, dy = room - min(xs), room - min(ys)

        def move(points: tuple[Point, ...]) -> tuple[Point, ...]:
            return tuple((round(x + dx, 4), round(y + dy, 4)) for x, y in points)

        shapes = tuple(
            Shape(
                s.kind,
                round(s.x + dx, 4),
                round(s.y + dy, 4),
                s.width,
                s.height,
                s.label,
                s.title,
                move(s.outline),
                s.boxes,
            )
            for s in self.shapes
        )
        return Layout(
            round(max(xs) + dx + room, 4),
            round(max(ys) + dy + room, 4),
            shapes,
            tuple(Curve(move(c.points), c.boxes) for c in curves),
            tuple(Label(round(t.x + dx, 4), round(t.y + dy, 4), t.text, t.anchor) for t in self.labels),
            "right" if self.is_right else "down",
            self.arranged.scene.omitted,
        )
