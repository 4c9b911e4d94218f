"""Proofs, counter-models and searches outside the symmetric doctrine."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    CatenaryError,
    Copy,
    Diagram,
    Discard,
    Doctrine,
    Equation,
    Spider,
    Swap,
    Ty,
    free,
)
from catenary.rewriting import EGraph, Limits, Proved, Refuted, Rule, Theory, Unknown, check, prove, search

a = Ty("a")
LIMITS = Limits(seconds=10, states=2_000)
REWRITING = [Doctrine.HYPERGRAPH, Doctrine.COMPACT, Doctrine.TRACED, Doctrine.MARKOV, Doctrine.CARTESIAN]


def involution(doctrine: Doctrine) -> tuple[Theory, Box, Box]:
    signature = free(doctrine)
    f, g = (Box(name, a, a, signature=signature) for name in "fg")
    return Theory("involution", signature, [Rule("twice", f >> f, Diagram.id(a))]), f, g


@pytest.mark.parametrize("doctrine", REWRITING)
def test_claims_are_proved_and_falsehoods_refuted(doctrine):
    theory, f, g = involution(doctrine)
    answer = prove(Equation("four", f >> f >> f >> f, Diagram.id(a)), theory, limits=LIMITS)
    assert isinstance(answer, Proved)
    check(answer.proof, theory)
    assert len(answer.proof) == 2
    answer.proof.reversed().check()
    answer.proof.then(answer.proof.reversed()).check()
    for left, right in ((f.diagram, Diagram.id(a)), (f >> g, g >> f)):
        claim = Equation("false", left, right)
        answer = prove(claim, theory, limits=LIMITS)
        assert isinstance(answer, Refuted)
        assert answer.model.refutes(claim, theory)


def test_what_the_doctrine_says_decides():
    for doctrine in REWRITING:
        theory, f, g = involution(doctrine)
        if doctrine.has("trace"):
            answer = prove(Equation("loop", (f >> g >> f).trace(), g.diagram.trace()), theory, limits=LIMITS)
            assert isinstance(answer, Proved)
        if doctrine.has("copy"):
            discards = prove(Equation("d", f >> Discard(a), Discard(a)), theory, limits=LIMITS)
            copies = prove(Equation("c", f >> Copy(a), Copy(a) >> f @ f), theory, limits=LIMITS)
            natural = doctrine is not Doctrine.HYPERGRAPH
            assert isinstance(discards, Proved if natural else Refuted)
            assert isinstance(copies, Proved if doctrine is Doctrine.CARTESIAN else Refuted)


def test_spider_laws_need_no_steps():
    theory, _, _ = involution(Doctrine.HYPERGRAPH)
    copy, merge = Spider(1, 2, a), Spider(2, 1, a)
    for left, right in (
        (copy >> merge, Diagram.id(a)),
        (copy @ a >> a @ merge, merge >> copy),
        (copy >> Swap(a, a), copy.diagram),
    ):
        answer = prove(Equation("law", left, right), theory, limits=LIMITS)
        assert isinstance(answer, Proved)
        assert answer.method == "laws of the doctrine"


@pytest.mark.parametrize("doctrine", [d for d in REWRITING if d is not Doctrine.CARTESIAN])
def test_the_event_net_has_a_directed_presentation(doctrine):
    theory, f, g = involution(doctrine)
    proof = EGraph(theory).explain(f >> f >> f, f, Limits(depth=3, places=500))
    assert proof is not None
    check(proof, theory)
    with pytest.raises(CatenaryError, match="'g'"):
        EGraph(theory).equal(f, g)


@pytest.mark.parametrize("doctrine", REWRITING)
@settings(max_examples=6)
@given(st.integers(0, 10**6))
def test_search_finds_what_steps_made(doctrine, seed):
    """A diagram and what a few random steps make of it are proved equal."""
    from itertools import islice

    from catenary.rewriting import matches, rewrite

    rng = random.Random(seed)
    theory, f, g = involution(doctrine)
    theory = theory.extend("more", [Rule("move", f >> g, g >> f)])
    start = f >> g >> f >> f >> g
    graph = start.to_hypergraph()
    for _ in range(3):
        rule, forward = rng.choice([(rule, forward) for rule in theory for forward in (True, False)])
        found = list(islice(matches(rule.sides(forward)[0], graph), 20))
        if found and len(graph.edges) < 7:
            graph = rewrite(graph, rule, rng.choice(found), forward).graph
    report = search(Equation("e", start, graph.to_diagram()), theory, LIMITS)
    assert report.proof is not None
    check(report.proof, theory)


def test_phases_are_left_to_the_search():
    """Phases add by the doctrine; no counter-model is made up for them."""
    signature = free(Doctrine.HYPERGRAPH)
    theory = Theory("none", signature)
    half, quarter = Spider(1, 1, a, phase=0.5), Spider(1, 1, a, phase=0.25)
    assert isinstance(prove(Equation("adds", quarter >> quarter, half), theory, limits=LIMITS), Proved)
    assert isinstance(prove(Equation("no", quarter, half), theory, limits=LIMITS), Unknown)
