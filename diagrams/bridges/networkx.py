"""Open hypergraphs as networkx graphs, and back.

The graph is bipartite and directed, with parallel edges: vertices ``("vertex", i)``, boxes ``("box", i)``, an
edge from a vertex to a box for each source and from a box to a vertex for each target, with the number of the
port. The boundary and the signature are attributes of the graph.
"""

from __future__ import annotations

from typing import Any

from catenary.diagrams.boxes import Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import InputError
from catenary.diagrams.hypergraph import Edge, OpenHypergraph
from catenary.diagrams.optional import optional
from catenary.diagrams.signature import Signature
from catenary.diagrams.types import Ob

VERTEX, BOX = "vertex", "box"


def to_networkx(value: Diagram | Box | OpenHypergraph) -> Any:
    """The ``networkx.MultiDiGraph`` of a diagram's open hypergraph.

    Nodes have the attributes ``kind`` (``"vertex"`` or ``"box"``), ``label`` (text), and ``ob`` (an ``Ob``)
    or ``box`` (a ``Box``); edges ``port`` (from 0) and ``end`` (``"source"`` or ``"target"``); the graph
    ``dom`` and ``cod`` (lists of vertex numbers) and ``signature``.

    Raises:
        MissingExtra: if networkx is not installed.
    """
    networkx = optional("networkx", "networkx")
    graph = _graph_of(value)
    found = networkx.MultiDiGraph(dom=list(graph.dom), cod=list(graph.cod), signature=graph.signature)
    for i, ob in enumerate(graph.vertices):
        found.add_node((VERTEX, i), kind=VERTEX, ob=ob, label=str(ob))
    for i, edge in enumerate(graph.edges):
        found.add_node((BOX, i), kind=BOX, box=edge.box, label=str(edge.box))
        for port, v in enumerate(edge.sources):
            found.add_edge((VERTEX, v), (BOX, i), port=port, end="source")
        for port, v in enumerate(edge.targets):
            found.add_edge((BOX, i), (VERTEX, v), port=port, end="target")
    return found


def from_networkx(graph: Any) -> OpenHypergraph:
    """The open hypergraph of a graph as :func:`to_networkx` makes it; nodes may have any names.

    Vertices and boxes are numbered in the order of the nodes; ``dom`` and ``cod`` list vertices by number, or
    by node.

    Raises:
        InputError: if the graph lacks an attribute, or ports are not numbered from 0.
        CatenaryError: if it is not a diagram of its signature's doctrine.
    """
    try:
        signature = graph.graph["signature"]
        nodes = list(graph.nodes(data=True))
        number = {node: i for i, (node, data) in enumerate((n, d) for n, d in nodes if d["kind"] == VERTEX)}
        obs = [data["ob"] for _, data in nodes if data["kind"] == VERTEX]
        if not isinstance(signature, Signature) or not all(isinstance(ob, Ob) for ob in obs):
            raise InputError("expected a Signature, and an Ob for each vertex", source="<networkx>")
        edges = []
        for node, data in nodes:
            if data["kind"] == VERTEX:
                continue
            box = data["box"]
            if data["kind"] != BOX or not isinstance(box, Box):
                raise InputError(f"node {node!r:.80} is neither a vertex nor a box", source="<networkx>")
            sources = sorted((d["port"], number[u]) for u, _, d in graph.in_edges(node, data=True))
            targets = sorted((d["port"], number[v]) for _, v, d in graph.out_edges(node, data=True))
            for ports in (sources, targets):
                if [port for port, _ in ports] != list(range(len(ports))):
                    raise InputError(f"the ports of {node!r:.80} are not 0, 1, …", source="<networkx>")
            edges.append(Edge(box, tuple(v for _, v in sources), tuple(v for _, v in targets)))
        dom, cod = (tuple(number.get(v, v) for v in graph.graph[key]) for key in ("dom", "cod"))
        if not all(isinstance(v, int) for v in dom + cod):
            raise InputError("dom and cod list vertices", source="<networkx>")
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"not a graph of an open hypergraph: {error!r:.200}", source="<networkx>") from None
    found = OpenHypergraph(tuple(obs), tuple(edges), dom, cod, signature)
    found.check()
    return found


def _graph_of(value: Diagram | Box | OpenHypergraph) -> OpenHypergraph:
    if isinstance(value, Box):
        value = value.diagram
    return value.to_hypergraph() if isinstance(value, Diagram) else value
