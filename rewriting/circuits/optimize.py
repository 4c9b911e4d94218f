"""The optimiser: a portfolio of passes on every unitary region, keeping the cheapest verified result."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from catenary.diagrams import LimitReached
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.counts import Counts, counts
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import BASIC, NOT_UNITARY, Gate
from catenary.rewriting.circuits.angles import add
from catenary.rewriting.circuits.passes import (
    ANNEAL,
    CANCEL,
    FRAMES,
    MERGE,
    MERGE_LAST,
    ZX,
    Limits,
    Pass,
    PassReport,
    Tally,
)
from catenary.rewriting.circuits.regions import Region, join, split
from catenary.rewriting.circuits.toffoli import other_toffolis
from catenary.rewriting.circuits.verify import verify

OTHER_FORMS = 6
"""Random choices of Toffoli decompositions that are tried."""

STEPS_A_SECOND = 40_000
"""Moves of the annealing for each second of the budget: a number, so that the clock does not decide the
result.
"""

COSTS = ("two_qubit", "t", "gates", "depth")
_TIES = {
    "two_qubit": ("two_qubit", "t", "gates", "depth"),
    "t": ("t", "two_qubit", "gates", "depth"),
    "gates": ("gates", "two_qubit", "t", "depth"),
    "depth": ("depth", "two_qubit", "t", "gates"),
}


@dataclass(frozen=True, slots=True)
class OptimizationResult:
    """What :func:`optimize` found. Immutable.

    Attributes:
        circuit: the best circuit, over the basic set; the input itself if nothing is better.
        before, after: counts of the input (each gate as its standard decomposition) and of ``circuit``.
        seconds: wall-clock time.
        verified: ``"equal"`` if ``circuit`` was proved equal to the input, ``"unknown"`` otherwise.
        passes: what each pass did, in the order of their first use.
        interrupted: whether Ctrl-C ended the run early.
        refused: the passes with a cheaper result that was not used because it could not be verified equal.
    """

    circuit: Circuit
    before: Counts
    after: Counts
    seconds: float
    verified: Literal["equal", "unknown"]
    passes: tuple[PassReport, ...]
    interrupted: bool = False
    refused: tuple[str, ...] = ()


def optimize(
    circuit: Circuit,
    *,
    cost: str = "two_qubit",
    budget: float = 10.0,
    seed: int = 0,
    allow_unverified: bool = False,
    progress: Callable[[str, Counts], None] | None = None,
) -> OptimizationResult:
    """Make a circuit cheaper; the result is equal to it (verified), over the basic set, and never costs more.

    Operations that are not unitary, conditional gates and barriers stay exactly in place; the regions between
    them are optimised.

    Args:
        circuit: any circuit.
        cost: what to minimise: ``"two_qubit"``, ``"t"``, ``"gates"`` or ``"depth"``; ties are broken by the
            other counts.
        budget: seconds. When they are over, or on Ctrl-C, the best verified circuit so far is returned.
        seed: the same seed gives the same result if the budget is not what ends the run.
        allow_unverified: keep results that could not be verified.
        progress: called after each pass that improved something, with its name and the region's counts.

    Raises:
        ValueError: for an unknown cost.

    >>> toffoli = Circuit(3, [Gate("ccx", (0, 1, 2)), Gate("ccx", (0, 1, 2))])
    >>> len(optimize(toffoli).circuit)
    0
    """
    if cost not in COSTS:
        raise ValueError(f"the cost is one of {', '.join(COSTS)}, not {cost!r}")
    start = time.monotonic()
    deadline = start + budget
    run = _Run(cost, seed, allow_unverified, progress)
    basic = to_basic(circuit)
    is_basic = all(g.name in BASIC or g.name in NOT_UNITARY for g in circuit.gates)
    parts: list[Region | Gate] = split(basic)
    done: list[Region | Gate] = list(parts)
    forms: list[list[Region | Gate]] | None = None

    def others(k: int) -> list[Circuit]:
        # Made when first needed: this takes a while for a long circuit.
        nonlocal forms
        if forms is None:
            forms = _other_forms(circuit, parts, seed, start + 0.5 * budget)
        return [other.circuit for form in forms if isinstance(other := form[k], Region)]

    interrupted = False
    total = sum(len(part.circuit.gates) for part in parts if isinstance(part, Region))
    try:
        for k, part in enumerate(parts):
            if isinstance(part, Region):
                # Each region gets its share of the time that is left.
                now = time.monotonic()
                share = len(part.circuit.gates) / max(total, 1)
                total -= len(part.circuit.gates)
                run.region(part, others, done, k, now + max(0.0, deadline - now) * share)
    except KeyboardInterrupt:
        interrupted = True
    result = join(basic, done)
    before, after = counts(circuit), counts(result)
    verified = run.verified
    if _key(after, cost) >= _key(before, cost) or getattr(after, cost) > getattr(before, cost):
        result, after, verified = circuit if is_basic else basic, before, "equal"
    reports = tuple(
        PassReport(
            tally.used.name,
            tally.seconds,
            counts(join(basic, [_swapped(part, tally.after.get(k)) for k, part in enumerate(parts)])),
            tally.kept,
            tally.used.certificate + ("; " + ", ".join(sorted(tally.methods)) if tally.methods else ""),
        )
        for tally in run.tallies.values()
    )
    seconds = time.monotonic() - start
    return OptimizationResult(
        result, before, after, seconds, verified, reports, interrupted, tuple(run.refused)
    )


def _other_forms(
    circuit: Circuit, parts: list[Region | Gate], seed: int, deadline: float
) -> list[list[Region | Gate]]:
    """The parts with other decompositions of Toffoli gates, where they have the same shape."""
    forms = []
    for k in range(OTHER_FORMS):
        other = other_toffolis(circuit, seed * OTHER_FORMS + k)
        if other is None or len(other.gates) > ANNEAL.largest or time.monotonic() > deadline:
            break
        form = split(other)
        if [_shape(part) for part in form] == [_shape(part) for part in parts]:
            forms.append(form)
    return forms


def _shape(part: Region | Gate) -> object:
    return part.qubits if isinstance(part, Region) else part


def _swapped(part: Region | Gate, circuit: Circuit | None) -> Region | Gate:
    return Region(part.qubits, circuit) if isinstance(part, Region) and circuit is not None else part


def _key(count: Counts, cost: str) -> tuple[int, ...]:
    return tuple(getattr(count, name) for name in _TIES[cost])


class _Run:
    """One call of :func:`optimize`."""

    def __init__(
        self, cost: str, seed: int, allow_unverified: bool, progress: Callable[[str, Counts], None] | None
    ):
        self.cost = cost
        self.seed = seed
        self.allow_unverified = allow_unverified
        self.progress = progress
        self.tallies: dict[str, Tally] = {}
        self.verified: Literal["equal", "unknown"] = "equal"
        self.refused: dict[str, None] = {}

    def region(
        self,
        part: Region,
        others: Callable[[int], list[Circuit]],
        done: list[Region | Gate],
        place: int,
        deadline: float,
    ) -> None:
        """Optimise one region; ``done[place]`` always holds the best verified circuit for it.

        Args:
            others: gives circuits for the same region with other decompositions of its Toffoli gates.
        """
        limits = Limits(deadline, self.seed, self.cost)
        search = _Search(self, part, done, place, limits)
        merged = search.chain(part.circuit, (CANCEL, MERGE, FRAMES, CANCEL))
        search.chain(part.circuit, (FRAMES, MERGE))
        search.chain(part.circuit, (MERGE_LAST, FRAMES))
        starts = [merged]
        if len(merged.gates) <= ZX.largest:
            starts.append(search.chain(merged, (ZX, MERGE)))
        starts.extend(search.chain(other, (CANCEL, MERGE)) for other in others(place))
        if len(merged.gates) <= ANNEAL.largest:
            search.anneal(starts)


class _Search:
    """The candidates for one region."""

    def __init__(self, run: _Run, part: Region, done: list[Region | Gate], place: int, limits: Limits):
        self.run = run
        self.part = part
        self.done = done
        self.place = place
        self.limits = limits
        self.best = part.circuit
        self.best_key = _key(counts(part.circuit), run.cost)

    def chain(self, circuit: Circuit, passes: tuple[Pass, ...]) -> Circuit:
        """Apply passes one after the other, offering every result; returns the last."""
        for each in passes:
            if time.monotonic() > self.limits.deadline:
                break
            circuit = self.apply(each, circuit)
        return circuit

    def apply(self, each: Pass, circuit: Circuit, limits: Limits | None = None) -> Circuit:
        tally = self.run.tallies.setdefault(each.name, Tally(each))
        start = time.monotonic()
        try:
            result = each.apply(circuit, limits or self.limits)
        except LimitReached:
            result = circuit
        finally:
            tally.seconds += time.monotonic() - start
        if result is not circuit:
            self.offer(result, tally)
        tally.after[self.place] = self.best
        return result

    def anneal(self, starts: Sequence[Circuit]) -> None:
        """Annealing in rounds of growing length, from the given circuits in turn and from the best so far."""
        now = time.monotonic()
        t = min(counts(start).t for start in starts)
        ranked = sorted(
            {id(start): start for start in starts if counts(start).t == t}.values(),
            key=lambda start: _key(counts(start), self.run.cost),
        )
        longest = max(len(start.gates) for start in ranked)
        left = min(int(STEPS_A_SECOND * max(0.0, self.limits.deadline - now)), 500 * longest**2)
        steps = 2_000
        k = 0
        while left > 0 and time.monotonic() < self.limits.deadline:
            start = self.best if k % 3 == 2 else ranked[k % len(ranked)]
            steps = min(steps, left)
            limits = Limits(self.limits.deadline, self.run.seed + k, self.run.cost, steps)
            self.apply(ANNEAL, start, limits)
            left -= steps
            steps = min(int(steps * 1.3), 400_000)
            k += 1

    def offer(self, candidate: Circuit, tally: Tally) -> None:
        """Keep a candidate if it is cheaper and equal to the region."""
        found = counts(candidate)
        key = _key(found, self.run.cost)
        if key >= self.best_key:
            return
        source = self.part.circuit
        verdict = verify(
            source, candidate, budget=max(2.0, self.limits.deadline - time.monotonic()), seed=self.run.seed
        )
        if verdict.answer == "equal":
            if verdict.global_phase is not None and verdict.global_phase != 0:
                candidate = candidate.with_gates(
                    candidate.gates, add(candidate.global_phase, verdict.global_phase)
                )
            tally.methods.add(verdict.method)
        elif verdict.answer == "unknown" and self.run.allow_unverified:
            self.run.verified = "unknown"
        else:
            self.run.refused[tally.used.name] = None
            return
        tally.kept = True
        self.best, self.best_key = candidate, key
        self.done[self.place] = Region(self.part.qubits, candidate)
        if self.run.progress is not None:
            self.run.progress(tally.used.name, found)
