"""Steps read backwards in hypergraph doctrines, where phases make the contexts of a pattern infinitely many.

The blocks that a vertex falls into may share out its phase in any way, and the matcher lists only those ways in which one
block keeps all that is left (:mod:`catenary.rewriting.contexts`). What undoes a step is another way; it is computed
here from the step's context.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catenary.diagrams import Box, Edge, OpenHypergraph, Phase, free
from catenary.diagrams.equality import normalised
from catenary.diagrams.hypergraph import is_phase
from catenary.diagrams.phases import ZERO, is_full_turn, reduce_phase
from catenary.rewriting import contexts, holes
from catenary.rewriting.matching import Match
from catenary.rewriting.rule import Rule

# (edges, vertices) of one graph for each of another
Map = tuple[tuple[int, ...], tuple[int, ...]]


def inverse(graph: OpenHypergraph, rule: Rule, match: Match, forward: bool) -> tuple[OpenHypergraph, Match]:
    """The graph after a step, and the match there that undoes it; for doctrines with spiders."""
    old, new = rule.sides(forward)
    context = holes.context_of(old, graph, match)
    result, _, inside = holes.plug_with_map(context, new)
    after = normalised(result)
    place = dict(zip(result.solid_edges, after.solid_edges, strict=True))
    first = len(context.edges)
    boundary = {*new.dom, *new.cod}
    edges = tuple(
        [
            place[first + e]
            if e not in new.phase_edges.values()
            else (-1 if edge.targets[0] in boundary else after.phase_edges[inside[edge.targets[0]]])
            for e, edge in enumerate(new.edges)
        ]
    )
    points = context.points
    glue = tuple([points.index(x) for x in points])
    interface = new.dom + new.cod
    image = set(inside)
    left: dict[int, list[tuple[int, Phase]]] = {}  # at each vertex, its blocks with the phases of the context
    held: dict[int, Phase] = {}
    for edge in context.edges:
        if is_phase(edge):
            held[edge.targets[0]] = held.get(edge.targets[0], ZERO) + edge.box.params[0]
    for k in sorted(set(glue)):
        left.setdefault(inside[interface[k]], []).append((k, held.get(points[k], ZERO)))
    ends: list[int] = []
    for edge, now in zip(context.edges, result.edges[:first], strict=True):
        if is_phase(edge):
            continue
        for x, v in zip(edge.sources + edge.targets, now.sources + now.targets, strict=True):
            if v in image:
                ends.append(points.index(x))
    phases: list[tuple[int, Phase]] = []
    for w, here in after.phase_edges.items():
        if w in left:
            ends.append(left[w][0][0])
            phases.append((left[w][0][0], -after.edges[here].box.params[0]))
    for row, now_row in ((context.dom, result.dom), (context.cod, result.cod)):
        ends += [points.index(x) for x, v in zip(row, now_row, strict=True) if v in image]
    phases += [pair for blocks in left.values() for pair in blocks]
    total: dict[int, Phase] = {}
    for k, phase in phases:
        total[k] = total.get(k, ZERO) + phase
    extra = tuple([(k, reduce_phase(p)) for k, p in sorted(total.items()) if not is_full_turn(p)])
    return after, Match(edges, tuple(inside), glue, tuple(ends), extra)


def given_context(context: holes.Context, side: OpenHypergraph) -> OpenHypergraph:
    """The context as an open hypergraph whose last box is the hole."""
    graph = context.graph
    hole = Edge(
        Box("hole", side.dom_type, side.cod_type),
        context.points[: len(side.dom)],
        context.points[len(side.dom) :],
    )
    obs = (*graph.vertices, *(graph.vertices[w] for w in context.over))
    whole = OpenHypergraph(
        obs, (*context.edges, hole), context.dom, context.cod, free(graph.signature.doctrine)
    )
    return whole.relabel(whole.edges, whole.dom, whole.cod)


def isomorphism(one: OpenHypergraph, other: OpenHypergraph) -> Map | None:
    """Where each edge and vertex of a graph is in another one of the same form; ``None`` if they differ."""
    if (len(one.edges), len(one.vertices)) != (len(other.edges), len(other.vertices)):
        return None
    site = contexts.Site(other, other.signature.doctrine)
    for edges, vertices in contexts.occurrences(one, site, whole=True):
        if len(set(vertices)) < len(vertices):
            continue
        rows = [tuple([vertices[v] for v in row]) for row in (one.dom, one.cod)]
        if rows != [other.dom, other.cod]:
            continue
        images = dict(zip(one.solid_edges, edges, strict=True))
        for v, e in one.phase_edges.items():
            there = other.phase_edges.get(vertices[v])
            if there is None or not is_full_turn(
                one.edges[e].box.params[0] - other.edges[there].box.params[0]
            ):
                break
            images[e] = there
        else:
            return tuple([images[e] for e in range(len(one.edges))]), vertices
    return None


def transported(
    graph: OpenHypergraph, match: Match, to: OpenHypergraph, by: Map, boundary: Sequence[int] | None = None
) -> Match:
    """A match in a graph as one in an isomorphic graph; or in one of which it is a part, given the place of its
    boundary among that of the whole.
    """
    edges, vertices = by
    if not match.ends:
        images = tuple([-1 if e < 0 else edges[e] for e in match.edges])
        return Match(images, tuple([vertices[v] for v in match.vertices]), match.glue, (), match.phases)
    taken = {e for e in match.edges if e >= 0}
    found = _ends(graph, taken, set(match.vertices))
    if boundary is not None:
        found = ((e, port if e >= 0 else boundary[port]) for e, port in found)
    block = dict(zip(found, match.ends, strict=True))
    back = {image: e for e, image in enumerate(edges)}
    images = tuple([-1 if e < 0 else edges[e] for e in match.edges])
    over = tuple([vertices[v] for v in match.vertices])
    places = _ends(to, set(images), set(over))
    ends = tuple([block[(back[e] if e >= 0 else e, port)] for e, port in places])
    return Match(images, over, match.glue, ends, match.phases)


def _ends(graph: OpenHypergraph, taken: set[int], image: set[int]) -> Iterator[tuple[int, int]]:
    """The ends at the image that are not of matched boxes, as (edge, port); edge -1 is the boundary."""
    for e, edge in enumerate(graph.edges):
        if e not in taken:
            for port, v in enumerate(edge.sources + edge.targets):
                if v in image:
                    yield e, port
    for port, v in enumerate(graph.dom + graph.cod):
        if v in image:
            yield -1, port


__all__ = ["given_context", "inverse", "isomorphism", "transported"]
