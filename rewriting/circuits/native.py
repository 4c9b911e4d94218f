"""Circuits over the gates of a device, angles exact.

Runs of one-qubit gates are rotations about z and x in turn; they are shortened by exact rules (rotations that meet
add up; a rotation by π is carried through; between two quarter turns about x a rotation about z becomes one about
x), and written with the device's gates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from catenary.diagrams.errors import expect_iterable
from catenary.diagrams.phases import Phase, as_phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import NOT_UNITARY, CircuitError, Gate

HALF, ONE, ZERO = Fraction(1, 2), Fraction(1), Fraction(0)
Run = list[tuple[str, Phase]]
"""Rotations ``("z", θ)`` and ``("x", θ)`` in order, determinant 1."""
_Part = Any
"""A rotation about z by this angle, or a gate as (name, parameters …)."""

ENTANGLERS = ("cx", "cz", "rzz", "rxx", "cp")
_Z = ("rz", "p", "u1", "u", "u3")
_TURNS: dict[str, tuple[Run, Phase]] = {  # each as rotations, and the phase beside them
    "x": ([("x", ONE)], HALF),
    "z": ([("z", ONE)], HALF),
    "y": ([("z", ONE), ("x", ONE)], -HALF),
    "s": ([("z", HALF)], HALF / 2),
    "sdg": ([("z", -HALF)], -HALF / 2),
    "t": ([("z", HALF / 2)], HALF / 4),
    "tdg": ([("z", -HALF / 2)], -HALF / 4),
    "h": ([("z", HALF), ("x", HALF), ("z", HALF)], HALF),
}


def to_native(circuit: Circuit, gates: Iterable[str]) -> Circuit:
    """An equal circuit over some gates, global phase included.

    Args:
        circuit: any; what is not unitary stays as it is.
        gates: names. Of two qubits at least one of cx, cz, rzz, rxx, cp; of one qubit z-rotations (rz, p, u, or u3)
            and one of sx, rx, h, ry, u, u3. ``swap`` is kept where it is among them.

    Raises:
        CircuitError: if the gates do not suffice, or one is not known.

    >>> native = to_native(Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))]), ["rz", "sx", "x", "cz"])
    >>> [gate.name for gate in native]
    ['rz', 'sx', 'rz', 'rz', 'sx', 'rz', 'cz', 'rz', 'sx', 'rz']
    """
    names = frozenset(expect_iterable(gates, "native gates", "a list of names"))
    return _Native(names).run(circuit)


class _Native:
    def __init__(self, names: frozenset[str]):
        known = {
            *ENTANGLERS,
            *_TURNS,
            *_Z,
            "rx",
            "ry",
            "sx",
            "sxdg",
            "swap",
            "id",
            "measure",
            "reset",
            "barrier",
        }
        wrong = sorted(names - known)
        if wrong:
            raise CircuitError(f"{wrong[0]!r} is no native gate that is known: {', '.join(sorted(known))}")
        self.names = names
        self.entangler = next((name for name in ENTANGLERS if name in names), None)
        z, write_x = next((name for name in _Z if name in names), None), self._x_writer()
        if z is None or write_x is None:
            raise CircuitError(
                f"{', '.join(sorted(names)) or 'no gates'} do not make every one-qubit gate exactly: "
                f"needed are one of {', '.join(_Z)} and one of sx, rx, ry, h, u, u3"
            )
        self.z, self.write_x = z, write_x
        self.out: list[Gate] = []
        self.phase: Phase = ZERO
        self.runs: dict[int, Run] = {}

    def _x_writer(self) -> Callable[[Phase], list[_Part]] | None:
        if "rx" in self.names:
            return lambda angle: [("rx", angle)]
        if "sx" in self.names:
            return self._x_by_sx
        if "ry" in self.names:
            return lambda angle: [HALF, ("ry", angle), -HALF]
        if "h" in self.names:
            return lambda angle: [("h",), angle, ("h",)]
        for name in ("u", "u3"):
            if name in self.names:
                return lambda angle: [(name, angle, -HALF, HALF)]
        return None

    def run(self, circuit: Circuit) -> Circuit:
        basic = to_basic(circuit)
        for gate in basic.gates:
            self._add(gate)
        for q in list(self.runs):
            self._flush(q)
        return circuit.with_gates(
            tuple(self.out), circuit.global_phase + self.phase + self._basic_phase(circuit)
        )

    @staticmethod
    def _basic_phase(circuit: Circuit) -> Phase:
        return to_basic(circuit).global_phase - circuit.global_phase

    def _add(self, gate: Gate) -> None:
        if gate.condition is not None:
            for q in gate.qubits:
                self._flush(q)
            self._conditional(gate)
        elif gate.name in NOT_UNITARY:
            for q in gate.qubits:
                self._flush(q)
            self.out.append(gate)
        elif gate.name == "rz":
            self._turn(gate.qubits[0], [("z", gate.params[0])], ZERO)
        elif gate.name in _TURNS:
            self._turn(gate.qubits[0], *_TURNS[gate.name])
        else:
            self._two(gate)

    def _conditional(self, gate: Gate) -> None:
        if gate.name in NOT_UNITARY:
            self.out.append(gate)
            return
        # the phase of one classical branch cannot be observed
        inner = _Native(self.names)
        inner._add(Gate(gate.name, gate.qubits, gate.params))
        for q in gate.qubits:
            inner._flush(q)
        self.out += [Gate(g.name, g.qubits, g.params, (), gate.condition) for g in inner.out]

    def _turn(self, q: int, run: Run, phase: Phase) -> None:
        self.runs.setdefault(q, []).extend(run)
        self.phase = self.phase + phase

    # Two qubits

    def _two(self, gate: Gate) -> None:
        a, b = gate.qubits
        if gate.name == "swap" and "swap" not in self.names:
            for pair in ((a, b), (b, a), (a, b)):
                self._two(Gate("cx", pair))
            return
        if gate.name in self.names:
            self._emit(gate)
            return
        if self.entangler is None:
            raise CircuitError(
                f"{', '.join(sorted(self.names))} do not make {gate.name}: needed is one of {', '.join(ENTANGLERS)}"
            )
        if gate.name == "cx":
            self._turn(b, *_TURNS["h"])
            self._two(Gate("cz", (a, b)))
            self._turn(b, *_TURNS["h"])
        elif self.entangler == "cx":
            self._turn(b, *_TURNS["h"])
            self._emit(Gate("cx", (a, b)))
            self._turn(b, *_TURNS["h"])
        elif self.entangler == "cp":
            self._emit(Gate("cp", (a, b), (ONE,)))
        else:  # cz = e^{iπ/4} rz(π/2) rz(π/2) rzz(-π/2)
            sides = "h" if self.entangler == "rxx" else None
            for q in (a, b):
                self._turn(q, [("z", HALF)], HALF / 4)
                if sides:
                    self._turn(q, *_TURNS[sides])
            self._emit(Gate(self.entangler, (a, b), (-HALF,)))
            for q in (a, b) if sides else ():
                self._turn(q, *_TURNS["h"])

    def _emit(self, gate: Gate) -> None:
        for q in gate.qubits:
            self._flush(q)
        self.out.append(gate)

    # One qubit

    def _flush(self, q: int) -> None:
        run, phase = shortened(self.runs.pop(q, []))
        self.phase = self.phase + phase
        waiting: Phase = ZERO  # the rotation about z that is not written yet
        for axis, angle in run:
            if axis == "z":
                waiting = as_phase(waiting + angle)
                continue
            for part in self.write_x(angle):
                if isinstance(part, tuple):
                    self._write_z(q, waiting)
                    self.out.append(Gate(part[0], (q,), part[1:]))
                    waiting = ZERO
                else:
                    waiting = as_phase(waiting + part)
        self._write_z(q, waiting)

    def _write_z(self, q: int, angle: Phase) -> None:
        if not is_symbolic(angle):
            reduced, turns = _reduced(angle)
            self.phase = self.phase + turns
            angle = reduced
            if not angle:
                return
        if self.z != "rz":
            self.phase = self.phase - angle / 2
        params = (ZERO, ZERO, angle) if self.z in ("u", "u3") else (angle,)
        self.out.append(Gate(self.z, (q,), params))

    def _x_by_sx(self, angle: Phase) -> list[_Part]:
        if angle == ONE and "x" in self.names:
            self.phase = self.phase - HALF
            return [("x",)]
        if angle == HALF:
            self.phase = self.phase - HALF / 2
            return [("sx",)]
        # rx(θ) = rz(π/2) rx(π/2) rz(π + θ) rx(π/2) rz(π/2) but for the sign
        self.phase = self.phase - HALF - ONE
        return [HALF, ("sx",), as_phase(ONE + angle), ("sx",), HALF]


def _reduced(angle: Any) -> tuple[Any, int]:
    """A number of half turns in (-1, 1], and 1 if the full turns that were left out are a factor -1 of a rotation."""
    reduced = angle % 2
    if reduced > 1:
        reduced -= 2
    return reduced, round((angle - reduced) / 2) % 2


def _whole(angle: Phase, unit: Fraction) -> bool:
    return isinstance(angle, Fraction) and (angle / unit).denominator == 1


def shortened(run: Run) -> tuple[Run, Phase]:
    """The rotations with as few about x as exact rules give, and a global phase.

    >>> shortened([("x", HALF), ("z", Fraction(5, 4)), ("x", HALF)])
    ([('z', Fraction(-1, 2)), ('x', Fraction(1, 4)), ('z', Fraction(-1, 2))], Fraction(1, 1))
    """
    phase: Phase = ZERO
    out: Run = []
    todo = list(reversed(run))
    while todo:
        axis, angle = todo.pop()
        if not is_symbolic(angle):
            angle, turns = _reduced(angle)
            phase = phase + turns
            if not angle:
                continue
        if out and out[-1][0] == axis:
            todo.append((axis, as_phase(out.pop()[1] + angle)))
        elif out and axis == "z" and out[-1] == ("x", ONE):
            # X carries z(θ) to z(-θ)
            out.pop()
            todo += [("x", ONE), ("z", -angle)]
        elif axis == "x" and len(out) > 1 and _whole(angle, HALF) and _whole(out[-2][1], HALF):
            (_, first), (_, middle) = out[-2:]
            del out[-2:]
            replaced, extra = _between(first, middle, angle)
            phase = phase + extra
            todo += reversed(replaced)
        else:
            out.append((axis, angle))
    return out, as_phase(phase) % 2


def _between(first: Phase, middle: Phase, last: Phase) -> tuple[Run, Phase]:
    """x(±π/2) z(θ) x(±π/2) with one rotation about x."""
    if first == ONE or last == ONE:
        # x(π) z(θ) = z(-θ) x(π)
        if first == ONE:
            return [("z", -middle), ("x", last + first)], ZERO
        return [("x", first + last), ("z", -middle)], ZERO
    if first == last == HALF:
        return [("z", -HALF), ("x", middle - 1), ("z", -HALF)], ONE
    if first == last == -HALF:
        return [("z", HALF), ("x", middle + 1), ("z", HALF)], ONE
    if first == HALF:  # the last is -π/2, that is π/2 and then -π
        return [("z", -HALF), ("x", middle - 1), ("z", -HALF), ("x", -ONE)], ONE
    return [("x", -ONE), ("z", -HALF), ("x", middle - 1), ("z", -HALF)], ONE
