"""Equality saturation on string diagrams, by case:

* ``scale``: random bialgebra diagrams of 1,000 boxes and the 11 two-way laws of commutative bialgebras, beside
  greedy rewriting (laws that remove boxes, as long as one applies);
* ``hidden``: small diagrams blown up by 200 random equal steps, beside greedy rewriting;
* ``goals``: k/2 multiplications and then k/2 comultiplications equal all the copying before all the multiplying;
  and the law of a tensor square; all laws present. Beside egglog on terms, monoidal laws as rules, in a process of its
  own with 60 s and 3 GB;
* ``circuits``: random circuits of 60 gates from {h, z(kπ/4), cx} on 5 qubits, by the event net and by wires as
  e-classes, beside PyZX (teleportation and basic optimisation) and Qiskit (level 3). Gates are counted alike: phases in
  a row on one qubit are one gate. Then with all one-qubit gates in a row as one gate, Qiskit's basis being {u, cx};
* ``arithmetic``: operations of SymPy expressions as given, after SymPy's common subexpressions (the better of its two
  settings) and after saturation, constants free; then the same e-graph saturated by our matcher and by egglog.

What pipelines gain by it is in ``python -m benchmarks rewriting_pipelines``.

CPU seconds of this process throughout.
"""

from __future__ import annotations

import math
import random
import resource
import time
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from benchmarks._term_egraph import saturate
from catenary.diagrams import Diagram, Edge, OpenHypergraph, Signature, Swap, Ty
from catenary.functors.circuits import Circuit, Gate, qasm2, to_basic
from catenary.rewriting import EGraph, Limits, Theory
from catenary.rewriting.arithmetic import (
    CONSTANTS,
    commutative_rings,
    fewest_operations,
    from_sympy,
    operations,
    python_function,
)
from catenary.rewriting.circuits import verify
from catenary.rewriting.circuits.passes import Limits as PassLimits
from catenary.rewriting.circuits.passes import merge
from catenary.rewriting.circuits.windows import saturate_window
from catenary.rewriting.compact import Encoder
from catenary.rewriting.dpo import replace
from catenary.rewriting.egraph import ValueGraph
from catenary.rewriting.library import bialgebra
from catenary.rewriting.matching import Wiring, find

a = Ty("a")


def random_diagram(
    rng: random.Random,
    signature: Signature,
    size: int,
    weights: dict[str, int],
    width: int = 4,
    most: int = 12,
) -> Diagram:
    """A random diagram over one object, at most ``most`` wires wide, generators drawn with weights."""
    generators = signature.generators or {}
    front, count = list(range(width)), width
    edges = []
    while len(edges) < size:
        box = generators[rng.choices([*weights], [*weights.values()])[0]]
        if len(box.dom) > len(front) or len(front) - len(box.dom) + len(box.cod) > most:
            continue
        rng.shuffle(front)
        sources = tuple(front.pop() for _ in box.dom)
        targets = tuple(range(count, count + len(box.cod)))
        count += len(targets)
        front += targets
        edges.append(Edge(box, sources, targets))
    obs = a.objects * count
    return OpenHypergraph(obs, tuple(edges), tuple(range(width)), tuple(front), signature).to_diagram()


def greedy(encoder: Encoder, wiring: Wiring) -> Wiring:
    """What is left when laws that remove boxes are applied, those that remove most first."""
    sides = sorted((side for side in encoder.sides if side.growth < 0), key=lambda side: side.growth)
    while True:
        for side in sides:
            match = next(find(side.pattern, wiring), None)
            if match is not None:
                wiring = replace(wiring, side.pattern.wiring, side.replacement, match)[0]
                break
        else:
            return wiring


def scale(quick: bool) -> list[dict[str, Any]]:
    """Saturation and extraction of large diagrams."""
    rows = []
    theory = bialgebra(commutative=True)
    encoder = Encoder(theory)
    plain = {"m": 7, "n": 7, "u": 2, "c": 2}
    for name, weights in (("few units", plain), ("as many units", dict.fromkeys("munc", 1))):
        for seed in range(1 if quick else 3):
            size = 200 if quick else 1000
            diagram = random_diagram(random.Random(seed), theory.signature, size, weights)
            start = time.process_time()
            left = len(greedy(encoder, encoder.encode_diagram(diagram)).labels)
            between = time.process_time()
            graph = EGraph(theory)
            graph.add(diagram)
            limits = Limits(seconds=35.0, depth=3, places=30_000, transitions=60_000)
            wall = time.monotonic()
            result = graph.extract(diagram, limits=limits)
            rows.append(
                {
                    "case": f"scale, {name}, seed {seed}",
                    "boxes": int(result.before),
                    "greedy": left,
                    "ours": int(result.cost),
                    "less than greedy": round(1 - result.cost / left, 3),
                    "s": round(time.process_time() - between, 2),
                    "other s": round(between - start, 2),
                    "wall s": round(time.monotonic() - wall, 1),
                    "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                    "note": f"{result.rounds} nets, {len(result.proof)} steps checked",
                }
            )
    return rows


