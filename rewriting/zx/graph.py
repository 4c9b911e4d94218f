"""Graph-like ZX diagrams on bitsets, with their exact scalar.

Only Z spiders, only Hadamard edges between them, every input and output on a spider of its own (Duncan,
Kissinger, Perdrix, van de Wetering, *Graph-theoretic simplification of quantum circuits with the
ZX-calculus*, arXiv 1902.03178). The neighbours of a spider are one Python integer, so that local
complementation and pivoting are one xor for each row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catenary.diagrams import CatenaryError, Diagram, Phase
from catenary.functors.bitsets import bits
from catenary.rewriting.zx.scalar import Scalar, join_phase, split_phase

if TYPE_CHECKING:
    from catenary.functors.circuits.circuit import Circuit
    from catenary.rewriting.zx.teleport import PhaseTrace


class NotUnitaryError(CatenaryError, ValueError):
    """An operation that is not a linear map of qubits (measurement, reset, a condition …): cut the circuit
    there first.
    """


class ZXGraph:
    """A graph-like ZX diagram: the mutable state of the ZX engine.

    The map is ``scalar`` times the sum over one bit x for each spider of exp(iπ·phase·x) for each spider,
    (-1)^(xy) for each edge, and δ or a normalised Hadamard at each boundary. Edges are *not* divided by √2:
    so toggling an edge costs no scalar; :meth:`hadamard_scalar` is the factor for diagrams drawn with
    normalised Hadamard edges.

    Attributes:
        rows: for each spider the bitset of its neighbours. A row's own bit means nothing: read rows by
            :meth:`neighbours`.
        alive: the spiders in use.
        low, high: the two bits of each spider's Clifford phase, in units of π/2, as bitsets.
        general: the spiders with a non-Clifford rest of their phase, which ``rest`` holds.
        inputs, outputs: the spider of each boundary wire; no spider has two.
        input_h, output_h: whether there is a Hadamard on that wire.
        boundary: all spiders of ``inputs`` and ``outputs``.
        scalar: the exact scalar.

    >>> from catenary.functors.circuits.circuit import Circuit, Gate
    >>> g = ZXGraph.from_circuit(Circuit(2, (Gate("h", (0,)), Gate("cx", (0, 1)), Gate("t", (1,)))))
    >>> g.n_spiders, g.n_edges, g.t_count
    (5, 4, 1)
    """

    __slots__ = (
        "alive",
        "boundary",
        "free",
        "general",
        "high",
        "input_h",
        "inputs",
        "low",
        "output_h",
        "outputs",
        "rest",
        "rows",
        "scalar",
        "trace",
    )

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.free: list[int] = []
        self.alive = 0
        self.low = 0
        self.high = 0
        self.general = 0
        self.rest: dict[int, Phase] = {}
        self.inputs: list[int] = []
        self.outputs: list[int] = []
        self.input_h: list[bool] = []
        self.output_h: list[bool] = []
        self.boundary = 0
        self.scalar = Scalar()
        self.trace: PhaseTrace | None = None

    def copy(self) -> ZXGraph:
        """An independent copy."""
        other = ZXGraph()
        for name in ("rows", "free", "inputs", "outputs", "input_h", "output_h"):
            setattr(other, name, list(getattr(self, name)))
        for name in ("alive", "low", "high", "general", "boundary"):
            setattr(other, name, getattr(self, name))
        other.rest = dict(self.rest)
        other.scalar = self.scalar.copy()
        return other

    # Conversions

    @classmethod
    def from_circuit(cls, circuit: Circuit) -> ZXGraph:
        """The diagram of a circuit; see :func:`catenary.rewriting.zx.convert.graph_of_circuit`."""
        from catenary.rewriting.zx.convert import graph_of_circuit

        return graph_of_circuit(circuit)

    @classmethod
    def from_diagram(cls, diagram: Diagram) -> ZXGraph:
        """The graph-like form of a ZX diagram; see :func:`catenary.rewriting.zx.convert.graph_of_diagram`."""
        from catenary.rewriting.zx.convert import graph_of_diagram

        return graph_of_diagram(diagram)

    def to_diagram(self) -> tuple[Diagram, Scalar]:
        """A diagram over the ZX signature and the scalar it must be multiplied by."""
        from catenary.rewriting.zx.convert import diagram_of_graph

        return diagram_of_graph(self)

    def to_exact_diagram(self) -> Diagram:
        """A diagram over the ZX signature with the scalar inside, as boxes without wires."""
        from catenary.rewriting.zx.convert import exact_diagram_of_graph

        return exact_diagram_of_graph(self)

    # Reading

    @property
    def interior(self) -> int:
        """The spiders that are on no boundary wire, as a bitset."""
        return self.alive & ~self.boundary

    @property
    def n_spiders(self) -> int:
        """Number of spiders."""
        return self.alive.bit_count()

    @property
    def n_edges(self) -> int:
        """Number of Hadamard edges between spiders."""
        return sum(self.neighbours(v).bit_count() for v in bits(self.alive)) // 2

    @property
    def t_count(self) -> int:
        """Number of spiders whose phase is not a multiple of π/2."""
        return len(self.rest)

    def neighbours(self, v: int) -> int:
        """The neighbours of a spider as a bitset."""
        own = 1 << v
        return (self.rows[v] | own) ^ own

    def degree(self, v: int) -> int:
        """Number of neighbours, boundary wires not counted."""
        return self.neighbours(v).bit_count()

    def quarter(self, v: int) -> int:
        """The Clifford part of a spider's phase in units of π/2, 0 … 3."""
        return (self.low >> v & 1) | (self.high >> v & 1) << 1

    def phase(self, v: int) -> Phase:
        """The phase of a spider in half turns."""
        return join_phase(self.quarter(v), self.rest.get(v))

    def hadamard_scalar(self) -> Scalar:
        """The scalar that belongs to the diagram drawn with normalised Hadamard edges."""
        scalar = self.scalar.copy()
        scalar.sqrt2 += self.n_edges
        return scalar

    # Building

    def add_spider(self, phase: Phase | None = None) -> int:
        """A new spider without neighbours; returns its number."""
        if self.free:
            v = self.free.pop()
        else:
            v = len(self.rows)
            self.rows.append(0)
        self.alive |= 1 << v
        if phase is not None:
            self.add_phase(v, phase)
        return v

    def add_quarters(self, mask: int, quarters: int) -> None:
        """Add a multiple of π/2 to the phases of all spiders of a bitset."""
        quarters &= 3
        if quarters & 1:
            self.high ^= mask & self.low
            self.low ^= mask
        if quarters & 2:
            self.high ^= mask

    def add_phase(self, v: int, phase: Phase) -> None:
        """Add to the phase of a spider."""
        quarter, rest = split_phase(phase)
        if rest is not None:
            here = 1 << v
            if self.general & here:
                carried, total = split_phase(self.rest[v] + rest)
                quarter += carried
                if total is None:
                    self.general ^= here
                    del self.rest[v]
                else:
                    self.rest[v] = total
            else:
                self.general |= here
                self.rest[v] = rest
        if quarter & 3:
            self.add_quarters(1 << v, quarter)

    def move_phase(self, source: int, target: int) -> None:
        """Add the phase of a spider to that of another and set it to zero."""
        self.add_phase(target, self.take_phase(source))
        if self.trace is not None:
            self.trace.move(source, target)
            if not self.general >> target & 1:
                self.trace.settle(target)

    def take_phase(self, v: int) -> Phase:
        """Set the phase of a spider to zero and return what it was."""
        phase = self.phase(v)
        here = 1 << v
        self.low &= ~here
        self.high &= ~here
        if self.general & here:
            self.general ^= here
            del self.rest[v]
        return phase

    def toggle(self, u: int, v: int) -> None:
        """Multiply by (-1)^(xy): add the edge, or remove it if it is there. The scalar does not change."""
        self.rows[u] ^= 1 << v
        self.rows[v] ^= 1 << u

    def hadamard(self, u: int, v: int) -> None:
        """A normalised Hadamard edge between two spiders, parallel to what is there; a loop if they are one
        spider.
        """
        self.scalar.sqrt2 -= 1
        if u == v:
            self.high ^= 1 << v
        else:
            self.toggle(u, v)

    def attach_input(self, v: int, hadamard: bool) -> None:
        """Make a spider the next input. One that has a boundary wire already gets a wire of two spiders
        more.
        """
        v, hadamard = self._own_spider(v, hadamard)
        self.inputs.append(v)
        self.input_h.append(hadamard)
        self.boundary |= 1 << v

    def attach_output(self, v: int, hadamard: bool) -> None:
        """Make a spider the next output, as :meth:`attach_input`."""
        v, hadamard = self._own_spider(v, hadamard)
        self.outputs.append(v)
        self.output_h.append(hadamard)
        self.boundary |= 1 << v

    def _own_spider(self, v: int, hadamard: bool) -> tuple[int, bool]:
        if not self.boundary >> v & 1:
            return v, hadamard
        w = self.add_spider()
        self.hadamard(v, w)
        return w, not hadamard

    def discard(self, v: int) -> None:
        """Forget a spider that no row mentions any more."""
        here = 1 << v
        self.rows[v] = 0
        self.alive ^= here
        self.low &= ~here
        self.high &= ~here
        if self.general & here:
            self.general ^= here
            del self.rest[v]
            if self.trace is not None:
                self.trace.settle(v)
        self.free.append(v)

    # Rewriting: each of these is an equation between diagrams, scalar included

    def local_complement(self, v: int) -> int:
        """Remove an interior spider of phase ±π/2 by local complementation; returns its neighbours.

        Σ_x (±i)^x (-1)^(xp) = √2 e^(±iπ/4) (∓i)^p where p is the parity of the neighbours' bits.
        """
        rows = self.rows
        here = 1 << v
        around = (rows[v] | here) ^ here
        mask = around | here
        for u in bits(around):
            rows[u] ^= mask
        scalar = self.scalar
        scalar.sqrt2 += 1
        if self.high & here:
            scalar.eighths -= 1
            self.high ^= around & self.low
        else:
            scalar.eighths += 1
            self.high ^= around & ~self.low
        self.low ^= around
        self.discard(v)
        return around

    def pivot(self, u: int, v: int) -> int:
        """Remove two adjacent interior spiders of phase 0 or π by a pivot; returns the spiders whose rows
        changed.

        With p, q the parities around u and v: Σ (-1)^(ax + by + xy + xp + yq) = 2 (-1)^((a + p)(b + q)).
        """
        rows = self.rows
        at_u, at_v = 1 << u, 1 << v
        both = at_u | at_v
        near_u = (rows[u] | both) ^ both
        near_v = (rows[v] | both) ^ both
        common = near_u & near_v
        only_u, only_v = near_u ^ common, near_v ^ common
        mask = near_v | at_u
        for w in bits(only_u):
            rows[w] ^= mask
        mask = near_u | at_v
        for w in bits(only_v):
            rows[w] ^= mask
        mask = only_u | only_v | both
        for w in bits(common):
            rows[w] ^= mask
        change = common
        a, b = self.high & at_u, self.high & at_v
        if a:
            change ^= near_v
        if b:
            change ^= near_u
        self.high ^= change
        self.scalar.sqrt2 += 2
        if a and b:
            self.scalar.eighths += 4
        self.discard(u)
        self.discard(v)
        return near_u | near_v

    def unfuse_gadget(self, v: int) -> tuple[int, int]:
        """Move the phase of a spider onto a phase gadget hung on it; returns (hub, leaf)."""
        hub, leaf = self.add_spider(), self.add_spider()
        self.move_phase(v, leaf)
        self.toggle(v, hub)
        self.toggle(hub, leaf)
        self.scalar.sqrt2 -= 2
        return hub, leaf

    def unfuse_boundary(self, v: int) -> int:
        """Make a boundary spider an interior one by a new spider on its boundary wire, which is returned."""
        w = self.add_spider()
        self.hadamard(v, w)
        for ends, flags in ((self.inputs, self.input_h), (self.outputs, self.output_h)):
            if v in ends:
                at = ends.index(v)
                ends[at], flags[at] = w, not flags[at]
        self.boundary ^= 1 << v | 1 << w
        return w

    def flip_gadget(self, hub: int, leaf: int) -> None:
        """Take a π off the hub of a gadget: the leaf's phase α becomes -α, times e^(iα)."""
        phase = self.take_phase(leaf)
        self.scalar.rotate(phase)
        self.add_phase(leaf, -phase)
        if self.trace is not None:
            self.trace.flip(leaf)
        self.high ^= 1 << hub

    def absorb_gadget(self, hub: int, leaf: int, into: int | None) -> None:
        """Remove a gadget whose hub has phase 0, its phase added to its one target, to the leaf of a gadget on the
        same targets, or, where it has none, to nothing.

        Σ over hub and leaf of e^(iαl) (-1)^(h(l + p)) = 2 e^(iαp), p the parity of the targets.
        """
        if into is not None:
            self.move_phase(leaf, into)
        for v in bits(self.neighbours(hub) & ~(1 << leaf)):
            self.rows[v] &= ~(1 << hub)
        self.discard(hub)
        self.discard(leaf)
        self.scalar.sqrt2 += 2

    def remove_twins(self, v: int, w: int, opposite: bool) -> None:
        """Remove two interior spiders with equal neighbours, of phases α and α + π (``opposite``), or α and π - α;
        -α if they are adjacent.

        Σ over both is 1 + ab + (a + b)(-1)^p, or 1 - ab + (a + b)(-1)^p with an edge between them, where a = e^(iα),
        b = e^(iβ) and p is the parity of the neighbours: 1 ∓ a² where b = -a, else ∓e^(-iα) (1 ∓ a²) (-1)^p.
        """
        turn = 0 if self.rows[v] >> w & 1 else 1
        gone = 1 << v | 1 << w
        around = self.neighbours(v) & ~gone
        alpha = self.phase(v)
        self.scalar.multiply_spider(2 * alpha + turn)
        if not opposite:
            self.scalar.rotate(turn - alpha)
            self.high ^= around
        for u in bits(around):
            self.rows[u] &= ~gone
        for u in (v, w):
            self.rows[u] &= ~gone
            self.discard(u)

    def remove_isolated(self, v: int) -> None:
        """Move an interior spider without neighbours into the scalar."""
        self.scalar.multiply_spider(self.phase(v))
        self.discard(v)

    def __repr__(self) -> str:
        shape = f"{self.n_spiders} spiders, {self.n_edges} edges, {self.t_count} non-Clifford"
        return f"<ZXGraph {len(self.inputs)}→{len(self.outputs)}: {shape}>"
