"""Objects and types: the free monoid on objects with adjoints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, overload

from catenary.diagrams.errors import ArityError, CatenaryError, LimitReached, expect_count, other_operand

_RAISED = {"l": "ˡ", "r": "ʳ"}
_WANTED = "a type (Ty); a diagram where an identity is meant"
_WRITTEN_OUT = 64  # the widest concatenation that is made at once
_PLAIN_NAME = re.compile(r"[^\W\d]\w*")
DEEPEST = 100  # exponentials within exponentials
LARGEST = 10_000  # objects within one exponential


@dataclass(frozen=True, slots=True, order=True)
class Ob:
    """A generating object: a name with an adjoint order.

    ``z`` is 0 for the object itself, 1 for its right adjoint, -1 for its left adjoint, and so on.

    >>> print(Ob("n").r, Ob("n").l.l)
    nʳ nˡˡ
    """

    name: str
    z: int = 0

    @property
    def l(self) -> Ob:  # noqa: E743
        """The left adjoint."""
        return Ob(self.name, self.z - 1)

    @property
    def r(self) -> Ob:
        """The right adjoint."""
        return Ob(self.name, self.z + 1)

    def __repr__(self) -> str:
        return f"Ob({self.name!r})" if not self.z else f"Ob({self.name!r}, {self.z})"

    def __str__(self) -> str:
        if abs(self.z) > 3:
            return f"{self.name}({self.z:+d})"
        return self.name + _RAISED["r" if self.z > 0 else "l"] * abs(self.z)


class Exponential(Ob):
    """The object of maps from ``exponent`` to ``base``, written ``base << exponent`` (*base over exponent*)
    or, with the argument on the left, ``exponent >> base`` (*exponent under base*).

    The name says the whole structure, so that exponentials compare and hash by it as other objects do.

    Args:
        base: the type of the results.
        exponent: the type of the arguments.
        left: whether the argument stands on the left.
        z: adjoint order, as for :class:`Ob`.

    Raises:
        ArityError: for the unit as exponent.
        LimitReached: for exponentials nested more than 100 deep or with more than 10,000 objects.

    >>> n, s = Ty("n"), Ty("s")
    >>> print((n >> s) << n @ n)
    ((n >> s) << n @ n)
    >>> (s << n).objects[0].base
    Ty('s')
    """

    __slots__ = ("base", "depth", "exponent", "left", "size")
    base: Ty
    exponent: Ty
    left: bool
    depth: int
    size: int

    def __init__(self, base: Ty, exponent: Ty, left: bool = False, z: int = 0):
        for ty in (base, exponent):
            if not isinstance(ty, Ty):
                raise CatenaryError(f"an exponential is made of two types, not of {ty!r}")
        if not exponent:
            raise ArityError(
                f"the exponent of an exponential is not the unit: maps from it to {base} are {base}"
            )
        inside = [ob for ob in base.objects + exponent.objects if isinstance(ob, Exponential)]
        depth = 1 + max((ob.depth for ob in inside), default=0)
        size = len(base) + len(exponent) - len(inside) + sum(ob.size for ob in inside)
        if depth > DEEPEST or size > LARGEST:
            raise LimitReached("an exponential type", f"{DEEPEST} levels, {LARGEST:,} objects")
        texts = (_written(base), _written(exponent))
        name = f"({texts[1]} >> {texts[0]})" if left else f"({texts[0]} << {texts[1]})"
        values = {"name": name, "z": z, "base": base, "exponent": exponent, "left": bool(left)}
        for key, value in (values | {"depth": depth, "size": size}).items():
            object.__setattr__(self, key, value)

    @property
    def l(self) -> Exponential:  # noqa: E743
        """The left adjoint."""
        return Exponential(self.base, self.exponent, self.left, self.z - 1)

    @property
    def r(self) -> Exponential:
        """The right adjoint."""
        return Exponential(self.base, self.exponent, self.left, self.z + 1)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("an Exponential is immutable")

    @property
    def dom(self) -> Ty:
        """What is evaluated: the exponential beside its argument."""
        own = Ty.of((self,))
        return self.exponent @ own if self.left else own @ self.exponent

    def names(self) -> frozenset[str]:
        """The names of the plain objects inside."""
        return frozenset(name for ob in self.base.objects + self.exponent.objects for name in base_names(ob))

    def __reduce__(self) -> tuple[object, ...]:
        return (Exponential, (self.base, self.exponent, self.left, self.z))

    def __repr__(self) -> str:
        extra = (", True" if self.left else "") + (f", z={self.z}" if self.z else "")
        return f"Exponential({self.base!r}, {self.exponent!r}{extra})"


def base_names(ob: Ob) -> frozenset[str]:
    """The names of the plain objects that an object is made of.

    >>> sorted(base_names((Ty("s") << Ty("n")).objects[0]))
    ['n', 's']
    """
    return ob.names() if isinstance(ob, Exponential) else frozenset((ob.name,))


def _written(ty: Ty) -> str:
    """A type as an exponential's name has it: no two types are written the same."""
    parts = []
    for ob in ty.objects:
        plain = isinstance(ob, Exponential) or _PLAIN_NAME.fullmatch(ob.name)
        turned = "" if not ob.z else f".{'r' if ob.z > 0 else 'l'}{abs(ob.z)}"
        parts.append((ob.name if plain else repr(ob.name)) + turned)
    return " @ ".join(parts) or "Ty()"


