"""OpenQASM 2 (Cross, Bishop, Smolin & Gambetta, arXiv 1707.03429), complete, read and written.

Reading is linear: statements of the common form (a gate on indexed qubits) are recognised by one regular expression and
remembered; everything else, and every fault, goes through the full parser. Nothing is dropped: measurements, resets, barriers
and conditionals stay in place.

Choices where the language leaves them open: ``U`` is P(φ)·Ry(θ)·P(λ) as in Qiskit; gates of later versions of qelib1.inc (``p sx
rxx cswap c3x …``) are there after ``include "qelib1.inc"`` and may be defined anew; ``^`` binds to the right and tighter than
unary minus; an ``opaque`` gate is kept as an operation ``opaque`` with its name as label.
"""

from __future__ import annotations

import difflib
import math
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

from catenary.diagrams.errors import InputError
from catenary.diagrams.phases import SNAP_TOLERANCE, Phase
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.gates import GATES, Gate
from catenary.functors.circuits.qasm2_library import DEFINITIONS, LIBRARY, ORIGINAL, RESERVED
from catenary.functors.circuits.qasm2_values import (
    FUNCTIONS,
    EvaluationError,
    Program,
    Step,
    Value,
    evaluate,
    number,
    to_phase,
)
from catenary.functors.circuits.qasm2_writer import dumps

__all__ = ["Parsed", "Snap", "dumps", "load", "parse", "parse_with_report"]

MAX_QUBITS = 1_000_000
MAX_OPERATIONS = 5_000_000
MAX_BYTES = 1 << 29
_MAX_NESTING = 1000

_NAME = r"[a-z][A-Za-z0-9_]*"
_TOKEN = re.compile(
    r"(?P<space>(?:[ \t\r\n\f\v]+|//[^\n]*)+)"
    r"|(?P<real>(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)"
    r"|(?P<int>[0-9]+)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r'|(?P<string>"[^"\n]*")'
    r"|(?P<symbol>->|==|[;,(){}\[\]+\-*/^])"
)
_COMMON = re.compile(
    rf"[ \t\r\n]*({_NAME})(?:[ \t]+|[ \t]*\(([^();{{}}\n]*)\)[ \t]*)"
    rf"({_NAME}\[[0-9]+\](?:[ \t]*,[ \t]*{_NAME}\[[0-9]+\])*)[ \t]*;"
)
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "^": 4}


@dataclass(frozen=True, slots=True)
class Snap:
    """A decimal angle that was read as an exact multiple of π/2^k.

    Attributes:
        line: 1-based line of the statement (for the body of a gate, of its application).
        given: the half turns that the decimal stands for.
        phase: the exact half turns it was read as.
    """

    line: int
    given: float
    phase: Fraction


@dataclass(frozen=True, slots=True)
class Parsed:
    """A circuit and what reading it changed.

    Attributes:
        circuit: the circuit.
        snapped: every decimal angle that was taken for an exact one, in the order of the file.
    """

    circuit: Circuit
    snapped: tuple[Snap, ...]


@dataclass(slots=True)
class _Definition:
    """A gate of the file: its body as (name or definition, angle programs, argument indices, place)."""

    name: str
    n_params: int
    n_qubits: int
    body: list[tuple[str | _Definition, tuple[Program, ...], tuple[int, ...], int]] = field(default_factory=list)
    work: int = 1
    opaque: bool = False


def parse(
    text: str,
    source: str = "<text>",
    *,
    tolerance: float = SNAP_TOLERANCE,
    max_qubits: int = MAX_QUBITS,
    max_operations: int = MAX_OPERATIONS,
) -> Circuit:
    """Read OpenQASM 2.

    Args:
        text: the program.
        source: what to call it in messages.
        tolerance: a decimal angle within so many half turns of a multiple of π/2^k is read as that multiple; 0 keeps decimals.
        max_qubits: the most qubits, and the most classical bits.
        max_operations: the most operations after definitions and registers are expanded.

    Raises:
        InputError: for anything that is not OpenQASM 2, with line, column and what was expected.

    >>> parse('OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; h q[0]; cx q[0],q[1];').gates
    (Gate('h', (0,)), Gate('cx', (0, 1)))
    """
    return parse_with_report(
        text, source, tolerance=tolerance, max_qubits=max_qubits, max_operations=max_operations
    ).circuit


