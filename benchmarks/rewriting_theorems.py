"""The statements of ``catenary.rewriting.theorems``: what is proved, what is refuted, in what time and how many steps.

One row for each block; ``detail=True`` gives one for each statement. A statement has its own limits (60 seconds on two processors;
"cpu" is that of both). What must
not be provable is tried with both engines, ``prove`` and the event net, under the same limits.
"""

from __future__ import annotations

import time
from typing import Any

from catenary.rewriting import EGraph, Limits, check, search
from catenary.rewriting.rule import is_symmetric
from catenary.rewriting.theorems import Statement, statements
from catenary.rewriting.theorems.families import connected_frobenius, special_frobenius
from catenary.rewriting.theorems.outcome import decide_by_cpu, with_seconds


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
    return [*(_summary(block, status, found) for (block, status), found in blocks.items()), families(quick)]


def _row(statement: Statement) -> dict[str, Any]:
    outcome = decide_by_cpu(statement, workers=2)
    row: dict[str, Any] = {
        "block": statement.block,
        "status": statement.status,
        "statement": f"{statement.file}/{statement.claim.name}",
        "answer": outcome.answer,
        "cpu": outcome.seconds,
        "wall": outcome.wall,
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


def families(quick: bool = False) -> dict[str, Any]:
    """Connected diagrams of six generators of a special commutative Frobenius algebra: all equal to their normal forms."""
    theory, lemmas = special_frobenius()
    allowed = theory.extend("allowed", lemmas)
    start, proved, longest, slowest = time.process_time(), 0, 0, 0.0
    count = 100 if quick else 1000
    for claim in connected_frobenius(6, count):
        one = time.process_time()
        report = search(claim, allowed, Limits(seconds=60.0), cap=max(6, len(claim.right)))
        slowest = max(slowest, time.process_time() - one)
        if report.proof is not None:
            check(report.proof, allowed)
            proved, longest = proved + 1, max(longest, len(report.proof))
    return {
        "block": "B",
        "statements": "Frobenius normal forms",
        "number": count,
        "proved": proved,
        "slowest cpu": slowest,
        "longest proof": longest,
        "cpu in all": time.process_time() - start,
    }


def _summary(block: str, status: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    wanted = "proved" if status == "theorem" else "not proved"
    good = [
        r for r in found if (r["answer"] == "proved") == (wanted == "proved") and r.get("net") != "proved"
    ]
    return {
        "block": block,
        "statements": status,
        "number": len(found),
        wanted: len(good),
        "refuted": sum(r["answer"] == "refuted" for r in found),
        "slowest cpu": max(r["cpu"] for r in found),
        "slowest wall": max(r["wall"] for r in found),
        "longest proof": max((r["steps"] or 0 for r in found), default=0),
        "missing": ", ".join(r["statement"] for r in found if r not in good) or None,
    }
