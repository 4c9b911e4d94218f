"""Circuits with measurement, reset, conditions and noise, against density matrices pushed gate by gate, and
against Qiskit."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import ArityError, ContractionError
from catenary.functors.circuits import Circuit, Gate
from catenary.functors.circuits.gates import GATES
from catenary.functors.circuits.simulate import gate_matrix
from catenary.functors.mixed import (
    Channel,
    amplitude_damping,
    bit_flip,
    density_matrix,
    depolarising,
    distribution,
    mixed_circuit,
    phase_damping,
    readout_error,
)
from catenary.functors.tensor import compile_parametrised

KRAUS = {
    "amplitude": lambda g: [np.diag([1, np.sqrt(1 - g)]), np.array([[0, np.sqrt(g)], [0, 0]])],
    "phase": lambda g: [np.diag([1, np.sqrt(1 - g)]), np.diag([0, np.sqrt(g)])],
    "flip": lambda g: [np.sqrt(1 - g) * np.eye(2), np.sqrt(g) * np.array([[0, 1], [1, 0]])],
}
CHANNELS: dict[str, Callable[[float], Channel]] = {
    "amplitude": amplitude_damping,
    "phase": phase_damping,
    "flip": bit_flip,
}


def on(matrix: np.ndarray, qubits: tuple[int, ...], n: int) -> np.ndarray:
    """A matrix on some qubits as one on all of them."""
    k = len(qubits)
    rest = [q for q in range(n) if q not in qubits]
    full = np.kron(matrix, np.eye(1 << (n - k))).reshape((2,) * (2 * n))
    order = [*qubits, *rest]
    axes = [order.index(q) for q in range(n)]
    return full.transpose([*axes, *(n + a for a in axes)]).reshape(1 << n, 1 << n)


def brute_force(circuit: Circuit, noise: dict[str, list[np.ndarray]]) -> dict[tuple[int, ...], np.ndarray]:
    """The unnormalised density matrix of every assignment of the classical bits, from |0…0⟩."""
    n = circuit.n_qubits
    zero = np.zeros((1 << n, 1 << n), dtype=complex)
    zero[0, 0] = 1
    branches = {(0,) * circuit.n_clbits: zero}

    def push(rho: np.ndarray, matrices: list[np.ndarray], qubits: tuple[int, ...]) -> np.ndarray:
        wide = [on(m, qubits, n) for m in matrices]
        return sum(m @ rho @ m.conj().T for m in wide)

    for gate in circuit.gates:
        after: dict[tuple[int, ...], np.ndarray] = {}
        for bits, rho in branches.items():
            if gate.condition is not None:
                held, value = gate.condition
                if sum(bits[c] << k for k, c in enumerate(held)) != value:
                    after[bits] = after.get(bits, 0) + rho
                    continue
            if gate.name == "measure":
                for outcome in (0, 1):
                    projected = push(rho, [np.diag([1 - outcome, outcome])], gate.qubits)
                    changed = list(bits)
                    changed[gate.clbits[0]] = outcome
                    after[tuple(changed)] = after.get(tuple(changed), 0) + projected
                continue
            if gate.name == "reset":
                rho = push(rho, [np.array([[1, 0], [0, 0]]), np.array([[0, 1], [0, 0]])], gate.qubits)
            elif gate.name != "barrier":
                rho = push(rho, [gate_matrix(gate)], gate.qubits)
            for q in gate.qubits if gate.name in noise else ():
                rho = push(rho, noise[gate.name], (q,))
            after[bits] = after.get(bits, 0) + rho
        branches = after
    return branches


def random_circuit(rng: random.Random) -> Circuit:
    """Gates, measurements, resets and conditions on up to three qubits and bits."""
    n, bits = rng.randrange(1, 4), rng.randrange(1, 4)
    gates = []
    names = [name for name, spec in GATES.items() if spec.n_qubits <= n]
    for _ in range(rng.randrange(1, 9)):
        held = tuple(rng.sample(range(bits), rng.randrange(1, bits + 1)))
        condition = (held, rng.randrange(1 << len(held))) if rng.random() < 0.35 else None
        kind = rng.random()
        if kind < 0.25:
            gates.append(Gate("measure", (rng.randrange(n),), (), (rng.randrange(bits),), condition))
        elif kind < 0.4:
            gates.append(Gate("reset", (rng.randrange(n),), (), (), condition))
        else:
            name = rng.choice(["h", "h", *names])
            params = tuple(rng.uniform(-1, 1) for _ in range(GATES[name].n_params))
            qubits = tuple(rng.sample(range(n), GATES[name].n_qubits))
            gates.append(Gate(name, qubits, params, (), condition))
    return Circuit(n, gates, n_clbits=bits)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_against_density_matrices(seed: int) -> None:
    check_circuit(seed)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None)
@given(st.integers(0, 10**9))
def test_many_against_density_matrices(seed: int) -> None:
    check_circuit(seed)


def check_circuit(seed: int) -> None:
    """The density matrix, a partial trace and the distribution of the bits, with noise."""
    rng = random.Random(seed)
    circuit = random_circuit(rng)
    noise, kraus = {}, {}
    if not any(gate.condition for gate in circuit.gates):
        for name in {gate.name for gate in circuit.gates} - {"measure"}:
            kind, strength = rng.choice(sorted(KRAUS)), rng.random()
            noise[name], kraus[name] = CHANNELS[kind](strength), KRAUS[kind](strength)
    branches = brute_force(circuit, kraus)
    expected = sum(branches.values())
    np.testing.assert_allclose(density_matrix(circuit, noise=noise), expected, atol=1e-10)
    outcomes = np.zeros((2,) * circuit.n_clbits)
    for bits, rho in branches.items():
        outcomes[bits] += np.trace(rho).real
    np.testing.assert_allclose(distribution(circuit, noise=noise), outcomes, atol=1e-10)
    keep = rng.sample(range(circuit.n_qubits), rng.randrange(circuit.n_qubits + 1))
    n, k = circuit.n_qubits, len(keep)
    rest = [q for q in range(n) if q not in keep]
    cube = expected.reshape((2,) * (2 * n)).transpose(
        [*keep, *rest, *(n + q for q in keep), *(n + q for q in rest)]
    )
    partial = np.einsum("arbr->ab", cube.reshape(1 << k, 1 << (n - k), 1 << k, 1 << (n - k)))
    np.testing.assert_allclose(density_matrix(circuit, keep, noise=noise), partial, atol=1e-10)


@pytest.mark.parametrize("seed", range(12))
def test_against_qiskit(seed: int) -> None:
    quantum_info = pytest.importorskip("qiskit.quantum_info", reason="qiskit is an extra")
    from catenary.functors.bridges.qiskit import to_qiskit

    rng = random.Random(seed)
    names = ["h", "rx", "cx", "u", "rzz", "ccx", "t", "crz", "swap"]
    gates = []
    for _ in range(6):
        spec = GATES[rng.choice(names)]
        params = tuple(rng.uniform(-1, 1) for _ in range(spec.n_params))
        gates.append(Gate(spec.name, tuple(rng.sample(range(3), spec.n_qubits)), params))
    state = quantum_info.DensityMatrix.from_label("000")
    gamma, p, lam = rng.random(), rng.random(), rng.random()
    one = quantum_info.Kraus(KRAUS["amplitude"](gamma)).compose(quantum_info.Kraus(KRAUS["phase"](lam)))
    depolarised = (1 - p) * quantum_info.SuperOp(np.eye(16))
    depolarised += p * quantum_info.SuperOp(np.outer(np.eye(4).reshape(-1), np.eye(4).reshape(-1)) / 4)
    for gate in gates:
        state = state.evolve(to_qiskit(Circuit(3, [gate])))
        if len(gate.qubits) == 2:
            state = state.evolve(depolarised, list(gate.qubits))
        elif len(gate.qubits) == 1:
            state = state.evolve(one, list(gate.qubits))
    damped = amplitude_damping(gamma) >> phase_damping(lam)
    pair = depolarising(p, 2)

    def noise(gate: Gate) -> Channel | None:
        return {1: damped, 2: pair}.get(len(gate.qubits))

    found = density_matrix(Circuit(3, gates), noise=noise)
    # Qiskit's first qubit is the least significant
    expected = state.data.reshape((2,) * 6).transpose(2, 1, 0, 5, 4, 3).reshape(8, 8)
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_readout_and_teleportation() -> None:
    angle = Fraction(1, 3)
    gates = [
        Gate("ry", (0,), (angle,)),
        Gate("h", (1,)),
        Gate("cx", (1, 2)),
        Gate("cx", (0, 1)),
        Gate("h", (0,)),
        Gate("measure", (0,), clbits=(0,)),
        Gate("measure", (1,), clbits=(1,)),
        Gate("x", (2,), condition=((1,), 1)),
        Gate("z", (2,), condition=((0,), 1)),
    ]
    circuit = Circuit(3, gates, n_clbits=2)
    c, s = np.cos(np.pi / 6), np.sin(np.pi / 6)
    np.testing.assert_allclose(density_matrix(circuit, [2]), np.outer([c, s], [c, s]), atol=1e-12)
    np.testing.assert_allclose(distribution(circuit), np.full((2, 2), 0.25), atol=1e-12)
    read = distribution(
        Circuit(1, [Gate("measure", (0,), clbits=(0,))], n_clbits=1),
        noise={"measure": readout_error(0.2, 0.1)},
    )
    np.testing.assert_allclose(read, [0.8, 0.2])


def test_free_angles_of_a_noisy_circuit() -> None:
    a, b = sympy.symbols("a b")
    gates = [
        Gate("rx", (0,), (a,)),
        Gate("measure", (0,), clbits=(0,)),
        Gate("ry", (1,), (b,), condition=((0,), 1)),
        Gate("crz", (0, 1), (a * b,)),
        Gate("h", (1,)),
        Gate("measure", (1,), clbits=(1,)),
    ]
    circuit = Circuit(2, gates, n_clbits=2)
    channel = mixed_circuit(
        circuit, initial="00", noise={"h": depolarising(0.1), "rx": amplitude_damping(0.2)}
    )
    program = compile_parametrised(channel.discarding([2, 3]).parametrised, ["a", "b"])
    values = np.random.default_rng(0).uniform(-1, 1, (4, 2))
    found, slope = program.value_and_jacobian(values)
    assert np.abs(found.imag).max() < 1e-12
    for row, value, matrix in zip(values, found, slope, strict=True):
        bound = circuit.bind({"a": row[0], "b": row[1]})
        noise = {"h": depolarising(0.1), "rx": amplitude_damping(0.2)}
        np.testing.assert_allclose(value.real, distribution(bound, noise=noise), atol=1e-12)
        np.testing.assert_allclose(value.sum(), 1, atol=1e-12)
        for p in range(2):
            step = 1e-6 * np.eye(2)[p]
            np.testing.assert_allclose(
                matrix[..., p], (program(row + step) - program(row - step)) / 2e-6, atol=1e-7
            )
    with pytest.raises(ContractionError, match="free parameters"):
        channel.contract()


def test_a_discard_of_four_qubits_is_fast() -> None:
    gates = [Gate("h", (q,)) for q in range(4)] + [Gate("cx", (q, q + 1)) for q in range(3)]
    gates += [Gate("rx", (q,), (0.1 * q,)) for q in range(4)]
    start = time.process_time()
    rho = density_matrix(Circuit(4, gates), [0, 1, 2])
    assert time.process_time() - start < 1  # 0.01 s measured, of which most is the path search
    np.testing.assert_allclose(np.trace(rho), 1)


def test_many_qubits_and_wide_conditions() -> None:
    n = 12
    gates = [Gate("h", (0,)), *(Gate("cx", (q, q + 1)) for q in range(n - 1))]
    gates += [Gate("measure", (q,), clbits=(q,)) for q in range(n - 1)]
    gates += [Gate("x", (n - 1,), condition=(tuple(range(n - 1)), (1 << (n - 1)) - 1))]
    circuit = Circuit(n, gates, n_clbits=n - 1)
    np.testing.assert_allclose(density_matrix(circuit, [n - 1]), np.diag([1, 0]), atol=1e-12)
    ghz = mixed_circuit(
        Circuit(30, [Gate("h", (0,)), *(Gate("cx", (q, q + 1)) for q in range(29))]), initial="0" * 30
    )
    np.testing.assert_allclose(ghz.discarding([7]).density_matrix(), np.eye(2) / 2, atol=1e-12)


def test_errors_say_where() -> None:
    with pytest.raises(ContractionError, match="not a known map"):
        mixed_circuit(Circuit(1, [Gate("opaque", (0,), label="magic")]))
    with pytest.raises(ArityError, match="1 bits for the 2 inputs"):
        mixed_circuit(Circuit(2), initial="0")
    with pytest.raises(ArityError, match="not 0 or 1"):
        mixed_circuit(Circuit(1), initial="2")
    with pytest.raises(ContractionError, match="which does not act on its 2 qubits"):
        mixed_circuit(Circuit(2, [Gate("cx", (0, 1))]), noise={"cx": depolarising(0.1, 3)})
    conditional = Circuit(1, [Gate("x", (0,), condition=((0,), 1))], n_clbits=1)
    with pytest.raises(ContractionError, match="conditional and has noise"):
        mixed_circuit(conditional, noise={"x": depolarising(0.1)})
    with pytest.raises(ArityError, match="not all among"):
        density_matrix(Circuit(1), [1])
    with pytest.raises(ContractionError, match="is a probability"):
        depolarising(1.5)
