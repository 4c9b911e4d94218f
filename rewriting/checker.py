"""An independent checker of proofs.

It shares no code with the matcher, the rewriter or any search: it imports only :mod:`catenary.diagrams`,
verifies every match by the definition (labels, ports, injectivity, boundary, convexity), replaces it by its
own code with the numbering that :mod:`catenary.rewriting.dpo` states, checks that the result is a diagram,
and compares the last graph with the end by isomorphism.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from catenary.diagrams import (
    CatenaryError,
    Diagram,
    Doctrine,
    Edge,
    Ob,
    OpenHypergraph,
    RewriteError,
    Signature,
)
from catenary.diagrams.equality import isomorphic


class CheckableRule(Protocol):
    """What the checker reads of a rule."""

    @property
    def name(self) -> str: ...
    @property
    def left(self) -> Diagram: ...
    @property
    def right(self) -> Diagram: ...
    @property
    def directed(self) -> bool: ...


class CheckableMatch(Protocol):
    """What the checker reads of a match."""

    @property
    def edges(self) -> tuple[int, ...]: ...
    @property
    def vertices(self) -> tuple[int, ...]: ...


class CheckableStep(Protocol):
    """What the checker reads of a step."""

    @property
    def rule(self) -> str: ...
    @property
    def forward(self) -> bool: ...
    @property
    def match(self) -> CheckableMatch: ...


class CheckableTheory(Protocol):
    """What the checker reads of a theory."""

    @property
    def signature(self) -> Signature: ...
    @property
    def rules(self) -> Iterable[CheckableRule]: ...


class CheckableProof(Protocol):
    """What the checker reads of a proof."""

    @property
    def start(self) -> Diagram: ...
    @property
    def end(self) -> Diagram: ...
    @property
    def steps(self) -> Iterable[CheckableStep]: ...
    @property
    def theory(self) -> CheckableTheory: ...


def check(proof: CheckableProof, theory: CheckableTheory | None = None) -> None:
    """Replay a proof; return if it holds.

    Args:
        proof: the proof.
        theory: the theory whose rules may be used; the one the proof carries unless given. Give it for proofs
            that come from elsewhere, as a proof may carry any rules.

    Raises:
        RewriteError: with the number of the first step that does not hold, and why.
    """
    theory = proof.theory if theory is None else theory
    if theory.signature.doctrine is not Doctrine.SYMMETRIC:
        raise RewriteError(
            f"proofs are checked in the symmetric doctrine, not the {theory.signature.doctrine.value} one"
        )
    rules: dict[str, CheckableRule] = {}
    for rule in theory.rules:
        if rule.name in rules:
            raise RewriteError(f"the theory has two rules called {rule.name!r}")
        rules[rule.name] = rule
    for diagram in (proof.start, proof.end):
        if not theory.signature.includes(diagram.signature):
            raise RewriteError("the proof's diagrams are not over the theory's signature")
    if (proof.start.dom, proof.start.cod) != (proof.end.dom, proof.end.cod):
        raise RewriteError("start and end differ in boundary")
    graph = OpenHypergraph.from_diagram(proof.start)
    for number, step in enumerate(proof.steps, 1):
        try:
            graph = _apply(graph, step, rules)
        except CatenaryError as error:
            raise RewriteError(f"step {number} ({step.rule}): {error}") from None
    if not isomorphic(graph, OpenHypergraph.from_diagram(proof.end)):
        raise RewriteError("the last diagram is not the end of the proof")


def _apply(graph: OpenHypergraph, step: CheckableStep, rules: dict[str, CheckableRule]) -> OpenHypergraph:
    rule = rules.get(step.rule)
    if rule is None:
        raise RewriteError("the theory has no such rule")
    if rule.directed and not step.forward:
        raise RewriteError("the rule is directed and is used backwards")
    old = OpenHypergraph.from_diagram(rule.left if step.forward else rule.right)
    new = OpenHypergraph.from_diagram(rule.right if step.forward else rule.left)
    for side in (old, new):
        if not side.is_monogamous or side.topological_order() is None:
            raise RewriteError("a side of the rule is not a diagram of the symmetric doctrine")
    if (old.dom_type, old.cod_type) != (new.dom_type, new.cod_type):
        raise RewriteError("the rule's sides differ in boundary")
    edges, vertices = tuple(step.match.edges), tuple(step.match.vertices)
    _verify(graph, old, edges, vertices)
    result = _substitute(graph, old, new, edges, vertices)
    result.check()
    if not result.is_monogamous or result.topological_order() is None:
        raise RewriteError("the result is not a diagram of the symmetric doctrine")
    if (result.dom_type, result.cod_type) != (graph.dom_type, graph.cod_type):
        raise RewriteError("the step changed the boundary")
    return result


def _verify(
    graph: OpenHypergraph, old: OpenHypergraph, edges: tuple[int, ...], vertices: tuple[int, ...]
) -> None:
    """Raise unless (edges, vertices) is a convex match of ``old`` in ``graph``."""
    for images, pattern, size in (
        (edges, len(old.edges), len(graph.edges)),
        (vertices, len(old.vertices), len(graph.vertices)),
    ):
        if len(images) != pattern:
            raise RewriteError("the match has the wrong length")
        if any(type(image) is not int or image < 0 or image >= size for image in images):
            raise RewriteError("the match names something that the diagram does not have")
        if len(set(images)) != len(images):
            raise RewriteError("the match is not injective")
    for v, image in enumerate(vertices):
        if old.vertices[v] != graph.vertices[image]:
            raise RewriteError("a wire is matched to a wire of another type")
    for e, image in enumerate(edges):
        here, there = old.edges[e], graph.edges[image]
        if here.box.key != there.box.key:
            raise RewriteError(f"box {here.box} is matched to {there.box}")
        for mine, theirs in ((here.sources, there.sources), (here.targets, there.targets)):
            if tuple([vertices[v] for v in mine]) != theirs:
                raise RewriteError(f"box {here.box} is matched to one that is wired differently")
    # Convexity by the definition: from every wire on which the pattern ends, walk forwards over unmatched
    # boxes.
    matched = set(edges)
    image_wires = set(vertices)
    frontier = [vertices[v] for v in old.cod]
    visited: set[int] = set()
    while frontier:
        wire = frontier.pop()
        for consumer, _ in graph.consumers[wire]:
            if consumer < 0 or consumer in matched or consumer in visited:
                continue
            visited.add(consumer)
            for target in graph.edges[consumer].targets:
                if target in image_wires:
                    raise RewriteError("the match is not convex: a path leaves it and comes back")
                frontier.append(target)


def _substitute(
    graph: OpenHypergraph,
    old: OpenHypergraph,
    new: OpenHypergraph,
    edges: tuple[int, ...],
    vertices: tuple[int, ...],
) -> OpenHypergraph:
    """The graph with the match replaced, numbered as the proof format says.

    Works on ends of wires: every vertex of the graph has an upper end (its producer's side) and a lower end
    (its consumer's), named ``(vertex, 0)`` and ``(vertex, 1)``, which are one vertex unless the match cuts
    between them.
    """
    size = len(graph.vertices)
    removed = set(edges)
    types: list[Ob] = list(graph.vertices)
    lower: dict[int, int] = {}  # cut wires: their lower half
    inputs, outputs = set(old.dom), set(old.cod)
    gone = {vertices[v] for v in range(len(old.vertices)) if v not in inputs and v not in outputs}
    for v in range(len(old.vertices)):
        if v in inputs and v in outputs:
            lower[vertices[v]] = len(types)
            types.append(graph.vertices[vertices[v]])
    holes_in = [vertices[v] for v in old.dom]
    holes_out = [lower.get(vertices[v], vertices[v]) for v in old.cod]
    place: dict[int, int] = {}  # vertex of the new side -> vertex here
    same: dict[int, int] = {}  # vertex here -> the smaller one it is joined with
    for i, v in enumerate(new.dom):
        place[v] = holes_in[i]
    for j, v in enumerate(new.cod):
        if v not in place:
            place[v] = holes_out[j]
            continue
        first, second = sorted((place[v], holes_out[j]))
        same[second] = first
        place[v] = first
    for v in range(len(new.vertices)):
        if v not in place:
            place[v] = len(types)
            types.append(new.vertices[v])
    alive = [v for v in range(len(types)) if v not in gone and v not in same]
    number = {v: i for i, v in enumerate(alive)}

    def top(v: int) -> int:
        return number[same.get(v, v)]

    def bottom(v: int) -> int:
        return top(lower.get(v, v)) if v < size else top(v)

    kept = [
        Edge(edge.box, tuple([bottom(v) for v in edge.sources]), tuple([top(v) for v in edge.targets]))
        for e, edge in enumerate(graph.edges)
        if e not in removed
    ]
    kept += [
        Edge(
            edge.box,
            tuple([top(place[v]) for v in edge.sources]),
            tuple([top(place[v]) for v in edge.targets]),
        )
        for edge in new.edges
    ]
    return OpenHypergraph(
        tuple([types[v] for v in alive]),
        tuple(kept),
        tuple([top(v) for v in graph.dom]),
        tuple([bottom(v) for v in graph.cod]),
        graph.signature,
    )
