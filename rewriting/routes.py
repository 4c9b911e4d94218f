"""Proofs from routes: which rule leads to which graph, in any doctrine that rewrites."""

from __future__ import annotations

from collections.abc import Iterable

from catenary.diagrams import Diagram, OpenHypergraph, RewriteError
from catenary.diagrams.equality import canonical_form, graph_invariant, normalised
from catenary.rewriting import contexts
from catenary.rewriting.compact import Encoder, canonical_key
from catenary.rewriting.dpo import rewrite
from catenary.rewriting.inverse import given_context, inverse, isomorphism, transported
from catenary.rewriting.matching import Match
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.rule import Rule, is_symmetric
from catenary.rewriting.schemes import redexes, redexes_at, undetermined
from catenary.rewriting.theory import Theory


def follow(
    theory: Theory, start: Diagram, route: Iterable[tuple[Rule, bool, OpenHypergraph]], end: Diagram
) -> Proof:
    """The proof that goes through the given graphs: (rule, direction, graph after it, up to isomorphism) for
    each step.

    Raises:
        RewriteError: if no match of a rule leads to the graph that is named.
    """
    if is_symmetric(theory.signature):
        encoder = Encoder(theory, following=True)
        keys = [(rule, forward, canonical_key(encoder.encode(graph))) for rule, forward, graph in route]
        return encoder.follow(start, keys, end)
    graph = normalised(OpenHypergraph.from_diagram(start.over(theory.signature)))
    steps: list[Step] = []
    for rule, forward, goal in route:
        step = _found(graph, rule, forward, goal) or _undone(graph, rule, forward, goal)
        if step is None:
            raise RewriteError(f"no match of {rule.name} leads to the diagram of step {len(steps) + 1}")
        graph = step[0]
        steps.append(step[1])
    return Proof(start, end, tuple(steps), theory)


def _found(
    graph: OpenHypergraph, rule: Rule, forward: bool, goal: OpenHypergraph
) -> tuple[OpenHypergraph, Step] | None:
    """The step that the matcher finds."""
    wanted, form = graph_invariant(goal), canonical_form(goal)
    for redex in () if undetermined(rule, forward) else redexes(rule, graph, forward):
        result = rewrite(graph, redex.instance, redex.match, forward).graph
        if graph_invariant(result) == wanted and canonical_form(result) == form:
            return result, Step.of(redex)
    return None


def _undone(
    graph: OpenHypergraph, rule: Rule, forward: bool, goal: OpenHypergraph
) -> tuple[OpenHypergraph, Step] | None:
    """The step that undoes one from the goal, where phases are shared out as the matcher does not list."""
    doctrine = graph.signature.doctrine
    if not doctrine.has("copy"):
        return None
    form = canonical_form(graph)
    families = contexts.Site(goal, graph.signature.doctrine, bool(rule.variables))
    for redex in () if undetermined(rule, not forward) else redexes_at(rule, families, not forward):
        if not doctrine.has("spider"):
            left, right = redex.instance.sides(forward)
            context = given_context(contexts.context_of(right, goal, redex.match), right)
            there = normalised(contexts.plug(contexts.context_of(right, goal, redex.match), left)[0])
            if canonical_form(there) == form:
                match = Match((-1,) * len(left.edges), (-1,) * len(left.vertices), context=context)
                result = rewrite(graph, redex.instance, match, forward).graph
                return result, Step(rule.name, forward, match, redex.instance.values)
            continue
        there, match = inverse(goal, redex.instance, redex.match, not forward)
        if canonical_form(there) == form and (by := isomorphism(there, graph)) is not None:
            match = transported(there, match, graph, by)
            result = rewrite(graph, redex.instance, match, forward).graph
            return result, Step(rule.name, forward, match, redex.instance.values)
    return None
