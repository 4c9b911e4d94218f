"""The bridge to DisCoPy, against the installed library."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings

from catenary.diagrams import (
    Box,
    Braid,
    Bubble,
    CatenaryError,
    Copy,
    Curry,
    Diagram,
    Discard,
    Doctrine,
    Eval,
    Spider,
    Sum,
    Swap,
    Trace,
    Twist,
    Ty,
    Uncurry,
    free,
)
from catenary.diagrams.bridges.discopy import from_discopy, to_discopy
from catenary.functors.functor import Functor
from catenary.functors.targets import PythonFunctions
from catenary.functors.tensor import TensorFunctor
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


ARRAYS = {}


def arrays_of(box):
    """Random entries for a generator turned upright, the same for one name and shape."""
    import numpy as np

    key = (box.name, len(box.dom), len(box.cod))
    if key not in ARRAYS:
        ARRAYS[key] = np.random.default_rng(len(ARRAYS)).normal(size=(2,) * (key[1] + key[2]))
    return ARRAYS[key]


def both_tensors(d, module):
    """The tensor of a diagram by our contraction, and by DisCoPy's functor of its image."""
    import importlib

    import numpy as np
    from discopy import tensor
    from discopy.cat import Category

    kind = importlib.import_module(f"discopy.{module}")
    ours = TensorFunctor({"a": 2, "b": 2}, arrays_of)(d)
    functor = kind.Functor(
        ob=lambda ob: tensor.Dim(2), ar=arrays_of, cod=Category(tensor.Dim, tensor.Tensor[float])
    )
    return np.asarray(ours.array), np.asarray(functor(to_discopy(d)).array)


@pytest.mark.parametrize(
    ("doctrine", "module"),
    [
        (Doctrine.MONOIDAL, "monoidal"),
        (Doctrine.RIGID, "rigid"),
        (Doctrine.PIVOTAL, "pivotal"),
        (Doctrine.SYMMETRIC, "symmetric"),
        (Doctrine.COMPACT, "frobenius"),
        (Doctrine.HYPERGRAPH, "frobenius"),
        (Doctrine.MARKOV, "markov"),
    ],
    ids=lambda x: getattr(x, "value", x),
)
def test_tensors_agree(doctrine, module):
    import numpy as np

    @settings(max_examples=15)
    @given(diagrams(doctrine, max_boxes=5, max_width=5))
    def check(d):
        ours, theirs = both_tensors(d, module)
        assert np.allclose(ours.reshape(-1), theirs.reshape(-1))

    check()


def test_sums_come_back_and_evaluate_to_the_same():
    import numpy as np

    f, g = Box("f", a, a), Box("g", a, a)
    total = f + 2 * (f >> g) + g
    there = to_discopy(total)
    assert len(there.terms) == 4
    assert from_discopy(there) == total
    assert to_discopy(Sum.zero(a, b)).terms == ()
    assert from_discopy(to_discopy(Sum.zero(a, b))) == Sum.zero(a, b)
    ours, theirs = both_tensors(total, "symmetric")
    assert np.allclose(ours, theirs)
    # a sum inside a DisCoPy diagram multiplies out
    h = to_discopy(g.diagram)
    inside = to_discopy(f.diagram) @ (to_discopy(f + g) @ h)
    assert from_discopy(inside) == f @ (f + g) @ g


def test_bubbles_come_back():
    f, g = Box("f", a, b), Box("g", b, a)
    for d in (
        Bubble(f, "exp") >> g,
        a @ Bubble(f + f) @ b,
        Bubble(Bubble(f >> g, "p"), "q").diagram,
        Bubble(f, "box", dom=a @ a, cod=b).diagram,
    ):
        assert from_discopy(to_discopy(d)) == d


def test_bubbles_evaluate_to_the_same():
    """A bubble that applies a function to every entry, on both sides."""
    import numpy as np
    from discopy import symmetric, tensor
    from discopy.cat import Category

    class Entrywise(tensor.Tensor[float]):
        def bubble(self, dom=None, cod=None):
            return type(self)(np.cos(self.array), self.dom, self.cod)

    f, g = Box("f", a, a), Box("g", a, a)
    d = Bubble(f >> g, "cos") >> g
    functor = symmetric.Functor(
        ob=lambda ob: tensor.Dim(2), ar=arrays_of, cod=Category(tensor.Dim, Entrywise)
    )
    m, n = arrays_of(f), arrays_of(g)
    assert np.allclose(functor(to_discopy(d)).array, np.cos(m @ n) @ n)
    back = from_discopy(to_discopy(d))
    assert np.allclose(
        TensorFunctor({"a": 2}, lambda box: m if box.name == "f" else n)(back.boxes[0].data[0]).array, m @ n
    )


