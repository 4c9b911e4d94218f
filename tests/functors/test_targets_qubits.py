"""Targets with arrays against tensors; circuits, ZX diagrams and stabiliser maps against qiskit and stim."""

from __future__ import annotations

import random
import time
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    ArityError,
    Box,
    CatenaryError,
    Diagram,
    Doctrine,
    PhaseError,
    Signature,
    Spider,
    Swap,
    Ty,
    UnknownGenerator,
)
from catenary.functors.category import ImageError
from catenary.functors.circuits import GATE_SIGNATURE, Circuit, Gate, unitary
from catenary.functors.circuits.phase_sums import NotClifford
from catenary.functors.functor import Family, Functor
from catenary.functors.targets import (
    Circuits,
    ScaledCircuit,
    Stabilisers,
    ZXDiagrams,
    gates_to_zx,
)
from catenary.functors.tensor import TensorFunctor
from catenary.functors.tensor.zx import zx_network
from tests.functors.random_diagrams import PLAIN, diagrams, signature
from tests.functors.target_cases import NAMED, Case, drawn

# Diagrams whose arrays are known: tensors are the independent evaluation


def _array(image: Any) -> np.ndarray:
    """One axis for each wire, inputs first."""
    if isinstance(image, ScaledCircuit):
        return image.matrix.T.reshape((2,) * (image.dom + image.cod))
    if isinstance(image, Diagram):
        return np.asarray(zx_network(image).contract())
    found = image.array if not callable(getattr(image, "array", None)) else image.array()
    return np.asarray(found)


@pytest.mark.parametrize(
    "name", ["relations", "relations of several", "kernels", "circuits", "ZX diagrams", "stabilisers"]
)
@settings(max_examples=25)
@given(data=st.data(), seed=st.integers(0, 5))
def test_agrees_with_tensors(name: str, data: Any, seed: int) -> None:
    case: Case = NAMED[name]
    functor = case.functor(seed)
    qubits = name in ("circuits", "ZX diagrams", "stabilisers")
    dims = {k: (2,) * v if qubits else v for k, v in case.obs.items()}
    arrays = {box.name: _array(functor.image(box)).astype(complex) for box in PLAIN}
    tensors = TensorFunctor(dims, arrays)
    markov = case.doctrine is Doctrine.MARKOV
    over = signature(case.doctrine)
    f = data.draw(diagrams(over, max_dom=2, max_width=3, max_boxes=5, daggers=not markov))
    ours, theirs = _array(functor(f)), tensors(f).array
    if name.startswith("relations"):
        theirs = theirs.real > 0.5
    np.testing.assert_allclose(ours.reshape(theirs.shape), theirs, atol=1e-8)


# Circuits, ZX diagrams and stabiliser maps


