"""Categorial grammar: rules as diagrams, their image in pregroups, the way back, files, NLTK."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import Curry, Doctrine, InputError, LimitReached, Ty, Uncurry, beta_eta
from catenary.functors.grammar import IQP, Lexicon, parse, parse_type
from catenary.functors.grammar.ccg import (
    Derivation,
    apply,
    derivation,
    leaf,
    rule_diagram,
    to_meaning,
    to_pregroup,
)
from catenary.functors.grammar.ccg_categories import CCGError, format_category, parse_category, to_category
from catenary.functors.grammar.ccg_files import parse_auto, read_auto
from catenary.functors.grammar.ccg_lambek import from_reading, lambek
from catenary.functors.grammar.forms import states_and_effects
from catenary.functors.tensor import TensorFunctor

ATOMS = [Ty("S"), Ty("NP"), Ty("N")]
categories = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.tuples(inner, inner, st.booleans()).map(
        lambda t: t[0] << t[1] if t[2] else t[1] >> t[0]
    ),
    max_leaves=5,
)
NAMES = iter(range(10**9))


def word(category):
    return leaf(f"w{next(NAMES)}", category)


def assert_agrees(made):
    """Diagram, pregroup image, reading and meaning are the same thing."""
    reading = made.reading()
    assert made.diagram.cod == made.category
    assert made.pregroup() == reading.diagram
    assert made.meaning() == replace(reading, spiders=()).meaning(states=True)
    assert_few_post_selections(reading)


def assert_few_post_selections(reading):
    """Words as states and effects: the same diagram; one post-selection a link unless the links have an odd cycle."""
    form = states_and_effects(reading, expand=False)
    assert form == replace(reading, spiders=()).meaning(states=True)
    posts = IQP().compile(form).post_selections
    owner = [k for k, ty in enumerate(reading.types) for _ in range(len(ty))]
    side: dict[int, bool] = {}
    graph: dict[int, set[int]] = {}
    for a, b in reading.links:
        graph.setdefault(owner[a], set()).add(owner[b])
        graph.setdefault(owner[b], set()).add(owner[a])
    odd = False
    for start in graph:
        waiting = [start] if start not in side else []
        side.setdefault(start, False)
        while waiting:
            word = waiting.pop()
            for other in graph[word]:
                if other not in side:
                    side[other] = not side[word]
                    waiting.append(other)
                odd = odd or side[other] == side[word]
    one_word = len({owner[wire] for wire in reading.target_wires}) == 1
    assert len(reading.links) <= posts <= 2 * len(reading.links)
    if not odd and one_word:
        assert posts == len(reading.links)


@given(categories)
def test_categories_are_read_as_written(category):
    assert parse_category(format_category(category)) == category


@given(categories)
def test_the_way_back_is_a_section_of_the_functor(category):
    functor = to_pregroup()
    image = functor.on_type(category)
    assert functor.on_type(to_category(image)) == image


@pytest.mark.parametrize(
    "text", ["", "S\\", "(S", "S)", "S NP", "/NP", "S//NP", "(" * 70 + "S", "S[dcl", "S/NP" * 70]
)
def test_bad_categories(text):
    with pytest.raises(InputError):
        parse_category(text, source="here")


def test_types_without_a_category():
    for text in ("n n", "n.l", "n.r", "s n.r"):
        with pytest.raises(CCGError):
            to_category(parse_type(text))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_every_rule_agrees_with_its_image(data):
    """Random derivations grown downwards: a goal, split by rules that are undone."""

    def grow(category, depth):
        kinds = ["word"] if not depth else ["word", ">", "<", ">B", "<B"]
        kind = data.draw(st.sampled_from(kinds))
        argument = data.draw(categories)
        shown = format_category(category)
        if kind == ">":
            made = apply(grow(category << argument, depth - 1), grow(argument, depth - 1), category)
        elif kind == "<":
            made = apply(grow(argument, depth - 1), grow(argument >> category, depth - 1), category)
        elif kind == ">B" and "/" in shown and category.objects[0].left is False:
            ob = category.objects[0]
            made = apply(
                grow(ob.base << argument, depth - 1), grow(argument << ob.exponent, depth - 1), category
            )
        elif kind == "<B" and len(shown) > 2 and category.objects[0].left is True:
            ob = category.objects[0]
            made = apply(
                grow(ob.exponent >> argument, depth - 1), grow(argument >> ob.base, depth - 1), category
            )
        else:
            made = word(category)
        return made

    made = grow(data.draw(categories), 3)
    assert_agrees(made)


def grammar(*pairs):
    return [leaf(*pair) for pair in pairs]


def test_type_raising_and_composition():
    alice, loves, bob = grammar(("Alice", "NP"), ("loves", r"(S\NP)/NP"), ("Bob", "NP"))
    s, np_ = Ty("S"), Ty("NP")
    plain = apply(alice, apply(loves, bob))
    raised = apply(apply(apply(alice, category=s << (np_ >> s)), loves), bob)
    assert raised.rules == (">T", ">B", ">")
    assert raised.pregroup() == plain.pregroup()  # spurious ambiguity vanishes
    assert beta_eta(raised.diagram) == plain.diagram
    assert_agrees(raised)
    verb = (np_ >> s) << np_
    backward = apply(bob, category=verb >> (np_ >> s))
    assert backward.rule == "<T"
    assert apply(loves, backward).rule == "<"
    assert_agrees(apply(alice, apply(loves, backward)))
    gives = leaf("gives", r"((S\NP)/NP)/NP")
    receiver = apply(leaf("Carol", "NP"), category=(verb << np_) >> verb)
    cluster = apply(receiver, backward)
    assert cluster.rule == "<B"
    assert_agrees(apply(alice, apply(gives, cluster)))
    with pytest.raises(CCGError, match="raised type is left over"):
        apply(alice, category=s << (np_ >> s)).reading()


def test_degrees_of_composition():
    adverb, gives = grammar(("often", r"(S\NP)/(S\NP)"), ("gives", r"((S\NP)/NP)/NP"))
    made = apply(adverb, gives)
    assert made.rule == ">B2"
    assert format_category(made.category) == r"((S\NP)/NP)/NP"
    assert_agrees(made)


def test_crossed_composition_has_a_meaning_and_no_planar_diagram():
    alice, loves, bob, quickly = grammar(
        ("Alice", "NP"), ("loves", r"(S\NP)/NP"), ("Bob", "NP"), ("quickly", r"(S\NP)\(S\NP)")
    )
    crossed = apply(alice, apply(apply(loves, quickly), bob))
    straight = apply(alice, apply(apply(loves, bob), quickly))
    assert crossed.rules == ("<Bx", ">", "<")
    assert crossed.diagram.signature.doctrine is Doctrine.CLOSED
    # crossing moves the object past the adverb: the same links
    assert crossed.meaning() == straight.meaning()
    for refused in (crossed.reading, crossed.pregroup):
        with pytest.raises(CCGError, match="crossed composition has no planar diagram"):
            refused()
    forward = apply(leaf("f", r"S/S"), leaf("g", r"S\NP"))
    assert forward.rule == ">Bx"
    assert forward.meaning().cod == Ty("n", "s")


def test_coordination_and_relative_pronouns():
    that = leaf("that", r"(NP\NP)/(S/NP)")
    alice, loves, man, sleeps = grammar(
        ("Alice", "NP"), ("loves", r"(S\NP)/NP"), ("man", "NP"), ("sleeps", r"S\NP")
    )
    s, np_ = Ty("S"), Ty("NP")
    clause = apply(apply(alice, category=s << (np_ >> s)), loves)
    sentence = apply(apply(man, apply(that, clause)), sleeps)
    assert_agrees(sentence)
    found = sentence.reading(lexicon=Lexicon.english())
    assert found.spiders[1] == next(e for e in Lexicon.english()["that"] if e.type == found.types[1]).spiders
    (ours,) = (r for r in parse("man that Alice loves sleeps", n_best=5) if r.types == found.types)
    assert found.meaning() == ours.meaning()
    both = apply(apply(alice, apply(leaf("and", "conj"), man)), sleeps)
    assert both.rules == (">", "<", "<")
    assert_agrees(both)
    assert apply(both, leaf(".", ".")).notes == ("punctuation . was left out",)


def test_the_tensor_of_a_derivation_is_that_of_its_reading():
    rng = np.random.default_rng(0)
    made = derivation(
        [("Alice", "NP"), ("loves", r"(S\NP)/NP"), ("quickly", r"(S\NP)\(S\NP)"), ("Bob", "NP")],
        [(1, 2, r"(S\NP)/NP"), (1, 2, r"S\NP"), (0, 1, "S")],
    )
    dims = {"NP": 2, "S": 3}
    alice, bob = rng.normal(size=2), rng.normal(size=2)
    # axes: the pregroup wires n.r s n.l, and s.r n n.r s  of ((S\NP)\(S\NP))
    loves, quickly = rng.normal(size=(2, 3, 2)), rng.normal(size=(3, 2, 2, 3))
    arrays = {"Alice": alice, "loves": loves, "quickly": quickly, "Bob": bob}
    value = TensorFunctor(dims, arrays)(made.diagram).array
    expected = np.einsum(
        "a,nsm,stuv,m,tn,au->v", alice, loves, quickly.transpose(0, 1, 2, 3), bob, np.eye(2), np.eye(2)
    )
    np.testing.assert_allclose(value, expected)


def test_refusals():
    with pytest.raises(CCGError, match=r"no rule combines NP \(Alice\) and NP \(Bob\)"):
        apply(leaf("Alice", "NP"), leaf("Bob", "NP"))
    with pytest.raises(CCGError, match="neighbours"):
        derivation([("a", "NP")], [(0, 1, "S")])
    with pytest.raises(CCGError, match="2 parts are left"):
        derivation([("a", "NP"), ("b", r"S\NP")], [])
    with pytest.raises(CCGError, match="no rule"):
        rule_diagram(">Q", (Ty("S"), Ty("S")), Ty("S"))
    changed = apply(leaf("running", r"S\NP"), category=parse_category(r"NP\NP"))
    assert changed.rule == "type-change"
    assert str(changed.pregroup().cod) == "nʳ n"
    with pytest.raises(CCGError, match="no link between words"):
        changed.reading()
    renamed = apply(leaf("dogs", "N"), category=Ty("NP"))
    assert_agrees(apply(renamed, leaf("sleep", r"S\NP")))
    words = [("w", "S/S")] * 300 + [("w", "S")]
    with pytest.raises(LimitReached):
        derivation(words, [(i - 1, i, "S") for i in range(300, 0, -1)])


# Lambek


@settings(deadline=None, max_examples=60)
@given(categories, categories)
def test_residuation(a, b):
    proof = lambek([a << b, b], a)
    assert beta_eta(proof) == beta_eta(Uncurry(lambek([a << b], a << b)))
    raised = lambek([b], a << (b >> a))
    assert beta_eta(Uncurry(raised)) == beta_eta(lambek([b, b >> a], a))
    assert beta_eta(Curry(proof).diagram) == beta_eta(lambek([a << b], a << b))


def test_what_the_calculus_does_not_prove():
    s, n = Ty("s"), Ty("n")
    assert lambek([s << n, s >> n], s) is None
    assert lambek([s << (n >> s)], n) is None
    assert lambek([s << n, n << s], s << s) is not None  # composition
    with pytest.raises(CCGError):
        lambek([], s)
    with pytest.raises(LimitReached):
        lambek([s << n, n << s] * 150, s << s)


@pytest.mark.parametrize(
    "sentence",
    ["Alice loves Bob", "Alice who loves Bob sleeps", "the man whom Alice loves sleeps", "Bob is happy"],
)
def test_readings_go_back_to_derivations(sentence):
    reading = parse(sentence)[0]
    found = from_reading(reading)
    assert found.signature.doctrine is Doctrine.BICLOSED
    assert to_pregroup()(found) == replace(reading, spiders=()).diagram
    assert to_meaning()(found) == replace(reading, spiders=()).meaning(states=True)


# Files

AUTO = "\n".join(
    (
        "ID=wsj_1.1 PARSER=GOLD NUMPARSE=1",
        r"(<T S[dcl] 0 2> (<T S[dcl] 1 2> (<T NP 0 1> (<L N NNP NNP Alice N>) ) (<T S[dcl]\NP 0 2> "
        r"(<L (S[dcl]\NP)/NP VBZ VBZ loves (S[dcl]\NP_1)/NP_2>) (<T NP 0 2> (<L NP NNP NNP Bob NP>) "
        r"(<T NP[conj] 1 2> (<L conj CC CC and conj>) (<L NP NNP NNP Carol NP>) ) ) ) ) (<L . . . . .>) )",
        "",
        "ID=wsj_1.2 PARSER=GOLD NUMPARSE=1",
        "(<T NP 0 2> (<L NP[nb]/N DT DT the NP[nb]_1/N_1>) (<L N NN NN cat N>) )",
    )
)


def test_derivation_files(tmp_path):
    path = tmp_path / "wsj.auto"
    path.write_text(AUTO)
    first, second = read_auto(path)
    assert (first.name, first.line, second.name, second.line) == ("wsj_1.1", 2, "wsj_1.2", 5)
    assert first.derivation.rules == ("type-change", ">", "<", ">", "<")
    assert_agrees(first.derivation)
    assert first.derivation.reading().words == ("Alice", "loves", "Bob", "and", "Carol")
    assert first.derivation.reading().notes == ("punctuation . was left out",)
    assert second.derivation.reading().target == Ty("n")


@pytest.mark.parametrize(
    ("line", "column", "problem"),
    [
        ("nonsense", 1, "expected a node"),
        ("(<T S 0 2> (<L NP a a Alice NP>)", 33, "expected a node"),
        ("(<T S 0 2> (<L NP a a Alice NP>) )", 1, "says it has 2 children has 1"),
        ("(<L NP a a Alice>)", 1, "a node <L"),
        ("(<T S 0 2> (<L NP a a Alice NP>) (<L NP a a Bob NP>) )", 1, "no rule combines"),
        ("(<T S 0 3> (<L NP a a Alice NP>) )", 1, "children are 1 or 2"),
        (r"(<L S\ a a x S>)", 1, "end comes too early"),
        ("(<L NP a a Alice NP>) x", 22, "more text"),
        (")", 1, "closes nothing"),
        ("(<T S/S 0 2> (<L S/S a a x S/S>) " * 250, 1, "rules above each other|expected a node"),
    ],
)
def test_bad_files_name_line_and_column(line, column, problem):
    with pytest.raises(InputError, match=problem) as caught:
        list(parse_auto(f"ID=1\n{line}\n", source="bad.auto"))
    assert caught.value.line == 2
    if "above" not in problem:
        assert caught.value.column == column
    failures = []
    kept = list(parse_auto(f"{line}\n{AUTO}", failed=failures.append))
    assert len(kept) == 2
    assert len(failures) == 1


def test_hostile_files(tmp_path):
    binary = tmp_path / "b.auto"
    binary.write_bytes(b"\xff\xfe\x00" * 100)
    with pytest.raises(InputError, match="not UTF-8 text"):
        list(read_auto(binary))
    with pytest.raises(InputError, match="no such file"):
        list(read_auto(tmp_path / "none"))
    long = tmp_path / "long.auto"
    long.write_text("(" * 10_000_000)
    tracemalloc.start()
    with pytest.raises(InputError, match="a line of more than"):
        list(read_auto(long))
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


# NLTK

LEXICON = r"""
:- S, NP, N
the => NP/N
cat => N
Alice => NP
sleeps => S\NP
loves => (S\NP)/NP
gives => ((S\NP)/NP)/NP
and => var\.,var/.,var
quickly => (S\NP)\(S\NP)
that => (NP\NP)/(S/NP)
who => (NP\NP)/(S\NP)
"""


@pytest.mark.parametrize(
    "sentence",
    [
        "the cat sleeps",
        "Alice and Alice sleeps",
        "the cat that Alice loves sleeps",
        "Alice who loves the cat sleeps",
        "Alice gives Alice the cat",
        "Alice loves the cat quickly",
        "Alice loves and loves Alice",
    ],
)
def test_what_nltk_finds(sentence):
    pytest.importorskip("nltk", reason="the bridge to nltk")
    from catenary.functors.bridges import nltk

    found = nltk.parse_ccg(sentence, LEXICON, n_best=6)
    for made in found:
        assert isinstance(made, Derivation)
        assert_agrees(made)
        assert made.meaning().cod == Ty("s")


def test_nltk_refusals_and_trees():
    pytest.importorskip("nltk", reason="the bridge to nltk")
    from catenary.functors.bridges import nltk

    with pytest.raises(InputError, match="'dog' is not in"):
        nltk.parse_ccg("the dog", LEXICON)
    with pytest.raises(InputError, match="no derivation of S from Alice: NP"):
        nltk.parse_ccg("Alice Alice", LEXICON)
    with pytest.raises(InputError, match="not a CCG lexicon"):
        nltk.parse_ccg("a", "nonsense => => (")
    with pytest.raises(LimitReached):
        nltk.parse_ccg("Alice " * 100, LEXICON)
    assert nltk.parse_ccg("the cat", LEXICON, target="NP")[0].category == Ty("NP")
    with pytest.raises(InputError, match="does not derive"):
        nltk.parse_cfg("a a", "S -> 'a'")
    with pytest.raises(InputError, match="cover"):
        nltk.parse_cfg("b", "S -> 'a'")
    with pytest.raises(InputError, match="not a context-free grammar"):
        nltk.parse_cfg("b", "S ->> 'a'")
    both = nltk.parse_cfg("a a a", "S -> S S | 'a'", n_best=5)
    assert len(both) == 2
    assert both[0] != both[1]
