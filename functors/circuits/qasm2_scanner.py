"""Tokens, names and expressions of OpenQASM 2, with messages that point at the fault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import ClassVar

from catenary.diagrams.errors import InputError
from catenary.functors.circuits.qasm2_library import RESERVED
from catenary.functors.circuits.qasm2_values import FUNCTIONS, Program, Step, number

_MAX_NESTING = 1000
_MAX_NAME = 1000
_TOKEN = re.compile(
    r"(?P<space>(?:[ \t\r\n\f\v]+|//[^\n]*)+)"
    r"|(?P<real>(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)"
    r"|(?P<int>[0-9]+)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r'|(?P<string>"[^"\n]*")'
    r"|(?P<symbol>->|==|[;,(){}\[\]+\-*/^])"
)
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "^": 4}


class Tokens:
    """Reads a text token by token: ``kind``, ``value``, ``start``, ``end`` are those of the token ahead."""

    tokens: ClassVar[re.Pattern[str]] = _TOKEN

    def __init__(self, text: str, source: str):
        self.text, self.source = text, source
        self.pos = 1 if text.startswith("\ufeff") else 0
        self.kind, self.value, self.start, self.end = "", "", 0, 0

    def error(self, problem: str, place: int | None = None) -> InputError:
        place = self.start if place is None else place
        line = self.text.count("\n", 0, place) + 1
        column = place - self.text.rfind("\n", 0, place)
        if line == 1 and self.text.startswith("\ufeff"):
            column -= 1
        return InputError(
            problem, source=self.source, line=line, column=column, text=self.text.removeprefix("\ufeff")
        )

    def advance(self) -> None:
        """Move to the next token: ``kind``, ``value``, ``start``, ``end``."""
        text, pos = self.text, self.pos
        while True:
            match = self.tokens.match(text, pos)
            if match is None:
                self.start = pos
                if pos >= len(text):
                    self.kind, self.value, self.end = "end", "", pos
                    return
                if text[pos] == '"':
                    raise self.error("this string has no closing quote")
                raise self.error(f"unexpected character {text[pos]!r}")
            pos = match.end()
            if match.lastgroup != "space":
                break
        self.kind, self.value = match.lastgroup or "", match[0]
        self.start, self.end, self.pos = match.start(), pos, pos
        if self.kind == "name" and pos - match.start() > _MAX_NAME:
            raise self.error(f"a name of {pos - match.start()} characters: the limit is {_MAX_NAME}")

    def found(self) -> str:
        if self.kind == "end":
            return "the end of the file"
        return self.value if len(self.value) <= 40 else self.value[:40] + "…"

    def expect(self, symbol: str, after: str) -> None:
        if self.value != symbol or self.kind not in ("symbol", "name"):
            raise self.error(f"expected {symbol!r} {after}, found {self.found()}")
        self.advance()

    def semicolon(self, after: str) -> None:
        # The token after ';' is not looked at: the caller goes on from here.
        if self.value != ";" or self.kind != "symbol":
            raise self.error(f"expected ';' {after}, found {self.found()}")


class Scanner(Tokens):
    """Names, numbers and expressions of OpenQASM 2."""

    def name(self, what: str) -> str:
        if self.kind != "name":
            raise self.error(f"expected {what}, found {self.found()}")
        if not "a" <= self.value[0] <= "z":
            raise self.error(
                f"expected {what}: a name begins with a lower-case letter, not {self.value[0]!r}"
            )
        if self.value in RESERVED:
            raise self.error(f"expected {what}, found the reserved word {self.value}")
        name = self.value
        self.advance()
        return name

    def integer(self, what: str) -> int:
        if self.kind != "int":
            raise self.error(f"expected {what}, found {self.found()}")
        if len(self.value) > 300:
            raise self.error(f"{what} has {len(self.value)} digits: too large")
        value = int(self.value)
        self.advance()
        return value

    def names(self, what: str, taken: Iterable[str] = ()) -> list[str]:
        found: list[str] = []
        seen = set(taken)
        while True:
            at = self.start
            name = self.name(what)
            if name in seen:
                raise self.error(f"{name!r} is already a name of this gate", at)
            seen.add(name)
            found.append(name)
            if self.value != ",":
                return found
            self.advance()

    def angle_programs(self, names: Mapping[str, int]) -> tuple[Program, ...]:
        """The expressions in parentheses after a gate's name, if any."""
        if self.value != "(" or self.kind != "symbol":
            return ()
        self.advance()
        programs: list[Program] = []
        if self.value != ")":
            programs.append(self.expression(names))
            while self.value == ",":
                self.advance()
                programs.append(self.expression(names))
        self.expect(")", "after the parameters")
        return tuple(programs)

    def expression(self, names: Mapping[str, int]) -> Program:
        """One expression as a postfix program (operator precedence with an explicit stack)."""
        out: list[Step] = []
        waiting: list[tuple[str, int]] = []
        depth = 0
        operand = True
        while True:
            kind, value, at = self.kind, self.value, self.start
            if operand:
                if kind in ("int", "real"):
                    try:
                        out.append(("n", (number(value), False), at))
                    except OverflowError:
                        raise self.error("the number is too large") from None
                    operand = False
                elif value == "pi":
                    out.append(("n", (Fraction(1), True), at))
                    operand = False
                elif kind == "name" and value in names:
                    out.append(("v", names[value], at))
                    operand = False
                elif value == "-":
                    waiting.append(("neg", at))
                elif value == "(" or value in FUNCTIONS:
                    if value != "(":
                        waiting.append((value, at))
                        self.advance()
                        if self.value != "(":
                            raise self.error(f"expected '(' after {value}, found {self.found()}")
                    waiting.append(("(", at))
                    depth += 1
                    if depth > _MAX_NESTING:
                        raise self.error(f"parentheses are nested more than {_MAX_NESTING} deep")
                elif kind == "name":
                    known = f"; parameters here: {', '.join(names)}" if names else ""
                    raise self.error(f"unknown name {self.found()!r} in an expression{known}")
                else:
                    raise self.error(f"expected a number, pi or '(', found {self.found()}")
            elif kind == "symbol" and value in "+-*/^":
                level = _PRECEDENCE[value]
                while waiting and waiting[-1][0] != "(":
                    top = _PRECEDENCE.get(waiting[-1][0], 5)
                    if top < level or (top == level and value == "^"):
                        break
                    name, place = waiting.pop()
                    out.append((name, None, place))
                waiting.append((value, at))
                operand = True
            elif value == ")" and depth:
                while waiting[-1][0] != "(":
                    name, place = waiting.pop()
                    out.append((name, None, place))
                waiting.pop()
                depth -= 1
                if waiting and waiting[-1][0] in FUNCTIONS:
                    name, place = waiting.pop()
                    out.append((name, None, place))
            else:
                break
            self.advance()
        if depth:
            raise self.error(f"expected an operator or ')', found {self.found()}")
        while waiting:
            name, place = waiting.pop()
            out.append((name, None, place))
        return tuple(out)
