"""Propositional formulas in conjunctive normal form: a variable is a spider, a clause a box on its wires."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from catenary.diagrams import (
    Box,
    CatenaryError,
    ContractionError,
    Diagram,
    Doctrine,
    Edge,
    InputError,
    Ob,
    OpenHypergraph,
    Ty,
)
from catenary.diagrams.signature import free
from catenary.functors.functor import Functor
from catenary.functors.tensor.network import TensorNetwork
from catenary.functors.tensor.semirings import (
    BOOLEAN,
    COUNTING,
    MIN_PLUS,
    Semiring,
    best_assignment,
    contract_over,
)
from catenary.functors.tensor.tensors import SemiringNetworks

_BOOL = Ob("bool")
_WIDEST = 8  # literals on one box; a wider clause is a chain of boxes
_CLAUSE, _PART, _COST = "clause", "part", "cost"


@dataclass(frozen=True)
class Formula:
    """A formula in conjunctive normal form. Immutable.

    Args:
        variables: how many; they are numbered from 1.
        clauses: each a tuple of literals: ``v`` for the variable v, ``-v`` for its negation.

    Raises:
        CatenaryError: for a literal that is no variable of the formula.

    >>> formula = Formula(3, ((1, 2), (-2, 3)))
    >>> formula.count(), formula.satisfiable()
    (4, True)
    >>> formula.model()
    (True, False, False)
    """

    variables: int
    clauses: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if not isinstance(self.variables, int) or self.variables < 0:
            raise CatenaryError(f"a formula has a number of variables, not {self.variables!r}")
        object.__setattr__(self, "clauses", tuple(tuple(clause) for clause in self.clauses))
        for number, clause in enumerate(self.clauses, 1):
            for literal in clause:
                if not isinstance(literal, int) or not 1 <= abs(literal) <= self.variables:
                    raise CatenaryError(
                        f"clause {number}: {literal!r} is no literal: variables run from 1 to "
                        f"{self.variables}, and -v is the negation of v"
                    )

    def diagram(self, costs: bool = False) -> Diagram:
        """The formula as a closed diagram of a hypergraph doctrine: wires are variables, boxes are clauses.

        Clauses are boxes named by the signs of their literals, ``"clause+-"`` for (v or not w); wide ones
        are chains. With ``costs`` each variable v also has the effect ``"cost v"``.
        """
        signature = free(Doctrine.HYPERGRAPH)
        vertices = [_BOOL] * self.variables
        edges: list[Edge] = []

        def box(name: str, wires: Sequence[int], cod: Sequence[int] = ()) -> None:
            dom = Ty.of((_BOOL,) * len(wires))
            edges.append(
                Edge(
                    Box(name, dom, Ty.of((_BOOL,) * len(cod)), signature=signature), tuple(wires), tuple(cod)
                )
            )

        for clause in self.clauses:
            literals = sorted(set(clause), key=abs)
            if any(-literal in literals for literal in literals):
                continue  # always true
            wires = [abs(literal) - 1 for literal in literals]
            signs = "".join("+-"[literal < 0] for literal in literals)
            while len(wires) > _WIDEST:
                vertices.append(_BOOL)
                box(_PART + signs[:_WIDEST], wires[:_WIDEST], (len(vertices) - 1,))
                wires, signs = [len(vertices) - 1, *wires[_WIDEST:]], "+" + signs[_WIDEST:]
            box(_CLAUSE + signs, wires)
        if costs:
            for v in range(self.variables):
                box(f"{_COST} {v + 1}", (v,))
        return Diagram.from_hypergraph(OpenHypergraph(tuple(vertices), tuple(edges), (), (), signature))

    def network(self, ring: Semiring, costs: Mapping[int, Any] | None = None) -> TensorNetwork:
        """The diagram's tensor network over a semiring: false assignments are worth its zero.

        Args:
            ring: the semiring.
            costs: what each true variable is worth, the semiring's one where none is given.
        """
        given = dict(costs or {})
        for v in given:
            if not 1 <= v <= self.variables:
                raise CatenaryError(f"a cost is given for variable {v}; they run from 1 to {self.variables}")

        def image(box: Box) -> Any:
            if box.name.startswith(_COST):
                return [ring.one, given.get(int(box.name[len(_COST) + 1 :]), ring.one)]
            signs = box.name.removeprefix(_CLAUSE).removeprefix(_PART)
            table = np.full((2,) * len(signs), ring.one, dtype=object)
            false = tuple(int(sign == "-") for sign in signs)
            if box.name.startswith(_PART):
                both = np.full((*table.shape, 2), ring.zero, dtype=object)
                both[..., 1] = ring.one
                both[false] = [ring.one, ring.zero]
                return both.astype(ring.dtype)
            table[false] = ring.zero
            return table.astype(ring.dtype)

        functor = Functor({"bool": 2}, image, SemiringNetworks(ring))
        return functor(self.diagram(costs=bool(given)))

    def count(self, **limits: Any) -> int:
        """The number of assignments that satisfy the formula, exact.

        Args:
            limits: as for :func:`~catenary.functors.tensor.contract_over`.
        """
        return int(contract_over(self.network(COUNTING), COUNTING, **limits).item())

    def satisfiable(self, **limits: Any) -> bool:
        """Whether some assignment satisfies the formula."""
        return bool(contract_over(self.network(BOOLEAN), BOOLEAN, **limits))

    def model(self, costs: Mapping[int, float] | None = None, **limits: Any) -> tuple[bool, ...] | None:
        """An assignment that satisfies the formula; ``None`` if there is none.

        Args:
            costs: the cost of each variable that is true; the assignment found has the least total.

        >>> Formula(2, ((1, 2),)).model({1: 3, 2: 1})
        (False, True)
        """
        ring = MIN_PLUS if costs else BOOLEAN
        network = self.network(ring, costs)
        try:
            found = best_assignment(network, ring, **limits).indices
        except ContractionError:
            if self.satisfiable(**limits):
                raise
            return None
        return tuple(bool(value) for value in found[: self.variables])


def read_dimacs(text: str, source: str = "<text>") -> Formula:
    """A formula from DIMACS text.

    Args:
        text: the text.
        source: what to call it in error messages.

    Raises:
        InputError: with the line, for text in another format.

    >>> read_dimacs("c two clauses\\np cnf 3 2\\n1 2 0\\n-2 3 0\\n").clauses
    ((1, 2), (-2, 3))
    """
    header: tuple[int, int] | None = None
    clauses: list[tuple[int, ...]] = []
    clause: list[int] = []
    number = 0

    def fault(problem: str) -> InputError:
        return InputError(problem, source=source, line=number, text=text)

    for line in text.split("\n"):
        number += 1
        words = line.split()
        if not words or words[0] == "c":
            continue
        if words[0] == "%":  # the end, in some collections
            break
        if words[0] == "p":
            digits = all(word.isascii() and word.isdigit() and len(word) < 10 for word in words[2:])
            if header or len(words) != 4 or words[1] != "cnf" or not digits:
                raise fault("expected one line  p cnf VARIABLES CLAUSES")
            header = int(words[2]), int(words[3])
            continue
        if header is None:
            raise fault("the line  p cnf VARIABLES CLAUSES  comes before the clauses")
        for word in words:
            if not re.fullmatch(r"-?[0-9]{1,9}", word) or abs(int(word)) > header[0]:
                raise fault(f"{word[:20]!r} is no literal over {header[0]} variables")
            if int(word):
                clause.append(int(word))
            else:
                clauses.append(tuple(clause))
                clause = []
    if header is None:
        number = 0
        raise fault("there is no line  p cnf VARIABLES CLAUSES")
    if clause:
        raise fault("the last clause does not end in 0")
    if len(clauses) != header[1]:
        raise fault(f"{len(clauses)} clauses, but the first line promises {header[1]}")
    return Formula(header[0], tuple(clauses))
