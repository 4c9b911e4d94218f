"""ZX diagrams as files of pyzx and zxlive, both ways, and H-boxes."""

import importlib.util
import json
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import CatenaryError, InputError, LimitReached
from catenary.functors.zx import H, X, Z, hbox, hbox_of, zx_array
from catenary.functors.zx_files import (
    from_qgraph,
    read_phase,
    read_qgraph,
    to_qgraph,
    write_phase,
    write_qgraph,
)
from catenary.functors.zx_graphs import SpiderGraph
from catenary.rewriting.zx import ZXGraph
from catenary.rewriting.zx.evaluate import matrix

_spec = importlib.util.spec_from_file_location("zx_circuits", Path(__file__).with_name("conftest.py"))
_module = sys.modules.setdefault("zx_circuits", importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(_module)
diagrams, evaluate = _module.diagrams, _module.evaluate


@given(diagrams())
def test_graphs_of_spiders_are_the_diagram(diagram):
    graph = SpiderGraph.of(diagram)
    back = graph.to_diagram()
    np.testing.assert_allclose(evaluate(back), evaluate(diagram), atol=1e-9)
    assert SpiderGraph.of(back).to_diagram() == back


@given(diagrams())
@settings(max_examples=60)
def test_files_are_read_back_and_by_pyzx(diagram):
    value = json.loads(json.dumps(to_qgraph(diagram)))
    wanted = evaluate(diagram)
    np.testing.assert_allclose(evaluate(from_qgraph(value)), wanted, atol=1e-9)
    pyzx = pytest.importorskip("pyzx")
    theirs = pyzx.Graph.from_json(value)
    np.testing.assert_allclose(np.asarray(theirs.to_matrix()).reshape(wanted.shape), wanted, atol=1e-8)
    again = from_qgraph(json.loads(theirs.to_json()))
    # pyzx drops a factor that is within 1e-5 of 1 from its files
    np.testing.assert_allclose(evaluate(again), wanted, atol=1e-4)


def test_a_file_is_written_and_read(tmp_path):
    alpha = sympy.Symbol("alpha")
    diagram = Z(1, 2, alpha / 2 + Fraction(1, 4)) >> X(2, 1, 0.3)
    write_qgraph(tmp_path / "a.qgraph", diagram)
    assert read_qgraph(tmp_path / "a.qgraph") == SpiderGraph.of(diagram).to_diagram()
    value = json.loads((tmp_path / "a.qgraph").read_text(encoding="utf-8"))
    assert value["variable_types"] == {"alpha": False}


def test_the_older_format_is_read():
    value = {
        "wire_vertices": {
            "b0": {"annotation": {"boundary": True, "coord": [0, 0], "input": 0}},
            "b1": {"annotation": {"boundary": True, "coord": [3, 0], "output": 0}},
        },
        "node_vertices": {
            "v0": {"annotation": {"coord": [1, 0]}, "data": {"type": "Z", "value": "\\pi/4"}},
            "v1": {"annotation": {"coord": [2, 0]}, "data": {"type": "X", "value": "-\\pi"}},
            "h0": {"annotation": {"coord": [2, 0]}, "data": {"type": "hadamard", "is_edge": "true"}},
            "h1": {"annotation": {"coord": [2, 0]}, "data": {"type": "hadamard", "is_edge": "true"}},
            "h2": {
                "annotation": {"coord": [2, 0]},
                "data": {"type": "hadamard", "is_edge": "false", "value": "\\pi"},
            },
        },
        "undir_edges": {
            "e0": {"src": "b0", "tgt": "v0"},
            "e1": {"src": "v0", "tgt": "h0"},
            "e2": {"src": "h0", "tgt": "h1"},
            "e3": {"src": "h1", "tgt": "v1"},
            "e4": {"src": "v1", "tgt": "b1"},
            "e5": {"src": "v0", "tgt": "h2"},
        },
        "scalar": {"power2": 2, "phase": "1/2"},
    }
    found = evaluate(from_qgraph(value))
    wanted = 2j * evaluate(Z(1, 2, Fraction(1, 4)) >> X(1, 1, 1) @ hbox(1, 0))
    np.testing.assert_allclose(found, wanted, atol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 3}, "version 3"),
        ({"vertices": [{"id": 0, "t": 4, "pos": [0, 0]}]}, "a W node"),
        ({"vertices": [{"id": 0, "t": 6, "pos": [0, 0]}]}, "a Z box"),
        ({"vertices": [{"id": 0, "t": 0, "pos": [0, 0]}]}, "vertex 0: boundary"),
        ({"vertices": [{"id": 0, "t": 1, "pos": [0, 0], "is_ground": True}]}, "ground"),
        ({"vertices": [{"id": 0, "t": 1, "phase": "1/0"}]}, "division by zero"),
        ({"vertices": [{"id": 0, "t": 1, "phase": "import os"}]}, "no phase"),
        ({"vertices": [{"id": 0, "t": 1, "phase": "a**b"}]}, "no phase"),
        ({"vertices": [{"id": 0, "t": 1, "phase": "inf"}]}, "not finite"),
        ({"vertices": [{"id": 0, "t": 3, "data": {"label": "x"}}]}, "no complex number"),
        ({"vertices": 3}, "no well-formed"),
        ({"edges": [[0, 1, 1]]}, "no vertex 0"),
        ({"edges": [[0, 1]]}, "no well-formed"),
        ({"scalar": {"is_unknown": True}}, "unknown"),
        ({"inputs": [7]}, "no vertex 7"),
    ],
)
def test_what_is_no_diagram_is_refused_by_name(change, message):
    value = {"version": 2, "backend": "simple", "vertices": [], "edges": [], "inputs": [], "outputs": []}
    with pytest.raises(InputError, match=message):
        from_qgraph(value | change)


