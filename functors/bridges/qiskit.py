"""Qiskit circuits to and from circuits, global phase included.

Qubit i here is qubit i there; Qiskit's matrices count it as the least significant bit, ours as the most
significant.
"""

from __future__ import annotations

import math
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from typing import Any

from catenary.diagrams.optional import optional
from catenary.diagrams.phases import SNAP_TOLERANCE, Phase, as_phase, is_symbolic, radians
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.conditions import cases
from catenary.functors.circuits.definitions import GateDefinition
from catenary.functors.circuits.gates import GATES, CircuitError, Gate
from catenary.functors.circuits.lines import in_order
from catenary.functors.circuits.noise import NoiseChannel, kraus
from catenary.functors.circuits.qasm2_values import to_phase

_MAX_DEPTH = 100


def _qiskit() -> Any:
    optional("qiskit.circuit.library", "qiskit")
    optional("qiskit.quantum_info", "qiskit")
    return optional("qiskit", "qiskit")


_CLASSES = {
    "id": "IGate",
    "x": "XGate",
    "y": "YGate",
    "z": "ZGate",
    "h": "HGate",
    "s": "SGate",
    "sdg": "SdgGate",
    "t": "TGate",
    "tdg": "TdgGate",
    "sx": "SXGate",
    "sxdg": "SXdgGate",
    "rx": "RXGate",
    "ry": "RYGate",
    "rz": "RZGate",
    "p": "PhaseGate",
    "u1": "U1Gate",
    "u2": "U2Gate",
    "u3": "U3Gate",
    "u": "UGate",
    "cx": "CXGate",
    "cy": "CYGate",
    "cz": "CZGate",
    "ch": "CHGate",
    "csx": "CSXGate",
    "swap": "SwapGate",
    "iswap": "iSwapGate",
    "crx": "CRXGate",
    "cry": "CRYGate",
    "crz": "CRZGate",
    "cp": "CPhaseGate",
    "cu1": "CU1Gate",
    "cu3": "CU3Gate",
    "cu": "CUGate",
    "rxx": "RXXGate",
    "ryy": "RYYGate",
    "rzz": "RZZGate",
    "rzx": "RZXGate",
    "ccx": "CCXGate",
    "ccz": "CCZGate",
    "cswap": "CSwapGate",
    "rccx": "RCCXGate",
    "c3x": "C3XGate",
    "c4x": "C4XGate",
}


def to_qiskit(circuit: Circuit) -> Any:
    """The circuit as a ``qiskit.QuantumCircuit`` with the same unitary, global phase included.

    SymPy symbols become Parameters of the same name, conditions become ``if_test`` (one in another where they are
    on bits that are no whole register); lines that change places
    are swapped; ``u0`` becomes ``id``. ``defined`` gates are gates of their name with a definition, noise is an
    instruction ``kraus``.

    Raises:
        CircuitError: for ``init`` and ``post``, for errors of readout, for conditions that never hold, and for functions
            in an angle that Qiskit lacks.
        MissingExtra: if qiskit is not installed.

    >>> circuit = Circuit(1, [Gate("rz", (0,), (Fraction(1, 4),))])
    >>> from_qiskit(to_qiskit(circuit)) == circuit
    True
    """
    return _translated(_qiskit(), circuit, {})


def _translated(qiskit: Any, circuit: Circuit, parameters: dict[str, Any]) -> Any:
    circuit = in_order(circuit)
    cregs = circuit.cregs or ((Register("c", circuit.n_clbits),) if circuit.n_clbits else ())
    other = next(name for name in ("q", "q_", "qubits_") if all(r.name != name for r in cregs))
    qregs = circuit.qregs or ((Register(other, circuit.n_qubits),) if circuit.n_qubits else ())
    made = [qiskit.ClassicalRegister(r.size, r.name) for r in cregs]
    out = qiskit.QuantumCircuit(*(qiskit.QuantumRegister(r.size, r.name) for r in qregs), *made)
    conditions: dict[tuple[int, ...], Any] = {(i,): bit for i, bit in enumerate(out.clbits)}
    first = 0
    for register in made:
        conditions[tuple(range(first, first + register.size))] = register
        first += register.size
    out.global_phase = _angle(circuit.global_phase, parameters)
    for index, gate in enumerate(circuit.gates):
        operation = _operation(qiskit, gate, parameters)
        # Qiskit's matrices count the first qubit as the least significant
        where = gate.qubits[::-1] if gate.name == "noise" else gate.qubits
        if gate.condition is None:
            out.append(operation, where, gate.clbits)
            continue
        bits, value = gate.condition
        if value >= 1 << len(bits):
            raise CircuitError(f"gate {index} ({gate.name}): bits {list(bits)} never hold {value}")
        with ExitStack() as branches:
            if bits in conditions:
                branches.enter_context(out.if_test((conditions[bits], value)))
            else:
                for i, bit in enumerate(bits):
                    branches.enter_context(out.if_test((conditions[bit,], value >> i & 1)))
            out.append(operation, where, gate.clbits)
    return out


