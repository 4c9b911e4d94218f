"""Reading untrusted data: every check says where it failed, and work and memory have a budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar

from catenary.diagrams.errors import CatenaryError, InputError

if TYPE_CHECKING:
    from catenary.diagrams.nesting import Held

Json: TypeAlias = Any
T = TypeVar("T")

LARGEST_WIDTH = 10_000_000  # wires side by side that a file may ask for: a few bytes must not fill the memory
BUDGET = 20_000_000  # wires and boxes that one file may ask for in all, beyond those that it spells out
MOVES = 2_000_000_000  # places by which the wires of a diagram may be moved while it is put together
LARGEST_ORDER = 1_000_000


def shown(data: Json) -> str:
    """Data as an error message shows it: short, whatever it is."""
    if isinstance(data, dict):
        return "an object"
    if isinstance(data, list):
        return f"a list of {len(data)}"
    text = repr(data[:60]) if isinstance(data, str) else repr(data)
    return text if len(text) <= 64 else text[:60] + "…"


class Reader:
    """Checks data and keeps the path to where it is, for messages.

    Args:
        source: what to call the file in messages.
    """

    def __init__(self, source: str):
        self.source = source
        self.path: list[str | int] = []
        self.nested: list[Held] = []  # what boxes hold, inner ones first
        self.sizes: list[int] = []  # their numbers of boxes, written out
        self.left = BUDGET

    def fail(self, problem: str) -> NoReturn:
        """Raise :class:`InputError` for the place that is being read."""
        place = "".join(f"[{key}]" if isinstance(key, int) else f".{key:.60}" for key in self.path)
        raise InputError(f"at ${place}: {problem}", source=self.source)

    def spend(self, amount: int) -> None:
        """Count wires or boxes that the file asks for without spelling them out."""
        self.left -= amount
        if self.left < 0:
            self.fail(f"the file asks for more than {BUDGET:,} wires and boxes in a few bytes")

    def expect(self, data: Json, kind: type | tuple[type, ...], what: str) -> None:
        """Check the class of a value; ``true`` is no number."""
        if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
            self.fail(f"expected {what}, not {shown(data)}")

    def fields(self, data: Json, wanted: Mapping[str, bool]) -> None:
        """Check that an object has the wanted keys (True: required) and no others."""
        self.expect(data, dict, "an object")
        for key, required in wanted.items():
            if required and key not in data:
                self.fail(f"missing {key!r}")
        for key in data:
            if key not in wanted:
                self.fail(f"unknown key {shown(key)}; expected {', '.join(wanted)}")

    def at(self, data: Json, key: str | int, read: Callable[[Reader, Json], T]) -> T:
        """Read a part of an object or list."""
        self.path.append(key)
        try:
            found = read(self, data[key])
        except InputError:
            raise
        except CatenaryError as error:
            self.fail(str(error))
        self.path.pop()
        return found

    def optional(self, data: Json, key: str, read: Callable[[Reader, Json], T], default: T) -> T:
        """Read a part of an object if it is there."""
        return self.at(data, key, read) if key in data else default

    def each(self, data: Json, read: Callable[[Reader, Json], T], what: str = "a list") -> list[T]:
        """Read every item of a list."""
        self.expect(data, list, what)
        return [self.at(data, i, read) for i in range(len(data))]


def text(reader: Reader, data: Json) -> str:
    """A string."""
    reader.expect(data, str, "a string")
    return str(data)


def natural(reader: Reader, data: Json) -> int:
    """A number from 0 to :data:`LARGEST_WIDTH`."""
    reader.expect(data, int, "a natural number")
    if not 0 <= data <= LARGEST_WIDTH:
        reader.fail(f"expected a number from 0 to {LARGEST_WIDTH}, not {shown(data)}")
    return int(data)


def naturals(reader: Reader, data: Json) -> tuple[int, ...]:
    """A list of natural numbers."""
    return tuple(reader.each(data, natural))


def order(reader: Reader, data: Json) -> int:
    """An adjoint order."""
    reader.expect(data, int, "an adjoint order")
    if abs(data) > LARGEST_ORDER:
        reader.fail(f"adjoint orders run from -{LARGEST_ORDER} to {LARGEST_ORDER}")
    return int(data)


def flag(reader: Reader, data: Json) -> bool:
    """True or false."""
    reader.expect(data, bool, "true or false")
    return bool(data)


def sign(reader: Reader, data: Json) -> int:
    """1 or -1."""
    reader.expect(data, int, "1 or -1")
    if data not in (1, -1):
        reader.fail(f"expected 1 or -1, not {shown(data)}")
    return int(data)
