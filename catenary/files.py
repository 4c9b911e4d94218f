"""Reading and writing named files, with ``-`` for the standard streams."""

from __future__ import annotations

import sys
from pathlib import Path

from catenary.diagrams import InputError


def write_text(path: str | Path, text: str) -> None:
    """Write text as UTF-8, to standard output for ``-``.

    Raises:
        InputError: if the file cannot be written.
    """
    if str(path) == "-":
        sys.stdout.write(text)
        return
    try:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"cannot write: {error.strerror or error}", source=str(path)) from None
