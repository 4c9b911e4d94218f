"""Side conditions of equations: what the values of their variables have to satisfy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from catenary.diagrams.errors import ArgumentError, InputError, expect
from catenary.diagrams.phases import Phase, as_phase, bind, is_symbolic


@dataclass(frozen=True)
class Condition:
    """``expression in {values}``, or ``not in``, for numbers or modulo another number.

    Args:
        expression: of the variables.
        values: what it may be (must not be, where ``negated``).
        modulus: compare up to multiples of this; 2 for phases, which are half turns. ``None`` compares as they stand.
        negated: the expression is to be none of the values.

    An expression that still has symbols after the variables got values satisfies only what holds for every
    value of the symbols that is known here: being literally one of the values, or differing from each of them by a number
    other than 0.

    >>> condition = Condition.parse("a + b in {1/2, 3/2} mod 2")
    >>> condition.holds({"a": Fraction(1), "b": Fraction(3, 2)})
    True
    >>> print(condition)
    a + b in {1/2, 3/2} mod 2
    """

    expression: Phase
    values: tuple[Phase, ...]
    modulus: Fraction | None = None
    negated: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", as_phase(self.expression))
        object.__setattr__(self, "values", tuple(map(as_phase, self.values)))
        if self.modulus is not None:
            modulus = as_phase(self.modulus)
            if is_symbolic(modulus) or not modulus > 0:
                raise ArgumentError("the modulus of a condition", "a positive number", self.modulus)
            object.__setattr__(self, "modulus", Fraction(modulus))

    @classmethod
    def parse(cls, text: str) -> Condition:
        """The condition that a text stands for, as in theory files after ``where``.

        Raises:
            InputError: with the place, if it is not one.
        """
        expect(text, str, "a condition", "text, as in 'a in {1/2, 3/2}'")
        from catenary.diagrams.text.parameters import parse_conditions

        found: tuple[Condition, ...] = parse_conditions(text)
        if len(found) != 1:
            raise InputError(f"one condition is wanted, and {text!r} has {len(found)}", source="<condition>")
        return found[0]

    def holds(self, given: Mapping[str, Phase]) -> bool:
        """Whether it holds when the variables have these values."""
        differences = [as_phase(bind(self.expression, given) - bind(v, given)) for v in self.values]
        if self.negated:
            return all(not is_symbolic(d) and self._reduced(d) != 0 for d in differences)
        return any(not is_symbolic(d) and self._reduced(d) == 0 for d in differences)

    def _reduced(self, number: Phase) -> Phase:
        return number if self.modulus is None else number % self.modulus

    @property
    def symbols(self) -> frozenset[str]:
        """The names that occur in it."""
        return frozenset(
            symbol.name
            for phase in (self.expression, *self.values)
            if is_symbolic(phase)
            for symbol in phase.free_symbols
        )

    def __str__(self) -> str:
        values = ", ".join(map(str, self.values))
        modulo = "" if self.modulus is None else f" mod {self.modulus}"
        return f"{self.expression} {'not ' if self.negated else ''}in {{{values}}}{modulo}"


__all__ = ["Condition"]
