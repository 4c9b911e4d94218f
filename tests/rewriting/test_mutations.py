"""Proofs of every theory of the library and of every doctrine, changed by hand or in their files. The checker refuses them by
name, or what it accepts is a proof: its steps can be taken, lead from its start to its end, and keep the tensor.
"""

import json
import random
from collections import Counter
from dataclasses import replace

import pytest

from catenary.diagrams import CatenaryError, OpenHypergraph, RewriteError
from catenary.diagrams.equality import isomorphic, normalised
from catenary.functors.circuits import qasm2
from catenary.rewriting import Proof, Theory, certify, check
from catenary.rewriting.certificates import Certificate
from tests.rewriting.library_models import MODELS, QUARTERS, Interpretation
from tests.rewriting.test_library_sound import random_proof

NAMES = [model.name for model in MODELS]


def changed_number(row: tuple[int, ...], rng: random.Random) -> tuple[int, ...]:
    found = list(row)
    kind = rng.randrange(4)
    if not found or kind == 0:
        found.insert(rng.randint(0, len(found)), rng.randint(-1, 9))
    elif kind == 1:
        found.pop(rng.randrange(len(found)))
    elif kind == 2 and len(found) > 1:
        one, other = rng.sample(range(len(found)), 2)
        found[one], found[other] = found[other], found[one]
    else:
        found[rng.randrange(len(found))] = rng.randint(-2, 14)
    return tuple(found)


def wrong_match(proof: Proof, rng: random.Random) -> Proof:
    at = rng.randrange(len(proof.steps))
    match = proof.steps[at].match
    fields = ["edges", "vertices", "glue", "ends"]
    if match.context is not None and rng.random() < 0.7:
        context = match.context
        part = rng.choice(["dom", "cod", "edges", "none"])
        if part == "none":
            new = replace(match, context=None)
        elif part == "edges":
            edges = list(context.edges)
            edges[rng.randrange(len(edges))] = rng.choice(edges)
            rng.shuffle(edges)
            new = replace(match, context=replace(context, edges=tuple(edges)))
        else:
            new = replace(
                match, context=replace(context, **{part: changed_number(getattr(context, part), rng)})
            )
    elif match.phases and rng.random() < 0.5:
        place, _ = rng.choice(match.phases)
        new = replace(match, phases=((place, rng.choice(QUARTERS)),))
    else:
        name = rng.choice([n for n in fields if getattr(match, n)] or fields)
        new = replace(match, **{name: changed_number(getattr(match, name), rng)})
    return with_step(proof, at, replace(proof.steps[at], match=new))


def with_step(proof: Proof, at: int, step) -> Proof:
    return replace(proof, steps=(*proof.steps[:at], step, *proof.steps[at + 1 :]))


def wrong_rule(proof: Proof, rng: random.Random) -> Proof:
    at = rng.randrange(len(proof.steps))
    name = rng.choice([*(rule.name for rule in proof.theory.rules), "no such rule"])
    return with_step(proof, at, replace(proof.steps[at], rule=name))


def wrong_direction(proof: Proof, rng: random.Random) -> Proof:
    at = rng.randrange(len(proof.steps))
    return with_step(proof, at, replace(proof.steps[at], forward=not proof.steps[at].forward))


def wrong_values(proof: Proof, rng: random.Random) -> Proof:
    at = rng.randrange(len(proof.steps))
    values = dict(proof.steps[at].values)
    values[rng.choice([*values, "no such variable"])] = rng.choice(QUARTERS)
    return with_step(proof, at, replace(proof.steps[at], values=tuple(sorted(values.items()))))


def swapped_steps(proof: Proof, rng: random.Random) -> Proof:
    steps = list(proof.steps)
    one, other = rng.randrange(len(steps)), rng.randrange(len(steps))
    steps[one], steps[other] = steps[other], steps[one]
    return replace(proof, steps=tuple(steps))


def stale_numbers(proof: Proof, rng: random.Random) -> Proof:
    """As if the steps before had not renumbered anything."""
    at, by = rng.randrange(len(proof.steps)), rng.choice([-1, 1])
    match = proof.steps[at].match
    rows = {name: tuple([k + by for k in getattr(match, name)]) for name in ("edges", "vertices")}
    return with_step(proof, at, replace(proof.steps[at], match=replace(match, **rows)))


