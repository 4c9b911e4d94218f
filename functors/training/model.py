"""A trained model: lexicon, ansatz and weights in one immutable value and one JSON file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams import CatenaryError, Diagram, InputError, Ty
from catenary.diagrams.textfile import parse_json, read_text, write_text
from catenary.functors.circuits import Circuit
from catenary.functors.grammar import Lexicon, Reading, format_type, parse, parse_type
from catenary.functors.grammar.rewrites import chosen, rewritten
from catenary.functors.grammar.tensor_ansatz import MPSAnsatz, NetworkAnsatz, SpiderAnsatz
from catenary.functors.tensor.corpus import Corpus
from catenary.functors.tensor.parameters import ParametrisedNetwork, parametrised_circuit
from catenary.functors.training.ansatz_files import (
    AnyAnsatz,
    ansatz_json,
    ansatz_of_json,
    circuit_ansatz,
)
from catenary.functors.training.noise import NoiseModel

FORMAT, VERSION = "catenary-model", 1
MAX_BYTES = 256 * 2**20
POLICIES = ("error", "average", "unknown")
UNKNOWN = "<unknown>"
"""The word that stands for those without weights, under the policy ``"unknown"``."""
_TINY = 1e-300

Floats = NDArray[np.float64]


class UnseenWord(CatenaryError, LookupError):  # noqa: N818
    """A word that the model has no weights for.

    Attributes:
        word: the parameter's word and type.
    """

    def __init__(self, word: str):
        self.word = word
        super().__init__(
            f"the model has no weights for {word}: train it on sentences with this word, or with "
            f"unseen='average', which gives it the mean of the words of its type"
        )


@dataclass(frozen=True)
class Sentences:
    """How a text becomes a circuit: grammar, target type, ansatz. Immutable.

    Args:
        lexicon: the words' types.
        ansatz: the functor to circuits, or to networks of tensors.
        target: the type that texts reduce to.
        rewrite: rules for function words, see :func:`~catenary.functors.grammar.rewrites.rewritten`.
        noise: what a machine does to the circuits; none unless given.
        reading: ``None`` for the grammar, or the name of a reading that needs none (``"cups"``, ``"stairs"``,
            ``"spiders"``, ``"bag"``).
        otherwise: the reading for texts that the grammar does not reach; ``None`` refuses them.
    """

    lexicon: Lexicon
    ansatz: AnyAnsatz
    target: Ty = field(default=Ty("s"))
    reading: str | None = None
    otherwise: str | None = None
    rewrite: tuple[str, ...] = ()
    noise: NoiseModel | None = None

    def __post_init__(self) -> None:
        chosen(self.rewrite)  # a wrong name is said before anything is read
        if self.noise is not None:
            circuit_ansatz(self.ansatz, "noise is of")

    @property
    def is_mixed(self) -> bool:
        """Whether values are probabilities already, not amplitudes."""
        return self.noise is not None

    def name_parts(self, name: str) -> tuple[str, str]:
        """The word of a parameter's name, and the rest: type and number (for split tensors also which part)."""
        parts = 4 if isinstance(self.ansatz, (MPSAnsatz, SpiderAnsatz)) else 3
        word = name.rsplit("_", parts)[0]
        return word, name[len(word) :]

    def read(self, text: str | Reading) -> Reading:
        """The reading of a text.

        Raises:
            UnknownGenerator, ParseError: for a text that the grammar does not reach.
        """
        return rewritten(self._read(text), self.rewrite)

    def _read(self, text: str | Reading) -> Reading:
        if isinstance(text, Reading):
            return text
        try:
            return parse(text, self.lexicon, target=self.target, reading=self.reading)[0]
        except (CatenaryError, ValueError):
            if self.otherwise is None:
                raise
            return parse(text, self.lexicon, target=self.target, reading=self.otherwise)[0]

    def prepare(self, text: Any) -> Reading | Diagram:
        """The reading of a text; of a grammar diagram (ours, lambeq's, DisCoPy's), the diagram where it is no reading.

        Raises:
            InputError: for what is none of these.
        """
        if isinstance(text, (str, Reading)):
            return self.read(text)
        from catenary.functors.grammar.imports import prepared

        found = prepared(text, self.lexicon)
        return rewritten(found, self.rewrite) if isinstance(found, Reading) else found

    def circuit(self, text: Any) -> Circuit:
        """The circuit of a text's meaning, with free angles; of a reading's; of a grammar diagram as it is.

        Raises:
            CatenaryError: for an ansatz of tensors.
        """
        return circuit_ansatz(self.ansatz, "this is about")(self.prepare(text))

    def network(self, text: Any) -> ParametrisedNetwork:
        """The tensor network of a text; its boundary is that of the target.

        Its value is an array of amplitudes, with noise one of probabilities.
        """
        if isinstance(self.ansatz, NetworkAnsatz):
            return self.ansatz(self.prepare(text))
        circuit = self.circuit(text)
        return parametrised_circuit(circuit) if self.noise is None else self.noise.network(circuit)

    def corpus(self, texts: Iterable[Any]) -> Corpus:
        """The networks of some texts over one weight vector, those of one shape as one batch.

        A group's ``program`` takes arrays of torch and jax, to be differentiated by them.

        >>> from catenary.functors.grammar import IQP, Lexicon
        >>> corpus = Sentences(Lexicon.english(), IQP()).corpus(["Alice sleeps", "Bob sleeps", "Alice loves Bob"])
        >>> len(corpus.parameters), [len(group.members) for group in corpus.groups]
        (10, [2, 1])
        """
        return Corpus([self.network(text) for text in texts])


