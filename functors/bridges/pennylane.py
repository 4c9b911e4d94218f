"""PennyLane tapes to and from circuits, global phase included. PennyLane counts radians; wire i is qubit i.

PennyLane has no symbols: the values of free angles are handed over with the circuit and may be tensors of any of its
interfaces (autograd, torch, jax), so that PennyLane differentiates them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from catenary.diagrams.optional import optional
from catenary.diagrams.phases import SNAP_TOLERANCE, Phase, is_symbolic, radians
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.controls import controlled_x
from catenary.functors.circuits.decompose import decomposition
from catenary.functors.circuits.gates import CircuitError, Gate, adjoint
from catenary.functors.circuits.lines import in_order
from catenary.functors.circuits.qasm2_values import to_phase

_MAX_DEPTH = 50

_NAMES = {
    "id": "Identity",
    "x": "PauliX",
    "y": "PauliY",
    "z": "PauliZ",
    "h": "Hadamard",
    "s": "S",
    "t": "T",
    "sx": "SX",
    "rx": "RX",
    "ry": "RY",
    "rz": "RZ",
    "p": "PhaseShift",
    "u1": "U1",
    "u2": "U2",
    "u3": "U3",
    "u": "U3",
    "cx": "CNOT",
    "cy": "CY",
    "cz": "CZ",
    "ch": "CH",
    "swap": "SWAP",
    "iswap": "ISWAP",
    "crx": "CRX",
    "cry": "CRY",
    "crz": "CRZ",
    "cp": "ControlledPhaseShift",
    "cu1": "ControlledPhaseShift",
    "rxx": "IsingXX",
    "ryy": "IsingYY",
    "rzz": "IsingZZ",
    "ccx": "Toffoli",
    "ccz": "CCZ",
    "cswap": "CSWAP",
    "c3x": "MultiControlledX",
    "c4x": "MultiControlledX",
}
_ADJOINT = {"sdg": "S", "tdg": "T", "sxdg": "SX"}
_BACK = {
    **{theirs: ours for ours, theirs in _NAMES.items() if ours not in ("u", "cu1", "c3x", "c4x")},
    "CPhase": "cp",
    "X": "x",
    "Y": "y",
    "Z": "z",
    "H": "h",
}


def to_pennylane(
    circuit: Circuit, values: Mapping[str, Any] | None = None, measurements: Iterable[Any] = ()
) -> Any:
    """The circuit as a ``pennylane.tape.QuantumScript`` with the same unitary, global phase included.

    A line that begins with ``init`` is a fresh wire (reset where it was used before), ``post`` a measurement in mid-circuit,
    post-selected on 0, so that the circuit of a sentence runs on ``default.qubit`` as it is. Gates that PennyLane lacks are
    decomposed.

    Args:
        circuit: the circuit.
        values: the value of each free angle, in half turns, by name: numbers, or tensors to differentiate.
        measurements: what the tape measures, such as ``[qml.probs(wires=[0])]``.

    Raises:
        CircuitError: for classical bits, opaque operations, and a free angle without value.
        MissingExtra: if pennylane is not installed.

    >>> from catenary.functors.circuits import unitary
    >>> circuit = Circuit(1, [Gate("rz", (0,), (Fraction(1, 4),))])
    >>> from_pennylane(to_pennylane(circuit)) == circuit
    True
    """
    qml = optional("pennylane", "pennylane")
    if circuit.n_clbits:
        raise CircuitError(
            "a PennyLane tape has no classical bits: post-select, or leave measurements to the device"
        )
    ends = any(gate.name in ("init", "post") for gate in circuit)
    if not ends:
        circuit = in_order(circuit)
    operations: list[Any] = []
    used: set[int] = set()
    phase: Phase = circuit.global_phase
    for index, gate in enumerate(circuit):
        where = f"gate {index} ({gate.label or gate.name})"
        if gate.name == "init":
            if gate.qubits[0] in used:
                operations.append(_mid_measure(qml)(qml.wires.Wires(list(gate.qubits)), reset=True))
        elif gate.name == "post":
            operations.append(_mid_measure(qml)(qml.wires.Wires(list(gate.qubits)), postselect=0))
        elif gate.name == "barrier":
            operations.append(qml.Barrier(wires=list(gate.qubits)))
        elif gate.name in ("opaque", "noise", "measure", "reset"):
            raise CircuitError(f"{where}: a PennyLane tape cannot hold it")
        else:
            extra = _append(qml, operations, gate, values or {}, where)
            phase = phase + extra
        used.update(gate.qubits)
    angle = _angle(phase, values or {}, "the global phase")
    if is_symbolic(phase) or angle:
        operations.append(qml.GlobalPhase(-angle))
    held = {wire for operation in operations for wire in operation.wires}
    missing = [q for q in range(circuit.n_qubits) if q not in held]
    operations += [qml.Identity(q) for q in missing]  # so that the tape has the wire
    return qml.tape.QuantumScript(operations, list(measurements))


def _mid_measure(qml: Any) -> Any:
    found = getattr(getattr(qml, "ops", None), "MidMeasure", None)
    return qml.measurements.MidMeasureMP if found is None else found


def _append(qml: Any, operations: list[Any], gate: Gate, values: Mapping[str, Any], where: str) -> Phase:
    wires = list(gate.qubits)
    if gate.name in _ADJOINT:
        operations.append(qml.adjoint(getattr(qml, _ADJOINT[gate.name])(wires=wires)))
        return Fraction(0)
    if gate.name == "u0":
        operations.append(qml.Identity(wires[0]))
        return Fraction(0)
    if gate.name == "mcx":
        operations.append(qml.MultiControlledX(wires=wires) if len(wires) > 1 else qml.PauliX(wires[0]))
        return Fraction(0)
    if gate.name == "rpauli":
        operations.append(qml.PauliRot(_angle(gate.params[0], values, where), gate.label, wires=wires))
        return Fraction(0)
    if gate.name in _NAMES:
        angles = [_angle(phase, values, where) for phase in gate.params]
        operations.append(getattr(qml, _NAMES[gate.name])(*angles, wires=wires))
        return Fraction(0)
    steps, extra = decomposition(gate)
    for step in steps:
        extra = extra + _append(qml, operations, step, values, where)
    return extra


def _angle(phase: Phase, values: Mapping[str, Any], where: str) -> Any:
    """Radians, as a float or what the values make it."""
    if not is_symbolic(phase):
        return radians(phase)
    return _evaluated(phase, values, where) * math.pi


def _evaluated(expression: Any, values: Mapping[str, Any], where: str) -> Any:
    if expression.is_Symbol:
        if expression.name not in values:
            raise CircuitError(
                f"{where}: the free angle {expression.name} has no value; PennyLane has no symbols"
            )
        return values[expression.name]
    if not expression.free_symbols:
        return float(expression)
    parts = [_evaluated(part, values, where) for part in expression.args]
    total = parts[0]
    if expression.is_Add:
        for part in parts[1:]:
            total = total + part
    elif expression.is_Mul:
        for part in parts[1:]:
            total = total * part
    elif expression.is_Pow:
        total = parts[0] ** parts[1]
    else:
        raise CircuitError(f"{where}: the angle {expression} is more than sums, products and powers")
    return total


def from_pennylane(tape: Any, *, tolerance: float = SNAP_TOLERANCE) -> Circuit:
    """A PennyLane tape, or a list of operations, as a circuit with the same unitary, global phase included.

    Wires are numbered in order where they are the numbers from 0 on, else as they come. Operations outside the gate set are
    replaced by PennyLane's own decompositions. What the tape measures at its end is left out. A wire that is measured and
    post-selected on 0 ends there.

    Args:
        tape: a ``QuantumScript``, or operations.
        tolerance: an angle within so many half turns of a multiple of π/2^k is read as it.

    Raises:
        CircuitError: for what has no equivalent here (measurements in mid-circuit, channels, state preparations), by name.
        MissingExtra: if pennylane is not installed.

    >>> qml = optional("pennylane", "pennylane")
    >>> from_pennylane([qml.Hadamard(0), qml.CNOT([0, 1])]).gates
    (Gate('h', (0,)), Gate('cx', (0, 1)))
    """
    qml = optional("pennylane", "pennylane")
    operations = list(getattr(tape, "operations", tape))
    wires = list(dict.fromkeys(wire for operation in operations for wire in operation.wires))
    if all(isinstance(wire, int) and wire >= 0 for wire in wires):
        if max(wires, default=0) > 10 * len(wires) + 100:
            raise CircuitError("wires far apart: number them from 0 on")
        wires = list(range(max(wires, default=-1) + 1))
    reader = _Reader(qml, {wire: k for k, wire in enumerate(wires)}, tolerance)
    for operation in operations:
        reader.read(operation, 0)
    ended = {q for gate in reader.gates if gate.name == "post" for q in gate.qubits}
    outputs = [q for q in range(len(wires)) if q not in ended]
    return Circuit(len(wires), reader.gates, 0, None, outputs, global_phase=reader.phase)


class _Reader:
    def __init__(self, qml: Any, line: Mapping[Any, int], tolerance: float):
        self.qml, self.line, self.tolerance = qml, line, tolerance
        self.gates: list[Gate] = []
        self.phase: Phase = Fraction(0)

    def angle(self, value: Any) -> Phase:
        """Half turns of an angle in radians."""
        return to_phase((float(value), False), self.tolerance)[0]

    def read(self, operation: Any, depth: int) -> None:
        """Append an operation's gates."""
        name = operation.name
        lines = tuple(self.line[wire] for wire in operation.wires)
        if depth > _MAX_DEPTH:
            raise CircuitError(
                f"the PennyLane operation {name} nests decompositions more than {_MAX_DEPTH} deep"
            )
        if name == "GlobalPhase":
            self.phase = self.phase - self.angle(operation.parameters[0])
        elif name in ("Identity", "I") and len(lines) != 1:
            return
        elif name == "Barrier":
            self.gates.append(Gate("barrier", lines))
        elif isinstance(operation, _mid_measure(self.qml)):
            if operation.postselect != 0 or operation.reset:
                raise CircuitError(f"the PennyLane operation {operation} is no post-selection on 0")
            self.gates.append(Gate("post", lines))
        elif name == "MultiControlledX" and all(operation.control_values):
            self.gates.append(controlled_x(lines[:-1], lines[-1]))
        elif name == "PauliRot":
            letters = operation.hyperparameters["pauli_word"]
            kept = [i for i, letter in enumerate(letters) if letter != "I"]
            angle, label = self.angle(operation.parameters[0]), "".join(letters[i] for i in kept)
            if kept:
                self.gates.append(Gate("rpauli", tuple(lines[i] for i in kept), (angle,), label=label))
            else:
                self.phase = self.phase - angle / 2
        elif name in _BACK:
            self.gates.append(Gate(_BACK[name], lines, tuple(map(self.angle, operation.parameters))))
        elif name.startswith("Adjoint(") and getattr(operation, "base", None) is not None:
            inner = _Reader(self.qml, self.line, self.tolerance)
            inner.read(operation.base, depth + 1)
            if any(gate.name == "post" for gate in inner.gates):
                raise CircuitError(f"the PennyLane operation {name} has no equivalent here")
            for gate in reversed(inner.gates):
                self.gates.extend(adjoint(gate))
            self.phase = self.phase - inner.phase
        elif getattr(operation, "has_decomposition", False):
            for part in operation.decomposition():
                self.read(part, depth + 1)
        else:
            raise CircuitError(f"the PennyLane operation {name} has no equivalent here")
