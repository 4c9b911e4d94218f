"""What notebooks show."""

import sys
import types

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


def test_names_are_kept_apart():
    pictures = [to_svg(f), to_svg(f, number=1), to_svg(f, orientation="right"), to_svg(Box("g", A, Ty()))]
    names = {picture.split('id="')[1].split('"')[0] for picture in pictures}
    assert len(names) == 4
