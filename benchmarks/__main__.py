"""Run one benchmark: ``python -m benchmarks NAME [--json] [--quick] [--part K/N] [--log FILE]``."""

from __future__ import annotations

import argparse
import importlib
import inspect
import itertools
import json
import pkgutil
import platform
import sys
from pathlib import Path

import benchmarks


def main() -> int:
    """Parse the arguments, run ``benchmarks.NAME.run`` and print what it returns."""
    names = sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=names)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--quick", action="store_true", help="the small sizes only")
    parser.add_argument(
        "--part", metavar="K/N", type=_part, help="only every N-th case from the K-th on, where NAME can"
    )
    parser.add_argument(
        "--log", metavar="FILE", type=Path, help="append each case; do not repeat those in it, where NAME can"
    )
    args = parser.parse_args()
    module = importlib.import_module(f"benchmarks.{args.name}")
    given = {"part": args.part, "log": args.log}
    options = {name: value for name, value in given.items() if value is not None}
    if missing := options.keys() - inspect.signature(module.run).parameters.keys():
        parser.error(f"{args.name} has no {' and no '.join(f'--{name}' for name in sorted(missing))}")
    rows = module.run(quick=args.quick, **options)
    if args.json:
        about = {"python": platform.python_version(), "machine": platform.machine()}
        print(json.dumps({"benchmark": args.name, **about, "rows": rows}))
        return 0
    for _, table in itertools.groupby(
        rows, key=lambda row: next(iter(row))
    ):  # by the name of the first column
        _print_table(list(table))
    return 0


def _print_table(rows: list[dict[str, object]]) -> None:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[_shown(row.get(c)) for c in columns] for row in rows]
    widths = [max(map(len, [c, *(r[i] for r in cells)])) for i, c in enumerate(columns)]
    for line in [columns, *cells]:
        print("  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)))
    print()


def _part(text: str) -> tuple[int, int]:
    k, _, n = text.partition("/")
    if not (k.isdecimal() and n.isdecimal() and 1 <= int(k) <= int(n)):
        raise argparse.ArgumentTypeError(f"{text!r} is not K/N with 1 ≤ K ≤ N")
    return int(k), int(n)


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main())
