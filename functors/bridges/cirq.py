"""Cirq circuits to and from circuits, global phase included. Both count half turns and start at qubit 0."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from catenary.diagrams.optional import optional
from catenary.diagrams.phases import SNAP_TOLERANCE, Phase, as_phase, is_symbolic, unit
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import decomposition
from catenary.functors.circuits.gates import CircuitError, Gate, renumbered
from catenary.functors.circuits.library.control import controlled
from catenary.functors.circuits.lines import in_order
from catenary.functors.circuits.qasm2_values import to_phase

_BARRIER = "barrier"
_POWERS = {  # name: class, exponent, global shift
    "x": ("XPowGate", 1, 0),
    "y": ("YPowGate", 1, 0),
    "z": ("ZPowGate", 1, 0),
    "h": ("HPowGate", 1, 0),
    "s": ("ZPowGate", 0.5, 0),
    "sdg": ("ZPowGate", -0.5, 0),
    "t": ("ZPowGate", 0.25, 0),
    "tdg": ("ZPowGate", -0.25, 0),
    "sx": ("XPowGate", 0.5, 0),
    "sxdg": ("XPowGate", -0.5, 0),
    "cx": ("CXPowGate", 1, 0),
    "cz": ("CZPowGate", 1, 0),
    "swap": ("SwapPowGate", 1, 0),
    "iswap": ("ISwapPowGate", 1, 0),
    "ccx": ("CCXPowGate", 1, 0),
    "ccz": ("CCZPowGate", 1, 0),
}
_ROTATIONS = {
    "rx": ("XPowGate", -0.5),
    "ry": ("YPowGate", -0.5),
    "rz": ("ZPowGate", -0.5),
    "p": ("ZPowGate", 0),
    "u1": ("ZPowGate", 0),
    "cp": ("CZPowGate", 0),
    "cu1": ("CZPowGate", 0),
    "rxx": ("XXPowGate", -0.5),
    "ryy": ("YYPowGate", -0.5),
    "rzz": ("ZZPowGate", -0.5),
}
_CONTROLS = {"cy": ("y", 1), "ch": ("h", 1), "csx": ("sx", 1), "c3x": ("x", 3), "c4x": ("x", 4)}
_CONTROLS |= {"crx": ("rx", 1), "cry": ("ry", 1), "crz": ("rz", 1)}


def _cirq() -> Any:
    return optional("cirq", "cirq")


def to_cirq(circuit: Circuit) -> Any:
    """The circuit as a ``cirq.Circuit`` on line qubits with the same unitary, global phase included.

    SymPy angles are handed over as they are; bit k is the measurement key ``c<k>``; a barrier is an identity
    with the tag ``barrier``; a line without gates gets an identity. Gates that Cirq lacks are decomposed; lines that
    change places are swapped.

    Raises:
        CircuitError: for opaque operations, ``init``, ``post``, conditional measurements, and conditions on
            bits that no measurement has written.
        MissingExtra: if cirq is not installed.

    >>> circuit = Circuit(2, [Gate("rz", (0,), (Fraction(1, 4),)), Gate("cx", (0, 1))])
    >>> from_cirq(to_cirq(circuit)) == circuit
    True
    """
    cirq = _cirq()
    circuit = in_order(circuit)
    lines = cirq.LineQubit.range(circuit.n_qubits)
    operations: list[Any] = []
    written: set[int] = set()
    phase: Phase = circuit.global_phase
    for index, gate in enumerate(circuit.gates):
        where = [lines[q] for q in gate.qubits]
        if gate.name in ("opaque", "noise", "init", "post"):
            raise CircuitError(f"gate {index} ({gate.label or gate.name}): a Cirq circuit cannot hold it")
        conditions = _conditions(gate, index, written)
        if gate.name == "measure":
            if gate.condition is not None:
                raise CircuitError(f"gate {index}: a conditional measurement has no equivalent in Cirq")
            operations.append(cirq.measure(*where, key=f"c{gate.clbits[0]}"))
            written.add(gate.clbits[0])
            continue
        if gate.name == "barrier":
            operations.append(cirq.IdentityGate(len(where)).on(*where).with_tags(_BARRIER))
            continue
        if gate.name == "reset":
            steps: tuple[Gate, ...] = (gate,)
        elif _gate(cirq, gate) is not None:
            steps = (gate,)
        else:
            steps, extra = decomposition(gate)
            if gate.condition is None:
                phase = phase + extra
        for step in steps:
            made = cirq.ResetChannel() if step.name == "reset" else _gate(cirq, step)
            operation = made.on(*(lines[q] for q in step.qubits))
            operations.append(operation.with_classical_controls(*conditions) if conditions else operation)
    used = {q for operation in operations for q in operation.qubits}
    operations += [cirq.I(line) for line in lines if line not in used]
    if is_symbolic(phase):
        raise CircuitError(f"the global phase {phase} has free symbols: Cirq keeps it as a number")
    if phase:
        operations.append(cirq.global_phase_operation(unit(phase)))
    return cirq.Circuit(operations)


def _conditions(gate: Gate, index: int, written: set[int]) -> list[Any]:
    if gate.condition is None:
        return []
    import sympy

    held, value = gate.condition
    if value >= 1 << len(held):
        raise CircuitError(f"gate {index} ({gate.name}): {len(held)} bits never hold {value}")
    missing = sorted(set(held) - written)
    if missing:
        raise CircuitError(
            f"gate {index} ({gate.name}): its condition reads bits {missing}, which no measurement has written: "
            "Cirq has no value for them"
        )
    return [sympy.Eq(sympy.Symbol(f"c{c}"), value >> k & 1) for k, c in enumerate(held)]


def _gate(cirq: Any, gate: Gate) -> Any:
    name = gate.name
    if name in ("id", "u0"):
        return cirq.I
    if name in _POWERS:
        kind, exponent, shift = _POWERS[name]
        return getattr(cirq, kind)(exponent=exponent, global_shift=shift)
    if name in _ROTATIONS:
        kind, turn = _ROTATIONS[name]
        angle = gate.params[0]
        return getattr(cirq, kind)(exponent=angle if is_symbolic(angle) else float(angle), global_shift=turn)
    if name == "cswap":
        return cirq.CSWAP
    if name in ("mcx", "mcp"):
        inner_gate = _gate(cirq, Gate(name[2:], (0,), gate.params))
        controls = len(gate.qubits) - 1
        return cirq.ControlledGate(inner_gate, num_controls=controls) if controls else inner_gate
    if name in _CONTROLS:
        inner, count = _CONTROLS[name]
        return cirq.ControlledGate(_gate(cirq, Gate(inner, (0,), gate.params)), num_controls=count)
    return None


_Steps = tuple[list[Gate], Phase]
_NAMED = {"ZPowGate": {Fraction(1): "z", Fraction(1, 2): "s", Fraction(-1, 2): "sdg", Fraction(1, 4): "t"}}
_NAMED["ZPowGate"][Fraction(-1, 4)] = "tdg"
_NAMED["XPowGate"] = {Fraction(1): "x", Fraction(1, 2): "sx", Fraction(-1, 2): "sxdg"}
for _kind, _name in (
    ("YPowGate", "y"),
    ("HPowGate", "h"),
    ("CXPowGate", "cx"),
    ("CZPowGate", "cz"),
    ("SwapPowGate", "swap"),
    ("ISwapPowGate", "iswap"),
    ("CCXPowGate", "ccx"),
    ("CCZPowGate", "ccz"),
):
    _NAMED[_kind] = {Fraction(1): _name}
_TURNS = {"XPowGate": "rx", "YPowGate": "ry", "ZPowGate": "rz"}
_TURNS |= {"XXPowGate": "rxx", "YYPowGate": "ryy", "ZZPowGate": "rzz"}
_SUBCLASSES = {"Rx": "XPowGate", "Ry": "YPowGate", "Rz": "ZPowGate"}
_SUBCLASSES |= {f"_Pauli{letter}": f"{letter}PowGate" for letter in "XYZ"}


class _Reader:
    def __init__(self, cirq: Any, tolerance: float):
        self.cirq, self.tolerance = cirq, tolerance

    def number(self, value: Any) -> Phase:
        if isinstance(value, (int, float)):
            return to_phase((float(value), True), self.tolerance)[0]
        return as_phase(value)

    def steps(self, gate: Any, n: int, depth: int = 0) -> _Steps:
        """A Cirq gate as gates on its qubits 0 … n - 1 and a global phase."""
        cirq, whole = self.cirq, tuple(range(n))
        kind = _SUBCLASSES.get(type(gate).__name__, type(gate).__name__)
        if isinstance(gate, cirq.IdentityGate):
            return [Gate("id", (q,)) for q in whole], Fraction(0)
        if isinstance(gate, cirq.GlobalPhaseGate):
            return [], self.number(cmath.phase(complex(gate.coefficient)) / math.pi)
        if kind == "CSwapGate":
            return [Gate("cswap", whole)], Fraction(0)
        if isinstance(gate, cirq.ControlledGate):
            return self.controlled(gate, n, depth)
        if kind in _NAMED or kind in _TURNS:
            t, shift = self.number(gate.exponent), self.number(gate.global_shift)
            name = None if is_symbolic(t) else _NAMED.get(kind, {}).get(t)  # type: ignore[arg-type]
            if name is not None and not (kind in _TURNS and shift == Fraction(-1, 2)):
                return [Gate(name, whole)], t * shift
            if kind == "ZPowGate" and shift == 0:
                return [Gate("p", whole, (t,))], Fraction(0)
            if kind in _TURNS:
                return [Gate(_TURNS[kind], whole, (t,))], t * (shift + Fraction(1, 2))
            if kind == "CZPowGate":
                return [Gate("cp", whole, (t,))], t * shift
            if kind == "CXPowGate":
                return [Gate("h", (1,)), Gate("cp", whole, (t,)), Gate("h", (1,))], t * shift
            if kind == "ISwapPowGate":
                return [Gate("rxx", whole, (-t / 2,)), Gate("ryy", whole, (-t / 2,))], t * shift
        return self.decomposed(gate, n, depth)

    def decomposed(self, gate: Any, n: int, depth: int) -> _Steps:
        cirq = self.cirq
        lines = cirq.LineQubit.range(n)
        parts = cirq.decompose_once(gate.on(*lines), default=None) if depth < 50 else None
        if parts is None or any(set(part.qubits) - set(lines) or part.gate is None for part in parts):
            raise CircuitError(f"the Cirq gate {gate!r} has no equivalent here")
        gates: list[Gate] = []
        phase: Phase = Fraction(0)
        for part in parts:
            where = [line.x for line in part.qubits]
            inner, extra = self.steps(part.gate, len(where), depth + 1)
            gates += renumbered(inner, where)
            phase = phase + extra
        return gates, phase

    def controlled(self, gate: Any, n: int, depth: int) -> _Steps:
        count = gate.num_controls()
        if set(gate.control_qid_shape) != {2}:
            raise CircuitError(
                f"the Cirq gate {gate!r} has no equivalent here: it controls on more than qubits"
            )
        gates, phase = self.steps(gate.sub_gate, n - count, depth + 1)
        circuit = Circuit(n - count, gates, global_phase=phase)
        for _ in range(count):
            circuit = controlled(circuit)
        whole: list[Gate] = []
        # each way to switch the gate on: controls that should be 0 are flipped around it
        for values in gate.control_values.expand():
            flip = [Gate("x", (q,)) for q, value in enumerate(values) if not value]
            whole += [*flip, *circuit.gates, *flip]
        return whole, Fraction(0)


def from_cirq(
    circuit: Any, qubits: Sequence[Any] | None = None, *, tolerance: float = SNAP_TOLERANCE
) -> Circuit:
    """A ``cirq.Circuit`` as a circuit with the same unitary, global phase included.

    Args:
        circuit: gates of Cirq's own, measurements, resets, classical controls on single measured bits;
            gates with a decomposition are decomposed.
        qubits: the qubit of each line; all that occur, sorted, unless given.
        tolerance: Cirq keeps numbers as floats; one within so many half turns of a multiple of π/2^k is read
            as it.

    A measurement key ``c<k>`` is bit k if all keys are so; otherwise keys become bits in the order in which
    they occur. The phase of a conditional gate, which no measurement can see, is left out.

    Raises:
        CircuitError: for what has no equivalent here (noise, qudits, other conditions …), by name.
        MissingExtra: if cirq is not installed.
    """
    cirq = _cirq()
    lines = sorted(circuit.all_qubits()) if qubits is None else list(qubits)
    place = {line: k for k, line in enumerate(lines)}
    missing = [str(q) for q in sorted(circuit.all_qubits()) if q not in place]
    if missing:
        raise CircuitError(f"the Cirq qubits {', '.join(missing)} are not among those given")
    if any(q.dimension != 2 for q in lines):
        raise CircuitError("a Cirq qudit of dimension other than 2 has no equivalent here")
    operations = list(circuit.all_operations())
    bits, n_clbits = _keys(cirq, operations)
    reader = _Reader(cirq, tolerance)
    gates: list[Gate] = []
    phase: Phase = Fraction(0)
    for operation in operations:
        tags = operation.tags
        condition = _read_condition(cirq, operation.classical_controls, bits)
        operation = operation.without_classical_controls().untagged
        where = tuple(place[q] for q in operation.qubits)
        gate = operation.gate
        if gate is None and isinstance(operation, cirq.ControlledOperation):
            gate = cirq.ControlledGate(operation.sub_operation.gate, control_values=operation.control_values)
        if gate is None:
            raise CircuitError(f"the Cirq operation {operation!r} has no equivalent here: unroll it first")
        if isinstance(gate, cirq.MeasurementGate):
            if gate.confusion_map or condition is not None:
                raise CircuitError(
                    f"the Cirq measurement {operation!r} is noisy or conditional: no equivalent"
                )
            first = bits[cirq.measurement_key_name(operation)]
            for k, (q, inverted) in enumerate(zip(where, gate.full_invert_mask(), strict=True)):
                flip = [Gate("x", (q,))] if inverted else []
                gates += [*flip, Gate("measure", (q,), clbits=(first + k,)), *flip]
        elif isinstance(gate, cirq.ResetChannel):
            gates.append(Gate("reset", where, condition=condition))
        elif _BARRIER in tags:
            gates.append(Gate("barrier", where))
        else:
            steps, extra = reader.steps(gate, len(where))
            for step in renumbered(steps, where):
                gates.append(Gate(step.name, step.qubits, step.params, (), condition))
            if condition is None:
                phase = phase + extra
    return Circuit(len(lines), gates, n_clbits, global_phase=phase)


def _keys(cirq: Any, operations: list[Any]) -> tuple[dict[str, int], int]:
    """The first bit of each measurement key, and the number of bits."""
    widths: dict[str, int] = {}
    for operation in operations:
        if cirq.is_measurement(operation):
            key = cirq.measurement_key_name(operation)
            if widths.setdefault(key, len(operation.qubits)) != len(operation.qubits):
                raise CircuitError(
                    f"the Cirq key {key} is measured with different widths: no equivalent here"
                )
    if all(key[:1] == "c" and key[1:].isdecimal() and len(key) < 8 and w == 1 for key, w in widths.items()):
        bits = {key: int(key[1:]) for key in widths}
        if len(set(bits.values())) == len(bits):
            return bits, max(bits.values(), default=-1) + 1
    bits, count = {}, 0
    for key, width in widths.items():
        bits[key] = count
        count += width
    return bits, count


def _read_condition(cirq: Any, controls: Any, bits: dict[str, int]) -> tuple[tuple[int, ...], int] | None:
    import sympy

    found: dict[int, int] = {}
    for control in sorted(controls, key=str):
        if isinstance(control, cirq.KeyCondition) and control.index == -1:
            key, value = str(control.key), 1
        elif isinstance(control, cirq.SympyCondition) and isinstance(control.expr, sympy.Eq):
            symbol, number = control.expr.args
            key, value = str(symbol), int(number) if number in (0, 1) else -1
        else:
            key, value = "", -1
        if key not in bits or value < 0:
            raise CircuitError(f"the Cirq condition {control!r} has no equivalent here")
        if found.setdefault(bits[key], value) != value:
            raise CircuitError(f"the Cirq conditions {controls!r} never hold")
    if not found:
        return None
    held = tuple(sorted(found))
    return held, sum(found[c] << k for k, c in enumerate(held))
