"""Circuits on devices: places, swaps, CNOT circuits along trees, native gates; always the same map."""

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams.errors import ArgumentError, ArityError, InputError
from catenary.functors.circuits import GATES, Circuit, CircuitError, Gate, library, unitary
from catenary.functors.circuits.gates import renumbered
from catenary.rewriting.circuits.coupling import Coupling
from catenary.rewriting.circuits.native import shortened, to_native
from catenary.rewriting.circuits.routing import METHODS, route, same_up_to_swaps
from catenary.rewriting.circuits.steiner import parity_matrix, synthesise_cnots
from tests.circuits import independent

DEVICES = [
    Coupling.line(5),
    Coupling.ring(4),
    Coupling.grid(2, 2),
    Coupling([(0, 1), (0, 2), (0, 3), (3, 4)]),
]


def random_circuit(seed, width=4, measured=False):
    rng = random.Random(seed)
    n = rng.randint(1, width)
    gates = []
    for _ in range(rng.randint(1, 12)):
        kind = rng.random()
        if measured and kind < 0.15:
            gates.append(Gate("measure", (rng.randrange(n),), (), (rng.randrange(2),)))
        elif measured and kind < 0.3:
            gates.append(Gate(rng.choice("xhz"), (rng.randrange(n),), (), (), ((0,), 1)))
        elif measured and kind < 0.35 and n > 1:
            gates.append(Gate("cx", tuple(rng.sample(range(n), 2)), (), (), ((0, 1), 2)))
        elif kind < 0.4:
            gates.append(Gate("barrier", tuple(rng.sample(range(n), rng.randint(1, n)))))
        else:
            spec = rng.choice([s for s in GATES.values() if s.n_qubits <= n])
            params = tuple(
                Fraction(rng.randint(-16, 16), rng.choice([1, 2, 3, 4])) for _ in range(spec.n_params)
            )
            gates.append(Gate(spec.name, tuple(rng.sample(range(n), spec.n_qubits)), params))
    outputs = list(range(n))
    rng.shuffle(outputs)
    return Circuit(n, gates, 2 if measured else 0, outputs=outputs, global_phase=Fraction(1, 4))


def both_ways(circuit, result, device):
    """The given circuit on the device, and the routed one, with the same boundary."""
    rest = [p for p in range(device.n_qubits) if p not in result.initial]
    wanted = Circuit(
        device.n_qubits,
        renumbered(circuit.gates, list(result.initial)),
        circuit.n_clbits,
        inputs=[*result.initial, *rest],
        outputs=[result.initial[q] for q in circuit.outputs] + rest,
        global_phase=circuit.global_phase,
    )
    found = Circuit(
        device.n_qubits,
        result.circuit.gates,
        circuit.n_clbits,
        inputs=[*result.initial, *rest],
        outputs=[*result.final, *(result.permutation[p] for p in rest)],
        global_phase=result.circuit.global_phase,
    )
    return wanted, found


def check(circuit, result, device):
    for gate in result.circuit:
        assert len(gate.qubits) < 2 or gate.name == "barrier" or device.allows(*gate.qubits)
    wanted, found = both_ways(circuit, result, device)
    if circuit.n_clbits:
        assert independent.same_channel(independent.channel(wanted), independent.channel(found))
    else:
        assert np.allclose(independent.unitary(wanted), independent.unitary(found))


@pytest.mark.parametrize("method", METHODS)
@given(st.integers(0, 10**6), st.sampled_from(DEVICES), st.booleans())
@settings(max_examples=12)
def test_routed_circuits_are_the_same_map(method, seed, device, measured):
    if method in ("qiskit", "pytket"):
        pytest.importorskip(method)
    circuit = random_circuit(seed, 4, measured)
    result = route(circuit, device, method=method, trials=2)
    check(circuit, result, device)
    if not measured:
        assert result.verified == "equal"


@given(st.integers(0, 10**6), st.sampled_from([("rz", "sx", "x", "cx"), ("rz", "rx", "rzz"), ("u3", "cz")]))
@settings(max_examples=15)
def test_routed_onto_native_gates(seed, native):
    circuit = random_circuit(seed)
    result = route(circuit, DEVICES[0], native=native, trials=1)
    assert {g.name for g in result.circuit} <= {*native, "barrier"}
    check(circuit, result, DEVICES[0])


def test_conditional_gates_over_native_ones_are_verified():
    held = [Gate(name, (2,), (), (), ((0,), 1)) for name in ("h", "x", "t")]
    gates = [Gate("h", (0,)), Gate("cx", (0, 2)), Gate("measure", (0,), (), (0,)), *held, Gate("cx", (1, 2))]
    result = route(Circuit(3, gates, 1), Coupling.line(3), native=("rz", "sx", "cx"), trials=1)
    assert result.verified == "equal"


