"""SVG files: well formed, deterministic, safe to put on a page."""

import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    CatenaryError,
    Cup,
    Diagram,
    Doctrine,
    Equation,
    InputError,
    Signature,
    Swap,
    Ty,
    free,
)
from catenary.diagrams.drawing import draw, equation_svg, steps_svg, to_svg

SVG = "{http://www.w3.org/2000/svg}"
A = Ty("A")
f = Box("f", A, A)


def parse(text):
    root = ET.fromstring(text)
    assert root.tag == SVG + "svg"
    return root


def texts(root):
    return [element.text for element in root.iter(SVG + "text")]


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=30), st.sampled_from(["down", "right"]))
def test_any_label_gives_well_formed_xml(name, ob, orientation):
    a = Ty(ob)
    diagram = Box(name, a, a @ a) >> Box("g", a @ a, a)
    root = parse(to_svg(diagram, orientation=orientation, title=name))
    assert len(list(root.iter(SVG + "rect"))) == 3  # the paper and two boxes


def test_markup_in_labels_is_text():
    root = parse(to_svg(Box("<script>alert(1)</script>", Ty('"&<'), A).diagram))
    assert not list(root.iter(SVG + "script"))
    assert "<script>alert(1)</script>" in texts(root)
    assert '"&<' in texts(root)


def test_the_same_diagram_gives_the_same_bytes_and_its_own_id():
    one, two = to_svg(f >> f), to_svg(f >> f)
    assert one == two
    names = {
        parse(svg).get("id")
        for svg in (one, to_svg(f.diagram), to_svg(f >> f, number=1), to_svg(f >> f, dark="dark"))
    }
    assert len(names) == 4


def test_style_rules_stay_inside_the_picture():
    root = parse(to_svg(f @ Swap(A, A)))
    name = root.get("id")
    style = next(root.iter(SVG + "style")).text
    flat = re.sub(r"@media\(prefers-color-scheme:dark\)\{(.*?\})\}", r"\1", style)
    selectors = [part for rule in re.findall(r"([^{}]+)\{[^{}]*\}", flat) for part in rule.split(",")]
    assert selectors
    assert all(selector.startswith(f"#{name}") for selector in selectors)


def test_light_and_dark():
    auto, light, dark = (to_svg(f.diagram, dark=mode) for mode in ("auto", "light", "dark"))
    assert "prefers-color-scheme" in auto
    assert "prefers-color-scheme" not in light + dark
    assert light != dark
    assert to_svg(f.diagram, dark=True) == to_svg(f.diagram, dark=True)
    with pytest.raises(CatenaryError, match="'auto', 'light' or 'dark'"):
        to_svg(f.diagram, dark="blue")


def test_accessible_name():
    root = parse(to_svg(f >> f))
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(SVG + "title").text == "String diagram A → A with 2 boxes"
    assert parse(to_svg(f.diagram, title="a & b")).get("aria-label") == "a & b"
    titles = [
        element.find(SVG + "title").text for element in root.iter(SVG + "g") if element.get("class") == "box"
    ]
    assert titles == ["f", "f"]


def test_highlight_marks_boxes_and_wires_of_structural_boxes():
    diagram = f @ A >> Swap(A, A)
    classes = [element.get("class") for element in parse(to_svg(diagram, highlight={0})).iter()]
    assert classes.count("box mark") == 1
    assert "wire mark" not in classes
    classes = [element.get("class") for element in parse(to_svg(diagram, highlight=[1])).iter()]
    assert "box mark" not in classes
    assert classes.count("wire mark") == 1


def test_zx_spiders_are_told_apart_without_colour():
    q = Ty("qubit")
    zx = Signature("ZX", Doctrine.HYPERGRAPH, ["qubit"])
    z = Box("Z", q, q @ q, [Fraction(1, 4)], signature=zx)
    x = Box("X", q @ q, q, [0], signature=zx)
    h = Box("H", q, q, signature=zx)
    root = parse(to_svg(z >> h @ q >> x))
    kinds = {g.get("class"): len(list(g.iter(SVG + "rect"))) for g in root.iter(SVG + "g") if g.get("class")}
    assert kinds == {"Z": 1, "H": 1, "X": 2}  # X has a second ring
    assert sorted(texts(root)) == ["H", "π/4"]  # no types on qubit wires, no phase that is zero


def test_empty_and_identity_pictures():
    assert texts(parse(to_svg(Diagram.id()))) == []
    assert texts(parse(to_svg(Diagram.id(A @ A)))) == ["A"] * 4


def test_cups_without_wires_are_nothing():
    empty = Cup(Ty(), Ty()).diagram
    assert texts(parse(to_svg(empty))) == []


def test_steps_side_by_side():
    steps = [("", f >> f, {0}), ("idempotent", f.diagram, ()), ("a <b> rule", f >> f, ())]
    root = parse(steps_svg(steps))
    shown = texts(root)
    assert shown.count("=") == 2
    assert "idempotent" in shown
    assert "a <b> rule" in shown
    assert shown.count("f") == 5
    assert parse(steps_svg([])).get("id")
    wide = parse(steps_svg(steps * 10, widest=1e9))
    narrow = parse(steps_svg(steps * 10, widest=10))
    assert float(narrow.get("width")) < 12 * 40 < float(wide.get("width"))
    assert float(narrow.get("height")) > float(wide.get("height"))


def test_equations():
    shown = texts(parse(equation_svg(Equation("idempotent", f >> f, f.diagram, directed=True))))
    assert shown.count("⇒") == 1
    assert "idempotent" in shown


def test_draw_by_suffix(tmp_path: Path, capsys):
    draw(f.diagram, tmp_path / "picture.SVG", orientation="right")
    assert (tmp_path / "picture.SVG").read_text() == to_svg(f.diagram, orientation="right") + "\n"
    draw(f.diagram, str(tmp_path / "picture.txt"))
    draw(f.diagram, "-")
    assert capsys.readouterr().out == (tmp_path / "picture.txt").read_text()
    for name in ("picture.gif", "picture"):
        with pytest.raises(InputError):
            draw(f.diagram, tmp_path / name)
    with pytest.raises(InputError, match="cannot write"):
        draw(f.diagram, tmp_path / "no" / "folder.svg")


def test_notebooks_show_the_picture():
    assert (f >> f)._repr_svg_() == to_svg(f >> f)


def test_word_labels_in_every_orientation():
    word = Box("loves", Ty(), Ty("n").r @ Ty("s"), signature=free(Doctrine.RIGID)).diagram
    for orientation in ("down", "right"):
        shown = texts(parse(to_svg(word, orientation=orientation)))
        assert shown.count("loves") == 1
        assert {"nʳ", "s"} < set(shown)
