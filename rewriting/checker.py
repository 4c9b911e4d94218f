"""An independent checker of proofs.

It shares no code with matcher, rewriter or searches: it imports only :mod:`catenary.diagrams`. A step holds if
the graph is ``context[left]`` and the next graph is ``context[right]`` for a diagram with one hole, which the match
describes, and the rule's instance for the step's values. So for every step both are made, and

1. with one box in the hole it must be a diagram of the doctrine (in the symmetric one this is convexity);
2. with the rule's one side in the hole it must be the graph, vertex by vertex and box by box;
3. with the other side in the hole it is the next graph, numbered as :mod:`catenary.rewriting.dpo` states.

The last graph is compared with the end by isomorphism.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Protocol

from catenary.diagrams import (
    Box,
    CatenaryError,
    Diagram,
    Doctrine,
    Edge,
    Equation,
    Ob,
    OpenHypergraph,
    Phase,
    RewriteError,
    Signature,
    Spider,
    Ty,
)
from catenary.diagrams.conditions import Condition
from catenary.diagrams.equality import isomorphic, label_of, normalised, ports_of
from catenary.diagrams.hypergraph import is_phase
from catenary.diagrams.phases import is_full_turn
from catenary.diagrams.text import EquationFamily

DOCTRINES = ("symmetric", "traced", "compact", "hypergraph", "markov", "cartesian")


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
    @property
    def variables(self) -> tuple[str, ...]: ...
    @property
    def where(self) -> tuple[Condition, ...]: ...


class CheckableTheory(Protocol):
    """What the checker reads of a theory; also its ``families``, if it has any."""

    @property
    def signature(self) -> Signature: ...
    @property
    def rules(self) -> Iterable[CheckableRule]: ...


class CheckableProof(Protocol):
    """What the checker reads of a proof, whose steps are as :class:`catenary.rewriting.Step` says."""

    @property
    def start(self) -> Diagram: ...
    @property
    def end(self) -> Diagram: ...
    @property
    def steps(self) -> Iterable[Any]: ...
    @property
    def theory(self) -> CheckableTheory: ...


def check(proof: CheckableProof, theory: CheckableTheory | None = None) -> None:
    """Replay a proof; return if it holds.

    Args:
        proof: the proof.
        theory: whose rules may be used; the one the proof carries unless given. Give it for proofs from elsewhere.

    Raises:
        RewriteError: with the number of the first step that does not hold, and why.
    """
    theory = theory or proof.theory
    if theory.signature.doctrine.value not in DOCTRINES:
        raise RewriteError(f"proofs are not checked in the {theory.signature.doctrine.value} doctrine")
    rules: dict[str, CheckableRule] = {}
    for rule in (*theory.rules, *getattr(theory, "families", ())):
        if rule.name in rules:
            raise RewriteError(f"the theory has two rules called {rule.name!r}")
        rules[rule.name] = rule
    for diagram in (proof.start, proof.end):
        if not theory.signature.includes(diagram.signature):
            raise RewriteError("the proof's diagrams are not over the theory's signature")
    if (proof.start.dom, proof.start.cod) != (proof.end.dom, proof.end.cod):
        raise RewriteError("start and end differ in boundary")
    graph = normalised(OpenHypergraph.from_diagram(proof.start))
    for number, step in enumerate(proof.steps, 1):
        try:
            graph = _apply(graph, step, rules)
        except CatenaryError as error:
            raise RewriteError(f"step {number} ({step.rule}): {error}") from None
    if not isomorphic(graph, OpenHypergraph.from_diagram(proof.end)):
        raise RewriteError("the last diagram is not the end of the proof")


def _apply(graph: OpenHypergraph, step: Any, rules: dict[str, CheckableRule]) -> OpenHypergraph:
    if (rule := rules.get(step.rule)) is None:
        raise RewriteError("the theory has no such rule")
    if rule.directed and not step.forward:
        raise RewriteError("the rule is directed and is used backwards")
    if len(dict(step.values)) < len(step.values):
        raise RewriteError("a variable has two values")
    scheme = getattr(rule, "family", None)  # an equation for all numbers of legs
    if not isinstance(scheme, EquationFamily):
        scheme = Equation(rule.name, rule.left, rule.right, rule.directed, rule.variables, rule.where)
    instance = scheme.instance(dict(step.values))
    sides = [normalised(OpenHypergraph.from_diagram(side)) for side in (instance.left, instance.right)]
    old, new = sides if step.forward else sides[::-1]
    for side in (old, new):
        OpenHypergraph(side.vertices, side.edges, side.dom, side.cod, graph.signature).check()
    if (old.dom_type, old.cod_type) != (new.dom_type, new.cod_type):
        raise RewriteError("the rule's sides differ in boundary")
    if step.match.context is not None:
        return _in_context(graph, step.match.context, old, new)
    context = _Context(graph, old, step.match)
    size, vertices = len(old.dom), tuple([old.vertices[v] for v in old.dom + old.cod])
    points = tuple(range(len(vertices)))
    edge = Edge(Box("hole", old.dom_type, old.cod_type), points[:size], points[size:])
    hole = OpenHypergraph(vertices, (edge,), edge.sources, edge.targets, graph.signature)
    try:
        context.fill(hole)[0].check()
    except CatenaryError as error:
        raise RewriteError(f"the match is not convex, or its context no diagram: {error}") from None
    # With the old side in the hole: every vertex is over one of the graph, and these are as many.
    whole, place, inside = context.fill(old)
    over = dict(zip(place, context.over, strict=True))
    for v, w in zip(inside, step.match.vertices, strict=True):
        if over.setdefault(v, w) != w:
            raise RewriteError("the match is not a map of open hypergraphs")
    if len(whole.vertices) != len(graph.vertices) or len(set(over.values())) != len(graph.vertices):
        raise RewriteError("the rule's side in its context is not the diagram")
    compared = whole.edges[: len(context.kept)] + whole.edges[len(context.edges) :]
    for mine, e in zip(compared, (*context.kept, *step.match.edges), strict=True):
        if e < 0:  # a summand of a phase, compared when the context was made
            continue
        theirs = graph.edges[e]
        doctrine = graph.signature.doctrine
        if mine.box is not theirs.box and label_of(mine.box, doctrine) != label_of(theirs.box, doctrine):
            raise RewriteError(f"box {mine.box} is matched to {theirs.box}")
        if tuple([over[v] for v in ports_of(mine)]) != ports_of(theirs):
            raise RewriteError(f"box {mine.box} is matched to one that is wired differently")
    if any(whole.vertices[v] != graph.vertices[w] for v, w in over.items()):
        raise RewriteError("a wire is matched to a wire of another type")
    for row, wanted in ((whole.dom, graph.dom), (whole.cod, graph.cod)):
        if tuple([over[v] for v in row]) != wanted:
            raise RewriteError("the match changes the boundary")
    result = context.fill(new)[0]
    result.check()
    if (result.dom_type, result.cod_type) != (graph.dom_type, graph.cod_type):
        raise RewriteError("the step changed the boundary")
    return normalised(result)


def _in_context(
    graph: OpenHypergraph, given: OpenHypergraph, old: OpenHypergraph, new: OpenHypergraph
) -> OpenHypergraph:
    """A step where boxes are shared or discarded: the context is given, its last box is the hole."""
    signature = graph.signature
    if not signature.doctrine >= Doctrine.MARKOV:
        raise RewriteError("a context is given in doctrines that copy alone")
    holes = [edge.box for edge in given.edges[-1:]]
    if [(box.dom, box.cod) for box in holes] != [(old.dom_type, old.cod_type)]:
        raise RewriteError("the context's last box is no hole for the rule")
    *edges, hole = given.edges
    for box in (edge.box for edge in edges):  # what is discarded is not seen, and must exist all the same
        if not signature.includes(box.signature) or box.name not in (signature.generators or (box.name,)):
            raise RewriteError(f"{box} in the context is no box of the theory")
    replace(given, signature=signature).check()
    context = _Context.__new__(_Context)
    context.signature, context.types, context.gone = signature, list(given.vertices), set()
    context.edges, context.dom, context.cod = edges, given.dom, given.cod
    context.holes = [*hole.sources, *hole.targets]
    before, after = (normalised(context.fill(side)[0]) for side in (old, new))
    after.check()
    if not isomorphic(before, graph):
        raise RewriteError("the rule's side in the given context is not the diagram")
    return after


class _Context:
    """The graph without the match. ``types``: of its vertices, numbered as the proof format says; ``over``: for
    each of those that are not in the hole the graph's vertex it is a part of; ``holes``: the vertex at each point.
    """

    def __init__(self, graph: OpenHypergraph, old: OpenHypergraph, match: Any):
        boundary = old.dom + old.cod
        places, vertices = tuple(match.edges), tuple(match.vertices)
        glue, ends, phases = tuple(match.glue), tuple(match.ends), [k for k, _ in match.phases]
        shared = [edge for edge, e in zip(old.edges, places, strict=False) if e == -1 and is_phase(edge)]
        edges = tuple([e for e in places if e != -1])
        symmetric = graph.signature.doctrine is Doctrine.SYMMETRIC
        if symmetric and not glue and not ends:  # every point is a block
            glue = tuple(range(len(boundary)))
        sizes = (len(graph.edges), len(graph.vertices), len(boundary), len(boundary), len(boundary))
        for images, size in zip((edges, vertices, glue, ends, phases), sizes, strict=True):
            if any(type(image) is not int or not 0 <= image < size for image in images):
                raise RewriteError("the match names something that the diagram does not have")
        lengths = (len(places), len(edges) + len(shared), len(vertices), len(glue))
        if lengths != (len(old.edges), len(old.edges), len(old.vertices), len(boundary)):
            raise RewriteError("the match has the wrong length")
        if len(set(edges)) != len(edges):
            raise RewriteError("the match is not injective")
        at = [vertices[v] for v in boundary]  # the graph's vertex at each point
        for k, b in enumerate(glue):
            if b > k or glue[b] != b or at[b] != at[k]:
                raise RewriteError(f"point {k} of the match is in no block {b}")
        first = {at[k]: k for k in sorted(set(glue), reverse=True)}
        others = [k for k in sorted(set(glue), key=lambda k: (boundary[k], k)) if first[at[k]] != k]
        number = {k: at[k] for k in first.values()}
        number |= {k: len(graph.vertices) + i for i, k in enumerate(others)}
        self.signature = graph.signature
        self.types: list[Ob] = [*graph.vertices, *(graph.vertices[at[k]] for k in others)]
        self.gone = set(vertices) - set(first)
        self.over = [w for w in range(len(graph.vertices)) if w not in self.gone] + [at[k] for k in others]
        self.holes = [number[b] for b in glue]
        self.kept = [e for e in range(len(graph.edges)) if e not in set(edges)]
        image, rest = set(vertices), list(reversed(ends))

        def place(row: tuple[int, ...], comes_in: bool) -> tuple[int, ...]:
            found = []
            for w in row:
                if w not in image:
                    found.append(w)
                    continue
                if symmetric and not ends:  # what comes in ends at a point of the domain
                    side = range(len(old.dom)) if comes_in else range(len(old.dom), len(boundary))
                    blocks = [k for k in side if at[k] == w][:1]
                else:
                    blocks = [rest.pop()] if rest else []
                if not blocks or number.get(blocks[0]) is None or at[blocks[0]] != w:
                    raise RewriteError("the match does not say where an end of a wire goes")
                found.append(number[blocks[0]])
            return tuple(found)

        self.edges: list[Edge] = []
        for edge in (graph.edges[e] for e in self.kept):
            sources = place(edge.sources, False)
            self.edges.append(Edge(edge.box, sources, place(edge.targets, True)))
        self.dom, self.cod = place(graph.dom, True), place(graph.cod, False)
        if rest:
            raise RewriteError("the match has the wrong length")
        total: dict[int, Phase] = {}
        for edge in shared:  # a summand of the phase of a vertex
            total[vertices[edge.targets[0]]] = total.get(vertices[edge.targets[0]], 0) + edge.box.params[0]
        for k, phase in match.phases:  # what is left of it, in the blocks that the vertex falls into
            one = Edge(Spider(0, 1, Ty.of((graph.vertices[at[k]],)), phase=phase), (), (number.get(k, 0),))
            if k not in number or not is_phase(one) or not graph.signature.doctrine.has("spider"):
                raise RewriteError(f"the match has no phase in block {k}")
            total[at[k]] = total.get(at[k], 0) + phase
            self.edges.append(one)
        if not all(is_full_turn(phase) for phase in total.values()):
            raise RewriteError("the match changes the phase of a vertex")

    def fill(self, side: OpenHypergraph) -> tuple[OpenHypergraph, list[int], list[int]]:
        """The context with a side in the hole, and the numbers there of its own vertices and of the side's."""
        types = self.types + list(side.vertices)
        root = list(range(len(types)))
        shift = len(self.types)
        for v, w in zip(side.dom + side.cod, self.holes, strict=True):
            one, other = _top(root, v + shift), _top(root, w)
            root[max(one, other)] = min(one, other)
        alive = [v for v in range(len(types)) if root[v] == v and v not in self.gone]
        number = {v: i for i, v in enumerate(alive)}
        name = [number.get(_top(root, v), -1) for v in range(len(types))]

        def names(row: Iterable[int], by: int = 0) -> tuple[int, ...]:
            return tuple([name[v + by] for v in row])

        edges = [
            Edge(e.box, tuple([name[v] for v in e.sources]), tuple([name[v] for v in e.targets]))
            for e in self.edges
        ]
        edges += [Edge(e.box, names(e.sources, shift), names(e.targets, shift)) for e in side.edges]
        own = names(v for v in range(shift) if v not in self.gone)
        graph = OpenHypergraph(
            tuple([types[v] for v in alive]), tuple(edges), names(self.dom), names(self.cod), self.signature
        )
        return graph, list(own), list(names(range(len(side.vertices)), shift))


def _top(root: list[int], v: int) -> int:
    while root[v] != v:
        v = root[v]
    return v
