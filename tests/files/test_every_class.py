"""Every class comes back from JSON, pickle and copies, and what is written fits the published schema."""

from __future__ import annotations

import copy
import json
import pickle
import random
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st

import catenary
from catenary import files
from catenary.diagrams import (
    Box,
    Braid,
    Bubble,
    Cap,
    CatenaryError,
    Copy,
    Cup,
    Curry,
    Diagram,
    Discard,
    Doctrine,
    Equation,
    Eval,
    InputError,
    Ob,
    Signature,
    Spider,
    Sum,
    Swap,
    Trace,
    Twist,
    Ty,
    free,
    structural,
)
from catenary.diagrams.conditions import Condition
from catenary.diagrams.text import Document, EquationFamily
from catenary.functors.circuits import Circuit, Gate
from catenary.functors.circuits.circuit import Register
from catenary.functors.circuits.gates import GATES
from catenary.functors.grammar import Lexicon, parse
from catenary.functors.tensor import TensorNetwork
from catenary.rewriting.prove import prove
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory
from catenary.testing import diagrams, phases, signatures, sums
from tests.files.json_schema import faults

a, b, c, n = map(Ty, "abcn")
x = sympy.Symbol("x")
f, g = Box("f", a, b), Box("g", b, a)
MONOID = Signature(
    "monoid", Doctrine.SYMMETRIC, ["a"], [Box("m", a @ a, a), Box("p", a, a, [x]), Box("e", a, a)]
)
m, p, e = MONOID["m"], MONOID["p"], MONOID["e"]
IDEMPOTENT = Equation("idempotent", e >> e, e.diagram)
THEORY = Theory("monoid", MONOID, [IDEMPOTENT, Rule("drop", p.diagram, Diagram.id(a, MONOID), True)])
FAMILY = EquationFamily(
    "family",
    MONOID,
    ("n", "k"),
    "d^n @ p(x)^k",
    "(m @ e >> m)^n @ p(x)^k",
    True,
    ("x",),
    (Condition.parse("x not in {1/2}"),),
    (("d", m @ e >> m),),
)
DEEP = f.diagram
for _ in range(100):
    DEEP = Bubble(DEEP, dom=a, cod=b).diagram
SCHEMA = files.json_schema()

