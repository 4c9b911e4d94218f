"""Windows on three wires: the table of Clifford operators, the exact search, matrices, and what proves the steps."""

import itertools
import random
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.functors.circuits import Circuit, Gate, counts, to_basic
from catenary.functors.circuits.pauli import Tableau, hermitian
from catenary.functors.circuits.simulate import unitary
from catenary.rewriting.circuits import optimize, verify
from catenary.rewriting.circuits.block_zxz import MOST, three_qubit_gates
from catenary.rewriting.circuits.clifford_table import PAIRS, at, distances, table
from catenary.rewriting.circuits.collapse import collapse
from catenary.rewriting.circuits.coupling import Near
from catenary.rewriting.circuits.emission import emit
from catenary.rewriting.circuits.passes import Limits, optimal_windows, unitaries, unitary_steps
from catenary.rewriting.circuits.regions import Region
from catenary.rewriting.circuits.resynthesis import exact_windows
from catenary.rewriting.circuits.sequence import PauliSequence, pauli_sequence
from catenary.rewriting.circuits.small_windows import small_windows
from catenary.rewriting.circuits.steps import prove_steps
from catenary.rewriting.circuits.three_wires import Network, rewritten
from catenary.rewriting.circuits.weyl import CX, two_qubit_gates, weyl
from tests.optimiser.random_circuits import generic, random_circuit

LIMITS = Limits(float("inf"))
SEEDS = st.integers(0, 10**9)


def clifford_t(rng: random.Random, n: int, two_qubit: int, t: float = 0.3) -> Circuit:
    gates = []
    while two_qubit:
        if n > 1 and rng.random() < 0.4:
            gates.append(Gate(rng.choice(["cx", "cz"]), tuple(rng.sample(range(n), 2))))
            two_qubit -= 1
        else:
            name = rng.choice(["t", "tdg"]) if rng.random() < t else rng.choice(["h", "s", "x"])
            gates.append(Gate(name, (rng.randrange(n),)))
    return Circuit(n, gates)


def near(one: np.ndarray, other: np.ndarray) -> bool:
    """Equal up to phase."""
    return abs(abs(np.vdot(one, other)) / len(one) - 1) < 1e-10 and np.allclose(
        one, other * (np.vdot(other, one) / len(one)), atol=1e-9
    )


# The table.


def planes(tableau: Tableau) -> tuple[frozenset[tuple[int, int]], ...]:
    """The class of a Clifford operator, from a tableau."""
    return tuple(
        frozenset(
            (p.x, p.z) for p in (tableau.pull(hermitian(x << q, z << q)) for x, z in ((1, 0), (0, 1), (1, 1)))
        )
        for q in range(3)
    )


def test_the_table_agrees_with_tableaux() -> None:
    turns = list(itertools.product(["", "h", "sh"], repeat=2))
    levels = [{planes(Tableau(3)): Tableau(3)}]
    seen = set(levels[0])
    for _ in range(2):
        found = {}
        for tableau in levels[-1].values():
            for (a, b), words in itertools.product(PAIRS, turns):
                new = tableau.copy()
                for q, word in zip((a, b), words, strict=True):
                    for name in word:
                        new.apply(Gate(name, (q,)))
                new.apply(Gate("cz", (a, b)))
                key = planes(new)
                if key not in seen:
                    seen.add(key)
                    found[key] = new
        levels.append(found)
    known = table()
    far = distances(known.after, at(0))
    assert [len(level) for level in levels] == [1, 27, 432]
    for cost, level in enumerate(levels):
        for key in level:
            number = known.number([[x | z << 3 for x, z in plane] for plane in key])
            assert far[number] == cost


def test_all_two_qubit_clifford_operators() -> None:
    known = table()
    far = distances(known.after[:, :9], at(0))
    # Up to one-qubit gates: the identity, those of CX, of iSWAP, and SWAP.
    assert Counter(far[far < 99].tolist()) == {0: 1, 1: 9, 2: 9, 3: 1}


def test_permutations_of_wires_are_dearest() -> None:
    known = table()
    far = distances(known.after, at(0))
    start = known.planes[0]
    cost = {p: int(far[known.number(start[list(p)])]) for p in itertools.permutations(range(3))}
    assert sorted(cost.values()) == [0, 3, 3, 3, 6, 6]
    assert far.max() == 6


# The exact search.