def test_swaps_of_the_circuit_are_renamings():
    circuit = Circuit(4, [Gate("swap", (0, 3)), Gate("cx", (0, 1)), Gate("swap", (1, 2))])
    result = route(circuit, Coupling.line(4))
    assert result.after.two_qubit == 1
    check(circuit, result, Coupling.line(4))


def test_a_circuit_that_fits_is_left_alone():
    circuit = Circuit(3, [Gate("cx", (0, 1)), Gate("cz", (1, 2))])
    result = route(circuit, "line:3")
    assert result.circuit.gates == circuit.gates
    assert result.initial == result.final == (0, 1, 2)


@pytest.mark.parametrize("name", ["adder", "toffoli"])
def test_not_far_from_other_routers(name):
    """Two-qubit gates, swaps as three, on a grid: at most a quarter more than Qiskit's SABRE."""
    pytest.importorskip("qiskit")
    circuit = library.ripple_carry_adder(3) if name == "adder" else library.multi_controlled_x(6, "dirty")
    device = Coupling.grid(3, 4)
    ours, theirs = (route(circuit, device, method=method) for method in ("auto", "qiskit"))
    assert ours.verified == theirs.verified == "equal"
    assert ours.after.two_qubit <= 1.25 * theirs.after.two_qubit


def test_same_up_to_swaps_sees_differences():
    cx, t, swap = Gate("cx", (0, 1)), Gate("t", (0,)), Gate("swap", (0, 1))
    one = Circuit(2, [cx, t])
    assert same_up_to_swaps(one, Circuit(2, [cx, t]))
    assert not same_up_to_swaps(one, Circuit(2, [t, cx]))
    assert not same_up_to_swaps(one, Circuit(2, [cx, t, swap]))
    assert not same_up_to_swaps(one, Circuit(2, [cx]))
    measured = [Gate("measure", (0,), (), (0,)), Gate("x", (1,), (), (), ((0,), 1))]
    assert not same_up_to_swaps(Circuit(2, measured, 1), Circuit(2, measured[::-1], 1))


# CNOT circuits


@given(
    st.integers(0, 10**6),
    st.sampled_from([*DEVICES, Coupling.grid(3, 3), Coupling.full(5), Coupling.line(1)]),
)
def test_cnot_circuits(seed, device):
    rng = random.Random(seed)
    n = device.n_qubits
    kinds = ["cx", "swap"]
    gates = [Gate(rng.choice(kinds), tuple(rng.sample(range(n), 2))) for _ in range(30)] if n > 1 else []
    matrix = parity_matrix(n, gates)
    found = synthesise_cnots(matrix, device)
    assert parity_matrix(n, found) == matrix
    assert all(gate.name == "cx" and device.allows(*gate.qubits) for gate in found)


def test_cnot_circuits_are_small():
    """At most 2n² gates on a line, as the paper proves."""
    rng = random.Random(3)
    for n in (4, 8, 12):
        gates = [Gate("cx", tuple(rng.sample(range(n), 2))) for _ in range(n * n)]
        assert len(synthesise_cnots(parity_matrix(n, gates), Coupling.line(n))) <= 2 * n * n


def test_wrong_matrices_are_refused():
    with pytest.raises(ArgumentError, match="invertible"):
        synthesise_cnots([1, 1], Coupling.line(2))
    with pytest.raises(ArgumentError, match="rows"):
        synthesise_cnots([1], Coupling.line(2))
    with pytest.raises(ArgumentError, match="cx or swap"):
        parity_matrix(1, [Gate("cz", (0, 1))])


# Native gates

SETS = [
    ("rz", "sx", "x", "cx"),
    ("rz", "sx", "cz"),
    ("rz", "rx", "cz"),
    ("rz", "rx", "rzz"),
    ("p", "h", "cp"),
    ("u3", "cz"),
    ("u", "cx"),
    ("rz", "ry", "cx"),
    ("rz", "h", "rxx"),
    ("rz", "sx", "cz", "swap"),
]


@pytest.mark.parametrize("names", SETS)
@given(st.integers(0, 10**6))
@settings(max_examples=10)
def test_native_gates_keep_the_unitary(names, seed):
    circuit = random_circuit(seed, 3)
    found = to_native(circuit, names)
    assert {gate.name for gate in found} <= {*names, "barrier"}
    assert np.allclose(independent.unitary(found), independent.unitary(circuit))
    assert all(isinstance(p, Fraction) for gate in found for p in gate.params)


