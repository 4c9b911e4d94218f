"""What verifiers of other libraries got wrong: each with the library that did, where it is installed."""

import random
from fractions import Fraction

import pytest

from benchmarks._faults import KINDS, confirmed, inject
from catenary.functors.circuits import Circuit, Gate, qasm2, to_basic
from catenary.functors.circuits.gates import adjoint
from catenary.functors.circuits.library import ripple_carry_adder
from catenary.rewriting.circuits import verify
from catenary.rewriting.circuits.witness import straight
from tests.optimiser.random_circuits import random_circuit, same_up_to_phase


def test_a_wrong_adjoint_of_u3_is_refuted() -> None:
    # PyZX's verify_equality took U3(-θ, -φ, -λ) for the adjoint of U3(θ, φ, λ)
    angles = Fraction(1, 2), Fraction(1, 4), Fraction(1, 8)
    gate = Gate("u3", (0,), angles)
    wrong = Gate("u3", (0,), tuple(-angle for angle in angles))
    assert verify(Circuit(1, [gate, *adjoint(gate)]), Circuit(1)).answer == "equal"
    verdict = verify(Circuit(1, [gate, wrong]), Circuit(1))
    assert verdict.answer == "not equal"
    assert not same_up_to_phase(Circuit(1, [gate, wrong]), Circuit(1))


def test_equal_circuits_by_todd_are_not_called_different() -> None:
    # PyZX's verify_equality answered False for outputs of its own TODD
    pyzx = pytest.importorskip("pyzx")
    toffolis = Circuit(4, [Gate("ccx", (0, 1, 2)), Gate("ccx", (1, 2, 3)), Gate("ccx", (0, 1, 2))])
    given = pyzx.Circuit.from_qasm(qasm2.dumps(to_basic(toffolis))).to_basic_gates()
    better = pyzx.optimize.phase_block_optimize(given, quiet=True).to_basic_gates()
    assert verify(qasm2.parse(better.to_qasm()), toffolis).answer == "equal"


def test_a_dropped_swap_is_refuted() -> None:
    # quizx drops SWAP gates and its own comparison does not see it
    rng = random.Random(80)
    for _ in range(10):
        circuit = random_circuit(rng, qubits=5, gates=30, kinds=("t",))
        if circuit.n_qubits < 2:
            continue
        whole, dropped = inject(circuit, "dropped swap", rng)
        assert verify(whole, dropped).answer == ("equal" if same_up_to_phase(whole, dropped) else "not equal")


def test_a_dropped_measurement_is_refuted() -> None:
    gates = [Gate("h", (0,)), Gate("measure", (0,), (), (0,)), Gate("h", (0,))]
    assert verify(Circuit(1, gates, 1), Circuit(1, [], 1)).answer == "not equal"


def test_an_adder_and_its_pauli_simplified_form() -> None:
    # QCEC does not decide such a pair of an 8-bit adder, and misses a dropped T in it
    passes = pytest.importorskip("pytket.passes")
    from catenary.functors.bridges.pytket import from_pytket, to_pytket

    adder = to_basic(ripple_carry_adder(2))
    circuit = to_pytket(adder)
    passes.GreedyPauliSimp().apply(circuit)
    simplified = straight(to_basic(from_pytket(circuit)))
    assert verify(adder, simplified).answer == "equal"
    rng = random.Random(81)
    for kind in KINDS:
        made = inject(simplified, kind, rng)
        if made is None:
            continue
        verdict = verify(made[0] if kind == "dropped swap" else adder, made[1])
        assert verdict.answer == "not equal"


def test_witnesses_hold_in_a_simulator_of_their_own() -> None:
    rng = random.Random(82)
    refuted = 0
    for _ in range(40):
        circuit = straight(random_circuit(rng, qubits=6, gates=60, kinds=("t", "tdg")))
        made = inject(circuit, rng.choice(KINDS), rng) if circuit.n_qubits > 1 else None
        if made is None:
            continue
        verdict = verify(*made)
        if verdict.answer == "not equal":
            refuted += 1
            assert confirmed(*made, verdict.witness)
        else:
            assert same_up_to_phase(*made)
    assert refuted > 20


def test_wide_circuits_are_refuted_by_a_fidelity() -> None:
    # outputs spread over more basis states than are kept
    rng = random.Random(83)
    gates = [Gate("h", (q,)) for q in range(24)]
    gates += [Gate("ccz", tuple(rng.sample(range(24), 3))) for _ in range(40)]
    other = [*gates[:50], Gate("t", (3,)), *gates[50:]]
    layer = [Gate("h", (q,)) for q in range(24)]
    verdict = verify(Circuit(24, [*gates, *layer]), Circuit(24, [*other, *layer]))
    assert verdict.answer == "not equal"
