"""Equality saturation in earnest, each pipeline with it and without:

* ``circuits``: random circuits of 60 gates from {h, z(kπ/4), cx} on 5 qubits, and circuits of ``shared/circuits``. Without:
  rotations merged (phase folding), or the circuit optimiser at the cost of all gates, quickly or for a second. With:
  windows saturated after it, by the event net, by wires as e-classes, and by these with the other places of phase gates
  put in as facts;
* ``own gates``: random circuits over {iSWAP, H, S, T}, a theory that a user declares and no compiler knows. Without: greedy
  rewriting by the same rules;
* ``grammar``: post-selected qubits of sentences. Without: words of one wire bent, as is usual;
* ``tensors``: multiply-adds of tensor networks. Without: cotengra's optimal path;
* ``arithmetic``: operations of SymPy expressions. Without: SymPy's common subexpressions.

Circuits are verified equal, grammar's forms carry proofs accepted by the checker, contractions and code are compared in
numbers. CPU seconds of this process.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rewriting_egraph import arithmetic, greedy, random_circuit
from catenary.diagrams import Box, Diagram, Doctrine, Edge, OpenHypergraph, Signature, Swap, Ty
from catenary.functors.circuits import Circuit, qasm2, to_basic
from catenary.rewriting import EGraph, Limits, Rule, Theory
from catenary.rewriting.circuits import optimize, verify
from catenary.rewriting.circuits.passes import Limits as PassLimits
from catenary.rewriting.circuits.passes import merge
from catenary.rewriting.circuits.windows import saturate_circuit
from catenary.rewriting.compact import Encoder
from catenary.rewriting.egraph import UnitaryModel, WireGraph

CIRCUITS = Path(__file__).resolve().parents[2] / "shared" / "circuits"
q = Ty("q")

Row = dict[str, Any]

WINDOWS: dict[str, dict[str, Any]] = {
    "event net": {"engine": "net"},
    "wires": {"engine": "wires", "facts": False},
    "wires and facts": {"engine": "wires", "facts": True},
}


def _merged(circuit: Circuit) -> Circuit:
    return merge(circuit, PassLimits(time.monotonic() + 10))


def _optimised(circuit: Circuit) -> Circuit:
    return optimize(circuit, budget=1.0, cost="gates").circuit


def _quickly(circuit: Circuit) -> Circuit:
    return optimize(circuit, budget=1.0, cost="gates", effort="quick").circuit


def _windows(case: str, given: Sequence[Circuit]) -> list[Row]:
    """Mean gates of circuits after each pipeline."""
    rows = []
    for name, first in (("merged", _merged), ("quickly optimised", _quickly), ("optimised", _optimised)):
        starts = [first(circuit) for circuit in given]
        row: Row = {
            "case": f"{case}, {name}",
            "given": statistics.mean(map(len, given)),
            "without": statistics.mean(map(len, starts)),
        }
        seconds = []
        verified = 0
        for engine, options in WINDOWS.items():
            clock = time.process_time()
            found = [saturate_circuit(start, "gates", sweeps=2, **options) for start in starts]
            seconds.append(round(time.process_time() - clock, 1))
            verified += sum(verify(a, b).answer == "equal" for a, b in zip(given, found, strict=True))
            row[engine] = statistics.mean(map(len, found))
        row["s"] = "/".join(map(str, seconds))
        row["note"] = f"{verified} of {len(WINDOWS) * len(given)} verified"
        rows.append(row)
    return rows


def circuits(quick: bool) -> list[Row]:
    """Windows after phase folding and after the optimiser."""
    seeds = range(100, 102 if quick else 110)
    rows = _windows(f"{len(seeds)} random circuits, mean", [to_basic(random_circuit(s)) for s in seeds])
    for name in (
        ("tof_3",) if quick else ("tof_3", "tof_4", "mod5_4", "barenco_tof_3", "vbe_adder_3", "qft_4")
    ):
        path = CIRCUITS / f"{name}.qasm"
        if path.is_file():
            rows += _windows(name, [to_basic(qasm2.load(path))])
    return rows


def iswaps() -> tuple[Theory, UnitaryModel]:
    """Circuits of iSWAP, H, S and T: how each passes the iSWAP, and what their powers are; and a model."""
    v, h, s, t = Box("v", q @ q, q @ q), Box("h", q, q), Box("s", q, q), Box("t", q, q)
    signature = Signature("iSWAP circuits", Doctrine.SYMMETRIC, ["q"], [v, h, s, t])
    v, h, s, t = (signature[name] for name in "vhst")
    wire = Diagram.id(q)
    rules = [
        Rule("hh", h >> h, wire),
        Rule("tt", t >> t, s.diagram),
        Rule("s4", s >> s >> s >> s, wire),
        Rule("st", s >> t, t >> s),
        Rule("shsh", s >> h >> s >> h >> s >> h, wire),
        Rule("vv", v >> v, (s >> s) @ (s >> s)),
        Rule("swap", Swap(q, q) >> v, v >> Swap(q, q)),
        Rule("t past v", t @ q >> v, v >> q @ t),
        Rule("s past v", s @ q >> v, v >> q @ s),
        Rule("t back past v", q @ t >> v, v >> t @ q),
        Rule("s back past v", q @ s >> v, v >> s @ q),
    ]
    iswap = np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]])
    images = {
        "v": iswap,
        "h": np.array([[1, 1], [1, -1]]) / np.sqrt(2),
        "s": np.diag([1, 1j]),
        "t": np.diag([1, np.exp(0.25j * np.pi)]),
    }
    return Theory("iSWAP circuits", signature, rules), UnitaryModel("matrices", images)


def own_gates(quick: bool) -> list[Row]:
    """Greedy rewriting, the event net and wires, on circuits of 5 qubits and 60 gates."""
    theory, model = iswaps()
    encoder = Encoder(theory)
    totals = dict.fromkeys(("without", "event net", "wires"), 0.0)
    seeds = 2 if quick else 10
    seconds = [0.0, 0.0]
    verified = 0
    for seed in range(seeds):
        rng = random.Random(seed)
        last = list(range(5))
        count, edges = 5, []
        for _ in range(60):
            box = theory.signature[rng.choice("vhst")]
            lines = rng.sample(range(5), len(box.dom))
            targets = tuple(range(count, count + len(lines)))
            count += len(lines)
            edges.append(Edge(box, tuple([last[k] for k in lines]), targets))
            for k, v in zip(lines, targets, strict=True):
                last[k] = v
        graph = OpenHypergraph(
            q.objects * count, tuple(edges), tuple(range(5)), tuple(last), theory.signature
        )
        diagram = graph.to_diagram()
        totals["without"] += len(greedy(encoder, encoder.encode_diagram(diagram)).labels)
        clock = time.process_time()
        net = EGraph(theory)
        net.add(diagram)
        totals["event net"] += net.extract(
            limits=Limits(seconds=20.0, depth=3, places=8_000, transitions=20_000)
        ).cost
        between = time.process_time()
        found = WireGraph(theory, model).extract(diagram)
        seconds[0] += between - clock
        seconds[1] += time.process_time() - between
        totals["wires"] += found.cost
        verified += model.compare(diagram, found.diagram)[0] == "equal"
    return [
        {
            "case": f"own gates: {seeds} circuits, mean",
            "given": 60,
            **{name: total / seeds for name, total in totals.items()},
            "s": "/".join(str(round(t, 1)) for t in seconds),
            "note": f"without: greedy, by the same rules; {verified} of {seeds} equal as matrices",
        }
    ]


def grammar(quick: bool) -> list[Row]:
    """Post-selected qubits of the sentences of both tasks."""
    from benchmarks.sentences import bent_nouns, data, readings
    from catenary.functors.grammar import IQP
    from catenary.rewriting.sentence_forms import cheapest_form

    rows = []
    for name in ("MC", "RP"):
        given = data(name)
        found = readings(given, given.train[: 5 if quick else 30])
        ansatz = IQP()
        clock = time.process_time()
        forms = [cheapest_form(replace(r, spiders=()), ansatz, method="egraph") for r in found]
        seconds = time.process_time() - clock
        for form in forms:
            form.proof.check()

        def posts(several: Sequence[Diagram], ansatz: IQP = ansatz) -> float:
            return round(statistics.mean(ansatz.compile(d).post_selections for d in several), 2)

        rows.append(
            {
                "case": f"grammar, {len(found)} sentences of {given.name}, mean post-selected qubits",
                "given": posts([replace(r, spiders=()).diagram for r in found]),
                "without": posts([bent_nouns(r) for r in found]),
                "event net": posts([form.diagram for form in forms]),
                "s": round(seconds, 1),
                "note": f"{sum(f.method == 'egraph' for f in forms)} by the e-graph alone, proofs accepted",
            }
        )
    return rows


def tensors(quick: bool) -> list[Row]:
    """Multiply-adds."""
    from benchmarks.tensor_rewriting import run as networks

    return [
        {
            "case": f"tensors: {row['network']}",
            "without": row["cotengra optimal (multiply-adds)"],
            "sub-networks": row["e-graph"],
            "s": row["search (s)"],
            "note": f"same value: {row['same value']}",
        }
        for row in networks(quick)
    ]


def sums(quick: bool) -> list[Row]:
    """Operations of expressions."""
    return [
        {
            "case": f"arithmetic: {row['case']}",
            "given": row["boxes"],
            "without": row["without"],
            "values": row["ours"],
            "s": row["s"],
            "note": row["note"],
        }
        for row in arithmetic(quick)
    ]


PARTS: tuple[Callable[[bool], list[Row]], ...] = (own_gates, grammar, tensors, sums, circuits)


def run(quick: bool = False) -> list[Row]:
    """One row for each case."""
    return [row for part in PARTS for row in part(quick)]
