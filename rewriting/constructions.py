"""Theories made from theories: renamed, reversed, side by side, commuting; and interpretations of one in another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from catenary.diagrams import (
    ArgumentError,
    Box,
    Diagram,
    Doctrine,
    DoctrineError,
    Equation,
    Signature,
    SignatureError,
    Ty,
    UnknownGenerator,
    free,
)
from catenary.diagrams.boxes import GENERATOR, SPIDER, TRACE
from catenary.diagrams.nesting import HOLDING
from catenary.diagrams.phases import reduce_phase
from catenary.functors.functor import Functor
from catenary.functors.targets.diagrams import Diagrams
from catenary.rewriting.proof import Proof
from catenary.rewriting.routes import follow
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

if TYPE_CHECKING:
    from catenary.rewriting.limits import Limits
    from catenary.rewriting.prove import Answer


def merged(one: Signature, other: Signature, name: str) -> Signature:
    """The signature with the objects and generators of both, in the least doctrine that has theirs.

    Raises:
        SignatureError: if a generator has two boundaries.
    """
    doctrine = one.doctrine.join(other.doctrine)
    if one.generators is None or other.generators is None:
        return free(doctrine)
    objects = None if one.objects is None or other.objects is None else sorted(one.objects | other.objects)
    boxes = {name: box.plain() for name, box in one.generators.items()}
    for key, box in other.generators.items():
        known = boxes.setdefault(key, box.plain())
        if (known.dom, known.cod, len(known.params)) != (box.dom, box.cod, len(box.params)):
            raise SignatureError(
                f"{one.name} and {other.name} have different generators {key!r}: rename one of them"
            )
    spiders = None
    if one.spiders is not None or other.spiders is not None:
        mine, theirs = dict(one.spiders or {}), dict(other.spiders or {})
        spiders = {key: mine.get(key, False) or theirs.get(key, False) for key in {*mine, *theirs}}
        if any(s.spiders is None and s.doctrine.has("spider") for s in (one, other)):
            spiders = None
    return Signature(name, doctrine, objects, boxes.values(), spiders)


def renamed(
    theory: Theory,
    name: str,
    objects: Mapping[str, str] | None = None,
    boxes: Mapping[str, str] | None = None,
    rules: Mapping[str, str] | Callable[[str], str] | None = None,
) -> Theory:
    """The theory with other names for some objects, generators and rules.

    Raises:
        UnknownGenerator: for a name that the theory does not have.
        SignatureError: if two objects or generators get one name: an :class:`Interpretation` may identify
            them.
    """
    theory.require_fixed_arity("a theory renamed")
    signature = theory.signature
    objects, boxes = dict(objects or {}), dict(boxes or {})
    rename = (
        rules if callable(rules) else _table(rules or {}, [rule.name for rule in theory], theory, "rules")
    )
    if signature.objects is not None:
        _table(objects, signature.objects, theory, "objects")
        _distinct([objects.get(ob, ob) for ob in signature.objects], "objects")
    generators = None
    if signature.generators is not None:
        _table(boxes, signature.generators, theory, "generators")
        _distinct([boxes.get(box, box) for box in signature.generators], "generators")
        generators = [_renamed_box(box, objects, boxes, free()) for box in signature.generators.values()]
    names = None if signature.objects is None else sorted(objects.get(ob, ob) for ob in signature.objects)
    spiders = None if signature.spiders is None else dict(signature.spiders)
    target = Signature(name, signature.doctrine, names, generators, spiders)
    functor = Functor(
        lambda ob: Ty(objects.get(ob.name, ob.name)),
        lambda box: _renamed_box(box, objects, boxes, target).diagram,
        Diagrams(target),
    )
    return Theory(name, target, [_mapped(rule, functor, rename(rule.name)) for rule in theory])


def opposite(theory: Theory, name: str | None = None) -> Theory:
    """The theory read from output to input: its models in a category are those of the theory in the opposite one. A
    comonoid is the opposite of a monoid.

    Raises:
        DoctrineError: in doctrines that copy and are not their own opposite.
    """
    theory.require_fixed_arity("the opposite of a theory")
    signature = theory.signature
    doctrine = signature.doctrine
    if doctrine.has("copy") and not doctrine.has("spider"):
        own = [d.value for d in Doctrine if not d.has("copy") or d.has("spider")]
        raise DoctrineError("the opposite of a theory (copies would have to be merged)", doctrine.value, own)
    name = name or f"opposite {theory.name}"
    generators = None
    if signature.generators is not None:
        generators = [box.plain().replace(dom=box.cod, cod=box.dom) for box in signature.generators.values()]
    spiders = None if signature.spiders is None else dict(signature.spiders)
    target = Signature(name, doctrine, signature.objects, generators, spiders)
    if signature.generators is None and signature is free(doctrine):
        target = signature

    def turned(box: Box) -> Box:  # the dagger of the theory's box, as a box of the opposite theory
        if box.kind == GENERATOR:
            return box.replace(dagger=not box.dagger_flag, signature=target)
        if box.kind == SPIDER:
            return box.replace(params=tuple([reduce_phase(-phase) for phase in box.params])).plain()
        if box.kind == TRACE:
            return box.replace(data=(rebuilt(box.data[0]), *box.data[1:]), signature=target)
        if box.kind in HOLDING:
            raise ArgumentError("what is turned round", "a diagram without boxes that hold diagrams", box)
        return box.plain()

    def rebuilt(reflected: Diagram) -> Diagram:
        rows = [(turned(box), offset) for box, offset in reflected.layers]
        return Diagram(reflected.dom, reflected.cod, rows, target)

    def back(diagram: Diagram) -> Diagram:
        return rebuilt(diagram.dagger())

    rules = [replace(rule, left=back(rule.left), right=back(rule.right)) for rule in theory]
    return Theory(name, target, rules)


def product(one: Theory, other: Theory, name: str | None = None) -> Theory:
    """Both theories side by side, with nothing in common: a model is a model of each. Names of the second that the
    first has too get a prime.
    """
    one.require_fixed_arity("a product of theories")
    other.require_fixed_arity("a product of theories")
    apart = _apart(other, one, objects=True)
    name = name or f"{one.name} × {other.name}"
    return Theory(name, merged(one.signature, apart.signature, name), [*one, *apart])


def tensor(one: Theory, other: Theory, name: str | None = None) -> Theory:
    """Both theories on one object, each operation of one a homomorphism for those of the other: for ``f: n→m`` and
    ``g: k→l``, first ``f`` on each of ``k`` rows and then ``g`` on the columns, or the other way round. Bialgebras are
    the tensor of monoids and comonoids, commutative monoids that of monoids with themselves.

    Raises:
        SignatureError: unless both list their generators over one and the same object.
    """
    one.require_fixed_arity("a tensor of theories")
    other.require_fixed_arity("a tensor of theories")
    for theory in (one, other):
        if theory.signature.generators is None or theory.signature.objects is None:
            raise SignatureError(f"theory {theory.name} has a free signature: list its generators")
    objects = sorted((one.signature.objects or frozenset()) | (other.signature.objects or frozenset()))
    if len(objects) != 1:
        raise SignatureError(
            f"a tensor of theories is on one object, not on {', '.join(objects)}: rename them"
        )
    apart = _apart(other, one, objects=False)
    name = name or f"{one.name} ⊗ {other.name}"
    signature = merged(one.signature, apart.signature, name)
    wire = Ty(objects[0])
    laws = [
        _interchange(signature[f], signature[g], wire)
        for f in one.signature.generators or {}
        for g in apart.signature.generators or {}
    ]
    return Theory(name, signature, [*one, *apart, *laws])


def _interchange(f: Box, g: Box, wire: Ty) -> Rule:
    (n, m), (k, j) = ((len(box.dom), len(box.cod)) for box in (f, g))
    left = _copies(f, k) >> _transposed(wire, k, m) >> _copies(g, m)
    right = _transposed(wire, k, n) >> _copies(g, n) >> _transposed(wire, n, j) >> _copies(f, j)
    return Rule(f"{f.name} and {g.name} commute", left, right >> _transposed(wire, j, m))


def _copies(box: Box, count: int) -> Diagram:
    found = Diagram.id(Ty(), box.signature)
    for _ in range(count):
        found = found @ box
    return found


def _transposed(wire: Ty, rows: int, columns: int) -> Diagram:
    """From ``rows`` rows of ``columns`` wires to columns of rows."""
    places = [column * rows + row for row in range(rows) for column in range(columns)]
    return Diagram.permutation(places, wire ** (rows * columns))


def _apart(theory: Theory, other: Theory, objects: bool) -> Theory:
    """The theory with a prime at the names that another one has too."""

    def fresh(names: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
        known, table = set(taken), {}
        for name in names:
            new = name
            while new in known:
                new += "'"
            known.add(new)
            table[name] = new
        return table

    signature = theory.signature
    table = fresh(sorted(signature.objects or ()), other.signature.objects or ()) if objects else {}
    boxes = fresh(signature.generators or (), other.signature.generators or ())
    rules = fresh([rule.name for rule in theory], [rule.name for rule in other])
    return renamed(theory, theory.name, table, boxes, rules)


def _table(table: Mapping[str, str], names: Iterable[str], theory: Theory, what: str) -> Callable[[str], str]:
    known = list(names)
    for key in table:
        if key not in known:
            raise UnknownGenerator(key, known, f"theory {theory.name} ({what})")
    return lambda name: table.get(name, name)


def _distinct(names: list[str], what: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SignatureError(f"two {what} would be called {', '.join(twice)}: use an Interpretation")


def _renamed_box(box: Box, objects: Mapping[str, str], boxes: Mapping[str, str], signature: Signature) -> Box:
    dom, cod = (
        Ty.of(tuple([type(ob)(objects.get(ob.name, ob.name), ob.z) for ob in ty.objects]))
        for ty in (box.dom, box.cod)
    )
    return box.replace(name=boxes.get(box.name, box.name), dom=dom, cod=cod, signature=signature)


def _mapped(rule: Rule, functor: Functor[Any, Any], name: str) -> Rule:
    left, right = functor(rule.left), functor(rule.right)
    return replace(rule, name=name, left=left, right=right)


@dataclass(frozen=True)
class Interpretation:
    """A way to read a theory in another one: each object as a type, each generator as a diagram.

    It is one if the images of the axioms hold in the target (:meth:`prove`); then every theorem of the source
    is one of the target (:meth:`equation`), and this is what it means that a bialgebra *is* a monoid. What is not
    named keeps its name.

    Args:
        source, target: the theories.
        objects: for objects of the source types of the target.
        boxes: for generators of the source diagrams or boxes of the target; functions of the box, for families.

    Raises:
        ImageError: for an image with the wrong boundary.
        UnknownGenerator: for a generator without an image.

    >>> from catenary.diagrams import Swap
    >>> from catenary.rewriting.library import bialgebra, monoid
    >>> theory = bialgebra()
    >>> Interpretation(monoid(), theory).open
    ()
    >>> a, m = Ty("a"), theory.signature["m"]
    >>> mirrored = Interpretation(monoid(), theory, boxes={"m": Swap(a, a) >> m})
    >>> mirrored.open
    ('assoc',)
    >>> [type(answer).__name__ for answer in mirrored.prove().values()]
    ['Proved']
    """

    source: Theory
    target: Theory
    objects: Mapping[str, Ty] | None = None
    boxes: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        self.source.require_fixed_arity("an interpretation")
        generators = self.source.signature.generators
        for box in (generators or {}).values():
            self._functor(box)

    @property
    def _functor(self) -> Functor[Any, Any]:
        objects, boxes = dict(self.objects or {}), dict(self.boxes or {})
        signature = self.target.signature

        def on_object(ob: Any) -> Ty:
            return objects.get(ob.name, Ty(ob.name))

        def on_box(box: Box) -> Diagram:
            image = boxes.get(box.name)
            if image is None:
                if signature.generators is not None:
                    known = signature[box.name]
                    image = (
                        known.replace(params=box.params) if len(known.params) == len(box.params) else known
                    )
                else:
                    image = _renamed_box(box, {}, {}, signature)
            elif not isinstance(image, (Box, Diagram)):
                image = image(box)
            diagram: Diagram = image.diagram if isinstance(image, Box) else image
            return diagram.over(signature)

        return Functor(on_object, on_box, Diagrams(signature))

    def __call__(self, diagram: Diagram | Box) -> Diagram:
        """The image of a diagram over the source's signature."""
        if isinstance(diagram, Box):
            diagram = diagram.diagram
        image: Diagram = self._functor(diagram)
        return image.over(self.target.signature)

    def equation(self, equation: Equation | Rule) -> Rule:
        """The image of an equation or rule."""
        rule = equation if isinstance(equation, Rule) else Rule.of(equation)
        return _mapped(rule, self._functor, rule.name).over(self.target.signature)

    @property
    def images(self) -> tuple[Rule, ...]:
        """The images of the source's axioms."""
        return tuple([self.equation(rule) for rule in self.source])

    @property
    def open(self) -> tuple[str, ...]:
        """The axioms whose images are neither equal on both sides nor rules of the target as they stand."""
        known = [(rule.left, rule.right) for rule in self.target]
        found = []
        for image in self.images:
            ways = [(image.left, image.right)] + ([] if image.directed else [(image.right, image.left)])
            if image.left != image.right and not any(way == pair for way in ways for pair in known):
                found.append(image.name)
        return tuple(found)

    def prove(self, limits: Limits | None = None) -> dict[str, Answer]:
        """An answer for each open axiom, within the limits each."""
        from catenary.rewriting.prove import prove

        images = {image.name: image for image in self.images}
        return {name: prove(images[name].equation, self.target, limits=limits) for name in self.open}

    def proof(self, proof: Proof) -> Proof:
        """A proof of the source as one of the target, where the images of the axioms that it uses are rules of the
        target.

        Raises:
            RewriteError: if a step is no single step of the target.
        """
        if proof.theory != self.source:
            raise ArgumentError("a proof", f"in the theory {self.source.name}", proof.theory.name)
        known = {(rule.left, rule.right): (rule, True) for rule in self.target}
        known |= {(rule.right, rule.left): (rule, False) for rule in self.target if not rule.directed}
        route = []
        for _, step, result in proof.rewrites():
            image = self.equation(self.source.instance(step.rule, dict(step.values)))
            rule, same_way = known.get((image.left, image.right), (image, True))
            after = self(result.graph.to_diagram()).to_hypergraph()
            route.append((rule, step.forward == same_way, after))
        return follow(self.target, self(proof.start), route, self(proof.end))

    def then(self, other: Interpretation) -> Interpretation:
        """The interpretation in the other's target."""
        if other.source.signature != self.target.signature:
            raise ArgumentError("an interpretation", f"of the theory {self.target.name}", other.source.name)
        objects = {
            name: other(Diagram.id((self.objects or {}).get(name, Ty(name)), self.target.signature)).dom
            for name in self.source.signature.objects or ()
        }
        boxes = {box: other(self(value)) for box, value in (self.source.signature.generators or {}).items()}
        return Interpretation(self.source, other.target, objects, boxes)


__all__ = ["Interpretation", "merged", "opposite", "product", "renamed", "tensor"]
