"""Matching and replacement where a vertex may have many ends: hypergraph, compact closed, traced and copying
doctrines.

A rewriting step is an equation ``graph = context[left]`` with one hole in the context, and its result is
``context[right]``. Here a context is a pushout complement: the boxes that were not matched, and for each
vertex of the image the way it falls apart into *blocks* when the pattern is taken out. Every block holds
some of the pattern's boundary wires (*points*: domain, then codomain), and every other end at the vertex
goes to one of its blocks; glued along the points, the blocks and the pattern's vertices must be one vertex
again. The doctrine says which contexts are diagrams:

* hypergraph: all, so that all boundary complements are enumerated (Bonchi, Gadducci, Kissinger, Sobociński,
  Zanasi, *String diagram rewrite theory I*, arXiv 2012.01847);
* compact closed: a block has two ends, points counted;
* traced: a block has one producer and one consumer (Ghica & Kaye, arXiv 2302.09631);
* Markov, cartesian: a block has one producer, and no path leads from the hole back to it, which is weak
  convexity (Milosavljević, Piedeleu & Zanasi, arXiv 2204.04274).

Matches are injective on boxes and on the pattern's inner vertices; boundary vertices may coincide. Phases on one
vertex add: a pattern's phase is that of the vertex inside the pattern, and a summand of it on the boundary, where the
context keeps the difference.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import TypeAlias

from catenary.diagrams import Box, Doctrine, OpenHypergraph, Phase
from catenary.diagrams.equality import label_of, ports_of
from catenary.diagrams.phases import ZERO, reduce_phase
from catenary.rewriting.holes import context_of
from catenary.rewriting.matching import Match, family
from catenary.rewriting.twins import Alike, Exchanged, Twins, shared_out

# What an end at a vertex is: its place among all ends of the graph, and whether it puts a value on the vertex.
End: TypeAlias = tuple[int, bool]


class Site:
    """A graph prepared for matching in a doctrine: labels as numbers, and boxes by label, port and vertex.

    Args:
        graph: the graph.
        doctrine: says what vertices and contexts there may be.
        families: whether boxes that differ in their parameters alone have one label.
        twins: parts of the graph that may be exchanged: of matches that differ in that alone not all are found.
    """

    def __init__(
        self, graph: OpenHypergraph, doctrine: Doctrine, families: bool = False, twins: Twins | None = None
    ):
        self.graph, self.doctrine, self.families, self.twins = graph, doctrine, families, twins
        self.number: dict[Hashable, int] = {}
        self.labels: list[int] = []
        boxes: dict[int, int] = {}
        for edge in graph.edges:
            if id(edge.box) not in boxes:
                boxes[id(edge.box)] = self.number.setdefault(self.label(edge.box), len(self.number))
            self.labels.append(boxes[id(edge.box)])
        self.rows = [ports_of(edge) for edge in graph.edges]
        self.phases = graph.phase_edges
        self.solid = graph.solid_edges
        self.by_label: dict[int, list[int]] = {}
        for e in self.solid:
            self.by_label.setdefault(self.labels[e], []).append(e)
        self.degree = [0] * len(graph.vertices)  # phases are not counted
        for v in (*graph.dom, *graph.cod, *(v for e in self.solid for v in self.rows[e])):
            self.degree[v] += 1

    def label(self, box: Box) -> Hashable:
        """What boxes have to share to be matched."""
        return label_of(family(box) if self.families else box, self.doctrine)

    @cached_property
    def at(self) -> dict[tuple[int, int, int], list[int]]:
        """The boxes with a label on a port of which a vertex is, by (label, port, vertex)."""
        table: dict[tuple[int, int, int], list[int]] = {}
        for e in self.solid:
            label, row = self.labels[e], self.rows[e]
            for port, v in enumerate(row):
                table.setdefault((label, port, v), []).append(e)
        return table

    @cached_property
    def vertices_of(self) -> dict[Hashable, list[int]]:
        """The vertices of each object."""
        table: dict[Hashable, list[int]] = {}
        for v, ob in enumerate(self.graph.vertices):
            table.setdefault(ob, []).append(v)
        return table

    @cached_property
    def ends(self) -> list[list[End]]:
        """For each vertex its ends: box ports (sources, then targets) in the order of boxes, then the boundary."""
        found: list[list[End]] = [[] for _ in self.graph.vertices]
        place = 0
        for edge in self.graph.edges:
            for vertices, produces in ((edge.sources, False), (edge.targets, True)):
                for v in vertices:
                    found[v].append((place, produces))
                    place += 1
        for vertices, produces in ((self.graph.dom, True), (self.graph.cod, False)):
            for v in vertices:
                found[v].append((place, produces))
                place += 1
        return found

    @cached_property
    def first_end(self) -> list[int]:
        """For each box the place of its first port among all ends."""
        found, place = [], 0
        for edge in self.graph.edges:
            found.append(place)
            place += len(edge.sources) + len(edge.targets)
        return found


def find(pattern: OpenHypergraph, site: Site, must_touch: frozenset[int] | None = None) -> Iterator[Match]:
    """All matches with all their contexts, each once, lazily; with ``must_touch`` those that use such a box.

    Where the phases of a pattern are not those of the vertex, the difference goes to one block (that it could
    be shared out over several in any way is not enumerated). In doctrines that copy, those in which boxes are
    shared or discarded follow (:mod:`catenary.rewriting.sharing`).
    """
    yield from plain(pattern, site, must_touch)
    if site.doctrine.has("copy") and not site.doctrine.has("spider"):
        from catenary.rewriting.sharing import find_shared

        for match in find_shared(pattern, site):
            if must_touch is None or must_touch.intersection(match.edges):
                yield match


def plain(pattern: OpenHypergraph, site: Site, must_touch: frozenset[int] | None = None) -> Iterator[Match]:
    """The matches for which the graph is the pattern in its context, box by box."""
    for edges, vertices in occurrences(pattern, site):
        if must_touch is None or must_touch.intersection(edges):
            yield from complete(pattern, site, edges, vertices)


def complete(
    pattern: OpenHypergraph, site: Site, edges: tuple[int, ...], vertices: tuple[int, ...]
) -> Iterator[Match]:
    """The matches of an occurrence: its phases compared, its contexts enumerated."""
    taken = dict(zip(pattern.solid_edges, edges, strict=True))
    boundary = {*pattern.dom, *pattern.cod}
    phases = pattern.phase_edges
    wanted: dict[int, Phase] = {}  # at each vertex of the image, the sum of the pattern's boundary phases
    for v, w in enumerate(vertices):
        if v not in boundary:
            mine, theirs = phases.get(v), site.phases.get(w)
            if mine is None and theirs is None:
                continue
            if mine is None or theirs is None:
                return
            if pattern.edges[mine].box.params != site.graph.edges[theirs].box.params:
                return
            taken[mine] = theirs
    for v, e in phases.items():
        if v in boundary:
            w = vertices[v]
            taken[e] = -1
            wanted[w] = wanted.get(w, ZERO) + pattern.edges[e].box.params[0]
    images = tuple([taken[e] for e in range(len(pattern.edges))])
    for glue, ends, carriers in contexts(pattern, site, images, vertices, wanted):
        taken_off = [(carriers[w], reduce_phase(-phase)) for w, phase in wanted.items()]
        yield Match(images, vertices, glue, ends, tuple(taken_off))


def occurrences(
    pattern: OpenHypergraph, site: Site, whole: bool = False
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The maps of a pattern into the graph that have a chance of a context, phases apart: the images of its
    boxes that are not phases, and of its vertices. With ``whole`` vertices of the boundary have to be such too.
    """
    solid = [pattern.edges[e] for e in pattern.solid_edges]
    labels = [site.number.get(site.label(edge.box), -1) for edge in solid]
    if -1 in labels:
        return
    rows = [ports_of(edge) for edge in solid]
    on_boundary = set() if whole else {*pattern.dom, *pattern.cod}
    degree = [0] * len(pattern.vertices)
    for row in (*rows, *((pattern.dom, pattern.cod) if whole else ())):
        for v in row:
            degree[v] += 1
    order = _order(rows, [len(site.by_label[label]) for label in labels])
    in_boxes = {v for row in rows for v in row}
    lone = [v for v in range(len(degree)) if v not in in_boxes]
    edges, vertices = [-1] * len(rows), [-1] * len(degree)
    used: set[int] = set()
    holders: dict[int, int] = {}  # how many pattern vertices are on a vertex
    inner: set[int] = set()

    def put(v: int, w: int, trail: list[int]) -> bool:
        if pattern.vertices[v] != site.graph.vertices[w] or w in inner:
            return False
        if v not in on_boundary:
            if w in holders or site.degree[w] != degree[v]:
                return False
            inner.add(w)
        vertices[v] = w
        holders[w] = holders.get(w, 0) + 1
        trail.append(v)
        return True

    def bind(e: int, image: int, trail: list[int]) -> bool:
        for v, w in zip(rows[e], site.rows[image], strict=True):
            if vertices[v] < 0:
                if not put(v, w, trail):
                    return False
            elif vertices[v] != w:
                return False
        return True

    def candidates(level: int) -> Iterable[int]:
        if level >= len(order):
            return site.vertices_of.get(pattern.vertices[lone[level - len(order)]], ())
        e = order[level]
        best: Sequence[int] = site.by_label[labels[e]]
        for port, v in enumerate(rows[e]):
            if vertices[v] >= 0:
                there = site.at.get((labels[e], port, vertices[v]), ())
                if len(there) < len(best):
                    best = there
        return best

    twins = site.twins

    def is_repetition(image: int, vertex: bool) -> bool:
        """Whether an image is in a piece that an earlier one may stand for."""
        if twins is None:
            return False
        piece = (twins.of_vertex if vertex else twins.of_edge).get(image)
        return piece is not None and not twins.tried(piece, twins.touched(edges, vertices))

    depth = len(order) + len(lone)
    if not depth:
        yield (), ()
        return
    waiting = [iter(candidates(0))]
    trails: list[list[int]] = [[]]
    while waiting:
        level = len(waiting) - 1
        for v in trails[level]:
            w = vertices[v]
            vertices[v] = -1
            inner.discard(w)
            holders[w] -= 1
            if not holders[w]:
                del holders[w]
        trail: list[int] = []
        trails[level] = trail
        if level < len(order) and edges[order[level]] >= 0:
            used.discard(edges[order[level]])
            edges[order[level]] = -1
        choice = next(waiting[level], None)
        if choice is None:
            waiting.pop()
            trails.pop()
            continue
        if level < len(order):
            if choice in used or is_repetition(choice, False) or not bind(order[level], choice, trail):
                continue
            edges[order[level]] = choice
            used.add(choice)
        elif is_repetition(choice, True) or not put(lone[level - len(order)], choice, trail):
            continue
        if level + 1 == depth:
            yield tuple(edges), tuple(vertices)
        else:
            waiting.append(iter(candidates(level + 1)))
            trails.append([])


