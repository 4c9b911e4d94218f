"""Where everything goes: rows, columns and labels of a picture, before any curve is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from catenary.diagrams.boxes import Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.drawing.metrics import Metrics, cells
from catenary.diagrams.drawing.nodes import CROSSINGS, Node, Scene, scene, shorten
from catenary.diagrams.drawing.rows import Rows, foliate
from catenary.diagrams.drawing.shapes import Inset
from catenary.diagrams.drawing.spacing import Places, place

LONGEST_WIRE_LABEL = 20


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A diagram arranged in rows.

    Attributes:
        places: coordinates across, of wires and nodes.
        top, bottom: for each row where it begins and ends along the flow.
        total: length along the flow.
        inner: labels of wires shown where they begin, by wire.
        boundary: labels at the two ends, by place on the boundary; empty where the wires have none.
        sizes: size of each node's body, across and along.
        label_length: for wires with an inner label, how much of the wire it takes.
        bends: how much of a wire its bend out of the node where it begins takes.
    """

    scene: Scene
    rows: Rows
    places: Places
    top: tuple[float, ...]
    bottom: tuple[float, ...]
    total: float
    inner: dict[int, str]
    boundary: tuple[tuple[str, ...], tuple[str, ...]]
    sizes: tuple[tuple[float, float], ...]
    label_length: dict[int, float]
    bends: dict[int, float]

    def middle(self, number: int) -> float:
        """Where the middle of a node is along the flow."""
        r = self.rows.row[number]
        return (self.top[r] + self.bottom[r]) / 2


