"""Formal sums and bubbles: linear laws, equality, round trips, depth."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import *  # noqa: F403 eval(repr(x))
from catenary.diagrams import (
    Box,
    Bubble,
    CatenaryError,
    CompositionError,
    Diagram,
    Doctrine,
    DoctrineError,
    ScalarError,
    Signature,
    SignatureError,
    Sum,
    Swap,
    Ty,
    free,
)
from catenary.diagrams.equality import canonical_form
from catenary.diagrams.nesting import depth, insides
from catenary.testing import diagrams, equal_pairs

A, B = Ty("a"), Ty("b")
x, y = sympy.symbols("x y")
NAMES = {"Fraction": Fraction, "sympy": sympy}
# Fractions that floats hold exactly: sums of rounded numbers depend on their order.
SCALARS = st.one_of(
    st.integers(-3, 3),
    st.integers(-8, 8).map(lambda quarters: Fraction(quarters, 4)),
    st.sampled_from([0.5, -1.25, 2j, 1 - 1j, x, x + 1, x * y, sympy.sqrt(2)]),
)
POOL = [Box("f", A, A), Box("g", A, A), Box("h", A, A)]


@st.composite
def sums(draw: Any, max_terms: int = 4) -> Sum:
    """Sums of chains of endomorphisms."""
    terms = []
    for _ in range(draw(st.integers(0, max_terms))):
        chain = Diagram.id(A, free())
        for box in draw(st.lists(st.sampled_from(POOL), max_size=2)):
            chain = chain >> box
        terms.append((draw(SCALARS), chain))
    return Sum(terms, A, A)


@settings(max_examples=20, deadline=None)
@given(sums(), sums(), sums(), SCALARS, SCALARS)
def test_linear_laws(a: Sum, b: Sum, c: Sum, k: Any, m: Any) -> None:
    zero = Sum.zero(A, A)
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + zero == a == zero + a
    assert a - a == zero
    assert hash(a + b) == hash(b + a)
    assert k * (a + b) == k * a + k * b
    assert k * (m * a) == m * (k * a)
    assert 0 * a == zero
    assert (a + b) >> c == (a >> c) + (b >> c)
    assert c >> (a + b) == (c >> a) + (c >> b)
    assert (a + b) @ c == a @ c + b @ c
    assert (k * a) >> b == a >> (k * b) == k * (a >> b)
    assert a >> Diagram.id(A) == a == a @ Ty()
    assert (a >> b).dagger() == b.dagger() >> a.dagger()
    assert a.dagger().dagger() == a
    assert a.collect() == a
    assert len(a.collect()) <= len(a)


@settings(max_examples=20, deadline=None)
@given(sums())
def test_sums_round_trip(a: Sum) -> None:
    assert eval(repr(a), globals() | NAMES) == a
    assert pickle.loads(pickle.dumps(a)) == a
    assert copy.deepcopy(a) == a
    assert Sum(list(a), A, A) == a
    with pytest.raises(AttributeError):
        a.terms = ()  # type: ignore[misc]


@pytest.mark.parametrize(
    "doctrine", [Doctrine.MONOIDAL, Doctrine.RIGID, Doctrine.COMPACT, Doctrine.HYPERGRAPH, Doctrine.CARTESIAN]
)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_equal_diagrams_are_collected(doctrine: Doctrine, data: Any) -> None:
    one, other = data.draw(equal_pairs(doctrine, max_boxes=5))
    assert len((one + other).collect()) == 1
    assert one + other == 2 * one == 2 * other
    assert hash(one + other) == hash(2 * one)
    assert 1 * one == one
    assert one == Sum.of(other)
    assert hash(Sum.of(one)) == hash(other)
    bubble = Bubble(one + other, "b")
    assert bubble == Bubble(2 * other, "b")
    assert hash(bubble) == hash(Bubble(2 * other, "b"))
    assert Bubble(one) == Bubble(other) == Bubble(Sum.of(one))
    assert Bubble(one) != Bubble(2 * one)
    assert Bubble(one).diagram == Bubble(other).diagram
    assert eval(repr(bubble), globals() | NAMES) == bubble
    assert pickle.loads(pickle.dumps(bubble)) == bubble


def test_scalars() -> None:
    f = POOL[0]
    assert (Fraction(1, 2) * f + Fraction(1, 2) * f) == f
    assert ((x + 1) ** 2) * f == (x**2 + 2 * x + 1) * f
    assert (x / x**2) * f == (1 / x) * f
    assert 2.0 * f == 2 * f
    assert hash(2.0 * f) == hash(2 * f)
    assert f.diagram * Fraction(1, 2) == Fraction(1, 2) * f
    assert (2 * f) / 4 == Fraction(1, 2) * f
    assert (1j * f).dagger() == -1j * f.dagger()
    assert (x * f).substitute({"x": Fraction(1, 3)}) == Fraction(1, 3) * f
    swapped = (x * f + y * POOL[1]).substitute({x: y, y: x})
    assert swapped == y * f + x * POOL[1]
    nested = x * Bubble(Box("r", A, A, [x])).diagram
    assert nested.substitute({x: 2}) == 2 * Bubble(Box("r", A, A, [2])).diagram
    for wrong in (float("nan"), float("inf"), True, None, "2", sympy.oo, sympy.nan, [1], sympy.Matrix([1])):
        with pytest.raises(ScalarError):
            f.diagram * wrong  # type: ignore[operator]
    with pytest.raises(ScalarError, match="zero"):
        (2 * f) / 0


def test_boundaries_and_signatures_of_sums() -> None:
    f, k = Box("f", A @ B, A), Box("k", A @ A, A)
    with pytest.raises(CompositionError) as caught:
        f + k
    assert caught.value.index == 1
    with pytest.raises(CompositionError):
        f + Sum.zero(A, A)
    with pytest.raises(CompositionError):
        (f + f) >> (f + f)
    with pytest.raises(CatenaryError, match="needs its dom and cod"):
        Sum([])
    with pytest.raises(CatenaryError, match="pair"):
        Sum([f])  # type: ignore[list-item]
    one, two = (Signature(name, Doctrine.SYMMETRIC, ["a"], [Box(name, A, A)]) for name in "fg")
    with pytest.raises(SignatureError):
        one["f"] + two["g"]
    assert sum([f.diagram, f.diagram]) == 2 * f
    assert str(Sum.zero(A, B)) == "0: a → b"
    planar = free(Doctrine.MONOIDAL)
    mixed = Sum([(1, Swap(A, A))]) + Box("p", A @ A, A @ A).diagram
    assert mixed.signature.doctrine is Doctrine.SYMMETRIC
    with pytest.raises((SignatureError, DoctrineError)):
        mixed.over(planar)


# Bubbles


def test_bubbles_differ_where_they_should() -> None:
    f, g = POOL[:2]
    assert Bubble(f) != Bubble(g)
    assert Bubble(f, "p") != Bubble(f, "q")
    assert Bubble(f) != Bubble(f).dagger()
    assert Bubble(f).dagger().dagger() == Bubble(f)
    assert Bubble(f, cod=B) != Bubble(f)
    assert Bubble(f) != f
    assert Bubble(Bubble(f)) != Bubble(f)
    planar = free(Doctrine.RIGID)
    p = Box("p", A, A, signature=planar)
    loops = [Bubble(Box(n, Ty(), Ty(), signature=planar)) for n in "st"]
    assert Bubble(p @ loops[0]) != Bubble(loops[0] @ p)  # a scalar does not pass a wire
    assert Bubble(p).r.l == Bubble(p)
    assert eval(repr(Bubble(p).r)) == Bubble(p).r
    with pytest.raises(DoctrineError, match="cup"):
        _ = Bubble(f).r
    with pytest.raises(CatenaryError, match="contains a diagram"):
        Bubble(A)  # type: ignore[arg-type]


def test_many_bubbles_are_compared_whatever_their_order() -> None:
    """Boxes that differ in what they hold alone, in different orders and differently written inside."""
    one = [Bubble(p @ A >> A @ q) for p in POOL for q in POOL]
    other = [Bubble(A @ q >> p @ A) for p in POOL for q in POOL]
    d, e = Diagram.id(), Diagram.id()
    for box in one:
        d = d @ box
    for box in reversed(other):
        e = box @ e
    assert d == e
    assert hash(d) == hash(e)
    assert canonical_form(d.to_hypergraph()) == canonical_form(e.to_hypergraph())
    changed = e[:3] >> Diagram(e[:3].cod, e[:3].cod, []) >> e[3:]
    assert changed == d
    wrong = Diagram.id()
    for box in [one[1], one[0], *one[2:]]:
        wrong = wrong @ box
    assert wrong != d


def test_three_thousand_levels() -> None:
    def nest(box: Box, levels: int) -> Box:
        for _ in range(levels):
            box = Bubble(box)
        return box

    one, other = nest(POOL[0], 3_000), nest(POOL[0], 3_000)
    assert one == other
    assert hash(one) == hash(other)
    assert one != nest(POOL[1], 3_000)
    assert one != nest(POOL[0], 2_999)
    assert depth(one.diagram) == 3_000
    assert len(insides([one.diagram])) == 3_000
    assert repr(one) == "<bubble of 3,000 levels>"
    assert len(str(one)) < 100
    assert canonical_form(one.diagram.to_hypergraph()) == canonical_form(other.diagram.to_hypergraph())


@pytest.mark.parametrize("doctrine", list(Doctrine), ids=lambda d: d.value)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_bubbles_in_every_doctrine(doctrine: Doctrine, data: Any) -> None:
    if doctrine is Doctrine.BRAIDED:
        return
    d = data.draw(diagrams(doctrine, max_boxes=4))
    bubble = Bubble(d, "b")
    assert bubble.diagram >> Diagram.id(d.cod) == bubble.diagram
    assert (bubble @ bubble.dagger()) == (bubble @ d.cod >> d.cod @ bubble.dagger())
    assert eval(repr(bubble.diagram)) == bubble.diagram
    assert pickle.loads(pickle.dumps(bubble.diagram)) == bubble.diagram
