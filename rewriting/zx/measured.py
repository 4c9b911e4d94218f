"""Circuits with measurements: each unitary part reduced, and what no outcome depends on left out.

A phase that depends only on bits which are measured next multiplies each branch of the measurement by a number of
modulus 1, which nothing later can see. So in the reduced diagram of a part, rotations about Zs on such outputs that
nothing later stops go, and diagonal Clifford gates at the end. Everything that is not unitary stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from catenary.diagrams import LimitReached
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.pauli import Pauli
from catenary.rewriting.zx.convert import graph_of_circuit
from catenary.rewriting.zx.extract import cost, extract
from catenary.rewriting.zx.graph import ZXGraph
from catenary.rewriting.zx.paulis import pauli_form
from catenary.rewriting.zx.simplify import full_reduce
from catenary.rewriting.zx.whole import absorb_hadamards, simplify_circuit


def simplify_measured(circuit: Circuit, *, deadline: float | None = None) -> Circuit:
    """A circuit with the same outcomes, with the same probabilities, and the same states after each of them.

    Measurements, resets, barriers and conditional gates stay; each part between them is simplified, with the
    phases left out that only turn a branch. The global phase, which measurement makes meaningless, may change. No
    part gets more T gates or, for as many T gates, more two-qubit gates.

    Args:
        circuit: over any gates; it may have no measurement at all.
        deadline: a :func:`time.monotonic` time; parts that are not done by then stay as they are.

    >>> gates = [Gate("h", (0,)), Gate("cx", (0, 1)), Gate("t", (1,)), Gate("measure", (1,), (), (0,))]
    >>> [gate.name for gate in simplify_measured(Circuit(2, gates, n_clbits=1)).gates]
    ['h', 'cx', 'measure']
    """
    from catenary.functors.circuits.decompose import to_basic
    from catenary.rewriting.circuits.regions import Region, join, split

    basic = to_basic(circuit)
    parts = split(basic)
    seen: set[int] = set()  # the qubits whose next operation is a measurement or a reset
    done: list[Region | Gate] = []
    for part in reversed(parts):
        if isinstance(part, Gate):
            plain = part.condition is None and part.name in ("measure", "reset")
            seen = seen | set(part.qubits) if plain else seen - set(part.qubits)
            done.append(part)
            continue
        lines = [q for q, qubit in enumerate(part.qubits) if qubit in seen]
        done.append(Region(part.qubits, _simplified(part.circuit, lines, deadline)))
        seen -= set(part.qubits)
    return join(basic, done[::-1])


def _rank(circuit: Circuit) -> tuple[int, int, int]:
    return (sum(gate.name in ("t", "tdg", "rz") for gate in circuit.gates), *cost(circuit))


def _simplified(circuit: Circuit, measured: Sequence[int], deadline: float | None) -> Circuit:
    """The best of a part as it is, simplified, and reduced and extracted without what is not seen."""
    found = [circuit, simplify_circuit(circuit, deadline=deadline)]
    graph = graph_of_circuit(circuit)
    full_reduce(graph, deadline=deadline)
    while forget_phases(graph, measured):
        full_reduce(graph, deadline=deadline)
    try:
        other = extract(graph, deadline=deadline)
    except LimitReached:
        return min(found, key=_rank)
    if not other.post_selected:
        again = simplify_circuit(other.circuit, deadline=deadline)
        found += [
            circuit.with_gates(tuple(absorb_hadamards(_without_last(each.gates, set(measured)))))
            for each in (other.circuit, again)
        ]
    return min(found, key=_rank)


def forget_phases(graph: ZXGraph, measured: Sequence[int]) -> int:
    """Take off the phases that only turn the branches of a measurement of some outputs; returns how many.

    Those are the rotations about strings of Zs on these outputs that commute with all later ones. What is left
    equals the diagram up to a phase for each result.
    """
    form = pauli_form(graph)
    if form is None:
        return 0
    lines = sum(1 << q for q in measured)
    turned = sum(1 << q for q, (_, hadamard) in enumerate(form.ends) if hadamard)
    odd = sum(1 << q for q, (quarter, _) in enumerate(form.ends) if quarter & 1)
    later: list[Pauli] = []
    for v, (pauli, _) in zip(form.spiders, form.rotations, strict=True):
        # at the very end: S makes Y of X, and then H exchanges X and Z
        x, z = pauli.x, pauli.z ^ pauli.x & odd
        z, x = z & ~turned | x & turned, x & ~turned | z & turned
        if not x and not z & ~lines and all(pauli.commutes(other) for other in later):
            graph.take_phase(v)
        else:
            later.append(pauli)
    return len(form.rotations) - len(later)


def _without_last(gates: Sequence[Gate], measured: set[int]) -> list[Gate]:
    """The gates but for diagonal ones that only measured lines follow."""
    open_lines = set(measured)
    kept: list[Gate] = []
    for gate in reversed(gates):
        diagonal = gate.name in ("z", "s", "sdg", "t", "tdg", "rz", "cz")
        if diagonal and open_lines.issuperset(gate.qubits):
            continue
        # What is diagonal leaves the lines open for the phases before it.
        if not diagonal:
            open_lines.difference_update(gate.qubits)
        kept.append(gate)
    return kept[::-1]
