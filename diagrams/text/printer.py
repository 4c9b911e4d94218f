"""Writing theory files: what is printed reads back as the same value."""

from __future__ import annotations

import json
import re
from fractions import Fraction

from catenary.diagrams.boxes import (
    BRAID,
    BUBBLE,
    CAP,
    COPY,
    CUP,
    DISCARD,
    EVAL,
    GENERATOR,
    HELD,
    SPIDER,
    SWAP,
    TRACE,
    TWIST,
    Box,
)
from catenary.diagrams.conditions import Condition
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import InputError, SignatureError, expect
from catenary.diagrams.phases import Phase, as_phase, is_symbolic
from catenary.diagrams.signature import Signature
from catenary.diagrams.sums import Scalar, Sum
from catenary.diagrams.text.document import Document, WrittenProof
from catenary.diagrams.text.families import EquationFamily
from catenary.diagrams.text.parser import KEYWORDS, MAX_DEPTH, NESTING
from catenary.diagrams.types import Exponential, Ob, Ty

WIDTH = 100
MAX_DIGITS = 60

_BARRED = "†→⇒“”\\s\\x80-\\x9f\\ud800-\\udfff"
_NAME = re.compile(rf"(?![{_BARRED}])[A-Za-z_\x80-\U0010ffff]((?![{_BARRED}])[0-9A-Za-z_'\x80-\U0010ffff])*")
_LABEL = re.compile(rf"((?![{_BARRED}])[0-9A-Za-z_'.\-\x80-\U0010ffff])+")


def format_document(document: Document) -> str:
    """The text of a theory file that reads back as the same document.

    Raises:
        SignatureError: for what the syntax cannot say: parameters that are not polynomials, say.

    >>> from catenary.diagrams.text import parse_document
    >>> text = "theory t : symmetric object A box f : A -> A axiom i: f >> f = f"
    >>> print(format_document(parse_document(text)), end="")
    theory t : symmetric
    <BLANKLINE>
    object A
    <BLANKLINE>
    box f : A -> A
    <BLANKLINE>
    axiom i: f >> f = f
    """
    expect(document, Document, "what format_document takes", "a Document")
    signature = document.signature
    if signature.spiders is not None:
        raise SignatureError(
            f"signature {signature.name} lists the structures of its spiders, which theory files cannot say"
        )
    objects, generators = signature.objects or frozenset(), signature.generators or {}
    paragraphs = [[f"theory {_label(document.name)} : {signature.doctrine.value}"]]
    if objects:
        paragraphs.append([f"object {', '.join(map(_name, sorted(objects)))}"])
    paragraphs.append([_declaration(box, signature) for box in generators.values()])
    paragraphs.append(
        [
            _wrapped(f"diagram {_name(name)} =", [format_diagram(diagram)], "")
            for name, diagram in document.diagrams.items()
        ]
    )
    paragraphs.append(
        [_wrapped(f"sum {_name(name)} =", [format_sum(value)], "") for name, value in document.sums.items()]
    )
    paragraphs.append([_equation("rule" if e.directed else "axiom", e) for e in document.axioms])
    paragraphs.append([_family(family, document) for family in document.families])
    paragraphs.append([_equation("claim", e) for e in document.claims])
    paragraphs += [[_proof(proof)] for proof in document.proofs]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def _proof(proof: WrittenProof) -> str:
    lines = [f"proof {_label(proof.claim)}:", f"    {format_diagram(proof.diagrams[0])}"]
    for diagram, names in zip(proof.diagrams[1:], proof.reasons, strict=True):
        lines.append(f"  = {format_diagram(diagram)}  by {', '.join(map(_label, names))}")
    return "\n".join(lines)


def format_diagram(diagram: Diagram | Box) -> str:
    """A diagram as an expression of theory files; its identity layers are types, an empty boundary is ``1``.

    Raises:
        SignatureError: for boxes that the syntax cannot say.

    >>> from catenary.diagrams import Box, Swap
    >>> a = Ty("a")
    >>> format_diagram(Swap(a, a) @ a >> a @ Box("m", a @ a, a))
    'swap(a, a) @ a >> a @ m'
    """
    if isinstance(diagram, Box):
        diagram = diagram.diagram
    expect(diagram, Diagram, "what format_diagram takes", "a diagram or a box")
    return _checked(_diagram(diagram))


