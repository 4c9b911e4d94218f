"""Rules for all numbers of legs: spiders and other boxes of variable arity in matching, rewriting and proofs.

A family is matched by its members. How many legs a member has is read off the graph: each box of variable arity on the
side that is looked for is of a box there, so its inputs and outputs are linear equations for the numbers of legs. They are solved
in all ways; each solution is a rule like any other, and is matched as such. A step of a proof names the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from catenary.diagrams import OpenHypergraph, RewriteError, Signature
from catenary.diagrams.conditions import Condition
from catenary.diagrams.errors import expect
from catenary.diagrams.phases import as_phase
from catenary.diagrams.text import EquationFamily
from catenary.diagrams.text.families import Amount, VariableVanishedError
from catenary.rewriting.rule import Rule


@dataclass(frozen=True)
class RuleFamily:
    """A rule for all numbers of legs.

    >>> from catenary.diagrams import Box, Ty
    >>> A = Ty("A")
    >>> signature = Signature("s", objects=["A"], generators=[Box("Z", A, A), Box("e", Ty(), A)])
    >>> copy = RuleFamily(EquationFamily("copy", signature, ("n",), "e >> Z[1, n]", "e^n"))
    >>> graph = (signature["e"] >> signature["Z"].replace(cod=A**3)).to_hypergraph()
    >>> list(copy.numbers(graph))
    [{'n': 3}]
    >>> print(copy.at(n=2))
    copy: e >> Z = e >> A @ e
    """

    family: EquationFamily

    def __post_init__(self) -> None:
        expect(self.family, EquationFamily, "a rule for all numbers of legs", "an EquationFamily")

    @property
    def name(self) -> str:
        """What steps call it."""
        return self.family.name

    @property
    def directed(self) -> bool:
        """Whether it is used from left to right only."""
        return self.family.directed

    @property
    def arities(self) -> tuple[str, ...]:
        """The names of its numbers of legs."""
        return self.family.arities

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its numbers of legs, and of its variables."""
        return (*self.family.arities, *self.family.variables)

    @property
    def where(self) -> tuple[Condition, ...]:
        """Its conditions."""
        return self.family.where

    @property
    def signature(self) -> Signature:
        """The signature of all members."""
        return self.family.signature

    @property
    def directions(self) -> tuple[bool, ...]:
        """The directions it may be used in: ``True`` is left to right."""
        return (True,) if self.directed else (True, False)

    def over(self, signature: Signature) -> RuleFamily:
        """The family between diagrams over a larger signature."""
        return RuleFamily(self.family.over(signature))

    def member(self, numbers: Mapping[str, int], name: str | None = None) -> Rule:
        """The rule for numbers of legs, with its variables; under another name, if one is given."""
        found = self.family.scheme(numbers)
        return Rule(name or found.name, found.left, found.right, found.directed, found.variables, found.where)

    def at(self, given: Mapping[str, Any] | None = None, /, **values: Any) -> Rule:
        """The instance for numbers of legs and values of the variables, which it remembers as its ``values``.

        Raises:
            RewriteError: as :meth:`EquationFamily.instance`.
        """
        chosen = {**(given or {}), **values}
        rule = Rule.of(self.family.instance(chosen))
        object.__setattr__(
            rule, "values", tuple(sorted((name, as_phase(value)) for name, value in chosen.items()))
        )
        return rule

    def undetermined(self, forward: bool = True) -> tuple[str, ...]:
        """The numbers of legs that no box of variable arity on a side has in it."""
        members = self.family.members(forward)
        known = {name for m in members for _, factors in (m.inputs, m.outputs) for name, _ in factors}
        return tuple([name for name in self.arities if name not in known])

    def numbers(
        self, graph: OpenHypergraph, forward: bool = True, given: Mapping[str, Any] = {}
    ) -> Iterator[dict[str, int]]:
        """The numbers of legs for which the boxes of variable arity on a side are all of arities that occur in a graph, each
        once, fewest legs first. (Not those for which a variable disappears that a condition is about.)

        Raises:
            RewriteError: if the side leaves a number open that is not given.
        """
        fixed = {name: int(as_phase(given[name])) for name in self.arities if name in given}
        if free := [name for name in self.undetermined(forward) if name not in fixed]:
            side = "left" if forward else "right"
            raise RewriteError(
                f"the {side} side of {self.name} has no box that says what {', '.join(free)} is: give values, as in "
                f"given={{{free[0]!r}: 2}}"
            )
        members = self.family.members(forward)
        names = dict.fromkeys(member.name for member in members)
        there = {name: sorted(self._arities_of(name, graph)) for name in names}
        found: set[tuple[int, ...]] = set()
        for chosen in product(*(there[member.name] for member in members)):
            equations = [
                (amount, count)
                for member, pair in zip(members, chosen, strict=True)
                for amount, count in zip((member.inputs, member.outputs), pair, strict=True)
            ]
            equations += [((0, ((name, 1),)), number) for name, number in fixed.items()]
            found.update(_solutions(self.arities, equations))
        for row in sorted(found, key=lambda row: (sum(row), row)):
            numbers = dict(zip(self.arities, row, strict=True))
            if self._is_whole(numbers):
                yield numbers

    def _is_whole(self, numbers: Mapping[str, int]) -> bool:
        try:
            self.family.scheme(numbers)
        except VariableVanishedError:
            return False
        return True

    def _arities_of(self, name: str, graph: OpenHypergraph) -> set[tuple[int, int]]:
        """How often the declared inputs and outputs are there, for every box of this name."""
        declared = self.signature[name]
        found = set()
        for box in {edge.box for edge in graph.edges if edge.box.name == name}:
            counts = []
            for mine, theirs in ((box.dom, declared.dom), (box.cod, declared.cod)):
                count = len(mine) // len(theirs) if len(theirs) else 1
                if theirs**count == mine:
                    counts.append(count)
            if len(counts) == 2:
                found.add((counts[0], counts[1]))
        return found

    def __str__(self) -> str:
        return str(self.family)


