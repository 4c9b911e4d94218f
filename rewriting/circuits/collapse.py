"""Equality of circuits with decimal angles by what is left of one circuit behind the inverse of the other.

At the border the last gates of the inverse meet the first ones of the circuit; where the two circuits are the same up
to unitaries of two or three qubits, windows there are the identity and go, and the next gates meet. A circuit whose
windows were written anew from their matrices has other rotations everywhere, so that no exact method sees it.
"""

from __future__ import annotations

import random
import time

from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.rewriting.circuits.angles import ZERO, add
from catenary.rewriting.circuits.builder import inverse
from catenary.rewriting.circuits.dense import TOLERANCE
from catenary.rewriting.circuits.resynthesis import exact_windows, has_fine_angles, unitary_sweeps
from catenary.rewriting.circuits.steps import Proof, prove_steps
from catenary.rewriting.circuits.unitaries import pauli_miter

TOGETHER = 100
"""Gates of the longer circuit that are added at a time."""
MORE = 10
"""Times that other windows are tried on what is left when all are added."""
LEFT = 3_000
"""Gates that may be left of so far: more say that this leads nowhere."""


def collapse(a: Circuit, b: Circuit, deadline: float, seed: int = 0) -> Proof | None:
    """The proof that the first unitary circuit over the basic set is the second one up to a phase, if windows on up to
    three wires show it.

    Raises:
        LimitReached: past the deadline.
    """
    if not (has_fine_angles(a) or has_fine_angles(b)):
        return None
    rng = random.Random(seed)

    def over() -> bool:
        return time.monotonic() > deadline

    first, second = a.with_gates(a.gates, ZERO), b.with_gates(b.gates, ZERO)
    rounds = max(1, max(len(a.gates), len(b.gates)) // TOGETHER)
    phase: Phase = add(a.global_phase, -b.global_phase)
    error = 0.0
    left = first.with_gates((), ZERO)
    for k in range(rounds + MORE):
        if k >= rounds and not left.gates:
            break
        one, other = (
            c.gates[len(c.gates) * k // rounds : len(c.gates) * (k + 1) // rounds] for c in (first, second)
        )
        left = left.with_gates((*inverse(other), *left.gates, *one), ZERO)
        steps = unitary_sweeps(left, rng, over)
        steps.append(exact_windows(steps[-1].after if steps else left, rng, over, level=False))
        if any(step.changes for step in steps):
            found = steps[-1].after
            found = found.with_gates(found.gates, ZERO)
            proof = prove_steps(left, steps, found, deadline=deadline)
            if proof is None:
                return None
            phase, error = add(phase, proof.phase), error + proof.error
            left = found
        if len(left.gates) > LEFT or error > TOLERANCE or over():
            return None
    last = pauli_miter(left, left.with_gates((), ZERO), deadline=deadline)[0]
    return None if last is None else Proof(add(phase, last), error, True)
