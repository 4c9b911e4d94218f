"""Rewriting a circuit in windows, and the proof of it window by window: it takes as long as the windows do, however
wide the circuit is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from catenary.diagrams.phases import Phase, reduce_phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.angles import ZERO, add
from catenary.rewriting.circuits.dense import TOLERANCE, float_phase
from catenary.rewriting.circuits.regions import Region, join
from catenary.rewriting.circuits.unitaries import WITHIN, pauli_miter

FEW = 3
"""Wires of a window up to which its matrix is taken where its Pauli rotations do not decide."""


@dataclass(frozen=True, slots=True)
class Step:
    """Windows that put in a row are a circuit, and what they became."""

    before: Circuit
    old: tuple[Region, ...]
    new: tuple[Region, ...]

    @property
    def after(self) -> Circuit:
        """The circuit that they became."""
        return join(self.before, self.new)

    @property
    def changes(self) -> bool:
        """Whether a window became another one."""
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class Proof:
    """That a circuit is exp(iπ·phase) times another.

    Attributes:
        phase: in half turns.
        error: bound on the norm of the difference where matrices were compared, else 0.
        rounded: whether decimal angles were.
    """

    phase: Phase
    error: float
    rounded: bool

    @property
    def method(self) -> str:
        """How it was seen."""
        method = "Pauli-rotation miters of windows" + WITHIN * self.rounded
        if self.error:
            method += f", and matrices in 64-bit floating point, differences at most {self.error:.0e}"
        return method


def prove_steps(
    circuit: Circuit, steps: Iterable[Step], found: Circuit, *, deadline: float | None = None
) -> Proof | None:
    """The proof that steps lead from a circuit to another one up to a phase; ``None`` if they do not.

    A step is right if on each wire its windows have the gates of the circuit before it in the same order, and each
    new window is the old one up to a phase: their Pauli rotations cancel, or they have few wires and the same matrix. All
    differences of matrices together are at most 1e-9.

    Raises:
        LimitReached: past the deadline.
    """
    empty = circuit.with_gates((), ZERO)
    now = circuit
    phase: Phase = ZERO
    error = 0.0
    rounded = False
    for step in steps:
        if now.gates != step.before.gates or len(step.old) != len(step.new):
            return None
        if _wires(join(empty, step.old)) != _wires(now):
            return None
        for old, new in zip(step.old, step.new, strict=True):
            if old == new:
                continue
            if old.qubits != new.qubits:
                return None
            one, other = (c.with_gates(c.gates, ZERO) for c in (old.circuit, new.circuit))
            turn, _, _, decimals = pauli_miter(one, other, deadline=deadline)
            rounded |= decimals and turn is not None
            if turn is None:
                if len(old.qubits) > FEW or one.free_symbols or other.free_symbols:
                    return None
                same, turn, distance = float_phase(one, other)
                # No entry of matrices of eight rows by more than this: eight times that bounds the norm, and norms of
                # differences add up.
                error += 8 * distance
                if not same or error > TOLERANCE:
                    return None
            phase = add(phase, turn)
        now = join(empty, step.new)
    if now.gates != found.gates:
        return None
    phase = reduce_phase(add(phase, add(circuit.global_phase, -found.global_phase)))
    return Proof(phase, error, rounded)


def _wires(circuit: Circuit) -> dict[int, list[Gate]]:
    """The gates on each wire in order: where these agree, two circuits differ by the order of gates without a common
    wire.
    """
    result: dict[int, list[Gate]] = defaultdict(list)
    for gate in circuit.gates:
        for q in gate.qubits:
            result[q].append(gate)
    return result
