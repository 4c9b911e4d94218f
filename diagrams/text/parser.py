"""Reading theory files: text to syntax tree to :class:`Document`, every fault with its place."""

from __future__ import annotations

import difflib
import functools
import os
import re
from importlib import resources
from typing import TYPE_CHECKING, Any, NoReturn

from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import CatenaryError, InputError
from catenary.diagrams.signature import Signature
from catenary.diagrams.text.document import Document
from catenary.diagrams.textfile import read_text

if TYPE_CHECKING:
    from lark import Lark

MAX_CHARS = 500_000
MAX_DEPTH = 60

STATEMENTS = ("object", "box", "axiom", "rule", "claim", "diagram", "sum", "include", "proof")
STRUCTURAL = (
    "swap",
    "cup",
    "cap",
    "spider",
    "copy",
    "discard",
    "braid",
    "twist",
    "trace",
    "curry",
    "eval",
    "bubble",
    "zero",
)
START = ["start", "expression", "params", "conditions"]
KEYWORDS = frozenset((*STATEMENTS, *STRUCTURAL, "theory", "extends", "over", "under", "by"))

_SHOWN = {
    "NAME": "a name",
    "LABEL": "a name",
    "STRING": "",  # wherever a quoted name may stand, a plain one may
    "NUMBER": "a number",
    "LPAR": "'('",
    "RPAR": "')'",
    "LSQB": "'['",
    "RSQB": "']'",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "COLON": "':'",
    "COMMA": "','",
    "ARROW": "'->'",
    "EQUALS": "'='",
    "DIRECTED": "'=>'",
    "THEN": "'>>'",
    "TENSOR": "'@'",
    "PLUS": "'+'",
    "MINUS": "'-'",
    "TIMES": "'*'",
    "OVER": "'/'",
    "POWER": "'**'",
    "DAGGER": "'†'",
    "CARET": "'^'",
    "ATTRIBUTE": "'.l', '.r' or '.dagger'",
    "$END": "the end of the text",
}
NESTING = re.compile(r'"(?:\\.|[^"\\\n])*"|#[^\n]*|[()]')


@functools.cache
def grammar() -> Lark:
    """The parser, built once."""
    from lark import Lark

    text = resources.files("catenary.diagrams.text").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", propagate_positions=True, start=START)


class Source:
    """A text with its name, which can turn places into errors."""

    def __init__(self, text: str, name: str):
        self.text, self.name = text, name

    def fail(self, problem: str, at: Any = None) -> NoReturn:
        """Raise an error at a token or tree of the parser."""
        meta = getattr(at, "meta", at)
        line, column = getattr(meta, "line", None) or 0, getattr(meta, "column", None) or 0
        raise InputError(problem, source=self.name, line=line, column=column, text=self.text)

    def fail_at(self, problem: str, line: int, column: int) -> NoReturn:
        """Raise an error at a line and column."""
        raise InputError(problem, source=self.name, line=line, column=column, text=self.text)

    def tree(self, start: str = "start") -> Any:
        """Parse as a document (``"start"``), an ``"expression"``, ``"params"`` or ``"conditions"``.

        Raises:
            InputError: with the place, what was found and what was expected.
        """
        from lark import UnexpectedCharacters, UnexpectedToken

        self._check_size()
        try:
            return grammar().parse(self.text, start=start)
        except UnexpectedToken as error:
            token = error.token
            expected = error.accepts or error.expected
            if token.type == "$END":
                lines = self.text.rstrip().split("\n")
                wanted = _expected(expected)
                self.fail_at(f"the text ends too early; expected {wanted}", len(lines), len(lines[-1]) + 1)
            shown = token.value if len(token.value) <= 40 else token.value[:39] + "…"
            hint = _did_you_mean(token.value, expected)
            self.fail(f"unexpected {shown!r}; expected {_expected(expected)}{hint}", token)
        except UnexpectedCharacters as error:
            place = error.pos_in_stream or 0
            character = self.text[place]
            if character == '"':
                self.fail("a quoted name that does not end on its line, or has an unknown escape", error)
            self.fail(f"unexpected character {character!r}; expected {self._wanted(start, place)}", error)

    def _wanted(self, start: str, place: int) -> str:
        """What could stand at a place of the text, all before it being well formed."""
        from lark import UnexpectedToken

        try:
            grammar().parse(self.text[:place], start=start)
        except UnexpectedToken as error:
            return _expected(error.accepts or error.expected)
        return _expected([word.upper() for word in STATEMENTS])

    def _check_size(self) -> None:
        if len(self.text) > MAX_CHARS:
            self.fail(f"{len(self.text)} characters is more than the {MAX_CHARS} that a theory file may have")
        depth = 0
        for match in NESTING.finditer(self.text):
            if match[0] == "(":
                depth += 1
                if depth > MAX_DEPTH:
                    line = self.text.count("\n", 0, match.start()) + 1
                    column = match.start() - self.text.rfind("\n", 0, match.start())
                    self.fail_at(f"parentheses are nested more than {MAX_DEPTH} deep", line, column)
            elif match[0] == ")":
                depth -= 1


