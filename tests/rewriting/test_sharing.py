"""Rewriting up to sharing and discarding, in Markov and cartesian doctrines."""

import json
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    Copy,
    Diagram,
    Discard,
    Doctrine,
    Edge,
    Equation,
    OpenHypergraph,
    RewriteError,
    Ty,
    free,
)
from catenary.diagrams.equality import normalised
from catenary.rewriting import (
    Limits,
    Match,
    Proof,
    Proved,
    Rule,
    Step,
    Theory,
    check,
    matches,
    prove,
    redexes,
    rewrite,
)
from catenary.rewriting.library import boolean_circuits, group

a = Ty("a")
CARTESIAN, MARKOV = free(Doctrine.CARTESIAN), free(Doctrine.MARKOV)


def results(rule: Rule, diagram: Diagram) -> list[Diagram]:
    """What the rule makes of a diagram, each proof accepted by the checker."""
    theory = Theory("t", rule.signature, [rule])
    graph = normalised(OpenHypergraph.from_diagram(diagram.over(rule.signature)))
    found = []
    for redex in redexes(rule, graph):
        after = rewrite(graph, rule, redex.match).graph.to_diagram()
        proof = Proof(diagram.over(rule.signature), after, (Step.of(redex),), theory)
        proof.check()
        again = Proof.from_json(json.loads(json.dumps(proof.to_json())))
        again.check()
        proof.reversed().check()
        found.append(after)
    return found


def boxes(signature) -> tuple[Box, ...]:
    f, g, h, k = (Box(name, a, a, signature=signature) for name in "fghk")
    return f, g, h, k, Box("m", a @ a, a, signature=signature), Box("n", a @ a, a, signature=signature)


def test_two_boxes_of_a_pattern_match_one_that_is_shared():
    f, _, _, _, m, n = boxes(CARTESIAN)
    rule = Rule("pair", f @ f >> m, n)
    assert (Copy(a) >> n).over(CARTESIAN) in results(rule, f >> Copy(a) >> m)
    assert Copy(a) >> n in results(rule, Copy(a) >> f @ f >> m)
    # not in a Markov category, where f may be a coin
    f, _, _, _, m, n = boxes(MARKOV)
    assert not results(Rule("pair", f @ f >> m, n), f >> Copy(a) >> m)
    assert results(Rule("pair", f @ f >> m, n), Copy(a) >> f @ f >> m) == [Copy(a) >> n]


def test_what_is_used_outside_is_kept():
    f, g, _, k, *_ = boxes(CARTESIAN)
    rule = Rule("fg", f >> g, k)
    assert results(rule, f >> Copy(a) >> g @ a) == [Copy(a) >> k @ f]
    assert not list(matches(rule.graphs[0], (f >> k).to_hypergraph()))
    f, g, _, k, *_ = boxes(MARKOV)
    assert not results(Rule("fg", f >> g, k), f >> Copy(a) >> g @ a)


def test_some_uses_may_keep_the_old_value():
    f, _, _, k, *_ = boxes(CARTESIAN)
    found = results(Rule("fk", f, k), f >> Copy(a))
    assert set(found) == {(k >> Copy(a)).over(CARTESIAN), Copy(a) >> f @ k, Copy(a) >> k @ f}


@pytest.mark.parametrize("signature", [MARKOV, CARTESIAN], ids=["markov", "cartesian"])
def test_boxes_that_the_context_discards(signature):
    f, g, *_ = boxes(signature)
    pair = Box("pair", a, a @ a, signature=signature)
    rule = Rule("pair", Copy(a) >> f @ g, pair)
    found = results(rule, f.diagram)
    assert pair >> a @ Discard(a) in found
    # of an input that only a discarded box uses, every wire is tried
    both = Box("both", a @ a, a @ a, signature=signature)
    side = Rule("both", f @ g, both)
    found = results(side, f @ a)
    assert any(any(box.name == "both" for box in diagram.boxes) for diagram in found)


