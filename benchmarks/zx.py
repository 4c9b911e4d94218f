"""ZX simplification and extraction beside pyzx and quizx, in one run, on random Clifford+T circuits.

quizx needs pyzx < 0.10, so it wants an environment of its own::

    python -m venv .venv-bench && .venv-bench/bin/pip install -e '.[bench]'
    .venv-bench/bin/python -m benchmarks zx

All times are CPU seconds of this process, the least of three runs where one takes under a second. Columns of
a library that is not installed, or that is not run at that size because it would take minutes, are empty.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from catenary.functors.circuits import Circuit, Gate, counts, qasm2
from catenary.rewriting.zx import ZXGraph, extract, full_reduce, interior_clifford_simp, simplify_circuit

SIZES = [(20, 1_000), (50, 1_000), (50, 5_000), (20, 10_000), (100, 10_000), (20, 100_000)]
QUICK = [(10, 300), (20, 1_000)]
PYZX_LARGEST = 1_000  # gates; with 50 qubits its extraction does not finish
QUIZX_LARGEST = 5_000
SIMPLIFY_LARGEST = 10_000


def random_clifford_t(n_qubits: int, n_gates: int, seed: int) -> Circuit:
    """40% CX and CZ, 10% T, the rest H and S, as everywhere in the project's figures."""
    rng = random.Random(seed)
    gates = []
    for _ in range(n_gates):
        kind = rng.random()
        if kind < 0.4:
            gates.append(Gate(rng.choice(("cx", "cx", "cz")), tuple(rng.sample(range(n_qubits), 2))))
        else:
            name = rng.choice(("t", "tdg")) if kind < 0.5 else rng.choice(("h", "h", "s", "sdg"))
            gates.append(Gate(name, (rng.randrange(n_qubits),)))
    return Circuit(n_qubits, gates)


def _timed(prepare: Callable[[], Any], work: Callable[[Any], Any]) -> tuple[float, Any]:
    """CPU seconds of ``work`` on what ``prepare`` makes, and its result."""
    least, result = float("inf"), None
    for _ in range(3):
        given = prepare()
        start = time.process_time()
        result = work(given)
        least = min(least, time.process_time() - start)
        if least > 1:
            break
    return least, result


def _ours(circuit: Circuit) -> dict[str, object]:
    """Times from the gate list: the building of the diagram is part of each reduction."""

    def interior(c: Circuit) -> ZXGraph:
        graph = ZXGraph.from_circuit(c)
        interior_clifford_simp(graph)
        return graph

    def full(c: Circuit) -> ZXGraph:
        graph = ZXGraph.from_circuit(c)
        full_reduce(graph)
        return graph

    row: dict[str, object] = {}
    row["interior s"], _ = _timed(lambda: circuit, interior)
    row["full s"], graph = _timed(lambda: circuit, full)
    row["extract s"], found = _timed(lambda: graph, extract)
    row["t"], row["two-qubit"] = graph.t_count, counts(found.circuit).two_qubit
    if len(circuit) <= SIMPLIFY_LARGEST:
        row["simplify s"], simple = _timed(lambda: circuit, simplify_circuit)
        row["simplify two-qubit"] = counts(simple).two_qubit
    return row


def _pyzx(text: str) -> dict[str, object]:
    try:
        import pyzx
    except ImportError:
        return {}
    circuit = pyzx.Circuit.from_qasm(text)
    row: dict[str, object] = {}
    row["pyzx interior s"], _ = _timed(circuit.to_graph, pyzx.simplify.interior_clifford_simp)

    def full(graph: Any) -> Any:
        pyzx.full_reduce(graph)
        return graph

    row["pyzx full s"], graph = _timed(circuit.to_graph, full)
    row["pyzx t"] = pyzx.tcount(graph)
    if circuit.qubits <= 20:
        row["pyzx extract s"], found = _timed(graph.copy, pyzx.extract_circuit)
        row["pyzx two-qubit"] = found.to_basic_gates().twoqubitcount()
    return row


def _quizx(text: str) -> dict[str, object]:
    try:
        import quizx
    except ImportError:
        return {}

    def interior(graph: Any) -> Any:
        quizx.interior_clifford_simp(graph)
        return graph

    def full(graph: Any) -> Any:
        quizx.full_simp(graph)
        return graph

    row: dict[str, object] = {}
    row["quizx interior s"], _ = _timed(lambda: quizx.qasm(text), interior)
    row["quizx full s"], _ = _timed(lambda: quizx.qasm(text), full)
    # extract_circuit uses its argument up, and the copy of a graph cannot be extracted
    row["quizx extract s"], found = _timed(lambda: full(quizx.qasm(text)), quizx.extract_circuit)
    row["quizx two-qubit"] = found.to_basic_gates().twoqubitcount()
    return row


def run(quick: bool = False) -> list[dict[str, object]]:
    """One row for each size: times, T-counts, two-qubit counts, and the ratios of their CPU time to ours."""
    rows = []
    for n_qubits, n_gates in QUICK if quick else SIZES:
        circuit = random_clifford_t(n_qubits, n_gates, seed=1)
        text = qasm2.dumps(circuit)
        row: dict[str, object] = {"qubits": n_qubits, "gates": n_gates}
        row["input two-qubit"] = counts(circuit).two_qubit
        row |= _ours(circuit)
        if n_gates <= PYZX_LARGEST:
            row |= _pyzx(text)
        if n_gates <= QUIZX_LARGEST:
            row |= _quizx(text)
        for library in ("pyzx", "quizx"):
            for step in ("interior", "full", "extract"):
                theirs, ours = row.get(f"{library} {step} s"), row[f"{step} s"]
                if isinstance(theirs, float) and isinstance(ours, float):
                    row[f"{library}/ours {step}"] = theirs / ours
        rows.append(row)
    return rows
