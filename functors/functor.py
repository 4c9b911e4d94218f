"""Functors out of free categories: given on objects and generators, extended to all diagrams.

>>> from catenary.diagrams import Box, Ty
>>> from catenary.functors.targets import Diagrams
>>> a, b = Ty("a"), Ty("b")
>>> f, g = Box("f", a, a), Box("g", b @ b, b @ b)
>>> double = Functor(ob={"a": b @ b}, ar={f: g}, target=Diagrams())
>>> print(double(f @ f))
g @ b b >> b b @ g
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from catenary.diagrams import (
    Box,
    CatenaryError,
    Diagram,
    Doctrine,
    Exponential,
    Ob,
    Signature,
    Sum,
    Ty,
    UnknownGenerator,
)
from catenary.diagrams.boxes import BUBBLE, CAP, COPY, CUP, DISCARD, GENERATOR, HELD, SPIDER, SWAP
from catenary.diagrams.errors import ArgumentError
from catenary.diagrams.nesting import HOLDING, holding, insides
from catenary.functors import structure
from catenary.functors.category import Category, ImageError, TargetError, operation

O = TypeVar("O")  # noqa: E741 objects
M = TypeVar("M")  # morphisms

_CACHE_LIMIT = 100_000


@dataclass(frozen=True)
class Family:
    """The images of a family of generators: ``rule`` is called with the box, whose ``params`` and boundary it
    may use.

    >>> Family(lambda box: 2 * box.params[0]).rule(Box("rz", Ty("q"), Ty("q"), [3]))
    Fraction(6, 1)
    """

    rule: Callable[[Box], Any]


class Functor(Generic[O, M]):
    """A strict monoidal functor from the free category on a signature. Immutable.

    Args:
        ob: the image of each object: a mapping from its name (or :class:`Ob`, or one-wire :class:`Ty`), or a
            function of the :class:`Ob`. Only plain objects need one: F(n.l) is the left adjoint of F(n).
        ar: the image of each generator: a mapping from the :class:`Box` or its name to the image or to a
            :class:`Family`, or a function of the box. Daggers and rotations need none: they map to the dagger
            and rotation of the image.
        target: the category of the images (:class:`~catenary.functors.category.Category`).
        source: the signature that the functor is defined on, if given: every generator must then have an
            image.
        bubble: for bubbles by name ("" for those without one) a function from the image of the inside to the
            image of the bubble, or a functor, which is then applied to the inside; a function of the name and
            the image for all. The target's ``bubble`` method where there is none.

    Images in a table are checked when the functor is built, as far as their generator's boundary is known;
    others when they are first used.

    Raises:
        ImageError: for an image with the wrong boundary.
        UnknownGenerator: for an object or generator without an image, naming it and its place in the diagram.
        TargetError: for structure (a cup, a spider, a dagger, a sum …) that the target lacks.
    """

    def __init__(
        self,
        ob: Mapping[Any, Any] | Callable[[Ob], Any],
        ar: Mapping[Any, Any] | Callable[[Box], Any],
        target: Category[O, M],
        *,
        source: Signature | None = None,
        bubble: Mapping[str, Any] | Callable[[str, M], Any] | None = None,
    ):
        for table, what in ((ob, "the objects of a functor"), (ar, "the generators of a functor")):
            if not isinstance(table, Mapping) and not callable(table):
                raise ArgumentError(what, "a mapping or a function", table)
        if not callable(getattr(target, "then", None)):
            raise ArgumentError(
                "the target of a functor", "a category, with methods id, then and tensor", target
            )
        self.target = target
        self.source = source
        self._bubble = bubble
        self._parts: tuple[Functor[Any, Any], Functor[Any, Any]] | None = None
        self._read: Callable[..., M] | None = getattr(target, "read", None)
        self._ob_rule: Callable[[Ob], Any] | None = None
        self._ob_table: dict[str, Any] = {}
        if isinstance(ob, Mapping):
            for key, value in ob.items():
                self._ob_table[_object_name(key)] = value
        else:
            self._ob_rule = ob
        self._ar_rule: Callable[[Box], Any] | None = None
        self._boxes: dict[Box, Any] = {}
        self._names: dict[str, Any] = {}
        if isinstance(ar, Mapping):
            for key, value in ar.items():
                if isinstance(key, Diagram) and len(key) == 1:
                    key = key.boxes[0]
                if isinstance(key, Box):
                    if _base(key)[1:] != (0, False):
                        raise CatenaryError(f"give the image of the generator itself, not of {key}")
                    if isinstance(value, Family):
                        self._names[key.name] = value
                    else:
                        self._boxes[key] = value
                elif isinstance(key, str):
                    self._names[key] = value
                else:
                    raise CatenaryError(f"a functor's table maps boxes or their names, not {key!r}")
        else:
            self._ar_rule = ar
        self._obs: dict[Ob, O] = {}
        self._images: dict[Box, M] = {}
        self._elsewhere: dict[Any, Functor[Any, Any]] = {}
        self._check_table()

    def _check_table(self) -> None:
        for box in self._boxes:
            self.image(box)
        if self.source is None or self.source.generators is None:
            return
        for name, box in self.source.generators.items():
            listed = self._ar_rule is not None or name in self._names or box in self._boxes
            if not listed and not any(other.name == name for other in self._boxes):
                raise UnknownGenerator(name, self._known(), f"the functor on {self.source.name}")
            if name in self._names and not isinstance(self._names[name], Family):
                self.image(box)
        for name in self._names:
            if name not in self.source.generators:
                raise UnknownGenerator(name, self.source.generators, f"signature {self.source.name}")

    def _known(self) -> list[str]:
        return [*self._names, *(box.name for box in self._boxes)]

    # Objects

    def ob(self, ob: Ob) -> O:
        """The image of one object."""
        found = self._obs.get(ob)
        if found is None:
            if self._parts is not None:
                # Structure is mapped in two steps: between them it may be made of other structure.
                found = cast(O, self._parts[1].on_type(self._parts[0].ob(ob)))
            elif ob.z:
                turn = 1 if ob.z > 0 else -1
                adjoint = operation(self.target, "adjoint", f" for {ob}")
                plain = Ob(ob.name)
                if isinstance(ob, Exponential):
                    plain = Exponential(ob.base, ob.exponent, ob.left)
                found = self.ob(plain)
                for _ in range(abs(ob.z)):
                    found = adjoint(found, turn)
            elif isinstance(ob, Exponential):
                base, exponent = self.on_type(ob.base), self.on_type(ob.exponent)
                found = cast(O, structure.exponential(self.target, base, exponent, ob.left))
            elif self._ob_rule is not None:
                found = self._object(self._ob_rule(ob))
            elif ob.name in self._ob_table:
                found = self._object(self._ob_table[ob.name])
            else:
                raise UnknownGenerator(ob.name, self._ob_table, "the functor's table of objects")
            self._obs[ob] = found
        return found

    def _object(self, value: Any) -> O:
        read = getattr(self.target, "read_object", None)
        return cast(O, value if read is None else read(value))

    def on_type(self, ty: Ty) -> O:
        """The image of a type: the product of the images of its objects."""
        return self.target.product([self.ob(ob) for ob in ty.objects])

    # Generators

    def image(self, box: Box, place: int | None = None) -> M:
        """The image of a generator, or of a box that holds a diagram, of its dagger or of its rotation,
        checked and kept.

        Args:
            box: the box.
            place: where it occurs in a diagram, for the error message.
        """
        found = self._images.get(box)
        if found is None:
            where = "" if place is None else f" (box {place} of the diagram)"
            base, turns, dagger = _base(box)
            if turns or dagger:
                found = self.image(base, place)
                turned, turn = base, 1 if turns > 0 else -1
                for _ in range(abs(turns)):
                    turned = turned.r if turn > 0 else turned.l
                    found = self._rotate(found, turned, turn)
                if dagger:
                    found = cast(M, operation(self.target, "dagger", f" for {box}{where}")(found))
            elif box.kind == GENERATOR:
                found = self._look_up(box, where)
            else:
                found = self.structural(box, place)
            if len(self._images) >= _CACHE_LIMIT:
                self._images.clear()
            self._images[box] = found
        return found

    def keep(self, box: Box, image: Any) -> None:
        """Take a value as the image of a box, for targets that make some images in another way. Checked."""
        self._images[box] = self._checked(image, box, "")

    def _look_up(self, box: Box, where: str) -> M:
        if self._ar_rule is not None:
            image = self._ar_rule(box)
            if image is None:
                raise UnknownGenerator(box.name, self._known(), f"the functor's rule for generators{where}")
        elif box in self._boxes:
            image = self._boxes[box]
        elif box.name in self._names:
            image = self._names[box.name]
        else:
            raise UnknownGenerator(box.name, self._known(), f"the functor's table{where}")
        if isinstance(image, Family):
            image = image.rule(box)
        return self._checked(image, box, where)

    def _checked(self, image: Any, box: Box, where: str) -> M:
        """An image as the target reads it, its boundary checked."""
        dom, cod = self.on_type(box.dom), self.on_type(box.cod)
        if self._read is not None:
            image = self._read(image, dom, cod, f"{box}{where}")
        for side, got, wanted in (
            ("domain", self.target.dom(image), dom),
            ("codomain", self.target.cod(image), cod),
        ):
            if got != wanted:
                raise ImageError(str(box), side, _wires(got), _wires(wanted), where)
        return cast(M, image)

    def _rotate(self, f: M, turned: Box, turn: int) -> M:
        rotate = getattr(self.target, "rotate", None)
        if rotate is not None:
            doctrine = turned.signature.doctrine
            onto = [[self.ob(ob) for ob in doctrine.reduce(ty).objects] for ty in (turned.dom, turned.cod)]
            self_dual = doctrine in (Doctrine.COMPACT, Doctrine.HYPERGRAPH)
            return cast(M, rotate(f, turn, *onto, self_dual))
        target = self.target
        place = f" for {turned}"
        cup, cap = operation(target, "cup", place), operation(target, "cap", place)
        adjoint = operation(target, "adjoint", place)
        dom, cod = target.dom(f), target.cod(f)
        dom_t, cod_t = adjoint(dom, turn), adjoint(cod, turn)
        if turn > 0:
            first = target.tensor(cap(dom_t, dom), target.id(cod_t))
            middle = target.tensor(target.tensor(target.id(dom_t), f), target.id(cod_t))
            last = target.tensor(target.id(dom_t), cup(cod, cod_t))
        else:
            first = target.tensor(target.id(cod_t), cap(dom, dom_t))
            middle = target.tensor(target.tensor(target.id(cod_t), f), target.id(dom_t))
            last = target.tensor(cup(cod_t, cod), target.id(dom_t))
        return target.then(target.then(first, middle), last)

    def structural(self, box: Box, place: int | None = None) -> M:
        """The image of a structural box, neither dagger nor rotated: the same structure of the target."""
        if self._parts is not None:
            return cast(M, self._parts[1](self._parts[0].structural(box, place)))
        where = f" ({box})" if place is None else f" (box {place} of the diagram: {box})"
        if box.kind == SWAP:
            (split,) = box.data
            return cast(
                M,
                operation(self.target, "swap", where)(
                    self.on_type(box.dom[:split]), self.on_type(box.dom[split:])
                ),
            )
        if box.kind in (CUP, CAP):
            return self._bent(box, where)
        if box.kind == SPIDER:
            return cast(M, structure.spider(self, box, where))
        if box.kind in (COPY, DISCARD):
            return cast(M, operation(self.target, box.kind, where)(self.on_type(box.dom)))
        if box.kind == BUBBLE:
            return self._checked(self._in_bubble(box, where), box, where)
        image = structure.IMAGES.get(box.kind)
        if image is None:
            raise TargetError(box.kind, self.target, where)
        return cast(M, image(self, box, where))

    def _in_bubble(self, box: Box, where: str) -> Any:
        """The image of a bubble, unchecked."""
        (held,) = box.data
        name = box.name if box.name != BUBBLE else ""
        rule = self._bubble
        if isinstance(rule, Mapping):
            rule = rule.get(name)
            if isinstance(rule, Functor):
                return rule(held)
            if rule is not None:
                return rule(self(held))
        elif rule is not None:
            return rule(name, self(held))
        if getattr(self.target, "bubble", None) is None:
            known = list(self._bubble) if isinstance(self._bubble, Mapping) else []
            if known and name:
                raise UnknownGenerator(name, known, f"the functor's table of bubbles{where}")
            raise TargetError("bubble", self.target, f"{where}: give its image by Functor(…, bubble=…)")
        image = operation(self.target, "bubble")
        return image(name, self(held), self.on_type(box.dom), self.on_type(box.cod))

    def _bent(self, box: Box, where: str) -> M:
        """The image of a cup or cap, nested from those of single objects."""
        target = self.target
        ty = box.dom if box.kind == CUP else box.cod
        half = len(ty) // 2
        result: M | None = None
        for k in reversed(range(half)) if box.kind == CUP else range(half):
            left, right = ty.objects[k], ty.objects[len(ty) - 1 - k]
            own = getattr(target, f"self_{box.kind}", None) if left == right else None
            if own is not None:
                bent = own(self.ob(left))
            else:
                bent = operation(target, box.kind, where)(self.ob(left), self.ob(right))
            if k:
                bent = target.tensor(target.id(self.on_type(ty[:k])), bent)
                bent = target.tensor(bent, target.id(self.on_type(ty[len(ty) - k :])))
            result = bent if result is None else target.then(result, bent)
        return target.id(target.product(())) if result is None else result

    def on_box(self, box: Box, place: int | None = None) -> M:
        """The image of any box, structural or not."""
        kept = box.kind == GENERATOR or box.kind in HELD or box.kind in HOLDING
        return self.image(box, place) if kept else self.structural(box, place)

    # Diagrams

    def __call__(self, diagram: Diagram | Box | Sum) -> M:
        """The image of a diagram, or of a sum term by term.

        Targets that take diagrams whole (``of_diagram``) are handed the diagram; the others get it layer by
        layer. What boxes hold is mapped first, innermost first, and each image kept.
        """
        if isinstance(diagram, Box):
            diagram = diagram.diagram
        if isinstance(diagram, Sum):
            return cast(M, structure.of_sum(self, diagram))
        if not isinstance(diagram, Diagram):
            raise CatenaryError(f"a functor is applied to a diagram or a box, not to {diagram!r}")
        self._map_insides(diagram)
        if self.source is not None and not self.source.includes(diagram.signature):
            diagram = diagram.over(self.source)
        whole = getattr(self.target, "of_diagram", None)
        if whole is not None:
            return cast(M, whole(diagram, self))
        return self.fold(diagram)

    def _map_insides(self, diagram: Diagram) -> None:
        """Map what the boxes of a diagram hold, bottom up: depth is then no matter."""
        if next(holding(diagram), None) is None:
            return
        table = self._bubble if isinstance(self._bubble, Mapping) else {}
        foreign = {name or BUBBLE for name, rule in table.items() if isinstance(rule, Functor)}

        def known(box: Box) -> bool:
            return box in self._images or (box.kind == BUBBLE and box.name in foreign)

        own = {id(box) for box in holding(diagram)}  # these follow with their place in the diagram
        for box in insides([diagram], known):
            if id(box) not in own and not known(box):
                self.on_box(box)

    def fold(self, diagram: Diagram) -> M:
        """The image of a diagram composed layer by layer, whatever the target offers: what :meth:`__call__`
        must equal.
        """
        target = self.target
        result = target.id(self.on_type(diagram.dom))
        wires: list[O] = [self.ob(ob) for ob in diagram.dom.objects]
        for place, (box, offset) in enumerate(diagram.layers):
            stop = offset + len(box.dom)
            layer = self.on_box(box, place)
            if offset:
                layer = target.tensor(target.id(target.product(wires[:offset])), layer)
            if stop < len(wires):
                layer = target.tensor(layer, target.id(target.product(wires[stop:])))
            result = target.then(result, layer)
            wires[offset:stop] = [self.ob(ob) for ob in box.cod.objects]
        return result

    def with_target(self, target: Category[Any, Any]) -> Functor[Any, Any]:
        """The functor with the same tables into another category that can read them. Kept for targets with a
        hash.
        """
        if self._parts is not None:
            return self._parts[0].then(self._parts[1].with_target(target))
        key = target if getattr(target, "__hash__", None) is not None else None
        found = self._elsewhere.get(key) if key is not None else None
        if found is None:
            ob: Any = self._ob_table if self._ob_rule is None else self._ob_rule
            ar: Any = {**self._names, **self._boxes} if self._ar_rule is None else self._ar_rule
            found = Functor(ob, ar, target, source=self.source, bubble=self._bubble)
            if key is not None:
                self._elsewhere[key] = found
        return found

    def then(self, other: Functor[Any, Any]) -> Functor[Any, Any]:
        """Composition of functors: this one, whose images are diagrams, followed by the other; also written
        ``>>``.

        >>> from catenary.functors.targets import Diagrams
        >>> f, g = Box("f", Ty("a"), Ty("a")), Box("g", Ty("b"), Ty("b"))
        >>> F = Functor({"a": Ty("b", "b")}, {f: g @ g}, Diagrams())
        >>> G = Functor({"b": Ty("a")}, {g: f >> f}, Diagrams())
        >>> (F >> G)(f).identical(G(F(f)))
        True
        """
        made: Functor[Any, Any] = Functor(
            ob=lambda ob: other.on_type(cast(Ty, self.ob(ob))),
            ar=lambda box: other(cast(Diagram, self.image(box))),
            target=other.target,
            source=self.source,
        )
        made._parts = (self, other)
        return made

    @classmethod
    def identity(cls, signature: Signature | None = None) -> Functor[Ty, Diagram]:
        """The identity functor on the diagrams of a signature, or on all.

        >>> f = Box("f", Ty("a"), Ty("a"))
        >>> Functor.identity()(f >> f) == f >> f
        True
        """
        from catenary.functors.targets import Diagrams

        def itself(box: Box) -> Box:
            return box

        return Functor(lambda ob: Ty(ob), itself, Diagrams(signature), source=signature)

    def __rshift__(self, other: Functor[Any, Any]) -> Functor[Any, Any]:
        return self.then(other) if isinstance(other, Functor) else NotImplemented

    def __repr__(self) -> str:
        obs: object = self._ob_table if self._ob_rule is None else self._ob_rule
        table: dict[Any, Any] = {**self._names, **self._boxes}
        ars: object = table if self._ar_rule is None else self._ar_rule
        return f"Functor(ob={obs!r}, ar={ars!r}, target={self.target!r})"


def _object_name(key: object) -> str:
    if isinstance(key, Ty) and len(key) == 1:
        key = key.objects[0]
    if isinstance(key, Ob):
        if key.z:
            raise CatenaryError(f"give the image of {key.name} itself: that of {key} follows")
        return key.name
    if isinstance(key, str):
        return key
    raise CatenaryError(f"a functor's table of objects maps names, not {key!r}")


def _base(box: Box) -> tuple[Box, int, bool]:
    """The generator that a box is a rotation and dagger of, the half turns, and whether it is a dagger."""
    turns, dagger = box.z, box.dagger_flag
    if not turns and not dagger:
        return box, 0, False
    if dagger:
        box = box.dagger()
    for _ in range(abs(turns)):
        box = box.l if turns > 0 else box.r
    if turns:
        reduce = box.signature.doctrine.reduce
        box = box.replace(dom=reduce(box.dom), cod=reduce(box.cod))
    return box, turns, dagger


def _wires(ob: object) -> Sequence[object]:
    if isinstance(ob, Ty):
        return ob.objects
    return ob if isinstance(ob, (tuple, list)) else (ob,)
