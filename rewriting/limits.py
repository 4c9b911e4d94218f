"""Limits on searches: every long computation takes them and says which one stopped it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from catenary.diagrams import ArgumentError, LimitReached


@dataclass(frozen=True)
class Limits:
    """What a search for a proof or a cheaper diagram may use.

    Args:
        seconds: wall-clock time in all.
        boxes: the largest diagram looked at, in boxes; ``None`` chooses from the statement.
        states: diagrams kept by the bidirectional search.
        depth: rewrite steps from what was added, in the event net.
        places, transitions: size of the event net.
        model_size: the largest dimension of a counter-model looked for.
        megabytes: memory of the whole process at which saturation stops; ``None`` for no limit.

    >>> Limits(seconds=2.0).states
    400000
    """

    seconds: float = 60.0
    boxes: int | None = None
    states: int = 400_000
    depth: int = 6
    places: int = 12_000
    transitions: int = 24_000
    model_size: int = 3
    megabytes: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.seconds, (int, float)) or self.seconds != self.seconds:
            raise ArgumentError("the seconds of limits", "a number", self.seconds)


def check_deadline(deadline: float | None, what: str) -> None:
    """Stop work that is past its deadline.

    Args:
        deadline: a value of ``time.monotonic``; ``None`` for no limit.
        what: the work, as named in the error.

    Raises:
        LimitReached: if the time is over.
    """
    if deadline is not None and time.monotonic() > deadline:
        raise LimitReached(what, "its time limit")


def resident() -> float:
    """Memory that this process holds, in megabytes (its largest so far, where the system tells no more)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, ValueError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


class Deadline:
    """A point in time after which work must stop."""

    __slots__ = ("at",)

    def __init__(self, seconds: float):
        self.at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that remain; negative when it has passed."""
        return self.at - time.monotonic()

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self.at
