"""The optimiser beside pyzx, pytket and Qiskit on 240 generated circuits: two-qubit gates, in one run.

Twelve families, twenty circuits each: adders, Fourier transforms, QAOA, Trotter steps, hardware-efficient ansätze with
symbolic angles, Grover, multiplications in GF(2^n), random Toffoli circuits, random Clifford+T circuits of 5 to 50
qubits, quantum volume, any one-qubit gates between CX gates. Ours has a million moves a circuit. One row for each family:
how often ours is at most the best of the others, how often above the input, and geometric means of the counts relative to
the input. A library that refuses a circuit (symbols, for instance) counts as having none for it, and so does a result that
is shown not to equal the circuit.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._log import Log
from benchmarks.circuits import BASIS, OTHERS, qiskit_result, toffolis
from benchmarks.verify import by_others
from benchmarks.zx import random_clifford_t
from catenary.functors.circuits import Circuit, Gate, counts, library, qasm2, to_basic
from catenary.functors.circuits.observables import PauliSum
from catenary.rewriting.circuits import optimize, verify
from catenary.rewriting.circuits.witness import straight

MOVES, QUICK_MOVES = 1_000_000, 200_000
"""Counted, as a budget of three seconds allows them; the limit is longer, so that load does not matter."""
LIMIT = 60.0
EACH, QUICK_EACH = 20, 2


def _qaoa(rng: random.Random) -> Circuit:
    n, layers = rng.randint(4, 12), rng.randint(1, 3)
    edges = [(a, b) for a in range(n) for b in range(a) if rng.random() < 3 / n] or [(0, 1)]
    gammas, betas = ([round(rng.random(), 3) for _ in range(layers)] for _ in range(2))
    return library.qaoa(edges, layers, gammas, betas, n_qubits=n)


def _trotter(rng: random.Random) -> Circuit:
    n = rng.randint(3, 8)
    bonds = ["I" * q + 2 * letter + "I" * (n - q - 2) for q in range(n - 1) for letter in "XYZ"]
    chain = PauliSum.from_letters({bond: round(rng.random(), 3) for bond in bonds})
    return library.trotter(chain, 0.1, rng.randint(1, 4))


def _general(rng: random.Random, n: int, pairs: list[tuple[int, int]], each: int) -> Circuit:
    """Any one-qubit gates between CX gates, so many on each pair."""
    gates: list[Gate] = []
    for pair in pairs:
        for _ in range(each):
            gates += [Gate("u", (q,), tuple(rng.uniform(-1, 1) for _ in range(3))) for q in pair]
            gates.append(Gate("cx", pair))
    return Circuit(n, gates)


def _volume(rng: random.Random) -> Circuit:
    """Quantum volume (Cross et al., arXiv 1811.12926): random pairs with random unitaries, as many layers as qubits."""
    n = rng.randint(3, 7)
    orders = [rng.sample(range(n), n) for _ in range(n)]
    pairs = [(order[k], order[k + 1]) for order in orders for k in range(0, n - 1, 2)]
    return _general(rng, n, pairs, 3)


def _any_gates(rng: random.Random) -> Circuit:
    n = rng.randint(2, 5)
    return _general(
        rng, n, [(a, b) for _ in range(rng.randint(5, 40)) for a, b in [rng.sample(range(n), 2)]], 1
    )


FAMILIES: dict[str, Callable[[random.Random], Circuit]] = {
    "ripple-carry adder": lambda rng: library.ripple_carry_adder(rng.randint(2, 12)),
    "carry-lookahead adder": lambda rng: library.carry_lookahead_adder(rng.randint(2, 8)),
    "Fourier transform": lambda rng: library.qft(rng.randint(3, 12)),
    "QAOA": _qaoa,
    "Trotter": _trotter,
    "ansatz, symbolic": lambda rng: library.hardware_efficient(
        rng.randint(3, 8), rng.randint(1, 4), entangling=rng.choice(("line", "ring", "all"))
    ),
    "Grover": lambda rng: library.grover(
        [format(rng.randrange(16), "04b")[: rng.randint(2, 4)]], rng.randint(1, 2)
    ),
    "GF(2^n)": lambda rng: library.gf2_multiplier(rng.choice((0b111, 0b1011, 0b10011, 0b100101, 0b1000011))),
    "Toffoli": lambda rng: toffolis(rng.randint(4, 10), rng.randint(3, 20), rng.randrange(10**6)),
    "Clifford+T": lambda rng: random_clifford_t(
        rng.randint(5, 50), rng.randint(50, 600), rng.randrange(10**6)
    ),
    "quantum volume": _volume,
    "any one-qubit gates": _any_gates,
}


def cases(quick: bool) -> Iterator[tuple[str, Circuit]]:
    """The circuits, by family."""
    for name, make in FAMILIES.items():
        rng = random.Random(name)
        for _ in range(QUICK_EACH if quick else EACH):
            yield name, make(rng)


def mean(ratios: list[float]) -> float | None:
    """The geometric mean, if there is any."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None


