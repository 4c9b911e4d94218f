"""Circuits from ZX diagrams: by the frontier or by the diagram's Pauli rotations, whichever has fewer gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from catenary.diagrams import LimitReached, Phase
from catenary.diagrams.phases import reduce_phase
from catenary.functors.bitsets import bits
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.counts import TWO_QUBIT
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.phase_sums import PhaseSum
from catenary.rewriting.zx.frontier import extract_by_frontier
from catenary.rewriting.zx.graph import ZXGraph
from catenary.rewriting.zx.networks import Strings, write_clifford, write_rotations
from catenary.rewriting.zx.paulis import pauli_form
from catenary.rewriting.zx.scalar import Scalar
from catenary.rewriting.zx.simplify import interior_clifford_simp
from catenary.rewriting.zx.tape import Tape, swaps

Method = Literal["best", "frontier", "rotations"]
_QUARTERS = ("id", "s", "z", "sdg")
_HOPELESS = 2  # edges for each two-qubit gate of another circuit from which on the frontier is not tried


@dataclass(frozen=True)
class Extraction:
    """A circuit and the scalar beside it: the diagram is ``scalar`` times the circuit, exactly.

    Attributes:
        circuit: over h, z, s, sdg, t, tdg, rz, cx, cz, swap, init and post; the unit-modulus part of the
            scalar is its global phase.
        scalar: what is left, 1 for a unitary diagram.
        post_selected: the number of lines that had to be added and post-selected.
    """

    circuit: Circuit
    scalar: Scalar
    post_selected: int

    @property
    def scale(self) -> float:
        """The positive factor beside the circuit.

        Raises:
            PhaseError: if the scalar has free symbols.
        """
        return abs(self.scalar.to_complex())


def extract(graph: ZXGraph, *, deadline: float | None = None, method: Method = "best") -> Extraction:
    """A circuit equal to the diagram up to the scalar that is returned beside it.

    For a diagram that came from a unitary circuit by the rewrites of this package no line is added and the
    scalar is 1.

    Args:
        graph: any diagram; not changed.
        deadline: a :func:`time.monotonic` time to stop at.
        method: ``"frontier"`` follows the diagram from its outputs, and is total; ``"rotations"`` reads the
            Pauli rotations of a diagram and writes them as a Pauli network, with far fewer gates where the
            diagram is dense (one without Pauli flow is done by the frontier); ``"best"`` keeps the circuit with
            fewer two-qubit gates.

    Raises:
        LimitReached: at the deadline.

    >>> from catenary.rewriting.zx.simplify import full_reduce
    >>> g = ZXGraph.from_circuit(Circuit(2, (Gate("cx", (0, 1)), Gate("t", (1,)), Gate("cx", (0, 1)))))
    >>> removed = full_reduce(g)
    >>> extract(g).circuit.gates
    (Gate('cx', (1, 0)), Gate('t', (0,)), Gate('h', (0,)), Gate('cz', (0, 1)), Gate('h', (0,)))
    """
    found = None if method == "frontier" else _extract_rotations(graph, deadline)
    if found is not None and method == "rotations":
        return found
    if found is not None and graph.n_edges > _HOPELESS * cost(found.circuit)[0] + 16:
        return found
    try:
        other = Extraction(*extract_by_frontier(graph, deadline))
    except LimitReached:
        if found is None:
            raise
        return found
    return other if found is None or cost(other.circuit) < cost(found.circuit) else found


def cost(circuit: Circuit) -> tuple[int, int]:
    """The number of two-qubit gates, 3 for a swap, and that of all gates."""
    return sum([TWO_QUBIT.get(gate.name, 0) for gate in circuit.gates]), len(circuit.gates)


def _extract_rotations(graph: ZXGraph, deadline: float | None) -> Extraction | None:
    """A circuit from the Pauli rotations of a diagram; ``None`` if Pauli flow does not show it to be unitary."""
    if len(graph.inputs) != len(graph.outputs):
        return None
    if graph.interior & graph.low & ~graph.general:
        graph = graph.copy()
        interior_clifford_simp(graph)
    form = pauli_form(graph, deadline=deadline)
    if form is None:
        return None
    tape, scalar, n = Tape(), Scalar(), form.n_qubits
    for q, (quarter, hadamard) in enumerate(form.ends):
        if hadamard:
            tape.write("h", q)
        if quarter:
            tape.write(_QUARTERS[quarter], q)
    turning = []
    for pauli, angle in form.rotations:
        if pauli.x or pauli.z:
            turning.append((pauli, angle))
        elif pauli.sign < 0:
            scalar.rotate(angle)  # about -1: e^iα, as below; about 1 it is nothing
    strings = Strings(n, [pauli for pauli, _ in turning] + [*form.z_images, *form.x_images], tape)
    places: set[int] = set()

    def rotate(q: int, phase: Phase, minus: bool) -> None:
        # diag(1, e^iα) about -Z instead of Z is e^iα diag(1, e^-iα)
        if minus:
            scalar.rotate(phase)
            phase = reduce_phase(-phase)
        places.add(len(tape.gates))
        tape.phase(q, phase, scalar)

    write_rotations(strings, [angle for _, angle in turning], rotate, deadline)
    lines = write_clifford(strings, len(turning), deadline)
    first = swaps(lines)
    scalar.multiply(_quotient(graph, first + tape.in_order(places), n))
    scalar.normalise()
    phase = scalar.take_phase()
    gates = (*first, *tape.in_order())
    return Extraction(Circuit.unchecked(n, gates, global_phase=phase), scalar, 0)


def _quotient(graph: ZXGraph, gates: Sequence[Gate], n: int) -> Scalar:
    """The scalar s if the diagram without its non-Clifford phases is s times a Clifford circuit: by one of their
    amplitudes.
    """
    total = PhaseSum()
    total.wires = [(0, 0)] * n
    for gate in gates:
        total.gate(gate, list(gate.qubits))
    total.finish()
    closed = graph.copy()
    for v in bits(closed.general):
        closed.take_phase(v)
    ends = [(v, hadamard, 0) for v, hadamard in zip(graph.inputs, graph.input_h, strict=True)]
    # the path on which all bits are zero ends in the constants
    ends += [
        (v, hadamard, constant)
        for v, hadamard, (_, constant) in zip(graph.outputs, graph.output_h, total.wires, strict=True)
    ]
    for v, hadamard, bit in ends:
        if hadamard:
            closed.add_quarters(1 << v, 2 * bit)
            closed.scalar.sqrt2 -= 1
        else:
            effect = closed.add_spider()
            closed.add_quarters(1 << effect, 2 * bit)
            closed.toggle(v, effect)
            closed.scalar.sqrt2 -= 2
    closed.inputs, closed.outputs, closed.input_h, closed.output_h, closed.boundary = [], [], [], [], 0
    interior_clifford_simp(closed)
    closed.scalar.sqrt2 -= total.power
    closed.scalar.eighths -= total.eighths
    return closed.scalar
