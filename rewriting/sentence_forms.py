"""The form of a sentence that needs the fewest post-selections, with a proof.

A sentence's circuit prepares the qubits of its words' states and post-selects those of cups, merges and effects; what is
left are the target's qubits. So fewest post-selections and fewest qubits are one thing, and they depend on which words
are turned upside down and which function words are made of spiders. :func:`cheapest_form` decides it by a 0/1
program, or by the e-graph of :mod:`catenary.rewriting.library.turning`, and gives the steps from the parsed sentence;
:func:`curried_form` gives those to words as maps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product

from catenary.diagrams import Box, CatenaryError, Diagram, Edge, OpenHypergraph, RewriteError, Ty
from catenary.functors.grammar import Ansatz, Reading
from catenary.functors.grammar.fallbacks import WordsReading
from catenary.functors.grammar.forms import turning
from catenary.functors.grammar.lexicon import Spiders
from catenary.functors.grammar.meaning import bent
from catenary.functors.grammar.rewrites import chosen, rule_of
from catenary.rewriting.dpo import rewrite
from catenary.rewriting.egraph import EGraph
from catenary.rewriting.library.turning import (
    CUP,
    curry,
    fuse,
    is_spider,
    loop,
    made_of,
    post_selections,
    presented,
    turn,
    unpresented,
    yank,
)
from catenary.rewriting.limits import Limits
from catenary.rewriting.matching import Match
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

METHODS = ("exact", "egraph")


@dataclass(frozen=True)
class SentenceForm:
    """A form of a sentence, equal to the parsed one.

    Attributes:
        diagram: over the signature of meanings, for an ansatz; effects are rotated states.
        cost: the qubits that its circuit post-selects.
        before: those of the parsed sentence, words as states and links as cups.
        proof: from :func:`~catenary.rewriting.library.turning.presented` to the form.
        optimal: whether no choice of states and effects has less, once the rules are used.
        method: what found it: ``"exact"`` or ``"egraph"``.
    """

    diagram: Diagram
    cost: int
    before: int
    proof: Proof
    optimal: bool
    method: str = "exact"


def cheapest_form(
    reading: Reading,
    ansatz: Ansatz | None = None,
    *,
    rules: Iterable[str] = (),
    method: str = "exact",
    limits: Limits | None = None,
) -> SentenceForm:
    """The form of a reading with the fewest post-selected qubits, which is also that with the fewest qubits.

    Words are states or effects (the ansatz gives an effect the transposed circuit of its state, with the same
    parameters), so amplitudes are those of the parsed sentence, up to what the rules for function words say.

    Args:
        reading: the parsed sentence.
        ansatz: says how many qubits a type has; one each unless given.
        rules: function words that may be made of spiders, by the names in
            :data:`~catenary.functors.grammar.rewrites.RULES`; spiders that the lexicon gives are used as well.
        method: ``"exact"`` uses the rules and then decides states and effects by
            :func:`~catenary.functors.grammar.forms.turning`; ``"egraph"`` saturates the e-graph of all these
            equations and extracts by the ansatz's costs, knowing nothing of sentences. Slower, and where it
            stops short of the exact choice (sentences of more than some ten words) that one is returned.
        limits: of the e-graph.

    Raises:
        CatenaryError: for another method, or a reading without grammar, whose form is fixed.

    >>> from catenary.functors.grammar import parse
    >>> form = cheapest_form(parse("Alice loves Bob")[0])
    >>> form.before, form.cost, form.optimal
    (4, 2, True)
    >>> print(form.proof.end)
    loves >> Aliceᵀ @ s n >> s @ Bobᵀ
    >>> form.proof.check()
    """
    if method not in METHODS:
        raise CatenaryError(f"a form is chosen by {' or '.join(METHODS)}, not {method!r}")
    words = _words(reading, rules)
    sizes = _sizes(reading, ansatz)
    start = presented(reading)
    before = _cost(OpenHypergraph.from_diagram(start), sizes)
    run = _Rewriter(start)
    run.unfold(words)
    run.simplify()
    form = unpresented(run.graph).to_hypergraph()
    choice = turning(form, [sizes[ob.name] for ob in form.vertices])
    own = [e for e, edge in enumerate(run.graph.edges) if not is_spider(edge.box)]
    run.replace(
        [(e, _turn(run.graph.edges[e])) for e, turned in zip(own, choice.effect, strict=True) if turned]
    )
    run.simplify()
    cost = _cost(run.graph, sizes)
    if method == "egraph":
        proof = _by_egraph(start, words, sizes, limits)
        end = OpenHypergraph.from_diagram(proof.end)
        found = _cost(end, sizes)
        if found <= cost:
            optimal = choice.optimal and found == cost
            return SentenceForm(unpresented(end), found, before, proof, optimal, method)
    return SentenceForm(unpresented(run.graph), cost, before, run.proof(start), choice.optimal)


def curried_form(reading: Reading, *, rules: Iterable[str] = ()) -> Proof:
    """The steps to words as maps from their arguments, cups removed: the form that :meth:`Reading.meaning` has.

    A cup stays where without it a word would be its own argument.

    >>> from catenary.functors.grammar import parse
    >>> proof = curried_form(parse("the cat sleeps")[0], rules=["determiner"])
    >>> print(proof.end)
    cat >> sleeps
    >>> [str(step) for step in proof.steps][:3]
    ['determiner: the n n', 'curry sleeps n s', 'yank n 0→2 at 0, first']
    >>> proof.check()
    """
    words = _words(reading, rules)
    run = _Rewriter(presented(reading))
    run.unfold(words)
    todo = []
    for e, edge in enumerate(run.graph.edges):
        inputs = words.inputs.get((edge.box.name, _names(edge.box.cod)), ())
        if inputs:
            todo.append((e, curry(edge.box.name, _names(edge.box.cod), inputs)))
    run.replace(todo)
    run.simplify()
    return run.proof(presented(reading))


@dataclass(frozen=True)
class _Words:
    """What a sentence's words are made of: the rule of a state, and the inputs of what is left of it."""

    rules: dict[tuple[str, tuple[str, ...]], Rule]
    inputs: dict[tuple[str, tuple[str, ...]], tuple[int, ...]]


