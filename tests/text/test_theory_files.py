"""Theory files: what is read, what is printed, what is refused and how."""

import io
import pickle
import random
import sys
import time
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    Cap,
    Copy,
    Cup,
    Diagram,
    Discard,
    Doctrine,
    Equation,
    InputError,
    Ob,
    Signature,
    SignatureError,
    Spider,
    Swap,
    Ty,
)
from catenary.diagrams.text import (
    Document,
    format_diagram,
    format_document,
    load_document,
    parse_diagram,
    parse_document,
)

HOPF = """theory hopf : symmetric   # bialgebras with antipode
object A
box m : A @ A -> A
box u : -> A
box Δ : A -> A @ A
box ε : A ->
box S : A -> A

axiom assoc: m @ A >> m = A @ m >> m
axiom unit-l: u @ A >> m = A
axiom bialgebra: m >> Δ = Δ @ Δ >> A @ swap(A, A) @ A >> m @ m
rule antipode: Δ >> S @ A >> m => ε >> u
claim unit_r: A @ u >> m = A
diagram twice = (m >> Δ)† >> Δ† >> m.dagger
"""


def same(one: Document, other: Document) -> bool:
    """Written the same, not only equal."""
    if (one.name, one.signature, list(one.diagrams)) != (other.name, other.signature, list(other.diagrams)):
        return False
    pairs = [(one.diagrams[name], other.diagrams[name]) for name in one.diagrams]
    for mine, theirs in zip((one.axioms, one.claims), (other.axioms, other.claims), strict=True):
        if [(e.name, e.directed) for e in mine] != [(e.name, e.directed) for e in theirs]:
            return False
        for a, b in zip(mine, theirs, strict=True):
            pairs += [(a.left, b.left), (a.right, b.right)]
    return all(a.identical(b) for a, b in pairs)


