"""The e-graph of cartesian diagrams: wires are values, so wires that are equal are one e-class.

A node is a box on classes, ``(label, input classes) → output classes``; congruence merges the outputs of equal boxes on
equal inputs (Nelson & Oppen, J. ACM 27 (1980); Willsey et al., *egg*, arXiv 2004.03082, whose deferred rebuilding is
used here, for boxes of several outputs). This is sound because in cartesian categories every box is copied and
discarded by naturality. In linear theories it proves false equations; they are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from catenary.diagrams import Box, Diagram, Doctrine, DoctrineError, Edge, OpenHypergraph, RewriteError
from catenary.diagrams.equality import label_of, normalised
from catenary.diagrams.errors import expect, expect_iterable
from catenary.rewriting.egraph.analyses import Analysis
from catenary.rewriting.egraph.choosing import choose
from catenary.rewriting.egraph.extraction import Cost, weight_of
from catenary.rewriting.egraph.parts import Report
from catenary.rewriting.limits import Deadline, Limits, resident
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

Classes = tuple[int, ...]


class Constants(Analysis):
    """Constant folding of values: what a box gives on constants is a constant.

    Args:
        value: of a box without inputs, the constant it is, or ``None``.
        evaluate: of a box and the constants on its inputs, the constants on its outputs, or ``None``.
        box: the box without inputs that stands for a constant, given a box whose output it replaces.
    """

    name = "constants"

    def __init__(
        self,
        value: Callable[[Box], Any],
        evaluate: Callable[[Box, tuple[Any, ...]], tuple[Any, ...] | None],
        box: Callable[[Any], Box],
    ):
        self.value, self.evaluate, self.box = value, evaluate, box


@dataclass(frozen=True)
class ValueExtraction:
    """The result of :meth:`ValueGraph.extract`.

    Attributes:
        diagram: the cheapest diagram found; what occurs twice is computed once.
        cost: its cost, each shared box once.
        before: the cost of the diagram asked about, shared as it was.
        optimal: whether it is least over all that the e-graph holds (and, if :attr:`report` says that it is
            saturated, over all that the rules lead to).
        report: how the saturation ended.
    """

    diagram: Diagram
    cost: float
    before: float
    optimal: bool
    report: Report


@dataclass(frozen=True, eq=False)
class _Pattern:
    """One direction of a rule: boxes in an order in which each touches one before, where it can."""

    rule: Rule
    left: OpenHypergraph
    right: OpenHypergraph
    order: tuple[int, ...]


class ValueGraph:
    """An e-graph of diagrams over a cartesian theory: common parts are shared, equal values are one class.

    Args:
        theory: the equations.
        analyses: :class:`Constants`, for constant folding.
        progress: called with a :class:`Report` after each round.

    Raises:
        DoctrineError: for a theory that is not cartesian: there it would prove false equations.

    >>> from catenary.diagrams import Signature, Ty, Swap
    >>> a = Ty("a")
    >>> f = Box("f", a @ a, a)
    >>> signature = Signature("commutative", Doctrine.CARTESIAN, ["a"], [f])
    >>> f = signature["f"]
    >>> graph = ValueGraph(Theory("commutative", signature, [Rule("comm", Swap(a, a) >> f, f.diagram)]))
    >>> graph.equal(Swap(a, a) >> f, f.diagram)
    True
    """

    def __init__(
        self,
        theory: Theory,
        *,
        analyses: Iterable[Constants] = (),
        progress: Callable[[Report], None] | None = None,
    ):
        expect(theory, Theory, "what an e-graph is over", "a Theory")
        theory.require_fixed_arity("an e-graph of values")
        if theory.signature.doctrine is not Doctrine.CARTESIAN:
            raise DoctrineError(
                "e-graph of values (there wires are not values: it would prove that every box is copied, and "
                "f = g from equal marginals; EGraph is for the symmetric doctrine)",
                theory.signature.doctrine.value,
                [Doctrine.CARTESIAN.value],
            )
        self.theory, self.progress = theory, progress
        self.analyses = tuple(
            expect_iterable(analyses, "analyses of an e-graph of values", "a list of Constants")
        )
        for analysis in self.analyses:
            expect(analysis, Constants, "an analysis of an e-graph of values", "a Constants")
        self._boxes: list[Box] = []
        self._labels: dict[Hashable, int] = {}
        self._parent: list[int] = []
        self._nodes: list[tuple[int, Classes, Classes]] = []
        self._alive: list[bool] = []
        self._known: dict[tuple[int, Classes], int] = {}
        self._by_label: dict[int, list[int]] = {}
        self._uses: dict[int, list[int]] = {}
        self._makers: dict[int, list[int]] = {}
        self._constant: dict[int, Any] = {}
        self._dom: dict[tuple[Hashable, int], int] = {}
        self._pending: list[int] = []
        self._roots: list[tuple[Diagram, OpenHypergraph, Classes]] = []
        self._report: Report | None = None
        self.patterns = [pattern for rule in theory for pattern in _patterns(rule)]

    # Classes and nodes

    def _find(self, c: int) -> int:
        parent = self._parent
        while parent[c] != c:
            parent[c] = parent[parent[c]]
            c = parent[c]
        return c

    def _new(self) -> int:
        self._parent.append(len(self._parent))
        return len(self._parent) - 1

    def _label(self, box: Box) -> int:
        key = label_of(box, Doctrine.CARTESIAN)
        if key not in self._labels:
            self._labels[key] = len(self._boxes)
            self._boxes.append(box)
        return self._labels[key]

    def _node(self, label: int, inputs: Classes) -> Classes:
        inputs = tuple([self._find(c) for c in inputs])
        known = self._known.get((label, inputs))
        if known is None:
            outputs = tuple([self._new() for _ in self._boxes[label].cod])
            self._enter(label, inputs, outputs)
            return outputs
        return tuple([self._find(c) for c in self._nodes[known][2]])

    def _enter(self, label: int, inputs: Classes, outputs: Classes) -> None:
        number = self._known[label, inputs] = len(self._nodes)
        self._nodes.append((label, inputs, outputs))
        self._alive.append(True)
        self._by_label.setdefault(label, []).append(number)
        for c in set(inputs):
            self._uses.setdefault(c, []).append(number)
        for c in set(outputs):
            self._makers.setdefault(c, []).append(number)
        self._evaluate(number)

    def _evaluate(self, number: int) -> None:
        """Constant folding at a node."""
        label, inputs, outputs = self._nodes[number]
        box = self._boxes[label]
        for analysis in self.analyses:
            values: tuple[Any, ...] | None
            if inputs:
                constants = [self._constant.get(self._find(c)) for c in inputs]
                if any(value is None for value in constants):
                    continue
                values = analysis.evaluate(box, tuple(constants))
            else:
                value = analysis.value(box)
                values = None if value is None else (value,)
            for c, found in zip(outputs, values or (), strict=values is not None):
                c = self._find(c)
                before = self._constant.get(c)
                if before is not None and before != found:
                    raise RewriteError(
                        f"the theory {self.theory.name} makes {before} and {found} equal: it is inconsistent"
                    )
                if before is None:
                    self._constant[c] = found
                    if inputs:
                        self._merge(c, self._node(self._label(analysis.box(found)), ())[0])
                    for user in list(self._uses.get(c, ())):
                        if self._alive[user]:
                            self._evaluate(user)

    def _merge(self, one: int, other: int) -> bool:
        one, other = self._find(one), self._find(other)
        if one == other:
            return False
        if len(self._uses.get(one, ())) < len(self._uses.get(other, ())):
            one, other = other, one
        self._parent[other] = one
        self._uses.setdefault(one, []).extend(self._uses.pop(other, ()))
        self._makers.setdefault(one, []).extend(self._makers.pop(other, ()))
        mine, theirs = self._constant.get(one), self._constant.pop(other, None)
        if mine is not None and theirs is not None and mine != theirs:
            raise RewriteError(
                f"the theory {self.theory.name} makes {mine} and {theirs} equal: it is inconsistent"
            )
        self._pending.append(one)
        if mine is None and theirs is not None:
            self._constant[one] = theirs
        if (mine is None) != (theirs is None):
            for user in list(self._uses[one]):
                if self._alive[user]:
                    self._evaluate(user)
        return True

    def _rebuild(self) -> None:
        """Close under congruence."""
        while self._pending:
            c = self._find(self._pending.pop())
            kept: list[int] = []
            for number in dict.fromkeys(self._uses.get(c, ())):
                if not self._alive[number]:
                    continue
                label, inputs, outputs = self._nodes[number]
                if self._known.get((label, inputs)) == number:
                    del self._known[label, inputs]
                inputs = tuple([self._find(i) for i in inputs])
                self._nodes[number] = label, inputs, outputs
                known = self._known.get((label, inputs))
                if known is None or known == number:
                    self._known[label, inputs] = number
                    kept.append(number)
                else:
                    self._alive[number] = False
                    for mine, theirs in zip(outputs, self._nodes[known][2], strict=True):
                        self._merge(mine, theirs)
            c = self._find(c)
            self._uses[c] = list(dict.fromkeys([*self._uses.get(c, ()), *kept]))
            self._uses[c] = [number for number in self._uses[c] if self._alive[number]]
            self._makers[c] = [n for n in dict.fromkeys(self._makers.get(c, ())) if self._alive[n]]

    def _put(self, graph: OpenHypergraph, dom: Classes) -> Classes:
        """The classes of a graph's codomain, its domain being on given classes."""
        at: dict[int, int] = dict(zip(graph.dom, dom, strict=True))
        for e in graph.topological_order() or ():
            edge = graph.edges[e]
            inputs = tuple([at[v] for v in edge.sources])
            at.update(zip(edge.targets, self._node(self._label(edge.box), inputs), strict=True))
        return tuple([at[v] for v in graph.cod])

    # The interface

    @property
    def report(self) -> Report:
        """How the last saturation ended."""
        return self._report or Report("nothing was saturated", self.nodes, 0, 0.0)

    @property
    def nodes(self) -> int:
        """Boxes on classes, each once."""
        return len(self._known)

    def add(self, diagram: Diagram | Box) -> Classes:
        """Put a diagram in; the classes of its outputs.

        Raises:
            SignatureError: if it is not over the theory's signature.
        """
        diagram = (diagram.diagram if isinstance(diagram, Box) else diagram).over(self.theory.signature)
        for known, _, cod in self._roots:
            if known.identical(diagram):
                return tuple([self._find(c) for c in cod])
        graph = normalised(OpenHypergraph.from_diagram(diagram))
        dom = []
        for i, ob in enumerate(diagram.dom.objects):
            if (ob, i) not in self._dom:
                self._dom[ob, i] = self._new()
            dom.append(self._dom[ob, i])
        cod = self._put(graph, tuple(dom))
        self._rebuild()
        self._roots.append((diagram, graph, cod))
        return tuple([self._find(c) for c in cod])

    def saturate(
        self, limits: Limits | None = None, *, engine: Literal["python", "egglog"] = "python"
    ) -> Report:
        """Apply every rule everywhere, in rounds, until nothing is new or a limit is reached.

        Args:
            limits: ``depth`` is the number of rounds, ``places`` the number of nodes; ``seconds`` and
                ``megabytes``.
            engine: ``"egglog"`` matches and merges in egglog (extra ``egglog``); constants are folded before
                and after its rounds.

        Raises:
            MissingExtra: if egglog is asked for and not installed.
            RewriteError: if the theory makes different constants equal.
        """
        limits = limits or Limits(depth=10)
        deadline = Deadline(limits.seconds)
        if engine == "egglog":
            from catenary.rewriting.egraph.egglog import saturate

            self._report = saturate(self, limits, deadline)
            return self._report
        done: set[tuple[int, Classes]] = set()
        reason = "saturated"
        rounds = 0
        while True:
            if rounds == limits.depth:
                reason = "depth"
                break
            rounds += 1
            changed, reason = self._round(done, limits, deadline)
            if self.progress is not None:
                self.progress(Report("running", self.nodes, len(done), limits.seconds - deadline.left))
            if reason or not changed:
                reason = reason or "saturated"
                break
        self._report = Report(reason, self.nodes, len(done), limits.seconds - deadline.left)
        return self._report

    def _round(self, done: set[tuple[int, Classes]], limits: Limits, deadline: Deadline) -> tuple[bool, str]:
        found: list[tuple[int, dict[int, int]]] = []
        for i, pattern in enumerate(self.patterns):
            for at in self._matches(pattern):
                found.append((i, at))
                if not len(found) % 256 and deadline.passed:
                    return True, "seconds"
        changed = False
        for count, (i, at) in enumerate(found):
            if self.nodes > limits.places:
                return True, "places"
            if not count % 256:
                if deadline.passed:
                    return True, "seconds"
                if limits.megabytes is not None and resident() > limits.megabytes:
                    return True, "memory"
            pattern = self.patterns[i]
            key = (i, tuple([self._find(at[v]) for v in range(len(pattern.left.vertices)) if v in at]))
            if key in done:
                continue
            done.add(key)
            before = self.nodes
            new = self._put(pattern.right, tuple([at.get(v, -1) for v in pattern.left.dom]))
            changed |= self.nodes > before
            for v, c in zip(pattern.left.cod, new, strict=True):
                changed |= self._merge(at[v], c)
            self._rebuild()
        return changed, ""

    def _matches(self, pattern: _Pattern) -> Iterator[dict[int, int]]:
        """Every way to lay a pattern's boxes on nodes: a class for each of its wires."""
        shape = pattern.left
        labels = [self._labels.get(label_of(edge.box, Doctrine.CARTESIAN)) for edge in shape.edges]
        if any(label is None for label in labels):
            return
        at: dict[int, int] = {}

        def candidates(e: int) -> list[int]:
            label = labels[e]
            assert label is not None
            edge = shape.edges[e]
            best = self._by_label.get(label, [])
            for v in edge.targets:
                if v in at:
                    best = min(best, self._makers.get(self._find(at[v]), []), key=len)
            for v in edge.sources:
                if v in at:
                    best = min(best, self._uses.get(self._find(at[v]), []), key=len)
            return [n for n in best if self._alive[n] and self._nodes[n][0] == label]

        stack: list[tuple[list[int], int, list[int]]] = [(candidates(pattern.order[0]), 0, [])]
        while stack:
            choices, position, trail = stack.pop()
            for v in trail:
                del at[v]
            if position == len(choices):
                continue
            number = choices[position]
            bound: list[int] = []
            stack.append((choices, position + 1, bound))
            edge = shape.edges[pattern.order[len(stack) - 1]]
            _, inputs, outputs = self._nodes[number]
            fits = True
            for v, c in zip((*edge.sources, *edge.targets), (*inputs, *outputs), strict=True):
                c = self._find(c)
                if v not in at:
                    at[v] = c
                    bound.append(v)
                elif self._find(at[v]) != c:
                    fits = False
                    break
            if not fits:
                continue
            if len(stack) == len(pattern.order):
                yield dict(at)
            else:
                stack.append((candidates(pattern.order[len(stack)]), 0, []))

    def equal(self, left: Diagram, right: Diagram, limits: Limits | None = None) -> bool | None:
        """``True`` if the diagrams are in the same classes after saturation, else ``None``.

        Diagrams that are not in yet are added. ``None`` shows nothing unless :attr:`report` says that the
        e-graph is saturated.

        Raises:
            RewriteError: if their domains or codomains differ.
        """
        if left.dom != right.dom or left.cod != right.cod:
            raise RewriteError(f"{left.dom} → {left.cod} and {right.dom} → {right.cod} cannot be equal")
        self.add(left)
        self.add(right)
        limits = limits or Limits(depth=10)
        for rounds in range(limits.depth + 1):
            if self.add(left) == self.add(right):
                return True
            if rounds == limits.depth:
                break
            if self.saturate(replace(limits, depth=1)).reason != "depth":
                return True if self.add(left) == self.add(right) else None
        return None

    def extract(
        self, diagram: Diagram | Box | None = None, *, cost: Cost = None, limits: Limits | None = None
    ) -> ValueExtraction:
        """The cheapest diagram of one that was added (the first, unless named), every shared box once.

        Saturates first if nothing was saturated. Least by a 0/1 program over the nodes (HiGHS): one variable
        for each node, cycles cut off as they appear.

        Args:
            diagram: what is wanted.
            cost: for each box, by generator name or by a function; every box costs 1 unless given.
            limits: of the saturation, and seconds for the extraction.

        Raises:
            RewriteError: if nothing was added.
        """
        limits = limits or Limits(depth=10)
        if diagram is None:
            if not self._roots:
                raise RewriteError("nothing to extract: add a diagram first")
            diagram = self._roots[0][0]
        cod = self.add(diagram)
        if self._report is None:
            self.saturate(limits)
            cod = self.add(diagram)
        original, graph = next((d, g) for d, g, c in self._roots if tuple(map(self._find, c)) == cod)
        before = sum(weight_of(edge.box, cost) for edge in graph.edges)
        chosen, optimal = choose(self, cod, original, cost, Deadline(limits.seconds))
        found = self._diagram(original, cod, chosen)
        edges = normalised(OpenHypergraph.from_diagram(found)).edges
        return ValueExtraction(
            found, sum(weight_of(edge.box, cost) for edge in edges), before, optimal, self.report
        )

    def _diagram(self, original: Diagram, cod: Classes, chosen: Mapping[int, int]) -> Diagram:
        """The diagram made of one node for each class."""
        obs = list(original.dom.objects)
        vertex = {self._find(self._dom[ob, i]): i for i, ob in enumerate(original.dom.objects)}
        edges: list[Edge] = []
        stack = list(reversed(cod))
        while stack:
            c = stack[-1]
            if c in vertex:
                stack.pop()
                continue
            label, inputs, outputs = self._nodes[chosen[c]]
            missing = [i for i in map(self._find, inputs) if i not in vertex]
            if missing:
                stack += missing
                continue
            box = self._boxes[label]
            targets = tuple(range(len(obs), len(obs) + len(outputs)))
            obs += box.cod.objects
            edges.append(Edge(box, tuple([vertex[self._find(i)] for i in inputs]), targets))
            for o, v in zip(outputs, targets, strict=True):
                vertex.setdefault(self._find(o), v)
        dom = tuple(range(len(original.dom)))
        ends = tuple([vertex[c] for c in cod])
        return OpenHypergraph(tuple(obs), tuple(edges), dom, ends, self.theory.signature).to_diagram()


def _patterns(rule: Rule) -> Iterator[_Pattern]:
    for forward in rule.directions:
        left, right = rule.sides(forward)
        made = {v for edge in left.edges for v in edge.targets}
        touched = made.union(*(edge.sources for edge in left.edges))
        # A pattern without boxes is everywhere; a wire that only the other side uses could be anything.
        used = {v for v in left.dom if v in touched}
        wanted = {v for edge in right.edges for v in edge.sources} | set(right.cod)
        needed = {left.dom[i] for i, v in enumerate(right.dom) if v in wanted}
        if not left.edges or not needed <= used or not set(left.cod) <= touched:
            continue
        order: list[int] = []
        near: set[int] = set()
        while len(order) < len(left.edges):
            rest = [e for e in range(len(left.edges)) if e not in order]
            e = max(rest, key=lambda e: (sum(v in near for v in _ends(left.edges[e])), e))
            order.append(e)
            near.update(_ends(left.edges[e]))
        yield _Pattern(rule, left, right, tuple(order))


def _ends(edge: Edge) -> Classes:
    return edge.sources + edge.targets
