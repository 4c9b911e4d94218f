"""Arrays of torch and jax: every engine gives the value of numpy, in the library it was given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from catenary.diagrams import Box, ContractionError, Ty
from catenary.functors.tensor import (
    ENGINES,
    TensorFunctor,
    TensorNetwork,
    compile_network,
    contract,
    network_of,
    plan,
)
from tests.tensor.test_networks import _random, networks

torch = pytest.importorskip("torch", reason="torch is installed by CI")


def _torch(network: TensorNetwork, **options: Any) -> TensorNetwork:
    arrays = [torch.tensor(array, **options) for array in network.arrays]
    return TensorNetwork(network.indices, arrays, network.output, network.sizes, network.inputs)


@pytest.mark.parametrize("engine", sorted(ENGINES))
@settings(max_examples=40)
@given(network=networks())
def test_engines_on_torch(engine: str, network: TensorNetwork) -> None:
    if not network.arrays:
        return
    value = contract(_torch(network), engine)
    expected = contract(network, engine)
    assert isinstance(value, torch.Tensor)
    assert str(value.dtype).removeprefix("torch.") == str(expected.dtype)
    assert tuple(value.shape) == expected.shape
    np.testing.assert_allclose(value.numpy(), expected, atol=1e-10 * max(1, np.abs(expected).max(initial=0)))


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_engines_on_jax(engine: str) -> None:
    jax = pytest.importorskip("jax", reason="jax is installed by CI")
    for seed in range(3):
        network = _random(8, 7, seed)
        arrays = [jax.numpy.asarray(array) for array in network.arrays]
        value = contract(TensorNetwork(network.indices, arrays, network.output, network.sizes), engine)
        assert isinstance(value, jax.Array)
        assert value.dtype == np.complex64  # jax's default precision
        expected = network.contract()
        np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())
    spread = TensorNetwork(((0,), ()), (jax.numpy.ones(2), 3.0), (0, 0, 1), (2, 2, 5))
    np.testing.assert_allclose(contract(spread, engine), 15 * np.eye(2)[:, :, None] * np.ones(2))


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_torch_differentiates(engine: str) -> None:
    network = _random(6, 5, 1, outputs=0)
    real = TensorNetwork(network.indices, [a.real for a in network.arrays], (), network.sizes)
    followed = _torch(real, requires_grad=True)
    value = contract(followed, engine)
    value.backward()
    gradient = followed.arrays[0].grad
    step = 1e-6
    moved = [real.arrays[0].copy(), *real.arrays[1:]]
    moved[0][0, 1, 0] += step
    change = (TensorNetwork(real.indices, moved, (), real.sizes).contract() - real.contract()) / step
    assert abs(float(gradient[0, 1, 0]) - float(change)) < 1e-4 * max(1, abs(float(change)))


def test_jax_traces() -> None:
    jax = pytest.importorskip("jax", reason="jax is installed by CI")
    network = _random(6, 5, 2, outputs=0)
    ready = compile_network(network)
    arrays = [jax.numpy.asarray(array.real) for array in network.arrays]

    def value(first: Any) -> Any:
        return ready([first, *arrays[1:]])

    compiled = jax.jit(jax.grad(value))(arrays[0])
    real = [array.real for array in network.arrays]
    moved = [real[0].copy(), *real[1:]]
    moved[0][1, 1, 0] += 1.0  # the value is linear in one tensor
    change = ready(moved) - ready(real)
    np.testing.assert_allclose(compiled[1, 1, 0], change, rtol=1e-3, atol=1e-3)


def test_slices_of_torch_arrays() -> None:
    network = _random(60, 36, 5, outputs=1)
    limit = 16 * (plan(network, memory=None, simplify=False).peak // 3)
    assert plan(_torch(network), memory=limit).slices > 1
    np.testing.assert_allclose(
        contract(_torch(network), memory=limit).numpy(), contract(network, memory=None), rtol=1e-9
    )


def test_libraries_promote_and_do_not_mix() -> None:
    half, whole = torch.ones(2, dtype=torch.float32), torch.ones(2, dtype=torch.complex64)
    assert contract(TensorNetwork(((0,), (0,)), (half, whole), ())).dtype == torch.complex64
    assert contract(TensorNetwork(((0,), (0,)), (half, np.ones(2)), ())).dtype == torch.float64
    counted = torch.ones(2, dtype=torch.int64)
    assert contract(TensorNetwork(((0,), (0,)), (counted, counted), ())).dtype == torch.float64
    jax = pytest.importorskip("jax", reason="jax is installed by CI")
    mixed = TensorNetwork(((0,), (0,)), (half, jax.numpy.ones(2)), ())
    with pytest.raises(ContractionError, match="of jax and torch"):
        mixed.contract()


def test_wrong_shapes_of_foreign_arrays_name_box_and_wire() -> None:
    n = Ty("n")
    f = Box("f", n, n)
    with pytest.raises(ContractionError, match="box f has dimension 3 at output 0"):
        TensorFunctor({"n": 2}, {f: torch.ones(2, 3)})
    with pytest.raises(ContractionError, match="axis 0 of beta has dimension 3"):
        TensorNetwork(((0,), (0,)), (torch.ones(2), torch.ones(3)), (), names=("alpha", "beta"))


def test_functors_keep_the_library() -> None:
    n = Ty("n")
    f = Box("f", n, n)
    matrix = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    network = network_of(f >> f.dagger(), {"n": 2}, {f: matrix})
    value = contract(network)
    assert value.requires_grad
    np.testing.assert_allclose(value.detach().numpy(), [[5, 11], [11, 25]])
    with pytest.raises(ContractionError, match="contract the network"):
        TensorFunctor({"n": 2}, {f: matrix})(f >> f)
    plain = TensorFunctor({"n": 2}, {f: matrix.detach()})(f >> f.dagger())
    np.testing.assert_allclose(plain.array, [[5, 11], [11, 25]])