def arrange(
    diagram: Diagram,
    metrics: Metrics,
    max_boxes: int | None = 300,
    *,
    named_ends: bool = True,
    inset: Callable[[Box], Inset | None] | None = None,
) -> Arrangement:
    """Arrange a diagram; see :class:`Arrangement`.

    Args:
        named_ends: whether the wires of the boundary have their labels.
        inset: makes the pictures inside boxes that contain diagrams.
    """
    picture = scene(diagram, max_boxes, bundles=metrics.name != "grid", inset=inset)
    rows = foliate(picture)
    ends: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    if named_ends and not picture.is_zx:
        dom, cod = (
            tuple(shorten(str(picture.wires[w]), LONGEST_WIRE_LABEL) for w in side)
            for side in (picture.dom, picture.cod)
        )
        ends = (dom, cod)
    inner = {} if picture.is_zx else _inner_labels(picture)
    room: dict[int, tuple[float, float]] = {}
    for w, text in inner.items():
        across = metrics.label(text)[0]
        # Beside the wire: to its right, or above it where the diagram runs to the right.
        room[w] = (across, 0.0) if metrics.right else (0.0, across)
    for side, texts in zip((picture.dom, picture.cod), ends, strict=True):
        for w, text in zip(side, texts, strict=False):
            half = metrics.label(text)[0] / 2 + 0.06 - metrics.wire
            if metrics.name == "grid":
                half = float(cells(text) // 2) - metrics.wire
            before, behind = room.get(w, (0.0, 0.0))
            room[w] = (max(before, half, 0.0), max(behind, half, 0.0))
    places = place(picture, rows, metrics, room)
    sizes = tuple(metrics.node(node) for node in picture.nodes)
    spare = 0.0 if metrics.name == "grid" else 0.1
    lengths = {w: metrics.label(text)[1] + spare for w, text in inner.items()}
    bends: dict[int, float] = {}
    top, bottom, total = _stack(picture, rows, places, metrics, lengths, sizes, bends)
    return Arrangement(picture, rows, places, top, bottom, total, inner, ends, sizes, lengths, bends)


def _inner_labels(picture: Scene) -> dict[int, str]:
    """Labels of wires that begin at a box which does not already have the same object going in.

    None in a diagram with a single object, and none on wires that are labelled on the boundary.
    """
    if len(set(picture.wires)) <= 1:
        return {}
    shown: dict[int, str] = {}
    on_boundary = set(picture.cod)
    for node in picture.nodes:
        if node.kind in (*CROSSINGS, "spider", "phase", "copy", "twist"):
            continue
        if node.kind == "more" or (node.kind == "cap" and picture.is_grammar):
            continue
        known = {picture.wires[w] for w in node.inputs}
        for w in node.outputs:
            if picture.wires[w] not in known and w not in on_boundary:
                shown[w] = shorten(str(picture.wires[w]), LONGEST_WIRE_LABEL)
                if node.kind not in ("state", "cap"):
                    known.add(picture.wires[w])
    return shown


def arc_depth(span: float) -> float:
    """How far a cup or cap over a span reaches: round where narrow, flatter where wide."""
    return 0.5 * span if span <= 1.2 else 0.6 + 0.16 * (span - 1.2) if span < 8 else 1.688 + 0.05 * (span - 8)


def crossing_length(shift: float) -> float:
    """How long a row must be for wires to move sideways by a distance."""
    return min(0.6 + 0.34 * shift, 3.2)


def sorting_layers(targets: tuple[int, ...]) -> list[list[int]]:
    """Layers of crossings of neighbours that carry out a permutation (odd-even transposition sort).

    >>> sorting_layers((1, 2, 0))
    [[1], [0]]
    """
    now = list(targets)
    layers: list[list[int]] = []
    while any(a > b for a, b in pairwise(now)):
        layer: list[int] = []
        k = 0
        while k < len(now) - 1:
            if now[k] > now[k + 1]:
                now[k], now[k + 1] = now[k + 1], now[k]
                layer.append(k)
                k += 1
            k += 1
        layers.append(layer)
    return layers


def _stack(
    picture: Scene,
    rows: Rows,
    places: Places,
    metrics: Metrics,
    labels: dict[int, float],
    sizes: tuple[tuple[float, float], ...],
    bends: dict[int, float],
) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    """Heights of rows and of the gaps between them. ``bends`` is filled in."""
    grid = metrics.name == "grid"
    height = [0.0] * rows.count
    bodies = [False] * (rows.count + 2)
    gap = [0.0] * (rows.count + 1)
    bend = [0.0] * (rows.count + 1)
    arriving: set[int] = set()

    def need(at: int, length: float) -> None:
        gap[at] = max(gap[at], length)

    for number, node in enumerate(picture.nodes):
        r = rows.row[number]
        height[r] = max(height[r], _length(node, number, places, sizes, grid))
        bodies[r + 1] = bodies[r + 1] or node.has_body
        if not grid and node.has_body:
            for side, at in ((node.inputs, r), (node.outputs, r + 1)):
                for k, w in enumerate(side):
                    shift = abs(places.wire[w] - port(node, number, side, k, places))
                    if shift > 0.02:
                        length = min(0.3 + 0.3 * shift, 1.8) - (0.1 if node.is_dot else 0)
                        need(at, length)
                        bend[at] = max(bend[at], length)
                        if at == r:
                            arriving.add(w)
                        if at == rows.begin[w] + 1:
                            bends[w] = max(bends.get(w, 0.0), length)
    if picture.dom:
        bodies[0] = True
    if picture.cod:
        bodies[-1] = True
    for at in range(rows.count + 1):
        outer = (at == 0 and not picture.dom) or (at == rows.count and not picture.cod)
        if not outer or (rows.count == 0):
            need(at, metrics.gap if bodies[at] and bodies[at + 1] else metrics.bare_gap)
    for w, length in labels.items():
        at = rows.begin[w] + 1
        # Where a wire bends only behind its label, so do its neighbours.
        need(at, length + (bend[at] if w in arriving and rows.end[w] == at else bends.get(w, 0.0)))
    if rows.count == 0:
        gap = [max(gap[0], 1.0 if not grid else 2.0)] if picture.dom else [0.0]
    top: list[float] = []
    bottom: list[float] = []
    at_now = gap[0]
    for r in range(rows.count):
        top.append(at_now)
        at_now += height[r]
        bottom.append(at_now)
        at_now += gap[r + 1]
    return tuple(top), tuple(bottom), at_now


def _length(
    node: Node, number: int, places: Places, sizes: tuple[tuple[float, float], ...], grid: bool
) -> float:
    if node.kind in CROSSINGS:
        if grid:
            return 3.0 * len(sorting_layers(node.targets))
        x = [places.wire[w] for w in node.inputs]
        shift = max(abs(x[k] - x[t]) for k, t in enumerate(node.targets))
        if node.kind == "braid" and len(x) > 2:  # not too steep for the gaps to be seen
            return min(0.4 + 0.6 * shift, 5.0)
        return crossing_length(shift)
    if node.kind in ("cup", "cap"):
        side = node.inputs or node.outputs
        return len(side) / 2 if grid else arc_depth(places.wire[side[-1]] - places.wire[side[0]])
    return sizes[number][1]


def port(node: Node, number: int, side: tuple[int, ...], k: int, places: Places) -> float:
    """Where the ``k``-th wire of a side meets a node, across."""
    x = places.wire[side[k]]
    if node.is_dot:
        return places.node[number] + (k % node.strands - (node.strands - 1) / 2) * 1.0
    if node.inset is not None and node.inset.ports:
        return places.node[number] + node.inset.ports[side is node.outputs][k]
    low, high = places.left[number], places.right[number]
    if low <= places.wire[side[0]] and places.wire[side[-1]] <= high:
        return x
    # The wires are further apart than the box is wide: they bend towards it.
    inset = min(0.3, (high - low) / 4)
    return low + inset + (k + 0.5) / len(side) * (high - low - 2 * inset)
