"""Tensor networks whose tensors depend on named real parameters.

A :class:`SymbolicTensor` is a sum of constant arrays, each times one real function of the parameters: 1, the
cosine or sine of an angle, or a value. Every gate family of the circuits is of that form (a trigonometric
polynomial in its angles), and so is a tensor whose entries are themselves the parameters (:func:`trainable`).
Angles are half turns, as everywhere; an angle or entry may be any real SymPy expression in the parameters.

A :class:`ParametrisedNetwork` is a network of such tensors: :func:`parametrised_circuit` makes one from a
circuit, :func:`parametrised_network` from a diagram and a functor's tables.
:func:`~catenary.functors.tensor.batch.compile_parametrised` evaluates it on many parameter sets at once, with
gradients.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, Literal, TypeAlias, cast

import numpy as np

from catenary.diagrams import Box, CatenaryError, ContractionError, Diagram, Ob, PhaseError
from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.simulate import gate_matrix
from catenary.functors.functor import Functor
from catenary.functors.tensor.circuits import Bits, gate_tensor, read_circuit
from catenary.functors.tensor.network import Array, Structure, TensorNetwork
from catenary.functors.tensor.tensors import Dims, Networks, check_shape

_TINY = 1e-15


@dataclass(frozen=True, slots=True)
class Affine:
    """``constant + Σ coefficient · parameter``; the terms are in the order of their coefficients, then names."""

    constant: float
    terms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class General:
    """A real SymPy expression, its symbols by name."""

    expression: Any

    @property
    def names(self) -> list[str]:
        """The names of its parameters, sorted."""
        return sorted(symbol.name for symbol in self.expression.free_symbols)


Angle: TypeAlias = Affine | General
Kind: TypeAlias = Literal["one", "cos", "sin", "value"]
_NOTHING = Affine(0.0, ())


@dataclass(frozen=True, slots=True)
class Feature:
    """A real function of the parameters: 1, cos(π·of), sin(π·of), or the value ``of`` itself."""

    kind: Kind
    of: Angle = _NOTHING

    @property
    def names(self) -> list[str]:
        """The parameters it depends on."""
        return self.of.names if isinstance(self.of, General) else [name for name, _ in self.of.terms]


@lru_cache(maxsize=65536)
def read_angle(expression: Any) -> Angle:
    """A real expression as an :class:`Affine` function of its symbols where it is one.

    Raises:
        PhaseError: if it is not real, or applies a function that is not defined.

    >>> import sympy
    >>> a, b = sympy.symbols("a b")
    >>> read_angle(2 * a - b / 2 + 1)
    Affine(constant=1.0, terms=(('b', -0.5), ('a', 2.0)))
    """
    if isinstance(expression, (int, float, Fraction)):
        return Affine(float(expression), ())
    if expression.is_Symbol:
        return Affine(0.0, ((expression.name, 1.0),))
    import sympy
    from sympy.core.function import AppliedUndef

    constant = 0.0
    terms: dict[str, float] = {}
    for term in sympy.Add.make_args(sympy.expand(expression)):
        factor, rest = term.as_independent(*term.free_symbols, as_Add=False)
        if not factor.is_number or factor.is_real is False:
            raise PhaseError(f"{expression} is not real")
        if rest == 1:
            constant += float(factor)
        elif rest.is_Symbol:
            terms[rest.name] = terms.get(rest.name, 0.0) + float(factor)
        else:
            if expression.atoms(AppliedUndef):
                raise PhaseError(f"{expression} applies a function that is not defined")
            return General(expression)
    return Affine(constant, tuple(sorted(((k, v) for k, v in terms.items() if v), key=_by_factor)))


def _by_factor(term: tuple[str, float]) -> tuple[float, str]:
    return (term[1], term[0])  # so that networks with other names have their terms in the same order


def _combined(angles: Sequence[Any], factors: Sequence[Fraction]) -> Any:
    import sympy

    return sympy.Add(
        *(sympy.Rational(f.numerator, f.denominator) * a for a, f in zip(angles, factors, strict=True))
    )


@dataclass(frozen=True, eq=False)
class SymbolicTensor:
    """``Σ_k features[k] · basis[k]``: a tensor that depends on parameters. Immutable.

    Attributes:
        features: real functions of the parameters.
        basis: an array whose first axis goes over the features and whose others are the tensor's.

    >>> tensor = SymbolicTensor.of([["a", 0], [0, 1]])
    >>> tensor.shape, tensor.parameters, tensor.bind({"a": 3.0})
    ((2, 2), ('a',), array([[3., 0.],
           [0., 1.]]))
    """

    features: tuple[Feature, ...]
    basis: Array

    @classmethod
    def of(cls, entries: Any) -> SymbolicTensor:
        """A tensor from its entries: numbers, SymPy expressions or names of parameters, in nested sequences.

        Raises:
            ContractionError: for entries that are none of these, or a ragged array.
        """
        import sympy

        try:
            array = np.asarray(entries.tolist() if hasattr(entries, "tolist") else entries, dtype=object)
        except ValueError as error:
            raise ContractionError(f"the entries do not form an array: {error}") from error
        table: dict[Feature, dict[int, complex]] = {}
        for place, entry in enumerate(array.reshape(-1)):
            if isinstance(entry, str):
                entry = sympy.Symbol(entry)
            try:
                value = sympy.sympify(entry, strict=True)
            except sympy.SympifyError as error:
                raise ContractionError(f"entry {place} of a tensor is {entry!r}, not a number") from error
            if not isinstance(value, sympy.Expr):
                raise ContractionError(f"entry {place} of a tensor is {entry!r}, not a number")
            for feature, factor in _entry(value):
                row = table.setdefault(feature, {})
                row[place] = row.get(place, 0) + factor
        features = tuple(table) or (Feature("one"),)
        basis = np.zeros((len(features), array.size), dtype=complex)
        for k, feature in enumerate(features):
            for place, factor in table.get(feature, {}).items():
                basis[k, place] = factor
        return cls(features, _real(basis.reshape(len(features), *array.shape)))

    @property
    def shape(self) -> tuple[int, ...]:
        """The tensor's shape."""
        return self.basis.shape[1:]

    @property
    def ndim(self) -> int:
        """The number of its axes."""
        return self.basis.ndim - 1

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of its values."""
        return self.basis.dtype

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters, sorted."""
        return tuple(sorted({name for feature in self.features for name in feature.names}))

    def conj(self) -> SymbolicTensor:
        """The complex conjugate, for real parameters."""
        return SymbolicTensor(self.features, self.basis.conj())

    def transpose(self, axes: Sequence[int]) -> SymbolicTensor:
        """The tensor with its axes in another order."""
        return SymbolicTensor(self.features, self.basis.transpose([0, *(a + 1 for a in axes)]))

    def reshape(self, shape: Sequence[int]) -> SymbolicTensor:
        """The tensor in another shape."""
        return SymbolicTensor(self.features, self.basis.reshape(len(self.features), *shape))

    def summed(self, axes: Sequence[int], kept: Sequence[int]) -> SymbolicTensor:
        """Diagonals and sums, as ``np.einsum(tensor, axes, kept)``."""
        count = max([*axes, *kept], default=-1) + 1
        return SymbolicTensor(self.features, np.einsum(self.basis, [count, *axes], [count, *kept]))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        names = ", ".join(self.parameters[:5]) + (" …" if len(self.parameters) > 5 else "")
        raise ContractionError(
            f"a tensor depends on parameters ({names}): bind them, or compile_parametrised"
        )

    def __getitem__(self, key: Any) -> SymbolicTensor:
        key = key if isinstance(key, tuple) else (key,)
        return SymbolicTensor(self.features, self.basis[(slice(None), *key)])

    def __mul__(self, factor: complex) -> SymbolicTensor:
        return SymbolicTensor(self.features, self.basis * factor)

    def bind(self, values: Mapping[str, float]) -> Array:
        """The array with these values of the parameters."""
        weights = np.array([_feature_value(feature, values) for feature in self.features])
        return np.asarray(np.tensordot(weights, self.basis, 1))


