"""Saturation of an e-graph of values by egglog (extra ``egglog``): one function for each output of a box.

The nodes are written as an egglog program, rules as conjunctions of equalities; what egglog holds after its rounds is
read back from its serialisation, and every class of ours is a named constant there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from catenary.diagrams import OpenHypergraph
from catenary.diagrams.optional import optional
from catenary.rewriting.egraph.parts import Report
from catenary.rewriting.limits import Deadline, Limits

if TYPE_CHECKING:
    from catenary.rewriting.egraph.values import ValueGraph


def saturate(graph: ValueGraph, limits: Limits, deadline: Deadline) -> Report:
    """Run egglog on the nodes of the graph, a round at a time, and take over what it finds."""
    bindings = optional("egglog.bindings", "egglog")
    engine = bindings.EGraph()

    def run(program: str) -> Any:
        return engine.run_program(*engine.parse_program(program))

    for pattern in graph.patterns:
        for edge in (*pattern.left.edges, *pattern.right.edges):
            graph._label(edge.box)
    run("\n".join(_program(graph)))
    reason = "depth"
    start = deadline.left
    for _ in range(limits.depth):
        report = run("(run 1)")[0]
        if graph.progress is not None:
            graph.progress(Report("running", rows_of(run), 0, start - deadline.left))
        if deadline.passed:
            reason = "seconds"
            break
        if not report.report.updated:
            reason = "saturated"
            break
        if rows_of(run) > limits.places:
            reason = "places"
            break
    _read_back(graph, json.loads(engine.serialize([]).to_json()))
    return Report(reason, graph.nodes, 0, start - deadline.left)


def _program(graph: ValueGraph) -> list[str]:
    lines = ["(sort V)"]
    for label, box in enumerate(graph._boxes):
        inputs = " ".join(["V"] * len(box.dom))
        lines += [f"(constructor b{label}_{port} ({inputs}) V)" for port in range(len(box.cod))]
    classes = dict.fromkeys(graph._find(c) for c in range(len(graph._parent)))
    for c in classes:
        lines += [f"(constructor c{c} () V)", f"(c{c})"]
    for number, (label, inputs_, outputs) in enumerate(graph._nodes):
        if graph._alive[number]:
            arguments = " ".join(f"(c{graph._find(i)})" for i in inputs_)
            for port, o in enumerate(outputs):
                lines.append(f"(union (c{graph._find(o)}) (b{label}_{port} {arguments}))")
    for pattern in graph.patterns:
        names = {v: f"v{v}" for v in range(len(pattern.left.vertices))}
        query = _terms(graph, pattern.left, names)
        facts = " ".join(f"(= {names[v]} {text})" for v, text in query)
        new = {w: names[v] for v, w in zip(pattern.left.dom, pattern.right.dom, strict=True)}
        made = []
        for k, (w, text) in enumerate(_terms(graph, pattern.right, new, "w")):
            made.append(f"(let {new.setdefault(w, f'w{k}')} {text})")
        for v, w in zip(pattern.left.cod, pattern.right.cod, strict=True):
            made.append(f"(union {names[v]} {new[w]})")
        lines.append(f"(rule ({facts}) ({' '.join(made)}))")
    return list(dict.fromkeys(lines))  # egglog refuses a rule that is there already


def _terms(
    graph: ValueGraph, side: OpenHypergraph, names: dict[int, str], fresh: str = ""
) -> list[tuple[int, str]]:
    """For each output of each box its wire and its term, in an order that defines wires before their use."""
    found: list[tuple[int, str]] = []
    for e in side.topological_order() or ():
        edge = side.edges[e]
        arguments = " ".join(names[v] for v in edge.sources)
        for port, v in enumerate(edge.targets):
            if fresh:
                names[v] = f"{fresh}{len(found)}"
            found.append((v, f"(b{graph._label(edge.box)}_{port} {arguments})"))
    return found


def rows_of(run: Any) -> int:
    """Rows of all functions of boxes."""
    total = 0
    for output in run("(print-size)"):
        for name, size in output.sizes if hasattr(output, "sizes") else _pairs(repr(output)):
            total += size if name.startswith("b") else 0
    return total


def _pairs(text: str) -> list[tuple[str, int]]:
    import re

    return [(name, int(size)) for name, size in re.findall(r"\('(\w+)', (\d+)\)", text)]


def _read_back(graph: ValueGraph, data: Any) -> None:
    """Enter every row of egglog's tables into the graph, and merge what egglog merged."""
    nodes = data["nodes"]
    ours: dict[str, int] = {}
    rows: list[tuple[int, int, list[str], str]] = []
    for node in nodes.values():
        op, place = node["op"], node["eclass"]
        if op.startswith("c"):
            c = int(op[1:])
            if place in ours:
                graph._merge(ours[place], c)
            else:
                ours[place] = c
        else:
            label, port = op[1:].split("_")
            rows.append(
                (int(label), int(port), [nodes[child]["eclass"] for child in node["children"]], place)
            )
    waiting = rows
    while waiting:
        later = []
        for label, port, children, place in waiting:
            if any(child not in ours for child in children):
                later.append((label, port, children, place))
                continue
            outputs = graph._node(label, tuple([ours[child] for child in children]))
            if place in ours:
                graph._merge(outputs[port], ours[place])
            else:
                ours[place] = outputs[port]
        if len(later) == len(waiting):
            break  # classes that have no member made of what is given
        waiting = later
    graph._rebuild()
