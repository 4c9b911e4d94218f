"""Matrices by direct sum and polynomial maps against scipy, sympy and functions."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import floyd_warshall

from catenary.diagrams import (
    ArityError,
    Box,
    CatenaryError,
    Doctrine,
    LimitReached,
    Ty,
)
from catenary.functors.category import ImageError
from catenary.functors.functor import Functor
from catenary.functors.targets import (
    Matrices,
    Matrix,
    NotPolynomial,
    NoTrace,
    PolynomialMap,
    Polynomials,
    PythonFunctions,
)
from catenary.functors.targets.polynomials import variables
from catenary.functors.tensor.semirings import BOOLEAN, COUNTING, MIN_PLUS, SYMBOLIC
from tests.functors.random_diagrams import PLAIN, diagrams, signature
from tests.functors.target_cases import NAMED, drawn

# Matrices


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_stars_against_graph_algorithms(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 5
    costs = rng.choice([np.inf, np.inf, 1.0, 2.0, 7.0], size=(n, n))
    star = Matrices(MIN_PLUS).star(Matrix(costs, MIN_PLUS)).array
    np.testing.assert_array_equal(star, floyd_warshall(np.where(np.isinf(costs), 0, costs)))
    edges = np.isfinite(costs)
    closure = np.linalg.matrix_power(edges.astype(int) + np.eye(n, dtype=int), n) > 0
    np.testing.assert_array_equal(Matrices(BOOLEAN).star(Matrix(edges, BOOLEAN)).array, closure)
    fractions = [[Fraction(int(x), 7) for x in row] for row in rng.integers(-3, 4, size=(n, n))]
    exact = sympy.eye(n) - sympy.Matrix(n, n, lambda i, j: sympy.Rational(fractions[i][j]))
    if exact.det() == 0:
        with pytest.raises(NoTrace, match="does not exist"):
            Matrices().star(Matrix(fractions, Matrices().ring))
    else:
        found = Matrices().star(Matrix(fractions, Matrices().ring)).array
        inverse = exact.inv()
        assert all(
            found[i, j] == Fraction(int(inverse[i, j].p), int(inverse[i, j].q))
            for i in range(n)
            for j in range(n)
        )


def test_traces_that_do_not_exist() -> None:
    loop = Matrix([[1, 1], [1, 1]], COUNTING)
    with pytest.raises(NoTrace, match="weight 1"):
        Matrices(COUNTING).trace(loop, 1)
    nilpotent = Matrix([[1, 1, 0], [0, 0, 1], [1, 0, 0]], COUNTING)
    assert Matrices(COUNTING).trace(nilpotent, 2).array.tolist() == [[2]]
    with pytest.raises(NoTrace):
        Matrices(MIN_PLUS).trace(Matrix([[0.0, 0.0], [0.0, -1.0]], MIN_PLUS), 1)
    with pytest.raises(ArityError, match="square"):
        Matrices().star(Matrix([[1, 2]], Matrices().ring))
    x = sympy.Symbol("x")
    series = Matrices(SYMBOLIC).trace(Matrix([[0, 1], [1, x]], SYMBOLIC), 1)
    assert sympy.simplify(series.array[0, 0] - 1 / (1 - x)) == 0


def test_biproducts() -> None:
    target = Matrices()
    both = target.then(target.copy(2), target.merge(2))
    assert both == target.scale(2, target.id(2))
    assert target.then(target.merge(1), target.copy(1)) == Matrix([[1, 1], [1, 1]], target.ring)
    f, g = Matrix([[1, 2]], target.ring), Matrix([["1/3", 5]], target.ring)
    by_wires = target.then(target.then(target.copy(1), target.tensor(f, g)), target.merge(2))
    assert by_wires == target.add(f, g)
    assert target.dagger(target.copy(3)) == target.merge(3)
    assert target.zero(0, 2).array.shape == (0, 2)
    for wrong in ([[1]], "x"):
        with pytest.raises(CatenaryError):
            Functor({"x": 1}, {Box("f", Ty("x"), Ty("x", "x")): wrong}, target)
    with pytest.raises(CatenaryError, match="natural number"):
        Functor({"x": -1}, {Box("f", Ty("x"), Ty("x")): [[1]]}, target)


# Polynomials


@settings(max_examples=25)
@given(data=st.data(), seed=st.integers(0, 5), values=st.lists(st.integers(-3, 3), min_size=4, max_size=4))
def test_polynomials_agree_with_functions(data: Any, seed: int, values: list[int]) -> None:
    case = NAMED["polynomials"]
    functor = case.functor(seed)
    table = {box.name: functor.image(box) for box in PLAIN}
    labels = {name: ("number",) * width for name, width in case.obs.items()}
    functions = Functor(
        labels, {name: (lambda *xs, p=p: p(*xs)) for name, p in table.items()}, PythonFunctions()
    )
    f = data.draw(diagrams(signature(Doctrine.CARTESIAN), max_dom=2, max_width=3, max_boxes=4, daggers=False))
    ours, theirs = functor(f), functions(f)
    at = values[: ours.dom]
    one, other = ours(*at), theirs(*at)
    row = one if isinstance(one, tuple) else (one,)
    for x, y in zip(row, other if isinstance(other, tuple) else (other,), strict=True):
        assert sympy.expand(x - y) == 0


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_derivatives(seed: int) -> None:
    """The chain rules of (reverse) derivative categories, and SymPy's own Jacobian."""
    rng = random.Random(seed)
    target = Polynomials()
    f, g = drawn(rng, "polynomials", 2, 3), drawn(rng, "polynomials", 3, 2)
    x = sympy.Matrix(variables(2))
    assert sympy.Matrix(f.jacobian()) == sympy.Matrix(f.outputs).jacobian(x)
    whole = target.then(f, g)
    copied = target.tensor(target.copy(2), target.id(2))  # x, x, w
    # R[f; g] = (x, w) ↦ R[f](x, R[g](f(x), w))
    inner = target.then(target.tensor(f, target.id(2)), g.reverse_derivative())
    assert whole.reverse_derivative() == target.then(
        copied, target.then(target.tensor(target.id(2), inner), f.reverse_derivative())
    )
    # D[f; g] = (x, v) ↦ D[g](f(x), D[f](x, v))
    step = target.tensor(f, f.derivative())
    assert whole.derivative() == target.then(copied, target.then(step, g.derivative()))


