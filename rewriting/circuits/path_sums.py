"""Sums over paths: circuits of any gates with exact arithmetic, reduced by rewriting.

A linear map is √2^p · Σ_x e^{2πi·P(x)/M} |outputs(x)⟩⟨inputs(x)| over bits x: P is a multilinear polynomial with
coefficients modulo M, each wire a polynomial over GF(2). Gates append terms, a Hadamard gate a bit; a bit y that no
wire depends on is summed away when P = y·Q + R has the right shape:

* *elim*: Q = 0 gives a factor 2;
* *HH*: Q = M/2·(x ⊕ q) gives 2 and x := q everywhere;
* *ω*: Q = ±M/4 + M/2·q gives √2·e^{±iπ/4}, and ∓M/4·q is added to R.

(Amy, *Towards large-scale functional verification of universal quantum circuits*, arXiv 1805.06908; the rules are
complete for Clifford circuits: Vilmart, arXiv 2003.05678.) Angles with free symbols or decimals stand in polynomials
of their own, so that an equality holds for all values of the symbols. A closed sum whose bits are all gone is an exact
number; one that is stuck is split on a bit into two.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from catenary.diagrams import LimitReached
from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.bitsets import bits
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import decomposition
from catenary.functors.circuits.gates import BASIC, Gate
from catenary.rewriting.circuits.angles import ZERO, add, rotation_angle
from catenary.rewriting.limits import check_deadline

Boolean: TypeAlias = frozenset[int]
"""A polynomial over GF(2): its monomials as masks of bits; the mask 0 is the constant 1."""

FALSE: Boolean = frozenset()
TRUE: Boolean = frozenset([0])
WHAT = "sums over paths"
NATIVE = frozenset({"ccx", "ccz", "cswap", "c3x", "c4x"})
"""Gates taken as they are, beside those of the basic set."""

LARGEST = 400_000
"""Terms of a phase polynomial, or made in one step; sums that grow beyond are given up."""

NEGLIGIBLE = 1e-10
"""Decimal coefficients within this many half turns of a multiple of 2 count as zero."""


def product(p: Boolean, q: Boolean) -> Boolean:
    """The product of two polynomials over GF(2).

    >>> sorted(product(frozenset([1, 2]), frozenset([2])))  # (x ⊕ y)·y
    [2, 3]
    """
    if len(p) == 1 and len(q) == 1:
        return frozenset([next(iter(p)) | next(iter(q))])
    _check_size(len(p) * len(q))
    found: set[int] = set()
    for m in p:
        for n in q:
            found ^= {m | n}
    return frozenset(found)


def _check_size(terms: int) -> None:
    if terms > LARGEST:
        raise LimitReached(WHAT, f"{LARGEST} terms")


class _Polynomial:
    """A multilinear polynomial: coefficients by monomial, and for each bit the monomials that hold it.

    ``modulus`` 0 stands for numbers that are not reduced (factors of a symbol), None for decimal half turns modulo 2.
    """

    __slots__ = ("at", "modulus", "terms")

    def __init__(self, modulus: int | None) -> None:
        self.modulus = modulus
        self.terms: dict[int, Any] = {}
        self.at: dict[int, set[int]] = {}

    def copy(self) -> _Polynomial:
        new = _Polynomial(self.modulus)
        new.terms = dict(self.terms)
        new.at = {k: set(v) for k, v in self.at.items() if v}
        return new

    def reduced(self, value: Any) -> Any:
        if self.modulus:
            return value % self.modulus
        if self.modulus is None:
            value = math.remainder(value, 2.0)
            return 0 if abs(value) < NEGLIGIBLE else value
        return value

    def add(self, monomial: int, value: Any) -> None:
        old = self.terms.get(monomial)
        value = self.reduced(value if old is None else old + value)
        if value:
            self.terms[monomial] = value
            if old is None:
                for j in bits(monomial):
                    self.at.setdefault(j, set()).add(monomial)
        elif old is not None:
            del self.terms[monomial]
            for j in bits(monomial):
                self.at[j].discard(monomial)

    def take(self, j: int) -> dict[int, Any]:
        """Take out the terms with a bit: the quotient by it."""
        found = {}
        low = 1 << j
        for monomial in self.at.pop(j, ()):
            found[monomial ^ low] = self.terms.pop(monomial)
            for k in bits(monomial ^ low):
                self.at[k].discard(monomial)
        return found

    def lifted(self, form: Boolean, value: Any) -> dict[int, Any]:
        """``value`` times a polynomial over GF(2), as a polynomial over the integers: x ⊕ y is x + y - 2xy."""
        found: dict[int, Any] = {}
        for monomial in form:
            new = {monomial: value}
            for other, factor in found.items():
                factor = self.reduced(-2 * factor)
                if factor:
                    key = other | monomial
                    total = self.reduced(new.get(key, 0) + factor)
                    if total:
                        new[key] = total
                    else:
                        new.pop(key, None)
            for key, factor in new.items():
                total = self.reduced(found.get(key, 0) + factor)
                if total:
                    found[key] = total
                else:
                    found.pop(key, None)
            _check_size(len(found))
        return found


class PathSum:
    """A sum over paths that gates are applied to. Mutable: an engine's value, never handed out.

    Attributes:
        wires: the polynomial on each wire; wires that no gate acts on keep polynomials for later.
        power: of √2.
        turn: the constant phase, in half turns.
        zero: whether the map is zero.

    >>> total = PathSum(8)
    >>> total.wires = [FALSE]
    >>> for name in "hth": total.gate(Gate(name, (0,)), [0])
    >>> total.require(total.wires.pop()); total.reduce()
    >>> total.bits_left(), total.value()  # ⟨0|HTH|0⟩ = (1 + e^{iπ/4})/2
    (1, (0.8535533905932737+0.35355339059327373j))
    """

    def __init__(self, modulus: int, deadline: float | None = None) -> None:
        self.modulus = modulus
        self.deadline = deadline
        self.phase = _Polynomial(modulus)
        self.generic: dict[Any, _Polynomial] = {}
        self.wires: list[Boolean] = []
        self.power = 0
        self.turn: Phase = ZERO
        self.zero = False
        self.alive = 0
        self.todo = 0
        self.held = 0

    def copy(self) -> PathSum:
        """An independent copy."""
        new = PathSum(self.modulus, self.deadline)
        new.phase = self.phase.copy()
        new.generic = {k: v.copy() for k, v in self.generic.items()}
        new.wires = list(self.wires)
        new.power, new.turn, new.zero = self.power, self.turn, self.zero
        new.alive, new.todo = self.alive, self.todo
        return new

    def new(self) -> Boolean:
        """A new bit, summed over."""
        low = ~self.alive & (self.alive + 1)
        self.alive |= low
        return frozenset([low])

    def bits_left(self) -> int:
        """How many bits are summed over."""
        return self.alive.bit_count()

    # Phases

    def _polynomials(self) -> list[_Polynomial]:
        return [self.phase, *self.generic.values()]

    def rotate(self, form: Boolean, angle: Phase) -> None:
        """Multiply by e^{iπ·angle} where a polynomial over GF(2) is 1."""
        if 0 in form:
            self.turn = add(self.turn, angle)
            form, angle = form - {0}, -angle
        if not form:
            return
        for polynomial, value in self._split(angle):
            for monomial, factor in polynomial.lifted(form, value).items():
                polynomial.add(monomial, factor)
            _check_size(len(polynomial.terms))

    def _split(self, angle: Phase) -> list[tuple[_Polynomial, Any]]:
        """The polynomials in which an angle has parts, and the parts."""
        if isinstance(angle, Fraction):
            units = angle * self.modulus / 2
            if units.denominator == 1:
                return [(self.phase, int(units) % self.modulus)]
            angle = float(angle)
        if not is_symbolic(angle):
            return [(self.generic.setdefault(None, _Polynomial(None)), float(angle))]
        found: list[tuple[_Polynomial, Any]] = []
        expression: Any = angle
        for term, factor in expression.expand().as_coefficients_dict().items():
            exact = Fraction(int(factor.p), int(factor.q)) if factor.is_Rational else float(factor)
            if term == 1:
                found += self._split(exact)
            elif term.is_number:
                found += self._split(float(term) * float(exact))
            else:
                found.append((self.generic.setdefault(term, _Polynomial(0)), exact))
        return found

    # Bits

    def require(self, form: Boolean) -> None:
        """Keep only the paths on which a polynomial over GF(2) is 0."""
        if form == TRUE:
            self.zero = True
        elif form:
            # Σ_y (-1)^{y·form} / 2
            (y,) = self.new()
            self.power -= 2
            for monomial in form:
                self.phase.add(monomial | y, self.modulus // 2)
                self.todo |= monomial
            self.todo |= y
            self.reduce()

    def put(self, x: int, form: Boolean) -> None:
        """Replace a bit everywhere by a polynomial over GF(2) in which it does not occur."""
        low = 1 << x
        self.alive ^= low
        self.todo &= ~low
        for k, wire in enumerate(self.wires):
            hit = [m for m in wire if m & low]
            if hit:
                _check_size(len(hit) * len(form))
                new = set(wire)
                new.difference_update(hit)
                for m in hit:
                    for n in form:
                        new ^= {m ^ low | n}
                        self.held |= m ^ low | n
                self.wires[k] = frozenset(new)
        for n in form:
            self.todo |= n
        for polynomial in self._polynomials():
            quotient = polynomial.take(x)
            if not quotient:
                continue
            if form == TRUE or not form:
                lifts: dict[Any, dict[int, Any]] = {}
            else:
                lifts = {value: polynomial.lifted(form, value) for value in set(quotient.values())}
                _check_size(len(quotient) * max(map(len, lifts.values()), default=0) // 4)
            for monomial, value in quotient.items():
                self.todo |= monomial
                if form == TRUE:
                    if monomial:
                        polynomial.add(monomial, value)
                    else:
                        self._constant(polynomial, value)
                    continue
                if not form:
                    continue
                for other, factor in lifts[value].items():
                    if monomial | other:
                        polynomial.add(monomial | other, factor)
                    else:
                        self._constant(polynomial, factor)
            _check_size(len(polynomial.terms))

    def _constant(self, polynomial: _Polynomial, value: Any) -> None:
        if polynomial is self.phase:
            self.turn = add(self.turn, Fraction(2 * value, self.modulus))
        else:
            term = next(k for k, v in self.generic.items() if v is polynomial)
            if isinstance(value, Fraction) and term is not None:
                import sympy

                value = sympy.Rational(value.numerator, value.denominator)
            self.turn = add(self.turn, value if term is None else value * term)

    def reduce(self) -> None:
        """Sum away every bit that a rule applies to."""
        count = 0
        while self.todo and not self.zero:
            self.held = 0
            for wire in self.wires:
                for m in wire:
                    self.held |= m
            ready = self.todo & self.alive & ~self.held
            if not ready:
                return
            self.todo &= ~ready
            for y in bits(ready):
                # a bit that went may have put others on the wires
                if (self.alive & ~self.held) >> y & 1:
                    count += 1
                    if count % 64 == 0:
                        check_deadline(self.deadline, WHAT)
                    self._sum_out(y)

    def _sum_out(self, y: int) -> None:
        low = 1 << y
        for polynomial in self.generic.values():
            if polynomial.at.get(y):
                return
        phase, half, quarter = self.phase, self.modulus // 2, self.modulus // 4
        form: set[int] = set()
        up = 0
        for monomial in phase.at.get(y, ()):
            value = phase.terms[monomial]
            if value == half:
                form.add(monomial ^ low)
            elif monomial == low and value in (quarter, half + quarter):
                up = value
            else:
                return
        if up:
            phase.take(y)
            self.alive ^= low
            self.power += 1
            self.turn = add(self.turn, Fraction(1, 4) if up == quarter else Fraction(-1, 4))
            rest = frozenset(form)
            self.rotate(rest, Fraction(-1, 2) if up == quarter else Fraction(1, 2))
            for m in rest:
                self.todo |= m
            return
        if not form:
            self.alive ^= low
            self.power += 2
            return
        if form == {0}:
            self.zero = True
            return
        choice = self._linear(form)
        if choice is None:
            return
        phase.take(y)
        self.alive ^= low
        self.power += 2
        self.put(choice, frozenset(form - {1 << choice}))

    def _linear(self, form: set[int]) -> int | None:
        """The bit of a polynomial that is there by itself and nowhere else in it, and that costs the least to
        replace."""
        single = other = 0
        for m in form:
            if m.bit_count() == 1:
                single |= m
            else:
                other |= m
        best, least = None, math.inf
        for x in bits(single & ~other):
            cost = sum(len(p.at.get(x, ())) for p in self._polynomials())
            cost += 2 * sum(1 for wire in self.wires for m in wire if m >> x & 1)
            if cost < least:
                best, least = x, cost
        return best

    # Gates

    def h(self, k: int) -> None:
        """A Hadamard gate on a wire."""
        old = self.wires[k]
        fresh = self.new()
        (y,) = fresh
        self.power -= 1
        self.wires[k] = fresh
        for m in old:
            self.phase.add(m | y, self.modulus // 2)
            self.todo |= m
        self.reduce()

    def gate(self, gate: Gate, at: Sequence[int], *, conjugate: bool = False) -> None:
        """A gate of the basic set or of :data:`NATIVE` on the wires at some places; ``conjugate`` for its complex
        conjugate."""
        name, wires = gate.name, self.wires
        a = at[0]
        if name == "cx":
            wires[at[1]] ^= wires[a]
        elif name == "h":
            self.h(a)
        elif name == "cz":
            self.rotate(product(wires[a], wires[at[1]]), Fraction(1))
        elif name == "x":
            wires[a] ^= TRUE
        elif name == "y":
            # i|1⟩ from |0⟩, -i|0⟩ from |1⟩
            self.rotate(wires[a], Fraction(1))
            wires[a] ^= TRUE
            self.turn = add(self.turn, Fraction(-1, 2) if conjugate else Fraction(1, 2))
        elif name == "swap":
            wires[a], wires[at[1]] = wires[at[1]], wires[a]
        elif name in ("ccx", "c3x", "c4x", "ccz"):
            last = wires[at[-1]]
            form = TRUE
            for k in at[:-1]:
                form = product(form, wires[k])
            if name == "ccz":
                self.rotate(product(form, last), Fraction(1))
            else:
                wires[at[-1]] = last ^ form
        elif name == "cswap":
            one, other = wires[at[1]], wires[at[2]]
            change = product(wires[a], one ^ other)
            wires[at[1]], wires[at[2]] = one ^ change, other ^ change
        elif name not in ("id", "barrier"):
            found = rotation_angle(gate)
            if found is None:
                raise ValueError(f"{name} is no gate of the basic set")
            angle, extra = found
            sign = -1 if conjugate else 1
            # R_z(θ) is e^{-iπθ/2} diag(1, e^{iπθ})
            self.turn = add(self.turn, sign * add(extra, -angle / 2))
            self.rotate(wires[a], sign * angle)

    def value(self) -> complex:
        """A closed sum without symbols, as a number: bits that are left are run through.

        Raises:
            LimitReached: for more than 20 bits.
        """
        if self.zero:
            return 0j
        left = bits(self.alive)
        if len(left) > 20:
            raise LimitReached(WHAT, "20 bits that no rule sums away")
        total = 0j
        for number in range(1 << len(left)):
            point = sum(1 << j for k, j in enumerate(left) if number >> k & 1)
            units = sum(v for m, v in self.phase.terms.items() if m & point == m)
            angle = 2 * math.pi * (units % self.modulus) / self.modulus
            for polynomial in self.generic.values():
                angle += math.pi * sum(float(v) for m, v in polynomial.terms.items() if m & point == m)
            total += complex(math.cos(angle), math.sin(angle))
        turn = math.pi * float(self.turn)
        return total * 2 ** (self.power / 2) * complex(math.cos(turn), math.sin(turn))


def native(circuit: Circuit) -> Circuit:
    """The circuit over the basic set and :data:`NATIVE`, its phase exact. Gates that are not unitary stay."""
    gates: list[Gate] = []
    phase = circuit.global_phase
    for gate in circuit.gates:
        if gate.condition is None and (gate.name in NATIVE or (gate.name in BASIC and gate.name != "rz")):
            gates.append(gate)
        else:
            written, extra = decomposition(gate)
            gates.extend(written)
            if gate.condition is None:
                phase = add(phase, extra)
    return circuit.with_gates(tuple(gates), phase)


def modulus_of(circuits: Iterable[Circuit]) -> int:
    """The least modulus, a multiple of 8, that the exact angles of the gates are integers for; those of large
    denominators are left to decimals."""
    found = 8
    for circuit in circuits:
        for gate in circuit.gates:
            for angle in gate.params:
                if isinstance(angle, Fraction) and angle.denominator <= 1 << 20:
                    larger = math.lcm(found, 2 * angle.denominator)
                    if larger <= 1 << 24:
                        found = larger
    return found


def has_decimals(circuits: Iterable[Circuit]) -> bool:
    """Whether angles of the circuits are compared as decimals: floats, and fractions that the modulus leaves out."""
    circuits = tuple(circuits)
    modulus = modulus_of(circuits)
    angles = [angle for circuit in circuits for gate in circuit.gates for angle in gate.params]
    return any(
        modulus % (2 * angle.denominator) if isinstance(angle, Fraction) else isinstance(angle, float)
        for angle in angles
    )
