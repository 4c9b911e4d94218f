"""Readings as values: validity, JSON, text pictures, and readings without grammar."""

import json
import pickle

import pytest

from catenary.diagrams import InputError, LimitReached, Ob, Ty, UnknownGenerator
from catenary.functors.grammar import Reading, WordsReading, parse

N, S = Ty("n"), Ty("s")
READINGS = ["cups", "stairs", "spiders", "bag"]


@pytest.mark.parametrize(
    ("links", "words"),
    [
        ((), "leave n nʳ s nˡ n, not the target s"),
        (((0, 1),), "leave s nˡ n"),
        (((0, 1), (3, 4), (0, 1)), "two free wires"),
        (((1, 0), (3, 4)), "from left to right"),
        (((0, 9), (3, 4)), "among 5"),
        (((0, 3), (1, 4)), "do not cancel"),
    ],
)
def test_wrong_links_are_refused(links, words):
    with pytest.raises(InputError, match=words):
        Reading(("Alice", "loves", "Bob"), (N, N.r @ S @ N.l, N), links, S)


def test_crossing_and_covering_links_are_refused():
    with pytest.raises(InputError, match="crosses"):
        Reading(("a", "b"), (N @ N, N.r @ N.r @ S), ((0, 2), (1, 3)), S)
    with pytest.raises(InputError, match="left under the link"):
        Reading(("a", "b"), (N @ S, N.r), ((0, 2),), S)
    with pytest.raises(InputError, match="empty type"):
        Reading(("a", "b"), (S, Ty()), (), S)
    with pytest.raises(InputError, match="2 words with 1 types"):
        Reading(("a", "b"), (S,), (), S)


def test_repr_pickle_and_json_round_trips():
    for reading in (
        *parse("Zoe, who loves Bob, sleeps quickly", n_best=3),
        *(parse("Alice loves Bob", reading=kind)[0] for kind in READINGS),
    ):
        assert (
            eval(repr(reading), {"Ob": Ob, "Ty": Ty, "Reading": Reading, "WordsReading": WordsReading})
            == reading
        )
        assert pickle.loads(pickle.dumps(reading)) == reading
        again = Reading.from_json(json.loads(json.dumps(reading.to_json())))
        assert again == reading
        assert type(again) is type(reading)
        assert again.diagram == reading.diagram


def test_json_says_what_links_what():
    data = parse("Alice sleeps")[0].to_json()
    assert data == {
        "schema": "catenary/reading",
        "version": 1,
        "target": "s",
        "words": [
            {"word": "Alice", "type": "n", "wires": [0, 1]},
            {"word": "sleeps", "type": "n.r s", "wires": [1, 3]},
        ],
        "links": [{"wires": [0, 1], "types": ["n", "n.r"]}],
        "notes": [],
    }


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "other"},
        {"version": 2},
        {"words": None},
        {"words": [{"word": 3, "type": "n"}]},
        {"words": [{"word": "a", "type": "n)"}]},
        {"links": [{"wires": [0]}]},
        {"links": []},
        {"target": "n"},
        {"kind": "heap"},
    ],
)
def test_wrong_json_is_refused(change):
    with pytest.raises(InputError):
        Reading.from_json(parse("Alice sleeps")[0].to_json() | change)


def test_json_that_is_no_object():
    with pytest.raises(InputError, match="not a reading"):
        Reading.from_json([1, 2])


def test_picture():
    (reading,) = parse("Alice who loves Bob sleeps")
    assert reading.to_text().split("\n") == [
        "Alice  who        loves    Bob  sleeps",
        "n      nʳ n sˡ n  nʳ s nˡ  n    nʳ s",
        "╰──────╯  │ │  ╰──╯  │ ╰───╯    │  │",
        "          │ ╰────────╯          │  │",
        "          ╰─────────────────────╯  │",
        "                                   s",
    ]


@pytest.mark.parametrize(
    "sentence", ["Alice sings and dances", "When it rains Alice reads", "Bob is not very happy"]
)
def test_arcs_of_a_picture_join_the_linked_wires(sentence):
    (reading,) = parse(sentence)
    rows = reading.to_text().split("\n")
    columns, at = [], 0
    for ob in reading.wires.objects:
        at = rows[1].index(str(ob), at)
        columns.append(at)
        at += len(str(ob))
    arcs = set()
    for row in rows[2:]:
        opened = None
        for column, c in enumerate(row):
            if c == "╰":
                opened = column
            elif c == "╯":
                arcs.add((columns.index(opened), columns.index(column)))
    assert arcs == set(reading.links)


def test_cups_reading():
    (reading,) = parse("Alice loves Bob.", reading="cups")
    assert reading.words == ("START", "alice", "loves", "bob")
    assert reading.types == (S, S.r @ S, S.r @ S, S.r @ S)
    assert reading.links == ((0, 1), (2, 3), (4, 5))
    assert reading.diagram.cod == reading.meaning().cod == S
    (wide,) = parse("a b", reading="cups", target="n s")
    assert wide.diagram.cod == N @ S
    with pytest.raises(InputError, match="at most 32 simple types"):
        parse("a b", reading="cups", target=N**17)


def test_stairs_reading():
    (reading,) = parse("Alice loves Bob", reading="stairs", target="n")
    assert str(reading.diagram) == "alice >> n @ loves >> STAIR >> n @ bob >> STAIR"
    assert str(reading.meaning()) == str(reading.diagram)


def test_spiders_and_bag_readings():
    for kind in ("spiders", "bag"):
        one, other = (parse(text, reading=kind)[0] for text in ("Alice loves Bob", "Bob loves Alice"))
        assert one.diagram == other.diagram
        assert one.diagram.identical(other.diagram) == (kind == "bag")
        assert one.meaning().cod == S
        assert len(parse("Alice", reading=kind)[0].diagram) == 1


def test_readings_without_grammar_need_no_lexicon():
    for kind in READINGS:
        (reading,) = parse("Colourless green ideas sleep furiously?", reading=kind)
        assert "furiously" in reading.words
        assert reading.notes == (f"read without grammar: {kind}",)
        assert "furiously" in reading.to_text()
    with pytest.raises(InputError, match="no words"):
        parse("?!", reading="cups")
    with pytest.raises(LimitReached):
        parse("a " * 2000, reading="stairs")
    with pytest.raises(UnknownGenerator):
        parse("a", reading="trees")


def test_a_reading_without_grammar_is_checked():
    with pytest.raises(InputError, match="no 'heap'"):
        WordsReading(("a",), (S,), (), S, kind="heap")
    with pytest.raises(InputError, match="target's type"):
        WordsReading(("a",), (N,), (), S)
    with pytest.raises(InputError, match="no links"):
        WordsReading(("a", "b"), (S, S), ((0, 1),), S)
    with pytest.raises(InputError, match="needs no functor"):
        WordsReading(("a",), (S,), (), S).functor()
