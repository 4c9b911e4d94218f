"""Gates that a user defines: what they do, and where they keep their names."""

from __future__ import annotations

import importlib
import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary import files
from catenary.diagrams import CatenaryError, LimitReached
from catenary.functors.circuits import (
    Circuit,
    CircuitError,
    Gate,
    GateDefinition,
    counts,
    decomposition,
    gate_matrix,
    qasm,
    qasm2,
    qasm3,
    to_basic,
    unitary,
)
from catenary.functors.circuits.controls import controlled_gate
from catenary.functors.circuits.definitions import definitions_of
from catenary.functors.circuits.drawing import circuit_svg, circuit_text
from catenary.functors.circuits.sampling import sample
from catenary.functors.mixed import density_matrix
from tests.circuits import differential, independent
from tests.circuits.qasm3_programs import Programs

A, B = sympy.symbols("a b")
NAMES = ("h", "t", "sx", "cx", "iswap", "ccx", "rz", "p", "u", "u3", "cp", "ryy", "cu")
PARAMS = {"rz": 1, "p": 1, "u": 3, "u3": 3, "cp": 1, "ryy": 1, "cu": 4}
WIDTH = {"cx": 2, "iswap": 2, "ccx": 3, "cp": 2, "ryy": 2, "cu": 2}


def gates(rng: random.Random, n: int, symbols: list[sympy.Symbol]) -> list[Gate]:
    def angle() -> object:
        if symbols and rng.random() < 0.6:
            return rng.choice([1, -1, sympy.Rational(1, 2)]) * rng.choice(symbols) + Fraction(
                rng.randint(-3, 3), 4
            )
        return Fraction(rng.randint(-8, 8), 4) if rng.random() < 0.7 else rng.uniform(-2, 2)

    found = []
    for _ in range(rng.randint(1, 5)):
        name = rng.choice([name for name in NAMES if WIDTH.get(name, 1) <= n])
        qubits = tuple(rng.sample(range(n), WIDTH.get(name, 1)))
        found.append(Gate(name, qubits, tuple(angle() for _ in range(PARAMS.get(name, 0)))))
    return found


def made(seed: int) -> tuple[Circuit, np.ndarray]:
    """A circuit with defined gates, one in another, and its unitary by the independent simulator."""
    rng = random.Random(seed)
    small = GateDefinition("half", ("a",), Circuit(2, gates(rng, 2, [A]), global_phase=A / 4))
    inner = small((1, 0), B - A)
    if rng.random() < 0.5:
        inner = small.adjoint(inner)
    body = [*gates(rng, 3, [A, B]), *controlled_gate((2,), inner), *gates(rng, 3, [A, B])]
    large = GateDefinition(
        "big one", ("a", "b"), Circuit(3, body, global_phase=Fraction(rng.randint(0, 7), 4))
    )
    values = Fraction(rng.randint(-7, 7), 4), rng.choice([0.3, Fraction(1, 3)])
    where = rng.sample(range(4), 3)
    total, matrix = Circuit(4), np.eye(16, dtype=complex)

    def put(gate: Gate, own: np.ndarray) -> None:
        nonlocal total, matrix
        total = total.with_gates((*total.gates, gate))
        matrix = embedded(own, gate.qubits, 4) @ matrix

    def of(definition: GateDefinition, params: tuple[object, ...]) -> np.ndarray:
        bound = definition.body.bind(dict(zip(definition.params, params, strict=True)))
        own = np.exp(1j * np.pi * float(bound.global_phase)) * np.eye(1 << bound.n_qubits, dtype=complex)
        for gate in bound.gates:
            if isinstance(gate.meaning, GateDefinition):
                part = of(gate.meaning.plain(), gate.params)
                part = part.conj().T if gate.meaning.inverse else part
                for _ in range(gate.meaning.controls):
                    part = np.block([[np.eye(len(part)), 0 * part], [0 * part, part]])
            else:
                part = independent.unitary(Circuit(len(gate.qubits), [alone(gate)]))
            own = embedded(part, gate.qubits, bound.n_qubits) @ own
        return own

    plain = of(large, values)
    put(large(where, *values), plain)
    put(Gate("h", (0,)), independent.H)
    put(large.adjoint(large(where, *values)), plain.conj().T)
    held = [q for q in range(4) if q not in where]
    controlled = np.block([[np.eye(8), np.zeros((8, 8))], [np.zeros((8, 8)), plain]])
    put(controlled_gate(tuple(held), large(where, *values))[0], controlled)
    put(small((3, 1), Fraction(1, 8)), of(small, (Fraction(1, 8),)))
    return total, matrix


