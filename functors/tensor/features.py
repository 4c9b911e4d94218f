"""The features of parametrised tensors on a batch: all cosines and sines in one call, and the adjoint.

Arrays have the batch as their last axis. Tensors with the same basis are one matrix product.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from catenary.diagrams import PhaseError
from catenary.functors.tensor.network import Array
from catenary.functors.tensor.parameters import Affine, Angle, Feature, General, SymbolicTensor

Layers: TypeAlias = tuple[tuple[Array, Array], ...]
_DENSE = 4096  # entries of a matrix of coefficients above which it is kept sparse


@dataclass(frozen=True, eq=False)
class Group:
    """Tensors with the same basis: ``value[j] = basis.T @ features[rows[j]]``.

    Attributes:
        basis: features by entries.
        rows: for each tensor the numbers of its features.
        identity: whether the basis is the identity matrix.
        layers: the gradient's way back: pairs of places (in ``rows``, flat) and feature numbers, each feature
            once in a pair.
    """

    basis: Array
    rows: Array
    identity: bool
    layers: Layers


class Features:
    """How the parametrised tensors of a network follow from the parameters.

    Args:
        tensors: the different tensors.
        parameters: the names of the parameters, in the order of a row of values.

    Raises:
        PhaseError: for a tensor with a parameter that is not among them.
    """

    def __init__(self, tensors: Sequence[SymbolicTensor], parameters: Sequence[str]):
        self.count = len(parameters)
        self._number = {name: k for k, name in enumerate(parameters)}
        waves: dict[Angle, int] = {}
        plain: dict[Angle, int] = {}
        for tensor in tensors:
            for feature in tensor.features:
                for name in feature.names:
                    if name not in self._number:
                        raise PhaseError(f"the network has the parameter {name!r}, which is not given")
                if feature.kind in ("cos", "sin"):
                    waves.setdefault(feature.of, len(waves))
                elif feature.kind == "value":
                    plain.setdefault(feature.of, len(plain))
        self._waves, self._plain = len(waves), len(plain)
        rows: list[tuple[Angle, float]] = [(angle, math.pi) for angle in waves]
        rows += [(angle, 1.0) for angle in plain]
        self._matrix, self._constant = self._affine(rows)
        self._general = (
            _Expressions(rows, parameters) if any(isinstance(a, General) for a, _ in rows) else None
        )
        self.groups, self.places = self._grouped(tensors, waves, plain)

    def _affine(self, rows: Sequence[tuple[Angle, float]]) -> tuple[Any, Array]:
        matrix = np.zeros((len(rows), self.count)) if len(rows) * self.count <= _DENSE else None
        constant = np.zeros((len(rows), 1))
        entries: list[tuple[int, int, float]] = []
        for k, (angle, scale) in enumerate(rows):
            if isinstance(angle, Affine):
                constant[k] = scale * angle.constant
                entries += [(k, self._number[name], scale * factor) for name, factor in angle.terms]
        if matrix is None:
            from scipy.sparse import csr_array

            ks, ps, values = ([entry[i] for entry in entries] for i in range(3))
            return csr_array((values, (ks, ps)), (len(rows), self.count)), constant
        for k, p, value in entries:
            matrix[k, p] = value
        return matrix, constant

    def _row(self, feature: Feature, waves: dict[Angle, int], plain: dict[Angle, int]) -> int:
        if feature.kind == "cos":
            return waves[feature.of]
        if feature.kind == "sin":
            return self._waves + waves[feature.of]
        if feature.kind == "value":
            return 2 * self._waves + plain[feature.of]
        return 2 * self._waves + self._plain

    def _grouped(
        self, tensors: Sequence[SymbolicTensor], waves: dict[Angle, int], plain: dict[Angle, int]
    ) -> tuple[tuple[Group, ...], tuple[tuple[int, int], ...]]:
        """The groups, and each tensor's group and place in it."""
        number: dict[tuple[Any, ...], int] = {}
        bases: list[Array] = []
        members: list[list[list[int]]] = []
        places = []
        for tensor in tensors:
            basis = tensor.basis.reshape(len(tensor.features), -1)
            key = (basis.shape, basis.dtype.char, basis.tobytes())
            g = number.setdefault(key, len(number))
            if g == len(bases):
                bases.append(np.ascontiguousarray(basis))
                members.append([])
            places.append((g, len(members[g])))
            members[g].append([self._row(feature, waves, plain) for feature in tensor.features])
        one = 2 * self._waves + self._plain
        groups = []
        for basis, rows in zip(bases, members, strict=True):
            table = np.array(rows, dtype=np.intp)
            identity = basis.shape[0] == basis.shape[1] and np.array_equal(basis, np.eye(len(basis)))
            groups.append(Group(basis, table, identity, layers_of(table.reshape(-1), one)))
        return tuple(groups), tuple(places)

    def values(self, values: Array) -> tuple[tuple[Array, ...], Array]:
        """The tensors of each group, (tensors, entries, batch), and the features, for values (batch, P)."""
        angles = self._matrix @ values.T + self._constant
        if self._general is not None:
            self._general.fill(angles, values)
        n = self._waves
        table = np.empty((2 * n + self._plain + 1, len(values)))
        np.cos(angles[:n], table[:n])
        np.sin(angles[:n], table[n : 2 * n])
        table[2 * n : -1] = angles[n:]
        table[-1] = 1
        made = []
        for group in self.groups:
            picked = table[group.rows]
            made.append(picked if group.identity else np.matmul(group.basis.T, picked))
        return tuple(made), table

    def pullback(self, gradients: Sequence[Array], table: Array, values: Array, real: bool) -> Array:
        """The gradient (batch, P) from those of each group's tensors.

        Args:
            gradients: the derivative by each entry, without conjugation, one array for each group.
            table: the features, as :meth:`values` gives them.
            values: the parameters.
            real: whether only the real part is wanted.
        """
        n = self._waves
        batch = table.shape[1]
        total = np.zeros((len(table), batch), dtype=float if real else complex)
        for group, gradient in zip(self.groups, gradients, strict=True):
            part = gradient if group.identity else np.matmul(group.basis, gradient)
            flat = part.reshape(-1, batch)
            flat = flat.real if real else flat
            for places, rows in group.layers:
                total[rows] += flat[places]
        angles = np.empty((n + self._plain, batch), dtype=total.dtype)
        np.multiply(table[:n], total[n : 2 * n], out=angles[:n])
        angles[:n] -= table[n : 2 * n] * total[:n]
        angles[n:] = total[2 * n : -1]
        found = self._matrix.T @ angles
        if self._general is not None:
            self._general.pull(angles, values, found)
        return np.ascontiguousarray(found.T)

    def generic(self, values: Any, library: Any) -> list[Any]:
        """:meth:`values` on the arrays of another library with NumPy's functions."""

        def constant(array: Array) -> Any:
            return library.constant(array, values)

        dense = self._matrix if isinstance(self._matrix, np.ndarray) else self._matrix.toarray()
        angles = library.matmul(constant(dense), values.T) + constant(self._constant)
        if self._general is not None:
            angles = angles + self._general.generic(values, library)
        n = self._waves
        ones = library.ones((1, values.shape[0]), values)
        table = library.concat([library.cos(angles[:n]), library.sin(angles[:n]), angles[n:], ones])
        made = []
        for group in self.groups:
            picked = library.take(table, group.rows)
            if not group.identity:
                picked = library.matmul(*library.promoted(constant(group.basis.T), picked))
            made.append(picked)
        return made


