"""Gate matrices against Qiskit, decompositions and adjoints against matrices, global phase included."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from catenary.diagrams import PhaseError
from catenary.diagrams.phases import radians
from catenary.functors.circuits import (
    BASIC,
    GATES,
    Circuit,
    CircuitError,
    Gate,
    adjoint,
    decomposition,
    gate_matrix,
    to_basic,
    unitary,
)


@pytest.mark.parametrize("name", [name for name in GATES if name != "u0"])
def test_matrix_is_qiskits(name, random_gate):
    library = pytest.importorskip("qiskit.circuit.library")
    from catenary.functors.bridges.qiskit import _CLASSES

    for seed in range(5):
        gate = random_gate(name, seed)
        theirs = getattr(library, _CLASSES[name])(*map(radians, gate.params)).to_matrix()
        k = len(gate.qubits)
        # Qiskit's first qubit is the least significant
        flipped = theirs.reshape((2,) * (2 * k)).transpose([*reversed(range(k)), *reversed(range(k, 2 * k))])
        assert np.allclose(flipped.reshape(1 << k, 1 << k), gate_matrix(gate), atol=1e-12)


@pytest.mark.parametrize("name", GATES)
def test_decomposition_and_adjoint_are_exact(name, random_gate):
    for seed in range(25):
        gate = random_gate(name, seed)
        circuit = Circuit(len(gate.qubits), [gate])
        matrix = gate_matrix(gate)
        basic = to_basic(circuit)
        assert {g.name for g in basic} <= BASIC
        assert np.allclose(unitary(basic), matrix, atol=1e-12)
        assert np.allclose(unitary(circuit), matrix, atol=1e-12)
        assert np.allclose(unitary(circuit.dagger()), matrix.conj().T, atol=1e-12)


@pytest.mark.parametrize("name", [name for name, spec in GATES.items() if spec.n_params])
def test_symbolic_decomposition(name):
    spec = GATES[name]
    symbols = sympy.symbols(f"a:{spec.n_params}")
    circuit = Circuit(spec.n_qubits, [Gate(name, tuple(range(spec.n_qubits)), symbols)])
    values = {s: Fraction(k + 2, 7) for k, s in enumerate(symbols)}
    basic = to_basic(circuit)
    assert {g.name for g in basic} <= BASIC
    assert np.allclose(unitary(basic.bind(values)), unitary(circuit.bind(values)), atol=1e-12)
    assert np.allclose(
        unitary(circuit.dagger().bind(values)), unitary(circuit.bind(values)).conj().T, atol=1e-12
    )


@pytest.mark.parametrize(
    ("angle", "name"), [(1, "t"), (2, "s"), (4, "z"), (6, "sdg"), (7, "tdg"), (-1, "tdg"), (9, "t")]
)
def test_rotations_by_quarters_become_named_gates(angle, name):
    theta = Fraction(angle, 4)
    assert decomposition(Gate("rz", (0,), (theta,))) == ((Gate(name, (0,)),), -theta / 2)
    assert decomposition(Gate("p", (0,), (theta,))) == ((Gate(name, (0,)),), 0)


@pytest.mark.parametrize("k", [3, 5, 11, -3])
def test_odd_quarters_without_a_name_stay_one_rotation(k):
    gate = Gate("rz", (0,), (Fraction(k, 4),))
    assert decomposition(gate) == ((gate,), 0)


def test_floats_are_never_snapped():
    gate = Gate("rz", (0,), (0.25,))
    assert decomposition(gate) == ((gate,), 0)
    assert type(decomposition(gate)[0][0].params[0]) is float


def test_rz_of_a_full_turn_is_minus_one():
    assert np.allclose(gate_matrix(Gate("rz", (0,), (Fraction(2),))), -np.eye(2))
    assert to_basic(Circuit(1, [Gate("rz", (0,), (2,))])) == Circuit(1, [], global_phase=1)


def test_what_has_no_matrix_or_adjoint():
    with pytest.raises(CircuitError, match="measure"):
        gate_matrix(Gate("measure", (0,), (), (0,)))
    with pytest.raises(CircuitError, match="reset on qubit 3"):
        adjoint(Gate("reset", (3,)))
    with pytest.raises(PhaseError, match="theta"):
        gate_matrix(Gate("rz", (0,), (sympy.Symbol("theta"),)))
    with pytest.raises(CircuitError, match="blob"):
        decomposition(Gate("blob", (0,)))


def test_conditions_survive_decomposition():
    condition = ((0, 1), 2)
    circuit = Circuit(3, [Gate("ccx", (0, 1, 2), (), (), condition)], n_clbits=2)
    assert all(gate.condition == condition for gate in to_basic(circuit))


def test_parameters_are_normalised_and_bad_ones_refused():
    assert Gate("rz", (0,), (1,)).params == (Fraction(1),)
    assert type(Gate("rz", (0,), (sympy.Rational(1, 3),)).params[0]) is Fraction
    with pytest.raises(PhaseError):
        Gate("rz", (0,), ("pi",))


@pytest.mark.parametrize("angle", [float("nan"), float("inf"), -float("inf")])
def test_angles_are_finite(angle):
    with pytest.raises(PhaseError, match="finite"):
        Gate("rz", (0,), (angle,))
