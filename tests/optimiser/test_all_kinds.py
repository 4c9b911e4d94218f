"""Thousands of random circuits of every kind through every pass alone and through the whole optimiser.

All of them take some minutes. ``CATENARY_CIRCUITS=1000:1500`` (first and end) runs only these.
"""

import os
import random
import time

import numpy as np
import pytest

from catenary.functors.circuits import BASIC, Circuit, Gate, to_basic
from catenary.rewriting.circuits import optimize
from catenary.rewriting.circuits.costs import COSTS
from catenary.rewriting.circuits.passes import PASSES, Limits
from tests.optimiser.random_circuits import ALL_KINDS, A, generic, matrix, random_circuit

CIRCUITS = 5_000
LONG = 600.0
"""Seconds that nothing here takes: what ends the work is the number of moves."""
OTHERS = ("ccx", "ccz", "cswap", "crz", "rzz", "cp", "rx", "h", "t", "cx")


def any_circuit(rng: random.Random) -> Circuit:
    """Over the basic set with rotations of one kind or of all, with any one-qubit gates between CX gates, or with Toffoli
    and other gates that are taken apart.
    """
    kind = rng.randrange(len(ALL_KINDS) + 3)
    if kind < len(ALL_KINDS):
        return random_circuit(rng, kinds=ALL_KINDS[kind])
    if kind == len(ALL_KINDS):
        return random_circuit(rng, kinds=("t", "tdg", "exact", "float", "symbol"))
    if kind == len(ALL_KINDS) + 1:
        return generic(rng, rng.randint(1, 4), rng.randint(1, 30))
    gates = []
    for _ in range(rng.randint(1, 10)):
        name = rng.choice(OTHERS)
        width = {"h": 1, "t": 1, "rx": 1, "cx": 2, "crz": 2, "rzz": 2, "cp": 2}.get(name, 3)
        turned = name in ("crz", "rzz", "cp", "rx")
        gates.append(
            Gate(name, tuple(rng.sample(range(4), width)), (rng.choice((A, 0.3, 1)),) if turned else ())
        )
    return Circuit(4, gates)


def check(start: int, count: int) -> None:
    """Circuits ``start`` … ``start + count - 1``: each pass keeps the unitary with its phase, and so does the whole."""
    for number in range(start, start + count):
        rng = random.Random(number)
        circuit = any_circuit(rng)
        wanted = matrix(circuit)
        basic = to_basic(circuit)
        for each in PASSES:
            found = each.apply(basic, Limits(time.monotonic() + LONG, seed=number, steps=1000))
            assert {gate.name for gate in found.gates} <= BASIC, (number, each.name)
            assert np.allclose(matrix(found), wanted, atol=1e-8), (number, each.name)
        result = optimize(circuit, cost=COSTS[number % 4], budget=LONG, moves=2000, seed=number)
        assert result.verified == "equal", number
        assert not any(refusal.is_fault for refusal in result.refused), (number, result.refused)
        assert np.allclose(matrix(result.circuit), wanted, atol=1e-8), number
        assert getattr(result.after, COSTS[number % 4]) <= getattr(result.before, COSTS[number % 4]), number


def test_some_of_the_circuits() -> None:
    check(0, 8)


@pytest.mark.slow
def test_all_of_the_circuits() -> None:
    first, _, end = os.environ.get("CATENARY_CIRCUITS", f"0:{CIRCUITS}").partition(":")
    check(int(first), int(end) - int(first))
