"""CNOT circuits on a coupling map, by Steiner trees.

A CNOT circuit is an invertible matrix over F₂. Row and column of one qubit after another are cleared along trees
in the coupling map that connect the qubits involved; the qubit is then done with (Wu, He, Yang, Shou, Tian,
Zhang & Sun, *Optimization of CNOT circuits on limited-connectivity architecture*, arXiv 1910.14478).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from catenary.diagrams.errors import ArgumentError
from catenary.functors.bitsets import bits, lowest
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.coupling import Coupling

Tree = list[tuple[int, int]]
"""Edges (parent, child), each parent before its children."""


def parity_matrix(n: int, gates: Iterable[Gate]) -> list[int]:
    """The matrix of cx and swap gates: row q is the set of inputs, as bits, whose parity is on line q.

    >>> parity_matrix(2, [Gate("cx", (0, 1))])
    [1, 3]
    """
    rows = [1 << q for q in range(n)]
    for gate in gates:
        a, b = gate.qubits
        if gate.name == "cx":
            rows[b] ^= rows[a]
        elif gate.name == "swap":
            rows[a], rows[b] = rows[b], rows[a]
        else:
            raise ArgumentError("a gate of a CNOT circuit", "cx or swap", gate)
    return rows


def synthesise_cnots(rows: Sequence[int], coupling: Coupling) -> list[Gate]:
    """A circuit of cx gates on edges of the coupling map with the given parity matrix.

    Args:
        rows: an invertible matrix, row q as the bits of an integer.
        coupling: of as many qubits.

    Raises:
        ArgumentError: if the matrix is not invertible, or not of the size of the coupling map.

    >>> found = synthesise_cnots(parity_matrix(3, [Gate("cx", (0, 2))]), Coupling.line(3))
    >>> parity_matrix(3, found), {gate.qubits for gate in found} <= {(0, 1), (1, 0), (1, 2), (2, 1)}
    ([1, 2, 5], True)
    """
    n = coupling.n_qubits
    if len(rows) != n:
        raise ArgumentError("the rows of a parity matrix", f"{n}, as the coupling map has qubits", len(rows))
    work = list(rows)
    steps: list[tuple[int, int]] = []

    def add(control: int, target: int) -> None:
        work[target] ^= work[control]
        steps.append((control, target))

    left = set(range(n))
    for pivot in _order(coupling):
        _clear_column(work, pivot, left, coupling, add)
        _clear_row(work, pivot, left, coupling, add)
        left.discard(pivot)
    # the steps, first to last, undo the matrix; the circuit is their inverse
    return [Gate("cx", step) for step in reversed(steps)]


def _order(coupling: Coupling) -> list[int]:
    """Qubits such that what is left stays connected: the farthest from a middle first."""
    middle = min(range(coupling.n_qubits), key=lambda q: (max(coupling.distances(q)), q))
    distances = coupling.distances(middle)
    return sorted(range(coupling.n_qubits), key=lambda q: (-distances[q], q))


def _tree(root: int, terminals: set[int], allowed: set[int], coupling: Coupling) -> Tree:
    """A tree in the allowed qubits from the root to all terminals: each time the nearest one is joined."""
    inside, edges = {root}, []
    missing = set(terminals) - inside
    while missing:
        came: dict[int, int] = dict.fromkeys(inside, -1)
        todo = deque(sorted(inside))
        end = -1
        while todo and end < 0:
            q = todo.popleft()
            for other in coupling.neighbours[q]:
                if other in allowed and other not in came:
                    came[other] = q
                    if other in missing:
                        end = other
                        break
                    todo.append(other)
        path = []
        while came[end] >= 0:
            path.append((came[end], end))
            end = came[end]
        for parent, child in reversed(path):
            edges.append((parent, child))
            inside.add(child)
            missing.discard(child)
    return edges


def _clear_column(
    work: list[int], pivot: int, left: set[int], coupling: Coupling, add: Callable[[int, int], None]
) -> None:
    bit = 1 << pivot
    ones = {q for q in left if work[q] & bit}
    if not ones:
        raise ArgumentError("a parity matrix", "invertible", work)
    tree = _tree(pivot, ones, left, coupling)
    for parent, child in reversed(tree):
        if work[child] & bit and not work[parent] & bit:
            add(child, parent)
    for parent, child in reversed(tree):
        if work[child] & bit:
            add(parent, child)


def _clear_row(
    work: list[int], pivot: int, left: set[int], coupling: Coupling, add: Callable[[int, int], None]
) -> None:
    wanted = work[pivot] ^ (1 << pivot)
    if not wanted:
        return
    chosen = _combination({q: work[q] for q in left if q != pivot}, wanted)
    if chosen is None:
        raise ArgumentError("a parity matrix", "invertible", work)
    tree = _tree(pivot, chosen, left, coupling)
    for parent, child in tree:  # what is on the way but not wanted is added twice
        if child not in chosen:
            add(child, parent)
    for parent, child in reversed(tree):
        add(child, parent)


def _combination(rows: dict[int, int], wanted: int) -> set[int] | None:
    """Which rows add up to the wanted one."""
    names = list(rows)
    basis: dict[int, tuple[int, int]] = {}  # lowest bit: row, and the given rows that it is the sum of
    for k, name in enumerate(names):
        row, made = _reduced(rows[name], 1 << k, basis)
        if row:
            basis[lowest(row)] = row, made
    rest, made = _reduced(wanted, 0, basis)
    return None if rest else {names[k] for k in bits(made)}


def _reduced(row: int, made: int, basis: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """A row less those of the basis, from its lowest bit on, and which rows went into it."""
    while row and lowest(row) in basis:
        other, parts = basis[lowest(row)]
        row ^= other
        made ^= parts
    return row, made
