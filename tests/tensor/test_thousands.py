"""Thousands of random diagrams of every doctrine, by every engine and array library, against an evaluation box by box.

pytest -m slow tests/tensor/test_thousands.py
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catenary.diagrams import Box, Diagram, Doctrine, Ty
from catenary.functors.functor import Functor
from catenary.functors.tensor import ENGINES, Networks, TensorNetwork, contract
from catenary.testing import diagrams

DIMS = {"a": 2, "b": 3}
COVERED = [
    Doctrine.MONOIDAL,
    Doctrine.RIGID,
    Doctrine.PIVOTAL,
    Doctrine.BRAIDED,
    Doctrine.RIBBON,
    Doctrine.SYMMETRIC,
    Doctrine.TRACED,
    Doctrine.COMPACT,
    Doctrine.HYPERGRAPH,
    Doctrine.MARKOV,
    Doctrine.CARTESIAN,
    Doctrine.BICLOSED,
    Doctrine.CLOSED,
]
LIBRARIES = [name for name in ("torch", "jax") if importlib.util.find_spec(name)]


def dims(ty: Ty) -> list[int]:
    """The dimension of each wire."""
    return [DIMS[ob.name] for ob in ty.objects]


@lru_cache(maxsize=256)
def entries(name: str, shape: tuple[int, ...]) -> Any:
    """The tensor of a generator: integers, so that the box by box evaluation is exact."""
    rng = np.random.default_rng([len(shape), *name.encode(), *shape])
    return rng.integers(-2, 3, shape) + 1j * rng.integers(-1, 2, shape)


def image(box: Box) -> Any:
    """The image of a generator under the functors."""
    return entries(box.name, tuple(dims(box.dom @ box.cod)))


def tensor(box: Box) -> Any:
    """The tensor of any box, axes for domain and codomain, entry by entry for structural ones."""
    ins, outs = dims(box.dom), dims(box.cod)
    if box.kind == "trace":
        inner, width, left = box.data
        array = by_boxes(inner)
        n, m = len(inner.dom), len(inner.cod)
        fed = range(width) if left else range(n - width, n)
        labels = list(range(n + m))
        for k, at in enumerate(fed):
            labels[n + (k if left else m - width + k)] = labels[at]
        kept = [labels[i] for i in range(n) if i not in fed]
        kept += [labels[n + i] for i in range(m) if i not in (range(width) if left else range(m - width, m))]
        return np.einsum(array, labels, kept)
    if not box.is_structural:
        shape = outs + ins if box.dagger_flag else ins + outs
        array = entries(box.name, tuple(shape[::-1] if box.z % 2 else shape))
        array = array.transpose() if box.z % 2 else array
        if box.dagger_flag:
            array = array.transpose([*range(len(outs), len(shape)), *range(len(outs))]).conj()
        return array
    found = np.zeros((*ins, *outs), dtype=complex)
    for place in np.ndindex(*ins, *outs):
        start, end = place[: len(ins)], place[len(ins) :]
        if box.kind in ("swap", "braid"):
            split = box.data[0]
            one = start[split:] + start[:split] == end
        elif box.kind in ("cup", "cap"):
            one = place == place[::-1]
        elif box.kind == "spider":
            one = len(set(place)) <= 1
            if not place:
                found[place] = np.prod(dims(box.data[2]))
                continue
        elif box.kind == "twist":
            one = start == end
        elif box.kind == "copy":
            one = start + start == end
        else:
            assert box.kind == "discard", box.kind
            one = True
        found[place] = one
    return found


def by_boxes(diagram: Diagram) -> Any:
    """The tensor of a diagram: one tensordot for each box."""
    n = len(diagram.dom)
    ins = dims(diagram.dom)
    size = int(np.prod(ins))
    value = np.eye(size, dtype=complex).reshape([*ins, *ins])
    for box, offset in diagram.layers:
        array, k, m = tensor(box), len(box.dom), len(box.cod)
        value = np.tensordot(value, array, (range(n + offset, n + offset + k), range(k)))
        value = np.moveaxis(value, range(value.ndim - m, value.ndim), range(n + offset, n + offset + m))
    return value


def converted(network: TensorNetwork, library: str) -> TensorNetwork:
    """The network with the arrays of a library."""
    if library == "torch":
        import torch

        arrays: list[Any] = [torch.tensor(np.array(array)) for array in network.arrays]
    else:
        import jax

        jax.config.update("jax_enable_x64", True)
        arrays = [jax.numpy.asarray(array) for array in network.arrays]
    return TensorNetwork(network.indices, arrays, network.output, network.sizes, network.inputs)


def check(doctrine: Doctrine, diagram: Diagram, library: str | None) -> None:
    """Every engine on numpy's arrays and on those of one more library, all in one process, agrees with the
    evaluation box by box.
    """
    expected = by_boxes(diagram)
    scale = max(1.0, float(np.abs(expected).max()))
    network = Functor(DIMS, image, Networks())(diagram)
    values = {engine: contract(network, engine, simplify=False) for engine in ENGINES}
    values["simplified"] = contract(network, simplify=True)
    if network.arrays and library is not None:
        foreign = converted(network, library)
        for engine in ENGINES:
            values[f"{engine} on {library}"] = np.asarray(contract(foreign, engine))
    for name, value in values.items():
        assert value.shape == expected.shape, (name, doctrine)
        assert np.abs(value - expected).max(initial=0) <= 1e-10 * scale, (name, doctrine)


def drawn(doctrine: Doctrine) -> st.SearchStrategy[Diagram]:
    """Diagrams of the doctrine; traces where it has them and nothing else that holds a diagram."""
    found = diagrams(doctrine, max_boxes=6, max_width=5, nested=doctrine is Doctrine.TRACED)
    if doctrine is Doctrine.TRACED:
        return found.filter(lambda diagram: "Bubble" not in repr(diagram))
    return found


@pytest.mark.parametrize("doctrine", COVERED, ids=lambda doctrine: doctrine.value)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engines_agree_on_random_diagrams(doctrine: Doctrine, data: Any) -> None:
    check(doctrine, data.draw(drawn(doctrine)), None)


@pytest.mark.slow
@pytest.mark.parametrize("doctrine", COVERED, ids=lambda doctrine: doctrine.value)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engines_agree_on_thousands_of_random_diagrams(doctrine: Doctrine, data: Any) -> None:
    # jax compiles every new shape: one diagram in ten
    libraries = [name for name in (*["torch"] * 9, "jax") if name in LIBRARIES]
    library = data.draw(st.sampled_from(libraries)) if libraries else None
    check(doctrine, data.draw(drawn(doctrine)), library)
