"""Values of OpenQASM 3 expressions: exact numbers, SymPy expressions, and bits that are known only at run time.

A value is ``(kind, number, in_pi)`` with kind ``int float angle bool`` as in
:mod:`~catenary.functors.circuits.qasm2_values`; ``("symbol", expression)``, a SymPy expression (radians, where
it is an angle); or ``("bits", cells)``, the last cell the most significant, each 0, 1, or ``~b`` where it
depends on classical bit b, which is not known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from catenary.functors.circuits.qasm2_values import EvaluationError, binary, bounded, in_radians
from catenary.functors.circuits.qasm3_syntax import Operand, Program, Type

Value: TypeAlias = Any

_FUNCTIONS: Mapping[str, Callable[[float], float]] = {
    "arccos": math.acos,
    "arcsin": math.asin,
    "arctan": math.atan,
    "cos": math.cos,
    "exp": math.exp,
    "log": math.log,
    "sin": math.sin,
    "tan": math.tan,
    "sqrt": math.sqrt,
}
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}
_INTEGER = ("%", "<<", ">>", "&", "|", "^")
_MAX_SHIFT = 2048
NUMBERS = ("int", "float", "angle", "bool")


def boolean(value: bool) -> Value:
    """A bool as a value."""
    return ("bool", Fraction(value), False)


def cell_of(value: Value, place: int) -> int:
    """The truth of a value: 0, 1, or ``~b`` where it hangs on bit b."""
    kind = value[0]
    if kind == "bits":
        cells = value[1]
        if 1 in cells:
            return 1
        return next((cell for cell in reversed(cells) if cell < 0), 0)
    if kind == "symbol":
        raise EvaluationError(
            f"the value of {value[1]} is not known: a condition needs constants or bits", place
        )
    return int(value[1] != 0)


def known_int(value: Value, place: int, what: str) -> int:
    """A value as an integer that is known now."""
    kind = value[0]
    if kind in ("int", "bool"):
        return int(value[1])
    if kind == "bits":
        cells = value[1]
        if any(cell < 0 for cell in cells):
            raise EvaluationError(f"{what} depends on a measured bit", place)
        return sum(cell << i for i, cell in enumerate(cells))
    if kind == "symbol":
        raise EvaluationError(f"{what} depends on the input {value[1]}", place)
    raise EvaluationError(f"{what} is an integer, not of type {kind}", place)


def as_number(value: Value, place: int) -> Value:
    """The value as a number, bits that are all known as an int; what is not known is refused."""
    if value[0] == "bits":
        return "int", Fraction(known_int(value, place, "this value")), False
    return value


def as_sympy(value: Value) -> Any:
    """The value as a SymPy expression, radians where it counts in π."""
    import sympy

    if value[0] == "symbol":
        return value[1]
    _, found, in_pi = value
    exact = (
        sympy.Rational(found.numerator, found.denominator)
        if isinstance(found, Fraction)
        else sympy.Float(repr(found), 17)
    )
    return exact * sympy.pi if in_pi else exact


def _symbolic(operation: str, a: Value, b: Value, place: int) -> Value:
    import sympy

    x, y = as_sympy(a), as_sympy(b)
    if operation == "+":
        found = x + y
    elif operation == "-":
        found = x - y
    elif operation == "*":
        found = x * y
    elif operation == "/":
        if y == 0:
            raise ZeroDivisionError
        found = x / y
    elif operation == "**":
        found = x**y
    else:
        raise EvaluationError(f"{operation} of an input whose value is not known", place)
    if found.has(sympy.oo, -sympy.oo, sympy.nan, sympy.zoo):
        raise OverflowError
    if not found.free_symbols:
        return _of_sympy(found, place)
    return "symbol", found


def _of_sympy(found: Any, place: int) -> Value:
    """A constant that came out of symbols that cancelled."""
    import sympy

    for in_pi, over in ((False, found), (True, found / sympy.pi)):
        if over.is_Rational:
            return "float", Fraction(int(over.p), int(over.q)), in_pi
    if not found.is_real:
        raise EvaluationError("the value is not a real number", place)
    return "float", float(found), False


def _bitwise(operation: str, a: Value, b: Value, place: int) -> Value:
    width = max(len(v[1]) for v in (a, b) if v[0] == "bits")

    def cells(value: Value) -> tuple[int, ...]:
        if value[0] == "bits":
            return tuple(value[1]) + (0,) * (width - len(value[1]))
        whole = known_int(value, place, "this operand")
        if whole < 0 or whole >> width:
            raise EvaluationError(f"{whole} does not fit into {width} bits", place)
        return tuple(whole >> i & 1 for i in range(width))

    def one(x: int, y: int) -> int:
        if operation == "&":
            return 0 if 0 in (x, y) else y if x == 1 else x
        if operation == "|":
            return 1 if 1 in (x, y) else y if x == 0 else x
        return x if x < 0 else y if y < 0 else x ^ y

    return "bits", tuple(map(one, cells(a), cells(b)))


def _compared(operation: str, a: Value, b: Value, place: int) -> Value:
    """A comparison with bits: decided by the first bit in which they differ, from the most significant."""
    if operation in (">", ">="):
        return _compared({">": "<", ">=": "<="}[operation], b, a, place)
    width = max(len(v[1]) for v in (a, b) if v[0] == "bits")

    def cells(value: Value) -> tuple[int, ...] | int:
        if value[0] == "bits":
            return tuple(value[1]) + (0,) * (width - len(value[1]))
        if value[0] == "float" and isinstance(value[1], Fraction) and value[1].denominator == 1:
            value = ("int", *value[1:])
        whole = known_int(value, place, "what a register is compared with")
        if whole < 0 or whole >> width:
            return whole
        return tuple(whole >> i & 1 for i in range(width))

    x, y = cells(a), cells(b)
    if isinstance(x, int) or isinstance(y, int):
        # outside of the range of the register: smaller or larger than all of it
        low = x < 0 if isinstance(x, int) else isinstance(y, int) and y >= 0
        return boolean({"==": False, "!=": True}.get(operation, low))
    pairs = list(zip(x, y, strict=True))
    if operation in ("==", "!="):
        if any(p >= 0 and q >= 0 and p != q for p, q in pairs):
            return boolean(operation == "!=")
        for p, q in reversed(pairs):
            if p < 0 or q < 0:
                return "bits", (min(p, q),)
        return boolean(operation == "==")
    for p, q in reversed(pairs):
        if p < 0 or q < 0:
            return "bits", (min(p, q),)
        if p != q:
            return boolean(p < q)
    return boolean(operation == "<=")


def apply(operation: str, a: Value, b: Value, place: int) -> Value:
    """A binary operator.

    Raises:
        EvaluationError: where it has no value.
    """
    if operation in ("&&", "||"):
        x, y = cell_of(a, place), cell_of(b, place)
        stop = 0 if operation == "&&" else 1
        found = stop if stop in (x, y) else x if x < 0 else y
        return ("bits", (found,)) if found < 0 else boolean(bool(found))
    if "bits" in (a[0], b[0]):
        if operation in _COMPARE:
            return _compared(operation, a, b, place)
        if operation in "&|^":
            return _bitwise(operation, a, b, place)
        a, b = as_number(a, place), as_number(b, place)
    try:
        if "symbol" in (a[0], b[0]):
            return _symbolic(operation, a, b, place)
        return _numbers(operation, a, b, place)
    except ZeroDivisionError:
        raise EvaluationError("division by zero", place) from None
    except ValueError:
        raise EvaluationError(f"{operation} has no real value here", place) from None
    except OverflowError:
        raise EvaluationError("the value is too large", place) from None


def _numbers(operation: str, a: Value, b: Value, place: int) -> Value:
    integers = a[0] in ("int", "bool") and b[0] in ("int", "bool")
    if operation in _COMPARE:
        if a[2] == b[2] or not a[1] or not b[1]:
            return boolean(_COMPARE[operation](a[1], b[1]))
        return boolean(_COMPARE[operation](in_radians(a[1:]), in_radians(b[1:])))
    if operation in _INTEGER:
        if not integers:
            raise EvaluationError(f"{operation} is of integers", place)
        x, y = int(a[1]), int(b[1])
        return "int", Fraction(_integers(operation, x, y, place)), False
    kind = "int" if integers else "angle" if "angle" in (a[0], b[0]) else "float"
    if integers and operation == "/":
        if not b[1]:
            raise ZeroDivisionError
        return "int", Fraction(math.trunc(a[1] / b[1])), False
    number, in_pi = binary("^" if operation == "**" else operation, a[1:], b[1:])
    number = bounded(number)
    if isinstance(number, float) and not math.isfinite(number):
        raise EvaluationError("the value is not finite", place)
    if kind == "int" and (isinstance(number, float) or number.denominator != 1):
        kind = "float"
    return kind, number, in_pi


def _integers(operation: str, x: int, y: int, place: int) -> int:
    if operation == "%":
        return int(math.fmod(x, y)) if max(abs(x), abs(y)) < 2**53 else x - y * int(Fraction(x, y))
    if operation in ("<<", ">>"):
        if not 0 <= y <= _MAX_SHIFT:
            raise EvaluationError(f"a shift by {y} places", place)
        return x << y if operation == "<<" else x >> y
    return {"&": x & y, "|": x | y, "^": x ^ y}[operation]


def negated(operation: str, a: Value, place: int) -> Value:
    """``neg``, ``!`` or ``~`` of a value."""
    if operation == "!":
        cell = cell_of(a, place)
        # a cell that is not known stands for a truth of one bit, and so does its negation
        return ("bits", (cell,)) if cell < 0 else boolean(not cell)
    if operation == "~":
        if a[0] == "bits":
            return "bits", tuple(cell if cell < 0 else 1 - cell for cell in a[1])
        raise EvaluationError("~ is of bits", place)
    a = as_number(a, place)
    if a[0] == "symbol":
        return "symbol", -a[1]
    return "int" if a[0] == "bool" else a[0], -a[1], a[2]


def called(name: str, arguments: list[Value], place: int) -> Value:
    """A function of the language.

    Raises:
        EvaluationError: outside of its domain.
    """
    values = [as_number(value, place) for value in arguments]
    if name == "pow":
        return apply("**", values[0], values[1], place)
    if any(value[0] == "symbol" for value in values):
        import sympy

        if name in ("mod", "floor", "ceiling"):
            raise EvaluationError(f"{name} of an input whose value is not known", place)
        short = {"arccos": "acos", "arcsin": "asin", "arctan": "atan"}.get(name, name)
        return "symbol", getattr(sympy, short)(values[0][1])
    if name == "mod":
        if all(value[0] in ("int", "bool") for value in values):
            return apply("%", values[0], values[1], place)
        try:
            return "float", math.fmod(*(in_radians(value[1:]) for value in values)), False
        except ValueError:
            raise EvaluationError("mod has no value here", place) from None
    argument = in_radians(values[0][1:])
    if name in ("floor", "ceiling"):
        exact = argument if values[0][2] else values[0][1]
        return "int", Fraction(math.floor(exact) if name == "floor" else math.ceil(exact)), False
    try:
        found = _FUNCTIONS[name](float(argument))
    except ValueError:
        raise EvaluationError(f"{name} has no real value here", place) from None
    except OverflowError:
        raise EvaluationError("the value is too large", place) from None
    return "float", found, False


def converted(value: Value, target: Type, width: int | None, place: int) -> Value:
    """The value as one of a scalar type.

    Raises:
        EvaluationError: where it cannot be converted, or does not fit.
    """
    name = target.name
    if name == "bool":
        cell = cell_of(value, place)
        return ("bits", (cell,)) if cell < 0 else boolean(bool(cell))
    if name == "bit":
        if value[0] == "bits":
            if len(value[1]) == (width or 1):
                return value
            raise EvaluationError(f"{len(value[1])} bits where {width or 1} are expected", place)
        whole = known_int(value, place, "what is converted to bits")
        if whole < 0 or whole >> (width or 1):
            raise EvaluationError(f"{whole} does not fit into {width or 1} bits", place)
        return "bits", tuple(whole >> i & 1 for i in range(width or 1))
    if name in ("int", "uint") and value[0] == "bits" and any(cell < 0 for cell in value[1]):
        return value  # compared and combined bit by bit
    value = as_number(value, place)
    if name in ("int", "uint"):
        return _integer(value, name, width, place)
    if value[0] == "symbol":
        return value
    if name == "float":
        return "float", value[1], value[2]
    return _angle(value, width)


def _integer(value: Value, name: str, width: int | None, place: int) -> Value:
    if value[0] == "symbol":
        raise EvaluationError(f"{name} of an input whose value is not known", place)
    if value[0] not in ("int", "bool"):
        whole = math.trunc(in_radians(value[1:]) if value[2] else value[1])
    else:
        whole = int(value[1])
    if name == "uint" and whole < 0:
        raise EvaluationError(f"{whole} is negative: not a uint", place)
    limit = (1 << (width - (name == "int"))) if width is not None else None
    if limit is not None and not -limit <= whole < limit:
        raise EvaluationError(f"{whole} does not fit into {name}[{width}]", place)
    return "int", Fraction(whole), False


def _angle(value: Value, width: int | None) -> Value:
    """An angle of the language: modulo 2π, and a multiple of 2π/2^width where that is declared."""
    _, number, in_pi = value
    if isinstance(number, Fraction) and (in_pi or not number):
        turns: Fraction | float = number / 2 % 1
    else:
        turns = (float(number) if in_pi else float(number) / math.pi) / 2 % 1
    if width is not None:
        turns = Fraction(round(turns * (1 << width)), 1 << width) % 1
    return "angle", 2 * turns, True


Lookup: TypeAlias = Callable[[str, int], Value]
Select: TypeAlias = Callable[[Operand], Value]


def evaluate(program: Program, lookup: Lookup, select: Select, width: Callable[[Type], int | None]) -> Value:
    """The value of a compiled expression.

    Args:
        program: the expression.
        lookup: the value of a name.
        select: the value of an indexed register.
        width: the width of a type, if it has one.

    Raises:
        EvaluationError: where it has no value.
    """
    stack: list[Value] = []
    for operation, operand, place in program:
        if operation == "n":
            stack.append(operand)
        elif operation == "name":
            stack.append(lookup(operand, place))
        elif operation == "operand":
            stack.append(select(operand))
        elif operation == "call":
            name, arguments = operand
            stack.append(called(name, [evaluate(a, lookup, select, width) for a in arguments], place))
        elif operation == "cast":
            target, arguments = operand
            inner = evaluate(arguments[0], lookup, select, width)
            stack.append(converted(inner, target, width(target), place))
        elif operation in ("neg", "!", "~"):
            stack.append(negated(operation, stack.pop(), place))
        else:
            right = stack.pop()
            stack.append(apply(operation, stack.pop(), right, place))
    return stack[0]
