"""Polynomial maps as a target: a cartesian category with exact symbolic composition and derivatives.

A map from n to m wires is m polynomials in the variables x0, x1, …, x(n-1); all other symbols are parameters. It
is a reverse derivative category: gradients compose as maps do. (Cockett, Cruttwell, Gallagher, Lemay, MacAdam,
Plotkin & Pronk, *Reverse derivative categories*, arXiv 1910.07065.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catenary.diagrams import ArityError, CatenaryError, CompositionError, Diagram
from catenary.diagrams.errors import LimitReached
from catenary.functors.functor import Functor
from catenary.functors.targets.functions import placed

if TYPE_CHECKING:
    import sympy


class NotPolynomial(CatenaryError, ValueError):  # noqa: N818 the name says it
    """An image that is not a polynomial in its inputs, or of too high a degree."""


LARGEST = 10_000
"""The most variables that one object stands for."""
_INPUT = re.compile(r"x(0|[1-9][0-9]*)")


def variables(n: int) -> tuple[sympy.Symbol, ...]:
    """The variables of the inputs: x0, x1, …

    >>> variables(2)
    (x0, x1)
    """
    import sympy

    return tuple(sympy.Symbol(f"x{k}") for k in range(n))


@dataclass(frozen=True)
class PolynomialMap:
    """A polynomial map. Immutable; ``==`` is equality of polynomials.

    Args:
        dom: the number of inputs.
        outputs: an expression in x0, x1, … for each output; kept expanded.

    Raises:
        NotPolynomial: for an expression that is not a polynomial in the inputs.

    >>> x, y = variables(2)
    >>> f = PolynomialMap(2, ((x + y)**2,))
    >>> f.outputs, f(1, 2)
    ((x0**2 + 2*x0*x1 + x1**2,), 9)
    """

    dom: int
    outputs: tuple[Any, ...]

    def __post_init__(self) -> None:
        if self.dom < 0:
            raise ArityError(f"a polynomial map cannot have {self.dom} inputs")
        object.__setattr__(
            self, "outputs", tuple(_expanded(value, self.dom).as_expr() for value in self.outputs)
        )

    @property
    def cod(self) -> int:
        """The number of outputs."""
        return len(self.outputs)

    @property
    def degree(self) -> int:
        """The largest total degree of an output; 0 for constants."""
        return max(
            (max(0, int(_expanded(e, self.dom).total_degree())) for e in self.outputs if e != 0), default=0
        )

    def __call__(self, *values: Any) -> Any:
        """The value: one for one output, else a tuple; values may be numbers or expressions."""
        if len(values) != self.dom:
            raise ArityError(f"the polynomial map takes {self.dom} values, not {len(values)}")
        table = dict(zip(variables(self.dom), values, strict=True))
        found = tuple(e.subs(table, simultaneous=True) for e in self.outputs)
        return found[0] if len(found) == 1 else found

    def jacobian(self) -> tuple[tuple[Any, ...], ...]:
        """The derivative of every output (rows) by every input (columns).

        >>> x, y = variables(2)
        >>> PolynomialMap(2, (x**2 * y, y)).jacobian()
        ((2*x0*x1, x0**2), (0, 1))
        """
        return tuple(tuple(e.diff(x) for x in variables(self.dom)) for e in self.outputs)

    def derivative(self) -> PolynomialMap:
        """The forward derivative: from a point and a change of it to the change of the value."""
        changes = variables(2 * self.dom)[self.dom :]
        rows = self.jacobian()
        outs = tuple(sum(d * c for d, c in zip(row, changes, strict=True)) for row in rows)
        return PolynomialMap(2 * self.dom, outs)

    def reverse_derivative(self) -> PolynomialMap:
        """The reverse derivative: from a point and a weight for each output to the gradient.

        >>> x, y = variables(2)
        >>> PolynomialMap(2, (x * y,)).reverse_derivative().outputs  # (x, y, w) ↦ (w y, w x)
        (x1*x2, x0*x2)
        """
        n = self.dom
        weights = variables(n + self.cod)[n:]
        rows = self.jacobian()
        outs = tuple(sum(row[k] * w for row, w in zip(rows, weights, strict=True)) for k in range(n))
        return PolynomialMap(n + self.cod, outs)


def _expanded(value: Any, n: int) -> Any:
    """The polynomial in x0 … x(n-1) (in one variable at least), its coefficients expanded."""
    import sympy

    if isinstance(value, str):
        raise NotPolynomial(f"{value!r} is text, not an expression")  # sympify would evaluate it
    generators = variables(max(n, 1))
    try:
        expression = sympy.sympify(value)
        if not isinstance(expression, sympy.Expr) or expression.has(sympy.nan, sympy.oo, sympy.zoo):
            raise TypeError("no finite expression")
        for symbol in expression.free_symbols:
            if _INPUT.fullmatch(symbol.name) and int(symbol.name[1:]) >= n:
                raise NotPolynomial(
                    f"{value!r}: {symbol} is not one of the {n} inputs, and a parameter needs another name"
                )
        return sympy.Poly(expression, *generators)
    except (sympy.PolynomialError, sympy.SympifyError, TypeError) as error:
        raise NotPolynomial(
            f"{value!r} is not a polynomial in {', '.join(map(str, generators[:n]))}"
        ) from error


def _composed(expression: Any, values: Sequence[Any], limit: int) -> Any:
    """A polynomial with other polynomials put for its variables."""
    outer = _expanded(expression, len(values))
    zero = values[0].zero if values else None
    powers: dict[tuple[int, int], Any] = {}

    def power(k: int, exponent: int) -> Any:
        if exponent == 1:
            return values[k]
        if (k, exponent) not in powers:
            powers[k, exponent] = power(k, exponent // 2) * power(k, exponent - exponent // 2)
        return powers[k, exponent]

    total = zero
    for exponents, coefficient in outer.terms():
        term = None
        for k, exponent in enumerate(exponents[: len(values)]):
            if exponent:
                term = power(k, exponent) if term is None else term * power(k, exponent)
        term = coefficient if term is None else term * coefficient
        total = term if total is None else total + term
        if hasattr(total, "length") and total.length() > limit:
            raise LimitReached("composition of polynomials", f"{limit} terms")
    return total


@dataclass(frozen=True)
class Polynomials:
    """The cartesian category of polynomial maps with exact coefficients.

    In a functor's table the image of an object is a number of variables; the image of a generator is a
    :class:`PolynomialMap`, a sequence of expressions in x0, x1, … (or one), or a Python function that returns
    such when it is called on the variables.

    Args:
        degree: the largest degree allowed: 1 for affine maps. Any unless given.
        limit: the most terms of one polynomial in a composition.

    >>> from catenary.diagrams import Box, Copy, Ty
    >>> r = Ty("r")
    >>> add, times = Box("add", r @ r, r), Box("times", r @ r, r)
    >>> F = Functor({"r": 1}, {add: lambda x, y: x + y, times: lambda x, y: x * y}, Polynomials())
    >>> square_of_sum = F(add >> Copy(r) >> times)
    >>> square_of_sum.outputs, square_of_sum.jacobian()
    ((x0**2 + 2*x0*x1 + x1**2,), ((2*x0 + 2*x1, 2*x0 + 2*x1),))
    """

    degree: int | None = None
    limit: int = 100_000

    def id(self, ob: int) -> PolynomialMap:
        """The identity."""
        return PolynomialMap(ob, variables(ob))

    def then(self, f: PolynomialMap, g: PolynomialMap) -> PolynomialMap:
        """Composition by substitution."""
        if f.cod != g.dom:
            raise CompositionError([f"{f.cod} outputs"], [f"{g.dom} inputs"], ("codomain", "domain"))
        values = [_expanded(e, f.dom) for e in f.outputs]
        return self._map(f.dom, [_composed(e, values, self.limit) for e in g.outputs])

    def _map(self, dom: int, polynomials: Sequence[Any]) -> PolynomialMap:
        return PolynomialMap(dom, tuple(p.as_expr() for p in polynomials))

    def tensor(self, f: PolynomialMap, g: PolynomialMap) -> PolynomialMap:
        """Both side by side."""
        later = variables(f.dom + g.dom)[f.dom :]
        moved = dict(zip(variables(g.dom), later, strict=True))
        outs = tuple(e.subs(moved, simultaneous=True) for e in g.outputs)
        return PolynomialMap(f.dom + g.dom, f.outputs + outs)

    def product(self, obs: Sequence[int]) -> int:
        """The sum."""
        return sum(obs)

    def dom(self, f: PolynomialMap) -> int:
        """The number of inputs."""
        return f.dom

    def cod(self, f: PolynomialMap) -> int:
        """The number of outputs."""
        return f.cod

    def swap(self, left: int, right: int) -> PolynomialMap:
        """The symmetry."""
        xs = variables(left + right)
        return PolynomialMap(left + right, xs[left:] + xs[:left])

    def copy(self, ob: int) -> PolynomialMap:
        """The diagonal."""
        return PolynomialMap(ob, variables(ob) * 2)

    def discard(self, ob: int) -> PolynomialMap:
        """The map to no outputs."""
        return PolynomialMap(ob, ())

    def add(self, f: PolynomialMap, g: PolynomialMap) -> PolynomialMap:
        """The sum of two maps."""
        if (f.dom, f.cod) != (g.dom, g.cod):
            raise ArityError(f"a sum of maps from {f.dom} to {f.cod} and from {g.dom} to {g.cod} wires")
        return PolynomialMap(f.dom, tuple(a + b for a, b in zip(f.outputs, g.outputs, strict=True)))

    def zero(self, dom: int, cod: int) -> PolynomialMap:
        """The zero map."""
        return PolynomialMap(dom, (0,) * cod)

    def scale(self, scalar: Any, f: PolynomialMap) -> PolynomialMap:
        """A multiple of a map."""
        return PolynomialMap(f.dom, tuple(scalar * e for e in f.outputs))

    def read_object(self, value: Any) -> int:
        """A number of variables."""
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
            raise CatenaryError(
                f"the image of an object under a functor into polynomial maps is a number of variables, not "
                f"{value!r} (at most {LARGEST})"
            )
        return value

    def read(self, image: Any, dom: int, cod: int, what: str) -> PolynomialMap:
        """A polynomial map from expressions or a Python function."""
        if callable(image) and not isinstance(image, PolynomialMap) and not _is_expression(image):
            image = image(*variables(dom))
        if isinstance(image, PolynomialMap):
            found = image
        else:
            outputs = tuple(image) if isinstance(image, (tuple, list)) else (image,)
            try:
                found = PolynomialMap(dom, outputs)
            except NotPolynomial as error:
                raise NotPolynomial(f"the image of {what}: {error}") from None
        if self.degree is not None and found.degree > self.degree:
            raise NotPolynomial(
                f"the image of {what} has degree {found.degree}; this target holds maps of degree "
                f"{self.degree} at most"
            )
        return found

    def of_diagram(self, diagram: Diagram, functor: Functor[int, PolynomialMap]) -> PolynomialMap:
        """The image of a whole diagram: on each wire its polynomial in the inputs."""
        dom = functor.on_type(diagram.dom)
        row = [_expanded(x, dom) for x in variables(dom)]
        for image, start in placed(diagram, functor, int):
            values = row[start : start + image.dom]
            row[start : start + image.dom] = [
                _expanded(e, dom) if not values else _composed(e, values, self.limit) for e in image.outputs
            ]
        return self._map(dom, row)


def _is_expression(value: object) -> bool:
    return hasattr(value, "free_symbols")
