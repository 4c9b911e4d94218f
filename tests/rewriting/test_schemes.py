"""Rules with variables: instances found, steps sound in tensors, tampered values rejected, text and JSON."""

import json
import random
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Symbol, symbols

from catenary.diagrams import (
    ArgumentError,
    Box,
    Copy,
    Diagram,
    Doctrine,
    Equation,
    InputError,
    OpenHypergraph,
    RewriteError,
    Spider,
    Swap,
    Ty,
    free,
)
from catenary.diagrams.conditions import Condition
from catenary.diagrams.files import dumps, from_json, loads, to_json
from catenary.diagrams.text import format_document, parse_document
from catenary.rewriting import (
    EGraph,
    Match,
    Proof,
    Proved,
    Refuted,
    Rule,
    Step,
    Theory,
    check,
    matches,
    prove,
    redexes,
    rewrite,
)

a, b, c = symbols("a b c")
q = Ty("q")
HYPER = free(Doctrine.HYPERGRAPH)
h = Box("h", q, q)


def rz(angle, doctrine: Doctrine = Doctrine.SYMMETRIC) -> Box:
    return Box("rz", q, q, [angle], signature=free(doctrine))


def z(inputs: int, outputs: int, phase=0) -> Diagram:
    return Spider(inputs, outputs, q, phase=phase).diagram.over(HYPER)


ADD = Rule("add", rz(a) >> rz(b), rz(a + b), variables="a b")
SPLIT = Rule("split", rz(a), h >> rz(-a) >> h, variables=[a], where=["a in {1/2, 3/2} mod 2"])


# Instances


def test_values_are_solved_for():
    graph = (rz(Fraction(1, 4)) >> rz(c) >> h >> rz(1)).to_hypergraph()
    (found,) = redexes(ADD, graph)
    assert found.values == (("a", Fraction(1, 4)), ("b", c))
    assert found.instance.right == rz(c + Fraction(1, 4))
    twice = Rule("twice", rz(a) >> h >> rz(a + 1), h, variables="a")
    assert not list(redexes(twice, graph))
    other = (rz(Fraction(1, 2)) >> h >> rz(Fraction(3, 2))).to_hypergraph()
    assert [r.values for r in redexes(twice, other)] == [(("a", Fraction(1, 2)),)]
    double = Rule("double", rz(2 * a) >> rz(a), h, variables="a")
    assert [r.values for r in redexes(double, (rz(1) >> rz(Fraction(1, 2))).to_hypergraph())] == [
        (("a", Fraction(1, 2)),)
    ]
    assert not list(redexes(double, (rz(1) >> rz(1)).to_hypergraph()))


def test_what_a_side_does_not_determine_has_to_be_given():
    graph = rz(1).diagram.to_hypergraph()
    with pytest.raises(RewriteError, match=r"does not determine a, b: give values"):
        redexes(ADD, graph, forward=False)
    (found,) = redexes(ADD, graph, forward=False, given={"a": 3})
    assert found.values == (("a", 3), ("b", -2))
    assert not list(redexes(ADD, graph, forward=False, given={"a": 3, "b": 3}))
    square = Rule("square", rz(a**2), rz(a), variables="a")
    with pytest.raises(RewriteError, match="does not determine a"):
        redexes(square, graph)
    assert len(list(redexes(square, graph, given={"a": 1}))) == 1
    directed = replace(ADD, directed=True)
    with pytest.raises(RewriteError, match="directed"):
        redexes(directed, graph, forward=False)


