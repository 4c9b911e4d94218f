"""Splitting a circuit at what is not unitary, and putting it together again.

Measurements, resets, barriers, conditional gates, opaque operations and the ends of lines stay exactly where
they are; the gates between two of them form a region, a unitary circuit on the qubits that it uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import NOT_UNITARY, Gate
from catenary.rewriting.circuits.angles import add


@dataclass(frozen=True, slots=True)
class Region:
    """A unitary part of a circuit: ``circuit``'s qubit k is the whole circuit's qubit ``qubits[k]``."""

    qubits: tuple[int, ...]
    circuit: Circuit


Part: TypeAlias = "Region | Gate"


def split(circuit: Circuit) -> list[Region | Gate]:
    """The parts of a circuit over the basic set, in order.

    >>> gates = (Gate("h", (1,)), Gate("measure", (1,), (), (0,)), Gate("x", (0,)))
    >>> parts = split(Circuit(2, gates, n_clbits=1))
    >>> [part.name if isinstance(part, Gate) else part.qubits for part in parts]
    [(1,), 'measure', (0,)]
    """
    parts: list[Region | Gate] = []
    run: list[Gate] = []
    for gate in circuit.gates:
        if gate.condition is not None or gate.name in NOT_UNITARY:
            if run:
                parts.append(region(run))
                run = []
            parts.append(gate)
        else:
            run.append(gate)
    if run:
        parts.append(region(run))
    return parts


def region(gates: Sequence[Gate]) -> Region:
    """The gates as a circuit on the qubits that they use."""
    qubits = tuple(sorted({q for gate in gates for q in gate.qubits}))
    number = {q: k for k, q in enumerate(qubits)}
    local = tuple(Gate(g.name, tuple(number[q] for q in g.qubits), g.params) for g in gates)
    return Region(qubits, Circuit.unchecked(len(qubits), local))


def join(template: Circuit, parts: Sequence[Region | Gate]) -> Circuit:
    """The circuit made of the parts; the phases of the regions add to the template's."""
    gates: list[Gate] = []
    phase: Phase = template.global_phase
    for part in parts:
        if isinstance(part, Gate):
            gates.append(part)
            continue
        phase = add(phase, part.circuit.global_phase)
        gates.extend(
            Gate(g.name, tuple(part.qubits[q] for q in g.qubits), g.params) for g in part.circuit.gates
        )
    return template.with_gates(tuple(gates), phase)