def test_polynomials_that_are_none() -> None:
    x = Ty("x")
    f = Box("f", x, x)
    for image, text in (
        (lambda v: 1 / v, "not a polynomial"),
        (lambda v: sympy.sin(v), "not a polynomial"),
        ("x0", "is text"),
        (lambda v: None, "not a polynomial"),
        (lambda v: sympy.nan * v, "not a polynomial"),
        (lambda v: v + sympy.oo, "not a polynomial"),
        (sympy.Symbol("x1"), "not one of the 1 inputs"),
    ):
        with pytest.raises(NotPolynomial, match=text):
            Functor({"x": 1}, {f: image}, Polynomials())
    with pytest.raises(NotPolynomial, match="degree 2"):
        Functor({"x": 1}, {f: lambda v: v * v}, Polynomials(degree=1))
    affine = Functor({"x": 1}, {f: lambda v: 2 * v + sympy.Symbol("t")}, Polynomials(degree=1))
    assert affine(f >> f).outputs == (4 * variables(1)[0] + 3 * sympy.Symbol("t"),)
    square = Functor({"x": 1}, {f: lambda v: (v + 1) ** 9}, Polynomials(limit=500))
    with pytest.raises(LimitReached, match="500 terms"):
        square(f >> f >> f)
    with pytest.raises(ImageError):
        Functor({"x": 1}, {f: lambda v: (v, v)}, Polynomials())
    assert PolynomialMap(0, (3,))() == 3
    assert PolynomialMap(1, (0,)).degree == 0
