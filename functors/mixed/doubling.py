"""Doubling: a linear map f becomes f beside its complex conjugate, and every wire a pair of wires.

A quantum wire is a pair of indices (ket, bra); a classical wire is one index, which stands for a diagonal
pair. Discarding joins a pair; measuring makes ket, bra and the outcome one index. None of them is a tensor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, cast

import numpy as np

from catenary.diagrams import Box, CatenaryError, ContractionError, Diagram, Ob
from catenary.diagrams.boxes import COPY
from catenary.functors.category import TargetError
from catenary.functors.functor import Functor
from catenary.functors.tensor.network import Array, NetworkBuilder, TensorNetwork, as_numpy
from catenary.functors.tensor.parameters import ParametrisedNetwork, SymbolicTensor
from catenary.functors.tensor.tensors import Tensor


class Wire(NamedTuple):
    """A wire of a channel: its dimension, and whether it is classical."""

    dim: int
    classical: bool = False

    @property
    def width(self) -> int:
        """How many indices it is in a network."""
        return 1 if self.classical else 2


Wires: TypeAlias = tuple[Wire, ...]


def quantum(dim: int = 2) -> Wire:
    """A quantum wire."""
    return Wire(dim)


def classical(dim: int = 2) -> Wire:
    """A classical wire."""
    return Wire(dim, True)


def _dims(wires: Sequence[Wire]) -> tuple[int, ...]:
    return tuple(wire.dim for wire in wires for _ in range(wire.width))


@dataclass(frozen=True, eq=False)
class Channel:
    """A completely positive map between quantum and classical wires, as a network. Immutable.

    Attributes:
        network: its boundary is, wire by wire, (ket, bra) of a quantum and one index of a classical wire;
            those of the domain first.
        dom, cod: the wires.

    >>> from catenary.functors.circuits import Circuit, Gate
    >>> from catenary.functors.mixed import discard, mixed_circuit
    >>> bell = mixed_circuit(Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))]), initial="00")
    >>> bell.then(discard() @ Channel.identity([quantum()])).density_matrix().real.round(3)
    array([[0.5, 0. ],
           [0. , 0.5]])
    """

    network: TensorNetwork
    dom: Wires
    cod: Wires

    def __post_init__(self) -> None:
        wanted = _dims(self.dom), _dims(self.cod)
        if (self.network.dom, self.network.cod) != wanted:
            raise ContractionError(
                f"the network of a channel goes from {self.network.dom} to {self.network.cod}, its wires are "
                f"{wanted[0]} and {wanted[1]}"
            )

    @classmethod
    def identity(cls, wires: Sequence[Wire]) -> Channel:
        """Bare wires."""
        dims = _dims(wires)
        legs = tuple(range(len(dims)))
        return cls(TensorNetwork((), (), legs + legs, dims, len(dims)), tuple(wires), tuple(wires))

    @classmethod
    def pure(cls, network: TensorNetwork | ParametrisedNetwork) -> Channel:
        """The channel ρ ↦ f ρ f† of a linear map f, all its wires quantum."""
        inner = network.network if isinstance(network, ParametrisedNetwork) else network
        builder = NetworkBuilder()
        pairs = zip(builder.new_network(inner), builder.new_network(inner.conj()), strict=True)
        places = [index for pair in pairs for index in pair]
        made = builder.build(places, 2 * inner.inputs)
        return cls(made, tuple(map(Wire, inner.dom)), tuple(map(Wire, inner.cod)))

    def then(self, other: Channel) -> Channel:
        """Composition, also written ``>>``.

        Raises:
            ContractionError: if the wires differ.
        """
        if self.cod != other.dom:
            raise ContractionError(f"cannot compose: {_shown(self.cod)} against {_shown(other.dom)}")
        return Channel(self.network.then(other.network), self.dom, other.cod)

    def tensor(self, other: Channel) -> Channel:
        """Both side by side, also written ``@``."""
        return Channel(self.network.tensor(other.network), self.dom + other.dom, self.cod + other.cod)

    def __rshift__(self, other: Channel) -> Channel:
        return self.then(other) if isinstance(other, Channel) else NotImplemented

    def __matmul__(self, other: Channel) -> Channel:
        return self.tensor(other) if isinstance(other, Channel) else NotImplemented

    def dagger(self) -> Channel:
        """The adjoint map, in the Heisenberg picture; it need not keep the trace."""
        return Channel(self.network.dagger(), self.cod, self.dom)

    @property
    def parametrised(self) -> ParametrisedNetwork:
        """The network as one of parameters, for :func:`~catenary.functors.tensor.compile_parametrised`."""
        return ParametrisedNetwork(self.network)

    def bind(self, values: Mapping[str, Any]) -> Channel:
        """The channel with numbers for its parameters."""
        return Channel(self.parametrised.bind(values), self.dom, self.cod)

    def contract(self, engine: str = "cotengra", **options: Any) -> Array:
        """The value, with an axis for each index of the boundary.

        Raises:
            ContractionError: with free parameters, or above a limit.
        """
        names = self.parametrised.parameters
        if names:
            raise ContractionError(f"the channel has free parameters ({', '.join(names)}): bind them first")
        return self.network.contract(engine, **options)

    def density_matrix(self, engine: str = "cotengra", **options: Any) -> Array:
        """The density matrix of a state of quantum wires: rows are kets, the first wire most significant.

        Raises:
            ContractionError: if there are inputs or classical wires.
        """
        if self.dom or any(wire.classical for wire in self.cod):
            raise ContractionError(
                f"a density matrix is of a state of quantum wires, not of a channel from {_shown(self.dom)} "
                f"to {_shown(self.cod)}"
            )
        n = len(self.cod)
        size = math.prod(wire.dim for wire in self.cod)
        value = self.contract(engine, **options).transpose([*range(0, 2 * n, 2), *range(1, 2 * n, 2)])
        return value.reshape(size, size).astype(np.complex128, copy=False)

    def probabilities(self, engine: str = "cotengra", **options: Any) -> Array:
        """The joint distribution of a classical state, an axis for each wire.

        Raises:
            ContractionError: if there are inputs or quantum wires.
        """
        if self.dom or not all(wire.classical for wire in self.cod):
            raise ContractionError(
                f"a distribution is of a state of classical wires, not of a channel from {_shown(self.dom)} "
                f"to {_shown(self.cod)}: measure or discard the others"
            )
        return np.ascontiguousarray(self.contract(engine, **options).real)

    def discarding(self, keep: Sequence[int] = ()) -> Channel:
        """The channel with every output discarded but those numbered in ``keep``, in that order.

        Raises:
            ContractionError: for a number out of range or given twice.
        """
        if len(set(keep)) != len(keep) or any(not 0 <= k < len(self.cod) for k in keep):
            raise ContractionError(f"{list(keep)} are not different outputs of {len(self.cod)}")
        builder = NetworkBuilder()
        places = builder.new_network(self.network)
        at = self.network.inputs
        legs: list[list[int]] = []
        for k, wire in enumerate(self.cod):
            legs.append(places[at : at + wire.width])
            at += wire.width
            if not wire.classical and k not in set(keep):
                builder.merge(legs[-1][0], legs[-1][1], f"output {k}")
        output = places[: self.network.inputs] + [index for k in keep for index in legs[k]]
        network = builder.build(output, self.network.inputs)
        return Channel(network, self.dom, tuple(self.cod[k] for k in keep))

    def __repr__(self) -> str:
        return f"<Channel: {_shown(self.dom)} to {_shown(self.cod)}, {len(self.network)} tensors>"


def _shown(wires: Sequence[Wire]) -> str:
    return " ".join(f"{'c' if wire.classical else 'q'}{wire.dim}" for wire in wires) or "nothing"


@dataclass(frozen=True)
class Channels:
    """The category of channels, a target of functors: objects are tuples of wires.

    In a functor's table the image of an object is a dimension (a quantum wire), a :class:`Wire` or a tuple of
    them; that of a generator a :class:`Channel`, or an array with an axis for each wire: a linear map where
    all wires are quantum, a stochastic map where all are classical.

    In Markov categories discarding is the trace. Where there are spiders, they are those of the basis, doubled,
    and the one with a single leg is no trace: give a generator the image ``discard()``.

    >>> from catenary.diagrams import Ty
    >>> q = Ty("q")
    >>> plus, trace = Box("plus", Ty(), q @ q), Box("trace", q, Ty())
    >>> from catenary.functors.mixed import discard
    >>> F = Functor({"q": 2}, {plus: np.eye(2) / np.sqrt(2), trace: discard()}, Channels())
    >>> F(plus >> trace @ q).density_matrix().real.round(3)
    array([[0.5, 0. ],
           [0. , 0.5]])
    """

    def product(self, obs: Sequence[Wires]) -> Wires:
        """Concatenation."""
        return tuple(wire for ob in obs for wire in ob)

    def adjoint(self, ob: Wires, turn: int) -> Wires:
        """The wires read backwards."""
        return ob[::-1]

    def read_object(self, value: Any) -> Wires:
        """Wires from a dimension, a wire or a tuple of them."""
        items = (value,) if isinstance(value, Wire) or not isinstance(value, tuple) else value
        wires = []
        for item in items:
            wire = item if isinstance(item, Wire) else Wire(item)
            if isinstance(wire.dim, bool) or not isinstance(wire.dim, int) or wire.dim < 0:
                raise ContractionError(
                    f"the image of an object under a functor into channels is a dimension or a wire, not {item!r}"
                )
            wires.append(wire)
        return tuple(wires)

    def id(self, ob: Wires) -> Channel:
        """Bare wires."""
        return Channel.identity(ob)

    def then(self, f: Channel, g: Channel) -> Channel:
        """Composition."""
        return f.then(g)

    def tensor(self, f: Channel, g: Channel) -> Channel:
        """Both side by side."""
        return f.tensor(g)

    def dom(self, f: Channel) -> Wires:
        """The wires of the domain."""
        return f.dom

    def cod(self, f: Channel) -> Wires:
        """The wires of the codomain."""
        return f.cod

    def swap(self, left: Wires, right: Wires) -> Channel:
        """Crossing wires."""
        dims, n = _dims(left + right), len(_dims(left))
        legs = tuple(range(len(dims)))
        network = TensorNetwork((), (), legs + legs[n:] + legs[:n], dims, len(dims))
        return Channel(network, left + right, right + left)

    def spider(self, inputs: int, outputs: int, ob: Wires) -> Channel:
        """The spider of a basis, doubled on quantum wires."""
        dims = _dims(ob)
        legs = tuple(range(len(dims)))
        network = TensorNetwork((), (), legs * (inputs + outputs), dims, len(dims) * inputs)
        return Channel(network, ob * inputs, ob * outputs)

    def cup(self, left: Wires, right: Wires) -> Channel:
        """Nested cups."""
        if left != right[::-1]:
            raise ContractionError(f"no cup of {_shown(left)} and {_shown(right)}")
        legs = _legs(left)
        places = [i for leg in (*legs, *legs[::-1]) for i in leg]
        return Channel(TensorNetwork((), (), places, _dims(left), len(places)), left + right, ())

    def cap(self, left: Wires, right: Wires) -> Channel:
        """Nested caps."""
        return self.cup(left, right).dagger()

    def self_cup(self, ob: Wires) -> Channel:
        """The cup of an object with itself, also where it stands for several wires."""
        return self.spider(2, 0, ob)

    def self_cap(self, ob: Wires) -> Channel:
        """The cap of an object with itself."""
        return self.spider(0, 2, ob)

    def copy(self, ob: Wires) -> Channel:
        """Copying, of classical wires only.

        Raises:
            TargetError: for a quantum wire: there is no such channel.
        """
        if not all(wire.classical for wire in ob):
            raise TargetError(COPY, self, f" of a quantum wire ({_shown(ob)})")
        return self.spider(1, 2, ob)

    def discard(self, ob: Wires) -> Channel:
        """The trace, or the sum over outcomes."""
        return Channel.identity(ob).discarding()

    def add(self, f: Channel, g: Channel) -> Channel:
        """The sum of two maps, contracted to one tensor.

        Raises:
            ContractionError: for different boundaries, free parameters, or above a limit.
        """
        if (f.dom, f.cod) != (g.dom, g.cod):
            raise ContractionError(f"no sum of channels {f!r} and {g!r}: their wires differ")
        return self._dense(f.contract() + g.contract(), f.dom, f.cod)

    def scale(self, scalar: Any, f: Channel) -> Channel:
        """The multiple of a map: of the channel as it is, not of the linear map that was doubled."""
        if getattr(scalar, "free_symbols", None):
            raise ContractionError(f"the scalar {scalar} has free symbols: substitute numbers first")
        number = complex(scalar)
        value = np.array(number if number.imag else number.real)
        return Channel(f.network.tensor(TensorNetwork(((),), (value,), ())), f.dom, f.cod)

    def zero(self, dom: Wires, cod: Wires) -> Channel:
        """The zero map."""
        return self._dense(np.zeros(_dims(dom + cod)), dom, cod)

    @staticmethod
    def _dense(array: Array, dom: Wires, cod: Wires) -> Channel:
        places = range(array.ndim)
        return Channel(TensorNetwork((places,), (array,), places, (), len(_dims(dom))), dom, cod)

    def trace(self, f: Channel, ob: Wires, left: bool = False) -> Channel:
        """The trace over wires that domain and codomain both end (``left``: begin) with."""
        n, m, k = len(f.dom), len(f.cod), len(ob)
        inner = slice(0, k) if left else slice(n - k, n), slice(0, k) if left else slice(m - k, m)
        if not f.dom[inner[0]] == f.cod[inner[1]] == ob:
            raise ContractionError(
                f"no trace over {_shown(ob)} of a channel {_shown(f.dom)} to {_shown(f.cod)}"
            )
        builder = NetworkBuilder()
        places = builder.new_network(f.network)
        legs = [[places[i] for i in leg] for leg in _legs(f.dom + f.cod)]
        ends = legs[:n], legs[n:]
        for wire, (one, other) in enumerate(zip(ends[0][inner[0]], ends[1][inner[1]], strict=True)):
            for a, b in zip(one, other, strict=True):
                builder.merge(a, b, f"wire {wire} of the trace")
        outer = slice(k, None) if left else slice(0, n - k), slice(k, None) if left else slice(0, m - k)
        dom, cod = f.dom[outer[0]], f.cod[outer[1]]
        output = [i for leg in (*ends[0][outer[0]], *ends[1][outer[1]]) for i in leg]
        return Channel(builder.build(output, len(_dims(dom))), dom, cod)

    def dagger(self, f: Channel) -> Channel:
        """The adjoint."""
        return f.dagger()

    def rotate(
        self, f: Channel, turn: int, dom: Sequence[Wires], cod: Sequence[Wires], self_dual: bool
    ) -> Channel:
        """The transpose, with the wires read backwards."""
        places = [f.network.output[i] for leg in _legs(f.dom + f.cod)[::-1] for i in leg]
        wires = (f.cod[::-1], f.dom[::-1])
        network = _reordered(f.network, places, len(_dims(wires[0])))
        if self_dual:  # objects stay in their place, and read forwards
            legs = [place for leg in _legs(wires[0] + wires[1]) for place in [leg]]
            at, order, out = 0, [], []
            for ob in (*dom, *cod):
                block = list(range(at, at + len(ob)))[::-1]
                at += len(ob)
                order += [i for k in block for i in legs[k]]
                out += block
            flat = [*wires[0], *wires[1]]
            n = len(wires[0])
            wires = (tuple(flat[k] for k in out[:n]), tuple(flat[k] for k in out[n:]))
            network = _reordered(network, [network.output[i] for i in order], network.inputs)
        return Channel(network, *wires)

    def read(self, image: Any, dom: Wires, cod: Wires, what: str) -> Channel:
        """A channel from what a table holds."""
        if isinstance(image, Channel):
            return image
        wires = dom + cod
        if isinstance(image, (TensorNetwork, ParametrisedNetwork)):
            inner = image.network if isinstance(image, ParametrisedNetwork) else image
        else:
            array = (
                image if isinstance(image, SymbolicTensor) else as_numpy(getattr(image, "array", image), what)
            )
            if isinstance(image, Tensor):
                array = image.array
            places = tuple(range(array.ndim))
            structure = ((places,), places, tuple(array.shape))
            if isinstance(array, SymbolicTensor):
                inner = TensorNetwork._trusted(structure, (cast(Any, array),), len(dom), (f"box {what}",))
            else:
                inner = TensorNetwork(
                    (places,), (array,), places, (), min(len(dom), array.ndim), (f"box {what}",)
                )
        if inner.shape != tuple(wire.dim for wire in wires):
            raise ContractionError(
                f"the tensor of box {what} has shape {inner.shape}, expected "
                f"{tuple(wire.dim for wire in wires)}"
            )
        inner = TensorNetwork._trusted(inner.structure, inner.arrays, len(dom), inner.names)
        if all(wire.classical for wire in wires) and wires:
            return Channel(inner, dom, cod)
        if any(wire.classical for wire in wires):
            raise ContractionError(
                f"box {what} joins quantum and classical wires: give a Channel, made of measure, encode and "
                "others"
            )
        return Channel.pure(inner)

    def of_diagram(self, diagram: Diagram, functor: Functor[Wires, Channel]) -> Channel:
        """The channel of a whole diagram, read off its open hypergraph; nothing is contracted."""
        doctrine = diagram.signature.doctrine
        if doctrine.has("discard") and not doctrine.has("spider"):
            # the hypergraph has bare ends and forks for discards and copies, which are no spiders here
            return functor.fold(diagram)
        graph = diagram.to_hypergraph()
        builder = NetworkBuilder()
        kinds = [functor.ob(Ob(ob.name)) for ob in graph.vertices]
        wires = [[[builder.new(wire.dim) for _ in range(wire.width)] for wire in kind] for kind in kinds]

        def legs_of(vertices: Sequence[int], obs: Sequence[Ob]) -> list[int]:
            legs: list[int] = []
            for v, ob in zip(vertices, obs, strict=True):
                legs += [i for wire in (wires[v][::-1] if ob.z % 2 else wires[v]) for i in wire]
            return legs

        for place, edge in enumerate(graph.edges):
            box = edge.box
            image = functor.image(box, place)
            legs = legs_of(edge.sources + edge.targets, box.dom.objects + box.cod.objects)
            builder.add_network(image.network, legs, f"box {place} ({box})")
        inputs = legs_of(graph.dom, diagram.dom.objects)
        network = builder.build(inputs + legs_of(graph.cod, diagram.cod.objects), len(inputs))
        return Channel(network, functor.on_type(diagram.dom), functor.on_type(diagram.cod))


def _legs(wires: Sequence[Wire]) -> list[list[int]]:
    found, at = [], 0
    for wire in wires:
        found.append(list(range(at, at + wire.width)))
        at += wire.width
    return found


def _reordered(network: TensorNetwork, output: Sequence[int], inputs: int) -> TensorNetwork:
    structure = (network.indices, tuple(output), network.sizes)
    return TensorNetwork._trusted(structure, network.arrays, inputs, network.names)


def double(
    diagram: Diagram | Box,
    ob: Mapping[Any, Any] | Callable[[Ob], Any] | Functor[Any, Any],
    ar: Mapping[Any, Any] | Callable[[Box], Any] | None = None,
) -> Channel:
    """The channel of a diagram: its doubling, with channels where the table has them.

    Args:
        diagram: the diagram.
        ob: the wires of each object, as :class:`Channels` reads them, or a whole functor (into tensors, say).
        ar: the image of each generator.

    >>> from catenary.diagrams import Ty
    >>> f = Box("f", Ty("q"), Ty("q"))
    >>> double(f, {"q": 2}, {f: np.array([[0, 1j], [1, 0]])})
    <Channel: q2 to q2, 2 tensors>
    """
    if isinstance(ob, Functor):
        return cast(Channel, ob.with_target(Channels())(diagram))
    if ar is None:
        raise CatenaryError("double takes a functor, or wires and images")
    return Functor(ob, ar, Channels())(diagram)