def blown_up(rng: random.Random, encoder: Encoder, diagram: Diagram, steps: int, most: int) -> Wiring:
    """The diagram after random steps that equal it, at most so large."""
    wiring = encoder.encode_diagram(diagram)
    done = 0
    while done < steps:
        side = rng.choice(encoder.sides)
        if len(wiring.labels) + side.growth > most:
            continue
        found = list(find(side.pattern, wiring))
        if found:
            wiring = replace(wiring, side.pattern.wiring, side.replacement, rng.choice(found))[0]
            done += 1
    return wiring


def hidden(quick: bool) -> list[dict[str, Any]]:
    """Redundancy that greedy rewriting does not find."""
    theory = bialgebra(commutative=True)
    encoder = Encoder(theory)
    less = more = seeds = 0
    totals = [0, 0, 0, 0]
    start = time.process_time()
    for seed in range(4 if quick else 25):
        rng = random.Random(seed)
        small = random_diagram(rng, theory.signature, 8, {"m": 2, "n": 2, "u": 1, "c": 1}, width=2, most=5)
        large = blown_up(rng, encoder, small, 200, 80)
        diagram = encoder.diagram(large, theory.signature)
        left = len(greedy(encoder, large).labels)
        graph = EGraph(theory)
        graph.add(diagram)
        found = graph.extract(
            diagram, limits=Limits(seconds=20.0, depth=3, places=20_000, transitions=40_000)
        )
        seeds += 1
        less += found.cost < left
        more += found.cost > left
        for i, size in enumerate((8, len(large.labels), left, int(found.cost))):
            totals[i] += size
    return [
        {
            "case": f"hidden, {seeds} diagrams",
            "boxes": totals[1],
            "greedy": totals[2],
            "ours": totals[3],
            "less than greedy": round(less / seeds, 3),
            "s": round(time.process_time() - start, 2),
            "note": f"less on {less}, more on {more}; {totals[0]} boxes before blowing up",
        }
    ]


def _row(box: Any, count: int, signature: Signature) -> Diagram:
    """``count`` multiplications one after the other, or comultiplications."""
    result = Diagram.id(a, signature)
    for _ in range(count):
        result = result @ a >> box if len(box.dom) == 2 else result >> box @ Ty.of(result.cod.objects[1:])
    return result


def goal(theory: Theory, k: int) -> tuple[Diagram, Diagram]:
    """k/2 multiplications then k/2 comultiplications, and the same with the copying first."""
    m, n = theory.signature["m"], theory.signature["n"]
    half = k // 2
    ends = half + 1
    copies = multiplied = Diagram.id(Ty(), theory.signature)
    for _ in range(ends):
        copies = copies @ _row(n, half, theory.signature)
        multiplied = multiplied @ _row(m, half, theory.signature)
    order = [i * ends + j for j in range(ends) for i in range(ends)]
    left = _row(m, half, theory.signature) >> _row(n, half, theory.signature)
    return left, copies >> Diagram.permutation(order, a ** (ends * ends)) >> multiplied


def square(theory: Theory) -> tuple[Diagram, Diagram]:
    """The bialgebra law of the tensor square."""
    m, n = theory.signature["m"], theory.signature["n"]
    mm = a @ Swap(a, a) @ a >> m @ m
    nn = n @ n >> a @ Swap(a, a) @ a
    return mm >> nn, nn @ nn >> Diagram.permutation([0, 1, 4, 5, 2, 3, 6, 7], a**8) >> mm @ mm


