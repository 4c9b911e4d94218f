"""Words as states and effects: the form of a reading that needs the fewest post-selections.

With words as states on all their wires (the usual functor from pregroup diagrams), every cup is a Bell effect of two
post-selections. A word can be turned into an effect instead: its circuit upside down, with the same parameters. A
wire between a state and an effect then costs nothing but the effect's own post-selection.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from catenary.diagrams import Diagram, Edge, OpenHypergraph
from catenary.functors.grammar.meaning import MEANING, meaning

if TYPE_CHECKING:
    from catenary.functors.grammar.reading import Reading

_ROUNDS = 100


def states_and_effects(reading: Reading, *, expand: bool = True) -> Diagram:
    """The meaning of a reading with words as states or effects, few of whose wires are post-selected.

    Equal, as a diagram and in amplitudes, to ``reading.meaning(states=True)``; an effect is the rotated box of
    its state, which an ansatz maps to the transposed circuit. A wire costs one post-selection if a state meets an
    effect (or the sentence's open wire) on it, two otherwise; where the words are linked as a tree, every wire
    costs one, which is the least. Around odd cycles a word is turned while that helps. Linear in the wires for
    trees.

    Args:
        reading: the reading.
        expand: whether Frobenius words become spiders; otherwise they are words like others.

    >>> from catenary.functors.grammar import IQP, parse
    >>> reading, = parse("skillful man prepares sauce")
    >>> found = states_and_effects(reading)
    >>> found == reading.meaning(states=True)
    True
    >>> [IQP().compile(d).post_selections for d in (reading.diagram, found)]
    [6, 3]
    """
    from dataclasses import replace

    from catenary.functors.grammar.fallbacks import WordsReading

    if isinstance(reading, WordsReading):
        return reading.meaning(states=True)  # states alone, merged by what the reading says
    if not expand:
        reading = replace(reading, spiders=())
    graph = meaning(reading, states=True).to_hypergraph()
    ends = [tuple(edge.targets) for edge in graph.edges]
    effect = _orientation(len(graph.vertices), ends, graph.cod)
    edges = [
        Edge(edge.box.r, tuple(reversed(edge.targets)), ()) if turned else edge
        for edge, turned in zip(graph.edges, effect, strict=True)
    ]
    return OpenHypergraph(graph.vertices, tuple(edges), (), graph.cod, MEANING).to_diagram()


def _orientation(size: int, ends: list[tuple[int, ...]], outputs: tuple[int, ...]) -> list[bool]:
    """For each word whether it is an effect."""
    at: list[list[int]] = [[] for _ in range(size)]
    for edge, targets in enumerate(ends):
        for vertex in targets:
            at[vertex].append(edge)
    effect: list[bool | None] = [None] * len(ends)
    starts = [edge for vertex in outputs for edge in at[vertex]] + list(range(len(ends)))
    for start in starts:
        if effect[start] is not None:
            continue
        effect[start] = False
        queue = deque([start])
        while queue:
            edge = queue.popleft()
            for vertex in ends[edge]:
                for other in at[vertex]:
                    if effect[other] is None:
                        effect[other] = not effect[edge]
                        queue.append(other)
    found = [bool(value) for value in effect]
    is_open = set(outputs)

    def good(vertex: int) -> bool:
        sides = {found[edge] for edge in at[vertex]} | ({True} if vertex in is_open else set())
        return len(sides) == 2

    for _ in range(_ROUNDS):
        changed = False
        for edge, targets in enumerate(ends):
            near = set(targets)
            before = sum(map(good, near))
            found[edge] = not found[edge]
            if sum(map(good, near)) > before:
                changed = True
            else:
                found[edge] = not found[edge]
        if not changed:
            break
    return found
