"""The ZX- and ZH-calculus: signature, the linear maps of its boxes, and the functor from circuits.

Z(n, m, α) is |0…0⟩⟨0…0| + e^{iα}|1…1⟩⟨1…1| on one-qubit wires, X(n, m, α) is the same conjugated by
Hadamards, and H is the normalised Hadamard. HBox(n, m, a) has the entry a where all legs are 1, and 1 elsewhere
(Backens and Kissinger, *ZH: a complete graphical calculus for quantum computations involving classical
non-linearity*, arXiv 1805.02175): HBox(1, 1, -1) is √2 times H. The Frobenius structure of the hypergraph doctrine is the
phase-free Z spider. (van de Wetering, *ZX-calculus for the working quantum computer scientist*, arXiv
2012.13966.)
"""

from __future__ import annotations

import cmath
import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from catenary.diagrams import (
    ArityError,
    Box,
    CatenaryError,
    Diagram,
    Doctrine,
    Edge,
    Ob,
    OpenHypergraph,
    Phase,
    Signature,
    Ty,
)
from catenary.diagrams.phases import is_symbolic, unit
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate

QUBIT = Ty("qubit")

ZX = Signature(
    "ZX",
    Doctrine.HYPERGRAPH,
    ["qubit"],
    [
        Box("Z", QUBIT, QUBIT, [0]),
        Box("X", QUBIT, QUBIT, [0]),
        Box("H", QUBIT, QUBIT),
        Box("HBox", QUBIT, QUBIT, [1, 1]),
        Box("scalar", Ty(), Ty(), [0, 0]),
    ],
)
"""The ZX signature. ``Z``, ``X`` and ``HBox`` stand for their families: any number of legs, any phase."""


def _spider(name: str, n_inputs: int, n_outputs: int, phase: object) -> Box:
    if n_inputs < 0 or n_outputs < 0:
        raise ArityError(f"a spider has legs, not {n_inputs} inputs and {n_outputs} outputs")
    return Box(name, QUBIT**n_inputs, QUBIT**n_outputs, [phase], signature=ZX)


def Z(n_inputs: int, n_outputs: int, phase: Phase | int = 0) -> Box:  # noqa: N802
    """The Z spider (green) with a phase in half turns.

    >>> print(Z(1, 2, Fraction(1, 4)))
    Z(π/4)
    """
    return _spider("Z", n_inputs, n_outputs, phase)


def X(n_inputs: int, n_outputs: int, phase: Phase | int = 0) -> Box:  # noqa: N802
    """The X spider (red) with a phase in half turns.

    >>> bool(np.allclose(zx_array(X(1, 1, 1)), [[0, 1], [1, 0]]))
    True
    """
    return _spider("X", n_inputs, n_outputs, phase)


H = Box("H", QUBIT, QUBIT, signature=ZX)
"""The normalised Hadamard box."""


def hbox(n_inputs: int, n_outputs: int, phase: Phase | int = 1, modulus: Phase | int = 1) -> Box:
    """The H-box with the label modulus · exp(iπ·phase), -1 unless given; so a phase is exact.

    >>> zx_array(hbox(1, 1)).tolist()
    [[(1+0j), (1+0j)], [(1+0j), (-1+0j)]]
    """
    if n_inputs < 0 or n_outputs < 0:
        raise ArityError(f"an H-box has legs, not {n_inputs} inputs and {n_outputs} outputs")
    return Box("HBox", QUBIT**n_inputs, QUBIT**n_outputs, [phase, modulus], signature=ZX)


def hbox_of(n_inputs: int, n_outputs: int, label: complex) -> Box:
    """The H-box with a label given as a complex number.

    >>> hbox_of(2, 0, -2j).params
    (-0.5, 2.0)
    """
    label = complex(label)
    return hbox(n_inputs, n_outputs, cmath.phase(label) / math.pi, abs(label))


