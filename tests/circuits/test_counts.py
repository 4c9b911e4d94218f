"""Counts against the reference table, and their definition."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
import sympy

from catenary.functors.circuits import Circuit, Gate, counts, qasm2

SHARED = Path(__file__).resolve().parents[3] / "shared"


NO_FILES = pytest.param(None, marks=pytest.mark.skip("the shared folder is not beside this checkout"))


@pytest.mark.parametrize(
    "path", sorted((SHARED / "circuits").glob("*.qasm")) or [NO_FILES], ids=lambda p: p.stem if p else "none"
)
def test_inputs_of_the_reference_table(path):
    want = json.loads((SHARED / "reference" / "circuits.json").read_text())["circuits"][path.stem]["input"]
    circuit = qasm2.load(path)
    found = counts(circuit).as_dict()
    assert {key: found[key] for key in want} == want
    assert qasm2.parse(qasm2.dumps(circuit)) == circuit


def test_the_table_is_there():
    if not SHARED.is_dir():
        pytest.skip("the shared folder is not beside this checkout")
    assert len(list((SHARED / "circuits").glob("*.qasm"))) == 19


@pytest.mark.parametrize(
    ("gate", "t", "two_qubit", "gates", "depth"),
    [
        (Gate("t", (0,)), 1, 0, 1, 1),
        (Gate("rz", (0,), (Fraction(3, 4),)), 1, 0, 1, 1),
        (Gate("rz", (0,), (Fraction(1, 2),)), 0, 0, 1, 1),
        (Gate("rz", (0,), (0.5,)), 0, 0, 1, 1),
        (Gate("rz", (0,), (0.3,)), 1, 0, 1, 1),
        (Gate("rz", (0,), (sympy.Symbol("a"),)), 1, 0, 1, 1),
        (Gate("rz", (0,), (Fraction(2),)), 0, 0, 0, 0),
        (Gate("id", (0,)), 0, 0, 0, 0),
        (Gate("swap", (0, 1)), 0, 3, 1, 3),
        (Gate("cz", (0, 1)), 0, 1, 1, 1),
        (Gate("ccx", (0, 1, 2)), 7, 6, 15, 11),
        (Gate("barrier", (0, 1)), 0, 0, 0, 0),
        (Gate("measure", (0,), (), (0,)), 0, 0, 0, 1),
        (Gate("opaque", (0,), label="f"), 0, 0, 1, 1),
    ],
)
def test_one_gate(gate, t, two_qubit, gates, depth):
    found = counts(Circuit(3, [gate], n_clbits=1)).as_dict()
    assert found == {"qubits": 3, "t": t, "two_qubit": two_qubit, "gates": gates, "depth": depth}


def test_depth_waits_for_barriers_and_classical_bits():
    h = [Gate("h", (q,)) for q in range(3)]
    assert counts(Circuit(2, [h[0], Gate("barrier", (0, 1)), h[1]])).depth == 2
    circuit = Circuit(
        2, [h[0], Gate("measure", (0,), (), (0,)), Gate("x", (1,), (), (), ((0,), 1))], n_clbits=1
    )
    assert counts(circuit).depth == 3
