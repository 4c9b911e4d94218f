"""Rewriting: matching, theorems, the e-graph and its uses, each in a module of its own that can be run alone
(``python -m benchmarks rewriting_matching``).
"""

from __future__ import annotations

import importlib
import importlib.util

SECTIONS = ("rewriting_matching", "rewriting_theorems", "rewriting_egraph", "rewriting_pipelines")


def run(quick: bool = False) -> list[dict[str, object]]:
    """The rows of every section, with the section's name."""
    rows: list[dict[str, object]] = []
    for section in SECTIONS:
        if importlib.util.find_spec(f"benchmarks.{section}") is not None:
            module = importlib.import_module(f"benchmarks.{section}")
            rows += [
                {"section": section.removeprefix("rewriting_"), **row} for row in module.run(quick=quick)
            ]
    return rows
