"""Matches of patterns in open hypergraphs; here the convex ones of monogamous acyclic hypergraphs.

In the symmetric doctrine a match of a pattern is a map of open hypergraphs that is injective on boxes and on
wires and whose image is convex: no directed path leaves the image and comes back. Interior wires of the
pattern then keep their degree of themselves, because both graphs are monogamous. These are all the matches
that rewriting in a symmetric monoidal category needs, and the only sound ones (Bonchi, Gadducci, Kissinger,
Sobociński, Zanasi, *String diagram rewrite theory II*, arXiv 2104.14686). Matches of the other doctrines are
in :mod:`catenary.rewriting.contexts`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from catenary.diagrams import Box, OpenHypergraph, Phase
from catenary.diagrams.boxes import SPIDER
from catenary.diagrams.phases import ZERO
from catenary.rewriting.rule import is_symmetric, require_rewriting, require_symmetric
from catenary.rewriting.twins import Twins

Wires: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """An occurrence of a pattern: for each of its boxes and wires the edge and the vertex of the graph.

    Numbers refer to the order of ``edges`` and ``vertices`` of the two open hypergraphs.

    Where the doctrine lets a vertex have many ends, the match also says how the vertices of its image fall
    apart when the pattern is taken out (the pushout complement). In the symmetric doctrine there is one way,
    and all three are empty.

    Attributes:
        edges, vertices: the images.
        glue: for each wire of the pattern's boundary (*point*; domain, then codomain) the least point that
            stays on one vertex with it: the name of its *block*.
        ends: for each end at the image that is not of a matched box, its block. In order: the boxes' sources
            and targets, box by box, then the domain and the codomain.
        phases: phases on one vertex add, so a phase of the pattern at its boundary is a summand of what the vertex
            has. The image of its box is -1, and these are phases to add to blocks of the context, as (block,
            phase), so that with the pattern's the sum at each vertex stays what it is.
        context: in doctrines that copy, where boxes of the pattern are shared or discarded: the whole context, whose
            last box is the hole. Images are then -1 where there are none.
    """

    edges: tuple[int, ...]
    vertices: tuple[int, ...]
    glue: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    phases: tuple[tuple[int, Phase], ...] = ()
    context: OpenHypergraph | None = None


class Wiring:
    """A monogamous acyclic open hypergraph as flat arrays, with the indexes that matching uses.

    ``labels``, ``sources``, ``targets`` describe the boxes (any hashable label), ``obs`` the wires.
    """

    __dict__: dict[str, object]
    __slots__ = ("__dict__", "cod", "dom", "labels", "obs", "sources", "targets")

    def __init__(
        self,
        labels: Sequence[Hashable],
        sources: Sequence[Wires],
        targets: Sequence[Wires],
        obs: Sequence[Hashable],
        dom: Wires,
        cod: Wires,
    ):
        self.labels, self.sources, self.targets = labels, sources, targets
        self.obs, self.dom, self.cod = obs, dom, cod

    @classmethod
    def of(cls, graph: OpenHypergraph) -> Wiring:
        """The arrays of an open hypergraph, with boxes as labels and the same numbering."""
        require_symmetric(graph.signature)
        edges = graph.edges
        return cls(
            [e.box for e in edges],
            [e.sources for e in edges],
            [e.targets for e in edges],
            graph.vertices,
            graph.dom,
            graph.cod,
        )

    @cached_property
    def families(self) -> Wiring:
        """The same wires, with boxes as labels that have lost their parameters (:func:`family`)."""
        bare: dict[Hashable, Hashable] = {}
        for label in self.labels:
            if label not in bare:
                bare[label] = family(label) if isinstance(label, Box) else label
        labels = [bare[label] for label in self.labels]
        return Wiring(labels, self.sources, self.targets, self.obs, self.dom, self.cod)

    @cached_property
    def by_label(self) -> dict[Hashable, list[int]]:
        """The boxes with each label."""
        table: dict[Hashable, list[int]] = {}
        for e, label in enumerate(self.labels):
            if label in table:
                table[label].append(e)
            else:
                table[label] = [e]
        return table

    @cached_property
    def producer(self) -> list[tuple[int, int]]:
        """For each wire the box and port it comes from; (-1, 0) on the boundary."""
        found = [(-1, 0)] * len(self.obs)
        for e, wires in enumerate(self.targets):
            for port, v in enumerate(wires):
                found[v] = (e, port)
        return found

    @cached_property
    def consumer(self) -> list[tuple[int, int]]:
        """For each wire the box and port it goes to; (-1, 0) on the boundary."""
        found = [(-1, 0)] * len(self.obs)
        for e, wires in enumerate(self.sources):
            for port, v in enumerate(wires):
                found[v] = (e, port)
        return found

    @cached_property
    def rank(self) -> list[int]:
        """For each box its place in one topological order."""
        producer, consumer = self.producer, self.consumer
        waiting = [sum(1 for v in wires if producer[v][0] >= 0) for wires in self.sources]
        ready = [e for e, count in enumerate(waiting) if not count]
        rank = [0] * len(self.labels)
        done = 0
        while ready:
            e = ready.pop()
            rank[e] = done
            done += 1
            for v in self.targets[e]:
                c = consumer[v][0]
                if c >= 0:
                    waiting[c] -= 1
                    if not waiting[c]:
                        ready.append(c)
        return rank

    @cached_property
    def wires_of(self) -> dict[Hashable, list[int]]:
        """The wires of each object."""
        table: dict[Hashable, list[int]] = {}
        for v, ob in enumerate(self.obs):
            table.setdefault(ob, []).append(v)
        return table


def family(box: Box) -> Box:
    """The box with parameters that all members of its family share: zeros, and none for spiders, where a phase of 0
    is not written.
    """
    return box.replace(params=() if box.kind == SPIDER else (ZERO,) * len(box.params)) if box.params else box


# (pattern box, pattern wire it is reached by, whether as its consumer, port)
Reach: TypeAlias = tuple[int, int, bool, int]


class Pattern:
    """A left-hand side prepared for matching: its components, each with an order to follow from any box."""

    __slots__ = ("_plans", "components", "lone_wires", "one_box", "wiring")

    def __init__(self, wiring: Wiring):
        self.wiring = wiring
        self.lone_wires = tuple(
            v for v in range(len(wiring.obs)) if wiring.producer[v][0] < 0 and wiring.consumer[v][0] < 0
        )
        self._plans: dict[int, tuple[Reach, ...]] = {}
        components: list[tuple[int, ...]] = []
        seen: set[int] = set()
        for e in range(len(wiring.labels)):
            if e not in seen:
                members = (e, *(step[0] for step in self.plan(e)))
                seen.update(members)
                components.append(members)
        self.components = tuple(components)
        self.one_box = len(wiring.labels) == 1 and not self.lone_wires

    def plan(self, root: int) -> tuple[Reach, ...]:
        """The other boxes of the root's component, each after one that it shares a wire with."""
        if root not in self._plans:
            wiring = self.wiring
            steps: list[Reach] = []
            seen, queue = {root}, [root]
            for e in queue:
                for v in wiring.sources[e] + wiring.targets[e]:
                    for (other, port), consumes in ((wiring.producer[v], False), (wiring.consumer[v], True)):
                        if other >= 0 and other not in seen:
                            seen.add(other)
                            queue.append(other)
                            steps.append((other, v, consumes, port))
            self._plans[root] = tuple(steps)
        return self._plans[root]


