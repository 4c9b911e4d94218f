"""JSON: every class comes back, and nothing malformed or hostile gets in."""

import contextlib
import json
import random
import time
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings

from catenary.diagrams import (
    Box,
    Cap,
    CatenaryError,
    Copy,
    Cup,
    Discard,
    Doctrine,
    Equation,
    InputError,
    Ob,
    OpenHypergraph,
    PhaseError,
    Signature,
    Spider,
    Swap,
    Ty,
    free,
    structural,
)
from catenary.diagrams.expressions import decode_phase, encode_phase
from catenary.diagrams.files import dumps, from_json, loads, to_json
from catenary.diagrams.hypergraph import Edge
from catenary.testing import boxes, diagrams, phases, types

a, b, n = Ty("a"), Ty("b"), Ty("n")
x, y, r = sympy.Symbol("x"), sympy.Symbol("y"), sympy.Symbol("r", positive=True)


@pytest.mark.parametrize(
    "doctrine", [d for d in Doctrine if d is not Doctrine.BRAIDED], ids=lambda d: d.value
)
def test_diagrams_come_back(doctrine):
    @settings(max_examples=25)
    @given(diagrams(doctrine))
    def check(d):
        back = loads(dumps(d))
        assert back.identical(d)
        assert back.signature == d.signature
        graph = d.to_hypergraph()
        assert loads(dumps(graph)) == graph

    check()


@given(boxes(parameters=2), types(adjoints=2))
def test_boxes_and_types_come_back(box, ty):
    assert loads(dumps(box)) == box
    assert loads(dumps(ty)) == ty


MONOID = Signature("monoid", Doctrine.COMPACT, ["a"], [Box("m", a @ a, a), Box("p", a, a, [x])])


@pytest.mark.parametrize(
    "value",
    [
        Ob("n", -3),
        Swap(a @ b, n),
        Cup(n @ a, (n @ a).r),
        Cap(n, n),
        Cup(n, n.r).dagger(),
        Spider(0, 3, a @ b),
        Copy(a),
        Discard(a @ b),
        Box("f", a, b, signature=free(Doctrine.PIVOTAL)).r,
        MONOID,
        free(Doctrine.CARTESIAN),
        structural(Doctrine.RIGID),
        MONOID["p"],
        Equation("twice", MONOID["p"] >> MONOID["p"], MONOID["p"].diagram, True),
    ],
    ids=lambda v: type(v).__name__ + " " + str(v)[:30],
)
def test_every_class_comes_back(value):
    back = loads(dumps(value))
    assert type(back) is type(value)
    assert back == value
    if hasattr(value, "signature"):
        assert back.signature == value.signature


def test_cycles_come_back():
    sig = free(Doctrine.TRACED)
    f = Box("f", a @ a, a @ a, signature=sig)
    d = OpenHypergraph((Ob("a"),) * 3, (Edge(f, (0, 1), (2, 1)),), (0,), (2,), sig).to_diagram()
    assert loads(dumps(d)) == d


@given(phases(("x", "y")))
def test_phases_come_back(phase):
    assert decode_phase(json.loads(json.dumps(encode_phase(phase)))) == phase


@pytest.mark.parametrize(
    "phase",
    [
        x**2 / 3,
        sympy.sin(x) * sympy.pi,
        0.3 * x,
        sympy.sqrt(r),
        1 / x,
        sympy.Max(x, y),
        abs(r) + x,
        sympy.exp(-(x**2)),
    ],
    ids=str,
)
def test_expressions_come_back(phase):
    assert decode_phase(json.loads(json.dumps(encode_phase(phase)))) == phase


def test_functions_without_a_place_in_files_are_refused():
    with pytest.raises(PhaseError, match="gamma"):
        encode_phase(sympy.gamma(x))
    with pytest.raises(CatenaryError):
        to_json(3)


