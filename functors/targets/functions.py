"""Python functions as a target: the cartesian closed category of functions between tuples of values, traced
by fixed points.

A loop is a fixed point that is found by iteration from a starting value: with the least element of an order
and monotone functions it is Kleene's least fixed point, and the laws of traces hold (Hasegawa, *Recursion from
cyclic sharing*, TLCA 1997). A loop without a starting value starts undefined: functions are then not called
on what is undefined, and a loop that depends on itself stays so.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from catenary.diagrams import ArityError, Box, CatenaryError, Diagram, LimitReached
from catenary.functors.category import ImageError
from catenary.functors.functor import Functor

Labels = tuple[Any, ...]


class NoFixedPoint(LimitReached):
    """A loop whose iteration did not come to rest, or an output that depends on itself alone."""


class Undefined:
    """The type of :data:`UNDEFINED`."""

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __reduce__(self) -> str:
        return "UNDEFINED"


UNDEFINED: Final = Undefined()
"""The value of a wire of a loop before anything has defined it."""


@dataclass(frozen=True)
class _Step:
    """A function applied to the values from ``offset``, replacing ``inputs`` of them by ``outputs``."""

    function: Callable[..., Any]
    offset: int
    inputs: int
    outputs: int
    name: str
    strict: bool = True  # whether it is skipped where an argument is undefined

    def moved(self, by: int) -> _Step:
        if not by:
            return self
        return _Step(self.function, self.offset + by, self.inputs, self.outputs, self.name, self.strict)


@dataclass(frozen=True)
class Function:
    """A Python function between tuples of objects: a straight line of steps on a row of values. Immutable.

    Called with one positional argument for each object of ``dom``; returns the value for one object in
    ``cod``, else a tuple of them.

    >>> twice = PythonFunctions().read(lambda x: 2 * x, (int,), (int,), "twice")
    >>> twice(4)
    8
    """

    dom: Labels
    cod: Labels
    steps: tuple[_Step, ...] = ()

    def __call__(self, *values: Any) -> Any:
        """The value at some arguments.

        Raises:
            ArityError: for the wrong number of arguments, or a step that returns the wrong number of values.
            NoFixedPoint: for a loop that does not come to rest.
            LimitReached: for loops nested deeper than Python recurses.
        """
        if len(values) != len(self.dom):
            raise ArityError(f"the function takes {len(self.dom)} values, not {len(values)}")
        try:
            row = self.run(values)
        except RecursionError:
            if not self._loops:
                raise
            raise LimitReached("nested loops of functions", "Python's recursion limit") from None
        if self._loops:
            for k, value in enumerate(row):
                if value is UNDEFINED:
                    raise NoFixedPoint(
                        f"output {k} depends on a loop that has no starting value",
                        "an undefined value: give one by PythonFunctions(start={label: value})",
                    )
        return row[0] if len(row) == 1 else tuple(row)

    @cached_property
    def _loops(self) -> bool:
        return any(isinstance(step.function, _Loop) for step in self.steps)

    def run(self, values: Sequence[Any], partial: bool = False) -> list[Any]:
        """The values on the wires of the codomain; ``partial``: where some may be :data:`UNDEFINED`."""
        row = list(values)
        partial = partial or self._loops
        for step in self.steps:
            stop = step.offset + step.inputs
            arguments = row[step.offset : stop]
            if partial and step.strict and any(value is UNDEFINED for value in arguments):
                row[step.offset : stop] = (UNDEFINED,) * step.outputs
                continue
            result = step.function(*arguments)
            if step.outputs == 1:
                row[step.offset : stop] = (result,)
            else:
                if not isinstance(result, tuple) or len(result) != step.outputs:
                    raise ArityError(
                        f"the function for {step.name} must return a tuple of {step.outputs} values, not "
                        f"{result!r}"
                    )
                row[step.offset : stop] = result
        return row


@dataclass(frozen=True)
class FunctionSpace:
    """The label of a wire that carries functions from tuples of ``dom`` to tuples of ``cod``."""

    dom: Labels
    cod: Labels


@dataclass(frozen=True)
class _Closure:
    """A function with some of its arguments given: the last ones are missing, or the first."""

    function: Function
    given: tuple[Any, ...]
    left: bool

    def __call__(self, *values: Any) -> Any:
        return self.function(*(values + self.given if self.left else self.given + values))


@dataclass(frozen=True)
class _Loop:
    """The fixed point of a function whose last (first) values are fed back."""

    function: Function
    start: tuple[Any, ...]
    left: bool
    limit: int
    same: Callable[[Any, Any], Any]

    def __call__(self, *values: Any) -> Any:
        width = len(self.start)
        fed = list(self.start)
        for _ in range(self.limit):
            row = self.function.run([*fed, *values] if self.left else [*values, *fed], partial=True)
            back, out = (row[:width], row[width:]) if self.left else (row[-width:], row[:-width])
            if all(map(self._agree, fed, back)):
                return out[0] if len(out) == 1 else tuple(out)
            fed = back
        labels = self.function.dom[:width] if self.left else self.function.dom[-width:]
        raise NoFixedPoint(
            f"the loop on {', '.join(map(_label, labels))} did not come to rest",
            f"{self.limit} rounds with the values {', '.join(map(repr, fed))}: start elsewhere, allow more "
            "rounds (limit) or a tolerance (same)",
        )

    def _agree(self, old: Any, new: Any) -> bool:
        if old is new:
            return True
        return old is not UNDEFINED and new is not UNDEFINED and bool(self.same(old, new))


def _label(label: object) -> str:
    return label.__name__ if isinstance(label, type) else str(label)


def crossing(split: int) -> Callable[..., Any]:
    """The function that crosses its first ``split`` arguments over the others."""
    return lambda *xs: xs[split:] + xs[:split]


def _copying(*xs: Any) -> tuple[Any, ...]:
    return xs + xs


def _discarding(*xs: Any) -> tuple[Any, ...]:
    return ()


def _applying(function: Callable[..., Any], *xs: Any) -> Any:
    return function(*xs)


def _applying_last(*xs: Any) -> Any:
    return xs[-1](*xs[:-1])


def check_feedback(dom: Sequence[Any], cod: Sequence[Any], ob: Sequence[Any], left: bool) -> None:
    """Raise :class:`ImageError` unless domain and codomain end (``left``: begin) with the object ``ob``."""
    for side, wires in (("domain", dom), ("codomain", cod)):
        end = wires[: len(ob)] if left else wires[max(0, len(wires) - len(ob)) :]
        if tuple(end) != tuple(ob):
            raise ImageError("a traced morphism", side, tuple(end), tuple(ob))


@dataclass(frozen=True)
class PythonFunctions:
    """The cartesian closed category of Python functions: objects are tuples of types (or any labels), tensor
    is the tuple, traces are fixed points.

    In a functor's table the image of an object is one label, or a tuple of them; the image of a generator is
    a callable with one argument for each input that returns its output, or a tuple of its outputs where it
    has not exactly one.

    Args:
        start: for each label the value from which loops on such wires are iterated. Where there is none the
            wire is undefined until something defines it.
        limit: the most rounds of a loop.
        same: when two values count as equal, so that the loop is at rest.

    >>> from catenary.diagrams import Ty
    >>> a = Ty("a")
    >>> add = Box("add", a @ a, a)
    >>> F = Functor({"a": int}, {add: lambda x, y: x + y}, PythonFunctions())
    >>> F(add @ a >> add)(1, 2, 3)
    6
    >>> newton = PythonFunctions(start={float: 1.0}, same=lambda x, y: abs(x - y) < 1e-12)
    >>> root = newton.read(lambda a, x: ((x + a / x) / 2,) * 2, (float, float), (float, float), "root")
    >>> round(newton.trace(root, (float,))(2.0), 9)
    1.414213562
    """

    start: Mapping[Any, Any] = field(default_factory=dict, hash=False)
    limit: int = 10_000
    same: Callable[[Any, Any], Any] = operator.eq

    def id(self, ob: Labels) -> Function:
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

    def product(self, obs: Sequence[Labels]) -> Labels:
        """Concatenation."""
        return tuple(label for ob in obs for label in ob)

    def dom(self, f: Function) -> Labels:
        """The domain."""
        return f.dom

    def cod(self, f: Function) -> Labels:
        """The codomain."""
        return f.cod

    def _step(
        self, function: Callable[..., Any], dom: Labels, cod: Labels, name: str, strict: bool = True
    ) -> Function:
        return Function(dom, cod, (_Step(function, 0, len(dom), len(cod), name, strict),))

    def swap(self, left: Labels, right: Labels) -> Function:
        """The symmetry."""
        if not left or not right:
            return self.id(left + right)
        return self._step(crossing(len(left)), left + right, right + left, "swap", False)

    def copy(self, ob: Labels) -> Function:
        """The diagonal."""
        return self._step(_copying, ob, ob + ob, "copy", False) if ob else self.id(ob)

    def discard(self, ob: Labels) -> Function:
        """The map to the unit."""
        return self._step(_discarding, ob, (), "discard", False) if ob else self.id(ob)

    def trace(self, f: Function, ob: Labels, left: bool = False) -> Function:
        """The fixed point of the values on ``ob``.

        Raises:
            ImageError: unless domain and codomain end (``left``: begin) with ``ob``.
            NoFixedPoint: when called, if the iteration does not come to rest.
        """
        check_feedback(f.dom, f.cod, ob, left)
        if not ob:
            return f
        width = len(ob)
        dom, cod = (f.dom[width:], f.cod[width:]) if left else (f.dom[:-width], f.cod[:-width])
        start = tuple(self.start.get(label, UNDEFINED) for label in ob)
        return self._step(_Loop(f, start, left, self.limit, self.same), dom, cod, "trace", False)

    def exponential(self, base: Labels, exponent: Labels, left: bool = False) -> Labels:
        """One wire that carries functions."""
        return (FunctionSpace(exponent, base),)

    def curry(self, f: Function, ob: Labels, left: bool = False) -> Function:
        """The function that takes the other arguments and returns a closure on those of ``ob``, the last
        (``left``: the first).
        """
        at = len(ob) if left else len(f.dom) - len(ob)
        given, kept = (f.dom[:at], f.dom[at:]) if left else (f.dom[at:], f.dom[:at])
        if given != ob:
            raise ImageError("a curried function", "domain", given, ob)
        closure = lambda *xs: _Closure(f, xs, left)  # noqa: E731
        return self._step(closure, kept, self.exponential(f.cod, ob, left), "curry")

    def evaluate(self, base: Labels, exponent: Labels, left: bool = False) -> Function:
        """Application: of the function on the first wire to the others (``left``: of the last)."""
        power = self.exponential(base, exponent, left)
        dom = exponent + power if left else power + exponent
        return self._step(_applying_last if left else _applying, dom, base, "evaluation")

    def read_object(self, value: Any) -> Labels:
        """A tuple of labels from a tuple or from one label."""
        return value if isinstance(value, tuple) else (value,)

    def read(self, image: Any, dom: Labels, cod: Labels, what: str) -> Function:
        """A function from a :class:`Function` or a Python callable."""
        if isinstance(image, Function):
            return image
        if not callable(image):
            raise CatenaryError(
                f"the image of {what} under a functor into functions is a callable, not {image!r}"
            )
        return self._step(image, dom, cod, what)

    def of_diagram(self, diagram: Diagram, functor: Functor[Labels, Function]) -> Function:
        """The image of a whole diagram, its steps in one row."""
        steps = tuple(
            step.moved(start) for image, start in placed(diagram, functor, len) for step in image.steps
        )
        return Function(functor.on_type(diagram.dom), functor.on_type(diagram.cod), steps)


def placed(
    diagram: Diagram, functor: Functor[Any, Any], width: Callable[[Any], int]
) -> list[tuple[Any, int]]:
    """The images of a diagram's boxes in order, each with its place in the row of the images of the wires.

    Args:
        width: how many places the image of an object takes.
    """
    widths = [width(functor.ob(ob)) for ob in diagram.dom.objects]
    known: dict[Box, tuple[Any, list[int]]] = {}
    found: list[tuple[Any, int]] = []
    for place, (box, offset) in enumerate(diagram.layers):
        image = known.get(box)
        if image is None:
            outs = [width(functor.ob(ob)) for ob in box.cod.objects]
            image = known[box] = (functor.on_box(box, place), outs)
        found.append((image[0], sum(widths[:offset])))
        widths[offset : offset + len(box.dom)] = image[1]
    return found