CLOSED = [
    Curry(Box("f", a @ b, a)).diagram,
    Curry(Box("f", a @ b, a), 1, True).diagram,
    Curry(Box("f", a @ b @ a, b), 2).diagram,
    Eval(a << b).diagram,
    Eval(a @ b >> b).diagram,
    Curry(Box("f", a @ b, a)) @ b >> Eval(a << b),
    Uncurry(Box("g", a, b << a)),
    Uncurry(Box("g", a, a >> b)),
]


@pytest.mark.parametrize("d", CLOSED, ids=str)
def test_closed_diagrams_come_back(d):
    there = to_discopy(d)
    back = from_discopy(there)
    assert back == d
    assert (back.dom, back.cod) == (d.dom, d.cod)
    assert to_discopy(back) == there


@pytest.mark.parametrize("left", [False, True])
def test_closed_diagrams_evaluate_to_the_same(left):
    """Curried and evaluated again: the same function in DisCoPy's Python category and in ours."""
    from discopy import closed, python
    from discopy.cat import Category

    f = Box("f", a @ b, a)
    d = Uncurry(Curry(f, 1, left))
    functor = closed.Functor(
        ob=lambda ob: int,
        ar=lambda box: lambda x, y: 10 * x + y,
        cod=Category(tuple[type, ...], python.Function),
    )
    theirs = functor(to_discopy(d))
    ours = Functor({"a": int, "b": int}, {"f": lambda x, y: 10 * x + y}, PythonFunctions())(d)
    for x, y in ((1, 2), (5, 3)):
        assert theirs(x, y) == ours(x, y) == 10 * x + y


def test_phases_of_spiders():
    """DisCoPy counts full turns, we half turns; a sum of phases is the same in both."""
    from discopy import frobenius

    ty = frobenius.Ty("a")
    eighth = frobenius.Spider(2, 3, ty, Fraction(1, 8))
    d = from_discopy(eighth)
    assert d == Spider(2, 3, a, phase=Fraction(1, 4))
    assert to_discopy(d) == frobenius.Diagram.id(ty @ ty) >> eighth
    assert from_discopy(eighth.dagger()) == Spider(3, 2, a, phase=Fraction(-1, 4))
    two = frobenius.Spider(1, 1, ty, Fraction(1, 8)) >> frobenius.Spider(1, 2, ty, Fraction(3, 8))
    assert from_discopy(two) == Spider(1, 2, a, phase=1)
    with pytest.raises(CatenaryError, match="frobenius has no"):
        to_discopy(Spider(1, 1, a, structure="X").diagram)


TRACED = Box("t", a @ a, a @ a)


@pytest.mark.parametrize(
    "d",
    [
        Braid(a, b).diagram,
        Braid(a, b).dagger().diagram,
        Braid(a @ b, a).diagram,
        Braid(a, a) >> Braid(a, a) >> Braid(a, a).dagger(),
        Twist(a).diagram,
        Twist(a).dagger() @ a >> Braid(a, a),
        Twist(a @ b).diagram,
        Trace(TRACED),
        Trace(TRACED, 1, True),
        Trace(Box("t", a @ b @ a, b @ b @ a), 2),
        Trace(Trace(Box("t", a @ a @ a, a @ a @ a)) >> TRACED) >> Box("f", a, b),
    ],
    ids=str,
)
def test_braids_twists_and_traces_come_back(d):
    there = to_discopy(d)
    back = from_discopy(there)
    assert (back.dom, back.cod) == (d.dom, d.cod)
    traced = d.signature.doctrine is Doctrine.TRACED
    # What is wide is written with single wires, which only an isotopy shows to be the same.
    wide = any(len(box.dom) > (1 if box.kind == "twist" else 2) for box in d.boxes)
    assert back == d if traced or not wide else to_discopy(back) == there


def test_braids_and_twists_evaluate_to_the_same():
    """A braiding that tells over from under: DisCoPy's functor beside the product of our layers' matrices."""
    import numpy as np
    from discopy import ribbon, tensor
    from discopy.cat import Category

    q = np.exp(0.7j)
    over = np.zeros((2, 2, 2, 2), dtype=complex)
    for i, j in np.ndindex(2, 2):
        over[i, j, j, i] = q ** (i * j)
    full = np.diag([1, q])

    class Braided(tensor.Tensor[complex]):
        @classmethod
        def braid(cls, left, right):
            return cls(over, left @ right, right @ left)

        @classmethod
        def twist(cls, dom):
            return cls(full, dom, dom)

    functor = ribbon.Functor(
        ob=lambda ob: tensor.Dim(2), ar=lambda box: box, cod=Category(tensor.Dim, Braided)
    )
    table = {("braid", 1): over.reshape(4, 4), ("twist", 1): full}
    table |= {(kind, -1): matrix.conj().T for (kind, _), matrix in list(table.items())}
    d = Braid(a, a) @ a >> a @ Braid(a, a).dagger() >> Twist(a) @ a @ a >> a @ Twist(a) @ a
    d = d >> Braid(a, a) @ a >> Braid(a, a) @ a  # no inverse twist: DisCoPy's functor would drop the dagger
    d = d.over(free(Doctrine.RIBBON))
    ours = np.eye(8)
    for box, offset in from_discopy(to_discopy(d)).layers:
        rest = 3 - offset - len(box.dom)
        ours = ours @ np.kron(np.kron(np.eye(2**offset), table[box.kind, box.data[-1]]), np.eye(2**rest))
    theirs = np.asarray(functor(to_discopy(d)).array).reshape(8, 8)
    assert np.allclose(ours, theirs)
    assert not np.allclose(ours, ours.conj())


