"""Chyp theories: read as Chyp reads them, written back, and refused with a place."""

import contextlib
import random
import time

import pytest
from hypothesis import given, settings

from catenary.diagrams import (
    Box,
    Diagram,
    Doctrine,
    InputError,
    Signature,
    SignatureError,
    Swap,
    Ty,
)
from catenary.diagrams.bridges import chyp
from catenary.diagrams.text import Document
from catenary.rewriting.prove import prove
from catenary.rewriting.theory import Theory
from catenary.testing import diagrams

HOPF = """
# a bialgebra with an antipode
gen m : 2 -> 1
gen u : 0 -> 1 "ff0000"
gen n : 1 -> 2 "ff0000" "00ff00"
gen v : 1 -> 0
gen s : 1 -> 1
rule assoc : m * id ; m = id * m ; m
rule unitL : u * id ; m == id
rule unitR : id * u ; m = id
rule coassoc : n ; n * id = n ; id * n
rule counitL : n ; v * id = id
rule counitR : n ; id * v = id
rule bialg : m ; n = n * n ; id * sw * id ; m * m
rule ucp : u ; n = u * u
rule vcp : m ; v = v * v
rule uv : u ; v = id0
rule antiL : n ; s * id ; m = v ; u
let twice = m ; n
def n2 = n * n ; id * sw * id
show assoc
rule once : s ; s ~> id
rewrite units :
  (u * u) ; m
  = u by unitL
  = u
rewrite s_keeps_u : n2 ; n2 * id * id
  = n2 ; n * n * id * id ; id * sw * id * id * id by n2_def
rewrite -once : id
  <= s ; s by refl
"""


def test_a_theory_is_read():
    theory = chyp.read_text(HOPF, "hopf.chyp", name="hopf")
    sig = theory.signature
    assert set(sig.generators) == {"m", "u", "n", "v", "s", "n2"}
    assert (len(sig["n2"].dom), len(sig["n2"].cod)) == (2, 4)
    wire = Ty(*sig.objects)
    m, n, s = sig["m"], sig["n"], sig["s"]
    rules = {e.name: e for e in theory.axioms}
    assert len(rules) == 13
    assert rules["bialg"].right == n @ n >> wire @ Swap(wire, wire) @ wire >> m @ m
    assert rules["once"].directed
    assert rules["uv"].right == Diagram.id(Ty(), sig)
    assert rules["n2_def"].left == sig["n2"].diagram
    assert theory.diagrams["twice"] == m >> n
    claims = {e.name: e for e in theory.claims}
    assert claims["units"].right == sig["u"].diagram
    assert claims["once_converse"].left == Diagram.id(wire, sig)
    assert claims["once_converse"].right == s >> s


def test_what_is_read_can_be_proved():
    theory = chyp.read_text(HOPF, name="hopf")
    answer = prove(theory.claims[0], Theory.from_document(theory))
    assert answer.proof is not None


def test_permutations_are_chyps():
    """Output i is input p[i], as `Graph.perm` of Chyp says; with states a0, a1, a2 before them."""
    theory = chyp.read_text("gen a : 0 -> 1 gen b : 0 -> 1 gen c : 0 -> 1 let d = a * b * c ; sw[2, 0, 1]")
    sig = theory.signature
    assert theory.diagrams["d"] == sig["c"] @ sig["a"] @ sig["b"]


SIGNATURE = Signature(
    "t",
    Doctrine.SYMMETRIC,
    ["w"],
    [Box("f", Ty("w", "w"), Ty("w")), Box("g", Ty("w"), Ty("w", "w")), Box("h", Ty(), Ty("w"))],
)


@settings(max_examples=40)
@given(diagrams(signature=SIGNATURE))
def test_written_and_read_again(d):
    document = Document("t", SIGNATURE, (), (), {"d": d})
    back = chyp.read_text(chyp.write_text(document), name="t")
    assert len(back.diagrams["d"].boxes) == len(d.boxes)
    renamed = Signature(
        "t", Doctrine.SYMMETRIC, ["wire"], [b.plain() for b in back.signature.generators.values()]
    )
    text = chyp.write_text(Document("t", renamed, (), (), dict(back.diagrams)))
    assert text == chyp.write_text(back) == chyp.write_text(document)


def test_files(tmp_path):
    (tmp_path / "hopf.chyp").write_text(HOPF)
    theory = chyp.load(tmp_path / "hopf.chyp")
    assert theory.name == "hopf"
    again = chyp.read_text(chyp.write_text(theory), name="hopf")
    assert again.signature == theory.signature
    assert again.axioms == theory.axioms


