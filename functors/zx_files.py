"""ZX diagrams as JSON: ``.qgraph`` and ``.zxg`` files of pyzx and zxlive.

Version 2 of pyzx's format is written and read; the older Quantomatic format, without a version, is read. Neither
needs pyzx. Phases are text in units of π.
"""

from __future__ import annotations

import ast
import cmath
import json
import math
import operator
import os
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from catenary.diagrams import Box, CatenaryError, Diagram, InputError, Phase, textfile
from catenary.diagrams.phases import as_phase, is_symbolic, reduce_phase, unit
from catenary.functors.zx import Z, scalar_box, scalar_parts
from catenary.functors.zx_graphs import Kind, SpiderGraph, Vertex

LARGEST_FILE = 1 << 28  # bytes
_KINDS: tuple[Kind, ...] = ("boundary", "Z", "X", "HBox")
_OTHER_KINDS = {4: "a W node", 5: "a W node", 6: "a Z box"}
_LONGEST_PHASE = 2000  # characters


def to_qgraph(diagram: Diagram) -> dict[str, Any]:
    """The JSON value of a diagram over the ZX signature, as pyzx's ``Graph.from_json`` and zxlive read it.

    Where there are parallel edges or loops the backend named in it is pyzx's multigraph.

    Raises:
        CatenaryError: for boxes outside the signature, and scalars with free parameters.

    >>> value = to_qgraph((Z(1, 2, Fraction(1, 4)) >> Z(2, 0)).over(Z(0, 0).signature))
    >>> value["vertices"][1], value["edges"]
    ({'id': 1, 't': 1, 'pos': [1, 0], 'phase': 'π/4'}, [[0, 1, 1], [1, 2, 1], [1, 2, 1]])
    """
    graph = SpiderGraph.of(diagram)
    names: set[str] = set()
    vertices = []
    for v, (vertex, place) in enumerate(zip(graph.vertices, graph.positions(), strict=True)):
        value: dict[str, Any] = {"id": v, "t": _KINDS.index(vertex.kind), "pos": list(place)}
        if vertex.kind == "HBox" and vertex.modulus != 1:
            if is_symbolic(vertex.phase):
                raise CatenaryError(
                    "an H-box whose label has a free phase and a modulus has no place in the file"
                )
            value["data"] = {"label": str(vertex.modulus * unit(vertex.phase))}
        elif vertex.phase != 0 or vertex.kind == "HBox":
            value["phase"] = write_phase(vertex.phase, names) or "0"
        vertices.append(value)
    pairs = [frozenset(edge[:2]) for edge in graph.edges]
    several = len(set(pairs)) < len(pairs) or any(len(pair) == 1 for pair in pairs)
    value = {
        "version": 2,
        "backend": "multigraph" if several else "simple",
        "variable_types": dict.fromkeys(sorted(names), False),
        "scalar": _write_scalar(graph.scalars),
        "inputs": list(graph.inputs),
        "outputs": list(graph.outputs),
        "edata": {},
    }
    if several:
        value["auto_simplify"] = False
    value["vertices"] = vertices
    value["edges"] = [[v, w, 2 if hadamard else 1] for v, w, hadamard in graph.edges]
    return value


def write_qgraph(path: str | os.PathLike[str], diagram: Diagram) -> None:
    """Write a diagram over the ZX signature to a ``.qgraph`` or ``.zxg`` file; ``"-"`` is standard output.

    Raises:
        CatenaryError: as :func:`to_qgraph`, and if the file cannot be written.
    """
    textfile.write_text(path, json.dumps(to_qgraph(diagram), ensure_ascii=False) + "\n")


def read_qgraph(path: str | os.PathLike[str]) -> Diagram:
    """The diagram of a ``.qgraph`` or ``.zxg`` file, with its scalar; ``"-"`` is standard input.

    Raises:
        InputError: if the file cannot be read, is not of the format, or holds what is no ZX or ZH diagram: W nodes,
            Z boxes, grounds, an unknown scalar.
    """
    text, source = textfile.read_text(path, "a ZX diagram", max_bytes=LARGEST_FILE)
    return from_qgraph(textfile.parse_json(text, source, "a ZX diagram"), source=source)


