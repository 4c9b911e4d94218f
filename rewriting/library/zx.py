"""The Clifford ZX-calculus as a theory in the hypergraph doctrine, with exact scalars.

The Z spiders are the doctrine's own, so that fusion, identity and the bending of wires need no steps, and
phases add. ``H`` is a box; an X spider is a Z spider between ``H``s (:func:`x_spider`). Scalars are boxes:
``r`` is √2, ``t`` is 1/√2, ``w`` is e^{iπ/4}; a circle is 2.
"""

from __future__ import annotations

from fractions import Fraction

from catenary.diagrams import Box, Diagram, Doctrine, Phase, Signature, Spider, Swap, Ty
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

q = Ty("qubit")
CLIFFORD = Signature(
    "Clifford ZX",
    Doctrine.HYPERGRAPH,
    ["qubit"],
    [Box("H", q, q), Box("r", Ty(), Ty()), Box("t", Ty(), Ty()), Box("w", Ty(), Ty())],
)
"""The signature: the Hadamard gate and the scalars √2, 1/√2 and e^{iπ/4}."""


def z_spider(inputs: int, outputs: int, phase: Phase | int = 0) -> Diagram:
    """A Z spider; the phase in half turns."""
    return Spider(inputs, outputs, q, phase=phase).diagram.over(CLIFFORD)


def x_spider(inputs: int, outputs: int, phase: Phase | int = 0) -> Diagram:
    """An X spider: a Z spider with ``H`` on every leg.

    >>> print(x_spider(1, 1, 1))
    H >> spider(π) >> H
    """
    h = CLIFFORD["H"].diagram
    before, after = Diagram.id(Ty()), Diagram.id(Ty())
    for _ in range(inputs):
        before = before @ h
    for _ in range(outputs):
        after = after @ h
    return (before >> Spider(inputs, outputs, q, phase=phase) >> after).over(CLIFFORD)


def cnot() -> Diagram:
    """The controlled NOT without its scalar: ``r`` times it is the gate."""
    return z_spider(1, 2) @ q >> q @ x_spider(2, 1)


def stabilizer_zx() -> Theory:
    """The stabilizer ZX-calculus, after the simplified one of Backens, Perdrix & Wang (EPTCS 236, 2017, arXiv 1602.04744).

    Fusion (S1), the cups (S3) and that only connectivity matters are the doctrine's and ``turn``; colour change
    (H) is the definition of X spiders and ``hh``. The other rules of that paper are ``copy`` (B1), ``bialgebra`` (B2),
    ``euler`` (EU), the inverse of the scalar √2 (IV), here ``scalar`` and ``circle``, and ``zero`` (ZO). The boxes ``r``, ``t``
    and ``w`` only name scalars that spiders give: ``delete`` and ``phase`` say which. With ``w`` a name, all of these
    hold if Z(π/2) and ``w`` get a minus sign; ``absorb`` excludes that.

    >>> [rule.name for rule in stabilizer_zx()]
    ['hh', 'turn', 'scalar', 'circle', 'copy', 'delete', 'absorb', 'bialgebra', 'euler', 'phase', 'zero']
    """
    h, r, t, w = (CLIFFORD[name] for name in "Hrtw")
    half = Fraction(1, 2)
    zero, copy, add = x_spider(0, 1), z_spider(1, 2), x_spider(2, 1)
    quarter, nothing = z_spider(1, 1, half), z_spider(0, 0, 1)
    rules = [
        Rule("hh", h >> h, Diagram.id(q)),
        Rule("turn", z_spider(0, 2) @ q >> q @ h @ q >> q @ z_spider(2, 0), h.diagram),
        Rule("scalar", r @ t, Diagram.id(Ty())),
        Rule("circle", z_spider(0, 0), r @ r),
        Rule("copy", zero >> copy, t @ zero @ zero),
        Rule("delete", zero >> z_spider(1, 0), r.diagram),
        Rule("absorb", zero >> z_spider(1, 0, half), r.diagram),
        Rule("bialgebra", add >> copy, r @ (copy @ copy >> q @ Swap(q, q) @ q >> add @ add)),
        Rule("euler", w @ h, quarter >> h >> quarter >> h >> quarter),
        Rule("phase", z_spider(0, 0, half), r @ w),
        Rule("zero", nothing @ q, nothing @ (z_spider(1, 0) >> z_spider(0, 1))),
    ]
    return Theory("stabilizer ZX", CLIFFORD, rules)


def clifford_zx() -> Theory:
    """:func:`stabilizer_zx` without its rules for zero and ``w``, and with three that follow from it and shorten proofs: the Hopf
    law, and a π of X through a Z spider.

    >>> [rule.name for rule in clifford_zx()]
    ['hh', 'turn', 'scalar', 'circle', 'copy', 'delete', 'absorb', 'bialgebra', 'hopf', 'pi_copy', 'pi', 'euler']
    """
    t = CLIFFORD["t"]
    zero, one, copy, negate = x_spider(0, 1), x_spider(0, 1, 1), z_spider(1, 2), x_spider(1, 1, 1)
    axioms = {rule.name: rule for rule in stabilizer_zx()}
    more = [
        Rule("hopf", copy >> x_spider(2, 1), t @ t @ (z_spider(1, 0) >> zero)),
        Rule("pi_copy", one >> copy, t @ one @ one),
        Rule("pi", negate >> copy, copy >> negate @ negate),
    ]
    chosen = ["hh", "turn", "scalar", "circle", "copy", "delete", "absorb", "bialgebra"]
    return Theory("Clifford ZX", CLIFFORD, [*(axioms[name] for name in chosen), *more, axioms["euler"]])


__all__ = ["CLIFFORD", "clifford_zx", "cnot", "stabilizer_zx", "x_spider", "z_spider"]
