"""Quantum circuits: gate lists, OpenQASM, counts, decompositions, dense simulation."""

from catenary.functors.circuits import noise, qasm, qasm2, qasm3
from catenary.functors.circuits.approximation import Approximation, without_small_rotations
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.counts import Counts, counts
from catenary.functors.circuits.decompose import decomposition, to_basic
from catenary.functors.circuits.definitions import GateDefinition
from catenary.functors.circuits.gates import (
    BASIC,
    FAMILIES,
    GATES,
    NOT_UNITARY,
    CircuitError,
    Gate,
    GateSpec,
    adjoint,
)
from catenary.functors.circuits.lines import in_order
from catenary.functors.circuits.signature import BIT, GATE_SIGNATURE, QUBIT
from catenary.functors.circuits.simulate import gate_matrix, state_vector, unitary

__all__ = [
    "BASIC",
    "BIT",
    "FAMILIES",
    "GATES",
    "GATE_SIGNATURE",
    "NOT_UNITARY",
    "QUBIT",
    "Approximation",
    "Circuit",
    "CircuitError",
    "Counts",
    "Gate",
    "GateDefinition",
    "GateSpec",
    "Register",
    "adjoint",
    "counts",
    "decomposition",
    "gate_matrix",
    "in_order",
    "noise",
    "qasm",
    "qasm2",
    "qasm3",
    "state_vector",
    "to_basic",
    "unitary",
    "without_small_rotations",
]
