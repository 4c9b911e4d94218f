"""From the syntax tree of a theory file to its document: names looked up, types checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from catenary.diagrams.boxes import Box, Braid, Copy, Discard, Spider, Swap, Twist, bend
from catenary.diagrams.bubbles import Bubble
from catenary.diagrams.closed import Curry, Eval
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import CatenaryError, CompositionError, DoctrineError
from catenary.diagrams.signature import Doctrine, Signature
from catenary.diagrams.sums import Sum
from catenary.diagrams.text.amounts import Amounts, close
from catenary.diagrams.text.document import Document, WrittenProof
from catenary.diagrams.text.families import read_family
from catenary.diagrams.text.including import SUFFIX
from catenary.diagrams.text.parameters import items, read_conditions, read_params, read_value, spine, unquoted
from catenary.diagrams.traces import Trace
from catenary.diagrams.types import Ty

if TYPE_CHECKING:
    from catenary.diagrams.text.including import Library
    from catenary.diagrams.text.parser import Source

MAX_TERMS = 10_000
ATTRIBUTES = ("l", "r", "dagger")
Value: TypeAlias = Ty | Diagram | Sum


def read(tree: Any, source: Source, library: Library | None = None) -> Document:
    """The document of a syntax tree; what it includes is found in a library."""
    return _Reader(source, library).document(tree)


def read_expression(
    tree: Any,
    source: Source,
    signature: Signature,
    arities: Mapping[str, int] = {},
    diagrams: Mapping[str, Diagram] = {},
) -> Diagram:
    """The diagram of an expression's syntax tree, over a signature with finitely many generators; for names of numbers of
    legs, and of diagrams, what they stand for.
    """
    reader = _Reader(source)
    reader.adopt(signature)
    reader.arities, reader.diagrams = arities, dict(diagrams)
    return reader.diagram(tree)


class _Reader(Amounts):
    """Reads one text: objects and boxes first, then everything else in order."""

    def __init__(self, source: Source, library: Library | None = None):
        super().__init__(source)
        self.library = library
        self.doctrine = Doctrine.SYMMETRIC
        self.objects: dict[str, Ty] = {}
        self.boxes: list[Box] = []
        self.signature: Signature | None = None
        self.diagrams: dict[str, Diagram] = {}
        self.sums: dict[str, Sum] = {}

    def adopt(self, signature: Signature) -> None:
        self.doctrine, self.signature = signature.doctrine, signature
        self.objects = {name: Ty(name) for name in signature.objects or ()}

    def document(self, tree: Any) -> Document:
        label, doctrine, extends, listed = tree.children
        statements = items(listed)
        name = self.text(label)
        self.doctrine = self.find_doctrine(doctrine)
        used: dict[str, str] = {}
        axioms: list[Equation] = []
        equations: dict[str, str] = {}
        included = self.included(extends, statements, used)
        for document in included:
            for equation in document.axioms:
                if equation.name not in equations:
                    axioms.append(equation)
                    equations[equation.name] = "axiom"
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
        self.signature = signature = Signature(name, self.doctrine, self.objects, self.boxes)
        self.diagrams = {name: diagram.over(signature) for name, diagram in self.diagrams.items()}
        self.sums = {name: value.over(signature) for name, value in self.sums.items()}
        claims: list[Equation] = []
        families = [family for document in included for family in document.families]
        equations |= {family.name: "axiom" for family in families}
        proofs: list[WrittenProof] = []
        for statement in statements:
            kind = statement.data
            if kind == "diagram":
                diagram_name = self.new(statement.children[0], "diagram", used)
                self.diagrams[diagram_name] = self.diagram(statement.children[2])
            elif kind == "sum_of":
                sum_name = self.new(statement.children[0], "sum", used)
                value = self.value(statement.children[2])
                self.sums[sum_name] = value if isinstance(value, Sum) else Sum.of(self.as_diagram(value))
            elif kind in ("axiom", "rule") and statement.children[1] is not None:
                families.append(
                    read_family(self, statement, self.new(statement.children[0], kind, equations))
                )
            elif kind in ("axiom", "rule", "claim"):
                equation = self.equation(statement, equations)
                (claims if kind == "claim" else axioms).append(equation)
            elif kind == "proof":
                proofs.append(self.proof(statement, claims, proofs))
        return Document(
            name,
            signature,
            tuple(axioms),
            tuple(claims),
            self.diagrams,
            self.sums,
            tuple(proofs),
            tuple(families),
        )

    def included(self, extends: Any, statements: list[Any], used: dict[str, str]) -> list[Document]:
        """The theories that this one takes over, their objects, boxes, diagrams and sums declared here.

        What two of them declare alike, as by way of a third one, is taken once.
        """
        wanted = [
            (self.text(label) + (SUFFIX if label.children[0].type != "STRING" else ""), label)
            for label in ([] if extends is None else items(extends.children[0]))
        ]
        wanted += [
            (unquoted(statement, self.source), statement)
            for statement in statements
            if statement.data == "include"
        ]
        documents: list[Document] = []
        equations: dict[str, tuple[Equation, str]] = {}
        boxes: dict[str, tuple[Box, str]] = {}
        for name, at in wanted:
            if self.library is None:
                self.source.fail(
                    f"{name!r} cannot be included: this text is not a file in a folder (give parse_document one)",
                    at,
                )
            document = self.library.get(name, self.source, at)
            theirs = document.signature
            if not theirs.doctrine <= self.doctrine:
                self.source.fail(
                    f"{name} is a {theirs.doctrine.value} theory, which a {self.doctrine.value} one does not include",
                    at,
                )
            documents.append(document)
            for object_name in sorted(theirs.objects or ()):
                self.take(object_name, "object", used, name, at)
                self.objects[object_name] = Ty(object_name)
            for box in (theirs.generators or {}).values():
                if box.name in boxes:
                    other, where = boxes[box.name]
                    if (other.dom, other.cod, other.params) != (box.dom, box.cod, box.params):
                        self.source.fail(f"{where} and {name} have different boxes {box.name!r}", at)
                    continue
                self.take(box.name, "box", used, name, at)
                boxes[box.name] = (box, name)
                self.boxes.append(box.plain())
            tables: list[tuple[str, Any, Any]] = [
                ("diagram", self.diagrams, document.diagrams),
                ("sum", self.sums, document.sums),
            ]
            for kind, mine, values in tables:
                for value_name, value in values.items():
                    if value_name in mine and used.get(value_name) == kind:
                        if mine[value_name] != value:
                            self.source.fail(
                                f"{name} has another {kind} {value_name!r} than was included", at
                            )
                        continue
                    self.take(value_name, kind, used, name, at)
                    mine[value_name] = value
            for equation in document.axioms:
                before, where = equations.setdefault(equation.name, (equation, name))
                if before != equation:
                    self.source.fail(f"{where} and {name} have different axioms {equation.name!r}", at)
        return documents

    def take(self, name: str, kind: str, used: dict[str, str], where: str, at: Any) -> None:
        if used.setdefault(name, kind) != kind or (kind in ("diagram", "sum") and name in self.objects):
            self.source.fail(f"{where} has {_a(kind)} {name!r}, which is {_a(used[name])} already", at)

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
                f"unknown doctrine {name!r}{close(name, known)}; there are {', '.join(known)}", label
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
        label, *_, variables, left_tree, sign, right_tree, where = statement.children
        name = self.new(label, str(statement.data), used)
        left, right = self.diagram(left_tree), self.diagram(right_tree)
        for end, one, other in (("inputs", left.dom, right.dom), ("outputs", left.cod, right.cod)):
            if one != other:
                ends = f"left  {_near(one, 0)},  right  {_near(other, 0)}"
                self.source.fail(f"the two sides of {name!r} have different {end}: {ends}", sign)
        names = () if variables is None else tuple(map(self.text, items(variables.children[0])))
        conditions = () if where is None else read_conditions(where.children[0], self.source)
        try:
            return Equation(name, left, right, sign.type == "DIRECTED", names, conditions)
        except CatenaryError as error:
            self.source.fail(str(error), label)

    def proof(self, statement: Any, claims: list[Equation], before: list[WrittenProof]) -> WrittenProof:
        label, first, steps = statement.children
        name = self.text(label)
        claim = next((claim for claim in claims if claim.name == name), None)
        if claim is None:
            known = [claim.name for claim in claims]
            self.source.fail(f"there is no claim {name!r} above this proof{close(name, known)}", label)
        if any(proof.claim == name for proof in before):
            self.source.fail(f"a second proof of {name!r}", label)
        diagrams, reasons = [self.diagram(first)], []
        for step in items(steps):
            sign, tree, named = step.children
            diagram = self.diagram(tree)
            if (diagram.dom, diagram.cod) != (claim.left.dom, claim.left.cod):
                self.source.fail(f"this diagram has another boundary than {name!r}", sign)
            diagrams.append(diagram)
            reasons.append(tuple(map(self.text, items(named))))
        return WrittenProof(name, tuple(diagrams), tuple(reasons))

    # Expressions

    def diagram(self, tree: Any) -> Diagram:
        value = self.value(tree)
        if isinstance(value, Sum):
            self.source.fail("one diagram is wanted here, and this is a sum: name it by  sum NAME = …", tree)
        return self.as_diagram(value)

    def as_diagram(self, value: Ty | Diagram) -> Diagram:
        return Diagram.id(value, self.signature) if isinstance(value, Ty) else value

    def as_term(self, value: Value) -> Diagram | Sum:
        return value if isinstance(value, Sum) else self.as_diagram(value)

    def value(self, tree: Any) -> Value:
        """The type, diagram or sum of an expression; a type stands for its identity where a diagram is
        wanted.
        """
        first, rest = spine(tree, "then")
        result = self.terms(first)
        for operator, operand in rest:
            self.need_diagrams(operator)
            left, right = self.as_term(result), self.as_term(self.terms(operand))
            self.check_terms(left, right, operator)
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

    def check_terms(self, left: Value, right: Value, at: Any) -> None:
        """Products of sums double at every factor."""
        counts = [len(side.terms) if isinstance(side, Sum) else 1 for side in (left, right)]
        if counts[0] * counts[1] > MAX_TERMS:
            self.source.fail(f"a sum of more than {MAX_TERMS:,} terms", at)

    def terms(self, tree: Any) -> Value:
        first, rest = spine(tree, "plus")
        result = self.term(first)
        if not rest:
            return result
        parts = list(Sum.of(self.as_term(result)).terms)
        ends = self.as_term(result)
        for operator, operand in rest:
            self.need_diagrams(operator)
            value = self.as_term(self.term(operand))
            for side, one, other in (("inputs", ends.dom, value.dom), ("outputs", ends.cod, value.cod)):
                if one != other:
                    problem = f"terms have different {side}: left  {_near(one, 0)},  right  {_near(other, 0)}"
                    self.source.fail(problem, operator)
            sign = 1 if operator.type == "PLUS" else -1
            parts += (Sum.of(value) * sign).terms
            if len(parts) > MAX_TERMS:
                self.source.fail(f"a sum of more than {MAX_TERMS:,} terms", operator)
        assert self.signature is not None
        return Sum(parts, ends.dom, ends.cod, signature=self.signature)

    def term(self, tree: Any) -> Value:
        if tree.data == "minus":
            sign, operand = tree.children
            self.need_diagrams(sign)
            return Sum.of(self.as_term(self.term(operand))) * -1
        if tree.data not in ("times", "times_general"):
            return self.tensor(tree)
        *numbers, operator, operand = tree.children
        self.need_diagrams(operator)
        if tree.data == "times":
            top, _, bottom = numbers
            scalar: Any = self.number(top)
            if bottom is not None:
                below = self.number(bottom)
                if not below:
                    self.source.fail("this scalar divides by zero", bottom)
                scalar = scalar / below
        else:
            values = [read_value(number, self.source) for number in numbers if number is not None]
            scalar = values[0]
            if len(values) == 2:
                if not all(isinstance(value, (Fraction, float)) for value in values):
                    self.source.fail("the two parts of a complex scalar are numbers", operator)
                scalar = complex(*map(float, values))
        product: Sum = Sum.of(self.as_term(self.tensor(operand))) * scalar
        return product

    def number(self, token: Any) -> Fraction | float:
        text = str(token)
        if len(text) > 60:
            self.source.fail("a number of more than 60 characters", token)
        value = Fraction(int(text)) if text.isdigit() else float(text)
        if isinstance(value, float) and not math.isfinite(value):
            self.source.fail("this number is too large", token)
        return value

    def tensor(self, tree: Any) -> Value:
        first, rest = spine(tree, "beside")
        parts: list[Value] = [self.turned(first), *(self.turned(operand) for _, operand in rest)]
        if all(isinstance(part, Ty) for part in parts):
            return Ty.of(tuple(ob for part in parts if isinstance(part, Ty) for ob in part.objects))
        result = self.as_term(parts[0])
        for (operator, _), part in zip(rest, parts[1:], strict=True):
            self.check_terms(result, part, operator)
            result = result @ self.as_term(part)
        return result

    def turned(self, tree: Any) -> Value:
        suffixes = []
        while tree.data in ("turned", "repeated"):
            tree, *suffix = tree.children
            suffixes.append(suffix)
        result = self.atom(tree)
        for token, *copies in reversed(suffixes):
            if copies:
                result = self.repeated(result, copies[0], token)
                continue
            what = "dagger" if token.type == "DAGGER" else str(token)[1:]
            if what not in ATTRIBUTES:
                self.source.fail(
                    f"unknown suffix .{what}{close(what, ATTRIBUTES)}; there are .l, .r and .dagger", token
                )
            try:
                if what == "dagger":
                    self.need_diagrams(token)
                    result = self.as_term(result).dagger()
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

    def atom(self, tree: Any) -> Value:
        kind = tree.data
        if kind == "group":
            return self.value(tree.children[0])
        if kind == "unit":
            if str(tree.children[0]) != "1":
                self.source.fail(f"{tree.children[0]} is no diagram; 1 is the empty one", tree)
            return Ty()
        if kind == "named":
            return self.named(tree)
        if kind == "exponential":
            return self.exponential(tree)
        self.need_diagrams(tree)
        return self.structural(tree)

    def exponential(self, tree: Any) -> Ty:
        keyword, one, other = tree.children
        if not self.doctrine.has("curry"):
            needed = ", ".join(d.value for d in Doctrine if d.has("curry"))
            self.source.fail(
                f"a {self.doctrine.value} theory has no exponentials; doctrines that do: {needed}", keyword
            )
        left, right = self.type(one), self.type(other)
        try:
            return left << right if keyword == "over" else left >> right
        except CatenaryError as error:
            self.source.fail(str(error), keyword)

    def named(self, tree: Any) -> Value:
        name_tree, legs, params = tree.children
        name = self.text(name_tree)
        if name in self.objects:
            self.plain("an object", name, legs, params)
            return self.objects[name]
        if self.signature is None:
            known: list[str] = list(self.objects)
            self.source.fail(f"no object {name!r}{close(name, known)}", name_tree)
        if name in self.diagrams:
            self.plain("a diagram", name, legs, params)
            found = self.diagrams[name]
            self.expand(len(found) + len(found.dom) + len(found.cod), name_tree)
            return found
        if name in self.sums:
            self.plain("a sum", name, legs, params)
            total = self.sums[name]
            self.expand(sum(len(d) + len(d.dom) + len(d.cod) for _, d in total.terms), name_tree)
            return total
        generators = self.signature.generators or {}
        if name not in generators:
            known = [*self.objects, *generators, *self.diagrams, *self.sums]
            if params is not None:
                from catenary.diagrams.text.parser import STRUCTURAL

                known += STRUCTURAL
            self.source.fail(f"no object, box or diagram {name!r}{close(name, known)}", name_tree)
        box = generators[name]
        values = read_params(params, self.source)
        if len(values) != len(box.params):
            count = len(box.params)
            words = f"{count or 'no'} parameter{'' if count == 1 else 's'}"
            self.source.fail(f"{name} has {words}, not {len(values) or 'none'}", tree)
        if legs is not None:
            box = self.with_legs(box, legs)
        return (box.replace(params=values) if values else box).diagram

    def plain(self, what: str, name: str, legs: Any, params: Any) -> None:
        if params is not None:
            self.source.fail(f"{name} is {what} and has no parameters", params)
        if legs is not None:
            self.source.fail(f"{name} is {what} and has no numbers of legs", legs)

    def with_legs(self, box: Box, legs: Any) -> Box:
        """The member of a family with so many times the inputs and outputs that were declared."""
        counts = [self.amount(child) for child in legs.children]
        self.expand(sum(counts), legs)
        for count, ty, what in zip(counts, (box.dom, box.cod), ("inputs", "outputs"), strict=True):
            if count != 1 and not ty:
                self.source.fail(f"{box.name} was declared without {what}: there is nothing to repeat", legs)
        return box.replace(dom=box.dom ** counts[0], cod=box.cod ** counts[1])

    def structural(self, tree: Any) -> Diagram | Sum:
        keyword = tree.children[0]
        kind = str(keyword)
        signature = self.signature
        assert signature is not None
        try:
            if kind == "zero":
                dom, cod = (self.type(child) for child in tree.children[1:])
                return Sum.zero(dom, cod, signature)
            if kind != "bubble":
                signature.doctrine.require(kind)
            found = self.structure(kind, tree)
            if isinstance(found, Diagram):
                return found.over(signature)
            if kind not in ("copy", "discard", "bubble") and not (
                found.signature.doctrine <= signature.doctrine
            ):
                raise DoctrineError(kind, signature.doctrine.value, [found.signature.doctrine.value])
            return Diagram.of_box(found.replace(signature=signature))
        except DoctrineError as error:
            needed = ", ".join(error.needed)
            what = "cups and caps without adjoints" if signature.doctrine.has(kind) else kind
            self.source.fail(
                f"a {signature.doctrine.value} theory has no {what}; doctrines that do: {needed}", keyword
            )
        except CompositionError as error:
            wanted, given = " ".join(error.left), " ".join(error.right)
            problem = {
                "cup": f"cup joins a type and its adjoint: wanted  {wanted},  given  {given}",
                "cap": f"cap joins a type and its adjoint: wanted  {wanted},  given  {given}",
            }.get(kind, f"{kind}: {wanted}  does not fit  {given}")
            self.source.fail(problem, keyword)
        except CatenaryError as error:
            if hasattr(error, "line"):
                raise
            self.source.fail(str(error), keyword)

    def structure(self, kind: str, tree: Any) -> Box | Diagram:
        """The structural box that an expression names."""
        children = tree.children[1:]
        if kind == "spider":
            ins, outs, ty, phase, name = children
            extra: dict[str, Any] = {}
            if phase is not None:
                extra["phase"] = read_value(phase, self.source)
            if name is not None:
                extra["structure"] = self.text(name)
            return Spider(self.amount(ins), self.amount(outs), self.type(ty), **extra)
        if kind in ("cup", "cap"):
            assert self.signature is not None
            left, right = map(self.type, children)
            return bend(kind, left, right, self.signature.doctrine)
        if kind in ("trace", "curry"):
            inner, count, side = children
            if side is not None and self.text(side) != "left":
                self.source.fail(f"the side is  left,  or not written; not {self.text(side)!r}", side)
            width = 1 if count is None else self.legs(count)
            build: Any = Curry if kind == "curry" else Trace
            return build(self.diagram(inner), width, side is not None)  # type: ignore[no-any-return]
        if kind == "bubble":
            return self.bubble(*children)
        types = [self.type(child) for child in children]
        makers: dict[str, Callable[..., Box]] = {
            "swap": Swap,
            "braid": Braid,
            "twist": Twist,
            "copy": Copy,
            "discard": Discard,
            "eval": Eval,
        }
        return makers[kind](*types)

    def bubble(self, inner_tree: Any, name: Any, boundary: Any) -> Box:
        value = self.as_term(self.value(inner_tree))
        ends: list[Ty | None] = [None, None]
        if boundary is not None:
            dom, _, cod = boundary.children
            ends = [Ty() if tree is None else self.type(tree) for tree in (dom, cod)]
        return Bubble(value, "" if name is None else self.text(name), *ends, signature=self.signature)

    def type(self, tree: Any) -> Ty:
        value = self.value(tree)
        if not isinstance(value, Ty):
            self.source.fail("a type is wanted here, made of objects; this is a diagram", tree)
        return value


def _near(ty: Ty, wire: int) -> str:
    """A type around one of its wires, for messages: a boundary may have thousands."""
    if len(ty) <= 12:
        return " @ ".join(str(ob) for ob in ty.objects) or "1"
    first = max(0, wire - 4)
    shown = " @ ".join(str(ob) for ob in ty.objects[first : wire + 5])
    return ("… " if first else "") + shown + (" …" if wire + 5 < len(ty) else "")


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
