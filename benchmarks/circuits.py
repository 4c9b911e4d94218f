"""The circuit optimiser beside pyzx, pytket and Qiskit, in one run, on the same circuits.

Generated circuits always; the files of ``../shared/circuits`` as well where that folder is present. Every
library's result is written over one set (x y z h s sdg t tdg rz cx cz swap) on the wires that it was given, so that
what a library left as an order of the outputs becomes swaps, and counted by the same function: ``t`` counts
rotations that are not Clifford, ``two_qubit`` counts 3 for a swap. Times are CPU seconds of this
process; ours has a budget of ten seconds (one with ``--quick``) and looks for the fewest two-qubit gates.
Columns of a library that is not installed, or that fails on a circuit, are empty; ``not run`` says why.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.zx import random_clifford_t
from catenary.functors.circuits import Circuit, Counts, Gate, counts, qasm2, to_basic
from catenary.rewriting.circuits import optimize
from catenary.rewriting.circuits.witness import straight

SHARED = Path(__file__).resolve().parents[2] / "shared" / "circuits"
BUDGET, QUICK_BUDGET = 10.0, 1.0
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


def run(quick: bool = False) -> list[dict[str, object]]:
    """One row for each circuit: counts and CPU seconds of every library, and its counts over ours."""
    rows: list[dict[str, object]] = []
    others: dict[str, Callable[[str], Circuit]] = {}
    missing = []
    for library, work in OTHERS.items():
        try:
            work(qasm2.dumps(Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))])))  # imports are not timed
            others[library] = work
        except ImportError:
            missing.append(f"{library}: not installed")
    optimize(adder(1), budget=0.1)
    for name, circuit in cases(quick):
        basic = to_basic(circuit)
        given = counts(basic)
        row: dict[str, object] = {"circuit": name, "qubits": given.qubits}
        row |= {"two-qubit": given.two_qubit, "t": given.t, "gates": given.gates}
        start = time.process_time()
        ours = optimize(circuit, budget=QUICK_BUDGET if quick else BUDGET)
        row |= _columns("ours", ours.after, time.process_time() - start)
        row["verified"] = ours.verified
        text = qasm2.dumps(basic)
        problems = missing.copy()
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
        rows.append(row)
    return rows
