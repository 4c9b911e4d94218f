"""ZX diagrams as tensor networks: a Z spider is one index, whatever its number of legs."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from catenary.diagrams import Box, Diagram
from catenary.diagrams.phases import reduce_phase, unit
from catenary.functors.functor import Functor
from catenary.functors.tensor.network import TensorNetwork
from catenary.functors.tensor.tensors import Dims, Networks, network_of
from catenary.functors.zx import zx_array

_DENSE = 3
_HADAMARD = np.array([[1, 1], [1, -1]], dtype=np.complex128) / np.sqrt(2.0)


def zx_box_network(box: Box) -> TensorNetwork:
    """The network of one ZX box.

    A Z spider is an index with a vector of its phase; an X spider of more than three legs is the same between
    Hadamards.

    Raises:
        CatenaryError: for a box that is not of the ZX signature.
        PhaseError: for a phase with free symbols.
    """
    legs = len(box.dom) + len(box.cod)
    inputs = len(box.dom)
    if box.name in ("Z", "X") and len(box.params) == 1:
        phase = reduce_phase(box.params[0])
        vector = np.array([1, unit(phase)])
        if box.name == "Z":
            if phase == 0:
                return TensorNetwork((), (), (0,) * legs, (2,), inputs)
            return TensorNetwork(((0,),), (vector,), (0,) * legs, (2,), inputs)
        if legs == 2 and phase == 0:
            return TensorNetwork((), (), (0, 0), (2,), inputs)
        if legs > _DENSE:
            outside = tuple(range(1, legs + 1))
            joins = tuple((0, leg) for leg in outside)
            arrays = (vector, *(_HADAMARD,) * legs)
            return TensorNetwork(((0,), *joins), arrays, outside, (2,) * (legs + 1), inputs)
    places = tuple(range(legs))
    return TensorNetwork((places,), (zx_array(box),), places, (2,) * legs, inputs)


@lru_cache(maxsize=1)
def zx_functor() -> Functor[Dims, TensorNetwork]:
    """The functor from the ZX-calculus to networks."""
    return Functor({"qubit": 2}, zx_box_network, Networks())


def zx_network(diagram: Diagram | Box) -> TensorNetwork:
    """The tensor network of a ZX diagram, its exact scalar included.

    >>> from catenary.functors.zx import Z, X
    >>> zx_network(Z(1, 2) @ X(0, 1) >> Z(3, 0)).contract().round(3).real
    array([1.414, 0.   ])
    """
    return network_of(diagram, zx_functor())
