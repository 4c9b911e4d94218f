"""Where else in a circuit a phase gate may stand: the facts of phase polynomials, for e-graphs of wires.

A phase gate turns about the Pauli operator Z of its wire. Carried along the circuit by Clifford gates, and past phases with
which it commutes, that operator is again ±Z of a single wire at other places; the gate may stand there as well (in a
region of CX and phases: wherever the same parity is on a wire; Amy, Maslov & Mosca, arXiv 1303.2042). The places may be
any number of gates apart, so that no rule of bounded size says this.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from catenary.diagrams import Diagram
from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.signature import GATE_SIGNATURE
from catenary.rewriting.egraph.analyses import Analysis

_HALF = Fraction(1, 2)


class PhasePlaces(Analysis):
    """Each form of a circuit in which one of its phase gates stands elsewhere, or is one with another.

    For diagrams over the gate signature with gates h, x, cx, cz and p; others have no forms.

    Args:
        most: forms of one diagram at most.

    >>> circuit = Circuit(2, [Gate("cx", (0, 1)), Gate("p", (1,), (Fraction(1, 4),)), Gate("h", (1,)),
    ...     Gate("h", (1,)), Gate("cx", (0, 1)), Gate("h", (1,)), Gate("cx", (1, 0))])
    >>> moved = [Circuit.from_diagram(form) for form in PhasePlaces().forms(circuit.to_diagram())]
    >>> [[gate.name for gate in form.gates] for form in moved]
    [['cx', 'h', 'h', 'p', 'cx', 'h', 'cx']]
    """

    name = "phase places"

    def __init__(self, most: int = 400):
        self.most = most

    def forms(self, diagram: Diagram) -> Iterator[Diagram]:
        """Equal diagrams, up to a global phase."""
        if not GATE_SIGNATURE.includes(diagram.signature):
            return
        circuit = Circuit.from_diagram(diagram)
        if not all(g.name in ("h", "x", "cx", "cz", "p") and g.condition is None for g in circuit.gates):
            return
        left = self.most
        for at, gate in enumerate(circuit.gates):
            if gate.name != "p":
                continue
            for where, wire, sign in places(circuit, at):
                if not left:
                    return
                left -= 1
                yield circuit.with_gates(_moved(circuit, at, where, wire, sign), Fraction(0)).to_diagram()


def places(circuit: Circuit, at: int) -> Iterator[tuple[int, int, int]]:
    """Where the phase gate number ``at`` may stand: (gates before it, wire, sign of its angle).

    Of places between which it only passes gates that are diagonal on its wire the first is given, and none of those
    beside where it is.
    """
    gates = circuit.gates
    (wire,) = gates[at].qubits
    for order, ahead in ((range(at + 1, len(gates)), True), (range(at - 1, -1, -1), False)):
        x, z, sign = 0, 1 << wire, 1
        here: int | None = wire
        for k in order:
            found = _past(gates[k], x, z, sign, ahead)
            if found is None:
                break
            x, z, sign = found
            alone = z.bit_length() - 1 if not x and z & (z - 1) == 0 else None
            if alone is not None and alone != here:
                yield (k + 1 if ahead else k), alone, sign
            here = alone


def _moved(circuit: Circuit, at: int, where: int, wire: int, sign: int) -> tuple[Gate, ...]:
    gates = list(circuit.gates)
    angle = gates[at].params[0] * sign
    moved = Gate("p", (wire,), (angle % 2 if isinstance(angle, Fraction) else angle,))
    gates.insert(where, moved)
    del gates[at if where > at else at + 1]
    return tuple(gates)


def _past(gate: Gate, x: int, z: int, sign: int, ahead: bool) -> tuple[int, int, int] | None:
    """The Pauli operator i^{|x∧z|} X^x Z^z with a sign on the other side of a gate; ``None`` if a phase stops it."""
    one = 1 << gate.qubits[0]
    if gate.name == "h":
        if x & one and z & one:
            sign = -sign
        swapped = ((x & one) ^ (z & one)) and one
        return x ^ swapped, z ^ swapped, sign
    if gate.name == "x":
        return x, z, -sign if z & one else sign
    if gate.name == "p":
        return _past_phase(gate.params[0], one, x, z, sign, ahead)
    other = 1 << gate.qubits[1]
    if gate.name == "cx":
        if x & one and z & other and bool(x & other) == bool(z & one):
            sign = -sign
        return x ^ (other if x & one else 0), z ^ (one if z & other else 0), sign
    # cz: h on the target before and after cx
    found = _past(Gate("h", gate.qubits[1:]), x, z, sign, ahead)
    for step in (Gate("cx", gate.qubits), Gate("h", gate.qubits[1:])):
        assert found is not None
        found = _past(step, *found, ahead)
    return found


def _past_phase(
    angle: Phase, one: int, x: int, z: int, sign: int, ahead: bool
) -> tuple[int, int, int] | None:
    if not x & one:
        return x, z, sign
    if is_symbolic(angle) or not isinstance(angle, Fraction) or (angle / _HALF).denominator != 1:
        return None
    for _ in range(int(angle / _HALF) % 4 if ahead else -int(angle / _HALF) % 4):
        # S X S† = Y, S Y S† = -X
        sign = -sign if z & one else sign
        z ^= one
    return x, z, sign


__all__ = ["PhasePlaces", "places"]
