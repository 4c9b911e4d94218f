"""mcx, mcp and rpauli everywhere a gate goes: simulation, tensors, channels, derivatives, files, pictures."""

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy

from catenary import files
from catenary.diagrams.errors import ArityError
from catenary.functors.circuits import Circuit, Gate, counts, gate_matrix, to_basic, unitary
from catenary.functors.circuits.controls import controlled_gate
from catenary.functors.circuits.gates import FAMILIES, GATES, adjoint
from catenary.functors.circuits.powers import power
from catenary.functors.mixed import mixed_circuit
from catenary.functors.tensor import compile_parametrised, contract, parametrised_circuit
from catenary.functors.tensor.circuits import circuit_network
from tests.circuits import independent

MANY = Circuit(
    4,
    [
        Gate("h", (0,)),
        Gate("mcx", (2, 0, 3, 1)),
        Gate("rpauli", (3, 0, 1), (Fraction(1, 3),), label="YXZ"),
        Gate("mcp", (1, 0, 3), (0.3,)),
        Gate("rpauli", (2,), (Fraction(1, 2),), label="X"),
    ],
    global_phase=Fraction(1, 3),
)


def test_every_simulator_agrees():
    wanted = independent.unitary(MANY)
    assert np.allclose(unitary(MANY), wanted)
    assert np.allclose(unitary(to_basic(MANY)), wanted)
    found = contract(circuit_network(MANY)).reshape(16, 16)  # inputs first
    assert np.allclose(found.T, wanted)
    assert Circuit.from_diagram(MANY.to_diagram()) == MANY
    assert files.loads(files.dumps(MANY)) == MANY
    assert eval(repr(MANY), {"Circuit": Circuit, "Gate": Gate, "Fraction": Fraction}) == MANY


def test_channels_under_conditions():
    measured = Circuit(
        3,
        [
            Gate("h", (0,)),
            Gate("measure", (0,), (), (0,)),
            Gate("rpauli", (1, 2), (0.3,), (), ((0,), 1), "XY"),
            Gate("mcp", (0, 1, 2), (0.7,), (), ((0,), 1)),
        ],
        1,
    )
    ours = mixed_circuit(measured).network
    plain = mixed_circuit(to_basic(measured)).network
    assert np.allclose(contract(ours), contract(plain))


def test_gradients():
    a = sympy.Symbol("a")
    gates = [
        Gate("h", (0,)),
        Gate("h", (1,)),
        Gate("mcp", (0, 1), (a,)),
        Gate("rpauli", (1, 0), (2 * a,), label="XY"),
    ]
    program = compile_parametrised(parametrised_circuit(Circuit(2, gates), initial="00"), ["a"])
    _, jacobian = program.value_and_jacobian(np.array([0.3]))
    step = 1e-6
    slope = (program(np.array([0.3 + step])) - program(np.array([0.3 - step]))) / (2 * step)
    assert np.allclose(jacobian[..., 0], slope, atol=1e-6)
    from catenary.functors.differentiation import differentiate

    total = sum(
        complex(scalar.subs({a: 0.3})) * unitary(Circuit.from_diagram(term).bind({"a": 0.3}))
        for scalar, term in differentiate(Circuit(2, gates), a)
    )
    ends = [unitary(Circuit(2, gates).bind({"a": 0.3 + s})) for s in (step, -step)]
    assert np.allclose(total, (ends[0] - ends[1]) / (2 * step), atol=1e-6)


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        (Gate("mcx", (0, 1), (Fraction(1),)), "0 parameters"),
        (Gate("mcp", (0, 1)), "1 parameters"),
        (Gate("rpauli", (0, 1), (Fraction(1),), label="X"), "one letter"),
        (Gate("rpauli", (0, 1), (Fraction(1),), label="XI"), "one letter"),
        (Gate("mcx", ()), "no qubit"),
        (Gate("mcx", (0, 0)), "repeated"),
    ],
)
def test_wrong_ones_are_refused(gate, message):
    with pytest.raises(ArityError, match=message):
        Circuit(2, [gate])


def test_the_work_of_many_controls_is_quadratic():
    sizes = [counts(Circuit(n, [Gate("mcx", tuple(range(n)))])).gates for n in (16, 32, 64)]
    assert sizes[1] < 6 * sizes[0]
    assert sizes[2] < 6 * sizes[1]


def random_gates():
    rng = random.Random(1)
    for name in [*GATES, *FAMILIES]:
        for _ in range(3):
            width = GATES[name].n_qubits if name in GATES else rng.randint(1, 4)
            count = GATES[name].n_params if name in GATES else FAMILIES[name]
            params = tuple(
                Fraction(rng.randint(-16, 16), rng.choice([1, 2, 3, 4, 8]))
                if rng.random() < 0.7
                else rng.uniform(-3, 3)
                for _ in range(count)
            )
            label = "".join(rng.choice("XYZ") for _ in range(width)) if name == "rpauli" else ""
            yield Gate(name, tuple(range(width)), params, label=label)


def test_any_gate_under_any_controls():
    for gate in random_gates():
        for controls in (1, 2, 3):
            if len(gate.qubits) + controls > 6:
                continue
            moved = Gate(gate.name, tuple(q + controls for q in gate.qubits), gate.params, label=gate.label)
            found = Circuit(len(gate.qubits) + controls, controlled_gate(tuple(range(controls)), moved))
            assert np.allclose(unitary(found), independent.under(independent.matrix(gate), controls)), (
                gate,
                controls,
            )


def test_principal_powers():
    """Of every gate, against the eigenvalues; whole powers against products."""
    from scipy.linalg import schur

    rng = random.Random(2)
    for gate in random_gates():
        n, matrix = len(gate.qubits), independent.matrix(gate)
        times = rng.choice([-2, 3])
        gates, phase = power(([gate], Fraction(0)), Fraction(times), n)
        assert np.allclose(
            unitary(Circuit(n, gates, global_phase=phase)), np.linalg.matrix_power(matrix, times)
        )
        if gate.name in ("cu", "rccx"):
            continue  # refused by name
        r = rng.choice([Fraction(1, 2), Fraction(-1, 3), 0.3])
        gates, phase = power(([gate], Fraction(0)), r, n)
        triangle, vectors = schur(matrix, output="complex")
        angles = np.angle(np.diag(triangle))
        angles = np.where(angles < -np.pi + 1e-9, np.pi, angles)
        wanted = vectors @ np.diag(np.exp(1j * angles * float(r))) @ vectors.conj().T
        assert np.allclose(unitary(Circuit(n, gates, global_phase=phase)), wanted, atol=1e-7), (gate, r)


def test_adjoints():
    for gate in random_gates():
        back = Circuit(len(gate.qubits), adjoint(gate))
        assert np.allclose(unitary(back), gate_matrix(gate).conj().T)
