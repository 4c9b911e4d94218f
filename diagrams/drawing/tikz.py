"""TikZ from a layout, for any LaTeX with the package ``tikz``."""

from __future__ import annotations

from collections.abc import Collection

from catenary.diagrams.drawing.latex import escape
from catenary.diagrams.drawing.metrics import FONT
from catenary.diagrams.drawing.parts import FRAMES, Part, Style, Text, palette, parts_of, style_of, text_of
from catenary.diagrams.drawing.shapes import Curve, Label, Layout, Point, Shape
from catenary.diagrams.drawing.sheets import Drawable, picture_of

EM = FONT / 10
"""Units to a point of the font: a name in a box is as high as the text of a 10 pt document."""
PIXEL = 0.55
"""Points to a pixel of a line's width."""
COLOURS = ("ink", "soft", "box", "word", "mark", "edge", "green", "red", "yellow", "blue", "frame", "paper")


def to_tikz(
    value: Drawable,
    *,
    orientation: str = "down",
    highlight: Collection[int] = frozenset(),
    dark: str | bool = "light",
    max_boxes: int | None = 300,
    scale: float = 0.8,
    standalone: bool = False,
) -> str:
    """A diagram, sum or equation as a ``tikzpicture``; the document needs ``\\usepackage{tikz}``.

    Args:
        orientation, highlight, max_boxes: as for :func:`to_svg`.
        dark: ``"light"`` or ``"dark"``; the dark one paints its background.
        scale: centimetres between neighbouring wires. Texts grow and shrink with it.
        standalone: whether to write a whole document with one page of the picture's size.

    >>> from catenary.diagrams import Box, Ty
    >>> picture = to_tikz(Box("f_1", Ty("a"), Ty("b")))
    >>> print(picture.splitlines()[0])
    \\begin{tikzpicture}[x=0.8cm,y=-0.8cm,line cap=round,line join=round]
    >>> "f\\\\_1" in picture
    True
    """
    found = picture_of(value, orientation=orientation, highlight=highlight, max_boxes=max_boxes)
    picture = _picture(found, dark, scale)
    if not standalone:
        return picture
    # One millimetre more than the picture, so that nothing is rounded away.
    width, height = found.width * scale + 0.1, found.height * scale + 0.1
    return (
        "\\documentclass[10pt]{article}\n"
        "\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n\\usepackage{tikz}\n"
        f"\\usepackage[paperwidth={width:.2f}cm,paperheight={height:.2f}cm,margin=0pt]{{geometry}}\n"
        "\\pagestyle{empty}\\setlength{\\parindent}{0pt}\\topskip=0pt\n"
        f"\\begin{{document}}\n{picture}\\end{{document}}\n"
    )


def _picture(layout: Layout, dark: str | bool, scale: float) -> str:
    lines = [f"\\begin{{tikzpicture}}[x={scale:g}cm,y=-{scale:g}cm,line cap=round,line join=round]"]
    table = palette(dark)
    lines += [f"\\definecolor{{catenary-{name}}}{{HTML}}{{{table[name][1:].upper()}}}" for name in COLOURS]
    corner = f"(0,0) rectangle ({_num(layout.width)},{_num(layout.height)})"
    painted = dark in (True, "dark")
    lines.append(f"\\fill[catenary-paper] {corner};" if painted else f"\\path[use as bounding box] {corner};")
    right = layout.orientation == "right"
    ratio = scale / 0.8
    if not layout.shapes and not layout.curves and not layout.labels:
        x, y = layout.width, layout.height
        lines.append(
            f"\\draw[catenary-ink,densely dashed] {_at((x * 0.15, y * 0.15))} rectangle {_at((x * 0.85, y * 0.85))};"
        )
    for shape in layout.shapes:
        if shape.kind in FRAMES:
            lines += _shape(shape, right, ratio)
    for marked, style in ((False, "catenary-ink,line width=0.8pt"), (True, "catenary-edge,line width=1.4pt")):
        curves = [c for c in layout.curves if c.marked == marked]
        if curves:
            lines.append(f"\\draw[{style}]")
            lines += [f"  {_path(c)}" for c in curves]
            lines[-1] += ";"
    for shape in layout.shapes:
        if shape.kind not in FRAMES:
            lines += _shape(shape, right, ratio)
    lines += [_label(label, ratio) for label in layout.labels]
    lines.append("\\end{tikzpicture}")
    return "\n".join(lines) + "\n"


def _num(x: float) -> str:
    text = f"{x:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _at(point: Point) -> str:
    return f"({_num(point[0])},{_num(point[1])})"


def _path(curve: Curve) -> str:
    points = [_at(p) for p in curve.points]
    if len(points) == 2:
        return f"{points[0]} -- {points[1]}"
    return f"{points[0]} .. controls {points[1]} and {points[2]} .. {points[3]}"


def _options(style: Style) -> str:
    fill = f"fill=catenary-{style.fill}," if style.fill else ""
    if not style.stroke:
        return fill + "draw=none"
    dashes = ",densely dashed" if style.dashed else ""
    return f"{fill}draw=catenary-{style.stroke},line width={_num(style.width * PIXEL)}pt{dashes}"


def _shape(shape: Shape, right: bool, ratio: float) -> list[str]:
    lines = [
        f"\\path[{_options(style_of(shape.kind, part, shape.marked))}{_corners(part, ratio)}] {_part(part)};"
        for part in parts_of(shape, right)
    ]
    inside = text_of(shape, right)
    if inside is not None:
        lines.append(_text(inside, ratio))
    return lines


def _corners(part: Part, ratio: float) -> str:
    return (
        f",rounded corners={_num(part.radius * 0.8 * 28.45 * ratio)}pt"
        if part.form == "rect" and part.radius
        else ""
    )


def _part(part: Part) -> str:
    if part.form == "rect":
        (x, y), (w, h) = part.points
        return f"{_at((x, y))} rectangle {_at((x + w, y + h))}"
    if part.form == "circle":
        return f"{_at(part.points[0])} ellipse [x radius={_num(part.radius)}, y radius={_num(part.radius)}]"
    if part.form == "polygon":
        return " -- ".join(map(_at, part.points)) + " -- cycle"
    ends = part.points
    return " ".join(f"{_at(a)} -- {_at(b)}" for a, b in zip(ends[::2], ends[1::2], strict=True))


def _text(inside: Text, ratio: float) -> str:
    style = "\\itshape " if inside.is_symbol else ""
    return _node((inside.x, inside.y), inside.text, inside.font, "ink", "", style, ratio)


def _label(label: Label, ratio: float) -> str:
    side = {"start": ",anchor=base west", "end": ",anchor=base east"}.get(label.anchor, "")
    is_sign = label.role == "sign"
    style = "" if is_sign else "\\itshape "
    return _node((label.x, label.y), label.text, label.font, "ink" if is_sign else "soft", side, style, ratio)


def _node(at: Point, text: str, font: float, colour: str, side: str, style: str, ratio: float) -> str:
    points = font / EM * 0.92 * ratio
    size = f"\\fontsize{{{_num(points)}}}{{{_num(points * 1.2)}}}\\selectfont{{}}"
    # The baseline is set by hand, so that the texts of a row stand on one line.
    place = _at((at[0], at[1] + 0.3 * font))
    return (
        f"\\node[inner sep=0pt,outer sep=0pt,text=catenary-{colour}{side or ',anchor=base'}] at {place} "
        f"{{{size}{style}{escape(text)}}};"
    )
