"""Pictures inside boxes: bubbles, currying, traces as loops."""

from __future__ import annotations

from catenary.diagrams.boxes import Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.drawing.curves import Points, arc, strand
from catenary.diagrams.drawing.layout import Nesting, lay_out_nested
from catenary.diagrams.drawing.metrics import SMALL_FONT, text_width
from catenary.diagrams.drawing.nodes import shorten
from catenary.diagrams.drawing.shapes import Curve, Inset, Label, Layout, Point, Shape
from catenary.diagrams.types import Ob

DEEPEST = 12
"""Levels of boxes inside one another that are drawn."""
LOOP = 0.5
"""Distance between the loops of a trace."""
ROOM = 0.3
"""The room that a layout leaves around itself."""


def inset(box: Box, nesting: Nesting) -> Inset | None:
    """The picture inside a box; ``None`` if it is too deep inside others, or these show enough already."""
    held = box.data[0]
    size = len(held) if isinstance(held, Diagram) else sum(len(d) for _, d in held.terms)
    limited = nesting.max_boxes is not None
    if nesting.depth >= DEEPEST or (limited and nesting.left < size):
        return None
    nesting.depth += 1
    nesting.left -= size
    try:
        if box.kind == "trace":
            return _trace(box, nesting)
        if box.kind == "curry":
            return _curry(box, nesting)
        return _bubble(box, nesting)
    finally:
        nesting.depth -= 1


class _Pen:
    """Collects an inset in coordinates (across, along), around the layout of what is inside."""

    def __init__(self, inner: Layout, right: bool):
        self.inner, self.right = inner, right
        self.across, self.along = (inner.height, inner.width) if right else (inner.width, inner.height)
        self.curves: list[Curve] = []
        self.labels: list[Label] = []
        self.shapes: list[Shape] = []
        self.ins: list[float] = []
        self.outs: list[float] = []

    def ends(self, side: tuple[Point, ...]) -> list[Point]:
        return [self.turn(p) for p in side]

    def turn(self, point: Point) -> Point:
        return (point[1], point[0]) if self.right else point

    def draw(self, points: Points) -> None:
        if points[0] != points[-1]:
            self.curves.append(Curve(tuple(map(self.turn, points))))

    def inset(self, at: Point, across: float, along: float, frame: str = "", title: str = "") -> Inset:
        """The whole, ``across`` × ``along``, with the inner layout at a place and a frame around everything."""
        x, y = self.turn(at)
        wide, tall = self.turn((across, along))
        shapes = self.shapes
        if frame:
            shapes = [Shape(frame, wide / 2, tall / 2, wide, tall, "", title or frame, (), ()), *shapes]
        inner = self.inner.moved(x, y)
        layout = Layout(
            wide,
            tall,
            (*shapes, *inner.shapes),
            (*self.curves, *inner.curves),
            (*self.labels, *inner.labels),
            inner.orientation,
            inner.omitted,
        )
        ports = (tuple(u - across / 2 for u in self.ins), tuple(u - across / 2 for u in self.outs))
        return Inset(across, along, ports if self.ins or self.outs else (), layout)


def _name_of(box: Box) -> str:
    name = {"curry": "λ"}.get(box.kind, "" if box.name == box.kind else box.name)
    turned = ("ʳ" if box.z > 0 else "ˡ") * abs(box.z)
    return shorten(name + ("†" if box.dagger_flag else "") + turned, 24)


def _corner(pen: _Pen, name: str, left: float = 0.0) -> tuple[float, float]:
    """Put a name into the corner of a frame; the room that it takes before the contents, and along all."""
    if not name:
        return left, 0.0
    wide = text_width(name, SMALL_FONT) + 0.12
    pen.labels.append(Label(0.14, 0.27, name, "start", "name"))
    return (max(left, 0.24), wide + 0.14) if pen.right else (max(left, wide - 0.1), 0.5)


def _bubble(box: Box, nesting: Nesting) -> Inset:
    held = box.data[0]
    turned = box.dagger_flag or box.z
    through = isinstance(held, Diagram) and held.dom == box.dom and held.cod == box.cod and not turned
    if isinstance(held, Diagram):
        inner = lay_out_nested(held, nesting, named_ends=not through)
    else:
        from catenary.diagrams.drawing.sheets import sum_layout

        inner = sum_layout(held, nesting)
    pen = _Pen(inner, nesting.right)
    start, least = _corner(pen, _name_of(box))
    across, along = pen.across + start, max(pen.along, least)
    top = (along - pen.along) / 2
    if through:
        for u, v in pen.ends(inner.dom):
            pen.draw(((start + u, 0.0), (start + u, top + v)))
            pen.ins.append(start + u)
        for u, v in pen.ends(inner.cod):
            pen.draw(((start + u, top + v), (start + u, along)))
            pen.outs.append(start + u)
    return pen.inset((start, top), across, along, "bubble", str(_name_of(box) or "bubble"))


