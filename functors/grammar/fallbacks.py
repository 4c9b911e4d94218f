"""Readings that need no grammar: cups, stairs, spiders and bag of words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from catenary.diagrams import Box, Diagram, Doctrine, InputError, Spider, Ty, UnknownGenerator, free
from catenary.functors.grammar.reading import PREGROUP, Reading
from catenary.functors.grammar.tokens import MAX_WORDS, split
from catenary.functors.grammar.types import MAX_TYPE_LENGTH, format_type

if TYPE_CHECKING:
    from catenary.functors.functor import Functor

START, STAIR = "START", "STAIR"


@dataclass(frozen=True)
class WordsReading(Reading):
    """A reading in which every word has the target's type, and one fixed way of composing them (``kind``).

    Attributes:
        kind: ``"stairs"``: the words are merged from left to right by a box ``STAIR`` of type t ⊗ t → t;
            ``"spiders"``: they are merged by the Frobenius spider; ``"bag"``: the same with the words
            sorted, so that sentences with the same words have the same diagram as it is written.
    """

    kind: str = "stairs"

    def _problem(self) -> str | None:
        if self.kind not in ("stairs", "spiders", "bag"):
            return str(UnknownGenerator(self.kind, ("stairs", "spiders", "bag"), "the table of readings"))
        if not self.words or len(self.words) != len(self.types) or self.links:
            return "a reading without grammar has one type a word and no links"
        if any(ty != self.target for ty in self.types):
            return f"every word of a {self.kind} reading has the target's type"
        return None

    @cached_property
    def diagram(self) -> Diagram:
        """Words as states, then the merge: stairs over the pregroup signature, spiders over the meanings'."""
        ty = self.target
        if self.kind == "stairs":
            layers = [(Box(self.words[0], Ty(), ty, signature=PREGROUP), 0)]
            for word in self.words[1:]:
                layers.append((Box(word, Ty(), ty, signature=PREGROUP), len(ty)))
                layers.append((Box(STAIR, ty @ ty, ty, signature=PREGROUP), 0))
            return Diagram(Ty(), ty, layers, PREGROUP)
        signature = free(Doctrine.HYPERGRAPH)
        plain = signature.doctrine.reduce(ty)
        layers = [
            (Box(word, Ty(), plain, signature=signature), i * len(ty)) for i, word in enumerate(self.words)
        ]
        if len(self.words) > 1:
            layers.append((Spider(len(self.words), 1, plain), 0))
        return Diagram(Ty(), plain, layers, signature)

    def meaning(self, *, states: bool = False) -> Diagram:
        """The same diagram over the hypergraph signature; its words are states."""
        from catenary.functors.grammar.meaning import MEANING

        ty = MEANING.doctrine.reduce(self.target)
        if self.kind != "stairs":
            return self.diagram
        layers = [
            (Box(box.name, MEANING.doctrine.reduce(box.dom), ty, signature=MEANING), offset)
            for box, offset in self.diagram.layers
        ]
        return Diagram(Ty(), ty, layers, MEANING)

    def functor(self) -> Functor[Ty, Diagram]:
        """Not defined: a reading without grammar has no adjoints to bend.

        Raises:
            InputError: always.
        """
        raise InputError(f"a {self.kind} reading is its own meaning and needs no functor", source="<reading>")

    def to_text(self) -> str:
        """The words, their type and what merges them, in two lines."""
        merge = {
            "stairs": f"{STAIR} from left to right",
            "spiders": "one spider",
            "bag": "one spider, words sorted",
        }
        return f"{'  '.join(self.words)}\neach {format_type(self.target)}, merged by {merge[self.kind]}"

    def to_json(self) -> dict[str, Any]:
        """The reading as JSON values."""
        return super().to_json() | {"kind": self.kind}


def fallback(sentence: str, kind: str, *, target: Ty | None = None, max_words: int = MAX_WORDS) -> Reading:
    """A reading without grammar, by name. Punctuation is dropped and words are in lower case.

    Args:
        sentence: the text.
        kind: ``"cups"``: a start symbol of the target type t and words of type ``t.r t`` linked in a chain
            (a matrix product state); ``"stairs"``, ``"spiders"``, ``"bag"``: see :class:`WordsReading`.
        target: the type of the sentence, ``s`` unless given.
        max_words: limit on the length.

    Raises:
        UnknownGenerator: for another name.
        InputError: if there is no word, or the target is too long for ``t.r t``.
        LimitReached: for more than ``max_words`` words.

    >>> print(fallback("Alice sleeps", "cups").to_text())
    START  alice  sleeps
    s      sʳ s   sʳ s
    ╰──────╯  ╰───╯  │
                     s
    >>> len(fallback("Alice loves Bob", "stairs").diagram)
    5
    """
    target = Ty("s") if target is None else target
    if kind not in ("cups", "stairs", "spiders", "bag"):
        raise UnknownGenerator(
            kind, ("cups", "stairs", "spiders", "bag"), "the table of readings without grammar"
        )
    words = tuple(p.lower() for p in split(sentence, max_words=max_words) if any(c.isalnum() for c in p))
    if not words:
        raise InputError("the sentence has no words", source="<sentence>")
    notes = (f"read without grammar: {kind}",)
    if kind == "cups":
        size = len(target)
        if 2 * size > MAX_TYPE_LENGTH:
            problem = f"a word of type t.r t has at most {MAX_TYPE_LENGTH} simple types, not {2 * size}"
            raise InputError(problem, source="<target>")
        word = target.r @ target
        links = []
        for place in range(len(words)):
            end = size + 2 * size * place
            links += [(end - 1 - w, end + w) for w in range(size)]
        return Reading(
            (START, *words), (target, *(word for _ in words)), tuple(sorted(links)), target, notes=notes
        )
    if kind == "bag":
        words = tuple(sorted(words))
    return WordsReading(words, (target,) * len(words), (), target, notes=notes, kind=kind)
