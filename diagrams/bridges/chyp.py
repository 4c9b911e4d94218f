"""Theories of Chyp (Kissinger's prover for symmetric monoidal categories, github.com/akissinger/chyp).

``gen`` declares a generator, ``let`` names a diagram, ``def`` declares a generator with the equation that
defines it, ``rule`` states an equation (``=``) or a directed rule (``<=``, ``~>``), ``rewrite`` proves one.
Wires have one type. Rules become axioms, rewrites claims (their steps are not taken over: prove them by
:func:`catenary.prove`), named diagrams diagrams. Colours and ``show`` are passed over; ``import``, tactics
and the typed wires of Chyp's development version are refused by name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from catenary.diagrams.boxes import SWAP, Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import CatenaryError, InputError, SignatureError
from catenary.diagrams.signature import Doctrine, Signature
from catenary.diagrams.text.document import Document
from catenary.diagrams.textfile import read_text as _read_file
from catenary.diagrams.types import Ty

LARGEST_FILE = 16_000_000  # bytes
LARGEST = 1_000_000  # boxes and wires of one diagram, named diagrams written out
DEEPEST = 100  # parentheses within parentheses
KEYWORDS = frozenset(["gen", "let", "def", "rule", "rewrite", "show", "import"])
RESERVED = KEYWORDS | {"id", "id0", "sw", "by", "as"}
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n\f]+|\#[^\n]*)|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)|(?P<number>[0-9]+)"
    r'|(?P<colour>"[0-9A-Fa-f]{6}")|(?P<symbol>->|<=|~>|==|[-=;*()\[\],:?^])'
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    kind: str
    at: int


@dataclass(slots=True)
class _Term:
    """A diagram with its number of boxes, written out."""

    diagram: Diagram
    size: int


class _Parser:
    def __init__(self, text: str, source: str, name: str):
        self.text, self.source, self.name = text, source, name
        self.tokens = list(self._scan())
        self.place = 0
        self.wire = self._wire_name()
        self.boxes: dict[str, Box] = {}
        self.signature = Signature(name, Doctrine.SYMMETRIC, [self.wire], self._generators())
        self.terms: dict[str, _Term] = {}
        self.rules: dict[str, Equation] = {}
        self.claims: dict[str, Equation] = {}
        self.named: dict[str, Diagram] = {}

    # Tokens

    def fail(self, problem: str, token: _Token | None = None) -> NoReturn:
        at = (token or self.tokens[self.place]).at
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1) + 1
        raise InputError(problem, source=self.source, line=line, column=column, text=self.text)

    def _scan(self) -> Iterator[_Token]:
        at = 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            if match is None:
                self.fail(f"unexpected character {self.text[at]!r}", _Token("", "", at))
            if match.lastgroup != "space":
                yield _Token(match[0], str(match.lastgroup), at)
            at = match.end()
        yield _Token("the end of the file", "end", len(self.text))

    @property
    def now(self) -> _Token:
        return self.tokens[self.place]

    def take(self, *wanted: str) -> _Token:
        """The next token, which is one of these symbols or words."""
        token = self.now
        if token.text not in wanted or token.kind == "end":
            self.fail(f"expected {' or '.join(map(repr, wanted))}, not {token.text[:60]!r}")
        self.place += 1
        return token

    def takes(self, *wanted: str) -> bool:
        if self.now.kind != "end" and self.now.text in wanted:
            self.place += 1
            return True
        return False

    def identifier(self, what: str) -> _Token:
        token = self.now
        if token.kind != "name" or token.text in RESERVED:
            self.fail(f"expected the name of {what}, not {token.text[:60]!r}")
        self.place += 1
        return token

    def number(self, what: str) -> int:
        token = self.now
        if token.kind == "name":
            self.fail(f"typed wires ({token.text[:60]}) are of Chyp's development version: expected {what}")
        if token.kind != "number" or len(token.text) > 9 or int(token.text) > LARGEST:
            self.fail(f"expected {what} up to {LARGEST:,}, not {token.text[:60]!r}")
        self.place += 1
        return int(token.text)

    # Generators, which a first pass collects

    def _wire_name(self) -> str:
        used = {token.text for token in self.tokens}
        name = "wire"
        while name in used:
            name += "_"
        return name

    def _generators(self) -> list[Box]:
        """The declared boxes; a definition's boundary is known only from its term, so ``def`` is read in
        order.
        """
        wire = Ty(self.wire)
        for place, token in enumerate(self.tokens):
            self.place = place
            if token.text == "gen" and token.kind == "name":
                self.take("gen")
                name = self.identifier("a generator")
                self.take(":")
                ends = [self.number("a number of inputs")]
                self.take("->")
                ends.append(self.number("a number of outputs"))
                box = Box(name.text, wire ** ends[0], wire ** ends[1])
                known = self.boxes.setdefault(name.text, box)
                if known != box:
                    self.fail(f"generator {name.text} was {len(known.dom)} -> {len(known.cod)} before", name)
        self.place = 0
        return list(self.boxes.values())

    # Terms

    def term(self, depth: int = 0) -> _Term:
        found = self._parallel(depth)
        while self.now.text == ";":
            token = self.take(";")
            other = self._parallel(depth)
            have, need = len(found.diagram.cod), len(other.diagram.dom)
            if have != need:
                self.fail(f"{have} wires before this ';' and {need} after it", token)
            found = _Term(found.diagram >> other.diagram, self._bounded(found, other, token))
        return found

    def _parallel(self, depth: int) -> _Term:
        found = self._factor(depth)
        while self.now.text == "*":
            token = self.take("*")
            other = self._factor(depth)
            found = _Term(found.diagram @ other.diagram, self._bounded(found, other, token))
        return found

    def _bounded(self, one: _Term, other: _Term, token: _Token) -> int:
        size = one.size + other.size
        width = max(len(t.diagram.dom) + len(t.diagram.cod) for t in (one, other)) * 2
        if max(size, width) > LARGEST:
            self.fail(f"a diagram of more than {LARGEST:,} boxes or wires", token)
        return size

    def _factor(self, depth: int) -> _Term:
        token = self.now
        if depth > DEEPEST:
            self.fail(f"parentheses more than {DEEPEST} deep")
        if self.takes("("):
            found = self.term(depth + 1)
            self.take(")")
            return found
        if token.text in ("id", "id0", "sw") and token.kind == "name":
            self.place += 1
            return self._structure(token)
        name = self.identifier("a generator or diagram")
        if name.text not in self.terms:
            later = "; it is declared further down" if name.text in self.boxes else ""
            self.fail(f"{name.text!r} is not declared here{later}", name)
        return self.terms[name.text]

    def _structure(self, token: _Token) -> _Term:
        wire = Ty(self.wire)
        if token.text == "id0":
            return _Term(Diagram.id(Ty(), self.signature), 0)
        places = [1, 0]
        listed = self.takes("[")
        if token.text == "id":
            if listed:
                self.number("no type")
                self.fail("id is one wire: typed wires are of Chyp's development version", token)
            return _Term(Diagram.id(wire, self.signature), 0)
        if listed:
            places = [self.number("a place")]
            while self.takes(","):
                places.append(self.number("a place"))
            self.take("]")
            if sorted(places) != list(range(len(places))):
                self.fail(f"{places} is not a permutation", token)
        found = Diagram.permutation(places, wire ** len(places), self.signature)
        return _Term(found, len(places))

    # Statements

    def document(self) -> Document:
        while self.now.kind != "end":
            self.statement()
        signature = self.signature
        try:
            return Document(
                self.name, signature, tuple(self.rules.values()), tuple(self.claims.values()), self.named
            )
        except CatenaryError as error:
            raise InputError(str(error), source=self.source) from None

    def statement(self) -> None:
        token = self.take(*sorted(KEYWORDS))
        if token.text == "import":
            self.fail("import is not read here: put the theories into one file", token)
        if token.text == "show":
            self.known(self.identifier("a rule"))
        elif token.text == "gen":
            name = self.identifier("a generator")
            for part in (":", None, "->", None):
                if part is None:
                    self.number("a number of wires")
                else:
                    self.take(part)
            self.colours()
            if name.text in self.named:
                self.fail(f"{name.text} is the name of a diagram already", name)
            self.terms[name.text] = _Term(self.signature[name.text].diagram, 1)
        elif token.text == "let":
            name = self.identifier("a diagram")
            self.take("=")
            found = self.term()
            if name.text in self.terms or name.text in self.boxes:
                self.fail(f"{name.text} is declared twice", name)
            self.terms[name.text] = found
            self.named[name.text] = found.diagram
        elif token.text == "def":
            self.definition()
        elif token.text == "rule":
            name = self.identifier("a rule")
            self.take(":")
            left = self.term()
            sign = self.take("=", "==", "<=", "~>")
            self.add(self.rules, name, name.text, left, self.term(), sign)
        else:
            self.rewrite()

    def colours(self) -> None:
        for _ in range(2):
            if self.now.kind == "colour":
                self.place += 1

    def definition(self) -> None:
        name = self.identifier("a generator")
        sign = self.take("=")
        found = self.term()
        self.colours()
        box = Box(name.text, found.diagram.dom, found.diagram.cod)
        if name.text in self.named:
            self.fail(f"{name.text} is the name of a diagram already", name)
        known = self.boxes.setdefault(name.text, box)
        if known != box:
            self.fail(f"generator {name.text} was {len(known.dom)} -> {len(known.cod)} before", name)
        if name.text not in (self.signature.generators or ()):
            boxes = [box.plain() for box in self.boxes.values()]
            self.signature = Signature(self.name, Doctrine.SYMMETRIC, [self.wire], boxes)
        self.terms[name.text] = _Term(self.signature[name.text].diagram, 1)
        self.add(self.rules, name, f"{name.text}_def", self.terms[name.text], found, sign)

    def add(
        self, table: dict[str, Equation], token: _Token, name: str, left: _Term, right: _Term, sign: _Token
    ) -> None:
        if name in self.rules or name in self.claims:
            self.fail(f"rule {name} is stated twice", token)
        ends = [(len(t.diagram.dom), len(t.diagram.cod)) for t in (left, right)]
        if ends[0] != ends[1]:
            shown = [f"{dom} -> {cod}" for dom, cod in ends]
            self.fail(f"the left side is {shown[0]}, the right side {shown[1]}", sign)
        table[name] = Equation(name, left.diagram, right.diagram, sign.text in ("<=", "~>"))

    def known(self, token: _Token) -> None:
        if token.text not in self.rules and token.text not in self.claims and token.text != "refl":
            self.fail(f"there is no rule {token.text!r} so far", token)

    def rewrite(self) -> None:
        converse = self.takes("-")
        name = self.identifier("a theorem")
        if converse:
            self.known(name)
        self.take(":")
        first, last, sign = self.term(), None, self.now
        directed = False
        while self.now.text in ("=", "==", "<=", "~>"):
            sign = self.take("=", "==", "<=", "~>")
            directed = directed or sign.text in ("<=", "~>")
            if self.now.text == "?":
                self.fail("this step has a hole: fill it in with Chyp")
            last = self.term()
            ends = [(len(t.diagram.dom), len(t.diagram.cod)) for t in (first, last)]
            if ends[0] != ends[1]:
                self.fail("this step changes the number of inputs or outputs", sign)
            if self.takes("by"):
                self.takes("-")
                self.known(self.identifier("a rule"))
                if self.now.text == "(":
                    self.fail("tactics are not read here: expected the name of a rule")
        if last is None:
            return  # a term that was not rewritten states nothing
        own = f"{name.text}_converse" if converse else name.text
        if own in self.rules or own in self.claims:
            self.fail(f"rule {own} is stated twice", name)
        self.claims[own] = Equation(own, first.diagram, last.diagram, directed)


def read_text(text: str, source: str = "<text>", *, name: str = "chyp") -> Document:
    """The theory of a Chyp file.

    Args:
        text: the file's text.
        source: what to call it in messages.
        name: what to call the theory.

    Raises:
        InputError: with line and column of the first fault, for what Chyp would not read, too, and for
            imports, tactics and typed wires.

    >>> theory = read_text("gen m : 2 -> 1  gen u : 0 -> 1  rule unit : u * id ; m = id")
    >>> print(theory.axioms[0].left, theory.signature["m"].dom)
    u @ wire >> m wire wire
    """
    return _Parser(text, source, name).document()


def load(path: str | os.PathLike[str]) -> Document:
    """The theory of a Chyp file, named after it; ``"-"`` is standard input.

    Raises:
        InputError: if it cannot be read or is not a Chyp theory, with line and column.
    """
    text, source = _read_file(path, "a Chyp theory", max_bytes=LARGEST_FILE)
    stem = os.path.splitext(os.path.basename(source))[0]
    return read_text(text, source, name=stem or "chyp")


def write_text(document: Document) -> str:
    """A theory as a Chyp file: generators, named diagrams, axioms as rules; claims as comments.

    Raises:
        SignatureError: for theories that Chyp has not: another doctrine than the symmetric one, several
            objects, generators with parameters, names that it does not read.

    >>> print(write_text(read_text("gen f : 1 -> 1 rule twice : f ; f = f")), end="")
    gen f : 1 -> 1
    rule twice : f ; f = f
    """
    signature = document.signature
    if signature.doctrine is not Doctrine.SYMMETRIC or len(signature.objects or ()) > 1:
        raise SignatureError("Chyp's theories are symmetric monoidal, with one object")
    generators = dict(signature.generators or {})
    equations = [e.name for e in document.axioms + document.claims]
    for name in [*generators, *document.diagrams, *equations]:
        if not _NAME.fullmatch(name) or name in RESERVED:
            raise SignatureError(f"Chyp cannot read the name {name!r}")
    lines = []
    for name, box in generators.items():
        if box.params:
            raise SignatureError(f"Chyp's generators have no parameters: {name}")
        lines.append(f"gen {name} : {len(box.dom)} -> {len(box.cod)}")
    lines += [f"let {name} = {term_text(diagram)}" for name, diagram in document.diagrams.items()]
    for equation in document.axioms:
        lines.append(f"rule {equation.name} : {_sides(equation)}")
    lines += [f"# to prove: {e.name} : {_sides(e)}" for e in document.claims]
    return "\n".join(lines) + "\n"


def _sides(equation: Equation) -> str:
    return f"{term_text(equation.left)} {'<=' if equation.directed else '='} {term_text(equation.right)}"


def term_text(diagram: Diagram) -> str:
    """A diagram as a term of Chyp.

    Raises:
        SignatureError: for daggers and rotations, which Chyp has not.
    """
    if not len(diagram):
        return " * ".join(["id"] * len(diagram.dom)) or "id0"
    rows = []
    width = len(diagram.dom)
    for box, offset in diagram.layers:
        if box.dagger_flag or box.z:
            raise SignatureError(f"Chyp has no dagger or rotation of {box.name}")
        name = box.name
        if box.kind == SWAP:
            (split,) = box.data
            places = [*range(split, len(box.dom)), *range(split)]
            name = "sw" if len(places) == 2 else f"sw[{', '.join(map(str, places))}]"
        rest = width - offset - len(box.dom)
        rows.append(" * ".join(["id"] * offset + [name] + ["id"] * rest))
        width += len(box.cod) - len(box.dom)
    return " ; ".join(rows)
