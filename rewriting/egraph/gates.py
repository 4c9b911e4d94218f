"""Rules for circuits of h, x, p, cx and cz, with their global phases: what the event net rewrites circuits with.

``p(θ)`` is diag(1, exp(iπθ)). Every rule is an equation of unitaries up to a global phase; :class:`GateTheory`
keeps that phase for each, so that a sequence of steps tells the phase between its ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.signature import GATE_SIGNATURE
from catenary.rewriting.circuits.angles import ZERO, add, rotation_angle
from catenary.rewriting.proof import Step
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
CLIFFORD_T = tuple(Fraction(k, 4) for k in range(1, 8))
"""The angles of the powers of T, in half turns."""


@dataclass(frozen=True)
class GateTheory:
    """Rules of gates with their phases.

    Attributes:
        theory: the rules, over the gate signature.
        phases: φ for each rule whose sides differ by a phase: left = exp(iπφ)·right.
    """

    theory: Theory
    phases: Mapping[str, Phase]

    def phase(self, steps: Iterable[Step]) -> Phase:
        """φ with start = exp(iπφ)·end for these steps."""
        total: Phase = ZERO
        for step in steps:
            found = self.phases.get(step.rule, ZERO)
            total = add(total, found if step.forward else -found)
        return total


def phase_gate(qubit: int, angle: Phase) -> Gate:
    """The gate p(θ)."""
    return Gate("p", (qubit,), (angle,))


def angle_of(gate: Gate) -> tuple[Phase, Phase] | None:
    """For a diagonal one-qubit gate: θ and φ with gate = exp(iπφ)·p(θ); else ``None``."""
    if gate.name == "p":
        return gate.params[0], ZERO
    found = rotation_angle(gate)
    return None if found is None else (found[0], add(found[1], -found[0] / 2))


def _modulo(angle: Phase) -> Phase:
    return angle % 2 if isinstance(angle, Fraction) else angle


def gate_theory(angles: Iterable[Phase] = ()) -> GateTheory:
    """The textbook rules for h, x, cx, cz and p(θ), for the multiples of 1/4 and for some more angles.

    Sums of pairs of angles are merged; merge again for the sums of these.

    >>> len(gate_theory().theory) > 80
    True
    """
    return _gate_theory(tuple(dict.fromkeys([*CLIFFORD_T, *angles])))


@lru_cache(maxsize=16)
def _gate_theory(labels: tuple[Phase, ...]) -> GateTheory:
    rules: list[Rule] = []
    phases: dict[str, Phase] = {}

    def p(q: int, angle: Phase) -> list[Gate]:
        angle = _modulo(angle)
        return [] if angle == 0 else [phase_gate(q, angle)]

    def cx(*pairs: tuple[int, int]) -> list[Gate]:
        return [Gate("cx", pair) for pair in pairs]

    def h(*qubits: int) -> list[Gate]:
        return [Gate("h", (q,)) for q in qubits]

    def cz(*pairs: tuple[int, int]) -> list[Gate]:
        return [Gate("cz", pair) for pair in pairs]

    def x(*qubits: int) -> list[Gate]:
        return [Gate("x", (q,)) for q in qubits]

    def rule(
        name: str, left: list[Gate], right: list[Gate], phase: Phase = ZERO, *, directed: bool = False
    ) -> None:
        n = 1 + max(q for gate in left for q in gate.qubits)
        one, other = (Circuit(n, side).to_diagram() for side in (left, right))
        rules.append(Rule(name, one, other, directed))
        if phase != 0:
            phases[name] = phase

    rule("h h", h(0, 0), [])
    rule("cx cx", cx((0, 1), (0, 1)), [], directed=True)
    rule("shared control", cx((0, 1), (0, 2)), cx((0, 2), (0, 1)))
    rule("shared target", cx((0, 2), (1, 2)), cx((1, 2), (0, 2)))
    rule("cx past cx", cx((0, 1), (1, 2)), cx((1, 2), (0, 2), (0, 1)))
    rule("cx back past cx", cx((1, 2), (0, 1)), cx((0, 1), (0, 2), (1, 2)))
    rule("three cx", cx((0, 1), (1, 0), (0, 1)), cx((1, 0), (0, 1), (1, 0)))
    rule("turn cx", h(0, 1) + cx((0, 1)), cx((1, 0)) + h(0, 1))
    rule("x", h(0) + p(0, Fraction(1)) + h(0), x(0))
    rule("x x", x(0, 0), [], directed=True)
    rule("x h", x(0) + h(0), h(0) + p(0, Fraction(1)))
    rule("h x", h(0) + x(0), p(0, Fraction(1)) + h(0))
    rule("x on target", x(1) + cx((0, 1)), cx((0, 1)) + x(1))
    rule("x on control", x(0) + cx((0, 1)), cx((0, 1)) + x(0, 1))
    rule("x on cz", x(0) + cz((0, 1)), cz((0, 1)) + x(0) + p(1, Fraction(1)))
    rule("cz", h(1) + cx((0, 1)) + h(1), cz((0, 1)))
    rule("cz h", cz((0, 1)) + h(1), h(1) + cx((0, 1)))
    rule("h cz", h(1) + cz((0, 1)), cx((0, 1)) + h(1))
    rule("turn cz", cz((0, 1)), cz((1, 0)))
    rule("cz cz", cz((0, 1), (0, 1)), [], directed=True)
    rule("shared cz", cz((0, 1), (0, 2)), cz((0, 2), (0, 1)))
    rule("cz on control", cz((0, 1)) + cx((0, 2)), cx((0, 2)) + cz((0, 1)))
    rule("cz on target", cz((0, 1)) + cx((2, 1)), cx((2, 1)) + cz((0, 1), (0, 2)))
    for sign, name in ((1, "s h s"), (-1, "sdg h sdg")):
        angle = sign * HALF
        rule(name, p(0, angle) + h(0) + p(0, angle), h(0) + p(0, -angle) + h(0), sign * QUARTER)
    gadget = cx((0, 1)) + p(1, HALF) + cx((0, 1)) + p(0, -HALF) + p(1, -HALF)
    rule("cz from phases", gadget, cz((0, 1)), directed=True)
    rule("z on target", cx((0, 1)) + p(1, Fraction(1)), p(0, Fraction(1)) + p(1, Fraction(1)) + cx((0, 1)))
    for one in labels:
        rule(f"p({one}) on control", p(0, one) + cx((0, 1)), cx((0, 1)) + p(0, one))
        rule(f"p({one}) on cz", p(0, one) + cz((0, 1)), cz((0, 1)) + p(0, one))
        left, right = ([*cx(way), *p(way[1], one), *cx(way)] for way in ((0, 1), (1, 0)))
        rule(f"gadget {one}", left, right)
        rule(f"x p({one})", x(0) + p(0, one), p(0, -one) + x(0), one)
        for other in labels:
            rule(f"p({one}) p({other})", p(0, one) + p(0, other), p(0, add(one, other)), directed=True)
    return GateTheory(Theory("gates up to phase", GATE_SIGNATURE, rules), MappingProxyType(phases))
