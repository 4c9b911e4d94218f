"""Doctrines and signatures: which operations a diagram may use, and which generators."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from catenary.diagrams.errors import (
    ArgumentError,
    DoctrineError,
    SignatureError,
    UnknownGenerator,
    expect,
    expect_iterable,
)
from catenary.diagrams.types import Ob, Ty, base_names

if TYPE_CHECKING:
    from catenary.diagrams.boxes import Box


class Doctrine(enum.Enum):
    """The kind of monoidal category a signature presents (Selinger, arXiv 0908.3347).

    >>> Doctrine.SYMMETRIC.has("swap"), Doctrine.SYMMETRIC.has("cup")
    (True, False)
    >>> Doctrine.RIGID.join(Doctrine.SYMMETRIC)
    Doctrine.COMPACT
    """

    MONOIDAL = "monoidal"
    RIGID = "rigid"
    PIVOTAL = "pivotal"
    BRAIDED = "braided"
    RIBBON = "ribbon"
    SYMMETRIC = "symmetric"
    TRACED = "traced"
    COMPACT = "compact"
    HYPERGRAPH = "hypergraph"
    MARKOV = "markov"
    CARTESIAN = "cartesian"
    BICLOSED = "biclosed"
    CLOSED = "closed"
    CARTESIAN_CLOSED = "cartesian_closed"

    def __repr__(self) -> str:
        return f"Doctrine.{self.name}"

    @property
    def operations(self) -> frozenset[str]:
        """The structural operations of the doctrine, those of the doctrines below it included."""
        return _OPERATIONS[self]

    def has(self, operation: str) -> bool:
        """Whether the doctrine has a structural operation, by name."""
        return operation in _OPERATIONS[self]

    def require(self, operation: str) -> None:
        """Raise :class:`DoctrineError`, naming the doctrines that have the operation, unless this one has
        it.
        """
        if operation not in _OPERATIONS[self]:
            raise DoctrineError(operation, self.value, [d.value for d in Doctrine if d.has(operation)])

    @property
    def planar(self) -> bool:
        """Whether wires may not cross."""
        return self in (Doctrine.MONOIDAL, Doctrine.RIGID, Doctrine.PIVOTAL, Doctrine.BICLOSED)

    @property
    def drawn(self) -> bool:
        """Whether ``==`` compares planar drawings: the planar doctrines, and those whose wires cross over
        and under.
        """
        return self.planar or self in (Doctrine.BRAIDED, Doctrine.RIBBON)

    def __le__(self, other: Doctrine) -> bool:
        if not isinstance(other, Doctrine):
            return NotImplemented
        return self in _BELOW[other]

    def __ge__(self, other: Doctrine) -> bool:
        return other <= self

    def join(self, other: Doctrine) -> Doctrine:
        """The least doctrine above both.

        Raises:
            SignatureError: if there is none.
        """
        expect(other, Doctrine, "what a doctrine is joined with", "a Doctrine")
        above = [d for d in Doctrine if self <= d and other <= d]
        for d in above:
            if all(d <= e for e in above):
                return d
        raise SignatureError(f"no doctrine includes both {self.value} and {other.value}")

    def reduce(self, ty: Ty) -> Ty:
        """The type with its adjoints identified as the doctrine says.

        None for rigid, modulo 2 for pivotal and ribbon, all for compact closed (self-dual) and hypergraph. Doctrines
        without adjoints keep the type as it is.
        """
        if self in (Doctrine.COMPACT, Doctrine.HYPERGRAPH):
            if any(ob.z for ob in ty.objects):
                return Ty.of(tuple(Ob(ob.name) for ob in ty.objects))
        elif self in (Doctrine.PIVOTAL, Doctrine.RIBBON) and any(ob.z not in (0, 1) for ob in ty.objects):
            return Ty.of(tuple(Ob(ob.name, ob.z % 2) for ob in ty.objects))
        return ty


_DIRECTLY_BELOW: dict[Doctrine, tuple[Doctrine, ...]] = {
    Doctrine.MONOIDAL: (),
    Doctrine.RIGID: (Doctrine.MONOIDAL,),
    Doctrine.PIVOTAL: (Doctrine.RIGID,),
    Doctrine.BRAIDED: (Doctrine.MONOIDAL,),
    Doctrine.RIBBON: (Doctrine.BRAIDED, Doctrine.PIVOTAL),
    Doctrine.SYMMETRIC: (Doctrine.BRAIDED,),
    Doctrine.TRACED: (Doctrine.SYMMETRIC,),
    Doctrine.COMPACT: (Doctrine.TRACED, Doctrine.RIBBON),
    Doctrine.HYPERGRAPH: (Doctrine.COMPACT,),
    Doctrine.MARKOV: (Doctrine.SYMMETRIC,),
    Doctrine.CARTESIAN: (Doctrine.MARKOV,),
    Doctrine.BICLOSED: (Doctrine.MONOIDAL,),
    Doctrine.CLOSED: (Doctrine.BICLOSED, Doctrine.SYMMETRIC),
    Doctrine.CARTESIAN_CLOSED: (Doctrine.CLOSED, Doctrine.CARTESIAN),
}
_OWN: dict[Doctrine, tuple[str, ...]] = {
    Doctrine.RIGID: ("cup", "cap"),
    Doctrine.BRAIDED: ("braid",),
    Doctrine.RIBBON: ("twist",),
    Doctrine.SYMMETRIC: ("swap",),
    Doctrine.TRACED: ("trace",),
    Doctrine.HYPERGRAPH: ("spider", "copy", "discard"),
    Doctrine.MARKOV: ("copy", "discard"),
    Doctrine.BICLOSED: ("curry", "eval"),
}
_BELOW: dict[Doctrine, frozenset[Doctrine]] = {}
_OPERATIONS: dict[Doctrine, frozenset[str]] = {}
for _doctrine, _lower in _DIRECTLY_BELOW.items():
    _BELOW[_doctrine] = frozenset({_doctrine}).union(*(_BELOW[d] for d in _lower))
    _OPERATIONS[_doctrine] = frozenset(op for d in _BELOW[_doctrine] for op in _OWN.get(d, ()))


class Signature:
    """A named set of objects and generators with a doctrine. Immutable and compared by value.

    Args:
        name: what the signature is called.
        doctrine: which structural operations and laws its diagrams have.
        objects: names of the objects; ``None`` accepts every name.
        generators: the boxes; ``None`` accepts every box, a *free* signature. A generator whose box has
            parameters stands for its whole family.
        spiders: the Frobenius structures that its spiders may have besides the doctrine's own, by name, and
            whether they carry phases (``""`` is the doctrine's own); ``None`` accepts all.

    >>> from catenary.diagrams import Box, Spider, Ty
    >>> a = Ty("a")
    >>> monoid = Signature("monoid", Doctrine.SYMMETRIC, ["a"], [Box("m", a @ a, a), Box("u", Ty(), a)])
    >>> monoid["m"].dom
    Ty('a', 'a')
    >>> zx = Signature("zx", Doctrine.HYPERGRAPH, ["q"], [Box("h", Ty("q"), Ty("q"))], {"Z": True, "X": True})
    >>> print(zx["h"] >> Spider(1, 1, Ty("q"), phase=1, structure="X"))
    h >> spider[X](π)
    >>> zx["h"] >> Spider(1, 2, Ty("q"), structure="W")
    Traceback (most recent call last):
      ...
    catenary.diagrams.errors.SignatureError: signature zx has no spiders of the structure 'W'; it has 'X' and 'Z' with phases
    """

    __slots__ = ("_hash", "doctrine", "generators", "name", "objects", "spiders")
    name: str
    doctrine: Doctrine
    objects: frozenset[str] | None
    generators: Mapping[str, Box] | None
    spiders: Mapping[str, bool] | None

    def __init__(
        self,
        name: str,
        doctrine: Doctrine = Doctrine.SYMMETRIC,
        objects: Iterable[str] | None = None,
        generators: Iterable[Box] | None = None,
        spiders: Mapping[str, bool] | None = None,
    ):
        from catenary.diagrams.boxes import declare

        if isinstance(objects, str):
            raise SignatureError(f"signature {name}: objects is a list of names, [{objects!r}]")
        expect(name, str, "the name of a signature", "text")
        expect(doctrine, Doctrine, f"the doctrine of signature {name}", "a Doctrine")
        if objects is not None:
            objects = list(expect_iterable(objects, f"objects of signature {name}", "a list of names"))
            for own in objects:
                expect(own, str, f"an object of signature {name}", "its name, text")
        if generators is not None:
            generators = list(
                expect_iterable(generators, f"generators of signature {name}", "a list of boxes")
            )
        if spiders is not None:
            expect(
                spiders, Mapping, f"spiders of signature {name}", "a mapping from structures to truth values"
            )
            if not all(isinstance(key, str) and isinstance(value, bool) for key, value in spiders.items()):
                raise SignatureError(f"signature {name}: spiders maps names of structures to True or False")
            if spiders and not doctrine.has("spider"):
                doctrine.require("spider")
        set_ = object.__setattr__
        set_(self, "spiders", None if spiders is None else MappingProxyType(dict(spiders)))
        set_(self, "name", name)
        set_(self, "doctrine", doctrine)
        set_(self, "objects", None if objects is None else frozenset(objects))
        table: dict[str, Box] | None = None
        if generators is not None:
            table = {}
            for box in generators:
                if not hasattr(box, "is_structural"):
                    raise ArgumentError(f"a generator of signature {name}", "a Box", box)
                if box.is_structural:
                    raise SignatureError(
                        f"signature {name}: a {box.kind} comes with the doctrine, it is not declared"
                    )
                if box.name in table:
                    raise SignatureError(f"signature {name} declares generator {box.name!r} twice")
                for ob in box.dom.objects + box.cod.objects:
                    _check_object(ob, self.objects, name)
                table[box.name] = box
        set_(self, "generators", None if table is None else MappingProxyType(table))
        shape = (
            None
            if table is None
            else frozenset((b.name, b.dom, b.cod, len(b.params)) for b in table.values())
        )
        set_(self, "_hash", hash((name, doctrine, self.objects, shape, self._spider_items())))
        if table is not None:
            for key, box in table.items():
                table[key] = declare(box, self)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Signature is immutable")

    def __getitem__(self, name: str) -> Box:
        if self.generators is None:
            raise SignatureError(f"signature {self.name} is free: it takes any Box and holds none by name")
        expect(name, str, f"what is looked up in signature {self.name}", "the name of a generator")
        if name not in self.generators:
            raise UnknownGenerator(name, self.generators, f"signature {self.name}")
        return self.generators[name]

    def declare(self, box: Box) -> Box:
        """The same box as a member of this signature.

        Families of generators may vary in arity and parameters, so only the objects are checked.

        Raises:
            UnknownGenerator: for an object that the signature does not have, and for any generator if it has
                none.
        """
        from catenary.diagrams.boxes import declare

        if not hasattr(box, "is_structural"):
            raise ArgumentError(f"what signature {self.name} declares", "a Box", box)
        if self.generators is not None and not self.generators and not box.is_structural:
            raise UnknownGenerator(box.name, (), f"signature {self.name}")
        if self.objects is not None:
            for ob in box.dom.objects + box.cod.objects:
                _check_object(ob, self.objects, self.name)
        return declare(box, self)

    def _shape(self) -> frozenset[tuple[object, ...]] | None:
        if self.generators is None:
            return None
        return frozenset((b.name, b.dom, b.cod, len(b.params)) for b in self.generators.values())

    def _spider_items(self) -> frozenset[tuple[str, bool]] | None:
        return None if self.spiders is None else frozenset(self.spiders.items())

    def lacks(self, other: Signature) -> str:
        """Which spiders of another signature this one does not have, in words; empty where it has all."""
        if self.spiders is None or not other.doctrine.has("spider"):
            return ""
        if other.spiders is None:
            return "spiders of every structure"
        for structure, phased in sorted(other.spiders.items()):
            if structure not in self.spiders and (structure or phased):
                return f"spiders of the structure {structure!r}" if structure else "spiders with phases"
            if phased and not self.spiders.get(structure):
                return (
                    f"spiders of the structure {structure!r} with phases"
                    if structure
                    else "spiders with phases"
                )
        return ""

    def _has_spiders(self) -> str:
        spiders = self.spiders or {}
        rows = [
            " and ".join(repr(n) for n in sorted(spiders) if n and spiders[n] is phased)
            for phased in (False, True)
        ]
        found = [text for text in (rows[0], rows[1] and f"{rows[1]} with phases") if text]
        return f"it has {', '.join(found)}" if found else "it has those of its doctrine alone"

    def includes(self, other: Signature) -> bool:
        """Whether every diagram over ``other`` is one over this signature."""
        if self is other:
            return True
        expect(other, Signature, "what a signature may include", "a Signature")
        if not other.doctrine <= self.doctrine and not (
            # Copy and discard alone, without generators that they would have to be natural for, are a
            # comonoid.
            other.generators == {}
            and other.doctrine is Doctrine.MARKOV
            and self.doctrine is Doctrine.HYPERGRAPH
        ):
            return False
        if self.lacks(other):
            return False
        if other.generators is None:
            known = self.objects is None or (other.objects is not None and other.objects <= self.objects)
            return self.generators is None and known
        if self.objects is not None and not (
            other.generators == {} or (other.objects is not None and other.objects <= self.objects)
        ):
            return False
        if self.generators is None:
            return True
        mine, theirs = self._shape(), other._shape()
        assert mine is not None
        assert theirs is not None
        return theirs <= mine

    def join(self, other: Signature) -> Signature:
        """The signature of a diagram made of one over each.

        Raises:
            SignatureError: unless one includes the other or both are free.
        """
        if self is other or self.includes(other):
            return self
        if other.includes(self):
            return other
        if (self.generators is None and not other.generators) or (
            other.generators is None and not self.generators
        ):
            return free(_common(self, other))
        if self.generators == {} and other.generators == {}:
            return structural(_common(self, other), _union(self.spiders or {}, other.spiders or {}))
        if not self.generators or not other.generators:
            small, large = (self, other) if not self.generators else (other, self)
            if small.doctrine <= large.doctrine and large.lacks(small):
                raise SignatureError(
                    f"signature {large.name} has no {large.lacks(small)}; {large._has_spiders()}"
                )
            if not small.doctrine <= large.doctrine:
                operations = sorted(small.doctrine.operations - large.doctrine.operations) or ["structure"]
                needed = [d.value for d in Doctrine if small.doctrine <= d]
                raise DoctrineError(
                    f"{' or '.join(operations)}", f"{large.doctrine.value} ({large.name})", needed
                )
        raise SignatureError(
            f"signatures {self.name} and {other.name} cannot be combined: neither includes the other; "
            f"declare one signature with both sets of generators, or map one into the other with a Functor"
        )

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Signature)
            and self._hash == other._hash  # type: ignore[attr-defined]
            and (self.name, self.doctrine, self.objects) == (other.name, other.doctrine, other.objects)
            and self._shape() == other._shape()
            and self._spider_items() == other._spider_items()
        )

    def __hash__(self) -> int:
        return self._hash  # type: ignore[attr-defined, no-any-return]

    def __reduce__(self) -> tuple[object, ...]:
        if self.generators is None and self is free(self.doctrine):
            return (free, (self.doctrine,))
        spiders = None if self.spiders is None else dict(sorted(self.spiders.items()))
        if self.is_only_structure:
            return (structural, (self.doctrine, spiders) if spiders else (self.doctrine,))
        plain = None if self.generators is None else [box.plain() for box in self.generators.values()]
        return (Signature, (self.name, self.doctrine, self.objects, plain, spiders))

    @property
    def is_only_structure(self) -> bool:
        """Whether this is what :func:`structural` gives: no generators, and the spiders that are used."""
        return self.generators == {} and self == structural(self.doctrine, self.spiders or {})

    def __repr__(self) -> str:
        if self.generators is None and self is free(self.doctrine):
            return f"free({self.doctrine})"
        spiders = "" if self.spiders is None else f", {dict(sorted(self.spiders.items()))!r}"
        if self.is_only_structure:
            return f"structural({self.doctrine}{spiders if self.spiders else ''})"
        objects = None if self.objects is None else sorted(self.objects)
        plain = None if self.generators is None else [box.plain() for box in self.generators.values()]
        return f"Signature({self.name!r}, {self.doctrine}, {objects!r}, {plain!r}{spiders})"


def _check_object(ob: Ob, objects: frozenset[str] | None, name: str) -> None:
    """An exponential is an object where those that it is made of are."""
    if objects is not None:
        for missing in sorted(base_names(ob) - objects):
            raise UnknownGenerator(missing, objects, f"signature {name} (objects)")


def _common(one: Signature, other: Signature) -> Doctrine:
    """The doctrine of a join: copies and discards alone are at home in hypergraph doctrines too."""
    for a, b in ((one, other), (other, one)):
        if a.generators == {} and a.doctrine is Doctrine.MARKOV and b.doctrine.has("trace"):
            return b.doctrine.join(Doctrine.HYPERGRAPH)
    return one.doctrine.join(other.doctrine)


def _union(one: Mapping[str, bool], other: Mapping[str, bool]) -> dict[str, bool]:
    return {name: one.get(name, False) or other.get(name, False) for name in {*one, *other}}


_NO_SPIDERS: Mapping[str, bool] = MappingProxyType({})
_FREE: dict[Doctrine, Signature] = {}
_STRUCTURAL: dict[tuple[Doctrine, frozenset[tuple[str, bool]]], Signature] = {}


def free(doctrine: Doctrine = Doctrine.SYMMETRIC) -> Signature:
    """The free signature of a doctrine: it takes any :class:`~catenary.diagrams.Box`. One value for each
    doctrine.

    >>> free() is free(Doctrine.SYMMETRIC)
    True
    """
    expect(doctrine, Doctrine, "what free takes", "a Doctrine, as in free(Doctrine.COMPACT)")
    if doctrine not in _FREE:
        _FREE[doctrine] = Signature(f"free {doctrine.value}", doctrine)
    return _FREE[doctrine]


def structural(doctrine: Doctrine, spiders: Mapping[str, bool] = _NO_SPIDERS) -> Signature:
    """The signature without generators: swaps, cups, spiders alone, on any objects.

    It is included in every signature whose doctrine is at least as strong, so structural boxes combine with
    any diagram.

    Args:
        doctrine: the doctrine.
        spiders: named or phased spiders that occur; a signature that includes this one must have them.
    """
    expect(doctrine, Doctrine, "what structural takes", "a Doctrine")
    key = (doctrine, frozenset(spiders.items()))
    if key not in _STRUCTURAL:
        _STRUCTURAL[key] = Signature(f"structural {doctrine.value}", doctrine, None, (), spiders)
    return _STRUCTURAL[key]
