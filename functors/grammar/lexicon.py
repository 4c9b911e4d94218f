"""Lexicons: words with their pregroup types, in a text file that people write.

The file format is documented in ``docs/reference/lexicon-files.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from catenary.diagrams import InputError, Ty, UnknownGenerator
from catenary.diagrams.errors import expect, expect_iterable
from catenary.diagrams.textfile import read_text
from catenary.functors.grammar.types import Place, Token, evaluate, format_type, parse_type, tokens

Spiders = tuple[tuple[int, ...], ...]

MAX_FILE_BYTES = 32_000_000
MAX_LINE_LENGTH = 10_000
MAX_WORD_LENGTH = 100
MAX_ALTERNATIVES = 64

SHAPES: dict[str, tuple[str, Spiders]] = {
    "subject-relative": ("n.r n s.l n", ((0, 1, 3), (2,))),
    "object-relative": ("n.r n n.l.l s.l", ((0, 1, 2), (3,))),
    "identity": ("x x.l", ()),
    "merge": ("x.r x x.l", ()),
}
"""Names of Frobenius shapes: an example of the type each is for, and its spiders by wire."""


@dataclass(frozen=True)
class Entry:
    """One type of a word, with what is known of its meaning.

    Attributes:
        type: the pregroup type.
        spiders: groups of wires of the type (counted from 0) that are one spider each; a group of one wire
            is the spider's unit. Wires in no group belong to the word's own box; a word whose wires are all
            in groups is made of spiders alone (Sadrzadeh, Clark & Coecke, *The Frobenius anatomy of word
            meanings I*, 2013).

        unusual: whether readings without the entry come first.

    >>> from catenary.functors.grammar import parse_type
    >>> who = Entry(parse_type("n.r n s.l n"), ((0, 1, 3), (2,)))
    >>> who.is_frobenius
    True
    """

    type: Ty
    spiders: Spiders = ()
    unusual: bool = False

    def __post_init__(self) -> None:
        problem = spider_problem(self.type, self.spiders)
        if problem:
            raise InputError(problem, source="<entry>")

    @property
    def is_frobenius(self) -> bool:
        """Whether the word is made of spiders alone."""
        return sum(map(len, self.spiders)) == len(self.type)

    def __str__(self) -> str:
        text = format_type(self.type)
        if self.spiders:
            text += " = " + "".join("{" + " ".join(str(w + 1) for w in group) + "}" for group in self.spiders)
        return text


def spider_problem(ty: Ty, spiders: Spiders) -> str | None:
    """What is wrong with the groups of a word's wires, if anything."""
    seen: set[int] = set()
    for group in spiders:
        if not group:
            return "a spider {} needs at least one wire"
        for wire in group:
            if not 0 <= wire < len(ty):
                return f"wire {wire + 1} is not among the {len(ty)} of  {format_type(ty)}"
            if wire in seen:
                return f"wire {wire + 1} is in two spiders"
            seen.add(wire)
        names = {ty.objects[w].name for w in group}
        if len(names) > 1:
            return f"a spider joins wires of one basic type, not {' and '.join(sorted(names))}"
    return None


