"""Hypothesis strategies for types, boxes, signatures, diagrams and sums of every doctrine, and for pairs of
diagrams that are equal, or nearly so, for tests of your own theories.

Needs hypothesis, which the ``test`` extra installs.

>>> from hypothesis import given
>>> from catenary.diagrams import Doctrine
>>> @given(diagrams(Doctrine.COMPACT))
... def snakes_do_not_matter(diagram):
...     assert diagram.to_hypergraph().to_diagram() == diagram
>>> snakes_do_not_matter()
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from catenary.diagrams import (
    Box,
    Braid,
    Bubble,
    Cap,
    Copy,
    Cup,
    Curry,
    Diagram,
    Discard,
    Doctrine,
    Equation,
    Eval,
    Exponential,
    MissingExtra,
    Ob,
    OpenHypergraph,
    Signature,
    Spider,
    Sum,
    Swap,
    Trace,
    Twist,
    Ty,
    free,
)
from catenary.diagrams.normal_forms import interchange

try:
    from hypothesis import strategies as st
except ImportError:
    raise MissingExtra("hypothesis", "test") from None

Draw: TypeAlias = Callable[..., Any]
OBJECTS = ("a", "b")
_ADJOINTS = (Doctrine.RIGID, Doctrine.PIVOTAL, Doctrine.RIBBON)


def objects(names: Sequence[str] = OBJECTS, adjoints: int = 0) -> st.SearchStrategy[Ob]:
    """Objects with adjoint orders from ``-adjoints`` to ``adjoints``."""
    return st.builds(Ob, st.sampled_from(list(names)), st.integers(-adjoints, adjoints))


def types(
    names: Sequence[str] = OBJECTS, *, min_size: int = 0, max_size: int = 3, adjoints: int = 0
) -> st.SearchStrategy[Ty]:
    """Types of a few objects."""
    rows = st.lists(objects(names, adjoints), min_size=min_size, max_size=max_size)
    return rows.map(lambda obs: Ty.of(tuple(obs)))


def phases(symbols: Sequence[str] = ()) -> st.SearchStrategy[Any]:
    """Phases: fractions, floats and, with names of symbols, SymPy expressions."""
    numbers = st.fractions(-2, 2, max_denominator=64) | st.floats(-4, 4)
    if not symbols:
        return numbers
    import sympy

    names = [sympy.Symbol(name) for name in symbols]
    return numbers | st.builds(
        lambda x, k, c: x * k + c,
        st.sampled_from(names),
        st.sampled_from([sympy.Integer(1), sympy.Integer(-2), sympy.Rational(1, 3)]),
        st.sampled_from([sympy.Integer(0), sympy.Rational(1, 2)]),
    )


def boxes(
    signature: Signature | None = None, names: Sequence[str] = OBJECTS, *, parameters: int = 0
) -> st.SearchStrategy[Box]:
    """Generators: those of a signature that lists them, or any of small type, with up to ``parameters``
    phases.
    """
    if signature is not None and signature.generators:
        return st.sampled_from([signature.generators[name] for name in sorted(signature.generators)])
    adjoints = 1 if signature is not None and signature.doctrine in _ADJOINTS else 0

    def make(name: str, dom: Ty, cod: Ty, params: list[Any], dagger: bool) -> Box:
        if signature is not None:
            dom, cod = map(signature.doctrine.reduce, (dom, cod))
        # The name tells the type, so that one name is one generator.
        return Box(f"{name}{len(dom)}{len(cod)}", dom, cod, params, dagger=dagger, signature=signature)

    sides = types(names, max_size=2, adjoints=adjoints)
    rows = st.lists(phases(), min_size=parameters, max_size=parameters)
    return st.builds(make, st.sampled_from("fgh"), sides, sides, rows, st.booleans())


def standard_boxes(signature: Signature) -> list[Box]:
    """A few generators on two objects that can be composed in many ways, as boxes of a free signature."""
    a, b = Ty("a"), Ty("b")
    shapes = [
        ("f", a @ a, a),
        ("g", a, a @ b),
        ("h", b, Ty()),
        ("k", Ty(), b @ a),
        ("m", a @ b, b @ a),
        ("s", Ty(), Ty()),
    ]
    found = [Box(name, dom, cod, signature=signature) for name, dom, cod in shapes]
    if signature.doctrine in _ADJOINTS:
        found += [
            Box("p", a.l, b, signature=signature),
            Box("q", a, a @ b.r, signature=signature),
            found[1].r,
            found[0].l,
        ]
    return found


def _structural(
    signature: Signature, wires: Ty, draw_count: Callable[[int], int]
) -> Iterable[tuple[Box, int]]:
    """Structural boxes that fit somewhere on a row of wires."""
    doctrine = signature.doctrine
    names = sorted(signature.objects) if signature.objects else OBJECTS
    for i in range(len(wires) - 1):
        left, right = wires[i], wires[i + 1]
        if doctrine.has("swap"):
            yield Swap(left, right), i
        elif doctrine.has("braid"):
            yield (Braid(left, right) if draw_count(2) else Braid(right, left).dagger()), i
        if doctrine.has("cup"):
            if doctrine.drawn:
                for other in (left.r, left.r.r.r, left.l):
                    if (other == left.r and right == other) or (
                        doctrine in (Doctrine.PIVOTAL, Doctrine.RIBBON) and doctrine.reduce(other) == right
                    ):
                        # seldom possible, so often offered
                        yield from [(Cup(left, left.r), i)] * 4
                        break
            elif left == right:
                yield Cup(left, right), i
    if doctrine.has("twist") and doctrine.drawn:
        for i in range(len(wires)):
            yield (Twist(wires[i]) if draw_count(2) else Twist(wires[i]).dagger()), i
    place = draw_count(len(wires) + 1)
    if doctrine.has("cup"):
        ob = Ty(names[draw_count(len(names))])
        if doctrine.drawn:
            ob = (ob, ob.l, ob.r)[draw_count(3)]
            yield Cap(ob.r, ob), place
            if wires:  # a cap beside its own wire, where a cup may follow: half a snake
                i = draw_count(len(wires))
                yield from [(Cap(wires[i].r, wires[i]), i + 1)] * 2
        else:
            yield Cap(ob, ob), place
    if doctrine.has("spider"):
        for i in range(len(wires)):
            yield Spider(1, draw_count(3), wires[i]), i
            if wires[i] == wires[i + 1 : i + 2]:
                yield Spider(2, draw_count(3), wires[i]), i
        yield Spider(0, draw_count(3), Ty(names[draw_count(len(names))])), place
    if doctrine.has("copy"):
        for i in range(len(wires)):
            yield Copy(wires[i]), i
            yield Discard(wires[i]), i


@st.composite
def diagrams(
    draw: Draw,
    doctrine: Doctrine = Doctrine.SYMMETRIC,
    *,
    signature: Signature | None = None,
    max_boxes: int = 8,
    max_width: int = 6,
    dom: Ty | None = None,
    nested: bool = False,
) -> Diagram:
    """Diagrams of a doctrine, structural boxes included, over its free signature or the one given.

    Args:
        draw: Hypothesis's.
        doctrine: which structural boxes there are.
        signature: whose generators are used; a few on objects ``a`` and ``b`` where it lists none.
        max_boxes, max_width: bounds on layers and on wires side by side.
        dom: the domain, where it is to be a certain one.
        nested: whether there are boxes that hold a diagram, too: bubbles, traces, curried diagrams and
            evaluations.
    """
    signature = free(doctrine) if signature is None else signature

    def count(stop: int) -> int:
        return int(draw(st.integers(0, stop - 1)))

    generators = list(signature.generators.values()) if signature.generators else standard_boxes(signature)
    if dom is None:
        names = sorted({ob.name for box in generators for ob in box.dom.objects + box.cod.objects}) or list(
            OBJECTS
        )
        dom = draw(
            types(
                names,
                max_size=3,
                adjoints=1 if signature.doctrine in _ADJOINTS else 0,
            )
        )
        assert dom is not None
        dom = signature.doctrine.reduce(dom)
    diagram = Diagram.id(dom, signature)
    for _ in range(count(max_boxes + 1)):
        wires = diagram.cod
        fitting: list[tuple[Box, int]] = [
            (box, i)
            for box in generators
            for i in range(len(wires) - len(box.dom) + 1)
            if wires[i : i + len(box.dom)] == signature.doctrine.reduce(box.dom)
        ]
        fitting += _structural(signature, wires, count)
        if nested and count(3) == 0:
            fitting = _holding(draw, signature, wires, max_boxes) or fitting
        fitting = [(box, i) for box, i in fitting if len(wires) + len(box.cod) - len(box.dom) <= max_width]
        if not fitting:
            break
        box, at = fitting[count(len(fitting))]
        diagram = diagram >> wires[:at] @ box.diagram @ wires[at + len(box.dom) :]
    return diagram


def _holding(draw: Draw, signature: Signature, wires: Ty, max_boxes: int) -> list[tuple[Box, int]]:
    """A box that holds a smaller diagram, where the doctrine has one that fits."""
    doctrine = signature.doctrine
    at = draw(st.integers(0, len(wires)))
    dom = wires[at : at + 2]
    inside = draw(diagrams(signature=signature, max_boxes=max_boxes // 2, max_width=4, dom=dom, nested=True))
    kinds = ["bubble"]
    loops = [
        left
        for left in (False, True)
        if dom and (inside.cod[:1] if left else inside.cod[-1:]) == (dom[:1] if left else dom[-1:])
    ]
    kinds += ["trace"] if doctrine.has("trace") and loops else []
    kinds += ["curry"] if doctrine.has("curry") and dom else []
    found = [(_evaluation(wires[i : i + 2]), i) for i in range(len(wires) - 1)]
    powers = [(box, i) for box, i in found if box is not None]
    kinds += ["eval"] if doctrine.has("eval") and powers else []
    kind = draw(st.sampled_from(kinds))
    if kind == "eval":
        return powers
    if kind == "trace":
        left = draw(st.sampled_from(loops))
        inner = Trace(inside, 1, left).boxes[0]
        # The wire that is fed back is not one of the outside.
        start = at + 1 if left else at
        rest = dom[1:] if left else dom[:-1]
        return [(inner, start)] if wires[start : start + len(rest)] == rest else []
    if kind == "curry":
        left = draw(st.booleans())
        return [(Curry(inside, 1, left), at + 1 if left else at)]
    return [(Bubble(inside, draw(st.sampled_from(["", "p"]))), at)]


def _evaluation(pair: Ty) -> Box | None:
    """The evaluation of two neighbouring wires, where one is an exponential and the other its argument."""
    one, other = pair.objects
    for power, argument, left in ((one, other, False), (other, one, True)):
        if not isinstance(power, Exponential) or power.z or power.left is not left:
            continue
        if power.exponent == Ty.of((argument,)):
            return Eval(Ty.of((power,)))
    return None


def _insertions(doctrine: Doctrine, wires: Ty, at: int) -> list[Diagram]:
    """Diagrams equal to the identity on the wires from ``at`` on, one or two of them."""
    found: list[Diagram] = []
    x = wires[at]
    if doctrine.has("swap") and at + 1 < len(wires):
        found.append(Swap(x, wires[at + 1]) >> Swap(wires[at + 1], x))
    if doctrine.has("trace") and doctrine.has("swap"):
        found.append(Trace(Swap(x, x).diagram))
    if doctrine.has("cup"):
        if doctrine.drawn:
            found.append(Cap(x, x.l) @ x >> x @ Cup(x.l, x))
            found.append(x @ Cap(x.r, x) >> Cup(x, x.r) @ x)
        else:
            found.append(Cap(x, x) @ x >> x @ Cup(x, x))
    if doctrine.has("spider"):
        found.append(Spider(1, 3, x) >> Spider(3, 1, x))
        found.append(Spider(1, 2, x) >> Swap(x, x) >> x @ Spider(1, 0, x))
    if doctrine.has("copy"):
        found.append(Copy(x) >> Discard(x) @ x)
        found.append(Copy(x) >> Swap(x, x) >> Discard(x) @ x)
    return found


@st.composite
def equal_pairs(
    draw: Draw,
    doctrine: Doctrine = Doctrine.SYMMETRIC,
    *,
    signature: Signature | None = None,
    max_boxes: int = 8,
) -> tuple[Diagram, Diagram]:
    """Two diagrams that the doctrine's laws make equal: interchanges, and identities written with structural
    boxes.
    """
    signature = free(doctrine) if signature is None else signature
    doctrine = signature.doctrine
    one = draw(diagrams(doctrine, signature=signature, max_boxes=max_boxes))
    other = one
    for _ in range(draw(st.integers(0, 3))):
        cut = draw(st.integers(0, len(other)))
        wires = other[:cut].cod
        if wires:
            at = draw(st.integers(0, len(wires) - 1))
            insertions = _insertions(doctrine, wires, at)
            if insertions:
                part = draw(st.sampled_from(insertions))
                middle = wires[:at] @ part @ wires[at + len(part.dom) :]
                other = other[:cut] >> middle >> other[cut:]
    for _ in range(draw(st.integers(0, 12))):
        if len(other) > 1:
            moved = interchange(other, draw(st.integers(0, len(other) - 2)), right=draw(st.booleans()))
            other = other if moved is None else moved
    return one, other


@st.composite
def nearly_equal_pairs(
    draw: Draw,
    doctrine: Doctrine = Doctrine.SYMMETRIC,
    *,
    signature: Signature | None = None,
    max_boxes: int = 8,
) -> tuple[Diagram, Diagram]:
    """Two diagrams of one boundary of which one is the other with a small change: a box named otherwise (in
    a signature that lists its generators: another one of the same boundary), two boxes exchanged, a braid or
    twist the other way round, or two equal wires crossed. Most are different; some are equal, as after a
    crossing that a symmetry of the diagram undoes.
    """
    signature = free(doctrine) if signature is None else signature
    one = draw(diagrams(signature=signature, max_boxes=max_boxes))
    layers = list(one.layers)
    changed: list[Diagram] = []

    def put(place: int, box: Box) -> None:
        rows = [*layers[:place], (box, layers[place][1]), *layers[place + 1 :]]
        changed.append(Diagram(one.dom, one.cod, rows, signature))

    for place, (box, _) in enumerate(layers):
        if box.kind in ("braid", "twist"):
            put(place, box.replace(data=(*box.data[:-1], -box.data[-1])))
        elif not box.is_structural:
            for other in (box.replace(name=box.name + "'"), *(b for b, _ in layers)):
                fits = (other.dom, other.cod) == (box.dom, box.cod) and other != box
                if fits and not (signature.generators and other.name not in signature.generators):
                    put(place, other)
    if signature.doctrine.has("swap"):
        for cut in range(len(one) + 1):
            wires = one[:cut].cod
            for i in range(len(wires) - 1):
                if wires[i] == wires[i + 1]:
                    crossing = wires[:i] @ Swap(wires[i], wires[i]) @ wires[i + 2 :]
                    changed.append(one[:cut] >> crossing >> one[cut:])
    return one, (draw(st.sampled_from(changed)) if changed else one)


@st.composite
def signatures(
    draw: Draw, doctrine: Doctrine | None = None, *, max_generators: int = 5, parameters: int = 0
) -> Signature:
    """Signatures that list a few objects and generators, with up to ``parameters`` parameters each."""
    chosen = draw(st.sampled_from(list(Doctrine))) if doctrine is None else doctrine
    names = draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True))
    sides = types(names, max_size=2, adjoints=1 if chosen in _ADJOINTS else 0)
    made = []
    for name in "fghkm"[: draw(st.integers(0, max_generators))]:
        params = draw(st.lists(phases(), max_size=parameters))
        dom, cod = chosen.reduce(draw(sides)), chosen.reduce(draw(sides))
        made.append(Box(name, dom, cod, params))
    return Signature("s", chosen, names, made)


def scalars(*, exact: bool = False) -> st.SearchStrategy[Any]:
    """Scalars of sums: whole numbers and fractions, and unless ``exact`` floats and complex numbers."""
    numbers = st.integers(-3, 3) | st.fractions(-2, 2, max_denominator=9)
    if exact:
        return numbers
    return numbers | st.floats(-2, 2) | st.complex_numbers(max_magnitude=2, allow_nan=False)


@st.composite
def sums(
    draw: Draw,
    doctrine: Doctrine = Doctrine.SYMMETRIC,
    *,
    signature: Signature | None = None,
    max_terms: int = 4,
    max_boxes: int = 4,
    exact: bool = True,
) -> Sum:
    """Sums of diagrams of one boundary: a diagram, and small changes of it."""
    signature = free(doctrine) if signature is None else signature
    one, other = draw(nearly_equal_pairs(signature=signature, max_boxes=max_boxes))
    terms = draw(st.lists(st.tuples(scalars(exact=exact), st.sampled_from([one, other])), max_size=max_terms))
    return Sum(terms, one.dom, one.cod, signature=signature)


@st.composite
def theory_pairs(
    draw: Draw,
    signature: Signature,
    equations: Sequence[Equation],
    *,
    max_boxes: int = 6,
    max_steps: int = 4,
    max_size: int = 24,
) -> tuple[Diagram, Diagram]:
    """Two diagrams that the equations of a theory make equal, by rewriting at random: what a model of the
    theory must give one value.

    Args:
        draw: Hypothesis's.
        signature: the theory's, with its generators.
        equations: the axioms; directed ones are used from left to right only.
        max_boxes: bound on the first diagram.
        max_steps: bound on the steps.
        max_size: bound on the boxes of what a step gives.

    Raises:
        DoctrineError: for a doctrine in which nothing is rewritten.

    >>> from catenary.rewriting.library import monoid
    >>> theory = monoid()
    >>> pair = theory_pairs(theory.signature, [rule.equation for rule in theory])
    """
    from itertools import islice

    from catenary.rewriting.dpo import rewrite
    from catenary.rewriting.matching import matches
    from catenary.rewriting.rule import Rule

    one = draw(diagrams(signature=signature, max_boxes=max_boxes))
    graph = OpenHypergraph.from_diagram(one)
    rules = [Rule.of(equation) for equation in equations]
    ways = [(rule, forward) for rule in rules for forward in rule.directions]
    for _ in range(draw(st.integers(0, max_steps)) if ways else 0):
        rule, forward = draw(st.sampled_from(ways))
        found = list(islice(matches(rule.sides(forward)[0], graph), 20))
        if found:
            after = rewrite(graph, rule, draw(st.sampled_from(found)), forward).graph
            graph = after if len(after.edges) <= max_size else graph
    return one, graph.to_diagram()
