"""OpenQASM 3: every fault is an InputError with its place; nothing crashes, hangs or is wrongly accepted."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import InputError
from catenary.functors.circuits import qasm3
from tests.circuits.qasm3_programs import Programs

HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
Q = HEAD + "qubit[2] q; bit[2] c; qubit a; bit b;\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "problem"),
    [
        ("", 0, 0, "the file is empty"),
        ("qubit q;", 1, 1, "expected 'OPENQASM 3.0;' first"),
        ("OPENQASM 2.0;", 1, 10, "version 3.0 or 3.1"),
        ("OPENQASM 3.0", 1, 13, "expected ';' after the version, found the end"),
        ("OPENQASM 3.0; qubit q; h q;", 1, 24, '\'h\' is not declared: it needs include "stdgates.inc"'),
        (Q + "hh q;", 4, 1, "gate 'hh' is not declared; did you mean"),
        (Q + "rxx(1) q[0], q[1];", 4, 1, "it is not in stdgates.inc: define it, as in  gate rxx"),
        (Q + "cx q[0];", 4, 1, "cx acts on 2 qubits, not 1"),
        (Q + "ctrl @ x q[0];", 4, 1, "x with its controls acts on 2 qubits, not 1"),
        (Q + "rz q[0];", 4, 1, "rz has 1 parameter, not 0"),
        (Q + "rz(1,2) q[0];", 4, 1, "rz has 1 parameter, not 2"),
        (Q + "U(1) q[0];", 4, 1, "U has 3 parameters, not 1"),
        (Q + "gphase() ;", 4, 1, "gphase has 1 parameter, not 0"),
        (Q + "gphase(1) q;", 4, 1, "gphase acts on 0 qubits, not 1"),
        (Q + "cx q[0], q[0];", 4, 1, "used twice"),
        (Q + "cx q, q;", 4, 1, "used twice"),
        (Q + "cx q[0], q;", 4, 1, "used twice"),
        (Q + "x q[2];", 4, 3, "index 2 is out of range: q has 2 elements, 0 to 1"),
        (Q + "x q[-3];", 4, 3, "index -3 is out of range"),
        (Q + "x q[0:5];", 4, 5, "goes over the 2 elements"),
        (Q + "x q[0:0:1];", 4, 5, "step 0"),
        (Q + "x q[0, 1];", 4, 6, "several dimensions"),
        (Q + "x q[0][0];", 4, 7, "one index"),
        (Q + "x a[0];", 4, 3, "a single qubit"),
        (Q + "x q[0.5];", 4, 3, "an index is an integer, not of type float"),
        (Q + "x q[b];", 4, 3, "an index depends on a measured bit"),
        (Q + "x r;", 4, 3, "the qubit or quantum register 'r' is not declared"),
        (Q + "x c;", 4, 3, "'c' is not a quantum register"),
        (Q + "x x;", 4, 3, "'x' is not a register"),
        (Q + "measure q -> q;", 4, 14, "'q' is not a classical register"),
        (Q + "c = measure q[0];", 4, 1, "1 qubits are measured into 2"),
        (Q + "measure q;", 4, 1, "goes into a bit"),
        (Q + "c[{0, 0}] = measure q;", 4, 1, "a bit is used twice"),
        (Q + "qubit q;", 4, 1, "'q' is already declared"),
        (Q + "qubit[0] r;", 4, 1, "at least one"),
        (Q + "qubit[1000000000000] r;", 4, 1, "limit of 1000000"),
        (Q + "qubit[1e3] r;", 4, 1, "an integer, not of type float"),
        (Q + "qubit $0;", 4, 1, "cannot be declared"),
        (Q + "x $0;", 4, 3, "hardware qubits and declared"),
        (HEAD + "x $0; qubit q;", 3, 7, "declares no other ones"),
        (HEAD + "x $99999999;", 3, 3, "limit of 1000000"),
        (Q + "qubit if;", 4, 7, "reserved word if"),
        (Q + "{ qubit r; }", 4, 1, "expected a statement, found {"),
        (Q + "if (b) { qubit r; }", 4, 10, "belongs outside of all braces"),
        (Q + "if (b) { bit r; }", 4, 10, "in a branch"),
        (Q + "for int i in [0:1] { bit r; }", 4, 22, "outside of all braces"),
        (Q + "const int n;", 4, 12, "a constant has a value"),
        (Q + "const int n = 1; n = 2;", 4, 18, "it is constant"),
        (Q + "int n; x q[n];", 4, 12, "'n' has no value yet"),
        (Q + "int n = 0.5;", 4, 1, "a float where an int is expected: cast it"),
        (Q + "int n = c;", 4, 1, "depends on measured bits"),
        (Q + "uint n = -1;", 4, 1, "not a uint"),
        (Q + "int[4] n = 8;", 4, 1, "does not fit into int[4]"),
        (Q + "bit[2] k = \"111\";", 4, 1, "3 bits where 2 are expected"),
        (Q + "bit k = 1;", 4, 1, "begins as 0"),
        (Q + "c = \"01\";", 4, 1, "written by measurements only"),
        (Q + "int n = 0; if (b) { n = 1; }", 4, 21, "assigned to in a branch"),
        (Q + "input int n;", 4, 7, "an input of type int"),
        (Q + "input angle w; if (w > 1) x q[0];", 4, 22, "> of an input"),
        (Q + "input angle w; pow(w) @ x q[0];", 4, 16, "number that is known"),
        (Q + "input angle w; pow(0.5) @ rz(w) q[0];", 4, 16, "free angle"),
        (Q + "pow(0.5) @ cu(1, 2, 3, 4) q[0], q[1];", 4, 1, "broken power of cu"),
        (Q + "pow(1e30) @ x q[0];", 4, 1, "an exponent that large"),
        (Q + "gate g r { h r; t r; } pow(4000000) @ g a;", 4, 24, "more than 5000000 operations"),
        (Q + "ctrl(0) @ x q[0];", 4, 1, "with 0 controls"),
        (Q + "ctrl(1.5) @ x q[0];", 4, 1, "an integer, not of type float"),
        (Q + "ctrl x q[0], q[1];", 4, 6, "expected '@' after the modifier ctrl"),
        (Q + "pow @ x q[0];", 4, 5, "the exponent after pow"),
        (Q + "rz(pi q[0];", 4, 7, "expected ',' between the arguments"),
        (Q + "rz(pi*) q[0];", 4, 7, "expected a number, a name or '('"),
        (Q + "rz(1/0) q[0];", 4, 5, "division by zero"),
        (Q + "rz(sqrt(-1)) q[0];", 4, 4, "sqrt has no real value"),
        (Q + "rz(0.0**-1) q[0];", 4, 7, "no real value"),
        (Q + "rz(1e999) q[0];", 4, 4, "too large"),
        (Q + "rz(2**99999999) q[0];", 4, 5, "too large"),
        (Q + "rz(1 << 99999) q[0];", 4, 6, "a shift by 99999"),
        (Q + "rz(sin(1 << 2000)) q[0];", 4, 4, "too large"),
        (Q + "angle m = 1 << 2000;", 4, 1, "too large"),
        (Q + "rz(" + "9" * 400 + ") q[0];", 4, 4, "too large"),
        (Q + "rz(theta) q[0];", 4, 4, "'theta' is not declared"),
        (Q + "rz(c) q[0];", 4, 1, "an angle depends on bits"),
        (Q + "rz(q) q[0];", 4, 4, "a qubit is not a value"),
        (Q + "rz(true) q[0];", 4, 1, "not a bool"),
        (Q + "rz(foo(1)) q[0];", 4, 4, "'foo' is not a function"),
        (Q + "rz(sin(1, 2)) q[0];", 4, 4, "sin takes 1 arguments, not 2"),
        (Q + "rz(10ns) q[0];", 4, 4, "durations are outside"),
        (Q + "rz(2im) q[0];", 4, 4, "complex numbers are outside"),
        (Q + "gate f r { f r; }", 4, 12, "gate f applies itself"),
        (Q + "gate f r { h r;", 4, 16, "ends inside a block"),
        (Q + "gate f r { h s; }", 4, 14, "'s' is not a qubit argument of gate f"),
        (Q + "gate f r { h r[0]; }", 4, 14, "cannot be indexed"),
        (Q + "gate f r, r { }", 4, 11, "already a name of this gate"),
        (Q + "gate f(k) r { rz(m) r; }", 4, 18, "'m' is not declared"),
        (Q + "int m = 1; gate f r { rz(m) r; }", 4, 26, "parameters and constants, not 'm'"),
        (Q + "gate f r { rz(b) r; }", 4, 15, "parameters and constants, not 'b'"),
        (Q + "gate f r, s { cx r, r; }", 4, 15, "used twice"),
        (Q + "gate f(x) r { x r; }", 4, 15, "'x' is not a gate in gate f"),
        (Q + "gate f r { g r; }", 4, 12, "gate 'g' is not declared"),
        (Q + "gate f r { reset r; }", 4, 12, "reset in the body of gate f"),
        (Q + "gate f r { measure r -> b; }", 4, 12, "assignment in the body of gate f"),
        (Q + "gate f { }", 4, 8, "expected a qubit argument"),
        (Q + "gate h r { }", 4, 1, "'h' is already declared"),
        (Q + "gate f r { cx r; } f a;", 4, 12, "cx acts on 2 qubits, not 1"),
        (Q + "let s = q ++ c;", 4, 1, "qubits and classical bits together"),
        (Q + "let s = q ++ q[0];", 4, 1, "same element twice"),
        (Q + "for int i in [0:3] { x q[i]; }", 4, 24, "index 2 is out of range"),
        (Q + "for int i in c { }", 4, 14, "expected a range"),
        (Q + "for int i in [0:] { }", 4, 15, "both ends"),
        (Q + "for int i in [0:9999999] { }", 4, 1, "more than 5000000 operations"),
        (Q + "for i in [0:1] { }", 4, 5, "expected a type"),
        (Q + "if (c[0] == 1) { c[0] = measure a; x q[0]; }", 4, 36, "overwritten a bit of its own condition"),
        (Q + "if (c == 3) { b = measure a; c[1] = measure a; } else x q[0];", 4, 55, "by the measurement on line 4"),
        (Q + "if (b) while (true) { }", 4, 8, "while: while loops cannot be read"),
        (Q + "def f() { }", 4, 1, "subroutines"),
        (Q + "delay[10ns] q;", 4, 1, "delay"),
        (Q + "array[int, 3] x;", 4, 1, "arrays"),
        (Q + "extern f(int) -> int;", 4, 1, "extern"),
        (Q + "@me\nx a;", 4, 1, "annotations"),
        (Q + "#pragma x\n", 4, 1, "pragmas"),
        (Q + "stretch g;", 4, 1, "durations"),
        (Q + "defcal x $0 { }", 4, 1, "calibrations"),
        (Q + "x[10ns] a;", 4, 3, "durations"),
        (Q + "end;", 4, 1, "end"),
        (Q + "x a", 4, 4, "expected ';' after x, found the end"),
        (Q + "x a; }", 4, 6, "expected a statement, found }"),
        (Q + "5;", 4, 1, "expected a statement, found 5"),
        (Q + "/* x", 4, 1, "expected a statement, found /"),
        (Q + "\x00", 4, 1, "unexpected character '\\x00'"),
        (Q + 'include "other.inc";', 4, 9, 'only "stdgates.inc" is built in'),
        (Q + "rz(" + "(" * 200 + "1" + ")" * 200 + ") a;", 4, 64, "nested more than 60 deep"),
        (Q + "if (true) " * 100 + "x a;", 4, 605, "nested more than 60 deep")
    ],
)  # fmt: skip
def test_fault_and_place(text, line, column, problem):
    with pytest.raises(InputError) as caught:
        qasm3.parse(text, "file.qasm")
    error = caught.value
    assert problem in error.problem
    assert (error.line, error.column) == (line, column)
    if line:
        assert str(error).split("\n")[-1].strip() == "^"


def test_definitions_that_double_are_refused():
    chain = "".join(f"gate g{i}(t) r {{ g{i - 1}(2*t) r; g{i - 1}(2*t + 1) r; }}\n" for i in range(1, 60))
    with pytest.raises(InputError, match="operations after expansion"):
        qasm3.parse(HEAD + f"gate g0(t) r {{ }}\n{chain} qubit q; g59(0) q;", max_operations=100_000)
    chain = "".join(f"gate g{i} r {{ g{i - 1} r; }}\n" for i in range(1, 200))
    with pytest.raises(InputError, match="nested more than 100 deep"):
        qasm3.parse(HEAD + f"gate g0 r {{ }}\n{chain}")


def test_conditions_with_too_many_cases_are_refused():
    bits = " ^ ".join(f"c[{i}]" for i in range(20))
    with pytest.raises(InputError, match="more than 256 cases"):
        qasm3.parse(HEAD + f"qubit q; bit[20] c; if ({bits}) x q;")
    assert len(qasm3.parse(HEAD + "qubit q; bit[100] c; if (c == 7) x q; else y q;")) == 101


def test_long_expressions_do_not_recurse():
    angle = "+".join(["pi"] * 20_000)
    assert qasm3.parse(Q + f"rz({angle}) a;").gates[0].params == (20_000,)
    assert qasm3.parse(Q + f"rz({'-' * 20_000}pi) a;").gates[0].params == (1,)


def mutated(text: str, rng: random.Random) -> str:
    """The text with characters or words changed, doubled, moved or lost."""
    import re

    words = re.findall(r"\w+|\s+|[^\w\s]", text)
    for _ in range(rng.randint(1, 4)):
        i, j = rng.randrange(len(words)), rng.randrange(len(words))
        kind = rng.random()
        if kind < 0.3:
            words[i] = words[j]
        elif kind < 0.5:
            del words[i]
        elif kind < 0.7:
            words.insert(
                i,
                rng.choice(["@", "ctrl", "{", "}", "(", ")", "[", "]", ";", ",", "-", "**", "9", "if", "c"]),
            )
        elif kind < 0.9:
            words[i], words[j] = words[j], words[i]
        else:
            words[i] = words[i][:1] + rng.choice("\x00\ufeffé'\"$#@0") + words[i][1:]
    return "".join(words)


def check_mutant(seed: int) -> bool:
    """A mutant is read or refused by an InputError; what Qiskit's grammar refuses is refused."""
    rng = random.Random(seed)
    text = mutated(Programs(seed).program(4), rng)
    try:
        qasm3.parse(text, max_operations=10_000, max_qubits=1000)
    except InputError:
        return False
    try:
        import openqasm3
    except ImportError:
        return True
    openqasm3.parse(text)  # raises if the reference grammar of the language does not have it
    return True