@given(st.integers(0, 10**6))
@settings(max_examples=15)
def test_native_gates_with_measurements(seed):
    circuit = random_circuit(seed, 3, measured=True)
    found = to_native(circuit, ["rz", "sx", "cx"])
    assert independent.same_channel(independent.channel(found), independent.channel(circuit))


def test_native_gates_with_symbols():
    a = sympy.Symbol("a")
    circuit = Circuit(
        1, [Gate("rx", (0,), (a,)), Gate("h", (0,)), Gate("rz", (0,), (a / 2,)), Gate("h", (0,))]
    )
    for names in (["rz", "sx", "cx"], ["rz", "rx", "cz"], ["u3", "cx"]):
        found = to_native(circuit, names)
        assert np.allclose(unitary(found.bind({"a": 0.3})), unitary(circuit.bind({"a": 0.3})))
    # h rz h is one rotation about x
    assert [g.name for g in to_native(circuit, ["rz", "rx", "cz"])] == ["rx"]


@given(st.lists(st.tuples(st.sampled_from("zx"), st.fractions(-4, 4, max_denominator=4)), max_size=9))
def test_shortened_runs_are_equal(run):
    found, phase = shortened(list(run))

    def matrix(turns):
        return unitary(Circuit(1, [Gate(f"r{axis}", (0,), (angle,)) for axis, angle in turns]))

    assert np.allclose(np.exp(1j * np.pi * float(phase)) * matrix(found), matrix(run))
    assert sum(axis == "x" for axis, _ in found) <= sum(axis == "x" for axis, _ in run)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["h", "cx"], "needed are one of rz"),
        (["rz", "cx"], "needed are one of rz"),
        (["rz", "sx"], "do not make cx"),
        (["rz", "sx", "foo"], "'foo' is no native gate"),
    ],
)
def test_gates_that_do_not_suffice(names, message):
    with pytest.raises(CircuitError, match=message):
        to_native(Circuit(2, [Gate("cx", (0, 1))]), names)


# Coupling maps


def test_maps_by_name(tmp_path):
    assert Coupling.named("grid:2x3").edges == Coupling.grid(2, 3).edges
    assert Coupling.named("0-1, 1-2") == Coupling.line(3)
    assert Coupling.named("ring:3") == Coupling.full(3) == Coupling.named("full:3")
    file = tmp_path / "device.json"
    file.write_text("[[0, 1], [2, 1]]")
    assert Coupling.named(str(file)) == Coupling.line(3)
    for text in (
        "",
        "line",
        "line:",
        "line:1x2",
        "grid:3",
        "grid:0x0",
        "line:0",
        "line:-1",
        "0-0",
        "0-1-2",
        "0-1,3-4",
        "a-b",
        "torus:3",
    ):
        with pytest.raises(InputError):
            Coupling.named(text)
    file.write_text("{")
    with pytest.raises(InputError, match="JSON"):
        Coupling.named(str(file))


def test_maps_of_other_libraries():
    transpiler = pytest.importorskip("qiskit.transpiler")
    architecture = pytest.importorskip("pytket.architecture")
    assert Coupling.of(transpiler.CouplingMap.from_line(4)) == Coupling.line(4)
    assert Coupling.of(architecture.RingArch(4)) == Coupling.ring(4)
    assert Coupling.of([(0, 1)]) == Coupling.line(2)


def test_wrong_arguments_are_named():
    circuit = Circuit(3, [Gate("cx", (0, 2))])
    with pytest.raises(ArityError, match="does not fit on 2 qubits"):
        route(circuit, "line:2")
    with pytest.raises(ArgumentError, match="one of auto"):
        route(circuit, "line:3", method="magic")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="connected"):
        Coupling([(0, 1), (2, 3)])
    with pytest.raises(ArgumentError, match="pair of different qubits"):
        Coupling([(0, 0)])
    with pytest.raises(CircuitError, match="init"):
        route(Circuit(1, [Gate("init", (0,))]), "line:2")
    with pytest.raises(CircuitError, match="opaque"):
        route(Circuit(2, [Gate("opaque", (0, 1), label="box")]), "line:2")


def test_without_time_there_is_still_a_result() -> None:
    gates = [Gate("cx", (q, (7 * q + 3) % 40)) for q in range(40) if q != (7 * q + 3) % 40]
    result = route(Circuit(40, gates), Coupling.line(40), budget=0)
    assert result.verified == "equal"
    assert all(abs(a - b) == 1 for gate in result.circuit if len(gate.qubits) == 2 for a, b in [gate.qubits])
