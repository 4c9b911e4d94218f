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
from catenary.rewriting.circuits.angles import add, rotation_angle


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


def phase_regions(circuit: Circuit, widest: int) -> list[list[Gate]]:
    """The gates of a unitary circuit over the basic set, in an order that is as good, cut into regions of cx, x,
    y and phase gates on at most ``widest`` wires, and lists of other gates.

    >>> from catenary.functors.circuits.gates import Gate
    >>> gates = (Gate("cx", (0, 1)), Gate("h", (0,)), Gate("t", (1,)), Gate("t", (0,)))
    >>> [[gate.name for gate in part] for part in phase_regions(Circuit(2, gates), 62)]
    [['cx', 't'], ['h'], ['t']]
    """
    result: list[list[Gate]] = []
    todo = list(circuit.gates)
    while todo:
        region: list[Gate] = []
        others: list[Gate] = []
        later: list[Gate] = []
        wires: set[int] = set()
        blocked: set[int] = set()
        for gate in todo:
            fits = gate.name in ("cx", "x", "y") or rotation_angle(gate) is not None
            fits = fits and len(wires | set(gate.qubits)) <= widest
            if fits and blocked.isdisjoint(gate.qubits):
                region.append(gate)
                wires.update(gate.qubits)
            elif not fits and blocked.isdisjoint(gate.qubits) and wires.isdisjoint(gate.qubits):
                others.append(gate)
            else:
                later.append(gate)
                blocked.update(gate.qubits)
        if others:
            result.append(others)
        if region:
            result.append(region)
        todo = later
    return result


def largest_region(circuit: Circuit) -> int:
    """The number of two-qubit gates in the largest of the :func:`phase_regions`."""
    parts = phase_regions(circuit, circuit.n_qubits)
    return max((sum(gate.name == "cx" for gate in part) for part in parts), default=0)
