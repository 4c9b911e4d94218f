"""Training: sentences with labels to a model that classifies sentences."""

from catenary.functors.training.classifier import SentenceClassifier
from catenary.functors.training.corpora import CompiledSentence, compile_file, compiled, load_compiled
from catenary.functors.training.data import Example, Task, parse_examples, read_examples, split
from catenary.functors.training.model import Model, UnseenWord
from catenary.functors.training.optimisers import SPSA, Adam, NelderMead, Rotosolve
from catenary.functors.training.tasks import meaning_classification, relative_clauses
from catenary.functors.training.train import Epoch, Training, train

__all__ = [
    "SPSA",
    "Adam",
    "CompiledSentence",
    "Epoch",
    "Example",
    "Model",
    "NelderMead",
    "Rotosolve",
    "SentenceClassifier",
    "Task",
    "Training",
    "UnseenWord",
    "compile_file",
    "compiled",
    "load_compiled",
    "meaning_classification",
    "parse_examples",
    "read_examples",
    "relative_clauses",
    "split",
    "train",
]
