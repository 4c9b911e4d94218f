"""Pregroup types as text: ``n.r s n.l``, with parentheses and named abbreviations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catenary.diagrams import InputError, Ob, Ty, UnknownGenerator

MAX_TYPE_LENGTH = 32
"""Longest type of one word, in simple types."""
MAX_ADJOINT_ORDER = 8
"""Largest adjoint order of a simple type, either way."""

_TOKEN = re.compile(
    r"\s+|(?P<name>[^\W\dˡʳ][^\Wˡʳ]*)|(?P<adjoint>\.[lr](?!\w)|[ˡʳ])|(?P<mark>[()@])|(?P<bad>.)", re.S
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a type: its kind (``name``, ``adjoint``, ``mark``), its text and its 0-based place."""

    kind: str
    text: str
    place: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of text stands: source, 1-based line, columns before it, and the whole text."""

    source: str = "<type>"
    line: int = 1
    before: int = 0
    text: str = ""

    def error(self, problem: str, at: int = 0) -> InputError:
        """The error for a fault ``at`` characters into the piece."""
        return InputError(
            problem, source=self.source, line=self.line, column=self.before + at + 1, text=self.text
        )


def tokens(text: str, place: Place) -> tuple[Token, ...]:
    """Split the text of a type.

    Raises:
        InputError: at the first character that no type contains.
    """
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "bad":
            hint = "; adjoints are written .l and .r" if match[0] == "." else ""
            raise place.error(f"{match[0]!r} does not belong in a type{hint}", match.start())
        if kind is not None:
            found.append(Token(kind, match[0], match.start()))
    return tuple(found)


def evaluate(
    read: Iterable[Token],
    place: Place,
    macros: Mapping[str, Ty] | None = None,
    base: Iterable[str] | None = None,
) -> Ty:
    """The type that tokens stand for, abbreviations replaced.

    Args:
        read: the tokens.
        place: where they stand.
        macros: abbreviations.
        base: the names of the basic types; any name where ``None``.

    Raises:
        InputError: for unbalanced parentheses, a stray adjoint, an unknown basic type, and types longer than
            ``MAX_TYPE_LENGTH`` or with adjoints beyond ``MAX_ADJOINT_ORDER``.
    """
    macros = macros or {}
    known = None if base is None else set(base)
    stack: list[list[Ty]] = [[]]
    opened: list[int] = []
    last = 0
    for token in read:
        last = token.place
        if token.kind == "name":
            if token.text in macros:
                stack[-1].append(macros[token.text])
            elif known is not None and token.text not in known:
                close = UnknownGenerator(token.text, known | macros.keys(), "the list of basic types")
                raise place.error(str(close), token.place)
            else:
                stack[-1].append(Ty(token.text))
        elif token.kind == "adjoint":
            if not stack[-1]:
                raise place.error("an adjoint follows a type, with nothing before it here", token.place)
            ty = stack[-1].pop()
            ty = ty.l if token.text in (".l", "ˡ") else ty.r
            if any(abs(ob.z) > MAX_ADJOINT_ORDER for ob in ty.objects):
                raise place.error(f"an adjoint of order more than {MAX_ADJOINT_ORDER}", token.place)
            stack[-1].append(ty)
        elif token.text == "(":
            if len(opened) >= MAX_TYPE_LENGTH:
                raise place.error(f"more than {MAX_TYPE_LENGTH} parentheses inside each other", token.place)
            opened.append(token.place)
            stack.append([])
        elif token.text == ")":
            if not opened:
                raise place.error("this parenthesis closes nothing", token.place)
            opened.pop()
            stack[-2].append(_joined(stack.pop()))
        if sum(map(len, stack[-1])) > MAX_TYPE_LENGTH:
            raise place.error(f"a type of more than {MAX_TYPE_LENGTH} simple types", token.place)
    if opened:
        raise place.error("this parenthesis is never closed", opened[-1])
    ty = _joined(stack[0])
    if not ty:
        raise place.error("expected a type, such as  n.r s n.l", last)
    return ty


def _joined(parts: list[Ty]) -> Ty:
    objects: list[Ob] = []
    for part in parts:
        objects.extend(part.objects)
    return Ty.of(tuple(objects))


def parse_type(text: str, *, source: str = "<type>") -> Ty:
    """Read a pregroup type: simple types in a row, ``.l`` and ``.r`` for adjoints, parentheses.

    ``@`` between simple types and raised ``ˡ ʳ`` are read too.

    Raises:
        InputError: with the place of the fault.

    >>> parse_type("(n.r s).r n.r s")
    Ty(Ob('s', 1), Ob('n', 2), Ob('n', 1), 's')
    """
    place = Place(source, 1, 0, text)
    return evaluate(tokens(text, place), place)


def format_type(ty: Ty) -> str:
    """The type in plain letters, read back by :func:`parse_type`.

    >>> format_type(parse_type("nʳ s nˡ"))
    'n.r s n.l'
    """
    return " ".join(format_ob(ob) for ob in ty.objects)


def format_ob(ob: Ob) -> str:
    """A simple type in plain letters, such as ``n.l.l``."""
    return ob.name + (".r" if ob.z > 0 else ".l") * abs(ob.z)
