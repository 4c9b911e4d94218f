"""OpenQASM 2: every fault is an InputError with its place; nothing hangs, nothing wrong is accepted."""

import os
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import InputError
from catenary.functors.circuits import Circuit, qasm2

HEAD = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'
Q = HEAD + "qreg q[2]; creg c[2];\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "problem"),
    [
        ("", 0, 0, "the file is empty"),
        (" \r\n\t", 0, 0, "the file is empty"),
        ("qreg q[1];", 1, 1, "expected 'OPENQASM 2.0;' first"),
        ("OPENQASM 3.0;\nqubit q;", 1, 10, "this is OpenQASM 3: read it by qasm3.parse"),
        ("OPENQASM 3;", 1, 10, "this is OpenQASM 3: read it by qasm3.parse"),
        ("OPENQASM 2.1;", 1, 10, "version 2.0"),
        ("OPENQASM 2.0", 1, 13, "expected ';' after the version, found the end"),
        ("OPENQASM", 1, 9, "expected the version"),
        ("OPENQASM 2.0;\nqreg q[1];\nh q[0];", 3, 1, 'add include "qelib1.inc"'),
        (HEAD + "hh q[0];", 3, 1, "no gate 'hh' is defined; did you mean h"),
        (HEAD + "qreg q[1]; RZ(1) q[0];", 3, 12, "did you mean rz"),
        (Q + "cx q[0];", 4, 1, "cx acts on 2 qubits, not 1"),
        (Q + "rz q[0];", 4, 1, "rz has 1 parameters, not 0"),
        (Q + "rz(1,2) q[0];", 4, 1, "rz has 1 parameters, not 2"),
        (Q + "cx q[0],q[0];", 4, 1, "used twice"),
        (Q + "cx q,q;", 4, 1, "used twice"),
        (Q + "cx q[0],q;", 4, 1, "used twice"),
        (Q + "h q[2];", 4, 5, "index 2 is out of range: q has 2"),
        (Q + "h r[0];", 4, 3, "register 'r' is not declared"),
        (Q + "h c[0];", 4, 3, "'c' is not a quantum register"),
        (Q + "measure q[0] -> q[1];", 4, 17, "'q' is not a classical register"),
        (Q + "qreg c[1];", 4, 6, "'c' is already declared"),
        (Q + "creg d[0];", 4, 8, "at least one"),
        (Q + "qreg r[1000000000000];", 4, 8, "limit of 1000000"),
        (Q + "qreg r[" + "9" * 5000 + "];", 4, 8, "5000 digits"),
        (Q + "qreg r[-1];", 4, 8, "expected the size of the register, found -"),
        (Q + "qreg R[1];", 4, 6, "lower-case letter"),
        (Q + "qreg sin[1];", 4, 6, "reserved word sin"),
        (Q + "rz(pi q[0];", 4, 7, "expected ')'"),
        (Q + "rz(pi*) q[0];", 4, 7, "expected a number, pi or '('"),
        (Q + "rz(1/0) q[0];", 4, 5, "division by zero"),
        (Q + "rz(pi/(1-1)) q[0];", 4, 6, "division by zero"),
        (Q + "rz(0^-1) q[0];", 4, 5, "no real value"),
        (Q + "rz(sqrt(-1)) q[0];", 4, 4, "sqrt has no real value"),
        (Q + "rz(ln(0)) q[0];", 4, 4, "ln has no real value"),
        (Q + "rz((-1)^0.5) q[0];", 4, 8, "no real value"),
        (Q + "rz(exp(1000)) q[0];", 4, 4, "too large"),
        (Q + "rz(1e999) q[0];", 4, 4, "too large"),
        (Q + "rz(2^99999999999) q[0];", 4, 5, "too large"),
        (Q + "rz(" + "9" * 400 + ") q[0];", 4, 4, "too large"),
        (Q + "rz(nan) q[0];", 4, 4, "unknown name 'nan'"),
        (Q + "rz(theta) q[0];", 4, 4, "unknown name 'theta'"),
        (Q + "rz(+1) q[0];", 4, 4, "expected a number"),
        (Q + "rz(1 2) q[0];", 4, 6, "expected ')'"),
        (Q + "rz(sin 1) q[0];", 4, 8, "expected '(' after sin"),
        (Q + "gate f a { f a; }", 4, 12, "inside its own definition"),
        (Q + "gate sx a { sx a; }", 4, 13, "inside its own definition"),
        (Q + "gate f a { h a;", 4, 16, "ends inside the body of gate f"),
        (Q + "gate f a { h b; }", 4, 14, "'b' is not a qubit argument of gate f (a)"),
        (Q + "gate f a { h a[0]; }", 4, 15, "no index"),
        (Q + "gate f a { h q; }", 4, 14, "'q' is not a qubit argument"),
        (Q + "gate f a,a { }", 4, 10, "already a name of this gate"),
        (Q + "gate f(a) a { }", 4, 11, "already a name of this gate"),
        (Q + "gate f(x) a { rz(y) a; }", 4, 18, "unknown name 'y'"),
        (Q + "gate f a,b { cx a,a; }", 4, 19, "used twice"),
        (Q + "gate f a { measure a; }", 4, 12, "found measure"),
        (Q + "gate f a { reset a; }", 4, 12, "found reset"),
        (Q + "gate h a { }", 4, 6, "already defined by qelib1.inc"),
        (Q + "gate f a { } gate f a { }", 4, 19, "already declared"),
        ('OPENQASM 2.0;\ngate h a { }\ninclude "qelib1.inc";', 3, 1, "defined above and again"),
        (Q + "gate f(a) q { rz(1/a) q; } f(0) q[0];", 4, 19, "division by zero"),
        (Q + "opaque f(a) x; f q[0];", 4, 16, "f has 1 parameters, not 0"),
        (Q + "qreg r[3]; cx q,r;", 4, 12, "different sizes (2, 3)"),
        (Q + "creg d[1]; measure q -> d;", 4, 12, "2 qubits are measured into 1"),
        (Q + "measure q -> c[0];", 4, 1, "2 qubits are measured into 1"),
        (Q + "measure q[0];", 4, 13, "expected '->'"),
        (Q + "if(c[0]==1) x q[0];", 4, 4, "whole classical register"),
        (Q + "if(c==-1) x q[0];", 4, 7, "not negative"),
        (Q + "if(c=1) x q[0];", 4, 5, "unexpected character '='"),
        (Q + "if(c==1) barrier q;", 4, 10, "found barrier"),
        (Q + "if(c==1) if(c==1) x q[0];", 4, 10, "found if"),
        (Q + "barrier q,q[0];", 4, 1, "used twice"),
        (Q + "h q[0]", 4, 7, "expected ';' after h, found the end"),
        (Q + "h q[0", 4, 6, "expected ']'"),
        (Q + "h q[", 4, 5, "expected an index"),
        (Q + "h", 4, 2, "expected a qubit"),
        (Q + "hq[0];", 4, 1, "no gate 'hq'"),
        (Q + "5;", 4, 1, "expected a statement, found 5"),
        (Q + "OPENQASM 2.0;", 4, 1, "found OPENQASM"),
        (Q + "x" * 10_000 + " q[0];", 4, 1, "10000 characters"),
        (Q + "/* x */", 4, 1, "found /"),
        (Q + "\x00", 4, 1, "unexpected character '\\x00'"),
        (Q + "h q[٣];", 4, 5, "unexpected character"),
        (Q + 'include "other.inc";', 4, 9, 'only "qelib1.inc" is built in'),
        (Q + 'include "qelib1.inc;\n', 4, 9, "no closing quote"),
        ("\ufeffOPENQASM 2.0; x", 1, 15, "no gate 'x'"),
    ],
)
def test_fault_and_place(text, line, column, problem):
    with pytest.raises(InputError) as caught:
        qasm2.parse(text, "file.qasm")
    error = caught.value
    assert problem in error.problem
    assert (error.line, error.column) == (line, column)
    place = f":{line}:{column}" if line else ""
    assert str(error).startswith(f"file.qasm{place}: ")
    if line:
        shown = str(error).split("\n")
        assert shown[-1].strip() == "^"


