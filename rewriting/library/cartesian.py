"""Theories of the cartesian doctrine, where every box is a function: groups and Boolean circuits."""

from __future__ import annotations

from catenary.diagrams import Box, Copy, Diagram, Discard, Doctrine, Signature, Swap, Ty
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

g = Ty("g")
GROUP = Signature(
    "group",
    Doctrine.CARTESIAN,
    ["g"],
    [Box("m", g @ g, g), Box("e", Ty(), g), Box("i", g, g)],
)
"""The signature of groups: multiplication, unit and inverse."""


def group(*, commutative: bool = False) -> Theory:
    """Groups, by the left laws alone; the right ones follow.

    >>> [rule.name for rule in group(commutative=True)]
    ['assoc', 'unit_left', 'inverse_left', 'comm']
    """
    m, e, i = (GROUP[name] for name in "mei")
    rules = [
        Rule("assoc", m @ g >> m, g @ m >> m),
        Rule("unit_left", e @ g >> m, Diagram.id(g)),
        Rule("inverse_left", Copy(g) >> i @ g >> m, Discard(g) >> e),
    ]
    if commutative:
        rules.append(Rule("comm", Swap(g, g) >> m, m.diagram))
    return Theory("commutative group" if commutative else "group", GROUP, rules)


b = Ty("b")
BOOLEAN = Signature(
    "Boolean circuits",
    Doctrine.CARTESIAN,
    ["b"],
    [
        Box("and", b @ b, b),
        Box("or", b @ b, b),
        Box("xor", b @ b, b),
        Box("not", b, b),
        Box("true", Ty(), b),
        Box("false", Ty(), b),
    ],
)
"""The signature of Boolean circuits."""


def boolean_circuits() -> Theory:
    """Boolean algebra (Huntington's laws and associativity), and exclusive or by its definition.

    Copying is the doctrine's, so that gates are shared where they have the same inputs.

    >>> theory = boolean_circuits()
    >>> print(theory["xor"])
    xor: xor = copy @ b >> b b @ copy >> b @ not @ b b >> b @ swap @ b >> b @ not @ b b >> and @ b b >> b @ and >> or
    """
    and_, or_, xor, not_, true, false = (
        BOOLEAN[name] for name in ("and", "or", "xor", "not", "true", "false")
    )
    wire, copy, drop = Diagram.id(b), Copy(b), Discard(b)
    spread = copy @ b @ b >> b @ Swap(b, b) @ b  # x, y, z to x, y, x, z
    rules = []
    for one, other, unit, zero in ((and_, or_, true, false), (or_, and_, false, true)):
        name = one.name
        rules += [
            Rule(f"{name} assoc", one @ b >> one, b @ one >> one),
            Rule(f"{name} comm", Swap(b, b) >> one, one.diagram),
            Rule(f"{name} unit", unit @ b >> one, wire),
            Rule(f"{name} complement", copy >> b @ not_ >> one, drop >> zero),
            Rule(f"{name} over {other.name}", b @ other >> one, spread >> one @ one >> other),
        ]
    apart = copy @ b >> b @ b @ copy >> b @ not_ @ b @ b >> b @ Swap(b, b) @ b >> b @ not_ @ b @ b
    rules.append(Rule("xor", xor, apart >> and_ @ b @ b >> b @ and_ >> or_))
    return Theory("Boolean circuits", BOOLEAN, rules)


__all__ = ["BOOLEAN", "GROUP", "boolean_circuits", "group"]
