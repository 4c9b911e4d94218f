"""Leaving out rotations that do almost nothing, with a bound on what that changes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from numbers import Real

from catenary.diagrams.errors import expect
from catenary.diagrams.phases import is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import to_basic

WIDEST = 0.5
"""Half turns: a quarter turn is no small rotation."""


@dataclass(frozen=True, slots=True)
class Approximation:
    """A circuit without its smallest rotations. Immutable.

    Attributes:
        circuit: what is left, over the basic set; the circuit given if nothing was left out.
        below: half turns; rotations by less were left out.
        left_out: how many rotations were left out.
        bound: the operator norm of the difference of the two circuits is at most this, with the global phase as it
            is. Of circuits that measure, the diamond norm of the difference is at most twice this.
    """

    circuit: Circuit
    below: float
    left_out: int
    bound: float

    def as_dict(self) -> dict[str, object]:
        """What JSON reports show."""
        return {"left_out_below": self.below, "left_out": self.left_out, "operator_norm_at_most": self.bound}

    def __str__(self) -> str:
        return (
            f"left out {self.left_out:,} rotations by less than {self.below:g} half turns, "
            f"which changes the circuit by at most {self.bound:.2g} (operator norm)"
        )


def without_small_rotations(circuit: Circuit, below: float) -> Approximation:
    """Leave out the rotations by less than ``below`` half turns, of the circuit written over the basic set.

    R_z(δ) differs from the identity by 2·sin(π|δ|/4) ≤ π|δ|/2 in operator norm, and the differences of several
    gates add up at most (Nielsen and Chuang, box 4.1). Symbolic angles are kept. This is the approximate Fourier
    transform of Coppersmith (quant-ph/0201067), for any circuit.

    Args:
        circuit: any circuit; conditions, measurements and barriers stay in place.
        below: half turns, between 0 and 0.5.

    Raises:
        ArgumentError: if ``below`` is no number.
        ValueError: if ``below`` is not between 0 and 0.5.

    >>> from catenary.functors.circuits import library
    >>> from catenary.functors.circuits.counts import counts
    >>> found = without_small_rotations(library.qft(40), 1e-9)
    >>> str(found)
    'left out 198 rotations by less than 1e-09 half turns, which changes the circuit by at most 8.8e-08 (operator norm)'
    """
    expect(below, Real, "the angle below which rotations are left out", "a number of half turns")
    if not 0 <= below <= WIDEST:
        raise ValueError(
            f"rotations are left out below an angle between 0 and {WIDEST} half turns, not {below!r}"
        )
    below = float(below)
    limit, kept, lost = Fraction(below), [], []
    basic = to_basic(circuit)
    for gate in basic.gates:
        if gate.name == "rz" and not is_symbolic(angle := gate.params[0]):
            # R has period 4 half turns; the difference is exact, so that nothing is lost before it is compared.
            distance = abs((Fraction(angle) + 2) % 4 - 2)
            if distance < limit:
                lost.append(float(distance))
                continue
        kept.append(gate)
    if not lost:
        return Approximation(circuit, below, 0, 0.0)
    bound = math.pi / 2 * math.fsum(lost)
    return Approximation(basic.with_gates(tuple(kept)), below, len(lost), bound)
