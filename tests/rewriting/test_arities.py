"""Rules for all numbers of legs: read, written, matched, replayed by the checker, refused by name where they are not taken."""

import json
import pickle
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    ArgumentError,
    Box,
    CatenaryError,
    Diagram,
    Doctrine,
    Equation,
    InputError,
    OpenHypergraph,
    RewriteError,
    Signature,
    Swap,
    Ty,
)
from catenary.diagrams.conditions import Condition
from catenary.diagrams.text import EquationFamily, format_document, parse_document
from catenary.files import dumps, loads
from catenary.rewriting import (
    EGraph,
    Interpretation,
    Limits,
    Model,
    Proof,
    Proved,
    Rule,
    Step,
    Strategy,
    Theory,
    Unknown,
    Worksheet,
    calc,
    check,
    confluence,
    critical_pairs,
    normalise,
    prove,
    redexes,
    rewrite,
    termination,
)
from catenary.rewriting.calc import written_proof
from catenary.rewriting.completion import complete
from catenary.rewriting.exports import to_chyp
from catenary.rewriting.families import RuleFamily

TEXT = """
theory spiders : {doctrine}
object A
box Z(a) : A -> A
box e : -> A
box f : A -> A
diagram pair = e @ e

axiom "copy all"[n]: e >> Z[1, n](0) = e^n       # a point is copied
axiom fuse[p, k, m, n](a, b): A^p @ Z[k, 1](a) @ A^m >> Z[p + m + 1, n](b) = Z[p + k + m, n](a + b)
axiom twice[n]: pair^n = e^(2*n)
rule slide[n]: Z[n, 1](1/2) >> f => f^n >> Z[n, 1](1/2)
rule half[m](a): Z[m, 1](a) >> Z[1, m](a) => Z[m, m](2*a) where a in {{1/4, 1/2}} mod 2
axiom one: Z(0) = A
claim tree: Z[2, 1](1/4) @ Z[2, 1](0) >> Z[2, 3](1/4) = Z[4, 3](1/2)
"""
DOCUMENT = parse_document(TEXT.format(doctrine="symmetric"))
THEORY = Theory.from_document(DOCUMENT)
A = Ty("A")
E, F = THEORY.signature["e"], THEORY.signature["f"]
FAMILIES = {family.name: family for family in THEORY.families}


def z(inputs: int, outputs: int, phase=0) -> Box:
    return THEORY.signature["Z"].replace(dom=A**inputs, cod=A**outputs, params=(Fraction(phase),))


def test_files_come_back():
    assert [str(family).split(":")[0] for family in THEORY.families] == [
        "copy all[n]",
        "fuse[p, k, m, n](a, b)",
        "twice[n]",
        "slide[n]",
        "half[m](a)",
    ]
    assert parse_document(format_document(DOCUMENT)) == DOCUMENT
    for value in (DOCUMENT, THEORY, DOCUMENT.families[4], DOCUMENT.families[2]):
        assert loads(dumps(value)) == value
        assert pickle.loads(pickle.dumps(value)) == value
    included = parse_document(TEXT.format(doctrine="hypergraph").replace("spiders", "others"))
    assert Theory.from_document(included).families[0].signature.doctrine is Doctrine.HYPERGRAPH
    assert {"fuse", "one"} <= {name for name in ("fuse", "one", "two") if name in THEORY}
    assert len(THEORY) == 1
    assert THEORY.instance("one") == THEORY["one"]


