"""Readings: a sentence's words with one type each, and the links that reduce them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from catenary.diagrams import Box, Cup, Diagram, Doctrine, InputError, Ty, free
from catenary.functors.grammar.lexicon import Spiders, spider_problem
from catenary.functors.grammar.types import format_ob, format_type, parse_type

if TYPE_CHECKING:
    from catenary.functors.functor import Functor

PREGROUP = free(Doctrine.RIGID)
"""The signature of grammar diagrams: planar, with left and right adjoints."""

SCHEMA, VERSION = "catenary/reading", 1


@dataclass(frozen=True)
class Reading:
    """A sentence's words with a pregroup type each, and planar links that reduce them. Immutable.

    Attributes:
        words: the words.
        types: the type of each.
        links: pairs of wires that cancel; wires are the simple types of all words, counted from 0.
        target: what is left: ``s`` for a sentence.
        spiders: for each word the groups of its wires that are Frobenius spiders (see
            :class:`~catenary.functors.grammar.Entry`); empty groups where the word is an ordinary box.
        notes: what the reader of the parse may want to know.

    Raises:
        InputError: unless the links are planar, join each wire once with its right adjoint, and leave the
            target.

    >>> n, s = Ty("n"), Ty("s")
    >>> reading = Reading(("Alice", "sleeps"), (n, n.r @ s), ((0, 1),), s)
    >>> print(reading.diagram)
    Alice >> n @ sleeps >> cup @ s
    >>> print(reading.meaning().to_hypergraph().edges[1].box.dom)
    n
    """

    words: tuple[str, ...]
    types: tuple[Ty, ...]
    links: tuple[tuple[int, int], ...]
    target: Ty
    spiders: tuple[Spiders, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.spiders:
            object.__setattr__(self, "spiders", ((),) * len(self.words))
        problem = self._problem()
        if problem:
            raise InputError(problem, source="<reading>")

    def _problem(self) -> str | None:
        if not self.words or not len(self.words) == len(self.types) == len(self.spiders):
            return f"{len(self.words)} words with {len(self.types)} types and {len(self.spiders)} meanings"
        for word, ty, spiders in zip(self.words, self.types, self.spiders, strict=True):
            if not ty:
                return f"{word!r} has an empty type"
            if problem := spider_problem(ty, spiders):
                return f"{word!r}: {problem}"
        obs = self.wires.objects
        partner: dict[int, int] = {}
        for a, b in self.links:
            if not 0 <= a < b < len(obs) or a in partner or b in partner:
                return f"link {a, b} does not join two free wires among {len(obs)}, from left to right"
            if obs[a].r != obs[b]:
                return f"link {a, b} joins {obs[a]} and {obs[b]}, which do not cancel"
            partner[a], partner[b] = b, a
        opened: list[int] = []
        left = []
        for wire in range(len(obs)):
            if wire not in partner:
                if opened:
                    return (
                        f"wire {wire} ({obs[wire]}) is left under the link {opened[-1], partner[opened[-1]]}"
                    )
                left.append(obs[wire])
            elif partner[wire] > wire:
                opened.append(wire)
            elif opened.pop() != partner[wire]:
                return f"link {partner[wire], wire} crosses another"
        if tuple(left) != self.target.objects:
            return f"the links leave {Ty.of(tuple(left))}, not the target {self.target}"
        return None

    @cached_property
    def wires(self) -> Ty:
        """The simple types of all words in a row."""
        return Ty.of(tuple(ob for ty in self.types for ob in ty.objects))

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """For each word the number of its first wire."""
        found = [0]
        for ty in self.types:
            found.append(found[-1] + len(ty))
        return tuple(found[:-1])

    @property
    def target_wires(self) -> tuple[int, ...]:
        """The wires that no link takes."""
        taken = {wire for link in self.links for wire in link}
        return tuple(w for w in range(len(self.wires)) if w not in taken)

    @cached_property
    def diagram(self) -> Diagram:
        """The planar diagram over :data:`PREGROUP`: words as states, then cups. Linear in the words."""
        layers: list[tuple[Box, int]] = []
        for word, ty, offset in zip(self.words, self.types, self.offsets, strict=True):
            layers.append((Box(word, Ty(), ty, signature=PREGROUP), offset))
        start = dict(self.links)
        stop = {b: a for a, b in self.links}
        waiting = 0
        wires = self.wires
        for wire in range(len(wires)):
            if wire in stop:
                waiting -= 1
                layers.append((Cup(wires[stop[wire]], wires[wire]), waiting))
            else:
                waiting += 1
        assert waiting == len(wires) - 2 * len(start)
        return Diagram(Ty(), self.target, layers, PREGROUP)

    def meaning(self, *, states: bool = False) -> Diagram:
        """The cup-free diagram: Frobenius words as spiders, words that take arguments as boxes on them.

        With ``states`` words stay states on all their wires: see
        :func:`catenary.functors.grammar.meaning.meaning`.
        """
        from catenary.functors.grammar.meaning import meaning

        return meaning(self, states=states)

    def functor(self) -> Functor[Ty, Diagram]:
        """The functor that takes :attr:`diagram` to a diagram equal to :meth:`meaning`."""
        from catenary.functors.grammar.meaning import functor

        return functor([self])

    def to_text(self) -> str:
        """A picture for a terminal: words, types, and links as arcs.

        >>> n, s = Ty("n"), Ty("s")
        >>> print(Reading(("Alice", "sleeps"), (n, n.r @ s), ((0, 1),), s).to_text())
        Alice  sleeps
        n      nʳ s
        ╰──────╯  │
                  s
        """
        from catenary.functors.grammar.picture import to_text

        return to_text(self)

    def to_json(self) -> dict[str, Any]:
        """The reading as JSON values; :meth:`from_json` reads it back."""
        offsets = [*self.offsets, len(self.wires)]
        words = []
        for place, (word, ty) in enumerate(zip(self.words, self.types, strict=True)):
            entry: dict[str, Any] = {
                "word": word,
                "type": format_type(ty),
                "wires": offsets[place : place + 2],
            }
            if self.spiders[place]:
                entry["spiders"] = [list(group) for group in self.spiders[place]]
            words.append(entry)
        obs = self.wires.objects
        links = [{"wires": [a, b], "types": [format_ob(obs[a]), format_ob(obs[b])]} for a, b in self.links]
        return {
            "schema": SCHEMA,
            "version": VERSION,
            "target": format_type(self.target),
            "words": words,
            "links": links,
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reading:
        """Read what :meth:`to_json` wrote.

        Raises:
            InputError: if it is not a reading.
        """
        if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
            raise InputError(f'not a reading: expected an object with "schema": "{SCHEMA}"', source="<json>")
        if data.get("version") != VERSION:
            raise InputError(
                f"version {data.get('version')!r} of {SCHEMA} is not known here", source="<json>"
            )
        try:
            words = data["words"]
            if "kind" in data:
                from catenary.functors.grammar.fallbacks import WordsReading

                texts = tuple(_text(entry["word"]) for entry in words)
                ty = parse_type(_text(data["target"]), source="<json>")
                notes = tuple(map(_text, data.get("notes", ())))
                return WordsReading(texts, (ty,) * len(texts), (), ty, (), notes, _text(data["kind"]))
            return cls(
                tuple(_text(entry["word"]) for entry in words),
                tuple(parse_type(_text(entry["type"]), source="<json>") for entry in words),
                tuple((int(a), int(b)) for a, b in (link["wires"] for link in data["links"])),
                parse_type(_text(data["target"]), source="<json>"),
                tuple(tuple(tuple(map(int, group)) for group in entry.get("spiders", ())) for entry in words),
                tuple(map(_text, data.get("notes", ()))),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"not a reading: {error!r}", source="<json>") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InputError(f"not a reading: expected text, not {value!r}", source="<json>")
    return value
