"""Categories of categorial grammar: types of a biclosed category, as text, and as images of pregroup types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from catenary.diagrams import CatenaryError, Exponential, InputError, Ty

ATOMS: Mapping[str, str] = MappingProxyType({"S": "s", "NP": "n", "N": "n", "PP": "p"})
"""The pregroup types of the usual basic categories; others keep their names, in lower case."""

MAX_SLASHES = 64
_SCAN = re.compile(r"\s*(?:(?P<mark>[()/\\])|(?P<atom>[^()/\\\[\]\s]+)(?P<features>(?:\[[^\[\]]*\])*))")


class CCGError(CatenaryError, ValueError):
    """A derivation that no rule of combinatory categorial grammar makes, or that has no such form."""


def parse_category(text: str, *, source: str = "<category>", line: int = 0) -> Ty:
    """A category from text: ``(S\\NP)/NP``; slashes associate to the left, features in brackets are left out.

    Raises:
        InputError: with the place of the fault.

    >>> parse_category(r"(S[dcl]\\NP)/NP") == (Ty("NP") >> Ty("S")) << Ty("NP")
    True
    """

    def fault(problem: str, at: int) -> InputError:
        return InputError(f"{problem} in the category {text[:80]!r}", source=source, line=line, column=at + 1)

    values: list[list[Ty]] = [[]]
    slashes: list[list[str]] = [[]]
    at = count = 0
    text = text.rstrip()
    while at < len(text):
        match = _SCAN.match(text, at)
        if match is None:
            raise fault(f"{text[at]!r} does not belong", at)
        place, at = match.start(), match.end()
        mark = match["mark"]
        if mark == "(":
            if len(values) > MAX_SLASHES:
                raise fault(f"more than {MAX_SLASHES} parentheses inside each other", place)
            values.append([])
            slashes.append([])
            continue
        if mark in ("/", "\\"):
            if len(values[-1]) != 1 or slashes[-1]:
                raise fault(f"nothing stands before {mark!r}", place)
            count += 1
            if count > MAX_SLASHES:
                raise fault(f"more than {MAX_SLASHES} slashes", place)
            slashes[-1].append(mark)
            continue
        if mark == ")":
            if len(values) == 1 or slashes[-1] or len(values[-1]) != 1:
                raise fault("a parenthesis closes nothing, or too early", place)
            (value,) = values.pop()
            slashes.pop()
        else:
            value = Ty(match["atom"])
        if values[-1]:
            if not slashes[-1]:
                raise fault("a slash is missing", place)
            result = values[-1].pop()
            value = result << value if slashes[-1].pop() == "/" else value >> result
        values[-1].append(value)
    if len(values) != 1 or slashes[-1] or len(values[-1]) != 1:
        raise fault("the end comes too early", len(text))
    return values[0][0]


def format_category(ty: Ty) -> str:
    """The category as :func:`parse_category` reads it.

    >>> print(format_category((Ty("NP") >> Ty("S")) << Ty("NP")))
    (S\\NP)/NP
    """
    parts = split_category(ty)
    if parts is None:
        return ty.objects[0].name if len(ty) == 1 else str(ty)
    result, slash, argument = parts
    shown = [format_category(side) for side in (result, argument)]
    for i, side in enumerate((result, argument)):
        if split_category(side) is not None:
            shown[i] = f"({shown[i]})"
    return slash.join(shown)


def split_category(ty: Ty) -> tuple[Ty, str, Ty] | None:
    """The result, slash and argument of a category; ``None`` for a basic one."""
    ob = ty.objects[0] if len(ty) == 1 else None
    if not isinstance(ob, Exponential):
        return None
    return ob.base, "\\" if ob.left else "/", ob.exponent


def arguments_of(ty: Ty, degree: int) -> tuple[Ty, list[tuple[str, Ty]]] | None:
    """What is left of a category after so many arguments, and these, the outermost first."""
    found = []
    for _ in range(degree):
        parts = split_category(ty)
        if parts is None:
            return None
        ty, slash, argument = parts
        found.append((slash, argument))
    return ty, found


def to_category(ty: Ty, atoms: Mapping[str, str] = ATOMS) -> Ty:
    """The category of a pregroup type, where it has one: y.r x for X\\Y, x y.l for X/Y, arguments on the right outermost.

    The functor takes it back to the type. Basic types get the name of the first atom that maps to them.

    Raises:
        CCGError: for a type that is no image of a category, such as ``n n``.

    >>> from catenary.functors.grammar import parse_type
    >>> print(format_category(to_category(parse_type("n.r n s.l n"))))
    (NP\\NP)/(S\\NP)
    """
    names: dict[str, str] = {}
    for name, value in (("NP", atoms.get("NP")), *atoms.items()):
        if value is not None:
            names.setdefault(value, name)
    known: dict[Ty, Ty | None] = {}

    def adjoint(part: Ty, turn: int) -> Ty:
        return part.l if turn < 0 else part.r

    def find(part: Ty) -> Ty | None:
        if part not in known:
            known[part] = None
            known[part] = search(part)
        return known[part]

    def search(part: Ty) -> Ty | None:
        if len(part) == 1 and part.objects[0].z == 0:
            name = part.objects[0].name
            return Ty(names.get(name, name))
        for cut in range(len(part) - 1, 0, -1):  # x y.l with the shortest y
            argument = find(adjoint(part[cut:], 1))
            result = find(part[:cut]) if argument is not None else None
            if argument is not None and result is not None:
                return result << argument
        for cut in range(1, len(part)):  # y.r x
            argument = find(adjoint(part[:cut], -1))
            result = find(part[cut:]) if argument is not None else None
            if argument is not None and result is not None:
                return argument >> result
        return None

    if len(ty) > 32 or any(abs(ob.z) > 8 for ob in ty.objects):
        raise CCGError("the pregroup type is too long to be read as a category")
    found = find(ty) if ty else None
    if found is None:
        raise CCGError(f"the pregroup type {ty} is the image of no category")
    return found
