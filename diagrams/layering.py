"""Layers of an open hypergraph: its boxes in an order, each with the number of wires to its left.

Wires are brought side by side by wide swaps; vertices with other than one producer and one consumer become
spiders, cups and caps, or copies and discards, as the doctrine has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from catenary.diagrams.boxes import Box, Cap, Copy, Cup, Discard, Spider, Swap
from catenary.diagrams.errors import DoctrineError
from catenary.diagrams.signature import Doctrine
from catenary.diagrams.types import Ty

if TYPE_CHECKING:
    from catenary.diagrams.hypergraph import OpenHypergraph

Layers: TypeAlias = tuple[tuple[Box, ...], tuple[int, ...]]


class _Sweep:
    """The wires at one height, from left to right, each named by its vertex, and the layers laid so far."""

    def __init__(self, graph: OpenHypergraph):
        self.graph = graph
        self.boxes: list[Box] = []
        self.offsets: list[int] = []
        self.wires = list(graph.dom)
        self.types = [Ty.of((ob,)) for ob in graph.vertices]
        self.crossing = graph.signature.doctrine.has("swap")

    def put(self, box: Box, offset: int, outs: list[int]) -> None:
        self.boxes.append(box)
        self.offsets.append(offset)
        self.wires[offset : offset + len(box.dom)] = outs

    def move(self, start: int, stop: int) -> None:
        """Take the wire at ``start`` to place ``stop`` (counted without the wire itself)."""
        if start == stop:
            return
        if not self.crossing:
            doctrine = self.graph.signature.doctrine
            raise DoctrineError("swap", doctrine.value, [d.value for d in Doctrine if d.has("swap")])
        obs = self.graph.vertices
        low, high = (stop, start) if stop < start else (start + 1, stop + 1)
        block = self.wires[low:high]
        block_type = Ty.of(tuple(obs[v] for v in block))
        wire = self.wires[start]
        if stop < start:
            self.put(Swap(block_type, self.types[wire]), stop, [wire, *block])
        else:
            self.put(Swap(self.types[wire], block_type), start, [*block, wire])

    def find(self, vertex: int, near: int) -> int:
        """The place of a wire of this vertex, the first one from ``near`` on where there is one."""
        try:
            return self.wires.index(vertex, near)
        except ValueError:
            return self.wires.index(vertex)

    def gather(self, sources: tuple[int, ...]) -> int:
        """Bring wires of these vertices side by side; the offset of the first."""
        if not sources:
            return len(self.wires)
        first = self.find(sources[0], 0)
        if len(sources) > 1 and sources[1] != sources[0]:
            # Where a vertex has several wires take the one beside its neighbour, if there is one.
            before = self.find(sources[1], 0) - 1
            if before >= 0 and self.wires[before] == sources[0]:
                first = before
        for count, vertex in enumerate(sources[1:], 1):
            stop = first + count
            start = self.find(vertex, stop)
            if start < stop:  # it stands to the left of the bundle, which moves left by one
                if start >= first:
                    start = self.wires.index(vertex, 0, first)
                self.move(start, stop - 1)
                first -= 1
            else:
                self.move(start, stop)
        return first

    def finish(self) -> Layers:
        """Put the wires in the order of the codomain."""
        for place, vertex in enumerate(self.graph.cod):
            self.move(self.find(vertex, place), place)
        return tuple(self.boxes), tuple(self.offsets)

    def place_for(self, edge: int) -> int:
        """The offset for a box without inputs: beside the wire it will meet next, or the right end."""
        graph = self.graph
        targets = graph.edges[edge].targets
        for v in targets:
            for e, port in graph.consumers[v]:
                row = graph.cod if e < 0 else graph.edges[e].sources
                if port and row[port - 1] not in targets and row[port - 1] in self.wires:
                    return self.wires.index(row[port - 1]) + 1
                if port + 1 < len(row) and row[port + 1] not in targets and row[port + 1] in self.wires:
                    return self.wires.index(row[port + 1])
        return len(self.wires)

    def lay(self, edge: int) -> int:
        """Lay a box whose input wires are all there; its offset."""
        e = self.graph.edges[edge]
        offset = self.gather(e.sources) if e.sources else self.place_for(edge)
        self.put(e.box, offset, list(e.targets))
        return offset


def layers_of(graph: OpenHypergraph) -> Layers:
    """Boxes and offsets of an open hypergraph that is a diagram of its doctrine.

    The number of boxes is linear in the hypergraph; each swap takes one wire past a block.

    Raises:
        DoctrineError: where the layers would need structure that the doctrine lacks: crossings in a planar
            doctrine.

    >>> from catenary.diagrams import Box, Ty
    >>> f = Box("f", Ty("a", "a"), Ty("b"))
    >>> boxes, offsets = layers_of((Swap(Ty("a"), Ty("a")) >> f).to_hypergraph())
    >>> [str(box) for box in boxes], offsets
    (['swap', 'f'], (0, 0))
    """
    doctrine = graph.signature.doctrine
    if doctrine >= Doctrine.MARKOV:
        return _copied(graph)
    if graph.is_monogamous:
        order = graph.topological_order()
        if order is not None:
            sweep = _Sweep(graph)
            for edge in order:
                sweep.lay(edge)
            return sweep.finish()
    if doctrine.has("spider"):
        return _spiders(graph)
    if doctrine.has("cup"):
        return _bent(graph)
    return _traced(graph)


def _traced(graph: OpenHypergraph) -> Layers:
    """Traced: the wires that close cycles are cut, and one trace joins them again."""
    from catenary.diagrams.hypergraph import Edge, OpenHypergraph
    from catenary.diagrams.traces import Trace

    order = _edge_order(graph)
    made = {*graph.dom}
    cut: list[int] = []
    for e in order:
        cut.extend(v for v in graph.edges[e].sources if v not in made)
        made.update(graph.edges[e].targets)
    circles = [v for v, makers in enumerate(graph.producers) if not makers]
    fresh = {v: len(graph.vertices) + i for i, v in enumerate(cut)}
    inner = OpenHypergraph(
        graph.vertices + tuple(graph.vertices[v] for v in cut),
        tuple(Edge(e.box, tuple(fresh.get(v, v) for v in e.sources), e.targets) for e in graph.edges),
        (*graph.dom, *fresh.values(), *circles),
        (*graph.cod, *cut, *circles),
        graph.signature,
    )
    return Trace(inner.to_diagram(), len(cut) + len(circles))._flatten()


def _copied(graph: OpenHypergraph) -> Layers:
    sweep = _Sweep(graph)
    left = [len(uses) for uses in graph.consumers]

    def drop(vertices: tuple[int, ...]) -> None:
        for v in vertices:
            if not left[v]:
                sweep.put(Discard(sweep.types[v]), sweep.wires.index(v), [])

    def share(vertices: tuple[int, ...]) -> None:
        # Copies are made when first needed, so that few wires run side by side.
        for v in vertices:
            if left[v] > 1:
                sweep.put(Copy(sweep.types[v]), sweep.wires.index(v), [v, v])
            left[v] -= 1

    drop(graph.dom)
    order = graph.topological_order()
    if order is None:
        raise DoctrineError("trace (a cycle)", graph.signature.doctrine.value, [Doctrine.TRACED.value])
    for edge in order:
        share(graph.edges[edge].sources)
        sweep.lay(edge)
        drop(graph.edges[edge].targets)
    share(graph.cod)
    return sweep.finish()


def _edge_order(graph: OpenHypergraph) -> tuple[int, ...]:
    """The edges, producers first as far as cycles allow."""
    order = graph.topological_order()
    if order is not None:
        return order
    waiting = [0] * len(graph.edges)
    for e, edge in enumerate(graph.edges):
        waiting[e] = sum(1 for v in edge.sources for p, _ in graph.producers[v] if p >= 0)
    done = [False] * len(graph.edges)
    ready = [e for e in reversed(range(len(graph.edges))) if not waiting[e]]
    found: list[int] = []
    following = 0
    while len(found) < len(graph.edges):
        if ready:
            e = ready.pop()
        else:  # a cycle: cut it at the first box that is left
            while done[following]:
                following += 1
            e = following
        if done[e]:
            continue
        done[e] = True
        found.append(e)
        for v in graph.edges[e].targets:
            for c, _ in graph.consumers[v]:
                if c >= 0:
                    waiting[c] -= 1
                    if not waiting[c]:
                        ready.append(c)
    return tuple(found)


def _bent(graph: OpenHypergraph) -> Layers:
    """Compact closed: a wire joins any two ends, so it is bent by a cup or a cap where they face the same
    way.
    """
    sweep = _Sweep(graph)
    for v, (makers, uses) in enumerate(zip(graph.producers, graph.consumers, strict=True)):
        if not makers and not uses:
            ty = sweep.types[v]
            sweep.put(Cap(ty, ty), 0, [v, v])
            sweep.put(Cup(ty, ty), 0, [])
    open_wires = [0] * len(graph.vertices)

    def produced(vertices: tuple[int, ...]) -> None:
        for v in vertices:
            open_wires[v] += 1
            if open_wires[v] == 2:
                ty = sweep.types[v]
                sweep.put(Cup(ty, ty), sweep.gather((v, v)), [])
                open_wires[v] = 0

    def needed(vertices: tuple[int, ...]) -> None:
        for v in vertices:
            if open_wires[v]:
                open_wires[v] = 0
            else:
                ty = sweep.types[v]
                sweep.put(Cap(ty, ty), len(sweep.wires), [v, v])
                open_wires[v] = 1

    produced(graph.dom)
    for e in _edge_order(graph):
        needed(graph.edges[e].sources)
        sweep.lay(e)
        produced(graph.edges[e].targets)
    needed(graph.cod)
    return sweep.finish()


def _spiders(graph: OpenHypergraph) -> Layers:
    """Hypergraph: a vertex is one spider, laid when all its producers are; a box in a cycle takes its inputs
    from caps.
    """
    from catenary.diagrams.hypergraph import is_phase

    phases = graph.phases()
    if phases:
        plain = [e for e in graph.edges if not is_phase(e)]
        graph = graph.relabel(plain, graph.dom, graph.cod, drop=False)
    sweep = _Sweep(graph)
    missing = [len(makers) for makers in graph.producers]
    uses = [len(takers) for takers in graph.consumers]
    inputs = list(missing)
    ready = [False] * len(graph.vertices)

    def hub(v: int) -> None:
        ready[v] = True
        phase = phases.get(v, 0)
        if (inputs[v], uses[v]) == (1, 1) and phase == 0:
            return
        offset = sweep.gather((v,) * inputs[v])
        sweep.put(Spider(inputs[v], uses[v], sweep.types[v], phase=phase), offset, [v] * uses[v])

    def made(vertices: tuple[int, ...]) -> None:
        for v in vertices:
            missing[v] -= 1
            if not missing[v]:
                hub(v)

    waiting_free = [v for v, count in enumerate(missing) if not count]
    made(graph.dom)
    for v in waiting_free:
        if not uses[v]:
            hub(v)
    for e in _edge_order(graph):
        edge = graph.edges[e]
        bent: list[int] = []
        for v in edge.sources:
            if not ready[v]:
                if not missing[v]:
                    hub(v)
                else:
                    bent.append(v)
        if bent:
            # The cap gives the box its input; its other leg runs on to the spider, where it comes in from
            # above.
            fresh = _below(sweep, edge.sources, bent)
            for v in bent:
                inputs[v] += 1
                uses[v] -= 1
            sweep.put(edge.box, fresh, list(edge.targets))
        else:
            sweep.lay(e)
        made(edge.targets)
    for v in graph.cod:
        if not ready[v]:
            hub(v)
    return sweep.finish()


def _below(sweep: _Sweep, sources: tuple[int, ...], bent: list[int]) -> int:
    """Bring the inputs of a box side by side at the right end, caps for those in ``bent``; the offset of the
    first.
    """
    place = len(sweep.wires)
    for v in sources:
        end = len(sweep.wires)
        if v in bent:
            ty = sweep.types[v]
            sweep.put(Cap(ty, ty), end, [v, v])
            sweep.move(end, place)  # one leg runs on, left of the box
            place += 1
        else:
            start = sweep.wires.index(v, 0, place)
            sweep.move(start, end - 1)
            place -= 1
    return place
