"""The e-graph of string diagrams: an event net, its saturation, and extraction by integer programming."""

from catenary.rewriting.egraph.engine import EGraph, Extraction
from catenary.rewriting.egraph.parts import Report

__all__ = ["EGraph", "Extraction", "Report"]
