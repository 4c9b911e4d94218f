"""Dependency trees, as parsers and treebanks give them, and CoNLL-U files in any language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from catenary.diagrams import CatenaryError, InputError, LimitReached
from catenary.diagrams.textfile import read_text
from catenary.functors.grammar.tokens import MAX_WORDS

MAX_FILE_BYTES = 64_000_000
MAX_LINE_LENGTH = 100_000
COLUMNS = ("ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC")
READINGS = "cups, stairs, spiders, bag"


class DependencyError(CatenaryError, ValueError):
    """A dependency tree that has no pregroup reading.

    Attributes:
        word: the word at which it fails.
        relation: the word's relation to its head.
    """

    def __init__(self, problem: str, word: str, relation: str):
        self.word, self.relation = word, relation
        super().__init__(f"{word!r} ({relation}): {problem}; readings without grammar: {READINGS}")


@dataclass(frozen=True, slots=True)
class Dependent:
    """A word of a dependency tree.

    Attributes:
        form: the word as it is written.
        head: the number of the word it depends on, from 1; 0 for the root.
        relation: its relation to the head, in lower case: of Universal Dependencies or of spaCy's English.
        pos: its universal part of speech, such as ``NOUN``.
        lemma: its dictionary form, if known.
        features: its morphological features, such as ``PronType=Rel|Number=Sing``.
    """

    form: str
    head: int
    relation: str
    pos: str = ""
    lemma: str = ""
    features: str = ""


@dataclass(frozen=True, slots=True)
class DependencyTree:
    """A sentence's words with their heads. Immutable.

    Attributes:
        words: the words.
        source, line: where it was read, for messages.
        comments: the comment lines before it, without ``#``; no part of what makes trees equal.

    Raises:
        InputError: if there is no word, a head is not a word of the sentence, there is not exactly one root,
            or heads form a cycle.

    >>> tree = DependencyTree((Dependent("Alice", 2, "nsubj"), Dependent("sleeps", 0, "root", "VERB")))
    >>> tree.text
    'Alice sleeps'
    """

    words: tuple[Dependent, ...]
    source: str = "<tree>"
    line: int = 1
    comments: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise InputError(problem, source=self.source, line=self.line)
        if len(self.words) > MAX_WORDS:
            raise LimitReached("reading a dependency tree", f"{MAX_WORDS:,} words")

    def _problem(self) -> str | None:
        if not self.words:
            return "a dependency tree without words"
        size = len(self.words)
        for number, word in enumerate(self.words, 1):
            if not word.form.strip():
                return f"word {number} has no form"
            if not 0 <= word.head <= size or word.head == number:
                return f"the head of {word.form!r} is word {word.head}, and the words are 1 to {size}"
        roots = [word.form for word in self.words if word.head == 0]
        if len(roots) != 1:
            found = ", ".join(map(repr, roots[:5])) or "none"
            return f"a tree has one root (head 0), here: {found}"
        state = [0] * (size + 1)  # 1: on the way up from the word looked at; 2: known to reach the root
        state[0] = 2
        for start in range(1, size + 1):
            path = []
            at = start
            while state[at] == 0:
                state[at] = 1
                path.append(at)
                at = self.words[at - 1].head
            if state[at] == 1:
                return f"the heads of {self.words[at - 1].form!r} go round in a circle"
            for step in path:
                state[step] = 2
        return None

    def comment(self, name: str) -> str | None:
        """What a comment ``# name = value`` says, ``None`` without one."""
        for comment in self.comments:
            key, mark, value = comment.partition("=")
            if mark and key.strip() == name:
                return value.strip()
        return None

    @property
    def text(self) -> str:
        """The words, with spaces between them."""
        return " ".join(word.form for word in self.words)


def read_conllu(text: str, source: str = "<conllu>") -> tuple[DependencyTree, ...]:
    """Read the sentences of a text in CoNLL-U format (https://universaldependencies.org/format.html).

    Comments, lines of multiword tokens (``3-4``) and empty nodes (``5.1``) are passed over: the syntactic
    words carry the tree.

    Raises:
        InputError: with the line, for a line that does not have ten columns, ids that are not 1, 2, 3 …, a
            head that is not a number, and sentences that are not trees.

    >>> rows = ["1 Alice Alice PROPN _ _ 2 nsubj _ _", "2 sleeps sleep VERB _ _ 0 root _ _"]
    >>> [tree] = read_conllu("\\n".join(row.replace(" ", "\\t") for row in rows))
    >>> [(word.form, word.head) for word in tree.words]
    [('Alice', 2), ('sleeps', 0)]
    """
    return tuple(iter_conllu(text.splitlines(), source))


def load_conllu(path: str | Path) -> tuple[DependencyTree, ...]:
    """Read a CoNLL-U file; ``"-"`` is standard input. See :func:`read_conllu`.

    Raises:
        InputError: if it cannot be read, is not UTF-8 text, or is not CoNLL-U.
    """
    text, source = read_text(path, "a CoNLL-U file", max_bytes=MAX_FILE_BYTES)
    found = read_conllu(text, source)
    if not found:
        raise InputError("no sentences: expected lines of ten columns with tabs between them", source=source)
    return found


def iter_conllu(lines: Iterable[str], source: str = "<conllu>") -> Iterator[DependencyTree]:
    """The sentences of a stream of lines, one at a time; as :func:`read_conllu`."""
    words: list[Dependent] = []
    comments: list[str] = []
    first = 1
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if len(line) > MAX_LINE_LENGTH:
            problem = f"a line of more than {MAX_LINE_LENGTH:,} characters"
            raise InputError(problem, source=source, line=number)
        if not line.strip():
            if words:
                yield DependencyTree(tuple(words), source, first, tuple(comments))
                words, comments = [], []
        elif line.startswith("#"):
            comments.append(line[1:].strip())
        else:
            if not words:
                first = number
            word = _word(line.split("\t"), len(words) + 1, source, number)
            if word is not None:
                words.append(word)
    if words:
        yield DependencyTree(tuple(words), source, first, tuple(comments))


def _word(cells: Sequence[str], expected: int, source: str, line: int) -> Dependent | None:
    if len(cells) != len(COLUMNS):
        problem = f"{len(cells)} columns where CoNLL-U has ten with tabs between them: {' '.join(COLUMNS)}"
        raise InputError(problem, source=source, line=line)
    number, form, lemma, pos, _, features, head, relation, _, _ = cells
    whole, mark, part = number.partition("-" if "-" in number else ".")
    if mark and whole.isdecimal() and part.isdecimal():
        return None
    if not number.isdecimal() or number != str(expected):
        raise InputError(
            f"ID {number[:20]!r} where {expected} was expected", source=source, line=line, column=1
        )
    if not head.isdecimal() or len(head) > 6:
        raise InputError(
            f"HEAD {head[:20]!r} of {form[:40]!r} is not the number of a word", source=source, line=line
        )
    return Dependent(
        form, int(head), relation.lower(), pos, *("" if cell == "_" else cell for cell in (lemma, features))
    )
