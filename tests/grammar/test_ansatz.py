"""Ansätze: blocks against DisCoPy's, structure against tensors, names and figures."""

import cmath
import json
import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from catenary.diagrams import (
    ArityError,
    Box,
    Diagram,
    Doctrine,
    Spider,
    Ty,
    UnknownGenerator,
    cap,
    cup,
    free,
)
from catenary.diagrams.boxes import CAP, CUP, GENERATOR, SPIDER, SWAP
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.simulate import unitary
from catenary.functors.grammar import ANSATZE, IQP, PREGROUP, Lexicon, Reading, parameters, parse, parse_type
from catenary.functors.grammar.ansatz import (
    Sim4,
    Sim14,
    Sim15,
    StronglyEntangling,
    ansatz_named,
    parameter_value,
)
from catenary.functors.grammar.forms import resources, states_and_effects
from catenary.functors.grammar.tensor_ansatz import MPSAnsatz, SpiderAnsatz, TensorAnsatz

N, S = Ty("n"), Ty("s")
SENTENCES = [
    ("Alice sleeps", "s"),
    ("Alice loves Bob", "s"),
    ("Alice who loves Bob sleeps", "s"),
    ("man whom Alice loves", "n"),
    ("Alice sings and dances", "s"),
    ("Bob is happy", "s"),
]


def delta(legs, dim):
    array = np.zeros((dim,) * legs)
    for i in range(dim):
        array[(i,) * legs] += 1
    return array


def reverse_bits(size):
    """The permutation of basis states that reverses the order of qubits."""
    count = size.bit_length() - 1
    matrix = np.zeros((size, size))
    for i in range(size):
        matrix[i, int(f"{i:0{count}b}"[::-1], 2) if count else 0] = 1
    return matrix


def tensor(diagram, ansatz):
    """The matrix of a diagram, cod by dom, box by box: words by their own circuits, structure by deltas."""
    dims = [1 << ansatz.size(ty) for ty in diagram.dom]
    width = len(dims)
    state = np.eye(math.prod(dims)).reshape(dims + dims)  # wires first, then inputs
    for box, offset in diagram.layers:
        ins, outs = len(box.dom), len(box.cod)
        ends = [1 << ansatz.size(ty) for ty in box.dom @ box.cod]
        if box.kind == SWAP:
            (split,) = box.data
            array = np.eye(math.prod(ends[:ins])).reshape(*ends[:ins], *ends[:ins])
            array = array.transpose([*range(split, ins), *range(split), *range(ins, 2 * ins)])
            array = array.transpose([*range(ins, 2 * ins), *range(ins)])
        elif box.kind in (CUP, CAP):
            assert len(ends) == 2
            mirrored = any(ob.z for ob in (box.dom @ box.cod).objects)
            array = reverse_bits(ends[0]) if mirrored else np.eye(ends[0])
        elif box.kind == SPIDER:
            array = delta(ins + outs, 1 << ansatz.size(box.data[2]))
        else:
            assert box.kind == GENERATOR
            block = unitary(ansatz(box.diagram))
            array = block.reshape(*ends[ins:], *ends[:ins]).transpose(
                [*range(outs, outs + ins), *range(outs)]
            )
        state = np.tensordot(state, array, (list(range(offset, offset + ins)), list(range(ins))))
        state = np.moveaxis(state, range(state.ndim - outs, state.ndim), range(offset, offset + outs))
    rows = math.prod(state.shape[: state.ndim - width])
    return state.reshape(rows, -1)


def assert_agrees(diagram, ansatz):
    compiled = ansatz.compile(diagram)
    expected = tensor(diagram, ansatz)
    np.testing.assert_allclose(compiled.scale * unitary(compiled.circuit, limit=20), expected, atol=1e-9)


@pytest.mark.parametrize(("sentence", "target"), SENTENCES)
@pytest.mark.parametrize("qubits", [1, {"n": 1, "s": 2}, {"n": 2, "s": 1}, {"n": 1, "s": 0}])
def test_circuits_of_meanings_agree_with_tensors(sentence, target, qubits):
    for reading in parse(sentence, target=target, n_best=2):
        assert_agrees(reading.meaning(), IQP(qubits, layers=2, seed=3))


