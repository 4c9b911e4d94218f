"""The statements of OpenQASM 3, one after another, without carrying them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from catenary.diagrams.errors import InputError
from catenary.functors.circuits.qasm3_scanner import OUTSIDE, RESERVED, SCALARS, Scanner3
from catenary.functors.circuits.qasm3_syntax import (
    Alias,
    Application,
    Assignment,
    Barrier,
    Declaration,
    Definition,
    For,
    If,
    Include,
    Input,
    Measurement,
    Modifier,
    Operand,
    Program,
    Range,
    Reset,
    Statement,
    Type,
)

_GLOBAL = ("qubit", "qreg", "creg", "gate", "include", "input")
_MODIFIERS = ("inv", "pow", "ctrl", "negctrl")
_ASSIGNING = ("+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**=", "<<=", ">>=")


class Parser3(Scanner3):
    """Reads statements: :meth:`header`, then :meth:`statement` until ``kind`` is ``"end"``."""

    def header(self) -> None:
        """The version, after which the first statement is ahead."""
        if not self.text.strip("\ufeff \t\r\n\f\v"):
            raise InputError("the file is empty; expected 'OPENQASM 3.0;'", source=self.source)
        self.advance()
        if self.value != "OPENQASM":
            raise self.error(f"expected 'OPENQASM 3.0;' first, found {self.found()}")
        self.advance()
        if self.kind not in ("int", "real") or self.value not in ("3", "3.0", "3.1"):
            raise self.error(f"expected version 3.0 or 3.1 of OpenQASM, found {self.found()}")
        self.advance()
        self.end_of("the version")

    def end_of(self, what: str) -> None:
        """A semicolon, after which the next token is looked at."""
        self.semicolon(f"after {what}")
        self.advance()

    def statement(self, *, top: bool = True) -> Statement:
        """The statement ahead; ``top``: outside of any braces."""
        word, at = self.value, self.start
        if self.kind != "name":
            if self.at("@"):
                raise self.error("annotations are outside of the circuits that are read")
            raise self.error(f"expected a statement, found {self.found()}")
        action = self.openers.get(word)
        if action is not None:
            if not top and word in _GLOBAL:
                raise self.error(f"{word} belongs outside of all braces")
            return action(self, at)
        if word in OUTSIDE and word in RESERVED:
            raise self.outside(word)
        if word in RESERVED:
            raise self.error(f"expected a statement, found {word}")
        return self._assignment_or_application(at)

    def block(self) -> tuple[Statement, ...]:
        """Statements in braces, or one without."""
        self.deeper()
        if self.at("{"):
            self.advance()
            found: list[Statement] = []
            while not self.at("}"):
                if self.kind == "end":
                    raise self.error("the file ends inside a block; expected '}'")
                found.append(self.statement(top=False))
            self.advance()
        else:
            found = [self.statement(top=False)]
        self.depth -= 1
        return tuple(found)

    # Declarations

    def _qubit(self, at: int) -> Declaration:
        self.advance()
        target = self.type_after("qubit", at)
        name = self.name("the name of a qubit or quantum register")
        self.end_of("the declaration")
        return Declaration(target, name, None, False, at)

    def _old(self, kind: str, at: int) -> Declaration:
        """A register in the words of OpenQASM 2."""
        self.advance()
        name = self.name("the name of a register")
        target = self.type_after(kind, at)
        self.end_of("the declaration")
        return Declaration(target, name, None, False, at)

    def _qreg(self, at: int) -> Declaration:
        return self._old("qubit", at)

    def _creg(self, at: int) -> Declaration:
        return self._old("bit", at)

    def _type(self) -> Type:
        word, at = self.value, self.start
        if word not in SCALARS:
            if word in OUTSIDE and word in RESERVED:
                raise self.outside(word)
            raise self.error(f"expected a type ({', '.join(SCALARS)}), found {self.found()}")
        self.advance()
        return self.type_after(word, at)

    def _classical(self, at: int) -> Declaration:
        is_const = self.value == "const"
        if is_const:
            self.advance()
        target = self._type()
        name = self.name("a name")
        value: Program | Measurement | None = None
        if self.at("="):
            self.advance()
            value = self._measured() if self.value == "measure" else self.expression()
        elif is_const:
            raise self.error(f"a constant has a value: expected '=', found {self.found()}")
        self.end_of("the declaration")
        return Declaration(target, name, value, is_const, at)

    def _input(self, at: int) -> Input:
        self.advance()
        target = self._type()
        if target.name not in ("angle", "float"):
            raise self.error(
                f"an input of type {target.name}: only angles and floats can be free parameters of a circuit",
                target.place,
            )
        name = self.name("the name of an input")
        self.end_of("the input")
        return Input(target, name, at)

    def _let(self, at: int) -> Alias:
        self.advance()
        name = self.name("the name of an alias")
        self.expect("=", "after the name of the alias")
        parts = [self.operand("a register")]
        while self.at("++"):
            self.advance()
            parts.append(self.operand("a register"))
        self.end_of("the alias")
        return Alias(name, tuple(parts), at)

    def _include(self, at: int) -> Include:
        self.advance()
        if self.kind != "string":
            raise self.error(
                f'expected a file name in quotes, as in include "stdgates.inc"; found {self.found()}'
            )
        if self.value[1:-1] != "stdgates.inc":
            raise self.error(
                f'only "stdgates.inc" is built in: put the gates of {self.value[:60]} into this file'
            )
        self.advance()
        self.end_of("include")
        return Include(at)

    def _gate(self, at: int) -> Definition:
        self.advance()
        name = self.name("the name of a gate")
        params: list[str] = []
        if self.at("("):
            self.advance()
            while not self.at(")"):
                params.append(self._new_name("a parameter", params))
                if not self.at(")"):
                    self.expect(",", "between the parameters")
            self.advance()
        qubits = [self._new_name("a qubit argument", params)]
        while self.at(","):
            self.advance()
            qubits.append(self._new_name("a qubit argument", params + qubits))
        if not self.at("{"):
            raise self.error(f"expected '{{' before the body of the gate, found {self.found()}")
        body = self.block()
        for statement in body:
            self._check_body(statement, name)
        # the block has moved on by one token
        end = self.text.rfind("}", at, self.start) + 1
        return Definition(name, tuple(params), tuple(qubits), body, at, self.text[at:end])

    def _new_name(self, what: str, taken: list[str]) -> str:
        at = self.start
        name = self.name(what)
        if name in taken:
            raise self.error(f"{name!r} is already a name of this gate", at)
        return name

    def _check_body(self, statement: Statement, gate: str) -> None:
        if isinstance(statement, For):
            for inner in statement.body:
                self._check_body(inner, gate)
        elif not isinstance(statement, (Application, Barrier)):
            what = type(statement).__name__.lower()
            raise self.error(
                f"{what} in the body of gate {gate}: only gates, barriers and for loops are", statement.place
            )

    # Operations

    def _operands(self, what: str) -> tuple[Operand, ...]:
        found = [self.operand(what)]
        while self.at(","):
            self.advance()
            found.append(self.operand(what))
        return tuple(found)

    def _application(self, at: int) -> Application:
        modifiers: list[Modifier] = []
        while self.value in _MODIFIERS:
            word, place = self.value, self.start
            self.advance()
            argument = None
            if self.at("(") and word != "inv":
                self.advance()
                argument = self.expression()
                self.expect(")", f"after the argument of {word}")
            elif word == "pow":
                raise self.error(f"expected '(' and the exponent after pow, found {self.found()}")
            self.expect("@", f"after the modifier {word}")
            modifiers.append(Modifier(word, argument, place))
            if len(modifiers) > 100:
                raise self.error("more than 100 modifiers on one gate", at)
        name, place = self.value, self.start
        if name in ("gphase", "U"):
            self.advance()
        else:
            self.name("the name of a gate")
        return self._applied(tuple(modifiers), name, at if modifiers else place)

    def _applied(self, modifiers: tuple[Modifier, ...], name: str, at: int) -> Application:
        params = self.arguments() if self.at("(") else ()
        if self.at("["):
            raise self.error(f"{name} has a duration: this is outside of the circuits that are read")
        operands = (
            () if self.at(";") and name == "gphase" else self._operands("a qubit or a quantum register")
        )
        self.end_of(name)
        simple = not modifiers and all(
            o.index is None
            or (isinstance(o.index, tuple) and not o.is_set and len(o.index) == 1 and o.index[0][0] == "n")
            for o in operands
        )
        return Application(modifiers, name, params, operands, at, simple)

    def _assignment_or_application(self, at: int) -> Statement:
        name = self.name("a statement")
        if self.at("=") or self.at("[") or (self.kind == "symbol" and self.value in _ASSIGNING):
            target = self.indexed(name, at)
            operator = self.value if self.kind == "symbol" else ""
            if operator != "=" and operator not in _ASSIGNING:
                raise self.error(f"expected '=' after {name}[…], found {self.found()}")
            self.advance()
            value = self._measured() if self.value == "measure" and operator == "=" else self.expression()
            self.end_of("the assignment")
            return Assignment(target, operator[:-1], value, at)
        return self._applied((), name, at)

    def _measured(self) -> Measurement:
        at = self.start
        self.advance()
        return Measurement(self.operand("a qubit or a quantum register"), at)

    def _measure(self, at: int) -> Statement:
        measured = self._measured()
        if not self.at("->"):
            raise self.error(
                "the result of a measurement goes into a bit: write c = measure q; or measure q -> c;", at
            )
        self.advance()
        target = self.operand("a bit or a classical register")
        self.end_of("the measurement")
        return Assignment(target, "", measured, at)

    def _reset(self, at: int) -> Reset:
        self.advance()
        operand = self.operand("a qubit or a quantum register")
        self.end_of("reset")
        return Reset(operand, at)

    def _barrier(self, at: int) -> Barrier:
        self.advance()
        operands = () if self.at(";") else self._operands("a qubit or a quantum register")
        self.end_of("the barrier")
        return Barrier(operands, at)

    # Control

    def _if(self, at: int) -> If:
        self.advance()
        self.expect("(", "after if")
        condition = self.expression()
        self.expect(")", "after the condition")
        then = self.block()
        otherwise: tuple[Statement, ...] = ()
        if self.kind == "name" and self.value == "else":
            self.advance()
            otherwise = self.block()
        return If(condition, then, otherwise, at)

    def _for(self, at: int) -> For:
        self.advance()
        target = self._type()
        if target.name not in ("int", "uint", "float", "angle", "bool", "bit"):
            raise self.error(f"a loop variable of type {target.name}", target.place)
        name = self.name("the name of the loop variable")
        if self.value != "in":
            raise self.error(f"expected 'in' after the loop variable, found {self.found()}")
        self.advance()
        values: Range | tuple[Program, ...]
        if self.at("["):
            self.advance()
            place = self.start
            found = self.range_or_expression()
            if not isinstance(found, Range) or found.start is None or found.stop is None:
                raise self.error("a loop runs over a range with both ends, as in [0:3] or [0:2:6]", place)
            values = found
            self.expect("]", "after the range")
        elif self.at("{"):
            values = self.set_of_values()
        else:
            raise self.error(f"expected a range [a:b] or a set {{a, b}} of constants, found {self.found()}")
        return For(target, name, values, self.block(), at)

    openers: Mapping[str, Callable[[Parser3, int], Statement]] = {
        "qubit": _qubit,
        "qreg": _qreg,
        "creg": _creg,
        "gate": _gate,
        "include": _include,
        "input": _input,
        "let": _let,
        "measure": _measure,
        "reset": _reset,
        "barrier": _barrier,
        "if": _if,
        "for": _for,
        **dict.fromkeys((*SCALARS, "const"), _classical),
        **dict.fromkeys((*_MODIFIERS, "gphase", "U"), _application),
    }
