"""Evidence that two circuits differ: an input that anyone can simulate, and what differs for it.

Nothing here depends on global phase: a witness names an entry of the output's density matrix (a probability when row
and column are equal), the expectation of a Pauli observable, or the fidelity of both outputs.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypedDict

import numpy as np

from catenary.diagrams import LimitReached
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.pauli import Pauli, Tableau, hermitian
from catenary.rewriting.circuits.noisy import entry, has_noise
from catenary.rewriting.circuits.overlaps import Overlaps
from catenary.rewriting.circuits.path_miter import overlap_on
from catenary.rewriting.circuits.purification import purified
from catenary.rewriting.circuits.reduced_states import ReducedState
from catenary.rewriting.circuits.rotations import normal_form
from catenary.rewriting.circuits.simulation import EIGENVALUES, Sparse, expectation, run

DIFFERENCE = 1e-6
"""Values further apart than this count as different; rounding errors are far below."""


@dataclass(frozen=True, slots=True)
class Witness:
    """An input on which two circuits give different outputs. Immutable.

    Attributes:
        inputs: state of each input qubit: ``0 1 + - r l`` (r and l: eigenstates +1 and -1 of Y).
        row, column: bits of two basis states, output 0 first, then the classical bits: the entry
            ⟨row|ρ|column⟩ of the output's density matrix ρ; empty when it is not what differs.
        observable: letters of a Pauli observable on the outputs, or empty.
        values: the entry or expectation for the first and the second circuit. With neither row nor
            observable: 1 and the fidelity of both outputs, which is the probability that the input
            returns after the first circuit and the adjoint of the second.
        symbols: values, in half turns, for the symbols of the circuits.
        weight: for circuits compared up to the order of outputs, a number of ones: ``values`` are the
            probabilities that so many outputs are 1 when all are measured along ``observable``, one
            letter.
    """

    inputs: tuple[str, ...]
    row: str
    column: str
    observable: str
    values: tuple[complex, complex]
    symbols: tuple[tuple[str, Fraction], ...] = ()
    weight: int | None = None

    @property
    def kind(self) -> Literal["entry", "observable", "weight", "fidelity"]:
        """What differs."""
        if self.weight is not None:
            return "weight"
        if self.observable:
            return "observable"
        return "entry" if self.row else "fidelity"

    def __str__(self) -> str:
        bound = "".join(f" with {name} = {value}π" for name, value in self.symbols)
        start = f"input |{''.join(self.inputs)}⟩{bound}: "
        first, second = (complex(round(v.real, 9), round(v.imag, 9)) for v in map(complex, self.values))
        if self.kind == "weight":
            return start + (
                f"the probability that {self.weight} outputs, measured along {self.observable}, are 1 is "
                f"{first.real:.6g} against {second.real:.6g}"
            )
        if self.kind == "observable":
            return start + f"⟨{self.observable}⟩ is {first.real:.6g} against {second.real:.6g}"
        if self.kind == "fidelity":
            return start + f"the outputs have fidelity {second.real:.6g}"
        if self.row == self.column:
            return start + f"probability of {self.row} is {first.real:.6g} against {second.real:.6g}"
        return start + f"density matrix entry ({self.row}, {self.column}) is {first:.6g} against {second:.6g}"


class Limits(TypedDict):
    """What a simulation may use."""

    limit: int
    deadline: float | None


def check_witness(
    a: Circuit, b: Circuit, witness: Witness, *, limit: int = 1 << 16, deadline: float | None = None
) -> bool:
    """Whether the witness shows that the circuits differ: both are simulated again, and the values compared.

    Args:
        deadline: value of ``time.monotonic`` after which to stop.

    Raises:
        LimitReached: if the simulation needs more than ``limit`` basis states or Pauli strings, or past the
            deadline.
        ValueError: if the witness does not fit the circuits.

    >>> from catenary.functors.circuits.gates import Gate
    >>> plus = Witness(("+",), "0", "1", "", (0.5, -0.5))
    >>> check_witness(Circuit(1), Circuit(1, (Gate("z", (0,)),)), plus)
    True
    """
    limits: Limits = {"limit": limit, "deadline": deadline}
    bound = [c.bind(dict(witness.symbols)) for c in (a, b)]
    for circuit in bound:
        if len(witness.inputs) != len(circuit.inputs) or not set(witness.inputs) <= set(EIGENVALUES):
            raise ValueError(
                f"the witness is for {len(witness.inputs)} qubits, the circuit has {len(circuit.inputs)}"
            )
    if witness.weight is not None:
        found = [
            ReducedState(purified(measured_along(c, witness.observable)), witness.inputs, **limits)
            for c in bound
        ]
        counts = [state.weights(len(a.outputs)) for state in found]
        left, right = (each.get(witness.weight, 0.0) for each in counts)
        return abs(left - right) > DIFFERENCE
    if witness.row:
        entries = []
        for circuit in bound:
            row, column = (_padded(bits, circuit) for bits in (witness.row, witness.column))
            if has_noise(circuit):
                entries.append(entry(circuit, witness.inputs, row, column))
                continue
            state = ReducedState(purified(circuit), witness.inputs, **limits)
            entries.append(state.row(_number(row)).get(_number(column), 0j))
        return abs(entries[0] - entries[1]) > DIFFERENCE
    plain = [straight(to_basic(circuit)) for circuit in bound]
    if witness.kind == "fidelity":
        return 1 - fidelity(plain[0], plain[1], witness.inputs, **limits) > DIFFERENCE
    observable = Pauli.from_letters(witness.observable)
    first, second = (expectation(c, observable, witness.inputs, limit=limit) for c in plain)
    return abs(first - second) > DIFFERENCE


def measured_along(circuit: Circuit, letter: str) -> Circuit:
    """The circuit with every output turned so that Z there is X, Y or Z of the given circuit."""
    names = {"X": ("h",), "Y": ("sdg", "h"), "Z": ()}[letter]
    return circuit.with_gates(
        (*circuit.gates, *(Gate(name, (q,)) for q in circuit.outputs for name in names))
    )


def _padded(bits: str, circuit: Circuit) -> str:
    """Bits for all outputs and classical bits: those of a circuit that measures nothing may be left out."""
    width = len(circuit.outputs) + circuit.n_clbits
    if len(bits) == len(circuit.outputs):
        bits += "0" * circuit.n_clbits
    if len(bits) != width:
        raise ValueError(f"the witness has rows of {len(bits)} bits, the circuit {width} outputs and bits")
    return bits


def fidelity(
    a: Circuit,
    b: Circuit,
    inputs: Sequence[str],
    *,
    limit: int = 1 << 14,
    deadline: float | None = None,
) -> float:
    """|⟨ψ|b†a|ψ⟩|² for a product state ψ: from the rotations left in the miter where they leave the state small, else
    by sparse states, else by a sum over paths. Circuits are unitary, basic and straight.

    Raises:
        LimitReached: if none comes to an end.
    """
    try:
        return Overlaps(a, b, deadline=deadline).fidelity(inputs)
    except LimitReached:
        pass
    left, right, _ = common_ending(a, b)
    try:
        states = [run(c, inputs, limit=limit, deadline=deadline) for c in (left, right)]
    except LimitReached:
        return abs(overlap_on(a, b, inputs, deadline=deadline)) ** 2
    return abs(_overlap(*states)) ** 2


def straight(circuit: Circuit) -> Circuit:
    """A unitary basic circuit whose input k and output k are line k: crossed lines become SWAP gates,
    barriers go.
    """
    lines = tuple(range(circuit.n_qubits))
    gates = tuple(g for g in circuit.gates if g.name not in ("barrier", "id"))
    if circuit.inputs != lines:
        # Input k is line inputs[k]: rename lines so that it is line k.
        place = {line: k for k, line in enumerate(circuit.inputs)}
        gates = tuple(Gate(g.name, tuple(place[q] for q in g.qubits), g.params) for g in gates)
        outputs = tuple(place[q] for q in circuit.outputs)
    else:
        outputs = circuit.outputs
    swaps = []
    at = list(lines)
    for k, wanted in enumerate(outputs):
        if at[k] != wanted:
            other = at.index(wanted, k)
            swaps.append(Gate("swap", (k, other)))
            at[k], at[other] = at[other], at[k]
    return Circuit.unchecked(circuit.n_qubits, (*gates, *swaps), global_phase=circuit.global_phase)


def _number(bits: str) -> int:
    return sum(1 << q for q, bit in enumerate(bits) if bit == "1")


def _bits(number: int, n: int) -> str:
    return "".join("1" if number >> q & 1 else "0" for q in range(n))


def compare_on(
    a: Circuit,
    b: Circuit,
    inputs: Sequence[str],
    *,
    ending: Circuit | None = None,
    limit: int = 1 << 12,
    deadline: float | None = None,
) -> Witness | None:
    """A witness for this input, if the outputs differ by more than a phase. Circuits are unitary, basic and
    straight.

    Args:
        ending: gates that both circuits have at their end and that ``a`` and ``b`` come without.

    Raises:
        LimitReached: if simulation is too large.
    """
    n = a.n_qubits
    left = run(a, inputs, limit=limit, deadline=deadline)
    right = run(b, inputs, limit=limit, deadline=deadline)
    if ending is not None:
        found = abs(_overlap(left, right)) ** 2
        if found > 1 - 1e-12:
            return None
        try:
            left, right = (
                run(ending, inputs, limit=limit, deadline=deadline, start=s) for s in (left, right)
            )
        except LimitReached:
            return _fidelity_witness(inputs, found)
    keys = np.union1d(left[0], right[0])
    first, second = np.zeros(len(keys), dtype=complex), np.zeros(len(keys), dtype=complex)
    first[np.searchsorted(keys, left[0])] = left[1]
    second[np.searchsorted(keys, right[0])] = right[1]
    change = np.abs(np.abs(first) ** 2 - np.abs(second) ** 2)
    row = column = int(np.argmax(change))
    if change[row] <= 10 * DIFFERENCE:
        # The probabilities agree: compare coherences with the likeliest basis state.
        row = int(np.argmax(np.abs(first)))
        gap = np.abs(first[row] * first.conj() - second[row] * second.conj())
        column = int(np.argmax(gap))
        if gap[column] <= 10 * DIFFERENCE:
            return _fidelity_witness(inputs, abs(complex(np.vdot(first, second))) ** 2)
    values = tuple(complex(v[row] * v[column].conjugate()) for v in (first, second))
    return Witness(
        tuple(inputs), _bits(int(keys[row]), n), _bits(int(keys[column]), n), "", (values[0], values[1])
    )


def _fidelity_witness(inputs: Sequence[str], found: float) -> Witness | None:
    return None if found > 1 - 10 * DIFFERENCE else Witness(tuple(inputs), "", "", "", (1, found))


def _overlap(left: Sparse, right: Sparse) -> complex:
    _, i, j = np.intersect1d(left[0], right[0], assume_unique=True, return_indices=True)
    return complex(np.vdot(left[1][i], right[1][j]))


def common_ending(a: Circuit, b: Circuit) -> tuple[Circuit, Circuit, Circuit]:
    """Both circuits without the gates that they share at their end, and those gates."""
    circuits = (a, b)
    wires: list[list[list[int]]] = [[[] for _ in range(a.n_qubits)] for _ in circuits]
    for stacks, circuit in zip(wires, circuits, strict=True):
        for k, gate in enumerate(circuit.gates):
            for q in gate.qubits:
                stacks[q].append(k)
    gone: tuple[set[int], set[int]] = (set(), set())
    ending: list[Gate] = []
    todo = list(range(a.n_qubits))
    while todo:
        q = todo.pop()
        if not wires[0][q] or not wires[1][q]:
            continue
        i, j = wires[0][q][-1], wires[1][q][-1]
        gate = a.gates[i]
        tops = all(
            stack[p] and stack[p][-1] == k
            for p in gate.qubits
            for stack, k in zip(wires, (i, j), strict=True)
        )
        if gate != b.gates[j] or not tops:
            continue
        for p in gate.qubits:
            wires[0][p].pop()
            wires[1][p].pop()
            todo.append(p)
        gone[0].add(i)
        gone[1].add(j)
        ending.append(gate)
    left, right = (
        c.with_gates(tuple(g for k, g in enumerate(c.gates) if k not in out))
        for c, out in zip(circuits, gone, strict=True)
    )
    return left, right, Circuit.unchecked(a.n_qubits, tuple(reversed(ending)))


def search(
    a: Circuit,
    b: Circuit,
    *,
    suspects: Sequence[tuple[int, int]] = (),
    tries: int = 24,
    deadline: float | None = None,
    seed: int = 0,
) -> Witness | None:
    """Look for a witness among product inputs with few superposed qubits. Circuits are unitary, basic and
    straight.

    Args:
        suspects: masks (x, z) of Pauli strings at the input by which the circuits seem to differ: inputs are
            chosen that these move.
        tries: number of inputs.
        deadline: value of ``time.monotonic`` after which to stop.
    """
    rng = random.Random(seed)
    n = a.n_qubits
    largest = n if n <= 10 else 8
    limit = 1 << 11
    refused = 0
    quiet = _with_hadamard(a)
    a, b, ending = common_ending(a, b)
    for attempt in range(tries):
        if deadline is not None and time.monotonic() > deadline:
            return None
        inputs = [rng.choice("01") for _ in range(n)]
        if attempt & 2:
            # A Hadamard on |+⟩ or |-⟩ gives a basis state: the state stays small until later.
            inputs = [rng.choice("+-") if q in quiet else inputs[q] for q in range(n)]
        superposed = min(n, attempt % (largest + 1))
        for q in rng.sample(range(n), superposed):
            inputs[q] = rng.choice("+-rl")
        if suspects and attempt % 2 == 0:
            disturb(inputs, suspects[(attempt // 2) % len(suspects)], rng)
        try:
            witness = compare_on(a, b, inputs, ending=ending, limit=limit, deadline=deadline)
        except LimitReached:
            refused += 1
            if refused % 4 == 0:
                largest = max(0, largest - 1)
            if refused % 8 == 0:
                limit = min(limit * 4, 1 << 16)
            continue
        if witness is not None:
            return witness
    return None


def _with_hadamard(circuit: Circuit) -> set[int]:
    """The qubits that have a Hadamard gate."""
    return {gate.qubits[0] for gate in circuit.gates if gate.name == "h"}


def quiet_inputs(circuit: Circuit, rng: random.Random) -> list[str]:
    """Random basis states, of X where a qubit's first gate is a Hadamard gate: the state stays small for long."""
    first: dict[int, str] = {}
    for gate in circuit.gates:
        for q in gate.qubits:
            first.setdefault(q, gate.name)
    return [rng.choice("+-" if first.get(q) == "h" else "01") for q in range(circuit.n_qubits)]


