"""Whatever is given for an argument, the public functions answer with a named error or with a value."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from catenary.diagrams import (
    ArgumentError,
    ArityError,
    Box,
    Bubble,
    Builder,
    Cap,
    CatenaryError,
    CompositionError,
    Copy,
    Cup,
    Curry,
    Diagram,
    Discard,
    Doctrine,
    Edge,
    Equation,
    Eval,
    Ob,
    OpenHypergraph,
    Signature,
    Spider,
    Swap,
    Ty,
    UnknownGenerator,
    bend,
    cap,
    cup,
    diagram_of,
    free,
    structural,
)
from catenary.diagrams.files import dump, load, loads
from catenary.diagrams.normal_forms import remove_snakes
from catenary.diagrams.text import (
    format_diagram,
    format_document,
    format_sum,
    load_document,
    parse_diagram,
    parse_document,
)
from catenary.functors.functor import Functor
from catenary.functors.grammar import parse
from catenary.functors.targets import Diagrams
from catenary.functors.tensor import compile_network, contract
from catenary.rewriting.circuits import optimize, verify

a, b = Ty("a"), Ty("b")
f = Box("f", a, b)
d = f >> Box("g", b, a)
S = Signature("s", Doctrine.SYMMETRIC, ["a"], [Box("m", a @ a, a)])
WRONG: list[Any] = [
    3,
    -1,
    10**30,
    None,
    "x",
    b"a",
    2.5,
    float("nan"),
    True,
    Fraction(1, 2),
    [],
    ["a"],
    [a],
    (1, 2),
    {},
    {"a": 1},
    object,
    object(),
    a,
    f,
    d,
    S,
]

CALLS: dict[str, Callable[[Any], Any]] = {
    "Ty": Ty,
    "Ob": Ob,
    "Ty @": lambda x: a @ x,
    "Ty **": lambda x: a**x,
    "Ty <<": lambda x: a << x,
    "Box name": lambda x: Box(x, a, b),
    "Box dom": lambda x: Box("f", x, b),
    "Box cod": lambda x: Box("f", a, x),
    "Box params": lambda x: Box("f", a, b, x),
    "Box param": lambda x: Box("f", a, b, [x]),
    "Box signature": lambda x: Box("f", a, b, signature=x),
    "Box z": lambda x: Box("f", a, b, z=x),
    "box >>": lambda x: f >> x,
    "box @": lambda x: f @ x,
    "box <<": lambda x: f << x,
    "box +": lambda x: f + x,
    "box *": lambda x: f * x,
    ">>": lambda x: d >> x,
    "@": lambda x: d @ x,
    "<<": lambda x: d << x,
    "+": lambda x: d + x,
    ">> d": lambda x: x >> d,
    "@ d": lambda x: x @ d,
    "then": lambda x: d.then(x),
    "tensor": lambda x: d.tensor(x),
    "call": lambda x: d(x),
    "slice": lambda x: d[x],
    "slice bound": lambda x: d[x:],
    "id": Diagram.id,
    "id signature": lambda x: Diagram.id(a, x),
    "Diagram dom": lambda x: Diagram(x, a),
    "Diagram cod": lambda x: Diagram(a, x),
    "Diagram layers": lambda x: Diagram(a, a, x),
    "Diagram layer": lambda x: Diagram(a, a, [x]),
    "Diagram box": lambda x: Diagram(a, b, [(x, 0)]),
    "Diagram offset": lambda x: Diagram(a, b, [(f, x)]),
    "Diagram signature": lambda x: Diagram(a, b, [(f, 0)], x),
    "over": lambda x: d.over(x),
    "permutation": lambda x: Diagram.permutation(x, a),
    "permutation place": lambda x: Diagram.permutation([x], a),
    "permutation dom": lambda x: Diagram.permutation([0], x),
    "of_box": Diagram.of_box,
    "from_hypergraph": Diagram.from_hypergraph,
    "map_boxes image": lambda x: d.map_boxes(lambda _: x),
    "identical": lambda x: d.identical(x),
    "==": lambda x: d == x,
    "Swap": lambda x: Swap(x, a),
    "Swap right": lambda x: Swap(a, x),
    "Cup": lambda x: Cup(x, a),
    "Cap": lambda x: Cap(a, x),
    "cup": lambda x: cup(x, a),
    "cap": lambda x: cap(a, x),
    "Spider in": lambda x: Spider(x, 1, a),
    "Spider out": lambda x: Spider(1, x, a),
    "Spider type": lambda x: Spider(1, 1, x),
    "Copy": Copy,
    "Discard": Discard,
    "bend": lambda x: bend("cup", x, a, Doctrine.COMPACT),
    "bend doctrine": lambda x: bend("cup", a, a, x),
    "Bubble": Bubble,
    "Curry": Curry,
    "Curry n": lambda x: Curry(d, x),
    "Eval": Eval,
    "Signature": Signature,
    "Signature doctrine": lambda x: Signature("s", x),
    "Signature objects": lambda x: Signature("s", Doctrine.SYMMETRIC, x),
    "Signature object": lambda x: Signature("s", Doctrine.SYMMETRIC, [x]),
    "Signature generators": lambda x: Signature("s", Doctrine.SYMMETRIC, ["a", "b"], x),
    "Signature generator": lambda x: Signature("s", Doctrine.SYMMETRIC, ["a", "b"], [x]),
    "Signature []": lambda x: S[x],
    "declare": S.declare,
    "includes": S.includes,
    "join": S.join,
    "free": free,
    "structural": structural,
    "Equation": lambda x: Equation("e", x, d),
    "Equation name": lambda x: Equation(x, d, d),
    "graph edge": lambda x: OpenHypergraph((Ob("a"),), (x,), (), (), free()).to_diagram(),
    "graph vertex": lambda x: OpenHypergraph((x,), (), (), (), free()).to_diagram(),
    "graph dom": lambda x: OpenHypergraph((Ob("a"),), (), (x,), (), free()).to_diagram(),
    "graph box": lambda x: OpenHypergraph((Ob("a"),), (Edge(x, (0,), (0,)),), (), (), free()).to_diagram(),
    "remove_snakes": remove_snakes,
    "parse_document": parse_document,
    "parse_diagram": lambda x: parse_diagram(x, S),
    "parse_diagram signature": lambda x: parse_diagram("m", x),
    "format_diagram": format_diagram,
    "format_document": format_document,
    "format_sum": format_sum,
    "load_document": load_document,
    "Builder": Builder,
    "Builder signature": lambda x: Builder(a, x),
    "apply": lambda x: Builder(a).apply(x),
    "apply to": lambda x: Builder(a).apply(f, x),
    "build": lambda x: Builder().build(x),
    "feedback": lambda x: Builder(a, free(Doctrine.TRACED)).feedback(x),
    "diagram_of signature": lambda x: diagram_of(a, signature=x)(lambda q: q),
    "diagram_of cod": lambda x: diagram_of(a, x)(lambda q: q),
}


@pytest.mark.parametrize("name", CALLS)
def test_wrong_arguments_get_named_errors(name: str) -> None:
    errors = []
    for value in WRONG:
        try:
            CALLS[name](value)
        except CatenaryError as error:
            errors.append(error)
    for error in errors:
        assert 0 < len(str(error)) < 2_000
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (type(error), str(error))


def test_argument_errors_say_what_was_wanted() -> None:
    with pytest.raises(ArgumentError, match="what stands beside >> is a diagram or a box") as caught:
        f >> 3  # type: ignore[operator]
    assert (caught.value.given, caught.value.what) == ("int", "what stands beside >>")
    assert isinstance(caught.value, TypeError)
    with pytest.raises(
        ArgumentError, match=r"a type stands for its identity beside @ alone, or as Diagram\.id"
    ):
        f >> b  # type: ignore[operator]
    with pytest.raises(ArgumentError, match="a pair"):
        Diagram(a, b, [f])  # type: ignore[list-item]
    with pytest.raises(ArityError, match="box f at offset 4 of 1 wires"):
        Diagram(a, b, [(f, 4)])
    with pytest.raises(ArityError, match="offset -1"):
        Diagram(a, b, [(f, -1)])
    with pytest.raises(ArityError, match="from 0 to 10,000,000"):
        Spider(10**30, 1, a)


def test_compositions_are_shown_aligned() -> None:
    with pytest.raises(CompositionError) as caught:
        Diagram.id(Ty("a", "long", "c")) >> Diagram.id(Ty("a", "b", "c"))
    error = caught.value
    assert (error.index, error.left, error.right) == (1, ("a", "long", "c"), ("a", "b", "c"))
    head, one, other, pointer = str(error).split("\n")
    assert "wire 1 is long on one side and b on the other" in head
    assert one.index("long") == other.index("b ") == pointer.index("^")


def test_unknown_generators_have_alike_names() -> None:
    with pytest.raises(UnknownGenerator) as caught:
        Signature("s", Doctrine.SYMMETRIC, ["a"], [Box("multiply", a @ a, a)])["multipy"]
    assert caught.value.close == ("multiply",)
    assert "did you mean multiply?" in str(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda: parse("Alice sleeps", "no lexicon"),
        lambda: contract(3),
        lambda: compile_network(3),
        lambda: Functor(3, {}, Diagrams()),
        lambda: Functor({}, {}, 3),
        lambda: verify(3, 4),
        lambda: optimize("OPENQASM 2.0;"),
        lambda: dump(Ty("a"), 3.5),
        lambda: load(3.5),
        lambda: loads(3),
    ],
)
def test_wrong_arguments_elsewhere_are_named_too(call):
    with pytest.raises(ArgumentError):
        call()
