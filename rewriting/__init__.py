"""Rewriting: which diagrams are equal, and which is cheapest.

Here: rules, theories, proofs and the e-graph. Theories ready to use are in :mod:`catenary.rewriting.library`,
ZX diagrams in :mod:`catenary.rewriting.zx`, the circuit optimiser and the verifier in
:mod:`catenary.rewriting.circuits`.
"""

from catenary.rewriting.calc import CalcError, Calculation, calc
from catenary.rewriting.certificates import Certificate, CertificateError, certify
from catenary.rewriting.checker import check
from catenary.rewriting.completion import Completion, complete
from catenary.rewriting.confluence import Confluence, CriticalPair, confluence, critical_pairs
from catenary.rewriting.constructions import Interpretation
from catenary.rewriting.dpo import Rewrite, rewrite
from catenary.rewriting.egraph import EGraph, Extraction, Report
from catenary.rewriting.incremental import Worksheet
from catenary.rewriting.limits import Limits
from catenary.rewriting.matching import Match, matches
from catenary.rewriting.models import Model, counter_model
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.prove import Answer, Proved, Refuted, Unknown, prove
from catenary.rewriting.rule import Rule
from catenary.rewriting.schemes import Redex, redexes
from catenary.rewriting.search import SearchReport, search
from catenary.rewriting.strategies import Normalised, Strategy, normalise
from catenary.rewriting.termination import Termination, termination
from catenary.rewriting.theory import Theory

__all__ = [
    "Answer",
    "CalcError",
    "Calculation",
    "Certificate",
    "CertificateError",
    "Completion",
    "Confluence",
    "CriticalPair",
    "EGraph",
    "Extraction",
    "Interpretation",
    "Limits",
    "Match",
    "Model",
    "Normalised",
    "Proof",
    "Proved",
    "Redex",
    "Refuted",
    "Report",
    "Rewrite",
    "Rule",
    "SearchReport",
    "Step",
    "Strategy",
    "Termination",
    "Theory",
    "Unknown",
    "Worksheet",
    "calc",
    "certify",
    "check",
    "complete",
    "confluence",
    "counter_model",
    "critical_pairs",
    "matches",
    "normalise",
    "prove",
    "redexes",
    "rewrite",
    "search",
    "termination",
]
