"""lambeq's and DisCoPy's grammar diagrams: read, evaluated as there, trained on."""

import json
from pathlib import Path

import numpy as np
import pytest

from catenary.diagrams import Box, Cup, Diagram, Doctrine, InputError, Ty
from catenary.functors.bridges.lambeq import from_lambeq, lambeq_json, to_lambeq
from catenary.functors.circuits import unitary
from catenary.functors.grammar import PREGROUP, Lexicon, parse
from catenary.functors.grammar.ansatz import Sim15
from catenary.functors.grammar.imports import grammar_diagram, prepared, reading_of
from catenary.functors.training import Example, meaning_classification, train

# Written by lambeq 0.5, with the amplitudes that its Sim15Ansatz gives them
STORED = json.loads(Path(__file__).with_name("lambeq_diagrams.json").read_text())
SENTENCES = [
    "Alice loves Bob",
    "Alice who loves Bob sleeps",
    "the old man gives Bob flowers",
    "Alice sings and dances",
]


@pytest.mark.parametrize("name", ["words and cups", "cups removed", "spiders", "cups"])
def test_diagrams_of_lambeq_have_lambeqs_amplitudes(name):
    data = STORED["diagrams"][name]
    diagram = from_lambeq(data)
    compiled = Sim15(seed=7).compile(diagram)
    found = compiled.scale * unitary(compiled.circuit, limit=20)
    expected = [complex(*pair) for pair in STORED["amplitudes"][name]]
    np.testing.assert_allclose(np.asarray(found).reshape(-1), expected, atol=1e-9)
    assert lambeq_json(diagram) == data
    assert from_lambeq(json.dumps(data)) == diagram


def test_removed_cups_are_the_same_diagram():
    one, other = (from_lambeq(STORED["diagrams"][name]) for name in ("words and cups", "cups removed"))
    assert one == other
    assert one.signature.doctrine is Doctrine.RIGID
    assert reading_of(one).words == ("man", "prepares", "tasty", "meal")


@pytest.mark.parametrize("sentence", SENTENCES)
def test_readings_go_there_and_back(sentence):
    reading = parse(sentence)[0]
    assert from_lambeq(lambeq_json(reading)) == reading.diagram
    assert prepared(lambeq_json(reading), Lexicon.english()) == reading


def test_the_installed_lambeq_reads_what_we_write():
    pytest.importorskip("lambeq", reason="an environment of its own")
    for sentence in SENTENCES:
        diagram = parse(sentence)[0].diagram
        assert from_lambeq(to_lambeq(diagram)) == diagram


def test_words_and_cups_in_any_order():
    n, s = Ty("n"), Ty("s")
    alice, bob = (Box(name, Ty(), n, signature=PREGROUP) for name in ("Alice", "Bob"))
    loves = Box("loves", Ty(), n.r @ s @ n.l, signature=PREGROUP)
    mixed = loves.diagram >> alice @ loves.cod >> Cup(n, n.r) @ s @ n.l >> s @ n.l @ bob >> s @ Cup(n.l, n)
    assert reading_of(mixed) == parse("Alice loves Bob")[0]
    for wrong in (Box("f", n, n, signature=PREGROUP), alice.r, Diagram.id(Ty()), alice.diagram @ alice.r):
        with pytest.raises(InputError):
            reading_of(wrong if isinstance(wrong, Diagram) else wrong.diagram)


LAYER = STORED["diagrams"]["words and cups"]["layers"][0]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "[" * 100_000,
        "[]",
        {},
        {"entity": "Diagram"},
        {"entity": "Diagram", "category": "quantum", "layers": []},
        {"entity": "Diagram", "category": "grammar", "layers": 3},
        {"entity": "Diagram", "category": "grammar", "layers": [3]},
        {"entity": "Diagram", "category": "grammar", "layers": [LAYER]},
        STORED["diagrams"]["words and cups"] | {"cod": {"entity": "Ty", "name": "n", "objects": [], "z": 0}},
        STORED["diagrams"]["words and cups"] | {"layers": [LAYER | {"box": {"entity": "Frame"}}]},
        STORED["diagrams"]["words and cups"] | {"layers": [LAYER | {"box": LAYER["box"] | {"z": 10**9}}]},
        STORED["diagrams"]["words and cups"] | {"layers": [LAYER | {"box": LAYER["box"] | {"name": None}}]},
        STORED["diagrams"]["words and cups"] | {"layers": [LAYER, *[LAYER] * 3]},
        STORED["diagrams"]["conjugated"],
    ],
)
def test_other_data_are_refused(data):
    with pytest.raises(InputError):
        from_lambeq(data)


def test_what_is_no_diagram():
    with pytest.raises(InputError, match="not float"):
        grammar_diagram(1.5)


def discopy_diagram(reading):
    pregroup = pytest.importorskip("discopy.grammar.pregroup")
    n_ary = {"n": pregroup.Ty("n"), "s": pregroup.Ty("s")}

    def made(ty):
        result = pregroup.Ty()
        for ob in ty.objects:
            part = n_ary[ob.name]
            for _ in range(abs(ob.z)):
                part = part.r if ob.z > 0 else part.l
            result = result @ part
        return result

    words = pregroup.Id().tensor(
        *(pregroup.Word(w, made(t)) for w, t in zip(reading.words, reading.types, strict=True))
    )
    layers = [(box, offset) for box, offset in reading.diagram.layers if box.kind == "cup"]
    for box, offset in layers:
        ends = made(box.dom)
        words = words >> words.cod[:offset] @ pregroup.Cup(ends[:1], ends[1:]) @ words.cod[offset + 2 :]
    return words


def test_training_on_diagrams_of_others_is_training_on_the_sentences():
    task = meaning_classification(24)
    readings = [parse(e.text, task.lexicon)[0] for e in task.train]
    plain = train(task.train, lexicon=task.lexicon, validation=task.train[:3], epochs=5).model.weights
    forms = {
        "readings": readings,
        "ours": [r.diagram for r in readings],
        "lambeq": [lambeq_json(r) for r in readings],
        "discopy": [discopy_diagram(r) for r in readings],
    }
    for given in forms.values():
        examples = [Example(form, e.label) for form, e in zip(given, task.train, strict=True)]
        found = train(examples, lexicon=task.lexicon, validation=examples[:3], epochs=5).model
        assert dict(found.weights) == pytest.approx(dict(plain))
        assert found.predict(given[:4]) == found.predict([e.text for e in task.train[:4]])


def test_diagrams_that_are_no_readings_train_too():
    texts = ["spiders", "words and cups"]
    examples = [Example(STORED["diagrams"][name], name) for name in texts]
    found = train(examples, epochs=20).model
    assert found.predict([e.text for e in examples]) == texts
    with pytest.raises(InputError, match="example 2"):
        train([examples[0], Example(1.5, "x")], epochs=1)