def measured(family: str, circuit: Circuit, moves: int) -> dict[str, Any]:
    """Two-qubit gates of one circuit: given, by ours (with CPU seconds and whether verified) and by each other."""
    basic = to_basic(circuit)
    basic = Circuit.unchecked(basic.n_qubits, basic.gates)  # pytket sorts the qubits of registers by name
    start = time.process_time()
    result = optimize(circuit, budget=LIMIT, moves=moves)
    row: dict[str, Any] = {
        "family": family,
        "given": counts(basic).two_qubit,
        "ours": result.after.two_qubit,
        "seconds": time.process_time() - start,
        "verified": result.verified,
        "by QCEC": by_others(basic, result.circuit),
    }
    others: dict[str, int] = {}
    wrong: list[str] = []
    refused: dict[str, str] = {}
    text = qasm2.dumps(basic) if not basic.free_symbols else ""
    for library_name, work in OTHERS.items():
        try:
            found = work(text) if text else _symbolic(library_name, basic)
        except Exception as error:
            refused[library_name] = f"{type(error).__name__}: {error}"[:200]  # nothing to compare with
            continue
        if verify(basic, found, budget=1.0).answer == "not equal":
            wrong.append(library_name)
        else:
            others[library_name] = counts(to_basic(found)).two_qubit
    return row | {"others": others, "wrong": wrong, "refused": refused}


def run(
    quick: bool = False, part: tuple[int, int] = (1, 1), log: Path | None = None
) -> list[dict[str, object]]:
    """One row for each family, and one for all.

    Args:
        part: k of n: every n-th circuit from the k-th on.
        log: file of one JSON line for each circuit; what it holds already is not run again.
    """
    known = Log(log, "number")
    moves = QUICK_MOVES if quick else MOVES
    optimize(toffolis(3, 1, 0), budget=LIMIT, moves=1000)  # what is compiled at first use is not timed
    for number, (family, circuit) in enumerate(cases(quick)):
        if number % part[1] == part[0] - 1:
            known.row(number, partial(measured, family, circuit, moves))
    return summary([known.rows[number] for number in sorted(known.rows)])


def summary(found: list[dict[str, Any]]) -> list[dict[str, object]]:
    """One row for each family, and one for all, from the rows of single circuits."""
    rows: list[dict[str, object]] = []
    for family in [*dict.fromkeys(one["family"] for one in found), "all"]:
        mine = [one for one in found if family in ("all", one["family"])]
        best = [min(one["others"].values(), default=one["given"]) for one in mine]
        row: dict[str, object] = {"family": family, "ours s": sum(one["seconds"] for one in mine)}
        row["unverified"] = sum(one["verified"] != "equal" for one in mine)
        for answer in ("equal", "equal (state)", "unknown"):
            row[f"QCEC {answer}"] = sum(one["by QCEC"] == answer for one in mine)
        row["circuits"] = len(mine)
        row["at most the best other"] = sum(
            one["ours"] <= least for one, least in zip(mine, best, strict=True)
        )
        row["above the input"] = sum(one["ours"] > one["given"] for one in mine)
        for who in ("ours", *OTHERS):
            count = [(one["others"] | {"ours": one["ours"]}).get(who) for one in mine]
            row[f"{who}/input"] = mean(
                [c / one["given"] for c, one in zip(count, mine, strict=True) if c and one["given"]]
            )
        rows.append(row)
    return rows


def _symbolic(name: str, circuit: Circuit) -> Circuit:
    """The libraries that take free parameters, on their own circuits."""
    if name == "qiskit":
        from qiskit import transpile

        from catenary.functors.bridges.qiskit import to_qiskit

        done = transpile(to_qiskit(circuit), basis_gates=BASIS, optimization_level=3, seed_transpiler=1)
        return qiskit_result(done)
    if name == "pytket":
        from pytket.passes import FullPeepholeOptimise

        from catenary.functors.bridges.pytket import from_pytket, to_pytket

        given = to_pytket(circuit)
        FullPeepholeOptimise().apply(given)
        return straight(to_basic(from_pytket(given)))
    raise NotImplementedError(name)
