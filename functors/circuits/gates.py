"""The gate set: names, arities and adjoints.

Conventions (those of qelib1.inc as Qiskit reads it): angles are half turns, so ``rz(1)`` is exp(-iπZ/2);
``p`` and ``u1`` are diag(1, e^{iθ}); rx, ry, rz, rxx, ryy, rzz, rzx have determinant 1; ``u`` and ``u3`` are
P(φ)·Ry(θ)·P(λ), so that their upper left entry is real; a controlled gate is exactly the identity where a
control is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from catenary.diagrams.errors import CatenaryError, expect_iterable
from catenary.diagrams.phases import Phase, as_phase, repr_phase

if TYPE_CHECKING:
    from catenary.functors.circuits.definitions import GateDefinition
    from catenary.functors.circuits.noise import NoiseChannel


class CircuitError(CatenaryError, ValueError):
    """Something a circuit or a format cannot do: the adjoint of a measurement, a free angle in a file."""


@dataclass(frozen=True, slots=True, repr=False)
class Gate:
    """One operation of a circuit on numbered qubits (and classical bits). Immutable.

    Attributes:
        name: OpenQASM's name, lower case (``h cx rz ccx …``), or one of ``init`` (prepare |0⟩ on a line
            that was not open), ``post`` (the effect ⟨0|, which closes the line), ``measure``, ``reset``,
            ``barrier``, ``opaque``; or one of a family on any number of qubits: ``mcx`` (the last qubit is
            flipped where all others are 1), ``mcp`` (a phase where all are 1), ``rpauli`` (exp(-iθP/2) for
            the Pauli string P in ``label``, one letter X, Y or Z for each qubit); or ``defined`` (a gate by the
            name of its definition) or ``noise`` (a channel), which ``meaning`` says all about.
        qubits: the qubits it acts on, controls first.
        params: angles in half turns (multiples of π), not reduced modulo anything: rz(2π) = -1.
        clbits: classical bits written by ``measure``.
        condition: classical bits and the value (least significant bit first) that they must hold, or
            ``None``.
        label: the name of an ``opaque`` or ``defined`` operation or of a channel, the letters of an ``rpauli``.
        meaning: the definition of a ``defined`` gate, the channel of a ``noise`` operation; see
            :mod:`~catenary.functors.circuits.definitions` and :mod:`~catenary.functors.circuits.noise`.

    >>> Gate("rz", (0,), (Fraction(1, 4),))
    Gate('rz', (0,), (Fraction(1, 4),))
    """

    name: str
    qubits: tuple[int, ...]
    params: tuple[Phase, ...] = ()
    clbits: tuple[int, ...] = ()
    condition: tuple[tuple[int, ...], int] | None = None
    label: str = field(default="")
    meaning: GateDefinition | NoiseChannel | None = None

    def __post_init__(self) -> None:
        if self.meaning is not None and not self.label:
            object.__setattr__(self, "label", self.meaning.label)
        if type(self.qubits) is not tuple:
            qubits = tuple(expect_iterable(self.qubits, f"qubits of gate {self.name}", "a list of numbers"))
            object.__setattr__(self, "qubits", qubits)
        if self.params:
            for value in self.params:
                if type(value) is not Fraction and not (type(value) is float and isfinite(value)):
                    object.__setattr__(self, "params", tuple(map(as_phase, self.params)))
                    break
        elif type(self.params) is not tuple:
            object.__setattr__(self, "params", ())

    def __repr__(self) -> str:
        if self.name == "noise" and self.meaning is not None and self.condition is None:
            written = self.meaning.written(self)
            if written:
                return written
        parts = [repr(self.name), repr(self.qubits)]
        if self.params:
            shown = ", ".join(map(repr_phase, self.params))
            parts.append(f"({shown},)" if len(self.params) == 1 else f"({shown})")
        for key in ("clbits", "condition", "label", "meaning"):
            value = getattr(self, key)
            if value:
                parts.append(f"{key}={value!r}")
        return f"Gate({', '.join(parts)})"


@dataclass(frozen=True, slots=True)
class GateSpec:
    """What a gate name means: number of qubits and of parameters."""

    name: str
    n_qubits: int
    n_params: int = 0


BASIC = frozenset({"x", "y", "z", "h", "s", "sdg", "t", "tdg", "rz", "cx", "cz", "swap"})
"""The fixed set that optimised circuits are written over."""

NOT_UNITARY = frozenset({"measure", "reset", "barrier", "opaque", "noise", "init", "post"})
"""Operations that stay in place and bound the unitary regions."""

NOT_LINEAR = frozenset({"measure", "reset", "opaque", "noise"})
"""Operations that are no linear map of qubits, or not known to be."""

IDLE = frozenset({"id", "u0"})
"""Gates that do nothing: they count as no gate."""

GATES: Mapping[str, GateSpec] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            *(GateSpec(n, 1) for n in ("id", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg")),
            *(GateSpec(n, 1, 1) for n in ("u0", "rx", "ry", "rz", "p", "u1")),
            GateSpec("u2", 1, 2),
            GateSpec("u3", 1, 3),
            GateSpec("u", 1, 3),
            *(GateSpec(n, 2) for n in ("cx", "cy", "cz", "ch", "csx", "swap", "iswap")),
            *(GateSpec(n, 2, 1) for n in ("crx", "cry", "crz", "cp", "cu1", "rxx", "ryy", "rzz", "rzx")),
            GateSpec("cu3", 2, 3),
            GateSpec("cu", 2, 4),
            *(GateSpec(n, 3) for n in ("ccx", "ccz", "cswap", "rccx")),
            GateSpec("c3x", 4),
            GateSpec("c4x", 5),
        )
    }
)

FAMILIES: Mapping[str, int] = MappingProxyType({"mcx": 0, "mcp": 1, "rpauli": 1})
"""Gates on any number of qubits, with their number of parameters."""

COMPOUND = frozenset({*FAMILIES, "defined"})
"""Gates whose matrix may be too large: they are taken apart by :func:`.decomposition` instead."""

_SELF_ADJOINT = frozenset(
    [
        "id",
        "x",
        "y",
        "z",
        "h",
        "cx",
        "cy",
        "cz",
        "ch",
        "swap",
        "ccx",
        "ccz",
        "cswap",
        "rccx",
        "c3x",
        "c4x",
        "mcx",
    ]
)
_PAIRS = {"s": "sdg", "t": "tdg", "sx": "sxdg"}
_ADJOINT_NAME = _PAIRS | {b: a for a, b in _PAIRS.items()}
_NEGATED = frozenset(
    [
        "u0",
        "rx",
        "ry",
        "rz",
        "p",
        "u1",
        "crx",
        "cry",
        "crz",
        "cp",
        "cu1",
        "rxx",
        "ryy",
        "rzz",
        "rzx",
        "mcp",
        "rpauli",
    ]
)


def adjoint(gate: Gate) -> tuple[Gate, ...]:
    """The gates, in order, whose product is the adjoint of a gate, its global phase included.

    Raises:
        CircuitError: for a measurement, a reset or an opaque operation.

    >>> adjoint(Gate("u2", (0,), (Fraction(0), Fraction(1))))
    (Gate('u2', (0,), (Fraction(0, 1), Fraction(-1, 1))),)
    """
    name, qubits, params = gate.name, gate.qubits, gate.params
    if name in _SELF_ADJOINT or name == "barrier":
        return (gate,)

    def made(name: str, params: tuple[Phase, ...] = (), qubits: tuple[int, ...] = qubits) -> Gate:
        return Gate(name, qubits, params, (), gate.condition, gate.label)

    if name in _ADJOINT_NAME:
        return (made(_ADJOINT_NAME[name]),)
    if name in _NEGATED:
        return (made(name, (-params[0],)),)
    if name == "u2":
        return (made("u2", (1 - params[1], -params[0] - 1)),)
    if name in ("u", "u3", "cu3"):
        theta, phi, lam = params
        return (made(name, (-theta, -lam, -phi)),)
    if name == "cu":
        theta, phi, lam, gamma = params
        return (made(name, (-theta, -lam, -phi, -gamma)),)
    if name == "csx":  # csx · csx = cx
        return (made("cx"), made("csx"))
    if name == "iswap":  # iswap · iswap = z ⊗ z
        return (made("z", (), qubits[:1]), made("z", (), qubits[1:]), made("iswap"))
    if name == "defined":
        return (gate.meaning.adjoint(gate),)  # type: ignore[union-attr]
    if name == "init":
        return (made("post"),)
    if name == "post":
        return (made("init"),)
    raise CircuitError(
        f"{gate.label or name} on {_places(qubits)} has no adjoint: it is not unitary, or not known to be"
    )


def _places(qubits: Sequence[int]) -> str:
    return f"qubit{'s' if len(qubits) > 1 else ''} {', '.join(map(str, qubits))}"


def renumbered(
    gates: Iterable[Gate], qubits: Sequence[int] | None = None, clbits: Sequence[int] | None = None
) -> tuple[Gate, ...]:
    """The gates with qubit q called ``qubits[q]`` and classical bit c called ``clbits[c]``.

    >>> renumbered([Gate("cx", (0, 1))], [5, 3])
    (Gate('cx', (5, 3)),)
    """

    def named(gate: Gate) -> Gate:
        new: Any = gate.qubits if qubits is None else tuple([qubits[q] for q in gate.qubits])
        bits, condition = gate.clbits, gate.condition
        if clbits is not None:
            bits = tuple(clbits[c] for c in bits)
            if condition is not None:
                condition = (tuple(clbits[c] for c in condition[0]), condition[1])
        return Gate(gate.name, new, gate.params, bits, condition, gate.label, gate.meaning)

    return tuple([named(gate) for gate in gates])


def shifted(gates: Iterable[Gate], qubits: int, clbits: int = 0) -> tuple[Gate, ...]:
    """The gates with every qubit and classical bit number raised.

    >>> shifted([Gate("cx", (0, 1))], 2)
    (Gate('cx', (2, 3)),)
    """
    return tuple(
        Gate(
            g.name,
            tuple(q + qubits for q in g.qubits),
            g.params,
            tuple(c + clbits for c in g.clbits),
            None if g.condition is None else (tuple(c + clbits for c in g.condition[0]), g.condition[1]),
            g.label,
            g.meaning,
        )
        for g in gates
    )
