"""Stabiliser maps as sums over paths: exact arithmetic of Clifford circuits, states, effects and their scalars.

Every such map is √2^p · e^{iφ} · Σ_x i^{Q(x)} |outputs(x)⟩⟨inputs(x)| over bits x, where each wire is the parity of
some of the bits (and a constant), and Q(x) = Σ l_j x_j + 2 Σ q_jk x_j x_k modulo 4. (Dehaene & De Moor, *Clifford
group, stabilizer states, and linear and quadratic operations over GF(2)*, arXiv quant-ph/0304125; sums over paths:
Amy, arXiv 1805.06908.) A bit that no wire depends on is summed away by one of the two Gauss sums.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.bitsets import bits
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.functors.circuits.pauli import QUARTERS

Form = tuple[int, int]
"""The parity of the bits in a mask, plus a constant bit."""


class NotClifford(CircuitError):  # noqa: N818 the name says it
    """A gate or a phase outside the stabiliser formalism."""


def quarter_turns(phase: Phase | int, what: str) -> int:
    """A phase in half turns as a number of quarter turns modulo 4.

    Raises:
        NotClifford: if it is not a multiple of a quarter turn.
    """
    if not is_symbolic(phase):
        quarters = phase * 2
        if math.isfinite(quarters) and quarters == int(quarters):
            return int(quarters) & 3
    raise NotClifford(
        f"{what} turns by {phase} half turns: in a Clifford circuit angles are multiples of π/2"
    )


class PhaseSum:
    """A sum over paths that gates are applied to. Mutable: an engine's value, never handed out.

    Attributes:
        wires: the parity on each wire that is open.
        linear: l_j modulo 4 of each bit.
        quadratic: the mask of the k with q_jk = 1, for each bit j.
        power: of √2.
        eighths: the phase in eighths of a turn.
        zero: whether the map is zero.

    >>> total = PhaseSum()
    >>> total.wires.append((0, 0)); total.h(0); total.close(0); total.finish()
    >>> total.power, total.eighths, total.zero  # ⟨0|H|0⟩ = 1/√2
    (-1, 0, False)
    """

    __slots__ = ("eighths", "free", "linear", "power", "quadratic", "wires", "zero")

    def __init__(self) -> None:
        self.wires: list[Form] = []
        self.linear: list[int] = []
        self.quadratic: list[int] = []
        self.free = 0
        self.power = 0
        self.eighths = 0
        self.zero = False

    def new(self) -> int:
        """A new bit, summed over."""
        if self.free:
            low = self.free & -self.free
            self.free ^= low
            return low.bit_length() - 1
        self.linear.append(0)
        self.quadratic.append(0)
        return len(self.linear) - 1

    # Phases

    def turn(self, form: Form, quarters: int) -> None:
        """Multiply by i^quarters where the parity is odd."""
        mask, constant = form
        if constant:
            self.eighths += 2 * quarters
            quarters = -quarters
        linear, quadratic = self.linear, self.quadratic
        if mask and not mask & (mask - 1):
            j = mask.bit_length() - 1
            linear[j] = (linear[j] + quarters) & 3
            return
        # x1 ⊕ … ⊕ xr = Σ x_i - 2 Σ x_i x_j modulo 4
        odd = quarters & 1
        for j in bits(mask):
            linear[j] = (linear[j] + quarters) & 3
            if odd:
                quadratic[j] ^= mask ^ (1 << j)

    def sign(self, one: Form, other: Form) -> None:
        """Multiply by -1 where both parities are odd."""
        (m1, c1), (m2, c2) = one, other
        linear, quadratic = self.linear, self.quadratic
        if c1 and c2:
            self.eighths += 4
        for j in bits((m2 if c1 else 0) ^ (m1 if c2 else 0) ^ (m1 & m2)):
            linear[j] ^= 2
        for j in bits(m1):
            quadratic[j] ^= m2
        for j in bits(m2):
            quadratic[j] ^= m1

    # Bits

    def put(self, j: int, form: Form) -> None:
        """Replace a bit by a parity, in which it does not occur."""
        turns, signs = self._take(j)
        low = 1 << j
        mask, constant = form
        wires = self.wires
        for k, (m, c) in enumerate(wires):
            if m & low:
                wires[k] = (m ^ low ^ mask, c ^ constant)
        if turns:
            self.turn(form, turns)
        if signs:
            self.sign(form, (signs, 0))

    def _take(self, j: int) -> tuple[int, int]:
        """Take a bit out of the phases: its quarter turns, and the bits that share a sign with it."""
        turns, signs = self.linear[j], self.quadratic[j]
        self.linear[j] = self.quadratic[j] = 0
        low = 1 << j
        for k in bits(signs):
            self.quadratic[k] ^= low
        self.free |= low
        return turns, signs

    def require(self, form: Form) -> None:
        """Keep only the paths on which a parity is even."""
        mask, constant = form
        if not mask:
            self.zero = self.zero or bool(constant)
            return
        low = mask & -mask
        self.put(low.bit_length() - 1, (mask ^ low, constant))

    def sum_out(self, j: int) -> None:
        """Sum over a bit that no wire depends on."""
        turns, signs = self._take(j)
        if turns & 1:  # 1 + i^±1 (-1)^s = √2 e^{±iπ/4} i^{∓s}
            up = 1 if turns == 1 else -1
            self.power += 1
            self.eighths += up
            self.turn((signs, 0), -up)
        else:  # 1 + (-1)^s or 1 - (-1)^s
            self.power += 2
            self.require((signs, turns >> 1))

    def tidy(self, mask: int) -> None:
        """Sum over those of some bits that no wire depends on any more."""
        while True:
            # summing over one bit may take others off the wires, or put them there
            idle = mask & ~self.free
            for m, _ in self.wires:
                idle &= ~m
                if not idle:
                    return
            if not idle:
                return
            self.sum_out(idle.bit_length() - 1)

    # Gates

    def h(self, q: int) -> None:
        """A Hadamard gate on a wire."""
        mask, constant = self.wires[q]
        j = self.new()
        low = 1 << j
        self.wires[q] = (low, 0)
        # a sign where the old parity and the new bit are odd
        if constant:
            self.linear[j] ^= 2
        quadratic = self.quadratic
        quadratic[j] ^= mask
        for k in bits(mask):
            quadratic[k] ^= low
        self.power -= 1
        self.tidy(mask)
        self.compact()

    def close(self, q: int) -> None:
        """The effect ⟨0| on the last wire, or on a wire that takes the last one's place."""
        form = self.wires[q]
        self.wires[q] = self.wires[-1]
        self.wires.pop()
        self.require(form)
        self.tidy(form[0])

    def gate(self, gate: Gate, at: list[int]) -> None:
        """A unitary Clifford gate of the basic set on the wires at some places.

        Raises:
            NotClifford: for any other gate.
        """
        name, wires = gate.name, self.wires
        a = at[0]
        if name == "cx":
            (m, c), (n, d) = wires[a], wires[at[1]]
            wires[at[1]] = (m ^ n, c ^ d)
        elif name == "h":
            self.h(a)
        elif name in QUARTERS:
            self.turn(wires[a], QUARTERS[name])
        elif name == "cz":
            self.sign(wires[a], wires[at[1]])
        elif name == "x":
            wires[a] = (wires[a][0], wires[a][1] ^ 1)
        elif name == "y":  # Y = iXZ
            self.turn(wires[a], 2)
            wires[a] = (wires[a][0], wires[a][1] ^ 1)
            self.eighths += 2
        elif name == "swap":
            wires[a], wires[at[1]] = wires[at[1]], wires[a]
        elif name == "rz":
            quarters = quarter_turns(gate.params[0], "rz")
            self.turn(wires[a], quarters)
            # e^{-iπθ/2} has period 4 in θ
            self.eighths -= int(gate.params[0] * 2) % 8
        elif name != "barrier":
            raise NotClifford(f"{gate.label or name} is not a Clifford gate: stabiliser maps have none")

    # The normal form

    def compact(self) -> None:
        """Bring the sum to normal form when it has many more bits than its wires can need."""
        if len(self.linear) - self.free.bit_count() > 8 * len(self.wires) + 32:
            self.finish()

    def finish(self) -> None:
        """Bring the sum to the form in which the first independent wires are bits, and no other bits are left."""
        while True:
            self.tidy((1 << len(self.linear)) - 1)
            pivots = 0
            for k in range(len(self.wires)):
                mask, constant = self.wires[k]
                fresh = mask & ~pivots
                if not fresh:
                    continue
                low = fresh & -fresh
                j = low.bit_length() - 1
                pivots |= low
                if mask != low or constant:
                    # the bit is renamed so that this wire is the bit itself
                    new = self.new()
                    self.put(j, (mask ^ low ^ (1 << new), constant))
                    pivots ^= low ^ (1 << new)
            alive = ((1 << len(self.linear)) - 1) & ~self.free
            if alive == pivots:
                break
        if self.zero:
            return
        self.eighths %= 8

    def pivots(self) -> list[int]:
        """The bits in the order of the wires that they are, after :meth:`finish`."""
        found: list[int] = []
        seen = 0
        for mask, _ in self.wires:
            if mask & ~seen:
                found.append(mask.bit_length() - 1)
                seen |= mask
        return found


def clifford_phase(n: int, gates: Iterable[Gate]) -> Fraction | None:
    """The phase, in half turns, of ⟨0…0|C|0…0⟩ for a circuit of Clifford gates of the basic set; ``None`` if
    that amplitude is zero.

    >>> clifford_phase(1, [Gate(name, (0,)) for name in "hshshs"])
    Fraction(1, 4)
    """
    total = PhaseSum()
    total.wires = [(0, 0)] * n
    for gate in gates:
        total.gate(gate, list(gate.qubits))
    while total.wires:
        total.close(len(total.wires) - 1)
    total.finish()
    return None if total.zero else Fraction(total.eighths % 8, 4)
