"""Strongly complementary pairs of Frobenius algebras, which form a bialgebra: in the hypergraph doctrine, where Z is the
doctrine's spiders, and in the symmetric doctrine, where both are given by generators.

The X algebra is given by generators ``m: 2→1``, ``u: 0→1``, ``n: 1→2``, ``k: 1→0``, so that one can speak of it in
the hypergraph doctrine, where Z needs none. It is special up to the circle, the dimension: the group algebra of
a finite commutative group on the group's elements is a model, with no other scalars (Coecke & Duncan,
*Interacting quantum observables*, arXiv 0906.4725).
"""

from __future__ import annotations

from catenary.diagrams import Box, Diagram, Doctrine, Signature, Spider, Swap, Ty
from catenary.rewriting.library.algebra import frobenius
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

a = Ty("a")
PAIR = Signature(
    "complementary pair",
    Doctrine.HYPERGRAPH,
    ["a"],
    [Box("m", a @ a, a), Box("u", Ty(), a), Box("n", a, a @ a), Box("k", a, Ty())],
)
"""The signature of the X algebra; Z is the doctrine's own."""


def antipode() -> Diagram:
    """The antipode: X's cap, with one end bent back by Z's cup. Inversion, in a group algebra."""
    u, n = PAIR["u"], PAIR["n"]
    return (u >> n) @ a >> a @ Spider(2, 0, a)


def complementary_pair() -> Theory:
    """The theory: X is a commutative Frobenius algebra, and Z's copies with X's multiplication a bialgebra.

    >>> [rule.name for rule in complementary_pair()][-6:]
    ['bialgebra', 'unit_copy', 'delete_mult', 'unit_delete', 'merge_counit', 'unit_counit']
    """
    m, u, n, k = (PAIR[name] for name in "munk")
    wire, copy, delete = Diagram.id(a), Spider(1, 2, a), Spider(1, 0, a)
    rules = [
        Rule("assoc", m @ a >> m, a @ m >> m),
        Rule("unit", u @ a >> m, wire),
        Rule("comm", Swap(a, a) >> m, m.diagram),
        Rule("coassoc", n >> n @ a, n >> a @ n),
        Rule("counit", n >> k @ a, wire),
        Rule("cocomm", n >> Swap(a, a), n.diagram),
        Rule("frobenius", n @ a >> a @ m, m >> n),
        Rule("special", n >> m, wire @ Spider(0, 0, a)),
        Rule("bialgebra", m >> copy, copy @ copy >> a @ Swap(a, a) @ a >> m @ m),
        Rule("unit_copy", u >> copy, u @ u),
        Rule("delete_mult", m >> delete, delete @ delete),
        Rule("unit_delete", u >> delete, Diagram.id(Ty())),
        Rule("merge_counit", Spider(2, 1, a) >> k, k @ k),
        Rule("unit_counit", u >> k, Diagram.id(Ty())),
    ]
    return Theory("complementary pair", PAIR, rules)


_X_AND_Z = {"m": "mz", "u": "uz", "n": "nz", "c": "cz"}, {"m": "mx", "u": "ux", "n": "nx", "c": "cx"}


def complementary_frobenius() -> Theory:
    """The same in the symmetric doctrine: Z (``mz uz nz cz``) is a special commutative Frobenius algebra, X (``mx ux
    nx cx``) one that is special up to the scalar ``d``, the dimension, and Z's comonoid with X's monoid is a bialgebra.

    In the group algebra of a finite commutative group Z copies the group's elements and X multiplies them.

    >>> [rule.name for rule in complementary_frobenius()][-5:]
    ['x special', 'm copy', 'u copy', 'm delete', 'u delete']
    """
    z, x = (
        frobenius(special=letter == "z", commutative=True).rename(
            letter, boxes=boxes, rules=f"{letter} {{}}".format
        )
        for letter, boxes in zip("zx", _X_AND_Z, strict=True)
    )
    scalar = Signature("d", Doctrine.SYMMETRIC, ["a"], [Box("d", Ty(), Ty())])
    both = z.union(x).union(Theory("d", scalar))
    s = both.signature
    rules = [
        Rule("x special", s["nx"] >> s["mx"], a @ s["d"]),
        Rule("m copy", s["mx"] >> s["nz"], s["nz"] @ s["nz"] >> a @ Swap(a, a) @ a >> s["mx"] @ s["mx"]),
        Rule("u copy", s["ux"] >> s["nz"], s["ux"] @ s["ux"]),
        Rule("m delete", s["mx"] >> s["cz"], s["cz"] @ s["cz"]),
        Rule("u delete", s["ux"] >> s["cz"], Diagram.id(Ty())),
    ]
    signature = Signature(
        "complementary Frobenius algebras", s.doctrine, s.objects, (s.generators or {}).values()
    )
    return Theory(signature.name, signature, both.rename(signature.name).extend(signature.name, rules))


__all__ = ["PAIR", "antipode", "complementary_frobenius", "complementary_pair"]
