"""Choosing nodes of an e-graph of values: the cheapest set that makes some classes, each node paid once."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from catenary.diagrams import Diagram, RewriteError
from catenary.rewriting.egraph.extraction import Cost, weight_of
from catenary.rewriting.limits import Deadline

if TYPE_CHECKING:
    from catenary.rewriting.egraph.values import ValueGraph


def choose(
    graph: ValueGraph, cod: Sequence[int], diagram: Diagram, cost: Cost, deadline: Deadline
) -> tuple[dict[int, int], bool]:
    """A node for each class that is needed, and whether the choice is of least cost."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    find, nodes = graph._find, graph._nodes
    given = {find(graph._dom[ob, i]) for i, ob in enumerate(diagram.dom.objects)}
    weight = [weight_of(box, cost) for box in graph._boxes]
    if min(weight, default=0.0) < 0:
        raise RewriteError("a box with a negative cost; the extraction of values needs costs from 0 up")
    alive = [n for n in range(len(nodes)) if graph._alive[n]]
    chosen = _cheapest_trees(graph, alive, given, weight, frozenset())
    least = _total(graph, chosen, cod, given, weight)
    # What is used already costs nothing more: choose again with that in mind while it helps.
    for _ in range(20):
        used = frozenset(_used(graph, chosen, cod, given))
        again = _cheapest_trees(graph, alive, given, weight, used)
        value = _total(graph, again, cod, given, weight)
        if value >= least:
            break
        chosen, least = again, value
    # Only what can be made from the domain, and is reached from the outputs.
    able = {n for n in alive if all(find(c) in given or find(c) in chosen for c in nodes[n][1])}
    reach: list[int] = [c for c in dict.fromkeys(map(find, cod)) if c not in given]
    seen = set(reach)
    makers: dict[int, list[int]] = {}
    for c in reach:
        makers[c] = [n for n in dict.fromkeys(graph._makers.get(c, ())) if n in able]
        for n in makers[c]:
            for i in map(find, nodes[n][1]):
                if i not in seen and i not in given:
                    seen.add(i)
                    reach.append(i)
    column = {n: k for k, n in enumerate(dict.fromkeys(n for ns in makers.values() for n in ns))}
    if not column:
        return chosen, True
    numbers = list(column)
    rows: list[tuple[int, int, float]] = []
    low: list[float] = []
    for c in dict.fromkeys(map(find, cod)):
        if c not in given:
            rows += [(len(low), column[n], 1.0) for n in makers[c]]
            low.append(1.0)
    for n, k in column.items():
        for i in dict.fromkeys(map(find, nodes[n][1])):
            if i not in given:
                rows += [(len(low), column[m], 1.0) for m in makers[i] if m != n]
                rows.append((len(low), k, -1.0))
                low.append(0.0)
    # Levels: what a chosen node makes is above what it takes (Miller, Tucker & Zemlin, J. ACM 7 (1960)). Only within
    # strongly connected classes can there be cycles.
    at = {c: k for k, c in enumerate(seen)}
    arrows = [
        (at[i], at[o])
        for n in column
        for i in map(find, nodes[n][1])
        for o in map(find, nodes[n][2])
        if i in at and o in at
    ]
    tails, heads = zip(*arrows, strict=True) if arrows else ((), ())
    shape = (len(at), len(at))
    _, part = connected_components(
        coo_array(([1] * len(arrows), (tails, heads)), shape=shape), connection="strong"
    )
    size = np.bincount(part)
    first = len(numbers)
    for n, k in column.items():
        for i in dict.fromkeys(map(find, nodes[n][1])):
            for o in dict.fromkeys(map(find, nodes[n][2])):
                if i in at and o in at and part[at[i]] == part[at[o]] and size[part[at[i]]] > 1:
                    most = float(size[part[at[i]]])
                    rows += [(len(low), first + at[o], 1.0), (len(low), first + at[i], -1.0)]
                    rows.append((len(low), k, -1.0 - most))
                    low.append(-most)
                elif i == o:
                    rows.append((len(low), k, -1.0))
                    low.append(0.0)
    total = first + len(at)
    costs = np.zeros(total)
    costs[:first] = [weight[nodes[n][0]] + 1e-6 for n in numbers]
    whole = np.zeros(total)
    whole[:first] = 1.0
    upper = np.ones(total)
    upper[first:] = size[part]
    at_row, at_column, entries = zip(*rows, strict=True)
    matrix = coo_array((entries, (at_row, at_column)), shape=(len(low), total)).tocsr()
    result = milp(
        costs,
        integrality=whole,
        bounds=Bounds(np.zeros(total), upper),
        constraints=LinearConstraint(matrix, np.array(low), np.inf),
        options={"time_limit": max(0.05, deadline.left), "mip_rel_gap": 0.0},
    )
    if result.x is None:
        return chosen, False
    picked = {n for n in numbers if result.x[column[n]] > 0.5}
    order = _ordered(graph, picked, given)
    if any(find(c) not in order and find(c) not in given for c in cod):
        return chosen, False
    if _total(graph, order, cod, given, weight) > least:
        return chosen, False
    return order, result.status == 0


