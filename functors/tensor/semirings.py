"""Semirings, and tensor networks contracted over them.

The sums and products of a contraction may be those of any commutative semiring: the same network then counts
solutions, decides satisfiability, finds the cheapest or the most probable assignment. (Aji & McEliece, *The
generalized distributive law*, IEEE Trans. Inf. Theory 46, 2000; Kohlas & Wilson, *Semiring induced valuation
algebras*, Artificial Intelligence 172, 2008.)

>>> from catenary.functors.tensor import TensorNetwork
>>> edges = [[0, 3, 9], [np.inf, 0, 2], [np.inf, np.inf, 0]]  # lengths of the edges of a graph
>>> two_steps = semiring_network(((0, 1), (1, 2)), (edges, edges), (0, 2), MIN_PLUS)
>>> contract_over(two_steps, MIN_PLUS)[0]
array([0., 3., 5.])
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np

from catenary.diagrams import ContractionError, UnknownGenerator
from catenary.functors.tensor.network import Array, TensorNetwork

_CHUNK = 1 << 22  # elements of the largest intermediate array of a semiring matrix product


@dataclass(frozen=True, eq=False)
class Semiring:
    """A commutative semiring on numbers, as array operations.

    Attributes:
        name: its name in :data:`SEMIRINGS`.
        dtype: of its arrays.
        zero, one: the units of ``plus`` and ``times``.
        plus, times: binary array functions with ``reduce`` (ufuncs).
        natural: the sum of n ones.
        better: where ``plus`` always is one of its arguments, whether the first argument is the one;
            ``None`` otherwise.
        matmul: the product of batches of matrices, shapes (b, m, k) and (b, k, n), where there is a quicker
            way than sums of products.
    """

    name: str
    dtype: Any
    zero: Any
    one: Any
    plus: Any
    times: Any
    natural: Callable[[int], Any]
    better: Callable[[Any, Any], Any] | None = None
    matmul: Callable[[Array, Array], Array] | None = None

    def __repr__(self) -> str:
        return f"semiring({self.name!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return (semiring, (self.name,))

    def array(self, value: Any, name: str = "tensor") -> Array:
        """An array over the semiring, a copy that cannot be written to.

        Raises:
            ContractionError: for entries that are not elements of it.
        """
        try:
            given = np.asarray(value) if self.dtype is not object else np.asarray(value, dtype=object)
            array = _READERS.get(self.name, _read_floats)(given, self)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise ContractionError(f"{name} has entries outside the semiring {self.name}: {error}") from None
        array = np.array(array)
        array.flags.writeable = False
        return array

    def product(self, a: Array, b: Array) -> Array:
        """The product of batches of matrices: shapes (b, m, k) and (b, k, n) to (b, m, n)."""
        if self.matmul is not None:
            return self.matmul(a, b)
        batch, rows, inner = a.shape
        columns = b.shape[2]
        if not inner:
            return np.full((batch, rows, columns), self.zero, self.dtype)
        if batch * rows * columns >= inner:
            total = self.times(a[:, :, 0, None], b[:, 0, None, :])
            for k in range(1, inner):
                total = self.plus(total, self.times(a[:, :, k, None], b[:, k, None, :]))
            return np.asarray(total)
        step = max(1, _CHUNK // max(1, batch * rows * columns))
        total = None
        for at in range(0, inner, step):
            terms = self.times(a[:, :, at : at + step, None], b[:, None, at : at + step, :])
            part = self.plus.reduce(terms, axis=2)
            total = part if total is None else self.plus(total, part)
        return np.asarray(total)


def _read_floats(given: Array, ring: Semiring) -> Array:
    if given.dtype.kind == "c" and np.dtype(ring.dtype).kind != "c":
        raise ValueError("complex numbers")
    array = given.astype(ring.dtype)
    if np.isnan(array).any():
        raise ValueError("not a number")
    wrong = {"max_plus": np.inf, "min_plus": -np.inf, "log": np.inf}.get(ring.name)
    if wrong is not None and (array == wrong).any():
        raise ValueError(f"{wrong}, which is not an element")
    if ring.name in ("probability", "max_times") and ((array < 0).any() or np.isinf(array).any()):
        raise ValueError("a number that is negative or infinite")
    return array


def _read_booleans(given: Array, ring: Semiring) -> Array:
    if given.dtype.kind not in "bui" or not np.isin(given, (0, 1)).all():
        raise ValueError("not all entries are True or False (or 1 or 0)")
    return given.astype(bool)


def _read_integers(given: Array, ring: Semiring) -> Array:
    def integer(x: Any) -> int:
        if isinstance(x, (bool, int, np.bool_, np.integer)):
            return int(x)
        if isinstance(x, (float, np.floating)) and float(x).is_integer() and abs(float(x)) <= 2**53:
            return int(x)
        raise ValueError(f"{x!r} is not an integer")

    return _each(integer, given)


def _read_fractions(given: Array, ring: Semiring) -> Array:
    def fraction(x: Any) -> Fraction:
        return Fraction(x.item() if isinstance(x, np.generic) else x)

    return _each(fraction, given)


def _read_expressions(given: Array, ring: Semiring) -> Array:
    import sympy

    def expression(x: Any) -> Any:
        if isinstance(x, str):
            raise ValueError(f"text {x!r}")  # sympify would evaluate it
        return sympy.sympify(x.item() if isinstance(x, np.generic) else x)

    return _each(expression, given)


def _each(change: Callable[[Any], Any], given: Array) -> Array:
    found = np.empty(given.shape, object)
    for place in np.ndindex(given.shape):
        found[place] = change(given[place])
    return found


_READERS: dict[str, Callable[[Array, Semiring], Array]] = {
    "boolean": _read_booleans,
    "counting": _read_integers,
    "rational": _read_fractions,
    "symbolic": _read_expressions,
}


def _boolean_product(a: Array, b: Array) -> Array:
    # sums of at most 2^24 ones are exact in single precision
    return np.asarray((a.astype(np.float32) @ b.astype(np.float32)) > 0)


REAL = Semiring("real", np.float64, 0.0, 1.0, np.add, np.multiply, float, matmul=np.matmul)
"""Real numbers."""
COMPLEX = Semiring("complex", np.complex128, 0j, 1 + 0j, np.add, np.multiply, complex, matmul=np.matmul)
"""Complex numbers."""
PROBABILITY = Semiring("probability", np.float64, 0.0, 1.0, np.add, np.multiply, float, matmul=np.matmul)
"""Real numbers from 0 on."""
BOOLEAN = Semiring(
    "boolean", bool, False, True, np.logical_or, np.logical_and, bool, np.greater, _boolean_product
)
"""Truth values with *or* and *and*: is there an assignment?"""
COUNTING = Semiring("counting", object, 0, 1, np.add, np.multiply, int)
"""Integers of any size, exact: how many assignments?"""
RATIONAL = Semiring("rational", object, Fraction(0), Fraction(1), np.add, np.multiply, Fraction)
"""Fractions, exact."""
SYMBOLIC = Semiring("symbolic", object, 0, 1, np.add, np.multiply, int)
"""SymPy expressions: the value as a polynomial in what was left open."""
MIN_PLUS = Semiring("min_plus", np.float64, np.inf, 0.0, np.minimum, np.add, lambda n: 0.0, np.less)
"""Costs: the cheapest assignment (tropical semiring)."""
MAX_PLUS = Semiring("max_plus", np.float64, -np.inf, 0.0, np.maximum, np.add, lambda n: 0.0, np.greater)
"""Scores: the best assignment."""
MAX_TIMES = Semiring("max_times", np.float64, 0.0, 1.0, np.maximum, np.multiply, lambda n: 1.0, np.greater)
"""Probabilities of the most probable assignment (Viterbi)."""
LOG = Semiring("log", np.float64, -np.inf, 0.0, np.logaddexp, np.add, math.log)
"""Logarithms of numbers from 0 on: sums of products that would under- or overflow."""

SEMIRINGS: Mapping[str, Semiring] = MappingProxyType(
    {
        ring.name: ring
        for ring in (
            REAL,
            COMPLEX,
            PROBABILITY,
            BOOLEAN,
            COUNTING,
            RATIONAL,
            SYMBOLIC,
            MIN_PLUS,
            MAX_PLUS,
            MAX_TIMES,
            LOG,
        )
    }
)
"""The semirings by name."""


def semiring(name: str) -> Semiring:
    """The semiring of this name.

    Raises:
        UnknownGenerator: if there is none.

    >>> semiring("min_plus").one
    0.0
    """
    if name not in SEMIRINGS:
        raise UnknownGenerator(name, SEMIRINGS, "the list of semirings")
    return SEMIRINGS[name]


def semiring_network(
    indices: Iterable[Sequence[int]],
    arrays: Iterable[Any],
    output: Sequence[int],
    ring: Semiring,
    sizes: Sequence[int] | Mapping[int, int] = (),
    inputs: int = 0,
    names: Iterable[str] = (),
) -> TensorNetwork:
    """A tensor network with arrays over a semiring; the arguments are those of
    :class:`~catenary.functors.tensor.TensorNetwork`.

    Raises:
        ContractionError: for entries that are not elements of the semiring, and for shapes that do not fit.
    """
    named = tuple(names)
    arrays = list(arrays)
    read = tuple(
        ring.array(array, named[t] if t < len(named) else f"tensor {t}") for t, array in enumerate(arrays)
    )
    # the checks of shapes are those of a network of numbers
    shapes = TensorNetwork(indices, [np.empty(a.shape) for a in read], output, sizes, inputs, named)
    return TensorNetwork._trusted(shapes.structure, read, inputs, shapes.names)


def contract_over(network: TensorNetwork, ring: Semiring, **limits: Any) -> Array:
    """The value of a network over a semiring: an array with one axis for each boundary place.

    Args:
        network: its arrays over the semiring, as :func:`semiring_network` or a functor into
            :class:`~catenary.functors.tensor.SemiringNetworks` makes them; numbers are read as elements.
        ring: the semiring. Integers are counted exactly, by residues.
        limits: ``memory``, ``work`` and ``seed``, as for :func:`~catenary.functors.tensor.plan`.

    Raises:
        ContractionError: above a limit; for entries outside the semiring.
    """
    from catenary.functors.tensor.semiring_contraction import evaluate

    return evaluate(network, ring, limits)


@dataclass(frozen=True)
class BestAssignment:
    """An assignment of the indices of a network that attains its value.

    Attributes:
        value: the value of the network there.
        indices: the value that each index of the network takes.
    """

    value: Any
    indices: tuple[int, ...]


def best_assignment(network: TensorNetwork, ring: Semiring, **limits: Any) -> BestAssignment:
    """One assignment of all indices, the boundary included, whose product of entries is the best there is.

    The choices that each contraction made are kept and read back from the last to the first. Of several best
    assignments the result is always the same one.

    Raises:
        ContractionError: unless sums of the semiring choose one of their terms; if every assignment is worth
            zero, as when there is none; above a limit.

    >>> costs = semiring_network(((0, 1), (1, 2)), ([[5, 1]], [[2], [9]]), (), MIN_PLUS)
    >>> best_assignment(costs, MIN_PLUS)
    BestAssignment(value=7.0, indices=(0, 0, 0))
    """
    from catenary.functors.tensor.semiring_contraction import best

    return best(network, ring, limits)
