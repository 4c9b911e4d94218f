"""Python functions as a target: the cartesian category of functions between tuples of values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from catenary.diagrams import ArityError, Box, CatenaryError, Diagram
from catenary.functors.category import ImageError
from catenary.functors.functor import Functor


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

    >>> from catenary.diagrams import Ty
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
