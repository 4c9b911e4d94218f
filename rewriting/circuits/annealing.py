"""Simulated annealing of a Pauli sequence: fewer strings of weight two, so fewer two-qubit gates.

Only the order of the rotations and their strings matter, and moves are local rules for rotations by π/2:
passing a string P past an anticommuting one changes one of the two to their product. The H and S gates that
the sequence will be written with are counted exactly (``annealing_costs``) and cost a part of a two-qubit gate,
also where only those count: states with few of them are easier to improve. Signs are dropped; ``emission`` rebuilds
and certifies them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catenary.rewriting.circuits import annealing_state as arrays
from catenary.rewriting.circuits.annealing_costs import tables
from catenary.rewriting.circuits.annealing_moves import moves
from catenary.rewriting.circuits.kernels import integers, seeds
from catenary.rewriting.circuits.sequence import Event, PauliSequence

LARGEST = 62
"""Wires that fit into the masks of the compiled moves."""
CHECK = 5_000
"""Moves between two looks at the clock."""


def anneal(
    sequence: PauliSequence,
    *,
    steps: int,
    seed: int,
    hot: float = 0.6,
    cold: float = 0.28,
    one_cost: float = 0.2,
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
        one_cost: of an H or S gate, in two-qubit gates.
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
    best = integers(1 + 3 * len(state.x) + 2 * n)
    arrays.save(state, best)
    least = state.number[arrays.TWO] + one_cost * state.number[arrays.ONE]
    ratio = (cold / hot) ** (1 / steps)
    done = 0
    while done < steps and not over():
        count = min(CHECK, steps - done)
        least = moves(state, best, float(least), count, hot * ratio**done, ratio, one_cost, reach, insertions)
        done += count
    return _read(sequence, best)


def _loaded(sequence: PauliSequence, seed: int) -> arrays.State:
    """The arrays of a sequence, with room for half as many nodes again."""
    n, length = sequence.n_qubits, len(sequence.events)
    room = max(64, length // 2)
    nodes = length + 2 + room
    sizes = dict.fromkeys(arrays.State._fields, nodes)
    sizes |= dict.fromkeys(("wire", "letter", "later", "earlier", "mark", "paid"), 2 * nodes + n)
    sizes |= {
        "frame_x": n,
        "frame_z": n,
        "log": 7 * arrays.LOG,
        "wide": arrays.WIDE + 1,
        "random": 2,
        "number": 7,
        "stale": 8 * (arrays.LOG + nodes + n),
    }
    sizes |= dict.fromkeys(("after_slot", "pay", "end"), 0)
    values = {"rotation": -2, "mark": -1}
    made = {name: integers(size, values.get(name, 0)) for name, size in sizes.items()}
    made["after_slot"], made["pay"], made["end"] = tables()
    state = arrays.State(**made)
    state.after[arrays.HEAD], state.before[arrays.TAIL] = arrays.TAIL, arrays.HEAD
    for w, (x, z) in enumerate(sequence.frames):
        end = 2 * nodes + w
        state.wire[end], state.later[end], state.earlier[end] = w, end, end
        state.frame_x[w], state.frame_z[w] = x, z
        state.mark[end] = 0
        arrays.touch(state, end)
    for k, event in enumerate(sequence.events):
        node = k + 2
        state.rotation[node] = event.rotation
        state.role[node] = event.role
        state.flips[node] = event.rotation in sequence.flipped
        state.alive[k], state.index[node] = node, k
        arrays.append(state, node, event.x, event.z)
        state.number[arrays.TWO] += event.rotation < 0
    arrays.settle(state)
    state.number[arrays.USED], state.number[arrays.FREE] = length, room
    for k in range(room):
        state.free[k] = nodes - 1 - k
    state.random[0], state.random[1] = seeds(seed)
    return state


def _read(sequence: PauliSequence, best: Any) -> PauliSequence:
    count = int(best[0])
    numbers = [int(value) for value in best[1 : 1 + 3 * count + 2 * sequence.n_qubits]]
    rows = [numbers[at : at + 3] for at in range(0, 3 * count, 3)]
    events = tuple(Event(x, z, tag >> 1) if tag >= 0 else Event(x, z, -1, -1 - tag) for x, z, tag in rows)
    flipped = frozenset(tag >> 1 for _, _, tag in rows if tag >= 0 and tag & 1)
    ends = numbers[3 * count :]
    return PauliSequence(
        sequence.n_qubits, events, tuple(zip(ends[::2], ends[1::2], strict=True)), sequence.wires, flipped
    )