VALUES: list[Any] = [
    Ob("n", -2),
    a @ n.l @ (a << b) @ (b >> (a << a)),
    Box("f", a, b, [Fraction(1, 3), 0.5, x / 2]),
    Box("f", a, b, signature=free(Doctrine.RIGID)).r.r,
    Swap(a @ b, c),
    Cup(n, n.r),
    Cap(n, n),
    Spider(2, 0, a @ b),
    Spider(2, 1, a, phase=Fraction(1, 4)),
    Spider(1, 2, a, phase=x, structure="X"),
    Braid(a @ b, c),
    Braid(a, b).dagger(),
    Twist(a),
    Twist(a @ b).dagger(),
    Trace(Box("t", a @ b, c @ b)),
    Trace(Box("t", b @ a @ a, b @ a), 1, True),
    Trace(Trace(Box("t", a @ b @ b, c @ b @ b), 2) >> Box("u", c, a)),
    Copy(a @ b),
    Discard(a),
    Bubble(f >> g, "log"),
    Bubble(f + 2 * f, "exp", dom=a @ a, cod=b).dagger(),
    Bubble(Bubble(f, signature=free(Doctrine.RIGID)), "F").r,
    Curry(Box("h", c @ a, b)),
    Curry(Box("h", c @ a, b), 2, True),
    Eval(a << b),
    Eval(a @ c >> b),
    Curry(Box("h", c @ a, b), 1, True) >> Bubble(Box("q", a, a), dom=c >> b, cod=a),
    c @ Curry(Box("h", c @ a, b), 1, True) >> Swap(c, c >> b) >> Swap(c >> b, c) >> Eval(c >> b),
    Sum([(Fraction(1, 2), f), (1j, f >> g >> f), (0.5, f), (sympy.sqrt(2) * x, f), (sympy.sqrt(3), f)]),
    Sum.zero(a, b),
    MONOID,
    free(Doctrine.CARTESIAN),
    structural(Doctrine.RIGID),
    m @ p >> m,
    Diagram.id(a @ b),
    DEEP,
    (Bubble(f, "x") >> g).to_hypergraph(),
    IDEMPOTENT,
    Equation("scheme", p.diagram, p.replace(params=(-x,)).diagram, variables="x", where="x in {0, 1} mod 2"),
    FAMILY,
    Document("monoid", MONOID, (IDEMPOTENT,), (), {"d": m @ e >> m}),
    Document("monoid", MONOID, (), (), {"d": m @ e >> m}, families=(FAMILY,)),
    Gate("u3", (1,), (Fraction(1, 4), 0.1, x)),
    Gate("x", (0,), condition=((0, 1), 2)),
    Gate("opaque", (0, 1), label="black box"),
    Circuit(
        3,
        [Gate("init", (2,)), Gate("h", (0,)), Gate("cx", (0, 1)), Gate("measure", (1,), clbits=(0,))],
        1,
        global_phase=Fraction(1, 8),
        qregs=[Register("q", 2), Register("r", 1)],
    ),
    Lexicon.from_text("Alice, Bob : n\nloves : n.r s n.l || n.r n.r s\n"),
    parse("Alice loves Bob")[0],
    Rule("drop", p.diagram, Diagram.id(a, MONOID), True),
    THEORY,
    Theory("families", MONOID, [IDEMPOTENT, FAMILY]),
]


def same(one: Any, other: Any) -> bool:
    return (
        type(one) is type(other)
        and one == other
        and (not hasattr(one, "signature") or one.signature == other.signature)
    )


@pytest.mark.parametrize("value", VALUES, ids=lambda v: f"{type(v).__name__} {str(v)[:24]}")
def test_comes_back(value: Any) -> None:
    text = files.dumps(value)
    assert same(files.loads(text), value)
    assert files.dumps(files.loads(text)) == text
    assert faults(json.loads(text), SCHEMA, SCHEMA) == []
    if value is not DEEP:
        assert same(pickle.loads(pickle.dumps(value)), value)
        assert same(copy.copy(value), value)
        assert same(copy.deepcopy(value), value)


def test_every_form_is_tried() -> None:
    kinds = {form.kind for form in [*files.files.FORMS.values(), *files.forms().values()]}
    tried = {type(v) for v in VALUES} | {TensorNetwork, catenary.Proof}
    assert kinds <= tried


@pytest.mark.parametrize("doctrine", list(Doctrine), ids=lambda d: d.value)
def test_diagrams_of_each_doctrine_fit_the_schema(doctrine: Doctrine) -> None:
    @settings(max_examples=5)
    @given(diagrams(doctrine))
    def check(d: Diagram) -> None:
        text = files.dumps(d)
        assert files.loads(text).identical(d)
        assert faults(json.loads(text), SCHEMA, SCHEMA) == []

    check()


@settings(max_examples=20)
@given(st.data(), st.sampled_from(list(Doctrine)))
def test_nested_diagrams_sums_and_signatures_come_back(data: st.DataObject, doctrine: Doctrine) -> None:
    for strategy in (
        diagrams(doctrine, nested=True, max_boxes=5),
        sums(doctrine),
        signatures(doctrine, parameters=2),
    ):
        value = data.draw(strategy)
        text = files.dumps(value)
        back = files.loads(text)
        assert same(back, value)
        assert same(pickle.loads(pickle.dumps(value)), value)
        assert faults(json.loads(text), SCHEMA, SCHEMA) == []
        if isinstance(value, Diagram):
            assert back.identical(value)


