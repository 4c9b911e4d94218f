"""Formal sums of diagrams with scalars."""

from __future__ import annotations

import cmath
import numbers
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from catenary.diagrams.boxes import Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import CatenaryError, CompositionError, ScalarError, expect_iterable
from catenary.diagrams.shown import Shown
from catenary.diagrams.signature import Doctrine, Signature, structural
from catenary.diagrams.types import Ty

if TYPE_CHECKING:
    import sympy

    Scalar: TypeAlias = int | Fraction | float | complex | sympy.Expr
else:
    Scalar = Any

Term: TypeAlias = tuple[Scalar, Diagram]


def as_scalar(value: object) -> Scalar:
    """A number or a SymPy expression as the scalar of a sum, exact where it was given exactly.

    Raises:
        ScalarError: for anything else, and for NaN and infinities.

    >>> as_scalar(Fraction(4, 2)), as_scalar(0.5)
    (2, 0.5)
    """
    if isinstance(value, bool) or value is None:
        raise ScalarError(f"a scalar is a number or a SymPy expression, not {value!r}")
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Rational):
        fraction = Fraction(int(value.numerator), int(value.denominator))
        return fraction.numerator if fraction.denominator == 1 else fraction
    if isinstance(value, numbers.Real):
        value = float(value)
    elif isinstance(value, numbers.Complex):
        value = complex(value)
    elif hasattr(value, "free_symbols") and hasattr(value, "as_coeff_Add"):  # an expression, not a matrix
        expression: Any = value
        if expression.is_Rational:
            return as_scalar(Fraction(int(expression.p), int(expression.q)))
        if expression.is_Float:
            return as_scalar(float(expression))
        if expression.is_finite is False or expression.has(*_undefined()):
            raise ScalarError(f"a scalar must be finite, not {value}")
        return expression
    else:
        raise ScalarError(f"a scalar is a number or a SymPy expression, not {value!r}")
    if not cmath.isfinite(value):
        raise ScalarError(f"a scalar must be finite, not {value}")
    return value


def _undefined() -> tuple[Any, ...]:
    import sympy

    return (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)


def conjugate(scalar: Scalar) -> Scalar:
    """The complex conjugate.

    >>> conjugate(1j)
    -1j
    """
    if isinstance(scalar, (int, Fraction, float)):
        return scalar
    return as_scalar(scalar.conjugate())


def normal_scalar(scalar: Scalar) -> Scalar:
    """The form in which scalars are compared: numbers as they are, expressions as quotients of expanded
    polynomials.

    Functions such as ``sin`` count as unknowns: identities between them are not used.

    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> normal_scalar((x**2 - 1) / (x - 1))
    x + 1
    """
    if isinstance(scalar, (int, Fraction, float, complex)):
        return scalar
    import sympy

    try:
        found = sympy.cancel(sympy.expand(scalar))
    except (sympy.PolynomialError, NotImplementedError):
        found = sympy.expand(scalar)
    return as_scalar(found)


