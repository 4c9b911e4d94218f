"""Derivatives as sums of diagrams: against finite differences and the adjoint of the compiled program, as linear
maps and as channels."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import Box, Bubble, CatenaryError, Curry, Diagram, Doctrine, Signature, Sum, Ty
from catenary.functors.circuits import Circuit, Gate, unitary
from catenary.functors.circuits.gates import GATES
from catenary.functors.differentiation import DerivativeError, differentiate, gradient, shifts
from catenary.functors.mixed import depolarising, mixed_circuit
from catenary.functors.tensor import compile_parametrised, parametrised_circuit

A, B = sympy.symbols("a b")
TURNING = sorted(name for name, spec in GATES.items() if spec.n_params)


def random_angle(rng: random.Random) -> object:
    return rng.choice([A, B, 2 * A + B / 3, A * B, Fraction(1, 3), A - Fraction(1, 4)])


def random_circuit(rng: random.Random, *, measured: bool) -> Circuit:
    gates = []
    for k in range(rng.randrange(1, 5)):
        name = rng.choice(TURNING if rng.random() < 0.7 else ["h", "cx", "swap", "t"])
        spec = GATES[name]
        params = tuple(random_angle(rng) for _ in range(spec.n_params))
        condition = ((0,), 1) if measured and k > 1 and rng.random() < 0.3 else None
        gates.append(Gate(name, tuple(rng.sample(range(2), spec.n_qubits)), params, (), condition))
        if measured and rng.random() < 0.3:
            gates.append(Gate("measure", (rng.randrange(2),), clbits=(0,)))
    phase = rng.choice([0, A])
    return Circuit(2, gates, n_clbits=1 if measured else 0, global_phase=phase)


def scalar_at(scalar: object, values: dict[str, float]) -> complex:
    return complex(sympy.sympify(scalar).subs({sympy.Symbol(k): v for k, v in values.items()}))


def bound(term: Diagram, values: dict[str, float]) -> Circuit:
    return Circuit.from_diagram(term).bind(values)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_linear_maps(seed: int) -> None:
    rng = random.Random(seed)
    circuit = random_circuit(rng, measured=False)
    values = {"a": rng.uniform(-1, 1), "b": rng.uniform(-1, 1)}
    program = compile_parametrised(parametrised_circuit(circuit), ["a", "b"])
    _, slope = program.value_and_jacobian([values["a"], values["b"]])
    for p, total in enumerate(gradient(circuit, [A, B])):
        found = np.zeros((4, 4), dtype=complex)
        for scalar, term in total:
            found += scalar_at(scalar, values) * unitary(bound(term, values))
        np.testing.assert_allclose(found, slope[..., p].reshape(4, 4).T, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_channels(seed: int) -> None:
    rng = random.Random(seed)
    circuit = random_circuit(rng, measured=rng.random() < 0.6)
    noise = {"h": depolarising(0.2)} if rng.random() < 0.5 else None
    values = {"a": rng.uniform(-1, 1), "b": rng.uniform(-1, 1)}
    channel = mixed_circuit(circuit, initial="00", noise=noise)
    program = compile_parametrised(channel.parametrised, ["a", "b"])
    at = np.array([values["a"], values["b"]])
    _, slope = program.value_and_jacobian(at)
    for p, total in enumerate(gradient(circuit, ["a", "b"], mixed=True)):
        found = np.zeros(program.shape, dtype=complex)
        for scalar, term in total:
            doubled = mixed_circuit(bound(term, values), initial="00", noise=noise)
            found += scalar_at(scalar, values) * doubled.contract()
        np.testing.assert_allclose(found, slope[..., p], atol=1e-9)
        step = 1e-6 * np.eye(2)[p]
        np.testing.assert_allclose(found, (program(at + step) - program(at - step)) / 2e-6, atol=1e-6)


@pytest.mark.parametrize("name", ["rx", "rz", "crz", "crx"])
def test_measured_probabilities_where_discopy_is_wrong(name: str) -> None:
    """DisCoPy 1.2 doubles the scalars of its shift rule, and has two shifts for controlled rotations."""
    qubits = (1,) if GATES[name].n_qubits == 1 else (0, 1)
    gates = [
        Gate("h", (0,)),
        Gate("ry", (1,), (0.3,)),
        Gate(name, qubits, (A,)),
        Gate("h", (0,)),
        Gate("h", (1,)),
    ]
    gates += [Gate("measure", (q,), clbits=(q,)) for q in (0, 1)]
    circuit = Circuit(2, gates, n_clbits=2)

    def probabilities(at: Circuit) -> np.ndarray:
        return mixed_circuit(at, initial="00").discarding([2, 3]).probabilities()

    found = sum(
        scalar_at(scalar, {}).real * probabilities(bound(term, {"a": 0.17}))
        for scalar, term in differentiate(circuit, A, mixed=True)
    )
    ends = [probabilities(circuit.bind({"a": 0.17 + step})) for step in (1e-6, -1e-6)]
    np.testing.assert_allclose(found, (ends[0] - ends[1]) / 2e-6, atol=1e-7)
    assert len(differentiate(circuit, A, mixed=True)) == (4 if name.startswith("c") else 2)


def test_sums_daggers_and_nested_boxes() -> None:
    x = Ty("x")
    symmetric = Signature("s", Doctrine.SYMMETRIC)
    f = Box("f", x @ x, x @ x, [A**2], signature=symmetric)
    rules = {"f": (Fraction(-1, 2), Fraction(1, 2))}
    total = differentiate(A * f.diagram.dagger() + 3 * f, A, rules=rules)
    assert [len(term) for _, term in total] == [1, 1, 1]
    scalars = [sympy.simplify(scalar) for scalar, _ in total]
    assert scalars == [1, sympy.pi * A**2, 3 * sympy.pi * A]
    closed = Box("f", x @ x, x @ x, [A**2], signature=Signature("c", Doctrine.BICLOSED))
    curried = differentiate(Curry(closed.diagram), A, rules=rules)
    assert [scalar for scalar, _ in curried] == [sympy.pi * A]
    assert curried.cod == Curry(closed.diagram).cod
    assert differentiate(f.diagram, B, rules=rules) == Sum.zero(x @ x, x @ x, symmetric)


def test_errors_name_the_box() -> None:
    x = Ty("x")
    f = Box("f", x, x, [A])
    with pytest.raises(DerivativeError, match=r"box 1 \(f\(π·a\)\) has a in a parameter and no rule"):
        differentiate(Box("g", x, x) >> f, A)
    with pytest.raises(DerivativeError, match="is not linear"):
        differentiate(Bubble(f.diagram), A, rules={"f": (0, 1)})
    with pytest.raises(CatenaryError, match="no shift rule for the frequencies 1, 3"):
        shifts((Fraction(1), Fraction(3)), False)


def test_rules_may_be_functions() -> None:
    x = Ty("x")
    f, slope = Box("f", x, x, [A]), Box("f'", x, x)
    total = differentiate(f >> f, A, rules={"f": lambda box, k, mixed: [(1, slope)]})
    assert total == Sum([(1, slope >> f), (1, f >> slope)])
