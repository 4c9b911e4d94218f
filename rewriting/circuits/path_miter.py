"""Equality of circuits by exact scalar products of sums over paths.

Two linear maps a and b are proportional exactly when |⟨a, b⟩|² = ⟨a, a⟩·⟨b, b⟩ for ⟨a, b⟩ = Tr b†a (Cauchy and
Schwarz), and two channels are equal exactly when ⟨A, A⟩ + ⟨B, B⟩ = 2·Re ⟨A, B⟩ for their superoperators. Both are
closed sums over paths, numbers in Q[ζ, √2] for exact angles; for ⟨A, B⟩ the miter is taken twice, once conjugated.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from catenary.diagrams.phases import Phase, reduce_phase
from catenary.functors.bitsets import bits
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.rewriting.circuits.angles import add
from catenary.rewriting.circuits.builder import inverse
from catenary.rewriting.circuits.path_sums import FALSE, TRUE, WHAT, Boolean, PathSum, modulus_of
from catenary.rewriting.circuits.purification import Purified
from catenary.rewriting.limits import check_deadline

Exact: TypeAlias = "dict[Fraction, Fraction]"
"""Σ r·e^{iπt} as a table from t (0 ≤ t < 1, denominators powers of two: independent over Q) to r."""

LARGEST_SPLIT = 12
"""Bits that a sum which no rule reduces is split on."""


@dataclass(frozen=True, slots=True)
class Images:
    """What a†·b does with a basis state |x⟩ when no bits are left: e^{iφ(x)}·|f(x)⟩.

    Attributes:
        places: input of b (first circuit) that each output of the miter is, where the miter permutes wires.
        input: a product input (letters) that the miter does not fix, where it is no permutation of wires.
    """

    places: tuple[int, ...] | None
    input: str | None


class Miter:
    """The sum over paths of the first circuit followed by the adjoint of the second.

    Args:
        a, b: circuits with the same number of free inputs, outputs and classical bits.
        twice: take it again, conjugated, and join what is thrown away: for channels.
    """

    def __init__(
        self,
        a: Purified,
        b: Purified,
        *,
        twice: bool = False,
        modulus: int = 0,
        deadline: float | None = None,
    ) -> None:
        modulus = modulus or modulus_of((a.circuit, b.circuit))
        self.sum = PathSum(modulus, deadline)
        self.deadline = deadline
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.a, self.b = a, b
        shared: list[int] | None = None
        for conjugate in (False, True) if twice else (False,):
            shared = self._run(conjugate, shared, twice)
        if twice:
            assert shared is not None
            for place in shared:
                self._drop(place)
            self.sum.reduce()

    def _open(self, form: Boolean) -> int:
        self.sum.wires.append(form)
        return len(self.sum.wires) - 1

    def _drop(self, place: int) -> Boolean:
        form = self.sum.wires[place]
        self.sum.wires[place] = FALSE
        for m in form:
            self.sum.todo |= m
        return form

    def _apply(self, gates: Sequence[Gate], places: Sequence[int], conjugate: bool) -> None:
        for count, gate in enumerate(gates):
            if count % 16 == 0:
                check_deadline(self.deadline, WHAT)
            self.sum.gate(gate, [places[q] for q in gate.qubits], conjugate=conjugate)

    def _run(self, conjugate: bool, shared: list[int] | None, twice: bool) -> list[int]:
        a, b, total = self.a, self.b, self.sum
        sign = -1 if conjugate else 1
        inputs = [self._open(total.new()) for _ in a.free]
        at = [self._open(FALSE) for _ in range(a.circuit.n_qubits)]
        for place, line in zip(inputs, a.free, strict=True):
            total.wires[at[line]] = total.wires[place]
        self._apply(a.circuit.gates, at, conjugate)
        for line in a.closed:
            total.require(self._drop(at[line]))
        # classical bits are looked at, the environments thrown away: both copies agree on them
        looked = [at[line] for line in (*a.records, *a.environment)]
        if twice and shared is None:
            shared = [self._open(total.wires[place]) for place in looked]
            shared += [self._open(total.new()) for _ in b.environment]
        elif shared is not None:
            for place, other in zip(looked, shared, strict=False):
                total.require(total.wires[place] ^ total.wires[other])
        back: list[int] = [-1] * b.circuit.n_qubits
        for theirs, ours in zip((*a.outputs, *a.records), (*b.outputs, *b.records), strict=True):
            back[ours] = at[theirs]
        for line in a.environment:
            self._drop(at[line])
        if b.environment:
            assert shared is not None
            for line, place in zip(b.environment, shared[-len(b.environment) :], strict=True):
                back[line] = self._open(total.wires[place])
        back = [self._open(FALSE) if place < 0 else place for place in back]
        self._apply(inverse(b.circuit.gates), back, conjugate)
        phase = add(a.circuit.global_phase, -b.circuit.global_phase)
        total.turn = add(total.turn, sign * phase)
        free = set(b.free)
        for line, place in enumerate(back):
            if line not in free:
                total.require(self._drop(place))
        ends = [back[line] for line in b.free]
        total.reduce()
        if twice:
            self._trace(inputs, ends)
            return shared or []
        self.starts, self.ends = inputs, ends
        return []

    def _trace(self, inputs: list[int], ends: list[int]) -> None:
        for start, end in zip(inputs, ends, strict=True):
            if self.sum.zero:
                return
            self.sum.require(self._drop(start) ^ self._drop(end))
        self.sum.reduce()

    def images(self) -> Images | None:
        """How the miter moves basis states, if no bit but the inputs is left; for maps of free inputs."""
        total = self.sum
        held = 0
        singles: list[int] = []
        for place in self.starts:
            form = total.wires[place]
            if len(form) != 1 or 0 in form:
                return None
            (monomial,) = form
            if monomial.bit_count() != 1 or held & monomial:
                return None
            held |= monomial
            singles.append(monomial)
        if total.zero or total.alive & ~held:
            return None
        terms = [m for p in (total.phase, *total.generic.values()) for m in p.terms]
        number = {m: k for k, m in enumerate(singles)}
        images = [total.wires[place] for place in self.ends]
        if not terms:
            places = [number.get(next(iter(form))) if len(form) == 1 else None for form in images]
            if None not in places and len(set(places)) == len(places):
                return Images(tuple(p for p in places if p is not None), None)
        letters = ["0"] * len(singles)
        moved = sorted(
            ((m.bit_count(), m) for form, own in zip(images, singles, strict=True) for m in form ^ {own})
        )
        if moved and (not terms or moved[0][0] <= min(m.bit_count() for m in terms)):
            # a least monomial of f(x) ⊕ x: it is 1 there, or with its constant at 0
            ones = moved[0][1]
            for j in bits(ones):
                letters[number[1 << j]] = "1"
        elif terms:
            least = min(terms, key=lambda m: (m.bit_count(), m))
            for j in bits(least):
                letters[number[1 << j]] = "1"
            letters[number[least & -least]] = "+"
        else:
            return None
        return Images(None, "".join(letters))

    def closed(self) -> PathSum:
        """The trace: the scalar product ⟨a, b⟩, closed. The miter cannot be used any more."""
        if self.starts:
            self._trace(self.starts, self.ends)
            self.starts = self.ends = []
        self.sum.reduce()
        return self.sum


def exact_value(total: PathSum, splits: int = LARGEST_SPLIT) -> Exact | None:
    """A closed sum as an exact number, or ``None`` where it has decimals or symbols, or angles that are no dyadic
    fractions, or where too many bits are left."""
    if total.zero:
        return {}
    if any(p.terms for p in total.generic.values()):
        return None
    if not total.alive:
        if not isinstance(total.turn, Fraction):
            return None
        found = power_of_root(total.power)
        return times(found, {total.turn % 2: Fraction(1)})
    if not splits or total.modulus & (total.modulus - 1):
        return None
    check_deadline(total.deadline, WHAT)
    j = max(bits(total.alive), key=lambda k: len(total.phase.at.get(k, ())))
    values: Exact = {}
    for form in (FALSE, TRUE):
        branch = total.copy()
        branch.put(j, form)
        branch.todo = branch.alive
        branch.reduce()
        part = exact_value(branch, splits - 1)
        if part is None:
            return None
        values = plus(values, part)
    return values


def power_of_root(power: int) -> Exact:
    """√2 to a power, with √2 = ζ + ζ⁻¹ for ζ = e^{iπ/4}."""
    whole = Fraction(2) ** (power // 2)
    if power & 1:
        return _normal([(Fraction(1, 4), whole), (Fraction(-1, 4), whole)])
    return {Fraction(0): whole}


def _normal(terms: Sequence[tuple[Fraction, Fraction]]) -> Exact:
    found: Exact = {}
    for turn, factor in terms:
        turn %= 2
        if turn >= 1:
            turn, factor = turn - 1, -factor
        total = found.get(turn, Fraction(0)) + factor
        if total:
            found[turn] = total
        else:
            found.pop(turn, None)
    return found


def plus(a: Exact, b: Exact, sign: int = 1) -> Exact:
    """a + sign·b."""
    return _normal([*a.items(), *((t, sign * r) for t, r in b.items())])


def times(a: Exact, b: Exact) -> Exact:
    """The product."""
    return _normal([(s + t, q * r) for s, q in a.items() for t, r in b.items()])


def conjugate_of(a: Exact) -> Exact:
    """The complex conjugate."""
    return _normal([(-t, r) for t, r in a.items()])


def as_complex(a: Exact) -> complex:
    """The number in floating point."""
    return sum((float(r) * cmath.exp(1j * math.pi * float(t)) for t, r in a.items()), 0j)


PREPARATIONS = {"0": "", "1": "x", "+": "h", "-": "x h", "r": "h s", "l": "h sdg"}


def overlap_on(a: Circuit, b: Circuit, inputs: Sequence[str], *, deadline: float | None = None) -> complex:
    """⟨ψ|b†a|ψ⟩ for a product state ψ (letters as in
    :data:`~catenary.rewriting.circuits.simulation.STATES`) and unitary, straight circuits over the basic set.

    Raises:
        LimitReached: past the deadline, or when too many bits are left.

    >>> overlap_on(Circuit(1, [Gate("x", (0,))]), Circuit(1), "+")
    (1+0j)
    """
    ready = [Gate(name, (q,)) for q, letter in enumerate(inputs) for name in PREPARATIONS[letter].split()]
    total = PathSum(modulus_of((a, b)), deadline)
    total.wires = [FALSE] * a.n_qubits
    for count, gate in enumerate((*ready, *a.gates, *inverse(b.gates), *inverse(ready))):
        if count % 16 == 0:
            check_deadline(deadline, WHAT)
        total.gate(gate, gate.qubits)
    total.turn = add(total.turn, add(a.global_phase, -b.global_phase))
    for q in range(a.n_qubits):
        form, total.wires[q] = total.wires[q], FALSE
        total.require(form)
    total.reduce()
    found = exact_value(total)
    return total.value() if found is None else as_complex(found)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether two circuits are equal, and the phase of the first over the second in half turns (``None`` for
    channels)."""

    equal: bool
    phase: Phase | None


