"""The library of circuits: adders add, multipliers multiply, transforms are their matrices."""

import itertools
import math
import random
from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg
import sympy

from catenary.diagrams import ArityError
from catenary.functors.circuits import Circuit, CircuitError, Gate, library, state_vector, unitary
from catenary.functors.circuits.library import run_bits
from catenary.functors.circuits.observables import PauliSum


def _bits(value, n):
    return [value >> k & 1 for k in range(n)]


def _number(bits):
    return sum(bit << k for k, bit in enumerate(bits))


def _pairs(n):
    if n <= 4:
        return itertools.product(range(1 << n), repeat=2)
    rng = random.Random(n)
    return [(rng.getrandbits(n), rng.getrandbits(n)) for _ in range(40)]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 8, 31, 64])
def test_adders(n):
    ripple, vbe = library.ripple_carry_adder(n), library.vbe_adder(n)
    out, into = library.carry_lookahead_adder(n), library.carry_lookahead_adder(n, in_place=True)
    for a, b in _pairs(n):
        left, right = _bits(a, n), _bits(b, n)
        for carry, top in ((0, 0), (1, 0), (0, 1), (1, 1)):
            found = run_bits(ripple, [carry, *left, *right, top])
            assert list(found[: n + 1]) == [carry, *left]
            assert _number(found[n + 1 :]) == (a + b + carry) ^ (top << n)
        found = run_bits(vbe, [*left, *right, *[0] * (n + 1)])
        assert _number(found[:n]) == a
        assert _number(found[n : 2 * n + 1]) == a + b
        assert not any(found[2 * n + 1 :])
        found = run_bits(out, [*left, *right, *[0] * (out.n_qubits - 2 * n)])
        assert list(found[: 2 * n]) == left + right
        assert _number(found[2 * n : 3 * n + 1]) == a + b
        assert not any(found[3 * n + 1 :])
        found = run_bits(into, [*left, *right, *[0] * (into.n_qubits - 2 * n)])
        assert list(found[:n]) == left
        assert _number(found[n : 2 * n + 1]) == a + b
        assert not any(found[2 * n + 1 :])


def test_the_lookahead_adder_is_shallow():
    from catenary.functors.circuits import counts

    assert counts(library.carry_lookahead_adder(64)).depth * 3 < counts(library.ripple_carry_adder(64)).depth


def test_adders_by_the_simulator():
    n = 2
    matrix = unitary(library.ripple_carry_adder(n))
    assert np.array_equal(abs(matrix), matrix.real)
    assert np.allclose(matrix.sum(axis=0), 1)
    for bits in itertools.product((0, 1), repeat=2 * n + 2):
        column = int("".join(map(str, bits)), 2)
        row = int("".join(map(str, run_bits(library.ripple_carry_adder(n), bits))), 2)
        assert matrix[row, column].real == pytest.approx(1)


@pytest.mark.parametrize("polynomial", [0b11, 0b111, 0b1011, 0b1101, 0b11001, 0x11B, 0b1 << 64 | 0b11011])
def test_field_multiplication(polynomial):
    circuit = library.gf2_multiplier(polynomial)
    n = polynomial.bit_length() - 1
    assert sum(gate.name == "ccx" for gate in circuit) == n * n
    x = sympy.Symbol("x")
    modulus = sympy.Poly(_bits(polynomial, n + 1)[::-1], x, modulus=2)
    rng = random.Random(polynomial)
    for count, (a, b) in enumerate(_pairs(n) if n < 5 else list(_pairs(n))[:6]):
        if count >= 64:
            break
        c = rng.getrandbits(n)
        found = run_bits(circuit, [*_bits(a, n), *_bits(b, n), *_bits(c, n)])
        one, two = (sympy.Poly(_bits(v, n)[::-1], x, modulus=2) for v in (a, b))
        product = (one * two).rem(modulus)
        want = sum((int(v) % 2) << m[0] for m, v in product.terms())
        assert _number(found[: 2 * n]) == a | b << n
        assert _number(found[2 * n :]) == c ^ want


def test_reducible_polynomials_are_refused():
    x = sympy.Symbol("x")
    for p in range(2, 256):
        poly = sympy.Poly(_bits(p, p.bit_length())[::-1], x, modulus=2)
        assert library.is_irreducible(p) == poly.is_irreducible
    for p in (0b101, 0b10, 1, 0, 0b1111):
        with pytest.raises(CircuitError, match="irreducible"):
            library.gf2_multiplier(p)


