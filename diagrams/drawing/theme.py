"""Colours, and how they switch between light and dark."""

from __future__ import annotations

from catenary.diagrams.errors import CatenaryError

LIGHT = {
    "paper": "#ffffff",
    "ink": "#1c2230",
    "soft": "#5b6475",
    "box": "#ffffff",
    "word": "#f3f5f9",
    "mark": "#ffe9c7",
    "edge": "#c2570c",
    "green": "#cdf2cd",
    "red": "#f39a9a",
    "yellow": "#fff3a3",
    "blue": "#dfe9fb",
    "frame": "#f4f7fc",
}
DARK = {
    "paper": "#14181f",
    "ink": "#e8ebf1",
    "soft": "#a3adbd",
    "box": "#1f2530",
    "word": "#262d3a",
    "mark": "#5a3a10",
    "edge": "#ffb25e",
    "green": "#1f6a35",
    "red": "#a3323a",
    "yellow": "#7d6a08",
    "blue": "#28395c",
    "frame": "#1a2029",
}

SERIF = "'Latin Modern Roman','STIX Two Text',Georgia,'Times New Roman','DejaVu Serif',serif"
SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif"


def variables(name: str, dark: str | bool = "auto") -> str:
    """Style rules that define the colours as CSS variables on the element with an id.

    Args:
        dark: ``"auto"`` follows the reader's setting; ``True`` or ``"dark"`` and ``False`` or ``"light"`` fix
            it.
    """
    if dark not in ("auto", "light", "dark", True, False):
        raise CatenaryError(f"dark is 'auto', 'light' or 'dark', not {dark!r}")
    table = DARK if dark in (True, "dark") else LIGHT
    rules = f"#{name}{{{_declarations(table)}}}"
    if dark == "auto":
        rules += f"@media(prefers-color-scheme:dark){{#{name}{{{_declarations(DARK)}}}}}"
    return rules


def colour(prop: str, key: str, dark: str | bool = "auto") -> str:
    """A declaration by variable, preceded by the plain colour for programs that know no variables."""
    plain = (DARK if dark in (True, "dark") else LIGHT)[key]
    return f"{prop}:{plain};{prop}:var(--{key})"


def _declarations(table: dict[str, str]) -> str:
    return ";".join(f"--{key}:{value}" for key, value in table.items())
