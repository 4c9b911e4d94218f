"""Angles of rotations: exact where they are exact, and how an R_z is written over the basic set.

R(θ) = exp(-iπθ/2 · P) with θ in half turns, so that R(2) = -1 and R(4) = 1.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from catenary.diagrams.phases import Phase, as_phase, is_symbolic
from catenary.functors.circuits.gates import Gate

ZERO = Fraction(0)
PHASE_GATES: dict[str, Fraction] = {
    "t": Fraction(1, 4),
    "s": Fraction(1, 2),
    "z": Fraction(1),
    "sdg": Fraction(-1, 2),
    "tdg": Fraction(-1, 4),
}
"""Diagonal gates diag(1, exp(iπθ)) by their angle θ: exp(iπθ/2) times the rotation R_z(θ)."""

_NAMES: dict[int, tuple[str, ...]] = {0: (), 1: ("t",), 2: ("s",), 4: ("z",), 6: ("sdg",), 7: ("tdg",)}


def add(a: Phase, b: Phase) -> Phase:
    """The sum of two angles; exact when both are.

    >>> add(Fraction(1, 4), Fraction(1, 4))
    Fraction(1, 2)
    """
    if is_symbolic(a) or is_symbolic(b):
        expression: Any = a + b
        return as_phase(expression.expand())
    return tidy(a + b)


def tidy(angle: Phase) -> Phase:
    """A float that is a multiple of 1/2 (as a number, exactly) as a ``Fraction``; anything else as it is."""
    if isinstance(angle, float) and (2 * angle).is_integer():
        return Fraction(angle)
    return angle


def quarter_turns(angle: Phase) -> int | None:
    """k when R(angle) is the Clifford R(k/2), 0 ≤ k < 8 (R has period 4 half turns), else ``None``."""
    if isinstance(angle, Fraction) and angle.denominator <= 2:
        return int(angle * 2) % 8
    return None


def rotation_angle(gate: Gate) -> tuple[Phase, Phase] | None:
    """For a diagonal one-qubit gate: its angle θ and the global phase φ with gate = exp(iπφ) R_z(θ); else
    ``None``.
    """
    if gate.name == "rz":
        return tidy(gate.params[0]), ZERO
    angle = PHASE_GATES.get(gate.name)
    return None if angle is None else (angle, angle / 2)


def rotation_gates(qubit: int, angle: Phase) -> tuple[tuple[Gate, ...], Fraction]:
    """Gates for R_z(angle) on a qubit, and the global phase φ: R_z(angle) = exp(iπφ) · gates.

    Where there is a gate with a name it is taken; other numbers become an rz in (-1, 1]; expressions keep all but whole
    turns.

    >>> rotation_gates(0, Fraction(1, 4))[1]
    Fraction(-1, 8)
    """
    if is_symbolic(angle):
        expression: Any = angle
        constant = expression.as_coeff_Add()[0]
        turns = -int((1 - constant) // 2) if constant.is_Rational else 0
        return (Gate("rz", (qubit,), (angle - 2 * turns,)),), Fraction(turns % 2)
    if isinstance(angle, Fraction):
        if (4 * angle).denominator == 1 and int(4 * angle) % 8 in _NAMES:
            names = _NAMES[int(4 * angle) % 8]
            total = sum((PHASE_GATES[name] for name in names), ZERO)
            # R(angle) = R(total) · R(angle - total), the latter 1 or -1.
            return tuple(Gate(n, (qubit,)) for n in names), (angle - total) / 2 % 2 - total / 2
        turns = -((1 - angle) // 2)
        return (Gate("rz", (qubit,), (angle - 2 * turns,)),), Fraction(turns % 2)
    turns = round(angle / 2)
    if turns and isinstance(angle, float):
        return (Gate("rz", (qubit,), (angle - 2 * turns,)),), Fraction(turns % 2)
    if angle == 0:
        return (), ZERO
    return (Gate("rz", (qubit,), (angle,)),), ZERO


def is_zero(angle: Phase, tolerance: float = 0.0) -> bool:
    """Whether R(angle) is ±1; for floats within ``tolerance`` half turns."""
    if isinstance(angle, Fraction):
        return angle.denominator == 1 and angle.numerator % 2 == 0
    if isinstance(angle, float):
        return abs(angle - 2 * round(angle / 2)) <= tolerance
    return False
