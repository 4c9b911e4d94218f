"""Names, values and gates of an OpenQASM 3 program: scopes, definitions and modifiers."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from catenary.diagrams.errors import CatenaryError
from catenary.diagrams.phases import Phase, as_phase, is_symbolic, reduce_phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.controls import controlled_gate, phase_on
from catenary.functors.circuits.definitions import GateDefinition, same_angle, same_gates
from catenary.functors.circuits.gates import CircuitError, Gate, shifted
from catenary.functors.circuits.powers import Block, inverse, power
from catenary.functors.circuits.qasm2_values import EvaluationError, in_radians, to_phase
from catenary.functors.circuits.qasm3_library import BUILT_IN, DEFINITIONS, STANDARD, Native, recognised
from catenary.functors.circuits.qasm3_parser import Parser3
from catenary.functors.circuits.qasm3_syntax import (
    Application,
    Barrier,
    Definition,
    For,
    Modifier,
    Operand,
    Program,
    Range,
    Statement,
    Type,
)
from catenary.functors.circuits.qasm3_values import Value, converted, evaluate, known_int

MAX_DEFINITIONS_DEEP = 100
MAX_CONTROLS = 1000


@dataclass(slots=True)
class Variable:
    """A classical value that is known while reading."""

    value: Value | None
    type: Type
    width: int | None
    is_const: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """Qubits or classical bits under a name."""

    kind: str
    places: tuple[int, ...]
    single: bool


Entry: TypeAlias = Variable | Lines | Native | Definition


class GateReader(Parser3):
    """The names of a program and the gates they stand for."""

    def __init__(
        self, text: str, source: str, tolerance: float, max_operations: int, keep_definitions: bool = False
    ):
        super().__init__(text, source)
        self.keep_definitions = keep_definitions
        self.kept: dict[int, GateDefinition | None] = {}
        self.tolerance, self.max_operations = tolerance, max_operations
        self.operations = 0
        self.scopes: list[dict[str, Entry]] = [{"U": BUILT_IN}]
        self.has_library = False
        self.levels: dict[str, int] = {}
        self.work: dict[str, int] = {}
        self.expansions: dict[tuple[int, tuple[Value, ...]], tuple[Block, list[Any]]] = {}
        self.snaps: list[tuple[int, float, Fraction]] = []
        self.statement_start = 0
        self.in_gate = False

    def spend(self, amount: int, place: int) -> None:
        """Count operations against the limit."""
        self.operations += amount
        if self.operations > self.max_operations:
            raise self.error(
                f"the program has more than {self.max_operations} operations after expansion", place
            )

    # Names

    @contextmanager
    def scope(self, **names: Entry) -> Iterator[None]:
        """An inner scope."""
        self.scopes.append(dict(names))
        try:
            yield
        finally:
            self.scopes.pop()

    def declare(self, name: str, entry: Entry, place: int) -> None:
        """A new name in the innermost scope."""
        if name in self.scopes[-1]:
            raise self.error(f"{name!r} is already declared", place)
        if name.startswith("$"):
            raise self.error(f"{name} is a hardware qubit: it cannot be declared", place)
        self.scopes[-1][name] = entry

    def find(self, name: str, place: int, what: str) -> Entry:
        """What a name stands for."""
        for names in reversed(self.scopes):
            if name in names:
                return names[name]
        if name in STANDARD and not self.has_library:
            raise self.error(f'{name!r} is not declared: it needs include "stdgates.inc"', place)
        known = [known for names in self.scopes for known in names]
        close = difflib.get_close_matches(name[:60], known, 2) if len(known) < 10_000 else []
        hint = f"; did you mean {' or '.join(close)}?" if close else ""
        if name in DEFINITIONS:
            hint = f"; it is not in stdgates.inc: define it, as in  {DEFINITIONS[name]}"
        raise self.error(f"{what} {name[:60]!r} is not declared{hint}", place)

    # Values

    def evaluated(self, program: Program, known: Mapping[int, int] | None = None) -> Value:
        """The value of an expression; bits in ``known`` have that value."""

        def lookup(name: str, place: int) -> Value:
            entry = self.find(name, place, "the name")
            if isinstance(entry, Lines):
                return self.bits_of(entry, place, known)
            if not isinstance(entry, Variable):
                raise self.error(f"{name!r} is a gate, not a value", place)
            if self.in_gate and not entry.is_const:
                raise self.error(f"a gate's body cannot use the variable {name!r}: declare it const", place)
            if entry.value is None:
                raise self.error(f"{name!r} has no value yet", place)
            return entry.value

        def select(operand: Operand) -> Value:
            entry = self.find(operand.name, operand.place, "the register")
            if isinstance(entry, Variable) and entry.value is not None and entry.value[0] == "bits":
                cells = entry.value[1]
                return "bits", tuple(cells[i] for i in self.chosen(operand, len(cells)))
            if not isinstance(entry, Lines):
                raise self.error(f"{operand.name!r} has no elements", operand.place)
            picked = Lines(
                entry.kind, tuple(entry.places[i] for i in self.chosen(operand, len(entry.places))), False
            )
            return self.bits_of(picked, operand.place, known)

        try:
            return evaluate(program, lookup, select, self.width_of)
        except EvaluationError as error:
            raise self.error(error.problem, error.place) from None
        except OverflowError:
            raise self.error("the value is too large", program[0][2]) from None

    def bits_of(self, entry: Lines, place: int, known: Mapping[int, int] | None) -> Value:
        """Classical bits as a value."""
        if entry.kind != "bit":
            raise self.error("a qubit is not a value: measure it into a bit", place)
        if self.in_gate:
            raise self.error("a gate's body cannot use classical bits", place)
        if known is None:
            return "bits", tuple([~b for b in entry.places])
        return "bits", tuple([known.get(b, ~b) for b in entry.places])

    def integer(self, program: Program, what: str, place: int) -> int:
        """The value of a constant expression that is an integer."""
        try:
            return known_int(self.evaluated(program), place, what)
        except EvaluationError as error:
            raise self.error(error.problem, error.place) from None

    def width_of(self, target: Type) -> int | None:
        """The width of a type, if it is given."""
        if target.width is None:
            return None
        width = self.integer(target.width, "the width of a type", target.place)
        if not 1 <= width <= 1_000_000:
            raise self.error(f"a width of {width}", target.place)
        return width

    def as_type(self, value: Value, target: Type, place: int) -> Value:
        """A value that is given to something of a type, which it must fit."""
        whole = target.name not in ("int", "uint") or value[0] not in ("float", "angle")
        if not whole and (value[2] or value[1] != int(value[1])):
            raise self.error(f"a {value[0]} where an {target.name} is expected: cast it", place)
        try:
            return converted(value, target, self.width_of(target), place)
        except EvaluationError as error:
            raise self.error(error.problem, error.place) from None
        except OverflowError:
            raise self.error("the value is too large", place) from None

    def phase(self, value: Value, place: int) -> Phase:
        """A value as an angle in half turns."""
        if value[0] == "symbol":
            import sympy

            angle: Phase = sympy.expand(value[1] / sympy.pi)
            return angle
        if value[0] == "bits":
            raise self.error("an angle depends on bits", place)
        if value[0] == "bool":
            raise self.error("an angle is a number, not a bool", place)
        try:
            phase, given = to_phase(value[1:], self.tolerance)
        except OverflowError:
            raise self.error("the angle is too large", place) from None
        if given is not None and isinstance(phase, Fraction):
            self.snaps.append((self.statement_start, given, phase))
        return phase

    def chosen(self, operand: Operand, size: int) -> list[int]:
        """The numbers of the elements that an index picks."""
        index, place = operand.index, operand.place
        if index is None:
            return list(range(size))
        if isinstance(index, Range):
            return [self.within(i, size, operand) for i in self.range_values(index, size)]
        if operand.is_set:
            return [self.within(self.integer(p, "an index", place), size, operand) for p in index]  # type: ignore[arg-type]
        return [self.within(self.integer(index, "an index", place), size, operand)]  # type: ignore[arg-type]

    def within(self, index: int, size: int, operand: Operand) -> int:
        """An index counted from the start; a negative one counts from the end."""
        if not -size <= index < size:
            raise self.error(
                f"index {index} is out of range: {operand.name} has {size} elements, 0 to {size - 1}",
                operand.place,
            )
        return index % size

    def range_values(self, found: Range, size: int | None = None) -> range:
        """The integers of a range, its end included."""

        def part(program: Program | None, otherwise: int) -> int:
            return (
                otherwise if program is None else self.integer(program, "a range's end or step", found.place)
            )

        step = part(found.step, 1)
        if step == 0:
            raise self.error("a range with step 0", found.place)
        ends = (0, (size or 1) - 1) if step > 0 else ((size or 1) - 1, 0)
        start, stop = part(found.start, ends[0]), part(found.stop, ends[1])
        if size is not None:
            start, stop = (start + size if start < 0 else start), (stop + size if stop < 0 else stop)
        values = range(start, stop + (1 if step > 0 else -1), step)
        if size is not None and values and not 0 <= min(start, stop) <= max(start, stop) < size:
            raise self.error(f"the range goes over the {size} elements of the register", found.place)
        return values

    def loop_values(self, loop: For) -> Iterator[Value]:
        """The values of a loop's variable, each counted as an operation."""
        if isinstance(loop.values, Range):
            numbers = self.range_values(loop.values)
            if numbers[-1:] and abs(numbers[-1] - numbers[0]) // abs(numbers.step) >= self.max_operations:
                self.spend(self.max_operations + 1, loop.place)
            values: Iterator[Value] = (("int", Fraction(i), False) for i in numbers)
        else:
            values = (self.evaluated(program) for program in loop.values)
        for value in values:
            self.spend(2, loop.place)
            yield self.as_type(value, loop.type, loop.place)

    # Gates

    def include_library(self, place: int) -> None:
        """The gates of stdgates.inc."""
        if self.has_library:
            return
        for name, native in STANDARD.items():
            self.declare(name, native, place)
        self.has_library = True

    def define(self, definition: Definition) -> None:
        """A gate of the file, checked before it is used."""
        name = definition.name
        level = 1
        for statement in definition.body:
            level = max(level, self._check(statement, definition, {*definition.params}))
        if level > MAX_DEFINITIONS_DEEP:
            raise self.error(
                f"definitions of gates are nested more than {MAX_DEFINITIONS_DEEP} deep", definition.place
            )
        native = recognised(name, definition.text) if self.has_library else None
        self.declare(name, native or definition, definition.place)
        self.levels[name] = level
        applied = (s.name for s in definition.body if isinstance(s, Application))
        self.work[name] = 1 + sum(self.work.get(inner, 1) for inner in applied)

    def _check(self, statement: Statement, inside: Definition, names: set[str]) -> int:
        """Names and shapes in a gate's body; how deep the definitions below it nest."""
        if isinstance(statement, For):
            return max([0] + [self._check(s, inside, names | {statement.name}) for s in statement.body])
        if not isinstance(statement, (Application, Barrier)):
            return 0
        operands = statement.operands if isinstance(statement, Application) else statement.qubits
        for operand in operands:
            if operand.name not in inside.qubits:
                raise self.error(
                    f"{operand.name!r} is not a qubit argument of gate {inside.name}", operand.place
                )
            if operand.index is not None:
                raise self.error("a qubit argument cannot be indexed in a gate's body", operand.place)
        if len({o.name for o in operands}) != len(operands):
            raise self.error("a qubit is used twice in one operation", statement.place)
        if isinstance(statement, Barrier):
            return 0
        if statement.name == inside.name:
            raise self.error(f"gate {inside.name} applies itself", statement.place)
        for program in statement.params:
            self._check_names(program, names)
        if statement.name != "gphase":
            if statement.name in names or statement.name in inside.qubits:
                raise self.error(f"{statement.name!r} is not a gate in gate {inside.name}", statement.place)
            target = self.gate_named(statement.name, statement.place)
            self._check_params(statement, target)
        return self.levels.get(statement.name, 0) + 1

    def _check_names(self, program: Program, names: set[str]) -> None:
        for operation, operand, place in program:
            if operation in ("call", "cast"):
                for part in operand[1]:
                    self._check_names(part, names)
            elif operation == "operand" or (operation == "name" and operand not in names):
                name = operand.name if operation == "operand" else operand
                entry = self.find(name, place, "the name")
                if not isinstance(entry, Variable) or not entry.is_const:
                    raise self.error(
                        f"a gate's body can use its parameters and constants, not {name!r}", place
                    )

    def gate_named(self, name: str, place: int) -> Native | Definition:
        """The gate of a name."""
        entry = self.find(name, place, "gate")
        if not isinstance(entry, (Native, Definition)):
            raise self.error(f"{name!r} is not a gate", place)
        return entry

    def _check_params(self, application: Application, target: Native | Definition) -> None:
        wanted = target.n_params if isinstance(target, Native) else len(target.params)
        if len(application.params) != wanted:
            raise self.error(
                f"{application.name} has {wanted} parameter{'s' * (wanted != 1)}, not {len(application.params)}",
                application.place,
            )

    def unitary_block(self, application: Application) -> tuple[Block, int]:
        """The gates of an application on qubits numbered by its operands, and how many these are."""
        values = [self.evaluated(program) for program in application.params]
        gates: list[Gate] = []
        phase: Phase = Fraction(0)
        if application.name == "gphase":
            if len(values) != 1:
                raise self.error(f"gphase has 1 parameter, not {len(values)}", application.place)
            n, phase = 0, self.phase(values[0], application.place)
        else:
            target = self.gate_named(application.name, application.place)
            self._check_params(application, target)
            if isinstance(target, Native):
                n = target.n_qubits
                params = tuple([self.phase(value, application.place) for value in values])
                gates = [Gate(target.gate, tuple(range(n)), params, label=target.label)]
                if target.phase is not None:
                    phase = target.phase(*params)
            else:
                n = len(target.qubits)
                gates, phase = self.expanded(target, tuple(values), application.place)
                own = self._own_gate(target, values, (gates, phase)) if self.keep_definitions else None
                if own is not None:
                    gates, phase = [own], Fraction(0)
        for modifier in self._ordered(application.modifiers):
            (gates, phase), n = self.modified((gates, phase), n, modifier)
        return (gates, phase), n

    def _own_gate(self, target: Definition, values: list[Value], block: Block) -> Gate | None:
        """A defined gate by its name, where that is the same as its expansion."""
        definition = self._definition_of(target)
        if definition is None:
            return None
        before = len(self.snaps)
        params = [self.phase(value, target.place) for value in values]
        del self.snaps[before:]  # they are reported where they are used
        gates, own_phase = definition.steps(params)
        phase, own_phase = reduce_phase(as_phase(block[1])), reduce_phase(own_phase)
        same = same_angle(phase, own_phase) or same_angle(own_phase, phase)
        if not same or not same_gates(gates, block[0]):
            return None
        return definition(range(len(target.qubits)), *params)

    def _definition_of(self, target: Definition) -> GateDefinition | None:
        """The definition with its parameters as symbols; ``None`` if its shape or angles cannot be said by them."""
        if id(target) not in self.kept:
            import sympy

            self.kept[id(target)] = None
            symbols = [sympy.Symbol(name) for name in target.params]
            operations = self.operations
            try:
                gates, phase = self.expanded(target, tuple(("symbol", s) for s in symbols), target.place)
                body = Circuit(len(target.qubits), gates, global_phase=phase)
                # here a parameter is an angle in radians, there it counts half turns
                half_turns = {symbol.name: sympy.pi * symbol for symbol in symbols}
                self.kept[id(target)] = GateDefinition(target.name, target.params, body.bind(half_turns))
            except CatenaryError:
                pass
            self.operations = operations
        return self.kept[id(target)]

    @staticmethod
    def _ordered(modifiers: tuple[Modifier, ...]) -> list[Modifier]:
        """The modifiers from the inside out; a power of a controlled gate is the controlled power."""
        out = list(reversed(modifiers))
        for i, modifier in enumerate(out):
            k = i
            while modifier.name == "pow" and k and out[k - 1].name in ("ctrl", "negctrl"):
                out[k - 1], out[k] = out[k], out[k - 1]
                k -= 1
        return out

    def modified(self, block: Block, n: int, modifier: Modifier) -> tuple[Block, int]:
        """A block of gates under one modifier."""
        gates, phase = block
        place = modifier.place
        if modifier.name == "inv":
            return inverse(block), n
        if modifier.name == "pow":
            assert modifier.argument is not None
            exponent = self._exponent(self.evaluated(modifier.argument), place)
            if exponent == int(exponent) and len(gates) > 1:
                self.spend(len(gates) * abs(int(exponent)), place)
            try:
                return power(block, exponent, n), n
            except CircuitError as error:
                raise self.error(str(error), place) from None
        count = 1
        if modifier.argument is not None:
            count = self.integer(modifier.argument, f"the number of controls of {modifier.name}", place)
        if not 1 <= count <= MAX_CONTROLS:
            raise self.error(f"{modifier.name} with {count} controls: 1 to {MAX_CONTROLS} are read", place)
        controls = tuple(range(count))
        out: list[Gate] = []
        for gate in shifted(gates, count):
            out += [gate] if gate.name == "barrier" else controlled_gate(controls, gate)
        if is_symbolic(phase) or phase:
            out += phase_on(controls, phase)
        if modifier.name == "negctrl":
            flips = [Gate("x", (q,)) for q in controls]
            out = [*flips, *out, *flips]
        self.spend(len(out), place)
        return (out, Fraction(0)), n + count

    def _exponent(self, value: Value, place: int) -> Fraction | float:
        if value[0] not in ("int", "float", "angle"):
            raise self.error("the exponent of pow is a number that is known", place)
        exponent: Fraction | float = in_radians(value[1:]) if value[2] else value[1]
        if not -self.max_operations <= exponent <= self.max_operations:
            raise self.error(f"an exponent that large: at most {self.max_operations} in size", place)
        return exponent

    def expanded(self, target: Definition, values: tuple[Value, ...], place: int) -> Block:
        """The gates of a defined gate; the same values give the same gates without being worked out again."""
        key = (id(target), values)
        found = self.expansions.get(key)
        if found is None:
            # at least so much, so that definitions which double are refused at once
            if self.operations + self.work[target.name] > self.max_operations:
                self.spend(self.max_operations + 1, place)
            before = len(self.snaps)
            outside, self.scopes, in_gate = self.scopes, self.scopes[:1], self.in_gate
            self.in_gate = True
            names: dict[str, Entry] = {
                name: Variable(_real(value), Type("float", None, place), None, True)
                for name, value in zip(target.params, values, strict=True)
            }
            try:
                with self.scope(**names):
                    block = self._body(target.body, {q: i for i, q in enumerate(target.qubits)})
            finally:
                self.scopes, self.in_gate = outside, in_gate
            found = block, self.snaps[before:]
            self.expansions[key] = found
        else:
            self.snaps += [(self.statement_start, given, phase) for _, given, phase in found[1]]
        gates, phase = found[0]
        self.spend(1 + len(gates), place)
        return gates, phase

    def _body(self, body: tuple[Statement, ...], number: Mapping[str, int]) -> Block:
        gates: list[Gate] = []
        phase: Phase = Fraction(0)
        for statement in body:
            if isinstance(statement, Barrier):
                names = [o.name for o in statement.qubits] or list(number)
                gates.append(Gate("barrier", tuple(number[name] for name in names)))
            elif isinstance(statement, For):
                for value in self.loop_values(statement):
                    with self.scope(**{statement.name: Variable(value, statement.type, None, True)}):
                        inner, extra = self._body(statement.body, number)
                    gates += inner
                    phase = phase + extra
            elif isinstance(statement, Application):
                (inner, extra), n = self.unitary_block(statement)
                where = [number[o.name] for o in statement.operands]
                self.check_count(statement, n, len(where))
                gates += placed(inner, where)
                phase = phase + extra
                self.spend(1, statement.place)
        return gates, phase

    def check_count(self, application: Application, wanted: int, given: int) -> None:
        """Whether an application has the right number of operands."""
        if wanted != given:
            controls = " with its controls" if application.modifiers else ""
            raise self.error(
                f"{application.name}{controls} acts on {wanted} qubit{'s' * (wanted != 1)}, not {given}",
                application.place,
            )


def _real(value: Value) -> Value:
    """A gate's parameter: an integer that is given is no integer in the body, where its half is not truncated."""
    return ("float", *value[1:]) if value[0] == "int" else value


def placed(gates: list[Gate], where: list[int]) -> list[Gate]:
    """The gates with qubit i called ``where[i]``."""
    return [
        Gate(g.name, tuple([where[q] for q in g.qubits]), g.params, g.clbits, g.condition, g.label, g.meaning)
        for g in gates
    ]
