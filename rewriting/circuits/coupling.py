"""Coupling maps: which pairs of a device's qubits a two-qubit gate may act on."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from catenary.diagrams.errors import ArgumentError, InputError, expect_count, expect_iterable
from catenary.diagrams.textfile import read_text
from catenary.functors.circuits.circuit import Circuit

_MAX_QUBITS = 10_000

Near: TypeAlias = "tuple[int, ...] | None"
"""For each qubit, as a mask, those that it may interact with; ``None`` for all."""


def among(near: Near, qubits: Sequence[int]) -> Near:
    """The same for some of the qubits, which become 0, 1, ….

    >>> among((0b010, 0b101, 0b010), [1, 2])
    (2, 1)
    """
    if near is None:
        return None
    return tuple(sum(1 << k for k, other in enumerate(qubits) if near[q] >> other & 1) for q in qubits)


def fits(circuit: Circuit, near: Near) -> bool:
    """Whether the gates on two qubits are on neighbours."""
    return near is None or all(
        len(gate.qubits) < 2 or near[gate.qubits[0]] >> gate.qubits[1] & 1 for gate in circuit.gates
    )


@dataclass(frozen=True, init=False)
class Coupling:
    """A connected graph of qubits 0 … n - 1; gates act on its edges, in both directions.

    Args:
        edges: pairs of qubits; a pair both ways is one edge.
        n_qubits: number of qubits; one more than the largest in an edge unless given.

    Raises:
        ArgumentError: for an edge that is no pair of two qubits, or a graph in several parts.

    >>> Coupling([(0, 1), (1, 2)]).distance(0, 2)
    2
    """

    n_qubits: int
    edges: frozenset[tuple[int, int]]
    neighbours: tuple[tuple[int, ...], ...] = field(repr=False, compare=False)

    def __init__(self, edges: Iterable[Iterable[int]], n_qubits: int | None = None):
        found: set[tuple[int, int]] = set()
        for edge in expect_iterable(edges, "a coupling map", "a list of pairs of qubits"):
            pair = tuple(expect_iterable(edge, "an edge of a coupling map", "a pair of qubits"))
            if len(pair) != 2 or any(type(q) is not int or q < 0 for q in pair) or pair[0] == pair[1]:
                raise ArgumentError("an edge of a coupling map", "a pair of different qubits", edge)
            found.add((min(pair), max(pair)))
        size = max((b for _, b in found), default=-1) + 1
        if n_qubits is not None:
            if expect_count(n_qubits, "the qubits of a coupling map") < size:
                raise ArgumentError("the qubits of a coupling map", f"at least {size}", n_qubits)
            size = n_qubits
        size = max(size, 1)
        if size > _MAX_QUBITS:
            raise ArgumentError("the qubits of a coupling map", f"at most {_MAX_QUBITS}", size)
        around: list[list[int]] = [[] for _ in range(size)]
        for a, b in sorted(found):
            around[a].append(b)
            around[b].append(a)
        object.__setattr__(self, "n_qubits", size)
        object.__setattr__(self, "edges", frozenset(found))
        object.__setattr__(self, "neighbours", tuple(map(tuple, around)))
        apart = [q for q, d in enumerate(self.distances(0)) if d < 0]
        if apart:
            raise ArgumentError("a coupling map", f"connected (0 and {apart[0]} are not)", sorted(found)[:8])

    @classmethod
    def line(cls, n: int) -> Coupling:
        """Qubits in a row.

        >>> sorted(Coupling.line(3).edges)
        [(0, 1), (1, 2)]
        """
        return cls([(q, q + 1) for q in range(n - 1)], n)

    @classmethod
    def ring(cls, n: int) -> Coupling:
        """Qubits in a circle."""
        return cls([(q, (q + 1) % n) for q in range(n) if n > 1], n)

    @classmethod
    def grid(cls, rows: int, columns: int) -> Coupling:
        """Qubits in rows and columns, row by row."""
        edges = [(r * columns + c, r * columns + c + 1) for r in range(rows) for c in range(columns - 1)]
        edges += [(r * columns + c, (r + 1) * columns + c) for r in range(rows - 1) for c in range(columns)]
        return cls(edges, rows * columns)

    @classmethod
    def full(cls, n: int) -> Coupling:
        """Every pair."""
        return cls([(a, b) for b in range(n) for a in range(b)], n)

    @classmethod
    def named(cls, text: str) -> Coupling:
        """``line:5``, ``ring:6``, ``grid:2x3``, ``full:4``, edges ``0-1,1-2``, or the name of a JSON file of pairs.

        Raises:
            InputError: for anything else, or a file that holds anything else.

        >>> Coupling.named("grid:2x2").n_qubits
        4
        """
        kind, _, size = text.partition(":")
        numbers = size.split("x")
        makers: dict[str, Any] = {"line": cls.line, "ring": cls.ring, "grid": cls.grid, "full": cls.full}
        if kind in makers and all(n.isascii() and n.isdigit() and len(n) < 6 and int(n) for n in numbers):
            if len(numbers) != 1 + (kind == "grid"):
                raise InputError(
                    f"{kind} has {1 + (kind == 'grid')} sizes, not {size}", source="coupling map"
                )
            if kind != "full" or int(size) <= 1000:
                return makers[kind](*map(int, numbers))  # type: ignore[no-any-return]
        if text and all(c in "0123456789-, " for c in text):
            pairs: Any = [edge.split("-") for edge in text.split(",")]
            source = "coupling map"
        elif Path(text).suffix.lower() == ".json":
            content, source = read_text(text, "a coupling map", max_bytes=1 << 24)
            try:
                pairs = json.loads(content)
            except (ValueError, RecursionError):
                raise InputError("expected a JSON list of pairs of qubits", source=source) from None
        else:
            raise InputError(
                f"{text[:60]!r} is not a coupling map: expected line:N, ring:N, grid:RxC, full:N, edges such as 0-1,1-2, "
                "or a .json file",
                source="coupling map",
            )
        try:
            return cls([[int(q) for q in pair] for pair in pairs])
        except (TypeError, ValueError) as error:
            reason = str(error) if isinstance(error, ArgumentError) else "expected pairs of qubits"
            raise InputError(reason, source=source) from None

    @classmethod
    def of(cls, thing: Any) -> Coupling:
        """A coupling map of ours, Qiskit's or pytket's, or edges.

        Raises:
            ArgumentError: for anything else.
        """
        if isinstance(thing, Coupling):
            return thing
        if isinstance(thing, str):
            return cls.named(thing)
        if hasattr(thing, "get_edges"):  # qiskit.transpiler.CouplingMap
            return cls(thing.get_edges(), thing.size())
        if hasattr(thing, "coupling") and hasattr(thing, "nodes"):  # pytket.architecture.Architecture
            place = {node: k for k, node in enumerate(thing.nodes)}
            return cls([(place[a], place[b]) for a, b in thing.coupling], len(place))
        return cls(thing)

    def among(self, qubits: Sequence[int]) -> Coupling | None:
        """The edges between some qubits, which become 0, 1, …; ``None`` if they do not connect them all.

        >>> Coupling.ring(4).among([3, 0]).edges, Coupling.line(3).among([0, 2])
        (frozenset({(0, 1)}), None)
        """
        number = {q: k for k, q in enumerate(qubits)}
        edges = [(number[a], number[b]) for a, b in self.edges if a in number and b in number]
        try:
            return Coupling(edges, len(qubits))
        except ArgumentError:
            return None

    def masks(self, qubits: Sequence[int]) -> tuple[int, ...]:
        """For each of some qubits, which become 0, 1, …, its neighbours among them as a mask.

        >>> Coupling.line(3).masks([2, 1])
        (2, 1)
        """
        number = {q: k for k, q in enumerate(qubits)}
        return tuple(sum(1 << number[p] for p in self.neighbours[q] if p in number) for q in qubits)

    def distances(self, source: int) -> list[int]:
        """Number of edges from one qubit to each; -1 where there is no way."""
        found = [-1] * self.n_qubits
        found[source] = 0
        todo = deque([source])
        while todo:
            q = todo.popleft()
            for other in self.neighbours[q]:
                if found[other] < 0:
                    found[other] = found[q] + 1
                    todo.append(other)
        return found

    def distance(self, a: int, b: int) -> int:
        """Number of edges between two qubits."""
        return self.distances(a)[b]

    def allows(self, a: int, b: int) -> bool:
        """Whether a gate may act on the two.

        >>> Coupling.ring(4).allows(3, 0)
        True
        """
        return (min(a, b), max(a, b)) in self.edges
