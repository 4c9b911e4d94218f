"""Writing OpenQASM 2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.decompose import decomposition
from catenary.functors.circuits.definitions import GateDefinition, definitions_of
from catenary.functors.circuits.gates import FAMILIES, GATES, CircuitError, Gate
from catenary.functors.circuits.qasm2_library import DEFINITIONS, ORIGINAL, RESERVED
from catenary.functors.circuits.qasm_expressions import QASM2, escaped, radians_of, unique_names

_GATE_NAMES = {*GATES, *ORIGINAL, *DEFINITIONS, "c3sqrtx", "rc3x"}


def dumps(circuit: Circuit) -> str:
    """The circuit as OpenQASM 2.

    Fractions are written exactly (``3*pi/4``), floats with all their digits (``0.1*pi``), registers under
    their names, with an underscore behind that of a gate, since gates and registers share their names. Reading
    the text with ``tolerance=0`` gives an equal circuit, but for such names, and that mcx, mcp and rpauli are
    written as the gates that they stand for. ``defined`` gates are written by their definition and their name;
    their adjoints and controlled forms by definitions of their own. A global phase, which the language cannot
    say, is written as a comment.

    Raises:
        CircuitError: for what the language has no word for: symbolic angles, noise, ``init`` and ``post``, lines
            that change places, conditions on other bits than one whole register, register names that are not
            names.

    >>> from fractions import Fraction
    >>> print(dumps(Circuit(1, [Gate("rz", (0,), (Fraction(3, 4),))])))
    OPENQASM 2.0;
    include "qelib1.inc";
    qreg q[1];
    rz(3*pi/4) q[0];
    <BLANKLINE>
    """
    circuit = _beside_gates(circuit)
    qregs, cregs = registers(circuit, "OpenQASM 2")
    for register in qregs + cregs:
        if not QASM2.names.fullmatch(register.name) or register.name in RESERVED:
            raise CircuitError(
                f"OpenQASM 2 cannot name a register {register.name!r}: a name begins with a lower-case letter"
            )
    qubits = [f"{r.name}[{i}]" for r in qregs for i in range(r.size)]
    bits = [f"{r.name}[{i}]" for r in cregs for i in range(r.size)]
    conditions = {}
    first = 0
    for register in cregs:
        conditions[tuple(range(first, first + register.size))] = register.name
        first += register.size
    head = ["OPENQASM 2.0;", 'include "qelib1.inc";']
    if is_symbolic(circuit.global_phase) or circuit.global_phase:
        head.append(f"// global phase: {angle_text(circuit.global_phase)}")
    own = _Own(circuit)
    bodies = (circuit.gates, *(steps for _, steps in own.bodies.values()))
    used = {gate.name for gates in bodies for gate in gates}
    head += [text for name, text in DEFINITIONS.items() if name in used]
    head += _opaque_declarations(circuit) + own.lines()
    head += [f"qreg {r.name}[{r.size}];" for r in qregs] + [f"creg {r.name}[{r.size}];" for r in cregs]
    lines = []
    for index, gate in enumerate(circuit.gates):
        try:
            if gate.name in FAMILIES:
                steps, phase = decomposition(gate)
                lines.append(_comment(gate, steps, phase))
                lines += [_statement(step, qubits, bits, conditions) for step in steps]
                continue
            name = own.names[gate.meaning] if isinstance(gate.meaning, GateDefinition) else ""
            lines.append(_statement(gate, qubits, bits, conditions, name))
        except CircuitError as error:
            raise CircuitError(f"gate {index}: {error}") from None
    return "\n".join([*head, *lines, ""])


def _comment(gate: Gate, steps: tuple[Gate, ...], phase: Phase) -> str:
    text = f"// {len(steps)} gates for {gate.name} {gate.label}".rstrip()
    unseen = phase if gate.condition is None else Fraction(0)
    return text + (f", global phase: {angle_text(unseen)}" if is_symbolic(unseen) or unseen else "")


class _Own:
    """The definitions that a file for a circuit has, adjoints and controlled forms as definitions of their own.

    Attributes:
        names: by definition.
        bodies: the global phase and the gates of each, those that it uses first.
    """

    def __init__(self, circuit: Circuit) -> None:
        self.bodies: dict[GateDefinition, tuple[Phase, tuple[Gate, ...]]] = {}
        for definition in definitions_of(circuit):
            self._add(definition)
        for gate in circuit.gates:
            if isinstance(gate.meaning, GateDefinition):
                self._add(gate.meaning)
        taken = {*_GATE_NAMES, *RESERVED, *(r.name for r in circuit.qregs + circuit.cregs)}
        taken |= {"q", "c", "q_", "c_"} | {g.label for g in circuit.gates if g.name == "opaque"}
        shown = {
            d: replace(
                d.plain(),
                name=("c_" * d.controls if d.controls < 4 else f"c{d.controls}_")
                + d.name
                + "_dg" * d.inverse,
            )
            for d in self.bodies
        }
        unique = unique_names(list(shown.values()), QASM2, taken)
        self.names = {d: unique[other] for d, other in shown.items()}

    def _add(self, definition: GateDefinition) -> None:
        if definition in self.bodies:
            return
        import sympy

        gates, phase = definition.steps([sympy.Symbol(name) for name in definition.params])
        for gate in gates:
            if isinstance(gate.meaning, GateDefinition):
                self._add(gate.meaning)
        self.bodies[definition] = phase, gates

    def lines(self) -> list[str]:
        """The definitions as text."""
        out: list[str] = []
        for definition, (phase, gates) in self.bodies.items():
            name = self.names[definition]
            if name != definition.label:
                out.append(f"// {escaped(definition.label)}")
            qubits = [f"q{i}" for i in range(definition.n_qubits)]
            symbols = QASM2.named(definition.params, {*RESERVED, *GATES, *qubits})
            params = f"({','.join(symbols.values())})" if symbols else ""
            out.append(f"gate {name}{params} {','.join(qubits)} {{")
            if is_symbolic(phase) or phase:
                shown = (
                    QASM2.expression(radians_of(phase, scaled=True), symbols)
                    if is_symbolic(phase)
                    else angle(phase)
                )
                out.append(f"  // global phase: {shown}")
            try:
                for gate in gates:
                    steps: tuple[Gate, ...] = (gate,)
                    if gate.name in FAMILIES:
                        steps, extra = decomposition(gate)
                        out.append("  " + _comment(gate, steps, extra))
                    for step in steps:
                        called = self.names[step.meaning] if isinstance(step.meaning, GateDefinition) else ""
                        out.append("  " + _statement(step, qubits, [], {}, called, symbols))
            except CircuitError as error:
                raise CircuitError(f"the definition of gate {definition.label}: {error}") from None
            out.append("}")
        return out


def _beside_gates(circuit: Circuit) -> Circuit:
    """The circuit with other names for registers that are called like gates."""
    names = {r.name for r in circuit.qregs + circuit.cregs}
    others: dict[str, str] = {}
    for name in sorted(names & _GATE_NAMES):
        other = name + "_"
        while other in _GATE_NAMES or other in names:
            other += "_"
        names.add(other)
        others[name] = other
    if not others:
        return circuit
    qregs, cregs = (
        tuple(replace(r, name=others.get(r.name, r.name)) for r in given)
        for given in (circuit.qregs, circuit.cregs)
    )
    return replace(circuit, qregs=qregs, cregs=cregs)


def registers(circuit: Circuit, language: str) -> tuple[tuple[Register, ...], tuple[Register, ...]]:
    """The registers of a file for a circuit.

    Raises:
        CircuitError: if two have the same name, or a line does not run from its input to its output.
    """

    def named(given: tuple[Register, ...], size: int, name: str) -> tuple[Register, ...]:
        return given or ((Register(name, size),) if size else ())

    qregs = named(circuit.qregs, circuit.n_qubits, "q" if all(r.name != "q" for r in circuit.cregs) else "q_")
    cregs = named(circuit.cregs, circuit.n_clbits, "c" if all(r.name != "c" for r in qregs) else "c_")
    names = [r.name for r in qregs + cregs]
    if len(set(names)) != len(names):
        raise CircuitError(f"two registers have the same name: {', '.join(names)}")
    whole = tuple(range(circuit.n_qubits))
    if sorted(circuit.inputs) != list(whole) or sorted(circuit.outputs) != list(whole):
        raise CircuitError(f"{language} has no init and post: every line must run from an input to an output")
    if circuit.inputs != circuit.outputs:
        raise CircuitError(f"{language} cannot permute lines at the end: write the permutation as swap gates")
    return qregs, cregs


def angle(phase: Phase) -> str:
    """The phase as an OpenQASM 2 expression in radians, exact.

    >>> from fractions import Fraction
    >>> angle(Fraction(-1, 4)), angle(0.1)
    ('-pi/4', '0.1*pi')
    """
    if is_symbolic(phase):
        raise CircuitError(f"OpenQASM 2 has no free parameters: bind the symbols of {phase} to numbers first")
    return angle_text(phase)


def angle_text(phase: Phase) -> str:
    """A phase in radians; free symbols as SymPy writes them."""
    if is_symbolic(phase):
        return f"({phase})*pi"
    if isinstance(phase, float):
        text = repr(phase)
        mantissa, e, exponent = text.partition("e")
        # The grammar's real numbers have a point.
        return f"{mantissa if '.' in mantissa else mantissa + '.0'}{e}{exponent}*pi"
    if not phase:
        return "0"
    sign = "-" if phase < 0 else ""
    times = "" if abs(phase.numerator) == 1 else f"{abs(phase.numerator)}*"
    over = "" if phase.denominator == 1 else f"/{phase.denominator}"
    return f"{sign}{times}pi{over}"


def _opaque_declarations(circuit: Circuit) -> list[str]:
    shapes: dict[str, tuple[int, int]] = {}
    for gate in circuit.gates:
        if gate.name == "opaque":
            shape = (len(gate.params), len(gate.qubits))
            if shapes.setdefault(gate.label, shape) != shape:
                raise CircuitError(f"opaque operation {gate.label!r} occurs with different numbers of wires")
    out = []
    for label, (n_params, n_qubits) in shapes.items():
        if not QASM2.names.fullmatch(label) or label in RESERVED or label in GATES or label in ORIGINAL:
            raise CircuitError(f"OpenQASM 2 cannot name an opaque gate {label!r}")
        params = ", ".join(f"p{i}" for i in range(n_params))
        args = ", ".join(f"q{i}" for i in range(n_qubits))
        out.append(f"opaque {label}{f'({params})' if params else ''} {args};")
    return out


def _statement(
    gate: Gate,
    qubits: list[str],
    bits: list[str],
    conditions: dict[tuple[int, ...], str],
    called: str = "",
    symbols: Mapping[str, str] | None = None,
) -> str:
    """One operation.

    Args:
        called: the name of a ``defined`` gate.
        symbols: in the body of a definition, the names of its parameters.
    """
    if gate.name == "noise":
        raise CircuitError(f"OpenQASM 2 cannot hold the noise {gate.label}: write JSON, or a Qiskit circuit")
    name = called or (gate.label if gate.name == "opaque" else gate.name)
    where = ",".join([qubits[q] for q in gate.qubits])
    angles = [
        angle(p)
        if symbols is None or not is_symbolic(p)
        else QASM2.expression(radians_of(p, scaled=True), symbols)
        for p in gate.params
    ]
    params = f"({','.join(angles)})" if angles else ""
    text = f"{name}{params} {where}"
    if gate.name == "measure":
        text += f" -> {bits[gate.clbits[0]]}"
    if gate.condition is not None:
        held, value = gate.condition
        if held not in conditions:
            raise CircuitError(
                f"OpenQASM 2 conditions compare one whole classical register, not bits {list(held)}"
            )
        text = f"if({conditions[held]}=={value}) {text}"
    return text + ";"
