"""Every exception that Catenary raises on purpose. Each says what was wrong, where, and what to do."""

from __future__ import annotations

import difflib
import math
import operator
from collections.abc import Iterable
from numbers import Real
from typing import Any


class CatenaryError(Exception):
    """Base class of all of Catenary's errors. They pickle, so that they cross process boundaries."""

    def __reduce__(self) -> tuple[object, ...]:
        return (_restore, (type(self), self.args, self.__dict__))


def _restore(kind: type[CatenaryError], args: tuple[object, ...], state: dict[str, object]) -> CatenaryError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class CompositionError(CatenaryError, ValueError):
    """Two diagrams whose boundary does not fit.

    Attributes:
        left: the wires that were offered, as text.
        right: the wires that were expected, as text.
        index: position of the first wire that differs.
    """

    def __init__(
        self,
        left: Iterable[object],
        right: Iterable[object],
        names: tuple[str, str] = ("", ""),
        hint: str = "",
    ):
        self.left = tuple(map(str, left))
        self.right = tuple(map(str, right))
        shared = min(len(self.left), len(self.right))
        self.index = next((i for i in range(shared) if self.left[i] != self.right[i]), shared)
        super().__init__(self._message(names) + (f"\n{hint}" if hint else ""))

    def _message(self, names: tuple[str, str]) -> str:
        width = max(map(len, self.left + self.right), default=1)
        # Only the neighbourhood of the fault is shown: a boundary may have thousands of wires.
        start = max(0, self.index - 4)
        rows = []
        for name, wires in zip(names, (self.left, self.right), strict=True):
            shown = [w.ljust(width) for w in wires[start : self.index + 5]]
            dots = "… " if start else ""
            rest = " …" if len(wires) > self.index + 5 else ""
            rows.append(f"{name:>12}  {dots}{'  '.join(shown) or '(no wires)'}{rest}".rstrip())
        pad = 14 + (2 if start else 0) + (self.index - start) * (width + 2)
        here = [w[self.index] if self.index < len(w) else "nothing" for w in (self.left, self.right)]
        return (
            f"cannot compose: wire {self.index} is {here[0]} on one side and {here[1]} on the other "
            f"({len(self.left)} wires against {len(self.right)})\n" + "\n".join(rows) + "\n" + " " * pad + "^"
        )


class ArgumentError(CatenaryError, TypeError):
    """A value of the wrong kind where another was wanted.

    Attributes:
        what: what the value was given for.
        wanted: what it should be.
        given: the name of its type.
    """

    def __init__(self, what: str, wanted: str, value: object):
        self.what, self.wanted, self.given = what, wanted, type(value).__name__
        try:
            shown = repr(value)
        except Exception:  # a value that cannot be shown is still of the wrong kind
            shown = f"a {self.given}"
        shown = shown if len(shown) <= 60 else shown[:59] + "…"
        super().__init__(f"{what} is {wanted}, not {shown}")


def expect(value: object, kind: type | tuple[type, ...], what: str, wanted: str) -> None:
    """Raise :class:`ArgumentError` unless a value is of a kind.

    >>> expect(3, int, "a count", "a number")
    """
    if not isinstance(value, kind):
        raise ArgumentError(what, wanted, value)


def expect_count(value: object, what: str, most: int = 10_000_000) -> int:
    """A whole number from 0 to ``most``.

    Raises:
        ArgumentError, ArityError: for anything else.
    """
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ArgumentError(what, "a whole number", value)
    number = operator.index(value)
    if not 0 <= number <= most:
        raise ArityError(f"{what} is from 0 to {most:,}, not {number}")
    return number


def expect_seconds(value: Any, what: str = "the budget") -> None:
    """Refuse what is no finite number of seconds.

    Raises:
        ArgumentError: for what is no number.
        ValueError: for one that is negative or not finite.
    """
    expect(value, Real, what, "a finite number of seconds")
    if not 0 <= value < math.inf:
        raise ValueError(f"{what} is a finite number of seconds, not {value!r}")


def expect_iterable(value: Any, what: str, wanted: str) -> Iterable[Any]:
    """The value, if it can be iterated over and is not a text."""
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise ArgumentError(what, wanted, value)
    return value  # type: ignore[no-any-return]


_REFLECTED = {"@": "__rmatmul__", ">>": "__rrshift__", "<<": "__rlshift__", "+": "__radd__", "-": "__rsub__"}


def other_operand(symbol: str, wanted: str, other: object) -> Any:
    """``NotImplemented`` where the other operand's class may know the operator; an error that says what is wanted
    where it cannot.
    """
    kind = type(other)
    if kind.__module__ not in ("builtins", "fractions", "decimal") and hasattr(kind, _REFLECTED[symbol]):
        return NotImplemented
    raise ArgumentError(f"what stands beside {symbol}", wanted, other)