def _entry(value: Any) -> Iterator[tuple[Feature, complex]]:
    """An entry as a combination of features with complex factors."""
    import sympy

    if not value.free_symbols:
        number = complex(value)
        if number:
            yield Feature("one"), number
        return
    names = {symbol: sympy.Dummy(symbol.name, real=True) for symbol in value.free_symbols}
    back = {dummy: sympy.Symbol(dummy.name) for dummy in names.values()}
    for part, unit in zip(value.xreplace(names).as_real_imag(), (1, 1j), strict=True):
        for term in sympy.Add.make_args(sympy.expand(part)):
            factor, rest = term.as_independent(*term.free_symbols, as_Add=False)
            if rest == 1:
                if factor != 0:
                    yield Feature("one"), unit * float(factor)
                continue
            yield _real_feature(rest.xreplace(back)), unit * float(factor)


def _real_feature(rest: Any) -> Feature:
    import sympy

    if rest.func in (sympy.cos, sympy.sin):
        angle = read_angle(rest.args[0] / sympy.pi)
        return Feature("cos" if rest.func is sympy.cos else "sin", angle)
    return Feature("value", read_angle(rest))


def _angle_value(angle: Angle, values: Mapping[str, float]) -> float:
    if isinstance(angle, Affine):
        return angle.constant + sum(factor * values[name] for name, factor in angle.terms)
    return float(angle.expression.subs({s: values[s.name] for s in angle.expression.free_symbols}))


