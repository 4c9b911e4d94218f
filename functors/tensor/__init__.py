"""Tensors: diagrams evaluated as tensor networks, contracted whole.

Circuits and ZX diagrams are in :mod:`catenary.functors.tensor.circuits` and
:mod:`catenary.functors.tensor.zx`.
"""

from catenary.functors.tensor.contraction import ENGINES, Contraction, compile_network, contract, plan
from catenary.functors.tensor.network import TensorNetwork
from catenary.functors.tensor.program import Plan
from catenary.functors.tensor.tensors import Networks, Tensor, TensorFunctor, Tensors, network_of

__all__ = [
    "ENGINES",
    "Contraction",
    "Networks",
    "Plan",
    "Tensor",
    "TensorFunctor",
    "TensorNetwork",
    "Tensors",
    "compile_network",
    "contract",
    "network_of",
    "plan",
]