def test_conditions():
    for angle, found in ((Fraction(1, 2), 1), (Fraction(-1, 2), 1), (Fraction(1, 4), 0), (a, 0), (0.5, 1)):
        assert len(list(redexes(SPLIT, rz(angle).diagram.to_hypergraph()))) == found
    whole = Condition.parse("a + b not in {0} mod 1/2")
    assert whole.holds({"a": Fraction(1, 4), "b": Fraction(1, 2)})
    assert not whole.holds({"a": Fraction(1, 4), "b": Fraction(1, 4)})
    assert not whole.holds({"a": Fraction(1, 4), "b": c})
    assert whole.holds({"a": Fraction(1, 4) - b, "b": b})
    assert eval(repr(whole), {"Condition": Condition, "Fraction": Fraction, "sympy": None, **vars_of(whole)})
    with pytest.raises(ArgumentError, match="positive"):
        Condition(a, (Fraction(1),), Fraction(0))
    for text in ("a", "a in", "a in {}", "a in {1}, b in {1}", "a in {1} mod b"):
        with pytest.raises((InputError, ArgumentError)):
            Condition.parse(text)
    with pytest.raises(ArgumentError, match="variables"):
        Rule("r", rz(a), rz(a), variables="a", where="b in {0}")
    with pytest.raises(ArgumentError, match="variable d"):
        Rule("r", rz(a), rz(a), variables="a d")
    with pytest.raises(RewriteError, match="does not hold"):
        SPLIT.at(a=1)
    with pytest.raises(RewriteError, match="no variable 'x'"):
        ADD.at(x=1)


def vars_of(condition: Condition) -> dict[str, Symbol]:
    return {name: Symbol(name) for name in condition.symbols}


def test_symbols_that_are_no_variables_are_constants():
    constant = Rule("constant", rz(a) >> rz(b), rz(a + b), variables="b")
    assert [r.values for r in redexes(constant, (rz(a) >> rz(1)).to_hypergraph())] == [(("b", Fraction(1)),)]
    assert not list(redexes(constant, (rz(1) >> rz(1)).to_hypergraph()))
    # simultaneous: what is put in for a may contain b
    assert ADD.at(a=b, b=a).right == rz(a + b)
    assert ADD.at(a=2 * b, b=1).left == rz(2 * b) >> rz(1)


@pytest.mark.parametrize("doctrine", [Doctrine.MARKOV, Doctrine.CARTESIAN])
def test_values_in_copying_doctrines(doctrine):
    """The two boxes of the pattern are one where their values are equal."""
    signature = free(doctrine)
    first = Rule(
        "both",
        Copy(q) >> rz(a, doctrine) @ rz(b, doctrine),
        Copy(q) >> rz(b, doctrine) @ rz(a, doctrine),
        variables="a b",
    )
    graph = (Copy(q) >> rz(1, doctrine) @ rz(2, doctrine)).over(signature).to_hypergraph()
    found = list(redexes(first, graph))
    assert (("a", 1), ("b", 2)) in [r.values for r in found]
    for redex in found:
        rewrite(graph, redex.instance, redex.match)


# Phases add


def test_a_phase_is_a_summand():
    rule = Rule("quarter", z(1, 1, Fraction(1, 4)), h.diagram.over(HYPER))
    graph = z(1, 1, Fraction(1, 2)).to_hypergraph()
    results = [rewrite(graph, rule, match).graph.to_diagram() for match in matches(rule.graphs[0], graph)]
    assert z(1, 1, Fraction(1, 4)) >> h in results
    assert h >> z(1, 1, Fraction(1, 4)) in results
    # nothing left: the phase box is gone
    exact = z(1, 1, Fraction(1, 4)).to_hypergraph()
    assert h.diagram in [rewrite(exact, rule, m).graph.to_diagram() for m in matches(rule.graphs[0], exact)]
    # the complement of no phase is the negative
    wire = Diagram.id(q, HYPER).to_hypergraph()
    assert h >> z(1, 1, Fraction(7, 4)) in [
        rewrite(wire, rule, m).graph.to_diagram() for m in matches(rule.graphs[0], wire)
    ]
    # inside a pattern the phase is that of the vertex
    inner = Rule("inner", h >> z(1, 1, Fraction(1, 4)) >> h, h.diagram.over(HYPER))
    assert not list(matches(inner.graphs[0], (h >> z(1, 1, Fraction(1, 2)) >> h).to_hypergraph()))
    assert list(matches(inner.graphs[0], (h >> z(1, 1, Fraction(1, 4)) >> h).to_hypergraph()))
    assert not list(matches(inner.graphs[0], (h >> h).to_hypergraph()))


