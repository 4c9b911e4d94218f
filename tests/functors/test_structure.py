"""Functors map sums, bubbles, traces, braids, twists and closed structure, in every order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    Bubble,
    Curry,
    Diagram,
    Doctrine,
    DoctrineError,
    Eval,
    Signature,
    Spider,
    Sum,
    Ty,
    UnknownGenerator,
    beta_eta,
    free,
)
from catenary.diagrams.boxes import Braid, Twist, bend
from catenary.functors.category import ImageError, TargetError
from catenary.functors.functor import Functor
from catenary.functors.targets import Diagrams, PythonFunctions
from catenary.functors.tensor import TensorFunctor
from tests.diagrams.closed_diagrams import SHAPES, closed_diagrams
from tests.functors.random_diagrams import DIMS, PLAIN, diagrams, signature

A, B, C = Ty("a"), Ty("b"), Ty("c")
SYMMETRIC = signature(Doctrine.SYMMETRIC)
RNG = np.random.default_rng(5)
ARRAYS = {
    box.name: RNG.normal(size=tuple(DIMS[ob.name] for ob in (box.dom @ box.cod).objects)) for box in PLAIN
}
TENSORS = TensorFunctor(DIMS, ARRAYS, bubble={"square": lambda t: t.array**2})


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_sums_and_bubbles_in_tensors(data: Any) -> None:
    f = data.draw(diagrams(SYMMETRIC, max_dom=2, max_width=3, max_boxes=3))
    g = data.draw(diagrams(SYMMETRIC, dom=f.cod, max_width=3, max_boxes=3))
    total = 2 * f - 3 * f
    assert np.allclose(TENSORS(total).array, -TENSORS(f).array)
    assert np.allclose(TENSORS(total >> g).array, -TENSORS(f >> g).array)
    assert np.allclose(TENSORS(f - f).array, 0)
    assert TENSORS(Sum.zero(f.dom, f.cod)).allclose(TENSORS(f - f))
    bubble = Bubble(total, "square")
    assert np.allclose(TENSORS(bubble).array, TENSORS(f).array ** 2)
    assert TENSORS(bubble >> g).allclose(TENSORS.fold(bubble >> g))
    assert TENSORS(Bubble(bubble, "square").dagger()).allclose(
        TENSORS.target.dagger(TENSORS(Bubble(bubble, "square")))
    )


def _relabelling(doctrine: Doctrine) -> Functor[Ty, Diagram]:
    ob = {"a": Ty("x"), "b": Ty("y", "x")}
    target = free(doctrine)

    def on(ty: Ty) -> Ty:
        return functor.on_type(ty)

    functor: Functor[Ty, Diagram] = Functor(
        ob,
        lambda box: Box(box.name + "'", on(box.dom), on(box.cod), signature=target),
        Diagrams(target),
    )
    return functor


CLOSED = [Doctrine.BICLOSED, Doctrine.CLOSED, Doctrine.CARTESIAN_CLOSED]


@pytest.mark.parametrize("doctrine", CLOSED, ids=lambda d: d.value)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_closed_functors_between_diagrams(doctrine: Doctrine, data: Any) -> None:
    functor = _relabelling(doctrine)
    f = data.draw(closed_diagrams(doctrine, max_boxes=3))
    g = data.draw(closed_diagrams(doctrine, f.cod, max_boxes=3))
    assert functor(f >> g) == functor(f) >> functor(g)
    assert functor(f @ g) == functor(f) @ functor(g)
    assert functor(f) == functor.fold(f)
    assert functor(f).dom == functor.on_type(f.dom)
    assert functor(Diagram.id(f.dom)) == Diagram.id(functor(f).dom)
    if not doctrine.has("copy"):
        assert functor(f.dagger()) == functor(f).dagger()
    # functors keep what the closed structure makes equal
    assert beta_eta(functor(beta_eta(f))) == beta_eta(functor(f))
    assert (Functor.identity() >> functor)(f) == functor(f) == (functor >> Functor.identity())(f)
    bubble = Bubble(f + f, "b")
    assert functor(bubble) == Bubble(functor(f) * 2, "b")


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_exponentials_become_adjoints_in_rigid_targets(data: Any) -> None:
    """A functor from closed diagrams to compact ones, then to tensors, is the composed functor."""
    target = free(Doctrine.COMPACT)
    first: Functor[Ty, Diagram] = Functor(
        lambda ob: Ty(ob),
        lambda box: Box(box.name, first.on_type(box.dom), first.on_type(box.cod), signature=target),
        Diagrams(target),
    )
    dims = {"a": 2, "b": 1}
    rng = np.random.default_rng(1)
    arrays = {}
    for name, (dom, cod) in SHAPES.items():
        ty = first.on_type(dom @ cod)
        arrays[name] = rng.normal(size=tuple(dims[ob.name] for ob in ty.objects))
    second = TensorFunctor(dims, arrays)
    f = data.draw(closed_diagrams(Doctrine.CLOSED, depth=1, max_boxes=3))
    assert (first >> second)(f).allclose(second(first(f)))
    assert second(first(f)).allclose(second(f))


def test_functorial_boxes() -> None:
    """A bubble named after a functor holds a diagram of its source."""
    f, g = Box("f", A, B), Box("g", Ty("x"), Ty("x"))
    inner = Functor({"a": Ty("x"), "b": Ty("x")}, {f: g >> g}, Diagrams())
    box = Bubble(f, "F", dom=Ty("x"), cod=Ty("x"))
    outer = Functor.identity()
    expand = Functor(lambda ob: Ty(ob), lambda b: b, Diagrams(), bubble={"F": inner})
    assert expand(g >> box) == g >> g >> g
    assert outer(g >> box) == g >> box
    by_name = Functor(
        lambda ob: Ty(ob), lambda b: b, Diagrams(), bubble=lambda name, image: image >> image.dagger()
    )
    assert by_name(Bubble(f, cod=A)) == f >> f.dagger()


def test_refusals_name_the_place() -> None:
    f, h = Box("f", A, A), Box("h", A, A)
    functions = Functor({"a": int}, {"f": lambda x: x + 1, "h": lambda x: x}, PythonFunctions())
    with pytest.raises(TargetError, match="no add"):
        functions(f + h)
    with pytest.raises(TargetError, match="no scale"):
        functions(2 * f)
    with pytest.raises(TargetError, match="no zero"):
        functions(Sum.zero(A, A))
    with pytest.raises(TargetError, match=r"no bubble \(box 1 of the diagram"):
        functions(f >> Bubble(f))
    wrong = Functor({"a": int}, {"f": lambda x: x}, PythonFunctions(), bubble={"sq": lambda g: g})
    with pytest.raises(UnknownGenerator, match="'sqr'; did you mean sq"):
        wrong(Bubble(f, "sqr"))
    with pytest.raises(ImageError, match="codomain"):
        wrong(Bubble(f, "sq", cod=A @ A))
    with pytest.raises(UnknownGenerator, match="'missing'"):
        functions(f @ A >> Curry(Box("missing", A @ A, A)) @ A >> Eval(A << A))
    source = Signature("s", Doctrine.SYMMETRIC, ["a"], [f])
    mapped = Functor({"a": Ty("x")}, {"f": Box("y", Ty("x"), Ty("x"))}, Diagrams(), source=source)
    assert len(mapped(source["f"] + source["f"])) == 2
    planar = Functor({"a": A}, {"f": f}, Diagrams(free(Doctrine.SYMMETRIC)))
    with pytest.raises(DoctrineError, match="curry"):
        planar(Curry(f))


def test_images_that_are_sums() -> None:
    f, g, h = (Box(name, A, A) for name in "fgh")
    functor = Functor({"a": A}, {"f": g + h, "g": g, "h": 2 * h}, Diagrams())
    assert functor(f >> f) == (g + h) >> (g + h)
    assert functor(f @ g) == (g + h) @ g
    assert functor(Bubble(f, "b")) == Bubble(g + h, "b")
    assert functor(f - 2 * h) == g + h - 4 * h


def test_deep_bubbles() -> None:
    box = Box("f", A, A)
    for _ in range(2_000):
        box = Bubble(box)
    assert Functor.identity()(box) == box
    count = Functor(
        {"a": int}, {"f": lambda x: x}, PythonFunctions(), bubble={"": lambda f: lambda x: f(x) + 1}
    )
    shallow = Box("f", A, A)
    for _ in range(20):
        shallow = Bubble(shallow)
    assert count(shallow)(0) == 20


def test_braids_and_twists() -> None:
    braid, twist = Braid(A, B), Twist(A)
    tensors = TensorFunctor(DIMS, ARRAYS)
    assert tensors.fold(braid.diagram).allclose(tensors.target.swap((2,), (3,)))
    assert tensors.fold(braid >> braid.dagger()).allclose(tensors.target.id((2, 3)))
    assert tensors.fold(twist.diagram).allclose(tensors.target.id((2,)))
    relabel = Functor({"a": Ty("x"), "b": Ty("y")}, lambda box: box, Diagrams(free(Doctrine.RIBBON)))
    assert relabel(braid) == Braid(Ty("x"), Ty("y"))
    assert relabel(twist) == Twist(Ty("x"))
    assert relabel(braid) != Braid(Ty("y"), Ty("x")).dagger()


def test_named_spiders_and_phases() -> None:
    both = Spider(1, 2, A, structure="X") >> A @ Spider(1, 0, A, phase=1)
    relabel = Functor({"a": Ty("x")}, lambda box: box, Diagrams())
    image = relabel(both)
    assert image == Spider(1, 2, Ty("x"), structure="X") >> Ty("x") @ Spider(1, 0, Ty("x"), phase=1)
    with pytest.raises(TargetError, match="structure X"):
        TENSORS(both)


@settings(max_examples=20, deadline=None)
@given(data=st.data(), left=st.booleans())
def test_traces(data: Any, left: bool) -> None:
    over = signature(Doctrine.TRACED)
    f = data.draw(diagrams(over, dom=A @ B, max_width=3, max_boxes=3))
    inner = Diagram(f.dom, A @ B, [], over) if f.cod != A @ B else f
    traced = inner.trace(1, left)
    tensors = TensorFunctor(DIMS, ARRAYS)
    array = tensors(inner).array
    wanted = np.einsum("abac->bc", array) if left else np.einsum("abcb->ac", array)
    assert np.allclose(tensors(traced).array, wanted)
    assert np.allclose(tensors.fold(traced).array, wanted)
    assert Functor.identity()(traced) == traced


@pytest.mark.parametrize("doctrine", [Doctrine.PIVOTAL, Doctrine.RIBBON])
def test_the_identity_functor_keeps_cups_of_either_adjoint(doctrine: Doctrine) -> None:
    over = free(doctrine)
    a = Ty("a")
    for left, right in ((a, a.r), (doctrine.reduce(a.r), a), (doctrine.reduce(a.l), a)):
        for kind, pair in (("cup", (left, right)), ("cap", (right, left))):
            diagram = bend(kind, *pair, doctrine).diagram.over(over)
            assert Functor.identity(over)(diagram) == diagram
