"""Types, boxes, signatures and diagrams: construction, errors, laziness, repr, pickle and copy."""

import copy
import gc
import pickle
import random
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings

import catenary.diagrams
from catenary.diagrams import (
    ArityError,
    Box,
    Cap,
    CatenaryError,
    CompositionError,
    Copy,
    Cup,
    Diagram,
    Discard,
    Doctrine,
    DoctrineError,
    Equation,
    PhaseError,
    Signature,
    SignatureError,
    Spider,
    Swap,
    Ty,
    UnknownGenerator,
    bend,
    cap,
    cup,
    free,
    structural,
)
from catenary.testing import boxes, diagrams, objects, types

a, b, n = Ty("a"), Ty("b"), Ty("n")
f, g = Box("f", a, b), Box("g", b, a)
NAMES = dict(vars(catenary.diagrams)) | {"sympy": sympy, "Fraction": Fraction}


def again(value):
    return eval(repr(value), dict(NAMES))  # the promise is about eval


@given(objects(adjoints=3), types(adjoints=2))
def test_types_round_trip(ob, ty):
    for value in (ob, ty):
        assert again(value) == value
        assert pickle.loads(pickle.dumps(value)) == value
    assert ob.l.r == ob == ob.r.l
    assert ty.l.r == ty == ty.r.l
    assert (ty @ ty).r == ty.r @ ty.r
    assert Ty() @ ty == ty == ty @ Ty()
    assert ty**2 == ty @ ty
    assert Ty(*ty.objects) == ty


def test_types_refuse_what_is_no_object():
    with pytest.raises(CatenaryError, match="names and Ob values"):
        Ty(3)
    with pytest.raises(AttributeError):
        a.objects = ()
    with pytest.raises(TypeError):
        a @ "b"


@given(boxes(parameters=1))
def test_boxes_round_trip(box):
    assert again(box) == box
    assert pickle.loads(pickle.dumps(box)) == box == copy.deepcopy(box)
    assert box.dagger().dagger() == box
    assert hash(again(box)) == hash(box)


@pytest.mark.parametrize(
    "box",
    [
        Box("f", a, b, [sympy.Symbol("x") / 3 + 1]),
        Box("f", a, b, [sympy.Symbol("x", real=True), 0.25, Fraction(1, 7)]),
        Box("f", a, b, signature=free(Doctrine.RIGID)).r,
        Box("f", a, b, signature=free(Doctrine.PIVOTAL)).l.dagger(),
        Swap(a @ b, n),
        Cup(n, n.r),
        Cup(n, n),
        Cap(n.r @ a.r, a @ n),
        Cup(n, n.r).dagger(),
        Spider(2, 0, a @ b),
        Copy(a @ b),
        Discard(a),
        Signature("m", Doctrine.SYMMETRIC, ["a"], [Box("m", a @ a, a)])["m"],
        bend("cup", n.r, n, Doctrine.PIVOTAL),
    ],
    ids=repr,
)
def test_every_kind_of_box_round_trips(box):
    assert again(box) == box
    assert again(box.diagram) == box.diagram
    assert again(box.diagram).identical(box.diagram)
    assert pickle.loads(pickle.dumps(box)) == box
    assert pickle.loads(pickle.dumps(box.diagram)) == box.diagram
    assert box.diagram.dom == box.dom


@pytest.mark.parametrize(
    "doctrine", [d for d in Doctrine if d is not Doctrine.BRAIDED], ids=lambda d: d.value
)
def test_diagrams_round_trip(doctrine):
    @settings(max_examples=40)
    @given(diagrams(doctrine))
    def check(d):
        assert again(d).identical(d)
        assert pickle.loads(pickle.dumps(d)).identical(d)
        assert copy.deepcopy(d).identical(d)
        assert copy.copy(d).identical(d)
        assert len(list(d.types())) == len(d) + 1
        half = len(d) // 2
        assert (d[:half] >> d[half:]).identical(d)
        assert Diagram(d.dom, d.cod, d.layers, d.signature).identical(d)
        assert d.over(d.signature).identical(d)

    check()


