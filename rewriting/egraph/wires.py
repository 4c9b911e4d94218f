"""The e-graph of gate diagrams whose wires are e-classes: it proposes, an independent verifier decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from catenary.diagrams import Box, Diagram, Edge, OpenHypergraph, RewriteError
from catenary.diagrams.equality import label_of
from catenary.diagrams.errors import expect, expect_iterable
from catenary.diagrams.phases import Phase
from catenary.diagrams.signature import Doctrine
from catenary.rewriting.circuits.angles import ZERO, add
from catenary.rewriting.egraph.analyses import Analysis
from catenary.rewriting.egraph.extraction import Cost, weight_of
from catenary.rewriting.egraph.flow import cheapest_flow
from catenary.rewriting.egraph.parts import Report
from catenary.rewriting.egraph.unitary_models import UnitaryModel, registered
from catenary.rewriting.egraph.wire_program import Wires, saturate
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.rule import Rule, symmetric
from catenary.rewriting.theory import Theory

_MOST_INSTANCES = 4096
DEFAULT = Limits(seconds=20.0, depth=3, places=25_000)


@dataclass(frozen=True)
class WireExtraction:
    """The result of :meth:`WireGraph.extract`.

    Attributes:
        diagram: the cheapest diagram found that the verifier found equal to the one asked about, or that one itself.
        phase: φ in half turns with the diagram asked about = exp(iπφ)·diagram.
        cost, before: of the two.
        verdict: ``"equal"``, or ``"unknown"`` if a cheaper one was proposed and not found equal in the time: then
            ``diagram`` is the one asked about.
        optimal: whether it is least over all that the saturated e-graph holds which passes no wire twice.
        rounds: how many e-graphs were built, each from the result of the last.
        report: how the last saturation ended.
    """

    diagram: Diagram
    phase: Phase
    cost: float
    before: float
    verdict: str
    optimal: bool
    rounds: int
    report: Report


class WireGraph:
    """An e-graph of diagrams over a gate theory, each wire an e-class, saturated by egglog (extra ``egglog``).

    Equal boxes on equal wires have equal outputs, and, as gates are invertible, equal outputs come from equal inputs.
    This is no consequence of the laws of symmetric monoidal categories: it holds in a *unitary model*, up to global
    phases. So an answer is a proposal. It is given only after :func:`~catenary.rewriting.circuits.verify`
    (or matrices, where the model has any) has found it equal in the model; what is not found equal is *unknown*. A proof
    by rules is what :class:`EGraph` gives.

    Args:
        theory: the rules; symmetric.
        model: what the boxes are; that of a theory over the library's gates unless given.
        analyses: whose :meth:`~Analysis.forms` are put in beside a diagram, with the same outputs; an extraction asks one more
            of them whenever nothing is gained without. They are as good as the analysis, and the answer is verified as ever.
        progress: called with a :class:`Report` after each round.

    Raises:
        DoctrineError: for a theory that is not symmetric.
        RewriteError: without a unitary model; for a box that is not unitary in it or a rule that does not hold.

    >>> from catenary.rewriting.library import clifford_t_circuits
    >>> theory = clifford_t_circuits()
    >>> h, s, t = (theory.signature[name] for name in "HST")
    >>> graph = WireGraph(theory)
    >>> graph.add(h >> t >> t >> h >> h >> s >> s >> s >> h)
    >>> found = graph.extract()
    >>> print(found.diagram, found.verdict, found.optimal)
    id(q) equal True
    """

    def __init__(
        self,
        theory: Theory,
        model: UnitaryModel | None = None,
        *,
        analyses: Iterable[Analysis] = (),
        progress: Callable[[Report], None] | None = None,
    ):
        expect(theory, Theory, "what an e-graph is over", "a Theory")
        self.theory, self.progress = theory, progress
        self.analyses = tuple(expect_iterable(analyses, "analyses of an e-graph", "a list of analyses"))
        for analysis in self.analyses:
            expect(analysis, Analysis, "an analysis of an e-graph", "an Analysis")
        self.model = registered(theory) if model is None else model
        expect(self.model, UnitaryModel, "the model of an e-graph of wires", "a UnitaryModel")
        self.model.check(theory)
        self._boxes: list[Box] = []
        self._labels: dict[object, int] = {}
        self._added: list[Diagram] = []
        self._wires: Wires | None = None

    @property
    def report(self) -> Report:
        """How the last saturation ended."""
        return self._wires.report if self._wires else Report("nothing was saturated", 0, 0, 0.0)

    @property
    def nodes(self) -> Iterator[tuple[Box, tuple[str, ...], tuple[str, ...]]]:
        """Each node: a box, the classes of its input wires, and those of its outputs."""
        for (label, inputs), outputs in self._wires.nodes.items() if self._wires else ():
            yield self._boxes[label], inputs, outputs

    @property
    def inputs(self) -> tuple[str, ...]:
        """The classes of the diagrams' inputs; empty before saturation."""
        return self._wires.inputs if self._wires else ()

    def add(self, diagram: Diagram | Box) -> None:
        """Put a diagram in. All have the same inputs.

        Raises:
            SignatureError: if it is not over the theory's signature.
            RewriteError: if its wires are not those of the first, or it is not unitary.
        """
        diagram = self._taken(diagram)
        if self._added and diagram.dom != self._added[0].dom:
            raise RewriteError(
                f"a diagram on {diagram.dom} in an e-graph of diagrams on {self._added[0].dom}"
            )
        if not any(diagram.identical(known) for known in self._added):
            self._added.append(diagram)
            self._wires = None

    def _taken(self, diagram: Diagram | Box) -> Diagram:
        diagram = symmetric(diagram).over(self.theory.signature)
        for box in dict.fromkeys(edge.box for edge in OpenHypergraph.from_diagram(diagram).edges):
            self.model.image(box)
        if diagram.dom != diagram.cod and sorted(map(str, diagram.dom)) != sorted(map(str, diagram.cod)):
            raise RewriteError(f"a diagram {diagram.dom} → {diagram.cod} is not unitary")
        return diagram

    def saturate(self, limits: Limits | None = None) -> Report:
        """Apply every rule everywhere, in rounds, until nothing is new or a limit is reached.

        Args:
            limits: ``depth`` is the number of rounds, ``places`` the number of nodes, and ``seconds``.

        Raises:
            MissingExtra: if egglog is not installed.
            RewriteError: if nothing was added.
        """
        return self._saturate(limits or DEFAULT)

    def _saturate(self, limits: Limits, *, coexisting: bool = True) -> Report:
        if not self._added:
            raise RewriteError("nothing to saturate: add a diagram first")
        self._wires = self._saturated(self._added, self.analyses, limits, coexisting=coexisting)
        return self._wires.report

    def _saturated(
        self,
        diagrams: Sequence[Diagram],
        analyses: Iterable[Analysis],
        limits: Limits,
        *,
        coexisting: bool = True,
    ) -> Wires:
        """The e-graph of some diagrams."""
        signature = self.theory.signature
        graphs = [[OpenHypergraph.from_diagram(diagram)] for diagram in diagrams]
        for analysis in analyses:
            for diagram, forms in zip(diagrams, graphs, strict=True):
                forms += [OpenHypergraph.from_diagram(f.over(signature)) for f in analysis.forms(diagram)]
        return saturate(
            lambda: [len(box.dom) for box in self._boxes],
            self._label,
            graphs,
            [rule.sides(forward) for rule in self._rules(diagrams) for forward in rule.directions],
            limits,
            Deadline(limits.seconds),
            coexisting=coexisting,
            progress=self.progress,
        )

    def _rules(self, diagrams: Sequence[Diagram]) -> Iterator[Rule]:
        """The rules, those with variables at all values that occur in the diagrams, checked in the model."""
        values = dict.fromkeys(p for diagram in diagrams for box in diagram.boxes for p in box.params)
        for rule in self.theory:
            if not rule.variables:
                yield rule
                continue
            if len(values) ** len(rule.variables) > _MOST_INSTANCES:
                raise RewriteError(
                    f"rule {rule.name} has over {_MOST_INSTANCES} instances at the diagrams' values"
                )
            for given in product(values, repeat=len(rule.variables)):
                named = dict(zip(rule.variables, given, strict=True))
                if all(condition.holds(named) for condition in rule.where):
                    instance = rule.at(named)
                    self.model.check_rule(rule.name, instance.left, instance.right)
                    yield instance

    def _label(self, box: Box) -> int:
        key = label_of(box, Doctrine.SYMMETRIC)
        if key not in self._labels:
            self._labels[key] = len(self._boxes)
            self._boxes.append(box)
        return self._labels[key]

    def equal(self, left: Diagram | Box, right: Diagram | Box, limits: Limits | None = None) -> bool | None:
        """``True`` if saturation makes the outputs one class and the verifier finds the diagrams equal up to a global
        phase; else ``None``. Never ``False``.

        Raises:
            RewriteError: if their domains or codomains differ.
        """
        left, right = self._taken(left), self._taken(right)
        if (left.dom, left.cod) != (right.dom, right.cod):
            raise RewriteError(f"{left.dom} → {left.cod} and {right.dom} → {right.cod} cannot be equal")
        limits = limits or DEFAULT
        deadline = Deadline(limits.seconds)
        one, other = self._saturated([left, right], self.analyses, limits).outputs
        if one != other:
            return None
        return True if self.model.compare(left, right, seconds=deadline.left)[0] == "equal" else None

    def extract(
        self,
        diagram: Diagram | Box | None = None,
        *,
        cost: Cost = None,
        limits: Limits | None = None,
        rounds: int = 20,
    ) -> WireExtraction:
        """The cheapest diagram that is proposed and found equal to one (the first added, unless named).

        A flow of least cost from the input classes to the output classes, each wire used once (HiGHS). The result is
        loaded into a new e-graph and saturated again, until nothing is gained.

        Args:
            diagram: where to start from.
            cost: for each box, by generator name or by a function; every box costs 1 unless given.
            limits: ``depth`` and ``places`` of each e-graph, ``seconds`` of all and of the verification.
            rounds: e-graphs at most.

        Raises:
            RewriteError: if nothing was added and none is named, or for a negative cost.
        """
        if diagram is None and not self._added:
            raise RewriteError("nothing to extract: add a diagram first")
        start = current = self._added[0] if diagram is None else self._taken(diagram)
        limits = limits or DEFAULT
        deadline = Deadline(limits.seconds)
        before = best = self._weigh(start, cost)
        total: Phase = ZERO
        verdict, optimal, done = "equal", False, 0
        report = self.report
        # What analyses say makes the e-graph larger: one more is asked whenever nothing is gained without it.
        asked = 0
        while done < rounds and not deadline.passed:
            done += 1
            wires = self._saturated(
                [current], self.analyses[:asked], replace(limits, seconds=max(0.05, deadline.left))
            )
            report = wires.report
            weights = [weight_of(box, cost) for box in self._boxes]
            found, exact = cheapest_flow(wires, weights, max(0.05, deadline.left))
            proposed = current if found is None else self._diagram(wires, found, current)
            value = self._weigh(proposed, cost)
            if value >= best - 1e-9:
                optimal = exact and report.saturated
                if asked == len(self.analyses):
                    break
                asked += 1
                continue
            verdict, phase = self.model.compare(current, proposed, seconds=max(0.5, deadline.left))
            if verdict != "equal" or phase is None:
                verdict, optimal = "unknown", False
                break
            current, best, total = proposed, value, add(total, phase)
            asked, optimal = 0, False
        return WireExtraction(current, total, best, before, verdict, optimal, done, report)

    def _weigh(self, diagram: Diagram, cost: Cost) -> float:
        return sum((weight_of(edge.box, cost) for edge in OpenHypergraph.from_diagram(diagram).edges), 0.0)

    def _diagram(self, wires: Wires, order: list[tuple[int, tuple[str, ...]]], like: Diagram) -> Diagram:
        """The diagram of nodes in an order in which they can be put one after the other."""
        obs = list(like.dom.objects)
        at = {c: k for k, c in enumerate(wires.inputs)}
        edges: list[Edge] = []
        for label, inputs in order:
            box = self._boxes[label]
            targets = tuple(range(len(obs), len(obs) + len(box.cod)))
            obs += box.cod.objects
            edges.append(Edge(box, tuple([at[c] for c in inputs]), targets))
            at.update(zip(wires.nodes[label, inputs], targets, strict=True))
        dom = tuple(range(len(like.dom)))
        ends = tuple([at[c] for c in wires.outputs[0]])
        return OpenHypergraph(tuple(obs), tuple(edges), dom, ends, self.theory.signature).to_diagram()
