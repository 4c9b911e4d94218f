"""Diagrams of every kind that a picture may have to show."""

import random

from catenary.diagrams import (
    Box,
    Bubble,
    Curry,
    Diagram,
    Doctrine,
    Equation,
    Signature,
    Spider,
    Swap,
    Ty,
    free,
)

A, B = Ty("A"), Ty("B")
NAMES = ("f", "g", "a long label", "日本語", "<&>", "50%_#$^~{}\\", "ψ", "U" * 40)


def structural(kind, dom, cod, data, doctrine):
    """A structural box as data, whatever constructor its doctrine has for it."""
    return Box._make(kind, dom, cod, (), False, 0, kind, data, free(doctrine))


def braid(left, right, sign=1):
    return structural("braid", left @ right, right @ left, (len(left), sign), Doctrine.BRAIDED)


def twist(ty, sign=1):
    return structural("twist", ty, ty, (sign,), Doctrine.BRAIDED)


def trace(diagram, n=1, left=False):
    if left:
        dom, cod = diagram.dom[n:], diagram.cod[n:]
    else:
        dom, cod = diagram.dom[: len(diagram.dom) - n], diagram.cod[: len(diagram.cod) - n]
    return structural("trace", dom, cod, (diagram, n, left), Doctrine.TRACED)


def random_nested(seed: int, size: int, deep: int = 2, *, crossings: bool = True) -> Diagram:
    """Boxes, states and effects, with others inside: bubbles around diagrams and sums, traces on either side,
    curried diagrams; and braids and twists between them, whatever doctrine that is.
    """
    rnd = random.Random(seed)
    here = free(Doctrine.SYMMETRIC)

    def ty(n):
        out = Ty()
        for _ in range(n):
            out = out @ rnd.choice([A, B, A, Ty("a longer object")])
        return out

    def inside(dom, cod):
        inner = random_nested(rnd.randrange(10**6), rnd.randrange(4), deep - 1, crossings=crossings)
        one = Box(rnd.choice(NAMES), dom, inner.dom).diagram
        return (one >> inner >> Box("out", inner.cod, cod)).over(here)

    now = Diagram.id(ty(rnd.randrange(4)), here)
    for _ in range(size):
        width = len(now.cod)
        n_in = min(rnd.choice([0, 1, 1, 2, 2, 3]), width)
        offset = rnd.randrange(width - n_in + 1)
        ins = now.cod[offset : offset + n_in]
        outs = ty(rnd.choice([0, 1, 1, 2, 3]) if width < 7 else 0)
        roll = rnd.random()
        if roll < 0.2 and n_in >= 2 and crossings:
            split = rnd.randrange(1, n_in)
            box = braid(ins[:split], ins[split:], rnd.choice([1, -1]))
        elif roll < 0.3 and n_in == 1 and crossings:
            box = twist(ins, rnd.choice([1, -1]))
        elif roll < 0.4 and n_in >= 2:
            box = Swap(ins[:1], ins[1:])
        elif roll < 0.8 and deep:
            shape = rnd.choice(["bubble", "bubble", "other", "sum", "trace", "trace", "curry"])
            if shape == "bubble":
                box = Bubble(inside(ins, outs), rnd.choice(["", "F", "name"]))
            elif shape == "other":
                box = Bubble(inside(ty(1), ty(2)), "F", ins, outs)
            elif shape == "sum":
                box = Bubble(inside(ins, outs) - 2 * inside(ins, outs), rnd.choice(["", "exp"]))
            elif shape == "trace":
                n, left = rnd.choice([1, 2]), rnd.random() < 0.5
                extra = ty(n)
                ends = (extra @ ins, extra @ outs) if left else (ins @ extra, outs @ extra)
                box = trace(inside(*ends), n, left)
            else:
                left = rnd.random() < 0.5
                extra = ty(rnd.choice([1, 2]))
                box = Curry(inside(extra @ ins if left else ins @ extra, outs), len(extra), left)
        else:
            box = Box(rnd.choice(NAMES), ins, outs)
        box = box.replace(signature=here)
        layers = [*now.layers, (box, offset)]
        cod = now.cod[:offset] @ box.cod @ now.cod[offset + n_in :]
        now = Diagram._make(now.dom, cod, here, None, tuple(zip(*layers, strict=True)))
    return now


def each_kind():
    """One small diagram, sum or equation of each kind, by name."""
    q = Ty("qubit")
    zx = Signature("ZX", Doctrine.HYPERGRAPH, ["qubit"])
    f, h = Box("f_1", A, B), Box("h", A @ B, B @ B)
    z, x = Box("Z", q, q @ q, [0.25], signature=zx), Box("X", q @ q, q, [1], signature=zx)
    return {
        "states": Box("ψ", Ty(), A @ B) >> Box("e", A, Ty()) @ Box("100% {x^2} & ~#$\\", B, B),
        "empty": Diagram.id(),
        "scalar": Box("s", Ty(), Ty()).diagram,
        "braid": braid(A, A).diagram >> braid(A, A, -1).diagram,
        "bundle": braid(A @ B, B @ A).diagram,
        "twist": twist(A).diagram >> twist(A, -1).diagram,
        "twists": twist(A @ B).diagram,
        "trace": trace(h.diagram).diagram @ f.diagram,
        "left trace": trace(Box("k", A @ B, A @ A).diagram, 1, True).diagram,
        "curry": Curry(h.diagram).diagram,
        "bubble": Bubble(f - 2 * f, "exp").diagram >> Box("g", B, A),
        "nested": Bubble(Bubble(f.diagram, "in"), "out").diagram,
        "zx": z >> Box("H", q, q, signature=zx) @ q >> x,
        "spiders": Spider(2, 3, A).diagram,
        "sum": f - 0.5 * f + 3j * f,
        "equation": Equation("", f.diagram, f.diagram, directed=True),
        "japanese": Box("日本", A, Ty("é")).diagram,
    }
