"""Equality of states, with ancillas, up to the order of outputs, and for all values of symbols."""

import itertools
import random

import numpy as np
import sympy

from catenary.functors.circuits import Circuit, Gate
from catenary.rewriting.circuits import check_witness, verify
from catenary.rewriting.circuits.permutations import permuted
from tests.optimiser.random_circuits import BOUND, faulty, matrix, random_circuit, rewritten, same_up_to_phase


def test_fixed_inputs(kinds: tuple[str, ...]) -> None:
    rng = random.Random(70)
    for _ in range(15):
        a = random_circuit(rng, kinds=kinds, qubits=4, gates=30)
        n = a.n_qubits
        initial = "".join(rng.choice("01??") for _ in range(n))
        b = rewritten(a, rng)
        if rng.random() < 0.6:
            b = faulty(b, rng) or b
        # gates that do nothing on the fixed inputs
        fixed = [q for q in range(n) if initial[q] != "?"]
        idle = [Gate("t", (q,)) for q in fixed]
        idle += [Gate("cx", (q, p)) for q in fixed for p in range(n) if initial[q] == "0" and p != q]
        b = b.with_gates((*idle, *b.gates))
        columns = [
            k
            for k in range(2**n)
            if all(s == "?" or k >> (n - 1 - q) & 1 == int(s) for q, s in enumerate(initial))
        ]
        left, right = matrix(a)[:, columns], matrix(b)[:, columns]
        same = abs(abs(np.vdot(left, right)) / len(columns) - 1) < 1e-9
        verdict = verify(a, b, budget=3, initial=initial)
        assert verdict.answer == ("equal" if same else "not equal")
        if same and verdict.global_phase is not None:
            phase = float(sympy.sympify(verdict.global_phase).subs(BOUND))
            assert np.allclose(left, np.exp(1j * np.pi * phase) * right, atol=1e-7)
        if not same:
            assert check_witness(a, b, verdict.witness)
            assert all(s in ("?", letter) for s, letter in zip(initial, verdict.witness.inputs, strict=True))


def test_order_of_outputs(kinds: tuple[str, ...]) -> None:
    rng = random.Random(71)
    decided = 0
    for _ in range(12):
        a = random_circuit(rng, kinds=kinds, qubits=4, gates=30)
        order = list(range(a.n_qubits))
        rng.shuffle(order)
        b = permuted(rewritten(a, rng), order)
        verdict = verify(a, b, budget=3, up_to_permutation=True)
        assert verdict.answer == "equal"
        assert same_up_to_phase(a, permuted(b, verdict.permutation))
        wrong = faulty(b, rng)
        if wrong is None:
            continue
        verdict = verify(a, wrong, budget=1, up_to_permutation=True)
        orders = itertools.permutations(range(a.n_qubits))
        same = any(same_up_to_phase(a, permuted(wrong, p)) for p in orders)
        decided += verdict.answer != "unknown"
        assert verdict.answer == "unknown" or (verdict.answer == "equal") == same
        if verdict.answer == "not equal":
            assert verdict.witness.kind == "weight"
            assert check_witness(a, wrong, verdict.witness)
    assert decided >= 3


def test_order_of_outputs_of_measured_circuits() -> None:
    gates = [Gate("h", (0,)), Gate("cx", (0, 1)), Gate("measure", (0,), (), (0,)), Gate("t", (1,))]
    a = Circuit(2, gates, 1)
    verdict = verify(a, permuted(a, (1, 0)), up_to_permutation=True)
    assert (verdict.answer, verdict.permutation) == ("equal", (1, 0))
    assert verify(a, permuted(a, (1, 0))).answer == "not equal"


def toffoli_ladder(ancilla: int) -> list[Gate]:
    """A Toffoli gate with three controls 0 to 2, target 3, by a clean ancilla (Barenco et al., lemma 7.4)."""
    return [
        Gate("ccx", (0, 1, ancilla)),
        Gate("ccx", (ancilla, 2, 3)),
        Gate("ccx", (0, 1, ancilla)),
    ]


def test_clean_ancillas() -> None:
    narrow = Circuit(4, [Gate("c3x", (0, 1, 2, 3))])
    ladder = toffoli_ladder(4)
    assert verify(narrow, Circuit(5, ladder), ancillas=1).answer == "equal"
    assert verify(Circuit(5, ladder), narrow, ancillas=[4]).answer == "equal"
    dirty = verify(narrow, Circuit(5, ladder), dirty=1)
    assert dirty.answer == "not equal"  # the ancilla must begin in |0⟩
    left_over = verify(narrow, Circuit(5, ladder[:2]), ancillas=1)
    assert left_over.answer == "not equal"  # and return to it
    assert left_over.witness.inputs[4] == "0"


def test_dirty_ancillas() -> None:
    narrow = Circuit(4, [Gate("c3x", (0, 1, 2, 3))])
    one, two = Gate("ccx", (0, 1, 4)), Gate("ccx", (4, 2, 3))
    assert verify(narrow, Circuit(5, [one, two, one, two]), dirty=1).answer == "equal"
    assert verify(narrow, Circuit(5, [one, two, one]), dirty=1).answer == "not equal"


def test_ancillas_in_the_middle() -> None:
    wide = Circuit(3, [Gate("cx", (0, 1)), Gate("cx", (1, 2)), Gate("cx", (0, 1))])
    assert verify(wide, Circuit(2, [Gate("cx", (0, 1))]), ancillas=[1]).answer == "equal"
    assert verify(wide, Circuit(2, [Gate("cx", (0, 1))]), dirty=[1]).answer == "not equal"


def test_symbols_hold_for_all_values() -> None:
    a, b = sympy.symbols("a b")

    def rotations(*angles: object) -> list[Gate]:
        return [
            Gate("rzz", (0, 1), (angles[0],)),
            Gate("rx", (0,), (angles[1],)),
            Gate("rx", (1,), (angles[1],)),
        ]

    left = Circuit(2, [Gate("h", (0,)), *rotations(a, b), *rotations(b, a)])
    right = Circuit(2, [Gate("h", (0,)), *rotations(a, b), *rotations(b, a)[::-1]])
    assert verify(left, left.with_gates((*left.gates, Gate("x", (0,)), Gate("x", (0,))))).answer == "equal"
    verdict = verify(left, right)
    assert verdict.answer == "not equal"
    assert check_witness(left, right, verdict.witness)
    # equal at a = 0 alone does not count
    at_zero = Circuit(1, [Gate("h", (0,)), Gate("rz", (0,), (a,)), Gate("h", (0,))])
    assert verify(at_zero, Circuit(1)).answer == "not equal"
    # a controlled phase by two decompositions
    controlled = Circuit(2, [Gate("cp", (0, 1), (a,))])
    other = Circuit(2, [Gate("crz", (1, 0), (a,)), Gate("p", (1,), (a / 2,))])
    assert verify(controlled, other).answer == "equal"
