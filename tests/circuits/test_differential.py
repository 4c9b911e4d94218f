"""Random circuits through every format, bridge and engine against an independent simulator."""

from __future__ import annotations

import pytest

from tests.circuits.differential import Run

pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::scipy.sparse.SparseEfficiencyWarning"
    ),  # Qiskit's matrix of a Pauli evolution
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
LEAST = {
    "qasm2": 0.7,
    "qasm3": 1,
    "json": 1,
    "diagram": 1,
    "zx": 0.5,
    "measured zx": 1,
    "qiskit": 1,
    "pytket": 1,
    "cirq": 0.7,
}
"""The part of the circuits that each stage takes: it does not pass by refusing them."""


def checked(seeds: range) -> Run:
    for library in ("qiskit", "pytket", "cirq", "pennylane", "pyzx", "stim"):
        pytest.importorskip(library)
    run = Run()
    for seed in seeds:
        run.check(seed)
    for stage, part in LEAST.items():
        assert run.checked[stage] >= part * len(seeds), (stage, run.checked, run.refused)
    return run


def test_sixty_random_circuits():
    checked(range(60))


@pytest.mark.slow
@pytest.mark.parametrize("thousand", range(10))
def test_ten_thousand_random_circuits(thousand):
    """Seeds 0 to 9,999: some eight minutes of CPU time."""
    checked(range(1000 * thousand, 1000 * (thousand + 1)))
