"""Crossings one by one: braids and twists of bundles written as crossings and twists of single wires."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catenary.diagrams.boxes import BRAID, TWIST, Box, Braid, Twist
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.signature import Doctrine
from catenary.diagrams.types import Ty


def single_crossings(layers: Iterable[tuple[Box, int]]) -> Iterator[tuple[Box, int]]:
    """Layers in which every braid crosses two wires and every twist is of one.

    A braid of bundles is the hexagons' composite of crossings; the twist of ``a @ b`` is that of each, and a
    full turn of ``a`` around ``b``.

    >>> a = Ty("a")
    >>> [(str(box), offset) for box, offset in single_crossings([(Braid(a @ a, a), 0)])]
    [('braid', 1), ('braid', 0)]
    """
    for box, offset in layers:
        if box.kind == BRAID and len(box.dom) != 2:
            yield from _bundle(box.dom, box.data[0], box.data[1], offset)
        elif box.kind == TWIST and len(box.dom) != 1:
            yield from _turn(box.dom, box.data[0], offset)
        elif box.kind == BRAID and box.data[0] != 1:
            pass  # a braid with nothing is nothing
        else:
            yield box, offset


def _cross(left: Ty, right: Ty, sign: int) -> Box:
    return Braid(left, right) if sign > 0 else Braid(right, left).dagger()


def _bundle(ty: Ty, split: int, sign: int, offset: int) -> Iterator[tuple[Box, int]]:
    width = len(ty) - split
    for i in reversed(range(split)):
        for j in range(width):
            yield _cross(ty[i], ty[split + j], sign), offset + i + j


def _turn(ty: Ty, sign: int, offset: int) -> Iterator[tuple[Box, int]]:
    # The first wire goes once around the rest; then the rest by itself.
    for at in range(len(ty)):
        twist = Twist(ty[at])
        yield (twist if sign > 0 else twist.dagger()), offset + at
    for first in range(len(ty) - 1):
        here, rest = ty[first], ty[first + 1 :]
        around = [
            *_bundle(here @ rest, 1, sign, offset + first),
            *_bundle(rest @ here, len(rest), sign, offset + first),
        ]
        yield from around


def expand_braids(diagram: Diagram) -> Diagram:
    """The diagram with braids and twists of bundles written as crossings and twists of single wires.

    >>> a = Ty("a")
    >>> print(expand_braids(Braid(a, a @ a).diagram))
    braid @ a >> a @ braid
    """
    layers = list(single_crossings(diagram.layers))
    row = (tuple(box for box, _ in layers), tuple(offset for _, offset in layers))
    return Diagram._make(diagram.dom, diagram.cod, diagram.signature, None, row)


def crossing_ports(box: Box, doctrine: Doctrine) -> tuple[tuple[object, ...], int] | None:
    """How a planar map reads a crossing or twist of a ribbon doctrine: its label, and at which of its ports,
    clockwise from the first input, the reading begins.

    It begins where the upper strand comes in, so that a crossing turned by cups and caps is read alike.
    """
    if doctrine is not Doctrine.RIBBON or box.kind not in (BRAID, TWIST):
        return None
    if box.kind == TWIST:
        (ob,) = box.dom.objects
        return ("twist", ob.name, box.data[0]), ob.z % 2
    one, other = box.dom.objects
    ways = (0 if one.z % 2 == 0 else 2, 1 if other.z % 2 == 0 else 3)
    sign = box.data[1]
    over, under = (ways[0], ways[1]) if sign > 0 else (ways[1], ways[0])
    names = (one.name, other.name) if sign > 0 else (other.name, one.name)
    return ("crossing", *names, (under - over) % 4 == 1), over
