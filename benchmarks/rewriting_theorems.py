"""The statements of ``catenary.rewriting.theorems``: what is proved, what is refuted, in what time and how many steps.

One row for each block; ``detail=True`` gives one for each statement. A statement has its own limits (60 seconds). What must
not be provable is tried with both engines, ``prove`` and the event net, under the same limits.
"""

from __future__ import annotations

import time
from typing import Any

from catenary.rewriting import EGraph
from catenary.rewriting.rule import is_symmetric
from catenary.rewriting.theorems import Statement, decide, statements
from catenary.rewriting.theorems.outcome import with_seconds


def run(quick: bool = False, detail: bool = False) -> list[dict[str, Any]]:
    """Decide every statement; with ``quick`` under limits of five seconds each."""
    rows = []
    for statement in statements():
        if quick:
            statement = with_seconds(statement, 5.0)
        rows.append(_row(statement))
    if detail:
        return rows
    blocks: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        blocks.setdefault((row["block"], row["status"]), []).append(row)
    return [_summary(block, status, found) for (block, status), found in blocks.items()]


def _row(statement: Statement) -> dict[str, Any]:
    outcome = decide(statement)
    row: dict[str, Any] = {
        "block": statement.block,
        "status": statement.status,
        "statement": f"{statement.file}/{statement.claim.name}",
        "answer": outcome.answer,
        "cpu": outcome.seconds,
        "steps": len(outcome.proof) if outcome.proof is not None else None,
        "lemmas": len(statement.lemmas),
    }
    if statement.status != "theorem" and statement.rewrites and is_symmetric(statement.signature):
        start = time.process_time()
        net = EGraph(statement.theory)
        found = net.explain(statement.claim.left, statement.claim.right, statement.limits)
        row["net"] = "proved" if found is not None else f"no proof ({net.report.reason})"
        row["events"] = net.report.transitions
        row["net cpu"] = time.process_time() - start
    return row


def _summary(block: str, status: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    wanted = "proved" if status == "theorem" else "not proved"
    good = [
        r for r in found if (r["answer"] == "proved") == (status == "theorem") and r.get("net") != "proved"
    ]
    return {
        "block": block,
        "statements": status,
        "number": len(found),
        wanted: len(good),
        "refuted": sum(r["answer"] == "refuted" for r in found),
        "slowest cpu": max(r["cpu"] for r in found),
        "longest proof": max((r["steps"] or 0 for r in found), default=0),
        "missing": ", ".join(r["statement"] for r in found if r not in good) or None,
    }
