"""Equality of diagrams, doctrine by doctrine; invariants and canonical forms.

========================  =====================================================================
monoidal, rigid, pivotal  isomorphism of planar maps, see :mod:`catenary.diagrams.planar`
braided                   the same with braids as boxes: planar equality, not isotopy
symmetric, traced         isomorphism of open hypergraphs by traversal from the boundary
compact closed            the same with undirected wires
hypergraph                isomorphism by colour refinement and individualisation, with a limit
Markov                    isomorphism after removal of what is only discarded
cartesian                 the same after maximal sharing
biclosed, closed          as monoidal, symmetric, cartesian; curried diagrams compared as diagrams (β and η are
                          not used: :func:`~catenary.diagrams.beta_eta`)
========================  =====================================================================

Diagrams over two signatures are compared over their join; where there is none they are not equal. In Markov
and cartesian doctrines each side is first normalised by the laws of its own signature, so a diagram written
over a weaker one keeps its effects until it is taken over (:meth:`~catenary.diagrams.Diagram.over`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from catenary.diagrams.boxes import BUBBLE, CURRY, TRACE, Box
from catenary.diagrams.errors import DoctrineError, SignatureError
from catenary.diagrams.hypergraph import Edge, OpenHypergraph
from catenary.diagrams.phases import is_symbolic
from catenary.diagrams.ports import PortGraph, least_code
from catenary.diagrams.refinement import Work, canonical_graph
from catenary.diagrams.signature import Doctrine, Signature

if TYPE_CHECKING:
    from catenary.diagrams.diagram import Diagram

LIMIT = 5_000_000
# For diagrams that boxes hold, by id: numbers or texts that are equal where the diagrams are.
Classes: TypeAlias = dict[int, Any] | None
_MASK = (1 << 61) - 1
_PORT_GRAPHS = (
    Doctrine.MONOIDAL,
    Doctrine.RIGID,
    Doctrine.PIVOTAL,
    Doctrine.BRAIDED,
    Doctrine.RIBBON,
    Doctrine.SYMMETRIC,
    Doctrine.TRACED,
    Doctrine.COMPACT,
    Doctrine.BICLOSED,
    Doctrine.CLOSED,
)


def equal(a: Diagram, b: Diagram, *, limit: int = LIMIT) -> bool:
    """Whether two diagrams are equal in the free category of their signatures' join.

    Raises:
        LimitReached: when the work limit (elementary steps) does not suffice to decide.

    >>> from catenary.diagrams import Box, Spider, Ty
    >>> a = Ty("a")
    >>> equal(Spider(1, 2, a) >> Spider(2, 1, a), Spider(1, 1, a).diagram)
    True
    """
    if a is b:
        return True
    from catenary.diagrams.nesting import classes_of

    if a._hash is not None and b._hash is not None and a._hash != b._hash:
        return False
    return equal_given(a, b, limit, classes_of([a, b]))


def equal_given(a: Diagram, b: Diagram, limit: int, classes: Classes) -> bool:
    """Whether two diagrams are equal, given the classes of the diagrams that their boxes hold."""
    if a is b:
        return True
    signature = _joined(a.signature, b.signature)
    if signature is None:
        return False
    reduce = signature.doctrine.reduce
    if reduce(a.dom) != reduce(b.dom) or reduce(a.cod) != reduce(b.cod):
        return False
    if a._hash is not None and b._hash is not None and a._hash != b._hash:
        return False
    if signature.doctrine.drawn:
        from catenary.diagrams.planar import planar_equal

        return a._flatten() == b._flatten() or planar_equal(a, b, limit=limit, classes=classes)
    return isomorphic(a.to_hypergraph(), b.to_hypergraph(), limit=limit, classes=classes)


def isomorphic(g: OpenHypergraph, h: OpenHypergraph, *, limit: int = LIMIT, classes: Classes = None) -> bool:
    """Whether two open hypergraphs are equal as diagrams of their doctrine (in planar ones: of the symmetric
    image).

    Raises:
        LimitReached: when the work limit does not suffice to decide.
    """
    if g is h:
        return True
    signature = _joined(g.signature, h.signature)
    if signature is None:
        return False
    doctrine = signature.doctrine
    reduce = doctrine.reduce
    if reduce(g.dom_type) != reduce(h.dom_type) or reduce(g.cod_type) != reduce(h.cod_type):
        return False
    g, h = normalised(g), normalised(h)
    if len(g.vertices) != len(h.vertices) or len(g.edges) != len(h.edges):
        return False
    if _invariant(g) != _invariant(h):
        return False
    if classes is None and (_holds(g) or _holds(h)):
        from catenary.diagrams.nesting import classes_of

        classes = classes_of([g.to_diagram(), h.to_diagram()])
    return _form(g, doctrine, limit, classes) == _form(h, doctrine, limit, classes)


def canonical_form(graph: OpenHypergraph, *, limit: int = LIMIT) -> Hashable:
    """A hashable value that two open hypergraphs over one signature share exactly when they are isomorphic.

    Linear when every component meets the boundary in a doctrine whose wires have two ends; in hypergraph
    doctrines polynomial in practice and exponential in the worst case.

    Raises:
        LimitReached: when the work limit (elementary steps) does not suffice.
    """
    from catenary.diagrams.nesting import digests_of

    digests = digests_of([graph.to_diagram()], limit) if _holds(graph) else None
    return form_given(graph, limit, digests)


def _holds(graph: OpenHypergraph) -> bool:
    """Whether boxes of the graph hold diagrams."""
    return any(edge.box.kind in (BUBBLE, CURRY, TRACE) for edge in graph.edges)


def form_given(graph: OpenHypergraph, limit: int, classes: Classes) -> Hashable:
    """The canonical form, given the classes of the diagrams that boxes hold."""
    return _form(normalised(graph), graph.signature.doctrine, limit, classes)


def invariant(diagram: Diagram) -> int:
    """A hash that equal diagrams share, cheap to compute: colours of wires and boxes after two rounds of
    refinement.
    """
    return graph_invariant(diagram.to_hypergraph())


def graph_invariant(graph: OpenHypergraph) -> int:
    """A hash that isomorphic open hypergraphs share, whatever doctrine they are compared in. Linear."""
    return _invariant(normalised(graph))


def _invariant(graph: OpenHypergraph) -> int:
    if len(graph.edges) <= 1:
        simple = _one_box(graph)
        if simple is not None:
            return simple
    inside: list[int] = [0] * len(graph.vertices)
    outside: list[int] = [0] * len(graph.vertices)
    for i, v in enumerate(graph.dom):
        inside[v] += hash((i, 1)) & _MASK
    for i, v in enumerate(graph.cod):
        outside[v] += hash((i, 2)) & _MASK
    names: dict[str, int] = {}
    colours = [
        hash((names.setdefault(ob.name, hash(ob.name)), i, o))
        for ob, i, o in zip(graph.vertices, inside, outside, strict=True)
    ]
    rows = [(hash(edge.box.label), ports_of(edge)) for edge in graph.edges]
    edge_colours: list[int] = []
    for last in (False, True):
        get = colours.__getitem__
        edge_colours = [hash((label, *map(get, ports))) for label, ports in rows]
        if last:
            break
        sums = [0] * len(colours)
        for colour, (_, ports) in zip(edge_colours, rows, strict=True):
            for port, v in enumerate(ports, 1):
                # Multiplying by an odd number a port keeps the sum dependent on which port it is.
                sums[v] += ((colour ^ (port * 0x9E3779B97F4A7C15)) * 0xD1342543DE82EF95 >> 7) & _MASK
        colours = [hash(pair) for pair in zip(colours, sums, strict=True)]
    total = sum(hash((c, 3)) & _MASK for c in edge_colours) + sum(hash((c, 5)) & _MASK for c in colours)
    dom = tuple(colours[v] for v in graph.dom)
    cod = tuple(colours[v] for v in graph.cod)
    return hash((dom, cod, len(graph.vertices), len(graph.edges), total))


def _one_box(graph: OpenHypergraph) -> int | None:
    """The hash of a graph that is one box and its boundary: the box's own. Effects all share that of the
    discard map.
    """
    boundary = graph.dom + graph.cod
    if len(graph.vertices) != len(boundary) or len(set(boundary)) != len(boundary):
        return None
    ports = ports_of(graph.edges[0]) if graph.edges else ()
    if not graph.cod and (not ports or len(ports) == len(boundary)):
        return hash(("effect", tuple(graph.vertices[v].name for v in graph.dom)))
    if not ports:
        return None
    label = graph.edges[0].box.label
    sources, targets = ports[: len(label[4])], ports[len(label[4]) :]
    if (sources, targets) == (graph.dom, graph.cod):
        return hash((label, 0))
    if (targets[::-1], sources[::-1]) == (graph.dom, graph.cod):
        return hash((label, 1))
    return None


def normalised(graph: OpenHypergraph) -> OpenHypergraph:
    """The graph without what is only discarded (Markov), and with equal boxes on equal wires shared
    (cartesian); with the phases of each spider added up (hypergraph).
    """
    doctrine = graph.signature.doctrine
    if doctrine.has("spider"):
        return graph.with_phases_added()
    if not doctrine.has("copy"):
        return graph
    edges = list(graph.edges)
    name = list(range(len(graph.vertices)))
    if doctrine >= Doctrine.CARTESIAN:
        seen: dict[tuple[Any, ...], Edge] = {}
        kept = []
        for e in graph.topological_order() or ():
            edge = edges[e]
            sources = tuple(name[v] for v in edge.sources)
            key = (edge.box.label, sources)
            if key in seen:
                for v, w in zip(edge.targets, seen[key].targets, strict=True):
                    name[v] = w
            else:
                seen[key] = Edge(edge.box, sources, edge.targets)
                kept.append(seen[key])
        edges = kept
    cod = tuple(name[v] for v in graph.cod)
    maker = {v: e for e, edge in enumerate(edges) for v in edge.targets}
    needed: set[int] = set()
    stack = [maker[v] for v in cod if v in maker]
    while stack:
        e = stack.pop()
        if e not in needed:
            needed.add(e)
            stack.extend(maker[v] for v in edges[e].sources if v in maker)
    if len(needed) == len(graph.edges):
        return graph
    return graph.relabel([edges[e] for e in sorted(needed)], graph.dom, cod)


def ports_of(edge: Edge) -> tuple[int, ...]:
    """The vertices of an edge in the order of its generator's own ports: a rotated box is read turned
    back.
    """
    if edge.box.z % 2:
        return edge.targets[::-1] + edge.sources[::-1]
    return edge.sources + edge.targets


def _joined(one: Signature, other: Signature) -> Signature | None:
    if one is other:
        return one
    try:
        return one.join(other)
    except (SignatureError, DoctrineError):
        return None


def label_of(box: Box, doctrine: Doctrine, classes: Classes = None) -> tuple[Any, ...]:
    """What isomorphisms keep of a box: its label, and the adjoint orders of its type where they are told
    apart. Of a diagram that the box holds its class is kept.
    """
    label = box.label
    if box.data and classes is not None and id(box.data[0]) in classes:
        label = (*label[:-1], (classes[id(box.data[0])], *label[-1][1:]))
    if doctrine in (Doctrine.COMPACT, Doctrine.HYPERGRAPH):
        return label
    dom, cod = map(doctrine.reduce, box.upright)
    if not any(ob.z for ob in dom.objects + cod.objects):
        return label
    return (*label, dom, cod)


def label_order(label: tuple[Any, ...]) -> str:
    """A string by which labels are sorted: labels that compare equal have the same one."""
    name, params, *rest = label
    return repr((name, [_number_text(p) for p in params], rest))


def _number_text(phase: Any) -> str:
    if is_symbolic(phase):
        import sympy

        return str(sympy.srepr(phase))
    return str(Fraction(phase))


def sorted_labels(labels: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    """Each label's rank among the different ones."""
    different = set(labels)
    if len(different) == 1:
        return dict.fromkeys(different, 0)
    return {label: rank for rank, label in enumerate(sorted(different, key=label_order))}


