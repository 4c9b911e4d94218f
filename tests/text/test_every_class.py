"""What a theory file says is read back from what is printed, for every doctrine and every class of box."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    Braid,
    Bubble,
    Curry,
    Diagram,
    Doctrine,
    Eval,
    InputError,
    Signature,
    SignatureError,
    Spider,
    Sum,
    Trace,
    Twist,
    Ty,
)
from catenary.diagrams.text import (
    Document,
    format_diagram,
    format_document,
    format_sum,
    load_document,
    parse_diagram,
    parse_document,
)
from catenary.functors.circuits.signature import GATE_SIGNATURE
from catenary.functors.zx import ZX, H, X, Z
from catenary.testing import diagrams, standard_boxes

a, b = Ty("a"), Ty("b")


def signature_of(doctrine: Doctrine) -> Signature:
    """A closed signature of the doctrine with a few generators."""
    boxes = [box for box in standard_boxes(_free(doctrine)) if not box.z]
    return Signature("t", doctrine, ["a", "b"], [box.plain() for box in boxes])


def _free(doctrine: Doctrine) -> Signature:
    from catenary.diagrams import free

    return free(doctrine)


@st.composite
def values(draw: st.DrawFn, doctrine: Doctrine) -> Diagram | Sum:
    """Diagrams and sums of a doctrine, with bubbles, curried diagrams and traces among their boxes."""
    signature = signature_of(doctrine)
    found: Diagram | Sum = draw(diagrams(doctrine, signature=signature, max_boxes=4))
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(
            st.sampled_from(
                ["bubble", "named", "sum", "curry", "eval", "dagger", "trace", "braid", "twist", "spider"]
            )
        )
        if kind == "sum":
            scalars = st.one_of(
                st.integers(-3, 3), st.fractions(-2, 2, max_denominator=9), st.floats(-2, 2), st.just(1 - 2j)
            )
            found = found * draw(scalars) + found * draw(scalars)
        elif kind == "bubble":
            found = Bubble(found, signature=signature).diagram
        elif kind == "named":
            found = Bubble(
                found, draw(st.sampled_from(["exp", "two words", "sum"])), a, b, signature=signature
            )
            found = found.diagram
        elif isinstance(found, Sum):
            continue
        elif kind == "dagger" and doctrine is not Doctrine.RIGID and not doctrine.has("curry"):
            held = [box.kind for box in found.boxes]
            if doctrine.has("spider") or not {"copy", "discard"} & set(held):
                found = found.dagger()
        elif kind == "curry" and doctrine.has("curry") and found.dom:
            found = Curry(found, draw(st.integers(1, len(found.dom))), draw(st.booleans())).diagram
        elif kind == "eval" and doctrine.has("curry"):
            ty = (b << a @ (b >> a)) if draw(st.booleans()) else (a >> b)
            found = found @ Eval(ty).diagram.over(signature)
        elif kind == "trace" and doctrine.has("trace") and doctrine.has("swap"):
            if Ty() != found.dom[-1:] == found.cod[-1:]:
                found = Trace(found)
        elif kind == "braid" and doctrine.has("braid"):
            box = Braid(a @ b, a)
            found = found @ (box.dagger() if draw(st.booleans()) else box)
        elif kind == "twist" and doctrine.has("twist"):
            found = found @ (Twist(a).dagger() if draw(st.booleans()) else Twist(a @ b))
        elif kind == "spider" and doctrine.has("spider"):
            phase = draw(st.sampled_from([0, Fraction(1, 4), 0.5]))
            found = found @ Spider(
                2, 1, a, phase=phase, structure=draw(st.sampled_from(["", "X", "two words"]))
            )
    return found.over(signature)


@pytest.mark.parametrize("doctrine", list(Doctrine))
def test_printed_and_read_back(doctrine: Doctrine) -> None:
    @settings(max_examples=25, deadline=None)
    @given(values(doctrine))
    def check(value: Diagram | Sum) -> None:
        signature = value.signature
        if isinstance(value, Sum):
            document = Document("t", signature, sums={"total": value})
        else:
            document = Document("t", signature, diagrams={"one": value})
            assert parse_diagram(format_diagram(value), signature).identical(value)
        text = format_document(document)
        again = parse_document(text)
        assert again == document
        assert format_document(again) == text

    check()


@pytest.mark.parametrize("doctrine", list(Doctrine))
def test_diagrams_alone_with_boxes_that_hold_others(doctrine: Doctrine) -> None:
    @settings(max_examples=15, deadline=None)
    @given(diagrams(doctrine, signature=signature_of(doctrine), nested=True))
    def check(diagram: Diagram) -> None:
        assert parse_diagram(format_diagram(diagram), diagram.signature).identical(diagram)

    check()


def test_sums() -> None:
    text = """theory t : symmetric
    object A
    box f : A -> A
    box g : A -> A
    sum s = 2 * f - 1/2 * (f >> g) + [x + 1] * g - -f
    sum product = (f + g) >> (f - g) @ 1
    sum none = zero(A, A @ A)
    sum complex = [0, 1] * f
    sum one = f
    diagram d = bubble(f + g, log) >> bubble(f, A -> A @ A)"""
    found = parse_document(text)
    f, g = (found.signature[name].diagram for name in "fg")
    import sympy

    x = sympy.Symbol("x")
    assert found.sums["s"] == 2 * f - Fraction(1, 2) * (f >> g) + (x + 1) * g + f
    assert found.sums["product"] == (f + g) >> (f - g)
    assert found.sums["none"] == Sum.zero(Ty("A"), Ty("A", "A"))
    assert found.sums["complex"] == 1j * f
    assert [box.kind for box in found.diagrams["d"].boxes] == ["bubble", "bubble"]
    assert parse_document(format_document(found)) == found
    assert eval(repr(found), _names()) == found


def _names() -> dict[str, object]:
    import sympy

    import catenary.diagrams as d

    return vars(d) | {
        "Document": Document,
        "sympy": sympy,
        "Symbol": sympy.Symbol,
        "Integer": sympy.Integer,
        "Fraction": Fraction,
    }


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("diagram d = f + f", "one diagram is wanted here"),
        ("sum s = f + 1", "terms have different inputs: left  A,  right  1"),
        ("axiom e: f + f = f", "one diagram is wanted here"),
        ("sum s = 1/0 * f", "divides by zero"),
        ("sum s = " + " >> ".join(["(f + f)"] * 20), "more than 10,000 terms"),
        ("diagram d = curry(f)", "a symmetric theory has no curry; doctrines that do: biclosed"),
        ("diagram d = trace(f)", "a symmetric theory has no trace; doctrines that do: traced"),
        ("box h : over(A, A) -> A", "no exponentials; doctrines that do: biclosed"),
        ("diagram d = f[2]", "expected ','"),
        (
            "diagram d = f[2, 1] >> f[1, 1] @ f",
            "the left side ends in  A,  the right side begins with  A @ A",
        ),
        ("diagram d = u[1, 2]", "u was declared without outputs"),
        ("diagram d = bubble(f, left, f -> A)", "a type is wanted here"),
        ('include "other.cat"', "cannot be included"),
        ("sum f = f", "already the name of a box"),
        ("diagram d = bubbel(f)", "did you mean bubble?"),
    ],
)
def test_faults(line: str, problem: str) -> None:
    text = "theory t : symmetric\nobject A\nbox f : A -> A\nbox u : A ->\n" + line
    with pytest.raises(InputError) as caught:
        parse_document(text)
    if "bubbel" not in line:
        assert problem in str(caught.value)
    assert (caught.value.line, "^" in str(caught.value)) == (5, True)


def test_curry_and_trace_have_sides() -> None:
    closed = signature_of(Doctrine.BICLOSED)
    m = closed["m"]  # a @ b -> b @ a
    assert parse_diagram("curry(m, 1, left)", closed) == Curry(m, 1, True).diagram
    assert parse_diagram("curry(m)", closed) == Curry(m).diagram
    assert parse_diagram("eval(under(a, b))", closed) == Eval(a >> b).diagram
    with pytest.raises(InputError, match="the side is  left"):
        parse_diagram("curry(m, 1, right)", closed)
    with pytest.raises(InputError, match="curry 3 of 2 inputs"):
        parse_diagram("curry(m, 3)", closed)


# Families: ZX diagrams and circuits


def test_zx_and_circuits_are_written_with_their_families() -> None:
    qubit = Ty("qubit")
    diagram = Z(1, 2, Fraction(1, 4)) >> X(2, 0, 1) @ Diagram.id() >> Z(0, 3) >> H @ qubit @ qubit
    text = format_diagram(diagram)
    assert text == "Z[1, 2](1/4) >> X[2, 0](1) >> Z[0, 3](0) >> H @ qubit @ qubit"
    assert parse_diagram(text, ZX).identical(diagram)
    document = Document("ZX", ZX, diagrams={"d": diagram})
    assert parse_document(format_document(document)) == document
    with pytest.raises(InputError, match="did you mean"):
        parse_diagram("ZZ[1, 2](0)", ZX)
    names = sorted(GATE_SIGNATURE.generators or {})
    whole = Document("circuits", GATE_SIGNATURE, diagrams={n + "_": GATE_SIGNATURE[n].diagram for n in names})
    assert parse_document(format_document(whole)) == whole


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.fractions(-1, 1, max_denominator=8)), max_size=5
    )
)
def test_any_legs(rows: list[tuple[int, int, Fraction]]) -> None:
    diagram = Diagram.id(Ty(), ZX)
    for i, (ins, outs, phase) in enumerate(rows):
        box = (Z, X)[i % 2](ins, outs, phase)
        diagram = diagram @ (box.dagger() if i % 3 else box)
    assert parse_diagram(format_diagram(diagram), ZX).identical(diagram)


# Files that include others

MONOID = "theory monoid : monoidal\nobject A\nbox m : A @ A -> A\naxiom assoc: m @ A >> m = A @ m >> m\n"


def test_theories_take_over_others(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "monoid.cat").write_text(MONOID + "diagram square = m @ A >> m\nclaim c: m = m\n")
    (tmp_path / "lib" / "unit.cat").write_text(
        'theory unit : monoidal extends "../monoid.cat"\nbox u : -> A\naxiom left: u @ A >> m = A\n'
    )
    main = tmp_path / "main.cat"
    main.write_text(
        'theory main : symmetric extends monoid\ninclude "lib/unit.cat"\n'
        "axiom commute: swap(A, A) >> m = m\ndiagram e = square\nclaim right: A @ u >> m = A\n"
    )
    found = load_document(main)
    assert found.signature.doctrine is Doctrine.SYMMETRIC
    assert list(found.signature.generators or {}) == ["m", "u"]
    assert [e.name for e in found.axioms] == ["assoc", "left", "commute"]
    assert [e.name for e in found.claims] == ["right"]
    assert found.diagrams["e"] == found.diagrams["square"]
    assert parse_document(format_document(found)) == found
    assert parse_document(main.read_text(), folder=tmp_path) == found
    with pytest.raises(InputError, match="cannot be included: this text is not a file in a folder"):
        parse_document(main.read_text())


def refused(folder: Path, text: str) -> InputError:
    (folder / "main.cat").write_text(text)
    with pytest.raises(InputError) as caught:
        load_document(folder / "main.cat")
    return caught.value


def test_paths_do_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.cat").write_text(MONOID)
    (inside / "link.cat").symlink_to(tmp_path / "secret.cat")
    head = "theory main : symmetric\n"
    for name in ("../secret.cat", "link.cat", "x/../../secret.cat"):
        error = refused(inside, head + f'include "{name}"')
        assert "leads out of the folder" in str(error)
        assert (error.line, error.column) == (2, 1)
    for name in (str(tmp_path / "secret.cat"), "a\\\\b.cat"):
        assert "named from this file's folder" in str(refused(inside, head + f'include "{name}"'))
    assert "no such file" in str(refused(inside, head + 'include "none.cat"'))


def test_circles_and_clashes_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.cat").write_text("theory a : monoidal extends b")
    (tmp_path / "b.cat").write_text("theory b : monoidal extends main")
    assert "main.cat -> a.cat -> b.cat -> main.cat" in str(
        refused(tmp_path, "theory main : monoidal extends a")
    )
    (tmp_path / "one.cat").write_text("theory one : monoidal object A box f : A -> A axiom e: f >> f = f")
    (tmp_path / "two.cat").write_text("theory two : monoidal object A box f : A -> A @ A")
    (tmp_path / "three.cat").write_text("theory three : monoidal object A box f : A -> A axiom e: f >> f = A")
    (tmp_path / "four.cat").write_text("theory four : symmetric object f")
    head = "theory main : monoidal extends one"
    assert "one.cat and two.cat have different boxes 'f'" in str(refused(tmp_path, head + ", two"))
    assert "different axioms 'e'" in str(refused(tmp_path, head + ", three"))
    assert "a symmetric theory, which a monoidal one does not include" in str(
        refused(tmp_path, head + ", four")
    )
    assert "has an object 'f', which is a box" in str(
        refused(tmp_path, "theory main : symmetric extends one, four")
    )
    assert "already the name of a box" in str(refused(tmp_path, head + "\nbox f : A -> A"))
    (tmp_path / "bad.cat").write_text("theory bad : monoidal\nobject A\nbox f A -> A")
    error = refused(tmp_path, "theory main : monoidal extends bad")
    assert (error.source, error.line) == ("bad.cat", 3)


def test_many_files_are_refused(tmp_path: Path) -> None:
    for i in range(120):
        (tmp_path / f"t{i}.cat").write_text(f"theory t{i} : monoidal extends t{i + 1}")
    assert "more than 100 files" in str(refused(tmp_path, "theory main : monoidal extends t0"))


def test_what_cannot_be_said_is_refused() -> None:
    signature = signature_of(Doctrine.SYMMETRIC)
    other = Box("z", a, a)
    held = Bubble(other, "F", signature=signature)
    with pytest.raises(SignatureError, match="one signature"):
        format_diagram(held.diagram)
    deep = signature["f"].diagram
    for _ in range(70):
        deep = Bubble(deep).diagram
    with pytest.raises(SignatureError, match="more than 60 parentheses"):
        format_diagram(deep)
    with pytest.raises(SignatureError, match="digits"):
        format_sum(10**70 * signature["f"].diagram)
