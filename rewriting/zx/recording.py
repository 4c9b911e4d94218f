"""Runs of the engine as proofs: every move is also made on a diagram, as a step of a rule from :mod:`.rules`.

The engine works on bitsets as always; beside it each move is made on an open hypergraph, by the general rewriter.
What comes out is a :class:`~catenary.rewriting.proof.Proof`, which the independent checker replays. Each step takes
time linear in the diagram: this is for diagrams of some hundreds of spiders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from catenary.diagrams import CatenaryError, Diagram, Edge, OpenHypergraph, Phase
from catenary.diagrams.phases import is_symbolic
from catenary.functors.bitsets import bits, lowest
from catenary.functors.zx import ZX, H, scalar_parts
from catenary.rewriting.dpo import rewrite
from catenary.rewriting.matching import Match
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.theory import Theory
from catenary.rewriting.zx import rules
from catenary.rewriting.zx.graph import ZXGraph
from catenary.rewriting.zx.rules import ZXRule, phase_only
from catenary.rewriting.zx.simplify import full_reduce


def reduction_proof(
    diagram: Diagram, reduce: Callable[[ZXGraph], object] = full_reduce
) -> tuple[Proof, ZXGraph]:
    """A proof that a diagram equals its reduced form, scalar included, and that form as the engine's graph.

    Args:
        diagram: over the ZX signature, without decimals and H-boxes.
        reduce: what the engine is to do: :func:`~catenary.rewriting.zx.simplify.full_reduce`, ``clifford_simp``,
            ``interior_clifford_simp`` or ``supplementarity``.

    Raises:
        CatenaryError: for decimal parameters, H-boxes and boxes outside the signature.

    >>> from catenary.functors.circuits import Circuit, Gate
    >>> from catenary.functors.zx import circuit_to_zx
    >>> circuit = Circuit(2, [Gate("cx", (0, 1)), Gate("t", (1,)), Gate("cx", (0, 1)), Gate("tdg", (1,))])
    >>> proof, graph = reduction_proof(circuit_to_zx(circuit))
    >>> proof.check()
    >>> len(proof) > 20, graph.t_count
    (True, 2)
    """
    record = _Record(diagram)
    record.spread()
    graph = _RecordedGraph(record)
    reduce(graph)
    record.compare(graph)
    return record.proof(), graph


class _Record:
    """A diagram as an open hypergraph, and the steps that led to it."""

    def __init__(self, diagram: Diagram):
        self.start = diagram.over(ZX)
        self.graph: OpenHypergraph = self.start.to_hypergraph()
        self.steps: list[Step] = []
        self.rules: dict[str, ZXRule] = {}
        self.at: dict[int, int] = {}  # the vertex of each spider of the engine's graph

    def use(
        self, rule: ZXRule, vertices: Sequence[int], boxes: Sequence[int], apart: int | None = None
    ) -> list[int]:
        """Make a step: the rule at these vertices and boxes, in the order of its left side.

        Args:
            rule: the rule.
            vertices, boxes: where the parts of its left side are.
            apart: for a rule at a bare wire, the place of the end (among all ends) that goes to its second point,
                the others going to the first.

        Returns:
            The vertices of the right side.
        """
        rule = self.rules.setdefault(rule.name, rule)
        at_vertices, at_boxes, at_right = rule.places
        images, edges = [0] * len(at_vertices), [0] * len(at_boxes)
        for place, v in zip(at_vertices, vertices, strict=True):
            images[place] = v
        for place, e in zip(at_boxes, boxes, strict=True):
            edges[place] = e
        left, right = rule.rule.graphs
        points = [images[v] for v in left.cod]
        first: dict[int, int] = {}
        glue = tuple([k if apart is not None else first.setdefault(v, k) for k, v in enumerate(points)])
        image, gone = set(images), set(edges)
        ends = []
        for place, v in enumerate(self._ends(gone)):
            if v in image:
                ends.append(int(place == apart) if apart is not None else first[v])
        match = Match(tuple(edges), tuple(images), glue, tuple(ends))
        result = rewrite(self.graph, rule.rule, match)
        self.steps.append(Step(rule.name, True, match))
        inner = [v for v in range(len(right.vertices)) if v not in set(right.cod)]
        count = len(result.graph.vertices)
        numbers = {v: count - len(inner) + i for i, v in enumerate(inner)}
        for point, v in zip(points, right.cod, strict=True):
            numbers.setdefault(v, result.vertex_map[point])
        if apart is not None:  # the second block is numbered after all that was there
            numbers[right.cod[1]] = count - len(inner) - 1
        self.at = {spider: result.vertex_map[v] for spider, v in self.at.items() if result.vertex_map[v] >= 0}
        self.graph = result.graph
        return [numbers[v] for v in at_right]

    def _ends(self, gone: set[int]) -> list[int]:
        graph = self.graph
        found = [
            v for e, edge in enumerate(graph.edges) if e not in gone for v in edge.sources + edge.targets
        ]
        return [*found, *graph.dom, *graph.cod]

    # What is where

    def edge(self, v: int, w: int) -> int:
        """The Hadamard from one vertex to another, turned that way round."""
        for e, box in enumerate(self.graph.edges):
            if box.box == H:
                if (box.sources[0], box.targets[0]) == (v, w):
                    return e
                if (box.sources[0], box.targets[0]) == (w, v):
                    self.use(rules.turn(), [w, v], [e])
                    return self.edge(v, w)
        raise AssertionError("the engine's graph and the diagram agree")

    def find(self, wanted: Sequence[tuple[int, int]]) -> list[int]:
        """The Hadamards between pairs of vertices, all turned as they are named."""
        for pair in wanted:
            self.edge(*pair)
        return [self.edge(*pair) for pair in wanted]

    def phase(self, v: int) -> tuple[int, Phase] | None:
        """The box with the phase of a vertex."""
        return next(((e, phase) for e, w, phase in self.phases() if w == v), None)

    def phases(self) -> list[tuple[int, int, Phase]]:
        """The phases on vertices: box, vertex, phase."""
        return [
            (e, edge.targets[0], edge.box.params[0])
            for e, edge in enumerate(self.graph.edges)
            if phase_only(edge.box)
        ]

    # Normal form: at most one Hadamard between two vertices, one phase on each, one scalar

    def spread(self) -> None:
        """Turn the diagram that was given into spiders at vertices, and tidy it."""
        for edge in self.graph.edges:
            for phase in edge.box.params:
                if isinstance(phase, float):
                    raise CatenaryError(f"box {edge.box} has a decimal parameter: a proof needs exact ones")
            if edge.box.name == "HBox":
                raise CatenaryError(f"{edge.box} is an H-box: the rules are for ZX diagrams")
        while True:
            found = next((e for e, edge in enumerate(self.graph.edges) if _is_spider(edge)), None)
            if found is None:
                break
            edge = self.graph.edges[found]
            self.use(rules.spider(edge.box), edge.sources + edge.targets, [found])
        self.tidy()
        # Each end of the diagram on a vertex of its own.
        seen: set[int] = set()
        for number in range(len(self.graph.dom) + len(self.graph.cod)):
            v = (self.graph.dom + self.graph.cod)[number]
            if v in seen:
                self.insert(number)
                v = (self.graph.dom + self.graph.cod)[number]
            seen.add(v)

    def insert(self, number: int) -> int:
        """Two Hadamards on the wire of an end of the diagram; returns the vertex between them."""
        v = (self.graph.dom + self.graph.cod)[number]
        place = len(self._ends(set())) - len(self.graph.dom) - len(self.graph.cod) + number
        return self.use(rules.wire(), [v], [], apart=place)[1]

    def tidy(self) -> None:
        """Loops, parallel edges, sums of phases, phases 0, products of scalars."""
        while self._tidy_one():
            pass

    def _tidy_one(self) -> bool:
        pairs: dict[tuple[int, int], int] = {}
        phases: dict[int, int] = {}
        scalar = -1
        for e, edge in enumerate(self.graph.edges):
            box = edge.box
            if box == H:
                v, w = edge.sources[0], edge.targets[0]
                if v == w:
                    self.use(rules.loop(), [v], [e])
                    return True
                if (v, w) in pairs:
                    self.use(rules.hopf(), [v, w], [pairs[v, w], e])
                    return True
                if (w, v) in pairs:
                    self.use(rules.turned_hopf(), [w, v], [pairs[w, v], e])
                    return True
                pairs[v, w] = e
            elif phase_only(box):
                (v,) = edge.targets
                if v in phases:
                    other = self.graph.edges[phases[v]].box.params[0]
                    self.use(rules.fusion(other, box.params[0]), [v], [phases[v], e])
                    return True
                if not is_symbolic(box.params[0]) and box.params[0] == 0:
                    self.use(rules.zero(), [v], [e])
                    return True
                phases[v] = e
            elif box.name == "scalar":
                parts = scalar_parts(box)
                if scalar >= 0 and isinstance(parts[0], int) and not box.dagger_flag:
                    first = scalar_parts(self.graph.edges[scalar].box)
                    self.use(rules.scalars((int(first[0]), first[1]), (parts[0], parts[1])), [], [scalar, e])
                    return True
                if isinstance(parts[0], int) and not box.dagger_flag:
                    scalar = e
        return False

    def compare(self, graph: ZXGraph) -> None:
        """Check that the diagram is the engine's graph: the recording has followed it."""
        spiders = bits(graph.alive)
        edges = sorted((self.at[v], self.at[w]) for v in spiders for w in bits(graph.neighbours(v)))
        flagged = sum(graph.input_h) + sum(graph.output_h)
        there = [edge for edge in self.graph.edges if edge.box == H]
        phases = {self.at[v]: graph.phase(v) for v in spiders if graph.phase(v) != 0}
        if (
            len(there) - flagged != len(edges) // 2
            or {v: phase for _, v, phase in self.phases()} != phases
            or len(self.graph.vertices) != len(spiders) + flagged
        ):
            raise AssertionError("the recording has not followed the engine")

    def proof(self) -> Proof:
        """The steps as a proof."""
        theory = Theory("ZX engine", ZX, [rule.rule for rule in self.rules.values()])
        return Proof(self.start, Diagram.from_hypergraph(self.graph), tuple(self.steps), theory)


