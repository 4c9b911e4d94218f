"""Canonical forms of labelled graphs by colour refinement and individualisation, with a work limit.

Partition refinement as in McKay and Piperno, *Practical graph isomorphism II* (arXiv 1301.1493), without
their pruning by automorphisms: what refinement leaves undistinguished is first cut into the components that
the distinguished part separates, then one element after the other is singled out and the least form taken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Sequence
from typing import Any

from catenary.diagrams.errors import LimitReached

Incidences = Sequence[Sequence[tuple[int, int]]]
DEEPEST = 100


class Work:
    """A counter of elementary steps that raises :class:`LimitReached` beyond its limit."""

    __slots__ = ("limit", "steps", "what")

    def __init__(self, what: str, limit: int):
        self.what, self.limit, self.steps = what, limit, 0

    def spend(self, steps: int) -> None:
        """Count steps."""
        self.steps += steps
        if self.steps > self.limit:
            raise LimitReached(self.what, f"{self.limit:,} steps")


def canonical_graph(colours: Sequence[int], adjacent: Incidences, work: Work) -> Hashable:
    """A form that two graphs share exactly when there is an isomorphism between them.

    Args:
        colours: an integer for each element, kept by isomorphisms.
        adjacent: for each element the pairs (neighbour, tag); both directions are listed, with tags that say
        which. work: the work limit.

    Raises:
        LimitReached: when the limit does not suffice.
    """
    groups: dict[int, list[int]] = {}
    for x, colour in enumerate(colours):
        groups.setdefault(colour, []).append(x)
    cells = [groups[colour] for colour in sorted(groups)]
    cells = _refine(cells, range(len(cells)), adjacent, work)
    return _solve(cells, [-1] * len(colours), 0, colours, adjacent, work, 0)


def _refine(
    cells: list[list[int]], start: Sequence[int], adjacent: Incidences, work: Work
) -> list[list[int]]:
    """The coarsest equitable refinement, its cells in an order that isomorphisms keep."""
    members = [set(cell) for cell in cells]
    cell_of = {x: c for c, cell in enumerate(cells) for x in cell}
    queue = deque(start)
    queued = set(start)
    while queue:
        splitter = queue.popleft()
        queued.discard(splitter)
        touched: dict[int, list[int]] = {}
        steps = 1
        for m in members[splitter]:
            row = adjacent[m]
            steps += len(row)
            for y, tag in row:
                if y in cell_of:
                    if y in touched:
                        touched[y].append(tag)
                    else:
                        touched[y] = [tag]
        work.spend(steps)
        by_cell: dict[int, dict[Any, list[int]]] = {}
        for y, tags in touched.items():
            c = cell_of[y]
            if len(members[c]) > 1:
                if len(tags) > 1:
                    tags.sort()
                by_cell.setdefault(c, {}).setdefault(tuple(tags), []).append(y)
        for c in sorted(by_cell):
            parts = by_cell[c]
            rest = members[c]
            pieces = [parts[key] for key in sorted(parts)]
            if len(rest) == sum(map(len, pieces)):
                if len(pieces) == 1:
                    continue
                kept = pieces.pop(0)
                members[c] = rest = set(kept)
            else:
                for piece in pieces:
                    rest.difference_update(piece)
            fresh = []
            for piece in pieces:
                fresh.append(len(members))
                for y in piece:
                    cell_of[y] = len(members)
                members.append(set(piece))
            if c not in queued:
                # The largest piece tells nothing that the cell and the other pieces do not.
                fresh.insert(0, c)
                largest = max(fresh, key=lambda f: len(members[f]))
                fresh.remove(largest)
            queue.extend(fresh)
            queued.update(fresh)
    return [list(cell) for cell in members]


def _solve(
    cells: list[list[int]],
    name: list[int],
    base: int,
    colours: Sequence[int],
    adjacent: Incidences,
    work: Work,
    depth: int,
) -> tuple[Any, ...]:
    """The form of an equitable partition: what is distinguished, and the sorted forms of the components of
    the rest.
    """
    if depth > DEEPEST:
        raise LimitReached(work.what, f"{DEEPEST} nested choices")
    fixed = [cell[0] for cell in cells if len(cell) == 1]
    for number, x in enumerate(fixed, base):
        name[x] = number
    code: list[int] = []
    for x in fixed:
        known = sorted((name[y], tag) for y, tag in adjacent[x] if name[y] >= 0)
        code.append(colours[x])
        code.append(len(known))
        for pair in known:
            code.extend(pair)
    work.spend(len(code))
    forms = [
        _component(part, name, base + len(fixed), colours, adjacent, work, depth + 1)
        for part in _components([cell for cell in cells if len(cell) > 1], adjacent)
    ]
    forms.sort()
    for x in fixed:
        name[x] = -1
    return (tuple(code), tuple(forms))


def _components(cells: list[list[int]], adjacent: Incidences) -> list[list[list[int]]]:
    """The cells restricted to each connected component of their elements."""
    component: dict[int, int] = {}
    inside = {x for cell in cells for x in cell}
    count = 0
    for root in inside:
        if root in component:
            continue
        component[root] = count
        stack = [root]
        while stack:
            for y, _ in adjacent[stack.pop()]:
                if y in inside and y not in component:
                    component[y] = count
                    stack.append(y)
        count += 1
    found: list[dict[int, list[int]]] = [{} for _ in range(count)]
    for number, cell in enumerate(cells):
        for x in cell:
            found[component[x]].setdefault(number, []).append(x)
    return [list(part.values()) for part in found]


def _component(
    cells: list[list[int]],
    name: list[int],
    base: int,
    colours: Sequence[int],
    adjacent: Incidences,
    work: Work,
    depth: int,
) -> tuple[Any, ...]:
    if any(len(cell) == 1 for cell in cells):
        return _solve(cells, name, base, colours, adjacent, work, depth)
    target = min(range(len(cells)), key=lambda c: len(cells[c]))
    best: tuple[Any, ...] | None = None
    for x in cells[target]:
        others = [y for y in cells[target] if y != x]
        split = [*cells[:target], [x], others, *cells[target + 1 :]]
        form = _solve(_refine(split, [target], adjacent, work), name, base, colours, adjacent, work, depth)
        if best is None or form < best:
            best = form
    assert best is not None
    return best
