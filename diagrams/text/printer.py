"""Writing theory files: what is printed reads back as the same value."""

from __future__ import annotations

import json
import re
from fractions import Fraction

from catenary.diagrams.boxes import CAP, COPY, CUP, DISCARD, GENERATOR, SPIDER, SWAP, Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import InputError, SignatureError
from catenary.diagrams.phases import Phase, as_phase, is_symbolic
from catenary.diagrams.signature import Signature
from catenary.diagrams.text.document import Document
from catenary.diagrams.text.parser import KEYWORDS
from catenary.diagrams.types import Ty

WIDTH = 100

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
    signature = document.signature
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
    paragraphs.append([_equation("rule" if e.directed else "axiom", e) for e in document.axioms])
    paragraphs.append([_equation("claim", e) for e in document.claims])
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def format_diagram(diagram: Diagram) -> str:
    """A diagram as an expression of theory files; its identity layers are types, an empty boundary is ``1``.

    Raises:
        SignatureError: for boxes that the syntax cannot say.

    >>> from catenary.diagrams import Box, Swap
    >>> a = Ty("a")
    >>> format_diagram(Swap(a, a) @ a >> a @ Box("m", a @ a, a))
    'swap(a, a) @ a >> a @ m'
    """
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


def format_type(ty: Ty) -> str:
    """A type as an expression: ``n.r @ s``; the unit is ``1``.

    >>> format_type(Ty("n").r @ Ty("s"))
    'n.r @ s'
    """
    return " @ ".join(_name(ob.name) + (".r" if ob.z > 0 else ".l") * abs(ob.z) for ob in ty.objects) or "1"


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
    return _wrapped(f"{keyword} {_label(equation.name)}:", sides, sign)


def _wrapped(head: str, sides: list[str], sign: str) -> str:
    flat = f" {sign} ".join(sides)
    if len(head) + 1 + len(flat) <= WIDTH:
        return f"{head} {flat}"
    lines = [head]
    for number, side in enumerate(sides):
        if number:
            lines.append("  " + sign)
        line = "   "
        for layer in side.split(" >> "):
            piece = f" {layer}" if line == "   " else f" >> {layer}"
            if len(line) + len(piece) > WIDTH and line.strip():
                lines.append(line)
                line = "   "
            line += piece
        lines.append(line)
    return "\n".join(lines)


def _box(box: Box, signature: Signature) -> str:
    if box.kind == SWAP:
        (split,) = box.data
        return f"swap({format_type(box.dom[:split])}, {format_type(box.dom[split:])})"
    if box.kind in (CUP, CAP):
        ty = box.dom or box.cod
        left, right = ty[: len(ty) // 2], ty[len(ty) // 2 :]
        if any(ob.z for ob in ty.objects):
            # Adjoints may have been identified modulo two; the syntax wants neighbouring ones.
            left = right.l if box.kind == CUP else right.r
        return f"{box.kind}({format_type(left)}, {format_type(right)})"
    if box.kind == SPIDER:
        ins, outs, ty = box.data
        return f"spider({ins}, {outs}, {format_type(ty)})"
    if box.kind in (COPY, DISCARD):
        return f"{box.kind}({format_type(box.dom)})"
    if signature.generators is not None:
        declared = signature[box.name].replace(params=box.params)
        turned = declared.dagger() if box.dagger_flag else declared
        for _ in range(abs(box.z)):
            turned = turned.r if box.z > 0 else turned.l
        reduce = signature.doctrine.reduce
        if (reduce(turned.dom), reduce(turned.cod)) != (reduce(box.dom), reduce(box.cod)):
            raise SignatureError(
                f"box {box} has another boundary than the generator {box.name} of {signature.name}"
            )
    turns = (".r" if box.z > 0 else ".l") * abs(box.z)
    return _name(box.name) + _params(box) + ("†" if box.dagger_flag else "") + turns


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
