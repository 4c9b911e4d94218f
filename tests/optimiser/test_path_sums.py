"""Sums over paths beside matrices of numpy."""

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy

from catenary.diagrams import LimitReached
from catenary.functors.circuits import Circuit, Gate
from catenary.functors.circuits.library import gf2_multiplier, ripple_carry_adder
from catenary.rewriting.circuits import path_sums
from catenary.rewriting.circuits.path_miter import (
    Miter,
    as_complex,
    equal_channels,
    equal_maps,
    exact_value,
    overlap_on,
    power_of_root,
    times,
)
from catenary.rewriting.circuits.path_sums import FALSE, PathSum, has_decimals, modulus_of, native, product
from catenary.rewriting.circuits.purification import purified
from tests.optimiser.random_channels import altered, random_channel, same_channel
from tests.optimiser.random_circuits import BOUND, faulty, matrix, random_circuit, rewritten, same_up_to_phase


def test_scalar_products_decide_equality_and_phase(kinds: tuple[str, ...]) -> None:
    rng = random.Random(50)
    for _ in range(40):
        a = random_circuit(rng, kinds=kinds, qubits=4, gates=40)
        for b in (rewritten(a, rng), faulty(a, rng)):
            if b is None:
                continue
            left, right = purified(a), purified(b)
            answer = equal_maps(left, right, Miter(left, right))
            if answer is None:  # decimals and symbols may be stuck
                assert "float" in kinds or "symbol" in kinds
                continue
            assert answer.equal == same_up_to_phase(a, b)
            if answer.equal:
                phase = float(sympy.sympify(answer.phase).subs(BOUND))
                assert np.allclose(matrix(a), np.exp(1j * np.pi * phase) * matrix(b), atol=1e-8)


def test_every_gate_of_the_set() -> None:
    rng = random.Random(51)
    gates = [
        Gate("ccx", (0, 1, 2)),
        Gate("ccz", (1, 2, 0)),
        Gate("cswap", (2, 0, 1)),
        Gate("c3x", (3, 0, 1, 2)),
        Gate("h", (3,)),
        Gate("cu3", (0, 3), (Fraction(1, 2), Fraction(1, 4), Fraction(1))),
        Gate("rccx", (1, 2, 3)),
        Gate("iswap", (2, 3)),
        Gate("y", (1,)),
    ]
    for _ in range(15):
        circuit = Circuit(4, [Gate("h", (q,)) for q in range(4)] + [rng.choice(gates) for _ in range(8)])
        inputs = [rng.choice("01+-rl") for _ in range(4)]
        letters = {"1": "x", "+": "h", "-": "x h", "r": "h s", "l": "h sdg", "0": ""}
        ready = [Gate(name, (q,)) for q, s in enumerate(inputs) for name in letters[s].split()]
        start = matrix(Circuit(4, ready))[:, 0]
        wanted = np.vdot(start, matrix(circuit) @ start)
        assert np.isclose(overlap_on(native(circuit), Circuit(4), inputs), wanted)


def test_what_the_miter_does_to_basis_states() -> None:
    cnot, flip = Circuit(2, [Gate("cx", (0, 1))]), Circuit(2, [Gate("x", (1,))])
    crossed = Circuit(2, [Gate("cx", (0, 1)), Gate("swap", (0, 1))])
    assert Miter(purified(crossed.dagger()), purified(cnot.dagger())).images().places == (1, 0)
    assert Miter(purified(cnot), purified(flip)).images().input in ("00", "10")
    phases = Miter(purified(Circuit(2, [Gate("cp", (0, 1), (Fraction(1, 4),))])), purified(Circuit(2)))
    assert phases.images().input == "+1"


def test_wide_arithmetic_in_little_time() -> None:
    for circuit in (gf2_multiplier(0b100011011), ripple_carry_adder(8)):
        hs = [Gate(name, (0,)) for name in ("h", "t", "tdg", "h")]
        other = circuit.with_gates((*hs, *circuit.gates))
        left, right = purified(circuit), purified(other)
        assert equal_maps(left, right, Miter(left, right)).equal


def test_channels_by_scalar_products() -> None:
    rng = random.Random(52)
    for _ in range(60):
        a = random_channel(rng, qubits=2, gates=7)
        b = altered(a, rng)
        found = equal_channels(purified(a), purified(b))
        assert found in (None, same_channel(a, b))


def test_exact_numbers() -> None:
    root = power_of_root(1)
    assert times(root, root) == power_of_root(2) == {Fraction(0): Fraction(2)}
    assert np.isclose(as_complex(power_of_root(-3)), 2**-1.5)
    total = PathSum(8)
    total.wires = [FALSE]
    for name in ("h", "t", "h", "t", "h"):
        total.gate(Gate(name, (0,)), [0])
    total.require(total.wires.pop())
    wanted = matrix(Circuit(1, [Gate(name, (0,)) for name in ("h", "t", "h", "t", "h")]))[0, 0]
    assert np.isclose(total.value(), wanted)
    assert np.isclose(as_complex(exact_value(total)), wanted)


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(53)
    gates = [
        Gate(name, tuple(rng.sample(range(12), 3 if name == "ccx" else 1)))
        for _ in range(300)
        for name in ("ccx", "h", "t")
    ]
    dense = purified(Circuit(12, gates))
    monkeypatch.setattr(path_sums, "LARGEST", 500)
    with pytest.raises(LimitReached, match="500 terms"):
        Miter(dense, purified(Circuit(12)))
    with pytest.raises(LimitReached, match="time limit"):
        Miter(dense, purified(Circuit(12)), deadline=0.0)


def test_moduli_and_products() -> None:
    assert modulus_of([Circuit(1, [Gate("rz", (0,), (Fraction(1, 3),))])]) == 24
    fine = Circuit(1, [Gate("rz", (0,), (Fraction(1, 3**20),))])
    assert has_decimals([fine])  # no modulus is that large
    assert not has_decimals([Circuit(1, [Gate("rz", (0,), (Fraction(1, 3),)), Gate("t", (0,))])])
    assert product(frozenset([1, 0]), frozenset([1])) == frozenset()
