"""The circuit optimiser beside pyzx, pytket and Qiskit, in one run, on the same circuits.

Generated circuits always; the files of ``../shared/circuits`` as well where that folder is present. Every
library's result is written over one set (x y z h s sdg t tdg rz cx cz swap) on the wires that it was given, so that
what a library left as an order of the outputs becomes swaps, and counted by the same function: ``t`` counts
rotations that are not Clifford, ``two_qubit`` counts 3 for a swap. Times are CPU seconds of this
process; ours has a budget of 30 seconds and 120 above 2,000 gates (one with ``--quick``), once for the fewest two-qubit
gates and once for the fewest gates, with one seed. ``best known`` is the least of the references without
ancillas in ``../shared/reference``, whatever tool it is from. Columns of a library that is not installed, or that fails
on a circuit, are empty; ``not run`` says why.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._log import Log
from benchmarks.verify import by_others
from benchmarks.zx import random_clifford_t
from catenary.functors.circuits import Circuit, Counts, Gate, counts, qasm2, to_basic
from catenary.rewriting.circuits import optimize
from catenary.rewriting.circuits.witness import straight

SHARED = Path(__file__).resolve().parents[2] / "shared" / "circuits"
BUDGET, LONG_BUDGET, QUICK_BUDGET = 30.0, 120.0, 1.0
LONG = 2_000
"""Gates above which there is more time."""
TRIAL = "trial"
"""How the name of the reference begins that is a trial of what this library does, the best of many seeds."""
BASIS = ["x", "y", "z", "h", "s", "sdg", "t", "tdg", "rz", "cx", "cz", "swap"]
LARGEST = 5_000
"""Gates above which the other libraries take minutes."""


def adder(bits: int) -> Circuit:
    """Cuccaro's ripple-carry adder, quant-ph/0410184, on 2·bits + 2 qubits."""
    a, b, carry, last = range(bits), range(bits, 2 * bits), 2 * bits, 2 * bits + 1
    gates: list[Gate] = []
    undo: list[tuple[int, int, int]] = []
    below = carry
    for x, y in zip(a, b, strict=True):
        gates += Gate("cx", (x, y)), Gate("cx", (x, below)), Gate("ccx", (below, y, x))
        undo.append((below, y, x))
        below = x
    gates.append(Gate("cx", (below, last)))
    for low, y, x in reversed(undo):
        gates += Gate("ccx", (low, y, x)), Gate("cx", (x, low)), Gate("cx", (low, y))
    return Circuit(2 * bits + 2, gates)


def toffolis(n_qubits: int, n_gates: int, seed: int) -> Circuit:
    """Toffoli gates on random qubits, with a CX between two of them."""
    rng = random.Random(seed)
    gates = []
    for _ in range(n_gates):
        gates.append(Gate("ccx", tuple(rng.sample(range(n_qubits), 3))))
        gates.append(Gate("cx", tuple(rng.sample(range(n_qubits), 2))))
    return Circuit(n_qubits, gates)


def trotter(n_qubits: int, steps: int) -> Circuit:
    """Trotter steps of the Heisenberg chain, every bond as rxx, ryy, rzz."""
    gates = [
        Gate(name, (q, q + 1), (angle,))
        for step in range(steps)
        for name, angle in (("rxx", 0.11), ("ryy", 0.13), ("rzz", 0.17))
        for q in range(n_qubits - 1)
    ]
    return Circuit(n_qubits, gates)


def cases(quick: bool) -> Iterator[tuple[str, Circuit]]:
    """The circuits and their names."""
    yield "adder 4", adder(4)
    yield "toffoli 6x8", toffolis(6, 8, 1)
    if quick:
        return
    yield "adder 12", adder(12)
    yield "toffoli 10x40", toffolis(10, 40, 1)
    yield "trotter 8x4", trotter(8, 4)
    yield "clifford+t 10x500", random_clifford_t(10, 500, 1)
    for path in sorted(SHARED.glob("*.qasm")):
        yield path.stem, qasm2.load(path)


def _pyzx(text: str) -> Circuit:
    import pyzx

    graph = pyzx.Circuit.from_qasm(text).to_graph()
    teleported = pyzx.Circuit.from_graph(pyzx.teleport_reduce(graph))
    better = pyzx.basic_optimization(teleported.to_basic_gates()).to_basic_gates()
    return qasm2.parse(better.to_qasm())


def _pytket(text: str) -> Circuit:
    from pytket.passes import FullPeepholeOptimise
    from pytket.qasm import circuit_from_qasm_str

    from catenary.functors.bridges.pytket import from_pytket

    found = []
    for allow_swaps in (True, False):
        circuit = circuit_from_qasm_str(text)
        FullPeepholeOptimise(allow_swaps=allow_swaps).apply(circuit)
        found.append(straight(to_basic(from_pytket(circuit))))
    return min(found, key=lambda circuit: counts(circuit).two_qubit)


def _pytket_pauli(text: str) -> Circuit:
    from pytket.passes import FullPeepholeOptimise, GreedyPauliSimp
    from pytket.qasm import circuit_from_qasm_str

    from catenary.functors.bridges.pytket import from_pytket

    circuit = circuit_from_qasm_str(text)
    GreedyPauliSimp().apply(circuit)
    FullPeepholeOptimise().apply(circuit)
    return straight(to_basic(from_pytket(circuit)))


def _qiskit(text: str) -> Circuit:
    from qiskit import QuantumCircuit, transpile

    circuit = QuantumCircuit.from_qasm_str(text)
    return qiskit_result(transpile(circuit, basis_gates=BASIS, optimization_level=3, seed_transpiler=1))


