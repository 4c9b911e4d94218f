"""Training for machines and with tensors: noise, shots, parameter shifts, rules for function words, unknown words."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catenary.diagrams import CatenaryError, InputError
from catenary.functors.grammar import IQP, Lexicon, parse
from catenary.functors.grammar.ansatz import Sim4, Sim14
from catenary.functors.grammar.rewrites import RULES
from catenary.functors.grammar.tensor_ansatz import MPSAnsatz, SpiderAnsatz, TensorAnsatz
from catenary.functors.training import (
    SPSA,
    Example,
    Model,
    NoiseModel,
    ParameterShift,
    Rotosolve,
    SentenceClassifier,
    UnseenWord,
    compositional_generalisation,
    make_ansatz,
    meaning_classification,
    read_examples,
    train,
)
from catenary.functors.training.model import UNKNOWN, Sentences
from catenary.functors.training.train import _loss

TASK = meaning_classification(40)
NOISE = NoiseModel(0.02, two_qubit=0.05, damping=0.03, readout=0.04)
SAID = [
    Example("Alice loves Alice", "a"),
    Example("Bob sleeps", "b"),
    Example("the dog that Alice loves sleeps", "a"),
    Example("Alice sleeps and Alice loves Bob", "b"),
]


def objective(ansatz: Any, noise: NoiseModel | None = None, shots: int | None = None) -> Any:
    sentences = Sentences(Lexicon.english(), ansatz, noise=noise)
    shifts = noise is not None or isinstance(ansatz, (IQP, Sim4, Sim14))
    return _loss(sentences, SAID, None, ("a", "b"), shots, np.random.default_rng(0), shifts)


def test_noise_is_that_of_qiskit() -> None:
    qiskit = pytest.importorskip("qiskit")
    from qiskit.quantum_info import DensityMatrix, Kraus, Operator

    from catenary.functors.circuits.simulate import gate_matrix

    circuit = IQP(seed=3)(parse("the dog that Alice loves sleeps")[0])
    plus = [np.eye(2), np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])]

    def channel(count: int) -> Kraus:
        p = 0.02 if count == 1 else 0.05
        words = [np.eye(1)]
        for _ in range(count):
            words = [np.kron(a, b) for a in words for b in plus]
        weights = [1 - p + p / len(words)] + [p / len(words)] * (len(words) - 1)
        damping = [np.diag([1, np.sqrt(0.97)]), np.array([[0, np.sqrt(0.03)], [0, 0]])]
        decay = damping if count == 1 else [np.kron(a, b) for a in damping for b in damping]
        return Kraus([d @ (np.sqrt(w) * k) for d in decay for w, k in zip(weights, words, strict=True)])

    assert qiskit.__version__
    state = DensityMatrix.from_label("0" * circuit.n_qubits)
    misread = np.diag([0.96, 0.04])  # the effect of reading 0
    read = [misread, np.diag([0.04, 0.96])]
    closed: set[int] = set()
    for gate in circuit:
        if gate.name == "post":
            closed.add(gate.qubits[0])
        elif gate.name != "init":
            assert not closed & set(gate.qubits)
            # Qiskit's operators count qubits from the right, and all our channels are symmetric.
            state = state.evolve(Operator(gate_matrix(gate)), qargs=list(gate.qubits)[::-1])
            state = state.evolve(channel(len(gate.qubits)), qargs=list(gate.qubits)[::-1])
    (out,) = circuit.outputs
    wanted = []
    for k in range(2):
        effect = np.eye(1)
        for qubit in reversed(range(circuit.n_qubits)):
            effect = np.kron(effect, misread if qubit in closed else read[k] if qubit == out else np.eye(2))
        wanted.append(np.trace(effect @ state.data).real)
    found = NOISE.network(circuit).bind({}).contract()
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_no_noise_is_what_amplitudes_give() -> None:
    weights = np.random.default_rng(0).uniform(0, 2, len(objective(IQP()).corpus.parameters))
    assert objective(IQP(), NoiseModel()).loss(weights) == pytest.approx(objective(IQP()).loss(weights))
    value, slope = objective(IQP(), NoiseModel()).gradient(weights)
    np.testing.assert_allclose(slope, objective(IQP()).gradient(weights)[1], atol=1e-10)
    assert value > 0


@pytest.mark.parametrize(
    "ansatz", [IQP(), IQP(layers=2), Sim4(), Sim14()], ids=lambda a: f"{a.name}{a.layers}"
)
@pytest.mark.parametrize("noise", [None, NOISE], ids=["pure", "noisy"])
def test_parameter_shifts_are_exact(ansatz: Any, noise: NoiseModel | None) -> None:
    found = objective(ansatz, noise)
    weights = np.random.default_rng(1).uniform(0, 2, len(found.corpus.parameters))
    loss, gradient = found.gradient(weights)
    again, shifted = found.shifted(weights)
    assert again == pytest.approx(loss)
    np.testing.assert_allclose(shifted, gradient, atol=1e-10)
    k = int(np.abs(gradient).argmax())
    step = np.zeros(len(weights))
    step[k] = 1e-5
    slope = (found.loss(weights + step) - found.loss(weights - step)) / 2e-5
    assert gradient[k] == pytest.approx(slope, rel=1e-4)


def test_shifts_from_shots_scatter_about_the_exact_gradient() -> None:
    found = objective(IQP(), shots=200_000)
    weights = np.random.default_rng(5).uniform(0, 2, len(found.corpus.parameters))
    exact = objective(IQP()).gradient(weights)[1]
    estimates = np.array([found.shifted(weights)[1] for _ in range(20)])
    assert 0 < np.abs(estimates.mean(axis=0) - exact).max() < 0.05 * np.abs(exact).max()


@pytest.mark.parametrize("optimiser", [ParameterShift(), SPSA(), Rotosolve()])
def test_training_as_on_a_machine(optimiser: Any, tmp_path: Path) -> None:
    few = TASK.train[:10]
    epochs = 1 if isinstance(optimiser, Rotosolve) else 25
    options: dict[str, Any] = {
        "lexicon": TASK.lexicon,
        "optimiser": optimiser,
        "noise": NOISE,
        "shots": 2000,
        "unseen": "average",
    }
    found = train(few, **options, epochs=epochs)
    start = train(few, **options, epochs=0)
    sentences = found.model.sentences
    judge = _loss(sentences, few, None, found.model.classes, None, np.random.default_rng(0))

    def of(model: Model) -> float:
        return float(judge.loss(np.array([model.weights[name] for name in judge.corpus.parameters])))

    assert of(found.model) < of(start.model)
    path = tmp_path / "model.json"
    found.model.save(path)
    again = Model.load(path)
    assert again.sentences.noise == NOISE
    texts = [e.text for e in TASK.test]
    np.testing.assert_array_equal(again.predict_proba(texts), found.model.predict_proba(texts))
    sampled = again.predict_proba(texts, shots=100_000, seed=1)
    np.testing.assert_allclose(sampled, again.predict_proba(texts), atol=0.05)


TENSORS = [TensorAnsatz(3), MPSAnsatz({"n": 4, "s": 2}, bond=3), SpiderAnsatz(2)]


@pytest.mark.parametrize("ansatz", TENSORS, ids=lambda a: a.name)
def test_tensors_are_trained(ansatz: Any, tmp_path: Path) -> None:
    loss = objective(ansatz)
    weights = np.random.default_rng(1).normal(size=len(loss.corpus.parameters))
    gradient = loss.gradient(weights)[1]
    for k in np.argsort(-np.abs(gradient))[:4]:
        step = np.zeros(len(weights))
        step[k] = 1e-6
        slope = (loss.loss(weights + step) - loss.loss(weights - step)) / 2e-6
        assert gradient[k] == pytest.approx(slope, rel=1e-3)
    found = train(TASK.train, lexicon=TASK.lexicon, ansatz=ansatz, unseen="average", epochs=80)
    assert found.model.score([e.text for e in TASK.train], [e.label for e in TASK.train]) >= 0.9
    path = tmp_path / "model.json"
    found.model.save(path)
    again = Model.load(path)
    assert again.sentences.ansatz == ansatz
    texts = [e.text for e in TASK.test]
    np.testing.assert_array_equal(again.predict_proba(texts), found.model.predict_proba(texts))
    with pytest.raises(CatenaryError, match="makes tensors"):
        again.circuit(texts[0])
    with pytest.raises(CatenaryError, match="makes tensors"):
        again.predict_proba(texts, shots=3)


def test_an_unseen_tensor_is_the_mean_of_its_type() -> None:
    lexicon = TASK.lexicon.extended(Lexicon.from_text("child: n"))
    ansatz = MPSAnsatz(2)
    model = train(TASK.train, lexicon=lexicon, ansatz=ansatz, unseen="average", epochs=1).model
    names = ansatz(parse("child cooks meal", lexicon)[0].meaning()).parameters
    mine = next(name for name in names if name.startswith("child"))
    known = [v for k, v in model.weights.items() if model.sentences.name_parts(k)[1] == mine[len("child") :]]
    assert len(known) > 3
    assert model.values([mine])[0] == pytest.approx(np.mean(known))


def test_what_needs_circuits_is_refused_for_tensors() -> None:
    for options in ({"shots": 5, "optimiser": SPSA()}, {"noise": NOISE}, {"optimiser": ParameterShift()}):
        with pytest.raises(CatenaryError, match="makes tensors"):
            train(TASK.train, lexicon=TASK.lexicon, ansatz=TensorAnsatz(2), epochs=1, **options)
    for bad in ({"depolarising": 1.5}, {"readout": "much"}, {"damping": -1}, {"damping": float("nan")}):
        with pytest.raises(CatenaryError, match="probability"):
            NoiseModel(**bad)


def test_rare_words_stand_for_unknown_ones() -> None:
    lexicon = TASK.lexicon.extended(Lexicon.from_text("child: n"))
    found = train(TASK.train, lexicon=lexicon, unseen="unknown", rare=3, epochs=60)
    names = {found.model.sentences.name_parts(name)[0] for name in found.model.weights}
    assert UNKNOWN in names
    assert found.model.predict(["child cooks meal"]) in (["food"], ["code"])
    assert found.model.score([e.text for e in TASK.test], [e.label for e in TASK.test]) >= 0.7
    strict = train(TASK.train, lexicon=lexicon, unseen="unknown", rare=0, epochs=1)
    with pytest.raises(UnseenWord, match="child : 1 → n"):
        strict.model.predict(["child cooks meal"])


def test_function_words_made_of_spiders() -> None:
    examples = [Example(f"the {a} sleeps", a) for a in ("cat", "dog")] * 2
    plain, found = (train(examples, rewrite=rules, epochs=2) for rules in ((), RULES))
    assert len(found.model.weights) < len(plain.model.weights)
    assert not any(name.startswith("the_") for name in found.model.weights)
    again = Model.from_json(json.loads(json.dumps(found.model.to_json())))
    assert again.sentences.rewrite == tuple(RULES)
    assert again.predict(["the dog sleeps"]) == found.model.predict(["the dog sleeps"])
    with pytest.raises(CatenaryError, match="table of grammar rules"):
        train(examples, rewrite=["determiners"])


@pytest.mark.parametrize(
    "change",
    [
        {"rewrite": "determiner"},
        {"rewrite": ["nothing"]},
        {"noise": {"depolarising": 2}},
        {"noise": {"fog": 0.1}},
        {"noise": [1]},
        {"ansatz": {"name": "mps", "dims": 1e9}},
        {"ansatz": {"name": "mps", "dims": 10**9}},
        {"ansatz": {"name": "mps", "dims": {"n": True}}},
        {"ansatz": {"name": ["mps"]}},
    ],
)
def test_hostile_settings_in_a_model(change: dict[str, Any]) -> None:
    data = train(TASK.train, lexicon=TASK.lexicon, epochs=0).model.to_json()
    with pytest.raises(InputError, match="not a model"):
        Model.from_json(data | change)


def test_the_classifier_takes_them() -> None:
    texts, labels = [e.text for e in TASK.train], [e.label for e in TASK.train]
    for settings in (
        {"ansatz": "mps", "dims": 2},
        {"noise": NOISE, "epochs": 3},
        {"optimiser": "parameter_shift", "shots": 100, "epochs": 2},
        {"unseen": "unknown", "rare": 2, "epochs": 5},
    ):
        found = SentenceClassifier(lexicon=TASK.lexicon, **settings).fit(texts, labels)
        assert set(found.predict(texts)) <= set(labels)
    assert make_ansatz("IQPAnsatz") == IQP()


def test_a_command_that_is_killed_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    def command(name: str) -> list[str]:
        run = ["-m", "catenary", "train", "--quiet", "--epochs", "100", "--batch", "20", "--seed", "5"]
        return [
            sys.executable,
            *run,
            "--checkpoint",
            str(tmp_path / name),
            "--model",
            str(tmp_path / f"{name}.model"),
        ]

    process = subprocess.Popen(command("killed"), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (tmp_path / "killed").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "killed.model").exists()
    done = len(json.loads((tmp_path / "killed").read_text())["history"])
    assert 0 < done < 100
    for name in ("killed", "whole"):
        subprocess.run(command(name), check=True, stdout=subprocess.DEVNULL)
    assert Model.load(tmp_path / "killed.model").weights == Model.load(tmp_path / "whole.model").weights


CONLLU = """# text = Man kocht Essen
# label = {}
1\tMann\tMann\tNOUN\t_\t_\t2\tnsubj\t_\t_
2\tkocht\tkochen\tVERB\t_\t_\t0\troot\t_\t_
3\tEssen\tEssen\tNOUN\t_\t_\t2\tobj\t_\t_

