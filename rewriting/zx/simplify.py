"""Simplification of graph-like ZX diagrams, every step an equation with its exact scalar.

Interior Clifford simplification removes spiders by local complementation and pivoting (arXiv 1902.03178);
full reduction also turns non-Clifford spiders next to a Pauli spider into phase gadgets and fuses gadgets on
the same targets (Kissinger and van de Wetering, *Reducing T-count with the ZX-calculus*, arXiv 1903.10477).
Both work in place.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from catenary.functors.bitsets import bits, lowest
from catenary.rewriting.zx.graph import ZXGraph
from catenary.rewriting.zx.scalar import split_phase

_STRIDE = 64  # steps between two looks at the clock


class _Clock:
    """Says when the deadline (seconds of :func:`time.monotonic`) has passed, looking rarely."""

    def __init__(self, deadline: float | None):
        self.deadline = deadline
        self.left = _STRIDE

    def over(self) -> bool:
        if self.deadline is None:
            return False
        self.left -= 1
        if self.left > 0:
            return False
        self.left = _STRIDE
        if time.monotonic() < self.deadline:
            return False
        self.left = 0  # stay over
        return True


def interior_clifford_simp(graph: ZXGraph, *, deadline: float | None = None, keep: int = 0) -> int:
    """Remove interior Clifford spiders by local complementation and pivoting until no two of them are
    adjacent.

    What is left of them has phase 0 or π and only non-Clifford or boundary neighbours. Stops at the deadline
    with an equal diagram.

    Args:
        graph: changed in place.
        deadline: a :func:`time.monotonic` time to stop at.
        keep: a bitset of further spiders to treat as boundary.

    Returns:
        The number of spiders removed.

    >>> from catenary.functors.circuits.circuit import Circuit, Gate
    >>> g = ZXGraph.from_circuit(Circuit(1, [Gate(name, (0,)) for name in ("s", "h", "s", "h", "s", "h")]))
    >>> interior_clifford_simp(g), g
    (1, <ZXGraph 1→1: 2 spiders, 1 edges, 0 non-Clifford>)
    """
    return _interior(graph, _Clock(deadline), keep)


def _interior(graph: ZXGraph, clock: _Clock, keep: int = 0) -> int:
    rows = graph.rows
    clifford = graph.alive & ~(graph.boundary | graph.general | keep)
    todo = clifford
    before = graph.n_spiders
    while not clock.over():
        odd = clifford & graph.low
        if odd:
            here = odd & -odd
            todo |= graph.local_complement(here.bit_length() - 1)
            clifford ^= here
            continue
        todo &= clifford
        if not todo:
            break
        here = todo & -todo
        u = here.bit_length() - 1
        partners = (rows[u] & clifford | here) ^ here
        if partners:
            other = partners & -partners
            todo |= graph.pivot(u, other.bit_length() - 1)
            clifford ^= here | other
        else:
            todo ^= here
            if rows[u] | here == here:
                graph.remove_isolated(u)
                clifford ^= here
    return before - graph.n_spiders


class _Gadgets:
    """The phase gadgets of a diagram: hub (interior, phase 0 or π) and leaf (its neighbour of degree one)."""

    def __init__(self, graph: ZXGraph):
        self.leaf: dict[int, int] = {}
        self.hubs = 0
        self.leaves = 0
        interior = graph.interior
        for v in bits(interior & graph.general):
            around = graph.neighbours(v)
            if around and not around & (around - 1):
                hub = lowest(around)
                pauli = interior & ~(graph.general | graph.low)
                if pauli >> hub & 1 and hub not in self.leaf:
                    self.add(hub, v)

    def add(self, hub: int, leaf: int) -> None:
        self.leaf[hub] = leaf
        self.hubs |= 1 << hub
        self.leaves |= 1 << leaf

    def drop(self, hub: int) -> None:
        self.leaves ^= 1 << self.leaf.pop(hub)
        self.hubs ^= 1 << hub


def _fuse_gadgets(graph: ZXGraph, gadgets: _Gadgets) -> int:
    """Fuse gadgets on equal targets, absorb those with one target or none; returns how many went."""
    targets: dict[int, int] = {}
    fused = 0
    for hub, leaf in list(gadgets.leaf.items()):
        if graph.high >> hub & 1:
            graph.flip_gadget(hub, leaf)
        pair = 1 << hub | 1 << leaf
        around = graph.neighbours(hub) & ~pair
        if not around & (around - 1):
            graph.absorb_gadget(hub, leaf, lowest(around) if around else None)
        elif around in targets:
            graph.absorb_gadget(hub, leaf, gadgets.leaf[targets[around]])
        else:
            targets[around] = hub
            continue
        fused += 1
        gadgets.drop(hub)
    return fused


def _plain_paulis(graph: ZXGraph, gadgets: _Gadgets) -> int:
    """Interior spiders of phase 0 or π that are no hub."""
    return graph.interior & ~(graph.general | graph.low | gadgets.hubs)


def _pivot_gadgets(graph: ZXGraph, gadgets: _Gadgets, clock: _Clock) -> int:
    """Pivot each plain Pauli spider with a non-Clifford interior neighbour, whose phase becomes a gadget."""
    done = 0
    todo = _plain_paulis(graph, gadgets)
    while todo and not clock.over():
        here = todo & -todo
        todo ^= here
        u = here.bit_length() - 1
        partners = graph.rows[u] & graph.interior & graph.general & ~gadgets.leaves
        if not partners:
            continue
        v = min(bits(partners), key=graph.degree)
        hub, leaf = graph.unfuse_gadget(v)
        gadgets.add(hub, leaf)
        graph.pivot(u, v)
        done += 1
    return done


def _pivot_boundaries(graph: ZXGraph, gadgets: _Gadgets, clock: _Clock) -> int:
    """Pivot each plain Pauli spider with a boundary neighbour, whose wire gets a new spider."""
    done = 0
    todo = _plain_paulis(graph, gadgets)
    while todo and not clock.over():
        here = todo & -todo
        todo ^= here
        u = here.bit_length() - 1
        partners = graph.rows[u] & graph.boundary
        if not partners:
            continue
        v = min(bits(partners), key=graph.degree)
        graph.unfuse_boundary(v)
        if (graph.general | graph.low) >> v & 1:
            hub, leaf = graph.unfuse_gadget(v)
            if graph.general >> leaf & 1:
                gadgets.add(hub, leaf)
        graph.pivot(u, v)
        done += 1
    return done


def supplementarity(graph: ZXGraph) -> int:
    """Remove pairs of interior spiders with equal neighbours whose phases differ by π, or add up to π (to 0, if
    they are adjacent): Perdrix and Wang, *Supplementarity is necessary for quantum diagram reasoning*, arXiv
    1506.03055.

    With a = e^(iα), b = e^(iβ) and p the parity of the neighbours' bits, Σ over both is 1 + ab + (a + b)(-1)^p,
    or 1 - ab + (a + b)(-1)^p with an edge between them: one of the two terms is zero. A diagram with Pauli flow has
    no such pairs.

    Returns:
        The number of spiders removed.

    >>> from fractions import Fraction
    >>> g = ZXGraph()
    >>> spiders = [g.add_spider(Fraction(k, 4)) for k in (1, 5, 1)]
    >>> g.toggle(spiders[0], spiders[2]); g.toggle(spiders[1], spiders[2])
    >>> supplementarity(g), g.n_spiders
    (2, 1)
    """
    before = graph.n_spiders
    while _supplement_one(graph):
        pass
    return before - graph.n_spiders


def _supplement_one(graph: ZXGraph) -> bool:
    twins: dict[tuple[int, bool], list[int]] = {}
    for v in bits(graph.interior & graph.general):
        around = graph.neighbours(v)
        for key in ((around, False), (around | 1 << v, True)):
            others = twins.setdefault(key, [])
            if any(_supplement(graph, v, w, key[1]) for w in others):
                return True
            others.append(v)
    return False


def _supplement(graph: ZXGraph, v: int, w: int, adjacent: bool) -> bool:
    alpha, beta = graph.phase(v), graph.phase(w)
    constant = split_phase(alpha - beta) == (2, None)
    if not constant and split_phase(alpha + beta) != (0 if adjacent else 2, None):
        return False
    graph.remove_twins(v, w, constant)
    return True


def _absorb_isolated(graph: ZXGraph) -> int:
    """Move interior spiders without neighbours into the scalar."""
    alone = [v for v in bits(graph.interior) if not graph.neighbours(v)]
    for v in alone:
        graph.remove_isolated(v)
    return len(alone)


def clifford_simp(graph: ZXGraph, *, deadline: float | None = None) -> int:
    """Interior Clifford simplification, and boundary pivots for the Pauli spiders that it leaves beside the
    boundary.

    A Clifford diagram is left without interior spiders. Returns the number of spiders removed.
    """
    clock = _Clock(deadline)
    before = graph.n_spiders
    while not clock.over():
        _interior(graph, clock)
        gadgets = _Gadgets(graph)
        paulis = _plain_paulis(graph, gadgets)
        clean = graph.boundary & ~graph.general
        pair = next(_adjacent(graph, paulis, clean), None)
        if pair is None:
            break
        u, v = pair
        graph.unfuse_boundary(v)
        if graph.low >> v & 1:
            graph.unfuse_gadget(v)
        graph.pivot(u, v)
    return before - graph.n_spiders


def _adjacent(graph: ZXGraph, first: int, second: int) -> Iterator[tuple[int, int]]:
    for u in bits(first):
        around = graph.neighbours(u) & second
        if around:
            yield u, lowest(around)


def full_reduce(graph: ZXGraph, *, deadline: float | None = None) -> int:
    """Full reduction: Clifford simplification, phase gadgets and their fusion, to a fixed point.

    In the result every interior spider is non-Clifford or the hub of a phase gadget, no two gadgets have the
    same targets, and no gadget has fewer than two. Stops at the deadline with an equal diagram.

    Args:
        graph: changed in place.
        deadline: a :func:`time.monotonic` time to stop at.

    Returns:
        The number of non-Clifford phases removed.

    >>> from catenary.functors.circuits.circuit import Circuit, Gate
    >>> names = [("t", (1,)), ("cx", (0, 1)), ("t", (1,)), ("cx", (0, 1)), ("tdg", (1,))]
    >>> g = ZXGraph.from_circuit(Circuit(2, [Gate(*gate) for gate in names]))
    >>> full_reduce(g), g.t_count
    (2, 1)
    """
    clock = _Clock(deadline)
    before = graph.t_count
    while not clock.over() and not graph.scalar.is_zero:
        _interior(graph, clock)
        gadgets = _Gadgets(graph)
        _pivot_gadgets(graph, gadgets, clock)
        changes = _fuse_gadgets(graph, gadgets)
        if changes:
            continue
        changes = _pivot_boundaries(graph, gadgets, clock)
        changes += _absorb_isolated(graph)
        if (
            not changes and graph.trace is None
        ):  # phases that end in the scalar have no place to be teleported to
            changes = supplementarity(graph)
        if not changes:
            break
    return before - graph.t_count
