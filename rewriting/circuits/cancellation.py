"""Cancellation and fusion of gates through gates that commute with them, to a fixpoint.

Each gate is carried left past everything it commutes with until it meets a gate it cancels or fuses with.
Work per gate is bounded by ``reach``, so that a pass is linear in the circuit.
"""

from __future__ import annotations

from fractions import Fraction

from catenary.diagrams import LimitReached
from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.angles import ZERO, add, is_zero, rotation_angle
from catenary.rewriting.circuits.builder import Diagonal, assemble
from catenary.rewriting.limits import check_deadline


def cancel_gates(circuit: Circuit, *, reach: int = 400, deadline: float | None = None) -> Circuit:
    """Cancel inverse gates and fuse phases through commuting gates until nothing changes.

    Covers H·H, X·X, CX·CX, CZ·CZ (either order of its qubits), SWAP·SWAP, phases on one wire past controls,
    past CZ, past X (with the sign changed) and through SWAP, and X past targets and phases.

    Args:
        circuit: unitary, over the basic set.
        reach: how many earlier gates on its wires a gate is compared with.
        deadline: value of ``time.monotonic`` at which to stop with the last complete round.

    >>> cx, t = Gate("cx", (0, 1)), Gate("t", (0,))
    >>> [g.name for g in cancel_gates(Circuit(2, (cx, t, cx, t)))]
    ['s']
    """
    while True:
        before = len(circuit.gates)
        try:
            work = _Wires(circuit, reach, deadline)
        except LimitReached:
            return circuit
        result = work.finish()
        if len(result.gates) >= before:
            return result if work.changed and len(result.gates) == before else circuit
        circuit = result


class _Wires:
    """The gates so far, with the stack of gate numbers of each wire."""

    def __init__(self, circuit: Circuit, reach: int, deadline: float | None):
        self.circuit = circuit
        self.reach = reach
        self.phase: Phase = circuit.global_phase
        self.operations: list[Gate | Diagonal | None] = []
        self.wires: list[list[int]] = [[] for _ in range(circuit.n_qubits)]
        self.changed = False
        for count, gate in enumerate(circuit.gates):
            if count % 64 == 0:
                check_deadline(deadline, "cancellation")
            self._add(gate)

    def finish(self) -> Circuit:
        kept: list[Gate | Diagonal] = []
        for operation in self.operations:
            if isinstance(operation, tuple) and is_zero(operation[1]):
                self.phase = add(self.phase, operation[1] / 2 if operation[1] else ZERO)
            elif operation is not None:
                kept.append(operation)
        return assemble(self.circuit, *_pair_paulis(kept, self.phase))

    def _add(self, gate: Gate) -> None:
        name, qubits = gate.name, gate.qubits
        found = rotation_angle(gate)
        if found is not None:
            self.phase = add(self.phase, found[1])
            self._rotation(qubits[0], found[0])
        elif name == "id":
            self.changed = True
        elif name == "y":
            # Y = i X Z and Z = i R(1).
            self.phase = add(self.phase, Fraction(1))
            self._rotation(qubits[0], Fraction(1))
            self._pauli_x(qubits[0])
        elif name == "x":
            self._pauli_x(qubits[0])
        elif name == "h":
            self._hadamard(gate)
        else:
            self._two_qubit(gate)

    def _place(self, operation: Gate | Diagonal, qubits: tuple[int, ...]) -> None:
        number = len(self.operations)
        self.operations.append(operation)
        for q in qubits:
            self.wires[q].append(number)

    def _drop(self, number: int, qubits: tuple[int, ...]) -> None:
        self.operations[number] = None
        self.changed = True
        for q in qubits:
            wire = self.wires[q]
            if wire[-1] == number:
                wire.pop()
            else:
                wire.remove(number)

    def _rotation(self, qubit: int, angle: Phase) -> None:
        q = qubit
        wire = self.wires[q]
        place = len(wire) - 1
        sign = 1
        for _ in range(self.reach):
            if place < 0:
                break
            operation = self.operations[wire[place]]
            if isinstance(operation, tuple):
                total = add(operation[1], angle if sign > 0 else -angle)
                self.changed = True
                if is_zero(total):
                    self.phase = add(self.phase, total / 2 if total else ZERO)
                    self._drop(wire[place], (q,))
                else:
                    self.operations[wire[place]] = (q, total)
                return
            assert operation is not None
            name = operation.name
            if name == "x":
                sign = -sign
            elif name == "swap":
                number = wire[place]
                a, b = operation.qubits
                q = b if q == a else a
                wire = self.wires[q]
                place = _position(wire, number)
            elif not (name == "cz" or (name == "cx" and operation.qubits[0] == q)):
                break
            place -= 1
        self._place((qubit, angle), (qubit,))

    def _pauli_x(self, q: int) -> None:
        wire = self.wires[q]
        flips: list[int] = []
        for number in reversed(wire[-self.reach :]):
            operation = self.operations[number]
            if isinstance(operation, tuple):
                flips.append(number)
                continue
            assert operation is not None
            if operation.name == "x":
                self._drop(number, (q,))
                for flipped in flips:
                    rotation = self.operations[flipped]
                    assert isinstance(rotation, tuple)
                    self.operations[flipped] = (q, -rotation[1])
                return
            if not (operation.name == "cx" and operation.qubits[1] == q):
                break
        self._place(Gate("x", (q,)), (q,))

    def _hadamard(self, gate: Gate) -> None:
        (q,) = gate.qubits
        if self.wires[q]:
            number = self.wires[q][-1]
            operation = self.operations[number]
            if isinstance(operation, Gate) and operation.name == "h":
                self._drop(number, (q,))
                return
        self._place(gate, (q,))

    def _two_qubit(self, gate: Gate) -> None:
        a, b = gate.qubits
        name = gate.name
        left, right = self.wires[a], self.wires[b]
        i, j = len(left) - 1, len(right) - 1
        for _ in range(self.reach):
            number = max(left[i] if i >= 0 else -1, right[j] if j >= 0 else -1)
            if number < 0:
                break
            operation = self.operations[number]
            assert operation is not None
            if isinstance(operation, Gate) and operation.name == name:
                same = operation.qubits == gate.qubits or (
                    name in ("cz", "swap") and operation.qubits == gate.qubits[::-1]
                )
                if same:
                    self._drop(number, gate.qubits)
                    return
            on_left, on_right = i >= 0 and left[i] == number, j >= 0 and right[j] == number
            if name == "swap":
                break
            # A CX or CZ is of type Z on its first wire; on the second CX is of type X and CZ of type Z.
            if on_left and _kind(operation, a) != "z":
                break
            if on_right and _kind(operation, b) != ("x" if name == "cx" else "z"):
                break
            i -= on_left
            j -= on_right
        self._place(gate, gate.qubits)


