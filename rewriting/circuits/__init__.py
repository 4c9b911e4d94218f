"""Circuit optimisation and verification.

:func:`optimize` makes a circuit cheaper and never worse; :func:`verify` says whether two circuits are equal,
with three answers.
"""

from catenary.rewriting.circuits.optimize import OptimizationResult, optimize
from catenary.rewriting.circuits.passes import PassFault, PassReport, Refusal
from catenary.rewriting.circuits.verdict import Verdict
from catenary.rewriting.circuits.verify import verify
from catenary.rewriting.circuits.witness import Witness, check_witness

__all__ = [
    "OptimizationResult",
    "PassFault",
    "PassReport",
    "Refusal",
    "Verdict",
    "Witness",
    "check_witness",
    "optimize",
    "verify",
]