def test_files_that_are_no_json_are_refused_with_their_place(tmp_path):
    (tmp_path / "bad.qgraph").write_text('{"version": 2,\n oops}')
    with pytest.raises(InputError, match=r"bad\.qgraph.*2"):
        read_qgraph(tmp_path / "bad.qgraph")
    with pytest.raises(InputError):
        read_qgraph(tmp_path / "missing.qgraph")
    with pytest.raises(InputError, match="object"):
        from_qgraph([1])


@given(st.one_of(st.fractions(), st.floats(-10, 10)))
def test_phases_are_read_as_they_were_written(phase):
    assert read_phase(write_phase(phase, set())) == phase


def test_phases_as_others_write_them():
    a = sympy.Symbol("a")
    for text, phase in [
        ("\\pi", 1),
        ("-pi", -1),
        ("π/2", Fraction(1, 2)),
        ("3*pi/4", Fraction(3, 4)),
        ("0", 0),
        ("3π", 3),
        ("1/4", Fraction(1, 4)),
        ("0.25π", 0.25),
        ("2a + 1", 2 * a + 1),
        ("(a)/2", a / 2),
        ("-\\pi/3", Fraction(-1, 3)),
    ]:
        assert read_phase(text) == phase, text


@given(st.integers(1, 4), st.sampled_from([1, 0.5, -1, 1j, 0, 2 - 1j]))
def test_h_boxes_reduce_to_zx_exactly(legs, label):
    box = hbox_of(0, legs, label)
    got = matrix(ZXGraph.from_diagram(box.diagram))
    np.testing.assert_allclose(got.reshape(-1), zx_array(box).reshape(-1), atol=1e-9)


def test_ccz_is_seven_phases_and_large_boxes_are_refused():
    assert ZXGraph.from_diagram(hbox(0, 3).diagram).t_count == 7
    np.testing.assert_allclose(zx_array(hbox(1, 1)), np.sqrt(2) * zx_array(H), atol=1e-12)
    with pytest.raises(LimitReached, match="13 legs"):
        ZXGraph.from_diagram(hbox(0, 13).diagram)
    with pytest.raises(CatenaryError, match="modulus"):
        zx_array(hbox(1, 1, 0, sympy.Symbol("r")))