class Lexicon:
    """Words with their types. Immutable.

    Args:
        entries: for each word its alternatives, the preferred first (unusual ones are moved to the end).
        name: what the lexicon is called.
        proper_noun: the type given to a capitalised word that the lexicon lacks; ``None`` refuses it.
        unknown: the types tried for any other word that it lacks; without any it is refused.

    >>> lexicon = Lexicon.from_text("Alice, Bob : n\\nloves : n.r s n.l")
    >>> [str(entry) for entry in lexicon["loves"]]
    ['n.r s n.l']
    >>> "Alice" in lexicon, len(lexicon)
    (True, 3)
    """

    __slots__ = ("_folded", "entries", "name", "proper_noun", "unknown")
    entries: Mapping[str, tuple[Entry, ...]]
    name: str
    proper_noun: Ty | None
    unknown: tuple[Entry, ...]

    def __init__(
        self,
        entries: Mapping[str, Iterable[Entry | Ty]],
        name: str = "lexicon",
        proper_noun: Ty | None = None,
        unknown: Iterable[Entry | Ty] = (),
    ):
        expect(entries, Mapping, "the entries of a lexicon", "a table from words to lists of types")
        table: dict[str, tuple[Entry, ...]] = {}
        for word, alternatives in entries.items():
            expect(word, str, "a word of a lexicon", "text")
            alternatives = expect_iterable(alternatives, f"the entries of {word!r}", "a list of types")
            read = (e if isinstance(e, Entry) else Entry(e) for e in alternatives)
            found = tuple(sorted(read, key=lambda entry: entry.unusual))
            if not found or any(not entry.type for entry in found):
                raise InputError(f"{word!r} needs at least one type, and none of them empty", source=name)
            table[word] = found
        folded: dict[str, str] = {}
        for word in table:
            folded.setdefault(word.casefold(), word)
        for key, value in (
            ("entries", MappingProxyType(table)),
            ("name", name),
            ("proper_noun", proper_noun),
            ("unknown", tuple(e if isinstance(e, Entry) else Entry(e) for e in unknown)),
            ("_folded", folded),
        ):
            object.__setattr__(self, key, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Lexicon is immutable")

    @classmethod
    def from_text(cls, text: str, source: str = "<text>") -> Lexicon:
        """Read a lexicon from the text of a lexicon file.

        Raises:
            InputError: with line and column of the first fault.
        """
        return _Reader(text, source).lexicon()

    @staticmethod
    def english() -> Lexicon:
        """The built-in English starter lexicon: a few hundred common words.

        >>> [str(entry.type) for entry in Lexicon.english()["who"] if not entry.unusual]
        ['nʳ n sˡ n', 'nʳ n nˡˡ sˡ']
        """
        return _english()

    def find(self, word: str) -> str | None:
        """The lexicon's own spelling of a word: as it is, in lower case, or in whatever case is there."""
        if word in self.entries:
            return word
        lower = word.lower()
        if lower in self.entries:
            return lower
        folded: dict[str, str] = self._folded  # type: ignore[attr-defined]
        return folded.get(word.casefold())

    def __getitem__(self, word: str) -> tuple[Entry, ...]:
        found = self.find(word)
        if found is None:
            raise self.unknown_word(word)
        return self.entries[found]

    def unknown_word(self, word: str) -> UnknownGenerator:
        """The error for a word that the lexicon lacks, with the words that look alike."""
        known: Iterable[str] = self.entries
        if len(self.entries) > 10_000:  # comparing with every word would take seconds
            start = word[:1].casefold()
            known = (w for w in self.entries if w[:1].casefold() == start and abs(len(w) - len(word)) <= 2)
        return UnknownGenerator(word, known, f"lexicon {self.name}")

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.find(word) is not None

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def extended(self, other: Lexicon) -> Lexicon:
        """This lexicon with the words of another; its alternatives come first where both have a word."""
        table = dict(self.entries)
        for word, alternatives in other.entries.items():
            mine = table.get(word, ())
            table[word] = (*alternatives, *(e for e in mine if e not in alternatives))
        return Lexicon(table, self.name, other.proper_noun or self.proper_noun, other.unknown or self.unknown)

    def guessing(self, types: Iterable[Entry | Ty] | None = None) -> Lexicon:
        """This lexicon with types for words that it lacks: of the open classes of English unless given.

        Those are noun, adjective, verb with and without an object, and adverb. The parser prefers the first that
        gives a reading, and says in a note that the word was guessed.

        >>> from catenary.functors.grammar import parse
        >>> reading, = parse("Alice flurbs the gizmo", Lexicon.english().guessing())
        >>> [str(ty) for ty in reading.types]
        ['n', 'nʳ s nˡ', 'n nˡ', 'n']
        """
        if types is None:
            types = [parse_type(text) for text in ("n", "n n.l", "n.r s n.l", "n.r s", "s.r s")]
        return Lexicon(self.entries, self.name, self.proper_noun, types)

    def to_text(self) -> str:
        """The lexicon as a file, one word a line; :meth:`from_text` reads it back."""
        lines = [] if self.proper_noun is None else [f"@proper-noun {format_type(self.proper_noun)}"]
        if self.unknown:
            lines.append(f"@unknown {' | '.join(map(str, self.unknown))}")
        for word, found in self.entries.items():
            usual = " | ".join(str(entry) for entry in found if not entry.unusual)
            unusual = " | ".join(str(entry) for entry in found if entry.unusual)
            lines.append(f"{_quoted(word)} : {usual}" + (f" || {unusual}" if unusual else ""))
        return "\n".join(lines) + "\n"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lexicon):
            return NotImplemented
        mine, theirs = ((x.name, x.proper_noun, x.unknown, x.entries) for x in (self, other))
        return mine == theirs

    def __hash__(self) -> int:
        return hash((self.name, self.proper_noun, self.unknown, frozenset(self.entries.items())))

    def __reduce__(self) -> tuple[object, ...]:
        return (Lexicon, (dict(self.entries), self.name, self.proper_noun, self.unknown))

    def __repr__(self) -> str:
        more = f", {self.unknown!r}" if self.unknown else ""
        return f"Lexicon({dict(self.entries)!r}, {self.name!r}, {self.proper_noun!r}{more})"