def hbox_parts(box: Box) -> tuple[Phase, float]:
    """The half turns and the modulus of an H-box's label, its dagger taken into account.

    Raises:
        CatenaryError: for a modulus that is no number.
    """
    phase, modulus = box.params
    if is_symbolic(modulus):
        raise CatenaryError(f"the modulus of an H-box is a number, not {modulus}")
    return (-phase if box.dagger_flag else phase), float(modulus)


def scalar_box(sqrt2: int | float, phase: Phase | int = 0) -> Box:
    """The scalar √2^sqrt2 · exp(iπ·phase) as a box without wires; a whole power is exact, a decimal one is
    allowed.

    >>> zx_array(scalar_box(2, 1)).item()
    (-2+0j)
    """
    return Box("scalar", Ty(), Ty(), [sqrt2, phase], signature=ZX)


def scalar_parts(box: Box) -> tuple[int | float, Phase]:
    """The power of √2 and the half turns of a ``scalar`` box, its dagger taken into account."""
    power, phase = box.params
    if is_symbolic(power):
        raise CatenaryError(f"the first parameter of a scalar box is a power of √2, a number, not {power}")
    whole = isinstance(power, Fraction) and power.denominator == 1
    return int(power) if whole else float(power), (-phase if box.dagger_flag else phase)


def foreign_box(box: Box) -> CatenaryError:
    """What to raise for a box that is not of the ZX signature."""
    return CatenaryError(f"box {box} is not of the ZX signature: its boxes are Z, X, H, HBox and scalar")


