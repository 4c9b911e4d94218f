"""Simulated annealing of a Pauli sequence: fewer strings of weight two, so fewer two-qubit gates.

Only the order of the rotations and their strings matter, and moves are local rules for rotations by π/2:
passing a string P past an anticommuting one changes one of the two to their product. A change of letter
between neighbours on a wire costs a fraction of a two-qubit gate: it will be a one-qubit gate, and states with
few of them are easier to improve. Signs are dropped; ``emission`` rebuilds and certifies them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from catenary.rewriting.circuits import annealing_moves as moves
from catenary.rewriting.circuits.sequence import Event, PauliSequence

LARGEST = 62
"""Wires that fit into the masks of the compiled moves."""
CHECK = 50_000 if moves.COMPILED else 500
"""Moves between two looks at the clock."""


def anneal(
    sequence: PauliSequence,
    *,
    steps: int,
    seed: int,
    hot: float = 0.6,
    cold: float = 0.28,
    change_cost: float = 0.2,
    reach: int = 100,
    insertions: int = 30,
    over: Callable[[], bool] = lambda: False,
) -> PauliSequence:
    """A sequence for the same operator (up to Pauli gates) that costs at most as much.

    Args:
        sequence: on at most 62 wires.
        steps: number of moves.
        seed: of the random choices.
        hot, cold: first and last temperature, in two-qubit gates.
        change_cost: of a change of letter on a wire, in two-qubit gates.
        reach: how many rotations a move may pass.
        insertions: moves in a hundred that put in a pair of rotations that cancel.
        over: asked now and then whether to stop early.

    Raises:
        ValueError: for more than 62 wires.
    """
    n = sequence.n_qubits
    if n > LARGEST:
        raise ValueError(f"annealing takes at most {LARGEST} wires, not {n}")
    if not sequence.events or steps <= 0:
        return sequence
    state = _loaded(sequence, seed)
    best = _zeros(1 + 3 * len(state.x) + 2 * n)
    moves.save(state, best)
    least = state.number[moves.TWO] + change_cost * state.number[moves.CHANGES]
    ratio = (cold / hot) ** (1 / steps)
    done = 0
    while done < steps and not over():
        count = min(CHECK, steps - done)
        least = moves.moves(
            state, best, float(least), count, hot * ratio**done, ratio, change_cost, reach, insertions
        )
        done += count
    return _read(sequence, best)


def _zeros(size: int, value: int = 0) -> Any:
    return np.full(size, value, dtype=np.int64) if moves.COMPILED else [value] * size


def _loaded(sequence: PauliSequence, seed: int) -> moves.State:
    """The arrays of a sequence, with room for half as many nodes again."""
    n, length = sequence.n_qubits, len(sequence.events)
    room = max(64, length // 2)
    nodes = length + 2 + room
    names = "x z rotation after before joined wire letter later earlier frame_x frame_z alive index flips free log wide number"
    sizes = dict.fromkeys(names.split(), nodes)
    sizes |= dict.fromkeys(("wire", "letter", "later", "earlier"), 2 * nodes + n)
    sizes |= {"frame_x": n, "frame_z": n, "log": 7 * moves.LOG, "wide": moves.WIDE + 1, "number": 7}
    state = moves.State(
        **{name: _zeros(size, -2 if name == "rotation" else 0) for name, size in sizes.items()}
    )
    state.after[moves.HEAD], state.before[moves.TAIL] = moves.TAIL, moves.HEAD
    for w, (x, z) in enumerate(sequence.frames):
        end = 2 * nodes + w
        state.wire[end], state.later[end], state.earlier[end] = w, end, end
        state.frame_x[w], state.frame_z[w] = x, z
    for k, event in enumerate(sequence.events):
        node = k + 2
        state.rotation[node] = event.rotation
        state.flips[node] = event.rotation in sequence.flipped
        state.alive[k], state.index[node] = node, k
        moves.append(state, node, event.x, event.z)
        state.number[moves.TWO] += event.rotation < 0
    state.number[moves.USED], state.number[moves.FREE] = length, room
    for k in range(room):
        state.free[k] = nodes - 1 - k
    state.number[moves.RANDOM_1] = seed * 7919 % 2147483562 + 1
    state.number[moves.RANDOM_2] = seed * 104729 % 2147483398 + 1
    return state


def _read(sequence: PauliSequence, best: Any) -> PauliSequence:
    count = int(best[0])
    numbers = [int(value) for value in best[1 : 1 + 3 * count + 2 * sequence.n_qubits]]
    rows = [numbers[at : at + 3] for at in range(0, 3 * count, 3)]
    events = tuple(Event(x, z, tag >> 1 if tag >= 0 else -1) for x, z, tag in rows)
    flipped = frozenset(tag >> 1 for _, _, tag in rows if tag >= 0 and tag & 1)
    ends = numbers[3 * count :]
    return PauliSequence(
        sequence.n_qubits, events, tuple(zip(ends[::2], ends[1::2], strict=True)), sequence.wires, flipped
    )
