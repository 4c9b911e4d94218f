"""Small integers for boxes, and canonical keys of diagrams: what the searches work on."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from catenary.diagrams import Box, Diagram, Edge, Ob, OpenHypergraph, RewriteError, Signature
from catenary.rewriting.dpo import replace
from catenary.rewriting.matching import Match, Pattern, Wires, Wiring, find
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.rule import Rule, require_symmetric, symmetric
from catenary.rewriting.schemes import SchemeSide, find_scheme, undetermined
from catenary.rewriting.theory import Theory
from catenary.rewriting.twins import Twins

Encoded: TypeAlias = tuple[int, Wires, Wires]
# Boxes in canonical order as (label, sources, targets), and the codomain; domain wire i is vertex i.
Key: TypeAlias = tuple[tuple[Encoded, ...], Wires]


@dataclass(frozen=True, eq=False)
class Side:
    """One direction of a rule: ``pattern`` becomes ``replacement``, which adds ``growth`` boxes.

    Of a rule with variables these are the sides with symbols in them, and matches come from ``scheme``.
    """

    rule: Rule
    forward: bool
    pattern: Pattern
    replacement: Wiring
    growth: int
    scheme: SchemeSide | None = None


class Encoder:
    """Numbers for the boxes of a theory and its diagrams, and every usable side of its rules. Rules for all numbers of legs are
    refused, unless it is to ``follow`` a route of instances only.
    """

    def __init__(self, theory: Theory, following: bool = False):
        require_symmetric(theory.signature, "wirings and event net (prove and search use contexts)")
        if not following:
            theory.require_fixed_arity("search and saturation")
        self.theory = theory
        self.labels: dict[Box, int] = {}
        self.boxes: list[Box] = []
        self.sides: list[Side] = []
        self.backward_sides: list[Side] = []  # steps read from their result
        self.schemes: list[Side] = []  # the same of rules with variables, where a side determines them
        self.backward_schemes: list[Side] = []
        self.folded: set[Hashable] = set()  # parts that analyses have been asked about
        for rule in theory.rules:
            self._enter(rule)

    def _enter(self, rule: Rule) -> None:
        sides, backward = (
            (self.schemes, self.backward_schemes) if rule.variables else (self.sides, self.backward_sides)
        )
        for forward in (True, False):
            if rule.variables and undetermined(rule, forward):
                continue
            side = self.side(rule, forward)
            if forward or not rule.directed:
                sides.append(side)
            if not forward or not rule.directed:
                backward.append(side)

    def learn(self, name: str, left: Diagram, right: Diagram) -> Side:
        """Extend the theory by a fact: a directed rule with a name that starts with this one."""
        rule = Rule(f"{name} {len(self.theory.rules) + 1}", left, right, directed=True)
        self.theory = self.theory.extend(self.theory.name.removesuffix(" with facts") + " with facts", [rule])
        self._enter(self.theory[rule.name])
        return self.sides[-1]

    def side(self, rule: Rule, forward: bool) -> Side:
        """One direction of a rule, in numbers."""
        old, new = (self.encode(graph) for graph in rule.sides(forward))
        scheme = SchemeSide(rule, forward) if rule.variables else None
        return Side(rule, forward, Pattern(old), new, len(new.labels) - len(old.labels), scheme)

    def label(self, box: Box) -> int:
        """The number of a box."""
        number = self.labels.get(box)
        if number is None:
            number = self.labels[box] = len(self.boxes)
            self.boxes.append(box)
        return number

    def encode(self, graph: OpenHypergraph) -> Wiring:
        """The graph with numbers for boxes, vertices and edges in the same order."""
        return Wiring(
            [self.label(edge.box) for edge in graph.edges],
            [edge.sources for edge in graph.edges],
            [edge.targets for edge in graph.edges],
            graph.vertices,
            graph.dom,
            graph.cod,
        )

    def encode_diagram(self, diagram: Diagram) -> Wiring:
        """The wiring of a diagram over the theory's signature, in the numbering of the proof format."""
        return self.encode(OpenHypergraph.from_diagram(symmetric(diagram).over(self.theory.signature)))

    def decode(self, key: Key, dom: tuple[Ob, ...]) -> Wiring:
        """The wiring of a canonical key whose domain has these objects."""
        boxes, cod = key
        count = len(dom) + sum(len(targets) for _, _, targets in boxes)
        obs: list[Hashable] = [None] * count
        obs[: len(dom)] = dom
        for label, _, targets in boxes:
            for v, ob in zip(targets, self.boxes[label].cod.objects, strict=True):
                obs[v] = ob
        return Wiring(
            [box[0] for box in boxes],
            [box[1] for box in boxes],
            [box[2] for box in boxes],
            obs,
            tuple(range(len(dom))),
            cod,
        )

    def moves(
        self, side: Side, wiring: Wiring, twins: Twins | None = None
    ) -> Iterator[tuple[Rule, Match, Wiring]]:
        """The ways to use a side in a wiring: the rule (an instance, of a rule with variables), the match and the
        result; with ``twins`` some of which differ only in which of like pieces they use.
        """
        if side.scheme is None:
            for match in find(side.pattern, wiring, twins=twins):
                yield side.rule, match, replace(wiring, side.pattern.wiring, side.replacement, match)[0]
            return
        for values, match in find_scheme(side.scheme, self.decoded(wiring), {}):
            instance = side.rule.at(dict(values))
            old, new = (self.encode(graph) for graph in instance.sides(side.forward))
            yield instance, match, replace(wiring, old, new, match)[0]

    def decoded(self, wiring: Wiring) -> Wiring:
        """The wiring with boxes for their numbers."""
        boxes = [self.boxes[label] for label in wiring.labels if isinstance(label, int)]
        return Wiring(boxes, wiring.sources, wiring.targets, wiring.obs, wiring.dom, wiring.cod)

    def diagram(self, wiring: Wiring, signature: Signature) -> Diagram:
        """The diagram of a wiring."""
        edges = tuple(
            Edge(self.boxes[label], sources, targets)
            for label, sources, targets in zip(wiring.labels, wiring.sources, wiring.targets, strict=True)
            if isinstance(label, int)
        )
        obs = tuple(ob for ob in wiring.obs if isinstance(ob, Ob))
        return OpenHypergraph(obs, edges, wiring.dom, wiring.cod, signature).to_diagram()

    def follow(self, start: Diagram, route: Iterable[tuple[Rule, bool, Key]], end: Diagram) -> Proof:
        """The proof that goes through diagrams with given keys: (rule, direction, key after it) for each
        step.

        Raises:
            RewriteError: if no match of a rule leads to the diagram that is named.
        """
        current = self.encode_diagram(start)
        steps: list[Step] = []
        for rule, forward, goal in route:
            sides = self.schemes if rule.variables else self.sides
            known = [side for side in sides if side.rule == rule and side.forward == forward]
            if not known and not rule.values:
                raise RewriteError(f"the theory has no rule {rule.name} in this direction")
            side = known[0] if known else self.side(rule, forward)
            found = (move for move in self.moves(side, current) if canonical_key(move[2]) == goal)
            move = next(found, None)
            if move is None:
                raise RewriteError(f"no match of {rule.name} leads to the diagram of step {len(steps) + 1}")
            steps.append(Step(rule.name, forward, move[1], move[0].values))
            current = move[2]
        return Proof(start, end, tuple(steps), self.theory)


