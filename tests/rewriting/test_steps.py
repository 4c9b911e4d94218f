"""Rewriting steps, proofs and the checker."""

import json
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import Box, Diagram, DoctrineError, InputError, OpenHypergraph, RewriteError, Swap, Ty
from catenary.rewriting import Match, Proof, Rule, Step, Theory, check, matches, rewrite
from catenary.rewriting.compact import Encoder, canonical_key
from catenary.rewriting.library import bialgebra, hopf

a = Ty("a")
THEORY = hopf(commutative=True, cocommutative=True)


def random_proof(random_diagram, seed: int, length: int = 4, size: int = 6) -> Proof:
    """A proof made of random steps of the theory, in both directions."""
    rng = random.Random(seed)
    start = random_diagram(rng, THEORY.signature, size, width=rng.randint(0, 3), most=4)
    graph = OpenHypergraph.from_diagram(start)
    steps = []
    for _ in range(length):
        rules = [(rule, forward) for rule in THEORY for forward in (True, False)]
        rng.shuffle(rules)
        for rule, forward in rules:
            left, right = rule.sides(forward)
            if len(graph.edges) - len(left.edges) + len(right.edges) > 12:
                continue
            found = list(matches(left, graph))
            if found:
                match = rng.choice(found)
                graph = rewrite(graph, rule, match, forward).graph
                steps.append(Step(rule.name, forward, match))
                break
    return Proof(start, graph.to_diagram(), tuple(steps), THEORY)


@settings(max_examples=150)
@given(st.integers(0, 10**9))
def test_steps_keep_the_tensor_and_pass_the_checker(random_diagram, in_group_algebra, seed):
    proof = random_proof(random_diagram, seed)
    expected = in_group_algebra(OpenHypergraph.from_diagram(proof.start))
    for graph, _, result in proof.rewrites():
        graph.check()
        result.graph.check()
        assert np.array_equal(in_group_algebra(result.graph), expected)
        assert [result.graph.edges[k].box for k in result.kept if k >= 0] == [
            e.box for k, e in zip(result.kept, graph.edges, strict=True) if k >= 0
        ]
    proof.check()


@given(st.integers(0, 10**9))
def test_every_rule_of_the_library_holds_in_the_group_algebra(in_group_algebra, seed):
    for rule in THEORY:
        left, right = rule.graphs
        assert np.array_equal(in_group_algebra(left), in_group_algebra(right)), rule.name


@given(st.integers(0, 10**9))
def test_json_round_trip(random_diagram, seed):
    proof = random_proof(random_diagram, seed)
    again = Proof.from_json(json.loads(json.dumps(proof.to_json())))
    assert again.steps == proof.steps
    assert again.theory == proof.theory
    again.check()
    check(again, THEORY)


@given(st.integers(0, 10**9))
def test_proofs_reverse_and_compose(random_diagram, seed):
    proof = random_proof(random_diagram, seed, 3)
    back = proof.reversed()
    back.check()
    assert back.start == proof.end
    assert back.end == proof.start
    around = proof.then(back)
    around.check()
    assert len(around) == 2 * len(proof)


@given(st.integers(0, 10**9))
def test_canonical_keys_are_complete_invariants(random_diagram, seed):
    rng = random.Random(seed)
    encoder = Encoder(THEORY)
    graph = random_diagram(rng, THEORY.signature, 7, width=rng.randint(0, 2), most=3).to_hypergraph()
    order = list(range(len(graph.edges)))
    rng.shuffle(order)
    names = list(range(len(graph.vertices)))
    rng.shuffle(names)
    at = {v: i for i, v in enumerate(names)}
    shuffled = OpenHypergraph(
        tuple(graph.vertices[v] for v in names),
        tuple(
            type(graph.edges[e])(
                graph.edges[e].box,
                tuple(at[v] for v in graph.edges[e].sources),
                tuple(at[v] for v in graph.edges[e].targets),
            )
            for e in order
        ),
        tuple(at[v] for v in graph.dom),
        tuple(at[v] for v in graph.cod),
        graph.signature,
    )
    assert canonical_key(encoder.encode(graph)) == canonical_key(encoder.encode(shuffled))
    other = random_diagram(rng, THEORY.signature, 7, width=len(graph.dom), most=3).to_hypergraph()
    same = canonical_key(encoder.encode(graph)) == canonical_key(encoder.encode(other))
    assert same == (graph == other)


def test_pictures_highlight_redex_and_contractum(random_diagram):
    for seed in range(10):
        proof = random_proof(random_diagram, seed)
        pictures = list(proof.diagrams())
        assert len(pictures) == 2 * len(proof) or not proof.steps
        for (graph, step, result), (before, after) in zip(
            proof.rewrites(), zip(pictures[::2], pictures[1::2], strict=True), strict=True
        ):
            assert before[1] == graph.to_diagram()
            assert after[1] == result.graph.to_diagram()
            shown = sorted(before[1].boxes[i].name for i in before[2])
            assert shown == sorted(graph.edges[e].box.name for e in step.match.edges)
            shown = sorted(after[1].boxes[i].name for i in after[2])
            assert shown == sorted(result.graph.edges[e].box.name for e in result.added)


# Tampered proofs


def tour() -> Proof:
    """u;s = u, step by step."""
    from catenary.rewriting import EGraph

    theory = hopf()
    u, s = theory.signature["u"], theory.signature["s"]
    proof = EGraph(theory).explain(u >> s, u.diagram)
    assert proof is not None
    return proof


