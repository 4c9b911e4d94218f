"""A pass on overlapping windows of a long or wide circuit, sweep by sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.passes import Limits
from catenary.rewriting.circuits.regions import Region, join
from catenary.rewriting.circuits.windows import windows

WIRES = 62
GATES = 500
"""Size of a window, at most: as wide as annealing goes, since what is cut off at the sides is not seen together."""
SWEEPS = 3


def in_windows(circuit: Circuit, rewrite: Callable[[Circuit, Limits], Circuit], limits: Limits) -> Circuit:
    """The circuit with a pass applied to windows that cover it, sweep by sweep, each across the borders of the
    last; ``limits.steps`` are shared out by size.
    """
    total = max(len(circuit.gates), 1) * SWEEPS
    for sweep in range(SWEEPS):
        parts: list[Region | Gate] = [*windows(circuit, WIRES, GATES, GATES * (SWEEPS - sweep) // SWEEPS)]
        for k, part in enumerate(parts):
            if limits.over():
                return join(circuit, parts)
            if isinstance(part, Region) and len(part.circuit.gates) > 1:
                share = int(limits.steps * len(part.circuit.gates) / total)
                found = rewrite(part.circuit, replace(limits, seed=limits.seed + k, steps=share))
                parts[k] = Region(part.qubits, found)
        circuit = join(circuit, parts)
    return circuit