class Ty:
    """A type: a finite list of objects. ``@`` concatenates; ``Ty()`` is the unit. Immutable.

    ``a << b`` and ``a >> b`` are one-object types of closed doctrines, see :class:`Exponential`.

    Args:
        objects: names or :class:`Ob` values.

    >>> n, s = Ty("n"), Ty("s")
    >>> print(n.r @ s @ n.l)
    nʳ s nˡ
    >>> (n @ s).r == s.r @ n.r
    True
    """

    __slots__ = ("_hash", "_length", "_parts", "objects")
    objects: tuple[Ob, ...]
    _hash: int | None
    _length: int
    _parts: tuple[Ty, Ty] | None

    def __init__(self, *objects: str | Ob):
        obs = []
        for ob in objects:
            if isinstance(ob, str):
                ob = Ob(ob)
            elif not isinstance(ob, Ob):
                raise CatenaryError(f"a type is made of names and Ob values, not {ob!r}")
            obs.append(ob)
        self._init(tuple(obs))

    @classmethod
    def of(cls, objects: tuple[Ob, ...]) -> Ty:
        """The type with these objects, unchecked: for code that already holds a tuple of :class:`Ob`."""
        self = object.__new__(cls)
        self._init(objects)
        return self

    def _init(self, objects: tuple[Ob, ...]) -> None:
        set_ = object.__setattr__
        set_(self, "objects", objects)
        set_(self, "_length", len(objects))
        set_(self, "_parts", None)
        set_(self, "_hash", None)

    def __getattr__(self, name: str) -> tuple[Ob, ...]:
        # Asked for once, by the first reader of a wide tensor's objects: see __matmul__.
        if name != "objects":
            raise AttributeError(f"a Ty has no attribute {name!r}")
        objects: list[Ob] = []
        stack = [self]
        while stack:
            ty = stack.pop()
            if ty._parts is None:
                objects.extend(ty.objects)
            else:
                stack.extend(reversed(ty._parts))
        object.__setattr__(self, "objects", tuple(objects))
        object.__setattr__(self, "_parts", None)
        return self.objects

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Ty is immutable")

    def __matmul__(self, other: Ty) -> Ty:
        wrong: Any = None if isinstance(other, Ty) else other_operand("@", _WANTED, other)
        if wrong is NotImplemented:
            return NotImplemented
        if not self._length or not other._length:
            return other if other._length else self
        length = self._length + other._length
        if length <= _WRITTEN_OUT:
            return Ty.of(self.objects + other.objects)
        # Two halves until someone reads it: n tensors in a row would otherwise hold n²/2 objects.
        ty = object.__new__(Ty)
        object.__setattr__(ty, "_length", length)
        object.__setattr__(ty, "_parts", (self, other))
        object.__setattr__(ty, "_hash", None)
        return ty

    def __lshift__(self, exponent: Ty) -> Ty:
        """``self`` over ``exponent``: maps that take their argument on the right."""
        wrong: Any = None if isinstance(exponent, Ty) else other_operand("<<", _WANTED, exponent)
        if wrong is NotImplemented:
            return NotImplemented
        return Ty.of((Exponential(self, exponent),))

    def __rshift__(self, base: Ty) -> Ty:
        """``self`` under ``base``: maps to ``base`` that take their argument on the left."""
        wrong: Any = None if isinstance(base, Ty) else other_operand(">>", _WANTED, base)
        if wrong is NotImplemented:
            return NotImplemented
        return Ty.of((Exponential(base, self, True),))

    def __pow__(self, times: int) -> Ty:
        return Ty.of(self.objects * expect_count(times, "how often a type is repeated"))

    @property
    def l(self) -> Ty:  # noqa: E743
        """The left adjoint: reversed, each object's left adjoint."""
        return Ty.of(tuple(ob.l for ob in reversed(self.objects)))

    @property
    def r(self) -> Ty:
        """The right adjoint: reversed, each object's right adjoint."""
        return Ty.of(tuple(ob.r for ob in reversed(self.objects)))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Ty]:
        return (Ty.of((ob,)) for ob in self.objects)

    @overload
    def __getitem__(self, key: int) -> Ty: ...
    @overload
    def __getitem__(self, key: slice) -> Ty: ...
    def __getitem__(self, key: int | slice) -> Ty:
        return Ty.of(self.objects[key] if isinstance(key, slice) else (self.objects[key],))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ty) and self.objects == other.objects

    def __hash__(self) -> int:
        if self._hash is None:
            object.__setattr__(self, "_hash", hash(self.objects))
        assert self._hash is not None
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        return (Ty, self.objects)

    def __repr__(self) -> str:
        if len(self.objects) == 1 and isinstance(ob := self.objects[0], Exponential) and not ob.z:
            left, right = (ob.exponent, ob.base) if ob.left else (ob.base, ob.exponent)
            return f"({left!r} {'>>' if ob.left else '<<'} {right!r})"
        plain = [ob if ob.z or isinstance(ob, Exponential) else ob.name for ob in self.objects]
        return f"Ty({', '.join(map(repr, plain))})"

    def __str__(self) -> str:
        return " ".join(map(str, self.objects)) or "1"
