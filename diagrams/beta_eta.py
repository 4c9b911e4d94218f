"""βη normal forms of diagrams of closed doctrines.

Three rules are applied, what boxes hold first:

* **β**: ``Curry(f) @ a >> Eval`` is ``f``;
* **η**: ``Curry(Eval)`` is the identity;
* **naturality**: ``Curry(h @ a >> k)`` is ``h >> Curry(k)``. Generators and evaluations that do not depend on
  the curried inputs are taken out, and curried boxes that are inputs of curried boxes are moved in, where they
  may be evaluated. So it does not matter in which box a part was written. With it ``Curry(g @ a >> Eval)``
  becomes ``g``.

In biclosed doctrines this is done on layers, β by delaying the curried box until it is evaluated. Where wires may
cross it is done on the open hypergraph; the inputs of a curried box that stay are then put in the order in which
a walk through it meets them, and in cartesian closed doctrines equal ones are given once and unused ones not at
all. (Lambek and Scott, *Introduction to higher order categorical logic*, 1986, part I.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from catenary.diagrams.boxes import CURRY, EVAL, Box
from catenary.diagrams.closed import Curry
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equality import normalised
from catenary.diagrams.errors import CatenaryError, LimitReached, expect
from catenary.diagrams.hypergraph import Edge, OpenHypergraph
from catenary.diagrams.nesting import Held, holding, insides
from catenary.diagrams.signature import Doctrine, Signature
from catenary.diagrams.sums import Sum
from catenary.diagrams.types import Ob, Ty

LIMIT = 100_000
DEEPEST = 100

Layer: TypeAlias = tuple[Box, int]


def beta_eta(diagram: Diagram | Box, *, limit: int = LIMIT) -> Diagram:
    """The βη normal form of a diagram of a closed doctrine.

    Equal normal forms show that the closed structure makes two diagrams equal. Whatever the three rules relate
    has one normal form; that the map into an exponential of the unit is unique in cartesian closed doctrines is
    not used.

    Args:
        diagram: a diagram, or a box.
        limit: how many applications of rules are allowed: copies in cartesian closed doctrines may need
            exponentially many.

    Raises:
        LimitReached: at the limit, and in cartesian closed doctrines for boxes nested more than 100 deep.

    >>> from catenary.diagrams import Box, Eval, Ty
    >>> a, b, c = map(Ty, "abc")
    >>> f, g = Box("f", c @ a, b), Box("g", c, b << a)
    >>> print(beta_eta(Curry(f) @ a >> Eval(b << a)))
    f
    >>> print(beta_eta(Curry(g @ a >> Eval(b << a))))
    g
    """
    if isinstance(diagram, Box):
        diagram = diagram.diagram
    if not isinstance(diagram, Diagram):
        raise CatenaryError(
            f"βη normal forms are of diagrams, not of {diagram!r}; of a sum term by term: map"
        )
    rules = _Rules(limit)
    found = rules.whole(diagram)
    if rules.left < 0:
        raise LimitReached("βη normal form", f"{limit:,} applications of rules")
    return found


def beta_eta_steps(diagram: Diagram | Box, *, limit: int = LIMIT) -> Iterator[Diagram]:
    """The diagrams on the way to the βη normal form, the given one first; each is one rule from the last.

    >>> from catenary.diagrams import Box, Eval, Ty
    >>> a, b = Ty("a"), Ty("b")
    >>> f = Box("f", a @ a, b)
    >>> [len(d) for d in beta_eta_steps(Curry(f) @ a >> Eval(b << a))]
    [2, 1]
    """
    if isinstance(diagram, Box):
        diagram = diagram.diagram
    expect(diagram, Diagram, "what beta_eta_steps takes", "a diagram or a box")
    yield diagram
    for _ in range(limit):
        rules = _Rules(1)
        following = rules.whole(diagram)
        if rules.left > 0:
            if following != diagram:  # inputs given twice are given once
                yield following
            return
        diagram = following
        yield diagram
    raise LimitReached("steps to the βη normal form", f"{limit:,} applications of rules")


class _Rules:
    """Applies rules until there are none or ``left`` of them were; below 0 says that one more was refused."""

    def __init__(self, budget: int):
        self.left = budget

    def take(self) -> bool:
        if self.left <= 0:
            self.left = -1
            return False
        self.left -= 1
        return True

    def whole(self, diagram: Diagram) -> Diagram:
        """A diagram with all that its boxes hold."""
        made: dict[int, Diagram] = {}
        for box in insides([diagram]):
            held: Held = box.data[0]
            new: Held
            if isinstance(held, Sum):
                new = held._with((s, self.level(part, made)) for s, part in held.terms)
            else:
                new = self.level(held, made)
            same = new is held
            if not same:
                hash(new)  # kept by what is inside, so that no later hash goes deeper than one level
            if box.kind == CURRY and not box.dagger_flag and isinstance(new, Diagram):
                made[id(box)] = self.natural(box if same else box.replace(data=(new, *box.data[1:])))
            else:
                made[id(box)] = (box if same else box.replace(data=(new, *box.data[1:]))).diagram
        return self.level(diagram, made)

    def level(self, diagram: Diagram, made: dict[int, Diagram]) -> Diagram:
        """A diagram whose boxes' insides are done: their images put in, and β."""
        doctrine = diagram.signature.doctrine
        if next(holding(diagram), None) is None:  # no currying, so no redex
            return self.wired(diagram) if doctrine >= Doctrine.CARTESIAN else diagram
        layers: list[Layer] = []
        changed = False
        for box, offset in diagram.layers:
            image = made.get(id(box))
            if image is None or (len(image) == 1 and image.boxes[0] is box):
                layers.append((box, offset))
            else:
                changed = True
                layers.extend((inner, at + offset) for inner, at in image.layers)
        if doctrine.has("swap"):
            if changed:
                diagram = _built(diagram.dom, layers, diagram.signature)
            return self.wired(diagram)
        reduced = self.planar(diagram.dom, layers, diagram.signature, 0)
        changed = changed or reduced is not layers
        return _built(diagram.dom, reduced, diagram.signature) if changed else diagram

    def planar(self, dom: Ty, layers: list[Layer], signature: Signature, level: int) -> list[Layer]:
        """β on layers, and curried boxes that are inputs of curried boxes moved into them."""
        while True:
            found = _planar_redex(len(dom), layers)
            if found is None or not self.take():
                return layers
            i, j = found
            last, place = layers[j]
            moved, at = _delayed(layers, i, j)
            if last.kind == EVAL:
                inner = layers[i][0].data[0].layers
                layers = [*moved, *((box, offset + place) for box, offset in inner), *layers[j + 1 :]]
                continue
            _check_level(level)
            held, n, left = last.data
            box = layers[i][0]
            at -= place
            given = last.dom[:at] @ box.dom @ last.dom[at + 1 :]
            start = held.dom[:n] @ given if left else given @ held.dom[len(held.dom) - n :]
            inside = [(box, at + n if left else at), *held.layers]
            inside = self.planar(start, inside, held.signature, level + 1)
            image = self.natural(Curry(_built(start, inside, held.signature), n, left))
            layers = [*moved, *((b, offset + place) for b, offset in image.layers), *layers[j + 1 :]]

    def natural(self, box: Box) -> Diagram:
        """A currying with what does not depend on the curried inputs taken out; η where evaluation remains."""
        held, n, left = box.data
        if held.signature.doctrine.has("swap"):
            before, inner = _independent(held.to_hypergraph(), n, left)
            trivial = not before.edges and before.cod == before.dom
            only = inner.edges[0] if len(inner.edges) == 1 else None
            whole = only is not None and (only.sources, only.targets) == (inner.dom, inner.cod)
            last = only.box if only is not None and whole else None
            first, rest = Diagram.from_hypergraph(before), Diagram.from_hypergraph(inner)
        else:
            first, rest = _independent_layers(held, n, left)
            trivial = not len(first)
            whole = len(rest) == 1 and (rest.boxes[0].dom, rest.boxes[0].cod) == (rest.dom, rest.cod)
            last = rest.boxes[0] if whole else None
        if trivial:
            out = box.diagram
        elif self.take():
            out = first >> Curry(rest, n, left)
        else:
            return box.diagram
        # All arguments of the evaluation are curried, so that the exponential alone is left.
        evaluates = (
            last is not None
            and last.kind == EVAL
            and not last.dagger_flag
            and last.data[1] == left
            and len(last.dom) == n + 1
        )
        if evaluates and self.take():
            return Diagram.id(box.dom, box.signature) if trivial else first
        return out

    # Open hypergraphs

    def wired(self, diagram: Diagram, level: int = 0) -> Diagram:
        """β on the open hypergraph of a diagram of a closed or cartesian closed doctrine, and curried boxes that
        are inputs of curried boxes moved into them.
        """
        graph = diagram.to_hypergraph()
        changed = False
        while True:
            work = _Wiring(graph)
            reduced = False
            while (found := work.redex()) is not None and self.take():
                work.contract(*found)
                reduced = True
            before = graph
            if reduced:
                graph = work.graph()
            if graph.signature.doctrine >= Doctrine.CARTESIAN:
                graph = _shared(normalised(graph), 0)
            changed = changed or graph is not before
            place = _captured(graph)
            if place is None or not self.take():
                return Diagram.from_hypergraph(graph) if changed else diagram
            _check_level(level)
            graph = self._captured_in(graph, place, level)
            changed = True

    def _captured_in(self, graph: OpenHypergraph, place: int, level: int) -> OpenHypergraph:
        """The graph with the curried inputs of the curried box at ``place`` moved into it."""
        edge = graph.edges[place]
        held, n, left = edge.box.data
        inner: OpenHypergraph = held.to_hypergraph()
        makers = _curry_makers(graph)
        split = n if left else len(inner.dom) - n
        given = inner.dom[split:] if left else inner.dom[:split]
        obs = list(inner.vertices)
        edges = list(inner.edges)
        inputs: list[int] = []
        outer: list[int] = []
        used: set[int] = set()
        for source, v in zip(edge.sources, given, strict=True):
            if source not in makers:
                inputs.append(v)
                outer.append(source)
                continue
            used.add(makers[source])
            curried = graph.edges[makers[source]]
            fresh = tuple(range(len(obs), len(obs) + len(curried.sources)))
            obs += curried.box.dom.objects
            edges.append(Edge(curried.box, fresh, (v,)))
            inputs += fresh
            outer += curried.sources
        dom = [*inner.dom[:split], *inputs] if left else [*inputs, *inner.dom[split:]]
        whole = OpenHypergraph(tuple(obs), tuple(edges), tuple(dom), inner.cod, inner.signature)
        image = self.natural(Curry(self.wired(Diagram.from_hypergraph(whole), level + 1), n, left))
        if graph.signature.doctrine.has("copy"):
            used = set()  # what is not used any more goes when the graph is normalised
        kept = [e for k, e in enumerate(graph.edges) if k != place and k not in used]
        return _spliced(graph, kept, image.to_hypergraph(), outer, edge.targets)


