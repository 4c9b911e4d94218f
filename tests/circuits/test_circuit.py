"""Circuits: validation, composition, adjoint, binding, diagrams, simulation."""

import pickle
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import ArityError, Box, CompositionError, Diagram, LimitReached, Swap, UnknownGenerator
from catenary.functors.circuits import (
    BIT,
    GATE_SIGNATURE,
    QUBIT,
    Circuit,
    CircuitError,
    Gate,
    Register,
    counts,
    state_vector,
    unitary,
)
from catenary.functors.circuits.lines import in_order

H, CX = Gate("h", (0,)), Gate("cx", (0, 1))


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        (Gate("cx", (0,)), "gate 1 .*acts on 2 qubits, not 1"),
        (Gate("rz", (0,)), "gate 1 .*1 parameters, not 0"),
        (Gate("h", (0,), (Fraction(1),)), "gate 1 .*0 parameters"),
        (Gate("cx", (1, 1)), "gate 1 .*repeated"),
        (Gate("h", (5,)), "gate 1 .*qubits 0 to 1"),
        (Gate("h", (-1,)), "gate 1 .*qubits 0 to 1"),
        (Gate("measure", (0,)), "gate 1 .*writes 1 classical bits, not 0"),
        (Gate("measure", (0,), (), (4,)), "gate 1 .*bit 4"),
        (Gate("h", (0,), (), (0,)), "gate 1 .*only a measurement"),
        (Gate("h", (0,), (), (), ((9,), 1)), "gate 1 .*bit 9"),
        (Gate("barrier", ()), "gate 1 .*no qubit"),
        (Gate("opaque", (0,)), "gate 1 .*label"),
        (Gate("init", (0,)), "gate 1 .*already open"),
        (Gate("reset", (0, 1)), "gate 1 .*one qubit"),
    ],
)
def test_bad_gates_are_named(gate, message):
    with pytest.raises(ArityError, match=message):
        Circuit(2, [H, gate], n_clbits=1)


def test_unknown_gate():
    with pytest.raises(UnknownGenerator, match="cswap"):
        Circuit(2, [Gate("cswapp", (0, 1))])


def test_lines_are_checked():
    with pytest.raises(ArityError, match="not open"):
        Circuit(1, [Gate("post", (0,)), H])
    with pytest.raises(ArityError, match="output 1"):
        Circuit(2, [H], inputs=[0], outputs=[0, 1])
    with pytest.raises(ArityError, match="close it with a post"):
        Circuit(2, [H], outputs=[0])
    with pytest.raises(ArityError, match="distinct"):
        Circuit(2, [], inputs=[0, 0])
    with pytest.raises(ArityError, match="registers hold"):
        Circuit(2, [], qregs=[Register("q", 3)])
    cup = Circuit(2, [H, CX, Gate("post", (0,)), Gate("post", (1,))])
    assert cup.inputs == (0, 1)
    assert cup.outputs == ()
    assert not cup.is_unitary


def test_inputs_and_outputs_follow_from_init_and_post():
    circuit = Circuit(2, [Gate("init", (1,)), CX, Gate("post", (0,))])
    assert (circuit.inputs, circuit.outputs) == ((0,), (1,))
    assert np.allclose(unitary(circuit), [[1, 0], [0, 0]])
    assert circuit.dagger().dagger() == circuit


@given(st.integers(0, 10**6), st.booleans())
def test_composition_is_matrix_multiplication(random_circuit, seed, cross):
    a, b = random_circuit(seed, 3, 5, cross=cross), random_circuit(seed + 1, 3, 5, cross=cross)
    assert np.allclose(unitary(a >> b), unitary(b) @ unitary(a))
    assert np.allclose(unitary(a.dagger()), unitary(a).conj().T)
    assert np.allclose(unitary(in_order(a)), unitary(a))
    assert eval(repr(a), {"Circuit": Circuit, "Gate": Gate, "Fraction": Fraction}) == a
    assert pickle.loads(pickle.dumps(a)) == a


@given(st.integers(0, 10**6))
def test_tensor_is_the_kronecker_product(random_circuit, seed):
    a, b = random_circuit(seed, 2, 4, cross=True), random_circuit(seed + 1, 2, 4)
    assert np.allclose(unitary(a @ b), np.kron(unitary(a), unitary(b)))


@given(st.integers(0, 10**6))
def test_diagrams_come_back(random_circuit, seed):
    circuit = random_circuit(seed, 4, 8, cross=True)
    diagram = circuit.to_diagram()
    assert diagram.dom == QUBIT**4
    back = Circuit.from_diagram(diagram)
    assert np.allclose(unitary(back), unitary(circuit))
    assert Circuit.from_diagram(back.to_diagram()) == back
    assert counts(back) == counts(circuit)


