"""Post-selected circuits in the form that files and machines take."""

from __future__ import annotations

from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.gates import Gate


def measured(circuit: Circuit) -> Circuit:
    """The circuit with each ``init`` made a fresh or reset qubit and each ``post`` a measurement.

    Keep the shots where the register ``post`` reads all 0: on those the open lines hold the post-selected state. Lines that were
    outputs stay unmeasured.

    >>> bell_effect = Circuit(2, [Gate("cx", (0, 1)), Gate("h", (0,)), Gate("post", (0,)), Gate("post", (1,))])
    >>> [gate.name for gate in measured(bell_effect)]
    ['cx', 'h', 'measure', 'measure']
    """
    effects = sum(gate.name == "post" for gate in circuit)
    gates: list[Gate] = []
    used: set[int] = set()
    bit = circuit.n_clbits
    for gate in circuit:
        if gate.name == "init":
            if gate.qubits[0] in used:
                gates.append(Gate("reset", gate.qubits))
        elif gate.name == "post":
            gates.append(Gate("measure", gate.qubits, clbits=(bit,)))
            bit += 1
        else:
            gates.append(gate)
        used.update(gate.qubits)
    bits = circuit.cregs or ((Register("c", circuit.n_clbits),) if circuit.n_clbits else ())
    post = (Register("post", effects),) if effects else ()
    return Circuit(
        circuit.n_qubits,
        gates,
        bit,
        global_phase=circuit.global_phase,
        qregs=circuit.qregs,
        cregs=(*bits, *post),
    )
