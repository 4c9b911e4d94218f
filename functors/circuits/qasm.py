"""OpenQASM of either version: which one a text is, and reading and writing it."""

from __future__ import annotations

import os
import re
from typing import Literal

from catenary.diagrams.phases import SNAP_TOLERANCE
from catenary.diagrams.textfile import read_text
from catenary.functors.circuits import qasm2, qasm3
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.qasm2 import MAX_BYTES, Parsed

Version = Literal[2, 3]
_HEAD = re.compile(
    r"\ufeff?(?:[ \t\r\n\f\v]+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)*OPENQASM[ \t\r\n\f\v]+3(?![0-9])"
)


def version_of(text: str) -> Version:
    """3 if the text begins with ``OPENQASM 3``, else 2, whose reader says what is wrong with it.

    >>> version_of("// adder\\nOPENQASM 3.0;")
    3
    """
    return 3 if _HEAD.match(text) else 2


def parse(
    text: str, source: str = "<text>", *, tolerance: float = SNAP_TOLERANCE, keep_definitions: bool = False
) -> Circuit:
    """Read OpenQASM 2 or 3, as its first line says; see :mod:`.qasm2` and :mod:`.qasm3`.

    Raises:
        InputError: for anything else, with line, column and what was expected.

    >>> parse('OPENQASM 3; qubit q; U(0, 0, pi) q;').gates
    (Gate('u', (0,), (Fraction(0, 1), Fraction(0, 1), Fraction(1, 1))),)
    """
    return parse_with_report(text, source, tolerance=tolerance, keep_definitions=keep_definitions)[0].circuit


def parse_with_report(
    text: str, source: str = "<text>", *, tolerance: float = SNAP_TOLERANCE, keep_definitions: bool = False
) -> tuple[Parsed, Version]:
    """As :func:`parse`, with the list of decimal angles that were taken for exact ones, and the version."""
    version = version_of(text)
    language = qasm3 if version == 3 else qasm2
    found = language.parse_with_report(text, source, tolerance=tolerance, keep_definitions=keep_definitions)
    return found, version


def load(
    path: str | os.PathLike[str],
    *,
    tolerance: float = SNAP_TOLERANCE,
    max_bytes: int = MAX_BYTES,
    keep_definitions: bool = False,
) -> Circuit:
    """Read a file of either version; ``"-"`` is standard input.

    Raises:
        InputError: if the file cannot be read, is not UTF-8 text, or is not OpenQASM.
    """
    return load_with_report(
        path, tolerance=tolerance, max_bytes=max_bytes, keep_definitions=keep_definitions
    )[0].circuit


def load_with_report(
    path: str | os.PathLike[str],
    *,
    tolerance: float = SNAP_TOLERANCE,
    max_bytes: int = MAX_BYTES,
    keep_definitions: bool = False,
) -> tuple[Parsed, Version]:
    """As :func:`load`, with the list of decimal angles that were taken for exact ones, and the version."""
    text, source = read_text(path, "an OpenQASM file", max_bytes=max_bytes)
    return parse_with_report(text, source, tolerance=tolerance, keep_definitions=keep_definitions)


def dumps(circuit: Circuit, version: Version = 2) -> str:
    """The circuit as OpenQASM 2 or 3.

    Raises:
        CircuitError: for what the language has no word for.
    """
    return qasm3.dumps(circuit) if version == 3 else qasm2.dumps(circuit)
