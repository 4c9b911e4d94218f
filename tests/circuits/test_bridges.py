"""PyZX, Qiskit and pytket circuits: equal unitaries both ways, the rest kept or refused by name."""

import importlib
import math
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.functors.circuits import Circuit, CircuitError, Gate, Register, qasm2, unitary
from tests.circuits.independent import channel, qiskit_steps, same_channel

MIXED = Circuit(
    2,
    [
        Gate("h", (0,)),
        Gate("measure", (0,), (), (1,)),
        Gate("x", (1,), (), (), ((0, 1), 2)),
        Gate("reset", (0,)),
        Gate("cx", (0, 1)),
    ],
    n_clbits=2,
    cregs=[Register("c", 2)],
)
A = sympy.Symbol("a")


# PyZX


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.booleans())
def test_pyzx(random_circuit, same_up_to_phase, seed, cross):
    pytest.importorskip("pyzx")
    from catenary.functors.bridges.pyzx import from_pyzx, to_pyzx

    circuit = random_circuit(seed, 4, 8, cross=cross)
    theirs = to_pyzx(circuit)
    assert same_up_to_phase(theirs.to_matrix(), unitary(circuit))
    assert same_up_to_phase(unitary(from_pyzx(theirs)), unitary(circuit))


def test_pyzx_keeps_what_is_not_unitary():
    pyzx = pytest.importorskip("pyzx")
    from catenary.functors.bridges.pyzx import from_pyzx, to_pyzx

    assert from_pyzx(to_pyzx(MIXED)) == MIXED
    text = qasm2.dumps(MIXED)
    assert from_pyzx(pyzx.Circuit.from_qasm(text)) == MIXED


def test_pyzx_gates_of_its_own(same_up_to_phase):
    pyzx = pytest.importorskip("pyzx")
    from catenary.functors.bridges.pyzx import from_pyzx

    g = pyzx.circuit.gates
    theirs = pyzx.Circuit(3)
    for gate in (
        g.XCX(0, 1),
        g.ParityPhase(Fraction(1, 3), 0, 1, 2),
        g.RZZ(0, 2, Fraction(1, 5)),
        g.CSX(2, 0),
    ):
        theirs.add_gate(gate)
    assert same_up_to_phase(unitary(from_pyzx(theirs)), theirs.to_matrix())
    theirs.add_gate(g.FSim(0, 1, Fraction(1, 2), Fraction(1, 8)))
    with pytest.raises(CircuitError, match=r"gate 4 .*FSim"):
        from_pyzx(theirs)


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        (Gate("rz", (0,), (A,)), "symbols of a"),
        (Gate("barrier", (0, 1)), "barrier"),
        (Gate("opaque", (0,), label="magic"), "magic"),
        (Gate("cx", (0, 1), (), (), ((0,), 1)), "conditional"),
    ],
)
def test_pyzx_refuses(gate, message):
    pytest.importorskip("pyzx")
    from catenary.functors.bridges.pyzx import to_pyzx

    with pytest.raises(CircuitError, match=message):
        to_pyzx(Circuit(2, [gate], n_clbits=1))


# Qiskit


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.booleans())
def test_qiskit(random_circuit, seed, cross):
    info = pytest.importorskip("qiskit.quantum_info")
    from catenary.functors.bridges.qiskit import from_qiskit, to_qiskit

    circuit = random_circuit(seed, 4, 8, cross=cross)
    theirs = to_qiskit(circuit)
    assert np.allclose(info.Operator(theirs.reverse_bits()).data, unitary(circuit), atol=1e-9)
    assert np.allclose(unitary(from_qiskit(theirs)), unitary(circuit), atol=1e-9)


def test_qiskit_keeps_what_is_not_unitary():
    pytest.importorskip("qiskit")
    from catenary.functors.bridges.qiskit import from_qiskit, to_qiskit

    gates = [
        *MIXED.gates,
        Gate("barrier", (1, 0)),
        Gate("opaque", (1, 0), (Fraction(1, 4),), label="magic"),
        Gate("measure", (1,), (), (0,), ((1,), 1)),
    ]
    circuit = Circuit(2, gates, 2, global_phase=Fraction(1, 4), qregs=[Register("a", 1), Register("b", 1)])
    back = from_qiskit(to_qiskit(circuit))
    assert back == circuit
    assert back.qregs == circuit.qregs


