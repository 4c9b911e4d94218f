"""Rows of wires that may not cross, grown box by box: the planar half of the builder.

The inputs stand in the main row. A box without inputs starts a row of its own, which floats: it is put into
another row when a box, or the outputs, take wires of both side by side, and its boxes are laid at that moment.
So a planar diagram may be written in any order of its boxes. Every box leaves a mark in its row between the wires
that it stood between; where it stood is counted at the end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from catenary.diagrams.boxes import Box
from catenary.diagrams.diagram import Diagram

Layer: TypeAlias = tuple["Box | Diagram", int, list[int], list[int]]  # with its mark, wires in, wires out


class CrossingWires(Exception):  # noqa: N818 internal: the builder turns it into an error with names
    """Two wires that are wanted side by side and do not stand so."""

    def __init__(self, one: int, other: int):
        self.wires = (one, other)
        super().__init__()


class Rows:
    """A main row and floating ones. Nodes are ends, marks and wires, in two linked lists: all, and the live."""

    def __init__(self, inputs: Sequence[int]):
        self.after: list[int] = []
        self.before: list[int] = []
        self.live_after: list[int] = []
        self.live_before: list[int] = []
        self.row_of: list[int] = []  # union-find over rows
        self.in_row: list[int] = []  # for each node the row it was made in
        self.ends: list[tuple[int, int]] = []
        self.layers: list[deque[Layer]] = []
        self.node: dict[int, int] = {}  # of each wire
        self.wire: dict[int, int] = {}
        self.main = self._row()
        self.inputs = list(inputs)
        self._insert_live(self.ends[self.main][0], self.inputs, self.main)

    # Linked lists

    def _node(self, row: int) -> int:
        for table in (self.after, self.before, self.live_after, self.live_before):
            table.append(-1)
        self.in_row.append(row)
        return len(self.after) - 1

    def _row(self) -> int:
        row = len(self.ends)
        self.row_of.append(row)
        head, tail = self._node(row), self._node(row)
        self.ends.append((head, tail))
        self.layers.append(deque())
        self._link(head, tail)
        self._link_live(head, tail)
        return row

    def _link(self, a: int, b: int) -> None:
        self.after[a], self.before[b] = b, a

    def _link_live(self, a: int, b: int) -> None:
        self.live_after[a], self.live_before[b] = b, a

    def _insert_live(self, behind: int, wires: Sequence[int], row: int) -> None:
        """New wires directly after a live node."""
        last, last_live = behind, behind
        stop, stop_live = self.after[behind], self.live_after[behind]
        for wire in wires:
            node = self._node(row)
            self.node[wire], self.wire[node] = node, wire
            self._link(last, node)
            self._link_live(last_live, node)
            last = last_live = node
        self._link(last, stop)
        self._link_live(last_live, stop_live)

    def _find(self, row: int) -> int:
        while self.row_of[row] != row:
            self.row_of[row] = self.row_of[self.row_of[row]]
            row = self.row_of[row]
        return row

    def _row_of(self, node: int) -> int:
        return self._find(self.in_row[node])

    # Boxes

    def apply(
        self,
        item: Box | Diagram,
        ins: list[int],
        outs: list[int],
        after: int | None = None,
        before: int | None = None,
    ) -> None:
        """Lay a box.

        Raises:
            CrossingWires: if its inputs do not stand side by side.
        """
        self._bring_together(ins)
        if ins:
            first, last = self.node[ins[0]], self.node[ins[-1]]
            row, left, right = self._row_of(first), self.live_before[first], self.live_after[last]
            above = self.before[first]
        elif after is not None or before is not None:
            left = self.node[after] if after is not None else self.live_before[self.node[before or 0]]
            row, right, above = self._row_of(left), self.live_after[left], left
        else:
            row = self._row()
            left, right = self.ends[row]
            above = left
        mark = self._node(row)
        below = self.after[above]
        self._link(above, mark)
        last_node, last_live = mark, left
        for wire in outs:
            node = self._node(row)
            self.node[wire], self.wire[node] = node, wire
            self._link(last_node, node)
            self._link_live(last_live, node)
            last_node = last_live = node
        self._link(last_node, below)
        self._link_live(last_live, right)
        self.layers[row].append((item, mark, ins, outs))

    def _bring_together(self, wires: Sequence[int]) -> None:
        for one, other in pairwise(wires):
            left, right = self.node[one], self.node[other]
            a, b = self._row_of(left), self._row_of(right)
            if a == b:
                if self.live_after[left] != right:
                    raise CrossingWires(one, other)
            elif b != self.main and self.live_before[right] == self.ends[b][0]:
                self._splice(b, left, self.live_after[left], self.after[left], a)
            elif a != self.main and self.live_after[left] == self.ends[a][1]:
                self._splice(a, self.live_before[right], right, right, b)
            else:
                raise CrossingWires(one, other)

    def _splice(self, row: int, left: int, right: int, stop: int, into: int) -> None:
        """Put a floating row between two live neighbours of another, directly before the node ``stop``."""
        head, tail = self.ends[row]
        start = self.before[stop]
        self._link(start, head)
        self._link(tail, stop)
        first, last = self.live_after[head], self.live_before[tail]
        if first == tail:
            self._link_live(left, right)
        else:
            self._link_live(left, first)
            self._link_live(last, right)
        # The boxes of the row come after those around it, whose wires it now stands between. Move the fewer.
        mine, theirs = self.layers[row], self.layers[into]
        if len(mine) > len(theirs):
            mine.extendleft(reversed(theirs))
            self.layers[into] = mine
        else:
            theirs.extend(mine)
        self.layers[row] = deque()
        self.row_of[row] = into

    # The end

    def finish(self, outputs: Sequence[int]) -> list[tuple[Box | Diagram, int]]:
        """The layers of the whole, its last wires being these.

        Raises:
            CrossingWires: if they do not stand in this order.
        """
        self._bring_together(outputs)
        for row in range(len(self.ends)):
            if self._find(row) == row and row != self.main:
                tail = self.ends[self.main][1]
                self._splice(row, self.live_before[tail], tail, tail, self.main)
        place: dict[int, int] = {}
        node = self.ends[self.main][0]
        while node >= 0:
            place[node] = len(place)
            node = self.after[node]
        live = [place[self.node[wire]] for wire in self.inputs]
        found: list[tuple[Box | Diagram, int]] = []
        for item, mark, ins, outs in self.layers[self.main]:
            offset = bisect_left(live, place[mark])
            live[offset : offset + len(ins)] = [place[self.node[wire]] for wire in outs]
            found.append((item, offset))
        return found