def from_qgraph(value: Any, *, source: str = "<graph>") -> Diagram:
    """The diagram of a JSON value, as text that has been parsed.

    Args:
        value: as pyzx's ``Graph.to_dict`` makes it, or in the older Quantomatic format.
        source: a name for messages.

    Raises:
        InputError: as :func:`read_qgraph`.

    >>> diagram = (Z(1, 2, Fraction(1, 4)) >> Z(2, 0)).over(Z(0, 0).signature)
    >>> from_qgraph(to_qgraph(diagram)) == SpiderGraph.of(diagram).to_diagram()
    True
    """
    if not isinstance(value, Mapping):
        raise InputError("a ZX diagram is a JSON object", source=source)
    try:
        if "version" in value:
            if value["version"] != 2:
                raise InputError(
                    f"version {value['version']!r} of the format is not known; 2 is", source=source
                )
            graph = _Reader(source).version_2(value)
        elif "node_vertices" in value or "wire_vertices" in value:
            graph = _Reader(source).quantomatic(value)
        else:
            raise InputError(
                "neither pyzx's format (no version) nor Quantomatic's (no vertices)", source=source
            )
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise InputError(f"no well-formed ZX diagram: {error!r}", source=source) from None
    return graph.to_diagram()


class _Reader:
    def __init__(self, source: str):
        self.source = source
        self.vertices: list[Vertex] = []
        self.number: dict[object, int] = {}

    def error(self, message: str) -> InputError:
        return InputError(message, source=self.source)

    def add(self, name: object, kind: Kind, phase: object, label: object = None) -> None:
        if name in self.number:
            raise self.error(f"vertex {name!r} is there twice")
        self.number[name] = len(self.vertices)
        if kind == "HBox" and label is not None:
            number = self.label(name, label)
            self.vertices.append(Vertex("HBox", _half_turns(number), abs(number)))
            return
        if kind == "boundary":
            self.vertices.append(Vertex("boundary"))
            return
        self.vertices.append(Vertex(kind, self.phase(name, phase)))

    def label(self, name: object, label: Any) -> complex:
        try:
            number = complex(label.replace("i", "j") if isinstance(label, str) else label)
        except (TypeError, ValueError):
            raise self.error(f"vertex {name!r}: the label {label!r} is no complex number") from None
        if not cmath.isfinite(number):
            raise self.error(f"vertex {name!r}: the label {label!r} is not finite")
        return number

    def phase(self, name: object, text: object) -> Phase:
        try:
            return read_phase(text)
        except ValueError as error:
            raise self.error(f"vertex {name!r}: {error}") from None

    def version_2(self, value: Mapping[str, Any]) -> SpiderGraph:
        for item in value["vertices"]:
            name, kind = item["id"], item["t"]
            if type(name) is not int or type(kind) is not int or not 0 <= kind < len(_KINDS):
                raise self.error(
                    f"vertex {name!r} is {_OTHER_KINDS.get(kind, f'of type {kind!r}')}: not read"
                )
            if item.get("is_ground"):
                raise self.error(f"vertex {name} is a ground (discarding): not read")
            label = (item.get("data") or {}).get("label")
            self.add(name, _KINDS[kind], item.get("phase", ""), label)
        edges = []
        for one, other, kind in value["edges"]:
            if kind not in (1, 2):
                raise self.error(f"the edge from {one!r} to {other!r} is of type {kind!r}: 1 or 2 expected")
            edges.append((self.at(one), self.at(other), kind == 2))
        return self.finish(edges, value.get("inputs", []), value.get("outputs", []), value.get("scalar"))

    def quantomatic(self, value: Mapping[str, Any]) -> SpiderGraph:
        hadamards: dict[object, list[int]] = {}
        for name, item in value.get("node_vertices", {}).items():
            data = item.get("data", {})
            kind = data.get("type", "Z")
            if kind == "hadamard" and str(data.get("is_edge")).lower() == "true":
                hadamards[name] = []
                continue
            if kind not in ("Z", "X", "hadamard"):
                raise self.error(f"vertex {name!r} is of type {kind!r}: not read")
            if data.get("ground"):
                raise self.error(f"vertex {name!r} is a ground (discarding): not read")
            annotation = item.get("annotation") or {}
            self.add(
                name, "HBox" if kind == "hadamard" else kind, data.get("value", ""), annotation.get("label")
            )
        sides: tuple[dict[object, int], dict[object, int]] = ({}, {})
        for name, item in value.get("wire_vertices", {}).items():
            self.add(name, "boundary", "")
            for side, key in zip(sides, ("input", "output"), strict=True):
                if key in item["annotation"]:
                    side[name] = item["annotation"][key]
        edges: list[tuple[int, int, bool]] = []
        for name, item in value.get("undir_edges", {}).items():
            if item.get("type", "") == "w_io":
                raise self.error(f"edge {name!r} is one of a W node: not read")
            ends = [item["src"], item["tgt"]]
            if all(end in hadamards for end in ends):  # two Hadamards after each other
                middle = (object(),)
                self.add(middle, "Z", "")
                for end in ends:
                    hadamards[end].append(self.number[middle])
            elif ends[0] in hadamards:
                hadamards[ends[0]].append(self.at(ends[1]))
            elif ends[1] in hadamards:
                hadamards[ends[1]].append(self.at(ends[0]))
            else:
                edges.append((self.at(ends[0]), self.at(ends[1]), False))
        for name, found in hadamards.items():
            if len(found) != 2:
                raise self.error(f"the Hadamard {name!r} is on {len(found)} edges, not 2")
            edges.append((found[0], found[1], True))
        inputs, outputs = (sorted(side, key=lambda name, side=side: side[name]) for side in sides)  # type: ignore[misc]
        return self.finish(edges, inputs, outputs, value.get("scalar"))

    def at(self, name: object) -> int:
        if name not in self.number:
            raise self.error(f"there is no vertex {name!r}")
        return self.number[name]

    def finish(
        self, edges: list[tuple[int, int, bool]], inputs: Any, outputs: Any, scalar: Any
    ) -> SpiderGraph:
        degree = [0] * len(self.vertices)
        for one, other, _ in edges:
            degree[one] += 1
            degree[other] += 1
        sides = [[self.at(name) for name in side] for side in (inputs, outputs)]
        ends = sides[0] + sides[1]
        for name, v in self.number.items():
            if (self.vertices[v].kind == "boundary") is not (ends.count(v) == 1):
                raise self.error(
                    f"vertex {name!r}: boundary vertices, and no others, are one input or one output"
                )
            if self.vertices[v].kind == "boundary" and degree[v] != 1:
                raise self.error(f"boundary vertex {name!r} is on {degree[v]} edges, not 1")
        boxes = [] if scalar is None else self.scalar(scalar)
        return SpiderGraph(tuple(self.vertices), tuple(edges), tuple(sides[0]), tuple(sides[1]), tuple(boxes))

    def scalar(self, value: Any) -> list[Box]:
        if isinstance(value, str):
            value = json.loads(value)
        if value.get("is_unknown"):
            raise self.error(
                "the scalar is unknown: remove it from the file to read the diagram up to a scalar"
            )
        if value.get("is_zero"):
            return [Z(0, 0, 1)]
        number = self.label("the scalar", value.get("floatfactor", 1))
        terms = value.get("sum_of_phases") or {}
        if terms:
            number *= sum(count * unit(self.phase("the scalar", turn)) for turn, count in terms.items())
        nodes = [self.phase("the scalar", phase) for phase in value.get("phasenodes", [])]
        power = value.get("power2", 0)
        if type(power) is not int:
            raise self.error(f"the scalar is a whole power of √2, not {power!r}")
        return scalar_boxes(power, self.phase("the scalar", value.get("phase", "0")), nodes, number)


