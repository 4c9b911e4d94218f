"""Pictures of diagrams: one layout, then SVG or Unicode text."""

from catenary.diagrams.drawing.files import draw
from catenary.diagrams.drawing.layout import lay_out
from catenary.diagrams.drawing.shapes import Curve, Label, Layout, Shape
from catenary.diagrams.drawing.steps import equation_svg, sheet_svg, steps_svg
from catenary.diagrams.drawing.svg import to_svg
from catenary.diagrams.drawing.text import to_text

__all__ = [
    "Curve",
    "Label",
    "Layout",
    "Shape",
    "draw",
    "equation_svg",
    "lay_out",
    "sheet_svg",
    "steps_svg",
    "to_svg",
    "to_text",
]
