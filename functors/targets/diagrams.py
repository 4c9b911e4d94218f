"""Diagrams over a signature as a target: functors between free categories."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass
from typing import Any, cast

from catenary.diagrams import (
    Box,
    Bubble,
    CatenaryError,
    Copy,
    Curry,
    Diagram,
    Discard,
    Doctrine,
    Eval,
    Signature,
    Spider,
    Sum,
    Swap,
    Ty,
    cap,
    cup,
    structural,
)
from catenary.diagrams.boxes import Braid, Twist
from catenary.functors import structure
from catenary.functors.functor import Functor


def reversing(bundles: Sequence[Sized]) -> list[int]:
    """The permutation that reads each bundle of wires backwards and keeps the bundles' order.

    >>> reversing([Ty("a", "b"), Ty("c", "d", "e")])
    [1, 0, 4, 3, 2]
    """
    order: list[int] = []
    for bundle in bundles:
        order += reversed(range(len(order), len(order) + len(bundle)))
    return order


@dataclass(frozen=True)
class Diagrams:
    """The free category on a signature as a target: functors into it map diagrams to diagrams.

    Args:
        signature: the signature of the images; the least that the images allow unless given.

    >>> n = Ty("n")
    >>> Diagrams().dom(Diagram.id(n))
    Ty('n')
    """

    signature: Signature | None = None

    @property
    def _doctrine(self) -> Doctrine | None:
        return None if self.signature is None else self.signature.doctrine

    def _over(self, diagram: Diagram) -> Diagram:
        if self.signature is None or diagram.signature is self.signature:
            return diagram
        return diagram.over(self.signature)

    def id(self, ob: Ty) -> Diagram:
        """The identity."""
        return Diagram.id(ob, self.signature)

    def then(self, f: Diagram, g: Diagram) -> Diagram:
        """Composition."""
        return f >> g

    def tensor(self, f: Diagram, g: Diagram) -> Diagram:
        """Parallel composition."""
        return f @ g

    def product(self, obs: Sequence[Ty]) -> Ty:
        """Concatenation."""
        return Ty.of(tuple(ob for ty in obs for ob in ty.objects))

    def dom(self, f: Diagram) -> Ty:
        """The domain."""
        return f.dom

    def cod(self, f: Diagram) -> Ty:
        """The codomain."""
        return f.cod

    def adjoint(self, ob: Ty, turn: int) -> Ty:
        """The right or left adjoint, as the signature's doctrine identifies them."""
        turned = ob.r if turn > 0 else ob.l
        return turned if self._doctrine is None else self._doctrine.reduce(turned)

    def swap(self, left: Ty, right: Ty) -> Diagram:
        """The symmetry."""
        if not left or not right:
            return self.id(left @ right)
        return self._structural(Swap(left, right), "swap")

    def _structural(self, box: Box, operation: str) -> Diagram:
        if self._doctrine is not None:
            self._doctrine.require(operation)
        return self._over(box.diagram)

    def cup(self, left: Ty, right: Ty) -> Diagram:
        """Nested cups."""
        if self._doctrine is not None:
            self._doctrine.require("cup")
            if self._turned(left, right):
                return self._over(cap(left, right)).dagger()
        return self._over(cup(left, right))

    def cap(self, left: Ty, right: Ty) -> Diagram:
        """Nested caps."""
        if self._doctrine is not None:
            self._doctrine.require("cap")
            if self._turned(right, left):
                return self._over(cup(left, right)).dagger()
        return self._over(cap(left, right))

    def self_cup(self, ob: Ty) -> Diagram:
        """The cup of a self-dual bundle of wires with itself: the first with the first, and so on."""
        width = len(ob)
        if width < 2:
            return self.cup(ob, ob)
        order = [k + side for k in range(width) for side in (0, width)]
        result = Diagram.permutation(order, ob @ ob)
        for wire in reversed(ob.objects):
            result = result >> result.cod[:-2] @ self.cup(Ty.of((wire,)), Ty.of((wire,)))
        return self._over(result)

    def self_cap(self, ob: Ty) -> Diagram:
        """The cap of a self-dual bundle of wires with itself."""
        return self.self_cup(ob).dagger() if ob else self.id(ob)

    def _turned(self, left: Ty, right: Ty) -> bool:
        """Whether ``right`` is only the left adjoint of ``left``: in a pivotal category it is the right one
        too.
        """
        if self._doctrine not in (Doctrine.PIVOTAL, Doctrine.RIBBON) or left.r == right:
            return False
        return left.l == right

    def spider(self, inputs: int, outputs: int, ob: Ty, *, phase: Any = 0, structure: str = "") -> Diagram:
        """The spider; on a type of several wires, its bundles of legs."""
        if not ob:
            return self.id(ob)
        return self._structural(Spider(inputs, outputs, ob, phase=phase, structure=structure), "spider")

    def copy(self, ob: Ty) -> Diagram:
        """The copy map."""
        return self._structural(Copy(ob), "copy") if ob else self.id(ob)

    def discard(self, ob: Ty) -> Diagram:
        """The discard map."""
        return self._structural(Discard(ob), "discard") if ob else self.id(ob)

    def dagger(self, f: Diagram) -> Diagram:
        """The diagram upside down."""
        return f.dagger()

    def braid(self, left: Ty, right: Ty, sign: int = 1) -> Diagram:
        """The braiding, ``left`` over ``right`` for ``sign=1``; the swap where wires pass through each other."""
        if not left or not right:
            return self.id(left @ right)
        box = Braid(left, right) if sign > 0 else Braid(right, left).dagger()
        return self._structural(box, "braid")

    def twist(self, ob: Ty, sign: int = 1) -> Diagram:
        """The twist."""
        if not ob:
            return self.id(ob)
        box = Twist(ob) if sign > 0 else Twist(ob).dagger()
        return self._structural(box, "twist")

    def trace(self, f: Diagram, ob: Ty, left: bool = False) -> Diagram:
        """The trace over the last (first) wires."""
        return self._over(f.trace(len(ob), left)) if ob else f

    # Linear structure

    def add(self, f: Diagram | Sum, g: Diagram | Sum) -> Any:
        """The formal sum."""
        return Sum.of(f) + g

    def scale(self, scalar: Any, f: Diagram | Sum) -> Any:
        """The scalar multiple, a formal sum with one term."""
        return Sum.of(f) * scalar

    def zero(self, dom: Ty, cod: Ty) -> Any:
        """The sum without terms."""
        return Sum.zero(dom, cod, self.signature)

    def bubble(self, name: str, inside: Diagram | Sum, dom: Ty, cod: Ty) -> Diagram:
        """The bubble of that name around the image of the inside."""
        return self._over(Bubble(inside, name, dom, cod).diagram)

    # Closed structure: exponentials where the doctrine has them, adjoints where it has cups

    @property
    def _bends(self) -> bool:
        doctrine = self._doctrine
        if doctrine is None or doctrine.has("curry"):
            return False
        if not doctrine.has("cup"):
            doctrine.require("curry")
        return True

    def exponential(self, base: Ty, exponent: Ty, left: bool = False) -> Ty:
        """``base << exponent`` (``left``: ``exponent >> base``); beside an adjoint in rigid doctrines."""
        if self._bends:
            return cast(Ty, structure.bent_exponential(self, base, exponent, left))
        ty = exponent >> base if left else base << exponent
        return ty if self._doctrine is None else self._doctrine.reduce(ty)

    def curry(self, f: Diagram, ob: Ty, left: bool = False) -> Diagram:
        """The last (first) inputs ``ob`` curried."""
        if self._bends:
            rest = f.dom[len(ob) :] if left else f.dom[: len(f.dom) - len(ob)]
            return cast(Diagram, structure.bent_curry(self, f, rest, ob, left))
        return self._over(Curry(f, len(ob), left).diagram)

    def evaluate(self, base: Ty, exponent: Ty, left: bool = False) -> Diagram:
        """The evaluation of the exponential."""
        if self._bends:
            return cast(Diagram, structure.bent_evaluation(self, base, exponent, left))
        return self._over(Eval(exponent >> base if left else base << exponent).diagram)

    def rotate(self, f: Diagram, turn: int, dom: Sequence[Ty], cod: Sequence[Ty], self_dual: bool) -> Diagram:
        """The diagram turned by half a turn, onto a boundary of these bundles of wires.

        Self-dual bundles keep their order of wires, so that the turned ones are crossed over.
        """
        turned = f.r if turn > 0 else f.l
        if self_dual and any(len(bundle) > 1 for bundle in (*dom, *cod)):
            first = Diagram.permutation(reversing(dom), self.product(dom))
            turned = first >> turned >> Diagram.permutation(reversing(cod), turned.cod)
        return turned

    def read_object(self, value: Any) -> Ty:
        """A type from a type, or from the name of an object."""
        if isinstance(value, str):
            value = Ty(value)
        if not isinstance(value, Ty):
            raise CatenaryError(
                f"the image of an object under a functor into diagrams is a type, not {value!r}"
            )
        return value if self._doctrine is None else self._doctrine.reduce(value)

    def read(self, image: Any, dom: Ty, cod: Ty, what: str) -> Diagram:
        """A diagram from a diagram, a box or a type (its identity); a sum stays one."""
        if isinstance(image, Box):
            image = image.diagram
        elif isinstance(image, Ty):
            image = Diagram.id(image)
        if isinstance(image, Sum):
            return cast(Diagram, image if self.signature is None else image.over(self.signature))
        if not isinstance(image, Diagram):
            raise CatenaryError(
                f"the image of {what} under a functor into diagrams is a diagram, not {image!r}"
            )
        return self._over(image)

    def of_diagram(self, diagram: Diagram, functor: Functor[Ty, Diagram]) -> Diagram:
        """The image of a whole diagram, its layers emitted in one pass."""
        dom = functor.on_type(diagram.dom)
        images: dict[Box, tuple[Diagram, list[int]]] = {}
        widths = [len(functor.ob(ob)) for ob in diagram.dom.objects]
        flat = all(width == 1 for width in widths)
        layers: list[tuple[Box, int]] = []
        signature = self.signature
        for place, (box, offset) in enumerate(diagram.layers):
            known = images.get(box)
            if known is None:
                image: Any = functor.on_box(box, place)
                if isinstance(image, Sum):
                    return functor.fold(diagram)
                known = images[box] = (image, [len(functor.ob(ob)) for ob in box.cod.objects])
                flat = flat and all(width == 1 for width in known[1])
                if self.signature is None:
                    signature = image.signature if signature is None else signature.join(image.signature)
            image, outs = known
            start = offset if flat else sum(widths[:offset])
            layers.extend((inner, at + start) for inner, at in image.layers)
            widths[offset : offset + len(box.dom)] = outs
        if signature is None:
            signature = structural(Doctrine.MONOIDAL)
        return Diagram(dom, functor.on_type(diagram.cod), layers, signature)
