"""Shots against the exact distribution of the doubled network."""

import random

import numpy as np
import pytest
import scipy.stats
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import LimitReached, PhaseError
from catenary.functors.circuits import Circuit, CircuitError, Gate, library
from catenary.functors.circuits.sampling import sample
from catenary.functors.mixed import distribution


def _fits(counts, weights, shots):
    """A chi-squared test that a right sampler fails once in a million runs; impossible outcomes never occur."""
    flat = {format(k, f"0{weights.ndim}b"): w for k, w in enumerate(weights.reshape(-1))}
    assert sum(counts.values()) == shots
    assert all(flat[key] > 1e-12 for key in counts)
    likely = {key: w for key, w in flat.items() if w * shots > 5}
    found = [counts.get(key, 0) for key in likely]
    want = [w * shots for w in likely.values()]
    if shots - sum(want) > 5:
        found, want = [*found, shots - sum(found)], [*want, shots - sum(want)]
    if len(found) > 1:
        want = np.array(want) * sum(found) / sum(want)
        assert scipy.stats.chisquare(found, want).pvalue > 1e-6


def mixed(seed, n=3, bits=3, gates=14):
    rng = random.Random(seed)
    made = [Gate("h", (q,)) for q in range(n)]
    for _ in range(gates):
        kind = rng.choice(["h", "t", "cx", "ry", "measure", "reset", "if"])
        q = rng.randrange(n)
        held = tuple(rng.sample(range(bits), rng.randint(1, 2)))
        condition = (held, rng.randrange(1 << len(held))) if rng.random() < 0.4 else None
        if kind == "cx":
            made.append(Gate("cx", tuple(rng.sample(range(n), 2)), condition=condition))
        elif kind == "measure":
            made.append(Gate("measure", (q,), clbits=(rng.randrange(bits),), condition=condition))
        elif kind == "if":
            made.append(Gate("x", (q,), condition=condition))
        else:
            params = (rng.uniform(-1, 1),) if kind == "ry" else ()
            made.append(Gate(kind, (q,), params, condition=condition))
    return Circuit(n, made, bits)


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_measured_circuits(seed):
    circuit = mixed(seed)
    counts = sample(circuit, 3000, seed=seed)
    assert counts == sample(circuit, 3000, seed=seed)
    _fits(counts, distribution(circuit), 3000)


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_measured_last(random_circuit, seed):
    plain = random_circuit(seed, 4, 12)
    reads = [Gate("measure", (q,), clbits=(c,)) for q, c in ((2, 0), (0, 1), (3, 2))]
    circuit = Circuit(4, [*plain.gates, *reads], 4)
    _fits(sample(circuit, 4000, seed=seed), distribution(circuit), 4000)


def test_outputs_are_measured_without_bits():
    crossed = Circuit(2, [Gate("x", (0,))], outputs=[1, 0])
    assert sample(crossed, 5, seed=1) == {"01": 5}
    again = Circuit(2, [Gate("x", (0,)), Gate("reset", (1,))], outputs=[1, 0])
    assert sample(again, 5, seed=1) == {"01": 5}
    opened = Circuit(2, [Gate("init", (1,)), Gate("x", (1,))], inputs=[0])
    assert sample(opened, 5) == {"01": 5}
    assert sample(crossed, 0) == {}


def test_many_shots_of_few_branches():
    gates = [Gate("h", (0,)), Gate("measure", (0,), clbits=(0,)), Gate("x", (0,), condition=((0,), 1))]
    counts = sample(Circuit(1, gates, 1), 10**15, seed=3)
    assert sum(counts.values()) == 10**15
    assert abs(counts["0"] - 5e14) < 1e9


def test_syndromes_find_errors():
    d = 2
    plaquettes = library.surface_code_plaquettes(d)
    m = len(plaquettes)
    two = library.surface_code_round(d, 2)
    half = len(two.gates) // 2
    for q in range(d * d):
        for name, seen_by in (("x", "Z"), ("z", "X"), ("id", "")):
            gates = [*two.gates[:half], Gate(name, (q,)), *two.gates[half:]]
            for key in sample(Circuit(two.n_qubits, gates, two.n_clbits), 20, seed=q):
                flipped = {k for k in range(m) if key[k] != key[m + k]}
                assert flipped == {k for k, p in enumerate(plaquettes) if p.kind == seen_by and q in p.qubits}
                assert all(key[k] == "0" for k, p in enumerate(plaquettes) if p.kind == "Z")


def test_what_is_refused():
    with pytest.raises(CircuitError, match="post"):
        sample(Circuit(1, [Gate("post", (0,))]), 1)
    with pytest.raises(CircuitError, match="magic"):
        sample(Circuit(1, [Gate("opaque", (0,), label="magic")]), 1)
    with pytest.raises(PhaseError, match="a"):
        sample(Circuit(1, [Gate("rx", (0,), (sympy.Symbol("a"),))]), 1)
    with pytest.raises(LimitReached):
        sample(Circuit(40), 1)