@pytest.mark.parametrize("k", range(9))
@pytest.mark.parametrize("ancillas", ["none", "one dirty", "dirty", "clean"])
def test_multi_controlled_x(k, ancillas):
    circuit = library.multi_controlled_x(k, ancillas)
    toffolis = sum(gate.name == "ccx" for gate in circuit)
    if k >= 5:
        assert toffolis <= {"one dirty": 8 * (k - 3), "dirty": 4 * (k - 2), "clean": 2 * k - 3}.get(
            ancillas, 10**6
        )
    if ancillas == "none":
        if k <= 6:
            want = np.eye(2 << k)
            want[-2:] = want[[-1, -2]]
            assert np.allclose(unitary(circuit), want, atol=1e-9)
        return
    extra = circuit.n_qubits - k - 1
    for bits in itertools.product((0, 1), repeat=k + 1):
        for spare in (
            itertools.product((0, 1), repeat=extra) if extra <= 3 else [(0, 1) * extra, (1,) * extra]
        ):
            tail = [0] * extra if ancillas == "clean" else list(spare)[:extra]
            found = run_bits(circuit, [*bits, *tail])
            assert found == (*bits[:k], bits[k] ^ all(bits[:k]), *tail)


def test_multi_controlled_x_wide():
    rng = random.Random(3)
    for ancillas in ("one dirty", "dirty", "clean"):
        circuit = library.multi_controlled_x(40, ancillas)
        for hole in (None, 0, 17, 39):
            bits = [int(q != hole) for q in range(40)] + [rng.randrange(2)]
            tail = [0 if ancillas == "clean" else rng.randrange(2) for _ in range(circuit.n_qubits - 41)]
            found = run_bits(circuit, bits + tail)
            assert list(found) == [*bits[:40], bits[40] ^ (hole is None), *tail]


@pytest.mark.parametrize("ancillas", ["none", "one dirty", "dirty", "clean"])
def test_nearest_neighbours(ancillas):
    plain = library.multi_controlled_x(4, ancillas)
    line = library.multi_controlled_x(4, ancillas, nearest_neighbour=True)
    assert all(abs(g.qubits[0] - g.qubits[-1]) <= 1 for g in line)
    assert np.allclose(unitary(line), unitary(plain), atol=1e-9)


def test_on_a_line(random_circuit):
    for seed in range(5):
        circuit = random_circuit(seed, 5, 12)
        line = library.on_a_line(circuit)
        assert all(max(g.qubits) - min(g.qubits) <= 1 for g in line)
        assert np.allclose(unitary(line), unitary(circuit), atol=1e-9)


def test_controlled(random_circuit):
    for seed in range(10):
        circuit = random_circuit(seed, 3, 8)
        want = scipy.linalg.block_diag(np.eye(8), unitary(circuit))
        assert np.allclose(unitary(library.controlled(circuit)), want, atol=1e-9)
    with pytest.raises(CircuitError, match="places"):
        library.controlled(Circuit(2, outputs=[1, 0]))


@pytest.mark.parametrize("n", range(6))
def test_fourier(n):
    size = 1 << n
    dft = np.exp(2j * np.pi * np.outer(range(size), range(size)) / size) / math.sqrt(size)
    assert np.allclose(unitary(library.qft(n)), dft)
    order = [int(format(k, f"0{n}b")[::-1] or "0", 2) for k in range(size)] if n else [0]
    assert np.allclose(unitary(library.qft(n, swaps=False))[order], dft)
    for cutoff in range(n):
        left_out = [1 / (1 << (k - j)) for j in range(n) for k in range(j + 1, n) if k - j > cutoff]
        error = np.linalg.norm(unitary(library.qft(n, cutoff=cutoff)) - dft, 2)
        assert error <= math.pi * sum(left_out) + 1e-9


def test_phase_estimation():
    for numerator in range(8):
        u = Circuit(
            1, [Gate("p", (0,), (Fraction(numerator, 4) - Fraction(1, 2),))], global_phase=Fraction(1, 2)
        )
        circuit = library.phase_estimation(u, 3)
        start = np.zeros(16)
        start[1] = 1  # the eigenvector |1>
        assert abs(state_vector(circuit, start)[numerator << 1 | 1]) == pytest.approx(1)


def test_amplitude_estimation():
    prepare = Circuit(2, [Gate("ry", (0,), (Fraction(1, 4),)), Gate("h", (1,)), Gate("cx", (0, 1))])
    a = math.sin(math.pi / 8) ** 2  # sin² of π/8: y is 2 or 14 of 16
    circuit = library.amplitude_estimation(prepare, 0, 4)
    weights = (abs(state_vector(circuit)) ** 2).reshape(16, 4).sum(axis=1)
    assert weights[2] + weights[14] == pytest.approx(1)
    assert math.sin(math.pi * 2 / 16) ** 2 == pytest.approx(a)


@pytest.mark.parametrize("marked", [["101"], ["0000", "1111"], ["110101"]])
def test_grover(marked):
    n = len(marked[0])
    for rounds in (None, 0, 1, 2):
        circuit = library.grover(marked, rounds)
        done = rounds if rounds is not None else int(math.pi / (4 * math.asin(math.sqrt(len(marked) / 2**n))))
        theta = math.asin(math.sqrt(len(marked) / 2**n))
        state = state_vector(circuit)
        weight = sum(abs(state[int(s, 2)]) ** 2 for s in marked)
        assert weight == pytest.approx(math.sin((2 * done + 1) * theta) ** 2)
        assert state[int(marked[0], 2)].real == pytest.approx(
            math.sin((2 * done + 1) * theta) / len(marked) ** 0.5
        )
    with pytest.raises(CircuitError, match="one length"):
        library.grover(["1", "10"])


