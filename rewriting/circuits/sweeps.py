"""A pass on overlapping windows of a long or wide circuit, sweep by sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from catenary.functors.circuits.circuit import Circuit
from catenary.rewriting.circuits.coupling import among
from catenary.rewriting.circuits.passes import Limits
from catenary.rewriting.circuits.regions import Region
from catenary.rewriting.circuits.steps import Step
from catenary.rewriting.circuits.windows import windows

WIRES = 62
GATES = 500
"""Size of a window, at most: as wide as annealing goes, since what is cut off at the sides is not seen together."""
SWEEPS = 3


def in_windows(circuit: Circuit, rewrite: Callable[[Circuit, Limits], Circuit], limits: Limits) -> list[Step]:
    """A pass applied to windows that cover the circuit, sweep by sweep, each across the borders of the last;
    ``limits.steps`` are shared out by size.
    """
    total = max(len(circuit.gates), 1) * SWEEPS
    steps: list[Step] = []
    for sweep in range(SWEEPS):
        if limits.over():
            break
        old = tuple(windows(circuit, WIRES, GATES, GATES * (SWEEPS - sweep) // SWEEPS))
        parts = list(old)
        for k, part in enumerate(old):
            if len(part.circuit.gates) > 1 and not limits.over():
                share = int(limits.steps * len(part.circuit.gates) / total)
                found = rewrite(
                    part.circuit,
                    replace(limits, seed=limits.seed + k, steps=share, near=among(limits.near, part.qubits)),
                )
                parts[k] = Region(part.qubits, found)
        steps.append(Step(circuit, old, tuple(parts)))
        circuit = steps[-1].after
    return steps
