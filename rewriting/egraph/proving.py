"""Proofs by saturation: nets loaded with both ends of an equation, and a 0/1 program that joins them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from catenary.diagrams import Diagram
from catenary.rewriting.compact import Encoder, Side, canonical_key
from catenary.rewriting.egraph.firing import Run
from catenary.rewriting.egraph.goal import locate
from catenary.rewriting.egraph.net import Net
from catenary.rewriting.egraph.parts import Report
from catenary.rewriting.egraph.program import Program
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.matching import Wiring
from catenary.rewriting.proof import Proof

# Places of a first net, without histories, over one or two rules.
_LEAST = 1_000


@dataclass(frozen=True)
class Attempt:
    """One kind of net to look for a proof in.

    Attributes:
        sides: the rules.
        boxes: the largest diagram of a history; ``None`` for a net that keeps none.
        places: the most places.
    """

    sides: Sequence[Side]
    boxes: int | None
    places: int


def connected(sides: Iterable[Side]) -> list[Side]:
    """The rules that start from boxes joined to each other: the others apply anywhere and fill a net."""
    return [side for side in sides if len(side.pattern.components) == 1 and not side.pattern.lone_wires]


def attempts(encoder: Encoder, start: Wiring, goal: Wiring, limits: Limits) -> Iterator[Attempt]:
    """What is tried, in order: few rules before many, small nets before large ones.

    First nets without histories over single rules, pairs of them and all of them, among the rules whose boxes
    occur in the statement (premise selection: a rule that brings in other boxes is tried later). Then nets of
    all rules, with histories, in which diagrams may grow by more and more boxes.
    """
    there = {*start.labels, *goal.labels}
    every = connected(encoder.sides)
    near = [
        side for side in every if there.issuperset([*side.pattern.wiring.labels, *side.replacement.labels])
    ]
    names = list(dict.fromkeys(side.rule.name for side in near))
    first = min(limits.places, _LEAST)
    alone = [{name} for name in names]
    pairs = [set(pair) for pair in combinations(names, 2)]
    for few, places in ((alone, first), (pairs[:60], first), (alone, min(limits.places, 8 * first))):
        for chosen in few:
            yield Attempt([side for side in near if side.rule.name in chosen], None, places)
    if len(names) > 2:
        yield Attempt(near, None, min(limits.places, 8 * first))
    largest = max(len(start.labels), len(goal.labels))
    caps = [limits.boxes] if limits.boxes is not None else [largest + extra for extra in (1, 2, 3, 4, 6)]
    for cap in caps:
        yield Attempt(encoder.sides, cap, limits.places)
    yield Attempt(every, None, limits.places)


class Prover:
    """Looks for a sequence of steps between two diagrams.

    Args:
        encoder: the theory's rules.
        ends: the two diagrams, over the theory's signature.
        deadline: when to stop.
        options: further arguments of the nets.
    """

    def __init__(self, encoder: Encoder, ends: tuple[Diagram, Diagram], deadline: Deadline, **options: Any):
        self.options = options
        self.encoder, self.ends, self.deadline = encoder, ends, deadline
        self.start, self.goal = (encoder.encode_diagram(end) for end in ends)
        self.goal_key = canonical_key(self.goal)
        self.report: Report | None = None

    def proof(self, limits: Limits) -> Proof | None:
        """A proof, or ``None`` within the limits. :attr:`report` tells about all the nets together."""
        if canonical_key(self.start) == self.goal_key:
            return Proof(*self.ends, (), self.encoder.theory)
        nets = places = transitions = 0
        seconds = self.deadline.left
        reason = ""
        for attempt in attempts(self.encoder, self.start, self.goal, limits):
            net = Net(
                self.encoder,
                track=attempt.boxes is not None,
                boxes=attempt.boxes or 0,
                sides=attempt.sides,
                **self.options,
            )
            nets += 1
            proof = None
            for depth in range(1, limits.depth + 1):
                net.add(self.start)
                net.add(self.goal)
                allowed = replace(limits, depth=depth, places=attempt.places)
                reason = net.saturate(allowed, self.deadline).reason
                proof = self.join(net)
                if proof is not None or reason != "depth" or self.deadline.passed:
                    break
            places += len(net.places)
            transitions += len(net.transitions)
            if proof is not None or self.deadline.passed:
                break
        used = seconds - self.deadline.left
        self.report = Report(reason, places, transitions, used, nets)
        return proof

    def join(self, net: Net) -> Proof | None:
        """A proof made of transitions that the net holds, if the program finds one that can be fired."""
        loaded = net.add(self.start)
        where = locate(net, self.goal, loaded.dom, loaded.cod)
        if where is None:
            return None
        program = Program(net.places, net.transitions, loaded.marking, {}, where, step_cost=1.0)
        for _ in range(60):
            if self.deadline.passed:
                break
            chosen, _ = program.solve(self.deadline.left)
            if chosen is None:
                break
            run = Run(net, self.start, loaded)
            stuck = run.fire_all(chosen)
            if not stuck and canonical_key(run.wiring) == self.goal_key:
                return Proof(*self.ends, tuple(run.steps), self.encoder.theory)
            cut(program, run, chosen, stuck)
        return None


def cut(program: Program, run: Run, chosen: Iterable[int], stuck: list[int]) -> bool:
    """Exclude a choice that could not be fired. Says whether the cut loses nothing.

    Transitions that wait for each other's places need one that makes such a place from outside: that cut is
    exact. Otherwise (no convex order was found, or names met) the whole choice is excluded.
    """
    transitions = program.transitions
    chosen = list(chosen)
    group = set(stuck)
    waiting = [t for t in stuck if not run.enabled(transitions[t])]
    if stuck and len(waiting) == len(stuck):
        missing = {p for t in stuck for p in transitions[t].before if p not in run.marking}
        fired = [t for t in chosen if t not in group]
        if not missing & program.marking and not any(missing & set(transitions[t].after) for t in fired):
            outside = {t for p in missing for t in program.makers.get(p, ()) if t not in group}
            program.cut(stuck, sorted(outside))
            return True
    program.cut(chosen, [])
    return False
