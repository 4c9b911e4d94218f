"""Noise as an operation of a circuit, against Qiskit's density matrices and channels."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary import files
from catenary.diagrams import CatenaryError
from catenary.functors.circuits import Circuit, CircuitError, Gate, noise, qasm2, qasm3, unitary
from catenary.functors.circuits.drawing import circuit_text
from catenary.functors.circuits.sampling import sample
from catenary.functors.mixed import density_matrix, distribution
from catenary.rewriting.circuits import check_witness, optimize, verify
from tests.circuits import independent


def channel(rng: random.Random) -> Gate:
    """Noise on qubits 0 to 2."""
    a, b = rng.sample(range(3), 2)
    p = rng.choice([0.0, 1.0, rng.random()])
    unitary_part, _ = np.linalg.qr(
        np.array([[complex(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(2)] for _ in range(4)])
    )
    return rng.choice(
        [
            lambda: noise.depolarising(p, a),
            lambda: noise.depolarising(p, (a, b)),
            lambda: noise.amplitude_damping(p, a),
            lambda: noise.phase_damping(p, a),
            lambda: noise.bit_flip(p, a),
            lambda: noise.phase_flip(p, a),
            lambda: noise.pauli_noise({"XZ": p / 2, "YI": p / 3}, (a, b)),
            lambda: noise.kraus([unitary_part[:2], unitary_part[2:]], a),
        ]
    )()


def circuit_of(seed: int, measured: bool = False) -> Circuit:
    rng = random.Random(seed)
    gates = []
    for _ in range(rng.randint(2, 9)):
        kind = rng.random()
        if kind < 0.4:
            gates.append(channel(rng))
        elif kind < 0.7:
            gates.append(Gate(rng.choice(["h", "s", "t", "x", "sx"]), (rng.randrange(3),)))
        else:
            gates.append(Gate(rng.choice(["cx", "cz", "swap"]), tuple(rng.sample(range(3), 2))))
    if measured:
        gates += [noise.noisy_measure(0, 0, 0.1, 0.3), *gates, Gate("measure", (1,), (), (1,))]
        gates.append(Gate("noise", (2,), (), (), ((0, 1), 2), meaning=noise.bit_flip(0.25, 2).meaning))
        gates.append(Gate("noise", (2,), (), (1,), ((0,), 1), meaning=noise.noisy_measure(0, 0, 0.2).meaning))
    return Circuit(3, gates, 2 if measured else 0)


def by_hand(circuit: Circuit) -> dict[tuple[int, ...], np.ndarray]:
    """The state for each value of the classical bits, by matrices written down here."""
    n = circuit.n_qubits
    start = np.zeros((1 << n, 1 << n), dtype=complex)
    start[0, 0] = 1
    states = {(0,) * circuit.n_clbits: start}
    for gate in circuit.gates:
        new: dict[tuple[int, ...], np.ndarray] = {}

        def put(
            bits: tuple[int, ...], rho: np.ndarray, into: dict[tuple[int, ...], np.ndarray] = new
        ) -> None:
            into[bits] = into.get(bits, 0) + rho

        for bits, rho in states.items():
            if gate.condition is not None:
                held, value = gate.condition
                if sum(bits[c] << k for k, c in enumerate(held)) != value:
                    put(bits, rho)
                    continue
            if gate.clbits:
                (c,) = gate.clbits
                wrong = (0.0, 0.0) if gate.name == "measure" else gate.meaning.readout
                for seen in (0, 1):
                    projector = wide(np.diag([1 - seen, seen]), gate.qubits, n)
                    for read in (0, 1):
                        chance = wrong[seen] if read != seen else 1 - wrong[seen]
                        put((*bits[:c], read, *bits[c + 1 :]), chance * projector @ rho @ projector)
                continue
            operators = (
                gate.meaning.matrices()
                if gate.name == "noise"
                else [
                    independent.unitary(
                        Circuit(len(gate.qubits), [Gate(gate.name, tuple(range(len(gate.qubits))))])
                    )
                ]
            )
            for operator in operators:
                k = wide(operator, gate.qubits, n)
                put(bits, k @ rho @ k.conj().T)
        states = new
    return states


def wide(matrix: np.ndarray, qubits: tuple[int, ...], n: int) -> np.ndarray:
    rest = [q for q in range(n) if q not in qubits]
    whole = np.kron(matrix, np.eye(1 << (n - len(qubits)))).reshape((2,) * (2 * n))
    order = [[*qubits, *rest].index(q) for q in range(n)]
    return whole.transpose(order + [n + q for q in order]).reshape(1 << n, 1 << n)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_density_matrices_and_distributions(seed: int) -> None:
    circuit = circuit_of(seed)
    assert np.allclose(density_matrix(circuit), by_hand(circuit)[()], atol=1e-9)
    measured = circuit_of(seed, measured=True)
    found = distribution(measured)
    for bits, rho in by_hand(measured).items():
        assert found[bits] == pytest.approx(float(np.trace(rho).real), abs=1e-9)
    assert files.loads(files.dumps(measured)) == measured


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_qiskit_agrees_and_gives_them_back(seed: int) -> None:
    pytest.importorskip("qiskit")
    from qiskit.quantum_info import DensityMatrix

    from catenary.functors.bridges.qiskit import from_qiskit, to_qiskit

    circuit = circuit_of(seed)
    theirs = to_qiskit(circuit)
    assert np.allclose(DensityMatrix(theirs).reverse_qargs().data, density_matrix(circuit), atol=1e-9)
    assert np.allclose(density_matrix(from_qiskit(theirs)), density_matrix(circuit), atol=1e-9)


def test_strengths_are_those_of_qiskit() -> None:
    """depolarizing_error(p) of Qiskit Aer is (1 - p)·ρ + p·I/2ⁿ."""
    for n in (1, 2):
        rho = density_matrix(
            Circuit(n, [*(Gate("h", (q,)) for q in range(n)), noise.depolarising(0.3, tuple(range(n)))])
        )
        plus = np.full((1 << n, 1 << n), 1 / (1 << n))
        assert np.allclose(rho, 0.7 * plus + 0.3 * np.eye(1 << n) / (1 << n))
    decayed = density_matrix(Circuit(1, [Gate("h", (0,)), noise.amplitude_damping(0.36, 0)]))
    assert np.allclose(decayed, [[0.68, 0.4], [0.4, 0.32]])
    assert np.allclose(
        density_matrix(Circuit(1, [Gate("h", (0,)), noise.phase_damping(0.36, 0)])), [[0.5, 0.4], [0.4, 0.5]]
    )


@pytest.mark.parametrize("seed", [1, 5])
def test_trajectories_have_the_distribution(seed: int) -> None:
    circuit, shots = circuit_of(seed, measured=True), 200_000
    found = sample(circuit, shots, seed=3)
    wanted = distribution(circuit)
    for bits in np.ndindex(2, 2):
        chance = wanted[bits]
        seen = found.get("".join(map(str, bits)), 0)
        assert abs(seen - shots * chance) <= 6 * math.sqrt(shots * chance * (1 - chance)) + 1
    assert found == sample(circuit, shots, seed=3)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_verify_compares_channels(seed: int) -> None:
    rng = random.Random(seed)
    circuit = circuit_of(seed)
    place = rng.randrange(len(circuit) + 1)
    same = circuit.with_gates(
        (*circuit.gates[:place], Gate("cx", (0, 1)), Gate("cx", (0, 1)), *circuit.gates[place:])
    )
    assert verify(circuit, same).answer == "equal"
    other = circuit.with_gates((*circuit.gates[:place], channel(rng), *circuit.gates[place:]))
    verdict = verify(circuit, other)
    equal = np.allclose(choi(circuit), choi(other), atol=1e-9)
    assert verdict.answer == ("equal" if equal else "not equal")
    if not equal:
        assert verdict.witness is not None
        assert check_witness(circuit, other, verdict.witness)


def choi(circuit: Circuit) -> np.ndarray:
    """The state of half of three entangled pairs, by hand."""
    pairs = [gate for q in range(3) for gate in (Gate("h", (q + 3,)), Gate("cx", (q + 3, q)))]
    return by_hand(Circuit(6, [*pairs, *circuit.gates]))[()]


def test_the_optimiser_leaves_noise_in_place() -> None:
    toffoli = Gate("ccx", (0, 1, 2))
    circuit = Circuit(
        3, [toffoli, toffoli, noise.depolarising(0.1, (0, 1)), toffoli, toffoli, noise.bit_flip(0.2, 2)]
    )
    found = optimize(circuit, effort="quick")
    assert [gate.label for gate in found.circuit.gates] == ["depolarising(0.1)", "bit_flip(0.2)"]
    assert found.verified == "equal"


def test_what_cannot_hold_noise_refuses_it_by_name() -> None:
    from catenary.functors.bridges import cirq, pennylane, pytket, pyzx, stim
    from catenary.functors.zx import circuit_to_zx
    from catenary.rewriting.circuits.routing import route
    from catenary.rewriting.zx import simplify_circuit

    circuit = Circuit(2, [Gate("h", (0,)), noise.depolarising(0.25, (0, 1))])
    acts: list[Callable[[Circuit], object]] = [
        unitary,
        qasm2.dumps,
        qasm3.dumps,
        Circuit.to_diagram,
        circuit_to_zx,
    ]
    acts += [simplify_circuit, Circuit.dagger, lambda c: route(c, [(0, 1)])]
    for module, name in (
        (cirq, "to_cirq"),
        (pytket, "to_pytket"),
        (pyzx, "to_pyzx"),
        (stim, "to_stim"),
        (pennylane, "to_pennylane"),
    ):
        pytest.importorskip(name.removeprefix("to_"))
        acts.append(getattr(module, name))
    for act in acts:
        with pytest.raises(CatenaryError, match=r"depolarising\(0.25\)"):
            act(circuit)
    qiskit = pytest.importorskip("catenary.functors.bridges.qiskit")
    with pytest.raises(CircuitError, match="ReadoutError"):
        qiskit.to_qiskit(Circuit(1, [noise.noisy_measure(0, 0, 0.1)], 1))


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: noise.bit_flip(1.5, 0), "is a probability, not 1.5"),
        (lambda: noise.depolarising(float("nan"), 0), "is a probability"),
        (lambda: noise.depolarising(0.1, range(6)), "1 to 5 qubits"),
        (lambda: noise.kraus([[[1, 0], [0, 0.5]]], 0), "do not keep the trace"),
        (lambda: noise.kraus([], 0), "at least one"),
        (lambda: noise.kraus([[[1, 0, 0], [0, 1, 0]]], 0), "square"),
        (lambda: noise.kraus([np.eye(2)], (0, 1)), "acts on 1 qubits, not 2"),
        (lambda: noise.kraus("no", 0), "matrices of numbers"),
        (lambda: noise.pauli_noise({"Q": 0.1}, 0), "word of 1 letters"),
        (lambda: noise.pauli_noise({"X": 0.7, "Z": 0.7}, 0), "more than 1"),
        (lambda: Circuit(1, [Gate("noise", (0,))]), "needs a channel"),
        (lambda: Circuit(1, [noise.noisy_measure(0, 0, 0.1)]), "classical bit 0"),
        (
            lambda: Circuit(2, [Gate("noise", (0, 1), meaning=noise.bit_flip(0.1, 0).meaning)]),
            "acts on 1 qubits",
        ),
    ],
)
def test_what_is_no_noise_is_refused(act: Callable[[], object], message: str) -> None:
    with pytest.raises(CatenaryError, match=message):
        act()


def test_pictures_and_texts() -> None:
    circuit = Circuit(2, [noise.depolarising(0.25, (0, 1)), noise.noisy_measure(0, 0, 0.1)], 1)
    assert "depolarising(0.25)" in circuit_text(circuit)
    assert repr(circuit) == (
        "Circuit(2, [noise.depolarising(0.25, (0, 1)), noise.noisy_measure(0, 0, 0.1, 0.1)], n_clbits=1)"
    )
    assert eval(repr(circuit)) == circuit
