"""From a sentence to the words that are looked up in a lexicon."""

from __future__ import annotations

from dataclasses import dataclass

from catenary.diagrams import InputError, LimitReached
from catenary.functors.grammar.lexicon import MAX_WORD_LENGTH, Entry, Lexicon

MAX_WORDS = 1000
MAX_CHARACTERS = 100_000

_PUNCTUATION = '.,;:!?…"“”«»()[]{}'
_TYPOGRAPHIC = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "\u00a0": " "})


@dataclass(frozen=True)
class Tokens:
    """The words of a sentence as a lexicon spells them, the entries of each, and notes on what was decided.

    Attributes:
        words: the words.
        entries: for each word its alternatives.
        notes: what was done that the reader may want to know (dropped punctuation, unknown proper nouns).
    """

    words: tuple[str, ...]
    entries: tuple[tuple[Entry, ...], ...]
    notes: tuple[str, ...] = ()


def split(sentence: str, *, max_words: int = MAX_WORDS) -> tuple[str, ...]:
    """Split at spaces and around punctuation; apostrophes and hyphens stay inside words.

    Raises:
        LimitReached: if there are more than ``max_words`` words.
        InputError: for a word of more than 100 characters.

    >>> split('"Alice," who loves Bob, sleeps.')
    ('"', 'Alice', ',', '"', 'who', 'loves', 'Bob', ',', 'sleeps', '.')
    """
    if len(sentence) > MAX_CHARACTERS:
        raise LimitReached("reading a sentence", f"{MAX_CHARACTERS:,} characters")
    pieces: list[str] = []
    for chunk in sentence.translate(_TYPOGRAPHIC).split():
        start, stop = 0, len(chunk)
        while start < stop and chunk[start] in _PUNCTUATION:
            pieces.append(chunk[start])
            start += 1
        tail = []
        while stop > start and chunk[stop - 1] in _PUNCTUATION:
            stop -= 1
            tail.append(chunk[stop])
        if start < stop:
            pieces.append(chunk[start:stop])
        pieces.extend(reversed(tail))
        if stop - start > MAX_WORD_LENGTH:
            word = f"{chunk[start : start + 20]}…"
            problem = f"a word of {stop - start} characters ({word}): at most {MAX_WORD_LENGTH}"
            raise InputError(problem, source="<sentence>")
    if sum(piece not in _PUNCTUATION for piece in pieces) > max_words:
        raise LimitReached(
            "reading a sentence", f"{max_words:,} words; split it into sentences, or raise max_words"
        )
    return tuple(pieces)


def tokenise(sentence: str, lexicon: Lexicon | None = None, *, max_words: int = MAX_WORDS) -> Tokens:
    """Find a sentence's words in a lexicon.

    A word is looked up as it is written, then in lower case, then in whatever case the lexicon has it. A
    possessive ``'s`` is a word of its own where the lexicon has ``'s``. Punctuation that the lexicon lacks
    is dropped: silently at the end of the sentence, with a note elsewhere. A capitalised word that the
    lexicon lacks becomes a proper noun where the lexicon allows it, any other one an unknown word where it has
    types for these, both with a note.

    Raises:
        InputError: if there is no word, or one of more than 100 characters.
        UnknownGenerator: for a word that the lexicon lacks, naming the words that look alike.
        LimitReached: for more than ``max_words`` words.

    >>> tokenise("The cat sees Alice.").words
    ('the', 'cat', 'sees', 'Alice')
    """
    lexicon = Lexicon.english() if lexicon is None else lexicon
    words: list[str] = []
    entries: list[tuple[Entry, ...]] = []
    notes: list[str] = []
    pieces = split(sentence, max_words=max_words)
    last = max((i for i, piece in enumerate(pieces) if piece not in _PUNCTUATION), default=-1)
    for place, piece in enumerate(pieces):
        if piece in _PUNCTUATION and piece not in lexicon:
            if place < last:
                notes.append(f"punctuation {piece} was left out")
            continue
        for word in _parts(piece, lexicon):
            found = lexicon.find(word)
            if found is not None:
                words.append(found)
                entries.append(lexicon.entries[found])
            elif lexicon.proper_noun is not None and word[0].isupper():
                words.append(word)
                entries.append((Entry(lexicon.proper_noun),))
                notes.append(
                    f"{word} is not in the lexicon and was read as a proper noun ({lexicon.proper_noun})"
                )
            elif lexicon.unknown and any(c.isalnum() for c in word):
                words.append(word.lower())
                entries.append(lexicon.unknown)
                notes.append(f"{word} is not in the lexicon and was read with the types of unknown words")
            else:
                raise lexicon.unknown_word(word)
    if not words:
        raise InputError("the sentence has no words", source="<sentence>")
    return Tokens(tuple(words), tuple(entries), tuple(dict.fromkeys(notes)))


def _parts(piece: str, lexicon: Lexicon) -> tuple[str, ...]:
    if piece in lexicon or "'" not in piece[1:]:
        return (piece,)
    for suffix in ("n't", "'s", "'"):
        if piece.endswith(suffix) and len(piece) > len(suffix) and suffix in lexicon:
            return (piece[: -len(suffix)], suffix)
    return (piece,)
