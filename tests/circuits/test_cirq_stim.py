"""Cirq and Stim circuits: equal unitaries both ways, the rest kept or refused by name."""

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.functors.circuits import Circuit, CircuitError, Gate, library, unitary
from catenary.functors.circuits.sampling import sample

A = sympy.Symbol("a")


# Cirq


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.booleans())
def test_cirq(random_circuit, seed, cross):
    cirq = pytest.importorskip("cirq", reason="the extra cirq is not installed")
    from catenary.functors.bridges.cirq import from_cirq, to_cirq

    circuit = random_circuit(seed, 5, 8, cross=cross)
    theirs = to_cirq(circuit)
    found = theirs.unitary(qubit_order=cirq.LineQubit.range(5), dtype=np.complex128)
    assert np.allclose(found, unitary(circuit), atol=1e-7)
    assert np.allclose(unitary(from_cirq(theirs)), unitary(circuit), atol=1e-7)


def test_every_gate_of_ours_in_cirq(random_gate):
    cirq = pytest.importorskip("cirq", reason="the extra cirq is not installed")
    from catenary.functors.bridges.cirq import from_cirq, to_cirq
    from catenary.functors.circuits import GATES

    for name, spec in GATES.items():
        circuit = Circuit(spec.n_qubits, [random_gate(name, 5)])
        theirs = to_cirq(circuit)
        found = theirs.unitary(qubit_order=cirq.LineQubit.range(spec.n_qubits))
        assert np.allclose(found, unitary(circuit), atol=1e-6), name
        assert np.allclose(unitary(from_cirq(theirs)), unitary(circuit), atol=1e-7), name


def test_cirq_gates_of_its_own():
    cirq = pytest.importorskip("cirq", reason="the extra cirq is not installed")
    from catenary.functors.bridges.cirq import from_cirq

    a, b, c = lines = cirq.LineQubit.range(3)
    for operation in (
        cirq.H(a) ** 0.3,
        cirq.X(a) ** 0.7,
        cirq.XPowGate(exponent=1, global_shift=0.25)(b),
        cirq.rx(0.3)(a),
        cirq.rz(np.pi)(a),
        cirq.PhasedXPowGate(phase_exponent=0.2, exponent=0.4)(b),
        cirq.CX(c, a) ** 0.3,
        cirq.SWAP(a, c) ** 0.5,
        cirq.ISWAP(a, b) ** -0.5,
        cirq.FSimGate(0.1, 0.2)(a, b),
        cirq.CCX(a, b, c) ** 0.5,
        cirq.ControlledGate(cirq.rx(0.4), control_values=[0])(b, c),
        cirq.X(a).controlled_by(b, c, control_values=[0, 1]),
        cirq.ControlledGate(cirq.H, num_controls=2)(a, b, c),
        cirq.ControlledGate(cirq.X, control_values=cirq.SumOfProducts([(0, 1), (1, 0)]))(a, b, c),
        cirq.global_phase_operation(1j),
    ):
        theirs = cirq.Circuit(operation, cirq.I.on_each(*lines))
        want = theirs.unitary(qubit_order=lines, dtype=np.complex128)
        assert np.allclose(unitary(from_cirq(theirs)), want, atol=1e-7), operation


def test_cirq_keeps_what_is_not_unitary():
    cirq = pytest.importorskip("cirq", reason="the extra cirq is not installed")
    from catenary.functors.bridges.cirq import from_cirq, to_cirq

    gates = [
        Gate("h", (0,)),
        Gate("measure", (0,), clbits=(0,)),
        Gate("barrier", (0, 1)),
        Gate("x", (1,), condition=((0,), 0)),
        Gate("measure", (1,), clbits=(1,)),
        Gate("sx", (0,), condition=((0, 1), 2)),
        Gate("reset", (1,)),
        Gate("rx", (1,), (A,)),
    ]
    circuit = Circuit(2, gates, 2)
    back = from_cirq(to_cirq(circuit))
    assert back.to_diagram() == circuit.to_diagram()
    bound = circuit.bind({"a": 0.5})
    result = cirq.Simulator(seed=1).run(to_cirq(bound), repetitions=50)
    seen = {
        (int(x), int(y))
        for x, y in zip(result.records["c0"][:, 0, 0], result.records["c1"][:, 0, 0], strict=True)
    }
    assert seen == {(0, 1), (1, 0)}


def test_cirq_refuses():
    cirq = pytest.importorskip("cirq", reason="the extra cirq is not installed")
    from catenary.functors.bridges.cirq import from_cirq, to_cirq

    q = cirq.LineQubit(0)
    for circuit, message in (
        (Circuit(1, [Gate("opaque", (0,), label="magic")]), "magic"),
        (Circuit(1, [Gate("init", (0,))]), "init"),
        (Circuit(1, [Gate("x", (0,), condition=((0,), 1))], 1), "no measurement"),
    ):
        with pytest.raises(CircuitError, match=message):
            to_cirq(circuit)
    for operation, message in (
        (cirq.depolarize(0.1)(q), "no equivalent"),
        (cirq.X.on(cirq.LineQid(0, 2)), None),
        (cirq.IdentityGate(qid_shape=(3,)).on(cirq.LineQid(0, 3)), "dimension"),
    ):
        if message is None:
            assert len(from_cirq(cirq.Circuit(operation))) == 1
            continue
        with pytest.raises(CircuitError, match=message):
            from_cirq(cirq.Circuit(operation))


# Stim

CLIFFORD = ["id", "x", "y", "z", "h", "s", "sdg", "sx", "sxdg", "cx", "cy", "cz", "swap", "iswap"]
TURNS = ["rx", "ry", "rz", "p", "rxx", "ryy", "rzz", "rzx"]


