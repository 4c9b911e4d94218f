"""Equations between diagrams."""

from __future__ import annotations

from dataclasses import dataclass

from catenary.diagrams.boxes import Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import CompositionError, expect
from catenary.diagrams.shown import Shown


@dataclass(frozen=True)
class Equation(Shown):
    """A named equation ``left = right`` between diagrams of one boundary; ``directed`` means left to right
    only. A box given for a side stands for its diagram.

    Raises:
        CompositionError: if the boundaries differ.

    >>> from catenary.diagrams import Box, Ty
    >>> f = Box("f", Ty("a"), Ty("a")).diagram
    >>> Equation("idempotent", f >> f, f).name
    'idempotent'
    """

    name: str
    left: Diagram
    right: Diagram
    directed: bool = False

    def __post_init__(self) -> None:
        for side in ("left", "right"):
            if isinstance(box := getattr(self, side), Box):
                object.__setattr__(self, side, box.diagram)
            expect(getattr(self, side), Diagram, f"the {side} side of an equation", "a diagram or a box")
        expect(self.name, str, "the name of an equation", "text")
        signature = self.left.signature.join(self.right.signature)
        object.__setattr__(self, "left", self.left.over(signature))
        object.__setattr__(self, "right", self.right.over(signature))
        for one, other in ((self.left.dom, self.right.dom), (self.left.cod, self.right.cod)):
            if one != other:
                raise CompositionError(one.objects, other.objects, (f"{self.name}, left", "right"))
