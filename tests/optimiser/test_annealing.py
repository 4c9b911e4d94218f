"""Annealing of Pauli sequences: the operator stays, the counters are right, and compiled moves are the plain ones."""

import random
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.functors.circuits import Circuit, Gate, counts, library, to_basic
from catenary.functors.circuits.qasm2 import dumps
from catenary.rewriting.circuits import annealing_moves
from catenary.rewriting.circuits import annealing_state as moves
from catenary.rewriting.circuits.annealing import anneal as population_annealing
from catenary.rewriting.circuits.annealing_arrays import loaded, read
from catenary.rewriting.circuits.annealing_windows import room
from catenary.rewriting.circuits.emission import emit
from catenary.rewriting.circuits.kernels import COMPILED, integers
from catenary.rewriting.circuits.scheduling import less_deep
from catenary.rewriting.circuits.sequence import PauliSequence, pauli_sequence
from catenary.rewriting.circuits.toffoli import with_variants
from tests.optimiser.random_circuits import ALL_KINDS, matrix, random_circuit


def anneal(sequence: PauliSequence, **options: Any) -> PauliSequence:
    """One sequence annealed alone."""
    return population_annealing([sequence], **options)[0][1]


@given(
    kinds=st.sampled_from(ALL_KINDS),
    seed=st.integers(0, 10_000),
    hot=st.sampled_from((0.3, 0.6, 3.0)),
    one_cost=st.sampled_from((0.0, 0.2, 0.6)),
    depth_cost=st.sampled_from((0.0, 0.5, 3.0)),
)
def test_annealing_keeps_the_operator(
    kinds: tuple[str, ...], seed: int, hot: float, one_cost: float, depth_cost: float
) -> None:
    circuit = random_circuit(random.Random(seed), kinds=kinds)
    before = pauli_sequence(circuit)
    after = anneal(before, steps=3000, seed=seed, hot=hot, costs=(0.1, one_cost), depth_cost=depth_cost)
    costs = [cost(each, one_cost) + depth_cost * depth(each) for each in (after, before)]
    assert costs[0] <= costs[1] + 1e-9
    # Written with signs and phase rebuilt: an exact equality, global phase included.
    assert np.allclose(matrix(emit(circuit, after)), matrix(circuit), atol=1e-8)


def cost(sequence: PauliSequence, one_cost: float) -> float:
    """The cost from its definition: strings of weight two, and the H and S gates of shortest paths on each wire."""
    two = sum(event.rotation < 0 for event in sequence.events)
    return two + one_cost * one_qubit_gates(sequence)


def depth(sequence: PauliSequence) -> int:
    """What the annealing takes for the depth."""
    return int(moves.depth_of(loaded(sequence, 0)))


def one_qubit_gates(sequence: PauliSequence) -> int:
    """How many H and S there are at least with the roles of the events, by trying all paths through the frames."""
    total = 0
    for wire in range(sequence.n_qubits):
        paths = {(1, 2): 0}
        for event in sequence.events:
            letter = (event.x >> wire & 1) | (event.z >> wire & 1) << 1
            if letter:
                lowest = not (event.x | event.z) & ((1 << wire) - 1)
                on_x = event.rotation < 0 and event.role == (1 if lowest else 2)
                new: dict[tuple[int, int], int] = {}
                for (x, z), length in spread(paths).items():
                    if letter == (x if on_x else z):
                        turned = (x, x ^ z) if on_x else (x ^ z, z)
                        for frame in (turned,) if event.rotation < 0 else (turned, (x, z)):
                            new[frame] = min(length, new.get(frame, 1000))
                paths = new
        total += spread(paths)[sequence.frames[wire]]
    return total


