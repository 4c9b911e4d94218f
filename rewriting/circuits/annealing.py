"""Simulated annealing of Pauli sequences: fewer strings of weight two, so fewer two-qubit gates.

Only the order of the rotations and their strings matter, and moves are local rules for rotations by π/2:
passing a string P past an anticommuting one changes one of the two to their product. Among them, windows of a few
wires are written again as Pauli networks (``annealing_windows``): what neither finds alone, both find in turns. The
H and S gates that the sequence will be written with are counted exactly (``annealing_costs``) and cost a part of a
two-qubit gate, also where only those count: states with few of them are easier to improve. Signs are dropped;
``emission`` rebuilds and certifies them.

Sequences for one operator that start from other decompositions of its Toffoli gates stay in other classes when
they are annealed, and which class is best shows only late. So a population of them is kept in balance at each
temperature: between two temperatures every member is copied as often as the change of its Boltzmann weight says
(population annealing: Hukushima & Iba 2003; Machta, arXiv 1009.1128).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any

from catenary.rewriting.circuits import annealing_state as arrays
from catenary.rewriting.circuits.annealing_arrays import loaded, read
from catenary.rewriting.circuits.annealing_moves import moves
from catenary.rewriting.circuits.annealing_windows import Window, room
from catenary.rewriting.circuits.kernels import COMPILED, integers, seeds
from catenary.rewriting.circuits.sequence import PauliSequence

LARGEST = 62
"""Wires that fit into the masks of the compiled moves."""
REACH = 100
"""Rotations that a move may pass."""
INSERTIONS = 30
"""Moves in a hundred that put in a pair of rotations that cancel."""
WINDOWS = 30
"""Moves in a hundred that write a window again."""
COOLER = 0.33
"""The temperature of these, as a part of that of the others."""
CHECK = 20_000 if COMPILED else 200
"""Moves between two looks at the clock."""
STAGES = 40
"""Temperatures of one annealing."""


@dataclass(slots=True)
class _Member:
    """One sequence of a population. Mutable.

    Attributes:
        start: number of the sequence that it comes from.
        rotations: how many it has: they cost as much as H and S gates do.
        state: as it is now.
        best: the best that it or those that it is a copy of ever were; ``value`` what that costs.
        room: to save into.
    """

    start: int
    rotations: int
    state: arrays.State
    best: Any
    room: Any
    value: float
    window: Window

    def copy(self) -> _Member:
        return _Member(
            self.start,
            self.rotations,
            arrays.copied(self.state),
            self.best.copy(),
            integers(len(self.room)),
            self.value,
            room(),
        )


def anneal(
    starts: Sequence[PauliSequence],
    *,
    steps: int,
    seed: int,
    members: int = 1,
    hot: float = 0.6,
    cold: float = 0.28,
    costs: tuple[float, float] = (0.1, 0.1),
    threads: int = 1,
    depth_cost: float = 0.0,
    near: Sequence[int] | None = None,
    over: Callable[[], bool] = lambda: False,
) -> list[tuple[int, PauliSequence]]:
    """The best sequences found, best first, each with the number of its start.

    Args:
        starts: sequences for one operator, on at most 62 wires each; they take turns as members at the beginning.
        steps: number of moves, of all members together.
        seed: of the random choices.
        members: how many there are at each time.
        hot, cold: first and last temperature, in two-qubit gates.
        costs: what an H or S gate costs at the first and at the last temperature, in two-qubit gates.
        depth_cost: what a step of depth costs, in two-qubit gates; counting it takes time with the length.
        threads: how many members are annealed at a time; makes no difference to what is found.
        near: for each wire, as a mask, those that a two-qubit gate may be on together with it: all, or those of a device,
            which the starts have to keep to.
        over: asked now and then whether to stop early.

    Raises:
        ValueError: for more than 62 wires.
    """
    for start in starts:
        if start.n_qubits > LARGEST:
            raise ValueError(f"annealing takes at most {LARGEST} wires, not {start.n_qubits}")
    if not starts[0].events or steps <= 0:
        return list(enumerate(starts))
    population: list[_Member] = []
    for k in range(members):
        start = starts[k % len(starts)]
        state = loaded(start, seed, near)
        rotations = sum(event.rotation >= 0 for event in start.events)
        best = integers(arrays.HEADER + 3 * len(state.x) + 2 * len(state.frame_x))
        arrays.save(state, best)
        population.append(_Member(k % len(starts), rotations, state, best, integers(len(best)), 0.0, room()))
        population[k].value = _whole_cost(population[k], costs[1], depth_cost)
    rng = random.Random(seed)
    stop = Event()
    each = max(1, steps // (members * STAGES))

    def stopped() -> bool:
        return stop.is_set() or over()

    with ThreadPoolExecutor(threads) as pool:
        last: tuple[float, float] | None = None
        for stage in range(STAGES):
            if over():
                break
            part = stage / (STAGES - 1)
            now = hot * (cold / hot) ** part, costs[0] + (costs[1] - costs[0]) * part
            if last is not None:
                population = _resampled(population, last, now, depth_cost, rng)
            last = now
            for k, member in enumerate(population):
                first, second = seeds(seed + 1 + stage * members + k)
                member.state.random[0], member.state.random[1] = first, second
            try:
                list(
                    (pool.map if threads > 1 else map)(
                        partial(_annealed, each, *now, costs[1], depth_cost, stopped), population
                    )
                )
            except KeyboardInterrupt:
                stop.set()
                raise
    population.sort(key=lambda member: member.value)
    return [(member.start, read(starts[member.start], member.best)) for member in population]


def _annealed(
    count: int,
    temperature: float,
    one_cost: float,
    last_cost: float,
    depth_cost: float,
    over: Callable[[], bool],
    member: _Member,
) -> None:
    """Make ``count`` moves at a temperature."""
    arrays.save(member.state, member.room)
    least = _cost(member.state, one_cost, depth_cost)
    for done in range(0, count, CHECK):
        if over():
            break
        some = min(CHECK, count - done)
        least = moves(
            member.state,
            member.room,
            least,
            some,
            temperature,
            one_cost,
            REACH,
            INSERTIONS,
            member.window,
            WINDOWS,
            COOLER,
            depth_cost,
        )
    saved = member.room
    value = float(saved[1] + last_cost * (saved[2] + member.rotations) + depth_cost * saved[3])
    if value < member.value - 1e-9:
        member.value = value
        member.best, member.room = member.room, member.best


def _cost(state: arrays.State, one_cost: float, depth_cost: float) -> float:
    number = state.number
    return float(number[arrays.TWO] + one_cost * number[arrays.ONE] + depth_cost * number[arrays.DEPTH])


def _whole_cost(member: _Member, one_cost: float, depth_cost: float) -> float:
    """The cost with that of its rotations, which no move changes."""
    return _cost(member.state, one_cost, depth_cost) + one_cost * member.rotations


def _resampled(
    population: list[_Member],
    last: tuple[float, float],
    now: tuple[float, float],
    depth_cost: float,
    rng: random.Random,
) -> list[_Member]:
    """As many members, each copied as often as its weight now over its weight before says; ``last`` and ``now`` are
    temperatures and what an H or S gate costs.
    """
    costs = [[_whole_cost(m, one, depth_cost) / heat for heat, one in (last, now)] for m in population]
    exponents = [before - after for before, after in costs]
    most = max(exponents)
    weights = [math.exp(value - most) for value in exponents]
    share = sum(weights) / len(population)
    result: list[_Member] = []
    mark = rng.random() * share
    total = 0.0
    for member, weight in zip(population, weights, strict=True):
        total += weight
        used = False
        while len(result) < len(population) and mark < total:
            result.append(member.copy() if used else member)
            used = True
            mark += share
    while len(result) < len(population):  # what rounding left out
        result.append(result[-1].copy())
    return result