@pytest.mark.parametrize("sentence", ["Alice sleeps", "Alice loves Bob"])
@pytest.mark.parametrize("qubits", [1, {"n": 2, "s": 1}])
def test_circuits_of_planar_diagrams_agree_with_tensors(sentence, qubits):
    (reading,) = parse(sentence)
    assert_agrees(reading.diagram, IQP(qubits, seed=1))


@pytest.mark.parametrize("name", ANSATZE)
def test_every_ansatz_on_the_tour_sentence(name):
    (reading,) = parse("Alice who loves Bob sleeps")
    ansatz = ANSATZE[name](seed=7, layers=2)
    assert_agrees(reading.meaning(), ansatz)
    assert_agrees(reading.functor()(reading.diagram), ansatz)
    assert ansatz(reading) == ansatz(reading.meaning())


def test_cup_removal_keeps_the_amplitudes_and_saves_qubits():
    (reading,) = parse("Alice who loves Bob sleeps")
    ansatz = IQP(seed=11)
    bent, plain = (ansatz.compile(d) for d in (reading.functor()(reading.diagram), reading.meaning()))
    amplitudes = [c.scale * unitary(c.circuit, limit=20) for c in (bent, plain)]
    np.testing.assert_allclose(*amplitudes, atol=1e-9)
    assert plain.qubits < bent.qubits
    assert plain.post_selections < bent.post_selections
    assert plain.as_dict() == {"qubits": 3, "post_selections": 2, "parameters": 0, "root_twos": 1}


@pytest.mark.parametrize("legs", [(0, 0), (0, 1), (1, 0), (2, 0), (0, 3), (3, 2), (1, 1)])
@pytest.mark.parametrize("qubits", [1, 2])
def test_spiders(legs, qubits):
    signature = free(Doctrine.HYPERGRAPH)
    assert_agrees(Spider(*legs, N).diagram.over(signature), IQP(qubits, seed=0))


def test_spiders_on_wide_types_and_copies():
    from catenary.diagrams import Copy, Discard, Swap

    ansatz = IQP({"n": 1, "s": 2}, seed=0)
    wide = unitary(ansatz.compile(Spider(2, 1, N @ S).diagram).circuit)
    expected = np.einsum("ijk,abc->iajbkc", delta(3, 2), delta(3, 4)).reshape(64, 8).T
    np.testing.assert_allclose(wide, expected, atol=1e-12)
    swap = ansatz.compile(Swap(N, S).diagram)
    assert swap.circuit.outputs == (1, 2, 0)
    assert not swap.circuit.gates
    np.testing.assert_allclose(unitary(ansatz(Copy(N).diagram)), delta(3, 2).reshape(2, 4).T)
    discard = ansatz.compile(Discard(N).diagram)
    np.testing.assert_allclose(discard.scale * unitary(discard.circuit), [[1, 1]])


def test_cups_and_caps_of_wide_types_are_nested():
    for qubits in (1, 2):
        ansatz = IQP(qubits, seed=0)
        bent = cap(N, N.l) @ N >> N @ cup(N.l, N)
        compiled = ansatz.compile(bent)
        np.testing.assert_allclose(
            compiled.scale * unitary(compiled.circuit), np.eye(1 << qubits), atol=1e-12
        )


@pytest.mark.parametrize("name", ANSATZE)
def test_daggers_are_adjoints_and_rotations_transposes(name):
    box = Box("f", N, N @ S, signature=free(Doctrine.HYPERGRAPH))
    ansatz = ANSATZE[name](seed=4)
    up, down = unitary(ansatz(box.diagram)), unitary(ansatz(box.dagger().diagram))
    np.testing.assert_allclose(up.conj().T, down, atol=1e-12)
    turned = ansatz.compile(box.r.diagram)
    order = [0, 2, 1, 3]  # the two outputs, now inputs, come in reverse
    np.testing.assert_allclose(unitary(turned.circuit), up.T[:, order], atol=1e-12)
    assert turned.qubits == ansatz.compile(box.diagram).qubits


