"""Rewriting sentence meanings: words unfolded, cups removed, function words gone, each by a rule.

A sentence starts as it is parsed: every word a state on the wires of its type, joined by cups, which in the
hypergraph doctrine are wires. Then

* a word with arguments is bent to a box on them, a relative pronoun or auxiliary is spiders
  (:func:`word_rule`; Sadrzadeh, Clark & Coecke, *The Frobenius anatomy of word meanings I*, 2013);
* a word that adds nothing, as ``the`` may be taken to, is the identity (:func:`vanishing`).

Which words add nothing is the caller's to say: it is an equation of the theory, and the proof names it.
"""

from __future__ import annotations

from collections.abc import Iterable

from catenary.diagrams import (
    Box,
    Diagram,
    Edge,
    LimitReached,
    Ob,
    OpenHypergraph,
    Ty,
)
from catenary.functors.grammar import Reading
from catenary.functors.grammar.lexicon import Spiders
from catenary.functors.grammar.meaning import MEANING, bent, word_graph
from catenary.rewriting.dpo import rewrite
from catenary.rewriting.matching import matches
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

DETERMINERS = ("a", "an", "the")
AUXILIARIES = ("do", "does", "did", "will", "has", "have", "had", "is", "are", "was", "were")


def word_rule(word: str, ty: Ty, spiders: Spiders = ()) -> Rule | None:
    """A word's state is its box bent round, and its spiders; ``None`` where that is the state itself.

    >>> from catenary.functors.grammar import parse_type
    >>> print(word_rule("sleeps", parse_type("n.r s")))
    sleeps: n s: sleeps = spider >> sleeps @ n >> swap
    >>> print(word_rule("who", parse_type("n.r n s.l n"), ((0, 1, 3), (2,))).right)
    spider >> n n n @ spider >> n n @ swap
    """
    state = Box(word, Ty(), _plain(ty), signature=MEANING)
    graph = word_graph(word, ty, spiders)
    if len(graph.edges) == 1 and graph.edges[0].box == state:
        return None
    return Rule(f"{word}: {_plain(ty)}", state.diagram, graph.to_diagram())


def vanishing(word: str, ty: Ty | None = None) -> Rule:
    """A word that is the identity on a type, the noun's ``n`` by default.

    >>> print(vanishing("the"))
    the is the identity on n: the = id(n)
    """
    ty = Ty("n") if ty is None else ty
    box = Box(word, ty, ty, signature=MEANING)
    return Rule(f"{word} is the identity on {ty}", box.diagram, Diagram.id(ty))


def opaque(reading: Reading) -> Diagram:
    """The reading with every word a state on the wires of its type, whatever the word means; cups are wires."""
    parent = list(range(len(reading.wires)))
    for a, b in reading.links:
        parent[b] = a
    roots = sorted(set(parent))
    number = {root: i for i, root in enumerate(roots)}
    edges = []
    for word, ty, offset in zip(reading.words, reading.types, reading.offsets, strict=True):
        box = Box(word, Ty(), _plain(ty), signature=MEANING)
        edges.append(Edge(box, (), tuple(number[parent[offset + i]] for i in range(len(ty)))))
    cod = tuple(number[parent[wire]] for wire in reading.target_wires)
    obs = tuple(Ob(reading.wires.objects[root].name) for root in roots)
    return OpenHypergraph(obs, tuple(edges), (), cod, MEANING).to_diagram()


def sentence_theory(reading: Reading, vanish: Iterable[str] = ()) -> Theory:
    """The rules of a sentence: what each of its words is made of, and that some are identities.

    Args:
        reading: the sentence.
        vanish: words that add nothing where they have one input and one output of one type:
            :data:`DETERMINERS`, :data:`AUXILIARIES`, or what is wanted.
    """
    gone = set(vanish)
    rules: dict[str, Rule] = {}
    for word, ty, spiders in zip(reading.words, reading.types, reading.spiders, strict=True):
        found = [word_rule(word, ty, spiders)]
        box = bent(word, ty, spiders)[0]
        if word in gone and box is not None and box.dom == box.cod:
            found.append(vanishing(word, box.dom))
        for rule in found:
            if rule is not None:
                rules[rule.name] = rule
    return Theory(" ".join(reading.words), MEANING, rules.values())


def simplify(diagram: Diagram, theory: Theory, *, limit: int = 10_000) -> Proof:
    """Use rules from left to right until none matches, the first match of the first rule each time.

    Raises:
        LimitReached: after ``limit`` steps.
    """
    graph = OpenHypergraph.from_diagram(diagram.over(theory.signature))
    steps: list[Step] = []
    at = 0
    while at < len(theory.rules):
        rule = theory.rules[at]
        match = next(iter(matches(rule.graphs[0], graph)), None)
        if match is None:
            at += 1
            continue
        if len(steps) >= limit:
            raise LimitReached("simplification", f"{limit} steps")
        graph = rewrite(graph, rule, match).graph
        steps.append(Step(rule.name, True, match))
        at = 0
    return Proof(diagram, graph.to_diagram(), tuple(steps), theory)


def sentence_proof(reading: Reading, vanish: Iterable[str] = ()) -> Proof:
    """From the parsed sentence to its meaning without cups and without the words that add nothing.

    >>> from catenary.functors.grammar import parse
    >>> proof = sentence_proof(parse("the cat sleeps")[0], DETERMINERS)
    >>> print(proof.end)
    cat >> sleeps
    >>> [str(step) for step in proof.steps]
    ['the: n n', 'the is the identity on n', 'sleeps: n s']
    >>> proof.check()
    """
    return simplify(opaque(reading), sentence_theory(reading, vanish))


def _plain(ty: Ty) -> Ty:
    return Ty(*(ob.name for ob in ty.objects))


__all__ = [
    "AUXILIARIES",
    "DETERMINERS",
    "opaque",
    "sentence_proof",
    "sentence_theory",
    "simplify",
    "vanishing",
    "word_rule",
]
