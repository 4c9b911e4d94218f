"""Lexicon files: what they say, and what is refused."""

import io
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import InputError, Ob, Ty, UnknownGenerator
from catenary.functors.grammar import Entry, Lexicon, load_lexicon, parse, parse_type

N, S = Ty("n"), Ty("s")


def test_words_types_and_comments():
    lexicon = Lexicon.from_text(
        """
        # a comment
        tv = n.r s n.l   # a transitive verb
        Alice, Bob : n
        loves, sees : tv | n.r s
        ",", "#" : s.r s s.l
        """
    )
    assert list(lexicon) == ["Alice", "Bob", "loves", "sees", ",", "#"]
    assert [e.type for e in lexicon["loves"]] == [N.r @ S @ N.l, N.r @ S]
    assert lexicon["#"] == (Entry(S.r @ S @ S.l),)


def test_abbreviations_in_any_order_and_with_adjoints():
    lexicon = Lexicon.from_text("w : vp.l vp\nvp = (np).r s\nnp = n x")
    assert lexicon["w"][0].type == parse_type("s.l n x (n x).r s")


def test_types_of_one_word_on_several_lines_add_up():
    lexicon = Lexicon.from_text("run : n\nrun : n.r s")
    assert [str(e) for e in lexicon["run"]] == ["n", "n.r s"]


def test_unusual_types():
    lexicon = Lexicon.from_text("a : n || s | n.r\na : n.l\nb : || n")
    assert [(str(e), e.unusual) for e in lexicon["a"]] == [
        ("n", False),
        ("n.l", False),
        ("s", True),
        ("n.r", True),
    ]
    assert [e.unusual for e in lexicon["b"]] == [True]
    assert lexicon.to_text() == "a : n | n.l || s | n.r\nb :  || n\n"


@pytest.mark.parametrize(
    ("name", "ty", "spiders"),
    [
        ("subject-relative", "n.r n s.l n", ((0, 1, 3), (2,))),
        ("subject-relative", "np.r np t.l np", ((0, 1, 3), (2,))),
        ("object-relative", "n.r n n.l.l s.l", ((0, 1, 2), (3,))),
        ("identity", "n.r s s.l n", ((0, 3), (1, 2))),
        ("merge", "n.r n n.l", ((0, 1, 2),)),
        ("merge", "(n s).r n s (n s).l", ((1, 2, 5), (0, 3, 4))),
        ("{1 2 4} {3}", "n.r n s.l n", ((0, 1, 3), (2,))),
        ("{1,4}", "n.r s s.l n", ((0, 3),)),
    ],
)
def test_meanings(name, ty, spiders):
    (entry,) = Lexicon.from_text(f"w : {ty} = {name}")["w"]
    assert entry.spiders == spiders
    assert entry.is_frobenius == (name != "{1,4}")


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 0, "no entries"),
        ("# only\n# comments\n", 3, 0, "no entries"),
        ("a : n\nloves n.r s", 2, 7, "expected , or :"),
        ("a : n\n: n", 2, 1, "expected a word"),
        ("a : n\nb :", 2, 4, "expected a type"),
        ("a : n | | s", 1, 8, "expected a type"),
        ("a : n ||", 1, 9, "expected a type"),
        ("a : ||", 1, 7, "expected a type"),
        ("a : n || s || n.r", 1, 12, "at most once"),
        ("a : n || s | n", 1, 1, "already has the type n on line 1"),
        ("a, a : n", 1, 3, "already has the type n on line 1"),
        ("a : n\nb : s\na : s | n", 3, 1, "already has the type n on line 1"),
        ("tv = n\ntv = s\na : tv", 2, 1, "already defined on line 1"),
        ("x = y n\ny = z\nz = x.l\na : x", 3, 5, "defined by itself: x → y → z → x"),
        ("x = x n\na : x", 1, 5, "defined by itself: x → x"),
        ("@types n s\na : nn", 2, 5, "no 'nn'; did you mean n"),
        ("@type n s\na : n", 1, 2, "did you mean types"),
        ("a : n.r n s.l n = subject-relativ", 1, 19, "did you mean subject-relative"),
        ("a : n.r s = subject-relative", 1, 13, "is the meaning of a type"),
        ("a : n s = {1 2}", 1, 10, "wires of one basic type"),
        ("a : n n = {1 3}", 1, 10, "wire 3 is not among the 2"),
        ("a : n n = {1 1}", 1, 10, "wire 1 is in two spiders"),
        ("a : n n = {1 b}", 1, 12, "numbers of its wires"),
        ("a : n n = {}", 1, 10, "at least one wire"),
        ("a : n n = {1 2", 1, 10, "expected spiders"),
        ('"a b" : n', 1, 1, "no spaces"),
        ('"a\\q" : n', 1, 1, "malformed quoted word"),
        ("a" * 101 + " : n", 1, 1, "1 to 100 characters"),
        ("a : " + "n " * 40, 1, 69, "more than 32"),
        ("ok : n\nb\x07 : n", 2, 2, r"U\+0007"),
        ("ok : n\n" + "b" * 10_001, 2, 1, "10,000 characters"),
    ],
)
def test_faults_have_a_place(text, line, column, words):
    with pytest.raises(InputError, match=words) as caught:
        Lexicon.from_text(text, "my.lex")
    assert (caught.value.source, caught.value.line, caught.value.column) == ("my.lex", line, column)