def test_qiskit_parameters():
    pytest.importorskip("qiskit")
    from catenary.functors.bridges.qiskit import from_qiskit, to_qiskit

    b = sympy.Symbol("b")
    angles = (A / 2 + Fraction(1, 4), 3 * b - A, sympy.sin(A) * b)
    circuit = Circuit(1, [Gate("u", (0,), angles)], global_phase=A / 8)
    theirs = to_qiskit(circuit)
    assert {p.name for p in theirs.parameters} == {"a", "b"}
    back = from_qiskit(theirs)
    assert back.gates[0].params[:2] == angles[:2]
    assert back.global_phase == A / 8
    values = {"a": 0.3, "b": Fraction(1, 7)}
    assert np.allclose(unitary(back.bind(values)), unitary(circuit.bind(values)))


def test_qiskit_definitions_and_open_controls():
    qiskit = pytest.importorskip("qiskit")
    info = pytest.importorskip("qiskit.quantum_info")
    from qiskit.circuit.library import ECRGate, RC3XGate, UnitaryGate, XGate

    from catenary.functors.bridges.qiskit import from_qiskit

    theirs = qiskit.QuantumCircuit(4, global_phase=0.3)
    theirs.append(XGate().control(2, ctrl_state=1), [0, 1, 2])
    theirs.append(XGate().control(3, ctrl_state=5), [3, 1, 0, 2])
    theirs.append(RC3XGate(), [0, 1, 2, 3])
    theirs.append(ECRGate(), [2, 0])
    theirs.append(UnitaryGate(info.random_unitary(4, seed=3)), [1, 3])
    inner = qiskit.QuantumCircuit(2, global_phase=0.7, name="inner")
    inner.sx(0)
    inner.cz(0, 1)
    theirs.append(inner.to_gate(), [3, 0])
    theirs.append(inner.to_gate().control(1), [2, 0, 1])
    found = unitary(from_qiskit(theirs))
    assert np.allclose(found, info.Operator(theirs.reverse_bits()).data, atol=1e-9)


def test_qiskit_refuses():
    qiskit = pytest.importorskip("qiskit")
    from catenary.functors.bridges.qiskit import from_qiskit, to_qiskit

    with pytest.raises(CircuitError, match="never hold 2"):
        to_qiskit(Circuit(1, [Gate("x", (0,), (), (), ((0,), 2))], n_clbits=2))
    with pytest.raises(CircuitError, match="init"):
        to_qiskit(Circuit(1, [Gate("init", (0,))]))

    def built(build):
        theirs = qiskit.QuantumCircuit(2, 2)
        build(theirs)
        return theirs

    def loop(c):
        with c.for_loop(range(3)):
            c.x(0)

    def own(c):
        with c.if_test((c.clbits[0], 1)):
            c.measure(0, 0)
            c.x(1)

    for build, message in [
        (loop, "for_loop"),
        (own, "own condition"),
        (lambda c: c.delay(100, 0), "delay"),
    ]:
        with pytest.raises(CircuitError, match=message):
            from_qiskit(built(build))


def test_qiskit_branches():
    """An else branch, and tests inside tests, are conditions that exclude each other."""
    qiskit = pytest.importorskip("qiskit")
    from catenary.functors.bridges.qiskit import from_qiskit, to_qiskit

    data, bits, more = qiskit.QuantumRegister(2), qiskit.ClassicalRegister(2), qiskit.ClassicalRegister(1)
    theirs = qiskit.QuantumCircuit(data, bits, more)
    theirs.h([0, 1])
    theirs.measure([0, 1], [0, 1])
    with theirs.if_test((bits, 2)) as other:
        theirs.x(0)
    with other:
        theirs.y(0)
        with theirs.if_test((bits[0], 0)):
            theirs.t(1)
            theirs.measure(0, 2)
    mine = from_qiskit(theirs)
    assert same_channel(channel(mine), channel(mine, qiskit_steps(theirs)))
    again = to_qiskit(mine)
    assert same_channel(channel(mine), channel(mine, qiskit_steps(again)))
    assert same_channel(channel(mine), channel(from_qiskit(again)))


