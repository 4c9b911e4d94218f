"""Phase-polynomial regions of a circuit, written again with fewer CX gates.

Between Hadamard gates a circuit of CX gates and phases multiplies a basis state by a phase for each of some
parities of the inputs, and maps it linearly. Regions are grown along the circuit: a gate belongs to the region
if nothing that it would have to pass shares a wire with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.angles import ZERO, add, is_zero, rotation_angle
from catenary.rewriting.circuits.builder import Diagonal, assemble
from catenary.rewriting.circuits.kernels import COMPILED, seeds
from catenary.rewriting.circuits.parity_moves import rewrite
from catenary.rewriting.circuits.regions import phase_regions

LARGEST = 62
"""Wires of a region, at most: a parity is one machine word."""
CHECK = 2_000 if COMPILED else 20
"""Windows between two looks at the clock."""

# Measured on multipliers in GF(2^n), where each is worth a few gates in a hundred.
LONGEST = 18
"""Gates in a window, at most."""
HOT, COLD = 0.35, 0.1
"""First and last temperature, in gates."""
DECAY = 0.5
"""Each further wire of an unfinished parity counts this part of the one before."""
LINEAR = 0.3
"""What an entry of the linear map that is left counts."""
NOISE = 0.8
"""Random part of what a gate is worth."""


@dataclass(frozen=True, slots=True)
class PhasePolynomial:
    """A region: the CX gates in order, the phase of each parity, and which wires end inverted.

    Attributes:
        wires: the circuit's qubits; masks and gates number them from 0.
        gates: (control, target) of each CX gate.
        phases: for each parity mask the angle in half turns, no multiple of 2.
        flipped: mask of the wires whose value is inverted at the end.
        phase: global phase in half turns.
    """

    wires: tuple[int, ...]
    gates: tuple[tuple[int, int], ...]
    phases: dict[int, Phase]
    flipped: int
    phase: Phase

    @staticmethod
    def of(gates: list[Gate]) -> PhasePolynomial:
        """The region of a list of cx, x, y and phase gates."""
        wires = tuple(sorted({q for gate in gates for q in gate.qubits}))
        number = {q: k for k, q in enumerate(wires)}
        rows = [1 << k for k in range(len(wires))]
        flipped = 0
        pairs: list[tuple[int, int]] = []
        phases: dict[int, Phase] = {}
        phase: Phase = ZERO

        def turn(k: int, angle: Phase) -> None:
            # R_z(θ) after X is R_z(-θ) before it.
            signed = -angle if flipped >> k & 1 else angle
            phases[rows[k]] = add(phases.get(rows[k], ZERO), signed)

        for gate in gates:
            k = number[gate.qubits[0]]
            found = rotation_angle(gate)
            if found is not None:
                phase = add(phase, found[1])
                turn(k, found[0])
            elif gate.name == "cx":
                t = number[gate.qubits[1]]
                rows[t] ^= rows[k]
                flipped ^= (flipped >> k & 1) << t
                pairs.append((k, t))
            else:
                if gate.name == "y":  # i X Z, Z = i R(1)
                    phase = add(phase, Fraction(1))
                    turn(k, Fraction(1))
                flipped ^= 1 << k
        for mask in [mask for mask, angle in phases.items() if is_zero(angle)]:
            phase = add(phase, phases.pop(mask) / 2)  # R(2) is -1
        return PhasePolynomial(wires, tuple(pairs), phases, flipped, phase)

    def with_gates(self, gates: list[tuple[int, int]]) -> list[Gate | Diagonal]:
        """The operations for other CX gates of the same linear map that visit all the parities.

        Raises:
            ValueError: if a parity is not visited, or the map is another.
        """
        rows = [1 << k for k in range(len(self.wires))]
        left = dict(self.phases)
        result: list[Gate | Diagonal] = []
        for k in range(len(rows)):
            self._place(rows, k, left, result)
        for c, t in gates:
            result.append(Gate("cx", (self.wires[c], self.wires[t])))
            rows[t] ^= rows[c]
            self._place(rows, t, left, result)
        wanted = [1 << k for k in range(len(self.wires))]
        for c, t in self.gates:
            wanted[t] ^= wanted[c]
        if left or rows != wanted:
            raise ValueError("the CX gates are not those of the phase polynomial")
        result.extend(Gate("x", (q,)) for k, q in enumerate(self.wires) if self.flipped >> k & 1)
        return result

    def _place(self, rows: list[int], k: int, left: dict[int, Phase], result: list[Gate | Diagonal]) -> None:
        angle = left.pop(rows[k], None)
        if angle is not None:
            result.append((self.wires[k], angle))


def rewrite_parities(
    circuit: Circuit, *, steps: int, seed: int, over: Callable[[], bool] = lambda: False
) -> Circuit:
    """The circuit with every phase-polynomial region written with as few CX gates as windows of it allow.

    Args:
        circuit: unitary, over the basic set.
        steps: windows tried, in all.
        seed: of the random choices.
        over: asked now and then whether to stop.
    """
    parts = phase_regions(circuit, LARGEST)
    total = sum(sum(gate.name == "cx" for gate in part) ** 2 for part in parts) or 1
    operations: list[Gate | Diagonal] = []
    phase = circuit.global_phase
    for part in parts:
        pairs = sum(gate.name == "cx" for gate in part)
        if pairs < 2 or over():
            operations.extend(part)
            continue
        polynomial = PhasePolynomial.of(part)
        gates = fewer_gates(polynomial, int(steps * pairs**2 / total), seed, over)
        operations.extend(polynomial.with_gates(gates))
        phase = add(phase, polynomial.phase)
    return assemble(circuit, operations, phase)


def fewer_gates(
    polynomial: PhasePolynomial, steps: int, seed: int, over: Callable[[], bool] = lambda: False
) -> list[tuple[int, int]]:
    """CX gates for a phase polynomial, at most as many as it came with."""
    n, length = len(polynomial.wires), len(polynomial.gates)
    gates = np.zeros(2 * (length + 64), np.int64)
    gates[: 2 * length] = [q for pair in polynomial.gates for q in pair]
    best = gates.copy()
    parities = np.array(sorted(polynomial.phases), dtype=np.int64)
    state = seeds(seed)
    gain = np.array([0.0, 0.0] + [(1 - DECAY**k) / (1 - DECAY) for k in range(1, n + 2)])
    least = length
    done = 0
    while done < steps and not over():
        count = min(CHECK, steps - done)
        temperature = HOT * (COLD / HOT) ** (done / steps)
        length, least = rewrite(
            n, gates, length, parities, count, LONGEST, temperature, gain, LINEAR, NOISE, state, best, least
        )
        done += count
    return [(int(best[2 * g]), int(best[2 * g + 1])) for g in range(least)]
