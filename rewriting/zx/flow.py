"""Causal flow, gflow and Pauli flow: what makes a measurement pattern, or a ZX diagram, deterministic.

A flow gives each measured vertex v a set c(v) of vertices that are no inputs: the product of the stabilisers K_u
for u in c(v) undoes the unwanted result at v and changes nothing that has been measured before. Causal flow is
found layer by layer from the outputs (Mhalla and Perdrix, *Finding optimal flows efficiently*, arXiv 0709.2670).
Focused gflow and Pauli flow are right inverses C of a matrix of demands M over GF(2) for which a second matrix N
has N·C acyclic (Mitosek and Backens, *An algebraic interpretation of Pauli flow, leading to faster flow-finding
algorithms*, arXiv 2410.23439; gflow in three planes: Backens et al., arXiv 2003.01664; Pauli flow: Browne, Kashefi,
Mhalla and Perdrix, quant-ph/0702212; Simmons, arXiv 2109.05654).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catenary.diagrams import CatenaryError
from catenary.functors.bitsets import bits, lowest
from catenary.rewriting.limits import check_deadline
from catenary.rewriting.zx.opengraph import OpenGraph


class FlowError(CatenaryError, ValueError):
    """A flow that is none of the graph it is for, with the condition that fails; or a graph out of its scope."""


@dataclass(frozen=True)
class Flow:
    """Correction sets and the order of measurement.

    Attributes:
        corrections: for each measured vertex v the set c(v), as a bitset.
        layers: for each vertex when it is measured, counted from the end: outputs are in layer 0, and what is
            measured first has the largest number. Vertices in one layer may be measured in any order.
    """

    corrections: Mapping[int, int]
    layers: Mapping[int, int]

    @property
    def depth(self) -> int:
        """The number of layers of measurements."""
        return max(self.layers.values(), default=0)

    def order(self) -> list[int]:
        """The measured vertices, the first to be measured first."""
        return sorted(self.corrections, key=lambda v: (-self.layers[v], v))


def causal_flow(graph: OpenGraph) -> Flow | None:
    """The causal flow of least depth of an open graph, or ``None`` where there is none; in linear time.

    Each c(v) is one neighbour of v, no other neighbour of which is measured before v or with it.

    Raises:
        FlowError: for labels other than the plane XY, which causal flow is not defined for.

    >>> line = OpenGraph.of([(0, 1), (1, 2)], [0], [2], {0: "XY", 1: "XY"})
    >>> causal_flow(line).corrections
    {1: 4, 0: 2}
    """
    for v, label in graph.labels.items():
        if label != "XY":
            raise FlowError(f"vertex {v} is measured in {label}: causal flow is for the plane XY; use gflow")
    layers = dict.fromkeys(bits(graph.outputs), 0)
    left = graph.vertices & ~graph.outputs
    corrections: dict[int, int] = {}
    correctors = bits(graph.outputs & ~graph.inputs)
    layer = 0
    while correctors:
        layer += 1
        found: dict[int, int] = {}
        for u in correctors:
            ahead = graph.rows[u] & left
            if ahead and not ahead & (ahead - 1):
                found.setdefault(lowest(ahead), u)
        for v, u in found.items():
            corrections[v], layers[v] = 1 << u, layer
            left ^= 1 << v
        # What may correct next: those measured now, and those that have lost a neighbour.
        again = sum(1 << v for v in found)
        for v in found:
            again |= graph.rows[v]
        used = set(found.values())
        correctors = [u for u in bits(again & ~left & ~graph.inputs) if u in layers and u not in used]
        correctors = [u for u in correctors if graph.rows[u] & left]
    return None if left else Flow(corrections, layers)


def gflow(graph: OpenGraph, *, deadline: float | None = None) -> Flow | None:
    """A focused gflow of least depth, or ``None`` where there is none.

    Raises:
        FlowError: for the labels X, Y and Z: those have Pauli flow.
        LimitReached: at the deadline.

    >>> square = OpenGraph.of([(0, 2), (0, 3), (1, 2)], [0, 1], [2, 3], {0: "XY", 1: "XY"})
    >>> causal_flow(square).depth, gflow(square).depth
    (2, 1)
    """
    for v, label in graph.labels.items():
        if len(label) == 1:
            raise FlowError(f"vertex {v} is measured along {label}, not in a plane: use pauli_flow")
    return pauli_flow(graph, deadline=deadline)


def pauli_flow(graph: OpenGraph, *, deadline: float | None = None) -> Flow | None:
    """A focused Pauli flow of least depth, or ``None`` where there is none.

    For n vertices O(n²) operations on bitsets of O(n) bits: O(n³) with a small constant.

    Raises:
        LimitReached: at the deadline.

    >>> path = OpenGraph.of([(0, 1), (1, 2), (0, 2)], [], [2], {0: "X", 1: "XY"})
    >>> flow = pauli_flow(path)
    >>> check_flow(path, flow)
    >>> flow.layers
    {2: 0, 0: 1, 1: 1}
    """
    solutions = _Solutions.of(graph, deadline)
    return None if solutions is None else solutions.layered(deadline)


def check_flow(graph: OpenGraph, flow: Flow, *, causal: bool = False) -> None:
    """Check a Pauli flow (a gflow, where all labels are planes) by the nine conditions that define it.

    Args:
        graph: the open graph.
        flow: any flow, focused or not.
        causal: demand besides that each correction set is one vertex.

    Raises:
        FlowError: naming the first condition that does not hold, and where.
    """
    layers, corrections = flow.layers, flow.corrections
    if set(corrections) != set(graph.labels) or set(layers) != set(range(len(graph.rows))):
        raise FlowError("a flow has a correction set for each measured vertex and a layer for each vertex")
    for v in bits(graph.outputs):
        if any(layers[u] <= layers[v] for u in corrections):
            raise FlowError(f"output {v} is not in the last layer")
    for v, correction in corrections.items():
        if correction & (graph.inputs | ~graph.vertices):
            raise FlowError(f"the correction of {v} has an input in it, or what is no vertex")
        if causal and correction.bit_count() != 1:
            raise FlowError(
                f"the correction of {v} has {correction.bit_count()} vertices: causal flow has one"
            )
        odd = graph.odd(correction)
        for u in bits((correction | odd) & ~(1 << v)):
            label = graph.labels.get(u, "XY")
            if layers[u] >= layers[v]:
                if correction >> u & 1 and label not in ("X", "Y"):
                    raise FlowError(f"P1: the correction of {v} has {u} in it, which is not measured later")
                if odd >> u & 1 and label not in ("Y", "Z"):
                    raise FlowError(
                        f"P2: the correction of {v} is odd around {u}, which is not measured later"
                    )
                if label == "Y" and (correction ^ odd) >> u & 1:
                    raise FlowError(f"P3: the correction of {v} is no I or Y at {u}, measured along Y before")
        here, around = bool(correction >> v & 1), bool(odd >> v & 1)
        wanted = {
            "XY": not here and around,
            "XZ": here and around,
            "YZ": here and not around,
            "X": around,
            "Z": here,
            "Y": here != around,
        }
        label = graph.labels[v]
        if not wanted[label]:
            number = {"XY": 4, "XZ": 5, "YZ": 6, "X": 7, "Z": 8, "Y": 9}[label]
            raise FlowError(f"P{number}: the correction of {v} does not undo a result in {label}")


@dataclass
class _Solutions:
    """All C with M·C = 1, and what N makes of them: C = C₀ + F·P for any P.

    Attributes:
        graph: the open graph.
        particular: for each measured vertex v the column of C₀, a bitset of vertices.
        kernel: the columns of F.
    """

    graph: OpenGraph
    particular: dict[int, int]
    kernel: list[int]

    @classmethod
    def of(cls, graph: OpenGraph, deadline: float | None) -> _Solutions | None:
        """``None`` where M has no right inverse."""
        # Row u says which measured vertices' demands (the columns) the stabiliser K_u meets; above, u itself.
        size = len(graph.rows)
        by_neighbours = by_itself = 0
        for v, label in graph.labels.items():
            if label in ("XY", "X", "Y"):
                by_neighbours |= 1 << v
            if label in ("XZ", "YZ", "Z", "Y"):
                by_itself |= 1 << v
        work = [
            1 << size + u | graph.rows[u] & by_neighbours ^ (1 << u & by_itself)
            for u in bits(graph.vertices & ~graph.inputs)
        ]
        everything = (1 << size) - 1
        work.sort(key=lambda row: (row & everything).bit_count(), reverse=True)
        done: list[int] = []
        pivots: list[int] = []
        kernel: list[int] = []
        while work:
            check_deadline(deadline, "finding a flow")
            row = work.pop()
            low = row & everything
            if not low:
                kernel.append(row >> size)
                continue
            pivot = low & -low
            work = [other ^ row if other & pivot else other for other in work]
            done = [other ^ row if other & pivot else other for other in done]
            done.append(row)
            pivots.append(lowest(pivot))
        if len(done) < len(graph.labels):
            return None
        return cls(graph, {v: row >> size for v, row in zip(pivots, done, strict=True)}, kernel)

    def demands(self, column: int) -> int:
        """N times a column: the vertices that must be measured after what it corrects."""
        graph, odd = self.graph, self.graph.odd(column)
        total = 0
        for v in bits((column | odd) & ~graph.outputs):
            here, around = column >> v & 1, odd >> v & 1
            label = graph.labels[v]
            if (label == "XY" and here) or (label == "YZ" and around) or (label == "XZ" and here != around):
                total |= 1 << v
        return total

    def layered(self, deadline: float | None) -> Flow | None:
        """Layer by layer from the outputs: each time all that can be corrected by what is not left."""
        graph, measured = self.graph, bits(self.graph.vertices & ~self.graph.outputs)
        rows = _Rows.of(
            [self.demands(column) for column in self.kernel],
            [self.demands(self.particular[v]) for v in measured],
            len(graph.rows),
        )
        layers = dict.fromkeys(bits(graph.outputs), 0)
        corrections: dict[int, int] = {}
        left = (1 << len(measured)) - 1
        layer = 0
        while left:
            check_deadline(deadline, "finding a flow")
            ready = left & ~rows.inconsistent()
            if not ready:
                return None
            layer += 1
            for i, choice in rows.solve(ready).items():
                column = self.particular[measured[i]]
                for k in bits(choice):
                    column ^= self.kernel[k]
                corrections[measured[i]], layers[measured[i]] = column, layer
            for i in bits(ready):
                rows.remove(measured[i])
            left &= ~ready
        return Flow(corrections, layers)


class _Rows:
    """Equations row·p = right side, for many right sides at once, from which rows are taken away.

    Rows of a basis are kept as they were; each other row with the combination of basis rows that it is, its right
    side added up with theirs: where that is odd the equation has no solution.
    """

    def __init__(self) -> None:
        self.basis: dict[int, tuple[int, int]] = {}  # vertex: (left side, right sides)
        self.rest: dict[int, tuple[int, int]] = {}  # vertex: (basis vertices, sum of the right sides)

    @classmethod
    def of(cls, left: list[int], right: list[int], size: int) -> _Rows:
        """From columns: the bit v of ``left[k]`` is the coefficient of p_k in the equation of vertex v."""
        self = cls()
        lefts, rights = _transposed(left, size), _transposed(right, size)
        reduced: list[tuple[int, int]] = []  # (left side, basis vertices)
        for v in range(size):
            row, used = lefts[v], 0
            for other, combination in reduced:
                if row & other & -other:
                    row ^= other
                    used ^= combination
            if row:
                reduced.append((row, used | 1 << v))
                self.basis[v] = (lefts[v], rights[v])
            else:
                total = rights[v]
                for w in bits(used):
                    total ^= self.basis[w][1]
                self.rest[v] = (used, total)
        return self

    def inconsistent(self) -> int:
        """The right sides that no p satisfies."""
        total = 0
        for _, odd in self.rest.values():
            total |= odd
        return total

    def solve(self, wanted: int) -> dict[int, int]:
        """For each of some consistent right sides a p."""
        echelon: list[tuple[int, int]] = []
        for row, right in self.basis.values():
            for other, other_right in echelon:
                if row & other & -other:
                    row ^= other
                    right ^= other_right
            low = row & -row
            echelon = [(o ^ row, r ^ right) if o & low else (o, r) for o, r in echelon]
            echelon.append((row, right))
        found = dict.fromkeys(bits(wanted), 0)
        for row, right in echelon:
            for i in bits(right & wanted):
                found[i] |= row & -row
        return found

    def remove(self, v: int) -> None:
        """Take an equation away; if it was in the basis, one that it is part of takes its place."""
        if v in self.rest:
            del self.rest[v]
            return
        removed = self.basis.pop(v)
        here = 1 << v
        heir = next((w for w, (used, _) in self.rest.items() if used & here), None)
        if heir is None:
            return
        combination, total = self.rest.pop(heir)
        left, right = removed[0], total
        for w in bits(combination & ~here):
            left ^= self.basis[w][0]
            right ^= self.basis[w][1]
        # The heir's own row: what is left of the sum when the basis rows in it are taken off.
        self.basis[heir] = (left, right ^ removed[1])
        exchange = combination | 1 << heir
        for w, (used, odd) in self.rest.items():
            if used & here:
                self.rest[w] = (used ^ exchange, odd ^ total)


def _transposed(columns: list[int], size: int) -> list[int]:
    rows = [0] * size
    for k, column in enumerate(columns):
        here = 1 << k
        for v in bits(column):
            rows[v] |= here
    return rows
