"""Gates in an order of little depth: those that commute change places.

On each wire, gates in a row that act on it by functions of one Pauli letter (Z: phases, controls of cx, both wires of
cz; X: x, and targets of cx) commute; they are a group. A gate may begin when, on each of its wires, the groups before its own have
ended, and the gates of a group, which share a wire, follow each other in any order. That is a job shop with jobs of
unit length, and it is scheduled as such: by priority (how long what depends on a gate takes at least), forwards and
backwards in turns, each in the order that the other one left (forward-backward improvement: Li & Willis,
Eur. J. Oper. Res. 56, 1992).
"""

from __future__ import annotations

import time

from catenary.diagrams import LimitReached
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.counts import counts
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.limits import check_deadline

LETTERS = {"cz": "ZZ", "cx": "ZX", "rz": "Z", "s": "Z", "sdg": "Z", "t": "Z", "tdg": "Z", "z": "Z", "x": "X"}
"""The Pauli letter of a gate on each of its wires; a gate without one is a group of its own."""
ROUNDS = 6
"""Schedules, at most: each next one in the other direction, and none more after one that gains nothing."""


def less_deep(circuit: Circuit, *, deadline: float | None = None) -> Circuit:
    """The same gates in an order that is less deep, as far as commutation allows; the circuit itself if none is found.

    Args:
        circuit: unitary, over the basic set.
        deadline: value of ``time.monotonic`` at which to stop with the best order so far.

    >>> ladder = Circuit(4, [Gate("cz", pair) for pair in ((0, 1), (1, 2), (2, 3))])
    >>> counts(ladder).depth, counts(less_deep(ladder)).depth
    (3, 2)
    """
    if deadline is not None and time.monotonic() > deadline:
        return circuit
    order = list(circuit.gates)
    best, least = circuit.gates, counts(circuit).depth
    for k in range(ROUNDS):
        try:
            found = _scheduled(circuit.n_qubits, order, least, deadline)
        except LimitReached:
            break
        if found is None:
            break
        order, depth = found
        if depth < least:
            best, least = tuple(order if k % 2 == 0 else order[::-1]), depth
        elif k > 1:
            break
        order = order[::-1]
    return circuit if best is circuit.gates else circuit.with_gates(best)


def _length(gate: Gate) -> int:
    return 3 if gate.name == "swap" else 1


def _scheduled(
    n_qubits: int, gates: list[Gate], least: int, deadline: float | None
) -> tuple[list[Gate], int] | None:
    """The gates by the time at which they begin, and their depth; ``None`` if no order has less than ``least``."""
    groups: list[list[list[int]]] = [[] for _ in range(n_qubits)]
    letters = [""] * n_qubits
    places: list[list[tuple[int, int]]] = []
    for number, gate in enumerate(gates):
        found = []
        for k, q in enumerate(gate.qubits):
            letter = LETTERS[gate.name][k] if gate.name in LETTERS else ""
            if not letter or letter != letters[q]:
                groups[q].append([])
                letters[q] = letter
            groups[q][-1].append(number)
            found.append((q, len(groups[q]) - 1))
        places.append(found)
    lengths = [_length(gate) for gate in gates]
    # What is left from the beginning of a group to the end of the circuit takes at least so long.
    rest = [[0] * (len(wire) + 1) for wire in groups]
    loads = [[sum(lengths[k] for k in group) for group in wire] for wire in groups]
    tails = [0] * len(gates)
    missing = [[len(group) for group in wire] for wire in groups]
    for number in range(len(gates) - 1, -1, -1):
        tails[number] = lengths[number] + max(rest[q][k + 1] for q, k in places[number])
        for q, k in places[number]:
            rest[q][k] = max(rest[q][k], tails[number])
            missing[q][k] -= 1
            if not missing[q][k]:
                rest[q][k] = max(rest[q][k], loads[q][k] + rest[q][k + 1])
    if max((wire[0] for wire in rest), default=0) >= least:
        return None
    waits = [len(place) for place in places]

    def open_group(q: int, k: int) -> None:
        if k < len(groups[q]):
            missing[q][k] = len(groups[q][k])
            for number in groups[q][k]:
                waits[number] -= 1
                if not waits[number]:
                    ready.append(number)

    def urgency(number: int) -> float:
        ahead = [max(loads[q][k] + rest[q][k + 1], tails[number]) for q, k in places[number]]
        return max(ahead) + 0.01 * sum(ahead)

    ready: list[int] = []
    for q in range(n_qubits):
        open_group(q, 0)
    result: list[Gate] = []
    free = [0] * n_qubits
    now = 0
    while ready:
        check_deadline(deadline, "scheduling")
        now_ready, ready = sorted(ready, key=urgency, reverse=True), []
        for number in now_ready:
            if any(free[q] > now for q, _ in places[number]):
                ready.append(number)
                continue
            result.append(gates[number])
            for q, k in places[number]:
                free[q] = now + lengths[number]
                loads[q][k] -= lengths[number]
                missing[q][k] -= 1
                if not missing[q][k]:
                    open_group(q, k + 1)
        now += 1
    return result, max(free, default=0)