def fails(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_document(text, "here.cat")
    assert str(caught.value).startswith("here.cat")
    return caught.value


def hopf_with(line: str) -> InputError:
    error = fails(HOPF + line)
    assert error.line == HOPF.count("\n") + 1
    return error


# Reading


def test_a_whole_theory():
    doc = parse_document(HOPF)
    a = Ty("A")
    assert (doc.name, doc.signature.doctrine) == ("hopf", Doctrine.SYMMETRIC)
    assert doc.signature.objects == {"A"}
    assert list(doc.signature.generators) == ["m", "u", "Δ", "ε", "S"]
    assert doc.signature["u"].dom == Ty()
    assert doc.signature["ε"].cod == Ty()
    assert [e.name for e in doc.axioms] == ["assoc", "unit-l", "bialgebra", "antipode"]
    assert [e.directed for e in doc.axioms] == [False, False, False, True]
    assert [e.name for e in doc.claims] == ["unit_r"]
    assert doc.diagrams["twice"].dom == a @ a
    m, s = doc.signature["m"], doc.signature["Δ"]
    bialgebra = s @ s >> a @ Swap(a, a) @ a >> m @ m
    assert doc.axioms[2].right.identical(bialgebra)
    assert all(e.left.signature == e.right.signature == doc.signature for e in doc.axioms)
    assert doc.axioms[1].right.identical(Diagram.id(a, doc.signature))


def test_tensor_binds_tighter_and_lines_do_not_matter():
    doc = parse_document(
        "theory t : monoidal object A box f : A->A diagram d = f@f>>A\n@f diagram e = f @ (f >> f)"
    )
    f, a = doc.signature["f"], Ty("A")
    assert doc.diagrams["d"].identical(f @ f >> a @ f)
    assert doc.diagrams["e"].identical(f @ (f >> f))


def test_every_structural_box():
    doc = parse_document(
        """theory t : hypergraph
        object A, B
        diagram a = swap(A @ B, A)
        diagram b = cap(A @ B, B @ A) >> cup(A @ B, B @ A)
        diagram c = spider(2, 3, A @ B)
        diagram d = copy(A) >> discard(A) @ A
        diagram e = 1
        diagram f = A @ 1 @ B"""
    )
    a, b = Ty("A"), Ty("B")
    expected = {
        "a": Swap(a @ b, a).diagram,
        "b": Cap(a @ b, b @ a) >> Cup(a @ b, b @ a),
        "c": Spider(2, 3, a @ b).diagram,
        "e": Diagram.id(),
        "f": Diagram.id(a @ b),
    }
    for name, diagram in expected.items():
        assert doc.diagrams[name].identical(diagram.over(doc.signature))
    assert [box.kind for box in doc.diagrams["d"].boxes] == ["copy", "discard"]
    markov = parse_document("theory t : markov object A diagram d = copy(A) >> discard(A) @ A")
    assert markov.diagrams["d"].identical((Copy(a) >> Discard(a) @ a).over(markov.signature))


def test_adjoints_and_rotations():
    doc = parse_document(
        """theory t : rigid
        object n, s
        box loves : -> n.r @ s @ n.l
        diagram snake = n @ cap(n.r, n) >> cup(n, n.r) @ n
        diagram turned = loves.r.l.r"""
    )
    n, s = Ty("n"), Ty("s")
    assert doc.signature["loves"].cod == n.r @ s @ n.l
    assert doc.diagrams["snake"].identical((n @ Cap(n.r, n) >> Cup(n, n.r) @ n).over(doc.signature))
    assert doc.diagrams["turned"].dom == n.l.r @ s.r @ n.r.r


def test_parameters_are_half_turns():
    doc = parse_document(
        """theory t : symmetric
        object q
        box rz(θ) : q -> q
        box u3(a, b, c) : q -> q
        diagram d = rz(1/4) >> rz(-0.5) >> rz(2*α + 1/2) >> u3(1, -1/2 ** 2, (a - b) / 2)"""
    )
    alpha, a, b = sympy.symbols("α a b")
    params = [box.params for box in doc.diagrams["d"].boxes]
    assert params[:2] == [(Fraction(1, 4),), (-0.5,)]
    assert params[2] == (2 * alpha + sympy.Rational(1, 2),)
    assert params[3] == (1, Fraction(-1, 4), a / 2 - b / 2)


def test_names_with_anything_in_them_are_quoted():
    doc = parse_document(
        'theory "a theory" : symmetric object "two words", "swap" box "→\\"\\\\" : "two words" -> "swap"\n'
        'claim "1 = 1": "→\\"\\\\" = "→\\"\\\\"'
    )
    assert doc.signature['→"\\'].dom == Ty("two words")
    assert doc.claims[0].name == "1 = 1"
    assert same(parse_document(format_document(doc)), doc)


def test_declarations_may_come_after_their_use():
    doc = parse_document("theory t : symmetric claim c: f >> f = f box f : A -> A object A")
    assert len(doc.claims[0].left) == 2


def test_byte_order_mark_and_line_ends():
    assert same(parse_document("\ufeff" + HOPF.replace("\n", "\r\n")), parse_document(HOPF))


# Printing


def test_printed_text():
    assert (
        format_document(parse_document(HOPF))
        == """theory hopf : symmetric

object A

box m : A @ A -> A
box u : -> A
box Δ : A -> A @ A
box ε : A ->
box S : A -> A

diagram twice = Δ† >> m† >> Δ† >> m†

axiom assoc: m @ A >> m = A @ m >> m
axiom unit-l: u @ A >> m = A
axiom bialgebra: m >> Δ = Δ @ A >> A @ A @ Δ >> A @ swap(A, A) @ A >> m @ A @ A >> A @ m
rule antipode: Δ >> S @ A >> m => ε >> u

claim unit_r: A @ u >> m = A
"""
    )


names = st.one_of(
    st.sampled_from(["A", "n", "swap", "theory", "f'", "1", "a b", 'q"\\', "é→", "π-copy", "x.l", "#"]),
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\x85"),
        min_size=1,
        max_size=6,
    ),
)