class _Wiring:
    """The edges of an open hypergraph while β is applied; vertices that become one are united."""

    def __init__(self, graph: OpenHypergraph):
        self.source = graph
        self.obs: list[Ob] = list(graph.vertices)
        self.parent = list(range(len(self.obs)))
        self.edges: dict[int, Edge] = dict(enumerate(graph.edges))
        self.count = len(self.edges)
        self.maker = {v: e for e, edge in self.edges.items() for v in edge.targets}
        self.waiting: dict[int, list[int]] = {}
        self.linear = not graph.signature.doctrine.has("copy")
        self.ready: list[int] = []
        for e in self.edges:
            self._enter(e)

    def find(self, v: int) -> int:
        while self.parent[v] != v:
            self.parent[v] = self.parent[self.parent[v]]
            v = self.parent[v]
        return v

    def _enter(self, e: int) -> None:
        edge = self.edges[e]
        if edge.box.kind == EVAL and not edge.box.dagger_flag:
            v = self.find(edge.sources[-1 if edge.box.data[1] else 0])
            self.waiting.setdefault(v, []).append(e)
            self.ready.append(e)

    def redex(self) -> tuple[int, int] | None:
        """An evaluation and the currying that it evaluates."""
        while self.ready:
            e = self.ready.pop()
            if e not in self.edges:
                continue
            edge = self.edges[e]
            maker = self.maker.get(self.find(edge.sources[-1 if edge.box.data[1] else 0]))
            if maker is not None and maker in self.edges:
                box = self.edges[maker].box
                if box.kind == CURRY and not box.dagger_flag and box.data[2] == edge.box.data[1]:
                    self.ready.append(e)  # until it is contracted
                    return e, maker
        return None

    def contract(self, e: int, maker: int) -> None:
        """Put what is curried in the place of its evaluation."""
        edge, curried = self.edges.pop(e), self.edges[maker]
        if self.linear:
            del self.edges[maker]
        held, _, left = curried.box.data
        graph: OpenHypergraph = held.to_hypergraph()
        given = edge.sources[:-1] + curried.sources if left else curried.sources + edge.sources[1:]
        name: dict[int, int] = dict(zip(graph.dom, given, strict=True))
        for v, ob in enumerate(graph.vertices):
            if v not in name:
                name[v] = len(self.obs)
                self.parent.append(len(self.obs))
                self.obs.append(ob)
        for inner in graph.edges:
            number = self.count
            self.count += 1
            self.edges[number] = Edge(
                inner.box, tuple(name[v] for v in inner.sources), tuple(name[v] for v in inner.targets)
            )
            for v in inner.targets:
                self.maker[name[v]] = number
            self._enter(number)
        for v, w in zip(edge.targets, graph.cod, strict=True):
            old, new = self.find(v), self.find(name[w])
            if old != new:
                self.parent[old] = new
                moved = self.waiting.pop(old, [])
                self.waiting.setdefault(new, []).extend(moved)
                self.ready.extend(moved)

    def graph(self) -> OpenHypergraph:
        """The open hypergraph as it stands."""
        find = self.find
        edges = [
            Edge(edge.box, tuple(map(find, edge.sources)), tuple(map(find, edge.targets)))
            for edge in self.edges.values()
        ]
        source = self.source
        whole = OpenHypergraph(tuple(self.obs), (), (), (), source.signature)
        return whole.relabel(edges, tuple(map(find, source.dom)), tuple(map(find, source.cod)))