def _expected(names: Any) -> str:
    found = set(names)
    words = []
    if {"NAME", "LPAR", "SWAP"} <= found:
        words.append("a diagram or type")
        found -= {"NAME", "LPAR", "NUMBER", "LSQB", "MINUS", "OVER_TYPE", "UNDER_TYPE"}
        found -= {word.upper() for word in STRUCTURAL}
    if {"AXIOM", "CLAIM"} <= found:
        words.append("a new statement (" + ", ".join(STATEMENTS) + ")")
        found -= {word.upper() for word in STATEMENTS}
    order = list(_SHOWN)
    for name in sorted(found, key=lambda n: (order.index(n) if n in order else len(order), n)):
        word = _SHOWN.get(name, f"'{name.lower()}'")
        if word and word not in words:
            words.append(word)
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words) or "nothing more"


def _did_you_mean(word: str, expected: Any) -> str:
    known = [name.lower() for name in expected if name.lower() in KEYWORDS]
    close = difflib.get_close_matches(word, known, 1)
    return f"; did you mean {close[0]}?" if close else ""


def parse_document(
    text: str, source: str = "<text>", *, folder: str | os.PathLike[str] | None = None
) -> Document:
    """Read a theory file.

    Args:
        text: the file's content.
        source: its name, for messages.
        folder: where the files that it includes are; none are read unless it is given.

    Raises:
        InputError: with line and column, for anything that is not a well-typed theory.

    >>> monoid = parse_document('''
    ... theory monoid : symmetric
    ... object A
    ... box m : A @ A -> A
    ... box u : -> A
    ... axiom unit: u @ A >> m = A
    ... ''')
    >>> monoid.signature["m"].dom, monoid.axioms[0].name
    (Ty('A', 'A'), 'unit')
    """
    from catenary.diagrams.text.including import Library
    from catenary.diagrams.text.reading import read

    where = source_of(text, source)
    library = None if folder is None else Library(folder)
    return read(where.tree(), where, library)


def source_of(text: str, name: str) -> Source:
    """The text of a theory, which is not empty."""
    if not isinstance(text, str):
        raise InputError(f"a theory is text, not {type(text).__name__}", source=name)
    where = Source(text.removeprefix("\ufeff"), name)
    if not where.text.strip():
        where.fail("the text is empty; a theory begins with  theory NAME : DOCTRINE")
    return where


def parse_diagram(text: str, signature: Signature, source: str = "<text>") -> Diagram:
    """Read a diagram over a signature that lists its objects and generators. A generator of variable arity is
    written with its numbers of inputs and outputs: ``Z[2, 1](1/4)``.

    Raises:
        InputError: with line and column, for anything that is not a well-typed diagram.

    >>> from catenary.diagrams import Box, Ty
    >>> a = Ty("a")
    >>> print(parse_diagram("m @ a >> m", Signature("magma", objects=["a"], generators=[Box("m", a @ a, a)])))
    m @ a >> m
    """
    from catenary.diagrams.text.reading import read_expression

    if not isinstance(text, str):
        raise InputError(f"a diagram is text, not {type(text).__name__}", source=source)
    if not isinstance(signature, Signature):
        raise CatenaryError(f"a diagram is read over a Signature, not {signature!r:.80}")
    where = Source(text, source)
    return read_expression(where.tree("expression"), where, signature)


def load_document(path: str | os.PathLike[str]) -> Document:
    """Read a theory from a UTF-8 file, or from standard input if the path is ``"-"``.

    What it includes is read from the file's folder and those below it; standard input includes nothing.

    Raises:
        InputError: if there is no such file, if it cannot be read or is not text, and as for
            :func:`parse_document`.
    """
    from catenary.diagrams.text.including import Library
    from catenary.diagrams.text.reading import read

    text, source = read_text(path, "a theory file", max_bytes=4 * MAX_CHARS)
    where = source_of(text, source)
    if os.fspath(path) == "-":
        return read(where.tree(), where, None)
    return read(where.tree(), where, Library(os.path.dirname(os.path.abspath(path)), path))