@st.composite
def documents(draw):
    """Random theories in every doctrine, with boxes, structure, daggers, rotations and parameters."""
    doctrine = draw(st.sampled_from(list(Doctrine)))
    pool = draw(st.lists(names, min_size=5, max_size=5, unique=True))
    obs, gens, title = pool[:2], pool[2:4], pool[4]
    rnd = random.Random(draw(st.integers(0, 10**6)))

    def ty(least=0, most=2):
        z = (-2, -1, 0, 0, 0, 1, 2) if doctrine.has("cup") else (0,)
        return Ty(*(Ob(rnd.choice(obs), rnd.choice(z)) for _ in range(rnd.randrange(least, most + 1))))

    boxes = [Box(name, ty(), ty(), [0] * rnd.choice([0, 0, 1, 2])) for name in gens]
    signature = Signature(title, doctrine, obs, boxes)

    def param():
        x = sympy.Symbol(rnd.choice("xyθ"))
        return rnd.choice(
            [Fraction(rnd.randrange(-9, 9), 8), rnd.uniform(-3, 3), 1e-9, x / 3 - 1, -(x**2) * 2.5]
        )

    def step(wires):
        kind = rnd.choice(["box", "box", "box", *sorted(doctrine.operations - {"trace", "braid"})])
        a = ty(1, 2)
        if kind == "swap":
            return Swap(ty(), a)
        if kind == "cup":
            return rnd.choice([Cup(a, a.r), Cup(a.l, a)])
        if kind == "spider":
            return Spider(rnd.randrange(3), rnd.randrange(3), a)
        if kind in ("copy", "discard"):
            return {"copy": Copy, "discard": Discard}[kind](a)
        if kind == "cap":
            return rnd.choice([Cap(a.r, a), Cap(a, a.l)])
        box = signature[rnd.choice(gens)]
        box = box.replace(params=Box("x", Ty(), Ty(), [param() for _ in box.params]).params)
        box = box.dagger() if rnd.random() < 0.3 else box
        if doctrine.has("cup"):
            for _ in range(rnd.choice([0, 0, 1, 2])):
                box = rnd.choice([box.l, box.r])
        return box

    def diagram():
        # Whatever does not fit the wires that are there gets its wires from the boundary, at the right.
        dom, layers, wires = ty(), [], None
        wires = list(signature.doctrine.reduce(dom).objects)
        for _ in range(rnd.randrange(5)):
            box = Diagram.of_box(step(wires).replace(signature=signature)).boxes[0]
            need = list(box.dom.objects)
            spots = [i for i in range(len(wires) + 1 - len(need)) if wires[i : i + len(need)] == need]
            if spots:
                at = rnd.choice(spots)
            else:
                at = len(wires)
                dom = dom @ Ty.of(tuple(need))
                wires += need
            layers.append((box, at))
            wires[at : at + len(need)] = box.cod.objects
        return Diagram(dom, Ty.of(tuple(wires)), layers, signature)

    sides = [diagram() for _ in range(4)]
    # an equation needs two sides with one boundary: a diagram and itself after an identity layer will do
    equations = [Equation(f"e{k}" if k else title, d, d, bool(k % 2)) for k, d in enumerate(sides)]
    return Document(title, signature, equations[:2], equations[2:], {"the diagram": sides[0], "d2": sides[1]})


@given(documents())
def test_what_is_printed_reads_back(doc):
    text = format_document(doc)
    again = parse_document(text)
    assert same(again, doc)
    assert again == doc
    assert format_document(again) == text


@given(documents())
def test_documents_are_values(doc):
    assert pickle.loads(pickle.dumps(doc)) == doc
    assert hash(doc) == hash(parse_document(format_document(doc)))
    with pytest.raises(TypeError):
        doc.diagrams["x"] = None


def test_repr_evaluates():
    doc = parse_document(HOPF)
    import catenary.diagrams

    assert same(eval(repr(doc), {**vars(catenary.diagrams), "Document": Document, "Fraction": Fraction}), doc)


def test_diagrams_alone():
    signature = parse_document(HOPF).signature
    diagram = parse_diagram("m @ A >> swap(A, A)", signature)
    assert format_diagram(diagram) == "m @ A >> swap(A, A)"
    with pytest.raises(InputError, match="<text>:1:11: cannot compose"):
        parse_diagram("m @ A>> m >> m", signature)