class Sum(Shown):
    """A formal linear combination of diagrams of one boundary. Immutable.

    ``+``, ``-`` and multiplication by scalars build it from diagrams; ``>>`` and ``@`` distribute over it, so
    that composing a sum of m with one of n terms gives m·n. Terms stay as they were written until
    :meth:`collect`. ``==`` compares the collected terms; a sum that is one diagram equals that diagram.

    Args:
        terms: pairs (scalar, diagram). Scalars are exact (``int``, ``Fraction``, SymPy) or ``float`` or
            ``complex``; the text of a scalar is never evaluated.
        dom, cod: the boundary, needed where there are no terms.
        signature: the signature where there are no terms, or a larger one than the terms need.

    Raises:
        CompositionError: for terms of different boundaries, wires aligned.
        ScalarError: for a scalar that is no finite number or expression.
        SignatureError: where the signatures of the terms cannot be combined.

    >>> f, g = Box("f", Ty("a"), Ty("a")), Box("g", Ty("a"), Ty("a"))
    >>> print((f + 2 * g) >> (f - g))
    f >> f - f >> g + 2·(g >> f) - 2·(g >> g)
    >>> f + g - f == g and len(f + g - f) == 3
    True
    """

    __slots__ = ("_collected", "_hash", "cod", "dom", "signature", "terms")
    terms: tuple[Term, ...]
    dom: Ty
    cod: Ty
    signature: Signature
    _collected: tuple[Term, ...] | None
    _hash: int | None

    def __init__(
        self,
        terms: Iterable[tuple[Any, Diagram | Box]] = (),
        dom: Ty | None = None,
        cod: Ty | None = None,
        *,
        signature: Signature | None = None,
    ):
        pairs: list[Term] = []
        for pair in expect_iterable(terms, "the terms of a sum", "a list of pairs (scalar, diagram)"):
            if not isinstance(pair, tuple) or len(pair) != 2 or not isinstance(pair[1], (Diagram, Box)):
                raise CatenaryError(f"a term of a sum is a pair (scalar, diagram), not {pair!r:.200}")
            scalar, diagram = pair
            pairs.append((as_scalar(scalar), diagram.diagram if isinstance(diagram, Box) else diagram))
        if not pairs and (dom is None or cod is None):
            raise CatenaryError("a sum without terms needs its dom and cod")
        joined = structural(Doctrine.MONOIDAL) if signature is None else signature
        for _, diagram in pairs:
            joined = joined.join(diagram.signature)
        reduce = joined.doctrine.reduce
        dom = reduce(pairs[0][1].dom if dom is None else dom)
        cod = reduce(pairs[0][1].cod if cod is None else cod)
        for number, (_, diagram) in enumerate(pairs):
            for got, wanted, side in ((diagram.dom, dom, "domain"), (diagram.cod, cod, "codomain")):
                if reduce(got).objects != wanted.objects:
                    raise CompositionError(
                        reduce(got).objects,
                        wanted.objects,
                        (f"term {number}", side),
                        "terms share a boundary",
                    )
        self._init(tuple(pairs), dom, cod, joined)

    def _init(self, terms: tuple[Term, ...], dom: Ty, cod: Ty, signature: Signature) -> None:
        set_ = object.__setattr__
        set_(self, "terms", terms)
        set_(self, "dom", dom)
        set_(self, "cod", cod)
        set_(self, "signature", signature)
        set_(self, "_collected", None)
        set_(self, "_hash", None)

    @classmethod
    def of(cls, value: Diagram | Box | Sum) -> Sum:
        """The sum with one term, unless it is a sum already.

        >>> len(Sum.of(Box("f", Ty("a"), Ty("a"))))
        1
        """
        if isinstance(value, Sum):
            return value
        return cls([(1, value)])

    @classmethod
    def zero(cls, dom: Ty, cod: Ty, signature: Signature | None = None) -> Sum:
        """The sum without terms.

        >>> f = Box("f", Ty("a"), Ty("a"))
        >>> f - f == Sum.zero(Ty("a"), Ty("a"))
        True
        """
        return cls((), dom, cod, signature=signature)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Sum is immutable")

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def __bool__(self) -> bool:
        return True

    # Linear structure

    def __add__(self, other: Diagram | Box | Sum) -> Sum:
        if not isinstance(other, (Diagram, Box, Sum)):
            return NotImplemented
        other = Sum.of(other)
        joined = self.signature.join(other.signature)
        return Sum(self.terms + other.terms, self.dom, self.cod, signature=joined)._check_boundary(other)

    def _check_boundary(self, other: Sum) -> Sum:
        reduce = self.signature.doctrine.reduce
        for mine, theirs, side in ((self.dom, other.dom, "domain"), (self.cod, other.cod, "codomain")):
            if mine.objects != reduce(theirs).objects:
                raise CompositionError(
                    mine.objects, theirs.objects, (side, "added"), "terms share a boundary"
                )
        return self

    def __radd__(self, other: object) -> Sum:
        if isinstance(other, (Diagram, Box)):
            return Sum.of(other) + self
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def __neg__(self) -> Sum:
        return self * -1

    def __sub__(self, other: Diagram | Box | Sum) -> Sum:
        return self + -Sum.of(other) if isinstance(other, (Diagram, Box, Sum)) else NotImplemented

    def __rsub__(self, other: Diagram | Box) -> Sum:
        return Sum.of(other) - self if isinstance(other, (Diagram, Box)) else NotImplemented

    def __mul__(self, scalar: Any) -> Sum:
        """Multiplication by a scalar."""
        scalar = as_scalar(scalar)
        return self._with([(_times(scalar, own), diagram) for own, diagram in self.terms])

    __rmul__ = __mul__

    def __truediv__(self, scalar: Any) -> Sum:
        scalar = as_scalar(scalar)
        if scalar == 0:
            raise ScalarError("a sum cannot be divided by zero")
        return self * (Fraction(1, scalar) if isinstance(scalar, (int, Fraction)) else 1 / scalar)

    def _with(self, terms: Iterable[Term]) -> Sum:
        made = object.__new__(Sum)
        made._init(tuple(terms), self.dom, self.cod, self.signature)
        return made

    # Composition

    def __rshift__(self, other: Diagram | Box | Sum) -> Sum:
        """Composition, distributed over the terms of both sides."""
        if not isinstance(other, (Diagram, Box, Sum)):
            return NotImplemented
        other = Sum.of(other)
        signature = self.signature.join(other.signature)
        reduce = signature.doctrine.reduce
        if reduce(self.cod).objects != reduce(other.dom).objects:
            raise CompositionError(self.cod.objects, other.dom.objects, ("codomain", "domain"))
        terms = [(_times(a, b), f >> g) for a, f in self.terms for b, g in other.terms]
        return Sum(terms, self.dom, other.cod, signature=signature)

    def __rrshift__(self, other: Diagram | Box) -> Sum:
        return Sum.of(other) >> self if isinstance(other, (Diagram, Box)) else NotImplemented

    def __lshift__(self, other: Diagram | Box | Sum) -> Sum:
        return Sum.of(other) >> self if isinstance(other, (Diagram, Box, Sum)) else NotImplemented

    def __rlshift__(self, other: Diagram | Box) -> Sum:
        return self >> other if isinstance(other, (Diagram, Box)) else NotImplemented

    def __matmul__(self, other: Diagram | Box | Ty | Sum) -> Sum:
        """Tensor, distributed over the terms of both sides; a type stands for its identity."""
        if isinstance(other, Ty):
            other = Diagram.id(other)
        if not isinstance(other, (Diagram, Box, Sum)):
            return NotImplemented
        other = Sum.of(other)
        signature = self.signature.join(other.signature)
        terms = [(_times(a, b), f @ g) for a, f in self.terms for b, g in other.terms]
        return Sum(terms, self.dom @ other.dom, self.cod @ other.cod, signature=signature)

    def __rmatmul__(self, other: Diagram | Box | Ty) -> Sum:
        if isinstance(other, Ty):
            other = Diagram.id(other)
        return Sum.of(other) @ self if isinstance(other, (Diagram, Box)) else NotImplemented

    def then(self, other: Diagram | Box | Sum) -> Sum:
        """Composition, also written ``>>``."""
        return self >> other

    def tensor(self, other: Diagram | Box | Ty | Sum) -> Sum:
        """Tensor, also written ``@``."""
        return self @ other

    def map(self, change: Callable[[Diagram], Diagram | Sum]) -> Sum:
        """The linear extension of an operation on diagrams.

        >>> f = Box("f", Ty("a"), Ty("a"))
        >>> print((f + 2 * f).map(lambda d: d >> d))
        f >> f + 2·(f >> f)
        """
        images = [(scalar, Sum.of(change(diagram))) for scalar, diagram in self.terms]
        if not images:
            raise CatenaryError("the image of a sum without terms: its boundary is not known, use Sum.zero")
        total: Sum = images[0][1] * images[0][0]
        terms = list(total.terms)
        signature = total.signature
        for scalar, image in images[1:]:
            signature = signature.join(image.signature)
            terms += (image * scalar).terms
        return Sum(terms, total.dom, total.cod, signature=signature)

    def dagger(self) -> Sum:
        """Each diagram upside down, each scalar conjugated."""
        made = object.__new__(Sum)
        terms = tuple((conjugate(scalar), diagram.dagger()) for scalar, diagram in self.terms)
        made._init(terms, self.cod, self.dom, self.signature)
        return made

    def _rotate(self, right: bool) -> Sum:
        terms = [(scalar, diagram.r if right else diagram.l) for scalar, diagram in self.terms]
        ends = (self.cod.r, self.dom.r) if right else (self.cod.l, self.dom.l)
        return Sum(terms, *ends, signature=self.signature)

    @property
    def l(self) -> Sum:  # noqa: E743
        """The left rotation by a half turn."""
        return self._rotate(False)

    @property
    def r(self) -> Sum:
        """The right rotation by a half turn."""
        return self._rotate(True)

    def over(self, signature: Signature) -> Sum:
        """The same sum over a larger signature."""
        return Sum(
            [(scalar, diagram.over(signature)) for scalar, diagram in self.terms],
            self.dom,
            self.cod,
            signature=signature,
        )

    def substitute(self, values: Mapping[Any, Any]) -> Sum:
        """The sum with symbols replaced, in the scalars and in the parameters of boxes, all at once.

        Args:
            values: for each symbol (or its name) a number or an expression.

        >>> import sympy
        >>> x = sympy.Symbol("x")
        >>> f = Box("f", Ty("a"), Ty("a"), [x])
        >>> print((x * f).substitute({x: Fraction(1, 2)}))
        1/2·f(π/2)
        """
        import sympy

        pairs = [
            (sympy.Symbol(key) if isinstance(key, str) else key, _sympy(value))
            for key, value in values.items()
        ]

        def change(value: Any) -> Any:
            return value if _is_number(value) else value.subs(pairs, simultaneous=True)

        def bound(box: Box) -> Box:
            from catenary.diagrams.phases import as_phase

            return box.replace(params=tuple(as_phase(change(p)) for p in box.params))

        from catenary.diagrams.nesting import map_nested

        return self._with((as_scalar(change(s)), map_nested(diagram, bound)) for s, diagram in self.terms)

    # Equality

    def collect(self) -> Sum:
        """The sum with equal diagrams in one term each, in the order of their first, and none with scalar 0.

        Raises:
            LimitReached: where the equality of two diagrams cannot be decided within its limit.

        >>> f, g = Box("f", Ty("a"), Ty("a")), Box("g", Ty("a"), Ty("a"))
        >>> print((f + g + f - g).collect())
        2·f
        """
        if self._collected is None:
            object.__setattr__(self, "_collected", self._collect(None))
        assert self._collected is not None
        made = self._with(self._collected)
        object.__setattr__(made, "_collected", self._collected)
        return made

    def _collect(self, classes: dict[int, Any] | None) -> tuple[Term, ...]:
        from catenary.diagrams.equality import LIMIT, equal_given

        buckets: dict[int, list[int]] = {}
        found: list[list[Any]] = []
        for scalar, diagram in self.terms:
            bucket = buckets.setdefault(hash(diagram), [])
            for at in bucket:
                if equal_given(found[at][1], diagram, LIMIT, classes):
                    found[at][0] = _plus(found[at][0], scalar)
                    break
            else:
                bucket.append(len(found))
                found.append([scalar, diagram])
        normal = ((normal_scalar(scalar), diagram) for scalar, diagram in found)
        return tuple((scalar, diagram) for scalar, diagram in normal if scalar != 0)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, (Sum, Diagram, Box)):
            return NotImplemented
        from catenary.diagrams.nesting import classes_of

        other = Sum.of(other)
        if hash(self) != hash(other):
            return False
        return same_sums(self, other, classes_of([self, other]))

    def __hash__(self) -> int:
        """An invariant of equality. That of a diagram, for a sum that is one."""
        if self._hash is None:
            terms = self.collect().terms
            if len(terms) == 1 and terms[0][0] == 1:
                value = hash(terms[0][1])
            else:
                # Scalars are left out: the collected ones may be equal as numbers and not as they hash.
                names = (tuple(ob.name for ob in self.dom.objects), tuple(ob.name for ob in self.cod.objects))
                value = hash((names, frozenset(hash(diagram) for _, diagram in terms)))
            object.__setattr__(self, "_hash", value)
        assert self._hash is not None
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        return (_unpickle, (self.terms, self.dom, self.cod, self.signature))

    def __repr__(self) -> str:
        from catenary.diagrams.phases import repr_phase

        rows = []
        for scalar, diagram in self.terms:
            shown = repr(scalar) if _is_number(scalar) else repr_phase(scalar)
            rows.append(f"({shown}, {diagram!r})")
        joined = structural(Doctrine.MONOIDAL)
        for _, diagram in self.terms:
            joined = joined.join(diagram.signature)
        own = "" if joined == self.signature else f", signature={self.signature!r}"
        return f"Sum([{', '.join(rows)}], {self.dom!r}, {self.cod!r}{own})"

    def __str__(self) -> str:
        text = ""
        for scalar, diagram in self.terms:
            minus = isinstance(scalar, (int, Fraction, float)) and scalar < 0
            size = -scalar if minus else scalar
            row = str(diagram)
            if size != 1:
                shown = str(size) if _is_number(size) or getattr(size, "is_Symbol", False) else f"({size})"
                row = f"{shown}·{f'({row})' if ' ' in row else row}"
            text += (" - " if minus else " + ") + row
        if not text:
            return f"0: {self.dom} → {self.cod}"
        return text[3:] if text.startswith(" + ") else f"-{text[3:]}"


