"""Places across: a coordinate for each run of wires and each node, kept apart and pulled into line."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from catenary.diagrams.drawing.metrics import Metrics
from catenary.diagrams.drawing.nodes import Scene
from catenary.diagrams.drawing.rows import Rows

SWEEPS = 40

Variables = tuple[list[int], list[float]]
"""A variable for each item, and where the item stands relative to it."""
Edge = list[tuple[int, float]]
"""What limits an item on one side: variables with the room that is taken beyond them."""


@dataclass(frozen=True, slots=True)
class Places:
    """Coordinates across: of each wire, each node's middle, and how far each node reaches to either side."""

    wire: tuple[float, ...]
    node: tuple[float, ...]
    left: tuple[float, ...]
    right: tuple[float, ...]


def place(scene: Scene, rows: Rows, metrics: Metrics, room: dict[int, tuple[float, float]]) -> Places:
    """Choose the coordinates.

    Args:
        room: for labelled wires the room that the label takes on either side, beyond the wire's own.
    """
    variable, offset = _variables(scene)
    wires = len(scene.wires)
    size = max(variable, default=-1) + 1
    order = _order(variable, rows.rank, size)
    half = [metrics.node(node)[0] / 2 for node in scene.nodes]
    if metrics.name == "grid":
        half = [float(int(h)) for h in half]
    apart = _constraints(scene, rows, metrics, (variable, offset), half, room)
    pulls = _pulls(scene, metrics, (variable, offset), size)
    x = _solve(size, order, apart, pulls)
    wire = tuple(metrics.fix(x[variable[w]] + offset[w]) for w in range(wires))
    node_x: list[float] = []
    left: list[float] = []
    right: list[float] = []
    for number, node in enumerate(scene.nodes):
        ends = [wire[w] for w in node.inputs + node.outputs]
        if not node.has_body:
            low, high = min(ends), max(ends)
            node_x.append((low + high) / 2)
            left.append(low)
            right.append(high)
            continue
        middle = metrics.fix(x[variable[wires + number]] + offset[wires + number])
        low, high = middle - half[number], middle + half[number]
        stretches = not node.is_dot and node.kind not in ("H", "twist")
        if stretches and ends and (node.inset is None or metrics.name == "grid"):
            spread = max(ends) - min(ends) + 2 * metrics.pad
            # Boxes with labelled wires always reach over them: a label has its room beside the wire's column.
            labelled = any(w in room for w in node.outputs)
            if (
                labelled
                or len(node.inputs) == len(node.outputs)
                or spread <= 2 * half[number] + metrics.widen
            ):
                low, high = min(low, min(ends) - metrics.pad), max(high, max(ends) + metrics.pad)
        node_x.append(middle)
        left.append(low)
        right.append(high)
    return Places(wire, tuple(node_x), tuple(left), tuple(right))


def _variables(scene: Scene) -> Variables:
    """A variable for each wire and node, and where it stands relative to that: those that stand in one line
    share theirs.
    """
    wires = len(scene.wires)
    parent = list(range(wires + len(scene.nodes)))
    shift = [0.0] * len(parent)  # relative to the parent

    def find(v: int) -> int:
        path = []
        while parent[v] != v:
            path.append(v)
            v = parent[v]
        total = 0.0
        for u in reversed(path):
            total += shift[u]
            parent[u], shift[u] = v, total
        return v

    def join(a: int, b: int, distance: float = 0.0) -> None:
        """Let ``b`` stand at a distance right of ``a``."""
        one, other = find(a), find(b)
        if one != other:
            parent[other] = one
            shift[other] = (shift[a] if a != one else 0.0) + distance - (shift[b] if b != other else 0.0)

    for number, node in enumerate(scene.nodes):
        if node.inset is not None and node.inset.ports:
            for side, ports in zip((node.inputs, node.outputs), node.inset.ports, strict=True):
                if side:
                    join(wires + number, side[0], ports[0])
            continue
        if len(node.inputs) == len(node.outputs) and node.kind != "more":
            for w, v in zip(node.inputs, node.outputs, strict=True):
                join(w, v)
        if node.has_body:
            if len(node.inputs) == 1:
                join(node.inputs[0], wires + number)
            if len(node.outputs) == 1:
                join(node.outputs[0], wires + number)
    number_of: dict[int, int] = {}
    variable = [number_of.setdefault(find(v), len(number_of)) for v in range(len(parent))]
    return variable, [shift[v] if parent[v] != v else 0.0 for v in range(len(parent))]


def _order(variable: list[int], rank: tuple[int, ...], size: int) -> list[int]:
    first = [len(rank)] * size
    for item, v in enumerate(variable):
        first[v] = min(first[v], rank[item])
    return sorted(range(size), key=first.__getitem__)


