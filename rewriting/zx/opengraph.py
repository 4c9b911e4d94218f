"""Graph states with inputs, outputs and measurement labels: what flows are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from catenary.diagrams import InputError
from catenary.functors.bitsets import bits
from catenary.rewriting.zx.graph import ZXGraph

Label = Literal["XY", "XZ", "YZ", "X", "Y", "Z"]
LABELS: tuple[Label, ...] = ("XY", "XZ", "YZ", "X", "Y", "Z")


@dataclass(frozen=True)
class OpenGraph:
    """A labelled open graph: vertices 0 … n-1, some of them inputs or outputs, the others but outputs measured.

    A label is the plane of a measurement, or the Pauli operator where its angle is fixed.

    Attributes:
        rows: for each vertex its neighbours, as a bitset.
        inputs, outputs: bitsets.
        labels: one for each vertex that is no output.

    Raises:
        InputError: for rows that are no graph's, vertices that are not there, missing and unknown labels.

    >>> line = OpenGraph.of([(0, 1), (1, 2)], [0], [2], {0: "XY", 1: "XY"})
    >>> line.rows
    (2, 5, 2)
    """

    rows: tuple[int, ...]
    inputs: int
    outputs: int
    labels: Mapping[int, Label]

    def __post_init__(self) -> None:
        everything = (1 << len(self.rows)) - 1
        for v, row in enumerate(self.rows):
            if row & ~everything or row >> v & 1 or any(not self.rows[w] >> v & 1 for w in bits(row)):
                raise InputError(f"the neighbours of vertex {v} are not those of a graph without loops")
        if (self.inputs | self.outputs) & ~everything:
            raise InputError(f"an input or output is not there: the vertices are 0 to {len(self.rows) - 1}")
        measured = set(bits(everything & ~self.outputs))
        if set(self.labels) != measured:
            wrong = min(set(self.labels) ^ measured)
            raise InputError(f"vertex {wrong}: each vertex that is no output, and no other, has a label")
        for v, label in self.labels.items():
            if label not in LABELS:
                raise InputError(f"vertex {v}: {label!r} is none of the labels {', '.join(LABELS)}")
        object.__setattr__(self, "labels", dict(self.labels))

    @classmethod
    def of(
        cls,
        edges: Iterable[tuple[int, int]],
        inputs: Iterable[int],
        outputs: Iterable[int],
        labels: Mapping[int, Label],
    ) -> OpenGraph:
        """From edges and lists of vertices; its vertices are all that are named, up to the largest."""
        edges, inputs, outputs = list(edges), list(inputs), list(outputs)
        size = 1 + max([-1, *(v for edge in edges for v in edge), *inputs, *outputs, *labels])
        rows = [0] * size
        for v, w in edges:
            if v == w or min(v, w) < 0:
                raise InputError(f"({v}, {w}) is no edge between two vertices")
            rows[v] |= 1 << w
            rows[w] |= 1 << v
        return cls(tuple(rows), sum({1 << v for v in inputs}), sum({1 << v for v in outputs}), labels)

    @classmethod
    def from_zx(cls, graph: ZXGraph, *, pauli: bool = True) -> tuple[OpenGraph, tuple[int, ...]]:
        """The open graph of a graph-like diagram, and the spider of each vertex.

        Spiders are measured in the XY plane, or, unless ``pauli`` is false, along X and Y where the phase is a
        multiple of π and an odd multiple of π/2. (The leaf of a phase gadget is such a spider too: its hub, of
        phase 0, is measured along X.) The phase and the Hadamard of an output come after it.

        >>> from catenary.functors.circuits import Circuit, Gate
        >>> g = ZXGraph.from_circuit(Circuit(1, [Gate("t", (0,)), Gate("h", (0,)), Gate("s", (0,))]))
        >>> OpenGraph.from_zx(g)[0].labels
        {0: 'XY'}
        """
        spiders = tuple(bits(graph.alive))
        place = {v: i for i, v in enumerate(spiders)}
        outputs = set(graph.outputs)
        labels: dict[int, Label] = {}
        for v in spiders:
            if v not in outputs:
                fixed: Label = "Y" if graph.low >> v & 1 else "X"
                labels[place[v]] = fixed if pauli and not graph.general >> v & 1 else "XY"
        rows = tuple([sum(1 << place[w] for w in bits(graph.neighbours(v))) for v in spiders])
        inputs = sum(1 << place[v] for v in graph.inputs)
        return cls(rows, inputs, sum(1 << place[v] for v in outputs), labels), spiders

    @property
    def vertices(self) -> int:
        """All vertices, as a bitset."""
        return (1 << len(self.rows)) - 1

    def odd(self, vertices: int) -> int:
        """The vertices with an odd number of neighbours in a set."""
        total = 0
        for v in bits(vertices):
            total ^= self.rows[v]
        return total
