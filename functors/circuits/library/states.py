"""GHZ and W states, random Clifford+T circuits, and syndrome extraction of the rotated surface code."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from catenary.diagrams.errors import ArityError, expect_count
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.gates import Gate


def ghz(n: int) -> Circuit:
    """(|0…0⟩ + |1…1⟩)/√2 from |0…0⟩. Source: Greenberger, Horne & Zeilinger, arXiv 0712.0921.

    >>> ghz(2).gates
    (Gate('h', (0,)), Gate('cx', (0, 1)))
    """
    if expect_count(n, "the number of qubits") < 1:
        raise ArityError("a GHZ state has at least one qubit")
    return Circuit(n, [Gate("h", (0,)), *(Gate("cx", (q, q + 1)) for q in range(n - 1))])


def w_state(n: int) -> Circuit:
    """The equal superposition of the n strings with a single 1, from |0…0⟩, by a chain of rotations.

    Source: Dür, Vidal & Cirac, *Three qubits can be entangled in two inequivalent ways*, arXiv quant-ph/0005115.

    >>> from catenary.functors.circuits import state_vector
    >>> state_vector(w_state(2)).real.round(3).tolist()
    [0.0, 0.707, 0.707, 0.0]
    """
    if expect_count(n, "the number of qubits") < 1:
        raise ArityError("a W state has at least one qubit")
    gates = [Gate("x", (0,))]
    for q in range(n - 1):
        angle = 2 * math.acos(math.sqrt(1 / (n - q))) / math.pi
        gates += [Gate("cry", (q, q + 1), (angle,)), Gate("cx", (q + 1, q))]
    return Circuit(n, gates)


def random_clifford_t(n: int, gates: int, seed: int, *, t_share: float = 0.2) -> Circuit:
    """Random gates h, s, cx and t, the same for the same seed on every machine.

    Args:
        n: number of qubits.
        gates: number of gates.
        seed: of Python's generator.
        t_share: the probability that a gate is a T; the others are equally likely.

    >>> random_clifford_t(2, 3, seed=1) == random_clifford_t(2, 3, seed=1)
    True
    """
    if expect_count(n, "the number of qubits") < 1:
        raise ArityError("a random circuit has at least one qubit")
    expect_count(gates, "the number of gates")
    if not 0 <= t_share <= 1:
        raise ArityError(f"the share of T gates is from 0 to 1, not {t_share}")
    rng = random.Random(seed)
    names = ("h", "s", "cx") if n > 1 else ("h", "s")
    made: list[Gate] = []
    for _ in range(gates):
        name = "t" if rng.random() < t_share else rng.choice(names)
        made.append(Gate(name, tuple(rng.sample(range(n), 2)) if name == "cx" else (rng.randrange(n),)))
    return Circuit(n, made)


@dataclass(frozen=True, slots=True)
class Plaquette:
    """A stabiliser of a surface code.

    Attributes:
        kind: ``"X"`` or ``"Z"``.
        data: its data qubits by corner: north-west, north-east, south-west, south-east; ``None`` where there is none.
    """

    kind: str
    data: tuple[int | None, int | None, int | None, int | None]

    @property
    def qubits(self) -> tuple[int, ...]:
        """Its data qubits, ascending."""
        return tuple(q for q in self.data if q is not None)


def surface_code_plaquettes(distance: int) -> tuple[Plaquette, ...]:
    """The d² - 1 stabilisers of the rotated surface code; data qubit (row, column) is row·d + column.

    Z on the first row is the logical Z, X on the first column the logical X.

    >>> [(p.kind, p.qubits) for p in surface_code_plaquettes(2)]
    [('Z', (0, 2)), ('X', (0, 1, 2, 3)), ('Z', (1, 3))]
    """
    d = expect_count(distance, "the distance", 1000)
    if d < 2:
        raise ArityError("a surface code has distance at least 2")

    def at(row: int, column: int) -> int | None:
        return row * d + column if 0 <= row < d and 0 <= column < d else None

    found = []
    for i in range(d + 1):
        for j in range(d + 1):
            kind = "X" if (i + j) % 2 == 0 else "Z"
            rows, columns = 0 < i < d, 0 < j < d
            # pairs on the upper and lower edge are X, on the left and right edge Z
            if (rows and columns) or (columns and kind == "X") or (rows and kind == "Z"):
                corners = (at(i - 1, j - 1), at(i - 1, j), at(i, j - 1), at(i, j))
                found.append(Plaquette(kind, corners))
    return tuple(found)


def surface_code_round(distance: int, rounds: int = 1) -> Circuit:
    """Syndrome extraction of the rotated surface code: registers data (d²) and ancilla (d² - 1).

    Each round resets the ancillas, entangles them in four layers of CX, and measures them; bit
    r·(d² - 1) + k is the outcome of plaquette k of :func:`surface_code_plaquettes` in round r. The layers go
    in the orders that keep hook errors off the logical operators. Source: Tomita & Svore, *Low-distance
    surface codes under realistic quantum noise*, arXiv 1404.3747.

    >>> circuit = surface_code_round(3)
    >>> circuit.n_qubits, circuit.n_clbits, sum(gate.name == "cx" for gate in circuit)
    (17, 8, 24)
    """
    plaquettes = surface_code_plaquettes(distance)
    n, m = distance * distance, len(plaquettes)
    ancilla = range(n, n + m)
    basis = [Gate("h", (a,)) for a, p in zip(ancilla, plaquettes, strict=True) if p.kind == "X"]
    layers: list[Gate] = []
    # north-west, north-east, south-west, south-east for X: a pair left by a fault lies in a row, across
    # the logical X's column; Z the other way round
    for x_corner, z_corner in ((0, 0), (1, 2), (2, 1), (3, 3)):
        for a, p in zip(ancilla, plaquettes, strict=True):
            q = p.data[x_corner if p.kind == "X" else z_corner]
            if q is not None:
                layers.append(Gate("cx", (a, q) if p.kind == "X" else (q, a)))
    gates: list[Gate] = []
    for r in range(expect_count(rounds, "the number of rounds", 100_000)):
        gates += [Gate("reset", (a,)) for a in ancilla]
        gates += [*basis, *layers, *basis]
        gates += [Gate("measure", (a,), clbits=(r * m + k,)) for k, a in enumerate(ancilla)]
    return Circuit(n + m, gates, rounds * m, qregs=[Register("data", n), Register("ancilla", m)])
