"""The meaning-classification and relative-pronoun sentences parse, every one."""

from pathlib import Path

import pytest

from catenary.diagrams import UnknownGenerator
from catenary.functors.grammar import IQP, Lexicon, format_type, parse

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "sentences"
FILES = [("mc_train", 70), ("mc_dev", 30), ("mc_test", 30), ("rp_train", 74), ("rp_test", 31)]


def labelled(name):
    path = FOLDER / f"{name}_data.txt"
    if not path.is_file():
        pytest.skip("the shared sentences are not beside this checkout")
    return [line.split(maxsplit=1) for line in path.read_text().splitlines()]


def sentences(name):
    return [text for _, text in labelled(name)]


@pytest.mark.parametrize(("name", "count"), FILES)
def test_every_sentence_reduces(name, count):
    target = "s" if name.startswith("mc") else "n"
    texts = sentences(name)
    assert len(texts) == count
    for text in texts:
        (reading,) = parse(text, target=target)
        assert not reading.notes
        assert str(reading.meaning().cod) == target
        verbs = [ty for ty in reading.types if str(ty) == "nʳ s nˡ"]
        assert len(verbs) == 1


def test_relative_pronouns_are_told_apart_by_word_order():
    # The label says which of the two it is: 0 where the noun is the subject of the clause, 1 where it is
    # the object.
    for name in ("rp_train", "rp_test"):
        for label, text in labelled(name):
            (reading,) = parse(text, target="n")
            assert format_type(reading.types[1]) == ("n.r n s.l n", "n.r n n.l.l s.l")[int(label)]


def test_removing_cups_saves_qubits():
    ansatz = IQP(seed=0)
    figures = {}
    for name, target in (("mc_train", "s"), ("rp_train", "n")):
        readings = [parse(text, target=target)[0] for text in sentences(name)]
        before = [ansatz.compile(r.diagram).qubits for r in readings]
        after = [ansatz.compile(r.meaning()).qubits for r in readings]
        assert all(b < a for a, b in zip(before, after, strict=True))
        figures[name] = (sum(before) / len(before), sum(after) / len(after))
    assert figures["mc_train"][1] < 4
    assert figures["rp_train"][1] < 5.8


def test_words_of_short_stories():
    stories = sentences("discocirc_mc_dev") + sentences("discocirc_mc_test") + sentences("discocirc_mc_train")
    english = Lexicon.english()
    total = parsed = 0
    for story in stories:
        for sentence in story.split(" . "):
            if sentence.strip(" .") and all(word in english for word in sentence.split() if word != "."):
                total += 1
                parsed += str(parse(sentence)[0].diagram.cod) == "s"
    assert parsed == total > 800


def test_every_short_sentence_parses_or_says_which_word_is_unknown():
    stories = sentences("discocirc_mc_train")
    found = list(dict.fromkeys(s.strip(" .") for story in stories for s in story.split(" . ")))
    found = [sentence for sentence in found if sentence]
    assert len(found) == 377
    guessing = Lexicon.english().guessing()
    unknown = []
    for sentence in found:
        parse(sentence, guessing)
        try:
            parse(sentence)
        except UnknownGenerator as error:
            unknown.append(error.name)
    assert set(unknown) == {"shef", "approaces"}  # misspelt in the data
    assert len(unknown) == 29
