"""The searches' first use on a machine, when numba compiles them."""

from __future__ import annotations

import time

from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate

COMPILING = 3.0
"""Seconds above which it was not only reading numba's cache."""

_ready = False


def compile_searches() -> float:
    """Have the searches compiled if they are not: the seconds that took, once in a process and mostly 0."""
    global _ready
    if _ready:
        return 0.0
    start = time.monotonic()
    from catenary.rewriting.circuits.annealing import anneal
    from catenary.rewriting.circuits.parities import rewrite_parities
    from catenary.rewriting.circuits.sequence import pauli_sequence

    gates = Gate("cx", (0, 1)), Gate("t", (1,)), Gate("cx", (0, 1))
    circuit = Circuit(2, gates)
    anneal([pauli_sequence(circuit)], steps=1, seed=0)
    rewrite_parities(circuit, steps=1, seed=0)
    _ready = True
    seconds = time.monotonic() - start
    return seconds if seconds > COMPILING else 0.0
