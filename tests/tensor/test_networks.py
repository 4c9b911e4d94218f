"""Tensor networks: every engine against brute force, boundary cases, plans, limits and errors."""

from __future__ import annotations

import itertools
import pickle
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import CatenaryError, ContractionError, MissingExtra, UnknownGenerator
from catenary.functors.tensor import ENGINES, TensorNetwork, compile_network, contract, plan
from catenary.functors.tensor.circuits import overlap_network
from catenary.functors.tensor.network import reduction
from catenary.functors.tensor.program import cost_of, greedy_path
from catenary.functors.tensor.search import search


def brute_force(network: TensorNetwork) -> Any:
    """The sum over all assignments, one by one."""
    value = np.zeros(network.shape, dtype=network.dtype)
    for values in itertools.product(*map(range, network.sizes)):
        term = network.dtype.type(1)
        for ixs, array in zip(network.indices, network.arrays, strict=True):
            term = term * array[tuple(values[i] for i in ixs)]
        value[tuple(values[i] for i in network.output)] += term
    return value


@st.composite
def networks(draw: Any, largest: int = 3) -> TensorNetwork:
    """Random networks: hyper-edges, repeated indices on a tensor and on the boundary, loops, scalars,
    dimensions 0 and 1.
    """
    sizes = draw(st.lists(st.sampled_from([1, 2, 2, 2, 3, largest]), min_size=1, max_size=6))
    if draw(st.integers(0, 19)) == 0:
        sizes[0] = 0
    index = st.integers(0, len(sizes) - 1)
    indices = draw(st.lists(st.lists(index, max_size=4), max_size=5))
    output = draw(st.lists(index, max_size=4))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    kinds = draw(st.lists(st.sampled_from("fcdi"), min_size=len(indices), max_size=len(indices)))
    arrays: list[Any] = []
    for ixs, kind in zip(indices, kinds, strict=True):
        shape = tuple(sizes[i] for i in ixs)
        array: Any = rng.normal(size=shape)
        if kind == "c":
            array = array + 1j * rng.normal(size=shape)
        elif kind == "i":
            array = rng.integers(-3, 4, size=shape)
        arrays.append(array)
    return TensorNetwork(indices, arrays, output, sizes, draw(st.integers(0, len(output))))


@pytest.mark.parametrize("engine", sorted(ENGINES))
@settings(max_examples=120)
@given(network=networks())
def test_engines_agree_with_brute_force(engine: str, network: TensorNetwork) -> None:
    value = contract(network, engine)
    assert value.shape == network.shape
    assert value.dtype == network.dtype
    expected = brute_force(network)
    np.testing.assert_allclose(value, expected, atol=1e-10 * max(1, np.abs(expected).max(initial=0)))


def _random(
    n_tensors: int, n_indices: int, seed: int, legs: int = 3, outputs: int = 2, size: int = 2
) -> TensorNetwork:
    rng = np.random.default_rng(seed)
    indices = [tuple(rng.choice(n_indices, size=legs, replace=False).tolist()) for _ in range(n_tensors)]
    arrays = [rng.normal(size=(size,) * legs) + 1j * rng.normal(size=(size,) * legs) for _ in indices]
    return TensorNetwork(indices, arrays, tuple(range(outputs)), (size,) * n_indices)


@pytest.mark.parametrize("seed", range(4))
def test_engines_agree_on_larger_networks(seed: int) -> None:
    network = _random(10 + 6 * seed, 6 + 4 * seed, seed)
    values = {engine: contract(network, engine) for engine in ENGINES}
    scale = np.abs(values["numpy"]).max()
    for value in values.values():
        np.testing.assert_allclose(value / scale, values["numpy"] / scale, atol=1e-10)