def test_variables_in_phases():
    through = Rule("through", h >> z(1, 1, a) >> h, h >> z(1, 1, -a) >> h, variables="a")
    for phase in (0, Fraction(1, 4), b):
        graph = (h >> z(1, 1, phase) >> h).over(HYPER).to_hypergraph()
        values = {r.values for r in redexes(through, graph)}
        assert values == {(("a", phase),)}
    three = (h >> z(1, 2, Fraction(1, 4)) >> h @ h).over(HYPER).to_hypergraph()
    assert not list(redexes(through, three))  # a third leg is no part of the pattern
    spider = Rule("leg", z(1, 1, a) >> h, h >> z(1, 1, a), variables="a", where="a not in {0}")
    found = list(redexes(spider, three))
    assert {r.values for r in found} == {(("a", Fraction(1, 4)),)}
    for redex in found:
        assert rewrite(three, redex.instance, redex.match).graph.phases()


SIZE = 2


def tensor(graph: OpenHypergraph) -> np.ndarray:
    operands: list[object] = [np.array(1.0), []]
    fresh, out = len(graph.vertices), []
    for v in graph.dom + graph.cod:
        operands += [np.eye(SIZE), [v, fresh]]
        out.append(fresh)
        fresh += 1
    for edge in graph.edges:
        box = edge.box
        if box.name == "h":
            value = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
        elif box.name == "rz":
            value = np.diag([1, np.exp(1j * np.pi * float(box.params[0]))])
        elif box.name == "s":
            value = np.array(np.exp(1j * np.pi * float(box.params[0])))
        else:
            value = np.array([1, np.exp(1j * np.pi * float(box.params[0]))])
        operands += [value, [*edge.sources, *edge.targets]]
    touched = {*graph.dom, *graph.cod, *(v for e in graph.edges for v in e.sources + e.targets)}
    return SIZE ** (len(graph.vertices) - len(touched)) * np.einsum(*operands, out)


def phased_theory() -> Theory:
    """Every instance of every rule holds in tensors."""
    box, r = h.diagram.over(HYPER), lambda angle: rz(angle, Doctrine.HYPERGRAPH)
    s = Box("s", Ty(), Ty(), [a], signature=HYPER)
    flip = box >> z(1, 1, 1) >> box
    return Theory(
        "phased",
        HYPER,
        [
            Rule("hh", box >> box, Diagram.id(q)),
            Rule("as spider", r(a), z(1, 1, a), variables="a"),
            Rule("flip", flip >> z(1, 1, a), s @ (z(1, 1, -a) >> flip), variables="a"),
            Rule("flip a leg", z(1, 2, a) >> flip @ q, s @ (flip >> z(1, 2, -a) >> q @ flip), variables="a"),
            Rule("state", z(0, 1, a) >> r(b), z(0, 1, a + b), variables="a b", where="b not in {0} mod 1"),
            Rule("split", z(1, 1, a + b), z(1, 1, a) >> r(b), variables="a b", where="b in {1/4, 1/2}"),
        ],
    )


ANGLES = [Fraction(k, 4) for k in range(8)]


def random_phased(rng: random.Random) -> Diagram:
    layers = [
        z(1, 1, rng.choice(ANGLES)),
        h.diagram.over(HYPER),
        rz(rng.choice(ANGLES), Doctrine.HYPERGRAPH).diagram,
    ]
    layers += [z(1, 2, rng.choice(ANGLES)), z(2, 1, rng.choice(ANGLES)), z(0, 1, rng.choice(ANGLES))]
    diagram = Diagram.id(q ** rng.randint(0, 2), HYPER)
    for _ in range(rng.randint(1, 5)):
        now = len(diagram.cod)
        part = rng.choice([d for d in layers if len(d.dom) <= now and now + len(d.cod) - len(d.dom) <= 3])
        at = rng.randint(0, now - len(part.dom))
        diagram = diagram >> q**at @ part @ q ** (now - at - len(part.dom))
        if rng.random() < 0.3 and len(diagram.cod) > 1:
            diagram = diagram >> Swap(q, q) @ q ** (len(diagram.cod) - 2)
    return diagram


