"""Equations for all numbers of legs: spiders and other families of boxes of variable arity, and wires and diagrams repeated.

An equation family is written as text in which names stand for numbers of legs. For given numbers it is an equation like any
other; nothing is ever done with the numbers left open. In the graphical literature the same is written with boxes around
what is repeated (``!``-boxes: Kissinger, Merry and Soloviev, *Pattern graph rewrite systems*, arXiv 1204.6695); here they are
not nested, and what is repeated stands side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from catenary.diagrams.conditions import Condition
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equation import Equation, symbols_of
from catenary.diagrams.errors import ArgumentError, CatenaryError, RewriteError, expect
from catenary.diagrams.phases import as_phase, is_symbolic
from catenary.diagrams.signature import Signature
from catenary.diagrams.text.parameters import items, read_conditions, spine, unquoted

if TYPE_CHECKING:
    from catenary.diagrams.text.parser import Source

# A number of legs: a constant, and how often each name is in it.
Amount: TypeAlias = tuple[int, tuple[tuple[str, int], ...]]
_INSTANCES = 1024
_QUOTED_OR_COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*")|#[^\n]*')


class VariableVanishedError(RewriteError):
    """A member of a family without a variable that a condition is about."""


@dataclass(frozen=True)
class Member:
    """A box of variable arity in the text of a family.

    Attributes:
        name: of the generator.
        inputs, outputs: how often the declared inputs and outputs are there.
    """

    name: str
    inputs: Amount
    outputs: Amount


@dataclass(frozen=True)
class EquationFamily:
    """An equation for all values of some numbers of legs.

    Args:
        name: what it is called.
        signature: over which the sides are read.
        arities: the names of the numbers of legs.
        left, right: the sides, as theory files write them: ``Z[m, n + 1](a)`` has m inputs and n + 1 outputs,
            ``A^n`` is n wires, ``(f >> g)^n`` a diagram n times side by side, ``spider(m, n, A)`` a spider.
        directed: whether it is used from left to right only.
        variables, where: symbols in parameters that stand for any value, and conditions on them, as in
            :class:`~catenary.diagrams.Equation`.
        diagrams: the named diagrams that the sides use.

    Raises:
        InputError: for a side that cannot be read.
        CompositionError: where the sides differ in boundary.
        ArgumentError: for names that do not occur.

    >>> from catenary.diagrams import Box, Ty
    >>> A = Ty("A")
    >>> signature = Signature("s", objects=["A"], generators=[Box("Z", A, A), Box("e", Ty(), A)])
    >>> copy = EquationFamily("copy", signature, ("n",), "e >> Z[1, n]", "e^n")
    >>> print(copy.instance({"n": 3}).right)
    e >> A @ e >> A A @ e
    """

    name: str
    signature: Signature
    arities: tuple[str, ...]
    left: str
    right: str
    directed: bool = False
    variables: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    diagrams: tuple[tuple[str, Diagram], ...] = ()
    _known: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        expect(self.name, str, "the name of an equation", "text")
        expect(self.signature, Signature, f"the signature of {self.name}", "a Signature")
        for side in ("left", "right"):
            expect(getattr(self, side), str, f"the {side} side of {self.name}", "text")
            object.__setattr__(self, side, _plain_text(getattr(self, side)))
        for what in ("arities", "variables"):
            given = getattr(self, what)
            names = tuple(given.split() if isinstance(given, str) else given)
            if len(set(names)) < len(names):
                raise ArgumentError(f"the {what} of {self.name}", "different names", names)
            object.__setattr__(self, what, names)
        if not self.arities:
            raise ArgumentError(f"the numbers of legs of {self.name}", "at least one name", ())
        if both := set(self.arities) & set(self.variables):
            raise ArgumentError(f"a variable of {self.name}", "no number of legs as well", min(both))
        for number in (1, 0, 2):  # affine in the numbers, so that what fits here fits everywhere
            for name in self.arities:
                with suppress(VariableVanishedError):
                    self._at({**dict.fromkeys(self.arities, 1), name: number})
        full = self._at(dict.fromkeys(self.arities, 2))
        if len(full.variables) < len(self.variables):
            missing = next(name for name in self.variables if name not in full.variables)
            raise ArgumentError(f"variable {missing} of {self.name}", "a symbol of its boxes", missing)
        occurring = {name for which in ("left", "right") for name in _names_in(*self._tree(which))}
        for name in self.arities:
            if name not in occurring:
                raise ArgumentError(f"{name} of {self.name}", "a number of legs in it", name)

    def _tree(self, which: str) -> tuple[Source, Any]:
        from catenary.diagrams.text.parser import Source

        if which not in self._known:
            source = Source(getattr(self, which), f"{self.name}, {which}")
            self._known[which] = source, source.tree("expression")
        tree: tuple[Source, Any] = self._known[which]
        return tree

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_known": {}}

    def over(self, signature: Signature) -> EquationFamily:
        """The family over a larger signature."""
        if signature == self.signature:
            return self
        diagrams = tuple([(name, diagram.over(signature)) for name, diagram in self.diagrams])
        return replace(self, signature=signature, diagrams=diagrams)

    def instance(self, values: Mapping[str, Any]) -> Equation:
        """The equation for values: of all numbers of legs, and of variables; a variable without one stands for itself.

        Raises:
            RewriteError: if a number of legs has no value or one that is no number of legs, a condition does not hold, or what
                gets a value is not in the equation.
        """
        numbers = {name: _number(self.name, name, values) for name in self.arities}
        return self._at(numbers).instance({k: v for k, v in values.items() if k not in numbers})

    def scheme(self, numbers: Mapping[str, int]) -> Equation:
        """The equation for numbers of legs, with its variables.

        Raises:
            RewriteError: as :meth:`instance`.
        """
        return self._at({name: _number(self.name, name, numbers) for name in self.arities})

    def _at(self, numbers: Mapping[str, int]) -> Equation:
        from catenary.diagrams.text.reading import read_expression

        key = tuple(sorted(numbers.items()))
        if key not in self._known:
            if len(self._known) >= _INSTANCES:
                self._known.clear()  # what is dropped is made again
            sides = []
            for which in ("left", "right"):
                source, tree = self._tree(which)
                sides.append(read_expression(tree, source, self.signature, numbers, dict(self.diagrams)))
            shown = ", ".join(f"{name} = {number}" for name, number in numbers.items())
            if (sides[0].dom, sides[0].cod) != (sides[1].dom, sides[1].cod):
                ends = [f"{side.dom} → {side.cod}" for side in sides]
                raise RewriteError(f"the sides of {self.name} differ for {shown}: {ends[0]} and {ends[1]}")
            left, right = sides
            there = symbols_of(left) | symbols_of(right)
            variables = tuple([name for name in self.variables if name in there])
            for condition in self.where:  # of what is not there a value would have to be invented
                if gone := condition.symbols & set(self.variables) - there:
                    problem = (
                        f"{self.name} for {shown} does not have {min(gone)}, of which {condition} is asked"
                    )
                    raise VariableVanishedError(problem)
            self._known[key] = Equation(self.name, left, right, self.directed, variables, self.where)
        equation: Equation = self._known[key]
        return equation

    def members(self, forward: bool = True) -> tuple[Member, ...]:
        """The boxes of variable arity on one side."""
        which = "left" if forward else "right"
        if ("members", which) not in self._known:
            source, tree = self._tree(which)
            found = []
            for named in tree.find_data("named"):
                name, legs, _ = named.children
                if legs is not None:
                    inputs, outputs = (_amount(child, source) for child in legs.children)
                    found.append(Member(unquoted(name, source), inputs, outputs))
            self._known["members", which] = tuple(found)
        members: tuple[Member, ...] = self._known["members", which]
        return members

    def __str__(self) -> str:
        names = f"({', '.join(self.variables)})" if self.variables else ""
        where = f" where {', '.join(map(str, self.where))}" if self.where else ""
        sign = "→" if self.directed else "="
        return f"{self.name}[{', '.join(self.arities)}]{names}: {self.left} {sign} {self.right}{where}"


def share_of(tree: Any) -> tuple[Any, Any]:
    """The number and the name of one summand of a number of legs, ``None`` where there is none."""
    number = next((c for c in tree.children if getattr(c, "type", "") == "NUMBER"), None)
    name = next((c for c in tree.children if hasattr(c, "children")), None)
    return number, name


def _amount(tree: Any, source: Source) -> Amount:
    first, rest = spine(tree, "shares")
    constant, factors = 0, dict[str, int]()
    for share in (first, *(share for _, share in rest)):
        number, name = share_of(share)
        times = 1 if number is None else int(str(number))
        if name is None:
            constant += times
        else:
            text = unquoted(name, source)
            factors[text] = factors.get(text, 0) + times
    return constant, tuple(sorted(factors.items()))


def _names_in(source: Source, tree: Any) -> Iterator[str]:
    for share in tree.find_pred(lambda t: t.data == "share"):
        _, name = share_of(share)
        if name is not None:
            yield unquoted(name, source)


def _number(family: str, name: str, values: Mapping[str, Any]) -> int:
    if name not in values:
        raise RewriteError(f"{family} has a number of legs {name!r} that is not given")
    number = as_phase(values[name])
    if is_symbolic(number) or number != int(number) or number < 0:
        raise RewriteError(f"{family}: {name} is a number of legs, not {values[name]}")
    return int(number)


def _plain_text(text: str) -> str:
    """On one line, without comments."""
    pieces = []
    at = 0
    for match in _QUOTED_OR_COMMENT.finditer(text):
        pieces += [re.sub(r"\s+", " ", text[at : match.start()]), match[1] or " "]
        at = match.end()
    pieces.append(re.sub(r"\s+", " ", text[at:]))
    return "".join(pieces).strip()


def read_family(reader: Any, statement: Any, name: str) -> EquationFamily:
    """The family that a statement of a theory file declares, faults at their places."""
    label, arities, variables, left, sign, right, where = statement.children
    source: Source = reader.source
    names = tuple([unquoted(child, source) for child in items(arities.children[0])])
    for number in (1, 0, 2):
        for chosen in names:
            reader.arities = {**dict.fromkeys(names, 1), chosen: number}
            one, other = reader.diagram(left), reader.diagram(right)
            if (one.dom, one.cod) != (other.dom, other.cod):
                shown = ", ".join(f"{n} = {k}" for n, k in reader.arities.items())
                ends = f"{one.dom} → {one.cod}  and  {other.dom} → {other.cod}"
                source.fail(f"for {shown} the two sides of {name!r} differ: {ends}", sign)
    reader.arities = {}
    used = {unquoted(tree.children[0], source) for side in (left, right) for tree in side.find_data("named")}
    sides = [source.text[side.meta.start_pos : side.meta.end_pos] for side in (left, right)]
    try:
        return EquationFamily(
            name,
            reader.signature,
            names,
            sides[0],
            sides[1],
            sign.type == "DIRECTED",
            () if variables is None else tuple([unquoted(c, source) for c in items(variables.children[0])]),
            () if where is None else read_conditions(where.children[0], source),
            tuple([(n, d) for n, d in reader.diagrams.items() if n in used]),
        )
    except CatenaryError as error:
        source.fail(str(error), label)


__all__ = ["Amount", "EquationFamily", "Member", "read_family", "share_of"]
