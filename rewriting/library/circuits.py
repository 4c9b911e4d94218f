"""Theories of quantum gates in the symmetric doctrine: {H, S, T, CX} and phase gadgets.

Gates are unitary matrices with their phases, so every rule is an equality of matrices.
"""

from __future__ import annotations

from typing import Any

from catenary.diagrams import Box, Diagram, Doctrine, Phase, Signature, Swap, Ty
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

q = Ty("q")
GATES = Signature(
    "circuits",
    Doctrine.SYMMETRIC,
    ["q"],
    [Box("H", q, q), Box("S", q, q), Box("T", q, q), Box("CX", q @ q, q @ q), Box("w", Ty(), Ty())],
)
"""The gates, and the phase e^{iπ/4} as a scalar."""


def reversed_gate(gate: Diagram | Box) -> Diagram:
    """A gate on two wires with its wires exchanged."""
    return Swap(q, q) >> gate >> Swap(q, q)


def clifford_t_circuits() -> Theory:
    """Circuits over {H, S, T, CX}: the rules that textbooks use, no complete set.

    ``shared control`` and ``shared target`` say that two CX commute, ``chain`` that
    CX(a,b) CX(b,c) = CX(b,c) CX(a,c) CX(a,b), ``shsh`` that (S;H)³ is a phase.

    >>> [rule.name for rule in clifford_t_circuits()]
    ['hh', 's4', 'tt', 'cxcx', 's control', 't control', 'flip', 'shared control', 'shared target', 'chain', 'shsh', 'w8']
    """
    h, s, t, cx, w = (GATES[name] for name in ("H", "S", "T", "CX", "w"))
    wire = Diagram.id(q)
    far = q @ Swap(q, q) >> cx @ q >> q @ Swap(q, q)  # from the first wire to the third
    rules = [
        Rule("hh", h >> h, wire),
        Rule("s4", s >> s >> s >> s, wire),
        Rule("tt", t >> t, s.diagram),
        Rule("cxcx", cx >> cx, wire @ q),
        Rule("s control", s @ q >> cx, cx >> s @ q),
        Rule("t control", t @ q >> cx, cx >> t @ q),
        Rule("flip", h @ h >> cx >> h @ h, reversed_gate(cx)),
        Rule("shared control", cx @ q >> far, far >> cx @ q),
        Rule("shared target", q @ cx >> far, far >> q @ cx),
        Rule("chain", cx @ q >> q @ cx, q @ cx >> far >> cx @ q),
        Rule("shsh", s >> h >> s >> h >> s >> h, wire @ w),
        Rule("w8", w @ w @ w @ w @ w @ w @ w @ w, Diagram.id(Ty())),
    ]
    return Theory("circuits", GATES, rules)


GADGETS = Signature(
    "phase gadgets",
    Doctrine.SYMMETRIC,
    ["q"],
    [
        Box("CX", q @ q, q @ q),
        Box("P", q, q, [0]),
        Box("P2", q @ q, q @ q, [0]),
        Box("P3", q @ q @ q, q @ q @ q, [0]),
    ],
)
"""CX, and the phase e^{iπα} on the odd parity of one, two and three wires."""


def gadget(wires: int, phase: Any) -> Box:
    """The phase gadget on so many wires: e^{iπ·phase} on basis states of odd parity.

    >>> print(gadget(2, 1))
    P2(π)
    """
    name = "P" if wires == 1 else f"P{wires}"
    return GADGETS[name].replace(params=Box("P", q, q, [phase]).params)


def phase_gadgets() -> Theory:
    """Phase gadgets: those on one set of wires add up, all commute, and CX changes the set (Cowtan, Dilkes, Duncan,
    Simmons & Sivarajah, *Phase gadget synthesis for shallow circuits*, arXiv 1906.01734). A phase is what stands on the
    odd parity, so no global phases occur. Phases count modulo 2, by the rule ``turn``.

    >>> print(phase_gadgets()["add 2"])
    add 2(a, b): P2(π·a) >> P2(π·b) = P2(π·(a + b))
    """
    from sympy import symbols

    a, b = symbols("a b")
    cx = GADGETS["CX"]
    wires: dict[int, Diagram] = {k: Diagram.id(q**k) for k in (1, 2, 3)}
    rules = [Rule("cxcx", cx >> cx, wires[2])]
    for k, wire in wires.items():
        rules += [
            Rule(f"add {k}", gadget(k, a) >> gadget(k, b), gadget(k, a + b), variables="a b"),
            Rule(f"turn {k}", gadget(k, a), wire, variables="a", where="a in {0} mod 2"),
        ]
        if k > 1:
            swapped = Swap(q, q) @ q ** (k - 2)
            around = Diagram.permutation([*range(1, k), 0], q**k)
            rules.append(Rule(f"swap {k}", swapped >> gadget(k, a), gadget(k, a) >> swapped, variables="a"))
            if k > 2:
                rules.append(
                    Rule(f"turn wires {k}", around >> gadget(k, a), gadget(k, a) >> around, variables="a")
                )
            rules.append(
                Rule(
                    f"ladder {k}",
                    q ** (k - 2) @ cx >> q ** (k - 1) @ gadget(1, a) if k == 2 else q @ cx >> _outer(a),
                    gadget(k, a) >> q ** (k - 2) @ cx,
                    variables="a",
                )
            )
    rules += [
        Rule("control", gadget(1, a) @ q >> cx, cx >> gadget(1, a) @ q, variables="a"),
        Rule("1 and 2", gadget(1, a) @ q >> gadget(2, b), gadget(2, b) >> gadget(1, a) @ q, variables="a b"),
        Rule(
            "2 and 2",
            gadget(2, a) @ q >> q @ gadget(2, b),
            q @ gadget(2, b) >> gadget(2, a) @ q,
            variables="a b",
        ),
        Rule(
            "1 and 3",
            gadget(1, a) @ q @ q >> gadget(3, b),
            gadget(3, b) >> gadget(1, a) @ q @ q,
            variables="a b",
        ),
        Rule("2 and 3", gadget(2, a) @ q >> gadget(3, b), gadget(3, b) >> gadget(2, a) @ q, variables="a b"),
    ]
    return Theory("phase gadgets", GADGETS, rules)


def _outer(phase: Phase) -> Diagram:
    """The gadget on the first and third of three wires."""
    return q @ Swap(q, q) >> gadget(2, phase) @ q >> q @ Swap(q, q)


__all__ = ["GADGETS", "GATES", "clifford_t_circuits", "gadget", "phase_gadgets", "reversed_gate"]
