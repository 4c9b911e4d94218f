"""Arrays of numpy, torch and jax behind the few operations that contractions take.

torch and jax arrays stay what they are from end to end, on their device and inside the library's automatic
differentiation.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from catenary.diagrams import ContractionError

if TYPE_CHECKING:
    from catenary.functors.tensor.network import Reduction


def library_of(array: Any) -> str:
    """The library of an array: ``"torch"``, ``"jax"``, or ``"numpy"`` for everything else.

    >>> library_of(np.ones(2)), library_of([1, 2])
    ('numpy', 'numpy')
    """
    for kind in type(array).__mro__:
        root = kind.__module__.partition(".")[0]
        if root == "torch":
            return "torch"
        if root in ("jax", "jaxlib"):
            return "jax"
    # jax's own arrays are registered with an abstract class
    jax = sys.modules.get("jax")
    return "jax" if jax is not None and isinstance(array, jax.Array) else "numpy"


def common_library(arrays: Sequence[Any]) -> str:
    """The library of several arrays; numpy arrays may stand beside others.

    Raises:
        ContractionError: for arrays of both torch and jax.
    """
    found = {library_of(array) for array in arrays} - {"numpy"}
    if len(found) > 1:
        raise ContractionError(
            f"the tensors are of {' and '.join(sorted(found))}: convert them to one array library"
        )
    return found.pop() if found else "numpy"


@dataclass(frozen=True)
class Backend:
    """What contractions need of an array library.

    Attributes:
        name: the library.
        promoted: the arrays in one dtype, the promotion of theirs, integers as floats.
        permute: an array with its axes in another order.
        einsum: ``einsum(array, indices, array, indices, …, output)``.
        constant: a numpy array as an array like another.
        stack: arrays of one shape as one array, along a new first axis.
    """

    name: str
    promoted: Callable[[Sequence[Any]], list[Any]]
    permute: Callable[[Any, Sequence[int]], Any]
    einsum: Callable[..., Any]
    constant: Callable[[Any, Any], Any]
    stack: Callable[[Sequence[Any]], Any]


def conjugate(array: Any) -> Any:
    """The complex conjugate; the array itself where it is real."""
    if isinstance(array, np.ndarray):
        return array.conj() if array.dtype.kind == "c" else array
    return array.conj()


def promoted_dtype(arrays: Sequence[Any]) -> np.dtype[Any]:
    """The dtype that a contraction of arrays of any library has, in numpy's names."""
    name = common_library(arrays)
    if name == "numpy":
        return np.result_type(*(np.asarray(array).dtype for array in arrays))
    first = backend(name).promoted(arrays)[0]
    try:
        return np.dtype(str(first.dtype).removeprefix("torch."))
    except TypeError:  # numpy has no bfloat16
        return np.dtype(np.float32)


@lru_cache(maxsize=2)
def backend(name: str) -> Backend:
    """The operations of ``torch`` or ``jax``."""
    return _torch() if name == "torch" else _jax()


def _torch() -> Backend:
    import torch

    def promoted(arrays: Sequence[Any]) -> list[Any]:
        device = next(array.device for array in arrays if library_of(array) == "torch")
        tensors = [
            a if library_of(a) == "torch" else torch.as_tensor(np.array(a), device=device) for a in arrays
        ]
        dtype = tensors[0].dtype
        for tensor in tensors[1:]:
            dtype = torch.promote_types(dtype, tensor.dtype)
        if not dtype.is_floating_point and not dtype.is_complex:
            dtype = torch.float64
        return [tensor.to(dtype) for tensor in tensors]

    def permute(array: Any, axes: Sequence[int]) -> Any:
        return array.permute(*axes)

    def constant(value: Any, like: Any) -> Any:
        return torch.tensor(value, dtype=like.dtype, device=like.device)

    return Backend("torch", promoted, permute, torch.einsum, constant, torch.stack)


def _jax() -> Backend:
    import jax.numpy as jnp

    def promoted(arrays: Sequence[Any]) -> list[Any]:
        tensors = [jnp.asarray(array) for array in arrays]
        dtype = jnp.result_type(*tensors)
        if not jnp.issubdtype(dtype, jnp.inexact):
            dtype = jnp.result_type(float)
        return [tensor.astype(dtype) for tensor in tensors]

    def permute(array: Any, axes: Sequence[int]) -> Any:
        return array.transpose(tuple(axes))

    def constant(value: Any, like: Any) -> Any:
        return jnp.asarray(value, like.dtype)

    return Backend("jax", promoted, permute, jnp.einsum, constant, jnp.stack)


def foreign_value(
    core: Reduction,
    shape: tuple[int, ...],
    run: Callable[[Sequence[Any]], Any],
    arrays: Sequence[Any],
    name: str,
) -> Any:
    """The value of a network of torch or jax arrays: its core contracted by ``run``, the exact reduction done
    by the library's own operations.

    Args:
        core: the reduction of the network's structure.
        shape: the shape of the value.
        run: from the core's arrays its value.
        arrays: the network's tensors.
        name: the library.
    """
    library = backend(name)
    arrays = library.promoted(arrays)
    if core.empty:
        return library.constant(np.zeros(shape), arrays[0])

    def narrow(array: Any) -> Any:
        return array.reshape([size for size in array.shape if size != 1])

    terms = []
    for t, kept, axes in core.terms:
        array = arrays[t]
        terms.append(array if axes is None else library.einsum(narrow(array), list(axes), list(kept)))
    value: Any = run(terms) if terms else library.constant(np.array(1.0), arrays[0])
    for t, axes in core.scalars:
        array = narrow(arrays[t])
        value = value * (library.einsum(array, list(axes), []) if axes else array)
    if core.loops != 1:
        value = value * float(core.loops)
    if core.spread is not None:
        sizes, places, distinct = core.spread
        label = itertools.count()
        letter = {i: next(label) for i in core.output}
        pieces: list[Any] = [value, list(letter.values())]
        ends: dict[int, list[int]] = {}
        for i in distinct:  # a copy tensor for each boundary index
            ends[i] = [next(label) for _ in range(places.count(i))]
            legs = ([letter[i]] if i in letter else []) + ends[i]
            size = sizes[places.index(i)]
            copy = np.zeros((size,) * len(legs))
            copy[(np.arange(size),) * len(legs)] = 1
            pieces += [library.constant(copy, arrays[0]), legs]
        value = library.einsum(*pieces, [ends[i].pop(0) for i in places])
    return value.reshape(shape)
