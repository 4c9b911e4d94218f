"""Text out of named files and into them, with ``-`` for the standard streams."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catenary.diagrams.errors import ArgumentError, InputError, expect


def file_name(path: str | os.PathLike[str]) -> str:
    """A path as text.

    Raises:
        ArgumentError: for what is no path.
    """
    if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
        raise ArgumentError("a file", "its name: text or a path", path)
    return os.fspath(path)


def read_text(path: str | os.PathLike[str], what: str, *, max_bytes: int) -> tuple[str, str]:
    """The text of a UTF-8 file (a byte order mark is dropped) and its name for messages.

    Args:
        path: the file; ``"-"`` is standard input.
        what: what the file should be, for messages: ``"a lexicon"``.
        max_bytes: the largest file that is read.

    Raises:
        InputError: if there is no such file, if it is a directory, cannot be read, is larger, or is not
            UTF-8; then with line and column.

    >>> read_text("/", "a lexicon", max_bytes=100)
    Traceback (most recent call last):
      ...
    catenary.diagrams.errors.InputError: /: this is a directory; expected a lexicon
    """
    expect(path, (str, os.PathLike), "the name of a file", "text or a path")
    source = file_name(path)
    try:
        if source == "-":
            source = "<stdin>"
            data = sys.stdin.buffer.read(max_bytes + 1)
        else:
            with open(source, "rb") as file:
                data = file.read(max_bytes + 1)
    except IsADirectoryError:
        raise InputError(f"this is a directory; expected {what}", source=source) from None
    except FileNotFoundError:
        raise InputError(f"no such file; expected {what}", source=source) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read: {reason}", source=source) from None
    if len(data) > max_bytes:
        raise InputError(f"larger than {max_bytes:,} bytes, the most for {what}", source=source)
    try:
        return data.decode("utf-8-sig"), source
    except UnicodeDecodeError as error:
        problem = (
            f"this is not a text file: byte 0x{data[error.start]:02x} at position {error.start} "
            f"is not UTF-8; expected {what}"
        )
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise InputError(problem, source=source, line=line, column=column) from None


def parse_json(text: str, source: str, what: str) -> Any:
    """The value of JSON text.

    Args:
        text: the text.
        source: where it is from, for messages.
        what: what it should be, for messages: ``"a model"``.

    Raises:
        InputError: with the place, if it is no JSON or nested too deeply.

    >>> parse_json("[1, 2", "m.json", "a model")
    Traceback (most recent call last):
      ...
    catenary.diagrams.errors.InputError: m.json:1:6: not a model: Expecting ',' delimiter
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = f"not {what}: {error.msg}"
        raise InputError(problem, source=source, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise InputError(f"not {what}: nested too deeply", source=source) from None
    except ValueError as error:  # a number of thousands of digits
        raise InputError(f"not {what}: {str(error)[:100]}", source=source) from None


def read_lines(path: str | os.PathLike[str], what: str, *, max_line: int) -> Iterator[str]:
    """The lines of a UTF-8 file without their ends, read as they are asked for: in bounded memory, however long.

    Args:
        path: the file; ``"-"`` is standard input.
        what: what the file should be, for messages.
        max_line: the most bytes of a line.

    Raises:
        InputError: as :func:`read_text`, and for a longer line, with its number.

    >>> list(read_lines("/", "sentences", max_line=100))
    Traceback (most recent call last):
      ...
    catenary.diagrams.errors.InputError: /: this is a directory; expected sentences
    """
    expect(path, (str, os.PathLike), "the name of a file", "text or a path")
    source = file_name(path)
    try:
        with sys.stdin.buffer if source == "-" else open(source, "rb") as file:
            number = 0
            while line := file.readline(max_line + 1):
                number += 1
                if len(line) > max_line:
                    raise InputError(f"a line of more than {max_line:,} bytes", source=source, line=number)
                try:
                    text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError as error:
                    problem = f"this is not UTF-8 text; expected {what}"
                    raise InputError(problem, source=source, line=number, column=error.start + 1) from None
                yield text.rstrip("\r\n")
    except IsADirectoryError:
        raise InputError(f"this is a directory; expected {what}", source=source) from None
    except FileNotFoundError:
        raise InputError(f"no such file; expected {what}", source=source) from None
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror or error}", source=source) from None


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


def check_folder(path: str) -> None:
    """Refuse a folder that is not there and cannot be made, or cannot be written to.

    Raises:
        InputError: if so.
    """
    if not path or (Path(path).exists() and not (Path(path).is_dir() and os.access(path, os.W_OK | os.X_OK))):
        raise InputError("cannot write: expected a folder that can be written to", source=repr(path))
    if not Path(path).exists():
        check_writable(path)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write text as UTF-8, to standard output for ``-``.

    Raises:
        InputError: if the file cannot be written.
    """
    name = file_name(path)
    if name == "-":
        sys.stdout.write(text)
        return
    try:
        Path(name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"cannot write: {error.strerror or error}", source=name) from None
