"""Many parametrised networks over one weight vector, evaluated together: those of one shape are one batch.

>>> import sympy
>>> from catenary.functors.circuits import Circuit, Gate
>>> from catenary.functors.tensor.parameters import parametrised_circuit
>>> turns = [parametrised_circuit(Circuit(1, [Gate("ry", (0,), (sympy.Symbol(x),))]), "0") for x in "aab"]
>>> corpus = compile_corpus(turns)
>>> corpus.parameters, len(corpus.groups)
(('a', 'b'), 1)
>>> corpus([0.0, 1.0]).round(6)
array([[1., 0.],
       [1., 0.],
       [0., 1.]])
>>> value, pullback = corpus.value_and_vjp([0.0, 0.5])
>>> pullback([[0, 1], [0, 1], [0, 1]]).round(3)  # by each weight, the networks summed
array([3.142, 1.111])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from catenary.diagrams import ArityError, PhaseError
from catenary.functors.tensor.batch import ParametrisedProgram, compile_parametrised
from catenary.functors.tensor.network import Array, TensorNetwork
from catenary.functors.tensor.parameters import Feature, General, ParametrisedNetwork, SymbolicTensor


@dataclass(frozen=True, eq=False)
class CorpusGroup:
    """The networks of one shape.

    Attributes:
        program: their program, its parameters numbered by their first use.
        members: the numbers of the networks.
        gather: for each member the weights that are its parameters, (members, P).
    """

    program: ParametrisedProgram
    members: Array
    gather: Array


class Corpus:
    """Networks grouped by shape; see the module. Reusable and immutable.

    Attributes:
        parameters: the names of the weights.
        groups: the networks by shape.
        shapes: the shape of each network's value.
        shape: the shape that all values have, ``None`` where they differ.
    """

    def __init__(
        self, networks: Iterable[ParametrisedNetwork | TensorNetwork], parameters: Sequence[str] | None = None
    ):
        given = [n if isinstance(n, ParametrisedNetwork) else ParametrisedNetwork(n) for n in networks]
        if parameters is None:
            parameters = sorted({name for network in given for name in network.parameters})
        self.parameters = tuple(parameters)
        number = {name: k for k, name in enumerate(self.parameters)}
        if len(number) != len(self.parameters):
            raise ArityError("a parameter is named twice")
        self.shapes = tuple(network.shape for network in given)
        self.shape = self.shapes[0] if len(set(self.shapes)) == 1 else None
        found: dict[Any, tuple[ParametrisedNetwork, list[str], list[int], list[list[int]]]] = {}
        for place, network in enumerate(given):
            key, names = _shape_key(network)
            for name in names:
                if name not in number:
                    raise PhaseError(f"network {place} has the parameter {name!r}, which is not given")
            entry = found.setdefault(key, (network, names, [], []))
            entry[2].append(place)
            entry[3].append([number[name] for name in names])
        groups = []
        for network, names, members, rows in found.values():
            gather = np.array(rows, dtype=np.intp).reshape(len(members), len(names))
            program = compile_parametrised(network, names)
            groups.append(CorpusGroup(program, np.array(members), gather))
        self.groups = tuple(groups)

    def __len__(self) -> int:
        return len(self.shapes)

    def _weights(self, weights: Any) -> Array:
        found = np.asarray(weights, dtype=np.float64)
        if found.shape != (len(self.parameters),):
            raise ArityError(f"weights of shape {found.shape} for {len(self.parameters)} parameters")
        return found

    def _joined(self, parts: Sequence[Array]) -> Any:
        """The values in the order of the networks: one array where all have one shape, else a list."""
        if self.shape is None:
            row: list[Any] = [None] * len(self)
            for group, part in zip(self.groups, parts, strict=True):
                for place, value in zip(group.members, part, strict=True):
                    row[place] = value
            return row
        dtype = np.result_type(np.float64, *{part.dtype for part in parts})
        found = np.empty((len(self), *self.shape), dtype)
        for group, part in zip(self.groups, parts, strict=True):
            found[group.members] = part
        return found

    def __call__(self, weights: Any) -> Any:
        """The values: an array (networks, \\*shape), or a list of arrays where the shapes differ.

        Raises:
            ArityError: unless there is one weight for each parameter.
        """
        vector = self._weights(weights)
        if not self.groups:
            return []
        return self._joined([group.program(vector[group.gather]) for group in self.groups])

    def value_and_vjp(self, weights: Any) -> tuple[Any, Callable[[Any], Array]]:
        """The values, and the function from cotangents (an array or list like the values) to the gradient of
        ``Re Σ conj(cotangent) · value`` by each weight.

        Raises:
            ArityError: for a wrong shape, of the weights or of a cotangent.
        """
        vector = self._weights(weights)
        runs = [group.program.value_and_vjp(vector[group.gather]) for group in self.groups]

        def pullback(cotangents: Any) -> Array:
            if len(cotangents) != len(self):
                raise ArityError(f"{len(cotangents)} cotangents for {len(self)} networks")
            total = np.zeros(len(vector))
            whole = np.asarray(cotangents) if self.shape is not None else None
            for group, (_, pull) in zip(self.groups, runs, strict=True):
                if whole is not None:
                    part = whole[group.members]
                else:
                    part = np.stack([np.asarray(cotangents[place]) for place in group.members])
                total += np.bincount(group.gather.reshape(-1), pull(part).reshape(-1), len(vector))
            return total

        return (self._joined([value for value, _ in runs]) if runs else []), pullback


def compile_corpus(
    networks: Iterable[ParametrisedNetwork | TensorNetwork], parameters: Sequence[str] | None = None
) -> Corpus:
    """The programs of many networks over one weight vector.

    Args:
        networks: networks of any shapes. Those that differ in the names of their parameters alone are one
            batch.
        parameters: the order of the weights; sorted by name unless given.

    Raises:
        PhaseError: for a parameter that is not among them.
    """
    return Corpus(networks, parameters)


def _shape_key(network: ParametrisedNetwork) -> tuple[Any, list[str]]:
    """What networks of one shape share, and the parameters in the order of their first use."""
    number: dict[str, int] = {}

    def renamed(feature: Feature) -> Any:
        of = feature.of
        if isinstance(of, General):
            names = of.names
            ordinals = [number.setdefault(name, len(number)) for name in names]
            plain = _plain(of.expression, tuple(names), tuple(range(len(names))))
            return (feature.kind, plain, tuple(ordinals))
        terms = tuple((number.setdefault(name, len(number)), factor) for name, factor in of.terms)
        return (feature.kind, of.constant, terms)

    rows: list[Any] = []
    for tensor in network.tensors:
        if isinstance(tensor, SymbolicTensor):
            basis = tensor.basis
            rows.append((basis.dtype.char, basis.tobytes(), tuple(map(renamed, tensor.features))))
        else:
            rows.append((tensor.dtype.char, tensor.tobytes()))
    return (network.structure, tuple(rows)), list(number)


def _plain(expression: Any, names: tuple[str, ...], numbers: tuple[int, ...]) -> Any:
    import sympy

    symbols = {s: sympy.Symbol(f"p{numbers[names.index(s.name)]}") for s in expression.free_symbols}
    return expression.xreplace(symbols)
