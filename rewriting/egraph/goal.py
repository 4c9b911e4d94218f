"""Where in an event net a given diagram may be: the final marking of a proof, as one disjunction."""

from __future__ import annotations

from dataclasses import dataclass

from catenary.rewriting.egraph.net import Net
from catenary.rewriting.egraph.parts import IDENTITY, Place
from catenary.rewriting.matching import Wires, Wiring


@dataclass(frozen=True)
class Goal:
    """The markings that are one diagram with given boundary wires, as alternatives for each of its boxes.

    A marking is the diagram if it has one place for each row of ``options`` and the choices agree on every
    interior wire: the places that make it and that take it name one wire.

    Attributes:
        options: for each box the places that it may be on; for each bare wire its identity.
        joints: for each interior wire the (row, port) that makes it and the (row, port) that takes it.
    """

    options: tuple[tuple[int, ...], ...]
    joints: tuple[tuple[tuple[int, int], tuple[int, int]], ...]


def ends(place: Place, targets: bool) -> Wires:
    """The wires that a place makes, or those it takes."""
    return place[2] if targets else place[1]


def locate(net: Net, shape: Wiring, dom: Wires, cod: Wires) -> Goal | None:
    """The alternatives for a diagram in a net, reduced until every place has a neighbour on each wire.

    Arc consistency: what is left over-approximates the markings, and the 0/1 program chooses among them.
    ``None`` if a box has no place left, so that the diagram is nowhere in the net.
    """
    places = net.places
    fixed: dict[int, set[int]] = {}
    bare: list[tuple[int, ...]] = []
    for v, w in zip(shape.dom, dom, strict=True):
        fixed[v] = {w}
    for v, w in zip(shape.cod, cod, strict=True):
        if v in fixed:
            identity = net.ids.get((IDENTITY, (next(iter(fixed[v])),), (w,)))
            if identity is None:
                return None
            bare.append((identity,))
        else:
            fixed[v] = {w}
    options: list[list[int]] = []
    for label in shape.labels:
        assert isinstance(label, int)
        options.append([p for p in net.by_label.get(label, ()) if net.active[p]])
    waiting = dict.fromkeys(range(len(options)))
    while waiting:
        e = next(iter(waiting))
        del waiting[e]
        left = options[e]
        for targets, wires in ((False, shape.sources[e]), (True, shape.targets[e])):
            for port, v in enumerate(wires):
                allowed = fixed.get(v)
                if allowed is not None:
                    left = [p for p in left if ends(places[p], targets)[port] in allowed]
        options[e] = left
        if not left:
            return None
        for targets, wires in ((False, shape.sources[e]), (True, shape.targets[e])):
            for port, v in enumerate(wires):
                here = {ends(places[p], targets)[port] for p in left}
                before = fixed.get(v)
                if before is None or len(here) < len(before):
                    fixed[v] = here
                    for other, _ in (shape.producer[v], shape.consumer[v]):
                        if other >= 0 and other != e:
                            waiting[other] = None
    joints = tuple(
        (made, taken)
        for made, taken in zip(shape.producer, shape.consumer, strict=True)
        if made[0] >= 0 and taken[0] >= 0
    )
    return Goal(tuple([tuple(option) for option in options] + bare), joints)
