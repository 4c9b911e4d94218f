"""Equality saturation on string diagrams: the e-graph of a theory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from catenary.diagrams import Box, Diagram, Doctrine, DoctrineError, OpenHypergraph, RewriteError
from catenary.diagrams.errors import expect, expect_iterable
from catenary.rewriting.compact import Encoder
from catenary.rewriting.egraph.analyses import Analysis
from catenary.rewriting.egraph.extraction import Cost, Extraction, Extractor, weight_of
from catenary.rewriting.egraph.net import Net
from catenary.rewriting.egraph.pareto import Front, front
from catenary.rewriting.egraph.parts import Report
from catenary.rewriting.egraph.presentation import Presentation
from catenary.rewriting.egraph.proving import Prover
from catenary.rewriting.egraph.schedule import Schedule
from catenary.rewriting.egraph.show import Dump
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.matching import Wiring
from catenary.rewriting.proof import Proof
from catenary.rewriting.rule import is_symmetric, rewritable, symmetric
from catenary.rewriting.theory import Theory

_STRUCTURE_COST = 1e-4  # of what the cheapest box costs


class EGraph:
    """An e-graph of string diagrams over a theory (an event net).

    Theories of the symmetric doctrine are taken as they are; hypergraph, compact closed, traced and Markov ones by a
    directed presentation (:mod:`~catenary.rewriting.egraph.presentation`), and the proofs and diagrams that come
    out are those of the theory itself.

    Diagrams are added, saturated together under limits, and then compared or extracted. An answer is given
    only with a proof: a sequence of convex double-pushout steps, fired one by one on a real diagram and
    replayed by the independent checker before it is returned.

    Args:
        theory: the rules.
        analyses: facts beside the rules (:mod:`~catenary.rewriting.egraph.analyses`).
        schedule: which rules go first, and which wait when they match too often.
        progress: called now and then with a :class:`Report` while a net is saturated.

    Raises:
        DoctrineError: in a doctrine without a directed presentation, and in the cartesian one, for which
            :class:`ValueGraph` is.
        RewriteError: outside the symmetric doctrine, for rules with phases of spiders or turned boxes.

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
        self._presentation = None if is_symmetric(theory.signature) else Presentation(theory)
        self.analyses = tuple(expect_iterable(analyses, "analyses of an e-graph", "a list of analyses"))
        for analysis in self.analyses:
            expect(analysis, Analysis, "an analysis of an e-graph", "an Analysis")
        self._encoder = Encoder(theory if self._presentation is None else self._presentation.theory)
        self._options: dict[str, Any] = {
            "analyses": self.analyses,
            "schedule": schedule,
            "progress": progress,
        }
        self._net = Net(self._encoder, track=True, **self._options)
        self._added: list[tuple[Diagram, Wiring]] = []
        self._originals: list[Diagram] = []
        self._report: Report | None = None

    @property
    def report(self) -> Report:
        """How the last saturation ended."""
        return self._report or Report("nothing was saturated", 0, 0, 0.0)

    def add(self, diagram: Diagram | Box) -> None:
        """Put a diagram in.

        Raises:
            SignatureError, DoctrineError: if it is not over the theory's signature.
        """
        self._put(self._taken(diagram), rewritable(diagram))

    def _put(self, diagram: Diagram, given: Diagram) -> None:
        if any(diagram.identical(known) for known, _ in self._added):
            return
        wiring = self._encoder.encode_diagram(diagram)
        self._net.add(wiring)
        self._added.append((diagram, wiring))
        self._originals.append(given)
        self._report = None

    def saturate(self, limits: Limits | None = None) -> Report:
        """Apply every rule everywhere until nothing is new or a limit is reached; say which.

        ``depth``, ``places``, ``transitions`` and ``seconds`` of the limits are used. More can be added and
        saturated later.
        """
        limits = limits or Limits()
        self._report = self._net.saturate(limits, Deadline(limits.seconds))
        return self._report

    def equal(self, left: Diagram | Box, right: Diagram | Box, limits: Limits | None = None) -> bool | None:
        """``True`` with a proof behind it (:meth:`explain` gives it), ``None`` where none was found.

        Never ``False``: a net without a proof shows nothing, as wires keep their names and a box made twice
        is left out. For refutations see :mod:`catenary.rewriting.models`.
        """
        return True if self.explain(left, right, limits) is not None else None

    def explain(
        self, left: Diagram | Box, right: Diagram | Box, limits: Limits | None = None
    ) -> Proof | None:
        """A checked proof of ``left = right``, or ``None``. Diagrams that are not in yet are added.

        Saturates deeper step by step until a proof is found or a limit is reached.
        """
        limits = limits or Limits()
        deadline = Deadline(limits.seconds)
        left, right = rewritable(left), rewritable(right)
        if (left.dom, left.cod) != (right.dom, right.cod):
            raise RewriteError(f"{left.dom} → {left.cod} and {right.dom} → {right.cod} cannot be equal")
        one, other = self._taken(left), self._taken(right)
        saturated = self._report is not None
        if self._presentation is not None and left == right:  # by the laws of the doctrine alone
            return self._presentation.proof(left, Proof(one, one, (), self._presentation.theory), right)
        self._put(one, left)
        self._put(other, right)
        prover = Prover(self._encoder, (one, other), deadline, **self._options)
        proof = None
        if saturated:  # what is held already may do
            proof = prover.join(self._net)
        if proof is None:
            proof = prover.proof(limits)
            self._report = prover.report or self._report
        if proof is None:
            return None
        if self._presentation is not None:
            return self._presentation.proof(left, proof, right)
        proof.check()
        return proof

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
        if self._presentation is not None:
            return self._presented(diagram, cost, limits or Limits(depth=3), rounds)
        found = self._extractor(cost).extract(self._named(diagram), limits or Limits(depth=3), rounds)
        used = set(found.proof.rules_used)
        facts = tuple(r for r in found.proof.theory if r.name in used and r.name not in self.theory)
        return replace(found, facts=facts)

    def _presented(
        self, diagram: Diagram | Box | None, cost: Cost, limits: Limits, rounds: int
    ) -> Extraction:
        """Extraction through the directed presentation, in which structure costs next to nothing."""
        presentation = self._presentation
        assert presentation is not None
        if diagram is None:
            if not self._originals:
                raise RewriteError("nothing to extract: add a diagram first")
            diagram = self._originals[0]
        start = rewritable(diagram).over(self.theory.signature)

        least = min((w for box in presentation.generators if (w := weight_of(box, cost)) > 0), default=1.0)

        def weight(box: Box) -> float:
            return _STRUCTURE_COST * least if presentation.is_structure(box) else weight_of(box, cost)

        found = self._extractor(weight).extract(self._taken(start), limits, rounds)
        proof = presentation.proof(start, found.proof)
        before, after = (
            sum((weight_of(edge.box, cost) for edge in OpenHypergraph.from_diagram(d).edges), 0.0)
            for d in (proof.start, proof.end)
        )
        optimal = found.optimal and not presentation.left_out
        return replace(found, diagram=proof.end, cost=after, before=before, proof=proof, optimal=optimal)

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
        if self._presentation is not None:
            raise RewriteError("fronts of several objectives are for the symmetric doctrine; use extract")
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
        return self._taken(diagram)

    def _taken(self, diagram: Diagram | Box) -> Diagram:
        """The diagram that is put in: over the theory's signature, or its directed presentation."""
        if self._presentation is not None:
            return self._presentation.present(diagram)
        return symmetric(diagram).over(self.theory.signature)
