"""Pictures of diagrams: one layout, then SVG, TikZ, matplotlib, PNG or Unicode text."""

from catenary.diagrams.drawing.files import draw
from catenary.diagrams.drawing.layout import lay_out
from catenary.diagrams.drawing.plots import to_matplotlib, to_png
from catenary.diagrams.drawing.shapes import Curve, Label, Layout, Shape
from catenary.diagrams.drawing.sheets import picture_of, steps_layout
from catenary.diagrams.drawing.steps import equation_svg, sheet_layout, sheet_svg, steps_svg
from catenary.diagrams.drawing.svg import to_svg
from catenary.diagrams.drawing.text import to_text
from catenary.diagrams.drawing.tikz import to_tikz

__all__ = [
    "Curve",
    "Label",
    "Layout",
    "Shape",
    "draw",
    "equation_svg",
    "lay_out",
    "picture_of",
    "sheet_layout",
    "sheet_svg",
    "steps_layout",
    "steps_svg",
    "to_matplotlib",
    "to_png",
    "to_svg",
    "to_text",
    "to_tikz",
]
