"""Occurrences in doctrines that copy, up to their laws: where boxes of a pattern are shared, or discarded by the context.

In a Markov category what nobody uses is not there; in a cartesian one equal boxes on equal wires are one. So a graph may be
``context[left]`` though it has fewer boxes than that. Here are

* in Markov and cartesian doctrines, patterns some of whose outputs the context discards, so that the boxes that only lead to
  these are not in the graph (of an input that only they use, every wire of its type is tried);
* in cartesian doctrines, maps of patterns that send two boxes to one, and occurrences of which parts are used
  outside: the context keeps a copy, and every use of an output takes it from the copy or from the hole.

The context is the graph with a hole and is given whole (``Match.context``, its last box is the hole). Not listed
are contexts that duplicate what comes after the hole; the checker takes those too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from typing import TYPE_CHECKING

from catenary.diagrams import Box, CatenaryError, Doctrine, Edge, OpenHypergraph, free
from catenary.diagrams.equality import ports_of
from catenary.rewriting.matching import Match

if TYPE_CHECKING:
    from catenary.rewriting.contexts import Site


def find_shared(pattern: OpenHypergraph, site: Site) -> Iterator[Match]:
    """The matches that :func:`catenary.rewriting.contexts.find` does not see for lack of boxes, lazily."""
    cartesian = site.doctrine >= Doctrine.CARTESIAN
    outputs = range(len(pattern.cod))
    for size in range(len(outputs), 0, -1):
        for used in combinations(outputs, size):
            needed = _needed(pattern, used)
            if cartesian:
                yield from _kept(pattern, site, used, needed)
            elif len(needed) < len(pattern.edges):
                yield from _removed(pattern, site, used, needed)


def _needed(pattern: OpenHypergraph, used: tuple[int, ...]) -> list[int]:
    """The boxes that lead to the outputs that are used."""
    maker = {v: e for e, edge in enumerate(pattern.edges) for v in edge.targets}
    stack = [pattern.cod[j] for j in used]
    found: set[int] = set()
    while stack:
        v = stack.pop()
        e = maker.get(v, -1)
        if e >= 0 and e not in found:
            found.add(e)
            stack += pattern.edges[e].sources
    return sorted(found)


def _inputs(
    pattern: OpenHypergraph, graph: OpenHypergraph, images: dict[int, int]
) -> Iterator[tuple[int, ...]]:
    """The vertices for the pattern's inputs; where none is determined, all of the right type."""
    rows = [
        [images[v]]
        if v in images
        else [w for w, ob in enumerate(graph.vertices) if ob == pattern.vertices[v]]
        for v in dict.fromkeys(pattern.dom)
    ]
    places = {v: i for i, v in enumerate(dict.fromkeys(pattern.dom))}
    for chosen in product(*rows):
        yield tuple([chosen[places[v]] for v in pattern.dom])


def _context(
    pattern: OpenHypergraph,
    graph: OpenHypergraph,
    edges: list[Edge],
    dom: tuple[int, ...],
    cod: tuple[int, ...],
    sources: tuple[int, ...],
    targets: tuple[int, ...],
) -> OpenHypergraph | None:
    """The graph with these boxes and the hole, if it is a diagram."""
    hole = Edge(Box("hole", pattern.dom_type, pattern.cod_type), sources, targets)
    whole = OpenHypergraph(graph.vertices, (*edges, hole), dom, cod, free(graph.signature.doctrine))
    try:
        whole.check()
    except CatenaryError:
        return None
    return whole if whole.topological_order() is not None else None


def _kept(pattern: OpenHypergraph, site: Site, used: tuple[int, ...], needed: list[int]) -> Iterator[Match]:
    """In cartesian doctrines: every box of the graph stays, and uses of the outputs go to the hole."""
    graph = site.graph
    count = len(graph.vertices)
    fresh = tuple(range(count, count + len(pattern.cod)))
    larger = replace(graph, vertices=graph.vertices + pattern.cod_type.objects)
    for boxes, images in _maps(pattern, site, needed):
        if any(pattern.cod[j] not in images for j in used):
            continue  # an output that is an input, of which no box of the pattern says where it is
        at: dict[int, list[int]] = {}
        for j in used:
            at.setdefault(images[pattern.cod[j]], []).append(j)
        uses = [
            (e, port, v)
            for e, edge in enumerate(graph.edges)
            for port, v in enumerate(edge.sources)
            if v in at
        ]
        uses += [(-1, port, v) for port, v in enumerate(graph.cod) if v in at]
        for sources in _inputs(pattern, graph, images):
            for choice in product(*([*at[v], -1] for _, _, v in uses)):
                # where an output has no use, the context comes with the smaller set of outputs
                if {j for j in choice if j >= 0} != set(used):
                    continue
                if _is_plain(pattern, site, boxes, images, uses, choice):
                    continue
                moved = {(e, p): fresh[j] for (e, p, _), j in zip(uses, choice, strict=True) if j >= 0}
                edges = [
                    Edge(
                        edge.box,
                        tuple([moved.get((e, p), v) for p, v in enumerate(edge.sources)]),
                        edge.targets,
                    )
                    for e, edge in enumerate(graph.edges)
                ]
                cod = tuple([moved.get((-1, p), v) for p, v in enumerate(graph.cod)])
                context = _context(pattern, larger, edges, graph.dom, cod, sources, fresh)
                if context is not None:
                    yield _match(pattern, boxes, images, context)


