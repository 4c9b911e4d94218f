"""Pauli rotations and a Clifford operator on at most three wires with the fewest two-qubit gates, by exact search.

A state is a class of :mod:`~catenary.rewriting.circuits.clifford_table`, what the letters at each wire now stand for,
and the set of rotations that are done. A rotation can be done at no cost where its string stands on one wire and all
that must come before it are done; doing it at once is never worse. The search goes through all states, by number of
gates, leaving out those from which even a single one of the rotations that are left, and then the end, are too far.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catenary.functors.bitsets import bits
from catenary.functors.circuits.pauli import anticommute
from catenary.rewriting.circuits.clifford_table import FAR, LETTERS, PAIRS, WIRES, at, distances, table
from catenary.rewriting.circuits.sequence import Event, PauliSequence

ROTATIONS = 24
"""Rotations on three wires, at most: what is to be searched grows with the orders they can have."""
STATES = 4_000
"""States with the same number of gates that are looked at; where there are more, those that seem nearest the end."""
_GATES_A_PAIR = LETTERS * LETTERS


@dataclass(frozen=True, slots=True)
class Network:
    """What a sequence on three wires does.

    Attributes:
        strings: of its rotations, as seen from its beginning: X's bits, then Z's.
        before: for each rotation, the set of those that must come before it.
        end: for each wire what X and Z at its end stand for.
    """

    strings: tuple[int, ...]
    before: tuple[int, ...]
    end: tuple[tuple[int, int], ...]

    @staticmethod
    def of(sequence: PauliSequence) -> Network:
        """What a sequence on at most three wires does; wires that it does not have are idle."""
        made = _Maker()
        strings: list[int] = []
        for event in sequence.events:
            if event.rotation < 0:
                made.gate(*_letters(event))
            else:
                ((wire, letter),) = _letters(event)
                strings.append(made.stands[wire][letter])
        before = tuple(
            sum(1 << j for j in range(k) if _anticommute(strings[j], strings[k])) for k in range(len(strings))
        )
        frames = [*sequence.frames, *[(1, 2)] * (WIRES - sequence.n_qubits)]
        wires = [*sequence.wires, *range(sequence.n_qubits, WIRES)]
        end = tuple((made.stands[w][frames[w][0]], made.stands[w][frames[w][1]]) for w in wires)
        return Network(tuple(strings), before, end)


class _Maker:
    """Events one after the other, and what the letters (1 X, 2 Z, 3 Y) of each wire stand for meanwhile."""

    def __init__(self) -> None:
        self.stands = [[0, 1 << w, 8 << w, 9 << w] for w in range(WIRES)]

    def gate(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        """A rotation by π/2 about a letter on each of two wires."""
        about = self.stands[one[0]][one[1]] ^ self.stands[other[0]][other[1]]
        for wire, letter in (one, other):
            for k in (1, 2, 3):
                if k != letter:
                    self.stands[wire][k] ^= about


def _letters(event: Event) -> list[tuple[int, int]]:
    """Each wire of an event, and its letter there."""
    return [
        (w, (event.x >> w & 1) | (event.z >> w & 1) << 1)
        for w in range(WIRES)
        if (event.x | event.z) >> w & 1
    ]


def _anticommute(one: int, other: int) -> int:
    mask = (1 << WIRES) - 1
    return anticommute(one & mask, one >> WIRES, other & mask, other >> WIRES)


def _usable(allowed: Sequence[tuple[int, int]]) -> list[int]:
    """The gates on those wires."""
    return [_GATES_A_PAIR * PAIRS.index(pair) + k for pair in allowed for k in range(_GATES_A_PAIR)]


@cache
def _neighbours(allowed: tuple[tuple[int, int], ...]) -> NDArray[np.int32]:
    """The classes that they lead to."""
    return table().after[:, _usable(allowed)]


@lru_cache(4_000)
def _far(end: int, allowed: tuple[tuple[int, int], ...]) -> NDArray[np.int8]:
    """Gates from each class to an end."""
    return distances(_neighbours(allowed), at(end))


@lru_cache(4_000)
def _far_through(string: int, end: int, allowed: tuple[tuple[int, int], ...]) -> NDArray[np.int8]:
    """Gates from each class to where a string stands on one wire, and on to an end."""
    sources = np.where(table().narrow[:, string], _far(end, allowed), FAR)
    return distances(_neighbours(allowed), sources)


class _Search:
    """The search for one network."""

    def __init__(
        self, network: Network, rng: random.Random, allowed: Sequence[tuple[int, int]], states: int
    ) -> None:
        known = table()
        self.narrow = known.narrow
        self.gates = _usable(allowed)
        self.after = _neighbours(tuple(allowed))
        self.order = list(range(len(self.gates)))
        rng.shuffle(self.order)
        self.states = states
        self.network = network
        self.all = (1 << len(network.strings)) - 1
        self.end = known.number([[x, z, x ^ z] for x, z in network.end])
        self.far = _far(self.end, tuple(allowed))
        """Gates from each class to the end."""
        self.bounds = [_far_through(string, self.end, tuple(allowed)) for string in network.strings]
        """For each rotation the gates from each class to where it can be done and on to the end."""
        start = np.zeros(1, dtype=np.int64)
        self.start = start, self.settled(start, start)
        self.least = int(self.needed(*self.start)[0])

    def settled(self, classes: NDArray[Any], done: NDArray[Any]) -> NDArray[Any]:
        """What is done after all rotations that can be. They are in an order that they can be done in."""
        done = done.copy()
        for k, (string, before) in enumerate(zip(self.network.strings, self.network.before, strict=True)):
            ready = self.narrow[classes, string] & (done & before == before)
            done[ready] |= 1 << k
        return done

    def needed(self, classes: NDArray[Any], done: NDArray[Any]) -> NDArray[np.int8]:
        """At least so many more gates for each state."""
        least: NDArray[np.int8] = self.far[classes]
        for k, bound in enumerate(self.bounds):
            left = done >> k & 1 == 0
            least[left] = np.maximum(least[left], bound[classes[left]])
        return least

    def run(self, limit: int) -> list[tuple[int, int]] | None:
        """A path with so many gates: for each gate its number in the table and -1, for each rotation -1 and its number."""
        classes, done = self.start
        layers: list[tuple[NDArray[Any], NDArray[Any]]] = []
        for left in range(limit, -1, -1):
            goal = np.flatnonzero((classes == self.end) & (done == self.all))
            if len(goal):
                return self.path(layers, done, int(goal[0]))
            if left == 0:
                break
            width = len(self.gates)
            new = self.after[classes][:, self.order].ravel().astype(np.int64)
            old = np.repeat(done, width)
            origin = np.flatnonzero(self.far[new] < left)
            new = new[origin]
            old = self.settled(new, old[origin])
            needed = self.needed(new, old)
            near = np.flatnonzero(needed < left)
            if not len(near):
                break
            _, first = np.unique(new[near] << ROTATIONS | old[near], return_index=True)
            near = near[np.sort(first)]
            if len(near) > self.states:
                todo = sum((old[near] >> k & 1 == 0) for k in range(len(self.bounds)))
                score = needed[near] + todo / (len(self.bounds) + 1)
                near = near[np.argsort(score, kind="stable")[: self.states]]
            layers.append((done, origin[near]))
            classes, done = new[near], old[near]
        return None

    def path(
        self, layers: list[tuple[NDArray[Any], NDArray[Any]]], done: NDArray[Any], at: int
    ) -> list[tuple[int, int]]:
        """How a state was reached."""
        states = [int(done[at])]
        gates: list[int] = []
        for earlier, origin in reversed(layers):
            at, gate = divmod(int(origin[at]), len(self.gates))
            gates.append(self.gates[self.order[gate]])
            states.append(int(earlier[at]))
        result: list[tuple[int, int]] = []
        reached = 0
        for done_now in reversed(states):
            result += [(-1, k) for k in bits(done_now & ~reached)]
            reached = done_now
            if gates:
                result.append((gates.pop(), -1))
        return result


def rewritten(
    sequence: PauliSequence,
    most: int,
    rng: random.Random,
    allowed: Sequence[tuple[int, int]] = PAIRS,
    states: int = STATES,
) -> PauliSequence | None:
    """A sequence with the same rotations and at most so many two-qubit gates, as few as can be; ``None`` if there is none, if
    it was not found among so many states, or for a sequence on more than three wires or with more than 24 rotations.

    Args:
        rng: chooses between equals.
        allowed: pairs of wires that gates may act on.
        states: as :data:`STATES`.

    >>> from catenary.functors.circuits.circuit import Circuit
    >>> from catenary.functors.circuits.gates import Gate
    >>> from catenary.rewriting.circuits.sequence import pauli_sequence
    >>> there_and_back = [Gate("cx", pair) for pair in [(0, 1), (1, 2), (0, 1), (1, 2)]]
    >>> found = rewritten(pauli_sequence(Circuit(3, there_and_back)), 3, random.Random(0))
    >>> len(found.events)
    1
    """
    if not 1 <= sequence.n_qubits <= WIRES or sum(e.rotation >= 0 for e in sequence.events) > ROTATIONS:
        return None
    network = Network.of(sequence)
    allowed = [pair for pair in allowed if pair[1] < sequence.n_qubits]
    search = _Search(network, rng, allowed, states)
    paths = (search.run(limit) for limit in range(search.least, most + 1))
    path = next((found for found in paths if found is not None), None)
    if path is None:
        return None
    numbers = [event.rotation for event in sequence.events if event.rotation >= 0]
    known, made = table(), _Maker()
    events: list[Event] = []
    now = 0
    for number, k in path:
        if k >= 0:
            string = network.strings[k]
            wire = next(w for w in range(WIRES) if string in made.stands[w])
            letter = made.stands[wire].index(string)
            events.append(Event((letter & 1) << wire, (letter >> 1) << wire, numbers[k]))
            continue
        pair, about = divmod(number, _GATES_A_PAIR)
        (a, b), (i, j) = PAIRS[pair], divmod(about, LETTERS)
        one = made.stands[a].index(int(known.planes[now, a, i]))
        other = made.stands[b].index(int(known.planes[now, b, j]))
        made.gate((a, one), (b, other))
        x, z = (one & 1) << a | (other & 1) << b, (one >> 1) << a | (other >> 1) << b
        events.append(Event(x, z, -1, 0))
        now = int(known.after[now, number])
    frames = tuple((made.stands[w].index(x), made.stands[w].index(z)) for w, (x, z) in enumerate(network.end))
    n = sequence.n_qubits
    return PauliSequence(n, tuple(events), frames[:n], tuple(range(n)), sequence.flipped)
