"""The moves of the engine as rewrite rules between diagrams over the ZX signature.

A graph-like diagram is written with its spiders as the vertices of an open hypergraph: a box Z(0, 1, α) on a vertex
is its phase, a box H between two of them an edge, and boxes without wires the scalar. On a left side the edges come
before the phases. Each function here makes the
rule for one shape of its left side, with its exact scalar; so a rule is an equation between two diagrams, whose
tensors can be compared, and the steps of a proof are checked by :mod:`catenary.rewriting.checker` like any others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, permutations

from catenary.diagrams import Box, Diagram, Edge, Ob, OpenHypergraph, Phase
from catenary.diagrams.phases import format_phase, is_symbolic, reduce_phase
from catenary.functors.zx import ZX, H, Z, scalar_box
from catenary.rewriting.rule import Rule
from catenary.rewriting.zx.scalar import split_phase

Items = list[tuple[Box, tuple[int, ...]]]


@dataclass(frozen=True)
class Side:
    """One side of a rule: boxes on vertices, and the vertex at each point where it meets its surroundings."""

    size: int
    edges: tuple[Edge, ...]
    points: tuple[int, ...]

    @classmethod
    def of(cls, size: int, points: Sequence[int], items: Iterable[tuple[Box, tuple[int, ...]]]) -> Side:
        """From boxes and the vertices of their wires, inputs first."""
        edges = [Edge(box, ends[: len(box.dom)], ends[len(box.dom) :]) for box, ends in items]
        return cls(size, tuple(edges), tuple(points))

    @cached_property
    def diagram(self) -> Diagram:
        """The side as a diagram, all points at its end."""
        obs = (Ob("qubit"),) * self.size
        return Diagram.from_hypergraph(OpenHypergraph(obs, self.edges, (), self.points, ZX))

    def places(self, graph: OpenHypergraph) -> tuple[list[int], list[int]]:
        """Where its vertices and boxes are in a graph of the same diagram."""
        vertices = [-1] * self.size
        for v, w in zip(self.points, graph.cod, strict=True):
            vertices[v] = w
        inner = [v for v in range(self.size) if vertices[v] < 0]
        rest = [w for w in range(len(graph.vertices)) if w not in set(graph.cod)]
        there: dict[tuple[Box, tuple[int, ...]], list[int]] = {}
        for e, edge in enumerate(graph.edges):
            there.setdefault((edge.box, edge.sources + edge.targets), []).append(e)
        for order in permutations(rest):
            for v, w in zip(inner, order, strict=True):
                vertices[v] = w
            left = {key: list(found) for key, found in there.items()}
            edges = []
            for edge in self.edges:
                found = left.get((edge.box, tuple([vertices[v] for v in edge.sources + edge.targets])))
                if not found:
                    break
                edges.append(found.pop())
            else:
                return vertices, edges
        raise AssertionError("a diagram is isomorphic to its own graph")


@dataclass(frozen=True)
class ZXRule:
    """A rule with its two sides as they were made, so that a use of it can name its parts."""

    name: str
    left: Side
    right: Side

    @cached_property
    def rule(self) -> Rule:
        """The equation."""
        return Rule(self.name, self.left.diagram, self.right.diagram)

    @cached_property
    def places(self) -> tuple[list[int], list[int], list[int]]:
        """Where the left side's vertices and boxes, and the right side's vertices, are in the rule's graphs."""
        left, right = self.rule.graphs
        return *self.left.places(left), self.right.places(right)[0]


def phase_box(phase: Phase) -> Box:
    """The box that gives its vertex a phase, reduced modulo 2 where it is a number."""
    return Z(0, 1, reduce_phase(phase))


def phase_only(box: Box) -> bool:
    """Whether a box only gives its vertex a phase."""
    return box.name == "Z" and not box.dagger_flag and (len(box.dom), len(box.cod)) == (0, 1)


def _scalar(sqrt2: int, phase: Phase = Fraction(0)) -> Items:
    phase = reduce_phase(phase)
    return [(scalar_box(sqrt2, phase), ())] if sqrt2 or is_symbolic(phase) or phase else []


def _phase(v: int, phase: Phase) -> Items:
    return [(phase_box(phase), (v,))]


def _edge(v: int, w: int) -> tuple[Box, tuple[int, ...]]:
    return H, (v, w)