"""


def test_trees_of_any_language_are_examples(tmp_path: Path) -> None:
    path = tmp_path / "data.conllu"
    path.write_text(CONLLU.format("food") + CONLLU.replace("Essen", "Programme").format("code"))
    examples = read_examples(path)
    assert [e.label for e in examples] == ["food", "code"]
    found = train(examples, epochs=40)
    assert found.model.predict([e.text for e in examples]) == ["food", "code"]
    path.write_text(CONLLU.replace("# label = {}\n", ""))
    with pytest.raises(InputError, match=r"data.conllu:2: a sentence without a comment '# label"):
        read_examples(path)
    path.write_text(CONLLU.replace("2\tobj", "9\tobj").format("x"))
    with pytest.raises(InputError, match="the words are 1 to 3"):
        read_examples(path)


@pytest.mark.parametrize("unseen", ["length", "words", "combinations", "sentences"])
def test_compositional_tasks(unseen: str) -> None:
    task = compositional_generalisation(60, unseen=unseen, seed=2)
    assert (len(task.train), len(task.test)) == (60, 15)
    assert not {e.text for e in task.train} & {e.text for e in task.test}
    for example in (*task.train, *task.test):
        words = example.text.split()
        turned = sum(word in ("denies", "doubts") for word in words) % 2
        good = words[-2] in ("praises", "likes", "admires")
        assert example.label == ("positive" if good != bool(turned) else "negative")
        parse(example.text, task.lexicon)
    if unseen == "length":
        assert max(len(e.text.split()) for e in task.train) < min(len(e.text.split()) for e in task.test)
    if unseen == "words":
        assert not any({"critic", "film"} & set(e.text.split()) for e in task.train)
    if unseen == "combinations":
        pairs = [{tuple(e.text.split()[-3:-1]) for e in part} for part in (task.train, task.test)]
        assert not pairs[0] & pairs[1]


def test_a_model_of_the_parts_reads_longer_sentences() -> None:
    task = compositional_generalisation(120)
    found = train(task.train, lexicon=task.lexicon, ansatz=make_ansatz("sim14"), epochs=120)
    assert found.model.score([e.text for e in task.test], [e.label for e in task.test]) >= 0.9


def test_compositional_tasks_refuse_what_they_are_not() -> None:
    for options in ({"unseen": "meaning"}, {"size": 1}):
        with pytest.raises(CatenaryError):
            compositional_generalisation(**options)


def of_probabilities(corpus: Any, labels: Any, weights: Any, log: Any, array: Any) -> Any:
    """The mean cross-entropy of a corpus, in an array library's own operations."""
    total = 0
    for group in corpus.groups:
        chances = abs(group.program(weights[array(group.gather)])) ** 2
        right = chances[array(np.arange(len(group.members))), array(labels[group.members])]
        total = total - log(right / chances.sum(1)).sum()
    return total / len(labels)


