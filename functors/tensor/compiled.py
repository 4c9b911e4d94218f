"""Diagrams compiled to a straight line of array operations, called with the arrays of their boxes.

>>> from catenary.diagrams import Box, Ty
>>> f, g = Box("f", Ty("a"), Ty("b")), Box("g", Ty("b"), Ty())
>>> program = compile_diagram(f >> f.dagger() >> f >> g, {"a": 2, "b": 3})
>>> program
<CompiledDiagram: arrays of f, g to (2,)>
>>> program({"f": np.eye(2, 3), "g": [1.0, 2.0, 3.0]})
array([1., 2.])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from catenary.diagrams import Box, ContractionError, Diagram, Ob, UnknownGenerator
from catenary.functors.functor import Functor
from catenary.functors.tensor.contraction import MEMORY, WORK, compile_network
from catenary.functors.tensor.program import Plan
from catenary.functors.tensor.tensors import Networks, check_shape


class CompiledDiagram:
    """A diagram's contraction, ready to run on other arrays for its boxes. Reusable and immutable.

    Attributes:
        boxes: the generators whose arrays a call takes; daggers and rotations are made from them.
        dom, cod: the dimensions of the boundary.
        plan: what a call does.
    """

    def __init__(self, diagram: Diagram | Box, dims: Mapping[Any, Any] | Callable[[Ob], Any], **options: Any):
        boxes: list[Box] = []

        def placeholder(box: Box) -> Any:
            # the entries say which box it is and, by the sign of their imaginary part, whether it is a dagger
            boxes.append(box)
            shape = functor.on_type(box.dom) + functor.on_type(box.cod)
            if 0 in shape:
                raise ContractionError(f"box {box} has a wire of dimension 0: nothing is left to compile")
            return np.full(shape, len(boxes) - 1 + 1j)

        functor: Functor[Any, Any] = Functor(dims, placeholder, Networks())
        network = functor(diagram)
        tags = [complex(array.flat[0]) for array in network.arrays]
        self.boxes = tuple(boxes)
        self.dom, self.cod = network.dom, network.cod
        self._ends = [(functor.on_type(box.dom), functor.on_type(box.cod)) for box in boxes]
        self._slots = [(int(tag.real), tag.imag < 0) for tag in tags]
        self._contraction = compile_network(network, **options)
        self.plan: Plan = self._contraction.plan

    def __call__(self, arrays: Mapping[Any, Any]) -> Any:
        """The value: an array with the axes of the domain and then of the codomain.

        Args:
            arrays: for each box (or its name) its array, of numpy, torch or jax. Others are ignored.

        Raises:
            UnknownGenerator: for a box without an array.
            ContractionError: for an array of the wrong shape, naming box and wire.
        """
        given = []
        for box, (dom, cod) in zip(self.boxes, self._ends, strict=True):
            array = arrays.get(box.name)
            if array is None:
                array = arrays.get(box)
                if array is None:
                    raise UnknownGenerator(box.name, map(str, arrays), "the table of arrays")
            if not hasattr(array, "shape"):
                array = np.asarray(array)
            if tuple(array.shape) != dom + cod:
                check_shape(array, dom, cod, str(box))
            given.append(array)
        return self._contraction([given[k].conj() if dagger else given[k] for k, dagger in self._slots])

    def __repr__(self) -> str:
        names = ", ".join(dict.fromkeys(box.name for box in self.boxes)) or "no boxes"
        return f"<CompiledDiagram: arrays of {names} to {self.dom + self.cod}>"


def compile_diagram(
    diagram: Diagram | Box,
    dims: Mapping[Any, Any] | Callable[[Ob], Any],
    engine: str = "cotengra",
    *,
    memory: int | None = MEMORY,
    work: int | None = WORK,
    seed: int = 0,
) -> CompiledDiagram:
    """The contraction of a diagram, made once, for any arrays of its boxes.

    Args:
        diagram: the diagram.
        dims: the dimension of each object, as for :class:`~catenary.functors.tensor.TensorFunctor`.
        engine, memory, work, seed: as for :func:`~catenary.functors.tensor.plan`.

    Raises:
        ContractionError: above a limit, or for a dimension of 0.
    """
    return CompiledDiagram(diagram, dims, engine=engine, memory=memory, work=work, seed=seed)
