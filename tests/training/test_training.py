"""Training: exact gradients, resumed runs, files, hostile input, scikit-learn's tools."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catenary.diagrams import CatenaryError, InputError, Ty
from catenary.functors.grammar import IQP, Lexicon, ansatz_named, parse
from catenary.functors.training import (
    SPSA,
    Adam,
    Example,
    Model,
    NelderMead,
    Rotosolve,
    SentenceClassifier,
    UnseenWord,
    meaning_classification,
    parse_examples,
    read_examples,
    relative_clauses,
    split,
    train,
)
from catenary.functors.training.model import Sentences
from catenary.functors.training.train import _loss

TASK = meaning_classification(40)
LARGER = meaning_classification(100)
TEXTS = [example.text for example in TASK.test]
LABELS = [example.label for example in TASK.test]


def objective(shots: int | None = None) -> Any:
    sentences = Sentences(TASK.lexicon, IQP())
    return _loss(sentences, TASK.train, None, ("code", "food"), shots, np.random.default_rng(0))


def test_gradients_are_those_of_finite_differences() -> None:
    found = objective()
    rng = np.random.default_rng(1)
    weights = rng.uniform(0, 2, len(found.corpus.parameters))
    loss, gradient = found.gradient(weights)
    assert loss == pytest.approx(found.loss(weights))
    for k in rng.choice(len(weights), 8, replace=False):
        step = np.zeros(len(weights))
        step[k] = 1e-5
        slope = (found.loss(weights + step) - found.loss(weights - step)) / 2e-5
        assert gradient[k] == pytest.approx(slope, rel=1e-4, abs=1e-6)


def test_bound_circuits_give_the_same_chances() -> None:
    trained = train(TASK.train, lexicon=TASK.lexicon, epochs=3)
    chances = trained.model.predict_proba(TEXTS)
    for text, row in zip(TEXTS, chances, strict=True):
        circuit = trained.model.circuit(text)
        amplitudes = trained.model.amplitudes([text])[0]
        assert not circuit.free_symbols
        np.testing.assert_allclose(np.abs(amplitudes) ** 2 / (np.abs(amplitudes) ** 2).sum(), row)


@pytest.mark.parametrize("optimiser", [Adam(), SPSA(), Rotosolve(), NelderMead(60)])
def test_optimisers_lower_the_loss(optimiser: Any) -> None:
    few = TASK.train[:12]
    epochs = {"Adam": 20, "SPSA": 60, "Rotosolve": 1, "NelderMead": 2}[type(optimiser).__name__]
    found = train(few, lexicon=TASK.lexicon, optimiser=optimiser, epochs=epochs)
    start = train(few, lexicon=TASK.lexicon, epochs=0)
    sentences = Sentences(TASK.lexicon, IQP())
    loss = _loss(sentences, few, None, ("code", "food"), None, np.random.default_rng(0))

    def of(model: Model) -> float:
        return float(loss.loss(np.array([model.weights[name] for name in loss.corpus.parameters])))

    assert of(found.model) < of(start.model)


def test_training_learns_and_repeats() -> None:
    first = train(LARGER.train, lexicon=LARGER.lexicon, epochs=60, batch=7, seed=3)
    second = train(LARGER.train, lexicon=LARGER.lexicon, epochs=60, batch=7, seed=3)
    assert first.model.score([e.text for e in LARGER.test], [e.label for e in LARGER.test]) >= 0.9
    assert first.model.weights == second.model.weights
    assert first.history == second.history
    assert (
        train(LARGER.train, lexicon=LARGER.lexicon, epochs=60, batch=7, seed=4).model.weights
        != first.model.weights
    )


class InterruptedByTest(Exception):  # noqa: N818
    pass


@pytest.mark.parametrize("batch", [None, 9])
def test_an_interrupted_training_goes_on_to_the_same_weights(tmp_path: Path, batch: int | None) -> None:
    options: dict[str, Any] = {"lexicon": TASK.lexicon, "batch": batch, "validation": TASK.test, "epochs": 25}
    whole = train(TASK.train, **options)
    path = tmp_path / "run.json"
    count = 0

    def interrupt(done: float | None, text: str) -> None:
        nonlocal count
        count += 1
        if count == 17:
            raise InterruptedByTest

    with pytest.raises(InterruptedByTest):
        train(TASK.train, **options, checkpoint=path, checkpoint_every=5, progress=interrupt)
    resumed = train(TASK.train, **options, checkpoint=path, checkpoint_every=5)
    assert resumed.model.weights == whole.model.weights
    assert resumed.history == whole.history
    with pytest.raises(InputError, match="another training"):
        train(TASK.train, **options | {"seed": 1}, checkpoint=path)
    path.write_text("{")
    with pytest.raises(InputError, match="not a checkpoint"):
        train(TASK.train, **options, checkpoint=path)


def test_patience_stops() -> None:
    found = train(TASK.train, lexicon=TASK.lexicon, validation=TASK.test, epochs=500, patience=5)
    assert found.stopped == "patience"
    assert len(found.history) < 500


def test_a_model_file_predicts_exactly_the_same(tmp_path: Path) -> None:
    found = train(
        TASK.train,
        lexicon=TASK.lexicon,
        ansatz=ansatz_named("sim14")({"n": 1, "s": 1}, layers=2),
        epochs=5,
        unseen="average",
    )
    path = tmp_path / "model.json"
    found.model.save(path)
    again = Model.load(path)
    assert (again.predict_proba(TEXTS) == found.model.predict_proba(TEXTS)).all()
    assert again.to_json() == found.model.to_json()
    assert again.sentences.lexicon.entries == TASK.lexicon.entries


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"version": 2},
        {"weights": {"a": "b"}},
        {"weights": {"a": float("nan")}},
        {"weights": []},
        {"classes": []},
        {"classes": [1, 2]},
        {"ansatz": {"name": "none", "qubits": 1, "layers": 1, "rotations": 3}},
        {"ansatz": {"name": "iqp", "qubits": 10**9, "layers": 1, "rotations": 3}},
        {"lexicon": "man n"},
        {"lexicon": 3},
        {"target": "s.q"},
        {"unseen": "guess"},
    ],
)
def test_hostile_models(change: dict[str, Any], tmp_path: Path) -> None:
    model = train(TASK.train, lexicon=TASK.lexicon, epochs=0).model
    path = tmp_path / "model.json"
    path.write_text(json.dumps(model.to_json() | change))
    with pytest.raises(CatenaryError):
        Model.load(path)


@pytest.mark.parametrize("text", ["", "[", "[]", "3", "[" * 100_000, '{"format": "catenary-model"}'])
def test_files_that_are_no_models(text: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(text)
    with pytest.raises(InputError):
        Model.load(path)


def test_unseen_words() -> None:
    lexicon = TASK.lexicon.extended(Lexicon.from_text("dog: n\nchases: n.r s n.l"))
    strict = train(TASK.train, lexicon=lexicon, epochs=2).model
    with pytest.raises(UnseenWord, match="dog : 1 → n"):
        strict.predict(["dog cooks meal"])
    kind = train(TASK.train, lexicon=lexicon, epochs=2, unseen="average").model
    nouns = [w for name, w in kind.weights.items() if name.endswith("__n_0")]
    mean = np.angle(np.exp(1j * np.pi * np.array(nouns)).sum()) / np.pi
    assert kind.values(["dog__n_0"])[0] == pytest.approx(mean)
    assert kind.predict(["dog chases meal"])[0] in ("code", "food")


def test_shots() -> None:
    model = train(TASK.train, lexicon=TASK.lexicon, epochs=30).model
    exact = model.predict_proba(TEXTS)
    many = model.predict_proba(TEXTS, shots=200_000, seed=1)
    np.testing.assert_allclose(many, exact, atol=0.05)
    assert (
        model.predict_proba(TEXTS, shots=10, seed=1) == model.predict_proba(TEXTS, shots=10, seed=1)
    ).all()
    with pytest.raises(CatenaryError, match="at least once"):
        model.predict_proba(TEXTS, shots=0)


def test_scikit_learn_takes_it() -> None:
    selection = pytest.importorskip("sklearn.model_selection", reason="scikit-learn is not installed")
    base = pytest.importorskip("sklearn.base")
    texts = np.array([example.text for example in LARGER.train])
    labels = np.array([example.label for example in LARGER.train])
    estimator = SentenceClassifier(lexicon=LARGER.lexicon, epochs=40)
    assert base.is_classifier(estimator)
    scores = selection.cross_val_score(estimator, texts, labels, cv=3)
    assert scores.mean() > 0.7
    grid = selection.GridSearchCV(estimator, {"layers": [1, 2]}, cv=2).fit(texts, labels)
    assert grid.best_params_["layers"] in (1, 2)
    assert base.clone(estimator).get_params() == estimator.get_params()


def test_labels_need_not_be_text() -> None:
    texts, labels = [e.text for e in TASK.train], [int(e.label == "food") for e in TASK.train]
    found = SentenceClassifier(lexicon=TASK.lexicon, epochs=40).fit(texts, labels)
    assert found.score(texts, labels) > 0.9
    assert found.predict(texts[:2]).dtype.kind == "i"
    with pytest.raises(CatenaryError, match="call fit"):
        SentenceClassifier().predict(texts)
    with pytest.raises(CatenaryError, match="no setting"):
        found.set_params(layer=3)


def test_what_cannot_be_trained() -> None:
    with pytest.raises(CatenaryError, match="two classes"):
        train([Example("man cooks meal", "food")])
    with pytest.raises(InputError, match="example 2: 'meal cooks': "):
        train([Example("man cooks meal", "food"), Example("meal cooks", "code")], lexicon=TASK.lexicon)
    three = [Example("man cooks meal", str(k)) for k in range(3)]
    with pytest.raises(CatenaryError, match="3 classes but the type s has 2"):
        train(three, lexicon=TASK.lexicon)
    assert train(three, lexicon=TASK.lexicon, ansatz=IQP({"n": 1, "s": 2}), epochs=1).model.classes == (
        "0",
        "1",
        "2",
    )


def test_texts_that_the_grammar_does_not_reach() -> None:
    rows = [Example("man cooks meal", "food"), Example("meal cooks tasty", "code")]
    found = train(rows, lexicon=TASK.lexicon, otherwise="stairs", epochs=2)
    assert set(found.model.predict([row.text for row in rows])) <= {"food", "code"}


# Data


def test_tables(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('label,text\n1,"man cooks, happily"\n0,woman sings\n')
    (tmp_path / "b.tsv").write_text("Sentence\tlabel\nman cooks\t1\n")
    (tmp_path / "c.txt").write_text("# comment\n1  man cooks .\n\n0\twoman sings\n")
    assert read_examples(tmp_path / "a.csv")[0] == Example("man cooks, happily", "1")
    assert read_examples(tmp_path / "b.tsv") == (Example("man cooks", "1"),)
    assert [e.label for e in read_examples(tmp_path / "c.txt")] == ["1", "0"]


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("", "lines", "no examples"),
        ("1\n", "lines", "expected a label"),
        ("1 a\n" + "x" * 200_000, "lines", "characters"),
        ("a,b\n1,2\n", "csv", "columns label and text"),
        ("label,text\n1\n", "csv", "without label or text"),
        ('label,text\n1,"open\n', "csv", "not a table"),
        ("label,text\n", "csv", "no examples"),
    ],
)
def test_bad_data(text: str, kind: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_examples(text, "data", kind=kind)


def test_split_keeps_the_classes() -> None:
    rows = [Example(str(i), "ab"[i % 2]) for i in range(40)]
    kept, held = split(rows, 0.25, seed=1)
    assert sorted((*kept, *held), key=str) == sorted(rows, key=str)
    assert Counter(row.label for row in held) == {"a": 5, "b": 5}


@pytest.mark.parametrize("unseen", ["sentences", "length", "combinations"])
def test_tasks_parse_and_differ(unseen: str) -> None:
    task = meaning_classification(80, unseen=unseen)
    assert not {e.text for e in task.train} & {e.text for e in task.test}
    for example in (*task.train, *task.test):
        assert parse(example.text, task.lexicon)
    if unseen == "length":
        assert min(len(e.text.split()) for e in task.test) > max(len(e.text.split()) for e in task.train) - 1


def test_the_pronoun_does_not_give_the_answer_away() -> None:
    task = relative_clauses(448)
    kinds: Counter[tuple[str, str]] = Counter()
    for example in (*task.train, *task.test):
        reading = parse(example.text, task.lexicon, target="n")[0]
        kinds[example.label, str(reading.types[1])] += 1
    assert len(kinds) == 4
    assert len(set(kinds.values())) == 1
    found = train(task.train[:120], lexicon=task.lexicon, target=Ty("n"), ansatz=IQP(layers=2), epochs=60)
    assert found.model.score([e.text for e in task.test], [e.label for e in task.test]) > 0.7


@pytest.mark.parametrize(
    "options",
    [
        {"epochs": 2.5},
        {"batch": 1.5},
        {"patience": 0},
        {"shots": 0},
        {"shots": 10},  # Adam's gradients are exact: shots would be ignored
        {"seed": -1},
        {"seed": 1.5},
        {"checkpoint_every": 0},
    ],
)
def test_settings_out_of_range_are_refused(options: Any) -> None:
    with pytest.raises(CatenaryError):
        train(TASK.train[:6], lexicon=TASK.lexicon, **{"epochs": 1, **options})


@pytest.mark.parametrize("key", ["weights", "best", "history", "state", "since", "best_score"])
@pytest.mark.parametrize("value", [None, 5, "x", ["x"], [float("nan")]])
def test_damaged_checkpoints_are_named(tmp_path: Path, key: str, value: Any) -> None:
    path = tmp_path / "point.json"
    train(TASK.train[:6], lexicon=TASK.lexicon, epochs=1, checkpoint=path)
    data = json.loads(path.read_text())
    if (key, value) in (("since", 5), ("best_score", 5)):
        return
    path.write_text(json.dumps(data | {key: value}))
    with pytest.raises(InputError):
        train(TASK.train[:6], lexicon=TASK.lexicon, epochs=2, checkpoint=path)
