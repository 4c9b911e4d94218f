"""From text to words."""

import pytest

from catenary.diagrams import InputError, LimitReached, UnknownGenerator
from catenary.functors.grammar import Lexicon, parse, tokenise


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("The cat sees Alice.", "the cat sees Alice"),
        ("  THE   cat\tsleeps\n!!", "the cat sleeps"),
        ("Alice\u2019s cat doesn\u2019t sleep?", "Alice 's cat doesn't sleep"),
        ("alice loves bob", "Alice loves Bob"),
        ("I sleep", "I sleep"),
    ],
)
def test_words(sentence, words):
    found = tokenise(sentence)
    assert found.words == tuple(words.split())
    assert not found.notes


def test_inner_punctuation_is_noted():
    found = tokenise("Alice, who loves Bob, sleeps.")
    assert " ".join(found.words) == "Alice who loves Bob sleeps"
    assert found.notes == ("punctuation , was left out",)


def test_punctuation_in_the_lexicon_is_a_word():
    lexicon = Lexicon.from_text('a, b : s\n"," : s.r s s.l')
    assert tokenise("a, b.", lexicon).words == ("a", ",", "b")


def test_capitalised_unknown_words_are_proper_nouns_with_a_note():
    (reading,) = parse("Zoe loves Bob")
    assert reading.words == ("Zoe", "loves", "Bob")
    assert reading.notes == ("Zoe is not in the lexicon and was read as a proper noun (n)",)
    with pytest.raises(UnknownGenerator, match="'Zoe'"):
        parse("Zoe sleeps", Lexicon.from_text("sleeps : n.r s"))


def test_unknown_words_are_named():
    with pytest.raises(
        UnknownGenerator, match="lexicon english has no 'floves'; did you mean loves"
    ) as caught:
        parse("Alice floves Bob")
    assert caught.value.name == "floves"


@pytest.mark.parametrize("sentence", ["", "  \n", "...", "?!"])
def test_no_words(sentence):
    with pytest.raises(InputError, match="no words"):
        parse(sentence)


def test_limits():
    with pytest.raises(LimitReached, match="1,000 words"):
        parse("Alice " * 1001)
    with pytest.raises(LimitReached, match="characters"):
        parse("a" * 200_000)
    with pytest.raises(InputError, match="a word of 5000 characters"):
        parse("a" * 5000)
    with pytest.raises(LimitReached, match="2 words"):
        parse("Alice loves Bob", max_words=2)
