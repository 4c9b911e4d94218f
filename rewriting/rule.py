"""Rewrite rules: equations between diagrams, read in one direction or in both."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from catenary.diagrams import (
    Box,
    Diagram,
    Doctrine,
    DoctrineError,
    Equation,
    OpenHypergraph,
    Signature,
    structural,
)
from catenary.diagrams.errors import expect


def require_rewriting(signature: Signature) -> None:
    """Raise unless double-pushout rewriting with convex matches is sound and complete for the signature's
    doctrine.

    Raises:
        DoctrineError: for every doctrine but the symmetric one. Wires without any generator are symmetric,
            however made.
    """
    if signature.doctrine is not Doctrine.SYMMETRIC and not structural(Doctrine.SYMMETRIC).includes(
        signature
    ):
        raise DoctrineError(
            "double-pushout rewriting by convex matches", signature.doctrine.value, [Doctrine.SYMMETRIC.value]
        )


def symmetric(diagram: Diagram | Box) -> Diagram:
    """The diagram (of a box, where that is given), its structure read in the symmetric doctrine when it has
    no generators at all.

    Raises:
        DoctrineError: if its signature is of another doctrine than the symmetric one.
    """
    if isinstance(diagram, Box):
        diagram = diagram.diagram
    lowest = structural(Doctrine.SYMMETRIC)
    if lowest.includes(diagram.signature):
        return diagram.over(lowest)
    require_rewriting(diagram.signature)
    return diagram


@dataclass(frozen=True)
class Rule:
    """A named rewrite rule ``left → right``; unless ``directed`` it is an equation and may be used backwards.

    Raises:
        CompositionError: if the two sides differ in boundary.
        DoctrineError: if the doctrine is not symmetric.

    >>> from catenary.diagrams import Box, Ty
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> Rule("involution", f >> f, Diagram.id(Ty("a"))).name
    'involution'
    """

    name: str
    left: Diagram
    right: Diagram
    directed: bool = False
    equation: Equation = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for side in (self.left, self.right):
            expect(side, (Diagram, Box), "a side of a rule", "a diagram or a box")
        equation = Equation(self.name, symmetric(self.left), symmetric(self.right), self.directed)
        for key, value in (("left", equation.left), ("right", equation.right), ("equation", equation)):
            object.__setattr__(self, key, value)

    @classmethod
    def of(cls, equation: Equation) -> Rule:
        """The rule of an equation."""
        return cls(equation.name, equation.left, equation.right, equation.directed)

    @property
    def signature(self) -> Signature:
        """The signature of both sides."""
        return self.left.signature

    @cached_property
    def graphs(self) -> tuple[OpenHypergraph, OpenHypergraph]:
        """The two sides as open hypergraphs, numbered as :meth:`OpenHypergraph.from_diagram` does."""
        return OpenHypergraph.from_diagram(self.left), OpenHypergraph.from_diagram(self.right)

    def sides(self, forward: bool = True) -> tuple[OpenHypergraph, OpenHypergraph]:
        """The graph to look for and the graph to put in its place."""
        left, right = self.graphs
        return (left, right) if forward else (right, left)

    @property
    def directions(self) -> tuple[bool, ...]:
        """The directions it may be used in: ``True`` is left to right."""
        return (True,) if self.directed else (True, False)

    def __str__(self) -> str:
        return f"{self.name}: {self.left} {'→' if self.directed else '='} {self.right}"
