"""Theories made from theories, and interpretations of one in another."""

import pytest
from sympy import symbols

from catenary.diagrams import (
    ArgumentError,
    Box,
    Diagram,
    Doctrine,
    DoctrineError,
    Equation,
    Signature,
    SignatureError,
    Spider,
    Swap,
    Ty,
    UnknownGenerator,
)
from catenary.functors.category import ImageError
from catenary.rewriting import Interpretation, Limits, Proved, Rule, Theory, check, prove
from catenary.rewriting.library import bialgebra, comonoid, frobenius, hopf, monoid

a = Ty("a")


def sides(theory: Theory) -> set[tuple[Diagram, Diagram]]:
    return {pair for rule in theory for pair in ((rule.left, rule.right), (rule.right, rule.left))}


def test_a_bialgebra_is_the_tensor_of_a_monoid_and_a_comonoid():
    made = monoid().tensor(comonoid(), "bialgebra")
    assert sides(made) == sides(bialgebra())
    assert made.signature == bialgebra().signature


def test_eckmann_hilton():
    """Two monoids of which one is a homomorphism for the other are one, and commutative."""
    both = monoid().tensor(monoid(), "two monoids")
    signature = both.signature
    assert set(signature.generators) == {"m", "u", "m'", "u'"}
    m, n, u, v = (signature[name] for name in ("m", "m'", "u", "u'"))
    units = prove(Equation("units", u.diagram, v.diagram), both, limits=Limits(seconds=60))
    assert isinstance(units, Proved)
    one = Rule("units", u, v)
    same = prove(Equation("same", m.diagram, n.diagram), both, limits=Limits(seconds=60), lemmas=[one])
    assert isinstance(same, Proved)
    comm = Equation("comm", m.diagram, Swap(a, a) >> m)
    answer = prove(comm, both, limits=Limits(seconds=60), lemmas=[one, Rule("same", m, n)])
    assert isinstance(answer, Proved)


def test_opposites():
    back = (
        monoid()
        .opposite()
        .rename(
            "comonoid",
            boxes={"m": "n", "u": "c"},
            rules={"assoc": "coassoc", "unit_left": "counit_left", "unit_right": "counit_right"},
        )
    )
    assert sides(back) == sides(comonoid())
    for theory in (bialgebra(), hopf(), frobenius(special=True)):
        twice = theory.opposite().opposite(theory.signature.name)
        assert twice.signature == theory.signature
        assert sides(twice) == sides(theory)
    # what is its own opposite
    turned = {"m": "n", "n": "m", "u": "c", "c": "u"}
    assert sides(bialgebra().opposite().rename("bialgebra", boxes=turned)) == sides(bialgebra())
    cartesian = Theory("c", Signature("c", Doctrine.CARTESIAN, ["a"], [Box("f", a, a)]))
    with pytest.raises(DoctrineError, match="opposite"):
        cartesian.opposite()


def test_the_opposite_keeps_phases_and_flags():
    x, f = symbols("x"), Box("f", a, a @ a, [0])
    signature = Signature("s", Doctrine.HYPERGRAPH, ["a"], [f])
    f = signature["f"].replace(params=(x,))
    rule = Rule("r", Spider(1, 1, a, phase=x) >> f >> f.dagger(), Spider(1, 1, a, phase=-x), True, "x")
    theory = Theory("s", signature, [rule])
    other = theory.opposite("t")
    (turned,) = other
    g = other.signature["f"].replace(params=(x,))
    assert turned.left == g.dagger() >> g >> Spider(1, 1, a, phase=x)
    assert (turned.directed, turned.variables) == (True, ("x",))
    assert other.opposite("s")["r"] == theory["r"]


def test_products_and_unions():
    two = monoid().product(comonoid(), "pairs")
    assert two.signature.objects == {"a", "a'"}
    assert len(two) == 6
    b = Ty("a'")
    assert two.signature["n"].cod == b @ b
    again = monoid().product(monoid())
    assert set(again.signature.generators) == {"m", "u", "m'", "u'"}
    assert {rule.name for rule in again} >= {"assoc", "assoc'"}
    assert sides(monoid().union(comonoid())) == sides(monoid()) | sides(comonoid())
    other = Theory("other", Signature("other", Doctrine.SYMMETRIC, ["a"], [Box("m", a, a)]))
    with pytest.raises(SignatureError, match="different generators 'm'"):
        monoid().union(other)
    with pytest.raises(SignatureError, match="two objects"):
        two.rename("one", objects={"a'": "a"})
    with pytest.raises(UnknownGenerator, match="k"):
        monoid().rename("x", boxes={"k": "l"})
    with pytest.raises(SignatureError, match="on one object"):
        two.tensor(monoid())


def test_inheritance():
    theory = hopf()
    for part in (monoid(), comonoid(), bialgebra()):
        assert Interpretation(part, theory).open == ()
    assert Interpretation(hopf(), theory).open == ()
    with pytest.raises(UnknownGenerator, match="s"):
        Interpretation(hopf(), bialgebra())
    with pytest.raises(ImageError):
        Interpretation(monoid(), theory, boxes={"m": theory.signature["s"]})
    # convolution: the antipode laws say that s is the inverse of the identity
    m, n = theory.signature["m"], theory.signature["n"]
    pairs = Interpretation(
        monoid(),
        theory,
        {"a": a @ a},
        {"m": a @ Swap(a, a) @ a >> m @ m, "u": theory.signature["u"] @ theory.signature["u"]},
    )
    assert pairs.open == ("assoc", "unit_left", "unit_right")
    answers = pairs.prove(Limits(seconds=20))
    assert all(isinstance(answer, Proved) for answer in answers.values())
    for answer in answers.values():
        check(answer.proof, theory)
    assert pairs(m) == a @ Swap(a, a) @ a >> m @ m if "m" not in monoid().signature.generators else True
    assert pairs(monoid().signature["m"]) == a @ Swap(a, a) @ a >> m @ m
    assert n.dom == a


def test_proofs_are_carried_over():
    source = monoid()
    m, u = source.signature["m"], source.signature["u"]
    claim = Equation("three units", u @ u @ u >> m @ a >> m, u.diagram)
    found = prove(claim, source, limits=Limits(seconds=60))
    assert isinstance(found, Proved)
    # a comonoid is a monoid upside down; a renamed one is one as it stands
    target = source.product(comonoid()).rename("target", boxes={"m": "+", "u": "0"}, objects={"a": "g"})
    into = Interpretation(
        source, target, {"a": Ty("g")}, {"m": target.signature["+"], "u": target.signature["0"]}
    )
    assert into.open == ()
    carried = into.proof(found.proof)
    check(carried, target)
    assert carried.start == into(claim.left)
    back = Interpretation(target, target)
    assert back.then(back).open == ()
    assert into.then(back)(claim.left) == into(claim.left)
    with pytest.raises(ArgumentError, match="in the theory"):
        back.proof(found.proof)
