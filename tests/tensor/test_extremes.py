"""Contractions of what is rare: entries that are not finite, narrow and wide dtypes, empty indices, views."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from catenary.diagrams import ContractionError
from catenary.functors.tensor import (
    ENGINES,
    SEMIRINGS,
    TensorNetwork,
    best_assignment,
    contract,
    contract_over,
    semiring_network,
    simplify,
)


def chain(count: int, matrix: Any) -> TensorNetwork:
    return TensorNetwork([(i, i + 1) for i in range(count)], [matrix] * count, (0, count))


@pytest.mark.parametrize("simplified", [True, False])
@pytest.mark.parametrize("entry", [np.nan, np.inf])
@pytest.mark.parametrize("off", [0.0, 1.0])
def test_entries_that_are_not_finite_are_never_dropped(simplified: bool, entry: float, off: float) -> None:
    value = contract(chain(12, np.array([[1, off], [off, entry]])), simplify=simplified)
    assert not np.isfinite(value[1, 1])


@pytest.mark.parametrize("simplified", [True, False])
def test_overflow_is_an_error(simplified: bool) -> None:
    with pytest.raises(ContractionError, match="overflows"):
        contract(chain(12, np.full((2, 2), 1e200)), simplify=simplified)


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble, np.clongdouble, np.complex64])
def test_every_float_can_be_simplified(dtype: Any) -> None:
    value = contract(chain(10, np.full((2, 2), 0.5, dtype)), simplify=True)
    assert value.dtype == dtype
    assert abs(value - 0.5).max() < 1e-2
    simplify(chain(10, np.array([[1, 1], [1, -1]], dtype)))


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("memory", [None, 1024, 256])
def test_an_empty_index_gives_zeros(engine: str, memory: int | None) -> None:
    for dtype in (np.float64, np.longdouble):
        arrays = [np.zeros((2, 0), dtype), np.zeros((0, 2), dtype), np.ones((2, 2), dtype)] * 4
        network = TensorNetwork([(0, 1), (1, 2), (2, 3)] * 4, arrays, (0, 3))
        for simplified in (True, False):
            value = contract(network, engine, memory=memory, simplify=simplified)
            assert value.tolist() == [[0, 0], [0, 0]]


def test_narrow_tensors_beside_wide_ones_are_multiplied_in_the_wide_precision() -> None:
    a, b = np.full(1, 1 + 2**-20, np.float32), np.full(1, 1 + 2**-18, np.complex64)
    exact = (1 + 2**-20) * (1 + 2**-18)
    for count in (1, 9):
        network = TensorNetwork([(0,), (0,), *[()] * count], [a, b, *[np.ones(())] * count], ())
        for simplified in (True, False):
            assert complex(contract(network, simplify=simplified)) == exact


def test_a_view_of_what_is_written_later_is_copied() -> None:
    matrix = np.ones((2, 2))
    view = matrix[:]
    view.flags.writeable = False
    network = TensorNetwork([(0, 1)], [view], (0, 1))
    matrix[0, 0] = 7
    assert network.contract().tolist() == [[1, 1], [1, 1]]


def test_many_axes_of_one_element() -> None:
    arrays = [np.ones((1,) * 55), np.full((1, 2), 3.0), np.ones(2)]
    network = TensorNetwork([tuple(range(55)), (0, 55), (55,)], arrays, tuple(range(55)))
    assert contract(network, simplify=True).ravel().tolist() == [6]


@pytest.mark.parametrize(
    "make",
    [
        lambda: TensorNetwork([("a",)], [np.ones(2)], ("a",)),  # type: ignore[list-item, arg-type]
        lambda: TensorNetwork([(0.5,)], [np.ones(2)], (0.5,)),  # type: ignore[list-item, arg-type]
        lambda: TensorNetwork([(0,)], [np.ones(2)], (0,), [2.7]),  # type: ignore[list-item]
        lambda: TensorNetwork([], [], (0,), [float("nan")]),  # type: ignore[list-item]
        lambda: TensorNetwork([(0, 1)], [[[1], [1, 2]]], ()),
        lambda: chain(2, np.eye(2)).fix({0: 1.0}),  # type: ignore[dict-item]
        lambda: chain(3, np.eye(2)).contract(work=0),
        lambda: chain(12, np.eye(2)).contract(simplify="no"),
    ],
)
def test_wrong_arguments_are_named(make: Any) -> None:
    with pytest.raises(ContractionError):
        make()
    assert chain(2, np.eye(2)).fix({0: True}).contract().tolist() == [0, 1]


MATRIX = np.array([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize(
    ("ring", "matrix"),
    [
        ("max_times", -MATRIX),
        ("probability", -MATRIX),
        ("min_plus", np.nan * MATRIX),
        ("min_plus", -np.inf * MATRIX),
        ("max_plus", 1j * MATRIX),
        ("real", 1j * MATRIX),
        ("rational", np.inf * MATRIX),
        ("rational", [["1/0"]]),
    ],
)
def test_what_is_outside_a_semiring_is_refused(ring: str, matrix: Any) -> None:
    with pytest.raises(ContractionError, match="outside the semiring"):
        semiring_network([(0, 1)], [matrix], (0, 1), SEMIRINGS[ring])
    if np.asarray(matrix).dtype.kind in "fc":  # also in a network of numbers
        with pytest.raises(ContractionError, match="outside the semiring"):
            contract_over(TensorNetwork([(0, 1)], [matrix], (0, 1)), SEMIRINGS[ring])


def test_overflow_over_semirings_is_an_error() -> None:
    for ring in ("real", "complex", "probability", "max_times"):
        network = TensorNetwork([(0,), (0,)], [[1e200], [1e200]], ())
        with pytest.raises(ContractionError, match="overflow"):
            contract_over(network, SEMIRINGS[ring])
    with pytest.raises(ContractionError, match="overflow"):
        contract_over(
            TensorNetwork([(0, 1), (0, 1)], [1e308 * np.ones((2, 2))] * 2, (0,)), SEMIRINGS["max_plus"]
        )
    with pytest.raises(ContractionError, match="closed loops"):
        contract_over(TensorNetwork([], [], (), [2] * 2000), SEMIRINGS["real"])
    assert contract_over(TensorNetwork([], [], (), [2] * 2000), SEMIRINGS["counting"]).item() == 2**2000
    infinite = semiring_network([(0,), (0,)], [[np.inf], [1.0]], (), SEMIRINGS["min_plus"])
    assert contract_over(infinite, SEMIRINGS["min_plus"]) == np.inf


def test_a_product_of_probabilities_below_the_smallest_number_is_said() -> None:
    network = semiring_network([(i,) for i in range(1200)], [[0.5, 0.4]] * 1200, (), SEMIRINGS["max_times"])
    with pytest.raises(ContractionError, match="logarithms"):
        best_assignment(network, SEMIRINGS["max_times"])


def test_products_that_overflow_while_they_are_simplified_are_named() -> None:
    """Two clauses whose product is too large, in a formula whose tensors are looked at for low rank."""
    draw = random.Random(11)
    indices, arrays = [], []
    for _ in range(100):
        indices.append(tuple(draw.sample(range(60), 3)))
        clause = np.ones((2, 2, 2))
        clause[tuple(draw.randrange(2) for _ in range(3))] = 0
        arrays.append(clause)
    arrays[3], arrays[5] = arrays[3] * 1e308, arrays[5] * 1e10
    with pytest.raises(ContractionError, match="overflows float64"):
        contract(TensorNetwork(indices, arrays, (), (2,) * 60), simplify=True)
