"""The Pauli rotations of a ZX diagram: what its flow says without extracting a circuit.

With its non-Clifford phases taken off, a diagram is a Clifford map C. A phase α on a spider v is a rotation
about Z there, and where a product of the stabilisers K_u = X_u Z_N(u) is Z on v, X or nothing on the other
spiders that have phases, and P on the outputs, it acts as a rotation about P after C, and before those of the
spiders that got an X. The sets of such products are the columns of the inverse of a biadjacency matrix over
GF(2): the focused Pauli flow (Simmons, *Relating measurement patterns to circuits via Pauli flow*, arXiv
2109.05654; Mitosek and Backens, *An algebraic interpretation of Pauli flow*, arXiv 2410.23439).
"""

from __future__ import annotations

from dataclasses import dataclass

from catenary.diagrams import Phase
from catenary.functors.bitsets import bits, lowest
from catenary.functors.circuits.pauli import Pauli, hermitian
from catenary.rewriting.limits import check_deadline
from catenary.rewriting.zx.graph import ZXGraph


@dataclass(frozen=True)
class PauliForm:
    """A unitary diagram as Pauli rotations after a Clifford map: (ends) · R_k … R_1 · C, up to a scalar.

    Attributes:
        rotations: pairs (string, half turns α of exp(-iπα/2·P)), the one that acts last first.
        spiders: the spider of each rotation.
        z_images, x_images: the strings C Z_i C† and C X_i C† for each input.
        ends: for each output the quarter turns about Z, and whether there is a Hadamard, that come last.
    """

    rotations: tuple[tuple[Pauli, Phase], ...]
    spiders: tuple[int, ...]
    z_images: tuple[Pauli, ...]
    x_images: tuple[Pauli, ...]
    ends: tuple[tuple[int, bool], ...]

    @property
    def n_qubits(self) -> int:
        """Number of qubits."""
        return len(self.ends)


def pauli_form(graph: ZXGraph, *, deadline: float | None = None) -> PauliForm | None:
    """The Pauli rotations of a diagram, or ``None`` if it has no Pauli flow with as many inputs as outputs.

    Args:
        graph: its interior Clifford spiders have phase 0 or π, as
            :func:`~catenary.rewriting.zx.simplify.interior_clifford_simp` leaves them; not changed.
        deadline: a :func:`time.monotonic` time to stop at.

    Raises:
        LimitReached: at the deadline.

    >>> from catenary.functors.circuits.circuit import Circuit, Gate
    >>> g = ZXGraph.from_circuit(Circuit(2, [Gate("cx", (0, 1)), Gate("t", (1,)), Gate("cx", (0, 1))]))
    >>> form = pauli_form(g)
    >>> [(str(pauli), str(phase)) for pauli, phase in form.rotations]
    [('+XX', '1/4')]
    """
    inner = graph.interior & ~graph.general
    if len(graph.inputs) != len(graph.outputs) or inner & graph.low:
        return None
    reader = _Reader.of(graph, deadline)
    if reader is None:
        return None
    order = _later_first(graph, reader.sets)
    if order is None:
        return None
    rotations = tuple([(reader.rotation(v), graph.phase(v)) for v in order])
    z_images, x_images = [], []
    for v, hadamard in zip(graph.inputs, graph.input_h, strict=True):
        z_image, x_image = reader.images(v)
        z_images.append(x_image if hadamard else z_image)
        x_images.append(z_image if hadamard else x_image)
    ends = tuple(
        [
            (0 if graph.general >> v & 1 else graph.quarter(v), hadamard)
            for v, hadamard in zip(graph.outputs, graph.output_h, strict=True)
        ]
    )
    return PauliForm(rotations, tuple(order), tuple(z_images), tuple(x_images), ends)


