"""The engine's moves as rules: sound in tensors, and recorded runs accepted by the checker."""

import importlib.util
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from catenary.diagrams import CatenaryError
from catenary.functors.zx import X, Z, circuit_to_zx, hbox
from catenary.rewriting.zx import clifford_simp, full_reduce, interior_clifford_simp, rules, supplementarity
from catenary.rewriting.zx.evaluate import matrix
from catenary.rewriting.zx.recording import reduction_proof

_spec = importlib.util.spec_from_file_location("zx_circuits", Path(__file__).with_name("conftest.py"))
_module = sys.modules.setdefault("zx_circuits", importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(_module)
circuits, diagrams, evaluate = _module.circuits, _module.diagrams, _module.evaluate

A, B = Fraction(1, 4), Fraction(2, 7)
RULES = [
    *(rules.spider(box(n, m, A)) for box in (Z, X) for n, m in [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1)]),
    rules.spider(Z(1, 2, A).dagger()),
    rules.fusion(A, B),
    rules.zero(),
    rules.hopf(),
    rules.turned_hopf(),
    rules.loop(),
    rules.turn(),
    rules.wire(),
    rules.scalars((1, A), (-3, B)),
    *(rules.isolated(phase) for phase in (Fraction(0), Fraction(1), Fraction(1, 2), Fraction(3, 2), A)),
    *(rules.local_complementation(d, k) for d in range(4) for k in (1, 3)),
    *(
        rules.pivot(*counts, a, b)
        for counts in [(0, 0, 0), (1, 0, 0), (0, 2, 0), (0, 0, 1), (1, 1, 1), (2, 1, 0), (0, 1, 2)]
        for a in (0, 1)
        for b in (0, 1)
    ),
    rules.unfuse_gadget(A),
    rules.flip_gadget(A),
    *(rules.fuse_gadgets(d, A, B) for d in range(4)),
    *(rules.absorb_gadget(d, A) for d in (0, 1)),
    *(
        rules.supplementarity(d, B, opposite, adjacent)
        for d in range(3)
        for opposite in (True, False)
        for adjacent in (True, False)
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_rules_are_equations_between_tensors(rule):
    left, right = evaluate(rule.rule.left), evaluate(rule.rule.right)
    np.testing.assert_allclose(left, right, atol=1e-12)
    assert abs(left).max() > 0 or "no legs" in rule.name
    vertices, edges, others = rule.places
    assert sorted(vertices) == list(range(rule.left.size))
    assert sorted(edges) == list(range(len(rule.left.edges)))
    assert sorted(others) == list(range(rule.right.size))


def exact(diagram):
    """Whether a proof can be recorded of it."""
    boxes = diagram.boxes
    return all(box.name != "HBox" and not any(isinstance(p, float) for p in box.params) for box in boxes)


REDUCTIONS = [interior_clifford_simp, clifford_simp, full_reduce, supplementarity]


@pytest.mark.parametrize("reduce", REDUCTIONS)
@given(diagram=diagrams())
@settings(max_examples=25)
def test_recorded_runs_on_diagrams_are_proofs(reduce, diagram):
    if not exact(diagram):
        with pytest.raises(CatenaryError, match=r"exact|ZX diagrams"):
            reduction_proof(diagram)
        return
    proof, graph = reduction_proof(diagram, reduce)
    proof.check()
    np.testing.assert_allclose(evaluate(proof.end), evaluate(diagram), atol=1e-9)
    np.testing.assert_allclose(matrix(graph), evaluate(diagram), atol=1e-9)


@given(circuit=circuits(max_qubits=3, max_gates=14, exact=True))
@settings(max_examples=15)
def test_recorded_full_reductions_of_circuits_are_proofs(circuit):
    proof, graph = reduction_proof(circuit_to_zx(circuit))
    proof.check()
    boxes = [
        box for box in proof.end.boxes if box.name == "Z" and box.cod and box.params[0] % Fraction(1, 2) != 0
    ]
    assert len(boxes) == graph.t_count
    np.testing.assert_allclose(matrix(graph), evaluate(proof.end), atol=1e-9)


def test_h_boxes_and_decimal_phases_are_refused():
    with pytest.raises(CatenaryError, match="H-box"):
        reduction_proof(hbox(1, 2).diagram)
    with pytest.raises(CatenaryError, match="exact"):
        reduction_proof(Z(1, 2, 0.3).diagram)
