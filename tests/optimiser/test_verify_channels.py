"""Circuits that measure, reset and branch: never a wrong answer, and hardly ever none."""

import random
from fractions import Fraction

import pytest
import sympy

from catenary.diagrams import ArityError
from catenary.functors.circuits import Circuit, Gate
from catenary.rewriting.circuits import Witness, check_witness, verify
from tests.optimiser.random_channels import altered, random_channel, same_channel

H, T, X = Gate("h", (0,)), Gate("t", (0,)), Gate("x", (1,))
MEASURE = Gate("measure", (0,), (), (0,))
FLIP = Gate("x", (1,), (), (), ((0,), 1))


def circuit(*gates: Gate, bits: int = 1) -> Circuit:
    return Circuit(2, gates, bits)


def fuzz(seed: int, pairs: int) -> int:
    """How many of some random pairs are not decided."""
    rng = random.Random(seed)
    unknown = 0
    for _ in range(pairs):
        a = random_channel(rng)
        b = altered(a, rng)
        verdict = verify(a, b, budget=3)
        if verdict.answer == "unknown":
            unknown += 1
            continue
        assert (verdict.answer == "equal") == same_channel(a, b), (a, b, verdict)
        if verdict.answer == "not equal":
            assert check_witness(a, b, verdict.witness)
    return unknown


def test_random_channels() -> None:
    assert fuzz(60, 120) <= 1


@pytest.mark.slow
def test_many_random_channels() -> None:
    assert fuzz(61, 5000) <= 10


def test_deferred_measurement() -> None:
    # a gate conditioned on an outcome is a controlled gate before the measurement
    assert verify(circuit(H, MEASURE, FLIP), circuit(H, Gate("cx", (0, 1)), MEASURE)).answer == "equal"
    assert verify(circuit(MEASURE, Gate("cx", (0, 1))), circuit(MEASURE, FLIP)).answer == "equal"
    verdict = verify(circuit(H, MEASURE, FLIP), circuit(H, MEASURE, Gate("cx", (1, 0))))
    assert verdict.answer == "not equal"


def test_what_measurement_hides_and_what_not() -> None:
    assert verify(circuit(T, MEASURE), circuit(MEASURE)).answer == "equal"
    assert verify(circuit(T, MEASURE), circuit(MEASURE, T)).answer == "equal"
    assert verify(circuit(H, T, MEASURE), circuit(H, MEASURE)).answer == "equal"
    assert verify(circuit(MEASURE, MEASURE), circuit(MEASURE)).answer == "equal"
    assert verify(circuit(MEASURE), circuit(bits=1)).answer == "not equal"
    again = [Gate("measure", (1,), (), (0,)), MEASURE]
    assert verify(circuit(*again), circuit(MEASURE)).answer == "not equal"  # qubit 1 is disturbed


def test_resets_and_conditions() -> None:
    reset = Gate("reset", (0,))
    assert verify(circuit(H, reset), circuit(reset)).answer == "equal"
    correct = Gate("x", (0,), (), (), ((0,), 1))
    assert verify(circuit(MEASURE, correct, bits=1), circuit(reset, bits=1)).answer == "not equal"  # the bit
    never = Gate("x", (1,), (), (), ((0,), 2))
    assert verify(circuit(never), circuit()).answer == "equal"
    zero = Gate("x", (1,), (), (), ((0,), 0))  # bits begin at 0
    assert verify(circuit(zero), circuit(X)).answer == "equal"
    both = Gate("z", (1,), (), (), ((0, 1), 3))
    measures = [MEASURE, Gate("measure", (1,), (), (1,))]
    assert verify(circuit(*measures, both, bits=2), circuit(*measures, bits=2)).answer == "equal"


def test_prepared_and_projected_lines() -> None:
    bell = [Gate("init", (0,)), Gate("init", (1,)), Gate("h", (0,)), Gate("cx", (0, 1))]
    other = [Gate("init", (1,)), Gate("init", (0,)), Gate("h", (1,)), Gate("cx", (1, 0))]
    assert verify(Circuit(2, bell), Circuit(2, other)).answer == "equal"
    verdict = verify(Circuit(2, [*bell, Gate("z", (0,))]), Circuit(2, bell))
    assert verdict.answer == "not equal"
    projected = Circuit(2, [Gate("init", (1,)), Gate("h", (1,)), Gate("cx", (1, 0)), Gate("post", (1,))])
    halved = verify(projected, Circuit(1))
    assert halved.answer == "not equal"  # by a factor 1/√2
    twice = Circuit(
        2, [Gate("init", (1,)), Gate("h", (1,)), Gate("s", (1,)), Gate("s", (1,)), Gate("post", (1,))]
    )
    assert verify(projected, twice).answer == "equal"


def test_symbols_in_channels() -> None:
    a = sympy.Symbol("a")
    turned = [Gate("rz", (0,), (a,)), MEASURE]
    assert verify(circuit(*turned), circuit(MEASURE)).answer == "equal"
    verdict = verify(circuit(Gate("rx", (0,), (a,)), MEASURE), circuit(MEASURE))
    assert verdict.answer == "not equal"
    assert verdict.witness.symbols


