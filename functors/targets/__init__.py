"""What functors map into: one small module for each category.

Those beyond diagrams and functions are imported when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from catenary.functors.targets.diagrams import Diagrams, reversing
from catenary.functors.targets.functions import Function, FunctionSpace, NoFixedPoint, PythonFunctions

if TYPE_CHECKING:
    from catenary.functors.targets.circuits import Circuits, ScaledCircuit
    from catenary.functors.targets.finite import FiniteFunction, FiniteFunctions
    from catenary.functors.targets.kernels import Kernel, Kernels, NotStochastic, NullSet
    from catenary.functors.targets.matrices import Matrices, Matrix, NoTrace
    from catenary.functors.targets.polynomials import NotPolynomial, PolynomialMap, Polynomials
    from catenary.functors.targets.relations import Relation, Relations
    from catenary.functors.targets.stabilisers import StabiliserMap, Stabilisers
    from catenary.functors.targets.streams import Machine, NotCausal, StreamFunction, Streams
    from catenary.functors.targets.zx import ZXDiagrams, gates_to_zx

_LATER = {
    "Circuits": "circuits",
    "FiniteFunction": "finite",
    "FiniteFunctions": "finite",
    "Kernel": "kernels",
    "Kernels": "kernels",
    "Machine": "streams",
    "Matrices": "matrices",
    "Matrix": "matrices",
    "NoTrace": "matrices",
    "NotCausal": "streams",
    "NotPolynomial": "polynomials",
    "NotStochastic": "kernels",
    "NullSet": "kernels",
    "PolynomialMap": "polynomials",
    "Polynomials": "polynomials",
    "Relation": "relations",
    "Relations": "relations",
    "ScaledCircuit": "circuits",
    "StabiliserMap": "stabilisers",
    "Stabilisers": "stabilisers",
    "StreamFunction": "streams",
    "Streams": "streams",
    "ZXDiagrams": "zx",
    "gates_to_zx": "zx",
}

__all__ = [
    "Circuits",
    "Diagrams",
    "FiniteFunction",
    "FiniteFunctions",
    "Function",
    "FunctionSpace",
    "Kernel",
    "Kernels",
    "Machine",
    "Matrices",
    "Matrix",
    "NoFixedPoint",
    "NoTrace",
    "NotCausal",
    "NotPolynomial",
    "NotStochastic",
    "NullSet",
    "PolynomialMap",
    "Polynomials",
    "PythonFunctions",
    "Relation",
    "Relations",
    "ScaledCircuit",
    "StabiliserMap",
    "Stabilisers",
    "StreamFunction",
    "Streams",
    "ZXDiagrams",
    "gates_to_zx",
    "reversing",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        value = getattr(importlib.import_module(f"catenary.functors.targets.{_LATER[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'catenary.functors.targets' has no attribute {name!r}")
