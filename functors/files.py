"""JSON of circuits, gates, tensor networks, lexicons and readings."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from catenary.diagrams import CatenaryError, ContractionError
from catenary.diagrams.files import Form, Reader, Writer
from catenary.diagrams.files.boxes import read_type, write_type
from catenary.diagrams.files.reader import Json, flag, natural, naturals, shown, text
from catenary.functors.circuit_files import FORMS as CIRCUITS
from catenary.functors.grammar import Entry, Lexicon, Reading
from catenary.functors.tensor import TensorNetwork

WRITTEN_OUT = 64  # arrays of at most so many entries are lists of numbers, larger ones base64
LARGEST_SPACE = 1 << 62  # entries of an array
_DTYPES = ("float16", "float32", "float64", "complex64", "complex128")


# Tensor networks


def _write_array(array: np.ndarray[Any, Any]) -> dict[str, Json]:
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    found: dict[str, Json] = {"dtype": array.dtype.name, "shape": list(array.shape)}
    if array.dtype.name not in _DTYPES:
        raise ValueError(f"arrays of dtype {array.dtype} have no JSON form")
    if array.size <= WRITTEN_OUT and bool(np.isfinite(array).all()):
        flat = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64).reshape(-1)
        numbers = [float(x) for x in (flat.view(np.float64) if array.dtype.kind == "c" else flat)]
        return found | {"values": numbers}
    return found | {"base64": base64.b64encode(np.ascontiguousarray(little).tobytes()).decode("ascii")}


def _read_array(reader: Reader, data: Json) -> np.ndarray[Any, Any]:
    reader.fields(data, {"dtype": True, "shape": True, "values": False, "base64": False})
    name = data["dtype"]
    if name not in _DTYPES:
        reader.fail(f"unknown dtype {shown(name)}; expected one of {', '.join(_DTYPES)}")
    shape = reader.at(data, "shape", naturals)
    size = math.prod(shape)
    if len(shape) > 32 or size > LARGEST_SPACE:
        reader.fail("an array has at most 32 axes")
    dtype = np.dtype(name).newbyteorder("<")
    if "values" in data:
        reader.expect(data["values"], list, "a list of numbers")
        parts = 2 if dtype.kind == "c" else 1
        if len(data["values"]) != size * parts:
            reader.fail(f"{len(data['values'])} numbers for {size} entries of dtype {name}")
        for item in data["values"]:
            reader.expect(item, (int, float), "a number")
        try:
            flat = np.array([float(item) for item in data["values"]], dtype=np.float64)
        except OverflowError:
            reader.fail("a number too large")
        if dtype.kind == "c":
            flat = flat.view(np.complex128)
        with np.errstate(over="ignore"):
            return np.asarray(flat.astype(np.dtype(name)).reshape(shape))
    encoded = reader.at(data, "base64", text) if "base64" in data else reader.fail("missing 'values'")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        reader.fail(f"not base64: {str(error)[:100]}")
    if len(raw) != size * dtype.itemsize:
        reader.fail(f"{len(raw)} bytes for {size} entries of dtype {name}")
    return np.asarray(np.frombuffer(raw, dtype=dtype).reshape(shape).astype(np.dtype(name)))


def _write_network(_: Writer, network: TensorNetwork) -> dict[str, Json]:
    try:
        arrays = [_write_array(np.asarray(array)) for array in network.arrays]
    except ValueError as error:
        raise ContractionError(str(error)) from None
    return {
        "sizes": list(network.sizes),
        "tensors": [
            {"name": name, "indices": list(ixs), "array": array}
            for name, ixs, array in zip(network.names, network.indices, arrays, strict=True)
        ],
        "output": list(network.output),
        "inputs": network.inputs,
    }


def _read_network(reader: Reader, data: Json) -> TensorNetwork:
    reader.fields(data, dict.fromkeys(("sizes", "tensors", "output", "inputs"), True))
    sizes = reader.at(data, "sizes", naturals)

    def tensor(reader: Reader, data: Json) -> tuple[str, tuple[int, ...], np.ndarray[Any, Any]]:
        reader.fields(data, {"name": True, "indices": True, "array": True})
        indices = reader.at(data, "indices", naturals)
        if indices and max(indices) >= len(sizes):
            reader.fail(f"index {max(indices)} of {len(sizes)}")
        return reader.at(data, "name", text), indices, reader.at(data, "array", _read_array)

    tensors = reader.at(data, "tensors", lambda r, d: r.each(d, tensor))
    output = reader.at(data, "output", naturals)
    if output and max(output) >= len(sizes):
        reader.fail(f"index {max(output)} of {len(sizes)}")
    names, indices, arrays = zip(*tensors, strict=True) if tensors else ((), (), ())
    return TensorNetwork(indices, arrays, output, sizes, reader.at(data, "inputs", natural), names)


# Lexicons and readings


def _write_spiders(groups: tuple[tuple[int, ...], ...]) -> Json:
    return [list(group) for group in groups]


def _read_spiders(reader: Reader, data: Json) -> tuple[tuple[int, ...], ...]:
    return tuple(reader.each(data, naturals))


def _write_entry(entry: Entry) -> dict[str, Json]:
    found: dict[str, Json] = {"type": write_type(entry.type)}
    if entry.spiders:
        found["spiders"] = _write_spiders(entry.spiders)
    return found | ({"unusual": True} if entry.unusual else {})


def _read_entry(reader: Reader, data: Json) -> Entry:
    reader.fields(data, {"type": True, "spiders": False, "unusual": False})
    return Entry(
        reader.at(data, "type", read_type),
        reader.optional(data, "spiders", _read_spiders, ()),
        reader.optional(data, "unusual", flag, False),
    )


def _write_lexicon(_: Writer, lexicon: Lexicon) -> dict[str, Json]:
    return {
        "name": lexicon.name,
        "proper_noun": None if lexicon.proper_noun is None else write_type(lexicon.proper_noun),
        "entries": {word: [_write_entry(e) for e in entries] for word, entries in lexicon.entries.items()},
    }


def _read_lexicon(reader: Reader, data: Json) -> Lexicon:
    reader.fields(data, {"name": True, "proper_noun": True, "entries": True})

    def entries(reader: Reader, data: Json) -> dict[str, list[Entry]]:
        reader.expect(data, dict, "entries by word")
        return {word: reader.at(data, word, lambda r, d: r.each(d, _read_entry)) for word in data}

    noun = None if data["proper_noun"] is None else reader.at(data, "proper_noun", read_type)
    return Lexicon(reader.at(data, "entries", entries), reader.at(data, "name", text), noun)


def _write_reading(_: Writer, reading: Reading) -> dict[str, Json]:
    return reading.to_json()


def _read_reading(reader: Reader, data: Json) -> Reading:
    try:
        return Reading.from_json({"schema": "catenary/reading", "version": 1, **data})
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        if isinstance(error, CatenaryError):
            raise
        reader.fail(f"not a reading: {error!r:.100}")


FORMS: Mapping[str, Form] = {
    **CIRCUITS,
    "network": Form(TensorNetwork, _write_network, _read_network),
    "lexicon": Form(Lexicon, _write_lexicon, _read_lexicon),
    "reading": Form(Reading, _write_reading, _read_reading),
}
"""The forms of this room's classes, by schema: what :func:`catenary.diagrams.files.to_json` takes as more."""
