"""A small library of theories in the symmetric doctrine."""

from catenary.rewriting.library.algebra import (
    bialgebra,
    comonoid,
    frobenius,
    hopf,
    monoid,
)

__all__ = ["bialgebra", "comonoid", "frobenius", "hopf", "monoid"]
