"""What an OpenQASM 3 program consists of: statements and compiled expressions, each with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Step: TypeAlias = tuple[str, Any, int]
"""(operation, operand, place in the text). ``n`` pushes a literal, ``name`` a variable, ``operand`` bits of a
register, ``call`` a function of programs, ``cast`` a type of a program; the others pop their arguments."""
Program: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """``start:stop`` or ``start:step:stop``, the end included; a part that is left out is ``None``."""

    start: Program | None
    step: Program | None
    stop: Program | None
    place: int


@dataclass(frozen=True, slots=True)
class Operand:
    """A register, or elements of it: ``q``, ``q[1]``, ``q[0:2]``, ``q[{0, 2}]``."""

    name: str
    index: Program | Range | tuple[Program, ...] | None
    place: int
    is_set: bool = False


@dataclass(frozen=True, slots=True)
class Type:
    """A type's name and its width, if any: ``int[32]``."""

    name: str
    width: Program | None
    place: int


@dataclass(frozen=True, slots=True)
class Declaration:
    """``qubit[2] q;``, ``bit c = measure q[0];``, ``const int n = 3;``, ``float x;``"""

    type: Type
    name: str
    value: Program | Measurement | None
    is_const: bool
    place: int


@dataclass(frozen=True, slots=True)
class Input:
    """``input angle theta;``"""

    type: Type
    name: str
    place: int


@dataclass(frozen=True, slots=True)
class Alias:
    """``let a = q[0:1] ++ r;``"""

    name: str
    parts: tuple[Operand, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Modifier:
    """``inv``, ``pow(x)``, ``ctrl`` or ``negctrl(n)``."""

    name: str
    argument: Program | None
    place: int


@dataclass(frozen=True, slots=True)
class Application:
    """A gate, or ``gphase``, with its modifiers."""

    modifiers: tuple[Modifier, ...]
    name: str
    params: tuple[Program, ...]
    operands: tuple[Operand, ...]
    place: int
    simple: bool
    """Whether the operands are numbered elements or whole registers, and there is no modifier."""


@dataclass(frozen=True, slots=True)
class Definition:
    """``gate name(params) qubits { … }``"""

    name: str
    params: tuple[str, ...]
    qubits: tuple[str, ...]
    body: tuple[Statement, ...]
    place: int
    text: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """``measure q``"""

    qubits: Operand
    place: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """``c[0] = measure q[0];``, ``x = x + 1;``; ``operator`` is that before ``=``, if any."""

    target: Operand
    operator: str
    value: Program | Measurement
    place: int


@dataclass(frozen=True, slots=True)
class Reset:
    """``reset q;``"""

    qubits: Operand
    place: int


@dataclass(frozen=True, slots=True)
class Barrier:
    """``barrier q, r;``; without operands: all qubits."""

    qubits: tuple[Operand, ...]
    place: int


@dataclass(frozen=True, slots=True)
class If:
    """``if (condition) { … } else { … }``"""

    condition: Program
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]
    place: int


@dataclass(frozen=True, slots=True)
class For:
    """``for int i in [0:3] { … }``, or in a set."""

    type: Type
    name: str
    values: Range | tuple[Program, ...]
    body: tuple[Statement, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Include:
    """``include "stdgates.inc";``"""

    place: int


Statement: TypeAlias = (
    Declaration
    | Input
    | Alias
    | Application
    | Definition
    | Measurement
    | Assignment
    | Reset
    | Barrier
    | If
    | For
    | Include
)


def is_literal(program: Sequence[Step]) -> bool:
    """Whether the program names no variable, so that its value is always the same."""
    return all(step[0] not in ("name", "operand") for step in program) and all(
        is_literal(part) for step in program if step[0] in ("call", "cast") for part in step[1][1]
    )
