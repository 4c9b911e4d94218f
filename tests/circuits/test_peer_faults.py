"""Faults seen in other tools, each tried here: none of them may come back.

The faults: swaps and measurements dropped by a ZX optimiser; a wrong adjoint of U3 accepted as equal; "not equal"
said of equal circuits; parallel edges lost on the way to a ZX diagram; an identity that annihilates what follows;
wrong gradients of circuits with measurement; classes that do not come back from JSON; symbolic phases that make
counting fail; free parameters of OpenQASM refused.
"""

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy

from catenary import Box, Circuit, Gate, Ty, files, optimize, verify
from catenary.diagrams import Diagram, Spider
from catenary.functors.circuits import counts, library, qasm, to_basic
from catenary.functors.circuits.gates import adjoint
from catenary.functors.mixed import distribution, mixed_circuit
from catenary.functors.tensor import TensorFunctor, compile_parametrised, contract
from catenary.functors.tensor.zx import zx_network
from catenary.functors.zx import QUBIT, ZX, X, Z
from catenary.rewriting.zx import ZXGraph, full_reduce, resynthesise, simplify_circuit
from tests.circuits import independent

SEEDS = range(60)


def with_swaps(seed: int, measured: bool = False) -> Circuit:
    rng = random.Random(seed)
    gates = []
    for _ in range(14):
        kind = rng.random()
        if kind < 0.3:
            gates.append(Gate("swap", tuple(rng.sample(range(4), 2))))
        elif kind < 0.6:
            gates.append(Gate(rng.choice(["cx", "cz"]), tuple(rng.sample(range(4), 2))))
        elif measured and kind < 0.75:
            gates.append(Gate("measure", (rng.randrange(4),), (), (rng.randrange(2),)))
        else:
            gates.append(Gate(rng.choice(["h", "t", "s", "x"]), (rng.randrange(4),)))
    return Circuit(4, gates, 2 if measured else 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_swap_is_dropped(seed):
    circuit = with_swaps(seed)
    wanted = independent.unitary(circuit)
    found = resynthesise(circuit)
    assert np.allclose(found.scalar.to_complex() * independent.unitary(found.circuit), wanted)
    assert np.allclose(independent.unitary(simplify_circuit(circuit)), wanted)


def test_a_swap_alone_stays():
    swap = Circuit(2, [Gate("swap", (0, 1))])
    assert np.allclose(independent.unitary(optimize(swap, budget=0.1).circuit), independent.SWAP)
    assert verify(swap, Circuit(2)).answer == "not equal"


@pytest.mark.parametrize("seed", range(8))
def test_no_measurement_is_dropped(seed):
    circuit = with_swaps(seed, measured=True)
    found = optimize(circuit, budget=0.1).circuit
    assert [g.clbits for g in found if g.name == "measure"] == [
        g.clbits for g in circuit if g.name == "measure"
    ]
    assert independent.same_channel(independent.channel(circuit), independent.channel(found))


def test_a_wrong_adjoint_of_u3_is_refuted():
    rng = random.Random(5)
    for _ in range(20):
        theta, phi, lam = (Fraction(rng.randint(1, 7), 4) for _ in range(3))
        gate = Gate("u3", (0,), (theta, phi, lam))
        right = Circuit(1, [gate, *adjoint(gate)])
        wrong = Circuit(1, [gate, Gate("u3", (0,), (-theta, -phi, -lam))])
        assert verify(right, Circuit(1)).answer == "equal"
        matrix = independent.unitary(wrong)
        is_identity = np.allclose(matrix, matrix[0, 0] * np.eye(2))
        assert verify(wrong, Circuit(1)).answer == ("equal" if is_identity else "not equal")


@pytest.mark.parametrize(
    "circuit",
    [
        library.multi_controlled_x(3),
        library.gf2_multiplier(0b111),
        library.ripple_carry_adder(2),
        Circuit(4, [Gate("c3x", (0, 1, 2, 3)), Gate("ccz", (1, 2, 3))]),
        library.qft(4),
    ],
)
def test_equal_circuits_are_not_called_different(circuit):
    """Many T gates, written in three ways."""
    basic = to_basic(circuit)
    smaller = optimize(circuit, budget=0.5).circuit
    for one, two in ((circuit, basic), (basic, smaller), (smaller, circuit)):
        verdict = verify(one, two)
        assert verdict.answer == "equal"
        assert verdict.global_phase == 0


@pytest.mark.parametrize("wires", [2, 3, 4])
def test_parallel_edges_are_kept(wires):
    for left, right in ((Z, X), (Z, Z), (X, Z)):
        diagram = (left(1, wires, Fraction(1, 4)) >> right(wires, 1)).over(ZX)
        one, two = (np.asarray(_spider(kind, m, n, p)) for kind, m, n, p in (
            (left, 1, wires, 0.25), (right, wires, 1, 0)
        ))  # fmt: skip
        graph = ZXGraph.from_diagram(diagram)
        full_reduce(graph)
        reduced, scalar = graph.to_diagram()
        assert np.allclose(scalar.to_complex() * _matrix(reduced), two @ one)


def _spider(kind, inputs, outputs, phase):
    """The matrix of a spider, from its definition."""
    out = np.zeros((1 << outputs, 1 << inputs), dtype=complex)
    out[0, 0] = 1
    out[-1, -1] += np.exp(1j * np.pi * phase)
    if kind is X:

        def fourier(n):
            found = np.eye(1)
            for _ in range(n):
                found = np.kron(found, independent.H)
            return found

        out = fourier(outputs) @ out @ fourier(inputs)
    return out


def _matrix(diagram):
    found = contract(zx_network(diagram))
    inputs, outputs = len(diagram.dom), len(diagram.cod)
    return np.asarray(found).reshape(1 << inputs, 1 << outputs).T


def test_an_identity_before_a_box_changes_nothing():
    x, y = Ty("x"), Ty("y")
    box = Box("f", x, y)
    entries = np.array([[0.5, 0.5], [0.25, 0.75]])
    functor = TensorFunctor({"x": 2, "y": 2}, {"f": entries})
    for diagram in (Diagram.id(x) >> box, box >> Diagram.id(y), Spider(1, 1, x) >> box):
        assert np.allclose(np.asarray(functor(diagram).array), entries)


def test_gradients_of_measured_circuits():
    a = sympy.Symbol("a")
    gates = [
        Gate("ry", (0,), (a,)),
        Gate("measure", (0,), (), (0,)),
        Gate("rx", (1,), (a / 2 + Fraction(1, 5),), (), ((0,), 1)),
        Gate("measure", (1,), (), (1,)),
    ]
    circuit = Circuit(2, gates, 2)

    def chances(value):
        return np.asarray(distribution(circuit.bind({"a": value})))

    channel = mixed_circuit(circuit, initial="00")
    program = compile_parametrised(channel.parametrised)
    for value in (0.2, 0.9, -1.3):
        step = 1e-6
        slope = (chances(value + step) - chances(value - step)) / (2 * step)
        found, jacobian = program.value_and_jacobian(np.array([value]))
        # the outputs are traced over: two qubits, each an index of the map and one of its adjoint
        assert np.allclose(np.einsum("aabbcd->cd", found), chances(value), atol=1e-9)
        assert np.allclose(np.einsum("aabbcd->cd", jacobian[..., 0]), slope, atol=1e-6)


def test_json_of_circuits_and_diagrams():
    for thing in (
        with_swaps(1),
        with_swaps(1, measured=True),
        with_swaps(1).to_diagram(),
        Gate("rz", (0,), (0.5,)),
    ):
        assert files.loads(files.dumps(thing)) == thing
    assert files.loads(files.dumps(QUBIT)) == QUBIT


def test_symbolic_phases_are_counted():
    a = sympy.Symbol("a")
    circuit = Circuit(2, [Gate("rz", (0,), (a,)), Gate("crz", (0, 1), (a / 2,)), Gate("t", (0,))])
    assert counts(circuit).t == 4


def test_free_parameters_of_qasm_are_read():
    text = 'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput angle a;\nqubit[1] q;\nrz(a/2) q[0];\n'
    (gate,) = qasm.parse(text)
    assert gate.params == (sympy.Symbol("a") / (2 * sympy.pi),)
    assert qasm.parse(qasm.dumps(qasm.parse(text), 3)) == qasm.parse(text)
