"""Training: sentences with labels to a model that classifies sentences."""

from catenary.functors.training.ansatz_files import make_ansatz
from catenary.functors.training.classifier import SentenceClassifier
from catenary.functors.training.corpora import CompiledSentence, compile_file, compiled, load_compiled
from catenary.functors.training.data import Example, Task, parse_examples, read_examples, split
from catenary.functors.training.model import Model, UnseenWord
from catenary.functors.training.noise import NoiseModel
from catenary.functors.training.optimisers import SPSA, Adam, NelderMead, ParameterShift, Rotosolve
from catenary.functors.training.tasks import (
    compositional_generalisation,
    meaning_classification,
    relative_clauses,
)
from catenary.functors.training.train import Epoch, Training, train

__all__ = [
    "SPSA",
    "Adam",
    "CompiledSentence",
    "Epoch",
    "Example",
    "Model",
    "NelderMead",
    "NoiseModel",
    "ParameterShift",
    "Rotosolve",
    "SentenceClassifier",
    "Task",
    "Training",
    "UnseenWord",
    "compile_file",
    "compiled",
    "compositional_generalisation",
    "load_compiled",
    "make_ansatz",
    "meaning_classification",
    "parse_examples",
    "read_examples",
    "relative_clauses",
    "split",
    "train",
]
