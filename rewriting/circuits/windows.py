"""Windows of a circuit: parts of bounded size that a pass may rewrite on their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.passes import Limits
from catenary.rewriting.circuits.regions import Region, join, region

WIRES = 40
GATES = 800
"""Size of a window, at most."""
SWEEPS = 2


def windows(circuit: Circuit, first: int, wires: int = WIRES, gates: int = GATES) -> list[Region | Gate]:
    """The gates of a unitary circuit, in an order that is as good, cut into parts on few wires.

    Args:
        first: number of gates of the first window, at most; with half of ``gates`` the windows lie across the
            borders of those that start with a whole one.

    >>> gates = [Gate("cx", (0, 1)), Gate("cx", (2, 3)), Gate("h", (0,))]
    >>> [len(part.circuit) for part in windows(Circuit(4, gates), 800, wires=2)]
    [2, 1]
    """
    parts: list[Region | Gate] = []
    todo = list(circuit.gates)
    room = first
    while todo:
        window: list[Gate] = []
        later: list[Gate] = []
        inside: set[int] = set()
        blocked: set[int] = set()
        for k, gate in enumerate(todo):
            qubits = gate.qubits
            if blocked.isdisjoint(qubits) and (
                inside.issuperset(qubits) or len(inside.union(qubits)) <= max(wires, len(qubits))
            ):
                window.append(gate)
                inside.update(qubits)
            else:
                later.append(gate)
                blocked.update(qubits)
            if len(window) == room or len(blocked) == circuit.n_qubits:
                later.extend(todo[k + 1 :])
                break
        parts.append(region(window))
        todo = later
        room = gates
    return parts


def in_windows(circuit: Circuit, rewrite: Callable[[Circuit, Limits], Circuit], limits: Limits) -> Circuit:
    """The circuit with a pass applied to windows that cover it, sweep by sweep, each across the borders of the
    last; ``limits.steps`` are shared out by size.
    """
    total = max(len(circuit.gates), 1) * SWEEPS
    for sweep in range(SWEEPS):
        parts = windows(circuit, GATES // (1 + sweep % 2))
        for k, part in enumerate(parts):
            if limits.over():
                return join(circuit, parts)
            if isinstance(part, Region) and len(part.circuit.gates) > 1:
                share = int(limits.steps * len(part.circuit.gates) / total)
                found = rewrite(part.circuit, replace(limits, seed=limits.seed + k, steps=share))
                parts[k] = Region(part.qubits, found)
        circuit = join(circuit, parts)
    return circuit
