"""Circuits on a device: placed and routed on a coupling map, over its native gates, checked and counted."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

from catenary.diagrams import LimitReached
from catenary.diagrams.errors import ArgumentError, ArityError
from catenary.diagrams.optional import optional
from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.counts import TWO_QUBIT, Counts, counts
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import CircuitError, Gate, renumbered
from catenary.functors.circuits.lines import in_order
from catenary.rewriting.circuits.angles import add
from catenary.rewriting.circuits.cancellation import cancel_gates
from catenary.rewriting.circuits.coupling import Coupling
from catenary.rewriting.circuits.native import to_native
from catenary.rewriting.circuits.sabre import layouts, sabre
from catenary.rewriting.circuits.steiner import parity_matrix, synthesise_cnots
from catenary.rewriting.circuits.verify import verify

Method = Literal["auto", "sabre", "steiner", "qiskit", "pytket"]
METHODS = ("auto", "sabre", "steiner", "qiskit", "pytket")
TRIALS = 16
"""Places to begin with that are tried."""


@dataclass(frozen=True, slots=True)
class RoutingResult:
    """A circuit on a device. Immutable.

    Attributes:
        circuit: on the device's qubits, two-qubit gates on edges of the coupling map only.
        initial: the device's qubit that each line of the given circuit begins on.
        final: the device's qubit that each output of the given circuit ends on: the permutation to read
            results by.
        permutation: where the content of each device qubit at the start is at the end, unused qubits included.
        before, after: counts of the given circuit and of ``circuit``.
        swaps: how many swaps were inserted.
        method: the way that gave the result.
        verified: ``"equal"`` if the circuit was proved equal to the given one between these places,
            ``"unknown"`` otherwise.
    """

    circuit: Circuit
    initial: tuple[int, ...]
    final: tuple[int, ...]
    permutation: tuple[int, ...]
    before: Counts
    after: Counts
    swaps: int
    method: str
    verified: Literal["equal", "unknown"]


@dataclass(slots=True)
class _Candidate:
    gates: list[Gate]
    initial: list[int]
    place: list[int]
    swaps: int
    method: str
    phase: Phase = Fraction(0)

    @property
    def cost(self) -> tuple[int, int]:
        return sum(TWO_QUBIT.get(g.name, 0) for g in self.gates), len(self.gates)


def route(
    circuit: Circuit,
    coupling: Any,
    *,
    method: Method = "auto",
    native: Iterable[str] | None = None,
    seed: int = 0,
    trials: int = TRIALS,
    budget: float = 10.0,
) -> RoutingResult:
    """Place a circuit on a device and route it, so that two-qubit gates act on neighbours only.

    Lines beyond the circuit's are qubits of the device in any state; they may change places. Operations that
    are not unitary stay, in order on every qubit and bit.

    Args:
        circuit: on at most as many lines as the device has qubits, without ``init`` and ``post``.
        coupling: a :class:`Coupling`, what :meth:`Coupling.of` takes, or a name such as ``"grid:2x3"``.
        method: ``"sabre"`` inserts swaps with a look ahead; ``"steiner"`` keeps every line in its place and
            writes runs of CNOT gates along Steiner trees; ``"qiskit"`` and ``"pytket"`` call those libraries'
            routers; ``"auto"`` takes the better of the first two.
        native: gates to write the result over (:func:`~catenary.rewriting.circuits.native.to_native`); the
            basic set if not given.
        seed: of the random choices.
        trials: how many places to begin with are tried.
        budget: seconds for the choice of places to begin with, and again for the final verification.

    Raises:
        ArityError: if the circuit has more lines than the device.
        ArgumentError: for another method, or what is no coupling map.
        CircuitError: for lines that begin with ``init`` or end with ``post``, opaque operations on several
            qubits, or native gates that do not suffice.
        MissingExtra: if the library of the method is not installed.

    >>> result = route(Circuit(3, [Gate("cx", (0, 1)), Gate("cx", (1, 2)), Gate("cx", (0, 2))]), "line:3")
    >>> result.after.two_qubit, result.verified
    (2, 'equal')
    """
    device = Coupling.of(coupling)
    if method not in METHODS:
        raise ArgumentError("the method of routing", f"one of {', '.join(METHODS)}", method)
    if circuit.n_qubits > device.n_qubits:
        raise ArityError(f"a circuit on {circuit.n_qubits} lines does not fit on {device.n_qubits} qubits")
    basic, ends = _prepared(circuit, device)
    distances = [device.distances(q) for q in range(device.n_qubits)]
    found: list[_Candidate] = []
    if method in ("auto", "sabre"):
        found += _by_sabre(basic, device, distances, seed, trials, time.monotonic() + budget)
    if method in ("auto", "steiner"):
        starts = [list(range(device.n_qubits))]
        if found:
            starts.append(min(found, key=lambda c: c.cost).initial)
        found += [_by_steiner(basic, device, start) for start in starts]
    if method == "qiskit":
        found.append(_by_qiskit(basic, device, seed))
    if method == "pytket":
        found.append(_by_pytket(basic, device))
    found = [_tidied(candidate, basic, device) for candidate in found]
    first: RoutingResult | None = None
    for candidate in sorted(found, key=lambda c: c.cost)[:3]:
        result = _result(circuit, basic, ends, candidate, device, native, seed, budget)
        if result.verified == "equal":
            return result
        first = first or result
    assert first is not None
    return first


def respects(circuit: Circuit, device: Coupling) -> bool:
    """Whether a circuit has no more lines than the device, and its gates on two act on neighbours only.

    >>> respects(Circuit(3, [Gate("cx", (0, 2))]), Coupling.line(3))
    False
    """
    return circuit.n_qubits <= device.n_qubits and all(
        len(gate.qubits) < 2
        or gate.name == "barrier"
        or (len(gate.qubits) == 2 and device.allows(*gate.qubits))
        for gate in circuit.gates
    )


def check_routable(circuit: Circuit, device: Coupling) -> None:
    """Refuse what :func:`route` cannot place, before any work.

    Raises:
        ArityError, CircuitError: as there.
    """
    if circuit.n_qubits > device.n_qubits:
        raise ArityError(f"a circuit on {circuit.n_qubits} lines does not fit on {device.n_qubits} qubits")
    _prepared(circuit, device)


def kept_in_place(circuit: Circuit, device: Coupling) -> Circuit:
    """The circuit with every line in its place and two-qubit gates on neighbours only, along Steiner trees.

    Args:
        circuit: over the basic set, on as many lines as the device has.

    >>> respects(kept_in_place(Circuit(3, [Gate("cx", (0, 2))]), Coupling.line(3)), Coupling.line(3))
    True
    """
    found = _tidied(_by_steiner(circuit, device, list(range(device.n_qubits))), circuit, device)
    return circuit.with_gates(tuple(found.gates), add(circuit.global_phase, found.phase))


def _prepared(circuit: Circuit, device: Coupling) -> tuple[Circuit, tuple[int, ...]]:
    """The circuit over basic gates on all lines of the device, and the line of each output."""
    whole = tuple(range(circuit.n_qubits))
    if sorted(circuit.inputs) != list(whole) or sorted(circuit.outputs) != list(whole):
        raise CircuitError(
            "a line begins with init or ends with post: only lines that run right through are routed"
        )
    place = [0] * circuit.n_qubits
    for k, q in enumerate(circuit.inputs):
        place[q] = k
    gates = to_basic(circuit.with_gates(renumbered(circuit.gates, place)))
    for index, gate in enumerate(gates.gates):
        if gate.name in ("opaque", "noise") and len(gate.qubits) > 1:
            what = "an opaque operation" if gate.name == "opaque" else "noise"
            raise CircuitError(f"gate {index} ({gate.label}): {what} on several qubits cannot be routed")
    wide = Circuit.unchecked(device.n_qubits, gates.gates, circuit.n_clbits, global_phase=gates.global_phase)
    return wide, tuple(place[q] for q in circuit.outputs)


def _by_sabre(
    basic: Circuit,
    device: Coupling,
    distances: Sequence[Sequence[int]],
    seed: int,
    trials: int,
    deadline: float,
) -> list[_Candidate]:
    out: list[_Candidate] = []
    for start in layouts(basic.gates, device, distances, seed, trials, deadline=deadline):
        try:
            # The first is carried through: there has to be a result.
            until = deadline if out else None
            found = sabre(basic.gates, device, start, distances, random.Random(seed), until)
        except LimitReached:
            break
        out.append(_Candidate(found.gates, start, found.place, found.swaps, "sabre"))
    return out


def _by_steiner(basic: Circuit, device: Coupling, start: list[int]) -> _Candidate:
    """Runs of cx and swap along Steiner trees, everything in its place."""
    out: list[Gate] = []
    run: list[Gate] = []
    targets: set[int] = set()
    touched: set[int] = set()

    def flush() -> None:
        if run:
            apart = not all(device.allows(*gate.qubits) and gate.name == "cx" for gate in run)
            out.extend(synthesise_cnots(parity_matrix(device.n_qubits, run), device) if apart else run)
            run.clear()
            targets.clear()
            touched.clear()

    def cnot(gate: Gate) -> None:
        run.append(gate)
        touched.update(gate.qubits)
        targets.update(gate.qubits if gate.name == "swap" else gate.qubits[1:])

    for gate in renumbered(basic.gates, start):
        plain = gate.condition is None
        if plain and gate.name in ("cx", "swap"):
            cnot(gate)
        elif gate.name == "cz" and plain and not device.allows(*gate.qubits):
            a, b = gate.qubits
            for part in (Gate("h", (b,)), Gate("cx", (a, b)), Gate("h", (b,))):
                if part.name == "cx":
                    cnot(part)
                else:
                    if b in touched:
                        flush()
                    out.append(part)
        elif len(gate.qubits) == 2 and gate.name in ("cx", "cz", "swap") and not device.allows(*gate.qubits):
            flush()
            out.extend(_conditional_on_path(gate, device))
        elif plain and gate.name in ("z", "s", "sdg", "t", "tdg", "rz") and gate.qubits[0] not in targets:
            out.append(gate)  # before the run: its line is at most a control there
        else:
            if touched.intersection(gate.qubits):
                flush()
            out.append(gate)
    flush()
    return _Candidate(out, list(start), list(start), 0, "steiner")


def _conditional_on_path(gate: Gate, device: Coupling) -> list[Gate]:
    """A conditional gate on two qubits apart: its first qubit is swapped along a shortest way, and back."""
    a, b = gate.qubits
    to_b = device.distances(b)
    way = [a]
    while to_b[way[-1]] > 1:
        way.append(min(device.neighbours[way[-1]], key=lambda q: to_b[q]))
    there = [Gate("swap", pair) for pair in pairwise(way)]
    return [*there, Gate(gate.name, (way[-1], b), (), (), gate.condition), *reversed(there)]


def _by_qiskit(basic: Circuit, device: Coupling, seed: int) -> _Candidate:
    """Qiskit's SABRE, layout and routing."""
    transpiler = optional("qiskit.transpiler", "qiskit")
    from qiskit import transpile

    from catenary.functors.bridges.qiskit import from_qiskit, to_qiskit

    pairs = [pair for a, b in sorted(device.edges) for pair in ((a, b), (b, a))]
    theirs = transpile(
        to_qiskit(basic),
        coupling_map=transpiler.CouplingMap(pairs),
        layout_method="sabre",
        routing_method="sabre",
        optimization_level=0,
        seed_transpiler=seed,
    )
    back = from_qiskit(theirs)
    initial = list(theirs.layout.initial_index_layout())
    place = list(theirs.layout.final_index_layout())
    count = sum(g.name == "swap" for g in back.gates) - sum(g.name == "swap" for g in basic.gates)
    return _Candidate(
        list(back.gates), initial, place, count, "qiskit", back.global_phase - basic.global_phase
    )


