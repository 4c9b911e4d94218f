"""The one interface of optimisation passes: a function from circuit to circuit, with the name of its
certificate.

A pass takes a unitary circuit over the basic set and returns an equal one over the same set; it may return
its argument. What a pass returns is kept only when it costs less and has been verified against the circuit
that the optimiser was given.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TYPE_CHECKING, Literal

from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.counts import Counts, counts
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.angles import add
from catenary.rewriting.circuits.cancellation import cancel_gates
from catenary.rewriting.circuits.coupling import Near
from catenary.rewriting.circuits.emission import emit
from catenary.rewriting.circuits.merging import merge_rotations
from catenary.rewriting.circuits.sequence import pauli_sequence

if TYPE_CHECKING:
    from catenary.rewriting.circuits.steps import Step

MOVES_A_ROUND = 2_500
"""Moves of annealing that a round of the search for fewer T gates is reckoned as."""

GRACE = 0.5
"""Seconds past the deadline for writing down or verifying what was found in time."""

MOVES_IN_A_SWEEP = 120
"""Moves of annealing that a gate's part in a sweep of windows on three wires is reckoned as."""

IDLE = 3
"""Sweeps of such windows without a gain after which there are no more."""

WRITTEN = 3
"""Members of an annealed population that are written as circuits: the best differ in what cancellation finds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a pass may use.

    Attributes:
        deadline: value of ``time.monotonic``.
        seed: fixes the random choices.
        steps: number of moves of a random search.
        hot: temperature at which annealing starts, in two-qubit gates.
        costs: what an H or S gate costs at its beginning and at its end, in two-qubit gates.
        depth_cost: what a step of depth costs there.
        near: for each qubit, as a mask, those that a device lets it interact with; ``None`` for all.
        stop: set when the user interrupts the run; searches in other threads then end.
    """

    deadline: float
    seed: int = 0
    steps: int = 20_000
    hot: float = 0.6
    costs: tuple[float, float] = (0.1, 0.1)
    depth_cost: float = 0.0
    near: Near = None
    stop: Event = field(default_factory=Event)

    def over(self) -> bool:
        """Whether to come to an end."""
        return self.stop.is_set() or time.monotonic() > self.deadline


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass: its name, the function, and what shows that its results are right.

    Attributes:
        name: as in reports.
        apply: the function.
        certificate: name of the evidence that the pass builds its result on.
        largest: number of gates above which the pass is left out.
    """

    name: str
    apply: Callable[[Circuit, Limits], Circuit]
    certificate: str
    largest: int = 1_000_000


@dataclass(frozen=True, slots=True)
class PassReport:
    """What one pass did in one run of the optimiser, over all regions. Immutable.

    Attributes:
        name: the pass.
        seconds: time spent.
        counts: of the whole circuit after the pass.
        kept: whether its result was taken for any region.
        won: how many fewer of each there are by its kept results, summed over regions; negative for more.
        certificate: what shows that the result is right, and how it was verified.
    """

    name: str
    seconds: float
    counts: Counts
    kept: bool
    won: Counts
    certificate: str

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "name": self.name,
            "seconds": self.seconds,
            "counts": self.counts.as_dict(),
            "kept": self.kept,
            "won": {name: value for name, value in self.won.as_dict().items() if name != "qubits"},
            "certificate": self.certificate,
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pass whose result was not used, and why. Immutable.

    Attributes:
        name: the pass.
        answer: ``"unknown"`` if the result was cheaper but could not be verified equal; ``"not equal"`` if it
            was wrong; ``"error"`` if the pass or the verifier raised an exception. The last two are faults of
            Catenary.
        reason: one sentence for people.
    """

    name: str
    answer: Literal["unknown", "not equal", "error"]
    reason: str

    @property
    def is_fault(self) -> bool:
        """Whether this should never happen."""
        return self.answer != "unknown"

    def __str__(self) -> str:
        return f"{self.name}: {self.answer}: {self.reason}"

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return {"name": self.name, "answer": self.answer, "reason": self.reason}


class PassFault(RuntimeWarning):
    """A pass made a wrong circuit or raised an exception. The circuit that was returned is not affected."""


def cancel(circuit: Circuit, limits: Limits) -> Circuit:
    """Cancellation and fusion through commuting gates, to a fixpoint."""
    return cancel_gates(circuit, deadline=limits.deadline)


def merge(circuit: Circuit, limits: Limits) -> Circuit:
    """Merging of Pauli rotations in place, then cancellation."""
    return cancel(merge_rotations(circuit, deadline=limits.deadline), limits)


def merge_last(circuit: Circuit, limits: Limits) -> Circuit:
    """The same, each merged rotation staying at its last place."""
    return cancel(merge_rotations(circuit, keep="last", deadline=limits.deadline), limits)


