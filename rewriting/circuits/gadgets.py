"""Hadamard gadgets: all T gates of a circuit in one phase polynomial, at the price of measured ancillas.

A Hadamard gate between T gates keeps them in different phase polynomials. It can be taken out of the way: with an
ancilla in |+⟩, a CZ and a measurement of the old line in the X basis, the state goes on in the ancilla, with an
X that depends on the outcome. All the lines are then there at the start and all T gates act at once, on parities of
inputs and ancillas; an X that has to be carried back over T gates becomes a Clifford operator, which is applied
where the outcome is 1 (Heyfron & Campbell, arXiv 1712.01557). The number of gadgets is the least one for the
order of the rotations (Vandaele, Martiel, Perdrix & Vuillot, arXiv 2302.07040); the phase polynomial gets fewer T
gates by ``signature_tensor``.

This is another resource model than that of circuits without ancillas: its counts are never compared with theirs.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.bitsets import bits
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.counts import counts
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import CircuitError, Gate, renumbered
from catenary.functors.circuits.pauli import hermitian
from catenary.rewriting.circuits.angles import rotation_gates
from catenary.rewriting.circuits.blocks import phase_between, rotation_circuit, written
from catenary.rewriting.circuits.builder import inverse
from catenary.rewriting.circuits.gadget_proof import prove_gadgets
from catenary.rewriting.circuits.interop import AnyCircuit
from catenary.rewriting.circuits.rotations import Rotation, normal_form
from catenary.rewriting.circuits.signature_tensor import clifford_difference, fewer_columns
from catenary.rewriting.circuits.verdict import Verdict
from catenary.rewriting.circuits.verify import verify
from catenary.rewriting.circuits.witness import straight
from catenary.rewriting.zx.networks import Strings
from catenary.rewriting.zx.tape import Tape


@dataclass(frozen=True, slots=True)
class GadgetResult(Generic[AnyCircuit]):
    """A circuit with Hadamard gadgets, and what it needs. Immutable.

    Attributes:
        circuit: the given lines, then the ancillas, which begin and end in |0⟩; after the given classical bits one
            for each measurement, which is 0 or 1 with equal probability whatever the input.
        t: T gates, and other rotations that are not Clifford.
        ancillas: number of ancillas.
        measurements: number of measurements, one for each ancilla.
        t_before: ``t`` of the given circuit.
        verdict: whether the result is the given circuit beside as many ancillas of which |+⟩ is measured, by
            :func:`~catenary.rewriting.circuits.gadget_proof.prove_gadgets`: ``"equal"``, or ``"unknown"``
            if its time was too short.
    """

    circuit: AnyCircuit
    t: int
    ancillas: int
    measurements: int
    t_before: int
    verdict: Verdict

    def as_dict(self) -> dict[str, object]:
        """The numbers and the answer, for JSON."""
        return {
            "t": self.t,
            "ancillas": self.ancillas,
            "measurements": self.measurements,
            "verified": self.verdict.answer,
            "method": self.verdict.method or self.verdict.reason,
        }


@dataclass(frozen=True, slots=True)
class _Turn:
    """A rotation about the product of Z on some lines."""

    mask: int
    angle: Phase

    @property
    def count(self) -> int | None:
        """The angle in multiples of π/4, if it is one."""
        if is_symbolic(self.angle) or not isinstance(self.angle, Fraction) or 4 % self.angle.denominator:
            return None
        return int(4 * self.angle)


def with_hadamard_gadgets(
    circuit: Circuit,
    *,
    seed: int = 0,
    patience: int = 50,
    budget: float = 10.0,
    over: Callable[[], bool] = lambda: False,
    deadline: float | None = None,
) -> GadgetResult[Circuit]:
    """The circuit with Hadamard gadgets for the Hadamard gates between its T gates, and with fewer T gates.

    Args:
        circuit: unitary; rotations by other angles than multiples of π/4 stay as they are, in their place.
        seed: of the random choices.
        patience: attempts in a row without fewer T gates before the search for them ends.
        budget: seconds for the verification of the result.
        over: asked now and then whether to stop the search for fewer T gates.
        deadline: value of ``time.monotonic`` after which the work stops.

    Raises:
        CircuitError: if the circuit is not unitary, or has barriers.
        LimitReached: past the deadline.

    >>> toffoli, h = Gate("ccx", (0, 1, 2)), Gate("h", (0,))
    >>> result = with_hadamard_gadgets(Circuit(3, [toffoli, h, toffoli]))
    >>> result.t_before, result.t, result.ancillas, result.verdict.answer
    (14, 7, 1, 'equal')
    """
    check_gadgets(circuit)
    plain = straight(to_basic(circuit))
    n = plain.n_qubits
    given = Circuit.unchecked(
        n,
        plain.gates,
        circuit.n_clbits,
        global_phase=plain.global_phase,
        qregs=circuit.qregs if circuit.inputs == tuple(range(n)) else (),
        cregs=circuit.cregs,
    )
    form, _ = normal_form(given, deadline=deadline)
    start, steps, end = _diagonal_steps(form.rotations, n)
    gadgets = sum(isinstance(step, Gate) and step.name == "h" for step in steps)
    phases, corrections = _carried_back(steps, n, gadgets)
    odd = [mask for mask, count in phases.items() if count & 1]
    columns = fewer_columns(odd, n + gadgets, random.Random(seed), over, patience=patience)
    turns = [
        *((mask, 1) for mask in columns),
        *clifford_difference(phases, columns).items(),
    ]
    first = [*start, *(Gate("h", (n + k,)) for k in range(gadgets))]
    for mask, count in turns:
        first += rotation_circuit(Rotation(0, mask, Fraction(count, 4)))[0]
    later, where = _measured(steps, corrections, n, given.n_clbits)
    later += renumbered([*end, *form.clifford], where)
    if gadgets:
        result = _with_ancillas(given, gadgets, first, later, where, deadline)
        verdict = prove_gadgets(
            given,
            result,
            *_in_place([*start, *steps, *end, *form.clifford], len(start), len(steps)),
            budget=budget,
        )
    else:
        result = _network(given, [*first, *later], deadline)
        phase = phase_between(given, result, deadline=deadline)
        result = given if phase is None else result.with_gates(result.gates, phase)
        verdict = verify(given, result, budget=budget, seed=seed)
    if verdict.answer == "not equal":
        raise AssertionError(f"a fault in Catenary; please report it with the circuit: {verdict}")
    return GadgetResult(result, counts(result).t, gadgets, gadgets, counts(circuit).t, verdict)


def check_gadgets(circuit: Circuit) -> None:
    """Refuse what Hadamard gadgets are not for.

    Raises:
        CircuitError: if the circuit is not unitary, or has barriers.
    """
    if not circuit.is_unitary or any(gate.name == "barrier" for gate in circuit.gates):
        raise CircuitError(
            "Hadamard gadgets are for unitary circuits without barriers: take out barriers, measurements, resets, "
            "conditional gates, init and post, or give the parts between them"
        )


def _with_ancillas(
    given: Circuit,
    gadgets: int,
    first: list[Gate],
    later: list[Gate],
    where: list[int],
    deadline: float | None,
) -> Circuit:
    """The whole circuit: what comes before the first measurement and after the last gate that depends on one is
    written anew; then each line's state is brought back to it.
    """
    n, bits_before = given.n_qubits, given.n_clbits
    begin = next(k for k, gate in enumerate(later) if gate.name == "measure")
    end = max(k for k, gate in enumerate(later) if gate.condition is not None) + 1
    lines = Circuit.unchecked(n + gadgets, ())
    gates = [
        *_network(lines, [*first, *later[:begin]], deadline).gates,
        *later[begin:end],
        *_network(lines, later[end:], deadline).gates,
    ]
    for q in range(n):
        if where[q] != q:
            gates += [Gate("cx", (where[q], q)), Gate("cx", (q, where[q]))]
    names = {r.name for r in (*given.qregs, *given.cregs)}
    qregs = (*given.qregs, Register(_unused("ancilla", names), gadgets)) if given.qregs else ()
    cregs = given.cregs or ((Register("c", bits_before),) if bits_before else ())
    cregs += tuple(Register(_unused(f"gadget{k}", names), 1) for k in range(gadgets))
    return Circuit(n + gadgets, gates, bits_before + gadgets, qregs=qregs, cregs=cregs)


def _in_place(all_steps: Sequence[Gate | _Turn], start: int, length: int) -> tuple[list[Gate], list[int]]:
    """The steps as gates on the given lines, and which of these are the Hadamard gates between the turns."""
    gates: list[Gate] = []
    between: list[int] = []
    for number, step in enumerate(all_steps):
        if isinstance(step, _Turn):
            gates += rotation_circuit(Rotation(0, step.mask, step.angle))[0]
            continue
        if step.name == "h" and start <= number < start + length:
            between.append(len(gates))
        gates.append(step)
    return gates, between


def _where(bit: int, gate: Gate) -> Gate:
    """The gate if a classical bit is 1."""
    return Gate(gate.name, gate.qubits, gate.params, condition=((bit,), 1))


def _unused(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _network(lines: Circuit, gates: list[Gate], deadline: float | None) -> Circuit:
    """Unitary gates written again as a Pauli network, up to a phase."""
    form, _ = normal_form(lines.with_gates(tuple(gates), Fraction(0)), merge=False, deadline=deadline)
    return written(lines, form.rotations, form.clifford, deadline)


def _diagonal_steps(
    rotations: Sequence[Rotation], n: int
) -> tuple[list[Gate], list[Gate | _Turn], list[Gate]]:
    """Clifford gates, then steps that are h, cx, cz, s and rotations about products of Z, then Clifford gates, which
    together are the rotations; as few h in between as there can be.

    A first pass from the end finds the Clifford gates to start with.
    """
    strings = Strings(n, [hermitian(r.x, r.z) for r in rotations], Tape())
    for k in reversed(range(len(rotations))):
        _make_diagonal(strings, k)
    start = inverse(strings.tape.in_order())
    steps: list[Gate | _Turn] = []
    done = list(start)
    for k, rotation in enumerate(rotations):
        strings.tape = Tape()
        _make_diagonal(strings, k)
        gates = inverse(strings.tape.in_order())
        steps += gates
        done += gates
        mask = sum(1 << q for q in range(n) if strings.z[q] >> k & 1)
        steps.append(_Turn(mask, -rotation.angle if strings.minus >> k & 1 else rotation.angle))
    return start, steps, inverse(done)


def _make_diagonal(strings: Strings, k: int) -> None:
    """Conjugate by one Hadamard gate at most so that a string is a product of Z."""
    wires = [q for q in range(strings.n_qubits) if strings.x[q] >> k & 1]
    if not wires:
        return
    pivot, *others = wires
    for q in others:
        strings.cx(pivot, q)
    for q in range(strings.n_qubits):
        if q != pivot and strings.z[q] >> k & 1:
            strings.cz(pivot, q)
    if strings.z[pivot] >> k & 1:
        strings.s(pivot)
    strings.h(pivot)


def _carried_back(
    steps: Sequence[Gate | _Turn], n: int, gadgets: int
) -> tuple[dict[int, int], list[dict[int, int]]]:
    """The phase polynomial of all turns by multiples of π/4, carried to the start, and the corrections.

    Returns:
        Multiples of π/4 by parity of the n lines and of the ancillas; and for each gadget those that go with its
        X, on parities of one and two lines, where bit q stands for what is on line q after the gadget.
    """
    phases: dict[int, int] = {}
    corrections: list[dict[int, int]] = []
    left = gadgets
    for step in reversed(steps):
        if isinstance(step, _Turn):
            if step.count is not None:
                phases[step.mask] = phases.get(step.mask, 0) + step.count
        elif step.name == "cx":
            c, t = step.qubits
            phases = {mask ^ (mask >> t & 1) << c: count for mask, count in phases.items()}
        elif step.name == "h":
            (q,) = step.qubits
            left -= 1
            # T on a parity with the flipped bit in it: a phase, and S† there.
            flipped = {mask: -2 * count for mask, count in phases.items() if mask >> q & 1}
            corrections.append(clifford_difference(flipped, []))
            own = 1 << q | 1 << n + left
            phases = {mask ^ own if mask >> q & 1 else mask: count for mask, count in phases.items()}
    return phases, corrections[::-1]


def _measured(
    steps: Sequence[Gate | _Turn], corrections: Sequence[dict[int, int]], n: int, first_bit: int
) -> tuple[list[Gate], list[int]]:
    """The steps with gadgets, without the turns by multiples of π/4; and on which line each of the n ends."""
    gates: list[Gate] = []
    where = list(range(n))
    done = 0
    for step in steps:
        if isinstance(step, _Turn):
            if step.count is None:
                wires = [where[q] for q in bits(step.mask)]
                ladder = [Gate("cx", (q, wires[-1])) for q in wires[:-1]]
                gates += [*ladder, *rotation_gates(wires[-1], step.angle)[0], *inverse(ladder)]
        elif step.name == "h":
            (q,) = step.qubits
            old, new, bit = where[q], n + done, first_bit + done
            where[q] = new
            gates += [Gate("cz", (old, new)), Gate("h", (old,)), Gate("measure", (old,), (), (bit,))]
            line = [*where, *range(n, n + len(corrections))]
            correction = renumbered(_diagonal_gates(corrections[done]), line)
            gates += [_where(bit, gate) for gate in (Gate("x", (old,)), *correction, Gate("x", (new,)))]
            done += 1
        else:
            gates += renumbered([step], where)
    return gates, where


def _diagonal_gates(phases: dict[int, int]) -> list[Gate]:
    """Even multiples of π/4 on parities of one and two lines, as s, z, sdg and cz."""
    single: dict[int, int] = {}
    gates = []
    for mask, count in phases.items():
        pair = bits(mask)
        for q in pair:
            single[q] = single.get(q, 0) + count
        if len(pair) == 2 and count & 2:
            gates.append(Gate("cz", (pair[0], pair[1])))
    names = {2: "s", 4: "z", 6: "sdg"}
    return gates + [Gate(names[count % 8], (q,)) for q, count in single.items() if count % 8]