def alone(gate: Gate) -> Gate:
    return Gate(gate.name, tuple(range(len(gate.qubits))), gate.params, label=gate.label)


def embedded(matrix: np.ndarray, qubits: tuple[int, ...], n: int) -> np.ndarray:
    k = len(qubits)
    rest = [q for q in range(n) if q not in qubits]
    whole = np.kron(matrix, np.eye(1 << (n - k))).reshape((2,) * (2 * n))
    order = [[*qubits, *rest].index(q) for q in range(n)]
    return whole.transpose(order + [n + q for q in order]).reshape(1 << n, 1 << n)


def same(found: np.ndarray, wanted: np.ndarray) -> bool:
    return abs(abs(np.vdot(found, wanted)) / len(wanted) - 1) < 1e-9


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_they_do_what_their_bodies_do(seed: int) -> None:
    circuit, wanted = made(seed)
    assert np.allclose(unitary(circuit), wanted, atol=1e-9)
    assert np.allclose(independent.unitary(circuit.unfolded()), wanted, atol=1e-9)
    assert np.allclose(independent.unitary(to_basic(circuit)), wanted, atol=1e-9)
    assert np.allclose(unitary(circuit.dagger()), wanted.conj().T, atol=1e-9)
    assert np.allclose(unitary(Circuit.from_diagram(circuit.to_diagram())), wanted, atol=1e-9)
    assert circuit.dagger().dagger() == circuit
    gate = circuit.gates[0]
    assert np.allclose(
        embedded(gate_matrix(gate), gate.qubits, 4), unitary(circuit.with_gates((gate,))), atol=1e-9
    )
    rho = density_matrix(circuit)
    assert np.allclose(rho, np.outer(wanted[:, 0], wanted[:, 0].conj()), atol=1e-9)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_files_keep_names_and_meaning(seed: int) -> None:
    circuit, wanted = made(seed)
    assert files.loads(files.dumps(circuit)) == circuit
    for language, exact in ((qasm2, False), (qasm3, True)):
        text = language.dumps(circuit)
        plain, kept = (language.parse(text, tolerance=0, keep_definitions=k) for k in (False, True))
        assert all(gate.name != "defined" for gate in plain.gates)
        assert [g.name for g in kept.gates] == [g.name for g in circuit.gates]
        for again in (plain, kept):
            found = unitary(again)
            assert same(found, wanted)
            assert not exact or np.allclose(found, wanted, atol=1e-9)
        assert language.parse(language.dumps(kept), tolerance=0, keep_definitions=True) == kept


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 100_000))
def test_random_programs_keep_their_meaning(seed: int) -> None:
    text = Programs(seed).program()
    plain, kept = (qasm3.parse(text, keep_definitions=k) for k in (False, True))
    again = qasm3.parse(qasm3.dumps(kept), tolerance=0, keep_definitions=True)
    for found in (kept, again):
        assert differential.same(
            differential.meaning_of(plain), differential.meaning_of(found.unfolded()), True
        )


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_other_readers_agree(seed: int) -> None:
    qiskit = pytest.importorskip("qiskit")
    loader = pytest.importorskip("qiskit_qasm3_import")
    from qiskit.quantum_info import Operator

    circuit, wanted = made(seed)
    two = qiskit.qasm2.loads(
        qasm2.dumps(circuit), custom_instructions=qiskit.qasm2.LEGACY_CUSTOM_INSTRUCTIONS
    )
    assert same(Operator(two.reverse_bits()).data, wanted)
    if not any(
        g.name in ("u", "u3", "cu") for g in circuit.unfolded().gates
    ):  # its phases of these are not the language's
        three = loader.parse(qasm3.dumps(circuit))
        assert same(Operator(three.reverse_bits()).data, wanted)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("library", ["qiskit", "pytket", "cirq", "pennylane", "pyzx"])
