"""Symmetry breaking: parts of a graph that may be exchanged, so that equal redexes are tried once.

Take out the *hubs* of a graph, which are the vertices on its boundary and, where vertices may have many ends, those with the
most: it falls into *pieces*. Two pieces on the same hubs that are isomorphic, hubs fixed, are exchanged by an automorphism of the
graph. So of the pieces of one class that a partial match has not touched all are alike, and the matcher goes on with the first.
These are not all automorphisms of a graph; any group of them may be divided by, and what matches lose is only repetition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import lgamma
from typing import TypeAlias

from catenary.diagrams import OpenHypergraph
from catenary.diagrams.equality import label_of, ports_of
from catenary.rewriting.inverse import isomorphism
from catenary.rewriting.twins import Twins

# Its vertices and its edges.
_Piece: TypeAlias = tuple[list[int], list[int]]
_LARGEST = 24  # boxes of a piece that is compared with others


def twins_of(graph: OpenHypergraph) -> Twins | None:
    """The pieces of a graph that may be exchanged; ``None`` if there are none. Of several choices of hubs the one with the
    most symmetries.

    >>> from catenary.diagrams import Box, Ty
    >>> s = Box("s", Ty(), Ty())
    >>> twins_of((s @ s @ s).to_hypergraph()).edges
    (((0,), (1,), (2,)),)
    """
    degree = [0] * len(graph.vertices)
    for edge in graph.edges:
        for v in ports_of(edge):
            degree[v] += 1
    boundary = {*graph.dom, *graph.cod}
    many = [{v for v, d in enumerate(degree) if d >= least} for least in {3, max([3, *degree])}]
    choices = list({frozenset(hubs | boundary) for hubs in [set[int](), *many]})
    best: Twins | None = None
    most = 0.0
    for hubs in sorted(choices, key=sorted):
        found = _pieces(graph, hubs)
        order = sum(lgamma(len(copies) + 1) for copies in found.edges)
        if order > most:
            best, most = found, order
    return best


def _pieces(graph: OpenHypergraph, hubs: Collection[int]) -> Twins:
    shift = len(graph.vertices)
    parent = list(range(shift + len(graph.edges)))

    def top(v: int) -> int:
        while parent[v] != v:
            parent[v] = parent[parent[v]]
            v = parent[v]
        return v

    for e, edge in enumerate(graph.edges):
        for v in ports_of(edge):
            if v not in hubs:
                one, other = top(v), top(shift + e)
                parent[max(one, other)] = min(one, other)
    members: dict[int, tuple[list[int], list[int]]] = {}
    for node in range(len(parent)):
        if node not in hubs:
            vertices, edges = members.setdefault(top(node), ([], []))
            if node < shift:
                vertices.append(node)
            else:
                edges.append(node - shift)
    # What can be told apart cheaply is not compared.
    doctrine = graph.signature.doctrine
    alike: dict[tuple[object, ...], list[_Piece]] = {}
    for vertices, edges in members.values():
        if len(edges) > _LARGEST:
            continue
        rows = [
            (
                hash(label_of(graph.edges[e].box, doctrine)),
                tuple([v if v in hubs else -1 for v in ports_of(graph.edges[e])]),
            )
            for e in edges
        ]
        obs = tuple(sorted([str(graph.vertices[v]) for v in vertices]))
        alike.setdefault((obs, tuple(sorted(rows))), []).append((vertices, edges))
    of_edge: dict[int, tuple[int, int]] = {}
    of_vertex: dict[int, tuple[int, int]] = {}
    classes: list[tuple[tuple[int, ...], ...]] = []
    for found in alike.values():
        for group in _isomorphic(graph, hubs, found) if len(found) > 1 else ():
            for number, (vertices, edges) in enumerate(group):
                of_edge |= dict.fromkeys(edges, (len(classes), number))
                of_vertex |= dict.fromkeys(vertices, (len(classes), number))
            classes.append(tuple([tuple(edges) for _, edges in group]))
    return Twins(of_edge, of_vertex, tuple(classes))


def _isomorphic(graph: OpenHypergraph, hubs: Collection[int], found: list[_Piece]) -> Iterator[list[_Piece]]:
    """The pieces that are isomorphic, hubs fixed, with their edges in corresponding order."""
    groups: list[tuple[OpenHypergraph, list[_Piece]]] = []
    for vertices, edges in found:
        ends = sorted({v for e in edges for v in ports_of(graph.edges[e]) if v in hubs})
        if edges:
            piece = graph.relabel([graph.edges[e] for e in edges], ends, ())
        else:  # a vertex without ends
            piece = OpenHypergraph(tuple([graph.vertices[v] for v in vertices]), (), (), (), graph.signature)
        for first, group in groups:
            by = isomorphism(first, piece)
            if by is not None:
                group.append((vertices, [edges[e] for e in by[0]]))
                break
        else:
            groups.append((piece, [(vertices, edges)]))
    return (group for _, group in groups if len(group) > 1)
