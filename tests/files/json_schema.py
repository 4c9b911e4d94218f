"""A validator for the part of JSON Schema (draft 2020-12) that Catenary's schema uses."""

from __future__ import annotations

import re
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
KEYWORDS = {
    *("$schema", "$id", "$defs", "$ref", "title", "description", "type", "const", "enum", "oneOf"),
    *("properties", "required", "additionalProperties", "items", "prefixItems", "minItems"),
    *("minimum", "maximum", "pattern", "minLength"),
}


def faults(data: Any, schema: Any, root: Any, place: str = "$") -> list[str]:
    """What is wrong with data, as texts; nothing where they are valid."""
    if isinstance(schema, bool):
        return [] if schema else [f"{place}: nothing is allowed here"]
    unknown = set(schema) - KEYWORDS
    assert not unknown, f"the validator does not know {unknown}"
    found: list[str] = []
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].removeprefix("#").strip("/").split("/"):
            target = target[part] if part else target
        found += faults(data, target, root, place)
    if "type" in schema:
        names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        if not any(
            isinstance(data, TYPES[name]) and (name == "boolean" or not isinstance(data, bool))
            for name in names
        ):
            return [*found, f"{place}: not of type {names}"]
    if "const" in schema and (data != schema["const"] or type(data) is not type(schema["const"])):
        found.append(f"{place}: not {schema['const']!r}")
    if "enum" in schema and data not in schema["enum"]:
        found.append(f"{place}: not among {schema['enum']}")
    if "oneOf" in schema:
        fitting = [not faults(data, option, root, place) for option in schema["oneOf"]]
        if sum(fitting) != 1:
            found.append(f"{place}: {sum(fitting)} of {len(fitting)} alternatives fit: {str(data)[:200]}")
    if isinstance(data, dict):
        found += [f"{place}: missing {key}" for key in schema.get("required", ()) if key not in data]
        for key, item in data.items():
            inner = schema.get("properties", {}).get(key, schema.get("additionalProperties", True))
            found += faults(item, inner, root, f"{place}.{key}")
    if isinstance(data, list):
        first = schema.get("prefixItems", ())
        if len(data) < schema.get("minItems", 0):
            found.append(f"{place}: too short")
        for i, item in enumerate(data):
            inner = first[i] if i < len(first) else schema.get("items", True)
            found += faults(item, inner, root, f"{place}[{i}]")
    if isinstance(data, (int, float)) and not schema.get("minimum", data) <= data <= schema.get(
        "maximum", data
    ):
        found.append(f"{place}: out of range")
    if isinstance(data, str):
        if "pattern" in schema and not re.search(schema["pattern"], data):
            found.append(f"{place}: does not match {schema['pattern']}")
        if len(data) < schema.get("minLength", 0):
            found.append(f"{place}: too short")
    return found
