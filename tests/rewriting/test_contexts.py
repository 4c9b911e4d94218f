"""Rewriting in hypergraph, compact closed, traced, Markov and cartesian doctrines: complete against brute force,
sound in tensors, and tampered proofs rejected.
"""

import json
import random
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    CatenaryError,
    Copy,
    Diagram,
    Discard,
    Doctrine,
    Edge,
    Ob,
    OpenHypergraph,
    RewriteError,
    Spider,
    Ty,
    free,
)
from catenary.diagrams.equality import canonical_form
from catenary.rewriting import Match, Proof, Rule, Step, Theory, check, matches, rewrite
from catenary.rewriting.holes import context_of, plug

a = Ty("a")
CASES = [Doctrine.HYPERGRAPH, Doctrine.COMPACT, Doctrine.TRACED, Doctrine.MARKOV, Doctrine.CARTESIAN]


def form(graph: OpenHypergraph):
    """A canonical form by isomorphism of hypergraphs alone, whatever the doctrine."""
    whole = (graph.vertices, graph.edges, graph.dom, graph.cod)
    return canonical_form(OpenHypergraph(*whole, free(Doctrine.HYPERGRAPH)))


def arities(doctrine: Doctrine) -> dict[str, tuple[int, int]]:
    return {"f": (1, 1), "m": (2, 1), "n": (1, 2)}


def boxes_of(doctrine: Doctrine) -> list[Box]:
    return [Box(name, a**i, a**o, signature=free(doctrine)) for name, (i, o) in arities(doctrine).items()]


