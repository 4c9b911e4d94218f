"""Parametrised networks on batches: values against dense simulation, gradients against finite differences and
the automatic differentiation of torch and jax."""

from __future__ import annotations

import pickle
import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import ArityError, Box, ContractionError, Diagram, PhaseError, Spider, Ty
from catenary.functors.circuits import Circuit, Gate, unitary
from catenary.functors.circuits.gates import GATES
from catenary.functors.tensor import TensorFunctor, TensorNetwork
from catenary.functors.tensor.batch import ParametrisedProgram, compile_parametrised
from catenary.functors.tensor.corpus import compile_corpus
from catenary.functors.tensor.parameters import (
    ParametrisedNetwork,
    SymbolicTensor,
    parametrised_circuit,
    parametrised_network,
    trainable,
)

SYMBOLS = sympy.symbols("a b c")
NAMES = ["a", "b", "c"]


def random_angle(rng: random.Random) -> object:
    """A number, a symbol, an affine expression or a general one."""
    kind = rng.random()
    a, b = rng.choice(SYMBOLS), rng.choice(SYMBOLS)
    if kind < 0.15:
        return Fraction(rng.randrange(-8, 8), 4)
    if kind < 0.6:
        return a
    if kind < 0.9:
        return Fraction(rng.randrange(-3, 4), 2) * a - b / 3 + Fraction(1, 4)
    return rng.choice([a * b, sympy.sin(a) + b**2 / 2, sympy.exp(-a) * b, sympy.pi * a])


def random_circuit(rng: random.Random, qubits: int, size: int) -> Circuit:
    """Gates of every family, with free angles, preparations and projections."""
    gates = []
    names = [name for name, spec in GATES.items() if spec.n_qubits <= qubits]
    turning = [name for name in names if GATES[name].n_params]
    for _ in range(size):
        name = rng.choice(turning if rng.random() < 0.6 else names)
        spec = GATES[name]
        params = tuple(random_angle(rng) for _ in range(spec.n_params))
        gates.append(Gate(name, tuple(rng.sample(range(qubits), spec.n_qubits)), params))
    if rng.random() < 0.5:
        gates = [Gate("init", (0,)), *gates]
    if rng.random() < 0.5:
        gates = [*gates, Gate("post", (qubits - 1,))]
    phase = random_angle(rng) if rng.random() < 0.3 else 0
    return Circuit(qubits, gates, global_phase=phase)


def dense(circuit: Circuit, row: np.ndarray) -> np.ndarray:
    """The value by dense simulation."""
    bound = circuit.bind(dict(zip(SYMBOLS, map(float, row), strict=True)))
    shape = (2,) * (len(circuit.inputs) + len(circuit.outputs))
    return unitary(bound).T.reshape(shape)


