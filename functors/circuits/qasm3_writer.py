"""Writing OpenQASM 3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.functors.circuits.qasm2_writer import angle_text, registers
from catenary.functors.circuits.qasm3_library import BUILT_IN, DEFINITIONS, STANDARD, pauli_definition
from catenary.functors.circuits.qasm3_scanner import RESERVED

_NAME = re.compile(r"[^\W\d]\w*")
_FUNCTIONS = {
    "acos": "arccos",
    "asin": "arcsin",
    "atan": "arctan",
    "cos": "cos",
    "exp": "exp",
    "log": "log",
    "sin": "sin",
    "tan": "tan",
}
_AS = {"u": "U"}


def dumps(circuit: Circuit) -> str:
    """The circuit as OpenQASM 3.

    Fractions are written exactly (``3*pi/4``), floats with all their digits, free symbols as ``input float``,
    registers under their names, the global phase as ``gphase``. Reading the text with ``tolerance=0`` gives an
    equal circuit; ``mcx`` and ``mcp`` on few qubits come back under their shorter names. A symbol whose name is
    not one in the language gets another, and a comment with its own.

    Raises:
        CircuitError: for what the language has no word for: opaque operations, ``init`` and ``post``, lines
            that change places, functions in an angle that it lacks, register names that are not names.

    >>> from fractions import Fraction
    >>> print(dumps(Circuit(1, [Gate("sx", (0,))], global_phase=Fraction(1, 4))), end="")
    OPENQASM 3.0;
    include "stdgates.inc";
    qubit[1] q;
    gphase(pi/4);
    sx q[0];
    """
    return "\n".join(_Writer(circuit).lines()) + "\n"


class _Writer:
    def __init__(self, circuit: Circuit):
        self.circuit = circuit
        qregs, cregs = registers(circuit, "OpenQASM 3")
        self.declared = [f"qubit[{r.size}] {r.name};" for r in qregs] + [
            f"bit[{r.size}] {r.name};" for r in cregs
        ]
        self.qubits = [f"{r.name}[{i}]" for r in qregs for i in range(r.size)]
        self.bits = [f"{r.name}[{i}]" for r in cregs for i in range(r.size)]
        self.whole: dict[tuple[int, ...], Register] = {}
        first = 0
        for register in cregs:
            self.whole[tuple(range(first, first + register.size))] = register
            first += register.size
        self.defined = self._definitions()
        taken = {*STANDARD, *RESERVED, *(text.split()[1].split("(")[0] for text in self.defined)}
        for name in (r.name for r in qregs + cregs):
            if not _NAME.fullmatch(name) or name in taken:
                raise CircuitError(f"OpenQASM 3 cannot name a register {name!r} in this circuit")
            taken.add(name)
        self.symbols = _symbol_names(circuit, taken)
        self.phase = circuit.global_phase

    def lines(self) -> list[str]:
        body = []
        for index, gate in enumerate(self.circuit.gates):
            try:
                body.append(self._statement(gate))
            except CircuitError as error:
                raise CircuitError(f"gate {index}: {error}") from None
        head = ["OPENQASM 3.0;", 'include "stdgates.inc";']
        for symbol, name in self.symbols.items():
            own = "" if symbol == name else f"  // {symbol.encode('unicode_escape').decode()}"
            head.append(f"input float {name};{own}")
        head += self.defined + self.declared
        if is_symbolic(self.phase) or self.phase:
            head.append(f"gphase({self._angle(self.phase)});")
        return head + body

    def _definitions(self) -> list[str]:
        used = {gate.name for gate in self.circuit.gates}
        letters = {gate.label for gate in self.circuit.gates if gate.name == "rpauli"}
        return [text for name, text in DEFINITIONS.items() if name in used] + [
            pauli_definition(string) for string in sorted(letters)
        ]

    def _statement(self, gate: Gate) -> str:
        name = gate.name
        where = ", ".join([self.qubits[q] for q in gate.qubits])
        if name == "measure":
            text = f"{self.bits[gate.clbits[0]]} = measure {where};"
        elif name in ("reset", "barrier"):
            text = f"{name} {where};"
        elif name in ("opaque", "init", "post"):
            raise CircuitError(f"OpenQASM 3 cannot hold {gate.label or name}")
        else:
            text = f"{self._gate(gate)} {where};"
        return text if gate.condition is None else f"if ({self._condition(*gate.condition)}) {{ {text} }}"

    def _gate(self, gate: Gate) -> str:
        params = f"({', '.join(map(self._angle, gate.params))})" if gate.params else ""
        controls = len(gate.qubits) - 1
        if gate.name in ("mcx", "mcp"):
            base = gate.name[2:] + params
            return f"ctrl({controls}) @ {base}" if controls else base
        if gate.name == "rpauli":
            return f"rpauli_{gate.label.lower()}{params}"
        native = BUILT_IN if gate.name == "u" else STANDARD.get(gate.name)
        if native is not None and native.phase is not None and gate.condition is None:
            self.phase = self.phase - native.phase(*gate.params)
        return _AS.get(gate.name, gate.name) + params

    def _condition(self, bits: tuple[int, ...], value: int) -> str:
        register = self.whole.get(bits)
        if register is not None and (register.size > 1 or value > 1):
            return f"{register.name} == {value}"
        if value >> len(bits):
            raise CircuitError(f"the bits {list(bits)} never hold {value}")
        return (
            " && ".join(("" if value >> i & 1 else "!") + self.bits[bit] for i, bit in enumerate(bits))
            or "true"
        )

    def _angle(self, phase: Phase) -> str:
        if not is_symbolic(phase):
            return angle_text(phase)
        import sympy

        return _expression(sympy.expand(phase * sympy.pi), self.symbols)


def _symbol_names(circuit: Circuit, taken: set[str]) -> Mapping[str, str]:
    """A name in the language for each free symbol."""
    names: dict[str, str] = {}
    symbols = sorted(symbol.name for symbol in circuit.free_symbols)
    free = [s for s in symbols if _NAME.fullmatch(s) and s not in taken and s not in DEFINITIONS]
    used = taken | set(free)
    for symbol in symbols:
        if symbol in free:
            names[symbol] = symbol
            continue
        plain = re.sub(r"\W", "_", symbol)
        base = plain if _NAME.fullmatch(plain) else f"p_{plain}"
        name, count = base, 1
        while name in used or name in DEFINITIONS:
            count += 1
            name = f"{base}_{count}"
        used.add(name)
        names[symbol] = name
    return names


def _expression(value: Any, names: Mapping[str, str]) -> str:
    """A SymPy expression in the language; quotients are of decimals, as those of integers are truncated."""
    import sympy

    if value.is_Symbol:
        return names[value.name]
    if value == sympy.pi:
        return "pi"
    if value.is_Integer:
        return str(int(value))
    if value.is_Rational:
        return f"{int(value.p)}.0/{int(value.q)}"
    if value.is_number and not value.has(sympy.pi):
        return _decimal(float(value))
    if value.is_Add:
        parts = [_expression(part, names) for part in value.args]
        return " + ".join(parts)
    if value.is_Mul:
        return _product(value, names)
    if value.is_Pow:
        base, exponent = (_inner(part, names) for part in value.args)
        return f"{base}**{exponent}"
    name = _FUNCTIONS.get(type(value).__name__)
    if name is None or len(value.args) != 1:
        raise CircuitError(f"OpenQASM 3 has no {type(value).__name__} for the angle {value}")
    return f"{name}({_expression(value.args[0], names)})"


def _product(value: Any, names: Mapping[str, str]) -> str:
    coefficient, rest = value.as_coeff_Mul()
    if not coefficient.is_Rational:
        return f"{_decimal(float(coefficient))}*{_inner(rest, names)}"
    factors = [_inner(part, names) for part in (rest.args if rest.is_Mul else (rest,))]
    over = "" if coefficient.q == 1 else f"/{int(coefficient.q)}"
    head = abs(int(coefficient.p))
    text = "*".join(([] if head == 1 else [str(head)]) + factors) + over
    return f"(-{text})" if coefficient < 0 else text


def _inner(value: Any, names: Mapping[str, str]) -> str:
    text = _expression(value, names)
    return text if re.fullmatch(r"\w+(?:\([^()]*\))?", text) else f"({text})"


def _decimal(value: float) -> str:
    text = repr(value)
    return f"({text})" if value < 0 else text
