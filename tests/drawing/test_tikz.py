"""TikZ: escaped, and compiled by a real LaTeX where there is one."""

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import Box, CatenaryError, Ty
from catenary.diagrams.drawing import draw, to_tikz
from catenary.diagrams.drawing.latex import escape
from catenary.diagrams.drawing.sheets import joined, picture_of
from tests.drawing.pictures import NAMES, A, each_kind, random_nested

LATEX = shutil.which("pdflatex")
needs_latex = pytest.mark.skipif(LATEX is None, reason="pdflatex is not installed")


def compiled(source, folder):
    path = folder / "picture.tex"
    path.write_text(source, encoding="utf-8")
    run = subprocess.run(
        [LATEX, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", path.name],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=120,
    )
    log = (folder / "picture.log").read_text(encoding="utf-8", errors="replace")
    assert run.returncode == 0, log[-3000:]
    assert (folder / "picture.pdf").stat().st_size > 1000
    return log


@needs_latex
def test_every_kind_compiles_on_one_page(tmp_path):
    sheets = [
        [picture_of(value, orientation=orientation) for value in each_kind().values()]
        for orientation in ("down", "right")
    ]
    nested = [picture_of(random_nested(seed, 6)) for seed in range(4)]
    log = compiled(to_tikz(joined([*sheets, nested]), standalone=True, dark="dark"), tmp_path)
    assert "(1 page" in log
    assert "Overfull" not in log


@needs_latex
def test_labels_of_all_kinds_compile(tmp_path):
    printable = "".join(chr(c) for c in range(32, 0x250) if chr(c).isprintable())
    symbols = "αωΓΩπ†‡√∞⊗⊕→⇒∇∂∑∏∫≤≥≠∈⊆∅∀∃¬∧∨⟨⟩ℏ⁰¹²³ⁿ₀₁₂ˡʳ−′…“”日本語😀א\u0301\n\t\x07"
    labels = [*NAMES, symbols, *(printable[k : k + 30] for k in range(0, len(printable), 30))]
    boxes = [picture_of(Box(label, A, Ty(label)).diagram) for label in labels]
    compiled(to_tikz(joined([[box] for box in boxes]), standalone=True), tmp_path)


@given(st.text(max_size=30))
def test_nothing_in_a_label_is_a_command(text):
    shown = escape(text)
    # What is left after the commands and braces that we write is plain text, without anything special.
    assert shown.count("{") - shown.count(r"\{") == shown.count("}") - shown.count(r"\}")
    left = re.sub(
        r"\\ifdefined\\Umathchar .\\else\\resizebox\{\.95em\}\{!\}\{\\ttfamily [0-9A-F]+\}\\fi\{\}", "", shown
    )
    left = re.sub(r"\{\}[\^_]\{[^{}]*\}|\\[{}$&#%_]|\\[`'^~=.\"](?=\{)|\\[A-Za-z]+", "", left)
    assert not set("\\$&#%_^~") & set(left)


def test_a_picture_as_source():
    source = to_tikz(Box("f_1 & 50%", A, Ty("b^2")).diagram)
    assert r"f\_1 \& 50\%" in source
    assert r"b\textasciicircum{}2" in source
    assert source.startswith(r"\begin{tikzpicture}")
    assert source.endswith("\\end{tikzpicture}\n")
    assert source == to_tikz(Box("f_1 & 50%", A, Ty("b^2")).diagram)
    with pytest.raises(CatenaryError, match="light"):
        to_tikz(Box("f", A, A), dark="blue")


def test_a_file(tmp_path):
    draw(Box("f", A, A), tmp_path / "f.tex", orientation="right")
    text = (tmp_path / "f.tex").read_text(encoding="utf-8")
    assert text.startswith(r"\documentclass")
    assert set(re.findall(r"\\usepackage(?:\[.*?\])?\{(.*?)\}", text)) == {
        "fontenc",
        "inputenc",
        "tikz",
        "geometry",
    }


@pytest.mark.parametrize("name", sorted(each_kind()))
def test_braces_and_numbers_are_sound(name):
    source = to_tikz(each_kind()[name])
    assert "nan" not in source
    assert "e-" not in re.sub(r"catenary-\w+", "", source)  # no exponents in numbers
    assert source.count(r"\begin{") == source.count(r"\end{") == 1