@pytest.mark.parametrize("library", ["torch", pytest.param("jax", marks=pytest.mark.slow)])
def test_other_libraries_differentiate_the_same_corpus(library: str) -> None:
    found = pytest.importorskip(library)
    few = TASK.train[:6]
    sentences = Sentences(TASK.lexicon, IQP())
    corpus = sentences.corpus(e.text for e in few)
    labels = np.array([e.label == "food" for e in few], dtype=int)
    exact = _loss(sentences, few, None, ("code", "food"), None, np.random.default_rng(0))
    start = np.random.default_rng(0).uniform(0, 2, len(corpus.parameters))
    loss, slope = exact.gradient(start)
    if library == "torch":
        weights = found.tensor(start, requires_grad=True)
        value = of_probabilities(corpus, labels, weights, found.log, found.as_tensor)
        value.backward()
        assert value.item() == pytest.approx(loss, abs=1e-6)
        np.testing.assert_allclose(weights.grad.numpy(), slope, rtol=1e-5, atol=1e-6)
        return
    with found.enable_x64(True):
        theirs = found.grad(
            lambda w: of_probabilities(corpus, labels, w, found.numpy.log, found.numpy.asarray)
        )(found.numpy.asarray(start))
        np.testing.assert_allclose(np.asarray(theirs), slope, rtol=1e-5, atol=1e-6)
