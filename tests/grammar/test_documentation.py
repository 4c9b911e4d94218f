"""The examples in the reference of lexicon files."""

import doctest
import re
from pathlib import Path

import pytest

from catenary.diagrams import InputError
from catenary.functors.grammar import Lexicon, parse

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "lexicon-files.md"


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


def test_the_example_is_a_lexicon():
    (text,) = blocks("lexicon")
    lexicon = Lexicon.from_text(text)
    (reading,) = parse("Zoe who sees Bob does not run", lexicon.extended(Lexicon.from_text("run : n.r s")))
    assert [edge.box.name for edge in reading.meaning().to_hypergraph().edges] == [
        "Zoe",
        "sees",
        "Bob",
        "not",
        "run",
    ]


def test_the_python_examples():
    results = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert results.attempted > 3
    assert not results.failed


def test_the_error_shown():
    (text,) = blocks("text")
    with pytest.raises(InputError) as caught:
        Lexicon.from_text("@types n s\n\nloves : nn.r s", "people.lex")
    assert str(caught.value).strip() == text.strip()


def test_the_table_of_types():
    types = re.findall(r"`([ns][ns.lr ]*)`", PAGE.read_text(encoding="utf-8"))
    assert len(types) > 10
    for text in types:
        Lexicon.from_text(f"w : {text}")