def _feature_value(feature: Feature, values: Mapping[str, float]) -> float:
    if feature.kind == "one":
        return 1.0
    value = _angle_value(feature.of, values)
    if feature.kind == "value":
        return value
    return float(np.cos(np.pi * value) if feature.kind == "cos" else np.sin(np.pi * value))


def _real(array: Array) -> Array:
    return np.ascontiguousarray(array.real) if array.dtype.kind == "c" and not array.imag.any() else array


def trainable(name: str, shape: Sequence[int]) -> SymbolicTensor:
    """A real tensor whose entries are parameters of their own: ``name_0``, ``name_1``, … in row-major order.

    >>> trainable("w", (2, 2)).parameters
    ('w_0', 'w_1', 'w_2', 'w_3')
    """
    size = int(np.prod(shape, dtype=int))
    if size > 4096:
        raise ContractionError(f"a trainable tensor has at most 4096 entries, not {size}")
    features = tuple(Feature("value", Affine(0.0, ((f"{name}_{k}", 1.0),))) for k in range(size))
    return SymbolicTensor(features, np.eye(size).reshape(size, *shape))


# Gates

_HALF, _WHOLE, _ZERO = Fraction(1, 2), Fraction(1), Fraction(0)
FREQUENCIES: dict[str, tuple[Fraction, ...]] = {
    "u0": (_ZERO,),
    **dict.fromkeys(("rx", "ry", "rz", "crx", "cry", "crz", "rxx", "ryy", "rzz", "rzx"), (_HALF,)),
    **dict.fromkeys(("p", "u1", "cp", "cu1"), (_WHOLE,)),
    "u2": (_WHOLE, _WHOLE),
    **dict.fromkeys(("u3", "u", "cu3"), (_HALF, _WHOLE, _WHOLE)),
    "cu": (_HALF, _WHOLE, _WHOLE, _WHOLE),
}
"""For each parameter of a gate family, the frequency w: the matrix is C + cos(πwθ)·A + sin(πwθ)·B in it."""


@lru_cache(maxsize=4096)
def _harmonics(
    name: str, params: tuple[Any, ...], count: int
) -> tuple[tuple[tuple[tuple[int, ...], Kind], ...], Array]:
    """A gate's matrix as a sum over cosines and sines of signed sums of its free angles.

    ``params`` has ``None`` for a free angle. Found by evaluating the matrix at three values of each angle,
    which determines a polynomial of degree one in its cosine and sine.
    """
    free = [k for k, value in enumerate(params) if value is None]
    waves = [FREQUENCIES[name][k] for k in free]
    # exponentials: e^{iπ σ·w·θ} times E_σ, from the values at 0, a quarter and a half of the period
    points = []
    for w in waves:
        half = 1 / w if w else Fraction(0)
        points.append((Fraction(0), half / 2, half))
    size = 1 << count
    table = np.zeros((3,) * len(free) + (size, size), dtype=complex)
    for at in itertools.product(range(3), repeat=len(free)):
        values = list(params)
        for k, p, i in zip(free, points, at, strict=True):
            values[k] = p[i]
        table[at] = gate_matrix(Gate(name, tuple(range(count)), tuple(values)))
    for axis, w in enumerate(waves):
        zero, quarter, half = (np.take(table, i, axis) for i in range(3))
        constant, cosine = (zero + half) / 2, (zero - half) / 2
        sine = quarter - constant
        if not w:
            constant, cosine, sine = zero, 0 * zero, 0 * zero
        table = np.stack([(cosine + 1j * sine) / 2, constant, (cosine - 1j * sine) / 2], axis)
    keys: list[tuple[tuple[int, ...], Kind]] = []
    rows = []
    for at in itertools.product(range(3), repeat=len(free)):
        signs = tuple(i - 1 for i in at)
        if signs < tuple(-s for s in signs):
            continue  # the negative of one that comes
        plus, minus = table[at], table[tuple(1 - s for s in signs)]
        found: list[tuple[Kind, Array]] = (
            [("one", plus)] if not any(signs) else [("cos", plus + minus), ("sin", 1j * (plus - minus))]
        )
        for kind, row in found:
            row = np.where(np.abs(row) < _TINY, 0, row)
            if row.any():
                keys.append((signs, kind))
                rows.append(row)
    return tuple(keys), _real(np.array(rows))