def parse_with_report(
    text: str,
    source: str = "<text>",
    *,
    tolerance: float = SNAP_TOLERANCE,
    max_qubits: int = MAX_QUBITS,
    max_operations: int = MAX_OPERATIONS,
) -> Parsed:
    """As :func:`parse`, with the list of decimal angles that were taken for exact ones.

    >>> head = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; '
    >>> parse_with_report(head + "rz(1.5707963267948966) q[0];").snapped
    (Snap(line=1, given=0.5, phase=Fraction(1, 2)),)
    """
    return _Parser(text, source, tolerance, max_qubits, max_operations).run()


def load(path: str | os.PathLike[str], *, tolerance: float = SNAP_TOLERANCE, max_bytes: int = MAX_BYTES) -> Circuit:
    """Read an OpenQASM 2 file; ``"-"`` is standard input.

    Raises:
        InputError: if the file cannot be read, is not UTF-8 text, or is not OpenQASM 2.
    """
    return load_with_report(path, tolerance=tolerance, max_bytes=max_bytes).circuit


def load_with_report(
    path: str | os.PathLike[str], *, tolerance: float = SNAP_TOLERANCE, max_bytes: int = MAX_BYTES
) -> Parsed:
    """As :func:`load`, with the list of decimal angles that were taken for exact ones."""
    source = os.fspath(path)
    try:
        if source == "-":
            source = "<stdin>"
            data = sys.stdin.buffer.read(max_bytes + 1)
        else:
            if Path(path).is_dir():
                raise InputError("this is a directory; expected an OpenQASM 2 file", source=source)
            with open(path, "rb") as file:
                data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be read: {reason}", source=source) from None
    if len(data) > max_bytes:
        raise InputError(f"the file is larger than {max_bytes} bytes", source=source)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        problem = (
            f"this is not a text file: byte 0x{data[error.start]:02x} at position {error.start} is not UTF-8; "
            f"expected OpenQASM 2"
        )
        raise InputError(problem, source=source, line=line, column=column) from None
    return parse_with_report(text, source, tolerance=tolerance)