def test_exploding_abbreviations_stop_at_once():
    lines = ["a0 = n n"] + [f"a{i} = a{i - 1} a{i - 1}" for i in range(1, 60)]
    with pytest.raises(InputError, match="more than 32 simple types"):
        Lexicon.from_text("\n".join(lines) + "\nw : a59")


def test_many_types_of_one_word_are_refused():
    with pytest.raises(InputError, match="more than 64 types"):
        Lexicon.from_text("\n".join(f"w : x{i}" for i in range(70)))


def test_a_long_chain_of_abbreviations_is_no_recursion():
    lines = ["a0 = n"] + [f"a{i} = a{i - 1}" for i in range(1, 5000)]
    assert Lexicon.from_text("\n".join(["w : a4999", *reversed(lines)]))["w"] == (Entry(N),)


def test_files(tmp_path, monkeypatch):
    path = tmp_path / "my.lex"
    path.write_bytes("\ufeffÉmile : n\r\ndort : n.r s\r\n".encode())
    assert list(load_lexicon(path)) == ["Émile", "dort"]
    with pytest.raises(InputError, match="no such file; expected a lexicon"):
        load_lexicon(tmp_path / "none.lex")
    with pytest.raises(InputError, match="cannot read: embedded null"):
        load_lexicon("a\0b")
    with pytest.raises(InputError, match="this is a directory; expected a lexicon"):
        load_lexicon(tmp_path)
    path.write_bytes(b"a : n\nb : n\xff\xfe")
    with pytest.raises(InputError, match="byte 0xff at position 11 is not UTF-8") as caught:
        load_lexicon(path)
    assert (caught.value.line, caught.value.column) == (2, 6)
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(InputError):
        load_lexicon(path)
    path.write_bytes(b"x" * 10_000_000)
    with pytest.raises(InputError, match="10,000 characters") as caught:
        load_lexicon(path)
    assert len(str(caught.value)) < 400
    path.write_bytes(b"\0" * 33_000_000)
    with pytest.raises(InputError, match="larger than 32,000,000 bytes, the most for a lexicon"):
        load_lexicon(path)

    class Stdin:
        buffer = io.BytesIO(b"a : n")

    monkeypatch.setattr("sys.stdin", Stdin)
    assert list(load_lexicon("-")) == ["a"]


words = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, categories=("L", "P", "S", "N")), min_size=1
)
obs = st.builds(Ob, st.sampled_from(["n", "s"]), st.integers(-2, 2))


