"""The lines of a circuit: writing their permutation as swaps."""

from __future__ import annotations

from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import CircuitError, Gate, renumbered


def in_order(circuit: Circuit) -> Circuit:
    """An equal circuit whose inputs and outputs are all lines in order: a permutation is written as swap
    gates.

    Raises:
        CircuitError: if a line begins with ``init`` or ends with ``post``.

    >>> crossed = Circuit(2, [Gate("h", (0,))], outputs=[1, 0])
    >>> in_order(crossed).gates
    (Gate('h', (0,)), Gate('swap', (0, 1)))
    """
    whole = tuple(range(circuit.n_qubits))
    if circuit.inputs == whole == circuit.outputs:
        return circuit
    if sorted(circuit.inputs) != list(whole) or sorted(circuit.outputs) != list(whole):
        raise CircuitError(
            "a line begins with init or ends with post: this needs lines that run right through"
        )
    line = [0] * circuit.n_qubits
    for place, q in enumerate(circuit.inputs):
        line[q] = place
    gates = list(renumbered(circuit.gates, line))
    at = [line[q] for q in circuit.outputs]  # output k is carried by line at[k]
    for k in whole:
        while at[k] != k:
            other = at[k]
            gates.append(Gate("swap", (k, other)))
            # what was on line k is now on the other, and the other way round
            at[at.index(k)], at[k] = other, k
    same = circuit.inputs == whole
    return Circuit.unchecked(
        circuit.n_qubits,
        tuple(gates),
        circuit.n_clbits,
        global_phase=circuit.global_phase,
        qregs=circuit.qregs if same else (),
        cregs=circuit.cregs,
    )
