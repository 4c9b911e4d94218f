"""Training: from examples to a model, the same for the same seed, and going on where it stopped."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from catenary.diagrams import CatenaryError, InputError, Ty, files
from catenary.diagrams.textfile import parse_json, read_text, write_text
from catenary.functors.grammar import IQP, Lexicon, Reading
from catenary.functors.grammar.ansatz import parameter_value
from catenary.functors.grammar.imports import grammar_diagram
from catenary.functors.grammar.tensor_ansatz import NetworkAnsatz
from catenary.functors.tensor.corpus import Corpus, CorpusGroup
from catenary.functors.tensor.parameters import FREQUENCIES, General, read_angle
from catenary.functors.training.ansatz_files import AnyAnsatz, circuit_ansatz
from catenary.functors.training.data import Example
from catenary.functors.training.model import (
    MAX_BYTES,
    UNKNOWN,
    Floats,
    Model,
    Sentences,
    probabilities,
    sampled,
)
from catenary.functors.training.noise import NoiseModel
from catenary.functors.training.optimisers import (
    Adam,
    Optimiser,
    ParameterShift,
    Rotosolve,
    State,
    Weights,
)

CHECKPOINT = "catenary-checkpoint"
_SMOOTH = 1e-9  # so that a class of probability 0 has a finite loss


@dataclass(frozen=True)
class Epoch:
    """What one pass over the examples gave.

    Attributes:
        loss: the mean cross-entropy of the examples learnt from, as seen during the pass.
        accuracy: the part of the validation examples that were right after it; ``None`` without any.
    """

    loss: float
    accuracy: float | None = None


@dataclass(frozen=True)
class Training:
    """A finished training.

    Attributes:
        model: the model: of the best epoch on the validation examples, or the last one without any.
        history: every epoch.
        stopped: why it ended: ``"epochs"`` or ``"patience"``.
    """

    model: Model
    history: tuple[Epoch, ...]
    stopped: str


class _Loss:
    """The cross-entropy of some examples."""

    def __init__(
        self,
        corpus: Corpus,
        labels: Floats,
        classes: int,
        shots: int | None,
        rng: np.random.Generator,
        mixed: bool = False,
        waves: int = 0,
    ):
        self.corpus, self.labels, self.classes = corpus, labels.astype(np.intp), classes
        self.shots, self.rng, self.mixed, self.waves = shots, rng, mixed, waves
        self.rows: list[tuple[CorpusGroup, Any]] = []
        self.choose(np.arange(len(corpus)))

    def choose(self, places: Any) -> None:
        """The examples that count from now on."""
        chosen = np.zeros(len(self.corpus), dtype=bool)
        chosen[places] = True
        self.rows = [(group, np.flatnonzero(chosen[group.members])) for group in self.corpus.groups]
        self.rows = [(group, rows) for group, rows in self.rows if len(rows)]
        self.count = len(places)

    def _weigh(self, values: Any) -> Any:
        """The weight of each class in the values of some examples: (examples, classes)."""
        used = values.reshape(len(values), -1)[:, : self.classes]
        return np.maximum(used.real, 0.0) if self.mixed else np.abs(used) ** 2

    def _judged(self, weight: Any, labels: Any) -> tuple[float, Any]:
        """The loss, and its derivative by the weight of each class."""
        total = weight.sum(axis=1) + _SMOOTH * self.classes
        right = weight[np.arange(len(labels)), labels] + _SMOOTH
        slope = np.repeat((1 / total)[:, None], self.classes, axis=1)
        slope[np.arange(len(labels)), labels] -= 1 / right
        return float(np.sum(np.log(total) - np.log(right))) / self.count, slope / self.count

    def _loss(self, values: Any, labels: Any) -> tuple[float, Any]:
        """The loss, and the cotangent of the values."""
        loss, slope = self._judged(self._weigh(values), labels)
        flat = values.reshape(len(values), -1)
        cotangent = np.zeros_like(flat)
        cotangent[:, : self.classes] = slope if self.mixed else 2 * flat[:, : self.classes] * slope
        return loss, cotangent.reshape(values.shape)

    def _seen(self, values: Any) -> Any:
        """The weights of the classes; as the frequencies of so many shots where they are asked for."""
        weight = self._weigh(values)
        if self.shots is None:
            return weight
        chances, total = probabilities(values, self.classes, self.mixed)
        kept = self.rng.binomial(self.shots, np.clip(total, 0, 1))
        return self.rng.multinomial(kept, chances) / self.shots

    def shifted(self, weights: Weights) -> tuple[float, Weights]:
        """The loss and its gradient from the circuits at shifted angles alone, as a machine can measure them.

        A class's probability is a trigonometric polynomial of an angle; equidistant shifts give its derivative
        exactly (Wierichs et al., arXiv 2107.12390). With shots both are estimates.

        Raises:
            CatenaryError: for an ansatz of tensors, whose entries are no angles.
        """
        if not self.waves:
            raise CatenaryError("parameter shifts are of circuits: with tensors use Adam, SPSA or NelderMead")
        count = 2 * self.waves
        odd = 2 * np.arange(1, count + 1) - 1
        factors = (
            (np.pi / 2)
            * (-1.0) ** np.arange(count)
            / (4 * self.waves * np.sin(odd * np.pi / (4 * self.waves)) ** 2)
        )
        loss, found = 0.0, np.zeros(len(weights))
        for group, rows in self.rows:
            gather = group.gather[rows]
            values = weights[gather]
            labels = self.labels[group.members[rows]]
            part, slope = self._judged(self._seen(group.program(values)), labels)
            loss += part
            for k in range(values.shape[1]):
                moved = np.repeat(values[None], count, axis=0)
                moved[:, :, k] += (odd / self.waves)[:, None]
                seen = self._seen(group.program(moved.reshape(-1, values.shape[1])))
                derivative = np.einsum("s,sbc->bc", factors, seen.reshape(count, *slope.shape))
                np.add.at(found, gather[:, k], (slope * derivative).sum(axis=1))
        return loss, found

    def gradient(self, weights: Weights) -> tuple[float, Weights]:
        """The loss and its gradient, both exact."""
        loss, found = 0.0, np.zeros(len(weights))
        for group, rows in self.rows:
            value, pull = group.program.gathered(weights, group.gather[rows])
            part, cotangent = self._loss(value, self.labels[group.members[rows]])
            loss += part
            found += pull(cotangent)
        return loss, found

    def loss(self, weights: Weights) -> float:
        """The loss; from shots where they are asked for."""
        loss = 0.0
        for group, rows in self.rows:
            value = group.program(weights[group.gather[rows]])
            labels = self.labels[group.members[rows]]
            if self.shots is None:
                loss += self._loss(value, labels)[0]
            else:
                chances = sampled(*probabilities(value, self.classes, self.mixed), self.shots, self.rng)
                right = chances[np.arange(len(labels)), labels]
                loss -= float(np.log(np.maximum(right, 0.5 / self.shots)).sum()) / self.count
        return loss

    def accuracy(self, weights: Weights) -> float:
        """The part of all examples that are right."""
        right = 0
        for group in self.corpus.groups:
            chances, _ = probabilities(group.program(weights[group.gather]), self.classes, self.mixed)
            right += int((chances.argmax(axis=1) == self.labels[group.members]).sum())
        return right / max(1, len(self.corpus))


def _loss(
    sentences: Sentences,
    examples: Sequence[Example],
    names: Sequence[str] | None,
    classes: Sequence[str],
    shots: int | None,
    rng: np.random.Generator,
    shifts: bool = False,
) -> _Loss:
    networks = []
    waves = 0
    for number, example in enumerate(examples, 1):
        try:
            networks.append(sentences.network(example.text))
            waves = max(waves, _waves(sentences, example.text) if shifts else 0)
        except (CatenaryError, ValueError) as error:
            raise InputError(f"{example.text!r}: {error}", source=f"example {number}") from error
    corpus = Corpus(networks, names)
    if corpus.shape is None:
        raise CatenaryError("the examples have different numbers of output qubits")
    size = int(np.prod(corpus.shape, dtype=int))
    if size < len(classes):
        raise CatenaryError(
            f"{len(classes)} classes but the type {sentences.target} has {size} basis states: give the ansatz "
            f"more qubits for it"
        )
    place = {label: k for k, label in enumerate(classes)}
    labels = np.array([place[example.label] for example in examples], dtype=np.float64)
    return _Loss(corpus, labels, len(classes), shots, rng, sentences.is_mixed, waves)


def _waves(sentences: Sentences, text: Any) -> int:
    """The highest frequency of an angle in a probability, in units of π/2 by half turn; 0 for tensors."""
    if isinstance(sentences.ansatz, NetworkAnsatz):
        return 0
    total: dict[str, float] = {}
    for gate in sentences.circuit(text):
        for wave, expression in zip(FREQUENCIES.get(gate.name, ()), gate.params, strict=False):
            angle = read_angle(expression)
            if isinstance(angle, General):
                raise CatenaryError(f"parameter shifts are for angles that are linear, not {expression}")
            for name, factor in angle.terms:
                total[name] = total.get(name, 0.0) + 4 * float(wave) * abs(factor)
    return max((math.ceil(value) for value in total.values()), default=1)


def train(
    examples: Iterable[Example],
    *,
    validation: Iterable[Example] = (),
    lexicon: Lexicon | None = None,
    ansatz: AnyAnsatz | None = None,
    target: Ty | None = None,
    reading: str | None = None,
    otherwise: str | None = None,
    rewrite: Iterable[str] = (),
    noise: NoiseModel | None = None,
    optimiser: Optimiser | None = None,
    epochs: int = 120,
    batch: int | None = None,
    patience: int | None = None,
    shots: int | None = None,
    unseen: str = "error",
    rare: int = 1,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    checkpoint_every: int = 10,
    progress: Callable[[float | None, str], None] | None = None,
) -> Training:
    """Train a classifier.

    Sentences of one shape are one batch of the compiled contraction of their circuits; gradients are exact.

    Args:
        examples: what to learn from; a text may also be a reading or a grammar diagram (ours, lambeq's, DisCoPy's).
        validation: examples that choose the epoch whose weights are kept, and stop the training.
        lexicon: the words' types; the built-in English one unless given.
        ansatz: the functor to circuits, :class:`~catenary.functors.grammar.IQP` unless given, or to tensors
            (:class:`~catenary.functors.grammar.tensor_ansatz.TensorAnsatz` and its like).
        target: the type that the texts reduce to, ``s`` unless given.
        reading, otherwise: readings without grammar, see
            :class:`~catenary.functors.training.model.Sentences`.
        rewrite: function words made of spiders, by rules of :data:`~catenary.functors.grammar.rewrites.RULES`.
        noise: of the machine; the circuits' probabilities are then those of density matrices, still exact.
        optimiser: :class:`~catenary.functors.training.Adam` unless given.
        epochs: passes over the examples.
        batch: examples a step; all of them unless given.
        patience: passes without a better validation accuracy (or, without validation, a better loss) after which
            it stops.
        shots: how often each circuit is run for an evaluation of the loss; exact unless given. For optimisers
            that do not take exact gradients.
        unseen: the model's policy for unseen words, also on the validation examples.
        rare: with ``unseen="unknown"``, words that occur at most so often in one type are learnt as one unknown
            word of the type.
        seed: of the first weights, the order of the examples, shots and random directions.
        checkpoint: a file that is written every ``checkpoint_every`` epochs and read if it is there: training
            goes on from it to the same weights as without the interruption.
        progress: called with the part that is done and a text.

    Raises:
        InputError: for an example that has no reading, naming it; for a checkpoint of another training.
        CatenaryError: for one class only, or more than the target's qubits can tell apart.

    >>> from catenary.functors.training import meaning_classification
    >>> task = meaning_classification(60)
    >>> found = train(task.train, lexicon=task.lexicon, epochs=40)
    >>> found.model.score([e.text for e in task.test], [e.label for e in task.test])
    1.0
    """
    rows, held = tuple(examples), tuple(validation)
    classes = tuple(sorted({example.label for example in (*rows, *held)}))
    if len(classes) < 2:
        raise CatenaryError(f"examples of at least two classes are needed, not of {list(classes)}")
    _check_numbers(epochs, batch, patience, shots, seed, checkpoint_every, rare)
    sentences = Sentences(
        Lexicon.english() if lexicon is None else lexicon,
        IQP() if ansatz is None else ansatz,
        Ty("s") if target is None else target,
        reading,
        otherwise,
        tuple(rewrite),
        noise,
    )
    optimiser = Adam() if optimiser is None else optimiser
    if shots is not None:
        circuit_ansatz(sentences.ansatz, "shots are of")
        if isinstance(optimiser, Adam) and not isinstance(optimiser, ParameterShift):
            raise CatenaryError(
                "Adam's gradients are exact, not from shots: use ParameterShift, SPSA, Rotosolve or NelderMead"
            )
    shifts = isinstance(optimiser, ParameterShift)
    if isinstance(optimiser, (ParameterShift, Rotosolve)):
        circuit_ansatz(sentences.ansatz, f"{type(optimiser).__name__} is of angles of")
    learnt = _with_unknown(sentences, rows, rare) if unseen == "unknown" else rows
    objective = _loss(sentences, learnt, None, classes, shots, np.random.default_rng(seed), shifts)
    names = objective.corpus.parameters
    weights = np.array([parameter_value(name, seed) for name in names], dtype=np.float64)
    if isinstance(sentences.ansatz, NetworkAnsatz):
        weights -= 1  # entries of either sign
    notes = {"seed": seed, "epochs": epochs, "batch": batch, "optimiser": repr(optimiser), "shots": shots}
    if unseen == "unknown":
        notes["rare"] = rare
    model = Model(sentences, classes, dict(zip(names, weights.tolist(), strict=True)), unseen, notes)
    judge = _Judge(model, held)
    key = _key(model, rows, held, patience)
    state: State = {}
    history: list[Epoch] = []
    best, best_score, since = weights, -np.inf, 0
    saved = None if checkpoint is None else _load(checkpoint, key)
    if saved is not None:
        try:
            weights, best, state, best_score, since, history = _read(saved, len(names))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"not a whole checkpoint: {error!r}", source=str(checkpoint)) from None
    stopped = "epochs"
    while len(history) < epochs:
        if patience is not None and since >= patience:
            stopped = "patience"
            break
        rng = np.random.default_rng([seed, len(history)])
        objective.rng = rng
        order = rng.permutation(len(rows)) if batch is not None else np.arange(len(rows))
        step = len(rows) if batch is None else batch
        losses = []
        for at in range(0, len(rows), step):
            objective.choose(order[at : at + step])
            weights, state, loss = optimiser.step(weights, state, objective, rng)
            losses.append(loss * objective.count)
        accuracy = judge.accuracy(weights) if held else None
        epoch = Epoch(sum(losses) / len(rows), accuracy)
        history.append(epoch)
        score = -epoch.loss if accuracy is None else accuracy
        better = score > best_score
        best_score, since = max(score, best_score), 0 if better else since + 1
        if better or accuracy is None:
            best = weights
        if progress is not None:
            shown = "" if accuracy is None else f", validation {accuracy:.3f}"
            progress(len(history) / epochs, f"epoch {len(history)}: loss {epoch.loss:.4f}{shown}")
        if checkpoint is not None and (len(history) % checkpoint_every == 0 or len(history) == epochs):
            _save(checkpoint, key, weights, best, state, best_score, since, history)
    final = dict(zip(names, best.tolist(), strict=True))
    return Training(replace(model, weights=final), tuple(history), stopped)


def _with_unknown(sentences: Sentences, rows: Sequence[Example], rare: int) -> tuple[Example, ...]:
    """The examples read, with one word for all that occur at most ``rare`` times in their type."""
    found = []
    count: Counter[tuple[str, Ty]] = Counter()
    for number, example in enumerate(rows, 1):
        try:
            reading = sentences.prepare(example.text)
        except (CatenaryError, ValueError) as error:
            raise InputError(f"{example.text!r}: {error}", source=f"example {number}") from error
        found.append(reading)
        if isinstance(reading, Reading):
            count.update(zip(reading.words, reading.types, strict=True))
    return tuple(
        replace(
            example,
            text=replace(
                reading,
                words=tuple(
                    UNKNOWN if count[word, ty] <= rare else word
                    for word, ty in zip(reading.words, reading.types, strict=True)
                ),
            )
            if isinstance(reading, Reading)
            else reading,
        )
        for example, reading in zip(rows, found, strict=True)
    )


def _check_numbers(
    epochs: int,
    batch: int | None,
    patience: int | None,
    shots: int | None,
    seed: int,
    every: int,
    rare: int,
) -> None:
    for name, value, least in (
        ("epochs", epochs, 0),
        ("batch", batch, 1),
        ("patience", patience, 1),
        ("shots", shots, 1),
        ("seed", seed, 0),
        ("checkpoint_every", every, 1),
        ("rare", rare, 0),
    ):
        if value is not None and (not isinstance(value, (int, np.integer)) or value < least):
            raise CatenaryError(f"{name} is a whole number from {least} on, not {value!r}")


class _Judge:
    """The accuracy on the validation examples, whose words may have no weights yet."""

    def __init__(self, model: Model, examples: Sequence[Example]):
        self.model, self.names = model, tuple(model.weights)
        self.labels = [example.label for example in examples]
        self.corpus = model.sentences.corpus(example.text for example in examples)

    def accuracy(self, weights: Weights) -> float:
        model = replace(self.model, weights=dict(zip(self.names, weights.tolist(), strict=True)))
        values = self.corpus(model.values(self.corpus.parameters))
        chances, _ = probabilities(values, len(model.classes), model.sentences.is_mixed)
        found = [model.classes[k] for k in chances.argmax(axis=1)]
        return float(np.mean([a == b for a, b in zip(found, self.labels, strict=True)]))


# Checkpoints


def _key(model: Model, rows: Sequence[Example], held: Sequence[Example], patience: int | None) -> str:
    """What a checkpoint must agree on; the number of epochs may grow."""
    data = model.to_json() | {"weights": None, "notes": dict(model.notes) | {"epochs": None}}
    examples = [[_written(e.text), e.label] for e in rows], [[_written(e.text), e.label] for e in held]
    return hashlib.sha256(json.dumps([data, examples, patience], sort_keys=True).encode()).hexdigest()


def _written(text: Any) -> Any:
    """A text as it is; a reading or diagram as JSON data."""
    if isinstance(text, (str, bytes, Mapping)):
        return repr(text) if isinstance(text, bytes) else text
    if isinstance(text, Reading):
        return text.to_json()
    return files.to_json(grammar_diagram(text))


def _save(
    path: str | Path,
    key: str,
    weights: Weights,
    best: Weights,
    state: State,
    best_score: float,
    since: int,
    history: Sequence[Epoch],
) -> None:
    data = {
        "format": CHECKPOINT,
        "key": key,
        "weights": weights.tolist(),
        "best": best.tolist(),
        "best_score": best_score,
        "since": since,
        "state": dict(state),
        "history": [[epoch.loss, epoch.accuracy] for epoch in history],
    }
    part = f"{os.fspath(path)}.part"
    write_text(part, json.dumps(data) + "\n")
    os.replace(part, path)  # a checkpoint is whole or not there


def _read(saved: Mapping[str, Any], count: int) -> tuple[Weights, Weights, State, float, int, list[Epoch]]:
    weights, best = (np.array(saved[key], dtype=np.float64) for key in ("weights", "best"))
    if weights.shape != (count,) or best.shape != (count,) or not np.isfinite([weights, best]).all():
        raise ValueError(f"its weights are not {count} numbers")
    history = [
        Epoch(float(loss), None if accuracy is None else float(accuracy))
        for loss, accuracy in saved["history"]
    ]
    return weights, best, dict(saved["state"]), float(saved["best_score"]), int(saved["since"]), history


def _load(path: str | Path, key: str) -> Mapping[str, Any] | None:
    if not os.path.exists(path):
        return None
    text, source = read_text(path, "a checkpoint", max_bytes=MAX_BYTES)
    data = parse_json(text, source, "a checkpoint")
    if not isinstance(data, dict) or data.get("format") != CHECKPOINT:
        raise InputError("not a checkpoint", source=source)
    if data.get("key") != key:
        raise InputError(
            "a checkpoint of another training (other examples, ansatz, optimiser or seed): name another file, or "
            "remove this one",
            source=source,
        )
    return data
