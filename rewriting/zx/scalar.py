"""Exact scalars of ZX diagrams, and phases split into a Clifford part and a rest."""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass, field
from fractions import Fraction

from catenary.diagrams.phases import ZERO, Phase, as_phase, is_symbolic, reduce_phase, unit

PHASE_TOLERANCE = 1e-12
"""Sums of decimal angles this close (in half turns) to a multiple of π/2 count as that multiple: they carry
rounding.
"""

_QUARTERS = (Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3, 2))


def split_phase(phase: Phase) -> tuple[int, Phase | None]:
    """A phase as (k, rest): k·π/2 with k in 0 … 3, plus a rest in (0, π/2), or ``None`` where there is no
    rest.

    The rest of a symbolic phase is the expression with its constant term so reduced.

    >>> split_phase(Fraction(7, 4))
    (3, Fraction(1, 4))
    >>> split_phase(Fraction(-1, 2))
    (3, None)
    """
    if isinstance(phase, Fraction):
        quarter, remainder = divmod(2 * phase.numerator, phase.denominator)
        return quarter & 3, Fraction(remainder, 2 * phase.denominator) if remainder else None
    if isinstance(phase, float):
        quarter = math.floor(2 * phase)
        rest = phase - quarter / 2
        if rest < PHASE_TOLERANCE:
            return quarter & 3, None
        if 0.5 - rest < PHASE_TOLERANCE:
            return (quarter + 1) & 3, None
        return quarter & 3, rest
    plain = as_phase(phase)
    if isinstance(plain, (Fraction, float)):
        return split_phase(plain)
    constant = plain.as_coeff_Add()[0]
    if not constant.is_number or not constant.is_real:
        return 0, plain
    quarter = math.floor(2 * constant)
    return quarter & 3, plain - Fraction(quarter, 2) if quarter else plain


def join_phase(quarter: int, rest: Phase | None) -> Phase:
    """The phase with this Clifford part (units of π/2) and rest.

    >>> join_phase(3, Fraction(1, 4))
    Fraction(7, 4)
    """
    return (
        _QUARTERS[quarter & 3] if rest is None else (rest + _QUARTERS[quarter & 3] if quarter & 3 else rest)
    )


@dataclass(slots=True)
class Scalar:
    """√2^sqrt2 · exp(iπ·(eighths/4 + exact + decimal + symbolic)) · Π(1 + exp(iπα)) · number, or zero.

    The part of an engine that changes while it works; :meth:`copy` before keeping it.

    Attributes:
        sqrt2: power of √2.
        eighths: multiple of π/4.
        exact, decimal, symbolic: further half turns, by kind, so that exact parts stay exact.
        spiders: the phases α (half turns) of factors 1 + exp(iπα) that have no shorter form.
        number: a complex factor that came from elsewhere.
        is_zero: whether the scalar is exactly zero.

    >>> s = Scalar()
    >>> s.multiply_spider(Fraction(1, 2))
    >>> s
    Scalar(√2^1 · e^(iπ·1/4))
    """

    sqrt2: int = 0
    eighths: int = 0
    exact: Fraction = ZERO
    decimal: float = 0.0
    symbolic: Phase = ZERO
    spiders: list[Phase] = field(default_factory=list)
    number: complex = 1 + 0j
    is_zero: bool = False

    def copy(self) -> Scalar:
        """An independent copy."""
        return Scalar(
            self.sqrt2,
            self.eighths,
            self.exact,
            self.decimal,
            self.symbolic,
            list(self.spiders),
            self.number,
            self.is_zero,
        )

    def rotate(self, phase: Phase) -> None:
        """Multiply by exp(iπ·phase)."""
        if isinstance(phase, Fraction):
            self.exact = (self.exact + phase) % 2
        elif isinstance(phase, float):
            self.decimal = (self.decimal + phase) % 2
        else:
            self.symbolic = self.symbolic + phase

    def multiply_spider(self, phase: Phase) -> None:
        """Multiply by 1 + exp(iπ·phase), the value of a spider without legs."""
        quarter, rest = split_phase(phase)
        if rest is not None:
            self.spiders.append(join_phase(quarter, rest))
        elif quarter == 0:
            self.sqrt2 += 2
        elif quarter == 2:
            self.is_zero = True
        else:
            self.sqrt2 += 1
            self.eighths += 1 if quarter == 1 else -1

    def multiply(self, other: Scalar) -> None:
        """Multiply by another scalar."""
        self.sqrt2 += other.sqrt2
        self.eighths += other.eighths
        self.rotate(other.exact)
        self.rotate(other.decimal)
        if other.symbolic != 0:
            self.symbolic = self.symbolic + other.symbolic
        self.spiders.extend(other.spiders)
        self.number *= other.number
        self.is_zero = self.is_zero or other.is_zero

    @property
    def phase(self) -> Phase:
        """The half turns of the exponential factor alone, reduced modulo 2 where they are a number."""
        total: Phase = (self.exact + Fraction(self.eighths, 4)) % 2
        if self.decimal:
            total = (total + self.decimal) % 2
        if self.symbolic != 0:
            total = as_phase(total + self.symbolic)
        return reduce_phase(total)

    def take_phase(self) -> Phase:
        """Remove the exponential factor and return its half turns."""
        phase = self.phase
        self.eighths, self.exact, self.decimal, self.symbolic = 0, ZERO, 0.0, ZERO
        return phase

    @property
    def is_exact_power(self) -> bool:
        """Whether the scalar is √2^k times a phase, with no other factor."""
        return not self.is_zero and not self.spiders and self.number == 1

    @property
    def is_one(self) -> bool:
        """Whether the scalar is 1 by its written form."""
        return self.is_exact_power and self.sqrt2 == 0 and self.phase == 0

    def to_complex(self) -> complex:
        """The value.

        Raises:
            PhaseError: if a phase has free symbols.
        """
        if self.is_zero:
            return 0j
        value = self.number * unit(self.phase)
        for phase in self.spiders:
            value *= 1 + unit(phase)
        # 2 ** k is exact, and does not overflow before the rest is in
        whole, half = divmod(self.sqrt2, 2)
        return complex(math.ldexp(value.real, whole), math.ldexp(value.imag, whole)) * (
            math.sqrt(2) if half else 1
        )

    def normalise(self) -> None:
        """Turn numeric factors 1 + exp(iπα) into their modulus and phase: leaves symbolic ones alone."""
        kept: list[Phase] = []
        for phase in self.spiders:
            if is_symbolic(phase):
                kept.append(phase)
            else:
                # 1 + e^{iα} = 2 cos(α/2) e^{iα/2}
                self.rotate(phase / 2)
                self.number *= 2 * math.cos(math.pi * float(phase) / 2)
        self.spiders = kept
        if self.number != 1 and (self.number.imag or self.number.real < 0):
            self.rotate(cmath.phase(self.number) / math.pi)
            self.number = complex(abs(self.number))

    def __repr__(self) -> str:
        if self.is_zero:
            return "Scalar(0)"
        parts = [f"√2^{self.sqrt2}", f"e^(iπ·{self.phase})"]
        parts += [f"(1 + e^(iπ·{phase}))" for phase in self.spiders]
        parts += [str(self.number)] if self.number != 1 else []
        return f"Scalar({' · '.join(parts)})"
