"""The strategies give what they say, quickly, and shrink to small examples."""

from __future__ import annotations

import time
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

import catenary.diagrams
from catenary.diagrams import Diagram, Doctrine, Signature, Sum, free
from catenary.diagrams.nesting import insides
from catenary.functors.tensor import TensorFunctor
from catenary.rewriting.library import hopf
from catenary.testing import (
    diagrams,
    equal_pairs,
    nearly_equal_pairs,
    signatures,
    sums,
    theory_pairs,
)

SLOW = (HealthCheck.too_slow,)
KINDS = {
    Doctrine.RIGID: {"cup", "cap"},
    Doctrine.BRAIDED: {"braid"},
    Doctrine.RIBBON: {"braid", "twist", "cup", "cap"},
    Doctrine.SYMMETRIC: {"swap"},
    Doctrine.TRACED: {"swap", "trace", "bubble"},
    Doctrine.HYPERGRAPH: {"swap", "spider", "copy", "discard", "cup", "cap", "trace"},
    Doctrine.CARTESIAN: {"copy", "discard", "swap"},
    Doctrine.BICLOSED: {"curry", "eval", "bubble"},
    Doctrine.CARTESIAN_CLOSED: {"curry", "copy", "bubble"},
}


@pytest.mark.parametrize("doctrine", list(Doctrine), ids=lambda d: d.value)
def test_diagrams_of_each_doctrine(doctrine: Doctrine) -> None:
    seen: Counter[str] = Counter()

    examples = 80 if doctrine in KINDS else 10

    @settings(max_examples=examples, database=None, derandomize=True, suppress_health_check=SLOW)
    @given(diagrams(doctrine, nested=True))
    def check(d: Diagram) -> None:
        assert d.signature == free(doctrine)
        assert Diagram(d.dom, d.cod, d.layers, d.signature).identical(d)
        seen.update({box.kind for box in [*d.boxes, *insides([d])]})

    check()
    assert KINDS.get(doctrine, set()) <= set(seen), seen


@pytest.mark.parametrize("doctrine", list(Doctrine), ids=lambda d: d.value)
def test_pairs(doctrine: Doctrine) -> None:
    @settings(max_examples=8, suppress_health_check=SLOW)
    @given(equal_pairs(doctrine, max_boxes=5), nearly_equal_pairs(doctrine, max_boxes=5))
    def check(equal: tuple[Diagram, Diagram], nearly: tuple[Diagram, Diagram]) -> None:
        assert equal[0] == equal[1]
        assert (nearly[0].dom, nearly[0].cod) == (nearly[1].dom, nearly[1].cod)
        assert abs(len(nearly[0]) - len(nearly[1])) <= 1

    check()


def test_most_nearly_equal_pairs_are_different() -> None:
    different = []

    @settings(max_examples=100, database=None, derandomize=True)
    @given(nearly_equal_pairs())
    def check(pair: tuple[Diagram, Diagram]) -> None:
        different.append(pair[0] != pair[1])

    check()
    assert sum(different) > 40


@given(signatures(parameters=1), st.data())
@settings(max_examples=12, suppress_health_check=SLOW)
def test_signatures_and_their_diagrams(signature: Signature, data: st.DataObject) -> None:
    d = data.draw(diagrams(signature=signature, max_boxes=4))
    assert signature.includes(d.signature)
    assert eval(repr(signature), {**vars(catenary.diagrams), "Fraction": Fraction}) == signature


@given(sums(), sums(Doctrine.COMPACT, exact=False))
@settings(max_examples=12, suppress_health_check=SLOW)
def test_sums(one: Sum, other: Sum) -> None:
    assert one - one == Sum.zero(one.dom, one.cod, one.signature)
    assert one + one == 2 * one
    assert (other + other).dom == other.dom


def test_pairs_of_a_theory_have_one_value_in_a_model() -> None:
    """The group algebra of Z/2 is a Hopf algebra: rewriting never changes the tensor."""
    theory = hopf()
    signature = theory.signature
    names = list(signature.generators or ())
    m, u, n, v, s = (signature[name] for name in names[:5])
    table = {}
    for box in (m, u, n, v, s):
        ins, outs = len(box.dom), len(box.cod)
        array = np.zeros((2,) * (ins + outs))
        for place in np.ndindex(*array.shape):
            left, right = place[:ins], place[ins:]
            if (ins, outs) == (2, 1):
                array[place] = sum(left) % 2 == right[0]
            elif (ins, outs) == (0, 1):
                array[place] = right[0] == 0
            elif ins == 1 and outs:
                array[place] = all(x == left[0] for x in right)
            else:
                array[place] = 1
        table[box.name] = array
    model = TensorFunctor(dict.fromkeys(signature.objects or (), 2), table)
    lengths = []

    @settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
    @given(theory_pairs(signature, [rule.equation for rule in theory]))
    def check(pair: tuple[Diagram, Diagram]) -> None:
        assert np.allclose(model(pair[0]).array, model(pair[1]).array)
        lengths.append(pair[0] != pair[1])

    check()
    assert any(lengths)


def test_they_shrink() -> None:
    found = find(
        diagrams(Doctrine.SYMMETRIC),
        lambda d: sum(box.kind == "swap" for box in d.boxes) >= 1,
        settings=settings(max_examples=500, database=None),
    )
    assert len(found) <= 2
    assert len(found.dom) <= 3


def test_they_are_fast() -> None:
    start = time.process_time()

    @settings(max_examples=100, database=None, suppress_health_check=SLOW)
    @given(diagrams(Doctrine.HYPERGRAPH))
    def check(d: Diagram) -> None:
        assert len(d) <= 8

    check()
    assert time.process_time() - start < 10
