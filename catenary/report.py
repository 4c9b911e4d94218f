"""Self-contained HTML reports: pictures, tables and step-by-step proofs in one file, without a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catenary.rewriting.proof import Proof

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #fbfaf7; --card: #fff; --line: #d9dce1;
  --accent: #23618e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #9aa5b4; --paper: #14181e; --card: #1b2129;
  --line: #343d49; --accent: #7db8e0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.9rem; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
p { margin: .5rem 0; max-width: 46rem; }
.lead, figcaption { color: var(--soft); }
.row { display: flex; flex-wrap: wrap; gap: 1rem; align-items: stretch; }
figure { margin: .75rem 0; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  flex: 1 1 18rem; min-width: 0; text-align: center; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; max-height: 34rem; }
figure.wide { flex-basis: 100%; } figure.wide svg { max-width: none; max-height: none; }
figcaption { font-size: .9rem; margin-top: .5rem; }
table { border-collapse: collapse; margin: .75rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem .8rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem; overflow-x: auto; }
.steps nav { display: flex; gap: .5rem; align-items: center; margin: .5rem 0; }
.steps button { font: inherit; padding: .2rem .8rem; border: 1px solid var(--line); border-radius: 6px;
  background: var(--card); color: inherit; cursor: pointer; }
.steps input { flex: 1; accent-color: var(--accent); }
.steps.live figure:not(.shown) { display: none; }
.step { display: grid; grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr); gap: .75rem; align-items: center; }
.step > div { min-width: 0; overflow-x: auto; }
.step small { display: block; color: var(--soft); margin-bottom: .35rem; }
.step .rule { border: 1px dashed var(--line); border-radius: 8px; padding: .5rem .75rem; max-width: 20rem; }
.step .rule svg { max-height: 12rem; }
.step .arrow { font-size: 1.4rem; line-height: 1; color: var(--accent); }
@media (max-width: 48rem) { .step { grid-template-columns: 1fr; } .step .rule { max-width: none; } }
nav ol { list-style: none; columns: 22rem 2; column-gap: 3rem; padding-left: 1.5rem; margin: 0; } a { color: var(--accent); }
@media print { figure.wide svg { max-width: 100%; } .steps nav { display: none; } .steps.live figure { display: block !important; } figure { break-inside: avoid; } }
"""

_SCRIPT = """
for (const box of document.querySelectorAll('.steps')) {
  const frames = [...box.querySelectorAll('figure')];
  const slider = box.querySelector('input'), where = box.querySelector('output');
  const show = i => {
    i = Math.max(0, Math.min(frames.length - 1, i));
    frames.forEach((f, k) => f.classList.toggle('shown', k === i));
    slider.value = i; where.textContent = `${i + 1} / ${frames.length}`;
  };
  box.classList.add('live');
  slider.addEventListener('input', () => show(+slider.value));
  box.querySelector('.back').addEventListener('click', () => show(+slider.value - 1));
  box.querySelector('.next').addEventListener('click', () => show(+slider.value + 1));
  box.addEventListener('keydown', e => {
    const i = { ArrowLeft: +slider.value - 1, ArrowRight: +slider.value + 1, Home: 0, End: frames.length - 1 }[e.key];
    if (i !== undefined && e.target !== slider) { show(i); e.preventDefault(); }
  });
  const open = () => {
    const k = frames.findIndex(f => '#' + f.id === location.hash);
    if (k >= 0) show(k);
  };
  addEventListener('hashchange', open); show(0); open();
}
// Keys pressed nowhere in particular move the only proof of a page.
const all = document.querySelectorAll('.steps');
if (all.length === 1) document.addEventListener('keydown', e => {
  if (e.target === document.body) all[0].dispatchEvent(new KeyboardEvent('keydown', { key: e.key }));
});
"""