@dataclass(frozen=True)
class Members:
    """A theory with members of its families instead of them, enough of them for some diagrams.

    Attributes:
        rules: the members, each under a name of its own.
        of: for each of these names the family and the numbers of legs.
        left_out: whether there would have been more of the same size.
    """

    rules: tuple[Rule, ...]
    of: Mapping[str, tuple[str, dict[str, int]]]
    left_out: bool


def members_for(families: Iterable[RuleFamily], graphs: Sequence[OpenHypergraph], most: int = 300) -> Members:
    """The members of families with boxes of no more inputs and outputs than those of the same name in some graphs (at least 2),
    those with the fewest legs first.
    """
    counts = [len(row) for graph in graphs for e in graph.edges for row in (e.sources, e.targets)]
    largest = max([2, *counts])
    found: list[tuple[int, str, RuleFamily, dict[str, int]]] = []
    for family in families:
        amounts = [
            amount
            for forward in (True, False)
            for member in family.family.members(forward)
            for amount in (member.inputs, member.outputs)
        ]
        for row in product(range(largest + 1), repeat=len(family.arities)):
            numbers = dict(zip(family.arities, row, strict=True))
            sizes = [constant + sum(t * numbers[n] for n, t in factors) for constant, factors in amounts]
            if all(size <= largest for size in sizes) and family._is_whole(numbers):
                found.append((sum(row), family.name, family, numbers))
            if len(found) > 20 * most:
                break
    found.sort(key=lambda item: item[:2])
    rules, of = [], {}
    for _, name, family, numbers in found[:most]:
        shown = ", ".join(f"{n} = {k}" for n, k in numbers.items())
        rule = family.member(numbers, f"{name} [{shown}]")
        if rule.left != rule.right:
            rules.append(rule)
            of[rule.name] = (name, numbers)
    return Members(tuple(rules), of, len(found) > most)


def _solutions(names: Sequence[str], equations: Sequence[tuple[Amount, int]]) -> Iterator[tuple[int, ...]]:
    """All natural numbers that solve linear equations with natural coefficients, in which every name occurs."""
    bound = {
        name: min(
            (count - constant) // times
            for (constant, factors), count in equations
            for n, times in factors
            if n == name
        )
        for name in names
    }
    if any(number < 0 for number in bound.values()):
        return
    stack: list[tuple[int, ...]] = [()]
    while stack:
        row = stack.pop()
        values = dict(zip(names, row, strict=False))
        sums = [
            (
                constant + sum(times * values[n] for n, times in factors if n in values),
                count,
                all(n in values for n, _ in factors),
            )
            for (constant, factors), count in equations
        ]
        if any(total > count or (whole and total != count) for total, count, whole in sums):
            continue
        if len(row) == len(names):
            yield row
        else:
            stack += [(*row, number) for number in range(bound[names[len(row)]] + 1)]


__all__ = ["RuleFamily"]
