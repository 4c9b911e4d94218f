"""Diagrams written on wires equal those written with operators, doctrine by doctrine."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    ArityError,
    Box,
    Braid,
    Builder,
    CatenaryError,
    CompositionError,
    Copy,
    Cup,
    Diagram,
    Discard,
    Doctrine,
    DoctrineError,
    Signature,
    Spider,
    Swap,
    Trace,
    Ty,
    UnknownGenerator,
    WireError,
    cap,
    cup,
    diagram_of,
    feedback,
    free,
)
from catenary.diagrams import close as close_loop
from catenary.testing import diagrams

a, b, c = Ty("a"), Ty("b"), Ty("c")


def rebuilt(diagram: Diagram) -> Diagram:
    """The same diagram, its boxes applied one after the other to wires."""
    builder = Builder(diagram.dom, diagram.signature)
    wires = list(builder.inputs)
    for box, offset in diagram.layers:
        stop = offset + len(box.dom)
        if len(box.dom) or not wires or diagram.signature.doctrine.has("swap"):
            found = builder.apply(box, *wires[offset:stop])
        elif offset:
            found = builder.apply(box, after=wires[offset - 1])
        else:
            found = builder.apply(box, before=wires[0])
        wires[offset:stop] = [found] if len(box.cod) == 1 else found
    return builder.build(*wires)


@pytest.mark.parametrize("doctrine", list(Doctrine))
def test_any_diagram_rebuilt_on_wires_is_equal(doctrine: Doctrine) -> None:
    @settings(max_examples=30, deadline=None)
    @given(diagrams(doctrine, nested=True))
    def check(diagram: Diagram) -> None:
        assert rebuilt(diagram) == diagram

    check()


@settings(max_examples=60, deadline=None)
@given(diagrams(Doctrine.MONOIDAL), st.randoms(use_true_random=False))
def test_planar_boxes_may_be_applied_in_any_order_that_wires_allow(diagram: Diagram, rng: object) -> None:
    # Each box is applied as soon as chance has it, once its inputs are there; states find their place by use.
    builder = Builder(diagram.dom, diagram.signature)
    row: list[int] = list(range(len(diagram.dom)))
    found = dict(enumerate(builder.inputs))
    todo = []
    for box, offset in diagram.layers:
        ins = row[offset : offset + len(box.dom)]
        outs = [len(found) + 1000 + len(todo) * 100 + i for i in range(len(box.cod))]
        row[offset : offset + len(box.dom)] = outs
        todo.append((box, ins, outs))
        if not ins and not outs:
            return  # a scalar has no wires to say where it is
    while todo:
        ready = [item for item in todo if all(wire in found for wire in item[1])]
        item = rng.choice(ready)  # type: ignore[attr-defined]
        todo.remove(item)
        box, ins, outs = item
        made = builder.apply(box, *(found[wire] for wire in ins))
        found.update(zip(outs, [made] if len(outs) == 1 else made, strict=True))
    built = builder.build(*(found[wire] for wire in row))
    # What is joined to no wire of the boundary floats; its region is not said by the wires.
    if all(box.dom for box in diagram.boxes):
        assert built == diagram
    else:
        assert built.to_hypergraph() == diagram.to_hypergraph()


def test_states_float_until_they_are_used() -> None:
    free_planar = free(Doctrine.MONOIDAL)
    s = Box("s", Ty(), a @ a, signature=free_planar)
    g = Box("g", b, b @ b, signature=free_planar)
    f = Box("f", b @ a, c, signature=free_planar)
    builder = Builder(b, free_planar)
    left, right = builder.apply(s)
    (x,) = builder.inputs
    x, y = builder.apply(g, x)
    z = builder.apply(f, x, left)  # the state goes between x and y, after g
    assert builder.build(z, right, y) == (g >> b @ s @ b >> f @ a @ b)


def test_wires_that_would_cross_are_refused() -> None:
    builder = Builder(a @ b, free(Doctrine.MONOIDAL))
    x, y = builder.inputs
    with pytest.raises(WireError, match=r"do not stand side by side.*monoidal.*one of symmetric") as caught:
        builder.build(y, x)
    assert caught.value.reason == "crossing"
    assert "symmetric" in caught.value.needed


def test_braids_are_applied_as_boxes() -> None:
    braided = free(Doctrine.BRAIDED)
    builder = Builder(a @ b, braided)
    x, y = builder.inputs
    y, x = builder.apply(Braid(a, b), x, y)
    x, y = builder.apply(Braid(a, b).dagger(), y, x)
    assert builder.build(x, y) == Braid(a, b) >> Braid(a, b).dagger()
    builder = Builder(a @ b, braided)
    with pytest.raises(WireError, match="apply a Braid"):
        builder.build(*reversed(builder.inputs))


def test_snakes_and_spiders() -> None:
    compact = free(Doctrine.COMPACT)
    f = Box("f", a, b, signature=compact)

    @diagram_of(b, signature=compact)
    def transposed(y):  # type: ignore[no-untyped-def]
        left, right = cap(a, a)()
        cup(b, b)(f(right), y)
        return left

    assert transposed == f.diagram.r
    n = Ty("n")
    rigid = Builder(n, free(Doctrine.RIGID))
    one, two = rigid.apply(cap(n.r, n))
    rigid.apply(Cup(n, n.r), rigid.inputs[0], one)
    assert rigid.build(two) == Diagram.id(n)
    builder = Builder(a @ a, free(Doctrine.HYPERGRAPH))
    x, y = builder.inputs
    z = builder.apply(Spider(2, 1, a), x, y)
    assert builder.build(z, z, z) == Spider(2, 3, a).diagram


def test_copies_and_discards_only_where_the_doctrine_has_them() -> None:
    for doctrine in (Doctrine.MARKOV, Doctrine.CARTESIAN, Doctrine.HYPERGRAPH):
        signature = free(doctrine)
        f = Box("f", a @ a, b, signature=signature)

        @diagram_of(a @ c, signature=signature)
        def square(x, y):  # type: ignore[no-untyped-def]
            return f(x, x)  # noqa: B023

        assert square == (Copy(a) >> f) @ Discard(c)
    plain = Box("f", a @ a, b)
    with pytest.raises(WireError) as caught:

        @diagram_of(a)
        def twice(x):  # type: ignore[no-untyped-def]
            return plain(x, x)

    assert caught.value.reason == "used"
    assert caught.value.wire == "x"
    assert "'x'" in str(caught.value)
    assert "markov, cartesian" in str(caught.value)
    assert "return plain(x, x)" in str(caught.value)
    with pytest.raises(WireError, match=r"never used: input y.*hypergraph, markov, cartesian") as caught:

        @diagram_of(a @ b)
        def dropped(x, y):  # type: ignore[no-untyped-def]
            return x

    assert caught.value.reason == "unused"


def test_the_second_use_names_the_first() -> None:
    f = Box("f", a, a)
    builder = Builder(a @ a)
    q = list(builder.inputs)
    builder.apply(f, q[1])
    with pytest.raises(WireError, match=r"wire 'q\[1\]' is used here, and before at test_builder.py:\d+"):
        builder.apply(f, q[1])


def test_feedback() -> None:
    traced = free(Doctrine.TRACED)
    f = Box("f", a @ b, c @ a, signature=traced)

    @diagram_of(b, signature=traced)
    def loop(x):  # type: ignore[no-untyped-def]
        state = feedback(a)
        out, after = f(state, x)
        close_loop(state, after)
        return out

    compact = free(Doctrine.COMPACT)
    g = Box("f", a @ b, c @ a, signature=compact)
    by_cups = cap(a, a) @ b >> a @ g >> Swap(a, c) @ a >> c @ cup(a, a)
    assert (loop.dom, loop.cod) == (b, c)
    ours, theirs = loop.to_hypergraph(), by_cups.to_hypergraph()
    assert [(e.sources[0] == e.targets[1]) for e in ours.edges] == [True]
    assert [(e.sources[0] == e.targets[1]) for e in theirs.edges] == [True]
    g = Box("g", a @ b, a @ c, signature=traced)

    @diagram_of(b, signature=traced)
    def by_trace(x):  # type: ignore[no-untyped-def]
        state = feedback(a)
        after, out = g(state, x)
        close_loop(state, after)
        return out

    assert by_trace == Trace(g, 1, True)

    @diagram_of(b, signature=traced)
    def called(x):  # type: ignore[no-untyped-def]
        return Trace(g, 1, True)(x)

    assert called == by_trace
    with pytest.raises(DoctrineError, match="trace"):
        Builder(a).feedback(a)
    builder = Builder(a, traced)
    builder.feedback(a)
    with pytest.raises(WireError, match="not closed"):
        builder.build(*builder.inputs)


def test_annotations_bundles_and_nesting() -> None:
    f, g = Box("f", a @ b, c), Box("g", c, a @ b)

    @diagram_of
    def inner(pair: a @ b, z: c) -> a @ b @ c:  # type: ignore[valid-type]
        return g(f(*pair)), z

    @diagram_of(a @ b @ c)
    def outer(*wires):  # type: ignore[no-untyped-def]
        *pair, z = inner(*wires)
        return f(pair), z

    assert inner == (f >> g) @ c
    assert outer == (f >> g >> f) @ c
    with pytest.raises(CompositionError, match="inner_ gives"):

        @diagram_of
        def inner_(x: a) -> b:  # type: ignore[valid-type]
            return x

    with pytest.raises(CatenaryError, match="parameter 'x' has no type"):

        @diagram_of
        def bare(x):  # type: ignore[no-untyped-def]
            return x

    with pytest.raises(ArityError, match="drawn on the 1 wires"):

        @diagram_of(a)
        def two(x, y):  # type: ignore[no-untyped-def]
            return x, y


def test_the_signature_is_that_of_the_boxes() -> None:
    group = Signature("group", Doctrine.SYMMETRIC, ["a"], [Box("m", a @ a, a)])
    builder = Builder(a @ a)
    built = builder.build(builder.apply(group["m"], *builder.inputs))
    assert built.signature == group
    assert built == group["m"].diagram
    builder = Builder(a @ a, group)
    assert builder.build(builder.apply(Box("m", a @ a, a), *builder.inputs)) == group["m"].diagram
    with pytest.raises(UnknownGenerator, match="did you mean m"):
        Builder(a, group).apply(Box("mm", a, a))
    planar = Box("p", a, a, signature=free(Doctrine.MONOIDAL))
    builder = Builder(a @ a)
    x, y = builder.inputs
    x = builder.apply(planar, x)
    assert builder.build(x, y) == planar @ a


def test_what_is_no_wire_is_refused() -> None:
    f = Box("f", a, b)
    builder, other = Builder(a @ a), Builder(a)
    x, y = builder.inputs
    for wrong in ("x", 3, None, a):
        with pytest.raises(WireError, match="applied to wires"):
            builder.apply(f, wrong)
    with pytest.raises(WireError, match="another builder"):
        builder.apply(f, other.inputs[0])
    with pytest.raises(ArityError, match=r"f takes 1 wire \(a\), and 2 were given"):
        builder.apply(f, x, y)
    with pytest.raises(CompositionError, match="wire 0 is a"):
        builder.apply(Box("g", b, b), x)
    with pytest.raises(CatenaryError, match="a box or a diagram is applied"):
        builder.apply("f", x)  # type: ignore[arg-type]
    with pytest.raises(WireError, match="branch"):
        bool(x)
    with pytest.raises(WireError, match="cannot be unpacked"):
        (_,) = x
    with pytest.raises(WireError, match="on the wires of a Builder"):
        f()
    builder.build(builder.apply(f, x), y)
    with pytest.raises(WireError, match="start another"):
        builder.apply(f, x)
    with pytest.raises(CatenaryError, match="dom is a type"):
        Builder("a")  # type: ignore[arg-type]


@pytest.mark.parametrize("doctrine", [Doctrine.SYMMETRIC, Doctrine.MONOIDAL])
def test_a_hundred_thousand_applications(doctrine: Doctrine) -> None:
    signature = free(doctrine)
    f = Box("f", a @ a, a @ a, signature=signature)

    def seconds(count: int) -> float:
        start = time.process_time()
        builder = Builder(a**8, signature)
        row = list(builder.inputs)
        for i in range(count):
            k = i % 7
            row[k], row[k + 1] = builder.apply(f, row[k], row[k + 1])
        diagram = builder.build(*row)
        assert len(diagram.cod) == 8
        return time.process_time() - start

    seconds(1_000)
    few, many = min(seconds(2_500) for _ in range(2)), seconds(25_000)
    assert many < 30 * few + 0.5