def spider(box: Box) -> ZXRule:
    """A box Z or X of any shape as a vertex with its phase, for X with a Hadamard on each leg."""
    legs = len(box.dom) + len(box.cod)
    phase = -box.params[0] if box.dagger_flag else box.params[0]
    left = Side.of(legs, range(legs), [(box, tuple(range(legs)))])
    name = f"spider {box.name}({len(box.dom)}, {len(box.cod)}, {format_phase(box.params[0])})"
    name += "†" if box.dagger_flag else ""
    if box.name == "Z":
        return ZXRule(name, left, Side.of(1, [0] * legs, _phase(0, phase)))
    edges = [_edge(legs, v) for v in range(legs)]
    return ZXRule(name, left, Side.of(legs + 1, range(legs), [*edges, *_phase(legs, phase)]))


def fusion(alpha: Phase, beta: Phase) -> ZXRule:
    """Two phases on a vertex are their sum: the fusion of spiders, whose wires a vertex joins anyway."""
    left = Side.of(1, [0], [*_phase(0, alpha), *_phase(0, beta)])
    name = f"fusion {format_phase(alpha)}, {format_phase(beta)}"
    return ZXRule(name, left, Side.of(1, [0], _phase(0, alpha + beta)))


def zero() -> ZXRule:
    """The phase 0 is none: the identity rule."""
    return ZXRule("phase 0", Side.of(1, [0], _phase(0, Fraction(0))), Side.of(1, [0], []))


def hopf() -> ZXRule:
    """Two Hadamard edges between two vertices are none, times 1/2."""
    left = Side.of(2, [0, 1], [_edge(0, 1), _edge(0, 1)])
    return ZXRule("Hopf", left, Side.of(2, [0, 1], _scalar(-2)))


def turned_hopf() -> ZXRule:
    """The same where one of the boxes is turned round."""
    left = Side.of(2, [0, 1], [_edge(0, 1), _edge(1, 0)])
    return ZXRule("Hopf, turned", left, Side.of(2, [0, 1], _scalar(-2)))


def loop() -> ZXRule:
    """A Hadamard edge from a vertex to itself is the phase π, times 1/√2."""
    left = Side.of(1, [0], [_edge(0, 0)])
    return ZXRule("Hadamard loop", left, Side.of(1, [0], [*_phase(0, Fraction(1)), *_scalar(-1)]))


def turn() -> ZXRule:
    """A Hadamard box is symmetric."""
    return ZXRule("H turned", Side.of(2, [0, 1], [_edge(0, 1)]), Side.of(2, [0, 1], [_edge(1, 0)]))


def wire() -> ZXRule:
    """A wire is two Hadamards after each other."""
    right = Side.of(3, [0, 2], [_edge(0, 1), _edge(1, 2)])
    return ZXRule("HH", Side.of(1, [0, 0], []), right)


def scalars(first: tuple[int, Phase], second: tuple[int, Phase]) -> ZXRule:
    """Two scalars are their product."""
    left = Side.of(0, [], [(scalar_box(*first), ()), (scalar_box(*second), ())])
    right = Side.of(0, [], [(scalar_box(first[0] + second[0], reduce_phase(first[1] + second[1])), ())])
    (a, p), (b, q) = first, second
    return ZXRule(f"scalars √2^{a}, {format_phase(p)}; √2^{b}, {format_phase(q)}", left, right)


def isolated(phase: Phase) -> ZXRule:
    """A spider without legs is the number 1 + e^(iα)."""
    left = Side.of(1, [], _phase(0, phase) if is_symbolic(phase) or phase else [])
    quarter, rest = split_phase(phase)
    if rest is not None or quarter == 2:
        right: Items = [(Z(0, 0, reduce_phase(phase)), ())]
    else:
        right = _scalar(2) if quarter == 0 else _scalar(1, Fraction(1 if quarter == 1 else -1, 4))
    return ZXRule(f"no legs {format_phase(phase)}", left, Side.of(0, [], right))


def local_complementation(degree: int, quarter: int) -> ZXRule:
    """A vertex of phase ±π/2 (1 or 3 quarter turns) goes; its neighbours' edges are complemented.

    >>> local_complementation(3, 1).name
    'local complementation of 3 at π/2'
    """
    v, points = degree, list(range(degree))
    phase = Fraction(quarter, 2)
    left = [_edge(v, w) for w in points] + _phase(v, phase)
    pairs = list(combinations(points, 2))
    right: Items = [_edge(*pair) for pair in pairs]
    for w in points:
        right += _phase(w, -phase)
    right += _scalar(1 - degree + len(pairs), Fraction(1 if quarter == 1 else -1, 4))
    name = f"local complementation of {degree} at {format_phase(phase)}"
    return ZXRule(name, Side.of(degree + 1, points, left), Side.of(degree, points, right))


