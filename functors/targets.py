"""Targets of functors: diagrams over a signature, and Python functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass
from typing import Any

from catenary.diagrams import (
    ArityError,
    Box,
    CatenaryError,
    Copy,
    Diagram,
    Discard,
    Doctrine,
    Signature,
    Spider,
    Swap,
    Ty,
    cap,
    cup,
    structural,
)
from catenary.functors.category import ImageError
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
        if self._doctrine is not Doctrine.PIVOTAL or left.r == right:
            return False
        return left.l == right

    def spider(self, inputs: int, outputs: int, ob: Ty) -> Diagram:
        """The spider; on a type of several wires, its bundles of legs."""
        if not ob:
            return self.id(ob)
        return self._structural(Spider(inputs, outputs, ob), "spider")

    def copy(self, ob: Ty) -> Diagram:
        """The copy map."""
        return self._structural(Copy(ob), "copy") if ob else self.id(ob)

    def discard(self, ob: Ty) -> Diagram:
        """The discard map."""
        return self._structural(Discard(ob), "discard") if ob else self.id(ob)

    def dagger(self, f: Diagram) -> Diagram:
        """The diagram upside down."""
        return f.dagger()

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
        """A diagram from a diagram, a box or a type (its identity)."""
        if isinstance(image, Box):
            image = image.diagram
        elif isinstance(image, Ty):
            image = Diagram.id(image)
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
                image = functor.on_box(box, place)
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


@dataclass(frozen=True)
class _Step:
    """A function applied to the values from ``offset``, replacing ``inputs`` of them by ``outputs``."""

    function: Callable[..., Any]
    offset: int
    inputs: int
    outputs: int
    name: str

    def moved(self, by: int) -> _Step:
        return (
            self if not by else _Step(self.function, self.offset + by, self.inputs, self.outputs, self.name)
        )


@dataclass(frozen=True)
class Function:
    """A Python function between tuples of objects: a straight line of steps on a row of values. Immutable.

    Called with one positional argument for each object of ``dom``; returns the value for one object in
    ``cod``, else a tuple of them.

    >>> twice = PythonFunctions().read(lambda x: 2 * x, (int,), (int,), "twice")
    >>> twice(4)
    8
    """

    dom: tuple[Any, ...]
    cod: tuple[Any, ...]
    steps: tuple[_Step, ...] = ()

    def __call__(self, *values: Any) -> Any:
        """The value at some arguments.

        Raises:
            ArityError: for the wrong number of arguments, or a step that returns the wrong number of values.
        """
        if len(values) != len(self.dom):
            raise ArityError(f"the function takes {len(self.dom)} values, not {len(values)}")
        row = list(values)
        for step in self.steps:
            stop = step.offset + step.inputs
            result = step.function(*row[step.offset : stop])
            if step.outputs == 1:
                row[step.offset : stop] = (result,)
            else:
                if not isinstance(result, tuple) or len(result) != step.outputs:
                    raise ArityError(
                        f"the function for {step.name} must return a tuple of {step.outputs} values, not "
                        f"{result!r}"
                    )
                row[step.offset : stop] = result
        return row[0] if len(row) == 1 else tuple(row)


def _crossing(split: int) -> Callable[..., Any]:
    return lambda *xs: xs[split:] + xs[:split]


def _copying(*xs: Any) -> tuple[Any, ...]:
    return xs + xs


def _discarding(*xs: Any) -> tuple[Any, ...]:
    return ()


@dataclass(frozen=True)
class PythonFunctions:
    """The cartesian category of Python functions: objects are tuples of types (or any labels), tensor is the
    tuple.

    In a functor's table the image of an object is one label, or a tuple of them; the image of a generator is
    a callable with one argument for each input that returns its output, or a tuple of its outputs where it
    has not exactly one.

    >>> a = Ty("a")
    >>> add = Box("add", a @ a, a)
    >>> F = Functor({"a": int}, {add: lambda x, y: x + y}, PythonFunctions())
    >>> F(add @ a >> add)(1, 2, 3)
    6
    """

    def id(self, ob: tuple[Any, ...]) -> Function:
        """The identity."""
        return Function(ob, ob)

    def then(self, f: Function, g: Function) -> Function:
        """Composition in diagrammatic order."""
        if f.cod != g.dom:
            raise ImageError("a composite", "domain", g.dom, f.cod)
        return Function(f.dom, g.cod, f.steps + g.steps)

    def tensor(self, f: Function, g: Function) -> Function:
        """Both functions side by side: ``f`` on the first arguments, ``g`` on the rest."""
        moved = tuple(step.moved(len(f.cod)) for step in g.steps)
        return Function(f.dom + g.dom, f.cod + g.cod, f.steps + moved)

    def product(self, obs: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
        """Concatenation."""
        return tuple(label for ob in obs for label in ob)

    def dom(self, f: Function) -> tuple[Any, ...]:
        """The domain."""
        return f.dom

    def cod(self, f: Function) -> tuple[Any, ...]:
        """The codomain."""
        return f.cod

    def _step(
        self, function: Callable[..., Any], dom: tuple[Any, ...], cod: tuple[Any, ...], name: str
    ) -> Function:
        return Function(dom, cod, (_Step(function, 0, len(dom), len(cod), name),))

    def swap(self, left: tuple[Any, ...], right: tuple[Any, ...]) -> Function:
        """The symmetry."""
        if not left or not right:
            return self.id(left + right)
        return self._step(_crossing(len(left)), left + right, right + left, "swap")

    def copy(self, ob: tuple[Any, ...]) -> Function:
        """The diagonal."""
        return self._step(_copying, ob, ob + ob, "copy") if ob else self.id(ob)

    def discard(self, ob: tuple[Any, ...]) -> Function:
        """The map to the unit."""
        return self._step(_discarding, ob, (), "discard") if ob else self.id(ob)

    def read_object(self, value: Any) -> tuple[Any, ...]:
        """A tuple of labels from a tuple or from one label."""
        return value if isinstance(value, tuple) else (value,)

    def read(self, image: Any, dom: tuple[Any, ...], cod: tuple[Any, ...], what: str) -> Function:
        """A function from a :class:`Function` or a Python callable."""
        if isinstance(image, Function):
            return image
        if not callable(image):
            raise CatenaryError(
                f"the image of {what} under a functor into functions is a callable, not {image!r}"
            )
        return self._step(image, dom, cod, what)

    def of_diagram(self, diagram: Diagram, functor: Functor[tuple[Any, ...], Function]) -> Function:
        """The image of a whole diagram, its steps in one row."""
        widths = [len(functor.ob(ob)) for ob in diagram.dom.objects]
        known: dict[Box, tuple[Function, list[int]]] = {}
        steps: list[_Step] = []
        for place, (box, offset) in enumerate(diagram.layers):
            found = known.get(box)
            if found is None:
                found = (functor.on_box(box, place), [len(functor.ob(ob)) for ob in box.cod.objects])
                known[box] = found
            start = sum(widths[:offset])
            steps.extend(step.moved(start) for step in found[0].steps)
            widths[offset : offset + len(box.dom)] = found[1]
        return Function(functor.on_type(diagram.dom), functor.on_type(diagram.cod), tuple(steps))
