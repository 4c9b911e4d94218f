"""The event net: extraction is sound, checked, no worse than greedy rewriting, least on small cases."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import Box, Diagram, OpenHypergraph, RewriteError, Ty
from catenary.rewriting import EGraph, Limits, Rule, Theory, check, matches, rewrite
from catenary.rewriting.compact import Encoder, canonical_key
from catenary.rewriting.library import bialgebra

a = Ty("a")
SMALL = Limits(seconds=10, depth=2, places=500, transitions=1000)


@settings(max_examples=15)
@given(st.integers(0, 10**9))
def test_extraction_keeps_the_tensor(random_diagram, in_group_algebra, seed):
    theory = bialgebra()
    rng = random.Random(seed)
    diagram = random_diagram(rng, theory.signature, rng.randint(1, 12), width=rng.randint(0, 3), most=5)
    graph = EGraph(theory)
    graph.add(diagram)
    result = graph.extract(limits=SMALL)
    check(result.proof, theory)
    assert result.proof.start == diagram
    assert result.proof.end == result.diagram
    assert result.cost == len(result.diagram.to_hypergraph().edges) <= result.before
    before, after = (in_group_algebra(OpenHypergraph.from_diagram(x)) for x in (diagram, result.diagram))
    assert np.array_equal(before, after)


@settings(max_examples=25)
@given(st.integers(0, 10**9))
def test_equal_diagrams_are_proved_and_others_never(random_diagram, in_group_algebra, seed):
    theory = bialgebra()
    rng = random.Random(seed)
    start = random_diagram(rng, theory.signature, 4, width=2, most=4)
    other = random_diagram(rng, theory.signature, 4, width=2, most=4)
    if start.cod != other.cod:
        return
    limits = Limits(seconds=3, depth=2, boxes=5, places=800, transitions=1500)
    proof = EGraph(theory).explain(start, other, limits)
    if proof is not None:
        check(proof, theory)
        assert np.array_equal(*(in_group_algebra(OpenHypergraph.from_diagram(x)) for x in (start, other)))


def greedy(theory: Theory, diagram: Diagram) -> int:
    """What is left when rules that remove boxes are applied as long as there are any."""
    graph = OpenHypergraph.from_diagram(diagram)
    sides = [(rule, forward) for rule in theory for forward in rule.directions]
    sides.sort(key=lambda side: len(side[0].sides(side[1])[1].edges) - len(side[0].sides(side[1])[0].edges))
    while True:
        for rule, forward in sides:
            left, right = rule.sides(forward)
            if len(right.edges) >= len(left.edges):
                continue
            match = next(matches(left, graph), None)
            if match is not None:
                graph = rewrite(graph, rule, match, forward).graph
                break
        else:
            return len(graph.edges)


def test_extraction_beats_greedy_rewriting(random_diagram):
    theory = bialgebra()
    better = 0
    for seed in range(3):
        diagram = random_diagram(random.Random(seed), theory.signature, 50, width=4, most=8)
        graph = EGraph(theory)
        graph.add(diagram)
        result = graph.extract(limits=Limits(seconds=30, depth=2, places=1000), rounds=3)
        least = greedy(theory, diagram)
        assert result.cost <= least
        better += result.cost < least
    assert better == 3


def reachable(theory: Theory, diagram: Diagram, cap: int) -> int:
    """The fewest boxes of any diagram reached through diagrams of at most ``cap`` boxes."""
    encoder = Encoder(theory)
    graph = OpenHypergraph.from_diagram(diagram)
    seen = {canonical_key(encoder.encode(graph))}
    queue = [graph]
    for graph in queue:
        for rule in theory:
            for forward in rule.directions:
                for match in matches(rule.sides(forward)[0], graph):
                    after = rewrite(graph, rule, match, forward).graph
                    key = canonical_key(encoder.encode(after))
                    if len(after.edges) <= cap and key not in seen:
                        seen.add(key)
                        queue.append(after)
    return min(len(graph.edges) for graph in queue)


def test_optimal_extraction_is_least_over_all_that_is_reachable(random_diagram):
    f, g, h = (Box(name, a, a) for name in "fgh")
    rules = [Rule("ff", f >> f, g), Rule("gf", g >> f, f >> h, directed=True), Rule("hh", h >> h, f)]
    theory = Theory("words", f.signature, [Rule(r.name, r.left, r.right, directed=True) for r in rules])
    rng = random.Random(7)
    proved = 0
    for _ in range(12):
        diagram = Diagram.id(a)
        for _ in range(6):
            diagram = diagram >> rng.choice([f, g, h])
        graph = EGraph(theory)
        graph.add(diagram)
        result = graph.extract(limits=Limits(seconds=5, depth=8, places=4000, transitions=8000))
        least = reachable(theory, diagram, 6)
        assert result.cost >= least
        if result.optimal:
            proved += 1
            assert result.cost == least
    assert proved >= 6


def test_costs_by_name_and_by_function():
    f, g = Box("f", a, a), Box("g", a, a)
    theory = Theory("split", f.signature, [Rule("split", f, g >> g)])
    for cost, expected in (({"f": 5.0, "g": 1.0}, 2.0), (lambda box: 1.0 if box.name == "f" else 3.0, 1.0)):
        graph = EGraph(theory)
        graph.add(f.diagram)
        assert graph.extract(cost=cost).cost == expected
    with pytest.raises(RewriteError, match="nothing to extract"):
        EGraph(theory).extract()


def test_boundary_wires_and_scalars():
    u, c = Box("u", Ty(), a), Box("c", a, Ty())
    theory = Theory("scalar", u.signature, [Rule("uc", u >> c, Diagram.id(Ty()))])
    assert EGraph(theory).equal(u >> c, Diagram.id(Ty())) is True
    assert EGraph(theory).equal((u >> c) @ u, u @ (u >> c)) is True
    assert EGraph(theory).equal(a @ u >> c @ a, c >> u) is True  # one diagram by the doctrine's laws
    assert EGraph(theory).equal(c >> u, Diagram.id(a)) is None
