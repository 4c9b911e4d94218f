"""Matching is complete and exact: against enumeration by the definition, and on the awkward patterns."""

import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import Box, Diagram, Doctrine, DoctrineError, OpenHypergraph, Swap, Ty, free
from catenary.rewriting import Match, matches
from catenary.rewriting.library import bialgebra, hopf

a = Ty("a")
f, g, h = Box("f", a, a), Box("g", a, a), Box("h", a, a)


def graph_of(diagram: Diagram | Box) -> OpenHypergraph:
    return (diagram.diagram if isinstance(diagram, Box) else diagram).to_hypergraph()


def by_definition(pattern: OpenHypergraph, graph: OpenHypergraph) -> set[Match]:
    """Every injective map that keeps labels, ports and types, and whose image is convex."""
    found = set()
    for edges in permutations(range(len(graph.edges)), len(pattern.edges)):
        if any(pattern.edges[e].box != graph.edges[i].box for e, i in enumerate(edges)):
            continue
        for vertices in permutations(range(len(graph.vertices)), len(pattern.vertices)):
            if any(pattern.vertices[v] != graph.vertices[w] for v, w in enumerate(vertices)):
                continue
            fits = all(
                tuple(vertices[v] for v in pattern.edges[e].sources) == graph.edges[i].sources
                and tuple(vertices[v] for v in pattern.edges[e].targets) == graph.edges[i].targets
                for e, i in enumerate(edges)
            )
            if fits and _convex(graph, set(edges), set(vertices)):
                found.add(Match(edges, vertices))
    return found


def _convex(graph: OpenHypergraph, edges: set[int], vertices: set[int]) -> bool:
    """No path from a vertex of the image to one of the image through an edge outside it."""
    outside = set()
    for v in vertices:
        outside |= {e for e, _ in graph.consumers[v] if e >= 0 and e not in edges}
    while True:
        more = {
            c for e in outside for w in graph.edges[e].targets for c, _ in graph.consumers[w] if c >= 0
        } - outside
        if any(w in vertices for e in outside for w in graph.edges[e].targets):
            return False
        if not more:
            return True
        outside |= more


PATTERNS = ["assoc", "unit_left", "bialgebra", "unit_copy", "counit_mult", "antipode_left"]


@given(st.integers(0, 10**6), st.sampled_from(PATTERNS), st.booleans())
def test_matches_are_those_of_the_definition(random_diagram, seed, name, forward):
    theory = hopf()
    graph = random_diagram(random.Random(seed), theory.signature, 5, most=4).to_hypergraph()
    pattern = theory[name].sides(forward)[0]
    if len(pattern.vertices) > 4 or len(graph.vertices) > 9:
        return
    found = list(matches(pattern, graph))
    assert len(set(found)) == len(found)
    assert set(found) == by_definition(pattern, graph)


def test_non_convex_occurrences_are_not_matches():
    assert not list(matches(graph_of(f @ h), graph_of(f >> g >> h)))
    assert not list(matches(graph_of(f @ h), graph_of(f >> h)))
    assert len(list(matches(graph_of(f @ h), graph_of(f @ h)))) == 1
    # a wire beside a box: not a wire that the box's output leads to, nor one that leads to the box
    assert not list(matches(graph_of(f @ a), graph_of(f >> g)))
    assert len(list(matches(graph_of(f @ a), graph_of((f >> g) @ a)))) == 1
    n, m = Box("n", a, a @ a), Box("m", a @ a, a)
    whole = graph_of(n >> f @ a >> m)
    assert not list(matches(graph_of(n @ a >> a @ m), whole))
    assert len(list(matches(graph_of(n >> f @ a), whole))) == 1


def test_bare_wires_and_the_empty_pattern():
    wire, none = graph_of(Diagram.id(a)), graph_of(Diagram.id(Ty()))
    graph = graph_of(f >> g)
    assert [match.vertices for match in matches(wire, graph)] == [(0,), (1,), (2,)]
    assert list(matches(none, graph)) == [Match((), ())]
    two = graph_of(Diagram.id(a @ a))
    # two wires of one path are not convex together
    assert not list(matches(two, graph))
    assert len(list(matches(two, graph_of(f @ g)))) == 8


def test_types_of_bare_wires_are_kept():
    b = Ty("b")
    assert not list(matches(graph_of(Diagram.id(b)), graph_of(f)))


def test_symmetric_patterns_match_once_for_each_symmetry():
    assert len(list(matches(graph_of(f @ f), graph_of(f @ f @ f)))) == 6


def test_ports_matter():
    m = Box("m", a @ a, a)
    assert not list(matches(graph_of(m @ a >> m), graph_of(a @ m >> m)))
    assert len(list(matches(graph_of(Swap(a, a) >> m), graph_of(m)))) == 1


def test_other_doctrines_are_refused_by_name():
    box = Box("f", a, a, signature=free(Doctrine.RIGID))
    with pytest.raises(DoctrineError, match=r"rigid .* forgets the plane"):
        list(matches(box.diagram.to_hypergraph(), box.diagram.to_hypergraph()))


def test_matching_is_lazy_and_linear(random_diagram):
    theory = bialgebra()
    graph = random_diagram(random.Random(1), theory.signature, 3000, most=30).to_hypergraph()
    found = sum(1 for rule in theory for _ in matches(rule.graphs[0], graph))
    assert found > 100
