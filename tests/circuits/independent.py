"""A simulator that shares no code with the library: what circuits with measurements do, branch by branch.

A circuit's meaning is the map from values of the classical bits at the end to the unnormalised density matrix
of the qubits; matrices are written down here from the textbook definitions, as exponentials.
"""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
from scipy.linalg import expm

I2 = np.eye(2, dtype=complex)
X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1, -1]).astype(complex)
H = (X + Z) / math.sqrt(2)
SWAP = (np.kron(I2, I2) + np.kron(X, X) + np.kron(Y, Y) + np.kron(Z, Z)) / 2


def diag(*entries):
    return np.diag(np.array(entries, dtype=complex))


def turn(generator, half_turns):
    return expm(-0.5j * math.pi * float(half_turns) * generator)


def phase(half_turns):
    return diag(1, np.exp(1j * math.pi * float(half_turns)))


def euler(theta, phi, lam):
    return phase(phi) @ turn(Y, theta) @ phase(lam)


def under(matrix, controls=1):
    size = len(matrix) << controls
    out = np.eye(size, dtype=complex)
    out[size - len(matrix) :, size - len(matrix) :] = matrix
    return out


def _margolus():
    out = np.eye(8, dtype=complex)
    out[5, 5] = -1
    out[6:, 6:] = Y
    return out


SX = expm(1j * math.pi / 4 * (I2 - X))
FIXED = {
    "id": I2,
    "x": X,
    "y": Y,
    "z": Z,
    "h": H,
    "s": phase(0.5),
    "sdg": phase(-0.5),
    "t": phase(0.25),
    "tdg": phase(-0.25),
    "sx": SX,
    "sxdg": SX.conj().T,
    "cx": under(X),
    "cy": under(Y),
    "cz": under(Z),
    "ch": under(H),
    "csx": under(SX),
    "swap": SWAP,
    "iswap": expm(0.25j * math.pi * (np.kron(X, X) + np.kron(Y, Y))),
    "ccx": under(X, 2),
    "ccz": under(Z, 2),
    "cswap": under(SWAP),
    "rccx": _margolus(),
    "c3x": under(X, 3),
    "c4x": under(X, 4),
}
TURNING = {
    "u0": lambda a: I2,
    "rx": lambda a: turn(X, a),
    "ry": lambda a: turn(Y, a),
    "rz": lambda a: turn(Z, a),
    "p": phase,
    "u1": phase,
    "u2": lambda a, b: euler(0.5, a, b),
    "u3": euler,
    "u": euler,
    "crx": lambda a: under(turn(X, a)),
    "cry": lambda a: under(turn(Y, a)),
    "crz": lambda a: under(turn(Z, a)),
    "cp": lambda a: under(phase(a)),
    "cu1": lambda a: under(phase(a)),
    "cu3": lambda a, b, c: under(euler(a, b, c)),
    "cu": lambda a, b, c, d: under(np.exp(1j * math.pi * float(d)) * euler(a, b, c)),
    "rxx": lambda a: turn(np.kron(X, X), a),
    "ryy": lambda a: turn(np.kron(Y, Y), a),
    "rzz": lambda a: turn(np.kron(Z, Z), a),
    "rzx": lambda a: turn(np.kron(Z, X), a),
}


def matrix(gate):
    """The unitary of a gate, its first qubit the most significant."""
    if gate.name == "mcx":
        return under(X, len(gate.qubits) - 1)
    if gate.name == "mcp":
        return under(phase(*gate.params), len(gate.qubits) - 1)
    if gate.name == "rpauli":
        return turn(reduce(np.kron, [{"X": X, "Y": Y, "Z": Z}[c] for c in gate.label]), *gate.params)
    return FIXED[gate.name] if gate.name in FIXED else TURNING[gate.name](*gate.params)


def apply(state, gate_matrix, qubits, n):
    """A matrix on some axes of a state of n qubits; further axes are a batch."""
    k = len(qubits)
    state = np.tensordot(gate_matrix.reshape((2,) * (2 * k)), state, axes=(range(k, 2 * k), qubits))
    return np.moveaxis(state, range(k), qubits)