def test_signatures_round_trip_and_know_their_generators():
    monoid = Signature("monoid", Doctrine.HYPERGRAPH, ["a"], [Box("m", a @ a, a, [0]), Box("u", Ty(), a)])
    assert again(monoid) == monoid == pickle.loads(pickle.dumps(monoid))
    assert hash(again(monoid)) == hash(monoid)
    assert again(free(Doctrine.RIGID)) is free(Doctrine.RIGID)
    assert pickle.loads(pickle.dumps(structural(Doctrine.RIGID))) is structural(Doctrine.RIGID)
    with pytest.raises(UnknownGenerator, match="did you mean m"):
        Signature("x", Doctrine.SYMMETRIC, ["a"], [Box("mu", a, a), Box("m", a, a)])["mm"]
    with pytest.raises(SignatureError, match="twice"):
        Signature("x", Doctrine.SYMMETRIC, ["a"], [Box("m", a, a), Box("m", a, a)])
    with pytest.raises(UnknownGenerator, match="objects"):
        Signature("x", Doctrine.SYMMETRIC, ["a"], [f])
    with pytest.raises(SignatureError, match="doctrine"):
        Signature("x", Doctrine.SYMMETRIC, ["a"], [Swap(a, a)])
    with pytest.raises(SignatureError, match="free"):
        free()["f"]
    with pytest.raises(AttributeError):
        monoid.name = "x"


def test_signatures_combine_when_one_includes_the_other():
    small = Signature("s", Doctrine.SYMMETRIC, ["a"], [Box("m", a @ a, a)])
    large = Signature("l", Doctrine.COMPACT, ["a", "b"], [Box("m", a @ a, a), Box("k", a, b)])
    other = Signature("o", Doctrine.SYMMETRIC, ["a"], [Box("k", a, a)])
    assert large.includes(small)
    assert not small.includes(large)
    assert (small["m"] >> large["k"]).signature == large
    assert (Swap(a, a) >> small["m"]).signature == small
    with pytest.raises(SignatureError, match="neither includes the other"):
        small["m"] >> other["k"]
    assert (small["m"] >> Box("h", a, a)).signature is free()
    assert (Box("h", a, a, signature=free(Doctrine.COMPACT)) >> Copy(a)).signature is free(
        Doctrine.HYPERGRAPH
    )
    with pytest.raises(DoctrineError, match=r"has no cap or cup.*compact"):
        Cap(a, a) >> small["m"]
    with pytest.raises(SignatureError, match="no doctrine includes both"):
        Spider(1, 2, a) >> Box("m", a @ a, a, signature=free(Doctrine.MARKOV))
    assert (f >> Copy(b)).signature is free(Doctrine.MARKOV)
    assert (f >> Spider(1, 2, b)).signature is free(Doctrine.HYPERGRAPH)
    assert (Box("f", a, b, signature=free(Doctrine.HYPERGRAPH)) >> Copy(b)).signature is free(
        Doctrine.HYPERGRAPH
    )


def test_join_is_a_least_upper_bound():
    for one in Doctrine:
        for other in Doctrine:
            above = [d for d in Doctrine if one <= d and other <= d]
            if not above:
                with pytest.raises(SignatureError):
                    one.join(other)
                continue
            join = one.join(other)
            assert join is other.join(one)
            assert join in above
            assert all(join <= d for d in above)
            assert one.operations | other.operations <= join.operations


