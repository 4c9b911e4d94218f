"""Contraction in blocks and in rounds, with limits so low that small networks are cut, beside np.einsum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.functors.tensor import TensorNetwork, kernels, plan, program
from catenary.functors.tensor.elimination import Elimination
from catenary.functors.tensor.network import reduction
from catenary.functors.tensor.paths import greedy_path
from catenary.functors.tensor.program import Program


@st.composite
def _networks(draw: st.DrawFn) -> TensorNetwork:
    sizes = draw(st.lists(st.sampled_from([2, 2, 3]), min_size=4, max_size=10))
    index = st.integers(0, len(sizes) - 1)
    indices = draw(st.lists(st.lists(index, min_size=2, max_size=5, unique=True), min_size=2, max_size=7))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    arrays = []
    for ixs in indices:
        array = rng.normal(size=[sizes[i] for i in ixs])
        arrays.append(array + 1j * rng.normal(size=array.shape) if draw(st.booleans()) else array.T.copy().T)
    held = sorted({i for ixs in indices for i in ixs})
    output = draw(st.lists(st.sampled_from(held), max_size=4, unique=True))
    return TensorNetwork(indices, arrays, output, sizes)


@settings(max_examples=150)
@given(network=_networks(), long=st.sampled_from([8, 32]), block=st.sampled_from([4, 16]))
def test_blocks_give_what_einsum_gives(network: TensorNetwork, long: int, block: int) -> None:
    core = reduction(network.structure)
    arrays, _ = core.core(network.arrays)
    if len(arrays) < 2:
        return
    path = greedy_path(core.inputs, core.output, core.sizes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "LONG", long)
        patch.setattr(program, "LONG", long)
        patch.setattr(kernels, "BLOCK", block)
        patch.setattr(kernels, "_ROWS", 1)
        run = Program(core.inputs, core.output, core.sizes, path)
    pieces = [piece for pair in zip(arrays, map(list, core.inputs), strict=True) for piece in pair]
    expected = np.einsum(*pieces, list(core.output), optimize="greedy")
    for _ in range(2):  # nothing is kept from one call to the next
        np.testing.assert_allclose(
            run(arrays), expected, atol=1e-10 * max(1, np.abs(expected).max(initial=0))
        )


def test_a_long_tensor_is_cut_and_every_library_agrees() -> None:
    """A state of 20 places through gates on four of them each: two runs of steps at least are cut."""
    rng = np.random.default_rng(0)
    state = rng.normal(size=(2,) * 20) + 1j * rng.normal(size=(2,) * 20)
    indices, wires, made = [tuple(range(20))], list(range(20)), 20
    arrays = [state]
    for first in (0, 8, 3, 15):
        acted = wires[first : first + 4]
        new = list(range(made, made + 4))
        made += 4
        wires[first : first + 4] = new
        indices.append((*new, *acted))
        arrays.append(rng.normal(size=(2,) * 8))
    network = TensorNetwork(indices, arrays, wires)
    core = reduction(network.structure)
    path = ((0, 1), (5, 2), (6, 3), (7, 4))
    run = Program(core.inputs, core.output, core.sizes, path)
    assert any(isinstance(step, kernels.Blocks) for step in run._blocked)
    expected = state
    for array, first in zip(arrays[1:], (0, 8, 3, 15), strict=True):
        turned = np.tensordot(array, expected, axes=(range(4, 8), range(first, first + 4)))
        expected = np.moveaxis(turned, range(4), range(first, first + 4))
    np.testing.assert_allclose(run(core.core(network.arrays)[0]), expected, atol=1e-9)


@settings(max_examples=150)
@given(network=_networks(), count=st.integers(1, 3), seed=st.integers(0, 9))
def test_rounds_give_what_einsum_gives(network: TensorNetwork, count: int, seed: int) -> None:
    core = reduction(network.structure)
    arrays, _ = core.core(network.arrays)
    inner = [i for i in range(len(core.sizes)) if i not in core.output]
    if len(arrays) < 2 or not inner:
        return
    path = greedy_path(core.inputs, core.output, core.sizes)
    cut = np.random.default_rng(seed).permutation(inner)[:count].tolist()
    run = Program(core.inputs, core.output, core.sizes, path, rounds=cut)
    pieces = [piece for pair in zip(arrays, map(list, core.inputs), strict=True) for piece in pair]
    expected = np.einsum(*pieces, list(core.output), optimize="greedy")
    for _ in range(2):  # nothing is kept from one call to the next
        np.testing.assert_allclose(
            run(arrays), expected, atol=1e-10 * max(1, np.abs(expected).max(initial=0))
        )


def test_rounds_are_chosen_where_a_hyper_edge_is_on_the_long_tensors() -> None:
    """A formula whose tensors are long: rounds are in the plan, count as the path does, and keep the value."""
    rng = np.random.default_rng(6)
    indices = [tuple(rng.choice(45, 3, replace=False).tolist()) for _ in range(90)]
    arrays = []
    for _ in indices:
        clause = np.ones((2, 2, 2))
        clause[tuple(rng.integers(0, 2, 3))] = 0
        arrays.append(clause)
    network = TensorNetwork(indices, arrays, (), (2,) * 45)
    found = plan(network, simplify=False)
    assert found.rounds
    assert f"in rounds over {len(found.rounds)} indices" in str(found)
    core = reduction(network.structure)
    whole = Program(core.inputs, core.output, core.sizes, found.path)
    value = network.contract(simplify=False)
    assert value == whole(core.core(network.arrays)[0])  # whole numbers below 2^53: exact in any order
    assert value == network.contract("opt_einsum", simplify=False)


def test_elimination_orders_are_paths() -> None:
    rng = np.random.default_rng(1)
    for seed in range(60):
        n = int(rng.integers(2, 9))
        sizes = rng.integers(2, 4, n).tolist()
        inputs = [
            tuple(rng.choice(n, int(rng.integers(1, min(n, 4) + 1)), replace=False).tolist())
            for _ in range(int(rng.integers(2, 9)))
        ]
        held = sorted({i for ixs in inputs for i in ixs})
        output = tuple(rng.permutation(held)[: int(rng.integers(0, 3))].tolist())
        core = reduction((tuple(inputs), output, tuple(sizes)))
        if len(core.inputs) < 2:
            continue
        drawn = Elimination(core.inputs, core.output, core.sizes)
        order, _ = drawn.order(seed)
        assert sorted([*order, *core.output]) == list(range(len(core.sizes)))
        arrays = [rng.normal(size=[core.sizes[i] for i in ixs]) for ixs in core.inputs]
        pieces = [piece for pair in zip(arrays, map(list, core.inputs), strict=True) for piece in pair]
        run = Program(core.inputs, core.output, core.sizes, drawn.path(order))
        np.testing.assert_allclose(run(arrays), np.einsum(*pieces, list(core.output)), atol=1e-9)
