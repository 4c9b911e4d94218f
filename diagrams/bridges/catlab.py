"""Catlab's wiring diagrams as JSON, in the format of ACSets.jl (``read_json_acset``).

Each table is a list of rows that are numbered from 1. Directed wiring diagrams have Catlab's schema
``SchTypedWiringDiagram`` with the name of each box as ``value`` (as in ``SchAttributedWiringDiagram``);
undirected ones have ``SchTypedRelationDiagram``, where junctions are the vertices of the open hypergraph.
"""

from __future__ import annotations

from typing import Any

from catenary.diagrams.boxes import Box
from catenary.diagrams.bridges.networkx import _graph_of
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import DoctrineError
from catenary.diagrams.hypergraph import OpenHypergraph
from catenary.diagrams.signature import Doctrine

Tables = dict[str, list[dict[str, Any]]]

DIRECTED = (
    *("Box", "InPort", "OutPort", "OuterInPort", "OuterOutPort"),
    *("Wire", "InWire", "OutWire", "PassWire"),
)
UNDIRECTED = ("Box", "Port", "OuterPort", "Junction")


class _Tables:
    def __init__(self, names: tuple[str, ...]):
        self.tables: Tables = {name: [] for name in names}

    def add(self, table: str, **row: Any) -> int:
        rows = self.tables[table]
        rows.append({"_id": len(rows) + 1, **row})
        return len(rows)


def to_directed(value: Diagram | Box | OpenHypergraph) -> Tables:
    """The directed wiring diagram: boxes with ports, and wires between ports.

    A vertex with several consumers becomes several wires from one port, one without any none: what Catlab
    takes for copying and deleting.

    Raises:
        DoctrineError: for wires with two producers or none (cups, caps, spiders): see :func:`to_undirected`.

    >>> from catenary.diagrams import Ty
    >>> f = Box("f", Ty("a"), Ty("b"))
    >>> to_directed(f)["InWire"]
    [{'_id': 1, 'in_src': 1, 'in_tgt': 1}]
    """
    graph = _graph_of(value)
    if any(len(makers) != 1 for makers in graph.producers):
        needed = [d.value for d in (Doctrine.SYMMETRIC, Doctrine.TRACED, Doctrine.MARKOV, Doctrine.CARTESIAN)]
        raise DoctrineError("directed wiring diagram", graph.signature.doctrine.value, needed)
    found = _Tables(DIRECTED)
    made: dict[tuple[int, int], int] = {}
    taken: dict[tuple[int, int], int] = {}
    for e, edge in enumerate(graph.edges):
        box = found.add("Box", value=str(edge.box))
        for port, v in enumerate(edge.sources):
            kind = str(graph.vertices[v])
            taken[e, port] = found.add("InPort", in_port_box=box, in_port_type=kind)
        for port, v in enumerate(edge.targets):
            kind = str(graph.vertices[v])
            made[e, port] = found.add("OutPort", out_port_box=box, out_port_type=kind)
    for i, v in enumerate(graph.dom):
        made[-1, i] = found.add("OuterInPort", outer_in_port_type=str(graph.vertices[v]))
    for i, v in enumerate(graph.cod):
        taken[-1, i] = found.add("OuterOutPort", outer_out_port_type=str(graph.vertices[v]))
    for (maker,), takers in zip(graph.producers, graph.consumers, strict=True):
        for taker in takers:
            if maker[0] < 0 and taker[0] < 0:
                found.add("PassWire", pass_src=made[maker], pass_tgt=taken[taker])
            elif maker[0] < 0:
                found.add("InWire", in_src=made[maker], in_tgt=taken[taker])
            elif taker[0] < 0:
                found.add("OutWire", out_src=made[maker], out_tgt=taken[taker])
            else:
                found.add("Wire", src=made[maker], tgt=taken[taker])
    return found.tables


def to_undirected(value: Diagram | Box | OpenHypergraph) -> Tables:
    """The undirected wiring diagram: the ports of a box are its inputs and then its outputs, outer ports the
    domain and then the codomain.

    >>> from catenary.diagrams import Spider, Ty
    >>> to_undirected(Spider(1, 2, Ty("a")))["OuterPort"][2]
    {'_id': 3, 'outer_junction': 1, 'outer_port_type': 'a'}
    """
    graph = _graph_of(value)
    found = _Tables(UNDIRECTED)
    for v, ob in enumerate(graph.vertices):
        found.add("Junction", junction_type=str(ob), variable=f"v{v + 1}")
    for edge in graph.edges:
        box = found.add("Box", name=str(edge.box))
        for v in edge.sources + edge.targets:
            found.add("Port", box=box, junction=v + 1, port_type=str(graph.vertices[v]))
    for v in graph.dom + graph.cod:
        found.add("OuterPort", outer_junction=v + 1, outer_port_type=str(graph.vertices[v]))
    return found.tables
