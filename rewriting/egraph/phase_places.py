"""Where else in a circuit a phase gate may stand: the facts of phase polynomials, for e-graphs of wires.

A phase gate turns about the Pauli operator Z of its wire. Carried along the circuit by Clifford gates, and past phases with
which it commutes, that operator is again ±Z of a single wire at other places; the gate may stand there as well (in a
region of CX and phases: wherever the same parity is on a wire; Amy, Maslov & Mosca, arXiv 1303.2042). The places may be
any number of gates apart, so that no rule of bounded size says this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from catenary.diagrams import Diagram
from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.signature import GATE_SIGNATURE
from catenary.rewriting.egraph.analyses import Analysis

_HALF = Fraction(1, 2)


class PhasePlaces(Analysis):
    """Each form of a circuit in which one of its phase gates stands elsewhere, perhaps beside another to add up with.

    For diagrams over the gate signature with gates h, x, cx, cz and p; others have no forms.

    Args:
        about_x: give the places between two h, where the gate turns about X, and not those where it turns about Z.
        most: forms of one diagram at most.

    >>> circuit = Circuit(2, [Gate("cx", (0, 1)), Gate("p", (1,), (Fraction(1, 4),)), Gate("h", (1,)),
    ...     Gate("h", (1,)), Gate("cx", (0, 1)), Gate("h", (1,)), Gate("cx", (1, 0))])
    >>> moved = [Circuit.from_diagram(form) for form in PhasePlaces().forms(circuit.to_diagram())]
    >>> [[gate.name for gate in form.gates] for form in moved]
    [['cx', 'h', 'h', 'p', 'cx', 'h', 'cx']]
    """

    name = "phase places"

    def __init__(self, *, about_x: bool = False, most: int = 400):
        self.about_x, self.most = about_x, most

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
            for place in places(circuit, at):
                if place.about_x != self.about_x:
                    continue
                if not left:
                    return
                left -= 1
                yield circuit.with_gates(_moved(circuit, at, place), Fraction(0)).to_diagram()


@dataclass(frozen=True)
class Place:
    """Where a phase gate may stand: how many gates are before it, the wire, whether it turns about X there, and the sign
    of its angle.
    """

    before: int
    wire: int
    about_x: bool
    sign: int


def places(circuit: Circuit, at: int) -> Iterator[Place]:
    """Where the phase gate number ``at`` may stand.

    Of places between which its operator stays the same on one wire the first is given, and none of those beside where it is.
    """
    gates = circuit.gates
    (wire,) = gates[at].qubits
    for order, ahead in ((range(at + 1, len(gates)), True), (range(at - 1, -1, -1), False)):
        x, z, sign = 0, 1 << wire, 1
        here: tuple[int, bool] | None = (wire, False)
        for k in order:
            found = _past(gates[k], x, z, sign, ahead)
            if found is None:
                break
            x, z, sign = found
            word = x or z
            alone = None if (x and z) or word & (word - 1) else (word.bit_length() - 1, bool(x))
            if alone is not None and alone != here:
                yield Place(k + 1 if ahead else k, *alone, sign)
            here = alone


def _moved(circuit: Circuit, at: int, place: Place) -> tuple[Gate, ...]:
    gates = list(circuit.gates)
    angle = gates[at].params[0] * place.sign
    moved = [Gate("p", (place.wire,), (angle % 2 if isinstance(angle, Fraction) else angle,))]
    if place.about_x:
        turn = Gate("h", (place.wire,))
        moved = [turn, *moved, turn]
    gates[place.before : place.before] = moved
    del gates[at if place.before > at else at + len(moved)]
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


__all__ = ["PhasePlaces", "Place", "places"]