def clifford(seed, n=4, gates=15):
    rng = random.Random(seed)
    made = []
    for _ in range(gates):
        name = rng.choice(CLIFFORD + TURNS)
        width = 2 if name in ("cx", "cy", "cz", "swap", "iswap", "rxx", "ryy", "rzz", "rzx") else 1
        params = (Fraction(rng.randint(-4, 4), 2),) if name in TURNS else ()
        made.append(Gate(name, tuple(rng.sample(range(n), width)), params))
    return Circuit(n, made, outputs=rng.sample(range(n), n))


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_stim(same_up_to_phase, seed):
    stim = pytest.importorskip("stim", reason="the extra stim is not installed")
    from catenary.functors.bridges.stim import from_stim, to_stim

    circuit = clifford(seed)
    theirs = to_stim(circuit)
    found = stim.Tableau.from_circuit(theirs).to_unitary_matrix(endian="big")
    assert same_up_to_phase(found.astype(complex), unitary(circuit)) or np.allclose(
        abs(np.vdot(found, unitary(circuit))), 16, atol=1e-4
    )
    assert same_up_to_phase(unitary(from_stim(theirs)), unitary(circuit))


def test_every_unitary_of_stim():
    stim = pytest.importorskip("stim", reason="the extra stim is not installed")
    from catenary.functors.bridges.stim import from_stim

    seen = 0
    for name, data in stim.gate_data().items():
        if not data.is_unitary or name.startswith("SPP"):
            continue
        n = len(data.tableau)
        theirs = stim.Circuit(f"{name} {' '.join(map(str, reversed(range(n))))}")
        want = stim.Tableau.from_circuit(theirs)
        found = unitary(from_stim(theirs))
        overlap = abs(np.vdot(found, want.to_unitary_matrix(endian="big")))
        assert overlap == pytest.approx(1 << n, abs=1e-4), name
        seen += 1
    assert seen > 40


def _both(theirs, shots=200):
    """The outcomes that each simulator sees; the circuits here have few."""
    from catenary.functors.bridges.stim import from_stim

    rows = theirs.compile_sampler(seed=1).sample(shots).astype(int)
    return set(sample(from_stim(theirs), shots, seed=1)), {"".join(map(str, row)) for row in rows}


def test_measurements_of_stim():
    stim = pytest.importorskip("stim", reason="the extra stim is not installed")
    for text in (
        "H 0\nM 0\nCX rec[-1] 1\nM !1 0",
        "RX 0\nMX 0\nMX !0\nMZ 0\nMX 0",
        "RY 0\nMY 0\nS 0\nMX 0\nMR 0 0",
        "H 0\nMRX 0\nMX 0\nMRY 0\nMY !0",
        "H 0\nREPEAT 3 {\nM 0\nTICK\nCY rec[-1] 1\n}\nM 1",
    ):
        ours, theirs = _both(stim.Circuit(text))
        assert ours == theirs, text


def test_the_surface_code_in_stim():
    pytest.importorskip("stim", reason="the extra stim is not installed")
    from catenary.functors.bridges.stim import from_stim, to_stim

    d = 5
    circuit = library.surface_code_round(d, 2)
    plaquettes = library.surface_code_plaquettes(d)
    m = len(plaquettes)
    theirs = to_stim(circuit)
    rows = theirs.compile_sampler(seed=2).sample(50)
    assert np.array_equal(rows[:, :m], rows[:, m:])
    for k, plaquette in enumerate(plaquettes):
        assert bool(rows[:, k].any()) == (plaquette.kind == "X")
    assert from_stim(theirs).gates == circuit.gates


def test_stim_keeps_conditions():
    pytest.importorskip("stim", reason="the extra stim is not installed")
    from catenary.functors.bridges.stim import from_stim, to_stim

    gates = [Gate("h", (0,)), Gate("measure", (0,), clbits=(0,)), Gate("x", (1,), condition=((0,), 1))]
    circuit = Circuit(2, gates, 1)
    assert from_stim(to_stim(circuit)).gates == circuit.gates
    negated = Circuit(
        2, [*gates[:2], Gate("x", (1,), condition=((0,), 0)), Gate("measure", (1,), clbits=(1,))], 2
    )
    assert set(sample(from_stim(to_stim(negated)), 50, seed=1)) == {"01", "10"}


def test_stim_refuses():
    stim = pytest.importorskip("stim", reason="the extra stim is not installed")
    from catenary.functors.bridges.stim import from_stim, to_stim

    for circuit, message in (
        (Circuit(1, [Gate("t", (0,))]), "gate 0 .t."),
        (Circuit(2, [Gate("cp", (0, 1), (Fraction(1, 2),))]), "cp"),
        (Circuit(1, [Gate("rz", (0,), (A,))]), "Clifford"),
        (Circuit(1, [Gate("post", (0,))]), "init|post"),
        (Circuit(2, [Gate("barrier", (0,))]), "TICK"),
        (Circuit(1, [Gate("h", (0,), condition=((0,), 1))], 1), "condition"),
    ):
        with pytest.raises(CircuitError, match=message):
            to_stim(circuit)
    for text, message in (
        ("X_ERROR(0.1) 0", "noise"),
        ("M(0.1) 0", "noise"),
        ("M 0\nDETECTOR rec[-1]", "annotation"),
        ("MPP X0*X1", "MPP"),
        ("SPP X0*X1", "SPP"),
        ("CX sweep[0] 1", "something else"),
    ):
        with pytest.raises(CircuitError, match=message):
            from_stim(stim.Circuit(text))
    assert len(from_stim(stim.Circuit("M 0\nDETECTOR rec[-1]"), skip_annotations=True)) == 1
