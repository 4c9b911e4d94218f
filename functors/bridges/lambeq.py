"""lambeq's grammar diagrams to and from ours, by lambeq's JSON: without lambeq where the text or data are at hand.

In lambeq ``word.r`` keeps its wires as outputs; its dagger is the transpose, which here is the rotated box.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from catenary.diagrams import (
    Box,
    CatenaryError,
    Cup,
    Diagram,
    Doctrine,
    InputError,
    Ob,
    Spider,
    Swap,
    Ty,
    free,
)
from catenary.diagrams.boxes import CAP, CUP, GENERATOR, SPIDER, SWAP
from catenary.diagrams.optional import optional

MAX_LAYERS = 100_000
MAX_ADJOINT = 8
_RIGID, _COMPACT, _HYPERGRAPH = (free(d) for d in (Doctrine.RIGID, Doctrine.COMPACT, Doctrine.HYPERGRAPH))


def _fault(problem: str, where: str) -> InputError:
    return InputError(f"{problem} ({where})", source="<lambeq>")


def from_lambeq(value: Any) -> Diagram:
    """A lambeq grammar diagram as a diagram of ours: planar where it has words, boxes, cups and caps alone.

    Args:
        value: a ``lambeq.backend.grammar.Diagram``, or what its ``to_json`` gives, as data or text.

    Raises:
        InputError: for anything else, and for frames, by name and place.

    >>> n, s = ({"entity": "Ty", "name": name, "objects": [], "z": 0} for name in "ns")
    >>> unit = {"entity": "Ty", "name": None, "objects": [], "z": 0}
    >>> word = {"entity": "Word", "name": "Alice", "cod": n, "z": 0}
    >>> data = {"entity": "Diagram", "category": "grammar", "dom": unit, "cod": n,
    ...         "layers": [{"entity": "Layer", "left": unit, "box": word, "right": unit}]}
    >>> print(from_lambeq(data))
    Alice
    """
    if isinstance(value, (str, bytes)):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise InputError(f"not JSON: {error}", source="<lambeq>") from None
    elif not isinstance(value, Mapping):
        write = getattr(value, "to_json", None)
        value = write() if write is not None else value
    if (
        not isinstance(value, Mapping)
        or value.get("entity") != "Diagram"
        or value.get("category") != "grammar"
    ):
        raise InputError(
            'not a lambeq grammar diagram: expected "entity": "Diagram", "category": "grammar"',
            source="<lambeq>",
        )
    layers = value.get("layers")
    if not isinstance(layers, list) or len(layers) > MAX_LAYERS:
        raise InputError(f"a lambeq diagram has a list of at most {MAX_LAYERS:,} layers", source="<lambeq>")
    kinds = {_entity(_part(layer, "box", "a layer")) for layer in layers}
    signature = _HYPERGRAPH if "Spider" in kinds else _COMPACT if "Swap" in kinds else _RIGID
    made = []
    for place, layer in enumerate(layers):
        where = f"layer {place}"
        offset = len(_type(_part(layer, "left", where), where))
        box = _box(_part(layer, "box", where), where, 0)
        if box.kind == GENERATOR:
            box = _over(box, signature)
        made.append((box, offset))
    reduce = signature.doctrine.reduce
    dom, cod = (reduce(_type(_part(value, side, "the diagram"), side)) for side in ("dom", "cod"))
    try:
        layered = [
            (box if box.kind == GENERATOR else _reduced(box, signature), offset) for box, offset in made
        ]
        return Diagram(dom, cod, layered, signature)
    except (CatenaryError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the layers do not fit: {error}", source="<lambeq>") from None


def _over(box: Box, signature: Any) -> Box:
    (layer,) = box.diagram.over(signature).layers
    return layer[0]


def _reduced(box: Box, signature: Any) -> Box:
    if signature is _RIGID or box.kind == GENERATOR:
        return box
    (layer,) = box.diagram.over(signature).layers
    return layer[0]


def _part(data: Any, key: str, where: str) -> Any:
    if not isinstance(data, Mapping) or key not in data:
        raise _fault(f"no {key!r}", where)
    return data[key]


def _entity(data: Any) -> str:
    found = data.get("entity") if isinstance(data, Mapping) else None
    return found if isinstance(found, str) else ""


def _type(data: Any, where: str) -> Ty:
    if _entity(data) != "Ty":
        raise _fault("expected a type", where)
    objects = data.get("objects")
    z = data.get("z", 0)
    if not isinstance(objects, list) or isinstance(z, bool) or not isinstance(z, int) or abs(z) > MAX_ADJOINT:
        raise _fault(f"expected a type with objects and an adjoint order of at most {MAX_ADJOINT}", where)
    if not objects:
        name = data.get("name")
        if name is None:
            return Ty()
        if not isinstance(name, str) or not name:
            raise _fault("the name of a type is text", where)
        return Ty.of((Ob(name, z),))
    if any(not isinstance(part, Mapping) or part.get("objects") for part in objects):
        raise _fault("a type of types", where)
    return Ty.of(tuple(ob for part in objects for ob in _type(part, where).objects))


def _turned(ty: Ty, z: int) -> Ty:
    """The type with its adjoint orders raised, its order kept: how lambeq rotates a word."""
    return Ty.of(tuple(Ob(ob.name, ob.z + z) for ob in ty.objects))


def _box(data: Any, where: str, depth: int) -> Box:
    kind = _entity(data)
    if kind == "Daggered":
        if depth:
            raise _fault("the dagger of a dagger", where)
        return _box(_part(data, "box", where), where, 1).dagger()
    if kind in ("Word", "Box"):
        name, z = _part(data, "name", where), data.get("z", 0)
        if not isinstance(name, str) or isinstance(z, bool) or not isinstance(z, int) or abs(z) > MAX_ADJOINT:
            raise _fault("a box has a name and an adjoint order", where)
        dom = Ty() if kind == "Word" else _type(_part(data, "dom", where), where)
        cod = _type(_part(data, "cod", where), where)
        if z % 2:
            # turned by half a turn and upside down: the conjugate
            dom, cod = (_turned(Ty.of(ty.objects[::-1]), -z) for ty in (dom, cod))
        else:
            dom, cod = (_turned(ty, -z) for ty in (dom, cod))
        box = Box(name, dom, cod, signature=_RIGID)
        for _ in range(abs(z)):
            box = box.r if z > 0 else box.l
        return box.dagger() if z % 2 else box
    try:
        if kind in ("Cup", "Cap"):
            left, right = (_type(_part(data, side, where), where) for side in ("left", "right"))
            if kind == "Cup":
                return Cup(left, right)
            from catenary.diagrams import Cap

            return Cap(left, right)
        if kind == "Swap":
            return Swap(*(_type(_part(data, side, where), where) for side in ("left", "right")))
        if kind == "Spider":
            legs = [_part(data, key, where) for key in ("n_legs_in", "n_legs_out")]
            if any(isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= 1000 for n in legs):
                raise _fault("the legs of a spider are numbers from 0 to 1000", where)
            return Spider(
                legs[0], legs[1], _HYPERGRAPH.doctrine.reduce(_type(_part(data, "type", where), where))
            )
    except InputError:
        raise
    except (CatenaryError, ValueError) as error:
        raise _fault(f"not a {kind.lower()}: {error}", where) from None
    raise _fault(f"{kind or 'this'} has no equivalent here", where)


def lambeq_json(diagram: Any) -> dict[str, Any]:
    """A planar grammar diagram, or a reading, as lambeq's JSON data: words, boxes, cups, caps, swaps and spiders.

    Raises:
        InputError: for a box that lambeq has no equivalent of.

    >>> from catenary.functors.grammar import parse
    >>> reading, = parse("Alice loves Bob")
    >>> from_lambeq(lambeq_json(reading)) == reading.diagram
    True
    """
    diagram = diagram if isinstance(diagram, Diagram) else diagram.diagram
    layers = []
    wires = diagram.dom
    for place, (box, offset) in enumerate(diagram.layers):
        after = offset + len(box.dom)
        layers.append(
            {
                "entity": "Layer",
                "left": _write_type(wires[:offset]),
                "right": _write_type(wires[after:]),
                "box": _write_box(box, place),
            }
        )
        wires = wires[:offset] @ box.cod @ wires[after:]
    return {
        "entity": "Diagram",
        "category": "grammar",
        "dom": _write_type(diagram.dom),
        "cod": _write_type(diagram.cod),
        "layers": layers,
    }


def to_lambeq(diagram: Any) -> Any:
    """A grammar diagram, or a reading, as a ``lambeq.backend.grammar.Diagram``.

    Raises:
        InputError: for a box that lambeq has no equivalent of.
        MissingExtra: if lambeq is not installed.
    """
    data = lambeq_json(diagram)
    try:
        return optional("lambeq.backend.grammar", "bench-lambeq").Diagram.from_json(data)
    except KeyError as error:  # lambeq 0.5 writes daggers of words and does not read them
        raise InputError(f"lambeq does not read this diagram: no {error}", source="<lambeq>") from None


def _write_type(ty: Ty) -> dict[str, Any]:
    parts = [{"entity": "Ty", "name": ob.name, "objects": [], "z": ob.z} for ob in ty.objects]
    if len(parts) == 1:
        return parts[0]
    return {"entity": "Ty", "name": None, "objects": parts, "z": 0}


def _write_box(box: Box, place: int) -> dict[str, Any]:
    if box.kind in (CUP, CAP) and len(box.dom @ box.cod) == 2:
        ends = box.dom @ box.cod
        kind = "Cup" if box.kind == CUP else "Cap"
        return {
            "entity": kind,
            "is_reversed": False,
            "left": _write_type(ends[:1]),
            "right": _write_type(ends[1:]),
        }
    if box.kind == SWAP and len(box.dom) == 2:
        return {"entity": "Swap", "left": _write_type(box.dom[:1]), "right": _write_type(box.dom[1:])}
    if box.kind == SPIDER and not any(box.params):
        ins, outs, ty = box.data[:3]
        return {"entity": "Spider", "type": _write_type(ty), "n_legs_in": ins, "n_legs_out": outs}
    if box.kind == GENERATOR and not box.z % 2 and not box.dagger_flag and not len(box.dom):
        return {"entity": "Word", "name": box.name, "cod": _write_type(box.cod), "z": box.z}
    if box.kind == GENERATOR and not box.z and not box.dagger_flag:
        dom, cod = _write_type(box.dom), _write_type(box.cod)
        return {"entity": "Box", "name": box.name, "dom": dom, "cod": cod, "z": 0}
    if box.kind == GENERATOR and box.z % 2 and not box.dagger_flag and not len(box.cod):
        word = {"entity": "Word", "name": box.name, "cod": _write_type(box.dom), "z": box.z}
        return {"entity": "Daggered", "box": word}
    raise InputError(f"box {place} ({box}) has no equivalent in lambeq's JSON", source="<diagram>")
