"""Diagrams of the symmetric doctrine that change by rewriting, with the occurrences of patterns kept up to date.

After a step only what it changed is searched again: boxes that are new, and boxes on wires that were joined. An occurrence
is kept as long as its boxes and wires are there; whether it is convex depends on paths elsewhere and is decided when
it is used. Boxes keep numbers in an order that paths follow, with gaps, so that a convexity test looks no further than it has to.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from catenary.diagrams import Box, Diagram, Edge, Ob, OpenHypergraph, Phase, RewriteError
from catenary.diagrams.errors import expect
from catenary.rewriting.matching import Match, Pattern, Wires, Wiring, family
from catenary.rewriting.rule import Rule, symmetric
from catenary.rewriting.schemes import Redex, SchemeSide, Values, find_scheme, undetermined

_GAP = 1 << 20


class _Positions:
    """How many of the numbers below one are still there: the numbering of the proof format, by a binary indexed tree."""

    def __init__(self, count: int):
        self.tree: list[int] = [0]
        self.size = 0
        for _ in range(count):
            self.append()

    def append(self) -> int:
        """A new number, the largest so far."""
        self.size += 1
        i = self.size
        low = i & -i
        total, j = 1, i - 1
        while j > i - low:
            total += self.tree[j]
            j -= j & -j
        self.tree.append(total)
        return i - 1

    def remove(self, number: int) -> None:
        """Take a number away."""
        i = number + 1
        while i <= self.size:
            self.tree[i] -= 1
            i += i & -i

    def __getitem__(self, number: int) -> int:
        total, i = 0, number
        while i:
            total += self.tree[i]
            i -= i & -i
        return total


@dataclass
class _Watched:
    """One side of a rule, with the occurrences that wait to be used."""

    rule: Rule
    forward: bool
    scheme: SchemeSide
    pattern: Pattern
    queue: deque[tuple[Wires, Wires]] = field(default_factory=deque)
    seen: set[tuple[Wires, Wires]] = field(default_factory=set)
    blocked: list[tuple[Wires, Wires]] = field(default_factory=list)  # not convex when they were tried
    blocked_at: int = 0

    def wait(self, edges: Wires, wires: Wires) -> None:
        """Put an occurrence into the queue, unless it is there."""
        if (edges, wires) not in self.seen:
            self.seen.add((edges, wires))
            self.queue.append((edges, wires))

    @property
    def local(self) -> bool:
        """Whether the pattern is in one piece, so that its occurrences are found from any of its boxes."""
        return len(self.pattern.components) == 1 and not self.pattern.lone_wires


class Worksheet:
    """A diagram that rules are used in, one after the other, in place.

    Args:
        diagram: the diagram to begin with.
        rules: the rules to look for, as (rule, direction) or rules that are used forward.

    Raises:
        DoctrineError: unless the diagram is of the symmetric doctrine.
        RewriteError: for a rule with variables that its side does not determine.

    >>> from catenary.diagrams import Ty
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> sheet = Worksheet(f >> f >> f, [Rule("twice", f >> f, f)])
    >>> while (redex := next(sheet.places(), None)) is not None:
    ...     _ = sheet.apply(redex)
    >>> print(sheet.diagram())
    f
    """

    def __init__(self, diagram: Diagram | Box, rules: Iterable[Rule | tuple[Rule, bool]]):
        diagram = symmetric(diagram)
        graph = OpenHypergraph.from_diagram(diagram)
        self.signature = graph.signature
        self.labels: dict[int, Box] = {e: edge.box for e, edge in enumerate(graph.edges)}
        self.sources: dict[int, Wires] = {e: edge.sources for e, edge in enumerate(graph.edges)}
        self.targets: dict[int, Wires] = {e: edge.targets for e, edge in enumerate(graph.edges)}
        self.obs: dict[int, Ob] = dict(enumerate(graph.vertices))
        self.dom, self.cod = list(graph.dom), list(graph.cod)
        # where a wire comes from and goes to: box and port, or -1 and the place on the boundary
        self.producer: dict[int, tuple[int, int]] = {v: (-1, i) for i, v in enumerate(graph.dom)}
        self.consumer: dict[int, tuple[int, int]] = {v: (-1, i) for i, v in enumerate(graph.cod)}
        self.by_family: dict[Box, dict[int, None]] = {}
        self._families: dict[Box, Box] = {}
        for e in self.labels:
            self._index(e)
        self.rank = {e: _GAP * (i + 1) for i, e in enumerate(graph.topological_order() or ())}
        self.boxes, self.wires = _Positions(len(graph.edges)), _Positions(len(graph.vertices))
        self.version = 0
        self._last: tuple[Match, Wires, Wires] | None = None  # what was given, and where it is
        ways = [one if isinstance(one, tuple) else (one, True) for one in rules]
        for rule, _ in ways:
            expect(rule, Rule, "what a worksheet looks for", "a Rule, or one with its direction")
        self.watched = [self._watch(*one) for one in ways]
        self._dirty: set[int] = set(self.labels)

    def _watch(self, rule: Rule, forward: bool) -> _Watched:
        if rule.directed and not forward:
            raise RewriteError(f"rule {rule.name} is directed and cannot be used backwards")
        free = undetermined(rule, forward)
        if free:
            raise RewriteError(
                f"a side of {rule.name} does not determine {', '.join(free)}: use an instance, rule.at(…)"
            )
        symmetric(rule.left)
        scheme = SchemeSide(rule, forward)
        return _Watched(rule, forward, scheme, scheme.pattern)

    def _index(self, e: int) -> None:
        box = self.labels[e]
        kind = self._families.setdefault(box, family(box))
        self.by_family.setdefault(kind, {})[e] = None
        for port, v in enumerate(self.sources[e]):
            self.consumer[v] = (e, port)
        for port, v in enumerate(self.targets[e]):
            self.producer[v] = (e, port)

    def __len__(self) -> int:
        return len(self.labels)

    # Searching

    def places(self, rng: random.Random | None = None) -> Iterator[Redex]:
        """The places where the rules can be used, lazily: those of the first rule, then of the second and so on, each in the
        order in which they were found; at random if a generator is given. The one that was given last may be
        used (:meth:`apply`), which ends the enumeration; those that were not used stay.
        """
        self._search()
        numbers = list(range(len(self.watched)))
        if rng is not None:
            rng.shuffle(numbers)
        for number in numbers:
            watched = self.watched[number]
            if not watched.local:
                yield from self._everywhere(watched)
                continue
            passed: list[tuple[Wires, Wires]] = []
            try:
                while True:
                    if not watched.queue:
                        if watched.blocked_at == self.version or not watched.blocked:
                            break
                        watched.blocked_at = self.version  # what was not convex may have become so
                        blocked, watched.blocked = watched.blocked, []
                        for found in blocked:
                            watched.wait(*found)
                    if rng is not None:
                        watched.queue.rotate(rng.randrange(len(watched.queue)))
                    edges, wires = watched.queue.popleft()
                    watched.seen.discard((edges, wires))
                    redex = self._redex(watched, edges, wires)
                    if redex is not None:
                        passed.append((edges, wires))
                        yield redex
            finally:
                for found in reversed(passed):
                    if found not in watched.seen:
                        watched.seen.add(found)
                        watched.queue.appendleft(found)

    def _search(self) -> None:
        """Find the occurrences that touch what has changed."""
        dirty = sorted(e for e in self._dirty if e in self.labels)
        self._dirty.clear()
        for e in dirty:
            kind = self._families[self.labels[e]]
            for watched in self.watched:
                if not watched.local:
                    continue
                for p, label in enumerate(watched.pattern.wiring.labels):
                    if label == kind:
                        found = self._occurrence(watched.pattern, p, e)
                        if found is not None:
                            watched.wait(*found)

    def _occurrence(self, pattern: Pattern, root: int, image: int) -> tuple[Wires, Wires] | None:
        shape = pattern.wiring
        edges, vertices = [-1] * len(shape.labels), [-1] * len(shape.obs)
        used: set[int] = set()

        def bind(e: int, box: int) -> bool:
            if box in used:
                return False
            used.add(box)
            edges[e] = box
            for mine, theirs in (
                (shape.sources[e], self.sources[box]),
                (shape.targets[e], self.targets[box]),
            ):
                for v, w in zip(mine, theirs, strict=True):
                    if vertices[v] < 0:
                        vertices[v] = w
                    elif vertices[v] != w:
                        return False
            return True

        if not bind(root, image):
            return None
        for e, v, consumes, port in pattern.plan(root):
            box, at = (self.consumer if consumes else self.producer)[vertices[v]]
            if (
                box < 0
                or at != port
                or self._families[self.labels[box]] != shape.labels[e]
                or not bind(e, box)
            ):
                return None
        if len(set(vertices)) < len(vertices):
            return None
        return tuple(edges), tuple(vertices)

    def _redex(self, watched: _Watched, edges: Wires, wires: Wires) -> Redex | None:
        """The occurrence as a place to use the rule, if it is still there, convex, and its values can be solved for."""
        shape = watched.pattern.wiring
        for e, box in enumerate(edges):
            if box not in self.labels:
                return None
            if tuple([wires[v] for v in shape.sources[e]]) != self.sources[box]:
                return None
            if tuple([wires[v] for v in shape.targets[e]]) != self.targets[box]:
                return None
        values: dict[str, Phase] = {}
        pairs = [p for e, box in enumerate(edges) for p in watched.scheme.pairs(e, self.labels[box])]
        if not watched.scheme.solve(pairs, values):
            return None
        found = watched.scheme.finish(values)
        if found is None:
            return None
        if not self._convex(watched.pattern, edges, wires):
            watched.blocked.append((edges, wires))
            return None
        return self._numbered(watched, found, edges, wires)

    def _numbered(self, watched: _Watched, values: Values, edges: Wires, wires: Wires) -> Redex:
        match = Match(tuple([self.boxes[e] for e in edges]), tuple([self.wires[v] for v in wires]))
        self._last = (match, edges, wires)
        return Redex(watched.rule, watched.forward, values, match)

    def _convex(self, pattern: Pattern, edges: Wires, wires: Wires) -> bool:
        shape = pattern.wiring
        if pattern.one_box or not shape.dom or not shape.cod:
            return True
        entries = {wires[v] for v in shape.dom}
        makers = [self.producer[v][0] for v in entries]
        last = max((self.rank[e] for e in makers if e >= 0), default=-1)
        inside, seen = set(edges), set()
        stack = [self.consumer[wires[v]][0] for v in shape.cod]
        while stack:
            e = stack.pop()
            if e < 0 or e in inside or e in seen or self.rank[e] > last:
                continue
            seen.add(e)
            for v in self.targets[e]:
                if v in entries:
                    return False
                stack.append(self.consumer[v][0])
        return True

    def _everywhere(self, watched: _Watched) -> Iterator[Redex]:
        """Places for patterns in several pieces, with bare wires or empty: looked for in the whole diagram."""
        wiring, edges, wires = self._frozen()
        for values, match in find_scheme(watched.scheme, wiring, {}):
            self._last = (
                match,
                tuple([edges[e] for e in match.edges]),
                tuple([wires[v] for v in match.vertices]),
            )
            yield Redex(watched.rule, watched.forward, values, match)

    def _frozen(self) -> tuple[Wiring, list[int], list[int]]:
        edges, wires = sorted(self.labels), sorted(self.obs)
        number = {v: i for i, v in enumerate(wires)}

        def named(row: Iterable[int]) -> Wires:
            return tuple([number[v] for v in row])

        labels: list[Hashable] = [self.labels[e] for e in edges]
        sources, targets = ([named(table[e]) for e in edges] for table in (self.sources, self.targets))
        obs: list[Hashable] = [self.obs[v] for v in wires]
        return Wiring(labels, sources, targets, obs, named(self.dom), named(self.cod)), edges, wires

    # Rewriting

    def apply(self, redex: Redex) -> tuple[int, ...]:
        """Use a rule at the place that :meth:`places` gave last; the numbers of the new boxes.

        Raises:
            RewriteError: if the place was not given last.
        """
        if self._last is None or self._last[0] != redex.match:
            raise RewriteError("a worksheet uses a rule at the place that it gave last")
        _, edges, wires = self._last
        self._last = None
        old, new = redex.instance.sides(redex.forward)
        self.version += 1
        for e in edges:
            del self.by_family[self._families[self.labels[e]]][e]
            del self.labels[e], self.sources[e], self.targets[e], self.rank[e]
            self.boxes.remove(e)
        # The numbering of the proof format: see catenary.rewriting.dpo.
        entering = {v: wires[v] for v in old.dom}
        on_cod = set(old.cod)
        leaving: dict[int, int] = {}
        for v, w in enumerate(wires):
            if v in entering and v in on_cod:
                leaving[v] = self._cut(w)
            elif v in on_cod:
                leaving[v] = w
            elif v not in entering:
                self._forget(w)
        names: dict[int, int] = {u: entering[v] for v, u in zip(old.dom, new.dom, strict=True)}
        joined: list[int] = []
        for v, u in zip(old.cod, new.cod, strict=True):
            if u in names:
                names[u] = self._join(names[u], leaving[v])
                joined.append(names[u])
            else:
                names[u] = leaving[v]
        for u, ob in enumerate(new.vertices):
            if u not in names:
                names[u] = self.wires.append()
                self.obs[names[u]] = ob
        added = []
        for edge in new.edges:
            e = self.boxes.append()
            added.append(e)
            self.labels[e] = edge.box
            self.sources[e] = tuple([names[u] for u in edge.sources])
            self.targets[e] = tuple([names[u] for u in edge.targets])
            self._index(e)
        self._dirty.update(added)
        for v in joined:
            self._dirty.update(e for e, _ in (self.producer[v], self.consumer[v]) if e >= 0)
        for e in added:
            self.rank[e] = 0
        self._push([*added, *(self.consumer[v][0] for v in joined)])
        return tuple([self.boxes[e] for e in added])

    def _cut(self, w: int) -> int:
        """A bare wire in two: its end gets a number of its own."""
        half = self.wires.append()
        self.obs[half] = self.obs[w]
        e, port = self.consumer.pop(w)
        self._attach_consumer(half, e, port)
        return half

    def _attach_consumer(self, v: int, e: int, port: int) -> None:
        self.consumer[v] = (e, port)
        if e < 0:
            self.cod[port] = v
        else:
            row = self.sources[e]
            self.sources[e] = (*row[:port], v, *row[port + 1 :])

    def _join(self, one: int, other: int) -> int:
        """What comes in on one wire goes out on the other."""
        keep, drop = min(one, other), max(one, other)
        e, port = self.producer[one]
        self._attach_consumer(keep, *self.consumer[other])
        self.producer[keep] = (e, port)
        if e < 0:
            self.dom[port] = keep
        else:
            row = self.targets[e]
            self.targets[e] = (*row[:port], keep, *row[port + 1 :])
        self._forget(drop)
        return keep

    def _forget(self, w: int) -> None:
        del self.obs[w]
        self.producer.pop(w, None)
        self.consumer.pop(w, None)
        self.wires.remove(w)

    def _push(self, boxes: Iterable[int]) -> None:
        """Raise the ranks of boxes, and of what comes after them, until paths rise everywhere."""
        waiting = deque(e for e in boxes if e >= 0)
        while waiting:
            e = waiting.popleft()
            before = [self.producer[v][0] for v in self.sources[e]]
            least = 1 + max((self.rank[p] for p in before if p >= 0), default=0)
            if self.rank[e] < least:
                self.rank[e] = least
            waiting.extend(
                c for v in self.targets[e] if (c := self.consumer[v][0]) >= 0 and self.rank[c] <= self.rank[e]
            )

    def graph(self) -> OpenHypergraph:
        """The diagram as it is now, numbered as a proof that led to it says."""
        wiring = self._frozen()[0]
        edges = tuple(
            [
                Edge(box, sources, targets)
                for box, sources, targets in zip(wiring.labels, wiring.sources, wiring.targets, strict=True)
                if isinstance(box, Box)
            ]
        )
        vertices = tuple([ob for ob in wiring.obs if isinstance(ob, Ob)])
        return OpenHypergraph(vertices, edges, wiring.dom, wiring.cod, self.signature)

    def diagram(self) -> Diagram:
        """The diagram as it is now."""
        return self.graph().to_diagram()


__all__ = ["Worksheet"]
