"""Tensor ansätze: functors from grammar and meaning diagrams to networks of trainable tensors.

An object becomes a dimension. A word becomes one tensor of parameters (:class:`TensorAnsatz`), a chain of tensors joined
by bonds (:class:`MPSAnsatz`), or a chain of tensors joined by spiders (:class:`SpiderAnsatz`). Names of parameters and
the splitting of words are lambeq's, so that the numbers can be compared: an array ``w`` there is ``w_0``, ``w_1``, … here,
in row-major order.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from catenary.diagrams import ArityError, Box, Diagram, Edge, Ob, OpenHypergraph, Ty, UnknownGenerator
from catenary.functors.functor import Functor
from catenary.functors.grammar.meaning import MEANING
from catenary.functors.targets.diagrams import Diagrams
from catenary.functors.tensor.parameters import ParametrisedNetwork, parametrised_network, trainable

if TYPE_CHECKING:
    from catenary.functors.grammar.reading import Reading

BOND = "B"


def _written(ty: Ty) -> str:
    return "@".join(ob.name + (".r" if ob.z > 0 else ".l") * abs(ob.z) for ob in ty.objects)


@dataclass(frozen=True)
class NetworkAnsatz(ABC):
    """A functor into networks of trainable tensors; the subclasses say how a word is split.

    Args:
        dims: the dimension of each basic type, or one for all.

    Raises:
        ArityError: for dimensions below 1.
    """

    dims: Mapping[str, int] | int = 2

    name: ClassVar[str] = ""

    def __post_init__(self) -> None:
        if not isinstance(self.dims, int):
            object.__setattr__(self, "dims", dict(self.dims))
        sizes = [self.dims] if isinstance(self.dims, int) else list(self.dims.values())
        if min(sizes, default=1) < 1:
            raise ArityError("dimensions are numbers from 1 on")

    def __hash__(self) -> int:
        return hash((type(self), repr(self)))

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "functor"}

    def dimension(self, ob: Ob) -> int:
        """The dimension of a basic type.

        Raises:
            UnknownGenerator: for a type that has none.
        """
        if isinstance(self.dims, int):
            return self.dims
        if ob.name not in self.dims:
            raise UnknownGenerator(ob.name, self.dims, f"the ansatz's dimensions ({dict(self.dims)})")
        return self.dims[ob.name]

    def size(self, ty: Ty) -> int:
        """The number of entries of a tensor of this type."""
        size = 1
        for ob in ty.objects:
            size *= self.dimension(ob)
        return size

    @abstractmethod
    def pieces(self, wires: int) -> list[tuple[list[int], bool, bool]]:
        """For each tensor of a word on some wires: its wires, and whether it has a bond before and after them."""

    @cached_property
    def functor(self) -> Functor[Ty, Diagram]:
        """The splitting of words, as a functor into diagrams over meanings; boxes are named like their parameters."""
        return Functor(lambda ob: Ty(ob.name), self._image, Diagrams(MEANING))

    def _image(self, box: Box) -> Diagram:
        wires = Ty.of((*box.dom.objects, *box.cod.objects))
        split = self.pieces(len(wires))
        vertices = [Ob(ob.name) for ob in wires.objects]
        edges = []
        for place, (own, before, after) in enumerate(split):
            ends, written = list(own), [_written(Ty.of((wires.objects[w],))) for w in own]
            if before:
                ends.insert(0, len(vertices) - 1)
                written.insert(0, f"{BOND}.r")
            if after:
                vertices.append(Ob(BOND))
                ends.append(len(vertices) - 1)
                written.append(BOND)
            if len(split) == 1:
                dom, number = _written(box.dom), "" if self.name == "tensor" else "_0"
                name = f"{box.name}{number}_{dom}_{_written(box.cod)}"
            else:
                name = f"{box.name}_{place}__{'@'.join(written)}"
            ty = Ty.of(tuple(vertices[v] for v in ends))
            edges.append(Edge(Box(name, Ty(), ty, signature=MEANING), (), tuple(ends)))
        ins, outs = range(len(box.dom)), range(len(box.dom), len(wires))
        return OpenHypergraph(tuple(vertices), tuple(edges), tuple(ins), tuple(outs), MEANING).to_diagram()

    def __call__(self, diagram: Diagram | Reading) -> ParametrisedNetwork:
        """The network of a diagram (of a reading: of its meaning); its boundary is the diagram's.

        Raises:
            UnknownGenerator: for a type without a dimension.
        """
        if not isinstance(diagram, Diagram):
            diagram = diagram.meaning()
        split = self.functor(diagram)
        return parametrised_network(
            split,
            self._dimension,
            lambda box: trainable(box.name, [self._dimension(ob) for ob in box.cod.objects]),
        )

    def _dimension(self, ob: Ob) -> int:
        return self.dimension(ob)


@dataclass(frozen=True)
class TensorAnsatz(NetworkAnsatz):
    """A word is one tensor.

    >>> from catenary.functors.grammar import parse
    >>> network = TensorAnsatz({"n": 2, "s": 3})(parse("Alice loves Bob")[0])
    >>> network.shape, len(network.parameters)
    ((3,), 16)
    """

    name = "tensor"

    def pieces(self, wires: int) -> list[tuple[list[int], bool, bool]]:
        """One tensor on all wires."""
        return [(list(range(wires)), False, False)]

    __hash__ = NetworkAnsatz.__hash__


@dataclass(frozen=True)
class MPSAnsatz(NetworkAnsatz):
    """A word is a matrix product state: a chain of tensors joined by bonds.

    Args:
        bond: the dimension of the bonds.
        max_order: the most wires of a tensor, bonds included; at least 3.

    >>> from catenary.functors.grammar import parse
    >>> reading, = parse("Alice gives Bob flowers")
    >>> [len(ansatz(reading.diagram).parameters) for ansatz in (TensorAnsatz(4), MPSAnsatz(4))]
    [268, 60]
    """

    bond: int = 2
    max_order: int = 3

    name = "mps"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.max_order < 3 or self.bond < 1:
            raise ArityError(
                "a tensor of a matrix product state has at least 3 wires, a bond a dimension from 1 on"
            )
        if not isinstance(self.dims, int) and BOND in self.dims:
            raise ArityError(f"the type {BOND} is that of bonds: give its dimension as bond")

    def pieces(self, wires: int) -> list[tuple[list[int], bool, bool]]:
        """Tensors with ``max_order - 2`` wires of the word each."""
        if wires <= self.max_order:
            return [(list(range(wires)), False, False)]
        step = self.max_order - 2
        starts = range(0, wires, step)
        return [
            (list(range(start, min(start + step, wires))), start > 0, start + step < wires)
            for start in starts
        ]

    def _dimension(self, ob: Ob) -> int:
        return self.bond if ob.name == BOND else self.dimension(ob)

    __hash__ = NetworkAnsatz.__hash__


@dataclass(frozen=True)
class SpiderAnsatz(NetworkAnsatz):
    """A word is a chain of tensors, each sharing one wire with the next through a spider.

    Args:
        max_order: the most wires of a tensor; at least 2.

    >>> from catenary.functors.grammar import parse
    >>> SpiderAnsatz(2)(parse("Alice loves Bob")[0].diagram).parameters[-1]
    'loves_1__s@n.l_3'
    """

    max_order: int = 2

    name = "spider"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.max_order < 2:
            raise ArityError("a tensor of a spider ansatz has at least 2 wires")

    def pieces(self, wires: int) -> list[tuple[list[int], bool, bool]]:
        """Tensors with ``max_order`` wires, the last of one the first of the next."""
        if wires <= self.max_order:
            return [(list(range(wires)), False, False)]
        step = self.max_order - 1
        return [
            (list(range(start, min(start + step + 1, wires))), False, False)
            for start in range(0, wires - 1, step)
        ]

    __hash__ = NetworkAnsatz.__hash__


NETWORK_ANSATZE: Mapping[str, type[NetworkAnsatz]] = MappingProxyType(
    {ansatz.name: ansatz for ansatz in (TensorAnsatz, MPSAnsatz, SpiderAnsatz)}
)
"""The tensor ansätze by name."""
