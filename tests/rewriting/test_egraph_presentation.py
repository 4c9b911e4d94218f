"""The event net outside the symmetric doctrine: answers are steps of the doctrine, and keep the meaning."""

import random

import pytest

from catenary.diagrams import (
    Box,
    Cap,
    Copy,
    Cup,
    Diagram,
    Discard,
    Doctrine,
    DoctrineError,
    Edge,
    OpenHypergraph,
    Signature,
    Spider,
    Swap,
    Ty,
)
from catenary.diagrams.errors import CatenaryError, RewriteError
from catenary.rewriting import Limits, Rule, Theory, check
from catenary.rewriting.egraph import EGraph
from catenary.rewriting.egraph.presentation import Presentation
from catenary.rewriting.library import clifford_zx, complementary_pair, group, linear_relations
from catenary.rewriting.rule import is_symmetric
from catenary.rewriting.theorems import statements
from tests.rewriting.library_models import MODELS

a = Ty("a")
LIMITS = Limits(depth=2, places=400, transitions=1000)


def random_graph(rng: random.Random, signature: Signature, size: int) -> OpenHypergraph:
    """Any wiring, cycles and spiders of any arity too."""
    wires = rng.randint(1, size + 2)
    boxes = [rng.choice(list((signature.generators or {}).values())) for _ in range(size)]

    def some(count: int) -> tuple[int, ...]:
        return tuple(rng.randrange(wires) for _ in range(count))

    edges = tuple(Edge(box, some(len(box.dom)), some(len(box.cod))) for box in boxes)
    return OpenHypergraph(
        a.objects * wires, edges, some(rng.randint(0, 2)), some(rng.randint(0, 2)), signature
    )


@pytest.mark.parametrize("doctrine", [Doctrine.HYPERGRAPH, Doctrine.COMPACT])
def test_presented_and_read_back(doctrine):
    boxes = [Box("f", a @ a, a), Box("g", a, a @ a), Box("h", a, a)]
    signature = Signature("free", doctrine, ["a"], boxes)
    presentation = Presentation(Theory("free", signature))
    done = 0
    for seed in range(200):
        rng = random.Random(seed)
        graph = random_graph(rng, signature, rng.randint(0, 5))
        if doctrine is Doctrine.COMPACT and any(
            len(p) + len(c) not in (0, 2) for p, c in zip(graph.producers, graph.consumers, strict=True)
        ):
            continue
        diagram = graph.to_diagram()
        if any(box.z for box in diagram.boxes):
            continue
        done += 1
        directed = presentation.present(diagram)
        assert directed.signature.doctrine is Doctrine.SYMMETRIC
        back = presentation.read_back(OpenHypergraph.from_diagram(directed)).to_diagram()
        assert back == diagram
    assert done > (100 if doctrine is Doctrine.HYPERGRAPH else 5)


def complementary(name: str):
    return next(i for i in MODELS if i.name == name)


def extractions(seeds: range) -> int:
    model = complementary("complementary pair in Z3")
    theory = model.theory
    gained = 0
    for seed in seeds:
        rng = random.Random(seed)
        diagram = random_graph(rng, theory.signature, rng.randint(1, 4)).to_diagram()
        if any(box.z for box in diagram.boxes):
            continue
        found = EGraph(theory).extract(
            diagram, limits=Limits(seconds=20, depth=2, places=300, transitions=600)
        )
        check(found.proof, theory)
        assert found.proof.start == diagram
        assert found.proof.end == found.diagram
        assert found.cost == len(found.diagram.to_hypergraph().edges) <= found.before
        assert model.same(*(OpenHypergraph.from_diagram(d) for d in (diagram, found.diagram)))
        gained += found.cost < found.before
    return gained


def test_extractions_in_the_hypergraph_doctrine_keep_the_tensor():
    assert extractions(range(8)) >= 2


@pytest.mark.slow
def test_hundreds_of_extractions_in_the_hypergraph_doctrine_keep_the_tensor():
    assert extractions(range(100, 500)) > 100


def test_theorems_of_a_complementary_pair():
    theory = complementary_pair()
    m, u = (theory.signature[name] for name in "mu")
    graph = EGraph(theory)
    copied = u >> Spider(1, 3, a) >> m @ a >> m
    proof = graph.explain(copied, u.diagram, Limits(depth=6, places=4000))
    assert proof is not None
    check(proof, theory)
    assert proof.theory == theory
    fused = graph.explain(Spider(1, 2, a) >> Spider(2, 1, a) >> Spider(1, 3, a), Spider(1, 3, a).diagram)
    assert fused is not None
    assert not fused.steps
    assert graph.equal(m >> Spider(1, 0, a), Spider(1, 0, a) @ Spider(1, 0, a), LIMITS) is True
    assert graph.equal(m.diagram, Spider(2, 1, a).diagram, Limits(seconds=3, depth=2, places=300)) is None
    assert graph.equal(u.diagram, Spider(0, 1, a).diagram, Limits(seconds=3, depth=2, places=300)) is None


