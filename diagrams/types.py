"""Objects and types: the free monoid on objects with adjoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import overload

from catenary.diagrams.errors import CatenaryError

_RAISED = {"l": "ˡ", "r": "ʳ"}


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

    __slots__ = ("_hash", "objects")
    objects: tuple[Ob, ...]

    def __init__(self, *objects: str | Ob):
        obs = []
        for ob in objects:
            if isinstance(ob, str):
                ob = Ob(ob)
            elif not isinstance(ob, Ob):
                raise CatenaryError(f"a type is made of names and Ob values, not {ob!r}")
            obs.append(ob)
        object.__setattr__(self, "objects", tuple(obs))
        object.__setattr__(self, "_hash", hash(self.objects))

    @classmethod
    def of(cls, objects: tuple[Ob, ...]) -> Ty:
        """The type with these objects, unchecked: for code that already holds a tuple of :class:`Ob`."""
        self = object.__new__(cls)
        object.__setattr__(self, "objects", objects)
        object.__setattr__(self, "_hash", hash(objects))
        return self

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Ty is immutable")

    def __matmul__(self, other: Ty) -> Ty:
        if not isinstance(other, Ty):
            return NotImplemented
        if not self.objects:
            return other
        return Ty.of(self.objects + other.objects) if other.objects else self

    def __pow__(self, times: int) -> Ty:
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
        return len(self.objects)

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
        return self._hash  # type: ignore[attr-defined, no-any-return]

    def __reduce__(self) -> tuple[object, ...]:
        return (Ty, self.objects)

    def __repr__(self) -> str:
        return f"Ty({', '.join(repr(ob if ob.z else ob.name) for ob in self.objects)})"

    def __str__(self) -> str:
        return " ".join(map(str, self.objects)) or "1"
