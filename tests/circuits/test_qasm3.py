"""OpenQASM 3: what programs mean, against Qiskit's reader and by unitaries; writing and reading back."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.functors.circuits import (
    FAMILIES,
    GATES,
    Circuit,
    CircuitError,
    Gate,
    Register,
    qasm,
    qasm3,
    unitary,
)
from tests.circuits.independent import channel, matrix, qiskit_steps, same_channel
from tests.circuits.independent import unitary as independent_unitary
from tests.circuits.qasm3_programs import Programs

HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
Q = HEAD + "qubit[3] q; bit[3] c; bit d;\n"


def gates(text):
    return qasm3.parse(Q + text).gates


def controlled(inner, controls=1):
    size = len(inner) << controls
    out = np.eye(size, dtype=complex)
    out[size - len(inner) :, size - len(inner) :] = inner
    return out


@pytest.mark.parametrize(
    ("text", "half_turns"),
    [
        ("pi", 1),
        ("π/4", Fraction(1, 4)),
        ("tau", 2),
        ("-3*pi/8", Fraction(-3, 8)),
        ("pi*(1/2)", 0),  # a quotient of integers is truncated
        ("pi*(1.0/2)", Fraction(1, 2)),
        ("pi*7/2", Fraction(7, 2)),
        ("2**-1*pi", Fraction(1, 2)),
        ("-2**2*pi", -4),
        ("2**3**0*pi", 2),
        ("0x1F*pi", 31),
        ("0b101*pi + 0o7*pi + 1_0*pi", 22),
        ("(5 % 3)*pi", 2),
        ("(-5 % 3)*pi", -2),
        ("(1 << 3 | 1)*pi", 9),
        ("mod(7, 4)*pi", 3),
        ("arccos(-1)", 1),
        ("floor(2.5)*pi", 2),
        ("ceiling(-2.5)*pi", -2),
        ("int(2.9)*pi", 2),
        ("float(1)/4*pi", Fraction(1, 4)),
        ("angle(5*pi)", 1),
        ("angle[2](0.8*pi)", 1),
        ("pow(2, 3)*pi", 8),
        ("euler/euler*pi", 1),
    ],
)
def test_angles(text, half_turns):
    (gate,) = gates(f"rz({text}) q[0];")
    assert gate.params == (half_turns,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("h q;", [("h", (0,)), ("h", (1,)), ("h", (2,))]),
        ("cx q[0], q[1:2];", [("cx", (0, 1)), ("cx", (0, 2))]),
        ("cx q[0:1], q[1:2];", [("cx", (0, 1)), ("cx", (1, 2))]),
        ("x q[-1];", [("x", (2,))]),
        ("x q[2:-1:0];", [("x", (2,)), ("x", (1,)), ("x", (0,))]),
        ("x q[{2, 0}];", [("x", (2,)), ("x", (0,))]),
        ("let a = q[1:] ++ q[0]; cx a[0], a[2];", [("cx", (1, 0))]),
        ("for int i in [0:1] { cx q[i], q[i + 1]; }", [("cx", (0, 1)), ("cx", (1, 2))]),
        ("for uint i in {2, 0} x q[i];", [("x", (2,)), ("x", (0,))]),
        ("const int n = 2; for int i in [n:-1:1] x q[i];", [("x", (2,)), ("x", (1,))]),
        ("int i = 0; i += 2; x q[i];", [("x", (2,))]),
        ("if (1 < 2) x q[0]; else y q[0];", [("x", (0,))]),
        ("if (false) x q[0]; else if (true) y q[0];", [("y", (0,))]),
        ("gate g a, b { for int i in [1:2] { cx a, b; } barrier a; } g q[2], q[1];",
         [("cx", (2, 1)), ("cx", (2, 1)), ("barrier", (2,))]),
        ("ctrl @ ctrl @ x q[0], q[1], q[2];", [("ccx", (0, 1, 2))]),
        ("negctrl @ x q[0], q[1];", [("x", (0,)), ("cx", (0, 1)), ("x", (0,))]),
        ("inv @ s q[0];", [("sdg", (0,))]),
        ("pow(0.5) @ z q[0];", [("p", (0,))]),
        ("pow(0.5) @ ctrl @ x q[0], q[1];", [("csx", (0, 1))]),
        ("pow(2) @ x q[0];", []),
        ("barrier;", [("barrier", (0, 1, 2))]),
        ("/* a * b */ x // c\n q[0];", [("x", (0,))]),
        ("qreg r[2]; creg k[2]; x r[1];", [("x", (4,))]),
    ],
)  # fmt: skip
def test_statements(text, expected):
    assert [(g.name, g.qubits) for g in gates(text)] == expected


def test_hardware_qubits_are_lines():
    circuit = qasm3.parse(HEAD + "h $0; cx $0, $2;")
    assert circuit == Circuit(3, [Gate("h", (0,)), Gate("cx", (0, 2))])


def test_measurements_in_both_forms():
    found = gates("c = measure q; measure q[1] -> d; c[0] = measure q[2]; bit e = measure q[0];")
    assert [(g.qubits[0], g.clbits[0]) for g in found] == [(0, 0), (1, 1), (2, 2), (1, 3), (2, 0), (0, 4)]


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ("c == 5", lambda c, d: c == 5),
        ('c == "101"', lambda c, d: c == 5),
        ("c != 5", lambda c, d: c != 5),
        ("c < 3", lambda c, d: c < 3),
        ("3 <= c", lambda c, d: c >= 3),
        ("c > 9", lambda c, d: False),
        ("c[0] && !d", lambda c, d: c & 1 and not d),
        ("c[0] || c[2] == 0 || d", lambda c, d: c & 1 or not c & 4 or d),
        ("c[1] ^ d", lambda c, d: bool(c & 2) != bool(d)),
        ("(c & 6) == 4", lambda c, d: c & 6 == 4),
        ("~c == 1", lambda c, d: c == 6),
        ("int(c) == 3", lambda c, d: c == 3),
        ("c[0:1] == 2", lambda c, d: c & 3 == 2),
        ("c", lambda c, d: c != 0),
        ("bool(c)", lambda c, d: c != 0),
        ("c == 2 && true", lambda c, d: c == 2),
        ("d == true", lambda c, d: d),
        ("d != c[0]", lambda c, d: d != (c & 1)),
    ],
)
def test_conditions(test, holds):
    """The gates of both branches, run on every value of the bits."""
    found = gates(f"if ({test}) {{ x q[0]; }} else {{ y q[0]; }}")
    for value in range(8):
        for d in (0, 1):
            bits = [value >> i & 1 for i in range(3)] + [d]
            run = [
                g.name
                for g in found
                if g.condition is None
                or sum(bits[b] << i for i, b in enumerate(g.condition[0])) == g.condition[1]
            ]
            assert run == ["x" if holds(value, d) else "y"], (test, value, d)


def test_branches_nest():
    found = gates("if (c[0]) { if (c == 3) { x q[0]; } else { y q[0]; } if (!c[0]) { z q[0]; } }")
    assert [(g.name, g.condition) for g in found] == [
        ("x", ((0, 1, 2), 3)),
        ("y", ((0, 1, 2), 1)),
        ("y", ((0, 2), 3)),
    ]


# Qiskit's reader calls what Qiskit has deprecated
reading = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@reading
@given(st.integers(0, 10**9))
@settings(max_examples=30, deadline=None)
def test_random_programs_mean_what_qiskit_reads(seed):
    pytest.importorskip("qiskit_qasm3_import")
    import qiskit.qasm3

    text = Programs(seed).program()
    ours = qasm3.parse(text, tolerance=0)
    found = channel(ours)
    assert same_channel(found, channel(ours, qiskit_steps(qiskit.qasm3.loads(text))))
    assert same_channel(found, channel(qasm3.parse(qasm3.dumps(ours), tolerance=0)))


@reading
@pytest.mark.slow
def test_two_thousand_random_programs():
    pytest.importorskip("qiskit_qasm3_import")
    import qiskit.qasm3

    for seed in range(2000):
        text = Programs(seed).program()
        ours = qasm3.parse(text, tolerance=0)
        assert same_channel(channel(ours), channel(ours, qiskit_steps(qiskit.qasm3.loads(text)))), seed


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_what_qiskit_writes_is_read(random_circuit, seed):
    pytest.importorskip("qiskit")
    import qiskit.qasm3
    from qiskit.quantum_info import Operator

    from catenary.functors.bridges.qiskit import to_qiskit

    theirs = to_qiskit(random_circuit(seed, phase=False))
    mine = qasm3.parse(qiskit.qasm3.dumps(theirs))
    wanted = Operator(theirs.reverse_bits()).data
    ratio = np.vdot(wanted, unitary(mine)) / 16
    assert abs(abs(ratio) - 1) < 1e-8  # their files say nothing of the phase of u, u2 and u3


# The phases of the specification


def _u(theta, phi, lam):
    """The built-in U of OpenQASM 3.0: it has a factor e^{iθ/2}."""
    e = np.exp
    return 0.5 * np.array(
        [
            [1 + e(1j * theta), -1j * e(1j * lam) * (1 - e(1j * theta))],
            [1j * e(1j * phi) * (1 - e(1j * theta)), e(1j * (phi + lam)) * (1 + e(1j * theta))],
        ]
    )


# Without CX: the published definition, ctrl @ U(π, 0, π), has a phase on the control; the text says "alias of cx".
SPECIFICATION = """
gate p_(λ) a { ctrl @ gphase(λ) a; }
gate x_ a { U(π, 0, π) a; gphase(-π/2); }
gate y_ a { U(π, π/2, π/2) a; gphase(-π/2); }
gate z_ a { p_(π) a; }
gate h_ a { U(π/2, 0, π) a; gphase(-π/4); }
gate s_ a { pow(0.5) @ z_ a; }
gate sdg_ a { inv @ pow(0.5) @ z_ a; }
gate t_ a { pow(0.5) @ s_ a; }
gate tdg_ a { inv @ pow(0.5) @ s_ a; }
gate sx_ a { pow(0.5) @ x_ a; }
gate rx_(θ) a { U(θ, -π/2, π/2) a; gphase(-θ/2); }
gate ry_(θ) a { U(θ, 0, 0) a; gphase(-θ/2); }
gate rz_(λ) a { gphase(-λ/2); U(0, 0, λ) a; }
gate cx_ a, b { ctrl @ x_ a, b; }
gate cy_ a, b { ctrl @ y_ a, b; }
gate cz_ a, b { ctrl @ z_ a, b; }
gate cp_(λ) a, b { ctrl @ p_(λ) a, b; }
gate crx_(θ) a, b { ctrl @ rx_(θ) a, b; }
gate cry_(θ) a, b { ctrl @ ry_(θ) a, b; }
gate crz_(θ) a, b { ctrl @ rz_(θ) a, b; }
gate ch_ a, b { ctrl @ h_ a, b; }
gate swap_ a, b { cx_ a, b; cx_ b, a; cx_ a, b; }
gate ccx_ a, b, c { ctrl @ ctrl @ x_ a, b, c; }
gate cswap_ a, b, c { ctrl @ swap_ a, b, c; }
gate cu_(θ, φ, λ, γ) a, b { p_(γ-θ/2) a; ctrl @ U(θ, φ, λ) a, b; }
gate phase_(λ) q { U(0, 0, λ) q; }
gate cphase_(λ) a, b { ctrl @ phase_(λ) a, b; }
gate id_ a { U(0, 0, 0) a; }
gate u1_(λ) q { U(0, 0, λ) q; }
gate u2_(φ, λ) q { gphase(-(φ+λ+π/2)/2); U(π/2, φ, λ) q; }
gate u3_(θ, φ, λ) q { gphase(-(φ+λ+θ)/2); U(θ, φ, λ) q; }
"""


def test_the_built_in_gate_has_the_phase_of_the_specification():
    for angles in ((0.3, 1.1, -0.7), (math.pi, 0, math.pi), (2.9, -1, 5)):
        text = f"OPENQASM 3.0; qubit[2] q; U({', '.join(map(repr, map(float, angles)))}) q[0];"
        assert np.allclose(unitary(qasm3.parse(text)), np.kron(_u(*angles), np.eye(2)))
        text = text.replace("U(", "ctrl @ U(").replace("q[0];", "q[0], q[1];")
        assert np.allclose(unitary(qasm3.parse(text)), controlled(_u(*angles)))


@pytest.mark.parametrize("line", SPECIFICATION.strip().split("\n"))
@pytest.mark.parametrize("modifier", ["", "ctrl @ ", "inv @ ", "negctrl(2) @ "])
def test_standard_gates_are_their_definitions(line, modifier):
    """Global phase included, and under controls."""
    name = line.split()[1].partition("(")[0]
    params = line.partition("{")[0].count("(") and line.partition(")")[0].count(",") + 1
    qubits = line.partition("{")[0].rpartition(")")[2].count(",") + 1
    width = qubits + {"ctrl @ ": 1, "negctrl(2) @ ": 2}.get(modifier, 0)
    angles = f"({', '.join(['0.7', '-1.9', 'pi/3', '2.5'][:params])})" if params else ""
    head = HEAD + SPECIFICATION + f"qubit[{width}] q; "
    where = ", ".join(f"q[{i}]" for i in range(width))
    a = unitary(qasm3.parse(f"{head}{modifier}{name}{angles} {where};"))
    b = unitary(qasm3.parse(f"{head}{modifier}{name.removesuffix('_')}{angles} {where};"))
    assert np.allclose(a, b, atol=1e-7), line


# the phases that the language gives u, u2 and u3 are tested above
@pytest.mark.parametrize("name", sorted({*GATES, *FAMILIES} - {"u", "u2", "u3"}))
@pytest.mark.parametrize("controls", [1, 2, 3])
def test_every_gate_under_controls(name, controls, random_gate):
    if name in FAMILIES:
        letters = "XYZ" if name == "rpauli" else ""
        inner = Gate(name, (0, 1, 2), (Fraction(1, 3),) * FAMILIES[name], label=letters)
    else:
        inner = random_gate(name, 5)
    text = qasm3.dumps(Circuit(len(inner.qubits), [inner]))
    lines = text.rstrip().split("\n")
    n = len(inner.qubits) + controls
    # the same statement under controls, on a register that is larger
    statement = lines[-1]
    for q in reversed(range(len(inner.qubits))):
        statement = statement.replace(f"q[{q}]", f"q[{q + controls}]")
    where = ", ".join(f"q[{i}]" for i in range(controls))
    at = statement.index("q[")
    lines[-1] = f"ctrl({controls}) @ {statement[:at]}{where}, {statement[at:]}"
    text = "\n".join(lines).replace(f"qubit[{len(inner.qubits)}] q;", f"qubit[{n}] q;")
    assert np.allclose(unitary(qasm3.parse(text)), controlled(matrix(inner), controls))


def test_powers_of_a_quotient_that_is_not_whole():
    found = qasm3.parse(HEAD + "qubit q; pow(1/3.0) @ h q; pow(1/3.0) @ h q; pow(1/3.0) @ h q;")
    assert np.allclose(unitary(found), matrix(Gate("h", (0,))))
    found = qasm3.parse(HEAD + "gate g a { h a; t a; } qubit q; pow(0.25) @ g q; pow(0.75) @ g q;")
    assert np.allclose(unitary(found), matrix(Gate("t", (0,))) @ matrix(Gate("h", (0,))))
    assert gates("pow(1000000) @ rz(0.25*pi) q[0];")[0].params == (250_000,)


# Free parameters


def test_inputs_are_symbols():
    a, b = sympy.symbols("a b")
    found = gates(
        "input angle a; input float[64] b; rz(a) q[0]; rx(a/2 + pi) q[0]; ry(2*b*pi) q[0]; rz(a - a) q[1];"
    )
    assert [g.params[0] for g in found] == [a / sympy.pi, a / (2 * sympy.pi) + 1, 2 * b, 0]


def test_symbols_are_written_as_inputs_and_come_back():
    a, b = sympy.symbols("a b")
    angles = [
        a,
        a / sympy.pi,
        -a + sympy.Rational(1, 3),
        a * b / 7,
        sympy.sin(a) * b,
        a**2,
        0.3 * a,
        -a / sympy.pi,
    ]
    circuit = Circuit(1, [Gate("rz", (0,), (angle,)) for angle in angles], global_phase=a)
    back = qasm3.parse(qasm3.dumps(circuit), tolerance=0)
    values = {"a": 0.37, "b": -1.2}
    assert np.allclose(unitary(circuit.bind(values)), unitary(back.bind(values)))
    assert [str(g.params[0]) for g in back.gates][:2] == ["a", "a/pi"]


def test_a_symbol_that_is_no_name_gets_one():
    circuit = Circuit(1, [Gate("rz", (0,), (sympy.Symbol(name),)) for name in ("x@n_0", "x_n_0", "pi", "h")])
    text = qasm3.dumps(circuit)
    assert "input float x_n_0_2;  // x@n_0" in text
    assert "input float x_n_0;\n" in text
    assert len(qasm3.parse(text).free_symbols) == 4


# Writing


@given(st.integers(0, 10**6))
def test_writing_and_reading_is_the_identity(random_circuit, seed):
    circuit = random_circuit(seed)
    assert qasm3.parse(qasm3.dumps(circuit), tolerance=0).gates == circuit.gates
    back = qasm3.parse(qasm3.dumps(circuit), tolerance=0)
    assert abs(float(back.global_phase - circuit.global_phase)) % 2 < 1e-9 or np.allclose(
        unitary(back), independent_unitary(circuit)
    )


def test_families_are_kept():
    circuit = Circuit(
        7,
        [
            Gate("mcx", tuple(range(7))),
            Gate("mcp", tuple(range(4)), (Fraction(1, 4),)),
            Gate("rpauli", (3, 0, 5), (Fraction(1, 8),), label="XYZ"),
        ],
    )
    assert qasm3.parse(qasm3.dumps(circuit)) == circuit


def test_conditions_are_written_and_come_back():
    circuit = Circuit(
        2,
        [
            Gate("measure", (0,), (), (1,)),
            Gate("x", (0,), (), (), ((0, 1), 2)),
            Gate("u", (1,), (Fraction(1, 3),) * 3, (), ((2,), 0)),
            Gate("reset", (0,), (), (), ((1, 2), 1)),
            Gate("measure", (1,), (), (2,), ((0, 1), 3)),
        ],
        3,
        qregs=[Register("data", 2)],
        cregs=[Register("k", 2), Register("m", 1)],
    )
    text = qasm3.dumps(circuit)
    assert "if (k == 2) { x data[0]; }" in text
    assert "if (!m[0]) {" in text
    assert "if (k[1] && !m[0]) { reset data[0]; }" in text
    assert qasm3.parse(text) == circuit


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (Circuit(1, [Gate("opaque", (0,), label="box")]), "gate 0: OpenQASM 3 cannot hold box"),
        (Circuit(1, [Gate("init", (0,))]), "no init and post"),
        (Circuit(2, outputs=[1, 0]), "permute"),
        (Circuit(1, qregs=[Register("gate", 1)]), "cannot name a register 'gate'"),
        (Circuit(1, qregs=[Register("h", 1)]), "cannot name a register 'h'"),
        (Circuit(1, [Gate("rz", (0,), (sympy.gamma(sympy.Symbol("a")),))]), "has no gamma"),
        (Circuit(1, [Gate("x", (0,), (), (), ((0,), 2))], 2), "never hold 2"),
    ],
)
def test_what_cannot_be_written(circuit, message):
    with pytest.raises(CircuitError, match=message):
        qasm3.dumps(circuit)


def test_the_version_is_told_from_the_first_line():
    two, three = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; cu1(pi) q[0],q[0];', Q + "x q[0];"
    assert qasm.version_of(two) == 2
    assert qasm.version_of("\ufeff// x\n/* OPENQASM 2.0 */ OPENQASM 3;") == 3
    assert qasm.version_of("") == qasm.version_of("OPENQASM 31;") == 2
    assert qasm.parse(three).n_qubits == 3
    assert qasm.dumps(Circuit(1), 3).startswith("OPENQASM 3.0;")


def test_the_quick_way_and_the_full_parser_agree():
    """Gates on numbered qubits are recognised without the parser once they were met."""
    text = "rz(pi/4) q[0]; cx q[0],q[1]; const float k = 0.5; rz(k) q[0]; u3(1,2,3) q[1];\n"
    once, twice = gates(text), gates(text + text.replace("const float k = 0.5;", "rz(-0.25) q[0];"))
    assert twice[: len(once)] == once
    assert twice[len(once) :] == (*once[:2], Gate("rz", (0,), (-0.25 / math.pi,)), *once[2:])
