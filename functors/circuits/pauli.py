"""Pauli strings as pairs of bit masks, and Clifford operators by how they move them.

A Pauli string is i^phase · X^x · Z^z, where ``x`` and ``z`` are integers used as bit masks over the qubits
(bit q for qubit q) and ``phase`` is taken modulo 4. The string is Hermitian when phase and the number of Ys
(``x & z``) have the same parity.
"""

from __future__ import annotations

from dataclasses import dataclass

from catenary.functors.circuits.gates import Gate


@dataclass(frozen=True, slots=True)
class Pauli:
    """The operator i^phase · X^x · Z^z. Immutable.

    >>> x, z = Pauli(1, 0), Pauli(0, 1)
    >>> x * z == -(z * x), x.commutes(z)
    (True, False)
    >>> str(Pauli.from_letters("XYZ"))
    '+XYZ'
    """

    x: int
    z: int
    phase: int = 0

    @staticmethod
    def from_letters(letters: str, sign: int = 1) -> Pauli:
        """The Hermitian string with the given letters (I, X, Y, Z; qubit 0 first) and sign ±1."""
        x = sum(1 << q for q, letter in enumerate(letters) if letter in "XY")
        z = sum(1 << q for q, letter in enumerate(letters) if letter in "YZ")
        return hermitian(x, z, sign)

    def __mul__(self, other: Pauli) -> Pauli:
        phase = self.phase + other.phase + 2 * (self.z & other.x).bit_count()
        return Pauli(self.x ^ other.x, self.z ^ other.z, phase & 3)

    def __neg__(self) -> Pauli:
        return Pauli(self.x, self.z, (self.phase + 2) & 3)

    def commutes(self, other: Pauli) -> bool:
        """Whether the two strings commute (otherwise they anticommute)."""
        return not ((self.x & other.z).bit_count() + (self.z & other.x).bit_count()) & 1

    @property
    def sign(self) -> int:
        """+1 or -1 for a Hermitian string.

        Raises:
            ValueError: if the string is ±i times a Hermitian one.
        """
        power = (self.phase - (self.x & self.z).bit_count()) & 3
        if power & 1:
            raise ValueError(f"i^{power} times a Pauli string is not Hermitian")
        return 1 - power

    def letter(self, qubit: int) -> str:
        """The letter on one qubit: I, X, Y or Z."""
        return "IXZY"[(self.x >> qubit & 1) | (self.z >> qubit & 1) << 1]

    def __str__(self) -> str:
        width = max(self.x.bit_length(), self.z.bit_length(), 1)
        return ("+" if self.sign > 0 else "-") + "".join(self.letter(q) for q in range(width))


def hermitian(x: int, z: int, sign: int = 1) -> Pauli:
    """The Hermitian Pauli string with the given masks and sign ±1."""
    return Pauli(x, z, ((x & z).bit_count() + (0 if sign > 0 else 2)) & 3)


def anticommute(x1: int, z1: int, x2: int, z2: int) -> int:
    """1 if the two strings anticommute and 0 if they commute."""
    return ((x1 & z2).bit_count() + (z1 & x2).bit_count()) & 1


