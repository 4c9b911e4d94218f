"""JSON of signatures, diagrams, sums, hypergraphs, equations and theory documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from catenary.diagrams.boxes import SPIDER, Box
from catenary.diagrams.conditions import Condition
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import DoctrineError
from catenary.diagrams.expressions import encode_phase
from catenary.diagrams.files.boxes import (
    read_box,
    read_inside,
    read_ob,
    read_phase,
    read_scalar,
    read_type,
    write_box,
    write_ob,
    write_scalar,
    write_type,
)
from catenary.diagrams.files.reader import (
    LARGEST_WIDTH,
    MOVES,
    Json,
    Reader,
    flag,
    natural,
    naturals,
    shown,
    text,
)
from catenary.diagrams.hypergraph import Edge, OpenHypergraph, is_phase
from catenary.diagrams.nesting import HOLDING, Held, insides, parts
from catenary.diagrams.signature import Doctrine, Signature, free, structural
from catenary.diagrams.sums import Sum

MOST_WITHIN = 1_000_000  # boxes of something held, written out: traces are, where diagrams are compared


class Writer:
    """What is being written: the table of what boxes hold, inner ones first, each once."""

    def __init__(self) -> None:
        self.nested: list[Json] = []
        self._numbers: dict[int, int] = {}
        self._kept: list[Held] = []  # an id stands for its value only while that is alive

    def hold(self, roots: Iterable[Held]) -> None:
        """Put what the boxes of some diagrams hold, at any depth, into the table."""
        for box in insides(roots, lambda box: id(box.data[0]) in self._numbers):
            held: Held = box.data[0]
            if id(held) not in self._numbers:
                body = write_sum(self, held) if isinstance(held, Sum) else write_diagram(self, held)
                self._numbers[id(held)] = len(self.nested)
                self._kept.append(held)
                self.nested.append(body)

    def number(self, held: Held) -> int:
        """The number of something held."""
        if id(held) not in self._numbers:
            self.hold([_alone(held)])
        return self._numbers[id(held)]

    def signature(self, signature: Signature) -> Json:
        """A signature."""
        return write_signature(self, signature)


def _alone(held: Held) -> Diagram:
    from catenary.diagrams.bubbles import Bubble

    return Bubble(held).diagram


# Signatures


def write_signature(writer: Writer, signature: Signature) -> dict[str, Json]:
    """A signature; free and structural ones by name."""
    if signature is free(signature.doctrine):
        return {"free": signature.doctrine.value}
    spiders = {} if signature.spiders is None else {"spiders": dict(sorted(signature.spiders.items()))}
    if signature.is_only_structure:
        return {"structural": signature.doctrine.value} | (spiders if signature.spiders else {})
    boxes = None if signature.generators is None else list(signature.generators.values())
    return {
        "name": signature.name,
        "doctrine": signature.doctrine.value,
        "objects": None if signature.objects is None else sorted(signature.objects),
        "generators": None if boxes is None else [write_box(writer, box.plain()) for box in boxes],
        **spiders,
    }


def _doctrine(reader: Reader, data: Json) -> Doctrine:
    names = [d.value for d in Doctrine]
    if data not in names:
        reader.fail(f"unknown doctrine {shown(data)}; expected one of {', '.join(names)}")
    return Doctrine(data)


def read_signature(reader: Reader, data: Json) -> Signature:
    """What :func:`write_signature` wrote."""
    reader.expect(data, dict, "a signature")
    if "free" in data:
        reader.fields(data, {"free": True})
        return free(reader.at(data, "free", _doctrine))
    spiders = reader.optional(data, "spiders", _spiders, None)
    if "structural" in data:
        reader.fields(data, {"structural": True, "spiders": False})
        return structural(reader.at(data, "structural", _doctrine), spiders or {})
    wanted = dict.fromkeys(("name", "doctrine", "objects", "generators"), True)
    reader.fields(data, wanted | {"spiders": False})
    objects, generators = data["objects"], data["generators"]
    return Signature(
        reader.at(data, "name", text),
        reader.at(data, "doctrine", _doctrine),
        None if objects is None else reader.at(data, "objects", lambda r, d: r.each(d, text)),
        None if generators is None else reader.at(data, "generators", lambda r, d: r.each(d, read_box)),
        spiders,
    )


def _spiders(reader: Reader, data: Json) -> dict[str, bool]:
    reader.expect(data, dict, "structures of spiders")
    return {name: reader.at(data, name, flag) for name in data}


# Diagrams


def _table(writer: Writer, boxes: list[Box]) -> tuple[list[Json], dict[Box, int]]:
    number: dict[Box, int] = {}
    for box in boxes:
        number.setdefault(box, len(number))
    return [write_box(writer, box) for box in number], number


def write_diagram(writer: Writer, diagram: Diagram, within: Signature | None = None) -> dict[str, Json]:
    """A diagram: its boxes once each, and its layers as numbers of boxes with offsets.

    Args:
        writer: the table of what boxes hold.
        diagram: the diagram.
        within: the signature that the reader knows already; left out where it is the diagram's.
    """
    writer.hold([diagram])
    try:
        layers = list(diagram.layers)
    except DoctrineError:  # cycles of a traced doctrine have no layers
        return {"graph": write_graph(writer, diagram.to_hypergraph())}
    head = {} if within == diagram.signature else {"signature": write_signature(writer, diagram.signature)}
    boxes, number = _table(writer, [box for box, _ in layers])
    ends = {"dom": write_type(diagram.dom), "cod": write_type(diagram.cod)}
    return head | ends | {"boxes": boxes, "layers": [[number[box], offset] for box, offset in layers]}


def read_diagram(reader: Reader, data: Json, within: Signature | None = None) -> Diagram:
    """What :func:`write_diagram` wrote."""
    reader.expect(data, dict, "a diagram")
    if "graph" in data:
        reader.fields(data, {"graph": True})
        return reader.at(data, "graph", read_graph).to_diagram()
    wanted = dict.fromkeys(("signature", "dom", "cod", "boxes", "layers"), True)
    reader.fields(data, wanted | {"signature": within is None})
    if within is None or "signature" in data:
        signature = reader.at(data, "signature", read_signature)
    else:
        signature = within
    dom, cod = reader.at(data, "dom", read_type), reader.at(data, "cod", read_type)
    boxes = reader.at(data, "boxes", lambda r, d: r.each(d, lambda r, b: read_box(r, b, signature)))
    width, moves = len(dom), 0

    def layer(reader: Reader, data: Json) -> tuple[Box, int]:
        nonlocal width, moves
        reader.expect(data, list, "a layer: [box number, offset]")
        if len(data) != 2:
            reader.fail("expected [box number, offset]")
        number, offset = reader.at(data, 0, natural), reader.at(data, 1, natural)
        if number >= len(boxes):
            reader.fail(f"box {number} of {len(boxes)}")
        ends = len(boxes[number].cod) + len(boxes[number].dom)
        reader.spend(ends)
        if len(boxes[number].cod) != len(boxes[number].dom):
            moves += max(0, width - offset)
            width += len(boxes[number].cod) - len(boxes[number].dom)
        if width > LARGEST_WIDTH:
            reader.fail(f"more than {LARGEST_WIDTH} wires side by side")
        if moves > MOVES:
            reader.fail("too many layers for so many wires side by side")
        return boxes[number], offset

    layers = reader.at(data, "layers", lambda r, d: r.each(d, layer))
    diagram = Diagram(dom, cod, layers, signature)
    if diagram.signature != signature:
        reader.fail(f"the boxes need more than signature {signature.name} has")
    return diagram


# Sums


def write_sum(writer: Writer, value: Sum) -> dict[str, Json]:
    """The terms as scalars with diagrams."""
    writer.hold(diagram for _, diagram in value.terms)
    return {
        "signature": write_signature(writer, value.signature),
        "dom": write_type(value.dom),
        "cod": write_type(value.cod),
        "terms": [
            [write_scalar(scalar), write_diagram(writer, diagram, value.signature)]
            for scalar, diagram in value.terms
        ],
    }


def read_sum(reader: Reader, data: Json) -> Sum:
    """What :func:`write_sum` wrote."""
    reader.fields(data, dict.fromkeys(("signature", "dom", "cod", "terms"), True))
    signature = reader.at(data, "signature", read_signature)

    def term(reader: Reader, data: Json) -> tuple[Any, Diagram]:
        reader.expect(data, list, "a term: [scalar, diagram]")
        if len(data) != 2:
            reader.fail("expected [scalar, diagram]")
        return (
            reader.at(data, 0, read_scalar),
            reader.at(data, 1, lambda r, d: read_diagram(r, d, signature)),
        )

    terms = reader.at(data, "terms", lambda r, d: r.each(d, term))
    ends = reader.at(data, "dom", read_type), reader.at(data, "cod", read_type)
    found = Sum(terms, *ends, signature=signature)
    if found.signature != signature:
        reader.fail(f"the terms need more than signature {signature.name} has")
    return found


# What boxes hold


def read_nested(reader: Reader, data: Json) -> None:
    """The table of what boxes hold, into the reader. Each entry may use those before it.

    Held again and again, a few bytes could stand for 2^n boxes; what is written out is therefore bounded.
    """
    number = {id(held): i for i, held in enumerate(reader.nested)}

    def one(reader: Reader, data: Json) -> None:
        reader.expect(data, dict, "a diagram or a sum")
        held: Held = read_sum(reader, data) if "terms" in data else read_diagram(reader, data)
        size = 0
        for part in parts(held):
            for box in part.boxes:
                size += 1 + (reader.sizes[number[id(box.data[0])]] if box.kind in HOLDING else 0)
        if size > MOST_WITHIN:
            reader.fail(f"more than {MOST_WITHIN:,} boxes within boxes")
        reader.spend(size)
        hash(held)  # kept by what is inside, so that no later hash goes deeper than one level
        number[id(held)] = len(reader.nested)
        reader.nested.append(held)
        reader.sizes.append(size)

    reader.each(data, one)


# Hypergraphs


def write_graph(writer: Writer, graph: OpenHypergraph) -> dict[str, Json]:
    """Vertices, boxes once each, and edges as numbers."""
    writer.hold(edge.box.diagram for edge in graph.edges if edge.box.kind in HOLDING)
    boxes, number = _table(writer, [edge.box for edge in graph.edges])
    return {
        "signature": write_signature(writer, graph.signature),
        "vertices": [write_ob(ob) for ob in graph.vertices],
        "boxes": boxes,
        "edges": [[number[e.box], list(e.sources), list(e.targets)] for e in graph.edges],
        "dom": list(graph.dom),
        "cod": list(graph.cod),
    }


def read_graph(reader: Reader, data: Json) -> OpenHypergraph:
    """What :func:`write_graph` wrote."""
    reader.fields(data, dict.fromkeys(("signature", "vertices", "boxes", "edges", "dom", "cod"), True))
    signature = reader.at(data, "signature", read_signature)
    boxes = reader.at(data, "boxes", lambda r, d: r.each(d, lambda r, b: read_box(r, b, signature)))

    def edge(reader: Reader, data: Json) -> Edge:
        reader.expect(data, list, "an edge: [box number, sources, targets]")
        if len(data) != 3:
            reader.fail("expected [box number, sources, targets]")
        number = reader.at(data, 0, natural)
        if number >= len(boxes):
            reader.fail(f"box {number} of {len(boxes)}")
        found = Edge(boxes[number], reader.at(data, 1, naturals), reader.at(data, 2, naturals))
        box = found.box
        named = box.kind == SPIDER and len(box.data) > 3
        if box.is_structural and not named and box.kind not in _ON_EDGES and not is_phase(found):
            reader.fail("an edge is a generator, a box that holds a diagram, a phase or a spider with a name")
        return found

    graph = OpenHypergraph(
        tuple(reader.at(data, "vertices", lambda r, d: r.each(d, read_ob))),
        tuple(reader.at(data, "edges", lambda r, d: r.each(d, edge))),
        reader.at(data, "dom", naturals),
        reader.at(data, "cod", naturals),
        signature,
    )
    graph.check()
    return graph


_ON_EDGES = ("bubble", "curry", "eval")


# Equations, documents, boxes alone


def write_equation(writer: Writer, equation: Equation, within: Signature | None = None) -> dict[str, Json]:
    """An equation, with the signature on both sides unless the reader knows it."""
    left, right = (write_diagram(writer, side, within) for side in (equation.left, equation.right))
    found: dict[str, Json] = {"name": equation.name, "left": left, "right": right}
    found |= {"directed": equation.directed}
    found |= {"variables": list(equation.variables)} if equation.variables else {}
    return found | ({"where": [_write_condition(one) for one in equation.where]} if equation.where else {})


def _write_condition(condition: Condition) -> dict[str, Json]:
    found: dict[str, Json] = {"expression": encode_phase(condition.expression)}
    found |= {"values": [encode_phase(value) for value in condition.values]}
    found |= {} if condition.modulus is None else {"modulus": encode_phase(condition.modulus)}
    return found | ({"negated": True} if condition.negated else {})


def _read_condition(reader: Reader, data: Json) -> Condition:
    reader.fields(data, {"expression": True, "values": True, "modulus": False, "negated": False})
    return Condition(
        reader.at(data, "expression", read_phase),
        tuple(reader.at(data, "values", lambda r, d: r.each(d, read_phase))),
        reader.at(data, "modulus", read_phase) if "modulus" in data else None,
        reader.optional(data, "negated", flag, False),
    )


def read_equation(reader: Reader, data: Json, within: Signature | None = None) -> Equation:
    """What :func:`write_equation` wrote."""
    fields = {"name": True, "left": True, "right": True}
    reader.fields(data, fields | dict.fromkeys(("directed", "variables", "where"), False))
    left, right = (reader.at(data, key, lambda r, d: read_diagram(r, d, within)) for key in ("left", "right"))
    return Equation(
        reader.at(data, "name", text),
        left,
        right,
        reader.optional(data, "directed", flag, False),
        tuple(reader.at(data, "variables", lambda r, d: r.each(d, text)) if "variables" in data else ()),
        tuple(reader.at(data, "where", lambda r, d: r.each(d, _read_condition)) if "where" in data else ()),
    )


def write_family(writer: Writer, family: Any, within: Signature | None = None) -> dict[str, Json]:
    """An equation for all numbers of legs, with its signature unless the reader knows it."""
    found: dict[str, Json] = {} if within else {"signature": write_signature(writer, family.signature)}
    found |= {"name": family.name, "arities": list(family.arities)}
    found |= {"left": family.left, "right": family.right, "directed": family.directed}
    found |= {"variables": list(family.variables)} if family.variables else {}
    found |= {"where": [_write_condition(one) for one in family.where]} if family.where else {}
    diagrams = {name: write_diagram(writer, d, within or family.signature) for name, d in family.diagrams}
    return found | ({"diagrams": diagrams} if diagrams else {})


def read_family(reader: Reader, data: Json, within: Signature | None = None) -> Any:
    """What :func:`write_family` wrote."""
    from catenary.diagrams.text import EquationFamily

    fields = dict.fromkeys(("name", "arities", "left", "right"), True)
    fields |= dict.fromkeys(("directed", "variables", "where", "diagrams"), False)
    reader.fields(data, fields | ({} if within else {"signature": True}))
    signature = within or reader.at(data, "signature", read_signature)

    def texts(key: str) -> tuple[str, ...]:
        return tuple(reader.at(data, key, lambda r, d: r.each(d, text)) if key in data else ())

    return EquationFamily(
        reader.at(data, "name", text),
        signature,
        texts("arities"),
        reader.at(data, "left", text),
        reader.at(data, "right", text),
        reader.optional(data, "directed", flag, False),
        texts("variables"),
        tuple(reader.at(data, "where", lambda r, d: r.each(d, _read_condition)) if "where" in data else ()),
        tuple((reader.at(data, "diagrams", _diagrams_over(signature)) if "diagrams" in data else {}).items()),
    )


def _diagrams_over(signature: Signature) -> Callable[[Reader, Json], dict[str, Diagram]]:
    def diagrams(reader: Reader, data: Json) -> dict[str, Diagram]:
        reader.expect(data, dict, "diagrams by name")
        return {name: reader.at(data, name, lambda r, d: read_diagram(r, d, signature)) for name in data}

    return diagrams


def write_document(writer: Writer, document: Any) -> dict[str, Json]:
    """A theory file's content; the signature once."""
    signature = document.signature
    return {
        "signature": write_signature(writer, signature),
        "axioms": [write_equation(writer, e, signature) for e in document.axioms],
        "claims": [write_equation(writer, e, signature) for e in document.claims],
        "diagrams": {name: write_diagram(writer, d, signature) for name, d in document.diagrams.items()},
        "sums": {name: write_sum(writer, s) for name, s in document.sums.items()},
        **write_families(writer, document.families, signature),
    }


