"""Orders of little depth: the same gates, never deeper, and near the least that there is."""

import itertools
import random
import time

import numpy as np
import pytest

from catenary.functors.circuits import Circuit, Gate, counts, library, to_basic
from catenary.rewriting.circuits import optimize, search
from catenary.rewriting.circuits.passes import Limits
from catenary.rewriting.circuits.scheduling import less_deep
from catenary.rewriting.circuits.verdict import Verdict
from tests.optimiser.random_circuits import matrix, random_circuit


def depth_of(circuit: Circuit) -> int:
    return counts(circuit).depth


def least_depth(circuit: Circuit) -> int:
    """Of all orders of the gates with the same matrix: brute force, which knows nothing about commutation."""
    wanted = matrix(circuit)
    orders = (Circuit(circuit.n_qubits, gates) for gates in itertools.permutations(circuit.gates))
    return min(depth_of(order) for order in orders if np.allclose(matrix(order), wanted))


@pytest.mark.parametrize("seed", range(30))
def test_same_gates_same_unitary_never_deeper(seed: int) -> None:
    circuit = random_circuit(random.Random(seed), kinds=("t", "exact", "float"))
    found = less_deep(circuit)
    assert sorted(map(repr, found.gates)) == sorted(map(repr, circuit.gates))
    assert depth_of(found) <= depth_of(circuit)
    assert np.allclose(matrix(found), matrix(circuit))


def test_close_to_the_least_depth_of_all_orders() -> None:
    rng = random.Random(5)
    excess = []
    for _ in range(25):
        gates = []
        for _ in range(6):
            name = rng.choice(("cx", "cx", "cz", "cz", "t", "x", "h", "y", "swap"))
            gates.append(Gate(name, tuple(rng.sample(range(4), 2 if name in ("cx", "cz", "swap") else 1))))
        circuit = Circuit(4, gates)
        excess.append(depth_of(less_deep(circuit)) - least_depth(circuit))
    # An order may also change where gates commute that are not of one letter on a wire: X and CX · CX, say.
    assert sum(excess) <= 2, excess


@pytest.mark.parametrize(
    ("pairs", "least"),
    [
        ([(k, k + 1) for k in range(9)], 2),
        ([(k, (k + 1) % 8) for k in range(8)], 2),
        ([(0, k) for k in range(1, 7)], 6),
        (list(itertools.combinations(range(4), 2)), 3),
    ],
    ids=["line", "ring", "star", "complete"],
)
def test_edges_of_a_graph_are_coloured(pairs: list[tuple[int, int]], least: int) -> None:
    circuit = Circuit(1 + max(map(max, pairs)), [Gate("cz", pair) for pair in pairs])
    assert depth_of(less_deep(circuit)) == least


def test_a_swap_is_three_long() -> None:
    # What the swap waits for has to come first: it has more behind it than the three gates of the other wire.
    gates = [Gate("cz", (1, 2)), Gate("cz", (0, 1)), Gate("t", (2,)), Gate("h", (2,)), Gate("swap", (0, 3))]
    circuit = Circuit(4, [*gates, Gate("h", (0,))])
    found = less_deep(circuit)
    assert (depth_of(circuit), depth_of(found)) == (6, 5)
    assert np.allclose(matrix(found), matrix(circuit))


def test_what_has_the_longest_way_to_the_end_is_first() -> None:
    spokes = [Gate("cz", (0, k)) for k in range(1, 6)]
    tail = [Gate(name, (5,)) for name in ("h", "t", "h", "t")]
    circuit = Circuit(6, [*spokes, *tail])
    assert (depth_of(circuit), depth_of(less_deep(circuit))) == (9, 5)


def test_what_is_not_less_deep_is_the_same_object() -> None:
    circuit = Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1)), Gate("t", (1,))])
    assert less_deep(circuit) is circuit
    assert less_deep(Circuit(0, [])) == Circuit(0, [])
    late = Circuit(4, [Gate("cz", (0, 1)), Gate("cz", (1, 2)), Gate("cz", (2, 3))])
    assert depth_of(less_deep(late)) == 2
    assert less_deep(late, deadline=time.monotonic() - 1) is late


def test_the_optimiser_uses_it_where_depth_is_in_the_cost() -> None:
    layer = [Gate("cz", (k, k + 1)) for k in range(7)]
    # Between one-qubit gates that nothing passes, so that only the order can be better.
    circuit = Circuit(8, [*layer, *(Gate(n, (q,)) for q in range(8) for n in ("t", "h", "t"))])
    for cost in ("depth", "two_qubit + 0.1*depth"):
        result = optimize(circuit, cost=cost, effort="quick")
        assert (result.after.depth, result.verified) == (5, "equal")
    # With another cost it breaks ties, also when the time is over.
    for options in ({"effort": "quick"}, {"budget": 0.0}):
        result = optimize(circuit, **options)
        assert (result.after.depth, result.verified) == (5, "equal")
    grid = optimize(to_basic(library.qft(5)), cost="depth", moves=20_000, coupling="line:5")
    assert grid.verified == "equal"
    assert all(abs(g.qubits[0] - g.qubits[1]) == 1 for g in grid.circuit.gates if len(g.qubits) == 2)


def test_annealing_counts_depth_where_it_is_in_the_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[float, int]] = []

    def noted(circuits: list[Circuit], limits: Limits, **_: int) -> list[Circuit]:
        seen.append((limits.depth_cost, limits.steps))
        return list(circuits)

    monkeypatch.setattr(search, "annealed_together", noted)
    circuit = library.gf2_multiplier(0b1011)
    for cost in ("two_qubit", "depth", "two_qubit + 0.5*depth"):
        optimize(circuit, cost=cost, moves=100_000, budget=60)
    costs = list(dict.fromkeys(depth for depth, _ in seen))
    assert costs == [0.0, 3.0, 0.5]
    # Fewer moves where each takes longer.
    most = {cost: max(steps for depth, steps in seen if depth == cost) for cost in costs}
    assert most[3.0] < most[0.0]


def test_an_order_is_equal_to_the_circuit_with_its_gates_whatever_verify_can_see(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ladder = Circuit(8, [*(Gate("cz", (k, k + 1)) for k in range(7)), *(Gate("t", (q,)) for q in range(8))])
    monkeypatch.setattr(search, "verify", lambda *_, **__: Verdict("unknown", "none", reason="too hard"))
    result = optimize(ladder, effort="quick", allow_unverified=True)
    assert (result.after.depth, result.verified) == (3, "equal")