def _by_pytket(basic: Circuit, device: Coupling) -> _Candidate:
    """pytket's placement on the graph and its lexicographical router."""
    passes = optional("pytket.passes", "pytket")
    from pytket.architecture import Architecture
    from pytket.circuit import Node
    from pytket.placement import GraphPlacement
    from pytket.predicates import CompilationUnit

    from catenary.functors.bridges.pytket import from_pytket, to_pytket

    theirs = to_pytket(Circuit.unchecked(basic.n_qubits, basic.gates, basic.n_clbits))
    lines = list(theirs.qubits)
    unit = CompilationUnit(theirs)
    architecture = Architecture([(Node(a), Node(b)) for a, b in sorted(device.edges)])
    passes.PlacementPass(GraphPlacement(architecture)).apply(unit)
    passes.NaivePlacementPass(architecture).apply(unit)
    passes.RoutingPass(architecture).apply(unit)
    passes.DecomposeSwapsToCXs(architecture).apply(unit)
    routed = unit.circuit
    for node in range(device.n_qubits):
        if Node(node) not in routed.qubits:
            routed.add_qubit(Node(node))
    back = in_order(from_pytket(routed))
    initial = [unit.initial_map[q].index[0] for q in lines]
    place = [unit.final_map[q].index[0] for q in lines]
    return _Candidate(list(back.gates), initial, place, 0, "pytket", back.global_phase)


