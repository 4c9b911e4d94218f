"""Function words by what they do: identities, threads and spiders instead of boxes of their own.

A pregroup type of a function word is long, and every wire of it is a qubit. Where its meaning is (partly) structural
the wires are joined instead: a determiner or auxiliary is the identity, an adverb acts on the sentence and passes
the subject through, a conjunction merges what it joins (Kartsaklis, *Coordination in categorical compositional
distributional semantics*, 2016), a relative pronoun copies its noun (Sadrzadeh, Clark & Coecke, *The Frobenius
anatomy of word meanings I*, 2013). Each is an equation between the word's state and a diagram: a choice of model,
which :mod:`catenary.rewriting.library.grammar` turns into rules with proofs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from catenary.diagrams import Ty, UnknownGenerator
from catenary.functors.grammar.fallbacks import WordsReading
from catenary.functors.grammar.lexicon import SHAPES, Spiders, identity, merge
from catenary.functors.grammar.reading import Reading
from catenary.functors.grammar.types import parse_type


@dataclass(frozen=True)
class GrammarRule:
    """What words of one kind are made of.

    Attributes:
        name: the kind.
        words: the English words it is for, in lower case; those of any spelling where empty.
        spiders: for a type the wires that are joined, ``None`` for types it is not for.
    """

    name: str
    words: frozenset[str]
    spiders: Callable[[Ty], Spiders | None]

    def applies(self, word: str, ty: Ty) -> Spiders | None:
        """The spiders of a word in a type, ``None`` where the rule is not for it."""
        if self.words and word.lower() not in self.words:
            return None
        return self.spiders(ty)


def _table(rows: Mapping[str, Spiders]) -> Callable[[Ty], Spiders | None]:
    table = {parse_type(text): spiders for text, spiders in rows.items()}
    return table.get


def _either(*several: Callable[[Ty], Spiders | None]) -> Callable[[Ty], Spiders | None]:
    return lambda ty: next((found for f in several if (found := f(ty)) is not None), None)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PREPOSITIONS = _words(
    "about above across after against along among around at before behind below beside between by during for from in "
    "inside into near of off on onto out outside over past round since through throughout till to toward towards under "
    "until up upon via with within without"
)
_MODALS = _words("will would can could may might must shall should do does did don't doesn't didn't to")

RULES: Mapping[str, GrammarRule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            GrammarRule("determiner", _words("a an the"), _table({"n n.l": ((0, 1),)})),
            GrammarRule(
                "auxiliary",
                _MODALS | _words("am is are was were be been being has have had having"),
                _either(_table({"s s.l": ((0, 1),)}), lambda ty: identity(ty) if len(ty) == 4 else None),
            ),
            GrammarRule("connector", _words("that if whether"), _table({"s s.l": ((0, 1),)})),
            GrammarRule(
                "adverb",
                frozenset(),
                _table({"n.r s s.l n": ((0, 3),), "s.r n.r.r n.r s": ((1, 2),), "s.r s s.l s": ((1, 2),)}),
            ),
            GrammarRule("preposition", _PREPOSITIONS, _table({"s.r n.r.r n.r s n.l": ((1, 2),)})),
            GrammarRule("coordination", _words("and or but nor yet"), merge),
            GrammarRule(
                "subject-relative",
                _words("who that which"),
                _table(dict([SHAPES["subject-relative"]])),
            ),
            GrammarRule(
                "object-relative",
                _words("who whom that which"),
                _table(dict([SHAPES["object-relative"], ("n.r n s.l n.l.l", ((0, 1, 3), (2,)))])),
            ),
        )
    }
)
"""The rules by name, in the order in which they are tried on a word."""


def chosen(rules: Iterable[str]) -> tuple[GrammarRule, ...]:
    """The rules of these names, in the table's order.

    Raises:
        UnknownGenerator: for a name that is none.
    """
    wanted = set(rules)
    for name in sorted(wanted):
        if name not in RULES:
            raise UnknownGenerator(name, RULES, "the table of grammar rules")
    return tuple(rule for rule in RULES.values() if rule.name in wanted)


def rule_names(text: str) -> tuple[str, ...]:
    """The rules that a text names, separated by commas; ``all`` for every one.

    >>> rule_names("determiner, auxiliary")
    ('determiner', 'auxiliary')
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    return tuple(RULES) if names == ["all"] else tuple(names)


def rule_of(word: str, ty: Ty, rules: Iterable[GrammarRule]) -> tuple[GrammarRule, Spiders] | None:
    """The first rule that is for a word in a type, and the spiders it puts there."""
    for rule in rules:
        spiders = rule.applies(word, ty)
        if spiders is not None:
            return rule, spiders
    return None


def rewritten(reading: Reading, rules: Iterable[str]) -> Reading:
    """A reading whose function words are made of the spiders that rules of these names put there.

    Words that no rule is for keep the meaning that they have. Types and links stay as they are.

    Raises:
        UnknownGenerator: for a name that is no rule's.

    >>> from catenary.functors.grammar import parse
    >>> reading, = parse("the cat will sleep")
    >>> [str(box) for box in rewritten(reading, ["determiner", "auxiliary"]).meaning().boxes]
    ['cat', 'sleep']
    """
    table = chosen(rules)
    if isinstance(reading, WordsReading) or not table:
        return reading
    spiders = []
    for word, ty, known in zip(reading.words, reading.types, reading.spiders, strict=True):
        found = rule_of(word, ty, table)
        spiders.append(known if found is None else found[1])
    return replace(reading, spiders=tuple(spiders))