def random_steps(rng: random.Random, theory: Theory, start: Diagram, length: int) -> Proof:
    graph = OpenHypergraph.from_diagram(start)
    steps = []
    for _ in range(length):
        rule, forward = rng.choice([(rule, forward) for rule in theory for forward in (True, False)])
        given = (
            {"b": rng.choice(ANGLES)}
            if rule.name == "split" or (rule.name, forward) == ("state", False)
            else {}
        )
        found = list(islice(redexes(rule, graph, forward, given=given), 40))
        if found and len(graph.edges) < 9:
            redex = rng.choice(found)
            graph = rewrite(graph, redex.instance, redex.match, forward).graph
            steps.append(Step.of(redex))
    return Proof(start, graph.to_diagram(), tuple(steps), theory)


PHASED = phased_theory()


@pytest.mark.parametrize("rule", PHASED, ids=lambda rule: rule.name)
def test_the_rules_hold_for_all_values(rule):
    for values in product(ANGLES, repeat=len(rule.variables)):
        given = dict(zip(rule.variables, values, strict=True))
        if all(condition.holds(given) for condition in rule.where):
            left, right = (tensor(side) for side in rule.at(given).graphs)
            assert np.allclose(left, right), given


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_steps_with_values_keep_the_tensor_and_pass_the_checker(seed):
    rng = random.Random(seed)
    proof = random_steps(rng, PHASED, random_phased(rng), 5)
    expected = tensor(OpenHypergraph.from_diagram(proof.start))
    for _, _, result in proof.rewrites():
        result.graph.check()
        assert np.allclose(tensor(result.graph), expected)
    proof.check()
    again = Proof.from_json(json.loads(json.dumps(proof.to_json())))
    assert again.steps == proof.steps
    assert again.theory == proof.theory
    again.check()
    back = proof.reversed()
    back.check()


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_a_changed_step_is_rejected_or_still_sound(seed):
    rng = random.Random(seed)
    proof = random_steps(rng, PHASED, random_phased(rng), 4)
    if not proof.steps:
        return
    at = rng.randrange(len(proof.steps))
    step = proof.steps[at]
    changed = []
    if step.values:
        (name, value), *rest = rng.sample(step.values, len(step.values))
        changed += [
            replace(step, values=tuple(sorted([(name, value + rng.choice(ANGLES[1:])), *rest]))),
            replace(step, values=tuple(rest)),
            replace(step, values=(*step.values, (name, Fraction(0)))),
        ]
    rows = {key: list(getattr(step.match, key)) for key in ("edges", "vertices", "glue", "ends", "phases")}
    key = rng.choice([key for key, row in rows.items() if row])
    wrong_value = rng.randint(-2, 8)
    if key == "phases":
        wrong_value = rng.choice([(wrong_value, rows[key][0][1]), (rows[key][0][0], rng.choice(ANGLES))])
    rows[key][rng.randrange(len(rows[key]))] = wrong_value
    changed.append(replace(step, match=Match(**{key: tuple(row) for key, row in rows.items()})))
    for one in changed:
        wrong = replace(proof, steps=(*proof.steps[:at], one, *proof.steps[at + 1 :]))
        try:
            check(wrong)
        except RewriteError:
            continue
        ends = [tensor(OpenHypergraph.from_diagram(end)) for end in (wrong.start, wrong.end)]
        assert np.allclose(*ends)


def test_tampered_values_are_rejected():
    theory = Theory("rz", free(), [ADD, SPLIT])
    start = rz(Fraction(1, 4)) >> rz(Fraction(1, 4))
    graph = start.to_hypergraph()
    (first,) = redexes(ADD, graph)
    graph = rewrite(graph, first.instance, first.match).graph
    (second,) = redexes(SPLIT, graph)
    end = rewrite(graph, second.instance, second.match).graph.to_diagram()
    proof = Proof(start, end, (Step.of(first), Step.of(second)), theory)
    proof.check()
    assert [str(step) for step in proof.steps] == ["add [a = 1/4, b = 1/4]", "split [a = 1/2]"]
    one, two = proof.steps
    for steps in (
        (replace(one, values=(("a", Fraction(1, 2)), ("b", Fraction(0)))), two),
        (replace(one, values=()), two),
        (replace(one, values=(*one.values, ("c", Fraction(1)))), two),
        (replace(one, values=(*one.values, ("a", Fraction(1, 4)))), two),
        (one, replace(two, values=(("a", Fraction(1)),))),
        (one, replace(two, values=())),
        (two, one),
    ):
        with pytest.raises(RewriteError):
            check(replace(proof, steps=steps))
    # a rule of one name with other conditions or variables is another rule
    with pytest.raises(RewriteError):
        check(proof, Theory("less", free(), [ADD, replace(SPLIT, where="a in {1}")]))
    with pytest.raises(RewriteError):
        check(proof, Theory("less", free(), [replace(ADD, variables=()), SPLIT]))