@st.composite
def circuits(draw: Any) -> Circuit:
    """Circuits of unitary gates, measurements and conditions."""
    gates = []
    for _ in range(draw(st.integers(0, 6))):
        name = draw(st.sampled_from(["h", "rz", "u3", "cx", "crz", "ccx", "measure", "reset", "barrier"]))
        spec = GATES.get(name)
        lines = draw(st.permutations(range(3)))[: spec.n_qubits if spec else 1]
        params = (
            draw(st.lists(phases(("t",)), min_size=spec.n_params, max_size=spec.n_params)) if spec else []
        )
        bits = (draw(st.integers(0, 1)),) if name == "measure" else ()
        condition = ((0, 1), draw(st.integers(0, 3))) if draw(st.integers(0, 4)) == 0 else None
        gates.append(Gate(name, tuple(lines), tuple(params), bits, condition))
    return Circuit(3, gates, 2, global_phase=draw(phases()))


@settings(max_examples=40)
@example(Circuit(3, [], 2, global_phase=-1e-20))
@given(circuits())
def test_circuits_come_back(circuit: Circuit) -> None:
    text = files.dumps(circuit)
    assert circuit.global_phase != 2
    assert files.loads(text) == circuit
    assert faults(json.loads(text), SCHEMA, SCHEMA) == []


def test_big_diagrams_are_written_and_read_in_linear_time() -> None:
    d = Diagram(a, a, [(Box("e", a, a), 0)] * 20_000)
    start = time.process_time()
    assert files.loads(files.dumps(d)).identical(d)
    assert time.process_time() - start < 10


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
@pytest.mark.parametrize("size", [2, 10])
def test_tensor_networks_come_back(dtype: str, size: int) -> None:
    array = np.random.default_rng(0).normal(size=(size, size, 3)).astype(dtype)
    if dtype.startswith("complex"):
        array = array * (1 + 2j)
    array[0, 0, 0] = np.inf if size == 10 else 0.1
    network = TensorNetwork(((0, 1, 2), (1, 0)), (array, array[:, :, 0]), (2, 3), {3: 4}, 1, ("t", "u"))
    text = files.dumps(network)
    back = files.loads(text)
    assert back.structure == network.structure
    assert (back.inputs, back.names) == (1, ("t", "u"))
    assert all(
        np.array_equal(x, y) and x.dtype == y.dtype for x, y in zip(back.arrays, network.arrays, strict=True)
    )
    assert faults(json.loads(text), SCHEMA, SCHEMA) == []