def dropped_or_repeated(proof: Proof, rng: random.Random) -> Proof:
    at = rng.randrange(len(proof.steps))
    again = rng.random() < 0.5
    return replace(proof, steps=proof.steps[: at + again] + proof.steps[at + 1 - again :])


def other_end(proof: Proof, rng: random.Random) -> Proof:
    return replace(proof, end=proof.start) if rng.random() < 0.5 else replace(proof, start=proof.end)


def match_of_another_step(proof: Proof, rng: random.Random) -> Proof:
    at = rng.randrange(len(proof.steps))
    return with_step(proof, at, replace(proof.steps[at], match=rng.choice(proof.steps).match))


MUTATIONS = [
    wrong_match,
    wrong_rule,
    wrong_direction,
    wrong_values,
    swapped_steps,
    stale_numbers,
    dropped_or_repeated,
    other_end,
    match_of_another_step,
]


def leaves(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from leaves(inner, (*path, key))


def changed_file(data: dict, rng: random.Random) -> dict:
    """One value of a proof's JSON replaced by another one, removed, or exchanged with its neighbour."""
    data = json.loads(json.dumps(data))
    *path, last = rng.choice([path for path in leaves(data) if path[0] in ("steps", "start", "end")])
    place = data
    for key in path:
        place = place[key]
    kind = rng.randrange(4)
    if kind == 0:
        del place[last]
    elif kind == 1 and isinstance(place, list) and len(place) > 1:
        place[last], place[last - 1] = place[last - 1], place[last]
    else:
        place[last] = rng.choice(
            [0, 1, 2, -1, 7, True, None, "", "a", [], {}, [0], "1/2", 1.5, place[last], 10**30]
        )
    return data


def is_refused(wrong: Proof, theory: Theory, model: Interpretation) -> bool:
    """Whether the checker refuses it. If not, it has to be a proof."""
    try:
        check(wrong, theory)
    except RewriteError:
        return True
    graphs = [normalised(OpenHypergraph.from_diagram(wrong.start))]
    graphs += [result.graph for _, _, result in wrong.rewrites()]
    assert isomorphic(graphs[-1], OpenHypergraph.from_diagram(wrong.end))
    assert all(model.same(graph, graphs[0]) for graph in graphs)
    return False


def mutate(model: Interpretation, seeds: range) -> Counter:
    counts: Counter = Counter()
    for seed in seeds:
        rng = random.Random(seed)
        proof = random_proof(model, rng)
        if not proof.steps:
            continue
        counts["proofs"] += 1
        for mutation in MUTATIONS:
            wrong = mutation(proof, rng)
            if repr(wrong) != repr(proof):  # not ==, which malformed contexts do not have
                counts["changed"] += 1
                counts["refused"] += is_refused(wrong, model.theory, model)
        written = proof.to_json()
        for _ in range(3):
            data = changed_file(written, rng)
            if data == written:
                continue
            counts["changed"] += 1
            try:
                wrong = Proof.from_json(data)
            except CatenaryError:
                counts["refused"] += 1
                continue
            counts["refused"] += wrong == proof or is_refused(wrong, model.theory, model)
    return counts


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_changed_proofs_are_refused(model):
    counts = mutate(model, range(1, 2))
    assert counts["refused"] >= 0.7 * counts["changed"] > 0, counts


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_many_changed_proofs_are_refused(model):
    counts = mutate(model, range(10_000, 10_060))
    print(model.name, dict(counts))
    assert counts["refused"] >= 0.7 * counts["changed"] > 300, counts


def test_changed_certificates_are_refused():
    """Of another circuit, by another procedure, or with another detail: none is verified."""
    head = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[2];'
    texts = [
        "cx q[0],q[1]; t q[1]; cx q[0],q[1];",
        "cx q[1],q[0]; t q[0]; cx q[1],q[0];",
        "cx q[0],q[1]; tdg q[1]; cx q[0],q[1];",
        "h q[0];",
    ]
    circuits = [qasm2.parse(head + text).to_diagram() for text in texts]
    for method in ("rotations", "matrices"):
        honest = certify(circuits[0], circuits[1], method)
        honest.verify()
        assert Certificate.from_json(json.loads(json.dumps(honest.to_json()))) == honest
        wrong = [replace(honest, **{side: end}) for end in circuits[2:] for side in ("left", "right")]
        wrong += [replace(honest, detail="phase 1/3"), replace(honest, kind="no such procedure")]
        wrong += [replace(honest, kind="isotopy")]
        for one in wrong:
            with pytest.raises(CatenaryError):
                one.verify()
