"""Tensors: diagrams evaluated as tensor networks, contracted whole.

Circuits and ZX diagrams are in :mod:`catenary.functors.tensor.circuits` and
:mod:`catenary.functors.tensor.zx`.
"""

from catenary.functors.tensor.contraction import ENGINES, Contraction, compile_network, contract, plan
from catenary.functors.tensor.network import TensorNetwork
from catenary.functors.tensor.program import Plan
from catenary.functors.tensor.semirings import (
    SEMIRINGS,
    BestAssignment,
    Semiring,
    best_assignment,
    contract_over,
    semiring,
    semiring_network,
)
from catenary.functors.tensor.tensors import (
    Networks,
    SemiringNetworks,
    Tensor,
    TensorFunctor,
    Tensors,
    network_of,
)

__all__ = [
    "ENGINES",
    "SEMIRINGS",
    "BestAssignment",
    "Contraction",
    "Networks",
    "Plan",
    "Semiring",
    "SemiringNetworks",
    "Tensor",
    "TensorFunctor",
    "TensorNetwork",
    "Tensors",
    "best_assignment",
    "compile_network",
    "contract",
    "contract_over",
    "network_of",
    "plan",
    "semiring",
    "semiring_network",
]
