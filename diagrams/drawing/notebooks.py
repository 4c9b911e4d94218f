"""What notebooks show of a diagram."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from typing import Any

from catenary.diagrams.drawing.svg import to_svg
from catenary.diagrams.drawing.text import to_text
from catenary.diagrams.drawing.tikz import to_tikz
from catenary.diagrams.errors import CatenaryError

TEXT_BOXES = 40
"""Boxes of a diagram that is shown as text in a notebook; the picture shows more."""


def bundle(
    value: Any, include: Collection[str] | None = None, exclude: Collection[str] | None = None
) -> dict[str, str]:
    """The MIME bundle of anything with a picture: SVG and text; TikZ as LaTeX only if ``include`` names it.

    >>> from catenary.diagrams import Box, Ty
    >>> sorted(bundle(Box("f", Ty("a"), Ty("b"))))
    ['image/svg+xml', 'text/plain']
    """
    makers: dict[str, Callable[[], str]] = {
        "image/svg+xml": lambda: to_svg(value),
        "text/plain": lambda: _text(value),
    }
    if include and "text/latex" in include:
        makers["text/latex"] = lambda: to_tikz(value)
    wanted = [kind for kind in makers if (not include or kind in include) and kind not in (exclude or ())]
    return {kind: makers[kind]() for kind in wanted}


def _text(value: Any) -> str:
    try:
        return to_text(value, max_boxes=TEXT_BOXES).rstrip("\n")
    except CatenaryError:  # it has a picture only
        return str(value)


def latex(value: Any) -> str | None:
    """TikZ; nothing in a notebook: notebooks would prefer it to the picture, and their LaTeX knows formulas only."""
    shell = sys.modules.get("IPython")
    if shell is not None and shell.get_ipython() is not None:
        return None
    return to_tikz(value)
