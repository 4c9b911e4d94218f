"""Functors preserve composition, tensor, identities, daggers and the structure of the doctrine, in every
target.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import Box, Copy, Diagram, Discard, Doctrine, Signature, Spider, Swap, Ty
from catenary.functors.functor import Functor
from catenary.functors.targets import Diagrams, PythonFunctions
from catenary.functors.tensor import Networks, Tensor, TensorFunctor, Tensors
from tests.functors.random_diagrams import DIMS, PLAIN, diagrams, signature

DOCTRINES = [
    Doctrine.MONOIDAL,
    Doctrine.RIGID,
    Doctrine.PIVOTAL,
    Doctrine.SYMMETRIC,
    Doctrine.COMPACT,
    Doctrine.HYPERGRAPH,
]
SIGNATURES = {doctrine: signature(doctrine) for doctrine in DOCTRINES}


def _arrays() -> dict[str, Any]:
    rng = np.random.default_rng(1)
    found = {}
    for box in PLAIN:
        shape = tuple(DIMS[ob.name] for ob in box.dom.objects + box.cod.objects)
        found[box.name] = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    return found


TENSOR = TensorFunctor(DIMS, _arrays())


def _several() -> TensorFunctor:
    """A functor whose wires stand for several dimensions, two of them equal, and for none."""
    dims = {"a": (2, 2), "b": (3,), "c": ()}
    rng = np.random.default_rng(3)
    arrays = {
        box.name: rng.normal(size=tuple(d for ob in (box.dom @ box.cod).objects for d in dims[ob.name]))
        for box in PLAIN
    }
    return TensorFunctor(dims, arrays)


SEVERAL = _several()
X = Ty("x")


def _into(doctrine: Doctrine) -> Functor[Ty, Diagram]:
    """A functor to diagrams in which objects map to several wires and to none."""
    ob = {"a": Ty("x"), "b": Ty("x", "y"), "c": Ty()}

    def on(ty: Ty) -> Ty:
        return Ty(*(name.name for o in ty.objects for name in ob[o.name].objects))

    inner = [Box(f"{box.name}{k}", on(box.dom), on(box.cod)) for box in PLAIN for k in (0, 1)]
    inner += [Box("e", Ty("x"), Ty("x"))]
    target = Signature(f"target {doctrine.value}", doctrine, ["x", "y"], inner)
    table = {}
    for box in PLAIN:
        image = target[f"{box.name}0"].diagram
        if box.cod and box.cod[0] == Ty("a"):
            image = image >> target["e"] @ image.cod[1:]
        table[box.name] = image
    return Functor(ob, table, Diagrams(target))


DIAGRAM = {doctrine: _into(doctrine) for doctrine in DOCTRINES}


def _same(one: Any, other: Any) -> None:
    if isinstance(one, Tensor):
        assert one.allclose(other)
    else:
        assert one == other


def _targets(doctrine: Doctrine) -> list[Functor[Any, Any]]:
    return [TENSOR, DIAGRAM[doctrine]]


@pytest.mark.parametrize("doctrine", DOCTRINES)
@settings(max_examples=40)
@given(data=st.data())
def test_functoriality(doctrine: Doctrine, data: Any) -> None:
    over = SIGNATURES[doctrine]
    f = data.draw(diagrams(over, max_dom=2, max_width=3, max_boxes=4))
    g = data.draw(diagrams(over, dom=f.cod, max_width=3, max_boxes=4))
    h = data.draw(diagrams(over, max_dom=2, max_width=2, max_boxes=2))
    for functor in _targets(doctrine):
        target = functor.target
        _same(functor(f >> g), target.then(functor(f), functor(g)))
        _same(functor(f @ h), target.tensor(functor(f), functor(h)))
        _same(functor(Diagram.id(f.dom, over)), target.id(functor.on_type(f.dom)))
        _same(functor(f), functor.fold(f))
        if doctrine is not Doctrine.RIGID:  # a rigid cup upside down is no cap
            _same(functor(f.dagger()), target.dagger(functor(f)))
        assert target.dom(functor(f)) == functor.on_type(f.dom)
        assert target.cod(functor(f)) == functor.on_type(f.cod)


@pytest.mark.parametrize("doctrine", DOCTRINES)
@settings(max_examples=20)
@given(data=st.data())
def test_wires_of_several_dimensions(doctrine: Doctrine, data: Any) -> None:
    over = SIGNATURES[doctrine]
    f = data.draw(diagrams(over, max_dom=2, max_width=2, max_boxes=4))
    g = data.draw(diagrams(over, dom=f.cod, max_width=2, max_boxes=3))
    _same(SEVERAL(f >> g), SEVERAL.target.then(SEVERAL(f), SEVERAL(g)))
    _same(SEVERAL(f), SEVERAL.fold(f))


@pytest.mark.parametrize("doctrine", [Doctrine.RIGID, Doctrine.PIVOTAL, Doctrine.COMPACT])
@settings(max_examples=30)
@given(data=st.data())
def test_rotations_are_transposes(doctrine: Doctrine, data: Any) -> None:
    f = data.draw(diagrams(SIGNATURES[doctrine], max_dom=2, max_width=2, max_boxes=3))
    for turned, transposed in ((f.r, f.transpose()), (f.l, f.transpose(left=True))):
        assert TENSOR(turned).allclose(TENSOR(transposed))
        assert TENSOR(turned).allclose(TENSOR.fold(transposed))
        assert SEVERAL(turned).allclose(SEVERAL(transposed))
        assert DIAGRAM[doctrine](turned).dom == DIAGRAM[doctrine].on_type(turned.dom)


def test_rotation_by_cups_and_caps() -> None:
    """A target without ``rotate`` gets the transpose made from its cups and caps."""

    class Plain(Tensors):
        rotate = None  # type: ignore[assignment]

    box = Box("g", Ty("a", "b"), Ty("a"), signature=SIGNATURES[Doctrine.COMPACT])
    plain = Functor(DIMS, _arrays(), Plain())
    for turned in (box.r, box.l, box.r.r, box.r.dagger()):
        assert plain.image(turned).allclose(TENSOR.image(turned))


@settings(max_examples=40)
@given(data=st.data())
def test_swaps_are_natural(data: Any) -> None:
    over = SIGNATURES[Doctrine.SYMMETRIC]
    f = data.draw(diagrams(over, dom=Ty("a", "b"), max_width=2, max_boxes=3))
    g = data.draw(diagrams(over, dom=Ty("a"), max_width=2, max_boxes=3))
    before = Diagram.permutation([2, 0, 1], f.dom @ g.dom, over) >> g @ f
    width = len(f.cod)
    order = [*range(width, width + len(g.cod)), *range(width)]
    after = f @ g >> Diagram.permutation(order, f.cod @ g.cod, over)
    for functor in _targets(Doctrine.SYMMETRIC):
        _same(functor(before), functor(after))


def test_images_of_structure() -> None:
    ty = Ty("a", "b")
    assert TENSOR(Swap(ty, Ty("c")).diagram).allclose(Tensors().swap((2, 3), (1,)))
    assert TENSOR(Spider(2, 1, ty).diagram).allclose(Tensors().spider(2, 1, (2, 3)))
    functor = DIAGRAM[Doctrine.HYPERGRAPH]
    assert functor(Spider(2, 0, ty).diagram).dom == Ty("x", "x", "y") ** 2
    assert len(functor(Spider(2, 0, Ty("c")).diagram)) == 0


@settings(max_examples=40)
@given(data=st.data())
def test_composition_of_functors(data: Any) -> None:
    over = SIGNATURES[Doctrine.HYPERGRAPH]
    first = DIAGRAM[Doctrine.HYPERGRAPH]
    rng = np.random.default_rng(2)
    dims = {"x": 2, "y": 2}
    target = first.target.signature  # type: ignore[attr-defined]
    arrays = {
        name: rng.normal(size=tuple(dims[ob.name] for ob in (box.dom @ box.cod).objects))
        for name, box in target.generators.items()
    }
    second = TensorFunctor(dims, arrays)
    f = data.draw(diagrams(over, max_dom=2, max_width=3, max_boxes=4))
    assert (first >> second)(f).allclose(second(first(f)))


@settings(max_examples=40)
@given(data=st.data())
def test_networks_agree_with_tensors(data: Any) -> None:
    f = data.draw(diagrams(SIGNATURES[Doctrine.HYPERGRAPH]))
    networks = Functor(DIMS, _arrays(), Networks())
    whole, folded = networks(f), networks.fold(f)
    np.testing.assert_allclose(whole.contract(), TENSOR(f).array, atol=1e-10)
    np.testing.assert_allclose(folded.contract(), TENSOR(f).array, atol=1e-10)
    assert (whole.dom, whole.cod) == (TENSOR(f).dom, TENSOR(f).cod)


# Python functions

CARTESIAN = Signature(
    "arithmetic",
    Doctrine.CARTESIAN,
    ["a"],
    [
        Box("add", Ty("a", "a"), Ty("a")),
        Box("negate", Ty("a"), Ty("a")),
        Box("divmod", Ty("a", "a"), Ty("a", "a")),
        Box("one", Ty(), Ty("a")),
    ],
)
ARITHMETIC = Functor(
    {"a": int},
    {
        "add": lambda x, y: x + y,
        "negate": lambda x: -x,
        "divmod": lambda x, y: divmod(x, y or 1),
        "one": lambda: 1,
    },
    PythonFunctions(),
    source=CARTESIAN,
)


@settings(max_examples=60)
@given(data=st.data(), values=st.lists(st.integers(-9, 9), min_size=8, max_size=8))
def test_python_functions(data: Any, values: list[int]) -> None:
    draw = data.draw
    f = draw(diagrams(CARTESIAN, dom=Ty(*"aa"), daggers=False))
    g = draw(diagrams(CARTESIAN, dom=f.cod, daggers=False))
    h = draw(diagrams(CARTESIAN, dom=Ty("a"), daggers=False))
    target = PythonFunctions()

    def row(value: Any) -> tuple[Any, ...]:
        return value if isinstance(value, tuple) else (value,)

    at = values[:3]
    both = ARITHMETIC((f >> g) @ h)(*at)
    assert row(both) == row(ARITHMETIC(g)(*row(ARITHMETIC(f)(*at[:2])))) + row(ARITHMETIC(h)(at[2]))
    assert row(both) == row(ARITHMETIC.fold((f >> g) @ h)(*at))
    composed = target.tensor(target.then(ARITHMETIC(f), ARITHMETIC(g)), ARITHMETIC(h))
    assert row(both) == row(composed(*at))
    # copying and discarding are natural
    width = len(h.cod)
    if width:
        assert row(ARITHMETIC(h >> Copy(h.cod))(at[0])) == row(ARITHMETIC(Copy(Ty("a")) >> h @ h)(at[0]))
        assert ARITHMETIC(h >> Discard(h.cod))(at[0]) == ARITHMETIC(Discard(Ty("a")))(at[0]) == ()
    assert ARITHMETIC(Swap(Ty("a"), Ty("a")).diagram)(1, 2) == (2, 1)
