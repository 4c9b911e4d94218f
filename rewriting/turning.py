"""Search where boxes have no direction: in hypergraph doctrines a rule may say that a box is its own transpose, as the
Hadamard gate is. Then a diagram is one state for all 2^k directions of its k such boxes, and the rule needs no moves.

Diagrams are held by a hash of colour refinement, in which those boxes have two like ports. Two diagrams that refinement does not
tell apart may share it; then a route is not followed, and no proof is made of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations

from catenary.diagrams import Box, Edge, Equation, OpenHypergraph, RewriteError
from catenary.diagrams.equality import label_of, normalised, ports_of
from catenary.rewriting import contexts, holes
from catenary.rewriting.graph_space import GraphSpace
from catenary.rewriting.inverse import isomorphism
from catenary.rewriting.proof import Proof
from catenary.rewriting.routes import follow
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

_ROUNDS = 5
_MOST_TURNED = 8  # boxes of one pattern whose directions are all tried


def turning_laws(theory: Theory) -> dict[Hashable, Rule]:
    """The rules that say that a box is its own transpose, by the box's label."""
    found: dict[Hashable, Rule] = {}
    if not theory.signature.doctrine.has("spider"):
        return found
    for rule in theory.rules:
        if rule.directed or rule.variables or rule.left.dom != rule.left.cod:
            continue
        rows = []
        for side in rule.graphs:
            if len(side.edges) != 1 or len(side.vertices) != 2 or len(side.dom) != 1 or len(side.cod) != 1:
                break
            edge = side.edges[0]
            ends = (side.dom[0], side.cod[0])
            rows.append(
                (edge.box, (*edge.sources, *edge.targets) == ends, (*edge.targets, *edge.sources) == ends)
            )
        if (
            len(rows) == 2
            and rows[0][0] == rows[1][0]
            and {row[1:] for row in rows} == {(True, False), (False, True)}
        ):
            found[label_of(rows[0][0], theory.signature.doctrine)] = rule
    return found