def symbolic_gate(gate: Gate) -> SymbolicTensor:
    """The matrix of a gate with free angles, transposed: rows are the input's basis, columns the output's.

    >>> import sympy
    >>> rx = symbolic_gate(Gate("rx", (0,), (sympy.Symbol("a"),)))
    >>> [(feature.kind, feature.of.terms) for feature in rx.features]
    [('cos', (('a', 0.5),)), ('sin', (('a', 0.5),))]
    """
    params = tuple(None if is_symbolic(p) else p for p in gate.params)
    if gate.name not in FREQUENCIES:
        gate_matrix(gate)  # raises, naming the gate or its symbols
    keys, basis = _harmonics(gate.name, params, len(gate.qubits))
    free = [p for p in gate.params if is_symbolic(p)]
    waves = [w for w, p in zip(FREQUENCIES[gate.name], gate.params, strict=True) if is_symbolic(p)]
    features = []
    for signs, kind in keys:
        if kind == "one":
            features.append(Feature("one"))
            continue
        angle = read_angle(_combined(free, [s * w for s, w in zip(signs, waves, strict=True)]))
        features.append(Feature(kind, angle))
    return SymbolicTensor(tuple(features), basis.transpose(0, 2, 1))


def _diagonal_axes(array: Array, count: int) -> tuple[bool, ...]:
    """Of a stack of matrices on ``count`` qubits: where all of them are diagonal."""
    cube = array.reshape(len(array), *(2,) * (2 * count))
    found = []
    for q in range(count):
        mixed = np.moveaxis(cube, (1 + q, 1 + count + q), (0, 1))
        found.append(not mixed[0, 1].any() and not mixed[1, 0].any())
    return tuple(found)


def read_gate(gate: Gate) -> tuple[Any, tuple[bool, ...]]:
    """A gate's tensor, an array or symbolic, and where it is diagonal, as
    :func:`~catenary.functors.tensor.circuits.gate_tensor` gives them.
    """
    if not any(map(is_symbolic, gate.params)):
        return gate_tensor(gate)
    tensor = symbolic_gate(gate)
    count = len(gate.qubits)
    diagonal = _diagonal_axes(tensor.basis, count)
    after = [q if diagonal[q] else count + q for q in range(count)]
    kept: list[int] = []
    for q in range(count):
        kept += [q] if diagonal[q] else [q, count + q]
    cube = tensor.reshape((2,) * (2 * count))
    return cube.summed([*range(count), *after], kept), diagonal


def _read_phase(phase: Phase) -> SymbolicTensor:
    angle = read_angle(phase)
    return SymbolicTensor((Feature("cos", angle), Feature("sin", angle)), np.array([1, 1j]))


# Networks