GOOD = to_json(MONOID["m"] >> MONOID["p"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "3",
        "NaN",
        "[" * 100_000,
        '{"schema": "catenary.type", "version": 2, "objects": []}',
        '{"schema": "catenary.type", "version": true, "objects": []}',
        '{"schema": "catenary.nothing", "version": 1}',
        '{"schema": ["catenary.type"], "version": 1}',
        '{"schema": "catenary.type", "version": 1}',
        '{"schema": "catenary.type", "version": 1, "objects": [], "more": 1}',
        '{"schema": "catenary.type", "version": 1, "objects": [["a", 1.5]]}',
        '{"schema": "catenary.type", "version": 1, "objects": [["a", 1e999]]}',
        '{"schema": "catenary.type", "version": 1, "objects": [["a", true]]}',
        '{"schema": "catenary.type", "version": 1, "objects": "ab"}',
        '{"schema": "catenary.object", "version": 1, "object": ["a", ' + "9" * 5000 + "]}",
        '{"schema": "catenary.signature", "version": 1, "free": "cyclic"}',
        '{"schema": "catenary.signature", "version": 1, "free": ["rigid"]}',
        '{"schema": "catenary.box", "version": 1, "signature": {"free": "hypergraph"}, '
        '"box": {"kind": "spider", "inputs": 9999999, "outputs": 9999999, "type": ["a"]}}',
        '{"schema": "catenary.box", "version": 1, "signature": {"free": "hypergraph"}, '
        '"box": {"kind": "spider", "inputs": -1, "outputs": 1, "type": ["a"]}}',
        '{"schema": "catenary.box", "version": 1, "signature": {"free": "rigid"}, '
        '"box": {"kind": "cup", "type": ["a", "b"]}}',
        '{"schema": "catenary.box", "version": 1, "signature": {"free": "rigid"}, '
        '"box": {"kind": "cup", "type": ["a"]}}',
        '{"schema": "catenary.box", "version": 1, "signature": {"free": "rigid"}, "box": {"kind": "trace"}}',
        '{"schema": "catenary.box", "version": 1, "signature": {"free": "rigid"}, '
        '"box": {"kind": "box", "name": "", "dom": [], "cod": []}}',
    ],
)
def test_malformed_text_is_refused(text):
    start = time.process_time()
    with pytest.raises(InputError):
        loads(text)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "phase",
    [
        '"1/0"',
        '"one"',
        '"__import__(1)"',
        "NaN",
        "Infinity",
        "null",
        "true",
        "[1]",
        '{"expression": "1/2"}',
        '{"expression": ["symbol"]}',
        '{"expression": ["symbol", ""]}',
        '{"expression": ["symbol", "x", {"real": 1}]}',
        '{"expression": ["symbol", "x", {"zero": true, "positive": true}]}',
        '{"expression": ["system", "ls"]}',
        '{"expression": ["Pow", ["symbol", "x"], ["Pow", "10", "10000000"]]}',
        '{"expression": ["Pow", "10", "100000000000"]}',
        '{"expression": ["sin"]}',
        '{"expression": ["float", "1", 99999999, 53]}',
        '{"expression": ' + '["sin", ' * 900 + '["symbol", "x"]' + "]" * 900 + "}",
    ],
)
def test_hostile_parameters_are_refused(phase):
    text = dumps(Box("f", a, b, [1])).replace('"params": ["1"]', f'"params": [{phase}]')
    start = time.process_time()
    with pytest.raises(InputError):
        loads(text)
    assert time.process_time() - start < 5


def test_diagrams_that_do_not_fit_are_refused():
    def changed(**parts):
        return GOOD | parts

    bad = [
        changed(layers=[[0, 1]]),
        changed(layers=[[0, 0], [9, 0]]),
        changed(layers=[[0, 0], [0, 0]]),
        changed(layers=[[0]]),
        changed(layers=[[0, -1]]),
        changed(layers=[[0, "0"]]),
        changed(layers={"0": 0}),
        changed(dom=["a"]),
        changed(cod=["b"]),
        changed(signature={"structural": "compact"}),
        changed(
            signature={"free": "monoidal"},
            boxes=[{"kind": "swap", "left": ["a"], "right": ["a"]}],
            layers=[[0, 0]],
        ),
        changed(boxes=[{"kind": "copy", "type": ["a"]}], layers=[[0, 0]], dom=["a"], cod=["a", "a"]),
        {key: item for key, item in GOOD.items() if key != "dom"},
    ]
    for data in bad:
        with pytest.raises(InputError):
            from_json(data)
    with pytest.raises(InputError, match=r"at \$\.layers\[1\]\[0\]: expected a natural number"):
        from_json(changed(layers=[[0, 0], ["x", 0]]), source="file.json")


def test_a_small_file_cannot_ask_for_a_huge_diagram():
    box = {"kind": "spider", "inputs": 0, "outputs": 1_000_000, "type": ["a"]}
    data = {
        "schema": "catenary.diagram",
        "version": 1,
        "signature": {"free": "hypergraph"},
        "dom": [],
        "cod": [],
    }
    with pytest.raises(InputError, match="side by side"):
        from_json(data | {"boxes": [box], "layers": [[0, 0]] * 100})


def test_random_damage_gives_input_errors_only():
    text = dumps(Equation("e", MONOID["m"] >> MONOID["p"], MONOID["m"] >> MONOID["p"]))
    rng = random.Random(0)
    for _ in range(400):
        at = rng.randrange(len(text))
        damaged = (
            text[:at]
            + rng.choice(["", "[", "}", '"', "0", "-1", "null", "{}", "é"])
            + text[at + rng.randrange(3) :]
        )
        with contextlib.suppress(InputError):
            assert isinstance(loads(damaged), Equation)


def test_hypergraphs_with_phases_and_named_spiders_round_trip():
    diagram = Spider(1, 2, a, phase=Fraction(1, 3)) >> a @ Spider(1, 1, a, structure="X", phase=0.5)
    graph = diagram.to_hypergraph()
    assert loads(dumps(graph)).to_diagram() == diagram
    with pytest.raises(InputError, match="an edge is a generator"):
        loads(dumps(graph).replace('"structure": "X"', '"structure": ""'))
