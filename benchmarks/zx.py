"""ZX reduction and extraction beside pyzx and quizx, in one run: CPU time, two-qubit gates, T-counts, growth.

quizx needs pyzx < 0.10, so it wants an environment of its own::

    python -m venv .venv-bench && .venv-bench/bin/pip install -e '.[bench]'
    .venv-bench/bin/python -m benchmarks zx

All times are CPU seconds of this process, the least of three runs where one takes under a second. Columns of
a library that is not installed, or that is not run at that size because it would take minutes, are empty. The first
rows are random Clifford+T circuits, then those of ``../shared/circuits`` where that folder is there, then summaries:
geometric means and the worst of the ratios of two-qubit gates after full reduction and extraction, the T-counts of
many random circuits, and the exponent with which the time grows with the number of gates.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from catenary.functors.circuits import Circuit, Gate, qasm2
from catenary.functors.circuits.decompose import to_basic
from catenary.rewriting.zx import (
    ZXGraph,
    extract,
    full_reduce,
    reduced_graph,
    simplify_circuit,
    teleport_phases,
)
from catenary.rewriting.zx.extract import cost

SIZES = [(5, 200), (10, 300), (20, 300), (20, 1_000), (50, 1_000), (50, 5_000), (20, 10_000), (100, 10_000)]
LONG = [(20, 10_000), (20, 30_000), (20, 100_000)]
QUICK = [(5, 200), (10, 300)]
PYZX_LARGEST = 1_000  # gates; its extraction is left out where there are more qubits than this:
PYZX_WIDEST = 30
QUIZX_LARGEST = 5_000
SIMPLIFY_LARGEST = 5_000
CIRCUITS = Path(__file__).resolve().parents[2] / "shared" / "circuits"
RANDOM_T = 1_000  # circuits for the sum of T-counts


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
    """Times from the gate list: the building of the diagram is part of the reduction."""
    row: dict[str, object] = {}
    row["full s"], graph = _timed(lambda: circuit, reduced_graph)
    row["extract s"], found = _timed(lambda: graph, extract)
    row["t"], row["two-qubit"] = graph.t_count, cost(found.circuit)[0]
    if len(circuit) <= SIMPLIFY_LARGEST:
        teleported = ZXGraph.from_circuit(circuit)
        teleport_phases(teleported)
        row["teleported t"] = teleported.t_count
        row["simplify s"], simple = _timed(lambda: circuit, simplify_circuit)
        row["simplify two-qubit"] = cost(simple)[0]
    return row


def _pyzx(text: str) -> dict[str, object]:
    try:
        import pyzx
    except ImportError:
        return {}
    circuit = pyzx.Circuit.from_qasm(text)
    row: dict[str, object] = {}

    def full(graph: Any) -> Any:
        pyzx.full_reduce(graph)
        return graph

    row["pyzx full s"], graph = _timed(circuit.to_graph, full)
    row["pyzx t"] = pyzx.tcount(graph)
    if circuit.qubits <= PYZX_WIDEST:
        row["pyzx extract s"], found = _timed(graph.copy, pyzx.extract_circuit)
        row["pyzx two-qubit"] = found.to_basic_gates().twoqubitcount()
    return row


def _quizx(text: str) -> dict[str, object]:
    try:
        import quizx
    except ImportError:
        return {}

    def full(graph: Any) -> Any:
        quizx.full_simp(graph)
        return graph

    row: dict[str, object] = {}
    row["quizx full s"], _ = _timed(lambda: quizx.qasm(text), full)
    # extract_circuit uses its argument up, and the copy of a graph cannot be extracted
    row["quizx extract s"], found = _timed(lambda: full(quizx.qasm(text)), quizx.extract_circuit)
    row["quizx two-qubit"] = found.to_basic_gates().twoqubitcount()
    return row


def _beside(name: str, circuit: Circuit) -> dict[str, object]:
    """One row: ours, theirs, and the ratios."""
    basic = to_basic(circuit)
    text = qasm2.dumps(basic)
    row: dict[str, object] = {"case": name, "gates": len(basic), "input two-qubit": cost(basic)[0]}
    row |= _ours(basic)
    if len(basic) <= PYZX_LARGEST:
        row |= _pyzx(text)
    if len(basic) <= QUIZX_LARGEST:
        row |= _quizx(text)
    for library in ("pyzx", "quizx"):
        times = [row.get(f"{who}{step} s") for who in (f"{library} ", "") for step in ("full", "extract")]
        if all(isinstance(seconds, float) for seconds in times):
            a, b, c, d = (float(str(seconds)) for seconds in times)
            row[f"{library}/ours s"] = (a + b) / (c + d)
        theirs, ours = row.get(f"{library} two-qubit"), row["two-qubit"]
        if isinstance(theirs, int) and isinstance(ours, int) and theirs:
            row[f"two-qubit/{library}"] = ours / theirs
    return row


def _t_counts(how_many: int) -> dict[str, object]:
    """The sums of T-counts of random circuits, and on how many pyzx is below."""
    row: dict[str, object] = {"case": f"{how_many} random, 5 to 8 qubits"}
    try:
        import pyzx
    except ImportError:
        pyzx = None
    ours = teleported = theirs = below = 0
    for seed in range(how_many):
        circuit = random_clifford_t(5 + seed % 4, 100, seed=seed)
        graph, other = ZXGraph.from_circuit(circuit), ZXGraph.from_circuit(circuit)
        full_reduce(graph)
        teleport_phases(other)
        ours += graph.t_count
        teleported += other.t_count
        if pyzx is not None:
            peer = pyzx.Circuit.from_qasm(qasm2.dumps(circuit)).to_graph()
            pyzx.full_reduce(peer)
            count = pyzx.tcount(peer)
            theirs += count
            below += count < min(graph.t_count, other.t_count)
    row |= {"t": ours, "teleported t": teleported}
    if pyzx is not None:
        row |= {"pyzx t": theirs, "pyzx below": below}
    return row


def _growth(sizes: list[tuple[int, int]]) -> list[dict[str, object]]:
    """Reduction and extraction of ever longer circuits, and the exponent between neighbours."""
    rows: list[dict[str, object]] = []
    last: tuple[int, float] | None = None
    for n_qubits, n_gates in sizes:
        circuit = random_clifford_t(n_qubits, n_gates, seed=1)
        row: dict[str, object] = {"case": f"{n_qubits} qubits, growth", "gates": n_gates}
        full, graph = _timed(lambda given=circuit: given, reduced_graph)  # type: ignore[misc]
        took, found = _timed(lambda given=graph: given, extract)  # type: ignore[misc]
        row |= {"full s": full, "extract s": took, "t": graph.t_count, "two-qubit": cost(found.circuit)[0]}
        if last is not None:
            row["exponent"] = math.log((full + took) / last[1]) / math.log(n_gates / last[0])
        last = n_gates, full + took
        rows.append(row)
    return rows


def run(quick: bool = False) -> list[dict[str, object]]:
    """One row for each circuit, then the summaries."""
    rows = []
    for n_qubits, n_gates in QUICK if quick else SIZES:
        circuit = random_clifford_t(n_qubits, n_gates, seed=1)
        rows.append(_beside(f"{n_qubits} qubits", circuit))
    files = sorted(CIRCUITS.glob("*.qasm")) if CIRCUITS.is_dir() else []
    rows += [_beside(path.stem, qasm2.load(path)) for path in (files[:2] if quick else files)]
    summary: list[dict[str, object]] = []
    for name, of in (("geometric mean", _mean), ("worst", max)):
        line: dict[str, object] = {"case": name}
        for column in ("two-qubit/pyzx", "two-qubit/quizx"):
            ratios = [float(str(row[column])) for row in rows if column in row]
            if ratios:
                line[column] = of(ratios)
        summary.append(line)
    return [*rows, *summary, _t_counts(20 if quick else RANDOM_T), *_growth(QUICK if quick else LONG)]


def _mean(ratios: list[float]) -> float:
    return math.exp(sum(map(math.log, ratios)) / len(ratios))
