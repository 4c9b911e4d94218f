"""Laying patterns over the places of an event net, box by box along shared wires."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from catenary.rewriting.compact import Side
from catenary.rewriting.matching import Wiring

if TYPE_CHECKING:
    from catenary.rewriting.egraph.net import Net


def join(net: Net, side: Side, root: int, number: int) -> Iterator[tuple[list[int], list[int]]]:
    """All ways to lay a pattern's boxes over active places with one box on a given place."""
    pattern = side.pattern
    shape = pattern.wiring
    order: list[tuple[int, tuple[int, bool, int] | None]] = [(root, None)]
    order += [(e, (v, consumes, port)) for e, v, consumes, port in pattern.plan(root)]
    for members in pattern.components:
        if root not in members:
            order.append((members[0], None))
            order += [(e, (v, consumes, port)) for e, v, consumes, port in pattern.plan(members[0])]
    return _lay(net, shape, order, [-1] * len(shape.obs), [number])


def _lay(
    net: Net,
    shape: Wiring,
    order: list[tuple[int, tuple[int, bool, int] | None]],
    vertices: list[int],
    first: list[int],
) -> Iterator[tuple[list[int], list[int]]]:
    """Lay a shape over active places, its boxes in the given order; some wires may be bound already."""
    edges = [-1] * len(shape.labels)

    def candidates(at: int) -> list[int]:
        e, reached = order[at]
        if at == 0:
            return first
        label = shape.labels[e]
        assert isinstance(label, int)
        if reached is None:
            return net.by_label.get(label, [])
        v, consumes, port = reached
        return (net.consumers if consumes else net.producers).get((vertices[v], label, port), [])

    choices: list[list[int]] = [candidates(0)]
    positions = [0]
    trails: list[list[int]] = [[]]
    while choices:
        at = len(choices) - 1
        for v in trails[at]:
            vertices[v] = -1
        trails[at] = []
        edges[order[at][0]] = -1
        if positions[at] >= len(choices[at]):
            choices.pop()
            positions.pop()
            trails.pop()
            continue
        chosen = choices[at][positions[at]]
        positions[at] += 1
        if chosen in edges:
            continue
        e = order[at][0]
        _, sources, targets = net.places[chosen]
        trail = trails[at]
        fits = True
        for mine, theirs in ((shape.sources[e], sources), (shape.targets[e], targets)):
            for v, w in zip(mine, theirs, strict=True):
                if vertices[v] < 0:
                    if w in vertices:
                        fits = False
                        break
                    vertices[v] = w
                    trail.append(v)
                elif vertices[v] != w:
                    fits = False
                    break
        if not fits:
            continue
        edges[e] = chosen
        if at + 1 == len(order):
            yield list(edges), list(vertices)
        else:
            choices.append(candidates(at + 1))
            positions.append(0)
            trails.append([])
