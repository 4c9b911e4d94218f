"""The optimiser beside pyzx, pytket and Qiskit on 200 generated circuits: two-qubit gates, in one run.

Ten families, twenty circuits each: adders, Fourier transforms, QAOA, Trotter steps, hardware-efficient ansätze with
symbolic angles, Grover, multiplications in GF(2^n), random Toffoli circuits, random Clifford+T circuits of 5 to 50
qubits. Ours has two seconds a circuit. One row for each family: how often ours is at most the best of the others, how
often above the input, and geometric means of the counts relative to the input. A library that refuses a circuit (symbols,
for instance) counts as having none for it.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator

from benchmarks.circuits import OTHERS, toffolis
from benchmarks.zx import random_clifford_t
from catenary.functors.circuits import Circuit, counts, library, qasm2, to_basic
from catenary.functors.circuits.observables import PauliSum
from catenary.rewriting.circuits import optimize

BUDGET, QUICK_BUDGET = 2.0, 0.5
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
}


def cases(quick: bool) -> Iterator[tuple[str, Circuit]]:
    """The circuits, by family."""
    for name, make in FAMILIES.items():
        rng = random.Random(name)
        for _ in range(QUICK_EACH if quick else EACH):
            yield name, make(rng)


def _mean(ratios: list[float]) -> float | None:
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None


def run(quick: bool = False) -> list[dict[str, object]]:
    """One row for each family, and one for all."""
    rows: dict[str, dict[str, object]] = {}
    ratios: dict[str, dict[str, list[float]]] = {}
    tally: dict[str, list[int]] = {}
    for family, circuit in cases(quick):
        basic = to_basic(circuit)
        given = counts(basic).two_qubit
        start = time.process_time()
        result = optimize(circuit, budget=QUICK_BUDGET if quick else BUDGET)
        seconds = time.process_time() - start
        ours = result.after.two_qubit
        others: dict[str, int] = {}
        text = qasm2.dumps(basic) if not basic.free_symbols else ""
        for library_name, work in OTHERS.items():
            try:
                found = work(text) if text else _symbolic(library_name, basic)
            except Exception:
                continue  # refused: nothing to compare with
            others[library_name] = counts(to_basic(found)).two_qubit
        for name in (family, "all"):
            good, above, total = tally.setdefault(name, [0, 0, 0])
            tally[name] = [
                good + (ours <= min(others.values(), default=given)),
                above + (ours > given),
                total + 1,
            ]
            table = ratios.setdefault(name, {})
            for who, count in {"ours": ours, **others}.items():
                if given and count:
                    table.setdefault(who, []).append(count / given)
            row = rows.setdefault(name, {"family": name, "ours s": 0.0, "unverified": 0})
            row["ours s"] = float(str(row["ours s"])) + seconds
            row["unverified"] = int(str(row["unverified"])) + (result.verified != "equal")
    for name, row in rows.items():
        good, above, total = tally[name]
        row |= {"circuits": total, "at most the best other": good, "above the input": above}
        row |= {f"{who}/input": _mean(found) for who, found in ratios[name].items()}
    return [*(row for name, row in rows.items() if name != "all"), rows["all"]]


def _symbolic(name: str, circuit: Circuit) -> Circuit:
    """The libraries that take free parameters, on their own circuits."""
    if name == "qiskit":
        from qiskit import transpile

        from catenary.functors.bridges.qiskit import from_qiskit, to_qiskit

        basis = ["x", "y", "z", "h", "s", "sdg", "t", "tdg", "rz", "cx", "cz", "swap"]
        return from_qiskit(
            transpile(to_qiskit(circuit), basis_gates=basis, optimization_level=3, seed_transpiler=1)
        )
    if name == "pytket":
        from pytket.passes import FullPeepholeOptimise

        from catenary.functors.bridges.pytket import from_pytket, to_pytket

        given = to_pytket(circuit)
        FullPeepholeOptimise().apply(given)
        return from_pytket(given)
    raise NotImplementedError(name)
