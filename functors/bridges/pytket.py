"""pytket circuits to and from circuits, global phase included. Both count half turns and start at qubit 0."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from catenary.diagrams.optional import optional
from catenary.diagrams.phases import SNAP_TOLERANCE, Phase, as_phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.controls import controlled_gate, controlled_x, phase_on
from catenary.functors.circuits.decompose import decomposition
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.functors.circuits.lines import in_order
from catenary.functors.circuits.qasm2_values import to_phase

HALF = Fraction(1, 2)


def _pytket() -> Any:
    optional("pytket.circuit", "pytket")
    return optional("pytket", "pytket")


_NAMES = {
    "id": "noop",
    "u0": "noop",
    "x": "X",
    "y": "Y",
    "z": "Z",
    "h": "H",
    "s": "S",
    "sdg": "Sdg",
    "t": "T",
    "tdg": "Tdg",
    "sx": "SX",
    "sxdg": "SXdg",
    "rx": "Rx",
    "ry": "Ry",
    "rz": "Rz",
    "p": "U1",
    "u1": "U1",
    "u2": "U2",
    "u3": "U3",
    "u": "U3",
    "cx": "CX",
    "cy": "CY",
    "cz": "CZ",
    "ch": "CH",
    "csx": "CSX",
    "swap": "SWAP",
    "iswap": "ISWAPMax",
    "crx": "CRx",
    "cry": "CRy",
    "crz": "CRz",
    "cp": "CU1",
    "cu1": "CU1",
    "cu3": "CU3",
    "rxx": "XXPhase",
    "ryy": "YYPhase",
    "rzz": "ZZPhase",
    "ccx": "CCX",
    "ccz": "CnZ",
    "cswap": "CSWAP",
    "c3x": "CnX",
    "c4x": "CnX",
}


def to_pytket(circuit: Circuit) -> Any:
    """The circuit as a ``pytket.Circuit`` with the same unitary, global phase included.

    SymPy angles are handed over as they are. Registers keep their names where pytket, which sorts them by
    name, leaves the qubits in order. Gates that pytket lacks are decomposed; lines that change places are
    swapped.

    Raises:
        CircuitError: for opaque operations, ``init`` and ``post``.
        MissingExtra: if pytket is not installed.

    >>> circuit = Circuit(1, [Gate("rz", (0,), (Fraction(1, 4),))])
    >>> from_pytket(to_pytket(circuit)) == circuit
    True
    """
    pytket = _pytket()
    from pytket.circuit import Bit, OpType, Qubit

    circuit = in_order(circuit)
    out = pytket.Circuit()
    qubits = [Qubit(name, i) for name, i in _units(circuit.qregs, circuit.n_qubits, "q")]
    bits = [Bit(name, i) for name, i in _units(circuit.cregs, circuit.n_clbits, "c")]
    for qubit in qubits:
        out.add_qubit(qubit)
    for bit in bits:
        out.add_bit(bit)
    phase: Phase = circuit.global_phase
    for index, gate in enumerate(circuit.gates):
        where = [qubits[q] for q in gate.qubits]
        options: dict[str, Any] = {}
        if gate.condition is not None:
            held, value = gate.condition
            if value >= 1 << len(held):
                raise CircuitError(f"gate {index} ({gate.name}): {len(held)} bits never hold {value}")
            options = {"condition_bits": [bits[c] for c in held], "condition_value": value}
        if gate.name == "measure":
            out.Measure(where[0], bits[gate.clbits[0]], **options)
        elif gate.name == "reset":
            out.Reset(where[0], **options)
        elif gate.name == "barrier":
            out.add_barrier(where)
        elif gate.name in ("opaque", "noise", "init", "post"):
            raise CircuitError(f"gate {index} ({gate.label or gate.name}): a pytket circuit cannot hold it")
        elif gate.name == "mcx":
            out.add_gate(OpType.CnX if len(where) > 1 else OpType.X, [], where, **options)
        elif gate.name in ("mcp", "rpauli"):
            _add_box(out, gate, where, options)
        elif gate.name in _NAMES:
            params = [] if gate.name == "u0" else [*map(_angle, gate.params)]
            out.add_gate(getattr(OpType, _NAMES[gate.name]), params, where, **options)
        else:
            steps, extra = decomposition(gate)
            for step in steps:
                places = [qubits[q] for q in step.qubits]
                out.add_gate(
                    getattr(OpType, _NAMES[step.name]), [*map(_angle, step.params)], places, **options
                )
            if gate.condition is None:
                phase = phase + extra
    if is_symbolic(phase) or phase:
        out.add_phase(_angle(phase))
    return out


def _add_box(out: Any, gate: Gate, where: list[Any], options: dict[str, Any]) -> None:
    from pytket.circuit import Op, OpType, PauliExpBox, QControlBox
    from pytket.pauli import Pauli

    angle = _angle(gate.params[0])
    if gate.name == "rpauli":
        box = PauliExpBox([getattr(Pauli, letter) for letter in gate.label], angle)
        out.add_pauliexpbox(box, where, **options)
    elif len(where) == 1:
        out.add_gate(OpType.U1, [angle], where, **options)
    else:
        out.add_qcontrolbox(QControlBox(Op.create(OpType.U1, [angle]), len(where) - 1), where, **options)


def _units(registers: tuple[Register, ...], size: int, name: str) -> list[tuple[str, int]]:
    units = [(r.name, i) for r in registers for i in range(r.size)]
    return units if len(units) == size and units == sorted(units) else [(name, i) for i in range(size)]


def _angle(phase: Phase) -> Any:
    return phase if is_symbolic(phase) else float(phase)


_Family = Callable[..., list[tuple[str, tuple[int, ...], tuple[Any, ...]]]]
_FAMILIES: dict[str, _Family] = {
    "V": lambda: [("rx", (0,), (HALF,))],
    "Vdg": lambda: [("rx", (0,), (-HALF,))],
    "CV": lambda: [("crx", (0, 1), (HALF,))],
    "CVdg": lambda: [("crx", (0, 1), (-HALF,))],
    "CS": lambda: [("cp", (0, 1), (HALF,))],
    "CSdg": lambda: [("cp", (0, 1), (-HALF,))],
    "CSXdg": lambda: [("cx", (0, 1), ()), ("csx", (0, 1), ())],
    "TK1": lambda a, b, c: [("rz", (0,), (c,)), ("rx", (0,), (b,)), ("rz", (0,), (a,))],
    "PhasedX": lambda a, b: [("rz", (0,), (-b,)), ("rx", (0,), (a,)), ("rz", (0,), (b,))],
    "TK2": lambda a, b, c: [("rxx", (0, 1), (a,)), ("ryy", (0, 1), (b,)), ("rzz", (0, 1), (c,))],
    "ZZMax": lambda: [("rzz", (0, 1), (HALF,))],
    "ISWAP": lambda a: [("rxx", (0, 1), (-a / 2,)), ("ryy", (0, 1), (-a / 2,))],
    "BRIDGE": lambda: [("cx", (0, 2), ())],
}


def from_pytket(circuit: Any, *, tolerance: float = SNAP_TOLERANCE) -> Circuit:
    """A ``pytket.Circuit`` as a circuit with the same unitary, global phase included.

    Boxes are decomposed by pytket; its implicit permutation of qubits becomes the order of the outputs.

    Args:
        circuit: the pytket circuit.
        tolerance: pytket keeps numbers as floats; one within so many half turns of a multiple of π/2^k is
            read as it.

    The phase of a conditional gate's definition, which no measurement can see, is left out.

    Raises:
        CircuitError: for what has no equivalent here (classical operations, created or discarded qubits
            …), by name.
        MissingExtra: if pytket is not installed.
    """
    _pytket()
    from pytket.circuit import OpType
    from pytket.passes import DecomposeBoxes

    circuit = circuit.copy()
    DecomposeBoxes({OpType.PauliExpBox, OpType.QControlBox}).apply(circuit)
    qubits = {q: i for i, q in enumerate(circuit.qubits)}
    bits = {b: i for i, b in enumerate(circuit.bits)}
    for qubit in [*circuit.created_qubits, *circuit.discarded_qubits]:
        raise CircuitError(f"pytket qubit {qubit} is created or discarded: this has no equivalent here")

    def phase_of(value: Any) -> Phase:
        if isinstance(value, (int, float)):
            return to_phase((float(value), True), tolerance)[0]
        return as_phase(value)

    gates: list[Gate] = []
    phase = phase_of(circuit.phase)
    for command in circuit.get_commands():
        operation, where = command.op, [qubits[q] for q in command.qubits]
        written = [bits[b] for b in command.args if b in bits]
        condition = None
        if operation.type == OpType.Conditional:
            width = operation.width
            condition = (tuple(written[:width]), operation.value)
            operation, written = operation.op, written[width:]
            if operation.type == OpType.Conditional:
                raise CircuitError("a pytket condition inside another has no equivalent here")
        kind = operation.type.name
        if kind in ("Measure", "Reset", "Barrier"):
            if kind == "Barrier" and written:
                raise CircuitError("a pytket barrier on classical bits has no equivalent here")
            name = kind.lower()
            gates.append(
                Gate(name, tuple(where), (), tuple(written), condition if name != "barrier" else None)
            )
            continue
        if kind == "Phase":
            if condition is None:
                phase = phase + phase_of(operation.params[0])
            continue
        if written:
            raise CircuitError(f"the pytket operation {operation} on classical bits has no equivalent here")
        if kind == "PauliExpBox":
            letters = [pauli.name for pauli in operation.get_paulis()]
            kept = [i for i, letter in enumerate(letters) if letter != "I"]
            angle = phase_of(operation.get_phase())
            if kept:
                label = "".join(letters[i] for i in kept)
                gates.append(Gate("rpauli", tuple(where[i] for i in kept), (angle,), (), condition, label))
            elif condition is None:
                phase = phase - angle / 2
            continue
        if kind == "QControlBox":
            steps = _controlled(operation, phase_of)
            if steps is None:
                inner = _unboxed(operation, len(where), tolerance)
                steps = [(g.name, g.qubits, g.params) for g in inner.gates]
                if condition is None:
                    phase = phase + inner.global_phase
        else:
            params = [phase_of(p) for p in _params(operation)]
            steps = _steps(kind, len(where), params)
        if steps is None:
            inner = _rebased(operation, len(where), tolerance)
            steps = [(g.name, g.qubits, g.params) for g in inner.gates]
            if condition is None:
                phase = phase + inner.global_phase
        for name, places, angles in steps:
            gates.append(Gate(name, tuple(where[i] for i in places), angles, (), condition))
    moved = circuit.implicit_qubit_permutation()
    outputs = [0] * len(qubits)
    for source, target in moved.items():
        outputs[qubits[target]] = qubits[source]
    return Circuit(
        len(qubits),
        gates,
        len(bits),
        outputs=outputs,
        global_phase=phase,
        qregs=_registers(circuit.qubits),
        cregs=_registers(circuit.bits),
    )


_READ = {cls: name for name, cls in reversed(_NAMES.items()) if cls not in ("CnX", "CnZ")}


def _params(operation: Any) -> list[Any]:
    try:
        return list(operation.params)
    except RuntimeError:
        # operations that are no gates have no parameters
        return []


def _steps(
    kind: str, width: int, params: list[Phase]
) -> list[tuple[str, tuple[int, ...], tuple[Phase, ...]]] | None:
    whole = tuple(range(width))
    if kind in _READ:
        return [(_READ[kind], whole, tuple(params))]
    if kind in _FAMILIES:
        return _FAMILIES[kind](*params)
    if kind == "CnX":
        gate = controlled_x(whole[:-1], width - 1)
        return [(gate.name, whole, ())]
    if kind == "CnZ":
        return [(gate.name, whole, gate.params) for gate in phase_on(whole, Fraction(1))]
    return None


_Gates = list[tuple[str, tuple[int, ...], tuple[Phase, ...]]]


def _controlled(operation: Any, phase_of: Callable[[Any], Phase]) -> _Gates | None:
    """Our gates for a gate under controls, where its name is one of ours."""
    inner = operation.get_op()
    count = operation.get_n_controls()
    if not inner.is_gate() or set(operation.get_control_state_bits()) - {True}:
        return None
    steps = _steps(inner.type.name, inner.n_qubits, [phase_of(p) for p in inner.params])
    if steps is None:
        return None
    out: _Gates = []
    for name, places, angles in steps:
        gate = Gate(name, tuple(q + count for q in places), angles)
        out += [(g.name, g.qubits, g.params) for g in controlled_gate(tuple(range(count)), gate)]
    return out


def _unboxed(operation: Any, width: int, tolerance: float) -> Circuit:
    """Another box, decomposed by pytket."""
    import pytket
    from pytket.passes import DecomposeBoxes

    alone = pytket.Circuit(width)
    alone.add_qcontrolbox(operation, list(range(width)))
    DecomposeBoxes().apply(alone)
    return in_order(from_pytket(alone, tolerance=tolerance))


def _rebased(operation: Any, width: int, tolerance: float) -> Circuit:
    """A gate that only pytket knows, decomposed by pytket into CX and TK1."""
    import pytket
    from pytket.circuit import OpType
    from pytket.passes import AutoRebase

    if not operation.is_gate():
        raise CircuitError(f"the pytket operation {operation} has no equivalent here")
    alone = pytket.Circuit(width)
    alone.add_gate(operation, list(range(width)))
    AutoRebase({OpType.CX, OpType.TK1}).apply(alone)
    if operation.type in {command.op.type for command in alone.get_commands()}:
        raise CircuitError(f"the pytket operation {operation} has no equivalent here")
    return in_order(from_pytket(alone, tolerance=tolerance))


def _registers(units: Any) -> tuple[Register, ...]:
    sizes: dict[str, int] = {}
    for unit in units:
        if unit.index != [sizes.get(unit.reg_name, 0)]:
            return ()
        sizes[unit.reg_name] = sizes.get(unit.reg_name, 0) + 1
    return tuple(Register(name, size) for name, size in sizes.items())