def probabilities(values: Any, classes: int, mixed: bool = False) -> tuple[Floats, Floats]:
    """The distribution over the classes, and the probability of the post-selections (up to the ansatz's scale).

    Args:
        values: an array (sentences, \\*target) of amplitudes.
        classes: how many of the basis states stand for classes; the others are post-selected away too.
        mixed: whether the values are probabilities.
    """
    flat = np.asarray(values).reshape(len(values), -1)[:, :classes]
    weight = np.maximum(flat.real, 0.0) if mixed else np.abs(flat) ** 2
    total = weight.sum(axis=1, keepdims=True)
    even = np.full_like(weight, 1 / classes)
    return np.where(total > _TINY, weight / np.maximum(total, _TINY), even), total[:, 0]


@dataclass(frozen=True, eq=False)
class Model:
    """A classifier of sentences. Immutable.

    Args:
        sentences: how a text becomes a circuit.
        classes: the labels; the k-th is read off the basis state k of the target's qubits.
        weights: the angle of every parameter, in half turns (entries, for tensors).
        unseen: what a word without weights gets: ``"error"`` refuses it, ``"average"`` takes the circular mean
            of the same parameter of all words of its type, ``"unknown"`` the weights that stand for rare words of
            its type.
        notes: what was trained, and how; written to the file.
    """

    sentences: Sentences
    classes: tuple[str, ...]
    weights: Mapping[str, float]
    unseen: str = "error"
    notes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", MappingProxyType(dict(self.weights)))
        if self.unseen not in POLICIES:
            raise CatenaryError(f"unseen is one of {', '.join(POLICIES)}, not {self.unseen!r}")

    def values(self, names: Sequence[str]) -> Floats:
        """The weights of parameters, in their order.

        Raises:
            UnseenWord: for a word without weights, unless their mean is taken.
        """
        groups: dict[str, list[float]] | None = None
        found = []
        for name in names:
            value = self.weights.get(name)
            if value is None:
                word, kind = self.sentences.name_parts(name)
                if self.unseen == "unknown":
                    value = self.weights.get(UNKNOWN + kind)
                if self.unseen == "error" or (value is None and self.unseen == "unknown"):
                    dom, cod = kind.rsplit("_", 3)[1:3]
                    raise UnseenWord(f"{word} : {dom or '1'} → {cod or '1'}")
            if value is None:
                if groups is None:
                    groups = {}
                    for known, angle in self.weights.items():
                        groups.setdefault(self.sentences.name_parts(known)[1], []).append(angle)
                angles = groups.get(kind, [])
                mean = _plain_mean if isinstance(self.sentences.ansatz, NetworkAnsatz) else _mean
                value = mean(angles)
            found.append(value)
        return np.array(found, dtype=np.float64)

    def amplitudes(self, texts: Iterable[str | Reading]) -> Any:
        """The amplitudes of the sentences' circuits: an array (sentences, \\*qubits of the target).

        With noise there are none: the probabilities then, not normalised.
        """
        corpus = self.sentences.corpus(texts)
        if corpus.shape is None and len(corpus):
            raise CatenaryError("the sentences have different numbers of output qubits")
        return corpus(self.values(corpus.parameters))

    def predict_proba(
        self, texts: Iterable[str | Reading], *, shots: int | None = None, seed: int = 0
    ) -> Floats:
        """The probability of each class for each text: an array (texts, classes).

        Args:
            texts: sentences, readings, or grammar diagrams (ours, lambeq's, DisCoPy's).
            shots: how often each circuit is run; exact probabilities where ``None``. A circuit of which no shot
                survives the post-selections gives the even distribution.
            seed: for the shots.
        """
        rows = list(texts)
        if not rows:
            return np.empty((0, len(self.classes)))
        if shots is not None:
            circuit_ansatz(self.sentences.ansatz, "shots are of")
        mixed = self.sentences.is_mixed
        chances, total = probabilities(self.amplitudes(rows), len(self.classes), mixed)
        return chances if shots is None else sampled(chances, total, shots, np.random.default_rng(seed))

    def predict(self, texts: Iterable[str | Reading]) -> list[str]:
        """The most probable class of each text."""
        return [self.classes[k] for k in self.predict_proba(texts).argmax(axis=1)]

    def score(self, texts: Iterable[str | Reading], labels: Iterable[str]) -> float:
        """The part of the texts whose predicted class is their label."""
        wanted = list(labels)
        found = self.predict(texts)
        if len(found) != len(wanted) or not wanted:
            raise CatenaryError(f"{len(found)} texts and {len(wanted)} labels")
        return sum(a == b for a, b in zip(found, wanted, strict=True)) / len(wanted)

    def circuit(self, text: str | Reading) -> Circuit:
        """The circuit of a text with the model's angles: to draw, write as OpenQASM or hand to other libraries."""
        circuit = self.sentences.circuit(text)
        names = sorted(symbol.name for symbol in circuit.free_symbols)
        return circuit.bind(dict(zip(names, self.values(names).tolist(), strict=True)))

    # Files

    def to_json(self) -> dict[str, Any]:
        """The model as JSON values."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "classes": list(self.classes),
            "unseen": self.unseen,
            "target": format_type(self.sentences.target),
            "reading": self.sentences.reading,
            "otherwise": self.sentences.otherwise,
            "rewrite": list(self.sentences.rewrite),
            "noise": None if self.sentences.noise is None else self.sentences.noise.to_json(),
            "ansatz": ansatz_json(self.sentences.ansatz),
            "weights": dict(sorted(self.weights.items())),
            "lexicon": self.sentences.lexicon.to_text(),
            "notes": dict(self.notes),
        }

    @classmethod
    def from_json(cls, data: Any, source: str = "<model>") -> Model:
        """The model of :meth:`to_json`.

        Raises:
            InputError: for anything else.
        """
        try:
            return cls._read(data)
        except InputError as error:
            raise InputError(f"not a model: {error.problem}", source=source) from error
        except (CatenaryError, KeyError, TypeError, ValueError, AttributeError) as error:
            problem = f"missing {error}" if isinstance(error, KeyError) else str(error)
            raise InputError(f"not a model: {problem}", source=source) from error

    @classmethod
    def _read(cls, data: Any) -> Model:
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        if data.get("version") != VERSION:
            raise ValueError(f"version {data.get('version')!r}; this release reads version {VERSION}")
        ansatz, weights, classes = data["ansatz"], data["weights"], data["classes"]
        if not all(isinstance(value, (int, float)) and math.isfinite(value) for value in weights.values()):
            raise ValueError("a weight is not a number")
        if not classes or not all(isinstance(label, str) for label in classes):
            raise ValueError("the classes are a list of labels")
        rewrite, noise = data.get("rewrite", []), data.get("noise")
        if not isinstance(rewrite, list) or not all(isinstance(name, str) for name in rewrite):
            raise ValueError("the rules of function words are a list of names")
        sentences = Sentences(
            Lexicon.from_text(data["lexicon"], "the model's lexicon"),
            ansatz_of_json(ansatz),
            parse_type(data["target"]),
            data["reading"],
            data["otherwise"],
            tuple(rewrite),
            None if noise is None else NoiseModel(**noise),
        )
        return cls(sentences, tuple(classes), weights, data["unseen"], data["notes"])

    def save(self, path: str | Path) -> None:
        """Write the model to a JSON file, with the versions of what made it."""
        data = self.to_json() | {"written_with": {"catenary": _version(), "numpy": np.__version__}}
        write_text(path, json.dumps(data, ensure_ascii=False, indent=1) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> Model:
        """Read a model; nothing in the file is executed.

        Raises:
            InputError: for a file that is not one.
        """
        text, source = read_text(path, "a model", max_bytes=MAX_BYTES)
        return cls.from_json(parse_json(text, source, "a model"), source)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("catenary")
    except PackageNotFoundError:
        return "not installed"


def sampled(chances: Floats, survival: Floats, shots: int, rng: np.random.Generator) -> Floats:
    """Frequencies of the classes in so many runs of each circuit.

    Args:
        chances: the distributions, (sentences, classes).
        survival: the probability that a run survives the post-selections.
    """
    if shots < 1:
        raise CatenaryError(f"circuits are run at least once, not {shots} times")
    kept = rng.binomial(shots, np.clip(survival, 0, 1))
    counts = rng.multinomial(kept, chances / chances.sum(axis=1, keepdims=True))
    even = np.full_like(chances, 1 / chances.shape[1])
    return np.where(kept[:, None] > 0, counts / np.maximum(kept, 1)[:, None], even)


def _plain_mean(entries: Sequence[float]) -> float:
    return sum(entries) / len(entries) if entries else 0.0


def _mean(angles: Sequence[float]) -> float:
    """The circular mean of angles in half turns, 0 where there are none."""
    total = sum(complex(math.cos(math.pi * a), math.sin(math.pi * a)) for a in angles)
    return math.atan2(total.imag, total.real) / math.pi if total else 0.0