@settings(max_examples=60)
@given(st.integers(0, 10**9), st.booleans())
def test_given_contexts_that_are_changed_are_rejected_or_sound(seed, cartesian):
    rng = random.Random(seed)
    signature = CARTESIAN if cartesian else MARKOV
    f, g, h, k, m, n = boxes(signature)
    table = tensors(rng, cartesian)
    rule = rng.choice(
        [
            Rule("r", f @ f >> m, Box("new", a @ a, a, signature=signature)),
            Rule("r", f >> g, Box("new", a, a, signature=signature)),
            Rule("r", Copy(a) >> f @ g, Box("new", a, a @ a, signature=signature)),
            Rule("r", f @ g, Box("new", a @ a, a @ a, signature=signature)),
        ]
    )
    table["new"] = value(rule.graphs[0], table)
    diagram = Diagram.id(a @ a, signature)
    for _ in range(rng.randint(1, 5)):
        part = rng.choice(
            [f @ a, g @ a, a @ f, m.diagram, Copy(a) @ a, a @ Copy(a), f @ f, h @ k, n >> Copy(a)]
        )
        if len(part.dom) <= len(diagram.cod):
            diagram = diagram >> part @ a ** (len(diagram.cod) - len(part.dom))
        if len(diagram.cod) > 3:
            diagram = diagram >> a @ a @ Discard(a) @ a ** (len(diagram.cod) - 3)
    graph = normalised(OpenHypergraph.from_diagram(diagram))
    theory = Theory("t", signature, [rule])
    for match in list(matches(rule.graphs[0], graph))[:20]:
        after = rewrite(graph, rule, match).graph
        after.check()
        assert np.allclose(value(graph, table), value(after, table))
        proof = Proof(diagram, after.to_diagram(), (Step("r", True, match),), theory)
        check(proof)
        if match.context is None:
            continue
        edges = list(match.context.edges)
        at = rng.randrange(len(edges))
        edge = edges[at]
        rows = [list(edge.sources), list(edge.targets)]
        row = rng.choice(rows)
        if row:
            row[rng.randrange(len(row))] = rng.randrange(len(match.context.vertices))
        box = rng.choice([edge.box, f, Box("z", Ty(), a), h])
        edges[at] = Edge(box, *map(tuple, rows))
        wrong = replace(match, context=replace(match.context, edges=tuple(edges)))
        try:
            check(replace(proof, steps=(Step("r", True, wrong),)))
        except RewriteError:
            continue


def tensors(rng: random.Random, cartesian: bool) -> dict[str, np.ndarray]:
    table = {}
    for name, ins in (("f", 1), ("g", 1), ("h", 1), ("k", 1), ("m", 2), ("n", 2)):
        rows = np.zeros((2**ins, 2))
        for row in rows:
            if cartesian:
                row[rng.randrange(2)] = 1
            else:
                row[0] = rng.randint(-2, 3)
                row[1] = 1 - row[0]
        table[name] = rows.reshape((2,) * (ins + 1))
    return table


def value(graph: OpenHypergraph, table: dict[str, np.ndarray]) -> np.ndarray:
    operands: list[object] = [np.array(1.0), []]
    fresh, out = len(graph.vertices), []
    for v in graph.dom + graph.cod:
        operands += [np.eye(2), [v, fresh]]
        out.append(fresh)
        fresh += 1
    for edge in graph.edges:
        operands += [table[edge.box.name], [*edge.sources, *edge.targets]]
    return np.einsum(*operands, out)


def test_a_context_with_a_box_that_is_not_there_proves_nothing():
    """Were there a state z: 1 → b, the two sides would be equal; the theory has none."""
    b = Ty("b")
    signature = Theory(
        "t",
        type(CARTESIAN)("t", Doctrine.CARTESIAN, ["a", "b"], [Box("x", b, a), Box("y", b, a)]),
    ).signature
    x, y = signature["x"], signature["y"]
    theory = Theory("t", signature, [Rule("equal", x, y)])
    graph = Diagram.id(a).over(signature).to_hypergraph()
    hole = Edge(Box("hole", b, a), (1,), (2,))
    state = Edge(Box("z", Ty(), b), (), (1,))
    context = OpenHypergraph((*graph.vertices, *b.objects, *a.objects), (state, hole), (0,), (0,), CARTESIAN)
    step = Step("equal", True, Match((-1,), (-1, -1), context=context))
    with pytest.raises(RewriteError, match="no box of the theory"):
        check(Proof(Diagram.id(a), Diagram.id(a), (step,), theory))
    with pytest.raises(RewriteError):
        check(
            Proof(Diagram.id(a), Diagram.id(a), (replace(step, match=Match((), (), context=graph)),), theory)
        )


def test_contexts_are_given_in_copying_doctrines_alone():
    f, k = Box("f", a, a), Box("k", a, a)
    theory = Theory("t", free(), [Rule("fk", f, k)])
    graph = f.diagram.to_hypergraph()
    context = OpenHypergraph(graph.vertices, (Edge(Box("hole", a, a), (0,), (1,)),), (0,), (1,), free())
    step = Step("fk", True, Match((0,), (0, 1), context=context))
    with pytest.raises(RewriteError, match="copy alone"):
        check(Proof(f.diagram, k.diagram, (step,), theory))


def test_groups_and_circuits():
    """Left inverses are right inverses: the proof puts copies of values in that are there already."""
    theory = group()
    m, e, i = (theory.signature[name] for name in "mei")
    g = Ty("g")
    cancel = Equation("cancel", Copy(g) @ g >> i @ m >> m, Discard(g) @ g)
    answer = prove(cancel, theory, limits=Limits(seconds=30))
    assert isinstance(answer, Proved)
    and_, not_ = boolean_circuits().signature["and"], boolean_circuits().signature["not"]
    b = Ty("b")
    found = results_of(boolean_circuits(), "and complement", not_ >> Copy(b) >> b @ not_ >> and_)
    assert Discard(b) >> boolean_circuits().signature["false"] in found
    assert e.cod == g


def results_of(theory: Theory, name: str, diagram: Diagram) -> list[Diagram]:
    graph = normalised(OpenHypergraph.from_diagram(diagram.over(theory.signature)))
    return [rewrite(graph, theory[name], r.match).graph.to_diagram() for r in redexes(theory[name], graph)]
