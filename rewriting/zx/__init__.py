"""ZX diagrams: bitset graphs with exact scalars, simplification, extraction of circuits, miters.

>>> from catenary.functors.circuits.circuit import Circuit, Gate
>>> g = ZXGraph.from_circuit(Circuit(1, [Gate("t", (0,)), Gate("h", (0,)), Gate("h", (0,)), Gate("t", (0,))]))
>>> extract(g).circuit.gates
(Gate('s', (0,)),)
"""

from catenary.rewriting.zx.decompose import stabiliser_value
from catenary.rewriting.zx.extract import Extraction, extract
from catenary.rewriting.zx.flow import Flow, FlowError, causal_flow, check_flow, gflow, pauli_flow
from catenary.rewriting.zx.graph import NotUnitaryError, ZXGraph
from catenary.rewriting.zx.measured import simplify_measured
from catenary.rewriting.zx.opengraph import OpenGraph
from catenary.rewriting.zx.paulis import PauliForm, pauli_form
from catenary.rewriting.zx.recording import reduction_proof
from catenary.rewriting.zx.scalar import Scalar
from catenary.rewriting.zx.simplify import (
    clifford_simp,
    full_reduce,
    interior_clifford_simp,
    supplementarity,
)
from catenary.rewriting.zx.teleport import sparse_simp, teleport_phases
from catenary.rewriting.zx.whole import (
    Miter,
    graph_counts,
    miter,
    reduced_graph,
    reduces_to_identity,
    resynthesise,
    simplify_circuit,
)

__all__ = [
    "Extraction",
    "Flow",
    "FlowError",
    "Miter",
    "NotUnitaryError",
    "OpenGraph",
    "PauliForm",
    "Scalar",
    "ZXGraph",
    "causal_flow",
    "check_flow",
    "clifford_simp",
    "extract",
    "full_reduce",
    "gflow",
    "graph_counts",
    "interior_clifford_simp",
    "miter",
    "pauli_flow",
    "pauli_form",
    "reduced_graph",
    "reduces_to_identity",
    "reduction_proof",
    "resynthesise",
    "simplify_circuit",
    "simplify_measured",
    "sparse_simp",
    "stabiliser_value",
    "supplementarity",
    "teleport_phases",
]
