"""Graphviz: a diagram as the text of a DOT file."""

from __future__ import annotations

from catenary.diagrams.boxes import Box
from catenary.diagrams.bridges.networkx import _graph_of
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.hypergraph import OpenHypergraph


def to_dot(value: Diagram | Box | OpenHypergraph, *, name: str = "diagram") -> str:
    """The open hypergraph of a diagram in Graphviz's language: boxes as boxes, wires as edges.

    A vertex with one producer and one consumer is an edge labelled by its object; any other is a point
    (a spider, a copy, a cup). Numbers at the ends of an edge are ports, where a box has several. The boundary
    is a row of plain nodes above and below.

    >>> from catenary.diagrams import Ty
    >>> print(to_dot(Box("f", Ty("a"), Ty("b"))), end="")
    digraph "diagram" {
      node [fontname="sans-serif"];
      edge [fontname="sans-serif", arrowsize=0.5];
      { rank=source; i0 [shape=plaintext, label="a"]; }
      { rank=sink; o0 [shape=plaintext, label="b"]; }
      b0 [shape=box, label="f"];
      i0 -> b0 [label="a"];
      b0 -> o0 [label="b"];
    }
    """
    graph = _graph_of(value)
    lines = [
        f"digraph {_quoted(name)} {{",
        '  node [fontname="sans-serif"];',
        '  edge [fontname="sans-serif", arrowsize=0.5];',
    ]
    for letter, rank, end in (("i", "source", graph.dom), ("o", "sink", graph.cod)):
        if end:
            nodes = " ".join(
                f"{letter}{i} [shape=plaintext, label={_quoted(str(graph.vertices[v]))}];"
                for i, v in enumerate(end)
            )
            lines.append(f"  {{ rank={rank}; {nodes} }}")
    lines += [f"  b{i} [shape=box, label={_quoted(str(e.box))}];" for i, e in enumerate(graph.edges)]
    for v, ob in enumerate(graph.vertices):
        makers = [_end(graph, e, port, "i", "taillabel") for e, port in graph.producers[v]]
        takers = [_end(graph, e, port, "o", "headlabel") for e, port in graph.consumers[v]]
        label = f"label={_quoted(str(ob))}"
        if len(makers) == len(takers) == 1:
            rows = [(makers[0][0], takers[0][0], [label, *makers[0][1], *takers[0][1]])]
        else:
            lines.append(f"  v{v} [shape=point, xlabel={_quoted(str(ob))}];")
            rows = [(node, f"v{v}", extra) for node, extra in makers]
            rows += [(f"v{v}", node, extra) for node, extra in takers]
        for tail, head, extra in rows:
            lines.append(f"  {tail} -> {head}" + (f" [{', '.join(extra)}];" if extra else ";"))
    return "\n".join([*lines, "}"]) + "\n"


def _end(graph: OpenHypergraph, edge: int, port: int, letter: str, key: str) -> tuple[str, list[str]]:
    """The node at one end of a wire, and the label of its port where there are several."""
    if edge < 0:
        return f"{letter}{port}", []
    ports = graph.edges[edge].targets if key == "taillabel" else graph.edges[edge].sources
    return f"b{edge}", [f'{key}="{port}"'] if len(ports) > 1 else []


def _quoted(text: str) -> str:
    # In Graphviz a backslash begins an escape, \N for one the node's name.
    shown = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(c if c.isprintable() else "�" for c in shown) + '"'