@given(st.integers(0, 10**9))
@settings(max_examples=150, deadline=None)
def test_mutants_are_read_or_refused_by_name(seed):
    check_mutant(seed)


NAMES = [
    "1",
    "2",
    "0",
    "3.5",
    "pi",
    "n",
    "f",
    "an",
    "yes",
    "w",
    "c",
    "d",
    "c[0]",
    "c[0:1]",
    '"01"',
    "true",
    "false",
    "1e308",
    "2**2000",
    "1e-300",
    "0x1f",
    "c[n]",
    "q",
    "x",
    "0.0",
    "-1",
]
BINARY = [
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "<<",
    ">>",
    "&",
    "|",
    "^",
    "==",
    "!=",
    "<",
    ">",
    "<=",
    ">=",
    "&&",
    "||",
]
FUNCTIONS = ["sin", "cos", "tan", "sqrt", "exp", "log", "arccos", "arcsin", "arctan", "floor", "ceiling"]
CASTS = [
    "int",
    "uint",
    "float",
    "angle",
    "bool",
    "bit",
    "int[8]",
    "angle[4]",
    "bit[2]",
    "uint[2]",
    "float[64]",
]
WHERE = [
    "rz({}) q[0];",
    "int m = {};",
    "float m = {};",
    "angle m = {}; rz(m) q[0];",
    "bool m = {};",
    "if ({}) x q[0]; else y q[0];",
    "\npow({}) @ x q[0];",
    "ctrl({}) @ x q[0], q[1];",
    "x q[{}];",
    "for int i in [0:{}] x q[0];",
    "for int i in {{1, {}}} x q[0];",
    "gphase({});",
    "\npow({}) @ rz(1) q[0];",
    "gate g(t) a {{ rz({}) a; }} g(2) q[0];",
    "bit[2] m = {};",
    "qubit[{}] r;",
    "pow({}) @ ctrl @ h q[0], q[1];",
]


