"""What ``import catenary`` adds to ``import numpy``, in CPU seconds of whole processes, run in pairs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys


def _cpu(code: str) -> float:
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def run(quick: bool = False) -> list[dict[str, object]]:
    """Alternate the two imports; the median of the differences is the figure."""
    pairs = 5 if quick else 21
    _cpu("import numpy, catenary")  # byte-compile and fill the disk cache first
    numpy, both = [], []
    for _ in range(pairs):
        numpy.append(_cpu("import numpy"))
        both.append(_cpu("import numpy, catenary"))
    added = [b - a for a, b in zip(numpy, both, strict=True)]
    return [
        {
            "pairs": pairs,
            "numpy s": statistics.median(numpy),
            "numpy + catenary s": statistics.median(both),
            "added s": statistics.median(added),
            "limit s": 0.1,
        }
    ]
