"""Rows of a benchmark of many cases, kept in a file while it runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Log:
    """Rows by the value of one column; those in the file are not made again. Mutable.

    Args:
        file: one JSON line for each row; without it, rows are only kept in memory.
        column: the name of the column.
    """

    def __init__(self, file: Path | None, column: str):
        self.file = file
        self.column = column
        lines = file.read_text().splitlines() if file is not None and file.exists() else []
        self.rows: dict[Any, dict[str, Any]] = {row[column]: row for row in map(json.loads, lines)}

    def row(self, value: Any, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The row with a value, made and written down if it is not there."""
        if value not in self.rows:
            self.rows[value] = {self.column: value} | make()
            if self.file is not None:
                with self.file.open("a") as file:
                    file.write(json.dumps(self.rows[value]) + "\n")
        return self.rows[value]