def test_composition_errors_show_both_boundaries():
    with pytest.raises(CompositionError) as caught:
        f @ a @ a >> g @ b @ a
    assert caught.value.index == 1
    assert "codomain  b  a  a" in str(caught.value)
    assert "  domain  b  b  a" in str(caught.value)
    assert str(caught.value).endswith(" " * 17 + "^")
    with pytest.raises(CompositionError, match="1 wires against 2"):
        f >> g @ g
    with pytest.raises(CompositionError):
        Diagram(a, a, [(f, 0)])
    with pytest.raises(CompositionError):
        Diagram(a @ a, b, [(f, 0)])
    with pytest.raises(ArityError, match="offset 5"):
        Diagram(a, a, [(Box("s", Ty(), Ty()), 5)])
    with pytest.raises(ArityError, match="offset -1"):
        Diagram(a, b, [(f, -1)])
    for wrong in ((n, n.l), (n, a), (n @ a, n.r @ a.r), (n @ a, n.r)):
        with pytest.raises(CompositionError):
            Cup(*wrong)
    with pytest.raises(CompositionError):
        Cap(n, n.r)
    with pytest.raises(ArityError):
        Spider(-1, 1, a)
    with pytest.raises(ArityError):
        Spider(1, 1, Ty())
    with pytest.raises(ArityError):
        Diagram.permutation([0, 0], a @ b)
    with pytest.raises(PhaseError):
        Box("f", a, b, [float("nan")])
    with pytest.raises(CatenaryError, match="needs a name"):
        Box("", a, b)
    with pytest.raises(CatenaryError, match="types"):
        Box("f", "a", b)
    with pytest.raises(TypeError):
        f >> 3
    with pytest.raises(CompositionError, match="left"):
        Equation("e", f.diagram, g.diagram)


def test_rigid_adjoints_are_told_apart_and_daggers_of_cups_need_pivotal():
    h = Box("h", n, n, signature=free(Doctrine.RIGID))
    with pytest.raises(DoctrineError, match="dagger of cups"):
        (h @ n.r >> Cup(n, n.r)).dagger()
    assert Cup(n, n.r).dagger().signature is structural(Doctrine.PIVOTAL)
    with pytest.raises(DoctrineError):
        Copy(a).replace(signature=free(Doctrine.MARKOV)).dagger()
    with pytest.raises(DoctrineError):
        _ = f.r
    sphere = free(Doctrine.HYPERGRAPH)
    d = Box("f", a, b, signature=sphere) >> Copy(b) >> Discard(b) @ b
    assert d.dagger().dagger() == d
    assert d.r == d.transpose()


@pytest.mark.parametrize(
    "doctrine", [d for d in Doctrine if d is not Doctrine.BRAIDED], ids=lambda d: d.value
)
def test_dagger_is_an_involution_and_reverses(doctrine):
    if doctrine is Doctrine.RIGID or doctrine >= Doctrine.MARKOV:
        doctrine = Doctrine.SYMMETRIC

    @given(diagrams(doctrine, max_boxes=5))
    def check(d):
        assert d.dagger().dagger() == d
        assert d[::-1] == d.dagger()
        assert (d >> d.dagger()).dagger() == d >> d.dagger()

    check()


def test_cups_and_caps_on_compound_types_nest():
    ty = n @ a
    assert Cup(ty, ty.r) == cup(ty, ty.r)
    assert Cap(ty.r, ty) == cap(ty.r, ty)
    assert cap(ty.r, ty) @ ty.r >> ty.r @ cup(ty, ty.r) == Diagram.id(ty.r)
    assert Cup(ty, a @ n) == cup(ty, a @ n)
    assert Spider(2, 1, a @ b) == a @ Swap(b, a) @ b >> Spider(2, 1, a) @ Spider(2, 1, b)


def test_permutations():
    rng = random.Random(0)
    for width in range(7):
        order = list(range(width))
        rng.shuffle(order)
        dom = Ty(*(f"x{i}" for i in range(width)))
        d = Diagram.permutation(order, dom)
        assert d.cod == Ty(*(f"x{i}" for i in order))
        assert d.to_hypergraph().cod == tuple(order)


