"""Matrices and networks as categories, and functors into them: the tensor semantics of diagrams.

An object is a tuple of dimensions, one for each wire; a morphism is an array with the axes of its domain and
then those of its codomain (:class:`Tensors`), or a network that is not contracted yet (:class:`Networks`).
Adjoint objects have the same dimension, read backwards; daggers are conjugate transposes; cups, caps and
spiders are shared indices.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from catenary.diagrams import Box, CatenaryError, ContractionError, Diagram, Exponential, Ob, Signature
from catenary.diagrams.boxes import BUBBLE, COPY, DISCARD
from catenary.diagrams.nesting import insides
from catenary.functors.functor import Functor
from catenary.functors.targets import reversing
from catenary.functors.tensor.contraction import MEMORY, WORK, contract, plan
from catenary.functors.tensor.network import (
    Array,
    NetworkBuilder,
    TensorNetwork,
    as_array,
    as_numpy,
    keep_array,
)
from catenary.functors.tensor.program import Plan
from catenary.functors.tensor.semirings import Semiring

Dims = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Tensor:
    """A linear map as an array with one axis for each wire of the domain, then one for each of the codomain.
    Immutable.

    ``np.asarray(tensor)`` is its array.

    Args:
        array: the entries.
        inputs: how many of the axes are the domain.

    >>> t = Tensor(np.ones((2, 3)), 1)
    >>> t.dom, t.cod, t.matrix.shape
    ((2,), (3,), (2, 3))
    """

    array: Array
    inputs: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "array", as_array(self.array))
        if not 0 <= self.inputs <= self.array.ndim:
            raise ContractionError(
                f"{self.inputs} of the {self.array.ndim} axes of an array cannot be the domain"
            )

    @classmethod
    def _owning(cls, array: Array, inputs: int) -> Tensor:
        """A tensor of an array that nobody else holds."""
        array = as_numpy(array, "the value")  # NumPy makes bare numbers of arrays without axes
        array.flags.writeable = False
        return cls(array, inputs)

    @property
    def dom(self) -> Dims:
        """The dimensions of the domain."""
        return self.array.shape[: self.inputs]

    @property
    def cod(self) -> Dims:
        """The dimensions of the codomain."""
        return self.array.shape[self.inputs :]

    @property
    def matrix(self) -> Array:
        """The entries as a matrix: rows are the domain's basis, columns the codomain's."""
        return self.array.reshape(math.prod(self.dom), math.prod(self.cod))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.array, dtype=dtype) if copy or dtype is not None else self.array

    def __complex__(self) -> complex:
        return complex(self.array)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tensor):
            return NotImplemented
        return self.inputs == other.inputs and bool(np.array_equal(self.array, other.array))

    __hash__ = None  # type: ignore[assignment]

    def allclose(self, other: Tensor, tolerance: float = 1e-10) -> bool:
        """Whether both have the same boundary and entries up to ``tolerance``, relative to the largest entry
        or 1.
        """
        if (self.dom, self.cod) != (other.dom, other.cod):
            return False
        scale = max(1.0, float(np.max(np.abs(other.array), initial=0)))
        return bool(np.max(np.abs(self.array - other.array), initial=0) <= tolerance * scale)


def _check_composable(left: Dims, right: Dims) -> None:
    if left != right:
        wire = next(
            (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
            min(len(left), len(right)),
        )
        raise ContractionError(
            f"cannot compose tensors at wire {wire}: codomain {left} against domain {right}"
        )


@dataclass(frozen=True)
class _Dimensions:
    """Objects as tuples of dimensions: what :class:`Tensors` and :class:`Networks` share."""

    def product(self, obs: Sequence[Dims]) -> Dims:
        """Concatenation."""
        return tuple(size for ob in obs for size in ob)

    def adjoint(self, ob: Dims, turn: int) -> Dims:
        """The dimensions read backwards."""
        return ob[::-1]

    def read_object(self, value: Any) -> Dims:
        """An object from its dimension, or from a tuple of them: a wire that stands for several."""
        dims = value if isinstance(value, tuple) else (value,)
        for size in dims:
            if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 0:
                raise ContractionError(
                    f"the image of an object under a tensor functor is its dimension, not {value!r}"
                )
        return tuple(map(int, dims))


def _read_array(image: Any, dom: Dims, cod: Dims, what: str) -> Any:
    array = keep_array(image, f"the tensor of box {what}")
    check_shape(array, dom, cod, what)
    return array


def check_shape(array: Array, dom: Dims, cod: Dims, what: str) -> None:
    """Raise :class:`ContractionError`, naming box and wire, unless an array has the shape ``dom + cod``."""
    if array.shape == dom + cod:
        return
    if array.ndim != len(dom) + len(cod):
        raise ContractionError(
            f"the tensor of box {what} has shape {array.shape}, but the box has {len(dom)} inputs and "
            f"{len(cod)} outputs: "
            f"expected shape {dom + cod}"
        )
    axis = next(i for i, (a, b) in enumerate(zip(array.shape, dom + cod, strict=True)) if a != b)
    wire = f"input {axis}" if axis < len(dom) else f"output {axis - len(dom)}"
    raise ContractionError(
        f"the tensor of box {what} has dimension {array.shape[axis]} at {wire} where the wire has "
        f"{(dom + cod)[axis]}: "
        f"shape {array.shape}, expected {dom + cod}"
    )


@dataclass(frozen=True)
class Networks(_Dimensions):
    """The category of open tensor networks: composition shares indices, and nothing is contracted.

    In a functor's table the image of an object is its dimension, or a tuple of them; that of a generator an
    array with the axes of its domain and codomain, a :class:`TensorNetwork` with as many boundary places, or
    a :class:`Tensor`.

    >>> Networks().spider(1, 2, (3,)).output
    (0, 0, 0)
    """

    def id(self, ob: Dims) -> TensorNetwork:
        """Bare wires."""
        return self.spider(1, 1, ob)

    def then(self, f: TensorNetwork, g: TensorNetwork) -> TensorNetwork:
        """Composition."""
        return f.then(g)

    def tensor(self, f: TensorNetwork, g: TensorNetwork) -> TensorNetwork:
        """Both side by side."""
        return f.tensor(g)

    def dom(self, f: TensorNetwork) -> Dims:
        """The dimensions of the domain."""
        return f.dom

    def cod(self, f: TensorNetwork) -> Dims:
        """The dimensions of the codomain."""
        return f.cod

    def swap(self, left: Dims, right: Dims) -> TensorNetwork:
        """Crossing wires."""
        wires = tuple(range(len(left + right)))
        crossed = wires[len(left) :] + wires[: len(left)]
        return TensorNetwork((), (), wires + crossed, left + right, len(wires))

    def spider(self, inputs: int, outputs: int, ob: Dims) -> TensorNetwork:
        """One index for each dimension, on every leg."""
        legs = tuple(range(len(ob)))
        return TensorNetwork((), (), legs * (inputs + outputs), ob, len(ob) * inputs)

    def cup(self, left: Dims, right: Dims) -> TensorNetwork:
        """Nested cups."""
        _check_composable(left, right[::-1])
        legs = tuple(range(len(left)))
        return TensorNetwork((), (), legs + legs[::-1], left, 2 * len(left))

    def cap(self, left: Dims, right: Dims) -> TensorNetwork:
        """Nested caps."""
        return self.cup(left, right).dagger()

    def self_cup(self, ob: Dims) -> TensorNetwork:
        """The cup of a wire with itself, also where it stands for several dimensions."""
        return self.spider(2, 0, ob)

    def self_cap(self, ob: Dims) -> TensorNetwork:
        """The cap of a wire with itself."""
        return self.spider(0, 2, ob)

    def copy(self, ob: Dims) -> TensorNetwork:
        """The copy spider."""
        return self.spider(1, 2, ob)

    def discard(self, ob: Dims) -> TensorNetwork:
        """The sum over a basis: the discard map of stochastic matrices."""
        return self.spider(1, 0, ob)

    def dagger(self, f: TensorNetwork) -> TensorNetwork:
        """The conjugate transpose."""
        return f.dagger()

    def rotate(
        self, f: TensorNetwork, turn: int, dom: Sequence[Dims], cod: Sequence[Dims], self_dual: bool
    ) -> TensorNetwork:
        """The transpose with the wires read backwards."""
        turned = f.reversed()
        if self_dual:
            output = tuple(turned.output[k] for k in reversing([*dom, *cod]))
            turned = TensorNetwork._trusted(
                (turned.indices, output, turned.sizes), turned.arrays, turned.inputs, turned.names
            )
        return turned

    def read(self, image: Any, dom: Dims, cod: Dims, what: str) -> TensorNetwork:
        """A network from an array, a tensor or a network, its shape checked."""
        if isinstance(image, TensorNetwork):
            if image.shape != dom + cod:
                raise ContractionError(
                    f"the network of box {what} has shape {image.shape}, expected {dom + cod}"
                )
            return TensorNetwork._trusted(image.structure, image.arrays, len(dom), image.names)
        array = _read_array(image.array if isinstance(image, Tensor) else image, dom, cod, what)
        places = tuple(range(array.ndim))
        return TensorNetwork((places,), (array,), places, dom + cod, len(dom), (f"box {what}",))

    def of_diagram(self, diagram: Diagram, functor: Functor[Dims, TensorNetwork]) -> TensorNetwork:
        """The network of a diagram, read off its open hypergraph: vertices are indices, boxes are tensors."""
        graph = diagram.to_hypergraph()
        builder = NetworkBuilder()
        wires = [[builder.new(size) for size in functor.ob(_upright(ob))] for ob in graph.vertices]

        def legs_of(vertices: Sequence[int], obs: Sequence[Ob]) -> list[int]:
            legs: list[int] = []
            for v, ob in zip(vertices, obs, strict=True):
                legs += wires[v] if not ob.z % 2 else wires[v][::-1]  # adjoints are read backwards
            return legs

        for place, edge in enumerate(graph.edges):
            box = edge.box
            if box.kind in (COPY, DISCARD):
                width = len(box.dom)
                for k, v in enumerate(edge.targets):
                    for a, b in zip(wires[edge.sources[k % width]], wires[v], strict=True):
                        builder.merge(a, b, str(box))
                continue
            image = functor.image(box, place)
            legs = legs_of(edge.sources + edge.targets, box.dom.objects + box.cod.objects)
            if len(image.arrays) == 1 and image.indices[0] == image.output:
                builder.add(image.arrays[0], legs, f"box {place} ({box})")
            else:
                builder.add_network(image, legs, f"box {place} ({box})")
        inputs = legs_of(graph.dom, diagram.dom.objects)
        return builder.build(inputs + legs_of(graph.cod, diagram.cod.objects), len(inputs))


@dataclass(frozen=True)
class SemiringNetworks(Networks):
    """Open tensor networks over a semiring: the target that counts, decides or optimises.

    >>> from catenary.diagrams import Box, Diagram, Spider, Ty
    >>> from catenary.functors.tensor.semirings import COUNTING, contract_over
    >>> b, clause = Ty("b"), Box("or", Ty("b", "b"), Ty())
    >>> table = Functor({"b": 2}, {"or": [[0, 1], [1, 1]]}, SemiringNetworks(COUNTING))
    >>> x_or_y_and_y_or_z = Spider(0, 1, b) @ Spider(0, 2, b) @ Spider(0, 1, b) >> clause @ clause
    >>> contract_over(table(x_or_y_and_y_or_z), COUNTING).item()
    5
    """

    semiring: Semiring

    def read(self, image: Any, dom: Dims, cod: Dims, what: str) -> TensorNetwork:
        """A network from an array over the semiring, or from a network."""
        if isinstance(image, TensorNetwork):
            return super().read(image, dom, cod, what)
        array = self.semiring.array(image, f"the tensor of box {what}")
        check_shape(array, dom, cod, what)
        places = tuple(range(array.ndim))
        structure = ((places,), places, dom + cod)
        return TensorNetwork._trusted(structure, (array,), len(dom), (f"box {what}",))


@dataclass(frozen=True)
class Tensors(_Dimensions):
    """The category of matrices between tensor powers; whole diagrams are evaluated as one network.

    Args:
        engine: the contraction engine, one of :data:`~catenary.functors.tensor.ENGINES`.
        memory, work, seed: limits and seed of the contraction, as for :func:`~catenary.functors.tensor.plan`.

    >>> swap = Tensors().swap((2,), (3,))
    >>> swap.dom, swap.cod
    ((2, 3), (3, 2))
    """

    engine: str = "cotengra"
    memory: int | None = field(default=MEMORY, kw_only=True)
    work: int | None = field(default=WORK, kw_only=True)
    seed: int = field(default=0, kw_only=True)

    def evaluate(self, network: TensorNetwork) -> Tensor:
        """A network contracted."""
        value = contract(network, self.engine, memory=self.memory, work=self.work, seed=self.seed)
        return Tensor._owning(value, network.inputs)

    def id(self, ob: Dims) -> Tensor:
        """The identity."""
        return self.evaluate(Networks().id(ob))

    def then(self, f: Tensor, g: Tensor) -> Tensor:
        """Composition: the matrix product."""
        _check_composable(f.cod, g.dom)
        return Tensor._owning(np.tensordot(f.array, g.array, len(g.dom)), f.inputs)

    def tensor(self, f: Tensor, g: Tensor) -> Tensor:
        """The Kronecker product, the axes of both domains first."""
        n, m = len(f.dom), len(g.dom)
        value = np.multiply.outer(f.array, g.array)
        order = [*range(n), *range(f.array.ndim, f.array.ndim + m), *range(n, f.array.ndim)]
        order += range(f.array.ndim + m, value.ndim)
        return Tensor._owning(value.transpose(order), n + m)

    def dom(self, f: Tensor) -> Dims:
        """The dimensions of the domain."""
        return f.dom

    def cod(self, f: Tensor) -> Dims:
        """The dimensions of the codomain."""
        return f.cod

    def swap(self, left: Dims, right: Dims) -> Tensor:
        """The symmetry."""
        return self.evaluate(Networks().swap(left, right))

    def spider(self, inputs: int, outputs: int, ob: Dims) -> Tensor:
        """The copy tensor: one where all legs agree."""
        return self.evaluate(Networks().spider(inputs, outputs, ob))

    def cup(self, left: Dims, right: Dims) -> Tensor:
        """Nested cups."""
        return self.evaluate(Networks().cup(left, right))

    def cap(self, left: Dims, right: Dims) -> Tensor:
        """Nested caps."""
        return self.evaluate(Networks().cap(left, right))

    def self_cup(self, ob: Dims) -> Tensor:
        """The cup of a wire with itself, also where it stands for several dimensions."""
        return self.spider(2, 0, ob)

    def self_cap(self, ob: Dims) -> Tensor:
        """The cap of a wire with itself."""
        return self.spider(0, 2, ob)

    def copy(self, ob: Dims) -> Tensor:
        """The copy map."""
        return self.spider(1, 2, ob)

    def discard(self, ob: Dims) -> Tensor:
        """The sum over a basis."""
        return self.spider(1, 0, ob)

    def add(self, f: Tensor, g: Tensor) -> Tensor:
        """The sum, entry by entry."""
        return Tensor._owning(f.array + g.array, f.inputs)

    def scale(self, scalar: Any, f: Tensor) -> Tensor:
        """The scalar multiple; exact scalars become floats where the entries are."""
        if isinstance(scalar, Fraction) or hasattr(scalar, "free_symbols"):
            if getattr(scalar, "free_symbols", None):
                names = ", ".join(sorted(map(str, scalar.free_symbols)))
                raise ContractionError(
                    f"the scalar {scalar} has free symbols ({names}): substitute numbers first"
                )
            number = complex(scalar)
            scalar = number if number.imag else number.real
        return Tensor._owning(f.array * scalar, f.inputs)

    def zero(self, dom: Dims, cod: Dims) -> Tensor:
        """The zero map."""
        return Tensor._owning(np.zeros(dom + cod), len(dom))

    def dagger(self, f: Tensor) -> Tensor:
        """The conjugate transpose."""
        n, k = f.inputs, f.array.ndim
        return Tensor(f.array.transpose([*range(n, k), *range(n)]).conj(), k - n)

    def rotate(
        self, f: Tensor, turn: int, dom: Sequence[Dims], cod: Sequence[Dims], self_dual: bool
    ) -> Tensor:
        """The transpose with the wires read backwards."""
        array = f.array.transpose()
        if self_dual:
            array = array.transpose(reversing([*dom, *cod]))
        return Tensor(array, f.array.ndim - f.inputs)

    def read(self, image: Any, dom: Dims, cod: Dims, what: str) -> Tensor:
        """A tensor from an array, a tensor or a network, its shape checked."""
        if isinstance(image, TensorNetwork):
            return self.evaluate(Networks().read(image, dom, cod, what))
        return Tensor(
            _read_array(image.array if isinstance(image, Tensor) else image, dom, cod, what), len(dom)
        )

    def of_diagram(self, diagram: Diagram, functor: Functor[Dims, Tensor]) -> Tensor:
        """The value of a whole diagram, contracted as one network."""
        return self.evaluate(network_of(diagram, functor))


def _upright(ob: Ob) -> Ob:
    return ob if isinstance(ob, Exponential) and not ob.z else Ob(ob.name)


def network_of(
    diagram: Diagram | Box,
    dims: Mapping[Any, Any] | Callable[[Ob], Any] | Functor[Any, Any],
    arrays: Mapping[Any, Any] | Callable[[Box], Any] | None = None,
) -> TensorNetwork:
    """The tensor network of a diagram, without contracting it.

    Args:
        diagram: the diagram; its open hypergraph is the network.
        dims: the dimension of each object, or a whole functor into :class:`Tensors` or :class:`Networks`.
        arrays: the tensor (or network) of each generator.

    Raises:
        ContractionError: for a tensor of the wrong shape, naming box and wire.
        UnknownGenerator: for a box or object without an image.

    >>> from catenary.diagrams import Box, Ty
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> network_of(f >> f, {"a": 2}, {"f": np.eye(2)}).indices
    ((0, 1), (1, 2))
    """
    if isinstance(diagram, Box):
        diagram = diagram.diagram
    if isinstance(dims, Functor):
        functor = dims.with_target(Networks())
        if isinstance(dims.target, Tensors):
            # What a bubble does is done to values, so its inside is contracted first.
            for box in insides([diagram]):
                if box.kind == BUBBLE:
                    functor.keep(box, dims.image(box))
    elif arrays is None:
        raise CatenaryError("network_of takes a functor, or dimensions and arrays")
    else:
        functor = Functor(dims, arrays, Networks())
    return Networks().of_diagram(diagram, functor)


class TensorFunctor(Functor[Dims, Tensor]):
    """A functor into tensors: a dimension for each object, an array for each generator.

    Args:
        dims: the dimension of each object, by name, or a tuple of dimensions where a wire stands for several;
            adjoint objects have the same, read backwards.
        arrays: for each generator (by box or name) an array of shape *dimensions of dom + dimensions of cod*,
            a network, or a :class:`~catenary.functors.functor.Family`; or a function of the box.
        engine, memory, work, seed: as for :func:`~catenary.functors.tensor.contract`.
        source: the signature that it is defined on, if every generator is to be checked.
        bubble: what bubbles do, by name, to the tensor of their inside.

    >>> from catenary.diagrams import Box, Spider, Ty
    >>> n = Ty("n")
    >>> f = Box("f", n, n)
    >>> F = TensorFunctor({"n": 2}, {f: [[1, 2], [3, 4]]})
    >>> F(f >> f.dagger()).array
    array([[ 5., 11.],
           [11., 25.]])
    >>> F(Spider(0, 1, n) >> f >> Spider(1, 0, n)).array
    array(10.)
    """

    target: Tensors

    def __init__(
        self,
        dims: Mapping[Any, Any] | Callable[[Ob], Any],
        arrays: Mapping[Any, Any] | Callable[[Box], Any],
        engine: str = "cotengra",
        *,
        memory: int | None = MEMORY,
        work: int | None = WORK,
        seed: int = 0,
        source: Signature | None = None,
        bubble: Mapping[str, Any] | Callable[[str, Tensor], Any] | None = None,
    ):
        target = Tensors(engine, memory=memory, work=work, seed=seed)
        super().__init__(dims, arrays, target, source=source, bubble=bubble)

    def network(self, diagram: Diagram | Box) -> TensorNetwork:
        """The network of a diagram, not contracted."""
        return network_of(diagram, self)

    def plan(self, diagram: Diagram | Box) -> Plan:
        """What the contraction of a diagram would cost."""
        target = self.target
        return plan(
            self.network(diagram), target.engine, memory=target.memory, work=target.work, seed=target.seed
        )
