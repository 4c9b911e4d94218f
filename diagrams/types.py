"""Objects and types: the free monoid on objects with adjoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import overload

from catenary.diagrams.errors import ArityError, CatenaryError

_RAISED = {"l": "ˡ", "r": "ʳ"}
_WRITTEN_OUT = 64  # the widest concatenation that is made at once


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


class Ty:
    """A type: a finite list of objects. ``@`` concatenates; ``Ty()`` is the unit. Immutable.

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
        if not isinstance(other, Ty):
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

    def __pow__(self, times: int) -> Ty:
        if times < 0:
            raise ArityError(f"a type is repeated 0 times or more, not {times}")
        return Ty.of(self.objects * times)

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
        return f"Ty({', '.join(repr(ob if ob.z else ob.name) for ob in self.objects)})"

    def __str__(self) -> str:
        return " ".join(map(str, self.objects)) or "1"