class TurningSpace(GraphSpace):
    """Diagrams of a hypergraph doctrine up to the direction of boxes that are their own transposes."""

    exact = False

    def __init__(self, theory: Theory):
        super().__init__(theory)
        self.doctrine = theory.signature.doctrine
        self.laws = turning_laws(theory)
        self.numbers: dict[Hashable, int] = {}
        self.of_box: dict[Box, tuple[int, bool]] = {}
        self.rules = [rule for rule in theory.rules if rule not in self.laws.values()]
        self.variants = {
            (rule.name, forward): list(self._variants(rule.sides(forward)[0]))
            for rule in self.rules
            for forward in (True, False)
        }

    def _kind(self, box: Box) -> tuple[int, bool]:
        found = self.of_box.get(box)
        if found is None:
            label = label_of(box, self.doctrine)
            found = self.of_box[box] = (self.numbers.setdefault(label, len(self.numbers)), label in self.laws)
        return found

    def turnable(self, graph: OpenHypergraph) -> list[int]:
        """The boxes that have no direction."""
        return [e for e, edge in enumerate(graph.edges) if self._kind(edge.box)[1]]

    def _variants(self, side: OpenHypergraph) -> Iterator[tuple[tuple[int, ...], OpenHypergraph]]:
        """A pattern in all directions of its boxes, those that look alike once."""
        seen: set[Hashable] = set()
        for turned in _subsets(self.turnable(side)[:_MOST_TURNED]):
            graph = _turned(side, turned)
            key = self.colour(graph, directed=True)
            if key not in seen:
                seen.add(key)
                yield turned, graph

    def colour(self, graph: OpenHypergraph, directed: bool = False) -> int:
        """The hash of a graph, boundary included."""
        count = len(graph.vertices)
        colours = [hash(ob.name) for ob in graph.vertices]
        for i, v in enumerate((*graph.dom, *graph.cod)):
            colours[v] = hash((colours[v], i))
        rows = []
        for edge in graph.edges:
            number, free = self._kind(edge.box)
            rows.append((number, free and not directed, ports_of(edge)))
        for _ in range(_ROUNDS):
            sums = [0] * count
            for number, free, ports in rows:
                around = [colours[v] for v in ports]
                if free:
                    one, other = around
                    sums[ports[0]] += hash((number, one, other))
                    sums[ports[1]] += hash((number, other, one))
                else:
                    whole = hash((number, *around))
                    for port, v in enumerate(ports):
                        sums[v] += hash((whole, port))
            colours = [hash((old, more)) for old, more in zip(colours, sums, strict=True)]
        ends = tuple([colours[v] for v in (*graph.dom, *graph.cod)])
        return hash((tuple(sorted(colours)), ends, tuple(sorted([number for number, *_ in rows]))))

    def form(self, graph: OpenHypergraph) -> Hashable:
        """The hash of a graph, where boxes have no direction."""
        return self.colour(graph)

    def moves(self, key: Hashable, side: tuple[Rule, bool]) -> Iterator[tuple[Rule, Hashable]]:
        rule, forward = side
        graph = self.graphs[key]
        site = self.site(key)
        new = rule.sides(forward)[1]
        for _, pattern in self.variants[rule.name, forward]:
            for match in contexts.find(pattern, site):
                context = holes.context_of(pattern, graph, match)
                yield rule, self._hold(normalised(holes.plug(context, new)[0]))

    def proof(self, equation: Equation, route: list[tuple[Rule, bool, Hashable]]) -> Proof:
        """The proof of a route, boxes turned over where they have to be.

        Raises:
            RewriteError: if a step of the route is not found again.
        """
        graph = normalised(OpenHypergraph.from_diagram(equation.left.over(self.theory.signature)))
        steps: list[tuple[Rule, bool, OpenHypergraph]] = []

        def turn(some: Sequence[int]) -> None:
            nonlocal graph
            for e in some:
                graph = _turned(graph, (e,))
                steps.append((self.laws[label_of(graph.edges[e].box, self.doctrine)], True, graph))

        for rule, forward, goal in route:
            turned, result = self._again(graph, rule, forward, goal)
            turn(turned)
            steps.append((rule, forward, result))
            graph = result
        turn(
            self._difference(
                graph, normalised(OpenHypergraph.from_diagram(equation.right.over(self.theory.signature)))
            )
        )
        return follow(self.theory, equation.left, steps, equation.right)

    def _again(
        self, graph: OpenHypergraph, rule: Rule, forward: bool, goal: Hashable
    ) -> tuple[list[int], OpenHypergraph]:
        site = contexts.Site(graph, self.doctrine)
        new = rule.sides(forward)[1]
        for turned, pattern in self.variants[rule.name, forward]:
            for match in contexts.find(pattern, site):
                result = normalised(holes.plug(holes.context_of(pattern, graph, match), new)[0])
                if self.colour(result) == goal:
                    return [match.edges[e] for e in turned], result
        raise RewriteError(f"no match of {rule.name} leads to the next diagram of the route")

    def _difference(self, graph: OpenHypergraph, goal: OpenHypergraph) -> list[int]:
        """The boxes to turn over to have the goal."""
        by = isomorphism(self._halves(graph), self._halves(goal))
        if by is None:
            raise RewriteError("the last diagram of the route is not the end of the proof")
        edges, vertices = by
        places = [e for e, edge in enumerate(goal.edges) for _ in range(1 + self._kind(edge.box)[1])]
        found, at = [], 0
        for e, edge in enumerate(graph.edges):
            if self._kind(edge.box)[1]:
                theirs = goal.edges[places[edges[at]]]
                mine = tuple([vertices[v] for v in (*edge.sources, *edge.targets)])
                if mine != (*theirs.sources, *theirs.targets):
                    found.append(e)
                at += 1
            at += 1
        return found

    def _halves(self, graph: OpenHypergraph) -> OpenHypergraph:
        """The graph with two like halves for each box without a direction, joined in the middle."""
        edges: list[Edge] = []
        vertices = list(graph.vertices)
        for edge in graph.edges:
            if not self._kind(edge.box)[1]:
                edges.append(edge)
                continue
            half = Box(f"half of {edge.box.name}", edge.box.dom, edge.box.cod)
            vertices.append(graph.vertices[edge.sources[0]])
            middle = (len(vertices) - 1,)
            edges += [Edge(half, edge.sources, middle), Edge(half, edge.targets, middle)]
        return OpenHypergraph(tuple(vertices), tuple(edges), graph.dom, graph.cod, graph.signature)


def _turned(graph: OpenHypergraph, some: Sequence[int]) -> OpenHypergraph:
    if not some:
        return graph
    edges = list(graph.edges)
    for e in some:
        edges[e] = Edge(edges[e].box, edges[e].targets, edges[e].sources)
    return OpenHypergraph(graph.vertices, tuple(edges), graph.dom, graph.cod, graph.signature)


def _subsets(items: Sequence[int]) -> Iterator[tuple[int, ...]]:
    for size in range(len(items) + 1):
        yield from combinations(items, size)
