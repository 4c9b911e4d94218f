"""Routing by swaps: a gate's qubits are brought together, looking ahead.

After Li, Ding & Xie, *Tackling the qubit mapping problem for NISQ-era quantum devices*, arXiv 1809.02573: of the
swaps around the gates that wait, the one is taken that brings these and the next ones nearest.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from catenary.diagrams import LimitReached
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.coupling import Coupling
from catenary.rewriting.limits import check_deadline

_AHEAD = 20
_WEIGHT = 0.5
_DECAY = 0.001
_PATIENCE = 5  # swaps for each qubit after which the nearest waiting gate is brought together directly


@dataclass(slots=True)
class Routed:
    """Gates on the device's qubits; ``place[q]`` is where line q ended."""

    gates: list[Gate]
    place: list[int]
    swaps: int


def sabre(
    gates: Sequence[Gate],
    coupling: Coupling,
    place: Sequence[int],
    distances: Sequence[Sequence[int]],
    rng: random.Random,
    deadline: float | None = None,
) -> Routed:
    """Route gates with the lines at given places.

    Swap gates of the circuit are carried out by renaming. Operations on more than two qubits must be barriers.

    Args:
        gates: on lines 0 … n - 1, as many as the coupling map has qubits.
        coupling: the device.
        place: where each line begins.
        distances: of every two qubits of the device.
        rng: decides between equal swaps.
        deadline: value of ``time.monotonic`` at which to stop.

    Raises:
        LimitReached: past the deadline.
    """
    where = list(place)
    line = [0] * len(where)
    for q, p in enumerate(where):
        line[p] = q
    followers, waiting = _order(gates)
    front = [i for i, count in enumerate(waiting) if not count]
    out: list[Gate] = []
    decay = [1.0] * len(where)
    swaps = since = 0

    def exchange(p: int, q: int) -> None:
        line[p], line[q] = line[q], line[p]
        where[line[p]], where[line[q]] = p, q

    while front:
        blocked: list[int] = []
        moved = False
        for i in front:
            gate = gates[i]
            two = len(gate.qubits) == 2 and gate.name != "barrier"
            if two and gate.name == "swap" and gate.condition is None:
                exchange(where[gate.qubits[0]], where[gate.qubits[1]])
            elif two and not coupling.allows(where[gate.qubits[0]], where[gate.qubits[1]]):
                blocked.append(i)
                continue
            else:
                out.append(_moved(gate, where))
            moved = True
            for k in followers[i]:
                waiting[k] -= 1
                if not waiting[k]:
                    blocked.append(k)
        front = blocked
        if moved:
            decay = [1.0] * len(where)
            since = 0
            continue
        check_deadline(deadline, "routing")
        waiting_pairs = [gates[i].qubits for i in front]
        if since > _PATIENCE * len(where):
            first = min(waiting_pairs, key=lambda pair: distances[where[pair[0]]][where[pair[1]]])
            p, target = where[first[0]], where[first[1]]
            q = min(coupling.neighbours[p], key=lambda at: distances[at][target])
        else:
            p, q = _best_swap(front, gates, followers, coupling, where, distances, decay, rng)
        out.append(Gate("swap", (p, q)))
        exchange(p, q)
        decay[p] += _DECAY
        decay[q] += _DECAY
        swaps += 1
        since += 1
    return Routed(out, where, swaps)


def _moved(gate: Gate, where: Sequence[int]) -> Gate:
    return Gate(
        gate.name,
        tuple([where[q] for q in gate.qubits]),
        gate.params,
        gate.clbits,
        gate.condition,
        gate.label,
        gate.meaning,
    )


def _order(gates: Sequence[Gate]) -> tuple[list[list[int]], list[int]]:
    """Which gates follow directly on each, by qubit or classical bit, and how many each waits for."""
    followers: list[list[int]] = [[] for _ in gates]
    waiting = [0] * len(gates)
    last: dict[tuple[str, int], int] = {}
    for i, gate in enumerate(gates):
        wires = [("q", q) for q in gate.qubits] + [("c", c) for c in gate.clbits]
        if gate.condition is not None:
            wires += [("c", c) for c in gate.condition[0]]
        before = {last[wire] for wire in wires if wire in last}
        for k in before:
            followers[k].append(i)
        waiting[i] = len(before)
        last.update(dict.fromkeys(wires, i))
    return followers, waiting


def _best_swap(
    front: list[int],
    gates: Sequence[Gate],
    followers: list[list[int]],
    coupling: Coupling,
    where: list[int],
    distances: Sequence[Sequence[int]],
    decay: list[float],
    rng: random.Random,
) -> tuple[int, int]:
    near = [gates[i].qubits for i in front]
    far = _ahead(front, gates, followers)
    by_line: dict[int, list[tuple[int, float]]] = {}
    for pairs, weight in ((near, 1 / len(near)), (far, _WEIGHT / max(len(far), 1))):
        for a, b in pairs:
            by_line.setdefault(where[a], []).append((where[b], weight))
            by_line.setdefault(where[b], []).append((where[a], weight))
    candidates = {
        (min(p, q), max(p, q))
        for pair in near
        for p in (where[pair[0]], where[pair[1]])
        for q in coupling.neighbours[p]
    }
    best: list[tuple[int, int]] = []
    least = float("inf")
    base = sum(w * distances[p][q] for p, ends in by_line.items() for q, w in ends) / 2
    for p, q in sorted(candidates):
        change = 0.0
        for at, to in ((p, q), (q, p)):
            for other, weight in by_line.get(at, ()):
                if other != to:
                    change += weight * (distances[to][other] - distances[at][other])
        score = max(decay[p], decay[q]) * (base + change)
        if score < least - 1e-12:
            best, least = [(p, q)], score
        elif score <= least + 1e-12:
            best.append((p, q))
    return rng.choice(best)


def _ahead(front: list[int], gates: Sequence[Gate], followers: list[list[int]]) -> list[tuple[int, ...]]:
    """The next two-qubit gates behind those that wait."""
    found: list[tuple[int, ...]] = []
    seen = set(front)
    todo = list(front)
    for i in todo:
        for k in followers[i]:
            if k in seen:
                continue
            seen.add(k)
            todo.append(k)
            if len(gates[k].qubits) == 2 and gates[k].name not in ("barrier", "swap"):
                found.append(gates[k].qubits)
        if len(found) >= _AHEAD or len(todo) > 20 * _AHEAD:
            break
    return found


def layouts(
    gates: Sequence[Gate],
    coupling: Coupling,
    distances: Sequence[Sequence[int]],
    seed: int,
    trials: int,
    rounds: int = 2,
    deadline: float | None = None,
) -> list[list[int]]:
    """Places to begin with: each improved by routing the circuit forwards and backwards, until the deadline."""
    rng = random.Random(seed)
    found = [list(range(coupling.n_qubits))]
    middle = min(range(coupling.n_qubits), key=lambda q: (sum(distances[q]), q))
    near = sorted(range(coupling.n_qubits), key=lambda q: (distances[middle][q], q))
    for trial in range(trials):
        start = list(range(coupling.n_qubits)) if trial == 0 else list(near)
        if trial > 1:
            rng.shuffle(start)
        backwards = list(reversed(gates))
        try:
            for _ in range(rounds):
                start = sabre(gates, coupling, start, distances, rng, deadline).place
                start = sabre(backwards, coupling, start, distances, rng, deadline).place
        except LimitReached:
            break
        if start not in found:
            found.append(start)
    return found
