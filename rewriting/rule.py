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
from catenary.diagrams.equality import normalised
from catenary.diagrams.errors import expect

_REWRITING = (
    Doctrine.SYMMETRIC,
    Doctrine.TRACED,
    Doctrine.COMPACT,
    Doctrine.HYPERGRAPH,
    Doctrine.MARKOV,
    Doctrine.CARTESIAN,
)
_PLANE = "a hypergraph forgets the plane; take the diagram over a symmetric or compact closed signature"
_NESTED = "what curried boxes hold is not looked into; use beta_eta"
_REASONS = {
    Doctrine.MONOIDAL: _PLANE,
    Doctrine.RIGID: _PLANE,
    Doctrine.PIVOTAL: _PLANE,
    Doctrine.BRAIDED: "a hypergraph forgets which wire is over",
    Doctrine.RIBBON: "a hypergraph forgets which wire is over",
    Doctrine.BICLOSED: _NESTED,
    Doctrine.CLOSED: _NESTED,
    Doctrine.CARTESIAN_CLOSED: _NESTED,
}


def is_symmetric(signature: Signature) -> bool:
    """Whether diagrams over the signature are monogamous acyclic hypergraphs: those of the symmetric doctrine,
    and bare wires of the monoidal one. (A braid is no swap, even where there is no generator.)
    """
    if signature.doctrine is Doctrine.MONOIDAL:
        return structural(Doctrine.SYMMETRIC).includes(signature)
    return signature.doctrine is Doctrine.SYMMETRIC


def require_rewriting(signature: Signature) -> None:
    """Raise unless there is double-pushout rewriting for the signature's doctrine.

    Raises:
        DoctrineError: for planar, braided and closed doctrines, with the reason.
    """
    if signature.doctrine not in _REWRITING and not is_symmetric(signature):
        reason = _REASONS[signature.doctrine]
        raise DoctrineError(
            f"double-pushout rewriting ({reason})", signature.doctrine.value, [d.value for d in _REWRITING]
        )


def require_symmetric(signature: Signature, what: str = "convex matching") -> None:
    """Raise unless the signature is of the symmetric doctrine.

    Raises:
        DoctrineError: naming what was asked for.
    """
    if not is_symmetric(signature):
        raise DoctrineError(what, signature.doctrine.value, [Doctrine.SYMMETRIC.value])


def rewritable(diagram: Diagram | Box) -> Diagram:
    """The diagram (of a box, where that is given), its structure read in the symmetric doctrine when it has
    no generators at all.

    Raises:
        DoctrineError: if its doctrine has no double-pushout rewriting.
    """
    if isinstance(diagram, Box):
        diagram = diagram.diagram
    lowest = structural(Doctrine.SYMMETRIC)
    if is_symmetric(diagram.signature) and lowest.includes(diagram.signature):
        return diagram.over(lowest)
    require_rewriting(diagram.signature)
    return diagram


def symmetric(diagram: Diagram | Box) -> Diagram:
    """As :func:`rewritable`, in the symmetric doctrine alone.

    Raises:
        DoctrineError: if its signature is of another doctrine than the symmetric one.
    """
    diagram = rewritable(diagram)
    require_symmetric(diagram.signature, "event net of diagrams")
    return diagram


@dataclass(frozen=True)
class Rule:
    """A named rewrite rule ``left → right``; unless ``directed`` it is an equation and may be used backwards.

    Raises:
        CompositionError: if the two sides differ in boundary.
        DoctrineError: if the doctrine has no double-pushout rewriting.

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
        equation = Equation(self.name, rewritable(self.left), rewritable(self.right), self.directed)
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
        """The two sides as open hypergraphs, numbered as :meth:`OpenHypergraph.from_diagram` does, then
        normalised (:func:`~catenary.diagrams.equality.normalised`) in doctrines that copy.
        """
        left, right = (normalised(OpenHypergraph.from_diagram(side)) for side in (self.left, self.right))
        return left, right

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
