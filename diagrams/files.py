"""JSON for objects, types, boxes, signatures, diagrams, open hypergraphs and equations.

Every file says its schema and version. Reading checks everything and executes nothing: symbolic parameters
are stored as trees over a fixed list of functions, never as text to be evaluated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeAlias, TypeVar

from catenary.diagrams.boxes import (
    CAP,
    COPY,
    CUP,
    DISCARD,
    GENERATOR,
    SPIDER,
    SWAP,
    Box,
    Copy,
    Discard,
    Spider,
    Swap,
    bend,
)
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import CatenaryError, DoctrineError, InputError
from catenary.diagrams.expressions import decode_phase, encode_phase
from catenary.diagrams.hypergraph import Edge, OpenHypergraph
from catenary.diagrams.signature import Doctrine, Signature, free, structural
from catenary.diagrams.types import Ob, Ty

Json: TypeAlias = Any
Value: TypeAlias = Ob | Ty | Box | Signature | Diagram | OpenHypergraph | Equation
T = TypeVar("T")

VERSION = 1
LARGEST_WIDTH = 10_000_000  # wires side by side that a file may ask for: a few bytes must not fill the memory


def to_json(value: Value) -> dict[str, Json]:
    """A value as JSON data (dicts, lists, strings, numbers), with ``"schema"`` and ``"version"``.

    Raises:
        CatenaryError: for a value of another class.

    >>> to_json(Ty("a", "b"))
    {'schema': 'catenary.type', 'version': 1, 'objects': ['a', 'b']}
    """
    for name, (kind, write, _) in _SCHEMAS.items():
        if isinstance(value, kind):
            return {"schema": f"catenary.{name}", "version": VERSION, **write(value)}
    raise CatenaryError(f"no JSON form for {type(value).__name__}")


def from_json(data: Json, *, source: str = "<json>") -> Any:
    """The value that JSON data of :func:`to_json` stand for.

    Raises:
        InputError: for anything that is not such data, with the place in the data where the fault is.

    >>> from_json({"schema": "catenary.type", "version": 1, "objects": ["a", ["b", 1]]})
    Ty('a', Ob('b', 1))
    """
    reader = _Reader(source)
    reader.expect(data, dict, "an object with a schema")
    schema = data.get("schema")
    prefix, _, name = schema.partition(".") if isinstance(schema, str) else ("", "", "")
    if prefix != "catenary" or name not in _SCHEMAS:
        known = ", ".join(f"catenary.{key}" for key in _SCHEMAS)
        reader.fail(f"unknown schema {schema!r:.80}; expected one of {known}")
    version = data.get("version")
    if version != VERSION or isinstance(version, bool):
        reader.fail(
            f"version {version!r:.40} of {schema} cannot be read: this library reads version {VERSION}"
        )
    body = {key: item for key, item in data.items() if key not in ("schema", "version")}
    try:
        return _SCHEMAS[name][2](reader, body)
    except InputError:
        raise
    except CatenaryError as error:
        reader.fail(str(error))


def dumps(value: Value) -> str:
    """The value as JSON text."""
    return json.dumps(to_json(value), ensure_ascii=False, allow_nan=False)


def loads(text: str | bytes, source: str = "<json>") -> Any:
    """The value of a JSON text that :func:`dumps` wrote.

    Raises:
        InputError: for malformed or hostile text.

    >>> loads(dumps(Ob("n", 1)))
    Ob('n', 1)
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        shown = error.doc if isinstance(error.doc, str) else ""
        raise InputError(
            f"not JSON: {error.msg}", source=source, line=error.lineno, column=error.colno, text=shown
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON that can be read: {error}", source=source) from None
    return from_json(data, source=source)


class _Reader:
    """Checks data and keeps the path to where it is, for messages."""

    def __init__(self, source: str):
        self.source = source
        self.path: list[str | int] = []

    def fail(self, problem: str) -> NoReturn:
        place = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in self.path)
        raise InputError(f"at ${place}: {problem}", source=self.source)

    def expect(self, data: Json, kind: type | tuple[type, ...], what: str) -> None:
        if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
            self.fail(f"expected {what}, not {data!r:.60}")

    def fields(self, data: Json, wanted: Mapping[str, bool]) -> None:
        """Check that an object has the wanted keys (True: required) and no others."""
        self.expect(data, dict, "an object")
        for key, required in wanted.items():
            if required and key not in data:
                self.fail(f"missing {key!r}")
        for key in data:
            if key not in wanted:
                self.fail(f"unknown key {key!r:.60}; expected {', '.join(wanted)}")

    def at(self, data: Json, key: str | int, read: Callable[[_Reader, Json], T]) -> T:
        self.path.append(key)
        try:
            found = read(self, data[key])
        except InputError:
            raise
        except CatenaryError as error:
            self.fail(str(error))
        self.path.pop()
        return found

    def each(self, data: Json, read: Callable[[_Reader, Json], T], what: str = "a list") -> list[T]:
        self.expect(data, list, what)
        return [self.at(data, i, read) for i in range(len(data))]


