"""What everything with a picture can do: show itself in notebooks, and draw itself."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Any


class Shown:
    """Adds pictures to a class of diagrams. The options are those of the functions of
    :mod:`catenary.diagrams.drawing` with the same names.
    """

    __slots__ = ()

    def to_svg(self, **options: Any) -> str:
        """An SVG picture: see :func:`~catenary.diagrams.drawing.to_svg`."""
        from catenary.diagrams.drawing import to_svg

        value: Any = self
        return to_svg(value, **options)

    def to_text(self, **options: Any) -> str:
        """Lines of Unicode text: see :func:`~catenary.diagrams.drawing.to_text`."""
        from catenary.diagrams.drawing import to_text

        value: Any = self
        return to_text(value, **options)

    def to_tikz(self, **options: Any) -> str:
        """A ``tikzpicture``, or with ``standalone=True`` a LaTeX document: see
        :func:`~catenary.diagrams.drawing.to_tikz`.
        """
        from catenary.diagrams.drawing import to_tikz

        value: Any = self
        return to_tikz(value, **options)

    def to_matplotlib(self, axes: Any = None, **options: Any) -> Any:
        """A picture on matplotlib axes, which are returned: see :func:`~catenary.diagrams.drawing.to_matplotlib`."""
        from catenary.diagrams.drawing import to_matplotlib

        value: Any = self
        return to_matplotlib(value, axes, **options)

    def to_png(self, path: str | os.PathLike[str] | None = None, **options: Any) -> bytes:
        """A PNG file, by matplotlib: see :func:`~catenary.diagrams.drawing.to_png`."""
        from catenary.diagrams.drawing import to_png

        value: Any = self
        return to_png(value, path, **options)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """For Jupyter: a picture and text. TikZ only if LaTeX is asked for by name."""
        from catenary.diagrams.drawing.notebooks import bundle

        return bundle(self, include, exclude)

    def _repr_svg_(self) -> str:
        return self.to_svg()

    def _repr_latex_(self) -> str | None:
        """TikZ, for programs that make documents; nothing in a notebook."""
        from catenary.diagrams.drawing.notebooks import latex

        return latex(self)