def layers_of(rows: Array, skip: int = -1) -> Layers:
    """The places of each number of ``rows`` but ``skip``, split so that no part has a number twice: with such
    parts ``total[rows] += part[places]`` adds everything, faster than ``np.add.at``.
    """
    layers: list[tuple[list[int], list[int]]] = []
    seen: dict[int, int] = {}
    for place, row in enumerate(rows.tolist()):
        if row == skip:
            continue
        layer = seen.get(row, 0)
        seen[row] = layer + 1
        if layer == len(layers):
            layers.append(([], []))
        layers[layer][0].append(place)
        layers[layer][1].append(row)
    return tuple((np.array(a, dtype=np.intp), np.array(b, dtype=np.intp)) for a, b in layers)


class _Expressions:
    """Rows that are general expressions: their values and derivatives, by code that SymPy writes."""

    def __init__(self, rows: Sequence[tuple[Angle, float]], parameters: Sequence[str]):
        import sympy

        self._rows = [k for k, (angle, _) in enumerate(rows) if isinstance(angle, General)]
        # symbols get names of our own: a parameter may be called anything
        clean = {name: sympy.Symbol(f"p{k}", real=True) for k, name in enumerate(parameters)}
        self._symbols: list[Any] = list(clean.values())
        self._expressions: list[Any] = []
        for k in self._rows:
            angle, scale = rows[k]
            assert isinstance(angle, General)
            names = {s: clean[s.name] for s in angle.expression.free_symbols}
            factor = sympy.pi if scale != 1 else sympy.Integer(1)
            self._expressions.append(factor * angle.expression.xreplace(names))
        self._slopes: list[tuple[int, int, Any]] = []
        for k, expression in zip(self._rows, self._expressions, strict=True):
            for p, symbol in enumerate(self._symbols):
                if symbol in expression.free_symbols:
                    self._slopes.append((k, p, expression.diff(symbol)))
        self._count = len(rows)
        self._value = self._function(self._expressions, "numpy")
        self._slope = self._function([slope for _, _, slope in self._slopes], "numpy")

    def _function(self, expressions: Sequence[Any], modules: Any) -> Callable[..., Any]:
        import sympy

        function: Callable[..., Any] = sympy.lambdify(self._symbols, list(expressions), modules, cse=True)
        return function

    def fill(self, angles: Array, values: Array) -> None:
        with np.errstate(all="ignore"):
            for k, row in zip(self._rows, self._value(*values.T), strict=True):
                angles[k] = row
        if not np.isfinite(angles).all():
            raise PhaseError("an expression in the parameters has no finite real value there")

    def pull(self, angles: Array, values: Array, found: Array) -> None:
        with np.errstate(all="ignore"):
            slopes = self._slope(*values.T)
        for (k, p, _), slope in zip(self._slopes, slopes, strict=True):
            found[p] += slope * angles[k]

    def generic(self, values: Any, library: Any) -> Any:
        rows = self._function(self._expressions, [library.functions, "math"])(*values.T)
        zero = 0 * values[:, 0]
        table = [zero] * self._count
        for k, row in zip(self._rows, rows, strict=True):
            table[k] = row + zero
        return library.stack(table)
