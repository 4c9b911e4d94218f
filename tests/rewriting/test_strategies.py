"""Strategies, termination orders and critical pairs."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    ArgumentError,
    Box,
    Diagram,
    DoctrineError,
    OpenHypergraph,
    RewriteError,
    Spider,
    Swap,
    Ty,
    UnknownGenerator,
    free,
)
from catenary.rewriting import (
    Rule,
    Strategy,
    Theory,
    check,
    complete,
    confluence,
    critical_pairs,
    matches,
    normalise,
    rewrite,
    termination,
)
from catenary.rewriting.confluence import peak
from catenary.rewriting.library import (
    bialgebra,
    clifford_t_circuits,
    comonoid,
    group,
    hopf,
    linear_relations,
    monoid,
    phase_gadgets,
    pregroup_contractions,
)
from catenary.rewriting.library.circuits import gadget
from catenary.rewriting.library.linear import scalar
from catenary.rewriting.termination import Measure, Termination

a = Ty("a")
f, g = Box("f", a, a), Box("g", a, a)


# Termination


def test_orders_of_the_library():
    for theory in (monoid(), comonoid(), bialgebra(), hopf(), pregroup_contractions()):
        order = termination(theory)
        assert order is not None, theory.name
        assert order.check(theory)
        assert str(order)
    for theory in (monoid(commutative=True), clifford_t_circuits(), bialgebra(cocommutative=True)):
        assert termination(theory) is None, theory.name
    # and not by any order: the two rules undo each other
    both = [Rule("there", f >> g, g >> f), Rule("back", g >> f, f >> g)]
    assert termination(both) is None
    assert termination([Rule("nothing", f, f)]) is None
    assert termination([]) == Termination(())


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_a_measure_decreases_at_every_step(random_diagram, seed):
    """The measures themselves, of whole diagrams, and not only of the rules."""
    rng = random.Random(seed)
    theory = hopf()
    order = termination(theory)
    assert order is not None
    graph = random_diagram(rng, theory.signature, 8, width=rng.randint(0, 3), most=4).to_hypergraph()

    def value(graph: OpenHypergraph) -> tuple[int, ...]:
        return tuple(sum(measure.counts(graph)[0]) for measure in order.measures)

    before = value(graph)
    for _ in range(10):
        found = [(rule, match) for rule in theory for match in matches(rule.graphs[0], graph)]
        if not found or len(graph.edges) > 40:
            break
        graph = rewrite(graph, *rng.choice(found)).graph
        after = value(graph)
        assert after < before
        before = after


def test_wrong_orders_are_refused():
    nothing = Termination((Measure(False, {}, {}, ()),))
    assert not nothing.check(monoid())
    with pytest.raises(RewriteError, match="does not decrease at assoc, unit_left, unit_right"):
        normalise(monoid().signature["m"], monoid(), Strategy(order=nothing))
    with pytest.raises(RewriteError, match="no termination order"):
        normalise(f, Theory("t", free(), [Rule("grow", f, f >> f)]), Strategy(steps=None))
    order = termination([Rule("shrink", f >> f, f)])
    assert order is not None
    assert not order.check([Rule("grow", f, f >> f)])


# Normalisation


@settings(max_examples=40)
@given(st.integers(0, 10**9), st.booleans())
def test_normal_forms(random_diagram, in_group_algebra, seed, at_random):
    rng = random.Random(seed)
    theory = bialgebra()
    start = random_diagram(rng, theory.signature, 7, width=rng.randint(0, 2), most=4)
    result = normalise(start, theory, Strategy(seed=seed if at_random else None, steps=None))
    assert result.finished
    assert result.reason == "normal form"
    assert result.order is not None
    result.proof.check()
    assert (in_group_algebra(result.diagram.to_hypergraph()) == in_group_algebra(start.to_hypergraph())).all()
    graph = result.diagram.to_hypergraph()
    assert not any(list(matches(rule.graphs[0], graph)) for rule in theory)
    # the system is confluent: any strategy comes to the same diagram
    assert normalise(start, theory, Strategy(seed=seed + 1, steps=None)).diagram == result.diagram


def test_priorities_limits_and_filters():
    theory = Theory(
        "t", free(), [Rule("down", f >> f, f), Rule("other", f, g), Rule("one way", g, f, directed=True)]
    )
    start = f >> f >> f
    assert normalise(start, theory, Strategy(["down", "other"])).diagram == g
    assert normalise(start, theory, Strategy(["other", "down"])).diagram == g >> g >> g
    result = normalise(start, theory, Strategy(["down"], steps=1))
    assert (len(result.proof), result.finished, result.reason) == (1, False, "steps")
    exactly = normalise(start, theory, Strategy(["down"], steps=2))
    assert (len(exactly.proof), exactly.finished, exactly.reason) == (2, True, "normal form")
    grown = normalise(f, theory, Strategy(["~down"], boxes=5))
    assert (len(grown.diagram), grown.finished, grown.reason) == (5, False, "boxes")
    with pytest.raises(RewriteError, match="directed"):
        normalise(f, theory, Strategy(["~one way"]))
    with pytest.raises(UnknownGenerator, match="no such"):
        normalise(f, theory, Strategy(["no such"]))
    with pytest.raises(ArgumentError, match="list of names"):
        normalise(f, theory, Strategy("down"))
    first = normalise(start, theory, Strategy(["other"], accept=lambda redex: redex.match.vertices[0] == 1))
    assert first.diagram == f >> g >> f
    assert first.reason == "accept"
    loop = normalise(f, Theory("loop", free(), [Rule("to", f, g), Rule("back", g, f)]), Strategy(steps=11))
    assert (loop.reason, len(loop.proof)) == ("steps", 11)
    began = time.monotonic()
    loop = normalise(f, Theory("loop", free(), [Rule("grow", f, f >> f)]), Strategy(steps=None, seconds=0.2))
    assert loop.reason == "seconds"
    assert time.monotonic() - began < 5
    runs = {str(normalise(start, theory, Strategy(["down", "other"], seed=s)).diagram) for s in range(20)}
    assert len(runs) > 1
    one, two = (normalise(start, theory, Strategy(["down", "other"], seed=5)).proof.steps for _ in range(2))
    assert one == two


def test_normalisation_with_variables():
    theory = phase_gadgets()
    start = gadget(1, 0.25) @ Ty("q") >> gadget(1, 0.75) @ Ty("q") >> gadget(2, 1) >> gadget(2, 1)
    result = normalise(start, theory, Strategy(["add 1", "add 2", "turn 2"], steps=None))
    assert result.diagram == gadget(1, 1) @ Ty("q")
    check(result.proof, theory)
    with pytest.raises(RewriteError, match="does not determine"):
        normalise(start, theory, Strategy(["~add 1"]))


def test_normalisation_in_other_doctrines():
    theory = linear_relations(3)
    start = scalar(2) >> scalar(2) >> Spider(1, 2, Ty("v")) >> scalar(1) @ scalar(-1)
    result = normalise(start, theory, Strategy(["multiply", "scalar 1"]))
    assert result.diagram == scalar(4) >> Spider(1, 2, Ty("v")) >> Ty("v") @ scalar(-1)
    result.proof.check()
    m, e = group().signature["m"], group().signature["e"]
    result = normalise(e @ Ty("g") >> m >> group().signature["i"], group(), Strategy(steps=5))
    assert result.diagram == group().signature["i"]
    result.proof.check()


# Critical pairs


def test_monoids_have_five_critical_pairs():
    pairs = list(critical_pairs(monoid()))
    m, u = monoid().signature["m"], monoid().signature["u"]
    shapes = [
        m @ a @ a >> m @ a >> m,
        u @ a @ a >> m @ a >> m,
        a @ u @ a >> m @ a >> m,
        m >> a @ u >> m,
        u >> a @ u >> m,
    ]
    assert [pair.graph.to_diagram() for pair in pairs] == shapes
    for pair in pairs:
        for rule, match, result in zip(pair.rules, pair.matches, pair.results, strict=True):
            assert match in list(matches(rule.graphs[0], pair.graph))
            assert rewrite(pair.graph, rule, match).graph == result
        covered = {e for match in pair.matches for e in match.edges}
        assert covered == set(range(len(pair.graph.edges)))
        assert set(pair.matches[0].edges) & set(pair.matches[1].edges)


@pytest.mark.parametrize("theory", [monoid(), bialgebra(), hopf()], ids=lambda theory: theory.name)
def test_a_local_peak_that_does_not_commute_is_a_critical_pair(theory, random_diagram):
    """In random diagrams, two uses of rules that share boxes show one of the pairs."""
    known = {frozenset([pair.rules[0].name, pair.rules[1].name]) for pair in critical_pairs(theory)}
    met = set()
    for seed in range(60):
        graph = random_diagram(random.Random(seed), theory.signature, 6, most=4).to_hypergraph()
        found = [(rule, match) for rule in theory for match in matches(rule.graphs[0], graph)]
        for one, first in found:
            for other, second in found:
                if first != second and set(first.edges) & set(second.edges):
                    met.add(frozenset([one.name, other.name]))
    assert met <= known
    assert len(met) > 2


def test_confluence():
    for theory in (monoid(), comonoid(), bialgebra()):
        report = confluence(theory)
        assert report.confluent is True, report.reason
        assert all(pair.joined for pair in report.pairs)
    report = confluence(hopf())
    assert report.confluent is False
    apart = next(pair for pair in report.pairs if pair.joined is False)
    assert apart.normal_forms is not None
    proof = peak(apart, hopf())
    proof.check()
    assert (proof.start, proof.end) == tuple(result.to_diagram() for result in apart.results)
    report = confluence(
        Theory("loop", free(), [Rule("to", f >> f, g >> g), Rule("back", g >> g, f >> f)]), steps=20
    )
    assert report.confluent is None
    # oriented the wrong way round
    m = monoid().signature["m"]
    wrong = Theory("wrong", free(), [Rule("f", f >> g, f), Rule("g", g >> f, g)])
    assert confluence(wrong).confluent is False
    assert confluence(Theory("m", m.signature, [Rule("drop", Swap(a, a) >> m, m)])).confluent is None
    with pytest.raises(DoctrineError, match="critical pairs"):
        list(critical_pairs(group()))


def test_pairs_that_are_not_convex_are_none():
    n, m = Box("n", a, a @ a), Box("m", a @ a, a)
    k = Box("k", a @ a, a @ a)
    # glued along n and m, the second occurrence has a path from its output through f back to its input
    one, two = Rule("one", n >> f @ a >> Swap(a, a) >> m, g), Rule("two", n @ a >> a @ m, k)
    assert not list(critical_pairs([one, two]))
    straight = Rule("straight", n @ a >> f @ m, k)
    (pair,) = critical_pairs([two, straight])
    assert sorted(edge.box.name for edge in pair.graph.edges) == ["f", "m", "n"]


# Completion


def test_completion_of_a_group_given_by_generators():
    """S3 by two reflections: six normal forms, every lemma proved from the rules before it."""
    s, t, wire = Box("s", a, a), Box("t", a, a), Diagram.id(a)
    laws = [Rule("ss", s >> s, wire), Rule("tt", t >> t, wire), Rule("st", s >> t >> s >> t >> s >> t, wire)]
    theory = Theory("S3", s.signature, laws)
    found = complete(theory)
    assert found.report.confluent is True
    known = theory
    for rule, proof in found.lemmas:
        check(proof, known)
        assert (proof.start, proof.end) == (rule.left, rule.right)
        known = known.extend("more", [rule])
    words = [wire, *(Diagram.id(a) >> one for one in (s, t))]
    for _ in range(4):
        words += [word >> one for word in words for one in (s, t)]
    forms = {normalise(word, found.theory, Strategy(steps=None)).diagram for word in words}
    assert len(forms) == 6


def test_completion_that_does_not_end():
    found = complete(hopf(), seconds=60, most=2)
    assert [str(rule) for rule, _ in found.lemmas] == [
        "Hopf algebra 1: u >> s = u",
        "Hopf algebra 2: s >> c = c",
    ]
    assert found.reason == "not complete after its 2 rules"
    for rule, proof in found.lemmas:
        proof.check()
        assert proof.start == rule.left
    assert complete(monoid(commutative=True)).reason != ""
    assert not complete(Theory("t", free(), [Rule("f", f >> g, g >> f)])).lemmas
    with pytest.raises(RewriteError, match="directed"):
        complete(Theory("t", free(), [Rule("f", f >> f, f, directed=True)]))
