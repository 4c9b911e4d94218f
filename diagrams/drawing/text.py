"""Diagrams as text, in box-drawing characters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from catenary.diagrams.diagram import Diagram
from catenary.diagrams.drawing.arrange import Arrangement, arrange, sorting_layers
from catenary.diagrams.drawing.metrics import GridMetrics, cells, token
from catenary.diagrams.drawing.nodes import CROSSINGS, Node
from catenary.diagrams.drawing.sheets import Drawable

UP, RIGHT, DOWN, LEFT = 1, 2, 4, 8
_LINES = dict(
    zip(
        (UP, DOWN, LEFT, RIGHT, UP | DOWN, LEFT | RIGHT, DOWN | RIGHT, DOWN | LEFT, UP | RIGHT, UP | LEFT),
        "││──│─╭╮╰╯",
        strict=True,
    )
)
_LINES |= dict(
    zip(
        (
            UP | DOWN | RIGHT,
            UP | DOWN | LEFT,
            DOWN | LEFT | RIGHT,
            UP | LEFT | RIGHT,
            UP | DOWN | LEFT | RIGHT,
        ),
        "├┤┬┴┼",
        strict=True,
    )
)


class _Grid:
    """Character cells: lines are kept as the arms that meet in a cell, text on top of them."""

    def __init__(self) -> None:
        self.arms: dict[tuple[int, int], int] = {}
        self.text: dict[tuple[int, int], str] = {}

    def vertical(self, x: int, top: int, bottom: int) -> None:
        """A line through the cells from ``top`` up to, not including, ``bottom``."""
        for y in range(top, bottom):
            self.arms[x, y] = self.arms.get((x, y), 0) | UP | DOWN

    def horizontal(self, y: int, left: int, right: int) -> None:
        """A line from the middle of cell ``left`` to that of cell ``right``."""
        for x in range(left, right):
            self.arms[x, y] = self.arms.get((x, y), 0) | RIGHT
            self.arms[x + 1, y] = self.arms.get((x + 1, y), 0) | LEFT

    def arm(self, x: int, y: int, direction: int) -> None:
        self.arms[x, y] = self.arms.get((x, y), 0) | direction

    def write(self, x: int, y: int, text: str) -> None:
        for c in text:
            if unicodedata.combining(c):
                self.text[x - 1, y] = self.text.get((x - 1, y), " ") + c
                continue
            self.text[x, y] = c
            x += 1
            if cells(c) == 2:
                self.text[x, y] = ""
                x += 1

    def render(self) -> str:
        used = self.arms.keys() | self.text.keys()
        if not used:
            return ""
        left = min(x for x, _ in used)
        rows: dict[int, dict[int, str]] = {}
        for (x, y), arms in self.arms.items():
            rows.setdefault(y, {})[x] = _LINES[arms]
        for (x, y), c in self.text.items():
            rows.setdefault(y, {})[x] = c
        lines = []
        for y in range(min(rows), max(rows) + 1):
            pieces, at = [], left
            for x, c in sorted(rows.get(y, {}).items()):
                if x > at:
                    pieces.append(" " * (x - at))
                pieces.append(c)
                at = x + 1
            lines.append("".join(pieces).rstrip())
        return "\n".join(lines) + "\n"


def to_text(value: Drawable, *, max_boxes: int | None = 300) -> str:
    """A diagram as lines of Unicode text, read downwards; the terms of a sum and the sides of an equation side by
    side.

    Args:
        max_boxes: diagrams with more boxes lose their middle, and say so; ``None`` shows all.

    >>> from catenary.diagrams import Box, Ty
    >>> print(to_text(Box("f", Ty("a", "b"), Ty("c")).diagram), end="")
     a   b
     │   │
    ┌┴───┴┐
    │  f  │
    └──┬──┘
       │
       c
    """
    from catenary.diagrams.drawing.beside import text_block

    return "".join(f"{line.rstrip()}\n" for line in text_block(value, TextNesting(max_boxes)))


@dataclass(slots=True)
class TextNesting:
    """What texts inside one another share: ``left`` counts the boxes that may still be drawn inside others."""

    max_boxes: int | None
    depth: int = 0
    left: int = 1000


def diagram_lines(diagram: Diagram, nesting: TextNesting) -> list[str]:
    """A diagram as lines, with what is inside its boxes."""
    from catenary.diagrams.drawing.beside import text_inset

    a = arrange(diagram, GridMetrics(), nesting.max_boxes, inset=lambda box: text_inset(box, nesting))
    grid = _Grid()
    picture, rows = a.scene, a.rows
    wire = [int(x) for x in a.places.wire]
    top = [0] * len(wire)
    bottom = [int(a.total)] * len(wire)
    for number, node in enumerate(picture.nodes):
        r = rows.row[number]
        row_top, row_bottom = int(a.top[r]), int(a.bottom[r])
        tall = int(a.sizes[number][1]) or (row_bottom - row_top)
        if node.kind in ("cup", "cap"):
            tall = len(node.inputs or node.outputs) // 2
        elif node.kind in CROSSINGS:
            tall = 3 * len(sorting_layers(node.targets))
        first = row_top + (row_bottom - row_top - tall) // 2
        if node.kind == "cup":
            first = row_top
        elif node.kind == "cap":
            first = row_bottom - tall
        for w in node.inputs:
            bottom[w] = first
        for w in node.outputs:
            top[w] = first + tall
        if node.kind in CROSSINGS:
            _crossings(grid, node, wire, first)
        elif node.kind in ("cup", "cap"):
            _arcs(grid, node, wire, first)
        elif node.is_dot or node.kind in ("discard", "H", "twist"):
            _dot(grid, node, wire, int(a.places.node[number]), first)
        else:
            _box(grid, a, number, wire, first)
    for w, x in enumerate(wire):
        grid.vertical(x, top[w], bottom[w])
    for w, text in a.inner.items():
        grid.write(wire[w] + 1, top[w], text)
    total = int(a.total)
    for side, texts, y in ((picture.dom, a.boundary[0], -1), (picture.cod, a.boundary[1], total)):
        for w, text in zip(side, texts, strict=False):
            grid.write(wire[w] - (cells(text) - 1) // 2, y, text)
    return grid.render().splitlines()


def _box(grid: _Grid, a: Arrangement, number: int, wire: list[int], y: int) -> None:
    node = a.scene.nodes[number]
    left, right = int(a.places.left[number]), int(a.places.right[number])
    low = y + int(a.sizes[number][1]) - 1
    for line in (y, low):
        grid.horizontal(line, left, right)
    for x in (left, right):
        grid.arm(x, y, DOWN)
        grid.arm(x, low, UP)
        for line in range(y + 1, low):
            grid.arm(x, line, UP | DOWN)
    round_top, round_bottom = node.kind in ("state", "scalar"), node.kind in ("effect", "scalar")
    for line, corners, is_round in ((y, "┌┐", round_top), (low, "└┘", round_bottom)):
        if not is_round:
            grid.write(left, line, corners[0])
            grid.write(right, line, corners[1])
    for w in node.inputs:
        grid.arm(wire[w], y, UP)
    for w in node.outputs:
        grid.arm(wire[w], low, DOWN)
    if node.inset is not None:
        widest = max(map(cells, node.inset.lines), default=0)
        for k, text in enumerate(node.inset.lines, y + 1):
            grid.write(left + (right - left + 1 - widest + 1) // 2, k, text)
        return
    if node.kind == "more":
        for x in range(left + 1, right):
            grid.write(x, y + 1, " ")
    grid.write(left + (right - left + 1 - cells(node.label) + 1) // 2, y + 1, node.label)


def _dot(grid: _Grid, node: Node, wire: list[int], middle: int, y: int) -> None:
    shown = token(node)
    if node.kind == "discard":
        for w in node.inputs:
            grid.write(wire[w], y, shown)
        return
    spots = [middle + 4 * k - 2 * (node.strands - 1) for k in range(node.strands)]
    for side, direction in ((node.inputs, UP), (node.outputs, DOWN)):
        for k, w in enumerate(side):
            x, spot = wire[w], spots[k % node.strands]
            if x != spot:
                grid.horizontal(y, min(x, spot), max(x, spot))
                grid.arm(x, y, direction)
    for spot in spots:
        grid.write(spot - (cells(shown) - 1) // 2, y, shown)


def _arcs(grid: _Grid, node: Node, wire: list[int], y: int) -> None:
    side = node.inputs or node.outputs
    pairs = len(side) // 2
    for k in range(pairs):
        left, right = wire[side[k]], wire[side[-1 - k]]
        # The outermost arc of nested cups is the lowest, that of caps the highest.
        line = y + (pairs - 1 - k if node.inputs else k)
        grid.horizontal(line, left, right)
        direction = UP if node.inputs else DOWN
        for x in (left, right):
            grid.arm(x, line, direction)
            if node.inputs:
                grid.vertical(x, y, line)
            else:
                grid.vertical(x, line + 1, y + pairs)


def _crossings(grid: _Grid, node: Node, wire: list[int], y: int) -> None:
    columns = [wire[w] for w in node.inputs]
    for layer in sorting_layers(node.targets):
        busy = set()
        for k in layer:
            left, right = columns[k], columns[k + 1]
            busy |= {k, k + 1}
            middle = (left + right) // 2
            for line, outer, inner in ((y, UP, DOWN), (y + 2, DOWN, UP)):
                grid.arm(left, line, outer)
                grid.horizontal(line, left, middle - 1)
                grid.arm(middle - 1, line, inner)
                grid.arm(middle + 1, line, inner)
                grid.horizontal(line, middle + 1, right)
                grid.arm(right, line, outer)
            # of a braiding only the strand on top is seen
            grid.write(middle, y + 1, "╳╲╱"[node.sign])
        for k, x in enumerate(columns):
            if k not in busy:
                grid.vertical(x, y, y + 3)
        y += 3
