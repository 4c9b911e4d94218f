"""Sizes of text and nodes, and the distances that a layout keeps: for pictures and for text grids."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass

from catenary.diagrams.drawing.nodes import Node

FONT = 0.36
"""Font size in units of the wire distance."""
SMALL_FONT = 0.3

_NARROW = frozenset("iljtfrI.,:;!|'`()[]{}/\\ ·ˡʳ†-")
_BROAD = frozenset("mwMW@%…—⟩⟨∞→⊗⊕")


def text_width(text: str, font: float = FONT) -> float:
    """A generous estimate of the width of a text in any of the usual fonts, in layout units."""
    total = 0.0
    for c in text:
        if unicodedata.combining(c):
            continue
        if unicodedata.east_asian_width(c) in "WF":
            total += 1.05
        elif c in _NARROW:
            total += 0.42
        elif c in _BROAD:
            total += 1.0
        elif c.isupper() or ord(c) > 0x24F:
            total += 0.78
        else:
            total += 0.64
    return total * font


def cells(text: str) -> int:
    """The number of terminal cells a text takes.

    >>> cells("aé"), cells("日本")
    (2, 4)
    """
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


@dataclass(frozen=True, slots=True)
class Metrics:
    """Distances for one kind of output. ``across`` is the direction of ``@``, ``along`` that of ``>>``.

    Attributes:
        wire: room that a wire keeps on either side.
        pad: how far a box reaches beyond its outermost wire.
        margin: room between neighbours, on top of the above.
        widen: how far apart the wires of a box may be, beyond its own size, before they bend towards it.
        gap: least length of wire between rows of boxes; ``bare_gap`` next to rows without any.
    """

    name: str
    wire: float = 0.34
    pad: float = 0.34
    margin: float = 0.32
    widen: float = 3.0
    gap: float = 0.46
    bare_gap: float = 0.16
    right: bool = False

    @property
    def pitch(self) -> float:
        """The distance between neighbouring wires."""
        return 2 * self.wire + self.margin

    def node(self, node: Node) -> tuple[float, float]:
        """Size of a node's body, across and along."""
        kind = node.kind
        if not node.has_body:
            return 0.0, 0.0
        if node.inset is not None:
            return node.inset.across, node.inset.along
        if kind == "twist":
            return 1.5, 1.0
        if kind in ("spider", "copy"):
            return 0.3 + 1.0 * (node.strands - 1), 0.3
        if kind == "discard":
            return 0.5, 0.34
        if kind == "H":
            return (max(0.44, text_width(node.label) + 0.16) if node.label != "H" else 0.44), 0.44
        wide = text_width(node.label)
        if kind in ("Z", "X", "phase"):
            wide = max(0.5, wide + 0.24) if node.label else 0.34
            tall = 0.5 if node.label else 0.34
        elif kind == "state" or kind == "effect":
            tall = 0.8
            if is_triangle(node):
                wide = max(0.86, wide * 2 + 0.2)
            else:  # the roof takes room from the text
                wide = max(0.86, wide + 0.34)
        else:
            tall = 0.66
            wide = max(0.66, wide + 0.34)
        return (tall, wide) if self.right else (wide, tall)

    def label(self, text: str) -> tuple[float, float]:
        """Size of a wire's label, across and along."""
        wide = text_width(text, SMALL_FONT)
        return (SMALL_FONT * 1.3, wide) if self.right else (wide, SMALL_FONT * 1.3)

    def fix(self, x: float) -> float:
        """A coordinate as the output can show it."""
        return round(x, 4)


def is_triangle(node: Node) -> bool:
    """Whether a state or effect has so short a label that it fits into a triangle; a house otherwise."""
    return node.kind in ("state", "effect") and text_width(node.label) <= 0.5


@dataclass(frozen=True, slots=True)
class GridMetrics(Metrics):
    """Sizes in character cells and lines: whole numbers, so that rounding keeps every distance."""

    name: str = "grid"
    wire: float = 1
    pad: float = 1
    margin: float = 2
    widen: float = 1e9
    gap: float = 1
    bare_gap: float = 0

    def node(self, node: Node) -> tuple[float, float]:
        """Size of a node's body; always an odd number of cells across, so that it has a middle."""
        if not node.has_body:
            return 0, 0
        if node.inset is not None:
            return node.inset.across, node.inset.along
        if node.is_dot or node.kind in ("discard", "H", "twist"):
            return 2 * ((cells(token(node)) + 4 * (node.strands - 1)) // 2) + 1, 1
        return 2 * ((cells(node.label) + 5) // 2) + 1, 3

    def label(self, text: str) -> tuple[float, float]:
        """Size of a wire's label."""
        return cells(text) + 1, 1

    def fix(self, x: float) -> float:
        """The nearest cell; whole distances stay whole."""
        return math.floor(x + 0.5)


def token(node: Node) -> str:
    """What stands for a dot in text."""
    if node.kind in ("Z", "X"):
        return f"({node.kind} {node.label})" if node.label else f"({node.kind})"
    if node.kind == "phase":
        return f"({node.label})"
    if node.kind == "twist":
        return "(θ)" if node.sign > 0 else "(θ⁻¹)"
    if node.kind == "H":
        return f"[{node.label or '-1'}]"
    return "⏚" if node.kind == "discard" else "●"
