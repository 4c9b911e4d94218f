"""What circuits with noise do, as channels: by doubled tensor networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.mixed import mixed_circuit
from catenary.rewriting.circuits.path_miter import PREPARATIONS

MOST_WIRES = 10
"""Free inputs and outputs of a channel, or outputs of a state, that are written out."""


def has_noise(circuit: Circuit) -> bool:
    """Whether a circuit holds noise."""
    return any(gate.name == "noise" for gate in circuit.gates)


def channel_array(circuit: Circuit, initial: str) -> NDArray[np.complex128] | None:
    """The channel of a circuit as one array: ket and bra of each free input and of each output, then the classical bits;
    ``None`` where that is large.

    Args:
        initial: ``?``, ``0`` or ``1`` for each input.
    """
    if initial.count("?") + len(circuit.outputs) + circuit.n_clbits // 2 > MOST_WIRES:
        return None
    return np.asarray(mixed_circuit(circuit, initial=initial).contract())


def _prepared(circuit: Circuit, inputs: Sequence[str]) -> Circuit:
    ready = [
        Gate(name, (q,))
        for q, letter in zip(circuit.inputs, inputs, strict=True)
        for name in PREPARATIONS[letter].split()
    ]
    return circuit.with_gates((*ready, *circuit.gates))


def state_of(circuit: Circuit, inputs: Sequence[str]) -> NDArray[np.complex128] | None:
    """What a product input becomes: ket and bra of each output, then the classical bits; ``None`` where that is large."""
    return channel_array(_prepared(circuit, inputs), "0" * len(inputs))


def entry(circuit: Circuit, inputs: Sequence[str], row: str, column: str) -> complex:
    """An entry of the density matrix of outputs and classical bits, from a product input.

    Args:
        row, column: bits, output 0 first, then the classical bits.

    >>> from catenary.functors.circuits.noise import phase_flip
    >>> round(entry(Circuit(1, [phase_flip(0.25, 0)]), "+", "0", "1").real, 6)
    0.25
    """
    n = len(circuit.outputs)
    if row[n:] != column[n:]:
        return 0j
    network = mixed_circuit(_prepared(circuit, inputs), initial="0" * len(inputs)).network
    ends = [int(bit) for pair in zip(row[:n], column[:n], strict=True) for bit in pair]
    found: Any = network.fix(dict(enumerate(ends + [int(bit) for bit in row[n:]]))).contract()
    return complex(found)


def largest_entry(
    one: NDArray[np.complex128], other: NDArray[np.complex128], outputs: int
) -> tuple[str, str]:
    """Row and column of the entry in which two states differ most."""
    place = np.unravel_index(int(np.argmax(np.abs(one - other))), one.shape)
    index = ["01"[k] for k in map(int, place)]
    bits = "".join(index[2 * outputs :])
    return "".join(index[: 2 * outputs : 2]) + bits, "".join(index[1 : 2 * outputs : 2]) + bits
