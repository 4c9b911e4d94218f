"""Labelled sentences: read from files, and split."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catenary.diagrams import CatenaryError, InputError
from catenary.diagrams.textfile import read_text
from catenary.functors.grammar import Lexicon, Reading
from catenary.functors.grammar.dependencies import iter_conllu
from catenary.functors.grammar.dependency_readings import reading_of_tree

MAX_BYTES = 64 * 2**20
MAX_LINE = 100_000


@dataclass(frozen=True)
class Example:
    """A sentence with its label.

    Attributes:
        text: the sentence (for :func:`~catenary.functors.training.train` also a reading or a grammar diagram).
        label: the class it belongs to, as text.
    """

    text: Any
    label: str


@dataclass(frozen=True)
class Task:
    """A data set: examples to learn from, and others to be judged by.

    Attributes:
        train, test: the examples.
        lexicon: the words with their types.
    """

    train: tuple[Example, ...]
    test: tuple[Example, ...]
    lexicon: Lexicon


def parse_examples(text: str, source: str = "<text>", *, kind: str = "lines") -> tuple[Example, ...]:
    """Examples from text.

    Args:
        text: with ``kind="lines"`` a label, white space and a sentence on each line (the format of lambeq's
            data sets), ``#`` starting a comment line; with ``"csv"`` or ``"tsv"`` a table whose first row
            names the columns ``label`` and ``text`` (or ``sentence``); with ``"conllu"`` dependency trees in any
            language, each after a comment ``# label = …``: their readings are what is learnt from.
        source: its name, for messages.

    Raises:
        InputError: with the line, for what is not an example.

    >>> parse_examples("1  woman cooks tasty meal .\\n0  man debugs program .\\n")[0]
    Example(text='woman cooks tasty meal .', label='1')
    """
    if kind in ("csv", "tsv"):
        return _table(text, source, "," if kind == "csv" else "\t")
    if kind == "conllu":
        return _trees(text, source)
    if kind != "lines":
        raise CatenaryError(f"examples are in lines, csv, tsv or conllu, not {kind!r}")
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            raise InputError(f"a line of {len(line):,} characters", source=source, line=number)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        label, _, sentence = line.strip().partition(" ") if "\t" not in line else line.strip().partition("\t")
        if not sentence.strip():
            raise InputError(
                "expected a label, white space and a sentence", source=source, line=number, text=text
            )
        found.append(Example(" ".join(sentence.split()), label))
    if not found:
        raise InputError("there are no examples in it", source=source)
    return tuple(found)


def _table(text: str, source: str, separator: str) -> tuple[Example, ...]:
    found = []
    columns: tuple[int, int] | None = None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            if not row or not any(cell.strip() for cell in row):
                continue
            if columns is None:
                names = [cell.strip().lower().lstrip("\ufeff") for cell in row]
                texts = [i for i, name in enumerate(names) if name in ("text", "sentence")]
                if "label" not in names or not texts:
                    raise InputError(
                        f"the first row names the columns label and text, not {', '.join(names)[:80]}",
                        source=source,
                        line=reader.line_num,
                    )
                columns = names.index("label"), texts[0]
                continue
            if len(row) <= max(columns) or not row[columns[0]].strip() or not row[columns[1]].strip():
                raise InputError("a row without label or text", source=source, line=reader.line_num)
            found.append(Example(" ".join(row[columns[1]].split()), row[columns[0]].strip()))
    except csv.Error as error:
        raise InputError(f"not a table: {error}", source=source, line=reader.line_num) from None
    if not found:
        raise InputError("there are no examples in it", source=source)
    return tuple(found)


def _trees(text: str, source: str) -> tuple[Example, ...]:
    found = []
    for tree in iter_conllu(text.splitlines(), source):
        label = tree.comment("label")
        if not label:
            problem = "a sentence without a comment '# label = …' before it"
            raise InputError(problem, source=source, line=tree.line)
        try:
            found.append(Example(reading_of_tree(tree), label))
        except (CatenaryError, ValueError) as error:
            raise InputError(str(error), source=source, line=tree.line) from error
    if not found:
        raise InputError("there are no examples in it", source=source)
    return tuple(found)


def shown(text: Any) -> str:
    """An example's text for people: of a reading, its words."""
    return " ".join(text.words) if isinstance(text, Reading) else str(text)


def read_examples(path: str | Path) -> tuple[Example, ...]:
    """Examples from a file; ``.csv`` and ``.tsv`` are tables, ``.conllu`` trees, anything else lines.

    Raises:
        InputError: for a file that cannot be read, and as :func:`parse_examples`.
    """
    text, source = read_text(path, "labelled sentences", max_bytes=MAX_BYTES)
    suffix = Path(source).suffix.lower()
    return parse_examples(text, source, kind=suffix[1:] if suffix in (".csv", ".tsv", ".conllu") else "lines")


def split(
    examples: Iterable[Example], fraction: float = 0.2, seed: int = 0
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """Examples split in two, the second part a fraction of each class.

    Raises:
        CatenaryError: unless the fraction is between 0 and 1.
    """
    if not 0 <= fraction < 1:
        raise CatenaryError(f"the part held out is at least 0 and less than 1, not {fraction}")
    rows: Sequence[Example] = tuple(examples)
    rng = random.Random(seed)
    held: set[int] = set()
    for label in sorted({example.label for example in rows}):
        places = [i for i, example in enumerate(rows) if example.label == label]
        held.update(rng.sample(places, round(fraction * len(places))))
    return (
        tuple(example for i, example in enumerate(rows) if i not in held),
        tuple(example for i, example in enumerate(rows) if i in held),
    )
