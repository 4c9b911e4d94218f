"""The bridge to DisCoPy, against the installed library."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings

from catenary.diagrams import Box, CatenaryError, Copy, Diagram, Discard, Doctrine, Spider, Swap, Ty, free
from catenary.diagrams.bridges.discopy import from_discopy, to_discopy
from catenary.testing import diagrams

pytest.importorskip("discopy")
a, b = Ty("a"), Ty("b")
SAME_LAYERS = [
    Doctrine.MONOIDAL,
    Doctrine.RIGID,
    Doctrine.PIVOTAL,
    Doctrine.SYMMETRIC,
    Doctrine.HYPERGRAPH,
    Doctrine.MARKOV,
]


@pytest.mark.parametrize("doctrine", SAME_LAYERS, ids=lambda d: d.value)
def test_there_and_back(doctrine):
    @settings(max_examples=25)
    @given(diagrams(doctrine, max_boxes=6))
    def check(d):
        there = to_discopy(d)
        assert len(there.dom) == len(d.dom)
        back = from_discopy(there, d.signature)
        assert back == d
        assert doctrine is Doctrine.HYPERGRAPH or back.identical(d)

    check()


def test_wide_swaps_and_spiders_become_single_ones():
    for d in (
        Swap(a @ b, b @ a).diagram,
        Spider(2, 1, a @ b).diagram,
        Copy(a @ b) >> Discard(a) @ b @ a @ b,
    ):
        assert from_discopy(to_discopy(d)) == d


def test_parameters_are_counted_in_full_turns():
    x = sympy.Symbol("x")
    f = Box("f", a, a, [Fraction(1, 2)])
    assert to_discopy(f.diagram).boxes[0].data == Fraction(1, 4)
    g = Box("g", a, a, [0.5, x])
    assert to_discopy(g.diagram).boxes[0].data == (0.25, x / 2)
    d = f >> g.dagger() >> f.dagger()
    assert from_discopy(to_discopy(d)).identical(d)
    from discopy import monoidal

    ty = monoidal.Ty("a")
    assert from_discopy(monoidal.Box("f", ty, ty, data=1)).boxes[0].params == (2,)


def test_both_sides_evaluate_to_the_same():
    """The DisCoPy image and the original have the same tensor, each taken by its own library or by plain
    numpy.
    """
    import numpy as np
    from discopy import symmetric, tensor
    from discopy.cat import Category

    rng = np.random.default_rng(0)
    f, g = Box("f", a @ a, a), Box("g", a, a @ a)
    arrays = {"f": rng.normal(size=(2, 2, 2)), "g": rng.normal(size=(2, 2, 2))}
    d = g @ a >> a @ Swap(a, a) >> f @ a >> Swap(a, a) >> g @ a >> f @ a
    functor = symmetric.Functor(
        ob={symmetric.Ty("a"): tensor.Dim(2)},
        ar=lambda box: arrays[box.name],
        cod=Category(tensor.Dim, tensor.Tensor[float]),
    )
    theirs = np.asarray(functor(to_discopy(d)).array)
    graph = d.to_hypergraph()
    operands = [item for e in graph.edges for item in (arrays[e.box.name], [*e.sources, *e.targets])]
    ours = np.einsum(*operands, [*graph.dom, *graph.cod])
    assert np.allclose(theirs, ours)


def test_what_has_no_counterpart_is_refused():
    from discopy import frobenius, monoidal

    ty = monoidal.Ty("a")
    with pytest.raises(CatenaryError, match="DisCoPy diagram"):
        from_discopy(3)
    with pytest.raises(CatenaryError, match="data"):
        from_discopy(monoidal.Box("f", ty, ty, data=object()))
    with pytest.raises(CatenaryError):
        from_discopy(monoidal.Box("f", ty, ty) + monoidal.Box("g", ty, ty))
    with pytest.raises(CatenaryError):
        from_discopy(monoidal.Box("f", ty, ty).bubble())
    with pytest.raises(CatenaryError, match="phase"):
        from_discopy(frobenius.Spider(1, 1, frobenius.Ty("a"), 0.25))
    with pytest.raises(CatenaryError, match="adjoints"):
        to_discopy(Diagram.id(Ty("a").r, free()))
