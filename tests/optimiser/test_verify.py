"""Three answers, never a wrong one."""

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy

from catenary.functors.circuits import Circuit, Gate
from catenary.rewriting.circuits import Witness, check_witness, verify
from catenary.rewriting.circuits.dense import exact_phase, float_phase
from catenary.rewriting.circuits.unitaries import pauli_miter
from catenary.rewriting.circuits.witness import common_ending, straight
from tests.optimiser.random_circuits import BOUND, faulty, matrix, random_circuit, rewritten, same_up_to_phase


def test_equal_pairs_and_their_phase(kinds: tuple[str, ...]) -> None:
    rng = random.Random(20)
    for _ in range(40):
        a = random_circuit(rng, kinds=kinds)
        b = rewritten(a, rng)
        verdict = verify(a, b, budget=5)
        assert verdict.answer == "equal", verdict
        phase = float(sympy.sympify(verdict.global_phase).subs(BOUND))
        assert np.allclose(matrix(a), np.exp(1j * np.pi * phase) * matrix(b), atol=1e-8)


def test_faults_are_refuted_with_a_witness(kinds: tuple[str, ...]) -> None:
    rng = random.Random(21)
    refuted = different = 0
    for _ in range(60):
        a = random_circuit(rng, kinds=kinds)
        b = faulty(a, rng)
        if b is None:
            continue
        same = same_up_to_phase(a, b)
        verdict = verify(a, b, budget=3)
        different += not same
        if verdict.answer == "equal":
            assert same
        elif verdict.answer == "not equal":
            refuted += 1
            assert not same
            assert verdict.witness is not None
            assert check_witness(a, b, verdict.witness)
    assert refuted >= 0.98 * different


def test_wide_clifford_circuits_are_refuted_by_an_observable() -> None:
    rng = random.Random(22)
    gates = []
    for _ in range(1500):
        name = rng.choice(("h", "s", "cx", "cx"))
        gates.append(Gate(name, tuple(rng.sample(range(70), 2 if name == "cx" else 1))))
    a = Circuit(70, gates)
    assert verify(a, Circuit(70, [*gates, Gate("x", (3,)), Gate("x", (3,))])).method == "Clifford tableau"
    for fault in ([*gates, Gate("s", (5,))], gates[:700] + gates[701:], [*gates, Gate("z", (0,))]):
        b = Circuit(70, fault)
        verdict = verify(a, b, budget=10)
        assert verdict.answer == "not equal"
        assert check_witness(a, b, verdict.witness)


def test_tof_identity_needs_more_than_rotations() -> None:
    # A Toffoli with its controls exchanged decomposes into other rotations.
    a, b = Circuit(3, [Gate("ccx", (0, 1, 2))]), Circuit(3, [Gate("ccx", (1, 0, 2))])
    assert verify(a, b).answer == "equal"
    h = [Gate("h", (2,))]
    assert verify(a, Circuit(3, [*h, Gate("ccz", (0, 1, 2)), *h])).answer == "equal"


def test_gates_of_the_whole_set() -> None:
    third = Fraction(1, 3)
    a = Circuit(2, [Gate("crz", (0, 1), (third,)), Gate("rx", (0,), (third,)), Gate("iswap", (0, 1))])
    u = Gate("u3", (0,), (third, Fraction(-1, 2), Fraction(1, 2)))
    b = Circuit(2, [Gate("crz", (0, 1), (third,)), u, Gate("iswap", (0, 1))])
    assert verify(a, b).answer == "equal"
    wrong = Circuit(2, [Gate("crz", (0, 1), (-third,)), u, Gate("iswap", (0, 1))])
    assert verify(a, wrong).answer == "not equal"


def test_floats_say_their_tolerance() -> None:
    a = Circuit(1, [Gate("rz", (0,), (0.1,)), Gate("rz", (0,), (0.2,))])
    verdict = verify(a, Circuit(1, [Gate("rz", (0,), (0.3,))]))
    assert verdict.answer == "equal"
    assert "within 1e-10" in verdict.method
    assert verify(a, Circuit(1, [Gate("rz", (0,), (0.3001,))])).answer == "not equal"


def test_symbolic_angles_are_refuted_with_values_for_the_symbols() -> None:
    a, b = sympy.symbols("a b")
    left = Circuit(1, [Gate("h", (0,)), Gate("rz", (0,), (a + b,)), Gate("h", (0,))])
    right = Circuit(1, [Gate("rx", (0,), (b + a,))])
    assert verify(left, right).answer == "equal"
    wrong = Circuit(1, [Gate("rx", (0,), (a - b,))])
    verdict = verify(left, wrong)
    assert verdict.answer == "not equal"
    assert {name for name, _ in verdict.witness.symbols} == {"a", "b"}
    assert "with a =" in str(verdict.witness)


def test_shapes() -> None:
    verdict = verify(Circuit(1), Circuit(2))
    assert (verdict.answer, verdict.method) == ("not equal", "shape")
    crossed = Circuit(2, outputs=(1, 0))
    assert verify(crossed, Circuit(2, [Gate("swap", (0, 1))])).answer == "equal"
    assert verify(crossed, Circuit(2)).answer == "not equal"
    assert np.allclose(matrix(straight(crossed)), matrix(crossed))


def measured(*before: Gate, after: tuple[Gate, ...] = ()) -> Circuit:
    return Circuit(2, [*before, Gate("measure", (0,), (), (0,)), *after], n_clbits=1)


def test_circuits_with_measurements() -> None:
    h, t, x, flip = Gate("h", (0,)), Gate("t", (0,)), Gate("x", (1,)), Gate("x", (1,), (), (), ((0,), 1))
    assert verify(measured(h, h, t), measured(t)).answer == "equal"
    assert verify(measured(t, after=(x, x)), measured(t)).answer == "equal"
    assert verify(measured(h), measured(t)).answer == "not equal"
    assert verify(measured(after=(flip,)), measured(after=(x,))).answer == "not equal"
    assert verify(measured(h, Gate("barrier", (0, 1)), h), measured()).answer == "equal"


def test_exact_matrices() -> None:
    rng = random.Random(23)
    for _ in range(40):
        a = random_circuit(rng, qubits=3, gates=120, kinds=("t", "tdg", "t"))
        b = rewritten(a, rng)
        equal, phase = exact_phase(a, b)
        assert equal
        assert np.allclose(matrix(a), np.exp(1j * np.pi * float(phase)) * matrix(b))
        assert float_phase(a, b)[0]
        wrong = faulty(a, rng)
        if wrong is not None:
            assert exact_phase(a, wrong)[0] == same_up_to_phase(a, wrong)


def test_what_is_left_of_the_miter() -> None:
    phase, form, tableau, rounded = pauli_miter(Circuit(1, [Gate("t", (0,))]), Circuit(1))
    assert phase is None
    assert len(form.rotations) == 1
    assert tableau.is_identity()
    assert not rounded


def test_common_ending() -> None:
    h0, h1, t = Gate("h", (0,)), Gate("h", (1,)), Gate("t", (0,))
    left, right, ending = common_ending(Circuit(2, [t, h0, h1]), Circuit(2, [h1, h0]))
    assert left.gates == (t,)
    assert right.gates == ()
    assert len(ending) == 2


def test_a_witness_must_fit() -> None:
    with pytest.raises(ValueError, match="2 qubits"):
        check_witness(Circuit(1), Circuit(1), Witness(("0", "0"), "0", "0", "", (0, 0)))
    assert not check_witness(Circuit(1), Circuit(1), Witness(("0",), "0", "0", "", (1, 1)))
