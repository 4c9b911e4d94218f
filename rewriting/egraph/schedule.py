"""In what order the rules of an event net are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catenary.rewriting.compact import Side


@dataclass(frozen=True)
class Schedule:
    """Which rules go first, and which have to wait when they match too often.

    Args:
        priorities: by name of the rule, how many rewrite steps later than others what it makes is looked at
            (negative: earlier).
        matches: a rule that has matched more often than this since it last waited waits; each time it may match
            twice as often, as in egg (Willsey et al., arXiv 2004.03082, §5.1). ``None`` for no waiting.
        wait: for how many places it waits the first time; each time twice as long. What waits is not lost: it
            is done before the net counts as saturated.

    >>> Schedule({"comm": 2.0}, matches=1000).wait
    500
    """

    priorities: Mapping[str, float] = field(default_factory=dict)
    matches: int | None = None
    wait: int = 500


@dataclass
class Turns:
    """A schedule at work. Mutable; private to a net."""

    schedule: Schedule
    clock: int = 0  # places looked at
    waiting: list[tuple[Side, int, int]] = field(default_factory=list)
    matched: dict[Side, int] = field(default_factory=dict)
    times: dict[Side, int] = field(default_factory=dict)
    until: dict[Side, int] = field(default_factory=dict)

    def weight(self, side: Side) -> float:
        """What a rule's priority adds to that of the places that it makes."""
        return self.schedule.priorities.get(side.rule.name, 0.0)

    def may(self, side: Side) -> bool:
        """Whether a rule is not waiting."""
        return self.until.get(side, 0) <= self.clock

    def used(self, side: Side, found: int) -> None:
        """A rule has matched so often."""
        if self.schedule.matches is None or not found:
            return
        times = self.times.get(side, 0)
        self.matched[side] = self.matched.get(side, 0) + found
        if self.matched[side] > self.schedule.matches << times:
            self.until[side] = self.clock + (self.schedule.wait << times)
            self.times[side] = times + 1
            self.matched[side] = 0

    def due(self, idle: bool) -> list[tuple[Side, int, int]]:
        """What has waited long enough; if there is nothing else to do, all that waits for the rule that may
        soonest go on.
        """
        if not self.waiting:
            return []
        if idle:
            self.clock = max(self.clock, min(self.until[side] for side, _, _ in self.waiting))
        elif self.clock % 64:
            return []
        ready = [entry for entry in self.waiting if self.may(entry[0])]
        if ready:
            self.waiting = [entry for entry in self.waiting if not self.may(entry[0])]
        return ready
