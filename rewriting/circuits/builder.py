"""Putting basic gates back together with an exact global phase."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.angles import add, rotation_gates

Diagonal: TypeAlias = tuple[int, Phase]
"""R_z(angle) on a qubit, not yet written as gates."""


def assemble(template: Circuit, operations: Iterable[Gate | Diagonal], phase: Phase) -> Circuit:
    """The template with new operations and the given global phase; rotations become basic gates."""
    gates: list[Gate] = []
    for operation in operations:
        if isinstance(operation, Gate):
            gates.append(operation)
        else:
            written, extra = rotation_gates(*operation)
            gates.extend(written)
            phase = add(phase, extra)
    return template.with_gates(tuple(gates), phase)


_INVERSES = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t"}


def inverse(gates: Iterable[Gate]) -> list[Gate]:
    """The inverse of a list of basic gates, exactly (phase included)."""
    return [
        Gate("rz", gate.qubits, (-gate.params[0],))
        if gate.name == "rz"
        else Gate(_INVERSES[gate.name], gate.qubits)
        if gate.name in _INVERSES
        else gate
        for gate in reversed(list(gates))
    ]
