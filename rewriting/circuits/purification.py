"""Circuits with measurements, resets, conditional gates and fixed inputs, as one unitary on more lines.

Every operation of a circuit is a gate on its lines and fresh ones in |0⟩ (Stinespring): a measurement copies the
qubit to a fresh line, which is the classical bit; a reset exchanges the qubit for a fresh one; a condition is a
control. At the end outputs are kept, the lines of the classical bits are looked at (their coherence is lost), lines
closed by ``post`` are projected on |0⟩ and the others are thrown away. Classical bits begin at 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.rewriting.circuits.path_sums import native

_CONTROLLED = {
    "x": "cx",
    "y": "cy",
    "z": "cz",
    "h": "ch",
    "cx": "ccx",
    "cz": "ccz",
    "swap": "cswap",
    "rz": "crz",
}
_ANGLES = {"s": (1, 2), "sdg": (-1, 2), "t": (1, 4), "tdg": (-1, 4)}


@dataclass(frozen=True, slots=True)
class Purified:
    """A circuit as a unitary whose lines begin in |0⟩ or are inputs.

    Attributes:
        circuit: unitary, on all lines, over the basic set and
            :data:`~catenary.rewriting.circuits.path_sums.NATIVE`.
        inputs: the line of each input.
        free: the lines of the inputs that are not fixed to |0⟩.
        outputs: the line of each output.
        records: the line of each classical bit.
        closed: lines projected on |0⟩ at the end.
        environment: lines thrown away.
    """

    circuit: Circuit
    inputs: tuple[int, ...]
    free: tuple[int, ...]
    outputs: tuple[int, ...]
    records: tuple[int, ...]
    closed: tuple[int, ...]
    environment: tuple[int, ...]

    @property
    def is_pure(self) -> bool:
        """Whether nothing is thrown away or measured: the circuit is one linear map."""
        return not self.environment and not self.records


def purified(circuit: Circuit, initial: str | None = None) -> Purified:
    """A circuit as a unitary on more lines.

    Args:
        initial: ``?``, ``0`` or ``1`` for each input: free, or fixed to that state; all free if not given.

    Raises:
        CircuitError: for an opaque operation.

    >>> found = purified(Circuit(1, [Gate("measure", (0,), (), (0,))], n_clbits=1))
    >>> found.circuit.gates, found.outputs, found.records
    ((Gate('cx', (0, 1)),), (0,), (1,))
    """
    work = _Purification(circuit)
    initial = initial or "?" * len(circuit.inputs)
    lines = tuple(work.line[q] for q in circuit.inputs)
    work.gates += [Gate("x", (line,)) for line, state in zip(lines, initial, strict=True) if state == "1"]
    for gate in circuit.gates:
        work.add(gate)
    records = tuple(work.bit(c) for c in range(circuit.n_clbits))
    outputs = tuple(work.line[q] for q in circuit.outputs)
    kept = {*records, *outputs, *work.closed}
    whole = Circuit.unchecked(work.size, tuple(work.gates), global_phase=circuit.global_phase)
    return Purified(
        native(whole),
        lines,
        tuple(line for line, state in zip(lines, initial, strict=True) if state == "?"),
        outputs,
        records,
        tuple(work.closed),
        tuple(line for line in range(work.size) if line not in kept),
    )


class _Purification:
    """The lines of the qubits and bits while the gates are read."""

    def __init__(self, circuit: Circuit) -> None:
        self.size = 0
        self.gates: list[Gate] = []
        self.line: dict[int, int] = {}
        self.bits: dict[int, int] = {}
        self.closed: list[int] = []
        self.conditions: dict[tuple[tuple[int, ...], int], int] = {}
        for q in circuit.inputs:
            self.line[q] = self.fresh()

    def fresh(self) -> int:
        """A line in |0⟩."""
        self.size += 1
        return self.size - 1

    def bit(self, c: int) -> int:
        """The line of a classical bit."""
        if c not in self.bits:
            self.bits[c] = self.fresh()
        return self.bits[c]

    def write(self, c: int, line: int) -> None:
        self.bits[c] = line
        self.conditions = {k: v for k, v in self.conditions.items() if c not in k[0]}

    def put(self, name: str, *lines: int) -> None:
        self.gates.append(Gate(name, lines))

    def control(self, condition: tuple[tuple[int, ...], int]) -> int:
        """A line that is 1 where a condition holds. It is a copy of classical information: that it is thrown away
        later changes nothing."""
        held, value = condition
        if condition in self.conditions:
            return self.conditions[condition]
        found = self.fresh()
        if value >> len(held):
            pass  # never
        elif not held:
            self.put("x", found)
        else:
            literals = []
            for place, c in enumerate(held):
                literal = self.fresh()
                self.put("cx", self.bit(c), literal)
                if not value >> place & 1:
                    self.put("x", literal)
                literals.append(literal)
            while len(literals) > 1:
                both = self.fresh()
                self.put("ccx", literals.pop(), literals.pop(), both)
                literals.append(both)
            self.put("cx", literals[0], found)
        self.conditions[condition] = found
        return found

    def add(self, gate: Gate) -> None:
        """Read one operation."""
        name = gate.name
        if name == "init":
            self.line[gate.qubits[0]] = self.fresh()
            return
        if name == "barrier":
            return
        if name == "noise":
            raise CircuitError(f"{gate.label} is noise: only circuits without it are purified")
        if name == "opaque":
            raise CircuitError(f"{gate.label} is opaque: nothing is known about what it does")
        at = tuple(self.line[q] for q in gate.qubits)
        condition = None if gate.condition is None else self.control(gate.condition)
        if name == "post":
            self.closed.append(self.line.pop(gate.qubits[0]))
        elif name == "measure":
            outcome, c = self.fresh(), gate.clbits[0]
            if condition is None:
                self.put("cx", at[0], outcome)
            else:
                seen, old = self.fresh(), self.bit(c)
                self.put("ccx", condition, at[0], seen)
                self.put("cx", seen, outcome)
                self.put("cx", old, outcome)
                self.put("ccx", condition, old, outcome)
            self.write(c, outcome)
        elif name == "reset":
            clean = self.fresh()
            if condition is None:
                self.line[gate.qubits[0]] = clean
            else:
                self.put("cswap", condition, at[0], clean)
        elif condition is None:
            self.gates.append(replace(gate, qubits=at))
        else:
            plain = replace(gate, qubits=at, condition=None)
            for basic in native(Circuit.unchecked(self.size, (plain,))).gates:
                self.conditional(basic, condition)

    def conditional(self, gate: Gate, control: int) -> None:
        """A gate done where a line is 1; a phase of the whole state there cannot be seen."""
        name, at = gate.name, gate.qubits
        if name in _CONTROLLED:
            self.gates.append(Gate(_CONTROLLED[name], (control, *at), gate.params))
        elif name in _ANGLES:
            from fractions import Fraction

            self.gates.append(Gate("cp", (control, *at), (Fraction(*_ANGLES[name]),)))
        elif name == "cswap":
            self.put("cx", at[2], at[1])
            self.put("c3x", control, at[0], at[1], at[2])
            self.put("cx", at[2], at[1])
        elif name in ("ccx", "c3x"):
            self.put({"ccx": "c3x", "c3x": "c4x"}[name], control, *at)
        else:
            both = self.fresh()
            self.put("ccx", control, at[0], both)
            if name == "ccz":
                self.put("ccz", both, *at[1:])
            else:
                self.put("c4x", both, *at[1:])
            self.put("ccx", control, at[0], both)
