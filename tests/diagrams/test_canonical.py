"""Equality of networks that are hard to tell apart, and agreement with an independent isomorphism test."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import networkx as nx
import pytest
import rustworkx as rx

from catenary.diagrams import Box, Doctrine, Edge, LimitReached, Ob, OpenHypergraph, Ty, free
from catenary.diagrams.equality import canonical_form, isomorphic, normalised

HYPERGRAPH = free(Doctrine.HYPERGRAPH)


def network(graph: nx.Graph, seed: int) -> OpenHypergraph:
    """A graph as a closed network, its vertices and edges in random order: two boxes an edge, one each way."""
    rng = random.Random(seed)
    box = Box("e", Ty("a"), Ty("a"), signature=HYPERGRAPH)
    nodes = sorted(graph, key=repr)
    rng.shuffle(nodes)
    number = {v: i for i, v in enumerate(nodes)}
    edges = [Edge(box, (number[u],), (number[v],)) for one in graph.edges() for u, v in (one, one[::-1])]
    rng.shuffle(edges)
    return OpenHypergraph((Ob("a"),) * len(nodes), tuple(edges), (), (), HYPERGRAPH)


def same(one: nx.Graph, other: nx.Graph) -> bool:
    return isomorphic(network(one, 1), network(other, 2))


# Strongly regular graphs


def shrikhande() -> nx.Graph:
    steps = ((0, 1), (1, 0), (1, 1))
    cells = itertools.product(range(4), repeat=2)
    return nx.Graph(((a, b), ((a + x) % 4, (b + y) % 4)) for a, b in cells for x, y in steps)


def rook(n: int) -> nx.Graph:
    return nx.line_graph(nx.complete_bipartite_graph(n, n))


def paley(q: int) -> nx.Graph:
    squares = {x * x % q for x in range(1, q)}
    return nx.Graph((i, j) for i in range(q) for j in range(i) if (i - j) % q in squares)


def cyclic_triples() -> frozenset[frozenset[int]]:
    """The cyclic Steiner triple system of order 13."""
    return frozenset(
        frozenset((x + i) % 13 for x in base) for base in ((0, 1, 4), (0, 2, 7)) for i in range(13)
    )


def pasch(blocks: frozenset[frozenset[int]]) -> Iterator[tuple[frozenset[int], ...]]:
    """Four blocks abc, ade, fbd, fce: the only local configuration that can be traded."""
    for one, two in itertools.permutations(blocks, 2):
        if len(one & two) != 1:
            continue
        (a,) = one & two
        for b, c in itertools.permutations(one - {a}):
            for d, e in itertools.permutations(two - {a}):
                for third in blocks:
                    if {b, d} < third and a not in third:
                        (f,) = third - {b, d}
                        fourth = frozenset((f, c, e))
                        if fourth in blocks:
                            yield one, two, third, fourth


def traded(blocks: frozenset[frozenset[int]]) -> frozenset[frozenset[int]]:
    """Another triple system by a trade of the first Pasch configuration."""
    four = next(pasch(blocks))
    (a,) = four[0] & four[1]
    (f,) = four[2] & four[3]
    other = {a: f, f: a}
    return (blocks - set(four)) | {frozenset(other.get(x, x) for x in block) for block in four}


def block_graph(blocks: frozenset[frozenset[int]]) -> nx.Graph:
    """Blocks without a common point: for order 13 strongly regular (26, 10, 3, 4)."""
    graph = nx.Graph()
    graph.add_nodes_from(map(tuple, map(sorted, blocks)))
    graph.add_edges_from((u, v) for u, v in itertools.combinations(list(graph), 2) if not {*u} & {*v})
    return graph


def switched(graph: nx.Graph) -> nx.Graph:
    """The graph with two of its edges ab, cd replaced by ac, bd: the same degrees."""
    edges = sorted(graph.edges(), key=repr)
    for (a, b), (c, d) in itertools.combinations(edges, 2):
        if len({a, b, c, d}) == 4 and not graph.has_edge(a, c) and not graph.has_edge(b, d):
            found = graph.copy()
            found.remove_edges_from([(a, b), (c, d)])
            found.add_edges_from([(a, c), (b, d)])
            return found
    raise AssertionError


def test_strongly_regular_graphs_of_the_same_parameters() -> None:
    assert same(shrikhande(), shrikhande())
    assert same(rook(4), rook(4))
    assert not same(shrikhande(), rook(4))
    one = cyclic_triples()
    two = traded(one)
    assert {len(list(pasch(one))), len(list(pasch(two)))} == {13 * 24, 8 * 24}  # 13 and 8 configurations
    g, h = block_graph(one), block_graph(two)
    for graph in (g, h):
        assert all(degree == 10 for _, degree in graph.degree())
        assert all(
            len(set(graph[u]) & set(graph[v])) == (3 if graph.has_edge(u, v) else 4)
            for u, v in itertools.combinations(graph, 2)
        )
        assert same(graph, graph)
    assert not same(g, h)


@pytest.mark.parametrize("q", [13, 29, 61, pytest.param(97, marks=pytest.mark.slow)])
def test_paley_graphs(q: int) -> None:
    graph = paley(q)
    assert same(graph, nx.complement(graph))  # self-complementary: a non-residue times the numbers
    assert not same(graph, switched(graph))


def test_graphs_of_many_symmetries() -> None:
    for graph in (nx.petersen_graph(), nx.hypercube_graph(5), nx.complete_graph(16), rook(7)):
        assert same(graph, graph)
    two = nx.disjoint_union(nx.cycle_graph(4), nx.cycle_graph(4))
    assert not same(nx.cycle_graph(8), two)
    assert same(
        nx.disjoint_union_all([shrikhande(), rook(4)]), nx.disjoint_union_all([rook(4), shrikhande()])
    )
    assert not same(nx.disjoint_union_all([shrikhande(), rook(4)]), nx.disjoint_union_all([rook(4)] * 2))


# Cai, Fürer, Immerman (1992): pairs that no bounded-dimensional refinement tells apart


def cfi(base: nx.Graph, twists: int = 0) -> nx.Graph:
    """The gadget graph of a base graph, with so many of its edges twisted: only their parity matters."""
    graph = nx.Graph()
    for v in base:
        near = sorted(base[v])
        for size in range(0, len(near) + 1, 2):
            for chosen in itertools.combinations(near, size):
                graph.add_edges_from((("m", v, chosen), ("p", v, w, int(w in chosen))) for w in near)
    for number, (u, v) in enumerate(sorted(map(sorted, base.edges()))):
        twist = int(number < twists)
        graph.add_edges_from((("p", u, v, i), ("p", v, u, i ^ twist)) for i in (0, 1))
    return graph


@pytest.mark.parametrize("size", [4, 6, 8, 10])
def test_cai_furer_immerman_graphs(size: int) -> None:
    base = nx.random_regular_graph(3, size, seed=size)
    assert nx.is_connected(base)
    plain, twisted, twice = (cfi(base, twists) for twists in (0, 1, 2))
    assert same(plain, twice)
    assert same(twisted, cfi(base, 3))
    assert not same(plain, twisted)


def test_the_limit_stops_and_does_not_guess() -> None:
    graph = network(paley(61), 1)
    with pytest.raises(LimitReached, match="canonical form"):
        canonical_form(graph, limit=10_000)
    with pytest.raises(LimitReached):
        isomorphic(graph, network(paley(61), 2), limit=10_000)


# Agreement with VF2


def random_network(rng: random.Random, doctrine: Doctrine) -> OpenHypergraph:
    """A small random network; every wire has two ends in compact closed doctrines."""
    signature = free(doctrine)
    kinds = [(1, 1), (2, 1), (1, 2), (0, 2), (2, 2)]
    chosen = [rng.choice(kinds[: rng.randint(1, 5)]) for _ in range(rng.randint(1, 7))]
    boxes = [Box(f"f{m}{n}", Ty("a") ** m, Ty("a") ** n, signature=signature) for m, n in chosen]
    ports = sum(map(sum, chosen))
    ends = rng.choice([0, 0, 1, 2])
    if doctrine is Doctrine.COMPACT:
        ends += (ports + ends) % 2
        slots = [i // 2 for i in range(ports + ends)]
        rng.shuffle(slots)
    else:
        slots = [rng.randrange(max(1, ports * 2 // 3)) for _ in range(ports + ends)]
    vertices = sorted(set(slots))
    slots = [vertices.index(v) for v in slots]
    edges, at = [], 0
    for box, (m, n) in zip(boxes, chosen, strict=True):
        edges.append(Edge(box, tuple(slots[at : at + m]), tuple(slots[at + m : at + m + n])))
        at += m + n
    return OpenHypergraph((Ob("a"),) * len(vertices), tuple(edges), (), tuple(slots[at:]), signature)


def renamed(graph: OpenHypergraph, rng: random.Random) -> OpenHypergraph:
    name = list(range(len(graph.vertices)))
    rng.shuffle(name)
    row = lambda vs: tuple(name[v] for v in vs)  # noqa: E731
    edges = [Edge(e.box, row(e.sources), row(e.targets)) for e in graph.edges]
    rng.shuffle(edges)
    return OpenHypergraph(graph.vertices, tuple(edges), row(graph.dom), row(graph.cod), graph.signature)


def rewired(graph: OpenHypergraph, rng: random.Random) -> OpenHypergraph:
    """The ends of two wires exchanged: nearly the same, and sometimes the same."""
    rows = [[*e.sources, *e.targets] for e in graph.edges]
    places = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
    (i, j), (k, m) = rng.choice(places), rng.choice(places)
    rows[i][j], rows[k][m] = rows[k][m], rows[i][j]
    edges = [
        Edge(e.box, tuple(row[: len(e.sources)]), tuple(row[len(e.sources) :]))
        for e, row in zip(graph.edges, rows, strict=True)
    ]
    return OpenHypergraph(graph.vertices, tuple(edges), graph.dom, graph.cod, graph.signature)


def by_vf2(g: OpenHypergraph, h: OpenHypergraph) -> bool:
    def coloured(graph: OpenHypergraph) -> rx.PyGraph:
        found = rx.PyGraph(multigraph=True)
        wires = [found.add_node(("wire", ob.name)) for ob in graph.vertices]
        for side, row in (("dom", graph.dom), ("cod", graph.cod)):
            for i, v in enumerate(row):
                found.add_edge(wires[v], found.add_node((side, i)), None)
        for edge in graph.edges:
            node = found.add_node(("box", edge.box.name))
            for i, v in enumerate(edge.sources + edge.targets):
                port = found.add_node(("port", i))
                found.add_edge(node, port, None)
                found.add_edge(port, wires[v], None)
        return found

    return bool(rx.is_isomorphic(coloured(g), coloured(h), node_matcher=lambda a, b: a == b))


def agree(seed: int, doctrine: Doctrine) -> tuple[bool, bool]:
    rng = random.Random(seed)
    graph = random_network(rng, doctrine)
    one = renamed(graph, rng)
    other = renamed(rewired(graph, rng), rng)
    assert isomorphic(graph, one)
    assert hash(graph) == hash(one)
    assert canonical_form(graph) == canonical_form(one)
    said, truth = isomorphic(graph, other), by_vf2(graph, other)
    assert said == truth, (seed, doctrine)
    assert (canonical_form(graph) == canonical_form(other)) == truth
    assert normalised(graph) is graph
    return said, truth


@pytest.mark.parametrize("doctrine", [Doctrine.HYPERGRAPH, Doctrine.COMPACT])
def test_equality_agrees_with_vf2(doctrine: Doctrine) -> None:
    answers = [agree(seed, doctrine)[0] for seed in range(700)]
    assert 50 < sum(answers) < 650  # both answers occur


@pytest.mark.slow
@pytest.mark.parametrize("doctrine", [Doctrine.HYPERGRAPH, Doctrine.COMPACT])
def test_equality_agrees_with_vf2_on_many(doctrine: Doctrine) -> None:
    for seed in range(10_000, 30_000):
        agree(seed, doctrine)
