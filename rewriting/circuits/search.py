"""The search for a cheaper circuit for one region: passes in chains, then annealing in rounds."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from catenary.diagrams import LimitReached
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.counts import Counts, counts
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.angles import ZERO, add
from catenary.rewriting.circuits.blocks import commuting_blocks
from catenary.rewriting.circuits.costs import Cost
from catenary.rewriting.circuits.coupling import Coupling, fits
from catenary.rewriting.circuits.passes import (
    ANNEAL,
    CANCEL,
    FRAMES,
    GRACE,
    MERGE,
    MERGE_LAST,
    MOVES_IN_A_SWEEP,
    NETWORK,
    NETWORKS,
    OPTIMAL,
    PARITIES,
    SCHEDULE,
    SIGNATURES,
    UNITARIES,
    WINDOWS,
    ZX,
    Limits,
    Pass,
    Refusal,
    Tally,
    annealed_steps,
    annealed_together,
    optimal_steps,
    unitary_steps,
)
from catenary.rewriting.circuits.regions import Region, largest_region
from catenary.rewriting.circuits.rotations import normal_form
from catenary.rewriting.circuits.routing import kept_in_place
from catenary.rewriting.circuits.steps import Step
from catenary.rewriting.circuits.unitaries import pauli_miter
from catenary.rewriting.circuits.verdict import Verdict
from catenary.rewriting.circuits.verify import verify
from catenary.rewriting.circuits.warm import compile_searches
from catenary.rewriting.circuits.witness import straight

WIDEST = 62
"""Wires above which a circuit is annealed in windows."""
OTHERS = 2
"""Other decompositions of Toffoli gates that are tried in such a circuit."""
SHORT = 500
"""Gates up to which Pauli networks are written from more than one order of the rotations."""
MOVES_A_GATE = 100
"""Moves after which annealing in windows gains next to nothing."""
THREADS = 2
"""Searches at a time; a number of its own, as the result must not depend on the machine."""
ROUNDS = 40_000
"""Rounds of the search for fewer T gates for a million moves of annealing, times t^(3/2) for t of them."""
FEW_ROUNDS = 32
"""Rounds of it where T gates are not what counts most, at most."""
ROUND_WORK = 0.5
"""Cubes of the sizes of commuting blocks that such a round may have for each move."""
MEMBERS, FINALISTS = 10, 4
"""Members of the populations that are annealed from all starts, and of those from the best circuits so far."""
BETWEEN = 0.4
"""What H and S gates cost at the end of the annealing of another population: some circuits that are better also in
two-qubit gates are found where one-qubit gates count more, some where they count less.
"""
LONG, FIRST = 200_000_000, 2_000_000
"""Moves above which annealing is in rounds until the time is over, and those of the first round."""
WINDOWS_SHARE = 20
"""One part in so many of the moves is for windows on three wires, before the annealing and after."""
SWEEPS = 3
"""Sweeps of such windows, at least."""
COUNTED = 1_000
"""Gates whose depth is counted in the time of one move without."""
REHEATS = 6
"""Annealings from the best circuits so far."""
SLOWER = 100
"""How many times fewer moves there are where numba is not installed: as many as there is time for."""
LOADING = 0.75
"""Seconds that must be left before the compiled searches are loaded."""
REHEAT = 0.42
"""Temperature at which annealing goes on from the best circuit so far: it keeps most of its structure."""


class Run:
    """One call of :func:`~catenary.rewriting.circuits.optimize.optimize`: what was tried over all regions."""

    def __init__(
        self,
        cost: Cost,
        seed: int,
        allow_unverified: bool,
        progress: Callable[[str, Counts], None] | None,
        latest: float,
        device: Coupling | None = None,
    ):
        self.device = device
        self.cost = cost
        self.seed = seed
        self.allow_unverified = allow_unverified
        self.progress = progress
        self.latest = latest
        self.extra = 0.0
        """Seconds in which the searches were compiled: once on a machine, and not part of the budget."""
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
            moves: of the annealing, at most; with 0 there are only passes that do not search.
        """
        near = None if self.device is None else self.device.masks(part.qubits)
        limits = Limits(
            deadline, self.seed, costs=self.cost.one_costs, depth_cost=self.cost.depth_cost, near=near
        )
        search = _Search(self, part, done, place, limits)
        self._searched(search, others, moves)
        if self.cost.depth_cost or not search.is_long(search.best):
            if place not in self.unverified:
                search.anchors.append(search.best)  # an order of its gates is seen to be equal to it at once
            # Also if the time is over: this takes next to none.
            until = max(search.limits.deadline, time.monotonic()) + GRACE
            search.apply(SCHEDULE, search.best, replace(search.limits, deadline=until))

    def _searched(self, search: _Search, others: Callable[[int], list[Circuit]], moves: int) -> None:
        """All passes but the last."""
        part, deadline = search.part, search.limits.deadline
        if self.cost.depth_cost:
            search.apply(SCHEDULE, part.circuit)
        merged = search.chain(part.circuit, (CANCEL, MERGE, FRAMES, CANCEL))
        if len(merged.gates) <= ANNEAL.largest:
            search.chain(part.circuit, (FRAMES, MERGE))
        last = search.chain(part.circuit, (MERGE_LAST, FRAMES))
        starts = [merged, last]
        fine = search.unitaries()
        if fine is not None:
            merged = search.chain(fine, (FRAMES, CANCEL))
            starts.append(merged)
        is_long = search.is_long(merged)
        if moves and not is_long:
            starts.append(search.optimal(merged, moves))
        if moves and len(merged.gates) <= SHORT:
            orders = [merged, last, part.circuit]
            orders += [search.apply(each, part.circuit) for each in (MERGE, MERGE_LAST)]
            starts += search.networks(orders, len(NETWORKS))
        else:
            starts += search.networks((merged,), len(NETWORKS) if moves else 1)
        if not (moves and is_long):  # annealing in windows finds what this does, and sooner
            search.optimal(search.best, 0)
        few: list[Circuit] = []
        if moves and len(merged.gates) <= SIGNATURES.largest:
            rounds = self.rounds(merged, moves)
            few = [search.fewer_t(merged, rounds)] if rounds else []
        loaded = "catenary.rewriting.circuits.kernels" in sys.modules
        if not moves or (not loaded and deadline - time.monotonic() < LOADING):
            return
        from catenary.rewriting.circuits.kernels import COMPILED  # here, as it loads numba

        self.extra += (compiling := compile_searches())
        self.latest += compiling
        search.limits = replace(search.limits, deadline=deadline + compiling)
        if not COMPILED:
            moves //= SLOWER
        if is_long:
            search.in_windows(itertools.islice(others(search.place), OTHERS), moves)
            return
        if len(merged.gates) <= ZX.largest:
            starts.append(search.chain(merged, (ZX, MERGE)))
        starts.extend(search.chain(other, (CANCEL, MERGE)) for other in others(search.place))
        written, used = search.parities([last, merged], moves // 6 if moves <= LONG else FIRST)
        search.anneal([*starts, *written], few, moves - used // 2)
        search.optimal(search.best, moves)
        search.unitaries()

    def rounds(self, circuit: Circuit, moves: int) -> int:
        """Rounds of the search for fewer T gates: what there is time for, or so few that they take next to none."""
        if self.cost.counts_t:
            return max(4, int(ROUNDS * moves / 1e6 / max(counts(circuit).t, 1) ** 1.5))
        work = sum(len(block) ** 3 for block in commuting_blocks(normal_form(circuit)[0].rotations))
        return min(FEW_ROUNDS, int(ROUND_WORK * moves / max(work, 1)))


class _Search:
    """The candidates for one region."""

    def __init__(self, run: Run, part: Region, done: list[Region | Gate], place: int, limits: Limits):
        self.run = run
        self.part = part
        self.done = done
        self.place = place
        self.limits = limits
        self.anchors: list[Circuit] = []
        """Circuits that are proved equal to the region, while one made from them may not be seen to be."""
        self.verifying = 0.0
        """Seconds of the longest verification so far."""
        self.best = part.circuit
        self.best_counts = counts(part.circuit)

    @staticmethod
    def is_long(circuit: Circuit) -> bool:
        """Whether it is too long or too wide to be annealed as a whole."""
        return len(circuit.gates) > ANNEAL.largest or circuit.n_qubits > WIDEST

    def chain(self, circuit: Circuit, passes: tuple[Pass, ...]) -> Circuit:
        """Apply passes one after the other, offering every result; returns the last."""
        for each in passes:
            if time.monotonic() > self.limits.deadline:
                break
            circuit = self.apply(each, circuit)
        return circuit

    def apply(self, each: Pass, circuit: Circuit, limits: Limits | None = None) -> Circuit:
        """The result of a pass, offered; the circuit itself if the pass failed or its result is wrong."""
        return self.apply_all(each, [(circuit, limits or self.limits)])[0]

    def apply_all(self, each: Pass, tasks: Sequence[tuple[Circuit, Limits]]) -> list[Circuit]:
        """The same for several circuits at a time: what is compiled runs on as many cores; offered in order."""
        tally = self.run.tallies.setdefault(each.name, Tally(each))
        start = time.monotonic()

        def result(task: tuple[Circuit, Limits]) -> Circuit:
            return self.result(each, *task)

        try:
            if len(tasks) == 1:
                found = [result(tasks[0])]
            else:
                with ThreadPoolExecutor(len(tasks)) as pool:
                    try:
                        found = list(pool.map(result, tasks))
                    except KeyboardInterrupt:
                        self.limits.stop.set()
                        raise
        finally:
            tally.seconds += time.monotonic() - start
        for k, (given, _) in enumerate(tasks):
            if found[k] is not given and not self.offer(found[k], tally):
                found[k] = given
        tally.after[self.place] = self.best
        return found

    def result(self, each: Pass, circuit: Circuit, limits: Limits) -> Circuit:
        """What a pass makes of a circuit; the circuit itself if the pass failed or had no time."""
        try:
            found = each.apply(circuit, limits)
            return found if each is SCHEDULE else self.scheduled(found)
        except LimitReached:
            return circuit
        except Exception as error:
            # A fault of one pass must not cost the user what the others found.
            self.run.refuse(Refusal(each.name, "error", f"{type(error).__name__}: {error}"))
            return circuit

    def scheduled(self, circuit: Circuit) -> Circuit:
        """The circuit in an order of little depth, where that counts and there is time."""
        return SCHEDULE.apply(circuit, self.limits) if self.run.cost.depth_cost else circuit

    def fewer_t(self, circuit: Circuit, rounds: int) -> Circuit:
        """A circuit with fewer T gates, in at most half of the time; what it was made of is proved round by round."""
        from catenary.rewriting.circuits.fewer_t import fewer_t, prove_rounds

        tally = self.run.tallies.setdefault(SIGNATURES.name, Tally(SIGNATURES))
        start = time.monotonic()
        half = replace(self.limits, deadline=(start + self.limits.deadline) / 2)
        found = circuit
        try:
            # The seconds of the proof are those that the search leaves.
            found, steps = fewer_t(
                circuit, rounds=rounds, seed=self.run.seed, over=half.over, deadline=self.limits.deadline
            )
            whole = self.part.circuit
            phase = prove_rounds(whole, steps, found, deadline=self.run.latest) if steps else None
            if phase is None:
                if steps:
                    self.run.refuse(Refusal(SIGNATURES.name, "unknown", "a round could not be proved"))
                found = circuit
            else:
                found = found.with_gates(found.gates, phase)
                self.anchors.append(found)
                self.offer(found, tally)
        except LimitReached:
            found = circuit
        except Exception as error:
            self.run.refuse(Refusal(SIGNATURES.name, "error", f"{type(error).__name__}: {error}"))
            found = circuit
        finally:
            tally.seconds += time.monotonic() - start
        tally.after[self.place] = self.best
        return found

    def optimal(self, circuit: Circuit, moves: int) -> Circuit:
        """Some sweeps of windows on three wires, as a part of so many moves, but at least a few."""
        steps = max(moves // WINDOWS_SHARE, SWEEPS * MOVES_IN_A_SWEEP * len(circuit.gates))
        return self.apply(OPTIMAL, circuit, replace(self.limits, steps=steps))

    def proved(
        self, each: Pass, make: Callable[[Circuit, Limits], list[Step]], limits: Limits | None = None
    ) -> Circuit | None:
        """The best circuit so far written again in windows, if that changed it; it is proved window by window."""
        from catenary.rewriting.circuits.steps import prove_steps

        if self.place in self.run.unverified:
            return None
        tally = self.run.tallies.setdefault(each.name, Tally(each))
        start = time.monotonic()
        given, found = self.best, None
        try:
            steps = make(given, limits or self.limits)
            tally.seconds += time.monotonic() - start
            if any(step.changes for step in steps):
                found = steps[-1].after
                proof = prove_steps(given, steps, found, deadline=self.run.latest)
                if proof is None:
                    self.run.refuse(Refusal(each.name, "unknown", "a window could not be proved"))
                    return None
                found = found.with_gates(found.gates, add(found.global_phase, proof.phase))
                self.offer(found, tally, Verdict("equal", proof.method, ZERO))
                self.anchors.append(found)
                if self.run.cost.depth_cost:
                    self.apply(SCHEDULE, found)
        except LimitReached:
            return None
        except Exception as error:
            self.run.refuse(Refusal(each.name, "error", f"{type(error).__name__}: {error}"))
            return None
        tally.after[self.place] = self.best
        return found

    def unitaries(self) -> Circuit | None:
        """The best circuit so far with windows that are written from their matrices, if that changed it."""
        return self.proved(UNITARIES, unitary_steps)

    def networks(self, circuits: Sequence[Circuit], ways: int) -> list[Circuit]:
        """The two best of the ways to write a Pauli network, from circuits with rotations in different orders."""
        found = []
        for circuit, seed in itertools.product(circuits, range(ways)):
            if self.limits.over() or len(circuit.gates) > NETWORK.largest:
                break
            written = self.apply(NETWORK, circuit, replace(self.limits, seed=seed))
            found.append(self.chain(written, (MERGE,)))
        return sorted(found, key=lambda circuit: self.run.cost.key(counts(circuit)))[:2]

    def in_windows(self, others: Iterable[Circuit], moves: int) -> None:
        """Annealing in windows of a long or wide circuit: of the best one so far, and of those from others."""
        for other in others:
            self.chain(other, (CANCEL, MERGE, FRAMES))
        limits = replace(
            self.limits,
            steps=min(moves, MOVES_A_GATE * len(self.best.gates)),
            deadline=self.limits.deadline - 1.5 * self.verifying,  # what comes out has to be verified in time
        )
        self.proved(WINDOWS, annealed_steps, limits)
        self.proved(OPTIMAL, optimal_steps)

    def parities(self, starts: Sequence[Circuit], steps: int) -> tuple[list[Circuit], int]:
        """Parity networks from those circuits that are mostly one region, and how many of the steps were made: a few
        first, since many have nothing to gain.
        """
        left = [start for start in starts if 2 * largest_region(start) > counts(start).two_qubit]
        used = 0
        for share in (0.02, 0.1, 0.4, 0.48):
            if not left:
                break
            tasks = [
                (start, replace(self.limits, seed=self.run.seed + k, steps=int(share * steps / len(left))))
                for k, start in enumerate(left)
            ]
            used += sum(limits.steps for _, limits in tasks)
            before, left = left, self.apply_all(PARITIES, tasks)
            if not any(
                counts(new).two_qubit < counts(old).two_qubit for old, new in zip(before, left, strict=True)
            ):
                break
        return left, used

    def anneal(self, starts: Sequence[Circuit], few: Sequence[Circuit], moves: int) -> None:
        """Annealing of populations from all the starts, then again from the best circuits so far, less hot.

        A start decides which class of circuits annealing stays in: how pairs of Toffoli gates cancel, for one. Circuits
        with fewer rotations (``few``) often have more two-qubit gates, but not always: they are among the others.
        """
        t = min(counts(start).t for start in starts)
        left = [start for start in dict.fromkeys(starts) if counts(start).t == t]
        left = [*few, *(start for start in left if start not in few)]
        if self.run.cost.counts_t:
            least = min(counts(start).t for start in left)
            left = [start for start in left if counts(start).t == least]
        longest = max(len(start.gates) for start in left)
        seed = self.run.seed
        size = min(moves, 5_000 * longest**2)
        # As many as there is time for, where each counts the depth.
        share = COUNTED / (COUNTED + longest) if self.run.cost.depth_cost else 1.0
        if moves > LONG:
            # More than there is time for: rounds that take longer and longer, so that some come to their end.
            size = FIRST
        else:
            moves = size
        while moves > 0 and not self.limits.over():
            self.anneal_round(left, int(share * min(size, moves)), seed)
            moves -= size
            size *= 2
            seed += 1_000_000

    def anneal_round(self, left: Sequence[Circuit], share: int, seed: int) -> None:
        """So many moves of annealing, from hot to cold and then less hot."""
        ends = self.limits.costs
        found: list[Circuit] = []
        lasts = tuple(dict.fromkeys((ends[1], BETWEEN, ends[0])))
        for last in lasts:
            limits = replace(
                self.limits, seed=seed, steps=2 * share // (5 * len(lasts)), costs=(ends[0], last)
            )
            found += self.together(left, limits, MEMBERS)
            seed += 10_000
        for k in range(REHEATS):
            if self.limits.over():
                break
            steps = share * 3 // (5 * REHEATS)
            last = lasts[-1 - k % len(lasts)]
            limits = replace(self.limits, seed=seed, steps=steps, hot=REHEAT, costs=(ends[0], last))
            found.sort(key=lambda circuit: self.run.cost.key(counts(circuit)))
            written, _ = self.parities([self.best, *found[:1]], steps // 2)
            found = self.together([*dict.fromkeys([*written, self.best, *found])][:3], limits, FINALISTS)
            seed += 10_000

    def together(self, starts: Sequence[Circuit], limits: Limits, members: int) -> list[Circuit]:
        """The best circuits of an annealed population, offered; best first."""
        tally = self.run.tallies.setdefault(ANNEAL.name, Tally(ANNEAL))
        start = time.monotonic()
        # On a device, annealing keeps to its edges, and so have those that it starts from to do.
        starts = [circuit for circuit in starts if fits(circuit, self.limits.near)] or [self.best]
        try:
            found = annealed_together(starts, limits, members=members, threads=THREADS)
            found = [self.scheduled(circuit) for circuit in found]
        except LimitReached:
            return []
        except Exception as error:
            self.run.refuse(Refusal(ANNEAL.name, "error", f"{type(error).__name__}: {error}"))
            return []
        finally:
            tally.seconds += time.monotonic() - start
        found.sort(key=lambda circuit: self.run.cost.key(counts(circuit)))
        right = [circuit for circuit in found if self.offer(circuit, tally)]
        tally.after[self.place] = self.best
        return right

    def offer(self, candidate: Circuit, tally: Tally, proof: Verdict | None = None) -> bool:
        """Keep a candidate if it is cheaper and equal to the region; false if it is known to be wrong.

        Args:
            proof: that it is equal, where that is known.
        """
        run, name = self.run, tally.used.name
        placed = self._on_device(candidate)
        if placed is None:
            return True
        if placed is not candidate:
            proof = None
        candidate = placed
        found = counts(candidate)
        if run.cost.key(found) >= run.cost.key(self.best_counts):
            return True
        # A region's share of the time may be short; the whole run's is what binds.
        now = time.monotonic()
        seconds = max(self.limits.deadline - now, min(2.0, run.latest - now), 0.0)
        try:
            verdict = (
                proof
                or self._like_anchor(candidate)
                or verify(self.part.circuit, candidate, budget=seconds, seed=run.seed)
            )
        except Exception as error:
            run.refuse(Refusal(name, "error", f"verification: {type(error).__name__}: {error}"))
            return True
        self.verifying = max(self.verifying, time.monotonic() - now)
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
        tally.win(self.best_counts, found)
        self.best, self.best_counts = candidate, found
        self.done[self.place] = Region(self.part.qubits, candidate)
        if run.progress is not None:
            run.progress(name, found)
        return True

    def _like_anchor(self, candidate: Circuit) -> Verdict | None:
        """The answer where the candidate has the Pauli rotations of a circuit that is proved equal to the region."""
        for anchor in reversed(self.anchors):
            try:
                phase = pauli_miter(straight(anchor), straight(candidate), deadline=self.run.latest)[0]
            except LimitReached:
                return None
            if phase is not None:
                return Verdict("equal", "Pauli-rotation miter", phase)
        return None

    def _on_device(self, candidate: Circuit) -> Circuit | None:
        """The candidate with two-qubit gates on neighbours only, every line in its place; ``None`` if it costs more."""
        device, qubits = self.run.device, self.part.qubits
        if device is None or fits(candidate, self.limits.near):
            return candidate
        local = device.among(qubits)
        if local is None or len(candidate.gates) > ANNEAL.largest:
            return None
        if self.run.cost.key(counts(candidate)) >= self.run.cost.key(self.best_counts):
            return None
        return kept_in_place(candidate, local)
