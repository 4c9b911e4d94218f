"""Worksheets: the same steps as on immutable graphs, and no occurrence missed."""

import random
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import Box, Diagram, DoctrineError, OpenHypergraph, RewriteError, Spider, Swap, Ty
from catenary.rewriting import Proof, Rule, Step, Theory, matches, rewrite
from catenary.rewriting.incremental import Worksheet, _Positions
from catenary.rewriting.library import hopf, phase_gadgets
from catenary.rewriting.library.circuits import gadget

a = Ty("a")
HOPF = hopf(commutative=True, cocommutative=True)


def same(one: OpenHypergraph, other: OpenHypergraph) -> bool:
    """The same numbers, not only the same form."""
    return (one.vertices, one.edges, one.dom, one.cod) == (other.vertices, other.edges, other.dom, other.cod)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=60))
def test_positions(changes):
    positions, alive = _Positions(5), list(range(5))
    for grows, which in changes:
        if grows or not alive:
            alive.append(positions.append())
        else:
            positions.remove(alive.pop(which % len(alive)))
        assert [positions[number] for number in alive] == list(range(len(alive)))


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_steps_are_those_of_rewrite_and_nothing_is_missed(random_diagram, seed):
    rng = random.Random(seed)
    rules = [(rule, forward) for rule in HOPF for forward in (True, False) if rule.sides(forward)[0].edges]
    rules = rng.sample(rules, 4)
    start = random_diagram(rng, HOPF.signature, rng.randint(3, 12), width=rng.randint(0, 3), most=5)
    sheet = Worksheet(start, rules)
    graph = OpenHypergraph.from_diagram(start)
    for _ in range(6):
        found = [
            (rule, forward, match)
            for rule, forward in rules
            for match in matches(rule.sides(forward)[0], graph)
        ]
        for chance in (None, rng):
            given = [(r.rule, r.forward, r.match) for r in sheet.places(chance)]
            assert len(given) == len(set(given))
            assert set(given) == set(found)
        if not found:
            break
        skipped = rng.randrange(len(found))
        redex = list(islice(sheet.places(rng), skipped + 1))[-1]
        result = rewrite(graph, redex.rule, redex.match, redex.forward)
        assert sheet.apply(redex) == result.added
        graph = result.graph
        assert same(sheet.graph(), graph)
        assert len(sheet) == len(graph.edges)
        if len(graph.edges) > 25:
            break


def test_a_place_that_becomes_convex_is_found():
    f, g, h, k = (Box(name, a, a) for name in "fghk")
    both = Rule("both", f @ h, k @ k)
    cut = Rule("cut", g, Box("c", a, Ty()) >> Box("u", Ty(), a))
    sheet = Worksheet((f >> g >> h) @ a, [both, cut])
    redex = next(sheet.places(), None)
    assert redex is not None
    assert redex.rule.name == "cut"  # f and h are not convex together
    sheet.apply(redex)
    redex = next(sheet.places(), None)
    assert redex is not None
    assert redex.rule.name == "both"
    sheet.apply(redex)
    assert sheet.diagram() == k @ a >> Box("c", a, Ty()) @ a >> Box("u", Ty(), a) @ a >> k @ a
    # in one piece, with a path round it
    n, m = Box("n", a, a @ a), Box("m", a @ a, a)
    pattern = Rule("pattern", n @ a >> a @ m, Swap(a, a))
    start = n >> f @ a >> m
    whole = n @ a >> a @ m
    sheet = Worksheet((a @ n >> a @ a @ f >> Swap(a, a) @ a >> a @ m), [pattern])
    assert next(sheet.places(), None) is None
    assert next(Worksheet(whole, [pattern]).places(), None) is not None
    assert next(Worksheet(start, [pattern]).places(), None) is None


def test_rules_with_variables():
    theory = phase_gadgets()
    rules = [theory[name] for name in ("add 1", "add 2", "turn 1", "turn 2", "cxcx")]
    cx = theory.signature["CX"]
    start = (
        gadget(1, 1) @ a.__class__("q")
        >> gadget(1, 1) @ Ty("q")
        >> cx
        >> cx
        >> gadget(2, 0.5)
        >> gadget(2, 1)
    )
    sheet, steps = Worksheet(start, rules), []
    while (redex := next(sheet.places(), None)) is not None:
        sheet.apply(redex)
        steps.append(Step.of(redex))
    assert sheet.diagram() == gadget(2, 1.5).diagram
    Proof(start, sheet.diagram(), tuple(steps), theory).check()


def test_what_is_refused():
    f = Box("f", a, a)
    with pytest.raises(DoctrineError):
        Worksheet(Spider(1, 2, a).diagram, [])
    with pytest.raises(RewriteError, match="directed"):
        Worksheet(f, [(Rule("r", f, f >> f, directed=True), False)])
    with pytest.raises(RewriteError, match="does not determine"):
        Worksheet(gadget(1, 1), [(phase_gadgets()["add 1"], False)])
    sheet = Worksheet(f >> f, [Rule("r", f >> f, f)])
    redex = next(sheet.places(), None)
    assert redex is not None
    sheet.apply(redex)
    with pytest.raises(RewriteError, match="last"):
        sheet.apply(redex)
    assert next(sheet.places(), None) is None


def test_bare_wires_and_the_empty_pattern():
    f = Box("f", a, a)
    scalar = Box("x", Ty(), Ty())
    sheet = Worksheet(f, [Rule("grow", Diagram.id(Ty()), scalar)])
    redex = next(sheet.places(), None)
    assert redex is not None
    sheet.apply(redex)
    assert sheet.diagram() == f @ scalar
    wire = Worksheet(f >> f, [Rule("wire", Diagram.id(a), f)])
    redex = next(wire.places(), None)
    assert redex is not None
    wire.apply(redex)
    assert wire.diagram() == f >> f >> f
    assert Theory("t", f.signature, [Rule("wire", Diagram.id(a), f)])["wire"].left == Diagram.id(a)