def _text(reader: _Reader, data: Json) -> str:
    reader.expect(data, str, "a string")
    return str(data)


def _natural(reader: _Reader, data: Json) -> int:
    reader.expect(data, int, "a natural number")
    if not 0 <= data <= LARGEST_WIDTH:
        reader.fail(f"expected a number from 0 to {LARGEST_WIDTH}, not {data!r:.40}")
    return int(data)


def _order(reader: _Reader, data: Json) -> int:
    reader.expect(data, int, "an adjoint order")
    if abs(data) > 1_000_000:
        reader.fail("adjoint orders run from -1000000 to 1000000")
    return int(data)


def _flag(reader: _Reader, data: Json) -> bool:
    reader.expect(data, bool, "true or false")
    return bool(data)


# Objects and types


def _write_ob(ob: Ob) -> Json:
    return [ob.name, ob.z] if ob.z else ob.name


def _write_type(ty: Ty) -> Json:
    return [_write_ob(ob) for ob in ty.objects]


def _read_ob(reader: _Reader, data: Json) -> Ob:
    if isinstance(data, str):
        return Ob(data)
    reader.expect(data, list, "an object: a name, or [name, adjoint order]")
    if len(data) != 2:
        reader.fail("expected [name, adjoint order]")
    return Ob(reader.at(data, 0, _text), reader.at(data, 1, _order))


def _read_type(reader: _Reader, data: Json) -> Ty:
    return Ty.of(tuple(reader.each(data, _read_ob, "a type: a list of objects")))


# Boxes


def _write_box(box: Box) -> dict[str, Json]:
    if box.kind == SWAP:
        (split,) = box.data
        return {"kind": SWAP, "left": _write_type(box.dom[:split]), "right": _write_type(box.dom[split:])}
    if box.kind in (CUP, CAP):
        return {"kind": box.kind, "type": _write_type(box.dom @ box.cod)}
    if box.kind == SPIDER:
        inputs, outputs, ty = box.data
        return {"kind": SPIDER, "inputs": inputs, "outputs": outputs, "type": _write_type(ty)}
    if box.kind in (COPY, DISCARD):
        return {"kind": box.kind, "type": _write_type(box.dom)}
    found: dict[str, Json] = {"kind": GENERATOR, "name": box.name}
    found |= {"dom": _write_type(box.dom), "cod": _write_type(box.cod)}
    if box.params:
        found["params"] = [encode_phase(phase) for phase in box.params]
    if box.dagger_flag:
        found["dagger"] = True
    if box.z:
        found["z"] = box.z
    return found