def test_more_than_fifty_two_indices() -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(2, 2, 2)) for _ in range(80)]
    indices = [(k, (k + 1) % 80, 80 + k // 2) for k in range(80)]
    network = TensorNetwork(indices, arrays, (80, 99))
    values = [contract(network, engine) for engine in ENGINES]
    for value in values[1:]:
        np.testing.assert_allclose(value, values[0], rtol=1e-10)


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_boundary_cases(engine: str) -> None:
    def value(*args: Any) -> Any:
        return contract(TensorNetwork(*args), engine)

    v = np.array([2.0, 3.0])
    assert value((), (), ()) == 1  # nothing at all
    assert value((), (), (), (3, 2)) == 6  # closed loops
    np.testing.assert_array_equal(value((), (), (0, 0), (2,)), np.eye(2))  # a bare wire
    np.testing.assert_array_equal(value((), (), (0,), (2,)), np.ones(2))  # a spider with one leg
    np.testing.assert_array_equal(value((), (), (0, 1, 0, 1), (2, 1)), np.eye(2)[:, None, :, None])
    cube = np.zeros((2, 2, 2))
    cube[0, 0, 0], cube[1, 1, 1] = v
    np.testing.assert_array_equal(value(((0,),), (v,), (0, 0, 0)), cube)
    np.testing.assert_array_equal(value(((0,), (0,)), (v, v), (0,)), v * v)
    np.testing.assert_array_equal(value(((0,), ()), (v, 2), (0,), (2, 5)), 10 * v)
    np.testing.assert_array_equal(value(((0,),), (v,), (1, 0), (2, 3)), np.ones((3, 1)) * v)
    assert value(((0, 0),), (np.arange(4.0).reshape(2, 2),), ()) == 3  # a trace
    assert value(((), ()), (2, 1j), ()) == 2j
    assert value((), (), (0, 1), (0, 3)).shape == (0, 3)
    assert value((), (), (), (0,)) == 0
    assert value(((0,),), (np.zeros(0),), ()) == 0
    assert value(((0,), (1,)), (v, v), (0, 1)).tolist() == np.outer(v, v).tolist()


def test_dtypes_are_promoted() -> None:
    one, other = np.ones((2, 2), np.float32), np.ones((2, 2), np.complex64)
    assert contract(TensorNetwork(((0, 1), (1, 2)), (one, one), (0, 2))).dtype == np.float32
    assert contract(TensorNetwork(((0, 1), (1, 2)), (one, other), (0, 2))).dtype == np.complex64
    assert contract(TensorNetwork(((0, 1),), (other.astype(complex),), (0,))).dtype == np.complex128
    assert contract(TensorNetwork(((0, 1), (1, 2)), (one.astype(int), one), (0, 2))).dtype == np.float64
    large = np.full(8, 2**62)  # would overflow as integers
    assert contract(TensorNetwork(((0,), (0,)), (large, large), ())) == 8 * 2.0**124


def test_networks_are_immutable() -> None:
    given = np.ones((2, 2))
    network = TensorNetwork(((0, 1),), (given,), (0, 1))
    with pytest.raises(AttributeError):
        network.output = ()  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        network.arrays[0][0, 0] = 5
    given[0, 0] = 7  # the caller's array stays the caller's
    assert network.arrays[0][0, 0] == 1
    value = network.contract()
    value[0, 0] = 9  # and so does the result
    assert network.arrays[0][0, 0] == 1
    copy = pickle.loads(pickle.dumps(network))
    np.testing.assert_array_equal(copy.contract(), network.contract())
    assert "1 tensors, 2 indices" in repr(network)


def test_wrong_shapes_name_tensor_and_axis() -> None:
    with pytest.raises(ContractionError, match=r"axis 0 of beta has dimension 3.*index 1 has dimension 2"):
        TensorNetwork(((0, 1), (1,)), (np.ones((2, 2)), np.ones(3)), (0,), names=("alpha", "beta"))
    for args in (
        (((0, 1),), (np.ones(2),), ()),
        (((0,),), (), ()),
        ((), (), (0,)),
        (((0,),), (np.ones(2),), (), (3,)),
        ((), (), (), (-1,)),
        ((), (), (), {0: 2, 2: 2}),
        ((), (), (0,), (2,), 2),
        (((0,),), (np.array(["a", "b"]),), ()),
        (((0,),), (np.array([None, 1], dtype=object),), ()),
        (((-1,),), (np.ones(2),), ()),
    ):
        with pytest.raises(ContractionError):
            TensorNetwork(*args)  # type: ignore[arg-type]


def test_unknown_and_missing_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    network = TensorNetwork(((0,), (0,)), (np.ones(2), np.ones(2)), ())
    with pytest.raises(UnknownGenerator, match="did you mean cotengra"):
        contract(network, "cotengr")
    for engine in ("opt_einsum", "tensornetwork"):
        monkeypatch.setitem(sys.modules, engine, None)  # importing it now fails
        fresh = TensorNetwork(((0,), (0, 1), (1,)), (np.ones(7), np.ones((7, 5)), np.ones(5)), ())
        with pytest.raises(MissingExtra, match=engine):
            contract(fresh, engine)
    assert contract(network, "numpy") == 2


# Operations


@settings(max_examples=60)
@given(network=networks(), data=st.data())
def test_fixing_boundary_places_selects(network: TensorNetwork, data: Any) -> None:
    places = [p for p in range(len(network.output)) if network.shape[p] and data.draw(st.booleans())]
    values = {p: data.draw(st.integers(0, network.shape[p] - 1)) for p in places}
    fixed = network.fix(values)
    whole = network.contract()
    expected = whole[tuple(values.get(p, slice(None)) for p in range(whole.ndim))]
    np.testing.assert_allclose(fixed.contract(), expected, atol=1e-10 * max(1, np.abs(whole).max(initial=0)))
    assert fixed.inputs == sum(p not in values for p in range(network.inputs))


def test_fixing_out_of_range() -> None:
    network = TensorNetwork((), (), (0, 0), (2,))
    for values in ({2: 0}, {0: 2}, {0: -1}, {-1: 0}):
        with pytest.raises(ContractionError):
            network.fix(values)


@settings(max_examples=60)
@given(one=networks(), other=networks())
def test_overlaps(one: TensorNetwork, other: TensorNetwork) -> None:
    for a, b in ((one, one), (one, other)):
        if (a.dom, a.cod) != (b.dom, b.cod):
            with pytest.raises(ContractionError, match="boundaries differ"):
                overlap_network(a, b)
            continue
        expected = np.vdot(a.contract(), b.contract())
        np.testing.assert_allclose(overlap_network(a, b).contract(), expected, atol=1e-8, rtol=1e-8)


def test_composition_checks_dimensions() -> None:
    two, three = (TensorNetwork((), (), (0, 0), (size,), 1) for size in (2, 3))
    with pytest.raises(ContractionError, match="wire 0 of the composite joins dimensions 2 and 3"):
        two.then(three)
    with pytest.raises(ContractionError, match="2 wires"):
        two.tensor(two).then(two)


# Plans and limits


def test_plans_are_exact_and_printed() -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(4, 5)), rng.normal(size=(5, 6)), rng.normal(size=(6, 7))]
    network = TensorNetwork(((0, 1), (1, 2), (2, 3)), arrays, (0, 3))
    found = plan(network)
    assert found.multiply_adds == 4 * 5 * 6 + 4 * 6 * 7
    assert found.path == ((0, 1), (2, 3))
    assert found.largest == 28
    assert found.peak == 20 + 30 + 42 + 24
    assert found.memory(8) == 8 * found.peak
    assert "288 multiply-adds (10^2.46)" in str(found)
    for engine in ENGINES:
        assert plan(network, engine).multiply_adds in (288, 4 * 5 * 7 + 5 * 6 * 7)
    hyper = TensorNetwork(((0,), (0,), (0,), (0,)), [np.ones(5)] * 4, (0,))
    assert plan(hyper).multiply_adds == 15
    assert plan(hyper).largest == 5
    assert plan(TensorNetwork((), (), (0, 0), (2,))).multiply_adds == 0
    copies = plan(hyper, "tensornetwork")
    assert "copy tensors" in copies.method
    assert copies.multiply_adds > 15


