"""Derivation files in the style of CCGbank (``.auto``).

A line ``ID=…`` is followed by a line with a tree: ``(<T S[dcl] 0 2> (<L NP NNP NNP Alice NP>) …)``. Inner nodes have a
category, the head and the number of children; leaves a category, two parts of speech, the word and a category with
indices. The files do not name rules: they are found from the categories.

Source: Hockenmaier & Steedman, *CCGbank* (LDC2005T13), manual.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from catenary.diagrams import CatenaryError, InputError, Ty
from catenary.diagrams.textfile import read_lines
from catenary.functors.grammar.ccg import Derivation, apply, leaf
from catenary.functors.grammar.ccg_categories import parse_category

MAX_LINE = 200_000

_NODE = re.compile(r"\s*(?:\(<(?P<kind>[TL])(?P<body>[^<>]*)>|(?P<close>\)))")


@dataclass(frozen=True)
class Derived:
    """A derivation of a file: its name there, its 1-based line, and what it says.

    Attributes:
        name: the ``ID`` of the line before.
        line: the line of the tree.
        derivation: the derivation.
    """

    name: str
    line: int
    derivation: Derivation


def parse_auto(
    lines: str | Iterable[str],
    *,
    source: str = "<text>",
    failed: Callable[[InputError], None] | None = None,
) -> Iterator[Derived]:
    """The derivations of a file's lines, one after the other, in bounded memory.

    Args:
        lines: the text, or its lines.
        source: its name, for errors.
        failed: called with the error of a line that is no derivation, which is then passed over; raised unless
            given.

    Raises:
        InputError: with line and column, for a line that is no tree, and for a step that no rule makes.

    >>> text = '''ID=one PARSER=GOLD NUMPARSE=1
    ... (<T S[dcl] 1 2> (<L NP NNP NNP Alice NP>) (<L S[dcl]\\\\NP VBZ VBZ sleeps S[dcl]\\\\NP>) )'''
    >>> found, = parse_auto(text)
    >>> print(found.name, found.derivation.rules, found.derivation.reading().diagram)
    one ('<',) Alice >> n @ sleeps >> cup @ s
    """
    rows = lines.splitlines() if isinstance(lines, str) else lines
    name = ""
    for number, line in enumerate(rows, 1):
        line = line.rstrip("\r\n")
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("ID="):
            name = line[3:].split(maxsplit=1)[0] if line[3:].strip() else ""
            continue
        try:
            yield Derived(name, number, _tree(line, source, number))
        except InputError as error:
            if failed is None:
                raise
            failed(error)


def read_auto(path: str | Path, *, failed: Callable[[InputError], None] | None = None) -> Iterator[Derived]:
    """The derivations of a file, read as they are asked for: see :func:`parse_auto`.

    Raises:
        InputError: for a file that cannot be read or is not UTF-8 text, and as :func:`parse_auto`.
    """
    lines = read_lines(path, "CCG derivations", max_line=MAX_LINE)
    yield from parse_auto(lines, source=str(path), failed=failed)


def _tree(line: str, source: str, number: int) -> Derivation:
    def fault(problem: str, at: int) -> InputError:
        shown = line if len(line) <= 400 else ""
        return InputError(
            problem, source=source, line=number, column=at + 1, text="\n" * (number - 1) + shown
        )

    if len(line) > MAX_LINE:
        raise fault(f"a line of more than {MAX_LINE:,} characters", 0)
    opened: list[tuple[int, Ty, bool, int, list[Derivation]]] = []
    at = 0
    while True:
        match = _NODE.match(line, at)
        if match is None:
            raise fault("expected a node (<T …> or (<L …>, or a parenthesis that closes one", at)
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        at = match.end()
        if match["close"] is None:
            opened.append(_node(match["kind"], match["body"].split(), start, fault))
            if match["kind"] == "T":
                continue
            closing = re.compile(r"\s*\)").match(line, at)
            if closing is None:
                raise fault("a leaf is closed right away", at)
            at = closing.end()
        if not opened:
            raise fault("a parenthesis closes nothing", start)
        begun, category, joined, count, children = opened.pop()
        if len(children) != count:
            raise fault(f"a node that says it has {count} children has {len(children)}", begun)
        try:
            made = _combined(children, category, joined)
        except InputError:
            raise
        except CatenaryError as error:
            raise fault(str(error), begun) from None
        if opened:
            opened[-1][4].append(made)
            continue
        if line[at:].strip():
            raise fault("more text after the tree", at)
        return made


def _node(
    kind: str,
    fields: list[str],
    start: int,
    fault: Callable[[str, int], InputError],
) -> tuple[int, Ty, bool, int, list[Derivation]]:
    expected = (
        "category, head, number of children"
        if kind == "T"
        else "category, two parts of speech, word, category"
    )
    if len(fields) != (3 if kind == "T" else 5):
        raise fault(f"a node <{kind} …> has {expected}", start)
    text = fields[0]
    # CCGbank marks the second part of a coordination, X and what joins it, X[conj]: a category X\X.
    joined = text.endswith("[conj]") and kind == "T"
    try:
        category = parse_category(text.removesuffix("[conj]") if joined else text)
    except InputError as error:
        raise fault(error.problem, start) from None
    if kind == "L":
        return start, category, False, 1, [leaf(fields[3], category)]
    if fields[2] not in ("1", "2") or fields[1] not in ("0", "1"):
        raise fault("the head is 0 or 1, the children are 1 or 2", start)
    return start, category >> category if joined else category, joined, int(fields[2]), []


def _combined(children: list[Derivation], category: Ty, joined: bool) -> Derivation:
    if len(children) == 1:
        (child,) = children
        return child if child.category == category else apply(child, category=category)
    return apply(children[0], children[1], category)