def test_decimals_in_channels() -> None:
    third = [Gate("ry", (0,), (0.3,)), MEASURE]
    parts = [Gate("ry", (0,), (0.1,)), Gate("ry", (0,), (0.2,)), MEASURE, Gate("rz", (0,), (0.123,))]
    assert verify(circuit(*third), circuit(*parts)).answer == "equal"
    assert verify(circuit(*third), circuit(*parts[1:])).answer == "not equal"


def test_teleportation() -> None:
    q = [
        Gate("init", (1,)),
        Gate("init", (2,)),
        Gate("h", (1,)),
        Gate("cx", (1, 2)),
        Gate("cx", (0, 1)),
        Gate("h", (0,)),
    ]
    q += [Gate("measure", (0,), (), (0,)), Gate("measure", (1,), (), (1,))]
    q += [Gate("x", (2,), (), (), ((1,), 1)), Gate("z", (2,), (), (), ((0,), 1))]
    # forget the outcomes
    q += [
        Gate("reset", (0,)),
        Gate("reset", (1,)),
        Gate("measure", (0,), (), (0,)),
        Gate("measure", (1,), (), (1,)),
    ]
    q += [Gate("post", (0,)), Gate("post", (1,))]
    teleport = Circuit(3, q, 2)
    assert verify(teleport, Circuit(1, n_clbits=2)).answer == "equal"
    wrong = [g for g in q if g.name != "z"]
    assert verify(Circuit(3, wrong, 2), Circuit(1, n_clbits=2)).answer == "not equal"


def test_opaque_operations_are_not_guessed() -> None:
    oracle = Gate("opaque", (0, 1), label="oracle")
    assert verify(circuit(H, H, oracle), circuit(oracle)).answer == "equal"
    verdict = verify(circuit(H, oracle), circuit(oracle))
    assert verdict.answer == "unknown"
    assert "oracle" in verdict.reason


def test_witnesses_with_classical_bits_must_fit() -> None:
    witness = Witness(("0", "0"), "0011", "0011", "", (1, 0))
    with pytest.raises(ValueError, match="4 bits, the circuit 3"):
        check_witness(circuit(MEASURE), circuit(), witness)


def test_classical_bits_are_part_of_the_shape() -> None:
    verdict = verify(circuit(bits=1), circuit(bits=2))
    assert (verdict.answer, verdict.method) == ("not equal", "shape")
    assert "1 classical bits" in verdict.reason


def test_initial_must_fit() -> None:
    for bad in ("0", "0x", "???"):
        with pytest.raises(ArityError, match="each of 2 inputs"):
            verify(circuit(), circuit(X), initial=bad)
    with pytest.raises(ArityError, match="not distinct inputs"):
        verify(circuit(), circuit(X), ancillas=[5])
    with pytest.raises(ArityError, match="not distinct inputs"):
        verify(circuit(), circuit(X), ancillas=[1], dirty=[1])
    with pytest.raises(ArityError, match="cannot be compared"):
        verify(Circuit(1), Circuit(3, [Gate("t", (0,), ())]), ancillas=1)


def test_angle_of_a_float_is_no_fraction() -> None:
    # 0.1 + 0.2 is not the fraction 3/10: equal within the tolerance that is stated
    a = circuit(Gate("rx", (0,), (0.1,)), Gate("rx", (0,), (0.2,)), MEASURE)
    b = circuit(Gate("rx", (0,), (Fraction(3, 10),)), MEASURE)
    verdict = verify(a, b)
    assert verdict.answer == "equal"
    assert "within" in verdict.method or "floating" in verdict.method


def test_conditional_gates_are_compared_for_each_value_of_their_bits() -> None:
    """Written otherwise: the lists of conditional gates are not the same."""
    measured = [
        Gate("h", (0,)),
        Gate("measure", (0,), (), (0,)),
        Gate("h", (1,)),
        Gate("measure", (1,), (), (1,)),
    ]
    turned = [Gate("ry", (2,), (Fraction(1, 3),)), *measured]

    def held(names: str, value: int) -> list[Gate]:
        return [Gate(name, (2,), (), (), ((0, 1), value)) for name in names.split()]

    one = Circuit(3, [*turned, *held("h", 1), *held("x", 2), Gate("t", (2,))], 2)
    other = Circuit(3, [*measured, *turned[:1], *held("x", 2), *held("z h z x z x z", 1), Gate("t", (2,))], 2)
    assert verify(one, other).answer == "not equal"
    other = Circuit(3, [*measured, *turned[:1], *held("x", 2), *held("z x h s s x", 1), Gate("t", (2,))], 2)
    assert verify(one, other).method.startswith("region by region")


def test_a_condition_that_changes_in_between_is_another() -> None:
    flip = Gate("x", (1,), (), (), ((0,), 1))
    read = Gate("measure", (0,), (), (0,))
    one = Circuit(2, [Gate("h", (0,)), read, flip, Gate("h", (0,)), read, flip], 1)
    other = Circuit(2, [Gate("h", (0,)), read, Gate("h", (0,)), read, flip, flip], 1)
    assert verify(one, other).answer == "not equal"
