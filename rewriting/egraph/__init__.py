"""The e-graph of string diagrams: an event net, its saturation, and extraction by integer programming."""

from catenary.rewriting.egraph.analyses import Analysis, Folding, TCountBound, TensorValues, TypeBound
from catenary.rewriting.egraph.engine import EGraph
from catenary.rewriting.egraph.extraction import Extraction
from catenary.rewriting.egraph.pareto import Front
from catenary.rewriting.egraph.parts import Report
from catenary.rewriting.egraph.schedule import Schedule

__all__ = [
    "Analysis",
    "EGraph",
    "Extraction",
    "Folding",
    "Front",
    "Report",
    "Schedule",
    "TCountBound",
    "TensorValues",
    "TypeBound",
]
