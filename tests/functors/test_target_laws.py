"""Every target: its own laws, functoriality and naturality, as far as it has the structure."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from catenary.diagrams import Box, Copy, Diagram, Discard, Doctrine, Trace, Ty, cap, cup
from catenary.functors.category import Category
from catenary.functors.functor import Functor
from catenary.functors.targets import NoTrace
from tests.functors.random_diagrams import diagrams, signature
from tests.functors.target_cases import CASES, Case

SIGNATURES = {case.doctrine: signature(case.doctrine) for case in CASES}
QUICK = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ALL = pytest.mark.parametrize("case", CASES, ids=repr)
TRACED = pytest.mark.parametrize("case", [case for case in CASES if case.traced], ids=repr)


def _draw(data: Any, case: Case, **options: Any) -> Diagram:
    # copying is no dagger of anything in cartesian targets
    daggers = case.doctrine is Doctrine.HYPERGRAPH
    options = {"max_dom": 2, "max_width": 3, "max_boxes": 4, "daggers": daggers} | options
    found: Diagram = data.draw(diagrams(SIGNATURES[case.doctrine], **options))
    return found


@ALL
def test_is_a_category(case: Case) -> None:
    assert isinstance(case.target, Category)


@ALL
@QUICK
@given(data=st.data(), seed=st.integers(0, 7))
def test_functoriality(case: Case, data: Any, seed: int) -> None:
    functor, target, same = case.functor(seed), case.target, case.same
    f = _draw(data, case)
    g = _draw(data, case, dom=f.cod, max_boxes=3)
    h = _draw(data, case, max_dom=1, max_width=2, max_boxes=2)
    image = functor(f)
    assert same(functor(f >> g), target.then(image, functor(g)))
    assert same(functor(f @ h), target.tensor(image, functor(h)))
    assert same(functor(Diagram.id(f.dom, f.signature)), target.id(functor.on_type(f.dom)))
    assert same(image, functor.fold(f))
    assert target.dom(image) == functor.on_type(f.dom)
    assert target.cod(image) == functor.on_type(f.cod)


@ALL
@QUICK
@given(data=st.data(), seed=st.integers(0, 7))
def test_naturality(case: Case, data: Any, seed: int) -> None:
    functor, same = case.functor(seed), case.same
    f = _draw(data, case, dom=Ty("a", "b"), max_width=2, max_boxes=3)
    g = _draw(data, case, dom=Ty("a"), max_width=2, max_boxes=2)
    over = f.signature
    width = len(f.cod)
    order = [*range(width, width + len(g.cod)), *range(width)]
    crossed = Diagram.permutation([2, 0, 1], f.dom @ g.dom, over) >> g @ f
    assert same(functor(crossed), functor(f @ g >> Diagram.permutation(order, f.cod @ g.cod, over)))
    if case.doctrine is Doctrine.HYPERGRAPH:
        return
    if g.cod:
        assert same(functor(g >> Discard(g.cod)), functor(Discard(g.dom)))
        if case.doctrine is Doctrine.CARTESIAN:
            assert same(functor(g >> Copy(g.cod)), functor(Copy(g.dom) >> g @ g))


@pytest.mark.parametrize("case", [c for c in CASES if c.doctrine is Doctrine.HYPERGRAPH], ids=repr)
@QUICK
@given(data=st.data(), seed=st.integers(0, 7))
def test_daggers_and_rotations(case: Case, data: Any, seed: int) -> None:
    functor, target, same = case.functor(seed), case.target, case.same
    f = _draw(data, case, max_boxes=3, max_width=2)
    assert same(functor(f.dagger()), target.dagger(functor(f)))
    assert same(functor(f.r), functor(f.transpose()))
    assert same(functor.fold(f.l), functor(f.transpose(left=True)))


@pytest.mark.parametrize("case", [c for c in CASES if c.doctrine is Doctrine.HYPERGRAPH], ids=repr)
def test_compact_and_frobenius_laws(case: Case) -> None:
    target, same = case.target, case.same
    for names in ("a", "b", "ab"):
        a = case.ob(names)
        one, twice = target.id(a), target.product([a, a])
        back = target.adjoint(a, 1)
        snake = target.then(target.tensor(one, target.cap(back, a)), target.tensor(target.cup(a, back), one))
        assert same(snake, one)
        copy, merge = target.spider(1, 2, a), target.spider(2, 1, a)
        assert same(target.then(copy, merge), one)  # special
        assert same(target.then(copy, target.swap(a, a)), copy)  # commutative
        assert same(
            target.then(target.tensor(copy, one), target.tensor(one, merge)), target.then(merge, copy)
        )  # Frobenius
        assert same(
            target.then(copy, target.tensor(copy, one)), target.then(copy, target.tensor(one, copy))
        )  # associative
        assert same(target.then(copy, target.tensor(target.spider(1, 0, a), one)), one)  # unital
        assert same(target.then(target.spider(2, 1, a), target.spider(1, 0, a)), target.spider(2, 0, a))
        assert target.dom(merge) == twice
        assert same(target.dagger(copy), merge)
        assert same(target.then(target.cap(back, a), target.dagger(target.cap(back, a))), _circle(target, a))
    wire = Ty("a")
    functor = case.functor(0)
    over = SIGNATURES[Doctrine.HYPERGRAPH]
    straightened = (Diagram.id(wire, over) @ cap(wire, wire)) >> (cup(wire, wire) @ Diagram.id(wire, over))
    assert same(functor.fold(straightened), functor(Diagram.id(wire, over)))


def _circle(target: Any, a: Any) -> Any:
    return target.then(target.spider(0, 1, a), target.spider(1, 0, a))


@TRACED
@QUICK
@given(seed=st.integers(0, 10**6))
def test_traces(case: Case, seed: int) -> None:
    """Joyal, Street & Verity's axioms, and the agreement of left and right traces."""
    target, same, rng = case.target, case.same, random.Random(seed)
    a, b, u, v = (case.ob(name) for name in ("a", "b", "a", "ca"))
    product, tensor, trace = target.product, target.tensor, target.trace

    def then(*fs: Any) -> Any:
        total = fs[0]
        for f in fs[1:]:
            total = target.then(total, f)
        return total

    f = case.random(rng, product([a, u]), product([b, u]))
    g, h = case.random(rng, a, a), case.random(rng, b, a)
    k = case.random(rng, u, v)
    slid = case.random(rng, product([a, v]), product([b, u]))
    two = case.random(rng, product([a, u, v]), product([b, u, v]))
    try:
        assert same(
            trace(then(tensor(g, target.id(u)), f, tensor(h, target.id(u))), u), then(g, trace(f, u), h)
        )
        assert same(
            trace(then(slid, tensor(target.id(b), k)), v), trace(then(tensor(target.id(a), k), slid), u)
        )
        assert same(trace(f, product([])), f)
        assert same(trace(two, product([u, v])), trace(trace(two, v), u))
        assert same(trace(tensor(h, f), u), tensor(h, trace(f, u)))
        turned = then(target.swap(u, a), f, target.swap(b, u))
        assert same(trace(turned, u, True), trace(f, u))
    except NoTrace:
        assume(False)
    assert same(trace(target.swap(u, u), u), target.id(u))


@TRACED
@pytest.mark.parametrize("left", [False, True])
def test_traces_of_diagrams(case: Case, left: bool) -> None:
    """A trace in a diagram maps to the target's, and a trace slid round its loop to the same."""
    a, b, u = Ty("a"), Ty("b"), Ty("a")
    f = Box("t", u @ a if left else a @ u, u @ b if left else b @ u)
    g = Box("e", u, u)
    target = case.target
    for seed in range(6):
        rng = random.Random(seed)
        ends = [case.ob("aa"), target.product([case.ob("a"), case.ob("b")][:: 1 if left else -1])]
        images = {f: case.random(rng, *ends), g: case.random(rng, case.ob("a"), case.ob("a"))}
        functor = Functor(case.obs, images, target)
        try:
            image = functor(Trace(f, 1, left))
        except NoTrace:
            continue
        assert case.same(image, target.trace(functor(f), case.ob("a"), left))
        assert case.same(functor.fold(Trace(f, 1, left)), image)
        around = g @ a >> f if left else a @ g >> f
        slid = f >> g @ b if left else f >> b @ g
        try:
            assert case.same(functor(Trace(around, 1, left)), functor(Trace(slid, 1, left)))
        except NoTrace:
            continue
