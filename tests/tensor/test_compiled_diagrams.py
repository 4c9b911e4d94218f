"""Compiled diagrams, against the functor, on random diagrams of every doctrine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import Box, ContractionError, Doctrine, Ty, UnknownGenerator
from catenary.functors.tensor import TensorFunctor, compile_diagram
from tests.functors.random_diagrams import DIMS, PLAIN, diagrams, signature

RNG = np.random.default_rng(5)


def random_arrays() -> dict[str, np.ndarray]:
    found = {}
    for box in PLAIN:
        shape = tuple(DIMS[ob.name] for ob in (box.dom @ box.cod).objects)
        found[box.name] = RNG.normal(size=shape) + 1j * RNG.normal(size=shape)
    return found


@pytest.mark.parametrize(
    "doctrine", [Doctrine.RIGID, Doctrine.SYMMETRIC, Doctrine.MARKOV, Doctrine.HYPERGRAPH]
)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_against_the_functor(doctrine: Doctrine, data: Any) -> None:
    daggers = doctrine is not Doctrine.MARKOV
    diagram = data.draw(diagrams(signature(doctrine), max_boxes=6, max_width=3, daggers=daggers))
    program = compile_diagram(diagram, DIMS)
    for _ in range(2):
        arrays = random_arrays()
        expected = TensorFunctor(DIMS, arrays)(diagram)
        found = program(arrays)
        assert (program.dom, program.cod) == (expected.dom, expected.cod)
        scale = max(1, np.abs(expected.array).max(initial=0))
        np.testing.assert_allclose(found / scale, expected.array / scale, atol=1e-10)


def test_tables_by_box_and_errors() -> None:
    a = Ty("a")
    f, g = Box("f", a, a), Box("f", a, a, [1])
    program = compile_diagram(f >> g, {"a": 2})
    found = program({f: np.eye(2), g: 2 * np.eye(2)})
    np.testing.assert_array_equal(found, 2 * np.eye(2))
    with pytest.raises(UnknownGenerator, match="the table of arrays has no 'f'"):
        program({f: np.eye(2)})
    with pytest.raises(ContractionError, match="box f has dimension 3 at input 0"):
        program({"f": np.ones((3, 2))})
    with pytest.raises(ContractionError, match="dimension 0"):
        compile_diagram(f, {"a": 0})


def test_torch_arrays_keep_their_gradient() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra")
    a = Ty("a")
    f = Box("f", a, a)
    program = compile_diagram(f >> f.dagger(), {"a": 2})
    array = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64, requires_grad=True)
    program({"f": array}).sum().backward()
    np.testing.assert_allclose(array.grad, [[8.0, 12.0], [8.0, 12.0]])
