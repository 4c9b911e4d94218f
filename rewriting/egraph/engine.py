"""Equality saturation on string diagrams: the e-graph of a theory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from catenary.diagrams import Box, Diagram, Equation, OpenHypergraph, RewriteError, Signature
from catenary.rewriting.compact import Encoder, canonical_key
from catenary.rewriting.egraph.firing import Run
from catenary.rewriting.egraph.net import IDENTITY, Net, Report
from catenary.rewriting.egraph.program import Program
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.matching import Wiring
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.rule import symmetric
from catenary.rewriting.theory import Theory

Cost = Mapping[str, float] | Callable[[Box], float] | None


@dataclass(frozen=True)
class Extraction:
    """The result of :meth:`EGraph.extract`.

    Attributes:
        diagram: the cheapest diagram found, equal to the one asked about.
        cost: its cost.
        before: the cost of the diagram asked about.
        proof: evidence, accepted by the independent checker.
        optimal: whether it is least over everything the last net holds, and that net was saturated.
        rounds: how many nets were built, each from the result of the last.
        report: how the last saturation ended.
    """

    diagram: Diagram
    cost: float
    before: float
    proof: Proof
    optimal: bool
    rounds: int
    report: Report


class EGraph:
    """An e-graph of string diagrams over a theory in the symmetric doctrine (an event net).

    Diagrams are added, saturated together under limits, and then compared or extracted. An answer is given only with
    a proof: a sequence of convex double-pushout steps, fired one by one on a real diagram and replayed by the
    independent checker before it is returned.

    >>> from catenary.diagrams import Ty
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> from catenary.rewriting.rule import Rule
    >>> graph = EGraph(Theory("involution", f.signature, [Rule("twice", f >> f, Diagram.id(Ty("a")))]))
    >>> graph.equal(f >> f >> f, f.diagram)
    True
    """

    def __init__(self, theory: Theory):
        self.theory = theory
        self._encoder = Encoder(theory)
        self._net = Net(self._encoder, track=True)
        self._added: list[tuple[Diagram, Wiring]] = []
        self._report: Report | None = None

    @property
    def report(self) -> Report:
        """How the last saturation ended."""
        return self._report or Report("nothing was saturated", 0, 0, 0.0)

    def add(self, diagram: Diagram) -> None:
        """Put a diagram in.

        Raises:
            SignatureError, DoctrineError: if it is not over the theory's signature.
        """
        diagram = symmetric(diagram).over(self.theory.signature)
        if any(diagram.identical(known) for known, _ in self._added):
            return
        wiring = self._encoder.encode_diagram(diagram)
        self._net.add(wiring)
        self._added.append((diagram, wiring))
        self._report = None

    def saturate(self, limits: Limits | None = None) -> Report:
        """Apply every rule everywhere until nothing is new or a limit is reached; say which.

        ``depth``, ``places``, ``transitions`` and ``seconds`` of the limits are used. More can be added and saturated later.
        """
        limits = limits or Limits()
        self._report = self._net.saturate(limits, Deadline(limits.seconds))
        return self._report

    def equal(self, left: Diagram, right: Diagram, limits: Limits | None = None) -> bool | None:
        """``True`` with a proof behind it (:meth:`explain` gives it), ``None`` where none was found.

        Never ``False``: a net without a proof shows nothing, as wires keep their names and a box made twice is left
        out. For refutations see :mod:`catenary.rewriting.models`.
        """
        return True if self.explain(left, right, limits) is not None else None

    def explain(self, left: Diagram, right: Diagram, limits: Limits | None = None) -> Proof | None:
        """A checked proof of ``left = right``, or ``None``. Diagrams that are not in yet are added.

        Saturates deeper step by step until a proof is found or a limit is reached.
        """
        limits = limits or Limits()
        deadline = Deadline(limits.seconds)
        equation = Equation("goal", symmetric(left), symmetric(right))
        ends = [side.over(self.theory.signature) for side in (equation.left, equation.right)]
        for end in ends:
            self.add(end)
        start, goal = (self._encoder.encode_diagram(end) for end in ends)
        goal_key = canonical_key(goal)
        if canonical_key(start) == goal_key:
            return self._accept(Proof(ends[0], ends[1], (), self.theory))
        proof = self._connect(self._net, ends, start, goal, limits, deadline)
        largest = max(len(start.labels), len(goal.labels))
        # Small diagrams first: a net in which diagrams may grow freely is mostly made of large ones.
        caps = [limits.boxes] if limits.boxes is not None else [largest + extra for extra in (1, 2, 3, 4, 6)]
        for cap in caps:
            if proof is not None or deadline.passed:
                break
            net = Net(self._encoder, track=True, boxes=cap)
            for depth in range(1, limits.depth + 1):
                net.add(start)
                net.add(goal)
                report = net.saturate(replace(limits, depth=depth), deadline)
                self._report = report
                proof = self._connect(net, ends, start, goal, limits, deadline)
                if proof is not None or report.reason != "depth" or deadline.passed:
                    break
        return proof

    def _connect(
        self, net: Net, ends: list[Diagram], start: Wiring, goal: Wiring, limits: Limits, deadline: Deadline
    ) -> Proof | None:
        """A proof made of transitions that the net holds, if the program finds one that can be fired."""
        marking, dom, cod = net.add(start)
        target = net.add(goal)[0]
        goals = dict.fromkeys([target, *islice(net.occurrences(goal, dom, cod), 500)])
        program = Program(net.transitions, marking, {}, tuple(goals), step_cost=1.0)
        goal_key = canonical_key(goal)
        for _ in range(60):
            if deadline.passed:
                break
            chosen, _ = program.solve(deadline.left)
            if chosen is None:
                break
            run = Run(net, start, marking, dom, cod)
            stuck = run.fire_all(chosen)
            if not stuck and canonical_key(run.wiring) == goal_key:
                return self._accept(Proof(ends[0], ends[1], tuple(run.steps), self.theory))
            _cut(program, run, chosen, stuck)
        return None

    def extract(
        self, diagram: Diagram | None = None, *, cost: Cost = None, limits: Limits | None = None, rounds: int = 20
    ) -> Extraction:
        """The cheapest diagram that the rules lead to from one that was added (the first, unless named).

        Args:
            diagram: where to start from.
            cost: for each box, by generator name or by a function; every box costs 1 unless given.
            limits: for all rounds together; ``depth``, ``places`` and ``transitions`` for each round.
            rounds: after each round the result is loaded into a new net and saturated again, until nothing is gained.
        """
        limits = limits or Limits(depth=3)
        deadline = Deadline(limits.seconds)
        if diagram is None:
            if not self._added:
                raise RewriteError("nothing to extract: add a diagram first")
            diagram = self._added[0][0]
        diagram = symmetric(diagram).over(self.theory.signature)
        wiring = self._encoder.encode_diagram(diagram)
        steps: list[Step] = []
        before = best = self._cost(wiring, cost)
        report = Report("seconds", 0, 0, 0.0)
        optimal = False
        done = 0
        while done < rounds and not deadline.passed:
            done += 1
            net = Net(self._encoder)
            marking, dom, cod = net.add(wiring)
            report = net.saturate(limits, deadline)
            run, optimal = self._cheapest(net, wiring, marking, dom, cod, cost, deadline)
            optimal = optimal and report.saturated
            value = self._cost(run.wiring, cost)
            if value >= best - 1e-9:
                break
            best, wiring = value, run.wiring
            steps += run.steps
        result = self._diagram(wiring, diagram.signature)
        proof = self._accept(Proof(diagram, result, tuple(steps), self.theory))
        return Extraction(result, best, before, proof, optimal, done, report)

    def _cheapest(
        self,
        net: Net,
        wiring: Wiring,
        marking: frozenset[int],
        dom: tuple[int, ...],
        cod: tuple[int, ...],
        cost: Cost,
        deadline: Deadline,
    ) -> tuple[Run, bool]:
        weights = [_weight(box, cost) for box in self._encoder.boxes]
        place_cost = {p: weights[place[0]] for p, place in enumerate(net.places) if place[0] != IDENTITY}
        program = Program(net.transitions, marking, place_cost)
        best = Run(net, wiring, marking, dom, cod)
        least = self._cost(wiring, cost)
        exact = True
        for _ in range(12):
            chosen, optimum = program.solve(min(deadline.left, 20.0))
            if chosen is None:
                return best, False
            run = Run(net, wiring, marking, dom, cod)
            stuck = run.fire_all(chosen)
            value = self._cost(run.wiring, cost)
            if value < least - 1e-9:
                best, least = run, value
            if not stuck:
                return best, exact and optimum
            exact = _cut(program, run, chosen, stuck) and exact
            if deadline.passed:
                break
        return best, False

    def _cost(self, wiring: Wiring, cost: Cost) -> float:
        return sum(_weight(self._encoder.boxes[label], cost) for label in wiring.labels if isinstance(label, int))

    def _diagram(self, wiring: Wiring, signature: Signature) -> Diagram:
        from catenary.diagrams import Edge, Ob

        edges = tuple(
            Edge(self._encoder.boxes[label], sources, targets)
            for label, sources, targets in zip(wiring.labels, wiring.sources, wiring.targets, strict=True)
            if isinstance(label, int)
        )
        obs = tuple(ob for ob in wiring.obs if isinstance(ob, Ob))
        return OpenHypergraph(obs, edges, wiring.dom, wiring.cod, signature).to_diagram()

    @staticmethod
    def _accept(proof: Proof) -> Proof:
        proof.check()
        return proof


def _weight(box: Box, cost: Cost) -> float:
    if cost is None:
        return 1.0
    return float(cost(box)) if callable(cost) else float(cost.get(box.name, 0.0))


def _cut(program: Program, run: Run, chosen: Iterable[int], stuck: list[int]) -> bool:
    """Exclude a choice that could not be fired. Says whether the cut loses nothing.

    Transitions that wait for each other's places need one that makes such a place from outside: that cut is exact.
    Otherwise (no convex order was found, or names met) the whole choice is excluded.
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
