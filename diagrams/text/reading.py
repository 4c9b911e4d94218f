"""From the syntax tree of a theory file to its document: names looked up, types checked."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from catenary.diagrams.boxes import Box, Copy, Discard, Spider, Swap, bend
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import CatenaryError, CompositionError, DoctrineError
from catenary.diagrams.signature import Doctrine, Signature
from catenary.diagrams.text.document import Document
from catenary.diagrams.text.parameters import items, read_params, spine, unquoted
from catenary.diagrams.types import Ty

if TYPE_CHECKING:
    from catenary.diagrams.text.parser import Source

MAX_LEGS = 10_000
MAX_EXPANDED = 1_000_000
ATTRIBUTES = ("l", "r", "dagger")


def read(tree: Any, source: Source) -> Document:
    """The document of a syntax tree."""
    return _Reader(source).document(tree)


def read_expression(tree: Any, source: Source, signature: Signature) -> Diagram:
    """The diagram of an expression's syntax tree, over a signature with finitely many generators."""
    reader = _Reader(source)
    reader.adopt(signature)
    return reader.diagram(tree)


class _Reader:
    """Reads one text: objects and boxes first, then everything else in order."""

    def __init__(self, source: Source):
        self.expanded = 0
        self.source = source
        self.doctrine = Doctrine.SYMMETRIC
        self.objects: dict[str, Ty] = {}
        self.boxes: list[Box] = []
        self.signature: Signature | None = None
        self.diagrams: dict[str, Diagram] = {}

    def adopt(self, signature: Signature) -> None:
        self.doctrine, self.signature = signature.doctrine, signature
        self.objects = {name: Ty(name) for name in signature.objects or ()}

    def document(self, tree: Any) -> Document:
        label, doctrine, listed = tree.children
        statements = items(listed)
        name = self.text(label)
        self.doctrine = self.find_doctrine(doctrine)
        used: dict[str, str] = {}
        boxes: list[tuple[Any, str]] = []
        for statement in statements:
            if statement.data == "objects":
                for child in items(statement.children[0]):
                    object_name = self.new(child, "object", used)
                    self.objects[object_name] = Ty(object_name)
            elif statement.data == "box":
                boxes.append((statement, self.new(statement.children[0], "box", used)))
        for statement, box_name in boxes:
            self.boxes.append(self.box(statement, box_name))
        self.signature = Signature(name, self.doctrine, self.objects, self.boxes)
        axioms: list[Equation] = []
        claims: list[Equation] = []
        equations: dict[str, str] = {}
        for statement in statements:
            kind = statement.data
            if kind == "diagram":
                diagram_name = self.new(statement.children[0], "diagram", used)
                self.diagrams[diagram_name] = self.diagram(statement.children[2])
            elif kind in ("axiom", "rule", "claim"):
                equation = self.equation(statement, equations)
                (claims if kind == "claim" else axioms).append(equation)
        return Document(name, self.signature, tuple(axioms), tuple(claims), self.diagrams)

    # Names

    def text(self, tree: Any) -> str:
        """The name that a ``name`` or ``label`` node stands for."""
        return unquoted(tree, self.source)

    def new(self, tree: Any, kind: str, used: dict[str, str]) -> str:
        name = self.text(tree)
        if name in used:
            self.source.fail(f"{name!r} is already the name of {_a(used[name])}", tree)
        used[name] = kind
        return name

    def find_doctrine(self, label: Any) -> Doctrine:
        name = self.text(label)
        known = [doctrine.value for doctrine in Doctrine]
        if name not in known:
            self.source.fail(
                f"unknown doctrine {name!r}{_close(name, known)}; there are {', '.join(known)}", label
            )
        return Doctrine(name)

    # Statements

    def box(self, statement: Any, name: str) -> Box:
        _, params, dom, arrow, cod = statement.children
        ends = []
        for tree in (dom, cod):
            value = Ty() if tree is None else self.value(tree)
            if not isinstance(value, Ty):
                self.source.fail(f"box {name}: its boundary is made of objects, not of boxes", tree)
            ends.append(value)
        values = read_params(params, self.source)
        try:
            return Box(name, ends[0], ends[1], values)
        except CatenaryError as error:
            self.source.fail(str(error), arrow)

    def equation(self, statement: Any, used: dict[str, str]) -> Equation:
        label, left_tree, sign, right_tree = statement.children
        name = self.new(label, str(statement.data), used)
        left, right = self.diagram(left_tree), self.diagram(right_tree)
        for end, one, other in (("inputs", left.dom, right.dom), ("outputs", left.cod, right.cod)):
            if one != other:
                ends = f"left  {_near(one, 0)},  right  {_near(other, 0)}"
                self.source.fail(f"the two sides of {name!r} have different {end}: {ends}", sign)
        return Equation(name, left, right, sign.type == "DIRECTED")

    # Expressions

    def diagram(self, tree: Any) -> Diagram:
        return self.as_diagram(self.value(tree))

    def as_diagram(self, value: Ty | Diagram) -> Diagram:
        return Diagram.id(value, self.signature) if isinstance(value, Ty) else value

    def value(self, tree: Any) -> Ty | Diagram:
        """The type or diagram of an expression; a type stands for its identity where a diagram is wanted."""
        first, rest = spine(tree, "then")
        result = self.tensor(first)
        for operator, operand in rest:
            self.need_diagrams(operator)
            left, right = self.as_diagram(result), self.as_diagram(self.tensor(operand))
            try:
                result = left >> right
            except CompositionError as error:
                wire = error.index
                ends, begins = _near(left.cod, wire), _near(right.dom, wire)
                problem = (
                    f"cannot compose: the left side ends in  {ends},  the right side begins with  {begins}"
                )
                self.source.fail(f"{problem}  (wire {wire + 1} differs)", operator)
        return result

    def need_diagrams(self, at: Any) -> None:
        if self.signature is None:
            self.source.fail("a box's boundary is made of objects joined by @", at)

    def tensor(self, tree: Any) -> Ty | Diagram:
        first, rest = spine(tree, "beside")
        parts = [self.turned(first), *(self.turned(operand) for _, operand in rest)]
        if all(isinstance(part, Ty) for part in parts):
            return Ty.of(tuple(ob for part in parts if isinstance(part, Ty) for ob in part.objects))
        result = self.as_diagram(parts[0])
        for part in parts[1:]:
            result = result @ self.as_diagram(part)
        return result

    def turned(self, tree: Any) -> Ty | Diagram:
        atom, suffixes = spine(tree, "turned")
        result = self.atom(atom)
        for (token,) in suffixes:
            what = "dagger" if token.type == "DAGGER" else str(token)[1:]
            if what not in ATTRIBUTES:
                self.source.fail(
                    f"unknown suffix .{what}{_close(what, ATTRIBUTES)}; there are .l, .r and .dagger", token
                )
            try:
                if what == "dagger":
                    self.need_diagrams(token)
                    result = self.as_diagram(result).dagger()
                else:
                    self.doctrine.require("cup")
                    result = result.l if what == "l" else result.r
            except DoctrineError as error:
                needed = ", ".join(error.needed)
                self.source.fail(
                    f"a {self.doctrine.value} theory has no adjoints; doctrines that do: {needed}", token
                )
            except CatenaryError as error:
                self.source.fail(str(error), token)
        return result

    def atom(self, tree: Any) -> Ty | Diagram:
        kind = tree.data
        if kind == "group":
            return self.value(tree.children[0])
        if kind == "unit":
            if str(tree.children[0]) != "1":
                self.source.fail(f"{tree.children[0]} is no diagram; 1 is the empty one", tree)
            return Ty()
        if kind == "named":
            return self.named(tree)
        self.need_diagrams(tree)
        return self.structural(tree)

    def named(self, tree: Any) -> Ty | Diagram:
        name_tree, params = tree.children
        name = self.text(name_tree)
        if name in self.objects:
            if params is not None:
                self.source.fail(f"{name} is an object and has no parameters", params)
            return self.objects[name]
        if self.signature is None:
            known: list[str] = list(self.objects)
            self.source.fail(f"no object {name!r}{_close(name, known)}", name_tree)
        if name in self.diagrams:
            if params is not None:
                self.source.fail(f"{name} is a diagram and has no parameters", params)
            found = self.diagrams[name]
            # Names of diagrams that use each other double them at every line.
            self.expanded += len(found) + len(found.dom) + len(found.cod)
            if self.expanded > MAX_EXPANDED:
                self.source.fail(
                    f"more than {MAX_EXPANDED:,} boxes and wires, the names of diagrams written out",
                    name_tree,
                )
            return found
        generators = self.signature.generators or {}
        if name not in generators:
            known = [*self.objects, *generators, *self.diagrams]
            self.source.fail(f"no object, box or diagram {name!r}{_close(name, known)}", name_tree)
        box = generators[name]
        values = read_params(params, self.source)
        if len(values) != len(box.params):
            count = len(box.params)
            words = f"{count or 'no'} parameter{'' if count == 1 else 's'}"
            self.source.fail(f"{name} has {words}, not {len(values) or 'none'}", tree)
        return (box.replace(params=values) if values else box).diagram

    def structural(self, tree: Any) -> Diagram:
        keyword = tree.children[0]
        kind = str(keyword)
        signature = self.signature
        assert signature is not None
        try:
            signature.doctrine.require(kind)
            if kind == "spider":
                _, ins, outs, ty = tree.children
                box = Spider(self.legs(ins), self.legs(outs), self.type(ty))
            elif kind in ("cup", "cap"):
                left, right = (self.type(child) for child in tree.children[1:])
                box = bend(kind, left, right, signature.doctrine)
            else:
                types = [self.type(child) for child in tree.children[1:]]
                build: Any = {"swap": Swap, "copy": Copy, "discard": Discard}[kind]
                box = build(*types)
            if kind not in ("copy", "discard") and not box.signature.doctrine <= signature.doctrine:
                raise DoctrineError(kind, signature.doctrine.value, [box.signature.doctrine.value])
            return Diagram.of_box(box.replace(signature=signature))
        except DoctrineError as error:
            needed = ", ".join(error.needed)
            what = "cups and caps without adjoints" if signature.doctrine.has(kind) else kind
            self.source.fail(
                f"a {signature.doctrine.value} theory has no {what}; doctrines that do: {needed}", keyword
            )
        except CompositionError as error:
            wanted, given = " ".join(error.left), " ".join(error.right)
            self.source.fail(
                f"{kind} joins a type and its adjoint: wanted  {wanted},  given  {given}", keyword
            )
        except CatenaryError as error:
            if hasattr(error, "line"):
                raise
            self.source.fail(str(error), keyword)

    def type(self, tree: Any) -> Ty:
        value = self.value(tree)
        if not isinstance(value, Ty):
            self.source.fail("a type is wanted here, made of objects; this is a diagram", tree)
        return value

    def legs(self, token: Any) -> int:
        text = str(token)
        if not text.isdigit() or len(text) > 9 or int(text) > MAX_LEGS:
            self.source.fail(
                f"a spider has a whole number of legs, at most {MAX_LEGS}, not {text[:20]}", token
            )
        return int(text)


def _close(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 3)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def _near(ty: Ty, wire: int) -> str:
    """A type around one of its wires, for messages: a boundary may have thousands."""
    if len(ty) <= 12:
        return " @ ".join(str(ob) for ob in ty.objects) or "1"
    first = max(0, wire - 4)
    shown = " @ ".join(str(ob) for ob in ty.objects[first : wire + 5])
    return ("… " if first else "") + shown + (" …" if wire + 5 < len(ty) else "")


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
