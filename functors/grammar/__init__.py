"""Grammar: sentences to pregroup diagrams, meanings and circuits."""

from catenary.functors.grammar.ansatz import ANSATZE, IQP, Ansatz, Compiled, ansatz_named, parameters
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
    "load_lexicon",
    "parameters",
    "parse",
    "parse_type",
    "reductions",
    "tokenise",
]
