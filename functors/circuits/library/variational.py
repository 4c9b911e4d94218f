"""Circuits with parameters: QAOA, Trotter steps, a hardware-efficient ansatz. Angles are half turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

from catenary.diagrams.errors import ArityError, expect_count
from catenary.diagrams.phases import Phase, as_phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.functors.circuits.observables import PauliSum


def _parameters(name: str, given: Sequence[Any] | None, count: int) -> list[Phase]:
    if given is None:
        import sympy

        return [sympy.Symbol(f"{name}_{k}") for k in range(count)]
    if len(given) != count:
        raise ArityError(f"{len(given)} values for {name}: {count} are needed")
    return [as_phase(value) for value in given]


def qaoa(
    edges: Iterable[tuple[int, int] | tuple[int, int, Any]],
    layers: int,
    gammas: Sequence[Any] | None = None,
    betas: Sequence[Any] | None = None,
    *,
    n_qubits: int | None = None,
) -> Circuit:
    """QAOA for the largest cut: from |0…0⟩, all |+⟩ and then e^{-iπβX} on all after e^{-iπγC}, layer by layer.

    C = Σ w(1 - Z_a·Z_b)/2 is the weight of the cut; global phase included. Source: Farhi, Goldstone & Gutmann,
    arXiv 1411.4028.

    Args:
        edges: pairs of vertices, with a weight or without.
        layers: p.
        gammas, betas: p angles each; symbols ``gamma_0``, ``beta_0`` … unless given.
        n_qubits: number of vertices; the largest plus one unless given.

    Raises:
        ArityError: for a loop, a vertex out of range, or the wrong number of angles.

    >>> circuit = qaoa([(0, 1)], 1)
    >>> [gate.name for gate in circuit], sorted(map(str, circuit.free_symbols))
    (['h', 'h', 'rzz', 'rx', 'rx'], ['beta_0', 'gamma_0'])
    """
    weighted = [(e[0], e[1], as_phase(e[2]) if len(e) > 2 else Fraction(1)) for e in edges]
    needed = max((max(a, b) + 1 for a, b, _ in weighted), default=0)
    n = needed if n_qubits is None else expect_count(n_qubits, "the number of qubits")
    if n < needed or any(a == b or min(a, b) < 0 for a, b, _ in weighted):
        raise ArityError(f"an edge is two different vertices from 0 to {n - 1}")
    count = expect_count(layers, "the number of layers")
    gates, phase = [Gate("h", (q,)) for q in range(n)], as_phase(0)
    angles = zip(_parameters("gamma", gammas, count), _parameters("beta", betas, count), strict=True)
    for gamma, beta in angles:
        for a, b, weight in weighted:
            gates.append(Gate("rzz", (a, b), (-(gamma * weight),)))
            phase = phase - gamma * weight / 2
        gates += [Gate("rx", (q,), (2 * beta,)) for q in range(n)]
    return Circuit(n, gates, global_phase=phase)


_BEFORE = {"X": ("h",), "Y": ("sdg", "h"), "Z": ()}
_AFTER = {"X": ("h",), "Y": ("h", "s"), "Z": ()}


def pauli_rotation(letters: str, angle: Any) -> Circuit:
    """exp(-iπ·angle·P/2) for a Pauli string P: a ladder of CX around one rotation.

    >>> [gate.name for gate in pauli_rotation("ZIX", Fraction(1, 3))]
    ['h', 'cx', 'rz', 'cx', 'h']
    """
    value = as_phase(angle)
    if set(letters) - set("IXYZ"):
        raise CircuitError(f"a Pauli string is of the letters I, X, Y and Z, not {letters!r}")
    support = [q for q, letter in enumerate(letters) if letter != "I"]
    if not support:
        return Circuit(len(letters), global_phase=-value / 2)
    ladder = [Gate("cx", (a, b)) for a, b in pairwise(support)]
    before = [Gate(name, (q,)) for q in support for name in _BEFORE[letters[q]]]
    after = [Gate(name, (q,)) for q in support for name in _AFTER[letters[q]]]
    turn = Gate("rz", (support[-1],), (value,))
    return Circuit(len(letters), [*before, *ladder, turn, *reversed(ladder), *after])


def trotter(hamiltonian: PauliSum, time: Any, steps: int = 1, order: Literal[1, 2] = 1) -> Circuit:
    """A product formula for e^{-iπ·time·H}; exact where the terms commute.

    Source: Childs, Su, Tran, Wiebe & Zhu, *A theory of Trotter error*, arXiv 1912.08854.

    Args:
        hamiltonian: with real coefficients; its terms are taken in their order.
        time: in units of π, a number or an expression.
        steps: number r of repetitions.
        order: 1 (Lie–Trotter) or 2 (Strang: forwards and then backwards, half as long each).

    Raises:
        CircuitError: for a coefficient that is not real.
        ArityError: for no steps, or another order.

    >>> h = PauliSum.from_letters({"ZZ": 1, "XI": Fraction(1, 2)})
    >>> [gate.name for gate in trotter(h, Fraction(1, 8))]
    ['cx', 'rz', 'cx', 'h', 'rz', 'h']
    """
    if expect_count(steps, "the number of steps") < 1 or order not in (1, 2):
        raise ArityError("a product formula has at least one step and order 1 or 2")
    whole = as_phase(time)
    factor = 2 * whole / (steps * order)
    pieces = []
    for letters, coefficient in hamiltonian.letters():
        if isinstance(coefficient, complex) or getattr(coefficient, "is_real", True) is False:
            raise CircuitError(
                f"the coefficient {coefficient} of {letters} is not real: this is no Hamiltonian"
            )
        pieces.append(pauli_rotation(letters, as_phase(coefficient) * factor))
    gates = [gate for piece in pieces for gate in piece.gates]
    phase = as_phase(0)
    for piece in pieces:
        phase = phase + piece.global_phase
    if order == 2:
        gates += [gate for piece in reversed(pieces) for gate in piece.gates]
        phase = phase * 2
    return Circuit(hamiltonian.n_qubits, gates * steps, global_phase=phase * steps)


def hardware_efficient(
    n: int,
    layers: int,
    angles: Sequence[Any] | None = None,
    *,
    entangling: Literal["line", "ring", "all"] = "line",
) -> Circuit:
    """ry and rz on every qubit, and between such layers a CX on each pair of a pattern.

    Source: Kandala et al., *Hardware-efficient variational quantum eigensolver*, arXiv 1704.05018.

    Args:
        n: number of qubits.
        layers: number of entangling layers, one fewer than of rotations.
        angles: 2n(layers + 1) half turns; symbols ``theta_0`` … unless given.
        entangling: neighbours, neighbours in a ring, or all pairs.

    >>> circuit = hardware_efficient(3, 1)
    >>> len(circuit.free_symbols), len(circuit)
    (12, 14)
    """
    expect_count(n, "the number of qubits")
    count = expect_count(layers, "the number of layers")
    values = iter(_parameters("theta", angles, 2 * n * (count + 1)))
    patterns = {
        "line": [(q, q + 1) for q in range(n - 1)],
        "ring": [(q, (q + 1) % n) for q in range(n if n > 2 else n - 1)],
        "all": [(a, b) for a in range(n) for b in range(a + 1, n)],
    }
    if entangling not in patterns:
        raise ArityError(f"qubits are entangled in a 'line', a 'ring' or 'all', not {entangling!r}")
    gates: list[Gate] = []
    for layer in range(count + 1):
        if layer:
            gates += [Gate("cx", pair) for pair in patterns[entangling]]
        gates += [Gate(name, (q,), (next(values),)) for q in range(n) for name in ("ry", "rz")]
    return Circuit(n, gates)