def _traverse(
    wiring: Wiring, starts: Iterator[int] | Iterable[int], number: dict[int, int], seen: set[int]
) -> list[int]:
    """Number everything reachable from some wires, in an order that depends on nothing but the graph."""
    producer, consumer = wiring.producer, wiring.consumer
    queue: list[int] = []
    for v in starts:
        if v not in number:
            number[v] = len(number)
            queue.append(v)
    order: list[int] = []
    for v in queue:
        for e, _ in (producer[v], consumer[v]):
            if e >= 0 and e not in seen:
                seen.add(e)
                order.append(e)
                for w in wiring.sources[e]:
                    if w not in number:
                        number[w] = len(number)
                        queue.append(w)
                for w in wiring.targets[e]:
                    if w not in number:
                        number[w] = len(number)
                        queue.append(w)
    return order


def _read(wiring: Wiring, order: Iterable[int], number: dict[int, int]) -> list[Encoded]:
    labels, sources, targets = wiring.labels, wiring.sources, wiring.targets
    read: list[Encoded] = []
    for e in order:
        label = labels[e]
        assert isinstance(label, int)
        read.append((label, tuple([number[v] for v in sources[e]]), tuple([number[v] for v in targets[e]])))
    return read


def canonical_key(wiring: Wiring) -> Key:
    """A key that two wirings over the same labels share exactly if they are isomorphic, boundary included.

    Components that meet the boundary are numbered from it; a closed component takes its least reading over
    all boxes of its least label, and closed components are sorted.
    """
    number: dict[int, int] = {}
    seen: set[int] = set()
    order = _traverse(wiring, [*wiring.dom, *wiring.cod], number, seen)
    boxes = _read(wiring, order, number)
    if len(order) < len(wiring.labels):
        closed: list[list[Encoded]] = []
        for e in range(len(wiring.labels)):
            if e in seen:
                continue
            members = _component(wiring, e)
            seen.update(members)
            labels = [wiring.labels[m] for m in members]
            least = min(label for label in labels if isinstance(label, int))
            readings = []
            for root, label in zip(members, labels, strict=True):
                if label == least:
                    inner: dict[int, int] = {}
                    wires = wiring.sources[root] + wiring.targets[root]
                    inside = _traverse(wiring, wires, inner, set())
                    readings.append(_read(wiring, inside or [root], inner))
            closed.append(min(readings))
        base = len(number)
        for reading in sorted(closed):
            for label, sources, targets in reading:
                boxes.append((label, tuple([v + base for v in sources]), tuple([v + base for v in targets])))
            base += sum(len(targets) for _, _, targets in reading)
    return tuple(boxes), tuple([number[v] for v in wiring.cod])


