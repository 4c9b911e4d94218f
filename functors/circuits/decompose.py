"""Decompositions into the basic gate set, exact with their global phase."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.definitions import unfold
from catenary.functors.circuits.gates import BASIC, FAMILIES, GATES, NOT_UNITARY, CircuitError, Gate
from catenary.functors.circuits.multicontrol import controlled_phase

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
_NAMED = {1: "t", 2: "s", 4: "z", 6: "sdg", 7: "tdg"}


class _Builder:
    """Collects basic gates and the global phase of one decomposition."""

    __slots__ = ("condition", "gates", "phase")

    def __init__(self) -> None:
        self.gates: list[Gate] = []
        self.phase: Phase = Fraction(0)
        self.condition: tuple[tuple[int, ...], int] | None = None

    def add(self, name: str, *qubits: int) -> None:
        self.gates.append(Gate(name, qubits, (), (), self.condition))

    def run(self, names: str, qubit: int) -> None:
        """Several one-qubit gates in order, given as words."""
        for name in names.split():
            self.add(name, qubit)

    def p(self, angle: Phase, qubit: int) -> None:
        """diag(1, e^{iθ})."""
        if isinstance(angle, Fraction):
            eighth = angle * 4
            if eighth.denominator == 1:
                turn = eighth.numerator % 8
                if turn == 0:
                    return
                if turn in _NAMED:
                    self.add(_NAMED[turn], qubit)
                    return
        self.gates.append(Gate("rz", (qubit,), (angle,), (), self.condition))
        self.phase = self.phase + angle / 2

    def rz(self, angle: Phase, qubit: int) -> None:
        """exp(-iθZ/2)."""
        if isinstance(angle, Fraction) and (angle * 4).denominator == 1 and int(angle * 4) % 8 not in (3, 5):
            self.p(angle, qubit)
            self.phase = self.phase - angle / 2
        else:
            self.gates.append(Gate("rz", (qubit,), (angle,), (), self.condition))

    def u(self, theta: Phase, phi: Phase, lam: Phase, q: int) -> None:
        """P(φ)·Ry(θ)·P(λ)."""
        if isinstance(theta, Fraction) and theta.denominator <= 2:
            half_turns = int(theta * 2) % 8
            if half_turns >= 4:  # Ry(θ + 2π) = -Ry(θ)
                self.phase = self.phase + 1
            quarter = half_turns % 4
            if quarter == 0:
                self.p(phi + lam, q)
            elif quarter == 1:  # Ry(π/2) = H·Z
                self.p(lam + 1, q)
                self.add("h", q)
                self.p(phi, q)
            elif quarter == 2:  # Ry(π) = X·Z
                self.add("x", q)
                self.p(phi - lam - 1, q)
                self.phase = self.phase + lam + 1
            else:  # Ry(3π/2) = -Z·H
                self.p(lam, q)
                self.add("h", q)
                self.p(phi + 1, q)
                self.phase = self.phase + 1
            return
        self.p(lam - HALF, q)
        self.add("h", q)
        self.rz(theta, q)
        self.add("h", q)
        self.p(phi + HALF, q)

    def ry(self, theta: Phase, q: int) -> None:
        self.u(theta, Fraction(0), Fraction(0), q)

    def crz(self, theta: Phase, a: int, b: int) -> None:
        self.rz(theta / 2, b)
        self.add("cx", a, b)
        self.rz(-theta / 2, b)
        self.add("cx", a, b)

    def cp(self, theta: Phase, a: int, b: int) -> None:
        if isinstance(theta, Fraction) and theta.denominator == 1:
            if theta % 2:
                self.add("cz", a, b)
            return
        self.p(theta / 2, a)
        self.p(theta / 2, b)
        self.add("cx", a, b)
        self.p(-theta / 2, b)
        self.add("cx", a, b)

    def cu(self, theta: Phase, phi: Phase, lam: Phase, gamma: Phase, a: int, b: int) -> None:
        """Controlled e^{iγ}·U(θ, φ, λ)."""
        self.p(gamma + (lam + phi) / 2, a)
        self.p((lam - phi) / 2, b)
        self.add("cx", a, b)
        self.u(-theta / 2, Fraction(0), -(phi + lam) / 2, b)
        self.add("cx", a, b)
        self.u(theta / 2, phi, Fraction(0), b)

    def rzz(self, theta: Phase, a: int, b: int) -> None:
        self.add("cx", a, b)
        self.rz(theta, b)
        self.add("cx", a, b)

    def ccz(self, a: int, b: int, c: int) -> None:
        """Seven T gates on the seven parities of three qubits, six CX (Nielsen & Chuang, fig. 4.9)."""
        self.add("cx", b, c)
        self.add("tdg", c)
        self.add("cx", a, c)
        self.add("t", c)
        self.add("cx", b, c)
        self.add("tdg", c)
        self.add("cx", a, c)
        self.add("t", b)
        self.add("t", c)
        self.add("cx", a, b)
        self.add("t", a)
        self.add("tdg", b)
        self.add("cx", a, b)

    def phase_of_all(self, qubits: tuple[int, ...], angle: Phase) -> None:
        """A phase on the all-ones state of n qubits: ±1/2^(n-1) of it on each parity, in Gray code order."""
        unit = angle / (1 << (len(qubits) - 1))
        for top, target in enumerate(qubits):
            # every parity whose last qubit is the target
            below = qubits[:top]
            mask = 0
            for step in range(1 << top):
                sign = 1 if (mask.bit_count() + 1) % 2 else -1
                self.p(sign * unit, target)
                flip = ((step + 1) & -(step + 1)).bit_length() - 1
                if step + 1 == 1 << top:  # back to the target alone
                    flip = mask.bit_length() - 1
                if flip >= 0:
                    self.add("cx", below[flip], target)
                    mask ^= 1 << flip


def _with_u(change: Callable[..., tuple[Phase, Phase, Phase]]) -> Callable[..., None]:
    def rule(b: _Builder, q: Any, p: Any) -> None:
        b.u(*change(*p), q[0])

    return rule


def _h_on_target(inner: str) -> Callable[..., None]:
    def rule(b: _Builder, q: Any, p: Any) -> None:
        b.add("h", q[-1])
        getattr(b, inner)(*p, *q)
        b.add("h", q[-1])

    return rule


def _call(inner: str) -> Callable[..., None]:
    def rule(b: _Builder, q: Any, p: Any) -> None:
        getattr(b, inner)(*p, *q)

    return rule


def _sx(b: _Builder, q: Any, p: Any) -> None:
    b.run("sdg h sdg", q[0])
    b.phase = b.phase + QUARTER


def _sxdg(b: _Builder, q: Any, p: Any) -> None:
    b.run("s h s", q[0])
    b.phase = b.phase - QUARTER


def _cy(b: _Builder, q: Any, p: Any) -> None:
    b.add("sdg", q[1])
    b.add("cx", *q)
    b.add("s", q[1])


def _ch(b: _Builder, q: Any, p: Any) -> None:
    b.run("s h t", q[1])
    b.add("cx", *q)
    b.run("tdg h sdg", q[1])


def _csx(b: _Builder, q: Any, p: Any) -> None:
    b.add("h", q[1])
    b.cp(HALF, *q)
    b.add("h", q[1])


def _iswap(b: _Builder, q: Any, p: Any) -> None:
    one, two = q
    b.add("s", one)
    b.add("s", two)
    b.add("h", one)
    b.add("cx", one, two)
    b.add("cx", two, one)
    b.add("h", two)


def _cry(b: _Builder, q: Any, p: Any) -> None:
    b.run("sdg h", q[1])
    b.crz(p[0], *q)
    b.run("h s", q[1])


def _conjugated_rzz(before: tuple[str, str], after: tuple[str, str]) -> Callable[..., None]:
    def rule(b: _Builder, q: Any, p: Any) -> None:
        for qubit, names in zip(q, before, strict=True):
            b.run(names, qubit)
        b.rzz(p[0], *q)
        for qubit, names in zip(q, after, strict=True):
            b.run(names, qubit)

    return rule


def _cu3(b: _Builder, q: Any, p: Any) -> None:
    theta, phi, lam = p
    b.cu(theta, phi, lam, Fraction(0), *q)


def _ccx(b: _Builder, q: Any, p: Any) -> None:
    b.add("h", q[2])
    b.ccz(*q)
    b.add("h", q[2])


def _cswap(b: _Builder, q: Any, p: Any) -> None:
    a, one, two = q
    b.add("cx", two, one)
    _ccx(b, (a, one, two), ())
    b.add("cx", two, one)


def _rccx(b: _Builder, q: Any, p: Any) -> None:
    """The Toffoli gate up to phases of Margolus."""
    one, two, target = q
    b.run("h t", target)
    b.add("cx", two, target)
    b.add("tdg", target)
    b.add("cx", one, target)
    b.add("t", target)
    b.add("cx", two, target)
    b.run("tdg h", target)


def _multi_controlled_x(b: _Builder, q: Any, p: Any) -> None:
    b.add("h", q[-1])
    b.phase_of_all(tuple(q), Fraction(1))
    b.add("h", q[-1])


_FEW = 5  # up to so many qubits parities are cheaper than the quadratic construction


def _mcp(b: _Builder, q: Any, p: Any) -> None:
    (angle,) = p
    if len(q) <= 2:
        b.p(angle, q[0]) if len(q) == 1 else b.cp(angle, *q)
    elif len(q) <= _FEW:
        b.phase_of_all(tuple(q), angle)
    else:
        for step in controlled_phase(q[:-1], q[-1], angle):
            _decompose_step(step, b)


def _mcx(b: _Builder, q: Any, p: Any) -> None:
    if len(q) <= 2:
        b.add("x" if len(q) == 1 else "cx", *q)
        return
    b.add("h", q[-1])
    _mcp(b, q, (Fraction(1),))
    b.add("h", q[-1])


def _rpauli(b: _Builder, q: Any, p: Any, letters: str) -> None:
    before = {"X": "h", "Y": "sdg h", "Z": ""}
    after = {"X": "h", "Y": "h s", "Z": ""}
    for qubit, letter in zip(q, letters, strict=True):
        b.run(before[letter], qubit)
    for one, two in pairwise(q):
        b.add("cx", one, two)
    b.rz(p[0], q[-1])
    for one, two in reversed(list(pairwise(q))):
        b.add("cx", one, two)
    for qubit, letter in zip(q, letters, strict=True):
        b.run(after[letter], qubit)


def _decompose_step(gate: Gate, b: _Builder) -> None:
    """One gate of a construction, under the builder's condition."""
    if gate.name in BASIC:
        b.add(gate.name, *gate.qubits)
    else:
        _RULES[gate.name](b, gate.qubits, gate.params)


