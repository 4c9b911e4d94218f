"""Optimisation on a device: two-qubit gates stay on its edges, and the circuit stays what it is."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import ArityError
from catenary.functors.circuits import Circuit, Gate, library, to_basic
from catenary.rewriting.circuits import Coupling, optimize
from catenary.rewriting.circuits.routing import kept_in_place, respects
from tests.optimiser.random_circuits import ALL_KINDS, matrix, random_circuit

SEEDS = st.integers(0, 10_000)
DEVICES = st.sampled_from(("line:5", "ring:5", "grid:2x3", "full:5"))
LONG = 600.0


def between_places(
    result: np.ndarray, initial: tuple[int, ...], final: tuple[int, ...], lines: int
) -> np.ndarray:
    """What a circuit on a device does to the lines that begin and end on some of its qubits, the others in |0⟩."""
    tensor = result.reshape((2,) * (2 * lines))
    rest_in = [q for q in range(lines) if q not in initial]
    index = [slice(None)] * (2 * lines)
    for q in rest_in:
        index[lines + q] = 0
    tensor = tensor[tuple(index)]
    inputs = [lines + sorted(initial).index(q) for q in initial]
    rest_out = [q for q in range(lines) if q not in final]
    size = 1 << len(initial)
    return tensor.transpose([*final, *rest_out, *inputs]).reshape(size, -1, size)


@given(seed=SEEDS, device=DEVICES, kinds=st.sampled_from(ALL_KINDS))
def test_lines_stay_in_their_places(seed: int, device: str, kinds: tuple[str, ...]) -> None:
    coupling = Coupling.of(device)
    circuit = random_circuit(random.Random(seed), qubits=5, gates=30, kinds=kinds)
    wide = Circuit(coupling.n_qubits, circuit.gates, global_phase=circuit.global_phase)
    found = kept_in_place(wide, coupling)
    assert respects(found, coupling)
    assert np.allclose(matrix(found), matrix(wide), atol=1e-8)


@settings(max_examples=8)
@given(seed=SEEDS, device=DEVICES, cost=st.sampled_from(("two_qubit", "gates", "t")))
def test_a_circuit_that_fits_the_device_still_does(seed: int, device: str, cost: str) -> None:
    coupling = Coupling.of(device)
    rng = random.Random(seed)
    edges = sorted(coupling.edges)
    gates = []
    for _ in range(30):
        pair = rng.choice(edges)
        gates.append(Gate(rng.choice(("cx", "cz")), pair[:: rng.choice((1, -1))]))
        gates.append(Gate(rng.choice(("t", "h", "s")), (rng.choice(pair),)))
    circuit = Circuit(coupling.n_qubits, gates)
    result = optimize(circuit, cost=cost, coupling=coupling, budget=LONG, moves=2000, seed=seed)
    assert result.routing is None
    assert result.verified == "equal"
    assert not any(refusal.is_fault for refusal in result.refused)
    assert respects(result.circuit, coupling)
    assert getattr(result.after, cost) <= getattr(result.before, cost)
    assert np.allclose(matrix(result.circuit), matrix(circuit), atol=1e-8)


@settings(max_examples=8)
@given(seed=SEEDS, device=DEVICES)
def test_a_circuit_that_does_not_fit_is_routed(seed: int, device: str) -> None:
    coupling = Coupling.of(device)
    circuit = random_circuit(random.Random(seed), qubits=4, gates=30, kinds=("t", "tdg"))
    result = optimize(circuit, coupling=coupling, budget=LONG, moves=2000, seed=seed)
    assert respects(result.circuit, coupling)
    assert result.verified == "equal"
    if result.routing is None:
        assert respects(to_basic(circuit), coupling)
        return
    assert result.routing.circuit == result.circuit
    places = result.routing.initial, result.routing.final
    found = between_places(matrix(result.circuit), *places, coupling.n_qubits)
    wanted = matrix(circuit)
    overlap = np.einsum("iaj,ij->a", found, wanted.conj()) / len(wanted)
    assert abs(np.linalg.norm(overlap) - 1) < 1e-8


def test_less_than_routing_alone() -> None:
    from catenary.rewriting.circuits import route

    circuit = library.qft(5)
    result = optimize(circuit, coupling="line:5", budget=LONG, moves=20_000)
    assert result.verified == "equal"
    assert result.after.two_qubit < route(circuit, "line:5").after.two_qubit


def test_measurements_and_conditions_stay_on_a_device() -> None:
    gates = [
        Gate("h", (0,)),
        Gate("cx", (0, 2)),
        Gate("measure", (2,), (), (0,)),
        Gate("x", (1,), condition=((0,), 1)),
        Gate("cx", (0, 1)),
        Gate("cx", (0, 1)),
    ]
    result = optimize(Circuit(3, gates, 1), coupling="line:3", budget=LONG, moves=100)
    assert result.verified == "equal"
    assert respects(result.circuit, Coupling.line(3))
    assert [gate.name for gate in result.circuit if gate.clbits or gate.condition] == ["measure", "x"]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ArityError, match="does not fit on 2 qubits"):
        optimize(Circuit(3, [Gate("cx", (0, 2))]), coupling="line:2")
    with pytest.raises(ValueError, match="is not a coupling map"):
        optimize(Circuit(1, []), coupling="torus:3")


def test_a_number_of_moves_fixes_the_result() -> None:
    circuit = library.qft(4)
    one, other = (optimize(circuit, budget=budget, moves=5000, seed=3) for budget in (LONG, 2 * LONG))
    assert one.circuit == other.circuit
    with pytest.raises(ValueError, match="moves of the search"):
        optimize(circuit, moves=-1)
