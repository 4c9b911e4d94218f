"""Phases: exact multiples of π.

A phase is a number of half turns: ``Fraction(1, 4)`` is π/4. It is a :class:`~fractions.Fraction` where
exact, a SymPy expression where it has free symbols, and a ``float`` where that is what was given. This unit
is the same everywhere in Catenary; bridges convert (DisCoPy counts full turns, Qiskit radians).
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from catenary.diagrams.errors import PhaseError

if TYPE_CHECKING:
    import sympy

    Phase: TypeAlias = Fraction | float | sympy.Expr
else:
    Phase = Any

ZERO = Fraction(0)
SNAP_TOLERANCE = 1e-11


def is_symbolic(phase: Phase) -> TypeGuard[Any]:
    """Whether the phase is an expression with free symbols.

    >>> is_symbolic(Fraction(1, 2))
    False
    """
    return not isinstance(phase, (Fraction, float))


def as_phase(value: object) -> Phase:
    """Turn a number or an expression into a phase, in half turns, without reducing it modulo 2.

    Integers and fractions become exact; a float stays the number it is. A SymPy expression without free
    symbols becomes a ``Fraction`` when it is rational, and a ``float`` otherwise.

    Raises:
        PhaseError: for anything else, and for NaN and infinities.

    >>> as_phase(1), as_phase(0.25)
    (Fraction(1, 1), 0.25)
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or value is None:
        raise PhaseError(f"a phase is a number of half turns or a SymPy expression, not {value!r}")
    if isinstance(value, numbers.Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, numbers.Real):
        number = float(value)
        if not math.isfinite(number):
            raise PhaseError(f"a phase must be finite, not {number}")
        return number
    if hasattr(value, "free_symbols") and hasattr(value, "as_coeff_Add"):  # an expression, not a matrix
        expression: Any = value
        if expression.free_symbols:
            return expression
        if expression.is_rational:
            return Fraction(int(expression.p), int(expression.q))
        if not expression.is_real:
            raise PhaseError(f"a phase must be real, not {value}")
        return as_phase(float(expression))
    raise PhaseError(f"a phase is a number of half turns or a SymPy expression, not {value!r}")


def reduce_phase(phase: Phase) -> Phase:
    """The same phase modulo 2 (one full turn), in [0, 2) where it is a number.

    >>> reduce_phase(Fraction(9, 4))
    Fraction(1, 4)
    """
    if is_symbolic(phase):
        constant, rest = phase.as_coeff_Add()
        if constant.is_rational:
            return as_phase(rest + (constant % 2))
        return phase
    reduced = phase % 2
    return reduced if reduced < 2 else 0.0  # a float just below 0 is rounded up to 2


def is_full_turn(phase: Phase, tolerance: float = 1e-9) -> bool:
    """Whether a phase is a multiple of 2: exactly, or within the tolerance where it is a float.

    >>> is_full_turn(Fraction(4)), is_full_turn(0.1 + 0.2 - 0.3)
    (True, True)
    """
    if is_symbolic(phase):
        expanded = as_phase(phase.expand())
        return not is_symbolic(expanded) and is_full_turn(expanded, tolerance)
    reduced = phase % 2
    return reduced == 0 or (isinstance(reduced, float) and min(reduced, 2 - reduced) < tolerance)


def bind(phase: Phase, values: Mapping[str, Phase]) -> Phase:
    """The phase with symbols replaced by values, all at once; symbols without a value stay.

    >>> import sympy
    >>> bind(sympy.Symbol("a") + 1, {"a": Fraction(1, 2)})
    Fraction(3, 2)
    """
    if not is_symbolic(phase):
        return phase
    if phase.is_Symbol:
        return values.get(phase.name, phase)
    import sympy

    pairs = [(s, sympy.sympify(values[s.name])) for s in phase.free_symbols if s.name in values]
    return as_phase(phase.subs(pairs, simultaneous=True)) if pairs else phase


def snap(half_turns: float, tolerance: float = SNAP_TOLERANCE, largest_power: int = 20) -> Phase:
    """The multiple of 1/2^k half turns that a decimal angle stands for, or the float itself.

    Tries k = 0 … ``largest_power`` and takes the first that lies within ``tolerance`` half turns.

    >>> snap(0.7853981633974483 / math.pi)
    Fraction(1, 4)
    >>> snap(0.3)
    0.3
    """
    if math.ulp(half_turns) > tolerance:
        return half_turns  # so large that every float is near a whole number
    for power in range(largest_power + 1):
        scaled = half_turns * (1 << power)
        nearest = round(scaled)
        # An odd numerator at k > 0 is what makes this the first power that fits.
        if abs(scaled - nearest) <= tolerance * (1 << power) and (1 << power) * tolerance < 1e-4:
            return Fraction(nearest, 1 << power)
    return half_turns


def to_float(phase: Phase) -> float:
    """Half turns as a float.

    Raises:
        PhaseError: if the phase has free symbols.
    """
    if is_symbolic(phase):
        names = ", ".join(sorted(map(str, phase.free_symbols)))
        raise PhaseError(f"the phase {phase} has free parameters ({names}): bind them to numbers first")
    return float(phase)


def radians(phase: Phase) -> float:
    """The phase in radians.

    >>> radians(Fraction(1))
    3.141592653589793
    """
    return math.pi * to_float(phase)


def unit(phase: Phase) -> complex:
    """exp(iπ·phase), exact at multiples of π/2.

    >>> unit(Fraction(1, 2))
    1j
    """
    if isinstance(phase, Fraction) and phase.denominator <= 2:
        return (1 + 0j, 1j, -1 + 0j, -1j)[int(phase * 2) % 4]
    angle = radians(reduce_phase(phase))
    return complex(math.cos(angle), math.sin(angle))


def format_phase(phase: Phase) -> str:
    """The phase as people write it: ``"π/4"``, ``"3π/2"``, ``"0"``, ``"0.3π"``, ``"π·a"``, ``"π·(a + 1)"``, and a
    symbol that counts radians by itself.

    >>> format_phase(Fraction(-3, 4))
    '-3π/4'
    """
    if is_symbolic(phase):
        import sympy

        in_radians = sympy.expand(phase * sympy.pi)
        if not in_radians.has(sympy.pi):
            return str(in_radians)
        return f"π·{phase}" if phase.is_Symbol else f"π·({phase})"
    if isinstance(phase, float):
        return f"{phase:.6g}π"
    if phase == 0:
        return "0"
    sign = "-" if phase < 0 else ""
    over = "" if phase.denominator == 1 else f"/{phase.denominator}"
    times = "" if abs(phase.numerator) == 1 else str(abs(phase.numerator))
    return f"{sign}{times}π{over}"


def repr_phase(phase: Phase) -> str:
    """The phase as Python text that evaluates to it, given ``Fraction`` and ``sympy``.

    Names are quoted, never evaluated: a parameter may be called anything.

    >>> repr_phase(Fraction(1, 4))
    'Fraction(1, 4)'
    """
    if not is_symbolic(phase):
        return repr(phase)
    import sympy

    text = sympy.srepr(phase)
    return f"sympy.{text}" if phase.is_Symbol else f"sympy.sympify({text!r})"