def test_a_trace():
    f, g = Box("f", a @ a, a @ a), Box("g", a, a)
    signature = Signature("fed back", Doctrine.TRACED, ["a"], [f, g])
    f, g = signature["f"], signature["g"]
    theory = Theory(
        "fed back", signature, [Rule("gg", g >> g, Diagram.id(a)), Rule("gf", g @ a >> f, f >> g @ a)]
    )
    inside = f >> g @ g
    diagram = inside.trace() >> g
    graph = EGraph(theory)
    found = graph.extract(diagram, limits=Limits(depth=3, places=600, transitions=1200))
    check(found.proof, theory)
    assert found.proof.start == diagram
    assert found.diagram.signature.doctrine is Doctrine.TRACED
    assert found.cost == 2.0 < found.before == 4.0
    # two g on the loop, one on each side of the trace's joint
    loop = (g @ a >> Swap(a, a) >> a @ g).trace()
    assert graph.equal(loop, Diagram.id(a), LIMITS) is True


def test_compact_closed():
    f, e = Box("f", a, a), Box("e", a, Ty())
    signature = Signature("bent", Doctrine.COMPACT, ["a"], [f, e])
    f, e = signature["f"], signature["e"]
    theory = Theory("bent", signature, [Rule("ff", f >> f, Diagram.id(a)), Rule("fe", f >> e, e.diagram)])
    bent = Cap(a, a) @ f >> a @ Cup(a, a) >> f >> e
    found = EGraph(theory).extract(bent, limits=LIMITS)
    check(found.proof, theory)
    assert (found.before, found.cost) == (3.0, 1.0)
    ring = Cap(a, a) >> (f >> f) @ a >> Cup(a, a)
    assert EGraph(theory).equal(ring, Cap(a, a) >> Cup(a, a), LIMITS) is True


def test_markov():
    f, g = Box("f", a, a), Box("g", a, a @ a)
    signature = Signature("chances", Doctrine.MARKOV, ["a"], [f, g])
    f, g = signature["f"], signature["g"]
    theory = Theory(
        "chances", signature, [Rule("both", g >> a @ Discard(a), f.diagram), Rule("ff", f >> f, f.diagram)]
    )
    diagram = g >> a @ f >> a @ Discard(a) >> f
    found = EGraph(theory).extract(diagram, limits=LIMITS)
    check(found.proof, theory)
    assert found.cost == 1.0
    # copying is not natural: two draws are not one drawn twice
    assert (
        EGraph(theory).equal(f >> Copy(a), Copy(a) >> f @ f, Limits(seconds=3, depth=3, places=400)) is None
    )


def test_what_has_no_presentation_is_refused_with_what_to_use():
    with pytest.raises(DoctrineError, match="ValueGraph"):
        EGraph(group())
    with pytest.raises(RewriteError, match=r"phase .* prove and rewrite"):
        EGraph(clifford_zx())
    with pytest.raises(RewriteError, match="symmetric doctrine"):
        EGraph(complementary_pair()).pareto({"size": None}, Spider(1, 1, a).diagram)


def test_rules_with_variables_are_left_out():
    graph = EGraph(linear_relations(2))
    add = graph.theory.signature["add"]
    zero = graph.theory.signature["zero"]
    x = add.dom[:1]
    found = graph.extract(zero @ x >> add, limits=LIMITS)
    assert (found.cost, found.optimal) == (0.0, False)


def test_a_free_signature():
    f = Box("f", a, a)
    joined = Spider(2, 1, a) >> f >> f
    theory = Theory("free", joined.signature, [Rule("ff", f >> f, Diagram.id(a))])
    graph = EGraph(theory)
    assert graph.extract(joined, limits=LIMITS).diagram == Spider(2, 1, a).diagram
    with pytest.raises(CatenaryError, match="'g'"):
        graph.add(Box("g", a, a) >> f)


NEVER = [s for s in statements(status="never") if s.rewrites and not is_symmetric(s.signature)]


@pytest.mark.parametrize("statement", NEVER, ids=lambda s: s.name)
def test_never_provable(statement):
    """Refused, or not proved on a net where rules fire."""
    claim = statement.claim
    try:
        graph = EGraph(statement.theory)
        answer = graph.equal(claim.left, claim.right, Limits(seconds=2, depth=3, places=200, transitions=400))
    except (DoctrineError, RewriteError):
        return
    assert answer is None
    assert graph.report.transitions > 0
