"""The cheapest way through an e-graph of wires: an integer flow from the inputs to the outputs."""

from __future__ import annotations

import time
from collections.abc import Sequence

from catenary.rewriting.egraph.wire_program import Wires

Node = tuple[int, tuple[str, ...]]


def cheapest_flow(
    wires: Wires, weight: Sequence[float], seconds: float, *, tries: int = 60
) -> tuple[list[Node] | None, bool]:
    """Nodes from the inputs to the outputs of the first diagram, in an order that can be carried out.

    Every class is made once and used once. Nodes that wait for each other are cut off and the program is solved again;
    as every class has one maker in a solution, such a cut loses nothing.

    Args:
        wires: the e-graph.
        weight: of each label, from 0 up.
        seconds: for all programs together.
        tries: programs at most.

    Returns:
        The nodes, or ``None`` if no flow was found; and whether it is the least.
    """
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    from catenary.diagrams import RewriteError

    if min(weight, default=0.0) < 0:
        raise RewriteError("a box with a negative cost; the extraction needs costs from 0 up")
    end = time.monotonic() + seconds
    nodes = _useful(wires)
    if not nodes:
        return ([], True) if set(wires.inputs) == set(wires.outputs[0]) else (None, False)
    row: dict[str, int] = {}
    entries: list[tuple[int, int, float]] = []
    makers: list[tuple[int, int, float]] = []
    for n, node in enumerate(nodes):
        entries += [(row.setdefault(c, len(row)), n, -1.0) for c in node[1]]
        for c in wires.nodes[node]:
            r = row.setdefault(c, len(row))
            entries.append((r, n, 1.0))
            makers.append((r, n, 1.0))
    ends = np.zeros(len(row))
    room = np.ones(len(row))
    for row_of, sign in ((wires.inputs, -1.0), (wires.outputs[0], 1.0)):
        for c in row_of:
            if c in row:
                ends[row[c]] += sign
            elif (c in wires.inputs) != (c in wires.outputs[0]):
                return None, False
    for c in wires.inputs:
        if c in row:
            room[row[c]] = 0.0
    shape = (len(row), len(nodes))
    flow, once = (
        coo_array(
            ([e for _, _, e in table], ([r for r, _, _ in table], [n for _, n, _ in table])), shape=shape
        ).tocsr()
        for table in (entries, makers)
    )
    constraints = [LinearConstraint(flow, ends, ends), LinearConstraint(once, -np.inf, room)]
    cost = np.array([weight[label] + 1e-4 for label, _ in nodes])
    for _ in range(tries):
        left = end - time.monotonic()
        if left <= 0:
            break
        result = milp(
            cost,
            integrality=np.ones(len(nodes)),
            bounds=Bounds(0, 1),
            constraints=constraints,
            options={"time_limit": max(0.05, left), "mip_rel_gap": 0.0},
        )
        if result.x is None:
            return None, False
        chosen = [n for n in range(len(nodes)) if result.x[n] > 0.5]
        order, stuck = _ordered(wires, [nodes[n] for n in chosen])
        if not stuck:
            return order, result.status == 0
        of = {nodes[n]: n for n in chosen}
        for group in _circles(wires, stuck):
            cut = np.zeros(len(nodes))
            cut[[of[node] for node in group]] = 1.0
            constraints.append(LinearConstraint(cut, -np.inf, len(group) - 1.0))
    return None, False


def _useful(wires: Wires) -> list[Node]:
    """The nodes on a way from the inputs to the outputs, as far as single wires tell."""
    reached = set(wires.inputs)
    nodes = list(wires.nodes)
    forward: list[Node] = []
    uses: dict[str, list[Node]] = {}
    waiting = {}
    for node in nodes:
        waiting[node] = len(set(node[1]) - reached)
        for c in set(node[1]) - reached:
            uses.setdefault(c, []).append(node)
    ready = [node for node in nodes if not waiting[node]]
    for node in ready:
        forward.append(node)
        for c in wires.nodes[node]:
            if c not in reached:
                reached.add(c)
                for user in uses.get(c, ()):
                    waiting[user] -= 1
                    if not waiting[user]:
                        ready.append(user)
    makers: dict[str, list[Node]] = {}
    for node in forward:
        for c in wires.nodes[node]:
            makers.setdefault(c, []).append(node)
    needed = set(wires.outputs[0])
    queue = list(needed)
    kept: dict[Node, None] = {}
    for c in queue:
        for node in makers.get(c, ()):
            if node in kept or len(set(node[1])) < len(node[1]):
                continue
            kept[node] = None
            for other in (*node[1], *wires.nodes[node]):
                if other not in needed:
                    needed.add(other)
                    queue.append(other)
    return list(kept)


def _ordered(wires: Wires, chosen: list[Node]) -> tuple[list[Node], list[Node]]:
    """The nodes in an order in which each finds its inputs, and those that never do."""
    there = set(wires.inputs)
    order: list[Node] = []
    left = chosen
    moved = True
    while left and moved:
        moved, later = False, []
        for node in left:
            if there.issuperset(node[1]):
                there.difference_update(node[1])
                there.update(wires.nodes[node])
                order.append(node)
                moved = True
            else:
                later.append(node)
        left = later
    return order, left


def _circles(wires: Wires, stuck: list[Node]) -> list[list[Node]]:
    """Of nodes that wait for each other the circles, no node in two."""
    maker = {c: node for node in stuck for c in wires.nodes[node]}
    circles: list[list[Node]] = []
    seen: set[Node] = set()
    for start in stuck:
        path: list[Node] = []
        node: Node | None = start
        while node is not None and node not in seen:
            seen.add(node)
            path.append(node)
            node = next((maker[c] for c in node[1] if c in maker), None)
        if node is not None and node in path:
            circles.append(path[path.index(node) :])
    return circles