def _position(wire: list[int], number: int) -> int:
    """Index of a number in an ascending list."""
    low, high = 0, len(wire)
    while low < high:
        middle = (low + high) // 2
        if wire[middle] < number:
            low = middle + 1
        else:
            high = middle
    return low


def _kind(operation: Gate | Diagonal, q: int) -> str:
    """``"z"`` (``"x"``) if the operation is a sum of Z (X) and identity on the wire, else ``""``."""
    if isinstance(operation, tuple):
        return "z"
    if operation.name == "cz":
        return "z"
    if operation.name == "cx":
        return "z" if operation.qubits[0] == q else "x"
    return "x" if operation.name == "x" else ""


def _pair_paulis(operations: list[Gate | Diagonal], phase: Phase) -> tuple[list[Gate | Diagonal], Phase]:
    """Write X next to Z on one wire as Y, one gate fewer; returns the operations and the global phase."""
    result: list[Gate | Diagonal] = []
    last: dict[int, int] = {}
    for operation in operations:
        qubits = operation.qubits if isinstance(operation, Gate) else (operation[0],)
        q = qubits[0]
        previous = result[last[q]] if len(qubits) == 1 and q in last else None
        rotation = next((o for o in (operation, previous) if isinstance(o, tuple)), None)
        flip = next((o for o in (operation, previous) if isinstance(o, Gate) and o.name == "x"), None)
        turns = rotation[1] if rotation is not None else None
        if (
            flip is not None
            and isinstance(turns, Fraction)
            and turns.denominator == 1
            and turns.numerator % 2
        ):
            # R(1)·X = Y, X·R(1) = -Y, and R(1 + 2k) = (-1)^k R(1).
            phase = add(phase, (turns - 1) / 2 + (1 if operation is flip else 0))
            result[last[q]] = Gate("y", (q,))
            continue
        for wire in qubits:
            last[wire] = len(result)
        result.append(operation)
    return result, phase
