"""Windows on at most three wires, written again one by one: exactly, or from their matrices.

The exact way keeps the rotations and is the best there is for them (``three_wires``). The other one is for windows with
angles that are decimals or finer than π/4: it takes the product of all gates in floating point and writes that with as
few CX gates as any two-qubit unitary needs, or nineteen for three qubits. As its rotations are new ones, what becomes
of each window is kept, to be proved apart (``steps``).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.counts import Counts, counts
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.simulate import unitary
from catenary.rewriting.circuits.angles import ZERO
from catenary.rewriting.circuits.block_zxz import three_qubit_gates
from catenary.rewriting.circuits.clifford_table import PAIRS, WIRES
from catenary.rewriting.circuits.coupling import Near, among, fits
from catenary.rewriting.circuits.dense import float_phase
from catenary.rewriting.circuits.emission import EmissionError, emit
from catenary.rewriting.circuits.regions import Region
from catenary.rewriting.circuits.sequence import pauli_sequence
from catenary.rewriting.circuits.small_windows import small_windows
from catenary.rewriting.circuits.steps import Step
from catenary.rewriting.circuits.three_wires import rewritten
from catenary.rewriting.circuits.weyl import Matrix, one_qubit_gates, two_qubit_gates

GATES = 40
"""Gates in a window of the exact search, at most."""
LONG = 1_000
"""Gates in a window whose matrix is taken, at most."""
STATES = 1_000
"""States of the exact search with the same number of gates: as good here as four times as many."""
IDLE = 3
"""Sweeps without a change after which there are no more."""
MANY = 12
"""Two-qubit gates of a window on three wires from which it may be shorter as one unitary."""


def exact_windows(
    circuit: Circuit, rng: random.Random, over: Callable[[], bool], *, level: bool = True, near: Near = None
) -> Step:
    """One sweep of windows, each with the fewest two-qubit gates for its rotations.

    Args:
        circuit: unitary, over the basic set.
        rng: chooses the windows.
        over: whether to leave the windows that are left as they are.
        level: whether a window may be exchanged for another as good one.
        near: what two-qubit gates the result may have, as the circuit has no others.
    """
    old = small_windows(circuit, WIRES, GATES, rng)
    parts = list(old)
    for k, part in enumerate(parts):
        before = counts(part.circuit)
        if over() or before.two_qubit < 3:
            continue
        local = among(near, part.qubits)
        pairs = [(a, b) for a, b in PAIRS if local is None or (b < len(local) and local[a] >> b & 1)]
        sequence = rewritten(pauli_sequence(part.circuit), before.two_qubit - (not level), rng, pairs, STATES)
        if sequence is None:
            continue
        try:
            found = emit(part.circuit, sequence)
        except EmissionError:  # cannot be, as the sequence keeps strings and Clifford map
            continue
        after = counts(found)
        if (after.two_qubit, after.gates) <= (before.two_qubit, before.gates):
            parts[k] = Region(part.qubits, found)
    return Step(circuit, tuple(old), tuple(parts))


def unitary_windows(
    circuit: Circuit, wires: int, rng: random.Random, over: Callable[[], bool], near: Near = None
) -> Step:
    """One sweep of windows on at most ``wires`` wires, two or three, each written from its matrix where that has
    fewer two-qubit gates, or as many and fewer rotations, and not more of either.

    The arguments are those of :func:`exact_windows`.
    """
    old = small_windows(circuit, wires, LONG, rng)
    new = [part if over() else _from_matrix(part, among(near, part.qubits)) for part in old]
    return Step(circuit, tuple(old), tuple(new))


def unitary_sweeps(
    circuit: Circuit, rng: random.Random, over: Callable[[], bool], near: Near = None
) -> list[Step]:
    """Such sweeps as long as they change something, on two wires and then on three.

    The arguments are those of :func:`exact_windows`.
    """
    if not has_fine_angles(circuit):
        return []
    steps: list[Step] = []
    idle = 0
    while idle < IDLE and not over():
        # Two wires twice, since what is cut off at a window's end is another window's the next time.
        step = unitary_windows(circuit, WIRES if idle == IDLE - 1 else 2, rng, over, near)
        idle += 1
        if step.changes:
            steps.append(step)
            circuit = step.after
            idle = 0
    return steps


def has_fine_angles(circuit: Circuit) -> bool:
    """Whether a rotation's angle is a number that is no multiple of π/4."""
    return any(gate.name == "rz" and _fine(gate.params[0]) for gate in circuit.gates)


def _fine(angle: Phase) -> bool:
    return not is_symbolic(angle) and (not isinstance(angle, Fraction) or 4 % angle.denominator != 0)


def _from_matrix(part: Region, near: Near) -> Region:
    given = part.circuit
    if any(g.params and is_symbolic(g.params[0]) for g in given.gates) or not has_fine_angles(given):
        return part
    before = counts(given)
    n = given.n_qubits
    if n > WIRES or (n == WIRES and before.two_qubit <= MANY) or (before.t < 3 and before.two_qubit < 2):
        return part
    best = given
    for turned in range(n if n == WIRES else 1):
        # Each of three qubits in front.
        order = [*range(turned, n), *range(turned)]
        place = {q: k for k, q in enumerate(order)}
        gates = _WRITE[n](unitary(Circuit.unchecked(n, tuple(_on(g, place) for g in given.gates))))
        written = given.with_gates(tuple(_on(g, order) for g in gates), ZERO)
        after = counts(written)
        if fits(written, near) and after.t <= before.t and _key(after) < _key(counts(best)):
            best = written
    if best is given:
        return part
    same, phase, _ = float_phase(given, best)
    return Region(part.qubits, best.with_gates(best.gates, phase)) if same else part


_WRITE: dict[int, Callable[[Matrix], list[Gate]]] = {
    1: lambda matrix: one_qubit_gates(matrix, 0),
    2: two_qubit_gates,
    3: three_qubit_gates,
}


def _on(gate: Gate, place: Sequence[int] | dict[int, int]) -> Gate:
    return Gate(gate.name, tuple(place[q] for q in gate.qubits), gate.params)


def _key(count: Counts) -> tuple[int, int, int]:
    return count.two_qubit, count.t, count.gates
