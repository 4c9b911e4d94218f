"""The optimiser: a portfolio of passes on every unitary region, keeping the cheapest verified result."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal

from catenary.diagrams import LimitReached
from catenary.diagrams.errors import expect_count, expect_seconds
from catenary.functors.circuits.approximation import Approximation, without_small_rotations
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.counts import Counts, counts
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import BASIC, NOT_UNITARY, Gate
from catenary.rewriting.circuits.costs import Cost, CostLike
from catenary.rewriting.circuits.coupling import Coupling
from catenary.rewriting.circuits.gadgets import GadgetResult, check_gadgets, with_hadamard_gadgets
from catenary.rewriting.circuits.interop import AnyCircuit, adapted
from catenary.rewriting.circuits.passes import GRACE, PassFault, PassReport, Refusal
from catenary.rewriting.circuits.regions import Region, join, split
from catenary.rewriting.circuits.routing import RoutingResult, check_routable, respects, route
from catenary.rewriting.circuits.search import Run
from catenary.rewriting.circuits.toffoli import good_variants

OTHER_FORMS = 13
"""Choices of Toffoli decompositions that annealing starts from."""

VARIANTS_SHARE = 0.1
"""Part of the budget in which they are chosen, at most."""

STEPS_A_SECOND = 300_000
"""Moves of the annealing for each second of the budget: a number, so that the clock does not decide the
result.
"""

EFFORTS = ("quick", "normal", "exhaustive")


@dataclass(frozen=True, slots=True)
class OptimizationResult(Generic[AnyCircuit]):
    """What :func:`optimize` found. Immutable.

    Attributes:
        circuit: the best circuit, over the basic set and of the same kind as the input; the input itself if
            nothing is better.
        before, after: counts of the input (each gate as its standard decomposition) and of ``circuit``.
        seconds: wall-clock time.
        verified: ``"equal"`` if ``circuit`` was proved equal to the input (without the rotations that were left
            out, if some were), ``"unknown"`` otherwise.
        passes: what each pass did, in the order of their first use.
        interrupted: whether Ctrl-C ended the run early.
        refused: the passes whose result was not used because it could not be verified equal, was wrong, or
            because the pass failed.
        gadgets: where Hadamard gadgets were asked for, the circuit with ancillas and measurements: another
            resource model, whose counts are not those of ``after``. ``None`` otherwise, and where the budget or
            Ctrl-C ended before it was made.
        routing: where a coupling map was given that the input did not respect: on which of the device's qubits its
            lines begin and its outputs end, as :func:`~catenary.rewriting.circuits.route` gives them. ``circuit``
            is then on the device's qubits, and may cost more than the input.
        approximation: where small rotations were to be left out, how many they were, and by how much at most the
            result differs from the input.
    """

    circuit: AnyCircuit
    before: Counts
    after: Counts
    seconds: float
    verified: Literal["equal", "unknown"]
    passes: tuple[PassReport, ...]
    interrupted: bool = False
    refused: tuple[Refusal, ...] = ()
    gadgets: GadgetResult[AnyCircuit] | None = None
    routing: RoutingResult | None = None
    approximation: Approximation | None = None


def optimize(
    circuit: AnyCircuit,
    *,
    cost: CostLike = "two_qubit",
    budget: float = 10.0,
    effort: str = "normal",
    seed: int = 0,
    moves: int | None = None,
    allow_unverified: bool = False,
    hadamard_gadgets: bool = False,
    coupling: Any = None,
    leave_out_below: float | None = None,
    progress: Callable[[str, Counts], None] | None = None,
) -> OptimizationResult[AnyCircuit]:
    """Make a circuit cheaper; the result is equal to it (verified), over the basic set, and never costs more.

    Operations that are not unitary, conditional gates and barriers stay exactly in place; the regions between
    them are optimised.

    Args:
        circuit: a :class:`~catenary.functors.circuits.Circuit`, a ``qiskit.QuantumCircuit`` or a
            ``pytket.Circuit``; the result's circuit is of the same kind.
        cost: what to minimise: ``"two_qubit"``, ``"t"``, ``"gates"`` or ``"depth"``, or a weighted sum as a
            string (``"two_qubit + 0.1*gates"``) or a mapping; ties are broken by the other counts.
        budget: seconds. When they are over, or on Ctrl-C, the best verified circuit so far is returned. The first
            search on a machine compiles (about 20 seconds), which does not count.
        effort: ``"quick"`` applies passes that do not search; ``"normal"`` also searches, for a number of moves
            that the budget fixes; ``"exhaustive"`` searches until the budget is over.
        seed: the same seed gives the same result if the budget is not what ends the run.
        moves: of the searches in all, where the effort is not ``"quick"``; by default 300,000 for each second of
            the budget, a hundred times as many with ``"exhaustive"``. With a long budget, it is the same result on
            every machine.
        allow_unverified: keep results that could not be verified.
        hadamard_gadgets: with cost ``"t"``, spend half of the budget on another circuit, with fewer T gates and
            with measured ancillas; see ``gadgets`` of the result.
        coupling: a :class:`~catenary.rewriting.circuits.Coupling`, or what its ``of`` takes: two-qubit gates of the
            result act on its edges only. A circuit that respects it is optimised as it lies; another one is
            optimised, routed, and optimised on the device.
        leave_out_below: half turns; rotations of the input by less are left out first, see
            :func:`~catenary.functors.circuits.without_small_rotations`. By default everything is exact.
        progress: called after each pass that improved something, with its name and the region's counts.

    Raises:
        TypeError: for what is no circuit of these kinds.
        CircuitError: if the circuit holds what Catenary has no equivalent for; for Hadamard gadgets, also if it
            is not unitary or has barriers.
        ArityError: for a circuit with more lines than the device.
        ValueError: for an unknown cost or effort, what is no coupling map, a budget that is no finite number of
            seconds, Hadamard gadgets with another cost, or an angle to leave out that is not small.

    Warns:
        PassFault: if a pass made a wrong circuit or raised an exception. It is left out and the result is
            still verified; ``refused`` has the details.

    >>> toffoli = Circuit(3, [Gate("ccx", (0, 1, 2)), Gate("ccx", (0, 1, 2))])
    >>> len(optimize(toffoli).circuit)
    0
    """
    small = Cost.of(cost)
    check_limits(effort, budget)
    given, back = adapted(circuit)
    approximation = None if leave_out_below is None else without_small_rotations(given, leave_out_below)
    own = given if approximation is None else approximation.circuit
    start = time.monotonic()
    if hadamard_gadgets:
        if small != Cost.of("t"):
            raise ValueError(f"Hadamard gadgets are for the cost t, not {small}")
        check_gadgets(own)
    if moves is None:
        share = 0.5 if hadamard_gadgets else 1.0
        moves = moves_of(effort, share * budget)
    expect_count(moves, "the moves of the search", most=10**12)
    device = None if coupling is None else Coupling.of(coupling)
    gadgets, interrupted = _gadgets(own, seed, start + budget / 2) if hadamard_gadgets else (None, False)
    left = 0.0 if interrupted else max(0.0, start + budget - time.monotonic())
    options = left, 0 if effort == "quick" else moves, seed, allow_unverified, progress
    if device is None or respects(to_basic(own), device):
        found = optimize_own(own, small, *options, device)
    else:
        found = _routed(own, small, *options, device)
    best: Any = circuit if found.circuit is given else back(found.circuit)
    result: OptimizationResult[Any] = replace(
        found,
        circuit=best,
        before=found.before if own is given else counts(given),
        approximation=approximation,
        gadgets=None if gadgets is None else replace(gadgets, circuit=back(gadgets.circuit)),
        interrupted=interrupted or found.interrupted,
        seconds=time.monotonic() - start,
    )
    return result


def _routed(
    circuit: Circuit,
    cost: Cost,
    budget: float,
    moves: int,
    seed: int,
    allow_unverified: bool,
    progress: Callable[[str, Counts], None] | None,
    device: Coupling,
) -> OptimizationResult[Circuit]:
    """Optimised, routed, and optimised on the device."""
    check_routable(circuit, device)
    start = time.monotonic()
    options = seed, allow_unverified, progress
    first = optimize_own(circuit, cost, budget / 2, moves // 2, *options)
    # A choice of places is looked for within a tenth; routing itself is carried through, as there has to be a result.
    interrupted = first.interrupted
    placed: list[RoutingResult] = []
    try:
        wanted = (first.circuit,) if interrupted else dict.fromkeys((first.circuit, circuit))
        placed.extend(route(each, device, seed=seed, budget=max(budget / 20, GRACE)) for each in wanted)
    except KeyboardInterrupt:
        interrupted = True
        placed = placed or [route(first.circuit, device, seed=seed, trials=1, budget=GRACE)]
    best = min(placed, key=lambda routed: (routed.verified != "equal", cost.key(routed.after)))
    left = max(0.0, start + budget - time.monotonic())
    if interrupted:
        second = replace(
            first, circuit=best.circuit, after=best.after, passes=(), refused=(), interrupted=True
        )
    else:
        second = optimize_own(best.circuit, cost, left, moves - moves // 2, *options, device)
    steps = first.verified, best.verified, second.verified
    return replace(
        second,
        before=first.before,
        seconds=time.monotonic() - start,
        verified="equal" if set(steps) == {"equal"} else "unknown",
        passes=first.passes + second.passes,
        refused=first.refused + second.refused,
        routing=replace(best, circuit=second.circuit, before=first.before, after=second.after),
    )


def _gadgets(circuit: Circuit, seed: int, deadline: float) -> tuple[GadgetResult[Any] | None, bool]:
    """The circuit with Hadamard gadgets, if there is time for it, and whether Ctrl-C came first."""
    begin = time.monotonic()
    # The proof takes less than the search: a third of the time is left to it, and more where that is little.
    until = begin + 2 / 3 * max(0.0, deadline - begin)
    try:
        found = with_hadamard_gadgets(
            circuit,
            seed=seed,
            budget=max(deadline - until, 2 * GRACE),
            over=lambda: time.monotonic() > until,
            deadline=deadline + GRACE,
        )
    except LimitReached:
        return None, False
    except KeyboardInterrupt:
        return None, True
    return found, False


def check_limits(effort: str, budget: float) -> None:
    """Refuse what is no effort, and a budget that is no finite number of seconds.

    Raises:
        ValueError: which says so.
    """
    if effort not in EFFORTS:
        raise ValueError(f"the effort is one of {', '.join(EFFORTS)}, not {effort!r}")
    expect_seconds(budget)


def moves_of(effort: str, budget: float) -> int:
    """The moves of the searches for an effort and a budget."""
    return int(budget * STEPS_A_SECOND * {"quick": 0, "normal": 1, "exhaustive": 100}[effort])


def optimize_own(
    circuit: Circuit,
    cost: Cost,
    budget: float,
    moves: int,
    seed: int,
    allow_unverified: bool = False,
    progress: Callable[[str, Counts], None] | None = None,
    device: Coupling | None = None,
    known: Sequence[Circuit] = (),
) -> OptimizationResult[Circuit]:
    """:func:`optimize` for a circuit of ours; searches also start from ``known`` circuits that are equal to it."""
    start = time.monotonic()
    deadline = start + budget
    run = Run(cost, seed, allow_unverified, progress, latest=deadline + 2 * GRACE, device=device)
    basic = to_basic(circuit)
    is_basic = all(g.name in BASIC or g.name in NOT_UNITARY for g in circuit.gates)
    parts: list[Region | Gate] = split(basic)
    done: list[Region | Gate] = list(parts)
    forms: list[list[Region | Gate]] | None = None

    def others(k: int) -> list[Circuit]:
        # Made when first needed: this takes a while for a long circuit.
        nonlocal forms
        if forms is None:
            forms = _same_shape(known, parts)
            forms += _same_shape(_variants(circuit, seed, start + run.extra + VARIANTS_SHARE * budget), parts)
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
                until = now + max(0.0, deadline + run.extra - now) * size / max(left, 1)
                left -= size
                run.region(part, others, done, k, until, int(moves * size / max(total, 1)))
    except KeyboardInterrupt:
        interrupted = True
    result = join(basic, done)
    before, after = counts(circuit), counts(result)
    verified: Literal["equal", "unknown"] = "unknown" if run.unverified else "equal"
    if cost.key(after) >= cost.key(before):
        result, after, verified = circuit if is_basic else basic, before, "equal"
    reports = tuple(
        PassReport(
            tally.used.name,
            tally.seconds,
            counts(join(basic, [_swapped(part, tally.after.get(k)) for k, part in enumerate(parts)])),
            tally.kept,
            Counts(0, *tally.won),
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


def _variants(circuit: Circuit, seed: int, deadline: float) -> list[Circuit]:
    """The circuit with other decompositions of Toffoli gates, the best first."""
    return good_variants(circuit, OTHER_FORMS, seed, lambda: time.monotonic() > deadline)


def _same_shape(circuits: Sequence[Circuit], parts: list[Region | Gate]) -> list[list[Region | Gate]]:
    """The parts of those circuits whose regions are on the same qubits, between the same other operations."""
    forms = [split(circuit) for circuit in circuits]
    return [form for form in forms if [_shape(part) for part in form] == [_shape(part) for part in parts]]


def _shape(part: Region | Gate) -> object:
    return part.qubits if isinstance(part, Region) else part


def _swapped(part: Region | Gate, circuit: Circuit | None) -> Region | Gate:
    return Region(part.qubits, circuit) if isinstance(part, Region) and circuit is not None else part