def _order(rows: list[tuple[int, ...]], rarity: list[int]) -> list[int]:
    """The pattern's boxes, each component from its rarest box, each further one sharing a vertex if it can."""
    at: dict[int, list[int]] = {}
    for e, row in enumerate(rows):
        for v in row:
            at.setdefault(v, []).append(e)
    order: list[int] = []
    seen: set[int] = set()
    for root in sorted(range(len(rows)), key=lambda e: rarity[e]):
        if root in seen:
            continue
        seen.add(root)
        queue = [root]
        for e in queue:
            for v in rows[e]:
                for other in at[v]:
                    if other not in seen:
                        seen.add(other)
                        queue.append(other)
        order += queue
    return order


def contexts(
    pattern: OpenHypergraph,
    site: Site,
    edges: tuple[int, ...],
    vertices: tuple[int, ...],
    wanted: Mapping[int, Phase],
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], dict[int, int]]]:
    """All ways to take an occurrence out, as ``glue`` and ``ends`` of :class:`Match`, and for each vertex from which
    a phase is ``wanted`` the block that keeps what is left of its phase.
    """
    interface = pattern.dom + pattern.cod
    points: dict[int, list[int]] = {}
    for k, v in enumerate(interface):
        points.setdefault(vertices[v], []).append(k)
    taken: set[int] = set()
    for e in edges:
        if e < 0:
            continue
        first = site.first_end[e]
        taken.update(range(first, first + len(site.rows[e])))
    rest = {w: [end for end in site.ends[w] if end[0] not in taken] for w in points}
    places = sorted((place, w) for w, ends in rest.items() for place, _ in ends)
    images = list(points)
    # What is left of a phase is one more end; where nothing is left, it does not matter where.
    carrier: dict[int, int] = {}
    settled: set[int] = set()
    for w, phase in wanted.items():
        if w in site.phases:
            here = site.phases[w]
            carrier[w] = site.first_end[here]
            phase = site.graph.edges[here].box.params[0] - phase
        else:
            carrier[w] = -1 - w
            rest[w] = [*rest[w], (carrier[w], True)]
        if reduce_phase(phase) == 0:
            settled.add(w)

    exchanged = None
    if site.twins is not None:
        exchanged = Exchanged(site.twins, site.graph, site.first_end, edges, vertices)

    def choices(w: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
        on = [interface[k] for k in points[w]]
        feeds = [k >= len(pattern.dom) for k in points[w]]
        alike: Alike | None = None
        if exchanged is not None:
            known = {
                place: block
                for image, (_, targets) in zip(images, chosen, strict=False)
                for (place, _), block in zip(rest[image], targets, strict=True)
            }
            alike = exchanged.at([place for place, _ in rest[w]], known)
        found = _falls_apart(points[w], on, feeds, rest[w], site.doctrine, alike)
        if w not in settled:
            return found
        at = [place for place, _ in rest[w]].index(carrier[w])
        return ((blocks, targets) for blocks, targets in found if targets[at] == min(blocks))

    # An odometer over lazy choices, one for each vertex of the image that has points.
    chosen: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    open_: list[Iterator[tuple[tuple[int, ...], tuple[int, ...]]]] = [choices(images[0])] if images else []
    while True:
        if len(chosen) == len(images):
            glue = [0] * len(interface)
            block: dict[int, int] = {}
            for w, (blocks, targets) in zip(images, chosen, strict=True):
                for k, b in zip(points[w], blocks, strict=True):
                    glue[k] = b
                for (place, _), b in zip(rest[w], targets, strict=True):
                    block[place] = b
            ends = tuple([block[place] for place, _ in places])
            if site.doctrine.has("trace") or not _returns(pattern, site, edges, vertices, tuple(glue), ends):
                yield tuple(glue), ends, {w: block[place] for w, place in carrier.items()}
            if not images:
                return
            chosen.pop()
        choice = next(open_[-1], None)
        if choice is not None:
            chosen.append(choice)
            if len(chosen) < len(images):
                open_.append(choices(images[len(chosen)]))
            continue
        open_.pop()
        if not open_:
            return
        chosen.pop()


def _falls_apart(
    points: list[int],
    on: list[int],
    feeds: list[bool],
    ends: list[End],
    doctrine: Doctrine,
    alike: Alike | None = None,
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """For one vertex: for each point its block (named by the least point), and for each end.

    Args:
        points: interface points at the vertex; ``on``: the pattern's vertex of each; ``feeds``: whether it
            puts a value on the block (points of the codomain do).
        ends: the other ends at the vertex.
        doctrine: says which blocks there may be.
        alike: ends that need not be told apart.
    """
    if doctrine.has("spider"):
        lowest = most = producers = None
    elif doctrine.has("copy"):
        lowest = most = None
        producers = 1
    elif doctrine.has("cup"):
        lowest = most = 2
        producers = None
    else:
        lowest = most = 2
        producers = 1
    for blocks in _partitions(points, most):
        if not _one_piece(on, blocks):
            continue
        names = sorted(set(blocks))
        ways: Iterator[tuple[int, ...]] = product(names, repeat=len(ends))
        if alike is not None and alike[1]:
            found = shared_out(names, *alike)
            ways = (tuple([way[i] for i in range(len(ends))]) for way in found)
        for targets in ways:
            if lowest is not None or producers is not None:
                everything = [*zip(blocks, feeds, strict=True)]
                everything += [(b, makes) for b, (_, makes) in zip(targets, ends, strict=True)]
                if any(
                    (lowest is not None and sum(b == name for b, _ in everything) != lowest)
                    or (
                        producers is not None
                        and sum(b == name and makes for b, makes in everything) != producers
                    )
                    for name in names
                ):
                    continue
            yield blocks, targets


def _partitions(points: list[int], most: int | None) -> Iterator[tuple[int, ...]]:
    """The partitions of the points, each block named by its least point, finest last."""
    stack: list[tuple[int, ...]] = [()]
    while stack:
        blocks = stack.pop()
        if len(blocks) == len(points):
            yield blocks
            continue
        stack.append((*blocks, points[len(blocks)]))
        names = sorted(set(blocks), reverse=True)
        stack += [(*blocks, name) for name in names if most is None or blocks.count(name) < most]


def _one_piece(on: list[int], blocks: tuple[int, ...]) -> bool:
    """Whether blocks and pattern vertices, joined by points, are connected."""
    if len(set(on)) == 1 or len(set(blocks)) == 1:
        return True
    seen = {on[0]}
    while True:
        touched = {b for v, b in zip(on, blocks, strict=True) if v in seen}
        more = {v for v, b in zip(on, blocks, strict=True) if b in touched} - seen
        if not more:
            return len(seen) == len(set(on))
        seen |= more


def _returns(
    pattern: OpenHypergraph,
    site: Site,
    edges: tuple[int, ...],
    vertices: tuple[int, ...],
    glue: tuple[int, ...],
    ends: tuple[int, ...],
) -> bool:
    """Whether a path leads from the hole back to it."""
    context = context_of(pattern, site.graph, Match(edges, vertices, glue, ends))
    entries = set(context.points[: len(pattern.dom)])
    takers: dict[int, list[int]] = {}
    for e, edge in enumerate(context.edges):
        for v in edge.sources:
            takers.setdefault(v, []).append(e)
    stack = list(context.points[len(pattern.dom) :])
    seen: set[int] = set()
    while stack:
        v = stack.pop()
        if v in entries:
            return True
        for e in takers.get(v, ()):
            if e not in seen:
                seen.add(e)
                stack += context.edges[e].targets
    return False
