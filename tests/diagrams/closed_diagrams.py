"""Random diagrams of closed doctrines, and ways to write them differently."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from catenary.diagrams import Box, Copy, Curry, Diagram, Discard, Doctrine, Eval, Exponential, Swap, Ty, free

A, B = Ty("a"), Ty("b")
F, G = B << A, A >> B
SHAPES = {
    "f": (A, B),
    "g": (A @ B, A),
    "k": (Ty(), A),
    "p": (F, A),
    "q": (A, F),
    "r": (B, G),
    "t": (B, Ty()),
    "s": (Ty(), Ty()),
    "h": (A @ F, B),
}


def boxes(doctrine: Doctrine) -> list[Box]:
    """The generators over the free signature of a doctrine."""
    return [Box(name, dom, cod, signature=free(doctrine)) for name, (dom, cod) in SHAPES.items()]


@st.composite
def closed_diagrams(
    draw: Any, doctrine: Doctrine, dom: Ty | None = None, depth: int = 2, max_boxes: int = 5
) -> Diagram:
    """A random diagram with currying and evaluation, at most five wires wide."""
    if dom is None:
        dom = Ty.of(tuple(draw(st.lists(st.sampled_from([*A.objects, *B.objects, *F.objects]), max_size=3))))
    diagram = Diagram.id(dom, free(doctrine))
    pool = boxes(doctrine)
    for _ in range(draw(st.integers(0, max_boxes))):
        wires = diagram.cod
        options: list[tuple[Box, int]] = []
        for box in pool:
            n = len(box.dom)
            options += [(box, i) for i in range(len(wires) - n + 1) if wires[i : i + n] == box.dom]
        for i, ob in enumerate(wires.objects):
            if isinstance(ob, Exponential):
                power = Eval(Ty.of((ob,)))
                start = i - len(ob.exponent) if ob.left else i
                if start >= 0 and wires[start : start + len(power.dom)] == power.dom:
                    options += [(power, start)] * 3
        for i in range(len(wires) - 1):
            if doctrine.has("swap"):
                options.append((Swap(wires[i], wires[i + 1]), i))
        if doctrine.has("copy") and len(wires):
            i = draw(st.integers(0, len(wires) - 1))
            options += [(Copy(wires[i]), i), (Discard(wires[i]), i)]
        if depth:
            width = draw(st.integers(0, min(2, len(wires))))
            i = draw(st.integers(0, len(wires) - width))
            n, left = draw(st.integers(1, 2)), draw(st.booleans())
            extra = Ty.of(tuple(draw(st.sampled_from([A, B])).objects[0] for _ in range(n)))
            block = wires[i : i + width]
            inner = draw(
                closed_diagrams(doctrine, extra @ block if left else block @ extra, depth - 1, max_boxes=3)
            )
            if inner.cod:
                options += [(Curry(inner, n, left), i)] * 4
        options = [(box, i) for box, i in options if len(wires) - len(box.dom) + len(box.cod) <= 5]
        if not options:
            break
        box, at = draw(st.sampled_from(options))
        diagram = diagram >> wires[:at] @ box.diagram @ wires[at + len(box.dom) :]
    return diagram


@st.composite
def rewritten(draw: Any, diagram: Diagram) -> Diagram:
    """The same written differently: β and η backwards, and parts moved into curried boxes."""
    signature = diagram.signature
    for _ in range(draw(st.integers(1, 4))):
        layers = list(diagram.layers)
        types = list(diagram.types())
        kind = draw(st.sampled_from(["beta", "eta", "natural"]))
        if kind == "beta":  # layers i to j as the evaluation of their currying
            i = draw(st.integers(0, len(layers)))
            j = draw(st.integers(i, len(layers)))
            part = diagram[i:j]
            if not part.cod or not part.dom:
                continue
            n, left = draw(st.integers(1, len(part.dom))), draw(st.booleans())
            curried = Curry(part, n, left)
            power = Eval(curried.cod)
            middle = (
                part.dom[:n] @ curried.diagram if left else curried.diagram @ part.dom[len(part.dom) - n :]
            )
            diagram = diagram[:i] >> middle >> power >> diagram[j:]
        elif kind == "eta":
            places = [
                (k, w)
                for k, ty in enumerate(types)
                for w, ob in enumerate(ty.objects)
                if isinstance(ob, Exponential)
            ]
            if not places:
                continue
            k, w = draw(st.sampled_from(places))
            ob = types[k].objects[w]
            assert isinstance(ob, Exponential)
            expanded = Curry(Eval(Ty.of((ob,))), len(ob.exponent), ob.left)
            diagram = diagram[:k] >> types[k][:w] @ expanded @ types[k][w + 1 :] >> diagram[k:]
        else:  # a box that feeds a curried box is moved into it
            for k in range(len(layers) - 1):
                (box, at), (curried, place) = layers[k], layers[k + 1]
                fits = place <= at and at + len(box.cod) <= place + len(curried.dom)
                if curried.kind == "curry" and not curried.dagger_flag and fits:
                    held, n, left = curried.data
                    ty = types[k][place : place + len(curried.dom) - len(box.cod) + len(box.dom)]
                    first = ty[: at - place] @ box.diagram @ ty[at - place + len(box.dom) :]
                    argument = held.dom[:n] if left else held.dom[len(held.dom) - n :]
                    inner = argument @ first if left else first @ argument
                    new = Curry(inner >> held, n, left)
                    rest = types[k][place + len(ty) :]
                    diagram = diagram[:k] >> types[k][:place] @ new @ rest >> diagram[k + 2 :]
                    break
    return diagram.over(signature)
