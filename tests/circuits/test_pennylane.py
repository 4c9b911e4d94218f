"""PennyLane tapes: equal unitaries both ways, sentences with post-selections, gradients, refusals."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest
import sympy

from catenary.functors.circuits import Circuit, Gate, unitary
from catenary.functors.circuits.gates import GATES, CircuitError
from catenary.functors.grammar import IQP, parse
from catenary.functors.grammar.ansatz import parameter_value

# importing PennyLane takes seconds
qml = pytest.importorskip("pennylane", reason="the bridge to PennyLane")
from catenary.functors.bridges.pennylane import from_pennylane, to_pennylane  # noqa: E402


def random_circuit(seed, width=4, size=30):
    rng = random.Random(seed)
    gates = []
    names = [name for name, spec in GATES.items() if spec.n_qubits <= width]
    for _ in range(size):
        spec = GATES[rng.choice(names)]
        params = tuple(
            rng.choice([Fraction(rng.randrange(-8, 9), 4), rng.uniform(-2, 2)]) for _ in range(spec.n_params)
        )
        gates.append(Gate(spec.name, tuple(rng.sample(range(width), spec.n_qubits)), params))
    return Circuit(width, gates, global_phase=Fraction(rng.randrange(8), 4))


def matrix(tape, width):
    return qml.matrix(tape, wire_order=range(width))


@pytest.mark.parametrize("seed", range(6))
def test_unitaries_are_equal_both_ways(seed):
    circuit = random_circuit(seed)
    tape = to_pennylane(circuit)
    np.testing.assert_allclose(matrix(tape, 4), unitary(circuit), atol=1e-9)
    np.testing.assert_allclose(unitary(from_pennylane(tape)), unitary(circuit), atol=1e-9)


@pytest.mark.parametrize("name", sorted(GATES))
def test_every_gate(name):
    spec = GATES[name]
    qubits = tuple(reversed(range(spec.n_qubits)))
    circuit = Circuit(spec.n_qubits, [Gate(name, qubits, (0.3, -0.7, 1.1, 0.2)[: spec.n_params])])
    tape = to_pennylane(circuit)
    np.testing.assert_allclose(matrix(tape, spec.n_qubits), unitary(circuit), atol=1e-9)
    np.testing.assert_allclose(unitary(from_pennylane(tape)), unitary(circuit), atol=1e-9)


def test_crossed_lines_and_idle_wires():
    circuit = Circuit(3, [Gate("h", (0,))], outputs=[1, 0, 2])
    np.testing.assert_allclose(matrix(to_pennylane(circuit), 3), unitary(circuit), atol=1e-12)
    assert from_pennylane(to_pennylane(Circuit(3))).n_qubits == 3


@pytest.mark.parametrize("sentence", ["Alice loves Bob", "Alice who loves Bob sleeps"])
def test_a_sentence_runs_on_a_device_as_it_is(sentence):
    circuit = IQP(seed=3)(parse(sentence)[0])
    assert any(gate.name == "post" for gate in circuit)
    tape = to_pennylane(circuit, measurements=[qml.probs(wires=list(circuit.outputs))])
    (found,) = qml.execute([tape], qml.device("default.qubit"))
    weight = abs(unitary(circuit).reshape(-1)) ** 2
    np.testing.assert_allclose(found, weight / weight.sum(), atol=1e-9)
    # the way back begins with open lines: their state is |0⟩
    back = from_pennylane(to_pennylane(circuit))
    column = unitary(back)[:, 0]
    np.testing.assert_allclose(abs(column) ** 2, weight, atol=1e-9)


def test_gradients_go_through_the_values():
    from pennylane import numpy as pnp

    circuit = IQP()(parse("Alice sleeps")[0])
    names = sorted(symbol.name for symbol in circuit.free_symbols)
    start = pnp.array([parameter_value(name, 0) for name in names], requires_grad=True)

    def value(angles):
        values = dict(zip(names, angles, strict=True))
        tape = to_pennylane(circuit, values, [qml.expval(qml.PauliZ(circuit.outputs[0]))])
        (found,) = qml.execute([tape], qml.device("default.qubit"), diff_method="backprop")
        return found

    slope = qml.grad(value)(start)
    step = 1e-5
    for k in range(len(names)):
        moved = [start.copy() + sign * step * np.eye(len(names))[k] for sign in (1, -1)]
        assert slope[k] == pytest.approx(float(value(moved[0]) - value(moved[1])) / (2 * step), abs=1e-5)


def test_expressions_and_missing_values():
    a = sympy.Symbol("a")
    circuit = Circuit(1, [Gate("rx", (0,), (a / 2 + 1,))], global_phase=a)
    tape = to_pennylane(circuit, {"a": 0.3})
    np.testing.assert_allclose(matrix(tape, 1), unitary(circuit.bind({"a": 0.3})), atol=1e-12)
    with pytest.raises(CircuitError, match="the free angle a has no value"):
        to_pennylane(circuit)


def test_operations_of_its_own():
    operations = [
        qml.Rot(0.1, 0.2, 0.3, wires="b"),
        qml.adjoint(qml.Rot(0.1, 0.2, 0.3, wires="a")),
        qml.QFT(wires=["a", "b"]),
        qml.SISWAP(wires=["b", "a"]),
    ]
    found = from_pennylane(operations)
    np.testing.assert_allclose(
        unitary(found), qml.matrix(qml.tape.QuantumScript(operations), wire_order=["b", "a"]), atol=1e-9
    )


def test_refusals():
    with pytest.raises(CircuitError, match="no classical bits"):
        to_pennylane(Circuit(1, [Gate("measure", (0,), (), (0,))], 1))
    with pytest.raises(CircuitError, match="magic"):
        to_pennylane(Circuit(1, [Gate("opaque", (0,), label="magic")]))
    with pytest.raises(CircuitError, match="DepolarizingChannel"):
        from_pennylane([qml.DepolarizingChannel(0.1, wires=0)])
    with pytest.raises(CircuitError, match="no post-selection on 0"):
        from_pennylane([qml.ops.MidMeasure(qml.wires.Wires([0]), postselect=1)])
    with pytest.raises(CircuitError, match="far apart"):
        from_pennylane([qml.PauliX(10**9)])
    assert math.isclose(abs(unitary(from_pennylane([qml.PauliX(2)]))[1, 0]), 1)