def test_members():
    assert str(FAMILIES["copy all"].at(n=0).right) == "id(1)"
    assert FAMILIES["twice"].at(n=3).left == FAMILIES["twice"].at(n=3).right
    member = FAMILIES["fuse"].member({"p": 1, "k": 2, "m": 0, "n": 1}, "a member")
    assert (member.name, len(member.left.dom), member.variables) == ("a member", 3, ("a", "b"))
    assert FAMILIES["half"].at(m=2, a=Fraction(1, 4)).values == (("a", Fraction(1, 4)), ("m", Fraction(2)))
    for wrong, reason in (
        ({}, "not given"),
        ({"n": -1}, "number of legs"),
        ({"n": Fraction(1, 2)}, "number of legs"),
        ({"n": 1, "k": 1}, "no variable 'k'"),
        ({"n": 20_000}, "at most 10000"),
    ):
        with pytest.raises(CatenaryError, match=reason):
            FAMILIES["copy all"].at(wrong)
    with pytest.raises(RewriteError, match="condition"):
        FAMILIES["half"].at(m=1, a=1)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("axiom b[n]: e^n = e^m", r"7:21: no number of legs 'm'"),
        ("axiom b[n]: e >> Z[1, n](0) = e", "for n = 1|for n = 0 the two sides of 'b' differ"),
        ("axiom b[n, m]: e^n = e^n", "m of b"),
        ("axiom b[n](n): Z[1, n](n) = Z[1, n](n)", "no number of legs as well"),
        ("axiom b[n, n]: e^n = e^n", "different names"),
        ("claim b[n]: e^n = e^n", "unexpected '\\['"),
        ("axiom b[n]: (2*e)^n = e^n", "a sum is not repeated"),
        ("axiom b: Z[n, 1](0) = e", "stand after its name"),
        ("diagram b = f^2000000", "at most 10000"),
        ("diagram b = f^9999 diagram c = b^9999", "written out"),
        ("axiom b[n]: e^(n + 20000) = e^(n + 20000)", "at most 10000"),
        ("axiom one[n]: e^n = e^n axiom one: f = f", "one"),
    ],
)
def test_faults_have_their_place(statement, problem):
    head = "theory s : symmetric\nobject A\nbox Z(a) : A -> A\nbox e : -> A\nbox f : A -> A\n\n"
    with pytest.raises(InputError, match=problem) as caught:
        parse_document(head + statement)
    assert caught.value.line == 7


def test_faults_in_python():
    signature = THEORY.signature
    for arities, left, right in (
        ((), "e", "e"),
        (("n",), "e", "e"),
        (("n",), "e^n", "e"),
        (("n",), "e^n", "e^^n"),
        (("n",), "e^n", "e^m"),
        (("n",), 3, "e"),
    ):
        with pytest.raises(CatenaryError):
            EquationFamily("wrong", signature, arities, left, right)
    with pytest.raises(ArgumentError):
        RuleFamily("fuse")


def test_a_variable_may_disappear_unless_a_condition_is_about_it():
    signature = THEORY.signature
    family = EquationFamily("r", signature, "n", "Z(a)^n @ e", "Z(2*a)^n @ e", variables="a")
    assert [family.scheme({"n": n}).variables for n in (0, 1)] == [(), ("a",)]
    where = replace(family, where=(Condition.parse("a in {0}"),))
    assert where.scheme({"n": 1}).where
    with pytest.raises(RewriteError, match="does not have a, of which"):
        where.instance({"n": 0})
    with pytest.raises(ArgumentError, match="variable b"):
        replace(family, variables=("a", "b"))


def tensor(diagram: Diagram) -> np.ndarray:
    """Z as spiders with phases, e as a point that they copy."""
    graph = diagram.to_hypergraph()
    operands: list[object] = []
    fresh, out = len(graph.vertices), []
    for v in graph.dom + graph.cod:
        operands += [np.eye(2), [v, fresh]]
        out.append(fresh)
        fresh += 1
    for edge in graph.edges:
        legs = len(edge.sources) + len(edge.targets)
        if edge.box.name == "Z":
            array = np.zeros((2,) * legs, complex)
            array[(0,) * legs] += 1
            array[(1,) * legs] += np.exp(1j * np.pi * float(edge.box.params[0]))
        else:
            array = np.array([1, 0]) if edge.box.name == "e" else np.diag([1, -1])
        operands += [array, [*edge.sources, *edge.targets]]
    return np.einsum(*operands, out, optimize="greedy") if operands else np.array(1.0)


