"""The gold set: how its file is read, and when a reading of one of its sentences is right.

A pregroup reading says which word takes which: a simple type of odd adjoint order is an argument that is
filled by the simple type it is linked to. What fills it is a *chain* of words: the word it is linked to and,
where that word passes on what it takes (it modifies or marks its head by the annotation, or a spider joins the
two wires), the words that it passes on. "the red cat sleeps" may so link *sleeps* to *the*: the chain is *the,
red, cat*. A reading is **right** if

1. every link of the annotation that is not optional is there: one of the two words takes the other, or a chain
   that has the other; which takes which is free (an adverb may take the verb or the verb the adverb, an
   auxiliary or its verb may be the head);
2. every argument of every word is filled by a chain that has a word the annotation links it to; a word that
   passes an argument on (an auxiliary with its subject) may also take the arguments of the words it takes;
3. an object after its verb is an argument of it on the right (a left adjoint), and a subject before its verb one
   on the left; not so the subject of a passive (``psubj``) and that of a copula, whose predicate may take it;
4. it has the words of the sentence in order, punctuation aside.

Everything else is wrong: there is no half right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catenary.functors.grammar import Reading

FILE = Path(__file__).parents[1] / "tests" / "grammar" / "gold" / "english.gold"
ROLES = frozenset(("subj", "psubj", "obj", "iobj", "pred", "comp", "clause", "conj", "poss", "expl", "head"))
_PUNCTUATION = re.compile(r"[,;:.?!]")
_PART = re.compile(r"([^>()?]+)(?:>([^>()?]+)(\?)?)?(?:\(([^()]*)\))?")


@dataclass(frozen=True)
class Link:
    """A link of the annotation: one of the ``words`` with one of the ``others``, by position."""

    words: tuple[int, ...]
    role: str
    others: tuple[int, ...]
    optional: bool

    def pairs(self) -> Iterator[tuple[int, int]]:
        """The pairs of words that realise it."""
        return ((a, b) for a in self.words for b in self.others)


@dataclass(frozen=True)
class Gold:
    """An annotated sentence: its number, its class, its text, its words, and the links between them."""

    number: int
    section: str
    text: str
    words: tuple[str, ...]
    links: tuple[Link, ...]

    @property
    def half(self) -> str:
        """``dev`` for odd numbers, ``held-out`` for even ones."""
        return "dev" if self.number % 2 else "held-out"


def load(path: Path = FILE) -> tuple[Gold, ...]:
    """Read the annotations.

    Raises:
        ValueError: with the line of a word that is not in its sentence, or of a role that is unknown.
    """
    found: list[Gold] = []
    section = ""
    pending: tuple[int, str] | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            section = line[1:].strip()
        elif line.startswith(" ") and pending:
            found.append(_annotated(*pending, section, line))
            pending = None
        elif line.strip():
            number, _, text = line.partition(". ")
            pending = int(number), text.strip()
    return tuple(found)


def _annotated(number: int, text: str, section: str, line: str) -> Gold:
    words = tuple(_PUNCTUATION.sub(" ", text).replace("'s", " 's").split())
    lower = [word.lower() for word in words]

    def places(names: str) -> tuple[int, ...]:
        return tuple(place(name) for name in names.split("/"))

    def place(name: str) -> int:
        base, _, count = name.strip().lower().partition(".")
        here = [i for i, word in enumerate(lower) if word == base]
        if len(here) < int(count or 1):
            raise ValueError(f"sentence {number}: no word {name!r}")
        return here[int(count or 1) - 1]

    links = []
    for part in line.split(";"):
        match = _PART.fullmatch(part.strip())
        if not match:
            raise ValueError(f"sentence {number}: {part.strip()!r} is not an annotation")
        word, head, optional, arguments = match.groups()
        if head:
            links.append(Link(places(word), "head", places(head), bool(optional)))
        for argument in filter(None, (a.strip() for a in (arguments or "").split(","))):
            role, _, other = argument.partition(" ")
            if role.rstrip("?") not in ROLES:
                raise ValueError(f"sentence {number}: no role {role!r}")
            links.append(Link(places(word), role.rstrip("?"), places(other), role.endswith("?")))
    return Gold(number, section, text, words, tuple(links))


def faults(gold: Gold, reading: Reading) -> list[str]:
    """What is wrong with a reading, by the rules above; nothing if it is right."""
    if [w.lower() for w in reading.words] != [w.lower() for w in gold.words]:
        return [f"its words are {' '.join(reading.words)}"]
    words = gold.words
    chains = _chains(gold, reading)
    taken: dict[tuple[int, int], list[int]] = {}
    takes: dict[int, set[int]] = {}
    for word, order, chain in chains:
        takes.setdefault(word, set()).update(chain)
        for other in chain:
            taken.setdefault((word, other), []).append(order)
            taken.setdefault((other, word), [])
    problems = []
    allowed: set[tuple[int, int]] = set()
    for link in gold.links:
        pairs = list(link.pairs())
        allowed |= {pair for a, b in pairs for pair in ((a, b), (b, a))}
        there = [pair for pair in pairs if pair in taken]
        if not there and not link.optional:
            names = "/".join(words[i] for i in link.words), "/".join(words[i] for i in link.others)
            problems.append(f"{names[0]} lacks its {link.role} {names[1]}")
        for a, b in there:
            left = link.role == "subj" and b < a and len(link.words) == 1
            right = link.role in ("obj", "iobj") and b > a
            if (left and any(z < 0 for z in taken[a, b])) or (right and any(z > 0 for z in taken[a, b])):
                problems.append(f"{words[b]} fills the wrong place of {words[a]}")
    passing = _passing(gold, reading)
    for word, _, chain in chains:
        if any((word, other) in allowed for other in chain):
            continue
        near = {b for a, b in allowed if a == word and b in takes[word]}
        if word in passing and any((y, x) in allowed for y in near for x in chain):
            continue
        problems.append(f"{words[word]} takes {words[chain[-1]]}")
    return problems


def _passing(gold: Gold, reading: Reading) -> set[int]:
    marks = {i for link in gold.links if link.role == "head" for i in link.words}
    return marks | {i for i, groups in enumerate(reading.spiders) if any(len(g) > 1 for g in groups)}


def _chains(gold: Gold, reading: Reading) -> list[tuple[int, int, list[int]]]:
    """For each argument of each word: the word, the argument's adjoint order, and the chain that fills it."""
    obs = reading.wires.objects
    word_of = [i for i, ty in enumerate(reading.types) for _ in ty.objects]
    partner = {a: b for link in reading.links for a, b in (link, link[::-1])}
    heads: dict[int, set[int]] = {}
    for link in gold.links:
        if link.role == "head":
            for i in link.words:
                heads.setdefault(i, set()).update(link.others)
    for link in gold.links:  # a coordinator of modifiers is one
        if link.role == "conj":
            for i in link.words:
                for other in link.others:
                    if other in heads:
                        heads.setdefault(i, set()).update(heads[other])
    group_of = {
        reading.offsets[i] + wire: [reading.offsets[i] + w for w in group]
        for i, groups in enumerate(reading.spiders)
        for group in groups
        for wire in group
    }

    def reach(wire: int, seen: frozenset[int]) -> set[int]:
        return set(chain(partner[wire], seen))

    def chain(wire: int, seen: frozenset[int]) -> list[int]:
        word = word_of[wire]
        found = [word]
        if wire in seen:
            return found
        seen |= {wire}
        grouped = [w for w in group_of.get(wire, ()) if obs[w].z % 2 and w in partner]
        if grouped:
            for w in grouped:
                found += chain(partner[w], seen)
        elif word in heads:
            offset = reading.offsets[word]
            mine = [
                w for w in range(offset, offset + len(reading.types[word])) if obs[w].z % 2 and w in partner
            ]
            same = [w for w in mine if obs[w].name == obs[wire].name]
            options = [chain(partner[w], seen) for w in same]
            fitting = [c for c in options if heads[word] & set(c)]
            if not fitting and any(heads[word] & reach(w, seen) for w in mine):
                fitting = options  # an auxiliary: it takes its verb elsewhere, and passes the subject on
            # A word of two heads ("whose": the possessor and the possessed) may pass either on.
            for c in fitting[: max(1, len(heads[word]))]:
                found += c
        return found

    return [
        (word_of[w], ob.z, chain(partner[w], frozenset()))
        for w, ob in enumerate(obs)
        if ob.z % 2 and w in partner
    ]