def format_sum(value: Sum) -> str:
    """A sum as an expression of theory files.

    Raises:
        SignatureError: for boxes and scalars that the syntax cannot say.

    >>> from fractions import Fraction
    >>> from catenary.diagrams import Box
    >>> f, g = Box("f", Ty("a"), Ty("a")), Box("g", Ty("a"), Ty("a"))
    >>> format_sum(f - Fraction(1, 2) * (f >> g))
    'f - 1/2 * (f >> g)'
    """
    expect(value, Sum, "what format_sum takes", "a Sum")
    return _checked(_sum(value))


def _checked(text: str) -> str:
    depth = 0
    for match in NESTING.finditer(text):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth > MAX_DEPTH:
            raise SignatureError(
                f"boxes inside of boxes need more than {MAX_DEPTH} parentheses in a theory file"
            )
    return text


def _diagram(diagram: Diagram) -> str:
    layers = []
    if not len(diagram.boxes):
        return format_type(diagram.dom)
    wires = list(diagram.dom.objects)
    for box, offset in diagram.layers:
        stop = offset + len(box.dom)
        parts = [format_type(Ty.of(tuple(wires[:offset])))] if offset else []
        parts.append(_box(box, diagram.signature))
        if stop < len(wires):
            parts.append(format_type(Ty.of(tuple(wires[stop:]))))
        layers.append(" @ ".join(parts))
        wires[offset:stop] = box.cod.objects
    return " >> ".join(layers)


def _sum(value: Sum) -> str:
    if not value.terms:
        return f"zero({format_type(value.dom)}, {format_type(value.cod)})"
    text = ""
    for scalar, diagram in value.terms:
        negative = isinstance(scalar, (int, Fraction, float)) and scalar < 0
        one = _diagram(diagram)
        one = f"({one})" if " >> " in one else one
        factor = _scalar(-scalar if negative else scalar)
        if factor != "1" or (len(value.terms) == 1 and not negative):
            one = f"{factor} * {one}"
        text += (" - " if negative else " + ") + one if text else ("-" if negative else "") + one
    return text


def _scalar(scalar: Scalar) -> str:
    if isinstance(scalar, complex):
        return f"[{scalar.real!r}, {scalar.imag!r}]"
    if isinstance(scalar, (int, Fraction)):
        if max(abs(scalar.numerator), scalar.denominator) >= 10**MAX_DIGITS:
            raise SignatureError(
                f"a scalar of more than {MAX_DIGITS} digits cannot be written in a theory file"
            )
        return str(scalar)
    if isinstance(scalar, float):
        return repr(scalar)
    return f"[{_param(scalar)}]"


def format_type(ty: Ty) -> str:
    """A type as an expression: ``n.r @ s``; the unit is ``1``.

    >>> format_type(Ty("n").r @ Ty("s"))
    'n.r @ s'
    """
    return " @ ".join(_object(ob) + (".r" if ob.z > 0 else ".l") * abs(ob.z) for ob in ty.objects) or "1"


def _object(ob: Ob) -> str:
    if not isinstance(ob, Exponential):
        return _name(ob.name)
    base, exponent = format_type(ob.base), format_type(ob.exponent)
    return f"under({exponent}, {base})" if ob.left else f"over({base}, {exponent})"


def _declaration(box: Box, signature: Signature) -> str:
    if box.dagger_flag or box.z or box.kind != GENERATOR:
        raise SignatureError(f"generator {box} is a dagger, rotated or structural: it cannot be declared")
    if not signature.doctrine.has("cup") and any(ob.z for ob in box.dom.objects + box.cod.objects):
        raise SignatureError(f"generator {box} has adjoints in its boundary, which {signature.name} has not")
    ends = [format_type(ty) if ty else "" for ty in (box.dom, box.cod)]
    return f"box {_name(box.name)}{_params(box)} : {ends[0]} -> {ends[1]}".replace(":  ->", ": ->").rstrip()