def _form(graph: OpenHypergraph, doctrine: Doctrine, limit: int, classes: Classes) -> Hashable:
    if doctrine in (Doctrine.RIGID, Doctrine.PIVOTAL, Doctrine.RIBBON):
        doctrine = Doctrine.COMPACT  # the symmetric image has vertices without adjoints
    if doctrine in _PORT_GRAPHS or (doctrine.has("trace") and _two_ended(graph)):
        return _port_form(graph, doctrine, Work("canonical form", limit), classes)
    if doctrine >= Doctrine.MARKOV:
        return _term_form(graph, doctrine, classes)
    return _refined_form(graph, doctrine, Work("canonical form", limit), classes)


def _two_ended(graph: OpenHypergraph) -> bool:
    return all(len(p) + len(c) == 2 for p, c in zip(graph.producers, graph.consumers, strict=True))


def _port_form(graph: OpenHypergraph, doctrine: Doctrine, work: Work, classes: Classes) -> Hashable:
    labels = [label_of(edge.box, doctrine, classes) for edge in graph.edges]
    ranks = sorted_labels(labels)
    ports = PortGraph()
    boundary = (*graph.dom, *graph.cod)
    ports.node(-1, len(boundary))
    ends: list[int] = [-1] * len(graph.vertices)
    at = 0

    def attach(vertices: Iterable[int]) -> None:
        nonlocal at
        for v in vertices:
            if ends[v] < 0:
                ends[v] = at
            else:
                ports.join(ends[v], at)
            at += 1

    attach(boundary)
    for edge, label in zip(graph.edges, labels, strict=True):
        row = ports_of(edge)
        ports.node(ranks[label], len(row))
        attach(row)
    loops = Counter(graph.vertices[v].name for v, end in enumerate(ends) if end < 0)
    rooted, reached = ports.walk(0)
    closed = Counter(least_code(ports, component, work) for component in ports.components(reached))
    types = (doctrine.reduce(graph.dom_type), doctrine.reduce(graph.cod_type))
    return (types, tuple(ranks), tuple(rooted), frozenset(closed.items()), frozenset(loops.items()))