def _words(reading: Reading, rules: Iterable[str]) -> _Words:
    if isinstance(reading, WordsReading):
        raise CatenaryError(
            f"a {reading.kind} reading has one form: it has no cups, and its words are states"
        )
    table = chosen(rules)
    made: dict[tuple[str, tuple[str, ...]], tuple[str, Spiders]] = {}
    found = _Words({}, {})
    for word, ty, known in zip(reading.words, reading.types, reading.spiders, strict=True):
        rule = rule_of(word, ty, table)
        kind, spiders = ("meaning", known) if rule is None else (rule[0].name, rule[1])
        names = tuple(ob.name for ob in ty.objects)
        if made.setdefault((word, names), (kind, spiders))[1] != spiders:
            raise CatenaryError(f"{word!r} has the type {' '.join(names)} with two meanings in one sentence")
        if spiders:
            found.rules[word, names] = made_of(kind, word, names, spiders)
        _, inputs, outputs = bent(word, ty, spiders)
        own = sorted((*inputs, *outputs))
        found.inputs[word, tuple(names[w] for w in own)] = tuple(own.index(w) for w in inputs)
    return found


def _sizes(reading: Reading, ansatz: Ansatz | None) -> dict[str, int]:
    names = {ob.name for ob in reading.wires.objects}
    return {name: 1 if ansatz is None else ansatz.size(Ty(name)) for name in names}


def _names(ty: Ty) -> tuple[str, ...]:
    return tuple(ob.name for ob in ty.objects)


def _cost(graph: OpenHypergraph, sizes: dict[str, int]) -> int:
    return sum(post_selections(edge.box, sizes) for edge in graph.edges)


def _turn(edge: Edge) -> Rule:
    return turn(edge.box.name, _names(edge.box.cod))


def _laid(rule: Rule, graph: OpenHypergraph, edges: Sequence[int]) -> Match | None:
    """The match of a rule whose boxes are on these edges, if there is one."""
    pattern = rule.graphs[0]
    for order in permutations(edges):
        at: dict[int, int] = {}
        for mine, place in zip(pattern.edges, order, strict=True):
            other = graph.edges[place]
            if mine.box != other.box:
                break
            ends = zip((*mine.sources, *mine.targets), (*other.sources, *other.targets), strict=True)
            if any(at.setdefault(v, w) != w for v, w in ends):
                break
        else:
            if len(set(at.values())) == len(at):
                return Match(tuple(order), tuple(at[v] for v in range(len(pattern.vertices))))
    return None


