"""Laws of traces, of spiders with phases and of named structures; deep nesting; transposes."""

import copy
import pickle
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import catenary.diagrams
from catenary.diagrams import (
    Box,
    Copy,
    Diagram,
    Discard,
    Doctrine,
    DoctrineError,
    LimitReached,
    Signature,
    SignatureError,
    Spider,
    Swap,
    Trace,
    Ty,
    free,
)
from catenary.diagrams.files import dumps, loads
from catenary.diagrams.normal_forms import fuse_spiders
from catenary.diagrams.subgraphs import extract, least_cut
from catenary.testing import diagrams

a, b = Ty("a"), Ty("b")
TRACED = [d for d in Doctrine if d.has("trace")]
traced = pytest.mark.parametrize("doctrine", TRACED, ids=lambda d: d.value)
same = {"deadline": None, "max_examples": 15}


def between(doctrine, name, dom, cod):
    return Box(name, dom, cod, signature=free(doctrine))


@traced
def test_laws_of_the_trace(doctrine):
    @settings(**same)
    @given(st.data())
    def check(data):
        g = data.draw(diagrams(doctrine, max_boxes=3))
        x, y = g.dom, g.cod
        u, v = data.draw(st.sampled_from([a, b, a @ b])), data.draw(st.sampled_from([a, b @ a]))
        f = between(doctrine, "f", y @ u, a @ u)
        k = between(doctrine, "k", u, v)
        h = data.draw(diagrams(doctrine, max_boxes=3, dom=a))
        n, m = len(u), len(v)
        # tightening, on both sides
        assert (g @ u >> f >> h @ u).trace(n) == g >> Trace(f, n) >> h
        # sliding
        slid = between(doctrine, "s", x @ v, b @ u)
        assert (slid >> b @ k).trace(m) == (x @ k >> slid).trace(n)
        # vanishing
        two = between(doctrine, "t", x @ u @ v, b @ u @ v).diagram
        assert Trace(f, 0) == f
        assert two.trace(n + m) == two.trace(m).trace(n)
        # superposing
        assert (g @ f).trace(n) == g @ Trace(f, n)
        # the trace on the left is that on the right, wires crossed
        turned = Swap(u, y) >> f >> Swap(a, u)
        assert turned.trace(n, left=True) == Trace(f, n)
        # yanking
        assert Trace(Swap(u, u), n) == Diagram.id(u)
        for law in (Trace(f, n), two.trace(n + m), turned.trace(n, left=True)):
            again = Diagram.from_hypergraph(law.to_hypergraph())
            assert Diagram(law.dom, law.cod, again.layers, again.signature) == law
            assert hash(again) == hash(law)
            assert law.dagger().dagger() == law
            assert pickle.loads(pickle.dumps(law)) == law
            names = {
                "Trace": Trace,
                "Diagram": Diagram,
                "Ty": Ty,
                "Box": Box,
                "free": free,
                "Doctrine": Doctrine,
            }
            names |= {"Swap": Swap}
            assert eval(repr(law), names) == law

    check()


def test_traces_that_differ():
    f = between(Doctrine.TRACED, "f", a @ a, a @ a)
    assert Trace(f) != Trace(f, left=True)
    assert Trace(f >> f) != Trace(f) >> Trace(f)
    assert Trace(Diagram.id(a)) != Diagram.id()
    assert Trace(Diagram.id(a)) != Trace(Diagram.id(b))
    with pytest.raises(DoctrineError, match="traced"):
        Trace(Box("f", a, a, signature=free(Doctrine.CARTESIAN)))


def test_deep_traces():
    g = between(Doctrine.TRACED, "g", a @ a, a @ a)
    d = g.diagram
    for _ in range(10_000):
        d = Trace(d @ a >> a @ Swap(a, a))
    assert len(d.to_hypergraph().edges) == 1
    assert d == g
    assert isinstance(hash(d), int)
    assert copy.deepcopy(d) is d
    assert len(repr(d)) < 200
    for refused in (pickle.dumps, Diagram.dagger):
        with pytest.raises(LimitReached, match="levels"):
            refused(d)


phases = st.fractions(0, 2, max_denominator=8)


@settings(deadline=None, max_examples=40)
@given(st.lists(phases, min_size=2, max_size=4), st.sampled_from(["", "X", "Z"]))
def test_spiders_of_one_structure_fuse_and_add_their_phases(turns, structure):
    parts = [Spider(1, 1, a, phase=p, structure=structure).diagram for p in turns]
    chain = parts[0]
    for part in parts[1:]:
        chain = (
            chain >> Spider(1, 2, a, structure=structure) >> part @ a >> Spider(2, 1, a, structure=structure)
        )
    expected = Spider(1, 1, a, phase=sum(turns), structure=structure)
    fused = fuse_spiders(chain)
    assert len(fused) == (1 if sum(turns) % 2 else 0)
    if sum(turns) % 2 or not structure:
        assert fused == expected
    if not structure:
        assert chain == expected
        assert hash(chain) == hash(expected)
        once = chain.to_hypergraph()
        assert once.then(once) == (chain >> chain).to_hypergraph()
        assert hash(once.then(once)) == hash(chain >> chain)
    assert chain.dagger().dagger() == chain


