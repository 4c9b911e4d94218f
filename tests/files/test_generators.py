"""Every class of box comes back from repr, JSON, pickle, text and DisCoPy; a new class needs a row here."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
import sympy

import catenary.diagrams
from catenary import files
from catenary.diagrams import (
    Box,
    Braid,
    Bubble,
    Cap,
    CatenaryError,
    Copy,
    Cup,
    Curry,
    Diagram,
    Discard,
    Doctrine,
    Eval,
    Signature,
    Spider,
    Sum,
    Swap,
    Trace,
    Twist,
    Ty,
    boxes,
    free,
)
from catenary.diagrams.bridges.discopy import from_discopy, to_discopy
from catenary.diagrams.text import format_diagram, parse_diagram

pytest.importorskip("discopy")
a, b = Ty("a"), Ty("b")
f = Box("f", a, b)
t = Box("t", a @ b, a @ b)
PLANAR = free(Doctrine.MONOIDAL)
g = Box("f", a, b, signature=PLANAR)
h = Box("t", a @ b, a @ b, signature=PLANAR)
SIGNATURES = {
    doctrine: Signature("s", doctrine, ["a", "b"], [f, t, Box("p", a, a, [Fraction(1)])])
    for doctrine in Doctrine
}


@dataclass(frozen=True)
class Row:
    """A box, where it stands, and why DisCoPy has no such box, if it has none."""

    kind: str
    box: Box
    doctrine: Doctrine
    refused: str = ""


ROWS = [
    Row("box", g, Doctrine.MONOIDAL),
    Row("box", f.dagger(), Doctrine.SYMMETRIC),
    Row("box", Box("p", a, a, [Fraction(1, 3)]), Doctrine.COMPACT),
    Row("box", Box("p", a, a, [sympy.Symbol("x") / 2]), Doctrine.COMPACT),
    Row("swap", Swap(a, b), Doctrine.SYMMETRIC),
    Row("cup", Cup(a, a.r), Doctrine.RIGID),
    Row("cap", Cap(a, a.l), Doctrine.RIGID),
    Row("cup", Cup(a, a), Doctrine.COMPACT),
    Row("spider", Spider(2, 1, a), Doctrine.HYPERGRAPH),
    Row("spider", Spider(1, 2, a, phase=Fraction(1, 4)), Doctrine.HYPERGRAPH),
    Row("spider", Spider(1, 2, a, structure="X"), Doctrine.HYPERGRAPH, "frobenius has no"),
    Row("copy", Copy(a), Doctrine.MARKOV),
    Row("discard", Discard(a), Doctrine.CARTESIAN),
    Row("braid", Braid(a, b), Doctrine.BRAIDED),
    Row("braid", Braid(a, b).dagger(), Doctrine.RIBBON),
    Row("twist", Twist(a), Doctrine.RIBBON),
    Row("twist", Twist(a).dagger(), Doctrine.RIBBON),
    Row("trace", Trace(t).boxes[0], Doctrine.TRACED),
    Row("bubble", Bubble(g, "exp"), Doctrine.MONOIDAL),
    Row("bubble", Bubble(g + g, dom=a @ a), Doctrine.MONOIDAL),
    Row("bubble", Bubble(f).dagger(), Doctrine.SYMMETRIC, "dagger or rotation of a bubble"),
    Row("curry", Curry(h), Doctrine.BICLOSED),
    Row("curry", Curry(h, 1, True), Doctrine.BICLOSED),
    Row("eval", Eval(a << b), Doctrine.BICLOSED),
    Row("eval", Eval(a >> b), Doctrine.BICLOSED),
]
NAMES: dict[str, Any] = {**vars(catenary.diagrams), "Fraction": Fraction, "sympy": sympy}


def test_every_class_has_a_row() -> None:
    """The kinds of boxes are the constants of the module that makes them."""
    kinds = {value for name, value in vars(boxes).items() if name.isupper() and isinstance(value, str)}
    assert kinds == {row.kind for row in ROWS}
    assert all(row.box.kind == row.kind for row in ROWS)


def ids(row: Row) -> str:
    return f"{row.kind} {row.box}"


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_repr_json_pickle_and_copies(row: Row) -> None:
    box = row.box
    d = box.diagram.over(free(row.doctrine))
    for value in (box, box.diagram, d, d @ a, 2 * d + d):
        for back in (
            files.loads(files.dumps(value)),
            pickle.loads(pickle.dumps(value)),
            copy.copy(value),
            copy.deepcopy(value),
        ):
            assert type(back) is type(value)
            assert back == value
            assert back.signature == value.signature
        assert eval(repr(value), dict(NAMES)) == value
    back = eval(repr(d), dict(NAMES))
    assert isinstance(back, (Diagram, Sum))
    assert (back.dom, back.cod) == (d.dom, d.cod)


def into(value: Any, signature: Signature) -> Any:
    """A diagram or sum with its generators those of a signature, inside of boxes too."""
    if isinstance(value, Sum):
        terms = [(scalar, into(d, signature)) for scalar, d in value.terms]
        return Sum(terms, value.dom, value.cod, signature=signature)
    layers = []
    for box, offset in value.layers:
        if box.kind in ("trace", "curry", "bubble"):
            box = box.replace(data=(into(box.data[0], signature), *box.data[1:]), signature=signature)
        layers.append((signature.declare(box), offset))
    return Diagram(value.dom, value.cod, layers, signature)


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_text(row: Row) -> None:
    signature = SIGNATURES[row.doctrine]
    d = into(row.box.diagram, signature)
    assert parse_diagram(format_diagram(d), signature) == d


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_discopy(row: Row) -> None:
    d = row.box.diagram.over(free(row.doctrine))
    if row.refused:
        with pytest.raises(CatenaryError, match=row.refused):
            to_discopy(d)
        return
    back = from_discopy(to_discopy(d), d.signature)
    assert back == d
    assert back.signature == d.signature
