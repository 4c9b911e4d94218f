"""The optimiser inside Qiskit's transpiler and pytket's passes."""

import numpy as np
import pytest

from catenary.diagrams.errors import ArgumentError
from catenary.functors.circuits import CircuitError
from catenary.rewriting.circuits.transpiler import pytket_pass, qiskit_pass


def test_qiskit_pass_keeps_names_parameters_and_branches():
    qiskit = pytest.importorskip("qiskit")
    from qiskit.transpiler import PassManager

    a, b = qiskit.circuit.Parameter("a"), qiskit.circuit.Parameter("b")
    data, more = qiskit.QuantumRegister(3, "data"), qiskit.QuantumRegister(1, "more")
    bits = qiskit.ClassicalRegister(2, "bits")
    circuit = qiskit.QuantumCircuit(data, more, bits, name="mine", metadata={"key": 1})
    circuit.ccx(0, 1, 2)
    circuit.rz(a, 0)
    circuit.rx(b / 2 + a, 3)
    circuit.ccx(0, 1, 2)
    circuit.measure(0, 0)
    with circuit.if_test((bits, 1)):
        circuit.x(1)
    found = PassManager([qiskit_pass(budget=1)]).run(circuit)
    assert found.parameters == circuit.parameters
    assert (found.name, found.metadata) == ("mine", {"key": 1})
    assert (found.qregs, found.cregs) == (circuit.qregs, circuit.cregs)
    counted = found.count_ops()
    assert "ccx" not in counted
    assert counted["rz"] == 2
    assert counted["measure"] == counted["if_else"] == 1


def test_qiskit_pass_in_a_transpiler():
    qiskit = pytest.importorskip("qiskit")
    from qiskit.quantum_info import Operator
    from qiskit.transpiler import generate_preset_pass_manager

    circuit = qiskit.QuantumCircuit(3, global_phase=0.3)
    for _ in range(2):
        circuit.ccx(0, 1, 2)
        circuit.t(0)
        circuit.cx(0, 2)
    manager = generate_preset_pass_manager(1, basis_gates=["rz", "sx", "x", "cx"])
    manager.init.append(qiskit_pass(budget=1))
    found = manager.run(circuit)
    assert np.allclose(Operator(found).data, Operator(circuit).data)
    plain = generate_preset_pass_manager(1, basis_gates=["rz", "sx", "x", "cx"]).run(circuit)
    assert found.count_ops().get("cx", 0) <= plain.count_ops()["cx"]


def test_what_has_no_equivalent_is_given_back():
    qiskit = pytest.importorskip("qiskit")
    from qiskit.transpiler import PassManager

    circuit = qiskit.QuantumCircuit(1)
    circuit.x(0)
    circuit.delay(10, 0)
    assert PassManager([qiskit_pass(budget=1)]).run(circuit) == circuit
    with pytest.raises(CircuitError, match="delay"):
        PassManager([qiskit_pass(budget=1, strict=True)]).run(circuit)


def test_pytket_pass():
    pytket = pytest.importorskip("pytket")
    from pytket.passes import SequencePass

    circuit = pytket.Circuit()
    for name in ("z", "a", "b"):
        circuit.add_qubit(pytket.Qubit(name, 0))
    z, a, b = (pytket.Qubit(name, 0) for name in "zab")
    circuit.CX(z, a).T(z).CX(z, a).SWAP(z, b).H(b).add_phase(0.25)
    wanted = circuit.get_unitary()
    assert SequencePass([pytket_pass(budget=1)]).apply(circuit)
    assert np.allclose(circuit.get_unitary(), wanted)
    assert circuit.n_gates < 5
    assert set(circuit.qubits) == {z, a, b}


def test_an_unknown_cost_is_refused():
    for make in (qiskit_pass, pytket_pass):
        with pytest.raises(ArgumentError, match="one of two_qubit"):
            make(cost="money")
