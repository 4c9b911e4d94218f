"""Decompositions of Toffoli gates: all equal, conditions kept, and pairs that cancel found."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.functors.circuits import BASIC, Circuit, Gate, counts, to_basic
from catenary.rewriting.circuits.cancellation import cancel_gates
from catenary.rewriting.circuits.merging import merge_rotations
from catenary.rewriting.circuits.toffoli import VARIANTS, good_variants, toffolis, with_variants
from tests.optimiser.random_circuits import matrix


@pytest.mark.parametrize("name", ["ccx", "ccz"])
def test_every_variant_is_the_gate(name: str) -> None:
    circuit = Circuit(3, [Gate(name, (2, 0, 1))])
    for k in range(len(VARIANTS)):
        written = with_variants(circuit, [k])
        assert {gate.name for gate in written.gates} <= BASIC
        assert (counts(written).t, counts(written).two_qubit) == (7, 6)
        assert np.allclose(matrix(written), matrix(circuit))


def toffoli_circuit(rng: random.Random) -> Circuit:
    gates = []
    for _ in range(rng.randint(1, 6)):
        name = rng.choice(("ccx", "ccx", "ccz", "h", "cx", "t", "cswap", "crz"))
        width = {"h": 1, "t": 1, "cx": 2, "crz": 2}.get(name, 3)
        gates.append(Gate(name, tuple(rng.sample(range(4), width)), (0.3,) if name == "crz" else ()))
    return Circuit(4, gates)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_good_variants_are_the_circuit(seed: int) -> None:
    rng = random.Random(seed)
    circuit = toffoli_circuit(rng)
    found = good_variants(circuit, 3, seed)
    assert bool(found) == bool(toffolis(circuit))
    for one in found:
        assert np.allclose(matrix(one), matrix(circuit))


def test_the_best_comes_first_and_the_seed_decides() -> None:
    # Two Toffoli gates with a target that is a control of the gate between: what cancels depends on the choice.
    gates = [Gate("ccx", (0, 1, 2)), Gate("ccx", (2, 3, 4)), Gate("ccx", (0, 1, 2)), Gate("ccx", (2, 3, 4))]
    circuit = Circuit(5, gates)

    def two_qubit(basic: Circuit) -> int:
        return counts(cancel_gates(merge_rotations(cancel_gates(basic)))).two_qubit

    found = good_variants(circuit, 4, 0)
    assert two_qubit(found[0]) == min(map(two_qubit, found)) < two_qubit(to_basic(circuit))
    assert found == good_variants(circuit, 4, 0)
    assert good_variants(circuit, 4, 0, lambda: True)


def test_conditional_gates_are_left_alone() -> None:
    conditional = Gate("ccx", (0, 1, 2), (), (), ((0,), 1))
    circuit = Circuit(3, [Gate("ccx", (0, 1, 2)), conditional], n_clbits=1)
    assert toffolis(circuit) == [0]
    (last,) = {
        tuple(g for g in form.gates if g.condition is not None) for form in good_variants(circuit, 2, 0)
    }
    assert last == tuple(g for g in to_basic(circuit).gates if g.condition is not None)
    assert good_variants(Circuit(3, [conditional], n_clbits=1), 2, 0) == []