@pytest.mark.parametrize("qubits", [1, 2, {"n": 2, "s": 1}])
def test_planar_rotations_are_bent_wires(qubits):
    box = Box("f", N @ S, S @ S, signature=PREGROUP)
    ansatz = Sim15(qubits, seed=4)
    dom, cod = box.dom, box.cod
    bent = cap(dom.r, dom) @ cod.r >> dom.r @ box.diagram @ cod.r >> dom.r @ cup(cod, cod.r)
    assert bent == box.r.diagram
    before, after = ansatz.compile(bent), ansatz.compile(box.r.diagram)
    np.testing.assert_allclose(
        before.scale * unitary(before.circuit, limit=20), after.scale * unitary(after.circuit), atol=1e-9
    )
    assert after.qubits == ansatz.compile(box.diagram).qubits


@pytest.mark.parametrize(("sentence", "target"), SENTENCES)
@pytest.mark.parametrize("qubits", [1, {"n": 1, "s": 2}, {"n": 1, "s": 0}])
def test_states_and_effects_keep_amplitudes_and_save_post_selections(sentence, target, qubits):
    for reading in parse(sentence, target=target, n_best=2):
        ansatz = StronglyEntangling(qubits, seed=5)
        states, form = reading.meaning(states=True), states_and_effects(reading)
        assert form == states
        before, after = ansatz.compile(states), ansatz.compile(form)
        amplitudes = [c.scale * unitary(c.circuit, limit=20) for c in (before, after)]
        np.testing.assert_allclose(*amplitudes, atol=1e-9)
        assert after.post_selections < before.post_selections or sentence == "Bob is happy"


def discopy_state(name, qubits, angles):
    """The state that DisCoPy's ansatz makes from |0…0⟩; its angles are full turns."""
    quantum = pytest.importorskip("discopy.quantum")
    from discopy.quantum import ansatze

    made = getattr(ansatze, name)(qubits, angles)
    if name == "IQPansatz" and qubits > 1:
        # the convention here (and in lambeq) ends with a layer of Hadamards
        made >>= quantum.Id().tensor(*[quantum.H] * qubits)
    return np.asarray((quantum.Ket(*[0] * qubits) >> made).eval().array).flatten()


@pytest.mark.parametrize(
    ("name", "ansatz", "count"),
    [
        ("IQPansatz", IQP, lambda n: n - 1),
        ("Sim14ansatz", Sim14, lambda n: 4 * n),
        ("Sim15ansatz", Sim15, lambda n: 2 * n),
    ],
)
@pytest.mark.parametrize("qubits", [1, 2, 3, 4])
def test_blocks_agree_with_discopy(name, ansatz, count, qubits):
    layers = 2
    word = Box("w", Ty(), N**qubits)
    circuit = ansatz(layers=layers)(word.diagram)
    size = 3 if qubits == 1 else layers * count(qubits)
    turns = np.random.default_rng(qubits).uniform(0, 1, size)
    names = [f"w__{'@'.join('n' * qubits)}_{i}" for i in range(size)]
    assert {symbol.name for symbol in circuit.free_symbols} == set(names)
    bound = circuit.bind({key: 2 * turn for key, turn in zip(names, turns.tolist(), strict=True)})
    angles = turns if qubits == 1 else turns.reshape(layers, -1)
    np.testing.assert_allclose(
        unitary(bound).flatten(), discopy_state(name, qubits, angles.tolist()), atol=1e-9
    )


def rotation(axis, half_turns):
    half = math.pi * half_turns / 2
    if axis == "z":
        return np.diag([cmath.exp(-1j * half), cmath.exp(1j * half)])
    c, s = math.cos(half), math.sin(half)
    return np.array([[c, -1j * s], [-1j * s, c]]) if axis == "x" else np.array([[c, -s], [s, c]])


