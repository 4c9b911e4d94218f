"""The benchmarks run, and what they run on is what they say."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import numpy as np
import pytest

import benchmarks
from benchmarks import circuits as circuit_benchmark
from catenary.functors.circuits import Circuit, qasm2, state_vector

NAMES = [
    module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")
]


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_has_a_quick_run(name: str) -> None:
    run = importlib.import_module(f"benchmarks.{name}").run
    assert inspect.signature(run).parameters["quick"].default is False


@pytest.mark.parametrize(("a", "b", "carry"), [(0, 0, 0), (1, 2, 0), (3, 1, 1), (2, 3, 1), (3, 3, 1)])
def test_the_adder_adds(a: int, b: int, carry: int) -> None:
    bits = 2
    n = 2 * bits + 2

    def state(first: int, second: int, low: int, high: int) -> np.ndarray:
        # Qubit 0 is the most significant of the index; numbers have their lowest bit first.
        digits = [first & 1, first >> 1, second & 1, second >> 1, low, high]
        vector = np.zeros(2**n, dtype=complex)
        vector[int("".join(map(str, digits)), 2)] = 1
        return vector

    total = a + b + carry
    found = state_vector(circuit_benchmark.adder(bits), state(a, b, carry, 0))
    assert np.allclose(found.reshape(-1), state(a, total & 3, carry, total >> 2))


def test_the_circuit_benchmark_goes_on_without_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_: str) -> Circuit:
        raise ImportError

    def fails(text: str) -> Circuit:
        circuit = qasm2.parse(text)
        if len(circuit) > 2:
            raise ValueError(text)
        return circuit

    monkeypatch.setattr(circuit_benchmark, "OTHERS", {"absent": absent, "fails": fails, "same": qasm2.parse})
    rows = circuit_benchmark.run(quick=True)
    assert [row["circuit"] for row in rows] == [name for name, _ in circuit_benchmark.cases(True)]
    for row in rows:
        assert row["verified"] == "equal"
        assert row["not run"] == "absent: not installed; fails: ValueError"
        assert row["same two-qubit"] == row["two-qubit"]
        assert row["same/ours two-qubit"] >= 1
