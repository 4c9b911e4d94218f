"""PyZX circuits to and from circuits. PyZX keeps no global phase: unitaries agree up to it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from catenary.diagrams.optional import optional
from catenary.diagrams.phases import Phase, as_phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.decompose import decomposition
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.functors.circuits.lines import in_order


def _gates_module() -> Any:
    return optional("pyzx.circuit.gates", "pyzx")


def _phase(phase: Phase) -> Fraction:
    if is_symbolic(phase):
        raise CircuitError(f"a PyZX circuit takes numbers for phases: bind the symbols of {phase} first")
    # A float is the dyadic fraction that it is; PyZX asks phases for their denominator.
    return Fraction(phase)


_PLAIN = {
    "y": "Y",
    "h": "HAD",
    "x": "NOT",
    "z": "Z",
    "s": "S",
    "t": "T",
    "sx": "SX",
    "cx": "CNOT",
    "cy": "CY",
    "cz": "CZ",
    "ch": "CHAD",
    "csx": "CSX",
    "swap": "SWAP",
    "ccx": "Tofolli",
    "ccz": "CCZ",
    "cswap": "CSWAP",
}
_ADJOINTS = {"sdg": "S", "tdg": "T", "sxdg": "SX"}
_PHASED = {
    "rz": "ZPhase",
    "p": "ZPhase",
    "u1": "ZPhase",
    "rx": "XPhase",
    "ry": "YPhase",
    "crx": "CRX",
    "cry": "CRY",
    "crz": "CRZ",
    "cp": "CPhase",
    "cu1": "CPhase",
    "rxx": "RXX",
    "rzz": "RZZ",
    "u2": "U2",
    "u3": "U3",
    "u": "U3",
    "cu3": "CU3",
    "cu": "CU",
}


def to_pyzx(circuit: Circuit) -> Any:
    """The circuit as a ``pyzx.Circuit``, equal up to global phase.

    Gates that PyZX lacks are decomposed (``id`` becomes a rotation by 0); lines that change places are
    swapped.

    Raises:
        CircuitError: for what a PyZX circuit cannot hold: symbolic phases, barriers, opaque operations,
            ``init`` and ``post``, and conditions but those of one-qubit gates on one whole register.
        MissingExtra: if pyzx is not installed.
    """
    g = _gates_module()
    import pyzx

    circuit = in_order(circuit)
    out = pyzx.Circuit(circuit.n_qubits, bit_amount=circuit.n_clbits)
    cregs = circuit.cregs or (Register("c", circuit.n_clbits),)
    bits = [f"{register.name}[{i}]" for register in cregs for i in range(register.size)]
    for index, gate in enumerate(circuit.gates):
        name, qubits = gate.name, gate.qubits
        if gate.condition is not None:
            out.add_gate(_conditional(g, index, gate, cregs))
        elif name == "measure":
            out.add_gate(g.Measurement(qubits[0], result_symbol=bits[gate.clbits[0]]))
        elif name == "reset":
            out.add_gate(g.Reset(qubits[0]))
        elif name in ("id", "u0"):
            out.add_gate(g.ZPhase(qubits[0], Fraction(0)))
        elif name in ("barrier", "opaque", "noise", "init", "post"):
            raise CircuitError(f"gate {index} ({gate.label or name}): a PyZX circuit cannot hold it")
        else:
            steps = (
                [gate] if name in _PLAIN or name in _ADJOINTS or name in _PHASED else decomposition(gate)[0]
            )
            for step in steps:
                out.add_gate(_to_gate(g, step))
    return out


def _conditional(g: Any, index: int, gate: Gate, cregs: tuple[Register, ...]) -> Any:
    assert gate.condition is not None
    bits, value = gate.condition
    one = len(gate.qubits) == 1 and (gate.name in _PLAIN or gate.name in _ADJOINTS or gate.name in _PHASED)
    first = 0
    for register in cregs:
        if bits == tuple(range(first, first + register.size)) and value < 1 << register.size and one:
            return g.ConditionalGate(register.name, value, _to_gate(g, gate), register.size)
        first += register.size
    raise CircuitError(
        f"gate {index} ({gate.name}) is conditional: PyZX compares one whole register, for one-qubit gates"
    )


def _to_gate(g: Any, gate: Gate) -> Any:
    if gate.name in _PLAIN:
        return getattr(g, _PLAIN[gate.name])(*gate.qubits)
    if gate.name in _ADJOINTS:
        return getattr(g, _ADJOINTS[gate.name])(*gate.qubits, adjoint=True)
    return getattr(g, _PHASED[gate.name])(*gate.qubits, *map(_phase, gate.params))


def _from_phase(value: Any) -> Phase:
    if hasattr(value, "terms"):
        raise CircuitError(f"the PyZX phase {value} is symbolic: substitute numbers first")
    return as_phase(value)


def from_pyzx(circuit: Any) -> Circuit:
    """A ``pyzx.Circuit`` as a circuit, equal up to global phase.

    Raises:
        CircuitError: for a gate with no equivalent here (ancillas, FSim), by name.
        MissingExtra: if pyzx is not installed.
    """
    g = _gates_module()
    if circuit._initialize_qubits or circuit._postselect_qubits:
        raise CircuitError("a PyZX circuit with initialised or post-selected qubits has no equivalent here")
    reader = _Reader(g, circuit)
    for index, gate in enumerate(circuit.gates):
        steps = reader.steps(gate)
        if steps is None:
            raise CircuitError(f"gate {index} of the PyZX circuit, {gate}, has no equivalent here")
        reader.gates += steps
    return Circuit(circuit.qubits, reader.gates, reader.n_clbits, cregs=reader.cregs)


class _Reader:
    def __init__(self, g: Any, circuit: Any):
        self.g = g
        self.gates: list[Gate] = []
        self.plain = {getattr(g, cls): name for name, cls in _PLAIN.items()}
        self.phased = {getattr(g, cls): name for name, cls in reversed(_PHASED.items())}
        # PyZX names bits "register[index]" and keeps no list of registers: they are gathered from their uses.
        sizes: dict[str, int] = {}
        numbered = 0
        for gate in circuit.gates:
            if isinstance(gate, g.Measurement):
                if gate.result_symbol is not None:
                    name, index = _bit(gate.result_symbol)
                    sizes[name] = max(sizes.get(name, 0), index + 1)
                elif gate.result_bit is not None:
                    numbered = max(numbered, gate.result_bit + 1)
            elif isinstance(gate, g.ConditionalGate):
                size = max(sizes.get(gate.condition_register, 0), gate.register_size)
                sizes[gate.condition_register] = size
        if numbered and sizes:
            raise CircuitError("a PyZX circuit measures into numbered bits and into named ones: use one kind")
        self.first: dict[str, int] = {}
        total = 0
        for name, size in sizes.items():
            self.first[name] = total
            total += size
        self.sizes = sizes
        self.n_clbits = total if sizes else max(numbered, circuit.bits)
        self.cregs = tuple(Register(name, size) for name, size in sizes.items())

    def steps(self, gate: Any) -> list[Gate] | None:
        """The gates for one of PyZX's, or ``None``."""
        g, kind = self.g, type(gate)
        if kind in self.plain:
            name = self.plain[kind] + ("dg" if getattr(gate, "adjoint", False) else "")
            return [Gate(name, _qubits(gate))]
        if kind in self.phased:
            return [Gate(self.phased[kind], _qubits(gate), tuple(map(_from_phase, _phases(gate))))]
        if kind is g.XCX:
            a, b = gate.control, gate.target
            return [Gate("h", (a,)), Gate("cx", (a, b)), Gate("h", (a,))]
        if kind in (g.ParityPhase, g.PhaseGadget):
            *others, last = gate.targets
            fan_in = [Gate("cx", (q, last)) for q in others]
            return [*fan_in, Gate("p", (last,), (_from_phase(gate.phase),)), *reversed(fan_in)]
        if kind is g.Measurement:
            if gate.result_symbol is not None:
                name, index = _bit(gate.result_symbol)
                return [Gate("measure", (gate.target,), (), (self.first[name] + index,))]
            if gate.result_bit is not None:
                return [Gate("measure", (gate.target,), (), (gate.result_bit,))]
        if kind is g.Reset:
            return [Gate("reset", (gate.target,))]
        if kind is g.ConditionalGate:
            inner = self.steps(gate.inner_gate)
            first, size = self.first[gate.condition_register], self.sizes[gate.condition_register]
            if inner is not None and size == gate.register_size:
                condition = (tuple(range(first, first + size)), gate.condition_value)
                return [Gate(s.name, s.qubits, s.params, s.clbits, condition) for s in inner]
        return None


def _bit(symbol: str) -> tuple[str, int]:
    name, _, index = symbol.partition("[")
    if not index.endswith("]") or not index[:-1].isdecimal():
        raise CircuitError(f"a PyZX measurement into {symbol!r}: expected register[index]")
    return name, int(index[:-1])


def _qubits(gate: Any) -> tuple[int, ...]:
    names = ("ctrl1", "ctrl2", "control", "target")
    return tuple(getattr(gate, name) for name in names if hasattr(gate, name))


def _phases(gate: Any) -> tuple[Any, ...]:
    names = ("theta", "phi", "rho", "gamma")
    found = tuple(getattr(gate, name) for name in names if hasattr(gate, name))
    return found or (gate.phase,)
