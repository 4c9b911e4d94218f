"""Equations that fall apart: what no wire of either side joins is proved by itself, and like parts are proved once.

That parts are equal makes the wholes equal. The converse does not hold (a scalar may be zero), so a part without a proof says
nothing about the whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from catenary.diagrams import Diagram, Equation, OpenHypergraph, RewriteError
from catenary.diagrams.equality import canonical_form, normalised
from catenary.rewriting.dpo import Rewrite, rewrite
from catenary.rewriting.inverse import isomorphism, transported
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.routes import follow
from catenary.rewriting.theory import Theory


@dataclass(frozen=True)
class Part:
    """One part of an equation.

    Attributes:
        equation: the part.
        left: its left side as a part of the whole one: that graph's vertices and edges, renumbered in order.
        edges: their numbers in the whole left side.
        boundary: the places of its boundary among those of the whole (domain, then codomain).
        key: what equal parts share.
    """

    equation: Equation
    left: OpenHypergraph
    edges: tuple[int, ...]
    boundary: tuple[int, ...]
    key: Hashable


def graph_of(diagram: Diagram) -> OpenHypergraph:
    """The graph that a proof about a diagram starts from."""
    return normalised(OpenHypergraph.from_diagram(diagram))


def parts_of(equation: Equation, everything: bool = False) -> tuple[Part, ...]:
    """The parts of an equation whose sides differ, in the order of its boundary. There are none if the sides have
    different scalars, as these come from all parts.

    Args:
        equation: the equation.
        everything: also parts whose sides are equal, and what has no boundary as one part, last.

    >>> from catenary.diagrams import Box, Ty
    >>> f, g = Box("f", Ty("a"), Ty("a")), Box("g", Ty("a"), Ty("a"))
    >>> [str(part.equation.right) for part in parts_of(Equation("two", f @ g @ f, g @ g @ g))]
    ['g', 'g']
    """
    sides = [graph_of(side) for side in (equation.left, equation.right)]
    components = [side.components() for side in sides]
    size = len(sides[0].dom) + len(sides[0].cod)
    root = list(range(size))

    def top(place: int) -> int:
        while root[place] != place:
            place = root[place]
        return place

    closed: list[list[tuple[frozenset[int], frozenset[int]]]] = [[], []]
    first: list[dict[int, frozenset[int]]] = [{}, {}]  # the boxes of a component, by its first place
    for side, found, own, names in zip(sides, components, closed, first, strict=True):
        at: dict[int, list[int]] = {}
        for place, v in enumerate((*side.dom, *side.cod)):
            at.setdefault(v, []).append(place)
        for vertices, edges in found:
            places = sorted([place for v in vertices for place in at.get(v, ())])
            if not places:
                own.append((vertices, edges))
                continue
            names[places[0]] = edges
            for place in places[1:]:
                one, other = top(places[0]), top(place)
                root[max(one, other)] = min(one, other)
    loose = [
        sorted([str(side.vertices[v]) for vs, es in own if not es for v in vs])
        for side, own in zip(sides, closed, strict=True)
    ]
    if loose[0] != loose[1] or (
        not everything and _scalars(sides[0], closed[0]) != _scalars(sides[1], closed[1])
    ):
        return ()
    groups: dict[int, list[int]] = {}
    for place in range(size):
        groups.setdefault(top(place), []).append(place)
    parts = []
    for places in groups.values():
        members = [{e for place in places for e in names.get(place, ())} for names in first]
        parts.append(_part(equation, sides, members, places))
    if everything and any(closed):
        parts.append(_part(equation, sides, [{e for _, es in own for e in es} for own in closed], []))
    return tuple([part for part in parts if everything or part.equation.left != part.equation.right])


def _scalars(
    side: OpenHypergraph, closed: Sequence[tuple[frozenset[int], frozenset[int]]]
) -> Counter[Hashable]:
    return Counter([canonical_form(side.subgraph(edges, (), ())) for _, edges in closed])


def _part(
    equation: Equation, sides: Sequence[OpenHypergraph], members: Sequence[set[int]], places: Sequence[int]
) -> Part:
    count = len(sides[0].dom)
    graphs = []
    for side, edges in zip(sides, members, strict=True):
        row = (*side.dom, *side.cod)
        dom, cod = ([row[p] for p in places if (p < count) is inner] for inner in (True, False))
        graphs.append(side.subgraph(edges, dom, cod))
    left, right = (graph.to_diagram() for graph in graphs)
    claim = Equation(equation.name, left, right, equation.directed)
    key = tuple([canonical_form(graph) for graph in graphs])
    return Part(claim, graphs[0], tuple(sorted(members[0])), tuple(places), key)


def joined(equation: Equation, parts: Iterable[tuple[Part, Proof]], theory: Theory) -> Proof:
    """The proof of an equation from proofs of all parts.

    Raises:
        RewriteError: if a proof does not hold, or a step is not found again in the whole diagram.
    """
    graph = graph_of(equation.left)
    pairs = list(parts)
    numbers = [list(part.edges) for part, _ in pairs]
    steps: list[Step] = []
    for at, (part, proof) in enumerate(pairs):
        start = graph_of(proof.start)
        by = isomorphism(start, part.left)
        if by is None:
            raise RewriteError("the proof of a part is of something else")
        numbers[at] = [numbers[at][e] for e in by[0]]
        for before, step, after in proof.rewrites():
            result = _in_whole(before, graph, numbers[at], part.boundary, step, proof.theory)
            if result is None:
                return _followed(equation, pairs, theory)
            steps.append(result[0])
            whole = result[1]
            moved = {old: new for old, new in enumerate(after.kept) if new >= 0}
            mine = [-1] * len(after.graph.edges)
            for old, new in moved.items():
                mine[new] = whole.kept[numbers[at][old]]
            for old, new in zip(after.added, whole.added, strict=True):
                mine[old] = new
            numbers = [[whole.kept[e] for e in row] if i > at else row for i, row in enumerate(numbers)]
            numbers[at] = mine
            graph = whole.graph
            if any(e < 0 for row in numbers[at:] for e in row):
                return _followed(equation, pairs, theory)
    return Proof(equation.left, equation.right, tuple(steps), theory)


def _in_whole(
    before: OpenHypergraph,
    graph: OpenHypergraph,
    edges: Sequence[int],
    boundary: Sequence[int],
    step: Step,
    theory: Theory,
) -> tuple[Step, Rewrite] | None:
    """A step of a part as one of the whole; ``None`` where its match has a context of its own, or a vertex has no end."""
    if step.match.context is not None:
        return None
    vertices = [-1] * len(before.vertices)
    rows = (*graph.dom, *graph.cod)
    for v, place in zip((*before.dom, *before.cod), boundary, strict=True):
        vertices[v] = rows[place]
    for edge, e in zip(before.edges, edges, strict=True):
        there = graph.edges[e]
        for v, w in zip(edge.sources + edge.targets, there.sources + there.targets, strict=True):
            vertices[v] = w
    if -1 in vertices:
        return None
    match = transported(before, step.match, graph, (tuple(edges), tuple(vertices)), boundary)
    rule = theory.instance(step.rule, dict(step.values))
    return Step(step.rule, step.forward, match, step.values), rewrite(graph, rule, match, step.forward)


def _followed(equation: Equation, pairs: Sequence[tuple[Part, Proof]], theory: Theory) -> Proof:
    """The same by finding each step again in the whole."""
    whole = graph_of(equation.left)
    count = len(whole.dom)
    current = {at: part.left for at, (part, _) in enumerate(pairs)}
    gone = {e for part, _ in pairs for e in part.edges}
    places = {place for part, _ in pairs for place in part.boundary}
    rows = (*whole.dom, *whole.cod)
    rest = [p for p in range(len(rows)) if p not in places]
    outer = whole.subgraph(
        set(range(len(whole.edges))) - gone,
        [rows[p] for p in rest if p < count],
        [rows[p] for p in rest if p >= count],
    )
    route = []
    for at, (_, proof) in enumerate(pairs):
        for _, step, after in proof.rewrites():
            current[at] = after.graph
            graph, order = outer, [p for p in rest if p < count] + [p for p in rest if p >= count]
            for i, (part, _) in enumerate(pairs):
                here = [p for p in order if p < count], [p for p in order if p >= count]
                inner = [p for p in part.boundary if p < count], [p for p in part.boundary if p >= count]
                graph = graph.tensor(current[i])
                order = here[0] + inner[0] + here[1] + inner[1]
            by = dict(zip(order, (*graph.dom, *graph.cod), strict=True))
            row = [by[p] for p in range(len(rows))]
            graph = graph.relabel(graph.edges, row[:count], row[count:], drop=False)
            route.append((proof.theory.instance(step.rule, dict(step.values)), step.forward, graph))
    return follow(theory, equation.left, route, equation.right)