def is_convex(pattern: Pattern, target: Wiring, edges: Sequence[int], vertices: Sequence[int]) -> bool:
    """Whether no directed path leaves the image of the pattern and comes back to it."""
    shape = pattern.wiring
    if pattern.one_box or not shape.dom or not shape.cod:
        return True
    producer, consumer, rank = target.producer, target.consumer, target.rank
    entries = {vertices[v] for v in shape.dom}
    last = max(rank[producer[v][0]] if producer[v][0] >= 0 else -1 for v in entries)
    if last < 0:
        return True
    inside = set(edges)
    stack = [consumer[vertices[v]][0] for v in shape.cod]
    seen: set[int] = set()
    while stack:
        e = stack.pop()
        # A path that comes back does so by a producer of an entry, so boxes after the last of these are no
        # use.
        if e < 0 or e in inside or e in seen or rank[e] > last:
            continue
        seen.add(e)
        for v in target.targets[e]:
            if v in entries:
                return False
            stack.append(consumer[v][0])
    return True


def find(
    pattern: Pattern,
    target: Wiring,
    must_touch: frozenset[int] | None = None,
    twins: Twins | None = None,
) -> Iterator[Match]:
    """All convex matches, each once, in a fixed order; with ``must_touch`` those that use such a box, with ``twins`` not
    all of those that differ in which of some like pieces they use.
    """
    shape = pattern.wiring
    by_label = target.by_label
    if any(label not in by_label for label in shape.labels):
        return
    roots = [min(members, key=lambda e: len(by_label[shape.labels[e]])) for members in pattern.components]
    edges = [-1] * len(shape.labels)
    vertices = [-1] * len(shape.obs)
    used_edges: set[int] = set()
    used_wires: set[int] = set()
    p_sources, p_targets, p_labels, p_obs = shape.sources, shape.targets, shape.labels, shape.obs
    t_sources, t_targets, t_labels = target.sources, target.targets, target.labels
    producer, consumer = target.producer, target.consumer

    def bind(e: int, image: int, trail: list[tuple[bool, int]]) -> bool:
        if image in used_edges:
            return False
        edges[e] = image
        used_edges.add(image)
        trail.append((True, e))
        for mine, theirs in ((p_sources[e], t_sources[image]), (p_targets[e], t_targets[image])):
            for v, w in zip(mine, theirs, strict=True):
                if vertices[v] < 0:
                    if w in used_wires:
                        return False
                    vertices[v] = w
                    used_wires.add(w)
                    trail.append((False, v))
                elif vertices[v] != w:
                    return False
        return True

    def undo(trail: list[tuple[bool, int]]) -> None:
        for is_edge, place in trail:
            if is_edge:
                used_edges.discard(edges[place])
                edges[place] = -1
            else:
                used_wires.discard(vertices[place])
                vertices[place] = -1

    def component(root: int, image: int, trail: list[tuple[bool, int]]) -> bool:
        if not bind(root, image, trail):
            return False
        for e, v, consumes, port in pattern.plan(root):
            found, at = (consumer if consumes else producer)[vertices[v]]
            if found < 0 or at != port or t_labels[found] != p_labels[e]:
                return False
            if not bind(e, found, trail):
                return False
        return True

    # One level for each component and each lone wire; an explicit stack, as patterns come from users.
    levels: list[Sequence[int]] = [by_label[p_labels[root]] for root in roots]
    levels += [target.wires_of.get(p_obs[v], []) for v in pattern.lone_wires]
    depth = len(levels)
    if not depth:
        yield Match((), ())
        return
    position = [0] * depth
    trails: list[list[tuple[bool, int]]] = [[] for _ in range(depth)]
    at = 0
    while at >= 0:
        if trails[at]:
            undo(trails[at])
            trails[at] = []
        if position[at] >= len(levels[at]):
            position[at] = 0
            at -= 1
            continue
        candidate = levels[at][position[at]]
        position[at] += 1
        trail = trails[at]
        if twins is not None and at < len(roots):
            piece = twins.of_edge.get(candidate)
            if piece is not None and not twins.tried(piece, twins.touched(edges, ())):
                continue
        if at < len(roots):
            fits = component(roots[at], candidate, trail)
        else:
            fits = candidate not in used_wires
            if fits:
                v = pattern.lone_wires[at - len(roots)]
                vertices[v] = candidate
                used_wires.add(candidate)
                trail.append((False, v))
        if not fits:
            continue
        if at + 1 < depth:
            at += 1
            continue
        if must_touch is not None and not must_touch.intersection(edges):
            continue
        if is_convex(pattern, target, edges, vertices):
            yield Match(tuple(edges), tuple(vertices))


def matches(pattern: OpenHypergraph, graph: OpenHypergraph) -> Iterator[Match]:
    """All matches of a pattern in a graph, lazily, in the doctrine of their signatures' join.

    Disconnected patterns, patterns with bare wires, and the empty pattern (one match) included. Patterns that
    have symmetries match once for each symmetry. In the symmetric doctrine these are the convex matches; in
    hypergraph, compact closed, traced, Markov and cartesian ones every match comes once with each of its
    contexts (:mod:`catenary.rewriting.contexts`).

    Raises:
        DoctrineError: if the doctrine has no double-pushout rewriting.

    >>> from catenary.diagrams import Box, Ty
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> graph = (f >> f >> f).to_hypergraph()
    >>> [match.edges for match in matches((f >> f).to_hypergraph(), graph)]
    [(0, 1), (1, 2)]
    """
    signature = graph.signature.join(pattern.signature)
    require_rewriting(signature)
    if is_symmetric(signature):
        return find(Pattern(Wiring.of(pattern)), Wiring.of(graph))
    from catenary.rewriting import contexts

    return contexts.find(pattern, contexts.Site(graph, signature.doctrine))
