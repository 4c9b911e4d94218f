"""Simplification by entries, reductions of circuits, and paths kept on disk."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import ArityError, ContractionError, UnknownGenerator
from catenary.functors.circuits import Circuit, CircuitError, Gate
from catenary.functors.tensor import TensorNetwork, contract, plan, simplify
from catenary.functors.tensor.circuits import amplitude as plain_amplitude
from catenary.functors.tensor.circuits import circuit_network
from catenary.functors.tensor.network import reduction
from catenary.functors.tensor.pathcache import CacheWarning, canonical
from catenary.functors.tensor.paths import Meter
from catenary.rewriting import amplitudes
from catenary.rewriting.amplitudes import amplitude, plan_amplitude, probability, reduced_network
from tests.tensor.test_networks import _random, brute_force, networks


def _agrees(value: Any, expected: Any) -> None:
    np.testing.assert_allclose(value, expected, atol=1e-10 * max(1, np.abs(expected).max(initial=0)))


@settings(max_examples=200)
@given(network=networks())
def test_simplified_networks_have_the_same_value(network: TensorNetwork) -> None:
    found = simplify(network)
    assert found.network.shape == network.shape
    assert found.network.inputs == network.inputs
    _agrees(found.network.contract(simplify=False), brute_force(network))


@st.composite
def sparse_networks(draw: Any) -> TensorNetwork:
    """Networks of tensors with structure: diagonals, exchanges, basis vectors, products."""
    size = draw(st.sampled_from([2, 3]))
    count = draw(st.integers(2, 5))
    kinds = draw(
        st.lists(st.sampled_from(["eye", "flip", "unit", "product", "dense"]), min_size=2, max_size=7)
    )
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    indices, arrays = [], []
    for kind in kinds:
        a, b = draw(st.integers(0, count - 1)), draw(st.integers(0, count - 1))
        if kind == "unit":
            indices.append((a,))
            arrays.append(np.eye(size)[draw(st.integers(0, size - 1))] * rng.normal())
            continue
        indices.append((a, b))
        matrix = np.diag(rng.normal(size=size))
        if kind == "flip":
            matrix = matrix[::-1]
        elif kind == "product":
            matrix = np.outer(rng.normal(size=size), rng.normal(size=size) + 1j)
        elif kind == "dense":
            matrix = rng.normal(size=(size, size))
        arrays.append(matrix)
    output = draw(st.lists(st.integers(0, count - 1), max_size=3))
    return TensorNetwork(indices, arrays, output, (size,) * count)


@settings(max_examples=200)
@given(network=sparse_networks())
def test_zeros_and_ranks_are_used_and_the_value_stays(network: TensorNetwork) -> None:
    found = simplify(network)
    _agrees(found.network.contract(simplify=False), brute_force(network))
    _agrees(contract(network, simplify=True), brute_force(network))


def test_each_step_is_taken_and_counted() -> None:
    rng = np.random.default_rng(0)
    dense = rng.normal(size=(4, 4, 4))

    def steps(matrix: Any) -> set[str]:
        network = TensorNetwork(((0, 1), (0, 2, 3), (1, 4, 5)), (matrix, dense, dense), (2, 3, 4, 5))
        found = simplify(network)
        _agrees(found.network.contract(), network.contract(simplify=False))
        return set(found.applied)

    assert "diagonal" in steps(np.diag([1.0, 2, 3, 4]))
    assert "antidiagonal" in steps(np.diag([1.0, 2, 3, 4])[::-1])
    assert "column" in steps(np.outer([0, 0, 1.0, 0], [1.0, 2, 3, 4]))
    assert "split" in steps(np.outer([1.0, 2, 3, 4], [4.0, 3, 2, 1]))
    assert "rank" in steps(rng.normal(size=(4, 4)))
    loops = TensorNetwork((), (), (0, 0), (2, 3))
    _agrees(simplify(loops).network.contract(), 3 * np.eye(2))


def test_plans_say_what_was_applied_and_saved() -> None:
    n = 16
    gates = [Gate("h", (q,)) for q in range(n)]
    for layer in range(8):
        gates += [Gate("cx", (q, (q + 1 + layer) % n)) for q in range(n)]
        gates += [Gate("s", (q,)) for q in range(n)]
    network = circuit_network(Circuit(n, gates), "0" * n, "0" * n)
    found = plan(network, simplify=True)
    free = plan(network, simplify=False, work=None, memory=None)
    assert found.multiply_adds < free.multiply_adds
    assert "diagonal" in found.simplified
    assert "simplified by" in str(found)
    assert free.simplified == ""
    _agrees(contract(network), contract(network, simplify=False, work=None, memory=None))
    given_one = plan(network, simplify=lambda net: simplify(net).network)
    assert given_one.tensors == found.tensors
    with pytest.raises(ContractionError, match="changed the boundary"):
        contract(network, simplify=lambda net: TensorNetwork((), (), (0,), (2,)))
    assert found.to_svg().startswith("<svg")
    assert free.to_svg().count("<circle") == 2 * free.tensors - 1


def test_a_deep_tree_is_drawn() -> None:
    count = 1500
    m = np.eye(2)
    chain = TensorNetwork([(k, k + 1) for k in range(count)], [m] * count, (0, count))
    picture = plan(chain, "numpy").to_svg()
    assert picture.count("<circle") == 2 * count - 1
    assert "multiply-adds" in picture


# Circuits by ZX reduction


@st.composite
def circuits(draw: Any) -> Circuit:
    n = draw(st.integers(1, 4))
    one, two = ["h", "s", "sdg", "t", "tdg", "x", "z"], ["cx", "cz", "swap"]
    gates = []
    for name in draw(st.lists(st.sampled_from(one + (two if n > 1 else [])), max_size=25)):
        qubits = draw(st.permutations(range(n)))
        gates.append(Gate(name, tuple(qubits[: 2 if name in two else 1])))
    return Circuit(n, gates, global_phase=draw(st.sampled_from([0, 1])))


@settings(max_examples=80)
@given(circuit=circuits(), data=st.data())
def test_every_reduction_has_the_map_of_the_circuit(circuit: Circuit, data: Any) -> None:
    bits = st.lists(st.sampled_from([0, 1, None]), min_size=circuit.n_qubits, max_size=circuit.n_qubits)
    initial, final = data.draw(bits), data.draw(bits)
    limit = amplitudes._WORTH
    expected = circuit_network(circuit, initial, final).contract()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(amplitudes, "_WORTH", -limit)  # try every reduction, whatever it saves
        found = reduced_network(circuit, initial, final)
    by_tableau = found.candidates[-1].name == "stabiliser tableau"
    closed = None not in (*initial, *final)
    assert by_tableau == (closed and not {"t", "tdg"} & {gate.name for gate in circuit.gates})
    assert len(found.candidates) == (2 if by_tableau else 4)
    for candidate in found.candidates:
        _agrees(candidate.network.contract(), expected)


def test_amplitudes_agree() -> None:
    rng = np.random.default_rng(3)
    gates = []
    for _ in range(150):
        name = rng.choice(["h", "t", "s", "cx", "cz"])
        qubits = rng.choice(10, size=2 if name in ("cx", "cz") else 1, replace=False)
        gates.append(Gate(str(name), tuple(map(int, qubits))))
    circuit = Circuit(10, gates)
    for final in ("0" * 10, "0110100011"):
        assert abs(amplitude(circuit, "0" * 10, final) - plain_amplitude(circuit, "0" * 10, final)) < 1e-12
    with pytest.raises(ArityError, match="needs a bit"):
        amplitude(circuit, "0" * 10, "?" * 10)


def test_a_large_clifford_circuit_is_a_scalar() -> None:
    stim = pytest.importorskip("stim", reason="the extra stim is not installed")
    rng = np.random.default_rng(5)
    n, gates, peer = 30, [], stim.Circuit()
    for _ in range(900):
        name = str(rng.choice(["h", "s", "cx", "cz"]))
        qubits = list(map(int, rng.choice(n, size=2 if name in ("cx", "cz") else 1, replace=False)))
        gates.append(Gate(name, tuple(qubits)))
        peer.append(name, qubits)
    circuit = Circuit(n, gates)
    simulator = stim.TableauSimulator(seed=1)
    simulator.do(peer)
    bits, halves = "", 0
    for q in range(n):
        halves += simulator.peek_z(q) == 0
        bits += str(int(simulator.measure(q)))
    assert abs(abs(amplitude(circuit, "0" * n, bits)) - 2 ** (-halves / 2)) < 1e-12
    found = plan_amplitude(circuit, "0" * n, bits)
    assert found.multiply_adds == 0
    assert found.before > 10**6
    assert found.simplified == "stabiliser tableau"


def test_clifford_amplitudes_by_tableau_network_and_stim() -> None:
    pytest.importorskip("stim", reason="the extra stim is not installed")
    rng = np.random.default_rng(11)
    names = ["h", "s", "sdg", "x", "y", "z", "sx", "cx", "cy", "cz", "swap", "rz"]
    nonzero = 0
    for _ in range(150):
        n = int(rng.integers(2, 6))
        gates = []
        for name in map(str, rng.choice(names, int(rng.integers(0, 25)))):
            at = tuple(map(int, rng.choice(n, 2 if name in ("cx", "cy", "cz", "swap") else 1, replace=False)))
            gates.append(Gate(name, at, (Fraction(int(rng.integers(-3, 4)), 2),) if name == "rz" else ()))
        circuit = Circuit(n, gates)
        if rng.integers(2):  # lines that change places
            circuit = Circuit(
                n, gates, inputs=rng.permutation(n).tolist(), outputs=rng.permutation(n).tolist()
            )
        start, end = ("".join(map(str, rng.integers(0, 2, n))) for _ in range(2))
        value = amplitude(circuit, start, end)
        assert abs(value - plain_amplitude(circuit, start, end, simplify=False)) < 1e-12
        assert abs(probability(circuit, start, end, "stim") - abs(value) ** 2) < 1e-12
        nonzero += value != 0
    assert 30 < nonzero < 150
    with pytest.raises(UnknownGenerator, match="engines for probabilities"):
        probability(circuit, start, end, "tableaux")
    with pytest.raises(CircuitError, match="Clifford"):
        probability(Circuit(1, [Gate("t", (0,))]), "0", "0", "stim")


def test_costs_above_any_float_are_infinite() -> None:
    """The own network of 200 qubits and 20,000 Clifford gates has such a greedy path."""
    cost = Meter([range(1200), range(1200, 2400)], (), (2,) * 2400).cost(((0, 1),))
    assert cost.multiply_adds == 2**2400
    assert cost.seconds == float("inf")


# Paths kept on disk


def _renamed(network: TensorNetwork) -> TensorNetwork:
    """The same network, built in another order."""
    order = np.random.default_rng(0).permutation(len(network))
    last = len(network.sizes) - 1
    indices = [tuple(last - i for i in network.indices[t]) for t in order]
    arrays = [network.arrays[t] for t in order]
    return TensorNetwork(indices, arrays, [last - i for i in network.output], network.sizes[::-1])


def test_paths_are_kept_and_found_again(tmp_path: Path) -> None:
    network = _random(40, 30, 3)
    first = plan(network, cache=tmp_path)
    (file,) = tmp_path.iterdir()
    other = _renamed(network)
    again = plan(other, cache=tmp_path)
    assert "from the cache" in again.method
    assert again.multiply_adds == first.multiply_adds
    assert [*tmp_path.iterdir()] == [file]
    _agrees(contract(other, cache=str(tmp_path)), contract(network))
    core = reduction(network.structure)
    assert canonical(core)[1] == canonical(reduction(other.structure))[1]


@pytest.mark.parametrize("text", ["", "not json", "{}", "[]", "null", '{"format": 1}', "\x00", "[" * 100_000])
def test_foreign_files_in_the_cache_are_passed_over(tmp_path: Path, text: str) -> None:
    network = _random(21, 18, len(text) % 97)
    expected = plan(network, cache=tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text(text)
    fresh = _renamed(network)
    with pytest.warns(CacheWarning, match="not a kept contraction path"):
        again = plan(fresh, cache=tmp_path)
    assert again.tensors == expected.tensors
    assert json.loads(file.read_text())["path"]  # it is written anew


@pytest.mark.parametrize(
    "path", [[[0, 0]], [[0, 1]], [[0, 99]], [[-1, 0]], [["a", 0]], [[0, 1, 2]], 7, [[0, True]]]
)
def test_broken_paths_in_the_cache_are_passed_over(tmp_path: Path, path: Any) -> None:
    network = _random(20, 17, 11)
    plan(network, cache=tmp_path)
    (file,) = tmp_path.iterdir()
    record = json.loads(file.read_text())
    file.write_text(json.dumps({**record, "path": path}))
    fresh = _renamed(network)
    from catenary.functors.tensor import contraction

    contraction._planned.cache_clear()
    contraction._limited.cache_clear()
    with pytest.warns(CacheWarning):
        plan(fresh, cache=tmp_path)


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.warns(CacheWarning, match=r"could not be kept|not a kept"):
        plan(_random(20, 17, 12), cache=tmp_path / "file")
