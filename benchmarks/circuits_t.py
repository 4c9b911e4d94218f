"""T gates, without ancillas and with Hadamard gadgets, beside the best published figures for the same circuits.

The files of ``../shared/circuits`` with the figures of ``../shared/reference/circuits.json``, where they are present.
Without ancillas: nine million moves, as a budget of thirty seconds allows, and one seed; beside the least T count of a
reference without ancillas. With gadgets: ancillas and measurements are columns of their own, beside FastTODD
(Vandaele, arXiv 2407.08695). The two are different resource models, and are not to be compared.
"""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._log import Log
from benchmarks.circuits import SHARED
from benchmarks.verify import by_others
from catenary.diagrams import LimitReached
from catenary.functors.circuits import qasm2
from catenary.rewriting.circuits import optimize, with_hadamard_gadgets

MOVES, QUICK_MOVES = 9_000_000, 300_000
LIMIT = 300.0
"""Seconds by the clock; the CPU seconds are what is shown."""
FAST_TODD = "Vandaele FastTODD (Hadamard gadgets, ancillas)"


def references(rows: dict[str, Any]) -> tuple[int | None, int | None]:
    """The least T count without ancillas, and FastTODD's with gadgets."""
    free = [row["t"] for name, row in rows.items() if "gadgets" not in name and row.get("t") is not None]
    return min(free, default=None), rows.get(FAST_TODD, {}).get("t")


def run(
    quick: bool = False, part: tuple[int, int] = (1, 1), log: Path | None = None
) -> list[dict[str, object]]:
    """One row for each circuit.

    Args:
        quick: only the smallest circuits, and fewer moves.
        part: k of n: every n-th circuit from the k-th on.
        log: file of one JSON line for each circuit; what it holds already is not run again.
    """
    source = SHARED.parent / "reference" / "circuits.json"
    known = json.loads(source.read_text())["circuits"] if source.exists() else {}
    done = Log(log, "circuit")
    rows: list[dict[str, object]] = []
    for number, path in enumerate(sorted(SHARED.glob("*.qasm"), key=lambda path: path.stat().st_size)):
        if number % part[1] != part[0] - 1 or (quick and number >= 6):
            continue
        rows.append(done.row(path.stem, partial(measured, path, quick, known.get(path.stem, {}))))
    return rows


def measured(path: Path, quick: bool, known: dict[str, Any]) -> dict[str, Any]:
    """T counts of one file without ancillas and with gadgets."""
    circuit = qasm2.load(path)
    free, fast_todd = references(known)
    start = time.process_time()
    ours = optimize(circuit, cost="t", budget=LIMIT, moves=QUICK_MOVES if quick else MOVES)
    row: dict[str, Any] = {"t": ours.before.t, "ours": ours.after.t, "best known": free}
    row |= {"two-qubit": ours.before.two_qubit, "ours two-qubit": ours.after.two_qubit}
    row |= {"verified": ours.verified, "s": time.process_time() - start}
    row["by QCEC"] = by_others(circuit, ours.circuit)
    start, end = time.process_time(), time.monotonic() + LIMIT
    try:
        found = with_hadamard_gadgets(
            circuit, budget=LIMIT, over=lambda: time.monotonic() > end, deadline=end + LIMIT
        )
    except LimitReached:
        return row | {"gadgets verified": "no result in time"}
    row |= {"with gadgets": found.t, "FastTODD": fast_todd, "ancillas": found.ancillas}
    row |= {"measurements": found.measurements, "gadgets verified": found.verdict.answer}
    row["gadgets s"] = time.process_time() - start
    return row
