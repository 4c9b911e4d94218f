"""Double-pushout rewriting steps on monogamous acyclic open hypergraphs.

The numbering after a step is part of the proof format (:mod:`catenary.rewriting.proof`):

1. matched edges, and the images of the pattern's wires that are on neither boundary, are deleted;
2. the image of a wire on both boundaries of the pattern is cut: the incoming half keeps its number, the
   outgoing halves are numbered after all vertices, in the order of the pattern's vertices;
3. the replacement's wires that are on neither boundary are numbered after those, in their order; its domain
   wires are glued to the images of the pattern's domain wires, its codomain wires to those of the codomain;
   where a wire of the replacement is on both boundaries the two are joined under the smaller number;
4. vertices are renumbered to close the gaps, in order; edges are the old ones that are left, in order, then
   the replacement's.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from catenary.diagrams import Edge, Ob, OpenHypergraph, RewriteError
from catenary.rewriting.matching import Match, Pattern, Wires, Wiring, is_convex
from catenary.rewriting.rule import Rule


@dataclass(frozen=True)
class Rewrite:
    """The result of one step.

    Attributes:
        graph: the new graph.
        kept: for each old edge its number in the new graph, or -1 where it was matched.
        added: the new edges.
        vertex_map: for each old vertex its number in the new graph (the incoming half, where it was cut), or
            -1.
    """

    graph: OpenHypergraph
    kept: tuple[int, ...]
    added: tuple[int, ...]
    vertex_map: tuple[int, ...]


def replace(
    target: Wiring, pattern: Wiring, replacement: Wiring, match: Match
) -> tuple[Wiring, list[int], list[int], list[int]]:
    """The target with a match replaced, and maps to it from old edges, old and replacement vertices."""
    count = len(target.obs)
    obs = list(target.obs)
    name = list(range(count))  # the class of a vertex, by its least member
    dead: set[int] = set()
    entering = {v: match.vertices[v] for v in pattern.dom}
    leaving: dict[int, int] = {}
    on_cod = set(pattern.cod)
    cut: dict[int, int] = {}
    for v, w in enumerate(match.vertices):
        if v in entering and v in on_cod:
            cut[w] = leaving[v] = len(obs)
            obs.append(target.obs[w])
            name.append(len(name))
        elif v in on_cod:
            leaving[v] = w
        elif v not in entering:
            dead.add(w)
    glued: dict[int, int] = {}
    for v, u in zip(pattern.dom, replacement.dom, strict=True):
        glued[u] = entering[v]
    for v, u in zip(pattern.cod, replacement.cod, strict=True):
        w = leaving[v]
        if u in glued:
            low, high = min(glued[u], w), max(glued[u], w)
            name[high] = low
            glued[u] = low
        else:
            glued[u] = w
    for u, ob in enumerate(replacement.obs):
        if u not in glued:
            glued[u] = len(obs)
            obs.append(ob)
            name.append(len(name))
    number: dict[int, int] = {}
    for w in range(len(obs)):
        if name[w] == w and w not in dead:
            number[w] = len(number)
    into = [-1 if w in dead else number[name[w]] for w in range(len(obs))]
    out = [into[cut[w]] if w in cut else into[w] for w in range(count)]
    removed = set(match.edges)
    labels: list[Hashable] = []
    sources: list[Wires] = []
    targets: list[Wires] = []
    kept: list[int] = []
    for e, label in enumerate(target.labels):
        if e in removed:
            kept.append(-1)
            continue
        kept.append(len(labels))
        labels.append(label)
        sources.append(tuple([out[v] for v in target.sources[e]]))
        targets.append(tuple([into[v] for v in target.targets[e]]))
    names = [into[glued[u]] for u in range(len(replacement.obs))]
    for e, label in enumerate(replacement.labels):
        labels.append(label)
        sources.append(tuple([names[u] for u in replacement.sources[e]]))
        targets.append(tuple([names[u] for u in replacement.targets[e]]))
    dom: Wires = tuple([into[v] for v in target.dom])
    cod: Wires = tuple([out[v] for v in target.cod])
    wiring = Wiring(labels, sources, targets, [obs[w] for w in number], dom, cod)
    return wiring, kept, into[:count], names


def check_match(pattern: OpenHypergraph, graph: OpenHypergraph, match: Match) -> None:
    """Raise :class:`RewriteError` unless the match is a convex match of the pattern in the graph."""
    if len(match.edges) != len(pattern.edges) or len(match.vertices) != len(pattern.vertices):
        raise RewriteError(
            f"the match names {len(match.edges)} boxes and {len(match.vertices)} wires; the pattern has "
            f"{len(pattern.edges)} and {len(pattern.vertices)}"
        )
    for images, size, what in (
        (match.edges, len(graph.edges), "edge"),
        (match.vertices, len(graph.vertices), "vertex"),
    ):
        if any(not 0 <= image < size for image in images):
            raise RewriteError(f"the match names an {what} that the graph does not have ({size} in all)")
        if len(set(images)) != len(images):
            raise RewriteError(f"the match uses one {what} of the graph twice")
    for v, w in enumerate(match.vertices):
        if pattern.vertices[v] != graph.vertices[w]:
            raise RewriteError(
                f"wire {w} is of type {graph.vertices[w]}, the pattern's is {pattern.vertices[v]}"
            )
    for e, image in enumerate(match.edges):
        mine, theirs = pattern.edges[e], graph.edges[image]
        if mine.box != theirs.box:
            raise RewriteError(f"edge {image} is {theirs.box}, the pattern wants {mine.box}")
        got = tuple(match.vertices[v] for v in mine.sources), tuple(match.vertices[v] for v in mine.targets)
        if got != (theirs.sources, theirs.targets):
            raise RewriteError(f"edge {image} ({theirs.box}) is not wired as the pattern wants")
    if not is_convex(Pattern(Wiring.of(pattern)), Wiring.of(graph), match.edges, match.vertices):
        raise RewriteError("the match is not convex: a path leaves it and comes back")


def rewrite(graph: OpenHypergraph, rule: Rule, match: Match, forward: bool = True) -> Rewrite:
    """Replace one match of a rule's side by its other side.

    Raises:
        RewriteError: if the match is not a convex match, or the rule is directed and ``forward`` is false.

    >>> from catenary.diagrams import Box, Diagram, Ty
    >>> from catenary.rewriting.matching import matches
    >>> a = Ty("a")
    >>> f = Box("f", a, a)
    >>> rule = Rule("involution", f >> f, Diagram.id(a))
    >>> graph = (f >> f >> f).to_hypergraph()
    >>> [len(rewrite(graph, rule, match).graph.edges) for match in matches(rule.graphs[0], graph)]
    [1, 1]
    """
    if rule.directed and not forward:
        raise RewriteError(f"rule {rule.name} is directed and cannot be used backwards")
    left, right = rule.sides(forward)
    check_match(left, graph, match)
    wiring, kept, vertex_map, _ = replace(Wiring.of(graph), Wiring.of(left), Wiring.of(right), match)
    boxes = [e.box for k, e in zip(kept, graph.edges, strict=True) if k >= 0] + [e.box for e in right.edges]
    edges = tuple(
        Edge(box, sources, targets)
        for box, sources, targets in zip(boxes, wiring.sources, wiring.targets, strict=True)
    )
    vertices = tuple(ob for ob in wiring.obs if isinstance(ob, Ob))
    signature = graph.signature.join(right.signature)
    result = OpenHypergraph(vertices, edges, wiring.dom, wiring.cod, signature)
    added = tuple(range(len(edges) - len(right.edges), len(edges)))
    return Rewrite(result, tuple(kept), added, tuple(vertex_map))
