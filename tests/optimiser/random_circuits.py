"""Random circuits and faults for the tests of the optimiser and the verifier."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import sympy

from catenary.functors.circuits import Circuit, Gate
from catenary.functors.circuits.simulate import unitary

A = sympy.Symbol("a")
BOUND = {"a": 0.371}
CLIFFORD = ("h", "h", "x", "y", "z", "s", "sdg", "cx", "cx", "cz", "swap")


def random_circuit(
    rng: random.Random, *, qubits: int = 5, gates: int = 50, kinds: tuple[str, ...] = ()
) -> Circuit:
    """A unitary circuit over the basic set; ``kinds`` adds t, tdg, exact, float or symbol."""
    n = rng.randint(1, qubits)
    found = []
    for _ in range(rng.randint(0, gates)):
        name = rng.choice(CLIFFORD + kinds)
        if name in ("cx", "cz", "swap"):
            if n > 1:
                found.append(Gate(name, tuple(rng.sample(range(n), 2))))
            continue
        q = (rng.randrange(n),)
        if name == "exact":
            found.append(Gate("rz", q, (Fraction(rng.randint(-20, 20), rng.choice((1, 2, 3, 4, 8))),)))
        elif name == "float":
            found.append(Gate("rz", q, (rng.choice((0.3, -0.3, 0.7, 1.1, 2.5)),)))
        elif name == "symbol":
            found.append(Gate("rz", q, (rng.choice((1, -1)) * A + Fraction(rng.randint(-3, 3), 4),)))
        else:
            found.append(Gate(name, q))
    return Circuit(n, found, global_phase=Fraction(rng.randint(0, 7), 8))


def generic(rng: random.Random, qubits: int, pairs: int) -> Circuit:
    """Arbitrary one-qubit gates, and a CX gate after each two of them."""
    gates = []
    for _ in range(pairs):
        pair = tuple(rng.sample(range(qubits), min(qubits, 2)))
        gates += [Gate("u", (q,), tuple(rng.uniform(-1, 1) for _ in range(3))) for q in pair]
        gates += [Gate("cx", pair)] * (qubits > 1)
    return Circuit(qubits, gates)


def matrix(circuit: Circuit) -> np.ndarray:
    """The unitary, with the symbol a bound to a number."""
    return unitary(circuit.bind(BOUND))


def faulty(circuit: Circuit, rng: random.Random) -> Circuit | None:
    """The circuit with one fault: a gate dropped, a sign changed, a CX reversed or a control moved."""
    if not circuit.gates:
        return None
    gates = list(circuit.gates)
    k = rng.randrange(len(gates))
    gate = gates[k]
    kind = rng.randrange(3)
    free = [q for q in range(circuit.n_qubits) if q not in gate.qubits]
    changed = {"t": "tdg", "tdg": "t", "s": "sdg", "sdg": "s"}
    if kind == 0 and gate.name in changed:
        gates[k] = Gate(changed[gate.name], gate.qubits)
    elif kind == 0 and gate.name == "rz":
        gates[k] = Gate("rz", gate.qubits, (-gate.params[0],))
    elif kind == 1 and gate.name == "cx" and free:
        gates[k] = Gate("cx", (rng.choice(free), gate.qubits[1]))
    elif kind == 1 and gate.name == "cx":
        gates[k] = Gate("cx", gate.qubits[::-1])
    else:
        del gates[k]
    return circuit.with_gates(tuple(gates))


def same_up_to_phase(a: Circuit, b: Circuit) -> bool:
    """Whether the unitaries agree up to phase, by numpy."""
    left, right = matrix(a), matrix(b)
    return bool(abs(abs(np.vdot(left, right)) / len(left) - 1) < 1e-9)


def rewritten(circuit: Circuit, rng: random.Random) -> Circuit:
    """The same unitary by other gates: identities are put in at random places."""
    gates = list(circuit.gates)
    n = circuit.n_qubits
    for _ in range(6):
        q = rng.randrange(n)
        pieces = [
            [("h", q), ("h", q)],
            [("t", q), ("tdg", q)],
            [("s", q), ("t", q), ("t", q), ("z", q)],
            [("h", q), ("x", q), ("h", q), ("z", q)],
        ]
        if n > 1:
            p = rng.choice([w for w in range(n) if w != q])
            pieces.append([("cx", q, p), ("h", p), ("cz", p, q), ("h", p)])
            pieces.append([("swap", q, p), ("cx", q, p), ("cx", p, q), ("cx", q, p)])
        at = rng.randint(0, len(gates))
        gates[at:at] = [Gate(name, tuple(qubits)) for name, *qubits in rng.choice(pieces)]
    return circuit.with_gates(tuple(gates), Fraction(rng.randint(0, 7), 4))


ALL_KINDS = (("t", "tdg", "t"), ("t", "exact", "float"), ("t", "symbol", "symbol"), ())
