"""Circuits as flat gate lists: the form that files, optimisers and other tools share.

A :class:`Circuit` is a morphism between qubit types. :meth:`Circuit.to_diagram` gives the string diagram over the gate
signature and :meth:`Circuit.from_diagram` comes back, both in linear time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from catenary.diagrams import ArityError, Phase
from catenary.functors.circuits.gates import GATES, Gate


@dataclass(frozen=True, slots=True)
class Register:
    """A named register of a file: ``size`` consecutive qubits or classical bits."""

    name: str
    size: int


@dataclass(frozen=True)
class Circuit:
    """A quantum circuit. Immutable.

    Args:
        n_qubits: number of lines.
        gates: the operations in order.
        n_clbits: number of classical bits.
        inputs, outputs: the lines that are open at the start and the end, in the order of the boundary; all of them
            unless given. A line that is not an input begins with an ``init`` gate, one that is not an output ends with ``post``.
        global_phase: half turns; the circuit is exp(iπ·global_phase) times its gates.
        qregs, cregs: registers of the file it came from, in order; one register ``q`` (``c``) where empty.

    Raises:
        ArityError: for a gate on the wrong number of qubits or parameters, a repeated qubit, or a qubit out of range.

    >>> bell = Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))])
    >>> len(bell), bell.dagger().gates[0]
    (2, Gate(name='cx', qubits=(0, 1), params=(), clbits=(), condition=None, label=''))
    """

    n_qubits: int
    gates: tuple[Gate, ...] = ()
    n_clbits: int = 0
    inputs: tuple[int, ...] | None = None
    outputs: tuple[int, ...] | None = None
    global_phase: Phase = Fraction(0)
    qregs: tuple[Register, ...] = field(default=(), compare=False)
    cregs: tuple[Register, ...] = field(default=(), compare=False)