def test_costs_agree_with_cotengra() -> None:
    ctg = pytest.importorskip("cotengra")
    for seed in range(4):
        network = _random(20, 14, seed)
        found = plan(network)
        names = [[ctg.get_symbol(i) for i in ixs] for ixs in network.indices]
        sizes = {ctg.get_symbol(i): 2 for i in range(14)}
        tree = ctg.ContractionTree.from_path(
            names, [ctg.get_symbol(i) for i in network.output], sizes, ssa_path=found.path
        )
        assert tree.contraction_cost() == found.multiply_adds
        assert tree.max_size() == found.largest


@settings(max_examples=60)
@given(data=st.data())
def test_paths_are_complete(data: Any) -> None:
    n = data.draw(st.integers(2, 30))
    m = data.draw(st.integers(1, 20))
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    inputs = [
        tuple(rng.choice(m, size=min(m, int(rng.integers(1, 4))), replace=False).tolist()) for _ in range(n)
    ]
    held = sorted({i for ixs in inputs for i in ixs})
    name = {index: k for k, index in enumerate(held)}
    inputs = [tuple(name[i] for i in ixs) for ixs in inputs]
    count = [sum(i in ixs for ixs in inputs) for i in range(len(held))]
    output = [i for i in range(len(held)) if count[i] == 1 or rng.random() < 0.2]
    sizes = [2] * len(held)
    for path in (greedy_path(inputs, output, sizes), search(inputs, output, sizes)[0]):
        assert len(path) == n - 1
        cost_of(inputs, output, sizes, path)  # raises unless the path is one