def _curry_makers(graph: OpenHypergraph) -> dict[int, int]:
    """For each vertex that is the output of a currying the place of that."""
    return {edge.targets[0]: k for k, edge in enumerate(graph.edges) if _is_curry(edge.box)}


def _captured(graph: OpenHypergraph) -> int | None:
    """The place of a curried box that takes a curried box as an input."""
    makers = _curry_makers(graph)
    for k, edge in enumerate(graph.edges):
        if _is_curry(edge.box) and any(v in makers for v in edge.sources):
            return k
    return None


def _spliced(
    graph: OpenHypergraph,
    kept: list[Edge],
    part: OpenHypergraph,
    sources: list[int],
    targets: tuple[int, ...],
) -> OpenHypergraph:
    """The graph of some edges of one and of another, whose boundary is joined to given vertices."""
    shift = len(graph.vertices)
    parent = list(range(shift + len(part.vertices)))

    def find(v: int) -> int:
        while parent[v] != v:
            v = parent[v]
        return v

    for v, w in zip((*sources, *targets), (*part.dom, *part.cod), strict=True):
        a, b = find(v), find(w + shift)
        if a != b:
            parent[max(a, b)] = min(a, b)
    moved = [
        Edge(e.box, tuple(v + shift for v in e.sources), tuple(v + shift for v in e.targets))
        for e in part.edges
    ]
    edges = [Edge(e.box, tuple(map(find, e.sources)), tuple(map(find, e.targets))) for e in (*kept, *moved)]
    whole = OpenHypergraph(graph.vertices + part.vertices, (), (), (), graph.signature)
    return whole.relabel(edges, tuple(map(find, graph.dom)), tuple(map(find, graph.cod)))


