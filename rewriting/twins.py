"""Pieces of a graph that may be exchanged, as matching uses them; :mod:`catenary.rewriting.symmetry` finds them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from typing import TypeAlias

from catenary.diagrams import OpenHypergraph

# Ends, by place in their list: those that are like no others, and groups of copies that may be exchanged.
Alike: TypeAlias = tuple[list[int], list[list[list[int]]]]


@dataclass(frozen=True)
class Twins:
    """Pieces that may be exchanged.

    Attributes:
        of_edge, of_vertex: the piece that an edge or vertex is in, as (class, number among its class); nothing else is here.
        edges: for each class its pieces, each by its edges in corresponding order.
    """

    of_edge: Mapping[int, tuple[int, int]]
    of_vertex: Mapping[int, tuple[int, int]]
    edges: tuple[tuple[tuple[int, ...], ...], ...]

    def touched(self, edges: Iterable[int], vertices: Iterable[int]) -> set[tuple[int, int]]:
        """The pieces that some edges and vertices are in."""
        found = {self.of_edge[e] for e in edges if e in self.of_edge}
        return found | {self.of_vertex[v] for v in vertices if v in self.of_vertex}

    def tried(self, piece: tuple[int, int] | None, touched: Collection[tuple[int, int]]) -> bool:
        """Whether a match may go on in a piece: one that it has touched, or the first of its class that it has not."""
        if piece is None or piece in touched:
            return True
        kind, number = piece
        return all((kind, earlier) in touched for earlier in range(number))


class Exchanged:
    """The pieces that a match does not touch, whose ends at the vertices of its image need not be told apart.

    Args:
        twins: the pieces.
        graph: the graph.
        first_end: for each box the place of its first end among all ends of the graph.
        edges, vertices: the image of the match.
    """

    def __init__(
        self,
        twins: Twins,
        graph: OpenHypergraph,
        first_end: Sequence[int],
        edges: Iterable[int],
        vertices: Iterable[int],
    ):
        touched = twins.touched(edges, vertices)
        self.classes: list[list[list[int]]] = []  # the copies of each, by the places of their ends
        for kind, copies in enumerate(twins.edges):
            free = [copy for number, copy in enumerate(copies) if (kind, number) not in touched]
            if len(free) > 1:
                size = [len(edge.sources) + len(edge.targets) for edge in graph.edges]
                self.classes.append(
                    [[p for e in copy for p in range(first_end[e], first_end[e] + size[e])] for copy in free]
                )

    def at(self, ends: Sequence[int], known: Mapping[int, int]) -> Alike:
        """The ends at one vertex, given the blocks of those at some others: copies that differ there are not alike."""
        here = {place: i for i, place in enumerate(ends)}
        groups: list[list[list[int]]] = []
        for copies in self.classes:
            tied: dict[tuple[int, ...], list[list[int]]] = {}
            for places in copies:
                mine = [here[p] for p in places if p in here]
                if mine:
                    tied.setdefault(tuple([known[p] for p in places if p in known]), []).append(mine)
            groups += [group for group in tied.values() if len(group) > 1]
        grouped = {i for group in groups for copy in group for i in copy}
        return [i for i in range(len(ends)) if i not in grouped], groups


def shared_out(
    names: Sequence[int], single: Sequence[int], groups: Sequence[Sequence[Sequence[int]]]
) -> Iterator[dict[int, int]]:
    """The ways to give each place a name, up to the order of copies that may be exchanged; lazily.

    Args:
        names: what is given.
        single: places that are like no others.
        groups: in each some copies, each with its places in corresponding order.

    >>> len(list(shared_out([0, 1], [], [[[0], [1], [2]]])))
    4
    """

    def pool(at: int) -> Iterator[dict[int, int]]:
        if at < 0:
            for row in product(names, repeat=len(single)):
                yield dict(zip(single, row, strict=True))
            return
        copies = groups[at]
        rows = [*product(names, repeat=len(copies[0]))]
        for chosen in combinations_with_replacement(rows, len(copies)):
            yield {
                place: name
                for places, row in zip(copies, chosen, strict=True)
                for place, name in zip(places, row, strict=True)
            }

    open_ = [pool(-1)]
    parts: list[dict[int, int]] = []
    while open_:
        part = next(open_[-1], None)
        if part is None:
            open_.pop()
            if parts:
                parts.pop()
            continue
        if len(open_) <= len(groups):
            parts.append(part)
            open_.append(pool(len(open_) - 1))
            continue
        found = dict(part)
        for other in parts:
            found |= other
        yield found
