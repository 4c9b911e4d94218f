"""Formulas and Bayesian networks against enumeration."""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import CatenaryError, InputError
from catenary.functors.inference import BayesianNetwork, Formula, read_dimacs


@st.composite
def formulas(draw: Any) -> Formula:
    n = draw(st.integers(0, 7))
    literal = st.integers(1, max(n, 1)).flatmap(lambda v: st.sampled_from([v, -v]))
    clauses = (
        draw(st.lists(st.lists(literal, max_size=4), max_size=8)) if n else draw(st.sampled_from([[], [[]]]))
    )
    return Formula(n, tuple(map(tuple, clauses)))


def holds(formula: Formula, values: tuple[bool, ...]) -> bool:
    return all(any(values[abs(v) - 1] == (v > 0) for v in clause) for clause in formula.clauses)


@settings(max_examples=150)
@given(formula=formulas(), data=st.data())
def test_formulas(formula: Formula, data: st.DataObject) -> None:
    models = [m for m in product([False, True], repeat=formula.variables) if holds(formula, m)]
    assert formula.count() == len(models)
    assert formula.satisfiable() == bool(models)
    found = formula.model()
    assert found in models if models else found is None
    costs = {v: data.draw(st.integers(-3, 9)) for v in range(1, formula.variables + 1)}
    cheapest = formula.model(costs)

    def cost(model: tuple[bool, ...]) -> int:
        return sum(costs[v] for v in range(1, formula.variables + 1) if model[v - 1])

    if models:
        assert cheapest is not None
        assert cost(cheapest) == min(map(cost, models))


def test_wide_clauses_are_chains() -> None:
    wide = Formula(20, (tuple(range(1, 21)), (-1, -20)))
    assert wide.count() == (2**18) * 3 - 1


def test_counting_sixty_variables() -> None:
    chain = Formula(60, tuple((i, i + 1) for i in range(1, 60)))  # no two neighbours false: Fibonacci
    a, b = 1, 2
    for _ in range(60):
        a, b = b, a + b
    assert chain.count() == a


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 2 0", "comes before"),
        ("", "there is no line"),
        ("p cnf 2\n", "expected one line"),
        ("p cnf 2 1\n1 3 0", "no literal"),
        ("p cnf 2 1\n1 x 0", "no literal"),
        ("p cnf 2 2\n1 2 0", "promises 2"),
        ("p cnf 2 1\n1 2", "does not end in 0"),
    ],
)
def test_bad_dimacs(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_dimacs(text, "file.cnf")


def test_bad_formulas() -> None:
    with pytest.raises(CatenaryError, match="clause 1: 3 is no literal"):
        Formula(2, ((3,),))
    with pytest.raises(CatenaryError, match="variable 4"):
        Formula(2, ()).model({4: 1})


@st.composite
def bayesian_networks(draw: Any) -> BayesianNetwork:
    names = "abcde"[: draw(st.integers(1, 5))]
    values = {name: [f"{name}{i}" for i in range(draw(st.integers(1, 3)))] for name in names}
    tables: dict[str, Any] = {}
    for at, name in enumerate(names):
        parents = draw(st.lists(st.sampled_from(names[:at]), unique=True, max_size=3)) if at else []
        shape = [len(values[v]) for v in [*parents, name]]
        weights = np.empty(shape, object)
        for place in np.ndindex(*shape):
            weights[place] = Fraction(draw(st.integers(0, 4)))
        weights[..., 0] += 1
        tables[name] = (parents, weights / weights.sum(axis=-1, keepdims=True))
    return BayesianNetwork(values, tables)


@settings(max_examples=80)
@given(network=bayesian_networks(), data=st.data())
def test_inference(network: BayesianNetwork, data: st.DataObject) -> None:
    names = list(network.values)
    evidence = {
        name: data.draw(st.sampled_from(network.values[name]))
        for name in data.draw(st.sets(st.sampled_from(names), max_size=2))
    }
    chances: dict[tuple[Any, ...], Fraction] = {}
    for row in product(*network.values.values()):
        at = dict(zip(names, row, strict=True))
        if any(at[name] != value for name, value in evidence.items()):
            continue
        chance = Fraction(1)
        for name, (parents, table) in network.tables.items():
            chance *= table[tuple(network.values[v].index(at[v]) for v in (*parents, name))]
        chances[row] = chance
    total = sum(chances.values())
    assert network.probability(evidence) == total
    query = data.draw(st.sampled_from(names))
    if not total:
        with pytest.raises(CatenaryError, match="probability 0"):
            network.marginal(query, evidence)
        with pytest.raises(CatenaryError, match="probability 0"):
            network.explain(evidence)
        return
    place = names.index(query)
    expected = {value: Fraction(0) for value in network.values[query]}
    for row, chance in chances.items():
        expected[row[place]] += chance / total
    assert network.marginal(query, evidence) == expected  # exact
    best = network.explain(evidence)
    assert chances[tuple(best.values[name] for name in names)] == max(chances.values())
    assert best.probability == pytest.approx(float(max(chances.values())))


def test_bad_networks() -> None:
    yes_no = ["yes", "no"]
    with pytest.raises(CatenaryError, match="circle among a, b"):
        BayesianNetwork(
            {"a": [1, 2], "b": [1, 2]},
            {"a": (["b"], [[1, 0], [0, 1]]), "b": (["a"], [[1, 0], [0, 1]])},
        )
    with pytest.raises(CatenaryError, match="has no table"):
        BayesianNetwork({"a": yes_no}, {})
    with pytest.raises(CatenaryError, match="sum to 1"):
        BayesianNetwork({"a": yes_no}, {"a": ([], [0.5, 0.6])})
    with pytest.raises(CatenaryError, match="has shape"):
        BayesianNetwork({"a": yes_no}, {"a": ([], [1.0])})
    good = BayesianNetwork({"a": yes_no}, {"a": ([], [1, 0])})
    with pytest.raises(CatenaryError, match="no value 'maybe'"):
        good.marginal("a", {"a": "maybe"})
    with pytest.raises(CatenaryError, match="probability 0"):
        good.marginal("a", {"a": "no"})