def same_sums(one: Sum, other: Sum, classes: dict[int, Any] | None) -> bool:
    """Whether two sums are equal, given the classes of the diagrams that their boxes hold."""
    from catenary.diagrams.equality import LIMIT, equal_given

    doctrines = [s.signature.doctrine for s in (one, other)]
    if any(d.reduce(one.dom) != d.reduce(other.dom) for d in doctrines) or any(
        d.reduce(one.cod) != d.reduce(other.cod) for d in doctrines
    ):
        return False
    mine = one.collect().terms if classes is None else one._collect(classes)
    theirs = other.collect().terms if classes is None else other._collect(classes)
    if len(mine) != len(theirs):
        return False
    buckets: dict[int, list[Term]] = {}
    for term in theirs:
        buckets.setdefault(hash(term[1]), []).append(term)
    for scalar, diagram in mine:
        bucket = buckets.get(hash(diagram), [])
        for at, (value, candidate) in enumerate(bucket):
            if equal_given(diagram, candidate, LIMIT, classes):
                if normal_scalar(_plus(scalar, _times(-1, value))) != 0:
                    return False
                del bucket[at]
                break
        else:
            return False
    return True


def _is_number(scalar: Scalar) -> TypeGuard[int | Fraction | float | complex]:
    return isinstance(scalar, (int, Fraction, float, complex))


def _sympy(value: Any) -> Any:
    import sympy

    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    return sympy.sympify(value)


def _both(one: Scalar, other: Scalar) -> tuple[Any, Any]:
    """Two scalars that can be added: fractions as SymPy's where the other is an expression."""
    if _is_number(one) and _is_number(other):
        return one, other
    return _sympy(one), _sympy(other)


def _plus(one: Scalar, other: Scalar) -> Scalar:
    a, b = _both(one, other)
    return as_scalar(a + b)


def _times(one: Scalar, other: Scalar) -> Scalar:
    if one == 1 or other == 1:
        return other if one == 1 else one
    a, b = _both(one, other)
    return as_scalar(a * b)


def _unpickle(terms: tuple[Term, ...], dom: Ty, cod: Ty, signature: Signature) -> Sum:
    made = object.__new__(Sum)
    made._init(terms, dom, cod, signature)
    return made
