"""Fourier transform, Grover's search, phase and amplitude estimation. Qubit 0 is the most significant bit."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from catenary.diagrams.errors import ArityError, expect_count
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.gates import CircuitError, Gate, renumbered
from catenary.functors.circuits.library.control import controlled, multi_controlled_phase


def qft(n: int, *, swaps: bool = True, cutoff: int | None = None) -> Circuit:
    """The quantum Fourier transform: entry (j, k) is e^{2πi·jk/2^n}/√2^n.

    Source: Coppersmith, *An approximate Fourier transform useful in quantum factoring*, arXiv quant-ph/0201067.

    Args:
        n: number of qubits.
        swaps: without them, the output's bits are in reverse order.
        cutoff: leave out the rotations by less than π/2^cutoff; the operator norm of the error is at most π
            times the sum of the angles left out, in half turns. All are kept unless given.

    >>> [gate.name for gate in qft(2)]
    ['h', 'cp', 'h', 'swap']
    """
    expect_count(n, "the number of qubits")
    most = n if cutoff is None else expect_count(cutoff, "the cutoff")
    gates: list[Gate] = []
    for j in range(n):
        gates.append(Gate("h", (j,)))
        gates += [Gate("cp", (k, j), (Fraction(1, 1 << (k - j)),)) for k in range(j + 1, n) if k - j <= most]
    if swaps:
        gates += [Gate("swap", (k, n - 1 - k)) for k in range(n // 2)]
    return Circuit(n, gates)


def _with_measurements(circuit: Circuit, bits: int, measure: bool) -> Circuit:
    registers = [Register("estimate", bits), Register("system", circuit.n_qubits - bits)]
    gates = list(circuit.gates)
    if measure:  # bit 0 of a register is its least significant
        gates += [Gate("measure", (bits - 1 - k,), clbits=(k,)) for k in range(bits)]
    return Circuit(
        circuit.n_qubits,
        gates,
        bits if measure else 0,
        global_phase=circuit.global_phase,
        qregs=[r for r in registers if r.size],
    )


def phase_estimation(unitary: Circuit, bits: int, *, measure: bool = False) -> Circuit:
    """Estimate φ of an eigenvalue e^{2πiφ}: the first ``bits`` qubits read the number nearest to φ·2^bits.

    The controlled unitary is applied 2^bits - 1 times. The eigenvector is the input of the last lines. Source:
    Cleve, Ekert, Macchiavello & Mosca, *Quantum algorithms revisited*, arXiv quant-ph/9708016.

    Args:
        unitary: a unitary circuit, whose global phase counts.
        bits: of precision.
        measure: whether to measure the estimate, bit 0 the least significant.

    Raises:
        CircuitError: if the circuit is not unitary, or its lines change places.

    >>> len(phase_estimation(Circuit(1, [Gate("t", (0,))]), 3)) - 3 - len(qft(3))
    7
    """
    if expect_count(bits, "the number of bits", 24) < 1:
        raise ArityError("an estimate needs at least one bit")
    step = controlled(unitary)
    gates = [Gate("h", (q,)) for q in range(bits)]
    for q in range(bits):
        once = renumbered(step.gates, [q, *range(bits, bits + unitary.n_qubits)])
        gates += once * (1 << (bits - 1 - q))
    gates += qft(bits).dagger().gates
    return _with_measurements(Circuit(bits + unitary.n_qubits, gates), bits, measure)


def _reflection(n: int, string: str) -> list[Gate]:
    """-1 on one basis state."""
    flip = [Gate("x", (q,)) for q, bit in enumerate(string) if bit == "0"]
    return [*flip, *multi_controlled_phase(n - 1).gates, *flip]


def grover(marked: Iterable[str], iterations: int | None = None) -> Circuit:
    """Grover's search for marked bit strings (qubit 0 first), from |0…0⟩.

    Source: Boyer, Brassard, Høyer & Tapp, *Tight bounds on quantum searching*, arXiv quant-ph/9605034.

    Args:
        marked: distinct strings of one length.
        iterations: unless given, the number that makes success likeliest before the first peak.

    Raises:
        CircuitError: for strings of different lengths, repeated ones, or what is no bit string.

    >>> from catenary.functors.circuits import state_vector
    >>> abs(state_vector(grover(["10"]))).round(6).tolist()
    [0.0, 0.0, 1.0, 0.0]
    """
    strings = list(marked)
    n = len(strings[0]) if strings else 0
    if not n or len(set(strings)) != len(strings) or any(len(s) != n or set(s) - {"0", "1"} for s in strings):
        raise CircuitError(
            f"marked strings are distinct, of one length and of 0 and 1, at least one: {strings[:4]}"
        )
    if iterations is None:
        angle = math.asin(math.sqrt(len(strings) / (1 << n)))
        iterations = max(math.floor(math.pi / (4 * angle)), 0)
    every = [Gate("h", (q,)) for q in range(n)]
    step = [gate for string in strings for gate in _reflection(n, string)]
    step += [*every, *_reflection(n, "0" * n), *every]
    rounds = expect_count(iterations, "the number of iterations")
    # a step is -A S_0 A† S_χ but for its sign
    return Circuit(n, every + step * rounds, global_phase=Fraction(rounds))


def grover_operator(prepare: Circuit, good: int) -> Circuit:
    """Q = -A·S₀·A†·S_χ, whose eigenvalues on the span of A|0⟩'s parts are e^{±2iθ} where sin²θ is the
    probability that qubit ``good`` of A|0…0⟩ is 1.

    Raises:
        CircuitError: if the circuit is not unitary, or its lines change places.
        ArityError: if there is no such qubit.

    >>> grover_operator(Circuit(1, [Gate("h", (0,))]), 0).n_qubits
    1
    """
    n = prepare.n_qubits
    if not 0 <= good < n:
        raise ArityError(f"qubit {good} is not among the {n} of the circuit")
    whole = tuple(range(n))
    if not prepare.is_unitary or prepare.inputs != whole or prepare.outputs != whole:
        raise CircuitError("the preparation is a unitary circuit whose lines keep their places")
    gates = [Gate("z", (good,)), *prepare.dagger().gates, *_reflection(n, "0" * n), *prepare.gates]
    return Circuit(n, gates, global_phase=Fraction(1))


def amplitude_estimation(prepare: Circuit, good: int, bits: int, *, measure: bool = False) -> Circuit:
    """Estimate a, the probability that qubit ``good`` of A|0…0⟩ is 1: a number y on the first ``bits`` qubits
    stands for a ≈ sin²(πy/2^bits).

    Source: Brassard, Høyer, Mosca & Tapp, *Quantum amplitude amplification and estimation*, arXiv quant-ph/0005055.

    Args:
        prepare: A, a unitary circuit.
        good: a qubit of it.
        bits, measure: as for :func:`phase_estimation`.

    >>> amplitude_estimation(Circuit(1, [Gate("h", (0,))]), 0, 2).n_qubits
    3
    """
    estimate = phase_estimation(grover_operator(prepare, good), bits)
    first = renumbered(prepare.gates, range(bits, bits + prepare.n_qubits))
    gates = (*first, *estimate.gates)
    circuit = Circuit(estimate.n_qubits, gates, global_phase=prepare.global_phase)
    return _with_measurements(circuit, bits, measure)