def disturb(inputs: list[str], suspect: tuple[int, int], rng: random.Random) -> None:
    """Change one qubit so that the product state is no eigenstate of the string."""
    x, z = suspect
    support = [q for q in range(len(inputs)) if (x | z) >> q & 1]
    if not support:
        return
    q = rng.choice(support)
    letter = "IXZY"[(x >> q & 1) | (z >> q & 1) << 1]
    inputs[q] = rng.choice([name for name, (own, _) in EIGENVALUES.items() if own != letter])


def overlap_witness(
    a: Circuit,
    b: Circuit,
    inputs: Sequence[str],
    *,
    deadline: float | None = None,
) -> Witness | None:
    """A witness for this input by an entry of the density matrix where states are small, else by the fidelity.

    Raises:
        LimitReached: if neither can be found.
    """
    left, right, ending = common_ending(a, b)
    try:
        witness = compare_on(left, right, inputs, ending=ending, deadline=deadline)
    except LimitReached:
        witness = None
    if witness is None:
        witness = _fidelity_witness(inputs, fidelity(a, b, inputs, deadline=deadline))
    return witness


def observable_witness(
    a: Circuit,
    b: Circuit,
    miter: Tableau,
    *,
    seed: int = 0,
    limit: int = 1 << 12,
    deadline: float | None = None,
) -> Witness | None:
    """A witness by a Pauli observable that the Clifford part of the miter moves.

    Args:
        miter: tableau of the Clifford part of a · b†; strings that it does not fix have different images
            under the two circuits.
    """
    rng = random.Random(seed)
    n = a.n_qubits
    moved: list[Pauli] = []
    for q in range(n):
        for x, z, row in ((1 << q, 0, miter.row_x(q)), (0, 1 << q, miter.row_z(q))):
            if row != (x, z, 1):
                moved.append(hermitian(x, z))
    for observable in moved[:32]:
        letters = "".join(observable.letter(q) for q in range(n))
        for attempt in range(4):
            if deadline is not None and time.monotonic() > deadline:
                return None
            others = quiet_inputs(a, rng) if attempt < 2 else [rng.choice("01+-rl") for _ in range(n)]
            inputs = _eigenstate(a if rng.random() < 0.5 else b, observable, others, rng)
            try:
                first = expectation(a, observable, inputs, limit=limit)
                second = expectation(b, observable, inputs, limit=limit)
            except LimitReached:
                break
            if abs(first - second) > 10 * DIFFERENCE:
                return Witness(tuple(inputs), "", "", letters, (complex(first), complex(second)))
    return None


def _eigenstate(circuit: Circuit, observable: Pauli, others: Sequence[str], rng: random.Random) -> list[str]:
    """A product input that is, for a Clifford circuit, an eigenstate of the observable carried back to the
    start; ``others`` where that does not matter.
    """
    back = normal_form(circuit)[1].pull(observable)
    choice = {"X": "+-", "Y": "rl", "Z": "01"}
    letters = [back.letter(q) for q in range(len(others))]
    return [other if p == "I" else rng.choice(choice[p]) for p, other in zip(letters, others, strict=True)]