def load_lexicon(path: str | Path) -> Lexicon:
    """Read a lexicon file; ``"-"`` is standard input.

    Raises:
        InputError: if it cannot be read, is not UTF-8 text, or is not a lexicon: with line, column and what
            was expected.
    """
    text, source = read_text(path, "a lexicon", max_bytes=MAX_FILE_BYTES)
    return Lexicon.from_text(text, source)


@cache
def _english() -> Lexicon:
    text = Path(__file__).with_name("english.lex").read_text(encoding="utf-8")
    found = Lexicon.from_text(text, "english.lex")
    return Lexicon(found.entries, "english", found.proper_noun)


def _quoted(word: str) -> str:
    return word if _PLAIN.fullmatch(word) else json.dumps(word, ensure_ascii=False)


_PLAIN = re.compile(r"[^\s,:|=#\"@{}][^\s,:|=#\"{}]*")
_WORD = re.compile(r'\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<plain>[^\s,:|=#"@{}][^\s,:|=#"{}]*))\s*')
_MACRO = re.compile(r"\s*(?P<name>[^\W\dˡʳ][^\Wˡʳ]*)\s*=(?P<body>.*)", re.S)
_SPIDER = re.compile(r"\s*\{([^{}]*)\}\s*")


class _Reader:
    """Reads the text of one lexicon file."""

    def __init__(self, text: str, source: str):
        self.source = source
        self.lines = text.replace("\r\n", "\n").split("\n")
        self.text = "\n".join(self.lines) if len(text) < 2_000_000 else ""
        self.base: list[str] | None = None
        self.proper: tuple[tuple[Token, ...], Place] | None = None
        self.raw: dict[str, tuple[tuple[Token, ...], Place]] = {}
        self.macros: dict[str, Ty] = {}
        # Words of one class repeat one text of types: it is read once. A fault is raised at its first place.
        self.read: dict[str, tuple[Entry, ...]] = {}
        self.table: dict[str, list[tuple[Entry, int]]] = {}
        self.unknown: tuple[str, int, int] | None = None

    def place(self, line: int, before: int = 0) -> Place:
        shown = self.text or "\n" * (line - 1) + self.lines[line - 1]
        return Place(self.source, line, before, shown)

    def lexicon(self) -> Lexicon:
        entries: list[tuple[int, str]] = []
        for number, line in enumerate(self.lines, 1):
            if len(line) > MAX_LINE_LENGTH:
                raise self.place(number).error(f"a line of more than {MAX_LINE_LENGTH:,} characters")
            if not line.isprintable():
                for at, c in enumerate(line):
                    if not c.isprintable() and not c.isspace():
                        problem = f"not a lexicon: character U+{ord(c):04X} where a word or type was expected"
                        raise self.place(number, at).error(problem)
            line = _without_comment(line)
            if not line.strip():
                continue
            if line.lstrip().startswith("@"):
                self.directive(line, number)
            elif (macro := _MACRO.match(line)) and ":" not in line[: macro.start("body")]:
                self.macro(macro, number)
            else:
                entries.append((number, line))
        self.expand_macros()
        for number, line in entries:
            self.entry(line, number)
        if not self.table:
            raise InputError(
                "no entries: expected lines such as  loves, sees : n.r s n.l",
                source=self.source,
                line=len(self.lines),
            )
        proper = None
        if self.proper is not None:
            proper = evaluate(*self.proper, self.macros, self.base)
        table = {word: [entry for entry, _ in found] for word, found in self.table.items()}
        unknown = () if self.unknown is None else self.alternatives(*self.unknown)
        return Lexicon(table, self.source, proper, unknown)

    def directive(self, line: str, number: int) -> None:
        before = line.index("@") + 1
        name, _, rest = line[before:].partition(" ")
        if name == "types":
            self.base = (self.base or []) + rest.replace(",", " ").split()
        elif name == "proper-noun":
            place = self.place(number, before + len(name) + 1)
            self.proper = (tokens(rest, place), place)
        elif name == "unknown":
            self.unknown = (rest, number, before + len(name) + 1)
        else:
            known = UnknownGenerator(name, ["types", "proper-noun", "unknown"], "the lexicon format")
            problem = f"{known}; the directives are @types, @proper-noun and @unknown"
            raise self.place(number, before).error(problem)

    def macro(self, match: re.Match[str], number: int) -> None:
        name = match["name"]
        if name in self.raw:
            line = self.raw[name][1].line
            raise self.place(number, match.start("name")).error(f"{name!r} is already defined on line {line}")
        place = self.place(number, match.start("body"))
        self.raw[name] = (tokens(match["body"], place), place)

    def expand_macros(self) -> None:
        """Evaluate the abbreviations, each after those it uses."""
        done: set[str] = set()
        for root in self.raw:
            stack = [root]
            active: list[str] = []
            while stack:
                name = stack[-1]
                read, place = self.raw[name]
                if name in done:
                    stack.pop()
                    continue
                if active and active[-1] == name:
                    self.macros[name] = evaluate(read, place, self.macros, self.base)
                    done.add(name)
                    active.pop()
                    stack.pop()
                    continue
                active.append(name)
                for token in read:
                    if token.kind == "name" and token.text in self.raw and token.text not in done:
                        if token.text in active:
                            loop = [*active[active.index(token.text) :], token.text]
                            problem = f"the abbreviation is defined by itself: {' → '.join(loop[:8])}"
                            raise place.error(problem, token.place)
                        stack.append(token.text)

    def entry(self, line: str, number: int) -> None:
        words, at = [], 0
        while True:
            match = _WORD.match(line, at)
            if match is None:
                raise self.place(number, at).error(
                    "expected a word; put words with , : | = # in double quotes"
                )
            word = match["plain"]
            if word is None:
                try:
                    word = json.loads(match["quoted"])
                except ValueError:
                    raise self.place(number, match.start("quoted")).error("a malformed quoted word") from None
            if not word or len(word) > MAX_WORD_LENGTH or any(c.isspace() for c in word):
                problem = f"a word has 1 to {MAX_WORD_LENGTH} characters and no spaces"
                raise self.place(number, at).error(problem)
            words.append((word, at))
            at = match.end()
            if at < len(line) and line[at] == ":":
                break
            if at >= len(line) or line[at] != ",":
                found = f"{line[at]!r}" if at < len(line) else "the end of the line"
                raise self.place(number, at).error(f"expected , or : after {word!r}, not {found}")
            at += 1
        at += 1
        text = line[at:]
        alternatives = self.read.get(text)
        if alternatives is None:
            alternatives = self.read[text] = self.alternatives(text, number, at)
        for word, before in words:
            known = self.table.setdefault(word, [])
            for entry in alternatives:
                for other, line_number in known:
                    if (other.type, other.spiders) == (entry.type, entry.spiders):
                        problem = f"{word!r} already has the type {entry} on line {line_number}"
                        raise self.place(number, before).error(problem)
                known.append((entry, number))
            if len(known) > MAX_ALTERNATIVES:
                raise self.place(number, before).error(f"{word!r} has more than {MAX_ALTERNATIVES} types")

    def alternatives(self, text: str, number: int, at: int) -> tuple[Entry, ...]:
        """The entries that the text after the colon lists: usual ones, and after ``||`` unusual ones."""
        found = []
        halves = text.split("||")
        if len(halves) > 2:
            where = at + len(halves[0]) + len(halves[1]) + 2
            raise self.place(number, where).error("|| stands at most once, before the unusual types")
        for unusual, half in enumerate(halves):
            if unusual or half.strip() or len(halves) == 1:
                for part in half.split("|"):
                    found.append(self.alternative(part, self.place(number, at), bool(unusual)))
                    at += len(part) + 1
                at += 1
            else:
                at += len(half) + 2
        return tuple(found)

    def alternative(self, text: str, place: Place, unusual: bool) -> Entry:
        body, equals, meaning = text.partition("=")
        ty = evaluate(tokens(body, place), place, self.macros, self.base)
        if not equals:
            return Entry(ty, (), unusual)
        start = len(body) + 1
        spiders = _spiders(meaning, ty, place, start)
        problem = spider_problem(ty, spiders)
        if problem:
            raise place.error(problem, start)
        return Entry(ty, spiders, unusual)


