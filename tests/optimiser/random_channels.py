"""Random circuits with measurements, and their channels by following every branch: shares nothing with the verifier
but the matrices of gates."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np

from catenary.functors.circuits import Circuit, Gate
from catenary.functors.circuits.simulate import unitary

BITS = 2


def random_channel(rng: random.Random, *, qubits: int = 3, gates: int = 10, ends: bool = True) -> Circuit:
    """A circuit that measures into two bits, resets, branches and, with ``ends``, opens and closes a line."""
    n = rng.randint(1, qubits)
    found: list[Gate] = []
    is_open = [True] * n
    inputs = list(range(n))
    if ends and n > 1 and rng.random() < 0.4:
        found.append(Gate("init", (n - 1,)))
        inputs.pop()
    for _ in range(rng.randint(0, gates)):
        q = rng.randrange(n)
        condition = None
        if rng.random() < 0.25:
            held = tuple(rng.sample(range(BITS), rng.randint(1, BITS)))
            condition = (held, rng.randrange(1 << len(held)))
        name = rng.choice(
            (
                "h",
                "h",
                "t",
                "s",
                "x",
                "y",
                "rz",
                "sx",
                "measure",
                "measure",
                "reset",
                "cx",
                "cx",
                "swap",
                "ch",
                "ccx",
            )
        )
        width = {"cx": 2, "swap": 2, "ch": 2, "ccx": 3}.get(name, 1)
        if width > n:
            continue
        at = tuple(rng.sample(range(n), width)) if width > 1 else (q,)
        params = (Fraction(rng.randint(-3, 3), 4),) if name == "rz" else ()
        bits = (rng.randrange(BITS),) if name == "measure" else ()
        found.append(Gate(name, at, params, bits, condition))
    if ends and n > 1 and rng.random() < 0.2:
        found.append(Gate("post", (0,)))
        is_open[0] = False
    outputs = [q for q in range(n) if is_open[q]]
    rng.shuffle(outputs)
    return Circuit(n, found, BITS, inputs, outputs)


def channel(circuit: Circuit) -> dict[int, np.ndarray]:
    """For each value of the classical bits the completely positive map, as Σ K ⊗ K̄ over its branches."""
    n = circuit.n_qubits
    start = np.zeros((2**n, 2 ** len(circuit.inputs)), dtype=complex)
    for k in range(2 ** len(circuit.inputs)):
        bits = [k >> (len(circuit.inputs) - 1 - j) & 1 for j in range(len(circuit.inputs))]
        start[sum(bit << (n - 1 - q) for bit, q in zip(bits, circuit.inputs, strict=True)), k] = 1
    branches = [(0, start)]

    def projected(q: int, bit: int, matrix: np.ndarray) -> np.ndarray:
        kept = [i for i in range(2**n) if i >> (n - 1 - q) & 1 == bit]
        out = np.zeros_like(matrix)
        out[kept] = matrix[kept]
        return out

    def flipped(q: int, matrix: np.ndarray) -> np.ndarray:
        return matrix[[i ^ 1 << (n - 1 - q) for i in range(2**n)]]

    for gate in circuit.gates:
        new = []
        for value, matrix in branches:
            held, wanted = gate.condition or ((), 0)
            if sum((value >> c & 1) << k for k, c in enumerate(held)) != wanted:
                new.append((value, matrix))
            elif gate.name == "measure":
                c = gate.clbits[0]
                q = gate.qubits[0]
                new += [(value & ~(1 << c) | bit << c, projected(q, bit, matrix)) for bit in (0, 1)]
            elif gate.name == "reset":
                q = gate.qubits[0]
                new.append((value, projected(q, 0, matrix)))
                new.append((value, flipped(q, projected(q, 1, matrix))))
            elif gate.name == "post":
                new.append((value, projected(gate.qubits[0], 0, matrix)))
            elif gate.name == "init":
                new.append((value, matrix))
            else:
                plain = Gate(gate.name, gate.qubits, gate.params)
                new.append((value, unitary(Circuit(n, [plain])) @ matrix))
        branches = [(v, m) for v, m in new if np.abs(m).max() > 1e-12]
    found: dict[int, np.ndarray] = {}
    for value, matrix in branches:
        tensor = matrix.reshape((2,) * n + (-1,))
        closed = [q for q in range(n) if q not in circuit.outputs]
        for q in sorted(closed, reverse=True):
            tensor = np.take(tensor, 0, axis=q)
        left = [q for q in range(n) if q not in closed]
        tensor = tensor.transpose([*(left.index(q) for q in circuit.outputs), len(left)])
        flat = tensor.reshape(-1)
        found[value] = found.get(value, 0) + np.outer(flat, flat.conj())
    return found


def same_channel(a: Circuit, b: Circuit) -> bool:
    """Whether the two give the same outputs and bits on every input."""
    left, right = channel(a), channel(b)
    return all(np.allclose(left.get(v, 0), right.get(v, 0), atol=1e-9) for v in {*left, *right})


def altered(circuit: Circuit, rng: random.Random) -> Circuit:
    """Another circuit that is often the same channel: pieces that do nothing, or a gate left out or moved."""
    gates = list(circuit.gates)
    begin = 1 if gates and gates[0].name == "init" else 0
    end = len(gates) - 1 if gates and gates[-1].name == "post" else len(gates)
    for _ in range(rng.randint(1, 3)):
        kind = rng.randrange(6)
        at = rng.randint(begin, end)
        q = rng.randrange(circuit.n_qubits)
        if kind == 0:
            gates[at:at] = [Gate("h", (q,)), Gate("h", (q,))]
            end += 2
        elif kind == 1:
            gates[at:at] = [Gate("t", (q,)), Gate("tdg", (q,))]
            end += 2
        elif kind == 2 and end > begin:  # may change nothing: a phase before a measurement
            del gates[rng.randrange(begin, end)]
            end -= 1
        elif kind == 3 and end - begin > 1:
            k = rng.randrange(begin, end - 1)
            gates[k], gates[k + 1] = gates[k + 1], gates[k]
        elif kind == 4:
            gates.insert(at, Gate("t", (q,)))
            end += 1
        else:  # the same bit twice
            measured = [k for k in range(begin, end) if gates[k].name == "measure"]
            if measured:
                k = rng.choice(measured)
                gates.insert(k, gates[k])
                end += 1
    return circuit.with_gates(tuple(gates))
