"""OpenQASM 2: what is read and written, against Qiskit's reader where it is there."""

import io
import math
import sys
import time
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from catenary.functors.circuits import (
    GATES,
    Circuit,
    CircuitError,
    Gate,
    Register,
    library,
    qasm2,
    qasm3,
    unitary,
)

HEAD = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'


def gates(body):
    return qasm2.parse(HEAD + body).gates


def angle(text):
    return gates(f"qreg q[1]; rz({text}) q[0];")[0].params[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("pi/4", Fraction(1, 4)),
        ("-pi/4", Fraction(-1, 4)),
        ("3*pi/8", Fraction(3, 8)),
        ("pi*3/4", Fraction(3, 4)),
        ("0.25*pi", Fraction(1, 4)),
        ("pi/3.0", Fraction(1, 3)),
        ("2*pi/7 + pi", Fraction(9, 7)),
        ("(pi-pi/2)/2", Fraction(1, 4)),
        ("-(-pi)", Fraction(1)),
        ("--pi", Fraction(1)),
        ("pi/2^2", Fraction(1, 4)),
        ("-2^2*pi", Fraction(-4)),
        ("2^3^2*pi/512", Fraction(1)),
        ("2^-1*pi", Fraction(1, 2)),
        ("pi*pi/pi", Fraction(1)),
        ("0", Fraction(0)),
        ("0*pi", Fraction(0)),
        ("sin(0)", Fraction(0)),
        ("2*pi", Fraction(2)),
        ("1.5707963267948966", Fraction(1, 2)),
        ("pi/2 + 0", Fraction(1, 2)),
    ],
)
def test_exact_angles(text, value):
    found = angle(text)
    assert found == value
    assert type(found) is Fraction


@pytest.mark.parametrize(
    ("text", "radians"),
    [
        ("1", 1.0),
        ("0.3", 0.3),
        ("pi/2+1", math.pi / 2 + 1),
        ("sin(1)+cos(1)*tan(1)", math.sin(1) + math.cos(1) * math.tan(1)),
        ("exp(1)-ln(2)", math.exp(1) - math.log(2)),
        ("sqrt(2)*pi", math.sqrt(2) * math.pi),
        ("2^0.5", math.sqrt(2)),
        ("1e-3", 1e-3),
        (".5", 0.5),
        ("3.", 3.0),
        ("pi^2", math.pi**2),
        ("1/pi", 1 / math.pi),
    ],
)
def test_decimal_angles_stay_decimal(text, radians):
    found = angle(text)
    assert type(found) is float
    assert found * math.pi == pytest.approx(radians, rel=1e-14)


def test_snaps_are_reported():
    body = "qreg q[2];\nrz(0.7853981633974483) q[0];\nrz(0.3) q[0];\nrx(-1.5707963267948966) q;\n"
    body += "rz(0.5*pi) q[0];"
    report = qasm2.parse_with_report(HEAD + body)
    assert [(s.line, s.phase) for s in report.snapped[:2]] == [(4, Fraction(1, 4)), (6, Fraction(-1, 2))]
    assert len(report.snapped) == 2
    kept = qasm2.parse(HEAD + body, tolerance=0)
    assert type(kept.gates[0].params[0]) is float
    # far from zero a float is too coarse to tell multiples of pi apart
    assert type(angle("1e17")) is float


def test_registers_broadcast():
    body = "qreg a[2]; qreg b[2]; creg m[2]; h a; cx a,b; cx a[0],b; measure b -> m; reset a; barrier a,b[1];"
    assert gates(body) == (
        Gate("h", (0,)),
        Gate("h", (1,)),
        Gate("cx", (0, 2)),
        Gate("cx", (1, 3)),
        Gate("cx", (0, 2)),
        Gate("cx", (0, 3)),
        Gate("measure", (2,), (), (0,)),
        Gate("measure", (3,), (), (1,)),
        Gate("reset", (0,)),
        Gate("reset", (1,)),
        Gate("barrier", (0, 1, 3)),
    )