def scalar_boxes(power: int, phase: Phase, nodes: list[Phase], number: complex) -> list[Box]:
    """√2^power · exp(iπ·phase) · Π(1 + exp(iπ·node)) · number as boxes without wires."""
    if number == 0:
        return [Z(0, 0, 1)]
    boxes = [Z(0, 0, node) for node in nodes]
    if number != 1:
        boxes.append(scalar_box(2 * math.log2(abs(number)), cmath.phase(number) / math.pi))
    if power or is_symbolic(phase) or phase:
        boxes.append(scalar_box(power, phase))
    return boxes


def _write_scalar(boxes: tuple[Box, ...]) -> dict[str, Any]:
    power, phase, factor = 0, as_phase(0), 1.0
    for box in boxes:
        exponent, turns = scalar_parts(box)
        if isinstance(exponent, int):
            power += exponent
        else:
            factor *= 2 ** (exponent / 2)
        phase = phase + turns
    if is_symbolic(phase):
        raise CatenaryError("the scalar of a file has no free parameters: bind them, or remove the scalar")
    found: dict[str, Any] = {"power2": power, "phase": write_phase(reduce_phase(phase), set()) or "0"}
    if factor != 1:
        found["floatfactor"] = str(complex(factor))
    return found


def _half_turns(number: complex) -> Phase:
    for quarter, value in enumerate((1, 1j, -1, -1j)):
        if number == value * abs(number):
            return Fraction(quarter, 2)
    return cmath.phase(number) / math.pi


