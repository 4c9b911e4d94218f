"""Equality saturation on string diagrams: the e-graph of a theory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from catenary.diagrams import Box, Diagram, Equation, RewriteError
from catenary.diagrams.errors import expect
from catenary.rewriting.compact import Encoder, Side
from catenary.rewriting.dpo import replace as rewrite_wiring
from catenary.rewriting.egraph.firing import Run
from catenary.rewriting.egraph.net import Net
from catenary.rewriting.egraph.parts import IDENTITY, Loaded, Report
from catenary.rewriting.egraph.program import Program
from catenary.rewriting.egraph.proving import Prover, connected, cut
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.matching import Wiring, find
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.rule import symmetric
from catenary.rewriting.theory import Theory

# Up to so many boxes all rules are tried at full depth before anything else.
_SMALL = 12

Cost = Mapping[str, float] | Callable[[Box], float] | None


@dataclass(frozen=True)
class Extraction:
    """The result of :meth:`EGraph.extract`.

    Attributes:
        diagram: the cheapest diagram found, equal to the one asked about.
        cost: its cost.
        before: the cost of the diagram asked about.
        proof: evidence, accepted by the independent checker.
        optimal: whether it is least over everything that a saturated net holds which loses nothing of what
            the rules lead to but diagrams that need one box on the same wires twice (those the net leaves
            out).
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

    Diagrams are added, saturated together under limits, and then compared or extracted. An answer is given
    only with a proof: a sequence of convex double-pushout steps, fired one by one on a real diagram and
    replayed by the independent checker before it is returned.

    >>> from catenary.diagrams import Ty
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> from catenary.rewriting.rule import Rule
    >>> graph = EGraph(Theory("involution", f.signature, [Rule("twice", f >> f, Diagram.id(Ty("a")))]))
    >>> graph.equal(f >> f >> f, f.diagram)
    True
    """

    def __init__(self, theory: Theory):
        expect(theory, Theory, "what an e-graph is over", "a Theory")
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

        ``depth``, ``places``, ``transitions`` and ``seconds`` of the limits are used. More can be added and
        saturated later.
        """
        limits = limits or Limits()
        self._report = self._net.saturate(limits, Deadline(limits.seconds))
        return self._report

    def equal(self, left: Diagram, right: Diagram, limits: Limits | None = None) -> bool | None:
        """``True`` with a proof behind it (:meth:`explain` gives it), ``None`` where none was found.

        Never ``False``: a net without a proof shows nothing, as wires keep their names and a box made twice
        is left out. For refutations see :mod:`catenary.rewriting.models`.
        """
        return True if self.explain(left, right, limits) is not None else None

    def explain(self, left: Diagram, right: Diagram, limits: Limits | None = None) -> Proof | None:
        """A checked proof of ``left = right``, or ``None``. Diagrams that are not in yet are added.

        Saturates deeper step by step until a proof is found or a limit is reached.
        """
        limits = limits or Limits()
        deadline = Deadline(limits.seconds)
        equation = Equation("goal", symmetric(left), symmetric(right))
        one, other = (side.over(self.theory.signature) for side in (equation.left, equation.right))
        saturated = self._report is not None
        self.add(one)
        self.add(other)
        prover = Prover(self._encoder, (one, other), deadline)
        proof = None
        if saturated:  # what is held already may do
            proof = prover.join(self._net)
        if proof is None:
            proof = prover.proof(limits)
            self._report = prover.report or self._report
        return None if proof is None else self._accept(proof)

    def extract(
        self,
        diagram: Diagram | None = None,
        *,
        cost: Cost = None,
        limits: Limits | None = None,
        rounds: int = 20,
    ) -> Extraction:
        """The cheapest diagram that the rules lead to from one that was added (the first, unless named).

        Args:
            diagram: where to start from.
            cost: for each box, by generator name or by a function; every box costs 1 unless given.
            limits: for all rounds together; ``depth``, ``places`` and ``transitions`` for each round.
            rounds: after each round the result is loaded into a new net and saturated again, until nothing is
                gained.
        """
        limits = limits or Limits(depth=3)
        deadline = Deadline(limits.seconds)
        if diagram is None:
            if not self._added:
                raise RewriteError("nothing to extract: add a diagram first")
            diagram = self._added[0][0]
        diagram = symmetric(diagram).over(self.theory.signature)
        start = self._encoder.encode_diagram(diagram)
        before = self._cost(start, cost)
        greedy, greedy_steps = self._shrink(start, cost, deadline)
        wiring, steps, best = start, list[Step](), before
        report = Report("seconds", 0, 0, 0.0)
        optimal = False
        done = 0
        # Rules that start from boxes joined to each other first; the others may apply anywhere and fill the
        # net.
        joined = connected(self._encoder.sides)
        # (rules, depth, whether to go on while something is gained)
        every = self._encoder.sides
        levels = [(joined, depth, True) for depth in dict.fromkeys((min(2, limits.depth), limits.depth))]
        if len(start.labels) <= _SMALL:
            levels.insert(0, (every, limits.depth, False))
        levels.append((every, limits.depth, True))
        reversible = not any(rule.directed for rule in self.theory.rules)
        for sides, depth, again in levels:
            gained = len(sides) < len(every) or len(wiring.labels) <= 2 * _SMALL
            while gained and not optimal and done < rounds and not deadline.passed:
                done += 1
                net = Net(self._encoder, sides=sides)
                loaded = net.add(wiring)
                report = net.saturate(replace(limits, depth=depth), deadline)
                # Directed rules may have led away from the least: then only a net loaded from the start
                # tells.
                telling = report.saturated and len(sides) == len(every) and (reversible or wiring is start)
                run, optimum = self._cheapest(net, wiring, loaded, cost, deadline)
                smaller, more = self._shrink(run.wiring, cost, deadline)
                value = self._cost(smaller, cost)
                optimal = optimum and telling and not more
                gained = value < best - 1e-9
                if gained:
                    best, wiring, steps = value, smaller, [*steps, *run.steps, *more]
                gained = gained and again
        if self._cost(greedy, cost) < best - 1e-9:
            wiring, steps, best, optimal = greedy, greedy_steps, self._cost(greedy, cost), False
        result = self._encoder.diagram(wiring, diagram.signature)
        proof = self._accept(Proof(diagram, result, tuple(steps), self.theory))
        return Extraction(result, best, before, proof, optimal, done, report)

    def _shrink(self, wiring: Wiring, cost: Cost, deadline: Deadline) -> tuple[Wiring, list[Step]]:
        """Apply rules that lower the cost, the best first, as long as there are any."""
        gains: list[tuple[float, int, Side]] = []
        for i, side in enumerate(self._encoder.sides):
            gain = self._cost(side.replacement, cost) - self._cost(side.pattern.wiring, cost)
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

    def _cheapest(
        self,
        net: Net,
        wiring: Wiring,
        loaded: Loaded,
        cost: Cost,
        deadline: Deadline,
    ) -> tuple[Run, bool]:
        weights = [_weight(box, cost) for box in self._encoder.boxes]
        place_cost = {p: weights[place[0]] for p, place in enumerate(net.places) if place[0] != IDENTITY}
        program = Program(net.places, net.transitions, loaded.marking, place_cost)
        best = Run(net, wiring, loaded)
        least = self._cost(wiring, cost)
        exact = True
        for _ in range(12):
            chosen, optimum = program.solve(min(deadline.left, 10.0))
            if chosen is None:
                return best, False
            run = Run(net, wiring, loaded)
            stuck = run.fire_all(chosen)
            value = self._cost(run.wiring, cost)
            if value < least - 1e-9:
                best, least = run, value
            if not stuck:
                return best, exact and optimum
            if best is run:  # part of the choice is a gain already: the next round starts from there
                return best, False
            exact = cut(program, run, chosen, stuck) and exact
            if deadline.passed:
                break
        return best, False

    def _cost(self, wiring: Wiring, cost: Cost) -> float:
        return sum(
            _weight(self._encoder.boxes[label], cost) for label in wiring.labels if isinstance(label, int)
        )

    @staticmethod
    def _accept(proof: Proof) -> Proof:
        proof.check()
        return proof


def _weight(box: Box, cost: Cost) -> float:
    if cost is None:
        return 1.0
    return float(cost(box)) if callable(cost) else float(cost.get(box.name, 0.0))