def _read_box(reader: _Reader, data: Json, signature: Signature | None = None) -> Box:
    reader.expect(data, dict, "a box")
    kind = data.get("kind")
    if kind == GENERATOR:
        shape = {
            "kind": True,
            "name": True,
            "dom": True,
            "cod": True,
            "params": False,
            "dagger": False,
            "z": False,
        }
        reader.fields(data, shape)
        box = Box(
            reader.at(data, "name", _text),
            reader.at(data, "dom", _read_type),
            reader.at(data, "cod", _read_type),
            reader.at(data, "params", lambda r, d: r.each(d, lambda _, p: decode_phase(p)))
            if "params" in data
            else (),
            dagger=reader.at(data, "dagger", _flag) if "dagger" in data else False,
            z=reader.at(data, "z", _order) if "z" in data else 0,
            signature=signature,
        )
        return box if signature is None else signature.declare(box)
    if kind == SWAP:
        reader.fields(data, {"kind": True, "left": True, "right": True})
        return Swap(reader.at(data, "left", _read_type), reader.at(data, "right", _read_type))
    if kind in (CUP, CAP):
        reader.fields(data, {"kind": True, "type": True})
        ty = reader.at(data, "type", _read_type)
        if len(ty) % 2:
            reader.fail(f"a {kind} joins two types of one length")
        left, right = ty[: len(ty) // 2], ty[len(ty) // 2 :]
        return bend(kind, left, right, (signature or free()).doctrine)
    if kind == SPIDER:
        reader.fields(data, {"kind": True, "inputs": True, "outputs": True, "type": True})
        inputs, outputs = reader.at(data, "inputs", _natural), reader.at(data, "outputs", _natural)
        ty = reader.at(data, "type", _read_type)
        if (inputs + outputs) * len(ty) > LARGEST_WIDTH:
            reader.fail(f"a spider with more than {LARGEST_WIDTH} legs")
        return Spider(inputs, outputs, ty)
    if kind in (COPY, DISCARD):
        reader.fields(data, {"kind": True, "type": True})
        return (Copy if kind == COPY else Discard)(reader.at(data, "type", _read_type))
    return reader.fail(f"unknown kind of box {kind!r:.40}")


# Signatures, diagrams, hypergraphs, equations


def _write_signature(signature: Signature) -> dict[str, Json]:
    if signature is free(signature.doctrine):
        return {"free": signature.doctrine.value}
    if signature is structural(signature.doctrine):
        return {"structural": signature.doctrine.value}
    generators = signature.generators
    return {
        "name": signature.name,
        "doctrine": signature.doctrine.value,
        "objects": None if signature.objects is None else sorted(signature.objects),
        "generators": None
        if generators is None
        else [_write_box(box.plain()) for box in generators.values()],
    }


def _doctrine(reader: _Reader, data: Json) -> Doctrine:
    names = [d.value for d in Doctrine]
    if data not in names:
        reader.fail(f"unknown doctrine {data!r:.40}; expected one of {', '.join(names)}")
    return Doctrine(data)


def _read_signature(reader: _Reader, data: Json) -> Signature:
    reader.expect(data, dict, "a signature")
    for key, make in (("free", free), ("structural", structural)):
        if key in data:
            reader.fields(data, {key: True})
            return make(reader.at(data, key, _doctrine))
    reader.fields(data, dict.fromkeys(("name", "doctrine", "objects", "generators"), True))
    objects, generators = data["objects"], data["generators"]
    return Signature(
        reader.at(data, "name", _text),
        reader.at(data, "doctrine", _doctrine),
        None if objects is None else reader.at(data, "objects", lambda r, d: r.each(d, _text)),
        None if generators is None else reader.at(data, "generators", lambda r, d: r.each(d, _read_box)),
    )


def _table(boxes: list[Box]) -> tuple[list[Json], dict[Box, int]]:
    number: dict[Box, int] = {}
    for box in boxes:
        number.setdefault(box, len(number))
    return [_write_box(box) for box in number], number


def _write_diagram(diagram: Diagram) -> dict[str, Json]:
    head = {"signature": _write_signature(diagram.signature)}
    try:
        layers = list(diagram.layers)
    except DoctrineError:  # cycles of a traced doctrine have no layers
        return {"graph": _write_graph(diagram.to_hypergraph())}
    boxes, number = _table([box for box, _ in layers])
    ends = {"dom": _write_type(diagram.dom), "cod": _write_type(diagram.cod)}
    return head | ends | {"boxes": boxes, "layers": [[number[box], offset] for box, offset in layers]}


def _read_diagram(reader: _Reader, data: Json) -> Diagram:
    if "graph" in data:
        reader.fields(data, {"graph": True})
        return reader.at(data, "graph", _read_graph).to_diagram()
    reader.fields(data, dict.fromkeys(("signature", "dom", "cod", "boxes", "layers"), True))
    signature = reader.at(data, "signature", _read_signature)
    dom, cod = reader.at(data, "dom", _read_type), reader.at(data, "cod", _read_type)
    boxes = reader.at(data, "boxes", lambda r, d: r.each(d, lambda r, b: _read_box(r, b, signature)))
    width = len(dom)

    def layer(reader: _Reader, data: Json) -> tuple[Box, int]:
        nonlocal width
        reader.expect(data, list, "a layer: [box number, offset]")
        if len(data) != 2:
            reader.fail("expected [box number, offset]")
        number, offset = reader.at(data, 0, _natural), reader.at(data, 1, _natural)
        if number >= len(boxes):
            reader.fail(f"box {number} of {len(boxes)}")
        width += len(boxes[number].cod) - len(boxes[number].dom)
        if width > LARGEST_WIDTH:
            reader.fail(f"more than {LARGEST_WIDTH} wires side by side")
        return boxes[number], offset

    layers = reader.at(data, "layers", lambda r, d: r.each(d, layer))
    diagram = Diagram(dom, cod, layers, signature)
    if diagram.signature != signature:
        reader.fail(f"the boxes need more than signature {signature.name} has")
    return diagram


def _write_graph(graph: OpenHypergraph) -> dict[str, Json]:
    boxes, number = _table([edge.box for edge in graph.edges])
    return {
        "signature": _write_signature(graph.signature),
        "vertices": [_write_ob(ob) for ob in graph.vertices],
        "boxes": boxes,
        "edges": [[number[e.box], list(e.sources), list(e.targets)] for e in graph.edges],
        "dom": list(graph.dom),
        "cod": list(graph.cod),
    }


def _read_graph(reader: _Reader, data: Json) -> OpenHypergraph:
    reader.fields(data, dict.fromkeys(("signature", "vertices", "boxes", "edges", "dom", "cod"), True))
    signature = reader.at(data, "signature", _read_signature)
    boxes = reader.at(data, "boxes", lambda r, d: r.each(d, lambda r, b: _read_box(r, b, signature)))

    def naturals(reader: _Reader, data: Json) -> tuple[int, ...]:
        return tuple(reader.each(data, _natural))

    def edge(reader: _Reader, data: Json) -> Edge:
        reader.expect(data, list, "an edge: [box number, sources, targets]")
        if len(data) != 3:
            reader.fail("expected [box number, sources, targets]")
        number = reader.at(data, 0, _natural)
        if number >= len(boxes):
            reader.fail(f"box {number} of {len(boxes)}")
        if boxes[number].is_structural:
            reader.fail("an edge is a generator")
        return Edge(boxes[number], reader.at(data, 1, naturals), reader.at(data, 2, naturals))

    graph = OpenHypergraph(
        tuple(reader.at(data, "vertices", lambda r, d: r.each(d, _read_ob))),
        tuple(reader.at(data, "edges", lambda r, d: r.each(d, edge))),
        reader.at(data, "dom", naturals),
        reader.at(data, "cod", naturals),
        signature,
    )
    graph.check()
    return graph


def _write_equation(equation: Equation) -> dict[str, Json]:
    left, right = _write_diagram(equation.left), _write_diagram(equation.right)
    return {"name": equation.name, "left": left, "right": right, "directed": equation.directed}


def _read_equation(reader: _Reader, data: Json) -> Equation:
    reader.fields(data, {"name": True, "left": True, "right": True, "directed": False})
    left, right = (reader.at(data, key, _read_whole_diagram) for key in ("left", "right"))
    directed = reader.at(data, "directed", _flag) if "directed" in data else False
    return Equation(reader.at(data, "name", _text), left, right, directed)


def _read_whole_diagram(reader: _Reader, data: Json) -> Diagram:
    reader.expect(data, dict, "a diagram")
    return _read_diagram(reader, data)


def _read_box_with_signature(reader: _Reader, data: Json) -> Box:
    reader.fields(data, {"box": True, "signature": True})
    signature = reader.at(data, "signature", _read_signature)
    box = reader.at(data, "box", lambda r, d: _read_box(r, d, signature))
    return box.replace(signature=signature) if box.is_structural else box


def _read_lone_ob(reader: _Reader, data: Json) -> Ob:
    reader.fields(data, {"object": True})
    return reader.at(data, "object", _read_ob)


def _read_lone_type(reader: _Reader, data: Json) -> Ty:
    reader.fields(data, {"objects": True})
    return reader.at(data, "objects", _read_type)


_SCHEMAS: dict[str, tuple[type, Callable[[Any], dict[str, Json]], Callable[[_Reader, Json], Any]]] = {
    "object": (Ob, lambda ob: {"object": _write_ob(ob)}, _read_lone_ob),
    "type": (Ty, lambda ty: {"objects": _write_type(ty)}, _read_lone_type),
    "box": (
        Box,
        lambda box: {"box": _write_box(box), "signature": _write_signature(box.signature)},
        _read_box_with_signature,
    ),
    "signature": (Signature, _write_signature, _read_signature),
    "diagram": (Diagram, _write_diagram, _read_diagram),
    "hypergraph": (OpenHypergraph, _write_graph, _read_graph),
    "equation": (Equation, _write_equation, _read_equation),
}
