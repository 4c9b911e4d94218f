"""Analyses, schedules, limits, progress, pictures and Pareto fronts of the event net."""

import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from catenary.diagrams import (
    Box,
    Diagram,
    Doctrine,
    OpenHypergraph,
    RewriteError,
    Signature,
    Ty,
)
from catenary.functors.circuits import Circuit, Gate
from catenary.rewriting import EGraph, Limits, Rule, Theory, check
from catenary.rewriting.compact import Encoder, canonical_key
from catenary.rewriting.dpo import rewrite
from catenary.rewriting.egraph import Folding, Schedule, TCountBound, TensorValues, TypeBound
from catenary.rewriting.egraph.analyses import _is_clifford
from catenary.rewriting.egraph.gates import gate_theory, phase_gate
from catenary.rewriting.egraph.pareto import depth_of
from catenary.rewriting.library import bialgebra
from catenary.rewriting.matching import matches

a = Ty("a")


def add(n: int) -> Box:
    return Box("add", a, a, (n,))


def sums(part: Diagram) -> Diagram | None:
    if any(box.name != "add" for box in part.boxes):
        return None
    total = sum(box.params[0] for box in part.boxes)
    return add(total).diagram if total else Diagram.id(a)


def test_folding_adds_constants_and_names_its_facts():
    double = Box("double", a, a)
    rule = Rule("double", add(1) >> double, double >> add(2))
    theory = Theory("affine", add(1).signature.join(double.signature), [rule])
    graph = EGraph(theory, analyses=[Folding("sums", sums)])
    start = add(1) >> double >> add(3) >> add(4) >> add(-2)
    graph.add(start)
    result = graph.extract()
    assert [(box.name, *box.params) for box in result.diagram.boxes] == [("double",), ("add", 7)]
    assert result.cost == 2.0
    assert result.facts
    assert all(fact.name.startswith("sums") for fact in result.facts)
    check(result.proof)
    with pytest.raises(RewriteError):
        check(result.proof, theory)  # the facts are not of the theory


def test_tensor_values_find_what_no_rule_says(in_group_algebra):
    from catenary.rewriting.library import hopf

    signature = hopf().signature
    m, _u, n, _c, s = (signature[g] for g in "muncs")
    table = {
        "m": np.zeros((2, 2, 2), int),
        "n": np.zeros((2, 2, 2), int),
        "u": [1, 0],
        "c": [1, 1],
        "s": np.eye(2, dtype=int),
    }
    for i, j in product(range(2), repeat=2):
        table["m"][i, j, (i + j) % 2] = 1
        table["n"][i, i, i] = 1
    graph = EGraph(Theory("values only", signature), analyses=[TensorValues(table)])
    start = (n >> m) @ s >> m >> s
    graph.add(start)
    result = graph.extract(limits=Limits(seconds=10, depth=4))
    assert result.cost < result.before
    one, other = (in_group_algebra(OpenHypergraph.from_diagram(d)) for d in (start, result.diagram))
    assert np.array_equal(one, other)
    assert result.facts


def test_types_prove_an_extraction_least():
    theory = bialgebra()
    m, u, _n, _c = (theory.signature[g] for g in "munc")
    graph = EGraph(theory, analyses=[TypeBound()])
    graph.add(m @ u >> m)
    result = graph.extract()
    assert (result.cost, result.optimal) == (1.0, True)
    assert "types" in result.why


@pytest.mark.parametrize("seed", range(6))
def test_type_bounds_are_below_every_cost(random_diagram, seed):
    theory = bialgebra()
    diagram = random_diagram(random.Random(seed), theory.signature, 8, width=3)
    graph = EGraph(theory)
    graph.add(diagram)
    bound = TypeBound().bound(diagram, lambda box: 1.0)
    assert bound <= graph.extract(limits=Limits(seconds=5, depth=2, places=500)).cost


def test_t_bounds_are_below_the_t_gates_that_an_optimum_has():
    def weight(box: Box) -> float:
        return 1.0

    assert (
        TCountBound().bound(Circuit(1, [Gate("h", (0,)), phase_gate(0, Fraction(1, 2))]).to_diagram(), weight)
        == 0
    )
    one = Circuit(1, [phase_gate(0, Fraction(1, 4)), Gate("h", (0,))])
    assert TCountBound().bound(one.to_diagram(), weight) == 1
    two = Circuit(1, [phase_gate(0, Fraction(1, 4)), Gate("h", (0,)), phase_gate(0, Fraction(1, 4))])
    assert TCountBound().bound(two.to_diagram(), weight) == 2
    undone = Circuit(2, [phase_gate(0, Fraction(1, 4)), Gate("cx", (0, 1)), phase_gate(0, Fraction(-1, 4))])
    assert TCountBound().bound(undone.to_diagram(), weight) == 0
    graph = EGraph(gate_theory().theory, analyses=[TCountBound()])
    graph.add(two.to_diagram())
    result = graph.extract(cost=lambda box: float(box.name == "p" and box.params[0].denominator == 4))
    assert (result.cost, result.optimal) == (2.0, True)


def test_clifford_circuits_are_known_from_others():
    rng = random.Random(3)
    for _ in range(60):
        gates = []
        for _ in range(rng.randrange(12)):
            kind = rng.choice(["h", "p", "cx"])
            if kind == "cx":
                gates.append(Gate("cx", tuple(rng.sample(range(3), 2))))
            else:
                params = (Fraction(rng.randrange(1, 4), 2),) if kind == "p" else ()
                gates.append(Gate(kind, (rng.randrange(3),), params))
        clifford = Circuit(3, gates)
        assert _is_clifford(clifford)
        at = rng.randrange(len(gates) + 1)
        assert not _is_clifford(
            Circuit(3, [*gates[:at], phase_gate(rng.randrange(3), Fraction(1, 4)), *gates[at:]])
        )