def closed_twins(wiring: Wiring) -> Twins | None:
    """The parts of a wiring that do not meet its boundary and are alike; ``None`` if there are none. (What meets the boundary
    has no symmetry.)
    """
    seen: set[int] = set()
    order = _traverse(wiring, [*wiring.dom, *wiring.cod], {}, seen)
    if len(wiring.labels) - len(order) < 2:
        return None
    alike: dict[Key, list[tuple[int, ...]]] = {}
    for e in range(len(wiring.labels)):
        if e in seen:
            continue
        members = _component(wiring, e)
        seen.update(members)
        best: tuple[list[Encoded], tuple[int, ...]] | None = None
        least = min([label for m in members if isinstance(label := wiring.labels[m], int)])
        for root in members:
            if wiring.labels[root] == least:
                number: dict[int, int] = {}
                wires = wiring.sources[root] + wiring.targets[root]
                order = _traverse(wiring, wires, number, set()) or [root]
                reading = _read(wiring, order, number)
                if best is None or reading < best[0]:
                    best = reading, tuple(order)
        assert best is not None
        alike.setdefault((tuple(best[0]), ()), []).append(best[1])
    classes = tuple([tuple(copies) for copies in alike.values() if len(copies) > 1])
    of_edge = {
        e: (kind, number)
        for kind, copies in enumerate(classes)
        for number, copy in enumerate(copies)
        for e in copy
    }
    return Twins(of_edge, {}, classes) if classes else None


def _component(wiring: Wiring, root: int) -> list[int]:
    members, seen = [root], {root}
    for e in members:
        for v in wiring.sources[e] + wiring.targets[e]:
            for other, _ in (wiring.producer[v], wiring.consumer[v]):
                if other >= 0 and other not in seen:
                    seen.add(other)
                    members.append(other)
    return members