class _Rewriter:
    """A graph on which rules are used, and the steps."""

    def __init__(self, start: Diagram):
        self.graph = OpenHypergraph.from_diagram(start)
        self.steps: list[Step] = []
        self.rules: dict[str, Rule] = {}

    def proof(self, start: Diagram) -> Proof:
        """What was done, as a proof over the theory of the rules that were used."""
        theory = Theory("turning", start.signature, self.rules.values())
        return Proof(start, self.graph.to_diagram(), tuple(self.steps), theory)

    def use(self, rule: Rule, edges: Sequence[int]) -> tuple[int, ...] | None:
        """Put a rule's right side in the place of these edges: where the others went, ``None`` if it is not convex."""
        match = _laid(rule, self.graph, edges)
        if match is None:
            return None
        try:
            result = rewrite(self.graph, rule, match)
        except RewriteError:
            return None
        self.graph = result.graph
        self.steps.append(Step(rule.name, True, match))
        self.rules[rule.name] = rule
        return result.kept

    def replace(self, todo: Iterable[tuple[int, Rule]]) -> None:
        """Use a rule on each of several edges."""
        waiting = list(todo)
        while waiting:
            edge, rule = waiting.pop(0)
            kept = self.use(rule, [edge])
            assert kept is not None
            waiting = [(kept[e], other) for e, other in waiting]

    def unfold(self, words: _Words) -> None:
        """Words as they are made."""
        todo = []
        for e, edge in enumerate(self.graph.edges):
            rule = words.rules.get((edge.box.name, _names(edge.box.cod)))
            if rule is not None and not edge.box.dom:
                todo.append((e, rule))
        self.replace(todo)

    def simplify(self) -> None:
        """Cups on spiders yanked, spiders that meet fused, until there are none."""
        while any(self.use(rule, edges) is not None for rule, edges in self._redexes()):
            pass

    def _redexes(self) -> Iterator[tuple[Rule, tuple[int, ...]]]:
        graph = self.graph
        maker = {v: e for e, edge in enumerate(graph.edges) for v in edge.targets}
        for c, cup in enumerate(graph.edges):
            if not is_spider(cup.box):
                continue
            name = (cup.box.dom @ cup.box.cod).objects[0].name if cup.sources or cup.targets else ""
            met = [maker.get(v, -1) for v in cup.sources]
            for k, e in enumerate(met):
                if e < 0 or not is_spider(graph.edges[e].box):
                    continue
                other = graph.edges[e]
                sizes = len(other.sources), len(other.targets)
                if cup.box.name == CUP and met[0] == met[1]:
                    legs = other.targets.index(cup.sources[0]), other.targets.index(cup.sources[1])
                    yield loop(name, *sizes, legs), (e, c)
                elif cup.box.name == CUP:
                    yield yank(name, *sizes, other.targets.index(cup.sources[k]), first=k == 0), (e, c)
                else:
                    joined = tuple(
                        (other.targets.index(v), port) for port, v in enumerate(cup.sources) if met[port] == e
                    )
                    yield fuse(name, sizes, (len(cup.sources), len(cup.targets)), joined), (e, c)


# The e-graph


def _by_egraph(start: Diagram, words: _Words, sizes: dict[str, int], limits: Limits | None) -> Proof:
    """The steps that the e-graph chooses."""
    net = EGraph(Theory("turning", start.signature, _theory(OpenHypergraph.from_diagram(start), words)))
    net.add(start)

    def cost(box: Box) -> float:
        return float(post_selections(box, sizes))

    return net.extract(cost=cost, limits=limits or Limits(seconds=30.0, depth=3)).proof


def _theory(graph: OpenHypergraph, words: _Words) -> list[Rule]:
    """All rules that may be needed: words unfolded and turned, and spiders as large as the sentence can make them."""
    rules = list(words.rules.values())
    own: dict[tuple[str, tuple[str, ...]], None] = {}
    legs: dict[str, list[int]] = {}
    for edge in graph.edges:
        if is_spider(edge.box):
            legs.setdefault(edge.box.dom.objects[0].name, [])
            continue
        key = edge.box.name, _names(edge.box.cod)
        unfolded = words.rules.get(key)
        if unfolded is None:
            own[key] = None
            continue
        for part in unfolded.graphs[1].edges:
            if is_spider(part.box):
                legs.setdefault(part.box.cod.objects[0].name, []).append(len(part.targets))
            else:
                own[part.box.name, _names(part.box.cod)] = None
    rules += [turn(word, names) for word, names in own]
    for name, sizes in legs.items():
        most = max([2, sum(sizes) - 2 * max(0, len([k for k in sizes if k > 1]) - 1)])
        arities = [(i, d - i) for d in range(1, most + 1) for i in range(d)]
        for i, j in arities:
            rules += [yank(name, i, j, leg, first) for leg in range(j) for first in (False, True)]
        if any(size > 2 for size in sizes) or len(sizes) > 1:
            for one, two in product(arities, repeat=2):
                if one[1] and two[0] and sum(one) + sum(two) - 2 <= most:
                    rules += [fuse(name, one, two, ((p, r),)) for p in range(one[1]) for r in range(two[0])]
    return list({rule.name: rule for rule in rules}.values())