def _nothing(b: _Builder, q: Any, p: Any) -> None:
    pass


_RULES: dict[str, Callable[..., None]] = {
    "id": _nothing,
    "u0": _nothing,
    "sx": _sx,
    "sxdg": _sxdg,
    "rz": _call("rz"),
    "p": _call("p"),
    "u1": _call("p"),
    "rx": _with_u(lambda theta: (theta, -HALF, HALF)),
    "ry": _with_u(lambda theta: (theta, Fraction(0), Fraction(0))),
    "u2": _with_u(lambda phi, lam: (HALF, phi, lam)),
    "u3": _with_u(lambda theta, phi, lam: (theta, phi, lam)),
    "u": _with_u(lambda theta, phi, lam: (theta, phi, lam)),
    "cy": _cy,
    "ch": _ch,
    "csx": _csx,
    "iswap": _iswap,
    "crx": _h_on_target("crz"),
    "cry": _cry,
    "crz": _call("crz"),
    "cp": _call("cp"),
    "cu1": _call("cp"),
    "cu": _call("cu"),
    "cu3": _cu3,
    "rzz": _call("rzz"),
    "rxx": _conjugated_rzz(("h", "h"), ("h", "h")),
    "ryy": _conjugated_rzz(("sdg h", "sdg h"), ("h s", "h s")),
    "rzx": _conjugated_rzz(("", "h"), ("", "h")),
    "ccz": _call("ccz"),
    "ccx": _ccx,
    "cswap": _cswap,
    "rccx": _rccx,
    "c3x": _multi_controlled_x,
    "c4x": _multi_controlled_x,
    "mcx": _mcx,
    "mcp": _mcp,
}


