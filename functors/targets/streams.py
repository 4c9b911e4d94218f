"""Streams as a target: causal functions of sequences, made of parts that step together.

A morphism reads one value from each input and writes one to each output at every tick, and may keep a state:
synchronous dataflow. Feedback goes through a delay. A loop without one is allowed as long as no value needs
itself in the same tick: the trace is the least fixed point of each tick, found by running it from nothing
known. (Di Lavore, de Felice & Román, *Monoidal streams for dataflow programming*, arXiv 2202.02061; Berry,
*The constructive semantics of pure Esterel*, 1999.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from catenary.diagrams import ArityError, CatenaryError, Diagram, LimitReached
from catenary.functors.category import ImageError
from catenary.functors.functor import Functor
from catenary.functors.targets.functions import UNDEFINED, Labels, NoFixedPoint, check_feedback, placed

States = tuple[Any, ...]
Known = dict[Any, Any]


class NotCausal(NoFixedPoint):
    """An output that would need a value of its own tick: a loop without a delay."""


@dataclass(frozen=True)
class Machine:
    """A part with a state, for the table of a functor into :class:`Streams`.

    Args:
        initial: the state before the first tick.
        step: from the state and the inputs to a pair: the next state, and the output (a tuple of them, if
            there is not exactly one).

    >>> total = Machine(0, lambda s, x: (s + x, s + x))
    >>> list(Streams().read(total, (int,), (int,), "total")([1, 2, 3]))
    [1, 3, 6]
    """

    initial: Any
    step: Callable[..., tuple[Any, Any]]

    def tick(self, state: Any, values: Sequence[Any], outputs: int, name: str) -> tuple[Any, Sequence[Any]]:
        if state is UNDEFINED or any(value is UNDEFINED for value in values):
            return UNDEFINED, (UNDEFINED,) * outputs
        return _checked(self.step(state, *values), outputs, name)


def _checked(result: Any, outputs: int, name: str) -> tuple[Any, Sequence[Any]]:
    if not isinstance(result, tuple) or len(result) != 2:
        raise ArityError(f"the machine for {name} must return its next state and its output, not {result!r}")
    state, out = result
    if outputs == 1:
        return state, (out,)
    if not isinstance(out, tuple) or len(out) != outputs:
        raise ArityError(f"{name} must give a tuple of {outputs} values each tick, not {out!r}")
    return state, out


@dataclass(frozen=True)
class _Pure:
    function: Callable[..., Any]
    initial: Any = None

    def tick(self, state: Any, values: Sequence[Any], outputs: int, name: str) -> tuple[Any, Sequence[Any]]:
        if any(value is UNDEFINED for value in values):
            return None, (UNDEFINED,) * outputs
        return _checked((None, self.function(*values)), outputs, name)


@dataclass(frozen=True)
class _Wiring:
    """Outputs that are copies of inputs: swap, copy and discard."""

    places: tuple[int, ...]
    initial: Any = None

    def tick(self, state: Any, values: Sequence[Any], outputs: int, name: str) -> tuple[Any, Sequence[Any]]:
        return None, [values[k] for k in self.places]


@dataclass(frozen=True)
class _Delay:
    """Each value one tick later."""

    initial: tuple[Any, ...]

    def tick(self, state: Any, values: Sequence[Any], outputs: int, name: str) -> tuple[Any, Sequence[Any]]:
        return tuple(values), state


@dataclass(frozen=True)
class _Loop:
    body: StreamFunction
    width: int
    left: bool
    initial: States

    def settle(self, state: Any, values: Sequence[Any], known: Known) -> tuple[Any, Sequence[Any]]:
        # What is known only grows, one wire at least in each round; what was known in this tick, while a loop
        # around this one had fewer values, still holds.
        fed, inner = known.setdefault("fed", ([UNDEFINED] * self.width, {}))
        while True:
            row: list[Any] = [*fed, *values] if self.left else [*values, *fed]
            after, row = self.body.tick(state, row, inner)
            back, out = (
                (row[: self.width], row[self.width :])
                if self.left
                else (row[-self.width :], row[: -self.width])
            )
            known["fed"] = (back, inner)
            if all((old is UNDEFINED) is (new is UNDEFINED) for old, new in zip(fed, back, strict=True)):
                return after, out
            fed = back


@dataclass(frozen=True)
class _Cell:
    """A part and where it acts on the row of wires."""

    part: Any
    offset: int
    inputs: int
    outputs: int
    name: str

    def moved(self, by: int) -> _Cell:
        return _Cell(self.part, self.offset + by, self.inputs, self.outputs, self.name) if by else self


@dataclass(frozen=True)
class StreamFunction:
    """A causal function of streams: a straight line of parts, each with its own state. Immutable.

    Called with one iterable for each input it gives an iterator over the outputs (tuples of them unless there
    is exactly one), which ends with the shortest input; without inputs it does not end.

    >>> from itertools import islice
    >>> streams = Streams()
    >>> count = streams.feedback(streams.read(lambda n: (n, n + 1), (int,), (int, int), "count"), (int,), (0,))
    >>> list(islice(count(), 5))
    [0, 1, 2, 3, 4]
    """

    dom: Labels
    cod: Labels
    cells: tuple[_Cell, ...] = ()

    @property
    def initial(self) -> States:
        """The states of the parts before the first tick."""
        return tuple(cell.part.initial for cell in self.cells)

    def tick(
        self, states: States, values: Sequence[Any], known: Known | None = None
    ) -> tuple[States, list[Any]]:
        """One tick: the next states, and the values of the outputs.

        Args:
            known: what loops have found out in this tick, where it is run again with more values.
        """
        if len(values) != len(self.dom):
            raise ArityError(f"the stream function reads {len(self.dom)} values a tick, not {len(values)}")
        row, after = list(values), []
        known = {} if known is None else known
        for index, (cell, state) in enumerate(zip(self.cells, states, strict=True)):
            stop = cell.offset + cell.inputs
            if isinstance(cell.part, _Loop):
                settled = known.setdefault(index, {})
                state, out = cell.part.settle(state, row[cell.offset : stop], settled)
            else:
                state, out = cell.part.tick(state, row[cell.offset : stop], cell.outputs, cell.name)
            after.append(state)
            row[cell.offset : stop] = out
        return tuple(after), row

    def __call__(self, *streams: Iterable[Any]) -> Iterator[Any]:
        """The output streams.

        Raises:
            ArityError: for the wrong number of streams.
            NotCausal: when an output needs itself, because a loop has no delay.
        """
        if len(streams) != len(self.dom):
            raise ArityError(f"the stream function reads {len(self.dom)} streams, not {len(streams)}")
        for k, stream in enumerate(streams):
            if not isinstance(stream, Iterable):
                raise ArityError(f"input {k} is {stream!r}, not a stream of values")
        return self._run(tuple(map(iter, streams)))

    def _run(self, inputs: tuple[Iterator[Any], ...]) -> Iterator[Any]:
        states, time = self.initial, 0
        while True:
            values = []
            for stream in inputs:
                try:
                    values.append(next(stream))
                except StopIteration:
                    return
            try:
                states, row = self.tick(states, values)
            except RecursionError:
                if not any(isinstance(cell.part, _Loop) for cell in self.cells):
                    raise
                raise LimitReached("nested loops of streams", "Python's recursion limit") from None
            for k, value in enumerate(row):
                if value is UNDEFINED:
                    raise NotCausal(
                        f"output {k} needs its own value", f"tick {time}: put a delay into the loop"
                    )
            yield row[0] if len(row) == 1 else tuple(row)
            time += 1


@dataclass(frozen=True)
class Streams:
    """The traced cartesian category of causal stream functions.

    In a functor's table the image of an object is a label (or a tuple of them); the image of a generator is a
    function that is applied at every tick, a :class:`Machine`, or a :class:`StreamFunction` such as a
    :meth:`delay`.

    >>> from itertools import islice
    >>> from catenary.diagrams import Box, Copy, Ty
    >>> n = Ty("n")
    >>> add, later = Box("add", n @ n, n), Box("later", n, n)
    >>> F = Functor({"n": int}, {add: lambda x, y: x + y, later: Streams().delay((int,), (0,))}, Streams())
    >>> list(F(Copy(n) >> n @ later >> add)([1, 2, 3, 4]))  # each value with the one before
    [1, 3, 5, 7]
    """

    def id(self, ob: Labels) -> StreamFunction:
        """The identity."""
        return StreamFunction(ob, ob)

    def then(self, f: StreamFunction, g: StreamFunction) -> StreamFunction:
        """Composition."""
        if f.cod != g.dom:
            raise ImageError("a composite", "domain", g.dom, f.cod)
        return StreamFunction(f.dom, g.cod, f.cells + g.cells)

    def tensor(self, f: StreamFunction, g: StreamFunction) -> StreamFunction:
        """Both side by side, in the same ticks."""
        moved = tuple(cell.moved(len(f.cod)) for cell in g.cells)
        return StreamFunction(f.dom + g.dom, f.cod + g.cod, f.cells + moved)

    def product(self, obs: Sequence[Labels]) -> Labels:
        """Concatenation."""
        return tuple(label for ob in obs for label in ob)

    def dom(self, f: StreamFunction) -> Labels:
        """The domain."""
        return f.dom

    def cod(self, f: StreamFunction) -> Labels:
        """The codomain."""
        return f.cod

    def _part(self, part: Any, dom: Labels, cod: Labels, name: str) -> StreamFunction:
        return StreamFunction(dom, cod, (_Cell(part, 0, len(dom), len(cod), name),))

    def _wiring(self, dom: Labels, places: Sequence[int], name: str) -> StreamFunction:
        return self._part(_Wiring(tuple(places)), dom, tuple(dom[k] for k in places), name)

    def swap(self, left: Labels, right: Labels) -> StreamFunction:
        """The symmetry."""
        n, total = len(left), len(left + right)
        return self._wiring(left + right, [*range(n, total), *range(n)], "swap")

    def copy(self, ob: Labels) -> StreamFunction:
        """The diagonal."""
        return self._wiring(ob, [*range(len(ob))] * 2, "copy")

    def discard(self, ob: Labels) -> StreamFunction:
        """The map to the unit."""
        return self._wiring(ob, [], "discard")

    def delay(self, ob: Labels, initial: Sequence[Any]) -> StreamFunction:
        """Every value one tick later, after the initial ones.

        Raises:
            ArityError: unless there is an initial value for each wire.
        """
        if len(initial) != len(ob):
            raise ArityError(f"a delay of {len(ob)} wires needs as many initial values, not {len(initial)}")
        return self._part(_Delay(tuple(initial)), ob, ob, "delay")

    def trace(self, f: StreamFunction, ob: Labels, left: bool = False) -> StreamFunction:
        """The loop within a tick: its value must be settled by what does not need it.

        Raises:
            ImageError: unless domain and codomain end (``left``: begin) with ``ob``.
        """
        check_feedback(f.dom, f.cod, ob, left)
        if not ob:
            return f
        width = len(ob)
        dom, cod = (f.dom[width:], f.cod[width:]) if left else (f.dom[:-width], f.cod[:-width])
        return self._part(_Loop(f, width, left, f.initial), dom, cod, "trace")

    def feedback(self, f: StreamFunction, ob: Labels, initial: Sequence[Any]) -> StreamFunction:
        """The last outputs ``ob`` of ``f`` fed back to its last inputs, one tick later.

        >>> fibonacci = Streams().feedback(
        ...     Streams().read(lambda a, b: (a, b, a + b), (int, int), (int, int, int), "step"), (int, int), (0, 1)
        ... )
        >>> from itertools import islice
        >>> list(islice(fibonacci(), 8))
        [0, 1, 1, 2, 3, 5, 8, 13]
        """
        check_feedback(f.dom, f.cod, ob, False)
        kept = f.cod[: len(f.cod) - len(ob)]
        delayed = self.then(f, self.tensor(self.id(kept), self.delay(ob, initial)))
        return self.trace(delayed, ob)

    def read_object(self, value: Any) -> Labels:
        """A tuple of labels from a tuple or from one label."""
        return value if isinstance(value, tuple) else (value,)

    def read(self, image: Any, dom: Labels, cod: Labels, what: str) -> StreamFunction:
        """A stream function from a function of one tick, a :class:`Machine` or a stream function."""
        if isinstance(image, StreamFunction):
            return image
        if isinstance(image, Machine):
            return self._part(image, dom, cod, what)
        if not callable(image):
            raise CatenaryError(
                f"the image of {what} under a functor into streams is a function, a Machine or a "
                f"StreamFunction, not {image!r}"
            )
        return self._part(_Pure(image), dom, cod, what)

    def of_diagram(self, diagram: Diagram, functor: Functor[Labels, StreamFunction]) -> StreamFunction:
        """The image of a whole diagram, its parts in one row."""
        cells = tuple(
            cell.moved(start) for image, start in placed(diagram, functor, len) for cell in image.cells
        )
        return StreamFunction(functor.on_type(diagram.dom), functor.on_type(diagram.cod), cells)