def test_proofs_come_back() -> None:
    answer = prove(Equation("thrice", e >> e >> e, e.diagram), THEORY)
    proof = answer.proof
    assert proof is not None
    text = files.dumps(proof)
    back = files.loads(text)
    back.check()
    assert back == proof
    assert faults(json.loads(text), SCHEMA, SCHEMA) == []


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    catenary.dump(m >> p, path)
    assert catenary.load(path) == m >> p
    with pytest.raises(InputError, match="larger than 10 bytes"):
        catenary.load(path, max_bytes=10)
    with pytest.raises(InputError, match="no such file"):
        catenary.load(tmp_path / "none.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError):
        catenary.load(tmp_path / "binary.json")
    with pytest.raises(CatenaryError, match="no JSON form"):
        catenary.dump(object(), path)


# Hostile files


def test_a_schema_that_is_wrong_somewhere_is_told() -> None:
    """The validator is not blind: damaged data do not fit."""
    data = files.to_json(m >> p)
    for change in ({"version": 2}, {"layers": [[0]]}, {"layers": [[0, -1]]}, {"more": 1}, {"dom": "a"}):
        assert faults({**data, **change}, SCHEMA, SCHEMA)


def nested_file(levels: int, times: int, kind: str = "bubble") -> str:
    """A file whose boxes within boxes stand for times^levels generators."""
    signature = {"free": "traced"}
    box: dict[str, Any] = {"kind": "box", "name": "f", "dom": ["a"], "cod": ["a"]}
    nested = []
    for i in range(levels):
        body = {"signature": signature, "dom": ["a"], "cod": ["a"], "boxes": [box]}
        nested.append(body | {"layers": [[0, 0]] * times})
        box = {"kind": kind, "name": "b", "inside": i, "dom": ["a"], "cod": ["a"]}
    last = {"signature": signature, "dom": ["a"], "cod": ["a"], "boxes": [box], "layers": [[0, 0]]}
    return json.dumps({"schema": "catenary.diagram", "version": 1, **last, "nested": nested})


def spiders(count: int, legs: int) -> str:
    """A file with many different spiders of many legs."""
    boxes = [{"kind": "spider", "inputs": 0, "outputs": legs - i, "type": ["a"]} for i in range(count)]
    signature = {"free": "hypergraph"}
    body = {"signature": signature, "dom": [], "cod": [], "boxes": boxes, "layers": []}
    return json.dumps({"schema": "catenary.diagram", "version": 1, **body})


def widening(layers: int) -> str:
    """A diagram that moves all its wires at each layer."""
    spider = {"kind": "spider", "inputs": 0, "outputs": 1_000_000, "type": ["a"]}
    states = [{"kind": "box", "name": "f", "dom": [], "cod": ["a"]}, spider]
    body = {"signature": {"free": "hypergraph"}, "dom": [], "cod": [], "boxes": states}
    body["layers"] = [[1, 0], *[[0, 0]] * layers]
    return json.dumps({"schema": "catenary.diagram", "version": 1, **body})


def exponential(levels: int) -> str:
    text = '"a"'
    for _ in range(levels):
        text = f'{{"base": [{text}], "exponent": ["a"]}}'
    return f'{{"schema": "catenary.object", "version": 1, "object": {text}}}'


HOSTILE = {
    "deep": "[" * 100_000 + "]" * 100_000,
    "deep objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "deep in its place": '{"schema": "catenary.type", "version": 1, "objects": '
    + "[" * 400
    + "]" * 400
    + "}",
    "huge integer": '{"schema": "catenary.type", "version": ' + "9" * 100_000 + "}",
    "a line of 10 MB": '{"schema": "' + "x" * 10_000_000 + '"}',
    "10 MB of garbage": "x" * 10_000_000,
    "unclosed 10 MB": '{"schema": "' + "y" * 10_000_000,
    "12 million empty lists": "[" + "[]," * 12_000_000 + "[]]",
    "NaN": '{"schema": "catenary.type", "version": NaN}',
    "infinity": '{"schema": "catenary.type", "version": -Infinity}',
    "too large a number": '{"schema": "catenary.type", "version": 1e999}',
    "duplicated key": '{"schema": "catenary.type", "version": 1, "objects": [], "objects": ["a"]}',
    "many duplicated keys": "{" + ",".join(f'"k{i % 20_000}": 1' for i in range(40_000)) + "}",
    "later version": '{"schema": "catenary.type", "version": 2, "objects": []}',
    "billion boxes": nested_file(40, 10),
    "billion traces": nested_file(40, 10, "trace"),
    "holds itself": nested_file(3, 1).replace('"inside": 0', '"inside": 1'),
    "holds a later one": nested_file(3, 1).replace('"inside": 1', '"inside": 2'),
    "spiders of 10^9 legs": spiders(100, 10_000_000),
    "a million wires moved for each layer": widening(30_000),
    "deep exponential": exponential(150),
    "very deep exponential": exponential(2000),
    "surrogate": '{"schema": "catenary.object", "version": 1, "object": ["\\ud800"]}',
    "lines without qubits": '{"schema": "catenary.circuit", "version": 1, "qubits": 9999999, "clbits": 0, '
    '"inputs": [], "outputs": [], "global_phase": "0", "gates": []}',
    "array of 10^18": '{"schema": "catenary.network", "version": 1, "sizes": [1000000, 1000000, 1000000], '
    '"tensors": [{"name": "t", "indices": [0, 1, 2], "array": {"dtype": "float64", '
    '"shape": [1000000, 1000000, 1000000], "base64": ""}}], "output": [], "inputs": 0}',
    "an index of 10^9": '{"schema": "catenary.network", "version": 1, "sizes": [], "tensors": [], '
    '"output": [1000000000], "inputs": 0}',
    "infinite link": '{"schema": "catenary/reading", "version": 1, "target": "s", "words": '
    '[{"word": "a", "type": "s"}], "links": [{"wires": [1e999, 0]}], "notes": []}',
    "power tower": '{"schema": "catenary.sum", "version": 1, "signature": {"free": "monoidal"}, "dom": [], '
    '"cod": [], "terms": [[{"expression": ["Pow", ["Pow", ["Pow", "10", "10000"], "10000"], "10000"]}, '
    '{"dom": [], "cod": [], "boxes": [], "layers": []}]]}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_give_a_named_error_in_little_time_and_memory(name: str) -> None:
    import tracemalloc

    start = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as caught:
            files.loads(HOSTILE[name])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - start < 10
    assert peak < 700_000_000
    assert len(str(caught.value)) < 1000


def mutations(data: Any, rng: random.Random) -> Any:
    """The data with one random change somewhere inside."""
    places: list[tuple[Any, Any]] = []
    stack = [data]
    while stack:
        item = stack.pop()
        keys = item.keys() if isinstance(item, dict) else range(len(item))
        for key in keys:
            places.append((item, key))
            if isinstance(item[key], (dict, list)):
                stack.append(item[key])
    holder, key = rng.choice(places)
    others = [holder2[key2] for holder2, key2 in rng.sample(places, min(3, len(places)))]
    new = rng.choice(
        [
            *(None, True, 0, 1, -1, 2, 10**6, 10**30, 0.5, -0.0, 1e308, "", "a", "1/0", "0/1", "x" * 100),
            *([], {}, [0], ["a", 1], {"free": "rigid"}, {"free": "cartesian_closed"}, {"kind": "swap"}),
            *others,
        ]
    )
    new = copy.deepcopy(new)  # an ancestor, put inside itself, would never end
    choice = rng.randrange(4)
    if choice == 0 and isinstance(holder, dict):
        del holder[key]
    elif choice == 0:
        holder.insert(key, new)
    elif choice == 1 and isinstance(holder, list):
        del holder[key]
    elif choice == 1:
        holder[rng.choice(["z", "left", "params", "nested", "dagger", "graph", "spiders"])] = new
    else:
        holder[key] = new
    return data


def fuzz(rounds: int, seed: int) -> int:
    """How many of so many damaged files are refused; anything but a named error fails."""
    rng = random.Random(seed)
    network = TensorNetwork(((0, 1), (1, 2)), (np.ones((2, 3)), np.ones((3, 20))), (0, 2))
    rows = [files.to_json(v) for v in [*VALUES, network] if v is not DEEP]
    rows.append(files.to_json(prove(IDEMPOTENT, THEORY).proof))
    texts = [json.dumps(row) for row in rows]
    refused = 0
    for _ in range(rounds):
        data = json.loads(rng.choice(texts))
        for _ in range(rng.randrange(1, 3)):
            data = mutations(data, rng)
        try:
            back = files.loads(json.dumps(data))
            if not isinstance(back, TensorNetwork):
                files.dumps(back)
        except CatenaryError:
            refused += 1
    return refused


def test_damaged_files_give_named_errors_only() -> None:
    assert fuzz(800, 0) > 300


@pytest.mark.slow
def test_many_damaged_files_give_named_errors_only() -> None:
    assert fuzz(60_000, 1) > 20_000
