"""Critical pairs of rules in the symmetric doctrine: the least diagrams in which two left-hand sides overlap.

Two occurrences that share no box can be rewritten one after the other in either order; so what has to be looked at is
pairs of left-hand sides glued along boxes, and along wires as the shared boxes say, both convex in the result (Bonchi,
Gadducci, Kissinger, Sobociński, Zanasi, *String diagram rewrite theory III: confluence with and without Frobenius*, arXiv
2109.06049). If rewriting terminates and both results of every pair have one normal form, every diagram has one.

The list is complete where both left-hand sides are connected by directed paths from each input to each output, as
then no path outside can lead from one occurrence into the other and back; other rules are named in the report.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from catenary.diagrams import Box, Diagram, DoctrineError, Edge, OpenHypergraph, Ty, free
from catenary.diagrams.equality import canonical_form
from catenary.rewriting.dpo import rewrite
from catenary.rewriting.matching import Match, Pattern, Wiring, is_convex
from catenary.rewriting.proof import Proof
from catenary.rewriting.routes import follow
from catenary.rewriting.rule import Rule, is_symmetric
from catenary.rewriting.strategies import Normalised, Strategy, normalise
from catenary.rewriting.termination import Termination, termination
from catenary.rewriting.theory import Theory


@dataclass(frozen=True, eq=False)
class CriticalPair:
    """An overlap of two left-hand sides.

    Attributes:
        rules: the two rules.
        graph: the least diagram in which both can be used.
        matches: where.
        results: the diagram after each.
        joined: whether both results have one normal form; ``None`` where that was not found out.
        normal_forms: of the results, where they were computed.
    """

    rules: tuple[Rule, Rule]
    graph: OpenHypergraph
    matches: tuple[Match, Match]
    results: tuple[OpenHypergraph, OpenHypergraph]
    joined: bool | None = None
    normal_forms: tuple[Diagram, Diagram] | None = None

    def __str__(self) -> str:
        verdict = {True: "joined", False: "not joined", None: "open"}[self.joined]
        return f"{self.rules[0].name} and {self.rules[1].name} on {self.graph.to_diagram()}: {verdict}"


@dataclass(frozen=True)
class Confluence:
    """What critical pairs say about a set of rules.

    Attributes:
        pairs: all critical pairs.
        order: the termination order, if one was found.
        confluent: whether every diagram has at most one normal form: ``None`` where that is not decided here.
        reason: why.
    """

    pairs: tuple[CriticalPair, ...]
    order: Termination | None
    confluent: bool | None
    reason: str


def critical_pairs(rules: Theory | Iterable[Rule]) -> Iterator[CriticalPair]:
    """The critical pairs of rules read from left to right, lazily, each once; whether they can be joined is not tried.

    Raises:
        DoctrineError: in other doctrines than the symmetric one.

    >>> from catenary.rewriting.library import monoid
    >>> print(*[f"{pair.graph.to_diagram()}" for pair in critical_pairs(monoid())], sep=chr(10))
    m @ a a >> m @ a >> m
    u @ a a >> m @ a >> m
    a @ u @ a >> m @ a >> m
    m >> a @ u >> m
    u >> a @ u >> m
    """
    if isinstance(rules, Theory):
        rules.require_fixed_arity("critical pairs")
    table = list(rules)
    for rule in table:
        if not is_symmetric(rule.signature):
            raise DoctrineError("critical pairs", rule.signature.doctrine.value, ["symmetric"])
    for i, first in enumerate(table):
        for second in table[i:]:
            yield from _overlaps(first, second)


def confluence(theory: Theory, *, steps: int = 1000) -> Confluence:
    """List the critical pairs of a theory's rules, read from left to right, and try to join them.

    Args:
        theory: the rules.
        steps: the bound on steps to each normal form where no termination order is found.

    >>> from catenary.rewriting.library import bialgebra, monoid
    >>> confluence(monoid()).confluent
    True
    """
    theory.require_fixed_arity("confluence")
    order = termination(theory)
    strategy = Strategy(steps=None, order=order) if order is not None else Strategy(steps=steps)
    pairs: list[CriticalPair] = []
    for pair in critical_pairs(theory):
        ends: list[Normalised] = [normalise(result.to_diagram(), theory, strategy) for result in pair.results]
        forms = ends[0].diagram, ends[1].diagram
        joined = forms[0] == forms[1] or (None if not all(end.finished for end in ends) else False)
        pairs.append(CriticalPair(pair.rules, pair.graph, pair.matches, pair.results, joined, forms))
    apart = [pair for pair in pairs if pair.joined is False]
    partial = [rule.name for rule in theory if not _left_connected(rule) or rule.variables]
    if apart:
        names = ", ".join(dict.fromkeys(f"{pair.rules[0].name}/{pair.rules[1].name}" for pair in apart))
        return Confluence(tuple(pairs), order, False, f"two normal forms: {names}")
    if any(pair.joined is None for pair in pairs):
        return Confluence(tuple(pairs), order, None, f"no normal form within {steps} steps")
    if order is None:
        return Confluence(
            tuple(pairs), order, None, "all pairs are joined, and no termination order was found"
        )
    if partial:
        why = f"all pairs are joined, and the list may be incomplete for {', '.join(partial)}"
        return Confluence(tuple(pairs), order, None, why)
    return Confluence(tuple(pairs), order, True, "all pairs are joined, and rewriting terminates")


def peak(pair: CriticalPair, theory: Theory) -> Proof:
    """The proof that the two results of a pair are equal, through the diagram in which the rules overlap: what a
    completion would add as a rule.

    Raises:
        RewriteError: for a directed rule, which cannot be read backwards.
    """
    one, other = (result.to_diagram() for result in pair.results)
    route = [(pair.rules[0], False, pair.graph), (pair.rules[1], True, pair.results[1])]
    return follow(theory, one, route, other)


def _left_connected(rule: Rule) -> bool:
    """Whether the left side has boxes, in one piece, and a path from each input to each output."""
    graph = rule.graphs[0]
    pattern = Pattern(Wiring.of(graph))
    if len(pattern.components) != 1 or pattern.lone_wires:
        return False
    consumer = pattern.wiring.consumer
    for v in graph.dom:
        seen, stack = {v}, [v]
        while stack:
            e = consumer[stack.pop()][0]
            for w in graph.edges[e].targets if e >= 0 else ():
                if w not in seen:
                    seen.add(w)
                    stack.append(w)
        if not seen.issuperset(graph.cod):
            return False
    return True


def _overlaps(first: Rule, second: Rule) -> Iterator[CriticalPair]:
    one, other = first.graphs[0], second.graphs[0]
    seeds = [
        (p, q)
        for p, mine in enumerate(one.edges)
        for q, theirs in enumerate(other.edges)
        if mine.box == theirs.box
    ]
    done: set[frozenset[tuple[int, int]]] = set()
    forms = set()
    stack = [frozenset([seed]) for seed in reversed(seeds)]
    while stack:
        closed = _closure(one, other, stack.pop())
        if closed is None or closed in done:
            continue
        done.add(closed)
        stack += [closed | {seed} for seed in reversed(seeds) if seed not in closed]
        if first is second and all(p == q for p, q in closed) and len(closed) == len(one.edges):
            continue
        pair = _glued(first, second, closed)
        if pair is None:
            continue
        form = _form(pair)
        if form not in forms:
            forms.add(form)
            if first is second:
                forms.add(_form(CriticalPair(pair.rules, pair.graph, pair.matches[::-1], pair.results[::-1])))
            yield pair


def _closure(
    one: OpenHypergraph, other: OpenHypergraph, pairs: frozenset[tuple[int, int]]
) -> frozenset[tuple[int, int]] | None:
    """The boxes that have to be shared if these are, as every wire has one producer and one consumer; ``None`` if that is
    impossible.
    """
    found: dict[int, int] = {}
    back: dict[int, int] = {}
    stack = list(pairs)
    mine, theirs = Wiring.of(one), Wiring.of(other)
    while stack:
        p, q = stack.pop()
        if p in found or q in back:
            if found.get(p) != q:
                return None
            continue
        if one.edges[p].box != other.edges[q].box:
            return None
        found[p], back[q] = q, p
        rows = (
            (one.edges[p].sources, other.edges[q].sources),
            (one.edges[p].targets, other.edges[q].targets),
        )
        for v, w in (pair for row in rows for pair in zip(*row, strict=True)):
            for at, there in ((mine.producer[v], theirs.producer[w]), (mine.consumer[v], theirs.consumer[w])):
                if at[0] >= 0 and there[0] >= 0:
                    if at[1] != there[1]:
                        return None
                    stack.append((at[0], there[0]))
    return frozenset(found.items())


def _glued(first: Rule, second: Rule, pairs: frozenset[tuple[int, int]]) -> CriticalPair | None:
    one, other = first.graphs[0], second.graphs[0]
    image: dict[int, int] = {}
    for p, q in sorted(pairs):
        rows = (one.edges[p].sources + one.edges[p].targets, other.edges[q].sources + other.edges[q].targets)
        for v, w in zip(*rows, strict=True):
            if image.setdefault(w, v) != v:
                return None
    if len(set(image.values())) < len(image):
        return None
    obs = list(one.vertices)
    for w, ob in enumerate(other.vertices):
        if w not in image:
            image[w] = len(obs)
            obs.append(ob)
    shared = {q: p for p, q in pairs}
    edges = list(one.edges)
    places = []
    for q, edge in enumerate(other.edges):
        if q in shared:
            places.append(shared[q])
            continue
        places.append(len(edges))
        sources, targets = (tuple([image[w] for w in row]) for row in (edge.sources, edge.targets))
        edges.append(Edge(edge.box, sources, targets))
    made = [v for edge in edges for v in edge.targets]
    used = [v for edge in edges for v in edge.sources]
    if len(set(made)) < len(made) or len(set(used)) < len(used):
        return None
    dom = [v for v in range(len(obs)) if v not in set(made)]
    cod = [v for v in range(len(obs)) if v not in set(used)]
    graph = OpenHypergraph(
        tuple(obs), tuple(edges), tuple(dom), tuple(cod), first.signature.join(second.signature)
    )
    if graph.topological_order() is None:
        return None
    graph = _in_reading_order(graph)
    target = Wiring.of(graph)
    matches = (
        Match(tuple(range(len(one.edges))), tuple(range(len(one.vertices)))),
        Match(tuple(places), tuple([image[w] for w in range(len(other.vertices))])),
    )
    for side, match in zip((one, other), matches, strict=True):
        if not is_convex(Pattern(Wiring.of(side)), target, match.edges, match.vertices):
            return None
    results = [
        rewrite(graph, rule, match).graph for rule, match in zip((first, second), matches, strict=True)
    ]
    return CriticalPair((first, second), graph, matches, (results[0], results[1]))


def _form(pair: CriticalPair) -> Hashable:
    """The pair up to isomorphism: its graph with the boxes of each occurrence marked, and its boundary without an order."""
    marks = [set(match.edges) for match in pair.matches]
    graph = pair.graph
    edges = [
        Edge(edge.box.replace(name=f"{edge.box.name} {[e in m for m in marks]}"), edge.sources, edge.targets)
        for e, edge in enumerate(graph.edges)
    ]
    ends = [Ty.of((ob,)) for ob in graph.vertices]
    edges += [Edge(Box("in", Ty(), ends[v]), (), (v,)) for v in graph.dom]
    edges += [Edge(Box("out", ends[v], Ty()), (v,), ()) for v in graph.cod]
    return canonical_form(OpenHypergraph(graph.vertices, tuple(edges), (), (), free()))


def _in_reading_order(graph: OpenHypergraph) -> OpenHypergraph:
    """The graph with its inputs in the order in which its outputs, left to right, need them."""
    outputs = set(graph.cod)
    maker = {v: edge for edge in graph.edges for v in edge.targets}
    inputs: list[int] = []
    seen: set[int] = set()

    def read(v: int) -> None:
        stack = [v]
        while stack:
            w = stack.pop()
            if w in seen:
                continue
            seen.add(w)
            edge = maker.get(w)
            if edge is None:
                inputs.append(w)
            else:
                stack += reversed(edge.sources)

    cod = [v for edge in graph.edges for v in edge.targets if v in outputs]
    cod += [v for v in graph.cod if v not in set(cod)]
    for v in cod:
        read(v)
    inputs += [v for v in graph.dom if v not in seen]
    return OpenHypergraph(graph.vertices, graph.edges, tuple(inputs), tuple(cod), graph.signature)


__all__ = ["Confluence", "CriticalPair", "confluence", "critical_pairs", "peak"]
