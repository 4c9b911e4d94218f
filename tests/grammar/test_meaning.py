"""Meanings: the planar diagram with Frobenius words put in, and the cup-free diagram, are the same tensor."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import Box, Cup, Diagram, Doctrine, InputError, Ty, free
from catenary.diagrams.boxes import CAP, CUP, GENERATOR, SPIDER, SWAP
from catenary.functors.grammar import MEANING, Lexicon, Reading, parse, parse_type
from catenary.functors.grammar.meaning import bent, functor

DIMS = {"n": 2, "s": 3}
N, S = Ty("n"), Ty("s")

SENTENCES = [
    ("Alice sleeps", "s"),
    ("Alice loves Bob", "s"),
    ("Alice who loves Bob sleeps", "s"),
    ("The man whom Alice loves sleeps", "s"),
    ("Books that Alice reads are good", "s"),
    ("She gives Bob flowers", "s"),
    ("Alice quickly reads the book", "s"),
    ("Alice sings and dances", "s"),
    ("The big and red apple fell", "s"),
    ("Alice does not love Bob", "s"),
    ("Bob is not very happy", "s"),
    ("Alice isn't in London", "s"),
    ("She thinks that Bob sleeps", "s"),
    ("Bob wants to read the book", "s"),
    ("When it rains Alice reads", "s"),
    ("device that air enter", "n"),
    ("organization that establish church", "n"),
]


def delta(legs, dim):
    """The tensor that is 1 where all its indices agree."""
    array = np.zeros((dim,) * legs)
    for i in range(dim):
        array[(i,) * legs] += 1
    return array


class Arrays:
    """Random complex arrays for boxes, the same for equal boxes; axes: inputs, then outputs."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.known = {}

    def __getitem__(self, box):
        key = (box.name, str(box.dom), str(box.cod))
        if key not in self.known:
            shape = [DIMS[ob.name] for ob in (box.dom @ box.cod).objects]
            self.known[key] = self.rng.normal(size=shape) + 1j * self.rng.normal(size=shape)
        return self.known[key]


def word_state(word, ty, spiders, arrays):
    """A word's state on its type: its box with inputs bent round, times deltas on the groups of its wires."""
    operands, box_wires = [], []
    box, inputs, outputs = bent(word, ty, spiders)
    if box is not None:
        box_wires = [*inputs, *outputs]
        operands = [arrays[box], box_wires]
    for group in spiders:
        operands += [delta(len(group), DIMS[ty.objects[group[0]].name]), list(group)]
    return np.einsum(*operands, list(range(len(ty))))


def planar_tensor(reading, arrays):
    """Words' states, linked wires summed over."""
    name = list(range(len(reading.wires)))
    for a, b in reading.links:
        name[b] = a
    operands = []
    for word, ty, spiders, offset in zip(
        reading.words, reading.types, reading.spiders, reading.offsets, strict=True
    ):
        operands += [word_state(word, ty, spiders, arrays), name[offset : offset + len(ty)]]
    return np.einsum(*operands, [name[w] for w in reading.target_wires], optimize="greedy")


def layered_tensor(diagram, arrays):
    """A diagram without inputs, box by box from the top."""
    assert not diagram.dom
    state = np.array(1 + 0j)
    for box, offset in diagram.layers:
        dims = [DIMS[ob.name] for ob in (box.dom @ box.cod).objects]
        if box.kind == SWAP:
            (split,) = box.data
            order = list(range(state.ndim))
            here = order[offset : offset + len(box.dom)]
            order[offset : offset + len(box.dom)] = here[split:] + here[:split]
            state = state.transpose(order)
            continue
        if box.kind == GENERATOR:
            array = arrays[box]
        elif box.kind == SPIDER:
            ins, outs, ty = box.data
            assert len(ty) == 1
            array = delta(ins + outs, DIMS[ty.objects[0].name])
        else:
            assert box.kind in (CUP, CAP)
            assert len(dims) == 2
            array = np.eye(dims[0])
        axes = range(offset, offset + len(box.dom))
        state = np.tensordot(state, array, (list(axes), list(range(len(box.dom)))))
        outs = len(box.cod)
        state = np.moveaxis(state, range(state.ndim - outs, state.ndim), range(offset, offset + outs))
    return state


@pytest.mark.parametrize(("sentence", "target"), SENTENCES)
def test_the_meaning_is_kept(sentence, target):
    for seed, reading in enumerate(parse(sentence, target=target, n_best=4)):
        arrays = Arrays(seed)
        expected = planar_tensor(reading, arrays)
        found = layered_tensor(reading.meaning(), arrays)
        assert found.shape == (DIMS[target],)
        np.testing.assert_allclose(found, expected, atol=1e-9 * np.abs(expected).max())
        image = reading.functor()(reading.diagram)
        np.testing.assert_allclose(
            layered_tensor(image, arrays), expected, atol=1e-9 * np.abs(expected).max()
        )


@pytest.mark.parametrize(("sentence", "target"), SENTENCES)
def test_the_functor_gives_the_same_diagram(sentence, target):
    for reading in parse(sentence, target=target, n_best=4):
        meaning = reading.meaning()
        assert meaning.signature == MEANING
        assert reading.functor()(reading.diagram) == meaning


PARSED = [parse(sentence, target=target)[0] for sentence, target in SENTENCES]


@st.composite
def readings(draw):
    """A sentence's reading in which any wires of any word are spiders."""
    reading = draw(st.sampled_from(PARSED))
    shapes = []
    for ty in reading.types:
        groups: dict[tuple[int, str], list[int]] = {}
        for wire, ob in enumerate(ty.objects):
            colour = draw(st.integers(0, 2))
            if colour:
                groups.setdefault((colour, ob.name), []).append(wire)
        shapes.append(tuple(map(tuple, groups.values())))
    # Words are numbered, since one word has one meaning.
    words = tuple(f"w{i}" for i in range(len(shapes)))
    return Reading(words, reading.types, reading.links, reading.target, tuple(shapes))


