"""Equality saturation on string diagrams: the e-graph of a theory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from catenary.diagrams import Box, Diagram, Doctrine, DoctrineError, Equation, RewriteError
from catenary.diagrams.errors import expect, expect_iterable
from catenary.rewriting.compact import Encoder
from catenary.rewriting.egraph.analyses import Analysis
from catenary.rewriting.egraph.extraction import Cost, Extraction, Extractor
from catenary.rewriting.egraph.net import Net
from catenary.rewriting.egraph.pareto import Front, front
from catenary.rewriting.egraph.parts import Report
from catenary.rewriting.egraph.proving import Prover
from catenary.rewriting.egraph.schedule import Schedule
from catenary.rewriting.egraph.show import Dump
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.matching import Wiring
from catenary.rewriting.proof import Proof
from catenary.rewriting.rule import symmetric
from catenary.rewriting.theory import Theory


class EGraph:
    """An e-graph of string diagrams over a theory in the symmetric doctrine (an event net).

    Diagrams are added, saturated together under limits, and then compared or extracted. An answer is given
    only with a proof: a sequence of convex double-pushout steps, fired one by one on a real diagram and
    replayed by the independent checker before it is returned.

    Args:
        theory: the rules.
        analyses: facts beside the rules (:mod:`~catenary.rewriting.egraph.analyses`).
        schedule: which rules go first, and which wait when they match too often.
        progress: called now and then with a :class:`Report` while a net is saturated.

    Raises:
        DoctrineError: outside the symmetric doctrine.

    >>> from catenary.diagrams import Ty
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> from catenary.rewriting.rule import Rule
    >>> graph = EGraph(Theory("involution", f.signature, [Rule("twice", f >> f, Diagram.id(Ty("a")))]))
    >>> graph.equal(f >> f >> f, f.diagram)
    True
    """

    def __init__(
        self,
        theory: Theory,
        *,
        analyses: Iterable[Analysis] = (),
        schedule: Schedule | None = None,
        progress: Callable[[Report], None] | None = None,
    ):
        expect(theory, Theory, "what an e-graph is over", "a Theory")
        if theory.signature.doctrine is Doctrine.CARTESIAN:
            raise DoctrineError(
                "event net (in the cartesian doctrine wires are values: use ValueGraph)",
                theory.signature.doctrine.value,
                [Doctrine.SYMMETRIC.value],
            )
        self.theory = theory
        self.analyses = tuple(expect_iterable(analyses, "analyses of an e-graph", "a list of analyses"))
        for analysis in self.analyses:
            expect(analysis, Analysis, "an analysis of an e-graph", "an Analysis")
        self._encoder = Encoder(theory)
        self._options: dict[str, Any] = {
            "analyses": self.analyses,
            "schedule": schedule,
            "progress": progress,
        }
        self._net = Net(self._encoder, track=True, **self._options)
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
        prover = Prover(self._encoder, (one, other), deadline, **self._options)
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
        found = self._extractor(cost).extract(self._named(diagram), limits or Limits(depth=3), rounds)
        used = set(found.proof.rules_used)
        facts = tuple(r for r in found.proof.theory if r.name in used and r.name not in self.theory)
        return replace(found, facts=facts)

    def pareto(
        self,
        objectives: Mapping[str, Cost | Literal["depth"]],
        diagram: Diagram | None = None,
        *,
        limits: Limits | None = None,
        most: int = 50,
    ) -> Front:
        """The diagrams of the net that no other one beats in every objective.

        Args:
            objectives: by name a cost as for :meth:`extract`, or ``"depth"``: boxes on the longest path.
            diagram: where to start from.
            limits: of the one net that is saturated.
            most: points at most.

        Raises:
            RewriteError: without objectives, or for a negative cost.
        """
        limits = limits or Limits(depth=3)
        start = self._named(diagram)
        net = Net(self._encoder, **self._options)
        return front(net, self._encoder, start, objectives, limits, most)

    def dump(self, title: str | None = None) -> Dump:
        """The net that :meth:`saturate` filled, to look at: SVG and HTML.

        Raises:
            RewriteError: for a net of more places than a picture can show.
        """
        return Dump.of(self._net, title or self.theory.name)

    def _extractor(self, cost: Cost) -> Extractor:
        return Extractor(self._encoder, cost, self.analyses, self._options)

    def _named(self, diagram: Diagram | Box | None) -> Diagram:
        if diagram is None:
            if not self._added:
                raise RewriteError("nothing to extract: add a diagram first")
            return self._added[0][0]
        return symmetric(diagram).over(self.theory.signature)

    @staticmethod
    def _accept(proof: Proof) -> Proof:
        proof.check()
        return proof
