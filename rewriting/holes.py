"""A graph with a hole: what is left of it where a match was taken out, and what it becomes when the hole is filled."""

from __future__ import annotations

from dataclasses import dataclass

from catenary.diagrams import Edge, OpenHypergraph, RewriteError, Spider, Ty
from catenary.rewriting.matching import Match


@dataclass(frozen=True)
class Context:
    """A graph with a hole. Vertices are numbered as those of the graph, further blocks after them.

    Attributes:
        graph: what the hole was made in.
        kept: the boxes outside, by number.
        edges: those boxes on the context's vertices, then what is taken off phases.
        dom, cod: the boundary.
        points: for each wire of the hole's boundary, domain then codomain, its vertex.
        over: for each further block the vertex of the graph that it is a part of.
        gone: the vertices of the graph that are inside the hole.
    """

    graph: OpenHypergraph
    kept: tuple[int, ...]
    edges: tuple[Edge, ...]
    dom: tuple[int, ...]
    cod: tuple[int, ...]
    points: tuple[int, ...]
    over: tuple[int, ...]
    gone: frozenset[int]


def context_of(pattern: OpenHypergraph, graph: OpenHypergraph, match: Match) -> Context:
    """The context of a match.

    Raises:
        RewriteError: if the match does not say where every end goes.
    """
    interface = pattern.dom + pattern.cod
    if match.context is not None:
        whole = match.context
        *edges, hole = whole.edges
        points = hole.sources + hole.targets
        kept = tuple(range(len(edges)))
        return Context(whole, kept, tuple(edges), whole.dom, whole.cod, points, (), frozenset())
    if len(match.glue) != len(interface):
        raise RewriteError("the match does not say how the boundary of the pattern falls apart")
    names = sorted(set(match.glue), key=lambda k: (interface[k], k))
    number: dict[int, int] = {}
    over: list[int] = []
    gone = set(match.vertices)
    leaders: dict[int, int] = {}
    for k in range(len(interface)):  # the block of the least point keeps the vertex's number
        if match.glue[k] == k:
            leaders.setdefault(match.vertices[interface[k]], k)
    for k in names:
        w = match.vertices[interface[k]]
        if leaders[w] == k:
            number[k] = w
            gone.discard(w)
        else:
            number[k] = len(graph.vertices) + len(over)
            over.append(w)
    removed, image = set(match.edges), set(match.vertices)
    ends = iter(match.ends)

    def placed(vertices: tuple[int, ...]) -> tuple[int, ...]:
        return tuple([number[next(ends)] if v in image else v for v in vertices])

    try:
        kept = tuple([e for e in range(len(graph.edges)) if e not in removed])
        edges = []
        for e in kept:
            sources = placed(graph.edges[e].sources)
            edges.append(Edge(graph.edges[e].box, sources, placed(graph.edges[e].targets)))
        dom, cod = placed(graph.dom), placed(graph.cod)
        for k, phase in match.phases:
            ty = Ty.of((graph.vertices[match.vertices[interface[k]]],))
            edges.append(Edge(Spider(0, 1, ty, phase=phase), (), (number[k],)))
    except (StopIteration, RuntimeError, KeyError):
        raise RewriteError("the match does not say where every end of the graph goes") from None
    points = tuple([number[k] for k in match.glue])
    return Context(graph, kept, tuple(edges), dom, cod, points, tuple(over), frozenset(gone))


def plug(context: Context, side: OpenHypergraph) -> tuple[OpenHypergraph, list[int]]:
    """The context with a diagram in its hole, and for each vertex of the context its number there, or -1."""
    result, numbers, _ = plug_with_map(context, side)
    return result, numbers


def plug_with_map(context: Context, side: OpenHypergraph) -> tuple[OpenHypergraph, list[int], list[int]]:
    """The same, and the number of each vertex of the diagram."""
    graph = context.graph
    obs = [*graph.vertices, *(graph.vertices[w] for w in context.over)]
    count = len(obs)
    name = list(range(count))

    def least(v: int) -> int:
        while name[v] != v:
            name[v] = name[name[v]]
            v = name[v]
        return v

    place: dict[int, int] = {}
    for v, c in zip(side.dom + side.cod, context.points, strict=True):
        one, other = least(place.setdefault(v, c)), least(c)
        name[max(one, other)] = min(one, other)
    for v, ob in enumerate(side.vertices):
        if v not in place:
            place[v] = len(obs)
            name.append(len(obs))
            obs.append(ob)
    number: dict[int, int] = {}
    for v in range(len(obs)):
        if name[v] == v and v not in context.gone:
            number[v] = len(number)

    def named(vertices: tuple[int, ...]) -> tuple[int, ...]:
        return tuple([number[least(v)] for v in vertices])

    def inside(vertices: tuple[int, ...]) -> tuple[int, ...]:
        return named(tuple([place[v] for v in vertices]))

    edges = [Edge(e.box, named(e.sources), named(e.targets)) for e in context.edges]
    edges += [Edge(e.box, inside(e.sources), inside(e.targets)) for e in side.edges]
    result = OpenHypergraph(
        tuple([obs[v] for v in number]),
        tuple(edges),
        named(context.dom),
        named(context.cod),
        graph.signature.join(side.signature),
    )
    own = [-1 if v in context.gone else number[least(v)] for v in range(count)]
    return result, own, [number[least(place[v])] for v in range(len(side.vertices))]