def _tidied(candidate: _Candidate, basic: Circuit, device: Coupling) -> _Candidate:
    """With the cancellations that routing made possible."""
    whole = Circuit.unchecked(device.n_qubits, tuple(candidate.gates), global_phase=candidate.phase)
    if not whole.is_unitary or any(gate.name == "barrier" for gate in whole.gates):
        return candidate
    for gates in (candidate.gates, _opened(candidate.gates)):
        smaller = cancel_gates(to_basic(whole.with_gates(tuple(gates))))
        allowed = all(len(g.qubits) < 2 or device.allows(*g.qubits) for g in smaller.gates)
        tried = replace(candidate, gates=list(smaller.gates), phase=smaller.global_phase)
        if allowed and tried.cost <= candidate.cost:
            candidate = tried
    return candidate


def _opened(gates: Sequence[Gate]) -> list[Gate]:
    """Swaps beside a cx on the same two qubits as three cx, the one next to it first or last: two of them cancel."""

    def neighbours(order: Iterable[int]) -> dict[int, int]:
        """The gate before each swap on both of its qubits, if it is one and the same cx."""
        last: dict[int, int] = {}
        found: dict[int, int] = {}
        for i in order:
            pair = gates[i].qubits
            if gates[i].name == "swap" and last.get(pair[0], -1) == last.get(pair[1], -2):
                found[i] = last[pair[0]]
            last.update(dict.fromkeys(pair, i))
        return {i: k for i, k in found.items() if gates[k].name == "cx"}

    before, after = neighbours(range(len(gates))), neighbours(range(len(gates) - 1, -1, -1))
    out: list[Gate] = []
    taken: set[int] = set()
    for i, gate in enumerate(gates):
        beside = next((k for k in (before.get(i), after.get(i)) if k is not None and k not in taken), None)
        if beside is None:
            out.append(gate)
            continue
        taken.add(beside)
        a, b = gates[beside].qubits
        out += [Gate("cx", (a, b)), Gate("cx", (b, a)), Gate("cx", (a, b))]
    return out