def test_broken_paths_are_refused() -> None:
    for path in (((0, 0),), ((0, 1), (0, 3)), ((0, 1),)):
        with pytest.raises(ContractionError):
            cost_of([(0,), (0,), (0,)], [], [2], path)


def test_the_same_network_gets_the_same_path() -> None:
    network = _random(60, 50, 1)
    core = reduction(network.structure)
    args = (core.inputs, core.output, core.sizes)
    assert search(*args, seed=3) == search(*args, seed=3)


def test_memory_limit_slices_or_refuses() -> None:
    network = _random(60, 36, 5, outputs=1)
    free = plan(network, memory=None)
    exact = contract(network, memory=None)
    limit = 16 * (free.peak // 3)
    sliced = plan(network, memory=limit)
    assert sliced.slices > 1
    assert sliced.memory() <= limit
    assert "slices" in str(sliced)
    assert set(sliced.sliced) <= set(range(36))
    np.testing.assert_allclose(contract(network, memory=limit), exact, rtol=1e-9)
    for engine in ("numpy", "opt_einsum", "tensornetwork"):
        with pytest.raises(
            ContractionError, match=f"{engine}.*memory limit of 64000: use the engine cotengra"
        ):
            contract(_random(60, 36, 5, outputs=1), engine, memory=64_000, work=None)
    with pytest.raises(ContractionError, match="slicing does not bring it below"):
        contract(network, memory=4000)


def test_sliced_boundaries() -> None:
    rng = np.random.default_rng(3)
    arrays = [rng.normal(size=(16, 16)) for _ in range(6)]
    network = TensorNetwork([(0, k) for k in range(1, 7)], arrays, (0, 1, 2))
    exact = contract(network)
    tight = 8 * (6 * 256 + 2 * 4096 + 1500)
    assert plan(network, memory=None).memory(8) < tight or plan(network, memory=tight).slices > 1
    np.testing.assert_allclose(contract(network, memory=tight), exact, rtol=1e-10)


def test_limits_name_themselves() -> None:
    wide = TensorNetwork((), (), tuple(range(30)) * 2, (2,) * 30)
    with pytest.raises(ContractionError, match="above the memory limit of 4294967296 bytes"):
        wide.contract()
    network = _random(30, 20, 2)
    with pytest.raises(ContractionError, match=r"above the limit of 10\^2.0: raise work="):
        contract(network, work=100)
    with pytest.raises(ContractionError, match="64 of an array"):
        TensorNetwork((), (), tuple(range(70)), (1,) * 70).contract()
    with pytest.raises(ContractionError, match="overflows float64"):
        TensorNetwork(((), ()), (1e200, 1e200), ()).contract()
    loops = TensorNetwork((), (), (), (2,) * 2000)
    with pytest.raises(ContractionError, match="too large"):
        loops.contract()


# Reusable contractions


def test_compiled_contractions_are_reused() -> None:
    network = _random(12, 9, 4)
    ready = compile_network(network)
    assert compile_network(_random(12, 9, 4)) is ready
    # a small reused contraction is written out as one function, which may add in another order
    np.testing.assert_allclose(ready(network.arrays), network.contract(), rtol=1e-13)
    doubled = [2 * array for array in network.arrays]
    np.testing.assert_allclose(ready(doubled), 2**12 * network.contract(), rtol=1e-10)
    assert ready.plan.multiply_adds == plan(network).multiply_adds
    with pytest.raises(ContractionError, match="takes 12 tensors"):
        ready(doubled[1:])
    with pytest.raises(ContractionError, match="tensor 3 has shape"):
        ready([*doubled[:3], np.ones(5), *doubled[4:]])
    assert ready([array.real.astype(int) for array in network.arrays]).dtype == np.float64


def test_errors_are_catenary_errors() -> None:
    assert issubclass(ContractionError, CatenaryError)