def _is_spider(edge: Edge) -> bool:
    return edge.box.name in ("Z", "X") and not phase_only(edge.box) and bool(edge.sources + edge.targets)


class _RecordedGraph(ZXGraph):
    """The engine's graph of a recorded diagram; its moves are made there too."""

    __slots__ = ("record",)

    def __init__(self, record: _Record):
        super().__init__()
        self.record = record
        graph = record.graph
        for v in range(len(graph.vertices)):
            record.at[self.add_spider()] = v
        for edge in graph.edges:
            if edge.box == H:
                self.hadamard(edge.sources[0], edge.targets[0])
            elif phase_only(edge.box):
                self.add_phase(edge.targets[0], edge.box.params[0])
            elif edge.box.name == "scalar":
                power, phase = scalar_parts(edge.box)
                assert isinstance(power, int)
                self.scalar.sqrt2 += power
                self.scalar.rotate(phase)
            else:
                self.scalar.multiply_spider(
                    -edge.box.params[0] if edge.box.dagger_flag else edge.box.params[0]
                )
        for v in graph.dom:
            self.attach_input(v, False)
        for v in graph.cod:
            self.attach_output(v, False)

    def _use(
        self, rule: ZXRule, spiders: Sequence[int], pairs: Sequence[tuple[int, int]], phased: Sequence[int]
    ) -> list[int]:
        """A rule at some spiders: the edges between them and then the phases of some, as in its left side."""
        record = self.record
        at = record.at
        wanted = [(at[v], at[w]) for v, w in pairs]
        boxes = record.find(wanted)
        for v in phased:
            found = record.phase(at[v])
            assert found is not None
            boxes.append(found[0])
        return record.use(rule, [at[v] for v in spiders], boxes)

    def local_complement(self, v: int) -> int:
        around = bits(self.neighbours(v))
        rule = rules.local_complementation(len(around), self.quarter(v))
        self._use(rule, [*around, v], [(v, w) for w in around], [v])
        changed = super().local_complement(v)
        self.record.tidy()
        return changed

    def pivot(self, u: int, v: int) -> int:
        near_u, near_v = self.neighbours(u) & ~(1 << v), self.neighbours(v) & ~(1 << u)
        both = bits(near_u & near_v)
        first, second = bits(near_u & ~near_v), bits(near_v & ~near_u)
        a, b = self.high >> u & 1, self.high >> v & 1
        rule = rules.pivot(len(first), len(second), len(both), a, b)
        pairs = [(u, v), *((u, w) for w in (*first, *both)), *((v, w) for w in (*second, *both))]
        self._use(rule, [*first, *second, *both, u, v], pairs, [u] * a + [v] * b)
        changed = super().pivot(u, v)
        self.record.tidy()
        return changed

    def unfuse_gadget(self, v: int) -> tuple[int, int]:
        made = self._use(rules.unfuse_gadget(self.phase(v)), [v], [], [v])
        hub, leaf = super().unfuse_gadget(v)
        self.record.at |= {hub: made[1], leaf: made[2]}
        return hub, leaf

    def unfuse_boundary(self, v: int) -> int:
        ends = [*self.inputs, *self.outputs]
        number = ends.index(v)
        record = self.record
        if [*self.input_h, *self.output_h][number]:
            middle = (record.graph.dom + record.graph.cod)[
                number
            ]  # there is a Hadamard, and a vertex after it
        else:
            middle = record.insert(number)
        w = super().unfuse_boundary(v)
        record.at[w] = middle
        return w

    def flip_gadget(self, hub: int, leaf: int) -> None:
        self._use(rules.flip_gadget(self.phase(leaf)), [hub, leaf], [(hub, leaf)], [hub, leaf])
        super().flip_gadget(hub, leaf)
        self.record.tidy()

    def absorb_gadget(self, hub: int, leaf: int, into: int | None) -> None:
        targets = bits(self.neighbours(hub) & ~(1 << leaf))
        pairs = [(hub, leaf), *((hub, v) for v in targets)]
        if into is None or into in targets:
            rule = rules.absorb_gadget(len(targets), self.phase(leaf))
            self._use(rule, [*targets, hub, leaf], pairs, [leaf])
        else:
            other = lowest(self.neighbours(into))
            rule = rules.fuse_gadgets(len(targets), self.phase(into), self.phase(leaf))
            edges = [(other, into), (hub, leaf), *((h, v) for h in (other, hub) for v in targets)]
            made = self._use(rule, [*targets, other, into, hub, leaf], edges, [into, leaf])
            self.record.at |= {other: made[-2], into: made[-1]}
        super().absorb_gadget(hub, leaf, into)
        self.record.tidy()

    def remove_twins(self, v: int, w: int, opposite: bool) -> None:
        adjacent = bool(self.rows[v] >> w & 1)
        around = bits(self.neighbours(v) & ~(1 << w))
        rule = rules.supplementarity(len(around), self.phase(v), opposite, adjacent)
        pairs = [(x, y) for x in (v, w) for y in around] + [(v, w)] * adjacent
        self._use(rule, [*around, v, w], pairs, [v, w])
        super().remove_twins(v, w, opposite)
        self.record.tidy()

    def remove_isolated(self, v: int) -> None:
        phase = self.phase(v)
        phased = [v] if is_symbolic(phase) or phase != 0 else []
        self._use(rules.isolated(phase), [v], [], phased)
        super().remove_isolated(v)
        self.record.tidy()
