"""Gate diagrams as an egglog program in which wires are e-classes (extra ``egglog``).

For each output of a box there is a function of its input wires. ``C`` relates wires that can be in one diagram together:
the inputs do; so do the outputs of one box, and a wire that is together with all of a box's inputs, with its outputs. A
rule is used where the wires of its domain are together pairwise, so every box is put on wires that are. In a unitary model
a wire *is* a pair of anticommuting Pauli operators pulled back to the inputs; wires together have commuting pairs, so that
they make up a register on which every rule holds. Without that condition boxes with a wrong sign are derived.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from catenary.diagrams import OpenHypergraph
from catenary.diagrams.optional import optional
from catenary.rewriting.egraph.egglog import rows_of
from catenary.rewriting.egraph.parts import Report
from catenary.rewriting.limits import Deadline, Limits, resident

LabelOf = Callable[[Any], int]


@dataclass(frozen=True)
class Wires:
    """What egglog holds after its rounds.

    Attributes:
        nodes: for a label and input classes the output classes.
        inputs: the classes of the inputs.
        outputs: for each diagram that was put in, the classes of its outputs.
        report: how the rounds ended.
    """

    nodes: dict[tuple[int, tuple[str, ...]], tuple[str, ...]]
    inputs: tuple[str, ...]
    outputs: tuple[tuple[str, ...], ...]
    report: Report


def saturate(
    arities: Callable[[], Sequence[int]],
    label: LabelOf,
    diagrams: Sequence[Sequence[OpenHypergraph]],
    sides: Iterable[tuple[OpenHypergraph, OpenHypergraph]],
    limits: Limits,
    deadline: Deadline,
    *,
    coexisting: bool = True,
    progress: Callable[[Report], None] | None = None,
) -> Wires:
    """Run egglog for at most ``limits.depth`` rounds.

    Args:
        arities: the wires of each label, once all boxes have one.
        label: the number of a box.
        diagrams: what is put in, all on the same inputs: for each its forms, which have the same outputs.
        sides: the rules, one entry for each direction.
        limits: ``depth`` rounds, ``places`` nodes, ``megabytes``; looked at between rounds.
        deadline: when to stop, looked at between rounds.
        coexisting: whether rules are used on wires that are together only. Without it the result is unsound.
        progress: called after each round.
    """
    bindings = optional("egglog.bindings", "egglog")
    engine = bindings.EGraph()

    def run(program: str) -> Any:
        return engine.run_program(*engine.parse_program(program))

    rules = [line for old, new in sides for line in _rule(label, old, new, coexisting)]
    entered = [_diagram(label, k, graph) for k, forms in enumerate(diagrams) for graph in forms]
    lines = ["(sort V)", "(relation C (V V))", "(ruleset together)", "(ruleset enter)", "(ruleset clear)"]
    for number, wires in enumerate(arities()):
        lines += [f"(constructor b{number}_{port} ({' V' * wires}) V)" for port in range(wires)]
        lines += _together(number, wires)
    lines.append("(rule ((C v w)) ((delete (C v w))) :ruleset clear)")
    count = len(diagrams[0][0].dom)
    lines += [f"(constructor i{k} () V)" for k in range(count)]
    lines += [f"(i{k})" for k in range(count)]
    lines += [f"(C (i{j}) (i{k}))" for j in range(count) for k in range(count) if j != k]
    lines += [f"(constructor o{d}_{k} () V)" for d in range(len(diagrams)) for k in range(count)]
    start = deadline.left
    run("\n".join(dict.fromkeys([*lines, *entered, *rules])))
    run("(run enter 1)")
    reason = "depth"
    for _ in range(limits.depth):
        run("(run-schedule (saturate together))")
        report = run("(run 1)")[0]
        size = rows_of(run)
        if progress is not None:
            progress(Report("running", size, 0, start - deadline.left))
        if not report.report.updated:
            reason = "saturated"
        elif size > limits.places:
            reason = "places"
        elif deadline.passed:
            reason = "seconds"
        elif limits.megabytes is not None and resident() > limits.megabytes:
            reason = "memory"
        else:
            continue
        break
    run("(run-schedule (saturate together))")
    run("(run clear 1)")
    return _read_back(engine, count, len(diagrams), reason, start - deadline.left)


def _together(label: int, wires: int) -> Iterator[str]:
    """What a box says about wires that are together, and that equal outputs have equal inputs."""
    ins = [f"x{k}" for k in range(wires)]
    outs = [f"y{k}" for k in range(wires)]
    facts = " ".join(f"(= {out} (b{label}_{k} {' '.join(ins)}))" for k, out in enumerate(outs))
    if not wires:
        return
    pairs = " ".join(f"(C {one} {other}) (C {other} {one})" for one, other in combinations(outs, 2))
    if pairs:
        yield f"(rule ({facts}) ({pairs}) :ruleset together)"
    beside = " ".join(f"(C w {x})" for x in ins)
    found = " ".join(f"(C w {y}) (C {y} w)" for y in outs)
    yield f"(rule ({facts} {beside}) ({found}) :ruleset together)"
    others = [f"z{k}" for k in range(wires)]
    again = " ".join(f"(= {out} (b{label}_{k} {' '.join(others)}))" for k, out in enumerate(outs))
    unions = " ".join(f"(union {x} {z})" for x, z in zip(ins, others, strict=True))
    yield f"(rule ({facts} {again}) ({unions}) :ruleset together)"


def _terms(label: LabelOf, side: OpenHypergraph, names: dict[int, str], fresh: str) -> list[tuple[str, str]]:
    """For each output of each box a name and its term, wires named before they are used."""
    found: list[tuple[str, str]] = []
    for e in side.topological_order() or ():
        edge = side.edges[e]
        arguments = " ".join(names[v] for v in edge.sources)
        for port, v in enumerate(edge.targets):
            names[v] = f"{fresh}{len(found)}"
            found.append((names[v], f"(b{label(edge.box)}_{port} {arguments})"))
    return found


def _diagram(label: LabelOf, number: int, graph: OpenHypergraph) -> str:
    """A rule that puts the diagram in, which is much faster than a command for each box."""
    names = {v: f"(i{k})" for k, v in enumerate(graph.dom)}
    made = [f"(let {name} {term})" for name, term in _terms(label, graph, names, "d")]
    made += [f"(union (o{number}_{k}) {names[v]})" for k, v in enumerate(graph.cod)]
    return f"(rule () ({' '.join(made)}) :ruleset enter)"


def _rule(label: LabelOf, old: OpenHypergraph, new: OpenHypergraph, coexisting: bool) -> Iterator[str]:
    touched = {v for edge in old.edges for v in edge.sources + edge.targets}
    if not touched:
        return  # a bare wire or a phase is everywhere
    names = {v: f"v{k}" for k, v in enumerate(old.dom)}
    inside = dict(names)
    facts = [f"(= {name} {term})" for name, term in _terms(label, old, inside, "t")]
    given = dict(zip(new.dom, (names[v] for v in old.dom), strict=True))
    # A wire that the pattern does not touch may be any: on the other side too it has to go straight through.
    used = {v for edge in new.edges for v in edge.sources}
    through = {new.dom[old.dom.index(v)]: new.cod[old.cod.index(v)] for v in old.dom if v not in touched}
    if any(v in used or v != w for v, w in through.items()):
        return
    if coexisting:
        on_one = [set(edge.sources) for edge in old.edges]
        ends = [v for v in old.dom if v in touched]
        for v, w in combinations(ends, 2):
            if not any({v, w} <= sources for sources in on_one):
                facts.append(f"(C {names[v]} {names[w]})")
    made = [f"(let {name} {term})" for name, term in _terms(label, new, given, "u")]
    for v, w in zip(old.cod, new.cod, strict=True):
        if v in touched:
            made.append(f"(union {inside[v]} {given[w]})")
    yield f"(rule ({' '.join(facts)}) ({' '.join(made)}))"


def _read_back(engine: Any, inputs: int, diagrams: int, reason: str, seconds: float) -> Wires:
    nodes = json.loads(engine.serialize([]).to_json())["nodes"]
    rows: dict[tuple[int, tuple[str, ...]], dict[int, str]] = {}
    named: dict[str, str] = {}
    for node in nodes.values():
        op, place = node["op"], node["eclass"]
        if op[0] == "b" and "_" in op:
            label, port = map(int, op[1:].split("_"))
            children = tuple([nodes[child]["eclass"] for child in node["children"]])
            rows.setdefault((label, children), {})[port] = place
        else:
            named[op] = place
    found = {key: tuple([ports[k] for k in range(len(ports))]) for key, ports in rows.items()}
    return Wires(
        found,
        tuple([named[f"i{k}"] for k in range(inputs)]),
        tuple([tuple([named[f"o{d}_{k}"] for k in range(inputs)]) for d in range(diagrams)]),
        Report(reason, len(found), 0, seconds),
    )
