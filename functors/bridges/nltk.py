"""NLTK: its CCG chart parser with a lexicon, and its phrase-structure trees and context-free grammars.

The chart parser does application, composition, type raising and substitution; what it finds becomes a
:class:`~catenary.functors.grammar.ccg.Derivation`, with its diagram, its image in pregroups and its
:class:`~catenary.functors.grammar.Reading`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from catenary.diagrams import Box, Diagram, Doctrine, InputError, LimitReached, Ty, free
from catenary.diagrams.optional import optional
from catenary.functors.grammar.ccg import Derivation, apply, leaf
from catenary.functors.grammar.ccg_categories import CCGError, parse_category

SYNTAX = free(Doctrine.MONOIDAL)
"""The signature of phrase-structure trees as diagrams."""
MAX_WORDS = 60

_MODALITY = re.compile(r"(?<=[/\\])[.,_*]+")


def ccg_lexicon(lexicon: str | Any, *, source: str = "<lexicon>") -> Any:
    """NLTK's CCG lexicon from its text, or as it is.

    Raises:
        InputError: for a text that is none.
        MissingExtra: if nltk is not installed.
    """
    if not isinstance(lexicon, str):
        return lexicon
    module = optional("nltk.ccg.lexicon", "nltk")
    try:
        return module.fromstring(lexicon)
    except (AssertionError, AttributeError, IndexError, ValueError, TypeError, RecursionError) as error:
        problem = (
            f"not a CCG lexicon as NLTK reads it (:- S, NP  and lines such as  loves => (S\\NP)/NP): {error}"
        )
        raise InputError(problem, source=source) from None


def parse_ccg(
    sentence: str | Iterable[str],
    lexicon: str | Any,
    *,
    rules: Iterable[Any] | None = None,
    target: str | None = None,
    n_best: int = 1,
) -> list[Derivation]:
    """The derivations that NLTK's chart parser finds for a sentence.

    Args:
        sentence: the text, its words between spaces; or the words.
        lexicon: the text of a CCG lexicon of NLTK's, or the ``CCGLexicon``.
        rules: the parser's rules; its default ones unless given (type raising and substitution among them).
        target: the category wanted; the lexicon's start symbol unless given.
        n_best: how many derivations are kept, in the parser's order.

    Raises:
        InputError: for a word that the lexicon lacks, and where there is no derivation.
        LimitReached: for more than 60 words.
        CCGError: for a rule that has no diagram here (substitution).
        MissingExtra: if nltk is not installed.

    >>> read, = parse_ccg("Alice loves Bob", '''
    ... :- S, NP
    ... Alice => NP
    ... Bob => NP
    ... loves => (S\\\\NP)/NP''')
    >>> print(read.reading().to_text())
    Alice  loves    Bob
    n      nʳ s nˡ  n
    ╰──────╯  │ ╰───╯
              s
    """
    chart = optional("nltk.ccg.chart", "nltk")
    lexicon = ccg_lexicon(lexicon)
    words = sentence.split() if isinstance(sentence, str) else list(sentence)
    if not words:
        raise InputError("the sentence has no words", source="<sentence>")
    if len(words) > MAX_WORDS:
        raise LimitReached("NLTK's chart parser", f"{MAX_WORDS} words")
    for word in words:
        if not lexicon.categories(word):
            raise InputError(f"{word!r} is not in the CCG lexicon", source="<sentence>")
    parser = chart.CCGChartParser(lexicon, chart.DefaultRuleSet if rules is None else list(rules))
    wanted = parse_category(target if target is not None else str(lexicon.start()))
    found: list[Derivation] = []
    refused: CCGError | None = None
    for tree in _trees(parser, words, wanted, chart, lexicon, target):
        try:
            made = from_tree(tree)
        except CCGError as error:
            refused = refused or error
            continue
        if made.category == wanted and made not in found:
            found.append(made)
        if len(found) >= n_best:
            return found
    if not found:
        if refused is not None:
            raise refused
        shown = ", ".join(
            f"{word}: {' | '.join(_text(t.categ()) for t in lexicon.categories(word))}" for word in words
        )
        raise InputError(
            f"no derivation of {_text(wanted)} from {shown}; try n_best readings by parse(), or the fallbacks cups, "
            "stairs, spiders, bag",
            source="<sentence>",
        )
    return found


def _trees(
    parser: Any, words: list[str], wanted: Ty, chart: Any, lexicon: Any, target: str | None
) -> Iterator[Any]:
    if target is not None and target != str(lexicon.start()):
        lexicon_module = optional("nltk.ccg.lexicon", "nltk")
        other = lexicon_module.CCGLexicon(target, lexicon._primitives, lexicon._families, lexicon._entries)
        parser = chart.CCGChartParser(other, parser._rules)
    yield from islice(parser.parse(words), 1000)


def _text(category: Any) -> str:
    from catenary.functors.grammar.ccg_categories import format_category

    return format_category(category) if isinstance(category, Ty) else _MODALITY.sub("", str(category))


def from_tree(tree: Any) -> Derivation:
    """The derivation of a tree that NLTK's chart parser returns.

    Raises:
        CCGError: for a rule that is not known here.
    """
    made: list[Derivation] = []
    waiting = [(tree, False)]
    while waiting:
        node, ready = waiting.pop()
        label = node.label()
        if not isinstance(label, tuple):  # a token above its word
            made.append(_leaf(str(node[0]), label))
            continue
        token, rule = label
        if rule == "Leaf":
            made.append(_leaf(str(token._token), token))
            continue
        if not ready:
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(node))
            continue
        count = len(node)
        parts = made[len(made) - count :]
        del made[len(made) - count :]
        category = parse_category(_text(token.categ()))
        made.append(apply(parts[0], category=category) if count == 1 else apply(parts[0], parts[1], category))
    (found,) = made
    return found


def _leaf(word: str, token: Any) -> Derivation:
    category = _text(token.categ())
    # NLTK coordinates any category by a variable, (var\\var)/var: its value is found where it is applied
    return leaf(word, "conj" if "var" in category else category)


# Phrase structure


def tree_to_diagram(tree: Any, *, downwards: bool = False) -> Diagram:
    """A phrase-structure tree (an ``nltk.Tree``) as a diagram: words as states, productions as boxes ``A → B C``.

    Args:
        tree: the tree; leaves are words.
        downwards: from the root to nothing, as a grammar generates, rather than from words to the root.

    >>> nltk = optional("nltk", "nltk")
    >>> print(tree_to_diagram(nltk.Tree.fromstring("(S (NP Alice) (VP (V loves) (NP Bob)))")))
    Alice >> NP @ loves >> NP V @ Bob >> NP @ VP → V NP >> S → NP VP
    """
    layers: list[tuple[Box, int]] = []
    waiting: list[tuple[Any, bool]] = [(tree, False)]
    width = 0
    while waiting:
        node, ready = waiting.pop()
        if not hasattr(node, "label"):
            raise InputError(f"the word {node!r} has no part of speech above it alone", source="<tree>")
        head = Ty(str(node.label()))
        children = list(node)
        if len(children) == 1 and not hasattr(children[0], "label"):
            layers.append((Box(str(children[0]), Ty(), head, signature=SYNTAX), width))
            width += 1
        elif not children:
            raise InputError(f"{node.label()} has no words below it", source="<tree>")
        elif not ready:
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(children))
        else:
            names = [str(child.label()) for child in children]
            width -= len(names)
            layers.append((Box(f"{head} → {' '.join(names)}", Ty(*names), head, signature=SYNTAX), width))
            width += 1
    found = Diagram(Ty(), Ty(str(tree.label())), layers, SYNTAX)
    return found.dagger() if downwards else found


def parse_cfg(sentence: str | Iterable[str], grammar: str | Any, *, n_best: int = 1) -> list[Diagram]:
    """The parses of a sentence by a context-free grammar, as diagrams.

    Args:
        sentence: the text, its words between spaces; or the words.
        grammar: the text of a grammar as ``nltk.CFG.fromstring`` reads it, or the ``CFG``.
        n_best: how many parses.

    Raises:
        InputError: for a text that is no grammar, a word that it lacks, and a sentence that it does not derive.
        MissingExtra: if nltk is not installed.

    >>> found, = parse_cfg("Alice sleeps", '''
    ... S -> NP VP
    ... NP -> 'Alice'
    ... VP -> 'sleeps' ''')
    >>> print(found)
    Alice >> NP @ sleeps >> S → NP VP
    """
    nltk = optional("nltk", "nltk")
    words = sentence.split() if isinstance(sentence, str) else list(sentence)
    try:
        made = nltk.CFG.fromstring(grammar) if isinstance(grammar, str) else grammar
    except ValueError as error:
        raise InputError(f"not a context-free grammar: {error}", source="<grammar>") from None
    if len(words) > MAX_WORDS:
        raise LimitReached("NLTK's chart parser", f"{MAX_WORDS} words")
    try:
        found = [tree_to_diagram(tree) for tree in islice(nltk.ChartParser(made).parse(words), n_best)]
    except ValueError as error:
        raise InputError(f"{error}", source="<sentence>") from None
    if not found:
        raise InputError(f"the grammar does not derive {' '.join(words)!r}", source="<sentence>")
    return found
