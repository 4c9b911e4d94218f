"""Statements that must be proved, and statements that must never be, from the textbook theories."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    Diagram,
    Doctrine,
    DoctrineError,
    Equation,
    LimitReached,
    Signature,
    Spider,
    Swap,
    Ty,
    free,
)
from catenary.rewriting import (
    EGraph,
    Limits,
    Model,
    Proved,
    Refuted,
    Rule,
    Theory,
    Unknown,
    check,
    counter_model,
    matches,
    prove,
    search,
)
from catenary.rewriting.library import bialgebra, comonoid, frobenius, hopf, monoid

a, b, c_, d = (Ty(name) for name in "abcd")
SWAP, WIRE = Swap(a, a).diagram, Diagram.id(a)
LIMITS = Limits(seconds=30, states=60_000)


def with_boxes(theory: Theory, *boxes: Box) -> Theory:
    """The theory with more generators."""
    assert theory.signature.generators is not None
    old = [box.plain() for box in theory.signature.generators.values()]
    name = f"{theory.name} with {', '.join(box.name for box in boxes)}"
    return theory.extend(name, [], Signature(name, Doctrine.SYMMETRIC, ["a"], [*old, *boxes]))


def boxes(theory: Theory, names: str) -> list[Box]:
    return [theory.signature[name] for name in names]


def laws() -> list[Equation]:
    f, g = Box("f", a, b), Box("g", c_, d)
    one, two = Box("λ", Ty(), Ty()), Box("μ", Ty(), Ty())
    return [
        Equation("interchange", f @ c_ >> b @ g, a @ g >> f @ d),
        Equation("hexagon", Swap(a, b @ c_).diagram, Swap(a, b) @ c_ >> b @ Swap(a, c_)),
        Equation("other hexagon", Swap(a @ b, c_).diagram, a @ Swap(b, c_) >> Swap(a, c_) @ b),
        Equation("naturality", f @ c_ >> Swap(b, c_), Swap(a, c_) >> c_ @ f),
        Equation("naturality right", a @ g >> Swap(a, d), Swap(a, c_) >> g @ a),
        Equation(
            "Yang–Baxter",
            Swap(a, b) @ c_ >> b @ Swap(a, c_) >> Swap(b, c_) @ a,
            a @ Swap(b, c_) >> Swap(a, c_) @ b >> c_ @ Swap(a, b),
        ),
        Equation("symmetry", Swap(a, b) >> Swap(b, a), Diagram.id(a @ b)),
        Equation("scalars commute", one @ two, two @ one),
    ]


@pytest.mark.parametrize("equation", laws(), ids=lambda e: e.name)
def test_laws_of_the_doctrine_need_no_steps(equation):
    answer = prove(equation, Theory("free", free()), limits=LIMITS)
    assert isinstance(answer, Proved)
    assert len(answer.proof) == 0
    answer.proof.check()


def frobenius_claims() -> list[tuple[Theory, Equation]]:
    theory = frobenius()
    m, u, n, c = boxes(theory, "munc")
    cap, cup = u >> n, m >> c
    found = [
        Equation("snake", cap @ a >> a @ cup, WIRE),
        Equation("other snake", a @ cap >> cup @ a, WIRE),
        Equation("m from n and cup", n @ a >> a @ cup, m.diagram),
        Equation("m from n and cup, mirrored", a @ n >> cup @ a, m.diagram),
        Equation("n from m and cap", cap @ a >> a @ m, n.diagram),
        Equation("n from m and cap, mirrored", a @ cap >> m @ a, n.diagram),
    ]
    aa = a @ a
    mm, nn = a @ SWAP @ a >> m @ m, n @ n >> a @ SWAP @ a
    uu, cc = u @ u, c @ c
    found += [
        Equation("square: assoc", mm @ aa >> mm, aa @ mm >> mm),
        Equation("square: unit left", uu @ aa >> mm, Diagram.id(aa)),
        Equation("square: unit right", aa @ uu >> mm, Diagram.id(aa)),
        Equation("square: coassoc", nn >> nn @ aa, nn >> aa @ nn),
        Equation("square: counit left", nn >> cc @ aa, Diagram.id(aa)),
        Equation("square: counit right", nn >> aa @ cc, Diagram.id(aa)),
        Equation("square: frobenius", nn @ aa >> aa @ mm, mm >> nn),
        Equation("square: frobenius mirrored", aa @ nn >> mm @ aa, mm >> nn),
    ]
    claims = [(theory, equation) for equation in found]
    theory = frobenius(commutative=True)
    m, u, n, c = boxes(theory, "munc")
    claims += [
        (theory, Equation("cup is symmetric", SWAP >> m >> c, m >> c)),
        (theory, Equation("cap is symmetric", u >> n >> SWAP, u >> n)),
    ]
    return claims


@pytest.mark.parametrize(("theory", "equation"), frobenius_claims(), ids=lambda x: x.name)
def test_frobenius(theory, equation):
    answer = prove(equation, theory, limits=LIMITS)
    assert isinstance(answer, Proved)
    check(answer.proof, theory)
    assert answer.proof.start == equation.left
    assert answer.proof.end == equation.right


def test_the_tour_theorem_is_found_by_saturation():
    theory = hopf()
    u, s, c = boxes(theory, "usc")
    for left, right in ((u >> s, u.diagram), (s >> c, c.diagram)):
        graph = EGraph(theory)
        proof = graph.explain(left, right)
        assert proof is not None
        check(proof, theory)
        assert graph.equal(left, right) is True
        answer = prove(Equation("claim", left, right), theory, limits=LIMITS)
        assert isinstance(answer, Proved)
        assert answer.method == "guided search"
        assert len(answer.proof) == 4


def test_the_second_antipode_equals_the_first():
    theory = with_boxes(hopf(), Box("t", a, a))
    m, u, n, c, s, t = boxes(theory, "muncst")
    axioms = [Rule("t_left", n >> t @ a >> m, c >> u), Rule("t_right", n >> a @ t >> m, c >> u)]
    theory = theory.extend("two antipodes", axioms)
    answer = prove(Equation("unique", s.diagram, t.diagram), theory, limits=LIMITS)
    assert isinstance(answer, Proved)
    check(answer.proof, theory)


def test_the_bialgebra_law_of_the_square():
    theory = bialgebra()
    m, _, n, _ = boxes(theory, "munc")
    aa = a @ a
    mm, nn = a @ SWAP @ a >> m @ m, n @ n >> a @ SWAP @ a
    claim = Equation("square", mm >> nn, nn @ nn >> aa @ Swap(aa, aa) @ aa >> mm @ mm)
    answer = prove(claim, theory, limits=LIMITS)
    assert isinstance(answer, Proved)
    check(answer.proof, theory)


def test_lemmas_are_named_in_the_proof():
    theory = hopf()
    u, s = boxes(theory, "us")
    lemma = Equation("antipode of the unit", u >> s, u.diagram)
    claim = Equation("twice", u >> s >> s, u.diagram)
    answer = prove(claim, theory, limits=LIMITS, lemmas=[lemma])
    assert isinstance(answer, Proved)
    assert answer.proof.rules_used == ("antipode of the unit",)
    with pytest.raises(Exception, match="no such rule"):
        check(answer.proof, theory)


# Never provable. Each theory below has matches on the claim's own diagrams, so that rules really fire.


def false_claims() -> list[tuple[Theory, Equation]]:
    theory = comonoid()
    n, c = boxes(theory, "nc")
    counital = Theory("counital", theory.signature, [theory["counit_left"], theory["counit_right"]])
    claims = [
        (theory, Equation("comonoids are cocommutative", n >> SWAP, n.diagram)),
        (counital, Equation("counital implies cocommutative", n >> SWAP, n.diagram)),
    ]
    copied = with_boxes(theory, Box("f", a, a))
    f, n = copied.signature["f"], copied.signature["n"]
    claims.append((copied, Equation("every f is copied", f >> n, n >> f @ f)))
    theory = hopf()
    s = theory.signature["s"]
    claims.append((theory, Equation("the antipode is an involution", s >> s, WIRE)))
    base = Signature(
        "marginals", Doctrine.SYMMETRIC, ["a"], [Box("f", a, a @ a), Box("g", a, a @ a), Box("c", a, Ty())]
    )
    f, g, c = base["f"], base["g"], base["c"]
    rules = [Rule("left", f >> a @ c, g >> a @ c), Rule("right", f >> c @ a, g >> c @ a)]
    claims.append((Theory("marginals", base, rules), Equation("equal marginals", f.diagram, g.diagram)))
    f, g, h = (Box(name, a, a) for name in "fgh")
    one, two = Box("λ", Ty(), Ty()), Box("μ", Ty(), Ty())
    claims += [
        (Theory("factor", f.signature, [Rule("r", f @ h, g @ h)]), Equation("cancel", f.diagram, g.diagram)),
        (Theory("free", f.signature, [Rule("r", f >> f, f)]), Equation("forget", one @ f, f.diagram)),
        (
            Theory("scalars", f.signature, [Rule("r", one @ f, two @ f)]),
            Equation("=", one.diagram, two.diagram),
        ),
    ]
    gates = Signature(
        "gates", Doctrine.SYMMETRIC, ["a"], [Box(x, a, a) for x in "HST"] + [Box("CX", a @ a, a @ a)]
    )
    h, s, t, cx = (gates[x] for x in ("H", "S", "T", "CX"))
    rules = [
        Rule("HH", h >> h, WIRE),
        Rule("SSSS", s >> s >> s >> s, WIRE),
        Rule("TT", t >> t, s),
        Rule("CXCX", cx >> cx, Diagram.id(a @ a)),
        Rule("S control", s @ a >> cx, cx >> s @ a),
        Rule("T control", t @ a >> cx, cx >> t @ a),
        Rule("reverse", h @ h >> cx >> h @ h, SWAP >> cx >> SWAP),
    ]
    theory = Theory("circuits", gates, rules)
    inverse = t >> t >> t >> t >> t >> t >> t
    claims += [
        (theory, Equation("T is its inverse", t.diagram, inverse)),
        (theory, Equation("CX is symmetric", cx.diagram, SWAP >> cx >> SWAP)),
        (theory, Equation("H is S", h.diagram, s.diagram)),
    ]
    return claims


@pytest.mark.parametrize(("theory", "equation"), false_claims(), ids=lambda x: x.name)
def test_false_claims_are_refuted_and_never_proved(theory, equation):
    limits = Limits(seconds=4, places=1000, transitions=2000, states=1000)
    answer = prove(equation, theory, limits=limits)
    assert not isinstance(answer, Proved)
    if isinstance(answer, Refuted):
        again = Model(answer.model.modulus, answer.model.dimension, answer.model.to_json()["tensors"])
        assert again.refutes(equation, theory)
    else:
        assert isinstance(answer, Unknown)
        assert answer.reason
    # Each engine on its own, where rules fire: a counter-model may have been found before they were asked.
    small = Limits(seconds=1.0, places=1000, transitions=2000, states=1000)
    graph = EGraph(theory)
    assert graph.equal(equation.left, equation.right, small) is None
    assert graph.report.transitions > 0 or not any(
        next(matches(rule.sides(forward)[0], side.to_hypergraph()), None)
        for rule in theory
        for forward in rule.directions
        for side in (equation.left, equation.right)
    )
    assert search(equation, theory, small).proof is None


def test_most_false_claims_have_a_model():
    refuted = 0
    for theory, equation in false_claims():
        refuted += counter_model(equation, theory, seconds=2) is not None
    assert refuted >= 9


def test_rules_never_fire_across_a_path():
    f, g, b_ = Box("f", a, a), Box("g", a, a), Box("b", a, a)
    k = Box("k", a @ a, a @ a)
    theory = Theory("pair", f.signature, [Rule("pair", f @ b_, k)])
    start = f >> g >> b_
    assert not list(matches(theory["pair"].graphs[0], start.to_hypergraph()))
    graph = EGraph(theory)
    graph.add(start)
    assert graph.saturate().transitions == 0
    assert graph.extract(cost=lambda box: 0.0 if box.name == "k" else 1.0).diagram == start
    assert search(Equation("k", start, g >> f >> b_), theory).reason == "exhausted"


def test_models_are_exact_data():
    theory = monoid()
    m = theory.signature["m"]
    claim = Equation("commutative", SWAP >> m, m.diagram)
    model = counter_model(claim, theory, seconds=10)
    assert model is not None
    assert model.refutes(claim, theory)
    assert not model.refutes(Equation("assoc", m @ a >> m, a @ m >> m), theory)
    with pytest.raises(Exception, match="does not say"):
        model.evaluate(Box("f", a, a).diagram)


def test_many_wires_are_too_wide_for_a_model():
    f = Box("f", a, a)
    theory = Theory("involution", f.signature, [Rule("twice", f >> f, Diagram.id(a, f.signature))])
    boxes, wires = f.diagram, Diagram.id(a**70, f.signature)
    for _ in range(69):
        boxes = boxes @ f
    for left, right in [(boxes, wires), (wires, boxes)]:
        assert counter_model(Equation("all", left, right), theory, seconds=1, dimensions=[1]) is None
    for beside in (Diagram.id(a**70), (Spider(1, 2, a) >> Spider(2, 1, a)) @ Diagram.id(a**40)):
        with pytest.raises(LimitReached, match="axes"):
            Model(2, 2, {}).evaluate(beside)


@given(st.integers(0, 10**9), st.sampled_from([3, 7, 0]))
def test_models_evaluate_as_one_einsum_does(random_diagram, in_group_algebra, seed, modulus):
    rng = random.Random(seed)
    diagram = random_diagram(rng, hopf().signature, rng.randint(0, 7), width=rng.randint(0, 3), most=4)
    algebra = {
        "m": [[[1, 0], [0, 1]], [[0, 1], [1, 0]]],
        "n": [[[1, 0], [0, 0]], [[0, 0], [0, 1]]],
        "u": [1, 0],
        "c": [1, 1],
        "s": [[1, 0], [0, 1]],
    }
    expected = in_group_algebra(diagram.to_hypergraph())
    expected = expected % modulus if modulus else (expected > 0).astype(int)
    assert np.array_equal(Model(modulus, 2, algebra).evaluate(diagram), expected)


def test_rules_that_start_from_bare_wires():
    k = Box("k", a @ a, a @ a)
    theory = Theory("insert", k.signature, [Rule("kk", k >> k, Diagram.id(a @ a))])
    limits = Limits(seconds=5, depth=3, places=2000, transitions=4000)
    assert EGraph(theory).equal(Diagram.id(a @ a), k >> k >> k >> k, limits) is True
    f = Box("f", a, a)
    graph = EGraph(theory)
    graph.add(f @ f @ f >> f @ f @ f)
    report = graph.saturate(limits)
    assert report.reason != "saturated"
    assert report.seconds < 10


def test_other_doctrines_are_refused():
    f = Box("f", a, a, signature=free(Doctrine.RIBBON))
    with pytest.raises(DoctrineError, match=r"ribbon .* which wire is over"):
        Rule("r", f.diagram, f.diagram)


def test_limits_are_kept_and_named():
    theory = bialgebra()
    m, n = theory.signature["m"], theory.signature["n"]
    report = search(Equation("x", m >> n, n @ n >> m @ m), theory, Limits(states=200))
    assert report.proof is None
    assert report.reason in ("states", "boxes", "seconds")
    graph = EGraph(theory)
    graph.add(m >> n)
    assert graph.saturate(Limits(depth=50, places=300)).reason == "places"
    assert graph.saturate(Limits(depth=50, seconds=0.0)).reason in ("places", "seconds")