def test_qiskit_angles_in_radians_stay_exact():
    qiskit = pytest.importorskip("qiskit")
    from catenary.functors.bridges.qiskit import from_qiskit

    a = qiskit.circuit.Parameter("a")
    theirs = qiskit.QuantumCircuit(1)
    theirs.rz(a, 0)
    theirs.rz(a / 2 + math.pi / 4, 0)
    theirs.rz(math.pi * a, 0)
    angles = [gate.params[0] for gate in from_qiskit(theirs).gates]
    assert angles == [A / sympy.pi, A / (2 * sympy.pi) + sympy.Rational(1, 4), A]


FAMILY = Circuit(
    4,
    [
        Gate("rpauli", (2, 0, 3), (Fraction(1, 3),), label="XYZ"),
        Gate("mcp", (1, 0, 3), (Fraction(1, 8),)),
        Gate("mcx", (3, 2, 1, 0)),
        Gate("mcx", (1,)),
        Gate("mcp", (2,), (Fraction(1, 4),)),
        Gate("rpauli", (1,), (0.3,), label="Y"),
    ],
    global_phase=Fraction(1, 4),
)


@pytest.mark.filterwarnings(
    "ignore::scipy.sparse.SparseEfficiencyWarning"
)  # Qiskit's matrix of a Pauli evolution
@pytest.mark.parametrize("name", ["qiskit", "pytket", "pennylane", "cirq", "pyzx"])
def test_gates_on_any_number_of_qubits(name, same_up_to_phase):
    """Each bridge takes them, and what comes back is the same; Qiskit, pytket and PennyLane keep Pauli rotations."""
    if name == "pennylane":
        pytest.importorskip("pennylane")
    bridge = importlib.import_module(f"catenary.functors.bridges.{name}")
    theirs = getattr(bridge, f"to_{name}")(FAMILY)
    if name == "qiskit":
        from qiskit.quantum_info import Operator

        assert np.allclose(Operator(theirs.reverse_bits()).data, unitary(FAMILY))
    if name == "pytket":
        assert np.allclose(theirs.get_unitary(), unitary(FAMILY))
    back = getattr(bridge, f"from_{name}")(theirs)
    if name == "pyzx":
        assert same_up_to_phase(unitary(back), unitary(FAMILY))
        return
    assert np.allclose(unitary(back), unitary(FAMILY))
    kept = {
        "qiskit": {"rpauli", "mcp"},
        "pytket": {"rpauli", "mcp"},
        "pennylane": {"rpauli"},
        "cirq": {"mcp"},
    }
    assert kept[name] <= {gate.name for gate in back}


@pytest.mark.parametrize("name", ["qiskit", "pytket", "pennylane", "cirq", "pyzx", "stim"])
def test_lines_whose_gates_do_nothing_stay(name):
    """A rotation by a full turn is no gate elsewhere; its line is still there."""
    if name in ("pennylane", "stim"):
        pytest.importorskip(name)
    bridge = importlib.import_module(f"catenary.functors.bridges.{name}")
    circuit = Circuit(3, [Gate("mcp", (1, 0), (Fraction(-4),)), Gate("p", (2,), (Fraction(-6),))])
    back = getattr(bridge, f"from_{name}")(getattr(bridge, f"to_{name}")(circuit))
    assert back.n_qubits == 3


# pytket


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.booleans())
def test_pytket(random_circuit, seed, cross):
    pytest.importorskip("pytket")
    from catenary.functors.bridges.pytket import from_pytket, to_pytket

    circuit = random_circuit(seed, 4, 8, cross=cross)
    theirs = to_pytket(circuit)
    assert np.allclose(theirs.get_unitary(), unitary(circuit), atol=1e-9)
    assert np.allclose(unitary(from_pytket(theirs)), unitary(circuit), atol=1e-9)


def test_pytket_keeps_what_is_not_unitary():
    qasm = pytest.importorskip("pytket.qasm")
    from catenary.functors.bridges.pytket import from_pytket, to_pytket

    gates = [*MIXED.gates, Gate("barrier", (1, 0)), Gate("measure", (1,), (), (0,), ((1,), 1))]
    circuit = Circuit(2, gates, 2, qregs=[Register("a", 1), Register("b", 1)])
    theirs = to_pytket(circuit)
    back = from_pytket(theirs)
    # pytket lists commands in an order of its own
    assert back.to_diagram() == circuit.to_diagram()
    assert back.qregs == circuit.qregs
    written = qasm.circuit_to_qasm_str(to_pytket(Circuit(2, circuit.gates[:5], 2, qregs=circuit.qregs)))
    assert "if(c==2) x b[0];" in written


