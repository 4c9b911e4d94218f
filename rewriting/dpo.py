"""Double-pushout rewriting steps on open hypergraphs.

The numbering after a step is part of the proof format (:mod:`catenary.rewriting.proof`):

1. matched edges, and the images of the pattern's wires that are on neither boundary, are deleted;
2. where the image of boundary wires falls apart into several blocks (:class:`~catenary.rewriting.Match`), the
   block of the least point keeps its number, the others are numbered after all vertices, in the order of the
   pattern's vertices and of the points. In the symmetric doctrine every point is a block, so the image of a
   wire on both boundaries is cut: the incoming half keeps its number, the outgoing one gets a new one;
3. the replacement's wires that are on neither boundary are numbered after those, in their order; its boundary
   wires are glued to the blocks of the pattern's; what is joined takes the smallest number;
4. vertices are renumbered to close the gaps, in order; edges are the old ones that are left, in order, then
   the replacement's;
5. in doctrines that copy the graph is normalised (:func:`~catenary.diagrams.equality.normalised`): phases on
   one spider added, what is only discarded removed, equal boxes on equal wires shared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from dataclasses import replace as replace_

from catenary.diagrams import (
    Box,
    CatenaryError,
    Doctrine,
    Edge,
    Ob,
    OpenHypergraph,
    Phase,
    RewriteError,
    Signature,
)
from catenary.diagrams.equality import isomorphic, label_of, normalised, ports_of
from catenary.diagrams.hypergraph import is_phase
from catenary.diagrams.phases import ZERO, is_full_turn
from catenary.rewriting.holes import context_of, plug
from catenary.rewriting.matching import Match, Pattern, Wires, Wiring, is_convex
from catenary.rewriting.rule import Rule, is_symmetric, require_rewriting


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
        RewriteError: if the match is no match in the doctrine, or the rule is directed and ``forward`` is
            false.

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
    signature = graph.signature.join(right.signature)
    if not is_symmetric(signature):
        require_rewriting(signature)
        return _rewrite_in_context(graph, left, right, match, signature)
    check_match(left, graph, match)
    wiring, kept, vertex_map, _ = replace(Wiring.of(graph), Wiring.of(left), Wiring.of(right), match)
    boxes = [e.box for k, e in zip(kept, graph.edges, strict=True) if k >= 0] + [e.box for e in right.edges]
    edges = tuple(
        Edge(box, sources, targets)
        for box, sources, targets in zip(boxes, wiring.sources, wiring.targets, strict=True)
    )
    vertices = tuple(ob for ob in wiring.obs if isinstance(ob, Ob))
    result = OpenHypergraph(vertices, edges, wiring.dom, wiring.cod, signature)
    added = tuple(range(len(edges) - len(right.edges), len(edges)))
    return Rewrite(result, tuple(kept), added, tuple(vertex_map))


def _rewrite_in_context(
    graph: OpenHypergraph, left: OpenHypergraph, right: OpenHypergraph, match: Match, signature: Signature
) -> Rewrite:
    """A step where vertices may have many ends: take the pattern out, check the context, put the other in."""
    if match.context is not None:
        return _rewrite_given(graph, left, right, match, signature)
    _check_map(left, graph, match, signature.doctrine)
    context = context_of(left, graph, match)
    hole = Box("hole", left.dom_type, left.cod_type)
    size = len(left.dom)
    wires = tuple(range(size + len(left.cod)))
    empty = OpenHypergraph(
        tuple([left.vertices[v] for v in left.dom + left.cod]),
        (Edge(hole, wires[:size], wires[size:]),),
        wires[:size],
        wires[size:],
        signature,
    )
    try:
        plug(context, empty)[0].check()
    except CatenaryError as error:
        raise RewriteError(f"what is left of the graph is no diagram with a hole: {error}") from None
    # Every vertex of the graph is one of the context or of the image, so the map from the pattern in its context
    # is onto; as many vertices make it one to one.
    if len(plug(context, left)[0].vertices) != len(graph.vertices):
        raise RewriteError("the pattern in its context is not the graph")
    result, numbers = plug(context, right)
    after = normalised(result)
    kept = [-1] * len(graph.edges)
    for place, e in enumerate(context.kept):
        kept[e] = place
    added = range(len(context.edges), len(result.edges))
    if after is not result:
        places = _places(result, after)
        kept = [places[k] if k >= 0 else -1 for k in kept]
        numbers = [-1] * len(numbers)
        added_now = tuple([places[k] for k in added if places[k] >= 0])
    else:
        added_now = tuple(added)
    return Rewrite(after, tuple(kept), added_now, tuple(numbers[: len(graph.vertices)]))


def _rewrite_given(
    graph: OpenHypergraph, left: OpenHypergraph, right: OpenHypergraph, match: Match, signature: Signature
) -> Rewrite:
    """A step in a context that is given, where the graph is compared up to sharing and discarding."""
    given = match.context
    assert given is not None
    if not signature.doctrine.has("copy") or signature.doctrine.has("spider"):
        raise RewriteError(
            f"a match has a context of its own in doctrines that copy, not in {signature.doctrine.value} ones"
        )
    hole = given.edges[-1].box if given.edges else None
    if hole is None or (hole.dom, hole.cod) != (left.dom_type, left.cod_type):
        raise RewriteError("the context's last box is not a hole for the pattern")
    context = context_of(left, replace_(given, signature=signature), match)
    found = normalised(replace_(plug(context, left)[0], signature=signature))
    if not isomorphic(found, graph):
        raise RewriteError("the pattern in its context is not the graph")
    after = normalised(replace_(plug(context, right)[0], signature=signature))
    kept = tuple(_places(graph, after))
    known = {k for k in kept if k >= 0}
    added = tuple([e for e in range(len(after.edges)) if e not in known])
    return Rewrite(after, kept, added, (-1,) * len(graph.vertices))


def _places(before: OpenHypergraph, after: OpenHypergraph) -> list[int]:
    """For each edge its place after normalisation, -1 where it went or where the same box is there twice."""
    many = Counter(edge.box for edge in before.edges)
    there = {edge.box: e for e, edge in enumerate(after.edges)}
    if after.signature.doctrine.has("spider"):  # phases go to the end, everything else stays
        stay = [e for e, edge in enumerate(before.edges) if not is_phase(edge)]
        place = {e: i for i, e in enumerate(stay)}
        return [place.get(e, -1) for e in range(len(before.edges))]
    return [there.get(e.box, -1) if many[e.box] == 1 else -1 for e in before.edges]


def _check_map(left: OpenHypergraph, graph: OpenHypergraph, match: Match, doctrine: Doctrine) -> None:
    """Raise unless the match is a map of hypergraphs that is injective on boxes, in range throughout."""
    points = len(left.dom) + len(left.cod)
    boundary = {*left.dom, *left.cod}
    shared = [v for v, e in left.phase_edges.items() if v in boundary and match.edges[e : e + 1] == (-1,)]
    solid = tuple([e for e in match.edges if e >= 0])
    if len(solid) + len(shared) != len(match.edges):
        raise RewriteError("the match leaves out a box that is no phase at the pattern's boundary")
    for images, size, most, what in (
        (solid, len(left.edges) - len(shared), len(graph.edges), "boxes"),
        (match.vertices, len(left.vertices), len(graph.vertices), "wires"),
        (match.glue, points, points, "points"),
    ):
        if len(images) != size:
            raise RewriteError(f"the match names {len(images)} {what}; the pattern has {size}")
        if any(not 0 <= image < most for image in images):
            raise RewriteError(f"the match names {what} that are not there ({most} in all)")
    if len(set(solid)) != len(solid):
        raise RewriteError("the match uses one edge of the graph twice")
    interface = left.dom + left.cod
    image = set(match.vertices)
    staying = [e for i, e in enumerate(graph.edges) if i not in set(match.edges)]
    ends = [v for e in staying for v in (*e.sources, *e.targets) if v in image]
    ends += [v for v in (*graph.dom, *graph.cod) if v in image]
    if len(ends) != len(match.ends):
        raise RewriteError(f"the match places {len(match.ends)} ends; {len(ends)} are at its image")
    for k, b in [*enumerate(match.glue)]:
        same = match.vertices[interface[k]] == match.vertices[interface[b]]
        if b > k or match.glue[b] != b or not same:
            raise RewriteError(f"point {k} of the match is in no block {b}")
    for v, b in zip(ends, match.ends, strict=True):
        if not 0 <= b < points or match.glue[b] != b or match.vertices[interface[b]] != v:
            raise RewriteError(f"an end at vertex {v} is in no block {b} of it")
    left_over: dict[int, Phase] = {}
    for b, phase in match.phases:
        if not 0 <= b < points or match.glue[b] != b:
            raise RewriteError(f"a phase is in no block {b}")
        w = match.vertices[interface[b]]
        left_over[w] = left_over.get(w, ZERO) + phase
    for v in shared:
        w = match.vertices[v]
        left_over[w] = left_over.get(w, ZERO) + left.edges[left.phase_edges[v]].box.params[0]
    if any(not is_full_turn(phase) for phase in left_over.values()):
        raise RewriteError("the match changes the phase of a vertex")
    for v, w in enumerate(match.vertices):
        if left.vertices[v] != graph.vertices[w]:
            raise RewriteError(
                f"wire {w} is of type {graph.vertices[w]}, the pattern's is {left.vertices[v]}"
            )
    for mine, e in zip(left.edges, match.edges, strict=True):
        if e < 0:
            continue
        theirs = graph.edges[e]
        if label_of(mine.box, doctrine) != label_of(theirs.box, doctrine):
            raise RewriteError(f"edge {e} is {theirs.box}, the pattern wants {mine.box}")
        if tuple([match.vertices[v] for v in ports_of(mine)]) != ports_of(theirs):
            raise RewriteError(f"edge {e} ({theirs.box}) is not wired as the pattern wants")