def test_structures_are_kept_apart():
    x, z = (Spider(1, 2, a, structure=name) for name in "XZ")
    assert x != z
    assert x.diagram != Spider(1, 2, a)
    assert len(fuse_spiders(x >> z.dagger())) == 2
    assert len(fuse_spiders(x >> x.dagger())) == 0
    assert Copy(a) == Spider(1, 2, a)
    assert hash(Copy(a)) == hash(Spider(1, 2, a))
    assert Discard(a) == Spider(1, 0, a)
    assert Spider(1, 1, a, phase=Fraction(1, 2)) != Spider(1, 1, a, phase=Fraction(1, 4))
    assert Spider(1, 1, a, phase=Fraction(5, 2)) == Spider(1, 1, a, phase=Fraction(1, 2))


@pytest.mark.parametrize(
    "doctrine", [Doctrine.PIVOTAL, Doctrine.RIBBON, Doctrine.COMPACT, Doctrine.HYPERGRAPH]
)
def test_transpose_is_the_dagger_of_the_conjugate(doctrine):
    @settings(**same)
    @given(diagrams(doctrine, max_boxes=4))
    def check(d):
        assert d.transpose() == d.r == d.conjugate().dagger()
        assert d.conjugate().conjugate() == d
        assert d.conjugate() == d.dagger().transpose()
        assert d.transpose(left=True).transpose() == d
        assert hash(d.transpose()) == hash(d.r)

    check()
    f = Box("f", a, b, signature=free(doctrine))
    assert f.transpose() == f.r
    assert f.conjugate() == f.dagger().r
    assert f.conjugate(left=True) == f.l.dagger()


@pytest.mark.parametrize("doctrine", [Doctrine.SYMMETRIC, Doctrine.COMPACT, Doctrine.HYPERGRAPH])
def test_parts_of_hypergraphs(doctrine):
    @settings(**same)
    @given(diagrams(doctrine, max_boxes=6))
    def check(d):
        graph = d.to_hypergraph()
        everything = extract(graph, range(len(graph.edges)))
        assert len(everything.edges) == len(graph.edges)
        cut = least_cut(graph)
        assert len(cut) <= min(len(set(graph.dom)), len(set(graph.cod)))
        # Without the cut nothing of the codomain hangs together with the domain.
        reached, todo = set(cut), [v for v in graph.dom if v not in cut]
        while todo:
            v = todo.pop()
            if v not in reached:
                reached.add(v)
                for edge in graph.edges:
                    if v in edge.sources + edge.targets:
                        todo += [w for w in edge.sources + edge.targets if w not in reached]
        assert not (reached - set(cut)) & set(graph.cod)

    check()


# Frobenius structures that a signature has


def test_a_signature_lists_its_frobenius_structures() -> None:
    q = Ty("q")
    h = Box("h", q, q)
    zx = Signature("zx", Doctrine.HYPERGRAPH, ["q"], [h], {"X": True, "W": False})
    inside = zx["h"] >> Spider(1, 2, q, structure="X", phase=1) >> Spider(2, 1, q, structure="W")
    assert inside.signature is zx
    assert inside >> Spider(1, 1, q) == inside  # the doctrine's own is always there
    for spider in (
        Spider(1, 1, q, structure="Y"),
        Spider(1, 1, q, structure="W", phase=1),
        Spider(1, 1, q, phase=1),
    ):
        with pytest.raises(SignatureError, match="signature zx has no spiders"):
            inside >> spider
        with pytest.raises(SignatureError):
            (spider.diagram @ Spider(1, 1, q, structure="X")).over(zx)
    both = Spider(1, 1, q, structure="X") >> Spider(1, 1, q, structure="X", phase=1)
    assert both.signature.spiders == {"X": True}
    assert zx.includes(both.signature)
    assert not zx.includes(free(Doctrine.HYPERGRAPH))
    assert free(Doctrine.HYPERGRAPH).includes(both.signature)
    with pytest.raises(DoctrineError):
        Signature("s", Doctrine.COMPACT, ["q"], [h], {"X": True})
    for value in (zx, both.signature, Signature("t", Doctrine.HYPERGRAPH, ["q"], [h])):
        assert eval(repr(value), vars(catenary.diagrams)) == value
        assert pickle.loads(pickle.dumps(value)) == value
        assert loads(dumps(value)) == value