def goals(quick: bool) -> list[dict[str, Any]]:
    """Proofs by saturation, all the laws present."""
    theory = bialgebra()
    cases = [(f"goal of {k} boxes", goal(theory, k)) for k in ((4, 6) if quick else (2, 4, 6, 8, 10))]
    cases.append(("tensor square (4 = 8 boxes)", square(theory)))
    rows = []
    for name, (left, right) in cases:
        start = time.process_time()
        graph = EGraph(theory)
        proof = graph.explain(left, right, Limits(seconds=60.0, depth=12))
        taken = time.process_time() - start
        other = saturate(theory, left, right, 10.0 if quick else 60.0)
        verdict = "proved" if other.proved else "not proved, memory or time used up after"
        rows.append(
            {
                "case": name,
                "boxes": f"{len(left.to_hypergraph().edges)} = {len(right.to_hypergraph().edges)}",
                "ours": graph.report.places,
                "egglog": other.nodes,
                "s": round(taken, 3),
                "other s": round(other.seconds, 3),
                "note": (f"{len(proof)} steps checked" if proof else "no proof")
                + f"; egglog: {verdict} {other.iterations} iterations",
            }
        )
    return rows


def random_circuit(seed: int, qubits: int = 5, size: int = 60) -> Circuit:
    """Gates from {h, z(kπ/4), cx}, the three kinds alike."""
    rng = random.Random(seed)
    gates = []
    for _ in range(size):
        kind = rng.choice(("h", "p", "cx"))
        if kind == "cx":
            gates.append(Gate("cx", tuple(rng.sample(range(qubits), 2))))
        else:
            angle = (Fraction(rng.randrange(1, 8), 4),) if kind == "p" else ()
            gates.append(Gate(kind, (rng.randrange(qubits),), angle))
    return Circuit(qubits, gates)


_PHASES = {"p", "rz", "u1", "z", "s", "sdg", "t", "tdg"}


def count(gates: Iterable[tuple[str, Sequence[int]]], together: frozenset[str] | None = None) -> int:
    """Gates, where those of some names (all one-qubit gates, if none are given) in a row are one."""
    total = 0
    last: dict[int, bool] = {}
    for name, qubits in gates:
        joins = len(qubits) == 1 and (together is None or name in together)
        if not (joins and last.get(qubits[0])):
            total += 1
        last.update(dict.fromkeys(qubits, joins))
    return total


def _pairs(circuit: Circuit) -> list[tuple[str, Sequence[int]]]:
    return [(gate.name, gate.qubits) for gate in circuit.gates]


def _pyzx(circuit: Circuit) -> int:
    import pyzx

    given = pyzx.Circuit.from_qasm(qasm2.dumps(to_basic(circuit)))
    teleported = pyzx.Circuit.from_graph(pyzx.teleport_reduce(given.to_graph()))
    found = pyzx.basic_optimization(teleported.to_basic_gates())
    return min(len(found.gates), len(found.to_basic_gates().gates))


def _qiskit(circuit: Circuit, basis: list[str]) -> list[tuple[str, Sequence[int]]]:
    from qiskit import QuantumCircuit, transpile

    given = QuantumCircuit(circuit.n_qubits)
    for gate in circuit.gates:
        angles = [math.pi * float(angle) for angle in gate.params]
        getattr(given, gate.name)(*angles, *gate.qubits)
    found = transpile(given, basis_gates=basis, optimization_level=3, seed_transpiler=1)
    return [(i.operation.name, [found.find_bit(q).index for q in i.qubits]) for i in found.data]


