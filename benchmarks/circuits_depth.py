"""Depth by the optimiser beside pyzx, pytket and Qiskit, in one run, on the circuits of ``benchmarks circuits``.

Depth is the longest chain of gates over one set (x y z h s sdg t tdg rz cx cz swap) that share a qubit, one step each,
for every library's result. Ours has three million moves, as a budget of ten seconds allows, and one seed.
"""

from __future__ import annotations

import itertools
import time
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._log import Log
from benchmarks.circuits import LARGEST, OTHERS, adder, cases
from benchmarks.circuits_many import mean
from benchmarks.verify import by_others
from catenary.functors.circuits import Circuit, counts, qasm2, to_basic
from catenary.rewriting.circuits import optimize

MOVES, QUICK_MOVES = 3_000_000, 300_000
LIMIT = 300.0
"""Seconds by the clock; the CPU seconds are what is shown."""


def measured(circuit: Circuit, moves: int) -> dict[str, Any]:
    """Depth and two-qubit gates of one circuit: given, by ours, and by each other."""
    basic = to_basic(circuit)
    given = counts(basic)
    start = time.process_time()
    ours = optimize(circuit, cost="depth", budget=LIMIT, moves=moves)
    row: dict[str, Any] = {"qubits": given.qubits, "depth": given.depth, "ours": ours.after.depth}
    row |= {"s": time.process_time() - start, "verified": ours.verified}
    row["by QCEC"] = by_others(circuit, ours.circuit)
    row |= {"two-qubit": given.two_qubit, "ours two-qubit": ours.after.two_qubit}
    text = qasm2.dumps(basic)
    for library, work in OTHERS.items() if given.gates <= LARGEST else ():
        try:
            row[library] = counts(to_basic(work(text))).depth
        except Exception as error:  # the others' figures are wanted all the same
            row[f"{library} not run"] = type(error).__name__
    return row


def run(
    quick: bool = False, part: tuple[int, int] = (1, 1), log: Path | None = None
) -> list[dict[str, object]]:
    """One row for each circuit, and geometric means of the depths over the inputs'.

    Args:
        part: k of n: every n-th circuit from the k-th on.
        log: file of one JSON line for each circuit; what it holds already is not run again.
    """
    done = Log(log, "circuit")
    optimize(adder(1), budget=1.0)  # what is compiled at first use is not timed
    rows: list[dict[str, Any]] = []
    for name, circuit in itertools.islice(cases(quick), part[0] - 1, None, part[1]):
        rows.append(done.row(name, partial(measured, circuit, QUICK_MOVES if quick else MOVES)))
    return [*rows, means(rows)]


def means(rows: list[dict[str, Any]]) -> dict[str, object]:
    """Geometric means over the inputs, and on how many circuits ours is at most the best other."""
    both = [row for row in rows if any(name in row for name in OTHERS)]
    best = [min(row[name] for name in OTHERS if name in row) for row in both]
    return {
        "circuits": len(rows),
        "ours/input": mean([row["ours"] / row["depth"] for row in rows]),
        "best other/input": mean([least / row["depth"] for row, least in zip(both, best, strict=True)]),
        "at most the best other": sum(row["ours"] <= least for row, least in zip(both, best, strict=True)),
        **{f"{n}/input": mean([row[n] / row["depth"] for row in rows if n in row]) for n in OTHERS},
    }