def write_families(writer: Writer, families: Iterable[Any], signature: Signature) -> dict[str, Json]:
    """The field of a document or theory for families, if there are any."""
    found: list[Json] = [write_family(writer, family, signature) for family in families]
    return {"families": found} if found else {}


def read_families(reader: Reader, data: Json, signature: Signature) -> tuple[Any, ...]:
    """What :func:`write_families` wrote."""
    return tuple(
        reader.optional(
            data, "families", lambda r, d: r.each(d, lambda r, d: read_family(r, d, signature)), []
        )
    )


def read_document(reader: Reader, data: Json) -> Any:
    """What :func:`write_document` wrote."""
    from catenary.diagrams.text import Document

    reader.fields(
        data,
        dict.fromkeys(("signature", "axioms", "claims", "diagrams"), True)
        | {"sums": False, "families": False},
    )
    signature = reader.at(data, "signature", read_signature)

    def equations(reader: Reader, data: Json) -> list[Equation]:
        return reader.each(data, lambda r, d: read_equation(r, d, signature))

    def sums(reader: Reader, data: Json) -> dict[str, Sum]:
        reader.expect(data, dict, "sums by name")
        return {name: reader.at(data, name, read_sum) for name in data}

    return Document(
        signature.name,
        signature,
        tuple(reader.at(data, "axioms", equations)),
        tuple(reader.at(data, "claims", equations)),
        reader.at(data, "diagrams", _diagrams_over(signature)),
        reader.optional(data, "sums", sums, {}),
        (),
        read_families(reader, data, signature),
    )


def write_lone_box(writer: Writer, box: Box) -> dict[str, Json]:
    """A box with its signature."""
    writer.hold([box.diagram])
    return {"box": write_box(writer, box), "signature": write_signature(writer, box.signature)}


def read_lone_box(reader: Reader, data: Json) -> Box:
    """What :func:`write_lone_box` wrote."""
    reader.fields(data, {"box": True, "signature": True})
    signature = reader.at(data, "signature", read_signature)
    box = reader.at(data, "box", lambda r, d: read_box(r, d, signature))
    return box.replace(signature=signature) if box.is_structural else box


__all__ = [
    "Writer",
    "read_diagram",
    "read_document",
    "read_equation",
    "read_families",
    "read_family",
    "read_graph",
    "read_inside",
    "read_lone_box",
    "read_nested",
    "read_signature",
    "read_sum",
    "write_diagram",
    "write_document",
    "write_equation",
    "write_families",
    "write_family",
    "write_graph",
    "write_lone_box",
    "write_signature",
    "write_sum",
]
