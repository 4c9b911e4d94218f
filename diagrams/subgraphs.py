"""Parts of open hypergraphs: sub-diagrams, cuts, fusion of spiders of named structures."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from catenary.diagrams.boxes import SPIDER, Spider
from catenary.diagrams.errors import ArityError, expect_iterable
from catenary.diagrams.hypergraph import Edge, OpenHypergraph
from catenary.diagrams.phases import Phase

if TYPE_CHECKING:
    from catenary.diagrams.diagram import Diagram


def extract(graph: OpenHypergraph, edges: Iterable[int]) -> OpenHypergraph:
    """The sub-diagram of some boxes: its domain the wires that come in, its codomain those that go out, each
    once, in the order of the boxes' ports.

    Args:
        graph: where it is taken from.
        edges: numbers of edges.

    Raises:
        ArityError: for an edge that is not there.

    >>> from catenary.diagrams import Box, Ty
    >>> a = Ty("a")
    >>> f, g = Box("f", a, a), Box("g", a, a)
    >>> print(extract((f >> g >> f).to_hypergraph(), [1, 2]).to_diagram())
    g >> f
    """
    chosen = sorted(set(expect_iterable(edges, "the edges of a sub-diagram", "a list of numbers")))
    for e in chosen:
        if isinstance(e, bool) or not isinstance(e, int) or not 0 <= e < len(graph.edges):
            raise ArityError(f"no edge {e!r} in a hypergraph of {len(graph.edges)}")
    inside = set(chosen)
    dom: dict[int, None] = {}
    cod: dict[int, None] = {}
    both = graph.signature.doctrine.has("cup")
    for e in chosen:
        edge = graph.edges[e]
        for v in edge.sources:
            makers = [p for p, _ in graph.producers[v]]
            others = [c for c, _ in graph.consumers[v] if c != e] if both else []
            if any(p not in inside for p in makers) or (not makers and any(c not in inside for c in others)):
                dom[v] = None
    for e in chosen:
        for v in graph.edges[e].targets:
            ends = [c for c, _ in graph.consumers[v]]
            ends += [p for p, _ in graph.producers[v] if p != e] if both else []
            if any(c not in inside for c in ends) and v not in dom:
                cod[v] = None
    return graph.subgraph(chosen, tuple(dom), tuple(cod))


def least_cut(graph: OpenHypergraph) -> tuple[int, ...]:
    """The fewest vertices whose removal separates the domain from the codomain, as near the domain as they
    can be (Menger; by flow, in time linear in the graph for each vertex of the cut).

    >>> from catenary.diagrams import Box, Ty
    >>> a = Ty("a")
    >>> f, g = Box("f", a @ a, a), Box("g", a, a @ a)
    >>> len(least_cut((f >> g).to_hypergraph()))
    1
    """
    # Each vertex is two nodes joined by an arc of capacity one; edges and ends join without limit.
    count, size = len(graph.vertices), len(graph.edges)
    source, sink = 2 * count + size, 2 * count + size + 1
    arcs: list[dict[int, int]] = [{} for _ in range(sink + 1)]
    endless = count + 1

    def arc(start: int, stop: int, capacity: int) -> None:
        arcs[start][stop] = max(arcs[start].get(stop, 0), capacity)
        arcs[stop].setdefault(start, 0)

    for v in range(count):
        arc(2 * v, 2 * v + 1, 1)
    for e, edge in enumerate(graph.edges):
        for v in edge.sources + edge.targets:
            arc(2 * v + 1, 2 * count + e, endless)
            arc(2 * count + e, 2 * v, endless)
    for v in graph.dom:
        arc(source, 2 * v, endless)
    for v in graph.cod:
        arc(2 * v + 1, sink, endless)
    while True:
        before = {source: source}
        queue = deque([source])
        while queue and sink not in before:
            node = queue.popleft()
            for following, capacity in arcs[node].items():
                if capacity and following not in before:
                    before[following] = node
                    queue.append(following)
        if sink not in before:
            return tuple(v for v in range(count) if 2 * v in before and 2 * v + 1 not in before)
        node = sink
        while node != source:
            arcs[before[node]][node] -= 1
            arcs[node][before[node]] += 1
            node = before[node]


def slices(diagram: Diagram) -> tuple[int, int]:
    """The least width of a cut between two layers of a diagram, and the first layer that it stands above.

    >>> from catenary.diagrams import Box, Ty
    >>> a = Ty("a")
    >>> f, g = Box("f", a @ a, a), Box("g", a, a @ a)
    >>> slices(f >> g)
    (1, 1)
    """
    return min((len(ty), place) for place, ty in enumerate(diagram.types()))


def fuse_named(graph: OpenHypergraph) -> OpenHypergraph:
    """Spiders of one named structure that share a wire become one, their phases added. Linear.

    Only wires with two ends count: what meets a vertex of the default structure keeps apart. Spiders on a type
    of several objects are left.

    >>> from catenary.diagrams import Ty
    >>> x = Spider(1, 2, Ty("a"), structure="X", phase=0.5)
    >>> print(fuse_named((x >> x.dagger()).to_hypergraph()).to_diagram())
    id(a)
    """
    named = [e for e, edge in enumerate(graph.edges) if edge.box.kind == SPIDER and len(edge.box.data) > 3]
    named = [e for e in named if len(graph.edges[e].box.data[2]) == 1]
    parent = {e: e for e in named}

    def find(e: int) -> int:
        while parent[e] != e:
            parent[e] = parent[parent[e]]
            e = parent[e]
        return e

    gone: set[int] = set()
    for v, (makers, takers) in enumerate(zip(graph.producers, graph.consumers, strict=True)):
        ends = [e for e, _ in (*makers, *takers)]
        if len(ends) == 2 and all(e in parent for e in ends):
            one, other = (graph.edges[e].box for e in ends)
            if one.data[3] == other.data[3]:
                gone.add(v)
                parent[find(ends[0])] = find(ends[1])
    groups: dict[int, list[int]] = {}
    for e in named:
        groups.setdefault(find(e), []).append(e)
    edges = [edge for e, edge in enumerate(graph.edges) if e not in parent]
    joined = list(range(len(graph.vertices)))
    for group in groups.values():
        phase: Phase = Fraction(0)
        ins: list[int] = []
        outs: list[int] = []
        for e in group:
            edge = graph.edges[e]
            phase = phase + (edge.box.params[0] if edge.box.params else Fraction(0))
            ins += [v for v in edge.sources if v not in gone]
            outs += [v for v in edge.targets if v not in gone]
        _, _, ty, structure = graph.edges[group[0]].box.data
        box = Spider(len(ins), len(outs), ty, phase=phase, structure=structure)
        if (len(ins), len(outs)) == (1, 1) and not box.params and ins != outs:
            joined[max(ins[0], outs[0])] = min(ins[0], outs[0])  # a wire
        else:
            edges.append(Edge(box, tuple(ins), tuple(outs)))

    def root(v: int) -> int:
        while joined[v] != v:
            v = joined[v]
        return v

    moved = [Edge(e.box, tuple(map(root, e.sources)), tuple(map(root, e.targets))) for e in edges]
    return graph.relabel(moved, tuple(map(root, graph.dom)), tuple(map(root, graph.cod)))


__all__ = ["extract", "fuse_named", "least_cut", "slices"]
