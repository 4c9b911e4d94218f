"""What a diagram is: types, boxes, signatures, diagrams, open hypergraphs, drawing, files."""

from catenary.diagrams.boxes import Box, Cap, Copy, Cup, Discard, Spider, Swap, bend
from catenary.diagrams.builder import Builder, Wire
from catenary.diagrams.diagram import Diagram, cap, cup
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import (
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
    SignatureError,
    UnknownGenerator,
    WireError,
)
from catenary.diagrams.functions import close, diagram_of, feedback
from catenary.diagrams.hypergraph import Edge, OpenHypergraph
from catenary.diagrams.phases import Phase
from catenary.diagrams.signature import Doctrine, Signature, free, structural
from catenary.diagrams.types import Ob, Ty

__all__ = [
    "ArityError",
    "Box",
    "Builder",
    "Cap",
    "CatenaryError",
    "CompositionError",
    "ContractionError",
    "Copy",
    "Cup",
    "Diagram",
    "Discard",
    "Doctrine",
    "DoctrineError",
    "Edge",
    "Equation",
    "InputError",
    "LimitReached",
    "MissingExtra",
    "Ob",
    "OpenHypergraph",
    "Phase",
    "PhaseError",
    "RewriteError",
    "Signature",
    "SignatureError",
    "Spider",
    "Swap",
    "Ty",
    "UnknownGenerator",
    "Wire",
    "WireError",
    "bend",
    "cap",
    "close",
    "cup",
    "diagram_of",
    "feedback",
    "free",
    "structural",
]
