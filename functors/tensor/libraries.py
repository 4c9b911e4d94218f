"""The few array functions that a program needs, of torch and of jax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from catenary.diagrams.optional import optional
from catenary.functors.tensor.backends import library_of
from catenary.functors.tensor.network import Array

_FUNCTIONS = (
    "sin",
    "cos",
    "tan",
    "exp",
    "log",
    "sqrt",
    "abs",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
)


@dataclass(frozen=True)
class Library:
    """An array library by its module; constants take the precision and the device of a given array."""

    module: Any
    torch: bool

    @property
    def functions(self) -> Mapping[str, Any]:
        """What SymPy's functions are called with."""
        found = {
            name: _of_numbers_too(name, getattr(self.module, name))
            for name in _FUNCTIONS
            if hasattr(self.module, name)
        }
        return {**found, "pi": np.pi, "Abs": found["abs"]}

    def constant(self, array: Array, like: Any) -> Any:
        """An array as one of the library's."""
        single = str(like.dtype).endswith(("float32", "float16"))
        if array.dtype.kind == "c":
            array = array.astype(np.complex64 if single else np.complex128)
        else:
            array = array.astype(np.float32 if single else np.float64)
        if self.torch:
            return self.module.tensor(array, device=like.device)
        return self.module.asarray(array)

    def promoted(self, a: Any, b: Any) -> tuple[Any, Any]:
        """Two arrays of one dtype."""
        if self.torch and a.dtype != b.dtype:
            dtype = self.module.promote_types(a.dtype, b.dtype)
            return a.to(dtype), b.to(dtype)
        return a, b

    def ones(self, shape: Sequence[int], like: Any) -> Any:
        """Ones."""
        return self.constant(np.ones(shape), like)

    def concat(self, parts: Sequence[Any]) -> Any:
        """Along the first axis."""
        return self.module.cat(list(parts)) if self.torch else self.module.concatenate(list(parts))

    def stack(self, parts: Sequence[Any]) -> Any:
        """On a new first axis."""
        return self.module.stack(list(parts))

    def take(self, table: Any, rows: Array) -> Any:
        """Rows of a table."""
        return table[self.module.as_tensor(rows, device=table.device) if self.torch else rows]

    def matmul(self, a: Any, b: Any) -> Any:
        """The matrix product, of stacks."""
        return self.module.matmul(a, b)

    def cos(self, a: Any) -> Any:
        """Cosines."""
        return self.module.cos(a)

    def sin(self, a: Any) -> Any:
        """Sines."""
        return self.module.sin(a)

    def einsum(self, spec: str, a: Any, b: Any) -> Any:
        """A pair contraction."""
        return self.module.einsum(spec, a, b)

    def transpose(self, a: Any, axes: Sequence[int]) -> Any:
        """The axes in another order."""
        return a.permute(*axes) if self.torch else a.transpose(axes)


def _of_numbers_too(name: str, function: Any) -> Any:
    def call(*values: Any) -> Any:  # torch's functions take no plain numbers, such as the 2 of √2
        if all(isinstance(value, (int, float)) for value in values):
            return float(getattr(np, name)(*values))
        return function(*values)

    return call


def foreign_library(values: Any) -> Library | None:
    """The library that an array belongs to, ``None`` for NumPy's and what it can read."""
    name = library_of(values)
    if name == "torch":
        return Library(optional("torch", "torch"), True)
    if name == "jax":
        return Library(optional("jax.numpy", "jax"), False)
    return None
