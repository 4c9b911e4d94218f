"""What ``catenary train`` and ``catenary predict`` do, apart from reading their arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from catenary.report import Report

if TYPE_CHECKING:
    from catenary.functors.training import Epoch, Example, Model, Training

_LINE, _DOT = "#3a7fb0", "#c8643a"  # readable on light and dark pages
_SHOWN = 20  # sentences in a report's table of mistakes


@dataclass(frozen=True)
class TrainingOutcome:
    """A training with the examples it was judged by."""

    source: str
    training: Training
    examples: tuple[Example, ...]
    test: tuple[Example, ...]
    seconds: float

    @property
    def model(self) -> Model:
        """The trained model."""
        return self.training.model

    def accuracy(self, examples: Sequence[Example]) -> float | None:
        """The part of some examples that are right, ``None`` without any."""
        if not examples:
            return None
        return self.model.score([e.text for e in examples], [e.label for e in examples])

    @cached_property
    def figures(self) -> dict[str, Any]:
        """The figures as JSON values; the sentences are judged once."""
        return {
            "source": self.source,
            "examples": len(self.examples),
            "classes": list(self.model.classes),
            "parameters": len(self.model.weights),
            "epochs": len(self.training.history),
            "stopped": self.training.stopped,
            "loss": self.training.history[-1].loss if self.training.history else None,
            "accuracy": self.accuracy(self.examples),
            "test": len(self.test),
            "test_accuracy": self.accuracy(self.test),
            "seconds": round(self.seconds, 3),
        }

    def text(self) -> str:
        """The figures in two lines."""
        found = self.figures
        loss = "" if found["loss"] is None else f", loss {found['loss']:.4f}"
        lines = [
            f"{found['examples']} sentences, {len(found['classes'])} classes, {found['parameters']} parameters, "
            f"{found['epochs']} epochs in {self.seconds:.2f} s",
            f"accuracy {found['accuracy']:.3f}{loss}",
        ]
        if self.test:
            lines[1] += f"; on {found['test']} other sentences {found['test_accuracy']:.3f}"
        return "\n".join(lines)

    def report(self) -> Report:
        """A page with the learning curve, the mistakes and one sentence's circuit."""
        from catenary.diagrams.drawing import to_svg
        from catenary.functors.circuits.drawing import circuit_svg
        from catenary.functors.grammar import Ansatz
        from catenary.functors.training.data import shown

        size, accuracy = self.text().splitlines()
        page = Report("Training", f"{self.source}: {size}.")
        page.section("Learning", accuracy + ".")
        page.figures(
            [(curve_svg(self.training.history), "loss (line) and validation accuracy (dots) by epoch")]
        )
        page.table([{"setting": key, "value": value} for key, value in self.model.notes.items()])
        judged = self.test or self.examples
        found = self.model.predict([e.text for e in judged])
        wrong = [(e, label) for e, label in zip(judged, found, strict=True) if label != e.label]
        page.section(
            "Mistakes",
            f"{len(wrong)} of {len(judged)} sentences" + (", the first of them:" if wrong else "."),
        )
        page.table([{"sentence": shown(e.text), "label": e.label, "predicted": p} for e, p in wrong[:_SHOWN]])
        page.section("A sentence", shown(judged[0].text))
        reading = self.model.sentences.read(judged[0].text)
        pictures = [
            (to_svg(reading.diagram), "its pregroup diagram"),
            (to_svg(reading.meaning()), "its meaning"),
        ]
        if isinstance(self.model.sentences.ansatz, Ansatz):
            circuit = circuit_svg(self.model.circuit(reading))
            pictures.append((circuit, "its circuit, with the angles that were learnt"))
        page.figures(pictures, wide=True)
        return page


def curve_svg(history: Sequence[Epoch], width: int = 520, height: int = 240) -> str:
    """Loss (a line, scale on the left) and validation accuracy (dots, scale on the right) by epoch."""
    left, right, top, bottom = 52, 44, 30, 34
    inner, tall = width - left - right, height - top - bottom
    losses = [epoch.loss for epoch in history] or [0.0]
    highest = max(*losses, 1e-12)

    def x(k: int) -> float:
        return left + inner * k / max(1, len(losses) - 1)

    line = " ".join(
        f"{x(k):.1f},{top + tall * (1 - max(0.0, v) / highest):.1f}" for k, v in enumerate(losses)
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="12" role="img"><title>learning curve</title>'
        "<style>@media (prefers-color-scheme: dark) { svg:root { color: #e6e9ee } }</style>"
        f'<g fill="currentColor" stroke="none">'
    ]

    def text(at: float, y: float, words: str, anchor: str, colour: str = "currentColor") -> None:
        parts.append(
            f'<text x="{at:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'
        )

    judged = any(epoch.accuracy is not None for epoch in history)
    text(left, 16, "loss", "start", _LINE)
    if judged:
        text(width - right, 16, "validation accuracy", "end", _DOT)
    for part in (0.0, 0.5, 1.0):
        y = top + tall * (1 - part)
        parts.append(
            f'<rect x="{left}" y="{y:.1f}" width="{inner}" height="1" fill="currentColor" opacity="0.15"/>'
        )
        text(left - 6, y + 4, f"{highest * part:.2g}", "end")
        if judged:
            text(width - right + 6, y + 4, f"{part:g}", "start")
    text(left, height - 14, "1", "middle")
    text(left + inner, height - 14, str(len(losses)), "middle")
    text(left + inner / 2, height - 6, "epoch", "middle")
    parts.append("</g>")
    parts.append(f'<polyline points="{line}" fill="none" stroke="{_LINE}" stroke-width="2"/>')
    parts += [
        f'<circle cx="{x(k):.1f}" cy="{top + tall * (1 - epoch.accuracy):.1f}" r="2.4" fill="{_DOT}"/>'
        for k, epoch in enumerate(history)
        if epoch.accuracy is not None
    ]
    return "".join(parts) + "</svg>"


def run_training(
    data: str | None,
    test: str | None,
    hold_out: float,
    options: dict[str, Any],
    lexicon: str | None,
    progress: Callable[[float | None, str], None],
    guess: bool = False,
) -> TrainingOutcome:
    """Train on a file, or on the built-in task where there is none; ``guess`` gives types to words the lexicon lacks."""
    import time

    from catenary.functors.grammar import Lexicon, load_lexicon
    from catenary.functors.training import meaning_classification, read_examples, split, train

    words = None if lexicon is None else load_lexicon(lexicon)
    if data is None:
        task = meaning_classification(100, seed=options["seed"])
        examples, held, words = task.train, task.test, words or task.lexicon
    else:
        examples, held = read_examples(data), ()
        if test is not None:
            held = read_examples(test)
        elif hold_out:
            examples, held = split(examples, hold_out, options["seed"])
    if guess:
        words = (Lexicon.english() if words is None else words).guessing()
    start = time.perf_counter()
    found = train(examples, lexicon=words, progress=progress, **options)
    seconds = time.perf_counter() - start
    return TrainingOutcome(data or "the built-in task: food or code?", found, examples, held, seconds)
