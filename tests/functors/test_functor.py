"""Tables of functors: lookups, checks, errors, and linear time."""

from __future__ import annotations

import time
from typing import Any

import pytest

from catenary.diagrams import (
    ArityError,
    Box,
    CatenaryError,
    CompositionError,
    ContractionError,
    Cup,
    Diagram,
    Doctrine,
    DoctrineError,
    Ob,
    Signature,
    Spider,
    Swap,
    Ty,
    UnknownGenerator,
    free,
)
from catenary.functors.category import Category, ImageError, TargetError
from catenary.functors.functor import Family, Functor
from catenary.functors.targets import Diagrams, Function, PythonFunctions
from catenary.functors.tensor import Networks, TensorFunctor, Tensors

A, B = Ty("a"), Ty("b")
f, g = Box("f", A, A), Box("g", B @ B, B @ B)


def test_targets_are_categories() -> None:
    for target in (Diagrams(), PythonFunctions(), Tensors(), Networks()):
        assert isinstance(target, Category)


def test_tables_take_boxes_names_objects_and_rules() -> None:
    box = Box("r", A, A, [1])
    rule = Family(lambda b: Box("g", B @ B, B @ B, b.params))
    for ob in ({"a": B @ B}, {A: B @ B}, {Ob("a"): B @ B}, lambda ob: B @ B):
        for ar in ({"f": g, "r": rule}, {f: g, box: rule}, {f.diagram: g, "r": rule}):
            functor = Functor(ob, ar, Diagrams())
            assert functor(f).identical(g.diagram)
            assert functor(box).boxes[0].params == (1,)
    computed = Functor(lambda ob: B @ B, lambda b: g, Diagrams())
    assert computed(f >> f).identical(g >> g)


def test_missing_images_name_generator_and_place() -> None:
    functor = Functor({"a": B @ B}, {"f": g}, Diagrams())
    with pytest.raises(UnknownGenerator, match=r"box 1 of the diagram.*'ff'.*did you mean f"):
        functor(f >> Box("ff", A, A))
    with pytest.raises(UnknownGenerator, match=r"objects.*'aa'"):
        functor(Box("h", Ty("aa"), A))
    nothing: Functor[Any, Any] = Functor({"a": B}, lambda box: None, Diagrams())
    with pytest.raises(UnknownGenerator, match="box 0"):
        nothing(f)


def test_boundaries_are_checked_when_built_and_when_computed() -> None:
    with pytest.raises(ImageError, match="image of f has the wrong domain: wire 1 differs") as caught:
        Functor({"a": B @ B}, {f: Box("g", B @ A, B @ B)}, Diagrams())
    assert caught.value.index == 1
    assert isinstance(caught.value, CompositionError)
    late = Functor({"a": B @ B}, {"f": Box("g", B @ B, B)}, Diagrams())
    with pytest.raises(ImageError, match=r"image of f \(box 1 of the diagram\) has the wrong codomain"):
        late(Swap(A, A) >> f @ A)
    source = Signature("s", Doctrine.SYMMETRIC, ["a"], [f])
    with pytest.raises(ImageError):
        Functor({"a": B @ B}, {"f": Box("g", B @ B, B)}, Diagrams(), source=source)


def test_a_source_must_be_covered() -> None:
    source = Signature("s", Doctrine.SYMMETRIC, ["a"], [f, Box("h", A, A)])
    with pytest.raises(UnknownGenerator, match="functor on s has no 'h'"):
        Functor({"a": B @ B}, {"f": g}, Diagrams(), source=source)
    with pytest.raises(UnknownGenerator, match="'hh'"):
        Functor({"a": B @ B}, {"f": g, "h": g, "hh": g}, Diagrams(), source=source)
    whole = Functor({"a": B @ B}, {"f": g, "h": g}, Diagrams(), source=source)
    assert whole(source["f"] >> source["h"]).identical(g >> g)