def _independent(graph: OpenHypergraph, n: int, left: bool) -> tuple[OpenHypergraph, OpenHypergraph]:
    """A curried graph as what does not depend on the curried inputs, followed by the rest."""
    split = n if left else len(graph.dom) - n
    curried, given = (
        (graph.dom[:split], graph.dom[split:]) if left else (graph.dom[split:], graph.dom[:split])
    )
    users: dict[int, list[int]] = {}
    makers: dict[int, int] = {}
    for e, edge in enumerate(graph.edges):
        for v in edge.sources:
            users.setdefault(v, []).append(e)
        for v in edge.targets:
            makers[v] = e
    dependent: set[int] = set()
    stack = list(curried)
    while stack:
        for e in users.get(stack.pop(), ()):
            if e not in dependent:
                dependent.add(e)
                stack.extend(graph.edges[e].targets)
    copied = graph.signature.doctrine.has("copy")
    # Curried boxes stay with what uses them.
    staying: set[int] = set()
    stack = [*graph.cod, *(v for e in dependent for v in graph.edges[e].sources)]
    while stack:
        e = makers.get(stack.pop(), -1)
        if e >= 0 and e not in dependent and e not in staying and _is_curry(graph.edges[e].box):
            staying.add(e)
            stack.extend(graph.edges[e].sources)
    rest = dependent | staying
    own = {*curried, *(v for e in rest for v in graph.edges[e].targets)}
    order: list[int] = []
    seen: set[int] = set()
    # Where wires have two ends the walk goes both ways from the curried inputs and the outputs; where they are
    # copied it goes back from the outputs, which everything in use leads to.
    queue = list(graph.cod) if copied else [*curried, *graph.cod]
    for v in queue:
        if v in seen:
            continue
        seen.add(v)
        if v not in own:
            order.append(v)
            reached = [] if copied else users.get(v, [])
        else:
            reached = [makers[v]] if v in makers else []
            reached = reached if copied else [*reached, *users.get(v, ())]
        for e in reached:
            if e in rest:
                queue.extend(graph.edges[e].sources)
                if not copied:
                    queue.extend(graph.edges[e].targets)
    before = [edge for e, edge in enumerate(graph.edges) if e not in (dependent if copied else rest)]
    after = [edge for e, edge in enumerate(graph.edges) if e in rest]
    if len(after) == len(graph.edges) and order == list(given):
        return graph.relabel((), given, given), graph
    dom = [*curried, *order] if left else [*order, *curried]
    first = normalised(graph.relabel(before, given, order))
    return first, graph.relabel(after, dom, graph.cod)


