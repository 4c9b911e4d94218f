"""Proofs that were changed by hand: wrong match, wrong rule, swapped steps, stale numbers. None is accepted unless the steps are
a proof after all, which the tensors decide.
"""

import random
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import OpenHypergraph, RewriteError
from catenary.rewriting import Match, Proof, Step, check, matches, rewrite
from catenary.rewriting.library import hopf

THEORY = hopf(commutative=True, cocommutative=True)


def honest(random_diagram, rng: random.Random) -> Proof:
    start = random_diagram(rng, THEORY.signature, 6, width=rng.randint(0, 3), most=4)
    graph = OpenHypergraph.from_diagram(start)
    steps = []
    for _ in range(5):
        rules = [(rule, forward) for rule in THEORY for forward in (True, False)]
        rng.shuffle(rules)
        for rule, forward in rules:
            left, right = rule.sides(forward)
            found = list(matches(left, graph)) if len(graph.edges) + len(right.edges) < 12 else []
            if found:
                match = rng.choice(found)
                graph = rewrite(graph, rule, match, forward).graph
                steps.append(Step(rule.name, forward, match))
                break
    return Proof(start, graph.to_diagram(), tuple(steps), THEORY)


def tampered(proof: Proof, rng: random.Random) -> Proof:
    """One change of a random kind."""
    steps = list(proof.steps)
    at = rng.randrange(len(steps))
    step = steps[at]
    edges, vertices = list(step.match.edges), list(step.match.vertices)
    kind = rng.choice(["match", "rule", "direction", "swap", "stale", "drop", "repeat", "end", "other step"])
    if kind == "match" and vertices:
        vertices[rng.randrange(len(vertices))] = rng.randint(-2, 14)
    elif kind == "rule":
        step = replace(step, rule=rng.choice(THEORY.rules).name)
    elif kind == "direction":
        step = replace(step, forward=not step.forward)
    elif kind == "swap":
        other = rng.randrange(len(steps))
        steps[at], steps[other] = steps[other], steps[at]
        return replace(proof, steps=tuple(steps))
    elif kind == "stale":  # as if an earlier step had not renumbered anything
        edges, vertices = [e + 1 for e in edges], [v + 1 for v in vertices]
    elif kind == "drop":
        return replace(proof, steps=tuple(steps[:at] + steps[at + 1 :]))
    elif kind == "repeat":
        return replace(proof, steps=tuple(steps[: at + 1] + steps[at:]))
    elif kind == "end":
        return replace(proof, end=proof.start)
    else:
        step = replace(rng.choice(steps), rule=step.rule)
        edges, vertices = list(step.match.edges), list(step.match.vertices)
    steps[at] = Step(step.rule, step.forward, Match(tuple(edges), tuple(vertices)))
    return replace(proof, steps=tuple(steps))


@given(st.integers(0, 10**9))
def test_tampered_proofs_are_rejected(random_diagram, in_group_algebra, seed):
    rng = random.Random(seed)
    proof = honest(random_diagram, rng)
    proof.check()
    for _ in range(4):
        wrong = tampered(proof, rng) if proof.steps else proof
        if wrong == proof:
            continue
        try:
            check(wrong, THEORY)
        except RewriteError:
            continue
        # Accepted: then it is a proof, of diagrams that are equal; and one step fewer or more than the honest one only
        # where the diagram comes back to itself.
        ends = [in_group_algebra(OpenHypergraph.from_diagram(end)) for end in (wrong.start, wrong.end)]
        assert np.array_equal(*ends)
        last = list(wrong.rewrites())[-1][2].graph if wrong.steps else wrong.start.to_hypergraph()
        assert last == wrong.end.to_hypergraph() or last.to_diagram() == wrong.end