def test_what_the_syntax_cannot_say_is_refused():
    a = Ty("A")
    with pytest.raises(SignatureError, match="open"):
        Document("free", Signature("free"))
    with pytest.raises(SignatureError, match="'A' twice"):
        Document("t", Signature("t", objects=["A"], generators=[Box("A", a, a)]))
    doc = parse_document("theory t : symmetric object A box r(x) : A -> A")
    sine = doc.signature["r"].replace(params=(sympy.sin(sympy.Symbol("x")),)).diagram
    with pytest.raises(SignatureError, match="sin"):
        format_document(Document("t", doc.signature, diagrams={"d": sine}))
    with pytest.raises(SignatureError, match="control characters"):
        format_document(Document("\x00", Signature("\x00", objects=[], generators=[])))


# Errors


def test_composition_points_at_the_operator_and_shows_both_sides():
    error = hopf_with("diagram d = m >> Δ >> S")
    assert error.column == 20
    assert "ends in  A @ A,  the right side begins with  A  (wire 2 differs)" in error.problem
    assert str(error).endswith("diagram d = m >> Δ >> S\n" + " " * 21 + "^")


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("diagram d = twise", 13, "no object, box or diagram 'twise'; did you mean twice?"),
        ("axoim a: m = m", 1, "unexpected 'axoim'; expected a new statement"),
        ("axoim a: m = m", 1, "did you mean axiom?"),
        ("claim a: m = u", 12, "different inputs: left  A @ A,  right  1"),
        ("axiom a: m => m", 12, "unexpected '=>'; expected '=' or '>>'"),
        ("claim assoc: m = m", 7, "'assoc' is already the name of an axiom"),
        ("box m : A -> A", 5, "'m' is already the name of a box"),
        ("object S", 8, "'S' is already the name of a box"),
        ("diagram twice = m", 9, "'twice' is already the name of a diagram"),
        ("diagram d = cup(A, A)", 13, "a symmetric theory has no cup; doctrines that do: rigid"),
        ("diagram d = A.l", 14, "a symmetric theory has no adjoints"),
        ("diagram d = A.dager", 14, "unknown suffix .dager; did you mean dagger?"),
        ("diagram d = swap(m, A)", 18, "a type is wanted here"),
        ("diagram d = swap(A)", 19, "unexpected ')'; expected"),
        ("diagram d = m(1)", 13, "m has no parameters, not 1"),
        ("diagram d = A(1)", 14, "A is an object and has no parameters"),
        ("diagram d = 2", 13, "2 is no diagram; 1 is the empty one"),
        ("diagram d = m ;", 15, "unexpected character ';'"),
        ('diagram d = "m', 13, "a quoted name that does not end on its line"),
        ('diagram d = ""', 13, "cannot be empty"),
        ("diagram d = (m", 15, "the text ends too early; expected"),
        ("box g : m -> A", 9, "no object 'm'"),
        ("box g : A >> A -> A", 11, "made of objects joined by @"),
        ("box g(π/4) : A -> A", 7, "write 1/4 for π/4"),
        ("box g(1/0) : A -> A", 7, "has no value"),
        ("box g(1e999) : A -> A", 7, "finite"),
        ("box g(2**65) : A -> A", 8, "at most 64"),
        ("box g(((9**64)**64)**64) : A -> A", 15, "thousand digits"),
        ("theory again : symmetric", 1, "unexpected 'theory'"),
    ],
)
def test_faults_have_places_and_words(line, column, words):
    error = hopf_with(line)
    assert words in error.problem
    assert error.column == column


def test_faults_of_the_header():
    assert "did you mean symmetric?" in fails("theory t : symetric").problem
    assert "there are monoidal, rigid" in fails("theory t : foo").problem
    assert "expected 'theory'" in fails("object A").problem
    assert "empty" in fails(" \n# nothing\n"[:2]).problem
    assert "ends too early" in fails("# nothing").problem


def test_doctrines_are_enforced():
    assert "no copy" in fails("theory t : symmetric object A diagram d = copy(A)").problem
    assert "no swap" in fails("theory t : rigid object A diagram d = swap(A, A)").problem
    assert "without adjoints" in fails("theory t : rigid object A diagram d = cup(A, A)").problem
    assert "wanted" in fails("theory t : rigid object A diagram d = cup(A, A.l)").problem
    assert "no spider" in fails("theory t : compact object A diagram d = spider(1, 2, A)").problem
    assert "at most" in fails("theory t : hypergraph object A diagram d = spider(1, 99999999999, A)").problem


