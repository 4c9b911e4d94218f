"""Controlled circuits, multi-controlled Toffoli gates, and circuits on a line."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from catenary.diagrams.errors import ArityError, expect_count
from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.controls import controlled_gate
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import CircuitError, Gate, renumbered, shifted
from catenary.functors.circuits.multicontrol import (
    controlled_phase,
    flip,
    with_clean,
    with_dirty,
    with_one_dirty,
)

Ancillas = Literal["none", "one dirty", "dirty", "clean"]


def controlled(circuit: Circuit) -> Circuit:
    """The circuit under the control of a new line 0: exactly the identity where that line is 0.

    The circuit's lines are moved up by one, and its global phase becomes a phase gate on the control.

    Raises:
        CircuitError: if the circuit is not unitary, or its lines change places.

    >>> controlled(Circuit(1, [Gate("t", (0,)), Gate("h", (0,))])).gates
    (Gate('cp', (0, 1), (Fraction(1, 4),)), Gate('ch', (0, 1)))
    """
    whole = tuple(range(circuit.n_qubits))
    if not circuit.is_unitary or circuit.inputs != whole or circuit.outputs != whole:
        raise CircuitError("only a unitary circuit whose lines keep their places can be controlled")
    gates: list[Gate] = []
    phase: Phase = circuit.global_phase
    for gate in shifted(circuit.gates, 1):
        if gate.name == "barrier":
            gates.append(Gate("barrier", (0, *gate.qubits)))
        else:
            gates += controlled_gate((0,), gate)
    if is_symbolic(phase) or phase:
        gates.append(Gate("p", (0,), (phase,)))
    return Circuit.unchecked(circuit.n_qubits + 1, tuple(gates))


def power(circuit: Circuit, times: int) -> Circuit:
    """The circuit ``times`` times over.

    >>> len(power(Circuit(1, [Gate("t", (0,))]), 3))
    3
    """
    out = Circuit(circuit.n_qubits)
    for _ in range(expect_count(times, "the power of a circuit")):
        out = out >> circuit
    return out


def multi_controlled_phase(controls: int, angle: Phase = Fraction(1)) -> Circuit:
    """The phase e^{iπ·angle} on the all-ones state of ``controls + 1`` qubits; Z by default, no ancillas.

    O(k²) gates: Barenco et al., *Elementary gates for quantum computation*, arXiv quant-ph/9503016, lemma 7.5.

    >>> multi_controlled_phase(1).gates
    (Gate('cp', (0, 1), (Fraction(1, 1),)),)
    """
    expect_count(controls, "the number of controls")
    return Circuit(controls + 1, controlled_phase(range(controls), controls, angle))


def multi_controlled_x(
    controls: int, ancillas: Ancillas = "none", *, nearest_neighbour: bool = False
) -> Circuit:
    """X on qubit ``controls`` where the qubits before it are all 1; ancillas are the lines after it.

    Source: Barenco et al., *Elementary gates for quantum computation*, arXiv quant-ph/9503016.

    Args:
        controls: number k of controls.
        ancillas: ``"none"``: O(k²) gates (lemma 7.5); ``"one dirty"``: one line in any state, which is
            given back as it was, at most 8(k - 3) Toffoli gates for k ≥ 5 (corollary 7.4); ``"dirty"``: k - 2 such lines and
            4(k - 2) Toffoli gates (lemma 7.2); ``"clean"``: k - 2 lines that begin and end as 0, 2k - 3
            Toffoli gates.
        nearest_neighbour: over basic gates on neighbouring lines only, with swaps (:func:`on_a_line`).

    Raises:
        ArityError: for another word.

    >>> from catenary.functors.circuits.library import run_bits
    >>> [len(multi_controlled_x(5, kind)) for kind in ("clean", "dirty", "one dirty")]
    [7, 12, 16]
    >>> run_bits(multi_controlled_x(3, "dirty"), [1, 1, 1, 0, 1])
    (1, 1, 1, 1, 1)
    """
    k = expect_count(controls, "the number of controls")
    lines, extra = list(range(k)), max(k - 2, 0)
    others = list(range(k + 1, k + 1 + extra))
    if ancillas == "none":
        extra = 0
        gates = (
            flip(lines, k)
            if k <= 2
            else [Gate("h", (k,)), *controlled_phase(lines, k, Fraction(1)), Gate("h", (k,))]
        )
    elif ancillas == "one dirty":
        extra = min(extra, 1)
        gates = with_one_dirty(lines, k, k + 1)
    elif ancillas == "dirty":
        gates = with_dirty(lines, k, others)
    elif ancillas == "clean":
        gates = with_clean(lines, k, others)
    else:
        raise ArityError(f"ancillas are 'none', 'one dirty', 'dirty' or 'clean', not {ancillas!r}")
    registers = (("controls", k), ("target", 1), ("ancillas", extra))
    circuit = Circuit(k + 1 + extra, gates, qregs=[Register(name, size) for name, size in registers if size])
    return on_a_line(circuit) if nearest_neighbour else circuit


def on_a_line(circuit: Circuit) -> Circuit:
    """An equal circuit over basic gates in which two-qubit gates act on neighbouring lines only.

    Lines are brought together by swaps from both sides and brought back at the end. A simple construction that always
    works, with O(n) swaps for each gate, not a minimal one.

    Raises:
        CircuitError: if the circuit is not unitary, or its lines change places.

    >>> on_a_line(Circuit(3, [Gate("cx", (0, 2))])).gates
    (Gate('swap', (0, 1)), Gate('cx', (1, 2)), Gate('swap', (0, 1)))
    """
    whole = tuple(range(circuit.n_qubits))
    if not circuit.is_unitary or circuit.inputs != whole or circuit.outputs != whole:
        raise CircuitError("only a unitary circuit whose lines keep their places can be put on a line")
    basic = to_basic(circuit)
    place, line = list(whole), list(whole)  # of each qubit; and the qubit at each place
    gates: list[Gate] = []

    def exchange(at: int) -> None:
        gates.append(Gate("swap", (at, at + 1)))
        line[at], line[at + 1] = line[at + 1], line[at]
        place[line[at]], place[line[at + 1]] = at, at + 1

    for gate in basic.gates:
        if len(gate.qubits) == 2 and gate.name != "barrier":
            low, high = sorted(place[q] for q in gate.qubits)
            while high - low > 1:
                exchange(low)
                low += 1
                if high - low > 1:
                    high -= 1
                    exchange(high)
        gates += renumbered([gate], place)
    for k in whole:
        for at in range(place[k] - 1, k - 1, -1):
            exchange(at)
    return basic.with_gates(tuple(gates))
