"""All matches of ten rules in random bialgebra diagrams, beside rustworkx VF2 and Chyp, on the same graphs in one run.

rustworkx is in the extra ``bench``; Chyp is imported if it is there: ``pip install --no-deps chyp``, as its matcher needs nothing
of its graphical part. For VF2, which knows graphs, boxes and wires are nodes and ports are labels of edges; its matches need not be
convex. Times are CPU seconds of this process. "ours s" includes the preparation of the graph; rule by rule the graphs are
prepared beforehand on every side.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from catenary.diagrams import Diagram, OpenHypergraph, Swap, Ty
from catenary.rewriting import Rule, Worksheet
from catenary.rewriting.library import bialgebra
from catenary.rewriting.matching import Pattern, Wiring, find

RULES = (
    "assoc",
    "unit_left",
    "unit_right",
    "coassoc",
    "counit_left",
    "counit_right",
    "bialgebra",
    "unit_copy",
    "counit_mult",
    "unit_counit",
)
SIZES, QUICK = (1_000, 10_000), (1_000,)
CHYP_SECONDS = 30.0  # a rule that Chyp has not finished by then is counted as that


def random_diagram(size: int, seed: int, width: int = 30) -> OpenHypergraph:
    """A random bialgebra diagram of so many boxes, with swaps between them."""
    rng, a = random.Random(seed), Ty("a")
    signature = bialgebra().signature
    boxes = list((signature.generators or {}).values())
    diagram = Diagram.id(a**10, signature)
    for _ in range(size):
        now = len(diagram.cod)
        at = rng.randrange(now - 1) if now > 1 else 0
        if now > 1 and rng.random() < 0.4:
            diagram = diagram >> a**at @ Swap(a, a) @ a ** (now - at - 2)
        box = rng.choice([b for b in boxes if len(b.dom) <= now and now - len(b.dom) + len(b.cod) <= width])
        at = rng.randint(0, now - len(box.dom))
        diagram = diagram >> a**at @ box @ a ** (now - at - len(box.dom))
    return diagram.to_hypergraph()


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds, the least of three runs if they are short, and the result."""
    least, result = float("inf"), None
    for _ in range(3):
        start = time.process_time()
        result = work()
        least = min(least, time.process_time() - start)
        if least > 2:
            break
    return least, result


def _ours(target: Wiring, rules: list[Rule]) -> list[int]:
    return [sum(1 for _ in find(Pattern(Wiring.of(rule.graphs[0])), target)) for rule in rules]


def _rustworkx(graph: OpenHypergraph) -> Any:
    import rustworkx

    network = rustworkx.PyDiGraph(multigraph=False)
    wires = network.add_nodes_from([0] * len(graph.vertices))
    names = {name: i for i, name in enumerate("munc", 1)}
    for edge in graph.edges:
        box = network.add_node(names[edge.box.name])
        for port, v in enumerate(edge.sources):
            network.add_edge(wires[v], box, port)
        for port, v in enumerate(edge.targets):
            network.add_edge(box, wires[v], port)
    return network


def _vf2(target: Any, pattern: Any) -> int:
    import operator

    import rustworkx

    found = rustworkx.vf2_mapping(
        target,
        pattern,
        node_matcher=operator.eq,
        edge_matcher=operator.eq,
        subgraph=True,
        induced=False,
        id_order=False,
    )
    return sum(1 for _ in found)


def _chyp_graph(graph: OpenHypergraph) -> Any:
    from chyp.graph import Graph

    made = Graph()
    for v in range(len(graph.vertices)):
        made.add_vertex(name=v)
    for edge in graph.edges:
        made.add_edge(list(edge.sources), list(edge.targets), value=edge.box.name)
    made.set_inputs(list(graph.dom))
    made.set_outputs(list(graph.cod))
    return made


def _chyp(target: Any, pattern: Any) -> tuple[int, bool]:
    """The matches found within the time, and whether that is all of them."""
    from chyp.matcher import match_graph

    deadline, count = time.process_time() + CHYP_SECONDS, 0
    for _ in match_graph(pattern, target):
        count += 1
        if time.process_time() > deadline:
            return count, False
    return count, True


def run(quick: bool = False) -> list[dict[str, object]]:
    """One row for each size: CPU seconds for all matches of ten rules, and how much slower the others are, on the whole and for
    the rule where they come closest; then what it takes to keep the matches up to date through a rewriting of the diagram.
    """
    theory = bialgebra()
    rules = [theory[name] for name in RULES]
    rows: list[dict[str, object]] = []
    for size in QUICK if quick else SIZES:
        graph = random_diagram(size, seed=1)
        row: dict[str, object] = {"boxes": size}
        row["ours s"], counts = _timed(lambda graph=graph: _ours(Wiring.of(graph), rules))
        row["matches"] = sum(counts)
        target = Wiring.of(graph)
        single = [_timed(lambda target=target, rule=rule: _ours(target, [rule]))[0] for rule in rules]
        row |= _beside_rustworkx(graph, rules, single, counts)
        row |= _beside_chyp(graph, rules, single, counts)
        row |= _incremental(graph, rules)
        rows.append(row)
    return rows


def _beside_rustworkx(
    graph: OpenHypergraph, rules: list[Rule], single: list[float], counts: list[int]
) -> dict[str, object]:
    try:
        target = _rustworkx(graph)
    except ImportError:
        return {}
    patterns = [_rustworkx(rule.graphs[0]) for rule in rules]
    found = [_timed(lambda pattern=pattern: _vf2(target, pattern)) for pattern in patterns]
    assert all(theirs >= ours for (_, theirs), ours in zip(found, counts, strict=True))
    ratios = [theirs / ours for (theirs, _), ours in zip(found, single, strict=True)]
    return {
        "vf2 s": sum(t for t, _ in found),
        "vf2 matches": sum(n for _, n in found),
        "vf2/ours": min(ratios),
    }


def _beside_chyp(
    graph: OpenHypergraph, rules: list[Rule], single: list[float], counts: list[int]
) -> dict[str, object]:
    try:
        target = _chyp_graph(graph)
    except ImportError:
        return {}
    total, ratios, finished = 0.0, [], 0
    for rule, ours, count in zip(rules, single, counts, strict=True):
        pattern = _chyp_graph(rule.graphs[0])
        start = time.process_time()
        found, whole = _chyp(target, pattern)
        seconds = time.process_time() - start
        assert not whole or found == count, (rule.name, found, count)
        total += seconds
        finished += whole
        ratios.append(seconds / ours)
    return {"chyp s": total, "chyp finished": finished, "chyp/ours": min(ratios)}


def _incremental(graph: OpenHypergraph, rules: list[Rule], steps: int = 300) -> dict[str, object]:
    """Seconds to find all occurrences, and milliseconds a step with all of them kept up to date."""
    start = time.process_time()
    sheet = Worksheet(graph.to_diagram(), rules)
    first = next(sheet.places(), None)
    prepared = time.process_time() - start
    start = time.process_time()
    done = 0
    while first is not None and done < steps:
        sheet.apply(first)
        first = next(sheet.places(), None)
        done += 1
    each = (time.process_time() - start) / max(done, 1)
    return {"worksheet s": prepared, "step ms": 1000 * each}