def test_hostile_texts_fail_quickly():
    rnd = random.Random(5)
    noise = "".join(chr(rnd.randrange(1, 0x2000)) for _ in range(400_000))
    start = time.process_time()
    for text in (
        noise,
        "x" * 5_000_000,
        "theory t : symmetric diagram d = " + "(" * 100_000,
        "theory t : symmetric diagram d = " + "[" * 100_000,
        "theory t : symmetric object A diagram d = " + "A@" * 20_000,
        "theory t : symmetric object A diagram d = A" + ".l" * 20_000,
        "theory t : symmetric box f(" + "-" * 50_000 + "θ) : ->" + " object f",
        "theory t : symmetric # " + "(" * 400_000 + "\n)",
        "\x00" * 1000,
        "\ud800",
    ):
        with pytest.raises(InputError) as caught:
            parse_document(text)
        assert len(str(caught.value)) < 1000
    assert time.process_time() - start < 20


def test_long_chains_are_no_problem():
    text = "theory t : symmetric object A box f : A -> A diagram d = " + " >> ".join(["f"] * 5000)
    doc = parse_document(text)
    assert len(doc.diagrams["d"]) == 5000
    assert same(parse_document(format_document(doc)), doc)
    nested = "(" * 60 + "f" + ")" * 60
    assert (
        len(
            parse_document(f"theory t : symmetric object A box f : A -> A diagram d = {nested}").diagrams["d"]
        )
        == 1
    )
    assert "nested more than 60" in fails(f"theory t : symmetric diagram d =\n ({nested})").problem


# Files


def test_files(tmp_path):
    path = tmp_path / "hopf.cat"
    path.write_text(HOPF, encoding="utf-8")
    assert same(load_document(path), parse_document(HOPF))
    path.write_text("\ufeff" + HOPF, encoding="utf-8")
    assert same(load_document(path), parse_document(HOPF))
    for bad, words in (
        (tmp_path, "directory"),
        (tmp_path / "none.cat", "no such file"),
        ("bad\0name", "cannot read"),
    ):
        with pytest.raises(InputError, match=words):
            load_document(bad)
    path.write_bytes(b"theory t : symmetric\n\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8") as caught:
        load_document(path)
    assert caught.value.line == 2
    path.write_text(HOPF.replace("m @ A >> m", "m @ A >> Δ", 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"hopf\.cat:9:20: cannot compose"):
        load_document(path)


def test_standard_input(monkeypatch):
    class Pipe:
        buffer = io.BytesIO(HOPF.encode())

    monkeypatch.setattr(sys, "stdin", Pipe)
    assert load_document("-").name == "hopf"


def test_both_cups_of_pivotal_theories():
    text = """theory p : pivotal object A box f : A -> A
    diagram left = A.r @ f >> cup(A.r, A)
    diagram right = cap(A, A.r) >> f @ A.r >> cup(A, A.r)"""
    document = parse_document(text)
    assert document.diagrams["left"].dom == Ty("A").r @ Ty("A")
    assert same(parse_document(format_document(document)), document)
    with pytest.raises(InputError, match="cup joins a type and its adjoint"):
        parse_document(text.replace("pivotal", "rigid"))


@pytest.mark.parametrize("operator", [">>", "@"])
@pytest.mark.parametrize("start", ["s", "A"])
def test_names_that_double_have_a_limit(operator: str, start: str) -> None:
    rows = [f"diagram d{k} = d{k - 1} {operator} d{k - 1}" for k in range(1, 60)]
    text = "\n".join(["theory t : symmetric", "object A", "box s : A -> A", f"diagram d0 = {start}", *rows])
    if (operator, start) == (">>", "A"):
        assert len(parse_document(text).diagrams["d59"]) == 0
        return
    with pytest.raises(InputError, match=r"more than 1,000,000 boxes and wires"):
        parse_document(text)