def qiskit_result(done: Any) -> Circuit:
    """What ``transpile`` returned, with the swaps that it made an order of the outputs."""
    from catenary.functors.bridges.qiskit import from_qiskit

    found = from_qiskit(done)
    if done.layout is not None:
        order = tuple(done.layout.final_index_layout())
        found = Circuit.unchecked(found.n_qubits, found.gates, outputs=order, global_phase=found.global_phase)
    return straight(to_basic(found))


OTHERS: dict[str, Callable[[str], Circuit]] = {
    "pyzx": _pyzx,
    "pytket": _pytket,
    "pytket pauli": _pytket_pauli,
    "qiskit": _qiskit,
}


def _columns(name: str, found: Counts, seconds: float) -> dict[str, object]:
    return {
        f"{name} two-qubit": found.two_qubit,
        f"{name} t": found.t,
        f"{name} gates": found.gates,
        f"{name} s": seconds,
    }


def best_known() -> dict[str, tuple[int, int]]:
    """The fewest two-qubit gates and the fewest gates of the references without ancillas, by circuit."""
    source = SHARED.parent / "reference" / "circuits.json"
    known = json.loads(source.read_text())["circuits"] if source.exists() else {}
    found = {}
    for name, rows in known.items():
        own = [row for who, row in rows.items() if "gadgets" not in who and not who.startswith(TRIAL)]
        found[name] = tuple(min(row[what] for row in own if what in row) for what in ("two_qubit", "gates"))
    return found


def measured(
    circuit: Circuit,
    quick: bool,
    known: tuple[int, int] | None,
    others: dict[str, Callable[[str], Circuit]],
    missing: Sequence[str] = (),
) -> dict[str, Any]:
    """Counts and CPU seconds of every library on one circuit, and its counts over ours; ``missing`` says which there are not."""
    basic = to_basic(circuit)
    given = counts(basic)
    row: dict[str, Any] = {"qubits": given.qubits, "two-qubit": given.two_qubit}
    row |= {"t": given.t, "gates": given.gates}
    budget = QUICK_BUDGET if quick else LONG_BUDGET if given.gates > LONG else BUDGET
    start, wall = time.process_time(), time.monotonic()
    ours = optimize(circuit, budget=budget)
    row |= _columns("ours", ours.after, time.process_time() - start)
    row["ours wall s"] = time.monotonic() - wall
    for_gates = optimize(circuit, budget=budget, cost="gates")
    row |= {"ours for gates": for_gates.after.gates, "their t": for_gates.after.t}
    row |= {"their two-qubit": for_gates.after.two_qubit}
    row["verified"] = " and ".join(dict.fromkeys((ours.verified, for_gates.verified)))
    answers = by_others(circuit, ours.circuit), by_others(circuit, for_gates.circuit)
    row["by QCEC"] = " and ".join(dict.fromkeys(answers))
    if known is not None:
        row |= {"best known two-qubit": known[0], "best known gates": known[1]}
    text = qasm2.dumps(basic)
    problems = list(missing)
    for library, work in others.items() if given.gates <= LARGEST else ():
        try:
            start = time.process_time()
            result = work(text)
            seconds = time.process_time() - start
        except Exception as error:  # the others' figures are wanted all the same
            problems.append(f"{library}: {type(error).__name__}")
            continue
        found = counts(to_basic(result))
        row |= _columns(library, found, seconds)
        for what in ("two_qubit", "t"):
            if mine := getattr(ours.after, what):
                row[f"{library}/ours {what.replace('_', '-')}"] = getattr(found, what) / mine
    row["not run"] = "; ".join(problems) if given.gates <= LARGEST else f"over {LARGEST} gates"
    return row


def run(
    quick: bool = False, part: tuple[int, int] = (1, 1), log: Path | None = None
) -> list[dict[str, object]]:
    """One row for each circuit, and the geometric means over the files to their inputs.

    Args:
        part: k of n: every n-th circuit from the k-th on.
        log: file of one JSON line for each circuit; what it holds already is not run again.
    """
    done = Log(log, "circuit")
    others: dict[str, Callable[[str], Circuit]] = {}
    missing: list[str] = []
    for library, work in OTHERS.items():
        try:
            work(qasm2.dumps(Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))])))  # imports are not timed
            others[library] = work
        except ImportError:
            missing.append(f"{library}: not installed")
    optimize(adder(1), budget=1.0)
    known = best_known()
    rows: list[dict[str, Any]] = []
    for number, (name, circuit) in enumerate(cases(quick)):
        if number % part[1] != part[0] - 1:
            continue
        make = partial(measured, circuit, quick, known.get(name), others, missing)
        rows.append(done.row(name, make))
    return [*rows, *_means([row for row in rows if row["circuit"] in known])]


def _means(rows: list[dict[str, Any]]) -> list[dict[str, object]]:
    """Geometric means to the inputs, and how many are at most the best reference."""
    if not rows:
        return []

    def mean(ours: str, given: str) -> float:
        return math.exp(sum(math.log(row[ours] / row[given]) for row in rows) / len(rows))

    return [
        {
            "files": len(rows),
            "two-qubit": mean("ours two-qubit", "two-qubit"),
            "gates": mean("ours for gates", "gates"),
            "best known two-qubit": mean("best known two-qubit", "two-qubit"),
            "best known gates": mean("best known gates", "gates"),
            "two-qubit at most the best known": sum(
                row["ours two-qubit"] <= row["best known two-qubit"] for row in rows
            ),
            "gates at most the best known": sum(
                row["ours for gates"] <= row["best known gates"] for row in rows
            ),
        }
    ]
