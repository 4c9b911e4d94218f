"""What targets, channels, derivatives and Bayesian networks are given by mistake is refused by name."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from catenary.diagrams import Box, CatenaryError, Ty
from catenary.functors.circuits import Circuit, Gate
from catenary.functors.differentiation import differentiate
from catenary.functors.functor import Functor
from catenary.functors.inference import BayesianNetwork, Formula
from catenary.functors.mixed import Channels, density_matrix, depolarising, maximally_mixed, stochastic
from catenary.functors.targets import Matrices, Polynomials, Relations

A, B = Ty("a"), Ty("b")
F = Box("f", A, B)
X = sympy.Symbol("x")
ROTATION = Box("q", A, A, [X])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Functor({"a": 2, "b": 2}, {F: [[1], [1, 0]]}, Relations()),
        lambda: Functor({"a": 2, "b": 2}, {F: [[1], [1, 0]]}, Channels()),
        lambda: Functor({"a": 10**9, "b": 1}, {F: [[1]]}, Matrices()),
        lambda: Functor({"a": 10**9, "b": 1}, {F: lambda *xs: xs[0]}, Polynomials()),
        lambda: stochastic([[np.nan, 1], [0, 1]]),
        lambda: stochastic(np.zeros((0, 2))),
        lambda: maximally_mixed(0),
        lambda: depolarising(0.1, -1),
        lambda: depolarising(0.1, 30),
        lambda: depolarising("x"),  # type: ignore[arg-type]
        lambda: density_matrix(Circuit(1, [Gate("h", (0,))]), noise={"h": 5}),  # type: ignore[dict-item]
        lambda: differentiate(ROTATION, X, rules={"q": 5}),  # type: ignore[dict-item]
        lambda: differentiate(ROTATION, X, rules={"q": (float("nan"),)}),
        lambda: differentiate(ROTATION, 5),
        lambda: Formula(2.0, ()),  # type: ignore[arg-type]
        lambda: Formula(-1, ()),
        lambda: BayesianNetwork({"a": (0, 1)}, {"a": ((), [Fraction(-1), Fraction(2)])}),
    ],
)
def test_mistakes_are_named(make: Any) -> None:
    with pytest.raises(CatenaryError):
        make()


def test_explanations_of_many_variables_do_not_underflow() -> None:
    names = [f"v{i}" for i in range(1200)]
    network = BayesianNetwork(dict.fromkeys(names, (0, 1)), dict.fromkeys(names, ((), [0.4, 0.6])))
    assert set(network.explain().values.values()) == {1}
    with pytest.raises(CatenaryError, match="below the smallest float"):
        network.marginal("v0", dict.fromkeys(names[1:], 0))


def test_names_that_make_one_text_stay_two_variables() -> None:
    tables = {"a = b": ((), [0.5, 0.5]), "a": ((), [0.25, 0.75])}
    network = BayesianNetwork({"a = b": ("d", "c"), "a": ("b = c", "e")}, tables)
    assert network.probability({"a = b": "c", "a": "b = c"}) == 0.125
    assert network.explain({"a = b": "c", "a": "b = c"}).values == {"a = b": "c", "a": "b = c"}
