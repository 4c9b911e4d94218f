"""SVG elements and the file around them: what all pictures have in common."""

from __future__ import annotations

import hashlib
from html import escape as _escape

from catenary.diagrams.drawing.metrics import FONT, SMALL_FONT
from catenary.diagrams.drawing.theme import SANS, SERIF, colour, variables

SCALE = 40.0
"""Pixels to a unit."""


def escape(text: str) -> str:
    """Text for XML: markup escaped, characters that XML forbids replaced."""
    shown = "".join(
        c if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff") else "·"
        for c in text
    )
    return _escape(shown, quote=True)


def num(x: float) -> str:
    """A number with at most two decimals."""
    text = f"{x:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def text(x: float, y: float, font: float, text: str, css: str) -> str:
    """A text with its vertical middle at ``y``; coordinates and font size in units."""
    # The baseline is set by hand: dominant-baseline is not understood everywhere.
    return (
        f'<text class="{css}" x="{num(x * SCALE)}" y="{num((y + 0.35 * font) * SCALE)}">{escape(text)}</text>'
    )


def rect(x: float, y: float, w: float, h: float, r: float, css: str = "") -> str:
    """A rectangle with rounded corners, in units."""
    css = f' class="{css}"' if css else ""
    return (
        f'<rect{css} x="{num(x * SCALE)}" y="{num(y * SCALE)}" width="{num(w * SCALE)}" '
        f'height="{num(h * SCALE)}" rx="{num(r * SCALE)}"/>'
    )


def document(content: str, width: float, height: float, title: str, dark: str | bool, number: int = 0) -> str:
    """A whole SVG file around painted content; sizes in units."""
    seed = f"{number}\n{dark}\n{title}\n{content}".encode("utf-8", "replace")
    identity = hashlib.sha256(seed).hexdigest()[:10]
    name = f"catenary-{identity}"
    w, h = width * SCALE, height * SCALE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" width="{num(w)}" height="{num(h)}" '
        f'viewBox="0 0 {num(w)} {num(h)}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title><style>{_style(name, dark)}</style>"
        f'<rect class="paper" width="{num(w)}" height="{num(h)}" rx="6"/>{content}</svg>'
    )


def _style(name: str, dark: str | bool) -> str:
    def c(prop: str, key: str) -> str:
        return colour(prop, key, dark)

    rules = {
        ".paper": c("fill", "paper"),
        ".wire": f"fill:none;{c('stroke', 'ink')};stroke-width:1.5;stroke-linecap:round",
        "rect:not(.paper)": f"{c('fill', 'box')};{c('stroke', 'ink')};stroke-width:1.4",
        "polygon": f"{c('fill', 'word')};{c('stroke', 'ink')};stroke-width:1.4;stroke-linejoin:round",
        ".dot": f"{c('fill', 'ink')};stroke:none",
        ".ground": f"fill:none;{c('stroke', 'ink')};stroke-width:1.8;stroke-linecap:round",
        ".Z rect": f"{c('fill', 'green')}",
        ".X rect": f"{c('fill', 'red')}",
        ".X .ring": "fill:none;stroke-width:1",
        ".H rect": f"{c('fill', 'yellow')}",
        ".more rect": f"{c('fill', 'blue')};stroke-dasharray:5 4",
        ".wire.mark": f"{c('stroke', 'edge')};stroke-width:2.6",
        ".mark rect": f"{c('stroke', 'edge')};stroke-width:2.6",
        ".bubble.mark rect,.curry.mark rect": c("stroke", "edge"),
        ".box.mark rect,.scalar.mark rect": c("fill", "mark"),
        ".mark polygon": f"{c('fill', 'mark')};{c('stroke', 'edge')};stroke-width:2.6",
        ".mark .dot": f"{c('fill', 'edge')};{c('stroke', 'edge')};stroke-width:4",
        ".mark .ground": f"{c('stroke', 'edge')};stroke-width:2.6",
        "text": f"{c('fill', 'ink')};text-anchor:middle;font-family:{SERIF}",
        ".name": f"font-size:{num(FONT * SCALE)}px",
        ".single": "font-style:italic",
        ".bubble rect,.curry rect": f"{c('fill', 'frame')};{c('stroke', 'soft')};stroke-width:1.2",
        ".bubble rect": "stroke-dasharray:6 4",
        ".empty rect": "fill:none;stroke-dasharray:3 3",
        ".Z .name,.X .name,.H .name,.phase .name": f"font-size:{num(SMALL_FONT * SCALE)}px",
        ".more .name": f"font-family:{SANS}",
        ".type": f"{c('fill', 'soft')};font-size:{num(SMALL_FONT * SCALE)}px;font-style:italic",
        ".sign": f"font-size:{num(FONT * 1.6 * SCALE)}px",
        ".dashed": f"{c('stroke', 'soft')};stroke-dasharray:4 4",
        "polygon.dot": f"{c('fill', 'ink')};stroke:none",
        ".target": f"{c('fill', 'box')};{c('stroke', 'ink')};stroke-width:1.5",
        "rect.cap": c("fill", "word"),
        ".gatename": f"font-size:{num(0.34 * SCALE)}px",
        ".start": "text-anchor:start",
        ".end": "text-anchor:end",
    }
    scoped = (
        ",".join(f"#{name} {s}" for s in selector.split(",")) + f"{{{body}}}"
        for selector, body in rules.items()
    )
    return variables(name, dark) + "".join(scoped)