def frames(circuit: Circuit, limits: Limits) -> Circuit:
    """One-qubit Clifford gates rewritten along shortest paths, CX and CZ chosen to suit, then
    cancellation.
    """
    return cancel(emit(circuit, pauli_sequence(circuit), deadline=limits.deadline + GRACE), limits)


NETWORKS = ((False, 0.1), (True, 0.1), (False, 0.5), (True, 0.5), (False, 0.0), (True, 0.0))
"""Ways to write a Pauli network: whether of the adjoint, and what the Clifford map is worth there; by seed."""


def network(circuit: Circuit, limits: Limits) -> Circuit:
    """All Pauli rotations and the Clifford map after them written again, greedily, then frames."""
    from catenary.rewriting.circuits.blocks import inverted, phase_between, written
    from catenary.rewriting.circuits.rotations import normal_form

    until = limits.deadline + GRACE
    backwards, worth = NETWORKS[limits.seed % len(NETWORKS)]
    given = inverted(circuit) if backwards else circuit
    form, _ = normal_form(given, deadline=until)
    found = written(given, form.rotations, form.clifford, until, worth)
    found = inverted(found) if backwards else found
    phase = phase_between(circuit, found, deadline=until)
    if phase is None:
        return circuit
    return frames(cancel(found.with_gates(found.gates, phase), limits), limits)


def zx(circuit: Circuit, limits: Limits) -> Circuit:
    """ZX simplification and extraction, then cancellation and frames."""
    from catenary.rewriting.zx import simplify_circuit

    found = simplify_circuit(circuit, deadline=limits.deadline)
    return frames(cancel(found, limits), limits)


def annealed(circuit: Circuit, limits: Limits) -> Circuit:
    """Annealing of the Pauli sequence for fewer two-qubit gates, then cancellation."""
    return annealed_together([circuit], limits, members=1, threads=1)[0]


def annealed_together(
    circuits: Sequence[Circuit], limits: Limits, *, members: int, threads: int
) -> list[Circuit]:
    """Annealing of a population that starts from equal circuits, then cancellation: the best circuits found."""
    # Here and below: what loads numba is imported when it is used.
    from catenary.rewriting.circuits.annealing import anneal

    # As gates, as annealing then looks for fewer than three for each.
    circuits = [_swaps_written(circuit) for circuit in circuits]
    found = anneal(
        [pauli_sequence(circuit) for circuit in circuits],
        steps=limits.steps,
        seed=limits.seed,
        members=members,
        hot=limits.hot,
        costs=limits.costs,
        depth_cost=limits.depth_cost,
        threads=threads,
        near=limits.near,
        over=limits.over,
    )
    best = list(dict.fromkeys(found))[:WRITTEN]
    return [cancel(emit(circuits[k], each, deadline=limits.deadline + GRACE), limits) for k, each in best]


def _swaps_written(circuit: Circuit) -> Circuit:
    """The circuit with three CX gates for each swap."""
    gates: list[Gate] = []
    for gate in circuit.gates:
        if gate.name == "swap":
            there, back = Gate("cx", gate.qubits), Gate("cx", gate.qubits[::-1])
            gates += there, back, there
        else:
            gates.append(gate)
    return circuit.with_gates(tuple(gates), circuit.global_phase)


def annealed_windows(circuit: Circuit, limits: Limits) -> Circuit:
    """Annealing of overlapping windows of a long or wide circuit, then cancellation."""
    return _proved(circuit, annealed_steps(circuit, limits), limits)


def annealed_steps(circuit: Circuit, limits: Limits) -> list[Step]:
    """The sweeps of windows of that."""
    from catenary.rewriting.circuits.sweeps import in_windows

    return in_windows(circuit, annealed, limits)


def _proved(circuit: Circuit, steps: Sequence[Step], limits: Limits) -> Circuit:
    """What the steps lead to with its phase after cancellation, if they are proved."""
    from catenary.rewriting.circuits.steps import prove_steps

    if not any(step.changes for step in steps):
        return circuit
    found = steps[-1].after
    proof = prove_steps(circuit, steps, found)
    if proof is None:
        return circuit
    return cancel(found.with_gates(found.gates, add(found.global_phase, proof.phase)), limits)


def parities(circuit: Circuit, limits: Limits) -> Circuit:
    """Phase-polynomial regions written again with fewer CX gates, then cancellation."""
    from catenary.rewriting.circuits.parities import rewrite_parities

    found = rewrite_parities(circuit, steps=limits.steps, seed=limits.seed, over=limits.over)
    return cancel(found, limits)


