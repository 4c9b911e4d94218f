"""Types as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import InputError, Ob, Ty
from catenary.functors.grammar import format_type, parse_type

obs = st.builds(Ob, st.sampled_from(["n", "s", "np", "x_1"]), st.integers(-4, 4))
types = st.lists(obs, min_size=1, max_size=12).map(lambda found: Ty(*found))


@given(types)
def test_text_round_trip(ty):
    assert parse_type(format_type(ty)) == ty


@given(types, types)
def test_groups_take_adjoints(a, b):
    text = f"({format_type(a)} ({format_type(b)}).r).l"
    assert parse_type(text) == (a @ b.r).l


def test_other_spellings():
    assert parse_type("nʳ @ s @ nˡ") == parse_type("n.r s n.l") == Ty(Ob("n", 1), "s", Ob("n", -1))


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "expected a type"),
        ("n.q s", 2, "adjoints are written"),
        ("n s)", 4, "closes nothing"),
        ("(n s", 1, "never closed"),
        (".r n", 1, "nothing before it"),
        ("n 3", 3, "does not belong"),
        ("n" + ".l" * 9, 18, "order more than 8"),
        ("n " * 33, 65, "more than 32 simple types"),
        ("(" * 33, 33, "parentheses"),
        ("n\x00", 2, "does not belong"),
    ],
)
def test_faults_have_a_place(text, column, words):
    with pytest.raises(InputError, match=words) as caught:
        parse_type(text)
    assert (caught.value.line, caught.value.column) == (1, column)
