"""Steps of normal forms, swaps removed, and what doctrines must not prove."""

import itertools

import pytest
from hypothesis import given, settings

from catenary.diagrams import Box, Copy, Diagram, Discard, Doctrine, DoctrineError, Swap, Ty, free
from catenary.diagrams.normal_forms import interchanger_normal_form
from catenary.diagrams.steps import crossings, interchanger_steps, remove_swaps
from catenary.testing import diagrams

a, b = Ty("a"), Ty("b")


@pytest.mark.parametrize("doctrine", [Doctrine.MONOIDAL, Doctrine.RIGID, Doctrine.SYMMETRIC])
def test_interchanger_steps_are_equal_and_end_in_the_normal_form(doctrine):
    @settings(max_examples=20, deadline=None)
    @given(diagrams(doctrine, max_boxes=6))
    def check(d):
        steps = list(interchanger_steps(d))
        assert steps[0] is d
        assert steps[-1].identical(interchanger_normal_form(d))
        assert all(step == d and len(step) == len(d) for step in steps)
        assert not any(x.identical(y) for x, y in itertools.pairwise(steps))

    check()


@pytest.mark.parametrize("doctrine", [Doctrine.SYMMETRIC, Doctrine.TRACED, Doctrine.MARKOV])
def test_swaps_are_removed(doctrine):
    @settings(max_examples=20, deadline=None)
    @given(diagrams(doctrine, max_boxes=6))
    def check(d):
        found = remove_swaps(d)
        assert found == d
        assert crossings(found) <= crossings(d)

    check()
    there = Swap(a, b) >> Swap(b, a)
    assert len(remove_swaps(there)) == 0


def test_planar_doctrines_have_no_swaps():
    for doctrine in (Doctrine.MONOIDAL, Doctrine.RIGID, Doctrine.PIVOTAL, Doctrine.BRAIDED, Doctrine.RIBBON):
        with pytest.raises(DoctrineError, match="symmetric"):
            remove_swaps(Diagram.id(a, free(doctrine)))


def test_what_is_not_a_law():
    for doctrine in (Doctrine.MONOIDAL, Doctrine.BRAIDED, Doctrine.RIBBON):
        s, t = (Box(name, Ty(), a, signature=free(doctrine)) for name in "st")
        x, y = (Box(name, Ty(), Ty(), signature=free(doctrine)) for name in "xy")
        assert s @ t != t @ s
        assert x @ y == y @ x
        assert x @ a != a @ x  # a scalar is in the region left or right of a wire
    for doctrine in (Doctrine.SYMMETRIC, Doctrine.TRACED, Doctrine.COMPACT):
        with pytest.raises(DoctrineError, match="markov"):
            Copy(a).diagram.over(free(doctrine))
    f = Box("f", a, a, signature=free(Doctrine.MARKOV))
    assert f >> Copy(a) != Copy(a) >> f @ f
    assert f >> Discard(a) == Discard(a)
    g = Box("g", a, a, signature=free(Doctrine.HYPERGRAPH))
    assert g >> Discard(a) != Discard(a)
