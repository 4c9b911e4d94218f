"""OpenQASM 2 (Cross, Bishop, Smolin & Gambetta, arXiv 1707.03429), complete, read and written.

Reading is linear: statements of the common form (a gate on indexed qubits) are recognised by one regular
expression and remembered; everything else, and every fault, goes through the full parser. Nothing is dropped:
measurements, resets, barriers and conditionals stay in place.

Choices where the language leaves them open: ``U`` is P(φ)·Ry(θ)·P(λ) as in Qiskit; gates of later versions of
qelib1.inc (``p sx rxx cswap …``) are there after ``include "qelib1.inc"`` and may be defined anew; ``^``
binds to the right and tighter than unary minus; an ``opaque`` gate is kept as ``opaque`` with its name
as label; an uncalled definition is forgotten; a defined gate is expanded where it is applied, or kept by its name
(``keep_definitions``).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction

from catenary.diagrams.phases import SNAP_TOLERANCE
from catenary.diagrams.textfile import read_text
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.qasm2_parser import Parser
from catenary.functors.circuits.qasm2_writer import dumps

__all__ = ["Parsed", "Snap", "dumps", "load", "load_with_report", "parse", "parse_with_report"]

MAX_QUBITS = 1_000_000
MAX_OPERATIONS = 5_000_000
MAX_BYTES = 1 << 29


@dataclass(frozen=True, slots=True)
class Snap:
    """A decimal angle that was read as an exact multiple of π/2^k.

    Attributes:
        line: 1-based line of the statement (for the body of a gate, of its application).
        given: the half turns that the decimal stands for.
        phase: the exact half turns it was read as.
    """

    line: int
    given: float
    phase: Fraction


@dataclass(frozen=True, slots=True)
class Parsed:
    """A circuit and what reading it changed.

    Attributes:
        circuit: the circuit.
        snapped: every decimal angle that was taken for an exact one, in the order of the file.
    """

    circuit: Circuit
    snapped: tuple[Snap, ...]


def parse(
    text: str,
    source: str = "<text>",
    *,
    tolerance: float = SNAP_TOLERANCE,
    max_qubits: int = MAX_QUBITS,
    max_operations: int = MAX_OPERATIONS,
    keep_definitions: bool = False,
) -> Circuit:
    """Read OpenQASM 2.

    Args:
        text: the program.
        source: what to call it in messages.
        tolerance: a decimal angle within so many half turns of a multiple of π/2^k is read as that
            multiple; 0 keeps decimals.
        max_qubits: the most qubits, and the most classical bits.
        max_operations: the most operations after definitions and registers are expanded.
        keep_definitions: whether gates that the file defines stay gates of that name (``defined``, see
            :mod:`~catenary.functors.circuits.definitions`) instead of being expanded where they are applied. Those that
            hold an opaque gate, or whose shape or angles cannot be said by symbols, are expanded all the same.

    Raises:
        InputError: for anything that is not OpenQASM 2, with line, column and what was expected.

    >>> parse('OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; h q[0]; cx q[0],q[1];').gates
    (Gate('h', (0,)), Gate('cx', (0, 1)))
    """
    return parse_with_report(
        text,
        source,
        tolerance=tolerance,
        max_qubits=max_qubits,
        max_operations=max_operations,
        keep_definitions=keep_definitions,
    ).circuit


def parse_with_report(
    text: str,
    source: str = "<text>",
    *,
    tolerance: float = SNAP_TOLERANCE,
    max_qubits: int = MAX_QUBITS,
    max_operations: int = MAX_OPERATIONS,
    keep_definitions: bool = False,
) -> Parsed:
    """As :func:`parse`, with the list of decimal angles that were taken for exact ones.

    >>> head = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; '
    >>> parse_with_report(head + "rz(1.5707963267948966) q[0];").snapped
    (Snap(line=1, given=0.5, phase=Fraction(1, 2)),)
    """
    circuit, snapped = Parser(text, source, tolerance, max_qubits, max_operations, keep_definitions).run()
    return Parsed(circuit, tuple(Snap(*row) for row in snapped))


def load(
    path: str | os.PathLike[str],
    *,
    tolerance: float = SNAP_TOLERANCE,
    max_bytes: int = MAX_BYTES,
    keep_definitions: bool = False,
) -> Circuit:
    """Read an OpenQASM 2 file; ``"-"`` is standard input.

    Raises:
        InputError: if the file cannot be read, is not UTF-8 text, or is not OpenQASM 2.
    """
    return load_with_report(
        path, tolerance=tolerance, max_bytes=max_bytes, keep_definitions=keep_definitions
    ).circuit


def load_with_report(
    path: str | os.PathLike[str],
    *,
    tolerance: float = SNAP_TOLERANCE,
    max_bytes: int = MAX_BYTES,
    keep_definitions: bool = False,
) -> Parsed:
    """As :func:`load`, with the list of decimal angles that were taken for exact ones."""
    text, source = read_text(path, "an OpenQASM 2 file", max_bytes=max_bytes)
    return parse_with_report(text, source, tolerance=tolerance, keep_definitions=keep_definitions)
