"""Pictures of event nets: an SVG drawing, and an HTML page with tables."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from catenary.diagrams import RewriteError
from catenary.rewriting.egraph.parts import IDENTITY

if TYPE_CHECKING:
    from catenary.rewriting.egraph.net import Net

RENAME = "rename"
"""The name of events in which an identity wire is absorbed by a box beside it."""
_LARGEST = 400
_COLUMN, _ROW, _WIDTH, _HEIGHT = 190, 34, 120, 24


@dataclass(frozen=True)
class Dump:
    """A net written down.

    Attributes:
        title: of the page.
        places: for each place its box, the names of its wires, its depth, whether a diagram was loaded on it.
        events: for each transition its name, the places it takes and those it makes.
    """

    title: str
    places: tuple[tuple[str, tuple[int, ...], tuple[int, ...], int, bool], ...]
    events: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]
    types: tuple[str, ...]

    @classmethod
    def of(cls, net: Net, title: str) -> Dump:
        """What a net holds now."""
        first = {p for p, depth in enumerate(net.depth) if depth == 0}
        places = tuple(
            (
                "id" if label == IDENTITY else str(net.encoder.boxes[label]),
                sources,
                targets,
                net.depth[p],
                p in first,
            )
            for p, (label, sources, targets) in enumerate(net.places)
        )
        events = []
        for t in net.transitions:
            name = RENAME
            if t.side is not None:
                name = t.side.rule.name + ("" if t.side.forward else " ←")
            events.append((name, t.before, t.after))
        return cls(title, places, tuple(events), tuple(str(ob) for ob in net.obs))

    def to_svg(self) -> str:
        """Places (boxes) in columns by depth, events (bars) between them.

        Raises:
            RewriteError: for more places than a picture can show; the page's tables hold any number.
        """
        if len(self.places) > _LARGEST:
            raise RewriteError(
                f"a picture shows at most {_LARGEST} places; this net has {len(self.places)}: lower the limits, "
                "or read the tables of to_html"
            )
        depth_of_event = [max((self.places[p][3] for p in after), default=0) for _, _, after in self.events]
        columns: dict[int, list[tuple[str, int]]] = {}
        for p, place in enumerate(self.places):
            columns.setdefault(2 * place[3], []).append(("place", p))
        for t, depth in enumerate(depth_of_event):
            columns.setdefault(2 * depth - 1, []).append(("event", t))
        at: dict[tuple[str, int], tuple[float, float]] = {}
        tallest = max((len(column) for column in columns.values()), default=1)
        order = sorted(columns)
        for i, depth in enumerate(order):
            column = columns[depth]
            # beside what they are joined to: the mean height of what is placed already
            column.sort(key=lambda item: self._height(item, at))
            top = (tallest - len(column)) * _ROW / 2
            for j, item in enumerate(column):
                at[item] = (20 + i * _COLUMN + _WIDTH / 2, 40 + top + j * _ROW)
        width = 40 + len(order) * _COLUMN
        height = 60 + tallest * _ROW
        out = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" font-family="sans-serif" font-size="11" role="img">',
            f"<title>{escape(self.title)}</title>",
            f'<rect width="{width}" height="{height}" fill="white"/>',
        ]
        for t, (_, before, after) in enumerate(self.events):
            x, y = at["event", t]
            for p, taken in [*((p, True) for p in before), *((p, False) for p in after)]:
                px, py = at["place", p]
                side = _WIDTH / 2 if px < x else -_WIDTH / 2
                middle = (px + side + x) / 2
                colour = "#b3541e" if taken else "#2b6f8a"
                out.append(
                    f'<path d="M {px + side:.0f} {py:.0f} C {middle:.0f} {py:.0f} {middle:.0f} {y:.0f} {x:.0f} '
                    f'{y:.0f}" fill="none" stroke="{colour}" stroke-opacity="0.55"/>'
                )
        for t, (name, _, _) in enumerate(self.events):
            x, y = at["event", t]
            fill = "#aaa" if name == RENAME else "#333"
            out.append(f'<rect x="{x - 3:.0f}" y="{y - 9:.0f}" width="6" height="18" fill="{fill}"/>')
            if name != RENAME:
                out.append(f'<text x="{x:.0f}" y="{y - 11:.0f}" text-anchor="middle">{escape(name)}</text>')
        for p, (box, sources, targets, _, first) in enumerate(self.places):
            x, y = at["place", p]
            fill = "#fff3d6" if first else "#eef4f7"
            out.append(
                f'<rect x="{x - _WIDTH / 2:.0f}" y="{y - _HEIGHT / 2:.0f}" width="{_WIDTH}" height="{_HEIGHT}" '
                f'rx="5" fill="{fill}" stroke="#555"/>'
            )
            text = f"{box} {_wires(sources)}→{_wires(targets)}"
            text = text if len(text) <= 22 else text[:21] + "…"
            out.append(
                f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">{escape(text)}'
                f"<title>place {p}: {escape(box)}, {_wires(sources)} → {_wires(targets)}</title></text>"
            )
        return "".join(out) + "</svg>"

    def _height(self, item: tuple[str, int], at: dict[tuple[str, int], tuple[float, float]]) -> float:
        kind, number = item
        if kind == "event":
            near = [at["place", p][1] for p in self.events[number][1] if ("place", p) in at]
        else:
            near = [
                at["event", t][1] for t, e in enumerate(self.events) if number in e[2] and ("event", t) in at
            ]
        return sum(near) / len(near) if near else float(number)

    def to_html(self) -> str:
        """One self-contained page: the picture, if it is not too large, and tables of places and events."""
        picture = ""
        if len(self.places) <= _LARGEST:
            picture = f'<div class="picture">{self.to_svg()}</div>'
        places = "".join(
            f'<tr id="p{p}"><td>{p}</td><td>{escape(box)}</td><td>{_wires(sources)} → {_wires(targets)}</td>'
            f"<td>{' '.join(escape(self.types[w]) for w in sources)} → "
            f"{' '.join(escape(self.types[w]) for w in targets)}</td><td>{depth}</td></tr>"
            for p, (box, sources, targets, depth, _) in enumerate(self.places)
        )
        events = "".join(
            f"<tr><td>{t}</td><td>{escape(name)}</td><td>{_links(before)}</td><td>{_links(after)}</td></tr>"
            for t, (name, before, after) in enumerate(self.events)
        )
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f"<title>{escape(self.title)}</title><style>{_STYLE}</style></head><body>"
            f"<h1>{escape(self.title)}</h1><p>{len(self.places)} places (boxes on named wires), "
            f"{len(self.events)} events. What was added is shaded; orange lines lead from what an event takes, blue "
            f"ones to what it makes; grey bars only rename a wire.</p>{picture}"
            "<h2>Places</h2><table><tr><th>number</th><th>box</th><th>wires</th><th>types</th><th>depth</th></tr>"
            f"{places}</table><h2>Events</h2><table><tr><th>number</th><th>rule</th><th>takes</th><th>makes</th>"
            f"</tr>{events}</table></body></html>\n"
        )


_STYLE = (
    ":root{color-scheme:light dark}body{font-family:sans-serif;margin:2rem;max-width:none}"
    ".picture{overflow:auto;background:white;border:1px solid #999}table{border-collapse:collapse}"
    "td,th{padding:.2rem .7rem;border-bottom:1px solid #8886;text-align:left}tr:target{background:#fc08}"
)


def _wires(wires: tuple[int, ...]) -> str:
    return ",".join(map(str, wires)) or "·"


def _links(places: tuple[int, ...]) -> str:
    return " ".join(f'<a href="#p{p}">{p}</a>' for p in places) or "–"
