"""Stabiliser states with their exact global phase (the CH form of Bravyi et al., arXiv 1808.00128, section
4.1).

A Clifford tableau forgets the global phase. Following what a circuit does to |0…0⟩ in CH form recovers it:
the state is i^(w/2) · U_C · U_H · |s⟩ where U_C is made of S, CZ and CX gates and U_H of Hadamards on the
qubits in the mask v.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.pauli import QUARTERS


class StabiliserState:
    """C|0…0⟩ for a Clifford circuit C, with its phase in eighths of a full turn.

    >>> state = StabiliserState(1)
    >>> for name in "hshshs": state.apply(Gate(name, (0,)))
    >>> state.phase_at_zero()
    Fraction(1, 4)
    """

    def __init__(self, n: int):
        self.n = n
        # U_C† Z_p U_C = Z^G[p];  U_C† X_p U_C = i^gamma[p] X^F[p] Z^M[p].
        self.f = [1 << p for p in range(n)]
        self.g = [1 << p for p in range(n)]
        self.m = [0] * n
        self.gamma = [0] * n
        self.v = 0
        self.s = 0
        self.eighths = 0

    def apply(self, gate: Gate) -> None:
        """Apply a Clifford gate of the basic set.

        Raises:
            ValueError: for any other gate.
        """
        name = gate.name
        a = gate.qubits[0]
        if name in QUARTERS:
            for _ in range(QUARTERS[name]):
                self.m[a] ^= self.g[a]
                self.gamma[a] = (self.gamma[a] - 1) & 3
        elif name == "cx":
            self._cx(a, gate.qubits[1])
        elif name == "cz":
            b = gate.qubits[1]
            self.m[a] ^= self.g[b]
            self.m[b] ^= self.g[a]
        elif name == "h":
            self._h(a)
        elif name == "x":
            self._x(a)
        elif name == "y":
            # Y = iXZ.
            self.apply(Gate("z", (a,)))
            self._x(a)
            self.eighths = (self.eighths + 2) & 7
        elif name == "swap":
            b = gate.qubits[1]
            self._cx(a, b)
            self._cx(b, a)
            self._cx(a, b)
        else:
            raise ValueError(f"{name} is not a Clifford gate of the basic set")

    def phase_at_zero(self) -> Fraction | None:
        """The phase of ⟨0…0|C|0…0⟩ in half turns, or ``None`` if that amplitude is zero."""
        if self.s & ~self.v:
            return None
        return Fraction(self.eighths, 4)

    def _cx(self, p: int, q: int) -> None:
        self.gamma[p] = (self.gamma[p] + self.gamma[q] + 2 * (self.m[p] & self.f[q]).bit_count()) & 3
        self.g[q] ^= self.g[p]
        self.f[p] ^= self.f[q]
        self.m[p] ^= self.m[q]

    def _x(self, p: int) -> None:
        # X_p U_C U_H |s> = U_C (i^gamma X^F Z^M) U_H |s>.
        f, m, v, s = self.f[p], self.m[p], self.v, self.s
        u, power = _through_hadamards(f, m, v, s)
        self.s = u
        self.eighths = (self.eighths + 2 * self.gamma[p] + 4 * power) & 7

    def _h(self, p: int) -> None:
        v, s = self.v, self.s
        t, alpha = _through_hadamards(0, self.g[p], v, s)
        u, beta = _through_hadamards(self.f[p], self.m[p], v, s)
        # (|t>(-1)^alpha + i^gamma (-1)^beta |u>) / sqrt 2
        delta = (self.gamma[p] + 2 * beta - 2 * alpha) & 3
        self.eighths = (self.eighths + 4 * alpha) & 7
        if t == u:
            # (1 + i^delta)/sqrt 2 is a phase because the result has norm one: delta is 1 or 3.
            self.s = t
            self.eighths = (self.eighths + (1 if delta == 1 else 7)) & 7
            return
        self._superpose(t, u, delta)

    def _superpose(self, t: int, u: int, delta: int) -> None:
        """Rewrite U_H (|t⟩ + i^delta |u⟩)/√2, t ≠ u, as U_C' U_H' |s'⟩, multiplying U_C' into U_C from the
        right.
        """
        differ = t ^ u
        v = self.v
        plain = differ & ~v
        if plain:
            low = plain & -plain
            # U_H^-1 CX_{q,i} U_H: CX for i not in v, CZ for i in v, all with control q not in v.
            self._right_cx_from(low, plain & ~low)
            self._right_cz_from(low, differ & v)
        else:
            low = differ & -differ
            # All differing qubits have a Hadamard: CX with control i and target q.
            self._right_cx_into(low, differ & ~low)
        if t & low:
            # |t> + i^delta |u> with t_q = 1: take the bit out, put i^delta in front.
            y_zero = u
            first, sign = 1, delta
        else:
            y_zero = t
            first, sign = 0, delta
        # Now the superposition is on qubit q alone: (|first> + i^delta |1-first>) and the other bits are
        # those of the term with q = 0.
        if first:
            self.eighths = (self.eighths + 2 * sign) & 7
            sign = (-sign) & 3
        self.s = y_zero & ~low
        # H^v_q (|0> + i^sign |1>)/sqrt 2
        if not plain:
            # v_q = 1: H(|0> + i^k|1>)/sqrt2.
            if sign == 0:
                self.v &= ~low
            elif sign == 2:
                self.v &= ~low
                self.s |= low
            else:
                # (|0> ± i|1>)/√2 under H is e^{±iπ/4}(|0> ∓ i|1>)/√2 = e^{±iπ/4} S^{∓1} H|0>.
                self.eighths = (self.eighths + (1 if sign == 1 else 7)) & 7
                self._right_phase(low, 3 if sign == 1 else 1)
        else:
            self.v |= low
            if sign == 2:
                self.s |= low
            elif sign & 1:
                self._right_phase(low, sign)

    def _right_phase(self, low: int, quarter: int) -> None:
        """U_C ← U_C S_q^quarter."""
        for p in range(self.n):
            if self.f[p] & low:
                # S† X S = -i X Z, once for each power.
                for _ in range(quarter):
                    self.m[p] ^= low
                    self.gamma[p] = (self.gamma[p] - 1) & 3

    def _right_cz_from(self, low: int, others: int) -> None:
        """U_C ← U_C ∏ CZ_{q,i} over i in ``others``."""
        if not others:
            return
        for p in range(self.n):
            f = self.f[p]
            shared = (f & others).bit_count()
            if f & low:
                # CZ X_q X_i CZ = (X_q Z_i)(X_i Z_q) = -X_q X_i Z_q Z_i up to the order of factors.
                self.m[p] ^= others
                self.gamma[p] = (self.gamma[p] + 2 * shared) & 3
            if shared & 1:
                self.m[p] ^= low

    def _right_cx_from(self, low: int, others: int) -> None:
        """U_C ← U_C ∏ CX_{q,i}, control q, over i in ``others``."""
        if not others:
            return
        for p in range(self.n):
            if self.f[p] & low:
                self.f[p] ^= others
            if (self.m[p] & others).bit_count() & 1:
                self.m[p] ^= low
            if (self.g[p] & others).bit_count() & 1:
                self.g[p] ^= low

    def _right_cx_into(self, low: int, others: int) -> None:
        """U_C ← U_C ∏ CX_{i,q}, target q, over i in ``others``."""
        if not others:
            return
        for p in range(self.n):
            if (self.f[p] & others).bit_count() & 1:
                self.f[p] ^= low
            if self.m[p] & low:
                self.m[p] ^= others
            if self.g[p] & low:
                self.g[p] ^= others


def _through_hadamards(f: int, m: int, v: int, s: int) -> tuple[int, int]:
    """X^f Z^m H^v |s⟩ = (-1)^power H^v |u⟩; returns u and power."""
    # Without a Hadamard: Z^m gives (-1)^(m·s), X^f flips. With one: Z flips, then X gives a sign.
    u = s ^ (f & ~v) ^ (m & v)
    power = (m & ~v & s).bit_count() + (f & v & (s ^ m)).bit_count()
    return u, power & 1


def clifford_phase(n: int, gates: Iterable[Gate]) -> Fraction | None:
    """The phase, in half turns, of ⟨0…0|C|0…0⟩ for a circuit of Clifford gates; ``None`` if that amplitude
    is zero.
    """
    state = StabiliserState(n)
    for gate in gates:
        state.apply(gate)
    return state.phase_at_zero()
