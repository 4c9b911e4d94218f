"""Equality saturation on circuits, window by window.

A window is a part of a circuit on few qubits that nothing else comes between; its diagram is saturated with the
rules of :mod:`catenary.rewriting.egraph.gates`, and the cheapest circuit that the e-graph holds is taken. Every
window's result comes with a proof that the independent checker has accepted (event net) or was verified equal (wires as
e-classes), and with its exact global phase.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal

from catenary.diagrams.errors import ArgumentError
from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.angles import ZERO, add, rotation_gates
from catenary.rewriting.circuits.regions import Region, region
from catenary.rewriting.egraph.engine import EGraph
from catenary.rewriting.egraph.gates import angle_of, gate_theory, phase_gate
from catenary.rewriting.egraph.phase_places import PhasePlaces
from catenary.rewriting.egraph.wires import WireGraph
from catenary.rewriting.limits import Limits

Engine = Literal["net", "wires"]

COSTS: dict[str, Mapping[str, float]] = {
    "gates": {"h": 1.0, "x": 1.0, "p": 1.0, "cx": 1.0, "cz": 1.0},
    "two_qubit": {"h": 1.0, "x": 1.0, "p": 1.0, "cx": 100.0, "cz": 100.0},
}
"""Cost of each gate, by the name of what is to be least."""


def windows(circuit: Circuit, qubits: int, gates: int, first: int | None = None) -> Iterator[Region]:
    """The circuit cut into windows of at most so many qubits and gates, which put in a row are the circuit.

    Args:
        first: gates of the first window, at most: with half of ``gates`` the windows lie across the borders of
            those that start with a whole one.

    >>> both = Circuit(4, [Gate("cx", (0, 1)), Gate("cx", (2, 3)), Gate("h", (1,))])
    >>> [window.qubits for window in windows(both, 2, 10)]
    [(0, 1), (2, 3)]
    """
    left = list(circuit.gates)
    room = gates if first is None else first
    while left:
        taken: list[Gate] = []
        later: list[Gate] = []
        inside: set[int] = set()
        closed: set[int] = set()
        for at, gate in enumerate(left):
            if len(taken) == room or len(closed) == circuit.n_qubits:
                later += left[at:]
                break
            if closed.isdisjoint(gate.qubits) and len(inside.union(gate.qubits)) <= max(
                qubits, len(gate.qubits) if not taken else 0
            ):
                inside.update(gate.qubits)
                taken.append(gate)
            else:
                closed.update(gate.qubits)
                later.append(gate)
        left = later
        room = gates
        yield region(taken)


def saturate_window(
    circuit: Circuit,
    cost: Mapping[str, float] = COSTS["gates"],
    *,
    limits: Limits | None = None,
    engine: Engine = "net",
    facts: bool = True,
) -> Circuit:
    """A cheapest circuit that the rules lead to, equal to the one given, global phase included.

    Args:
        circuit: unitary, over h, x, z, s, sdg, t, tdg, p, rz, cx, cz.
        cost: of each gate, by name; ``p`` is any phase gate.
        limits: of the saturation.
        engine: ``"net"``: the event net, whose answer has a proof by rules that the checker accepted; ``"wires"``: wires as
            e-classes (extra ``egglog``), whose answer :func:`~catenary.rewriting.circuits.verify` found equal.
        facts: for ``"wires"``, whether the other places of each phase gate are put in
            (:class:`~catenary.rewriting.egraph.PhasePlaces`).

    Raises:
        RewriteError: if the checker does not accept the proof (a fault of this package).

    >>> hxh = Circuit(1, [Gate("h", (0,)), Gate("x", (0,)), Gate("h", (0,))])
    >>> saturate_window(hxh).gates
    (Gate('z', (0,)),)
    """

    if engine not in ("net", "wires"):
        raise ArgumentError("the engine of a window", "net or wires", engine)
    limits = limits or Limits(seconds=20.0, depth=3, places=8_000, transitions=20_000)
    phase: Phase = ZERO
    gates: list[Gate] = []
    for gate in circuit.gates:
        found = angle_of(gate)
        if found is None:
            gates.append(gate)
            continue
        angle, extra = found
        phase = add(phase, extra)
        angle = angle % 2 if isinstance(angle, Fraction) else angle
        if angle != 0:
            gates.append(phase_gate(gate.qubits[0], angle))
    rules = gate_theory(gate.params[0] for gate in gates if gate.name == "p")
    diagram = Circuit(circuit.n_qubits, gates).to_diagram()
    if engine == "net":
        graph = EGraph(rules.theory)
        graph.add(diagram)
        result = graph.extract(diagram, cost=cost, limits=limits)
        best, extra = result.diagram, rules.phase(result.proof.steps)
    else:
        wires = WireGraph(rules.theory, analyses=[PhasePlaces(), PhasePlaces(about_x=True)] if facts else [])
        proposed = wires.extract(diagram, cost=cost, limits=limits)
        best, extra = proposed.diagram, proposed.phase
    phase = add(phase, extra)
    found_gates: list[Gate] = []
    for gate in Circuit.from_diagram(best).gates:
        if gate.name == "p":
            angle = gate.params[0]
            written, extra = rotation_gates(gate.qubits[0], angle)  # R_z(angle) = exp(iπ·extra)·written
            phase = add(phase, add(extra, angle / 2))
            found_gates += written
        else:
            found_gates.append(gate)
    return circuit.with_gates(tuple(found_gates), add(circuit.global_phase, phase))


def _weight(circuit: Circuit, cost: Mapping[str, float]) -> float:
    return sum(cost["p"] if angle_of(gate) is not None else cost[gate.name] for gate in circuit.gates)


def saturate_circuit(
    circuit: Circuit,
    cost: str = "gates",
    *,
    deadline: float | None = None,
    qubits: int = 5,
    gates: int = 60,
    sweeps: int = 3,
    engine: Engine = "net",
    facts: bool = True,
) -> Circuit:
    """A cheaper circuit, by equality saturation on windows; sweeps go on while something is gained.

    Args:
        circuit: unitary, over x, z, h, s, sdg, t, tdg, rz, cx, cz. One with other gates, or with angles
            that are expressions, is returned as it is in the windows that hold them.
        cost: ``"gates"`` or ``"two_qubit"``.
        deadline: value of ``time.monotonic`` at which to stop; what is found by then is returned.
        qubits, gates: the largest window.
        sweeps: at most; the cuts between windows move by half a window from one to the next.
        engine, facts: as for :func:`saturate_window`.
    """
    weights = COSTS[cost]
    for sweep in range(sweeps):
        before = _weight_or_none(circuit, weights)
        parts: list[Gate] = []
        phase = circuit.global_phase
        first = gates // 2 if sweep % 2 else gates
        blocks = [*windows(circuit.with_gates(circuit.gates[:first], ZERO), qubits, gates)]
        blocks += windows(circuit.with_gates(circuit.gates[first:], ZERO), qubits, gates)
        for block in blocks:
            small = block.circuit
            left = 10.0 if deadline is None else min(10.0, deadline - time.monotonic())
            if left > 0 and len(small) > 1 and _saturable(small):
                limits = Limits(seconds=left, depth=3, places=8_000, transitions=20_000)
                better = saturate_window(small, weights, limits=limits, engine=engine, facts=facts)
                if _weight(better, weights) < _weight(small, weights):
                    small = better
            phase = add(phase, small.global_phase)
            parts += [Gate(g.name, tuple(block.qubits[q] for q in g.qubits), g.params) for g in small.gates]
        circuit = circuit.with_gates(tuple(parts), phase)
        after = _weight_or_none(circuit, weights)
        if after == before or (deadline is not None and time.monotonic() >= deadline):
            break
    return circuit


def _saturable(circuit: Circuit) -> bool:
    """Whether every gate is one of the theory's, with an angle that is a number."""
    for gate in circuit.gates:
        found = angle_of(gate)
        if found is None and gate.name not in ("h", "x", "cx", "cz"):
            return False
        if found is not None and is_symbolic(found[0]):
            return False
    return True


def _weight_or_none(circuit: Circuit, cost: Mapping[str, float]) -> float:
    return sum(
        cost["p"] if angle_of(gate) is not None else cost.get(gate.name, 0.0) for gate in circuit.gates
    )