def test_bridges_take_them(library: str) -> None:
    pytest.importorskip(library)
    circuit, wanted = made(7)
    module = importlib.import_module(f"catenary.functors.bridges.{library}")
    theirs = getattr(module, f"to_{library}")(circuit)
    assert same(unitary(getattr(module, f"from_{library}")(theirs)), wanted)


@pytest.mark.filterwarnings("ignore")
def test_qiskit_keeps_their_names() -> None:
    pytest.importorskip("qiskit")
    from qiskit.quantum_info import Operator

    from catenary.functors.bridges.qiskit import from_qiskit, to_qiskit

    circuit, wanted = made(3)
    theirs = to_qiskit(circuit)
    assert {"big one", "big one†", "c-big one", "half"} <= set(theirs.count_ops())
    assert np.allclose(Operator(theirs.reverse_bits()).data, wanted, atol=1e-9)
    back = from_qiskit(theirs, keep_definitions=True)
    assert [g.label for g in back.gates] == [g.label for g in circuit.gates]
    assert np.allclose(unitary(back), wanted, atol=1e-9)
    free = Circuit(3, [circuit.gates[0].meaning((0, 1, 2), sympy.Symbol("s"), Fraction(1, 3))])
    bound = to_qiskit(free).assign_parameters({"s": 0.7})
    assert np.allclose(Operator(bound.reverse_bits()).data, unitary(free.bind({"s": 0.7})), atol=1e-9)


def test_engines_take_them() -> None:
    from catenary.functors.zx import circuit_to_zx
    from catenary.rewriting.circuits import optimize, verify
    from catenary.rewriting.circuits.routing import route
    from catenary.rewriting.zx import simplify_circuit

    circuit, wanted = made(11)
    assert same(unitary(simplify_circuit(circuit)), wanted)
    assert same(unitary(optimize(circuit, budget=0.2).circuit), wanted)
    assert verify(circuit, circuit.unfolded()).answer == "equal"
    assert verify(circuit, circuit.with_gates((*circuit.gates, Gate("t", (0,))))).answer == "not equal"
    assert route(circuit, [(0, 1), (1, 2), (2, 3)], budget=5).circuit.n_qubits == 4
    assert len(circuit_to_zx(circuit).boxes) > 3
    assert counts(circuit) == counts(circuit.unfolded())
    assert sum(sample(circuit, 10, seed=1).values()) == 10
    measured = Circuit(2, [Gate("h", (0,)), Gate("measure", (0,), (), (0,)), *conditional()], 1)
    assert verify(measured, measured.unfolded()).answer == "equal"


def conditional() -> list[Gate]:
    flip = GateDefinition("flip", (), Circuit(1, [Gate("h", (0,)), Gate("z", (0,)), Gate("h", (0,))]))
    return [Gate("defined", (1,), (), (), ((0,), 1), meaning=flip)]


def test_pictures_have_their_names() -> None:
    circuit, _ = made(1)
    assert "big one†" in circuit_text(circuit)
    assert "c-big one" in circuit_svg(circuit)


def test_files_of_others_keep_their_names() -> None:
    text = """OPENQASM 2.0; include "qelib1.inc";
    gate majority a,b,c { cx c,b; cx c,a; ccx a,b,c; }
    gate turn(theta, phi) q { rz(theta/2 + phi) q; h q; rx(-theta) q; }
    qreg q[4]; creg c[1];
    majority q[0],q[1],q[2]; turn(pi/2, 0.25*pi) q; measure q[0] -> c[0]; if (c==1) turn(pi, pi/3) q[1];"""
    kept = qasm.parse(text, keep_definitions=True)
    assert [g.label or g.name for g in kept.gates] == ["majority", *["turn"] * 4, "measure", "turn"]
    assert kept.unfolded() == qasm.parse(text)
    assert [d.name for d in definitions_of(kept)] == ["majority", "turn"]
    three = """OPENQASM 3; include "stdgates.inc";
    gate turn(theta, phi) q { gphase(theta/4); rz(theta/2 + phi) q; U(theta, 0, -phi) q; }
    input angle w; qubit[2] q; turn(w, pi/2) q[0]; ctrl @ inv @ turn(pi/4, w/2) q[0], q[1]; pow(2) @ turn(1, 2) q[1];"""
    kept = qasm.parse(three, keep_definitions=True)
    assert [g.label for g in kept.gates] == ["turn", "c-turn†", "turn", "turn"]
    values = {"w": 0.7}
    assert np.allclose(unitary(kept.bind(values)), unitary(qasm.parse(three).bind(values)), atol=1e-9)