def test_conditions_stay():
    circuit = qasm2.parse(
        HEAD + "qreg q[1]; creg a[2]; creg b[3]; if(b==5) x q; if (a==0) measure q[0]->b[1];"
    )
    assert circuit.gates == (
        Gate("x", (0,), (), (), ((2, 3, 4), 5)),
        Gate("measure", (0,), (), (3,), ((0, 1), 0)),
    )
    assert circuit.cregs == (Register("a", 2), Register("b", 3))
    assert qasm2.parse(qasm2.dumps(circuit)) == circuit


def test_definitions_are_expanded():
    body = """
    gate pair(t, u) a, b { rz(t+u) a; barrier a, b; cx a, b; U(0,0,t/2) b; }
    gate outer(t) a,b,c { pair(t, pi/2) c,a; pair(-t,0) a,b; }
    qreg q[3]; creg c[1];
    if(c==1) outer(pi/4) q[0],q[1],q[2];
    """
    when = ((0,), 1)
    assert gates(body) == (
        Gate("rz", (2,), (Fraction(3, 4),), (), when),
        Gate("barrier", (2, 0)),
        Gate("cx", (2, 0), (), (), when),
        Gate("u", (0,), (Fraction(0), Fraction(0), Fraction(1, 8)), (), when),
        Gate("rz", (0,), (Fraction(-1, 4),), (), when),
        Gate("barrier", (0, 1)),
        Gate("cx", (0, 1), (), (), when),
        Gate("u", (1,), (Fraction(0), Fraction(0), Fraction(-1, 8)), (), when),
    )


def test_opaque_gates_are_kept():
    body = "opaque magic(a) x,y; gate wrap(t) x,y { magic(t/2) y,x; } qreg q[2]; "
    body += "magic(pi) q[0],q[1]; wrap(pi) q[0],q[1];"
    circuit = qasm2.parse(HEAD + body)
    assert circuit.gates == (
        Gate("opaque", (0, 1), (Fraction(1),), label="magic"),
        Gate("opaque", (1, 0), (Fraction(1, 2),), label="magic"),
    )
    assert qasm2.parse(qasm2.dumps(circuit)) == circuit


def test_later_gates_may_be_defined_anew():
    body = "gate sx a { h a; } gate swap a,b { cx a,b; } qreg q[2]; sx q[0]; swap q[0],q[1]; iswap q[0],q[1];"
    assert [gate.name for gate in gates(body)] == ["h", "cx", "iswap"]


def test_builtins_need_no_include():
    circuit = qasm2.parse("OPENQASM 2.0;qreg q[2];U(pi,0,pi) q[0];CX q[0],q[1];")
    assert [gate.name for gate in circuit] == ["u", "cx"]


@pytest.mark.parametrize(
    "change", [lambda t: t.replace("\n", "\r\n"), lambda t: "\ufeff" + t, lambda t: t.rstrip()]
)
def test_line_ends_marks_and_missing_newline(change):
    text = HEAD + "// a comment: h q[9];\nqreg q[1]; // π\nh q[0];\n"
    assert qasm2.parse(change(text)).gates == (Gate("h", (0,)),)


def test_names_are_not_cut():
    body = "gate hq a { x a; } qreg q[2]; hq q[0]; h q[1];"
    assert [gate.name for gate in gates(body)] == ["x", "h"]


def test_load_from_file_and_standard_input(tmp_path, monkeypatch):
    path = tmp_path / "a.qasm"
    path.write_bytes(("\ufeff" + HEAD + "qreg q[1];h q;").encode())
    assert len(qasm2.load(path)) == 1
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((HEAD + "qreg q[1];").encode())))
    assert qasm2.load("-").n_qubits == 1


def test_long_chain_of_definitions():
    chain = "".join(f"gate g{i} a {{ g{i - 1} a; }}\n" for i in range(1, 3000))
    assert gates("gate g0 a { h a; }\n" + chain + "qreg q[1]; g2999 q[0];") == (Gate("h", (0,)),)


def test_ten_to_the_five_lines():
    lines = ["qreg q[50];"] + [
        f"cx q[{i % 50}],q[{(i + 7) % 50}]; rz({i % 97}*pi/64) q[{i % 50}];" for i in range(50_000)
    ]
    text = HEAD + "\n".join(lines)
    start = time.process_time()
    circuit = qasm2.parse(text)
    seconds = time.process_time() - start
    assert len(circuit) == 100_000
    assert seconds < 5, f"{seconds:.2f} s"
    assert qasm2.parse(qasm2.dumps(circuit)) == circuit


