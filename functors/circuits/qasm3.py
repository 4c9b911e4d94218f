"""OpenQASM 3 circuits (Cross et al., *OpenQASM 3: a broader and deeper quantum assembly language*,
arXiv 2104.14722; specification 3.0 and 3.1), read and written; :func:`.qasm.load` reads files.

Read are: qubits, bits and registers (of OpenQASM 2 too), hardware qubits, aliases, constants and variables whose
values are known while reading, gate definitions, all of stdgates.inc, ``gphase``, modifiers ``inv``, ``pow``, ``ctrl``
and ``negctrl``, broadcasting, ``input angle`` and ``input float`` as free SymPy symbols, ``if`` and ``else`` on
constants and on measured bits, ``for`` over ranges and sets, ``measure``, ``reset`` and ``barrier``. Anything else is
refused by name, with line and column.

Choices and conventions. Loops are unrolled, definitions expanded (unless ``keep_definitions``), except those that
:func:`dumps` writes itself.
``U`` and ``u3`` have the phases of the specification, so that ``ctrl @ U`` and ``ctrl @ u3`` differ from Qiskit's
reading of them. A quotient of integers is truncated, as the specification says: ``pi*(1/2)`` is 0. An ``angle`` is
taken modulo 2π where it is declared; expressions of angles are evaluated in the real numbers. A condition on
several bits becomes conditions on values of single bits, each gate once for each of them, none of which hold at the
same time. A branch whose own measurement changes its condition is refused if anything follows in it. The global
phase of a conditional gate, which no measurement sees, is left out.
"""

from __future__ import annotations

from catenary.diagrams.phases import SNAP_TOLERANCE
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.qasm2 import MAX_OPERATIONS, MAX_QUBITS, Parsed, Snap
from catenary.functors.circuits.qasm3_reader import Reader
from catenary.functors.circuits.qasm3_writer import dumps

__all__ = ["Parsed", "Snap", "dumps", "parse", "parse_with_report"]


def parse(
    text: str,
    source: str = "<text>",
    *,
    tolerance: float = SNAP_TOLERANCE,
    max_qubits: int = MAX_QUBITS,
    max_operations: int = MAX_OPERATIONS,
    keep_definitions: bool = False,
) -> Circuit:
    """Read OpenQASM 3.

    Args:
        text: the program.
        source: what to call it in messages.
        tolerance: a decimal angle within so many half turns of a multiple of π/2^k is read as that
            multiple; 0 keeps decimals.
        max_qubits: the most qubits, and the most classical bits.
        max_operations: the most operations after loops, definitions and registers are expanded.
        keep_definitions: whether gates that the file defines stay gates of that name (``defined``, see
            :mod:`~catenary.functors.circuits.definitions`) instead of being expanded where they are applied. Those that
            hold an opaque gate, or whose shape or angles cannot be said by symbols, are expanded all the same.

    Raises:
        InputError: for anything that is not such a program, with line, column and what was expected.

    >>> parse('OPENQASM 3.0; include "stdgates.inc"; qubit[3] q; ctrl @ s q[0], q[1:2];').gates
    (Gate('cp', (0, 1), (Fraction(1, 2),)), Gate('cp', (0, 2), (Fraction(1, 2),)))
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
    """As :func:`parse`, with the list of decimal angles that were taken for exact ones."""
    circuit, snapped = Reader(text, source, tolerance, max_qubits, max_operations, keep_definitions).run()
    return Parsed(circuit, tuple(Snap(*row) for row in snapped))