def _without_comment(line: str) -> str:
    quoted = False
    for at, c in enumerate(line):
        if c == '"':
            quoted = not quoted
        elif c == "#" and not quoted:
            return line[:at]
    return line


def _spiders(text: str, ty: Ty, place: Place, start: int) -> Spiders:
    name = text.strip()
    at = start + len(text) - len(text.lstrip())
    if name in SHAPES:
        return named_shape(name, ty, place, at)
    if not name.startswith("{"):
        known = UnknownGenerator(name, SHAPES, "the meanings by name")
        raise place.error(
            f"{known}; expected one of {', '.join(SHAPES)}, or spiders such as {{1 2 4}}{{3}}", at
        )
    groups = []
    here = 0
    while here < len(text.rstrip()):
        match = _SPIDER.match(text, here)
        if match is None:
            raise place.error("expected spiders such as {1 2 4}{3}", start + here)
        try:
            groups.append(tuple(int(w) - 1 for w in match[1].replace(",", " ").split()))
        except ValueError:
            raise place.error("a spider lists the numbers of its wires", start + match.start(1)) from None
        here = match.end()
    return tuple(groups)


def identity(ty: Ty) -> Spiders | None:
    """Every wire of a type ``x x.l`` joined with its mirror image; ``None`` for other types.

    >>> identity(parse_type("n.r s s.l n"))
    ((0, 3), (1, 2))
    """
    size = len(ty)
    if not size or size % 2 or ty[size // 2 :] != ty[: size // 2].l:
        return None
    return tuple((w, size - 1 - w) for w in range(size // 2))


def merge(ty: Ty) -> Spiders | None:
    """The wires of a type ``x.r x x.l`` joined three by three; ``None`` for other types.

    >>> merge(parse_type("s.r n.r.r n.r s s.l n"))
    ((1, 2, 5), (0, 3, 4))
    """
    third = len(ty) // 3
    middle = ty[third : 2 * third]
    if not third or len(ty) % 3 or ty[:third] != middle.r or ty[2 * third :] != middle.l:
        return None
    return tuple((third - 1 - w, third + w, 3 * third - 1 - w) for w in range(third))


def named_shape(name: str, ty: Ty, place: Place, at: int = 0) -> Spiders:
    """The spiders that a named shape puts on a type.

    Raises:
        InputError: if the type is not of the form that the shape is for.
    """
    example, spiders = SHAPES[name]
    found: Spiders | None = None
    if name == "identity":
        found = identity(ty)
    elif name == "merge":
        found = merge(ty)
    elif _pattern(ty) == _pattern(parse_type(example)):
        found = spiders
    if found is not None:
        return found
    raise place.error(f"{name} is the meaning of a type  {example}, not of  {format_type(ty)}", at)


def _pattern(ty: Ty) -> tuple[tuple[int, int], ...]:
    """The type up to renaming its basic types."""
    names: dict[str, int] = {}
    return tuple((names.setdefault(ob.name, len(names)), ob.z) for ob in ty.objects)