def steps(circuit):
    """Our circuit as (kind, matrix, qubits, bits, conditions), each of these bits, a value, and whether they hold it."""
    for gate in circuit.gates:
        tests = () if gate.condition is None else ((*gate.condition, True),)
        if gate.name == "barrier":
            continue
        if gate.name in ("measure", "reset"):
            yield gate.name, None, gate.qubits, gate.clbits, tests
        else:
            yield "unitary", matrix(gate), gate.qubits, (), tests


def _runs(program, n, n_bits, state):
    """Every branch: the bits and the state, which keeps the inputs as further axes."""
    todo = {(0,) * n_bits: [state]}
    for kind, gate, qubits, bits, condition in program:
        done = {}
        for values, states in todo.items():
            holds = all(
                (sum(values[b] << i for i, b in enumerate(held)) == value) is wanted
                for held, value, wanted in condition
            )
            for branch in states:
                if not holds:
                    done.setdefault(values, []).append(branch)
                elif kind == "unitary":
                    done.setdefault(values, []).append(apply(branch, gate, qubits, n))
                else:
                    for outcome in (0, 1):
                        kept = apply(branch, diag(1 - outcome, outcome), qubits, n)
                        if np.abs(kept).max(initial=0) < 1e-13:
                            continue
                        after = values
                        if kind == "measure":
                            after = (*values[: bits[0]], outcome, *values[bits[0] + 1 :])
                        elif outcome:
                            kept = apply(kept, X, qubits, n)
                        done.setdefault(after, []).append(kept)
        todo = done
    return todo


def channel(circuit, program=None):
    """The meaning of a circuit with measurements: for each value of the bits its Choi matrix."""
    n = circuit.n_qubits
    inputs, outputs = list(circuit.inputs), list(circuit.outputs)
    start = np.eye(1 << n, dtype=complex).reshape((2,) * n + (1 << n,))
    found = {}
    for values, states in _runs(program or steps(circuit), n, circuit.n_clbits, start).items():
        total = 0
        for state in states:
            # inputs in the order of the boundary, then outputs
            whole = state.reshape((2,) * (2 * n)).transpose([*outputs, *(n + q for q in inputs)])
            vector = whole.reshape(-1)
            total = total + np.outer(vector, vector.conj())
        if np.abs(total).max() > 1e-12:
            found[values] = total
    return found


def unitary(circuit):
    """The unitary of a circuit without measurements, its global phase included."""
    n = circuit.n_qubits
    state = np.eye(1 << n, dtype=complex).reshape((2,) * n + (1 << n,))
    for _, gate, qubits, _, _ in steps(circuit):
        state = apply(state, gate, qubits, n)
    whole = state.reshape((2,) * (2 * n))
    whole = whole.transpose([*circuit.outputs, *(n + q for q in circuit.inputs)])
    return np.exp(1j * math.pi * float(circuit.global_phase)) * whole.reshape(1 << n, 1 << n)


def same_channel(a, b):
    """Whether two results of :func:`channel` are equal."""
    nothing = np.zeros(1)
    return all(np.allclose(a.get(values, nothing), b.get(values, nothing), atol=1e-8) for values in {*a, *b})


def qiskit_steps(circuit, qubits=None, bits=None, tests=()):
    """A Qiskit circuit, read by Qiskit, in the same form: branches by their conditions.

    A branch is valid only while nothing overwrites its condition, which the programs that use this respect.
    """
    qubits = list(range(circuit.num_qubits)) if qubits is None else qubits
    bits = list(range(circuit.num_clbits)) if bits is None else bits
    place_q = {q: qubits[i] for i, q in enumerate(circuit.qubits)}
    place_c = {c: bits[i] for i, c in enumerate(circuit.clbits)}
    for item in circuit.data:
        operation = item.operation
        q, c = [place_q[b] for b in item.qubits], [place_c[b] for b in item.clbits]
        if operation.name == "barrier":
            continue
        if operation.name in ("measure", "reset"):
            yield operation.name, None, tuple(q), tuple(c), tests
        elif operation.name == "if_else":
            target, value = operation.condition
            held = [place_c[target]] if target in place_c else [place_c[b] for b in target]
            for branch, block in enumerate(operation.blocks):
                if block is None:
                    continue
                tested = (tuple(held), int(value), branch == 0)
                yield from qiskit_steps(block, q, c, (*tests, tested))
        else:
            from qiskit.quantum_info import Operator

            yield "unitary", Operator(operation).data, tuple(reversed(q)), (), tests
