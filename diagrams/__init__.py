"""What a diagram is: types, boxes, signatures, diagrams, open hypergraphs, drawing, files."""

from catenary.diagrams.bends import cap, cup
from catenary.diagrams.beta_eta import beta_eta, beta_eta_steps
from catenary.diagrams.boxes import Box, Braid, Cap, Copy, Cup, Discard, Spider, Swap, Twist, bend
from catenary.diagrams.bubbles import Bubble
from catenary.diagrams.builder import Builder, Wire
from catenary.diagrams.closed import Curry, Eval, Uncurry
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import (
    ArgumentError,
    ArityError,
    CatenaryError,
    CompositionError,
    ContractionError,
    DoctrineError,
    InputError,
    LimitReached,
    MissingExtra,
    PhaseError,
    RewriteError,
    ScalarError,
    SignatureError,
    UnknownGenerator,
    WireError,
)
from catenary.diagrams.functions import close, diagram_of, feedback
from catenary.diagrams.hypergraph import Edge, OpenHypergraph
from catenary.diagrams.isotopy import Answer, equal
from catenary.diagrams.phases import Phase
from catenary.diagrams.signature import Doctrine, Signature, free, structural
from catenary.diagrams.sums import Sum
from catenary.diagrams.traces import Trace
from catenary.diagrams.types import Exponential, Ob, Ty

__all__ = [
    "Answer",
    "ArgumentError",
    "ArityError",
    "Box",
    "Braid",
    "Bubble",
    "Builder",
    "Cap",
    "CatenaryError",
    "CompositionError",
    "ContractionError",
    "Copy",
    "Cup",
    "Curry",
    "Diagram",
    "Discard",
    "Doctrine",
    "DoctrineError",
    "Edge",
    "Equation",
    "Eval",
    "Exponential",
    "InputError",
    "LimitReached",
    "MissingExtra",
    "Ob",
    "OpenHypergraph",
    "Phase",
    "PhaseError",
    "RewriteError",
    "ScalarError",
    "Signature",
    "SignatureError",
    "Spider",
    "Sum",
    "Swap",
    "Trace",
    "Twist",
    "Ty",
    "Uncurry",
    "UnknownGenerator",
    "Wire",
    "WireError",
    "bend",
    "beta_eta",
    "beta_eta_steps",
    "cap",
    "close",
    "cup",
    "diagram_of",
    "equal",
    "feedback",
    "free",
    "structural",
]