# Writing


@given(st.integers(0, 10**6))
def test_writing_and_reading_is_the_identity(random_circuit, seed):
    circuit = random_circuit(seed, 5, 12, phase=False)
    assert qasm2.parse(qasm2.dumps(circuit), tolerance=0) == circuit


@given(st.integers(0, 10**6))
def test_the_quick_way_and_the_full_parser_agree(random_circuit, seed):
    text = qasm2.dumps(random_circuit(seed, 4, 12, phase=False))
    # a comment before every statement sends each of them to the full parser
    assert qasm2.parse(text.replace("\n", "\n//\n")) == qasm2.parse(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_come_back_bit_for_bit(value):
    circuit = Circuit(1, [Gate("rz", (0,), (value,))])
    assert qasm2.parse(qasm2.dumps(circuit), tolerance=0) == circuit


@given(st.fractions(max_denominator=10**6))
def test_fractions_come_back(value):
    circuit = Circuit(1, [Gate("p", (0,), (value,))])
    back = qasm2.parse(qasm2.dumps(circuit))
    assert back == circuit
    assert type(back.gates[0].params[0]) is Fraction


def test_names_of_registers_are_kept():
    text = HEAD + "qreg alice[2];\nqreg bob[1];\ncreg out[2];\nmeasure bob[0] -> out[1];\n"
    assert qasm2.dumps(qasm2.parse(text)) == text


def test_a_global_phase_is_a_comment():
    text = qasm2.dumps(Circuit(1, [Gate("h", (0,))], global_phase=Fraction(1, 4)))
    assert "// global phase: pi/4\n" in text
    assert qasm2.parse(text) == Circuit(1, [Gate("h", (0,))])


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (Circuit(1, [Gate("rz", (0,), (sympy.Symbol("a"),))]), "gate 0: .*symbols of a"),
        (Circuit(1, [Gate("init", (0,))]), "no init and post"),
        (Circuit(2, [], outputs=[1, 0]), "swap"),
        (Circuit(1, [], qregs=[Register("Q", 1)]), "'Q'"),
        (Circuit(1, [], n_clbits=1, qregs=[Register("a", 1)], cregs=[Register("a", 1)]), "same name"),
        (Circuit(1, [], n_clbits=1, qregs=[Register("s", 1)], cregs=[Register("s", 1)]), "same name"),
        (Circuit(1, [Gate("x", (0,), (), (), ((1,), 1))], n_clbits=2), "gate 0: .*whole classical register"),
        (Circuit(1, [Gate("opaque", (0,), label="h")]), "opaque gate 'h'"),
    ],
)
def test_what_cannot_be_written(circuit, message):
    with pytest.raises(CircuitError, match=message):
        qasm2.dumps(circuit)


def test_registers_called_like_gates_can_be_read_by_others():
    qiskit = pytest.importorskip("qiskit")
    gates = [Gate("h", (0,)), Gate("measure", (1,), clbits=(0,)), Gate("x", (2,), condition=((0,), 1))]
    qregs, cregs = [Register("s", 2), Register("s_", 1)], [Register("x", 1)]
    circuit = Circuit(3, gates, n_clbits=1, qregs=qregs, cregs=cregs)
    text = qasm2.dumps(circuit)
    read = qiskit.QuantumCircuit.from_qasm_str(text)
    assert [r.name for r in (*read.qregs, *read.cregs)] == ["s__", "s_", "x_"]
    assert qasm2.parse(text).gates == circuit.gates


@pytest.mark.parametrize("name", ["ripple_carry_adder", "vbe_adder", "carry_lookahead_adder"])
def test_adders_can_be_written_in_both_languages(name):
    circuit = getattr(library, name)(3)
    assert qasm2.parse(qasm2.dumps(circuit)) == circuit
    assert qasm3.parse(qasm3.dumps(circuit)) == circuit


# Against Qiskit


