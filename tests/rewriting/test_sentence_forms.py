"""Forms of sentences: cups removed, words turned, function words unfolded, each by a rule with a proof."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import CatenaryError, OpenHypergraph, Ty
from catenary.functors.grammar import IQP, Reading, parse
from catenary.functors.grammar.forms import states_and_effects, turning
from catenary.functors.grammar.rewrites import RULES, rewritten
from catenary.rewriting import Proof
from catenary.rewriting.library.turning import (
    TURNED,
    curry,
    fuse,
    is_spider,
    loop,
    made_of,
    presented,
    turn,
    unpresented,
    yank,
)
from catenary.rewriting.sentence_forms import cheapest_form, curried_form

SENTENCES = [
    "Alice loves Bob",
    "the cat will sleep",
    "the man that the dog chases sleeps",
    "Alice often reads the books",
    "Alice thinks that Bob sleeps",
    "Alice sings and dances",
    "Alice runs and Bob swims",
    "Alice gave the very old man a book",
]
SIZES = {"n": 3, "s": 2}


def value(graph: OpenHypergraph, words: dict) -> np.ndarray:
    """The tensor of a graph of the turning signature; a word's state and effect are one array."""
    operands: list[object] = []
    for edge in graph.edges:
        ends = [*edge.sources, *edge.targets]
        if is_spider(edge.box):
            if not ends:
                operands += [np.array(float(SIZES["n"])), []]
                continue
            array = np.zeros([SIZES[graph.vertices[ends[0]].name]] * len(ends))
            np.fill_diagonal(array, 1) if len(ends) > 1 else array.fill(1)
        else:
            array = words[edge.box.name.removesuffix(TURNED), len(ends)]
            if edge.box.dom and edge.box.cod:  # a curried box: the wires in the order of the state
                array = words[edge.box.name, len(ends), "curried"]
        operands += [array, ends]
    out = []
    fresh = len(graph.vertices)
    for v in (*graph.dom, *graph.cod):
        operands += [np.eye(SIZES[graph.vertices[v].name]), [v, fresh]]
        out.append(fresh)
        fresh += 1
    return np.einsum(*operands, out, optimize=True) if operands else np.array(1.0)


def arrays(reading: Reading, rules: Sequence[str], rng: np.random.Generator) -> dict:
    """Arrays of words that satisfy what their rules say."""
    found: dict = {}
    for word, ty, spiders in zip(
        reading.words, reading.types, rewritten(reading, rules).spiders, strict=True
    ):
        names = [ob.name for ob in ty.objects]
        taken = {w for group in spiders for w in group}
        own = [w for w in range(len(ty)) if w not in taken]
        part = rng.normal(size=[SIZES[names[w]] for w in own]) if own else np.array(1.0)
        operands: list[object] = [part, own]
        for group in spiders:
            spider = np.zeros([SIZES[names[group[0]]]] * len(group))
            np.fill_diagonal(spider, 1) if len(group) > 1 else spider.fill(1)
            operands += [spider, list(group)]
        found[word, len(ty)] = np.einsum(*operands, list(range(len(ty))))
        found[word, len(own)] = part if spiders else found[word, len(ty)]
        odd = [k for k, w in enumerate(own) if ty.objects[w].z % 2]
        even = [k for k in range(len(own)) if k not in odd]
        found[word, len(own), "curried"] = found[word, len(own)].transpose(odd + even)
    return found


def check_steps(proof: Proof, words: dict) -> None:
    proof.check()
    first = value(OpenHypergraph.from_diagram(proof.start), words)
    for _, step, result in proof.rewrites():
        assert np.allclose(value(result.graph, words), first), step


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("rules", [(), tuple(RULES)], ids=["plain", "rules"])
def test_every_step_keeps_the_meaning(sentence: str, rules: Sequence[str]) -> None:
    reading = parse(sentence)[0]
    words = arrays(reading, rules, np.random.default_rng(0))
    form = cheapest_form(reading, rules=rules)
    check_steps(form.proof, words)
    curried = curried_form(reading, rules=rules)
    check_steps(curried, words)
    wanted = rewritten(reading, rules)
    assert form.diagram == wanted.meaning(states=True)
    assert unpresented(OpenHypergraph.from_diagram(curried.end)) == wanted.meaning()


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_cost_is_what_the_circuit_selects_and_the_egraph_agrees(sentence: str) -> None:
    reading = parse(sentence)[0]
    for rules in ((), RULES):
        form = cheapest_form(reading, IQP(), rules=rules)
        compiled = IQP().compile(form.diagram)
        assert compiled.post_selections == form.cost < form.before
        assert compiled.qubits == form.cost + 1
        assert form.optimal
        found = cheapest_form(reading, IQP(), rules=rules, method="egraph")
        assert (found.cost, found.method) == (form.cost, "egraph")
        assert found.diagram == form.diagram


