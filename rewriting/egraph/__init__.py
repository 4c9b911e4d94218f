"""E-graphs of string diagrams, saturation, and extraction by integer programming.

:class:`EGraph` is an event net, for the symmetric doctrine; :class:`ValueGraph` has a class for each value, for the
cartesian one; :class:`WireGraph` has a class for each wire of a gate theory and proposes what a verifier decides. Each
refuses what it is not sound for.
"""

from catenary.rewriting.egraph.analyses import Analysis, Folding, TCountBound, TensorValues, TypeBound
from catenary.rewriting.egraph.engine import EGraph
from catenary.rewriting.egraph.extraction import Extraction
from catenary.rewriting.egraph.pareto import Front
from catenary.rewriting.egraph.parts import Report
from catenary.rewriting.egraph.phase_places import PhasePlaces
from catenary.rewriting.egraph.schedule import Schedule
from catenary.rewriting.egraph.unitary_models import UnitaryModel
from catenary.rewriting.egraph.values import Constants, ValueExtraction, ValueGraph
from catenary.rewriting.egraph.wires import WireExtraction, WireGraph

__all__ = [
    "Analysis",
    "Constants",
    "EGraph",
    "Extraction",
    "Folding",
    "Front",
    "PhasePlaces",
    "Report",
    "Schedule",
    "TCountBound",
    "TensorValues",
    "TypeBound",
    "UnitaryModel",
    "ValueExtraction",
    "ValueGraph",
    "WireExtraction",
    "WireGraph",
]
