"""What notebooks show."""

import ast
import json
import sys
import types
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from catenary.diagrams import Box, Diagram, Equation, Ty
from catenary.diagrams.drawing import to_svg, to_text, to_tikz
from tests.drawing.pictures import A, each_kind

f = Box("f", A, A)


@pytest.mark.parametrize("name", sorted(each_kind()))
def test_everything_shows_itself(name):
    value = each_kind()[name]
    shown = value._repr_mimebundle_()
    assert set(shown) == {"image/svg+xml", "text/plain"}
    assert shown["image/svg+xml"] == to_svg(value) == value._repr_svg_() == value.to_svg()
    assert value.to_text() == to_text(value)
    assert value.to_tikz() == to_tikz(value)
    assert set(value._repr_mimebundle_(include={"image/svg+xml"})) == {"image/svg+xml"}
    assert set(value._repr_mimebundle_(exclude={"image/svg+xml"})) == {"text/plain"}
    assert value._repr_mimebundle_(include=["text/latex"]) == {"text/latex": to_tikz(value)}


def test_hypergraphs_show_themselves():
    assert "f" in (f >> f).to_hypergraph()._repr_mimebundle_()["text/plain"]


def test_huge_diagrams_are_shortened_visibly():
    long = Diagram(A, A, [(f, 0)] * 5000)
    shown = long._repr_mimebundle_()
    assert "… 4700 more boxes …" in shown["image/svg+xml"]
    assert "… 4960 more boxes …" in shown["text/plain"]
    assert sum(map(len, shown.values())) < 200_000


def test_latex_for_documents_and_none_in_notebooks(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert f._repr_latex_() == to_tikz(f)
    module = types.ModuleType("IPython")
    module.get_ipython = lambda: object()
    monkeypatch.setitem(sys.modules, "IPython", module)
    assert f._repr_latex_() is None


def test_a_real_notebook_shows_svg_and_text():
    formatters = pytest.importorskip("IPython.core.formatters", reason="needs IPython")
    pytest.importorskip("IPython", reason="needs IPython")
    data, _ = formatters.DisplayFormatter().format(Equation("e", f >> f, f.diagram))
    assert {"image/svg+xml", "text/plain"} <= set(data)
    assert data["text/plain"].startswith("e:")


NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_the_notebook_runs(path):
    names = {}
    shown = 0
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        assert not cell["outputs"], "notebooks are kept without outputs"
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, path.name, "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), path.name, "eval"), names)
            picture = value._repr_mimebundle_()
            ET.fromstring(picture["image/svg+xml"])
            assert picture["text/plain"]
            shown += 1
    assert shown >= 5


def test_names_are_kept_apart():
    pictures = [to_svg(f), to_svg(f, number=1), to_svg(f, orientation="right"), to_svg(Box("g", A, Ty()))]
    names = {picture.split('id="')[1].split('"')[0] for picture in pictures}
    assert len(names) == 4