def random_graph(
    rng: random.Random, doctrine: Doctrine, boxes: list[Box], ins: int, outs: int
) -> OpenHypergraph | None:
    """A random diagram of the doctrine with these boxes and this boundary; None if there is none like it."""
    takers = sum(len(b.dom) for b in boxes) + outs
    makers = sum(len(b.cod) for b in boxes) + ins
    if doctrine is Doctrine.HYPERGRAPH:
        count = rng.randint(1, 4)
        slots = [rng.randrange(count) for _ in range(makers + takers)]
        makes, takes = slots[:makers], slots[makers:]
    elif doctrine is Doctrine.COMPACT:
        if (makers + takers) % 2:
            return None
        order = list(range(makers + takers))
        rng.shuffle(order)
        vertex = {slot: i // 2 for i, slot in enumerate(order)}
        count = len(order) // 2
        makes = [vertex[i] for i in range(makers)]
        takes = [vertex[makers + i] for i in range(takers)]
    elif doctrine is Doctrine.TRACED:
        if makers != takers:
            return None
        makes, takes, count = list(range(makers)), list(range(makers)), makers
        rng.shuffle(takes)
    else:
        # boxes in order, each taking what is there
        count, at = makers, ins
        makes, takes = list(range(makers)), []
        for box in boxes:
            if len(box.dom) and not at:
                return None
            takes += [rng.randrange(at) for _ in box.dom]
            at += len(box.cod)
        if outs and not at:
            return None
        takes += [rng.randrange(at) for _ in range(outs)]
    makes_from, takes_from = iter(makes[ins:]), iter(takes)
    edges = []
    for box in boxes:
        sources = tuple(next(takes_from) for _ in box.dom)
        edges.append(Edge(box, sources, tuple(next(makes_from) for _ in box.cod)))
    graph = OpenHypergraph(
        (Ob("a"),) * count, tuple(edges), tuple(makes[:ins]), tuple(takes_from), free(doctrine)
    )
    try:
        graph.check()
    except CatenaryError:
        return None
    return graph


def fill(graph: OpenHypergraph, hole: int, side: OpenHypergraph) -> OpenHypergraph:
    """Put a diagram in the place of a box, by gluing vertices."""
    shift = len(graph.vertices)
    pairs = [
        *zip(graph.edges[hole].sources, side.dom, strict=True),
        *zip(graph.edges[hole].targets, side.cod, strict=True),
    ]
    name = list(range(shift + len(side.vertices)))
    for v, u in pairs:
        old, new = name[u + shift], name[v]
        name = [new if x == old else x for x in name]
    number = {v: i for i, v in enumerate(sorted(set(name)))}
    to = [number[x] for x in name]
    edges = [
        Edge(e.box, tuple(to[v] for v in e.sources), tuple(to[v] for v in e.targets))
        for i, e in enumerate(graph.edges)
        if i != hole
    ]
    edges += [
        Edge(e.box, tuple(to[v + shift] for v in e.sources), tuple(to[v + shift] for v in e.targets))
        for e in side.edges
    ]
    obs = (Ob("a"),) * len(number)
    dom, cod = tuple(to[v] for v in graph.dom), tuple(to[v] for v in graph.cod)
    return OpenHypergraph(obs, tuple(edges), dom, cod, graph.signature)


def with_hole(left: OpenHypergraph, graph: OpenHypergraph, match: Match) -> OpenHypergraph:
    """The context of a match with a box in its hole."""
    hole = Box("hole", a ** len(left.dom), a ** len(left.cod), signature=graph.signature)
    return plug(context_of(left, graph, match), hole.diagram.to_hypergraph())[0]


def partitions(size: int):
    """Restricted growth strings."""
    stack = [()]
    while stack:
        head = stack.pop()
        if len(head) == size:
            yield head
            continue
        stack += [(*head, b) for b in range(max(head, default=-1) + 2)]


def all_contexts(left: OpenHypergraph, graph: OpenHypergraph) -> set:
    """Every diagram with one hole that gives the graph when the pattern is put into it, by enumeration of all
    hypergraphs with the right boxes.
    """
    hole = Box("hole", a ** len(left.dom), a ** len(left.cod), signature=graph.signature)
    size = len(graph.edges) - len(left.edges)
    found = set()
    wanted = form(graph)
    if size < 0:
        return found
    for kept in {
        tuple(sorted(str(graph.edges[e].box) for e in some))
        for some in combinations(range(len(graph.edges)), size)
    }:
        boxes = [next(e.box for e in graph.edges if str(e.box) == name) for name in kept]
        boxes.append(hole)
        slots = sum(len(b.dom) + len(b.cod) for b in boxes) + len(graph.dom) + len(graph.cod)
        assert slots <= 8
        for names in partitions(slots):
            # isolated vertices of the context are isolated in the graph
            for spare in range(len(graph.vertices) + 1):
                rest = iter(names)
                edges = [
                    Edge(b, tuple(next(rest) for _ in b.dom), tuple(next(rest) for _ in b.cod)) for b in boxes
                ]
                dom = tuple(next(rest) for _ in graph.dom)
                count = max(names, default=-1) + 1 + spare
                candidate = OpenHypergraph(
                    (Ob("a"),) * count, tuple(edges), dom, tuple(rest), graph.signature
                )
                try:
                    candidate.check()
                except CatenaryError:
                    continue
                whole = fill(candidate, len(boxes) - 1, left)
                if len(whole.vertices) == len(graph.vertices) and form(whole) == wanted:
                    found.add(form(candidate))
    return found


def small(rng: random.Random, doctrine: Doctrine) -> tuple[OpenHypergraph, OpenHypergraph] | None:
    """A small pattern and a small graph that may hold it."""
    f, m, n = boxes_of(doctrine)
    ins, outs = rng.choice([(0, 0), (1, 1), (1, 1), (0, 1), (1, 0), (2, 1), (1, 2), (2, 2)])
    inside = rng.choice([[], [], [f], [f], [f, f], [m], [n]])
    left = random_graph(rng, doctrine, inside, ins, outs)
    outside = rng.choice([[], [f], [f]])
    hole = Box("hole", a**ins, a**outs, signature=free(doctrine))
    slots = ins + outs + 2 * len(outside)
    sizes = [(i, o) for i, o in product(range(3), repeat=2) if i + o + slots <= 6]
    context = random_graph(rng, doctrine, [*outside, hole], *rng.choice(sizes or [(0, 0)]))
    if left is None or context is None or slots > 6:
        return None
    order = [e for e, edge in enumerate(context.edges) if edge.box.name == "hole"]
    graph = fill(context, order[0], left)
    return left, graph


@pytest.mark.parametrize(
    "doctrine", [Doctrine.HYPERGRAPH, Doctrine.COMPACT, Doctrine.TRACED, Doctrine.MARKOV]
)
@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_contexts_are_all_decompositions(doctrine, seed):
    rng = random.Random(seed)
    left, graph = next(pair for _ in range(1000) if (pair := small(rng, doctrine)) is not None)
    found = [match for match in matches(left, graph) if match.context is None]
    assert len(set(found)) == len(found)
    assert found
    for match in found:
        candidate = with_hole(left, graph, match)
        candidate.check()
    assert {form(with_hole(left, graph, match)) for match in found} == all_contexts(left, graph)


def tensor(graph: OpenHypergraph, table: dict[str, np.ndarray]) -> np.ndarray:
    """The tensor in the copy basis of dimension 2: a vertex is an index, a loose one is a factor 2."""
    operands: list[object] = [np.array(1, dtype=object), []]
    free_index = len(graph.vertices)
    out = []
    for v in graph.dom + graph.cod:
        operands += [np.eye(2, dtype=object), [v, free_index]]
        out.append(free_index)
        free_index += 1
    for edge in graph.edges:
        operands += [table[edge.box.name], [*edge.sources, *edge.targets]]
    used = {v for e in graph.edges for v in e.sources + e.targets} | {*graph.dom, *graph.cod}
    result = np.einsum(*operands, out)
    return result * 2 ** (len(graph.vertices) - len(used))


def random_table(rng: random.Random, doctrine: Doctrine) -> dict[str, np.ndarray]:
    """Integer tensors; those of Markov boxes sum to one over their outputs, cartesian ones are functions."""
    table = {}
    for name, (ins, outs) in arities(doctrine).items():
        values = np.zeros((2**ins, 2**outs), dtype=object)
        for row in range(2**ins):
            if doctrine is Doctrine.CARTESIAN:
                values[row, rng.randrange(2**outs)] = 1
            else:
                values[row] = [rng.randint(-2, 2) for _ in range(2**outs)]
                if doctrine is Doctrine.MARKOV:
                    values[row, 0] += 1 - sum(values[row])
        table[name] = values.reshape((2,) * (ins + outs))
    return table


def random_case(rng: random.Random, doctrine: Doctrine):
    """A rule whose right-hand side is a box defined as its left-hand side, a diagram that holds it, and
    tensors in which the rule holds; None where there is no such diagram.
    """
    boxes = boxes_of(doctrine)
    ins, outs = rng.randint(0, 2), rng.randint(0, 2)
    left = random_graph(rng, doctrine, rng.choices(boxes, k=rng.randint(0, 2)), ins, outs)
    hole = Box("hole", a**ins, a**outs, signature=free(doctrine))
    around = rng.choices(boxes, k=rng.randint(0, 3))
    around.insert(rng.randint(0, len(around)), hole)
    context = random_graph(rng, doctrine, around, rng.randint(0, 2), rng.randint(0, 2))
    if left is None or context is None:
        return None
    graph = fill(context, [e.box.name for e in context.edges].index("hole"), left)
    table = random_table(rng, doctrine)
    table["k"] = tensor(left, table)
    rule = Rule("k", left.to_diagram(), Box("k", a**ins, a**outs, signature=free(doctrine)))
    return graph.to_diagram(), rule, table


def random_proof(rng: random.Random, doctrine: Doctrine) -> tuple[Proof, dict[str, np.ndarray]]:
    start, rule, table = next(case for _ in range(1000) if (case := random_case(rng, doctrine)) is not None)
    theory = Theory("random", free(doctrine), [rule])
    graph = next(iter(Proof(start, start, (), theory).rewrites()), (None,))[0]
    graph = graph or normal(start, theory)
    steps = []
    for forward in (True, False, True):
        found = []
        for match in matches(rule.sides(forward)[0], graph):
            found.append(match)
            if len(found) == 30:
                break
        if not found or len(graph.edges) > 9:
            break
        match = rng.choice(found)
        graph = rewrite(graph, rule, match, forward).graph
        steps.append(Step("k", forward, match))
    return Proof(start, graph.to_diagram(), tuple(steps), theory), table


def normal(diagram: Diagram, theory: Theory) -> OpenHypergraph:
    from catenary.diagrams.equality import normalised

    return normalised(OpenHypergraph.from_diagram(diagram.over(theory.signature)))


@pytest.mark.parametrize("doctrine", CASES)
@settings(max_examples=80)
@given(st.integers(0, 10**9))
def test_steps_keep_the_tensor_and_pass_the_checker(doctrine, seed):
    proof, table = random_proof(random.Random(seed), doctrine)
    expected = tensor(OpenHypergraph.from_diagram(proof.start), table)
    for graph, _, result in proof.rewrites():
        graph.check()
        result.graph.check()
        assert np.array_equal(tensor(result.graph, table), expected)
        for old, new in enumerate(result.kept):
            assert new < 0 or graph.edges[old].box == result.graph.edges[new].box
    proof.check()
    again = Proof.from_json(json.loads(json.dumps(proof.to_json())))
    assert again.steps == proof.steps
    again.check()


@pytest.mark.slow
@pytest.mark.parametrize("doctrine", CASES)
def test_many_random_steps_keep_the_tensor(doctrine):
    steps = 0
    for seed in range(1500):
        proof, table = random_proof(random.Random(seed), doctrine)
        expected = tensor(OpenHypergraph.from_diagram(proof.start), table)
        assert np.array_equal(tensor(OpenHypergraph.from_diagram(proof.end), table), expected), seed
        proof.check()
        steps += len(proof)
    assert steps > 1500


@pytest.mark.parametrize("doctrine", CASES)
@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_a_random_change_is_rejected_or_still_sound(doctrine, seed):
    rng = random.Random(seed)
    proof, table = random_proof(rng, doctrine)
    if not proof.steps:  # normalisation has removed what the pattern matched
        return
    at = rng.randrange(len(proof.steps))
    match = proof.steps[at].match
    rows = [list(row) for row in (match.edges, match.vertices, match.glue, match.ends)]
    row = rng.choice(rows)
    if row and rng.random() < 0.9:
        row[rng.randrange(len(row))] = rng.randint(-1, 8)
    else:
        row.append(0)
    changed = Step("k", proof.steps[at].forward, Match(*map(tuple, rows)))
    wrong = replace(proof, steps=(*proof.steps[:at], changed, *proof.steps[at + 1 :]))
    try:
        check(wrong)
    except RewriteError:
        return
    # A change that the checker accepts is another match of the rule: every step of it still holds.
    assert np.array_equal(
        tensor(normal(wrong.end, proof.theory), table), tensor(normal(wrong.start, proof.theory), table)
    )


@pytest.mark.parametrize("doctrine", CASES)
def test_tampered_proofs_are_rejected(doctrine):
    f, g, h = (Box(name, a, a, signature=free(doctrine)) for name in "fgh")
    theory = Theory("chain", free(doctrine), [Rule("fg", f >> f, g), Rule("gh", g >> g, h, directed=True)])
    start = f >> f >> f >> f
    graph = normal(start, theory)
    steps = []
    for name in ("fg", "fg", "gh"):
        match = next(iter(matches(theory[name].graphs[0], graph)))
        graph = rewrite(graph, theory[name], match).graph
        steps.append(Step(name, True, match))
    proof = Proof(start, h.diagram, tuple(steps), theory)
    proof.check()
    one, two, three = steps

    def wrong(*changed: Step) -> Proof:
        return replace(proof, steps=changed)

    other = Match((1, 3), *(getattr(one.match, key) for key in ("vertices", "glue", "ends")))
    tampered = [
        wrong(one, two),  # a step left out
        wrong(one, three, two),  # swapped
        wrong(three, one, two),
        wrong(replace(one, rule="gh"), two, three),
        wrong(replace(one, rule="no such rule"), two, three),
        wrong(one, two, replace(three, forward=False)),
        wrong(replace(one, match=other), two, three),
        wrong(
            one,
            replace(two, match=Match((5, 6), *(two.match.vertices, two.match.glue, two.match.ends))),
            three,
        ),
        wrong(replace(one, match=replace(one.match, glue=())), two, three),
        wrong(replace(one, match=replace(one.match, ends=one.match.ends[::-1])), two, three),
        wrong(replace(one, match=Match((), ())), two, three),
        wrong(one, one, three),  # a stale match
        replace(proof, end=g.diagram),
    ]
    for changed in tampered:
        with pytest.raises(RewriteError):
            check(changed)
    back = None if doctrine is Doctrine.CARTESIAN else Proof(start, g >> g, (one, two), theory).reversed()
    if back is not None:
        back.check()


def test_spiders_and_non_injective_matches():
    signature = free(Doctrine.HYPERGRAPH)
    f = Box("f", a, a, signature=signature)
    g = Box("g", a, a, signature=signature)
    # two boxes on one vertex: the pattern's four wires fall on one
    loop = (Spider(0, 2, a) >> f @ a >> Spider(2, 0, a)).over(signature)
    pattern = (f @ Diagram.id(a)).over(signature)
    rule = Rule("r", f, g)
    graph = normal(loop, Theory("t", signature))
    found = list(matches(rule.graphs[0], graph))
    results = {rewrite(graph, rule, match).graph.to_diagram() for match in found}
    assert Spider(0, 2, a) >> g @ a >> Spider(2, 0, a) in results
    assert list(matches(pattern.to_hypergraph(), graph))
    # an inner vertex with further legs is no match
    two = (f >> f).over(signature).to_hypergraph()
    assert not list(matches(two, (f >> Spider(1, 2, a) >> f @ a).over(signature).to_hypergraph()))
    # a bare wire matches a spider in every way to split its legs
    wire = Diagram.id(a).to_hypergraph()
    legs = Spider(2, 2, a).diagram.over(signature).to_hypergraph()
    assert len(list(matches(wire, legs))) == 1 + 2**4
    empty = Diagram.id(Ty()).to_hypergraph()
    assert list(matches(empty, legs)) == [Match((), (), (), ())]


def test_a_compact_closed_match_goes_round_a_bend():
    signature = free(Doctrine.COMPACT)
    f, g = (Box(name, a, a, signature=signature) for name in "fg")
    from catenary.diagrams import Cap, Cup

    # f bent round is f transposed: found where f >> g does not stand in a row
    graph = (Cap(a, a) @ a >> a @ f @ a >> a @ Cup(a, a) >> g).over(signature).to_hypergraph()
    assert list(matches((f >> g).to_hypergraph(), graph)) == []
    bent = (f >> f.r.dagger()).over(signature) if hasattr(f, "r") else f >> f
    assert bent.to_hypergraph()
    rotated = f.r.diagram.over(signature).to_hypergraph()
    assert len(list(matches(f.diagram.to_hypergraph(), rotated))) == 1


def test_a_traced_match_goes_round_the_loop():
    signature = free(Doctrine.TRACED)
    f, g, k = (Box(name, a, a, signature=signature) for name in "fgk")
    loop = (f >> g).trace().over(signature)
    rule = Rule("gf", g >> f, k)
    graph = normal(loop, Theory("t", signature))
    (match,) = matches(rule.graphs[0], graph)
    assert rewrite(graph, rule, match).graph.to_diagram() == k.diagram.trace()


def test_markov_matches_are_weakly_convex():
    signature = free(Doctrine.MARKOV)
    f, g, k = Box("f", a, a, signature=signature), Box("g", a, a, signature=signature), None
    k = Box("k", a @ a, a @ a, signature=signature)
    rule = Rule("fg", f @ g, k)
    theory = Theory("t", signature, [rule])
    row = normal(f >> g, theory)
    # but for g having been discarded after f, or f after g
    assert all(match.context is not None for match in matches(rule.graphs[0], row))
    # what is copied may be used outside as well
    shared = normal(f >> Copy(a) >> g @ a, theory)
    wide = Rule("wide", f >> Copy(a), Box("c", a, a @ a, signature=signature))
    found = {rewrite(shared, wide, match).graph.to_diagram() for match in matches(wide.graphs[0], shared)}
    c = wide.right
    assert c >> g @ a in found
    assert c >> a @ Discard(a) >> Copy(a) >> g @ a in found
    # discarding is natural: the result is tidied
    single = Rule("constant", g, Discard(a) >> Box("u", Ty(), a, signature=signature))
    graph = normal(f >> g, Theory("t", signature, [single]))
    (result,) = [rewrite(graph, single, match).graph for match in matches(single.graphs[0], graph)]
    assert [edge.box.name for edge in result.edges] == ["u"]
