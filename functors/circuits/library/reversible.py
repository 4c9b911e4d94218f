"""Classical reversible simulation: what a circuit of X, (multi-)controlled X and swaps does to bits."""

from __future__ import annotations

from collections.abc import Sequence

from catenary.diagrams.errors import ArityError
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import CircuitError

_CONTROLLED = frozenset({"x", "cx", "ccx", "c3x", "c4x"})


def run_bits(circuit: Circuit, bits: Sequence[int]) -> tuple[int, ...]:
    """The basis state that a classical reversible circuit makes of one, in time linear in its gates.

    Args:
        circuit: gates x, cx, ccx, c3x, c4x, swap and cswap, barriers, and gates defined by these.
        bits: 0 or 1 for each input.

    Returns:
        0 or 1 for each output.

    Raises:
        CircuitError: for any other gate.
        ArityError: for the wrong number of bits, or values that are no bits.

    >>> from catenary.functors.circuits.gates import Gate
    >>> run_bits(Circuit(3, [Gate("ccx", (0, 1, 2)), Gate("cx", (0, 1))]), [1, 1, 0])
    (1, 0, 1)
    """
    if len(bits) != len(circuit.inputs) or any(b not in (0, 1) for b in bits):
        raise ArityError(f"a circuit with {len(circuit.inputs)} inputs needs as many bits, not {list(bits)}")
    state = [0] * circuit.n_qubits
    for q, bit in zip(circuit.inputs, bits, strict=True):
        state[q] = int(bit)
    for index, gate in enumerate(circuit.unfolded().gates):
        name, qubits = gate.name, gate.qubits
        if gate.condition is not None:
            raise CircuitError(f"gate {index} ({name}) is conditional: only gates can be run on bits")
        if name in _CONTROLLED:
            if all(state[q] for q in qubits[:-1]):
                state[qubits[-1]] ^= 1
        elif name == "swap" or (name == "cswap" and state[qubits[0]]):
            a, b = qubits[-2:]
            state[a], state[b] = state[b], state[a]
        elif name not in ("cswap", "barrier", "id"):
            raise CircuitError(f"gate {index} ({gate.label or name}) is not a classical reversible gate")
    return tuple(state[q] for q in circuit.outputs)