def _equation(keyword: str, equation: Equation) -> str:
    sign = "=>" if equation.directed else "="
    sides = [format_diagram(equation.left), format_diagram(equation.right)]
    names = f"({', '.join(map(_name, equation.variables))})" if equation.variables else ""
    body = _wrapped(f"{keyword} {_label(equation.name)}{names}:", sides, sign)
    if not equation.where:
        return body
    where = f"where {', '.join(map(_condition, equation.where))}"
    return f"{body}{' ' if len(body) + len(where) < WIDTH else chr(10) + '  '}{where}"


def _family(family: EquationFamily, document: Document) -> str:
    for name, diagram in family.diagrams:
        if document.diagrams.get(name) != diagram:
            raise SignatureError(
                f"rule {family.name} uses a diagram {name!r} that the document does not have"
            )
    names = f"[{', '.join(map(_name, family.arities))}]"
    names += f"({', '.join(map(_name, family.variables))})" if family.variables else ""
    keyword, sign = ("rule", "=>") if family.directed else ("axiom", "=")
    where = f" where {', '.join(map(_condition, family.where))}" if family.where else ""
    return f"{keyword} {_label(family.name)}{names}: {family.left} {sign} {family.right}{where}"


def _condition(condition: Condition) -> str:
    values = ", ".join(map(_param, condition.values))
    modulo = "" if condition.modulus is None else f" mod {condition.modulus}"
    return f"{_param(condition.expression)} {'not ' if condition.negated else ''}in {{{values}}}{modulo}"


def _wrapped(head: str, sides: list[str], sign: str) -> str:
    flat = f" {sign} ".join(sides)
    if len(head) + 1 + len(flat) <= WIDTH:
        return f"{head} {flat}"
    lines = [head]
    for number, side in enumerate(sides):
        if number:
            lines.append("  " + sign)
        line = "   "
        for layer in _layers(side):
            piece = f" {layer}" if line == "   " else f" >> {layer}"
            if len(line) + len(piece) > WIDTH and line.strip():
                lines.append(line)
                line = "   "
            line += piece
        lines.append(line)
    return "\n".join(lines)


def _box(box: Box, signature: Signature) -> str:
    if box.kind != GENERATOR:
        return _structural(box, signature)
    legs = ""
    if signature.generators is not None:
        declared = signature[box.name].replace(params=box.params)
        counts = _counts(declared, box)
        if counts != (1, 1):
            legs = f"[{counts[0]}, {counts[1]}]"
            declared = declared.replace(dom=declared.dom ** counts[0], cod=declared.cod ** counts[1])
        turned = declared.dagger() if box.dagger_flag else declared
        for _ in range(abs(box.z)):
            turned = turned.r if box.z > 0 else turned.l
        reduce = signature.doctrine.reduce
        if (reduce(turned.dom), reduce(turned.cod)) != (reduce(box.dom), reduce(box.cod)):
            raise SignatureError(
                f"box {box} has another boundary than the generator {box.name} of {signature.name}"
            )
    turns = (".r" if box.z > 0 else ".l") * abs(box.z)
    return _name(box.name) + legs + _params(box) + ("†" if box.dagger_flag else "") + turns


def _counts(declared: Box, box: Box) -> tuple[int, int]:
    """How often the inputs and outputs of a family occur in one of its members."""
    dom, cod = box.upright
    if box.dagger_flag:
        dom, cod = cod, dom
    found = []
    for mine, theirs in ((dom, declared.dom), (cod, declared.cod)):
        count = len(mine) // len(theirs) if theirs else 1
        found.append(count if theirs and len(theirs) * count == len(mine) else 1)
    return found[0], found[1]


def _layers(text: str) -> list[str]:
    """The pieces of an expression between its ``>>``, which may also stand in quoted names."""
    found = [""]
    for piece in re.split(r'("(?:\\.|[^"\\])*")', text):
        first, *more = [piece] if piece.startswith('"') else piece.split(" >> ")
        found[-1] += first
        found.extend(more)
    return found


