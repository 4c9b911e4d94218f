"""Observables against dense matrices; propagation against the true expectation within its bound."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import ArityError, LimitReached
from catenary.functors.circuits import Circuit, CircuitError, Gate, library, state_vector
from catenary.functors.circuits.observables import PauliSum, expectation, propagate, total_z

PAULIS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


def dense(observable):
    out = np.zeros((1 << observable.n_qubits,) * 2, dtype=complex)
    for letters, value in observable.letters():
        matrix = np.eye(1)
        for letter in letters:
            matrix = np.kron(matrix, PAULIS[letter])
        out += complex(value) * matrix
    return out


def sums(n=3):
    scalars = st.one_of(st.integers(-3, 3), st.fractions(-2, 2, max_denominator=4), st.floats(-1, 1))
    letters = st.text("IXYZ", min_size=n, max_size=n)
    return st.dictionaries(letters, scalars, min_size=1, max_size=6).map(PauliSum.from_letters)


@settings(max_examples=40)
@given(sums(), sums(), st.fractions(-2, 2, max_denominator=5))
def test_arithmetic(a, b, c):
    assert np.allclose(a.to_matrix(), dense(a))
    assert np.allclose(dense(a + b), dense(a) + dense(b))
    assert np.allclose(dense(a - c * b), dense(a) - float(c) * dense(b))
    assert np.allclose(dense(a @ b), dense(a) @ dense(b))
    assert np.allclose(dense(a.commutator(b)), dense(a) @ dense(b) - dense(b) @ dense(a))
    assert np.allclose(dense((a @ b).dagger()), dense(a @ b).conj().T)
    if a.commutes(b):
        assert np.allclose(dense(a) @ dense(b), dense(b) @ dense(a))
    if all(isinstance(v, int) for v in (*a.terms.values(), *b.terms.values())):
        assert a.commutes(b) == np.array_equal(dense(a) @ dense(b), dense(b) @ dense(a))
    assert np.allclose(dense(PauliSum.from_matrix(dense(a))), dense(a))


def test_exact_coefficients():
    s = sympy.Symbol("s")
    a = PauliSum.from_letters({"XY": Fraction(1, 3), "ZI": sympy.sqrt(2)})
    assert (a @ a).terms[0, 0] == sympy.Rational(19, 9)
    assert (a @ a - a @ a) == PauliSum(2, {})
    assert dict((PauliSum.from_letters("X") @ PauliSum.from_letters("Y")).letters()) == {"Z": sympy.I}
    assert dict((Fraction(1, 2) * PauliSum.from_letters({"X": s})).letters()) == {"X": s / 2}
    assert dict((3 * PauliSum.from_letters("X") / 2).letters()) == {"X": Fraction(3, 2)}


def test_exact_decomposition():
    matrix = np.array([[1, 2], [Fraction(1, 2), 4]], dtype=object)
    found = dict(PauliSum.from_matrix(matrix).letters())
    assert found == {
        "I": Fraction(5, 2),
        "Z": Fraction(-3, 2),
        "X": Fraction(5, 4),
        "Y": sympy.I * sympy.Rational(3, 4),
    }
    a = sympy.Symbol("a")
    symbolic = np.array([[a, 0], [0, -a]], dtype=object)
    assert dict(PauliSum.from_matrix(symbolic).letters()) == {"Z": a}


def test_decomposition_is_fast():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(1 << 9, 1 << 9)) + 1j * rng.normal(size=(1 << 9, 1 << 9))
    found = PauliSum.from_matrix(matrix)
    assert len(found) == 4**9
    assert np.allclose(found.to_matrix(), matrix)


def _expected(circuit, observable):
    state = state_vector(circuit)
    return np.vdot(state, dense(observable) @ state).real


@settings(max_examples=25)
@given(st.integers(0, 10**6), sums(4), st.booleans())
def test_expectations(random_circuit, seed, observable, cross):
    circuit = random_circuit(seed, 4, 8, cross=cross)
    want = _expected(circuit, observable)
    assert expectation(circuit, observable) == pytest.approx(want, abs=1e-9)
    assert expectation(circuit, observable, "state") == pytest.approx(want, abs=1e-9)
    assert expectation(circuit, observable, "network") == pytest.approx(want, abs=1e-9)
    assert float(propagate(circuit, observable).expectation) == pytest.approx(want, abs=1e-9)


@settings(max_examples=25)
@given(st.integers(0, 10**6), sums(4))
def test_clifford_expectations(seed, observable):
    circuit = library.random_clifford_t(4, 40, seed, t_share=0)
    found = expectation(circuit, observable, "clifford")
    assert float(found) == pytest.approx(_expected(circuit, observable), abs=1e-9)


def test_wide_clifford():
    n = 300
    circuit = library.ghz(n)
    observable = PauliSum.from_letters(
        {"X" * n: Fraction(1, 3), "ZZ" + "I" * (n - 2): 2, "Z" + "I" * (n - 1): 5}
    )
    assert expectation(circuit, observable) == Fraction(7, 3)


def test_wide_network():
    n = 40
    layer = [Gate("ry", (q,), (0.1 * (q % 5),)) for q in range(n)]
    circuit = Circuit(n, [*layer, *(Gate("cx", (q, q + 1)) for q in range(0, n - 1, 2)), *layer])
    observable = PauliSum(n, {(0, 1 << 7): 1, (1 << 20, 1 << 21): 2})
    found = expectation(circuit, observable)
    assert found == pytest.approx(float(propagate(circuit, observable).expectation), abs=1e-9)


@settings(max_examples=30)
@given(st.integers(0, 10**6), sums(5), st.floats(0, 0.3), st.integers(1, 20))
def test_the_bound_holds(seed, observable, smallest, most):
    circuit = library.random_clifford_t(5, 60, seed, t_share=0.3)
    found = propagate(circuit, observable, smallest=smallest, max_terms=most)
    assert len(found.observable) <= max(most, len(observable.terms))
    assert abs(float(found.expectation) - _expected(circuit, observable)) <= found.error + 1e-9
    exact = propagate(circuit, observable)
    gap = np.linalg.norm(dense(found.observable) - dense(exact.observable), 2)
    assert gap <= found.error + 1e-9
    assert (found.error == 0) == (found.dropped == 0)
    assert exact.error == 0


def test_propagation_keeps_symbols():
    a = sympy.Symbol("a")
    circuit = Circuit(1, [Gate("rx", (0,), (a,))])
    found = propagate(circuit, PauliSum.from_letters("Z"))
    assert sympy.simplify(found.expectation - sympy.cos(sympy.pi * a)) == 0
    with pytest.raises(CircuitError, match="free symbols"):
        propagate(circuit, PauliSum.from_letters("Z"), smallest=0.1)


def test_what_is_refused():
    z = PauliSum.from_letters("Z")
    with pytest.raises(CircuitError, match="letters"):
        PauliSum.from_letters({"XA": 1})
    with pytest.raises(CircuitError, match="one length"):
        PauliSum.from_letters({"X": 1, "XX": 1})
    with pytest.raises(ArityError, match="a circuit on 2"):
        expectation(Circuit(2), z)
    with pytest.raises(CircuitError, match="not unitary"):
        expectation(Circuit(1, [Gate("reset", (0,))]), z)
    with pytest.raises(CircuitError, match="1 rotations"):
        expectation(Circuit(1, [Gate("t", (0,))]), z, "clifford")
    with pytest.raises(ArityError, match="shape"):
        PauliSum.from_matrix(np.eye(3))
    with pytest.raises(ArityError):
        z + total_z(2)
    with pytest.raises(LimitReached):
        total_z(20).to_matrix()