def test_every_rule_is_for_words_of_english() -> None:
    said = {
        "determiner": "the cat sleeps",
        "auxiliary": "Alice will sleep",
        "connector": "Alice thinks that Bob sleeps",
        "adverb": "Alice often sleeps",
        "coordination": "Alice runs and Bob swims",
        "subject-relative": "the man who sleeps dreams",
        "object-relative": "the man whom Alice loves sleeps",
    }
    for rule, sentence in said.items():
        reading = parse(sentence)[0]
        plain = Reading(reading.words, reading.types, reading.links, reading.target)
        form = cheapest_form(plain, rules=[rule])
        assert form.cost < cheapest_form(plain).cost
        assert any(name.startswith(f"{rule}: ") for name in form.proof.rules_used)
    n, s = Ty("n"), Ty("s")
    types = (n, n.r @ s, s.r @ n.r.r @ n.r @ s @ n.l, n)
    reading = Reading(("Bob", "sleeps", "in", "Rome"), types, ((0, 5), (1, 4), (2, 3), (7, 8)), s)
    assert cheapest_form(reading, rules=["preposition"]).cost < cheapest_form(reading).cost


def test_rules_hold_in_tensors() -> None:
    rng = np.random.default_rng(3)
    words = {("w", k): rng.normal(size=[3] * k) for k in range(1, 4)}
    words["w", 3, "curried"] = words["w", 3].transpose(0, 2, 1)
    rules = [turn("w", ("n",) * k) for k in range(1, 4)]
    rules.append(curry("w", ("n",) * 3, (0, 2)))
    for i, j in itertools.product(range(3), range(1, 4)):
        rules += [yank("n", i, j, leg, first) for leg in range(j) for first in (False, True)]
        rules += [loop("n", i, j, legs) for legs in itertools.permutations(range(j), 2)]
        for k, m in itertools.product(range(1, 3), range(3)):
            rules += [fuse("n", (i, j), (k, m), ((p, r),)) for p in range(j) for r in range(k)]
            if j > 1 and k > 1:
                rules.append(fuse("n", (i, j), (k, m), ((0, 1), (1, 0))))
    for rule in rules:
        left, right = (value(side, words) for side in rule.graphs)
        assert np.allclose(left, right), rule.name
    names = ("n", "n", "n", "n")
    words["v", 2] = rng.normal(size=(3, 3))
    words["v", 4] = np.einsum("ad,bc->abcd", words["v", 2], np.eye(3))
    left, right = (value(side, words) for side in made_of("adverb", "v", names, ((1, 2),)).graphs)
    assert np.allclose(left, right)


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    """Planar links over any words, whether they are of a language or not."""
    names = draw(st.lists(st.sampled_from("ns"), min_size=1, max_size=7))
    row: list[tuple[Ty, int]] = []  # wires, and the link they belong to

    def put(k: int) -> None:
        if k == len(names):
            return
        at = draw(st.integers(0, len(row)))
        end = draw(st.integers(at, len(row)))
        inside = [link for _, link in row[at:end]]
        if any(inside.count(link) == 1 for link in inside):  # it would cross
            end = at
        row.insert(end, (Ty(names[k]).r, k))
        row.insert(at, (Ty(names[k]), k))
        put(k + 1)

    put(0)
    row.append((Ty("s"), -1))
    cuts = sorted(draw(st.sets(st.integers(1, len(row) - 1), max_size=5)))
    types = [
        Ty.of(tuple(ob for ty, _ in row[a:b] for ob in ty.objects))
        for a, b in itertools.pairwise([0, *cuts, len(row)])
    ]
    ends: dict[int, list[int]] = {}
    for place, (_, link) in enumerate(row):
        ends.setdefault(link, []).append(place)
    links = tuple((a, b) for link, (a, *rest) in ends.items() if link >= 0 for b in rest)
    return Reading(tuple(f"w{k}" for k in range(len(types))), tuple(types), links, Ty("s"))


