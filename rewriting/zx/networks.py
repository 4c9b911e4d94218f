"""Circuits from Pauli rotations and a Clifford map, greedily: Pauli networks.

From the end of the circuit backwards: of the rotations that nothing later stands before, the one on the fewest
qubits is narrowed by two-qubit Clifford gates until it is a phase gate on one line. Each gate is conjugated through all
that is left, and the one is taken that narrows most of what comes next (Goubault de Brugière and Martiel, *Faster
and shorter synthesis of Hamiltonian simulation circuits*, arXiv 2404.03280; Schmitz, Sawaya, Johri and Matsuura,
*Graph optimization perspective for low-depth Trotter-Suzuki decomposition*, arXiv 2103.08602). Then the Clifford map,
pair by pair of its Pauli images (Bravyi, Shaydulin, Hu and Maslov, *Clifford circuit optimization with templates and
symbolic Pauli gates*, arXiv 2105.02291, appendix A). Each gate narrows what it was chosen for: so the number of
two-qubit gates is at most n - 1 for each rotation and 2(n - 1) for each pair, swaps of lines apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from catenary.diagrams import Phase
from catenary.functors.bitsets import bits, columns, lowest
from catenary.functors.circuits.pauli import Pauli
from catenary.rewriting.limits import check_deadline
from catenary.rewriting.zx.tape import Tape

_WORD = (1 << 64) - 1
_WINDOW = (1 << 24) - 1  # the rotations that a gate is chosen for: the next ones
CLIFFORD_WORTH = 0.1
"""What narrowing one of the Clifford map's strings is worth beside narrowing one of the rotations'."""

Words = npt.NDArray[np.uint64]


def _ones_by_bytes(words: Words) -> npt.NDArray[np.uint8]:
    """The number of ones of each word, where numpy has no function for it (before 2)."""
    octets = np.ascontiguousarray(words).view(np.uint8).reshape(*words.shape, 8)
    ones: npt.NDArray[np.uint8] = np.unpackbits(octets, axis=-1).sum(axis=-1, dtype=np.uint8)
    return ones


_ones: Callable[[Words], npt.NDArray[np.uint8]] = getattr(np, "bitwise_count", _ones_by_bytes)


class Strings:
    """Signed Pauli strings by columns, conjugated by gates that are written on a tape, last gate first.

    Attributes:
        x, z: for each qubit the strings with an X part, a Z part there, as bitsets.
        minus: the strings with the sign -1.
        tape: the adjoints of the gates.
    """

    def __init__(self, n_qubits: int, strings: Sequence[Pauli], tape: Tape):
        self.n_qubits = n_qubits
        self.tape = tape
        self.x = columns([p.x for p in strings], n_qubits)
        self.z = columns([p.z for p in strings], n_qubits)
        self.minus = sum(1 << i for i, p in enumerate(strings) if p.sign < 0)

    def h(self, q: int) -> None:
        """Conjugate by a Hadamard."""
        x, z = self.x, self.z
        self.minus ^= x[q] & z[q]
        x[q], z[q] = z[q], x[q]
        self.tape.write("h", q)

    def s(self, q: int) -> None:
        """Conjugate by S: X becomes Y, and Y becomes -X."""
        self.minus ^= self.x[q] & self.z[q]
        self.z[q] ^= self.x[q]
        self.tape.write("sdg", q)

    def cx(self, c: int, t: int) -> None:
        """Conjugate by CX."""
        x, z = self.x, self.z
        self.minus ^= x[c] & z[t] & ~(x[t] ^ z[c])
        x[t] ^= x[c]
        z[c] ^= z[t]
        self.tape.write("cx", c, t)

    def cz(self, a: int, b: int) -> None:
        """Conjugate by CZ."""
        x, z = self.x, self.z
        self.minus ^= x[a] & x[b] & (z[a] ^ z[b])
        z[a] ^= x[b]
        z[b] ^= x[a]
        self.tape.write("cz", a, b)

    def pauli(self, name: str, q: int) -> None:
        """Conjugate by X or Z."""
        self.minus ^= self.z[q] if name == "x" else self.x[q]
        self.tape.write(name, q)

    def letter(self, i: int, q: int) -> int:
        """The letter of a string on a qubit: 0 for I, 1 for X, 2 for Z, 3 for Y."""
        return (self.x[q] >> i & 1) | (self.z[q] >> i & 1) << 1

    def make(self, letter: int, wanted: int, q: int) -> None:
        """Turn a letter on a qubit into X or Z by one-qubit gates."""
        if letter == 3:
            self.s(q)
            letter = 1
        if letter != wanted:
            self.h(q)

    def support(self, i: int) -> list[int]:
        """The qubits that a string is on."""
        return [q for q, (x, z) in enumerate(zip(self.x, self.z, strict=True)) if (x | z) >> i & 1]

    def sizes(self, first: int, count: int) -> list[int]:
        """On how many qubits each of some strings is."""
        octets = (count + 7) // 8
        mask = (1 << count) - 1
        rows = [
            ((x | z) >> first & mask).to_bytes(octets, "little") for x, z in zip(self.x, self.z, strict=True)
        ]
        ones = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), octets)
        found: list[int] = (
            np.unpackbits(ones, axis=1, bitorder="little")[:, :count].sum(axis=0, dtype=np.int64).tolist()
        )
        return found

    def couple(self, a: int, p: int, b: int, r: int) -> None:
        """Conjugate by the gate that multiplies strings which anticommute with one letter by the other one.

        CX or CZ up to one-qubit gates before it, which are left there.
        """
        if p != 2 and r == 2:
            self.make(p, 1, a)
            self.cx(b, a)
        elif p == 2 and r != 2:
            self.make(r, 1, b)
            self.cx(a, b)
        elif p == 2:
            self.cz(a, b)
        else:
            self.make(p, 1, a)
            self.make(r, 2, b)
            self.cx(b, a)

    def narrow(
        self, i: int, where: Sequence[int], words: Sequence[tuple[int, int, float]], keep: int = -1
    ) -> tuple[int, int]:
        """One two-qubit gate that takes a string off a qubit: the one that narrows the others most. Returns its qubits.

        Args:
            i: the string.
            where: two or more qubits that it is on.
            words: the strings that count: 64 from a first one, a mask of them, and the worth of each, which is 1 for the
                first words.
            keep: a qubit to leave the string on, if there is another one.
        """
        size = len(where)
        columns = [(self.x[q], self.z[q]) for q in where]
        letters = [(x >> i & 1) | (z >> i & 1) << 1 for x, z in columns]
        near: Window = []
        for start, mask, worth in words:
            xs: list[int] = []
            zs: list[int] = []
            for (x, z), letter in zip(columns, letters, strict=True):
                x, z = x >> start & mask, z >> start & mask
                # In a frame in which the string is Z everywhere.
                xs.append(x if letter == 2 else z if letter == 1 else x ^ z)
                zs.append(x if letter == 1 else z)
            near.append((xs, zs, worth))
        barred = where.index(keep) if keep in where else -1
        kind, j, k = (_least if size > 3 else _least_of_few)(near, size, barred)
        # Back from the frame: X there is the letter after the string's own, Y the third one.
        own = letters[j]
        if own == 2:
            p = 3 if kind else 1
        elif own == 1:
            p = 3 if kind else 2
        else:
            p = 2 if kind else 1
        self.couple(where[j], p, where[k], letters[k])
        return where[j], where[k]


_NEVER = 1 << 14  # more than any gate costs

Window = list[tuple[list[int], list[int], float]]
"""For groups of strings the X parts and the Z parts on each qubit, as bitsets, and what a string is worth."""


def _least(window: Window, size: int, barred: int) -> tuple[int, int, int]:
    """The gate after which the strings are on the fewest qubits: X (0) or Y (1) on one qubit, Z on another one,
    which the string that is Z everywhere leaves.
    """
    # axes: group of strings, (X, Z or Z ⊕ X), qubits
    table = np.array([(xs, zs, zs) for xs, zs, _ in window], dtype=np.uint64)
    x, z = table[:, 0], table[:, 1]
    table[:, 2] ^= x
    turned = table[:, 1:, :, None]
    both = np.empty((2, len(window), 2, size, size), dtype=np.uint64)
    np.bitwise_or(turned, (x[:, :, None] ^ x[:, None])[:, None], out=both[0])
    np.bitwise_or(turned ^ z[:, None, None], x[:, None, None], out=both[1])
    after = _ones(both)  # at most 64 each, so that two fit into a byte
    before = _ones(x | z)
    change = np.subtract(after[0] + after[1], (before[:, :, None] + before[:, None])[:, None], dtype=np.int16)
    total: npt.NDArray[Any] = change[0]
    for part, (_, _, worth) in zip(change[1:], window[1:], strict=True):
        total = total + worth * part
    total.reshape(2, -1)[:, :: size + 1] = _NEVER
    if barred >= 0:
        total[:, :, barred] = _NEVER
    kind, rest = divmod(int(total.argmin()), size * size)
    return kind, *divmod(rest, size)


def _least_of_few(window: Window, size: int, barred: int) -> tuple[int, int, int]:
    """The same for two or three qubits, where arrays cost more than they save."""
    best, least = (0, 0, 0), float("inf")
    for kind in (0, 1):
        for j in range(size):
            for k in range(size):
                if j == k or k == barred:
                    continue
                total = 0.0
                for xs, zs, worth in window:
                    xj, xk, zj, zk = xs[j], xs[k], zs[j], zs[k]
                    turned = zj ^ xj if kind else zj
                    after = (turned | (xj ^ xk)).bit_count() + ((turned ^ zk) | xk).bit_count()
                    total += worth * (after - (xj | zj).bit_count() - (xk | zk).bit_count())
                if total < least:
                    best, least = (kind, j, k), total
    return best


def write_rotations(
    strings: Strings,
    angles: Sequence[Phase],
    phase_gate: Callable[[int, Phase, bool], None],
    deadline: float | None,
    worth: float = CLIFFORD_WORTH,
) -> None:
    """Write the rotations about the first strings, the one that acts last first, and conjugate the others.

    Args:
        strings: the rotations' strings, then any others.
        angles: one for each rotation.
        phase_gate: writes a rotation about Z or -Z on a qubit.
        deadline: a :func:`time.monotonic` time to stop at.
        worth: of narrowing one of the other strings, beside narrowing one of the rotations'.

    Raises:
        LimitReached: at the deadline.
    """
    count = len(angles)
    before = _before(strings, count)
    left = (1 << count) - 1
    others = [(k, _WORD, worth) for k in range(count, count + 2 * strings.n_qubits, 64)]
    while left:
        check_deadline(deadline, "writing a Pauli network")
        start = lowest(left)
        near = left >> start & _WORD
        front = sum(1 << j for j in bits(near) if not before[start + j] & left)
        words = [(start, near & _WINDOW, 1.0)]
        if left.bit_count() < 64:
            words += others
        widths = _Widths(strings, start, front)
        while True:
            narrowest, single = widths.narrowest()
            if single:
                break
            one = narrowest & -narrowest
            where = [q for q, on in enumerate(widths.on) if on & one]
            for q in strings.narrow(start + lowest(one), where, words):
                widths.changed(q)
        for j in bits(narrowest):
            i = start + j
            (q,) = strings.support(i)
            strings.make(strings.letter(i, q), 2, q)
            phase_gate(q, angles[i], bool(strings.minus >> i & 1))
        left &= ~(narrowest << start)


class _Widths:
    """On how many qubits each of some strings is: the numbers in binary, a bitset for each place."""

    def __init__(self, strings: Strings, start: int, among: int):
        self.strings = strings
        self.start = start
        self.among = among
        self.on = [0] * strings.n_qubits
        self.digits: list[int] = []
        for q in range(strings.n_qubits):
            self.changed(q)

    def changed(self, q: int) -> None:
        """Look again at the strings that are on a qubit."""
        strings, digits = self.strings, self.digits
        now = (strings.x[q] | strings.z[q]) >> self.start & self.among
        change = self.on[q] ^ now
        self.on[q] = now
        carry, borrow = change & now, change & ~now
        place = 0
        while carry:
            if place == len(digits):
                digits.append(carry)
                break
            digits[place], carry = digits[place] ^ carry, digits[place] & carry
            place += 1
        place = 0
        while borrow:
            digits[place], borrow = digits[place] ^ borrow, borrow & ~digits[place]
            place += 1

    def narrowest(self) -> tuple[int, bool]:
        """The strings that are on the fewest qubits, and whether that is one qubit."""
        among, digits = self.among, self.digits
        single = True
        for place in range(len(digits) - 1, -1, -1):
            fewer = among & ~digits[place]
            if fewer:
                among = fewer
            elif place:  # of a number that is one, only the last digit is one
                single = False
        return among, single


def _before(strings: Strings, count: int) -> list[int]:
    """For each of the first strings the ones before it that it anticommutes with."""
    found = []
    for i in range(count):
        anti = 0
        for q in range(strings.n_qubits):
            x, z = strings.x[q], strings.z[q]
            if x >> i & 1:
                anti ^= z
            if z >> i & 1:
                anti ^= x
        found.append(anti & ((1 << i) - 1))
    return found


def write_clifford(strings: Strings, first: int, deadline: float | None) -> list[int]:
    """Write the Clifford map with the given images of Z and X, as far as a permutation of the lines.

    Args:
        strings: from ``first`` on, the images of Z for each qubit, then those of X.
        first: where they begin.
        deadline: a :func:`time.monotonic` time to stop at.

    Returns:
        For each input the line that it is on where the circuit begins.

    Raises:
        LimitReached: at the deadline.
    """
    n = strings.n_qubits
    line = [-1] * n
    left = set(range(n))
    while left:
        check_deadline(deadline, "writing a Clifford circuit")
        words = [(k, _WORD, 1.0) for k in range(first, first + 2 * n, 64)]
        sizes = strings.sizes(first, 2 * n)
        i = min(left, key=lambda k: sizes[k] + sizes[n + k])
        z_row, x_row = first + i, first + n + i
        one, other = (z_row, x_row) if sizes[i] <= sizes[n + i] else (x_row, z_row)
        while len(where := strings.support(one)) > 1:
            strings.narrow(one, where, words, keep=i)
        (q,) = where
        # The other one anticommutes with it there; it is narrowed elsewhere first, then by a gate that does not
        # change the first one.
        strings.make(strings.letter(one, q), 2, q)
        while len(where := [w for w in strings.support(other) if w != q]) > 1:
            strings.narrow(other, where, words)
        if where:
            strings.couple(q, 2, where[0], strings.letter(other, where[0]))
        if strings.letter(other, q) == 3:
            strings.s(q)
        if one == x_row:
            strings.h(q)
        if strings.minus >> z_row & 1:
            strings.pauli("x", q)
        if strings.minus >> x_row & 1:
            strings.pauli("z", q)
        line[i] = q
        left.discard(i)
    return line
