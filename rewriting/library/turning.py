"""Sentences with their cups and caps as generators: rules that remove cups and turn words upside down.

In the hypergraph doctrine a cup is no box, so a state and an effect of one word are the same diagram there, and
nothing tells what a circuit pays for either. Here the signature is that of the symmetric doctrine, and spiders are
generators (``●``, with ``∪`` for the cup and ``∩`` for the cap), as a word's state and its effect (``wordᵀ``) are. The
rules are the axioms of special commutative Frobenius algebras between them, and what a word is made of:

* *turn*: a state is caps on its effect (the definition of the transpose); *curry*: on its box on arguments;
* *yank*: a cup on a leg of a spider makes the leg an input; on a cap that is the snake equation;
* *fuse*, *loop*: spiders that meet are one (Coecke, Pavlovic & Vicary, *A new description of orthogonal bases*, 2013);
* the rules of :mod:`catenary.functors.grammar.rewrites` for function words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from catenary.diagrams import Box, Diagram, Doctrine, Edge, InputError, Ob, OpenHypergraph, Ty, free
from catenary.functors.grammar import Reading
from catenary.functors.grammar.lexicon import Spiders
from catenary.functors.grammar.meaning import MEANING
from catenary.rewriting.rule import Rule

TURNING = free(Doctrine.SYMMETRIC)
"""The signature: symmetric, with spiders, states and effects as generators."""

CUP, CAP, SPIDER, TURNED = "∪", "∩", "●", "ᵀ"


def spider(name: str, inputs: int, outputs: int) -> Box:
    """The spider of a basic type as a generator.

    >>> print(spider("n", 2, 0), spider("n", 0, 2).cod, spider("n", 1, 2))
    ∪ n n ●
    """
    kind = {(2, 0): CUP, (0, 2): CAP}.get((inputs, outputs), SPIDER)
    return Box(kind, Ty(*[name] * inputs), Ty(*[name] * outputs), signature=TURNING)


def is_spider(box: Box) -> bool:
    """Whether a generator is a spider."""
    return box.name in (CUP, CAP, SPIDER)


def state(word: str, names: Sequence[str]) -> Box:
    """A word as a state on basic types."""
    return Box(word, Ty(), Ty(*names), signature=TURNING)


def effect(word: str, names: Sequence[str]) -> Box:
    """The same word upside down; its wires are in the same order."""
    return Box(word + TURNED, Ty(*names), Ty(), signature=TURNING)


def post_selections(box: Box, sizes: dict[str, int]) -> int:
    """The qubits that a circuit post-selects for a generator, the types' qubits given.

    A word's state has none and its effect all its qubits. A spider merges its inputs, and discards the last one if it
    has no output.

    >>> [post_selections(spider("n", i, j), {"n": 1}) for i, j in ((2, 0), (0, 2), (2, 1), (1, 2), (1, 0))]
    [2, 0, 1, 0, 1]
    """
    if not is_spider(box):
        return sum(sizes[ob.name] for ob in box.dom.objects)
    if not box.dom:
        return 0
    return sizes[box.dom.objects[0].name] * (len(box.dom) - 1 + (not box.cod))


def presented(reading: Reading) -> Diagram:
    """A reading as it is parsed: every word a state on the wires of its type, every link a cup.

    Raises:
        InputError: for words that are called like a spider or an effect.

    >>> from catenary.functors.grammar import parse
    >>> print(presented(parse("Alice sleeps")[0]))
    Alice >> n @ sleeps >> ∪ @ s
    """
    edges = []
    for word, ty, offset in zip(reading.words, reading.types, reading.offsets, strict=True):
        if word in (CUP, CAP, SPIDER) or word.endswith(TURNED):
            raise InputError(f"the word {word!r} is called like a generator", source="<reading>")
        wires = tuple(range(offset, offset + len(ty)))
        edges.append(Edge(state(word, [ob.name for ob in ty.objects]), (), wires))
    obs = tuple(Ob(ob.name) for ob in reading.wires.objects)
    for a, b in reading.links:
        edges.append(Edge(spider(obs[a].name, 2, 0), (a, b), ()))
    return OpenHypergraph(obs, tuple(edges), (), reading.target_wires, TURNING).to_diagram()


def unpresented(graph: OpenHypergraph) -> Diagram:
    """The diagram over meanings: spiders are vertices again, effects are rotated states."""
    parent = list(range(len(graph.vertices)))

    def find(v: int) -> int:
        while parent[v] != v:
            parent[v] = parent[parent[v]]
            v = parent[v]
        return v

    for edge in graph.edges:
        if is_spider(edge.box):
            first, *others = (*edge.sources, *edge.targets)
            for other in others:
                parent[find(other)] = find(first)
    roots = sorted({find(v) for v in range(len(graph.vertices))})
    number = {root: k for k, root in enumerate(roots)}
    edges = []
    for edge in graph.edges:
        if is_spider(edge.box):
            continue
        sources, targets = (tuple(number[find(v)] for v in ends) for ends in (edge.sources, edge.targets))
        if edge.box.name.endswith(TURNED):
            word = Box(edge.box.name.removesuffix(TURNED), Ty(), edge.box.dom, signature=MEANING)
            edges.append(Edge(word.r, sources[::-1], ()))
        else:
            box = Box(edge.box.name, edge.box.dom, edge.box.cod, signature=MEANING)
            edges.append(Edge(box, sources, targets))
    cod = tuple(number[find(v)] for v in graph.cod)
    obs = tuple(Ob(graph.vertices[root].name) for root in roots)
    return OpenHypergraph(obs, tuple(edges), (), cod, MEANING).to_diagram()


# Rules


def _rule(
    name: str,
    obs: Sequence[str],
    left: Iterable[Edge],
    right: Iterable[Edge],
    dom: Sequence[int],
    cod: Sequence[int],
    joined: tuple[int, int] | None = None,
    directed: bool = True,
) -> Rule:
    """A rule between graphs on one list of wires; on the right two of them may be joined to one."""
    graphs = []
    for edges, same in ((tuple(left), None), (tuple(right), joined)):
        ends = [*dom, *cod, *(v for edge in edges for v in (*edge.sources, *edge.targets))]
        name_of = {v: v for v in ends}
        if same is not None:
            name_of[same[1]] = same[0]
        kept = sorted(set(name_of.values()))
        number = {v: kept.index(w) for v, w in name_of.items()}
        moved = tuple(
            Edge(edge.box, tuple(number[v] for v in edge.sources), tuple(number[v] for v in edge.targets))
            for edge in edges
        )
        graphs.append(
            OpenHypergraph(
                tuple(Ob(obs[v]) for v in kept),
                moved,
                tuple(number[v] for v in dom),
                tuple(number[v] for v in cod),
                TURNING,
            ).to_diagram()
        )
    return Rule(name, graphs[0], graphs[1], directed)


def _spider_edges(name: str, inputs: Sequence[int], outputs: Sequence[int]) -> tuple[Edge, ...]:
    """A spider on wires; none where it is a wire."""
    if len(inputs) == len(outputs) == 1:
        return ()
    return (Edge(spider(name, len(inputs), len(outputs)), tuple(inputs), tuple(outputs)),)


def _to_spider(
    rule: str, name: str, size: int, left: Sequence[Edge], dom: Sequence[int], cod: Sequence[int]
) -> Rule:
    joined = (dom[0], cod[0]) if len(dom) == len(cod) == 1 else None
    return _rule(rule, [name] * size, left, _spider_edges(name, dom, cod), dom, cod, joined)


@lru_cache(maxsize=4096)
def yank(name: str, inputs: int, outputs: int, leg: int, first: bool = False) -> Rule:
    """A cup on a leg of a spider, which is the cup's first or second wire: the leg becomes an input.

    >>> print(yank("n", 0, 2, 0))
    yank n 0→2 at 0: n @ ∩ >> ∪ @ n → id(n)
    """
    legs = list(range(inputs, inputs + outputs))
    other = inputs + outputs
    ends = (legs[leg], other) if first else (other, legs[leg])
    left = (
        Edge(spider(name, inputs, outputs), tuple(range(inputs)), tuple(legs)),
        Edge(spider(name, 2, 0), ends, ()),
    )
    dom, cod = [*range(inputs), other], legs[:leg] + legs[leg + 1 :]
    title = f"yank {name} {inputs}→{outputs} at {leg}{', first' if first else ''}"
    return _to_spider(title, name, other + 1, left, dom, cod)


@lru_cache(maxsize=4096)
def loop(name: str, inputs: int, outputs: int, legs: tuple[int, int]) -> Rule:
    """A cup on two legs of one spider (in this order) is nothing but the spider without them."""
    wires = list(range(inputs, inputs + outputs))
    left = (
        Edge(spider(name, inputs, outputs), tuple(range(inputs)), tuple(wires)),
        Edge(spider(name, 2, 0), (wires[legs[0]], wires[legs[1]]), ()),
    )
    cod = [wire for k, wire in enumerate(wires) if k not in legs]
    title = f"loop {name} {inputs}→{outputs} at {legs[0]} {legs[1]}"
    return _to_spider(title, name, inputs + outputs, left, list(range(inputs)), cod)


@lru_cache(maxsize=4096)
def fuse(name: str, one: tuple[int, int], two: tuple[int, int], joined: tuple[tuple[int, int], ...]) -> Rule:
    """Two spiders joined by wires (outputs of one, inputs of two) are one spider."""
    outputs = list(range(one[0], one[0] + one[1]))
    size = one[0] + one[1]
    fed = {target: outputs[source] for source, target in joined}
    inputs = []
    for k in range(two[0]):
        if k in fed:
            inputs.append(fed[k])
        else:
            inputs.append(size)
            size += 1
    last = list(range(size, size + two[1]))
    left = (
        Edge(spider(name, *one), tuple(range(one[0])), tuple(outputs)),
        Edge(spider(name, *two), tuple(inputs), tuple(last)),
    )
    met = set(fed.values())
    dom = [*range(one[0]), *(v for v in inputs if v not in met)]
    cod = [*(v for v in outputs if v not in met), *last]
    pairs = " ".join(f"{a}-{b}" for a, b in joined)
    title = f"fuse {name} {one[0]}→{one[1]}, {two[0]}→{two[1]} at {pairs}"
    return _to_spider(title, name, size + two[1], left, dom, cod)


@lru_cache(maxsize=4096)
def turn(word: str, names: tuple[str, ...]) -> Rule:
    """A word's state is its effect with its wires bent up by caps.

    >>> print(turn("cat", ("n",)))
    turn cat n: cat = ∩ >> n @ catᵀ
    """
    return _bent("turn", word, names, tuple(range(len(names))))


@lru_cache(maxsize=4096)
def curry(word: str, names: tuple[str, ...], inputs: tuple[int, ...]) -> Rule:
    """A word's state is its box on arguments with the wires of these bent up by caps.

    >>> print(curry("sleeps", ("n", "s"), (0,)))
    curry sleeps n s: sleeps = ∩ >> n @ sleeps
    """
    return _bent("curry", word, names, inputs)


def _bent(title: str, word: str, names: tuple[str, ...], inputs: tuple[int, ...]) -> Rule:
    size = len(names)
    below = {wire: size + k for k, wire in enumerate(inputs)}
    left = [Edge(state(word, names), (), tuple(range(size)))]
    right = [Edge(spider(names[w], 0, 2), (), (w, below[w])) for w in inputs]
    outputs = tuple(w for w in range(size) if w not in below)
    if title == "turn":
        box = effect(word, names)
    else:
        box = Box(word, Ty(*(names[w] for w in inputs)), Ty(*(names[w] for w in outputs)), signature=TURNING)
    right.append(Edge(box, tuple(below.values()), outputs))
    obs = [*names, *(names[w] for w in inputs)]
    return _rule(f"{title} {word} {' '.join(names)}", obs, left, right, (), range(size), directed=False)


@lru_cache(maxsize=4096)
def made_of(kind: str, word: str, names: tuple[str, ...], spiders: Spiders) -> Rule:
    """A word's state is spiders on some of its wires, and a state on the others.

    >>> print(made_of("adverb", "often", ("n", "s", "s", "n"), ((0, 3),)))
    adverb: often n s s n: often → ∩ >> n @ often @ n
    """
    taken = {wire for group in spiders for wire in group}
    wires = tuple(range(len(names)))
    own = tuple(wire for wire in wires if wire not in taken)
    right = [Edge(spider(names[group[0]], 0, len(group)), (), group) for group in spiders]
    if own:
        right.append(Edge(state(word, [names[w] for w in own]), (), own))
    left = [Edge(state(word, names), (), wires)]
    return _rule(f"{kind}: {word} {' '.join(names)}", names, left, right, (), wires)
