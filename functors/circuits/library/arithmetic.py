"""Adders and multipliers: classical reversible circuits. Numbers are written least significant bit first."""

from __future__ import annotations

from catenary.diagrams.errors import ArityError, expect_count
from catenary.functors.circuits.circuit import Circuit, Register
from catenary.functors.circuits.gates import CircuitError, Gate


def _width(n: int) -> int:
    if expect_count(n, "the number of bits") < 1:
        raise ArityError("a number needs at least one bit")
    return n


def _cx(a: int, b: int) -> Gate:
    return Gate("cx", (a, b))


def _ccx(a: int, b: int, c: int) -> Gate:
    return Gate("ccx", (a, b, c))


def _made(gates: list[Gate], **sizes: int) -> Circuit:
    registers = [Register(name, size) for name, size in sizes.items() if size]
    return Circuit(sum(sizes.values()), gates, qregs=registers)


def ripple_carry_adder(n: int) -> Circuit:
    """b ← a + b + cin in place with one ancilla: registers cin (1), a (n), b (n), cout (1); 2n Toffoli gates.

    The carry is added into cout (modulo 2). Source: Cuccaro, Draper, Kutin & Moulton, *A new quantum
    ripple-carry addition circuit*, arXiv quant-ph/0410184.

    >>> from catenary.functors.circuits.library import run_bits
    >>> run_bits(ripple_carry_adder(2), [0, 1, 1, 0, 1, 0])  # 3 + 2 = 5: b becomes 01, cout 1
    (0, 1, 1, 1, 0, 1)
    """
    _width(n)
    carry = [0, *range(1, n)]  # the line that holds each carry: cin, a0, a1 …
    gates: list[Gate] = []
    for i in range(n):
        c, a, b = carry[i], 1 + i, 1 + n + i
        gates += [_cx(a, b), _cx(a, c), _ccx(c, b, a)]
    gates.append(_cx(n, 2 * n + 1))
    for i in reversed(range(n)):
        c, a, b = carry[i], 1 + i, 1 + n + i
        gates += [_ccx(c, b, a), _cx(a, c), _cx(c, b)]
    return _made(gates, cin=1, a=n, b=n, cout=1)


def vbe_adder(n: int) -> Circuit:
    """b ← a + b with n clean ancillas: registers a (n), b (n + 1, the last is the carry), c (n, begins and ends as 0).

    Source: Vedral, Barenco & Ekert, *Quantum networks for elementary arithmetic operations*, arXiv
    quant-ph/9511018.

    >>> from catenary.functors.circuits.library import run_bits
    >>> run_bits(vbe_adder(1), [1, 1, 0, 0])
    (1, 0, 1, 0)
    """
    _width(n)
    a, b, c = range(n), range(n, 2 * n + 1), [*range(2 * n + 1, 3 * n + 1), 2 * n]
    gates: list[Gate] = []

    def carry(i: int) -> list[Gate]:
        return [_ccx(a[i], b[i], c[i + 1]), _cx(a[i], b[i]), _ccx(c[i], b[i], c[i + 1])]

    for i in range(n):
        gates += carry(i)
    gates += [_cx(c[n - 1], b[n - 1])]
    for i in reversed(range(n - 1)):
        gates += [*reversed(carry(i)), _cx(a[i], b[i]), _cx(c[i], b[i])]
    return _made(gates, a=n, b=n + 1, c=n)


