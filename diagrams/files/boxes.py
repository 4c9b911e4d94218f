"""JSON of objects, types, scalars and boxes."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from catenary.diagrams.boxes import (
    BRAID,
    BUBBLE,
    CAP,
    COPY,
    CUP,
    CURRY,
    DISCARD,
    EVAL,
    GENERATOR,
    SPIDER,
    SWAP,
    TRACE,
    TWIST,
    Box,
    Braid,
    Copy,
    Discard,
    Spider,
    Swap,
    Twist,
    bend,
)
from catenary.diagrams.bubbles import Bubble
from catenary.diagrams.closed import Curry, Eval, exponential
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import PhaseError
from catenary.diagrams.expressions import decode_phase, encode_phase
from catenary.diagrams.files.reader import (
    LARGEST_WIDTH,
    Json,
    Reader,
    flag,
    natural,
    order,
    shown,
    sign,
    text,
)
from catenary.diagrams.signature import Signature, free
from catenary.diagrams.sums import as_scalar
from catenary.diagrams.traces import Trace
from catenary.diagrams.types import DEEPEST, Exponential, Ob, Ty

if TYPE_CHECKING:
    from catenary.diagrams.files.forms import Writer
    from catenary.diagrams.nesting import Held

MOST_TURNS = 100  # half turns of an evaluation or a curried box


# Objects and types


def write_ob(ob: Ob) -> Json:
    """A name, ``[name, adjoint order]``, or an exponential with its base and exponent."""
    if isinstance(ob, Exponential):
        found: dict[str, Json] = {"base": write_type(ob.base), "exponent": write_type(ob.exponent)}
        return found | ({"left": True} if ob.left else {}) | ({"z": ob.z} if ob.z else {})
    return [ob.name, ob.z] if ob.z else ob.name


def write_type(ty: Ty) -> Json:
    """The list of the objects."""
    return [write_ob(ob) for ob in ty.objects]


def read_ob(reader: Reader, data: Json, depth: int = 0) -> Ob:
    """What :func:`write_ob` wrote."""
    if isinstance(data, str):
        return Ob(data)
    if isinstance(data, dict):
        reader.fields(data, {"base": True, "exponent": True, "left": False, "z": False})
        if depth >= DEEPEST:
            reader.fail(f"exponentials nested more than {DEEPEST} deep")

        def side(reader: Reader, data: Json) -> Ty:
            return read_type(reader, data, depth + 1)

        base, exponent = reader.at(data, "base", side), reader.at(data, "exponent", side)
        left, z = reader.optional(data, "left", flag, False), reader.optional(data, "z", order, 0)
        return Exponential(base, exponent, left, z)
    reader.expect(data, list, "an object: a name, [name, adjoint order], or an exponential")
    if len(data) != 2:
        reader.fail("expected [name, adjoint order]")
    return Ob(reader.at(data, 0, text), reader.at(data, 1, order))


def read_type(reader: Reader, data: Json, depth: int = 0) -> Ty:
    """What :func:`write_type` wrote."""
    reader.expect(data, list, "a type: a list of objects")
    return Ty.of(tuple([reader.at(data, i, lambda r, d: read_ob(r, d, depth)) for i in range(len(data))]))


# Scalars of sums


def write_scalar(scalar: Any) -> Json:
    """An exact number as ``"p/q"``, a float as a number, a complex one as its parts, else an expression."""
    if isinstance(scalar, (int, Fraction)):
        return str(Fraction(scalar))
    if isinstance(scalar, complex):
        return {"real": scalar.real, "imaginary": scalar.imag}
    return encode_phase(scalar)


def read_scalar(reader: Reader, data: Json) -> Any:
    """What :func:`write_scalar` wrote."""
    if isinstance(data, dict) and "real" in data:
        reader.fields(data, {"real": True, "imaginary": True})
        parts = [data[key] for key in ("real", "imaginary")]
        for part in parts:
            reader.expect(part, (int, float), "a number")
        try:
            return as_scalar(complex(*parts))
        except OverflowError:
            reader.fail("a number too large")
    return as_scalar(decode_phase(data, constants=True))


def read_phase(_: Reader, data: Json) -> Any:
    """A parameter of a box."""
    return decode_phase(data)


# Boxes


def write_box(writer: Writer, box: Box) -> dict[str, Json]:
    """A box by kind; what it holds is in the writer's table already."""
    kind = box.kind
    found: dict[str, Json]
    if kind == SWAP:
        (split,) = box.data
        return {"kind": SWAP, "left": write_type(box.dom[:split]), "right": write_type(box.dom[split:])}
    if kind in (CUP, CAP):
        return {"kind": kind, "type": write_type(box.dom @ box.cod)}
    if kind == SPIDER:
        inputs, outputs, ty, *rest = box.data
        found = {"kind": SPIDER, "inputs": inputs, "outputs": outputs, "type": write_type(ty)}
        found |= {"phase": encode_phase(box.params[0])} if box.params else {}
        return found | ({"structure": rest[0]} if rest else {})
    if kind == BRAID:
        split, side = box.data
        left, right = write_type(box.dom[:split]), write_type(box.dom[split:])
        return {"kind": BRAID, "left": left, "right": right, "sign": side}
    if kind == TWIST:
        return {"kind": TWIST, "type": write_type(box.dom), "sign": box.data[0]}
    if kind == TRACE:
        held, width, left = box.data
        return {"kind": TRACE, "inside": writer.number(held), "width": width, "left": left}
    if kind in (COPY, DISCARD):
        return {"kind": kind, "type": write_type(box.dom)}
    turned: dict[str, Json] = ({"dagger": True} if box.dagger_flag else {}) | ({"z": box.z} if box.z else {})
    ends = {"dom": write_type(box.dom), "cod": write_type(box.cod)}
    if kind == EVAL:
        ty, left = box.data
        return {"kind": EVAL, "type": write_type(ty)} | ends | ({"left": True} if left else {}) | turned
    if kind == CURRY:
        held, n, left = box.data
        found = {"kind": CURRY, "inside": writer.number(held), "n": n}
        return found | ends | ({"left": True} if left else {}) | turned
    if kind == BUBBLE:
        (held,) = box.data
        found = {"kind": BUBBLE, "name": box.name, "inside": writer.number(held)} | ends
        if box.signature != held.signature:
            found["signature"] = writer.signature(box.signature)
        return found | turned
    if kind != GENERATOR:
        raise PhaseError(f"a {kind} has no JSON form")
    found = {"kind": GENERATOR, "name": box.name, **ends}
    if box.params:
        found["params"] = [encode_phase(phase) for phase in box.params]
    return found | turned