def circuits(quick: bool) -> list[dict[str, Any]]:
    """Small random circuits beside two compilers."""
    phases = frozenset(_PHASES)
    totals = dict.fromkeys(("given", "merged", "pyzx", "qiskit", "ours", "wires", "qiskit u", "ours u"), 0)
    seeds = 3 if quick else 25
    verified = 0
    taken = wires_taken = 0.0
    for seed in range(seeds):
        circuit = random_circuit(seed)
        start = time.process_time()
        merged = merge(to_basic(circuit), PassLimits(time.monotonic() + 10))
        found = [saturate_window(circuit), saturate_window(merged)]
        between = time.process_time()
        taken += between - start
        wires = [saturate_window(c, engine="wires") for c in (circuit, merged)]
        wires_taken += time.process_time() - between
        verified += all(
            v.answer == "equal" and v.global_phase == 0
            for v in (verify(circuit, f) for f in (*found, *wires))
        )
        named = ["x", "y", "z", "h", "s", "sdg", "t", "tdg", "rz", "cx", "cz"]
        others = [_qiskit(circuit, basis) for basis in (["h", "rz", "cx"], named)]
        totals["given"] += count(_pairs(circuit), phases)
        totals["merged"] += count(_pairs(merged), phases)
        totals["pyzx"] += _pyzx(circuit)
        totals["qiskit"] += min(count(other, phases) for other in others)
        totals["ours"] += min(count(_pairs(f), phases) for f in found)
        totals["wires"] += min(count(_pairs(f), phases) for f in wires)
        totals["qiskit u"] += count(_qiskit(circuit, ["u", "cx"]))
        totals["ours u"] += min(count(_pairs(f)) for f in found)
    mean = {name: round(total / seeds, 2) for name, total in totals.items()}
    note = f"{verified} of {seeds} verified with their global phase"
    return [
        {
            "case": f"circuits, {seeds} seeds, mean",
            "boxes": mean["given"],
            "without": mean["merged"],
            "ours": mean["ours"],
            "wires": mean["wires"],
            "pyzx": mean["pyzx"],
            "qiskit": mean["qiskit"],
            "s": round(taken, 2),
            "other s": round(wires_taken, 2),
            "note": f"{note}; ours: event net, other s: wires as e-classes",
        },
        {
            "case": "the same, one-qubit gates in a row as one",
            "ours": mean["ours u"],
            "qiskit": mean["qiskit u"],
        },
    ]


def expressions() -> dict[str, list[Any]]:
    """Expressions to compute: a determinant, a rotation, polynomials, a Jacobian."""
    import sympy

    x, y, z, w = sympy.symbols("x y z w")
    turned = sympy.rot_axis1(x) * sympy.rot_axis2(y) * sympy.rot_axis3(z)
    return {
        "determinant 3 x 3": [sympy.Matrix(3, 3, sympy.symbols("a:9")).det()],
        "rotation by three angles": list(sympy.simplify(turned)),
        "(x + y)^4 expanded": [sympy.expand((x + y) ** 4)],
        "polynomial of degree 5": [sum((k + 1) * x**k for k in range(6))],
        "Jacobian": list(sympy.Matrix([x * y * z + x * y * w, sympy.sin(x * y) * z]).jacobian([x, y, z, w])),
    }


def shared(given: list[Any], symbols: list[Any]) -> float:
    """Operations of SymPy's common subexpressions, counted as ours are."""
    import sympy

    best = math.inf
    for optimizations in (None, "basic"):
        parts, rest = sympy.cse(given, optimizations=optimizations)
        known, total = list(symbols), 0.0
        for symbol, part in parts:
            total += operations(from_sympy([part], known))
            known.append(symbol)
        best = min(best, total + operations(from_sympy(rest, known)))
    return best


def arithmetic(quick: bool) -> list[dict[str, Any]]:
    """Operations of expressions, and the two matchers."""
    rows = []
    rng = random.Random(0)
    for name, given in expressions().items():
        symbols = sorted(set().union(*(e.free_symbols for e in given)), key=str)
        diagram = from_sympy(given, symbols)
        limits = Limits(seconds=5.0 if quick else 15.0, depth=6, places=4_000)
        start = time.process_time()
        found = fewest_operations(diagram, limits=limits)
        taken = time.process_time() - start
        numbers = [rng.uniform(0.1, 2.0) for _ in symbols]
        values = (python_function(d)(*numbers) for d in (diagram, found.diagram))
        same = all(math.isclose(p, q, rel_tol=1e-9, abs_tol=1e-12) for p, q in zip(*values, strict=True))
        seconds, nodes = [], []
        for engine in ("python", "egglog"):
            graph = ValueGraph(commutative_rings(), analyses=[CONSTANTS])
            graph.add(diagram)
            start = time.process_time()
            graph.saturate(Limits(seconds=60.0, depth=4, places=20_000), engine=engine)  # type: ignore[arg-type]
            seconds.append(time.process_time() - start)
            nodes.append(graph.nodes)
        rows.append(
            {
                "case": name,
                "boxes": operations(diagram),
                "without": shared(given, symbols),
                "ours": found.cost,
                "s": round(taken, 2),
                "note": f"{'least' if found.optimal else 'not shown least'}, code checked: {same}; 4 rounds: "
                f"{nodes[0]} nodes in {seconds[0]:.3f} s, egglog {nodes[1]} in {seconds[1]:.3f} s",
            }
        )
    return rows


def run(quick: bool = False) -> list[dict[str, Any]]:
    """One row for each case."""
    rows = []
    for part in (goals, scale, hidden, circuits):
        rows += part(quick)
    return rows
