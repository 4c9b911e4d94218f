"""Open hypergraphs and layers: round trips, checks, composition."""

import random

import pytest
from hypothesis import given, settings

from catenary.diagrams import (
    Box,
    CatenaryError,
    CompositionError,
    Diagram,
    Doctrine,
    DoctrineError,
    Ob,
    OpenHypergraph,
    Ty,
    free,
)
from catenary.diagrams.hypergraph import Edge
from catenary.testing import diagrams

a, b = Ty("a"), Ty("b")
WITH_GRAPHS = [d for d in Doctrine if not d.drawn]


@pytest.mark.parametrize("doctrine", WITH_GRAPHS, ids=lambda d: d.value)
def test_layers_give_the_hypergraph_back(doctrine):
    @given(diagrams(doctrine, max_boxes=12))
    def check(d):
        graph = d.to_hypergraph()
        graph.check()
        back = Diagram.from_hypergraph(graph)
        checked = Diagram(back.dom, back.cod, back.layers, back.signature)
        assert checked.dom == d.dom
        assert checked.cod == d.cod
        assert checked == d
        assert checked.to_hypergraph() == graph
        assert hash(checked.to_hypergraph()) == hash(graph)

    check()


@pytest.mark.parametrize("doctrine", WITH_GRAPHS, ids=lambda d: d.value)
def test_pushout_and_union_are_composition_and_tensor(doctrine):
    @settings(max_examples=25)
    @given(diagrams(doctrine, max_boxes=5), diagrams(doctrine, max_boxes=5))
    def check(d, e):
        assert d.to_hypergraph().tensor(e.to_hypergraph()).to_diagram() == d @ e
        if d.cod == e.dom:
            assert d.to_hypergraph().then(e.to_hypergraph()).to_diagram() == d >> e
        else:
            with pytest.raises(CompositionError):
                d.to_hypergraph().then(e.to_hypergraph())

    check()


def _random_graph(rng, doctrine):
    sig = free(doctrine)
    boxes = [
        Box("f", a @ a, a, signature=sig),
        Box("g", a, a @ a, signature=sig),
        Box("h", Ty(), a, signature=sig),
    ]
    placed = [rng.choice(boxes) for _ in range(rng.randrange(8))]
    if doctrine is Doctrine.HYPERGRAPH:
        count = rng.randrange(1, 8)
        ends = [rng.randrange(count) for _ in range(60)]
    else:
        ports = sum(len(x.dom) + len(x.cod) for x in placed) + 4
        ends = [i // 2 for i in range(ports + ports % 2)]
        rng.shuffle(ends)
        count = len(ends) // 2
    it = iter(ends)
    edges = tuple(
        Edge(x, tuple(next(it) for _ in x.dom.objects), tuple(next(it) for _ in x.cod.objects))
        for x in placed
    )
    rest = list(it) if doctrine is Doctrine.COMPACT else [next(it) for _ in range(4)]
    return OpenHypergraph((Ob("a"),) * count, edges, tuple(rest[:2]), tuple(rest[2:]), sig)


@pytest.mark.parametrize("doctrine", [Doctrine.COMPACT, Doctrine.HYPERGRAPH], ids=lambda d: d.value)
def test_any_wiring_has_layers(doctrine):
    rng = random.Random(4)
    for _ in range(300):
        graph = _random_graph(rng, doctrine)
        graph.check()
        d = graph.to_diagram()
        checked = Diagram(d.dom, d.cod, d.layers, graph.signature)
        assert checked.to_hypergraph() == graph


def test_cycles_of_a_traced_doctrine_are_one_trace():
    sig = free(Doctrine.TRACED)
    f = Box("f", a @ a, a @ a, signature=sig)
    graph = OpenHypergraph((Ob("a"),) * 3, (Edge(f, (0, 1), (2, 1)),), (0,), (2,), sig)
    d = graph.to_diagram()
    assert d == OpenHypergraph((Ob("a"),) * 3, (Edge(f, (2, 0), (1, 0)),), (2,), (1,), sig).to_diagram()
    assert isinstance(hash(d), int)
    assert [box.kind for box in d.boxes] == ["trace"]
    assert Diagram(d.dom, d.cod, d.layers, sig) == d
    with pytest.raises(DoctrineError, match="trace"):
        OpenHypergraph(graph.vertices, graph.edges, (0,), (2,), free()).to_diagram()


def test_check_refuses_what_is_no_diagram():
    f = Box("f", a, b)
    good = OpenHypergraph((Ob("a"), Ob("b")), (Edge(f, (0,), (1,)),), (0,), (1,), free())
    good.check()
    bad = [
        (OpenHypergraph((Ob("a"), Ob("b")), (Edge(f, (0,), (2,)),), (0,), (1,), free()), CatenaryError),
        (OpenHypergraph((Ob("a"), Ob("b")), (Edge(f, (0, 0), (1,)),), (0,), (1,), free()), CatenaryError),
        (OpenHypergraph((Ob("a"), Ob("a")), (Edge(f, (0,), (1,)),), (0,), (1,), free()), CompositionError),
        (OpenHypergraph((Ob("a"), Ob("b")), (Edge(f, (0,), (1,)),), (0,), (1, 1), free()), DoctrineError),
        (OpenHypergraph((Ob("a"),), (), (), (0,), free(Doctrine.MARKOV)), DoctrineError),
        (OpenHypergraph((Ob("a"),), (), (0,), (0, 0), free(Doctrine.COMPACT)), DoctrineError),
    ]
    for graph, error in bad:
        with pytest.raises(error):
            graph.check()
        with pytest.raises(error):
            Diagram.from_hypergraph(graph)


def test_crossings_are_refused_in_the_plane():
    sig = free(Doctrine.MONOIDAL)
    graph = OpenHypergraph((Ob("a"), Ob("b")), (), (0, 1), (1, 0), sig)
    with pytest.raises(DoctrineError, match="swap"):
        len(graph.to_diagram())


def test_components_and_order():
    f, g = Box("f", a, a), Box("g", a, a)
    graph = ((f >> g) @ f).to_hypergraph()
    assert [(len(v), len(e)) for v, e in graph.components()] == [(3, 2), (2, 1)]
    assert graph.topological_order() == (0, 1, 2)
    assert len(graph.subgraph([0], graph.edges[0].sources, graph.edges[0].targets).vertices) == 2
