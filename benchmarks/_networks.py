"""The networks of the tensor benchmark, made by seeded code: the same in every run and for every library."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from benchmarks.zx import random_clifford_t
from catenary.functors.circuits import Circuit, Gate
from catenary.functors.tensor import TensorNetwork
from catenary.functors.tensor.circuits import circuit_network


def matrix_product(sites: int = 100, bond: int = 32) -> TensorNetwork:
    """⟨a|b⟩ of two random matrix-product states of ``sites`` two-level sites."""
    rng = np.random.default_rng(1)
    indices, arrays = [], []
    for row in (0, 1):
        for k in range(sites):
            legs = [k]
            if k:
                legs.append(sites + 2 * k + row)
            if k < sites - 1:
                legs.append(sites + 2 * (k + 1) + row)
            shape = [2] + [bond] * (len(legs) - 1)
            indices.append(tuple(legs))
            arrays.append(rng.normal(size=shape) / np.sqrt(bond))
    return _numbered(indices, arrays)


def lattice(side: int = 8, bond: int = 4) -> TensorNetwork:
    """A closed square lattice of random tensors."""
    rng = np.random.default_rng(2)
    bonds: dict[frozenset[tuple[int, int]], int] = {}
    indices, arrays = [], []
    for x in range(side):
        for y in range(side):
            legs = []
            for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                if 0 <= x + dx < side and 0 <= y + dy < side:
                    legs.append(bonds.setdefault(frozenset([(x, y), (x + dx, y + dy)]), len(bonds)))
            indices.append(tuple(legs))
            arrays.append(rng.normal(size=(bond,) * len(legs)) / bond)
    return _numbered(indices, arrays)


def regular_edges(count: int, degree: int, seed: int) -> list[tuple[int, int]]:
    """The edges of a random simple regular graph: the pairing model, tried until it is simple."""
    rng = random.Random(seed)
    while True:
        stubs = [v for v in range(count) for _ in range(degree)]
        rng.shuffle(stubs)
        edges = {(min(a, b), max(a, b)) for a, b in zip(stubs[::2], stubs[1::2], strict=True) if a != b}
        if len(edges) == count * degree // 2:
            return sorted(edges)


def random_regular(count: int = 100, bond: int = 2) -> TensorNetwork:
    """A random tensor on each vertex of a random 3-regular graph."""
    rng = np.random.default_rng(3)
    legs: list[list[int]] = [[] for _ in range(count)]
    for k, edge in enumerate(regular_edges(count, 3, 3)):
        for v in edge:
            legs[v].append(k)
    return _numbered(legs, [rng.normal(size=(bond,) * 3) for _ in legs])


def qaoa(count: int = 40, layers: int = 3) -> TensorNetwork:
    """⟨ZZ⟩ of one edge after QAOA for the cut of a random 3-regular graph: the light cone, forth and back."""
    edges = regular_edges(count, 3, 4)
    rng = random.Random(4)
    angles = [(rng.random(), rng.random()) for _ in range(layers)]
    a, b = edges[0]
    near, kept = {a, b}, []
    for gamma, beta in reversed(angles):  # from the observable back: what does not touch its cone cancels
        layer = [Gate("rx", (q,), (beta,)) for q in sorted(near)]
        touching = [edge for edge in edges if near.intersection(edge)]
        kept.append([Gate("rzz", edge, (gamma,)) for edge in touching] + layer)
        near = near.union(*touching)
    name = {q: k for k, q in enumerate(sorted(near))}
    gates = [Gate("h", (q,)) for q in range(len(name))]
    for part in reversed(kept):
        gates += [Gate(gate.name, tuple(name[q] for q in gate.qubits), gate.params) for gate in part]
    forth = Circuit(len(name), gates)
    observable = Circuit(len(name), [Gate("z", (name[a],)), Gate("z", (name[b],))])
    whole = Circuit(len(name), [*forth.gates, *observable.gates, *forth.dagger().gates])
    return circuit_network(whole, "0" * len(name), "0" * len(name))


def grid_circuit(rows: int = 5, columns: int = 6, depth: int = 10) -> Circuit:
    """Random one-qubit gates and √iSWAP-like two-qubit gates on a grid, in the four patterns in turn."""
    rng = random.Random(5)
    gates = []
    for layer in range(depth):
        gates += [Gate("u3", (q,), tuple(2 * rng.random() for _ in range(3))) for q in range(rows * columns)]
        down, odd = layer % 2, layer // 2 % 2
        for r in range(rows):
            for c in range(columns):
                r2, c2 = (r + 1, c) if down else (r, c + 1)
                if (r if down else c) % 2 == odd and r2 < rows and c2 < columns:
                    a, b = r * columns + c, r2 * columns + c2
                    angle = rng.random()
                    gates += [Gate("rxx", (a, b), (angle,)), Gate("ryy", (a, b), (angle,))]
    return Circuit(rows * columns, gates)


def grid_amplitude(rows: int = 5, columns: int = 6, depth: int = 10) -> TensorNetwork:
    """One amplitude of :func:`grid_circuit`."""
    count = rows * columns
    return circuit_network(grid_circuit(rows, columns, depth), "0" * count, "01" * (count // 2))


def satisfiability(variables: int = 60, clauses: int = 150, seed: int = 6) -> TensorNetwork:
    """The number of solutions of a random 3-SAT formula: an index for each variable, a tensor for each clause."""
    rng = random.Random(seed)
    indices, arrays = [], []
    for _ in range(clauses):
        indices.append(tuple(rng.sample(range(variables), 3)))
        clause = np.ones((2, 2, 2))
        clause[tuple(rng.randrange(2) for _ in range(3))] = 0
        arrays.append(clause)
    return TensorNetwork(indices, arrays, (), (2,) * variables)


def clifford_t(qubits: int = 30, gates: int = 600) -> Circuit:
    """A random Clifford+T circuit; with the usual share of T gates, about a tenth."""
    return random_clifford_t(qubits, gates, seed=7)


def clifford(qubits: int = 30, gates: int = 1_500) -> Circuit:
    """A random Clifford circuit whose amplitude from zeros to zeros is not zero, for 30 and for 20 qubits."""
    circuit = random_clifford_t(qubits, gates, seed=11 if qubits == 30 else 9)
    return Circuit(qubits, [gate for gate in circuit.gates if gate.name not in ("t", "tdg")])


def _numbered(indices: Sequence[Sequence[int]], arrays: Sequence[np.ndarray]) -> TensorNetwork:
    number: dict[int, int] = {}
    for legs in indices:
        for index in legs:
            number.setdefault(index, len(number))
    return TensorNetwork([[number[i] for i in legs] for legs in indices], arrays, ())
