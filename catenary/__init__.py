"""Catenary: string diagrams that compute.

The everyday names live here; everything else is in :mod:`catenary.diagrams` (what a diagram is),
:mod:`catenary.functors` (what it means) and :mod:`catenary.rewriting` (which diagrams are equal, and which is cheapest).
Names outside ``diagrams`` are imported when first used, so that ``import catenary`` stays quick.

>>> from catenary import Box, Ty
>>> f, g = Box("f", Ty("a"), Ty("b")), Box("g", Ty("b"), Ty("c"))
>>> print(f >> g)
f >> g
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from catenary.diagrams import (
    Box,
    Braid,
    Bubble,
    Builder,
    Cap,
    CatenaryError,
    Copy,
    Cup,
    Curry,
    Diagram,
    Discard,
    Doctrine,
    Equation,
    Eval,
    Ob,
    OpenHypergraph,
    Signature,
    Spider,
    Sum,
    Swap,
    Trace,
    Twist,
    Ty,
    cap,
    cup,
    diagram_of,
    free,
)

if TYPE_CHECKING:
    from catenary.diagrams.drawing import draw, to_matplotlib, to_png, to_svg, to_text, to_tikz
    from catenary.files import dump, load
    from catenary.functors.bridges.spacy import parse_spacy
    from catenary.functors.circuits import Circuit, Gate
    from catenary.functors.differentiation import differentiate
    from catenary.functors.functor import Functor
    from catenary.functors.grammar import Lexicon, load_conllu, parse, reading_of_tree
    from catenary.functors.mixed import density_matrix, distribution
    from catenary.functors.tensor import compile_corpus, compile_diagram, compile_parametrised
    from catenary.rewriting.circuits import optimize, verify
    from catenary.rewriting.egraph import EGraph
    from catenary.rewriting.proof import Proof
    from catenary.rewriting.prove import prove
    from catenary.rewriting.rule import Rule
    from catenary.rewriting.theory import Theory

__version__ = "0.1.0"

_LATER = {
    "Circuit": "catenary.functors.circuits",
    "EGraph": "catenary.rewriting.egraph",
    "Functor": "catenary.functors.functor",
    "Gate": "catenary.functors.circuits",
    "Lexicon": "catenary.functors.grammar",
    "Proof": "catenary.rewriting.proof",
    "Rule": "catenary.rewriting.rule",
    "Theory": "catenary.rewriting.theory",
    "compile_corpus": "catenary.functors.tensor",
    "compile_diagram": "catenary.functors.tensor",
    "compile_parametrised": "catenary.functors.tensor",
    "density_matrix": "catenary.functors.mixed",
    "differentiate": "catenary.functors.differentiation",
    "distribution": "catenary.functors.mixed",
    "draw": "catenary.diagrams.drawing",
    "dump": "catenary.files",
    "load": "catenary.files",
    "load_conllu": "catenary.functors.grammar",
    "optimize": "catenary.rewriting.circuits",
    "parse": "catenary.functors.grammar",
    "parse_spacy": "catenary.functors.bridges.spacy",
    "prove": "catenary.rewriting.prove",
    "reading_of_tree": "catenary.functors.grammar",
    "to_matplotlib": "catenary.diagrams.drawing",
    "to_png": "catenary.diagrams.drawing",
    "to_svg": "catenary.diagrams.drawing",
    "to_text": "catenary.diagrams.drawing",
    "to_tikz": "catenary.diagrams.drawing",
    "verify": "catenary.rewriting.circuits",
}
_ROOMS = ("diagrams", "files", "functors", "rewriting", "testing")

__all__ = [
    "Box",
    "Braid",
    "Bubble",
    "Builder",
    "Cap",
    "CatenaryError",
    "Circuit",
    "Copy",
    "Cup",
    "Curry",
    "Diagram",
    "Discard",
    "Doctrine",
    "EGraph",
    "Equation",
    "Eval",
    "Functor",
    "Gate",
    "Lexicon",
    "Ob",
    "OpenHypergraph",
    "Proof",
    "Rule",
    "Signature",
    "Spider",
    "Sum",
    "Swap",
    "Theory",
    "Trace",
    "Twist",
    "Ty",
    "__version__",
    "cap",
    "compile_corpus",
    "compile_diagram",
    "compile_parametrised",
    "cup",
    "density_matrix",
    "diagram_of",
    "differentiate",
    "distribution",
    "draw",
    "dump",
    "free",
    "load",
    "load_conllu",
    "optimize",
    "parse",
    "parse_spacy",
    "prove",
    "reading_of_tree",
    "to_matplotlib",
    "to_png",
    "to_svg",
    "to_text",
    "to_tikz",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        value = getattr(importlib.import_module(_LATER[name]), name)
        globals()[name] = value
        return value
    if name in _ROOMS:
        return importlib.import_module(f"catenary.{name}")
    raise AttributeError(f"module 'catenary' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER, *_ROOMS})
