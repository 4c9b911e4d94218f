"""Fronts: verified, none beaten, and never behind what the costs alone find."""

import random

import numpy as np
import pytest

from catenary.functors.circuits import Circuit, Counts, Gate, counts
from catenary.rewriting.circuits import OptimizationResult, ParetoPoint, optimize, optimize_pareto
from catenary.rewriting.circuits.costs import COSTS
from catenary.rewriting.circuits.pareto import front_of
from tests.optimiser.random_circuits import matrix, random_circuit


def values(count: Counts) -> tuple[int, ...]:
    return tuple(getattr(count, name) for name in COSTS)


def point(name: str, *four: int) -> ParetoPoint[Circuit]:
    two_qubit, t, gates, depth = four
    count = Counts(1, t, two_qubit, gates, depth)
    return ParetoPoint(name, OptimizationResult(Circuit(1), count, count, 0.0, "equal", ()))


def test_a_front_by_hand() -> None:
    points = [point("a", 4, 1, 9, 9), point("b", 3, 2, 9, 9), point("c", 4, 2, 9, 9), point("d", 3, 2, 9, 9)]
    assert [p.cost for p in front_of(points)] == ["b", "a"]
    assert front_of([]) == ()


def test_fronts_of_random_circuits(kinds: tuple[str, ...]) -> None:
    rng = random.Random(60)
    for _ in range(3):
        circuit = random_circuit(rng, kinds=kinds, gates=40)
        found = optimize_pareto(circuit, budget=2, effort="quick")
        assert found
        ends = [values(p.result.after) for p in found]
        assert ends == sorted(set(ends))
        for p in found:
            assert p.result.verified == "equal"
            assert p.result.after == counts(p.result.circuit)
            assert np.allclose(matrix(p.result.circuit), matrix(circuit), atol=1e-8)
            assert not any(
                all(np.less_equal(end, values(p.result.after)))
                for end in ends
                if end != values(p.result.after)
            )
        for k, cost in enumerate(COSTS):
            alone = optimize(circuit, cost=cost, budget=2, effort="quick")
            assert min(end[k] for end in ends) <= getattr(alone.after, cost)


def test_the_input_is_a_point_and_stays_itself() -> None:
    circuit = Circuit(2, [Gate("cx", (0, 1))])
    (only,) = optimize_pareto(circuit)
    assert only.cost == "input"
    assert only.result.circuit is circuit


def test_bad_arguments() -> None:
    circuit = Circuit(1)
    with pytest.raises(ValueError, match="one of two_qubit"):
        optimize_pareto(circuit, costs=["t", "beauty"])
    with pytest.raises(ValueError, match="finite number of seconds"):
        optimize_pareto(circuit, costs=[], budget=float("nan"))
    with pytest.raises(ValueError, match="effort is one of"):
        optimize_pareto(circuit, effort="none")
    with pytest.raises(TypeError, match="not 3"):
        optimize_pareto(3)
