"""Hypothesis strategies for types, boxes and diagrams of every doctrine, for tests of your own theories.

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
    Cap,
    Copy,
    Cup,
    Diagram,
    Discard,
    Doctrine,
    MissingExtra,
    Ob,
    Signature,
    Spider,
    Swap,
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
    for i in range(len(wires) - 1):
        left, right = wires[i], wires[i + 1]
        if doctrine.has("swap"):
            yield Swap(left, right), i
        if doctrine.has("cup"):
            if doctrine.drawn:
                for other in (left.r, left.r.r.r, left.l):
                    if (other == left.r and right == other) or (
                        doctrine in (Doctrine.PIVOTAL, Doctrine.RIBBON) and doctrine.reduce(other) == right
                    ):
                        yield Cup(left, left.r), i
                        break
            elif left == right:
                yield Cup(left, right), i
    place = draw_count(len(wires) + 1)
    if doctrine.has("cup"):
        ob = Ty(OBJECTS[draw_count(2)])
        if doctrine.drawn:
            ob = (ob, ob.l, ob.r)[draw_count(3)]
            yield Cap(ob.r, ob), place
        else:
            yield Cap(ob, ob), place
    if doctrine.has("spider"):
        for i in range(len(wires)):
            yield Spider(1, draw_count(3), wires[i]), i
            if wires[i] == wires[i + 1 : i + 2]:
                yield Spider(2, draw_count(3), wires[i]), i
        yield Spider(0, draw_count(3), Ty(OBJECTS[draw_count(2)])), place
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
) -> Diagram:
    """Diagrams of a doctrine, structural boxes included, over its free signature or the one given."""
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
        fitting = [(box, i) for box, i in fitting if len(wires) + len(box.cod) - len(box.dom) <= max_width]
        if not fitting:
            break
        box, at = fitting[count(len(fitting))]
        diagram = diagram >> wires[:at] @ box.diagram @ wires[at + len(box.dom) :]
    return diagram


def _insertions(doctrine: Doctrine, wires: Ty, at: int) -> list[Diagram]:
    """Diagrams equal to the identity on the wires from ``at`` on, one or two of them."""
    found: list[Diagram] = []
    x = wires[at]
    if doctrine.has("swap") and at + 1 < len(wires):
        found.append(Swap(x, wires[at + 1]) >> Swap(wires[at + 1], x))
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