def test_a_target_without_the_structure_refuses_by_name() -> None:
    functions = Functor({"a": int}, {"f": lambda x: x}, PythonFunctions())
    cups = free(Doctrine.COMPACT)
    with pytest.raises(TargetError, match="PythonFunctions has no cup") as caught:
        functions(Diagram.id(A @ A, cups) >> Cup(A, A))
    assert isinstance(caught.value, DoctrineError)
    with pytest.raises(TargetError, match=r"no dagger.*box 0"):
        functions(f.dagger())
    with pytest.raises(TargetError, match="no spider"):
        functions(Spider(1, 2, A))
    with pytest.raises(TargetError, match="adjoint"):
        functions(Diagram.id(A.l))
    planar = Functor({"a": A}, {}, Diagrams(free(Doctrine.MONOIDAL)))
    with pytest.raises(DoctrineError, match="no swap"):
        planar(Swap(A, A))


def test_tables_that_make_no_sense() -> None:
    for ob, ar in (
        ({A @ B: B}, {}),
        ({Ob("a", 1): B}, {}),
        ({1: B}, {}),
        ({"a": B}, {f.dagger(): f}),
        ({"a": B}, {3: f}),
    ):
        with pytest.raises(CatenaryError):
            Functor(ob, ar, Diagrams())
    with pytest.raises(CatenaryError, match="is a type"):
        Functor({"a": 3}, {f: g}, Diagrams())
    with pytest.raises(CatenaryError, match="is a diagram"):
        Functor({"a": B}, {f: 3}, Diagrams())
    with pytest.raises(CatenaryError, match="callable"):
        Functor({"a": int}, {f: 3}, PythonFunctions())
    with pytest.raises(ContractionError, match="is its dimension"):
        Functor({"a": "two"}, {f: 3}, Tensors())
    with pytest.raises(CatenaryError, match="applied to a diagram"):
        Functor({"a": B}, {}, Diagrams())(3)  # type: ignore[arg-type]


def test_functions_say_what_is_wrong() -> None:
    functor = Functor({"a": int}, {"d": lambda x: (x, x, x), "f": lambda x: x}, PythonFunctions())
    with pytest.raises(ArityError, match="tuple of 2 values"):
        functor(Box("d", A, A @ A))(1)
    with pytest.raises(ArityError, match="takes 1 values, not 2"):
        functor(f)(1, 2)
    with pytest.raises(CompositionError):
        PythonFunctions().then(Function((int,), (int,)), Function((str,), (str,)))


def test_adjoints_and_pairs() -> None:
    functor = Functor({"n": Ty("x", "y")}, {}, Diagrams())
    n = Ty("n")
    image = functor(Cup(n, n.r))
    assert image.dom == Ty("x", "y") @ Ty("x", "y").r
    assert image.cod == Ty()
    assert functor.on_type(n.l) == Ty("x", "y").l


def test_images_are_computed_once() -> None:
    calls: list[Box] = []

    def rule(box: Box) -> Box:
        calls.append(box)
        return g

    functor = Functor({"a": B @ B}, rule, Diagrams())
    functor(Diagram(A, A, [(f, 0)] * 50))
    functor(f >> f.dagger())
    assert calls == [f]


def test_ten_thousand_boxes() -> None:
    """Linear in the boxes: ten thousand take well under a second."""
    h = Box("h", A @ A, A @ A)
    images = {
        "diagrams": Functor({"a": B @ B}, {h: Box("g", B**4, B**4)}, Diagrams()),
        "functions": Functor({"a": int}, {h: lambda x, y: (y, x)}, PythonFunctions()),
        "networks": Functor({"a": 2}, {h: [[[[1.0] * 2] * 2] * 2] * 2}, Networks()),
    }
    for functor in images.values():
        start = time.process_time()
        functor(Diagram(A**20, A**20, [(h, k % 19) for k in range(10_000)]))
        assert time.process_time() - start < 2
    chain = f.diagram
    for _ in range(9_999):
        chain = chain >> f
    assert len(Functor({"a": B @ B}, {f: g}, Diagrams())(chain)) == 10_000
    assert Functor({"a": int}, {f: lambda x: x + 1}, PythonFunctions())(chain)(0) == 10_000
    assert TensorFunctor({"a": 1}, {f: [[1.0]]})(chain).array.tolist() == [[1.0]]


def test_repr() -> None:
    functor = Functor({"a": B}, {"f": Box("g", B, B)}, Diagrams())
    assert eval(repr(functor), globals() | {"Functor": Functor})(f).identical(functor(f))
