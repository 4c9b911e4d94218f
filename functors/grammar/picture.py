"""A reading as a picture in text: words, types and arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catenary.functors.grammar.reading import Reading


def to_text(reading: Reading) -> str:
    """Words over their types over links drawn as arcs; what is left of the type stands at the bottom.

    The picture is as wide as the sentence: rows are not wrapped, since arcs may span the whole of it.
    """
    top, middle = [""], [""]
    columns: list[int] = []
    for word, ty in zip(reading.words, reading.types, strict=True):
        start = max(len(top[0]), len(middle[0]))
        if start:
            start += 2
        top[0] = top[0].ljust(start) + word
        shown = middle[0].ljust(start)
        for ob in ty.objects:
            columns.append(len(shown))
            shown += f"{ob} "
        middle[0] = shown.rstrip()
    height: dict[tuple[int, int], int] = {}
    ends = {b: a for a, b in reading.links}
    # Links come innermost first by their right ends; a link is one row below the deepest one inside it.
    tallest: list[tuple[int, int]] = []
    for b in sorted(ends):
        a = ends[b]
        inside = 0
        while tallest and tallest[-1][0] > a:
            inside = max(inside, tallest.pop()[1])
        height[a, b] = inside + 1
        tallest.append((a, inside + 1))
    depth = max(height.values(), default=0)
    width = len(middle[0]) + 1
    rows = [[" "] * width for _ in range(depth + 1)]
    for (a, b), low in height.items():
        for row in rows[: low - 1]:
            row[columns[a]] = row[columns[b]] = "│"
        row = rows[low - 1]
        row[columns[a] : columns[b] + 1] = ["╰", *"─" * (columns[b] - columns[a] - 1), "╯"]
    for wire in reading.target_wires:
        for row in rows[:depth]:
            row[columns[wire]] = "│"
        name = str(reading.wires[wire])
        rows[depth][columns[wire] : columns[wire] + len(name)] = name
    return "\n".join([top[0], middle[0], *("".join(row).rstrip() for row in rows)])