def _operation(qiskit: Any, gate: Gate, parameters: dict[str, Any]) -> Any:
    name = gate.name
    params = [_angle(p, parameters) for p in gate.params]
    if name == "u0":
        return qiskit.circuit.library.IGate()
    if name in _CLASSES:
        return getattr(qiskit.circuit.library, _CLASSES[name])(*params)
    if name in ("mcx", "mcp"):
        return _many_controlled(qiskit, name, params, len(gate.qubits) - 1)
    if name == "rpauli":  # their first letter is that of the last qubit
        return qiskit.circuit.library.PauliEvolutionGate(
            qiskit.quantum_info.Pauli(gate.label[::-1]), params[0] / 2
        )
    if isinstance(gate.meaning, GateDefinition):
        steps, phase = gate.meaning.steps(gate.params)
        plain = tuple(step for step in steps if step.name != "barrier")
        inner = Circuit.unchecked(len(gate.qubits), plain, global_phase=phase)
        made = _translated(qiskit, inner, parameters)
        made.name = gate.label
        return made.to_gate()
    if isinstance(gate.meaning, NoiseChannel):
        if gate.meaning.readout is not None:
            raise CircuitError(
                f"a Qiskit circuit cannot hold {gate.label}: give qiskit_aer's NoiseModel a ReadoutError, and measure"
            )
        return qiskit.quantum_info.Kraus(gate.meaning.matrices()).to_instruction()
    if name == "measure":
        return qiskit.circuit.Measure()
    if name == "reset":
        return qiskit.circuit.Reset()
    if name == "barrier":
        return qiskit.circuit.Barrier(len(gate.qubits))
    if name == "opaque":
        return qiskit.circuit.Gate(gate.label, len(gate.qubits), params)
    raise CircuitError(f"a Qiskit circuit cannot hold {name}")


def _many_controlled(qiskit: Any, name: str, params: list[Any], controls: int) -> Any:
    library = qiskit.circuit.library
    if name == "mcx":
        return library.MCXGate(controls) if controls else library.XGate()
    return library.MCPhaseGate(params[0], controls) if controls else library.PhaseGate(params[0])


def _angle(phase: Phase, parameters: dict[str, Any]) -> Any:
    """Radians, as a float or a ParameterExpression."""
    if not is_symbolic(phase):
        return radians(phase)
    import sympy

    return _expression(sympy.expand(phase * sympy.pi), parameters)


def _expression(expression: Any, parameters: dict[str, Any]) -> Any:
    from qiskit.circuit import Parameter

    if expression.is_Symbol:
        return parameters.setdefault(expression.name, Parameter(expression.name))
    if not expression.free_symbols:
        return float(expression)
    parts = [_expression(part, parameters) for part in expression.args]
    if expression.is_Add or expression.is_Mul:
        total = parts[0]
        for part in parts[1:]:
            total = total + part if expression.is_Add else total * part
        return total
    if expression.is_Pow:
        return parts[0] ** parts[1]
    name = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "Abs": "abs"}.get(
        type(expression).__name__, type(expression).__name__
    )
    if name in ("sin", "cos", "tan", "arcsin", "arccos", "arctan", "exp", "log", "abs") and len(parts) == 1:
        return getattr(parts[0], name)()
    raise CircuitError(
        f"a Qiskit parameter expression cannot hold {type(expression).__name__} in {expression}"
    )


def from_qiskit(
    circuit: Any, *, tolerance: float = SNAP_TOLERANCE, keep_definitions: bool = False
) -> Circuit:
    """A ``qiskit.QuantumCircuit`` as a circuit with the same unitary, global phase included.

    Gates outside the gate set are replaced by their definitions, or kept by their names; a gate without definition is
    kept as ``opaque``. Instructions ``kraus`` and ``superop`` are noise. Parameters become SymPy symbols of the same
    name, ``if_test`` becomes conditions.

    Args:
        circuit: the Qiskit circuit.
        tolerance: Qiskit's angles are floats; one within so many half turns of a multiple of π/2^k is
            read as it.
        keep_definitions: whether gates outside the gate set stay gates of their name (``defined``), where their
            definition is unitary.

    The phase of a conditional gate's definition, which no measurement can see, is left out.

    Raises:
        CircuitError: for what has no equivalent here (loops, delays, classical expressions
            …), by name.
        MissingExtra: if qiskit is not installed.
    """
    _qiskit()
    reader = _Reader(circuit, tolerance, keep_definitions)
    reader.read(circuit, list(range(circuit.num_qubits)), list(range(circuit.num_clbits)), None, 0)
    return Circuit(
        circuit.num_qubits,
        reader.gates,
        circuit.num_clbits,
        global_phase=reader.phase,
        qregs=_registers(circuit.qregs, circuit.qubits),
        cregs=_registers(circuit.cregs, circuit.clbits),
    )