def test_gates_as_generators() -> None:
    """The gate signature mapped to circuits, ZX diagrams and (where Clifford) stabiliser maps, against qiskit."""
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Operator

    circuit = Circuit(
        3,
        [
            Gate("h", (0,)),
            Gate("cx", (0, 2)),
            Gate("s", (1,)),
            Gate("cz", (1, 2)),
            Gate("rz", (0,), (Fraction(1, 2),)),
            Gate("swap", (0, 1)),
            Gate("rx", (2,), (Fraction(3, 2),)),
            Gate("y", (0,)),
        ],
        global_phase=Fraction(1, 8),
    )
    theirs = QuantumCircuit(3, global_phase=np.pi / 8)
    theirs.h(0)
    theirs.cx(0, 2)
    theirs.s(1)
    theirs.cz(1, 2)
    theirs.rz(np.pi / 2, 0)
    theirs.swap(0, 1)
    theirs.rx(3 * np.pi / 2, 2)
    theirs.y(0)
    wanted = Operator(theirs.reverse_bits()).data
    diagram = circuit.to_diagram()
    here = Functor({"qubit": 1}, lambda box: box, Circuits(), source=GATE_SIGNATURE)
    np.testing.assert_allclose(here(diagram).matrix, wanted, atol=1e-12)
    zx = gates_to_zx()(diagram)
    np.testing.assert_allclose(np.asarray(zx_network(zx).contract()).reshape(8, 8).T, wanted, atol=1e-12)
    exact = Functor({"qubit": 1}, lambda box: box, Stabilisers())(diagram)
    np.testing.assert_allclose(exact.matrix, wanted, atol=1e-12)
    assert exact == Stabilisers().read(circuit, 3, 3, "circuit")


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 5))
def test_stabilisers_against_stim(seed: int, n: int) -> None:
    import stim

    rng = random.Random(seed)
    names = ["h", "s", "sdg", "x", "y", "z", "cx", "cz", "swap"]
    gates = [Gate("init", (q,)) for q in range(n)]
    simulator = stim.TableauSimulator()
    simulator.set_num_qubits(n)
    for _ in range(4 * n):
        name = rng.choice(names)
        if name in ("cx", "cz", "swap"):
            if n < 2:
                continue
            qubits = tuple(rng.sample(range(n), 2))
        else:
            qubits = (rng.randrange(n),)
        gates.append(Gate(name, qubits))
        getattr(simulator, {"sdg": "s_dag"}.get(name, name))(*qubits)
    state = Stabilisers().read(Circuit(n, gates), 0, n, "state")
    found = state.stabilisers()
    assert len(found) == n
    for pauli in found:
        letters = str(pauli)
        string = stim.PauliString(letters + "_" * (n - len(letters) + 1))
        assert simulator.peek_observable_expectation(string) == 1
    tableau = stim.Tableau.from_stabilizers(
        [stim.PauliString(str(p) + "_" * (n - len(str(p)) + 1)) for p in found]
    )
    assert tableau.to_stabilizers(canonicalize=True) == simulator.canonical_stabilizers()
    np.testing.assert_allclose(state.matrix[:, 0], unitary(Circuit(n, gates))[:, 0], atol=1e-9)


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), sizes=st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_stabiliser_maps_are_exact(seed: int, sizes: tuple[int, int]) -> None:
    """Equal maps have equal normal forms: against the arrays, with post-selection and zero maps."""
    rng = random.Random(seed)
    target = Stabilisers()
    n, m = sizes
    f, g = (drawn(rng, "stabilisers", n, m) for _ in range(2))
    assert (f == g) == bool(np.allclose(f.matrix, g.matrix, atol=1e-9))
    h = drawn(rng, "stabilisers", m, n)
    np.testing.assert_allclose(target.then(f, h).matrix, h.matrix @ f.matrix, atol=1e-9)
    np.testing.assert_allclose(target.dagger(f).matrix, f.matrix.conj().T, atol=1e-9)
    np.testing.assert_allclose(target.tensor(f, h).matrix, np.kron(f.matrix, h.matrix), atol=1e-9)
    for k in range(min(n, m) + 1):
        cube = f.array().reshape(2 ** (n - k), 2**k, 2 ** (m - k), 2**k)
        np.testing.assert_allclose(
            target.trace(f, k).array().reshape(2 ** (n - k), 2 ** (m - k)),
            np.einsum("aubu->ab", cube),
            atol=1e-9,
        )
    if f.zero:
        with pytest.raises(CatenaryError, match="zero map"):
            f.stabilisers()


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), width=st.integers(2, 4))
def test_long_chains_of_stabiliser_maps(seed: int, width: int) -> None:
    """Bits come and go: a hundred maps with post-selection on a few wires, against products of matrices."""
    rng = random.Random(seed)
    target = Stabilisers()
    wire = Ty("a")
    pool = [drawn(rng, "stabilisers", 2, 2) for _ in range(3)]
    pool.append(target.spider(2, 2, 1))
    boxes = [Box(f"g{k}", wire @ wire, wire @ wire) for k in range(4)]
    functor = Functor({"a": 1}, dict(zip(boxes, pool, strict=True)), target)
    layers = [(rng.choice(boxes), rng.randrange(width - 1)) for _ in range(100)]
    image = functor(Diagram(wire**width, wire**width, layers))
    wanted = np.eye(2**width, dtype=complex)
    norm = 0  # powers of two are kept apart: the entries would overflow
    for box, offset in layers:
        step = functor.image(box).matrix
        wanted = np.kron(np.kron(np.eye(2**offset), step), np.eye(2 ** (width - 2 - offset))) @ wanted
        wanted[np.abs(wanted) < 1e-9] = 0  # rounding: others are at least 2^-width of the largest
        top = np.abs(wanted).max()
        if top:
            shift = int(np.floor(np.log2(top)))
            wanted, norm = wanted / 2.0**shift, norm + shift
    np.testing.assert_allclose(image.matrix / 2.0**norm, wanted, atol=1e-7)
    assert image.zero == (not wanted.any())
    assert image == functor.fold(Diagram(wire**width, wire**width, layers))


