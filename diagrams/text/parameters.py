"""Parameters of boxes in theory files: arithmetic on numbers and symbols, in half turns."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from catenary.diagrams.conditions import Condition
from catenary.diagrams.errors import CatenaryError, InputError, PhaseError
from catenary.diagrams.phases import Phase, as_phase

if TYPE_CHECKING:
    from catenary.diagrams.text.parser import Source

MAX_BITS = 4096
MAX_EXPONENT = 64


def read_params(tree: Any, source: Source) -> tuple[Phase, ...]:
    """The values of a ``params`` node, or none if there is no such node."""
    return () if tree is None else tuple(read_value(child, source) for child in items(tree.children[0]))


def read_value(tree: Any, source: Source) -> Phase:
    """The value of one expression of numbers and symbols."""
    try:
        return as_phase(_Arithmetic(source).sum(tree))
    except InputError:
        raise
    except (PhaseError, ArithmeticError, TypeError) as error:
        source.fail(f"this parameter has no value: {error}", tree)


def parse_parameter(text: str) -> Phase:
    """The parameter that a text stands for.

    Raises:
        InputError: if it is not one.

    >>> parse_parameter("1/4 - 1")
    Fraction(-3, 4)
    """
    from catenary.diagrams.text.parser import Source

    source = Source(f"({text})", "<parameter>")
    (value,) = read_params(source.tree("params"), source)
    return value


def read_conditions(tree: Any, source: Source) -> tuple[Condition, ...]:
    """The conditions of a list of ``condition`` nodes, or none if there is no such node."""
    found = []
    for child in items(tree):
        expression, negated, values, modulus = child.children
        try:
            found.append(
                Condition(
                    read_value(expression, source),
                    tuple([read_value(value, source) for value in items(values)]),
                    None if modulus is None else read_value(modulus, source),  # type: ignore[arg-type]
                    negated is not None,
                )
            )
        except InputError:
            raise
        except CatenaryError as error:
            source.fail(str(error), child)
    return tuple(found)


def parse_conditions(text: str) -> tuple[Condition, ...]:
    """The conditions that a text stands for, separated by commas.

    Raises:
        InputError: if it is not made of conditions.

    >>> [str(condition) for condition in parse_conditions("a in {1/2, 3/2}, a + b not in {0} mod 2")]
    ['a in {1/2, 3/2}', 'a + b not in {0} mod 2']
    """
    from catenary.diagrams.text.parser import Source

    source = Source(text, "<condition>")
    return read_conditions(source.tree("conditions"), source)


def unquoted(tree: Any, source: Source) -> str:
    """The name that a ``name`` or ``label`` node stands for."""
    token = tree.children[0]
    if token.type != "STRING":
        return str(token)
    name = json.loads(str(token), strict=False)
    if not name:
        source.fail("a name cannot be empty", token)
    return str(name)


def spine(tree: Any, kind: str) -> tuple[Any, list[list[Any]]]:
    """A left-recursive list as its first item and what each further step adds to it."""
    rest = []
    while tree.data == kind:
        rest.append(tree.children[1:])
        tree = tree.children[0]
    rest.reverse()
    return tree, rest


def items(tree: Any) -> list[Any]:
    """A list of the grammar as a Python list."""
    if tree is None:
        return []
    first, rest = spine(tree, "more")
    return [first, *(item for (item,) in rest)]


class _Arithmetic:
    def __init__(self, source: Source):
        self.source = source

    def sum(self, tree: Any) -> Any:
        first, rest = spine(tree, "added")
        total = self.product(first)
        for operator, operand in rest:
            value = self.product(operand)
            total = total + value if operator.type == "PLUS" else total - value
            self.check_size(total, operator)
        return total

    def product(self, tree: Any) -> Any:
        first, rest = spine(tree, "multiplied")
        total = self.signed(first)
        for operator, operand in rest:
            value = self.signed(operand)
            total = total * value if operator.type == "TIMES" else total / value
            self.check_size(total, operator)
        return total

    def signed(self, tree: Any) -> Any:
        sign = 1
        while tree.data == "negated":
            sign, tree = -sign, tree.children[1]
        if tree.data != "power":
            return sign * self.operand(tree)
        base, operator, exponent_tree = tree.children
        value, exponent = self.operand(base), self.signed(exponent_tree)
        whole = isinstance(exponent, Fraction) and exponent.denominator == 1
        if not whole or abs(exponent) > MAX_EXPONENT:
            self.source.fail(f"an exponent is a whole number of at most {MAX_EXPONENT}", operator)
        value = value ** int(exponent)
        self.check_size(value, operator)
        return sign * value

    def operand(self, tree: Any) -> Any:
        if tree.data == "bracket":
            return self.sum(tree.children[0])
        if tree.data == "number":
            text = str(tree.children[0])
            if len(text) > 60:
                self.source.fail("a number of more than 60 characters", tree)
            return float(text) if not text.isdigit() else Fraction(int(text))
        name = unquoted(tree.children[0], self.source)
        if name in ("π", "pi"):
            self.source.fail("parameters are multiples of π already: write 1/4 for π/4", tree)
        import sympy

        return sympy.Symbol(name)

    def check_size(self, value: Any, at: Any) -> None:
        if not isinstance(value, Fraction):
            return
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
            self.source.fail("a number of more than a thousand digits", at)
