"""Carrying out an OpenQASM 3 program: the gates that its statements stand for.

Everything classical that is known is computed here: constants, loops, branches on constants. What hangs on
measured bits becomes conditions on gates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.qasm2_parser import COMMON, DECIMAL, line_numbers
from catenary.functors.circuits.qasm2_values import EvaluationError, number
from catenary.functors.circuits.qasm3_gates import Entry, GateReader, Lines, Variable, placed
from catenary.functors.circuits.qasm3_library import Native
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
    Operand,
    Program,
    Reset,
    Statement,
    is_literal,
)
from catenary.functors.circuits.qasm3_values import apply, cell_of

MAX_CASES = 256
"""The most combinations of bits into which one condition is divided."""
_MAX_TRIES = 20_000


@dataclass(slots=True)
class _Branch:
    """An ``if`` being carried out: the bits it hangs on, and where one of them was overwritten."""

    bits: frozenset[int]
    overwritten: int | None = None


class Reader(GateReader):
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
        super().__init__(text, source, tolerance, max_operations, keep_definitions)
        self.max_size = max_qubits
        self.sizes = {"qubit": 0, "bit": 0}
        self.registers: dict[str, list[Register]] = {"qubit": [], "bit": []}
        self.gates: list[Gate] = []
        self.global_phase: Phase = Fraction(0)
        self.held: dict[int, int] = {}
        self.condition: tuple[tuple[int, ...], int] | None = None
        self.branches: list[_Branch] = []
        self.natives: dict[str, Native] = {}
        self.angle_cache: dict[str, tuple[Phase, ...]] = {}
        self.qubit_cache: dict[str, tuple[int, ...]] = {}
        self.uses_hardware = False

    def run(self) -> tuple[Circuit, list[tuple[int, float, Fraction]]]:
        """The circuit, and (line, half turns given, half turns read) for each snapped angle."""
        self.header()
        while self.kind != "end":
            self._plain_gates()
            if self.kind == "end":
                break
            start = self.statement_start = self.start
            snaps = len(self.snaps)
            statement = self.statement()
            self.execute(statement)
            if isinstance(statement, Application) and statement.simple and len(self.snaps) == snaps:
                self._remember(statement, start)
        self.spend(0, len(self.text))
        lines = line_numbers(self.text, [place for place, _, _ in self.snaps])
        snapped = [(line, given, phase) for line, (_, given, phase) in zip(lines, self.snaps, strict=True)]
        circuit = Circuit.unchecked(
            self.sizes["qubit"],
            tuple(self.gates),
            self.sizes["bit"],
            global_phase=self.global_phase,
            qregs=() if self.uses_hardware else tuple(self.registers["qubit"]),
            cregs=tuple(self.registers["bit"]),
        )
        return circuit, snapped

    def _plain_gates(self) -> None:
        """Gates on numbered qubits as they were met before, without the full parser."""
        text, match_common, gates = self.text, COMMON.match, self.gates
        natives, angles, places = self.natives, self.angle_cache, self.qubit_cache
        pos = self.start
        while True:
            match = match_common(text, pos)
            if match is None:
                break
            name, raw, where = match.groups()
            native, qubits = natives.get(name), places.get(where)
            if native is None or qubits is None or len(qubits) != native.n_qubits:
                break
            params = () if raw is None else angles.get(raw)
            if params is None and DECIMAL.fullmatch(raw):
                self.statement_start = match.start(1)
                params = (self.phase(("float", number(raw), False), match.start(1)),)
            if params is None or len(params) != native.n_params:
                break
            gates.append(Gate(native.gate, qubits, params))
            self.operations += 1
            pos = match.end()
        if pos != self.start:
            self.spend(0, pos)
            self.pos = pos
            self.advance()

    def _remember(self, found: Application, start: int) -> None:
        match = COMMON.match(self.text, start)
        native = self.scopes[0].get(found.name)
        if match is None or not isinstance(native, Native) or native.phase is not None or native.label:
            return
        _, raw, where = match.groups()
        if raw is not None and all(map(is_literal, found.params)):
            self.angle_cache[raw] = self.gates[-1].params
        entries = [self._lines(operand, "qubit") for operand in found.operands]
        self.qubit_cache[where] = tuple(entry.places[0] for entry in entries)
        self.natives[found.name] = native

    def execute(self, statement: Statement) -> None:
        """Carry out one statement."""
        self.actions[type(statement)](self, statement)

    # Declarations

    def _do_declaration(self, found: Declaration) -> None:
        kind = found.type.name
        if kind == "qubit":
            self._register(found)
        elif kind == "bit" and not found.is_const:
            self._register(found)
            if found.value is not None:
                self._initial_bits(found)
        else:
            width = self.width_of(found.type)
            value = None
            if isinstance(found.value, Measurement):
                raise self.error(f"a measurement gives bits, not {kind}", found.place)
            if found.value is not None:
                value = self.as_type(self.evaluated(found.value), found.type, found.place)
                if value[0] == "bits" and any(cell < 0 for cell in value[1]):
                    raise self.error(
                        f"{found.name} depends on measured bits: only conditions can", found.place
                    )
            self.declare(found.name, Variable(value, found.type, width, found.is_const), found.place)

    def _register(self, found: Declaration) -> None:
        kind, size = found.type.name, 1
        if self.branches:
            raise self.error(f"{found.name} is declared in a branch that hangs on measured bits", found.place)
        if len(self.scopes) > 1:
            raise self.error(f"{found.name}: qubits and bits are declared outside of all braces", found.place)
        if self.uses_hardware and kind == "qubit":
            raise self.error("a program on hardware qubits ($0, $1, …) declares no other ones", found.place)
        if found.type.width is not None:
            size = self.integer(found.type.width, "the size of a register", found.type.place)
        if size < 1:
            raise self.error("a register holds at least one qubit or bit", found.place)
        first = self._grow(kind, size, found.place)
        places = tuple(range(first, first + size))
        self.declare(found.name, Lines(kind, places, found.type.width is None), found.place)
        self.registers[kind].append(Register(found.name, size))

    def _grow(self, kind: str, size: int, place: int) -> int:
        first = self.sizes[kind]
        if first + size > self.max_size:
            what = "qubits" if kind == "qubit" else "classical bits"
            raise self.error(f"{first + size} {what} are more than the limit of {self.max_size}", place)
        self.sizes[kind] = first + size
        return first

    def _initial_bits(self, found: Declaration) -> None:
        if isinstance(found.value, Measurement):
            self._do_measure(Operand(found.name, None, found.place), found.value, found.place)
            return
        assert found.value is not None
        value = self.as_type(self.evaluated(found.value), found.type, found.place)
        if value[0] != "bits" or any(value[1]):
            raise self.error(
                "a classical bit begins as 0 and is written by measurements only: no other value can be given to it",
                found.place,
            )

    def _do_input(self, found: Input) -> None:
        import sympy

        value = ("symbol", sympy.Symbol(found.name))
        if found.name == "_":
            raise self.error("an input needs a name", found.place)
        self.declare(found.name, Variable(value, found.type, self.width_of(found.type), True), found.place)

    def _do_alias(self, found: Alias) -> None:
        places: list[int] = []
        kinds = set()
        for part in found.parts:
            entry = self._lines(part, None)
            places += entry.places
            kinds.add(entry.kind)
        if len(kinds) > 1:
            raise self.error("an alias of qubits and classical bits together", found.place)
        if len(set(places)) != len(places):
            raise self.error("an alias with the same element twice", found.place)
        self.declare(found.name, Lines(kinds.pop(), tuple(places), False), found.place)

    def _do_include(self, found: Include) -> None:
        self.include_library(found.place)

    def _do_definition(self, found: Definition) -> None:
        self.define(found)

    # Operands

    def _lines(self, operand: Operand, kind: str | None) -> Lines:
        """The qubits or bits of an operand."""
        if operand.name.startswith("$"):
            entry: Entry = self._hardware(operand)
        else:
            what = {"qubit": "the qubit or quantum register", "bit": "the bit or classical register"}
            entry = self.find(operand.name, operand.place, what.get(kind or "", "the register"))
        if not isinstance(entry, Lines):
            raise self.error(f"{operand.name!r} is not a register", operand.place)
        if kind is not None and entry.kind != kind:
            wanted = "quantum" if kind == "qubit" else "classical"
            raise self.error(f"{operand.name!r} is not a {wanted} register", operand.place)
        if operand.index is None:
            return entry
        if entry.single:
            raise self.error(f"{operand.name!r} is a single {entry.kind}: it has no elements", operand.place)
        picked = tuple(entry.places[i] for i in self.chosen(operand, len(entry.places)))
        single = isinstance(operand.index, tuple) and not operand.is_set
        return Lines(entry.kind, picked, single)

    def _hardware(self, operand: Operand) -> Lines:
        """The hardware qubit ``$k``, line k."""
        if self.registers["qubit"]:
            raise self.error("hardware qubits and declared qubits in one program", operand.place)
        self.uses_hardware = True
        digits = operand.name[1:]
        if len(digits) > 9:
            raise self.error(f"hardware qubit ${digits[:20]}", operand.place)
        number = int(digits)
        if number >= self.sizes["qubit"]:
            self._grow("qubit", number + 1 - self.sizes["qubit"], operand.place)
        return Lines("qubit", (number,), True)

    # Operations

    def _emit(self, gates: list[Gate], place: int) -> None:
        """Append gates, under the condition of the branch they are in."""
        self.spend(len(gates), place)
        if not self.branches:
            self.gates += gates
            return
        for gate in gates:
            if gate.name == "barrier":
                self.gates.append(gate)
                continue
            for branch in self.branches:
                if branch.overwritten is not None:
                    raise self.error(
                        "this if has already overwritten a bit of its own condition (by the measurement on line "
                        f"{self.text.count(chr(10), 0, branch.overwritten) + 1}): measure into another bit",
                        place,
                    )
            self.gates.append(
                Gate(
                    gate.name,
                    gate.qubits,
                    gate.params,
                    gate.clbits,
                    self.condition,
                    gate.label,
                    gate.meaning,
                )
            )
            for branch in self.branches:
                if branch.bits.intersection(gate.clbits):
                    branch.overwritten = place

    def _do_application(self, found: Application) -> None:
        (gates, phase), n = self.unitary_block(found)
        operands = [self._lines(operand, "qubit") for operand in found.operands]
        self.check_count(found, n, len(operands))
        for where in self._broadcast(operands, found.place):
            self._emit(placed(gates, where), found.place)
            if not self.branches:  # the phase of one classical branch cannot be observed
                self.global_phase = self.global_phase + phase

    def _broadcast(self, operands: list[Lines], place: int) -> list[list[int]]:
        """The qubits of each application of a gate to registers and elements."""
        sizes = {len(entry.places) for entry in operands if not entry.single}
        if len(sizes) > 1:
            raise self.error(
                f"registers of different sizes ({', '.join(map(str, sorted(sizes)))}) in one gate", place
            )
        count = sizes.pop() if sizes else 1
        rows = [[e.places[0] if e.single else e.places[k] for e in operands] for k in range(count)]
        for row in rows:
            if len(set(row)) != len(row):
                raise self.error("a qubit is used twice in one operation", place)
        return rows

    def _do_assignment(self, found: Assignment) -> None:
        if isinstance(found.value, Measurement):
            self._do_measure(found.target, found.value, found.place)
            return
        entry = self.find(found.target.name, found.target.place, "the variable")
        name = found.target.name
        if isinstance(entry, Lines):
            raise self.error(
                f"{name!r} can be written by measurements only: a circuit has no other operation on bits"
                if entry.kind == "bit"
                else f"{name!r} is a qubit: no value can be assigned to it",
                found.place,
            )
        if not isinstance(entry, Variable) or entry.is_const:
            raise self.error(f"{name!r} cannot be assigned to: it is constant", found.place)
        if found.target.index is not None:
            raise self.error(f"an element of {name!r} cannot be assigned to", found.place)
        if self.branches:
            raise self.error(f"{name!r} is assigned to in a branch that hangs on measured bits", found.place)
        value = self.evaluated(found.value)
        if found.operator:
            if entry.value is None:
                raise self.error(f"{name!r} has no value yet", found.place)
            try:
                value = apply(found.operator, entry.value, value, found.place)
            except EvaluationError as error:
                raise self.error(error.problem, error.place) from None
        value = self.as_type(value, entry.type, found.place)
        if value[0] == "bits" and any(cell < 0 for cell in value[1]):
            raise self.error(f"{name!r} would depend on measured bits: only conditions can", found.place)
        entry.value = value

    def _do_measure(self, target: Operand, found: Measurement, place: int) -> None:
        qubits, bits = self._lines(found.qubits, "qubit"), self._lines(target, "bit")
        if len(qubits.places) != len(bits.places):
            raise self.error(
                f"{len(qubits.places)} qubits are measured into {len(bits.places)} classical bits", place
            )
        for what, entry in (("qubit", qubits), ("bit", bits)):
            if len(set(entry.places)) != len(entry.places):
                raise self.error(f"a {what} is used twice in one measurement", place)
        pairs = zip(qubits.places, bits.places, strict=True)
        self._emit([Gate("measure", (q,), (), (b,)) for q, b in pairs], place)

    def _do_reset(self, found: Reset) -> None:
        self._emit([Gate("reset", (q,)) for q in self._lines(found.qubits, "qubit").places], found.place)

    def _do_barrier(self, found: Barrier) -> None:
        if found.qubits:
            qubits = tuple(q for operand in found.qubits for q in self._lines(operand, "qubit").places)
        else:
            qubits = tuple(range(self.sizes["qubit"]))
        if len(set(qubits)) != len(qubits):
            raise self.error("a qubit is used twice in one operation", found.place)
        self.spend(len(qubits) // 16, found.place)
        if qubits:
            self._emit([Gate("barrier", qubits)], found.place)

    def _do_discarded(self, found: Measurement) -> None:
        raise self.error("the result of a measurement goes into a bit", found.place)

    # Control

    def _block(self, body: tuple[Statement, ...], **names: Variable) -> None:
        with self.scope(**names):
            for statement in body:
                self.execute(statement)

    def _do_for(self, found: For) -> None:
        for value in self.loop_values(found):
            self._block(found.body, **{found.name: Variable(value, found.type, None, True)})

    def _do_if(self, found: If) -> None:
        true, false = self._cases(found.condition, found.place, bool(found.then), bool(found.otherwise))
        outer, condition = self.held, self.condition
        bits = frozenset(bit for case in true + false for bit in case)
        if not bits - set(outer):
            self._block(found.then if true else found.otherwise)
            return
        self.branches.append(_Branch(bits))
        for cases, body in ((true, found.then), (false, found.otherwise)):
            for case in cases if body else ():
                self.spend(1, found.place)
                held = sorted(case)
                self.held = case
                self.condition = tuple(held), sum(case[bit] << i for i, bit in enumerate(held))
                self._block(body)
        self.branches.pop()
        self.held, self.condition = outer, condition

    def _cases(
        self, condition: Program, place: int, has_then: bool, has_else: bool
    ) -> tuple[list[dict[int, int]], list[dict[int, int]]]:
        """The values of bits that make a condition true, and those that make it false, none twice.

        Bits are asked for one at a time until the condition is decided, so that a comparison of a register with a
        number has as many cases as bits, not as values.
        """
        found: tuple[list[dict[int, int]], list[dict[int, int]]] = [], []
        todo = [dict(self.held)]
        tries = 0
        while todo:
            case = todo.pop()
            try:
                cell = cell_of(self.evaluated(condition, case), place)
            except EvaluationError as error:
                raise self.error(error.problem, error.place) from None
            tries += 1 + len(case) // 64
            if cell < 0:
                todo += [{**case, ~cell: 1}, {**case, ~cell: 0}]
            else:
                found[1 - cell].append(case)
            needed = max(len(found[0]) * has_then, len(found[1]) * has_else)
            if needed > MAX_CASES or tries > _MAX_TRIES:
                raise self.error(
                    f"this condition has more than {MAX_CASES} cases of single bits: too many for conditions on gates",
                    place,
                )
        return found

    actions: Mapping[type, Callable[[Reader, Any], None]] = {
        Declaration: _do_declaration,
        Input: _do_input,
        Alias: _do_alias,
        Include: _do_include,
        Definition: _do_definition,
        Application: _do_application,
        Assignment: _do_assignment,
        Measurement: _do_discarded,
        Reset: _do_reset,
        Barrier: _do_barrier,
        For: _do_for,
        If: _do_if,
    }