def test_tampered_proofs_are_rejected():
    proof = tour()
    proof.check()
    for at, step in enumerate(proof.steps):
        for change in (
            replace(step, rule="assoc"),
            replace(step, rule="no such rule"),
            replace(step, forward=not step.forward),
            replace(step, match=Match(tuple(e + 50 for e in step.match.edges), step.match.vertices)),
            replace(step, match=Match(step.match.edges, tuple(v + 50 for v in step.match.vertices))),
            replace(step, match=Match((), ())),
        ):
            if change.match == step.match and change.rule == step.rule and change.forward == step.forward:
                continue
            wrong = replace(proof, steps=(*proof.steps[:at], change, *proof.steps[at + 1 :]))
            with pytest.raises(RewriteError):
                check(wrong)
        with pytest.raises(RewriteError):
            check(replace(proof, steps=(*proof.steps[:at], *proof.steps[at + 1 :])))
    first, second, *rest = proof.steps
    with pytest.raises(RewriteError):
        check(replace(proof, steps=(second, first, *rest)))
    with pytest.raises(RewriteError):
        check(replace(proof, end=proof.start))


@given(st.integers(0, 10**9))
def test_a_random_change_is_rejected_or_still_a_sound_proof(random_diagram, in_group_algebra, seed):
    proof = random_proof(random_diagram, seed)
    if not proof.steps:
        return
    rng = random.Random(seed)
    at = rng.randrange(len(proof.steps))
    step = proof.steps[at]
    edges, vertices = list(step.match.edges), list(step.match.vertices)
    table = rng.choice([edges, vertices])
    if table:
        table[rng.randrange(len(table))] = rng.randint(-1, 12)
    changed = Step(
        rng.choice([step.rule, rng.choice(THEORY.rules).name]),
        step.forward,
        Match(tuple(edges), tuple(vertices)),
    )
    wrong = replace(proof, steps=(*proof.steps[:at], changed, *proof.steps[at + 1 :]))
    try:
        check(wrong)
    except RewriteError:
        return
    ends = [in_group_algebra(OpenHypergraph.from_diagram(end)) for end in (wrong.start, wrong.end)]
    assert np.array_equal(*ends)


def test_directed_rules_go_one_way():
    f, g = Box("f", a, a), Box("g", a, a)
    theory = Theory("one way", f.signature, [Rule("fg", f, g, directed=True)])
    Proof(f.diagram, g.diagram, (Step("fg", True, Match((0,), (0, 1))),), theory).check()
    back = Proof(g.diagram, f.diagram, (Step("fg", False, Match((0,), (0, 1))),), theory)
    with pytest.raises(RewriteError, match="directed"):
        back.check()
    with pytest.raises(RewriteError, match="directed"):
        list(back.rewrites())


def test_a_non_convex_match_is_rejected_by_the_checker():
    f, g, b = Box("f", a, a), Box("g", a, a), Box("b", a, a)
    k = Box("k", a @ a, a @ a)
    theory = Theory("pair", f.signature, [Rule("pair", f @ b, k)])
    start = f >> g >> b
    # boxes 0 and 2, wires 0 → 1 and 2 → 3: everything fits but convexity
    step = Step("pair", True, Match((0, 2), (0, 2, 1, 3)))
    left = theory["pair"].graphs[0]
    vertices = [0] * 4
    for e, image in enumerate((0, 2)):
        edge, there = left.edges[e], start.to_hypergraph().edges[image]
        for v, w in zip(edge.sources + edge.targets, there.sources + there.targets, strict=True):
            vertices[v] = w
    step = Step("pair", True, Match((0, 2), tuple(vertices)))
    with pytest.raises(RewriteError, match="convex"):
        check(Proof(start, start, (step,), theory))
    with pytest.raises(RewriteError, match="convex"):
        rewrite(start.to_hypergraph(), theory["pair"], step.match)


def test_a_proof_is_checked_against_the_theory_that_is_asked():
    f, g = Box("f", a, a), Box("g", a, a)
    lies = Theory("lies", f.signature, [Rule("fg", f, g)])
    proof = Proof(f.diagram, g.diagram, (Step("fg", True, Match((0,), (0, 1))),), lies)
    check(proof)
    with pytest.raises(RewriteError, match="no such rule"):
        check(proof, Theory("empty", f.signature))


def test_the_checker_imports_diagrams_only():
    import ast
    from pathlib import Path

    from catenary.rewriting import checker

    source = Path(checker.__file__).read_text()
    assert len(source.splitlines()) < 300
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("catenary"):
            assert node.module.startswith("catenary.diagrams")


@pytest.mark.parametrize(
    "value", [None, [], {}, {"schema": "catenary/proof"}, {"schema": "catenary/proof", "version": 1}]
)
def test_json_that_is_no_proof(value):
    with pytest.raises(InputError):
        Proof.from_json(value)


def test_rules_and_theories():
    from catenary.diagrams import Doctrine, SignatureError, UnknownGenerator, free

    theory = bialgebra()
    with pytest.raises(UnknownGenerator, match="assoc"):
        theory["asoc"]
    f, g = Box("f", a, a), Box("g", a, a)
    with pytest.raises(SignatureError):
        Theory("twice", f.signature, [Rule("r", f, g), Rule("r", g, f)])
    assert len(Theory("once", f.signature, [Rule("r", f, g), Rule("r", f, g)])) == 1
    with pytest.raises(DoctrineError):
        Theory("planar", free(Doctrine.MONOIDAL))
    with pytest.raises(ValueError, match="cannot compose"):
        Rule("bad", f, Diagram.id(a @ a))
    assert theory.union(theory).rules == theory.rules
    assert Rule("swap", Swap(a, a) >> Swap(a, a), Diagram.id(a @ a)).left == Diagram.id(a @ a)
