"""The gate set: names, arities, matrices, adjoints and decompositions into the basic set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from catenary.diagrams.phases import Phase


@dataclass(frozen=True, slots=True)
class Gate:
    """One operation of a circuit on numbered qubits (and classical bits). Immutable.

    Attributes:
        name: OpenQASM's name, lower case (``h cx rz ccx …``), or one of ``init`` (prepare |0⟩ on a line that was not open),
            ``post`` (the effect ⟨0|, which closes the line), ``measure``, ``reset``, ``barrier``, ``opaque``.
        qubits: the qubits it acts on, controls first.
        params: angles in half turns (multiples of π), not reduced modulo anything: rz(2π) = -1.
        clbits: classical bits written by ``measure``.
        condition: classical bits and the value (least significant bit first) that they must hold, or ``None``.
        label: the name of an ``opaque`` or user-defined operation.
    """

    name: str
    qubits: tuple[int, ...]
    params: tuple[Phase, ...] = ()
    clbits: tuple[int, ...] = ()
    condition: tuple[tuple[int, ...], int] | None = None
    label: str = field(default="")


@dataclass(frozen=True, slots=True)
class GateSpec:
    """What a gate name means: number of qubits and of parameters."""

    name: str
    n_qubits: int
    n_params: int = 0


BASIC = frozenset({"x", "y", "z", "h", "s", "sdg", "t", "tdg", "rz", "cx", "cz", "swap"})
"""The fixed set that optimised circuits are written over."""

NOT_UNITARY = frozenset({"measure", "reset", "barrier", "opaque", "init", "post"})
"""Operations that stay in place and bound the unitary regions."""

GATES: dict[str, GateSpec] = {
    spec.name: spec
    for spec in (
        *(GateSpec(n, 1) for n in ("id", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg")),
        *(GateSpec(n, 1, 1) for n in ("rx", "ry", "rz", "p", "u1")),
        GateSpec("u2", 1, 2),
        GateSpec("u3", 1, 3),
        GateSpec("u", 1, 3),
        *(GateSpec(n, 2) for n in ("cx", "cy", "cz", "ch", "csx", "swap", "iswap")),
        *(GateSpec(n, 2, 1) for n in ("crx", "cry", "crz", "cp", "cu1", "rxx", "ryy", "rzz")),
        GateSpec("cu3", 2, 3),
        GateSpec("cu", 2, 4),
        *(GateSpec(n, 3) for n in ("ccx", "ccz", "cswap")),
    )
}


def shifted(gates: Iterable[Gate], qubits: int, clbits: int = 0) -> tuple[Gate, ...]:
    """The gates with every qubit and classical bit number raised."""
    return tuple(
        Gate(
            g.name,
            tuple(q + qubits for q in g.qubits),
            g.params,
            tuple(c + clbits for c in g.clbits),
            None if g.condition is None else (tuple(c + clbits for c in g.condition[0]), g.condition[1]),
            g.label,
        )
        for g in gates
    )
