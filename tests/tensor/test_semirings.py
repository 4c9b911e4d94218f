"""Contraction over semirings against sums written out in full."""

import math
import pickle
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import ContractionError, UnknownGenerator
from catenary.functors.tensor import (
    SEMIRINGS,
    Semiring,
    TensorNetwork,
    best_assignment,
    contract_over,
    semiring,
    semiring_network,
)

ENTRIES: dict[str, Any] = {
    "boolean": [False, True],
    "counting": [0, 1, 2, -3, 10**30],
    "rational": [0, 1, Fraction(1, 3), Fraction(-7, 2)],
    "probability": [0.0, 0.25, 1.0],
    "max_times": [0.0, 0.25, 1.0, 3.0],
    "min_plus": [0.0, 1.0, -2.0, math.inf],
    "max_plus": [0.0, 1.0, -2.0, -math.inf],
    "log": [0.0, 1.5, -800.0, -math.inf],
    "real": [0.0, 1.0, -2.0, 0.5],
    "complex": [0.0, 1j, 1.0, -2 + 1j],
}


@st.composite
def networks(draw: Any, ring: Semiring) -> TensorNetwork:
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    index = st.integers(0, len(sizes) - 1)
    structure = draw(st.lists(st.lists(index, max_size=3), max_size=5))
    output = draw(st.lists(index, max_size=3))
    arrays = []
    for ixs in structure:
        shape = [sizes[i] for i in ixs]
        count = math.prod(shape)
        flat = draw(st.lists(st.sampled_from(ENTRIES[ring.name]), min_size=count, max_size=count))
        array = np.empty(count, object)
        array[:] = flat
        arrays.append(array.reshape(shape) if ring.dtype is object else np.array(flat).reshape(shape))
    return semiring_network(structure, arrays, output, ring, sizes)


def assignments(network: TensorNetwork) -> Any:
    return product(*(range(size) for size in network.sizes))


def worth(network: TensorNetwork, ring: Semiring, values: Any) -> Any:
    entries = [
        array[tuple(values[i] for i in ixs)]
        for ixs, array in zip(network.indices, network.arrays, strict=True)
    ]
    return reduce(
        lambda a, b: ring.times(np.array(a, ring.dtype), np.array(b, ring.dtype)), entries, ring.one
    )


def brute_force(network: TensorNetwork, ring: Semiring) -> Any:
    total = np.full(network.shape, ring.zero, ring.dtype)
    for values in assignments(network):
        place = tuple(values[i] for i in network.output)
        value = np.array(worth(network, ring, values), ring.dtype)
        total[place] = ring.plus(np.array(total[place], ring.dtype), value)
    return total


@pytest.mark.parametrize("name", sorted(ENTRIES))
@settings(max_examples=60)
@given(data=st.data())
def test_the_value_is_the_sum_of_products(name: str, data: st.DataObject) -> None:
    ring = semiring(name)
    network = data.draw(networks(ring))
    found, expected = contract_over(network, ring), brute_force(network, ring)
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    if ring.dtype in (object, bool):
        assert (found == expected).all()
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["boolean", "min_plus", "max_plus", "max_times"])
@settings(max_examples=60)
@given(data=st.data())
def test_the_best_assignment_attains_the_best_value(name: str, data: st.DataObject) -> None:
    ring = semiring(name)
    network = data.draw(networks(ring))
    value = reduce(ring.plus, (worth(network, ring, values) for values in assignments(network)), ring.zero)
    if value == ring.zero:
        with pytest.raises(ContractionError, match="no assignment"):
            best_assignment(network, ring)
        return
    found = best_assignment(network, ring)
    assert found.value == pytest.approx(value)
    assert worth(network, ring, found.indices) == pytest.approx(value)


def lattice(ring: Semiring, rng: np.random.Generator, side: int = 5) -> TensorNetwork:
    cells = {(x, y): x * side + y for x in range(side) for y in range(side)}
    pairs = [
        (a, b) for (x, y), a in cells.items() for b in [cells.get((x + 1, y)), cells.get((x, y + 1))] if b
    ]
    return semiring_network(pairs, [rng.integers(0, 3, (2, 2)) for _ in pairs], (), ring)


@pytest.mark.parametrize("name", ["counting", "min_plus", "real"])
def test_slices_give_the_same_value(name: str) -> None:
    ring = semiring(name)
    network = lattice(ring, np.random.default_rng(3))
    whole = contract_over(network, ring)
    assert contract_over(network, ring, memory=1600).item() == pytest.approx(whole.item(), rel=1e-12)


def test_counts_beyond_machine_integers_are_exact() -> None:
    ones = [[3, 1], [1, 3]]
    n = 200
    chain = semiring_network([(i, i + 1) for i in range(n)], [ones] * n, (), semiring("counting"))
    assert contract_over(chain, semiring("counting")).item() == 2 * 4**n


def test_symbolic_values() -> None:
    import sympy

    x = sympy.Symbol("x")
    ring = semiring("symbolic")
    network = semiring_network(((0, 1), (1, 0)), ([[x, 1], [0, 2]], [[1, 0], [x, 1]]), (), ring)
    assert sympy.expand(contract_over(network, ring).item() - (2 * x + 2)) == 0


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("boolean", [0.5]),
        ("boolean", [2]),
        ("counting", [0.5]),
        ("counting", ["1"]),
        ("min_plus", [-math.inf]),
        ("max_plus", [math.nan]),
        ("probability", [-0.1]),
        ("symbolic", ["__import__('os')"]),
        ("rational", [math.nan]),
        ("real", [[1], [2, 3]]),
    ],
)
def test_entries_outside_the_semiring(name: str, array: Any) -> None:
    with pytest.raises(ContractionError):
        semiring(name).array(array)


def test_semirings_are_named() -> None:
    with pytest.raises(UnknownGenerator, match="did you mean min_plus"):
        semiring("minplus")
    for ring in SEMIRINGS.values():
        assert pickle.loads(pickle.dumps(ring)) is ring
    with pytest.raises(ContractionError, match="best assignments are over"):
        best_assignment(semiring_network((), (), (), SEMIRINGS["real"]), SEMIRINGS["real"])
