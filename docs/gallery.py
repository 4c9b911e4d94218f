"""The pictures of the pages: ``python docs/gallery.py`` runs their examples and draws the pictures they show.

A picture ``FOLDER/NAME.svg`` shows what the name stands for after the examples before it:
anything that can be drawn, or SVG.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("gallery.md")
PAGES = (PAGE, PAGE.parent / "tutorial" / "text-to-circuits.md", PAGE.parent / "reference" / "theories.md")
_BLOCK = re.compile(r"```python\n(.*?)```|!\[[^\]]*\]\(([a-z]+/[a-z0-9_]+\.svg)\)", re.DOTALL)


def pictures(page: Path = PAGE) -> dict[str, str]:
    """For each picture that a page shows its path relative to the page, and its SVG."""
    from catenary.diagrams.drawing import to_svg

    names: dict[str, Any] = {}
    found: dict[str, str] = {}
    for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block[1] is not None:
            for example in doctest.DocTestParser().get_examples(block[1]):
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(example.source, page.name, "single"), names)
            continue
        value = names[Path(block[2]).stem]
        found[block[2]] = (value if isinstance(value, str) else to_svg(value)) + "\n"
    return found


def main() -> None:
    """Write the pictures, and remove those that a page does not show."""
    for page in PAGES:
        shown = pictures(page)
        for name, svg in shown.items():
            folder = (page.parent / name).parent
            folder.mkdir(exist_ok=True)
            (page.parent / name).write_text(svg, encoding="utf-8")
        for path in folder.glob("*.svg"):
            if f"{folder.name}/{path.name}" not in shown:
                path.unlink()


if __name__ == "__main__":
    main()
