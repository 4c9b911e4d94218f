"""Proofs written by hand, lemmas taken out of them, and certificates, which are no proofs."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    Cap,
    Cup,
    Diagram,
    Doctrine,
    Equation,
    RewriteError,
    SignatureError,
    Swap,
    Ty,
    free,
)
from catenary.diagrams.errors import ArgumentError
from catenary.diagrams.text import WrittenProof, format_document, parse_document
from catenary.functors.circuits import qasm2
from catenary.rewriting import CalcError, Certificate, CertificateError, Theory, calc, certify, check, prove
from catenary.rewriting.calc import shrink
from catenary.rewriting.lemmas import without_lemmas
from catenary.rewriting.library import hopf, monoid
from catenary.rewriting.rule import Rule

a = Ty("a")
THEORY = hopf()
m, u, n, c, s = (THEORY.signature[x] for x in "muncs")


def chain():
    return (
        calc(THEORY)
        .start(u >> s)
        .step(u @ (u >> s) >> m, by="unit_left")
        .step(u >> n >> a @ s >> m, by="unit_copy")
        .step(u >> c >> u, by="antipode_right")
        .step(u, by="simp")
    )


def test_a_chain_is_a_proof_that_the_checker_accepts():
    proof = chain().proves(Equation("claim", u >> s, u.diagram))
    check(proof, THEORY)
    assert [step.rule for step in proof.steps] == ["unit_left", "unit_copy", "antipode_right", "unit_counit"]


@pytest.mark.parametrize(
    ("after", "by", "problem"),
    [
        (u.diagram, "assoc", "no one use of the rule"),
        (u.diagram, "asoc", "no such reason"),
        (u.diagram, "laws", "laws of the doctrine"),
        (u.diagram, ["unit_left", "assoc"], "do not lead there"),
        (u.diagram, ["nothing"], "no rule 'nothing'"),
        (u >> s >> s >> s, "simp", "different diagrams"),
        (u @ u, "search", "boundaries differ"),
        (u.diagram, Equation("new", u >> s, u.diagram), "lemmas"),
        (u.diagram, "isotopy", "no certificate"),
    ],
)
def test_a_step_that_does_not_hold_is_named_with_both_diagrams(after, by, problem):
    with pytest.raises(CalcError, match=problem) as caught:
        calc(THEORY).start(u >> s).step(after, by=by)
    assert caught.value.number == 1
    assert caught.value.before == u >> s
    assert caught.value.after == after
    assert "from  u >> s" in str(caught.value)


def test_chains_that_prove_something_else():
    for claim in (Equation("end", u >> s, u >> s), Equation("start", u >> s >> s, u.diagram)):
        with pytest.raises(CalcError, match=f"than '{claim.name}'"):
            chain().proves(claim)
    with pytest.raises(RewriteError, match="begins with start"):
        calc(THEORY).step(u, by="simp")


def test_rules_in_turn_and_results_by_number():
    theory = monoid()
    m, u = theory.signature["m"], theory.signature["u"]
    start = u @ u @ a >> m @ a >> m
    one, other = (calc(theory).start(start).by("unit_left", at=at).end for at in (0, 0))
    assert one == other
    found = calc(theory).start(a @ u @ a >> m @ a >> m).by("assoc").by("unit_left")
    assert found.proof().rules_used == ("assoc", "unit_left")
    assert found.end == m.diagram
    with pytest.raises(CalcError, match="none is number 7"):
        calc(theory).start(start).by("unit_left", at=7)


def test_directed_rules_go_one_way():
    f, g = Box("f", a, a), Box("g", a, a)
    theory = Theory("one way", f.signature, [Rule("fg", f, g, directed=True)])
    assert len(calc(theory).start(f).step(g, by="fg").proof()) == 1
    assert len(calc(theory).start(f >> f).step(g >> g, by="simp").proof()) == 2
    with pytest.raises(CalcError, match="directed"):
        calc(theory).start(g).step(f, by="fg")
    with pytest.raises(CalcError, match="directed"):
        calc(theory).start(g).step(f, by="simp")
    loop = Theory("loop", f.signature, [Rule("ff", f, f >> f, directed=True)])
    from catenary.rewriting.limits import Deadline

    with pytest.raises(RewriteError, match="does not end"):
        shrink(f.diagram, loop, Deadline(0.05))


def test_lemmas_are_taken_out_in_both_directions():
    lemma = Equation("unit antipode", u >> s, u.diagram)
    known = {lemma.name: chain().proof()}
    forward = calc(THEORY, [lemma]).start(u >> s >> s).step(u, by=[lemma.name]).proof()
    back = calc(THEORY, [lemma]).start(u).step(u >> s, by=lemma).proof()
    for proof, steps in ((forward, 8), (back, 4)):
        with pytest.raises(RewriteError, match="no such rule"):
            check(proof, THEORY)
        plain = without_lemmas(proof, known, THEORY)
        check(plain, THEORY)
        assert len(plain) == steps
        assert (plain.start, plain.end) == (proof.start, proof.end)
    with pytest.raises(RewriteError, match="neither a rule"):
        without_lemmas(forward, {}, THEORY)
    around = {"unit antipode": forward}
    with pytest.raises(RewriteError, match="circle"):
        without_lemmas(forward, around, THEORY)


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.sampled_from([Doctrine.SYMMETRIC, Doctrine.HYPERGRAPH, Doctrine.CARTESIAN]))
def test_lemmas_in_random_places(seed, doctrine):
    signature = free(doctrine)
    f, g, h = (Box(x, a, a, signature=signature) for x in "fgh")
    theory = Theory("t", signature, [Rule("fg", f >> f, g), Rule("gh", g >> f, h)])
    lemma = Equation("cube", f >> f >> f, h.diagram)
    known = {"cube": prove(lemma, theory).proof}
    rng = random.Random(seed)
    around = [rng.choice([f, g, h]).diagram for _ in range(rng.randint(0, 3))]
    start = end = Diagram.id(a, signature)
    for place in range(len(around) + 1):
        if place == len(around) // 2:
            start, end = start >> f >> f >> f, end >> h
        if place < len(around):
            start, end = start >> around[place], end >> around[place]
    short = calc(theory, [lemma]).start(start @ a).step(end @ a, by="cube").proof()
    long = without_lemmas(short, known, theory)
    check(long, theory)
    assert len(long) == 2


TEXT = """
theory involution : symmetric
object A
box f : A -> A
axiom twice: f >> f = A
claim thrice: f >> f >> f = f
claim four: f >> f >> f >> f = A
proof thrice: f >> f >> f = f by twice
proof four: f >> f >> f >> f = f >> f by thrice = A by twice, thrice
"""


def test_proofs_in_theory_files():
    document = parse_document(TEXT)
    assert [proof.claim for proof in document.proofs] == ["thrice", "four"]
    assert document.proofs[1].reasons == (("thrice",), ("twice", "thrice"))
    again = parse_document(format_document(document))
    assert again == document
    assert eval(repr(document), vars(__import__("catenary.diagrams", fromlist=["*"])) | vars(
        __import__("catenary.diagrams.text", fromlist=["*"])
    )) == document  # fmt: skip


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("proof thrice", "proof thrise"), "did you mean thrice"),
        (("proof four", "proof thrice"), "a second proof"),
        (("= f by twice", "= A @ f by twice"), "another boundary"),
        (("f by twice", "f"), "expected .*by"),
        (("by twice, thrice", "by twice,"), "expected a name"),
    ],
)
def test_faults_in_written_proofs_have_a_place(change, problem):
    with pytest.raises(ValueError, match=problem) as caught:
        parse_document(TEXT.replace(*change))
    assert caught.value.line


def test_written_proofs_have_reasons():
    with pytest.raises(SignatureError, match="has a reason"):
        WrittenProof("x", (u.diagram,), (("a",),))


# Certificates


def circuits() -> tuple[Diagram, Diagram, Diagram]:
    def gates(text: str) -> Diagram:
        head = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[2];'
        return qasm2.parse(head + text).to_diagram()

    parity = gates("cx q[0],q[1]; t q[1]; cx q[0],q[1];")
    return parity, gates("cx q[1],q[0]; t q[0]; cx q[1],q[0];"), gates("t q[0];")


@pytest.mark.parametrize("kind", ["rotations", "matrices"])
def test_certificates_of_circuits(kind):
    one, other, wrong = circuits()
    certificate = certify(one, other, kind)
    certificate.verify()
    assert Certificate.from_json(json.loads(json.dumps(certificate.to_json()))) == certificate
    with pytest.raises(CertificateError):
        Certificate(kind, one, wrong, certificate.detail).verify()
    with pytest.raises(CertificateError):
        Certificate(kind, one, other, "phase 1").verify()
    with pytest.raises(CertificateError):
        certify(n.diagram, n.diagram, kind)


def test_certificates_of_isotopy():
    x = Ty("x")
    certify(x @ Cap(x.r, x) >> Cup(x, x.r) @ x, Diagram.id(x)).verify()
    with pytest.raises(CertificateError, match="no"):
        certify(Swap(a, a), Diagram.id(a @ a))
    with pytest.raises(ArgumentError, match="isotopy, rotations, matrices"):
        certify(u, u, "trust me")
    for value in ({}, {"schema": "catenary/certificate", "version": 1}, {"schema": "x", "version": 1}):
        with pytest.raises(RewriteError):
            Certificate.from_json(value)


def test_a_certificate_is_never_taken_for_a_proof():
    one, other, _ = circuits()
    theory = Theory("no rules", one.signature)
    chain = calc(theory).start(one).step(other, by="rotations")
    with pytest.raises(RewriteError, match="a certificate is no proof"):
        chain.proof()
    certificate = chain.evidence[0]
    with pytest.raises((AttributeError, RewriteError)):
        check(certificate)