def _constraints(
    scene: Scene,
    rows: Rows,
    metrics: Metrics,
    variables: Variables,
    half: list[float],
    room: dict[int, tuple[float, float]],
) -> list[dict[int, float]]:
    """For each variable the least distances to variables on its right."""
    variable, offset = variables
    wires = len(scene.wires)
    apart: list[dict[int, float]] = [{} for _ in range(max(variable, default=-1) + 1)]

    def edges(item: int) -> tuple[Edge, Edge]:
        if item < wires:
            before, behind = room.get(item, (0.0, 0.0))
            v, own = variable[item], offset[item]
            return [(v, metrics.wire + before - own)], [(v, metrics.wire + behind + own)]
        node = scene.nodes[item - wires]
        pad = metrics.pad if node.has_body and not node.is_dot else metrics.wire
        sides = [side for side in (node.inputs, node.outputs) if side]
        lows: Edge = [(variable[side[0]], pad - offset[side[0]]) for side in sides]
        highs: Edge = [(variable[side[-1]], pad + offset[side[-1]]) for side in sides]
        if node.has_body:
            lows.append((variable[item], half[item - wires] - offset[item]))
            highs.append((variable[item], half[item - wires] + offset[item]))
        return lows, highs

    least = -float("inf")

    def separate(left: int, right: int) -> None:
        for u, reach in edges(left)[1]:
            for v, start in edges(right)[0]:
                if u != v:
                    need = reach + start + metrics.margin
                    if need > apart[u].get(v, least):
                        apart[u][v] = need

    def neighbours(items: list[int]) -> None:
        for a, b in pairwise(items):
            separate(a, b)

    rank = rows.rank
    alive = list(scene.dom)
    ranks = [rank[w] for w in alive]
    neighbours(alive)
    by_row: list[list[int]] = [[] for _ in range(rows.count)]
    for number, r in enumerate(rows.row):
        by_row[r].append(number)
    for numbers in by_row:
        numbers.sort(key=lambda n: rank[wires + n])
        # First every node takes the place of its inputs, then all are set against their neighbours in the
        # row, then the outputs take the place of the nodes.
        for n in numbers:
            item, node = wires + n, scene.nodes[n]
            at = bisect_left(ranks, rank[node.inputs[0]] if node.inputs else rank[item])
            if node.inputs:
                neighbours(list(node.inputs))
            alive[at : at + len(node.inputs)] = [item]
            ranks[at : at + len(node.inputs)] = [rank[item]]
        for n in numbers:
            at = bisect_left(ranks, rank[wires + n])
            neighbours(alive[max(0, at - 1) : at + 2])
        for n in numbers:
            outputs = scene.nodes[n].outputs
            at = bisect_left(ranks, rank[wires + n])
            alive[at : at + 1] = outputs
            ranks[at : at + 1] = [rank[w] for w in outputs]
        for n in numbers:
            outputs = scene.nodes[n].outputs
            at = bisect_left(ranks, rank[outputs[0]] if outputs else rank[wires + n])
            neighbours(alive[max(0, at - 1) : at + len(outputs) + 1])
    return apart


def _pulls(
    scene: Scene, metrics: Metrics, variables: Variables, size: int
) -> list[list[tuple[int, float, float]]]:
    """For each variable springs to others: (variable, wanted distance from it, strength)."""
    variable, offset = variables
    wires = len(scene.wires)
    pulls: list[list[tuple[int, float, float]]] = [[] for _ in range(size)]

    def pull(one: int, other: int, distance: float, strength: float) -> None:
        a, b = variable[one], variable[other]
        if a != b:
            distance += offset[one] - offset[other]
            pulls[a].append((b, -distance, strength))
            pulls[b].append((a, distance, strength))

    pitch = metrics.pitch
    for number, node in enumerate(scene.nodes):
        for side, outward in ((node.inputs, False), (node.outputs, True)):
            if node.inset is not None and node.inset.ports:
                for w, port in zip(side, node.inset.ports[outward], strict=True):
                    pull(wires + number, w, port, 50.0)
            elif node.has_body and (len(side) > 1 or node.kind == "more"):
                for k, w in enumerate(side):
                    pull(wires + number, w, (k - (len(side) - 1) / 2) * pitch, 1.0)
            elif not node.has_body:
                for a, b in pairwise(side):
                    pull(a, b, pitch, 0.2)
    for side in (scene.dom, scene.cod):
        for a, b in pairwise(side):
            pull(a, b, pitch, 0.05)
    return pulls


def _solve(
    size: int,
    order: list[int],
    apart: list[dict[int, float]],
    pulls: list[list[tuple[int, float, float]]],
) -> list[float]:
    """Least sum of squares by coordinate descent from the leftmost solution, distances kept throughout."""
    x = [0.0] * size
    before: list[list[tuple[int, float]]] = [[] for _ in range(size)]
    for u in order:
        for v, need in apart[u].items():
            x[v] = max(x[v], x[u] + need)
            before[v].append((u, need))
    behind = [list(near.items()) for near in apart]
    active = [v for v in order if pulls[v]]
    weight = [sum(strength for _, _, strength in springs) for springs in pulls]
    for sweep in range(SWEEPS):
        moved = 0.0
        for v in reversed(active) if sweep % 2 == 0 else active:
            wanted = sum((x[u] + distance) * strength for u, distance, strength in pulls[v]) / weight[v]
            here = x[v]
            if wanted > here:
                for u, need in behind[v]:
                    limit = x[u] - need
                    if limit < wanted:
                        wanted = limit
                if wanted <= here:
                    continue
            else:
                for u, need in before[v]:
                    limit = x[u] + need
                    if limit > wanted:
                        wanted = limit
                if wanted >= here:
                    continue
            step = abs(wanted - here)
            x[v] = wanted
            if step > moved:
                moved = step
        if moved < 0.004:
            break
    least = min(x, default=0.0)
    return [value - least for value in x]