def test_a_schedule_loses_nothing():
    theory = bialgebra()
    m, u, n, c = (theory.signature[g] for g in "munc")
    start = u @ a >> m >> n >> c @ a
    seen = []
    for schedule in (None, Schedule({"assoc": 3.0}), Schedule(matches=2, wait=5)):
        graph = EGraph(theory, schedule=schedule)
        graph.add(start)
        report = graph.saturate(Limits(seconds=20, depth=2, places=5000))
        seen.append((report.reason, report.places))
    assert len(set(seen)) == 1
    assert seen[0][0] == "depth"


def test_limits_say_what_stopped_and_progress_is_told():
    theory = bialgebra()
    m, _u, n, _c = (theory.signature[g] for g in "munc")
    told = []
    graph = EGraph(theory, progress=told.append)
    graph.add(m >> n >> m >> n)
    assert graph.saturate(Limits(places=300)).reason == "places"
    assert graph.saturate(Limits(transitions=10)).reason == "transitions"
    assert graph.saturate(Limits(megabytes=1.0)).reason == "memory"
    assert graph.saturate(Limits(seconds=0.0)).reason == "seconds"
    assert told
    assert told[0].reason == "running"


def test_the_dump_shows_every_place_and_event():
    theory = bialgebra()
    m, u, _n, _c = (theory.signature[g] for g in "munc")
    graph = EGraph(theory)
    graph.add(u @ a >> m)
    report = graph.saturate(Limits(depth=1))
    dump = graph.dump("unit & law")
    page = dump.to_html()
    assert page.count("<tr id=") == report.places == len(dump.places)
    assert "unit &amp; law" in page
    assert "<script" not in page
    assert dump.to_svg().count('width="6" height="18"') == len(dump.events) == report.transitions


def everything(theory: Theory, diagram: Diagram, cap: int) -> list[OpenHypergraph]:
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
    return queue


def test_pareto_fronts_are_those_of_brute_force():
    f, g, h = (Box(name, a, a) for name in "fgh")
    two = Box("k", a @ a, a @ a)
    signature = f.signature.join(g.signature).join(h.signature).join(two.signature)
    rules = [
        Rule("fgh", f, g >> h, directed=True),
        Rule("pair", two, f @ f, directed=True),
        Rule("slide", g @ a >> two, two >> a @ h, directed=True),
    ]
    theory = Theory("trade", signature, rules)
    costs = {"k": 5.0, "f": 3.0, "g": 1.0, "h": 1.0}
    complete = 0
    for diagram in (two.diagram, g @ a >> two, f @ g >> two, two >> two, f @ f >> g @ a):
        graph = EGraph(theory)
        front = graph.pareto({"cost": costs, "depth": "depth"}, diagram, limits=Limits(seconds=20, depth=8))
        encoder = Encoder(theory)
        values = set()
        for found in everything(theory, diagram, 20):
            cost = sum(costs[edge.box.name] for edge in found.edges)
            values.add((cost, depth_of(encoder.encode(found))))
        best = {v for v in values if not any(w != v and w[0] <= v[0] and w[1] <= v[1] for w in values)}
        got = {(point.values["cost"], point.values["depth"]) for point in front.points}
        for point in front.points:
            check(point.proof, theory)
            assert point.proof.end == point.diagram
        assert got <= values
        if front.complete:
            complete += 1
            assert got == best
    assert complete >= 4


def with_random_values(random_diagram, seeds: range) -> int:
    """Extractions under a random tensor model, with facts of that model, keep the tensor."""
    boxes = [
        Box("m", a @ a, a),
        Box("n", a, a @ a),
        Box("u", Ty(), a),
        Box("c", a, Ty()),
        Box("b", a @ a, a @ a),
    ]
    signature = Signature("tensors", Doctrine.SYMMETRIC, ["a"], boxes)
    gained = 0
    for seed in seeds:
        rng, entries = random.Random(seed), np.random.default_rng(seed)
        table = {b.name: entries.integers(0, 2, (2,) * (len(b.dom) + len(b.cod))) for b in boxes}
        values = TensorValues(table, parts=rng.choice([2, 3]))
        schedule = rng.choice([None, Schedule(matches=3, wait=4)])
        graph = EGraph(Theory("none", signature), analyses=[values, TypeBound()], schedule=schedule)
        diagram = random_diagram(rng, signature, rng.randint(1, 7), width=rng.randint(1, 3), most=4)
        result = graph.extract(
            diagram, limits=Limits(seconds=3, depth=2, places=200, transitions=400), rounds=2
        )
        assert TypeBound().bound(diagram, lambda box: 1.0) <= result.cost <= result.before
        before, after = values.value(diagram), values.value(result.diagram)
        if before is not None and after is not None:
            assert np.array_equal(before, after), seed
        gained += result.cost < result.before
    return gained


def test_facts_of_a_random_model_hold_in_it(random_diagram):
    assert with_random_values(random_diagram, range(20)) > 0


@pytest.mark.slow
def test_facts_of_many_random_models_hold_in_them(random_diagram):
    assert with_random_values(random_diagram, range(100, 1500)) > 40
