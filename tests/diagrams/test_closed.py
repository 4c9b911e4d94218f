"""Closed structure: exponential types, currying, evaluation, βη normal forms."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import *  # noqa: F403 eval(repr(x))
from catenary.diagrams import (
    ArityError,
    Box,
    CatenaryError,
    CompositionError,
    Copy,
    Curry,
    Diagram,
    Discard,
    Doctrine,
    DoctrineError,
    Eval,
    Exponential,
    LimitReached,
    Signature,
    Swap,
    Ty,
    Uncurry,
    UnknownGenerator,
    beta_eta,
    beta_eta_steps,
    free,
)
from catenary.diagrams.types import base_names
from catenary.functors.functor import Functor
from catenary.functors.targets import PythonFunctions
from catenary.functors.tensor import TensorFunctor
from tests.diagrams.closed_diagrams import SHAPES, A, B, closed_diagrams, rewritten

CLOSED = [Doctrine.BICLOSED, Doctrine.CLOSED, Doctrine.CARTESIAN_CLOSED]
C = Ty("c")


def _tensors() -> TensorFunctor:
    dims = {"a": 2, "b": 1}
    rng = np.random.default_rng(4)

    def array(box: Box) -> Any:
        return rng.normal(size=dimensions(box.dom) + dimensions(box.cod))

    def dimensions(ty: Ty) -> tuple[int, ...]:
        found: tuple[int, ...] = ()
        for ob in ty.objects:
            if isinstance(ob, Exponential):  # the base beside an adjoint of the exponent
                turned, base = dimensions(ob.exponent)[::-1], dimensions(ob.base)
                found += turned + base if ob.left else base + turned
            else:
                found += (dims[ob.name],)
        return found

    return TensorFunctor(dims, {name: array(Box(name, *shape)) for name, shape in SHAPES.items()})


TENSORS = _tensors()


def _functions() -> Functor[Any, Any]:
    table = {
        "f": lambda x: 3 * x + 1,
        "g": lambda x, y: x - 2 * y,
        "k": lambda: 5,
        "p": lambda h: h(2) + h(7),
        "q": lambda x: lambda y: x * y + 1,
        "r": lambda x: lambda y: x - y * y,
        "t": lambda x: (),
        "s": lambda: (),
        "h": lambda x, y: y(x) - x,
    }
    return Functor({"a": int, "b": int}, table, PythonFunctions())


FUNCTIONS = _functions()


# Types


def test_exponentials_print_compare_and_hash() -> None:
    ty = (A << B) @ (A >> (B << A @ A)) @ Ty("a b")
    assert str(ty) == "(a << b) (a >> (b << a @ a)) a b"
    assert eval(repr(ty)) == ty
    assert eval(repr(Ty() << A)) == Ty() << A
    with pytest.raises(ArityError, match="not the unit"):
        A << Ty()
    assert pickle.loads(pickle.dumps(ty)) == ty
    assert hash(A << B) == hash(Ty("a") << Ty("b"))
    assert len({A << B, B >> A, B << A, A >> B, A << B}) == 4
    assert Ty("(a << b)") != (A << B)
    # names that would read as structure are quoted
    assert (A << Ty("b @ a")) != (A << Ty("b", "a"))
    assert str(A << Ty("b @ a")) == "(a << 'b @ a')"
    assert (A << B).objects[0].r.l == (A << B).objects[0]
    assert base_names(((A << B) >> C).objects[0]) == {"a", "b", "c"}
    with pytest.raises(TypeError):
        A << 3  # type: ignore[operator]
    with pytest.raises(AttributeError):
        (A << B).objects[0].base = B  # type: ignore[attr-defined,misc]


def test_enormous_exponentials_are_refused() -> None:
    def grow(times: int, argument: Callable[[Ty], Ty]) -> Ty:
        ty = A
        for _ in range(times):
            ty = ty << argument(ty)
        return ty

    grow(99, lambda ty: B)
    for times, argument in ((101, lambda ty: B), (60, lambda ty: ty)):
        with pytest.raises(LimitReached):
            grow(times, argument)


def test_signatures_declare_the_objects_of_exponentials() -> None:
    signature = Signature("s", Doctrine.CLOSED, ["a", "b"], [Box("f", A << B, B)])
    assert signature["f"].dom == A << B
    with pytest.raises(UnknownGenerator, match="'c'"):
        Signature("s", Doctrine.CLOSED, ["a", "b"], [Box("f", A << C, B)])
    curried = Curry(signature["f"])
    assert curried.signature == signature
    assert pickle.loads(pickle.dumps(curried)) == curried
    with pytest.raises(DoctrineError, match="curry or eval"):
        Curry(Signature("s", Doctrine.SYMMETRIC, ["a"], [Box("f", A, A)])["f"])


def test_boundaries() -> None:
    f = Box("f", C @ A @ B, A)
    assert Curry(f).dom == C @ A
    assert Curry(f).cod == A << B
    assert Curry(f, 2).cod == A << A @ B
    assert Curry(f, 2, left=True).dom == B
    assert Curry(f, 2, left=True).cod == C @ A >> A
    with pytest.raises(ArityError, match="curry 0 of 3"):
        Curry(f, 0)
    assert Uncurry(Curry(f)).dom == f.dom
    assert Uncurry(Curry(f, 2, True)).dom == f.dom
    assert Eval(A >> B).dom == A @ (A >> B)
    with pytest.raises(ArityError, match="curry 4 of 3"):
        Curry(f, 4)
    with pytest.raises(CompositionError, match="one exponential"):
        Eval(A)
    with pytest.raises(CompositionError) as caught:
        Curry(f) @ A >> Eval(A << B)
    assert caught.value.index == 2 - 1
    with pytest.raises(CatenaryError):
        Curry(f + f)  # type: ignore[arg-type]


@pytest.mark.parametrize("doctrine", CLOSED, ids=lambda d: d.value)
@settings(max_examples=25)
@given(data=st.data())
def test_round_trips_and_equality(doctrine: Doctrine, data: Any) -> None:
    d = data.draw(closed_diagrams(doctrine))
    assert eval(repr(d)) == d
    assert pickle.loads(pickle.dumps(d)) == d
    assert hash(eval(repr(d))) == hash(d)
    if not doctrine.has("copy"):
        assert d.dagger().dagger() == d
    assert Functor.identity()(d) == d


def test_equality_is_that_of_what_is_curried() -> None:
    f, g = Box("f", A, A), Box("g", B, B)
    one, other = f @ B >> A @ g, A @ g >> f @ B
    assert Curry(one) == Curry(other)
    assert hash(Curry(one)) == hash(Curry(other))
    assert Curry(one) != Curry(one, 1, True)
    assert Curry(one) != Curry(one, 2)
    assert Curry(one) @ B >> Eval(Curry(one).cod) != one  # β is not part of ==


# βη


@pytest.mark.parametrize("doctrine", CLOSED, ids=lambda d: d.value)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_normal_forms_are_unique(doctrine: Doctrine, data: Any) -> None:
    d = data.draw(closed_diagrams(doctrine))
    e = data.draw(rewritten(d))
    assert e.dom == d.dom
    assert e.cod == d.cod
    normal = beta_eta(d)
    assert beta_eta(e) == normal
    assert beta_eta(normal) == normal
    steps = list(beta_eta_steps(e))
    assert steps[-1] == normal
    assert steps[0] is e


@pytest.mark.parametrize("doctrine", [Doctrine.BICLOSED, Doctrine.CLOSED], ids=lambda d: d.value)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_normal_forms_keep_the_meaning_in_tensors(doctrine: Doctrine, data: Any) -> None:
    d = data.draw(closed_diagrams(doctrine, depth=1, max_boxes=4))
    value = TENSORS(d)
    scale = max(1.0, float(np.max(np.abs(value.array), initial=0)))
    assert TENSORS(beta_eta(d)).allclose(value, 1e-9 * scale)
    assert TENSORS(data.draw(rewritten(d))).allclose(value, 1e-9 * scale)


def _numbers(ty: Ty, values: list[Any]) -> list[Any]:
    """Values of a type from numbers."""
    found = []
    for k, ob in enumerate(ty.objects):
        n = values[k % len(values)]
        if isinstance(ob, Exponential):
            found.append(lambda *xs, n=n: n + 2 * sum(xs))
        else:
            found.append(n)
    return found


def _observed(ty: Ty, value: Any, values: list[Any]) -> Any:
    row = (value,) if len(ty) == 1 else value
    found = []
    for ob, item in zip(ty.objects, row, strict=True):
        if isinstance(ob, Exponential):
            result = item(*_numbers(ob.exponent, values))
            found.append(_observed(ob.base, result, values))
        else:
            found.append(item)
    return found


@settings(max_examples=40, deadline=None)
@given(data=st.data(), values=st.lists(st.integers(-5, 5), min_size=3, max_size=3))
def test_normal_forms_keep_the_meaning_in_functions(data: Any, values: list[int]) -> None:
    d = data.draw(closed_diagrams(Doctrine.CARTESIAN_CLOSED))
    arguments = _numbers(d.dom, values)
    wanted = _observed(d.cod, FUNCTIONS(d)(*arguments), values)
    for other in (beta_eta(d), data.draw(rewritten(d))):
        assert _observed(d.cod, FUNCTIONS(other)(*arguments), values) == wanted


def test_what_must_not_be_equal() -> None:
    signature = free(Doctrine.BICLOSED)
    f, g = (Box(name, A @ A, B, signature=signature) for name in "fg")
    assert beta_eta(Curry(f)) != beta_eta(Curry(g))
    assert beta_eta(Curry(f)) != beta_eta(Curry(f, left=True))
    assert beta_eta(Curry(Swap(A, A) >> f)) != beta_eta(Curry(f))
    k = Box("k", Ty(), A, signature=signature)
    # in a planar doctrine a state on the far side of the argument is not moved out
    assert len(beta_eta(Curry(A @ k >> f)).boxes) == 1
    assert len(beta_eta(Curry(k @ A >> f)).boxes) == 2


@pytest.mark.parametrize("doctrine", CLOSED, ids=lambda d: d.value)
def test_evaluations_curried_in_part_are_no_identities(doctrine: Doctrine) -> None:
    power = B << A @ A
    part = Curry(Eval(power)).diagram.over(free(doctrine))
    assert beta_eta(part) == part
    assert beta_eta(Curry(part)) == Curry(part)
    assert beta_eta(part @ A >> Eval(B << A)) == Eval(power)
    assert beta_eta(Curry(Eval(power), 2)) == Diagram.id(power, free(doctrine))


def test_church_numerals() -> None:
    """Two times three is six: self-application of curried maps, with copies."""

    def numeral(n: int) -> Diagram:
        """(a → a) → (a → a), applying its argument n times, as a state."""
        power = A << A
        body = Diagram.id(A @ power, free(Doctrine.CARTESIAN_CLOSED))
        for _ in range(n):  # the value and the map
            body = body >> A @ Copy(power) >> Swap(A, power) @ power >> Eval(power) @ power
        return Curry(Curry(Swap(power, A) >> body >> A @ Discard(power))).diagram

    power = A << A
    two, three = numeral(2), numeral(3)
    product = Curry(three @ power >> Eval(three.cod) >> two @ power >> Eval(two.cod))
    assert beta_eta(product) == beta_eta(numeral(6))
    assert beta_eta(product) != beta_eta(numeral(5))
    assert beta_eta(numeral(1)) == beta_eta(Curry(Diagram.id(power, free(Doctrine.CARTESIAN_CLOSED))))
    six = three @ power >> Eval(three.cod)
    six = two @ six >> Eval(two.cod)
    f = Box("f", A, A, signature=free(Doctrine.CARTESIAN_CLOSED))
    applied = Curry(f) @ A >> six @ A >> Eval(power)
    wanted = f.diagram
    for _ in range(5):
        wanted = wanted >> f
    assert beta_eta(applied) == wanted
    assert beta_eta(Curry(f) @ A >> numeral(5) @ power @ A >> Eval(two.cod) @ A >> Eval(power)) != wanted


def test_deep_and_long() -> None:
    signature = free(Doctrine.CLOSED)
    f = Box("f", A, A, signature=signature)
    g = Box("g", A @ A, A, signature=signature)
    d = f.diagram
    for _ in range(300):
        d = Uncurry(Curry(d))
    assert beta_eta(d) == f
    chain = Diagram.id(A, signature)
    for _ in range(500):
        chain = chain >> Curry(g) >> (A << A) @ Box("k", Ty(), A, signature=signature) >> Eval(A << A)
    assert len(beta_eta(chain).boxes) == 1000
    with pytest.raises(LimitReached):
        beta_eta(chain, limit=100)
    planar = free(Doctrine.BICLOSED)
    d = Box("f", A, A, signature=planar).diagram
    for _ in range(100):
        d = Uncurry(Curry(d))
    assert len(beta_eta(d)) == 1


def test_exponentials_of_other_structure_are_left_alone() -> None:
    f = Box("f", A, A)
    assert beta_eta(f >> f) == f >> f
    curried = Curry(f)
    assert beta_eta(curried.dagger()) == curried.dagger()
    assert beta_eta(curried >> curried.dagger()) == curried >> curried.dagger()
