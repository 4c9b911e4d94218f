"""The e-graph of sub-networks: same value, optimal without repetition, better with it."""

import math
from typing import Any

import cotengra as ctg
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import ContractionError, LimitReached
from catenary.functors.tensor import TensorNetwork, contract
from catenary.functors.tensor.network import reduction
from catenary.rewriting.contraction import share


@st.composite
def networks(draw: Any, different: int) -> TensorNetwork:
    """Small networks whose arrays are taken from a few, so that some are the same."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=8))
    index = st.integers(0, len(sizes) - 1)
    structure = draw(st.lists(st.lists(index, max_size=3), max_size=7))
    output = draw(st.lists(index, max_size=3))
    arrays = []
    for ixs in structure:
        shape = [sizes[i] for i in ixs]
        rng = np.random.default_rng(draw(st.integers(0, different)))
        arrays.append(rng.standard_normal(shape))
    return TensorNetwork(structure, arrays, output, sizes)


@settings(max_examples=200)
@given(network=networks(1))
def test_the_value_is_that_of_the_network(network: TensorNetwork) -> None:
    found = share(network)
    expected = contract(network, "numpy")
    np.testing.assert_allclose(found.contract(), expected, rtol=1e-9, atol=1e-12)
    assert found.multiply_adds <= found.without_sharing


@settings(max_examples=80)
@given(network=networks(10**9))
def test_without_repetition_it_is_the_optimal_path(network: TensorNetwork) -> None:
    core = reduction(network.structure)
    found = share(network)
    if len(core.inputs) < 2 or len(found._roots) > 1:
        return
    names = [[ctg.get_symbol(i) for i in ixs] for ixs in core.inputs]
    out = [ctg.get_symbol(i) for i in core.output]
    sizes = {ctg.get_symbol(i): size for i, size in enumerate(core.sizes)}
    tree = ctg.array_contract_tree(
        names, out, sizes, optimize=ctg.OptimalOptimizer(minimize="flops", search_outer=True)
    )
    assert found.without_sharing <= tree.contraction_cost()


def chain(count: int, size: int) -> TensorNetwork:
    m = np.random.default_rng(1).standard_normal((size, size))
    return TensorNetwork([(i, i + 1) for i in range(count)], [m] * count, (0, count))


@pytest.mark.parametrize(("power", "products"), [(2, 1), (3, 2), (7, 4), (8, 3), (11, 5), (15, 5)])
def test_powers_are_shortest_addition_chains(power: int, products: int) -> None:
    # the numbers: Knuth, The Art of Computer Programming 2, section 4.6.3
    assert share(chain(power, 6)).multiply_adds == products * 6**3


def test_a_ring_of_equal_tensors() -> None:
    rng = np.random.default_rng(2)
    site = rng.standard_normal((8, 2, 8))
    n = 5  # the norm of a translation-invariant matrix product state
    indices = [(i, 2 * n + i, (i + 1) % n) for i in range(n)]
    indices += [(n + i, 2 * n + i, n + (i + 1) % n) for i in range(n)]
    network = TensorNetwork(indices, [site] * 2 * n, ())
    found = share(network)
    assert found.multiply_adds < 0.7 * found.without_sharing
    np.testing.assert_allclose(found.contract(), contract(network), rtol=1e-9)


def test_a_memory_ceiling() -> None:
    rng = np.random.default_rng(3)
    indices = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (1, 3)]
    network = TensorNetwork(indices, [rng.standard_normal((4, 4)) for _ in indices], ())
    free = share(network)
    tight = share(network, memory=64)
    assert tight.largest <= 64
    assert free.multiply_adds <= tight.multiply_adds
    assert math.isclose(tight.contract(), contract(network))
    with pytest.raises(ContractionError, match="under 3 elements"):
        share(network, memory=3)


def test_the_limit() -> None:
    pairs = [(i, j) for i in range(12) for j in range(i)]
    star = TensorNetwork(
        [[k for k, pair in enumerate(pairs) if t in pair] for t in range(12)],
        [np.ones((2,) * 11) for _ in range(12)],
        (),
    )
    with pytest.raises(LimitReached, match="splits"):
        share(star, limit=1000)