def decomposition(gate: Gate) -> tuple[tuple[Gate, ...], Phase]:
    """A gate as basic gates and a global phase in half turns.

    Rotations by multiples of π/4 become the named gate where there is one (3π/4 stays ``rz``); a float or
    symbolic angle is kept. An operation that is not unitary is its own decomposition.

    Raises:
        CircuitError: for a name outside the gate set.

    >>> decomposition(Gate("rz", (0,), (HALF,)))
    ((Gate('s', (0,)),), Fraction(-1, 4))
    """
    builder = _Builder()
    _decompose(gate, builder)
    return tuple(builder.gates), builder.phase


def _decompose(gate: Gate, builder: _Builder) -> None:
    if gate.name == "defined":
        steps, extra = unfold(gate)
        for step in steps:
            _decompose(step, builder)
        builder.phase = builder.phase + extra
        return
    rule = _RULES.get(gate.name)
    if gate.name == "rpauli":
        rule = partial(_rpauli, letters=gate.label)
    if rule is None:
        if gate.name not in BASIC and gate.name not in NOT_UNITARY:
            raise CircuitError(f"{gate.name!r} is not in the gate set: {', '.join([*GATES, *FAMILIES])}")
        builder.gates.append(gate)
        return
    builder.condition = gate.condition
    phase = builder.phase
    rule(builder, gate.qubits, gate.params)
    if gate.condition is not None:
        builder.phase = phase


def to_basic(circuit: Circuit) -> Circuit:
    """The circuit over :data:`BASIC`, with the same unitary and its global phase exact.

    Measurements and the like stay in place. Each gate that replaces a conditional one carries its condition;
    a phase that such a gate would give to the whole state in one classical branch cannot be observed and is
    left out.

    >>> to_basic(Circuit(1, [Gate("sx", (0,))])).global_phase
    Fraction(1, 4)
    """
    builder = _Builder()
    gates = builder.gates
    for gate in circuit.gates:
        if gate.name in BASIC and gate.name != "rz":
            gates.append(gate)
        else:
            _decompose(gate, builder)
    return circuit.with_gates(tuple(gates), circuit.global_phase + builder.phase)
