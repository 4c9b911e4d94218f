"""Rewrite rules: equations between diagrams, read in one direction or in both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from catenary.diagrams import (
    Box,
    Diagram,
    Doctrine,
    DoctrineError,
    Equation,
    OpenHypergraph,
    Phase,
    Signature,
    structural,
)
from catenary.diagrams.conditions import Condition
from catenary.diagrams.equality import normalised
from catenary.diagrams.errors import expect
from catenary.diagrams.phases import as_phase

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


@dataclass(frozen=True, init=False)
class Rule:
    """A named rewrite rule ``left → right``; unless ``directed`` it is an equation and may be used backwards.

    Args:
        name: what steps call it.
        left, right: two diagrams of one boundary.
        directed: whether it is used from left to right only.
        variables: symbols that stand for any value (:class:`~catenary.diagrams.Equation`): the rule is then a scheme,
            and every step names the values for which it uses it.
        where: conditions on the variables, as in ``"a in {1/2, 3/2}"``.

    Raises:
        CompositionError: if the two sides differ in boundary.
        DoctrineError: if the doctrine has no double-pushout rewriting.

    >>> from catenary.diagrams import Box, Ty
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> Rule("involution", f >> f, Diagram.id(Ty("a"))).name
    'involution'
    >>> from sympy import symbols
    >>> a, b = symbols("a b")
    >>> rz = lambda angle: Box("rz", Ty("q"), Ty("q"), [angle])
    >>> print(Rule("add", rz(a) >> rz(b), rz(a + b), variables="a b").at(a=1, b=2))
    add: rz(π) >> rz(2π) = rz(3π)
    """

    name: str
    left: Diagram
    right: Diagram
    directed: bool = False
    variables: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    equation: Equation = field(init=False, repr=False, compare=False)
    values: tuple[tuple[str, Phase], ...] = field(init=False, default=(), repr=False, compare=False)
    """Of an instance: the values that :meth:`at` was given, in the order of names."""

    def __init__(
        self,
        name: str,
        left: Diagram | Box,
        right: Diagram | Box,
        directed: bool = False,
        variables: str | Iterable[Any] = (),
        where: str | Condition | Iterable[str | Condition] = (),
    ):
        for side in (left, right):
            expect(side, (Diagram, Box), "a side of a rule", "a diagram or a box")
        equation = Equation(name, rewritable(left), rewritable(right), directed, variables, where)
        for key in ("name", "left", "right", "directed", "variables", "where"):
            object.__setattr__(self, key, getattr(equation, key))
        object.__setattr__(self, "equation", equation)
        object.__setattr__(self, "values", ())

    @classmethod
    def of(cls, equation: Equation) -> Rule:
        """The rule of an equation."""
        left, right, variables = equation.left, equation.right, equation.variables
        return cls(equation.name, left, right, equation.directed, variables, equation.where)

    def over(self, signature: Signature) -> Rule:
        """The rule between diagrams over a larger signature."""
        return replace(self, left=self.left.over(signature), right=self.right.over(signature))

    def at(self, given: Mapping[str, Any] | None = None, /, **values: Any) -> Rule:
        """The instance for values of the variables; a variable without one stands for itself.

        Raises:
            RewriteError: if a condition does not hold, or what gets a value is no variable.
        """
        chosen = {name: as_phase(value) for name, value in {**(given or {}), **values}.items()}
        if not chosen and not self.where:
            return self if not self.variables else Rule.of(self.equation.instance({}))
        key = tuple(sorted(chosen.items(), key=lambda item: item[0]))
        if key not in self._instances:
            if len(self._instances) >= _INSTANCES:
                self._instances.clear()
            instance = Rule.of(self.equation.instance(chosen))
            object.__setattr__(instance, "values", key)
            self._instances[key] = instance
        return self._instances[key]

    @cached_property
    def _instances(self) -> dict[tuple[tuple[str, Phase], ...], Rule]:
        return {}

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

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_instances"}

    def __str__(self) -> str:
        names = f"({', '.join(self.variables)})" if self.variables else ""
        where = f" where {', '.join(map(str, self.where))}" if self.where else ""
        return f"{self.name}{names}: {self.left} {'→' if self.directed else '='} {self.right}{where}"


_INSTANCES = 4096  # kept for each rule; what is dropped is made again
