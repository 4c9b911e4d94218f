"""Graphical linear algebra: the interacting Hopf algebras of linear relations.

Bonchi, Sobociński & Zanasi, *Interacting Hopf algebras*, arXiv 1403.7048. The hypergraph doctrine's own spiders are the copying
(black) structure, so that its laws need no steps; adding (white) is the boxes ``add: 2→1`` and ``zero: 0→1``, and their
mirror images are these boxes bent round. ``k`` is the family of scalars.
"""

from __future__ import annotations

from typing import Any

from catenary.diagrams import Box, Diagram, Doctrine, OpenHypergraph, Signature, Spider, Swap, Ty
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

v = Ty("v")
LINEAR = Signature(
    "graphical linear algebra",
    Doctrine.HYPERGRAPH,
    ["v"],
    [Box("add", v @ v, v), Box("zero", Ty(), v), Box("k", v, v, [0])],
)
"""Adding, zero, and multiplication by a scalar."""


def scalar(value: Any) -> Box:
    """Multiplication by a scalar; a plain number, not a phase.

    >>> scalar(2).params
    (Fraction(2, 1),)
    """
    return LINEAR["k"].replace(params=Box("k", v, v, [value]).params)


def mirrored(diagram: Box | Diagram) -> Diagram:
    """The diagram read backwards, its wires bent round by the copying cups.

    >>> mirrored(LINEAR["zero"]).dom
    Ty('v')
    """
    graph = (diagram.diagram if isinstance(diagram, Box) else diagram).to_hypergraph()
    return OpenHypergraph(graph.vertices, graph.edges, graph.cod, graph.dom, LINEAR).to_diagram()


def linear_relations(characteristic: int = 0) -> Theory:
    """The theory of linear relations over the prime field of a characteristic, scalars being whole numbers (0: the rationals).

    >>> [rule.name for rule in linear_relations()][:4]
    ['add assoc', 'add unit', 'add comm', 'copy add']
    """
    from sympy import symbols

    a, b = symbols("a b")
    add, zero = LINEAR["add"], LINEAR["zero"]
    wire, copy, drop = Diagram.id(v), Spider(1, 2, v), Spider(1, 0, v)
    coadd, cozero = mirrored(add), mirrored(zero)
    nothing = Diagram.id(Ty())
    modulo = f" mod {characteristic}" if characteristic else ""
    # over GF(p) scalars are written as whole numbers: 1/p would make everything equal
    one, two = (["a in {0} mod 1"], ["a in {0} mod 1", "b in {0} mod 1"]) if characteristic else ([], [])
    unit = [f"a not in {{0}}{modulo}", *one]
    rules = [
        Rule("add assoc", add @ v >> add, v @ add >> add),
        Rule("add unit", zero @ v >> add, wire),
        Rule("add comm", Swap(v, v) >> add, add.diagram),
        Rule("copy add", add >> copy, copy @ copy >> v @ Swap(v, v) @ v >> add @ add),
        Rule("copy zero", zero >> copy, zero @ zero),
        Rule("drop add", add >> drop, drop @ drop),
        Rule("drop zero", zero >> drop, nothing),
        Rule("black bone", Spider(0, 0, v), nothing),
        Rule("white bone", zero >> cozero, nothing),
        Rule("white special", coadd >> add, wire),
        Rule("white Frobenius", coadd @ v >> v @ add, add >> coadd),
        Rule("copy scalar", scalar(a) >> copy, copy >> scalar(a) @ scalar(a), variables="a", where=one),
        Rule("drop scalar", scalar(a) >> drop, drop, variables="a", where=one),
        Rule("add scalar", scalar(a) @ scalar(a) >> add, add >> scalar(a), variables="a", where=one),
        Rule("zero scalar", zero >> scalar(a), zero, variables="a", where=one),
        Rule("multiply", scalar(a) >> scalar(b), scalar(a * b), variables="a b", where=two),
        Rule("sum", copy >> scalar(a) @ scalar(b) >> add, scalar(a + b), variables="a b", where=two),
        Rule("scalar 1", scalar(1), wire),
        Rule("scalar 0", scalar(0), drop >> zero),
        Rule("invert", scalar(a) >> mirrored(scalar(a)), wire, variables="a", where=unit),
        Rule("coinvert", mirrored(scalar(a)) >> scalar(a), wire, variables="a", where=unit),
        Rule("white cup", add >> cozero, scalar(-1) @ v >> Spider(2, 0, v)),
    ]
    if characteristic:
        rules.append(
            Rule(
                "characteristic",
                scalar(a),
                drop >> zero,
                variables="a",
                where=f"a in {{0}} mod {characteristic}",
            )
        )
    name = f"linear relations over GF({characteristic})" if characteristic else "linear relations"
    return Theory(name, LINEAR, rules)


__all__ = ["LINEAR", "linear_relations", "mirrored", "scalar"]