class _Parser:
    def __init__(self, text: str, source: str, tolerance: float, max_qubits: int, max_operations: int):
        self.text, self.source, self.tolerance = text, source, tolerance
        self.max_size, self.max_operations = max_qubits, max_operations
        self.pos = 1 if text.startswith("\ufeff") else 0
        self.kind, self.value, self.start, self.end = "", "", 0, 0
        self.registers: dict[str, tuple[str, int, int]] = {}
        self.sizes = {"qreg": 0, "creg": 0}
        self.order: dict[str, list[Register]] = {"qreg": [], "creg": []}
        self.natives: dict[str, tuple[int, int]] = {}
        self.definitions: dict[str, _Definition] = {}
        self.library: dict[str, _Definition] = {}
        self.gates: list[Gate] = []
        self.condition: tuple[tuple[int, ...], int] | None = None
        self.statement_start = 0
        self.snaps: list[tuple[int, float, Fraction]] = []
        self.operations = 0
        self.angle_cache: dict[str, tuple[Phase, ...]] = {}
        self.qubit_cache: dict[str, tuple[int, ...]] = {}
        self.expansions: dict[
            tuple[int, tuple[Value, ...]], list[tuple[str, tuple[Phase, ...], tuple[int, ...]]]
        ] = {}

    # Tokens and messages

    def fail(self, problem: str, place: int | None = None) -> NoReturn:
        place = self.start if place is None else place
        line = self.text.count("\n", 0, place) + 1
        column = place - self.text.rfind("\n", 0, place)
        if line == 1 and self.text.startswith("\ufeff"):
            column -= 1
        raise InputError(
            problem, source=self.source, line=line, column=column, text=self.text.removeprefix("\ufeff")
        )

    def advance(self) -> None:
        """Move to the next token: ``kind``, ``value``, ``start``, ``end``."""
        text, pos = self.text, self.pos
        while True:
            match = _TOKEN.match(text, pos)
            if match is None:
                self.start = pos
                if pos >= len(text):
                    self.kind, self.value, self.end = "end", "", pos
                    return
                if text[pos] == '"':
                    self.fail("this string has no closing quote")
                self.fail(f"unexpected character {text[pos]!r}")
            pos = match.end()
            if match.lastgroup != "space":
                break
        self.kind, self.value = match.lastgroup or "", match[0]
        self.start, self.end, self.pos = match.start(), pos, pos

    def found(self) -> str:
        if self.kind == "end":
            return "the end of the file"
        return self.value if len(self.value) <= 40 else self.value[:40] + "…"

    def expect(self, symbol: str, after: str) -> None:
        if self.value != symbol or self.kind not in ("symbol", "name"):
            self.fail(f"expected {symbol!r} {after}, found {self.found()}")
        self.advance()

    def semicolon(self, after: str) -> None:
        # The token after ';' is not looked at: the caller goes on from here.
        if self.value != ";" or self.kind != "symbol":
            self.fail(f"expected ';' {after}, found {self.found()}")

    def name(self, what: str) -> str:
        if self.kind != "name":
            self.fail(f"expected {what}, found {self.found()}")
        if not "a" <= self.value[0] <= "z":
            self.fail(f"expected {what}: a name begins with a lower-case letter, not {self.value[0]!r}")
        if self.value in RESERVED:
            self.fail(f"expected {what}, found the reserved word {self.value}")
        name = self.value
        self.advance()
        return name

    def integer(self, what: str) -> int:
        if self.kind != "int":
            self.fail(f"expected {what}, found {self.found()}")
        if len(self.value) > 300:
            self.fail(f"{what} has {len(self.value)} digits: too large")
        value = int(self.value)
        self.advance()
        return value

    # The program

    def run(self) -> Parsed:
        self.header()
        text, gates, natives = self.text, self.gates, self.natives
        angles, places, match_common = self.angle_cache, self.qubit_cache, _COMMON.match
        decimal = re.compile(r"-?[0-9]{1,20}\.[0-9]{1,30}").fullmatch
        pos = self.pos
        while True:
            match = match_common(text, pos)
            if match is not None:
                name, raw, where = match.groups()
                shape = natives.get(name)
                qubits = places.get(where)
                if shape is not None and qubits is not None and len(qubits) == shape[0]:
                    params = () if raw is None else angles.get(raw)
                    if params is None and decimal(raw):
                        self.statement_start = match.start(1)
                        params = (self.phase((float(raw), False), match.start(1)),)
                    if params is not None and len(params) == shape[1]:
                        gates.append(Gate(name, qubits, params))
                        pos = match.end()
                        continue
            self.pos = pos
            self.advance()
            if self.kind == "end":
                break
            self.statement()
            pos = self.pos
        if len(gates) > self.max_operations:
            self.too_many(len(text))
        lines = _line_numbers(text, [place for place, _, _ in self.snaps])
        snapped = tuple(Snap(line, *rest) for line, (_, *rest) in zip(lines, self.snaps, strict=True))
        circuit = Circuit.unchecked(
            self.sizes["qreg"],
            tuple(gates),
            self.sizes["creg"],
            qregs=tuple(self.order["qreg"]),
            cregs=tuple(self.order["creg"]),
        )
        return Parsed(circuit, snapped)

    def header(self) -> None:
        if not self.text.strip("\ufeff \t\r\n\f\v"):
            raise InputError("the file is empty; expected 'OPENQASM 2.0;'", source=self.source)
        self.advance()
        if self.value != "OPENQASM":
            self.fail(f"expected 'OPENQASM 2.0;' first, found {self.found()}")
        self.advance()
        if self.kind not in ("int", "real"):
            self.fail(f"expected the version 2.0, found {self.found()}")
        if self.value.split(".")[0] == "3":
            self.fail("this is OpenQASM 3; only OpenQASM 2.0 is read")
        if self.value not in ("2", "2.0"):
            self.fail(f"expected version 2.0 of OpenQASM, found {self.found()}")
        self.advance()
        self.semicolon("after the version")

    def statement(self) -> None:
        self.statement_start = self.start
        word = self.value
        if self.kind == "name":
            action = self.actions.get(word)
            if action is not None:
                action(self)
                return
            if word == "if":
                self.conditional()
                return
            if word in RESERVED and word not in ("U", "CX"):
                self.fail(f"expected a statement, found {word}")
            self.application()
            return
        self.fail(f"expected a statement, found {self.found()}")

    def declaration(self) -> None:
        kind = self.value
        self.advance()
        at = self.start
        name = self.name("the name of a register")
        if name in self.registers or name in self.definitions:
            self.fail(f"{name!r} is already declared", at)
        self.expect("[", f"after {kind} {name}")
        at = self.start
        size = self.integer("the size of the register")
        total = self.sizes[kind]
        if size < 1:
            self.fail("a register holds at least one qubit or bit", at)
        if total + size > self.max_size:
            what = "qubits" if kind == "qreg" else "classical bits"
            self.fail(f"{total + size} {what} are more than the limit of {self.max_size}", at)
        self.expect("]", "after the size of the register")
        self.semicolon("after the declaration")
        self.registers[name] = (kind, total, size)
        self.order[kind].append(Register(name, size))
        self.sizes[kind] = total + size

    def include(self) -> None:
        self.advance()
        if self.kind != "string":
            self.fail(f'expected a file name in quotes, as in include "qelib1.inc"; found {self.found()}')
        if self.value != '"qelib1.inc"':
            self.fail(f'only "qelib1.inc" is built in: put the gates of {self.value} into this file')
        self.advance()
        self.semicolon("after include")
        for name, spec in GATES.items():
            if name not in self.definitions:
                self.natives[name] = (spec.n_qubits, spec.n_params)
        if not self.library:
            inner = _Parser(LIBRARY, "qelib1.inc", 0.0, 1, 1)
            inner.natives = {name: (spec.n_qubits, spec.n_params) for name, spec in GATES.items()}
            inner.definitions = {}
            inner.advance()
            while inner.kind != "end":
                inner.statement()
                inner.advance()
            self.library = inner.definitions

    def gate_shape(self) -> tuple[str, list[str], list[str], int]:
        """Name, parameters and arguments of a ``gate`` or ``opaque`` statement."""
        self.advance()
        at = self.start
        name = self.name("the name of a gate")
        if name in self.definitions or name in self.registers:
            self.fail(f"{name!r} is already declared", at)
        if name in self.natives and name in ORIGINAL:
            self.fail(f"{name!r} is already defined by qelib1.inc", at)
        params: list[str] = []
        if self.value == "(":
            self.advance()
            if self.value != ")":
                params = self.names("a parameter")
            self.expect(")", "after the parameters")
        return name, params, self.names("a qubit argument", params), at

    def names(self, what: str, taken: Iterable[str] = ()) -> list[str]:
        found: list[str] = []
        seen = set(taken)
        while True:
            at = self.start
            name = self.name(what)
            if name in seen:
                self.fail(f"{name!r} is already a name of this gate", at)
            seen.add(name)
            found.append(name)
            if self.value != ",":
                return found
            self.advance()

    def opaque(self) -> None:
        name, params, args, _ = self.gate_shape()
        self.semicolon("after the opaque gate")
        self.natives.pop(name, None)
        self.definitions[name] = _Definition(name, len(params), len(args), opaque=True)

    def gate_definition(self) -> None:
        begin = self.start
        name, params, args, _ = self.gate_shape()
        definition = _Definition(name, len(params), len(args))
        param_index = {p: i for i, p in enumerate(params)}
        arg_index = {a: i for i, a in enumerate(args)}
        self.expect("{", "before the body of the gate")
        while self.value != "}":
            if self.kind == "end":
                self.fail(f"the file ends inside the body of gate {name}; expected '}}'")
            self.body_statement(definition, param_index, arg_index)
        known = DEFINITIONS.get(name)
        if known is not None and "".join(self.text[begin : self.end].split()) == "".join(known.split()):
            if name in self.natives:  # written by us: the gate we know
                return
        self.natives.pop(name, None)
        self.definitions[name] = definition

    def body_statement(
        self, definition: _Definition, param_index: Mapping[str, int], arg_index: Mapping[str, int]
    ) -> None:
        at, word = self.start, self.value
        if self.kind != "name":
            self.fail(f"expected a gate or '}}' in the body of gate {definition.name}, found {self.found()}")
        programs: tuple[Program, ...] = ()
        if word == "barrier":
            target: str | _Definition = "barrier"
            self.advance()
        else:
            if word in RESERVED and word not in ("U", "CX"):
                self.fail(f"expected a gate in the body of gate {definition.name}, found {word}")
            target = self.lookup(word, inside=definition.name)
            self.advance()
            programs = self.angle_programs(param_index)
        qubits: list[int] = []
        while True:
            place = self.start
            name = self.name("a qubit argument")
            if name not in arg_index:
                self.fail(
                    f"{name!r} is not a qubit argument of gate {definition.name} ({', '.join(arg_index)})", place
                )
            if self.value == "[":
                self.fail("a qubit argument inside a gate has no index")
            if arg_index[name] in qubits:
                self.fail(f"qubit {name!r} is used twice", place)
            qubits.append(arg_index[name])
            if self.value != ",":
                break
            self.advance()
        self.semicolon("after the gate")
        self.advance()
        if target != "barrier":
            self.check_shape(word, target, len(programs), len(qubits), at)
        definition.body.append((target, programs, tuple(qubits), at))
        definition.work += target.work if isinstance(target, _Definition) else len(qubits)

    def lookup(self, word: str, inside: str = "") -> str | _Definition:
        """The gate of this name: a native one by its own name, or a definition."""
        if word == "U":
            return "u"
        if word == "CX":
            return "cx"
        if word in self.natives:
            return word
        target = self.definitions.get(word) or self.library.get(word)
        if target is not None:
            return target
        if word == inside:
            self.fail(f"gate {word} is used inside its own definition: a gate uses only gates defined before it")
        if word in GATES and not self.natives:
            self.fail(f'no gate {word!r} is defined; it is in qelib1.inc: add include "qelib1.inc";')
        known = [*self.natives, *self.definitions, *self.library, "U", "CX"]
        close = difflib.get_close_matches(word[:60], known, 3) + [n for n in known if n == word.lower()]
        hint = f"; did you mean {' or '.join(dict.fromkeys(close))}?" if close else ""
        self.fail(f"no gate {word[:60]!r} is defined{hint}")

    def check_shape(self, word: str, target: str | _Definition, n_params: int, n_qubits: int, at: int) -> None:
        if isinstance(target, str):
            spec = GATES[target]
            want = spec.n_params, spec.n_qubits
        else:
            want = target.n_params, target.n_qubits
        if n_params != want[0]:
            self.fail(f"gate {word} has {want[0]} parameters, not {n_params}", at)
        if n_qubits != want[1]:
            self.fail(f"gate {word} acts on {want[1]} qubits, not {n_qubits}", at)

    # Expressions

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
                        self.fail("the number is too large")
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
                            self.fail(f"expected '(' after {value}, found {self.found()}")
                    waiting.append(("(", at))
                    depth += 1
                    if depth > _MAX_NESTING:
                        self.fail(f"parentheses are nested more than {_MAX_NESTING} deep")
                elif kind == "name":
                    known = f"; parameters here: {', '.join(names)}" if names else ""
                    self.fail(f"unknown name {self.found()!r} in an expression{known}")
                else:
                    self.fail(f"expected a number, pi or '(', found {self.found()}")
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
            self.fail(f"expected an operator or ')', found {self.found()}")
        while waiting:
            name, place = waiting.pop()
            out.append((name, None, place))
        return tuple(out)

    def evaluated(self, program: Program, values: tuple[Value, ...] = ()) -> Value:
        try:
            return evaluate(program, values)
        except EvaluationError as error:
            self.fail(error.problem, error.place)

    def phase(self, value: Value, at: int) -> Phase:
        try:
            phase, given = to_phase(value, self.tolerance)
        except OverflowError:
            self.fail("the angle is too large", at)
        if isinstance(phase, float) and not math.isfinite(phase):
            self.fail("the angle is not finite", at)
        if given is not None:
            assert isinstance(phase, Fraction)
            self.snaps.append((self.statement_start, given, phase))
        return phase

    # Operations

    def operand(self, kind: str) -> tuple[int, int, bool]:
        """A register or one of its elements: first number, size, whether it is one element."""
        at = self.start
        name = self.name("a qubit or a quantum register" if kind == "qreg" else "a classical bit or register")
        register = self.registers.get(name)
        if register is None:
            close = difflib.get_close_matches(name[:60], self.registers, 2)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            self.fail(f"register {name[:60]!r} is not declared{hint}", at)
        if register[0] != kind:
            wanted = "quantum" if kind == "qreg" else "classical"
            self.fail(f"{name!r} is not a {wanted} register", at)
        _, first, size = register
        if self.value != "[":
            return first, size, False
        self.advance()
        at = self.start
        index = self.integer("an index")
        if index >= size:
            self.fail(f"index {index} is out of range: {name} has {size} elements, 0 to {size - 1}", at)
        self.expect("]", "after the index")
        return first + index, 1, True

    def operands(self) -> list[tuple[int, int, bool]]:
        found = [self.operand("qreg")]
        while self.value == ",":
            self.advance()
            found.append(self.operand("qreg"))
        return found

    def spend(self, amount: int) -> None:
        self.operations += amount
        if self.operations + len(self.gates) > self.max_operations:
            self.too_many(self.statement_start)

    def too_many(self, place: int) -> NoReturn:
        self.fail(f"the program has more than {self.max_operations} operations after expansion", place)

    def application(self) -> None:
        word, at = self.value, self.start
        target = self.lookup(word)
        self.advance()
        opened = self.end if self.value == "(" else -1
        snaps = len(self.snaps)
        programs = self.angle_programs({})
        closed = self.text.rfind(")", opened, self.start) if opened >= 0 else -1
        first = self.start
        operands = self.operands()
        last = self.text.rfind("]", first, self.start) + 1
        self.semicolon(f"after {word}")
        self.check_shape(word, target, len(programs), len(operands), at)
        values = tuple(self.evaluated(program) for program in programs)
        if isinstance(target, str):
            params = tuple(self.phase(value, at) for value in values)
            if opened >= 0 and len(self.snaps) == snaps:
                self.angle_cache[self.text[opened:closed]] = params
            where = self.broadcast(operands, at)
            if len(where) == 1 and all(single for _, _, single in operands):
                self.qubit_cache[self.text[first:last]] = where[0]
            self.spend(len(where))
            self.gates += [Gate(target, qubits, params, (), self.condition) for qubits in where]
        else:
            where = self.broadcast(operands, at)
            self.spend(target.work * len(where))
            for qubits in where:
                self.expand(target, values, qubits)

    def broadcast(self, operands: list[tuple[int, int, bool]], at: int) -> list[tuple[int, ...]]:
        """The qubit tuples of a gate on registers and elements."""
        sizes = {size for _, size, single in operands if not single}
        if len(sizes) > 1:
            self.fail(f"registers of different sizes ({', '.join(map(str, sorted(sizes)))}) in one gate", at)
        count = sizes.pop() if sizes else 1
        for i, (a, m, _) in enumerate(operands):
            for b, n, _ in operands[:i]:
                if a < b + n and b < a + m:
                    self.fail("a qubit is used twice in one operation", at)
        columns = [[first] * count if single else range(first, first + count) for first, _, single in operands]
        return list(zip(*columns, strict=True))

    def expand(self, target: _Definition, values: tuple[Value, ...], qubits: tuple[int, ...]) -> None:
        """Append the gates of a defined gate, without recursion; small ones are remembered."""
        key = (id(target), values)
        steps = self.expansions.get(key)
        if steps is None:
            snaps = len(self.snaps)
            steps = self.flattened(target, values)
            if target.work <= 4096 and len(self.snaps) == snaps and len(self.expansions) < 10_000:
                self.expansions[key] = steps
        for name, params, places in steps:
            where = tuple([qubits[i] for i in places])
            if name.startswith("opaque "):
                self.gates.append(Gate("opaque", where, params, (), self.condition, name.removeprefix("opaque ")))
            else:
                self.gates.append(Gate(name, where, params, (), None if name == "barrier" else self.condition))

    def flattened(
        self, target: _Definition, values: tuple[Value, ...]
    ) -> list[tuple[str, tuple[Phase, ...], tuple[int, ...]]]:
        out: list[tuple[str, tuple[Phase, ...], tuple[int, ...]]] = []
        stack = [(target, values, tuple(range(target.n_qubits)), 0)]
        while stack:
            definition, values, qubits, index = stack.pop()
            if definition.opaque:
                params = tuple(self.phase(value, self.statement_start) for value in values)
                out.append((f"opaque {definition.name}", params, qubits))
                continue
            while index < len(definition.body):
                inner, programs, places, at = definition.body[index]
                index += 1
                given = tuple(self.evaluated(program, values) for program in programs)
                where = tuple([qubits[i] for i in places])
                if isinstance(inner, str):
                    out.append((inner, tuple(self.phase(value, at) for value in given), where))
                    continue
                stack.append((definition, values, qubits, index))
                stack.append((inner, given, where, 0))
                break
        return out

    def measure(self) -> None:
        at = self.start
        self.advance()
        qubit, n, single = self.operand("qreg")
        self.expect("->", "after the measured qubit")
        bit, m, one = self.operand("creg")
        self.semicolon("after the measurement")
        if n != m or single != one:
            self.fail(f"{n} qubits are measured into {m} classical bits", at)
        self.spend(n)
        self.gates += [Gate("measure", (qubit + i,), (), (bit + i,), self.condition) for i in range(n)]

    def reset(self) -> None:
        self.advance()
        qubit, n, _ = self.operand("qreg")
        self.semicolon("after reset")
        self.spend(n)
        self.gates += [Gate("reset", (qubit + i,), (), (), self.condition) for i in range(n)]

    def barrier(self) -> None:
        at = self.start
        self.advance()
        operands = self.operands()
        self.semicolon("after the barrier")
        qubits = tuple(q for first, size, _ in operands for q in range(first, first + size))
        if len(set(qubits)) != len(qubits):
            self.fail("a qubit is used twice in one operation", at)
        self.spend(len(qubits))
        self.gates.append(Gate("barrier", qubits))

    def conditional(self) -> None:
        self.advance()
        self.expect("(", "after if")
        at = self.start
        first, size, single = self.operand("creg")
        if single:
            self.fail("a condition compares a whole classical register, not one bit of it", at)
        self.expect("==", "in the condition")
        value = self.integer("a number that is not negative")
        self.expect(")", "after the condition")
        word = self.value
        if self.kind != "name" or word in RESERVED - {"U", "CX", "measure", "reset"}:
            self.fail(f"expected a gate, measure or reset after the condition, found {self.found()}")
        self.condition = (tuple(range(first, first + size)), value)
        self.spend(size)
        self.actions.get(word, _Parser.application)(self)
        self.condition = None

    actions: Mapping[str, Callable[[_Parser], None]] = {
        "qreg": declaration,
        "creg": declaration,
        "include": include,
        "gate": gate_definition,
        "opaque": opaque,
        "measure": measure,
        "reset": reset,
        "barrier": barrier,
    }


def _line_numbers(text: str, places: list[int]) -> list[int]:
    """The 1-based lines of ascending places, in one pass."""
    lines: list[int] = []
    line, last = 1, 0
    for place in places:
        line += text.count("\n", last, place)
        last = place
        lines.append(line)
    return lines
