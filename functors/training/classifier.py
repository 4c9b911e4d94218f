"""The model as an estimator of scikit-learn's kind, without needing scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary.diagrams import CatenaryError, Ty
from catenary.functors.grammar import Lexicon
from catenary.functors.training.ansatz_files import make_ansatz
from catenary.functors.training.data import Example
from catenary.functors.training.model import Floats, Model
from catenary.functors.training.noise import NoiseModel
from catenary.functors.training.optimisers import optimiser_named
from catenary.functors.training.train import Epoch, train


class SentenceClassifier:
    """A classifier of sentences with ``fit``, ``predict``, ``predict_proba`` and ``score``.

    scikit-learn's tools (cross-validation, grids of settings, pipelines) take it as it is.

    Args:
        ansatz: its name: ``"iqp"``, ``"sim14"``, ``"mps"`` …
        layers, rotations, qubits: of an ansatz of circuits.
        dims, bond: of one of tensors.
        lexicon: the words' types; the built-in English one unless given.
        target: the type that sentences reduce to.
        optimiser: its name.
        epochs, batch, patience, shots, unseen, rare, otherwise, rewrite, noise, seed: as for
            :func:`~catenary.functors.training.train`.

    Attributes:
        model_: the trained model, after ``fit``.
        classes_: the labels.
        history_: every epoch.

    >>> found = SentenceClassifier(epochs=30).fit(["man cooks meal", "man runs program"] * 2, ["food", "code"] * 2)
    >>> found.predict(["man cooks meal"]).tolist()
    ['food']
    """

    def __init__(
        self,
        ansatz: str = "iqp",
        *,
        layers: int = 1,
        rotations: int = 3,
        qubits: Any = 1,
        dims: Any = 2,
        bond: int = 2,
        lexicon: Lexicon | None = None,
        target: str = "s",
        optimiser: str = "adam",
        epochs: int = 120,
        batch: int | None = None,
        patience: int | None = None,
        shots: int | None = None,
        unseen: str = "average",
        rare: int = 1,
        otherwise: str | None = None,
        rewrite: Sequence[str] = (),
        noise: NoiseModel | None = None,
        seed: int = 0,
    ):
        self.ansatz = ansatz
        self.layers, self.rotations, self.qubits = layers, rotations, qubits
        self.dims, self.bond, self.rewrite, self.noise = dims, bond, rewrite, noise
        self.lexicon, self.target = lexicon, target
        self.optimiser, self.epochs, self.batch, self.patience = optimiser, epochs, batch, patience
        self.unseen, self.otherwise, self.seed = unseen, otherwise, seed
        self.shots, self.rare = shots, rare

    _NAMES = (
        *("ansatz", "layers", "rotations", "qubits", "lexicon", "target", "optimiser", "epochs", "batch"),
        *("patience", "unseen", "otherwise", "seed", "dims", "bond", "shots", "rare", "rewrite", "noise"),
    )
    model_: Model
    classes_: Any
    history_: tuple[Epoch, ...]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings, by name."""
        return {name: getattr(self, name) for name in self._NAMES}

    def set_params(self, **settings: Any) -> SentenceClassifier:
        """Change settings.

        Raises:
            CatenaryError: for a name that is none of them.
        """
        for name, value in settings.items():
            if name not in self._NAMES:
                raise CatenaryError(f"no setting {name!r}: there are {', '.join(self._NAMES)}")
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(string=True, two_d_array=False, one_d_array=True),
        )

    def __repr__(self) -> str:
        return f"SentenceClassifier({self.ansatz!r}, epochs={self.epochs}, seed={self.seed})"

    def fit(self, texts: Sequence[str], labels: Sequence[Any]) -> SentenceClassifier:
        """Train on texts and their labels; returns itself."""
        if len(texts) != len(labels):
            raise CatenaryError(f"{len(texts)} texts and {len(labels)} labels")
        found = train(
            [Example(str(text), str(label)) for text, label in zip(texts, labels, strict=True)],
            lexicon=self.lexicon,
            ansatz=make_ansatz(
                self.ansatz,
                layers=self.layers,
                rotations=self.rotations,
                qubits=self.qubits,
                dims=self.dims,
                bond=self.bond,
            ),
            target=Ty(self.target),
            otherwise=self.otherwise,
            optimiser=optimiser_named(self.optimiser),
            epochs=self.epochs,
            batch=self.batch,
            patience=self.patience,
            shots=self.shots,
            unseen=self.unseen,
            rare=self.rare,
            rewrite=self.rewrite,
            noise=self.noise,
            seed=self.seed,
        )
        self.model_, self.history_ = found.model, found.history
        given = {str(label): label for label in labels}
        self.classes_ = np.array([given[label] for label in found.model.classes])
        return self

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """The probability of each class for each text: an array (texts, classes)."""
        if not hasattr(self, "model_"):
            raise CatenaryError("this classifier has not been trained: call fit first")
        return self.model_.predict_proba([str(text) for text in texts])

    def predict(self, texts: Sequence[str]) -> Any:
        """The most probable class of each text, as an array of labels."""
        chances = self.predict_proba(texts)
        return self.classes_[chances.argmax(axis=1)]

    def score(self, texts: Sequence[str], labels: Sequence[Any]) -> float:
        """The part of the texts whose predicted class is their label.

        Raises:
            CatenaryError: without texts.
        """
        if not len(texts):
            raise CatenaryError("there are no texts to score")
        return float(np.mean(self.predict(texts) == np.asarray(labels)))