_TURNED = {"dagger": False, "z": False}
_GENERATOR = {"kind": True, "name": True, "dom": True, "cod": True, "params": False, **_TURNED}
_CURRY = {"kind": True, "inside": True, "n": True, "dom": True, "cod": True, "left": False, **_TURNED}
_EVAL = {"kind": True, "type": True, "dom": True, "cod": True, "left": False, **_TURNED}
_BUBBLE = {
    "kind": True,
    "name": True,
    "inside": True,
    "dom": True,
    "cod": True,
    "signature": False,
    **_TURNED,
}


def read_box(reader: Reader, data: Json, signature: Signature | None = None) -> Box:
    """What :func:`write_box` wrote, as a box of a signature if it is a generator."""
    reader.expect(data, dict, "a box")
    kind = data.get("kind")
    if kind == GENERATOR:
        reader.fields(data, _GENERATOR)
        box = Box(
            reader.at(data, "name", text),
            reader.at(data, "dom", read_type),
            reader.at(data, "cod", read_type),
            reader.at(data, "params", lambda r, d: r.each(d, read_phase)) if "params" in data else (),
            dagger=reader.optional(data, "dagger", flag, False),
            z=reader.optional(data, "z", order, 0),
            signature=signature,
        )
        return box if signature is None else signature.declare(box)
    if kind == SWAP:
        reader.fields(data, {"kind": True, "left": True, "right": True})
        return Swap(reader.at(data, "left", read_type), reader.at(data, "right", read_type))
    if kind in (CUP, CAP):
        reader.fields(data, {"kind": True, "type": True})
        ty = reader.at(data, "type", read_type)
        if len(ty) % 2:
            reader.fail(f"a {kind} joins two types of one length")
        left, right = ty[: len(ty) // 2], ty[len(ty) // 2 :]
        return bend(kind, left, right, (signature or free()).doctrine)
    if kind == SPIDER:
        return _read_spider(reader, data)
    if kind in (COPY, DISCARD):
        reader.fields(data, {"kind": True, "type": True})
        return (Copy if kind == COPY else Discard)(reader.at(data, "type", read_type))
    if kind == BRAID:
        reader.fields(data, {"kind": True, "left": True, "right": True, "sign": True})
        ends = reader.at(data, "left", read_type), reader.at(data, "right", read_type)
        return Braid(*ends) if reader.at(data, "sign", sign) > 0 else Braid(*ends[::-1]).dagger()
    if kind == TWIST:
        reader.fields(data, {"kind": True, "type": True, "sign": True})
        twist = Twist(reader.at(data, "type", read_type))
        return twist if reader.at(data, "sign", sign) > 0 else twist.dagger()
    if kind == TRACE:
        reader.fields(data, {"kind": True, "inside": True, "width": True, "left": False})
        held = _read_diagram_inside(reader, data)
        width = reader.at(data, "width", natural)
        return Trace(held, width, reader.optional(data, "left", flag, False)).boxes[0]
    if kind == EVAL:
        return _read_eval(reader, data)
    if kind == CURRY:
        return _read_curry(reader, data)
    if kind == BUBBLE:
        return _read_bubble(reader, data)
    return reader.fail(f"unknown kind of box {shown(kind)}")


def _read_spider(reader: Reader, data: Json) -> Box:
    wanted = {"kind": True, "inputs": True, "outputs": True, "type": True}
    reader.fields(data, wanted | {"phase": False, "structure": False})
    inputs, outputs = reader.at(data, "inputs", natural), reader.at(data, "outputs", natural)
    ty = reader.at(data, "type", read_type)
    legs = (inputs + outputs) * len(ty)
    if legs > LARGEST_WIDTH:
        reader.fail(f"a spider with more than {LARGEST_WIDTH} legs")
    reader.spend(legs)
    phase = reader.optional(data, "phase", read_phase, Fraction(0))
    return Spider(inputs, outputs, ty, phase=phase, structure=reader.optional(data, "structure", text, ""))


def read_inside(reader: Reader, data: Json) -> Held:
    """The number of something held that was read before: what is inside comes first, so nothing can hold
    itself.
    """
    number = natural(reader, data)
    if number >= len(reader.nested):
        reader.fail(f"number {number} of {len(reader.nested)} nested so far: inner ones come first")
    return reader.nested[number]


def _read_diagram_inside(reader: Reader, data: Json) -> Diagram:
    held = reader.at(data, "inside", read_inside)
    if not isinstance(held, Diagram):
        reader.fail("a diagram is curried or traced, not a sum")
    return held


def _turned(reader: Reader, data: Json, box: Box) -> Box:
    """The box with the dagger, the rotation and the boundary that the data say."""
    z = reader.optional(data, "z", order, 0)
    if abs(z) > MOST_TURNS:
        reader.fail(f"more than {MOST_TURNS} half turns")
    for _ in range(abs(z)):
        box = box.r if z > 0 else box.l
    if reader.optional(data, "dagger", flag, False):
        box = box.dagger()
    ends = (reader.at(data, "dom", read_type), reader.at(data, "cod", read_type))
    if (box.dom, box.cod) != ends:
        reader.fail(f"the boundary of this {box.kind} is {box.dom} to {box.cod}, not what is given")
    return box


def _read_eval(reader: Reader, data: Json) -> Box:
    reader.fields(data, _EVAL)
    power = exponential(reader.at(data, "type", read_type))
    left = reader.optional(data, "left", flag, False)
    return _turned(reader, data, Eval(power.exponent >> power.base if left else power.base << power.exponent))


def _read_curry(reader: Reader, data: Json) -> Box:
    reader.fields(data, _CURRY)
    held = _read_diagram_inside(reader, data)
    n, left = reader.at(data, "n", natural), reader.optional(data, "left", flag, False)
    return _turned(reader, data, Curry(held, n, left))


def _read_bubble(reader: Reader, data: Json) -> Box:
    from catenary.diagrams.files.forms import read_signature

    reader.fields(data, _BUBBLE)
    held = reader.at(data, "inside", read_inside)
    box = Bubble(
        held,
        reader.at(data, "name", text),
        reader.at(data, "dom", read_type),
        reader.at(data, "cod", read_type),
        signature=reader.optional(data, "signature", read_signature, held.signature),
    )
    z = reader.optional(data, "z", order, 0)
    if z:
        box.signature.doctrine.require("cup")
    return box.replace(dagger=reader.optional(data, "dagger", flag, False), z=z)