@given(readings(), st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=25)
def test_any_reading_gets_its_least_cost(reading: Reading, n: int, s: int) -> None:
    ansatz = IQP({"n": n, "s": s})
    form = cheapest_form(reading, ansatz)
    form.proof.check()
    graph = reading.meaning(states=True).to_hypergraph()
    sizes = [{"n": n, "s": s}[ob.name] for ob in graph.vertices]
    ends = [len([v for edge in graph.edges for v in edge.targets if v == k]) for k in range(len(sizes))]

    def cost(effect: Sequence[bool]) -> int:
        total = 0
        for v, size in enumerate(sizes):
            kinds = {turned for turned, edge in zip(effect, graph.edges, strict=True) if v in edge.targets}
            kinds |= {True} if v in graph.cod else set()
            total += size * (ends[v] - 1 + (len(kinds) == 1))
        return total

    least = min(cost(choice) for choice in itertools.product((False, True), repeat=len(graph.edges)))
    assert form.cost == least
    assert ansatz.compile(form.diagram).post_selections == least
    assert form.diagram == reading.meaning(states=True)
    check_steps(form.proof, arrays(reading, (), np.random.default_rng(0)))
    assert ansatz.compile(states_and_effects(reading, ansatz)).post_selections == least


def test_an_odd_cycle_is_cut_where_it_is_narrowest() -> None:
    x, y, z, s = Ty("x"), Ty("y"), Ty("z"), Ty("s")
    reading = Reading(("A", "B", "C"), (x @ y, y.r @ z, z.r @ x.r @ s), ((0, 5), (1, 2), (3, 4)), s)
    for qubits in itertools.permutations((1, 2, 3)):
        sizes = dict(zip("xyz", qubits, strict=True)) | {"s": 1}
        ansatz = IQP(sizes)
        form = cheapest_form(reading, ansatz)
        assert form.optimal
        assert form.cost == sum(qubits) + min(qubits)
        assert ansatz.compile(form.diagram).post_selections == form.cost
        assert cheapest_form(reading, ansatz, method="egraph").cost == form.cost
        form.proof.check()


@pytest.mark.parametrize("sentence", SENTENCES)
def test_amplitudes_are_those_of_the_parsed_sentence(sentence: str) -> None:
    from catenary.functors.grammar.ansatz import parameter_value
    from catenary.functors.tensor.parameters import parametrised_circuit

    reading = parse(sentence)[0]
    plain = Reading(reading.words, reading.types, reading.links, reading.target)

    def amplitudes(diagram) -> np.ndarray:
        network = parametrised_circuit(IQP()(diagram))
        angles = {x: parameter_value(x.replace(".r", "").replace(".l", ""), 7) for x in network.parameters}
        found = np.asarray(network.bind(angles).contract()).reshape(-1)
        return found / np.linalg.norm(found)

    before, after = amplitudes(plain.diagram), amplitudes(cheapest_form(plain, IQP()).diagram)
    assert abs(np.vdot(before, after)) == pytest.approx(1)


def test_tampered_proofs_are_refused() -> None:
    proof = cheapest_form(parse("the man that Alice loves sleeps")[0], rules=RULES).proof
    for k in range(len(proof)):
        with pytest.raises(CatenaryError):
            Proof(proof.start, proof.end, proof.steps[:k] + proof.steps[k + 1 :], proof.theory).check()


def test_what_has_no_other_form() -> None:
    with pytest.raises(CatenaryError, match="has one form"):
        cheapest_form(parse("Alice sleeps", reading="stairs")[0])
    with pytest.raises(CatenaryError, match="exact or egraph"):
        cheapest_form(parse("Alice sleeps")[0], method="magic")
    with pytest.raises(CatenaryError, match="table of grammar rules"):
        cheapest_form(parse("Alice sleeps")[0], rules=["determiners"])
    n = Ty("n")
    with pytest.raises(CatenaryError, match="called like a generator"):
        cheapest_form(Reading(("∪",), (n,), (), n))
    assert presented(parse("Alice sleeps")[0]).cod == Ty("s")


def test_turning_a_large_bag_of_words() -> None:
    reading = parse("a b c d e f g h i j k l m n o p", reading="spiders")[0]
    found = turning(reading.meaning().to_hypergraph())
    assert (found.optimal, found.one_sided) == (True, 0)
