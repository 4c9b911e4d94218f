"""Finite Markov kernels as a target: probability, exact with fractions, with conditionals.

A kernel from X to Y gives for each element of X a distribution on Y; from the one-element set it is a
distribution. Copying is not natural here, discarding is: a Markov category. (Fritz, *A synthetic approach to
Markov kernels, conditional independence and theorems on sufficient statistics*, arXiv 1908.07021; Cho & Jacobs,
*Disintegration and Bayesian inversion via string diagrams*, arXiv 1709.00322.)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams import ArityError, CatenaryError, Diagram
from catenary.functors.functor import Functor
from catenary.functors.targets.finite import FiniteFunction
from catenary.functors.targets.points import (
    Dims,
    Sizes,
    check_composable,
    count,
    crossed,
    decode,
    encode,
    layers_with_sizes,
)

Number = Fraction | float
Row = tuple[tuple[int, Number], ...]
_TOLERANCE = 1e-9


class NotStochastic(CatenaryError, ValueError):  # noqa: N818 the name says it
    """A row that is not a probability distribution."""


class NullSet(CatenaryError, ValueError):  # noqa: N818 the name says it
    """A conditional on an event of probability 0, where none was chosen."""


def _number(value: Any, what: str) -> Number:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        number: Number = value
    elif isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        number = Fraction(value)
    else:
        raise NotStochastic(f"{what}: a probability is a Fraction, an integer or a float, not {value!r}")
    if not number >= 0 or (isinstance(number, float) and math.isinf(number)):
        raise NotStochastic(f"{what}: {value!r} is no probability")
    return number


def _row(weights: Mapping[int, Number]) -> Row:
    return tuple(sorted((y, p) for y, p in weights.items() if p))


@dataclass(frozen=True)
class Kernel:
    """A Markov kernel between products of finite sets. Immutable; ``==`` is exact.

    Args:
        dom, cod: the sizes of the factors.
        rows: for each point of the domain (the last factor running fastest) the pairs (point, probability) of
            its distribution, sorted, without zeros. Whole numbers become fractions; decimal numbers stay.

    Raises:
        NotStochastic: unless each row sums to 1, exactly for fractions, up to 1e-9 otherwise.

    >>> coin = Kernel.of([Fraction(1, 3), Fraction(2, 3)], (), (2,))
    >>> coin()
    {0: Fraction(1, 3), 1: Fraction(2, 3)}
    """

    dom: Dims
    cod: Dims
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        size = count(self.cod)
        if len(self.rows) != count(self.dom):
            raise ArityError(
                f"a kernel from {count(self.dom)} elements has as many rows, not {len(self.rows)}"
            )
        for x, row in enumerate(self.rows):
            what = f"the distribution at {decode(x, self.dom)}"
            if any(not 0 <= y < size for y, _ in row):
                raise ArityError(f"{what} is not on {size} elements")
            numbers = [_number(p, what) for _, p in row]
            total = sum(numbers)
            if total != 1 and not (isinstance(total, float) and abs(total - 1) <= _TOLERANCE):
                raise NotStochastic(f"{what} sums to {total}, not 1")

    @classmethod
    def _trusted(cls, dom: Dims, cod: Dims, rows: tuple[Row, ...]) -> Kernel:
        self = object.__new__(cls)
        for key, value in (("dom", dom), ("cod", cod), ("rows", rows)):
            object.__setattr__(self, key, value)
        return self

    @classmethod
    def of(cls, image: Any, dom: Dims, cod: Dims, what: str = "the kernel") -> Kernel:
        """A kernel from what a user may write.

        Args:
            image: nested lists or an array with the axes of domain and codomain; or a mapping from inputs, or
                a function of the inputs, to distributions: mappings from outputs to probabilities.
            dom, cod: the sizes of the factors.
        """
        if isinstance(image, Kernel):
            return image
        if isinstance(image, FiniteFunction):
            return cls(image.dom, image.cod, tuple(((y, Fraction(1)),) for y in image.table))
        inputs = [decode(x, dom) for x in range(count(dom))]
        if isinstance(image, Mapping):
            if not dom and not isinstance(image.get(()), Mapping):
                image = {(): image}
            keyed = {k if isinstance(k, tuple) else (k,): v for k, v in image.items()}
            if set(keyed) != set(inputs):
                wrong = sorted(set(keyed) ^ set(inputs), key=repr)[0]
                raise ArityError(f"{what}: {wrong} is an input without a distribution, or no input")
            given = [keyed[x] for x in inputs]
        elif callable(image):
            given = [image(*x) for x in inputs]
        else:
            return cls._of_array(np.asarray(image, dtype=object), dom, cod, what)
        found = []
        for x, distribution in zip(inputs, given, strict=True):
            if not isinstance(distribution, Mapping):
                raise NotStochastic(f"{what} at {x}: a distribution is a mapping, not {distribution!r}")
            weights: dict[int, Number] = {}
            for y, p in distribution.items():
                key = encode(y, cod, what)
                weights[key] = weights.get(key, Fraction(0)) + _number(p, what)
            found.append(_row(weights))
        return cls(dom, cod, tuple(found))

    @classmethod
    def _of_array(cls, array: NDArray[np.object_], dom: Dims, cod: Dims, what: str) -> Kernel:
        if array.shape != dom + cod:
            raise ArityError(f"{what} has shape {array.shape}, expected {dom + cod}")
        matrix = array.reshape(count(dom), count(cod))
        return cls(
            dom, cod, tuple(_row({y: _number(p, what) for y, p in enumerate(row)}) for row in matrix.tolist())
        )

    def __call__(self, *values: int) -> dict[Any, Number]:
        """The distribution at some values: outputs (numbers, or tuples) with their probabilities, not 0."""
        row = self.rows[encode(values, self.dom, "the kernel")]
        one = len(self.cod) == 1
        return {decode(y, self.cod)[0] if one else decode(y, self.cod): p for y, p in row}

    @property
    def array(self) -> NDArray[np.float64]:
        """The probabilities as floats: one axis for each factor of the domain, then of the codomain."""
        matrix = np.zeros((len(self.rows), count(self.cod)))
        for x, row in enumerate(self.rows):
            for y, p in row:
                matrix[x, y] = p
        return matrix.reshape(self.dom + self.cod)

    @cached_property
    def whole(self) -> tuple[int, tuple[tuple[tuple[int, int], ...], ...]] | None:
        """A common denominator of all probabilities and the rows times it; ``None`` if there are floats."""
        numbers = [p for row in self.rows for _, p in row]
        denominators = {p.denominator for p in numbers if isinstance(p, (Fraction, int))}
        if any(isinstance(p, float) for p in numbers):
            return None
        common = math.lcm(*denominators)
        return common, tuple(tuple((y, int(p * common)) for y, p in row) for row in self.rows)

    @property
    def support(self) -> frozenset[Any]:
        """The outputs that have a positive probability for some input."""
        return frozenset(y for x in range(len(self.rows)) for y in self(*decode(x, self.dom)))

    @property
    def is_deterministic(self) -> bool:
        """Whether copying the output is the same as running twice on a copied input: every row is one point."""
        return all(len(row) == 1 for row in self.rows)

    def allclose(self, other: Kernel, tolerance: float = 1e-9) -> bool:
        """Whether both have the same boundary and probabilities up to a tolerance."""
        same = (self.dom, self.cod) == (other.dom, other.cod)
        return same and bool(np.allclose(self.array, other.array, rtol=0, atol=tolerance))

    # Conditionals

    def marginal(self, places: Iterable[int]) -> Kernel:
        """The kernel to some factors of the codomain, in the order given; the others are discarded.

        >>> pair = Kernel.of({(0, 1): Fraction(1, 2), (1, 1): Fraction(1, 2)}, (), (2, 2))
        >>> pair.marginal([1])()
        {1: Fraction(1, 1)}
        """
        kept = list(places)
        if any(not 0 <= k < len(self.cod) for k in kept) or len(set(kept)) != len(kept):
            raise ArityError(f"a marginal keeps some of the {len(self.cod)} factors, not {kept}")
        cod = tuple(self.cod[k] for k in kept)
        rows = []
        for row in self.rows:
            weights: dict[int, Number] = {}
            for y, p in row:
                digits = decode(y, self.cod)
                key = encode(tuple(digits[k] for k in kept), cod, "marginal")
                weights[key] = weights.get(key, Fraction(0)) + p
            rows.append(_row(weights))
        return Kernel._trusted(self.dom, cod, tuple(rows))

    def conditional(self, n: int = 1, null: str | Kernel = "error") -> Kernel:
        """The distribution of the other outputs when the first ``n`` and the inputs are known.

        For a kernel k from A to X ⊗ Y it is the kernel c from X ⊗ A to Y with
        k(x, y | a) = k(x | a) · c(y | x, a). Where k(x | a) = 0 any distribution will do.

        Args:
            n: how many factors of the codomain are X.
            null: what to do there: ``"error"`` refuses, ``"uniform"`` takes the uniform distribution, and a
                kernel from X ⊗ A to Y is taken at its word.

        Raises:
            NullSet: for a condition of probability 0 that ``null`` does not settle.

        >>> rain = Kernel.of({(1, 1): Fraction(1, 4), (0, 0): Fraction(1, 2), (0, 1): Fraction(1, 4)}, (), (2, 2))
        >>> rain.conditional()(0)
        {0: Fraction(2, 3), 1: Fraction(1, 3)}
        """
        if not 0 <= n <= len(self.cod):
            raise ArityError(f"the first {n} of {len(self.cod)} factors cannot be the condition")
        first, second = self.cod[:n], self.cod[n:]
        dom, width, inputs = first + self.dom, count(second), len(self.rows)
        if isinstance(null, Kernel):
            check_composable(null.dom, dom)
            check_composable(null.cod, second)
        elif null not in ("error", "uniform"):
            raise CatenaryError(f'null is "error", "uniform" or a kernel, not {null!r}')
        rows: list[Row] = [()] * count(dom)
        for a, row in enumerate(self.rows):
            joint: dict[int, dict[int, Number]] = {}
            for point, p in row:
                x, y = divmod(point, width)
                joint.setdefault(x, {})[y] = p
            for x, weights in joint.items():
                total = sum(weights.values())
                rows[x * inputs + a] = _row({y: p / total for y, p in weights.items()})
        for at, row in enumerate(rows):
            if row:
                continue
            if isinstance(null, Kernel):
                rows[at] = null.rows[at]
            elif null == "uniform" and width:
                rows[at] = tuple((y, Fraction(1, width)) for y in range(width))
            else:
                raise NullSet(
                    f"the condition {decode(at, dom)} has probability 0: no distribution follows from it; "
                    f'choose one by null="uniform" or null=a kernel'
                )
        return Kernel._trusted(dom, second, tuple(rows))

    def disintegrate(self, n: int = 1, null: str | Kernel = "error") -> tuple[Kernel, Kernel]:
        """The marginal on the first ``n`` factors, and the conditional of the others on them."""
        return self.marginal(range(n)), self.conditional(n, null)

    def invert(self, prior: Kernel, null: str | Kernel = "error") -> Kernel:
        """Bayesian inversion: the kernel back from Y to X, given a distribution on X.

        It satisfies prior(x) · k(y | x) = (prior >> k)(y) · inverse(x | y); where (prior >> k)(y) = 0 any
        distribution will do, and ``null`` says which, as in :meth:`conditional`.

        >>> test = Kernel.of([[Fraction(9, 10), Fraction(1, 10)], [Fraction(1, 5), Fraction(4, 5)]], (2,), (2,))
        >>> ill = Kernel.of([Fraction(99, 100), Fraction(1, 100)], (), (2,))
        >>> test.invert(ill)(1)  # ill, when the test says so
        {0: Fraction(99, 107), 1: Fraction(8, 107)}
        """
        if prior.dom:
            raise ArityError("a prior has no inputs")
        check_composable(prior.cod, self.dom)
        size, weights = count(self.dom), {}
        for x, p in prior.rows[0]:
            for y, q in self.rows[x]:
                weights[y * size + x] = p * q
        return Kernel._trusted((), self.cod + self.dom, (_row(weights),)).conditional(len(self.cod), null)

    def equals_almost_surely(self, other: Kernel, prior: Kernel) -> bool:
        """Whether both agree wherever a distribution on the inputs is positive."""
        check_composable(self.dom, other.dom)
        check_composable(prior.cod, self.dom)
        return self.cod == other.cod and all(self.rows[x] == other.rows[x] for x, _ in prior.rows[0])


@dataclass(frozen=True)
class Kernels(Sizes):
    """The Markov category of finite sets and stochastic kernels.

    In a functor's table the image of an object is its size, or a tuple of sizes; the image of a generator is
    anything that :meth:`Kernel.of` reads.

    >>> from catenary.diagrams import Box, Copy, Ty
    >>> bit = Ty("bit")
    >>> coin, noise = Box("coin", Ty(), bit), Box("noise", bit, bit)
    >>> table = {coin: [Fraction(1, 2)] * 2, noise: [[Fraction(3, 4), Fraction(1, 4)], [0, 1]]}
    >>> F = Functor({"bit": 2}, table, Kernels())
    >>> joint = F(coin >> Copy(bit) >> bit @ noise)
    >>> joint.marginal([1]).conditional(0)() == F(coin >> noise)()
    True
    >>> F(noise).invert(F(coin))(1)
    {0: Fraction(1, 5), 1: Fraction(4, 5)}
    """

    def _of_points(self, dom: Dims, cod: Dims, points: Iterable[int]) -> Kernel:
        return Kernel._trusted(dom, cod, tuple(((y, Fraction(1)),) for y in points))

    def id(self, ob: Dims) -> Kernel:
        """The identity."""
        return self._of_points(ob, ob, range(count(ob)))

    def then(self, f: Kernel, g: Kernel) -> Kernel:
        """Composition (Chapman–Kolmogorov)."""
        check_composable(f.cod, g.dom)
        rows = []
        for row in f.rows:
            weights: dict[int, Number] = {}
            for y, p in row:
                for z, q in g.rows[y]:
                    weights[z] = weights.get(z, Fraction(0)) + p * q
            rows.append(_row(weights))
        return Kernel._trusted(f.dom, g.cod, tuple(rows))

    def tensor(self, f: Kernel, g: Kernel) -> Kernel:
        """Both side by side, independent."""
        count(f.dom + g.dom)
        size = count(g.cod)
        rows = [
            tuple((y * size + z, p * q) for y, p in one for z, q in two) for one in f.rows for two in g.rows
        ]
        return Kernel._trusted(f.dom + g.dom, f.cod + g.cod, tuple(rows))

    def dom(self, f: Kernel) -> Dims:
        """The domain."""
        return f.dom

    def cod(self, f: Kernel) -> Dims:
        """The codomain."""
        return f.cod

    def swap(self, left: Dims, right: Dims) -> Kernel:
        """The symmetry."""
        return self._of_points(left + right, right + left, crossed(left, right))

    def copy(self, ob: Dims) -> Kernel:
        """The diagonal."""
        size = count(ob)
        return self._of_points(ob, ob + ob, (x * size + x for x in range(size)))

    def discard(self, ob: Dims) -> Kernel:
        """The kernel to the one-element set."""
        return self._of_points(ob, (), (0 for _ in range(count(ob))))

    def read(self, image: Any, dom: Dims, cod: Dims, what: str) -> Kernel:
        """A kernel from an array, a mapping or a function."""
        return Kernel.of(image, dom, cod, f"the kernel of {what}")

    def of_diagram(self, diagram: Diagram, functor: Functor[Dims, Kernel]) -> Kernel:
        """The image of a whole diagram: the outcomes of each input carried through the layers."""
        dom, cod = functor.on_type(diagram.dom), functor.on_type(diagram.cod)
        layers = list(layers_with_sizes(diagram, functor))
        wholes = [image.whole for image, _ in layers]
        exact = None not in wholes
        # Exact weights are carried as whole numbers over one denominator: no fraction is reduced on the way.
        one: Number = 1 if exact else Fraction(1)
        states: Sequence[dict[int, Number]] = [{x: one} for x in range(count(dom))]
        denominator = 1
        for (image, right), whole in zip(layers, wholes, strict=True):
            rows: Sequence[Row] = image.rows
            if exact and whole is not None:
                denominator *= whole[0]
                rows = whole[1]
            taken, given = len(rows), count(image.cod)
            states = [_stepped(weights, rows, taken, given, right) for weights in states]
        if exact:
            states = [{y: Fraction(p) / denominator for y, p in weights.items()} for weights in states]
        return Kernel._trusted(dom, cod, tuple(map(_row, states)))


def _stepped(
    weights: Mapping[int, Number], rows: Sequence[Row], taken: int, given: int, right: int
) -> dict[int, Number]:
    after: dict[int, Number] = {}
    for point, p in weights.items():
        rest, r = divmod(point, right)
        left, x = divmod(rest, taken)
        for y, q in rows[x]:
            key = (left * given + y) * right + r
            after[key] = after.get(key, 0) + p * q
    count((len(after),))
    return after
