"""A small library of theories: algebra in the symmetric doctrine here, strongly complementary pairs in
:mod:`~catenary.rewriting.library.complementary`, the Clifford ZX-calculus in
:mod:`~catenary.rewriting.library.zx` and sentence meanings in :mod:`~catenary.rewriting.library.grammar`, all in
the hypergraph doctrine.
"""

from catenary.rewriting.library.algebra import (
    bialgebra,
    comonoid,
    frobenius,
    hopf,
    monoid,
)

__all__ = ["bialgebra", "comonoid", "frobenius", "hopf", "monoid"]
