"""Files of every class: JSON with a published schema, in and out.

>>> from catenary import Box, Ty
>>> f = Box("f", Ty("a"), Ty("a"))
>>> loads(dumps(f >> f)) == f >> f
True
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from catenary.diagrams import files
from catenary.diagrams.files import LARGEST_FILE, Form, json_schema, parse_json


def forms() -> Mapping[str, Form]:
    """How the classes of functors and rewriting are written, by schema."""
    return {
        **import_module("catenary.functors.files").FORMS,
        **import_module("catenary.rewriting.files").FORMS,
    }


def _more(known: bool) -> Mapping[str, Form] | None:
    return None if known else forms()  # the other rooms are imported where they are needed


def to_json(value: Any) -> dict[str, Any]:
    """Any public value as JSON data, with ``"schema"`` and ``"version"``.

    Raises:
        CatenaryError: for a value of another class, or with a part that has no JSON form.

    >>> from catenary import Circuit, Gate
    >>> to_json(Circuit(1, [Gate("h", (0,))]))["gates"]
    [{'name': 'h', 'qubits': [0]}]
    """
    return files.to_json(value, _more(any(isinstance(value, f.kind) for f in files.FORMS.values())))


def from_json(data: Any, *, source: str = "<json>") -> Any:
    """The value that JSON data of :func:`to_json` stand for.

    Raises:
        InputError: for anything that is not such data, with the place in the data where the fault is.
    """
    schema = data.get("schema") if isinstance(data, dict) else None
    known = isinstance(schema, str) and schema.removeprefix("catenary.") in files.FORMS
    return files.from_json(data, source=source, extra=_more(known))


def dumps(value: Any) -> str:
    """The value as JSON text.

    Raises:
        CatenaryError: for a value without a JSON form.
    """
    return files.dumps(value, _more(any(isinstance(value, f.kind) for f in files.FORMS.values())))


def loads(text: str | bytes, source: str = "<json>") -> Any:
    """The value of a JSON text that :func:`dumps` wrote. Nothing in it is executed.

    Raises:
        InputError: for malformed or hostile text.
    """
    return from_json(parse_json(text, source), source=source)


def dump(value: Any, path: str | os.PathLike[str]) -> None:
    """Write a value as a JSON file; ``"-"`` is standard output.

    Raises:
        CatenaryError: for a value without a JSON form.
        InputError: if the file cannot be written.
    """
    files.write_text(path, dumps(value) + "\n")


def load(path: str | os.PathLike[str], *, max_bytes: int = LARGEST_FILE) -> Any:
    """The value of a JSON file that :func:`dump` wrote; ``"-"`` is standard input.

    Args:
        path: the file.
        max_bytes: the largest file that is read.

    Raises:
        InputError: if it cannot be read, is larger, or is malformed or hostile.
    """
    text, source = files.read_text(path, "JSON that Catenary wrote", max_bytes=max_bytes)
    return loads(text, source)


__all__ = ["dump", "dumps", "forms", "from_json", "json_schema", "load", "loads", "to_json"]
