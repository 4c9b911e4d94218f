"""Contractions and expansions of pregroup grammars as boxes of the symmetric doctrine.

In rigid doctrines cups and caps are structure and snakes need no steps; here they are generators, so that a reduction is a
proof whose steps can be read, and expansions are paid for. Types are ``n``, its left adjoint ``nˡ`` and its right
adjoint ``nʳ`` (Lambek, *Type grammar revisited*, 1999).
"""

from __future__ import annotations

from collections.abc import Iterable

from catenary.diagrams import Box, Diagram, Doctrine, Signature, Ty
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory


def pregroup_contractions(types: Iterable[str] = ("n", "s")) -> Theory:
    """For each basic type the contractions ``n nʳ → 1`` and ``nˡ n → 1``, the expansions ``1 → nʳ n`` and ``1 → n nˡ``, and the
    four snake equations.

    >>> theory = pregroup_contractions(["n"])
    >>> print(theory["snake n"])
    snake n: n @ expand nʳ n >> contract n nʳ @ n = id(n)
    """
    names = list(types)
    boxes: list[Box] = []
    table: dict[str, tuple[Ty, Ty, Ty]] = {}
    for name in names:
        plain, left, right = Ty(name), Ty(f"{name}ˡ"), Ty(f"{name}ʳ")
        table[name] = (plain, left, right)
        for one, other in ((plain, right), (left, plain)):
            boxes.append(Box(f"contract {one} {other}", one @ other, Ty()))
        for one, other in ((right, plain), (plain, left)):
            boxes.append(Box(f"expand {one} {other}", Ty(), one @ other))
    objects = [ob.name for row in table.values() for ty in row for ob in ty.objects]
    signature = Signature("pregroup contractions", Doctrine.SYMMETRIC, objects, boxes)
    rules = []
    for name, (plain, left, right) in table.items():
        cup_r, cup_l = signature[f"contract {plain} {right}"], signature[f"contract {left} {plain}"]
        cap_r, cap_l = signature[f"expand {right} {plain}"], signature[f"expand {plain} {left}"]
        rules += [
            Rule(f"snake {name}", plain @ cap_r >> cup_r @ plain, Diagram.id(plain)),
            Rule(f"snake {name}ʳ", cap_r @ right >> right @ cup_r, Diagram.id(right)),
            Rule(f"snake {name}ˡ", left @ cap_l >> cup_l @ left, Diagram.id(left)),
            Rule(f"snake from {name}ˡ", cap_l @ plain >> plain @ cup_l, Diagram.id(plain)),
        ]
    return Theory("pregroup contractions", signature, rules)


__all__ = ["pregroup_contractions"]