@pytest.mark.parametrize(
    ("grow", "count"), [("left", 100_000), ("right", 10_000), ("both", 10_000), ("deep", 10_000)]
)
def test_very_deep_trees(grow, count):
    loop = Box("f", a, a).diagram
    unit = Diagram.id(Ty(), free())

    def build():
        d = loop
        for i in range(count):
            if grow == "left" or (grow == "both" and i % 2):
                d = d >> loop
            elif grow == "deep":
                d = d @ unit if i % 2 else unit @ d
            else:
                d = loop >> d
        return d

    d = build()
    del d  # freed without having been flattened
    gc.collect()
    d = build()
    assert len(d) == (1 if grow == "deep" else count + 1)
    other = pickle.loads(pickle.dumps(build()))
    assert other.identical(d)
    assert hash(d) == hash(other)
    assert len(d.dagger()) == len(d)
    assert len(str(d)) < 10_000


def test_sharing_and_bool():
    assert f.diagram is f.diagram
    assert bool(Diagram.id(a))
    with pytest.raises(CatenaryError, match="sliced"):
        f.diagram[0]
    with pytest.raises(CatenaryError, match="step"):
        f.diagram[::2]
    with pytest.raises(AttributeError):
        f.diagram.dom = b
    with pytest.raises(AttributeError):
        f.name = "g"
    assert str(f @ a >> b @ f) == "f @ a >> b @ f"
    assert str(Diagram.id(a @ b)) == "id(a b)"


@pytest.mark.parametrize("left", [True, False])
def test_many_tensors_in_a_row_are_linear(left):
    d = Diagram.id()
    for _ in range(20_000):  # each boundary written out would be 3 GB in all
        d = d @ f if left else f @ d
    assert len(d.dom) == 20_000
    assert d.dom == a**20_000
    assert hash(d.cod) == hash(b**20_000)
    wide = a**100 @ (b @ a**100)
    assert pickle.loads(pickle.dumps(wide)) == copy.deepcopy(a**100 @ b @ a**100)
    with pytest.raises(AttributeError, match="colour"):
        _ = wide.colour


def test_what_a_signature_lacks_is_named():
    for doctrine in (Doctrine.SYMMETRIC, Doctrine.RIGID, Doctrine.HYPERGRAPH):
        s = Signature("s", doctrine, ["a"], [Box("f", a, a)])
        h = Box("h", a, a).diagram
        with pytest.raises(SignatureError, match="s has no generator 'h'"):
            h.over(s)
        with pytest.raises(SignatureError, match=r"'f' is a box of the free symmetric .* signature\['f'\]"):
            Box("f", a, a).diagram.over(s)
    for join in (lambda: s["f"] >> h, lambda: h @ s["f"]):
        with pytest.raises(SignatureError, match="s has no generator 'h'"):
            join()
    with pytest.raises(DoctrineError, match=r"symmetric \(free symmetric\) signature has no .*spider"):
        s["f"].diagram.over(free())


def test_boxes_of_a_smaller_signature_are_turned_by_the_diagrams():
    d = Box("f", a, b).diagram.over(free(Doctrine.COMPACT))
    assert d.l.r == d
    assert d.dagger().dagger() == d


def test_pivotal_cups_are_pointed_at():
    for make, left, right in ((Cup, a.r, a), (Cap, a, a.r)):
        with pytest.raises(CompositionError, match="pivotal signatures have this") as caught:
            make(left, right)
        box = eval(str(caught.value).rsplit(": ", 1)[1], vars(catenary.diagrams))
        assert box.dom @ box.cod == left @ right
    with pytest.raises(CompositionError) as caught:
        Cup(a, b)
    assert "pivotal" not in str(caught.value)


def test_generators_cannot_be_changed():
    s = Signature("s", generators=[Box("f", a, a)])
    with pytest.raises(TypeError):
        s.generators["g"] = f
    assert s == pickle.loads(pickle.dumps(s)) == copy.deepcopy(s)


def test_slips_are_caught_early():
    with pytest.raises(ArityError, match="not -1"):
        a**-1
    with pytest.raises(SignatureError, match=r"\['qubit'\]"):
        Signature("s", objects="qubit")
    with pytest.raises(CatenaryError, match=r"Ty\('a'\)"):
        Diagram.id("a")
    assert Equation("boxes", f, f).left == f.diagram
