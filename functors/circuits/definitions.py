"""Gates that a user defines: a name, parameters, and the circuit that it stands for.

A :class:`GateDefinition` is called like a function, and gives a gate of the name ``defined`` that keeps it:

>>> from catenary.functors.circuits import Circuit, Gate
>>> import sympy
>>> theta = sympy.Symbol("theta")
>>> zz = GateDefinition("zz", ("theta",), Circuit(2, [Gate("cx", (0, 1)), Gate("p", (1,), (theta,)), Gate("cx", (0, 1))]))
>>> circuit = Circuit(3, [zz((0, 2), Fraction(1, 4))])
>>> circuit.gates[0].label, circuit.dagger().gates[0].label
('zz', 'zz†')

Pictures, OpenQASM 2 and 3, Qiskit and JSON have it by its name; whatever looks at what gates do takes it apart
(:meth:`Circuit.unfolded`, :func:`~catenary.functors.circuits.decomposition`). Angles are half turns here as everywhere:
a parameter stands for a number of half turns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from catenary.diagrams.errors import LimitReached, expect
from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.gates import CircuitError, Gate, adjoint, renumbered, shifted

if TYPE_CHECKING:
    from catenary.functors.circuits.circuit import Circuit

LARGEST = 5_000_000
"""Gates that definitions may be unfolded to."""

DEEPEST = 100
"""Definitions that may stand inside each other."""


@dataclass(frozen=True, slots=True)
class GateDefinition:
    """A gate by its name, or its adjoint, under some controls. Immutable.

    Args:
        name: what it is called.
        params: names of the symbols in ``body`` that are given where it is applied.
        body: what it does, global phase included: a circuit of gates and barriers, which may be ``defined`` themselves.
        inverse: whether the adjoint of the body is meant.
        controls: so many further qubits, the first ones, that must be 1.

    Raises:
        CircuitError: for a body that is not unitary, that has other free symbols or classical bits, or in which definitions
            stand too deep.

    Attributes:
        level: how deep definitions stand inside each other.
        work: at least how many gates it unfolds to.
    """

    name: str
    params: tuple[str, ...]
    body: Circuit
    inverse: bool = False
    controls: int = 0
    level: int = field(init=False, compare=False, repr=False)
    work: int = field(init=False, compare=False, repr=False)

    kind: ClassVar[str] = "defined"

    def __post_init__(self) -> None:
        from catenary.functors.circuits.circuit import Circuit
        from catenary.functors.circuits.lines import in_order

        expect(self.body, Circuit, f"the body of gate {self.name!r}", "a Circuit")
        if not isinstance(self.name, str) or not self.name.strip():
            raise CircuitError(f"a defined gate needs a name, not {self.name!r}")
        params = tuple(str(param) for param in self.params)
        if len(set(params)) != len(params):
            raise CircuitError(f"gate {self.name} has two parameters of one name: {', '.join(params)}")
        if not self.body.is_unitary or self.body.n_clbits or not self.body.n_qubits:
            raise CircuitError(
                f"the body of gate {self.name} is a circuit of gates on one or more qubits without classical bits"
            )
        unknown = sorted({s.name for s in self.body.free_symbols} - set(params))
        if unknown:
            raise CircuitError(f"gate {self.name} uses {', '.join(unknown)}, which is none of its parameters")
        if not isinstance(self.controls, int) or self.controls < 0:
            raise CircuitError(f"gate {self.name} cannot have {self.controls!r} controls")
        inner = [g.meaning for g in self.body.gates if isinstance(g.meaning, GateDefinition)]
        level = 1 + max((d.level for d in inner), default=0)
        if level > DEEPEST:
            raise CircuitError(f"gate {self.name}: definitions stand more than {DEEPEST} deep in each other")
        work = len(self.body.gates) - len(inner) + sum(d.work for d in inner)
        values = {"params": params, "body": in_order(self.body), "level": level, "work": max(1, work)}
        for key, value in values.items():
            object.__setattr__(self, key, value)

    def __call__(self, qubits: Sequence[int], *params: Any) -> Gate:
        """The gate on these qubits, controls first, with these angles in half turns.

        Raises:
            CircuitError: for the wrong number of either.
        """
        gate = Gate("defined", tuple(qubits), params, meaning=self)
        problem = self.misfit(gate)
        if problem:
            raise CircuitError(f"gate {self.label}: {problem}")
        return gate

    @property
    def n_qubits(self) -> int:
        """Its qubits, controls included."""
        return self.body.n_qubits + self.controls

    @property
    def label(self) -> str:
        """The name as it is drawn: ``c-`` for a control, ``†`` for the adjoint."""
        held = (
            ""
            if not self.controls
            else ("c" * self.controls if self.controls < 4 else f"c{self.controls}") + "-"
        )
        return f"{held}{self.name}{'†' if self.inverse else ''}"

    def plain(self) -> GateDefinition:
        """The definition without controls and not inverted."""
        return replace(self, inverse=False, controls=0) if self.inverse or self.controls else self

    def written(self, gate: Gate) -> str:
        """A shorter form of a gate that has this definition: there is none."""
        return ""

    def misfit(self, gate: Gate) -> str:
        """What is wrong with a gate that has this definition; empty if nothing is."""
        if len(gate.qubits) != self.n_qubits:
            return f"it acts on {self.n_qubits} qubits, not {len(gate.qubits)}"
        if len(gate.params) != len(self.params):
            return f"it has {len(self.params)} parameters, not {len(gate.params)}"
        if gate.clbits:
            return "only a measurement writes classical bits"
        return (
            ""
            if gate.label == self.label
            else f"its label is {gate.label!r}, its definition's {self.label!r}"
        )

    def adjoint(self, gate: Gate) -> Gate:
        """The adjoint of a gate that has this definition."""
        opposite = replace(self, inverse=not self.inverse)
        return Gate("defined", gate.qubits, gate.params, (), gate.condition, meaning=opposite)

    def controlled(self, controls: Sequence[int], gate: Gate) -> Gate:
        """The same under further controls."""
        held = replace(self, controls=self.controls + len(controls))
        return Gate("defined", (*controls, *gate.qubits), gate.params, (), gate.condition, meaning=held)

    def steps(self, params: Sequence[Phase]) -> tuple[tuple[Gate, ...], Phase]:
        """What it does for given angles, on qubits 0 to n - 1: gates, which may be ``defined``, and a phase."""
        from catenary.functors.circuits.controls import controlled_gate, phase_on

        body = self.body.bind(dict(zip(self.params, params, strict=True))) if self.params else self.body
        gates, phase = body.gates, body.global_phase
        if self.inverse:
            gates = tuple(step for gate in reversed(gates) for step in adjoint(gate))
            phase = -phase
        if not self.controls:
            return gates, phase
        held = tuple(range(self.controls))
        out: list[Gate] = []
        for gate in shifted(gates, self.controls):
            out += [gate] if gate.name == "barrier" else controlled_gate(held, gate)
        if is_symbolic(phase) or phase:
            out += phase_on(held, phase)
        return tuple(out), Fraction(0)


def unfold(gate: Gate) -> tuple[tuple[Gate, ...], Phase]:
    """A ``defined`` gate as the gates that it stands for, one step down, and a global phase.

    Raises:
        LimitReached: if it stands for too many gates all the way down.
    """
    definition = gate.meaning
    if not isinstance(definition, GateDefinition):
        raise CircuitError(f"the gate {gate.label or gate.name} on {list(gate.qubits)} has no definition")
    if definition.work > LARGEST:
        raise LimitReached("unfolding a definition", f"{LARGEST} gates in {definition.label}")
    gates, phase = definition.steps(gate.params)
    placed = renumbered(gates, gate.qubits)
    if gate.condition is None:
        return placed, phase
    return tuple(
        g if g.name == "barrier" else replace(g, condition=gate.condition) for g in placed
    ), Fraction(0)


def unfolded(circuit: Circuit) -> Circuit:
    """The circuit without ``defined`` gates; see :meth:`Circuit.unfolded`."""
    if all(gate.name != "defined" for gate in circuit.gates):
        return circuit
    out: list[Gate] = []
    phase = circuit.global_phase
    todo = list(reversed(circuit.gates))
    while todo:
        gate = todo.pop()
        if gate.name != "defined":
            out.append(gate)
            if len(out) > LARGEST:
                raise LimitReached("unfolding definitions", f"{LARGEST} gates")
            continue
        steps, extra = unfold(gate)
        todo += reversed(steps)
        phase = phase + extra
    return circuit.with_gates(tuple(out), phase)


def definitions_of(circuit: Circuit) -> list[GateDefinition]:
    """The definitions that a circuit uses, plain ones without controls and adjoint, each after those that it uses."""
    found: dict[GateDefinition, None] = {}
    seen: set[int] = set()

    def visit(gates: Sequence[Gate]) -> None:
        for gate in gates:
            definition = gate.meaning
            if isinstance(definition, GateDefinition) and id(definition) not in seen:
                seen.add(id(definition))
                visit(definition.body.gates)
                found[definition.plain()] = None

    visit(circuit.gates)
    return list(found)


def same_gates(one: Sequence[Gate], other: Sequence[Gate]) -> bool:
    """Whether two lists of gates are the same, decimal angles up to rounding; an exact angle of the second list has to be
    exact in the first.
    """
    if len(one) != len(other):
        return False
    for a, b in zip(one, other, strict=True):
        if (a.name, a.qubits, a.condition, a.meaning, a.label) != (
            b.name,
            b.qubits,
            b.condition,
            b.meaning,
            b.label,
        ):
            return False
        if not all(map(same_angle, a.params, b.params)):
            return False
    return True


def same_angle(a: Phase, b: Phase) -> bool:
    """Whether two angles are the same, decimals up to rounding; the first is exact if the second is."""
    if is_symbolic(a) or is_symbolic(b) or isinstance(b, Fraction):
        return type(a) is type(b) and bool(a == b)
    return abs(float(a) - float(b)) <= 1e-12 * max(1.0, abs(float(b)))