def equal_maps(a: Purified, b: Purified, found: Miter, deadline: float | None = None) -> Answer | None:
    """Whether two circuits that are linear maps are equal up to a phase, from their miter; ``None`` if the sums over
    paths do not say."""
    total = found.closed()
    isometries = not a.closed and not b.closed
    if not total.alive and not total.zero and not any(p.terms for p in total.generic.values()) and isometries:
        if total.power == 2 * len(a.free):
            return Answer(True, reduce_phase(total.turn))
        return Answer(False, None)
    product = exact_value(total)
    if product is None:
        return None
    dimension = {Fraction(0): Fraction(2) ** len(a.free)}
    norms: list[Exact] = []
    for each in (a, b):
        if not each.closed:
            norms.append(dimension)
            continue
        norm = exact_value(Miter(each, each, deadline=deadline).closed())
        if norm is None:
            return None
        norms.append(norm)
    if norms[0] != norms[1] or times(product, conjugate_of(product)) != times(*norms):
        return Answer(False, None)
    if not product:
        return Answer(True, None)
    # a = λ·b with |λ| = 1 and λ = product / norm
    if len(product) == len(norms[0]) == 1:
        ((turn, factor),) = product.items()
        return Answer(True, reduce_phase(turn + (1 if factor < 0 else 0)))
    return Answer(True, reduce_phase(cmath.phase(as_complex(product)) / math.pi))


def equal_channels(a: Purified, b: Purified, deadline: float | None = None) -> bool | None:
    """Whether two circuits give the same outputs and classical bits on every input; ``None`` if the sums over paths
    do not say."""
    modulus = modulus_of((a.circuit, b.circuit))
    products = []
    for left, right in ((a, b), (a, a), (b, b)):
        total = Miter(left, right, twice=True, modulus=modulus, deadline=deadline).closed()
        products.append(total)
    if not any(total.alive or total.zero for total in products):
        ab, aa, bb = products
        generic = any(p.terms for t in products for p in t.generic.values())
        if not generic and ab.power == aa.power == bb.power and ab.turn == aa.turn == bb.turn:
            return True
    values = [exact_value(total) for total in products]
    if any(v is None for v in values):
        return None
    ab_, aa_, bb_ = (v for v in values if v is not None)
    return not plus(plus(aa_, bb_), plus(ab_, conjugate_of(ab_)), -1)