def random_expression(rng: random.Random, depth: int = 0) -> str:
    """Any expression, most of them without a meaning."""
    kind = rng.random()
    if depth > 3 or kind < 0.35:
        return rng.choice(NAMES)
    inner = random_expression(rng, depth + 1)
    if kind < 0.7:
        return f"({inner} {rng.choice(BINARY)} {random_expression(rng, depth + 1)})"
    if kind < 0.8:
        return rng.choice("-!~") + inner
    if kind < 0.92:
        return f"{rng.choice(FUNCTIONS)}({inner})"
    if kind < 0.96:
        return f"{rng.choice(['mod', 'pow'])}({inner}, {random_expression(rng, depth + 1)})"
    return f"{rng.choice(CASTS)}({inner})"


def check_expression(seed: int) -> bool:
    """An expression somewhere is read or refused by an InputError."""
    rng = random.Random(seed)
    head = "qubit[2] q; bit[2] c; bit d; input float w; const int n = 2; const float f = 0.3; "
    head += "const angle an = 7*pi; bool yes = true;\n"
    text = HEAD + head + rng.choice(WHERE).format(random_expression(rng))
    try:
        qasm3.parse(text, max_operations=10_000, max_qubits=1000)
    except InputError:
        return False
    return True


@given(st.integers(0, 10**9))
@settings(max_examples=300)
def test_expressions_are_read_or_refused_by_name(seed):
    check_expression(seed)


@pytest.mark.slow
def test_twenty_thousand_expressions():
    assert sum(map(check_expression, range(20_000))) > 2000


@pytest.mark.slow
def test_twenty_thousand_mutants():
    assert sum(map(check_mutant, range(20_000))) > 500
