"""Every theory of the library is sound in a model, and so is every proof made of its rules."""

import pickle
import random
from fractions import Fraction
from itertools import islice

import pytest

from catenary.diagrams import Diagram, OpenHypergraph, RewriteError, Spider, Swap
from catenary.diagrams.boxes import Copy, Discard
from catenary.diagrams.equality import normalised
from catenary.diagrams.files import dumps, loads
from catenary.diagrams.text import Document, format_document, parse_document
from catenary.diagrams.types import Ty
from catenary.rewriting import Proof, Step, Theory, redexes, rewrite
from catenary.rewriting.files import FORMS
from catenary.rewriting.library.zx import CLIFFORD
from tests.rewriting.library_models import MODELS, Interpretation

NAMES = [model.name for model in MODELS]


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_the_rules_hold(model):
    for rule in model.theory:
        tried = 0
        for instance in model.instances(rule):
            left, right = instance.graphs
            assert model.same(left, right), instance
            tried += 1
        assert tried, rule.name


def parts_of(model: Interpretation, rng: random.Random) -> list[Diagram]:
    """What random diagrams are made of: generators, at some values, and the doctrine's structure."""
    signature = model.theory.signature
    found = []
    for box in (signature.generators or {}).values():
        values = [rng.choice(model.values) for _ in box.params]
        found.append(box.replace(params=tuple(values)).diagram)
    objects = sorted(signature.objects or ())
    doctrine = signature.doctrine
    for name in objects:
        ty = Ty(name)
        found += [Swap(ty, Ty(other)).diagram for other in objects]
        if doctrine.has("spider"):
            phases = [0] if signature is not CLIFFORD else [Fraction(k, 2) for k in range(4)]
            found += [
                Spider(i, o, ty, phase=rng.choice(phases)).diagram
                for i, o in ((1, 2), (2, 1), (1, 1), (0, 1), (1, 0))
            ]
        elif doctrine.has("copy"):
            found += [Copy(ty).diagram, Discard(ty).diagram]
    return [part.over(signature) for part in found]


def random_diagram(model: Interpretation, rng: random.Random, size: int) -> Diagram:
    signature = model.theory.signature
    objects = sorted(signature.objects or ())
    diagram = Diagram.id(Ty(*(rng.choice(objects) for _ in range(rng.randint(0, 3)))), signature)
    for _ in range(size):
        wires = diagram.cod
        fitting = [
            (part, at)
            for part in parts_of(model, rng)
            for at in range(len(wires) - len(part.dom) + 1)
            if wires[at : at + len(part.dom)] == part.dom and len(wires) + len(part.cod) - len(part.dom) <= 4
        ]
        if fitting:
            part, at = rng.choice(fitting)
            diagram = diagram >> wires[:at] @ part @ wires[at + len(part.dom) :]
    loops = signature.doctrine.has("trace") and diagram.dom and diagram.dom[-1:] == diagram.cod[-1:]
    return diagram.trace() if loops and rng.random() < 0.5 else diagram


def random_proof(model: Interpretation, rng: random.Random, length: int = 3) -> Proof:
    """Random steps, in both directions, from a random diagram into which a side of a rule was put."""
    theory = model.theory
    start = random_diagram(model, rng, rng.randint(0, 3))
    rule = rng.choice(theory.rules)
    instances = list(model.instances(rule))
    side = rng.choice(rng.choice(instances).sides()).to_diagram().over(theory.signature)
    if len(start.cod) + len(side.dom) <= 4:
        start = start @ side
    graph = normalised(OpenHypergraph.from_diagram(start))
    steps = []
    for _ in range(length):
        ways = [(rule, forward) for rule in theory for forward in rule.directions]
        rng.shuffle(ways)
        for rule, forward in ways:
            given = {name: rng.choice(model.values) for name in rule.variables} if rng.random() < 0.5 else {}
            try:
                found = list(islice(redexes(rule, graph, forward, given=given), 30))
            except RewriteError:  # a variable that this side does not determine
                continue
            if not found:
                continue
            redex = rng.choice(found)
            new = rewrite(graph, redex.instance, redex.match, forward).graph
            if len(new.edges) <= 12:
                graph = new
                steps.append(Step.of(redex))
                break
    return Proof(start, graph.to_diagram(), tuple(steps), theory)


def check_random(model: Interpretation, seed: int) -> int:
    proof = random_proof(model, random.Random(seed))
    for _, _, result in proof.rewrites():
        result.graph.check()
    assert model.same(OpenHypergraph.from_diagram(proof.end), OpenHypergraph.from_diagram(proof.start)), seed
    proof.check()
    return len(proof.steps)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_random_proofs_are_sound(model):
    assert sum(check_random(model, seed) for seed in range(10)) > 5


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_many_random_proofs_are_sound(model):
    assert sum(check_random(model, seed) for seed in range(1000, 1250)) > 300


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_theories_are_written_and_read(model):
    """As a theory file, as JSON, and pickled."""
    theory = model.theory
    document = Document(theory.signature.name, theory.signature, [rule.equation for rule in theory])
    again = Theory.from_document(parse_document(format_document(document)))
    assert again.rules == theory.rules
    assert loads(dumps(theory, extra=FORMS), extra=FORMS) == theory
    assert pickle.loads(pickle.dumps(theory)) == theory