def _later_first(graph: ZXGraph, sets: dict[int, int]) -> list[int] | None:
    """The spiders with a rest, each after those that its rotation flips; ``None`` if they go in circles."""
    done = opened = 0
    order: list[int] = []
    for start in graph.rest:
        stack = [start]
        while stack:
            v = stack[-1]
            if done >> v & 1:
                stack.pop()
                continue
            opened |= 1 << v
            # On an output the rotation is about Z there, and flips nothing.
            ahead = sets.get(v, 0) & graph.general & ~done
            if not ahead:
                done |= 1 << v
                order.append(v)
                stack.pop()
            elif ahead & opened:
                return None
            else:
                stack.append(lowest(ahead))
    return order


@dataclass(frozen=True)
class _Reader:
    """The products of stabilisers of a diagram, and what they leave on the outputs.

    Attributes:
        sets: for each spider v but the outputs the set p without inputs whose odd neighbourhood, but for
            outputs, is {v}.
        odd: for the same spiders the odd neighbourhood of p on the outputs.
    """

    graph: ZXGraph
    outputs: int
    line: dict[int, int]
    sets: dict[int, int]
    odd: dict[int, int]

    @classmethod
    def of(cls, graph: ZXGraph, deadline: float | None) -> _Reader | None:
        """``None`` where some spider has no such set, or more than one."""
        size = len(graph.rows)
        line = {v: q for q, v in enumerate(graph.outputs)}
        outputs = sum(1 << v for v in line)
        measured = graph.alive & ~outputs
        inputs = graph.boundary ^ outputs
        # One integer holds a row and, above it, the spiders that it is the odd neighbourhood of.
        work = [1 << size + u | graph.neighbours(u) for u in bits(graph.alive & ~inputs)]
        work.sort(key=lambda row: (row & measured).bit_count())
        pivots: list[int] = []
        for k in range(len(work)):
            if not k & 63:
                check_deadline(deadline, "finding the Pauli flow of a diagram")
            row = work[k]
            low = row & measured
            if not low:
                return None
            pivot = low & -low
            pivots.append(lowest(pivot))
            work = [other ^ row if other & pivot else other for other in work]
            work[k] = row
        sets = {v: row >> size for v, row in zip(pivots, work, strict=True)}
        odd = {v: row & outputs for v, row in zip(pivots, work, strict=True)}
        return cls(graph, outputs, line, sets, odd)

    def rotation(self, v: int) -> Pauli:
        """The string that Z on a spider is on the outputs."""
        if v in self.line:
            return hermitian(0, 1 << self.line[v])
        return self._read(self.sets[v], self.odd[v])

    def images(self, v: int) -> tuple[Pauli, Pauli]:
        """The strings that Z and X on the wire of an input spider are on the outputs."""
        graph = self.graph
        around = graph.neighbours(v)
        flip, odd = 1 << v, around & self.outputs
        for u in bits(around & ~self.outputs):
            flip ^= self.sets[u]
            odd ^= self.odd[u]
        z_image, x_image = self.rotation(v), self._read(flip, odd)
        # The spider's Clifford phase is after its wire: S X S† = Y = iXZ.
        quarter = 0 if graph.general >> v & 1 else graph.quarter(v)
        if quarter & 1:
            x_image = Pauli(0, 0, 1) * x_image * z_image
        return z_image, -x_image if quarter & 2 else x_image

    def _read(self, stabilisers: int, odd: int) -> Pauli:
        """The product of K_u over a set p is (-1)^(edges inside p) X_p Z_Odd(p), and XZ = -iY."""
        graph = self.graph
        ends = 0
        for u in bits(stabilisers):
            ends += (graph.rows[u] & stabilisers & ~(1 << u)).bit_count()
        x, z = self._lines(stabilisers & self.outputs), self._lines(odd)
        minus = ends // 2 + (stabilisers & graph.high & graph.interior & ~graph.general).bit_count()
        minus += (x & z).bit_count() // 2
        return hermitian(x, z, 1 - 2 * (minus & 1))

    def _lines(self, spiders: int) -> int:
        return sum(1 << self.line[v] for v in bits(spiders))