def _shared(graph: OpenHypergraph, level: int) -> OpenHypergraph:
    """The graph with each input of a curried box given once."""
    if level > DEEPEST:
        raise LimitReached("βη normal form in a cartesian closed doctrine", f"{DEEPEST} nested boxes")
    edges: list[Edge] = []
    for edge in graph.edges:
        if edge.box.kind == CURRY and not edge.box.dagger_flag and len(set(edge.sources)) < len(edge.sources):
            edge = _merged(edge, level)
        edges.append(edge)
    if all(a is b for a, b in zip(edges, graph.edges, strict=True)):
        return graph
    return normalised(graph.relabel(edges, graph.dom, graph.cod))


def _merged(edge: Edge, level: int) -> Edge:
    held, n, left = edge.box.data
    inner: OpenHypergraph = held.to_hypergraph()
    split = n if left else len(inner.dom) - n
    given = inner.dom[split:] if left else inner.dom[:split]
    first: dict[int, int] = {}
    name = list(range(len(inner.vertices)))
    for outer, v in zip(edge.sources, given, strict=True):
        name[v] = first.setdefault(outer, v)
    kept = list(first.values())
    dom = [*inner.dom[:split], *kept] if left else [*kept, *inner.dom[split:]]
    edges = [
        Edge(e.box, tuple(name[v] for v in e.sources), tuple(name[v] for v in e.targets)) for e in inner.edges
    ]
    united = inner.relabel(edges, dom, [name[v] for v in inner.cod])
    united = _shared(normalised(united), level + 1)
    before, rest = _independent(united, n, left)
    if before.edges:
        return edge  # parts are still to be taken out: on the way there, step by step
    outer_of = dict(zip(before.dom, first, strict=True))
    box = Curry(Diagram.from_hypergraph(rest), n, left)
    return Edge(box, tuple(outer_of[v] for v in before.cod), edge.targets)


