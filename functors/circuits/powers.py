"""Powers of gates with an exponent that need not be whole: the principal power, as OpenQASM 3 has it.

An eigenvalue e^{iα} with -π < α ≤ π becomes e^{iαr}.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.controls import controlled_gate, phase_on
from catenary.functors.circuits.gates import CircuitError, Gate, adjoint, renumbered
from catenary.functors.circuits.simulate import unitary

HALF = Fraction(1, 2)
_PHASES = {
    "z": Fraction(1),
    "s": HALF,
    "sdg": -HALF,
    "t": HALF / 2,
    "tdg": -HALF / 2,
    "cz": Fraction(1),
    "ccz": Fraction(1),
}
_FLIPS = {
    **dict.fromkeys(("x", "cx", "ccx", "c3x", "c4x", "mcx"), Fraction(1)),
    "sx": HALF,
    "sxdg": -HALF,
    "csx": HALF,
}
_ROTATIONS = frozenset(("rx", "ry", "rz", "rxx", "ryy", "rzz", "rzx", "rpauli"))
_CONTROLLED = {"crx": "rx", "cry": "ry", "crz": "rz", "cy": "y", "ch": "h", "cu3": "u", "cswap": "swap"}

Block = tuple[list[Gate], Phase]
"""Gates and a global phase."""


def inverse(block: Block) -> Block:
    """The adjoint of a block."""
    gates, phase = block
    return [step for gate in reversed(gates) for step in adjoint(gate)], -phase


def principal(angle: Phase) -> Phase:
    """The angle modulo a full turn, in half turns from -1 (excluded) to 1.

    >>> principal(Fraction(5, 2)), principal(Fraction(-1))
    (Fraction(1, 2), Fraction(1, 1))
    """
    if is_symbolic(angle):
        raise CircuitError(f"a broken power of a gate with the free angle {angle}: it depends on its value")
    reduced = angle % 2
    return reduced - 2 if reduced > 1 else reduced


def power(block: Block, exponent: Fraction | float, qubits: int) -> Block:
    """The principal power of a block of unitary gates on ``qubits`` lines.

    A whole exponent repeats the block (or its adjoint); the caller bounds the work. Other exponents are exact for
    one named gate, in floats for any block on one qubit.

    Raises:
        CircuitError: for a broken power of several gates on more than one qubit, or with free angles.

    >>> power(([Gate("x", (0,))], Fraction(0)), Fraction(1, 2), 1)[0]
    [Gate('sx', (0,))]
    """
    if exponent == int(exponent):
        times = int(exponent)
        gates, phase = block if times >= 0 else inverse(block)
        if len(gates) == 1 and abs(times) > 1:
            merged = _merged(gates[0], abs(times))
            if merged is not None:
                return merged, phase * abs(times)
        return gates * abs(times), phase * abs(times)
    gates, phase = block
    real = [gate for gate in gates if gate.name not in ("barrier", "id", "u0")]
    if not real:
        return gates, principal(phase) * exponent
    if qubits > 1 or (len(real) == 1 and (is_symbolic(phase) or not phase)):
        if len(real) > 1:
            raise CircuitError(
                "a broken power of several gates on more than one qubit: its roots are not computed"
            )
        if is_symbolic(phase) or phase:
            raise CircuitError(
                "a broken power of a gate with a global phase of its own: its roots are not computed"
            )
        found = _of_gate(real[0], exponent)
        if found is not None:
            return found
    if qubits == 1:
        return _numeric(real, phase, exponent)
    raise CircuitError(f"a broken power of {real[0].name}: its roots are not computed")


def _merged(gate: Gate, times: int) -> list[Gate] | None:
    """A whole power of one gate as at most one gate, where that is plain."""
    if gate.name in _ROTATIONS or gate.name in ("p", "u1", "cp", "cu1", "mcp", "crx", "cry", "crz"):
        return [Gate(gate.name, gate.qubits, (gate.params[0] * times,), label=gate.label)]
    if adjoint(gate) == (gate,):
        return [gate] if times % 2 else []
    return None


def _of_gate(gate: Gate, r: Fraction | float) -> Block | None:
    name, qubits = gate.name, gate.qubits
    if name in _PHASES:
        return phase_on(qubits, _PHASES[name] * r), Fraction(0)
    if name in ("p", "u1", "cp", "cu1", "mcp"):
        return phase_on(qubits, principal(gate.params[0]) * r), Fraction(0)
    if name in _FLIPS:
        return _flip(qubits, _FLIPS[name] * r), Fraction(0)
    if name in ("y", "h"):
        before, after = {
            "y": (Gate("sdg", qubits), Gate("s", qubits)),
            "h": (Gate("ry", qubits, (-HALF / 2,)), Gate("ry", qubits, (HALF / 2,))),
        }[name]
        inner = _flip(qubits, Fraction(1) * r) if name == "y" else phase_on(qubits, Fraction(1) * r)
        return [before, *inner, after], Fraction(0)
    if name == "swap":
        a, b = qubits
        return [Gate("cx", (b, a)), *_flip((a, b), Fraction(1) * r), Gate("cx", (b, a))], Fraction(0)
    if name == "iswap":
        return [Gate(pair, qubits, (-HALF * r,)) for pair in ("rxx", "ryy")], Fraction(0)
    if name in _ROTATIONS:
        half = principal(gate.params[0] / 2)
        if half == 1:  # exp(-iπP) = -1
            return [], Fraction(1) * r
        return [Gate(name, qubits, (2 * half * r,), label=gate.label)], Fraction(0)
    if name in _CONTROLLED:
        base = Gate(_CONTROLLED[name], qubits[1:], gate.params)
        found = _of_gate(base, r) or (_numeric([base], Fraction(0), r) if len(qubits) == 2 else None)
        if found is not None:
            gates = [step for each in found[0] for step in controlled_gate(qubits[:1], each)]
            return gates + phase_on(qubits[:1], found[1]), Fraction(0)
    return None


def _flip(qubits: tuple[int, ...], angle: Phase) -> list[Gate]:
    """X to the power ``angle`` on the last qubit where all others are 1."""
    named = {(HALF, 1): "sx", (-HALF, 1): "sxdg", (HALF, 2): "csx"}
    if isinstance(angle, Fraction) and (angle, len(qubits)) in named:
        return [Gate(named[angle, len(qubits)], qubits)]
    h = Gate("h", qubits[-1:])
    return [h, *phase_on(qubits, angle), h]


def _numeric(gates: Sequence[Gate], phase: Phase, r: Fraction | float) -> Block:
    """The power of a block on one qubit, from its eigenvalues."""
    free = [p for gate in gates for p in gate.params if is_symbolic(p)]
    if free or is_symbolic(phase):
        raise CircuitError(f"a broken power of a gate with the free angle {[*free, phase][0]}")
    qubit = gates[0].qubits[0]
    matrix = unitary(Circuit(1, renumbered(gates, [0] * (qubit + 1)), global_phase=phase))
    values, vectors = np.linalg.eig(matrix)
    vectors, _ = np.linalg.qr(
        vectors
    )  # eigenvectors of a normal matrix, orthogonal also where values coincide
    angles = [cmath.phase(v) for v in values]
    angles = [math.pi if a < -math.pi + 1e-12 else a for a in angles]
    found = vectors @ np.diag([cmath.exp(1j * a * float(r)) for a in angles]) @ vectors.conj().T
    theta = 2 * math.atan2(abs(found[1, 0]), abs(found[0, 0]))
    total = cmath.phase(found[0, 0]) if abs(found[0, 0]) > 1e-9 else 0.0
    phi = cmath.phase(found[1, 0]) - total if abs(found[1, 0]) > 1e-9 else 0.0
    if abs(found[0, 0]) > 1e-9:
        lam = cmath.phase(found[1, 1]) - total - phi
    else:
        lam = cmath.phase(-found[0, 1]) - total
    angles3 = tuple(a / math.pi for a in (theta, phi, lam))
    return [Gate("u", (qubit,), angles3)], total / math.pi