def write_phase(phase: Phase, names: set[str]) -> str:
    """A phase as text, empty for 0; the names of its parameters are added to a set.

    >>> write_phase(Fraction(-3, 4), set())
    '-3π/4'
    """
    if is_symbolic(phase):
        names.update(str(symbol) for symbol in phase.free_symbols)
        return str(phase).replace("**", "^")
    if phase == 0:
        return ""
    if isinstance(phase, float):
        return f"{phase!r}π"
    sign, top = ("-" if phase < 0 else ""), abs(phase.numerator)
    return f"{sign}{top if top > 1 else ''}π" + (f"/{phase.denominator}" if phase.denominator > 1 else "")


def read_phase(text: object) -> Phase:
    """The phase, in half turns, of text in units of π: ``"π/4"``, ``"3/4"``, ``"0.3π"``, ``"a/2 + 1"``.

    Raises:
        ValueError: for text that is no such phase.

    >>> read_phase("-3\\\\pi/4"), read_phase("π"), read_phase("")
    (Fraction(-3, 4), Fraction(1, 1), Fraction(0, 1))
    """
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return as_phase(text)
    if not isinstance(text, str) or len(text) > _LONGEST_PHASE:
        raise ValueError(f"{text!r:.80} is no phase")
    plain = re.sub(r"\\?\bpi\b|π|(?<=[0-9])\\?pi\b", "", text.strip())
    plain = re.sub(r"\s*([-+*/^()])\s*", r"\g<1>", plain.strip())
    if plain in ("", "-", "+"):
        turned = text.strip(" 0") != "" and ("π" in text or "pi" in text)
        return Fraction((-1 if plain == "-" else 1) if turned else 0)
    plain = re.sub(r"^([-+]?)\*?/", r"\g<1>1/", plain).strip("*")
    plain = re.sub(r"\*/", "/", plain)
    if re.fullmatch(r"[-+]?[0-9]+(/[0-9]+)?", plain):
        try:
            return Fraction(plain)
        except ZeroDivisionError:
            raise ValueError(f"{text!r}: division by zero") from None
    try:
        number = float(plain)
    except ValueError:
        pass
    else:
        if not math.isfinite(number):
            raise ValueError(f"{text!r:.80} is not finite")
        return number
    spelled = re.sub(r"(?<=[0-9])(?=[A-Za-z_(])", "*", plain).replace("^", "**")
    try:
        return as_phase(_evaluate(ast.parse(spelled, mode="eval").body))
    except (SyntaxError, ZeroDivisionError, RecursionError, MemoryError, CatenaryError):
        raise ValueError(f"{text!r:.80} is no phase: a polynomial in units of π is expected") from None


_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def _evaluate(tree: ast.expr) -> Any:
    import sympy

    if isinstance(tree, ast.Name):
        return sympy.Symbol(tree.id)
    if isinstance(tree, ast.Constant) and type(tree.value) in (int, float):
        return sympy.Integer(tree.value) if type(tree.value) is int else sympy.Float(tree.value)
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Pow):
        power = tree.right
        if isinstance(power, ast.Constant) and type(power.value) is int and 0 <= power.value <= 100:
            return _evaluate(tree.left) ** power.value
    if isinstance(tree, ast.BinOp) and type(tree.op) in _OPERATORS:
        return _OPERATORS[type(tree.op)](_evaluate(tree.left), _evaluate(tree.right))
    if isinstance(tree, ast.UnaryOp) and type(tree.op) in _OPERATORS:
        return _OPERATORS[type(tree.op)](_evaluate(tree.operand))
    raise SyntaxError