def test_traces_evaluate_to_the_same():
    """The trace of relations and of tensors: DisCoPy's functor beside ours."""
    import numpy as np
    from discopy import symmetric, tensor
    from discopy.cat import Category

    f = arrays_of(TRACED)

    class Traced(tensor.Tensor[float]):
        def trace(self, n=1, left=False):
            found = self
            for _ in range(n):
                axes = (
                    (0, len(found.dom)) if left else (len(found.dom) - 1, len(found.dom) + len(found.cod) - 1)
                )
                array = np.trace(found.array, axis1=axes[0], axis2=axes[1])
                dom, cod = (found.dom[1:], found.cod[1:]) if left else (found.dom[:-1], found.cod[:-1])
                found = type(self)(array, dom, cod)
            return found

    for left in (False, True):
        d = Trace(TRACED, 1, left) >> Trace(TRACED)
        functor = symmetric.Functor(
            ob=lambda ob: tensor.Dim(2), ar=arrays_of, cod=Category(tensor.Dim, Traced)
        )
        theirs = functor(to_discopy(d)).array
        ours = TensorFunctor({"a": 2}, arrays_of)(d).array
        partial = np.einsum("xixj->ij" if left else "ixjx->ij", f)
        assert np.allclose(ours, partial @ np.einsum("ixjx->ij", f))
        assert np.allclose(ours, theirs)


def test_what_has_no_counterpart_is_refused():
    from discopy import closed, markov, monoidal

    ty = monoidal.Ty("a")
    with pytest.raises(CatenaryError, match="DisCoPy diagram"):
        from_discopy(3)
    with pytest.raises(CatenaryError, match="data"):
        from_discopy(monoidal.Box("f", ty, ty, data=object()))
    f = monoidal.Box("f", ty, ty)
    with pytest.raises(CatenaryError, match="contains one diagram"):
        from_discopy(monoidal.Bubble(f, f))
    with pytest.raises(CatenaryError, match="contains one diagram"):
        from_discopy(f.bubble(method="exp"))
    with pytest.raises(CatenaryError, match="no side"):
        from_discopy(closed.Diagram.id(closed.Ty("a") ** closed.Ty("b")))
    with pytest.raises(CatenaryError, match="no counterpart"):
        from_discopy(markov.Merge(markov.Ty("a"), 2))
    g = Box("g", a, a)
    with pytest.raises(CatenaryError, match="no scalars"):
        to_discopy(Fraction(1, 2) * g)
    with pytest.raises(CatenaryError, match="no scalars"):
        to_discopy(g - g)
    with pytest.raises(CatenaryError, match="terms without scalars"):
        to_discopy(10**9 * g)
    with pytest.raises(CatenaryError, match="dagger"):
        to_discopy(Bubble(g).dagger().diagram)
    with pytest.raises(CatenaryError, match="swaps"):
        to_discopy(Swap(a, a) >> Swap(a, a) >> Diagram.id(a @ a, free(Doctrine.CLOSED)))
    with pytest.raises(CatenaryError, match="no cartesian_closed"):
        to_discopy(Diagram.id(a, free(Doctrine.CARTESIAN_CLOSED)))
    with pytest.raises(CatenaryError, match="adjoints"):
        to_discopy(Diagram.id(Ty("a").r, free()))


@pytest.mark.parametrize("doctrine", [Doctrine.SYMMETRIC, Doctrine.COMPACT, Doctrine.HYPERGRAPH])
def test_sums_and_braids_keep_the_doctrine(doctrine):
    x = Ty("x")
    f = Box("f", x, x, signature=free(doctrine)).diagram
    for value in (f + f, Bubble(f + f, signature=free(doctrine)).diagram):
        back = from_discopy(to_discopy(value))
        assert back == value
        assert back.signature == free(
            Doctrine.SYMMETRIC if doctrine is Doctrine.SYMMETRIC else Doctrine.HYPERGRAPH
        )
    braids = (Braid(x, x) >> Braid(x, x).dagger()).over(free(doctrine))
    assert from_discopy(to_discopy(braids)) == braids == Diagram.id(x @ x, free(doctrine))
