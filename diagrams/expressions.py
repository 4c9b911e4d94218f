"""Phases as JSON data: exact numbers as text, symbolic ones as trees over a fixed list of functions."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from catenary.diagrams.errors import PhaseError
from catenary.diagrams.phases import Phase, as_phase, is_symbolic

if TYPE_CHECKING:
    import sympy

_FUNCTIONS = [
    "Add",
    "Mul",
    "Pow",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "exp",
    "log",
    "Abs",
    "sign",
    "floor",
    "ceiling",
    "Min",
    "Max",
]
_CONSTANTS = {"pi": "pi", "E": "Exp1", "I": "ImaginaryUnit"}
_FRACTION = re.compile(r"-?[0-9]{1,4000}(/[1-9][0-9]{0,3999})?")
DEEPEST = 100
LARGEST_BITS = 1_000_000  # of a power of numbers, should anyone evaluate it


def encode_phase(phase: Phase) -> Any:
    """A fraction as ``"p/q"``, a float as a number, an expression as a tree.

    Raises:
        PhaseError: for an expression with functions that have no place in a file.

    >>> encode_phase(Fraction(1, 4))
    '1/4'
    """
    if isinstance(phase, Fraction):
        return str(phase)
    if isinstance(phase, float):
        return phase
    return {"expression": _encode(phase, 0)}


def decode_phase(data: Any, *, constants: bool = False) -> Phase:
    """The phase that :func:`encode_phase` wrote.

    Args:
        data: JSON data.
        constants: whether an expression without symbols, such as a square root, is accepted.

    Raises:
        PhaseError: for anything else.

    >>> decode_phase("1/4")
    Fraction(1, 4)
    """
    if isinstance(data, str):
        return _fraction(data)
    if isinstance(data, (int, float)) and not isinstance(data, bool):
        return as_phase(data)
    if isinstance(data, dict) and set(data) == {"expression"}:
        phase = _decode(data["expression"], 0)
        if not is_symbolic(phase) or not (constants or phase.free_symbols):
            raise PhaseError("an expression without symbols: write it as a number")
        return phase
    raise PhaseError(f'expected a phase: "p/q", a number or {{"expression": …}}, not {data!r:.60}')


def _fraction(text: str) -> Fraction:
    if not _FRACTION.fullmatch(text):
        raise PhaseError(f"expected a fraction p/q, not {text[:60]!r}")
    return Fraction(text)


def _encode(expression: sympy.Expr, depth: int) -> Any:
    import sympy

    if depth > DEEPEST:
        raise PhaseError(f"an expression more than {DEEPEST} deep has no JSON form")
    if isinstance(expression, sympy.Symbol):
        if isinstance(expression, sympy.Dummy):
            raise PhaseError("a dummy symbol has no JSON form")
        assumed = {
            key: flag
            for key, flag in expression.assumptions0.items()
            if sympy.Symbol("x").assumptions0.get(key) != flag
        }
        return ["symbol", expression.name, assumed] if assumed else ["symbol", expression.name]
    if isinstance(expression, sympy.Rational):
        return f"{expression.p}/{expression.q}" if expression.q != 1 else str(expression.p)
    if isinstance(expression, sympy.Float):
        sign, mantissa, exponent, _ = expression._mpf_
        return ["float", str(-mantissa if sign else mantissa), exponent, expression._prec]
    for name, attribute in _CONSTANTS.items():
        if expression == getattr(sympy.S, attribute if name != "pi" else "Pi"):
            return ["constant", name]
    name = expression.func.__name__
    if name not in _FUNCTIONS:
        raise PhaseError(f"{name} has no JSON form: a parameter is made with {', '.join(_FUNCTIONS)}")
    return [name, *(_encode(arg, depth + 1) for arg in expression.args)]


def _decode(data: Any, depth: int) -> Any:
    import sympy

    if depth > DEEPEST:
        raise PhaseError(f"an expression more than {DEEPEST} deep")
    if isinstance(data, str):
        value = _fraction(data)
        return sympy.Rational(value.numerator, value.denominator)
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        raise PhaseError(f"expected an expression, not {data!r:.60}")
    head, *args = data
    if head == "symbol":
        return _symbol(args)
    if head == "constant" and len(args) == 1 and args[0] in _CONSTANTS:
        return getattr(sympy.S, "Pi" if args[0] == "pi" else _CONSTANTS[args[0]])
    if head == "float":
        return _float(args)
    if head not in _FUNCTIONS:
        raise PhaseError(f"unknown function {head!r:.40}; expected one of {', '.join(_FUNCTIONS)}")
    found = [_decode(arg, depth + 1) for arg in args]
    if head == "Pow":
        if len(found) != 2 or (found[1].is_number and not _small(found[1])):
            raise PhaseError("a power has a base and an exponent of at most 10000")
        if _bits(found[0]) * max(1.0, _magnitude(found[1])) > LARGEST_BITS:
            raise PhaseError(f"a power that is a number of more than {LARGEST_BITS:,} bits")
    elif head in ("Add", "Mul", "Min", "Max"):
        if len(found) < 2:
            raise PhaseError(f"{head} takes two arguments or more")
    elif len(found) != (2 if head == "atan2" else 1):
        raise PhaseError(f"wrong number of arguments for {head}")
    # Not evaluated: a file may not start a computation, and what was written was evaluated already.
    return getattr(sympy, head)(*found, evaluate=False)


def _symbol(args: list[Any]) -> Any:
    import sympy

    if not 1 <= len(args) <= 2 or not isinstance(args[0], str) or not args[0]:
        raise PhaseError("a symbol has a name")
    assumed = args[1] if len(args) == 2 else {}
    known = set(sympy.Symbol("x", positive=True, integer=True).assumptions0) | {"infinite"}
    if not isinstance(assumed, dict) or not all(
        k in known and isinstance(v, bool) for k, v in assumed.items()
    ):
        raise PhaseError("a symbol's assumptions are SymPy's, true or false")
    try:
        return sympy.Symbol(args[0], **assumed)
    except (ValueError, TypeError) as error:  # InconsistentAssumptions
        raise PhaseError(f"symbol {args[0]}: {str(error)[:200]}") from None


def _float(args: list[Any]) -> Any:
    import sympy

    if (
        len(args) != 3
        or not isinstance(args[0], str)
        or not re.fullmatch(r"-?[0-9]{1,400}", args[0])
        or not all(isinstance(n, int) and not isinstance(n, bool) for n in args[1:])
        or abs(args[1]) > 10_000
        or not 1 <= args[2] <= 1_000
    ):
        raise PhaseError('a float is ["float", mantissa, exponent, bits]')
    mantissa, exponent, bits = abs(int(args[0])), args[1], args[2]
    if not mantissa:
        return sympy.Float(0, precision=bits)
    while not mantissa % 2:  # SymPy keeps mantissas odd
        mantissa, exponent = mantissa // 2, exponent + 1
    return sympy.Float(
        (int(args[0].startswith("-")), mantissa, exponent, mantissa.bit_length()), precision=bits
    )


def _bits(expression: Any) -> float:
    """A bound on the logarithm of a number, without evaluating it; 1 for what has symbols."""
    if expression.free_symbols:
        return 1.0
    if expression.is_Rational:
        return float(max(int(expression.p).bit_length(), int(expression.q).bit_length()))
    if expression.is_Float:
        return 64.0 + abs(float(expression._mpf_[2]))
    if expression.is_Pow:
        return _bits(expression.base) * max(1.0, _magnitude(expression.exp))
    if expression.is_Add or expression.is_Mul:
        return sum(map(_bits, expression.args))
    return 64.0 if max(map(_bits, expression.args), default=0.0) < 64 else float("inf")


def _magnitude(exponent: Any) -> float:
    """A bound on the size of an exponent; 1 for what has symbols."""
    if exponent.free_symbols:
        return 1.0
    if exponent.is_Rational or exponent.is_Float:
        return abs(float(exponent))
    size = _bits(exponent)
    return 2.0**size if size < 64 else float("inf")


def _small(exponent: Any) -> bool:
    return bool(exponent.is_Rational or exponent.is_Float) and abs(exponent) <= 10_000
