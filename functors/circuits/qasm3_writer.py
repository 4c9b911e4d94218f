"""Writing OpenQASM 3."""

from __future__ import annotations

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.definitions import GateDefinition, definitions_of
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.functors.circuits.qasm2_writer import angle_text, registers
from catenary.functors.circuits.qasm3_library import BUILT_IN, DEFINITIONS, STANDARD, pauli_definition
from catenary.functors.circuits.qasm3_scanner import RESERVED
from catenary.functors.circuits.qasm_expressions import QASM3, escaped, radians_of, unique_names

_AS = {"u": "U"}


def dumps(circuit: Circuit) -> str:
    """The circuit as OpenQASM 3.

    Fractions are written exactly (``3*pi/4``), floats with all their digits, free symbols as ``input float``,
    registers under their names, the global phase as ``gphase``. Reading the text with ``tolerance=0`` gives an
    equal circuit; ``mcx`` and ``mcp`` on few qubits come back under their shorter names. ``defined`` gates are written by
    their definition and their name. A symbol or definition whose name is not one in the language gets another, and a
    comment with its own.

    Raises:
        CircuitError: for what the language has no word for: opaque operations, noise, ``init`` and ``post``, lines
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
        self.owned = definitions_of(circuit)
        self.defined = self._definitions()
        taken = {*STANDARD, *RESERVED, *(text.split()[1].split("(")[0] for text in self.defined)}
        for name in (r.name for r in qregs + cregs):
            if not QASM3.names.fullmatch(name) or name in taken:
                raise CircuitError(f"OpenQASM 3 cannot name a register {name!r} in this circuit")
            taken.add(name)
        self.scaled = False
        taken.update(DEFINITIONS)
        self.gate_names = unique_names(self.owned, QASM3, taken)
        taken.update(self.gate_names.values())
        self.symbols = QASM3.named(sorted(symbol.name for symbol in circuit.free_symbols), taken)
        self.phase = circuit.global_phase
        self.taken = taken

    def lines(self) -> list[str]:
        body = []
        for index, gate in enumerate(self.circuit.gates):
            try:
                body.append(self._statement(gate))
            except CircuitError as error:
                raise CircuitError(f"gate {index}: {error}") from None
        head = ["OPENQASM 3.0;", 'include "stdgates.inc";']
        for symbol, name in self.symbols.items():
            own = "" if symbol == name else f"  // {escaped(symbol)}"
            head.append(f"input float {name};{own}")
        head += self.defined + [line for own in self.owned for line in self._own(own)] + self.declared
        if is_symbolic(self.phase) or self.phase:
            head.append(f"gphase({self._angle(self.phase)});")
        return head + body

    def _definitions(self) -> list[str]:
        gates = [gate for part in (self.circuit, *(d.body for d in self.owned)) for gate in part.gates]
        used = {gate.name for gate in gates}
        letters = {gate.label for gate in gates if gate.name == "rpauli"}
        return [text for name, text in DEFINITIONS.items() if name in used] + [
            pauli_definition(string) for string in sorted(letters)
        ]

    def _own(self, own: GateDefinition) -> list[str]:
        """The definition of a gate of the circuit."""
        outer = self.qubits, self.symbols, self.phase
        self.qubits = list(QASM3.named([f"q{i}" for i in range(own.body.n_qubits)], self.taken).values())
        self.symbols = QASM3.named(own.params, {*self.taken, *self.qubits})
        self.phase, self.scaled = own.body.global_phase, True
        name = self.gate_names[own]
        params = f"({', '.join(self.symbols.values())})" if own.params else ""
        comment = [] if name == own.name else [f"// {escaped(own.name)}"]
        try:
            body = [f"  {self._statement(gate)}" for gate in own.body.gates]
            if is_symbolic(self.phase) or self.phase:
                body.insert(0, f"  gphase({self._angle(self.phase)});")
        except CircuitError as error:
            raise CircuitError(f"the definition of gate {own.name}: {error}") from None
        self.scaled = False
        head = f"gate {name}{params} {', '.join(self.qubits)} {{"
        self.qubits, self.symbols, self.phase = outer
        return [*comment, head, *body, "}"]

    def _statement(self, gate: Gate) -> str:
        name = gate.name
        where = ", ".join([self.qubits[q] for q in gate.qubits])
        if name == "measure":
            text = f"{self.bits[gate.clbits[0]]} = measure {where};"
        elif name in ("reset", "barrier"):
            text = f"{name} {where};"
        elif name == "noise":
            raise CircuitError(
                f"OpenQASM 3 cannot hold the noise {gate.label}: write JSON, or a Qiskit circuit"
            )
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
        own = gate.meaning
        if isinstance(own, GateDefinition):
            held = {0: "", 1: "ctrl @ "}.get(own.controls, f"ctrl({own.controls}) @ ")
            return f"{held}{'inv @ ' if own.inverse else ''}{self.gate_names[own.plain()]}{params}"
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
        return QASM3.expression(radians_of(phase, self.scaled), self.symbols)
