"""Data sets made from grammars of our own, so that nothing has to be downloaded."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from catenary.diagrams import CatenaryError
from catenary.functors.grammar import Lexicon
from catenary.functors.training.data import Example, Task

_PEOPLE = ("woman", "man", "person")
_TOPICS = {
    "food": (("cooks", "prepares", "bakes"), ("tasty", ""), ("meal", "dinner", "sauce")),
    "code": (("writes", "prepares", "debugs"), ("useful", ""), ("program", "software", "application")),
}
_KINDS = {
    "animate": ("teacher", "sailor", "astronomer", "soldier"),
    "inanimate": ("device", "machine", "engine", "instrument"),
}
_ACTS = ("uses", "builds", "finds", "moves")


def _lexicon(
    nouns: Sequence[str], adjectives: Sequence[str], verbs: Sequence[str], more: str = ""
) -> Lexicon:
    text = "".join(f"{noun}: n\n" for noun in nouns)
    text += "".join(f"{adjective}: n n.l\n" for adjective in adjectives)
    text += "".join(f"{verb}: n.r s n.l\n" for verb in verbs)
    return Lexicon.from_text(text + more, "the task's lexicon")


def _task(
    examples: list[Example], held: list[Example], size: int, seed: int, lexicon: Lexicon, fraction: float
) -> Task:
    rng = random.Random(seed)
    rng.shuffle(examples)
    rng.shuffle(held)
    if not held:
        size = min(size, len(examples))
        kept = round(size * (1 - fraction))
        return Task(tuple(examples[:kept]), tuple(examples[kept:size]), lexicon)
    return Task(tuple(examples[:size]), tuple(held[: max(1, round(size * fraction))]), lexicon)


def meaning_classification(size: int = 100, *, seed: int = 0, unseen: str = "sentences") -> Task:
    """Is a sentence about food or about code? Subject, verb, object, with and without adjectives.

    Args:
        size: how many examples; there are 288.
        seed: chooses them.
        unseen: what the test examples have that those to learn from have not: ``"sentences"``,
            ``"length"`` (two adjectives where all others have at most one), or ``"combinations"`` (pairs of a
            verb and an object that never came together).

    >>> task = meaning_classification(20)
    >>> len(task.train), len(task.test), sorted({example.label for example in task.train})
    (16, 4, ['code', 'food'])
    """
    if unseen not in ("sentences", "length", "combinations"):
        raise CatenaryError(f"the test examples differ by sentences, length or combinations, not {unseen!r}")
    examples: list[Example] = []
    held: list[Example] = []
    for topic, (verbs, adjectives, objects) in _TOPICS.items():
        rows = itertools.product(("skillful", ""), _PEOPLE, enumerate(verbs), adjectives, enumerate(objects))
        for skill, who, (i, verb), adjective, (k, thing) in rows:
            text = " ".join(word for word in (skill, who, verb, adjective, thing) if word)
            hard = {"length": bool(skill and adjective), "combinations": i == k}.get(unseen, False)
            (held if hard else examples).append(Example(text, topic))
    nouns = [*_PEOPLE, *(thing for _, _, things in _TOPICS.values() for thing in things)]
    verbs_ = dict.fromkeys(verb for verbs, _, _ in _TOPICS.values() for verb in verbs)
    lexicon = _lexicon(nouns, ["skillful", "tasty", "useful"], list(verbs_))
    return _task(examples, held, size, seed, lexicon, 0.2)


def relative_clauses(size: int = 100, *, seed: int = 0) -> Task:
    """Does a noun phrase with a relative clause describe an animate or an inanimate thing?

    The label depends on the head noun and is independent of whether the pronoun is a subject or an object:
    the pronoun has one word, *that*, whose two types occur equally often in both classes, so the type of the
    pronoun tells nothing (as it does in a data set in which object clauses all have one label).

    >>> task = relative_clauses(10)
    >>> len({example.label for example in task.train})
    2
    """
    examples = []
    for label, heads in _KINDS.items():
        others = [noun for nouns in _KINDS.values() for noun in nouns]
        for head, act, other in itertools.product(heads, _ACTS, others):
            if head != other:
                examples += [
                    Example(f"{head} that {act} {other}", label),
                    Example(f"{head} that {other} {act}", label),
                ]
    nouns = [noun for row in _KINDS.values() for noun in row]
    pronoun = "that: n.r n s.l n = subject-relative | n.r n n.l.l s.l = object-relative\n"
    return _task(examples, [], size, seed, _lexicon(nouns, [], _ACTS, pronoun), 0.2)


_SPEAKERS = ("critic", "reader", "actor", "writer", "teacher")
_WORKS = ("film", "novel", "play", "song", "poem")
_OPINIONS = {"positive": ("praises", "likes", "admires"), "negative": ("hates", "pans", "blames")}
_REPORTS = {
    "says": False,
    "knows": False,
    "denies": True,
    "doubts": True,
}  # whether the opinion is turned round
_DEPTH = 3


def compositional_generalisation(size: int = 200, *, seed: int = 0, unseen: str = "length") -> Task:
    """Is what is said of a work in the end positive? An opinion inside up to three reports, some of which deny it.

    "critic denies that reader hates novel" is positive. The label is the opinion's, turned round by every report that
    denies: a function of the parts and how they are put together, so a model of the meanings of words can be
    judged on sentences that are longer than all it has learnt from.

    Args:
        size: how many examples to learn from; a quarter as many to be judged by.
        seed: chooses them.
        unseen: what the test examples have that those to learn from have not: ``"length"`` (two or three reports,
            where all others have at most one), ``"words"`` (a person and a work), ``"combinations"`` (pairs of a
            person and an opinion that never came together), or ``"sentences"``.

    >>> task = compositional_generalisation(100)
    >>> max(len(e.text.split()) for e in task.train), min(len(e.text.split()) for e in task.test)
    (6, 9)
    """
    if unseen not in ("length", "words", "combinations", "sentences"):
        raise CatenaryError(
            f"the test examples differ by length, words, combinations or sentences, not {unseen!r}"
        )
    if size < 2:
        raise CatenaryError(f"a task has at least 2 examples to learn from, not {size}")
    rng = random.Random(seed)
    opinions = [(verb, label) for label, verbs in _OPINIONS.items() for verb in verbs]
    parts: tuple[dict[str, str], dict[str, str]] = {}, {}
    wanted = size, max(1, size // 4)
    for _ in range(200 * size):
        if all(len(part) >= most for part, most in zip(parts, wanted, strict=True)):
            break
        depth = rng.randrange(_DEPTH + 1)
        people = [rng.randrange(len(_SPEAKERS)) for _ in range(depth + 1)]
        reports = [rng.choice(list(_REPORTS)) for _ in range(depth)]
        k, work = rng.randrange(len(opinions)), rng.randrange(len(_WORKS))
        verb, label = opinions[k]
        last = people[-1], work
        hard = {
            "length": depth > 1,
            "words": last == (0, 0),
            "combinations": last[0] == k % len(_SPEAKERS),
            "sentences": rng.random() < 0.2,
        }[unseen]
        if unseen == "words" and not hard and (0 in people or work == 0):
            continue
        words = [
            word
            for p, report in zip(people, reports, strict=False)
            for word in (_SPEAKERS[p], report, "that")
        ]
        text = " ".join([*words, _SPEAKERS[people[-1]], verb, _WORKS[work]])
        if sum(_REPORTS[report] for report in reports) % 2:
            label = "negative" if label == "positive" else "positive"
        if text not in parts[not hard] and len(parts[hard]) < wanted[hard]:
            parts[hard][text] = label
    examples, held = (tuple(Example(text, label) for text, label in part.items()) for part in parts)
    more = "".join(f"{report}: n.r s s.l\n" for report in _REPORTS) + "that: s s.l = identity\n"
    verbs = [verb for verb, _ in opinions]
    return Task(examples, held, _lexicon([*_SPEAKERS, *_WORKS], [], verbs, more))
