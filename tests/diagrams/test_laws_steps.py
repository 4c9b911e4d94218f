"""Steps of normal forms, swaps removed, and what doctrines must not prove."""

import itertools
import random

import pytest
from hypothesis import given, settings

from catenary import density_matrix, distribution, prove
from catenary.diagrams import (
    ArgumentError,
    Box,
    Copy,
    Diagram,
    Discard,
    Doctrine,
    DoctrineError,
    Swap,
    Ty,
    free,
)
from catenary.diagrams.normal_forms import (
    foliation,
    fuse_spiders,
    interchange,
    interchanger_normal_form,
    snake_steps,
)
from catenary.diagrams.steps import (
    crossings,
    foliation_steps,
    fusion_steps,
    interchanger_steps,
    remove_swaps,
    swap_steps,
)
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


@pytest.mark.parametrize("doctrine", [Doctrine.MONOIDAL, Doctrine.PIVOTAL, Doctrine.MARKOV])
def test_foliation_steps_are_equal_and_end_in_the_slices(doctrine):
    @settings(max_examples=20, deadline=None)
    @given(diagrams(doctrine, max_boxes=7))
    def check(d):
        composite = Diagram.id(d.dom, d.signature)
        for part in foliation(d):
            composite = composite >> part
        steps = list(foliation_steps(d))
        assert steps[-1].identical(composite)
        assert all(step == d for step in steps)
        for one, other in itertools.pairwise(steps):
            assert sum(x != y for x, y in zip(one.layers, other.layers, strict=True)) <= 2

    check()


@pytest.mark.parametrize("doctrine", [Doctrine.SYMMETRIC, Doctrine.TRACED, Doctrine.HYPERGRAPH])
def test_steps_of_fusion_and_of_swap_removal_are_equal_and_end_in_the_normal_form(doctrine):
    @settings(max_examples=20, deadline=None)
    @given(diagrams(doctrine, max_boxes=7))
    def check(d):
        ways = [(swap_steps, remove_swaps)]
        ways += [(fusion_steps, fuse_spiders)] if doctrine is Doctrine.HYPERGRAPH else []
        for steps_of, form in ways:
            steps = list(steps_of(d))
            assert steps[0] is d
            assert steps[-1].identical(form(d)) or len(d) == 0
            assert all(step == d for step in steps)
            assert not any(x.identical(y) for x, y in itertools.pairwise(steps))

    check()
    with pytest.raises(DoctrineError, match="hypergraph"):
        next(fusion_steps(Diagram.id(a, free(Doctrine.SYMMETRIC))))


def _slices_of(d):
    """How many slices the layers of a diagram are, in the order in which they stand."""
    count, made = 0, None
    for box, offset in d.layers:
        stop, growth = offset + len(box.dom), len(box.cod) - len(box.dom)
        if made is None or any(start < stop and offset < end for start, end in made):
            count, made = count + 1, []
        made = [(s + growth, e + growth) if stop <= s else (s, e) for s, e in made]
        made.append((offset, offset + len(box.cod)))
    return count


def _interchanged(d):
    """All layerings of a diagram that interchanges give."""
    seen, waiting = {(d.boxes, d.offsets)}, [d]
    while waiting:
        here = waiting.pop()
        yield here
        for i in range(len(here) - 1):
            for right in (False, True):
                moved = interchange(here, i, right=right)
                if moved is not None and (moved.boxes, moved.offsets) not in seen:
                    seen.add((moved.boxes, moved.offsets))
                    waiting.append(moved)


def test_foliation_has_the_least_depth():
    signature = free(Doctrine.MONOIDAL)
    shapes = {"f": (2, 1), "g": (1, 2), "u": (1, 1), "e": (1, 0), "c": (0, 1)}
    pool = {name: Box(name, a**i, a**o, signature=signature) for name, (i, o) in shapes.items()}
    chance = random.Random(3)
    for names in ("fgue", "fguc"):  # no state where there are effects
        for _ in range(60):
            d = Diagram.id(a**3, signature)
            for _ in range(6):
                box = pool[chance.choice(names)]
                if len(box.dom) <= len(d.cod):
                    at = chance.randint(0, len(d.cod) - len(box.dom))
                    d = d >> a**at @ box @ a ** (len(d.cod) - at - len(box.dom))
            assert len(foliation(d)) == min(map(_slices_of, _interchanged(d)))
    # A state that passes an effect on the right only comes to stand beside the wire it is taken with.
    layers = [("u", 1), ("e", 1), ("c", 1), ("f", 1), ("u", 1), ("u", 1)]
    d = Diagram(a**3, a**2, [(pool[name], at) for name, at in layers], signature)
    assert len(foliation(d)) == min(map(_slices_of, _interchanged(d))) == 4


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


def test_what_is_no_diagram_is_refused_by_name():
    for form in (fuse_spiders, interchanger_normal_form, foliation, lambda x: list(snake_steps(x))):
        with pytest.raises(ArgumentError, match="a diagram or a box"):
            form(3)
    with pytest.raises(ArgumentError, match="an Equation"):
        prove(3, None)
    for meaning in (density_matrix, distribution):
        with pytest.raises(ArgumentError, match="a Circuit"):
            meaning("x")