def pivot(first: int, second: int, common: int, a: int, b: int) -> ZXRule:
    """Two adjacent vertices of phases aπ and bπ go: ``first`` vertices are next to the first one alone, ``second`` to
    the second one, ``common`` to both.
    """
    u_side = range(first)
    v_side = range(first, first + second)
    both = range(first + second, first + second + common)
    count = first + second + common
    u, v = count, count + 1
    left: Items = [_edge(u, v)]
    left += [_edge(u, w) for w in (*u_side, *both)] + [_edge(v, w) for w in (*v_side, *both)]
    left += (_phase(u, Fraction(1)) if a else []) + (_phase(v, Fraction(1)) if b else [])
    pairs = [
        (x, y)
        for one, other in ((u_side, v_side), (u_side, both), (v_side, both))
        for x in one
        for y in other
    ]
    right: Items = [_edge(*pair) for pair in pairs]
    for side, turns in ((u_side, b), (v_side, a), (both, a + b + 1)):
        for w in side:
            right += _phase(w, Fraction(1)) if turns % 2 else []
    right += _scalar(1 - first - second - 2 * common + len(pairs), Fraction(a * b))
    name = f"pivot {first}, {second}, {common} at {a}π, {b}π"
    return ZXRule(name, Side.of(count + 2, range(count), left), Side.of(count, range(count), right))


def unfuse_gadget(phase: Phase) -> ZXRule:
    """A phase on a vertex is a gadget hung on it."""
    right = [_edge(0, 1), _edge(1, 2), *_phase(2, phase)]
    return ZXRule(f"gadget {format_phase(phase)}", Side.of(1, [0], _phase(0, phase)), Side.of(3, [0], right))


def flip_gadget(phase: Phase) -> ZXRule:
    """A gadget with π on its hub is that with the opposite phase, times e^(iα)."""
    left = [_edge(0, 1), *_phase(0, Fraction(1)), *_phase(1, phase)]
    right = [_edge(0, 1), *_phase(1, -phase), *_scalar(0, phase)]
    return ZXRule(f"gadget of -{format_phase(phase)}", Side.of(2, [0], left), Side.of(2, [0], right))


def fuse_gadgets(targets: int, alpha: Phase, beta: Phase) -> ZXRule:
    """Two gadgets on the same vertices are one, with the sum of their phases."""
    points = list(range(targets))
    hub, leaf, other, its = range(targets, targets + 4)
    left: Items = [_edge(hub, leaf), _edge(other, its), *[_edge(h, v) for h in (hub, other) for v in points]]
    left += [*_phase(leaf, alpha), *_phase(its, beta)]
    right: Items = [_edge(hub, leaf), *_phase(leaf, alpha + beta), *[_edge(hub, v) for v in points]]
    right += _scalar(1 - targets)
    name = f"gadget fusion on {targets} at {format_phase(alpha)}, {format_phase(beta)}"
    return ZXRule(name, Side.of(targets + 4, points, left), Side.of(targets + 2, points, right))


def absorb_gadget(targets: int, phase: Phase) -> ZXRule:
    """A gadget on one vertex is its phase there; one on none is a number."""
    points = list(range(targets))
    hub, leaf = targets, targets + 1
    left: Items = [_edge(hub, leaf), *[_edge(hub, v) for v in points], *_phase(leaf, phase)]
    right = _phase(0, phase) if targets else _scalar(1)
    name = f"gadget on {targets} at {format_phase(phase)}"
    return ZXRule(name, Side.of(targets + 2, points, left), Side.of(targets, points, right))


def supplementarity(neighbours: int, alpha: Phase, opposite: bool, adjacent: bool) -> ZXRule:
    """Two vertices with equal neighbours, of phases α and α + π (``opposite``) or π - α (-α, where adjacent), go."""
    points = list(range(neighbours))
    v, w = neighbours, neighbours + 1
    turn = Fraction(0 if adjacent else 1)
    beta = alpha + 1 if opposite else turn - alpha
    left: Items = [_edge(x, y) for x in (v, w) for y in points] + ([_edge(v, w)] if adjacent else [])
    left += [*_phase(v, alpha), *_phase(w, beta)]
    right: Items = [(Z(0, 0, reduce_phase(2 * alpha + turn)), ())]
    right += _scalar(-2 * neighbours - adjacent, Fraction(0) if opposite else turn - alpha)
    if not opposite:
        for y in points:
            right += _phase(y, Fraction(1))
    name = (
        f"supplementarity of {neighbours} at {format_phase(alpha)}, {format_phase(beta)}"
        + " adjacent" * adjacent
    )
    return ZXRule(name, Side.of(neighbours + 2, points, left), Side.of(neighbours, points, right))
