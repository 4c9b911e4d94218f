"""Equality of circuits up to the order of outputs: the order is found, then proved like any other equality."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from catenary.diagrams import LimitReached
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import CircuitError
from catenary.rewriting.circuits.path_miter import Miter
from catenary.rewriting.circuits.purification import Purified, purified
from catenary.rewriting.circuits.reduced_states import ReducedState
from catenary.rewriting.circuits.unitaries import bindings, pauli_miter
from catenary.rewriting.circuits.verdict import Verdict
from catenary.rewriting.circuits.witness import DIFFERENCE, Witness, measured_along, straight

INPUTS = 24
"""Product inputs by which outputs are told apart."""

Decide = Callable[[Circuit, Circuit, "str | None", float, int], Verdict]


def verify_permuted(
    a: Circuit, b: Circuit, initial: str | None, deadline: float, seed: int, decide: Decide
) -> Verdict:
    """Compare two circuits up to the order of outputs.

    The order is read off the tableau of the Pauli-rotation miter or off the sum over paths of the miter, when these
    reduce to a permutation of wires; else outputs are told apart by their one-qubit states on random product inputs.

    Args:
        decide: compares two circuits whose outputs are in order.
    """
    tried: list[str] = []
    verdict = decide(a, b, initial, time.monotonic() + max(0.0, deadline - time.monotonic()) * 0.1, seed)
    if verdict.answer == "equal":
        return replace(verdict, permutation=tuple(range(len(a.outputs))))
    for name, look in (("wires of the miter", _from_miter), ("one-qubit states", _from_states)):
        tried.append(f"permutation from {name}")
        try:
            places = look(a, b, initial, deadline, seed)
        except (LimitReached, CircuitError):
            continue
        if places is None:
            continue
        verdict = decide(a, permuted(b, places), initial, deadline, seed)
        if verdict.answer == "equal":
            return replace(verdict, permutation=places, tried=(*tried, *verdict.tried))
    tried.append("number of ones")
    try:
        witness = _by_weight(a, b, initial, deadline, seed)
    except CircuitError:
        witness = None
    if witness is not None:
        return Verdict("not equal", "number of ones", None, witness, str(witness), (*tried, *verdict.tried))
    reason = "no order of the outputs that makes them equal was found; that there is none is not proved"
    return Verdict("unknown", "none", reason=reason, tried=(*tried, *verdict.tried))


def permuted(circuit: Circuit, places: Sequence[int]) -> Circuit:
    """The circuit with its outputs in another order: output k is output ``places[k]`` of the given one."""
    return Circuit.unchecked(
        circuit.n_qubits,
        circuit.gates,
        circuit.n_clbits,
        circuit.inputs,
        tuple(circuit.outputs[k] for k in places),
        circuit.global_phase,
    )


def _from_miter(
    a: Circuit, b: Circuit, initial: str | None, deadline: float, seed: int
) -> tuple[int, ...] | None:
    if not (a.is_unitary and b.is_unitary):
        return None
    left, right = straight(to_basic(a)), straight(to_basic(b))
    _, form, tableau, _ = pauli_miter(left, right, deadline=deadline)
    if not form.rotations:
        places = []
        for q in range(left.n_qubits):
            x, z, _ = tableau.row_z(q)
            if x or z.bit_count() != 1:
                break
            places.append(z.bit_length() - 1)
        else:
            return tuple(places)
    until = time.monotonic() + max(0.0, deadline - time.monotonic()) * 0.4
    # b† and then a: from the outputs of b to those of a
    miter = Miter(purified(right.dagger()), purified(left.dagger()), deadline=until)
    images = miter.images()
    return None if images is None else images.places


def _from_states(
    a: Circuit, b: Circuit, initial: str | None, deadline: float, seed: int
) -> tuple[int, ...] | None:
    """Match outputs that have the same one-qubit states on all of some inputs."""
    rng = random.Random(seed)
    values = bindings(a, b, seed)
    sides = [purified(c.bind(values), initial) for c in (a, b)]
    n = len(a.outputs)
    marks: list[list[list[tuple[float, ...]]]] = [[[] for _ in range(n)] for _ in sides]
    for attempt in range(INPUTS):
        if time.monotonic() > deadline:
            return None
        states = initial or "?" * len(a.inputs)
        inputs = [rng.choice("01" if attempt % 2 else "01+-rl") if s == "?" else s for s in states]
        try:
            found = [_one_qubit_states(p, inputs, deadline) for p in sides]
        except LimitReached:
            continue
        for mark, bloch in zip(marks, found, strict=True):
            for k in range(n):
                mark[k].append(bloch[k])
    places: list[int] = []
    for k in range(n):
        same = [j for j in range(n) if j not in places and _close(marks[0][k], marks[1][j])]
        if not same:
            return None
        places.append(same[0])
    return tuple(places)


def _by_weight(a: Circuit, b: Circuit, initial: str | None, deadline: float, seed: int) -> Witness | None:
    """An input for which the number of outputs that are 1 is distributed otherwise: no order of outputs changes it."""
    rng = random.Random(seed)
    values = bindings(a, b, seed)
    bound = [c.bind(values) for c in (a, b)]
    sides = {
        letter: [purified(measured_along(c, letter), initial) for c in bound] for letter in ("Z", "X", "Y")
    }
    for attempt in range(6 * INPUTS):
        if time.monotonic() > deadline:
            return None
        letter = ("Z", "X", "Y")[attempt // 2 % 3]
        letters = ("01", "01+-rl")[attempt % 2]
        inputs = [rng.choice(letters) if s == "?" else s for s in initial or "?" * len(a.inputs)]
        try:
            found = [
                ReducedState(p, inputs, deadline=deadline).weights(len(p.outputs)) for p in sides[letter]
            ]
        except LimitReached:
            continue
        for weight in range(len(a.outputs) + 1):
            one, other = (each.get(weight, 0.0) for each in found)
            if abs(one - other) > 10 * DIFFERENCE:
                pair = complex(one), complex(other)
                return Witness(tuple(inputs), "", "", letter, pair, tuple(values.items()), weight)
    return None


def _close(one: Sequence[tuple[float, ...]], other: Sequence[tuple[float, ...]]) -> bool:
    return all(abs(x - y) < 1e-6 for p, q in zip(one, other, strict=True) for x, y in zip(p, q, strict=True))


def _one_qubit_states(circuit: Purified, inputs: Sequence[str], deadline: float) -> list[tuple[float, ...]]:
    """⟨X⟩, ⟨Y⟩ and ⟨Z⟩ of each output."""
    state = ReducedState(circuit, inputs, limit=1 << 12, deadline=deadline)
    amplitudes = dict(
        zip(
            zip(state.basis.tolist(), state.branch.tolist(), strict=True),
            state.amplitudes.tolist(),
            strict=True,
        )
    )
    found: list[tuple[float, ...]] = []
    for k in range(len(circuit.outputs)):
        up, coherence = 0.0, 0j
        for (basis, branch), value in amplitudes.items():
            if not basis >> k & 1:
                up += 2 * abs(value) ** 2
                coherence += value * complex(amplitudes.get((basis ^ 1 << k, branch), 0)).conjugate()
        found.append((2 * coherence.real, -2 * coherence.imag, up - 1))
    return found