def qiskit_unitary(text):
    loads = pytest.importorskip("qiskit.qasm2")
    info = pytest.importorskip("qiskit.quantum_info")
    program = loads.loads(text, custom_instructions=loads.LEGACY_CUSTOM_INSTRUCTIONS)
    return info.Operator(program.reverse_bits()).data


@pytest.mark.parametrize("name", [n for n in GATES if n not in ("u0",)])
def test_every_gate_means_what_qiskit_reads(name, random_gate, same_up_to_phase):
    circuit = Circuit(GATES[name].n_qubits, [random_gate(name, 1)])
    assert same_up_to_phase(qiskit_unitary(qasm2.dumps(circuit)), unitary(circuit))


@pytest.mark.parametrize(("name", "n"), [("rc3x", 4), ("c3sqrtx", 4)])
def test_library_gates_without_a_native_form(name, n, same_up_to_phase):
    text = HEAD + f"qreg q[{n}];\n{name} {','.join(f'q[{i}]' for i in range(n))};"
    wanted = qiskit_unitary(text)
    assert same_up_to_phase(wanted, unitary(qasm2.parse(text)))
    kept = qasm2.parse(text, keep_definitions=True)
    assert same_up_to_phase(wanted, unitary(kept))
    assert same_up_to_phase(wanted, qiskit_unitary(qasm2.dumps(kept)))


@st.composite
def programs(draw):
    """A valid program on three registers with definitions, broadcasting and expressions."""
    number = st.sampled_from(["pi", "1", "0.7", "3*pi/4", "-pi/8", "sqrt(2)", "(1+2)^2/7", "sin(pi/3)"])
    out = [HEAD, "qreg a[2]; qreg b[2]; qreg c[1];"]
    known = [("h", 0, 1), ("t", 0, 1), ("u3", 3, 1), ("rz", 1, 1), ("cx", 0, 2), ("cu1", 1, 2), ("crz", 1, 2)]
    known += [("ccx", 0, 3), ("cu3", 3, 2), ("swap", 0, 2), ("rx", 1, 1), ("u2", 2, 1), ("ch", 0, 2)]
    for index in range(draw(st.integers(0, 3))):
        n_params, n_qubits = draw(st.integers(0, 2)), draw(st.integers(1, 3))
        params, args = [f"t{i}" for i in range(n_params)], [f"x{i}" for i in range(n_qubits)]
        body = []
        for _ in range(draw(st.integers(0, 4))):
            name, p, k = draw(st.sampled_from([g for g in known if g[2] <= n_qubits]))
            inner = st.sampled_from([*params, *(f"-{t}/2+1" for t in params), "pi/2"])
            values = [draw(inner) for _ in range(p)]
            where = draw(st.permutations(args))[:k]
            body.append(f"{name}{'(' + ','.join(values) + ')' if p else ''} {','.join(where)};")
        shown = f"({','.join(params)})" if params else ""
        out.append(f"gate user{index}{shown} {','.join(args)} {{ {' '.join(body)} }}")
        known.append((f"user{index}", n_params, n_qubits))
    wires = ["a[0]", "a[1]", "b[0]", "b[1]", "c[0]"]
    for _ in range(draw(st.integers(1, 8))):
        name, p, k = draw(st.sampled_from(known))
        shown = f"({','.join(draw(number) for _ in range(p))})" if p else ""
        pool = draw(st.sampled_from([wires, ["a", "b", "c[0]"]]))
        out.append(f"{name}{shown} {', '.join(draw(st.permutations(pool))[:k])};")
    return "\n".join(out)


@given(programs())
def test_random_programs_mean_what_qiskit_reads(same_up_to_phase, text):
    wanted = qiskit_unitary(text)
    assert same_up_to_phase(wanted, unitary(qasm2.parse(text)))
    kept = qasm2.parse(text, keep_definitions=True)
    assert same_up_to_phase(wanted, unitary(kept))
    assert same_up_to_phase(wanted, qiskit_unitary(qasm2.dumps(kept)))


def test_whole_register_of_ten_thousand():
    circuit = qasm2.parse(HEAD + "qreg q[10000]; h q;")
    assert len(circuit) == 10_000
    assert np.array_equal([gate.qubits[0] for gate in circuit], range(10_000))