def test_the_caret_points_at_the_fault():
    with pytest.raises(InputError) as caught:
        qasm2.parse(Q + "cx q[0], r[0];")
    assert str(caught.value).split("\n")[1:] == ["  cx q[0], r[0];", "           ^"]


def test_nesting_is_limited_but_not_small():
    deep = "(" * 900 + "pi" + ")" * 900
    assert qasm2.parse(Q + f"rz({deep}) q[0];").gates[0].params == (1,)
    assert qasm2.parse(Q + f"rz({'-' * 100_000}pi) q[0];").gates[0].params == (1,)
    for text in ("(" * 100_000, "(" * 100_000 + "1" + ")" * 100_000, "sin(" * 100_000):
        with pytest.raises(InputError, match="nested"):
            qasm2.parse(Q + f"rz({text}) q[0];")


@pytest.mark.parametrize("body", ["h a;", ""])
def test_definitions_that_double_are_refused_at_once(body):
    chain = "".join(f"gate g{i} a {{ g{i - 1} a; g{i - 1} a; }}\n" for i in range(1, 80))
    start = time.process_time()
    with pytest.raises(InputError, match="operations after expansion"):
        qasm2.parse(HEAD + f"gate g0 a {{ {body} }}\n" + chain + "qreg q[1]; g79 q[0];")
    assert time.process_time() - start < 2