def _registers(registers: Any, bits: Any) -> tuple[Register, ...]:
    """The registers, where they divide the bits in order."""
    if [bit for register in registers for bit in register] != list(bits):
        return ()
    return tuple(Register(r.name, r.size) for r in registers)


class _Reader:
    def __init__(self, circuit: Any, tolerance: float, keep_definitions: bool = False):
        self.tolerance = tolerance
        self.keep_definitions = keep_definitions
        self.gates: list[Gate] = []
        self.phase: Phase = Fraction(0)
        self.bit_number = {bit: i for i, bit in enumerate(circuit.clbits)}

    def angle(self, value: Any) -> Phase:
        """Half turns of a Qiskit angle."""
        if isinstance(value, (int, float)):
            return to_phase((float(value), False), self.tolerance)[0]
        if not hasattr(value, "parameters"):
            raise CircuitError(f"a Qiskit gate has the parameter {value!r}, which is no angle")
        if not value.parameters:
            return self.angle(float(value.numeric()))
        return as_phase(self.expression(value.sympify()))

    def expression(self, radians: Any) -> Any:
        """Half turns of a SymPy expression in radians, each coefficient a multiple of π or a plain number, if it is one."""
        import sympy

        expanded = sympy.expand(sympy.sympify(radians))
        terms = []
        for term in sympy.Add.make_args(expanded):
            coefficient, rest = term.as_coeff_Mul()
            in_pi = to_phase((float(coefficient) / math.pi, True), self.tolerance)[0]
            plain = to_phase((float(coefficient), True), self.tolerance)[0]
            if isinstance(in_pi, Fraction):
                terms.append(sympy.Rational(in_pi.numerator, in_pi.denominator) * self.exact(rest))
            elif isinstance(plain, Fraction):
                terms.append(sympy.Rational(plain.numerator, plain.denominator) * self.exact(rest) / sympy.pi)
            else:
                terms.append(in_pi * self.exact(rest))
        return sympy.Add(*terms)

    def exact(self, expression: Any) -> Any:
        """The expression with its decimals exact where they are close to a multiple of 1/2^k."""
        import sympy

        table = {}
        for number in expression.atoms(sympy.Float):
            snapped = to_phase((float(number), True), self.tolerance)[0]
            if isinstance(snapped, Fraction):
                table[number] = sympy.Rational(snapped.numerator, snapped.denominator)
        return expression.xreplace(table)

    def read(
        self,
        circuit: Any,
        qubits: list[int],
        clbits: list[int],
        condition: tuple[tuple[int, ...], int] | None,
        depth: int,
    ) -> None:
        if depth > _MAX_DEPTH:
            raise CircuitError(f"the Qiskit circuit nests definitions more than {_MAX_DEPTH} deep")
        phase = self.angle(circuit.global_phase)
        if condition is None:
            self.phase = self.phase + phase
        index_q = {bit: qubits[i] for i, bit in enumerate(circuit.qubits)}
        index_c = {bit: clbits[i] for i, bit in enumerate(circuit.clbits)}
        for instruction in circuit.data:
            where = [index_q[q] for q in instruction.qubits]
            bits = [index_c[c] for c in instruction.clbits]
            self.one(instruction.operation, where, bits, condition, depth)

    def one(
        self,
        operation: Any,
        qubits: list[int],
        bits: list[int],
        condition: tuple[tuple[int, ...], int] | None,
        depth: int,
    ) -> None:
        name = operation.name
        if name == "if_else":
            self.if_else(operation, qubits, bits, condition, depth)
            return
        if getattr(operation, "_condition", None) is not None:
            raise CircuitError(f"the Qiskit operation {name} has an old-style condition: use if_test")
        if name in ("measure", "reset", "barrier"):
            clbits = tuple(bits) if name == "measure" else ()
            held = None if name == "barrier" else condition
            self.gates.append(Gate(name, tuple(qubits), (), clbits, held))
            return
        controls = getattr(operation, "num_ctrl_qubits", 0)
        state = getattr(operation, "ctrl_state", None)
        base = getattr(operation, "base_class", type(operation)).__name__
        ours = self.named(operation, name, base, qubits, condition)
        if ours is not None:
            # Qiskit controls on a pattern of ones and zeros
            zeros = [q for i, q in enumerate(qubits[:controls]) if state is not None and not state >> i & 1]
            flips = [Gate("x", (q,), (), (), condition) for q in zeros]
            self.gates += [*flips, ours, *flips]
            return
        if name in ("kraus", "superop") and not bits:
            self.gates.append(replace(_noise(operation, qubits), condition=condition))
            return
        definition = getattr(operation, "definition", None)
        if definition is not None:
            own = self.defined(name, definition, depth) if self.keep_definitions and not bits else None
            if own is not None:
                self.gates.append(
                    replace(own, qubits=tuple(qubits[q] for q in own.qubits), condition=condition)
                )
                return
            self.read(definition, qubits, bits, condition, depth + 1)
            return
        if name == "global_phase":
            if condition is None:
                self.phase = self.phase + self.angle(operation.params[0])
            return
        if bits or not qubits or name in _REFUSED or hasattr(operation, "blocks") or name in GATES:
            raise CircuitError(f"the Qiskit operation {name} ({base}) has no equivalent here")
        params = tuple(map(self.angle, operation.params))
        self.gates.append(Gate("opaque", tuple(qubits), params, (), condition, name))

    def defined(self, name: str, definition: Any, depth: int) -> Gate | None:
        """A gate by its name, if it is unitary; its free parameters are those that are free in its definition."""
        inner = _Reader(definition, self.tolerance, True)
        n = definition.num_qubits
        inner.read(definition, list(range(n)), [], None, depth + 1)
        body = Circuit(n, inner.gates, global_phase=inner.phase)
        if not body.is_unitary or not n:
            return None
        symbols = sorted(body.free_symbols, key=lambda symbol: symbol.name)
        return GateDefinition(name, tuple(s.name for s in symbols), body)(range(n), *symbols)

    def named(
        self,
        operation: Any,
        name: str,
        base: str,
        qubits: list[int],
        condition: tuple[tuple[int, ...], int] | None,
    ) -> Gate | None:
        """The gate of ours that an operation is, on controls that are 1."""
        if base in ("MCXGate", "C3XGate", "C4XGate", "MCPhaseGate"):
            if base == "MCPhaseGate":
                return Gate("mcp", tuple(qubits), (self.angle(operation.params[0]),), (), condition)
            return Gate({4: "c3x", 5: "c4x"}.get(len(qubits), "mcx"), tuple(qubits), (), (), condition)
        if base == "PauliEvolutionGate":
            return self.pauli(operation, qubits, condition)
        if name in _CLASSES and base == _CLASSES[name]:
            return Gate(name, tuple(qubits), tuple(map(self.angle, operation.params)), (), condition)
        return None

    def pauli(
        self, operation: Any, qubits: list[int], condition: tuple[tuple[int, ...], int] | None
    ) -> Gate | None:
        """exp(-itP) for one Pauli string with a real coefficient; of several terms Qiskit's definition is read."""
        terms: list[Any] = getattr(operation.operator, "to_list", list)()
        if len(terms) != 1 or complex(terms[0][1]).imag:
            return None
        letters, coefficient = terms[0][0][::-1], complex(terms[0][1]).real
        kept = [i for i, letter in enumerate(letters) if letter != "I"]
        if not kept:
            return None
        angle = self.angle(operation.time * 2 * coefficient)
        where = tuple(qubits[i] for i in kept)
        return Gate("rpauli", where, (angle,), (), condition, "".join(letters[i] for i in kept))

    def if_else(
        self,
        operation: Any,
        qubits: list[int],
        bits: list[int],
        condition: tuple[tuple[int, ...], int] | None,
        depth: int,
    ) -> None:
        test = operation.condition
        if not isinstance(test, tuple):
            raise CircuitError(
                f"the Qiskit condition {test} is an expression: only bit or register == value is read"
            )
        target, value = test
        held = [target] if target in self.bit_number else list(target)
        numbers = tuple(self.bit_number[bit] for bit in held)
        before = len(self.gates)
        for holds, block in zip((True, False), operation.blocks, strict=False):
            for case in cases(numbers, int(value), holds, condition):
                self.read(block, qubits, bits, case, depth + 1)
        added = self.gates[before:]
        if any(bit in numbers for gate in added[:-1] for bit in gate.clbits):
            raise CircuitError("a Qiskit if_test that overwrites its own condition has no equivalent here")


def _noise(operation: Any, qubits: list[int]) -> Gate:
    """A channel of Qiskit's, the last of its qubits the most significant."""
    from qiskit.quantum_info import Kraus

    found = Kraus(operation)
    left, right = found._data
    if right is not None:
        raise CircuitError(f"the Qiskit operation {operation.name} is not completely positive")
    return kraus(left, tuple(reversed(qubits)))


_REFUSED = frozenset(
    {"delay", "store", "annotated", "for_loop", "while_loop", "switch_case", "box", "break_loop"}
)
