"""What an event net is made of: places, transitions, loaded diagrams, reports."""

from __future__ import annotations

from dataclasses import dataclass

from catenary.rewriting.compact import Side
from catenary.rewriting.matching import Wires

IDENTITY = -1
Place = tuple[int, Wires, Wires]


@dataclass(frozen=True, eq=False, slots=True)
class Transition:
    """One event.

    Attributes:
        before, after: the places taken and made.
        side: the rule and direction; ``None`` where only names of wires change.
        edges, vertices: for each box of the pattern its place, for each wire its name.
        made: for each box of the replacement its place.
        renamed: boxes that stay and only change the name of a wire, as (place before, place after).
        depth: rewrite steps from the added diagrams.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    side: Side | None
    edges: tuple[int, ...]
    vertices: Wires
    made: tuple[int, ...]
    renamed: tuple[tuple[int, int], ...]
    depth: int


@dataclass(frozen=True)
class Loaded:
    """A diagram in the net: its marking, the place of each of its boxes, and the wires of its boundary."""

    marking: frozenset[int]
    of_box: tuple[int, ...]
    dom: Wires
    cod: Wires


@dataclass(frozen=True)
class Report:
    """How saturation ended.

    Attributes:
        reason: ``"saturated"``, or the limit that stopped it: ``"depth"``, ``"places"``, ``"transitions"``,
            ``"seconds"``, ``"memory"``; ``"variables"`` if nothing stopped it and rules with variables were left out;
            ``"running"`` in reports of progress; or ``"nothing was saturated"``.
        places, transitions: the size of the net.
        seconds: time used.
        nets: how many nets were built, of which the figures are the sum.
    """

    reason: str
    places: int
    transitions: int
    seconds: float
    nets: int = 1

    @property
    def saturated(self) -> bool:
        """Whether nothing was left out for want of room, depth or time."""
        return self.reason == "saturated"