@st.composite
def entries(draw):
    ty = Ty(*draw(st.lists(obs, min_size=1, max_size=6)))
    colour = draw(st.lists(st.integers(0, 3), min_size=len(ty), max_size=len(ty)))
    groups: dict[tuple[int, str], list[int]] = {}
    for wire, c in enumerate(colour):
        if c:
            groups.setdefault((c, ty.objects[wire].name), []).append(wire)
    return Entry(ty, tuple(map(tuple, groups.values())), draw(st.booleans()))


@given(
    st.dictionaries(
        words,
        st.lists(entries(), min_size=1, max_size=3, unique_by=lambda e: (e.type, e.spiders)),
        min_size=1,
        max_size=5,
    )
)
def test_text_and_repr_round_trip(table):
    lexicon = Lexicon(table, "<text>", N)
    assert Lexicon.from_text(lexicon.to_text()) == lexicon
    assert eval(repr(lexicon)) == lexicon
    assert hash(eval(repr(lexicon))) == hash(lexicon)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_by_name(text):
    try:
        lexicon = Lexicon.from_text(text)
    except InputError:
        return
    assert Lexicon.from_text(lexicon.to_text()).entries == lexicon.entries


def test_lookup_by_case_and_misspelling():
    english = Lexicon.english()
    assert english.find("The") == "the"
    assert english.find("alice") == "Alice"
    assert english.find("ENGLISH") == "English"
    with pytest.raises(UnknownGenerator, match="no 'sleps'; did you mean sleeps") as caught:
        english["sleps"]
    assert "sleeps" in caught.value.close


def test_english_is_a_good_start():
    english = Lexicon.english()
    assert len(english) > 800
    assert english is Lexicon.english()
    assert english.proper_noun == N
    names = {ob.name for found in english.entries.values() for entry in found for ob in entry.type.objects}
    assert names == {"n", "s"}


def test_extended_prefers_the_other():
    one = Lexicon.from_text("run : n\nAlice : n")
    other = Lexicon.from_text("run : n.r s\nBob : n")
    both = one.extended(other)
    assert [str(e) for e in both["run"]] == ["n.r s", "n"]
    assert set(both) == {"run", "Alice", "Bob"}


def test_immutable():
    with pytest.raises(AttributeError):
        Lexicon.english().name = "mine"


def test_types_for_words_that_it_lacks():
    lexicon = Lexicon.from_text("@unknown n | n.r s = {1}\nthe : n n.l\nsleeps : n.r s\n")
    assert [str(entry) for entry in lexicon.unknown] == ["n", "n.r s = {1}"]
    assert Lexicon.from_text(lexicon.to_text(), lexicon.name) == lexicon
    assert pickle.loads(pickle.dumps(lexicon)) == lexicon
    assert lexicon.extended(Lexicon.from_text("a : n n.l")).unknown == lexicon.unknown
    (reading,) = parse("the Gnu sleeps", lexicon)
    assert reading.words == ("the", "gnu", "sleeps")
    assert reading.notes == ("Gnu is not in the lexicon and was read with the types of unknown words",)
    with pytest.raises(UnknownGenerator, match="did you mean sleeps"):
        parse("the gnu sleep", Lexicon.from_text("the, gnu : n\nsleeps : n.r s"))
    for text, message in (("@unknown n..l\na : n", ":1:11:"), ("@unknwon n\na : n", "did you mean unknown")):
        with pytest.raises(InputError, match=message):
            Lexicon.from_text(text)


def test_guessing_keeps_known_words():
    guessing = Lexicon.english().guessing()
    assert parse("Alice loves Bob", guessing)[0] == parse("Alice loves Bob")[0]
    assert guessing != Lexicon.english()
    assert Lexicon.english().guessing([Ty("n")]).unknown[0].type == Ty("n")
    (reading,) = parse("the blorp zorks the snibble", guessing)
    assert [str(ty) for ty in reading.types] == ["n nˡ", "n", "nʳ s nˡ", "n nˡ", "n"]