def test_schemes_in_text_and_json():
    text = """
    theory rotations : symmetric
    object q
    box rz(t) : q -> q
    box h : q -> q
    axiom add(a, b): rz(a) >> rz(b) = rz(a + b)
    rule split(a): rz(a) => h >> rz(-a) >> h where a in {1/2, 3/2} mod 2, 2 * a not in {0}
    claim all(a): rz(a) >> rz(-a) = rz(0) where a not in {0}
    box where : q -> q
    box in : q -> q
    axiom names: where >> in = in
    """
    document = parse_document(text)
    theory = Theory.from_document(document)
    assert theory["add"].variables == ("a", "b")
    assert [str(one) for one in theory["split"].where] == ["a in {1/2, 3/2} mod 2", "2*a not in {0}"]
    assert parse_document(format_document(document)) == document
    assert loads(dumps(document)) == document
    for rule in theory:
        assert from_json(to_json(rule.equation)) == rule.equation
    for wrong, message in (
        ("axiom add(a, c): rz(a) = rz(a)", "variable c"),
        ("axiom add(a): rz(a) = rz(a) where b in {1}", "condition"),
        ("axiom add(a): rz(a) = rz(a) where a in {1} mod b", "modulus"),
        ("axiom add(a): rz(a) = rz(a) where a {1}", "expected"),
    ):
        with pytest.raises(InputError, match=message):
            parse_document(f"theory t : symmetric object q box rz(t) : q -> q {wrong}")


def test_search_uses_schemes_and_models_do_not_lie():
    theory = Theory(
        "rz", free(), [ADD, Rule("hh", h >> h, Diagram.id(q)), Rule("zero", rz(0), Diagram.id(q))]
    )
    answer = prove(
        Equation("inverse", rz(Fraction(1, 4)) >> h >> h >> rz(-Fraction(1, 4)), Diagram.id(q)), theory
    )
    assert isinstance(answer, Proved)
    assert len(answer.proof) == 3
    # parameters mean nothing in this model, so every instance of the scheme holds in it
    answer = prove(Equation("h is no rotation", h.diagram, rz(1).diagram), theory)
    assert isinstance(answer, Refuted)
    assert "rz" in answer.model.tensors
    assert answer.model.refutes(Equation("another", h.diagram, rz(2).diagram), theory)


@pytest.mark.parametrize(
    "change",
    [
        {"phases": [[0]]},
        {"phases": 3},
        {"phases": [["0", "1/2"]]},
        {"values": ["a"]},
        {"values": {"a": None}},
        {"values": {"a": "1/0"}},
        {"context": 3},
        {"context": {"schema": "catenary.type", "version": 1, "objects": []}},
        {"edges": ["0"]},
    ],
)
def test_json_of_steps_that_is_wrong(change):
    theory = Theory("rz", free(), [ADD])
    start = rz(1) >> rz(2)
    (redex,) = redexes(ADD, start.to_hypergraph())
    data = Proof(start, rz(3).diagram, (Step.of(redex),), theory).to_json()
    Proof.from_json(data).check()
    data["steps"][0].update(change)
    with pytest.raises(InputError):
        Proof.from_json(data)


def test_the_event_net_says_that_it_leaves_rules_with_variables_out():
    theory = Theory("rz", free(), [ADD, Rule("hh", h >> h, Diagram.id(q))])
    graph = EGraph(theory)
    assert graph.equal(rz(1) >> h >> h, rz(1).diagram)
    assert graph.equal(rz(1) >> rz(2), rz(3).diagram) is None
    assert graph.report.reason != "saturated"
    assert not graph.report.saturated