class Tableau:
    """A Clifford operator C, up to global phase, by the strings C† X_q C and C† Z_q C for every qubit q.

    Gates are applied after C, so that :meth:`pull` carries a Pauli string at the end of a circuit back to its
    beginning. Every gate costs a few operations on integers. Mutable: an engine's value, never handed out.

    >>> t = Tableau(2)
    >>> t.apply(Gate("h", (0,))); t.apply(Gate("cx", (0, 1)))
    >>> str(t.pull(Pauli.from_letters("XX"))), str(t.pull(Pauli.from_letters("YY")))
    ('+Z', '-ZZ')
    """

    __slots__ = ("n", "xp", "xx", "xz", "zp", "zx", "zz")

    def __init__(self, n: int):
        self.n = n
        self.xx = [1 << q for q in range(n)]
        self.xz = [0] * n
        self.xp = [0] * n
        self.zx = [0] * n
        self.zz = [1 << q for q in range(n)]
        self.zp = [0] * n

    def copy(self) -> Tableau:
        """An independent copy."""
        new = Tableau(0)
        new.n = self.n
        for name in ("xx", "xz", "xp", "zx", "zz", "zp"):
            setattr(new, name, list(getattr(self, name)))
        return new

    def h(self, q: int) -> None:
        """Apply a Hadamard gate."""
        self.xx[q], self.zx[q] = self.zx[q], self.xx[q]
        self.xz[q], self.zz[q] = self.zz[q], self.xz[q]
        self.xp[q], self.zp[q] = self.zp[q], self.xp[q]

    def phase_gate(self, q: int, quarter: int) -> None:
        """Apply S to the power ``quarter`` (any integer)."""
        quarter &= 3
        if quarter == 2:
            self.xp[q] = (self.xp[q] + 2) & 3
        elif quarter:
            # S† X S = -iXZ and S X S† = iXZ.
            self.xp[q] = (self.xp[q] + self.zp[q] + 2 * (self.xz[q] & self.zx[q]).bit_count() - quarter) & 3
            self.xx[q] ^= self.zx[q]
            self.xz[q] ^= self.zz[q]

    def x(self, q: int) -> None:
        """Apply a Pauli X."""
        self.zp[q] = (self.zp[q] + 2) & 3

    def cx(self, c: int, t: int) -> None:
        """Apply a CX gate."""
        xx, xz, zx, zz = self.xx, self.xz, self.zx, self.zz
        self.xp[c] = (self.xp[c] + self.xp[t] + 2 * (xz[c] & xx[t]).bit_count()) & 3
        xx[c] ^= xx[t]
        xz[c] ^= xz[t]
        self.zp[t] = (self.zp[t] + self.zp[c] + 2 * (zz[t] & zx[c]).bit_count()) & 3
        zx[t] ^= zx[c]
        zz[t] ^= zz[c]

    def cz(self, a: int, b: int) -> None:
        """Apply a CZ gate."""
        self.h(b)
        self.cx(a, b)
        self.h(b)

    def swap(self, a: int, b: int) -> None:
        """Apply a SWAP gate."""
        for rows in (self.xx, self.xz, self.xp, self.zx, self.zz, self.zp):
            rows[a], rows[b] = rows[b], rows[a]

    def apply(self, gate: Gate) -> None:
        """Apply a Clifford gate of the basic set.

        Raises:
            ValueError: for any other gate.
        """
        name, qubits = gate.name, gate.qubits
        if name == "h":
            self.h(qubits[0])
        elif name == "cx":
            self.cx(*qubits)
        elif name == "cz":
            self.cz(*qubits)
        elif name in QUARTERS:
            self.phase_gate(qubits[0], QUARTERS[name])
        elif name == "x":
            self.x(qubits[0])
        elif name == "y":
            self.x(qubits[0])
            self.phase_gate(qubits[0], 2)
        elif name == "swap":
            self.swap(*qubits)
        else:
            raise ValueError(f"{name} is not a Clifford gate of the basic set")

    def row_z(self, q: int) -> tuple[int, int, int]:
        """C† Z_q C as (x, z, sign)."""
        x, z = self.zx[q], self.zz[q]
        return x, z, 1 - ((self.zp[q] - (x & z).bit_count()) & 3)

    def row_x(self, q: int) -> tuple[int, int, int]:
        """C† X_q C as (x, z, sign)."""
        x, z = self.xx[q], self.xz[q]
        return x, z, 1 - ((self.xp[q] - (x & z).bit_count()) & 3)

    def pull(self, pauli: Pauli) -> Pauli:
        """C† P C."""
        x = z = 0
        phase = pauli.phase
        for mask, rx, rz, rp in ((pauli.x, self.xx, self.xz, self.xp), (pauli.z, self.zx, self.zz, self.zp)):
            while mask:
                q = (mask & -mask).bit_length() - 1
                mask &= mask - 1
                phase += rp[q] + 2 * (z & rx[q]).bit_count()
                x ^= rx[q]
                z ^= rz[q]
        return Pauli(x, z, phase & 3)

    def push(self, pauli: Pauli) -> Pauli:
        """C P C†, from the commutation of P with the rows."""
        x = z = 0
        for q in range(self.n):
            # C P C† has an X on q exactly when P anticommutes with C† Z_q C.
            x |= anticommute(pauli.x, pauli.z, self.zx[q], self.zz[q]) << q
            z |= anticommute(pauli.x, pauli.z, self.xx[q], self.xz[q]) << q
        back = self.pull(Pauli(x, z))
        return Pauli(x, z, (pauli.phase - back.phase) & 3)

    def is_identity(self) -> bool:
        """Whether every string is left as it is: C is a global phase."""
        return (
            not any(self.xp)
            and not any(self.zp)
            and not any(self.xz)
            and not any(self.zx)
            and all(row == 1 << q for q, row in enumerate(self.xx))
            and all(row == 1 << q for q, row in enumerate(self.zz))
        )


QUARTERS = {"id": 0, "s": 1, "z": 2, "sdg": 3}
"""Clifford phase gates as powers of S."""