def _curry(box: Box, nesting: Nesting) -> Inset:
    """A frame around the inner picture; the curried wires turn round inside and leave with its outputs."""
    held, n, left = box.data
    inner = lay_out_nested(held, nesting, named_ends=False)
    pen = _Pen(inner, nesting.right)
    turns = 0.2 + 0.36 * n
    start, least = _corner(pen, _name_of(box), turns if left else 0.0)
    if left:
        start = turns + (0.3 if not nesting.right else 0.1)
    top = 0.2 + 0.3 * n
    across = start + pen.across + (0.0 if left else turns)
    along = max(top + pen.along + 0.5, least)
    dom, cod = pen.ends(inner.dom), pen.ends(inner.cod)
    curried = dom[:n] if left else dom[len(dom) - n :]
    kept = dom[n:] if left else dom[: len(dom) - n]
    for u, v in kept:
        pen.draw(((start + u, 0.0), (start + u, top + v)))
        pen.ins.append(start + u)
    goal = start + (sum(u for u, _ in cod) / len(cod) if cod else pen.across / 2)
    bottom = top + pen.along - ROOM
    for k, (u, v) in enumerate(reversed(curried) if left else curried):
        # The one next to the edge turns inside the others.
        level = len(curried) - 1 - k
        side = start - 0.1 - 0.36 * level if left else start + pen.across + 0.1 + 0.36 * level
        low = top + v
        for points in arc(start + u, side, low, -(0.3 + 0.28 * level)):
            pen.draw(points)
        pen.draw(((side, low), (side, bottom)))
        pen.draw(strand(side, bottom, goal, along))
    for u, _ in cod:
        pen.draw(strand(start + u, bottom, goal, along))
    pen.outs.append(goal)
    return pen.inset((start, top), across, along, "curry", "curry")


def _trace(box: Box, nesting: Nesting) -> Inset:
    """The inner picture with its last wires (the first ones on the left) led back around it."""
    held, n, left = box.data
    inner = lay_out_nested(held, nesting, named_ends=False)
    pen = _Pen(inner, nesting.right)
    dom, cod = pen.ends(inner.dom), pen.ends(inner.cod)
    ins, outs = (dom[:n][::-1], cod[:n][::-1]) if left else (dom[len(dom) - n :], cod[len(cod) - n :])
    obs: list[Ob] = list(held.dom.objects[:n][::-1] if left else held.dom.objects[len(dom) - n :])
    names = [shorten(str(ob), 16) for ob in obs]
    # The loop of the wire next to the edge is the innermost.
    loops = [0.0] * n
    x = 0.05
    for k in reversed(range(n)):
        loops[k] = x
        wide = text_width(names[k], SMALL_FONT)
        x += 0.34 if nesting.right else wide + 0.24
        x = max(x, loops[k] + LOOP)
    edge = x - 0.1
    start = edge if left else 0.0
    depth = 0.32 + 0.24 * n
    across, along = pen.across + edge, pen.along - 2 * ROOM + 2 * depth
    top = depth - ROOM
    for k in range(n):
        level = n - 1 - k
        side = start - loops[k] if left else start + pen.across + loops[k]
        reach = 0.32 + 0.24 * level
        (u, v), (to_u, to_v) = ins[k], outs[k]
        for points in arc(start + u, side, top + v, -reach):
            pen.draw(points)
        pen.draw(((side, top + v), (side, top + to_v)))
        for points in arc(start + to_u, side, top + to_v, reach):
            pen.draw(points)
        middle = along / 2
        if nesting.right:
            pen.labels.append(Label(middle, side - 0.2 if left else side + 0.2, names[k], "middle"))
        else:
            shift, anchor = (-0.1, "end") if left else (0.1, "start")
            pen.labels.append(Label(side + shift, middle, names[k], anchor))
    through_in, through_out = (dom[n:], cod[n:]) if left else (dom[: len(dom) - n], cod[: len(cod) - n])
    for u, v in through_in:
        pen.draw(((start + u, 0.0), (start + u, top + v)))
        pen.ins.append(start + u)
    for u, v in through_out:
        pen.draw(((start + u, top + v), (start + u, along)))
        pen.outs.append(start + u)
    return pen.inset((start, top), across, along)
