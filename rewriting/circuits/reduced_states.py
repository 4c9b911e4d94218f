"""What circuits with measurements leave of a product input: entries of the density matrix of outputs and bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catenary.rewriting.circuits.purification import Purified
from catenary.rewriting.circuits.simulation import run


class ReducedState:
    """The density matrix of the outputs and, looked at, the classical bits; from a sparse state of all lines.

    Basis states are numbers: output k is bit k, classical bit c is bit ``len(outputs) + c``.

    Args:
        circuit: the purified circuit.
        inputs: letter of each input, as in :data:`~catenary.rewriting.circuits.simulation.STATES`.

    Raises:
        LimitReached: if the sparse state has more than ``limit`` basis states, or past the deadline.
    """

    def __init__(
        self, circuit: Purified, inputs: Sequence[str], *, limit: int = 1 << 14, deadline: float | None = None
    ) -> None:
        letters = ["0"] * circuit.circuit.n_qubits
        for line, letter in zip(circuit.inputs, inputs, strict=True):
            if line in circuit.free:  # the others are prepared by the circuit
                letters[line] = letter
        keys, self.amplitudes = run(circuit.circuit, letters, limit=limit, deadline=deadline)
        if circuit.closed:
            kept = ~_gathered(keys, circuit.closed).astype(bool)
            keys, self.amplitudes = keys[kept], self.amplitudes[kept]
        self.basis = _gathered(keys, (*circuit.outputs, *circuit.records))
        # what does not interfere: classical bits and what is thrown away
        self.branch = _gathered(keys, (*circuit.records, *circuit.environment))

    def probabilities(self) -> dict[int, float]:
        """The diagonal."""
        found: dict[int, float] = {}
        for basis, amplitude in zip(self.basis.tolist(), self.amplitudes.tolist(), strict=True):
            found[basis] = found.get(basis, 0.0) + abs(amplitude) ** 2
        return found

    def weights(self, outputs: int) -> dict[int, float]:
        """The distribution of the number of ones among the first outputs."""
        found: dict[int, float] = {}
        for basis, probability in self.probabilities().items():
            ones = (basis & ((1 << outputs) - 1)).bit_count()
            found[ones] = found.get(ones, 0.0) + probability
        return found

    def row(self, basis: int) -> dict[int, complex]:
        """The entries ⟨basis|ρ|column⟩ by column."""
        here = self.basis == basis
        ours = dict(zip(self.branch[here].tolist(), self.amplitudes[here].tolist(), strict=True))
        found: dict[int, complex] = {}
        for branch, column, amplitude in zip(
            self.branch.tolist(), self.basis.tolist(), self.amplitudes.tolist(), strict=True
        ):
            own = ours.get(branch)
            if own is not None:
                found[column] = found.get(column, 0j) + own * amplitude.conjugate()
        return found


def _gathered(keys: NDArray[Any], lines: Sequence[int]) -> NDArray[Any]:
    """For each key the number of its bits at some lines."""
    found = np.zeros(len(keys), dtype=np.int64 if len(lines) <= 62 else object)
    for k, line in enumerate(lines):
        bit = keys >> line & 1
        found = found | (bit.astype(found.dtype) << k)
    return found


def largest_difference(
    a: ReducedState, b: ReducedState, threshold: float
) -> tuple[int, int, complex, complex] | None:
    """An entry in which two states differ by more than the threshold, with both values: a probability if there is
    one, else the coherences of the likeliest basis states."""
    left, right = a.probabilities(), b.probabilities()
    both = {*left, *right}
    if not both:
        return None
    best = max(sorted(both), key=lambda k: abs(left.get(k, 0.0) - right.get(k, 0.0)))
    values = left.get(best, 0.0), right.get(best, 0.0)
    if abs(values[0] - values[1]) > threshold:
        return best, best, complex(values[0]), complex(values[1])
    for row in sorted(both, key=lambda k: -left.get(k, 0.0))[:4]:
        ours, theirs = a.row(row), b.row(row)
        column = max(sorted({*ours, *theirs}), key=lambda k: abs(ours.get(k, 0) - theirs.get(k, 0)))
        one, other = complex(ours.get(column, 0)), complex(theirs.get(column, 0))
        if abs(one - other) > threshold:
            return row, column, one, other
    return None
