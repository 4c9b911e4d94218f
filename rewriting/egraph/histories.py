"""How the places of an event net can come to be together in one diagram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catenary.rewriting.matching import Wires

if TYPE_CHECKING:
    from catenary.rewriting.egraph.net import Net


@dataclass(frozen=True, eq=False)
class Configuration:
    """A diagram reached by firing transitions: its places, the wires alive in it, the consumer of each."""

    base: int
    fired: frozenset[int]
    steps: int
    marking: frozenset[int]
    alive: frozenset[int]
    consumer: dict[int, int]


class Histories:
    """For each place a few ways to make it, each a set of transitions from one of the added diagrams."""

    kept = 3

    def __init__(self, net: Net, boxes: int):
        self.net, self.boxes = net, boxes
        self.bases: list[frozenset[int]] = []
        self.of: dict[int, list[tuple[int, frozenset[int]]]] = {}
        self.configurations: dict[tuple[int, frozenset[int]], Configuration | None] = {}

    def begin(self, marking: frozenset[int]) -> None:
        """A diagram was added."""
        if marking not in self.bases:
            self.bases.append(marking)
            for p in marking:
                self.of.setdefault(p, []).append((len(self.bases) - 1, frozenset()))

    def configuration(self, base: int, fired: frozenset[int]) -> Configuration | None:
        """The diagram after these transitions; ``None`` if they conflict, or make a place or a wire twice."""
        key = (base, fired)
        if key not in self.configurations:
            self.configurations[key] = self._configure(base, fired)
        return self.configurations[key]

    def _configure(self, base: int, fired: frozenset[int]) -> Configuration | None:
        net = self.net
        count = dict.fromkeys(self.bases[base], 1)
        steps = 0
        for t in fired:
            transition = net.transitions[t]
            steps += transition.side is not None
            for p in transition.before:
                count[p] = count.get(p, 0) - 1
            for p in transition.after:
                count[p] = count.get(p, 0) + 1
        if any(number not in (0, 1) for number in count.values()):
            return None
        marking = frozenset(p for p, number in count.items() if number)
        consumer: dict[int, int] = {}
        producer: set[int] = set()
        for p in marking:
            _, sources, targets = net.places[p]
            for w in sources:
                if w in consumer:
                    return None
                consumer[w] = p
            for w in targets:
                if w in producer:
                    return None
                producer.add(w)
        return Configuration(base, fired, steps, marking, frozenset(producer.union(consumer)), consumer)

    def together(
        self, before: tuple[int, ...], entries: Wires, exits: Wires, inside: tuple[int, ...], growth: int = 0
    ) -> Configuration | None:
        """A diagram, from the histories, that has all these places and where a match on them is convex."""
        for base in range(len(self.bases)):
            unions: list[frozenset[int]] = [frozenset()]
            for p in before:
                options = [fired for at, fired in self.of.get(p, ()) if at == base]
                unions = list(dict.fromkeys(one | other for one in unions for other in options))[:16]
            for fired in unions:
                config = self.configuration(base, fired)
                if (
                    config is not None
                    and config.marking.issuperset(before)
                    and len(config.marking) + growth <= self.boxes
                    and self._convex(config, entries, exits, inside)
                ):
                    return config
        return None

    def _convex(self, config: Configuration, entries: Wires, exits: Wires, inside: tuple[int, ...]) -> bool:
        if not entries:
            return True
        stack = list(exits)
        seen: set[int] = set(inside)
        while stack:
            p = config.consumer.get(stack.pop())
            if p is None or p in seen:
                continue
            seen.add(p)
            for w in self.net.places[p][2]:
                if w in entries:
                    return False
                stack.append(w)
        return True

    def extend(self, number: int, config: Configuration) -> None:
        """A transition can be fired in a diagram: what it makes has one more history."""
        history = (config.base, config.fired | {number})
        for p in self.net.transitions[number].after:
            known = self.of.setdefault(p, [])
            if history not in known and len(known) < self.kept:
                known.append(history)
