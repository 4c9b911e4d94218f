"""Circuits of about 100,000 gates: the optimiser beside tket's passes, two-qubit gates and CPU seconds, in one run.

Random Clifford+T on 50 qubits, a ripple-carry adder, random Toffoli gates, Trotter steps of a Heisenberg chain, a
Fourier transform (10,000 gates with ``--quick``). Ours has a number of moves, so that other load does not matter, and
is verified; it should need at most 120 CPU seconds. tket's passes leave no wires renamed (``allow_swaps=False``);
each runs in a process of its own that is ended after 120 CPU seconds. In the Fourier transform most rotations are by less
than 1e-11 half turns, where tket leaves them out, its passes on blocks below 5e-9 already. Ours keeps exact angles; told
to leave out as many, it has columns of its own, with the bound of the error.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks._log import Log
from benchmarks.circuits import adder, toffolis, trotter
from benchmarks.zx import random_clifford_t
from catenary.functors.circuits import Circuit, counts, library, to_basic, without_small_rotations
from catenary.rewriting.circuits import optimize

SECONDS = 120
LIMIT = 900.0
"""Seconds by the clock; the CPU seconds are what is shown."""
MOVES = 15_000_000
LEFT_OUT = 1e-11, 5e-9
"""Half turns below which tket leaves rotations out: RemoveRedundancies, and the passes that take two-qubit blocks."""

CASES: dict[str, Callable[[bool], Circuit]] = {
    "Clifford+T, 50 qubits": lambda quick: random_clifford_t(50, 10_000 if quick else 100_000, 1),
    "ripple-carry adder": lambda quick: adder(280 if quick else 2_800),
    "Toffoli, 40 qubits": lambda quick: toffolis(40, 620 if quick else 6_200, 1),
    "Trotter, 50 qubits": lambda quick: trotter(50, 12 if quick else 120),
    "Fourier transform": lambda quick: library.qft(60 if quick else 190),
}
TKET = ("RemoveRedundancies", "CliffordSimp", "PeepholeOptimise2Q", "FullPeepholeOptimise")


def cases(quick: bool) -> Iterator[tuple[str, Circuit]]:
    """The circuits over the basic set, and their names."""
    for name, make in CASES.items():
        circuit = to_basic(make(quick))
        yield name, Circuit.unchecked(circuit.n_qubits, circuit.gates)


def tket(name: str, circuit: Circuit) -> tuple[int, float] | None:
    """Two-qubit gates after a pass of tket, and its CPU seconds; ``None`` if they are too many."""
    receive, send = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_tket, args=(name, circuit, send))
    process.start()
    send.close()
    try:
        answer: tuple[int, float] = receive.recv()
    except EOFError:
        return None
    finally:
        process.join()
    return answer


def _tket(name: str, circuit: Circuit, send: Connection) -> None:
    from pytket import passes

    from catenary.functors.bridges.pytket import from_pytket, to_pytket

    given = to_pytket(circuit)
    work = getattr(passes, name)(**({} if name == "RemoveRedundancies" else {"allow_swaps": False}))
    start = time.process_time()
    resource.setrlimit(resource.RLIMIT_CPU, (int(start) + SECONDS, resource.RLIM_INFINITY))
    work.apply(given)
    seconds = time.process_time() - start
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    send.send((counts(to_basic(from_pytket(given))).two_qubit, seconds))


def run(
    quick: bool = False, part: tuple[int, int] = (1, 1), log: Path | None = None
) -> list[dict[str, object]]:
    """One row for each circuit.

    Args:
        quick: circuits of 10,000 gates.
        part: k of n: every n-th circuit from the k-th on.
        log: file of one JSON line for each circuit; what it holds already is not run again.
    """
    optimize(toffolis(3, 1, 0), budget=LIMIT, moves=1000)  # what is compiled at first use is not timed
    done = Log(log, "circuit")
    return [
        done.row(name, partial(measured, circuit))
        for number, (name, circuit) in enumerate(cases(quick))
        if number % part[1] == part[0] - 1
    ]


def measured(circuit: Circuit) -> dict[str, Any]:
    """Two-qubit gates and CPU seconds of ours and of tket's passes."""
    given = counts(circuit)
    start = time.process_time()
    found = optimize(circuit, budget=LIMIT, moves=MOVES)
    row: dict[str, Any] = {"qubits": given.qubits, "gates": given.gates}
    row |= {"two-qubit": given.two_qubit, "ours": found.after.two_qubit}
    row |= {"ours s": time.process_time() - start, "verified": found.verified}
    for below in LEFT_OUT:
        start = time.process_time()
        if (less := without_small_rotations(circuit, below)).left_out:
            found = optimize(less.circuit, budget=LIMIT, moves=MOVES)
            row |= {f"without < {below:g}": found.after.two_qubit, f"{below:g} error at most": less.bound}
            row |= {f"{below:g} s": time.process_time() - start, f"{below:g} verified": found.verified}
    for each in TKET:
        if (answer := tket(each, circuit)) is not None:
            row[each], row[f"{each} s"] = answer
    return row
