"""Phase teleportation and simplification that keeps diagrams sparse: for few two-qubit gates.

Full reduction makes few phases but dense diagrams. Teleportation (arXiv 1903.10477, section 6) runs it only
to learn which phases meet, and adds them up where the first of them stands in the given diagram, whose shape
does not change. Local complementations, pivots and identity removal are then applied where they leave no more
edges than before (Staudacher, Guggemos, Grundner-Culemann and Gehrke, *Reducing 2-qubit gate count for
ZX-calculus based quantum circuit optimization*, arXiv 2311.08881).
"""

from __future__ import annotations

import time

from catenary.diagrams import Phase
from catenary.functors.bitsets import bits, lowest
from catenary.rewriting.zx.graph import ZXGraph
from catenary.rewriting.zx.simplify import full_reduce


class PhaseTrace:
    """Where the non-Clifford phases of a diagram go while it is reduced.

    A spider's non-Clifford phase is ±φ plus a multiple of π/2, with φ the phase of one spider of the first
    diagram, its *origin*.

    Attributes:
        origin: for each spider with a rest its origin and sign.
        value: for each origin the half turns φ, those that have been added to it included.
    """

    def __init__(self, graph: ZXGraph):
        self.origin: dict[int, tuple[int, int]] = {v: (v, 1) for v in graph.rest}
        self.value: dict[int, Phase] = dict(graph.rest)
        self.flips: list[tuple[int, int, Phase]] = []

    def move(self, source: int, target: int) -> None:
        """The rest of one spider was added to that of another."""
        here = self.origin.pop(source, None)
        if here is None:
            return
        there = self.origin.get(target)
        if there is None:
            self.origin[target] = here
            return
        kept, sign = there
        added, other = here
        change = self.value[added] if sign == other else -self.value[added]
        self.value[kept] = self.value[kept] + change
        del self.value[added]

    def flip(self, spider: int) -> None:
        """The phase of a spider was negated, and its exponential went to the scalar."""
        here = self.origin.get(spider)
        if here is not None:
            origin, sign = here
            self.flips.append((origin, sign, self.value[origin]))
            self.origin[spider] = (origin, -sign)

    def settle(self, spider: int) -> None:
        """The rest of a spider came to a multiple of π/2: it has none any more."""
        self.origin.pop(spider, None)


def teleport_phases(graph: ZXGraph, *, deadline: float | None = None) -> int:
    """Add up the phases of a diagram that full reduction would bring together; spiders and edges stay.

    Args:
        graph: a diagram whose boundary is a circuit's; changed in place.
        deadline: a :func:`time.monotonic` time to stop the reduction at.

    Returns:
        The number of non-Clifford phases removed; 0 and no change if a phase ended in a scalar factor
        (post-selection).

    >>> from catenary.functors.circuits.circuit import Circuit, Gate
    >>> gates = [Gate("cx", (0, 1)), Gate("t", (1,)), Gate("cx", (0, 1)), Gate("h", (0,)), Gate("h", (0,))]
    >>> g = ZXGraph.from_circuit(Circuit(2, gates * 2))
    >>> teleport_phases(g), g.n_spiders == ZXGraph.from_circuit(Circuit(2, gates * 2)).n_spiders
    (2, True)
    """
    work = graph.copy()
    trace = work.trace = PhaseTrace(graph)
    full_reduce(work, deadline=deadline)
    if work.scalar.is_zero or work.scalar.spiders:
        return 0
    before = graph.t_count
    for origin, sign, phase in trace.flips:
        # The reduction of the new diagram turns the scalar by the final phase where that of the old one
        # turned it by this.
        final = trace.value.get(origin, 0)
        graph.scalar.rotate((phase - final) if sign > 0 else (final - phase))
    for v in list(graph.rest):
        old = graph.rest[v]
        new = trace.value.get(v)
        if new is None:
            graph.general ^= 1 << v
            del graph.rest[v]
        elif new != old:
            graph.add_phase(v, new - old)
    return before - graph.t_count


