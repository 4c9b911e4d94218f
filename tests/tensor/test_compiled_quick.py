"""Small contractions written out: against NumPy's einsum, and the cases that go the general way."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import ContractionError
from catenary.functors.tensor import TensorNetwork, compile_network
from catenary.functors.tensor.network import reduction
from catenary.functors.tensor.quick import quick, quick_source


def random_network(seed: int) -> TensorNetwork:
    """Any hypergraph: traces, hyper-edges, dimensions of 1, scalars, repeated and closed indices."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 8))
    sizes = [int(rng.choice([1, 2, 2, 3, 7])) for _ in range(int(rng.integers(1, 9)))]
    indices = [
        tuple(int(i) for i in rng.integers(0, len(sizes), int(rng.integers(0, 4)))) for _ in range(count)
    ]
    used = sorted({i for ixs in indices for i in ixs})
    output = tuple(int(i) for i in rng.permutation(used)[: int(rng.integers(0, 4))])
    arrays = []
    for ixs in indices:
        array = rng.normal(size=[sizes[i] for i in ixs])
        arrays.append(array + 1j * rng.normal(size=array.shape) if rng.random() < 0.3 else array)
    return TensorNetwork(indices, arrays, output, sizes)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**6))
def test_against_einsum(seed: int) -> None:
    network = random_network(seed)
    operands = [
        x for array, ixs in zip(network.arrays, network.indices, strict=True) for x in (array, list(ixs))
    ]
    loops = np.prod([n for i, n in enumerate(network.sizes) if all(i not in ixs for ixs in network.indices)])
    expected = loops * np.einsum(*operands, list(network.output))
    contraction = compile_network(network)
    value = contraction(network.arrays)
    assert value.shape == network.shape
    np.testing.assert_allclose(value, expected, atol=1e-9)
    run = contraction._quick
    found = run(network.arrays)
    if found is not None:
        np.testing.assert_allclose(found, expected, atol=1e-9)
        assert not any(np.may_share_memory(found, array) for array in network.arrays)


def test_a_tree_is_written_out() -> None:
    rng = np.random.default_rng(0)
    network = TensorNetwork(
        ((0,), (0, 1, 2), (1,), (2, 3)), [rng.normal(size=s) for s in ((2,), (2, 3, 4), (3,), (4, 5))], (3,)
    )
    contraction = compile_network(network)
    source = quick_source(network.structure, reduction(network.structure), contraction.plan.path)
    assert source is not None
    assert "dot" in source
    assert contraction._quick(network.arrays) is not None
    assert contraction._quick([a.astype(np.float32) for a in network.arrays]) is None
    single = contraction([a.astype(np.float32) for a in network.arrays])
    assert single.dtype == np.float32
    mixed = contraction([network.arrays[0].astype(complex), *network.arrays[1:]])
    assert mixed.dtype == np.complex128
    with pytest.raises(ContractionError, match="tensor 1 has shape"):
        contraction([network.arrays[0], *network.arrays[2:], network.arrays[1]])
    with pytest.raises(ContractionError, match="takes 4 tensors"):
        contraction(network.arrays[:3])


def test_overflow_is_said_without_warnings() -> None:
    big = np.full((2, 2), 1e200)
    network = TensorNetwork(((0, 1), (1, 2), (2, 3)), (big, big, big), (0, 3))
    contraction = compile_network(network)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert contraction._quick(network.arrays) is None
        with pytest.raises(ContractionError, match="overflows"):
            contraction(network.arrays)


def test_sliced_and_large_plans_are_not_written_out() -> None:
    big = np.ones((40, 40))
    network = TensorNetwork(((0, 1), (1, 2)), (big, big), (0, 2))
    core = reduction(network.structure)
    assert quick_source(network.structure, core, ((0, 1),)) is None
    small = TensorNetwork(((0, 1), (1, 2)), (np.eye(2), np.eye(2)), (0, 2))
    run = quick(small.structure, reduction(small.structure), ((0, 1),), sliced=(1,))
    assert run(small.arrays) is None