def controlled(matrix):
    return np.block([[np.eye(2), np.zeros((2, 2))], [np.zeros((2, 2)), matrix]])


def block(ansatz, qubits):
    word = Box("w", N**qubits, N**qubits)
    values = [
        parameter_value(f"w_{'@'.join('n' * qubits)}_{'@'.join('n' * qubits)}_{i}", 0) for i in range(6)
    ]
    return unitary(ansatz(seed=0)(word.diagram)), values


def test_blocks_by_hand():
    matrix, a = block(IQP, 1)
    np.testing.assert_allclose(
        matrix, rotation("x", a[2]) @ rotation("z", a[1]) @ rotation("x", a[0]), atol=1e-12
    )
    matrix, a = block(IQP, 2)
    h = np.array([[1, 1], [1, -1]]) / math.sqrt(2)
    hh = np.kron(h, h)
    np.testing.assert_allclose(matrix, hh @ controlled(rotation("z", a[0])) @ hh, atol=1e-12)
    matrix, a = block(Sim4, 2)
    first = np.kron(rotation("x", a[0]), rotation("x", a[1]))
    second = np.kron(rotation("z", a[2]), rotation("z", a[3]))
    np.testing.assert_allclose(matrix, controlled(rotation("x", a[4])) @ second @ first, atol=1e-12)
    matrix, a = block(StronglyEntangling, 2)
    single = [rotation("z", a[k + 2]) @ rotation("y", a[k + 1]) @ rotation("z", a[k]) for k in (0, 3)]
    cx = controlled(np.array([[0, 1], [1, 0]]))
    swap = np.eye(4)[[0, 2, 1, 3]]
    np.testing.assert_allclose(matrix, swap @ cx @ swap @ cx @ np.kron(*single), atol=1e-12)
    matrix, a = block(StronglyEntangling, 1)
    np.testing.assert_allclose(
        matrix, rotation("z", a[2]) @ rotation("y", a[1]) @ rotation("z", a[0]), atol=1e-12
    )


def test_names_and_values_of_parameters():
    (reading,) = parse("Alice who loves Bob sleeps")
    circuit = IQP()(reading.meaning())
    names = list(parameters(circuit))
    assert names == sorted(names)
    assert "loves_n@n_s_0" in names
    assert {"Alice__n_0", "Alice__n_1", "Alice__n_2", "sleeps_n_s_2"} <= set(names)
    assert "loves__n.r@s@n.l_1" in parameters(IQP()(reading.diagram))
    values = parameters(circuit, 5)
    assert all(0 <= value < 2 for value in values.values())
    assert values["Bob__n_0"] == parameters(IQP()(parse("Bob sleeps")[0].meaning()), 5)["Bob__n_0"]
    assert values != parameters(circuit, 6)
    assert circuit.bind(values) == IQP(seed=5)(reading.meaning())
    assert circuit.bind({name: Fraction(1, 4) for name in names}).gates[1].params == (Fraction(1, 4),)


def test_boundaries_and_ends():
    box = Box("f", N @ N, S)
    circuit = IQP({"n": 2, "s": 3}, seed=0)(box.diagram)
    assert (circuit.n_qubits, circuit.inputs, circuit.outputs) == (4, (0, 1, 2, 3), (0, 1, 2))
    assert circuit.gates[-1].name == "post"
    wide = IQP({"n": 1, "s": 3}, seed=0)(box.diagram)
    assert (wide.n_qubits, wide.inputs, wide.outputs) == (3, (0, 1), (0, 1, 2))
    assert wide.gates[0].name == "init"
    assert isinstance(wide, Circuit)
    nothing = IQP({"n": 0, "s": 0}, seed=0).compile(box.diagram)
    assert nothing.as_dict() == {"qubits": 0, "post_selections": 0, "parameters": 0, "root_twos": 0}


