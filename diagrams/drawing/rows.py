"""Rows: which nodes of a picture share a height, and which order everything has from left to right.

Nodes are moved up past each other (interchange) as far as planarity allows. Linear in the number of wire
ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from catenary.diagrams.drawing.nodes import Scene


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a scene.

    Attributes:
        row: the row of each node.
        count: the number of rows.
        begin, end: for each wire the row after which it exists (-1 for the boundary) and the one before which
            it ends (``count`` for the boundary).
        rank: positions in one left-to-right order of all wires and nodes, which agrees with the order in each
            row; wires first, then nodes, by number.
    """

    row: tuple[int, ...]
    count: int
    begin: tuple[int, ...]
    end: tuple[int, ...]
    rank: tuple[int, ...]


def foliate(scene: Scene) -> Rows:
    """Give each node the earliest row it can have; states of open diagrams move down to what uses them."""
    wires = len(scene.wires)
    begin = [-1] * wires
    # The order is a linked list of wires (their numbers) and nodes (shifted), with a head at -1. What is
    # new goes right behind the wire to its left, so that everything between two living wires that is no
    # longer there stays to its right.
    after: dict[int, int] = {}
    last = -1
    for w in scene.dom:
        after[last] = w
        last = w

    def insert(left: int, item: int) -> None:
        if left in after:
            after[item] = after[left]
        after[left] = item

    alive = list(scene.dom)
    # For the gap left of each living wire, and the last: the first row in which something new fits there,
    # and the first in which a box may reach across it.
    fits = [0] * (len(alive) + 1)
    spans = [0] * (len(alive) + 1)
    row: list[int] = []
    for number, node in enumerate(scene.nodes):
        offset, n_in, n_out = node.offset, len(node.inputs), len(node.outputs)
        stop = offset + n_in
        if n_in:
            here = max(max(begin[w] + 1 for w in node.inputs), max(spans[offset + 1 : stop], default=0))
        else:
            here = fits[offset]
        row.append(here)
        item = wires + number
        if n_in and n_in == n_out:
            for w, v in zip(node.inputs, node.outputs, strict=True):
                insert(w, v)
            insert(node.inputs[0], item)
        else:
            left = node.inputs[-1] if n_in else alive[offset - 1] if offset else -1
            for new in (*reversed(node.outputs), item):
                insert(left, new)
        for w in node.outputs:
            begin[w] = here
        alive[offset:stop] = node.outputs
        inner = [here + 1] * (n_out - 1)
        if n_in and n_out:
            fits[offset + 1 : stop] = inner
            spans[offset + 1 : stop] = inner
        elif n_out:
            fits[offset : offset + 1] = [fits[offset], *inner, fits[offset]]
            spans[offset : offset + 1] = [0, *inner, spans[offset]]
        elif n_in:
            merged = max(spans[offset], spans[stop], here + 1)
            fits[offset : stop + 1] = [fits[offset]]
            spans[offset : stop + 1] = [merged]
        else:
            spans[offset] = max(spans[offset], here + 1)
    count = max(row, default=-1) + 1
    end = [count] * wires
    for number, node in enumerate(scene.nodes):
        for w in node.inputs:
            end[w] = row[number]
    if not scene.is_grammar:
        for number, node in enumerate(scene.nodes):
            # With one output only: nodes between several outputs would have to move too.
            if not node.inputs and len(node.outputs) == 1:
                (w,) = node.outputs
                if row[number] < end[w] - 1 and end[w] < count:
                    begin[w] = row[number] = end[w] - 1
    rank = [0] * (wires + len(scene.nodes))
    place, at = 0, -1
    while at in after:
        at = after[at]
        rank[at] = place
        place += 1
    return Rows(tuple(row), count, tuple(begin), tuple(end), tuple(rank))