@dataclass
class Report:
    """An HTML page built piece by piece.

    Args:
        title: the heading.
        lead: one sentence below it.

    >>> page = Report("Bell", "Two qubits.")
    >>> page.section("Counts")
    >>> page.table([{"gate": "h", "count": 1}])
    >>> "<td>1</td>" in page.html()
    True
    """

    title: str
    lead: str = ""
    _parts: list[str] = field(default_factory=list)
    _steps: int = 0

    def section(self, heading: str, *paragraphs: str) -> None:
        """Start a section with paragraphs of plain text."""
        self._parts.append(f"<h2>{escape(heading)}</h2>")
        self.text(*paragraphs)

    def text(self, *paragraphs: str) -> None:
        """Paragraphs of plain text."""
        self._parts.extend(f"<p>{escape(p)}</p>" for p in paragraphs)

    def code(self, text: str) -> None:
        """Text in a fixed-width font, as it stands."""
        self._parts.append(f"<pre>{escape(text)}</pre>")

    def figures(self, pictures: Iterable[tuple[str, str]], *, wide: bool = False) -> None:
        """Pictures side by side: pairs (SVG text, caption). Wide ones keep their size and scroll, a row each."""
        inner = "".join(self._figure(svg, caption, wide=wide) for svg, caption in pictures)
        self._parts.append(f'<div class="row">{inner}</div>')

    def table(self, rows: Sequence[Mapping[str, object]]) -> None:
        """A table with the keys of the first row as its head."""
        if not rows:
            return
        head = "".join(f"<th>{escape(str(key))}</th>" for key in rows[0])
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(str(row.get(key, '')))}</td>" for key in rows[0]) + "</tr>"
            for row in rows
        )
        self._parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")

    def steps(self, pictures: Sequence[tuple[str, str]]) -> None:
        """A sequence of pictures, (SVG text, caption), with buttons, slider and arrow keys; all are shown without scripts."""
        self._steps += 1
        # The first sequence of a page has the short addresses: #step-1, #step-2 …
        name = "step" if self._steps == 1 else f"proof{self._steps}-step"
        inner = "".join(
            self._figure(svg, caption, f"{name}-{i}") for i, (svg, caption) in enumerate(pictures, 1)
        )
        links = "".join(
            f'<li><a href="#{name}-{i}">{escape(caption)}</a></li>'
            for i, (_, caption) in enumerate(pictures, 1)
        )
        self._parts.append(
            f'<div class="steps" tabindex="0" aria-label="proof steps"><nav><button class="back" aria-label="previous step">'
            f'←</button><input type="range" min="0" max="{len(pictures) - 1}" value="0" aria-label="step">'
            f'<output></output><button class="next" aria-label="next step">→</button></nav>{inner}'
            f"<nav><ol>{links}</ol></nav></div>"
        )

    def proof(self, proof: Proof) -> None:
        """A proof, a step at a time: the diagram with the redex marked, the rule, and the diagram with what took its place
        marked. Steps have addresses (``#step-3``).
        """
        from catenary.diagrams.drawing import equation_svg, to_svg

        pictures = list(proof.diagrams())
        if not proof.steps:
            self.figures([(to_svg(proof.start), "Equal by the laws of the doctrine: no steps.")])
            return
        frames = []
        for number, step in enumerate(proof.steps):
            (_, before, redex), (_, after, made) = pictures[2 * number : 2 * number + 2]
            rule = proof.theory.instance(step.rule, dict(step.values))
            arrow = "→" if step.forward else "←"
            what = "left to right" if step.forward else "right to left"
            frames.append(
                (
                    f'<div class="step"><div><small>before</small>{to_svg(before, highlight=redex)}</div>'
                    f'<div class="rule"><small>{escape(str(step))}</small>{equation_svg(rule.equation)}'
                    f'<div class="arrow" title="{what}" aria-label="{what}">{arrow}</div></div>'
                    f"<div><small>after</small>{to_svg(after, highlight=made)}</div></div>",
                    f"{number + 1}. {step}",
                )
            )
        self.steps(frames)

    @staticmethod
    def _figure(svg: str, caption: str, name: str = "", *, wide: bool = False) -> str:
        mark = (f' id="{name}"' if name else "") + (' class="wide"' if wide else "")
        below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
        return f"<figure{mark}>{svg}{below}</figure>"

    def html(self) -> str:
        """The page."""
        lead = f'<p class="lead">{escape(self.lead)}</p>' if self.lead else ""
        script = f"<script>{_SCRIPT}</script>" if self._steps else ""
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
            f"<title>{escape(self.title)}</title><style>{_STYLE}</style></head>\n"
            f"<body><h1>{escape(self.title)}</h1>{lead}\n"
            + "\n".join(self._parts)
            + f"\n{script}</body></html>\n"
        )

    def write(self, path: str | Path) -> None:
        """Write the page to a file, or to standard output for ``-``."""
        from catenary.diagrams.textfile import write_text

        write_text(path, self.html())