def spider_diagram(rng: random.Random) -> Diagram:
    """Spiders of all arities, wires crossing between them."""
    diagram = Diagram.id(A ** rng.randint(0, 3), THEORY.signature)
    for _ in range(rng.randint(1, 4)):
        wide = len(diagram.cod)
        if wide > 1 and rng.random() < 0.5:
            at = rng.randrange(wide - 1)
            diagram = diagram >> A**at @ Swap(A, A) @ A ** (wide - at - 2)
        ins = rng.randint(0, min(3, wide))
        box = rng.choice([z(ins, rng.randint(0, 3), Fraction(rng.randint(0, 3), 4)), E])
        at = rng.randint(0, wide - len(box.dom))
        diagram = diagram >> A**at @ box @ A ** (wide - at - len(box.dom))
    return diagram


SOUND = Theory("sound", THEORY.signature, [FAMILIES[name] for name in ("copy all", "fuse", "twice")])


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_steps_keep_the_tensor_and_are_replayed(seed):
    rng = random.Random(seed)
    start = spider_diagram(rng)
    graph, steps = OpenHypergraph.from_diagram(start), []
    for _ in range(3):
        found = [r for name in ("copy all", "fuse") for r in redexes(FAMILIES[name], graph)]
        if not found:
            break
        redex = rng.choice(found)
        graph = rewrite(graph, redex.instance, redex.match).graph
        steps.append(Step.of(redex))
    proof = Proof(start, graph.to_diagram(), tuple(steps), SOUND)
    proof.check()
    assert np.allclose(tensor(proof.start), tensor(proof.end))
    assert Proof.from_json(json.loads(json.dumps(proof.to_json()))) == proof
    back = proof.reversed()
    back.check()
    assert len(back) == len(proof)
    for at, step in enumerate(steps):  # another member, or none
        name = rng.choice([name for name, _ in step.values])
        for value in (dict(step.values)[name] + 1, Fraction(1, 3), Fraction(-1), None):
            values = {**dict(step.values), name: value}
            changed = tuple(sorted((n, v) for n, v in values.items() if v is not None))
            wrong = replace(proof, steps=(*steps[:at], replace(step, values=changed), *steps[at + 1 :]))
            if name not in ("a", "b"):
                with pytest.raises(RewriteError):
                    check(wrong, SOUND)


def test_all_places_and_only_these():
    """Z[k, 1] into each of the ports of another: one redex for each wire between two spiders from a one-output one."""
    rng = random.Random(3)
    for _ in range(40):
        graph = OpenHypergraph.from_diagram(spider_diagram(rng))
        found = list(redexes(FAMILIES["fuse"], graph))
        expected = 0
        for edge in graph.edges:
            if edge.box.name == "Z" and len(edge.targets) == 1:
                takers = [e for e in graph.edges if e.box.name == "Z" and edge.targets[0] in e.sources]
                expected += len(takers)
        assert len(found) == expected
        assert len({(r.values, r.match) for r in found}) == len(found)


def test_a_number_that_no_box_says_is_asked_for():
    graph = OpenHypergraph.from_diagram(E @ E @ E)
    with pytest.raises(
        RewriteError, match=r"the left side of twice has no box that says what n is: .*given=\{'n': 2\}"
    ):
        list(redexes(FAMILIES["twice"], graph))
    assert len(list(redexes(FAMILIES["twice"], graph, given={"n": 1}))) == 6
    with pytest.raises(RewriteError, match="directed"):
        list(redexes(FAMILIES["slide"], graph, False))
    slid = list(redexes(FAMILIES["slide"], (z(2, 1, Fraction(1, 2)) >> F).to_hypergraph()))
    assert [dict(r.values) for r in slid] == [{"n": 2}]


def test_proved_by_members():
    (claim,) = DOCUMENT.claims
    answer = prove(claim, THEORY, limits=Limits(seconds=300))
    assert isinstance(answer, Proved)
    check(answer.proof, THEORY)
    assert answer.proof.rules_used == ("fuse",)
    assert {name for step in answer.proof.steps for name, _ in step.values} == set("pkmnab")
    copied = Equation("copied", E >> z(1, 2) >> A @ z(1, 3), E @ E @ E @ E)
    answer = prove(copied, THEORY, limits=Limits(seconds=300), workers=2)
    assert isinstance(answer, Proved)
    wrong = prove(Equation("wrong", E >> F, E.diagram), THEORY, limits=Limits(seconds=2))
    assert isinstance(wrong, Unknown)
    assert "members of copy all, fuse" in wrong.reason


