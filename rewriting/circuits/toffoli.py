"""Other decompositions of Toffoli gates: which one is taken decides what its neighbours cancel with."""

from __future__ import annotations

import random

from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import decomposition, to_basic
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.builder import inverse


def other_toffolis(circuit: Circuit, seed: int) -> Circuit | None:
    """The circuit over the basic set with every Toffoli's controls and polarity chosen at random.

    A ccx is its own inverse, so its decomposition may also be run backwards, every t as a tdg. ``None`` if
    there is no Toffoli.

    >>> other_toffolis(Circuit(1), 0) is None
    True
    """
    if not any(gate.name in ("ccx", "ccz") and gate.condition is None for gate in circuit.gates):
        return None
    rng = random.Random(seed)
    gates: list[Gate] = []
    phase = circuit.global_phase
    for gate in circuit.gates:
        if gate.name not in ("ccx", "ccz") or gate.condition is not None:
            gates.append(gate)
            continue
        a, b, target = gate.qubits
        if rng.random() < 0.5:
            a, b = b, a
        written, extra = decomposition(Gate(gate.name, (a, b, target)))
        if rng.random() < 0.5:
            gates.extend(inverse(written))
            phase = phase - extra
        else:
            gates.extend(written)
            phase = phase + extra
    return to_basic(circuit.with_gates(tuple(gates), phase))
