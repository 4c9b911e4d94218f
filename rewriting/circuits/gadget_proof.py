"""A proof that a circuit with Hadamard gadgets is the circuit that it was made from, checked step by step.

The gadget rule: with b in |+⟩, CZ on a and b and a Hadamard gate on a, the part ⟨0|_a of the state is that of a
Hadamard gate from a to b, times 1/√2. The proof has three steps, none of which looks at how the circuit was made:

1. Where measurement k gave 1, the gates that depend on it, carried back to the start through all gates before
   them, are Z on an ancilla in |0⟩, that is, nothing: so every outcome does what outcome 0 does, and as often.
2. Without the measurements and the gates that depend on them, the circuit is a circuit without corrections, in
   which each rotation is in its place: they are compared as unitary circuits on all lines.
3. That circuit, by the gadget rule, is one on the given lines, which is compared with the given circuit.

Each comparison is of unitary circuits, by their Pauli rotations and quotients of commuting blocks.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from catenary.diagrams import LimitReached
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.blocks import phase_between
from catenary.rewriting.circuits.unitaries import pauli_miter
from catenary.rewriting.circuits.verdict import Verdict

METHOD = "gadget rule, Pauli-rotation miter, quotients of commuting blocks"


def prove_gadgets(
    given: Circuit, result: Circuit, plain: Sequence[Gate], gadgets: Collection[int], *, budget: float = 10.0
) -> Verdict:
    """Whether a circuit with gadgets is the given one, with outcomes that are 0 or 1 with equal probability.

    Args:
        given: unitary, straight, over the basic set.
        result: its lines, then one ancilla for each gadget, which begin and end in |0⟩.
        plain: gates on the given lines, equal to the given circuit (this is checked).
        gadgets: which of them are the Hadamard gates that became gadgets, in order.
        budget: seconds.

    Returns:
        ``"equal"``, or ``"unknown"`` with the step that failed.

    >>> gates = [Gate("h", (0,))]
    >>> lines = [Gate("h", (1,)), Gate("cz", (0, 1)), Gate("h", (0,)), Gate("measure", (0,), (), (0,))]
    >>> fixed = [Gate("x", (q,), condition=((0,), 1)) for q in (0, 1)]
    >>> back = [Gate("cx", (1, 0)), Gate("cx", (0, 1))]
    >>> one = Circuit(1, gates)
    >>> prove_gadgets(one, Circuit(2, lines + fixed + back, 1), gates, [0]).answer
    'equal'
    >>> print(prove_gadgets(one, Circuit(2, lines + fixed[:1] + back, 1), gates, [0]).reason)
    the gates that depend on measurement 0 do not undo it
    """
    deadline = time.monotonic() + budget
    n, lines = given.n_qubits, result.n_qubits
    try:
        inner, where, corrected = _with_gadgets(n, plain, gadgets)
        if lines != n + len(gadgets) or inner is None:
            return _unknown("the gadgets do not fit the circuit")
        body = list(result.gates)
        for q in reversed(range(n)):
            if where[q] != q:
                # The line is in |0⟩ after its measurement: the state comes back to it, and |0⟩ goes to the ancilla.
                if body[-2:] != [Gate("cx", (where[q], q)), Gate("cx", (q, where[q]))]:
                    return _unknown(f"line {q} does not come back to its place")
                del body[-2:]
        before: list[Gate] = []
        k = at = 0
        over: set[int] = set()
        while at < len(body):
            gate = body[at]
            at += 1
            if gate.condition is not None or not over.isdisjoint(gate.qubits):
                return _unknown("a gate depends on another measurement, or acts on a line after its own")
            if gate.name != "measure":
                before.append(gate)
                continue
            if k == len(corrected) or gate.qubits != (corrected[k],) or gate.clbits != (given.n_clbits + k,):
                return _unknown(f"measurement {k} is not that of its gadget")
            undone: list[Gate] = []
            while at < len(body) and body[at].condition == (gate.clbits, 1):
                undone.append(Gate(body[at].name, body[at].qubits, body[at].params))
                at += 1
            # The measured line goes from |1⟩ to |0⟩, and the others that were measured stay as they are.
            own = [gate.name for gate in undone if corrected[k] in gate.qubits]
            if undone and (own != ["x"] or not all(over.isdisjoint(gate.qubits) for gate in undone)):
                return _unknown(f"line {corrected[k]} does not come back to |0⟩")
            if not _equal(lines, [*before, *undone], [Gate("z", (n + k,)), *before], deadline):
                return _unknown(f"the gates that depend on measurement {k} do not undo it")
            over.add(corrected[k])
            k += 1
        if k < len(corrected):
            return _unknown("a measurement is missing")
        if not _equal(lines, before, inner, deadline):
            return _unknown("the rotations could not be carried to their places")
        if not _equal(n, plain, given.gates, deadline):
            return _unknown("the circuit without gadgets could not be compared with the given one")
    except LimitReached as limit:
        return _unknown(str(limit))
    return Verdict("equal", METHOD, tried=(METHOD,))


def _unknown(reason: str) -> Verdict:
    return Verdict("unknown", "", reason=reason, tried=(METHOD,))


def _with_gadgets(
    n: int, plain: Sequence[Gate], gadgets: Collection[int]
) -> tuple[list[Gate] | None, list[int], list[int]]:
    """The gates with gadgets in place of some Hadamard gates, on which line each of the n ends, and which lines are
    projected on ⟨0|.
    """
    gates = [Gate("h", (n + k,)) for k in range(len(gadgets))]
    where = list(range(n))
    left: list[int] = []
    for number, gate in enumerate(plain):
        wires = tuple(where[q] for q in gate.qubits)
        if number not in gadgets:
            gates.append(Gate(gate.name, wires, gate.params))
            continue
        if gate.name != "h":
            return None, where, left
        new = n + len(left)
        gates += [Gate("cz", (*wires, new)), Gate("h", wires)]
        left += wires
        where[gate.qubits[0]] = new
    return gates, where, left


def _equal(n: int, a: Sequence[Gate], b: Sequence[Gate], deadline: float) -> bool:
    """Whether two lists of unitary gates are equal up to phase."""
    one, other = (Circuit.unchecked(n, tuple(gates)) for gates in (a, b))
    if pauli_miter(one, other, deadline=deadline)[0] is not None:
        return True
    return phase_between(one, other, deadline=deadline) is not None