# Layers


def _built(dom: Ty, layers: list[Layer], signature: Signature) -> Diagram:
    """The diagram of layers that are known to fit."""
    wires = list(dom.objects)
    for box, offset in layers:
        wires[offset : offset + len(box.dom)] = box.cod.objects
    rows: Any = (tuple(box for box, _ in layers), tuple(offset for _, offset in layers))
    return Diagram._make(dom, Ty.of(tuple(wires)), signature, None, rows)


def _check_level(level: int) -> None:
    if level > DEEPEST:
        raise LimitReached("βη normal form", f"{DEEPEST} curried boxes within one another")


def _is_curry(box: Box) -> bool:
    return box.kind == CURRY and not box.dagger_flag


def _planar_redex(width: int, layers: list[Layer]) -> tuple[int, int] | None:
    """The places of a currying and of the evaluation that evaluates it, or of the currying that it is an
    input of.
    """
    wires = [-1] * width
    for place, (box, offset) in enumerate(layers):
        makers: list[int] = []
        if box.kind == EVAL and not box.dagger_flag:
            makers = [wires[offset + (len(box.dom) - 1 if box.data[1] else 0)]]
        elif _is_curry(box):
            makers = wires[offset : offset + len(box.dom)]
        for maker in makers:
            if maker >= 0 and _is_curry(layers[maker][0]):
                return maker, place
        wires[offset : offset + len(box.dom)] = [place] * len(box.cod)
    return None


def _delayed(layers: list[Layer], i: int, j: int) -> tuple[list[Layer], int]:
    """The layers before ``j`` without the one at ``i``, which is delayed, and its offset at ``j``."""
    box, at = layers[i]
    moved: list[Layer] = []
    for other, offset in layers[i + 1 : j]:
        if offset + len(other.dom) <= at:
            moved.append((other, offset))
            at += len(other.cod) - len(other.dom)
        else:
            moved.append((other, offset + len(box.dom) - 1))
    return [*layers[:i], *moved], at


def _independent_layers(diagram: Diagram, n: int, left: bool) -> tuple[Diagram, Diagram]:
    """A curried planar diagram as what stands beside the curried inputs alone, followed by the rest."""
    given = diagram.dom[n:] if left else diagram.dom[: len(diagram.dom) - n]
    reach = len(given)  # wires that no layer of the rest has touched, counted from the side of the given ones
    grown = 0
    first: list[Layer] = []
    rest: list[tuple[Box, int, int]] = []
    width, outer = len(diagram.dom), len(given)
    for box, offset in diagram.layers:
        ins, growth = len(box.dom), len(box.cod) - len(box.dom)
        at = width - offset - ins if left else offset
        width += growth
        if at + ins <= reach:
            first.append((box, outer - at - ins if left else at))
            outer += growth
            reach += growth
            grown += growth
        else:
            reach = min(reach, at)
            rest.append((box, at, grown))
    before = _built(given, first, diagram.signature)
    dom = diagram.dom[:n] @ before.cod if left else before.cod @ diagram.dom[len(diagram.dom) - n :]
    width = len(dom)
    layers: list[Layer] = []
    for box, at, then in rest:
        at += grown - then
        layers.append((box, width - at - len(box.dom) if left else at))
        width += len(box.cod) - len(box.dom)
    # Curried boxes stay with what uses them.
    while (place := _last_curry(len(given), first)) is not None:
        box = first[place][0]
        first, at = _delayed(first, place, len(first))
        before = _built(given, first, diagram.signature)
        dom = diagram.dom[:n] @ before.cod if left else before.cod @ diagram.dom[len(diagram.dom) - n :]
        layers = [(box, at + n if left else at), *layers]
    return before, _built(dom, layers, diagram.signature)


def _last_curry(width: int, layers: list[Layer]) -> int | None:
    """The last currying whose output is an output of the layers."""
    wires = [-1] * width
    for place, (box, offset) in enumerate(layers):
        wires[offset : offset + len(box.dom)] = [place] * len(box.cod)
    return max((place for place in wires if place >= 0 and _is_curry(layers[place][0])), default=None)
