"""The optimiser: a portfolio of passes on every unitary region, keeping the cheapest verified result."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal

from catenary.diagrams import LimitReached
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.counts import Counts, counts
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import BASIC, NOT_UNITARY, Gate
from catenary.rewriting.circuits.angles import add
from catenary.rewriting.circuits.interop import AnyCircuit, adapted
from catenary.rewriting.circuits.passes import (
    ANNEAL,
    CANCEL,
    FRAMES,
    GRACE,
    MERGE,
    MERGE_LAST,
    ZX,
    Limits,
    Pass,
    PassFault,
    PassReport,
    Refusal,
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
class OptimizationResult(Generic[AnyCircuit]):
    """What :func:`optimize` found. Immutable.

    Attributes:
        circuit: the best circuit, over the basic set and of the same kind as the input; the input itself if
            nothing is better.
        before, after: counts of the input (each gate as its standard decomposition) and of ``circuit``.
        seconds: wall-clock time.
        verified: ``"equal"`` if ``circuit`` was proved equal to the input, ``"unknown"`` otherwise.
        passes: what each pass did, in the order of their first use.
        interrupted: whether Ctrl-C ended the run early.
        refused: the passes whose result was not used because it could not be verified equal, was wrong, or
            because the pass failed.
    """

    circuit: AnyCircuit
    before: Counts
    after: Counts
    seconds: float
    verified: Literal["equal", "unknown"]
    passes: tuple[PassReport, ...]
    interrupted: bool = False
    refused: tuple[Refusal, ...] = ()


def optimize(
    circuit: AnyCircuit,
    *,
    cost: str = "two_qubit",
    budget: float = 10.0,
    seed: int = 0,
    allow_unverified: bool = False,
    progress: Callable[[str, Counts], None] | None = None,
) -> OptimizationResult[AnyCircuit]:
    """Make a circuit cheaper; the result is equal to it (verified), over the basic set, and never costs more.

    Operations that are not unitary, conditional gates and barriers stay exactly in place; the regions between
    them are optimised.

    Args:
        circuit: a :class:`~catenary.functors.circuits.Circuit`, a ``qiskit.QuantumCircuit`` or a
            ``pytket.Circuit``; the result's circuit is of the same kind.
        cost: what to minimise: ``"two_qubit"``, ``"t"``, ``"gates"`` or ``"depth"``; ties are broken by the
            other counts.
        budget: seconds. When they are over, or on Ctrl-C, the best verified circuit so far is returned.
        seed: the same seed gives the same result if the budget is not what ends the run.
        allow_unverified: keep results that could not be verified.
        progress: called after each pass that improved something, with its name and the region's counts.

    Raises:
        TypeError: for what is no circuit of these kinds.
        CircuitError: if the circuit holds what Catenary has no equivalent for.
        ValueError: for an unknown cost, or a budget that is no finite number of seconds.

    Warns:
        PassFault: if a pass made a wrong circuit or raised an exception. It is left out and the result is
            still verified; ``refused`` has the details.

    >>> toffoli = Circuit(3, [Gate("ccx", (0, 1, 2)), Gate("ccx", (0, 1, 2))])
    >>> len(optimize(toffoli).circuit)
    0
    """
    if cost not in COSTS:
        raise ValueError(f"the cost is one of {', '.join(COSTS)}, not {cost!r}")
    if not 0 <= budget < math.inf:
        raise ValueError(f"the budget is a finite number of seconds, not {budget!r}")
    own, back = adapted(circuit)
    found = _optimize(own, cost, budget, seed, allow_unverified, progress)
    best: Any = circuit if found.circuit is own else back(found.circuit)
    result: OptimizationResult[Any] = replace(found, circuit=best)
    return result


def _optimize(
    circuit: Circuit,
    cost: str,
    budget: float,
    seed: int,
    allow_unverified: bool,
    progress: Callable[[str, Counts], None] | None,
) -> OptimizationResult[Circuit]:
    start = time.monotonic()
    deadline = start + budget
    run = _Run(cost, seed, allow_unverified, progress, latest=deadline + 2 * GRACE)
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
    total = left = sum(len(part.circuit.gates) for part in parts if isinstance(part, Region))
    try:
        for k, part in enumerate(parts):
            if isinstance(part, Region):
                # Each region gets its share of the time that is left; its share of the moves does not look
                # at the clock.
                size = len(part.circuit.gates)
                now = time.monotonic()
                until = now + max(0.0, deadline - now) * size / max(left, 1)
                left -= size
                run.region(part, others, done, k, until, int(STEPS_A_SECOND * budget * size / max(total, 1)))
    except KeyboardInterrupt:
        interrupted = True
    result = join(basic, done)
    before, after = counts(circuit), counts(result)
    verified: Literal["equal", "unknown"] = "unknown" if run.unverified else "equal"
    if _key(after, cost) >= _key(before, cost):
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
    refused = tuple(run.refused.values())
    faults = [refusal for refusal in refused if refusal.is_fault]
    if faults:
        warnings.warn(
            f"faults in Catenary, left out of the result; please report them: {'; '.join(map(str, faults))}",
            PassFault,
            stacklevel=3,
        )
    seconds = time.monotonic() - start
    return OptimizationResult(result, before, after, seconds, verified, reports, interrupted, refused)


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
        self,
        cost: str,
        seed: int,
        allow_unverified: bool,
        progress: Callable[[str, Counts], None] | None,
        latest: float,
    ):
        self.cost = cost
        self.seed = seed
        self.allow_unverified = allow_unverified
        self.progress = progress
        self.latest = latest
        self.tallies: dict[str, Tally] = {}
        self.unverified: set[int] = set()
        self.refused: dict[tuple[str, str], Refusal] = {}

    def refuse(self, refusal: Refusal) -> None:
        """Note the first refusal of its kind for each pass."""
        self.refused.setdefault((refusal.name, refusal.answer), refusal)

    def region(
        self,
        part: Region,
        others: Callable[[int], list[Circuit]],
        done: list[Region | Gate],
        place: int,
        deadline: float,
        moves: int,
    ) -> None:
        """Optimise one region; ``done[place]`` always holds the best verified circuit for it.

        Args:
            others: gives circuits for the same region with other decompositions of its Toffoli gates.
            moves: of the annealing, at most.
        """
        limits = Limits(deadline, self.seed)
        search = _Search(self, part, done, place, limits)
        merged = search.chain(part.circuit, (CANCEL, MERGE, FRAMES, CANCEL))
        search.chain(part.circuit, (FRAMES, MERGE))
        search.chain(part.circuit, (MERGE_LAST, FRAMES))
        starts = [merged]
        if len(merged.gates) <= ZX.largest:
            starts.append(search.chain(merged, (ZX, MERGE)))
        starts.extend(search.chain(other, (CANCEL, MERGE)) for other in others(place))
        if len(merged.gates) <= ANNEAL.largest:
            search.anneal(starts, moves)


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
        """The result of a pass, offered; the circuit itself if the pass failed or its result is wrong."""
        tally = self.run.tallies.setdefault(each.name, Tally(each))
        start = time.monotonic()
        try:
            result = each.apply(circuit, limits or self.limits)
        except LimitReached:
            result = circuit
        except Exception as error:
            # A fault of one pass must not cost the user what the others found.
            self.run.refuse(Refusal(each.name, "error", f"{type(error).__name__}: {error}"))
            result = circuit
        finally:
            tally.seconds += time.monotonic() - start
        if result is not circuit and not self.offer(result, tally):
            result = circuit
        tally.after[self.place] = self.best
        return result

    def anneal(self, starts: Sequence[Circuit], moves: int) -> None:
        """Annealing in rounds of growing length, from the given circuits in turn and from the best so far."""
        t = min(counts(start).t for start in starts)
        ranked = sorted(
            {id(start): start for start in starts if counts(start).t == t}.values(),
            key=lambda start: _key(counts(start), self.run.cost),
        )
        longest = max(len(start.gates) for start in ranked)
        left = min(moves, 500 * longest**2)
        steps = 2_000
        k = 0
        while left > 0 and time.monotonic() < self.limits.deadline:
            start = self.best if k % 3 == 2 else ranked[k % len(ranked)]
            steps = min(steps, left)
            limits = Limits(self.limits.deadline, self.run.seed + k, steps)
            self.apply(ANNEAL, start, limits)
            left -= steps
            steps = min(int(steps * 1.3), 400_000)
            k += 1

    def offer(self, candidate: Circuit, tally: Tally) -> bool:
        """Keep a candidate if it is cheaper and equal to the region; false if it is known to be wrong."""
        run, name = self.run, tally.used.name
        found = counts(candidate)
        key = _key(found, run.cost)
        if key >= self.best_key:
            return True
        # A region's share of the time may be short; the whole run's is what binds.
        now = time.monotonic()
        seconds = max(self.limits.deadline - now, min(2.0, run.latest - now))
        try:
            verdict = verify(self.part.circuit, candidate, budget=seconds, seed=run.seed)
        except Exception as error:
            run.refuse(Refusal(name, "error", f"verification: {type(error).__name__}: {error}"))
            return True
        if verdict.answer == "equal":
            if verdict.global_phase is not None and verdict.global_phase != 0:
                candidate = candidate.with_gates(
                    candidate.gates, add(candidate.global_phase, verdict.global_phase)
                )
            tally.methods.add(verdict.method)
            run.unverified.discard(self.place)
        elif verdict.answer == "unknown" and run.allow_unverified:
            run.unverified.add(self.place)
        else:
            run.refuse(Refusal(name, verdict.answer, verdict.reason))
            return verdict.answer == "unknown"
        tally.kept = True
        self.best, self.best_key = candidate, key
        self.done[self.place] = Region(self.part.qubits, candidate)
        if run.progress is not None:
            run.progress(name, found)
        return True
