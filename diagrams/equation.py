"""Equations between diagrams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catenary.diagrams.boxes import SPIDER, Box, Spider
from catenary.diagrams.conditions import Condition
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import ArgumentError, CompositionError, RewriteError, expect
from catenary.diagrams.phases import Phase, as_phase, bind, is_symbolic
from catenary.diagrams.shown import Shown


@dataclass(frozen=True, init=False)
class Equation(Shown):
    """A named equation ``left = right`` between diagrams of one boundary; ``directed`` means left to right
    only. A box given for a side stands for its diagram.

    Args:
        variables: symbols in the parameters of boxes and the phases of spiders that stand for any value (all other
            symbols are constants): names, or one text with names separated by spaces. The equation then stands for
            all its instances (:meth:`instance`).
        where: conditions on the variables: a :class:`Condition` or its text for each.

    Raises:
        CompositionError: if the boundaries differ.
        ArgumentError: for variables that do not occur, and conditions on what is no variable.

    >>> from catenary.diagrams import Box, Ty
    >>> from sympy import symbols
    >>> f = Box("f", Ty("a"), Ty("a")).diagram
    >>> Equation("idempotent", f >> f, f).name
    'idempotent'
    >>> a, b = symbols("a b")
    >>> rz = lambda angle: Box("rz", Ty("q"), Ty("q"), [angle])
    >>> add = Equation("add", rz(a) >> rz(b), rz(a + b), variables="a b", where=["a not in {0}"])
    >>> print(add.instance({"a": 1, "b": 2}).right)
    rz(3π)
    """

    name: str
    left: Diagram
    right: Diagram
    directed: bool = False
    variables: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()

    def __init__(
        self,
        name: str,
        left: Diagram | Box,
        right: Diagram | Box,
        directed: bool = False,
        variables: str | Iterable[Any] = (),
        where: str | Condition | Iterable[str | Condition] = (),
    ):
        expect(name, str, "the name of an equation", "text")
        one, other = (_side(side, which) for side, which in ((left, "left"), (right, "right")))
        signature = one.signature.join(other.signature)
        one, other = one.over(signature), other.over(signature)
        for mine, theirs in ((one.dom, other.dom), (one.cod, other.cod)):
            if mine != theirs:
                raise CompositionError(mine.objects, theirs.objects, (f"{name}, left", "right"))
        names, conditions = _names(variables), _conditions(where)
        occurring = symbols_of(one) | symbols_of(other) if names else frozenset()
        for variable in names:
            if variable not in occurring:
                raise ArgumentError(
                    f"variable {variable} of equation {name}", "a symbol of its boxes", variable
                )
        for condition in conditions:
            for symbol in condition.symbols - set(names):
                raise ArgumentError(
                    f"condition {condition} of equation {name}", "about its variables", symbol
                )
        for key, value in (
            ("name", name),
            ("left", one),
            ("right", other),
            ("directed", directed),
            ("variables", names),
            ("where", conditions),
        ):
            object.__setattr__(self, key, value)

    def instance(self, values: Mapping[str, Any]) -> Equation:
        """The equation with values for its variables; one without a value stands for itself, a symbol.

        Raises:
            RewriteError: if a condition does not hold, or what gets a value is no variable.
        """
        for name in values:
            if name not in self.variables:
                known = ", ".join(self.variables) or "none"
                raise RewriteError(f"{self.name} has no variable {name!r}; its variables are: {known}")
        given: dict[str, Phase] = {name: as_phase(value) for name, value in values.items()}
        for condition in self.where:
            if not condition.holds(given):
                shown = ", ".join(f"{name} = {value}" for name, value in given.items())
                raise RewriteError(
                    f"the condition {condition} of {self.name} does not hold for {shown or 'no values'}"
                )
        left, right = (_bound(side, given) for side in (self.left, self.right))
        return Equation(self.name, left, right, self.directed)


def _side(given: Any, which: str) -> Diagram:
    diagram: Any = given.diagram if isinstance(given, Box) else given
    expect(diagram, Diagram, f"the {which} side of an equation", "a diagram or a box")
    found: Diagram = diagram
    return found


def symbols_of(diagram: Diagram) -> frozenset[str]:
    """The names of the symbols in a diagram's parameters and phases.

    >>> from sympy import Symbol
    >>> from catenary.diagrams import Ty
    >>> sorted(symbols_of(Box("f", Ty(), Ty(), [Symbol("x") + Symbol("y")]).diagram))
    ['x', 'y']
    """
    params = {phase for box in diagram.boxes for phase in box.params}
    return frozenset(s.name for phase in params if is_symbolic(phase) for s in phase.free_symbols)


def _bound(diagram: Diagram, values: Mapping[str, Phase]) -> Diagram:
    def change(box: Box) -> Box:
        if not any(map(is_symbolic, box.params)):
            return box
        params = tuple([as_phase(bind(phase, values)) for phase in box.params])
        if box.kind != SPIDER:
            return box.replace(params=params)
        inputs, outputs, ty, *rest = box.data
        spider = Spider(inputs, outputs, ty, phase=params[0], structure=rest[0] if rest else "")
        return spider.replace(dom=box.dom, cod=box.cod)

    return diagram.map_boxes(change) if values else diagram


def _names(given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        given = given.split()
    elif not isinstance(given, Iterable):
        raise ArgumentError("the variables of an equation", "names", given)
    names = tuple([str(getattr(one, "name", one)) for one in given])
    if len(set(names)) < len(names):
        raise ArgumentError("the variables of an equation", "different names", names)
    return names


def _conditions(given: Any) -> tuple[Condition, ...]:
    if isinstance(given, (str, Condition)):
        given = [given]
    elif not isinstance(given, Iterable):
        raise ArgumentError("the conditions of an equation", "conditions or their texts", given)
    return tuple([one if isinstance(one, Condition) else Condition.parse(one) for one in given])


__all__ = ["Equation", "symbols_of"]
