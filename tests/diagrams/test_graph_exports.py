"""networkx, DOT and Catlab: the same open hypergraph, by other names."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings

from catenary.diagrams import (
    Box,
    CatenaryError,
    Copy,
    Cup,
    Discard,
    Doctrine,
    DoctrineError,
    InputError,
    Spider,
    Swap,
    Ty,
    free,
)
from catenary.diagrams.bridges.catlab import to_directed, to_undirected
from catenary.diagrams.bridges.dot import to_dot
from catenary.diagrams.bridges.networkx import from_networkx, to_networkx
from catenary.testing import diagrams

networkx = pytest.importorskip("networkx")
a, b = Ty("a"), Ty("b")
f, g = Box("f", a @ a, b), Box("g", b, a @ a)
DOCTRINES = [Doctrine.SYMMETRIC, Doctrine.COMPACT, Doctrine.HYPERGRAPH, Doctrine.CARTESIAN, Doctrine.RIGID]


@pytest.mark.parametrize("doctrine", DOCTRINES, ids=lambda d: d.value)
def test_networkx_there_and_back(doctrine):
    @settings(max_examples=25)
    @given(diagrams(doctrine))
    def check(d):
        graph = d.to_hypergraph()
        there = to_networkx(d)
        back = from_networkx(there)
        assert (back.vertices, back.edges, back.dom, back.cod) == (
            graph.vertices,
            graph.edges,
            graph.dom,
            graph.cod,
        )
        assert networkx.is_bipartite(there.to_undirected()) or not there
        assert there.number_of_edges() == sum(len(e.sources) + len(e.targets) for e in graph.edges)
        relabelled = networkx.relabel_nodes(there, {node: str(node) for node in there})
        assert from_networkx(relabelled) == graph

    check()


def test_networkx_agrees_on_components_and_paths():
    d = (f >> g) @ (f >> g)
    there = to_networkx(d)
    assert networkx.number_weakly_connected_components(there) == len(d.to_hypergraph().components())
    assert networkx.is_directed_acyclic_graph(there)


def test_graphs_that_are_no_hypergraphs_are_refused():
    good = to_networkx(f >> g)

    def changed(change):
        other = good.copy()
        change(other)
        return other

    for change in (
        lambda x: x.add_node("new"),
        lambda x: x.add_node("new", kind="vertex", ob="a"),
        lambda x: x.add_node("new", kind="circle", box=f),
        lambda x: x.graph.pop("dom"),
        lambda x: x.graph.update(signature=3),
        lambda x: x.graph.update(cod=["nothing"]),
        lambda x: x.remove_edge(("vertex", 0), ("box", 0)),
        lambda x: x.add_edge(("box", 0), ("box", 1), port=0),
    ):
        with pytest.raises(InputError):
            from_networkx(changed(change))
    with pytest.raises(CatenaryError):
        from_networkx(changed(lambda x: x.graph.update(cod=[0, 0])))
    with pytest.raises(InputError):
        from_networkx(3)


# DOT: a reader of the part of the language that is written, by its published grammar

TOKEN = re.compile(r'\s*(?:("(?:[^"\\\n]|\\.)*")|([A-Za-z_][A-Za-z0-9_]*|-?[0-9.]+)|(->|[{}\[\]=,;]))')


def read_dot(text):
    """Nodes with their attributes, and edges (tail, head, attributes)."""
    tokens, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        assert match, text[at : at + 40]
        tokens.append(match[1] or match[2] or match[3])
        at = match.end()
    nodes, edges = {}, []

    def attributes():
        found = {}
        if tokens and tokens[0] == "[":
            tokens.pop(0)
            while tokens[0] != "]":
                key, equals, value = tokens.pop(0), tokens.pop(0), tokens.pop(0)
                assert equals == "="
                found[key] = value
                if tokens[0] == ",":
                    tokens.pop(0)
            tokens.pop(0)
        return found

    def statements():
        assert tokens.pop(0) == "{"
        while tokens[0] != "}":
            if tokens[0] == "{":
                statements()
                continue
            name = tokens.pop(0)
            if tokens[0] == "=":
                del tokens[:2]
            elif tokens[0] == "->":
                tokens.pop(0)
                edges.append((name, tokens.pop(0), attributes()))
            else:
                nodes[name] = attributes()
            if tokens[0] == ";":
                tokens.pop(0)
        tokens.pop(0)

    assert tokens.pop(0) == "digraph"
    tokens.pop(0)
    statements()
    assert not tokens
    return nodes, edges


@pytest.mark.parametrize("doctrine", DOCTRINES, ids=lambda d: d.value)
def test_dot_is_valid_and_says_the_graph(doctrine):
    @settings(max_examples=25)
    @given(diagrams(doctrine))
    def check(d):
        graph = d.to_hypergraph()
        nodes, edges = read_dot(to_dot(d))
        assert all(end in nodes for tail, head, _ in edges for end in (tail, head))
        degrees = Counter(end for tail, head, _ in edges for end in (tail, head))
        for i, edge in enumerate(graph.edges):
            assert degrees[f"b{i}"] == len(edge.sources) + len(edge.targets)
        assert sum(degrees[f"i{i}"] for i in range(len(d.dom))) == len(d.dom)
        assert sum(degrees[f"o{i}"] for i in range(len(d.cod))) == len(d.cod)

    check()


def test_dot_quotes_names():
    for name in ('say "hi"', "back\\slash", "\\", "two\nlines", "é λ", "}; evil -> x; {", "\x00"):
        nodes, _ = read_dot(to_dot(Box(name, a, a), name=name))
        assert set(nodes) == {"node", "edge", "i0", "o0", "b0"}


def test_catlab_directed():
    d = f @ a >> Swap(b, a) >> a @ g
    tables = to_directed(d)
    assert [row["value"] for row in tables["Box"]] == ["f", "g"]
    assert [row["in_port_box"] for row in tables["InPort"]] == [1, 1, 2]
    assert tables["Wire"] == [{"_id": 1, "src": 1, "tgt": 3}]
    assert tables["PassWire"] == [{"_id": 1, "pass_src": 3, "pass_tgt": 1}]
    assert len(tables["InWire"]) == len(tables["OutWire"]) == 2
    copied = to_directed(Copy(a) >> Discard(a) @ Copy(a))
    assert [row["pass_src"] for row in copied["PassWire"]] == [1, 1]
    with pytest.raises(DoctrineError, match="directed wiring diagram"):
        to_directed(Cup(a, a))


def references(tables, homs):
    """Every foreign key is a row of the table it points to."""
    for table, key, target in homs:
        for row in tables[table]:
            assert 1 <= row[key] <= len(tables[target])
    for rows in tables.values():
        assert [row["_id"] for row in rows] == list(range(1, len(rows) + 1))


# Catlab's schemas: SchWiringDiagram (src/wiring_diagrams/Directed.jl) and SchUWD (Undirected.jl)
DIRECTED = [
    ("Wire", "src", "OutPort"),
    ("Wire", "tgt", "InPort"),
    ("InWire", "in_src", "OuterInPort"),
    ("InWire", "in_tgt", "InPort"),
    ("OutWire", "out_src", "OutPort"),
    ("OutWire", "out_tgt", "OuterOutPort"),
    ("PassWire", "pass_src", "OuterInPort"),
    ("PassWire", "pass_tgt", "OuterOutPort"),
    ("InPort", "in_port_box", "Box"),
    ("OutPort", "out_port_box", "Box"),
]
UNDIRECTED = [
    ("Port", "box", "Box"),
    ("Port", "junction", "Junction"),
    ("OuterPort", "outer_junction", "Junction"),
]


@pytest.mark.parametrize("doctrine", [Doctrine.SYMMETRIC, Doctrine.MARKOV], ids=lambda d: d.value)
def test_catlab_directed_has_the_schema(doctrine):
    @settings(max_examples=25)
    @given(diagrams(doctrine))
    def check(d):
        tables = to_directed(d)
        references(tables, DIRECTED)
        wires = sum(len(tables[name]) for name in ("Wire", "InWire", "OutWire", "PassWire"))
        assert wires == sum(map(len, d.to_hypergraph().consumers))
        types = {row["_id"]: row["in_port_type"] for row in tables["InPort"]}
        made = {row["_id"]: row["out_port_type"] for row in tables["OutPort"]}
        assert all(made[row["src"]] == types[row["tgt"]] for row in tables["Wire"])

    check()


@settings(max_examples=25)
@given(diagrams(Doctrine.HYPERGRAPH))
def test_catlab_undirected_has_the_schema(d):
    tables = to_undirected(d)
    references(tables, UNDIRECTED)
    types = {row["_id"]: row["junction_type"] for row in tables["Junction"]}
    assert all(types[row["junction"]] == row["port_type"] for row in tables["Port"])
    assert len(tables["OuterPort"]) == len(d.dom) + len(d.cod)


def test_spiders_are_junctions():
    tables = to_undirected(Spider(2, 1, a) >> Box("h", a, b, signature=free(Doctrine.HYPERGRAPH)))
    assert len(tables["Junction"]) == 2
    assert [row["outer_junction"] for row in tables["OuterPort"]] == [1, 1, 2]


def test_circuit_dag():
    from catenary.functors.bridges.networkx import circuit_dag
    from catenary.functors.circuits import Circuit, Gate

    gates = [
        Gate("h", (0,)),
        Gate("cx", (0, 1)),
        Gate("measure", (1,), clbits=(0,)),
        Gate("x", (0,), condition=((0,), 1)),
        Gate("h", (2,)),
    ]
    dag = circuit_dag(Circuit(3, gates, 1))
    assert networkx.is_directed_acyclic_graph(dag)
    assert networkx.dag_longest_path_length(dag) == 5  # in, h, cx, measure, x, out
    assert set(networkx.ancestors(dag, 3)) == {("in", 0), ("in", 1), 0, 1, 2}
    assert dag.get_edge_data(2, 3)[0] == {"wire": "clbit", "index": 0}
    order = list(networkx.lexicographical_topological_sort(dag, key=str))
    again = [gates[node] for node in order if isinstance(node, int)]
    assert sorted(map(repr, again)) == sorted(map(repr, gates))
