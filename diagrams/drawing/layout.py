"""The layout of a diagram as pure data, which feeds every kind of picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from catenary.diagrams.diagram import Diagram
from catenary.diagrams.drawing.arrange import Arrangement, arc_depth, arrange, port
from catenary.diagrams.drawing.curves import arc, braid, curl, strand
from catenary.diagrams.drawing.metrics import Metrics, is_triangle
from catenary.diagrams.drawing.nodes import Node
from catenary.diagrams.drawing.shapes import Curve, Label, Layout, Point, Shape
from catenary.diagrams.errors import CatenaryError


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
    return lay_out_nested(diagram, Nesting(orientation == "right", max_boxes))


@dataclass(slots=True)
class Nesting:
    """What the pictures inside one another share. ``left`` counts the boxes that may still be drawn inside others."""

    right: bool
    max_boxes: int | None
    depth: int = 0
    left: int = 2000


def lay_out_nested(diagram: Diagram, nesting: Nesting, *, named_ends: bool = True) -> Layout:
    """Lay out a diagram that may stand inside others; ``named_ends`` says whether its boundary has labels."""
    from catenary.diagrams.drawing.insets import inset

    arranged = arrange(
        diagram,
        Metrics("picture", right=nesting.right),
        nesting.max_boxes,
        named_ends=named_ends,
        inset=lambda box: inset(box, nesting),
    )
    return _Painter(arranged, nesting.right).layout()


End: TypeAlias = tuple[float, float, bool]
"""Where a wire meets a node, across and along, and whether the node is a dot."""


class _Painter:
    """Turns an arrangement into shapes and curves. Works in (across, along) and maps to (x, y) at the end."""

    def __init__(self, arranged: Arrangement, right: bool):
        self.arranged = arranged
        self.is_right = right
        self.shapes: list[Shape] = []
        self.curves: list[Curve] = []
        self.labels: list[Label] = []
        self.insets: list[tuple[Node, float, float]] = []
        nodes = arranged.scene.nodes
        self.maker = {w: n for n, node in enumerate(nodes) if node.inset for w in node.outputs}

    def layout(self) -> Layout:
        a = self.arranged
        picture = a.scene
        # Where each wire leaves and arrives: the column, unless a node's port says otherwise.
        for number, node in enumerate(picture.nodes):
            if node.has_body:
                self.body(number, node)
            elif node.kind == "permutation":
                self.permutation(number, node)
            elif node.kind == "braid":
                self.braid(number, node)
            else:
                self.arc(number, node)
        self.wires()
        self.wire_labels()
        return self.finish()

    def curve(self, *points: Point, boxes: tuple[int, ...] = ()) -> None:
        if points[0] != points[-1]:
            self.curves.append(Curve(points, boxes))

    def flow(self, u: float, v: float, to_u: float, to_v: float, boxes: tuple[int, ...] = ()) -> None:
        self.curve(*strand(u, v, to_u, to_v), boxes=boxes)

    def permutation(self, number: int, node: Node) -> None:
        a = self.arranged
        r = a.rows.row[number]
        for k, target in enumerate(node.targets):
            u, to_u = a.places.wire[node.inputs[k]], a.places.wire[node.outputs[target]]
            self.flow(u, a.top[r], to_u, a.bottom[r], node.boxes)

    def braid(self, number: int, node: Node) -> None:
        a = self.arranged
        r = a.rows.row[number]
        x = a.places.wire
        tos = [x[node.outputs[t]] for t in node.targets]
        split = node.targets.index(0)
        for points in braid([x[w] for w in node.inputs], tos, split, node.sign > 0, a.top[r], a.bottom[r]):
            self.curve(*points, boxes=node.boxes)

    def arc(self, number: int, node: Node) -> None:
        a = self.arranged
        r = a.rows.row[number]
        side = node.inputs or node.outputs
        start = a.top[r] if node.inputs else a.bottom[r]
        sign = 1 if node.inputs else -1
        for k in range(len(side) // 2):
            u, to_u = a.places.wire[side[k]], a.places.wire[side[-1 - k]]
            for points in arc(u, to_u, start, sign * arc_depth(to_u - u)):
                self.curve(*points, boxes=node.boxes)

    def wires(self) -> None:
        a = self.arranged
        rows, scene = a.rows, a.scene
        count = rows.count
        # For each wire: where it meets the nodes at its ends (across, along), and whether that end is a dot.
        start: list[End] = [(x, 0.0, False) for x in a.places.wire]
        stop: list[End] = [(x, a.total, False) for x in a.places.wire]
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
        fanned = self.fanned(start, stop)
        # Where a wire bends only behind its label, so do its neighbours: otherwise they would cross.
        delay = [0.0] * (count + 1)
        for w in a.inner:
            if rows.begin[w] + 1 == rows.end[w] and stop[w][0] != a.places.wire[w]:
                end = a.bottom[rows.begin[w]] + self.shift(w) + a.label_length[w]
                delay[rows.end[w]] = max(delay[rows.end[w]], end)
        for w, x in enumerate(a.places.wire):
            first = a.top[rows.begin[w] + 1] if rows.begin[w] + 1 < count else a.total
            last = a.bottom[rows.end[w] - 1] if rows.end[w] > 0 else 0.0
            (u, v, from_dot), (to_u, to_v, to_dot) = start[w], stop[w]
            if not u == x == to_u:
                # Beside what else stands in the rows at its ends it runs straight; it bends between them.
                leave = a.bottom[rows.begin[w]] if rows.begin[w] >= 0 else 0.0
                arrive = a.top[rows.end[w]] if rows.end[w] < count else a.total
                if not from_dot and v < leave:
                    self.curve((u, v), (u, leave))
                    v = leave
                if not to_dot and to_v > arrive:
                    self.curve((to_u, arrive), (to_u, to_v))
                    to_v = arrive
            if w in a.inner and u != x:
                # Out of an inset: it bends to its column first, its label is beside that.
                v_bent = a.bottom[rows.begin[w]] + a.bends.get(w, 0.0)
                self.flow(u, v, x, v_bent)
                u, v = x, v_bent
            straight = delay[rows.begin[w] + 1]
            target = to_u if rows.begin[w] + 1 == rows.end[w] else x
            if u != target and v < straight and not from_dot:
                self.curve((u, v), (u, straight))
                v = straight
            if rows.begin[w] + 1 == rows.end[w] or (first >= last and u == x == to_u):
                # The wire has one gap for all of its bends.
                if from_dot and to_dot and w in fanned:
                    turn = first if abs(x - to_u) < 1e-9 else (a.bottom[rows.begin[w]] + first) / 2
                    self.join(u, v, True, x, turn, False)
                    self.join(x, turn, False, to_u, to_v, True)
                else:
                    self.join(u, v, from_dot, to_u, to_v, to_dot)
            else:
                self.join(u, v, from_dot, x, min(first, to_v), False)
                last = max(first, last, delay[rows.end[w]] if x != to_u else 0.0)
                if last > first:
                    self.curve((x, first), (x, last))
                self.join(x, last, False, to_u, to_v, to_dot)

    def fanned(self, start: list[End], stop: list[End]) -> set[int]:
        """Wires between dots that would cross others of the same dot if they were straight: those fan out, and
        are inside of it.
        """
        a = self.arranged
        found: set[int] = set()
        for number, node in enumerate(a.scene.nodes):
            if not node.is_dot or len(node.inputs) + len(node.outputs) < 3:
                continue
            middle = a.places.node[number]
            for side, ends in ((node.outputs, stop), (node.inputs, start)):
                for sense in (1, -1):
                    inside = False  # whether a wire that fans out was met, from the middle outwards
                    for w in side[::sense]:
                        across = (a.places.wire[w] - middle) * sense
                        straight = ends[w][2] and a.rows.begin[w] + 1 == a.rows.end[w]
                        if across > 0 and straight and (inside or self.is_in_the_way(w, across)):
                            found.add(w)
                        inside = inside or (across > 0 and not straight)
        return found

    def is_in_the_way(self, w: int, across: float) -> bool:
        """Whether a straight line may meet what else stands in the rows at its ends: they are high, it is wide."""
        a = self.arranged
        ends = (a.rows.begin[w], a.rows.end[w])
        high = max((a.bottom[r] - a.top[r] for r in ends if 0 <= r < a.rows.count), default=0.0)
        return high > (1.2 if self.is_right else 0.7) and across > 0.7

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

    def shift(self, w: int) -> float:
        """How far behind a wire's beginning its label starts."""
        a = self.arranged
        number = self.maker.get(w)
        if number is None:
            return 0.0
        node = a.scene.nodes[number]
        moved = (
            abs(port(node, number, node.outputs, node.outputs.index(w), a.places) - a.places.wire[w]) > 1e-9
        )
        return a.bends.get(w, 0.0) if moved else 0.0

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
        if node.inset is not None:
            self.insets.append((node, a.places.node[number], middle))
            return
        if node.kind == "twist":
            u = a.places.node[number]
            for points in curl(u, middle - along / 2, middle + along / 2, node.sign > 0):
                self.curve(*points, boxes=node.boxes)
            return
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
            base, tip = (bottom, top) if node.kind == "state" else (top, bottom)
            shoulder = tip + roof if node.kind == "state" else tip - roof
            outline = ((left, base), (left, shoulder), (u, tip), (right, shoulder), (right, base))
            if is_triangle(node):
                outline = ((left, base), (u, tip), (right, base))
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
            after = a.bottom[r] + self.shift(w)
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
        placed = []
        for node, u, v in self.insets:
            assert node.inset is not None
            assert node.inset.layout is not None
            x, y = (v, u) if self.is_right else (u, v)
            inner = node.inset.layout
            placed.append(inner.moved(x - inner.width / 2, y - inner.height / 2, node.boxes))
        self.shapes += [shape for inner in placed for shape in inner.shapes]
        curves = curves + [curve for inner in placed for curve in inner.curves]
        self.labels += [label for inner in placed for label in inner.labels]
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
        found = Layout(
            round(max(xs) - min(xs) + 2 * room, 4),
            round(max(ys) - min(ys) + 2 * room, 4),
            tuple(self.shapes),
            tuple(curves),
            tuple(self.labels),
            "right" if self.is_right else "down",
            self.arranged.scene.omitted,
            self.ends(self.arranged.scene.dom, 0.0),
            self.ends(self.arranged.scene.cod, self.arranged.total),
        )
        return found.moved(room - min(xs), room - min(ys))

    def ends(self, side: tuple[int, ...], v: float) -> tuple[Point, ...]:
        """Where wires meet the boundary."""
        across = [self.arranged.places.wire[w] for w in side]
        return tuple((v, u) if self.is_right else (u, v) for u in across)
