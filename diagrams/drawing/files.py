"""Pictures into files."""

from __future__ import annotations

import os
from typing import Any

from catenary.diagrams.drawing.plots import to_png
from catenary.diagrams.drawing.sheets import Drawable
from catenary.diagrams.drawing.svg import to_svg
from catenary.diagrams.drawing.text import to_text
from catenary.diagrams.drawing.tikz import to_tikz
from catenary.diagrams.errors import InputError
from catenary.diagrams.textfile import file_name, write_text

SUFFIXES = (".svg", ".png", ".pdf", ".tex", ".txt")


def draw(value: Drawable, path: str | os.PathLike[str], **options: Any) -> None:
    """Draw a diagram, sum or equation into a file: ``.svg``, ``.png`` and ``.pdf`` (by matplotlib), ``.tex`` a LaTeX
    document, ``.txt`` text; ``"-"`` prints text on standard output.

    Args:
        options: those of :func:`to_svg`, :func:`to_png`, :func:`to_tikz`, :func:`to_text`.

    Raises:
        InputError: for any other suffix, and if the file cannot be written.
        MissingExtra: for ``.png`` and ``.pdf`` without matplotlib.

    >>> from catenary.diagrams import Box, Ty
    >>> draw(Box("f", Ty("a"), Ty("b")).diagram, "f.gif")
    Traceback (most recent call last):
      ...
    catenary.diagrams.errors.InputError: f.gif: a picture is a .svg, .png, .pdf, .tex or .txt, or - for text, not '.gif'
    """
    name = file_name(path)
    if name == "-":
        write_text("-", to_text(value, **options))
        return
    suffix = os.path.splitext(name)[1].lower()
    if suffix not in SUFFIXES:
        shown = f"'{suffix}'" if suffix else "a name without suffix"
        known = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        raise InputError(f"a picture is a {known}, or - for text, not {shown}", source=name)
    if suffix in (".png", ".pdf"):
        to_png(value, name, form=suffix[1:], **options)
    elif suffix == ".svg":
        write_text(name, to_svg(value, **options) + "\n")
    elif suffix == ".tex":
        write_text(name, to_tikz(value, **{"standalone": True} | options))
    else:
        write_text(name, to_text(value, **options))
