"""The statements of OpenQASM 2, read in one pass; see :mod:`catenary.functors.circuits.qasm2`."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from catenary.diagrams.errors import InputError
from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.gates import GATES, Gate, renumbered
from catenary.functors.circuits.qasm2_definitions import Definition, Kept, Step
from catenary.functors.circuits.qasm2_library import DEFINITIONS, LIBRARY, ORIGINAL, RESERVED
from catenary.functors.circuits.qasm2_scanner import Scanner
from catenary.functors.circuits.qasm2_values import (
    EvaluationError,
    Program,
    Value,
    evaluate,
    number,
    to_phase,
)

_NAME = r"[a-z][A-Za-z0-9_]*"
COMMON = re.compile(
    rf"[ \t\r\n]*({_NAME})(?:[ \t]+|[ \t]*\(([^();{{}}\n]*)\)[ \t]*)"
    rf"({_NAME}\[[0-9]+\](?:[ \t]*,[ \t]*{_NAME}\[[0-9]+\])*)[ \t]*;"
)
"""A gate on numbered qubits: its name, what is in its parentheses, its operands."""
DECIMAL = re.compile(r"-?[0-9]{1,20}\.[0-9]{1,30}")


class Parser(Scanner):
    """One reading of one text: :meth:`run` gives the circuit and the snapped angles."""

    def __init__(
        self,
        text: str,
        source: str,
        tolerance: float,
        max_qubits: int,
        max_operations: int,
        keep_definitions: bool = False,
    ):
        super().__init__(text, source)
        self.tolerance = tolerance
        self.kept = Kept(tolerance) if keep_definitions else None
        self.max_size, self.max_operations = max_qubits, max_operations
        self.registers: dict[str, tuple[str, int, int]] = {}
        self.sizes = {"qreg": 0, "creg": 0}
        self.order: dict[str, list[Register]] = {"qreg": [], "creg": []}
        self.natives: dict[str, tuple[int, int]] = {}
        self.definitions: dict[str, Definition] = {}
        self.library: dict[str, Definition] = {}
        self.gates: list[Gate] = []
        self.condition: tuple[tuple[int, ...], int] | None = None
        self.held: dict[int, tuple[int, ...]] = {}
        self.statement_start = 0
        self.snaps: list[tuple[int, float, Fraction]] = []
        self.operations = 0
        self.angle_cache: dict[str, tuple[Phase, ...]] = {}
        self.qubit_cache: dict[str, tuple[int, ...]] = {}
        self.expansions: dict[tuple[int, tuple[Value, ...]], list[Step]] = {}

    # The program

    def run(self) -> tuple[Circuit, list[tuple[int, float, Fraction]]]:
        """The circuit, and (line, half turns given, half turns read) for each snapped angle."""
        self.header()
        text, gates, natives = self.text, self.gates, self.natives
        angles, places, match_common = self.angle_cache, self.qubit_cache, COMMON.match
        decimal = DECIMAL.fullmatch
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
                        params = (self.phase((number(raw), False), match.start(1)),)
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
            raise self.too_many(len(text))
        lines = line_numbers(text, [place for place, _, _ in self.snaps])
        snapped = [(line, given, phase) for line, (_, given, phase) in zip(lines, self.snaps, strict=True)]
        circuit = Circuit.unchecked(
            self.sizes["qreg"],
            tuple(gates),
            self.sizes["creg"],
            qregs=tuple(self.order["qreg"]),
            cregs=tuple(self.order["creg"]),
        )
        return circuit, snapped

    def header(self) -> None:
        if not self.text.strip("\ufeff \t\r\n\f\v"):
            raise InputError("the file is empty; expected 'OPENQASM 2.0;'", source=self.source)
        self.advance()
        if self.value != "OPENQASM":
            raise self.error(f"expected 'OPENQASM 2.0;' first, found {self.found()}")
        self.advance()
        if self.kind not in ("int", "real"):
            raise self.error(f"expected the version 2.0, found {self.found()}")
        if self.value.split(".")[0] == "3":
            raise self.error("this is OpenQASM 3: read it by qasm3.parse, or by qasm.parse, which takes both")
        if self.value not in ("2", "2.0"):
            raise self.error(f"expected version 2.0 of OpenQASM, found {self.found()}")
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
                raise self.error(f"expected a statement, found {word}")
            self.application()
            return
        raise self.error(f"expected a statement, found {self.found()}")

    def declaration(self) -> None:
        kind = self.value
        self.advance()
        at = self.start
        name = self.name("the name of a register")
        if name in self.registers or name in self.definitions:
            raise self.error(f"{name!r} is already declared", at)
        self.expect("[", f"after {kind} {name}")
        at = self.start
        size = self.integer("the size of the register")
        total = self.sizes[kind]
        if size < 1:
            raise self.error("a register holds at least one qubit or bit", at)
        if total + size > self.max_size:
            what = "qubits" if kind == "qreg" else "classical bits"
            raise self.error(f"{total + size} {what} are more than the limit of {self.max_size}", at)
        self.expect("]", "after the size of the register")
        self.semicolon("after the declaration")
        self.registers[name] = (kind, total, size)
        self.order[kind].append(Register(name, size))
        self.sizes[kind] = total + size

    def include(self) -> None:
        self.advance()
        if self.kind != "string":
            raise self.error(
                f'expected a file name in quotes, as in include "qelib1.inc"; found {self.found()}'
            )
        if self.value != '"qelib1.inc"':
            raise self.error(f'only "qelib1.inc" is built in: put the gates of {self.value} into this file')
        self.advance()
        self.semicolon("after include")
        for name, spec in GATES.items():
            if name in self.definitions and name in ORIGINAL:
                raise self.error(f"{name!r} is defined above and again by qelib1.inc", self.statement_start)
            if name not in self.definitions:
                self.natives[name] = (spec.n_qubits, spec.n_params)
        if not self.library:
            inner = Parser(LIBRARY, "qelib1.inc", 0.0, 1, 1)
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
            raise self.error(f"{name!r} is already declared", at)
        if name in self.natives and name in ORIGINAL:
            raise self.error(f"{name!r} is already defined by qelib1.inc", at)
        params: list[str] = []
        if self.value == "(":
            self.advance()
            if self.value != ")":
                params = self.names("a parameter")
            self.expect(")", "after the parameters")
        return name, params, self.names("a qubit argument", params), at

    def opaque(self) -> None:
        name, params, args, _ = self.gate_shape()
        self.semicolon("after the opaque gate")
        self.natives.pop(name, None)
        self.definitions[name] = Definition(name, len(params), len(args), opaque=True)

    def gate_definition(self) -> None:
        begin = self.start
        name, params, args, _ = self.gate_shape()
        definition = Definition(name, len(params), len(args), params=tuple(params))
        param_index = {p: i for i, p in enumerate(params)}
        arg_index = {a: i for i, a in enumerate(args)}
        self.expect("{", "before the body of the gate")
        while self.value != "}":
            if self.kind == "end":
                raise self.error(f"the file ends inside the body of gate {name}; expected '}}'")
            self.body_statement(definition, param_index, arg_index)
        known = DEFINITIONS.get(name)
        same = known is not None and "".join(self.text[begin : self.end].split()) == "".join(known.split())
        if same and name in self.natives:  # the definition we write ourselves: the gate we know
            return
        self.natives.pop(name, None)
        self.definitions[name] = definition
        if self.kept is not None:
            self.kept.add(definition)

    def body_statement(
        self, definition: Definition, param_index: Mapping[str, int], arg_index: Mapping[str, int]
    ) -> None:
        at, word = self.start, self.value
        if self.kind != "name":
            raise self.error(
                f"expected a gate or '}}' in the body of gate {definition.name}, found {self.found()}"
            )
        programs: tuple[Program, ...] = ()
        if word == "barrier":
            target: str | Definition = "barrier"
            self.advance()
        else:
            if word in RESERVED and word not in ("U", "CX"):
                raise self.error(f"expected a gate in the body of gate {definition.name}, found {word}")
            target = self.lookup(word, inside=definition.name)
            self.advance()
            programs = self.angle_programs(param_index)
        qubits: dict[int, None] = {}
        while True:
            place = self.start
            name = self.name("a qubit argument")
            if name not in arg_index:
                raise self.error(
                    f"{name!r} is not a qubit argument of gate {definition.name} ({', '.join(arg_index)})",
                    place,
                )
            if self.value == "[":
                raise self.error("a qubit argument inside a gate has no index")
            if arg_index[name] in qubits:
                raise self.error(f"qubit {name!r} is used twice", place)
            qubits[arg_index[name]] = None
            if self.value != ",":
                break
            self.advance()
        self.semicolon("after the gate")
        self.advance()
        if target != "barrier":
            self.check_shape(word, target, len(programs), len(qubits), at)
        definition.body.append((target, programs, tuple(qubits), at))
        definition.work += target.work if isinstance(target, Definition) else len(qubits)
        definition.work += sum(map(len, programs)) // 8

    def lookup(self, word: str, inside: str = "") -> str | Definition:
        """The gate of this name: a native one by its own name, or a definition."""
        if word == "U":
            return "u"
        if word == "CX":
            return "cx"
        if word in self.natives and word != inside:
            return word
        target = self.definitions.get(word) or self.library.get(word)
        if target is not None:
            return target
        if word == inside:
            raise self.error(
                f"gate {word} is used inside its own definition: a gate uses only gates defined before it"
            )
        if word in GATES and not self.natives:
            raise self.error(f'no gate {word!r} is defined; it is in qelib1.inc: add include "qelib1.inc";')
        known = [*self.natives, *self.definitions, *self.library, "U", "CX"]
        close = difflib.get_close_matches(word[:60], known, 3) + [n for n in known if n == word.lower()]
        hint = f"; did you mean {' or '.join(dict.fromkeys(close))}?" if close else ""
        raise self.error(f"no gate {word[:60]!r} is defined{hint}")

    def check_shape(self, word: str, target: str | Definition, n_params: int, n_qubits: int, at: int) -> None:
        if isinstance(target, str):
            spec = GATES[target]
            want = spec.n_params, spec.n_qubits
        else:
            want = target.n_params, target.n_qubits
        if n_params != want[0]:
            raise self.error(f"gate {word} has {want[0]} parameters, not {n_params}", at)
        if n_qubits != want[1]:
            raise self.error(f"gate {word} acts on {want[1]} qubits, not {n_qubits}", at)

    def evaluated(self, program: Program, values: tuple[Value, ...] = ()) -> Value:
        try:
            return evaluate(program, values)
        except EvaluationError as error:
            raise self.error(error.problem, error.place) from None

    def phase(self, value: Value, at: int) -> Phase:
        try:
            phase, given = to_phase(value, self.tolerance)
        except OverflowError:
            raise self.error("the angle is too large", at) from None
        if isinstance(phase, float) and not math.isfinite(phase):
            raise self.error("the angle is not finite", at)
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
            raise self.error(f"register {name[:60]!r} is not declared{hint}", at)
        if register[0] != kind:
            wanted = "quantum" if kind == "qreg" else "classical"
            raise self.error(f"{name!r} is not a {wanted} register", at)
        _, first, size = register
        if self.value != "[":
            return first, size, False
        self.advance()
        at = self.start
        index = self.integer("an index")
        if index >= size:
            raise self.error(
                f"index {index} is out of range: {name} has {size} elements, 0 to {size - 1}", at
            )
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
        if self.operations > self.max_operations:
            raise self.too_many(self.statement_start)

    def too_many(self, place: int) -> InputError:
        return self.error(
            f"the program has more than {self.max_operations} operations after expansion", place
        )

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
            raise self.error(
                f"registers of different sizes ({', '.join(map(str, sorted(sizes)))}) in one gate", at
            )
        count = sizes.pop() if sizes else 1
        spans = sorted((first, first + size) for first, size, _ in operands)
        if any(stop > start for (_, stop), (start, _) in pairwise(spans)):
            raise self.error("a qubit is used twice in one operation", at)
        columns = [
            [first] * count if single else range(first, first + count) for first, _, single in operands
        ]
        return list(zip(*columns, strict=True))

    def expand(self, target: Definition, values: tuple[Value, ...], qubits: tuple[int, ...]) -> None:
        """Append the gates of a defined gate, without recursion; small ones are remembered."""
        key = (id(target), values)
        steps = self.expansions.get(key)
        if steps is None:
            snaps = len(self.snaps)
            steps = self.flattened(target, values)
            if target.work <= 4096 and len(self.snaps) == snaps and len(self.expansions) < 10_000:
                self.expansions[key] = steps
        if self.kept is not None:
            before = len(self.snaps)
            angles = [self.phase(value, self.statement_start) for value in values]
            del self.snaps[before:]  # they are reported where they are used
            own = self.kept.gate(target, angles, steps)
            if own is not None:
                self.gates += renumbered([replace(own, condition=self.condition)], qubits)
                return
        for name, params, places in steps:
            where = tuple([qubits[i] for i in places])
            if name.startswith("opaque "):
                self.gates.append(
                    Gate("opaque", where, params, (), self.condition, name.removeprefix("opaque "))
                )
            else:
                self.gates.append(
                    Gate(name, where, params, (), None if name == "barrier" else self.condition)
                )

    def flattened(self, target: Definition, values: tuple[Value, ...]) -> list[Step]:
        out: list[Step] = []
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
            raise self.error(f"{n} qubits are measured into {m} classical bits", at)
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
            raise self.error("a qubit is used twice in one operation", at)
        self.spend(1 + len(qubits) // 16)
        self.gates.append(Gate("barrier", qubits))

    def conditional(self) -> None:
        self.advance()
        self.expect("(", "after if")
        at = self.start
        first, size, single = self.operand("creg")
        if single:
            raise self.error("a condition compares a whole classical register, not one bit of it", at)
        self.expect("==", "in the condition")
        value = self.integer("a number that is not negative")
        self.expect(")", "after the condition")
        word = self.value
        if self.kind != "name" or word in RESERVED - {"U", "CX", "measure", "reset"}:
            raise self.error(f"expected a gate, measure or reset after the condition, found {self.found()}")
        bits = self.held.setdefault(first, tuple(range(first, first + size)))
        self.condition = (bits, value)
        self.actions.get(word, Parser.application)(self)
        self.condition = None

    actions: Mapping[str, Callable[[Parser], None]] = {
        "qreg": declaration,
        "creg": declaration,
        "include": include,
        "gate": gate_definition,
        "opaque": opaque,
        "measure": measure,
        "reset": reset,
        "barrier": barrier,
    }


def line_numbers(text: str, places: list[int]) -> list[int]:
    """The 1-based lines of ascending places, in one pass."""
    lines: list[int] = []
    line, last = 1, 0
    for place in places:
        line += text.count("\n", last, place)
        last = place
        lines.append(line)
    return lines
