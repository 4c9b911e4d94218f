"""A sentence's circuit in other libraries: each one's own simulator gives the class probabilities of the model."""

from typing import Any

import numpy as np
import pytest

from catenary.functors.circuits import Circuit, Gate, qasm2, qasm3
from catenary.functors.circuits.postselection import measured
from catenary.functors.grammar import ansatz_named, parse
from catenary.functors.training import Example, Model, train
from catenary.rewriting.sentence_forms import cheapest_form

EXAMPLES = [
    Example("Alice loves Bob", "a"),
    Example("the dog that Alice loves sleeps", "b"),
    Example("Bob gives Alice flowers", "a"),
    Example("Alice sleeps and Bob dreams", "b"),
]
ANSATZE = ["iqp", "sim4", "sim14", "strongly_entangling"]


@pytest.fixture(scope="module", params=ANSATZE)
def model(request: pytest.FixtureRequest) -> Model:
    return train(EXAMPLES, ansatz=ansatz_named(request.param)(), epochs=3).model


def kept(state: Any, circuit: Circuit, first_is_least: bool) -> np.ndarray:
    """The chances of the output qubit, given that all post-selected qubits read 0."""
    cube = np.abs(np.asarray(state).reshape((2,) * circuit.n_qubits)) ** 2
    if first_is_least:
        cube = cube.transpose()
    posts = [gate.qubits[0] for gate in circuit if gate.name == "post"]
    (out,) = circuit.outputs
    assert {*posts, out} == set(range(circuit.n_qubits))
    weight = cube[tuple(slice(None) if q == out else 0 for q in range(circuit.n_qubits))]
    return weight / weight.sum()


def by_qiskit(found: Any, circuit: Circuit) -> np.ndarray:
    from qiskit.quantum_info import Statevector

    last: dict[int, int] = {}
    for place, instruction in enumerate(found.data):
        for qubit in instruction.qubits:
            index = found.find_bit(qubit).index
            if instruction.operation.name == "measure":
                last[index] = place
            else:
                assert index not in last, "a gate after the measurement"
    assert sorted(last) == sorted(gate.qubits[0] for gate in circuit if gate.name == "post")
    return kept(Statevector(found.remove_final_measurements(inplace=False)).data, circuit, True)


@pytest.mark.parametrize("text", [example.text for example in EXAMPLES])
def test_every_export_gives_the_same_chances(model: Model, text: str) -> None:
    pytest.importorskip("qiskit")
    from qiskit import qasm2 as their_qasm2

    from catenary.functors.bridges.qiskit import to_qiskit

    circuit = model.circuit(text)
    wanted = model.predict_proba([text])[0]
    shots = measured(circuit)
    written = qasm2.dumps(shots)
    theirs = their_qasm2.loads(written, custom_instructions=their_qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    assert qasm2.parse(written).n_qubits == circuit.n_qubits
    np.testing.assert_allclose(by_qiskit(theirs, circuit), wanted, atol=1e-9)
    np.testing.assert_allclose(by_qiskit(to_qiskit(shots), circuit), wanted, atol=1e-9)


@pytest.mark.parametrize("text", [EXAMPLES[0].text, EXAMPLES[1].text])
def test_openqasm_3(model: Model, text: str) -> None:
    pytest.importorskip("qiskit_qasm3_import")
    from qiskit import qasm3 as their_qasm3

    circuit = model.circuit(text)
    wanted = model.predict_proba([text])[0]
    written = qasm3.dumps(measured(circuit))
    np.testing.assert_allclose(by_qiskit(their_qasm3.loads(written), circuit), wanted, atol=1e-9)
    again = qasm3.parse(written)
    assert [gate.name for gate in again] == [gate.name for gate in measured(circuit)]


def test_openqasm_3_keeps_free_angles(model: Model) -> None:
    free = model.sentences.circuit(EXAMPLES[0].text)
    written = qasm3.dumps(measured(free))
    assert written.count("input ") == len(free.free_symbols)
    again = qasm3.parse(written)
    assert len(again.free_symbols) == len(free.free_symbols)


@pytest.mark.parametrize("text", [example.text for example in EXAMPLES])
def test_pytket(model: Model, text: str) -> None:
    pytest.importorskip("pytket")
    from pytket.circuit import OpType

    from catenary.functors.bridges.pytket import to_pytket

    circuit = model.circuit(text)
    gates = [gate for gate in circuit if gate.name not in ("init", "post")]
    unitary = to_pytket(Circuit(circuit.n_qubits, gates, global_phase=circuit.global_phase))
    chances = kept(unitary.get_statevector(), circuit, False)
    np.testing.assert_allclose(chances, model.predict_proba([text])[0], atol=1e-9)
    shots = to_pytket(measured(circuit))
    assert shots.n_gates_of_type(OpType.Measure) == sum(gate.name == "post" for gate in circuit)


@pytest.mark.parametrize("text", [EXAMPLES[0].text, EXAMPLES[3].text])
def test_pennylane(model: Model, text: str) -> None:
    qml = pytest.importorskip("pennylane")
    from catenary.functors.bridges.pennylane import to_pennylane

    circuit = model.circuit(text)
    tape = to_pennylane(circuit, measurements=[qml.probs(wires=list(circuit.outputs))])
    (chances,) = qml.execute([tape], qml.device("default.qubit"))
    np.testing.assert_allclose(np.asarray(chances), model.predict_proba([text])[0], atol=1e-9)


def test_the_cheapest_form_is_exported_too() -> None:
    pytest.importorskip("qiskit")
    from catenary.functors.bridges.qiskit import to_qiskit
    from catenary.functors.grammar.ansatz import parameter_value

    reading = parse("the dog that Alice loves sleeps")[0]
    states = []
    for diagram in (reading.meaning(states=True), cheapest_form(reading).diagram):
        free = ansatz_named("iqp")()(diagram)
        circuit = free.bind({symbol.name: parameter_value(symbol.name, 1) for symbol in free.free_symbols})
        states.append(by_qiskit(to_qiskit(measured(circuit)), circuit))
    np.testing.assert_allclose(states[0], states[1], atol=1e-9)
    assert not any(isinstance(gate, Gate) and gate.name == "reset" for gate in measured(circuit))
