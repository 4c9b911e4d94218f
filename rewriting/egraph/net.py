"""The event net: every rewrite that could happen, as an event over shared boxes.

A *place* is a box on named wires, hash-consed; a *marking*, a set of places, is a diagram; a *transition* is
one match of one rule, from the places it takes to the places it makes between the same boundary wires.
Overlapping redexes are conflicts (a shared place before), disjoint ones are independent. An identity wire
that a rule makes is an explicit place, absorbed by transitions that rename the wire in a neighbour: wires are
never merged. Matching may over-approximate (places that never exist together, matches that are not convex);
firing (:mod:`catenary.rewriting.egraph.firing`) may not.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from catenary.rewriting.compact import Encoder, Side
from catenary.rewriting.egraph.analyses import Analysis, Discovery
from catenary.rewriting.egraph.histories import Configuration, Histories
from catenary.rewriting.egraph.laying import join
from catenary.rewriting.egraph.parts import IDENTITY, Loaded, Place, Report, Transition
from catenary.rewriting.egraph.schedule import Schedule, Turns
from catenary.rewriting.limits import Deadline, Limits, resident
from catenary.rewriting.matching import Wires, Wiring


class Net:
    """The net of a theory. Mutable; private to the e-graph.

    New interior wires are named by what makes them (``fn``: label, input wires, port), which shares most;
    where that name is taken they are named by where they are made (``ctx``: rule, boundary wires, wire).

    Args:
        encoder: the theory's rules.
        track: for small diagrams and proofs. Keep for each place a few histories (sets of transitions that
            make it), and record only matches that some history shows to be in one diagram together, convex
            there. Without it every match over places that fit together locally is recorded.
        boxes: with ``track``, the largest diagram that a history may lead to.
        sides: the rules to match, all of the theory's unless given.
        analyses: what folds small parts.
        schedule: which rules go first, and which wait when they match too often.
        progress: called now and then while the net is saturated.
    """

    def __init__(
        self,
        encoder: Encoder,
        *,
        track: bool = False,
        boxes: int = 1_000_000,
        sides: Iterable[Side] | None = None,
        analyses: Sequence[Analysis] = (),
        schedule: Schedule | None = None,
        progress: Callable[[Report], None] | None = None,
    ):
        self.encoder = encoder
        self.sides = list(encoder.sides if sides is None else sides)
        self.histories: Histories | None = Histories(self, boxes) if track else None
        self.inverse: dict[Side, Side] = {}
        by_rule = {(side.rule.name, side.forward): side for side in encoder.sides}
        for (name, forward), side in by_rule.items():
            if (name, not forward) in by_rule:
                self.inverse[side] = by_rule[name, not forward]
        self.number_of = {side: i for i, side in enumerate(encoder.sides)}
        self.wires: dict[Hashable, int] = {}
        self.obs: list[Hashable] = []
        self.boundary: set[int] = set()  # wires that diagrams start or end with
        self.ids: dict[Place, int] = {}
        self.places: list[Place] = []
        self.depth: list[int] = []
        self.transitions: list[Transition] = []
        self.known: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
        self.queue: list[tuple[float, int]] = []
        self.frontier: list[tuple[float, int]] = []  # active, not expanded: at the depth limit
        self.active: list[bool] = []
        self.by_label: dict[int, list[int]] = {}
        self.producers: dict[tuple[int, int, int], list[int]] = {}
        self.consumers: dict[tuple[int, int, int], list[int]] = {}
        self.made_by: dict[int, list[int]] = {}
        self.taken_by: dict[int, list[int]] = {}
        self.left_out = ""
        # (side, pattern box) by label of the box
        self.roots: dict[int, list[tuple[Side, int]]] = {}
        self.wire_sides: list[Side] = []
        for side in self.sides:
            self._register(side)
        self.discovery = Discovery(self, analyses) if any(x.parts for x in analyses) else None
        self.turns = Turns(schedule or Schedule())
        self.progress = progress
        self._empty_done = False
        self._clock = Deadline(0.0)

    def _register(self, side: Side) -> None:
        for e, label in enumerate(side.pattern.wiring.labels):
            assert isinstance(label, int)
            self.roots.setdefault(label, []).append((side, e))
        if side.pattern.lone_wires:
            self.wire_sides.append(side)

    def learn(self, side: Side) -> None:
        """Match one more rule from here on."""
        self.sides.append(side)
        self.number_of[side] = len(self.number_of)
        self._register(side)

    # Names and places

    def wire(self, name: Hashable, ob: Hashable) -> int:
        """The wire with a name."""
        number = self.wires.get(name)
        if number is None:
            number = self.wires[name] = len(self.obs)
            self.obs.append(ob)
            self.made_by[number] = []
            self.taken_by[number] = []
        return number

    def place(self, label: int, sources: Wires, targets: Wires, depth: int, priority: float) -> int:
        """The place of a box on wires, queued when it is new."""
        key = (label, sources, targets)
        number = self.ids.get(key)
        if number is None:
            number = self.ids[key] = len(self.places)
            self.places.append(key)
            self.depth.append(depth)
            self.active.append(False)
            heapq.heappush(self.queue, (priority, number))
        return number

    def add(self, wiring: Wiring) -> Loaded:
        """Put a diagram in. Equal parts are shared."""
        hom = (
            tuple(wiring.obs[v] for v in wiring.dom),
            tuple(wiring.obs[v] for v in wiring.cod),
        )
        name: dict[int, int] = {}
        dom = tuple(self.wire(("dom", hom, i), ob) for i, ob in enumerate(hom[0]))
        cod = tuple(self.wire(("cod", hom, i), ob) for i, ob in enumerate(hom[1]))
        self.boundary.update(dom, cod)
        of_box = [-1] * len(wiring.labels)
        through: list[tuple[int, int]] = []
        name |= dict(zip(wiring.dom, dom, strict=True))
        for v, w in zip(wiring.cod, cod, strict=True):
            if v in name:
                through.append((name[v], w))
            else:
                name[v] = w
        used: set[int] = set()
        rank = wiring.rank
        for e in sorted(range(len(wiring.labels)), key=rank.__getitem__):
            label = wiring.labels[e]
            assert isinstance(label, int)
            sources = tuple(name[v] for v in wiring.sources[e])
            for port, v in enumerate(wiring.targets[e]):
                if v not in name:
                    w = self.wire(("fn", label, sources, port), wiring.obs[v])
                    copy = 0
                    while w in used:
                        copy += 1
                        w = self.wire(("copy", copy, label, sources, port), wiring.obs[v])
                    used.add(w)
                    name[v] = w
            of_box[e] = self.place(label, sources, tuple(name[v] for v in wiring.targets[e]), 0, 0.0)
        marking = set(of_box)
        for one, other in through:
            marking.add(self.place(IDENTITY, (one,), (other,), 0, 0.0))
        if self.histories is not None:
            self.histories.begin(frozenset(marking))
        return Loaded(frozenset(marking), tuple(of_box), dom, cod)

    # Saturation

    def saturate(self, limits: Limits, deadline: Deadline) -> Report:
        """Work off the queue, cheapest places first, until it is empty or a limit is reached."""
        start = deadline.left
        self._clock = Deadline(min(limits.seconds, start))
        self.left_out = ""
        if not self._empty_done:
            self._empty_done = True
            for side in self.sides:
                if not side.pattern.wiring.labels and not side.pattern.lone_wires:
                    self._record(side, (), (), limits)
        reason = ""
        for entry in self.frontier:
            heapq.heappush(self.queue, entry)
        self.frontier = []
        while self.queue or self.turns.waiting:
            reason = self._over(limits)
            if reason:
                break
            if self.progress is not None and self.turns.clock % 256 == 0:
                self.progress(self.report("running", start - deadline.left))
            if self.turns.clock % 64 == 0 and limits.megabytes is not None and resident() > limits.megabytes:
                reason = "memory"
                break
            for side, root, number in self.turns.due(not self.queue):
                self._use(side, root, number, limits)
            self.turns.clock += 1
            if not self.queue:
                continue
            entry = heapq.heappop(self.queue)
            number = entry[1]
            if not self.active[number]:
                self._activate(number)
            if self.depth[number] < limits.depth:
                self._expand(number, limits)
                if self._over(limits):  # perhaps not finished: it comes again
                    self.frontier.append(entry)
            else:
                self.frontier.append(entry)
        if not reason:
            reason = self._over(limits) if self.frontier else ""
        if not reason:
            rules = self.encoder.theory.rules  # those with variables are not in the net
            whole = "variables" if any(rule.variables for rule in rules) else "saturated"
            reason = self.left_out or ("depth" if self.frontier else whole)
        return self.report(reason, start - deadline.left)

    def report(self, reason: str, seconds: float) -> Report:
        """The size of the net."""
        return Report(reason, len(self.places), len(self.transitions), seconds)

    def _activate(self, number: int) -> None:
        """Enter a place into the indexes, and meet identities beside it."""
        label, sources, targets = self.places[number]
        self.active[number] = True
        self.by_label.setdefault(label, []).append(number)
        for port, w in enumerate(sources):
            self.consumers.setdefault((w, label, port), []).append(number)
            self.taken_by[w].append(number)
        for port, w in enumerate(targets):
            self.producers.setdefault((w, label, port), []).append(number)
            self.made_by[w].append(number)
        if label == IDENTITY:
            self._absorb(number)
        for w in sources:
            for other in self.made_by[w]:
                if self.places[other][0] == IDENTITY and other != number:
                    self._rename(other, number)
        for w in targets:
            for other in self.taken_by[w]:
                if self.places[other][0] == IDENTITY and other != number:
                    self._rename(other, number)

    def _expand(self, number: int, limits: Limits) -> None:
        """Record every match that uses a place, with any active places beside it."""
        if self.discovery is not None:
            for fact in self.discovery.around(number):
                self.learn(fact)
        for side, root in list(self.roots.get(self.places[number][0], ())):
            if self.turns.may(side):
                self._use(side, root, number, limits)
            else:
                self.turns.waiting.append((side, root, number))
            if self._over(limits):
                return
        for side in self.wire_sides:
            self._carry_new(side, number, limits)
            if self._over(limits):
                return

    def _use(self, side: Side, root: int, number: int, limits: Limits) -> None:
        found = 0
        for edges, vertices in join(self, side, root, number):
            found += 1
            self._carry(side, edges, vertices, None, limits)
            if self._over(limits):
                break
        self.turns.used(side, found)

    def _over(self, limits: Limits) -> str:
        """The limit that is reached, if one is; in the middle of an expansion too, as one may be large."""
        if len(self.places) > limits.places:
            return "places"
        if len(self.transitions) > limits.transitions:
            return "transitions"
        return "seconds" if self._clock.passed else ""

    def _absorb(self, identity: int) -> None:
        _, (one,), (other,) = self.places[identity]
        for neighbour in list(self.taken_by[other]) + list(self.made_by[one]):
            if neighbour != identity:
                self._rename(identity, neighbour)

    def _rename(self, identity: int, neighbour: int) -> None:
        """The identity and a neighbouring box become the box on the identity's far wire."""
        _, (one,), (other,) = self.places[identity]
        label, sources, targets = self.places[neighbour]
        depth = max(self.depth[identity], self.depth[neighbour])
        if other in sources:
            sources = tuple(one if w == other else w for w in sources)
        elif one in targets:
            targets = tuple(other if w == one else w for w in targets)
        else:
            return
        if set(sources) & set(targets):
            return
        before = (identity, neighbour)
        config = None
        if self.histories is not None:
            config = self.histories.together(before, (), (), before)
            if config is None:
                return
        made = self.place(label, sources, targets, depth, self._priority(depth, 0, config))
        there: tuple[tuple[int, int], ...] = ((neighbour, made),)
        back: tuple[tuple[int, int], ...] = ((made, neighbour),)
        if label == IDENTITY:  # two identities in a row: no box changes its name
            there = back = ()
        self._link(Transition(before, (made,), None, (), (), (), there, depth), config)
        self._link(Transition((made,), before, None, (), (), (), back, depth), None)

    def _priority(self, depth: int, growth: int, config: Configuration | None) -> float:
        if config is None:
            return depth + 0.25 * max(0, growth)
        return config.steps + 1 + 0.5 * (len(config.marking) + growth)

    # Bare wires of patterns: each is found on a box that makes or takes it, or on an identity.

    def _carriers(self, number: int, ob: Hashable) -> Iterator[tuple[int, bool]]:
        """(wire, whether it is cut at its consumer) for each wire that may be cut at a place."""
        label, sources, targets = self.places[number]
        if label == IDENTITY:
            return
        for w in targets:
            if self.obs[w] == ob:
                yield w, False
        for w in sources:
            if self.obs[w] == ob and w in self.boundary:
                yield w, True

    def _carry_new(self, side: Side, number: int, limits: Limits) -> None:
        """Matches whose first bare wire is on a new place and whose boxes are any."""
        shape = side.pattern.wiring
        lone = side.pattern.lone_wires
        if not shape.labels:
            self._carry(side, [], [-1] * len(shape.obs), number, limits)
            return
        root = shape.labels[0]
        assert isinstance(root, int)
        for first in list(self.by_label.get(root, ())):
            if first != number and lone:
                for edges, vertices in join(self, side, 0, first):
                    self._carry(side, edges, vertices, number, limits)

    def _carry(
        self, side: Side, edges: list[int], vertices: list[int], first: int | None, limits: Limits
    ) -> None:
        """Choose where the bare wires of the pattern are, and record what comes of it."""
        lone = side.pattern.lone_wires
        if not lone:
            self._record(side, tuple(edges), tuple(vertices), limits)
            return
        if first is not None and len(lone) > 1:
            # The new place may carry any one of the bare wires, the others are on any places.
            for fixed in range(len(lone)):
                self._choose(side, edges, vertices, first, fixed, limits)
        else:
            self._choose(side, edges, vertices, first, 0, limits)

    def _choose(
        self, side: Side, edges: list[int], vertices: list[int], first: int | None, fixed: int, limits: Limits
    ) -> None:
        shape, lone = side.pattern.wiring, side.pattern.lone_wires
        partial: list[tuple[tuple[int, int, bool], ...]] = [()]
        for index, v in enumerate(lone):
            if index == fixed and first is not None:
                options = [first]
            else:
                options = [p for ps in self.by_label.values() for p in ps]
            longer: list[tuple[tuple[int, int, bool], ...]] = []
            for chosen in partial:
                for p in options:
                    if p in edges:
                        continue
                    if self.places[p][0] == IDENTITY:
                        if self.obs[self.places[p][1][0]] == shape.obs[v]:
                            longer.append((*chosen, (p, self.places[p][2][0], False)))
                        continue
                    for w, cut in self._carriers(p, shape.obs[v]):
                        if w not in vertices and all(w != other for _, other, _ in chosen):
                            longer.append((*chosen, (p, w, cut)))
                if len(longer) > limits.transitions:
                    self.left_out = "transitions"
                    break
            partial = longer
        for chosen in partial:
            places = [p for p, _, _ in chosen]
            if len(set(places)) == len(places):
                full = list(vertices)
                for v, (_, w, _) in zip(lone, chosen, strict=True):
                    full[v] = w
                self._record(side, tuple(edges), tuple(full), limits, chosen)

    def _record(
        self,
        side: Side,
        edges: tuple[int, ...],
        vertices: Wires,
        limits: Limits,
        carriers: tuple[tuple[int, int, bool], ...] = (),
    ) -> None:
        """Make the transitions of one match, one for each way to name the new wires."""
        before = (*edges, *(p for p, _, _ in carriers))
        depth = 1 + max((self.depth[p] for p in before), default=0)
        if depth > limits.depth:
            self.left_out = "depth"
            return
        config = None
        if self.histories is not None:
            shape = side.pattern.wiring
            entries = tuple(vertices[v] for v in shape.dom)
            exits = tuple(vertices[v] for v in shape.cod)
            config = self.histories.together(before, entries, exits, edges, side.growth)
            if config is None:
                return
        self._make(side, edges, vertices, carriers, depth, config)

    def _make(
        self,
        side: Side,
        edges: tuple[int, ...],
        vertices: Wires,
        carriers: tuple[tuple[int, int, bool], ...],
        depth: int,
        config: Configuration | None,
    ) -> None:
        shape, new = side.pattern.wiring, side.replacement
        tag = self.number_of[side]
        priority = self._priority(depth, side.growth, config) + self.turns.weight(side)
        taken = config.alive if config is not None else frozenset[int]()
        # The names above and below each bare wire of the pattern, and the changed carriers.
        above = {v: w for v, w in enumerate(vertices) if w >= 0}
        below = dict(above)
        after: list[int] = []
        renamed: list[tuple[int, int]] = []
        for v, (p, w, cut) in zip(side.pattern.lone_wires, carriers, strict=True):
            label, sources, targets = self.places[p]
            if label == IDENTITY:
                above[v], below[v] = sources[0], targets[0]
                continue
            port = (sources if cut else targets).index(w)
            fresh = w
            if not cut:
                fresh = self.wire(("fn", label, sources, port), self.obs[w])
            if fresh == w or fresh in taken or fresh in sources or fresh in vertices:
                fresh = self._free(("ctx", tag, v, w, cut), self.obs[w], taken)
            if cut:
                below[v] = fresh
                sources = tuple(fresh if x == w else x for x in sources)
            else:
                above[v] = fresh
                targets = tuple(fresh if x == w else x for x in targets)
            after.append(self.place(label, sources, targets, depth, priority))
            renamed.append((p, after[-1]))
        name: dict[int, int] = {}
        for v, u in zip(shape.dom, new.dom, strict=True):
            name[u] = above[v]
        identities: list[tuple[int, int]] = []
        for v, u in zip(shape.cod, new.cod, strict=True):
            if u in name:
                identities.append((name[u], below[v]))
            else:
                name[u] = below[v]
        rim = (*(above[v] for v in shape.dom), *(below[v] for v in shape.cod))
        used = set(rim)
        made = [-1] * len(new.labels)
        for e in sorted(range(len(new.labels)), key=new.rank.__getitem__):
            label_ = new.labels[e]
            assert isinstance(label_, int)
            sources = tuple(name[u] for u in new.sources[e])
            for port, u in enumerate(new.targets[e]):
                if u not in name:
                    w = self.wire(("fn", label_, sources, port), new.obs[u])
                    if w in used or w in taken:
                        w = self._free(("ctx", tag, rim, u), new.obs[u], taken)
                    used.add(w)
                    name[u] = w
            made[e] = self.place(label_, sources, tuple(name[u] for u in new.targets[e]), depth, priority)
        after += made
        after += [self.place(IDENTITY, (one,), (two,), depth, depth) for one, two in identities]
        before = (*edges, *(p for p, _, _ in carriers))
        there = tuple(renamed)
        self._link(Transition(before, tuple(after), side, edges, vertices, tuple(made), there, depth), config)
        inverse = self.inverse.get(side)
        if inverse is not None and self.histories is not None:
            names = tuple(name[u] for u in range(len(new.obs)))
            back = tuple((p, q) for q, p in there)
            self._link(
                Transition(tuple(after), before, inverse, tuple(made), names, edges, back, depth), None
            )

    def _free(self, name: tuple[Hashable, ...], ob: Hashable, taken: frozenset[int]) -> int:
        """The wire of a name, or of the name with a number where that wire is taken."""
        w = self.wire(name, ob)
        copy = 0
        while w in taken:
            copy += 1
            w = self.wire((*name, copy), ob)
        return w

    def _link(self, transition: Transition, config: Configuration | None) -> None:
        one, other = tuple(sorted(transition.before)), tuple(sorted(transition.after))
        if one == other or len(set(other)) != len(other) or len(set(one)) != len(one):
            return
        number = self.known.get((one, other))
        if number is None:
            number = self.known[one, other] = len(self.transitions)
            self.transitions.append(transition)
        if self.histories is not None and config is not None:
            self.histories.extend(number, config)
