"""Rewriting: which diagrams are equal, and which is cheapest.

Here: rules, theories, proofs and the e-graph. Theories ready to use are in :mod:`catenary.rewriting.library`,
ZX diagrams in :mod:`catenary.rewriting.zx`, the circuit optimiser and the verifier in
:mod:`catenary.rewriting.circuits`.
"""

from catenary.rewriting.calc import CalcError, Calculation, calc
from catenary.rewriting.certificates import Certificate, CertificateError, certify
from catenary.rewriting.checker import check
from catenary.rewriting.dpo import Rewrite, rewrite
from catenary.rewriting.egraph import EGraph, Extraction, Report
from catenary.rewriting.limits import Limits
from catenary.rewriting.matching import Match, matches
from catenary.rewriting.models import Model, counter_model
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.prove import Answer, Proved, Refuted, Unknown, prove
from catenary.rewriting.rule import Rule
from catenary.rewriting.schemes import Redex, redexes
from catenary.rewriting.search import SearchReport, search
from catenary.rewriting.theory import Theory

__all__ = [
    "Answer",
    "CalcError",
    "Calculation",
    "Certificate",
    "CertificateError",
    "EGraph",
    "Extraction",
    "Limits",
    "Match",
    "Model",
    "Proof",
    "Proved",
    "Redex",
    "Refuted",
    "Report",
    "Rewrite",
    "Rule",
    "SearchReport",
    "Step",
    "Theory",
    "Unknown",
    "calc",
    "certify",
    "check",
    "counter_model",
    "matches",
    "prove",
    "redexes",
    "rewrite",
    "search",
]
