"""Monoids, comonoids, bialgebras, Hopf algebras and Frobenius algebras on one object ``a``.

Generators: ``m: 2→1`` multiplication, ``u: 0→1`` unit, ``n: 1→2`` comultiplication, ``c: 1→0`` counit, ``s:
    1→1`` antipode.
"""

from __future__ import annotations

from catenary.diagrams import Box, Diagram, Doctrine, Signature, Swap, Ty
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

a = Ty("a")
_BOXES = {
    "m": Box("m", a @ a, a),
    "u": Box("u", Ty(), a),
    "n": Box("n", a, a @ a),
    "c": Box("c", a, Ty()),
    "s": Box("s", a, a),
}


def _signature(name: str, generators: str) -> Signature:
    return Signature(name, Doctrine.SYMMETRIC, ["a"], [_BOXES[g] for g in generators])


def monoid(*, commutative: bool = False) -> Theory:
    """Monoids ``(m, u)``: associativity and the two unit laws, and commutativity if asked.

    >>> [rule.name for rule in monoid()]
    ['assoc', 'unit_left', 'unit_right']
    """
    signature = _signature("commutative monoid" if commutative else "monoid", "mu")
    m, u = signature["m"], signature["u"]
    rules = [
        Rule("assoc", m @ a >> m, a @ m >> m),
        Rule("unit_left", u @ a >> m, Diagram.id(a)),
        Rule("unit_right", a @ u >> m, Diagram.id(a)),
    ]
    if commutative:
        rules.append(Rule("comm", Swap(a, a) >> m, m.diagram))
    return Theory(signature.name, signature, rules)


def comonoid(*, cocommutative: bool = False) -> Theory:
    """Comonoids ``(n, c)``: coassociativity and the two counit laws, and cocommutativity if asked."""
    signature = _signature("cocommutative comonoid" if cocommutative else "comonoid", "nc")
    n, c = signature["n"], signature["c"]
    rules = [
        Rule("coassoc", n >> n @ a, n >> a @ n),
        Rule("counit_left", n >> c @ a, Diagram.id(a)),
        Rule("counit_right", n >> a @ c, Diagram.id(a)),
    ]
    if cocommutative:
        rules.append(Rule("cocomm", n >> Swap(a, a), n.diagram))
    return Theory(signature.name, signature, rules)


def _both(name: str, generators: str, commutative: bool, cocommutative: bool) -> Theory:
    prefix = ("commutative " if commutative else "") + ("cocommutative " if cocommutative else "")
    signature = _signature(prefix + name, generators)
    parts = [*monoid(commutative=commutative), *comonoid(cocommutative=cocommutative)]
    return Theory(signature.name, signature, parts)


def bialgebra(*, commutative: bool = False, cocommutative: bool = False) -> Theory:
    """Bialgebras: a monoid and a comonoid, each a homomorphism for the other.

    >>> bialgebra()["bialgebra"].right.dom
    Ty('a', 'a')
    """
    theory = _both("bialgebra", "munc", commutative, cocommutative)
    return theory.extend(theory.name, _bialgebra_laws(theory.signature))


def _bialgebra_laws(signature: Signature) -> list[Rule]:
    m, u, n, c = (signature[g] for g in "munc")
    return [
        Rule("bialgebra", m >> n, n @ n >> a @ Swap(a, a) @ a >> m @ m),
        Rule("unit_copy", u >> n, u @ u),
        Rule("counit_mult", m >> c, c @ c),
        Rule("unit_counit", u >> c, Diagram.id(Ty(), signature)),
    ]


def hopf(*, commutative: bool = False, cocommutative: bool = False) -> Theory:
    """Hopf algebras: bialgebras with an antipode ``s``.

    >>> len(hopf())
    12
    """
    theory = _both("Hopf algebra", "muncs", commutative, cocommutative)
    m, u, n, c, s = (theory.signature[g] for g in "muncs")
    laws = [
        *_bialgebra_laws(theory.signature),
        Rule("antipode_left", n >> s @ a >> m, c >> u),
        Rule("antipode_right", n >> a @ s >> m, c >> u),
    ]
    return theory.extend(theory.name, laws)


def frobenius(*, special: bool = False, commutative: bool = False) -> Theory:
    """Frobenius algebras: a monoid and a comonoid with ``(n⊗1);(1⊗m) = m;n = (1⊗n);(m⊗1)``.

    With ``special`` also ``n;m = 1``, with ``commutative`` also commutativity of ``m`` (that of ``n``
    follows).
    """
    name = ("special " if special else "") + "Frobenius algebra"
    theory = _both(name, "munc", commutative, False)
    m, n = theory.signature["m"], theory.signature["n"]
    laws = [Rule("frobenius_left", n @ a >> a @ m, m >> n), Rule("frobenius_right", a @ n >> m @ a, m >> n)]
    if special:
        laws.append(Rule("special", n >> m, Diagram.id(a)))
    return theory.extend(theory.name, laws)
