"""Routing beside Qiskit's SABRE and pytket's router, in one run, on the same circuits and devices.

Then the optimiser on the same devices (a million moves, with routing) beside Qiskit's transpiler at its highest level and
pytket's optimisation before its router and after it.

Every result is written over the basic set and counted by the same function (a swap counts 3), after the same
cancellations. Times are CPU seconds of this process; ours tries sixteen places to begin with, the others do what they
do by default. The last row has the geometric means of the ratios to ours: above 1, ours is smaller.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from benchmarks.circuits import BASIS
from catenary.diagrams.errors import MissingExtra
from catenary.functors.bridges.pytket import from_pytket, to_pytket
from catenary.functors.bridges.qiskit import from_qiskit, to_qiskit
from catenary.functors.circuits import Circuit, Gate, counts, library, to_basic
from catenary.rewriting.circuits import Coupling, optimize, route
from catenary.rewriting.circuits.steiner import parity_matrix, synthesise_cnots

PEERS = ("qiskit", "pytket")
MOVES, QUICK_MOVES = 1_000_000, 100_000
LIMIT = 120.0
"""Seconds by the clock, more than it takes."""


def cases(quick: bool) -> Iterator[tuple[str, Circuit, Coupling]]:
    """Circuits and devices, by name."""
    grid = Coupling.grid(4, 4)
    yield "toffoli 5, grid 4x4", library.multi_controlled_x(5, "dirty"), grid
    yield "adder 3, line 8", library.ripple_carry_adder(3), Coupling.line(8)
    if quick:
        return
    yield "adder 6, grid 4x4", library.ripple_carry_adder(6), grid
    yield "vbe adder 4, grid 4x4", library.vbe_adder(4), grid
    yield "gf2^4, grid 4x4", library.gf2_multiplier(0b10011), grid
    yield "qft 8, line 8", library.qft(8), Coupling.line(8)
    yield "clifford+t 16x400, grid 4x4", library.random_clifford_t(16, 400, 1), grid


def run(quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the table."""
    rows: list[dict[str, Any]] = []
    for name, circuit, device in cases(quick):
        row: dict[str, Any] = {"circuit": name}
        for method in ("auto", *PEERS):
            start = time.process_time()
            try:
                found = route(circuit, device, method=method, budget=20)  # type: ignore[arg-type]
            except MissingExtra:
                continue
            who = "ours" if method == "auto" else method
            row |= {f"{who} s": time.process_time() - start, f"{who} two-qubit": found.after.two_qubit}
            row |= {f"{who} verified": found.verified, "before": found.before.two_qubit}
        rows.append(row)
    last: dict[str, Any] = {"circuit": "geometric mean of ratios to ours"}
    for peer in PEERS:
        ratios = [r[f"{peer} two-qubit"] / r["ours two-qubit"] for r in rows if f"{peer} two-qubit" in r]
        if ratios:
            last[f"{peer} two-qubit"] = math.prod(ratios) ** (1 / len(ratios))
    rows.append(last)
    return rows + _optimised(quick) + _cnots(quick)


def _optimised(quick: bool) -> list[dict[str, Any]]:
    """Optimised for a device, and routed."""
    rows: list[dict[str, Any]] = []
    for name, circuit, device in cases(quick):
        start = time.process_time()
        found = optimize(circuit, coupling=device, budget=LIMIT, moves=QUICK_MOVES if quick else MOVES)
        row: dict[str, Any] = {"circuit": f"optimised {name}", "ours two-qubit": found.after.two_qubit}
        row |= {"ours s": time.process_time() - start, "ours verified": found.verified}
        for peer, work in (("qiskit", _by_qiskit), ("pytket", _by_pytket)):
            with suppress(ImportError):
                row[f"{peer} two-qubit"] = counts(to_basic(work(circuit, device))).two_qubit
        rows.append(row)
    return rows


def _by_qiskit(circuit: Circuit, device: Coupling) -> Circuit:
    from qiskit import transpile
    from qiskit.transpiler import CouplingMap

    edges = [pair for a, b in sorted(device.edges) for pair in ((a, b), (b, a))]
    done = transpile(
        to_qiskit(to_basic(circuit)),
        coupling_map=CouplingMap(edges),
        basis_gates=BASIS,
        optimization_level=3,
        seed_transpiler=1,
    )
    return from_qiskit(done)


def _by_pytket(circuit: Circuit, device: Coupling) -> Circuit:
    from pytket import passes
    from pytket.architecture import Architecture

    given = to_pytket(to_basic(circuit))
    passes.FullPeepholeOptimise().apply(given)
    passes.DefaultMappingPass(Architecture(sorted(device.edges))).apply(given)
    return from_pytket(given)


def _cnots(quick: bool) -> list[dict[str, Any]]:
    """CNOT circuits along Steiner trees against swaps, on the same random matrices."""
    device = Coupling.grid(4, 4)
    rows = []
    for gates in (32, 256) if quick else (16, 32, 64, 128, 256, 512):
        rng = random.Random(gates)
        cnots = [Gate("cx", tuple(rng.sample(range(16), 2))) for _ in range(gates)]
        made = len(synthesise_cnots(parity_matrix(16, cnots), device))
        swaps = route(Circuit(16, cnots), device, method="sabre", budget=20).after.two_qubit
        rows.append({"circuit": f"{gates} cx, grid 4x4", "ours two-qubit": made, "by swaps": swaps})
    return rows
