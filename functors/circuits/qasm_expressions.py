"""SymPy expressions and names in the words of OpenQASM."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from catenary.functors.circuits.definitions import GateDefinition
from catenary.functors.circuits.gates import CircuitError

_PLAIN = {"cos": "cos", "exp": "exp", "sin": "sin", "tan": "tan"}


@dataclass(frozen=True, slots=True)
class Language:
    """What a version of OpenQASM calls things.

    Attributes:
        name: the version's.
        functions: by SymPy's names.
        power: the operator.
        names: what a name is.
    """

    name: str
    functions: Mapping[str, str]
    power: str
    names: re.Pattern[str]

    def expression(self, value: Any, names: Mapping[str, str]) -> str:
        """A SymPy expression; quotients are of decimals, as OpenQASM 3 truncates those of integers.

        Raises:
            CircuitError: for a function that the language lacks.

        >>> import sympy
        >>> QASM3.expression(sympy.Symbol("a") / 2 + sympy.pi, {"a": "a"})
        'pi + a/2'
        """
        import sympy

        if value.is_Symbol:
            return names[value.name]
        if value == sympy.pi:
            return "pi"
        if value.is_Integer:
            return str(int(value))
        if value.is_Rational:
            return f"{int(value.p)}.0/{int(value.q)}"
        if value.is_number and not value.has(sympy.pi):
            return _decimal(float(value))
        if value.is_Add:
            return " + ".join([self.expression(part, names) for part in value.args])
        if value.is_Mul:
            return self._product(value, names)
        if value.is_Pow:
            base, exponent = (self._inner(part, names) for part in value.args)
            return f"{base}{self.power}{exponent}"
        name = self.functions.get(type(value).__name__)
        if name is None or len(value.args) != 1:
            raise CircuitError(f"{self.name} has no {type(value).__name__} for the angle {value}")
        return f"{name}({self.expression(value.args[0], names)})"

    def _product(self, value: Any, names: Mapping[str, str]) -> str:
        coefficient, rest = value.as_coeff_Mul()
        if not coefficient.is_Rational:
            return f"{_decimal(float(coefficient))}*{self._inner(rest, names)}"
        factors = [self._inner(part, names) for part in (rest.args if rest.is_Mul else (rest,))]
        over = "" if coefficient.q == 1 else f"/{int(coefficient.q)}"
        head = abs(int(coefficient.p))
        text = "*".join(([] if head == 1 else [str(head)]) + factors) + over
        return f"(-{text})" if coefficient < 0 else text

    def _inner(self, value: Any, names: Mapping[str, str]) -> str:
        text = self.expression(value, names)
        return text if re.fullmatch(r"\w+(?:\([^()]*\))?", text) else f"({text})"

    def named(self, wanted: Iterable[str], taken: Set[str]) -> dict[str, str]:
        """A name in the language for each of some names: its own where that is one and not taken."""
        wanted = list(wanted)
        free = [name for name in wanted if self.names.fullmatch(name) and name not in taken]
        used = set(free)
        found: dict[str, str] = {}
        for name in wanted:
            if name in used and name not in found and name in free:
                found[name] = name
                continue
            plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
            base = plain if self.names.fullmatch(plain) else f"p_{plain}"
            new, count = base, 1
            while new in used or new in taken:
                count += 1
                new = f"{base}_{count}"
            used.add(new)
            found[name] = new
        return found


def _decimal(value: float) -> str:
    mantissa, e, exponent = repr(value).partition("e")
    text = f"{mantissa if '.' in mantissa else mantissa + '.0'}{e}{exponent}"
    return f"({text})" if value < 0 else text


QASM2 = Language("OpenQASM 2", {**_PLAIN, "log": "ln"}, "^", re.compile(r"[a-z][A-Za-z0-9_]*"))
QASM3 = Language(
    "OpenQASM 3",
    {**_PLAIN, "acos": "arccos", "asin": "arcsin", "atan": "arctan", "log": "log"},
    "**",
    re.compile(r"[^\W\d]\w*"),
)


def escaped(name: str) -> str:
    """A name for a comment: on one line, in ASCII."""
    return name.encode("unicode_escape").decode()


def radians_of(phase: Any, scaled: bool) -> Any:
    """A symbolic phase in radians.

    Args:
        scaled: whether its symbols are angles that the text has in radians: the parameters of a definition.
    """
    import sympy

    if scaled:
        phase = phase.subs({symbol: symbol / sympy.pi for symbol in phase.free_symbols}, simultaneous=True)
    return sympy.expand(phase * sympy.pi)


def unique_names(
    definitions: Sequence[GateDefinition], language: Language, taken: Set[str]
) -> dict[GateDefinition, str]:
    """A name in the language for each definition: two of one name get different ones."""
    found: dict[GateDefinition, str] = {}
    used = {*taken}
    for definition in definitions:
        name = language.named([definition.name], used)[definition.name]
        used.add(name)
        found[definition] = name
    return found