def test_everything_that_is_not_unitary_comes_back_from_a_diagram():
    condition = ((1, 0), 2)
    gates = [
        H,
        Gate("measure", (0,), (), (1,)),
        Gate("rz", (1,), (Fraction(1, 8),), (), condition),
        Gate("measure", (1,), (), (0,), condition),
        Gate("measure", (1,), (), (2,), condition),
        Gate("reset", (0,)),
        Gate("barrier", (0, 1)),
        Gate("opaque", (1, 0), (Fraction(1, 3),), (), None, "magic if 3"),
    ]
    circuit = Circuit(2, gates, n_clbits=3, global_phase=Fraction(1, 4))
    diagram = circuit.to_diagram()
    assert diagram.cod == QUBIT**2 @ BIT**3
    assert Circuit.from_diagram(diagram) == circuit


def test_diagrams_with_init_and_post_come_back():
    circuit = Circuit(3, [Gate("init", (1,)), CX, Gate("init", (2,)), Gate("cx", (1, 2)), Gate("post", (0,))])
    assert Circuit.from_diagram(circuit.to_diagram()) == circuit
    assert np.allclose(
        unitary(Circuit.from_diagram(circuit.to_diagram().dagger())), unitary(circuit).conj().T
    )


def test_diagrams_written_by_hand():
    h, cx = GATE_SIGNATURE["h"], GATE_SIGNATURE["cx"]
    circuit = Circuit.from_diagram(h @ QUBIT >> cx >> Swap(QUBIT, QUBIT))
    assert circuit == Circuit(2, [H, CX], outputs=[1, 0])
    s = GATE_SIGNATURE["s"]
    assert Circuit.from_diagram(s.dagger().diagram).gates == (Gate("sdg", (0,)),)


@pytest.mark.parametrize(
    ("diagram", "message"),
    [
        (Box("f", QUBIT, QUBIT).diagram, "box f is not a gate"),
        (Diagram.id(BIT @ QUBIT), "qubits and then bits"),
        (Swap(BIT, BIT).diagram, "bits in order"),
        (Box("f", QUBIT, QUBIT @ QUBIT).diagram, "changes its wires"),
    ],
)
def test_diagrams_that_are_no_circuits(diagram, message):
    with pytest.raises(CircuitError, match=message):
        Circuit.from_diagram(diagram)


def test_diagram_of_a_long_circuit_is_linear():
    circuit = Circuit(2, [H, CX] * 20_000)
    assert Circuit.from_diagram(circuit.to_diagram()) == circuit


def test_composition_error():
    with pytest.raises(CompositionError):
        Circuit(2) >> Circuit(3)


def test_composition_with_states_and_measurements():
    zero = Circuit(1, [Gate("init", (0,))])
    measured = Circuit(1, [Gate("measure", (0,), (), (0,))], n_clbits=1)
    both = zero @ zero >> Circuit(2, [H, CX]) >> measured @ measured
    assert both.n_clbits == 2
    assert both.inputs == ()
    assert [g.clbits for g in both.gates[-2:]] == [(0,), (1,)]
    with pytest.raises(CircuitError, match="measure"):
        both.dagger()
    with pytest.raises(CircuitError, match="gate 4 is measure"):
        state_vector(both)


def test_symbols_and_binding():
    a, b = sympy.symbols("a b")
    circuit = Circuit(1, [Gate("rz", (0,), (a + b,)), H], global_phase=a / 2)
    assert circuit.free_symbols == {a, b}
    bound = circuit.bind({"a": Fraction(1, 2), b: 0.25, "c": 1})
    assert bound.gates[0].params == (0.75,)
    assert bound.global_phase == Fraction(1, 4)
    assert circuit.bind({a: Fraction(1, 4), b: Fraction(1, 4)}).gates[0].params == (Fraction(1, 2),)
    assert circuit.bind({a: b}).free_symbols == {b}


def test_registers_are_kept_where_they_fit():
    a = Circuit(2, [CX], qregs=[Register("a", 2)])
    b = Circuit(2, [CX], qregs=[Register("b", 1), Register("c", 1)])
    assert (a @ b).qregs == (Register("a", 2), Register("b", 1), Register("c", 1))
    assert (a @ a).qregs == ()
    assert (a >> b).qregs == a.qregs
    assert a == Circuit(2, [CX])


def test_simulation_order_and_limits():
    assert np.allclose(state_vector(Circuit(2, [Gate("x", (0,))])), [0, 0, 1, 0])
    assert np.allclose(state_vector(Circuit(2, [CX]), np.array([0, 0, 0, 1])), [0, 0, 1, 0])
    with pytest.raises(ArityError, match="2 inputs"):
        state_vector(Circuit(2), np.ones(3))
    with pytest.raises(LimitReached):
        unitary(Circuit(15))
    scalar = Circuit(1, [Gate("init", (0,)), H, Gate("post", (0,))], global_phase=1)
    assert np.allclose(unitary(scalar), [[-np.sqrt(0.5)]])