def spread(paths: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    """The same, and on from there by H (exchanging X and Z) and S (X becomes Y)."""
    best = dict(paths)
    for _ in range(4):
        for (x, z), length in list(best.items()):
            for frame in ((z, x), (x ^ z, z)):
                best[frame] = min(length + 1, best.get(frame, 1000))
    return best


def check_state(state: moves.State, sequence: PauliSequence, counts_depth: bool = True) -> None:
    """Everything that the state holds twice agrees."""
    n = sequence.n_qubits
    now = integers(moves.HEADER + 3 * len(state.x) + 2 * n)
    moves.save(state, now)
    assert state.number[moves.ONE] == one_qubit_gates(read(sequence, now))
    assert state.number[moves.STALE] == 0
    assert not counts_depth or state.number[moves.DEPTH] == moves.depth_of(state)
    nodes = []
    node = state.after[moves.HEAD]
    assert state.before[node] == moves.HEAD
    while node != moves.TAIL:
        nodes.append(node)
        assert state.before[state.after[node]] == node
        node = state.after[node]
    used = state.number[moves.USED]
    assert sorted(nodes) == sorted(state.alive[k] for k in range(used))
    assert all(state.index[state.alive[k]] == k for k in range(used))
    free = [state.free[k] for k in range(state.number[moves.FREE])]
    assert sorted([*nodes, *free]) == list(range(2, len(state.x)))
    assert all(state.rotation[node] == -2 for node in free)
    assert state.number[moves.TWO] == sum(state.rotation[node] == -1 for node in nodes)
    on_wire: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    for node in nodes:
        weight = 0
        for wire in range(n):
            letter = (int(state.x[node]) >> wire & 1) | (int(state.z[node]) >> wire & 1) << 1
            if letter:
                weight += 1
                on_wire[wire].append((node, letter))
        assert weight == (2 if state.rotation[node] == -1 else 1)
    for wire, wanted in enumerate(on_wire):
        end = len(state.wire) - n + wire
        found = []
        slot = state.later[end]
        while slot != end:
            assert state.wire[slot] == wire
            assert state.earlier[state.later[slot]] == slot
            found.append((slot >> 1, state.letter[slot]))
            slot = state.later[slot]
        assert found == wanted


@given(
    kinds=st.sampled_from(ALL_KINDS),
    seed=st.integers(0, 10_000),
    windows=st.sampled_from((0, 30, 100)),
    depth_cost=st.sampled_from((0.0, 0.5)),
)
def test_the_state_agrees_with_itself(
    kinds: tuple[str, ...], seed: int, windows: int, depth_cost: float
) -> None:
    circuit = random_circuit(random.Random(seed), kinds=kinds)
    sequence = pauli_sequence(circuit)
    state = loaded(sequence, seed)
    best = integers(moves.HEADER + 3 * len(state.x) + 2 * sequence.n_qubits)
    moves.save(state, best)
    check_state(state, sequence)
    window = room()
    for _ in range(10):
        # Hot: many moves are taken, and many are undone.
        annealing_moves.moves(state, best, 1e9, 150, 1.0, 0.2, 100, 30, window, windows, 1.0, depth_cost)
        check_state(state, sequence, depth_cost > 0)


@pytest.mark.parametrize(
    ("gates", "wanted"),
    [
        ([], 0),
        ([("t", 0)], 1),
        # A line of gates that commute has two steps in any order, a star as many as gates.
        ([("cz", 0, 1), ("cz", 1, 2), ("cz", 2, 3)], 2),
        ([("cz", 0, 1), ("cz", 0, 2), ("cz", 0, 3)], 3),
        # Of gates that do not, the order counts.
        ([("cx", 0, 1), ("cx", 1, 2), ("cx", 2, 3)], 3),
        # H and S gates that have to be written, at the end, too.
        ([("t", 0), ("h", 0), ("t", 0)], 3),
        ([("cx", 0, 1), ("t", 1), ("h", 1)], 3),
        ([("cx", 0, 1), ("h", 2)], 1),
    ],
)
def test_depth_that_annealing_counts(gates: list, wanted: int) -> None:
    sequence = pauli_sequence(Circuit(4, [Gate(name, tuple(qubits)) for name, *qubits in gates]))
    assert depth(sequence) == wanted


def test_less_depth_where_it_costs() -> None:
    """Of a multiplication in GF(16), measured by the circuits that are written, over some seeds together."""
    circuit = to_basic(library.gf2_multiplier(0b10011))
    sequence = pauli_sequence(circuit)
    without, with_it = (
        sum(
            counts(less_deep(emit(circuit, anneal(sequence, steps=40_000, seed=k, depth_cost=cost)))).depth
            for k in range(4)
        )
        for cost in (0.0, 3.0)
    )
    assert with_it < 0.9 * without, (with_it, without)


def test_the_seed_decides() -> None:
    circuit = random_circuit(random.Random(5), qubits=5, gates=120, kinds=("t", "t"))
    sequence = pauli_sequence(circuit)
    first, again, other = (anneal(sequence, steps=4000, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_population_from_several_starts() -> None:
    toffolis = [Gate("ccx", (0, 1, 2)), Gate("h", (2,)), Gate("ccx", (1, 2, 3)), Gate("ccx", (0, 1, 2))]
    circuit = Circuit(4, toffolis)
    starts = [with_variants(circuit, [k, 2 * k, 3 * k]) for k in range(3)]
    sequences = [pauli_sequence(start) for start in starts]
    one, two = (
        population_annealing(sequences, steps=20_000, seed=3, members=5, threads=threads)
        for threads in (1, 2)
    )
    assert one == two
    assert len(one) == 5
    costs = [cost(found, 0.1) for _, found in one]
    assert costs == sorted(costs)
    assert costs[0] < min(cost(sequence, 0.1) for sequence in sequences)
    for k, found in one:
        assert np.allclose(matrix(emit(starts[k], found)), matrix(to_basic(circuit)), atol=1e-8)


def test_nothing_to_do() -> None:
    empty = pauli_sequence(Circuit(3, [Gate("h", (0,))]))
    assert anneal(empty, steps=100, seed=0) is empty
    one = pauli_sequence(Circuit(2, [Gate("cx", (0, 1))]))
    assert anneal(one, steps=0, seed=0) is one
    assert anneal(one, steps=100, seed=0, over=lambda: True) == one


def test_no_more_wires_than_a_word_has() -> None:
    def chain(n: int) -> PauliSequence:
        return pauli_sequence(Circuit(n, [Gate("cx", (k, k + 1)) for k in (*range(n - 1), *range(n - 1))]))

    assert len(anneal(chain(62), steps=2000, seed=0).events) <= 122
    with pytest.raises(ValueError, match="at most 62 wires, not 63"):
        anneal(chain(63), steps=1, seed=0)


def test_pairs_that_cancel_are_found() -> None:
    # CX twice with a commuting T between, a Clifford identity of three CX (a swap), and a CX with its wires dressed.
    pair = [Gate("cx", (0, 1)), Gate("t", (0,)), Gate("cx", (0, 1))]
    assert cost(anneal(pauli_sequence(Circuit(2, pair)), steps=3000, seed=0), 0) == 0
    dressed = [Gate("cx", (0, 1)), Gate("h", (1,)), Gate("cz", (0, 1)), Gate("h", (1,))]
    assert cost(anneal(pauli_sequence(Circuit(2, dressed)), steps=3000, seed=0), 0) == 0


PLAIN = """
import sys
sys.modules["numba"] = None
from catenary.functors.circuits.qasm2 import parse
from catenary.rewriting.circuits import annealing, kernels
from catenary.rewriting.circuits.scheduling import less_deep
from catenary.rewriting.circuits.sequence import pauli_sequence
assert not kernels.COMPILED
print(annealing.anneal([pauli_sequence(parse(sys.stdin.read()))], steps=3000, seed=5, members=2)[0][1])
"""


def test_without_numba_the_moves_are_the_same() -> None:
    pytest.importorskip("numba")
    circuit = random_circuit(random.Random(8), qubits=5, gates=150, kinds=("t", "t", "tdg"))
    run = subprocess.run(
        [sys.executable, "-c", PLAIN], input=dumps(circuit), capture_output=True, text=True, check=True
    )
    assert COMPILED
    assert run.stdout.strip() == str(anneal(pauli_sequence(circuit), steps=3000, seed=5, members=2))
