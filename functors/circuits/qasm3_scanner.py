"""Tokens and expressions of OpenQASM 3."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import ClassVar

from catenary.functors.circuits.qasm2_scanner import Tokens
from catenary.functors.circuits.qasm2_values import number
from catenary.functors.circuits.qasm3_syntax import Operand, Program, Range, Step, Type

MAX_NESTING = 60
MAX_DIGITS = 300

CONSTANTS = {
    "pi": (Fraction(1), True),
    "π": (Fraction(1), True),
    "tau": (Fraction(2), True),
    "τ": (Fraction(2), True),
    "euler": (2.718281828459045, False),
    "ℇ": (2.718281828459045, False),
}
FUNCTIONS = {
    "arccos": 1,
    "arcsin": 1,
    "arctan": 1,
    "ceiling": 1,
    "cos": 1,
    "exp": 1,
    "floor": 1,
    "log": 1,
    "mod": 2,
    "pow": 2,
    "sin": 1,
    "sqrt": 1,
    "tan": 1,
}
SCALARS = ("bit", "int", "uint", "float", "angle", "bool")
OUTSIDE = {
    "array": "arrays",
    "box": "box",
    "break": "break",
    "cal": "calibrations",
    "case": "switch",
    "complex": "complex numbers",
    "continue": "continue",
    "def": "subroutines (def)",
    "default": "switch",
    "defcal": "calibrations",
    "defcalgrammar": "calibrations",
    "delay": "delay",
    "duration": "durations",
    "durationof": "durations",
    "end": "end",
    "extern": "extern",
    "nop": "nop",
    "output": "output variables",
    "popcount": "popcount",
    "pragma": "pragmas",
    "readonly": "arrays",
    "mutable": "arrays",
    "return": "return",
    "rotl": "rotl",
    "rotr": "rotr",
    "real": "complex numbers",
    "imag": "complex numbers",
    "sizeof": "sizeof",
    "stretch": "durations",
    "switch": "switch",
    "void": "subroutines (def)",
    "while": "while loops",
}
"""Words of the language for what a circuit cannot hold, and what they stand for."""
RESERVED = frozenset(
    {
        *CONSTANTS,
        *FUNCTIONS,
        *SCALARS,
        *OUTSIDE,
        *("OPENQASM", "include", "qubit", "qreg", "creg", "const", "input", "let", "gate", "gphase", "U"),
        *(
            "inv",
            "ctrl",
            "negctrl",
            "measure",
            "reset",
            "barrier",
            "if",
            "else",
            "for",
            "in",
            "true",
            "false",
        ),
        "im",
    }
) - {"real", "imag", "nop", "switch", "case", "default", "mutable", "readonly"}
"""Words that cannot be declared; those left out are words of later versions only."""

_SPACE = r"(?P<space>(?:[ \t\r\n\f\v]+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+)"
_TOKEN = re.compile(
    _SPACE
    + r"|(?P<timed>(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(?:[eE][+-]?[0-9]+)?[ \t]*(?:dt|ns|us|µs|μs|ms|s|im)\b)"
    r"|(?P<real>(?:[0-9](?:_?[0-9])*\.(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9]+)?"
    r"|[0-9](?:_?[0-9])*[eE][+-]?[0-9]+)"
    r"|(?P<int>0[xX][0-9a-fA-F](?:_?[0-9a-fA-F])*|0o[0-7](?:_?[0-7])*|0[bB][01](?:_?[01])*|[0-9](?:_?[0-9])*)"
    r"|(?P<name>(?:[^\W\d]|ℇ)\w*|\$[0-9]+)"
    r'|(?P<string>"[^"\n]*"' + r"|'[^'\n]*')"
    r"|(?P<symbol>\*\*=|<<=|>>=|->|==|!=|<=|>=|&&|\|\||\*\*|<<|>>|\+\+|[-+*/%&|^]=|[;,(){}\[\]+\-*/%@:=<>&|^~!.#])"
)
_PRECEDENCE = {
    "||": 1,
    "&&": 2,
    "|": 3,
    "^": 4,
    "&": 5,
    "==": 6,
    "!=": 6,
    "<": 7,
    ">": 7,
    "<=": 7,
    ">=": 7,
    "<<": 8,
    ">>": 8,
    "+": 9,
    "-": 9,
    "*": 10,
    "/": 10,
    "%": 10,
    "**": 12,
}
_UNARY = {"-": "neg", "!": "!", "~": "~"}
_UNARY_LEVEL = 11


class Scanner3(Tokens):
    """Tokens, names, operands and expressions; ``expression`` compiles to a postfix program."""

    tokens: ClassVar[re.Pattern[str]] = _TOKEN

    def __init__(self, text: str, source: str):
        super().__init__(text, source)
        self.depth = 0

    def advance(self) -> None:
        """Move to the next token; what has no meaning here is refused by name."""
        super().advance()
        if self.kind == "timed":
            what = "complex numbers are" if self.value.endswith("im") else "durations are"
            raise self.error(f"{self.found()}: {what} outside of the circuits that are read")
        if self.at("#"):
            raise self.error("pragmas are outside of the circuits that are read")

    def outside(self, word: str, place: int | None = None) -> Exception:
        """The error for a word of the language that a circuit cannot hold."""
        return self.error(
            f"{word}: {OUTSIDE[word]} cannot be read into a circuit; what can: declarations, gates and their "
            "modifiers, measure, reset, barrier, if, for, let, input",
            place,
        )

    def at(self, symbol: str) -> bool:
        """Whether this symbol is ahead."""
        return self.kind == "symbol" and self.value == symbol

    def name(self, what: str) -> str:
        """A name that may be declared or used."""
        if self.kind != "name":
            raise self.error(f"expected {what}, found {self.found()}")
        if self.value in RESERVED:
            raise self.error(f"expected {what}, found the reserved word {self.value}")
        name = self.value
        self.advance()
        return name

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.error(f"nested more than {MAX_NESTING} deep")

    # Operands

    def operand(self, what: str) -> Operand:
        """A register or qubit, perhaps with an index."""
        at = self.start
        return self.indexed(self.name(what), at)

    def indexed(self, name: str, at: int) -> Operand:
        """The operand of a name just read."""
        if not self.at("["):
            return Operand(name, None, at)
        self.advance()
        self.deeper()
        if self.at("{"):
            found = Operand(name, self.set_of_values(), at, is_set=True)
        else:
            index = self.range_or_expression()
            if self.at(","):
                raise self.error("an index of several dimensions: registers have one")
            found = Operand(name, index, at)
        self.expect("]", "after the index")
        self.depth -= 1
        if self.at("["):
            raise self.error("a register has one index")
        return found

    def set_of_values(self) -> tuple[Program, ...]:
        """``{1, 2, 5}``"""
        self.expect("{", "before the values")
        values: list[Program] = []
        while not self.at("}"):
            values.append(self.expression())
            if not self.at("}"):
                self.expect(",", "between the values")
        self.advance()
        return tuple(values)

    def range_or_expression(self) -> Program | Range:
        """An index: ``a``, or ``a:b``, or ``a:step:b``."""
        at = self.start
        first = None if self.at(":") else self.expression()
        if not self.at(":"):
            assert first is not None
            return first
        self.advance()
        second = None if self.at(":") or self.at("]") else self.expression()
        if not self.at(":"):
            return Range(first, None, second, at)
        self.advance()
        third = None if self.at("]") else self.expression()
        return Range(first, second, third, at)

    # Expressions

    def type_after(self, name: str, at: int) -> Type:
        """The type of a name just read, with its width if there is one."""
        width = None
        if self.at("["):
            self.advance()
            width = self.expression()
            self.expect("]", "after the width")
        return Type(name, width, at)

    def arguments(self) -> tuple[Program, ...]:
        """Expressions in parentheses; the opening one is ahead."""
        self.advance()
        programs: list[Program] = []
        while not self.at(")"):
            programs.append(self.expression())
            if not self.at(")"):
                self.expect(",", "between the arguments")
        self.advance()
        return tuple(programs)

    def expression(self) -> Program:
        """One expression as a postfix program: operators by precedence, nesting by recursion that is bounded."""
        self.deeper()
        out: list[Step] = []
        waiting: list[tuple[str, int, int]] = []
        while True:
            while self.kind == "symbol" and self.value in _UNARY:
                waiting.append((_UNARY[self.value], _UNARY_LEVEL, self.start))
                self.advance()
            out += self.atom()
            symbol = self.value if self.kind == "symbol" else ""
            level = _PRECEDENCE.get(symbol)
            if level is None:
                break
            while waiting:
                top = waiting[-1][1]
                if top < level or (top == level and symbol == "**"):
                    break
                name, _, place = waiting.pop()
                out.append((name, None, place))
            waiting.append((symbol, level, self.start))
            self.advance()
        while waiting:
            name, _, place = waiting.pop()
            out.append((name, None, place))
        self.depth -= 1
        return tuple(out)

    def atom(self) -> Program:
        """A literal, a name, a call or an expression in parentheses."""
        kind, value, at = self.kind, self.value, self.start
        if kind in ("int", "real"):
            self.advance()
            return (("n", self.literal(kind, value, at), at),)
        if kind == "string":
            self.advance()
            return (("n", self.bits_literal(value, at), at),)
        if self.at("("):
            self.advance()
            inner = self.expression()
            self.expect(")", "after the expression")
            return inner
        if kind != "name":
            raise self.error(f"expected a number, a name or '(', found {self.found()}")
        if value in ("true", "false"):
            self.advance()
            return (("n", ("bool", Fraction(value == "true"), False), at),)
        if value in CONSTANTS:
            self.advance()
            return (("n", ("float", *CONSTANTS[value]), at),)
        if value in FUNCTIONS:
            self.advance()
            if not self.at("("):
                raise self.error(f"expected '(' after {value}, found {self.found()}")
            arguments = self.arguments()
            if len(arguments) != FUNCTIONS[value]:
                raise self.error(f"{value} takes {FUNCTIONS[value]} arguments, not {len(arguments)}", at)
            return (("call", (value, arguments), at),)
        if value in SCALARS:
            self.advance()
            target = self.type_after(value, at)
            if not self.at("("):
                raise self.error(f"expected '(' after the type {value}, found {self.found()}")
            arguments = self.arguments()
            if len(arguments) != 1:
                raise self.error(f"a cast to {value} takes one value, not {len(arguments)}", at)
            return (("cast", (target, arguments), at),)
        if value == "measure":
            raise self.error("a measurement inside an expression: assign it to a bit first")
        if value in OUTSIDE and value in RESERVED:
            raise self.outside(value)
        name = self.name("a number, a name or '('")
        if self.at("("):
            raise self.error(f"{name[:60]!r} is not a function; functions: {', '.join(FUNCTIONS)}", at)
        return (("operand", self.indexed(name, at), at),) if self.at("[") else (("name", name, at),)

    def literal(self, kind: str, value: str, at: int) -> tuple[str, Fraction | float, bool]:
        """An integer in any base, or a decimal."""
        plain = value.replace("_", "")
        if len(plain) > MAX_DIGITS:
            raise self.error(f"a number of {len(plain)} characters: too large", at)
        if kind == "int" and not plain.isdigit():
            return "int", Fraction(int(plain, 0)), False
        try:
            return ("int" if kind == "int" else "float"), number(plain), False
        except OverflowError:
            raise self.error("the number is too large", at) from None

    def bits_literal(self, value: str, at: int) -> tuple[str, tuple[int, ...]]:
        """``"0110"`` as bits, the last character bit 0."""
        digits = value[1:-1].replace("_", "")
        if not digits or set(digits) - {"0", "1"}:
            raise self.error(f"expected a string of 0 and 1, found {value[:40]}", at)
        return "bits", tuple(int(c) for c in reversed(digits))