def test_faults():
    with pytest.raises(UnknownGenerator, match="'s'"):
        IQP({"n": 1})(parse("Alice sleeps")[0].meaning())
    with pytest.raises(ArityError):
        IQP(layers=-1)
    with pytest.raises(ArityError):
        IQP({"n": -1})
    with pytest.raises(UnknownGenerator, match="did you mean iqp"):
        ansatz_named("iqpp")
    assert ansatz_named("IQPAnsatz") is IQP
    assert ansatz_named("strongly-entangling") is StronglyEntangling


def test_values():
    assert IQP({"n": 1, "s": 2}) == IQP({"s": 2, "n": 1})
    assert hash(IQP({"n": 1, "s": 2})) == hash(IQP({"s": 2, "n": 1}))
    assert IQP() != Sim4()
    assert eval(repr(IQP({"n": 2}, seed=3))) == IQP({"n": 2}, seed=3)
    assert isinstance(parse("Alice sleeps", Lexicon.english())[0].meaning(), Diagram)


def test_an_ansatz_keeps_its_own_table_of_qubits() -> None:
    qubits = {"n": 1, "s": 1}
    ansatz = IQP(qubits)
    qubits["n"] = 2
    assert ansatz == IQP({"n": 1, "s": 1})


# lambeq's amplitudes, number for number; see lambeq_amplitudes.py

REFERENCE = json.loads(Path(__file__).with_name("lambeq_amplitudes.json").read_text())["rows"]
READINGS = {
    "transitive": Reading(
        ("Alice", "loves", "Bob"), tuple(map(parse_type, ("n", "n.r s n.l", "n"))), ((0, 1), (3, 4)), S
    ),
    "adjective": Reading(
        ("happy", "Alice", "sleeps"), tuple(map(parse_type, ("n n.l", "n", "n.r s"))), ((0, 3), (1, 2)), S
    ),
    "ditransitive": Reading(
        ("Alice", "gives", "Bob", "flowers"),
        tuple(map(parse_type, ("n", "n.r s n.l n.l", "n", "n"))),
        ((0, 1), (3, 6), (4, 5)),
        S,
    ),
}


def amplitudes(name, sizes, number, sentence):
    sizes, diagram = dict(zip("ns", sizes, strict=True)), READINGS[sentence].diagram
    if name in ("tensor", "mps", "spider"):
        ansatz = {
            "tensor": lambda: TensorAnsatz(sizes),
            "mps": lambda: MPSAnsatz(sizes, bond=2, max_order=number),
            "spider": lambda: SpiderAnsatz(sizes, max_order=number),
        }[name]()
        network = ansatz(diagram)
        return network.bind({key: parameter_value(key, 7) for key in network.parameters}).contract()
    compiled = ansatz_named(name)(sizes, number, seed=7).compile(diagram)
    return compiled.scale * unitary(compiled.circuit, limit=20)


@pytest.mark.parametrize("name", sorted({row["ansatz"] for row in REFERENCE}))
def test_amplitudes_are_lambeqs(name):
    rows = [row for row in REFERENCE if row["ansatz"] == name]
    assert len(rows) >= 2
    for row in rows:
        found = np.asarray(amplitudes(name, row["sizes"], row["number"], row["sentence"])).reshape(-1)
        expected = np.array([complex(*pair) for pair in row["amplitudes"]])
        np.testing.assert_allclose(found, expected, atol=1e-9, err_msg=str(row))


def test_the_stored_amplitudes_are_what_lambeq_gives(tmp_path):
    pytest.importorskip("lambeq", reason="an environment of its own")
    script = Path(__file__).with_name("lambeq_amplitudes.py")
    copy = tmp_path / script.name
    copy.write_text(script.read_text())
    subprocess.run([sys.executable, str(copy)], check=True)
    again = json.loads(copy.with_suffix(".json").read_text())["rows"]
    assert len(again) == len(REFERENCE)
    for ours, theirs in zip(REFERENCE, again, strict=True):
        np.testing.assert_allclose(ours["amplitudes"], theirs["amplitudes"], atol=1e-9)


