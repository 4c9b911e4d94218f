"""Canonical forms of labelled graphs by colour refinement and individualisation, with a work limit.

Partition refinement as in McKay and Piperno, *Practical graph isomorphism II* (arXiv 1301.1493): what refinement
leaves undistinguished is first cut into the components that the distinguished part separates, then one element
after the other is singled out and the least form taken. Two equal forms, of whole branches or of single leaves,
show an automorphism; elements that automorphisms join to one already tried are not tried again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from catenary.diagrams.errors import LimitReached

Incidences = Sequence[Sequence[tuple[int, int]]]
DEEPEST = 100
Cells: TypeAlias = list[list[int]]


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
    refined = _refine(cells, range(len(cells)), adjacent, work)
    assert refined is not None
    return _Search(colours, adjacent, work).solve(refined, 0, 0).form


def _refine(
    cells: Cells,
    start: Sequence[int],
    adjacent: Incidences,
    work: Work,
    trace: list[int] | None = None,
    best: tuple[int, ...] | None = None,
) -> Cells | None:
    """The coarsest equitable refinement, its cells in an order that isomorphisms keep.

    What was split into how many goes to ``trace``; as soon as that is greater than ``best`` the refinement is
    given up, and there is no answer.
    """
    compared = 0
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
            if trace is not None:
                trace.append(c)
                trace.extend(map(len, pieces))
                if best is not None:
                    here = tuple(trace[compared:])
                    there = best[compared : compared + len(here)]
                    if here > there:
                        return None
                    compared = len(trace)
                    if here < there:
                        best = None
            if c not in queued:
                # The largest piece tells nothing that the cell and the other pieces do not.
                fresh.insert(0, c)
                largest = max(fresh, key=lambda f: len(members[f]))
                fresh.remove(largest)
            queue.extend(fresh)
            queued.update(fresh)
    return [list(cell) for cell in members]


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


class _Answer(NamedTuple):
    """What a branch of the search gives.

    Attributes:
        form: the same for isomorphic branches only.
        order: its elements in the order of the form: two branches with one form are isomorphic by their orders.
        symmetries: automorphisms that were met, as pairs (element, image); they fix everything else.
    """

    form: tuple[Any, ...]
    order: list[int]
    symmetries: list[list[tuple[int, int]]]


class _Search:
    """The search for the least form, on one graph. ``name`` numbers what the branch has distinguished."""

    def __init__(self, colours: Sequence[int], adjacent: Incidences, work: Work):
        self.colours, self.adjacent, self.work = colours, adjacent, work
        self.name = [-1] * len(colours)

    def begin(
        self, cells: Cells, base: int, depth: int, trace: Sequence[int] = ()
    ) -> tuple[list[int], tuple[int, ...]]:
        """Number the elements that are alone in their cells; they, and what the way there, they and the sizes
        of the cells say.
        """
        if depth > DEEPEST:
            raise LimitReached(self.work.what, f"{DEEPEST} nested choices")
        name, colours, adjacent = self.name, self.colours, self.adjacent
        fixed = [cell[0] for cell in cells if len(cell) == 1]
        for number, x in enumerate(fixed, base):
            name[x] = number
        code = [*trace]
        for x in fixed:
            known = sorted((name[y], tag) for y, tag in adjacent[x] if name[y] >= 0)
            code.append(colours[x])
            code.append(len(known))
            for pair in known:
                code.extend(pair)
        code.extend([len(cell) for cell in cells if len(cell) > 1])
        self.work.spend(len(code) + len(cells))
        return fixed, tuple(code)

    def end(self, fixed: list[int]) -> None:
        for x in fixed:
            self.name[x] = -1

    def solve(self, cells: Cells, base: int, depth: int) -> _Answer:
        """The form of an equitable partition: what is distinguished, and the sorted forms of the components of
        the rest.
        """
        fixed, code = self.begin(cells, base, depth)
        answer = self.rest(cells, fixed, code, base, depth)
        self.end(fixed)
        return answer

    def rest(
        self, cells: Cells, fixed: list[int], code: tuple[int, ...], base: int, depth: int, leaf: bool = False
    ) -> _Answer:
        parts = _components([cell for cell in cells if len(cell) > 1], self.adjacent)
        answers = [self.component(part, base + len(fixed), depth + 1, leaf) for part in parts]
        answers.sort(key=lambda answer: answer.form)
        order = list(fixed)
        symmetries = []
        for answer in answers:
            order.extend(answer.order)
            symmetries.extend(answer.symmetries)
        if not leaf:
            for one, other in pairwise(answers):
                if one.form == other.form:
                    there = list(zip(one.order, other.order, strict=True))
                    symmetries.append(there + [(b, a) for a, b in there])
        return _Answer((code, tuple(answer.form for answer in answers)), order, symmetries)

    def component(self, cells: Cells, base: int, depth: int, leaf: bool) -> _Answer:
        """The least form of a connected part; with ``leaf``, that of its first elements instead."""
        if any(len(cell) == 1 for cell in cells):
            fixed, code = self.begin(cells, base, depth)
            answer = self.rest(cells, fixed, code, base, depth, leaf)
            self.end(fixed)
            return answer
        target = min(range(len(cells)), key=lambda c: len(cells[c]))
        orbits = _Orbits(cells[target])
        best: _Answer | None = None
        leaves: dict[tuple[Any, ...], list[int]] = {}
        symmetries: list[list[tuple[int, int]]] = []

        def found(symmetry: list[tuple[int, int]]) -> None:
            orbits.join(symmetry)
            symmetries.append(symmetry)

        for x in cells[target]:
            if orbits.tried(x):
                continue
            others = [y for y in cells[target] if y != x]
            split = [*cells[:target], [x], others, *cells[target + 1 :]]
            trace: list[int] = []
            refined = _refine(
                split, [target], self.adjacent, self.work, trace, None if best is None else best.form[0]
            )
            if refined is None:
                continue
            fixed, code = self.begin(refined, base, depth + 1, trace)
            if leaf:
                answer = self.rest(refined, fixed, code, base, depth + 1, True)
                self.end(fixed)
                return answer
            if best is not None and code > best.form[0]:
                self.end(fixed)
                continue
            # A leaf that was met before shows that the whole branch was.
            first = self.rest(refined, fixed, code, base, depth + 1, True)
            if first.form in leaves:
                self.end(fixed)
                found(list(zip(leaves[first.form], first.order, strict=True)))
                continue
            leaves[first.form] = first.order
            answer = self.rest(refined, fixed, code, base, depth + 1)
            self.end(fixed)
            for symmetry in answer.symmetries:
                found(symmetry)
            if best is None or answer.form < best.form:
                best = answer
            elif answer.form == best.form:
                found(list(zip(best.order, answer.order, strict=True)))
        assert best is not None
        return _Answer(best.form, best.order, symmetries)


class _Orbits:
    """The orbits of a cell under the automorphisms known so far, and which were tried."""

    def __init__(self, cell: list[int]):
        self.parent = {x: x for x in cell}
        self.seen: set[int] = set()

    def find(self, x: int) -> int:
        parent = self.parent
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    def join(self, symmetry: list[tuple[int, int]]) -> None:
        for a, b in symmetry:
            if a != b and a in self.parent:
                one, other = self.find(a), self.find(b)
                if one != other:
                    self.parent[one] = other
                    if one in self.seen:
                        self.seen.add(other)

    def tried(self, x: int) -> bool:
        """Whether an element of its orbit was tried; it is, from now on."""
        root = self.find(x)
        if root in self.seen:
            return True
        self.seen.add(root)
        return False