def fewest_by_hand(sequence: PauliSequence, most: int) -> int:
    """The same, breadth first over strings as tuples and without any table."""
    network = Network.of(sequence)
    n = 3

    def odd(one: int, other: int) -> int:
        return ((one & 7 & other >> n).bit_count() + (other & 7 & one >> n).bit_count()) & 1

    def width(string: int) -> int:
        return ((string | string >> n) & 7).bit_count()

    def done(left: tuple[int, ...], strings: tuple[int, ...]) -> tuple[int, ...]:
        while True:
            rest = tuple(
                k
                for i, k in enumerate(left)
                if width(strings[k]) > 1 or any(odd(strings[j], strings[k]) for j in left[:i])
            )
            if rest == left:
                return left
            left = rest

    ends = [string for pair in network.end for string in pair]
    strings = (*network.strings, *ends)
    count = len(network.strings)
    letters = [(x << q) | (z << q << n) for q in range(n) for x, z in ((1, 0), (0, 1), (1, 1))]
    gates = [letters[3 * a + i] | letters[3 * b + j] for a, b in PAIRS for i in range(3) for j in range(3)]
    states = {(done(tuple(range(count)), strings), strings)}
    for cost in range(most + 1):
        for left, now in states:
            at_end = now[count:]
            if not left and all((s | s >> n) & 7 == 1 << k // 2 for k, s in enumerate(at_end)):
                return cost
        new = set()
        for left, now in states:
            for gate in gates:
                moved = tuple(s ^ gate if odd(s, gate) else s for s in now)
                new.add((done(left, moved), moved))
        states = new
    return most + 1


@settings(max_examples=40)
@given(SEEDS)
def test_the_search_finds_the_fewest(seed: int) -> None:
    rng = random.Random(seed)
    sequence = pauli_sequence(clifford_t(rng, rng.choice([2, 3, 3]), rng.randint(1, 3)))
    found = rewritten(sequence, 3, rng)
    assert found is not None
    assert sum(event.rotation < 0 for event in found.events) == fewest_by_hand(sequence, 3)


@settings(max_examples=60)
@given(SEEDS)
def test_what_the_search_finds_is_equal(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(1, 3)
    circuit = clifford_t(rng, n, rng.randint(0, 9) if n > 1 else 0)
    if rng.random() < 0.5:
        circuit = random_circuit(rng, qubits=3, gates=25, kinds=("t", "exact", "float", "symbol"))
    before = counts(circuit)
    found = rewritten(pauli_sequence(circuit), before.two_qubit, rng)
    assert found is not None
    written = emit(circuit, found)
    verdict = verify(circuit, written)
    assert (verdict.answer, verdict.global_phase) == ("equal", 0)
    assert counts(written).two_qubit <= before.two_qubit
    assert rewritten(pauli_sequence(written), counts(written).two_qubit - 1, rng) is None


def test_only_pairs_that_are_allowed() -> None:
    circuit = Circuit(3, [Gate("cx", (0, 1)), Gate("cx", (1, 2)), Gate("cx", (0, 1)), Gate("cx", (1, 2))])
    rng = random.Random(0)
    free = rewritten(pauli_sequence(circuit), 4, rng)
    row = rewritten(pauli_sequence(circuit), 4, rng, [(0, 1), (1, 2)])
    assert free is not None
    assert row is not None
    assert len(free.events) == 1
    assert len(row.events) == 4
    assert all(event.x | event.z in (3, 6) for event in row.events)
    assert rewritten(pauli_sequence(circuit), 3, rng, [(0, 1), (1, 2)]) is None


# Windows.


@given(SEEDS, st.integers(2, 3))
def test_windows_keep_the_order_on_every_wire(seed: int, wires: int) -> None:
    rng = random.Random(seed)
    circuit = clifford_t(rng, rng.randint(2, 7), rng.randint(0, 20))
    windows = small_windows(circuit, wires, rng.choice([1, 3, 40]), rng)
    lines: dict[int, list[Gate]] = {q: [] for q in range(circuit.n_qubits)}
    for window in windows:
        assert len(window.qubits) <= wires
        for gate in window.circuit.gates:
            placed = Gate(gate.name, tuple(window.qubits[q] for q in gate.qubits), gate.params)
            for q in placed.qubits:
                lines[q].append(placed)
    assert lines == {q: [gate for gate in circuit.gates if q in gate.qubits] for q in lines}


@settings(max_examples=30)
@given(SEEDS, st.booleans())
def test_sweeps_keep_the_circuit_and_the_device(seed: int, row: bool) -> None:
    rng = random.Random(seed)
    n = rng.randint(3, 6)
    circuit = clifford_t(rng, n, 25)
    masks: Near = None
    if row:
        kept = [g for g in circuit.gates if len(g.qubits) < 2 or abs(g.qubits[0] - g.qubits[1]) == 1]
        circuit = Circuit(n, kept)
        masks = tuple((5 << q >> 1) & ((1 << n) - 1) for q in range(n))
    found = exact_windows(circuit, rng, lambda: False, near=masks).after
    assert verify(circuit, found).answer == "equal"
    assert counts(found).two_qubit <= counts(circuit).two_qubit
    if row:
        assert all(len(g.qubits) < 2 or abs(g.qubits[0] - g.qubits[1]) == 1 for g in found.gates)


def test_a_search_that_is_over_changes_nothing() -> None:
    circuit = clifford_t(random.Random(1), 4, 20)
    assert optimal_windows(circuit, Limits(time.monotonic() - 1)) == circuit
    assert unitaries(generic(random.Random(1), 2, 5), Limits(time.monotonic() - 1)).n_qubits == 2


# Matrices.


@settings(max_examples=60)
@given(SEEDS, st.integers(0, 4))
def test_two_qubit_unitaries(seed: int, gates: int) -> None:
    rng = random.Random(seed)
    wanted = unitary(generic(rng, 2, gates))
    found = unitary(Circuit(2, two_qubit_gates(wanted)))
    assert near(wanted, found)
    assert counts(Circuit(2, two_qubit_gates(wanted))).two_qubit == min(gates, 3)


@given(SEEDS)
def test_two_qubit_clifford_operators_stay_clifford(seed: int) -> None:
    rng = random.Random(seed)
    circuit = clifford_t(rng, 2, rng.randint(0, 6), t=0)
    written = Circuit(2, two_qubit_gates(unitary(circuit)))
    assert near(unitary(circuit), unitary(written))
    assert counts(written).t == 0
    sequence = rewritten(pauli_sequence(circuit), 6, rng)
    assert sequence is not None
    assert counts(written).two_qubit == sum(event.rotation < 0 for event in sequence.events)


def test_two_qubit_unitaries_beside_qiskit() -> None:
    synthesis = pytest.importorskip("qiskit.synthesis")
    library = pytest.importorskip("qiskit.circuit.library")
    peer = synthesis.TwoQubitBasisDecomposer(library.CXGate())
    rng = random.Random(2)
    tiny = [np.kron(np.diag([1, np.exp(1j * 10.0**-k)]), np.eye(2)) for k in range(1, 8)]
    several = [unitary(generic(rng, 2, k % 5)) for k in range(40)]
    for matrix in [*several, *(CX @ one @ CX for one in tiny), np.eye(4)[[0, 2, 1, 3]].astype(complex)]:
        assert weyl(matrix).gates == peer.num_basis_gates(matrix)


def test_three_qubit_unitaries() -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(3)
    two = [stats.unitary_group.rvs(4, random_state=k) for k in range(8)]
    several = [stats.unitary_group.rvs(8, random_state=k) for k in range(12)]
    several += [np.eye(8)[rng.permutation(8)].astype(complex) for _ in range(12)]
    several += [np.diag(np.exp(1j * rng.normal(size=8))) for _ in range(4)]
    several += [np.kron(np.eye(2), u) for u in two[:3]] + [np.kron(u, np.eye(2)) for u in two[3:6]]
    several += [np.block([[two[6], np.zeros((4, 4))], [np.zeros((4, 4)), two[7]]]), np.eye(8) + 0j]
    for matrix in several:
        written = Circuit(3, three_qubit_gates(matrix))
        assert near(matrix, unitary(written))
        assert counts(written).two_qubit <= MOST


@pytest.mark.parametrize(("n", "gates", "most"), [(2, 20, 3), (3, 40, 19), (1, 0, 0)])
def test_long_circuits_on_few_qubits(n: int, gates: int, most: int) -> None:
    circuit = generic(random.Random(4), n, gates)
    if n == 1:
        circuit = Circuit(1, [Gate("u", (0,), (0.1 * k, 0.2, 0.3)) for k in range(5)])
    result = optimize(circuit, effort="quick")
    assert result.verified == "equal"
    assert result.after.two_qubit <= most
    assert result.after.t <= (3, 15, 63)[n - 1]


def wide(seed: int = 5) -> Circuit:
    """More qubits than a matrix is compared for, with much to gain on each pair."""
    rng = random.Random(seed)
    gates: list[Gate] = []
    for _ in range(3):
        for q in range(0, 40, 2):
            pair = generic(rng, 2, 5)
            gates += [Gate(g.name, tuple(p + q for p in g.qubits), g.params) for g in pair.gates]
        gates += [Gate("cx", (q, q + 1)) for q in range(1, 39, 2)]
    return Circuit(40, gates)


def test_wide_circuits_are_proved_step_by_step() -> None:
    result = optimize(wide(), effort="quick")
    assert result.verified == "equal"
    assert result.after.two_qubit <= 3 * 20 * 3 + 3 * 19
    (report,) = [each for each in result.passes if each.name == "unitaries of up to three qubits"]
    assert "matrices in 64-bit floating point" in report.certificate


def test_a_proof_of_steps_sees_what_is_wrong() -> None:
    circuit = optimize(wide(), effort="quick", cost="t").circuit
    given = Circuit(40, [*circuit.gates, *wide(6).gates])

    given = to_basic(given)
    steps = unitary_steps(given, LIMITS)
    assert steps
    found = steps[-1].after
    assert prove_steps(given, steps, found) is not None
    first = steps[0]
    k = next(k for k, (old, new) in enumerate(zip(first.old, first.new, strict=True)) if old is not new)
    window = first.new[k]
    wrong = Region(window.qubits, window.circuit.with_gates((*window.circuit.gates, Gate("t", (0,))), 0))
    moved = Region(window.qubits[::-1], window.circuit)
    for other in (wrong, moved):
        changed = replace(first, new=(*first.new[:k], other, *first.new[k + 1 :]))
        assert prove_steps(given, [changed], changed.after) is None
    # Windows that are no cut of the circuit; a result that is another circuit; a step that begins elsewhere.
    assert prove_steps(given, [replace(first, old=first.old[::-1])], first.after) is None
    assert prove_steps(given, steps, given) is None
    assert prove_steps(given, [replace(first, before=found)], first.after) is None
    assert prove_steps(given, [replace(first, new=first.new[:-1])], first.after) is None


def test_symbols_and_exact_angles_are_left_to_other_passes() -> None:
    sympy = pytest.importorskip("sympy")
    symbolic = Circuit(2, [Gate("rz", (0,), (sympy.Symbol("a"),)), Gate("cx", (0, 1))] * 4)
    exact = clifford_t(random.Random(7), 2, 12)
    for circuit in (symbolic, exact):
        assert unitaries(circuit, LIMITS) == circuit


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_unitaries_keep_the_matrix_and_cost_no_more(seed: int) -> None:

    rng = random.Random(seed)
    circuit = to_basic(generic(rng, rng.randint(2, 4), rng.randint(1, 24)))
    found = unitaries(circuit, LIMITS)
    assert np.allclose(unitary(circuit), unitary(found), atol=1e-8)
    before, after = counts(circuit), counts(found)
    assert after.two_qubit <= before.two_qubit
    assert after.t <= before.t


def test_quantum_volume_beside_peers() -> None:
    qiskit = pytest.importorskip("qiskit")
    library = pytest.importorskip("qiskit.circuit.library")
    whole = library.quantum_volume(5, seed=3)
    given = qiskit.transpile(whole, basis_gates=["u", "cx"], optimization_level=0)
    peer = qiskit.transpile(given, basis_gates=["u", "cx"], optimization_level=3)
    result = optimize(given, effort="quick")
    assert result.verified == "equal"
    assert result.after.two_qubit <= peer.count_ops()["cx"]


# Verification by windows at the border of one circuit and the inverse of the other.


def test_wide_circuits_with_new_windows_are_verified() -> None:
    for circuit in (wide(), generic(random.Random(8), 16, 150)):
        result = optimize(circuit, effort="quick")
        verdict = verify(circuit, result.circuit, budget=60)
        assert verdict.answer == "equal"
        assert verdict.global_phase == pytest.approx(0, abs=1e-9)
        assert verdict.method.startswith("windows of the miter")


def test_what_peers_make_of_wide_circuits_is_verified() -> None:
    qiskit = pytest.importorskip("qiskit")
    bridge = pytest.importorskip("catenary.functors.bridges.qiskit")
    given = bridge.to_qiskit(to_basic(wide(9)))
    peer = qiskit.transpile(
        given, basis_gates=["rz", "h", "cx", "x", "sx"], optimization_level=3, seed_transpiler=1
    )
    assert verify(given, peer, budget=60).answer == "equal"


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from([1e-3, 1e-6, 0.5]))
def test_a_fault_is_not_taken_for_equal(seed: int, angle: float) -> None:
    rng = random.Random(seed)
    circuit = to_basic(generic(rng, rng.randint(2, 6), rng.randint(1, 20)))
    other = unitaries(circuit, LIMITS)
    gates = list(other.gates)
    gates.insert(rng.randint(0, len(gates)), Gate("rz", (rng.randrange(circuit.n_qubits),), (angle,)))
    assert collapse(circuit, other, time.monotonic() + 60, seed) is not None
    wrong = other.with_gates(tuple(gates), other.global_phase)
    assert collapse(circuit, wrong, time.monotonic() + 60, seed) is None


def test_no_time_for_windows() -> None:
    circuit = to_basic(wide())
    assert collapse(circuit, unitaries(circuit, LIMITS), time.monotonic() - 1) is None