@pytest.mark.parametrize(
    ("name", "count"),
    # numbers of parameters of a layer on n qubits: Sim et al., table 1; 13 and 14 with neighbours in both rings
    [
        *(("sim1", lambda n: 2 * n), ("sim2", lambda n: 2 * n), ("sim3", lambda n: 3 * n - 1)),
        *(
            ("sim4", lambda n: 3 * n - 1),
            ("sim5", lambda n: n * n + 3 * n),
            ("sim6", lambda n: n * n + 3 * n),
        ),
        *(("sim7", lambda n: 5 * n - 1), ("sim8", lambda n: 5 * n - 1), ("sim9", lambda n: n)),
        *(("sim10", lambda n: 2 * n), ("sim11", lambda n: 4 * n - 4), ("sim12", lambda n: 4 * n - 4)),
        *(("sim13", lambda n: 4 * n), ("sim14", lambda n: 4 * n), ("sim15", lambda n: 2 * n)),
        *(("sim16", lambda n: 3 * n - 1), ("sim17", lambda n: 3 * n - 1), ("sim18", lambda n: 3 * n)),
        *(("sim19", lambda n: 3 * n), ("hardware_efficient", lambda n: 4 * n)),
    ],
)
def test_numbers_of_parameters(name, count):
    for n in (4, 6):
        circuit = ansatz_named(name)()(Box("w", Ty(), N**n).diagram)
        assert len(circuit.free_symbols) == count(n)
        twice = ansatz_named(name)(layers=2)(Box("w", Ty(), N**n).diagram)
        assert len(twice.free_symbols) == (6 * n if name == "hardware_efficient" else 2 * count(n))


def test_tensor_ansaetze_split_words_and_keep_meanings():
    reading = READINGS["ditransitive"]
    for ansatz in (
        TensorAnsatz(3),
        MPSAnsatz(3, bond=4),
        MPSAnsatz(3, max_order=4),
        SpiderAnsatz(3),
        SpiderAnsatz(3, 3),
    ):
        network = ansatz(reading)
        assert network.shape == (3,)
        again = eval(repr(ansatz))
        assert again == ansatz
        assert hash(again) == hash(ansatz)
        rng = np.random.default_rng(0)
        values = {name: float(rng.normal()) for name in network.parameters}
        assert np.isfinite(network.bind(values).contract()).all()
    with pytest.raises(ArityError):
        TensorAnsatz(0)
    with pytest.raises(ArityError):
        MPSAnsatz(2, max_order=2)
    with pytest.raises(ArityError):
        MPSAnsatz({"n": 2, "s": 2, "B": 2})
    with pytest.raises(ArityError):
        SpiderAnsatz(2, 1)
    with pytest.raises(UnknownGenerator):
        TensorAnsatz({"n": 2})(reading)


@pytest.mark.parametrize(("sentence", "target"), SENTENCES)
def test_resources(sentence, target):
    reading = parse(sentence, target=target)[0]
    found = resources(reading, Sim14(), seed=3)
    forms = {
        "words and cups": reading.diagram,
        "states and effects": states_and_effects(reading, expand=False),
        **({"with spiders": states_and_effects(reading)} if any(reading.spiders) else {}),
        "maps": reading.meaning(),
    }
    assert list(found) == list(forms)
    compiled = [Sim14(seed=3).compile(form) for form in forms.values()]
    for row, made in zip(found.values(), compiled, strict=True):
        assert row.qubits == made.qubits
        assert row.post_selections == made.post_selections
        assert row.shots == (None if row.success == 0 else math.ceil(1000 / row.success))
    for row, made in list(zip(found.values(), compiled, strict=True))[1:]:
        assert row.success == pytest.approx(float(np.sum(abs(unitary(made.circuit, limit=20)) ** 2)))
    norms = [row.success * made.scale**2 for row, made in zip(found.values(), compiled, strict=True)]
    assert norms[0] == pytest.approx(norms[1])  # the same amplitudes, up to the scale of a circuit
    first, second, *others = (row.post_selections for row in found.values())
    assert first >= second
    assert all(second >= other for other in others[:-1])
