"""Rewriting: matching, theorems, the e-graph and its uses, each in a module of its own that can be run alone
(``python -m benchmarks rewriting_matching``), and here in a process of its own, as they show how much memory they used.
"""

from __future__ import annotations

import importlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

SECTIONS = ("rewriting_matching", "rewriting_theorems", "rewriting_egraph", "rewriting_pipelines")


def run(quick: bool = False) -> list[dict[str, object]]:
    """The rows of every section, with the section's name."""
    rows: list[dict[str, object]] = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for section in SECTIONS:
            found = pool.submit(_section, section, quick).result()
            rows += [{"section": section.removeprefix("rewriting_"), **row} for row in found]
    return rows


def _section(name: str, quick: bool) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = importlib.import_module(f"benchmarks.{name}").run(quick=quick)
    return rows
