"""A circuit cut into windows on few wires that hold many gates, in ever other ways."""

from __future__ import annotations

import heapq
import random
from collections.abc import Sequence

from catenary.functors.circuits.circuit import Circuit
from catenary.rewriting.circuits.regions import Region, region

SPREAD = 40
"""So many gates out of order may windows begin."""
CHOICES = 6
"""Wires that are tried as a further one of a window."""


def small_windows(circuit: Circuit, wires: int, gates: int, rng: random.Random) -> list[Region]:
    """Windows on at most so many wires, which put in a row are the circuit up to the order of gates without a common
    wire.

    Each begins with a two-qubit gate that can be brought to the front, and gets, a wire at a time, the one with which
    it goes on longest, or by chance another.

    Args:
        circuit: unitary, over the basic set.
        wires: at least two.
        gates: in a window, at most.
        rng: makes the choices.

    >>> from catenary.functors.circuits.gates import Gate
    >>> rng = random.Random(0)
    >>> row = Circuit(4, [Gate("cx", pair) for pair in [(0, 1), (2, 3), (1, 0), (2, 3), (1, 2)]])
    >>> sorted((window.qubits, len(window.circuit.gates)) for window in small_windows(row, 2, 10, rng))
    [((0, 1), 2), ((1, 2), 1), ((2, 3), 2)]
    """
    return _Cutter(circuit, gates, rng).run(wires)


class _Cutter:
    def __init__(self, circuit: Circuit, room: int, rng: random.Random):
        self.gates = circuit.gates
        self.room = room
        self.rng = rng
        self.lines: list[list[int]] = [[] for _ in range(circuit.n_qubits)]
        for k, gate in enumerate(self.gates):
            for q in gate.qubits:
                self.lines[q].append(k)
        self.next = [0] * circuit.n_qubits
        """For each wire how many of its gates are in windows."""

    def run(self, wires: int) -> list[Region]:
        """All windows."""
        result: list[Region] = []
        ready: list[tuple[float, int]] = []
        seen: set[int] = set()

        def look(q: int) -> None:
            # The first two-qubit gate of a wire can be a window's first where it is that of both its wires.
            k = self.ahead(q)
            if k is not None and k not in seen and all(self.ahead(p) == k for p in self.gates[k].qubits):
                seen.add(k)
                # Not far from the order of the circuit, so that there is never much between two windows.
                heapq.heappush(ready, (k + self.rng.random() * SPREAD, k))

        for q in range(len(self.lines)):
            look(q)
        while ready:
            _, k = heapq.heappop(ready)
            seen.discard(k)
            a, b = self.gates[k].qubits
            if self.ahead(a) != k or self.ahead(b) != k:
                continue
            chosen = self.widened((a, b), wires)
            taken = self.taken(chosen, self.next)
            for at in taken:
                for q in self.gates[at].qubits:
                    self.next[q] += 1
            result.append(region([self.gates[at] for at in taken]))
            for q in chosen:
                look(q)
        # On the wires without a two-qubit gate.
        for q, line in enumerate(self.lines):
            if self.next[q] < len(line):
                result.append(region([self.gates[k] for k in line[self.next[q] :]]))
        return result

    def ahead(self, q: int) -> int | None:
        """The next two-qubit gate on a wire."""
        line = self.lines[q]
        for place in range(self.next[q], len(line)):
            if len(self.gates[line[place]].qubits) > 1:
                return line[place]
        return None

    def widened(self, wires: tuple[int, ...], most: int) -> tuple[int, ...]:
        """Wires with the given ones on which a window is long."""
        while len(wires) < most:
            found = self.weighed(wires)
            if not found:
                break
            values = sorted(found.values())
            least = values[-1] if self.rng.random() < 0.7 else self.rng.choice(values)
            wires = (*wires, self.rng.choice([q for q, value in found.items() if value >= least]))
        return wires

    def weighed(self, wires: tuple[int, ...]) -> dict[int, int]:
        """For wires that can be added how many two-qubit gates there would be."""
        at = list(map(self.next.__getitem__, wires))
        after = dict(zip(wires, at, strict=True))
        self.taken(wires, after)
        others: dict[int, None] = {}
        for q in wires:
            for k in self.lines[q][after[q] : after[q] + 2]:
                others.update(dict.fromkeys(p for p in self.gates[k].qubits if p not in wires))
        return {
            q: sum(len(self.gates[k].qubits) > 1 for k in self.taken((*wires, q), self.next))
            for q in list(others)[:CHOICES]
        }

    def taken(self, wires: Sequence[int], start: Sequence[int] | dict[int, int]) -> list[int]:
        """The gates of a window on some wires, in order."""
        at = {q: start[q] for q in wires}
        result: list[int] = []
        waiting = list(wires)
        while waiting and len(result) < self.room:
            q = waiting.pop()
            line = self.lines[q]
            while at[q] < len(line) and len(result) < self.room:
                k = line[at[q]]
                qubits = self.gates[k].qubits
                if any(
                    p not in at or at[p] >= len(self.lines[p]) or self.lines[p][at[p]] != k for p in qubits
                ):
                    break
                result.append(k)
                for p in qubits:
                    at[p] += 1
                    if p != q:
                        waiting.append(p)
        if isinstance(start, dict):
            start.update(at)
        return result
