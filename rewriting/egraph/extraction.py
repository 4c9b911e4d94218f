"""Extraction: the cheapest diagram that an event net holds, round after round."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from catenary.diagrams import Box, Diagram
from catenary.rewriting.compact import Encoder, Side
from catenary.rewriting.dpo import replace as rewrite_wiring
from catenary.rewriting.egraph.analyses import Analysis
from catenary.rewriting.egraph.firing import Run
from catenary.rewriting.egraph.net import Net
from catenary.rewriting.egraph.parts import IDENTITY, Loaded, Report
from catenary.rewriting.egraph.program import Program
from catenary.rewriting.egraph.proving import connected, cut
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.matching import Wiring, find
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.rule import Rule

# Up to so many boxes all rules are tried at full depth before anything else.
_SMALL = 12
# From so many boxes on the first net is loaded from what greedy rewriting leaves: it is smaller, and solved sooner.
_LARGE = 200

Cost = Mapping[str, float] | Callable[[Box], float] | None


@dataclass(frozen=True)
class Extraction:
    """The result of :meth:`EGraph.extract`.

    Attributes:
        diagram: the cheapest diagram found, equal to the one asked about.
        cost: its cost.
        before: the cost of the diagram asked about.
        proof: evidence, accepted by the independent checker.
        optimal: whether it is least. Either an analysis shows that no equal diagram costs less, or it is
            least over everything that a saturated net holds which loses nothing of what the rules lead to but
            diagrams that need one box on the same wires twice (those the net leaves out).
        why: what ``optimal`` rests on, or why it is not claimed.
        rounds: how many nets were built, each from the result of the last.
        report: how the last saturation ended.
        facts: rules that are not of the theory and that the proof uses: what analyses found.
    """

    diagram: Diagram
    cost: float
    before: float
    proof: Proof
    optimal: bool
    why: str
    rounds: int
    report: Report
    facts: tuple[Rule, ...] = ()


def weight_of(box: Box, cost: Cost) -> float:
    """The cost of a box: 1, what its name is given, or what the function says."""
    if cost is None:
        return 1.0
    return float(cost(box)) if callable(cost) else float(cost.get(box.name, 0.0))


def _seconds(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


class _Clock:
    """A time limit of which some is kept for work that comes last and is known in CPU seconds."""

    def __init__(self, seconds: float):
        self.whole = Deadline(seconds)
        self.start = time.monotonic(), time.process_time()

    def rest(self, kept: float) -> Deadline:
        """When to stop, so that there is time for the rest at the pace at which this process gets on."""
        wall, own = time.monotonic() - self.start[0], time.process_time() - self.start[1]
        return Deadline(self.whole.left - kept * max(1.0, wall / max(own, 1e-3)))


@dataclass
class Extractor:
    """Extraction for one cost. Private to the e-graph.

    Args:
        encoder: the rules.
        cost: of each box.
        analyses: what bounds costs.
        options: further arguments of the nets.
    """

    encoder: Encoder
    cost: Cost
    analyses: Sequence[Analysis]
    options: Mapping[str, Any]

    def weigh(self, wiring: Wiring) -> float:
        """The cost of a diagram."""
        boxes = self.encoder.boxes
        return sum(weight_of(boxes[label], self.cost) for label in wiring.labels if isinstance(label, int))

    def bound(self, diagram: Diagram) -> tuple[float, str]:
        """The best lower bound that the analyses know, and whose it is."""
        best, name = float("-inf"), ""
        for analysis in self.analyses:
            if type(analysis).bound is not Analysis.bound:
                least = analysis.bound(diagram, lambda box: weight_of(box, self.cost))
                if least > best:
                    best, name = least, analysis.name
        return best, name

    def extract(self, diagram: Diagram, limits: Limits, rounds: int) -> Extraction:
        """The cheapest diagram found from one over the theory's signature."""
        clock = _Clock(limits.seconds)
        start = self.encoder.encode_diagram(diagram)
        before = self.weigh(start)
        least, bounded = self.bound(diagram)
        greedy, greedy_steps = self.shrink(start, clock.rest(0.0))
        # A large diagram's proof takes long to check: each step is as much work as the diagram is large.
        checking = self.checking(diagram, start) if len(start.labels) > _LARGE else 0.0
        deadline = clock.rest(checking * len(greedy_steps))
        wiring, steps, best = start, list[Step](), before
        if len(start.labels) > _LARGE and self.weigh(greedy) < before:
            wiring, steps, best = greedy, greedy_steps, self.weigh(greedy)
        report = Report("seconds", 0, 0, 0.0)
        optimal = False
        why = "the limits were reached before the net was saturated"
        done = 0
        # (all rules or only those that start from boxes joined to each other, depth, whether to go on while
        # something is gained): the other rules may apply anywhere and fill the net.
        levels = [(False, depth, True) for depth in dict.fromkeys((min(2, limits.depth), limits.depth))]
        if len(start.labels) <= _SMALL:
            levels.insert(0, (True, limits.depth, False))
        levels.append((True, limits.depth, True))
        reversible = not any(rule.directed for rule in self.encoder.theory.rules)
        for whole, depth, again in levels:
            gained = not whole or len(wiring.labels) <= 2 * _SMALL
            while gained and not optimal and done < rounds and not deadline.passed and best > least + 1e-9:
                done += 1
                sides = self.encoder.sides if whole else connected(self.encoder.sides)
                net = Net(self.encoder, sides=sides, **self.options)
                loaded = net.add(wiring)
                report = net.saturate(replace(limits, depth=depth), deadline)
                # Directed rules may have led away from the least: then only a net loaded from the start
                # tells.
                every = whole or len(sides) == len(self.encoder.sides)
                telling = report.saturated and every and (reversible or wiring is start)
                run, lost = self.cheapest(net, wiring, loaded, deadline)
                smaller, more = self.shrink(run.wiring, deadline)
                value = self.weigh(smaller)
                optimal = not lost and telling and not more
                if lost and telling:
                    why = lost
                gained = value < best - 1e-9
                if gained:
                    best, wiring, steps = value, smaller, [*steps, *run.steps, *more]
                    deadline = clock.rest(checking * len(steps))
                gained = gained and again
        if optimal:
            why = "least over a saturated net"
        if self.weigh(greedy) < best - 1e-9:
            wiring, steps, best, optimal = greedy, greedy_steps, self.weigh(greedy), False
            why = "found by greedy rewriting"
        if best <= least + 1e-9:
            optimal, why = True, f"no equal diagram costs less: {bounded}"
        theory = self.encoder.theory
        proof = Proof(diagram, self.encoder.diagram(wiring, diagram.signature), tuple(steps), theory)
        proof.check()
        return Extraction(proof.end, best, before, proof, optimal, why, done, report)

    def checking(self, diagram: Diagram, start: Wiring) -> float:
        """CPU seconds that the checker takes for a step, on a diagram of this size."""
        for side in self.encoder.sides:
            match = next(find(side.pattern, start), None)
            if match is not None:
                after = rewrite_wiring(start, side.pattern.wiring, side.replacement, match)[0]
                end = self.encoder.diagram(after, diagram.signature)
                step = Step(side.rule.name, side.forward, match)
                theory = self.encoder.theory
                proofs = Proof(diagram, diagram, (), theory), Proof(diagram, end, (step,), theory)
                none, one = (min(map(_seconds, [proof.check] * 4)) for proof in proofs)
                return max(0.0, one - none)
        return 0.0

    def shrink(self, wiring: Wiring, deadline: Deadline) -> tuple[Wiring, list[Step]]:
        """Apply rules that lower the cost, the best first, as long as there are any."""
        gains: list[tuple[float, int, Side]] = []
        for i, side in enumerate(self.encoder.sides):
            gain = self.weigh(side.replacement) - self.weigh(side.pattern.wiring)
            if gain < -1e-9:
                gains.append((gain, i, side))
        gains.sort(key=lambda entry: entry[:2])
        steps: list[Step] = []
        while not deadline.passed:
            for _, _, side in gains:
                match = next(find(side.pattern, wiring), None)
                if match is not None:
                    wiring = rewrite_wiring(wiring, side.pattern.wiring, side.replacement, match)[0]
                    steps.append(Step(side.rule.name, side.forward, match))
                    break
            else:
                break
        return wiring, steps

    def cheapest(self, net: Net, wiring: Wiring, loaded: Loaded, deadline: Deadline) -> tuple[Run, str]:
        """The cheapest marking that could be fired, and why it may not be least; empty if it is."""
        weights = [weight_of(box, self.cost) for box in self.encoder.boxes]
        place_cost = {p: weights[place[0]] for p, place in enumerate(net.places) if place[0] != IDENTITY}
        program = Program(net.places, net.transitions, loaded.marking, place_cost)
        best = Run(net, wiring, loaded)
        least = self.weigh(wiring)
        exact = True
        for _ in range(12):
            chosen, optimum = program.solve(min(deadline.left, 10.0))
            if chosen is None:
                return best, "the program of the extraction was not solved in its time"
            run = Run(net, wiring, loaded)
            stuck = run.fire_all(chosen)
            value = self.weigh(run.wiring)
            if value < least - 1e-9:
                best, least = run, value
            if not stuck:
                if not optimum:
                    return best, "the program of the extraction was not solved in its time"
                return (
                    best,
                    "" if exact else "a cut excluded a whole choice of events, perhaps a cheaper order",
                )
            if best is run:  # part of the choice is a gain already: the next round starts from there
                return best, "only part of the cheapest choice of events could be fired"
            exact = cut(program, run, chosen, stuck) and exact
            if deadline.passed:
                break
        return best, "the cheapest choices of events could not be fired"
