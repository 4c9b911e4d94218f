"""Tensors: diagrams evaluated as tensor networks, contracted whole.

Circuits and ZX diagrams are in :mod:`catenary.functors.tensor.circuits` and
:mod:`catenary.functors.tensor.zx`.
"""

from catenary.functors.tensor.batch import ParametrisedProgram, compile_parametrised
from catenary.functors.tensor.compiled import CompiledDiagram, compile_diagram
from catenary.functors.tensor.contraction import (
    ENGINES,
    Contraction,
    compile_network,
    contract,
    expected_cost_of,
    plan,
)
from catenary.functors.tensor.corpus import Corpus, compile_corpus
from catenary.functors.tensor.network import TensorNetwork
from catenary.functors.tensor.parameters import (
    ParametrisedNetwork,
    ParametrisedNetworks,
    SymbolicTensor,
    parametrised_circuit,
    parametrised_network,
    trainable,
)
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
from catenary.functors.tensor.simplification import Simplified, simplify
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
    "CompiledDiagram",
    "Contraction",
    "Corpus",
    "Networks",
    "ParametrisedNetwork",
    "ParametrisedNetworks",
    "ParametrisedProgram",
    "Plan",
    "Semiring",
    "SemiringNetworks",
    "Simplified",
    "SymbolicTensor",
    "Tensor",
    "TensorFunctor",
    "TensorNetwork",
    "Tensors",
    "best_assignment",
    "compile_corpus",
    "compile_diagram",
    "compile_network",
    "compile_parametrised",
    "contract",
    "contract_over",
    "expected_cost_of",
    "network_of",
    "parametrised_circuit",
    "parametrised_network",
    "plan",
    "semiring",
    "semiring_network",
    "simplify",
    "trainable",
]