def test_nothing_is_quadratic_or_worse():
    many = ",".join(f"a{i}" for i in range(30_000))
    where = ",".join(f"q[{i}]" for i in range(30_000))
    long = "+".join(["t/3"] * 5_000)
    doubling = "".join(f"gate g{i}(t) a {{ g{i - 1}(t) a; g{i - 1}(t) a; }}\n" for i in range(1, 20))
    texts = [
        f"gate f {many} {{ barrier {many}; }} qreg q[30000]; f {where}; barrier {where};",
        "qreg q[1]; rz(1e-999999999) q[0]; rz(0e999999999) q[0];",
        "qreg q[1]; rz(" + "+".join(["pi/3"] * 50_000) + ") q[0];",
        "qreg q[1];"
        + " " * 500_000
        + "h"
        + " " * 500_000
        + "q[0]"
        + "\t" * 500_000
        + ";"
        + "//x\n" * 100_000,
        "qreg q[1];" + "h " * 100_000,
        "qreg q[1]; h " + "q[0]," * 100_000,
        "qreg " + "q" * 1_000_000 + "[",
        f"gate g0(t) a {{ rz({long}) a; }}\n" + doubling + "qreg q[1]; g19(pi) q[0];",
    ]
    start = time.process_time()
    for text in texts:
        accepted_or_refused(HEAD + text, max_qubits=30_000, max_operations=100_000)
    assert time.process_time() - start < 10


def test_broadcasting_has_a_limit():
    with pytest.raises(InputError, match="more than 1000 operations"):
        qasm2.parse(HEAD + "qreg q[300];" + "h q;" * 4, max_operations=1000)
    with pytest.raises(InputError, match="limit of 10"):
        qasm2.parse(HEAD + "qreg q[11];", max_qubits=10)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="directory"):
        qasm2.load(tmp_path)
    with pytest.raises(InputError, match="no such file; expected an OpenQASM 2 file"):
        qasm2.load(tmp_path / "none.qasm")
    with pytest.raises(InputError, match="null byte"):
        qasm2.load("a\0b")
    big = tmp_path / "big.qasm"
    big.write_text(Q)
    with pytest.raises(InputError, match="larger than 10 bytes"):
        qasm2.load(big, max_bytes=10)