def differences(program: ParametrisedProgram, row: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """The Jacobian by central differences of fourth order."""
    slopes = []
    for p in range(len(row)):
        unit = np.eye(len(row))[p] * step
        high, low = (
            program(row + unit) - program(row - unit),
            program(row + 2 * unit) - program(row - 2 * unit),
        )
        slopes.append((8 * high - low) / (12 * step))
    return np.stack(slopes, -1)


def contracted(cotangent: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """The gradient that a Jacobian gives."""
    total = (cotangent.conj()[..., None] * slope).real
    return total.sum(axis=tuple(range(1, total.ndim - 1)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_values_and_gradients_of_circuits(seed: int) -> None:
    check_circuit(seed)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None)
@given(st.integers(0, 10**9))
def test_values_and_gradients_of_many_circuits(seed: int) -> None:
    check_circuit(seed)


def check_circuit(seed: int) -> None:
    """Values against dense simulation, derivatives against finite differences, the adjoint against both."""
    rng = random.Random(seed)
    circuit = random_circuit(rng, rng.randrange(1, 4), rng.randrange(1, 8))
    program = compile_parametrised(parametrised_circuit(circuit), NAMES)
    values = np.random.default_rng(seed).uniform(-1, 1, (3, 3))
    found = program(values)
    for row, value in zip(values, found, strict=True):
        np.testing.assert_allclose(value, dense(circuit, row), atol=1e-10)
        np.testing.assert_allclose(program(row), value, atol=1e-12)
    again, slope = program.value_and_jacobian(values)
    np.testing.assert_allclose(again, found, atol=1e-12)
    for row, matrix in zip(values, slope, strict=True):
        np.testing.assert_allclose(matrix, differences(program, row), atol=1e-6)
    cotangent = np.random.default_rng(seed + 1).normal(size=(2, *found.shape))
    turned = cotangent[0] + 1j * cotangent[1] if program.dtype.kind == "c" else cotangent[0]
    expected = contracted(turned, slope)
    np.testing.assert_allclose(program.gradient(values, turned), expected, atol=1e-10)


def symbolic_sentence() -> ParametrisedNetwork:
    """A real network with trainable tensors, a spider and a repeated tensor."""
    n, s = Ty("n"), Ty("s")
    alice, loves = Box("Alice", Ty(), n), Box("loves", n @ n, s)
    diagram = alice @ alice >> Spider(1, 2, n) @ Diagram.id(n) >> Diagram.id(n) @ loves
    return parametrised_network(
        diagram, {"n": 2, "s": 3}, {alice: trainable("Alice", (2,)), loves: trainable("loves", (2, 2, 3))}
    )


def test_trainable_tensors() -> None:
    network = symbolic_sentence()
    program = compile_parametrised(network)
    assert (program.dtype, program.shape, len(program.parameters)) == (np.float64, (2, 3), 14)
    row = np.random.default_rng(0).normal(size=14)
    values = dict(zip(program.parameters, row, strict=True))
    alice = np.array([values[f"Alice_{k}"] for k in range(2)])
    loves = np.array([values[f"loves_{k}"] for k in range(12)]).reshape(2, 2, 3)
    expected = np.einsum("a,b,abs->as", alice, alice, loves)
    np.testing.assert_allclose(program(row), expected, atol=1e-12)
    np.testing.assert_allclose(network.bind(values).contract(), expected, atol=1e-12)
    np.testing.assert_allclose(program.value_and_jacobian(row)[1], differences(program, row), atol=1e-7)


def test_gathered_scatters_onto_weights() -> None:
    program = compile_parametrised(symbolic_sentence())
    rng = np.random.default_rng(1)
    weights, gather = rng.normal(size=20), rng.integers(0, 20, (5, 14))
    value, pullback = program.gathered(weights, gather)
    np.testing.assert_allclose(value, program(weights[gather]))
    cotangent = rng.normal(size=value.shape)
    rows = program.gradient(weights[gather], cotangent)
    expected = np.zeros(20)
    np.add.at(expected, gather, rows)
    np.testing.assert_allclose(pullback(cotangent), expected, atol=1e-12)
    with pytest.raises(ArityError, match="not among the 20 weights"):
        program.gathered(weights, gather + 20)


def test_entries_may_be_expressions() -> None:
    x = sympy.Symbol("x")
    tensor = SymbolicTensor.of([[sympy.exp(sympy.I * sympy.pi * x), 2], [sympy.I * x**2, sympy.cos(x)]])
    program = compile_parametrised(
        ParametrisedNetwork(TensorNetwork._trusted((((0, 1),), (0, 1), (2, 2)), (tensor,), 1, ("t",)))
    )
    for value in (0.3, -1.2):
        expected = [[np.exp(1j * np.pi * value), 2], [1j * value**2, np.cos(value)]]
        np.testing.assert_allclose(program([value]), expected, atol=1e-12)
        np.testing.assert_allclose(tensor.bind({"x": value}), expected, atol=1e-12)
    np.testing.assert_allclose(
        program.value_and_jacobian([0.3])[1], differences(program, np.array([0.3])), atol=1e-7
    )


@pytest.mark.parametrize("seed", range(8))
def test_torch_and_jax_agree(seed: int) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra")
    rng = random.Random(seed)
    circuit = random_circuit(rng, 3, 6)
    program = compile_parametrised(parametrised_circuit(circuit), NAMES)
    values = np.random.default_rng(seed).uniform(-1, 1, (4, 3))
    value, pullback = program.value_and_vjp(values)
    given_values = torch.tensor(values, requires_grad=True)
    found = program(given_values)
    np.testing.assert_allclose(found.detach().numpy(), value, atol=1e-12)
    (found.abs() ** 4).sum().backward()
    expected = pullback(4 * value * np.abs(value) ** 2)
    gradient = np.zeros_like(values) if given_values.grad is None else given_values.grad.numpy()
    np.testing.assert_allclose(gradient, expected, atol=1e-9)


def test_jax_jit_and_gradient() -> None:
    jax = pytest.importorskip("jax", reason="jax is an extra")
    with jax.enable_x64(True) if hasattr(jax, "enable_x64") else jax.experimental.enable_x64():
        circuit = random_circuit(random.Random(5), 3, 6)
        program = compile_parametrised(parametrised_circuit(circuit), NAMES)
        values = np.random.default_rng(5).uniform(-1, 1, (4, 3))
        value, pullback = program.value_and_vjp(values)
        traced = jax.jit(program)(jax.numpy.asarray(values))
        np.testing.assert_allclose(np.asarray(traced), value, atol=1e-10)
        loss = jax.grad(lambda v: (abs(program(v)) ** 4).sum())
        np.testing.assert_allclose(
            np.asarray(loss(jax.numpy.asarray(values))), pullback(4 * value * np.abs(value) ** 2), atol=1e-8
        )


def test_a_large_batch_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    from catenary.functors.tensor import batch

    values = np.random.default_rng(0).normal(size=(37, 14))
    whole = compile_parametrised(symbolic_sentence())
    monkeypatch.setattr(batch, "CHUNK_BYTES", 1 << 14)
    cut = compile_parametrised(symbolic_sentence())
    assert len(cut._parts(values)) > 2
    np.testing.assert_allclose(cut(values), whole(values))
    cotangent = np.random.default_rng(1).normal(size=(37, 2, 3))
    np.testing.assert_allclose(cut.gradient(values, cotangent), whole.gradient(values, cotangent))


def test_wires_loops_and_constants() -> None:
    bare = compile_parametrised(parametrised_circuit(Circuit(2)), NAMES)
    np.testing.assert_allclose(bare(np.zeros((2, 3)))[1].reshape(4, 4), np.eye(4))
    assert not bare.gradient(np.zeros((2, 3)), np.ones((2, 2, 2, 2, 2))).any()
    n = Ty("n")
    loop = parametrised_network(
        Spider(0, 0, n) @ Spider(0, 0, n) @ Box("w", n, n), {"n": 3}, {"w": trainable("w", (3, 3))}
    )
    np.testing.assert_allclose(compile_parametrised(loop)(np.arange(9.0)), 9 * np.arange(9.0).reshape(3, 3))


def test_large_tensors_use_matrix_products() -> None:
    n = Ty("n")
    f, g = Box("f", n, n), Box("g", n @ n, n @ n)
    network = parametrised_network(
        f @ f >> g >> f @ f, {"n": 4}, {f: trainable("f", (4, 4)), g: trainable("g", (4, 4, 4, 4))}
    )
    program = compile_parametrised(network)
    row = np.random.default_rng(0).normal(size=(2, 272))
    for one, value in zip(row, program(row), strict=True):
        bound = network.bind(dict(zip(program.parameters, one, strict=True)))
        np.testing.assert_allclose(value, bound.contract(), atol=1e-9)
    cotangent = np.random.default_rng(1).normal(size=(2, 4, 4, 4, 4))
    slope = contracted(cotangent, program.value_and_jacobian(row)[1])
    np.testing.assert_allclose(program.gradient(row, cotangent), slope, atol=1e-8)


def test_errors_name_the_fault() -> None:
    a = sympy.Symbol("a")
    network = parametrised_circuit(Circuit(1, [Gate("rx", (0,), (a,))]))
    with pytest.raises(PhaseError, match="'a', which is not given"):
        compile_parametrised(network, ["b"])
    with pytest.raises(ArityError, match="twice"):
        compile_parametrised(network, ["a", "a"])
    program = compile_parametrised(network)
    with pytest.raises(ArityError, match="1 parameters"):
        program(np.zeros((2, 3)))
    with pytest.raises(ArityError, match="real numbers"):
        program(["x"])
    with pytest.raises(ArityError, match="cotangent of shape"):
        program.gradient([0.1], np.zeros(5))
    with pytest.raises(PhaseError, match="not real"):
        parametrised_circuit(Circuit(1, [Gate("rx", (0,), (sympy.I * a,))]))
    with pytest.raises(PhaseError, match="no finite real value"):
        compile_parametrised(parametrised_circuit(Circuit(1, [Gate("rx", (0,), (1 / a,))])))([0.0])
    with pytest.raises(PhaseError, match="not defined"):
        parametrised_circuit(Circuit(1, [Gate("rx", (0,), (sympy.Function("save")(a),))]))
    with pytest.raises(ContractionError, match="has dimension 3"):
        parametrised_network(Box("f", Ty("n"), Ty("n")), {"n": 2}, {"f": trainable("w", (2, 3))})
    with pytest.raises(PhaseError, match="no value"):
        network.bind({})


def test_limits_empty_batches_and_bad_numbers() -> None:
    a = sympy.Symbol("a")
    gates = [Gate("rx", (q,), (a,)) for q in range(40)]
    with pytest.raises(ContractionError, match="above the memory limit"):
        compile_parametrised(parametrised_circuit(Circuit(40, gates), initial="0" * 40))
    network = parametrised_circuit(Circuit(1, gates[:1]))
    with pytest.raises(ContractionError, match="depends on parameters"):
        network.network.contract()
    program = compile_parametrised(network)
    value, pullback = program.value_and_vjp(np.zeros((0, 1)))
    assert value.shape == (0, 2, 2)
    assert pullback(value).shape == (0, 1)
    with pytest.raises(ArityError, match="not a finite number"):
        program([np.nan])


def test_programs_can_be_pickled() -> None:
    corpus = compile_corpus([symbolic_sentence(), symbolic_sentence()])
    weights = np.random.default_rng(0).normal(size=14)
    again = pickle.loads(pickle.dumps(corpus))
    np.testing.assert_array_equal(again(weights), corpus(weights))


def test_parameters_may_be_called_anything() -> None:
    names = ["__import__('os')", "a b", "λ", "lambda", "Z"]
    gates = [Gate("rx", (0,), (sympy.Symbol(name) ** 2,)) for name in names]
    program = compile_parametrised(parametrised_circuit(Circuit(1, gates)), names)
    total = Circuit(1, [Gate("rx", (0,), (0.55,))])
    values = np.sqrt(np.array([0.1, 0.05, 0.2, 0.15, 0.05]))
    np.testing.assert_allclose(program(values), unitary(total).T, atol=1e-12)


def test_a_functor_on_tensors_still_reads_its_tables() -> None:
    f = Box("f", Ty("n"), Ty("n"))
    functor = TensorFunctor({"n": 2}, {f: [[1, 2], [3, 4]]})
    program = compile_parametrised(parametrised_network(f >> f, functor))
    np.testing.assert_allclose(program(np.zeros((2, 0)))[1], functor(f >> f).array)


def test_corpus_groups_networks_of_one_shape() -> None:
    rng = random.Random(3)
    circuits = [random_circuit(rng, 2, 3) for _ in range(3)]
    words = [f"w{k}" for k in range(9)]
    networks, expected = [], []
    weights = np.random.default_rng(0).uniform(-1, 1, 9)
    for _ in range(12):
        circuit = rng.choice(circuits)
        names = rng.sample(words, 3)
        renamed = circuit.bind(dict(zip("abc", map(sympy.Symbol, names), strict=True)))
        networks.append(parametrised_circuit(renamed))
        expected.append(dense(circuit, np.array([weights[words.index(name)] for name in names])))
    corpus = compile_corpus(networks, words)
    assert len(corpus) == 12
    assert len(corpus.groups) < 12
    value, pullback = corpus.value_and_vjp(weights)
    cotangents = []
    for found, again, wanted in zip(value, corpus(weights), expected, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-10)
        np.testing.assert_allclose(again, wanted, atol=1e-10)
        cotangents.append(rng.random() * found)

    def loss(at: np.ndarray) -> float:
        return sum(float((c.conj() * v).real.sum()) for c, v in zip(cotangents, corpus(at), strict=True))

    gradient = pullback(cotangents)
    for p in range(9):
        unit = np.eye(9)[p] * 1e-5
        assert abs((loss(weights + unit) - loss(weights - unit)) / 2e-5 - gradient[p]) < 1e-6
    with pytest.raises(ArityError, match="9 parameters"):
        corpus(weights[:3])
    with pytest.raises(ArityError, match="12 networks"):
        pullback([])
    with pytest.raises(PhaseError, match="network 0 has the parameter"):
        compile_corpus(networks, ["w0"])


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_numbers_in_expressions_are_numbers_in_every_library(library: str) -> None:
    pytest.importorskip(library, reason=f"needs {library}")
    a = sympy.Symbol("a")
    angle = sympy.sqrt(2) * a + sympy.sin(sympy.sqrt(3) * a) + sympy.log(5)
    program = compile_parametrised(
        parametrised_circuit(Circuit(1, [Gate("ry", (0,), (angle,))]), initial="0")
    )
    values = np.array([[0.3], [0.7]])
    array = (
        __import__("torch").tensor(values)
        if library == "torch"
        else __import__("jax.numpy").numpy.asarray(values)
    )
    np.testing.assert_allclose(np.asarray(program(array)), program(values), atol=1e-6)


def test_a_parametrised_network_says_so() -> None:
    turned = Circuit(1, [Gate("rz", (0,), (sympy.Symbol("t"),))])
    assert "(2,) to (2,), parametrised>" in repr(parametrised_circuit(turned))