def test_definitions_that_symbols_cannot_say_are_unfolded() -> None:
    text = """OPENQASM 2.0; include "qelib1.inc"; opaque box a; gate inside a { box a; } gate deep(t) a { rz(t^100) a; }
    qreg q[1]; inside q[0]; deep(0.5) q[0];"""
    assert qasm.parse(text, keep_definitions=True) == qasm.parse(text)


def test_an_integer_for_a_parameter_is_no_integer_in_the_body() -> None:
    text = 'OPENQASM 3; include "stdgates.inc"; gate g(t) q { rz(t/2) q; } qubit q; g(1) q;'
    assert qasm.parse(text).gates[0].params == (0.5 / np.pi,)


def test_two_definitions_of_one_name_stay_apart() -> None:
    one, two = (GateDefinition("f", (), Circuit(1, [Gate(name, (0,))])) for name in "xh")
    circuit = Circuit(1, [one((0,)), two((0,))])
    for language in (qasm2, qasm3):
        again = language.parse(language.dumps(circuit), keep_definitions=True)
        assert [g.label for g in again.gates] == ["f", "f_2"]
        assert again.unfolded() == circuit.unfolded()


def test_what_is_wrong_is_said() -> None:
    body = Circuit(1, [Gate("rz", (0,), (A,))])
    definition = GateDefinition("f", ("a",), body)
    with pytest.raises(CircuitError, match="uses a, which is none of its parameters"):
        GateDefinition("f", (), body)
    with pytest.raises(CircuitError, match="two parameters of one name"):
        GateDefinition("f", ("a", "a"), body)
    with pytest.raises(CircuitError, match="is a circuit of gates"):
        GateDefinition("f", (), Circuit(1, [Gate("reset", (0,))]))
    with pytest.raises(CircuitError, match="acts on 1 qubits, not 2"):
        definition((0, 1), 1)
    with pytest.raises(CircuitError, match="has 1 parameters, not 0"):
        definition((0,))
    with pytest.raises(CatenaryError, match="it needs a definition"):
        Circuit(1, [Gate("defined", (0,))])
    with pytest.raises(CatenaryError, match="acts on 1 qubits"):
        Circuit(2, [Gate("defined", (0, 1), (1,), meaning=definition)])


def test_definitions_that_grow_are_refused_at_once() -> None:
    definition = GateDefinition("f", (), Circuit(1, [Gate("x", (0,))]))
    for _ in range(40):
        definition = GateDefinition("f", (), Circuit(1, [definition((0,)), definition((0,))]))
    circuit = Circuit(1, [definition((0,))])
    for act in (unitary, to_basic, Circuit.unfolded, lambda c: decomposition(c.gates[0])):
        with pytest.raises(LimitReached, match="gates in f"):
            act(circuit)
    for _ in range(59):
        definition = GateDefinition("f", (), Circuit(1, [definition((0,))]))
    body = Circuit(1, [definition((0,))])
    with pytest.raises(CircuitError, match="more than 100 deep"):
        GateDefinition("f", (), body)


def test_long_chains_of_definitions_are_read() -> None:
    chain = "gate g0 a { h a; }\n" + "".join(f"gate g{k} a {{ g{k - 1} a; }}\n" for k in range(1, 3000))
    text = f'OPENQASM 2.0; include "qelib1.inc";\n{chain}qreg q[1]; g50 q[0]; g2999 q[0];'
    kept = qasm.parse(text, keep_definitions=True)
    assert [gate.label or gate.name for gate in kept.gates] == ["g50", "h"]
    doubled = "gate g0 a { h a; }\n" + "".join(
        f"gate g{k} a {{ g{k - 1} a; g{k - 1} a; }}\n" for k in range(1, 60)
    )
    text = f'OPENQASM 2.0; include "qelib1.inc";\n{doubled}qreg q[1]; g3 q[0];'
    assert len(qasm.parse(text, keep_definitions=True).unfolded()) == 8
    with pytest.raises(CatenaryError, match="operations after expansion"):
        qasm.parse(text + " g59 q[0];", keep_definitions=True)
