"""Arithmetic of OpenQASM 2 angles: exact where it can be, in floats where it must.

A value is a number and whether it is counted in units of π: ``(Fraction(1, 4), True)`` is π/4, ``(0.3,
False)`` is 0.3 rad.
Expressions are compiled to postfix programs, so that neither compiling nor evaluating recurses.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from catenary.diagrams.phases import Phase, as_phase, snap

Value: TypeAlias = tuple[Fraction | float, bool]
Step: TypeAlias = tuple[str, Any, int]
"""(operation, operand, place in the text): ``n`` pushes a value, ``v`` a parameter, others pop."""
Program: TypeAlias = tuple[Step, ...]

FUNCTIONS = ("sin", "cos", "tan", "exp", "ln", "sqrt")
_MAX_BITS = 2048
_MAX_DYADIC = 20


class EvaluationError(Exception):
    """An expression without a finite real value, with its place in the text."""

    def __init__(self, problem: str, place: int):
        self.problem, self.place = problem, place
        super().__init__(problem)


def number(text: str) -> Fraction | float:
    """A literal: an integer, or a decimal that is a multiple of 2^-20, exactly; any other decimal as the
    nearest float.

    Raises:
        OverflowError: if it is too large for a float.

    >>> number("3"), number("0.5"), number("0.1")
    (Fraction(3, 1), Fraction(1, 2), 0.1)
    """
    if text.isdigit():
        if len(text) > 308:
            raise OverflowError
        return Fraction(int(text))
    value = float(text)
    if math.isinf(value):
        raise OverflowError
    plain = len(text) < 40 and "e" not in text and "E" not in text  # 1e-999999999 is no number to write out
    if plain and abs(value) < 2**53 and (value * (1 << _MAX_DYADIC)).is_integer():
        exact = Fraction(value)
        if exact == Fraction(text):
            return exact
    return value


def in_radians(value: Value) -> float:
    """The value as a float, in radians where it counts in π."""
    number, in_pi = value
    return float(number) * math.pi if in_pi else float(number)


def bounded(number: Fraction | float) -> Fraction | float:
    """The number, as a float where it has too many digits."""
    # Exact numbers that grow without end would make a short file slow.
    if (
        isinstance(number, Fraction)
        and max(number.numerator.bit_length(), number.denominator.bit_length()) > _MAX_BITS
    ):
        return float(number)
    return number


def _power(a: Value, b: Value) -> Value:
    base, exponent = a[0], b[0]
    if not a[1] and not b[1] and isinstance(base, Fraction) and isinstance(exponent, Fraction):
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if exponent.denominator == 1 and bits * abs(exponent) <= _MAX_BITS and (base or exponent >= 0):
            return Fraction(base ** int(exponent)), False
    return math.pow(in_radians(a), in_radians(b)), False


def binary(operation: str, a: Value, b: Value) -> Value:
    """``+ - * / ^`` of two values.

    Raises:
        ZeroDivisionError, ValueError, OverflowError: where it has no finite real value.
    """
    (x, x_pi), (y, y_pi) = a, b
    if operation in "+-":
        if operation == "-":
            y = -y
        if x_pi == y_pi or not y:
            return x + y, x_pi
        if not x:
            return y, y_pi
        return in_radians(a) + (in_radians(b) if operation == "+" else -in_radians(b)), False
    if operation == "*":
        if x_pi and y_pi:
            return in_radians(a) * in_radians(b), False
        return x * y, x_pi or y_pi
    if operation == "/":
        if not y:
            raise ZeroDivisionError
        if y_pi and not x_pi:
            return in_radians(a) / in_radians(b), False
        return x / y, x_pi and not y_pi
    return _power(a, b)


def evaluate(program: Program, parameters: Sequence[Value] = ()) -> Value:
    """The value of a compiled expression.

    Raises:
        EvaluationError: for a division by zero, an overflow, or a function outside its domain.
    """
    stack: list[Value] = []
    for operation, operand, place in program:
        if operation == "n":
            stack.append(operand)
            continue
        if operation == "v":
            stack.append(parameters[operand])
            continue
        try:
            if operation == "neg":
                x, in_pi = stack.pop()
                stack.append((-x, in_pi))
                continue
            if operation in FUNCTIONS:
                function = math.log if operation == "ln" else getattr(math, operation)
                result: Value = (function(in_radians(stack.pop())), False)
            else:
                right = stack.pop()
                result = binary(operation, stack.pop(), right)
            number = bounded(result[0])
        except ZeroDivisionError:
            raise EvaluationError("division by zero", place) from None
        except ValueError:
            raise EvaluationError(f"{operation} has no real value here", place) from None
        except OverflowError:
            raise EvaluationError("the value is too large", place) from None
        if isinstance(number, float) and not math.isfinite(number):
            raise EvaluationError("the value is not finite", place)
        stack.append((number, result[1]))
    return stack[0]


def to_phase(value: Value, tolerance: float) -> tuple[Phase, float | None]:
    """The value as a phase in half turns, and the float that was given where it was snapped to a fraction,
    else ``None``.

    Exact multiples of π stay exact. A float within ``tolerance`` half turns of a multiple of π/2^k becomes
    that multiple (:func:`catenary.diagrams.phases.snap`); zero tolerance keeps every float.

    Raises:
        OverflowError: if the value is too large for a float.

    >>> to_phase((0.7853981634, False), 1e-9)
    (Fraction(1, 4), 0.25000000000081224)
    """
    number, in_pi = value
    if isinstance(number, Fraction) and (in_pi or not number):
        return number, None
    half_turns = float(number) if in_pi else float(number) / math.pi
    # A float as coarse as the tolerance lies near a multiple by accident.
    fine = half_turns * (1 << _MAX_DYADIC)
    if (
        tolerance
        and math.ulp(half_turns) < tolerance
        and abs(fine - round(fine)) <= tolerance * (1 << _MAX_DYADIC)
    ):
        snapped = snap(half_turns, tolerance)
        if isinstance(snapped, Fraction):
            return snapped, None if in_pi and snapped == half_turns else half_turns
    return half_turns, None


LONGEST = 400
"""Steps of an expression with symbols: SymPy is slow with longer ones."""


def symbolic_phase(program: Program, symbols: Sequence[tuple[Any, bool]], tolerance: float) -> Phase:
    """The phase in half turns of an expression whose parameters are symbols, as :func:`evaluate` and :func:`to_phase`
    give it for numbers.

    Args:
        symbols: for each parameter a SymPy symbol, and whether it counts in π.

    Raises:
        EvaluationError: for an expression without value, and for one whose powers or length SymPy had better not
            see.
    """
    if all(step[0] != "v" for step in program):
        return to_phase(evaluate(program), tolerance)[0]
    import sympy

    if len(program) > LONGEST:
        raise EvaluationError("an expression that long with symbols", program[0][2])
    stack: list[tuple[Any, bool]] = []
    powers = 0

    def exact(value: tuple[Any, bool]) -> Any:
        number = value[0]
        return (
            sympy.Rational(number.numerator, number.denominator) if isinstance(number, Fraction) else number
        )

    def radians(value: tuple[Any, bool]) -> Any:
        return exact(value) * sympy.pi if value[1] else exact(value)

    for operation, operand, place in program:
        if operation == "n":
            stack.append(operand)
            continue
        if operation == "v":
            stack.append(symbols[operand])
            continue
        right = stack.pop()
        if operation == "neg":
            stack.append((-right[0], right[1]))
            continue
        left = None if operation in FUNCTIONS else stack.pop()
        if not any(isinstance(v[0], sympy.Basic) for v in (left, right) if v is not None):
            step: Program = (("n", right, place), (operation, operand, place))
            stack.append(evaluate(step if left is None else (("n", left, place), *step)))
            continue
        if left is None:
            stack.append((getattr(sympy, {"ln": "log"}.get(operation, operation))(radians(right)), False))
            continue
        (x, x_pi), (y, y_pi) = (exact(left), left[1]), (exact(right), right[1])
        if operation == "^":
            powers += 1
            if powers > 1 or not (isinstance(y, sympy.Rational) and not y_pi and abs(y) <= 8):
                raise EvaluationError("this power of a symbol", place)
            stack.append((radians(left) ** y, False))
        elif operation in "+-":
            same = x_pi == y_pi
            x, y = (x, y) if same else (radians(left), radians(right))
            stack.append((x + y if operation == "+" else x - y, x_pi and same))
        elif operation == "*":
            both = x_pi and y_pi
            stack.append((radians(left) * radians(right), False) if both else (x * y, x_pi or y_pi))
        elif not y:
            raise EvaluationError("division by zero", place)
        elif y_pi and not x_pi:
            stack.append((radians(left) / radians(right), False))
        else:
            stack.append((x / y, x_pi and not y_pi))
    number, in_pi = stack[0]
    return as_phase(exact((number, in_pi)) if in_pi else exact((number, in_pi)) / sympy.pi)
