"""The file of statements: complete, proved where it says so, and never proved where it must not be."""

import json
import random
from dataclasses import replace
from importlib import resources

import pytest

from catenary.diagrams import UnknownGenerator
from catenary.rewriting import EGraph, Limits, check, search
from catenary.rewriting.library.zx import stabilizer_zx
from catenary.rewriting.rule import is_symmetric
from catenary.rewriting.theorems import Statement, decide, load, statements
from catenary.rewriting.theorems.outcome import decide_by_cpu
from catenary.rewriting.theorems.statement import FOLDER, files

# Statements whose proof takes a few seconds or more: in the slow suite.
SLOW = {
    "G/boolean/full-adder-carry",
    "F/circuits/Z-conjugates-H",
    "C/hopf_commutative/involution",
    "C/hopf_commutative/square-inverse",
    "C/hopf_two_antipodes/unique",
    "D/complementary_coherent/antipodes-inverse",
    "B/frobenius_commutative/cocomm",
    "B/frobenius_commutative/cap-symmetric",
}


def marked(found: tuple[Statement, ...]) -> list[object]:
    return [
        pytest.param(s, id=s.name, marks=[pytest.mark.slow] if s.name in SLOW or s.block == "F" else [])
        for s in found
    ]


def test_the_index_and_the_files_agree():
    index = json.loads(resources.files(FOLDER).joinpath("statements.json").read_text(encoding="utf-8"))
    assert {s.block for s in statements()} == set(index["blocks"])
    assert len({(s.status, s.name) for s in statements()}) == len(statements())
    named = {s.file for s in statements()}
    bases = {"frobenius_special"}  # families are made over it
    assert set(files()) - bases <= named
    for statement in statements():
        assert statement.claim not in [
            replace(axiom, name=statement.claim.name) for axiom in statement.document.axioms
        ]
    for file in files():  # every claim is a statement
        for claim in load(file).claims:
            assert any(s.file == file and s.claim.name == claim.name for s in statements()), (
                file,
                claim.name,
            )
    with pytest.raises(UnknownGenerator, match="hopf"):
        load("hopff")
    with pytest.raises(UnknownGenerator):
        statements("Z")


@pytest.mark.parametrize("statement", marked(statements(status="theorem")))
def test_theorems_are_proved(statement):
    outcome = decide_by_cpu(statement)
    assert outcome.answer == "proved", outcome.method
    assert outcome.seconds <= statement.limits.seconds
    if statement.rewrites:
        theory = statement.theory
        check(outcome.proof, theory.extend("allowed", statement.lemmas) if statement.lemmas else theory)
        assert outcome.proof.start == statement.claim.left
        assert outcome.proof.end == statement.claim.right
        if statement.block == "A":
            assert len(outcome.proof) == 0


@pytest.mark.parametrize(
    "statement", statements(status="never") + statements(status="underivable"), ids=lambda s: s.name
)
def test_the_others_are_not(statement):
    small = Limits(seconds=1.0, places=1000, transitions=2000, states=1000)
    outcome = decide(statement, small)
    assert outcome.answer != "proved"
    if outcome.model is not None:
        assert outcome.model.refutes(statement.claim, statement.theory)
    if not statement.rewrites:
        assert outcome.answer == "refuted"
        return
    claim = statement.claim
    assert search(claim, statement.theory, small).proof is None
    if is_symmetric(statement.signature):
        net = EGraph(statement.theory)
        assert net.equal(claim.left, claim.right, small) is None


def test_most_of_what_is_false_is_refuted():
    refuted = [
        s.name for s in statements(status="never") if decide(s, Limits(seconds=5.0)).answer == "refuted"
    ]
    assert len(refuted) >= len(statements(status="never")) - 1
    recorded = [s for s in statements(status="underivable") if s.file != "frobenius_one_law"]
    assert all(decide(s, Limits(seconds=5.0)).answer == "refuted" for s in recorded)


def test_one_axiom_fixes_the_sign_of_a_quarter_turn():
    """Signs (-1)^k for spiders of phase kπ/2, and a minus for w: all axioms of block E but one, and not local complementation."""

    def sign(diagram):
        turns = sum(2 * box.params[0] for box in diagram.boxes if box.kind == "spider" and box.params)
        return (-1) ** int(turns + sum(box.name == "w" for box in diagram.boxes))

    zx = load("clifford_zx")
    assert [axiom.name for axiom in zx.axioms if sign(axiom.left) != sign(axiom.right)] == ["absorb-zero"]
    odd = {claim.name for claim in zx.claims if sign(claim.left) != sign(claim.right)}
    assert odd == {"zero-absorbs", "quarter-state", "quarter-star", "local-complementation"}
    assert [rule.name for rule in stabilizer_zx() if sign(rule.left) != sign(rule.right)] == ["absorb"]


def test_no_gate_of_the_circuit_theorems_can_be_dropped():
    """One gate less on one side is false, and a model says so."""
    from catenary.diagrams import Diagram, Equation
    from catenary.rewriting import counter_model

    rng = random.Random(0)
    found = list(statements("F", "theorem"))
    for statement in rng.sample(found, 6):
        layers = list(statement.claim.left.layers)
        gates = [i for i, (box, _) in enumerate(layers) if not box.is_structural]
        gone = rng.choice(gates)
        left = Diagram.id(statement.claim.left.dom, statement.signature)
        for i, (box, offset) in enumerate(layers):
            if i != gone:
                wires = left.cod
                left = left >> wires[:offset] @ box @ wires[offset + len(box.dom) :]
        claim = Equation("dropped", left, statement.claim.right)
        assert counter_model(claim, statement.theory, seconds=5) is not None
