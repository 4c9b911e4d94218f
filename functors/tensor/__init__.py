"""Tensors: diagrams evaluated as tensor networks, contracted whole."""

from catenary.functors.tensor.circuits import (
    Comparison,
    amplitude,
    circuit_network,
    compare,
    overlap_network,
    tensor_of,
)
from catenary.functors.tensor.contraction import ENGINES, Contraction, compile_network, contract, plan
from catenary.functors.tensor.network import TensorNetwork
from catenary.functors.tensor.plan import Plan
from catenary.functors.tensor.tensors import Networks, Tensor, TensorFunctor, Tensors, network_of
from catenary.functors.tensor.zx import zx_network

__all__ = [
    "ENGINES",
    "Comparison",
    "Contraction",
    "Networks",
    "Plan",
    "Tensor",
    "TensorFunctor",
    "TensorNetwork",
    "Tensors",
    "amplitude",
    "circuit_network",
    "compare",
    "compile_network",
    "contract",
    "network_of",
    "overlap_network",
    "plan",
    "tensor_of",
    "zx_network",
]
