"""JSON for objects, types, boxes, signatures, diagrams, sums, open hypergraphs, equations and documents.

Every file says its schema and version. Reading checks everything and executes nothing: symbolic parameters
are stored as trees over a fixed list of functions, never as text to be evaluated; diagrams that boxes hold
are numbered, inner ones first, so that nothing nests deeply and nothing can hold itself. The JSON Schema of
all of it is ``schema.json`` beside this module (:func:`json_schema`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files as resources
from typing import Any

from catenary.diagrams.boxes import Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import CatenaryError, InputError, expect
from catenary.diagrams.files import boxes, forms
from catenary.diagrams.files.forms import Writer
from catenary.diagrams.files.reader import LARGEST_WIDTH, Json, Reader, shown
from catenary.diagrams.hypergraph import OpenHypergraph
from catenary.diagrams.signature import Signature
from catenary.diagrams.sums import Sum
from catenary.diagrams.textfile import read_text, write_text
from catenary.diagrams.types import Ob, Ty

VERSION = 1
LARGEST_FILE = 64_000_000  # bytes
LARGEST_COUNT = 10_000_000  # items of lists and objects: an empty list of two bytes takes sixty in memory


@dataclass(frozen=True)
class Form:
    """How the values of one class are written and read.

    Attributes:
        kind: the class.
        write: from a writer and a value to the body of the JSON object.
        read: from a reader and the body to the value.
    """

    kind: type
    write: Callable[[Writer, Any], dict[str, Json]]
    read: Callable[[Reader, Json], Any]


def _read_lone_ob(reader: Reader, data: Json) -> Ob:
    reader.fields(data, {"object": True})
    return reader.at(data, "object", boxes.read_ob)


def _read_lone_type(reader: Reader, data: Json) -> Ty:
    reader.fields(data, {"objects": True})
    return reader.at(data, "objects", boxes.read_type)


def _forms() -> dict[str, Form]:
    from catenary.diagrams.text.document import Document
    from catenary.diagrams.text.families import EquationFamily

    return {
        "object": Form(Ob, lambda w, ob: {"object": boxes.write_ob(ob)}, _read_lone_ob),
        "type": Form(Ty, lambda w, ty: {"objects": boxes.write_type(ty)}, _read_lone_type),
        "box": Form(Box, forms.write_lone_box, forms.read_lone_box),
        "signature": Form(Signature, forms.write_signature, forms.read_signature),
        "diagram": Form(Diagram, forms.write_diagram, forms.read_diagram),
        "sum": Form(Sum, forms.write_sum, forms.read_sum),
        "hypergraph": Form(OpenHypergraph, forms.write_graph, forms.read_graph),
        "equation": Form(Equation, forms.write_equation, forms.read_equation),
        "family": Form(EquationFamily, forms.write_family, forms.read_family),
        "document": Form(Document, forms.write_document, forms.read_document),
    }


FORMS: Mapping[str, Form] = _forms()


def to_json(value: Any, extra: Mapping[str, Form] | None = None) -> dict[str, Json]:
    """A value as JSON data (dicts, lists, strings, numbers), with ``"schema"`` and ``"version"``.

    Args:
        value: an object, type, box, signature, diagram, sum, open hypergraph, equation or document.
        extra: forms of other classes.

    Raises:
        CatenaryError: for a value of another class, or with a part that has no JSON form.

    >>> to_json(Ty("a", "b"))
    {'schema': 'catenary.type', 'version': 1, 'objects': ['a', 'b']}
    """
    for name, form in {**FORMS, **(extra or {})}.items():
        if isinstance(value, form.kind):
            writer = Writer()
            body = form.write(writer, value)
            body = {key: item for key, item in body.items() if key not in ("schema", "version")}
            found = {"schema": f"catenary.{name}", "version": VERSION, **body}
            return found | {"nested": writer.nested} if writer.nested else found
    raise CatenaryError(f"no JSON form for {type(value).__name__}")


def from_json(data: Json, *, source: str = "<json>", extra: Mapping[str, Form] | None = None) -> Any:
    """The value that JSON data of :func:`to_json` stand for.

    Raises:
        InputError: for anything that is not such data, with the place in the data where the fault is.

    >>> from_json({"schema": "catenary.type", "version": 1, "objects": ["a", ["b", 1]]})
    Ty('a', Ob('b', 1))
    """
    reader = Reader(source)
    reader.expect(data, dict, "an object with a schema")
    table = {**FORMS, **(extra or {})}
    schema = data.get("schema")
    prefix, _, name = schema.replace("/", ".").partition(".") if isinstance(schema, str) else ("", "", "")
    if prefix != "catenary" or name not in table:
        known = ", ".join(f"catenary.{key}" for key in table)
        reader.fail(f"unknown schema {shown(schema)}; expected one of {known}")
    version = data.get("version")
    if version != VERSION or isinstance(version, bool):
        reader.fail(f"version {shown(version)} of {schema} cannot be read: this library reads {VERSION}")
    body = {key: item for key, item in data.items() if key not in ("schema", "version", "nested")}
    try:
        if "nested" in data:
            reader.at(data, "nested", forms.read_nested)
        return table[name].read(reader, body)
    except InputError:
        raise
    except RecursionError:
        reader.fail("nested too deeply")
    except CatenaryError as error:
        reader.fail(str(error))


def dumps(value: Any, extra: Mapping[str, Form] | None = None) -> str:
    """The value as JSON text."""
    return json.dumps(to_json(value, extra), ensure_ascii=False, allow_nan=False)


def parse_json(text: str | bytes, source: str = "<json>") -> Json:
    """JSON data of a text, checked: no key twice, no NaN or infinity, no deep nesting.

    Raises:
        InputError: for malformed text, with line and column where there is one.
    """

    expect(text, (str, bytes), "JSON to read", "text or bytes")
    comma = b"," if isinstance(text, bytes) else ","
    if text.count(comma) > LARGEST_COUNT:  # type: ignore[arg-type]
        raise InputError(f"not JSON that can be read: more than {LARGEST_COUNT:,} items", source=source)

    def constant(name: str) -> Json:
        raise ValueError(f"{name} is not JSON")

    def pairs(items: list[tuple[str, Json]]) -> dict[str, Json]:
        found = dict(items)
        if len(found) != len(items):
            seen: set[str] = set()
            twice = next(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise ValueError(f"the key {shown(twice)} is given twice in one object")
        return found

    try:
        return json.loads(text, parse_constant=constant, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        whole = error.doc if isinstance(error.doc, str) else ""
        raise InputError(
            f"not JSON: {error.msg}", source=source, line=error.lineno, column=error.colno, text=whole
        ) from None
    except RecursionError:
        raise InputError("not JSON that can be read: nested too deeply", source=source) from None
    except ValueError as error:
        raise InputError(f"not JSON that can be read: {str(error)[:200]}", source=source) from None


def loads(text: str | bytes, source: str = "<json>", extra: Mapping[str, Form] | None = None) -> Any:
    """The value of a JSON text that :func:`dumps` wrote.

    Raises:
        InputError: for malformed or hostile text.

    >>> loads(dumps(Ob("n", 1)))
    Ob('n', 1)
    """
    return from_json(parse_json(text, source), source=source, extra=extra)


def dump(value: Any, path: str | os.PathLike[str], *, extra: Mapping[str, Form] | None = None) -> None:
    """Write a value as a JSON file.

    Raises:
        CatenaryError: for a value without a JSON form. InputError: if the file cannot be written.
    """
    write_text(path, dumps(value, extra) + "\n")


def load(
    path: str | os.PathLike[str],
    *,
    max_bytes: int = LARGEST_FILE,
    extra: Mapping[str, Form] | None = None,
) -> Any:
    """The value of a JSON file.

    Args:
        path: the file; ``"-"`` is standard input.
        max_bytes: the largest file that is read.

    Raises:
        InputError: if it cannot be read, is larger, or is not a file that :func:`dump` wrote.
    """
    text, source = read_text(path, "JSON that Catenary wrote", max_bytes=max_bytes)
    return loads(text, source, extra)


def json_schema() -> dict[str, Json]:
    """The JSON Schema (draft 2020-12) of every file that Catenary writes.

    >>> json_schema()["$schema"]
    'https://json-schema.org/draft/2020-12/schema'
    """
    text = resources("catenary.diagrams.files").joinpath("schema.json").read_text(encoding="utf-8")
    found: dict[str, Json] = json.loads(text)
    return found


__all__ = [
    "FORMS",
    "LARGEST_FILE",
    "LARGEST_WIDTH",
    "VERSION",
    "Form",
    "Reader",
    "Writer",
    "dump",
    "dumps",
    "from_json",
    "json_schema",
    "load",
    "loads",
    "parse_json",
    "read_text",
    "to_json",
    "write_text",
]