def _carries(n: int, p: list[int], g: list[int], ancillas: list[int]) -> list[Gate]:
    """From generate and propagate bits to carries (section 3 of Draper et al.): g[i] becomes carry i."""
    gates: list[Gate] = []
    free = iter(ancillas)
    rounds: list[dict[int, int]] = [dict(enumerate(p))]
    top = n.bit_length() - 1
    ups: list[Gate] = []
    for t in range(1, top):
        now: dict[int, int] = {}
        for m in range(1, n >> t):
            now[m] = next(free)
            ups.append(_ccx(rounds[t - 1][2 * m], rounds[t - 1][2 * m + 1], now[m]))
        rounds.append(now)
    gates += ups
    for t in range(1, top + 1):
        for m in range(n >> t):
            low = m << t
            gates.append(_ccx(g[low + (1 << (t - 1))], rounds[t - 1][2 * m + 1], g[low + (1 << t)]))
    last = (2 * n // 3).bit_length() - 1
    for t in range(last, 0, -1):
        half = 1 << (t - 1)
        for m in range(1, ((n - half) >> t) + 1):
            gates.append(_ccx(g[m << t], rounds[t - 1][2 * m], g[(m << t) + half]))
    return gates + ups[::-1]


def _n_ancillas(n: int) -> int:
    return sum(max((n >> t) - 1, 0) for t in range(1, n.bit_length() - 1))


def carry_lookahead_adder(n: int, *, in_place: bool = False) -> Circuit:
    """Addition in logarithmic depth, by a tree of generate and propagate bits.

    Out of place: total ← a + b: registers a (n), b (n), total (n + 1), ancilla; total and ancilla begin as 0,
    ancilla ends so. In place: b ← a + b: registers a (n), b (n), carry (1), ancilla, with the top bit in carry;
    carry and ancilla begin as 0, ancilla ends so. Source: Draper, Kutin, Rains & Svore, *A logarithmic-depth quantum
    carry-lookahead adder*, arXiv quant-ph/0406142.

    >>> from catenary.functors.circuits.library import run_bits
    >>> run_bits(carry_lookahead_adder(2), [1, 1, 0, 1, 0, 0, 0])  # 3 + 2 = 5
    (1, 1, 0, 1, 1, 0, 1)
    """
    _width(n)
    a, b = list(range(n)), list(range(n, 2 * n))
    m = _n_ancillas(n)
    if not in_place:
        z = list(range(2 * n, 3 * n + 1))
        x = list(range(3 * n + 1, 3 * n + 1 + m))
        gates = [_ccx(a[i], b[i], z[i + 1]) for i in range(n)]
        gates += [_cx(a[i], b[i]) for i in range(1, n)]
        gates += _carries(n, b, z, x)
        gates += [_cx(b[i], z[i]) for i in range(n)]
        gates.append(_cx(a[0], z[0]))
        gates += [_cx(a[i], b[i]) for i in range(1, n)]
        return _made(gates, a=n, b=n, total=n + 1, ancilla=m)
    # carries 1 … n - 1 are ancillas, carry n is the result's top bit; there is no carry 0
    z = [-1, *range(2 * n + 1, 3 * n), 2 * n]
    x = list(range(3 * n, 3 * n + m))
    gates = [_ccx(a[i], b[i], z[i + 1]) for i in range(n)]
    gates += [_cx(a[i], b[i]) for i in range(n)]
    gates += _carries(n, b, z, x)
    gates += [_cx(z[i], b[i]) for i in range(1, n)]
    # the carries of a + not(sum) are those of a + b: computed backwards, they are erased
    flip = [Gate("x", (b[i],)) for i in range(n - 1)]
    gates += flip
    gates += [_cx(a[i], b[i]) for i in range(1, n - 1)]
    gates += reversed(_carries(n - 1, b, z, x) if n > 1 else [])
    gates += [_cx(a[i], b[i]) for i in range(1, n - 1)]
    gates += [_ccx(a[i], b[i], z[i + 1]) for i in range(n - 1)]
    gates += flip
    return _made(gates, a=n, b=n, carry=1, ancilla=n - 1 + m)


# Fields of characteristic 2


def gf2_multiply(a: int, b: int, polynomial: int) -> int:
    """a·b modulo a polynomial over GF(2); bit k of a number is the coefficient of x^k.

    >>> gf2_multiply(0b110, 0b111, 0b1011)
    4
    """
    n, out = polynomial.bit_length() - 1, 0
    while b:
        if b & 1:
            out ^= a
        b >>= 1
        a <<= 1
        if a >> n & 1:
            a ^= polynomial
    return out


def is_irreducible(polynomial: int) -> bool:
    """Whether a polynomial over GF(2) is irreducible (Rabin's test).

    >>> [p for p in range(0b1000, 0b10000) if is_irreducible(p)]
    [11, 13]
    """
    n = polynomial.bit_length() - 1
    if n < 2:
        return n == 1

    def gcd(a: int, b: int) -> int:
        while b:
            while a and a.bit_length() >= b.bit_length():
                a ^= b << (a.bit_length() - b.bit_length())
            a, b = b, a
        return a

    primes = [q for q in range(2, n + 1) if n % q == 0 and all(q % r for r in range(2, q))]
    at = {n // q for q in primes}
    h = 2  # x^(2^k)
    for k in range(1, n + 1):
        h = gf2_multiply(h, h, polynomial)
        if k in at and gcd(polynomial, h ^ 2) != 1:
            return False
    return h == 2


def gf2_multiplier(polynomial: int) -> Circuit:
    """c ← c + a·b in GF(2^n), where n is the polynomial's degree: registers a, b, c (n each); n² Toffoli gates.

    Horner's scheme; multiplication by x is a relabelling and a CX for each middle term of the polynomial.
    Source: Maslov, Mathew, Cheung & Pradhan, *An O(m²)-depth quantum algorithm for the elliptic curve discrete
    logarithm problem over GF(2^m)*, arXiv 0710.1093.

    Args:
        polynomial: irreducible; bit k is the coefficient of x^k, so 0b1011 is x³ + x + 1.

    Raises:
        CircuitError: if it is not irreducible, or x.

    >>> from catenary.functors.circuits.library import run_bits
    >>> run_bits(gf2_multiplier(0b111), [0, 1, 0, 1, 0, 0])  # x·x = x + 1
    (0, 1, 0, 1, 1, 1)
    """
    expect_count(polynomial, "a polynomial over GF(2)", 1 << 4096)
    if not polynomial & 1 or not is_irreducible(polynomial):
        raise CircuitError(f"{polynomial:#b} is not irreducible over GF(2), or x: it makes no field here")
    n = polynomial.bit_length() - 1
    taps = [k for k in range(1, n) if polynomial >> k & 1]
    place = list(range(2 * n, 3 * n))  # the line of each coefficient of c
    gates: list[Gate] = []
    for _ in range(n - 1):  # what was in c is divided by x^(n-1) first
        gates += [_cx(place[0], place[k]) for k in taps]
        place = [*place[1:], place[0]]
    for i in reversed(range(n)):
        gates += [_ccx(i, n + j, place[j]) for j in range(n)]
        if i:
            place = [place[-1], *place[:-1]]
            gates += [_cx(place[0], place[k]) for k in taps]
    return _made(gates, a=n, b=n, c=n)