def test_qaoa():
    edges = [(0, 1), (1, 2, Fraction(3, 2)), (0, 2)]
    symbolic = library.qaoa(edges, 2)
    values = {"gamma_0": 0.3, "gamma_1": 0.7, "beta_0": 0.1, "beta_1": -0.4}
    bound = library.qaoa(edges, 2, [0.3, 0.7], [0.1, -0.4])
    assert np.allclose(unitary(symbolic.bind(values)), unitary(bound))
    cut = np.zeros(8)
    for k in range(8):
        bit = format(k, "03b")
        cut[k] = sum(float(e[2]) if len(e) > 2 else 1 for e in edges if bit[e[0]] != bit[e[1]])
    mixer = sum(np.kron(np.kron(np.eye(1 << q), [[0, 1], [1, 0]]), np.eye(1 << (2 - q))) for q in range(3))
    state = np.ones(8) / math.sqrt(8)
    for gamma, beta in ((0.3, 0.1), (0.7, -0.4)):
        state = scipy.linalg.expm(-1j * np.pi * beta * mixer) @ (np.exp(-1j * np.pi * gamma * cut) * state)
    assert np.allclose(state_vector(bound), state)
    with pytest.raises(ArityError, match="different"):
        library.qaoa([(1, 1)], 1)


def test_trotter():
    h = PauliSum.from_letters({"ZZI": 1, "IXY": Fraction(1, 3), "YIX": 0.25, "III": Fraction(1, 5)})
    exact = scipy.linalg.expm(-1j * np.pi * 0.3 * h.to_matrix())
    errors = {
        (order, steps): np.linalg.norm(unitary(library.trotter(h, 0.3, steps, order)) - exact, 2)
        for order in (1, 2)
        for steps in (8, 16)
    }
    assert 1.8 < errors[1, 8] / errors[1, 16] < 2.2
    assert 3.6 < errors[2, 8] / errors[2, 16] < 4.4
    for letters in ("X", "Y", "ZY", "XIYZ", "II"):
        want = scipy.linalg.expm(-0.5j * np.pi * 0.4 * PauliSum.from_letters(letters).to_matrix())
        assert np.allclose(unitary(library.pauli_rotation(letters, 0.4)), want)
    t = sympy.Symbol("t")
    assert library.trotter(h, t).free_symbols == {t}
    with pytest.raises(CircuitError, match="not real"):
        library.trotter(1j * h, 1)


def test_states():
    for n in (1, 2, 5):
        state = state_vector(library.ghz(n))
        assert np.allclose(state[[0, -1]], math.sqrt(0.5))
        assert np.allclose(state[1:-1], 0)
        state = state_vector(library.w_state(n))
        want = np.zeros(1 << n)
        want[[1 << k for k in range(n)]] = 1 / math.sqrt(n)
        assert np.allclose(state, want)


def test_hardware_efficient():
    circuit = library.hardware_efficient(3, 2, entangling="ring")
    assert len(circuit.free_symbols) == 18
    assert sum(g.name == "cx" for g in circuit) == 6
    with pytest.raises(ArityError, match="12 are needed"):
        library.hardware_efficient(3, 1, [0.1])


def test_random_clifford_t():
    circuit = library.random_clifford_t(5, 4000, seed=1)
    assert circuit == library.random_clifford_t(5, 4000, seed=1)
    assert 700 < sum(g.name == "t" for g in circuit) < 900


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_surface_code_stabilisers(d):
    plaquettes = library.surface_code_plaquettes(d)
    assert len(plaquettes) == d * d - 1
    for p, q in itertools.combinations(plaquettes, 2):
        assert p.kind == q.kind or len(set(p.qubits) & set(q.qubits)) % 2 == 0
    row, column = set(range(d)), set(range(0, d * d, d))
    for p in plaquettes:
        assert p.kind == "Z" or len(row & set(p.qubits)) % 2 == 0
        assert p.kind == "X" or len(column & set(p.qubits)) % 2 == 0
    for layer in range(4):  # no data qubit is in two gates of a layer
        z = (0, 2, 1, 3)[layer]
        used = [p.data[layer if p.kind == "X" else z] for p in plaquettes]
        used = [q for q in used if q is not None]
        assert len(used) == len(set(used))


def test_bits_are_refused():
    with pytest.raises(CircuitError, match="gate 0"):
        run_bits(library.ghz(2), [0, 0])
    with pytest.raises(ArityError):
        run_bits(library.vbe_adder(1), [0])
