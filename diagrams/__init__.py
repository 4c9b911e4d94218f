"""What a diagram is: types, boxes, signatures, diagrams, open hypergraphs, drawing, files."""

from catenary.diagrams.boxes import Box, Cap, Copy, Cup, Discard, Spider, Swap, bend
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
)
from catenary.diagrams.hypergraph import Edge, OpenHypergraph
from catenary.diagrams.phases import Phase
from catenary.diagrams.signature import Doctrine, Signature, free, structural
from catenary.diagrams.types import Ob, Ty

__all__ = [
    "ArityError",
    "Box",
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
    "bend",
    "cap",
    "cup",
    "free",
    "structural",
]
