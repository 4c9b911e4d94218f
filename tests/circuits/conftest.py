"""Random circuits shared by the circuit tests."""

import random
from fractions import Fraction

import numpy as np
import pytest

from catenary.functors.circuits import GATES, Circuit, Gate


def _angle(rng):
    if rng.random() < 0.6:
        return Fraction(rng.randint(-16, 16), rng.choice([1, 2, 3, 4, 8]))
    return rng.uniform(-3, 3)


def _gate(name, qubits, rng):
    return Gate(name, tuple(qubits), tuple(_angle(rng) for _ in range(GATES[name].n_params)))


@pytest.fixture(scope="session")
def random_gate():
    """name, seed -> a gate of this name on its first qubits with random angles."""
    return lambda name, seed: _gate(name, range(GATES[name].n_qubits), random.Random(seed))


@pytest.fixture(scope="session")
def random_circuit():
    """seed, n_qubits, n_gates -> a random circuit over the whole gate set, perhaps with crossed lines."""

    def make(seed, n_qubits=4, n_gates=10, *, cross=False, phase=True):
        rng = random.Random(seed)
        names = [spec.name for spec in GATES.values() if spec.n_qubits <= n_qubits]
        gates = []
        for _ in range(n_gates):
            name = rng.choice(names)
            gates.append(_gate(name, rng.sample(range(n_qubits), GATES[name].n_qubits), rng))
        inputs, outputs = list(range(n_qubits)), list(range(n_qubits))
        if cross:
            rng.shuffle(inputs)
            rng.shuffle(outputs)
        alpha = Fraction(rng.randint(0, 7), 4) if phase else Fraction(0)
        return Circuit(n_qubits, gates, inputs=inputs, outputs=outputs, global_phase=alpha)

    return make


@pytest.fixture(scope="session")
def same_up_to_phase():
    """Whether two matrices are equal up to a number of modulus one."""

    def same(a, b):
        at = np.argmax(abs(b))
        ratio = a.flat[at] / b.flat[at]
        return abs(abs(ratio) - 1) < 1e-9 and np.allclose(a, ratio * b, atol=1e-9)

    return same