def test_pytket_symbols():
    pytest.importorskip("pytket")
    from catenary.functors.bridges.pytket import from_pytket, to_pytket

    circuit = Circuit(1, [Gate("rz", (0,), (A / 2,)), Gate("sx", (0,))], global_phase=A)
    back = from_pytket(to_pytket(circuit))
    values = {"a": Fraction(1, 3)}
    assert back.free_symbols == {A}
    assert np.allclose(unitary(back.bind(values)), unitary(circuit.bind(values)))


@pytest.mark.parametrize(
    ("name", "params", "width"),
    [
        ("V", [], 1),
        ("Vdg", [], 1),
        ("CV", [], 2),
        ("CVdg", [], 2),
        ("CS", [], 2),
        ("CSdg", [], 2),
        ("CSXdg", [], 2),
        ("TK1", [0.1, 0.2, 0.3], 1),
        ("PhasedX", [0.3, 0.4], 1),
        ("TK2", [0.1, 0.2, 0.3], 2),
        ("ZZMax", [], 2),
        ("ISWAP", [0.3], 2),
        ("BRIDGE", [], 3),
        ("CnX", [], 4),
        ("CnZ", [], 5),
        ("ECR", [], 2),
        ("PhasedISWAP", [0.1, 0.2], 2),
        ("FSim", [0.1, 0.2], 2),
        ("CnRy", [0.3], 3),
        ("XXPhase3", [0.1], 3),
    ],
)
def test_pytket_gates_of_its_own(name, params, width):
    pytket = pytest.importorskip("pytket")
    from catenary.functors.bridges.pytket import from_pytket

    theirs = pytket.Circuit(width)
    theirs.add_gate(getattr(pytket.OpType, name), params, list(range(width)))
    assert np.allclose(unitary(from_pytket(theirs)), theirs.get_unitary())


def test_pytket_boxes_and_implicit_permutations(random_circuit):
    pytket = pytest.importorskip("pytket")
    from pytket.circuit import CircBox
    from pytket.passes import FullPeepholeOptimise

    from catenary.functors.bridges.pytket import from_pytket, to_pytket

    theirs = pytket.Circuit(3)
    theirs.add_circbox(CircBox(pytket.Circuit(2).H(0).CX(0, 1)), [2, 0])
    assert np.allclose(unitary(from_pytket(theirs)), theirs.get_unitary())
    swapped = to_pytket(Circuit(3, [Gate("h", (0,)), Gate("swap", (0, 1)), Gate("swap", (1, 2))]))
    want = swapped.get_unitary()
    FullPeepholeOptimise(allow_swaps=True).apply(swapped)
    back = from_pytket(swapped)
    assert back.outputs != (0, 1, 2)
    assert np.allclose(unitary(back), want)


def test_pytket_refuses():
    pytket = pytest.importorskip("pytket")
    from catenary.functors.bridges.pytket import from_pytket, to_pytket

    with pytest.raises(CircuitError, match="magic"):
        to_pytket(Circuit(1, [Gate("opaque", (0,), label="magic")]))
    with pytest.raises(CircuitError, match="never hold 2"):
        to_pytket(Circuit(1, [Gate("x", (0,), (), (), ((0,), 2))], n_clbits=1))
    theirs = pytket.Circuit(1, 2)
    theirs.add_c_copybits([0], [1])
    with pytest.raises(CircuitError, match="classical bits"):
        from_pytket(theirs)
    discarded = pytket.Circuit(1)
    discarded.qubit_discard(discarded.qubits[0])
    with pytest.raises(CircuitError, match="discarded"):
        from_pytket(discarded)


def test_a_missing_library_is_named(monkeypatch):
    import sys

    from catenary.diagrams import MissingExtra
    from catenary.functors.bridges.pytket import to_pytket
    from catenary.functors.bridges.pyzx import to_pyzx
    from catenary.functors.bridges.qiskit import to_qiskit

    missing = {"pyzx", "qiskit", "pytket"}
    # A part that is already loaded would be found without its library being asked for.
    loaded = {name for name in sys.modules if name.partition(".")[0] in missing}
    for name in missing | loaded:
        monkeypatch.setitem(sys.modules, name, None)
    for convert, name in ((to_pyzx, "pyzx"), (to_qiskit, "qiskit"), (to_pytket, "pytket")):
        with pytest.raises(MissingExtra, match=name):
            convert(Circuit(1))
