"""Readings checked by hand, and the chart against enumeration of all reductions."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import InputError, LimitReached, Ob, Ty, UnknownGenerator
from catenary.functors.grammar import Lexicon, ParseError, Reduction, format_type, parse, reductions

N, S = Ty("n"), Ty("s")

# Each was read by hand: the types of the words, and which wires cancel.
SENTENCES = [
    ("Alice sleeps", "n / n.r s", ((0, 1),)),
    ("Alice loves Bob", "n / n.r s n.l / n", ((0, 1), (3, 4))),
    (
        "The cat chases the small mouse.",
        "n n.l / n / n.r s n.l / n n.l / n n.l / n",
        ((0, 3), (1, 2), (5, 6), (7, 8), (9, 10)),
    ),
    # relative clauses
    (
        "Alice who loves Bob sleeps",
        "n / n.r n s.l n / n.r s n.l / n / n.r s",
        ((0, 1), (2, 9), (3, 6), (4, 5), (7, 8)),
    ),
    (
        "The man whom Alice loves sleeps",
        "n n.l / n / n.r n n.l.l s.l / n / n.r s n.l / n.r s",
        ((0, 3), (1, 2), (4, 11), (5, 10), (6, 9), (7, 8)),
    ),
    (
        "Books that Alice reads are good",
        "n / n.r n n.l.l s.l / n / n.r s n.l / n.r s n.l.l n.l / n n.l",
        ((0, 1), (2, 9), (3, 8), (4, 7), (5, 6), (11, 14), (12, 13)),
    ),
    # two objects
    ("She gives Bob flowers", "n / n.r s n.l n.l / n / n", ((0, 1), (3, 6), (4, 5))),
    (
        "Alice sends the old king a letter",
        "n / n.r s n.l n.l / n n.l / n n.l / n / n n.l / n",
        ((0, 1), (3, 10), (4, 5), (6, 7), (8, 9), (11, 12)),
    ),
    # adverbs
    ("Alice runs quickly", "n / n.r s / s.r s", ((0, 1), (2, 3))),
    (
        "Alice quickly reads the book",
        "n / n.r s s.l n / n.r s n.l / n n.l / n",
        ((0, 1), (3, 6), (4, 5), (7, 8), (9, 10)),
    ),
    (
        "Bob often reads very long books",
        "n / n.r s s.l n / n.r s n.l / n n.l n.l.l n.l / n n.l / n",
        ((0, 1), (3, 6), (4, 5), (7, 8), (9, 14), (10, 13), (11, 12)),
    ),
    # prepositions
    (
        "The cat in the garden sleeps",
        "n n.l / n / n.r n n.l / n n.l / n / n.r s",
        ((0, 3), (1, 2), (4, 9), (5, 6), (7, 8)),
    ),
    ("Alice sleeps in the garden", "n / n.r s / s.r s n.l / n n.l / n", ((0, 1), (2, 3), (5, 6), (7, 8))),
    ("In the morning Bob walks", "s s.l n.l / n n.l / n / n / n.r s", ((1, 8), (2, 3), (4, 5), (6, 7))),
    # determiners and possession
    (
        "Every student of the school knows a teacher",
        "n n.l / n / n.r n n.l / n n.l / n / n.r s n.l / n n.l / n",
        ((0, 3), (1, 2), (4, 9), (5, 6), (7, 8), (11, 12), (13, 14)),
    ),
    ("Alice's cat sleeps", "n / n.r n n.l / n / n.r s", ((0, 1), (2, 5), (3, 4))),
    # coordination of nouns, sentences, verb phrases, adjectives
    ("Alice and Bob sing", "n / n.r n n.l / n / n.r s", ((0, 1), (2, 5), (3, 4))),
    (
        "Alice sings and Bob dances",
        "n / n.r s / s.r s s.l / n / n.r s",
        ((0, 1), (2, 3), (5, 8), (6, 7)),
    ),
    (
        "Alice sings and dances",
        "n / n.r s / s.r n.r.r n.r s s.l n / n.r s",
        ((0, 5), (1, 4), (2, 3), (7, 10), (8, 9)),
    ),
    (
        "The big and red apple fell",
        "n n.l / n n.l / n n.r n n.l n.l.l n.l / n n.l / n / n.r s",
        ((0, 5), (1, 2), (3, 4), (6, 13), (7, 12), (8, 11), (9, 10)),
    ),
    # negation and auxiliaries
    (
        "Alice does not love Bob",
        "n / n.r s s.l n / n.r s s.l n / n.r s n.l / n",
        ((0, 1), (3, 6), (4, 5), (7, 10), (8, 9), (11, 12)),
    ),
    (
        "Bob is not happy",
        "n / n.r s n.l.l n.l / n n.l n.l.l n.l / n n.l",
        ((0, 1), (3, 6), (4, 5), (7, 10), (8, 9)),
    ),
    ("Alice isn't in London", "n / n.r s n.l n / n.r n n.l / n", ((0, 1), (3, 6), (4, 5), (7, 8))),
    (
        "Alice is cooking dinner",
        "n / n.r s s.l n / n.r s n.l / n",
        ((0, 1), (3, 6), (4, 5), (7, 8)),
    ),
    ("Alice enjoys cooking dinner", "n / n.r s n.l / n n.l / n", ((0, 1), (3, 4), (5, 6))),
    (
        "The letter was written by Alice",
        "n n.l / n / n.r s n.l.l s.l n / n.r s n.l / s.r s n.l / n",
        ((0, 3), (1, 2), (4, 11), (5, 10), (6, 9), (7, 8), (13, 14)),
    ),
    (
        "He gave the book to Mary",
        "n / n.r s n.l / n n.l / n / s.r s n.l / n",
        ((0, 1), (2, 7), (3, 4), (5, 6), (9, 10)),
    ),
    ("Alice will sleep", "n / n.r s s.l n / n.r s", ((0, 1), (3, 6), (4, 5))),
    (
        "She has been a talented coder",
        "n / n.r s s.l n / n.r s n.l / n n.l / n n.l / n",
        ((0, 1), (3, 6), (4, 5), (7, 8), (9, 10), (11, 12)),
    ),
    # clauses and verb phrases as arguments
    ("She thinks that Bob sleeps", "n / n.r s s.l / s s.l / n / n.r s", ((0, 1), (3, 4), (5, 8), (6, 7))),
    (
        "Bob wants to read the book",
        "n / n.r s s.l n / n.r s s.l n / n.r s n.l / n n.l / n",
        ((0, 1), (3, 6), (4, 5), (7, 10), (8, 9), (11, 12), (13, 14)),
    ),
    ("When it rains Alice reads", "s s.l s.l / n / n.r s / n / n.r s", ((1, 8), (2, 5), (3, 4), (6, 7))),
]


@pytest.mark.parametrize(("sentence", "types", "links"), SENTENCES, ids=[s for s, _, _ in SENTENCES])
def test_readings_checked_by_hand(sentence, types, links):
    (reading,) = parse(sentence)
    assert " / ".join(map(format_type, reading.types)) == types
    assert reading.links == links
    assert reading.diagram.dom == Ty()
    assert reading.diagram.cod == reading.meaning().cod == S


@pytest.mark.parametrize(
    ("phrase", "types", "links"),
    [
        ("device that air enter", "n / n.r n n.l.l s.l / n / n.r s n.l", ((0, 1), (3, 8), (4, 7), (5, 6))),
        (
            "organization that establish church",
            "n / n.r n s.l n / n.r s n.l / n",
            ((0, 1), (3, 6), (4, 5), (7, 8)),
        ),
    ],
)
def test_noun_phrases(phrase, types, links):
    (reading,) = parse(phrase, target="n")
    assert " / ".join(map(format_type, reading.types)) == types
    assert reading.links == links


@pytest.mark.parametrize(
    "sentence",
    [
        "Alice loves",
        "loves Bob",
        "Alice Bob",
        "the sleeps",
        "Alice sleeps sleeps",
        "the cat in garden the sleeps",
        "of",
    ],
)
def test_no_reading_is_an_error_with_words_types_and_stretches(sentence):
    with pytest.raises(ParseError) as caught:
        parse(sentence)
    error = caught.value
    for word, types in zip(error.words, error.types, strict=True):
        assert f"{word.ljust(max(map(len, error.words)))} : {format_type(types[0])}" in str(error)
    assert "cups, stairs, spiders, bag" in str(error)


def test_partial_reductions_are_named():
    with pytest.raises(ParseError) as caught:
        parse("the old cat sleeps Alice loves Bob")
    assert (0, 3, S) in caught.value.partial
    assert (4, 6, S) in caught.value.partial
    assert "the old cat sleeps → s" in str(caught.value)


def test_n_best_in_order():
    sentence = "Alice sees the man with the telescope"
    readings = parse(sentence, n_best=50)
    assert 3 <= len(readings) < 50
    assert len({(r.types, r.links, r.spiders) for r in readings}) == len(readings)
    by_noun, by_verb = (
        next(r for r in readings if r.types[4] == ty) for ty in (N.r @ N @ N.l, S.r @ S @ N.l)
    )
    assert readings[0] == by_noun
    assert by_verb in readings
    assert parse(sentence, n_best=2) == readings[:2]
    assert parse(sentence, n_best=50) == readings
    costs = [(len(r.links), _length(r)) for r in readings]
    assert costs == sorted(costs)


def _length(reading):
    word = [i for i, ty in enumerate(reading.types) for _ in range(len(ty))]
    return sum(word[b] - word[a] for a, b in reading.links)


def test_a_word_cancels_with_itself_only_if_nothing_else_does():
    found = reductions([[N], [N.r @ S @ N.l.l @ N.l, N.r @ S @ N.l @ N], [N.r @ N]], S, n_best=9)
    assert [r.choices for r in found] == [(0, 1, 0)]
    alone = reductions([[N], [N.r @ S @ N.l.l @ N.l]], S)
    assert alone == (Reduction((0, 0), ((0, 1), (3, 4))),)


def test_unusual_types_come_last():
    lexicon = Lexicon.from_text("a : x\nb : x.r y w || x.r s\nc : w.r y.r s | s.r s")
    first, second = parse("a b c", lexicon, n_best=9)
    assert len(first.links) == 3
    assert len(second.links) == 2


# The chart against brute force


def _enumerate(obs, target):
    """All planar sets of links that leave the target, by trying every partner of the first wire."""

    def matchings(start, stop):
        if start == stop:
            yield ()
            return
        for partner in range(start + 1, stop, 2):
            if obs[start].r == obs[partner]:
                for inner in matchings(start + 1, partner):
                    for outer in matchings(partner + 1, stop):
                        yield ((start, partner), *inner, *outer)

    def rest(start, wanted):
        if not wanted:
            yield from matchings(start, len(obs))
            return
        for kept in range(start, len(obs)):
            if obs[kept] == wanted[0]:
                for before in matchings(start, kept):
                    for after in rest(kept + 1, wanted[1:]):
                        yield (*before, *after)

    return {tuple(sorted(links)) for links in rest(0, target.objects)}


def _cost(words, reduction):
    """What readings are ranked by: links inside a word, links, their length, and places of the types."""
    owner = [w for w, choice in enumerate(reduction.choices) for _ in range(len(words[w][choice]))]
    lengths = [owner[b] - owner[a] for a, b in reduction.links]
    return lengths.count(0), len(lengths), sum(lengths), sum(reduction.choices)


small_obs = st.builds(Ob, st.sampled_from(["n", "s"]), st.integers(-1, 1))
small_types = st.lists(small_obs, min_size=1, max_size=3).map(lambda found: Ty(*found))
lexical = st.lists(
    st.one_of(small_types, st.sampled_from([N, N.r @ S, N.r @ S @ N.l, N @ N.l, S.r @ S, N.r @ N @ N.l])),
    min_size=1,
    max_size=2,
    unique=True,
)


@settings(max_examples=300)
@given(st.lists(lexical, min_size=1, max_size=5), st.sampled_from([S, N, N @ S, N.r @ S]))
def test_chart_agrees_with_enumeration(words, target):
    expected = set()
    for choices in itertools.product(*(range(len(types)) for types in words)):
        obs = [ob for choice, types in zip(choices, words, strict=True) for ob in types[choice].objects]
        expected |= {Reduction(choices, links) for links in _enumerate(obs, target)}
    found = reductions(words, target, n_best=1000)
    assert len(found) == len(set(found))
    assert set(found) == expected
    costs = [_cost(words, reduction) for reduction in found]
    assert costs == sorted(costs)
    assert reductions(words, target) == found[:1]
    assert reductions(words, target, n_best=3) == found[:3]


@settings(max_examples=200)
@given(st.lists(st.sampled_from([N, N.r, N.l, N.r.r, S]), min_size=1, max_size=9))
def test_simple_types_agree_with_enumeration(types):
    found = reductions([[ty] for ty in types], S, n_best=1000)
    assert {r.links for r in found} == _enumerate([ty.objects[0] for ty in types], S)


def test_long_ambiguous_sentences_are_quick():
    part = "the old man who likes a very small red cat that sees the big dog in the garden and "
    sentence = part * 4 + "Bob gives Mary flowers"
    assert len(sentence.split()) >= 60
    start = time.process_time()
    readings = parse(part * 3 + "Alice who loves a dog near the big house sleeps", n_best=10)
    assert time.process_time() - start < 2
    assert len(readings) == 10


def test_a_hopeless_length_stops_at_a_limit():
    with pytest.raises(LimitReached, match="steps of the chart"):
        parse("Alice and " * 60 + "Bob sleep", max_edges=10_000)


def test_a_thousand_words_are_parsed_or_refused_soon():
    start = time.process_time()
    with pytest.raises((ParseError, LimitReached)):
        parse("the cat sleeps " * 300)
    assert time.process_time() - start < 5


@pytest.mark.parametrize("arguments", [{"n_best": 0}, {"n_best": 5000}, {"target": ""}, {"target": "s)"}])
def test_bad_arguments(arguments):
    with pytest.raises(InputError):
        parse("Alice sleeps", **arguments)


def test_an_unknown_reading_is_refused_by_name():
    with pytest.raises(UnknownGenerator, match="did you mean cups"):
        parse("Alice sleeps", reading="cup")


def test_own_lexicon_and_types():
    lexicon = Lexicon.from_text("Ana, Eva : np\nama : np.r t np.l")
    (reading,) = parse("Ana ama Eva", lexicon, target="t")
    assert reading.links == ((0, 1), (3, 4))
    assert parse(["Ana", "ama", "Eva"], lexicon, target=Ty("t")) == (reading,)