def _structural(box: Box, signature: Signature) -> str:
    """A box of the doctrine, or one that holds a diagram."""
    if box.kind == SWAP:
        (split,) = box.data
        return f"swap({format_type(box.dom[:split])}, {format_type(box.dom[split:])})"
    if box.kind == BRAID:
        split, sign = box.data
        if sign > 0:
            return f"braid({format_type(box.dom[:split])}, {format_type(box.dom[split:])})"
        split = len(box.cod) - split
        return f"braid({format_type(box.cod[:split])}, {format_type(box.cod[split:])})†"
    if box.kind == TWIST:
        return f"twist({format_type(box.dom)})" + ("" if box.data[0] > 0 else "†")
    if box.kind in (CUP, CAP):
        ty = box.dom or box.cod
        left, right = ty[: len(ty) // 2], ty[len(ty) // 2 :]
        if any(ob.z for ob in ty.objects):
            # Adjoints may have been identified modulo two; the syntax wants neighbouring ones.
            left = right.l if box.kind == CUP else right.r
        return f"{box.kind}({format_type(left)}, {format_type(right)})"
    if box.kind == SPIDER:
        return _spider(box)
    if box.kind in (COPY, DISCARD):
        return f"{box.kind}({format_type(box.dom)})"
    if box.kind in HELD or box.kind == TRACE:
        return _holding(box, signature)
    raise SignatureError(f"a {box.kind} cannot be written in a theory file")


def _spider(box: Box) -> str:
    ins, outs, ty, *structure = box.data
    shown = [str(ins), str(outs), format_type(ty)]
    if box.params or structure:
        shown.append(_param(box.params[0]) if box.params else "0")
    shown.extend(map(_name, structure))
    return f"spider({', '.join(shown)})"


def _holding(box: Box, signature: Signature) -> str:
    turned = ("†" if box.dagger_flag else "") + (".r" if box.z > 0 else ".l") * abs(box.z)
    for _ in range(abs(box.z)):
        box = box.l if box.z > 0 else box.r
    box = box.dagger() if box.dagger_flag else box
    if box.kind == EVAL:
        return f"eval({format_type(box.data[0])}){turned}"
    held = box.data[0]
    if not signature.includes(held.signature):
        raise SignatureError(
            f"the diagram in a {box.kind} is over {held.signature.name}: a theory file has one signature"
        )
    inner = _sum(held) if isinstance(held, Sum) else _diagram(held)
    if box.kind != BUBBLE:
        _, width, left = box.data
        extra = f", {width}" if width != 1 or left else ""
        return f"{box.kind}({inner}{extra}{', left' if left else ''}){turned}"
    extra = f", {_name(box.name)}" if box.name != BUBBLE else ""
    if (box.dom, box.cod) != (held.dom, held.cod):
        ends = [format_type(ty) if ty else "" for ty in (box.dom, box.cod)]
        extra += f", {ends[0]} -> {ends[1]}".rstrip()
    return f"bubble({inner}{extra}){turned}"


def _params(box: Box) -> str:
    return f"({', '.join(map(_param, box.params))})" if box.params else ""


def _param(phase: Phase) -> str:
    if isinstance(phase, Fraction):
        return str(phase)
    text = repr(phase) if isinstance(phase, float) else str(phase)
    if is_symbolic(phase):
        from catenary.diagrams.text.parameters import parse_parameter

        try:
            same = parse_parameter(text) == as_phase(phase)
        except InputError:
            same = False
        if not same:
            raise SignatureError(f"the parameter {phase} cannot be written in a theory file")
    return text


def _name(name: str) -> str:
    return name if _NAME.fullmatch(name) and name not in KEYWORDS else _quoted(name)


def _label(name: str) -> str:
    return name if _LABEL.fullmatch(name) else _quoted(name)


def _quoted(name: str) -> str:
    text = json.dumps(name, ensure_ascii=False)
    if re.search(r"\\[^\"\\ntr]", text.replace("\\\\", "")) or re.search("[\ud800-\udfff]", name):
        raise SignatureError(f"the name {name!r} holds control characters, which a theory file cannot")
    return text
