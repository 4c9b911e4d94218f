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

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.bitsets import bits
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.counts import counts
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.functors.circuits.pauli import hermitian
from catenary.rewriting.circuits.angles import rotation_gates
from catenary.rewriting.circuits.blocks import phase_between, rotation_circuit, written
from catenary.rewriting.circuits.builder import inverse
from catenary.rewriting.circuits.rotations import Rotation, normal_form
from catenary.rewriting.circuits.signature_tensor import clifford_difference, fewer_columns
from catenary.rewriting.zx.networks import Strings
from catenary.rewriting.zx.tape import Tape


@dataclass(frozen=True, slots=True)
class GadgetResult:
    """A circuit with Hadamard gadgets, and what it needs.

    Attributes:
        circuit: the given lines, then the ancillas, which begin and end in |0⟩; one classical bit for each
            measurement, which is 0 or 1 with equal probability whatever the input.
        t: T gates (and other rotations that are not Clifford).
        ancillas: number of ancillas.
        measurements: number of measurements, one for each ancilla.
        t_without: T gates after merging of rotations, with no gadget.
    """

    circuit: Circuit
    t: int
    ancillas: int
    measurements: int
    t_without: int


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
    over: Callable[[], bool] = lambda: False,
    deadline: float | None = None,
) -> GadgetResult:
    """The circuit with Hadamard gadgets for the Hadamard gates between its T gates, and with fewer T gates.

    Args:
        circuit: unitary; rotations by other angles than multiples of π/4 stay as they are, in their place.
        seed: of the random choices.
        patience: attempts in a row without fewer T gates before the search for them ends.
        over: asked now and then whether to stop the search for fewer T gates.
        deadline: value of ``time.monotonic`` after which the work stops.

    Raises:
        CircuitError: if the circuit is not unitary.
        LimitReached: past the deadline.

    >>> toffoli, h = Gate("ccx", (0, 1, 2)), Gate("h", (0,))
    >>> result = with_hadamard_gadgets(Circuit(3, [toffoli, h, toffoli]))
    >>> result.t_without, result.t, result.ancillas
    (14, 11, 1)
    """
    if not circuit.is_unitary:
        raise CircuitError(
            "Hadamard gadgets are for unitary circuits: take out measurements, resets, conditional gates and "
            "init or post, or apply this to the parts between them"
        )
    basic = to_basic(circuit)
    n = basic.n_qubits
    form, _ = normal_form(basic, deadline=deadline)
    start, steps, end = _diagonal_steps(form.rotations, n)
    end += form.clifford
    gadgets = sum(isinstance(step, Gate) and step.name == "h" for step in steps)
    phases, corrections = _carried_back(steps, n, gadgets)
    rng = random.Random(seed)
    odd = [mask for mask, count in phases.items() if count & 1]
    columns = fewer_columns(odd, n + gadgets, rng, over, patience=patience)
    rest = clifford_difference(phases, columns)

    ancillas = range(n, n + gadgets)
    first = [*start, *(Gate("h", (a,)) for a in ancillas)]
    for mask in columns:
        first += rotation_circuit(Rotation(0, mask, Fraction(1, 4)))[0]
    for mask, count in rest.items():
        first += rotation_circuit(Rotation(0, mask, Fraction(count, 4)))[0]
    later = _measured(steps, corrections, n)
    # What comes before the first measurement is unitary, and so is what comes after the last gate that depends on one.
    cut = next((k for k, gate in enumerate(later) if gate.name == "measure"), len(later))
    last = max((k for k, gate in enumerate(later) if gate.condition is not None), default=-1) + 1
    lines = Circuit.unchecked(n + gadgets, ())
    if not gadgets:
        found = _network(lines, [*first, *later, *end], deadline)
        phase = phase_between(basic, found, deadline=deadline)
        assert phase is not None, "the two differ"
        result = basic.with_gates(found.gates, phase)
    else:
        where = _places(steps, n)
        tail = [*later[last:], *(Gate(g.name, tuple(where[q] for q in g.qubits), g.params) for g in end)]
        back = [
            gate
            for q in range(n)
            if where[q] != q
            for gate in (Gate("cx", (where[q], q)), Gate("cx", (q, where[q])))
        ]
        gates = (
            *_network(lines, [*first, *later[:cut]], deadline).gates,
            *later[cut:last],
            *_network(lines, tail, deadline).gates,
            *back,
        )
        qregs = (*basic.qregs, Register(_unused("ancilla", basic.qregs), gadgets)) if basic.qregs else ()
        cregs = tuple(Register(f"gadget{k}", 1) for k in range(gadgets))
        result = Circuit(n + gadgets, gates, n_clbits=gadgets, qregs=qregs, cregs=cregs)
    return GadgetResult(result, counts(result).t, gadgets, gadgets, counts(basic.with_gates(basic.gates)).t)


def _unused(name: str, registers: Sequence[Register]) -> str:
    while name in {r.name for r in registers}:
        name += "_"
    return name


def _network(lines: Circuit, gates: list[Gate], deadline: float | None) -> Circuit:
    """Unitary gates written again as a Pauli network, up to a phase."""
    form, _ = normal_form(lines.with_gates(tuple(gates)), merge=False, deadline=deadline)
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
        Multiples of π/4 by parity of the n lines and of the ancillas; and for each gadget those on parities of one and two lines
        that go with an X, where bit q stands for what is on line q after the gadget.
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


def _places(steps: Sequence[Gate | _Turn], n: int) -> list[int]:
    """On which line each of the n is after the steps."""
    where = list(range(n))
    ancilla = n
    for step in steps:
        if isinstance(step, Gate) and step.name == "h":
            where[step.qubits[0]] = ancilla
            ancilla += 1
    return where


def _measured(steps: Sequence[Gate | _Turn], corrections: Sequence[dict[int, int]], n: int) -> list[Gate]:
    """The steps with gadgets, without the turns by multiples of π/4."""
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
            old, new, on = where[q], n + done, ((done,), 1)
            gates += [Gate("cz", (old, new)), Gate("h", (old,)), Gate("measure", (old,), (), (done,))]
            gates.append(Gate("x", (old,), condition=on))
            where[q] = new
            line = [*where, *range(n, n + len(corrections))]
            gates += [
                Gate(g.name, tuple(line[b] for b in g.qubits), condition=on)
                for g in _diagonal_gates(corrections[done])
            ]
            gates.append(Gate("x", (new,), condition=on))
            done += 1
        else:
            gates.append(Gate(step.name, tuple(where[q] for q in step.qubits)))
    return gates


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