@dataclass(frozen=True, eq=False)
class ParametrisedNetwork:
    """A tensor network some of whose tensors depend on parameters. Immutable.

    Attributes:
        network: its structure, with a :class:`SymbolicTensor` in the place of an array where a tensor depends
            on parameters. It cannot be contracted before :meth:`bind`.

    >>> import sympy
    >>> circuit = Circuit(1, [Gate("ry", (0,), (sympy.Symbol("a"),))])
    >>> network = parametrised_circuit(circuit, initial="0")
    >>> network.parameters, network.bind({"a": 1}).contract().round(6)
    (('a',), array([0., 1.]))
    """

    network: TensorNetwork

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters, sorted."""
        return tuple(sorted({name for t in self.symbolic for name in t.parameters}))

    @property
    def symbolic(self) -> list[SymbolicTensor]:
        """The tensors that depend on parameters."""
        return [t for t in self.tensors if isinstance(t, SymbolicTensor)]

    @property
    def tensors(self) -> tuple[Any, ...]:
        """Its tensors, arrays and symbolic ones."""
        return self.network.arrays

    @property
    def structure(self) -> Structure:
        """Indices, output and sizes."""
        return self.network.structure

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value, for one set of parameters."""
        return self.network.shape

    def bind(self, values: Mapping[str, Any]) -> TensorNetwork:
        """The network with numbers for all parameters, by name.

        Raises:
            PhaseError: for a parameter without a value.
        """
        numbers = {}
        for name in self.parameters:
            if name not in values:
                raise PhaseError(f"parameter {name!r} has no value")
            numbers[name] = float(values[name])
        arrays = [t.bind(numbers) if isinstance(t, SymbolicTensor) else t for t in self.tensors]
        n = self.network
        return TensorNetwork(n.indices, arrays, n.output, n.sizes, n.inputs, n.names)

    def then(self, other: ParametrisedNetwork | TensorNetwork) -> ParametrisedNetwork:
        """Composition, as for :meth:`TensorNetwork.then`."""
        return ParametrisedNetwork(self.network.then(_plain(other)))

    def tensor(self, other: ParametrisedNetwork | TensorNetwork) -> ParametrisedNetwork:
        """Both side by side."""
        return ParametrisedNetwork(self.network.tensor(_plain(other)))

    def conj(self) -> ParametrisedNetwork:
        """The complex conjugate, for real parameters."""
        return ParametrisedNetwork(self.network.conj())

    def dagger(self) -> ParametrisedNetwork:
        """The conjugate transpose, for real parameters."""
        return ParametrisedNetwork(self.network.dagger())

    def fix(self, values: Mapping[int, int]) -> ParametrisedNetwork:
        """Boundary places fixed to basis values, as for :meth:`TensorNetwork.fix`."""
        return ParametrisedNetwork(self.network.fix(values))


def _plain(network: ParametrisedNetwork | TensorNetwork) -> TensorNetwork:
    return network.network if isinstance(network, ParametrisedNetwork) else network


def parametrised_circuit(
    circuit: Circuit, initial: Bits | None = None, final: Bits | None = None
) -> ParametrisedNetwork:
    """The network of a circuit with free angles; the arguments and boundary are those of
    :func:`~catenary.functors.tensor.circuits.circuit_network`.

    Raises:
        ContractionError, ArityError: as there.
        PhaseError: for an angle that is not real.
    """
    return ParametrisedNetwork(read_circuit(circuit, read_gate, _read_phase, initial, final))


@dataclass(frozen=True)
class ParametrisedNetworks(Networks):
    """The target of functors whose tables may hold parametrised tensors.

    The image of a generator is an array, a :class:`SymbolicTensor`, or nested sequences (or a matrix) of
    numbers, SymPy expressions and names of parameters.
    """

    def read(self, image: Any, dom: Dims, cod: Dims, what: str) -> TensorNetwork:
        """A network from what a table holds, its shape checked."""
        if isinstance(image, ParametrisedNetwork):
            image = image.network
        if not isinstance(image, (SymbolicTensor, TensorNetwork)):
            array = np.asarray(image.array if hasattr(image, "array") else image)
            if array.dtype.kind not in "OUS":
                return super().read(image, dom, cod, what)
            image = SymbolicTensor.of(image)
        if isinstance(image, TensorNetwork):
            return super().read(image, dom, cod, what)
        check_shape(cast(Any, image), dom, cod, what)
        places = tuple(range(image.ndim))
        structure = ((places,), places, dom + cod)
        return TensorNetwork._trusted(structure, (cast(Any, image),), len(dom), (f"box {what}",))


def parametrised_network(
    diagram: Diagram | Box,
    dims: Mapping[Any, Any] | Callable[[Ob], Any] | Functor[Any, Any],
    arrays: Mapping[Any, Any] | Callable[[Box], Any] | None = None,
) -> ParametrisedNetwork:
    """The network of a diagram under a functor into parametrised tensors.

    Args:
        diagram: the diagram.
        dims: the dimension of each object, or a whole functor.
        arrays: the image of each generator, as :class:`ParametrisedNetworks` reads them.

    >>> from catenary.diagrams import Ty
    >>> f = Box("f", Ty("n"), Ty("n"))
    >>> network = parametrised_network(f >> f, {"n": 2}, {f: [["a", 1], [0, "b"]]})
    >>> network.bind({"a": 2, "b": 3}).contract()
    array([[4., 5.],
           [0., 9.]])
    """
    if isinstance(dims, Functor):
        functor = dims.with_target(ParametrisedNetworks())
    elif arrays is None:
        raise CatenaryError("parametrised_network takes a functor, or dimensions and arrays")
    else:
        functor = Functor(dims, arrays, ParametrisedNetworks())
    return ParametrisedNetwork(functor(diagram))
