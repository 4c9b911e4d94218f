"""Shots of circuits with measurement, reset and conditions, from a seed.

A circuit whose measurements come last is run once; any other is run as a tree of branches, each measurement
dividing a branch's shots by the binomial law (noise by the multinomial one, over its Kraus operators), so that equal
histories are computed once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary.diagrams.errors import LimitReached, expect_count
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.functors.circuits.noise import NoiseChannel
from catenary.functors.circuits.simulate import gate_matrix, state_vector

_BIG = 2**63 - 1


def sample(circuit: Circuit, shots: int, seed: int | None = None, *, limit: int = 26) -> dict[str, int]:
    """Count the outcomes of a circuit run from |0…0⟩, ``shots`` times.

    Args:
        circuit: gates, noise, measurements, resets, conditions, barriers and ``init``. Without classical bits, all
            outputs are measured at the end.
        shots: how often to run it.
        seed: of NumPy's generator; the same seed gives the same counts. A fresh one unless given.
        limit: the most lines open at a time.

    Returns:
        How often each outcome was seen, in the order of the outcomes: a text of the classical bits, bit 0
        first (or of the outputs, output 0 first). Outcomes that were not seen are left out.

    Raises:
        CircuitError: for ``post``, which no shot can force (see
            :func:`~catenary.functors.circuits.postselection.measured`), and opaque operations.
        PhaseError: if an angle has free symbols.
        LimitReached: if more lines are open at a time.

    >>> gates = [Gate("h", (0,)), Gate("measure", (0,), clbits=(0,)), Gate("x", (1,), condition=((0,), 1))]
    >>> sample(Circuit(2, [*gates, Gate("measure", (1,), clbits=(1,))], n_clbits=2), 100, seed=7)
    {'00': 45, '11': 55}
    """
    expect_count(shots, "the number of shots", _BIG)
    for index, gate in enumerate(circuit.gates):
        if gate.name in ("post", "opaque"):
            raise CircuitError(
                f"gate {index} is {gate.label or gate.name}: shots are of gates, measurements and resets"
            )
    rng = np.random.default_rng(seed)
    circuit = circuit.unfolded()
    plain = _measured_last(circuit)
    counts: dict[str, int] = {}
    if plain is None:
        for bits, seen in _branches(circuit, shots, rng, limit):
            key = "".join(map(str, bits))
            counts[key] = counts.get(key, 0) + seen
    elif shots:
        whole, read = plain
        weights = abs(state_vector(whole, limit=limit)) ** 2
        n = len(whole.outputs)
        values, seen_at = np.unique(_draw(weights, shots, rng), return_counts=True)
        place = {line: k for k, line in enumerate(whole.outputs)}
        for value, seen in zip(values.tolist(), seen_at.tolist(), strict=True):
            bits = ["0" if line is None else str(value >> (n - 1 - place[line]) & 1) for line in read]
            key = "".join(bits)
            counts[key] = counts.get(key, 0) + seen
    return dict(sorted(counts.items()))


def _draw(weights: Any, shots: int, rng: np.random.Generator) -> Any:
    if shots > 100_000_000:
        raise LimitReached("sampling", "100,000,000 shots")
    sums = np.cumsum(weights)
    found = np.searchsorted(sums, rng.random(shots) * sums[-1], side="right")
    # a state of weight zero is never drawn, not even by rounding at the end
    return np.minimum(found, np.flatnonzero(weights)[-1])


def _measured_last(circuit: Circuit) -> tuple[Circuit, list[int | None]] | None:
    """The gates alone, and the line that each bit reads, if no line is touched after its measurement."""
    bits: list[int | None] = [None] * circuit.n_clbits
    done: set[int] = set()
    gates: list[Gate] = []
    for gate in circuit.gates:
        if gate.name == "barrier":
            continue
        if gate.condition is not None or gate.name in ("reset", "noise") or done.intersection(gate.qubits):
            return None
        if gate.name == "measure":
            done.add(gate.qubits[0])
            bits[gate.clbits[0]] = gate.qubits[0]
        else:
            gates.append(gate)
    read: list[int | None] = bits if circuit.n_clbits else list(circuit.outputs)
    plain = Circuit.unchecked(
        circuit.n_qubits, tuple(gates), 0, circuit.inputs, circuit.outputs, circuit.global_phase
    )
    return plain, read


def _branches(circuit: Circuit, shots: int, rng: np.random.Generator, limit: int) -> Any:
    """The classical bits at the end of each branch (or its outputs) and its shots, depth first."""
    n = len(circuit.inputs)
    if n > limit:
        raise LimitReached("sampling", f"{limit} open lines: pass a larger limit")
    state = np.zeros((2,) * n, dtype=complex)
    state[(0,) * n] = 1
    todo = [(0, state, circuit.inputs, (0,) * circuit.n_clbits, shots)] if shots else []
    while todo:
        index, state, axes, bits, left = todo.pop()
        while index < len(circuit.gates):
            gate = circuit.gates[index]
            index += 1
            if gate.name == "barrier" or (gate.condition is not None and not _holds(gate.condition, bits)):
                continue
            if gate.name == "init":
                if len(axes) >= limit:
                    raise LimitReached("sampling", f"{limit} open lines: pass a larger limit")
                state = np.stack([state, np.zeros_like(state)], axis=-1)
                axes = (*axes, gate.qubits[0])
            elif gate.name in ("measure", "reset"):
                q = axes.index(gate.qubits[0])
                halves = [np.take(state, k, axis=q) for k in (0, 1)]
                weights = [float(np.vdot(half, half).real) for half in halves]
                ones = int(rng.binomial(left, min(weights[1] / sum(weights), 1.0)))
                ways = []
                for outcome, seen in ((0, left - ones), (1, ones)):
                    if seen:
                        half = halves[outcome] / np.sqrt(weights[outcome])
                        zero = np.zeros_like(half)
                        one = gate.name == "measure" and outcome
                        new = np.stack([zero, half] if one else [half, zero], axis=q)
                        now = bits
                        if gate.name == "measure":
                            c = gate.clbits[0]
                            now = (*bits[:c], outcome, *bits[c + 1 :])
                        ways.append((index, new, axes, now, seen))
                todo += ways[1:]
                _, state, axes, bits, left = ways[0]
            elif gate.name == "noise":
                here = [axes.index(q) for q in gate.qubits]
                first, *rest = _noisy(gate, state, here, bits, left, rng)
                todo += [(index, new, axes, now, seen) for new, now, seen in rest]
                state, bits, left = first
            else:
                k = len(gate.qubits)
                here = [axes.index(q) for q in gate.qubits]
                matrix = gate_matrix(gate).reshape((2,) * (2 * k))
                state = np.tensordot(matrix, state, axes=(list(range(k, 2 * k)), here))
                state = np.moveaxis(state, list(range(k)), here)
        if circuit.n_clbits:
            yield bits, left
            continue
        flat = state.transpose([axes.index(q) for q in circuit.outputs]).reshape(-1)
        values, seen_at = np.unique(_draw(abs(flat) ** 2, left, rng), return_counts=True)
        width = len(circuit.outputs)
        for value, seen in zip(values.tolist(), seen_at.tolist(), strict=True):
            yield tuple(value >> (width - 1 - k) & 1 for k in range(width)), seen


def _noisy(
    gate: Gate, state: Any, here: list[int], bits: tuple[int, ...], shots: int, rng: np.random.Generator
) -> list[tuple[Any, tuple[int, ...], int]]:
    """The trajectories of noise: state, bits and shots of each that is seen."""
    noise = gate.meaning
    assert isinstance(noise, NoiseChannel)
    k = len(here)
    found = []
    operators = noise.matrices() if noise.readout is None else _PROJECTORS
    states, weights = [], []
    for operator in operators:
        new = np.tensordot(operator.reshape((2,) * (2 * k)), state, axes=(list(range(k, 2 * k)), here))
        states.append(np.moveaxis(new, list(range(k)), here))
        weights.append(float(np.vdot(new, new).real))
    chances = np.array(weights) / sum(weights)
    for place, seen in enumerate(rng.multinomial(shots, chances).tolist()):
        if not seen:
            continue
        new = states[place] / np.sqrt(weights[place])
        if noise.readout is None:
            found.append((new, bits, seen))
            continue
        (c,) = gate.clbits
        wrong = int(rng.binomial(seen, noise.readout[place]))
        for read, times in ((place, seen - wrong), (1 - place, wrong)):
            if times:
                found.append((new, (*bits[:c], read, *bits[c + 1 :]), times))
    return found


_PROJECTORS = [np.diag([1.0, 0.0]), np.diag([0.0, 1.0])]


def _holds(condition: tuple[tuple[int, ...], int], bits: tuple[int, ...]) -> bool:
    held, value = condition
    return sum(bits[c] << k for k, c in enumerate(held)) == value