def test_what_chyp_cannot_say_is_refused():
    for sig in (
        Signature("t", Doctrine.COMPACT, ["a"], []),
        Signature("t", Doctrine.SYMMETRIC, ["a", "b"], []),
        Signature("t", Doctrine.SYMMETRIC, ["a"], [Box("f", Ty("a"), Ty("a"), [1])]),
        Signature("t", Doctrine.SYMMETRIC, ["a"], [Box("id", Ty("a"), Ty("a"))]),
        Signature("t", Doctrine.SYMMETRIC, ["a"], [Box("é", Ty("a"), Ty("a"))]),
    ):
        with pytest.raises(SignatureError, match="Chyp"):
            chyp.write_text(Document("t", sig))
    sig = Signature("t", Doctrine.SYMMETRIC, ["a"], [Box("f", Ty("a"), Ty("a"))])
    with pytest.raises(SignatureError, match="dagger"):
        chyp.write_text(Document("t", sig, (), (), {"d": sig["f"].dagger().diagram}))


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("gen f : 2 -> 1\nrule a : f ; f = f", (2, 12), "1 wires before this ';' and 2 after it"),
        ("gen f : 2 -> 1\nrule a : f = id", (2, 12), "the left side is 2 -> 1, the right side 1 -> 1"),
        ("let x = y", (1, 9), "'y' is not declared"),
        ("let x = y\ngen y : 1 -> 1", (1, 9), "further down"),
        ("gen f : A * B -> C", (1, 9), "typed wires"),
        ("let f = id[A]", (1, 12), "typed wires"),
        ("import smc as s", (1, 1), "import"),
        ("gen f : 1 -> 1 gen f : 2 -> 1", (1, 20), "before"),
        ("gen f : 1 -> 1 let f = id", (1, 20), "twice"),
        ("let f = id gen f : 1 -> 1", (1, 5), "twice"),
        ("rule a : id = id rule a : id = id", (1, 23), "twice"),
        ("let x = sw[0, 0]", (1, 9), "not a permutation"),
        ("let x = (id", (1, 12), "expected ')'"),
        ("let x = id }", (1, 12), "unexpected character"),
        ("rewrite a : id = ? by b", (1, 18), "hole"),
        ("rewrite a : id = id by b", (1, 24), "no rule 'b'"),
        ("rewrite a : id = id by refl(b)", (1, 28), "tactics"),
        ("gen f : 99999999999999 -> 1", (1, 9), "up to"),
        ("frob", (1, 1), "expected 'def'"),
    ],
)
def test_faults_have_a_place(text, place, problem):
    with pytest.raises(InputError) as caught:
        chyp.read_text(text, "t.chyp")
    assert (caught.value.line, caught.value.column) == place
    assert problem in caught.value.problem


@pytest.mark.parametrize(
    "text",
    [
        "let x = " + "(" * 100_000,
        "let x = " + "id * " * 10,
        "gen f : 1 -> 1 let x0 = f ; f " + " ".join(f"let x{i + 1} = x{i} ; x{i}" for i in range(60)),
        "let x0 = id * id " + " ".join(f"let x{i + 1} = x{i} * x{i}" for i in range(60)),
        "#" * 10,
        "x" * 1_000_000,
        "gen f : 300000 -> 300000 let x = f * f ; f * f",
    ],
    ids=lambda t: t[:20],
)
def test_hostile_text_is_refused_or_read_quickly(text):
    start = time.process_time()
    with contextlib.suppress(InputError):
        chyp.read_text(text)
    assert time.process_time() - start < 5


def test_long_files_are_read_in_linear_time():
    text = "gen f : 1 -> 1\nlet x = " + " ; ".join(["f"] * 20_000)
    start = time.process_time()
    assert len(chyp.read_text(text).diagrams["x"]) == 20_000
    assert time.process_time() - start < 10


def test_damage_gives_input_errors_only():
    rng = random.Random(0)
    for _ in range(300):
        at = rng.randrange(len(HOPF))
        new = rng.choice(
            ["", "[", ")", "id", " ; ", "*", "gen", "=", "->", "9", "é", " by ", "-", "rule a : "]
        )
        with contextlib.suppress(InputError):
            chyp.read_text(HOPF[:at] + new + HOPF[at + rng.randrange(4) :])