def signatures(circuit: Circuit, limits: Limits) -> Circuit:
    """Fewer T gates by the signature tensors of commuting blocks."""
    from catenary.rewriting.circuits.fewer_t import fewer_t, prove_rounds

    until = limits.deadline + GRACE
    found, rounds = fewer_t(
        circuit,
        rounds=max(2, limits.steps // MOVES_A_ROUND),
        seed=limits.seed,
        over=limits.over,
        deadline=until,
    )
    phase = prove_rounds(circuit, rounds, found, deadline=until) if rounds else None
    return circuit if phase is None else found.with_gates(found.gates, phase)


def optimal_windows(circuit: Circuit, limits: Limits) -> Circuit:
    """Windows on three wires written with the fewest two-qubit gates, sweep by sweep, then cancellation."""
    best = circuit
    idle = 0
    sweeps = max(1, limits.steps // (MOVES_IN_A_SWEEP * max(len(circuit.gates), 1)))
    for k in range(sweeps):
        if limits.over() or idle == IDLE:
            break
        # Where one as good as another is taken, the next sweep may find more.
        (step,) = optimal_steps(circuit, replace(limits, seed=limits.seed + k), level=k + 1 < sweeps)
        circuit = cancel(step.after, limits)
        idle += 1
        if _key(circuit) < _key(best):
            best, idle = circuit, 0
    return best


def optimal_steps(circuit: Circuit, limits: Limits, level: bool = False) -> list[Step]:
    """One sweep of that."""
    from catenary.rewriting.circuits.resynthesis import exact_windows

    rng = random.Random(limits.seed)
    return [exact_windows(circuit, rng, limits.over, level=level, near=limits.near)]


def _key(circuit: Circuit) -> tuple[int, int]:
    found = counts(circuit)
    return found.two_qubit, found.gates


def schedule(circuit: Circuit, limits: Limits) -> Circuit:
    """The same gates, those that commute in an order of little depth."""
    from catenary.rewriting.circuits.scheduling import less_deep

    return less_deep(circuit, deadline=limits.deadline)


def unitaries(circuit: Circuit, limits: Limits) -> Circuit:
    """Windows on two and three wires with decimal angles written from their matrices, then cancellation."""
    return _proved(circuit, unitary_steps(circuit, limits), limits)


def unitary_steps(circuit: Circuit, limits: Limits) -> list[Step]:
    """Sweeps of such windows, as long as they gain something."""
    from catenary.rewriting.circuits.resynthesis import unitary_sweeps

    return unitary_sweeps(circuit, random.Random(limits.seed), limits.over, limits.near)


CANCEL = Pass("cancellation", cancel, "commutation of gates")
MERGE = Pass("rotation merging", merge, "Pauli strings of the rotations")
MERGE_LAST = Pass("rotation merging, last place", merge_last, "Pauli strings of the rotations")
FRAMES = Pass("Clifford frames", frames, "Pauli-rotation normal form")
ANNEAL = Pass("annealing of the Pauli sequence", annealed, "Pauli-rotation normal form", largest=6_000)
WINDOWS = Pass("annealing of windows", annealed_windows, "Pauli-rotation normal form of each window")
PARITIES = Pass("parity networks", parities, "parities and linear map of each region")
SIGNATURES = Pass("signature tensors", signatures, "quotients of commuting blocks", largest=3_000)
NETWORK = Pass("Pauli network", network, "Pauli-rotation normal form", largest=6_000)
ZX = Pass("ZX simplification and extraction", zx, "ZX rules", largest=1_500)

OPTIMAL = Pass("optimal windows of three wires", optimal_windows, "strings and Clifford map of each window")
SCHEDULE = Pass("scheduling", schedule, "commutation of gates")
UNITARIES = Pass("unitaries of up to three qubits", unitaries, "matrices of the windows")

PASSES = (
    CANCEL,
    MERGE,
    MERGE_LAST,
    FRAMES,
    UNITARIES,
    OPTIMAL,
    NETWORK,
    ZX,
    SIGNATURES,
    PARITIES,
    ANNEAL,
    WINDOWS,
    SCHEDULE,
)
"""All passes, in the order in which the optimiser first uses them; the last also after each of them where depth counts."""


@dataclass(slots=True)
class Tally:
    """Time spent in a pass, whether a result of it was kept, what that won (t, two_qubit, gates, depth), and the
    best circuit of each region after it. Mutable.
    """

    used: Pass
    seconds: float = 0.0
    kept: bool = False
    won: tuple[int, int, int, int] = (0, 0, 0, 0)
    methods: set[str] = field(default_factory=set)
    after: dict[int, Circuit] = field(default_factory=dict)

    def win(self, old: Counts, new: Counts) -> None:
        """Count a result that is kept."""
        t, two_qubit, gates, depth = self.won
        self.kept = True
        self.won = (
            t + old.t - new.t,
            two_qubit + old.two_qubit - new.two_qubit,
            gates + old.gates - new.gates,
            depth + old.depth - new.depth,
        )