def zx_array(box: Box) -> npt.NDArray[np.complex128]:
    """The array of a box of the ZX signature: one axis of length 2 for each wire, inputs first, then outputs.

    Raises:
        CatenaryError: for a box of another signature.
        PhaseError: for a phase with free symbols.

    >>> zx_array(Z(0, 1, 1)).tolist()
    [(1+0j), (-1+0j)]
    """
    legs = len(box.dom) + len(box.cod)
    if box.name == "H" and legs == 2:
        hadamard: npt.NDArray[np.complex128] = np.array([[1, 1], [1, -1]], dtype=np.complex128) / np.sqrt(2)
        return hadamard
    if box.name == "scalar":
        power, turns = scalar_parts(box)
        value: npt.NDArray[np.complex128] = np.asarray(
            np.sqrt(2.0) ** (power % 2) * 2.0 ** (power // 2) * unit(turns)
        )
        return value
    if box.name == "HBox" and len(box.params) == 2:
        turn, modulus = hbox_parts(box)
        ones: npt.NDArray[np.complex128] = np.ones((2,) * legs, dtype=np.complex128)
        ones[(1,) * legs] = modulus * unit(turn)
        return ones
    if box.name not in ("Z", "X") or len(box.params) != 1:
        raise foreign_box(box)
    phase = -box.params[0] if box.dagger_flag else box.params[0]
    array: npt.NDArray[np.complex128] = np.zeros((2,) * legs, dtype=np.complex128)
    flat = array.reshape(-1)
    if box.name == "Z" or not legs:
        flat[0] += 1
        flat[-1] += unit(phase)
        return array
    # In the computational basis an X spider depends on the parity of its legs only.
    parity = np.zeros((1,), dtype=np.int64)
    for _ in range(legs):
        parity = np.concatenate([parity, 1 - parity])
    flat += (1 + unit(phase) * (1 - 2 * parity)) / np.sqrt(2.0) ** legs
    return array


class _Builder:
    """The open hypergraph of a ZX diagram, grown box by box."""

    def __init__(self) -> None:
        self.count = 0
        self.edges: list[Edge] = []
        self.sqrt2 = 0
        self.phase: Phase = Fraction(0)

    def wire(self) -> int:
        self.count += 1
        return self.count - 1

    def box(self, box: Box, *sources: int) -> list[int]:
        targets = [self.wire() for _ in range(len(box.cod))]
        self.edges.append(Edge(box, sources, tuple(targets)))
        return targets

    def finish(self, dom: list[int], cod: list[int]) -> Diagram:
        if self.sqrt2 or is_symbolic(self.phase) or self.phase:
            self.edges.append(Edge(scalar_box(self.sqrt2, self.phase), (), ()))
        vertices = (Ob("qubit"),) * self.count
        return Diagram.from_hypergraph(
            OpenHypergraph(vertices, tuple(self.edges), tuple(dom), tuple(cod), ZX)
        )


_PHASES: dict[str, tuple[str, Fraction]] = {
    "z": ("Z", Fraction(1)),
    "s": ("Z", Fraction(1, 2)),
    "sdg": ("Z", Fraction(-1, 2)),
    "t": ("Z", Fraction(1, 4)),
    "tdg": ("Z", Fraction(-1, 4)),
    "x": ("X", Fraction(1)),
}


def circuit_to_zx(circuit: Circuit) -> Diagram:
    """The ZX diagram of a circuit, equal to it exactly (global phase and powers of √2 in one scalar box), in
    linear time.

    Gates outside the basic set are decomposed first; ``init`` and ``post`` become states and effects;
    barriers are identities.

    Raises:
        CircuitError: for measurements, resets, conditions and opaque operations, which are not linear maps of
            qubits.

    >>> bell = circuit_to_zx(Circuit(2, (Gate("h", (0,)), Gate("cx", (0, 1)))))
    >>> [str(box) for box in bell.boxes]
    ['H', 'Z(0)', 'X(0)', 'scalar(π, 0)']
    """
    from catenary.functors.circuits.decompose import to_basic
    from catenary.functors.circuits.gates import NOT_LINEAR, CircuitError

    build = _Builder()
    lines: dict[int, int] = {}
    dom: list[int] = []
    for q in circuit.inputs:
        lines[q] = build.wire()
        dom.append(lines[q])
    basic = to_basic(circuit)
    build.phase = basic.global_phase
    for index, gate in enumerate(basic.gates):
        if gate.condition is not None or gate.name in NOT_LINEAR:
            raise CircuitError(
                f"gate {index}, {gate.label or gate.name}, is not a linear map of qubits and has no diagram"
            )
        _add_gate(build, lines, gate)
    return build.finish(dom, [lines[q] for q in basic.outputs])


def _add_gate(build: _Builder, lines: dict[int, int], gate: Gate) -> None:
    name, qubits = gate.name, gate.qubits
    if name in _PHASES:
        colour, phase = _PHASES[name]
        (lines[qubits[0]],) = build.box(_spider(colour, 1, 1, phase), lines[qubits[0]])
    elif name == "h":
        (lines[qubits[0]],) = build.box(H, lines[qubits[0]])
    elif name == "rz":
        (angle,) = gate.params
        (lines[qubits[0]],) = build.box(Z(1, 1, angle), lines[qubits[0]])
        build.phase = build.phase - angle / 2
    elif name == "y":
        (middle,) = build.box(Z(1, 1, 1), lines[qubits[0]])
        (lines[qubits[0]],) = build.box(X(1, 1, 1), middle)
        build.phase = build.phase + Fraction(1, 2)
    elif name in ("cx", "cz"):
        c, t = qubits
        lines[c], link = build.box(Z(1, 2), lines[c])
        if name == "cz":
            (link,) = build.box(H, link)
        (lines[t],) = build.box((X if name == "cx" else Z)(2, 1), link, lines[t])
        build.sqrt2 += 1
    elif name == "swap":
        a, b = qubits
        lines[a], lines[b] = lines[b], lines[a]
    elif name == "init":
        (lines[qubits[0]],) = build.box(X(0, 1))
        build.sqrt2 -= 1
    elif name == "post":
        build.box(X(1, 0), lines.pop(qubits[0]))
        build.sqrt2 -= 1
    elif name != "barrier":
        raise CatenaryError(f"{name} is not a basic gate")
