"""Training: from examples to a model, the same for the same seed, and going on where it stopped."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from catenary.diagrams import CatenaryError, InputError, Ty, files
from catenary.diagrams.textfile import read_text, write_text
from catenary.functors.grammar import IQP, Ansatz, Lexicon, Reading
from catenary.functors.grammar.ansatz import parameter_value
from catenary.functors.grammar.imports import grammar_diagram
from catenary.functors.tensor.corpus import Corpus, CorpusGroup
from catenary.functors.training.data import Example
from catenary.functors.training.model import MAX_BYTES, Floats, Model, Sentences, probabilities, sampled
from catenary.functors.training.optimisers import Adam, Optimiser, State, Weights

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
        self, corpus: Corpus, labels: Floats, classes: int, shots: int | None, rng: np.random.Generator
    ):
        self.corpus, self.labels, self.classes = corpus, labels.astype(np.intp), classes
        self.shots, self.rng = shots, rng
        self.rows: list[tuple[CorpusGroup, Any]] = []
        self.choose(np.arange(len(corpus)))

    def choose(self, places: Any) -> None:
        """The examples that count from now on."""
        chosen = np.zeros(len(self.corpus), dtype=bool)
        chosen[places] = True
        self.rows = [(group, np.flatnonzero(chosen[group.members])) for group in self.corpus.groups]
        self.rows = [(group, rows) for group, rows in self.rows if len(rows)]
        self.count = len(places)

    def _loss(self, amplitudes: Any, labels: Any) -> tuple[float, Any]:
        """The loss, and the cotangent of the amplitudes."""
        flat = amplitudes.reshape(len(amplitudes), -1)
        used = flat[:, : self.classes]
        weight = np.abs(used) ** 2
        total = weight.sum(axis=1) + _SMOOTH * self.classes
        right = weight[np.arange(len(labels)), labels] + _SMOOTH
        slope = np.repeat((1 / total)[:, None], self.classes, axis=1)
        slope[np.arange(len(labels)), labels] -= 1 / right
        cotangent = np.zeros_like(flat)
        cotangent[:, : self.classes] = 2 * used * slope / self.count
        return float(np.sum(np.log(total) - np.log(right))) / self.count, cotangent.reshape(amplitudes.shape)

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
                chances = sampled(*probabilities(value, self.classes), self.shots, self.rng)
                right = chances[np.arange(len(labels)), labels]
                loss -= float(np.log(np.maximum(right, 0.5 / self.shots)).sum()) / self.count
        return loss

    def accuracy(self, weights: Weights) -> float:
        """The part of all examples that are right."""
        right = 0
        for group in self.corpus.groups:
            chances, _ = probabilities(group.program(weights[group.gather]), self.classes)
            right += int((chances.argmax(axis=1) == self.labels[group.members]).sum())
        return right / max(1, len(self.corpus))


def _loss(
    sentences: Sentences,
    examples: Sequence[Example],
    names: Sequence[str] | None,
    classes: Sequence[str],
    shots: int | None,
    rng: np.random.Generator,
) -> _Loss:
    networks = []
    for number, example in enumerate(examples, 1):
        try:
            networks.append(sentences.network(example.text))
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
    return _Loss(corpus, labels, len(classes), shots, rng)


def train(
    examples: Iterable[Example],
    *,
    validation: Iterable[Example] = (),
    lexicon: Lexicon | None = None,
    ansatz: Ansatz | None = None,
    target: Ty | None = None,
    reading: str | None = None,
    otherwise: str | None = None,
    optimiser: Optimiser | None = None,
    epochs: int = 120,
    batch: int | None = None,
    patience: int | None = None,
    shots: int | None = None,
    unseen: str = "error",
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
        ansatz: the functor to circuits, :class:`~catenary.functors.grammar.IQP` unless given.
        target: the type that the texts reduce to, ``s`` unless given.
        reading, otherwise: readings without grammar, see
            :class:`~catenary.functors.training.model.Sentences`.
        optimiser: :class:`~catenary.functors.training.Adam` unless given.
        epochs: passes over the examples.
        batch: examples a step; all of them unless given.
        patience: passes without a better validation accuracy (or, without validation, a better loss) after which
            it stops.
        shots: how often each circuit is run for an evaluation of the loss; exact unless given. For optimisers
            that do not take gradients.
        unseen: the model's policy for unseen words, also on the validation examples.
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
    _check_numbers(epochs, batch, patience, shots, seed, checkpoint_every)
    sentences = Sentences(
        Lexicon.english() if lexicon is None else lexicon,
        IQP() if ansatz is None else ansatz,
        Ty("s") if target is None else target,
        reading,
        otherwise,
    )
    optimiser = Adam() if optimiser is None else optimiser
    if shots is not None and isinstance(optimiser, Adam):
        raise CatenaryError(
            "gradients are exact, not from shots: use SPSA, Rotosolve or NelderMead with shots"
        )
    objective = _loss(sentences, rows, None, classes, shots, np.random.default_rng(seed))
    names = objective.corpus.parameters
    weights = np.array([parameter_value(name, seed) for name in names], dtype=np.float64)
    notes = {"seed": seed, "epochs": epochs, "batch": batch, "optimiser": repr(optimiser), "shots": shots}
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


def _check_numbers(
    epochs: int, batch: int | None, patience: int | None, shots: int | None, seed: int, every: int
) -> None:
    for name, value, least in (
        ("epochs", epochs, 0),
        ("batch", batch, 1),
        ("patience", patience, 1),
        ("shots", shots, 1),
        ("seed", seed, 0),
        ("checkpoint_every", every, 1),
    ):
        if value is not None and (not isinstance(value, (int, np.integer)) or value < least):
            raise CatenaryError(f"{name} is a whole number from {least} on, not {value!r}")


class _Judge:
    """The accuracy on the validation examples, whose words may have no weights yet."""

    def __init__(self, model: Model, examples: Sequence[Example]):
        self.model, self.names = model, tuple(model.weights)
        self.labels = [example.label for example in examples]
        self.corpus = Corpus([model.sentences.network(example.text) for example in examples])

    def accuracy(self, weights: Weights) -> float:
        model = replace(self.model, weights=dict(zip(self.names, weights.tolist(), strict=True)))
        chances, _ = probabilities(self.corpus(model.values(self.corpus.parameters)), len(model.classes))
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
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"not a checkpoint: {error}", source=source) from None
    if not isinstance(data, dict) or data.get("format") != CHECKPOINT:
        raise InputError("not a checkpoint", source=source)
    if data.get("key") != key:
        raise InputError(
            "a checkpoint of another training (other examples, ansatz, optimiser or seed): name another file, or "
            "remove this one",
            source=source,
        )
    return data
