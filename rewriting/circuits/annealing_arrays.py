"""A Pauli sequence written into the arrays that are annealed, and read from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catenary.rewriting.circuits import annealing_state as arrays
from catenary.rewriting.circuits.annealing_costs import tables
from catenary.rewriting.circuits.kernels import integers, seeds
from catenary.rewriting.circuits.sequence import Event, PauliSequence


def loaded(sequence: PauliSequence, seed: int, near: Sequence[int] | None = None) -> arrays.State:
    """The arrays of a sequence, with room for half as many nodes again; ``near`` as in :func:`anneal`."""
    n, length = sequence.n_qubits, len(sequence.events)
    room = max(64, length // 2)
    nodes = length + 2 + room
    sizes = dict.fromkeys(arrays.State._fields, nodes)
    sizes |= dict.fromkeys(("wire", "letter", "later", "earlier", "mark", "paid"), 2 * nodes + n)
    sizes |= {
        "near": n,
        "frame_x": n,
        "frame_z": n,
        "log": 7 * arrays.LOG,
        "wide": arrays.WIDE + 1,
        "random": 2,
        "levels": 4 * n,
        "number": 8,
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
        state.near[w] = (1 << n) - 1 if near is None else near[w]
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
    state.number[arrays.DEPTH] = arrays.depth_of(state)
    state.number[arrays.USED], state.number[arrays.FREE] = length, room
    for k in range(room):
        state.free[k] = nodes - 1 - k
    state.random[0], state.random[1] = seeds(seed)
    return state


def read(sequence: PauliSequence, best: Any) -> PauliSequence:
    """A saved sequence that was annealed from the given one."""
    count = int(best[0])
    numbers = [
        int(value) for value in best[arrays.HEADER : arrays.HEADER + 3 * count + 2 * sequence.n_qubits]
    ]
    rows = [numbers[at : at + 3] for at in range(0, 3 * count, 3)]
    events = tuple(Event(x, z, tag >> 1) if tag >= 0 else Event(x, z, -1, -1 - tag) for x, z, tag in rows)
    flipped = frozenset(tag >> 1 for _, _, tag in rows if tag >= 0 and tag & 1)
    ends = numbers[3 * count :]
    return PauliSequence(
        sequence.n_qubits, events, tuple(zip(ends[::2], ends[1::2], strict=True)), sequence.wires, flipped
    )
