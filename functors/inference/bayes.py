"""Bayesian networks as diagrams: every variable is a wire, every conditional distribution a box.

(Jacobs & Zanasi, *The logical essentials of Bayesian reasoning*, arXiv 1804.01193; Pearl, *Probabilistic
Reasoning in Intelligent Systems*, 1988.)
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np

from catenary.diagrams import (
    Box,
    CatenaryError,
    ContractionError,
    Diagram,
    Doctrine,
    Edge,
    Ob,
    OpenHypergraph,
    Ty,
    UnknownGenerator,
)
from catenary.diagrams.signature import free
from catenary.functors.functor import Functor
from catenary.functors.tensor.network import TensorNetwork
from catenary.functors.tensor.semirings import (
    MAX_PLUS,
    PROBABILITY,
    RATIONAL,
    Semiring,
    best_assignment,
    contract_over,
)
from catenary.functors.tensor.tensors import SemiringNetworks

Value = Hashable
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Explanation:
    """The most probable values of all variables, given evidence.

    Attributes:
        values: the value of each variable.
        probability: the joint probability of these values (not divided by that of the evidence).
    """

    values: Mapping[str, Value]
    probability: float


@dataclass(frozen=True, eq=False)
class BayesianNetwork:
    """Variables with finitely many values, and for each its distribution given its parents. Immutable.

    Args:
        values: for each variable, by name, its values.
        tables: for each variable its parents and an array with one axis for each parent, in that order, and a
            last one for the variable; the last axis sums to 1. Fractions are computed with exactly.

    Raises:
        CatenaryError: for a missing or unknown variable, a wrong shape, a cycle, or rows that do not sum to 1,
            naming the variable.

    >>> rain = BayesianNetwork(
    ...     {"rain": ["no", "yes"], "wet": ["no", "yes"]},
    ...     {"rain": ([], [0.8, 0.2]), "wet": (["rain"], [[0.9, 0.1], [0.25, 0.75]])},
    ... )
    >>> {value: round(float(p), 6) for value, p in rain.marginal("rain", {"wet": "yes"}).items()}
    {'no': 0.347826, 'yes': 0.652174}
    >>> rain.explain({"wet": "yes"}).values["rain"]
    'yes'
    """

    values: Mapping[str, tuple[Value, ...]]
    tables: Mapping[str, tuple[tuple[str, ...], Any]]
    _ring: Semiring = field(init=False, repr=False)

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "values", MappingProxyType({name: tuple(row) for name, row in self.values.items()}))
        for name in self.tables:
            self._known(name)
        for name, row in self.values.items():
            if name not in self.tables:
                raise CatenaryError(f"variable {name} has no table")
            if not row or len(set(row)) != len(row):
                raise CatenaryError(f"variable {name} needs distinct values, not {list(row)}")
        given = {
            name: (tuple(parents), np.asarray(table, dtype=object))
            for name, (parents, table) in self.tables.items()
        }
        exact = all(isinstance(x, (int, Fraction)) for _, table in given.values() for x in table.flat)
        ring = RATIONAL if exact else PROBABILITY
        set_(self, "_ring", ring)
        tables = {}
        for name, (parents, table) in given.items():
            for parent in parents:
                self._known(parent)
            if len({*parents, name}) != len(parents) + 1:
                raise CatenaryError(f"variable {name}: its parents {list(parents)} repeat, or hold itself")
            shape = tuple(len(self.values[v]) for v in (*parents, name))
            array = ring.array(table, f"the table of {name}")
            if array.shape != shape:
                raise CatenaryError(
                    f"the table of {name} has shape {array.shape}; its parents {list(parents)} and its values "
                    f"make {shape}"
                )
            if exact and (array < 0).any():
                raise CatenaryError(f"the table of {name} has negative probabilities")
            sums = array.sum(axis=-1)
            if not np.all(sums == 1 if exact else np.abs(sums.astype(float) - 1) < _TOLERANCE):
                raise CatenaryError(f"the table of {name} has rows that do not sum to 1")
            tables[name] = (parents, array)
        set_(self, "tables", MappingProxyType(tables))
        self._acyclic()

    def _known(self, name: str) -> None:
        if name not in self.values:
            raise UnknownGenerator(name, self.values, "the Bayesian network")

    def _acyclic(self) -> None:
        done: set[str] = set()
        while len(done) < len(self.tables):
            ready = [
                v for v, (parents, _) in self.tables.items() if v not in done and done.issuperset(parents)
            ]
            if not ready:
                rest = sorted(set(self.tables) - done)
                raise CatenaryError(f"the parents go round in a circle among {', '.join(rest)}")
            done.update(ready)

    def diagram(self, variables: Sequence[str] = (), evidence: Mapping[str, Value] | None = None) -> Diagram:
        """The network as a diagram of a hypergraph doctrine, from the unit to some of its variables.

        Args:
            variables: the codomain; the others are summed.
            evidence: for some variables the value that was seen, as the effect ``"NAME = VALUE"``.
        """
        for name in variables:
            self._known(name)
        signature = free(Doctrine.HYPERGRAPH)
        number = {name: v for v, name in enumerate(self.values)}
        edges = []
        for name, (parents, _) in self.tables.items():
            box = Box(name, Ty(*parents), Ty(name), signature=signature)
            edges.append(Edge(box, tuple(number[p] for p in parents), (number[name],)))
        for name, value in (evidence or {}).items():
            self._place(name, value)
            box = Box(f"{name} = {value}", Ty(name), Ty(), signature=signature)
            edges.append(Edge(box, (number[name],), ()))
        vertices = tuple(Ob(name) for name in self.values)
        outputs = tuple(number[name] for name in variables)
        return Diagram.from_hypergraph(OpenHypergraph(vertices, tuple(edges), (), outputs, signature))

    def _place(self, name: str, value: Value) -> int:
        self._known(name)
        if value not in self.values[name]:
            raise CatenaryError(
                f"variable {name} has no value {value!r}: its values are {list(self.values[name])}"
            )
        return self.values[name].index(value)

    def _network(
        self, variables: Sequence[str], evidence: Mapping[str, Value] | None, ring: Semiring
    ) -> TensorNetwork:
        seen = dict(evidence or {})
        effects = {name: self._place(name, value) for name, value in seen.items()}

        def image(box: Box) -> Any:
            if box.cod:
                return self.tables[box.name][1]
            # not by the box's name, which two variables may share: "a = b" seen as "c", "a" as "b = c"
            name = box.dom.objects[0].name
            place = effects[name]
            return [ring.one if i == place else ring.zero for i in range(len(self.values[name]))]

        sizes = {name: len(row) for name, row in self.values.items()}
        return Functor(sizes, image, SemiringNetworks(ring))(self.diagram(variables, evidence))

    def joint(
        self, variables: Sequence[str], evidence: Mapping[str, Value] | None = None, **limits: Any
    ) -> Any:
        """The joint distribution of some variables given evidence: an array with an axis for each.

        Args:
            variables: the variables, in the order of the axes.
            evidence: the values that were seen.
            limits: as for :func:`~catenary.functors.tensor.contract_over`.

        Raises:
            CatenaryError: if the evidence has probability 0.
        """
        value = contract_over(self._network(variables, evidence, self._ring), self._ring, **limits)
        total = value.sum()
        if not total:
            raise CatenaryError(self._impossible(evidence))
        return value / total

    def _impossible(self, evidence: Mapping[str, Value] | None) -> str:
        small = "" if self._ring is RATIONAL else " (or one below the smallest float: give fractions)"
        seen = dict(list((evidence or {}).items())[:5])
        return f"the evidence {seen}{' …' if len(evidence or {}) > 5 else ''} has probability 0{small}"

    def marginal(
        self, variable: str, evidence: Mapping[str, Value] | None = None, **limits: Any
    ) -> dict[Value, Any]:
        """The distribution of one variable given evidence."""
        row = self.joint([variable], evidence, **limits)
        return dict(zip(self.values[variable], row.tolist(), strict=True))

    def probability(self, evidence: Mapping[str, Value], **limits: Any) -> Any:
        """The probability that these variables have these values."""
        return contract_over(self._network((), evidence, self._ring), self._ring, **limits).item()

    def explain(self, evidence: Mapping[str, Value] | None = None, **limits: Any) -> Explanation:
        """The most probable values of all variables together, given evidence (maximum a posteriori).

        Raises:
            CatenaryError: if the evidence has probability 0.
        """
        network = self._network((), evidence, self._ring)
        arrays = tuple(np.asarray(array, dtype=float) for array in network.arrays)
        with np.errstate(divide="ignore"):  # logarithms: products of many probabilities underflow
            logarithms = tuple(np.log(array) for array in arrays)
        network = TensorNetwork._trusted(network.structure, logarithms, 0, network.names)
        try:
            found = best_assignment(network, MAX_PLUS, **limits).indices
        except ContractionError:
            if self.probability(evidence or {}, **limits):
                raise
            raise CatenaryError(f"the evidence {dict(evidence or {})} has probability 0") from None
        values = {name: row[place] for (name, row), place in zip(self.values.items(), found, strict=False)}
        chance = math.prod(
            float(array[tuple(found[i] for i in ixs)])
            for ixs, array in zip(network.indices, arrays, strict=True)
        )
        return Explanation(MappingProxyType(values), chance)