def _result(
    circuit: Circuit,
    basic: Circuit,
    ends: tuple[int, ...],
    best: _Candidate,
    device: Coupling,
    native: Iterable[str] | None,
    seed: int,
    budget: float,
) -> RoutingResult:
    far = [
        g for g in best.gates if len(g.qubits) == 2 and g.name != "barrier" and not device.allows(*g.qubits)
    ]
    if far:
        raise CircuitError(
            f"the router {best.method} left {far[0].name} on {list(far[0].qubits)}, which are no neighbours"
        )
    phase = basic.global_phase + best.phase
    routed = Circuit(device.n_qubits, best.gates, basic.n_clbits, global_phase=phase, cregs=circuit.cregs)
    outputs, permutation = [0] * device.n_qubits, [0] * device.n_qubits
    for begins, stops in zip(best.initial, best.place, strict=True):
        outputs[stops], permutation[begins] = begins, stops
    wanted = Circuit.unchecked(
        device.n_qubits,
        renumbered(basic.gates, best.initial),
        basic.n_clbits,
        outputs=tuple(outputs),
        global_phase=basic.global_phase,
    )
    verified = same_up_to_swaps(wanted, routed) or _proved(wanted, routed, best.method, budget, seed)
    if native is not None:
        basic_one, routed = routed, to_native(routed, native)
        verified = verified and _proved(basic_one, routed, "native gates", budget, seed)
    return RoutingResult(
        routed,
        tuple(best.initial[: circuit.n_qubits]),
        tuple(best.place[q] for q in ends),
        tuple(permutation),
        counts(circuit),
        counts(routed),
        best.swaps,
        best.method,
        "equal" if verified else "unknown",
    )


def _proved(wanted: Circuit, found: Circuit, what: str, budget: float, seed: int) -> bool:
    verdict = verify(wanted, found, budget=budget, seed=seed)
    if verdict.answer == "not equal":
        raise CircuitError(
            f"{what} made a different circuit ({verdict.method}): this is a fault, please report it"
        )
    return verdict.answer == "equal"


def same_up_to_swaps(wanted: Circuit, routed: Circuit) -> bool:
    """Whether two circuits have the same operations in the same order on every line and bit, when swaps are carried
    out by renaming lines. Linear; a proof of equality where it says yes.

    >>> cx, swap = Gate("cx", (0, 1)), Gate("swap", (0, 1))
    >>> same_up_to_swaps(Circuit(2, [cx], outputs=[1, 0]), Circuit(2, [cx, swap]))
    True
    """
    one, two = _renamed(wanted), _renamed(routed)
    return one == two and wanted.global_phase == routed.global_phase


def _renamed(circuit: Circuit) -> tuple[dict[tuple[str, int], list[tuple[Any, ...]]], tuple[int, ...]]:
    """The operations on every wire, each with the places it has on its other wires, and where inputs end."""
    line = list(range(circuit.n_qubits))
    wires: dict[tuple[str, int], list[tuple[Any, ...]]] = {}
    for gate in circuit.gates:
        if gate.name == "swap" and gate.condition is None:
            a, b = gate.qubits
            line[a], line[b] = line[b], line[a]
            continue
        qubits = [("q", line[q]) for q in gate.qubits]
        held, value = gate.condition or ((), 0)
        ends = [*qubits, *(("c", c) for c in (*gate.clbits, *held))]
        places = tuple(len(wires.setdefault(wire, [])) for wire in ends)
        entry = (
            gate.name,
            tuple(ends),
            places,
            gate.params,
            value,
            gate.condition is None,
            gate.label,
            gate.meaning,
        )
        for wire in dict.fromkeys(ends):
            wires[wire].append(entry)
    return wires, tuple(line[q] for q in circuit.outputs)
