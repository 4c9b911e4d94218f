"""A library of theories, each checked sound in a model by the tests.

==========================================================  ====================================================
:mod:`~catenary.rewriting.library.algebra`                  monoids to Hopf and Frobenius algebras (symmetric)
:mod:`~catenary.rewriting.library.complementary`            complementary pairs (symmetric, hypergraph)
:mod:`~catenary.rewriting.library.cartesian`                groups, Boolean circuits (cartesian)
:mod:`~catenary.rewriting.library.circuits`                 {H, S, T, CX}, phase gadgets (symmetric)
:mod:`~catenary.rewriting.library.zx`                       the stabilizer ZX-calculus (hypergraph)
:mod:`~catenary.rewriting.library.linear`                   linear relations (hypergraph)
:mod:`~catenary.rewriting.library.pregroup`                 pregroup contractions (symmetric)
:mod:`~catenary.rewriting.library.grammar`                  sentence meanings (hypergraph)
==========================================================  ====================================================
"""

from catenary.rewriting.library.algebra import (
    bialgebra,
    comonoid,
    frobenius,
    hopf,
    monoid,
)
from catenary.rewriting.library.cartesian import boolean_circuits, group
from catenary.rewriting.library.circuits import clifford_t_circuits, phase_gadgets
from catenary.rewriting.library.complementary import complementary_frobenius, complementary_pair
from catenary.rewriting.library.linear import linear_relations
from catenary.rewriting.library.pregroup import pregroup_contractions
from catenary.rewriting.library.zx import clifford_zx, stabilizer_zx

__all__ = [
    "bialgebra",
    "boolean_circuits",
    "clifford_t_circuits",
    "clifford_zx",
    "comonoid",
    "complementary_frobenius",
    "complementary_pair",
    "frobenius",
    "group",
    "hopf",
    "linear_relations",
    "monoid",
    "phase_gadgets",
    "pregroup_contractions",
    "stabilizer_zx",
]