class DoctrineError(CatenaryError, TypeError):
    """An operation that the signature's doctrine does not have.

    Attributes:
        operation: what was asked for, e.g. ``"cup"``.
        doctrine: the doctrine's name.
        needed: names of the doctrines that have it.
    """

    def __init__(self, operation: str, doctrine: str, needed: Iterable[str]):
        self.operation, self.doctrine, self.needed = operation, doctrine, tuple(needed)
        have = ", ".join(self.needed) or "no doctrine"
        super().__init__(
            f"a {doctrine} signature has no {operation}; the doctrines that have it: {have}. "
            f"Build the diagram over a signature with one of these."
        )


class SignatureError(CatenaryError, ValueError):
    """Two signatures that cannot be combined, or a signature that is not well formed."""


class UnknownGenerator(CatenaryError, KeyError):  # noqa: N818 the name says it
    """A name that is not in the signature, table or lexicon that was asked.

    Attributes:
        name: the name that was not found.
        close: names that look alike.
    """

    def __init__(self, name: str, known: Iterable[str], where: str):
        self.name = name
        self.close = tuple(difflib.get_close_matches(name, list(known), 3))
        hint = f"; did you mean {' or '.join(self.close)}?" if self.close else ""
        self.message = f"{where} has no {name!r}{hint}"
        super().__init__(self.message)

    def __str__(self) -> str:  # KeyError would print the repr
        return self.message


class ArityError(CatenaryError, ValueError):
    """The wrong number of wires, qubits or parameters."""


class WireError(CatenaryError, ValueError):
    """A wire that is used against the rules of its doctrine while a diagram is written on wires.

    Attributes:
        reason: ``"used"`` (a second time), ``"unused"``, ``"crossing"``, ``"foreign"``, ``"feedback"``,
            ``"value"`` (taken for a Python value) or ``"built"``.
        wire: its name or description, ``""`` where there is none.
        place: file and line of the use; of the making, for an unused wire.
        before: file and line of the earlier use.
        needed: names of the doctrines that allow it.
    """

    def __init__(
        self,
        problem: str,
        *,
        reason: str = "",
        wire: str = "",
        place: str = "",
        before: str = "",
        needed: Iterable[str] = (),
    ):
        self.reason, self.wire, self.place, self.before = reason, wire, place, before
        self.needed = tuple(needed)
        super().__init__(problem)


class PhaseError(CatenaryError, ValueError):
    """A phase that is not a finite number or an expression."""


class ScalarError(CatenaryError, ValueError):
    """A scalar of a sum that is not a finite number or an expression."""


class InputError(CatenaryError, ValueError):
    """A file or text that is not what it should be.

    Attributes:
        source: file name, or ``"<text>"``.
        line, column: 1-based place of the fault; 0 where there is none.
        problem: what is wrong and what was expected.
    """

    def __init__(
        self, problem: str, *, source: str = "<text>", line: int = 0, column: int = 0, text: str = ""
    ):
        self.problem, self.source, self.line, self.column = problem, source, line, column
        place = source + (f":{line}" if line else "") + (f":{column}" if line and column else "")
        message = f"{place}: {problem}"
        if text and line:
            rows = text.split("\n")
            if line <= len(rows):
                # A hostile line may be megabytes long and hold control characters.
                first = max(0, column - 40)
                row = rows[line - 1][first : first + 80].rstrip("\r")
                shown = "".join(c if c.isprintable() else "·" for c in row)
                message += f"\n  {shown}"
                if column:
                    message += "\n  " + " " * (column - 1 - first) + "^"
        super().__init__(message)


class MissingExtra(CatenaryError, ImportError):  # noqa: N818
    """An optional library that is not installed.

    Attributes:
        package: the library.
        extra: the extra of ``catenary`` that installs it.
    """

    def __init__(self, package: str, extra: str):
        self.package, self.extra = package, extra
        super().__init__(f"this needs {package}: install it with  python -m pip install 'catenary[{extra}]'")


class LimitReached(CatenaryError, RuntimeError):  # noqa: N818
    """Work stopped at a limit without an answer. Never raised in place of a wrong answer.

    Attributes:
        limit: the limit that was reached, in words.
    """

    def __init__(self, what: str, limit: str):
        self.limit = limit
        super().__init__(f"{what}: stopped at {limit}")


class RewriteError(CatenaryError, ValueError):
    """A rule, match or proof step that does not apply."""


class ContractionError(CatenaryError, ValueError):
    """A tensor network that cannot be contracted as given (shapes, dimensions, memory)."""
