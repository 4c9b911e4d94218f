"""Pictures into files."""

from __future__ import annotations

import os
from typing import Any

from catenary.diagrams.diagram import Diagram
from catenary.diagrams.drawing.svg import to_svg
from catenary.diagrams.drawing.text import to_text
from catenary.diagrams.errors import InputError
from catenary.diagrams.textfile import write_text


def draw(diagram: Diagram, path: str | os.PathLike[str], **options: Any) -> None:
    """Draw a diagram into a file: ``.svg`` a picture, ``.txt`` text; ``"-"`` prints text on standard output.

    Args:
        options: those of :func:`to_svg` for ``.svg``, of :func:`to_text` otherwise.

    Raises:
        InputError: for any other suffix, and if the file cannot be written.

    >>> from catenary.diagrams import Box, Ty
    >>> draw(Box("f", Ty("a"), Ty("b")).diagram, "f.gif")
    Traceback (most recent call last):
      ...
    catenary.diagrams.errors.InputError: f.gif: a picture is a .svg or .txt, or - for text, not '.gif'
    """
    name = os.fspath(path)
    if name == "-":
        write_text("-", to_text(diagram, **options))
        return
    suffix = os.path.splitext(name)[1].lower()
    if suffix not in (".svg", ".txt"):
        shown = f"'{suffix}'" if suffix else "a name without suffix"
        raise InputError(f"a picture is a .svg or .txt, or - for text, not {shown}", source=name)
    content = to_svg(diagram, **options) + "\n" if suffix == ".svg" else to_text(diagram, **options)
    write_text(name, content)
