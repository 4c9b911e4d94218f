"""Circuit optimisation and verification.

:func:`optimize` makes a circuit cheaper and never worse; :func:`optimize_pareto` gives circuits that trade one
count for another; :func:`with_hadamard_gadgets` has fewer T gates at the price of measured ancillas;
:func:`verify` says whether two circuits are equal, with three answers. :func:`route` places a circuit on a device,
:func:`to_native` writes it over the device's gates; :func:`qiskit_pass` and :func:`pytket_pass` are the optimiser
inside those libraries.
"""

from catenary.rewriting.circuits.coupling import Coupling
from catenary.rewriting.circuits.gadgets import GadgetResult, with_hadamard_gadgets
from catenary.rewriting.circuits.native import to_native
from catenary.rewriting.circuits.optimize import OptimizationResult, optimize
from catenary.rewriting.circuits.pareto import ParetoPoint, optimize_pareto
from catenary.rewriting.circuits.passes import PassFault, PassReport, Refusal
from catenary.rewriting.circuits.routing import RoutingResult, route
from catenary.rewriting.circuits.transpiler import pytket_pass, qiskit_pass
from catenary.rewriting.circuits.verdict import Verdict
from catenary.rewriting.circuits.verify import verify
from catenary.rewriting.circuits.witness import Witness, check_witness

__all__ = [
    "Coupling",
    "GadgetResult",
    "OptimizationResult",
    "ParetoPoint",
    "PassFault",
    "PassReport",
    "Refusal",
    "RoutingResult",
    "Verdict",
    "Witness",
    "check_witness",
    "optimize",
    "optimize_pareto",
    "pytket_pass",
    "qiskit_pass",
    "route",
    "to_native",
    "verify",
    "with_hadamard_gadgets",
]
