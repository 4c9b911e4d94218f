"""The text syntax of theories: one file with a signature, axioms, claims and diagrams."""

from catenary.diagrams.text.document import Document, WrittenProof
from catenary.diagrams.text.families import EquationFamily
from catenary.diagrams.text.parser import load_document, parse_diagram, parse_document
from catenary.diagrams.text.printer import format_diagram, format_document, format_sum, format_type

__all__ = [
    "Document",
    "EquationFamily",
    "WrittenProof",
    "format_diagram",
    "format_document",
    "format_sum",
    "format_type",
    "load_document",
    "parse_diagram",
    "parse_document",
]