def _term_form(graph: OpenHypergraph, doctrine: Doctrine, classes: Classes) -> Hashable:
    """Normalised, every box is met on the way back from the codomain, each wire having one producer."""
    labels = [label_of(edge.box, doctrine, classes) for edge in graph.edges]
    ranks = sorted_labels(labels)
    maker = {v: (e, port) for e, edge in enumerate(graph.edges) for port, v in enumerate(edge.targets)}
    place = {v: i for i, v in enumerate(graph.dom)}
    number: dict[int, int] = {}
    order: list[int] = []
    code: list[int] = []

    def refer(vertices: Iterable[int]) -> None:
        for v in vertices:
            if v in place:
                code.extend((-1, place[v]))
                continue
            e, port = maker[v]
            if e not in number:
                number[e] = len(order)
                order.append(e)
            code.extend((number[e], port))

    refer(graph.cod)
    for e in order:
        code.append(ranks[labels[e]])
        refer(graph.edges[e].sources)
    return (doctrine.reduce(graph.dom_type), doctrine.reduce(graph.cod_type), tuple(ranks), tuple(code))


def _refined_form(graph: OpenHypergraph, doctrine: Doctrine, work: Work, classes: Classes) -> Hashable:
    cups = doctrine.has("cup")
    places: list[list[int]] = [[] for _ in graph.vertices]
    for i, v in enumerate((*graph.dom, *graph.cod)):
        places[v].append(i)
    kinds = [
        (ob.name, 0 if cups else ob.z, tuple(row)) for ob, row in zip(graph.vertices, places, strict=True)
    ]
    kind_rank = {kind: rank for rank, kind in enumerate(sorted(set(kinds)))}
    labels = [label_of(edge.box, doctrine, classes) for edge in graph.edges]
    ranks = sorted_labels(labels)
    count = len(kinds)
    colours = [kind_rank[kind] for kind in kinds]
    colours += [len(kind_rank) + ranks[label] for label in labels]
    adjacent: list[list[tuple[int, int]]] = [[] for _ in colours]
    for e, edge in enumerate(graph.edges, count):
        for port, v in enumerate(ports_of(edge)):
            adjacent[v].append((e, port))
            adjacent[e].append((v, port))
    types = (doctrine.reduce(graph.dom_type), doctrine.reduce(graph.cod_type))
    return (types, tuple(kind_rank), tuple(ranks), canonical_graph(colours, adjacent, work))


__all__ = ["Box", "canonical_form", "equal", "graph_invariant", "invariant", "isomorphic", "normalised"]