def test_calculations():
    four = z(2, 1, Fraction(1, 4)) @ z(2, 1) >> z(2, 3, Fraction(1, 4))
    proof = (
        calc(THEORY)
        .start(E >> z(1, 3))
        .step(E @ E @ E, by="copy all")
        .step(E @ E @ E >> (A @ z(1, 1) @ A), by="one")
        .proof()
    )
    assert [str(step) for step in proof.steps] == ["copy all [n = 3]", "one (backwards)"]
    fused = calc(THEORY).start(four).step(z(4, 3, Fraction(1, 2)), by=["fuse"]).proof()
    assert len(fused) == 2
    smaller = calc(THEORY).start(four).step(z(4, 3, Fraction(1, 2)), by="simp").proof()
    smaller.check()
    back = calc(THEORY).start(E @ E).step(E >> z(1, 2), by="copy all").proof()
    assert str(back.steps[0]) == "copy all [n = 2] (backwards)"
    with pytest.raises(CatenaryError, match="for any numbers of legs"):
        calc(THEORY).start(E @ E).step(E >> z(1, 2), by="fuse")
    text = (
        TEXT.format(doctrine="symmetric")
        + "proof tree: Z[2, 1](1/4) @ Z[2, 1](0) >> Z[2, 3](1/4) = Z[4, 3](1/2) by fuse, one"
    )
    document = parse_document(text)
    assert written_proof(
        document.proofs[0], document.claims[0], Theory.from_document(document), {}
    ).rules_used == ("fuse",)


def test_spiders_of_the_zx_calculus():
    """In a hypergraph doctrine, boxes of variable arity beside the doctrine's spiders."""
    from catenary.functors.zx import ZX, X, Z

    fuse = EquationFamily(
        "fuse X",
        ZX,
        "p k m n",
        "qubit^p @ X[k, 1](a) @ qubit^m >> X[p + m + 1, n](b)",
        "X[p + k + m, n](a + b)",
        variables="a b",
    )
    theory = Theory("fusion", ZX, [fuse])
    start = Z(1, 2) >> X(1, 1, Fraction(1, 4)) @ X(1, 1, Fraction(1, 2)) >> X(2, 1, Fraction(1, 4))
    answer = prove(Equation("fused", start, Z(1, 2) >> X(2, 1, 1)), theory, limits=Limits(seconds=300))
    assert isinstance(answer, Proved)
    assert len(answer.proof) == 2


def test_refused_by_name():
    theory = THEORY
    two = Signature("t", Doctrine.SYMMETRIC, ["A"], [])
    for work in (
        lambda: EGraph(theory).explain(E.diagram, E.diagram),
        lambda: normalise(E.diagram, theory),
        lambda: normalise(E.diagram, theory, Strategy(["fuse"], steps=2)),
        lambda: confluence(theory),
        lambda: complete(theory),
        lambda: theory.rename("other"),
        lambda: theory.opposite(),
        lambda: theory.product(theory),
        lambda: Theory("t", two).tensor(theory),
        lambda: list(critical_pairs(theory)),
        lambda: termination(theory),
        lambda: Interpretation(theory, theory),
        lambda: to_chyp(Proof(E.diagram, E.diagram, (), theory)),
        lambda: Model(2, 1, {"e": [1], "f": [[1]]}).refutes(Equation("r", E >> F, E @ E >> z(2, 1)), theory),
    ):
        with pytest.raises(RewriteError, match="numbers of legs are not taken"):
            work()
    with pytest.raises(ArgumentError, match="a worksheet"):
        Worksheet(E.diagram, list(theory.families))
    with pytest.raises(RewriteError, match=r"theory.family\('fuse'\)"):
        theory["fuse"]
    plain = Theory("plain", theory.signature, [*theory.rules, FAMILIES["copy all"].member({"n": 2})])
    assert normalise(E >> z(1, 2), plain, Strategy(["copy all"], steps=5)).diagram == E @ E
    assert Rule("copied", E >> z(1, 2), E @ E).equation.left == plain["copy all"].left
