"""Channels: doubling against outer products, functoriality, causality, Kraus operators, and errors."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    CatenaryError,
    ContractionError,
    Copy,
    Discard,
    Doctrine,
    Signature,
    Sum,
    Ty,
)
from catenary.functors.category import TargetError
from catenary.functors.differentiation import differentiate
from catenary.functors.functor import Family, Functor
from catenary.functors.mixed import (
    Channel,
    Channels,
    amplitude_damping,
    bit_flip,
    classical,
    dephasing,
    depolarising,
    discard,
    double,
    encode,
    from_kraus,
    maximally_mixed,
    measure,
    phase_damping,
    quantum,
    readout_error,
    stochastic,
)
from catenary.functors.tensor import TensorFunctor, TensorNetwork, network_of
from tests.functors.random_diagrams import DIMS, PLAIN, diagrams, signature

RNG = np.random.default_rng(11)
ARRAYS = {
    box.name: RNG.normal(size=shape) + 1j * RNG.normal(size=shape)
    for box in PLAIN
    for shape in [tuple(DIMS[ob.name] for ob in (box.dom @ box.cod).objects)]
}
DOCTRINES = (Doctrine.MONOIDAL, Doctrine.RIGID, Doctrine.SYMMETRIC, Doctrine.COMPACT, Doctrine.HYPERGRAPH)
OBJECTS = {"a": (quantum(2), classical(2)), "b": (classical(3),), "c": (quantum(1), quantum(2))}


def any_channel(box: Box) -> Channel:
    """A random map on the wires of a box: functoriality holds of all of them."""
    dom, cod = (tuple(w for ob in ty.objects for w in OBJECTS[ob.name]) for ty in (box.dom, box.cod))
    ends = [tuple(w.dim for w in wires for _ in range(w.width)) for wires in (dom, cod)]
    rng = np.random.default_rng(len(box.name) + ord(box.name[0]))
    array = rng.normal(size=ends[0] + ends[1])
    return Channel(
        TensorNetwork((range(array.ndim),), (array,), range(array.ndim), (), len(ends[0])), dom, cod
    )


IMAGES = {box.name: any_channel(box) for box in PLAIN}


def close(one: np.ndarray, other: np.ndarray) -> None:
    scale = max(1, np.abs(other).max(initial=0))
    np.testing.assert_allclose(one / scale, other / scale, atol=1e-10)


@pytest.mark.parametrize("doctrine", DOCTRINES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_doubling_is_the_map_beside_its_conjugate(doctrine: Doctrine, data: Any) -> None:
    diagram = data.draw(diagrams(signature(doctrine), max_boxes=6, max_width=3))
    value = network_of(diagram, DIMS, ARRAYS).contract()
    n = value.ndim
    pairs = [k for place in range(n) for k in (place, n + place)]
    expected = np.multiply.outer(value, value.conj()).transpose(pairs)
    close(double(diagram, DIMS, ARRAYS).contract(), expected)
    close(double(diagram, TensorFunctor(DIMS, ARRAYS)).contract(), expected)


@pytest.mark.parametrize("doctrine", DOCTRINES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_whole_diagrams_agree_with_layers(doctrine: Doctrine, data: Any) -> None:
    diagram = data.draw(diagrams(signature(doctrine), max_boxes=5, max_width=2, max_dom=2))
    functor = Functor(OBJECTS, IMAGES, Channels())
    whole, layers = functor(diagram), functor.fold(diagram)
    assert (whole.dom, whole.cod) == (layers.dom, layers.cod)
    close(whole.contract(), layers.contract())


@pytest.mark.parametrize(
    "channel",
    [
        depolarising(0.3),
        depolarising(0.2, 2),
        amplitude_damping(0.4),
        phase_damping(0.7),
        bit_flip(0.1),
        dephasing(3),
        measure(3),
        measure(destructive=False),
        encode(3),
        readout_error(0.1, 0.3),
        stochastic([[0.2, 0.3, 0.5], [1, 0, 0]]),
        from_kraus([np.diag([1, 0, 0]), np.diag([0, 1, 1])]),
    ],
    ids=repr,
)
def test_what_is_discarded_may_as_well_not_happen(channel: Channel) -> None:
    np.testing.assert_allclose(
        channel.discarding().contract(), Channel.identity(channel.dom).discarding().contract(), atol=1e-12
    )


def test_kraus_operators_act_on_density_matrices() -> None:
    rng = np.random.default_rng(0)
    square = rng.normal(size=(4, 3)) + 1j * rng.normal(size=(4, 3))
    isometry, _ = np.linalg.qr(square)
    operators = [isometry[:2], isometry[2:]]  # 2 by 3, complete
    vectors = rng.normal(size=(2, 3)) + 1j * rng.normal(size=(2, 3))
    rho = sum(np.outer(v, v.conj()) for v in vectors)
    state = Channel(TensorNetwork(((0, 1),), (rho,), (0, 1)), (), (quantum(3),))
    found = (state >> from_kraus(operators)).density_matrix()
    np.testing.assert_allclose(found, sum(k @ rho @ k.conj().T for k in operators), atol=1e-12)
    heisenberg = from_kraus(operators).dagger()
    effect = Channel(TensorNetwork(((0, 1),), (np.diag([1.0, 2.0]),), (0, 1)), (), (quantum(2),))
    expected = sum(k.conj().T @ np.diag([1.0, 2.0]) @ k for k in operators)
    np.testing.assert_allclose((effect >> heisenberg).density_matrix(), expected, atol=1e-12)


def test_measurement_and_encoding() -> None:
    np.testing.assert_allclose((encode(3) >> measure(3)).contract(), np.eye(3))
    np.testing.assert_allclose((measure() >> encode()).contract(), dephasing().contract())
    kept = measure(destructive=False) >> discard() @ Channel.identity([classical()])
    np.testing.assert_allclose(kept.contract(), measure().contract())
    np.testing.assert_allclose((maximally_mixed(4) >> measure(4)).probabilities(), np.full(4, 0.25))
    np.testing.assert_allclose(
        (maximally_mixed(3) >> depolarising_of_three()).density_matrix(), np.eye(3) / 3
    )


def depolarising_of_three() -> Channel:
    return discard(3) >> maximally_mixed(3)


def test_discarding_and_copying_in_markov_diagrams() -> None:
    q, c = Ty("q"), Ty("c")
    over = Signature("m", Doctrine.MARKOV, ["q", "c"], [Box("bell", Ty(), q @ q), Box("look", q, c)])
    table = {"bell": np.eye(2) / np.sqrt(2), "look": measure()}
    functor = Functor({"q": 2, "c": classical()}, table, Channels())
    half = functor(over["bell"] >> Discard(q) @ q)
    np.testing.assert_allclose(half.density_matrix(), np.eye(2) / 2)
    both = functor(over["bell"] >> over["look"] @ Discard(q) >> Copy(c))
    np.testing.assert_allclose(both.probabilities(), np.eye(2) / 2)
    with pytest.raises(TargetError, match="of a quantum wire"):
        functor(over["bell"] >> Copy(q) @ Discard(q))


def test_sums_of_derivatives() -> None:
    a = sympy.Symbol("a")
    q = Ty("q")
    turn, pair, trace = Box("turn", q, q, [a]), Box("pair", Ty(), q @ q), Box("trace", q, Ty())
    diagram = pair >> turn @ q >> turn @ trace
    half = np.array([[0, -1j], [1j, 0]])

    def rotation(box: Box) -> np.ndarray:
        angle = np.pi * float(box.params[0]) / 2
        return np.cos(angle) * np.eye(2) - 1j * np.sin(angle) * half

    state = np.array([[0.8, 0.1], [0.1j, 0.5]])
    table = {"turn": Family(rotation), "pair": state, "trace": discard()}
    functor = Functor({"q": 2}, table, Channels())
    slope = differentiate(diagram, a, mixed=True, rules={"turn": (Fraction(-1, 2), Fraction(1, 2))})

    def value(at: float) -> np.ndarray:
        return functor(Sum.of(diagram).substitute({a: at})).density_matrix()

    found = functor(slope.substitute({a: 0.3})).density_matrix()
    np.testing.assert_allclose(found, (value(0.3 + 1e-6) - value(0.3 - 1e-6)) / 2e-6, atol=1e-8)
    assert not functor(Sum.zero(Ty(), q)).density_matrix().any()
    with pytest.raises(ContractionError, match="free symbols"):
        functor(a * (pair >> trace @ q))
    with pytest.raises(ContractionError, match="no sum of channels"):
        Channels().add(discard(2), discard(3))


@pytest.mark.parametrize("left", [False, True])
def test_traces(left: bool) -> None:
    wires = (quantum(2), classical(3), quantum(2))
    rng = np.random.default_rng(3)
    dims = (2, 2, 3, 2, 2)
    array = rng.normal(size=dims + dims)
    channel = Channel(TensorNetwork((range(10),), (array,), range(10), (), 5), wires, wires)
    ob = wires[:1] if left else wires[1:]
    found = Channels().trace(channel, ob, left)
    spec = "abcdeabfgh->cdefgh" if left else "abcdefgcde->abfg"
    close(found.contract(), np.einsum(spec, array))
    with pytest.raises(ContractionError, match="no trace over"):
        Channels().trace(channel, (classical(2),), left)


def test_errors() -> None:
    q, c = Ty("q"), Ty("c")
    with pytest.raises(ContractionError, match="joins quantum and classical"):
        double(Box("f", q, c), {"q": 2, "c": classical()}, {"f": np.eye(2)})
    with pytest.raises(ContractionError, match=r"shape \(3, 2\), expected \(2, 2\)"):
        double(Box("f", q, q), {"q": 2}, {"f": np.ones((3, 2))})
    with pytest.raises(CatenaryError, match="has the wrong domain"):
        double(Box("f", q, q), {"q": 2}, {"f": discard(3) >> maximally_mixed(2)})
    with pytest.raises(ContractionError, match="cannot compose: q2 against c2"):
        discard().dagger() >> encode()
    with pytest.raises(ContractionError, match="state of quantum wires"):
        measure().density_matrix()
    with pytest.raises(ContractionError, match="state of classical wires"):
        discard().probabilities()
    with pytest.raises(ContractionError, match="do not keep the trace"):
        from_kraus([np.eye(2), np.eye(2)])
    with pytest.raises(ContractionError, match="matrices of one shape"):
        from_kraus([])
    with pytest.raises(ContractionError, match="sum to 1"):
        stochastic([[0.5, 0.6], [0, 1]])
    with pytest.raises(ContractionError, match="are not different outputs"):
        measure().discarding([1])
    with pytest.raises(ContractionError, match="network of a channel goes"):
        Channel(TensorNetwork((), (), (0, 0), (2,), 1), (quantum(),), (quantum(),))
    with pytest.raises(ContractionError, match="not 'x'"):
        double(Box("f", q, q), {"q": "x"}, {"f": np.eye(2)})
    with pytest.raises(CatenaryError, match="double takes"):
        double(Box("f", q, q), {"q": 2})
