"""Reading and writing named files, with ``-`` for the standard streams."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from catenary.diagrams import InputError


def check_writable(*paths: str | None) -> None:
    """Refuse files whose folder is missing, before the work for them is done.

    Raises:
        InputError: for the first such file.
    """
    for path in paths:
        if path is None or path == "-":
            continue
        folder = Path(path).parent
        if not path or Path(path).is_dir():
            raise InputError("cannot write: expected the name of a file", source=repr(path))
        if not folder.is_dir() or (not os.access(folder, os.W_OK | os.X_OK) and not Path(path).exists()):
            raise InputError(f"cannot write: {folder} is not a folder that can be written to", source=path)


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