def test_many_gates_on_few_qubits() -> None:
    """The sum over paths stays small: time is linear in the gates."""
    times = []
    for size in (4_000, 16_000):
        rng = random.Random(1)
        gates = [
            Gate("cx", tuple(rng.sample(range(3), 2)))
            if k % 3
            else Gate(rng.choice("hs"), (rng.randrange(3),))
            for k in range(size)
        ]
        start = time.process_time()
        image = Stabilisers().read(Circuit(3, gates), 3, 3, "long")
        times.append(time.process_time() - start)
        assert len(image.stabilisers()) == 6
    assert times[1] < 12 * times[0] + 0.2


def test_many_qubits() -> None:
    """A GHZ state of 300 qubits, its norm and its overlap with |1…1⟩, exact."""
    n = 300
    gates = [*(Gate("init", (q,)) for q in range(n)), Gate("h", (0,))]
    gates += [Gate("cx", (q, q + 1)) for q in range(n - 1)]
    target = Stabilisers()
    ghz = target.read(Circuit(n, gates), 0, n, "ghz")
    norm = target.then(ghz, target.dagger(ghz))
    assert norm == target.id(0)
    ones = target.read(
        Circuit(n, [step for q in range(n) for step in (Gate("init", (q,)), Gate("x", (q,)))]), 0, n, "ones"
    )
    overlap = target.then(ghz, target.dagger(ones))
    assert (overlap.power, overlap.phase, overlap.zero) == (-1, 0, False)


def test_what_is_not_clifford() -> None:
    q = Ty("q")
    f = Box("f", q, q)
    for image in (
        "t",
        [Gate("rz", (0,), (0.3,))],
        [Gate("rz", (0,), (sympy.Symbol("a"),))],
    ):
        with pytest.raises(NotClifford, match="image of f"):
            Functor({"q": 1}, {f: image}, Stabilisers())
    with pytest.raises(PhaseError, match="finite"):
        Gate("rz", (0,), (float("inf"),))
    with pytest.raises(NotClifford, match="spider"):
        Stabilisers().spider(1, 1, 1, Fraction(1, 4))
    measured = Circuit(1, [Gate("measure", (0,), clbits=(0,))], 1)
    with pytest.raises(CatenaryError, match="classical bits"):
        Functor({"q": 1}, {f: measured}, Circuits())
    with pytest.raises(CatenaryError, match="name of a gate"):
        Functor({"q": 1}, {f: 3}, Circuits())
    with pytest.raises(UnknownGenerator):
        Functor({"q": 1}, {f: "hh"}, Circuits())
    with pytest.raises(ArityError, match="parameters"):
        Functor({"q": 1}, {f: "rx"}, Circuits())
    with pytest.raises(ImageError, match="codomain"):
        Functor({"q": 1}, {f: [Gate("h", (0,)), Gate("post", (0,))]}, Circuits())
    for target in (Circuits(), Stabilisers(), ZXDiagrams()):
        with pytest.raises(CatenaryError, match="number of qubits"):
            Functor({"q": "one"}, {f: "h"}, target)
    with pytest.raises(CatenaryError, match="spiders Z and X"):
        ZXDiagrams().spider(1, 1, Ty("qubit"), 0, "Y")


