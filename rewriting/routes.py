"""Proofs from routes: which rule leads to which graph, in any doctrine that rewrites."""

from __future__ import annotations

from collections.abc import Iterable

from catenary.diagrams import Diagram, OpenHypergraph, RewriteError
from catenary.diagrams.equality import canonical_form, graph_invariant, normalised
from catenary.rewriting import contexts
from catenary.rewriting.compact import Encoder, canonical_key
from catenary.rewriting.dpo import rewrite
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.rule import Rule, is_symmetric
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
        encoder = Encoder(theory)
        keys = [(rule, forward, canonical_key(encoder.encode(graph))) for rule, forward, graph in route]
        return encoder.follow(start, keys, end)
    graph = normalised(OpenHypergraph.from_diagram(start.over(theory.signature)))
    steps: list[Step] = []
    for rule, forward, goal in route:
        wanted, form = graph_invariant(goal), canonical_form(goal)
        site = contexts.Site(graph, theory.signature.doctrine)
        for match in contexts.find(rule.sides(forward)[0], site):
            result = rewrite(graph, rule, match, forward).graph
            if graph_invariant(result) == wanted and canonical_form(result) == form:
                break
        else:
            raise RewriteError(f"no match of {rule.name} leads to the diagram of step {len(steps) + 1}")
        steps.append(Step(rule.name, forward, match))
        graph = result
    return Proof(start, end, tuple(steps), theory)
