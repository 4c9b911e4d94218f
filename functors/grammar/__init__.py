"""Grammar: sentences to pregroup diagrams, meanings and circuits."""

from catenary.functors.grammar.ansatz import ANSATZE, IQP, Ansatz, Compiled, ansatz_named, parameters
from catenary.functors.grammar.dependencies import (
    DependencyError,
    DependencyTree,
    Dependent,
    iter_conllu,
    load_conllu,
    read_conllu,
)
from catenary.functors.grammar.dependency_readings import reading_of_tree
from catenary.functors.grammar.fallbacks import WordsReading, fallback
from catenary.functors.grammar.lexicon import Entry, Lexicon, load_lexicon
from catenary.functors.grammar.meaning import MEANING
from catenary.functors.grammar.parser import ParseError, Reduction, parse, reductions
from catenary.functors.grammar.reading import PREGROUP, Reading
from catenary.functors.grammar.tokens import Tokens, tokenise
from catenary.functors.grammar.types import format_type, parse_type

__all__ = [
    "ANSATZE",
    "IQP",
    "MEANING",
    "PREGROUP",
    "Ansatz",
    "Compiled",
    "DependencyError",
    "DependencyTree",
    "Dependent",
    "Entry",
    "Lexicon",
    "ParseError",
    "Reading",
    "Reduction",
    "Tokens",
    "WordsReading",
    "ansatz_named",
    "fallback",
    "format_type",
    "iter_conllu",
    "load_conllu",
    "load_lexicon",
    "parameters",
    "parse",
    "parse_type",
    "read_conllu",
    "reading_of_tree",
    "reductions",
    "tokenise",
]