@pytest.mark.parametrize("phase", [Fraction(1, 2), Fraction(1), Fraction(3, 2)])
@pytest.mark.parametrize("legs", [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (3, 1), (2, 0)])
@pytest.mark.parametrize("width", [1, 2])
def test_spiders_with_phases(phase: Fraction, legs: tuple[int, int], width: int) -> None:
    """The same map in three targets: sums of two terms for each qubit."""
    wanted = np.zeros((2**width,) * sum(legs), dtype=complex)
    for x in range(2**width):
        wanted[(x,) * sum(legs)] += np.exp(1j * np.pi * float(phase) * x.bit_count())
    wanted = wanted.reshape(2 ** (width * legs[0]), 2 ** (width * legs[1])).T
    np.testing.assert_allclose(Circuits().spider(*legs, width, phase).matrix, wanted, atol=1e-9)
    np.testing.assert_allclose(Stabilisers().spider(*legs, width, phase).matrix, wanted, atol=1e-9)
    zx = ZXDiagrams().spider(*legs, Ty("qubit") ** width, phase)
    found = np.asarray(zx_network(zx).contract()).reshape(wanted.shape[::-1]).T
    np.testing.assert_allclose(found, wanted, atol=1e-9)


# Functors between signatures


def test_rules_on_families() -> None:
    """All rotations about X through one rule, from gates to gates."""
    q = GATE_SIGNATURE["h"].dom

    def rx(box: Box) -> Diagram:
        had, turn = GATE_SIGNATURE["h"], Box("rz", q, q, box.params, signature=GATE_SIGNATURE)
        return had >> turn >> had

    conjugated = Functor({"qubit": q}, {"rx": Family(rx), "cx": GATE_SIGNATURE["cx"]}, _diagrams_over_gates())
    circuit = Circuit(
        2, [Gate("rx", (0,), (Fraction(1, 3),)), Gate("cx", (0, 1)), Gate("rx", (1,), (sympy.Symbol("a"),))]
    )
    image = Circuit.from_diagram(conjugated(circuit.to_diagram()))
    assert [gate.name for gate in image].count("rz") == 2
    at = {"a": Fraction(2, 5)}
    np.testing.assert_allclose(unitary(image.bind(at)), unitary(circuit.bind(at)), atol=1e-12)


def _diagrams_over_gates() -> Any:
    from catenary.functors.targets import Diagrams

    return Diagrams(GATE_SIGNATURE)


def test_declared_signature_to_every_qubit_target() -> None:
    """One signature, three meanings that agree: circuits, ZX diagrams, stabiliser maps."""
    n, s = Ty("n"), Ty("s")
    words = Signature(
        "words",
        Doctrine.HYPERGRAPH,
        ["n", "s"],
        [Box("Alice", Ty(), n), Box("loves", n @ n, s), Box("and", s @ s, s)],
    )
    table = {
        "Alice": [Gate("init", (0,)), Gate("h", (0,))],
        "loves": [Gate("cz", (0, 1)), Gate("h", (0,)), Gate("post", (1,))],
        "and": [Gate("cx", (0, 1)), Gate("post", (1,))],
    }
    alice, loves, both = (words[name] for name in table)
    pair = alice >> Spider(1, 4, n) >> loves @ loves >> Swap(s, s) >> both
    maps = [
        Functor({"n": 1, "s": 1}, table, target, source=words)(pair) for target in (Circuits(), Stabilisers())
    ]
    zx = Functor({"n": 1, "s": 1}, table, ZXDiagrams(), source=words)(pair)
    wanted = maps[0].matrix
    np.testing.assert_allclose(maps[1].matrix, wanted, atol=1e-12)
    np.testing.assert_allclose(np.asarray(zx_network(zx).contract()).reshape(1, 2).T, wanted, atol=1e-12)