@settings(max_examples=150)
@given(readings())
def test_the_meaning_is_kept_whatever_the_spiders(reading):
    arrays = Arrays(0)
    expected = planar_tensor(reading, arrays)
    meaning = reading.meaning()
    tolerance = 1e-9 * (1 + np.abs(expected).max())
    np.testing.assert_allclose(layered_tensor(meaning, arrays), expected, atol=tolerance)
    image = reading.functor()(reading.diagram)
    np.testing.assert_allclose(layered_tensor(image, arrays), expected, atol=tolerance)
    assert image == meaning


class StateArrays:
    """The arrays of words as states: those of the bent boxes, their wires in the order of the type."""

    def __init__(self, reading, arrays):
        self.known = {}
        for word, ty, spiders in zip(reading.words, reading.types, reading.spiders, strict=True):
            box, inputs, outputs = bent(word, ty, spiders)
            if box is not None:
                wires = [*inputs, *outputs]
                state = np.einsum(arrays[box], wires, sorted(wires))
                self.known[word, str(bent(word, ty, spiders, states=True)[0].cod)] = state

    def __getitem__(self, box):
        assert not box.dom
        return self.known[box.name, str(box.cod)]


@pytest.mark.parametrize(("sentence", "target"), SENTENCES)
def test_words_may_stay_states(sentence, target):
    (reading,) = parse(sentence, target=target)
    arrays = Arrays(1)
    expected = planar_tensor(reading, arrays)
    found = layered_tensor(reading.meaning(states=True), StateArrays(reading, arrays))
    np.testing.assert_allclose(found, expected, atol=1e-9 * np.abs(expected).max())


def test_the_planar_diagram_is_planar_and_rigid():
    (reading,) = parse("Alice who loves Bob sleeps")
    diagram = reading.diagram
    assert diagram.signature == free(Doctrine.RIGID)
    kinds = [box.kind for box in diagram.boxes]
    assert kinds == [GENERATOR] * 5 + [CUP] * 5
    assert diagram.boxes[5] == Cup(N, N.r)
    assert [str(box.cod) for box in diagram.boxes[:5]] == ["n", "nʳ n sˡ n", "nʳ s nˡ", "n", "nʳ s"]


def test_the_meaning_of_a_subject_relative_clause():
    (reading,) = parse("Alice who loves Bob sleeps")
    graph = reading.meaning().to_hypergraph()
    by_name = {edge.box.name: edge for edge in graph.edges}
    assert set(by_name) == {"Alice", "loves", "Bob", "sleeps"}
    (alice,) = by_name["Alice"].targets
    (bob,) = by_name["Bob"].targets
    assert by_name["loves"].sources == (alice, bob)
    assert by_name["sleeps"].sources == (alice,)
    assert graph.cod == by_name["sleeps"].targets
    # who discards the clause's sentence: nothing takes it
    (discarded,) = by_name["loves"].targets
    assert not graph.consumers[discarded]
    assert not any(box.kind in (CUP, CAP) for box in reading.meaning().boxes)


def test_the_meaning_of_an_object_relative_clause():
    (reading,) = parse("man whom Alice loves", target="n")
    graph = reading.meaning().to_hypergraph()
    by_name = {edge.box.name: edge for edge in graph.edges}
    (man,), (alice,) = by_name["man"].targets, by_name["Alice"].targets
    assert by_name["loves"].sources == (alice, man)
    assert graph.cod == (man,)


def test_subject_sharing_in_coordination():
    (reading,) = parse("Alice sings and dances")
    graph = reading.meaning().to_hypergraph()
    by_name = {edge.box.name: edge for edge in graph.edges}
    assert by_name["sings"].sources == by_name["dances"].sources == by_name["Alice"].targets
    assert by_name["and"].sources == by_name["sings"].targets + by_name["dances"].targets


def test_identity_words_leave_nothing():
    (plain,), (helped,) = parse("Alice love Bob"), parse("Alice does love Bob")
    assert plain.meaning() == helped.meaning()
    assert plain.meaning() != parse("Bob love Alice")[0].meaning()


def test_adjoint_orders_decide_inputs():
    box, inputs, outputs = bent("w", parse_type("n.l.l s.l n n.r"))
    assert (box.dom, box.cod) == (Ty("s", "n"), Ty("n", "n"))
    assert (inputs, outputs) == ((1, 3), (0, 2))


def test_a_cycle_in_a_meaning_is_bent():
    lexicon = Lexicon.from_text("Alice, Bob : n\nwhom : n.r n n.l.l s.l\nloves : n.r s n.l")
    (reading,) = parse("Bob whom Alice loves", lexicon, target="n")
    arrays = Arrays(5)
    expected = planar_tensor(reading, arrays)
    np.testing.assert_allclose(layered_tensor(reading.meaning(), arrays), expected)


def test_one_word_with_two_meanings_needs_two_functors():
    one = Reading(("a", "b"), (N, N.r @ S), ((0, 1),), S)
    other = Reading(("a", "b"), (N, N.r @ S), ((0, 1),), S, ((), ((0,), (1,))))
    assert isinstance(functor([one, one])(one.diagram), Diagram)
    with pytest.raises(InputError, match="two meanings"):
        functor([one, other])


def test_word_boxes():
    (reading,) = parse("Alice loves Bob")
    boxes = [edge.box for edge in reading.meaning().to_hypergraph().edges]
    assert Box("loves", N @ N, S) in boxes
