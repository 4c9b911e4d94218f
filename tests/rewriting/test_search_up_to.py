"""Search up to commutative laws and up to directions: keys that do not see them, proofs that name them."""

import random

from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import Box, Diagram, Doctrine, Equation, Signature, Spider, Swap, Ty
from catenary.rewriting import Limits, Rule, Theory, check, search
from catenary.rewriting.commuting import CommutingSpace, commutes
from catenary.rewriting.library import frobenius, hopf, monoid
from catenary.rewriting.search import space_of
from catenary.rewriting.theorems import load
from catenary.rewriting.turning import TurningSpace

a = Ty("a")
THEORY = hopf(commutative=True, cocommutative=True)
ZX = Theory.from_document(load("clifford_zx"))


def flipped(rng: random.Random, diagram: Diagram) -> Diagram:
    """The diagram with swaps put before some multiplications and after some comultiplications."""
    result = Diagram.id(diagram.dom, THEORY.signature)
    for box, offset in diagram.layers:
        left, right = result.cod[:offset], result.cod[offset + len(box.dom) :]
        step = box.diagram
        if box.name == "m" and rng.random() < 0.5:
            step = Swap(a, a) >> step
        if box.name == "n" and rng.random() < 0.5:
            step = step >> Swap(a, a)
        result = result >> left @ step @ right
    return result


@given(st.integers(0, 10**9))
def test_diagrams_equal_by_commutative_laws_have_one_key_and_a_proof(random_diagram, seed):
    rng = random.Random(seed)
    diagram = random_diagram(rng, THEORY.signature, 6, width=rng.randint(0, 3), most=4)
    other = flipped(rng, diagram)
    space = CommutingSpace(THEORY)
    assert space.key(diagram) == space.key(other)
    proof = space.proof(Equation("e", diagram, other), [])
    check(proof, THEORY)
    assert set(proof.rules_used) <= {"comm", "cocomm"}


@given(st.integers(0, 10**9))
def test_search_up_to_commutative_laws_proves_what_random_steps_made(random_diagram, seed):
    from catenary.rewriting import matches, rewrite

    rng = random.Random(seed)
    start = random_diagram(rng, THEORY.signature, 4, width=rng.randint(1, 2), most=3)
    graph = start.to_hypergraph()
    for _ in range(2):
        rule, forward = rng.choice(THEORY.rules), rng.random() < 0.5
        old, new = rule.sides(forward)
        found = list(matches(old, graph)) if len(graph.edges) + len(new.edges) - len(old.edges) <= 7 else []
        if found:
            graph = rewrite(graph, rule, rng.choice(found), forward).graph
    report = search(
        Equation("e", start, graph.to_diagram()), THEORY, Limits(seconds=60, states=20_000), cap=8
    )
    assert report.proof is not None
    check(report.proof, THEORY)


def test_which_theories_have_commutative_laws():
    assert commutes(monoid(commutative=True))
    assert commutes(THEORY)
    assert not commutes(monoid())
    assert not commutes(frobenius())
    signature = Signature("x", Doctrine.SYMMETRIC, ["a"], [Box("k", a @ a, a @ a)])
    k = signature["k"]
    natural = Rule("natural", Swap(a, a) >> k, k >> Swap(a, a))
    assert not commutes(Theory("both at once", signature, [natural]))
    one_way = Rule("one way", Swap(a, a) >> k, k, directed=True)
    assert not commutes(Theory("directed", signature, [one_way]))


def test_running_out_of_diagrams_says_nothing_where_keys_may_be_shared():
    """With the order of inputs left out a search that ends has perhaps not seen everything."""
    theory = Theory("comm", monoid(commutative=True).signature, [monoid(commutative=True)["comm"]])
    m = theory.signature["m"]
    claim = Equation("e", m @ a >> m, a @ m >> m)
    assert search(claim, theory).reason == "boxes"


@given(st.integers(0, 10**9))
def test_directions_of_self_transpose_boxes_are_not_seen(seed):
    rng = random.Random(seed)
    q = Ty("q")
    h = ZX.signature["H"].diagram
    turned = Spider(0, 2, q) @ q >> q @ h @ q >> q @ Spider(2, 0, q)
    plain = other = Diagram.id(q @ q, ZX.signature)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(2)
        step = rng.choice(["H", "CZ", "phase"])
        if step == "phase":
            one = two = q**at @ Spider(1, 1, q, phase=1) @ q ** (1 - at)
        else:
            box = [h, rng.choice([h, turned])]
            if step == "H":
                one, two = (q**at @ b @ q ** (1 - at) for b in box)
            else:
                one, two = (Spider(1, 2, q) @ q >> q @ b @ q >> q @ Spider(2, 1, q) for b in box)
        plain, other = plain >> one, other >> two
    space = space_of(ZX, q @ q)
    assert isinstance(space, TurningSpace)
    assert space.key(plain) == space.key(other)
    proof = space.proof(Equation("e", plain, other), [])
    check(proof, ZX)
    assert set(proof.rules_used) <= {"turn"}


def test_scalars_are_seen():
    space = space_of(ZX, Ty())
    r, t = (ZX.signature[x].diagram for x in "rt")
    assert len({space.key(d) for d in (r, t, r @ t, r @ r, t @ t)}) == 5
