"""The engine's moves as rules: sound in tensors, and recorded runs accepted by the checker."""

import importlib.util
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from catenary.functors.zx import X, Z
from catenary.rewriting.zx import rules

_spec = importlib.util.spec_from_file_location("zx_circuits", Path(__file__).with_name("conftest.py"))
_module = sys.modules.setdefault("zx_circuits", importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(_module)
circuits, evaluate, simulate = _module.circuits, _module.evaluate, _module.simulate

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