def test_five_megabytes_of_random_bytes(tmp_path):
    path = tmp_path / "noise.qasm"
    noise = random.Random(0).randbytes(5_000_000)
    for data in (noise, HEAD.encode() + noise, bytes(b & 127 for b in noise), b"\x00" * 5_000_000):
        path.write_bytes(data)
        start = time.process_time()
        with pytest.raises(InputError) as caught:
            qasm2.load(path)
        assert time.process_time() - start < 2
        assert len(str(caught.value)) < 1000
    path.write_bytes(b"OPENQASM 2.0;\n\xff")
    with pytest.raises(InputError, match="byte 0xff at position 14 is not UTF-8"):
        qasm2.load(path)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs /dev/zero")
def test_endless_file():
    with pytest.raises(InputError, match="larger than"):
        qasm2.load("/dev/zero", max_bytes=1_000_000)


# Fuzzing: an InputError or a circuit that the full validation accepts

_TOKENS = [
    *[
        "OPENQASM",
        "2.0",
        ";",
        "include",
        '"qelib1.inc"',
        "qreg",
        "creg",
        "gate",
        "opaque",
        "if",
        "measure",
        "reset",
        "barrier",
        "U",
        "CX",
    ],
    *[
        "h",
        "cx",
        "rz",
        "ccx",
        "q",
        "c",
        "r",
        "f",
        "a",
        "b",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        ",",
        "->",
        "==",
        "+",
        "-",
        "*",
        "/",
        "^",
        "pi",
        "sin",
        "ln",
        "sqrt",
        "0",
        "1",
        "2",
        "3",
        "1.5",
        "1e3",
        "99999999999",
    ],
    *["\n", "//x\n", "\x00", "\ufeff", "é", '"', "q[0]", "q[1]", "c[0]", "h q[0];", "f(pi) q[0],q[1];"],
]
_VALID = (
    HEAD
    + "gate f(t) a,b { rz(-t/2) a; cx a,b; barrier a,b; }\nqreg q[3];\ncreg c[2];\nh q;\nf(pi/4) q[0],q[1];\n"
    + "measure q[0] -> c[1];\nif(c==2) x q[2];\nrz(1.5707963267948966) q[1];\n"
    + "opaque o(x) a;\no(2) q[0];\nreset q;\n"
)


def accepted_or_refused(text, max_qubits=1000, max_operations=10_000):
    try:
        circuit = qasm2.parse(text, max_qubits=max_qubits, max_operations=max_operations)
    except InputError:
        return
    Circuit(circuit.n_qubits, circuit.gates, circuit.n_clbits, qregs=circuit.qregs, cregs=circuit.cregs)
    assert qasm2.parse(qasm2.dumps(circuit), tolerance=0) == circuit


@given(st.lists(st.sampled_from(_TOKENS), max_size=60))
def test_token_soup(tokens):
    accepted_or_refused(" ".join(tokens))
    accepted_or_refused(HEAD + "qreg q[3]; creg c[2];" + " ".join(tokens))


@given(st.integers(0, 10**9))
def test_mutations_of_a_valid_file(seed):
    rng = random.Random(seed)
    text = _VALID
    for _ in range(rng.randint(1, 4)):
        at, stop = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
        stop = min(stop, at + 12)
        kind = rng.randrange(4)
        if kind == 0:
            text = text[:at] + text[stop:]
        elif kind == 1:
            text = text[:at] + rng.choice(_TOKENS) + text[at:]
        elif kind == 2:
            text = text[:stop] + text[at:stop] + text[stop:]
        else:
            text = text[:at]
    accepted_or_refused(text)


@given(st.text(max_size=80))
def test_any_text(text):
    accepted_or_refused(text)
    accepted_or_refused(HEAD + text)
    accepted_or_refused(HEAD + "qreg q[1]; rz(" + text + ") q[0];")


def test_every_truncation_of_a_valid_file():
    for stop in range(len(_VALID)):
        accepted_or_refused(_VALID[:stop])