def _complement_change(graph: ZXGraph, v: int) -> int:
    """How many edges a local complementation at v adds."""
    around = graph.neighbours(v)
    degree = around.bit_count()
    inside = sum((graph.neighbours(u) & around).bit_count() for u in bits(around))
    return degree * (degree - 1) // 2 - inside - degree


def _pivot_change(graph: ZXGraph, u: int, v: int) -> int:
    """How many edges a pivot at u and v adds."""
    near_u = graph.neighbours(u) & ~(1 << v)
    near_v = graph.neighbours(v) & ~(1 << u)
    common = near_u & near_v
    only_u, only_v = near_u ^ common, near_v ^ common
    a, b, c = only_u.bit_count(), only_v.bit_count(), common.bit_count()
    inside = sum((graph.rows[w] & near_v).bit_count() for w in bits(only_u))
    inside += sum((graph.rows[w] & common).bit_count() for w in bits(only_v))
    return a * b + a * c + b * c - 2 * inside - (a + b + 2 * c + 1)


def remove_identity(graph: ZXGraph, v: int) -> bool:
    """Remove an interior spider of phase 0 or π and two neighbours by fusing these.

    False, and no change, where both are boundary spiders.

    Σ_v (-1)^(v(a + x + y)) = 2 where y = x + a, and 0 elsewhere.
    """
    around = graph.neighbours(v)
    first = lowest(around)
    second = lowest(around ^ 1 << first)
    if graph.boundary >> second & 1:
        first, second = second, first
        if graph.boundary >> second & 1:
            return False
    if graph.high >> v & 1:
        phase = graph.take_phase(second)
        graph.scalar.rotate(phase)
        graph.add_phase(second, -phase)
        graph.high ^= graph.neighbours(second) & ~(1 << v)
        # The bit of ``second`` is now that of ``first``, its own edge to which has been turned with the
        # others.
    graph.scalar.sqrt2 += 2
    mask = 1 << second
    row = graph.neighbours(second) & ~(1 << v)
    if row >> first & 1:
        graph.high ^= 1 << first
        row ^= 1 << first
        graph.rows[first] ^= mask
    graph.add_phase(first, graph.take_phase(second))
    graph.rows[first] = (graph.neighbours(first) & ~(1 << v)) ^ row
    here = 1 << first
    for w in bits(row):
        graph.rows[w] ^= mask | here
    graph.discard(v)
    graph.discard(second)
    return True


def sparse_simp(graph: ZXGraph, *, deadline: float | None = None, largest: int = 64, gain: int = 0) -> int:
    """Local complementations, pivots and identity removal wherever no edge is added, to a fixed point.

    Args:
        graph: changed in place.
        deadline: a :func:`time.monotonic` time to stop at.
        largest: spiders with more neighbours are left alone.

    Returns:
        The number of spiders removed.

    >>> from catenary.functors.circuits.circuit import Circuit, Gate
    >>> g = ZXGraph.from_circuit(Circuit(1, [Gate(name, (0,)) for name in ("h", "s") * 3]))
    >>> sparse_simp(g) > 0
    True
    """
    before = graph.n_spiders
    todo = graph.interior & ~graph.general
    while todo:
        if deadline is not None and time.monotonic() > deadline:
            break
        v = lowest(todo)
        todo ^= 1 << v
        around = graph.neighbours(v)
        degree = around.bit_count()
        near = around
        for w in bits(around) if degree <= 8 else ():
            near |= graph.neighbours(w)
        if not degree:
            graph.remove_isolated(v)
        elif graph.low >> v & 1:
            if degree > largest or _complement_change(graph, v) > -gain:
                continue
            graph.local_complement(v)
        elif degree == 2 and remove_identity(graph, v):
            pass
        else:
            partners = around & graph.interior & ~(graph.general | graph.low)
            best, least = -1, 1 - gain
            for w in bits(partners) if degree <= largest else ():
                if graph.degree(w) <= largest:
                    change = _pivot_change(graph, v, w)
                    if change < least:
                        best, least = w, change
            if best < 0:
                continue
            near |= graph.neighbours(best)
            graph.pivot(v, best)
        todo = (todo | near) & graph.interior & ~graph.general
    return before - graph.n_spiders