def _is_plain(
    pattern: OpenHypergraph,
    site: Site,
    boxes: dict[int, int],
    images: dict[int, int],
    uses: list[tuple[int, int, int]],
    choice: tuple[int, ...],
) -> bool:
    """Whether the occurrence is one that needs no copy: an injective map, of which only outputs are used, by the hole."""
    if len(boxes) < len(pattern.edges) or len(set(boxes.values())) < len(boxes):
        return False
    matched = set(boxes.values())
    made = {v for e in matched for v in site.graph.edges[e].targets}
    moved = {(e, p) for (e, p, _), j in zip(uses, choice, strict=True) if j >= 0}
    ends = [(e, p, v) for e, edge in enumerate(site.graph.edges) for p, v in enumerate(edge.sources)]
    ends += [(-1, p, v) for p, v in enumerate(site.graph.cod)]
    kept = [(e, p) for e, p, v in ends if v in made and e not in matched and (e, p) not in moved]
    inside = any(e in matched for e, _ in moved)
    passing = any(v in pattern.dom for v in pattern.cod)
    return not kept and not inside and not passing and len(set(pattern.cod)) == len(pattern.cod)


def _maps(
    pattern: OpenHypergraph, site: Site, needed: list[int]
) -> Iterator[tuple[dict[int, int], dict[int, int]]]:
    """All maps of some boxes of the pattern into the graph, injective or not: (boxes, vertices)."""
    order = [e for e in pattern.topological_order() or () if e in set(needed)]
    labels = {e: site.number.get(site.label(pattern.edges[e].box), -1) for e in order}
    if -1 in labels.values():
        return
    rows = {e: ports_of(pattern.edges[e]) for e in order}
    boxes: dict[int, int] = {}
    stack: list[Iterator[int]] = []
    bound: list[dict[int, int]] = [{}]

    def candidates(e: int) -> Iterator[int]:
        images = bound[-1]
        for port, v in enumerate(rows[e]):
            if v in images:
                return iter(site.at.get((labels[e], port, images[v]), ()))
        return iter(site.by_label[labels[e]])

    if not order:
        yield {}, {}
        return
    stack.append(candidates(order[0]))
    while stack:
        e = order[len(stack) - 1]
        image = next(stack[-1], None)
        if image is None:
            stack.pop()
            if len(bound) > len(stack) + 1:
                bound.pop()
            continue
        del bound[len(stack) :]
        images = dict(bound[-1])
        if any(images.setdefault(v, w) != w for v, w in zip(rows[e], site.rows[image], strict=True)):
            continue
        boxes[e] = image
        bound.append(images)
        if len(stack) == len(order):
            yield dict(boxes), dict(images)
        else:
            stack.append(candidates(order[len(stack)]))


def _removed(
    pattern: OpenHypergraph, site: Site, used: tuple[int, ...], needed: list[int]
) -> Iterator[Match]:
    """In Markov doctrines: the boxes that lead to the outputs in use are taken out, the others were never there."""
    from catenary.rewriting import contexts, holes

    touched = {v for e in needed for v in pattern.edges[e].sources} | {pattern.cod[j] for j in used}
    inputs = [i for i, v in enumerate(pattern.dom) if v in touched]
    part = OpenHypergraph(
        pattern.vertices,
        tuple([pattern.edges[e] for e in needed]),
        tuple([pattern.dom[i] for i in inputs]),
        tuple([pattern.cod[j] for j in used]),
        pattern.signature,
    )
    kept = sorted({*part.dom, *part.cod, *(v for e in part.edges for v in e.sources + e.targets)})
    part = part.relabel(part.edges, part.dom, part.cod)
    for match in contexts.plain(part, site):
        there = holes.context_of(part, site.graph, match)
        obs = [*site.graph.vertices, *(site.graph.vertices[w] for w in there.over)]
        count = len(obs)
        fresh = {j: count + i for i, j in enumerate(j for j in range(len(pattern.cod)) if j not in used)}
        obs += [pattern.vertices[pattern.cod[j]] for j in fresh]
        ends = dict(zip(used, there.points[len(inputs) :], strict=True))
        targets = tuple([ends.get(j, fresh.get(j, -1)) for j in range(len(pattern.cod))])
        images = {pattern.dom[i]: w for i, w in zip(inputs, there.points, strict=False)}
        base = OpenHypergraph(tuple(obs), there.edges, there.dom, there.cod, site.graph.signature)
        for sources in _inputs(pattern, base, images):
            context = _context(pattern, base, list(there.edges), there.dom, there.cod, sources, targets)
            if context is not None and not there.gone.intersection(sources):
                boxes = dict(zip(needed, match.edges, strict=True))
                vertices = dict(zip(kept, match.vertices, strict=False))
                small = context.relabel(context.edges, context.dom, context.cod)
                yield _match(pattern, boxes, vertices, small)


def _match(
    pattern: OpenHypergraph, boxes: dict[int, int], images: dict[int, int], context: OpenHypergraph
) -> Match:
    edges = tuple([boxes.get(e, -1) for e in range(len(pattern.edges))])
    return Match(edges, tuple([images.get(v, -1) for v in range(len(pattern.vertices))]), context=context)


__all__ = ["find_shared"]