def _cheapest_trees(
    graph: ValueGraph, alive: Sequence[int], given: set[int], weight: Sequence[float], free: frozenset[int]
) -> dict[int, int]:
    """For each class that can be made the node of the cheapest tree; ``free`` nodes cost nothing where they are
    used by others.
    """
    find, nodes = graph._find, graph._nodes
    waiting = {n: len({find(c) for c in nodes[n][1]} - given) for n in alive}
    users: dict[int, list[int]] = {}
    for n in alive:
        for c in {find(c) for c in nodes[n][1]} - given:
            users.setdefault(c, []).append(n)
    best: dict[int, float] = dict.fromkeys(given, 0.0)
    chosen: dict[int, int] = {}
    heap = [(weight[nodes[n][0]], n) for n in alive if not waiting[n]]
    heapq.heapify(heap)
    while heap:
        value, n = heapq.heappop(heap)
        for c in {find(o) for o in nodes[n][2]}:
            if c in best:
                continue
            best[c] = 0.0 if n in free else value
            chosen[c] = n
            for user in users.get(c, ()):
                waiting[user] -= 1
                if not waiting[user]:
                    total = weight[nodes[user][0]] + sum(best[find(i)] for i in nodes[user][1])
                    heapq.heappush(heap, (total, user))
    return chosen


def _ordered(graph: ValueGraph, picked: set[int], given: set[int]) -> dict[int, int]:
    """A maker for each class that can be made of the picked nodes, none waiting for itself."""
    find, nodes = graph._find, graph._nodes
    made = set(given)
    chosen: dict[int, int] = {}
    left = set(picked)
    moved = True
    while left and moved:
        moved = False
        for n in sorted(left):
            if all(find(c) in made for c in nodes[n][1]):
                left.discard(n)
                moved = True
                for c in map(find, nodes[n][2]):
                    if c not in made:
                        made.add(c)
                        chosen[c] = n
    return chosen


def _used(graph: ValueGraph, chosen: Mapping[int, int], cod: Sequence[int], given: set[int]) -> set[int]:
    """The nodes that the outputs need."""
    find, nodes = graph._find, graph._nodes
    stack = [find(c) for c in cod]
    used: set[int] = set()
    while stack:
        c = stack.pop()
        if c in given or chosen[c] in used:
            continue
        used.add(chosen[c])
        stack += [find(i) for i in nodes[chosen[c]][1]]
    return used


def _total(
    graph: ValueGraph, chosen: Mapping[int, int], cod: Sequence[int], given: set[int], weight: Sequence[float]
) -> float:
    return sum(weight[graph._nodes[n][0]] for n in _used(graph, chosen, cod, given))
