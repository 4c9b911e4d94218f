"""Like parts of a diagram are matched once, claims that fall apart are proved by parts, and many equal boxes are no obstacle."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    ArgumentError,
    Box,
    Copy,
    Diagram,
    Discard,
    Doctrine,
    Equation,
    OpenHypergraph,
    Spider,
    Swap,
    Ty,
    free,
)
from catenary.diagrams.equality import canonical_form, normalised
from catenary.rewriting import Limits, Proved, Refuted, Rule, Theory, Unknown, prove, rewrite
from catenary.rewriting.compact import Encoder, canonical_key, closed_twins
from catenary.rewriting.contexts import Site, find
from catenary.rewriting.models import Model
from catenary.rewriting.splitting import joined, parts_of
from catenary.rewriting.symmetry import twins_of
from catenary.rewriting.twins import shared_out

a, none = Ty("a"), Ty()
REWRITING = [
    Doctrine.SYMMETRIC,
    Doctrine.TRACED,
    Doctrine.COMPACT,
    Doctrine.HYPERGRAPH,
    Doctrine.MARKOV,
    Doctrine.CARTESIAN,
]


def beside(diagram: Diagram, count: int) -> Diagram:
    whole = diagram
    for _ in range(count - 1):
        whole = whole @ diagram
    return whole


def after(diagram: Diagram, count: int) -> Diagram:
    whole = diagram
    for _ in range(count - 1):
        whole = whole >> diagram
    return whole


def star(rng: random.Random, doctrine: Doctrine) -> OpenHypergraph:
    """A diagram with many like branches: between spiders, on copies, or closed."""
    signature = free(doctrine)
    f, g = (Box(name, a, a, signature=signature) for name in "fg")
    p, e = Box("p", none, a, signature=signature), Box("e", a, none, signature=signature)
    branches = [rng.choice([f.diagram, f >> f, f >> g, g.diagram]) for _ in range(rng.randint(2, 3))]
    branches += [branches[0]] * rng.randint(1, 2)
    if doctrine is Doctrine.HYPERGRAPH:
        legs = len(branches)
        ends = rng.randint(0, 1), rng.randint(0, 1)
        middle = branches[0]
        for branch in branches[1:]:
            middle = middle @ branch
        return (
            (Spider(ends[0], legs, a) >> middle >> Spider(legs, ends[1], a)).over(signature).to_hypergraph()
        )
    if doctrine is Doctrine.MARKOV:
        noises = [p >> branch for branch in branches]
        whole = noises[0]
        for branch in noises[1:]:
            whole = whole @ branch
        return normalised(whole.over(signature).to_hypergraph())
    closed = [p >> branch >> e for branch in branches]
    whole = rng.choice([f.diagram, f >> g])
    for branch in closed:
        whole = whole @ branch
    return whole.over(signature).to_hypergraph()


def rules(doctrine: Doctrine) -> list[Rule]:
    signature = free(doctrine)
    f, g, h = (Box(name, a, a, signature=signature) for name in "fgh")
    found = [
        Rule("one", f, g),
        Rule("two", f @ f, g @ h),
        Rule("both", f @ g, h @ h),
        Rule("chain", f >> f, h),
    ]
    if doctrine is Doctrine.HYPERGRAPH:
        found += [
            Rule("wire", Diagram.id(a).over(signature), h >> h),
            Rule("spider", Spider(2, 1, a), f @ h >> Spider(2, 1, a)),
        ]
    return found


@pytest.mark.parametrize("doctrine", REWRITING[:-1], ids=lambda d: d.value)
@given(seed=st.integers(0, 10_000))
@settings(max_examples=6, deadline=None)
def test_nothing_is_lost_when_like_parts_are_matched_once(doctrine, seed):
    rng = random.Random(seed)
    graph = star(rng, doctrine)
    rule = rng.choice(rules(doctrine))
    pattern = rule.sides()[0]
    if doctrine is Doctrine.SYMMETRIC:
        encoder = Encoder(Theory("rules", free(doctrine), [rule]))
        wiring = encoder.encode(graph)
        every, few = (
            [canonical_key(move[2]) for move in encoder.moves(encoder.sides[0], wiring, twins)]
            for twins in (None, closed_twins(wiring))
        )
    else:
        every, few = (
            [
                canonical_form(rewrite(graph, rule, match).graph)
                for match in find(pattern, Site(graph, doctrine, twins=twins))
            ]
            for twins in (None, twins_of(graph))
        )
    assert set(few) == set(every)
    assert len(few) <= len(every)


def test_twenty_like_boxes_are_matched_once():
    hyper = free(Doctrine.HYPERGRAPH)
    f, g = (Box(name, a, a, signature=hyper) for name in "fg")
    graph = (Spider(1, 20, a) >> beside(f.diagram, 20) >> Spider(20, 1, a)).over(hyper).to_hypergraph()
    twins = twins_of(graph)
    assert [len(copies) for copies in twins.edges] == [20]
    one, two = f.diagram.to_hypergraph(), (f @ f).to_hypergraph()
    forms = {
        canonical_form(rewrite(graph, Rule("one", f, g), m).graph)
        for m in find(one, Site(graph, hyper.doctrine, twins=twins))
    }
    assert len(forms) == 1  # the fresh ends at both spiders stay where they are
    assert next(find(two, Site(graph, hyper.doctrine, twins=twins))) is not None
    assert len(list(shared_out([0, 5], [7], [[[1, 2], [3, 4]]]))) == 2 * 10
    signature = free()
    s = Box("s", none, none)
    wiring = Encoder(Theory("none", signature, [])).encode(beside(s.diagram, 20).to_hypergraph())
    assert [len(copies) for copies in closed_twins(wiring).edges] == [20]


@pytest.mark.parametrize("doctrine", REWRITING, ids=lambda d: d.value)
@pytest.mark.parametrize("shape", [beside, after], ids=lambda s: s.__name__)
def test_many_equal_boxes(doctrine, shape):
    signature = free(doctrine)
    f, g, h, k = (Box(name, a, a, signature=signature) for name in "fghk")
    p, q, e = (
        Box("p", none, a, signature=signature),
        Box("q", none, a, signature=signature),
        Box("e", a, none, signature=signature),
    )
    pair = Box("pair", a @ a, a @ a, signature=signature)
    count, limits = 20, Limits(seconds=300)
    one = Theory("one", signature, [Rule("fg", f, g)])
    found = [
        prove(Equation("all", shape(f.diagram, count), shape(g.diagram, count)), one, limits=limits),
        prove(
            Equation("halves", after(f.diagram, count), after(h.diagram, count // 2)),
            Theory("t", signature, [Rule("ff", f >> f, h)]),
            limits=limits,
        ),
        prove(
            Equation("pairs", beside(f.diagram, count), beside(pair.diagram, count // 2)),
            Theory("t", signature, [Rule("ff", f @ f, pair)]),
            limits=limits,
        ),
        prove(
            Equation("in pairs", shape(f.diagram, count), shape(g.diagram, count)),
            Theory(
                "t",
                signature,
                [Rule("ff", f @ f, g @ g)] if shape is beside else [Rule("ff", f >> f, g >> g)],
            ),
            limits=limits,
        ),
        prove(
            Equation("scalars", beside(p >> f >> e, count), beside(q >> e, count)),
            Theory("t", signature, [Rule("pf", p >> f, q)]),
            limits=limits,
        ),
    ]
    assert all(isinstance(answer, Proved) for answer in found), found
    assert len(found[0].proof) == count
    wrong = shape(g.diagram, count - 1)
    wrong = wrong @ k if shape is beside else wrong >> k
    answer = prove(Equation("wrong", shape(f.diagram, count), wrong), one, limits=Limits(seconds=300))
    assert isinstance(answer, Refuted)
    assert not answer.model.satisfies(Equation("wrong", shape(f.diagram, count), wrong))


def test_copies_and_spiders_between_many_boxes():
    for doctrine, spread, gather in (
        (Doctrine.HYPERGRAPH, Spider(1, 20, a).diagram, Spider(20, 1, a).diagram),
        (Doctrine.CARTESIAN, None, None),
    ):
        signature = free(doctrine)
        f, g = (Box(name, a, a, signature=signature) for name in "fg")
        if spread is None:
            spread = Copy(a).diagram.over(signature)
            for made in range(1, 19):
                spread = spread >> Copy(a) @ a**made
            gather = Discard(a) @ a**19
        sides = [spread.over(signature) >> beside(box.diagram, 20) >> gather for box in (f, g)]
        answer = prove(
            Equation("all", *sides), Theory("t", signature, [Rule("fg", f, g)]), limits=Limits(seconds=300)
        )
        assert isinstance(answer, Proved)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_parts_are_put_together(seed):
    """Random claims side by side, wires permuted: the whole proof passes the checker, in every doctrine."""
    rng = random.Random(seed)
    doctrine = rng.choice(REWRITING)
    signature = free(doctrine)
    f, g, h = (Box(name, a, a, signature=signature) for name in "fgh")
    m, p, e = (
        Box("m", a @ a, a, signature=signature),
        Box("p", none, a, signature=signature),
        Box("e", a, none, signature=signature),
    )
    theory = Theory(
        "t", signature, [Rule("fg", f >> f, g), Rule("pf", p >> f, p), Rule("mh", m >> h, f @ h >> m)]
    )
    claims = [
        (f >> f >> g, g >> f >> f),
        (p >> f, p.diagram),
        (m >> h, f @ h >> m),
        (f.diagram, f.diagram),
        (p >> e, p >> e),
    ]
    chosen = [rng.choice(claims) for _ in range(rng.randint(2, 4))]
    sides = []
    for at in (0, 1):
        whole = Diagram.id(none, signature)
        for pair in chosen:
            whole = whole @ pair[at]
        sides.append(whole)
    for place in [rng.randrange(len(sides[0].cod) - 1) for _ in range(2)] if len(sides[0].cod) > 1 else []:
        sides = [s >> a**place @ Swap(a, a) @ a ** (len(s.cod) - place - 2) for s in sides]
    claim = Equation("whole", sides[0].over(signature), sides[1].over(signature))
    parts = parts_of(claim)
    proofs = {part.key: prove(part.equation, theory, limits=Limits(seconds=300)) for part in parts}
    assert all(isinstance(answer, Proved) for answer in proofs.values())
    proof = joined(claim, [(part, proofs[part.key].proof) for part in parts], theory)
    proof.check()
    assert (proof.start, proof.end) == (claim.left, claim.right)


def test_models_compare_wide_claims_by_parts():
    f, g, s, z = (
        Box("f", a, a),
        Box("g", a, a),
        Box("s", none, none),
        Box("z", none, none),
    )
    model = Model(5, 2, {"f": [[1, 0], [0, 2]], "g": [[2, 0], [0, 4]], "s": 2, "z": 0})  # g is twice f
    wide = [beside(box.diagram, 20) for box in (f, g)]
    assert model.satisfies(Equation("2^20 = 1 modulo 5", wide[0], wide[1]))
    assert not model.satisfies(Equation("2^21", wide[0] @ f, wide[1] @ g))
    assert not model.satisfies(Equation("scaled", s @ wide[0] @ f, s @ s @ wide[1] @ f))
    assert model.satisfies(Equation("scaled", wide[0] @ f @ s, wide[1] @ g))
    assert model.satisfies(Equation("zero", z @ wide[0] @ f, z @ wide[1] @ g))
    assert not model.satisfies(Equation("one is zero", z @ wide[0], wide[1]))


def test_a_part_is_refuted_only_if_the_whole_is():
    """A box that is in no part and no rule, a scalar that may be zero, and no time at all."""
    f, g, s = Box("f", a, a), Box("g", a, a), Box("s", none, none)
    theory = Theory("t", free(), [Rule("fg", f >> g, Diagram.id(a))])
    claim = Equation("swapped", s @ f @ g, s @ g @ f)
    answer = prove(claim, theory, limits=Limits(seconds=60))
    assert isinstance(answer, Refuted)
    assert answer.model.refutes(claim, theory)
    nothing = prove(Equation("none", f >> f >> f, f >> f), theory, limits=Limits(seconds=0))
    assert isinstance(nothing, Unknown)
    assert nothing.reason == "nothing was tried: there was no time"
    for wrong in (5, "60"):
        with pytest.raises(ArgumentError, match="Limits"):
            prove(claim, theory, limits=wrong)
    with pytest.raises(ArgumentError, match="number"):
        Limits(seconds=float("nan"))
