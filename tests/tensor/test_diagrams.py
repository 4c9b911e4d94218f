"""Diagrams as tensor networks, against a layer-by-layer evaluation written out here, in every engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    CatenaryError,
    ContractionError,
    Copy,
    Cup,
    Diagram,
    Discard,
    Doctrine,
    Signature,
    Spider,
    Ty,
    UnknownGenerator,
    cap,
)
from catenary.diagrams.boxes import CAP, COPY, CUP, DISCARD, SPIDER, SWAP
from catenary.functors.functor import Functor
from catenary.functors.tensor import ENGINES, Networks, Tensor, TensorFunctor, Tensors, network_of
from catenary.functors.tensor.zx import zx_network
from tests.functors.random_diagrams import DIMS, PLAIN, diagrams, signature

RNG = np.random.default_rng(7)
ARRAYS = {
    box.name: RNG.normal(size=shape) + 1j * RNG.normal(size=shape)
    for box in PLAIN
    for shape in [tuple(DIMS[ob.name] for ob in (box.dom @ box.cod).objects)]
}
A, B = Ty("a"), Ty("b")


def _sizes(ty: Ty) -> list[int]:
    return [DIMS[ob.name] for ob in ty.objects]


def _matrix(box: Box) -> Any:
    """The matrix of a box, rows its inputs, entry by entry for structural ones."""
    ins, outs = _sizes(box.dom), _sizes(box.cod)
    found = np.zeros((*ins, *outs), dtype=complex)
    if not box.is_structural:
        array = ARRAYS[box.name]
        # undo dagger, then rotation, on the name's own array
        n_in, n_out = (len(outs), len(ins)) if box.dagger_flag else (len(ins), len(outs))
        if box.z % 2:
            array = array.transpose()
        if box.dagger_flag:
            array = np.conj(array.transpose([*range(n_in, n_in + n_out), *range(n_in)]))
        found = array
    else:
        for place in np.ndindex(*ins, *outs):
            left, right = place[: len(ins)], place[len(ins) :]
            if box.kind == SWAP:
                (split,) = box.data
                one = left[split:] + left[:split] == right
            elif box.kind in (CUP, CAP):
                one = place == place[::-1]
            elif box.kind == SPIDER:
                width = len(box.data[2])
                one = all(place[k] == place[k % width] for k in range(len(place)))
                if not place:  # without legs: the number of basis states
                    found[place] = np.prod(_sizes(box.data[2]))
                    continue
            elif box.kind == COPY:
                one = left == right[: len(left)] == right[len(left) :]
            else:
                assert box.kind == DISCARD
                one = True
            found[place] = one
    return found.reshape(int(np.prod(ins)), int(np.prod(outs)))


def layer_by_layer(diagram: Diagram) -> Any:
    """The matrix of a diagram as a product of Kronecker products."""
    value = np.eye(int(np.prod(_sizes(diagram.dom))), dtype=complex)
    for ty, (box, offset) in zip(diagram.types(), diagram.layers, strict=False):
        before, after = _sizes(ty[:offset]), _sizes(ty[offset + len(box.dom) :])
        layer = np.kron(np.kron(np.eye(int(np.prod(before))), _matrix(box)), np.eye(int(np.prod(after))))
        value = value @ layer
    return value


DOCTRINES = (
    Doctrine.MONOIDAL,
    Doctrine.RIGID,
    Doctrine.SYMMETRIC,
    Doctrine.MARKOV,
    Doctrine.COMPACT,
    Doctrine.HYPERGRAPH,
)


@pytest.mark.parametrize("doctrine", DOCTRINES)
@settings(max_examples=150)
@given(data=st.data())
def test_networks_agree_with_layers(doctrine: Doctrine, data: Any) -> None:
    over = signature(doctrine)
    daggers = doctrine is not Doctrine.MARKOV
    diagram = data.draw(diagrams(over, max_boxes=8, max_width=4, daggers=daggers))
    expected = layer_by_layer(diagram)
    scale = max(1, np.abs(expected).max())
    engine = data.draw(st.sampled_from(sorted(ENGINES)))
    value = TensorFunctor(DIMS, ARRAYS, engine)(diagram)
    assert (value.dom, value.cod) == (tuple(_sizes(diagram.dom)), tuple(_sizes(diagram.cod)))
    np.testing.assert_allclose(value.matrix / scale, expected / scale, atol=1e-10)


@settings(max_examples=40)
@given(data=st.data())
def test_all_engines_agree(data: Any) -> None:
    diagram = data.draw(diagrams(signature(Doctrine.HYPERGRAPH), max_boxes=10))
    network = network_of(diagram, DIMS, ARRAYS)
    values = [network.contract(engine) for engine in sorted(ENGINES)]
    scale = max(1, np.abs(values[0]).max(initial=0))
    for value in values[1:]:
        np.testing.assert_allclose(value / scale, values[0] / scale, atol=1e-10)


def test_wires_are_indices_and_spiders_hyperedges() -> None:
    over = signature(Doctrine.HYPERGRAPH)
    f = over["f"]
    network = network_of(Spider(0, 3, A) >> f @ f @ f >> Spider(3, 1, B), DIMS, ARRAYS)
    assert network.indices == ((0, 1), (0, 1), (0, 1))
    assert (network.output, network.sizes) == ((1,), (2, 3))
    copies = Diagram.id(A, over) >> Copy(A) >> Discard(A) @ A
    assert len(network_of(copies, DIMS, ARRAYS)) == 0
    np.testing.assert_array_equal(network_of(copies, DIMS, ARRAYS).contract(), np.eye(2))


def test_boundary_cases() -> None:
    over = signature(Doctrine.HYPERGRAPH)
    functor = TensorFunctor(DIMS, ARRAYS)
    circle = Diagram.id(Ty(), over) >> cap(B, B) >> Cup(B, B)
    assert complex(functor(circle)) == 3
    np.testing.assert_array_equal(functor(Diagram.id(A @ B, over)).matrix, np.eye(6))
    assert functor(Diagram.id(Ty(), over)).array.shape == ()
    spider = functor(Spider(2, 2, A)).array
    assert spider.sum() == 2
    assert spider[0, 0, 0, 0] == spider[1, 1, 1, 1] == 1
    np.testing.assert_array_equal(functor(Spider(1, 0, B)).array, np.ones(3))
    scalar = over["s"]
    expected = ARRAYS["s"] ** 2 * 3
    np.testing.assert_allclose(functor(scalar @ circle @ scalar).array, expected, rtol=1e-12)
    # an object of dimension 0: everything on it is empty, and its loop is 0
    empty = TensorFunctor({"a": 0}, {})
    assert empty(Diagram.id(A)).array.shape == (0, 0)
    assert complex(empty(cap(A, A) >> Cup(A, A))) == 0


def test_dagger_is_the_conjugate_transpose() -> None:
    functor = TensorFunctor(DIMS, ARRAYS)
    g = signature(Doctrine.SYMMETRIC)["g"]
    np.testing.assert_allclose(functor(g.dagger()).matrix, functor(g).matrix.conj().T)
    np.testing.assert_allclose(
        functor(g >> g.dagger()).matrix, functor(g).matrix @ functor(g).matrix.conj().T
    )


def test_wrong_shapes_name_box_and_wire() -> None:
    box = Box("g", A @ B, A)
    with pytest.raises(ContractionError, match=r"box g has dimension 2 at input 1 where the wire has 3"):
        TensorFunctor(DIMS, {box: np.ones((2, 2, 2))})
    with pytest.raises(ContractionError, match=r"box g has dimension 5 at output 0 where the wire has 2"):
        TensorFunctor(DIMS, {box: np.ones((2, 3, 5))})
    with pytest.raises(ContractionError, match=r"shape \(6, 2\), but the box has 2 inputs and 1 outputs"):
        TensorFunctor(DIMS, {box: np.ones((6, 2))})
    with pytest.raises(ContractionError, match="not an array of numbers"):
        TensorFunctor(DIMS, {box: "array"})
    late = TensorFunctor(DIMS, {"g": np.ones((2, 3, 5))})
    with pytest.raises(ContractionError, match=r"box g \(box 0 of the diagram\)"):
        late(box)
    with pytest.raises(UnknownGenerator, match="box 1 of the diagram"):
        TensorFunctor(DIMS, {"g": np.ones((2, 3, 2))})(box >> Box("gg", A, A))
    with pytest.raises(CatenaryError, match="dimensions and arrays"):
        network_of(box.diagram, DIMS)
    wire = Networks().id((2,))
    with pytest.raises(ContractionError, match=r"network of box g has shape \(2, 2\)"):
        TensorFunctor(DIMS, {box: wire})
    with pytest.raises(ContractionError, match="wire 1"):
        Tensors().then(Tensors().id((2, 3)), Tensors().id((2, 2)))


def test_images_may_be_networks() -> None:
    """A box whose image is a bare spider joins its wires into one index."""
    box, other = Box("copy", A, A @ A), Box("f", A, A)
    f = ARRAYS["h"]
    matrix = np.outer(f, f)
    functor = TensorFunctor(DIMS, {box: Networks().spider(1, 2, (2,)), other: Tensor(matrix, 1)})
    diagram = box >> other @ other
    assert functor.network(diagram).indices == ((0, 1), (0, 2))
    np.testing.assert_allclose(functor(diagram).array, np.einsum("ab,ac->abc", matrix, matrix))
    assert functor.plan(diagram).tensors == 2


def test_rules_on_families() -> None:
    q = Ty("q")
    rule = {"rz": lambda box: np.diag(np.exp(1j * np.pi * float(box.params[0]) * np.array([-0.5, 0.5])))}
    functor = Functor({"q": 2}, lambda box: rule[box.name](box), Tensors())
    value = functor(Box("rz", q, q, [0.5]) >> Box("rz", q, q, [1.5]))
    np.testing.assert_allclose(value.array, -np.eye(2), atol=1e-12)


def test_tensor_values() -> None:
    t = Tensor(np.arange(6).reshape(2, 3), 1)
    assert np.asarray(t).shape == (2, 3)
    assert np.array(t, dtype=complex).dtype == complex
    assert t == Tensor(np.arange(6).reshape(2, 3), 1)
    assert t != Tensor(np.arange(6).reshape(2, 3), 2)
    assert not t.allclose(Tensor(np.arange(6).reshape(2, 3), 2))
    assert not t.allclose(Tensor(np.ones((2, 3)), 1))
    with pytest.raises(ContractionError):
        Tensor(np.ones(2), 3)


def test_markov_kernels() -> None:
    """Stochastic matrices: discarding after a kernel is discarding."""
    over = Signature("chain", Doctrine.MARKOV, ["a"], [Box("step", A, A), Box("start", Ty(), A)])
    functor = TensorFunctor({"a": 2}, {"step": [[0.9, 0.1], [0.4, 0.6]], "start": [0.5, 0.5]})
    joint = functor(over["start"] >> Copy(A) >> A @ over["step"])
    np.testing.assert_allclose(joint.array, [[0.45, 0.05], [0.2, 0.3]])
    np.testing.assert_allclose(functor(over["step"] >> Discard(A)).array, [1, 1])


# ZX


@st.composite
def zx_diagrams(draw: Any) -> Diagram:
    from catenary.functors.zx import ZX, H, X, Z

    width = draw(st.integers(0, 3))
    diagram = Diagram.id(Ty("qubit") ** width, ZX)
    for _ in range(draw(st.integers(0, 7))):
        make = draw(st.sampled_from([Z, X, H]))
        wires = len(diagram.cod)
        inputs = 1 if make is H else draw(st.integers(0, min(3, wires)))
        outputs = 1 if make is H else draw(st.integers(0, min(4, 5 - wires + inputs)))
        if inputs > wires:
            continue
        phase = draw(st.sampled_from([0, 1, 0.5, 0.25, -0.25, 2, 0.3]))
        box = H if make is H else make(inputs, outputs, phase)
        box = box.dagger() if outputs <= wires and draw(st.booleans()) else box
        offset = draw(st.integers(0, wires - len(box.dom)))
        diagram = diagram >> diagram.cod[:offset] @ box @ diagram.cod[offset + len(box.dom) :]
    return diagram


@settings(max_examples=150)
@given(diagram=zx_diagrams())
def test_zx_networks(diagram: Diagram) -> None:
    from catenary.functors.zx import zx_array

    def array(box: Box) -> Any:
        return zx_array(box)

    dense = Functor({"qubit": 2}, array, Tensors("numpy"))
    np.testing.assert_allclose(zx_network(diagram).contract(), dense.fold(diagram).array, atol=1e-10)


def test_zx_spiders_are_one_index() -> None:
    from catenary.functors.zx import X, Z

    network = zx_network(Z(0, 6, 0.25) >> Z(6, 1) >> X(1, 1))
    assert (len(network), network.sizes) == (1, (2,))
    wide = zx_network(X(0, 30, 0.5) >> X(30, 0))
    assert abs(complex(wide.contract()) - np.sqrt(2.0) ** 0 * (1 + 1j)) < 1e-9
