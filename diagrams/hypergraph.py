"""Open hypergraphs: the combinatorial form of diagrams in symmetric, compact closed and hypergraph doctrines.

A vertex is a wire (or, in a hypergraph doctrine, a spider of the Frobenius structure); a hyper-edge is a box
with an ordered list of source and of target vertices; the boundary lists the vertices of the domain and of
the codomain. (Bonchi, Gadducci, Kissinger, Sobociński, Zanasi, *String diagram rewrite theory I*, arXiv
2012.01847.)
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from catenary.diagrams.boxes import (
    BRAID,
    CAP,
    COPY,
    CUP,
    DISCARD,
    GENERATOR,
    SPIDER,
    SWAP,
    TRACE,
    TWIST,
    Box,
    Spider,
)
from catenary.diagrams.errors import ArgumentError, CatenaryError, CompositionError, DoctrineError, expect
from catenary.diagrams.phases import Phase, reduce_phase
from catenary.diagrams.shown import Shown
from catenary.diagrams.signature import Doctrine, Signature
from catenary.diagrams.types import Ob, Ty

if TYPE_CHECKING:
    from catenary.diagrams.diagram import Diagram


@dataclass(frozen=True, slots=True)
class Edge:
    """A hyper-edge: a box with its source and target vertices, in the order of its ports."""

    box: Box
    sources: tuple[int, ...]
    targets: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class OpenHypergraph(Shown):
    """An open hypergraph over a signature. Immutable; vertices are numbered from 0.

    Args:
        vertices: the object of each vertex.
        edges: the boxes. Structural boxes never occur: wires and vertices say what they say.
        dom, cod: the vertices on the boundary, in order.
        signature: the signature; its doctrine says which hypergraphs are diagrams (:meth:`check`).

    >>> from catenary.diagrams import Box, Ty
    >>> f = Box("f", Ty("a"), Ty("b"))
    >>> graph = (f >> f.dagger()).to_hypergraph()
    >>> graph.dom, [(str(e.box), e.sources, e.targets) for e in graph.edges], graph.cod
    ((0,), [('f', (0,), (1,)), ('f†', (1,), (2,))], (2,))
    """

    vertices: tuple[Ob, ...]
    edges: tuple[Edge, ...]
    dom: tuple[int, ...]
    cod: tuple[int, ...]
    signature: Signature

    @property
    def dom_type(self) -> Ty:
        """The type of the domain."""
        return Ty.of(tuple(self.vertices[v] for v in self.dom))

    @property
    def cod_type(self) -> Ty:
        """The type of the codomain."""
        return Ty.of(tuple(self.vertices[v] for v in self.cod))

    @classmethod
    def from_diagram(cls, diagram: Diagram) -> OpenHypergraph:
        """The open hypergraph of a diagram, in time linear in its boxes.

        In planar doctrines this is the image in the free symmetric (compact closed) category; there cups and
        caps join wires whose objects differ only by their adjoint order, and the vertex takes the plain
        object.
        """
        doctrine = diagram.signature.doctrine
        flat = doctrine.has("cup")
        obs: list[Ob] = []
        parent: list[int] = []
        edges: list[tuple[Box, list[int], list[int]]] = []
        merged = False

        def new(ob: Ob) -> int:
            obs.append(Ob(ob.name) if flat and ob.z else ob)
            parent.append(len(parent))
            return len(parent) - 1

        def find(v: int) -> int:
            while parent[v] != v:
                parent[v] = parent[parent[v]]
                v = parent[v]
            return v

        def merge(a: int, b: int) -> None:
            nonlocal merged
            a, b = find(a), find(b)
            if a != b:
                merged = True
                parent[max(a, b)] = min(a, b)

        wires = [new(ob) for ob in diagram.dom.objects]
        dom = list(wires)
        phases: dict[int, Phase] = {}
        # Traces are read in place, however deep: what waits is the rest of the layers around each, its wires,
        # and the wires that are to be joined at its end.
        layers = diagram.layers
        around: list[tuple[Iterator[tuple[Box, int]], list[int], int, list[int], bool]] = []
        while True:
            box, offset = next(layers, (None, 0))
            if box is None:
                if not around:
                    break
                inside = wires
                layers, wires, offset, loop, left = around.pop()
                start = 0 if left else len(inside) - len(loop)
                for a, b in zip(loop, inside[start : start + len(loop)], strict=True):
                    merge(a, b)
                del inside[start : start + len(loop)]
                wires[offset:offset] = inside
                continue
            stop = offset + len(box.dom)
            ins = wires[offset:stop]
            kind = box.kind
            if kind == GENERATOR:
                outs = [new(ob) for ob in box.cod.objects]
                edges.append((box, ins, outs))
            elif kind in (SWAP, BRAID):
                split = box.data[0]
                outs = ins[split:] + ins[:split]
            elif kind == CUP:
                for a, b in zip(ins, reversed(ins[len(ins) // 2 :]), strict=False):
                    merge(a, b)
                outs = []
            elif kind == CAP:
                half = [new(ob) for ob in box.cod.objects[: len(box.cod) // 2]]
                outs = half + half[::-1]
            elif kind == TWIST:
                outs = ins
            elif kind == TRACE:
                inner, width, left = box.data
                start = 0 if left else len(inner.dom) - width
                loop = [new(ob) for ob in inner.dom.objects[start : start + width]]
                del wires[offset:stop]
                around.append((layers, wires, offset, loop, left))
                layers = inner.layers
                wires = loop + ins if left else ins + loop
                continue
            elif kind == SPIDER and len(box.data) == 3:
                inputs, outputs, ty = box.data
                legs = len(ty)
                hub = ins[:legs] if inputs else [new(ob) for ob in ty.objects]
                for at, v in enumerate(ins[legs:]):
                    merge(hub[at % legs], v)
                if box.params:
                    phases[hub[0]] = phases.get(hub[0], Fraction(0)) + box.params[0]
                outs = hub * outputs
            elif kind in (COPY, DISCARD):
                outs = ins + ins if kind == COPY else []
            else:
                outs = [new(ob) for ob in box.cod.objects]
                edges.append((box, ins, outs))
            wires[offset:stop] = outs
        total: dict[int, Phase] = {}
        for v, phase in phases.items():
            total[find(v)] = total.get(find(v), Fraction(0)) + phase
        edges += [(e.box, [], [*e.targets]) for e in _phase_edges(total, obs)]
        if merged:
            number: dict[int, int] = {}
            for v in range(len(obs)):
                if find(v) == v:
                    number[v] = len(number)
            name = [number[find(v)] for v in range(len(obs))]
            obs = [obs[v] for v in number]
            dom = [name[v] for v in dom]
            wires = [name[v] for v in wires]
            edges = [(box, [name[v] for v in ins], [name[v] for v in outs]) for box, ins, outs in edges]
        final = tuple(Edge(box, tuple(ins), tuple(outs)) for box, ins, outs in edges)
        return cls(tuple(obs), final, tuple(dom), tuple(wires), diagram.signature)

    def to_diagram(self) -> Diagram:
        """A diagram with this open hypergraph."""
        from catenary.diagrams.diagram import Diagram

        return Diagram.from_hypergraph(self)

    # Structure

    @cached_property
    def producers(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each vertex the places that put a value on it: (edge, target port), and (-1, i) for domain
        wire i.
        """
        found: list[list[tuple[int, int]]] = [[] for _ in self.vertices]
        for i, v in enumerate(self.dom):
            found[v].append((-1, i))
        for e, edge in enumerate(self.edges):
            for port, v in enumerate(edge.targets):
                found[v].append((e, port))
        return tuple(map(tuple, found))

    @cached_property
    def consumers(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each vertex the places that take its value: (edge, source port), and (-1, i) for codomain wire
        i.
        """
        found: list[list[tuple[int, int]]] = [[] for _ in self.vertices]
        for i, v in enumerate(self.cod):
            found[v].append((-1, i))
        for e, edge in enumerate(self.edges):
            for port, v in enumerate(edge.sources):
                found[v].append((e, port))
        return tuple(map(tuple, found))

    @cached_property
    def is_monogamous(self) -> bool:
        """Whether every vertex has exactly one producer and one consumer, the boundary counted."""
        return all(len(p) == 1 and len(c) == 1 for p, c in zip(self.producers, self.consumers, strict=True))

    def topological_order(self) -> tuple[int, ...] | None:
        """The edges in an order in which every producer comes before its consumers, stable; ``None`` if
        there is a cycle.
        """
        waiting = [0] * len(self.edges)
        for e, edge in enumerate(self.edges):
            waiting[e] = sum(1 for v in edge.sources for p, _ in self.producers[v] if p >= 0)
        ready = [e for e, count in enumerate(waiting) if not count]
        order: list[int] = []
        while ready:
            e = heapq.heappop(ready)
            order.append(e)
            for v in self.edges[e].targets:
                for c, _ in self.consumers[v]:
                    if c >= 0:
                        waiting[c] -= 1
                        if not waiting[c]:
                            heapq.heappush(ready, c)
        return tuple(order) if len(order) == len(self.edges) else None

    def components(self) -> tuple[tuple[frozenset[int], frozenset[int]], ...]:
        """The connected components, each as (vertices, edges), in the order of their least vertex; edges
        alone last.
        """
        parent = list(range(len(self.vertices) + len(self.edges)))

        def find(v: int) -> int:
            while parent[v] != v:
                parent[v] = parent[parent[v]]
                v = parent[v]
            return v

        shift = len(self.vertices)
        for e, edge in enumerate(self.edges):
            for v in edge.sources + edge.targets:
                a, b = find(v), find(shift + e)
                parent[max(a, b)] = min(a, b)
        groups: dict[int, tuple[set[int], set[int]]] = {}
        for node in range(len(parent)):
            group = groups.setdefault(find(node), (set(), set()))
            (group[0] if node < shift else group[1]).add(node if node < shift else node - shift)
        return tuple((frozenset(vs), frozenset(es)) for vs, es in groups.values())

    def check(self) -> None:
        """Raise unless this hypergraph is a diagram of its signature's doctrine.

        Raises:
            CatenaryError: for vertices out of range or of the wrong type, or cups and spiders without a
                doctrine for them.
        """
        count = len(self.vertices)
        for name, row, kind in (
            ("vertices", self.vertices, Ob),
            ("edges", self.edges, Edge),
            ("dom", self.dom, int),
            ("cod", self.cod, int),
        ):
            expect(row, tuple, f"{name} of an open hypergraph", f"a tuple of {kind.__name__} values")
            if set(map(type, row)) <= {kind}:
                continue
            for item in row:
                if not isinstance(item, kind):
                    raise ArgumentError(
                        f"one of the {name} of an open hypergraph", f"a value of {kind.__name__}", item
                    )
        obs = self._plain(Ty.of(self.vertices)).objects
        # The boxes are few, the edges many: what a box wants is made once for each.
        wanted: dict[int, tuple[tuple[Ob, ...], tuple[Ob, ...]]] = {}
        for vs in (self.dom, self.cod):
            self._in_range(vs, count)
        for edge in self.edges:
            box, sources, targets = edge.box, edge.sources, edge.targets
            names = wanted.get(id(box))
            if names is None:
                if not isinstance(box, Box):
                    raise ArgumentError("the box of an edge", "a Box", box)
                names = wanted[id(box)] = (self._plain(box.dom).objects, self._plain(box.cod).objects)
            if len(sources) != len(names[0]) or len(targets) != len(names[1]):
                raise CatenaryError(f"box {box} has {len(box.dom)} inputs and {len(box.cod)} outputs")
            self._in_range(sources + targets, count)
            if tuple([obs[v] for v in sources]) != names[0]:
                raise CompositionError(
                    [self.vertices[v] for v in sources], box.dom.objects, ("vertices", str(box))
                )
            if tuple([obs[v] for v in targets]) != names[1]:
                raise CompositionError(
                    [self.vertices[v] for v in targets], box.cod.objects, ("vertices", str(box))
                )
        doctrine = self.signature.doctrine
        if doctrine.has("spider"):
            return
        if doctrine.has("copy"):
            if any(len(makers) != 1 for makers in self.producers):
                raise DoctrineError("spider", doctrine.value, [Doctrine.HYPERGRAPH.value])
            if self.topological_order() is None:
                raise DoctrineError(
                    "trace (a cycle)", doctrine.value, [Doctrine.TRACED.value, Doctrine.COMPACT.value]
                )
            return
        if doctrine.has("cup"):
            for p, c in zip(self.producers, self.consumers, strict=True):
                if len(p) + len(c) not in (0, 2):
                    raise DoctrineError("spider", doctrine.value, [Doctrine.HYPERGRAPH.value])
            return
        for p, c in zip(self.producers, self.consumers, strict=True):
            # A wire without ends is the trace of an identity.
            if (len(p), len(c)) != (1, 1) and (p or c or not doctrine.has("trace")):
                raise DoctrineError("spider", doctrine.value, [Doctrine.HYPERGRAPH.value])
        if not doctrine.has("trace") and self.topological_order() is None:
            raise DoctrineError(
                "trace (a cycle)", doctrine.value, [Doctrine.TRACED.value, Doctrine.COMPACT.value]
            )

    @staticmethod
    def _in_range(vs: tuple[int, ...], count: int) -> None:
        for v in vs:
            if not 0 <= v < count:
                raise CatenaryError(f"vertex out of range: the hypergraph has {count} vertices")

    def _plain(self, ty: Ty) -> Ty:
        if self.signature.doctrine.has("cup"):
            return Ty(*(ob.name for ob in ty.objects))
        return ty

    # Building

    def relabel(
        self, edges: Iterable[Edge], dom: Sequence[int], cod: Sequence[int], drop: bool = True
    ) -> OpenHypergraph:
        """The hypergraph with these edges and boundary on the same vertices, unused vertices dropped unless
        told not to.
        """
        edges = tuple(edges)
        if not drop:
            return OpenHypergraph(self.vertices, edges, tuple(dom), tuple(cod), self.signature)
        used = sorted({*dom, *cod, *(v for e in edges for v in e.sources + e.targets)})
        number = {v: i for i, v in enumerate(used)}
        return OpenHypergraph(
            tuple(self.vertices[v] for v in used),
            tuple(Edge(e.box, _named(number, e.sources), _named(number, e.targets)) for e in edges),
            _named(number, dom),
            _named(number, cod),
            self.signature,
        )

    def subgraph(self, edges: Iterable[int], dom: Sequence[int], cod: Sequence[int]) -> OpenHypergraph:
        """The sub-hypergraph of these edges with the given vertices as its boundary."""
        return self.relabel([self.edges[e] for e in sorted(edges)], dom, cod)

    def then(self, other: OpenHypergraph) -> OpenHypergraph:
        """Composition by pushout along the shared boundary.

        Raises:
            CompositionError: if this codomain is not the other's domain.
        """
        signature = self.signature.join(other.signature)
        if self._plain(self.cod_type) != self._plain(other.dom_type):
            raise CompositionError(self.cod_type.objects, other.dom_type.objects, ("codomain", "domain"))
        shift = len(self.vertices)
        parent = list(range(shift + len(other.vertices)))
        for v, w in zip(self.cod, other.dom, strict=True):
            a, b = _root(parent, v), _root(parent, w + shift)
            parent[max(a, b)] = min(a, b)
        obs = self.vertices + other.vertices
        number: dict[int, int] = {}
        for v in range(len(parent)):
            if _root(parent, v) == v:
                number[v] = len(number)
        name = [number[_root(parent, v)] for v in range(len(parent))]
        edges = [(edge, 0) for edge in self.edges] + [(edge, shift) for edge in other.edges]
        return OpenHypergraph(
            tuple(obs[v] for v in number),
            tuple(
                Edge(e.box, tuple(name[v + by] for v in e.sources), tuple(name[v + by] for v in e.targets))
                for e, by in edges
            ),
            tuple(name[v] for v in self.dom),
            tuple(name[v + shift] for v in other.cod),
            signature,
        )

    def tensor(self, other: OpenHypergraph) -> OpenHypergraph:
        """Disjoint union."""
        shift = len(self.vertices)
        moved = tuple(
            Edge(e.box, tuple(v + shift for v in e.sources), tuple(v + shift for v in e.targets))
            for e in other.edges
        )
        return OpenHypergraph(
            self.vertices + other.vertices,
            self.edges + moved,
            self.dom + tuple(v + shift for v in other.dom),
            self.cod + tuple(v + shift for v in other.cod),
            self.signature.join(other.signature),
        )

    def with_phases_added(self) -> OpenHypergraph:
        """The hypergraph with one phase on each vertex, the sum of those that were there; itself if there are
        none to add.

        A phase is an edge with one target, whose box is a spider.
        """
        places = [e for e, edge in enumerate(self.edges) if edge.box.kind == SPIDER and is_phase(edge)]
        if len({self.edges[e].targets for e in places}) == len(places):
            return self
        total: dict[int, Phase] = {}
        for e in places:
            (v,) = self.edges[e].targets
            total[v] = total.get(v, Fraction(0)) + self.edges[e].box.params[0]
        kept = set(range(len(self.edges))) - set(places)
        edges = [self.edges[e] for e in sorted(kept)] + _phase_edges(total, self.vertices)
        return OpenHypergraph(self.vertices, tuple(edges), self.dom, self.cod, self.signature)

    @cached_property
    def phase_edges(self) -> dict[int, int]:
        """For each vertex with a phase the (last) edge that carries one, in the order of edges."""
        if not self.signature.doctrine.has("spider"):
            return {}
        return {edge.targets[0]: e for e, edge in enumerate(self.edges) if is_phase(edge)}

    @cached_property
    def solid_edges(self) -> tuple[int, ...]:
        """The edges that are not phases, in order."""
        if not self.signature.doctrine.has("spider"):
            return tuple(range(len(self.edges)))
        return tuple([e for e, edge in enumerate(self.edges) if not is_phase(edge)])

    def phases(self) -> dict[int, Phase]:
        """The phase of each vertex that has one, half turns."""
        added = self.with_phases_added()
        return {e.targets[0]: e.box.params[0] for e in added.edges if is_phase(e)}

    def __eq__(self, other: object) -> bool:
        """Isomorphism, as for diagrams."""
        if not isinstance(other, OpenHypergraph):
            return NotImplemented
        from catenary.diagrams.equality import isomorphic

        return isomorphic(self, other)

    def __hash__(self) -> int:
        from catenary.diagrams.equality import graph_invariant

        return graph_invariant(self)

    def __getstate__(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in ("vertices", "edges", "dom", "cod", "signature")}


def is_phase(edge: Edge) -> bool:
    """Whether an edge only carries the phase of its vertex."""
    box = edge.box
    return box.kind == SPIDER and bool(box.params) and box.data[:2] == (0, 1) and len(box.data) == 3


def _phase_edges(phases: dict[int, Phase], obs: Sequence[Ob]) -> list[Edge]:
    """For each vertex with a phase other than a full turn the edge that carries it."""
    return [
        Edge(Spider(0, 1, Ty.of((obs[v],)), phase=phase), (), (v,))
        for v, phase in phases.items()
        if reduce_phase(phase) != 0
    ]


def _root(parent: list[int], v: int) -> int:
    while parent[v] != v:
        parent[v] = parent[parent[v]]
        v = parent[v]
    return v


def _named(number: dict[int, int], vertices: Iterable[int]) -> tuple[int, ...]:
    return tuple(number[v] for v in vertices)
